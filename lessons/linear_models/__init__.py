"""Linear models: least squares, gradient descent, logistic regression, and the penalty that keeps weights small.

Everything is NumPy in float64, with these names and shapes throughout:

- `inputs` (n, d): n examples with d features each; `targets` (n,): a number for each; `labels` (n,): 0 or 1 for each;
- `table` (n, d + 1): the inputs and, last, a column of ones; `parameters` (d + 1,): the d weights and, last, the bias,
  so that `table @ parameters` holds all predictions;
- `l2`: the strength of the penalty `l2 * sum(weights ** 2)`, which is added to the *mean* loss and spares the bias.

The drawings of the notebook are in `pictures`.

Sources: Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd ed. (ESL); Bishop, Pattern Recognition
and Machine Learning, 2006; Nocedal & Wright, Numerical Optimization, 2nd ed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lessons.kit import checks

Array = NDArray[np.float64]
Function = Callable[[Array], float]  # parameters -> a number, such as the loss
Field = Callable[[Array], Array]  # parameters -> an array, such as the gradient or the Hessian

# --- the table of inputs ----------------------------------------------------------------------------------------------


def with_ones(inputs: ArrayLike) -> Array:
    """Inputs (n, d) -> table (n, d + 1): a bias is a weight whose input is always 1. Raises ValueError."""
    checked = _inputs(inputs)
    return np.column_stack([checked, np.ones(len(checked))])


def standardise(train: ArrayLike, *others: ArrayLike) -> tuple[Array, ...]:
    """All tables (n, d) in units in which each feature of `train` has mean 0 and standard deviation 1.

    Mean and deviation (divided by n) come from `train` alone. A feature that is constant in `train` is only centred.
    Raises ValueError for bad input.
    """
    tables = [_inputs(table, f"table {number}") for number, table in enumerate((train, *others), start=1)]
    mean, deviation = tables[0].mean(0), tables[0].std(0)  # (d,)
    constant = np.ptp(tables[0], axis=0) == 0  # the deviation of a constant may come out as 1e-17 instead of 0
    deviation[constant] = 1.0
    for table in tables:
        if table.shape[1] != len(mean):
            raise ValueError(f"The tables differ in their features: {len(mean)} and {table.shape[1]}.")
    return tuple((table - mean) / deviation for table in tables)


# --- the mean squared loss --------------------------------------------------------------------------------------------


def squared_loss(parameters: Array, table: Array, targets: Array, l2: float = 0.0) -> float:
    """mean((table @ parameters − targets)²) + l2 Σ weights², in squared units of the targets (ESL section 3.2).

    Raises ValueError, as its derivatives and those of `cross_entropy` do, for shapes that do not fit and an l2 below 0.
    """
    _check_shapes(table, l2, parameters=parameters, labels=targets)
    errors = table @ parameters - targets  # (n,)
    return float(errors @ errors / len(targets) + l2 * parameters[:-1] @ parameters[:-1])


def squared_loss_gradient(parameters: Array, table: Array, targets: Array, l2: float = 0.0) -> Array:
    """The gradient of `squared_loss` in the parameters, (d + 1,): it points uphill."""
    _check_shapes(table, l2, parameters=parameters, labels=targets)
    errors = table @ parameters - targets  # (n,)
    return 2 * table.T @ errors / len(targets) + 2 * l2 * _spare_bias(parameters)


def squared_loss_hessian(table: Array, l2: float = 0.0) -> Array:
    """The second derivatives of `squared_loss`, (d + 1, d + 1). They are the same everywhere: the loss is a bowl."""
    _check_shapes(table, l2)
    return 2 * table.T @ table / len(table) + 2 * l2 * np.diag(_spare_bias(np.ones(table.shape[1])))


def least_squares(inputs: ArrayLike, targets: ArrayLike, l2: float = 0.0) -> Array:
    """The parameters (d + 1,) with the smallest `squared_loss`, without descent (ESL sections 3.2 and 3.4.1).

    Centred inputs and targets need no bias. Along a direction in which the inputs have the size s, the weight is
    s / (s² + n l2) times what the targets show there (ESL equation 3.47). Where many parameters are equally good, as
    with more features than examples, the shortest weights are taken. Equal to scikit-learn's LinearRegression, and to
    its Ridge with alpha = n l2. Raises ValueError for bad input.
    """
    x, y = _inputs(inputs), _targets(targets)
    _same_length(x, y)
    left, sizes, directions = np.linalg.svd(x - x.mean(0), full_matrices=False)
    seen = sizes > np.finfo(float).eps * max(x.shape) * sizes.max()  # the others are rounding errors of 0
    factors = np.divide(sizes, sizes**2 + len(x) * _strength(l2), out=np.zeros_like(sizes), where=seen)
    weights = directions.T @ (factors * (left.T @ (y - y.mean())))
    return np.append(weights, y.mean() - x.mean(0) @ weights)


# --- going downhill ---------------------------------------------------------------------------------------------------


def gradient_descent(gradient: Field, start: ArrayLike, learning_rate: float, steps: int) -> Array:
    """Every point on the way, (steps + 1, dims): each is the one before minus learning_rate times its gradient.

    With too large a learning rate the points run away, and may end as inf or NaN. Raises ValueError for a learning
    rate or a number of steps below 0, and for a start that is not made of finite numbers.
    """
    if not (0 <= learning_rate < np.inf and steps >= 0):
        raise ValueError(f"Neither may be below 0, or infinite: learning rate {learning_rate}, steps {steps}.")
    checks.whole(0, steps=steps)
    path = [_finite(_numbers(start, "start"), "start")]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.stack(path)


def learning_rates(hessian: Array) -> tuple[float, float]:
    """(fastest, edge) for gradient descent on a bowl: 2 / (λ_max + λ_min) and 2 / λ_max.

    One step multiplies the distance to the optimum along an axis of curvature λ by 1 − learning_rate λ. Below the edge
    all these factors are between −1 and 1; at the fastest rate the largest of them, in size, is smallest. Along a level
    axis (λ_min = 0) the factor is 1: it never moves, and no rate below the edge is fastest.
    Raises ValueError if the surface is level everywhere or curves downwards somewhere, and for what is no square table.
    """
    if np.ndim(hessian) != 2 or len(set(np.shape(hessian))) > 1 or np.size(hessian) == 0:
        raise ValueError(f"A Hessian is a square table, and this has the shape {np.shape(hessian)}.")
    curvatures = np.linalg.eigvalsh(hessian)  # ascending
    if not (curvatures[-1] > 0 and curvatures[0] >= -1e-12 * curvatures[-1]):  # a level axis comes out as ±1e-16
        raise ValueError(f"Not a bowl: the curvatures go from {curvatures[0]:.3g} to {curvatures[-1]:.3g}.")
    lowest = max(curvatures[0], 0.0)
    return float(2 / (curvatures[-1] + lowest)), float(2 / curvatures[-1])


def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """The indices 0 ... n − 1 once, in random order, in groups of batch_size (the last one may be smaller).

    Raises ValueError unless both are whole numbers, 1 or more.
    """
    checks.whole(n=n, batch_size=batch_size)
    order = rng.permutation(n)
    return (order[first : first + batch_size] for first in range(0, n, batch_size))


def stochastic_gradient_descent(
    gradient: Callable[[Array, Array, Array], Array],
    table: Array,
    targets: Array,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    seed: int = 0,
) -> Array:
    """Every point of a descent from zeros that uses gradient(parameters, table, targets) of one mini-batch a step.

    Each epoch goes through all examples once in a new order. Bishop section 3.1.3. Raises ValueError for shapes that
    do not fit, and for settings below 0.
    """
    _check_shapes(table, 0.0, labels=targets)
    checks.not_negative(learning_rate=learning_rate)
    checks.whole(0, epochs=epochs, seed=seed)
    rng = np.random.default_rng(seed)
    path = [np.zeros(table.shape[1])]
    for _ in range(epochs):
        for chosen in minibatches(len(targets), batch_size, rng):
            path.append(path[-1] - learning_rate * gradient(path[-1], table[chosen], targets[chosen]))
    return np.stack(path)


def newton(loss: Function, gradient: Field, hessian: Field, start: ArrayLike, max_steps: int = 100) -> Array:
    """Every point on the way to the minimum of a convex loss, (steps + 1, dims), by Newton's method.

    Each step goes to the bottom of the bowl that fits the loss here; it is halved until the loss falls enough (Nocedal
    & Wright, algorithm 3.1 and section 3.3). The bottom is sought in units in which every parameter has curvature 1, so
    that tiny or huge features do not pass for directions without curvature. Raises RuntimeError if max_steps are not
    enough, ValueError for a start that is not (dims,) finite numbers.
    """
    checks.whole(0, max_steps=max_steps)
    path = [_finite(_numbers(start, "start"), "start")]
    if path[0].ndim != 1 or not path[0].size:
        raise ValueError(f"start must be one point, (dims,), and has the shape {path[0].shape}.")
    for _ in range(max_steps):
        here, slope = path[-1], gradient(path[-1])
        curved = hessian(here)
        if slope.shape != here.shape or curved.shape != here.shape * 2:
            raise ValueError(f"At {here.shape} the gradient is {slope.shape} and the Hessian {curved.shape}.")
        units = np.sqrt(np.diag(curved))
        units[units == 0] = 1.0
        step = np.linalg.lstsq(curved / np.outer(units, units), -slope / units, rcond=None)[0] / units
        promised = float(-slope @ step)  # about twice what the loss can still fall
        if promised < 1e-12:  # so near, each whole step doubles the number of right digits
            return np.stack([*path, here + step])
        size = 1.0
        while loss(here + size * step) > loss(here) - 1e-4 * size * promised:
            size /= 2
        path.append(here + size * step)
    raise RuntimeError(f"Newton's method has not arrived after {max_steps} steps.")


# --- logistic regression ----------------------------------------------------------------------------------------------


def sigmoid(logits: ArrayLike) -> Array:
    """1 / (1 + exp(−logits)), for each number; exact for logits of ±1,000, where the plain formula overflows.

    Raises ValueError for what are no numbers.
    """
    z = _numbers(logits, "logits")
    small = np.exp(-np.abs(z))  # at most 1
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def cross_entropy(parameters: Array, table: Array, labels: Array, l2: float = 0.0) -> float:
    """Mean of −ln(probability of the right label), in nats, + l2 Σ weights² (Bishop section 4.3.2; ESL section 4.4.1).

    With the logit z = table @ parameters, label 1 has the probability sigmoid(z), label 0 has sigmoid(−z); and
    −ln sigmoid(z) = ln(1 + exp(−z)), which `logaddexp` computes without overflow.
    Raises ValueError for other labels than 1 and 0 (or −1), and as `squared_loss`.
    """
    _check_shapes(table, l2, parameters=parameters, labels=labels)
    _check_zero_one(labels)
    right_logits = np.where(labels == 1, 1.0, -1.0) * (table @ parameters)  # (n,)
    return float(np.logaddexp(0, -right_logits).mean() + l2 * parameters[:-1] @ parameters[:-1])


def cross_entropy_gradient(parameters: Array, table: Array, labels: Array, l2: float = 0.0) -> Array:
    """The gradient of `cross_entropy` in the parameters, (d + 1,): mean((probability − label) row), + the penalty's."""
    _check_shapes(table, l2, parameters=parameters, labels=labels)
    _check_zero_one(labels)
    errors = sigmoid(table @ parameters) - (labels == 1)  # (n,)
    return table.T @ errors / len(labels) + 2 * l2 * _spare_bias(parameters)


