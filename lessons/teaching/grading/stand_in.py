"""What student code finds in place of `lessons.exercises`: the names that a notebook imports, and no exercise."""

from __future__ import annotations

from typing import Any


def exercise(exercise_id: str) -> Any:
    """Leaves the function as it is: the grader has taken it already."""
    return lambda function: function


def answer(exercise_id: str, *values: Any, **named: Any) -> None:
    """Does nothing: the grader has read the value already."""


def hint(exercise_id: str) -> None:
    """Does nothing here."""


def solution(exercise_id: str, now: bool = False) -> None:
    """Does nothing here."""


def reset(exercise_id: str) -> None:
    """Does nothing here."""
