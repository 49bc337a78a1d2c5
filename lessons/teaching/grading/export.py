"""Grades for a learning platform: its own export, used as the roster, with one column filled.

Moodle takes the whole grading worksheet back; Canvas and Blackboard want the columns that say who it is, and the one to
be filled. Where the platform knows how many points an assignment has, the grades are scaled to them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from lessons.course.errors import CourseError
from lessons.course.files import write_whole
from lessons.teaching.grading.marks import shown
from lessons.teaching.grading.report import Row, safe
from lessons.teaching.grading.roster import Person, Roster
from lessons.teaching.grading.rows import NOTHING

WHO = {  # the columns that a platform needs to know whose a grade is
    "canvas": ("Student", "ID", "SIS User ID", "SIS Login ID", "Root Account", "Section"),
    "blackboard": ("Last Name", "First Name", "Username", "Student ID"),
}
POINTS_POSSIBLE = "points possible"
ASSIGNMENT = {"canvas": r".+ \(\d+\)", "blackboard": r".+\|\d+"}  # how a platform's own columns are called
FEEDBACK = "Feedback comments"


def place(out: Path, roster: Roster) -> Path:
    """The file of the export: `grades-moodle.csv` beside `grades.csv`."""
    return out.with_name(f"{out.stem}-{roster.platform or 'roster'}.csv")


def column(roster: Roster, wanted: str) -> str:
    """The column to fill; without a name the platform's only one. Raises CourseError that names those there are."""
    if wanted:
        return wanted
    if roster.platform == "moodle":
        return "Grade"
    pattern = ASSIGNMENT.get(roster.platform, r"(?i)grade|points|total")
    found = [name for name in roster.head if re.fullmatch(pattern, name.strip())]
    if len(found) != 1:
        these = f" There are: {'; '.join(found)}." if found else ""
        raise CourseError(f'Say which column of {roster.file} to fill: --export "NAME".{these}')
    return found[0]


def write(out: Path, rows: Sequence[Row], roster: Roster, wanted: str) -> Path:
    """Write the export beside the table; returns its place. Raises CourseError."""
    target = place(out, roster)
    try:
        write_whole(target, filled(rows, roster, column(roster, wanted)).encode(roster.encoding))
    except OSError as error:
        raise CourseError(f"The export cannot be written to {target} ({error.strerror}).") from error
    return target


def filled(rows: Sequence[Row], roster: Roster, name: str) -> str:
    """The platform's table with this column filled; the grade of who handed in nothing stays empty."""
    head = list(roster.head)
    if roster.platform in WHO:
        head = [one for one in head if one.strip() in WHO[roster.platform]]
    head += [name] if name not in head else []
    people = {person.line: person for person in roster.people}
    stream = io.StringIO()
    every: Literal[0, 1] = csv.QUOTE_ALL if roster.platform == "blackboard" else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(stream, head, extrasaction="ignore", delimiter=roster.delimiter, quoting=every)
    writer.writeheader()
    for line, cells in enumerate(roster.rows):
        row = _row_of(people[line], rows) if line in people else None
        most = _most(roster, cells, name)
        more = {} if row is None else {name: _grade(row, most)}
        if row and more[name] and roster.platform == "moodle" and FEEDBACK in head and not cells.get(FEEDBACK):
            more[FEEDBACK] = _feedback(row)
        writer.writerow(cells | more)
    return stream.getvalue()


def without(rows: Sequence[Row], roster: Roster) -> list[str]:
    """Whose grade is not filled in, since there are several rows for them."""
    return [person.name for person in roster.people if _row_of(person, rows) is None]


def _row_of(person: Person, rows: Sequence[Row]) -> Row | None:
    found = [row for row in rows if row.student == person.name and row.email == person.email]
    return found[0] if len(found) == 1 else None


def _most(roster: Roster, cells: dict[str, str], name: str) -> float:
    """How many points the platform gives for this assignment, 0 if it does not say."""
    said = cells.get("Maximum Grade", "") if roster.platform == "moodle" else ""
    if roster.platform == "canvas":
        said = next((row.get(name, "") for row in roster.rows if POINTS_POSSIBLE in _first(row).casefold()), "")
    if roster.platform == "blackboard" and (told := re.search(r"\[Total Pts: ([\d.,]+)", name)):
        said = told[1]
    try:
        return float(said.replace(",", "."))
    except ValueError:
        return 0.0


def _first(row: dict[str, str]) -> str:
    return next(iter(row.values()), "")


def _grade(row: Row, most: float) -> str:
    """A row's total, scaled to the platform's points; empty where nothing was handed in and nothing decided."""
    if NOTHING in row.problems and not row.decided:
        return ""
    return shown(row.total * most / row.of if most and row.of else row.total)


def _feedback(row: Row) -> str:
    """A sentence for the student: the sum, what coming late cost, what the teacher decided."""
    parts = [f"{shown(row.total)} of {shown(row.of)} points."]
    if row.deducted:
        parts.append(f"{shown(row.deducted)} off for {row.late_days} days late.")
    parts += [f"{name}: {told}." for name, told in row.decided.items()]
    return safe(" ".join(parts))
