"""Where a result first departs from the expected one, and a sentence that says how."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import numpy as np

from .values import as_array, brief, identical, is_array, is_number, is_tensor, kind_of, number

KINDS = {"b": "booleans", "i": "integers", "u": "integers", "f": "floating-point numbers", "c": "complex numbers"}


@dataclass(frozen=True)
class Difference:
    """One departure from the expected result: a sentence, and what is shown below it: texts, then labelled values.

    Most differences are only counted and never shown, so values are put into words, and guesses made, when asked for.
    `stray_axis`: nothing but axes of size 1 seems to be wrong.
    """

    sentence: str
    texts: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, Any], ...] = ()
    stray_axis: bool = False
    guess: str = ""
    numbers: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Labelled details such as ("expected", "0.5")."""
        return self.texts + tuple((label, brief(value)) for label, value in self.values)

    @property
    def advice(self) -> str:
        """A guess at the cause. It may be an accident of one input: it is told where every failing one suggests it."""
        return self.guess or (_clue(*self.numbers) if self.numbers else "")


def difference(expected: Any, got: Any, name: str = "your result") -> Difference | None:
    """The first difference between two results, or None if they agree.

    Numbers agree to a relative 1e-6 in float64 and 1e-4 in float32: two correct implementations round differently.
    The same numbers in another dress agree, too: a list, a tuple, a NumPy array or a tensor, whole or floating-point.
    """
    if got is None and expected is not None:
        return Difference(_nothing(name))
    if isinstance(got, EllipsisType):
        return Difference(f"There is still a `...` in place of {name}.")
    if isinstance(expected, list | tuple):
        return _sequence(expected, got, name)
    if isinstance(expected, dict):
        return _mapping(expected, got, name)
    if isinstance(expected, bool | np.bool_) and is_number(got):
        return None if as_array(got) == expected else _values(name, expected, got)
    if is_number(expected) or is_array(expected):
        return _numbers(expected, got, name)
    return None if isinstance(got, type(expected)) and got == expected else _values(name, expected, got)


def digits_compared(value: Any) -> set[int]:
    """To how many digits `difference` compares the floating-point numbers in a result; empty where there are none."""
    if isinstance(value, list | tuple | dict):
        items = value.values() if isinstance(value, dict) else value
        return set().union(*map(digits_compared, items))
    if not (is_number(value) or is_array(value)) or as_array(value).dtype.kind != "f":
        return set()
    return {4 if as_array(value).dtype in (np.float32, np.float16) else 6}


def dress(expected: Any, got: Any) -> str:
    """What a right result is, where it is not of the expected type; empty where it is."""
    for want, have in ((expected, got), *(zip(expected, got, strict=False) if _both_rows(expected, got) else ())):
        if is_array(want) and want.ndim and not (is_array(have) and is_tensor(have) == is_tensor(want)):
            return f"It is {_a(kind_of(have))} here, where the course goes on with {_a(kind_of(want))}."
        if isinstance(want, list | tuple) and is_array(have):
            return f"It is {_a(kind_of(have))} here, where the course goes on with a {type(want).__name__}."
        if is_array(want) and is_array(have) and as_array(want).dtype.kind in "iu" and as_array(have).dtype.kind == "f":
            return "Its whole numbers are held as floating-point ones here; an index or an id has to be an integer."
    return ""


def _both_rows(expected: Any, got: Any) -> bool:
    return isinstance(expected, list | tuple) and isinstance(got, list | tuple)


def _nothing(name: str) -> str:
    if name == "your result":
        return "Your function returns nothing (None): is a `return` missing?"
    return f"{name[0].upper()}{name[1:]} is None."


def _values(name: str, expected: Any, got: Any) -> Difference:
    return Difference(f"{_capital(name)} is not what it should be.", values=_pair(name, expected, got))


def _pair(name: str, expected: Any, got: Any) -> tuple[tuple[str, Any], ...]:
    return ((_expected(name), expected), (name, got))


