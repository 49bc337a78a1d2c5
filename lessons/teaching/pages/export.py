"""Putting a page together, and writing it: `lessons page`."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.files import write_whole
from lessons.teaching import slides
from lessons.teaching.pages import states, text

FOLDER = Path(__file__).parent
PAGES = places.ROOT / "build" / "pages"
PANEL = "In JupyterLab, running this cell gives a verdict, hints and the solution."
BAR = (
    '<nav class="page-bar" aria-label="Slides" hidden><span class="page-where"></span>'
    '<button type="button" aria-label="Back">←</button><span aria-live="polite"></span>'
    '<button type="button" aria-label="On">→</button><button type="button">Whole page</button></nav>\n'
)
LARGEST = 100_000_000  # bytes of a notebook


@dataclass
class Page:
    """A page and what became of its widgets."""

    markup: str
    widgets: list[states.Widget]


# --- the command ------------------------------------------------------------------------------------------------------


def run(
    names: Sequence[str],
    everything: bool,
    out: str | None,
    with_run: bool,
    cell_timeout: int = 600,
    as_slides: bool = False,
) -> int:
    """Write the pages of these notebooks, or of all; returns 0. Raises CourseError."""
    if not names and not everything:
        raise CourseError("Say which notebook, such as `lessons page 01`, or `lessons page --all`.")
    files = [file for name in names for file in _find(name)] if not everything else places.find([])
    target = Path(out) if out else None
    if target and len(files) > 1 and not target.is_dir():
        raise CourseError(f"{target} is no folder; several pages need one. Make it, or leave --out away.")
    for file in dict.fromkeys(files):
        place = _target(file, target, ".slides.html" if as_slides else ".html")
        page = export(file, with_run=with_run, cell_timeout=cell_timeout, as_slides=as_slides)
        write(page.markup, place)
        _report(file, place, page, with_run)
    return 0


def _find(name: str) -> list[Path]:
    """A notebook of the course by its number, or any by its path."""
    if name.endswith(".ipynb") and Path(name).exists():
        return [Path(name)]
    if name.endswith(".ipynb") and Path(name).name != name:
        raise CourseError(f"There is no file {name}.")
    return places.find([name])


def _target(file: Path, out: Path | None, ending: str = ".html") -> Path:
    if out is None:
        return PAGES / f"{file.stem}{ending}"
    return out / f"{file.stem}{ending}" if out.is_dir() else out


def _report(file: Path, place: Path, page: Page, with_run: bool) -> None:
    alive = sum(widget.values is not None for widget in page.widgets)
    widgets = f", {alive} of {len(page.widgets)} widgets alive" if page.widgets else ""
    print(f"{file.stem}: {len(page.markup.encode()) / 1e6:.1f} MB{widgets}   {place}")
    for widget in page.widgets:
        if widget.note and not with_run and widget.name not in states.STILL:
            print(f"  {widget.name} needs what the notebook computes: with --run it is as in the notebook.")


def write(markup: str, place: Path) -> None:
    """Write a page whole or not at all. Raises CourseError with what to do."""
    if place.parent == PAGES:
        with suppress(OSError):  # the sentence comes with the file
            PAGES.mkdir(parents=True, exist_ok=True)
    elif not place.parent.is_dir():
        raise CourseError(f"There is no folder {place.parent}. Make it, or name another with --out.")
    if place.exists() and not place.is_file():
        raise CourseError(f"{place} is no ordinary file. Name another place with --out.")
    try:
        write_whole(place, markup)
    except OSError as error:
        said = error.strerror or str(error)
        raise CourseError(f"The page cannot be written to {place} ({said}). Name another place with --out.") from error


# --- the page ---------------------------------------------------------------------------------------------------------


def read(file: Path) -> NotebookNode:
    """A notebook. Raises CourseError if it cannot be read or is none."""
    try:
        if file.stat().st_size > LARGEST:
            raise CourseError(f"{file} is larger than {LARGEST // 10**6} MB; clear its outputs first.")
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
    except OSError as error:
        raise CourseError(f"{file} cannot be read ({error.strerror}).") from error
    except (ValueError, nbformat.ValidationError, AttributeError, KeyError, TypeError, RecursionError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:100]
        raise CourseError(f"{file} is not a notebook that can be read ({said}).") from error
    return notebook


def export(file: Path, with_run: bool = False, cell_timeout: int = 600, as_slides: bool = False) -> Page:
    """The page of a notebook; with `with_run` its cells run as far as the widgets need. Raises CourseError.

    With `as_slides` the page is shown slide by slide, by the slide type of each cell (`lessons.teaching.slides`).
    """
    notebook = read(file)
    widgets = _widgets(notebook, file.parent, with_run, cell_timeout)
    found: list[tuple[int, str, str]] = []
    cells = [_cell(notebook, index, file.parent, widgets, found) for index in range(len(notebook.cells))]
    living = {place: widget for place, widget in widgets.items() if widget.values is not None}
    if as_slides:
        cells = _slides(slides.assign(notebook).cells, cells)
    markup = _page(file, "\n".join(cells), found, _packed(living), as_slides)
    return Page(markup, list(widgets.values()))


def _widgets(
    notebook: NotebookNode, folder: Path, with_run: bool, cell_timeout: int
) -> dict[states.Place, states.Widget]:
    found = {call.place: states.make(call) for call in states.calls(notebook)}
    if with_run:
        missing = [place for place, widget in found.items() if widget.note and widget.name not in states.STILL]
        if missing:
            found |= states.run(notebook, folder, missing, cell_timeout)
    return found


def _packed(living: dict[states.Place, states.Widget]) -> str:
    """The values of the widgets as JSON for a script element; modules and styles that several share are there once."""
    modules: list[str] = []
    styles: list[str] = []
    packed = {}
    for place, widget in living.items():
        assert widget.values is not None
        values = dict(widget.values)
        for name, shared in (("module", modules), ("style", styles)):
            if values[name] not in shared:
                shared.append(values[name])
            values[name] = shared.index(values[name])
        packed[_key(place)] = values
    if not packed:
        return ""
    written = json.dumps({"modules": modules, "styles": styles, "widgets": packed}, ensure_ascii=False)
    return written.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _key(place: states.Place) -> str:
    return f"w{place[0]}-{place[1]}"


def _cell(
    notebook: NotebookNode,
    index: int,
    folder: Path,
    widgets: dict[states.Place, states.Widget],
    found: list[tuple[int, str, str]],
) -> str:
    cell = notebook.cells[index]
    if cell.cell_type == "markdown":
        body = text.markdown(cell.source, folder, cell.get("attachments"), found)
        return f'<div class="page-text">{_scrolling(body)}</div>'
    if cell.cell_type != "code":
        return f'<div class="page-text"><pre>{html.escape(cell.source)}</pre></div>'
    words = _words(notebook, index)
    outputs = [
        _widget(output, (index, number), widgets.get((index, number)))
        if states.VIEW in output.get("data", {})
        else text.output(output, words)
        for number, output in enumerate(cell.outputs)
    ]
    source = f'<div class="page-code">{_scrolling(text.clean(text.code(cell.source)))}</div>' if cell.source else ""
    shown = "".join(filter(None, outputs))
    return source + (f'<div class="page-out">{_scrolling(shown)}</div>' if shown else "")


def _slides(cells: Sequence[NotebookNode], bodies: Sequence[str]) -> list[str]:
    """The cells' HTML, in a section for each slide; a heading among the notes opens the slide after it."""
    around = {
        slides.LATER: "div class=page-later",
        slides.NOTES: "aside class=page-said",
        slides.SKIP: "div class=page-off",
    }
    pages: list[list[str]] = []
    waiting = False  # the section has notes, and no slide yet
    for cell, body in zip(cells, bodies, strict=True):
        kind = slides.shown_type(cell)
        opens = kind in (slides.SLIDE, slides.BELOW)
        heading = kind == slides.NOTES and cell.source.startswith(("# ", "## "))
        if not pages or ((opens or heading) and not waiting):
            pages.append([])
        waiting = heading or (waiting and kind in (slides.NOTES, slides.SKIP))
        tag = around.get(kind)
        pages[-1].append(f"<{tag}>{body}</{tag.split()[0]}>" if tag else body)
    return [
        f'<section class="page-slide" id="slide-{number}" tabindex="-1">\n{"".join(parts)}\n</section>'
        for number, parts in enumerate(pages, 1)
    ]


