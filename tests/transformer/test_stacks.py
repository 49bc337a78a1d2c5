"""Untrained stacks: first weights as they are said to be, and each measurement against one made by hand."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lessons.attention import MultiHeadAttention
from lessons.transformer import FeedForward, stacks
from lessons.transformer.letter_order import LetterOrder

NAMES = pytest.mark.parametrize("name", stacks.STEPS)
HOW = pytest.mark.parametrize("how", stacks.STARTS)


def last_maps(parts: nn.Module) -> set[int]:
    kinds = {MultiHeadAttention: "output", FeedForward: "contract"}
    found = [(part, kinds[type(part)]) for part in parts.modules() if type(part) in kinds]
    return {id(getattr(part, name)) for part, name in found}


@pytest.mark.parametrize("n_layers", [1, 6])
def test_xavier_has_its_variance_and_the_last_maps_are_scaled(n_layers):
    parts = stacks.stack(n_layers, 1, "Xavier, scaled")
    last, shares = last_maps(parts), []
    for linear in (part for part in parts.modules() if isinstance(part, nn.Linear)):
        expected = 2 / (linear.in_features + linear.out_features)
        factor = 1 / (2 * n_layers) if id(linear) in last else 1
        shares.append(linear.weight.var().item() / (expected * factor))
        assert linear.weight.abs().max() <= math.sqrt(3 * expected * factor) + 1e-6
        assert linear.bias.abs().max() == 0
    assert shares == pytest.approx([1] * len(shares), rel=0.06)
    assert len(last) == 2 * n_layers


def test_pytorchs_start_is_what_its_layers_draw():
    torch.manual_seed(3)
    made = nn.ModuleList([MultiHeadAttention(64, 4), FeedForward(64, 256)]).double()
    for ours, theirs in zip(stacks.stack(1, 3).parameters(), made.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_another_start_gives_other_letters_and_the_default_is_pytorchs():
    def first(**options):
        torch.manual_seed(0)
        return LetterOrder(2, **options).layers[0].attention.output.weight

    assert torch.equal(first(), first(start="PyTorch"))
    assert torch.allclose(first(start="Xavier") / 2, first(start="Xavier, scaled"))
    assert not torch.equal(first(), first(start="Xavier"))


def by_hand(name, parts, x):
    """The stream written out once more, with PyTorch's layer norm."""
    seen = [x]
    for attend, think in zip(parts[0::2], parts[1::2], strict=True):
        for f in (attend, think):
            norm = lambda vectors: F.layer_norm(vectors, (64,))  # noqa: E731
            x = {
                "neither": lambda x=x, f=f: f(x),
                "residuals only": lambda x=x, f=f: x + f(x),
                "norms only": lambda x=x, f=f, norm=norm: norm(f(x)),
                "post-norm": lambda x=x, f=f, norm=norm: norm(x + f(x)),
                "pre-norm": lambda x=x, f=f, norm=norm: x + f(norm(x)),
            }[name]()
        seen.append(x)
    return seen


@NAMES
@HOW
def test_gradients_and_growth_are_those_of_the_stream_written_out(name, how):
    parts = stacks.stack(3, 5, how)
    x, direction = torch.randn(2, 2, 10, 64, dtype=torch.double)
    seen = by_hand(name, parts, x.requires_grad_())
    for vectors in seen[1:]:
        vectors.retain_grad()
    (F.layer_norm(seen[-1], (64,)) * direction).sum().backward()
    lengths = [vectors.grad.norm().item() for vectors in seen]
    expected = [length / lengths[-1] for length in lengths]
    assert stacks.gradients(stacks.STEPS[name], how, 3, 5) == pytest.approx(expected, rel=1e-9)
    grown = [(vectors.norm() / seen[0].norm()).item() for vectors in seen]
    assert stacks.growth(stacks.STEPS[name], how, 3, 5) == pytest.approx(grown, rel=1e-9)


@NAMES
def test_a_push_is_one_step_by_the_sign_of_the_gradient(name):
    parts = stacks.stack(2, 4)
    x, direction = torch.randn(2, 2, 10, 64, dtype=torch.double)
    before = F.layer_norm(by_hand(name, parts, x)[-1], (64,))
    (before * direction).sum().backward()
    with torch.no_grad():
        for weight in parts.parameters():
            weight -= 1e-3 * weight.grad.sign()
        after = F.layer_norm(by_hand(name, parts, x)[-1], (64,))
    expected = ((after - before).norm() / before.norm()).item()
    assert stacks.moved(stacks.STEPS[name], n_layers=2, seed=4, push=1e-3) == pytest.approx(expected, rel=1e-9)


def test_what_the_lesson_says_of_24_layers():
    """Nothing arrives without residuals; alone they explode from Xavier; with norms and residuals all is near 1."""
    first = {
        how: {name: stacks.gradients(step, how)[0] for name, step in stacks.STEPS.items()} for how in stacks.STARTS
    }
    assert all(row["neither"] < 1e-6 for row in first.values())
    assert first["Xavier"]["residuals only"] > 1e6
    assert first["PyTorch"]["residuals only"] < 10
    assert all(0.3 < row[name] < 10 for row in first.values() for name in ("post-norm", "pre-norm"))
    assert stacks.growth(stacks.STEPS["pre-norm"], "Xavier, scaled")[-1] < 1.5


def test_what_is_no_start_and_no_size_is_told():
    with pytest.raises(ValueError, match="A start is one of PyTorch, Xavier"):
        stacks.stack(1, 0, "He")
    with pytest.raises(ValueError, match="A start is one of"):
        LetterOrder(1, start="xavier")
    with pytest.raises(ValueError, match="n_layers"):
        stacks.stack(0)
    with pytest.raises(ValueError, match="push"):
        stacks.moved(stacks.STEPS["pre-norm"], n_layers=1, push=-1.0)
