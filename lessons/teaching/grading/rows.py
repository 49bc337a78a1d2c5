"""From graded notebooks to students: a row for each, by the rules of the term; also for who handed in nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from lessons.exercises import Verdict
from lessons.teaching.grading.overrides import LATE, TOTAL
from lessons.teaching.grading.reading import Submission
from lessons.teaching.grading.report import Row
from lessons.teaching.grading.roster import Person, plain
from lessons.teaching.grading.term import Rules

NOTHING = "Nothing was handed in."
NOBODY = "Not on the roster."
SEVERAL = "Several notebooks of this name hold the same exercises."


class Graded(Protocol):
    """A submission with its verdicts by exercise, and the seconds that it took."""

    submission: Submission
    verdicts: dict[str, Verdict]
    seconds: float


def assemble(graded: Sequence[Graded], rules: Rules) -> list[Row]:
    """The rows in the order of the names; where two files of one student are attempts at the same, as the rules say."""
    people: dict[str, Person | None] = {}
    groups: dict[str, list[Graded]] = {}
    for one in graded:
        person = rules.who(one.submission)
        name = person.name if person else one.submission.student
        key = f"{person.line}" if person else f"? {name}"
        people[key] = person
        groups.setdefault(key, []).append(one)
    here = {id(person) for person in people.values() if person}
    named = [(person.name, [_absent(person)]) for person in rules.roster.people if id(person) not in here]
    for key, group in groups.items():
        person = people[key]
        named.append((person.name if person else group[0].submission.student, _of_student(group, person, rules)))
    rows = [row for _, of_one in sorted(named, key=lambda one: one[0].casefold()) for row in of_one]
    for row in rows:
        _decide(row, rules)
    _tell_unfollowed(rows, rules)
    return rows


def _of_student(group: list[Graded], person: Person | None, rules: Rules) -> list[Row]:
    """The rows of one student's files: one, or one for each of those that cannot be told apart."""
    name = person.name if person else group[0].submission.student
    chosen, others, told = _chosen(group, person, rules)
    rows: dict[str, Row] = {}
    for one in chosen:
        place = one.submission.place
        clash = any(other is not one and _same(one, other) for other in chosen)
        shown = f"{name} ({place})" if clash else name
        row = rows.setdefault(shown, Row(shown, email=person.email if person else ""))
        _add(row, one, person, rules)
        if clash:
            row.problems.append(f"{place}: {told or SEVERAL}")
        if rules.roster.people and not person and NOBODY not in row.problems:
            row.problems.append(NOBODY + _perhaps(one.submission, rules))
    for row in rows.values():
        row.files += [f"{one.submission.place} (not counted)" for one in others]
    return list(rows.values())


def _perhaps(submission: Submission, rules: Rules) -> str:
    """Whom of the roster a submission's name may mean, if it is more than one."""
    found = rules.roster.candidates(submission.student.removesuffix(f" ({submission.number})"))
    return f" It may be {' or '.join(one.email or one.name for one in found)}." if len(found) > 1 else ""


def _same(one: Graded, other: Graded) -> bool:
    return bool(one.verdicts.keys() & other.verdicts.keys())


def _chosen(group: list[Graded], person: Person | None, rules: Rules) -> tuple[list[Graded], list[Graded], str]:
    """The files that count, those that do not, and why that could not be told."""
    if rules.attempts == "each":
        return group, [], ""
    timeless = [one for one in group if one.submission.when is None]
    clash = any(one is not other and _same(one, other) for one in group for other in group)
    if rules.attempts == "last" and clash and timeless:
        return group, [], "When it was handed in is not known, so it is not known which is the last."

    def order(one: Graded) -> tuple[float, float]:
        when = _seconds(one.submission.when)
        return (_after_late(one, person, rules), when) if rules.attempts == "best" else (when, 0.0)

    kept: list[Graded] = []
    for one in sorted(group, key=order, reverse=True):
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return [one for one in group if one in kept], [one for one in group if one not in kept], ""