def _words(notebook: NotebookNode, index: int) -> str:
    """What a picture shows, in words: the "What to see" of the text below it."""
    below = notebook.cells[index + 1] if index + 1 < len(notebook.cells) else None
    seen = re.search(r"\*What to see:\*\s*([^\n]+)", below.source) if below and below.cell_type == "markdown" else None
    return re.sub(r"[*`$\\]", "", seen[1])[:300] if seen else "The picture that the cell above draws."


def _scrolling(markup: str) -> str:
    """Wide tables scroll by themselves. (Without quotes, for an attribute may hold what looks like an element.)"""
    return markup.replace("<table", "<div class=page-scroll><table").replace("</table>", "</table></div>")


def _widget(output: NotebookNode, place: states.Place, widget: states.Widget | None) -> str:
    if not states.is_widget(output):
        return f'<p class="page-note">{PANEL}</p>'
    name = str(output.data.get("text/plain", "")).partition(":")[0][:60]
    still = NotebookNode(output_type="display_data", data={"image/png": output.data["image/png"]})
    picture = text.output(still, f"{name}: a picture of the widget")
    if widget is None:
        note = "Here it is a picture; in the notebook it lives."
    else:
        note = widget.note
        if widget.values and "answers" in widget.values:
            note += " For a text of your own, open the notebook: Python reads it there."
    said = f'<p class="page-note">{html.escape(note.strip())}</p>' if note else ""
    living = f' data-widget="{_key(place)}"' if widget and widget.values is not None else ""
    return f'<div class="page-widget"{living}>{picture}</div>{said}'


