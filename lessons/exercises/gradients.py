"""The exercises of notebook 02, gradients and optimisers: in NumPy, in float64."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator

from lessons.tutor import CodeExercise, Mistake, NumberExercise, Quiz, mistake, right, wrong, wrong_number

Array = np.ndarray
Surface = Callable[[np.ndarray], float]

# --- the numerical gradient -------------------------------------------------------------------------------------------


def bowl(point: np.ndarray) -> float:
    """1 x₀² + 2 x₁² + 3 x₂² + ..."""
    return float((np.arange(1, np.size(point) + 1) * point**2).sum())


def wave(point: np.ndarray) -> float:
    """The product of all sines, plus the sum of all cubes."""
    return float(np.sin(point).prod() + (point**3).sum())


def _surfaces(rng: Generator) -> Iterator[tuple[Surface, Array, float]]:
    yield wave, np.array([2.0]), 0.5
    for surface, dimensions, step in ((wave, 2, 0.1), (wave, 2, 0.01), (bowl, 3, 1e-3)):
        yield surface, rng.normal(size=dimensions).round(2), step
    yield wave, np.array([1, 3]), 0.125  # a point of whole numbers


def numerical_gradient(function: Callable, point: np.ndarray, step: float) -> np.ndarray:
    """Central differences, one axis at a time: a NumPy array (dims,), for a point (dims,).

    On each axis (f(point + h) − f(point − h)) / (2 step), where h is `step` on that axis and 0 on all others.
    `point` may hold whole numbers and stays unchanged; `step` may be large.
    """
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        offset = np.zeros(len(point))
        offset[axis] = step
        gradient[axis] = (function(point + offset) - function(point - offset)) / (2 * step)
    return gradient


@mistake("This is the forward difference, whose error shrinks only like the step. Look to both sides of the point.")
def _forward(function: Surface, point: Array, step: float) -> Array:
    return np.array([(function(point + row) - function(point)) / step for row in step * np.eye(len(point))])


@mistake("This is the backward difference, whose error shrinks only like the step. Look to both sides of the point.")
def _backwards(function: Surface, point: Array, step: float) -> Array:
    return np.array([(function(point) - function(point - row)) / step for row in step * np.eye(len(point))])


@mistake("Your slopes have the wrong sign: take the value ahead minus the value behind.")
def _behind_minus_ahead(function: Surface, point: Array, step: float) -> Array:
    return -numerical_gradient(function, point, step)


@mistake("You go half a step to each side. It is a whole step to each side here, and so 2 steps in all.")
def _half_a_step(function: Surface, point: Array, step: float) -> Array:
    return numerical_gradient(function, point, step / 2)


@mistake("This is the slope for a much smaller step. Take the `step` that is given, even if it is large.")
def _own_step(function: Surface, point: Array, step: float) -> Array:
    return numerical_gradient(function, point, 1e-5)


@mistake("From point − step to point + step it is 2 steps: divide by 2 * step.")
def _half_the_way(function: Surface, point: Array, step: float) -> Array:
    return 2 * numerical_gradient(function, point, step)


@mistake("Without brackets `/ 2 * step` halves and then multiplies by the step. Write `/ (2 * step)`.")
def _precedence(function: Surface, point: Array, step: float) -> Array:
    return numerical_gradient(function, point, step) * step**2


@mistake("`point + step` moves along all axes at once. Move one coordinate, leave the others, and do so for each axis.")
def _all_axes(function: Surface, point: Array, step: float) -> float:
    return (function(point + step) - function(point - step)) / (2 * step)


@mistake("`point + step` moves along all axes at once, and gives one number. Each axis needs a derivative of its own.")
def _all_axes_in_brackets(function: Surface, point: Array, step: float) -> Array:
    return np.array([_all_axes.attempt(function, point, step)])


@mistake("You moved along all axes at once. One partial derivative moves one coordinate and leaves the others.")
def _all_axes_alike(function: Surface, point: Array, step: float) -> Array:
    return np.full(len(point), _all_axes.attempt(function, point, step))


@mistake("The axes that had their turn stay moved in yours. Each axis starts anew, with an offset of zeros.")
def _still_moved(function: Surface, point: Array, step: float) -> Array:
    gradient, offset = np.zeros(len(point)), np.zeros(len(point))
    for axis in range(len(point)):
        offset[axis] = step
        gradient[axis] = (function(point + offset) - function(point - offset)) / (2 * step)
    return gradient


@mistake("You added the slopes of all axes into one number. Each axis has an entry of its own in a gradient.")
def _sum_of_slopes(function: Surface, point: Array, step: float) -> float:
    return float(numerical_gradient(function, point, step).sum())


@mistake("You call the function with one coordinate alone. It needs the whole point, with that coordinate moved.")
def _one_coordinate(function: Surface, point: Array, step: float) -> Array:
    return np.array([(function(x + step) - function(x - step)) / (2 * step) for x in point])


@mistake("The last axis stays 0 in yours. `range(n)` ends before n already, so nothing need be subtracted.")
def _last_axis_missing(function: Surface, point: Array, step: float) -> Array:
    return np.array([*numerical_gradient(function, point, step)[:-1], 0.0])


@mistake(
    "Where the point holds whole numbers, your step is rounded to 0: `zeros_like(point)` takes over its type. "
    "`np.zeros(len(point))` does not."
)
def _whole_offset(function: Surface, point: Array, step: float) -> Array:
    rows = (step * np.eye(len(point))).astype(point.dtype)
    return np.array([(function(point + row) - function(point - row)) / (2 * step) for row in rows])


@mistake(
    "Where the point holds whole numbers, your slopes lose their fractions: `zeros_like(point)` takes over its type. "
    "`np.zeros(len(point))` does not."
)
def _whole_slopes(function: Surface, point: Array, step: float) -> Array:
    return numerical_gradient(function, point, step).astype(point.dtype)


@mistake(
    "Where the point holds whole numbers, a moved coordinate that is written into it, or into its copy, loses its "
    "fraction. Convert to float first."
)
def _rounded_away(function: Surface, point: Array, step: float) -> Array:
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        ahead, behind = point.copy(), point.copy()
        ahead[axis], behind[axis] = point[axis] + step, point[axis] - step
        gradient[axis] = (function(ahead) - function(behind)) / (2 * step)
    return gradient


@mistake(
    "Where the point holds whole numbers, so do its copies and `zeros_like(point)`: step and slopes are rounded away. "
    "Convert to float first."
)
def _rounded_away_twice(function: Surface, point: Array, step: float) -> Array:
    return _rounded_away.attempt(function, point, step).astype(point.dtype)


def _walk_in_place(function: Surface, point: Array, step: float, gradient: Array) -> Array:
    for axis in range(len(point)):
        point[axis] += step
        ahead = function(point)
        point[axis] -= 2 * step
        behind = function(point)
        point[axis] += step
        gradient[axis] = (ahead - behind) / (2 * step)
    return gradient


@mistake(
    "You add the step to `point` itself and do not quite undo it: x + h − h is not x in floating point. Use a copy."
)
def _in_place(function: Surface, point: Array, step: float) -> Array:
    return _walk_in_place(function, point, step, np.zeros(len(point)))


@mistake(
    "You add the step to `point` itself and do not quite undo it: x + h − h is not x in floating point. Use a copy; "
    "and where point holds whole numbers, so does `zeros_like(point)`."
)
def _in_place_like(function: Surface, point: Array, step: float) -> Array:
    return _walk_in_place(function, point, step, np.zeros_like(point))


@mistake("You move `point` itself and do not put it back, so the next axis starts from another point. Move a copy.")
def _left_moved(function: Surface, point: Array, step: float) -> Array:
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        point[axis] += step
        ahead = function(point)
        point[axis] -= 2 * step
        gradient[axis] = (ahead - function(point)) / (2 * step)
    return gradient


@mistake("`=` gives `point` a second name and makes no copy: both sides are the same point. Use `point.copy()`.")
def _second_name(function: Surface, point: Array, step: float) -> Array:
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        ahead = point
        ahead[axis] += step
        behind = point
        behind[axis] -= step
        gradient[axis] = (function(ahead) - function(behind)) / (2 * step)
    return gradient


def _numpy_gradient(function: Surface, point: Array, step: float) -> Array:
    rows = step * np.eye(len(point))
    return np.array([np.gradient([function(point + k * row) for k in (-1, 0, 1)], step)[1] for row in rows])


NUMERICAL_GRADIENT = CodeExercise(
    id="gradients.numerical_gradient",
    title="A gradient by looking to both sides",
    stars=1,
    minutes=8,
    task="Write the check that every gradient in this course has to pass.",
    hints=[
        "Start with a function of one number: how much does it change from x − h to x + h, per unit of way?",
        "For several coordinates, repeat that for each one while the others stay where they are.",
        "`offset = np.zeros(len(point)); offset[axis] = step` is a step along one axis; `point + offset` is a copy.",
    ],
    solution=numerical_gradient,
    reference=_numpy_gradient,
    inputs=_surfaces,
    mistakes=[
        _forward,
        _backwards,
        _behind_minus_ahead,
        _half_a_step,
        _own_step,
        _half_the_way,
        _precedence,
        _all_axes,
        _all_axes_in_brackets,
        _all_axes_alike,
        _still_moved,
        _sum_of_slopes,
        _one_coordinate,
        _last_axis_missing,
        _whole_offset,
        _whole_slopes,
        _rounded_away,
        _rounded_away_twice,
        _in_place,
        _in_place_like,
        _left_moved,
        _second_name,
    ],
)

# --- the chain rule on one neuron -------------------------------------------------------------------------------------


def _neurons(rng: Generator) -> Iterator[tuple[float, float, float, float]]:
    yield 3.0, 0.5, -1.0, 1.0
    for scale in (0.5, 1.0, 2.0):
        x, w, b, y = (scale * rng.normal(size=4)).round(2)
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


@mistake("The derivative of tanh is 1 − tanh²: in yours the square is missing.")
def _not_squared_output(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    output = math.tanh(w * x + b)
    from_sum = 2 * (output - y) * (1 - output)
    return from_sum * x, from_sum


@mistake("You put the output through tanh once more. The output o is tanh(s) already, and the slope is 1 − o².")
def _tanh_twice(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    output = math.tanh(w * x + b)
    from_sum = 2 * (output - y) * (1 - math.tanh(output) ** 2)
    return from_sum * x, from_sum


@mistake("o (1 − o) is the slope of the sigmoid. Here the output is a tanh, whose slope is 1 − o².")
def _slope_of_sigmoid(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    output = math.tanh(w * x + b)
    from_sum = 2 * (output - y) * output * (1 - output)
    return from_sum * x, from_sum


@mistake("The slope of tanh has a minus: 1 − tanh², which is never more than 1.")
def _plus_square(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    output = math.tanh(w * x + b)
    from_sum = 2 * (output - y) * (1 + output**2)
    return from_sum * x, from_sum


@mistake("Your first link is the loss (o − y)² itself. What is due there is its derivative, 2 (o − y).")
def _times_loss(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    output = math.tanh(w * x + b)
    from_sum = (output - y) ** 2 * (1 - output**2)
    return from_sum * x, from_sum


@mistake("b is missing in the sum: the output is tanh(w x + b).")
def _without_bias(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    return neuron_gradient(x, w, 0.0, y)


@mistake("The last link to b is 1, not b: the sum w x + b changes as fast as b does.")
def _times_b(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    in_w, in_b = neuron_gradient(x, w, b, y)
    return in_w, in_b * b


@mistake("The derivative in w is right. Return the one in b, too: `return in_w, in_b`.")
def _only_w(x: float, w: float, b: float, y: float) -> float:
    return neuron_gradient(x, w, b, y)[0]


@mistake("The last link to w is missing: the sum w x + b changes with w as fast as x.")
def _without_x(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    return neuron_gradient(x, w, b, y)[1], neuron_gradient(x, w, b, y)[1]


@mistake("The last link to w is x, not w: the sum w x + b changes with w as fast as x.")
def _times_w(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    return neuron_gradient(x, w, b, y)[1] * w, neuron_gradient(x, w, b, y)[1]


@mistake("The square gives a factor 2: the derivative of (o − y)² is 2 (o − y).")
def _without_two(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    in_w, in_b = neuron_gradient(x, w, b, y)
    return in_w / 2, in_b / 2


@mistake("Both have the wrong sign: the distance is o − y, and the loss grows when the output o moves away from y.")
def _wrong_sign(x: float, w: float, b: float, y: float) -> tuple[float, float]:
    in_w, in_b = neuron_gradient(x, w, b, y)
    return -in_w, -in_b


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
    minutes=8,
    task="Follow the loss of one neuron backwards to its weight and its bias.",
    hints=[
        "Name the steps: s = w x + b, o = tanh(s), loss = (o − y)². Go through them from the last to the first.",
        "The links are 2 (o − y), then 1 − o², then x for w and 1 for b. Multiply.",
    ],
    solution=neuron_gradient,
    reference=_neuron_complex_step,
    inputs=_neurons,
    mistakes=[
        _without_tanh,
        _squared_sum,
        _not_squared_output,
        _tanh_twice,
        _slope_of_sigmoid,
        _plus_square,
        _times_loss,
        _without_bias,
        _without_x,
        _times_w,
        _times_b,
        _only_w,
        _without_two,
        _wrong_sign,
        _without_error,
        _swapped,
    ],
)

# --- the backward pass over a graph -----------------------------------------------------------------------------------

Graph = tuple[list[list[int]], list[list[float]], int]  # the parents of every node, its slopes in them, the root


def _shuffled(parents: list[list[int]], rng: Generator, root: int | None = None) -> Graph:
    """A graph whose nodes were numbered in order, with random slopes and random numbers for its nodes."""
    new = rng.permutation(len(parents))
    slopes = [[round(float(rng.choice([-1, 1]) * rng.uniform(0.5, 2)), 1) for _ in row] for row in parents]
    graph = sorted((int(new[i]), [int(new[p]) for p in row], slopes[i]) for i, row in enumerate(parents))
    return [row for _, row, _ in graph], [row for _, _, row in graph], int(new[root or len(parents) - 1])


def _graphs(rng: Generator) -> Iterator[Graph]:
    """Where nodes are used more than once, only one order is right, so each mistake shows alike in every attempt."""
    yield _shuffled([[], [], [0, 1]], rng)  # a * b
    yield _shuffled([[], [0, 0], [1]], rng)  # a * a
    yield _shuffled([[], [0], [0, 1]], rng)  # two ways from a to the root
    yield _shuffled([[], [0], [1], [1], []], rng, root=2)  # two nodes do not lead to the root
    yield _shuffled([[], [], [], [], [0, 1], [2, 3], [4, 5]], rng)  # a * b + c * d
    yield _shuffled([[], [0], [1], [0, 2], [1, 3], [4]], rng)  # ways of different lengths
    yield _shuffled([[], [], [0, 1], [2, 0], [2, 3], [4, 1], [5]], rng, root=4)  # two nodes come later than the root
    yield _shuffled([[], *([i, int(rng.integers(i + 1))][:: rng.choice([-1, 1])] for i in range(9))], rng)
    yield [[1], [2], []], [[3.0], [0.5], []], 0  # numbered backwards
    yield [[]], [[]], 0  # an input by itself


def backward(parents: list, slopes: list, root: int) -> np.ndarray:
    """The derivative of node `root` in every node of the graph, a NumPy array (nodes,).

    Node i was computed from the nodes parents[i], and slopes[i] holds its derivative in each of them; for a * a the
    same parent stands there twice, and both slopes count. The nodes are numbered in any order. An input has no parents.
    In root itself the derivative is 1, in a node on which root does not depend it is 0.
    """
    order, seen = [], set()  # order: every node after its parents

    def visit(node: int) -> None:
        if node not in seen:
            seen.add(node)
            for parent in parents[node]:
                visit(parent)
            order.append(node)

    visit(root)
    gradient = np.zeros(len(parents))
    gradient[root] = 1
    for node in reversed(order):
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope * gradient[node]
    return gradient


def _order(parents: list, root: int) -> list[int]:
    order: list[int] = []

    def visit(node: int) -> None:
        if node not in order:
            for parent in parents[node]:
                visit(parent)
            order.append(node)

    visit(root)
    return order


def _send(parents: list, slopes: list, root: int, order: list[int]) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1
    for node in order:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope * gradient[node]
    return gradient


@mistake("A node that is used twice keeps only what came last: `=` overwrites. Add with `+=`.")
def _overwritten(parents: list, slopes: list, root: int) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1
    for node in reversed(_order(parents, root)):
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] = slope * gradient[node]
    return gradient


@mistake("Each way to a node overwrites what another has brought: `=` keeps the last. Sort first, then add with `+=`.")
def _last_way(parents: list, slopes: list, root: int) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1

    def send(node: int) -> None:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] = slope * gradient[node]
            send(parent)

    send(root)
    return gradient


@mistake(
    "In yours the turns come by the *shortest* way from the root, so some nodes pass on before all that was computed "
    "from them has reported. A node's turn comes after everything that uses it."
)
def _breadth_first(parents: list, slopes: list, root: int) -> Array:
    order = [root]
    for node in order:
        order += [parent for parent in dict.fromkeys(parents[node]) if parent not in order]
    return _send(parents, slopes, root, order)


@mistake(
    "You pass a node on as soon as you first reach it, deepest first, before all that was computed from it has "
    "reported. Sort first: a node's turn comes after everything that uses it."
)
def _depth_first(parents: list, slopes: list, root: int) -> Array:
    gradient, seen = np.zeros(len(parents)), set()
    gradient[root] = 1

    def send(node: int) -> None:
        if node not in seen:
            seen.add(node)
            for parent, slope in zip(parents[node], slopes[node], strict=True):
                gradient[parent] += slope * gradient[node]
                send(parent)

    send(root)
    return gradient


@mistake(
    "In yours a node's turn comes in the order of first visits, and so before all that was computed from it has "
    "reported. Put each node down after its parents, and walk that list backwards."
)
def _first_visits(parents: list, slopes: list, root: int) -> Array:
    order: list[int] = []

    def visit(node: int) -> None:
        if node not in order:
            order.append(node)
            for parent in parents[node]:
                visit(parent)

    visit(root)
    return _send(parents, slopes, root, order)


@mistake(
    "You pass a node on as soon as it comes off your stack, before all that was computed from it has reported. "
    "Sort first: a node's turn comes after everything that uses it."
)
def _off_the_stack(parents: list, slopes: list, root: int) -> Array:
    order, waiting, seen = [], [root], {root}
    while waiting:
        order.append(waiting.pop())
        for parent in parents[order[-1]]:
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return _send(parents, slopes, root, order)


@mistake(
    "In yours a node waits for everything that was computed from it, even for nodes that do not lead to the root. "
    "These never report: count only the uses on a way to the root."
)
def _waits_for_strangers(parents: list, slopes: list, root: int) -> Array:
    uses = Counter(parent for row in parents for parent in row)
    order = [root]
    for node in order:
        for parent in parents[node]:
            uses[parent] -= 1
            if not uses[parent]:
                order.append(parent)
    return _send(parents, slopes, root, order)


@mistake(
    "Each time a shared node is reached, you pass on its whole gradient again. "
    "Each node passes on once, after all that uses it."
)
def _again_and_again(parents: list, slopes: list, root: int) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1

    def send(node: int) -> None:
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope * gradient[node]
            send(parent)

    send(root)
    return gradient


@mistake("Each time a node comes off your list, it passes on all it has gathered, again. Sort first; then once each.")
def _again_from_the_list(parents: list, slopes: list, root: int) -> Array:
    gradient, waiting = np.zeros(len(parents)), [root]
    gradient[root] = 1
    while waiting:
        node = waiting.pop()
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope * gradient[node]
            waiting.append(parent)
    return gradient


@mistake("Each time a node's turn comes, it passes on all it has gathered, again. Sort first; then once each.")
def _again_from_the_queue(parents: list, slopes: list, root: int) -> Array:
    order = [root]
    for node in order:
        order += parents[node]
    return _send(parents, slopes, root, order)


@mistake("The nodes are numbered in any order, so going down the numbers is no way back. Order them by their parents.")
def _by_number(parents: list, slopes: list, root: int) -> Array:
    return _send(parents, slopes, root, list(range(len(parents) - 1, -1, -1)))


@mistake("You went from the inputs to the root. Gradients flow the other way: begin at the root.")
def _forwards(parents: list, slopes: list, root: int) -> Array:
    return _send(parents, slopes, root, _order(parents, root))


@mistake("Nothing starts the flow: the derivative of the root in itself is 1.")
def _no_start(parents: list, slopes: list, root: int) -> Array:
    return np.zeros(len(parents))


@mistake("Every node starts with 1 in yours. Only the root does; the others start with 0 and gather.")
def _all_start(parents: list, slopes: list, root: int) -> Array:
    gradient = np.ones(len(parents))
    for node in reversed(_order(parents, root)):
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope * gradient[node]
    return gradient


@mistake("You begin at the node with the last number. Begin at `root`, which may have any number.")
def _from_the_last(parents: list, slopes: list, root: int) -> Array:
    return backward(parents, slopes, len(parents) - 1)


@mistake("Only the inputs keep a derivative in yours. It is wanted in every node, those in between and root included.")
def _inputs_only(parents: list, slopes: list, root: int) -> Array:
    return np.where([bool(row) for row in parents], 0.0, backward(parents, slopes, root))


@mistake(
    "Yours is the derivative of every node in root. Wanted is that of root in every node: go from root to parents."
)
def _other_direction(parents: list, slopes: list, root: int) -> Array:
    return np.array([backward(parents, slopes, node)[root] for node in range(len(parents))])


@mistake("You added slope and gradient. Each edge is one link of a chain: slope * gradient[node].")
def _sum_for_product(parents: list, slopes: list, root: int) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1
    for node in reversed(_order(parents, root)):
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope + gradient[node]
    return gradient


@mistake("You added the slopes alone, without multiplying: each is one link of a chain, slope * gradient[node].")
def _no_product(parents: list, slopes: list, root: int) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1
    for node in reversed(_order(parents, root)):
        for parent, slope in zip(parents[node], slopes[node], strict=True):
            gradient[parent] += slope
    return gradient


@mistake("In `a * a` the same parent stands twice, with two slopes, and both count. A set or a dict keeps only one.")
def _each_parent_once(parents: list, slopes: list, root: int) -> Array:
    gradient = np.zeros(len(parents))
    gradient[root] = 1
    for node in reversed(_order(parents, root)):
        for parent, slope in dict(zip(parents[node], slopes[node], strict=True)).items():
            gradient[parent] += slope * gradient[node]
    return gradient


@mistake("In `a * a` the same parent stands twice, and `index` always finds the first. Walk both lists with `zip`.")
def _first_slope_twice(parents: list, slopes: list, root: int) -> Array:
    return backward(parents, [[slopes[i][row.index(p)] for p in row] for i, row in enumerate(parents)], root)


def _all_paths(parents: list, slopes: list, root: int) -> Array:
    """All paths at once: with S the table of slopes, 1 + S + S² + ... = (1 − S)⁻¹; its row for the root is wanted."""
    table = np.eye(len(parents))
    for node, (row, values) in enumerate(zip(parents, slopes, strict=True)):
        for parent, slope in zip(row, values, strict=True):
            table[node, parent] -= slope
    return np.linalg.solve(table.T, np.eye(len(parents))[root])


BACKWARD = CodeExercise(
    id="gradients.backward",
    title="The backward pass",
    stars=3,
    minutes=20,
    task="Given a graph and the slope on each of its edges, find the derivative of one node in all nodes.",
    hints=[
        "Two parts. First an order in which every node stands after its parents; then walk through it backwards.",
        "For the order, write a function that visits a node: first visit its parents, then append the node, once.",
        "On the way back each node adds slope * its own gradient to the gradient of each parent.",
    ],
    solution=backward,
    reference=_all_paths,
    inputs=_graphs,
    mistakes=[
        _overwritten,
        _last_way,
        _breadth_first,
        _depth_first,
        _first_visits,
        _off_the_stack,
        _waits_for_strangers,
        _again_and_again,
        _again_from_the_list,
        _again_from_the_queue,
        _by_number,
        _forwards,
        _no_start,
        _all_start,
        _from_the_last,
        _inputs_only,
        _other_direction,
        _no_product,
        _sum_for_product,
        _each_parent_once,
        _first_slope_twice,
    ],
    remark="This is the core of `loss.backward()`; what PyTorch adds is above all a long list of slopes. If yours "
    "follows every path by itself, it is right but slow: 40 doublings a + a in a row make 2⁴⁰ paths. In a sorted order "
    "each edge is walked once.",
)

# --- the way back of broadcasting -------------------------------------------------------------------------------------


def _broadcasts(rng: Generator) -> Iterator[tuple[Array, tuple[int, ...]]]:
    """The shape of a gradient, and that of the array which was broadcast to it."""
    for large, small in (
        ((4, 3), (3,)),
        ((4, 3), (4, 1)),
        ((4, 3), (1, 3)),
        ((3, 3), (3,)),  # square: the sum along the other axis fits as well
        ((3, 3), (3, 1)),
        ((2, 4, 3), (3,)),
        ((2, 4, 3), (4, 1)),
        ((2, 3, 2, 3), (3, 1, 3)),
        ((2, 1, 3), (1, 3)),
        ((5, 2), (1, 1)),
        ((3,), ()),
        ((2, 3), (2, 3)),
    ):
        yield rng.normal(size=large).round(2), small


def unbroadcast(gradient: np.ndarray, shape: tuple) -> np.ndarray:
    """The gradient in an array of this shape, which broadcasting repeated: a NumPy array of this shape.

    `gradient` is what arrives for all copies; its shape is the one that broadcasting made of `shape`: axes were put in
    front until there were enough, and every axis of length 1 was repeated until its length fitted. It stays unchanged.
    """
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


@mistake("An axis of length 1 was repeated, too. You summed only the axes in front: sum where `shape` has a 1, too.")
def _front_only(gradient: Array, shape: tuple) -> Array:
    return gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))


@mistake(
    "Axes that were put in front are repeats, too. You summed only where `shape` has a 1: sum those in front first."
)
def _ones_only(gradient: Array, shape: tuple) -> Array:
    new = gradient.ndim - len(shape)
    return gradient.sum(axis=tuple(new + axis for axis, size in enumerate(shape) if size == 1), keepdims=True)


@mistake("You averaged over the copies. Every copy is a path of its own to the loss, and paths are added: sum.")
def _mean(gradient: Array, shape: tuple) -> Array:
    return unbroadcast(gradient, shape) * (np.prod(shape) / gradient.size)


@mistake("You kept the gradient of one copy and lost the others. All copies are the same number: add their gradients.")
def _one_copy(gradient: Array, shape: tuple) -> Array:
    new = gradient.ndim - len(shape)
    return gradient[(0,) * new + tuple(slice(0, 1) if size == 1 else slice(None) for size in shape)]


@mistake("The sums are right, but axes of length 1 are gone from the shape. `keepdims=True` leaves them standing.")
def _lost_ones(gradient: Array, shape: tuple) -> Array:
    return unbroadcast(gradient, shape).reshape([size for size in shape if size != 1])


@mistake("The sums are right, but the axes that were put in front still stand there, with length 1. Drop those.")
def _kept_front(gradient: Array, shape: tuple) -> Array:
    return unbroadcast(gradient, shape).reshape((1,) * (gradient.ndim - len(shape)) + tuple(shape))


@mistake("You summed one axis in front, and there may be several. Go on until there are as many axes as in `shape`.")
def _one_axis_in_front(gradient: Array, shape: tuple) -> Array:
    found = gradient.sum(axis=0) if gradient.ndim > len(shape) else gradient
    new = found.ndim - len(shape)
    return found.sum(axis=tuple(new + axis for axis, size in enumerate(shape) if size == 1), keepdims=True)


@mistake("Broadcasting lines shapes up at their *last* axis and puts new axes in front. You summed axes at the end.")
def _at_the_end(gradient: Array, shape: tuple) -> Array:
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=-1)
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)


@mistake(
    "You summed everything into one number. Only copies of the same number are added; an axis that was there stays."
)
def _everything(gradient: Array, shape: tuple) -> Array:
    return np.asarray(gradient.sum())


@mistake("You put the sum of everything everywhere. Each number collects from its own copies only.")
def _everything_everywhere(gradient: Array, shape: tuple) -> Array:
    return np.full(shape, gradient.sum())


@mistake("You gave the gradient back as it came. It has the shape of the copies; wanted is that of what was copied.")
def _unchanged(gradient: Array, shape: tuple) -> Array:
    return gradient.copy()


@mistake(
    "You cut or repeated the numbers until the shape fitted. A copy's gradient must not get lost: sum over the copies."
)
def _resized(gradient: Array, shape: tuple) -> Array:
    return np.resize(gradient, shape)


@mistake("You averaged over the axes in front, as over a batch. Every row is a path to the loss: paths are added.")
def _mean_in_front(gradient: Array, shape: tuple) -> Array:
    new = gradient.ndim - len(shape)
    return unbroadcast(gradient, shape) / np.prod(gradient.shape[:new])


@mistake("Only the first axis of length 1 was summed. There may be several: look at every axis of `shape`.")
def _first_one_only(gradient: Array, shape: tuple) -> Array:
    found = _front_only.attempt(gradient, shape)
    return found.sum(axis=shape.index(1), keepdims=True) if 1 in shape else found


@mistake(
    "Axis 0 of `shape` is not axis 0 of `gradient` while axes stand in front. Sum those away first, then number them."
)
def _numbered_too_early(gradient: Array, shape: tuple) -> Array:
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return _front_only.attempt(gradient.sum(axis=ones, keepdims=True), shape)


@mistake("You compared the two shapes from the left. Broadcasting lines them up at their *last* axis.")
def _compared_from_the_left(gradient: Array, shape: tuple) -> Array:
    for axis, size in enumerate(shape):
        if gradient.shape[axis] != size:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return _front_only.attempt(gradient, shape)


@mistake("You sum the axes in front or those of length 1, never both. One array can have been repeated in both ways.")
def _either_or(gradient: Array, shape: tuple) -> Array:
    return _front_only.attempt(gradient, shape) if gradient.ndim > len(shape) else unbroadcast(gradient, shape)


@mistake("When axis 0 has been summed away, the next one in front is axis 0 again. You went on with axis 1.")
def _moving_on(gradient: Array, shape: tuple) -> Array:
    for axis in range(gradient.ndim - len(shape)):
        gradient = gradient.sum(axis=axis)
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)


@mistake("These are right sums, repeated once more. The result has the shape of what was copied, `shape`.")
def _repeated_again(gradient: Array, shape: tuple) -> Array:
    return np.broadcast_to(unbroadcast(gradient, shape), gradient.shape).copy()


@mistake("That is how many copies each number had. Add what arrives for them: the entries of `gradient`.")
def _counted(gradient: Array, shape: tuple) -> Array:
    return unbroadcast(np.ones_like(gradient), shape)


@mistake("A single number, of shape (), was repeated as well: the sum over all its copies is its gradient.")
def _not_for_a_number(gradient: Array, shape: tuple) -> Array:
    return unbroadcast(gradient, shape) if shape else gradient.copy()


@mistake("The sign is turned. A copy has the slope 1, not −1.")
def _negative(gradient: Array, shape: tuple) -> Array:
    return -unbroadcast(gradient, shape)


def _torch_expand(gradient: Array, shape: tuple) -> Array:
    """What torch's autograd says of `expand`."""
    import torch

    tensor = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(tensor.expand(gradient.shape), tensor, torch.tensor(gradient))
    return found.numpy()


