"""The two widgets on the Transformer in JupyterLab: what is seen, by mouse and by keyboard, is what Python computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from lessons.transformer import Transformer, dates
from lessons.widgets import transformer as wt

pytestmark = pytest.mark.browser

VIEWER = """import torch
from lessons.transformer import dates
from lessons.transformer import Transformer
from lessons.widgets import transformer as wt

torch.manual_seed(0)
characters = dates.Characters(dates.date_pairs("train", 2000).texts)
model = Transformer(len(characters), dates.TARGETS, hidden_size=16, n_heads=2, intermediate_size=32)
wt.alignment_viewer(model, characters)"""
TEXTS = [("dt", "color"), ("dd", "color"), (".lw-message", "color")]
VIEWER_TEXTS = [*TEXTS, (".lw-caption", "color"), ("small", "color"), ("bdi", "color"), (".lw-status", "color")]
DEPTH_TEXTS = [*TEXTS, ("figcaption", "color"), ("label", "color"), ("svg text", "fill")]


def same_viewer() -> wt.AlignmentViewer:
    """The widget of the notebook, in this process."""
    torch.manual_seed(0)
    characters = dates.Characters(dates.date_pairs("train", 2000).texts)
    model = Transformer(len(characters), dates.TARGETS, hidden_size=16, n_heads=2, intermediate_size=32)
    return wt.alignment_viewer(model, characters)


def written(share: float) -> str:
    """A share as the widget writes it, in per cent."""
    return f"{100 * share:.{0 if share >= 0.0995 or share < 0.0005 else 1}f}"


def assert_shows(out: Any, widget: wt.AlignmentViewer, place: int) -> None:
    """Characters, shares, probabilities and entropy on the screen are those of the widget in Python."""
    data = widget.data
    assert out.locator(".lw-source bdi").all_text_contents() == data["characters"]
    assert out.locator(".lw-source small").all_text_contents() == [written(share) for share in data["shares"][place]]
    assert out.locator(".lw-written bdi").all_text_contents() == list(data["written"])
    others = out.locator(".lw-others small").all_text_contents()
    assert others == [written(share) for share in data["probabilities"][place]]
    cells = dict(out.locator("dd").evaluate_all("all => all.map(dd => [dd.dataset.name, dd.textContent])"))
    assert cells["written"] == f"“{data['written'][place]}”: {wt.PLACES[place]}"
    assert cells["entropy of its look"] == f"{data['entropies'][place]:.2f} bits"


def test_both_widgets_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(VIEWER, "wt.norm_and_depth()", theme="JupyterLab Dark")
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), same_viewer()
    options = out.get_by_role("option")
    options.first.wait_for()
    assert_shows(out, widget, 0)
    looks(out.locator(".lessons-widget"), VIEWER_TEXTS, [(".lw-fill", "backgroundColor")])

    options.nth(6).hover()
    assert_shows(out, widget, 6)
    out.locator(".lw-message").hover()
    assert_shows(out, widget, 0)  # a look, not a choice
    options.nth(3).click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    out.locator(".lw-message").hover()
    assert_shows(out, widget, 5)
    row = out.get_by_role("listbox")
    assert row.get_attribute("aria-activedescendant") == out.get_by_role("option", selected=True).get_attribute("id")
    page.keyboard.press("End")
    assert_shows(out, widget, 9)
    page.keyboard.press("ArrowRight")
    assert_shows(out, widget, 0)

    field = out.get_by_label("A date, in words")
    for text in ("我 14 🙂", "14 במרץ 1987", "", "a" * 65, "١٤ مارس"):
        field.fill(text)
        field.press("Enter")
        widget.text = text
        out.locator(".lw-status[data-state=read]", has_text=widget.data["note"]).wait_for()
        assert_shows(out, widget, 0)
    lefts = out.locator(".lw-source bdi").evaluate_all("all => all.map((one) => one.getBoundingClientRect().left)")
    assert lefts == sorted(lefts)  # the first character stands at the left, whatever its script
    field.fill("14. März")  # without Enter, after a pause
    out.locator(".lw-source bdi", has_text="M").wait_for()
    out.get_by_role("button", name="Japanese").click()
    out.locator(".lw-source bdi", has_text="年").wait_for()
    widget.text = wt.EXAMPLES["Japanese"]
    assert_shows(out, widget, 0)

    deep, data = notebook.output(1), wt.numbers()
    looks(deep.locator(".lessons-widget"), DEPTH_TEXTS, [(".lw-curve", "stroke"), (".lw-chosen", "stroke")])
    slider = deep.get_by_label("Depth of the stack")
    for key, depth in (("ArrowRight", 13), ("End", 24), ("Home", 1)):
        slider.press(key)
        moves = {name: data[name]["moves"][depth - 1] for name in list(wt.STEPS)[:4]}
        pre, post = moves["pre-norm"], moves["post-norm"]
        assert deep.locator("dd").last.text_content() == f"{post / pre:.2f}"
        told = ", ".join(f"{100 * moved:.1f} % ({name})" for name, moved in moves.items())
        assert told in deep.locator(".lw-message").text_content()
        assert deep.locator("svg").first.locator("circle").count() == 5 * (depth + 1)
    deep.locator(".lw-ground").last.scroll_into_view_if_needed()
    box = deep.locator(".lw-ground").last.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert slider.input_value() == "12"
    assert "NaN" not in deep.locator(".lessons-widget").evaluate("node => node.outerHTML")

    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    out.get_by_text("The kernel was restarted").wait_for()
    field.fill("Who hears this?")
    field.press("Enter")
    out.get_by_text("A new text needs a running kernel: run this cell again.").wait_for()
    options.nth(2).click()  # everything else goes on
    assert_shows(out, widget, 2)
    notebook.wait_until_idle()
