"""`lessons grade FOLDER --out grades.csv`: from a folder of submitted notebooks to a table and a page per student."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from secrets import randbits

from tqdm import tqdm

from lessons import __version__
from lessons.course.errors import CourseError
from lessons.exercises import Exercise, Kind, Verdict
from lessons.teaching.grading import export, report, sandbox
from lessons.teaching.grading.checker import Checker, Reply, Task, run
from lessons.teaching.grading.collect import collected
from lessons.teaching.grading.reading import Submission, read
from lessons.teaching.grading.report import Row, Run
from lessons.teaching.grading.rows import assemble
from lessons.teaching.grading.sandbox import Ended, Limits, OutOfTime, Walls
from lessons.teaching.grading.term import Term
from lessons.teaching.grading.term import read as read_rules
from lessons.tutor import CodeExercise

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
    term: Term | None = None,
) -> list[Row]:
    """Grade what was handed in, and write the table and the pages; returns the rows. Raises CourseError.

    `folder` may be the archive of a learning platform. `jobs` submissions run at a time. `wanted` is "auto" (the
    sandbox if there is one), "required" or "off". `seed` draws the fresh inputs as in an earlier run, `term` says who
    is in the class and what counts.
    """
    begun, limits, term = time.monotonic(), limits or Limits(), term or Term()
    rules = read_rules(term)
    chosen = randbits(32) if seed is None else seed
    if rules.export is not None:
        export.column(rules.roster, rules.export)
    report.prepare(out)
    with collected(folder, [*term.files, out, report.pages(out), export.place(out, rules.roster)]) as found:
        rules.check(found)
        for submission in found:
            read(submission, rules.items)
        with sandbox.view() as view:
            hidden = _folders([folder, out, *term.files]) if wanted != "off" else ()
            walls, weak = sandbox.build(view, hidden, limits, "plain" if wanted == "off" else "auto")
            if weak and wanted == "required":
                raise CourseError(f"There is no sandbox: {weak}. Nothing was run.")
            if weak:
                print(WARNING.format(weak), file=sys.stderr, flush=True)
            graded = _all(found, rules.items, walls, limits, jobs or min(os.cpu_count() or 1, 4), chosen)
    rows = assemble(graded, rules)
    columns = rules.wanted or [one for one in rules.items.values() if any(one.id in row.results for row in rows)]
    report.write(out, rows, columns, Run(chosen, __version__, date.today().isoformat()))
    _tell(rows, len(found), out, time.monotonic() - begun)
    if rules.export is not None:
        print(f"Export: {export.write(out, rows, rules.roster, rules.export)}")
    return rows


def _folders(places: Sequence[Path]) -> list[Path]:
    """The folders that these places are or lie in."""
    return [place if place.is_dir() else place.parent for place in places]


@dataclass
class _Graded:
    """One submission on its way: verdicts that are known, and tasks that must run."""

    submission: Submission
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    seconds: float = 0.0


def _all(
    found: Sequence[Submission],
    items: dict[str, Exercise],
    walls: Walls,
    limits: Limits,
    jobs: int,
    seed: int | None,
) -> list[_Graded]:
    """The verdicts on all submissions. Student processes run side by side; the judging is done here, one by one."""
    checker = Checker(limits, seed)
    work = [_begin(submission, items, checker) for submission in found]
    with _bar(len(work)) as bar, ThreadPoolExecutor(jobs) as pool:
        waiting: dict[Future[tuple[list[Reply], float]], _Graded] = {}
        for one in work:
            waiting[pool.submit(_run, one, walls, limits)] = one
        try:
            for future in as_completed(waiting):
                one = waiting[future]
                begun = time.monotonic()
                replies, seconds = future.result()
                for task, reply in zip(one.tasks, replies, strict=True):
                    one.verdicts[task.item.id] = checker.judge(task, reply)
                one.seconds = seconds + time.monotonic() - begun
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return work


def _begin(submission: Submission, items: dict[str, Exercise], checker: Checker) -> _Graded:
    """The exercises of a submission's lessons: those told by reading, and those that must run."""
    graded = _Graded(submission)
    for item in items.values():
        if item.topic in submission.topics:
            attempt = submission.attempts.get(item.id)
            verdict = checker.by_reading(item, attempt)
            if verdict is not None:
                graded.verdicts[item.id] = verdict
            elif attempt is not None:
                graded.tasks.append(checker.task(item, attempt))
                if isinstance(item, CodeExercise):
                    assert item.expected  # before the first student code runs
    return graded


def _run(one: _Graded, walls: Walls, limits: Limits) -> tuple[list[Reply], float]:
    """The replies on a submission's tasks, and the seconds they took."""
    begun = time.monotonic()
    if not one.tasks:
        return [], 0.0
    tensors = any(b'"t": "tensor"' in task.inputs for task in one.tasks)
    try:
        replies = run(one.tasks, walls, limits, tensors or one.submission.mentions_torch)
    except (Ended, OutOfTime) as error:
        said = Verdict(Kind.RAISED, f"It was not graded: no process could be started for it ({error}).")
        replies = [said for _ in one.tasks]
    return replies, time.monotonic() - begun


@contextmanager
def _bar(total: int) -> Iterator[tqdm]:
    """A live bar in a terminal; in a log, a line now and then."""
    live = sys.stdout.isatty()
    with tqdm(
        total=total, unit="notebook", file=sys.stdout, dynamic_ncols=live, mininterval=0.1 if live else 15
    ) as bar:
        yield bar


def _tell(rows: Sequence[Row], n_notebooks: int, out: Path, seconds: float) -> None:
    kinds = Counter(verdict.kind for row in rows for verdict, _ in row.results.values())
    print(f"{n_notebooks} notebooks of {len(rows)} students in {seconds:.1f} s: {seconds / n_notebooks:.2f} s each.")
    print(", ".join(f"{kinds[kind]} {kind.value}" for kind in Kind if kinds[kind]) or "No exercise was found.")
    for row in rows:
        for problem in row.problems:
            print(f"  {row.student}: {problem}")
    print(f"Table: {out}\nPages: {report.pages(out)}")
