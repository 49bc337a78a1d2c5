import functools
import itertools
import math
from collections.abc import Callable

import numpy as np


# ---------------------------------------------------------------- right


def right_plain_loop(function: Callable, point: np.ndarray, step: float) -> np.ndarray:
    """The textbook: a loop over the axes, a vector h with one entry that is not zero."""
    gradient = np.zeros(len(point))
    for axis in range(len(point)):
        h = np.zeros(len(point))
        h[axis] = step
        gradient[axis] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def right_eye_comprehension(function, point, step):
    """The one-liner: the rows of a scaled identity matrix are the h."""
    return np.array([(function(point + h) - function(point - h)) / (2 * step) for h in step * np.eye(len(point))], dtype=float)


def right_two_copies(function, point, step):
    """The beginner: two float copies per axis, one moved up and one moved down."""
    result = []
    for i in range(len(point)):
        up = point.astype(float)
        down = point.astype(float)
        up[i] = up[i] + step
        down[i] = down[i] - step
        difference = function(up) - function(down)
        result.append(difference / (2 * step))
    return np.array(result, dtype=float)


def right_save_and_restore(function, point, step):
    """The thrifty one: a single work copy, whose entry is saved and put back."""
    work = np.array(point, dtype=float)
    gradient = np.empty(work.shape)
    for i in range(work.size):
        saved = work[i]
        work[i] = saved + step
        ahead = float(function(work))
        work[i] = saved - step
        behind = float(function(work))
        work[i] = saved
        gradient[i] = (ahead - behind) / (2.0 * step)
    return gradient


def right_while_loop(function, point, step):
    """Comes from C: a while loop with a counter."""
    n = point.shape[0]
    grad = np.zeros(n, dtype=np.float64)
    k = 0
    while k < n:
        h = np.zeros(n)
        h[k] = step
        f_plus = function(point + h)
        f_minus = function(point - h)
        grad[k] = (f_plus - f_minus) / (2 * step)
        k += 1
    return grad


def right_map_lambda(function, point, step):
    """Functional style: map over the basis vectors, np.fromiter."""
    slope = lambda e: (function(point + step * e) - function(point - step * e)) / (2 * step)
    return np.fromiter(map(slope, np.eye(point.size)), dtype=float, count=point.size)


def right_inner_function(function, point, step):
    """Splits the task: an inner function gives the partial derivative along one axis."""

    def partial(axis):
        direction = np.zeros(point.shape)
        direction[axis] = 1.0
        ahead = function(point + step * direction)
        behind = function(point - step * direction)
        return (ahead - behind) / step / 2

    return np.array([partial(axis) for axis in range(len(point))], dtype=float)


def right_np_diff(function, point, step):
    """Library: np.diff of behind and ahead, for all axes in one table."""
    table = np.empty((len(point), 2))
    for i, h in enumerate(np.eye(len(point)) * step):
        table[i] = [function(point - h), function(point + h)]
    return np.diff(table, axis=1)[:, 0] / (2 * step)


def right_broadcast_none(function, point, step):
    """Vectorised as far as it goes: all moved points at once by broadcasting with None, then the function row by row."""
    shifts = step * np.eye(point.shape[0])
    ahead = point[None, :] + shifts
    behind = point[None, :] - shifts
    f_ahead = np.array([function(row) for row in ahead], dtype=float)
    f_behind = np.array([function(row) for row in behind], dtype=float)
    return (f_ahead - f_behind) / (2 * step)


def right_np_gradient(function, point, step):
    """Library: np.gradient of three samples has the central difference in its middle."""
    result = np.zeros(len(point))
    for i, h in enumerate(step * np.identity(len(point))):
        low, high = float(function(point - h)), float(function(point + h))
        result[i] = np.gradient(np.array([low, (low + high) / 2, high]), step)[1]
    return result


