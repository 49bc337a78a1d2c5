"""The exercises of notebook 01, linear models: in NumPy, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from .engine import CodeExercise, mistake

Array = np.ndarray

# --- least squares ----------------------------------------------------------------------------------------------------


def _table(rng: Generator) -> Iterator[tuple[Array, Array]]:
    for examples, features in ((8, 1), (20, 3), (6, 2), (40, 5)):
        inputs = rng.normal(size=(examples, features)) @ rng.normal(size=(features, features)) + rng.normal(
            size=features
        )
        yield inputs, inputs @ rng.normal(size=features) + rng.normal() * 5 + 0.3 * rng.normal(size=examples)


def least_squares(inputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, float]:
    """The line with the smallest squared error: inputs (examples, features), targets (examples,) -> (weights, bias).

    weights has the shape (features,); the prediction is `inputs @ weights + bias`.
    """
    with_ones = np.column_stack([inputs, np.ones(len(inputs))])  # (examples, features + 1)
    solution, *_ = np.linalg.lstsq(with_ones, targets, rcond=None)
    return solution[:-1], solution[-1]


@mistake("Your line goes through the origin. Give the inputs a column of ones, and its weight is the bias.")
def _through_the_origin(inputs: Array, targets: Array) -> tuple[Array, float]:
    return np.linalg.lstsq(inputs, targets, rcond=None)[0], 0.0


@mistake(
    "The weights are right. The bias is the mean target only for centred inputs: take mean(inputs) @ weights off it."
)
def _mean_as_bias(inputs: Array, targets: Array) -> tuple[Array, float]:
    return least_squares(inputs, targets)[0], float(targets.mean())


@mistake("You fitted each feature by itself. Features that move together must share the credit: solve for all at once.")
def _one_by_one(inputs: Array, targets: Array) -> tuple[Array, float]:
    centred = inputs - inputs.mean(0)
    weights = centred.T @ (targets - targets.mean()) / (centred**2).sum(0)
    return weights, float(targets.mean() - inputs.mean(0) @ weights)


@mistake("You turned the equation round: this predicts the inputs from the targets. Minimise the error of the targets.")
def _turned_round(inputs: Array, targets: Array) -> tuple[Array, float]:
    centred = targets - targets.mean()
    weights = (inputs - inputs.mean(0)).T @ centred / (centred @ centred)
    return weights, float(targets.mean() - inputs.mean(0) @ weights)


def _sklearn_line(inputs: Array, targets: Array) -> tuple[Array, float]:
    from sklearn.linear_model import LinearRegression

    line = LinearRegression().fit(inputs, targets)
    return line.coef_, float(line.intercept_)


LEAST_SQUARES = CodeExercise(
    id="linear_models.least_squares",
    title="The best line in one step",
    stars=2,
    minutes=10,
    task="Find the weights and the bias with the smallest squared error, without gradient descent.",
    hints=[
        "A bias is a weight whose input is always 1.",
        "`np.column_stack([inputs, np.ones(len(inputs))])` adds that input; `np.linalg.lstsq` solves for all weights.",
        "lstsq returns four things; the first is the solution. Its last entry is the bias.",
    ],
    solution=least_squares,
    reference=_sklearn_line,
    inputs=_table,
    mistakes=[_through_the_origin, _mean_as_bias, _one_by_one, _turned_round],
)

# --- the gradient of the mean squared error ---------------------------------------------------------------------------


def _weights_and_table(rng: Generator) -> Iterator[tuple[Array, Array, Array]]:
    for examples, features in ((5, 2), (1, 3), (12, 1), (9, 4)):
        yield rng.normal(size=features), rng.normal(size=(examples, features)), rng.normal(size=examples)


def mse_gradient(weights: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The gradient in the weights of mean((inputs @ weights − targets)²): weights (features,) -> (features,)."""
    errors = inputs @ weights - targets  # (examples,)
    return 2 * inputs.T @ errors / len(targets)


@mistake("The factor 2 from the square is missing.")
def _without_two(weights: Array, inputs: Array, targets: Array) -> Array:
    return inputs.T @ (inputs @ weights - targets) / len(targets)


