"""The small networks: their layers written out again in PyTorch's functions, their sizes, what a shortcut changes."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from lessons.neural_networks import count_parameters
from lessons.vision.networks import Channel, ResidualNet, gradient_norms, small_cnn


def by_hand(model: ResidualNet, images: torch.Tensor, shortcut: bool) -> torch.Tensor:
    """The logits of a `ResidualNet` in evaluation mode, from its weights and PyTorch's functions alone."""
    w = model.state_dict()

    def layer(hidden, name, stride=1):
        hidden = F.conv2d(hidden, w[f"{name}.0.weight"], None, stride, 1)
        of = (w[f"{name}.1.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        return F.batch_norm(hidden, *of)

    hidden = layer(images[:, None], "stem.1", 2).relu()
    for place, block in enumerate(model.blocks):
        inside = layer(hidden, f"blocks.{place}.first", block.stride).relu()
        changed = layer(inside, f"blocks.{place}.second")
        if shortcut:
            kept = torch.zeros_like(changed)
            kept[:, : hidden.shape[1]] = hidden[:, :, :: block.stride, :: block.stride]
            changed = changed + kept
        hidden = changed.relu()
    return F.linear(hidden.mean((2, 3)), w["output.weight"], w["output.bias"])


@pytest.mark.parametrize("shortcut", [True, False])
@pytest.mark.parametrize("n", [1, 2])
def test_a_residual_net_is_what_its_authors_draw(n: int, shortcut: bool) -> None:
    torch.manual_seed(n)
    model = ResidualNet(n, 4, shortcut).double().eval()
    images = torch.rand(3, 28, 28, dtype=torch.float64)
    torch.testing.assert_close(model(images), by_hand(model, images, shortcut), rtol=0, atol=1e-10)


@pytest.mark.parametrize(("n", "depth"), [(1, 8), (3, 20), (9, 56)])
def test_depths_are_those_of_the_paper(n: int, depth: int) -> None:
    plain, residual = ResidualNet(n, shortcut=False), ResidualNet(n)
    assert plain.depth == residual.depth == depth
    assert count_parameters(plain) == count_parameters(residual)  # a shortcut costs nothing
    weights = [module for module in residual.modules() if isinstance(module, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(weights) == depth


def test_a_residual_block_can_do_nothing_and_a_plain_one_cannot() -> None:
    hidden = torch.rand(2, 4, 6, 6)
    for shortcut in (True, False):
        block = ResidualNet(1, 4, shortcut).blocks[0].eval()
        torch.nn.init.zeros_(block.second[0].weight)
        expected = hidden if shortcut else torch.zeros_like(hidden)
        torch.testing.assert_close(block(hidden), expected, rtol=0, atol=0)


def test_the_stack_halves_the_size_and_has_vggs_layers() -> None:
    model = small_cnn((4, 8), channels=3, size=12, classes=5)
    shapes, hidden = [], torch.rand(2, 3, 12, 12)
    for layer in model:
        hidden = layer(hidden)
        shapes.append(tuple(hidden.shape[1:]))
    assert shapes == [(3, 12, 12), (4, 12, 12), (4, 12, 12), (4, 6, 6), (8, 6, 6), (8, 6, 6), (8, 3, 3), (72,), (5,)]
    convolutions = [layer for layer in model.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [layer.bias is None for layer in convolutions] == [True] * 4
    assert all(
        layer.bias is not None for layer in small_cnn(batch_norm=False).modules() if isinstance(layer, torch.nn.Conv2d)
    )


def test_gradients_are_measured_and_the_model_is_left_alone() -> None:
    torch.manual_seed(0)
    model = ResidualNet(1, 4).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    images, labels = torch.rand(6, 28, 28), torch.arange(6)
    norms = gradient_norms(model, images, labels)
    assert not model.training
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)
    model.train()
    F.cross_entropy(model(images), labels).backward()
    expected = [block.first[0].weight.grad.norm().item() for block in model.blocks]
    assert norms == pytest.approx(expected)


def test_what_does_not_fit_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="halved 2 times"):
        small_cnn((2, 2, 2), size=4)
    with pytest.raises(ValueError, match="Images are"):
        Channel()(torch.zeros(3, 3))
    with pytest.raises(ValueError, match="1, 28, 28"):
        small_cnn()(torch.zeros(2, 27, 28))
