"""Hints one at a time, the solution on request, a fresh start: what the panel and the terminal both offer."""

from __future__ import annotations

from lessons.tutor import record
from lessons.tutor.record import Record

from .definition import Exercise
from .verdict import Kind, Verdict


def so_far(exercise: Exercise) -> Record:
    """What the learner has done with this exercise."""
    return record.load().get(exercise.id, Record())


def check(exercise: Exercise, attempt: object) -> Verdict:
    """The verdict on an attempt, which is counted unless the stub is unchanged. Never raises."""
    try:
        verdict = exercise.check(attempt)
    except KeyboardInterrupt:
        return Verdict(Kind.TOO_SLOW, "You interrupted the check, so nothing was judged.")
    except Exception as error:  # a result so odd that it cannot even be looked at
        verdict = Verdict(Kind.WRONG, f"The result cannot be compared ({type(error).__name__}: {str(error)[:200]}).")
    if verdict.kind is not Kind.NOT_ATTEMPTED:
        record.record(exercise.id, verdict.kind)
    return verdict


def hints_seen(exercise: Exercise) -> list[str]:
    """The hints that the learner has asked for."""
    return list(exercise.hints[: so_far(exercise).hints])


def next_hint(exercise: Exercise) -> str:
    """One more hint, or a sentence if there is none left."""
    seen = so_far(exercise).hints
    if seen >= len(exercise.hints):
        return "These were all the hints."
    record.hint_seen(exercise.id, seen + 1)
    return exercise.hints[seen]


def may_see_solution(exercise: Exercise) -> bool:
    """Whether the learner has tried at least once."""
    return so_far(exercise).attempts > 0


def reset(exercise: Exercise) -> str:
    """Forget the attempts and the hints seen; returns a sentence."""
    record.reset([exercise.id])
    return "Your attempts and hints for this exercise are forgotten. Run the cell to be checked again."
