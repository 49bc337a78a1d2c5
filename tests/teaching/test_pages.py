"""Pages of notebooks: what they say, what they leave out, and that nothing in a notebook can act in them."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons.commands import cli
from lessons.course import places
from lessons.course.errors import CourseError
from lessons.teaching.pages import export, states, text

STORED = places.notebooks()
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
VIEW = {"version_major": 2, "version_minor": 0, "model_id": "x"}


def shown(source: str) -> new_code_cell:
    """A code cell that shows one widget, as it is stored."""
    data = {states.VIEW: VIEW, "image/png": PIXEL, "text/plain": "Fit a line: run this cell in JupyterLab."}
    return new_code_cell(source, outputs=[new_output("display_data", data=data)])


def page_of(folder: Path, *cells: Any) -> str:
    nbformat.write(new_notebook(cells=list(cells)), folder / "one.ipynb")
    return export.export(folder / "one.ipynb").markup


def body(markup: str) -> str:
    found = re.search(r"<main id=\"text\">(.*)</main>", markup, re.DOTALL)
    assert found
    return found[1]


def words(markup: str) -> str:
    """What is read outside of code."""
    without = re.sub(r"<(pre|code|svg)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", without))


# --- the stored notebooks ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The text of every stored notebook's page, without its widgets' values."""
    made = {}
    for file in STORED:
        notebook = export.read(file)
        found: list[tuple[int, str, str]] = []
        cells = [export._cell(notebook, index, file.parent, {}, found) for index in range(len(notebook.cells))]
        made[file.stem] = export._page(file, "\n".join(cells), found, "")
    return made


@pytest.mark.parametrize("name", [file.stem for file in STORED])
def test_a_stored_notebook_becomes_a_page(pages: dict[str, str], name: str) -> None:
    page = pages[name]
    source = export.read(places.NOTEBOOKS / f"{name}.ipynb")
    prose = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    assert not re.search(r"\$|\\[a-zA-Z]+|```|\]\(", words(body(page)))
    assert 'class="lessons-source"' not in body(page)  # no formula was left unconverted
    assert ("<math" in page) == ("$" in re.sub(r"`[^`]*`", "", prose))
    assert "```mermaid" not in prose  # a page has no Mermaid: draw it with `plots.flow`
    pictures = sum("image/png" in o.get("data", {}) for c in source.cells for o in c.get("outputs", []))
    assert body(page).count('src="data:image/png') == pictures
    assert not re.search(r'(src|href)="(?!data:(?:image|audio)/|https?://|#|\d\d_\w+\.html)', page)
    assert not re.search(r"<(img|script|link|iframe)\b[^>]*\bhttps?:", page)
    assert not re.search(r"@import|url\(", page)
    assert set(re.findall(r'href="(\d\d_\w+)\.html', page)) <= {file.stem for file in STORED}
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(targets) > 5
    assert all(page.count(f'id="{target}"') == 1 for target in targets)
    assert len(page.encode()) < 3_000_000


def test_every_call_of_a_widget_in_the_course_is_known() -> None:
    for file in STORED:
        notebook = export.read(file)
        places = [
            (i, j)
            for i, c in enumerate(notebook.cells)
            for j, o in enumerate(c.get("outputs", []))
            if states.is_widget(o)
        ]
        assert [call.place for call in states.calls(notebook)] == places
        for call in states.calls(notebook):
            assert states._function(call)


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
        r"\frac{\partial L}{\partial w}",
        r"\operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V",
        r"\lVert g \rVert^2 = \sum_{i=1}^{n} g_i^2",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"p = \begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}",
        r"\mathbb{E}\bigl[x\bigr] \approx \hat{\mu}, \quad \underbrace{a+b}_{c}",
    ],
)
def test_formulas_become_mathml(latex: str) -> None:
    made = text.clean(text.formula(latex, block=True))
    assert made.startswith('<span class="formula"><math')
    assert 'display="block"' in made
    assert "\\" not in made.replace("&#x0005C;", "")


def test_a_table_of_equations_keeps_its_rows() -> None:
    made = text.markdown(r"$$\begin{aligned} a &= b \\ &= c \end{aligned}$$", Path("."), None, [])
    assert made.count("<mtr") == 2
    assert made.count("<mtd") == 4


