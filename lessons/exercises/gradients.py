"""The exercises of notebook 02, gradients and optimisers: in NumPy, in float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator

from .engine import CodeExercise, mistake

Array = np.ndarray
Surface = Callable[[np.ndarray], float]

# --- the numerical gradient -------------------------------------------------------------------------------------------


def bowl(point: np.ndarray) -> float:
    """1 x₀² + 2 x₁² + 3 x₂² + ..."""
    return float(np.arange(1, len(point) + 1) @ point**2)


def wave(point: np.ndarray) -> float:
    """The product of all sines, plus the sum of all cubes."""
    return float(np.sin(point).prod() + (point**3).sum())


def _surfaces(rng: Generator) -> Iterator[tuple[Surface, Array, float]]:
    for surface, dimensions, step in ((wave, 1, 0.1), (bowl, 3, 1e-3), (wave, 2, 0.01)):
        yield surface, rng.normal(size=dimensions), step
    yield wave, rng.integers(1, 5, size=2), 0.125  # a point of whole numbers


def numerical_gradient(function: Callable, point: np.ndarray, step: float) -> np.ndarray:
    """Central differences: (f(point + step) − f(point − step)) / (2 step) along every axis; (dims,) -> (dims,)."""
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        offset = np.zeros(len(point))
        offset[axis] = step
        gradient[axis] = (function(point + offset) - function(point - offset)) / (2 * step)
    return gradient


@mistake("This is the forward difference, whose error shrinks only like the step. Look to both sides of the point.")
def _forward(function: Surface, point: Array, step: float) -> Array:
    return np.array([(function(point + row) - function(point)) / step for row in step * np.eye(len(point))])


@mistake("From point − step to point + step it is 2 steps: divide by 2 * step.")
def _half_the_way(function: Surface, point: Array, step: float) -> Array:
    return 2 * numerical_gradient(function, point, step)


@mistake("You moved along all axes at once. One partial derivative moves one coordinate and leaves the others.")
def _all_axes(function: Surface, point: Array, step: float) -> Array:
    return np.full(len(point), (function(point + step) - function(point - step)) / (2 * step))


@mistake("In an array of whole numbers the step is lost: `point[i] += step` rounds it away. Convert to float first.")
def _rounded_away(function: Surface, point: Array, step: float) -> Array:
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        ahead, behind = point.copy(), point.copy()
        ahead[axis], behind[axis] = point[axis] + step, point[axis] - step
        gradient[axis] = (function(ahead) - function(behind)) / (2 * step)
    return gradient


@mistake(
    "You add the step to `point` itself and do not quite undo it: x + h − h is not x in floating point. Use a copy."
)
def _in_place(function: Surface, point: Array, step: float) -> Array:
    gradient = numerical_gradient(function, point, step)
    point += np.asarray(step).astype(point.dtype)
    point -= np.asarray(2 * step).astype(point.dtype)
    point += np.asarray(step).astype(point.dtype)
    return gradient


def _numpy_gradient(function: Surface, point: Array, step: float) -> Array:
    rows = step * np.eye(len(point))
    return np.array([np.gradient([function(point + k * row) for k in (-1, 0, 1)], step)[1] for row in rows])


NUMERICAL_GRADIENT = CodeExercise(
    id="gradients.numerical_gradient",
    title="A gradient by looking to both sides",
    stars=1,
    minutes=10,
    task="Write the check that every gradient in this course has to pass.",
    hints=[
        "Start with a function of one number: how much does it change from x − h to x + h, per unit of way?",
        "For several coordinates, repeat that for each one while the others stay where they are.",
        "`offset = np.zeros(len(point)); offset[axis] = step` is a step along one axis; `point + offset` is a copy.",
    ],
    solution=numerical_gradient,
    reference=_numpy_gradient,
    inputs=_surfaces,
    mistakes=[_forward, _half_the_way, _all_axes, _rounded_away, _in_place],
)

# --- the chain rule on one neuron -------------------------------------------------------------------------------------


def _neurons(rng: Generator) -> Iterator[tuple[float, float, float, float]]:
    for scale in (0.5, 1.0, 2.0):
        x, w, b, y = scale * rng.normal(size=4)
        yield float(x), float(w), float(b), float(y)
    yield 0.0, 1.5, 0.25, 1.0


def neuron_gradient(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    """The derivatives (in w, in b) of the loss (tanh(w x + b) − y)² of one neuron with one input."""
    output = math.tanh(w * x + b)
    from_output = 2 * (output - y)
    from_sum = from_output * (1 - output**2)
    return from_sum * x, from_sum


@mistake("The derivative of tanh is missing from the chain: between the loss and the sum lies 1 − tanh².")
def _without_tanh(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    from_output = 2 * (math.tanh(w * x + b) - y)
    return from_output * x, from_output


@mistake("You took 1 − z² with z = w x + b. The derivative of tanh(z) is 1 − tanh(z)²: the output, squared.")
def _squared_sum(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    from_sum = 2 * (math.tanh(w * x + b) - y) * (1 - (w * x + b) ** 2)
    return from_sum * x, from_sum


@mistake("The last link to w is missing: the sum w x + b changes with w as fast as x.")
def _without_x(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    return neuron_gradient(x, w, b, y)[1], neuron_gradient(x, w, b, y)[1]


@mistake("The first link is missing: the derivative of (o − y)² is 2 (o − y).")
def _without_error(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    from_sum = 1 - math.tanh(w * x + b) ** 2
    return from_sum * x, from_sum


@mistake("Right derivatives, wrong order: first the one in w, then the one in b.")
def _swapped(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    in_w, in_b = neuron_gradient(x, w, b, y)
    return in_b, in_w


def _neuron_complex_step(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    sums = np.array([(w + 1e-30j) * x + b, w * x + b + 1e-30j])
    in_w, in_b = ((np.tanh(sums) - y) ** 2).imag / 1e-30
    return float(in_w), float(in_b)


NEURON_GRADIENT = CodeExercise(
    id="gradients.neuron_gradient",
    title="The chain rule through one neuron",
    stars=1,
    minutes=10,
    task="Follow the loss of one neuron backwards to its weight and its bias.",
    hints=[
        "Name the steps: s = w x + b, o = tanh(s), loss = (o − y)². Go through them from the last to the first.",
        "The links are 2 (o − y), then 1 − o², then x for w and 1 for b. Multiply.",
    ],
    solution=neuron_gradient,
    reference=_neuron_complex_step,
    inputs=_neurons,
    mistakes=[_without_tanh, _squared_sum, _without_x, _without_error, _swapped],
)

# --- one step of Adam -------------------------------------------------------------------------------------------------


def _adam_states(rng: Generator) -> Iterator[tuple[Array, Array, Array, Array, int, float]]:
    for size, step in ((3, 1), (1, 2), (4, 10), (2, 5_000)):
        first, second = (rng.normal(size=size) * 0.1, rng.uniform(0.001, 0.1, size=size)) if step > 1 else (0.0, 0.0)
        yield (
            rng.normal(size=size),
            rng.normal(size=size) * 0.3,
            np.zeros(size) + first,
            np.zeros(size) + second,
            step,
            float(rng.uniform(0.001, 0.1)),
        )
    yield rng.normal(size=2), np.array([1e-7, 0.0]), np.zeros(2), np.zeros(2), 1, 0.01  # almost flat: epsilon shows


def adam_step(
    weights: np.ndarray,
    gradient: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    step: int,
    learning_rate: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of Adam (Kingma & Ba 2015, algorithm 1): -> (weights, first, second), each (dims,).

    `first` and `second` are the running means of the gradient and of its square (decay 0.9 and 0.999) before this step;
    `step` counts from 1; epsilon is 1e-8.
    """
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    corrected = first / (1 - 0.9**step)
    deviation = np.sqrt(second / (1 - 0.999**step))
    return weights - learning_rate * corrected / (deviation + 1e-8), first, second