def right_apply_along_axis(function, point, step):
    """Library: np.apply_along_axis, with an early return for no axes at all."""
    if point.size == 0:
        return np.zeros(0)
    value = lambda p: float(function(p))
    shifts = np.diag(np.full(point.size, step, dtype=float))
    ahead = np.apply_along_axis(value, 1, point + shifts)
    behind = np.apply_along_axis(value, 1, point - shifts)
    return (ahead - behind) / (2 * step)


def right_recursive(function, point, step):
    """Recursive: the slope on the first axis left, followed by the rest."""

    def rest(axis):
        if axis == len(point):
            return []
        h = np.zeros(len(point))
        h[axis] = step
        return [(function(point + h) - function(point - h)) / (2 * step)] + rest(axis + 1)

    return np.array(rest(0), dtype=float)


def right_signs_loop(function, point, step):
    """Adds up sign times value over the two sides."""
    gradient = np.zeros(len(point), dtype=float)
    for axis, sign in itertools.product(range(len(point)), (1, -1)):
        moved = point.astype(float)
        moved[axis] += sign * step
        gradient[axis] += sign * function(moved)
    return gradient / (2 * step)


def right_python_lists(function, point, step):
    """Plain lists as long as possible, arrays only for the function and at the end."""
    coordinates = [float(c) for c in point]
    slopes = []
    for i in range(len(coordinates)):
        ahead = coordinates[:i] + [coordinates[i] + step] + coordinates[i + 1 :]
        behind = coordinates[:i] + [coordinates[i] - step] + coordinates[i + 1 :]
        slopes.append((function(np.array(ahead)) - function(np.array(behind))) / (2 * step))
    return np.array(slopes, dtype=float)


def right_np_where(function, point, step):
    """Moves the one axis with np.where on the index."""
    point = point.astype(float)
    index = np.arange(len(point))
    gradient = np.zeros(len(point))
    for axis in index:
        ahead = np.where(index == axis, point + step, point)
        behind = np.where(index == axis, point - step, point)
        gradient[axis] = (function(ahead) - function(behind)) * (0.5 / step)
    return gradient


def right_defensive(function, point, step):
    """The careful one: checks, conversion, and a fresh copy for each call."""
    point = np.asarray(point, dtype=np.float64)
    if point.ndim != 1:
        raise ValueError("point must have one axis")
    if step == 0:
        raise ValueError("step must not be zero")
    gradient = np.empty_like(point)
    for i in range(point.shape[0]):
        ahead, behind = point.copy(), point.copy()
        ahead[i] += step
        behind[i] -= step
        gradient[i] = np.asarray(function(ahead), dtype=np.float64).item() - np.asarray(function(behind), dtype=np.float64).item()
    return gradient / (2 * step)


def right_vectorize_signature(function, point, step):
    """Library: np.vectorize with a signature turns the function into one for rows."""
    rows = np.vectorize(function, otypes=[float], signature="(n)->()")
    h = step * np.eye(len(point))
    if len(h) == 0:
        return np.array([])
    return (rows(point + h) - rows(point - h)) / (2 * step)


def right_clumsy_dictionary(function, point, step):
    """Clumsy, but right: values in a dictionary by axis and side, put together in a second loop."""
    values = {}
    for axis in range(len(point)):
        for side in ["ahead", "behind"]:
            h = [0.0] * len(point)
            if side == "ahead":
                h[axis] = step
            else:
                h[axis] = -step
            values[(axis, side)] = function(np.add(point, h))
    answer = np.zeros(len(point))
    for axis in range(len(point)):
        top = values[(axis, "ahead")] - values[(axis, "behind")]
        bottom = step + step
        answer[axis] = top / bottom
    return answer


# ---------------------------------------------------------------- wrong


