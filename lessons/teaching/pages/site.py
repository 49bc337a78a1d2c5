"""The course as a folder of pages that link to each other, with a front page: `lessons site`.

Every address in it is relative, so the folder works from a disk and from any place of any server.
"""

from __future__ import annotations

from pathlib import Path

from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.files import write_whole
from lessons.teaching.pages import export, front, search


def run(folder: Path, with_run: bool = False, cell_timeout: int = 600, source: str = "") -> int:
    """Write the page of every notebook and the front page; returns 0. Raises CourseError.

    With `with_run` the notebooks run as far as their widgets need; `source` is where the course is kept.
    """
    files = places.notebooks()
    front.page([], "", source)  # what is wrong with it is said before the minutes of work
    _make(folder)
    known = [_lesson(file, folder, with_run, cell_timeout) for file in files]
    packed = search.pack(known)
    index = folder / export.HOME
    _write(index, front.page([file.name for file in files], packed, source))
    total = sum(len(lesson.sections) for lesson in known)
    print(f"front page: {index.stat().st_size / 1e6:.1f} MB, search of {total} sections in {len(packed) / 1e3:.0f} KB")
    print(f"Open {index}")
    return 0


def _lesson(file: Path, folder: Path, with_run: bool, cell_timeout: int) -> search.Lesson:
    """Write one page; returns what the search looks through."""
    page = export.export(file, with_run=with_run, cell_timeout=cell_timeout, in_site=True)
    place = folder / f"{file.stem}.html"
    _write(place, page.markup)
    export.report(file, place, page, with_run)
    return search.Lesson(file.stem, front.label(file), search.sections(page.markup))


def _make(folder: Path) -> None:
    """Make the folder. Raises CourseError if it cannot be, or if it holds another site."""
    index = folder / export.HOME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_other = index.exists() and f'id="{front.TEXTS}"' not in index.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise _cannot(folder, error) from error
    if is_other:
        raise CourseError(f"{folder} holds an {export.HOME} that is not the course's. Name an empty folder.")


def _write(place: Path, markup: str) -> None:
    try:
        write_whole(place, markup)
    except OSError as error:
        raise _cannot(place, error) from error


def _cannot(place: Path, error: OSError) -> CourseError:
    return CourseError(f"The site cannot be written to {place} ({error.strerror or error}). Name another folder.")