UNBROADCAST = CodeExercise(
    id="gradients.unbroadcast",
    title="The way back of broadcasting",
    stars=2,
    minutes=12,
    task="Given the gradients of all copies that broadcasting made, find the gradient in what was copied.",
    hints=[
        "A number that was repeated has several paths to the loss. What does the chain rule do with several paths?",
        "First the axes that broadcasting put in front: they are gone from `shape`, so sum over axis 0 until "
        "`gradient.ndim` is `len(shape)`.",
        "Then every axis where `shape` has a 1: `gradient.sum(axis=axis, keepdims=True)`, so that the 1 stays.",
    ],
    solution=unbroadcast,
    reference=_torch_expand,
    inputs=_broadcasts,
    may_share=True,
    mistakes=[
        _front_only,
        _ones_only,
        _mean,
        _one_copy,
        _lost_ones,
        _kept_front,
        _one_axis_in_front,
        _at_the_end,
        _everything,
        _everything_everywhere,
        _unchanged,
        _resized,
        _mean_in_front,
        _first_one_only,
        _numbered_too_early,
        _compared_from_the_left,
        _either_or,
        _moving_on,
        _repeated_again,
        _counted,
        _not_for_a_number,
        _negative,
    ],
    remark="With this one function in `backward`, no operation of an engine needs to know about broadcasting.",
)