@pytest.mark.parametrize("latex", [r"\frac{1", r"\begin{weird} a & b \end{weird}", r"\nosuch x", "x^", "{" * 9_000])
def test_what_cannot_be_converted_stays_readable(latex: str) -> None:
    assert text.formula(latex, block=False) == f'<code class="lessons-source">{html.escape(latex)}</code>'


def test_code_and_money_are_no_formulas() -> None:
    made = text.markdown("`$x$` costs \\$5\n\n```python\nprice = '$5'\n```\n", Path("."), None, [])
    assert "<math" not in made
    assert "<code>$x$</code> costs $5" in made


# --- hostile notebooks ------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><a xlink:href='javascript:alert(1)' href='javascript:alert(1)'>x</a></math>",
    "<iframe src='https://example.org'></iframe><object data='x'></object><embed src='x'>",
    "<a href='javascript:alert(1)'>x</a> [y](javascript:alert(1)) [z](data:text/html,<script>alert(1)</script>)",
    "<form action='https://example.org'><input name=a><button>go</button></form>",
    "<style>body { display: none }</style><link rel=stylesheet href='https://example.org/a.css'>",
    "<div style='position:fixed; background: url(https://example.org/a.png); color: red'>x</div>",
    "<meta http-equiv=refresh content='0; url=https://example.org'><base href='https://example.org'>",
    "<p data-widget='w0-0' class='page-skip'>x</p><h2 id='page-widgets'>x</h2>",
    "<img src='https://example.org/track.png'> ![t](https://example.org/track.png)",
    "<details ontoggle=alert(1) open>x</details>",
    "<audio autoplay onplay=alert(1) src='https://example.org/a.wav'><source src='data:text/html;base64,AA=='></audio>",
    '<p title="<table onmouseover=alert(1)><pre onclick=alert(1)>">x</p>',
    '![a"onerror="alert(1)](data:image/png;base64,AA==)',
    "```mermaid\nflowchart LR\n a[\"<img src=x onerror=alert(1)>\"] --> b\n```",
    '$\\text{<img src=x onerror=alert(1)>}$ $"onload="alert(1)$',
    "```<script>alert(1)</script>\nx\n```",
    "# <script>alert(1)</script> <img src=x onerror=alert(1)>",
    "</main><script>alert(1)</script><!-- ",
]  # fmt: skip


