"""LoRA against peft: logits and training steps to 1e-10; merging, switching, and the file of an adapter."""

from __future__ import annotations

import copy

import peft
import pytest
import torch
from torch import nn

from lessons.efficient_models import low_rank
from lessons.efficient_models.low_rank import Adapter, add_low_rank, merge
from lessons.fine_tuning import TextClassifier, classification_loss
from lessons.kit.low_rank import LoRALinear, n_trained
from lessons.kit.training import adamw, fit
from tests.efficient_models import small

EXACT = {"rtol": 0, "atol": 1e-10}


def theirs_of(model: TextClassifier, rank: int, alpha: float, where: tuple[str, ...]) -> nn.Module:
    pattern = rf".*layers.*\.({'|'.join(where)})"
    config = peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules=pattern, lora_dropout=0.0)
    found = peft.inject_adapter_in_model(config, copy.deepcopy(model))
    found.classifier.requires_grad_(True)
    return found


def renamed(name: str) -> str:
    return name.replace("lora_A.default.weight", "down").replace("lora_B.default.weight", "up")


def copied(theirs: nn.Module, ours: nn.Module) -> None:
    """Their random numbers into our maps."""
    found = {renamed(name): p.detach() for name, p in theirs.named_parameters() if p.requires_grad}
    assert found.keys() == {name for name, p in ours.named_parameters() if p.requires_grad}
    ours.load_state_dict(found, strict=False)


@pytest.mark.parametrize(
    ("rank", "alpha", "where"), [(1, 1.0, ("query",)), (3, 12.0, ("query", "value")), (4, 2.0, low_rank.EVERYWHERE)]
)
def test_logits_and_training_steps_are_pefts(rank, alpha, where) -> None:
    base = small.classifier(2).double()
    theirs, ours = theirs_of(base, rank, alpha, where), copy.deepcopy(base)
    n = add_low_rank(ours, rank, alpha, where)
    assert n == sum(p.numel() for p in theirs.parameters() if p.requires_grad)
    copied(theirs, ours)
    optimizers = [adamw(model, 1e-2) for model in (theirs, ours)]
    for batch in [*small.batches(24, 4)]:
        losses = [classification_loss(model, batch) for model in (theirs, ours)]
        torch.testing.assert_close(losses[1], losses[0], **EXACT)
        for loss, optimizer in zip(losses, optimizers, strict=True):
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    trained = {renamed(name): p for name, p in theirs.named_parameters() if p.requires_grad}
    for name, parameter in ours.named_parameters():
        if parameter.requires_grad:
            torch.testing.assert_close(parameter, trained[name], **EXACT)
    token_ids = torch.tensor([[1, 2, 3, 4], [5, 6, 7, 8]])
    torch.testing.assert_close(ours(token_ids), theirs(token_ids), **EXACT)
    apart = ours(token_ids) - base(token_ids)
    assert apart.abs().max() > 1e-4

    before = ours(token_ids).detach()
    merge(ours)
    assert not any(isinstance(part, LoRALinear) for part in ours.modules())
    torch.testing.assert_close(ours(token_ids), before, **EXACT)
    assert all(parameter.requires_grad for parameter in ours.parameters())


def test_at_the_start_nothing_has_changed() -> None:
    model = small.classifier(2)
    token_ids = torch.tensor([[1, 2, 3]])
    before = model(token_ids)
    add_low_rank(model, 4, seed=3)
    assert torch.equal(model(token_ids), before)
    downs = [part.down for part in model.modules() if isinstance(part, LoRALinear)]
    again = small.classifier(2)
    add_low_rank(again, 4, seed=3)
    for one, other in zip(downs, (p.down for p in again.modules() if isinstance(p, LoRALinear)), strict=True):
        assert torch.equal(one, other)


def test_only_the_maps_and_the_head_move() -> None:
    model = small.classifier(2)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    n = add_low_rank(model, 2)
    assert n == n_trained(model) == 2 * 2 * 2 * (24 + 24) + 2 * 24 + 2
    fit(model, small.batches(), classification_loss, learning_rate=1e-2, progress=False)
    for name, tensor in model.state_dict().items():
        if name.endswith(("down", "up")):
            continue
        usual = name.replace(".linear.", ".")
        assert torch.equal(tensor, before[usual]) != name.startswith("classifier")


def test_training_bytes() -> None:
    model = nn.Linear(10, 5)
    assert low_rank.training_bytes(model) == {"weights": 220, "gradients": 220, "optimizer": 440}
    model.weight.requires_grad_(False)
    assert low_rank.training_bytes(model) == {"weights": 220, "gradients": 20, "optimizer": 40}


@pytest.mark.parametrize("where", ["query", (), ("query", "norm")])
def test_places_are_named_in_a_list(where) -> None:
    with pytest.raises(ValueError, match="Name maps in a list"):
        add_low_rank(small.classifier(1), where=where)


def test_maps_are_put_in_once() -> None:
    model = small.classifier(1)
    add_low_rank(model)
    with pytest.raises(ValueError, match="merge them first"):
        add_low_rank(model)


# --- adapters ---------------------------------------------------------------------------------------------------------


def trained(names: tuple[str, ...], seed: int) -> TextClassifier:
    model = small.classifier(2, names=names)
    add_low_rank(model, 2, 6.0, ("query", "expand"), seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.normal_(std=0.3, generator=torch.Generator().manual_seed(seed))
    return model


def test_adapters_are_switched(tmp_path) -> None:
    two, three = trained(("no", "yes"), 1), trained(("a", "b", "c"), 2)
    token_ids = torch.tensor([[1, 2, 3], [7, 8, 9]])
    first, second = Adapter.of(two), Adapter.of(three)
    model = small.classifier(2)
    for adapter, source in ((first, two), (second, three), (first, two)):
        adapter.put_into(model)
        torch.testing.assert_close(model(token_ids), source(token_ids))
        assert model.label_names == source.label_names
    file = second.write(tmp_path / "three.safetensors")
    assert file.stat().st_size < 2 * sum(t.numel() for t in second.tensors.values()) + 2000
    again = Adapter.read(file)
    assert (again.label_names, again.rank, again.where) == (("a", "b", "c"), 2, ("query", "expand"))
    again.put_into(model)
    torch.testing.assert_close(model(token_ids), three(token_ids), rtol=2e-2, atol=2e-2)  # half precision


def test_adapters_that_do_not_fit(tmp_path) -> None:
    adapter = Adapter.of(trained(("no", "yes"), 1))
    with pytest.raises(ValueError, match="does not fit"):
        adapter.put_into(small.classifier(3))
    with pytest.raises(ValueError, match="no maps of low rank"):
        Adapter.of(small.classifier(1))
    with pytest.raises(FileNotFoundError, match="There is no file"):
        Adapter.read(tmp_path / "none.safetensors")
    from safetensors.torch import save_file

    save_file({"a": torch.ones(1)}, tmp_path / "other.safetensors")
    with pytest.raises(ValueError, match="holds no adapter"):
        Adapter.read(tmp_path / "other.safetensors")
