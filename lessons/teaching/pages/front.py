"""The front page of a site: what the course is, its map, what is different, every lesson with its state, a search.

What the README says of the course is taken from the README, so that it stands in one place; it passes the same
sanitiser as a notebook, and its pictures travel inside the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from pathlib import Path

from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.syllabus import LESSONS, PARTS, Lesson
from lessons.teaching.pages import export, text

DIFFERENT, SYLLABUS = "What is different here", "The syllabus"
TEXTS = "site-texts"  # the element that the search reads
SEARCH = """<section class="site-search" id="site-search" role="search" aria-label="The lessons" hidden>
<label for="site-query">Search the headings and the text of every lesson</label>
<input id="site-query" type="search" autocomplete="off" spellcheck="false" aria-describedby="site-keys">
<p id="site-keys" class="page-note"><kbd>/</kbd> comes here, <kbd>↓</kbd> and <kbd>↑</kbd> go through what is found,
<kbd>Enter</kbd> opens it, <kbd>Esc</kbd> clears.</p>
<p id="site-status" role="status"></p>
<ol id="site-found" hidden></ol>
</section>
<noscript><p class="page-note">The search needs JavaScript. All else on this page does not.</p></noscript>"""


def page(existing: Collection[str], packed: str, source: str = "") -> str:
    """The front page as HTML, given the names of the notebooks that have a page, and the packed texts of the search.

    `source` is the address where the course is kept, for a link. Raises CourseError if the README lacks a section.
    """
    found: list[tuple[int, str, str]] = []
    title, opening, picture, commands = _preface()
    parts = [
        _read(f"{title}\n\n{opening}", found),
        SEARCH,
        _read(picture, found),
        f"<h2>The map</h2>\n{course_map(existing)}",
        _read(_section(DIFFERENT), found),
        f'<div class="site-lessons">{_read(_table(), found)}</div>',
        "<h2>On your own machine</h2>",
        _get(source),
        _read(commands, found),
    ]
    said = f"{len(existing)} lessons as pages, which need no kernel and no network."
    joined = "\n".join(parts)
    body = f"""{export.top(said)}
<main id="text">
{joined}
</main>
<footer><p>Text: CC BY 4.0, code: MIT.</p></footer>
<script type="text/plain" id="{TEXTS}">{packed}</script>
"""
    return export.document(re.sub(r"^#\s*", "", title), body, ("page", "site"))


# --- what the README says ---------------------------------------------------------------------------------------------


def _readme() -> str:
    return places.part(places.ROOT / "README.md").read_text(encoding="utf-8")


def _preface() -> tuple[str, str, str, str]:
    """Title, first paragraph, first picture, and the rest of what stands above the first section."""
    blocks = re.split(r"\n{2,}", _readme().partition("\n## ")[0].strip())
    picture = next((block for block in blocks if block.startswith("![")), "")
    return blocks[0], "\n\n".join(blocks[1:2]), picture, "\n\n".join(b for b in blocks[2:] if b != picture)


def _section(name: str) -> str:
    """One section of the README with its heading. Raises CourseError if it is not there."""
    found = re.search(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", _readme(), re.MULTILINE | re.DOTALL)
    if not found:
        raise CourseError(f'README.md has no section "{name}", which the front page shows. Give it one again.')
    return found[0]


def _table() -> str:
    """The table of the lessons, with links to their pages, and a word above the column of numbers."""
    return re.sub(r"^\|\s*\|", "| number |", _section(SYLLABUS).replace("](notebooks/", "]("), count=1, flags=re.M)


def _read(source: str, found: list[tuple[int, str, str]]) -> str:
    return f'<div class="page-text">{text.markdown(source, places.ROOT, {}, found)}</div>'


def _get(source: str) -> str:
    """Where the course is to be had. Raises CourseError if that is no address."""
    if not source:
        return ""
    if not re.fullmatch(r"https?://[^\s<>\"']+", source):
        raise CourseError(f"{source} is no address. Give --source one that begins with https://.")
    return f'<p>The notebooks, and all that they need: <a href="{html.escape(source)}">{html.escape(source)}</a>.</p>'


# --- the map ----------------------------------------------------------------------------------------------------------


def course_map(existing: Collection[str]) -> str:
    """The map as lists of boxes, one list for each part; a lesson whose notebook is there is a link to its page."""
    return "\n".join(
        f'<h3>{html.escape(part)}</h3>\n<ol class="site-map">{"".join(_box(one, existing) for one in lessons)}</ol>'
        for part, lessons in PARTS.items()
    )


def _box(lesson: Lesson, existing: Collection[str]) -> str:
    name, question = f"{lesson.number} {html.escape(lesson.title)}", html.escape(lesson.question)
    if lesson.file not in existing:
        return f'<li class="site-later"><b>{name}</b> <span>{question}</span> <i>to come</i></li>'
    return f'<li><a href="{Path(lesson.file).stem}.html"><b>{name}</b></a> <span>{question}</span></li>'


def label(file: Path) -> str:
    """What a reader calls a notebook: its number and title in the syllabus, or the name of its file."""
    known = {lesson.file: f"{lesson.number} {lesson.title}" for lesson in LESSONS}
    return known.get(file.name, file.stem.replace("_", " "))