def wrong_forward_difference(function, point, step):
    """Looks ahead only: the forward difference."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point)) / step
    return gradient


def wrong_backward_difference(function, point, step):
    """Looks behind only: the backward difference."""
    return np.array([(function(point) - function(point - h)) / step for h in step * np.eye(len(point))])


def wrong_divided_by_step(function, point, step):
    """The 2 forgotten: the distance of the two points is taken for one step."""
    gradient = np.zeros(len(point))
    for i, h in enumerate(step * np.eye(len(point))):
        gradient[i] = (function(point + h) - function(point - h)) / step
    return gradient


def wrong_precedence(function, point, step):
    """`/ 2 * step` without parentheses multiplies by the step."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / 2 * step
    return gradient


def wrong_all_axes_at_once(function, point, step):
    """Moves every coordinate by the step (h is not 0 elsewhere), so that each entry is the sum of all slopes."""
    slope = (function(point + step) - function(point - step)) / (2 * step)
    return np.full(len(point), slope)


def wrong_h_never_reset(function, point, step):
    """h is made before the loop and never reset, so that earlier axes stay moved."""
    gradient = np.zeros(len(point))
    h = np.zeros(len(point))
    for i in range(len(point)):
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def wrong_sign(function, point, step):
    """Behind minus ahead: the sign is turned."""
    result = []
    for h in step * np.eye(len(point)):
        result.append((function(point - h) - function(point + h)) / (2 * step))
    return np.array(result)


def wrong_changes_point(function, point, step):
    """Moves the entry of the point itself and returns it only halfway: the input is changed."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        point[i] += step
        ahead = function(point)
        point[i] -= 2 * step
        behind = function(point)
        gradient[i] = (ahead - behind) / (2 * step)
    return gradient


def wrong_no_copy(function, point, step):
    """Two names for one array: ahead and behind are the same, so that all slopes are 0."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        ahead = point
        behind = point
        ahead[i] += step
        behind[i] -= step
        gradient[i] = (function(ahead) - function(behind)) / (2 * step)
    return gradient


def wrong_relative_step(function, point, step):
    """Knows better: scales the step with the coordinate, so that it is not `step` any more."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        size = step * max(1.0, abs(point[i]))
        h = np.zeros(len(point))
        h[i] = size
        gradient[i] = (function(point + h) - function(point - h)) / (2 * size)
    return gradient


def wrong_hard_coded_step(function, point, step):
    """Takes a small step of its own instead of the parameter."""
    eps = 1e-5
    return np.array([(function(point + eps * e) - function(point - eps * e)) / (2 * eps) for e in np.eye(len(point))])


def wrong_integer_point(function, point, step):
    """h has the type of the point: for a point of integers the step is cut off to 0."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros_like(point)
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def wrong_last_axis_missing(function, point, step):
    """range(len(point) - 1): the last axis keeps its 0."""
    gradient = np.zeros(len(point))
    for i in range(len(point) - 1):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def wrong_sum_of_slopes(function, point, step):
    """Adds the slopes of all axes up into one number."""
    gradient = 0.0
    for h in step * np.eye(len(point)):
        gradient += (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def wrong_half_step(function, point, step):
    """Takes 2 step for the division by 2 of the step: half a step to each side, over one step."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step / 2
        gradient[i] = (function(point + h) - function(point - h)) / step
    return gradient


def wrong_one_coordinate_only(function, point, step):
    """Gives the function the one moved coordinate instead of the moved point (an index error for many functions)."""
    return np.array([(function(np.array([c + step])) - function(np.array([c - step]))) / (2 * step) for c in point])


def wrong_second_difference(function, point, step):
    """Takes "ahead and behind" for the second difference, which is the curvature."""
    here = function(point)
    return np.array([(function(point + h) - 2 * here + function(point - h)) / step**2 for h in step * np.eye(len(point))])


def wrong_column(function, point, step):
    """keepdims in mind: returns a column (dims, 1) instead of (dims,)."""
    gradient = np.zeros((len(point), 1))
    for i, h in enumerate(step * np.eye(len(point))):
        gradient[i, 0] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient
