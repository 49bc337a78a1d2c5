"""What a teacher decides against the machine: a CSV file of the teacher's own, read at each grading, never written.

Its columns are `student`, `exercise`, `points` and `reason`. In the place of an exercise stands `late` to set the days
that count as late, or `total` to set the whole.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from lessons.course.errors import CourseError

COLUMNS = ("student", "exercise", "points", "reason")
LATE, TOTAL = "late", "total"


@dataclass(frozen=True)
class Override:
    """One decision: whose, on which exercise (or "late", "total"), the points (or days) and why."""

    student: str
    exercise: str
    points: float
    reason: str
    line: int  # of the file, for whoever looks for it


def read(file: Path, known: Collection[str]) -> list[Override]:
    """The decisions in a file, for these exercises. Raises CourseError that names the line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} cannot be read ({error}).") from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    if not set(COLUMNS[:3]) <= {(name or "").strip() for name in reader.fieldnames or ()}:
        raise CourseError(f"{file} needs the headings {', '.join(COLUMNS)}.")
    found = []
    for row in reader:
        cells = {(name or "").strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
        if any(cells.values()):
            found.append(_override(file, cells, reader.line_num, known))
    return found


def _override(file: Path, cells: dict[str, str], line: int, known: Collection[str]) -> Override:
    exercise, said = cells.get("exercise", ""), cells.get("points", "")
    if exercise not in known and exercise not in (LATE, TOTAL):
        raise CourseError(f'{file}, line {line}: there is no exercise "{exercise}".')
    try:
        points = float(said.replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points < math.inf:
        raise CourseError(f'{file}, line {line}: "{said}" is no number of points.')
    return Override(cells.get("student", ""), exercise, points, cells.get("reason", ""), line)
