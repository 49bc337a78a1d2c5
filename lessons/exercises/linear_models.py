"""The exercises of notebook 01, linear models: in NumPy, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

Array = np.ndarray

# --- least squares ----------------------------------------------------------------------------------------------------


def _table(rng: Generator) -> Iterator[tuple[Array, Array]]:
    yield np.array([[1.0], [2.0], [4.0]]), np.array([3.0, 4.0, 9.0])
    for examples, features in ((20, 3), (6, 2), (40, 5)):
        inputs = rng.normal(size=(examples, features)) @ rng.normal(size=(features, features)) + rng.normal(
            size=features
        )
        yield inputs, inputs @ rng.normal(size=features) + rng.normal() * 5 + 0.3 * rng.normal(size=examples)


def least_squares(inputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, float]:
    """The line with the smallest squared error: inputs (examples, features), targets (examples,) -> (weights, bias).

    weights has the shape (features,); the prediction is `inputs @ weights + bias`. No two lines are equally good.
    """
    with_ones = np.column_stack([inputs, np.ones(len(inputs))])  # (examples, features + 1)
    solution, *_ = np.linalg.lstsq(with_ones, targets)
    return solution[:-1], solution[-1]


@mistake("Your line goes through the origin. Give the inputs a column of ones, and its weight is the bias.")
def _through_the_origin(inputs: Array, targets: Array) -> tuple[Array, float]:
    return np.linalg.lstsq(inputs, targets)[0], 0.0


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


@mistake("You took the bias from the wrong end: the column of ones stands where you put it, and so does its weight.")
def _wrong_end(inputs: Array, targets: Array) -> tuple[Array, float]:
    weights, bias = least_squares(inputs, targets)
    both = np.append(weights, bias)
    return both[1:], both[0]


@mistake(
    "The weights are right, and the sign of the bias is turned: it lifts the line by mean(targets − inputs @ weights)."
)
def _bias_turned(inputs: Array, targets: Array) -> tuple[Array, float]:
    weights, bias = least_squares(inputs, targets)
    return weights, -bias


@mistake(
    "Your weights are those of the best line through the origin; a bias that comes afterwards cannot mend them. Find "
    "both at once, or centre the inputs and the targets first."
)
def _bias_afterwards(inputs: Array, targets: Array) -> tuple[Array, float]:
    weights = np.linalg.lstsq(inputs, targets)[0]
    return weights, float((targets - inputs @ weights).mean())


@mistake("Both are right, in the wrong order: the weights come first, then the bias.")
def _bias_first(inputs: Array, targets: Array) -> tuple[float, Array]:
    weights, bias = least_squares(inputs, targets)
    return bias, weights


@mistake("The bias still stands among your weights, as the last of them. There is one weight for each feature.")
def _bias_among_weights(inputs: Array, targets: Array) -> tuple[Array, float]:
    weights, bias = least_squares(inputs, targets)
    return np.append(weights, bias), bias


@mistake("All numbers are right, in one array. Two results are wanted: the weights, and the bias by itself.")
def _in_one_array(inputs: Array, targets: Array) -> Array:
    return np.append(*least_squares(inputs, targets))


@mistake("These are the weights of the standardised features. The inputs come as they are: take the scale out again.")
def _of_scaled_features(inputs: Array, targets: Array) -> tuple[Array, float]:
    return least_squares(inputs, targets)[0] * inputs.std(0), float(targets.mean())


@mistake("The second thing that lstsq returns is the sum of the squared errors, not the bias.")
def _squared_errors_as_bias(inputs: Array, targets: Array) -> tuple[Array, float]:
    found = np.linalg.lstsq(inputs - inputs.mean(0), targets)
    return found[0], float(found[1][0])


@mistake("You fitted the first feature alone. Every feature has a weight.")
def _first_feature_alone(inputs: Array, targets: Array) -> tuple[Array, float]:
    weights, bias = least_squares(inputs[:, :1], targets)
    return np.append(weights, np.zeros(inputs.shape[1] - 1)), bias


@mistake(
    "All your weights are too small by the factor (n − 1) / n: one of the two covariances is divided by n, the other, "
    "as by `np.cov`, by n − 1."
)
def _two_kinds_of_n(inputs: Array, targets: Array) -> tuple[Array, float]:
    weights = least_squares(inputs, targets)[0] * (1 - 1 / len(inputs))
    return weights, float(targets.mean() - inputs.mean(0) @ weights)


@mistake("`reshape` does not turn a table over: it cuts the same row of numbers in another way. The transpose is `.T`.")
def _reshaped_table(inputs: Array, targets: Array) -> tuple[Array, float]:
    table = np.column_stack([inputs, np.ones(len(inputs))])
    turned = table.reshape(table.shape[::-1])
    found = np.linalg.solve(turned @ table, turned @ targets)
    return found[:-1], float(found[-1])


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
    mistakes=[
        _through_the_origin,
        _mean_as_bias,
        _one_by_one,
        _turned_round,
        _wrong_end,
        _bias_turned,
        _bias_afterwards,
        _bias_first,
        _bias_among_weights,
        _in_one_array,
        _of_scaled_features,
        _squared_errors_as_bias,
        _first_feature_alone,
        _two_kinds_of_n,
        _reshaped_table,
    ],
)

# --- the gradient of the mean squared error ---------------------------------------------------------------------------


def _weights_and_table(rng: Generator) -> Iterator[tuple[Array, Array, Array]]:
    yield np.array([1.0, 2.0, -1.0]), np.array([[1.0, 0.5, 2.0]]), np.array([3.0])  # predicted: 0
    for examples, features in ((5, 2), (12, 1), (9, 4)):
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


@mistake("The sign is turned: the gradient points uphill. With the error as prediction − target no minus is needed.")
def _downhill(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.T @ (targets - inputs @ weights) / len(targets)


@mistake("You divided by the number of features. The mean is over the examples.")
def _per_feature(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.T @ (inputs @ weights - targets) / len(weights)


@mistake("The inner derivative is missing: an error changes with a weight as fast as the input beside that weight.")
def _without_inputs(weights: Array, inputs: Array, targets: Array) -> Array:
    return np.full_like(weights, 2 * (inputs @ weights - targets).mean())


@mistake(
    "You averaged over the features too. Each weight has its own number: name the axis of the examples, `mean(0)`."
)
def _one_number(weights: Array, inputs: Array, targets: Array) -> Array:
    return mse_gradient(weights, inputs, targets).mean()


@mistake(
    "Yours is the mean error times the mean input. The mean of products is another thing: multiply each error by its "
    "own inputs first."
)
def _product_of_means(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * (inputs @ weights - targets).mean() * inputs.mean(0)


@mistake("`reshape` does not turn a table over: it cuts the same row of numbers in another way. The transpose is `.T`.")
def _reshaped(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.reshape(inputs.shape[::-1]) @ (inputs @ weights - targets) / len(targets)


@mistake("The error is still squared in yours. The derivative of a square is twice what was squared.")
def _still_squared(weights: Array, inputs: Array, targets: Array) -> Array:
    return 2 * inputs.T @ (inputs @ weights - targets) ** 2 / len(targets)


@mistake("Only the sign of each error counts in yours: this is the gradient of the mean absolute error.")
def _of_absolute_errors(weights: Array, inputs: Array, targets: Array) -> Array:
    return inputs.T @ np.sign(inputs @ weights - targets) / len(targets)


@mistake("This is the gradient of the *root* of the mean squared error. The loss has no root.")
def _of_the_root(weights: Array, inputs: Array, targets: Array) -> Array:
    errors = inputs @ weights - targets
    return inputs.T @ errors / len(targets) / np.sqrt((errors**2).mean())


@mistake("The direction is right, and the length is always 1 in yours. The steeper, the longer a gradient is.")
def _of_length_one(weights: Array, inputs: Array, targets: Array) -> Array:
    gradient = mse_gradient(weights, inputs, targets)
    return gradient / np.linalg.norm(gradient)


@mistake("You divided by the number of examples twice: a mean has done it already.")
def _averaged_twice(weights: Array, inputs: Array, targets: Array) -> Array:
    return mse_gradient(weights, inputs, targets) / len(targets)


@mistake("These are the weights after a step. The gradient alone is wanted.")
def _after_a_step(weights: Array, inputs: Array, targets: Array) -> Array:
    return weights - 0.1 * mse_gradient(weights, inputs, targets)


def _complex_step(weights: Array, inputs: Array, targets: Array) -> Array:
    """The derivative without rounding error: the imaginary part of the loss after an imaginary step."""
    steps = weights + 1e-30j * np.eye(len(weights))  # (features, features)
    return ((steps @ inputs.T - targets) ** 2).mean(-1).imag / 1e-30


MSE_GRADIENT = CodeExercise(
    id="linear_models.mse_gradient",
    title="Which way is uphill?",
    stars=1,
    minutes=4,
    task="Derive the gradient of the mean squared error by hand, then write it; no loop is needed.",
    hints=[
        "For one example and one weight the loss is (x·w − y)². Differentiate that: outer times inner derivative.",
        "One example gives 2 (x·w − y) x. What remains is the mean over the examples.",
        "`inputs.T @ errors` adds up x times error over the examples, for every weight at once.",
    ],
    solution=mse_gradient,
    reference=_complex_step,
    inputs=_weights_and_table,
    mistakes=[
        _without_two,
        _sum_of_squares,
        _downhill,
        _per_feature,
        _without_inputs,
        _one_number,
        _product_of_means,
        _reshaped,
        _still_squared,
        _of_absolute_errors,
        _of_the_root,
        _of_length_one,
        _averaged_twice,
        _after_a_step,
    ],
)

# --- the fastest learning rate ----------------------------------------------------------------------------------------

FASTEST_RATE = NumberExercise(
    id="linear_models.fastest_rate",
    title="The fastest way down",
    stars=1,
    minutes=3,
    task="A bowl has curvature 8 along its steepest axis and 2 along its flattest. Each step multiplies the distances "
    "along them by two factors. Which learning rate makes the larger of the two factors, in size, as small as "
    "possible?",
    hints=[
        "One step multiplies the distance by 1 − 8η along the first axis and by 1 − 2η along the second.",
        "Too small, and the flat axis is slow; too large, and the steep one overshoots. Where are both equally slow?",
        "Solve 1 − 2η = −(1 − 8η).",
    ],
    solution=0.2,
    working="2 / (8 + 2)",
    tolerance=0.002,
    mistakes=[
        wrong_number(0.25, "This is the edge, 2/8: along the steep axis it jumps to and fro and never gets nearer."),
        wrong_number(
            0.125, "1/8 settles the steep axis in one step, but the flat one keeps 3/4 of its distance a step."
        ),
        wrong_number(0.5, "1/2 suits the flat axis. Along the steep one the factor is 1 − 8/2 = −3: it diverges."),
        wrong_number(1.0, "2/2 is the edge of the flat axis. Along the steep one the factor is −7: it diverges."),
        wrong_number(0.1, "1/(8 + 2) is half of it. The factors are to be equal and opposite: 1 − 2η = −(1 − 8η)."),
        wrong_number(4, "8/2 says how long the bowl is, its condition number. The rate is one over a curvature."),
        wrong_number(5, "This is the mean curvature. The steeper, the smaller a rate must be: one over a curvature."),
        wrong_number(
            0.6, "0.6 is what each axis keeps of its distance a step, at the best rate. The rate is asked for."
        ),
        wrong_number(
            1 / 3, "2/(8 − 2) has a sign turned: the steep axis has the factor 1 − 8/3 = −1.67, and diverges."
        ),
        wrong_number(
            1 / 6, "1/6 leaves the flat axis at 2/3 of its distance a step, the steep one at 1/3. Where are they equal?"
        ),
        wrong_number(
            5 / 16, "This is the mean of 1/8 and 1/2. Along the steep axis the factor is 1 − 2.5 = −1.5: it diverges."
        ),
        wrong_number(
            0.24,
            "This is just below the edge, 2/8: the steep axis jumps to and fro, and each jump is little shorter.",
            within=0.009,
        ),
        wrong_number(0.8, "8/(8 + 2) is a share. Along the steep axis the factor would be 1 − 6.4: it diverges."),
        wrong_number(
            0.01, "A careful default. The flat axis keeps 98 % of its distance a step: it can be much faster."
        ),
        wrong_number(
            4 / 18, "This is the best rate for momentum. Without it both factors are to be equal: 1 − 2η = −(1 − 8η)."
        ),
    ],
    remark="Both axes then keep 0.6 of their distance a step, one of them with a change of side.",
)

# --- standardising without a leak -------------------------------------------------------------------------------------


def _train_and_test(rng: Generator) -> Iterator[tuple[Array, Array]]:
    yield np.array([[1.0], [5.0]]), np.array([[4.0], [9.0]])
    for examples, features in ((10, 2), (6, 3), (25, 1)):
        scale, centre = rng.uniform(2, 9, size=features), rng.normal(size=features) * 10
        train, test = rng.normal(size=(examples, features)), rng.normal(size=(4, features)) + 1
        yield train * scale + centre, test * scale + centre
    yield (
        np.column_stack([rng.normal(size=7), np.full(7, 3.0)]),
        np.array([[0.5, 3.0], [1.0, 4.0]]),
    )  # a constant column
    yield (
        rng.normal(size=(8, 2)) * np.array([0.01, 1e-6]) + 5,
        rng.normal(size=(3, 2)),
    )  # hardly varying is not constant


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


@mistake(
    "You measured mean and deviation of the test set on the test set. A single test example would always become 0."
)
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


@mistake("You divided by n − 1. Here the deviation is the root of the *mean* square, NumPy's default.")
def _n_minus_one(train: Array, test: Array) -> tuple[Array, Array]:
    deviation = train.std(0, ddof=1) if len(train) > 1 else np.zeros(train.shape[1])
    deviation = np.where(train.std(0) == 0, 1, deviation)
    return (train - train.mean(0)) / deviation, (test - train.mean(0)) / deviation


@mistake("These are the means and deviations of the rows. Each feature is a column: average over the examples, axis 0.")
def _row_by_row(train: Array, test: Array) -> tuple[Array, Array]:
    return _scaled(train.T, train.T).T, _scaled(test.T, test.T).T


@mistake(
    "A small number added to every deviation changes features that hardly vary, and makes the test values of a "
    "constant one huge. Change the deviations that are 0, and those alone."
)
def _a_bit_added(train: Array, test: Array) -> tuple[Array, Array]:
    deviation = train.std(0) + 1e-8
    return (train - train.mean(0)) / deviation, (test - train.mean(0)) / deviation


@mistake("A feature that is constant in `train` is to be centred like the others. Yours is left as it was.")
def _constant_left(train: Array, test: Array) -> tuple[Array, Array]:
    constant = train.std(0) == 0
    one, two = standardise(train, test)
    return np.where(constant, train, one), np.where(constant, test, two)


@mistake(
    "A feature that is constant in `train` may take other values in `test`, and yours makes 0 of them all. Take the "
    "mean off there, too."
)
def _constant_zeroed(train: Array, test: Array) -> tuple[Array, Array]:
    one, two = standardise(train, test)
    return one, np.where(train.std(0) == 0, 0, two)


@mistake("You left out the feature that is constant in `train`. Both tables keep all their features.")
def _constant_dropped(train: Array, test: Array) -> tuple[Array, Array]:
    kept = train.std(0) > 0
    return _scaled(train[:, kept], train[:, kept]), _scaled(test[:, kept], train[:, kept])


@mistake("You scaled by the smallest and the largest value. Wanted are mean 0 and standard deviation 1.")
def _between_0_and_1(train: Array, test: Array) -> tuple[Array, Array]:
    low, width = train.min(0), np.ptp(train, 0)
    width = np.where(width == 0, 1, width)
    return (train - low) / width, (test - low) / width


@mistake("You divided by the deviation and did not take the mean off first.")
def _not_centred(train: Array, test: Array) -> tuple[Array, Array]:
    deviation = np.where(train.std(0) == 0, 1, train.std(0))
    return train / deviation, test / deviation


@mistake("The mean is off, and nothing was divided: the features still have their own scales.")
def _not_divided(train: Array, test: Array) -> tuple[Array, Array]:
    return train - train.mean(0), test - train.mean(0)


@mistake(
    "Your test table is as it came. Scale it too, with the mean and the deviation that `train` had before scaling."
)
def _test_untouched(train: Array, test: Array) -> tuple[Array, Array]:
    return _scaled(train, train), test  # itself: that it shares its memory with the input is no second mistake


@mistake("The brackets are missing: only the mean is divided by the deviation. First subtract, then divide.")
def _without_brackets(train: Array, test: Array) -> tuple[Array, Array]:
    share = train.mean(0) / np.where(train.std(0) == 0, 1, train.std(0))
    return train - share, test - share


@mistake("Both tables are right, in the wrong order: first train, then test.")
def _test_first(train: Array, test: Array) -> tuple[Array, Array]:
    return _scaled(test, train), _scaled(train, train)


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
    mistakes=[
        _test_by_itself,
        _leak,
        _by_variance,
        _by_zero,
        _one_mean,
        _n_minus_one,
        _row_by_row,
        _a_bit_added,
        _constant_left,
        _constant_zeroed,
        _constant_dropped,
        _between_0_and_1,
        _not_centred,
        _not_divided,
        _test_untouched,
        _without_brackets,
        _test_first,
    ],
)

# --- one bird through the loss and back -------------------------------------------------------------------------------

ONE_BIRD = NumberExercise(
    id="linear_models.one_bird",
    title="One bird, forth and back",
    stars=1,
    minutes=4,
    task="A bird has the one feature x = 2 and the label 1. The present weight and bias give it the logit z = ln 3. "
    "What is the derivative of its price, −ln of the probability of its label, in the weight?",
    hints=[
        "First the odds: e to the power of the logit. Then the probability: odds / (1 + odds).",
        "The odds are 3, so p = 3/4. The derivative of the price in z is p minus the label.",
        "z = w x + b, so a small change of w changes z by x times as much: multiply by x.",
    ],
    solution=-0.5,
    working="(3 / 4 - 1) * 2",
    tolerance=0.002,
    mistakes=[
        wrong_number(0.5, "The sign is turned. A larger weight makes label 1 more probable, so the price falls."),
        wrong_number(-0.25, "This is the derivative in z, p − 1. The weight moves z by x = 2 times as much."),
        wrong_number(0.25, "This is 1 − p: the derivative in z with its sign turned, and not yet times x = 2."),
        wrong_number(1.5, "This is p x, right for label 0. The label is 1, so it is (p − 1) x."),
        wrong_number(0.75, "This is the probability p. Take the label off, then multiply by x."),
        wrong_number(0.2877, "This is the price itself, −ln 0.75. Its derivative in the weight is asked for."),
        wrong_number(-0.2877, "This is ln 0.75, minus the price. The derivative of the price is asked for."),
        wrong_number(
            -1, "This is twice too much: −ln p brings no factor 2, as a square does, and x = 2 comes in only once."
        ),
        wrong_number(0.1972, "You took the label off the logit, ln 3 − 1. Turn the logit into a probability first."),
        wrong_number(
            0.375,
            "This is p (1 − p) x, the derivative of the probability. The price is −ln p: divide by p, turn the sign.",
        ),
        wrong_number(
            -0.375,
            "This is −p (1 − p) x: minus the derivative of the probability. That of its logarithm has no p any more.",
        ),
        wrong_number(
            -0.1875,
            "A factor of the sigmoid is left over, as with the squared error (p − 1)². The price here is −ln p.",
        ),
        wrong_number(-0.09375, "Here p (1 − p) is one factor too many: in the derivative of −ln p the p cancels."),
        wrong_number(
            -2 / 3, "This is −x / 3, or 1/3 − 1. The odds are 3, so p = 3/4: take the label off that, then times x."
        ),
        wrong_number(
            -8 / 3, "This is −x / p. The sigmoid's own slope, p (1 − p), is missing: together they give p − 1."
        ),
        wrong_number(1.0986, "This is the logit, ln 3. Turn it into a probability, take the label off, multiply by x."),
        wrong_number(3, "These are the odds. The probability is odds / (1 + odds) = 3/4; take the label off it."),
        wrong_number(4, "You took the odds, 3, for the probability. It is odds / (1 + odds) = 3/4."),
        wrong_number(-1.5, "This is −p x, or p was taken as 1/4. Here p = 3/4, and the derivative in z is p − 1."),
        wrong_number(-0.75, "This is −p. The derivative in z is p − 1, prediction minus truth; then multiply by x."),
        wrong_number(-4 / 3, "This is −1 / p, or (1/3 − 1) x. With p = 3/4, −ln p has in z the derivative p − 1."),
        wrong_number(0.1875, "This is p (1 − p), the derivative of the probability in z. The price is −ln p."),
        wrong_number(0.3944, "This is 4 (ln 3 − 1). Turn the logit into a probability before you take the label off."),
        wrong_number(-0.2, "Here the logit was multiplied by x once more, so p is 0.9. z = ln 3 has x in it already."),
        wrong_number(-0.1, "Here p is 0.9, that of the logit 2 ln 3. The logit is z = ln 3, with x in it already."),
        wrong_number(-0.125, "This is (p − 1) / x. z = w x + b: when w grows by a little, z grows by x times as much."),
        wrong_number(2.1972, "This is 2 ln 3. Turn the logit into a probability and take the label off, then times x."),
        wrong_number(0, "The price still falls a little with the weight: p is 3/4, not yet 1."),
        wrong_number(-0.0948, "You took σ(3) for the probability. The logit is ln 3, so the *odds* are 3 and p = 3/4."),
    ],
    remark="A step against it raises the weight, and with it the probability of the label that was seen.",
)

# --- the loss of a logistic regression --------------------------------------------------------------------------------


def _logits_and_labels(rng: Generator) -> Iterator[tuple[Array, Array]]:
    yield np.array([2.0]), np.array([0])
    for examples in (6, 12):
        yield 2 * rng.normal(size=examples), rng.integers(2, size=examples)
    yield np.array([1000.0, -1000.0, 1000.0, -3.0]), np.array([1, 0, 0, 1])
    yield np.array([15.0, -12.0]), np.array([1, 0])  # nearly certain, and right: a mean loss of 3.2e-6
    yield np.array([6.0, -9.0, 20.0, -40.0]), np.array([0, 1, 1, 0])  # between the small logits and the huge ones


def binary_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean of −ln(probability of the right label), in nats: logits (examples,), labels (examples,), integers 0 and 1.

    There is at least one example.
    """
    right_logits = np.where(labels == 1, logits, -logits)  # (examples,)
    return np.logaddexp(0, -right_logits).mean()


