"""What a teacher gets: a table with one row per student, and a page per student.

Everything in them comes from files that strangers wrote: it is escaped for HTML, pages carry no script and may load
nothing, and no cell of the table begins as a formula does.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lessons.course.errors import CourseError
from lessons.course.files import write_whole
from lessons.exercises import Exercise, Kind, Verdict
from lessons.teaching.grading.marks import shown
from lessons.teaching.grading.reading import Attempt
from lessons.tutor.html import prose, say

FORMULA = "=+-@\t\r\n＝＋－＠"  # spreadsheets run a cell that begins so
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control and format characters, halves of letters, ends of lines
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # some names need them
SUMS = ("late", "total")  # what a teacher may set besides the points of an exercise
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b;
  background: #fff; }
h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; border-top: 1px solid #bbb; padding-top: .8rem; }
pre { background: #f3f3f3; padding: .6rem .8rem; overflow-x: auto; font-size: .85rem; }
dt { color: #555; font-size: .85rem; } dd { margin: 0 0 .4rem; min-width: 0; } code { background: #f3f3f3; }
pre:focus-visible { outline: 2px solid #0b57a8; }
dl, h1, h2, p { overflow-wrap: anywhere; } .lessons-say { margin: .2rem 0; } .file { color: #555; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } pre, code { background: #262626; } dt, .file { color: #aaa; } }
"""


@dataclass
class Row:
    """One student: the notebooks that were handed in, and for each exercise of them the verdict and the code.

    `points` are those of each exercise, `of` and `total` their sums, what coming late costs taken off. `lost` holds the
    exercises of each file, how many days it was late, and how many days are free if not those of all. `decided` is what
    the teacher has decided, by exercise.
    """

    student: str
    files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    results: dict[str, tuple[Verdict, Attempt | None]] = field(default_factory=dict)
    seconds: float = 0.0
    email: str = ""
    points: dict[str, float] = field(default_factory=dict)
    of: float = 0.0
    total: float = 0.0
    late_days: int = 0
    deducted: float = 0.0
    lost: list[tuple[list[str], int, int | None]] = field(default_factory=list)
    decided: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What it takes to grade again: the seed of the fresh inputs, the course's version, the day; what kept code in."""

    seed: int = 0
    version: str = ""
    date: str = ""
    walls: str = ""


