"""Pieces of a batch, recomputed layers and scaled losses: the same gradients as without them, and as PyTorch's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from lessons.gpt import GPT, GPTConfig
from lessons.scaling import LossScaler, accumulated, layer_by_layer, one_machine, recomputed


def gradients(model: nn.Module) -> list[Tensor]:
    return [p.grad.clone() for p in model.parameters()]


def assert_same(found: list[Tensor], wanted: list[Tensor]) -> None:
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("sizes", [[6], [3, 3], [1, 2, 3], [5, 1], [1] * 6])
def test_pieces_are_the_large_batch(sizes: list[int]) -> None:
    torch.manual_seed(len(sizes))
    model, inputs, targets = nn.Linear(4, 3).double(), torch.randn(6, 4).double(), torch.randint(3, (6,))

    def loss(model: nn.Module, piece: tuple[Tensor, Tensor]) -> Tensor:
        return F.cross_entropy(model(piece[0]), piece[1])

    whole = loss(model, (inputs, targets))
    whole.backward()
    wanted = gradients(model)
    model.zero_grad()
    pieces = list(zip(inputs.split(sizes), targets.split(sizes), strict=True))
    assert accumulated(model, pieces, loss, sizes) == pytest.approx(whole.item(), abs=1e-12)
    assert_same(gradients(model), wanted)
    model.zero_grad()
    accumulated(model, pieces, loss, [1] * len(sizes))  # the trap: every piece counts the same
    alike = all(torch.allclose(a, b, atol=1e-10) for a, b in zip(gradients(model), wanted, strict=True))
    assert alike == (len(set(sizes)) == 1)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("layers", [1, 3])
def test_recomputed_layers_are_the_kept_ones(dropout: float, layers: int) -> None:
    model, ids = GPT(GPTConfig(30, 12, layers, 3, 8, dropout=dropout)).double(), torch.randint(30, (2, 7))
    found = []
    for run in (lambda: model(ids), lambda: layer_by_layer(model, ids, False), lambda: layer_by_layer(model, ids)):
        model.zero_grad()
        torch.manual_seed(5)
        logits = run()
        logits.logsumexp(-1).sum().backward()
        found.append([logits.detach(), torch.rand(1).double(), *gradients(model)])  # and the generator is where it was
    assert_same(found[1], found[0])
    assert_same(found[2], found[0])


def test_recomputed_is_pytorchs_checkpoint() -> None:
    torch.manual_seed(0)
    layer, hidden = (
        nn.Sequential(nn.Linear(5, 9), nn.Dropout(0.5), nn.Tanh(), nn.Linear(9, 5)).double(),
        torch.randn(4, 5),
    )
    found = []
    for way in (recomputed, lambda work, x: checkpoint(work, x, use_reentrant=False)):
        layer.zero_grad()
        inputs = hidden.double().requires_grad_()
        torch.manual_seed(1)
        way(layer, inputs).square().sum().backward()
        found.append([inputs.grad, *gradients(layer)])
    assert_same(*found)
    with pytest.raises(ValueError, match="no gradient"):
        recomputed(layer, hidden.double())
    with torch.no_grad():
        torch.testing.assert_close(recomputed(layer.eval(), hidden.double()), layer(hidden.double()))


@pytest.mark.parametrize("patience", [1, 3])
def test_the_scaler_is_pytorchs(patience: int) -> None:
    ours, theirs = LossScaler(8.0, patience), torch.amp.GradScaler("cpu", 8.0, 2.0, 0.5, patience)
    one, other = nn.Linear(3, 1).double(), nn.Linear(3, 1).double()
    other.load_state_dict(one.state_dict())
    moves = [torch.optim.SGD(each.parameters(), lr=0.1) for each in (one, other)]
    for number in range(12):
        inputs = torch.randn(4, 3).double() * (float("inf") if number in (2, 3, 7) else 1.0)
        for optimizer in moves:
            optimizer.zero_grad()
        ours.backward(one(inputs).square().mean())
        taken = ours.step(moves[0])
        assert taken == (number not in (2, 3, 7))
        theirs.scale(other(inputs).square().mean()).backward()
        theirs.step(moves[1])
        theirs.update()
        assert ours.scale == theirs.get_scale()
        assert_same(list(one.parameters()), list(other.parameters()))


def test_what_is_lost() -> None:
    numbers = [torch.tensor([0.0, 1e-8, 1e-3, -1.0]), torch.tensor([1e5])]
    below, above = one_machine.lost(numbers, torch.float16)
    assert (below, above) == (0.25, 0.25)
    assert one_machine.lost(numbers, torch.float16, 2.0**-10) == (0.25, 0.0)
    assert one_machine.lost(numbers, torch.bfloat16) == (0.0, 0.0)
    with pytest.raises(ValueError, match="not 0"):
        one_machine.lost([torch.zeros(3)], torch.float16)
    assert one_machine.sizes_of_type(torch.float16)["smallest"] == 2.0**-24
    assert torch.tensor(2.0**-24, dtype=torch.float16) > 0
    assert torch.tensor(2.0**-26, dtype=torch.float16) == 0
    with pytest.raises(ValueError, match="no type"):
        one_machine.sizes_of_type(torch.int8)
    with pytest.raises(ValueError, match="needs its size"):
        accumulated(nn.Linear(1, 1), [1], lambda m, p: p, [1, 2])
