"""GPT against Hugging Face's GPT-2 with the same weights, and its cache against computing everything anew."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from lessons.gpt import GPT, Cache, GPTConfig
from lessons.transformer.model import block_parameters, gpt_flops, gpt_parameters

SMALL = GPTConfig(vocab_size=37, hidden_size=24, n_layers=3, n_heads=4, max_length=16, dropout=0.0)


def token_ids(batch: int, n: int, seed: int = 0, vocab_size: int = 37) -> Tensor:
    return torch.randint(vocab_size, (batch, n), generator=torch.Generator().manual_seed(seed))


def small(seed: int = 0, config: GPTConfig = SMALL) -> GPT:
    """In double precision, with large weights: biases and norms are drawn, too."""
    torch.manual_seed(seed)
    model = GPT(config).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model


def hugging_face(seed: int, **sizes: int) -> nn.Module:
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(seed)
    config = GPT2Config(attn_implementation="eager", bos_token_id=0, eos_token_id=0, **sizes)
    model = GPT2LMHeadModel(config).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize(
    ("seed", "n_embd", "n_layer", "n_head", "n_positions"), [(0, 24, 3, 4, 16), (1, 8, 1, 1, 5), (2, 30, 2, 5, 9)]
)
def test_every_layer_equals_hugging_face(seed, n_embd, n_layer, n_head, n_positions) -> None:
    sizes = {"n_embd": n_embd, "n_layer": n_layer, "n_head": n_head, "n_positions": n_positions}
    theirs = hugging_face(seed, vocab_size=37, **sizes)
    ours = GPT.from_hugging_face(theirs)
    for n in (1, n_positions):
        ids = token_ids(2, n, seed)
        expected, found = theirs(ids, output_hidden_states=True, output_attentions=True), ours.every_layer(ids)
        torch.testing.assert_close(ours(ids), expected.logits, rtol=0, atol=1e-10)
        torch.testing.assert_close(found.logits, expected.logits, rtol=0, atol=1e-10)
        # their last hidden state has been through the final norm
        states = (*found.hidden_states[:-1], ours.norm(found.hidden_states[-1]))
        torch.testing.assert_close(states, expected.hidden_states, rtol=0, atol=1e-10)
        torch.testing.assert_close(found.attentions, expected.attentions, rtol=0, atol=1e-10)


def test_gradients_equal_hugging_face() -> None:
    theirs = hugging_face(3, vocab_size=37, n_embd=24, n_layer=2, n_head=4, n_positions=16)
    ours, ids = GPT.from_hugging_face(theirs), token_ids(2, 16)
    theirs(ids).logits.square().mean().backward()
    ours(ids).square().mean().backward()
    torch.testing.assert_close(ours.token.weight.grad, theirs.transformer.wte.weight.grad, rtol=0, atol=1e-10)
    packed = theirs.transformer.h[1].attn.c_attn.weight.grad.T.chunk(3)[1]
    torch.testing.assert_close(ours.layers[1].attention.key.weight.grad, packed, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    "changes",
    [
        {"activation_function": "relu"},
        {"n_inner": 7},
        {"scale_attn_by_inverse_layer_idx": True},
        {"tie_word_embeddings": False},
        {"add_cross_attention": True},
    ],
)
def test_what_cannot_be_copied_is_refused(changes) -> None:
    theirs = hugging_face(0, vocab_size=37, n_embd=24, n_layer=1, n_head=4, n_positions=8, **changes)
    with pytest.raises(ValueError, match="GPT-2"):
        GPT.from_hugging_face(theirs)


def test_no_logit_depends_on_what_comes_later() -> None:
    model = small()
    hidden = model.embed(token_ids(1, 8)).detach().requires_grad_()
    mask = torch.ones(8, 8, dtype=torch.bool).tril()
    end = hidden
    for layer in model.layers:
        end = layer(end, mask)
    for place in range(8):
        (gradient,) = torch.autograd.grad(model.logits(end)[0, place].sum(), hidden, retain_graph=True)
        reached = gradient[0].abs().sum(-1) > 0
        assert reached.tolist() == [k <= place for k in range(8)]


def test_an_early_token_changes_what_comes_after_it_alone() -> None:
    model, ids = small(), token_ids(1, 10)
    other = ids.clone()
    other[0, 4] = (other[0, 4] + 1) % 37
    changed = (model(ids) - model(other)).abs().amax(-1)[0] > 1e-9
    assert changed.tolist() == [False] * 4 + [True] * 6


@pytest.mark.parametrize("parts", [[1] * 16, [7, 1, 1, 7], [16], [1, 15]])
def test_the_cache_gives_the_same_logits(parts) -> None:
    model, ids = small(1), token_ids(3, 16, 5)
    cache = Cache(model.config, 3, model.token.weight)
    found = [model(part, cache) for part in ids.split(parts, dim=1)]
    torch.testing.assert_close(torch.cat(found, 1), model(ids), rtol=0, atol=1e-10)
    assert cache.length == 16
    assert cache.bytes == 2 * 3 * 3 * 16 * 24 * 8  # keys and values, layers, texts, tokens, numbers, bytes


class Operations(TorchDispatchMode):
    """Counts PyTorch's own operations by name."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