@mistake(
    "Right for small logits. At 1,000 or at −1,000 an exponential is infinite, or a probability 0: let `np.logaddexp` "
    "do that."
)
def _overflowing(logits: Array, labels: Array) -> float:
    p = 1 / (1 + np.exp(-logits))
    return float(-np.log(np.where(labels == 1, p, 1 - p)).mean())


def _with_bounds(logits: Array, labels: Array, least: float) -> float:
    p = np.clip(1 / (1 + np.exp(-np.clip(logits, -700, 700))), least, 1 - least)
    return float(-np.log(np.where(labels == 1, p, 1 - p)).mean())


@mistake(
    "With a floor of 1e-12 under the probability, or 1e-12 added to it, an answer that is certain and wrong costs 27.6 "
    "at most. Compute from the logit."
)
def _clipped(logits: Array, labels: Array) -> float:
    return _with_bounds(logits, labels, 1e-12)


@mistake(
    "With a floor of 1e-7 under the probability, or 1e-7 added to it, an answer that is certain and wrong costs 16.1 "
    "at most. Compute from the logit."
)
def _clipped_early(logits: Array, labels: Array) -> float:
    return _with_bounds(logits, labels, 1e-7)


@mistake(
    "With probabilities that are kept off 0 and 1 by 2.2e-16, as scikit-learn's `log_loss` does, an answer that is "
    "certain and wrong costs 36 at most. Compute from the logit."
)
def _clipped_late(logits: Array, labels: Array) -> float:
    return _with_bounds(logits, labels, np.finfo(float).eps)


