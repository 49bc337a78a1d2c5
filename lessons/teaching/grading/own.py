"""A teacher's own exercises: modules in a folder outside the package, written as those of `lessons/exercises/`.

They are read by the grader alone. A student's process never sees the folder, and nothing of it ships with the course.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from lessons.course.errors import CourseError
from lessons.exercises import Exercise, Kind, catalogue


def load(folder: Path) -> list[Exercise]:
    """The exercises of every module in a folder. Raises CourseError if one does not load, or is not right itself."""
    files = sorted(folder.glob("*.py"))
    if not files:
        raise CourseError(f"There is no module (.py) with exercises in {folder}.")
    found = [item for file in files for item in _of_file(file)]
    taken = {item.id for item in catalogue()}
    for item in found:
        if item.id in taken:
            raise CourseError(f"There are two exercises {item.id}. Give yours another id.")
        taken.add(item.id)
        _try(item)
    return found


def _of_file(file: Path) -> list[Exercise]:
    name = f"own_exercises_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where `inspect` looks for the source of its functions
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{file} cannot be loaded ({type(error).__name__}: {error}).") from error
    found = [item for item in vars(module).values() if isinstance(item, Exercise)]
    if not found:
        raise CourseError(f"{file} holds no exercise.")
    if wrong := next((item.id for item in found if item.topic != file.stem), ""):
        raise CourseError(f'{file}: the id "{wrong}" must begin with "{file.stem}.", as the file is called.')
    return found


def _try(item: Exercise) -> None:
    """Raises CourseError if an exercise refuses its own solution."""
    verdict = item.check(item.solution)
    if verdict.kind is not Kind.CORRECT:
        raise CourseError(f"{item.id} refuses its own solution: {verdict.kind}. {verdict.sentence}")
