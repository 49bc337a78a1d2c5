"""`Array`: a NumPy array that remembers how it was computed. The engine of `Value`, one size up.

Where a `Value` keeps a number on each edge of its graph, an `Array` keeps a function, the vector-Jacobian product: it
turns the gradient in the result into the gradient in one parent. Broadcasting is undone in one place, in `backward`.

Sources: Baydin, Pearlmutter, Radul & Siskind, Automatic Differentiation in Machine Learning: a Survey, JMLR 2018,
section 3.2; Harris et al., Array programming with NumPy, Nature 2020 (broadcasting).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .values import topological_order

Numbers = NDArray[np.floating]
Operand = Union["Array", ArrayLike]
Axis = int | tuple[int, ...] | None


def unbroadcast(gradient: ArrayLike, shape: tuple[int, ...]) -> Numbers:
    """The gradient in an array of this shape that was broadcast: sums over every axis along which it was repeated.

    `unbroadcast(np.ones((4, 3)), (3,))` is [4, 4, 4]. Raises ValueError if the shape does not broadcast to that of the
    gradient.
    """
    gradient = np.asarray(gradient)
    if _broadcast(gradient.shape, shape) != gradient.shape:
        raise ValueError(f"An array of shape {shape!r:.40} does not broadcast to the gradient's {gradient.shape}.")
    new = gradient.ndim - len(shape)  # axes that broadcasting put in front
    repeated = tuple(new + axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=(*range(new), *repeated), keepdims=True).reshape(shape)


class Array:
    """Numbers of any shape, how they were computed, and (after `backward` of a later one) its derivatives in them.

    `parents` are the arrays it was computed from. `vjps` holds for each of them the function from the gradient in this
    array to the gradient in that parent. All operations broadcast as NumPy's do, with numbers and arrays on either
    side.
    """

    __slots__ = ("data", "grad", "label", "operation", "parents", "vjps")
    __array_ufunc__ = None  # so that NumPy leaves `ndarray * Array` to us

    def __init__(
        self,
        data: ArrayLike,
        label: str = "",
        *,
        operation: str = "",
        parents: tuple[Array, ...] = (),
        vjps: tuple[Callable[[Numbers], Numbers], ...] = (),
    ) -> None:
        """An input, if only data and label are given; whole numbers become float64. Raises TypeError for no numbers."""
        self.data = _numbers(data) if parents else _numbers(data).copy()  # an input is not changed from outside
        self.grad = np.zeros_like(self.data)
        self.label = label
        self.operation = operation
        self.parents = parents
        self.vjps = vjps

    def __repr__(self) -> str:
        name = f"{self.label}, " if self.label else ""
        return f"Array({name}shape {self.shape})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.data.shape

    def __len__(self) -> int:
        return len(self.data)

    # --- number by number, with broadcasting --------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Array:
        other = self._beside(other)
        return _of("+", self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __sub__(self, other: Operand) -> Array:
        other = self._beside(other)
        return _of("-", self.data - other.data, (self, lambda g: g), (other, lambda g: -g))

    def __mul__(self, other: Operand) -> Array:
        other = self._beside(other)
        return _of("*", self.data * other.data, (self, lambda g: g * other.data), (other, lambda g: g * self.data))

    def __truediv__(self, other: Operand) -> Array:
        """Raises ValueError where a number would be divided by 0."""
        other = self._beside(other)
        if (other.data == 0).any():
            raise ValueError("Division by zero: a number below the line is 0.")
        quotient = self.data / other.data
        return _of("/", quotient, (self, lambda g: g / other.data), (other, lambda g: -g * quotient / other.data))

    def __pow__(self, exponent: float) -> Array:
        """Each number to a fixed power. Raises ValueError where that is no finite number."""
        n = _exponent(exponent)
        with np.errstate(all="ignore"):
            power, slope = self.data**n, n * self.data ** (n - 1) if n else 0 * self.data
        if not np.isfinite(power[np.isfinite(self.data)]).all():
            raise ValueError(f"To the power {n:g} one of these numbers is not real, or too large.")
        return _of(f"**{n:g}", power, (self, lambda g: g * slope))

    def __neg__(self) -> Array:
        return _of("neg", -self.data, (self, lambda g: -g))

    def __radd__(self, other: ArrayLike) -> Array:
        return self._with(other) + self

    def __rsub__(self, other: ArrayLike) -> Array:
        return self._with(other) - self

    def __rmul__(self, other: ArrayLike) -> Array:
        return self._with(other) * self

    def __rtruediv__(self, other: ArrayLike) -> Array:
        return self._with(other) / self

    def relu(self) -> Array:
        """max(0, x). At 0 it has no derivative; like PyTorch, this takes 0."""
        return _of("relu", np.maximum(self.data, 0), (self, lambda g: g * (self.data > 0)))

    def tanh(self) -> Array:
        """The hyperbolic tangent."""
        t = np.tanh(self.data)
        return _of("tanh", t, (self, lambda g: g * (1 - t**2)))

    def sigmoid(self) -> Array:
        """1 / (1 + e⁻ˣ), computed without ever forming a huge number."""
        s = (1 + np.tanh(self.data / 2)) / 2
        return _of("sigmoid", s, (self, lambda g: g * s * (1 - s)))

    def exp(self) -> Array:
        """The exponential. Raises ValueError where it is too large for its type."""
        with np.errstate(over="ignore"):
            e = np.exp(self.data)
        if np.isinf(e[np.isfinite(self.data)]).any():
            raise ValueError(f"exp({self.data.max():g}) is too large for {e.dtype}.")
        return _of("exp", e, (self, lambda g: g * e))

    def log(self) -> Array:
        """The natural logarithm. Raises ValueError for 0 and below."""
        if (self.data <= 0).any():
            raise ValueError(f"log({self.data.min():g}) is not defined: a logarithm needs numbers above 0.")
        return _of("log", np.log(self.data), (self, lambda g: g / self.data))

    # --- across numbers -----------------------------------------------------------------------------------------------

    def __matmul__(self, other: Operand) -> Array:
        """(…, n, m) @ (…, m, k) -> (…, n, k). Raises ValueError for one axis, and for shapes that do not fit."""
        other = self._with(other)
        if min(self.data.ndim, other.data.ndim) < 2:
            raise ValueError(
                f"A product @ needs two or more axes on both sides; these are {self.shape} and {other.shape}."
            )
        if self.shape[-1] != other.shape[-2] or _broadcast(self.shape[:-2], other.shape[:-2]) is False:
            raise ValueError(f"Shapes {self.shape} and {other.shape} do not fit: (…, n, m) @ (…, m, k) is needed.")
        return _of(
            "@",
            self.data @ other.data,
            (self, lambda g: g @ np.swapaxes(other.data, -1, -2)),
            (other, lambda g: np.swapaxes(self.data, -1, -2) @ g),
        )

    def __rmatmul__(self, other: ArrayLike) -> Array:
        return self._with(other) @ self

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Array:
        """The sum along one axis, several or all. Its way back is a broadcast: every number gets the sum's gradient.

        Raises ValueError for an axis that is not there.
        """
        _check_axis(axis, self.data.ndim)
        total = self.data.sum(axis=axis, keepdims=True)

        def spread(g: Numbers) -> Numbers:
            return np.broadcast_to(g.reshape(total.shape), self.shape)

        return _of("sum", total if keepdims else np.squeeze(total, axis), (self, spread))

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Array:
        """The mean along one axis, several or all. Raises ValueError where there is nothing to average."""
        total = self.sum(axis, keepdims)
        if not self.data.size:
            raise ValueError(f"A mean of nothing: the shape is {self.shape}.")
        return total * (total.data.size / self.data.size)

    @property
    def T(self) -> Array:
        """Rows and columns swapped. Raises ValueError unless there are two axes."""
        if self.data.ndim != 2:
            raise ValueError(f"Only an array with two axes is transposed here; this has shape {self.shape}.")
        return _of("T", self.data.T, (self, lambda g: g.T))

    def reshape(self, *shape: int) -> Array:
        """The same numbers in another shape. Raises ValueError as NumPy does."""
        return _of("reshape", self.data.reshape(*shape), (self, lambda g: g.reshape(self.shape)))

    def __getitem__(self, index: Any) -> Array:
        """Some of the numbers; one that is taken twice collects from both places."""

        def put_back(g: Numbers) -> Numbers:
            all_of_it = np.zeros_like(self.data)
            np.add.at(all_of_it, index, g)
            return all_of_it

        return _of("[]", self.data[index], (self, put_back))

    # --- the way back -------------------------------------------------------------------------------------------------

    def backward(self) -> None:
        """Add to `grad` of every input the derivative of this one number in it. Raises ValueError for more than one.

        Inputs accumulate over several calls, as in PyTorch; arrays in between start from 0 each time.
        """
        if self.data.size != 1:
            raise ValueError(f"backward starts from one number, a loss; this has shape {self.shape}.")
        order = topological_order(self)
        for array in order:
            if array.parents:
                array.grad = np.zeros_like(array.data)
        self.grad += 1.0
        for array in reversed(order):
            for parent, vjp in zip(array.parents, array.vjps, strict=True):
                parent.grad += unbroadcast(vjp(array.grad), parent.shape)

    def _beside(self, other: Operand) -> Array:
        """The other operand as an Array. Raises ValueError if the shapes do not broadcast."""
        other = self._with(other)
        if _broadcast(self.shape, other.shape) is False:
            raise ValueError(f"Shapes {self.shape} and {other.shape} do not broadcast.")
        return other

    def _with(self, other: Operand) -> Array:
        """The other operand as an Array; a plain Python number takes this one's type."""
        if isinstance(other, Array):
            return other
        return Array(np.asarray(other, self.data.dtype) if isinstance(other, int | float) else other)