@mistake("You added up over the examples. The loss is their mean.")
def _added_up(logits: Array, labels: Array) -> float:
    return binary_cross_entropy(logits, labels) * len(labels)


@mistake("Only the examples with label 1 cost anything in yours. Label 0 costs −ln(1 − p), which is −ln sigmoid(−z).")
def _ones_only(logits: Array, labels: Array) -> float:
    return float((labels * np.logaddexp(0, -logits)).mean())


@mistake("The labels are the wrong way round: for label 1 the loss must fall as the logit rises.")
def _swapped(logits: Array, labels: Array) -> float:
    return binary_cross_entropy(-logits, labels)


@mistake("You took the squared error of the probability. The loss asked for is minus its logarithm.")
def _squared(logits: Array, labels: Array) -> float:
    return float(((1 / (1 + np.exp(-np.clip(logits, -700, 700))) - labels) ** 2).mean())


@mistake("0 × ln 0 is NaN: at ±1,000 the probability is rounded to 0 or 1. Compute from the logit, without it.")
def _zero_times_infinity(logits: Array, labels: Array) -> float:
    p = 1 / (1 + np.exp(-logits))
    return float(-(labels * np.log(p) + (1 - labels) * np.log(1 - p)).mean())


@mistake("For label 0 your sign is 0, so its loss is always ln 2. Make signs of +1 and −1 out of the labels.")
def _labels_as_signs(logits: Array, labels: Array) -> float:
    return float(np.logaddexp(0, -labels * logits).mean())