def cross_entropy_hessian(parameters: Array, table: Array, l2: float = 0.0) -> Array:
    """The second derivatives of `cross_entropy`, (d + 1, d + 1); largest at zeros, where every p (1 − p) is ¼."""
    _check_shapes(table, l2, parameters=parameters)
    p = sigmoid(table @ parameters)  # (n,)
    curved = (table * (p * (1 - p))[:, None]).T @ table / len(table)
    return curved + 2 * l2 * np.diag(_spare_bias(np.ones(table.shape[1])))


def separable(inputs: ArrayLike, labels: ArrayLike) -> bool:
    """Whether some plane has no example on its wrong side (and not all of them on it).

    Exactly then the unpenalised cross-entropy has no minimum: it keeps falling while the weights grow (Albert &
    Anderson, Biometrika 1984). Found by a linear program. A gap below about a millionth of the features' deviations is
    not seen. Raises ValueError for bad input.
    """
    from scipy.optimize import linprog

    (x,), y = standardise(inputs), _labels(labels)
    _same_length(x, y)
    signed = with_ones(x) * np.where(y == 1, 1.0, -1.0)[:, None]  # (n, d + 1)
    found = linprog(-signed.mean(0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1))
    return bool(-found.fun > 1e-6)  # the mean distance on the right side; 0 if no plane will do


