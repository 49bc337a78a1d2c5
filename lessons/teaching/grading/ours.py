"""Whether a right result is the student's: a call of the course's own function for the same thing is not.

A function of the course is an exercise's own if it gives the exercise's result by itself, or as one of several
results. Everything else of the course may be used, as in the notebook.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lessons.exercises import Kind, Verdict, topics
from lessons.teaching.grading.reading import Attempt
from lessons.tutor import CodeExercise

SECONDS = 1.0  # that a function of the course gets to show whether it is an exercise's own
MOST = 20  # functions of the course that are tried for one attempt
RESULTS = 4  # of several results, so many are looked at
_known: dict[tuple[str, str], bool] = {}


def unless_own(item: CodeExercise, attempt: Attempt, said: Any, verdict: Verdict) -> Verdict:
    """The verdict, unless the attempt calls a function of the course that is the exercise's own."""
    read = used_by(attempt) if attempt.target else ()  # else its lines are those of others, too
    names = {*read, *(str(name) for name in said if isinstance(said, list | tuple))}
    for name in sorted(names)[:MOST]:
        if is_own(item, name):
            sentence = (
                f"The result is right, but it is `{name}`, the course's own function, that gives it. Write yours."
            )
            return Verdict(Kind.WRONG, sentence)
    return verdict


def used_by(attempt: Attempt) -> Iterator[str]:
    """What the code of an attempt imports of the course and uses, such as "lessons.attention.attention"."""
    for statement in attempt.setup:
        try:
            tree = ast.parse(statement.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        is_import = isinstance(tree.body[0], ast.Import | ast.ImportFrom) if tree.body else False
        used = {name for other in attempt.setup for name in other.uses} if is_import else None
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lessons."):
                for alias in node.names:
                    if used is None or (alias.asname or alias.name) in used:
                        yield f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Attribute) and (dotted := _dotted(node)).startswith("lessons."):
                yield dotted


def _dotted(node: ast.expr) -> str:
    """The text of `lessons.attention.attention`; "" for anything else, and for a mere module."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 5:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) and len(parts) > 1 else ""


def is_own(item: CodeExercise, name: str) -> bool:
    """Whether a function of the course is an exercise's own; found out once, on the exercise's inputs."""
    if (item.id, name) not in _known:
        function = None if name.rpartition(".")[2] in item.imports.split() else _resolved(name)
        _known[item.id, name] = function is not None and _solves(item, function)
    return _known[item.id, name]


def _resolved(name: str) -> Callable[..., Any] | None:
    """The function of this name in a chapter of the course, None if there is none."""
    parts = name.split(".")
    if not re.fullmatch(r"lessons(\.[a-z]\w*){2,4}", name) or parts[1] not in topics():
        return None
    for cut in range(len(parts) - 1, 1, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found if callable(found) else None
    return None


def _solves(item: CodeExercise, function: Callable[..., Any]) -> bool:
    """Whether a function, or one of its several results, is right on all inputs of the exercise."""
    if item.before_running(function):
        return False
    seen = item.observe(function, SECONDS)
    results: list[Sequence[Any]] = [[one.value for one in seen]]
    if all(isinstance(one.value, tuple | list) for one in seen):
        results += [
            [one.value[place] for one in seen] for place in range(min(RESULTS, *(len(one.value) for one in seen)))
        ]
    return any(
        item.judge(
            [replace(one, value=value, faults=frozenset()) for one, value in zip(seen, values, strict=True)]
        ).kind
        is Kind.CORRECT
        for values in results
    )