@mistake("The sign is turned. The logarithm of a probability is negative, and the loss is minus that.")
def _without_minus(logits: Array, labels: Array) -> float:
    return -binary_cross_entropy(logits, labels)


@mistake("This is in bits: base 2. The loss is in nats, with the natural logarithm.")
def _in_bits(logits: Array, labels: Array) -> float:
    return binary_cross_entropy(logits, labels) / float(np.log(2))


@mistake("The sigmoid was applied twice: a formula or function that takes logits was given probabilities.")
def _sigmoid_twice(logits: Array, labels: Array) -> float:
    return binary_cross_entropy(1 / (1 + np.exp(-np.clip(logits, -700, 700))), labels)


@mistake("In yours both labels weigh the same, however many examples have them. Every example is to weigh the same.")
def _balanced(logits: Array, labels: Array) -> float:
    return float(
        np.mean([binary_cross_entropy(logits[labels == k], labels[labels == k]) for k in set(labels.tolist())])
    )


@mistake("You took the logarithm of the mean probability. The mean of the logarithms is wanted.")
def _log_of_mean(logits: Array, labels: Array) -> float:
    return float(-np.log(np.exp(-np.logaddexp(0, np.where(labels == 1, -logits, logits))).mean()))


@mistake(
    "Yours is ln(1 + e^−|z|), as if every answer were right. A wrong one costs |z| more: the label does not come in."
)
def _all_right(logits: Array, labels: Array) -> float:
    return float(np.logaddexp(0, -np.abs(logits)).mean())


