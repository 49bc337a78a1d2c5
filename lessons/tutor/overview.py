"""All exercises at a glance, as a picture for a notebook and as a table for a terminal.

The exercises are handed in: this module stands below the catalogue that holds them.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lessons.course import places, syllabus
from lessons.course.errors import CourseError
from lessons.tutor import record
from lessons.tutor.record import Record

from .definition import Exercise
from .present import in_notebook

BAR = 20  # characters of a full bar
SOLVED, TRIED, NEW = "✔", "≈", "○"


@dataclass(frozen=True)
class Row:
    """One lesson: its number (or blanks), its topic, and every exercise with what was done of it."""

    number: str
    topic: str
    exercises: Sequence[tuple[Exercise, Record]]

    @property
    def solved(self) -> int:
        """How many of its exercises are solved."""
        return sum(bool(record.solved) for _, record in self.exercises)


def rows(catalogue: Sequence[Exercise]) -> list[Row]:
    """Every lesson that has exercises, in the order of the course."""
    records, numbers = record.load(), _numbers()
    by_topic: dict[str, list[tuple[Exercise, Record]]] = {}
    for exercise in catalogue:
        by_topic.setdefault(exercise.topic, []).append((exercise, records.get(exercise.id, Record())))
    found = [Row(numbers.get(topic, "  "), topic, pairs) for topic, pairs in by_topic.items()]
    return sorted(found, key=lambda row: (row.number.replace(" ", "~"), row.topic))


def _numbers() -> dict[str, str]:
    """The number of each topic's notebook, where there is one."""
    return {file.stem[3:]: places.number(file) for file in _files()}


def _files() -> list[Path]:
    try:
        return places.notebooks()
    except CourseError:
        return []


def symbol(record: Record) -> str:
    """One character: solved, tried, or not yet touched."""
    return SOLVED if record.solved else TRIED if record.attempts else NEW


def table(catalogue: Sequence[Exercise]) -> str:
    """A bar for each lesson, and a symbol for each of its exercises."""
    found = rows(catalogue)
    wide = max(len(row.topic) for row in found)
    lines = [_line(row, wide) for row in found]
    solved, total = sum(row.solved for row in found), sum(len(row.exercises) for row in found)
    return "\n".join([*lines, f"{solved} of {total} exercises solved   {SOLVED} solved  {TRIED} tried  {NEW} new"])


def _line(row: Row, wide: int) -> str:
    total = len(row.exercises)
    filled = BAR * row.solved // total
    symbols = "".join(symbol(record) for _, record in row.exercises)
    return (
        f"{row.number} {row.topic:{wide}}  {'█' * filled}{'░' * (BAR - filled)}  {row.solved:2} of {total:2}  {symbols}"
    )


def picture(catalogue: Sequence[Exercise]) -> str:
    """The same as SVG, one square for each exercise."""
    found = rows(catalogue)
    parts = []
    for line, row in enumerate(found):
        y = 30 * line
        parts.append(f'<text x="0" y="{y + 20}">{row.number} {row.topic.replace("_", " ")}</text>')
        parts += [_square(200 + 30 * column, y, *pair) for column, pair in enumerate(row.exercises)]
        end = 210 + 30 * max(len(row.exercises) for row in found)
        parts.append(f'<text x="{end}" y="{y + 20}">{row.solved} of {len(row.exercises)}</text>')
    label = "; ".join(f"{row.topic}: {row.solved} of {len(row.exercises)} solved" for row in found)
    wide = 290 + 30 * max(len(row.exercises) for row in found)
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {wide} {30 * len(found)}" width="{wide}" '
        f'style="max-width: 100%; color: var(--jp-content-font-color1, #222)" fill="currentColor" font-size="14" '
        f'font-family="system-ui, sans-serif">{"".join(parts)}</svg>'
    )


def _square(x: int, y: int, exercise: Exercise, record: Record) -> str:
    fill, ink = {SOLVED: ("#00805d", "#fff"), TRIED: ("#e69f00", "#000")}.get(symbol(record), ("none", "currentColor"))
    state = {SOLVED: "solved", TRIED: "tried", NEW: "not attempted"}[symbol(record)]
    return (
        f"<g><title>{html.escape(exercise.title)}: {state}</title>"
        f'<rect x="{x}" y="{y + 3}" width="24" height="24" rx="3" fill="{fill}" stroke="#888"/>'
        f'<text x="{x + 12}" y="{y + 20}" text-anchor="middle" fill="{ink}">{symbol(record)}</text></g>'
    )


def show(catalogue: Sequence[Exercise]) -> None:
    """The picture in a notebook, the table in a terminal."""
    if in_notebook():
        from IPython.display import display

        display({"text/html": picture(catalogue), "text/plain": table(catalogue)}, raw=True)
    else:
        print(table(catalogue))
    for notice in record.notices():
        print(notice)


def show_map(catalogue: Sequence[Exercise]) -> None:
    """The map of the course with what has been solved: boxes in a notebook, a list in a terminal."""
    counts = {row.topic: (row.solved, len(row.exercises)) for row in rows(catalogue)}
    existing = {file.name for file in _files()}
    if in_notebook():
        from IPython.display import display

        bundle = {"text/html": syllabus.map_html(counts, existing), "text/plain": syllabus.map_text(counts, existing)}
        display(bundle, raw=True)
    else:
        print(syllabus.map_text(counts, existing))
    for notice in record.notices():
        print(notice)


def forget(names: Sequence[str], catalogue: Sequence[Exercise]) -> list[str]:
    """Reset exercises by id, by lesson number or by topic; no name means all. Raises CourseError for an unknown one."""
    wanted = []
    for name in names:
        ids = [
            item.id for row in rows(catalogue) for item, _ in row.exercises if name in (item.id, row.topic, row.number)
        ]
        ids = ids or [item.id for row in rows(catalogue) for item, _ in row.exercises if row.number == name.zfill(2)]
        if not ids:
            raise CourseError(f"There is no exercise or lesson {name}. `lessons progress` lists the lessons.")
        wanted += ids
    record.reset(wanted if names else None)
    return wanted
