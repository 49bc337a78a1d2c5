"""Derivatives of functions of vectors, in NumPy: by differences, forwards and in reverse through layers.

Sources: Nocedal & Wright, Numerical Optimization, 2nd ed. 2006, section 8.1; Baydin, Pearlmutter, Radul & Siskind,
Automatic Differentiation in Machine Learning: a Survey, JMLR 2018, section 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lessons.kit import checks

Array = NDArray[np.floating]

# --- gradients by differences -----------------------------------------------------------------------------------------


def numerical_gradient(function: Callable[[Array], float], point: ArrayLike, step: float | None = None) -> Array:
    """(f(x + h) − f(x − h)) / 2h along each axis, (dims,); its error shrinks like h² until rounding takes over.

    The default step is the cube root of eps, of the point's own type (Nocedal & Wright, Numerical Optimization, 2nd
    ed. 2006, section 8.1). Raises ValueError for a point that is not a list of numbers, and for a step that is not
    above 0 or that gets lost beside the point's numbers.
    """
    x, h = _point_and_step(point, step)
    return np.array([(function(x + row) - function(x - row)) / (2 * h) for row in h * np.eye(len(x), dtype=x.dtype)])


def _point_and_step(point: ArrayLike, step: float | None) -> tuple[Array, np.floating]:
    if step is not None and not 0 < step < math.inf:
        raise ValueError(f"The step must be above 0, not {step}.")
    x = np.asarray(point)
    if x.ndim != 1 or x.dtype.kind not in "fiu" or not np.isfinite(x).all():
        raise ValueError(f"The point must be a list of finite numbers, (dims,); this has shape {x.shape}, {x.dtype}.")
    x = x if x.dtype.kind == "f" else x.astype(float)
    h = x.dtype.type(np.finfo(x.dtype).eps ** (1 / 3) if step is None else step)
    if not h > 0:  # in half precision a tiny one becomes 0
        raise ValueError(f"The step must be above 0, not {step}.")
    if lost := [number for number in x if number + h == number or number - h == number]:
        apart = np.spacing(np.abs(lost[0]))
        raise ValueError(
            f"The step {h:.2g} gets lost beside {lost[0]:g}, where floating-point numbers are {apart:.2g} apart: "
            "give a larger one."
        )
    return x, h


# --- forwards and backwards through layers ----------------------------------------------------------------------------


def forward_mode(weights: Sequence[Array], inputs: Array, direction: Array) -> tuple[Array, Array]:
    """Layers h ← tanh(W h): the output (outputs,), and how it changes along a direction of the inputs, (outputs,).

    The second is J @ direction, a Jacobian-vector product, computed without J (Baydin et al. section 3.1). Raises
    ValueError for shapes that do not fit.
    """
    _check_layers(weights, inputs)
    if np.shape(direction) != np.shape(inputs):
        raise ValueError(f"A direction of the inputs is {np.shape(inputs)}, not {np.shape(direction)}.")
    hidden, change = inputs, direction
    for matrix in weights:
        hidden = np.tanh(matrix @ hidden)
        change = (1 - hidden**2) * (matrix @ change)
    return hidden, change


def reverse_mode(weights: Sequence[Array], inputs: Array, sensitivity: Array) -> tuple[Array, Array]:
    """The same layers: the output (outputs,), and the gradient of sensitivity · output in the inputs, (inputs,).

    The second is sensitivity @ J, a vector-Jacobian product: it needs the hidden values of the way forward. Raises
    ValueError for shapes that do not fit.
    """
    _check_layers(weights, inputs)
    if np.shape(sensitivity) != weights[-1].shape[:1]:
        raise ValueError(f"A sensitivity for each output is {weights[-1].shape[:1]}, not {np.shape(sensitivity)}.")
    hidden = [inputs]
    for matrix in weights:
        hidden.append(np.tanh(matrix @ hidden[-1]))
    for matrix, output in zip(reversed(weights), reversed(hidden), strict=False):
        sensitivity = (sensitivity * (1 - output**2)) @ matrix
    return hidden[-1], sensitivity


def _check_layers(weights: Sequence[Array], inputs: Array) -> None:
    """Matrices (to, from) one after the other; the first one takes the inputs (from,)."""
    if isinstance(weights, str) or not len(weights) or any(np.ndim(matrix) != 2 for matrix in weights):
        raise ValueError("weights must be a list of matrices (to, from), one for each layer.")
    arriving = [np.shape(inputs), *(matrix.shape[:1] for matrix in weights[:-1])]
    for layer, (matrix, shape) in enumerate(zip(weights, arriving, strict=True)):
        if shape != matrix.shape[1:]:
            raise ValueError(f"Layer {layer} takes {matrix.shape[1:]} numbers, and {shape} arrive.")


def multiplications(sizes: Sequence[int]) -> tuple[int, int]:
    """(forward, reverse): products of weights needed for all derivatives of a network with these layer sizes.

    A pass goes once through every weight. Forward mode needs one for each input, reverse mode one for each output.
    Raises ValueError for fewer than two sizes, or one below 1.
    """
    if len(sizes) < 2:
        raise ValueError(f"A network has inputs and at least one layer; these sizes are {sizes}.")
    checks.whole(**{f"sizes[{place}]": size for place, size in enumerate(sizes)})
    weights = sum(before * after for before, after in pairwise(sizes))
    return sizes[0] * weights, sizes[-1] * weights