def _two_logits(logits: Array, labels: Array) -> float:
    """A softmax over the logits 0 and z, in PyTorch."""
    import torch

    scores = torch.from_numpy(np.column_stack([np.zeros(len(logits)), logits]))
    return torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels)).item()


BINARY_CROSS_ENTROPY = CodeExercise(
    id="linear_models.binary_cross_entropy",
    title="The price of a probability",
    stars=2,
    minutes=10,
    task="Write the loss of logistic regression, straight from the logits. It must survive logits of 1,000.",
    hints=[
        "What is −ln sigmoid(z)? Write the sigmoid as 1 / (1 + exp(−z)) and take the logarithm before any code.",
        "It is ln(1 + exp(−z)) for label 1, and ln(1 + exp(z)) for label 0.",
        "1 is exp(0), so this is `np.logaddexp(0, -z)`, which never overflows.",
    ],
    solution=binary_cross_entropy,
    reference=_two_logits,
    inputs=_logits_and_labels,
    mistakes=[
        _overflowing,
        _zero_times_infinity,
        _clipped,
        _clipped_early,
        _clipped_late,
        _added_up,
        _ones_only,
        _labels_as_signs,
        _swapped,
        _squared,
        _without_minus,
        _in_bits,
        _sigmoid_twice,
        _balanced,
        _log_of_mean,
        _all_right,
    ],
)

