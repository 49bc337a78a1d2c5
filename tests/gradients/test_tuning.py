"""The study of learning rates: its networks, trained all at once, are those that the array engine trains one by one."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from benchmarks import autograd
from lessons import gradients
from lessons.gradients import Array


def trained_alone(points, labels, seed, learning_rate, steps):
    """Validation loss of one network of Arrays after plain gradient descent."""
    first, second = gradients.MLP([2, autograd.HIDDEN, 1], seed).layers
    parameters = [
        Array(np.transpose([[w.data for w in n.weights] for n in first])),
        Array(np.zeros(autograd.HIDDEN)),
        Array(np.transpose([[w.data for w in n.weights] for n in second])),
        Array(np.zeros(1)),
    ]

    def loss(part):
        hidden = (points[part] @ parameters[0] + parameters[1]).relu()
        return (1 + ((1 - 2 * labels[part]) * (hidden @ parameters[2] + parameters[3])).exp()).log().mean()

    train, validation = slice(0, autograd.N_TRAIN), slice(autograd.N_TRAIN, None)
    for _ in range(steps):
        for parameter in parameters:
            parameter.grad[...] = 0
        loss(train).backward()
        for parameter in parameters:
            parameter.data -= learning_rate * parameter.grad
    return float(loss(validation).data)


def test_all_networks_at_once_are_the_single_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("RUNS", 2), ("STEPS", 20), ("RATES", np.array([0.03, 0.3]))):
        monkeypatch.setattr(autograd, name, value)
    found = autograd.validation_losses(gradients.SGD)  # (rates, runs)
    points, labels = (part.numpy() for part in autograd.moons())
    for rate, row in zip(autograd.RATES, found, strict=True):
        alone = [trained_alone(points[run], labels[run], run, rate, 20) for run in range(2)]
        assert_allclose(row, alone, rtol=0, atol=1e-10)


def test_a_ratio_is_geometric_and_its_interval_holds_it() -> None:
    found = autograd.ratio(np.log([1.0, 4.0] * 20))
    assert found["ratio"] == 2
    assert found["interval"][0] < 2 < found["interval"][1]
    assert autograd.ratio(np.zeros(5)) == {"ratio": 1.0, "interval": [1.0, 1.0]}