def _expected(name: str) -> str:
    """The label beside "your second result": "expected second result"."""
    return "expected" if name == "your result" else name.replace("your ", "expected ", 1)


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _sequence(expected: list | tuple, got: Any, name: str) -> Difference | None:
    """Lists and tuples, item by item; a list may stand for a tuple, and so may the rows of an array."""
    if isinstance(got, range | deque) or (is_array(got) and got.ndim):
        got = list(got)
    if not isinstance(got, list | tuple):
        wanted = f"{len(expected)} values" if isinstance(expected, tuple) else "a list"
        return Difference(
            f"{_capital(name)} should be {wanted}, and is {_a(kind_of(got))}.", values=_pair(name, expected, got)
        )
    if len(got) != len(expected):
        many = f"{len(expected)} value{'s' if len(expected) != 1 else ''}"
        sentence = f"{_capital(name)} should hold {many}, and holds {len(got)}."
        return Difference(sentence, values=_pair(name, expected, got))
    ordinal = ("first", "second", "third", "fourth", "fifth")
    for index, (want, have) in enumerate(zip(expected, got, strict=True)):
        short = isinstance(expected, tuple) and index < len(ordinal) and name == "your result"
        found = difference(want, have, f"your {ordinal[index]} result" if short else f"{name}[{index}]")
        if found:
            return found
    return None


def _mapping(expected: dict, got: Any, name: str) -> Difference | None:
    if not isinstance(got, dict):
        sentence = f"{_capital(name)} should be a dictionary, and is {_a(kind_of(got))}."
        return Difference(sentence, values=_pair(name, expected, got))
    for label, missing in (("lacks", expected.keys() - got.keys()), ("has a surplus", got.keys() - expected.keys())):
        if missing:
            key = min(missing, key=repr)
            pair = _pair(f"{name}'s keys", sorted(expected, key=repr), list(got))
            return Difference(f"{_capital(name)} {label} key {key!r}.", values=pair)
    return next(filter(None, (difference(want, got[key], f"{name}[{key!r}]") for key, want in expected.items())), None)


def _numbers(expected: Any, got: Any, name: str) -> Difference | None:
    """Numbers, arrays and tensors: type, then shape, then kind of number, then the numbers."""
    want, have = as_array(expected), _stacked(got) if isinstance(got, list | tuple) else got
    if not (is_number(have) or is_array(have)) or (isinstance(got, list | tuple) and not want.ndim):
        return Difference(_wrong_type(expected, got, name), values=_pair(name, expected, got))
    have = as_array(have)
    if want.dtype.kind not in KINDS:  # a whole number of more than 64 bits, for one
        return None if identical(expected, got) else _values(name, expected, got)
    if want.shape != have.shape:
        return _shapes(want, have, expected, got, name)
    if have.dtype.kind not in KINDS or (want.ndim and _kind(want) != _kind(have)):
        return _kinds(want, have, name)
    return _elements(want, have, expected, got, name)


def _stacked(rows: list | tuple) -> np.ndarray | None:
    """Nested lists of numbers as an array, or None where they are no such thing."""
    try:
        found = np.array([_stacked(row) if isinstance(row, list | tuple) else as_array(row) for row in rows])
    except (ValueError, TypeError, RuntimeError):  # rows of several lengths, texts, objects
        return None
    return found if found.dtype.kind in KINDS else None


def _kind(array: np.ndarray) -> str:
    """Booleans are told from numbers, for `~` and masks need them; whole numbers and fractions are not."""
    return array.dtype.kind if array.dtype.kind in "bc" else "number"


def _wrong_type(expected: Any, got: Any, name: str) -> str:
    wanted = "a number" if is_number(expected) else f"a {'torch.Tensor' if is_tensor(expected) else 'NumPy array'}"
    return f"{_capital(name)} should be {wanted}, and is {_a(kind_of(got))}."


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0].lower() in "aeio" else f"a {noun}"