# --- two models to use ------------------------------------------------------------------------------------------------


class LinearModel:
    """Weights (d,) and a bias, found by `fit`; `loss_history` is the loss before and after every step of it."""

    def __init__(self, l2: float = 0.0) -> None:
        """Raises ValueError if l2 is below 0."""
        self.l2 = _strength(l2)
        self.weights: Array = np.empty(0)
        self.bias = 0.0
        self.loss_history: list[float] = []

    def _store(self, path: Array, loss: Function) -> None:
        self.loss_history = [loss(parameters) for parameters in path]
        self.weights, self.bias = path[-1, :-1], float(path[-1, -1])

    def _descend(self, loss: Function, gradient: Field, hessian: Array, learning_rate: float, steps: int) -> Array:
        """The path of gradient descent from zeros. Raises ValueError if the last loss is above the first."""
        path = gradient_descent(gradient, np.zeros(len(hessian)), learning_rate, steps)
        with np.errstate(over="ignore", invalid="ignore"):
            first, last = loss(path[0]), loss(path[-1])
        if not last <= first:
            edge = learning_rates(hessian)[1]
            raise ValueError(
                f"The loss went from {first:.3g} to {last:.3g}: the learning rate {learning_rate:g} is too large. "
                f"Stay below 2 / λ_max = {edge:.3g}, or standardise the inputs."
            )
        return path

    def _scores(self, inputs: ArrayLike) -> Array:
        """inputs @ weights + bias, (n,). Raises RuntimeError before `fit`, ValueError for bad input."""
        if not self.loss_history:
            raise RuntimeError("This model has learnt nothing yet: call fit(inputs, ...) first.")
        x = _inputs(inputs)
        if x.shape[1] != len(self.weights):
            raise ValueError(
                f"The model was fitted to {len(self.weights)} features, and these inputs have {x.shape[1]}."
            )
        return x @ self.weights + self.bias


