"""Which cell of a notebook is a slide: rules from its structure, so that every notebook can be projected.

    headings ................................. a new slide; an exercise or a smaller heading: a slide below it
    a prediction to make ..................... a slide of its own, and what answers it the next one
    code with a figure or a widget ........... a slide of its own
    other code ............................... on the slide of the text before it, while there is room
    text below code .......................... appears on that slide at the next key press
    imports, further reading ................. skipped
    text of more than 120 words .............. the speaker's notes (but for the title)

A type that was set by hand, in JupyterLab's Property Inspector, stays: each cell's metadata keeps what the rule said
beside what is shown, and where the two differ a hand was at work.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

WORDS = 120  # of prose on one slide
LINES = 18  # of code on the slide of a text
ON, SLIDE, BELOW, LATER, SKIP, NOTES = "-", "slide", "subslide", "fragment", "skip", "notes"
PICTURES = ("image/png", "application/vnd.jupyter.widget-view+json")


def assign(notebook: NotebookNode) -> NotebookNode:
    """Give every cell its slide type, in place; types that were set by hand stay."""
    for cell, rule in zip(notebook.cells, rules(notebook.cells), strict=True):
        by_hand = _by_hand(cell)
        shown = rule if by_hand is None else by_hand
        cell.metadata.pop("slideshow", None)
        if (shown, rule) != (ON, ON):
            kept = {"rule": rule} if shown == ON else {"slide_type": shown, "rule": rule}
            cell.metadata["slideshow"] = NotebookNode(kept)
    return notebook


def _by_hand(cell: NotebookNode) -> str | None:
    """The type that somebody chose, or None where the rule's was left in place."""
    stored = _stored(cell)
    shown, rule = stored.get("slide_type", ON), stored.get("rule", ON)
    return None if shown == rule else shown


def _stored(cell: NotebookNode) -> dict:
    """What a cell's metadata say of slides; nothing where they are of another form."""
    found = cell.metadata.get("slideshow", {})
    return found if isinstance(found, dict) else {}


def shown_type(cell: NotebookNode) -> str:
    """The slide type that a slide show uses for a cell: `-` continues the slide before."""
    return str(_stored(cell).get("slide_type", ON))


def slides(cells: Sequence[NotebookNode]) -> Iterator[list[NotebookNode]]:
    """The visible cells, slide by slide."""
    page: list[NotebookNode] = []
    for cell in cells:
        kind = shown_type(cell)
        if kind in (SLIDE, BELOW) and page:
            yield page
            page = []
        if kind not in (SKIP, NOTES):
            page.append(cell)
    if page:
        yield page


def words(source: str) -> int:
    """Words of prose: a formula, a link or a line of code counts as one, markup as none."""
    plain = re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`", " X ", source, flags=re.DOTALL)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    return len(re.findall(r"\w[\w'’.,/-]*", plain))


@dataclass
class _Page:
    """What is on the slide so far."""

    words: int = 0
    lines: int = 0
    closed: bool = True  # nothing may follow on it but what appears later


def rules(cells: Sequence[NotebookNode]) -> list[str]:
    """The slide type of each cell by its place and content."""
    found: list[str] = []
    page, owed = _Page(), False  # owed: a heading went into the notes, so the next slide opens its section
    for index, cell in enumerate(cells):
        kind = SLIDE if index == 0 else _text(cell, page) if cell.cell_type == "markdown" else _code(cell, page)
        owed = owed or (kind == NOTES and cell.source.startswith(("# ", "## ")))
        if owed and kind not in (SKIP, NOTES):
            kind, owed = SLIDE, False
        if kind in (SLIDE, BELOW):
            page = _Page(closed=False)
        if kind not in (SKIP, NOTES):
            _add(cell, page)
        found.append(kind)
    return found


def _text(cell: NotebookNode, page: _Page) -> str:
    source, length = cell.source, words(cell.source)
    if "**Further reading.**" in source:
        return SKIP
    if length > WORDS:
        return NOTES
    if heading := re.match(r"(#+) ", source):
        return SLIDE if len(heading[1]) <= 2 else BELOW
    if "**Predict" in source or "<details" in source or page.words + length > WORDS:
        return BELOW
    return LATER if page.lines else BELOW if page.closed else ON


def _code(cell: NotebookNode, page: _Page) -> str:
    if _only_imports(cell.source):
        return SKIP
    if page.closed or page.lines or _has_picture(cell) or len(cell.source.splitlines()) > LINES:
        return BELOW
    return ON


def _add(cell: NotebookNode, page: _Page) -> None:
    if cell.cell_type == "markdown":
        page.words += words(cell.source)
        page.closed = page.closed or "**Predict" in cell.source
    else:
        page.lines += len(cell.source.splitlines())


def _only_imports(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):  # a magic, for example
        return False
    imports = sum(isinstance(node, ast.Import | ast.ImportFrom) for node in body)
    return imports > len(body) / 2


def _has_picture(cell: NotebookNode) -> bool:
    """A figure or a widget among the stored outputs; the buttons below an exercise do not count."""
    if "@exercise(" in cell.source or re.match(r"answer\(", cell.source):
        return False
    return any(kind in output.get("data", {}) for output in cell.get("outputs", []) for kind in PICTURES)
