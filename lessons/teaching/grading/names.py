"""Whose a file is, by its place and its name: learning platforms, folders for each student, names of copies.

What a student may choose never names somebody else: of a path, the first part alone says whose it is, and of a file's
name what the platform puts before the student's own words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lessons.course import places


@dataclass(frozen=True)
class Owner:
    """The student, the lesson that the file's name tells, and what a learning platform adds.

    `number` tells files of one name apart ("" if nothing does); it is the platform's own for the student where
    `platform` is "moodle" or "canvas". `late` and `when` are what the platform says of the time.
    """

    name: str
    lesson: str = ""
    number: str = ""
    platform: str = ""
    late: bool = False
    when: datetime | None = None


MOODLE = r"(?P<name>[^_].*?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)"
CANVAS = r"(?P<name>[^_]+?)(?P<late>_LATE)?_(?P<number>\d{3,})_\d{3,}_(?P<rest>.*)"
BLACKBOARD = r".*?_(?P<name>[^_]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?P<rest>.*)"
PLATFORMS = {"moodle": MOODLE, "canvas": CANVAS, "blackboard": BLACKBOARD}
COPIED = re.compile(  # what browsers, file managers and JupyterLab put behind the name of a copy
    r"(?:\s*\((?P<a>\d+)\)|\s*-\s*(?:copy|kopie|copie|copia|cópia|副本|コピー)\s*(?P<b>\d*)|\s+copy(?:\s+(?P<c>\d+))?)$",
    re.IGNORECASE,
)
COPY_OF = re.compile(r"^(?:(?:copy of|kopie von|copie de|copia de|cópia de)\s+)+", re.IGNORECASE)
ENDINGS = (".ipynb.txt", ".ipynb.json", ".ipynb.zip", ".ipynb", ".py", ".zip")  # the first that fits is taken off


def owner(parts: Sequence[str], folder: str) -> Owner:
    """Whose a file is, by the parts of its path below the folder of that name that is graded."""
    parts = [unicodedata.normalize("NFC", part) for part in parts]
    stem = without_ending(parts[-1])
    if len(parts) > 1:
        first = _of_platform(parts[0], ("moodle",))
        lesson = lesson_in(stem)[0]
        return Owner(first.name, lesson, first.number, first.platform) if first else Owner(parts[0], lesson)
    return _of_platform(stem) or _of_file(stem, unicodedata.normalize("NFC", folder))


def of_folder(name: str) -> Owner:
    """Whose a folder is, such as an empty one."""
    name = unicodedata.normalize("NFC", name)
    return _of_platform(name, ("moodle",)) or Owner(name)


def is_platform_s(name: str) -> bool:
    """Whether a learning platform has named this file or folder."""
    return _of_platform(without_ending(name)) is not None


def without_ending(name: str) -> str:
    """A file's name without what says that it is a notebook, Python or an archive, or without its last ending."""
    for ending in ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name.rpartition(".")[0] or name


def _of_platform(stem: str, platforms: Sequence[str] = tuple(PLATFORMS)) -> Owner | None:
    for platform in platforms:
        if told := re.fullmatch(PLATFORMS[platform], stem):
            found = {name: value or "" for name, value in told.groupdict().items()}
            when = _time(found.get("when", ""))
            lesson = lesson_in(found["rest"])[0]
            return Owner(found["name"], lesson, found.get("number", ""), platform, bool(found.get("late")), when)
    return None


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:  # none, or "2026-99-99-...": somebody's own words
        return None


def _of_file(stem: str, folder: str) -> Owner:
    """The owner of a file that no platform has named. A copy of a file that names nobody stays a name."""
    plain, number = without_copy_marks(stem)
    lesson, rest = lesson_in(plain)
    if lesson and not rest:
        return Owner(folder if plain == stem else stem, lesson)
    return Owner(rest or stem, lesson, number)


def without_copy_marks(stem: str) -> tuple[str, str]:
    """A file's name without what is put around a copy's, and the number of the last such mark ("" without one)."""
    plain, number = COPY_OF.sub("", stem), ""
    while (mark := COPIED.search(plain)) and mark.start():
        plain, number = plain[: mark.start()], number or next(filter(None, mark.groups()), "")
    return plain, number


def lesson_in(stem: str) -> tuple[str, str]:
    """The lesson in a file's name, and what is left of the name: "li_05_attention" -> "attention", "li"."""
    for known in places.notebooks():
        if (at := stem.lower().find(known.stem)) >= 0:
            return known.stem[3:], _trimmed(f"{stem[:at]} {stem[at + len(known.stem) :]}")
    return "", stem


def _trimmed(text: str) -> str:
    """A name without what joined it to the rest, and without brackets around all of it."""
    text = re.sub(r"^[\s_.-]+|[\s_.-]+$", "", text)
    inside = re.fullmatch(r"\(([^()]*)\)", text)
    return _trimmed(inside[1]) if inside else text
