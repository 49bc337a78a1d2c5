"""The two widgets on the Transformer in JupyterLab: what is seen, by mouse and by keyboard, is what Python computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from lessons.transformer import Transformer, dates
from lessons.widgets import transformer as wt

expect = pytest.importorskip("playwright.sync_api").expect
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


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    opened = open_for_all(VIEWER, "wt.norm_and_depth()", theme="JupyterLab Dark")
    opened.run_all()
    return opened


@pytest.fixture
def viewer(notebook: Any) -> Any:
    """The output with a fresh alignment viewer."""
    notebook.run_cell(0)
    out = notebook.output(0)
    out.get_by_role("option").first.wait_for()
    return out


def test_a_look_is_no_choice_and_a_choice_stays(viewer: Any, looks: Callable) -> None:
    widget, options, message = same_viewer(), viewer.get_by_role("option"), viewer.locator(".lw-message")
    assert_shows(viewer, widget, 0)
    looks(viewer.locator(".lessons-widget"), VIEWER_TEXTS, [(".lw-fill", "backgroundColor")])
    options.nth(6).hover()
    assert_shows(viewer, widget, 6)
    message.hover()
    assert_shows(viewer, widget, 0)
    options.nth(3).click()
    message.hover()
    assert_shows(viewer, widget, 3)


def test_keys_move_the_choice_round(notebook: Any, viewer: Any) -> None:
    widget, keyboard, row = same_viewer(), notebook.page.keyboard, viewer.get_by_role("listbox")
    viewer.get_by_role("option").nth(3).click()
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    viewer.locator(".lw-message").hover()
    assert_shows(viewer, widget, 5)
    chosen = viewer.get_by_role("option", selected=True).get_attribute("id")
    assert row.get_attribute("aria-activedescendant") == chosen
    keyboard.press("End")
    assert_shows(viewer, widget, 9)
    keyboard.press("ArrowRight")
    assert_shows(viewer, widget, 0)


def test_any_text_is_read_or_told(viewer: Any) -> None:
    widget, field = same_viewer(), viewer.get_by_label("A date, in words")
    for text in ("我 14 🙂", "14 במרץ 1987", "", "a" * 65, "١٤ مارس"):
        field.fill(text)
        field.press("Enter")
        widget.text = text
        viewer.locator(".lw-status[data-state=read]", has_text=widget.data["note"]).wait_for()
        assert_shows(viewer, widget, 0)
    lefts = viewer.locator(".lw-source bdi").evaluate_all("all => all.map((one) => one.getBoundingClientRect().left)")
    assert lefts == sorted(lefts)  # the first character stands at the left, whatever its script


def test_a_pause_or_a_button_is_as_good_as_enter(viewer: Any) -> None:
    widget, field = same_viewer(), viewer.get_by_label("A date, in words")
    field.fill("14. März")
    viewer.locator(".lw-source bdi", has_text="M").wait_for()
    viewer.get_by_role("button", name="Japanese").click()
    viewer.locator(".lw-source bdi", has_text="年").wait_for()
    widget.text = wt.EXAMPLES["Japanese"]
    assert_shows(viewer, widget, 0)


def test_the_depth_of_the_stack(notebook: Any, looks: Callable) -> None:
    deep, data = notebook.output(1), wt.numbers()
    looks(deep.locator(".lessons-widget"), DEPTH_TEXTS, [(".lw-curve", "stroke"), (".lw-chosen", "stroke")])
    slider = deep.get_by_label("Depth of the stack")
    for key, depth in (("End", 24), ("Home", 1), ("ArrowRight", 2)):
        slider.press(key)
        moves = {name: data[name]["moves"][depth - 1] for name in list(wt.STEPS)[:4]}
        pre, post = moves["pre-norm"], moves["post-norm"]
        expect(deep.locator("dd").last).to_have_text(f"{post / pre:.2f}")  # drawn with the next frame
        told = ", ".join(f"{100 * moved:.1f} % ({name})" for name, moved in moves.items())
        assert told in deep.locator(".lw-message").text_content()
        assert deep.locator("svg").first.locator("circle").count() == 5 * (depth + 1)
    deep.locator(".lw-ground").last.scroll_into_view_if_needed()
    box = deep.locator(".lw-ground").last.bounding_box()
    notebook.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert slider.input_value() == "12"
    assert "NaN" not in deep.locator(".lessons-widget").evaluate("node => node.outerHTML")


def test_without_its_kernel_a_new_text_is_refused_and_the_rest_goes_on(open_notebook: Callable) -> None:
    notebook, widget = open_notebook(VIEWER), same_viewer()
    notebook.run_all()
    out, field = notebook.output(0), notebook.output(0).get_by_label("A date, in words")
    out.get_by_role("option").first.wait_for()
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    out.get_by_text("The kernel was restarted").wait_for()
    field.fill("Who hears this?")
    field.press("Enter")
    out.get_by_text("A new text needs a running kernel: run this cell again.").wait_for()
    out.get_by_role("option").nth(2).click()
    assert_shows(out, widget, 2)
    notebook.wait_until_idle()