@pytest.mark.parametrize("place", ["markdown", "html", "printed", "error", "plain", "latex", "code"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_notebook_acts_in_the_page(hostile: str, place: str, tmp_path: Path) -> None:
    outputs = {
        "html": new_output("display_data", data={"text/html": hostile}),
        "printed": new_output("stream", text=hostile),
        "error": new_output("error", ename="E", evalue=hostile, traceback=[hostile]),
        "plain": new_output("execute_result", data={"text/plain": hostile}),
        "latex": new_output("display_data", data={"text/latex": hostile}),
    }
    if place in outputs:
        cell = new_code_cell("1", outputs=[outputs[place]])
    else:
        cell = new_markdown_cell(hostile) if place == "markdown" else new_code_cell(hostile)
    markup = page_of(tmp_path, cell)
    elements = list(_elements(body(markup)))
    assert {name for name, _ in elements} <= {*text.PLAIN, *text.MATHML, *text.DRAWING}
    for name, attributes in elements:
        assert not any(key.startswith(("on", "data-", "xlink")) for key in attributes), (name, attributes)
        assert re.match(r"data:image/|$", attributes.get("src") or "")
        assert re.match(r"https?://|#|\d\d_|$", attributes.get("href") or "")
        assert not re.search(r"url|position", attributes.get("style") or "")
        assert attributes.get("id", "s-").startswith("s-")
    assert markup.count("<script") == 1


def _elements(markup: str) -> Iterator[tuple[str, dict[str, str | None]]]:
    from html.parser import HTMLParser

    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(markup)
    yield from found


@pytest.mark.parametrize(
    "source", [">" * 20_000 + "x", "<div>" * 40_000, "*" * 50_000, "[" * 5_000, "$" + "{" * 3_000 + "$"], ids=len
)
def test_monstrous_text_is_still_a_page(source: str, tmp_path: Path) -> None:
    assert "</main>" in page_of(tmp_path, new_markdown_cell(source))


def test_only_pictures_of_the_notebook_are_taken_in(tmp_path: Path) -> None:
    import base64

    (tmp_path / "course").mkdir()
    for name in ("secret.png", "course/mine.png"):
        (tmp_path / name).write_bytes(base64.b64decode(PIXEL))
    (tmp_path / "course" / "other.png").symlink_to(tmp_path / "secret.png")
    inside = text.markdown(
        "![a](mine.png) ![b](../secret.png) ![c](other.png) ![d](none.png)", tmp_path / "course", {}, []
    )
    assert re.findall(r'alt="(.)"', inside) == ["a"]
    assert re.findall(r"\[picture: (.)\]", inside) == ["b", "c", "d"]
    attached = text.markdown("![a](attachment:x.png)", tmp_path, {"x.png": {"image/png": PIXEL}}, [])
    assert f"data:image/png;base64,{PIXEL}" in attached


def test_a_widgets_values_cannot_end_their_script() -> None:
    widget = states.Widget(
        "x", {"module": "m", "style": "s", "state": {"text": "</script><script>alert(1)</script>\u2028"}}
    )
    packed = export._packed({(0, 0): widget, (1, 0): widget})
    assert "<" not in packed
    read = json.loads(packed)
    assert read["modules"] == ["m"]  # once for both
    assert read["widgets"]["w1-0"]["state"] == widget.values["state"]


# --- the widgets' values ----------------------------------------------------------------------------------------------

IMPORT = "from lessons.widgets.linear_models import fit_a_line\n"


def made(source: str) -> states.Widget:
    (call,) = states.calls(new_notebook(cells=[shown(source)]))
    return states.make(call)


def test_a_call_with_literals_lives() -> None:
    widget = made(IMPORT + "widget = fit_a_line()\nwidget")
    assert widget.note == ""
    assert widget.values["state"]["learning_rate"] == 0.08
    assert "_esm" not in widget.values["state"]
    assert "export default" in widget.values["module"]


def test_bytes_travel_as_base64() -> None:
    import base64

    import numpy as np

    widget = made("from lessons.widgets.attention import attention_explorer\nattention_explorer(tokens=['a', 'b'], "
                  "query=[[1, 0], [0, 1]], key=[[1, 2], [3, 4]])")  # fmt: skip
    data = widget.values["state"]["data"]
    scores = np.frombuffer(base64.b64decode(data["scores"]["base64"]), "<f4").reshape(2, 2)
    assert scores == pytest.approx(np.array([[1, 3], [2, 4]]) / np.sqrt(2))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (IMPORT + "fit_a_line(data)", "with what the cells above compute"),
        (IMPORT + "fit_a_line(**data)", "with what the cells above compute"),
        (IMPORT + "fit_a_line('nonsense')", "could not be made again"),
        ("from lessons.widgets.linear_models import Path as fit_a_line\nfit_a_line('x')", "could not be made again"),
        ("from lessons.widgets.base import javascript\njavascript('../../../etc/passwd')", "could not be made again"),
        ("from lessons.widgets.training import training_monitor\ntraining_monitor()", "while it runs"),
    ],
)
def test_what_cannot_be_made_stays_a_picture_with_a_sentence(source: str, said: str, tmp_path: Path) -> None:
    widget = made(source)
    assert widget.values is None
    assert said in widget.note
    markup = page_of(tmp_path, shown(source))
    assert said in markup
    assert "data-widget" not in body(markup)
    assert PIXEL in body(markup)


def test_a_named_argument_that_is_no_literal_is_left_out_and_said() -> None:
    widget = made("from lessons.widgets.tokens import merge_player\nmerge_player('aa ab', merges=4, step=start)")
    assert widget.values["state"]["text"] == "aa ab"
    assert widget.values["state"]["most"] == 4
    assert widget.note == "Here without step=start, which the notebook computes."


def test_foreseen_questions_come_with_their_answers() -> None:
    import traitlets

    from lessons.widgets.base.text import TextWidget

    class Echo(TextWidget):
        masked = traitlets.List(traitlets.Int()).tag(sync=True)
        backwards = traitlets.Bool(False).tag(sync=True)
        asks = ("text", "masked", "backwards")
        _esm, _css = "export default {}", ""
        examples = {"short": "b a"}  # noqa: RUF012

    def read(text: str, masked: list[int], backwards: bool) -> dict[str, Any]:
        return {"tokens": text.split(), "said": f"{text} {masked} {backwards}"}

    first = {"text": "a b c", "masked": [1], "backwards": False}
    echo = Echo(read, data={**read(**first), **first}, **first)
    packed = states.pack(echo)
    assert packed["state"]["text"] == "a b c"
    assert packed["asks"] == ["text", "masked", "backwards"]
    assert [answer["said"] for answer in packed["answers"]] == [
        "b a [1] False", "a b c [0] False", "a b c [1] False", "a b c [2] False", "a b c [1] True", "a b c [1] False",
    ]  # fmt: skip
    for answer in packed["answers"]:
        assert answer["said"] == f"{answer['text']} {answer['masked']} {answer['backwards']}"


