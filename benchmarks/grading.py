"""Seconds for each notebook of a class of 120, of which 20 attack the grader and 10 are damaged, graded twice.

    python benchmarks/grading.py [--students 120] [--attackers 20] [--damaged 10] [--jobs 2]

The class is made up (tests/support/classroom.py), so it is known which exercises of the honest ones are right. Both
runs draw fresh inputs of their own; the tables must be the same but for the seed. The goal is under 2 seconds for each
notebook, with the limits that `lessons grade` has by itself. Writes benchmarks/results/grading.json.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from lessons.course.places import ROOT
from lessons.kit import results
from lessons.teaching.grading import running
from lessons.teaching.grading.grade import grade
from lessons.teaching.grading.graded import Graded

if TYPE_CHECKING:
    from tests.support.classroom import Classroom


def main(options: argparse.Namespace) -> None:
    """Make the class, grade it twice, print and store what came out."""
    sys.path.insert(0, str(ROOT))  # a script knows its own folder alone
    from tests.support import classroom

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = classroom.make(folder / "in", options.students, options.attackers, options.damaged)
        runs = [run(folder, made, number, options.jobs) for number in (1, 2)]
        tables = [table(folder / f"grades-{number}.csv") for number in (1, 2)]
    found: dict[str, Any] = {
        "students": options.students,
        "attackers": options.attackers,
        "damaged": options.damaged,
        "jobs": options.jobs,
        "same_table": tables[0] == tables[1],
        "rows_that_differ": [one["student"] for one, other in zip(*tables, strict=True) if one != other],
        "sandbox": next(iter(runs))["sandbox"],
        "rows": runs,
    }
    print(found)
    results.save("grading", "class", found)


def run(folder: Path, made: Classroom, number: int, jobs: int) -> dict[str, Any]:
    """One run: seconds on the wall and of the processor for each notebook, honest rows that are not right."""
    begun, before = time.monotonic(), psutil.cpu_times()
    busy = Busy()
    rows = grade(folder / "in", folder / f"grades-{number}.csv", jobs=jobs, seed=number)
    wall, after = time.monotonic() - begun, psutil.cpu_times()
    told = table(folder / f"grades-{number}.csv")
    many = len(made.right) + len(made.hostile) + len(made.damaged)
    by_kind = {kind: sum(row.seconds for row in rows if row.student.startswith(kind)) for kind in KINDS}
    return {
        "run": number,
        "seconds_each": wall / many,
        "processor_seconds_each": busy.end() / many,
        "machine_busy": 1 - (after.idle - before.idle) / (wall * (psutil.cpu_count() or 1)),
        "wrongly_graded": made.wrongly_graded(rows),
        "longest": max(row.seconds for row in rows),
        "seconds_by_kind": {kind: seconds / counts for kind, seconds, counts in _each(by_kind, made)},
        "sandbox": told[0]["sandbox"],
    }


class Busy:
    """Adds up the processor seconds of all submissions, as the grader counts them."""

    def __init__(self) -> None:
        self.seconds, self.plain = 0.0, running._at_a_desk
        running._at_a_desk = self._noted  # type: ignore[assignment]

    def _noted(self, *given: Any) -> Graded:
        graded = self.plain(*given)
        self.seconds += graded.processor
        return graded

    def end(self) -> float:
        """Processor seconds of the judges and of the students' processes."""
        running._at_a_desk = self.plain
        return self.seconds


KINDS = ("student", "attacker", "damaged")


def _each(by_kind: dict[str, float], made: Classroom) -> list[tuple[str, float, int]]:
    many = dict(zip(KINDS, map(len, (made.right, made.hostile, made.damaged)), strict=True))
    return [(kind, seconds, max(many[kind], 1)) for kind, seconds in by_kind.items()]


def table(file: Path) -> list[dict[str, str]]:
    """The table's rows without the seed."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [{name: cell for name, cell in row.items() if name != "seed"} for row in csv.DictReader(stream)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=120)
    parser.add_argument("--attackers", type=int, default=20)
    parser.add_argument("--damaged", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    main(parser.parse_args())
