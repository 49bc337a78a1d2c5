"""The array engine against torch: every operation on random shapes that broadcast, whole networks, bad input."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from numpy.testing import assert_allclose

from lessons.gradients import Array, topological_order, unbroadcast

EXACT = {"rtol": 1e-10, "atol": 1e-10}
SHAPES = mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4)
MATRICES = mutually_broadcastable_shapes(signature="(n,m),(m,k)->(n,k)", max_dims=2, max_side=4)

BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "shared": lambda a, b: (a * b + a) * (b - a / b),
}
UNARY = {
    "-": lambda a: -a,
    "relu": lambda a: (a - 1.3).relu(),
    "tanh": lambda a: a.tanh(),
    "sigmoid": lambda a: a.sigmoid(),
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "cube": lambda a: a**3,
    "root": lambda a: a**0.5,
    "reciprocal": lambda a: 2 / a - 1,
    "number first": lambda a: 3 * (1 - a) + (2 + a),
}


def both(*shapes, seed=0):
    """The same positive numbers twice: as Arrays and as tensors that want a gradient."""
    rng = np.random.default_rng(seed)
    numbers = [rng.uniform(0.4, 2, size=shape) for shape in shapes]
    return [Array(one) for one in numbers], [torch.tensor(one, requires_grad=True) for one in numbers]


def compare(function, ours, theirs, seed=0):
    """The same function of Arrays and of tensors: values, and the gradients of a weighted sum of its results."""
    mine, other = function(*ours), function(*theirs)
    assert_allclose(mine.data, other.detach(), **EXACT)
    weights = np.random.default_rng(seed + 1).normal(size=mine.shape)
    (mine * weights).sum().backward()
    (other * torch.tensor(weights)).sum().backward()
    for array, tensor in zip(ours, theirs, strict=True):
        assert array.grad.shape == array.shape
        assert_allclose(array.grad, tensor.grad, **EXACT)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.sampled_from(sorted(BINARY)), st.integers(0, 99))
def test_two_arrays_of_any_shapes_that_broadcast(shapes, name, seed):
    compare(BINARY[name], *both(*shapes.input_shapes, seed=seed), seed)


@settings(max_examples=60, deadline=None)
@given(MATRICES, st.integers(0, 99))
def test_products_of_matrices_and_of_batches_of_them(shapes, seed):
    compare(lambda a, b: a @ b, *both(*shapes.input_shapes, seed=seed), seed)


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 4)])
def test_one_array(name, shape):
    compare(UNARY[name], *both(shape))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (1, -1)])
def test_sums_and_means_along_axes(axis, keepdims):
    def across(a):
        named = (
            {"dim": axis, "keepdim": keepdims} if isinstance(a, torch.Tensor) else {"axis": axis, "keepdims": keepdims}
        )
        return a.sum(**named) * 2 + a.mean(**named) ** 2

    compare(across, *both((2, 3, 4)))


def test_shapes_change_and_come_back():
    compare(lambda a, b: (a.T @ b.reshape(2, 5))[1:, [0, 0, 3]], *both((2, 3), (5, 2)))
    compare(lambda a: a[np.arange(3), [2, 0, 2]], *both((3, 4)))
    compare(lambda a: a.reshape(-1) ** 2, *both((2, 3)))


@settings(max_examples=100, deadline=None)
@given(SHAPES, st.integers(0, 99))
def test_unbroadcasting_is_torchs_gradient_of_expand(shapes, seed):
    small = shapes.input_shapes[0]
    gradient = np.random.default_rng(seed).normal(size=shapes.result_shape)
    tensor = torch.zeros(small, dtype=torch.float64, requires_grad=True)
    tensor.expand(shapes.result_shape).backward(torch.tensor(gradient))
    found = unbroadcast(gradient, small)
    assert found.shape == small
    assert_allclose(found, tensor.grad, **EXACT)


@pytest.mark.parametrize("seed", range(3))
def test_a_network_trained_for_50_steps_is_torchs(seed):
    shapes = [(5, 8), (8,), (8, 3), (3,)]
    ours, theirs = both(*shapes, seed=seed)
    rng = np.random.default_rng(seed)
    inputs, labels = rng.normal(size=(20, 5)), rng.integers(3, size=20)
    for _ in range(50):
        logits = (inputs @ ours[0] + ours[1]).relu() @ ours[2] + ours[3]
        shifted = logits - logits.data.max(1, keepdims=True)
        log_p = shifted - shifted.exp().sum(1, keepdims=True).log()
        loss = -log_p[np.arange(20), labels].mean()
        other = torch.relu(torch.tensor(inputs) @ theirs[0] + theirs[1]) @ theirs[2] + theirs[3]
        other_loss = F.cross_entropy(other, torch.tensor(labels))
        for parameter in ours:
            parameter.grad[...] = 0
        gradients = torch.autograd.grad(other_loss, theirs)
        loss.backward()
        assert_allclose(loss.data, other_loss.item(), **EXACT)
        for parameter, tensor, gradient in zip(ours, theirs, gradients, strict=True):
            assert_allclose(parameter.grad, gradient, **EXACT)
            parameter.data -= 0.1 * parameter.grad
            with torch.no_grad():
                tensor -= 0.1 * gradient


def test_inputs_accumulate_and_what_lies_between_starts_anew():
    x = Array([2.0, 3.0])
    loss = (x * x).sum()
    loss.backward()
    loss.backward()
    assert x.grad.tolist() == [8, 12]
    lone = Array(5.0)
    lone.backward()
    lone.backward()
    assert lone.grad == 2


def test_a_deep_graph_does_not_overflow_the_stack():
    x = start = Array(np.ones(2))
    for _ in range(20_000):
        x = x * 0.9999
    x.sum().backward()
    assert_allclose(start.grad, np.full(2, 0.9999**20_000))
    assert len(topological_order(x)) == 40_001


def test_an_input_is_a_copy_and_keeps_its_kind_of_float():
    numbers = np.ones(3)
    array = Array(numbers)
    array.data -= 1
    assert numbers.tolist() == [1, 1, 1]
    single = Array(np.ones(3, np.float32))
    total = ((single * 2 + 1).relu() / 3).mean()
    total.backward()
    assert (single.data.dtype, total.data.dtype, single.grad.dtype) == (np.float32,) * 3
    assert Array([1, 2]).data.dtype == Array([True, False]).data.dtype == np.float64


def test_arrays_of_numpy_stand_on_either_side():
    x, numbers = Array(np.ones((2, 2))), np.arange(4.0).reshape(2, 2)
    for result in (numbers + x, numbers - x, numbers * x, numbers / x, numbers @ x, x @ numbers, np.float64(2) * x):
        assert isinstance(result, Array)
        assert result.shape == (2, 2)


def test_large_and_small_numbers_in_a_sigmoid():
    x = Array([-1000.0, 0.0, 1000.0])
    x.sigmoid().sum().backward()
    assert x.sigmoid().data.tolist() == [0, 0.5, 1]
    assert x.grad.tolist() == [0, 0.25, 0]


def test_what_it_says_about_itself():
    array = Array(np.ones((2, 3)), "weights")
    assert repr(array) == "Array(weights, shape (2, 3))"
    assert (array.operation, array.parents, array.vjps, len(array)) == ("", (), (), 2)
    assert (array + 1).operation == "+"
    assert (array.T @ array).operation == "@"
    assert copy.copy(array).label == "weights"


BAD = {
    "backward of many numbers": (lambda x: x.backward(), ValueError, "starts from one number"),
    "division by zero": (lambda x: 1 / (x - x), ValueError, "Division by zero"),
    "log of zero": (lambda x: (x - x).log(), ValueError, "not defined"),
    "root of a negative number": (lambda x: (-x) ** 0.5, ValueError, "not real"),
    "too large an exponential": (lambda x: (x * 1e4).exp(), ValueError, "too large"),
    "a vector before @": (lambda x: x[0] @ x, ValueError, "two or more axes"),
    "transposing three axes": (lambda x: x.reshape(1, 2, 2).T, ValueError, "two axes"),
    "a mean of nothing": (lambda x: x[:0].mean(), ValueError, "mean of nothing"),
    "an exponent that is an Array": (lambda x: x**x, TypeError, "exponent must be a number"),
    "words": (lambda x: x + "2", TypeError, "made of numbers"),
    "None": (lambda x: x * None, TypeError, "made of numbers"),
    "rows of different lengths": (lambda x: x * [[1], [1, 2]], TypeError, "made of numbers"),
    "shapes that do not fit": (lambda x: x + np.ones(3), ValueError, "broadcast"),
    "a shape that was not broadcast": (lambda x: unbroadcast(x.data, (3,)), ValueError, "does not broadcast"),
    "a shape that is larger": (lambda x: unbroadcast(x.data, (1, 2, 2)), ValueError, "does not broadcast"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_sentence(name):
    action, error, words = BAD[name]
    with pytest.raises(error, match=words):
        action(Array(np.ones((2, 2))))