# --- an experiment: fewer features to choose from ---------------------------------------------------------------------

FEWER_CANDIDATES = Quiz(
    id="linear_models.fewer_candidates",
    title="Fewer to choose from",
    minutes=5,
    task="Fifty patients, coins for labels, ten features chosen on all data. What becomes of the leaky score when "
    "there are 20 features to choose from instead of 5,000, and why?",
    hints=[
        "Change 5000 to 20 in `coins`, run the cell again, and read the first line of the table.",
        "Of 5,000 columns of noise, how well does the luckiest move with the labels? And of 20?",
    ],
    options=[
        wrong(
            "It stays above 90 %: a leak is a leak.",
            "Run it: the score falls by far. How much a leak flatters depends on how much choice there was.",
        ),
        wrong(
            "It is chance, as with an honest choice: with so few features nothing leaks.",
            "Nearly, but it stays above the honest line: even the better half of 20 was chosen with the test labels.",
        ),
        right(
            "It falls towards chance, and stays above it: among 20 there is less luck to be found.",
            "The best of many random columns looks good by luck alone, and the more columns, the more luck.",
        ),
        wrong(
            "It rises: fewer features mean less over-fitting.",
            "The model has ten features in either case. What shrinks is the luck of the choice.",
        ),
    ],
)

# --- least squares with a penalty -------------------------------------------------------------------------------------


