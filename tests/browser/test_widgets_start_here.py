"""The first taste and the map in JupyterLab in a real Chromium: what is seen is what Python computes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from lessons import start_here
from lessons.widgets import start_here as ws

pytestmark = pytest.mark.browser

LIBRARY = ("A film.", "Tears ran down my cheeks.", "It made me a profit.", "I slept through it.", "He & <she> laughed.")
TASTE = f"""
from lessons import start_here
from lessons.widgets import start_here as ws
library = {LIBRARY!r}
ws.film_library = lambda: (library, start_here.sentence_vectors(*start_here.minilm(), library))
widget = ws.first_taste("It made me weep.")
widget
"""
READ = "import json; print(json.dumps([widget.text, widget.token, widget.head, widget.tokens, widget.neighbours]))"
TEXTS = [(".lw-words button", "color"), (".lw-words small", "color"), (".lw-near span", "color"), (".lw-hint", "color")]
TEXTS += [(".lw-caption", "color"), (".lw-message", "color"), ("label", "color")]
MARKS = [(".lw-words button > i b", "backgroundColor"), (".lw-near i b", "backgroundColor")]


@pytest.fixture
def widget(monkeypatch: pytest.MonkeyPatch) -> ws.FirstTaste:
    """The same widget in this process."""
    vectors = start_here.sentence_vectors(*start_here.minilm(), LIBRARY)
    monkeypatch.setattr(ws, "film_library", lambda: (LIBRARY, vectors))
    return ws.first_taste("It made me weep.")


def assert_shows(out: Any, widget: ws.FirstTaste) -> None:
    """Tokens, their numbers, the chosen row of attention and the neighbours are those of Python."""
    at = min(widget.token, len(widget.tokens) - 1)
    looks = widget.data["attention"][widget.head][at]
    found = out.locator(".lw-words button").evaluate_all(
        "all => all.map((one) => [...one.querySelectorAll('span, small')].map((part) => part.textContent))"
    )
    assert [[face, number] for _, face, number in found] == [
        [token, str(number)] for token, number in zip(widget.tokens, widget.data["ids"], strict=True)
    ]
    shares = [float(share.removesuffix(" %") or 0) for share, _, _ in found]
    assert shares == pytest.approx([100 * value for value in looks], abs=0.51)
    pressed = out.locator(".lw-words button[aria-pressed=true]")
    assert pressed.evaluate_all("all => all.map((one) => [...one.parentElement.children].indexOf(one))") == [at]
    rows = out.locator(".lw-near li").evaluate_all(
        "all => all.map((one) => [one.firstChild.textContent, one.lastChild.textContent])"
    )
    assert rows == [[f"{value:.2f}".replace("-", "−"), sentence] for sentence, value in widget.neighbours]


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    """The widget in cell 0, what Python sees of it in cell 1, the map of one who has solved an exercise in cell 2."""
    solved = (
        "from lessons import exercises\nfrom lessons.tutor import record\n"
        "record.record('start_here.first_try', 'correct')\nexercises.show_map()"
    )
    return open_for_all(TASTE, READ, solved)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_sentence_of_ones_own(notebook: Any, looks: Callable, widget: ws.FirstTaste, theme: str) -> None:
    notebook.theme(theme)
    notebook.run_cell(0)
    page, out = notebook.page, notebook.output(0)
    out.locator(".lw-words button").first.wait_for()
    assert_shows(out, widget)
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    field = out.get_by_label("Your sentence")
    for text in ("", "🎬🎉", "the cat " * 1250, "Das ist nicht gut.", "I slept <b>well</b>."):
        field.fill(text)
        field.press("Enter")
        widget.text = text
        note = re.compile(f"^{re.escape(widget.data['note'])}$")
        out.locator(".lw-status[data-state=read]", has_text=note).wait_for()
        page.wait_for_timeout(100)  # the frame that draws
        assert_shows(out, widget)
    assert page.locator(".jp-Notebook .jp-Cell").count() == 3  # no letter was taken for a command on cells

    out.locator(".lw-words button").nth(4).click()
    page.keyboard.press("ArrowRight")
    out.get_by_label("Attention of").select_option(label="layer 1, head 8")
    widget.token, widget.head = 5, 1
    assert_shows(out, widget)
    page.wait_for_timeout(200)  # the last message to the kernel
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    text, token, head, tokens, near = json.loads(notebook.output(1).locator("pre").text_content())
    assert (text, token, head, tokens) == (widget.text, 5, 1, widget.tokens)
    assert [sentence for sentence, _ in near] == [sentence for sentence, _ in widget.neighbours]


def test_the_map_has_links_and_is_read_as_text(notebook: Any) -> None:
    notebook.theme("Dark")
    notebook.run_cell(2)
    out = notebook.output(2)
    group = out.get_by_role("group", name=re.compile("^Map of the course: 20 lessons in 6 parts; 1 of "))
    group.wait_for()
    assert group.get_by_role("link", name="01 Linear models").count() == 1
    assert group.get_by_text(re.compile(r"^1 of \d+ solved$")).count() == 1
    box = out.bounding_box()
    inner = group.bounding_box()
    assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1
