"""Where things lie: the course, its notebooks, the learner's copies, the record of progress."""

import os
from collections.abc import Sequence
from pathlib import Path

from lessons.course.errors import CourseError

MARK = "setup_course.py"  # what only the course's folder holds
NO_COURSE = (
    "The package `lessons` is installed here without the course's folder, which holds the notebooks, the data and the "
    "results. Get that folder (`git clone`, or unpack its archive) and work inside it, or set LESSONS_COURSE to where "
    "it is, then start anew."
)


def find_root(package: Path, here: Path | None = None) -> Path:
    """The course's folder: the one that holds the package, or, for a package that was installed alone, another one.

    That is what LESSONS_COURSE names, or else the first of the current folder (`here`) and those above it that is a
    course. The place of the package itself if there is none.
    """
    if is_course(package.parent):
        return package.parent
    named = os.environ.get("LESSONS_COURSE")
    here = (here or Path.cwd()).absolute()
    candidates = [Path(named).expanduser().absolute()] if named else [here, *here.parents]
    return next(filter(is_course, candidates), package.parent)


def is_course(folder: Path) -> bool:
    """Whether a folder is the course's."""
    return (folder / MARK).is_file()


ROOT = find_root(Path(__file__).resolve().parent.parent)
NOTEBOOKS = ROOT / "notebooks"
COPIES = ROOT / "my-course"
EXECUTED = ROOT / "build" / "executed"


def notebooks() -> list[Path]:
    """Every lesson in its order: the files `notebooks/NN_topic.ipynb`. Raises CourseError if there is none."""
    found = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        again = "Get the course again: `git checkout -- notebooks`." if is_course(ROOT) else NO_COURSE
        raise CourseError(f"There are no notebooks in {NOTEBOOKS}. {again}")
    return found


def part(file: Path) -> Path:
    """A file that comes with the course. Raises CourseError if the package was installed without the course."""
    if not file.is_file() and not is_course(ROOT):
        raise CourseError(f"{file} is not there. {NO_COURSE}")
    return file


def number(notebook: Path) -> str:
    """The two digits that a notebook's name begins with."""
    return notebook.name[:2]


def find(wanted: Sequence[str]) -> list[Path]:
    """The notebooks with these numbers (`8`, `08` or `08_fine_tuning`), or all if none is named. Raises CourseError."""
    everything = notebooks()
    if not wanted:
        return everything
    by_name = {name: file for file in everything for name in (number(file), file.stem, file.name)}
    unknown = [name for name in wanted if name.zfill(2) not in by_name]
    if unknown:
        existing = ", ".join(file.stem for file in everything)
        raise CourseError(f"There is no notebook {', '.join(unknown)}. These exist: {existing}.")
    return sorted({by_name[name.zfill(2)] for name in wanted})


def home() -> Path:
    """The folder of the learner's progress: LESSONS_HOME, or the usual per-user data folder of this platform."""
    if chosen := os.environ.get("LESSONS_HOME"):
        return Path(chosen).expanduser().absolute()
    import platformdirs  # the one import that is not of the standard library; the set-up never comes here

    return Path(platformdirs.user_data_dir("lessons", appauthor=False))