def _seconds(when: datetime | None) -> float:
    return when.timestamp() if when else 0.0


def _after_late(one: Graded, person: Person | None, rules: Rules) -> float:
    earned = sum(rules.points.earned(rules.items[name], verdict) for name, verdict in one.verdicts.items())
    return earned * (1 - rules.due.lost(_days(one.submission, person, rules), person.late_days if person else None))


def _days(submission: Submission, person: Person | None, rules: Rules) -> int:
    return rules.due.days_late(submission.when or (person.handed_in if person else None))


def _add(row: Row, one: Graded, person: Person | None, rules: Rules) -> None:
    """Enter one file's verdicts and points into a row."""
    submission = one.submission
    row.files.append(submission.place)
    row.seconds += one.seconds
    if submission.problem:
        row.problems.append(f"{submission.place}: {submission.problem}")
    wanted = {item.id for item in rules.wanted}
    counted = {name: verdict for name, verdict in one.verdicts.items() if not wanted or name in wanted}
    if len(counted) < len(one.verdicts):
        row.problems.append(f"{submission.place}: Some of its exercises are not due, and do not count.")
    for name, verdict in counted.items():
        row.results[name] = verdict, submission.attempts.get(name)
        row.points[name] = rules.points.earned(rules.items[name], verdict)
    days = _days(submission, person, rules)
    row.late_days = max(row.late_days, days)
    row.lost.append((list(counted), days, person.late_days if person else None))
    if submission.late and rules.due.at and not submission.when and not (person and person.handed_in):
        row.problems.append(f"{submission.place}: It is marked as late, and by how much is not known.")


def _absent(person: Person) -> Row:
    """The row of somebody who handed in nothing."""
    return Row(person.name, email=person.email, problems=[NOTHING])


def _decide(row: Row, rules: Rules) -> None:
    """The sum of a row: what it is out of, what coming late costs, and what the teacher has decided."""
    wanted = rules.wanted or [rules.items[name] for name in row.results]
    row.of = sum(rules.points.worth(item) for item in wanted)
    decided = {one.exercise: one for one in rules.overrides if _is_on(one.student, row, rules)}
    for name, one in decided.items():
        row.decided[name] = f"{one.points:g}: {one.reason}" if one.reason else f"{one.points:g}"
        if name not in (LATE, TOTAL):
            row.points[name] = one.points
    if LATE in decided:
        row.late_days = int(decided[LATE].points)
        row.lost = [(names, row.late_days, allowed) for names, _, allowed in row.lost]
    row.deducted = _deducted(row.points, row.lost, rules, set(decided))
    row.total = sum(row.points.values()) - row.deducted
    if TOTAL in decided:
        row.total, row.deducted = decided[TOTAL].points, 0.0


def _tell_unfollowed(rows: Sequence[Row], rules: Rules) -> None:
    """Say where a decision fits no row, since a student has several: it must name the one that is meant."""
    for one in rules.overrides:
        if any(_is_on(one.student, row, rules) for row in rows):
            continue
        person = rules.roster.named(one.student)
        start = f"{person.name if person else one.student} (".casefold()
        for row in rows:
            if row.student.casefold().startswith(start):
                row.problems.append(
                    f"Your decision in line {one.line} was not followed: name this row, or one attempt."
                )


def _deducted(
    points: Mapping[str, float], lost: Sequence[tuple[list[str], int, int | None]], rules: Rules, decided: set[str]
) -> float:
    """Points that coming late costs; what the teacher has decided stays as it was decided."""
    return sum(
        rules.due.lost(days, allowed) * sum(points[name] for name in names if name not in decided)
        for names, days, allowed in lost
    )


def _is_on(student: str, row: Row, rules: Rules) -> bool:
    """Whether a decision on this student is one on this row."""
    person = rules.roster.named(student)
    if person:
        return row.student == person.name and row.email == person.email
    return plain(student) == plain(row.student)
