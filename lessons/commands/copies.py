"""The learner's own notebooks in my-course/: copied once, outputs cleared, and never overwritten afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path

from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.files import HeldError, held, set_aside, write_new, write_whole

RECORD = ".lessons.json"  # notebook's name -> hash of the lesson that the learner has last been told of
WAIT = 20.0  # seconds to wait for another command
UNSURE = (
    "the record of what you copied was lost, so it may have changed. `lessons update {}` lays today's beside yours."
)


def cleared(text: str) -> str:
    """A notebook without outputs, execution counts and saved widget states. Raises ValueError if it is none."""
    notebook = json.loads(text)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("it has no cells")
    notebook.get("metadata", {}).pop("widgets", None)
    for cell in notebook["cells"]:
        cell.get("metadata", {}).pop("execution", None)
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def refresh() -> list[str]:
    """Copy the lessons that the learner does not have yet; returns what to tell. Raises CourseError if it cannot."""
    with _own_folder() as folder:
        record, told = _read_record(folder)
        for lesson in places.notebooks():
            try:
                told += _refresh_one(lesson, folder, record)
            except (ValueError, AttributeError, TypeError) as error:
                told.append(f"Lesson {places.number(lesson)} is left out: {lesson} is not a notebook ({error}).")
        write_whole(folder / RECORD, json.dumps(record, indent=1) + "\n")
    return told


def _refresh_one(lesson: Path, folder: Path, record: dict[str, str]) -> list[str]:
    """Copy one lesson if there is no copy; else say if it has changed since. Keeps `record` up to date."""
    text = cleared(lesson.read_text(encoding="utf-8"))
    copy, digest, number = folder / lesson.name, _digest(text), places.number(lesson)
    if not copy.exists():
        write_new(copy, text)
        record[lesson.name] = digest
    elif lesson.name not in record:  # the record was lost
        record[lesson.name] = digest
        return [] if _same(copy, text) else [f"Lesson {number}: {UNSURE.format(number)}"]
    if record[lesson.name] in (digest, _hash(text)):  # at first it held the hash of the whole text
        record[lesson.name] = digest
        return []
    return [
        f"Lesson {number} has changed since you copied it. "
        f"Your copy is untouched; `lessons update {number}` lays the new one beside it."
    ]


def update(numbers: Sequence[str]) -> int:
    """Lay today's version of these lessons beside the learner's copies. Raises CourseError if it cannot."""
    return _for_each(numbers, _update_one)


def reset(numbers: Sequence[str]) -> int:
    """Begin these lessons anew: the learner's copy is kept aside with a date. Raises CourseError if it cannot."""
    return _for_each(numbers, _reset_one)


def _for_each(numbers: Sequence[str], act: Callable[[Path, Path, dict[str, str]], str]) -> int:
    """Do it for each of these lessons, keep the record, say what was done."""
    wanted = places.find(numbers)
    with _own_folder() as folder:
        record, told = _read_record(folder)
        for lesson in wanted:
            told.append(act(lesson, folder, record))
        write_whole(folder / RECORD, json.dumps(record, indent=1) + "\n")
    print("\n".join(told))
    return 0


def _lesson_text(lesson: Path) -> str:
    """A lesson as it is handed out. Raises CourseError if the file is damaged."""
    try:
        return cleared(lesson.read_text(encoding="utf-8"))
    except (ValueError, AttributeError) as error:
        raise CourseError(f"{lesson} is not a notebook ({error}); `git checkout -- notebooks` mends it.") from error


def _update_one(lesson: Path, folder: Path, record: dict[str, str]) -> str:
    text = _lesson_text(lesson)
    record[lesson.name] = _digest(text)
    copy, number = folder / lesson.name, places.number(lesson)
    if not copy.exists():
        write_new(copy, text)
        return f"Lesson {number} is now in {copy.name}."
    same = [file for file in (copy, *folder.glob(f"{copy.stem} (new *){copy.suffix}")) if _same(file, text)]
    if same:
        return f"Today's lesson {number} is already in {same[0].name}; nothing to do."
    return f"Today's lesson {number} is in {_place_beside(copy, text).name}; your {copy.name} is untouched."