# --- an experiment: a network that starts at zero ---------------------------------------------------------------------

ZERO_START = NumberExercise(
    id="gradients.zero_start",
    title="A network that starts at zero",
    stars=1,
    minutes=6,
    task="With all 65 weights and biases at 0 at the start: how many of them are not 0 after 1,000 steps of training?",
    hints=[
        "Make the parameters anew: `zeros = [Array(np.zeros_like(p.data)) for p in start(seed=0)]`; then "
        "`train_moons(zeros, 1.0, steps=1000)`.",
        "Count with `sum(np.count_nonzero(p.data) for p in zeros)`.",
        "The hidden numbers are all 0, and so is every weight behind them. Which number still changes the logits?",
    ],
    solution=1,
    working="1",
    mistakes=[
        wrong_number(0, "Almost. One number changes every logit by itself, whatever the hidden numbers are."),
        wrong_number(65, "That is all of them. Run it: a path back through a weight of 0 carries a gradient of 0."),
        wrong_number(
            17,
            "Those are all parameters of the last layer. Its 16 weights multiply hidden numbers that are 0, and so "
            "their gradients are 0.",
        ),
        wrong_number(16, "A weight's gradient is its input times what arrives; the 16 hidden numbers are all 0."),
        wrong_number(
            2, "Do you count the two layers' biases? Back to the first layer every path goes through a weight of 0."
        ),
        wrong_number(49, "Does that count W₁, b₁ and b₂? To the first layer every path goes through a weight of 0."),
        wrong_number(48, "Those are W₁ and b₁. To the first layer every path goes through a weight of 0."),
        wrong_number(33, "Does that leave out W₁? The other weights stay, too: see what each is multiplied by."),
        wrong_number(32, "Those are the weights of the first layer. Every path to them goes through a weight of 0."),
        wrong_number(4, "Those are the four arrays. Count the numbers in them that are not 0: `np.count_nonzero`."),
        wrong_number(64, "That is how many stay at 0. Asked for is how many move."),
        wrong_number(3, "Are those the weights and the bias of one neuron? Every path to them has a weight of 0."),
        wrong_number(5, "Are those the different values after a start at 0.5? Start at 0, and count all that move."),
        wrong_number(0.6928, "That is the loss. Count the parameters that are no longer 0: `np.count_nonzero`.", 0.005),
        wrong_number(-0.0667, "That is the value of b₂, which did move. Asked for is how many numbers moved.", 0.001),
        wrong_number(-0.05, "That is the value of b₂ after one step. Asked for is how many numbers moved.", 0.001),
        wrong_number(1000, "That is the number of steps. How many parameters are not 0 after them?"),
        wrong_number(60, "That is the number of points. How many of the 65 parameters move?"),
        wrong_number(1 / 65, "That is the share of the 65. Asked for is their number.", 0.0005),
        wrong_number(1.5, "That is the share in per cent. Asked for is how many of the 65.", 0.05),
    ],
    remark="Only b₂ moves: the last weights multiply hidden numbers of 0, and every path farther back goes through a "
    "weight of 0. If all weights were 0.5 instead, they would move, but the 16 hidden neurons would stay copies of one "
    "another. That is why weights start at random.",
)

