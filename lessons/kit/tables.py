"""Aligned tables as plain text, which a notebook's stored output can be compared with."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wcwidth import wcswidth

from lessons.kit import checks

Row = Mapping[str, Any]
Format = str | Callable[[Any], str]
Columns = Sequence[str] | Mapping[str, str]
MISSING = "–"
RULE = 100  # columns at most of the line below the headers


def table(
    rows: Iterable[Row] | Mapping[str, Iterable[Any]],
    columns: Columns | None = None,
    formats: Mapping[str, Format] | str | None = None,
    longest: int = 100,
) -> None:
    """Print rows (or columns, `{"step": steps, "loss": losses}`) as `text` writes them; errors as there."""
    print(text(rows, columns, formats, longest))


def text(
    rows: Iterable[Row] | Mapping[str, Iterable[Any]],
    columns: Columns | None = None,
    formats: Mapping[str, Format] | str | None = None,
    longest: int = 100,
) -> str:
    """Rows below their headers: numbers to the right, words to the left, a dash for None, NaN and what is not there.

    `columns` chooses them and their order, a dict also their headers: `{"n": "examples"}`. `formats` says how a column
    is written, `{"accuracy": ".1%"}` or a function, or as one string how all fractions are. A tuple (mean, half width)
    is written with ±, a list side by side. Words longer than `longest` are cut. Raises ValueError for an unknown
    column, a format that does not fit, columns of different lengths or `longest` below 1; TypeError for no table.
    """
    checks.whole(longest=longest)
    if not isinstance(formats, str | Mapping | None):
        raise TypeError(f"formats is a dict from column to format, or one string; it is {formats!r:.60}.")
    rows = _as_rows(rows)
    headers = _headers(rows, columns)
    if not headers:
        return "(nothing)"
    height = 1 + max(header.count("\n") for header in headers.values())
    fractions = formats if isinstance(formats, str) else ""
    given = formats if isinstance(formats, Mapping) else {}
    for name in given:
        _known(name, headers)
    blocks = []
    for name, header in headers.items():
        values = [row.get(name) for row in rows]
        stacked = "\n" * (height - 1 - header.count("\n")) + header  # all headers end in the same line
        blocks.append(_block(stacked, values, given.get(name, _usual(values, fractions)), longest))
    lines = ["  ".join(cells).rstrip() for cells in zip(*blocks, strict=True)]
    rule = "─" * min(RULE, 2 * len(blocks) - 2 + sum(wcswidth(block[0]) for block in blocks))
    return "\n".join([*lines[:height], rule, *lines[height:]])


def _as_rows(given: Any) -> list[Row]:
    if isinstance(given, Mapping):
        columns = {name: _listed(name, values) for name, values in given.items()}
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"The columns have different lengths: {lengths}.")
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    rows = _listed("rows", given)
    for row in rows:
        if not isinstance(row, Mapping):
            raise TypeError(f"A row is a dict from column to value, not {type(row).__name__}: {row!r:.60}.")
    return rows


def _listed(name: str, values: Any) -> list[Any]:
    if hasattr(values, "tolist"):  # arrays and tensors: plain numbers
        values = values.tolist()
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"“{name}” must be a list, not {type(values).__name__}: {values!r:.60}.")
    return list(values)


def _headers(rows: Sequence[Row], columns: Columns | None) -> dict[str, str]:
    """The header of each column: its name, with spaces for underscores, if `columns` gives no other."""
    names = dict.fromkeys(name for row in rows for name in row)
    if isinstance(columns, str):
        raise TypeError(f"Give a list of columns, not one string: [{columns!r}].")
    chosen: Mapping[str, str] = columns if isinstance(columns, Mapping) else dict.fromkeys(columns or names, "")
    for name in chosen if rows else ():
        _known(name, names)
    return {name: header or str(name).replace("_", " ") for name, header in chosen.items()}


def _known(name: str, names: Iterable[str]) -> None:
    if name not in names:
        raise ValueError(f"There is no column “{name}”; there are: {', '.join(map(str, names)) or 'none'}.")


# --- one column -------------------------------------------------------------------------------------------------------


def _block(header: str, values: Sequence[Any], form: Format, longest: int) -> list[str]:
    """A column's lines, equally wide: those of its header, then one for each value."""
    to_the_right = all(_numeric(value) for value in values) and any(value is not None for value in values)
    cells = [_short(_written(value, form, header), longest) for value in values]
    lines = header.split("\n") + cells
    width = max(map(wcswidth, lines))
    pads = [" " * (width - wcswidth(line)) for line in lines]
    return [pad + line if to_the_right else line + pad for line, pad in zip(lines, pads, strict=True)]


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _numeric(value: Any) -> bool:
    """Whether a value stands on the right: a number, several of them, or nothing."""
    if isinstance(value, list | tuple):
        return all(map(_numeric, value))
    return value is None or _is_number(_plain(value))


def _plain(value: Any) -> Any:
    """The Python number in an array or tensor of one element; anything else as it is."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def _usual(values: Iterable[Any], fractions: str) -> str:
    """The format of a column that none is given for: thousands apart; three decimals, or powers of ten.

    `fractions` is the format of columns that do not only hold whole numbers, "" for this one.
    """
    flat = [_plain(part) for value in values for part in (value if isinstance(value, list | tuple) else [value])]
    floats = [abs(float(part)) for part in flat if _is_number(part) and not isinstance(part, numbers.Integral)]
    sizes = [size for size in floats if size and math.isfinite(size)]
    if floats and fractions:
        return fractions
    if sizes and (min(sizes) < 1e-3 or max(sizes) >= 1e6):
        return ".2e"
    return ",.3f" if floats else ","


def _written(value: Any, form: Format, header: str) -> str:
    value = _plain(value)
    if value is None or (_is_number(value) and math.isnan(value)):
        return MISSING
    if callable(form):
        return str(form(value))
    if isinstance(value, tuple) and len(value) == 2 and _numeric(value):
        return f"{_written(value[0], form, header)} ± {_written(value[1], form.replace('+', ''), header)}"
    if isinstance(value, list | tuple):
        return "  ".join(_written(part, form, header) for part in value)
    if not _is_number(value):
        return str(value)
    try:
        return format(value, form)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{value!r} in column “{header.strip()}” cannot be written as {form!r}: {error}.") from error


def _short(words: str, longest: int) -> str:
    """One line without characters that have no width of their own, such as tabs; cut where it is too long."""
    words = "".join(c if wcswidth(c) >= 0 else " " for c in words)
    if wcswidth(words) <= longest:
        return words
    end = next(end for end in range(len(words) - 1, -1, -1) if wcswidth(words[:end]) < longest)
    return words[:end] + "…"
