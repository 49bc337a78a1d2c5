"""Convolution, pooling, receptive fields and batch norm against PyTorch's own, on random shapes and edge cases."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lessons.vision import convolution
from lessons.vision.convolution import (
    HAND_MADE,
    BatchNorm,
    convolve,
    convolve_by_loops,
    max_pool,
    output_size,
    patches,
    receptive_field,
)

EXACT = {"rtol": 0, "atol": 1e-10}
CASES = [  # batch, channels, height, width, filters, kernel, stride, padding
    (2, 3, 7, 9, 4, 3, 1, 1), (1, 1, 5, 5, 1, 5, 1, 0), (3, 2, 8, 6, 5, 3, 2, 1), (1, 4, 6, 7, 2, 1, 1, 0),
    (2, 1, 9, 9, 3, 4, 3, 2), (1, 2, 3, 3, 2, 3, 2, 3), (2, 3, 10, 4, 2, 2, 2, 0),
]  # fmt: skip


def drawn(batch, channels, height, width, n, kernel, *_):
    torch.manual_seed(batch * 7 + height)
    images = torch.randn(batch, channels, height, width, dtype=torch.float64)
    return images, torch.randn(n, channels, kernel, kernel, dtype=torch.float64), torch.randn(n, dtype=torch.float64)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("with_bias", [True, False])
def test_both_equal_pytorch(case, with_bias: bool) -> None:
    stride, padding = case[-2:]
    images, filters, bias = drawn(*case)
    bias = bias if with_bias else None
    expected = F.conv2d(images, filters, bias, stride, padding)
    torch.testing.assert_close(convolve(images, filters, bias, stride, padding), expected, **EXACT)
    one = convolve_by_loops(images[0], filters, bias, stride, padding)
    torch.testing.assert_close(one, expected[0], **EXACT)


@pytest.mark.parametrize("case", CASES)
def test_gradients_equal_pytorch(case) -> None:
    stride, padding = case[-2:]
    leaves = [tensor.requires_grad_() for tensor in drawn(*case)]
    ours = convolve(*leaves, stride, padding)
    direction = torch.randn_like(ours)
    found = torch.autograd.grad(ours, leaves, direction)
    expected = torch.autograd.grad(F.conv2d(*leaves, stride, padding), leaves, direction)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, **EXACT)


@pytest.mark.parametrize("case", CASES)
def test_patches_are_the_columns_of_unfold(case) -> None:
    images, kernel, stride, padding = drawn(*case)[0], *case[-3:]
    torch.testing.assert_close(
        patches(images, kernel, stride, padding), F.unfold(images, kernel, 1, padding, stride).mT, rtol=0, atol=0
    )


def test_it_is_linear_and_moves_with_the_picture() -> None:
    images, filters, _ = drawn(1, 2, 12, 12, 3, 3)
    moved = torch.roll(images, (2, 1), (2, 3))
    inside = (slice(None), slice(None), slice(2, None), slice(1, None))
    torch.testing.assert_close(
        convolve(moved, filters)[inside], torch.roll(convolve(images, filters), (2, 1), (2, 3))[inside], **EXACT
    )
    torch.testing.assert_close(
        convolve(2 * images + moved, filters), 2 * convolve(images, filters) + convolve(moved, filters), **EXACT
    )


def test_the_edge_filters_see_edges_only() -> None:
    flat = torch.full((1, 1, 6, 6), 0.7)
    for name, rows in HAND_MADE.items():
        found = convolve(flat, torch.tensor([[rows]], dtype=torch.float32))
        expected = 0.0 if "edges" in name else 0.7
        torch.testing.assert_close(found, torch.full_like(found, expected), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding"), [(7, 3, 1, 0), (7, 3, 2, 1), (8, 5, 3, 2), (4, 4, 9, 0)]
)
def test_sizes_equal_pytorch(size: int, kernel: int, stride: int, padding: int) -> None:
    images = torch.zeros(1, 1, size, size)
    found = F.conv2d(images, torch.zeros(1, 1, kernel, kernel), None, stride, padding).shape[-1]
    assert output_size(size, kernel, stride, padding) == found


@pytest.mark.parametrize(
    "layers", [[(3, 1)], [(3, 1), (3, 1)], [(3, 2), (3, 1), (2, 2), (3, 1)], [(5, 3), (3, 2), (1, 1)]]
)
def test_a_receptive_field_is_what_a_gradient_reaches(layers) -> None:
    size = 120
    images = torch.zeros(1, 1, size, size, requires_grad=True)
    hidden = images
    for kernel, stride in layers:
        hidden = F.conv2d(hidden, torch.ones(1, 1, kernel, kernel), stride=stride)
    middle = hidden.shape[-1] // 2
    (first,) = torch.autograd.grad(hidden[0, 0, middle, middle], images, retain_graph=True)
    (second,) = torch.autograd.grad(hidden[0, 0, middle, middle + 1], images)
    seen = first[0, 0].any(0).nonzero()[:, 0]
    field, step = receptive_field(layers)
    assert len(seen) == field
    assert second[0, 0].any(0).nonzero()[0, 0] - seen[0] == step


def test_without_a_layer_a_pixel_sees_itself() -> None:
    assert receptive_field([]) == (1, 1)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("shape", [(2, 3, 7, 8), (1, 1, 3, 3)])
def test_pooling_equals_pytorch(size: int, shape) -> None:
    torch.manual_seed(1)
    images = torch.randn(shape)
    torch.testing.assert_close(max_pool(images, size), F.max_pool2d(images, size), rtol=0, atol=0)


@pytest.mark.parametrize("momentum", [0.1, 0.01, 1.0])
def test_batch_norm_equals_pytorch_in_training_and_evaluation(momentum: float) -> None:
    torch.manual_seed(2)
    ours, theirs = BatchNorm(3, momentum).double(), nn.BatchNorm2d(3, momentum=momentum).double()
    for module in (ours, theirs):
        nn.init.constant_(module.weight, 1.3)
        nn.init.constant_(module.bias, -0.2)
    for batch in (4, 2, 5):
        images = 3 + 2 * torch.randn(batch, 3, 4, 5, dtype=torch.float64)
        images.requires_grad_()
        one, other = ours(images), theirs(images)
        torch.testing.assert_close(one, other, **EXACT)
        direction = torch.randn_like(one)
        pairs = (
            torch.autograd.grad(out, [images, *net.parameters()], direction)
            for out, net in ((one, ours), (other, theirs))
        )
        for a, b in zip(*pairs, strict=True):
            torch.testing.assert_close(a, b, **EXACT)
    torch.testing.assert_close(ours.mean, theirs.running_mean, **EXACT)
    torch.testing.assert_close(ours.variance, theirs.running_var, **EXACT)
    images = torch.randn(2, 3, 4, 4, dtype=torch.float64)
    torch.testing.assert_close(ours.eval()(images), theirs.eval()(images), **EXACT)
    torch.testing.assert_close(ours(images[:1]), ours(images)[:1], **EXACT)  # nobody depends on the others any more


def test_what_does_not_fit_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="does not fit into 3 pixels"):
        output_size(3, 5)
    with pytest.raises(ValueError, match="For 1 channels"):
        convolve(torch.zeros(1, 1, 4, 4), torch.zeros(1, 2, 3, 3))
    with pytest.raises(ValueError, match="One number alone"):
        BatchNorm(2)(torch.zeros(1, 2, 1, 1))
    with pytest.raises(ValueError, match="one bias for each filter"):
        convolution.convolve(torch.zeros(1, 1, 4, 4), torch.zeros(2, 1, 3, 3), torch.zeros(3))