# --- one step of Adam -------------------------------------------------------------------------------------------------


def _adam_states(rng: Generator) -> Iterator[tuple[Array, Array, Array, Array, int, float]]:
    yield np.array([1.0]), np.array([0.5]), np.zeros(1), np.zeros(1), 1, 0.1
    yield np.array([2.0]), np.array([-1.0]), np.array([0.2]), np.array([0.04]), 2, 0.1
    for size, step in ((3, 1), (4, 10), (2, 5_000)):
        first, second = (rng.normal(size=size) * 0.1, rng.uniform(0.001, 0.1, size=size)) if step > 1 else (0.0, 0.0)
        yield (
            rng.normal(size=size),
            rng.normal(size=size) * 0.3,
            np.zeros(size) + first,
            np.zeros(size) + second,
            step,
            float(rng.choice([0.001, 0.01, 0.1])),
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

    `first` and `second` are the running means before this step, m of the gradient (decay 0.9) and s of its square
    (decay 0.999); return them updated and uncorrected. `step` is t, from 1; epsilon is 1e-8. Arrays stay unchanged.
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


@mistake("Epsilon stands beside the root, not under it: √s + 1e-8. Under it, it counts as 1e-4.")
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
    weights, first[:], second[:] = adam_step(weights, gradient, first, second, step, rate)
    return weights, first, second


@mistake("You stepped with the old means. First take the new gradient into both, then step.")
def _old_means(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    corrected, square = first / (1 - 0.9**step), second / (1 - 0.999**step)
    return weights - rate * corrected / (np.sqrt(square) + 1e-8), *_moments(gradient, first, second)


@mistake("Brackets: 1 − 0.9ᵗ is `1 - 0.9**step`. You took (1 − 0.9)ᵗ, which shrinks to nothing.")
def _power_of_difference(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    with np.errstate(all="ignore"):
        corrected, square = first / np.float64(1 - 0.9) ** step, second / np.float64(1 - 0.999) ** step
        return weights - rate * corrected / (np.sqrt(square) + 1e-8), first, second


@mistake("The second mean is of the squared gradient: 0.999 s + 0.001 g².")
def _not_squared(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)[0], 0.999 * second + 0.001 * gradient
    with np.errstate(all="ignore"):
        scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
    return weights - rate * first / (1 - 0.9**step) / scale, first, second


@mistake("Epsilon is missing. Where the gradient has always been 0, you divide 0 by 0.")
def _without_epsilon(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    with np.errstate(all="ignore"):
        return weights - rate * first / (1 - 0.9**step) / np.sqrt(second / (1 - 0.999**step)), first, second


@mistake("Epsilon is added too early, before the correction of s. In algorithm 1 it stands beside the corrected root.")
def _early_epsilon(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    corrected_rate = rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
    return weights - corrected_rate * first / (np.sqrt(second) + 1e-8), first, second


@mistake("You corrected only the first mean. The mean square starts at 0 too: divide it by 1 − 0.999ᵗ.")
def _half_corrected(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    return weights - rate * first / (1 - 0.9**step) / (np.sqrt(second) + 1e-8), first, second


@mistake("You corrected only the mean square. The first mean starts at 0 too: divide it by 1 − 0.9ᵗ.")
def _other_half_corrected(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float
) -> State:
    first, second = _moments(gradient, first, second)
    return weights - rate * first / (np.sqrt(second / (1 - 0.999**step)) + 1e-8), first, second


@mistake("The step counts from 1 already: you raised to the power step + 1.")
def _clock_ahead(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    scale = np.sqrt(second / (1 - 0.999 ** (step + 1))) + 1e-8
    return weights - rate * first / (1 - 0.9 ** (step + 1)) / scale, first, second


@mistake("You raised nothing to a power: 0.9ᵗ is `0.9**step`, not `0.9 * step`.")
def _times_step(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    with np.errstate(all="ignore"):
        scale = np.sqrt(second / (1 - 0.999 * step)) + 1e-8
    return weights - rate * first / (1 - 0.9 * step) / scale, first, second


@mistake("You corrected both means by 1 − 0.9ᵗ. The mean square decays with 0.999: divide it by 1 − 0.999ᵗ.")
def _one_correction(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)
    scale = np.sqrt(second / (1 - 0.9**step)) + 1e-8
    return weights - rate * first / (1 - 0.9**step) / scale, first, second


@mistake("You swapped the decays: the mean of the gradient has 0.9, and that of its square 0.999.")
def _decays_swapped(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = 0.999 * first + 0.001 * gradient, 0.9 * second + 0.1 * gradient**2
    scale = np.sqrt(second / (1 - 0.9**step)) + 1e-8
    return weights - rate * first / (1 - 0.999**step) / scale, first, second


@mistake(
    "The decay is the share of the old mean that is kept: 0.9 of the old, 0.1 of the new. Yours has it turned round."
)
def _shares_swapped(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = 0.1 * first + 0.9 * gradient, 0.001 * second + 0.999 * gradient**2
    scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
    return weights - rate * first / (1 - 0.9**step) / scale, first, second


@mistake("All weights share one square in yours, the sum of all g². Each weight has that of its own gradient.")
def _one_square(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    first, second = _moments(gradient, first, second)[0], 0.999 * second + 0.001 * (gradient @ gradient)
    scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
    return weights - rate * first / (1 - 0.9**step) / scale, first, second


@mistake("The numbers are right, but not their order: return the weights first, then `first` and `second`.")
def _means_first(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    weights, first, second = adam_step(weights, gradient, first, second, step, rate)
    return first, second, weights


def _torch_adam(weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float) -> State:
    """The function behind torch.optim.Adam; the class itself would spend two seconds on importing a compiler."""
    from torch.optim.adam import adam

    return _one_step(adam, weights, gradient, first, second, step, lr=rate, weight_decay=0.0)


def _one_step(
    rule: Callable[..., None],
    weights: Array,
    gradient: Array,
    first: Array,
    second: Array,
    step: int,
    **settings: float,
) -> State:
    """One step of torch's adam or adamw from these weights, gradient and running means."""
    import torch

    parameter, slope, mean, square = (torch.tensor(values) for values in (weights, gradient, first, second))
    rule(
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
        **settings,
    )
    return parameter.numpy(), mean.numpy(), square.numpy()


_SLIPS_IN_ADAM = [
    _uncorrected,
    _kept_correction,
    _epsilon_inside,
    _without_epsilon,
    _early_epsilon,
    _half_corrected,
    _other_half_corrected,
    _without_root,
    _old_means,
    _times_step,
    _power_of_difference,
    _not_squared,
    _clock_ahead,
    _uphill,
    _means_in_place,
    _one_correction,
    _decays_swapped,
    _shares_swapped,
    _one_square,
]

ADAM_STEP = CodeExercise(
    id="gradients.adam_step",
    title="One step of Adam",
    stars=3,
    minutes=15,
    task="Write one step of Adam, equal to PyTorch's.",
    hints=[
        "Two running means come first: 0.9 old + 0.1 new for the gradient, 0.999 old + 0.001 new for its square.",
        "After the first step from 0 the first mean is only 0.1 times the gradient. Which division mends that?",
        "The step is learning_rate × corrected first / (√ corrected second + 1e-8). Return the uncorrected means.",
    ],
    solution=adam_step,
    reference=_torch_adam,
    inputs=_adam_states,
    mistakes=[*_SLIPS_IN_ADAM, _means_first],
    remark="In the very first step every weight moves by almost exactly the learning rate, whatever its gradient.",
)

# --- one step of AdamW ------------------------------------------------------------------------------------------------


def _adamw_states(rng: Generator) -> Iterator[tuple[Array, Array, Array, Array, int, float, float]]:
    for weights, gradient, first, second, step, rate in _adam_states(rng):
        yield weights, gradient, first, second, step, rate, float(rng.choice([0.1, 0.5]))
    yield np.array([2.0, -3.0]), np.zeros(2), np.zeros(2), np.zeros(2), 1, 0.1, 0.2  # no gradient: only the decay
    yield np.array([0.5]), np.array([2.0]), np.zeros(1), np.zeros(1), 1, 0.05, 0.0  # no decay: Adam


def adamw_step(
    weights: np.ndarray,
    gradient: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    step: int,
    learning_rate: float,
    weight_decay: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One step of AdamW as PyTorch takes it: -> (weights, first, second), each (dims,).

    As for Adam: the running means before this step, `step` from 1, decays 0.9 and 0.999, epsilon 1e-8; arrays stay
    unchanged. Besides, every weight shrinks by the share learning_rate × weight_decay of what it was before the step.
    (Loshchilov & Hutter 2019, algorithm 2, do not multiply the decay by the learning rate.)
    """
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    corrected = first / (1 - 0.9**step)
    corrected_square = second / (1 - 0.999**step)
    kept = (1 - learning_rate * weight_decay) * weights
    return kept - learning_rate * corrected / (np.sqrt(corrected_square) + 1e-8), first, second


@mistake(
    "You put the decay into the gradient. Adam then divides it by the size of the gradients, so weights with large "
    "gradients hardly shrink. In AdamW it acts on the weights themselves."
)
def _decay_in_gradient(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    return adam_step(weights, gradient + decay * weights, first, second, step, rate)


@mistake("The weights do not shrink in yours: this is Adam without its W.")
def _no_decay(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    return adam_step(weights, gradient, first, second, step, rate)


@mistake(
    "You shrank by weight_decay alone, as the paper does. Here, as in PyTorch, it is learning_rate × weight_decay."
)
def _without_rate(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved - decay * weights, first, second


@mistake("You shrank the weights after the step of Adam. What shrinks are the weights as they were before it.")
def _decay_afterwards(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return (1 - rate * decay) * moved, first, second


@mistake("Your weights grow: the decay has the wrong sign.")
def _growing(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved + rate * decay * weights, first, second


@mistake("Each weight loses the share learning_rate × weight_decay. In yours this share is all that is kept.")
def _only_the_share(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved - (1 - rate * decay) * weights, first, second


@mistake("In yours the decay is multiplied by the learning rate twice: each weight loses too small a share.")
def _rate_twice(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved - rate**2 * decay * weights, first, second


@mistake("Your weights shrink twice as much as they should: the share is learning_rate × weight_decay, without a 2.")
def _twice_the_decay(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved - 2 * rate * decay * weights, first, second


@mistake("The decay acts twice in yours: on the weights, as it should, and in the gradient. Leave the gradient alone.")
def _decay_in_both(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient + decay * weights, first, second, step, rate)
    return moved - rate * decay * weights, first, second


@mistake("You put the decay into the first mean. The running means see the gradient of the loss and nothing else.")
def _decay_in_first_mean(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    return adam_step(weights, gradient, first + decay * weights / 9, second, step, rate)  # 0.1 decay: 0.9 times 1 / 9


@mistake("You divide the decay, too, by the root of the mean square. It acts on the weights themselves, undivided.")
def _decay_over_root(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved - rate * decay * weights / (np.sqrt(second / (1 - 0.999**step)) + 1e-8), first, second


def _beside_right_decay(known: Mistake) -> Mistake:
    def attempt(
        weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
    ) -> State:
        moved, first, second = known.attempt(weights, gradient, first, second, step, rate)
        return moved - rate * decay * weights, first, second

    return mistake(f"The decay is right. {known.sentence}")(attempt)


@mistake("You changed `weights` in place (`*=`, `-=`). Whoever called still needs the old ones: make new ones.")
def _shrunk_in_place(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    weights *= 1 - rate * decay
    return adam_step(weights, gradient, first, second, step, rate)


@mistake("You subtracted the share itself. Each weight loses that share of what it was: times the weight.")
def _same_for_all(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    moved, first, second = adam_step(weights, gradient, first, second, step, rate)
    return moved - rate * decay, first, second


def _torch_adamw(
    weights: Array, gradient: Array, first: Array, second: Array, step: int, rate: float, decay: float
) -> State:
    """The function behind torch.optim.AdamW."""
    from torch.optim.adamw import adamw

    return _one_step(adamw, weights, gradient, first, second, step, lr=rate, weight_decay=decay)


ADAMW_STEP = CodeExercise(
    id="gradients.adamw_step",
    title="One step of AdamW",
    stars=2,
    minutes=5,
    task="Add weight decay to a step of Adam without letting it meet the gradient.",
    hints=[
        "Start from a step of Adam. The running means see the gradient of the loss and nothing else.",
        "With a gradient of 0, what should be left of a weight? (1 − learning_rate × weight_decay) of it.",
        "Result: (1 − learning_rate × weight_decay) × old weights − the step of Adam.",
    ],
    solution=adamw_step,
    reference=_torch_adamw,
    inputs=_adamw_states,
    mistakes=[
        _decay_in_gradient,
        _no_decay,
        _without_rate,
        _decay_afterwards,
        _growing,
        _same_for_all,
        _only_the_share,
        _rate_twice,
        _twice_the_decay,
        _decay_in_both,
        _decay_in_first_mean,
        _decay_over_root,
        _shrunk_in_place,
        *map(_beside_right_decay, _SLIPS_IN_ADAM),
    ],
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_ACCUMULATE = Quiz(
    id="gradients.quiz_accumulate",
    title="What does the third step see?",
    task="A loop calls `loss.backward()` and `optimizer.step()`, never `zero_grad()`. Which gradient does step 3 use?",
    hints=["What does `backward` do with a `.grad` that is already there?", "Think of `+=`."],
    options=[
        wrong("that of step 3", "That would need `=`. But `backward` adds to what earlier steps have left there."),
        right(
            "the sum of those of steps 1, 2 and 3",
            "`backward` adds to `.grad`, and nobody emptied it. It is momentum that forgets nothing, by accident.",
        ),
        wrong("their mean", "Nothing divides by 3. The sum grows with every step, and so do the steps."),
        wrong(
            "none: PyTorch raises an error",
            "PyTorch takes it for intended, since adding up several small batches is a common use. No error, only a "
            "worse model.",
        ),
    ],
)

QUIZ_PRICE = Quiz(
    id="gradients.quiz_price",
    title="The price of reverse mode",
    task="One pass backwards gives all derivatives of one output. What does reverse mode pay for that?",
    hints=["Which numbers does the slope of a product need?", "When were they computed, and when are they used?"],
    options=[
        wrong("accuracy", "It is exact up to rounding; finite differences are the ones that approximate."),
        right(
            "memory",
            "Slopes depend on the values of the way forward: these are kept until the way back. So the memory for "
            "training grows with the depth of the network and the size of the batch.",
        ),
        wrong(
            "a pass for every parameter", "That is forward mode, or finite differences. Reverse mode needs one pass."
        ),
        wrong(
            "`if` and loops are not allowed",
            "They are: the graph is recorded from what really ran, so each run has its own graph.",
        ),
    ],
)

QUIZ_FIRST_STEP = Quiz(
    id="gradients.quiz_first_step",
    title="Adam's first step",
    task="Adam starts with rate 0.001. The gradient is 0.01 for weight A and 100 for B. How far do they go?",
    hints=["After bias correction, what are the two means after one step?", "g / √(g²) is ..."],
    options=[
        wrong("A by 0.00001, B by 0.1", "That is SGD: rate times gradient. Adam divides by the size of the gradient."),
        wrong("A farther than B", "Dividing by the size makes them equal, not opposite: 0.01 / 0.01 and 100 / 100."),
        right(
            "both by 0.001",
            "The corrected means are g and g², and g / √(g²) is ±1: the first step is the learning rate, whatever the "
            "gradient. That is one reason for a warm-up.",
        ),
        wrong(
            "both by 0.0001",
            "So it would be without correcting the first mean alone, (1 − 0.9) g. The division by 1 − 0.9 undoes that.",
        ),
    ],
)