def _table_and_penalty(rng: Generator) -> Iterator[tuple[Array, Array, float]]:
    for (inputs, targets), l2 in zip(_table(rng), (0.5, 0.1, 2.0, 0.03), strict=True):
        yield inputs, targets, l2


def ridge(inputs: np.ndarray, targets: np.ndarray, l2: float) -> tuple[np.ndarray, float]:
    """Weights (features,) and bias with the smallest mean((inputs @ weights + bias − targets)²) + l2 Σ weights².

    The bias is not penalised. inputs (examples, features), targets (examples,), l2 > 0.
    """
    n, d = inputs.shape
    centre = inputs.mean(0)
    centred = inputs - centre  # sums to 0, so neither a bias nor the targets' mean changes the weights
    matrix = centred.T @ centred / n + l2 * np.eye(d)
    weights = np.linalg.solve(matrix, centred.T @ targets / n)
    return weights, targets.mean() - centre @ weights


def _solved(table: Array, targets: Array, penalty: Array) -> Array:
    return np.linalg.solve(table.T @ table / len(table) + penalty, table.T @ targets / len(table))


@mistake(
    "You penalised the bias too. It only says where the targets lie, and shrinking it shifts all predictions off them."
)
def _with_penalised_bias(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    table = np.column_stack([inputs, np.ones(len(inputs))])
    found = _solved(table, targets, l2 * np.eye(table.shape[1]))
    return found[:-1], float(found[-1])


@mistake(
    "Your penalty is n times too weak: the loss is a *mean*, so add l2 to inputs.T @ inputs / n, or n l2 to the sum."
)
def _too_weak(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, l2 / len(inputs))


@mistake(
    "Your penalty is added to every entry of the matrix. It belongs on the diagonal alone: times `np.eye(features)`."
)
def _everywhere(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    weights = _solved(inputs - inputs.mean(0), targets - targets.mean(), np.full((inputs.shape[1],) * 2, l2))
    return weights, float(targets.mean() - inputs.mean(0) @ weights)


@mistake(
    "You shrank the least-squares weights by 1 + l2. Right only if the features have variance 1 and are unrelated."
)
def _shrunk_afterwards(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    weights = least_squares(inputs, targets)[0] / (1 + l2)
    return weights, float(targets.mean() - inputs.mean(0) @ weights)


@mistake("The penalty is missing: these are the plain least squares.")
def _without_penalty(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return least_squares(inputs, targets)


@mistake("The weights are right. For inputs that are not centred the bias is mean(targets) − mean(inputs) @ weights.")
def _mean_target_as_bias(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, l2)[0], float(targets.mean())


def _with_bias(weights: Array, inputs: Array, targets: Array) -> tuple[Array, float]:
    return weights, float(targets.mean() - inputs.mean(0) @ weights)


@mistake(
    "Your penalty is n times too strong: with the mean of the squared errors, inputs.T @ inputs / n, goes l2 alone."
)
def _too_strong(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, l2 * len(inputs))


@mistake("Your penalty has half its strength: its derivative, 2 l2 w, has a factor 2, as that of the error has.")
def _half(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, l2 / 2)


@mistake("Your penalty has twice its strength: both derivatives have a factor 2. Cancel it on both sides, or on none.")
def _twice(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, 2 * l2)


@mistake("The sign of the penalty is turned: yours is subtracted. Add l2 to the diagonal.")
def _rewarded(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, -l2)


@mistake("The weights are right. In the bias, mean(inputs) @ weights must be taken off the mean target, not added.")
def _bias_with_plus(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    weights = ridge(inputs, targets, l2)[0]
    return weights, float(targets.mean() + inputs.mean(0) @ weights)


@mistake("The weights are right. Your bias is that of the line without a penalty, which has other weights.")
def _bias_of_free_line(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return ridge(inputs, targets, l2)[0], least_squares(inputs, targets)[1]


@mistake("The inputs were not centred when you found the weights, only the targets. It is the inputs that matter.")
def _targets_centred_alone(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return _with_bias(_solved(inputs, targets - targets.mean(), l2 * np.eye(inputs.shape[1])), inputs, targets)


@mistake("Your line has no bias: it goes through the origin. That the bias is free means that it costs nothing.")
def _no_bias(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return _solved(inputs, targets, l2 * np.eye(inputs.shape[1])), 0.0


@mistake(
    "Your weights are those of a line through the origin; a bias that comes afterwards cannot mend them. Centre the "
    "inputs first."
)
def _bias_too_late(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    return _with_bias(_solved(inputs, targets, l2 * np.eye(inputs.shape[1])), inputs, targets)


@mistake("The bias is penalised in yours, and the first weight is free: the 0 of the penalty is at the wrong end.")
def _first_weight_free(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    table = np.column_stack([inputs, np.ones(len(inputs))])
    found = _solved(table, targets, l2 * np.diag([0.0] + [1.0] * inputs.shape[1]))
    return found[:-1], float(found[-1])


@mistake("You fitted each feature by itself. Features that move together must share the credit: solve for all at once.")
def _one_by_one_with_penalty(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    centred = inputs - inputs.mean(0)
    return _with_bias(centred.T @ targets / len(inputs) / (centred.var(0) + l2), inputs, targets)


def _sklearn_ridge(inputs: Array, targets: Array, l2: float) -> tuple[Array, float]:
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=len(inputs) * l2, solver="svd").fit(inputs, targets)
    return model.coef_, float(model.intercept_)


RIDGE = CodeExercise(
    id="linear_models.ridge",
    title="The best line on a leash",
    stars=3,
    minutes=12,
    task="Find the weights and the bias with the smallest penalised loss in one step; the bias is free.",
    hints=[
        "Centre inputs and targets first: then the best bias is 0, and only the weights are left.",
        "Set the gradient to 0: (2/n) Xᵀ(X w − y) + 2 l2 w = 0, with centred X and y. Collect what multiplies w.",
        "(XᵀX / n + l2 I) w = Xᵀy / n, which `np.linalg.solve` does. The bias: mean(targets) − mean(inputs) @ w.",
    ],
    solution=ridge,
    reference=_sklearn_ridge,
    inputs=_table_and_penalty,
    mistakes=[
        _with_penalised_bias,
        _too_weak,
        _everywhere,
        _shrunk_afterwards,
        _without_penalty,
        _mean_target_as_bias,
        _too_strong,
        _half,
        _twice,
        _rewarded,
        _bias_with_plus,
        _bias_of_free_line,
        _targets_centred_alone,
        _no_bias,
        _bias_too_late,
        _first_weight_free,
        _one_by_one_with_penalty,
    ],
)

# --- three questions --------------------------------------------------------------------------------------------------

QUIZ_OVERSHOOT = Quiz(
    id="linear_models.quiz_overshoot",
    title="Just below the edge",
    task="Gradient descent on a bowl with λ_max = 4 λ_min has the learning rate 1.9 / λ_max. What will you see?",
    hints=["Along the steepest axis one step multiplies the distance by 1 − ηλ_max.", "Here this factor is −0.9."],
    options=[
        wrong("It diverges: the rate is above 1 / λ_max.", "Above 1/λ_max it overshoots; it diverges above 2/λ_max."),
        wrong("It slides smoothly down one side.", "That is so below 1/λ_max. Here the factor 1 − 1.9 is negative."),
        right("It jumps from side to side, and converges.", "The steep axis has the factor −0.9: other side, nearer."),
        wrong(
            "It is as fast as it can be, so near the edge.",
            "The worst factor is −0.9. At 2 / (λ_max + λ_min) = 1.6 / λ_max it is 0.6 in size: much faster.",
        ),
    ],
)

QUIZ_SEPARABLE = Quiz(
    id="linear_models.quiz_separable",
    title="Weights that never settle",
    task="An unpenalised logistic regression makes no training error, and its weights grow for ever. Why?",
    hints=[
        "What does doubling all weights and the bias do to a probability of 0.9?",
        "What does it do to the loss of right answers?",
    ],
    options=[
        wrong("The learning rate is too large.", "Then the loss would jump up. Here it falls all the time, towards 0."),
        right(
            "A plane separates the classes.",
            "Doubling weights *and bias* makes every right answer surer: no parameters are best.",
        ),
        wrong(
            "The features were not standardised.", "Scaling changes the speed. The classes stay separable in any units."
        ),
        wrong(
            "Gradient descent is caught in a wrong valley.",
            "This loss has no second valley. Like exp(−w) it falls for ever and has no lowest point.",
        ),
    ],
)

QUIZ_LEAK = Quiz(
    id="linear_models.quiz_leak",
    title="Too good",
    task="The 20 best of 5,000 features were chosen on all data; then split, fit on train, 88 % on test. And now?",
    hints=["Which examples took part in choosing the features?", "What would the same steps give on random labels?"],
    options=[
        wrong(
            "It is honest: the weights saw train alone.",
            "The *choice of features* saw the test labels. It is fitted too.",
        ),
        wrong(
            "A penalty would make it honest.",
            "A penalty shrinks weights; the leaked choice of features stays as it is.",
        ),
        wrong(
            "A second random split would show it.",
            "Every split of the same data shares the leak: the choice saw all of it.",
        ),
        right(
            "Choose the features again, on train alone.",
            "All that looks at labels is part of training. Test it afterwards.",
        ),
    ],
)
