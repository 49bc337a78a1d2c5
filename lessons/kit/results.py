"""Results of the longer runs: small JSON files that the scripts in `benchmarks/` write and the notebooks read."""

from __future__ import annotations

import json
import math
import os
import platform
from importlib.metadata import version
from numbers import Real
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from lessons.course.files import write_whole
from lessons.course.places import ROOT, part

FOLDER = ROOT / "benchmarks" / "results"


def load(name: str) -> dict[str, Any]:
    """The results called `name`. Raises FileNotFoundError with the script that makes them, CourseError as `part`."""
    file = part(FOLDER / f"{name}.json")
    if not file.is_file():
        raise FileNotFoundError(f"There is no {file.name} yet; `python benchmarks/{name}.py` writes it.")
    return json.loads(file.read_text(encoding="utf-8"))


def rows(name: str, section: str, /, **wanted: Any) -> list[dict[str, Any]]:
    """The stored rows of a section whose values equal the wanted ones: `rows("attention", "scaling", dim=64)`.

    A section is a list of rows, or holds one under "rows"; a part of it stands after a slash ("dates/unseen"). Rows
    that are stored by name get it as "name". Raises FileNotFoundError as `load`, ValueError if there is no such
    section, none with rows, or no such value in any row.
    """
    found = _as_rows(f"{name}/{section}", _part(name, section))
    known = dict.fromkeys(key for row in found for key in row)
    for key in wanted:
        if key not in known:
            raise ValueError(f"No row of {name}/{section} has “{key}”; they have: {', '.join(known) or 'nothing'}.")
    return [row for row in found if all(key in row and row[key] == value for key, value in wanted.items())]


def _part(name: str, section: str) -> Any:
    part: Any = load(name)
    for key in section.split("/"):
        if not isinstance(part, dict) or key not in part:
            there = ", ".join(part) if isinstance(part, dict) else "nothing"
            raise ValueError(f"There is no “{key}” on the way to {name}/{section}; there is: {there}.")
        part = part[key]
    return part


def _as_rows(place: str, part: Any) -> list[dict[str, Any]]:
    """A list of dicts from what is stored. Raises ValueError if it is neither that nor dicts by name."""
    stored = part["rows"] if isinstance(part, dict) and "rows" in part else part
    if isinstance(stored, dict):
        named = {key: value for key, value in stored.items() if key != "machine"}
        stored = [{"name": key, **value} if isinstance(value, dict) else value for key, value in named.items()]
    if not isinstance(stored, list) or not all(isinstance(row, dict) for row in stored):
        raise ValueError(f"{place} holds no rows: a list of dicts, or dicts by name.")
    return stored


def save(name: str, section: str, values: dict[str, Any]) -> Path:
    """Write one section of a results file, with the machine and versions that gave it; other sections are kept."""
    file = FOLDER / f"{name}.json"
    content = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    content[section] = {**values, "machine": machine()}
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return file


def machine() -> dict[str, str | int]:
    """What ran it: processor kind, number of cores, versions."""
    packages = ("torch", "transformers", "scikit-learn", "numpy")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
        **{name: version(name).split("+")[0] for name in packages},
    }


def mean_interval(values: list[float]) -> tuple[float, float]:
    """Mean and half width of the 95 % confidence interval (Student's t) of two or more runs.

    Raises ValueError for fewer (one run has no spread to measure), and for what are no finite numbers.
    """
    from scipy.stats import t

    if len(values) < 2:
        raise ValueError(f"An interval needs two or more runs, not {len(values)}.")
    if not all(isinstance(value, Real) and math.isfinite(value) for value in values):
        raise ValueError(f"An interval needs finite numbers; these are {values!r:.60}.")
    return mean(values), float(t.ppf(0.975, len(values) - 1)) * stdev(values) / len(values) ** 0.5
