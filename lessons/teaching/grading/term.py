"""What a teacher decides for a class before grading: who is in it, what counts and how much, until when.

`Rules` are these decisions, read and checked before any notebook runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from lessons.course import places
from lessons.course.errors import CourseError
from lessons.exercises import Exercise, catalogue
from lessons.teaching.grading import overrides, own, roster
from lessons.teaching.grading.marks import Due, Points
from lessons.teaching.grading.overrides import Override
from lessons.teaching.grading.reading import Submission
from lessons.teaching.grading.roster import Person, Roster

Attempts = Literal["each", "best", "last"]


@dataclass(frozen=True)
class Term:
    """The decisions as they are typed. Files are paths; `due` is such as "2026-02-01 23:59", `cost` a share of 1."""

    roster: Path | None = None
    lessons: Sequence[str] = ()
    exercises: Path | None = None
    overrides: Path | None = None
    export: str | None = None
    by_stars: bool = False
    partial: bool = False
    attempts: Attempts = "each"
    due: str = ""
    late_days: int = 0
    cost: float = 0.0

    @property
    def files(self) -> list[Path]:
        """The teacher's own files and folders, which are nobody's submission."""
        return [place for place in (self.roster, self.exercises, self.overrides) if place]


@dataclass(frozen=True)
class Rules:
    """The decisions, read: every exercise by its id, and what each is worth; `due` ones are all that counts, if any."""

    items: dict[str, Exercise]
    points: Points = field(default_factory=Points)
    due: Due = field(default_factory=Due)
    attempts: Attempts = "each"
    topics: Sequence[str] = ()
    roster: Roster = field(default_factory=lambda: Roster(Path()))
    overrides: Sequence[Override] = ()
    export: str | None = None

    @property
    def wanted(self) -> list[Exercise]:
        """The exercises that are due from everybody; none where that was not said."""
        return [item for item in self.items.values() if item.topic in self.topics]

    def who(self, submission: Submission) -> Person | None:
        """The person of the roster whose submission it is."""
        return self.roster.match(submission)

    def check(self, found: Sequence[Submission]) -> None:
        """Raises CourseError if a decision is on somebody who is neither in the class nor handed in anything."""
        names = {roster.plain(one.student.removesuffix(f" ({one.number})")) for one in found}
        for one in self.overrides:
            if not self.roster.named(one.student) and roster.plain(one.student.partition(" (")[0]) not in names:
                raise CourseError(f'The overrides, line {one.line}: there is no student "{one.student}".')


def read(term: Term) -> Rules:
    """The rules of a term. Raises CourseError for what cannot be read or does not exist."""
    ours = [*catalogue(), *(own.load(term.exercises) if term.exercises else [])]
    items = {item.id: item for item in ours}
    if term.export is not None and not term.roster:
        raise CourseError("--export fills a column of the roster: name one with --roster.")
    if term.export is not None and not term.lessons:
        raise CourseError("--export needs to know what is due from everybody: name it with --lessons, such as 01.")
    return Rules(
        items,
        Points(term.by_stars, term.partial),
        Due(_due(term.due), term.late_days, term.cost),
        term.attempts,
        [_topic(lesson, items) for lesson in term.lessons],
        roster.read(term.roster) if term.roster else Roster(Path()),
        overrides.read(term.overrides, items) if term.overrides else (),
        term.export,
    )


def _topic(lesson: str, items: dict[str, Exercise]) -> str:
    """The topic of a lesson's number or name, or of a teacher's own exercises. Raises CourseError."""
    topics = {item.topic for item in items.values()}
    if lesson not in topics:
        lesson = places.find([lesson])[0].stem[3:]
    if lesson not in topics:
        raise CourseError(f"{lesson} has no exercises.")
    return lesson


def _due(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise CourseError(f'"{text}" is no time. Write it as --due "2026-02-01 23:59".') from None
