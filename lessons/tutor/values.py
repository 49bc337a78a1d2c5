"""Copies, comparisons and short descriptions of whatever an attempt takes or returns.

PyTorch is used where it is already loaded and is never imported here: an exercise about lists needs no torch.
"""

from __future__ import annotations

import copy
import inspect
import reprlib
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

LONGEST = 400  # characters of one value shown to the learner


def is_tensor(value: Any) -> bool:
    """Whether this is a torch.Tensor."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_number(value: Any) -> bool:
    """Whether this is one number: Python's, NumPy's, or an array or tensor without dimensions."""
    if isinstance(value, bool | int | float | complex | np.generic):
        return True
    return (is_tensor(value) or isinstance(value, np.ndarray)) and value.ndim == 0


def is_array(value: Any) -> bool:
    """Whether this is a NumPy array or a torch.Tensor."""
    return isinstance(value, np.ndarray) or is_tensor(value)


def as_array(value: Any) -> np.ndarray:
    """The numbers of a number, an array or a tensor as a NumPy array."""
    if not is_tensor(value):
        return np.asarray(value)
    value = value.detach().cpu()
    return np.asarray(value.float().numpy() if str(value.dtype) == "torch.bfloat16" else value.resolve_conj().numpy())


def duplicate(value: Any) -> Any:
    """A copy that shares nothing with the original; a tensor keeps its `requires_grad` but loses its history."""
    if is_tensor(value):
        return value.detach().clone().requires_grad_(value.requires_grad and value.is_floating_point())
    if type(value) in (list, tuple):
        return type(value)(duplicate(item) for item in value)
    if type(value) is dict:
        return {key: duplicate(item) for key, item in value.items()}
    try:
        return copy.deepcopy(value)
    except Exception:  # an iterator, a module, an open file: nothing here compares it by content
        return value


def identical(a: Any, b: Any) -> bool:
    """Whether two inputs are the same to the last bit (NaN equals NaN)."""
    if is_array(a) and is_array(b):
        a, b = as_array(a), as_array(b)
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if is_number(a) and is_number(b) and not isinstance(a, bool) and not isinstance(b, bool):
        return bool(a == b or (a != a and b != b))  # 1 and 1.0 are the same number
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(identical, a.values(), b.values()))
    return bool(a == b or (a != a and b != b))


def arrays(value: Any) -> Iterator[Any]:
    """The arrays and tensors inside a value, itself included."""
    if is_array(value):
        yield value
    elif isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from arrays(item)


def share_memory(a: Any, b: Any) -> bool:
    """Whether an array of the one is a view of the other's; a single number (0-d tensor) and lists are let pass."""
    return any(_same_memory(x, y) for x in arrays(a) for y in arrays(b))


def _same_memory(a: Any, b: Any) -> bool:
    if is_tensor(a) and is_tensor(b):
        return a.ndim > 0 and a.numel() > 0 and a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()
    return a.ndim > 0 and np.may_share_memory(as_array(a), as_array(b))


def size(value: Any) -> int:
    """How many numbers a value holds, to find the simplest of several inputs."""
    if is_array(value):
        return as_array(value).size
    if isinstance(value, list | tuple):
        return sum(map(size, value)) + 1
    return 1


def brief(value: Any, longest: int = LONGEST) -> str:
    """A short text for a value: the shape and the first numbers of an array; never raises."""
    try:
        text = _describe(value)
    except Exception:
        text = f"<{type(value).__name__} that cannot be shown>"
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _describe(value: Any) -> str:
    if (is_array(value) and value.ndim == 0) or isinstance(value, np.generic):
        return f"{kind_of(value)} {number(as_array(value).item())}"
    if is_array(value):
        numbers = as_array(value)
        tiny = numbers.dtype.kind == "f" and bool(((numbers != 0) & (np.abs(numbers) < 5e-5)).any())  # would be 0.0000
        with np.printoptions(
            precision=4, threshold=24, edgeitems=2, suppress=not tiny, floatmode="maxprec", sign="-", legacy=False
        ):
            return f"{kind_of(value)} of shape {tuple(value.shape)}\n{numbers}"
    if isinstance(value, float):
        return number(value)
    if inspect.isfunction(value) or inspect.isbuiltin(value):
        about = (inspect.getdoc(value) or "").partition("\n")[0] if inspect.isfunction(value) else ""
        return f"the function {value.__name__.strip('_')}" + (f": {about}" if about else "")
    if isinstance(value, list | tuple) and any(map(is_array, value)):
        return ",\n".join(map(_describe, value))
    shortener = reprlib.Repr()
    shortener.maxlist = shortener.maxtuple = shortener.maxdict = 12
    shortener.maxstring = shortener.maxother = 120
    return shortener.repr(value)


def number(value: Any) -> str:
    """One number with six significant digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def kind_of(value: Any) -> str:
    """The type of a value as a learner would say it, such as "torch.Tensor (int64)"."""
    if is_tensor(value):
        return f"torch.Tensor ({str(value.dtype).removeprefix('torch.')})"
    if isinstance(value, np.ndarray):
        return f"NumPy array ({value.dtype})"
    return type(value).__name__