State = tuple[Array, Array, Array]


def _moments(gradient: Array, first: Array, second: Array) -> tuple[Array, Array]:
    return 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2


@mistake("There is no bias correction. The running means start at 0; divide them by 1 − 0.9ᵗ and 1 − 0.999ᵗ.")
def _uncorrected(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    return weights - rate * first / (np.sqrt(second) + 1e-8), first, second


@mistake("You returned the corrected means. The correction is for this step only: keep the running means as they are.")
def _kept_correction(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    weights, first, second = adam_step(weights, gradient, first, second, step, rate)
    return weights, first / (1 - 0.9**step), second / (1 - 0.999**step)


@mistake("Epsilon stands beside the root, not under it: √v + 1e-8. Under it, it counts as 1e-4.")
def _epsilon_inside(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    scale = np.sqrt(second / (1 - 0.999**step) + 1e-8)
    return weights - rate * first / (1 - 0.9**step) / scale, first, second


@mistake("The root is missing: divide by the root of the mean square, which has the units of a gradient.")
def _without_root(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    return weights - rate * first / (1 - 0.9**step) / (second / (1 - 0.999**step) + 1e-8), first, second


@mistake("You added the step. The gradient points uphill: subtract.")
def _uphill(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return 2 * weights - moved, first, second


@mistake("You wrote the new means into the old arrays (`*=`, `+=`). Whoever called still needs those: make new ones.")
def _means_in_place(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    result = adam_step(weights, gradient, first, second, step, rate)
    first[:], second[:] = result[1:]
    return result


def _torch_adam(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    """The function behind torch.optim.Adam; the class itself would spend two seconds on importing a compiler."""
    import torch
    from torch.optim.adam import adam

    parameter, slope, mean, square = (torch.tensor(values) for values in (weights, gradient, first, second))
    adam(
        [parameter],
        [slope],
        exp_avgs=[mean],
        exp_avg_sqs=[square],
        max_exp_avg_sqs=[],
        state_steps=[torch.tensor(step - 1.0)],
        foreach=False,
        amsgrad=False,
        maximize=False,
        beta1=0.9,
        beta2=0.999,
        eps=1e-8,
        lr=rate,
        weight_decay=0.0,
    )
    return parameter.numpy(), mean.numpy(), square.numpy()


ADAM_STEP = CodeExercise(
    id="gradients.adam_step",
    title="One step of Adam",
    stars=3,
    minutes=15,
    task="Write one step of Adam, equal to PyTorch's to the last digits.",
    hints=[
        "Two running means come first: 0.9 old + 0.1 new for the gradient, 0.999 old + 0.001 new for its square.",
        "After the first step from 0 the first mean is only 0.1 times the gradient. Which division mends that?",
        "The step is learning_rate × corrected first / (√ corrected second + 1e-8). Return the uncorrected means.",
    ],
    solution=adam_step,
    reference=_torch_adam,
    inputs=_adam_states,
    mistakes=[_uncorrected, _kept_correction, _epsilon_inside, _without_root, _uphill, _means_in_place],
    remark="In the very first step every weight moves by almost exactly the learning rate, whatever its gradient.",
)