def _reset_one(lesson: Path, folder: Path, record: dict[str, str]) -> str:
    text = _lesson_text(lesson)
    record[lesson.name] = _digest(text)
    copy, number = folder / lesson.name, places.number(lesson)
    if not copy.exists():
        write_new(copy, text)
        return f"Lesson {number} is now in {copy.name}."
    if _same(copy, text) and not _was_run(copy):
        return f"{copy.name} is as it was handed out; nothing to do."
    aside = copy.rename(_free_name(copy))
    try:
        write_new(copy, text)
    except OSError:
        aside.rename(copy)
        raise
    return (
        f"Lesson {number} begins anew in {copy.name}; what you had is in {aside.name}. "
        "If it is open in JupyterLab, choose File → Reload Notebook from Disk. "
        f"Solved exercises stay solved; `lessons progress --reset {number}` forgets them."
    )


def _free_name(copy: Path) -> Path:
    """`NAME (kept 2026-01-31).ipynb`, with a number if that is taken."""
    names = (f"{copy.stem} (kept {date.today()}{f' {i}' if i > 1 else ''}){copy.suffix}" for i in count(1))
    return next(aside for name in names if not (aside := copy.with_name(name)).exists())


def _place_beside(copy: Path, text: str) -> Path:
    """Write `NAME (new 1).ipynb`, or the next number that is free."""
    for i in count(1):
        beside = copy.with_name(f"{copy.stem} (new {i}){copy.suffix}")
        try:
            write_new(beside, text)
        except FileExistsError:
            continue
        return beside
    raise AssertionError("count() does not end")


def _digest(text: str) -> str:
    return _hash(json.dumps(_cells(text)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _cells(text: str) -> list[tuple[str, str, list[str]]]:
    """Type, source and tags of each cell: what makes a lesson. All else JupyterLab may rewrite as it saves."""
    cells = json.loads(text)["cells"]
    return [
        (cell.get("cell_type", ""), "".join(cell.get("source", "")), sorted(cell.get("metadata", {}).get("tags", [])))
        for cell in cells
    ]


def _same(copy: Path, text: str) -> bool:
    """Whether a copy has the cells of a lesson, whatever was run in it and whichever program saved it."""
    try:
        return _cells(copy.read_text(encoding="utf-8")) == _cells(text)
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return False


def _was_run(copy: Path) -> bool:
    """Whether a notebook has outputs or execution counts."""
    cells = json.loads(copy.read_text(encoding="utf-8"))["cells"]
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def _read_record(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The record, and what to tell: a damaged one is kept aside and begun anew."""
    file = folder / RECORD
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(record, dict) and all(isinstance(digest, str) for digest in record.values()):
            return record, []
    except FileNotFoundError:
        return {}, []
    except ValueError:
        pass
    aside = set_aside(file).name
    return {}, [f"{file} was damaged. It is kept as {aside} and begun anew; your notebooks are untouched."]


@contextmanager
def _own_folder() -> Iterator[Path]:
    """The learner's folder, held by one command at a time. Raises CourseError if it cannot be made or written."""
    folder = places.COPIES
    try:
        folder.mkdir(exist_ok=True)
        with held(folder / ".lock", WAIT):
            yield folder
    except HeldError:
        raise CourseError(f"Another `lessons` command is busy in {folder}. Wait for it, then try again.") from None
    except OSError as error:
        raise CourseError(_cannot(folder, error)) from error


def _cannot(folder: Path, error: OSError) -> str:
    return (
        f"Your copies of the notebooks cannot be written to {folder} ({error.strerror or error}). "
        "Give yourself write permission there, or put the course into a folder of your own."
    )