def _page(file: Path, body: str, found: list[tuple[int, str, str]], packed: str, as_slides: bool = False) -> str:
    title = next((words for level, _, words in found if level == 1), file.stem)
    parts = ("page", "slides") if as_slides else ("page",)
    script, style = ("".join(_own(f"{part}.{kind}") for part in parts) for kind in ("js", "css"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}' blob:; style-src 'unsafe-inline'; img-src data:; "
        "media-src data:; base-uri 'none'; form-action 'none'"
    )
    data = f'<script type="application/json" id="page-widgets">{packed}</script>\n' if packed else ""
    bar = BAR if as_slides else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<style>
{style}{_exercise_style()}</style>
</head>
<body>
<a class="page-skip" href="#text">Skip to the text</a>
<header class="page-top"><p>A notebook as a page: nothing here needs a kernel or a network.</p>
<button type="button" class="page-theme" hidden>Dark</button></header>
{_contents(found)}
<main id="text">
{body}
</main>
{_ends(file)}
<footer><p>Made from <code>{html.escape(file.name)}</code>. Exercises, and widgets that read a new text, want the
notebook. Text: CC BY 4.0, code: MIT.</p></footer>
{bar}{data}<script>{script}</script>
</body>
</html>
"""


def _own(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _exercise_style() -> str:
    from lessons.tutor.html import css

    return css()


def _contents(found: list[tuple[int, str, str]]) -> str:
    rows = [(level, name, words) for level, name, words in found if level in (2, 3)]
    if not rows:
        return ""
    links = [
        f'<li{" class=page-inner" if level == 3 else ""}><a href="#{name}">{html.escape(words)}</a></li>'
        for level, name, words in rows
    ]
    return (
        '<nav class="page-contents" aria-label="Contents"><details><summary>Contents</summary>'
        f"<ol>{''.join(links)}</ol></details></nav>"
    )


def _ends(file: Path) -> str:
    """Links to the lessons before and after, for a notebook of the course."""
    lessons = [lesson.stem for lesson in places.notebooks()]
    if file.stem not in lessons:
        return ""
    at = lessons.index(file.stem)
    links = []
    if at:
        links.append(_to(lessons[at - 1], "← "))
    if at + 1 < len(lessons):
        links.append(_to(lessons[at + 1], "", " →"))
    return f'<nav class="page-ends" aria-label="Lessons before and after">{"".join(links)}</nav>'


def _to(stem: str, before: str, after: str = "") -> str:
    words: Any = stem.replace("_", " ")
    return f'<a href="{stem}.html">{before}{words}{after}</a>'