def test_queries_keys_and_values_are_one_product_and_no_mask_is_written() -> None:
    model = small()
    with Operations() as whole:
        model(token_ids(2, 9))
    assert whole.seen["addmm"] == 4 * 3  # attention in and out, feed-forward in and out, for each layer
    assert whole.seen["tril"] == 0


def test_a_text_joins_the_maps_once() -> None:
    model, ids = small(), token_ids(1, 6)
    cache = Cache(model.config, 1, model.token.weight)
    joins = []
    for part in ids.split([4, 1, 1], dim=1):
        with torch.no_grad(), Operations() as each:
            model(part, cache)
        joins.append(each.seen["cat"])
        assert each.seen["addmm"] == 4 * 3
        assert each.seen["tril"] == (3 if part.shape[1] > 1 else 0)  # one token may look at all
    assert joins == [2 * 3, 0, 0]  # weights and biases of each layer


def test_a_full_cache_takes_no_more() -> None:
    model = small()
    cache = Cache(model.config, 1, model.token.weight)
    model(token_ids(1, 16), cache)
    assert cache.length == 16
    with pytest.raises(ValueError, match="16 positions; the text has 17"):
        model(token_ids(1, 1), cache)


def test_parameters_and_operations_are_those_published() -> None:
    config = GPTConfig()
    with torch.device("meta"):
        model = GPT(config)
    assert sum(each.numel() for each in model.parameters()) == 124_439_808
    assert gpt_parameters(50257, 768, 12, 1024) == 124_439_808
    assert sum(each.numel() for each in model.layers[0].parameters()) == block_parameters(768, 4 * 768)
    assert gpt_flops(1024, 50257, 768, 12) == 291_648_307_200


@pytest.mark.parametrize("n_layers", [2, 8])
def test_weights_at_the_start(n_layers) -> None:
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab_size=200, hidden_size=128, n_layers=n_layers, n_heads=4, max_length=64))
    added = torch.cat([layer.feed_forward.contract.weight.flatten() for layer in model.layers])
    assert added.std().item() == pytest.approx(0.02 / math.sqrt(2 * n_layers), rel=0.02)
    assert model.layers[0].attention.query.weight.std().item() == pytest.approx(0.02, rel=0.03)
    assert model.token.weight.std().item() == pytest.approx(0.02, rel=0.03)
    assert model.layers[0].feed_forward.expand.bias.abs().max() == 0


def test_the_output_layer_is_the_embedding() -> None:
    model = small()
    hidden = torch.randn(2, 3, 24, dtype=torch.float64)
    torch.testing.assert_close(model.logits(hidden), model.norm(hidden) @ model.token.weight.T, rtol=0, atol=1e-12)
    assert not [name for name, _ in model.named_parameters() if "head" in name]


@pytest.mark.parametrize(
    "ids", [torch.tensor([1, 2]), torch.tensor([[37]]), torch.tensor([[-1]]), torch.ones(1, 2), token_ids(1, 17)]
)
def test_ids_that_are_none_are_refused(ids) -> None:
    with pytest.raises(ValueError, match=r"token_ids|positions"):
        small()(ids)


@pytest.mark.parametrize("wrong", [{"n_heads": 5}, {"n_layers": 0}, {"vocab_size": -1}, {"dropout": 2.0}, {"std": -1}])
def test_sizes_that_are_none_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)) if "n_heads" not in wrong else "heads"):
        GPT(GPTConfig(**{"vocab_size": 37, "hidden_size": 24, "n_layers": 1, "n_heads": 4, "max_length": 8, **wrong}))


def test_attention_weights_have_dropout_of_their_own() -> None:
    torch.manual_seed(0)
    model, ids = GPT(GPTConfig(37, 24, 1, 4, 16, dropout=0.5)), token_ids(1, 8)
    for dropout in (model.dropout, model.layers[0].dropout):
        dropout.p = 0.0
    assert not torch.equal(model(ids), model(ids))
    model.layers[0].attention.dropout.p = 0.0
    assert torch.equal(model(ids), model(ids))


def test_dropout_is_off_in_evaluation_mode_alone() -> None:
    torch.manual_seed(0)
    model, ids = GPT(GPTConfig(37, 24, 2, 4, 16, dropout=0.5)), token_ids(1, 8)
    assert not torch.equal(model(ids), model(ids))
    model.eval()
    assert torch.equal(model(ids), model(ids))
