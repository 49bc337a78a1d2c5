"""Drag a filter in a real Chromium: formulas equal Python's; by mouse, by keyboard and by its nine numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lessons.widgets import vision as shown

pytestmark = pytest.mark.browser

OPEN = """
from lessons.widgets.vision import drag_a_filter
widget = drag_a_filter()
widget
"""
TEXTS = [
    ("figcaption", "color"), (".lw-product", "color"), (".lw-filter-sum", "color"), ("label", "color"),
    (".lw-filter-cell input", "color"),
]  # fmt: skip
MARKS = [(".lw-filter-mark", "stroke"), (".lw-filter-cell input", "borderTopColor")]


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(shown.DragAFilter._esm)


def signed(value: float) -> str:
    return f"{0 if abs(value) < 0.005 else value:.2f}".replace("-", "−")


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
@pytest.mark.parametrize("shape", [(3, 3), (5, 8), (12, 7)])
def test_javascript_filters_as_python(module: Callable, shape: tuple[int, int], stride: int, padding: int) -> None:
    rng = np.random.default_rng(0)
    pixels, weights = rng.integers(0, 256, shape), rng.normal(size=9).tolist()
    picture = {"height": shape[0], "width": shape[1], "values": pixels.ravel().tolist()}
    expected = shown.filtered(pixels, weights, stride, padding)
    found = module.evaluate(
        "(({ rows, columns, values }) => [rows, columns, [...values]])(widget.filtered(...x))",
        [picture, weights, stride, padding],
    )
    assert found[:2] == list(expected.shape)
    assert found[2] == pytest.approx(expected.ravel().tolist(), abs=1e-12)
    around_zero, most = shown.scale_of(expected, weights)
    assert module("scaleOf", found[2], weights) == {"aroundZero": around_zero, "most": pytest.approx(most)}
    under = module("under", picture, 0, 0, stride, padding)
    assert np.dot(under, weights) == pytest.approx(expected[0, 0], abs=1e-12)


def test_colours_say_the_sign(module: Callable) -> None:
    grey, signs = {"aroundZero": False, "most": 2}, {"aroundZero": True, "most": 2}
    blue, orange = [0, 114, 178], [230, 159, 0]
    assert module("colourOf", 1, grey, blue, orange) == [128, 128, 128]
    assert module("colourOf", 0, signs, blue, orange) == [255, 255, 255]
    assert module("colourOf", -2, signs, blue, orange) == blue
    assert module("colourOf", 5, signs, blue, orange) == orange


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_filter_is_dragged_and_edited(open_notebook: Callable, looks: Callable, theme: str) -> None:
    code = "print(widget.place, widget.weights, widget.stride, f'{widget.output[widget.place]:.4f}')"
    notebook = open_notebook(OPEN, code, theme=theme)
    notebook.run_all()
    widget = shown.drag_a_filter()
    out, page = notebook.output(0), notebook.page
    told = out.locator(".lw-filter-sum")
    told.wait_for()
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    def assert_shows() -> None:
        page.wait_for_timeout(80)  # the frame that draws
        row, column = widget.place
        start = f"Row {row + 1}, column {column + 1}: the nine products add up to {signed(widget.output[row, column])}."
        assert told.text_content().startswith(start)

    assert_shows()
    handle = out.locator(".lw-handle")
    handle.focus()
    handle.press("ArrowRight")
    handle.press("Shift+ArrowDown")
    widget.row, widget.column = widget.row + 5, widget.column + 1
    assert_shows()
    drawing = out.locator("svg.lw-filter-picture").first
    box = drawing.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.up()
    widget.row = widget.column = 0
    assert_shows()
    field = out.get_by_label("row 2, column 2 of the filter")
    field.fill("-2.5")
    widget.weights = [*widget.weights[:4], -2.5, *widget.weights[5:]]
    assert_shows()
    out.get_by_label("Stride").select_option("2")
    widget.stride = 2
    assert_shows()
    out.get_by_role("combobox", name="Picture").select_option("digit")
    widget.photograph = "digit"
    assert_shows()
    handle.focus()
    handle.press("End")
    widget.column = widget.output.shape[1]
    assert_shows()
    notebook.run_cell(1)
    said = notebook.output(1).locator("pre").text_content().strip()
    assert said == f"{widget.place} {widget.weights} 2 {widget.output[widget.place]:.4f}"
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2  # no letter was taken for a command on cells