def test_a_drawing_in_svg_is_a_picture() -> None:
    drawn = new_output("display_data", data={"image/svg+xml": "<svg onload='alert(1)'/>", "text/plain": "x"})
    assert re.fullmatch(r'<img src="data:image/svg\+xml;base64,[\w=+/]+" alt="words">', text.output(drawn, "words"))


def test_a_sound_is_in_the_page() -> None:
    made = (
        "<audio controls='controls' autoplay><source src='data:audio/wav;base64,UklGRg==' type='audio/wav' />no</audio>"
    )
    shown_ = text.output(new_output("display_data", data={"text/html": made, "text/plain": "x"}), "words")
    assert shown_ == (
        '<audio controls="controls"><source src="data:audio/wav;base64,UklGRg==" type="audio/wav">no</audio>'
    )


def test_a_cell_that_is_not_python_has_no_widget() -> None:
    assert states.calls(new_notebook(cells=[shown("%%html\n<b>"), shown("x = (")])) == []


def test_run_takes_what_the_notebook_computes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = new_code_cell("start = 2 + 1\n1 / 0  # what a widget does not need may fail")
    call = "from lessons.widgets.tokens import merge_player\nmerge_player('aa ab aa', merges=4, step=start)"
    nbformat.write(new_notebook(cells=[first, shown(call), new_code_cell("1 / 0")]), tmp_path / "one.ipynb")
    page = export.export(tmp_path / "one.ipynb", with_run=True, cell_timeout=120)  # the last cell is not reached
    (widget,) = page.widgets
    assert widget.values["state"]["step"] == 3
    assert widget.note == ""

    nbformat.write(new_notebook(cells=[new_code_cell("start = 1 / 0"), shown(call)]), tmp_path / "one.ipynb")
    with pytest.raises(CourseError, match=r"ZeroDivisionError.*Without --run"):
        export.export(tmp_path / "one.ipynb", with_run=True, cell_timeout=120)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["page", "1", "--out", str(tmp_path / "seite.html")]) == 0
    page = (tmp_path / "seite.html").read_text(encoding="utf-8")
    assert "1 of 1 widgets alive" in capsys.readouterr().out
    assert "<title>01 · Linear models" in page
    assert 'href="00_start_here.html">← 00 start here' in page
    assert [file.name for file in tmp_path.iterdir()] == ["seite.html"]


def test_a_notebook_of_ones_own_in_a_folder(tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Mine & yours")]), tmp_path / "mine.ipynb")
    (tmp_path / "out").mkdir()
    assert cli.main(["page", str(tmp_path / "mine.ipynb"), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "mine.html").read_text(encoding="utf-8")
    assert "<title>Mine &amp; yours</title>" in page
    assert "page-ends" not in body(page)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Say which notebook"),
        (["77"], "There is no notebook 77"),
        (["none/x.ipynb"], "There is no file none/x.ipynb"),
        (["01", "--out", "none/x.html"], "There is no folder none"),
        (["01", "02", "--out", "none"], "none is no folder"),
        (["bad.ipynb"], "is not a notebook that can be read"),
        (["empty.ipynb"], "is not a notebook that can be read"),
        (["list.ipynb"], "is not a notebook that can be read"),
        (["folder.ipynb"], "cannot be read"),
    ],
)
def test_a_wrong_wish_is_a_sentence(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.ipynb").write_text('{"cells": [{]', encoding="utf-8")
    (tmp_path / "list.ipynb").write_text("[1, 2]", encoding="utf-8")
    (tmp_path / "empty.ipynb").write_text("", encoding="utf-8")
    (tmp_path / "folder.ipynb").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["page", *arguments]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_device_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CourseError, match="no ordinary file"):
        export.write("x", Path("/dev/full"))
    assert not Path("/dev/full").is_file()


def test_a_full_disk_leaves_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.html").write_text("old", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CourseError, match="No space left on device"):
        export.write("new", tmp_path / "a.html")
    monkeypatch.undo()
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [("a.html", "old")]