def prepare(out: Path) -> None:
    """See that the table and the pages can be written, before an hour of grading. Raises CourseError."""
    try:
        if out.is_dir():
            raise CourseError(f"{out} is a folder. Name the file for the table, such as {out / 'grades.csv'}.")
        pages(out).mkdir(parents=True, exist_ok=True)
        for folder in (out.parent, pages(out)):
            tempfile.TemporaryFile(dir=folder).close()
        if out.exists() and not os.access(out, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise CourseError(f"The table cannot be written to {out} ({error.strerror}).") from error


def pages(out: Path) -> Path:
    """The folder of the students' pages: `grades-pages` beside `grades.csv`."""
    return out.with_name(f"{out.stem}-pages")


def write(
    out: Path, rows: Sequence[Row], items: Sequence[Exercise], run: Run | None = None, place: str | None = None
) -> None:
    """Write the table and a page for each row, or that for the file at one place. Raises CourseError if that fails."""
    try:
        text = table(rows, items, [page_name(row) for row in rows], run or Run())
        _place(out, "\ufeff" + text)  # the mark tells Excel: UTF-8
        for row in rows:
            if place is None or place in row.files:
                _place(pages(out) / page_name(row), page(row, items))
    except OSError as error:
        raise CourseError(f"The grades cannot be written to {out} ({error.strerror}).") from error


def _place(file: Path, text: str) -> None:
    """Write a file whole; letters that no file can hold become question marks."""
    write_whole(file, text.encode("utf-8", errors="replace"))


def table(rows: Sequence[Row], items: Sequence[Exercise], page_names: Sequence[str], run: Run) -> str:
    """The table as CSV: points by exercise (empty: notebook not handed in), sums, the verdicts, how it was made."""
    names = [item.id for item in items]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    head = ["student", "email", "total", "of", "late days", "deducted", *names, "decided", "problems", "files", "page"]
    writer.writerow([*head, *(f"verdict {name}" for name in names), "seed", "version", "graded", "sandbox"])
    for row, page_file in zip(rows, page_names, strict=True):
        verdicts = [row.results[name][0].kind if name in row.results else None for name in names]
        words = ["" if kind is None else kind.value for kind in verdicts]
        points = [shown(row.points[name]) if name in row.points else "" for name in names]
        decided = "; ".join(f"{name} {told}" for name, told in row.decided.items())
        told = [safe(decided), safe(" ".join(row.problems)), safe(", ".join(row.files)), page_file]
        sums = [shown(row.total), shown(row.of), row.late_days, shown(row.deducted)]
        made = [run.seed, run.version, run.date, run.walls]
        writer.writerow([safe(row.student), safe(row.email), *sums, *points, *told, *words, *made])
    return text.getvalue()


def plain(text: str) -> str:
    """A text that may be shown in a terminal: without control characters and those that turn the reading direction."""
    return "".join(
        letter if unicodedata.category(letter) not in UNSEEN or letter in JOINERS else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, nor for two cells where a semicolon divides them."""
    flat = plain(" ".join(text.replace(";", ",").split()))
    return f"'{flat}" if flat.startswith(tuple(FORMULA)) or text.startswith(tuple(FORMULA)) else flat


def page_name(row: Row) -> str:
    """A file name for a student's page: what is plain in the name, and a number that tells all students apart."""
    plain = re.sub(r"[^\w-]+", "-", row.student).strip("-")[:60] or "student"
    digest = hashlib.sha256(row.student.encode("utf-8", errors="replace")).hexdigest()[:6]
    return f"{plain}-{digest}.html"


def page(row: Row, items: Sequence[Exercise]) -> str:
    """A student's page: every verdict with its sentence, and the code that was graded."""
    parts = [f'<p class="file">{html.escape(", ".join(row.files))}</p>'] if row.files else []
    parts += [f"<p><strong>{html.escape(problem)}</strong></p>" for problem in row.problems]
    parts += [f"<p>{sentence}</p>" for sentence in _sums(row)]
    for item in items:
        if item.id in row.results or item.id in row.decided:
            parts.append(_exercise(item, row))
    title = html.escape(row.student)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title or 'Student'}</title><style>{STYLE}</style></head>\n<body><main><h1>{title or 'Student'}</h1>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def _sums(row: Row) -> list[str]:
    """The sentences above the exercises: how many are correct, the points, what coming late costs."""
    correct = sum(verdict.kind is Kind.CORRECT for verdict, _ in row.results.values())
    told = [f"{correct} of {len(row.results)} exercises are correct."] if row.results else []
    told.append(f"Points: {shown(row.total)} of {shown(row.of)}.")
    if row.late_days:
        days = "a day" if row.late_days == 1 else f"{row.late_days} days"
        told.append(f"It came {days} late; {shown(row.deducted)} points are taken off.")
    decided = [name for name in SUMS if name in row.decided]
    return told + [f"Set by the teacher: {name}, {html.escape(row.decided[name])}." for name in decided]


def _exercise(item: Exercise, row: Row) -> str:
    """One exercise on a student's page. What may be wider than the page can be scrolled by keyboard."""
    verdict, attempt = row.results.get(item.id, (None, None))
    part = f"<h2>{prose(item.title)} <code>{html.escape(item.id)}</code></h2>"
    if item.id in row.decided:
        part += f"<p><strong>Set by the teacher: {html.escape(row.decided[item.id])}</strong></p>"
    part += say(verdict).replace("<pre>", '<pre tabindex="0">') if verdict else ""
    if attempt:
        label = html.escape(f"Code for {item.id}", quote=True)
        code = html.escape(attempt.code[:20_000])
        part += f'<pre tabindex="0" role="region" aria-label="{label}">{code}</pre>'
    return part
