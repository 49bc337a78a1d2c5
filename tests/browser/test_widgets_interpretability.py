"""Erase a word in a real Chromium: formulas are Python's, words go by mouse and keyboard, and Python hears of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from lessons.widgets import interpretability as shown

pytestmark = pytest.mark.browser

OPEN = """
import random
from lessons.widgets.interpretability import EraseAWord

rng = random.Random(0)
table = [rng.uniform(-3, 3) for _ in range(16)]
given = {name: [[rng.uniform(-1, 1) for _ in range(4)] for _ in range(16)]
         for name in ("gradient × input", "integrated gradients")}
widget = EraseAWord(["not", "a <b>dull</b>", "moment", "!"], table, given, ["blame", "praise"])
widget
"""
TEXTS = [(place, "color") for place in (".lw-message", ".lw-word", ".lw-number", "select", "label")]
MARKS = [(".lw-for", "background-color"), (".lw-against", "background-color")]


def made() -> shown.EraseAWord:
    """The widget of the notebook, in this process."""
    names: dict[str, Any] = {}
    exec(OPEN, names)
    return names["widget"]


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(shown.EraseAWord._esm)


@pytest.mark.parametrize("n", range(1, 6))
def test_javascript_is_python(module: Callable, n: int) -> None:
    rng = random.Random(n)
    table = [rng.uniform(-5, 5) for _ in range(2**n)]
    for present in {0, 1, 2**n - 1, rng.randrange(2**n), rng.randrange(2**n)}:
        assert module("leftOut", table, present) == pytest.approx(shown.left_out(table, present), abs=1e-12)
        assert module("shares", table, present) == pytest.approx(shown.shares(table, present), abs=1e-12)
    for value in (-800, -3.5, 0, 2, 60):
        assert module("probability", value) == pytest.approx(shown.probability(value), abs=1e-15)


def signed(value: float) -> str:
    text = f"{abs(value):.2f}"
    return text if float(text) == 0 else ("−" if value < 0 else "+") + text


def assert_same(out: Any, widget: shown.EraseAWord) -> None:
    """The answer, and every bar's number, are those of the widget in Python."""
    assert f"praise: {widget.probability:.3f}" in out.locator(".lw-message").text_content()
    for side, panel in zip((widget.left, widget.right), out.locator(".lw-panel").all(), strict=True):
        numbers = [cell.text_content() for cell in panel.locator(".lw-number").all()]
        values = widget.explanation(side)
        due = [signed(value) if widget.present >> i & 1 else "erased" for i, value in enumerate(values)]
        assert numbers == due
    pressed = [word.get_attribute("aria-pressed") for word in out.locator(".lw-word").all()]
    assert pressed == [str(not widget.present >> i & 1).lower() for i in range(4)]


def test_erase_a_word_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(OPEN, "widget.present, widget.left", theme="JupyterLab Dark")
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), made()
    out.locator(".lw-word").first.wait_for()
    assert_same(out, widget)
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    out.get_by_role("button", name="not", exact=True).click()
    widget.present = 0b1110
    assert_same(out, widget)
    out.locator(".lw-word").nth(2).focus()
    page.keyboard.press("Enter")
    widget.present = 0b1010
    page.wait_for_timeout(60)
    assert_same(out, widget)
    for side, method in (("left", "Shapley values"), ("right", "gradient × input")):
        out.get_by_label(f"Explanation on the {side}:").select_option(method)
        setattr(widget, side, method)
        page.wait_for_timeout(60)
        assert_same(out, widget)
    out.get_by_role("button", name="Bring all back").click()
    widget.present = 15
    page.wait_for_timeout(60)
    assert_same(out, widget)
    page.wait_for_timeout(300)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    assert notebook.output(1).locator("pre").text_content() == "(15, 'Shapley values')"
