"""Lay the lessons into a learner's folder: `python docs/teaching/hand_out.py FOLDER`, under that learner's account.

The exercises are cleared. What is there already stays; `lessons update` is for today's version of a lesson.
"""

import sys
from pathlib import Path

from lessons.commands import copies
from lessons.course import places


def hand_out(folder: Path) -> None:
    """Write the lessons that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for lesson in places.notebooks():
        copy = folder / lesson.name
        if not copy.exists():
            copy.write_text(copies.cleared(lesson.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    hand_out(Path(sys.argv[1]).expanduser())
