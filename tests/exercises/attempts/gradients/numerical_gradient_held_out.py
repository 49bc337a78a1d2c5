from collections.abc import Callable
import functools

import numpy as np


def right_loop_b(function: Callable, point: np.ndarray, step: float) -> np.ndarray:
    """Beginner's loop: a fresh vector h for every axis."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        ahead = function(point + h)
        behind = function(point - h)
        gradient[i] = (ahead - behind) / (2 * step)
    return gradient


def right_eye_b(function, point, step):
    """Comprehension over the rows of a scaled unit matrix."""
    return np.array(
        [(function(point + h) - function(point - h)) / (2 * step) for h in step * np.eye(len(point))],
        dtype=float,
    )


def right_copy_b(function, point, step):
    """Two float copies per axis, changed at one place."""
    grads = []
    for i in range(point.shape[0]):
        plus = point.astype(np.float64)
        minus = point.astype(np.float64)
        plus[i] = plus[i] + step
        minus[i] = minus[i] - step
        grads.append((function(plus) - function(minus)) / (2.0 * step))
    return np.asarray(grads, dtype=np.float64)


def right_tables_b(function, point, step):
    """Vectorised: all points by broadcasting, then one difference of two arrays."""
    n = point.shape[0]
    shifts = np.eye(n) * step
    ahead = np.array([function(p) for p in point[None, :] + shifts], dtype=float)
    behind = np.array([function(p) for p in point[None, :] - shifts], dtype=float)
    return (ahead - behind) / step / 2


def right_where_b(function, point, step):
    """A while loop with np.where choosing the shifted axis."""
    axes = np.arange(len(point))
    result = np.empty(len(point))
    i = 0
    while i < len(point):
        up = np.where(axes == i, point + float(step), point)
        down = np.where(axes == i, point - float(step), point)
        result[i] = 0.5 * (function(up) - function(down)) / step
        i += 1
    return result


def right_restore_b(function, point, step):
    """One working copy in float, the old value put back after each axis."""
    work = np.array(point, dtype=float)
    out = np.zeros(work.shape)
    for i, old in enumerate(work.tolist()):
        work[i] = old + step
        a = float(function(work.copy()))
        work[i] = old - step
        b = float(function(work.copy()))
        work[i] = old
        out[i] = (a - b) / (2 * step)
    return out


def _along(function, point, step, axis):
    h = np.zeros(point.shape)
    h[axis] = step
    return function(point + h) / (2 * step) - function(point - h) / (2 * step)


def right_map_b(function, point, step):
    """Functional style: a helper for one axis, partial and np.fromiter."""
    one = functools.partial(_along, function, point, step)
    return np.fromiter(map(one, range(len(point))), dtype=float, count=len(point))


def wrong_forward_b(function, point, step):
    """Looks only ahead: the forward difference."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point)) / step
    return gradient


def wrong_one_step_b(function, point, step):
    """Divides by step and not by 2 step."""
    return np.array([(function(point + h) - function(point - h)) / step for h in np.eye(len(point)) * step])


def wrong_precedence_b(function, point, step):
    """Writes / 2 * step without brackets."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / 2 * step
    return gradient


def wrong_all_axes_b(function, point, step):
    """Shifts all axes at once for every axis."""
    gradient = []
    for i in range(len(point)):
        gradient.append((function(point + step) - function(point - step)) / (2 * step))
    return np.array(gradient)


def wrong_int_copy_b(function, point, step):
    """Copies without a cast: with whole numbers the step is cut off."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        plus = point.copy()
        minus = point.copy()
        plus[i] += step
        minus[i] -= step
        gradient[i] = (function(plus) - function(minus)) / (2 * step)
    return gradient


def wrong_in_place_restored_b(function, point, step):
    """Works in point itself and puts the value back: with whole numbers the step is cut off."""
    grad = np.zeros(point.shape)
    for i in range(point.size):
        old = point[i]
        point[i] = old + step
        f_plus = function(point)
        point[i] = old - step
        f_minus = function(point)
        point[i] = old
        grad[i] = (f_plus - f_minus) / (2 * step)
    return grad


def wrong_not_restored_b(function, point, step):
    """Changes point in place and never puts it back."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        point[i] += step
        ahead = function(point)
        point[i] -= 2 * step
        behind = function(point)
        gradient[i] = (ahead - behind) / (2 * step)
    return gradient


def wrong_h_not_reset_b(function, point, step):
    """h is made once, before the loop, and never reset to 0."""
    h = np.zeros(len(point))
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def wrong_zeros_like_b(function, point, step):
    """The result is zeros_like(point): whole numbers when point holds whole numbers."""
    gradient = np.zeros_like(point)
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / (2 * step)
    return gradient


def wrong_alias_b(function, point, step):
    """plus and minus are the same array, as = makes no copy."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        plus = point
        minus = point
        plus[i] = plus[i] + step
        minus[i] = minus[i] - step
        gradient[i] = (function(plus) - function(minus)) / (2 * step)
    return gradient


def wrong_return_in_loop_b(function, point, step):
    """The return stands inside the loop: only the first axis is filled."""
    gradient = np.zeros(len(point))
    for i in range(len(point)):
        h = np.zeros(len(point))
        h[i] = step
        gradient[i] = (function(point + h) - function(point - h)) / (2 * step)
        return gradient
    return gradient


def wrong_small_step_b(function, point, step):
    """Thinks a smaller step is always better and caps it at 1e-5."""
    step = min(step, 1e-5)
    shifts = np.eye(len(point)) * step
    return np.array([(function(point + h) - function(point - h)) / (2 * step) for h in shifts])
