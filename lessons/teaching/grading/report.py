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
from lessons.teaching.grading.reading import Attempt
from lessons.tutor.html import prose, say

FORMULA = "=+-@\t\r\n＝＋－＠"  # spreadsheets run a cell that begins so
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control and format characters, halves of letters, ends of lines
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # some names need them
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b;
  background: #fff; }
h2 { font-size: 1.05rem; margin: 2rem 0 .3rem; border-top: 1px solid #bbb; padding-top: .8rem; }
pre { background: #f3f3f3; padding: .6rem .8rem; overflow-x: auto; font-size: .85rem; }
dt { color: #555; font-size: .85rem; } dd { margin: 0 0 .4rem; } code { background: #f3f3f3; }
.lessons-say { margin: .2rem 0; } .file { color: #555; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } pre, code { background: #262626; } dt, .file { color: #aaa; } }
"""


@dataclass
class Row:
    """One student: the notebooks that were handed in, and for each exercise of them the verdict and the code."""

    student: str
    files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    results: dict[str, tuple[Verdict, Attempt | None]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def points(self) -> int:
        """One for each exercise that is correct."""
        return sum(verdict.kind is Kind.CORRECT for verdict, _ in self.results.values())


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


def write(out: Path, rows: Sequence[Row], items: Sequence[Exercise], walls: str = "") -> None:
    """Write the table and a page for each row. Raises CourseError if that fails."""
    try:
        _place(
            out, "\ufeff" + table(rows, items, [page_name(row) for row in rows], walls)
        )  # the mark tells Excel: UTF-8
        for row in rows:
            _place(pages(out) / page_name(row), page(row, items))
    except OSError as error:
        raise CourseError(f"The grades cannot be written to {out} ({error.strerror}).") from error


def _place(file: Path, text: str) -> None:
    """Write a file whole; letters that no file can hold become question marks."""
    write_whole(file, text.encode("utf-8", errors="replace"))


def table(rows: Sequence[Row], items: Sequence[Exercise], page_names: Sequence[str], walls: str = "") -> str:
    """The table as CSV: points by exercise (empty: not handed in), total, then the verdicts, and what kept code in."""
    names = [item.id for item in items]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    head = ["student", "total", "of", *names, "problems", "files", "page"]
    writer.writerow([*head, *(f"verdict {name}" for name in names), "sandbox"])
    for row, page_file in zip(rows, page_names, strict=True):
        verdicts = [row.results[name][0].kind if name in row.results else None for name in names]
        points = ["" if kind is None else int(kind is Kind.CORRECT) for kind in verdicts]
        words = ["" if kind is None else kind.value for kind in verdicts]
        told = [safe(" ".join(row.problems)), safe(", ".join(row.files)), page_file]
        writer.writerow([safe(row.student), row.points, len(row.results), *points, *told, *words, walls])
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
    parts = [f'<p class="file">{html.escape(", ".join(row.files))}</p>']
    parts += [f"<p><strong>{html.escape(problem)}</strong></p>" for problem in row.problems]
    parts.append(f"<p>{row.points} of {len(row.results)} exercises are correct.</p>")
    for item in items:
        if item.id in row.results:
            verdict, attempt = row.results[item.id]
            parts.append(f"<h2>{prose(item.title)} <code>{html.escape(item.id)}</code></h2>{say(verdict)}")
            parts += [f"<pre>{html.escape(attempt.code[:20_000])}</pre>"] if attempt else []
    title = html.escape(row.student)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )
