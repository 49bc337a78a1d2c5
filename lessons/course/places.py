"""Where things lie: the course, its notebooks, the learner's copies, the record of progress."""

import os
from collections.abc import Sequence
from pathlib import Path

from lessons.course.errors import CourseError

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"
COPIES = ROOT / "my-course"
EXECUTED = ROOT / "build" / "executed"


def notebooks() -> list[Path]:
    """Every lesson in its order: the files `notebooks/NN_topic.ipynb`. Raises CourseError if there is none."""
    found = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not found:
        raise CourseError(f"There are no notebooks in {NOTEBOOKS}. Get the course again: `git checkout -- notebooks`.")
    return found


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