@mistake("You added up over the examples. The loss is their mean: divide by the number of examples.")
def _sum_of_squares(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.T @ (inputs @ weights - targets)


@mistake("The sign is turned: the gradient points uphill. The minus belongs to the step, not to the gradient.")
def _downhill(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.T @ (targets - inputs @ weights) / len(targets)


@mistake("You divided by the number of features. The mean is over the examples.")
def _per_feature(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.T @ (inputs @ weights - targets) / len(weights)


@mistake("The inner derivative is missing: an error changes with a weight as fast as the input beside that weight.")
def _without_inputs(weights: Array, inputs: Array, targets: Array) -> Array:
    return np.full_like(weights, 2 * (inputs @ weights - targets).mean())


def _complex_step(weights: Array, inputs: Array, targets: Array) -> Array:
    """The derivative without rounding error: the imaginary part of the loss after an imaginary step."""
    steps = weights + 1e-30j * np.eye(len(weights))  # (features, features)
    return ((steps @ inputs.T - targets) ** 2).mean(-1).imag / 1e-30


MSE_GRADIENT = CodeExercise(
    id="linear_models.mse_gradient",
    title="Which way is uphill?",
    stars=2,
    minutes=10,
    task="Derive the gradient of the mean squared error by hand, then write it without a loop.",
    hints=[
        "For one example and one weight the loss is (x·w − y)². Differentiate that: outer times inner derivative.",
        "One example gives 2 (x·w − y) x. What remains is the mean over the examples.",
        "`inputs.T @ errors` adds up x times error over the examples, for every weight at once.",
    ],
    solution=mse_gradient,
    reference=_complex_step,
    inputs=_weights_and_table,
    mistakes=[_without_two, _sum_of_squares, _downhill, _per_feature, _without_inputs],
)

# --- standardising without a leak -------------------------------------------------------------------------------------


def _train_and_test(rng: Generator) -> Iterator[tuple[Array, Array]]:
    for examples, features in ((10, 2), (6, 3), (25, 1)):
        scale, centre = rng.uniform(2, 9, size=features), rng.normal(size=features) * 10
        train, test = rng.normal(size=(examples, features)), rng.normal(size=(4, features)) + 1
        yield train * scale + centre, test * scale + centre
    yield (
        np.column_stack([rng.normal(size=7), np.full(7, 3.0)]),
        np.array([[0.5, 3.0], [1.0, 4.0]]),
    )  # a constant column


def standardise(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both tables (examples, features) in units in which each feature of `train` has mean 0 and standard deviation 1.

    The standard deviation is NumPy's (divided by n). A feature that is constant in `train` is centred only.
    """
    mean, deviation = train.mean(0), train.std(0)  # (features,)
    deviation[deviation == 0] = 1
    return (train - mean) / deviation, (test - mean) / deviation


def _scaled(table: Array, statistics: Array, axis: int | None = 0) -> Array:
    deviation = np.asarray(statistics.std(axis))
    return (table - statistics.mean(axis)) / np.where(deviation == 0, 1, deviation)


@mistake("You measured mean and deviation of the test set on the test set. A single test example would have none.")
def _test_by_itself(train: Array, test: Array) -> tuple[Array, Array]:
    return _scaled(train, train), _scaled(test, test)


@mistake("You took the statistics from both sets together: the test set leaks into the training. Use `train` alone.")
def _leak(train: Array, test: Array) -> tuple[Array, Array]:
    both = np.concatenate([train, test])
    return _scaled(train, both), _scaled(test, both)


@mistake("You divided by the variance. Its root, the standard deviation, has the units of the feature.")
def _by_variance(train: Array, test: Array) -> tuple[Array, Array]:
    variance = np.where(train.var(0) == 0, 1, train.var(0))
    return (train - train.mean(0)) / variance, (test - train.mean(0)) / variance


@mistake("A constant feature has the standard deviation 0, and you divided by it. Divide by 1 there.")
def _by_zero(train: Array, test: Array) -> tuple[Array, Array]:
    return (train - train.mean(0)) / train.std(0), (test - train.mean(0)) / train.std(0)


@mistake("You took one mean over the whole table. Each feature has its own: average over the examples, axis 0.")
def _one_mean(train: Array, test: Array) -> tuple[Array, Array]:
    return _scaled(train, train, None), _scaled(test, train, None)


def _sklearn_scaler(train: Array, test: Array) -> tuple[Array, Array]:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


STANDARDISE = CodeExercise(
    id="linear_models.standardise",
    title="Scale without a leak",
    stars=1,
    minutes=10,
    task="Bring the features of two tables to the same scale, learning that scale from the training table alone.",
    hints=[
        "How many means are needed for a table with three features? Over which axis?",
        "What will you do with one single test example? It must be scaled by numbers that you already have.",
        "A standard deviation of 0 must not be divided by: replace it by 1.",
    ],
    solution=standardise,
    reference=_sklearn_scaler,
    inputs=_train_and_test,
    mistakes=[_test_by_itself, _leak, _by_variance, _by_zero, _one_mean],
)
