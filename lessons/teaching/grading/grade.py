"""`lessons grade FOLDER --out grades.csv`: from a folder of submitted notebooks to a table and a page per student."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from lessons.course.errors import CourseError
from lessons.exercises import Kind, catalogue
from lessons.teaching.grading import journal, report, sandbox
from lessons.teaching.grading.reading import submissions
from lessons.teaching.grading.report import Row, plain
from lessons.teaching.grading.running import NOT_YET, Graded, Setting, grade_all
from lessons.teaching.grading.sandbox import Limits, Walls

WARNING = (
    "WARNING: student code runs without a sandbox: {}.\n"
    "Time limits hold, and the process tree of each notebook is ended, but hostile code could read and delete your\n"
    "files. For notebooks of people you do not trust, grade in a container (see docs/grading.md)."
)


def grade(
    folder: Path,
    out: Path,
    limits: Limits | None = None,
    jobs: int | None = None,
    wanted: str = "auto",
    seed: int | None = None,
    anew: bool = False,
) -> list[Row]:
    """Grade every notebook in a folder and write the table and the pages; returns the rows. Raises CourseError.

    `jobs` submissions run at a time. `wanted` is "auto" (the sandbox, or a warning where bwrap is not installed),
    "required" or "off". The table is written again after each submission; what an earlier run has found on the same
    bytes is taken over unless it is all to be done `anew`.
    """
    begun, limits = time.monotonic(), limits or Limits()
    found = submissions(folder)
    report.prepare(out)
    items = {item.id: item for item in catalogue()}
    with sandbox.view() as view:
        hidden = (folder, out.parent) if wanted != "off" else ()
        walls = walls_for(view, hidden, limits, wanted)
        kept = journal.Journal(journal_file(folder, out), journal.mark(limits, walls), seed, anew)
        setting = Setting(walls, limits, kept.seed)
        work = {id(one): Graded(replace(one, problem=one.problem or NOT_YET)) for one in found}

        def write() -> list[Row]:
            rows = _rows(list(work.values()))
            columns = [item for item in items.values() if any(item.id in row.results for row in rows)]
            report.write(out, rows, columns, walls.said)
            return rows

        write()
        with _bar(len(found)) as bar:
            for graded in grade_all(found, setting, jobs or min(os.cpu_count() or 1, 4), kept):
                work[id(graded.submission)] = graded
                rows = write()
                bar.update()
    _tell(rows, len(found), out, time.monotonic() - begun, kept.restored)
    return rows


def walls_for(view: Path, hidden: Sequence[Path], limits: Limits, wanted: str) -> Walls:
    """The walls as they are wanted. Raises CourseError if there are none, unless bwrap is not installed at all."""
    walls, weak = sandbox.build(view, hidden, limits, "plain" if wanted == "off" else "auto")
    if weak and wanted == "required":
        raise CourseError(f"There is no sandbox: {weak}. Nothing was run.")
    if weak and wanted == "auto" and sys.platform.startswith("linux") and shutil.which("bwrap"):
        raise CourseError(
            f"There is no sandbox: {weak}. Nothing was run. In a container that holds nothing but a copy of the "
            "submissions, grade with --sandbox off (see docs/grading.md)."
        )
    if weak:
        print(WARNING.format(weak), file=sys.stderr, flush=True)
    return walls


def journal_file(folder: Path, out: Path) -> Path | None:
    """Where the journal is kept: beside the table, unless that is a place into which others hand in files."""
    place = out.with_name(f"{out.stem}-journal.jsonl")
    return None if place.resolve().is_relative_to(folder.resolve()) else place


@contextmanager
def _bar(total: int) -> Iterator[tqdm]:
    """A live bar in a terminal; in a log, a line now and then."""
    live = sys.stdout.isatty()
    with tqdm(
        total=total, unit="notebook", file=sys.stdout, dynamic_ncols=live, mininterval=0.1 if live else 15
    ) as bar:
        yield bar


# --- from notebooks to students ---------------------------------------------------------------------------------------


def _rows(graded: Sequence[Graded]) -> list[Row]:
    """One row per student; where two files of one student hold the same exercises, a row for each, which says so."""
    rows: dict[str, Row] = {}
    for one in graded:
        submission = one.submission
        name = submission.student
        if _clash(one, graded):
            name = f"{name} ({submission.place})"
        row = rows.setdefault(name, Row(name))
        row.files.append(submission.place)
        row.seconds += one.seconds
        if submission.problem:
            row.problems.append(f"{submission.place}: {submission.problem}")
        if name != submission.student:
            row.problems.append(f"{submission.place}: Several notebooks of this name hold the same exercises.")
        for exercise_id, verdict in one.verdicts.items():
            row.results[exercise_id] = verdict, submission.attempts.get(exercise_id)
    return list(rows.values())


def _clash(one: Graded, graded: Sequence[Graded]) -> bool:
    """Whether another file of the same student has a verdict on one of the same exercises."""
    same = [other for other in graded if other is not one and other.submission.student == one.submission.student]
    return any(other.verdicts.keys() & one.verdicts.keys() for other in same)


def _tell(rows: Sequence[Row], n_notebooks: int, out: Path, seconds: float, restored: int) -> None:
    kinds = Counter(verdict.kind for row in rows for verdict, _ in row.results.values())
    print(f"{n_notebooks} notebooks of {len(rows)} students in {seconds:.1f} s: {seconds / n_notebooks:.2f} s each.")
    if restored:
        print(f"{restored} of them were graded in an earlier run; --again grades them anew.")
    print(", ".join(f"{kinds[kind]} {kind.value}" for kind in Kind if kinds[kind]) or "No exercise was found.")
    for row in rows:
        for problem in row.problems:
            print(plain(f"  {row.student}: {problem}"))
    print(f"Table: {out}\nPages: {report.pages(out)}")