class LinearRegression(LinearModel):
    """The line, plane or hyperplane with the smallest mean squared error + l2 Σ weights².

    Equal to scikit-learn's LinearRegression (l2 = 0) and Ridge(alpha = n l2).
    """

    def fit(
        self, inputs: ArrayLike, targets: ArrayLike, *, learning_rate: float | None = None, steps: int = 1000
    ) -> Self:
        """Inputs (n, d), targets (n,). In one step, or by gradient descent from zeros if a learning rate is given.

        Raises ValueError for bad input and for a learning rate beyond the edge, 2 / λ_max.
        """
        y, table = _targets(targets), with_ones(inputs)
        _same_length(table, y)

        def loss(parameters: Array) -> float:
            return squared_loss(parameters, table, y, self.l2)

        def gradient(parameters: Array) -> Array:
            return squared_loss_gradient(parameters, table, y, self.l2)

        if learning_rate is None:
            path = np.stack([np.zeros(table.shape[1]), least_squares(table[:, :-1], y, self.l2)])
        else:
            hessian = squared_loss_hessian(table, self.l2)
            _, edge = learning_rates(hessian)
            if learning_rate > edge:
                raise ValueError(
                    f"The learning rate {learning_rate:g} is too large: descent would run away. "
                    f"Stay below 2 / λ_max = {edge:.3g}, or standardise the inputs."
                )
            path = self._descend(loss, gradient, hessian, learning_rate, steps)
        self._store(path, loss)
        return self

    def predict(self, inputs: ArrayLike) -> Array:
        """Inputs (n, d) -> predictions (n,), in units of the targets."""
        return self._scores(inputs)


class LogisticRegression(LinearModel):
    """Probabilities of two labels, from the parameters with the smallest mean cross-entropy + l2 Σ weights².

    Equal to scikit-learn's LogisticRegression(C = 1 / (2 n l2)), which minimises C times the *summed* cross-entropy
    plus half of Σ weights².
    """

    def fit(
        self, inputs: ArrayLike, labels: ArrayLike, *, learning_rate: float | None = None, steps: int = 1000
    ) -> Self:
        """Inputs (n, d), labels (n,) of 0 and 1. By Newton's method, or by gradient descent with a learning rate.

        Raises ValueError for bad input, if descent ends higher than it began, and, for Newton's method without a
        penalty, if the classes are separable: then no parameters are best.
        """
        y, table = _labels(labels), with_ones(inputs)
        _same_length(table, y)

        def loss(parameters: Array) -> float:
            return cross_entropy(parameters, table, y, self.l2)

        def gradient(parameters: Array) -> Array:
            return cross_entropy_gradient(parameters, table, y, self.l2)

        def hessian(parameters: Array) -> Array:
            return cross_entropy_hessian(parameters, table, self.l2)

        start = np.zeros(table.shape[1])
        if learning_rate is not None:
            path = self._descend(loss, gradient, hessian(start), learning_rate, steps)
        elif self.l2 == 0 and separable(table[:, :-1], y):
            raise ValueError(
                "A plane separates the two classes, so twice the weights and bias are better still, and no weights are "
                "best. Give a penalty, such as l2=0.001, or a learning rate and a number of steps."
            )
        else:
            path = self._newton(y, table)
        self._store(path, loss)
        return self

    def _newton(self, y: Array, table: Array) -> Array:
        """The path of `newton` from zeros, on centred inputs: a column of millions would drown in its own mean.

        Centring changes no weight and no loss; the bias takes mean(inputs) @ weights off.
        """
        middle = table[:, :-1].mean(0)
        centred = table - np.append(middle, 0.0)
        path = newton(
            lambda parameters: cross_entropy(parameters, centred, y, self.l2),
            lambda parameters: cross_entropy_gradient(parameters, centred, y, self.l2),
            lambda parameters: cross_entropy_hessian(parameters, centred, self.l2),
            np.zeros(table.shape[1]),
        )
        path[:, -1] -= path[:, :-1] @ middle
        return path

    def predict_proba(self, inputs: ArrayLike) -> Array:
        """Inputs (n, d) -> probabilities (n, 2) of label 0 and label 1."""
        scores = self._scores(inputs)
        return np.column_stack([sigmoid(-scores), sigmoid(scores)])

    def predict(self, inputs: ArrayLike) -> NDArray[np.int64]:
        """Inputs (n, d) -> the more probable label of each, (n,)."""
        return (self._scores(inputs) > 0).astype(np.int64)


