"""`lessons grade FOLDER --out grades.csv`: from what was handed in to a table and a page per student."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tqdm import tqdm

from lessons import __version__
from lessons.course.errors import CourseError
from lessons.exercises import Kind
from lessons.teaching.grading import export, journal, report, sandbox
from lessons.teaching.grading.collect import collected
from lessons.teaching.grading.graded import Graded
from lessons.teaching.grading.journal import Journal
from lessons.teaching.grading.reading import Submission
from lessons.teaching.grading.report import Row, Run, plain
from lessons.teaching.grading.rows import assemble
from lessons.teaching.grading.running import NOT_YET, Setting, grade_all
from lessons.teaching.grading.sandbox import Limits, Walls
from lessons.teaching.grading.term import Rules, Term
from lessons.teaching.grading.term import read as read_rules

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
    term: Term | None = None,
) -> list[Row]:
    """Grade what was handed in, and write the table and the pages; returns the rows. Raises CourseError.

    `folder` may be the archive of a learning platform. `jobs` submissions run at a time. `wanted` is "auto" (the
    sandbox, or a warning where bwrap is not installed), "required" or "off". `seed` draws the fresh inputs as in an
    earlier run, `term` says who is in the class and what counts. The table is written again after each submission;
    what an earlier run has found on the same bytes is taken over, unless all is to be done `anew`.
    """
    begun, limits, term = time.monotonic(), limits or Limits(), term or Term()
    rules = read_rules(term)
    if rules.export is not None:
        export.column(rules.roster, rules.export)
    report.prepare(out)
    diary = journal_file(folder, out)
    own = [*term.files, out, report.pages(out), export.place(out, rules.roster), *([diary] if diary else [])]
    with collected(folder, own) as found, sandbox.view() as view:
        rules.check(found)
        walls = walls_for(view, _folders([folder, out, *term.files]) if wanted != "off" else (), limits, wanted)
        exercises = str(term.exercises.resolve()) if term.exercises else ""
        kept = Journal(diary, journal.mark(limits, walls, exercises), seed, anew)
        setting = Setting(walls, limits, kept.seed, exercises)
        sheet = _Sheet(out, rules, Run(kept.seed, __version__, date.today().isoformat(), walls.said), found)
        with _bar(len(found)) as bar:
            for graded in grade_all(found, setting, jobs or min(os.cpu_count() or 1, 4), kept):
                sheet.enter(graded)
                bar.update()
    rows = sheet.write()
    _tell(rows, len(found), out, time.monotonic() - begun, kept.restored)
    if rules.export is not None:
        _export(out, rows, rules, rules.export)
    return rows


def _export(out: Path, rows: Sequence[Row], rules: Rules, column: str) -> None:
    print(f"Export: {export.write(out, rows, rules.roster, column)}")
    if left := export.without(rows, rules.roster):
        print(plain(f"  Without a grade, for they have several rows: {', '.join(left)}. Say --attempts best, or last."))


def _folders(places: Sequence[Path]) -> list[Path]:
    """The folders that these places are or lie in."""
    return [place if place.is_dir() else place.parent for place in places]


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


@dataclass
class _Sheet:
    """The table on its way: whoever is not graded yet has a row that says so."""

    out: Path
    rules: Rules
    run: Run
    found: Sequence[Submission]

    def __post_init__(self) -> None:
        waiting = [Graded(replace(one, problem=one.problem or NOT_YET)) for one in self.found]
        self.graded = {id(one): graded for one, graded in zip(self.found, waiting, strict=True)}
        self.write(place="")

    def enter(self, graded: Graded) -> None:
        """Enter a submission that is graded, and write the table; a page only if no other file may change its name."""
        self.graded[id(graded.submission)] = graded
        alone = sum(one.student == graded.submission.student for one in self.found) == 1
        self.write(graded.submission.place if alone else "")

    def write(self, place: str | None = None) -> list[Row]:
        """Write the table and all pages, or that of one file; returns the rows. Raises CourseError."""
        rules = self.rules
        rows = assemble(list(self.graded.values()), rules)
        columns = rules.wanted or [one for one in rules.items.values() if any(one.id in row.results for row in rows)]
        report.write(self.out, rows, columns, self.run, place)
        return rows


@contextmanager
def _bar(total: int) -> Iterator[tqdm]:
    """A live bar in a terminal; in a log, a line now and then."""
    live = sys.stdout.isatty()
    with tqdm(
        total=total, unit="notebook", file=sys.stdout, dynamic_ncols=live, mininterval=0.1 if live else 15
    ) as bar:
        yield bar


def _tell(rows: Sequence[Row], n_notebooks: int, out: Path, seconds: float, restored: int) -> None:
    kinds = Counter(verdict.kind for row in rows for verdict, _ in row.results.values())
    files = f"{n_notebooks} notebook{'s' if n_notebooks != 1 else ''}"
    students = f"{len(rows)} student{'s' if len(rows) != 1 else ''}"
    print(f"{files} of {students} in {seconds:.1f} s: {seconds / n_notebooks:.2f} s each.")
    if restored:
        print(f"{restored} of them were graded in an earlier run; --again grades them anew.")
    print(", ".join(f"{kinds[kind]} {kind.value}" for kind in Kind if kinds[kind]) or "No exercise was found.")
    for row in rows:
        for problem in row.problems:
            print(plain(f"  {row.student}: {problem}"))
    print(f"Table: {out}\nPages: {report.pages(out)}")
