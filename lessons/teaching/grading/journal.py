"""What a run of the grader has found so far, so that the next one goes on where it ended.

One line for each submission, written as soon as it is graded, in a file beside the table: a run that was stopped goes
on, and a late submission does not cost a second grading of the class. A line counts only for the same bytes, the same
course, the same limits and the same walls. Only whoever grades can write the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from secrets import randbits
from typing import Any

from lessons.course.errors import CourseError
from lessons.course.files import write_whole
from lessons.teaching.grading.graded import Graded
from lessons.teaching.grading.judge import verdict_from
from lessons.teaching.grading.reading import Attempt
from lessons.teaching.grading.sandbox import PACKAGE, Limits, Walls


def mark(limits: Limits, walls: Walls, exercises: str = "") -> str:
    """What tells gradings apart whose verdicts may differ: the course, a teacher's exercises, Python, limits, walls."""
    digest = hashlib.sha256(f"{sys.version} {asdict(limits)} {walls.said}".encode())
    folders = [PACKAGE, *([Path(exercises)] if exercises else [])]
    for file in (file for folder in folders for file in sorted(folder.rglob("*.py"))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class Journal:
    """The lines of earlier runs and of this one; `seed` draws the fresh inputs of all of them."""

    def __init__(self, file: Path | None, mark: str, seed: int | None = None, anew: bool = False) -> None:
        self.file, self.known = file, dict[str, dict[str, Any]]()
        self.restored = 0
        head, lines = _lines(file) if file and not anew else ({}, [])
        fits = head.get("mark") == mark and seed in (None, head.get("seed")) and isinstance(head.get("seed"), int)
        self.seed = int(head["seed"]) if fits else randbits(32) if seed is None else seed
        if fits:
            self.known = {line["key"]: line for line in lines}
            with file.open("a", encoding="utf-8") as stream:  # type: ignore[union-attr]
                stream.write("\n")  # the last line may have been cut off
        elif file:
            write_whole(file, json.dumps({"mark": mark, "seed": self.seed}) + "\n")

    def restore(self, graded: Graded) -> bool:
        """Enter what an earlier run has found on the same bytes; whether there was any."""
        line = self.known.get(_key(graded))
        if line is None:
            return False
        graded.verdicts = {name: verdict_from(fields) for name, fields in line["verdicts"].items()}
        graded.submission.attempts = {name: Attempt(name, code) for name, code in line["code"].items()}
        graded.submission.problem, graded.seconds = line["problem"], line["seconds"]
        self.restored += 1
        return True

    def add(self, graded: Graded) -> None:
        """Write one line. Raises CourseError."""
        if self.file is None or not graded.sure:
            return
        line = {
            "key": _key(graded),
            "verdicts": {name: asdict(verdict) for name, verdict in graded.verdicts.items()},
            "code": {name: attempt.code for name, attempt in graded.submission.attempts.items()},
            "problem": graded.submission.problem,
            "seconds": graded.seconds,
        }
        try:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise CourseError(f"The grades cannot be kept in {self.file} ({error.strerror}).") from error


def _key(graded: Graded) -> str:
    """Whose submission it is, and its bytes; those of a file that cannot be read are none."""
    submission, digest = graded.submission, hashlib.sha256()
    with suppress(OSError):
        if submission.file.is_file() and not submission.file.is_symlink():
            with submission.file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256")
    return f"{digest.hexdigest()} {submission.lesson} {submission.place}"


def _lines(file: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head and the lines of a journal; a line that was cut off by the end of a run is left out."""
    found: list[dict[str, Any]] = []
    with suppress(OSError, UnicodeDecodeError):
        for text in file.read_text(encoding="utf-8").split("\n"):
            with suppress(ValueError):
                found.append(json.loads(text))
    return (found[0], [line for line in found[1:] if "key" in line]) if found else ({}, [])