# --- what comes in is checked once, at the door -----------------------------------------------------------------------


def _inputs(values: ArrayLike, name: str = "inputs") -> Array:
    """A table (n, d) of finite numbers. Raises ValueError with what is wrong."""
    x = _numbers(values, name)
    if x.ndim != 2:
        advice = f" For one feature write {name}[:, None]." if x.ndim == 1 else ""
        raise ValueError(f"{name} must have two axes, (examples, features), and have the shape {x.shape}.{advice}")
    if 0 in x.shape:
        raise ValueError(f"{name} of the shape {x.shape} hold nothing to learn from.")
    return _finite(x, name)


def _targets(values: ArrayLike, name: str = "targets") -> Array:
    """One finite number for each example, (n,). Raises ValueError with what is wrong."""
    y = _numbers(values, name)
    if y.ndim != 1 or y.size == 0:
        raise ValueError(f"{name} must have one axis, (examples,), and have the shape {y.shape}.")
    return _finite(y, name)


def _labels(values: ArrayLike) -> Array:
    """One 0 or 1 for each example, and both of them somewhere. Raises ValueError with what is wrong."""
    y = _targets(values, "labels")
    found = set(np.unique(y).tolist())
    if not found <= {0.0, 1.0}:
        raise ValueError(f"Labels are 0 and 1; these are {', '.join(f'{label:g}' for label in sorted(found)[:5])} ...")
    if len(found) < 2:
        raise ValueError(f"Two classes are needed to tell apart; all {len(y)} labels are {', '.join(map(str, found))}.")
    return y


def _same_length(x: Array, y: Array) -> None:
    if len(x) != len(y):
        raise ValueError(f"There are {len(x)} inputs and {len(y)} targets or labels: one is needed for each.")


def _numbers(values: ArrayLike, name: str) -> Array:
    """An array of floats of any shape. Raises ValueError for words, None and rows of different lengths."""
    try:
        found = None if values is None else np.asarray(values, dtype=float)
    except (ValueError, TypeError):
        found = None
    if found is None:
        raise ValueError(f"{name} must be numbers, in rows of one length; these are {values!r:.60}.")
    return found


def _check_shapes(table: Array, l2: float, **named: Array) -> None:
    """A glance at the shapes alone, which costs no time in a descent: NumPy would broadcast what does not fit."""
    if np.ndim(table) != 2 or np.size(table) == 0:
        raise ValueError(f"table must be (examples, features + 1), not empty; its shape is {np.shape(table)}.")
    for name, values in named.items():
        due = table.shape[1:] if name == "parameters" else table.shape[:1]
        if np.shape(values) != due:
            raise ValueError(f"{name} for a table {table.shape} must be {due}; they are {np.shape(values)}.")
    _strength(l2)


def _check_zero_one(labels: Array) -> None:
    if not ((labels == 0) | (labels == 1) | (labels == -1)).all():
        raise ValueError("Labels are 0 and 1 (or −1 and 1); some of these are neither.")


def _finite(values: Array, name: str) -> Array:
    wrong = ~np.isfinite(values)
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise ValueError(f"{name} hold {wrong.sum()} NaN or infinite numbers, the first at {place}.")
    return values


def _strength(l2: float) -> float:
    if not 0 <= l2 < np.inf:
        raise ValueError(f"l2 must be 0 or a positive number, and is {l2}.")
    return float(l2)


def _spare_bias(parameters: Array) -> Array:
    """The parameters with a 0 in the place of the bias: what the penalty sees."""
    return np.append(parameters[:-1], 0.0)
