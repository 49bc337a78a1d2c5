"""Other right answers to the newer exercises, and the number of the experiment found by running it."""

import numpy as np
import pytest
import torch

from lessons.exercises import Kind, find
from lessons.gradients import MLP, Array, unbroadcast


def by_module(gradient, shape):
    return unbroadcast(gradient, shape)


def in_one_sum(gradient, shape):
    new = gradient.ndim - len(shape)
    padded = (1,) * new + tuple(shape)
    axes = tuple(axis for axis, size in enumerate(padded) if size == 1)
    return gradient.sum(axis=axes, keepdims=True).reshape(shape)


def from_the_right(gradient, shape):
    """Only where lengths differ, from the last axis to the first."""
    for back in range(1, gradient.ndim + 1):
        size = shape[-back] if back <= len(shape) else 0
        if size != gradient.shape[-back]:
            gradient = gradient.sum(axis=-back, keepdims=True)
    return gradient.reshape(shape)


def place_by_place(gradient, shape):
    """Add every number to where it came from."""
    total = np.zeros(shape)
    for index in np.ndindex(gradient.shape):
        own = index[len(index) - len(shape) :]
        total[tuple(0 if size == 1 else i for i, size in zip(own, shape, strict=True))] += gradient[index]
    return total


def in_torch(gradient, shape):
    return torch.tensor(gradient).sum_to_size(shape)


@pytest.mark.parametrize("attempt", [by_module, in_one_sum, from_the_right, place_by_place, in_torch])
def test_other_ways_to_undo_a_broadcast_are_right(attempt):
    verdict = find("gradients.unbroadcast").check(attempt)
    assert verdict.kind is Kind.CORRECT, verdict.sentence


@pytest.mark.parametrize("number", [1, 1.0, np.int64(1), torch.tensor(1)])
def test_other_ways_to_write_one_are_right(number):
    assert find("gradients.zero_start").check(number).kind is Kind.CORRECT


@pytest.mark.parametrize(("value", "moved"), [(0.0, 1), (0.5, 65)])
def test_a_network_started_at_zero_moves_one_number(value, moved):
    rng = np.random.default_rng(0)
    points, signs = rng.normal(size=(60, 2)), rng.choice([-1.0, 1.0], p=[0.4, 0.6], size=(60, 1))
    shapes = [(2, 16), (16,), (16, 1), (1,)]
    assert sum(map(np.prod, shapes)) == len(MLP([2, 16, 1]).parameters()) == 65
    parameters = [Array(np.full(shape, value)) for shape in shapes]
    for _ in range(100):
        first, first_bias, second, second_bias = parameters
        for parameter in parameters:
            parameter.grad[...] = 0
        logits = (points @ first + first_bias).relu() @ second + second_bias
        (1 + (signs * logits).exp()).log().mean().backward()
        for parameter in parameters:
            parameter.data -= 0.5 * parameter.grad
    assert sum(np.count_nonzero(parameter.data != value) for parameter in parameters) == moved
    assert np.ptp(parameters[2].data) < 1e-10  # equal neurons stay equal