def _of(operation: str, data: Numbers, *edges: tuple[Array, Callable[[Numbers], Numbers]]) -> Array:
    """A computed array, from pairs of a parent and the way back to it."""
    parents, vjps = zip(*edges, strict=True)
    return Array(data, operation=operation, parents=parents, vjps=vjps)


def _broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...] | Literal[False]:
    """The shape that these broadcast to, or False."""
    try:
        return np.broadcast_shapes(*shapes)
    except (ValueError, TypeError):
        return False


def _check_axis(axis: Any, n_axes: int) -> None:
    for one in axis if isinstance(axis, tuple) else (axis,):
        whole = isinstance(one, int | np.integer) and not isinstance(one, bool)
        if one is not None and not (whole and -n_axes <= one < n_axes):
            raise ValueError(f"An array with {n_axes} axes has no axis {one!r:.40}.")


def _numbers(data: ArrayLike) -> Numbers:
    try:
        numbers = np.asarray(data)
    except ValueError:  # rows of different lengths
        numbers = np.asarray("")
    if numbers.dtype.kind not in "fiub":
        raise TypeError(f"An Array is made of numbers and other Arrays, not of {data!r:.40} ({type(data).__name__}).")
    return numbers if numbers.dtype.kind == "f" else numbers.astype(float)


def _exponent(exponent: Any) -> float:
    if isinstance(exponent, bool) or not isinstance(exponent, int | float | np.integer | np.floating):
        raise TypeError(f"The exponent must be a number, not {exponent!r:.40} ({type(exponent).__name__}).")
    return float(exponent)
