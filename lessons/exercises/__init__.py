"""Exercises that answer like a tutor.

In a notebook an exercise is an ordinary function under `@exercise("fine_tuning.pad_batch")`, or, for a number or a
choice, `answer("fine_tuning.padding_share", ...)`. Running the cell gives the verdict; while the `...` is there, it is
"not attempted". A decorator, because it needs no second cell to check the first, survives copied, split and deleted
cells, and leaves the learner with the plain function to try out.

`hint`, `solution` and `reset` do in a terminal what the buttons do in a notebook. `catalogue()` lists every exercise.
Each topic's exercises are in the module of its name here; how they work is in `lessons.tutor`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from difflib import get_close_matches
from types import ModuleType
from typing import Any, TypeVar

from lessons.tutor.definition import Exercise
from lessons.tutor.verdict import Kind, Verdict

Function = TypeVar("Function", bound=Callable[..., Any])
_attempts: dict[str, Any] = {}  # the last attempt at each exercise in this process, for `assert_correct`


class UnknownExercise(LookupError):
    """There is no exercise of this id; the message names a similar one."""


def exercise(exercise_id: str) -> Callable[[Function], Function]:
    """Check the function below it and show the verdict; the function itself stays as it is. Never raises."""
    if callable(exercise_id):
        print('Write the id of the exercise, as in @exercise("fine_tuning.pad_batch").')
        return exercise_id

    def decorate(function: Function) -> Function:
        _check_and_show(exercise_id, function)
        return function

    return decorate


def answer(exercise_id: str, *values: Any, **named: Any) -> None:
    """Check a number or the letter of a quiz and show the verdict; `...` is "not attempted". Never raises.

    It takes one value. Two are taken for a decimal comma, and the learner is told how Python writes the number.
    """
    given = [*values, *named.values()]
    if len(given) == 1:
        _check_and_show(exercise_id, given[0])
    elif len(given) == 2 and all(isinstance(value, int) for value in given):
        print(f"{given[0]},{given[1]} is two numbers in Python. Write it with a point: {given[0]}.{given[1]}")
    else:
        print(f'Give one value, as in answer("{exercise_id}", 0.5); here are {len(given)}.')


def assert_correct(exercise_id: str) -> None:
    """For graders: judge the last attempt made in this process. Raises AssertionError with the verdict's sentence."""
    if exercise_id not in _attempts:
        raise AssertionError(f"{exercise_id}: no attempt. Its cell was deleted, or stopped with an error.")
    verdict = find(exercise_id).check(_attempts[exercise_id])
    if verdict.kind is not Kind.CORRECT:
        raise AssertionError(f"{exercise_id}: {verdict.kind}. {verdict.sentence}")


def hint(exercise_id: str) -> None:
    """Print one more hint."""
    from lessons.tutor import dialogue

    if item := _find_or_say(exercise_id):
        print(dialogue.next_hint(item))


def solution(exercise_id: str, now: bool = False) -> None:
    """Print the solution, after an attempt or if asked for `now=True`."""
    from lessons.tutor import dialogue

    item = _find_or_say(exercise_id)
    if item and (now or dialogue.may_see_solution(item)):
        print(item.solution_text())
    elif item:
        print(f'You have not tried yet. To see it all the same: solution("{exercise_id}", now=True)')


def reset(exercise_id: str) -> None:
    """Forget the attempts and hints of one exercise."""
    from lessons.tutor import dialogue

    if item := _find_or_say(exercise_id):
        print(dialogue.reset(item))


def find(exercise_id: str) -> Exercise:
    """The exercise of this id; loads only its topic. Raises UnknownExercise."""
    topic = str(exercise_id).partition(".")[0]
    known = {item.id: item for item in (_of_topic(topic) if topic in topics() else [])}
    if exercise_id not in known:
        if "." in str(exercise_id) and topic not in topics():
            raise UnknownExercise(
                f'There is no exercise "{exercise_id}" in the course. If your teacher wrote it, it is judged later.'
            )
        similar = get_close_matches(str(exercise_id), [item.id for item in catalogue()], n=1, cutoff=0)
        raise UnknownExercise(f'There is no exercise "{exercise_id}". Did you mean "{similar[0]}"?')
    return known[exercise_id]


def catalogue() -> list[Exercise]:
    """Every exercise, topic by topic, in the order of its module."""
    return [item for topic in topics() for item in _of_topic(topic)]


def topics() -> list[str]:
    """The topics that have exercises: the modules of this package."""
    return [module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg]


def show_progress() -> None:
    """Draw what has been solved so far: a picture in a notebook, a table in a terminal."""
    from lessons.tutor import overview

    overview.show(catalogue())


def show_map() -> None:
    """Draw the map of the course, each lesson with the number of its exercises that have been solved."""
    from lessons.tutor import overview

    overview.show_map(catalogue())


def _of_topic(topic: str) -> list[Exercise]:
    module: ModuleType = importlib.import_module(f"{__name__}.{topic}")
    return [item for item in vars(module).values() if isinstance(item, Exercise)]


def _find_or_say(exercise_id: str) -> Exercise | None:
    try:
        return find(exercise_id)
    except UnknownExercise as problem:
        print(problem)
        return None


def _check_and_show(exercise_id: str, attempt: Any) -> None:
    from lessons.tutor import dialogue, present

    if item := _find_or_say(exercise_id):
        _attempts[exercise_id] = attempt
        present.show(item, dialogue.check(item, attempt))


__all__ = [
    "exercise",
    "answer",
    "assert_correct",
    "hint",
    "solution",
    "reset",
    "find",
    "catalogue",
    "topics",
    "show_progress",
    "show_map",
    "Exercise",
    "Kind",
    "UnknownExercise",
    "Verdict",
]
