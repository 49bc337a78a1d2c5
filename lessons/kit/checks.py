"""Checks at the door of public functions: sizes, numbers, token ids, labels, vectors. Each raises with a sentence."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor  # linear_models does without torch

LARGEST = 2**31 - 1  # no axis of a tensor of this course is longer


def whole(least: int | None = 1, /, **named: Any) -> None:
    """Raises ValueError unless each is a whole number, `least` or more (None: any); True and False are none."""
    for name, value in named.items():
        try:
            number = None if isinstance(value, bool) else operator.index(value)
        except TypeError:
            number = None
        if number is None or (least is not None and number < least):
            wanted = "" if least is None else f", {least} or more"
            raise ValueError(f"{name} must be a whole number{wanted}; it is {value!r:.60}.")


def sizes(**named: Any) -> None:
    """Raises ValueError unless each is a whole number from 1 to LARGEST: the length of a tensor's axis."""
    whole(1, **named)
    for name, value in named.items():
        if value > LARGEST:
            raise ValueError(f"{name} is {value:,}; no tensor with more than {LARGEST:,} fits here.")


def not_negative(**named: Any) -> None:
    """Raises ValueError unless each is a finite number, 0 or more."""
    for name, value in named.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be a number, 0 or more; it is {value!r}.")


def positive(**named: Any) -> None:
    """Raises ValueError unless each is a finite number above 0."""
    for name, value in named.items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be a number above 0; it is {value!r}.")


def shares(**named: Any) -> None:
    """Raises ValueError unless each is a number from 0 to 1."""
    for name, value in named.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be a share, from 0 to 1; it is {value!r}.")


def token_ids(name: str, values: Tensor, vocab_size: int, *axes: str) -> None:
    """Raises ValueError unless these are whole numbers from 0 to vocab_size − 1 with these axes, one or more."""
    wanted = f"({', '.join(axes)}{',' * (len(axes) == 1)})"
    if values.ndim != len(axes) or values.numel() == 0 or not is_whole(values):
        raise ValueError(f"{name} must be whole numbers {wanted}, one or more; these are {described(values)}.")
    low, high = values.aminmax()
    if low < 0 or high >= vocab_size:
        raise ValueError(f"{name} must go from 0 to {vocab_size - 1:,}; these go from {low} to {high}.")


def labels(logits: Tensor, values: Tensor, ignored: int = -100) -> None:
    """Raises ValueError unless there is a class, or `ignored`, for each of the logits (..., classes), one or more."""
    if (
        logits.ndim < 2
        or values.shape != logits.shape[:-1]
        or values.numel() == 0
        or str(values.dtype) != "torch.int64"
    ):
        raise ValueError(
            f"For logits {tuple(logits.shape)} the labels must be int64 numbers {tuple(logits.shape[:-1])}, one or "
            f"more; these are {described(values)}."
        )
    low, high = values.aminmax()
    if high >= logits.shape[-1] or (low < 0 and not ((values >= 0) | (values == ignored)).all()):
        raise ValueError(f"Labels must go from 0 to {logits.shape[-1] - 1}; these go from {low} to {high}.")


def vectors(name: str, values: Tensor, dim: int, n_axes: int | None = None) -> None:
    """Raises ValueError unless these are floating-point numbers (..., dim), with so many axes if that is given."""
    if not values.is_floating_point() or values.shape[-1:] != (dim,) or (n_axes and values.ndim != n_axes):
        axes = f" with {n_axes} axes" if n_axes else ""
        raise ValueError(f"{name} must be floating-point numbers (..., {dim}){axes}; these are {described(values)}.")


def is_whole(values: Tensor) -> bool:
    """Whether a tensor holds whole numbers by its type."""
    return not (values.is_floating_point() or values.is_complex() or str(values.dtype) == "torch.bool")


def described(values: Tensor) -> str:
    """Shape and type, for a message."""
    return f"{tuple(values.shape)} of {values.dtype}"
