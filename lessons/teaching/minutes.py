"""How long a notebook takes a reader, sitting by sitting: python -m lessons.teaching.minutes notebooks/*.ipynb

Minutes are words / 100 + lines of code / 8 + what its exercises and quizzes say, which agreed with times measured in
reading. A markdown cell that begins with `### A place to stop` ends a sitting. What stands below `## Deeper` is
optional, and no sitting counts it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from lessons.kit.tables import table

STOP = "### A place to stop"
DEEPER = "## Deeper"
WORDS_PER_MINUTE, LINES_PER_MINUTE, QUIZ_MINUTES = 100, 8, 2

WORD = re.compile(r"[^\W\d_]{2,}")
EXERCISE = re.compile(r"★[★☆]*\s*·\s*(\d+)\s*min")
QUIZ = re.compile(r"answer\(\s*[\"']([\w.]*quiz[\w.]*)[\"']")
STATED = re.compile(r"(\d+) minutes")


@dataclass(frozen=True)
class Reading:
    """What one notebook asks of a reader: minutes of each sitting, of what is optional, and what it says of itself."""

    sittings: tuple[float, ...]
    deeper: float
    stated: int | None
    cells: int

    @property
    def path(self) -> float:
        """Minutes without what is optional."""
        return sum(self.sittings)

    @property
    def whole(self) -> float:
        """Minutes with everything."""
        return self.path + self.deeper


def minutes(cells: Iterable[Any]) -> float:
    """What some cells take."""
    cells = list(cells)
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    lines = sum(bool(line.strip()) for line in code.splitlines())
    exercises = sum(map(int, EXERCISE.findall(prose))) + QUIZ_MINUTES * len(set(QUIZ.findall(code)))
    return len(WORD.findall(prose)) / WORDS_PER_MINUTE + lines / LINES_PER_MINUTE + exercises


def read(cells: Sequence[Any]) -> Reading:
    """The minutes of a notebook, part by part.

    Raises:
        ValueError: if there is no cell.
    """
    if not cells:
        raise ValueError("This notebook has no cells.")
    starts = [cell.source.startswith(DEEPER) for cell in cells]
    end = starts.index(True) if True in starts else len(cells)
    sittings: list[list[Any]] = [[]]
    for cell in cells[:end]:
        sittings[-1].append(cell)
        if cell.source.startswith(STOP):
            sittings.append([])
    found = STATED.search(cells[0].source)
    stated = int(found[1]) if found else None
    return Reading(tuple(map(minutes, sittings)), minutes(cells[end:]), stated, len(cells))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: see the first lines of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    files = parser.parse_args(arguments).files
    rows = []
    for file in files:
        found = read(nbformat.read(file, as_version=4).cells)
        sittings = " + ".join(f"{each:.0f}" for each in found.sittings)
        row = {"notebook": file.stem, "cells": found.cells, "says": found.stated, "sittings": sittings}
        rows.append({**row, "path": found.path, "deeper": found.deeper, "whole": found.whole})
    table(rows, formats=".0f")
    return 0


if __name__ == "__main__":
    sys.exit(main())