def _shapes(want: np.ndarray, have: np.ndarray, expected: Any, got: Any, name: str) -> Difference:
    sentence = f"{_capital(name)} has the shape {have.shape}; it should be {want.shape}."
    advice = ""
    if not want.ndim:
        sentence = f"{_capital(name)} has the shape {have.shape}, and one number is due."
        advice = "Is a mean or a sum missing?" if have.size > 1 else "Take the number out of it: `.item()` or `[0]`."
    elif have.ndim > 1 and have.shape[::-1] == want.shape:
        advice = "It looks transposed."
    elif have.ndim != want.ndim and have.squeeze().shape == want.squeeze().shape:
        keep = "keepdim" if is_tensor(expected) else "keepdims"
        advice = f"Only axes of size 1 differ: look at `{keep}`, `squeeze` and `[:, None]`."
        return Difference(sentence, values=_pair(name, expected, got), stray_axis=True, guess=advice)
    return Difference(sentence, values=_pair(name, expected, got), guess=advice)


def _kinds(want: np.ndarray, have: np.ndarray, name: str) -> Difference:
    wanted, given = KINDS[want.dtype.kind], KINDS.get(have.dtype.kind, "objects")
    sentence = f"{_capital(name)} holds {given} ({have.dtype}) where {wanted} ({want.dtype}) are due."
    return Difference(sentence, (("expected type", str(want.dtype)), ("your type", str(have.dtype))))


def _elements(want: np.ndarray, have: np.ndarray, expected: Any, got: Any, name: str) -> Difference | None:
    """The first element, in reading order, that is off by more than rounding."""
    single = "float32" in (str(want.dtype), str(have.dtype)) or "float16" in (str(want.dtype), str(have.dtype))
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if single else {"rtol": 1e-6, "atol": 1e-9}
    with np.errstate(all="ignore"):
        wrong = ~np.isclose(have, want, equal_nan=True, **tolerance)
    if not wrong.any():
        return None
    if not want.ndim:
        sentence = f"{_capital(name)} is {_how_off(want, have)}."
        return Difference(sentence, values=_pair(name, expected, got), numbers=(want, have))
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = f"{name}[{', '.join(map(str, index))}]"
    texts = (
        (f"expected {_at(index)}", number(want[index].item())),
        (f"yours {_at(index)}", number(have[index].item())),
    )
    sentence = f"{_capital(where)} is {_how_off(want[index], have[index])}"
    sentence += f"; {int(wrong.sum())} of {wrong.size} elements differ." if wrong.size > 1 else "."
    return Difference(sentence, texts, _pair(name, expected, got), numbers=(want, have))


def _at(index: tuple[int, ...]) -> str:
    return f"at [{', '.join(map(str, index))}]"


def _how_off(want: Any, have: Any) -> str:
    if want.dtype.kind == "b":
        return f"{bool(have)} where {bool(want)} is due"
    if np.isnan(have):
        return "NaN (not a number)"
    if np.isinf(have):
        return "infinite"
    direction = "too small" if not np.isnan(want) and have < want else "too large"
    off = abs(complex(have) - complex(want))
    if 0 < off < 1e-5 * abs(complex(want)):  # both look alike when printed
        return f"{direction}, but only by {off:.0e}: something in it approximates"
    return direction


def _clue(want: np.ndarray, have: np.ndarray) -> str:
    """What may have happened to right numbers, where all of them look alike."""
    rounded = want.dtype.kind == "f" and any(np.array_equal(np.round(want, places), have) for places in range(1, 7))
    return "It looks rounded: give every number as it is." if rounded else _ratio(want, have)


def _ratio(want: np.ndarray, have: np.ndarray) -> str:
    """A clue that fits many slips: every number is the same multiple of what it should be, zeros included."""
    if want.dtype.kind != "f" or not np.isfinite(have).all() or not np.isfinite(want).all():
        return ""
    nonzero = want != 0
    with np.errstate(all="ignore"):
        ratios = (have[nonzero] / want[nonzero]).astype(float)
    elsewhere = bool((have[~nonzero] != 0).any())  # then something else is wrong
    if elsewhere or not ratios.size or not np.allclose(ratios, ratios[0], rtol=1e-4):
        return ""
    told = min(abs(ratios[0]), abs(ratios[0] - 1)) > 1e-3
    return f"Every number is {ratios[0]:.4g} times what it should be." if told else ""
