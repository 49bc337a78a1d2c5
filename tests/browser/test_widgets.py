"""Widgets in a real Chromium, by mouse and by keyboard: the numbers shown are those that Python computes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lessons.widgets import linear_models as lm

pytestmark = pytest.mark.browser

FIT = "from lessons.widgets.linear_models import fit_a_line\nwidget = fit_a_line()\nwidget"
SHIFT = "widget.points = [[x + 5, y] for x, y in widget.points]; widget.learning_rate = 0.01"
READ = "import json; print(json.dumps([widget.points, widget.w, widget.b, widget.learning_rate, widget.path]))"


# --- what is on the screen --------------------------------------------------------------------------------------------


def number(text: str) -> float:
    """A number as the widgets write it: "−0.45", "3.2 × 10⁷"."""
    assert re.fullmatch(r"−?\d+(\.\d+)?( × 10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text), text
    plain = text.replace("−", "-").replace(" × 10", "e")
    return float(plain.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def shown(out: Any) -> dict[str, float]:
    """The readouts by name."""
    cells = out.locator(".lw-readouts dd").evaluate_all("all => all.map(dd => [dd.dataset.name, dd.textContent])")
    return {name: number(text) for name, text in cells}


def kernel_values(notebook: Any) -> tuple[list, float, float, float, list]:
    """What Python sees of the widget now: runs cell 1 again."""
    notebook.page.wait_for_timeout(200)  # the last message to the kernel
    notebook.run_cell(1)
    return json.loads(notebook.output(1).locator("pre").text_content())


def assert_shows(out: Any, points: Any, w: float, b: float, learning_rate: float, steps: int) -> None:
    """Every number on the screen equals the one computed here, to the four digits shown."""
    large, _, _ = lm.curvature(points)
    expected = {
        "w": w,
        "b": b,
        "loss L": lm.loss(points, w, b),
        "least loss": lm.loss(points, *lm.least_squares(points)),
        "|gradient|": math.hypot(*lm.gradient(points, w, b)),
        "learning rate η": learning_rate,
        "2/λmax": 2 / large,
        "steps": steps,
    }
    assert shown(out) == pytest.approx(expected, rel=5.1e-4, abs=1e-15)


@pytest.fixture(scope="module")
def shared(open_for_all: Callable) -> Any:
    """A notebook with the widget in cell 0; cell 1 prints its values, cell 2 changes them."""
    return open_for_all(FIT, READ, SHIFT)


@pytest.fixture
def notebook(shared: Any) -> Any:
    """The same with a fresh widget."""
    return with_widget(shared)


def with_widget(notebook: Any) -> Any:
    """Runs cell 0, which shows the widget."""
    notebook.run_cell(0)
    notebook.output(0).locator(".lw-readouts").wait_for()
    return notebook


# --- by mouse and by keyboard -----------------------------------------------------------------------------------------


def drag(page: Any, element: Any, dx: float, dy: float) -> None:
    """Press on the middle of an element, move by (dx, dy) pixels in five moves, let go."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=5)
    page.mouse.up()


def test_by_mouse(notebook: Any) -> None:
    page, out = notebook.page, notebook.output(0)
    widget = lm.fit_a_line()
    assert_shows(out, widget.points, widget.w, widget.b, widget.learning_rate, 0)
    assert_legible(out.locator(".lessons-widget"))

    drag(page, out.locator(".lw-points .lw-dot").nth(3), 40, -60)
    points, w, b, learning_rate, _ = kernel_values(notebook)
    assert points[3][0] > widget.points[3][0] + 0.3
    assert points[3][1] > widget.points[3][1] + 0.5
    assert points[:3] + points[4:] == widget.points[:3] + widget.points[4:]
    assert_shows(out, points, w, b, learning_rate, 0)

    slider = out.locator("input[type=range]")
    slider.click(position={"x": slider.bounding_box()["width"] * 0.6, "y": 8})
    out.get_by_role("button", name="Step", exact=True).click()
    learning_rate = kernel_values(notebook)[3]
    assert 0.1 < learning_rate < 0.3
    w, b = lm.gradient_step(points, w, b, learning_rate)
    assert_shows(out, points, w, b, learning_rate, 1)

    drag(page, out.locator(".lw-place"), 30, 30)
    _, w, b, _, path = kernel_values(notebook)
    assert path == [[w, b]]
    out.get_by_role("button", name="Run 20 steps").click()
    out.locator("dd[data-name=steps]", has_text="20").wait_for()
    expected = lm.descend(points, w, b, learning_rate, 20)
    assert_shows(out, points, *expected[-1], learning_rate, 20)
    assert np.allclose(kernel_values(notebook)[4], expected, rtol=1e-10)

    out.locator(".lw-plot").first.dblclick(position={"x": 120, "y": 150})
    assert out.locator(".lw-points .lw-handle").count() == 9
    points, w, b, learning_rate, _ = kernel_values(notebook)
    assert_shows(out, points, w, b, learning_rate, 0)
    out.get_by_role("button", name="Reset").click()
    assert_shows(out, widget.points, widget.w, widget.b, learning_rate, 0)


PRESS_AT_ONCE = """keys => {
  for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}"""


def test_keys_within_one_frame(notebook: Any) -> None:
    """A point that is added or removed has the focus at once, also when the next picture has not been drawn."""
    dots = notebook.output(0).locator(".lw-points .lw-handle")
    for keys, left, focused in ((["ArrowUp", "a", "a", "ArrowLeft"], 10, 9), (["ArrowUp", "Delete", "Delete"], 8, 7)):
        dots.last.focus()
        notebook.page.main_frame.evaluate(PRESS_AT_ONCE, keys)
        assert dots.count() == left
        assert dots.nth(focused).evaluate("node => node === document.activeElement")


def test_by_keyboard(notebook: Any) -> None:
    page, out = notebook.page, notebook.output(0)
    widget = lm.fit_a_line()
    (x_low, x_high), (y_low, y_high) = lm.data_window(widget.points)
    dots = out.locator(".lw-points .lw-handle")

    dots.nth(0).focus()
    page.keyboard.press("Tab")  # to the second point
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    ring = dots.nth(1).locator(".lw-ring")
    assert ring.evaluate("ring => parseFloat(getComputedStyle(ring).strokeWidth)") >= 3
    expected = [list(point) for point in widget.points]
    expected[1][0] += 0.02 * (x_high - x_low)
    expected[1][1] += (0.01 - 0.1) * (y_high - y_low)
    assert_shows(out, expected, widget.w, widget.b, widget.learning_rate, 0)
    assert f"Point 2 of 8: x {expected[1][0]:.3f}".replace("-", "−") in dots.nth(1).get_attribute("aria-label")

    page.keyboard.press("Delete")
    del expected[1]
    assert_shows(out, expected, widget.w, widget.b, widget.learning_rate, 0)
    page.keyboard.press("a")
    page.keyboard.press("ArrowLeft")
    assert dots.count() == 8
    assert dots.nth(7).evaluate("node => node === document.activeElement")

    out.locator(".lw-current .lw-handle").focus()
    page.keyboard.press("ArrowLeft")
    points, w, b, _, _ = kernel_values(notebook)
    assert np.allclose(points[:7], expected)
    assert w < widget.w
    assert b == widget.b

    out.locator("input[type=range]").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # past the mark's checkbox, to Step
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    learning_rate = kernel_values(notebook)[3]
    assert learning_rate == pytest.approx(widget.learning_rate * 10 ** (12 * 2 / 400), rel=0.01)
    assert_shows(out, points, *lm.descend(points, w, b, learning_rate, 2)[-1], learning_rate, 2)
    assert page.locator(".jp-Notebook .jp-Cell").count() == 3  # no key was taken for a command on cells
    page.wait_for_timeout(700)
    assert "converges" in out.locator("[aria-live]").text_content()


def test_beyond_the_edge_all_stays_readable(notebook: Any) -> None:
    page, out = notebook.page, notebook.output(0)
    slider = out.locator("input[type=range]")
    slider.focus()
    page.keyboard.press("End")
    assert "diverges" in slider.get_attribute("aria-valuetext")
    message = out.locator(".lw-message")
    out.get_by_role("button", name="Step", exact=True).focus()
    for _ in range(60):
        page.keyboard.press("Enter")
    message.get_by_text("Diverged: the loss has passed all bounds").wait_for()
    points, w, b, learning_rate, path = kernel_values(notebook)
    assert_shows(out, points, w, b, learning_rate, len(path) - 1)
    assert np.allclose(path, lm.descend(points, *path[0], learning_rate, 60), rtol=1e-10)
    markup = out.locator(".lessons-widget").evaluate("node => node.outerHTML")
    assert not re.search(r"NaN|Infinity|undefined", markup)
    out.get_by_role("button", name="Reset").click()
    assert_shows(out, points, *lm.START, learning_rate, 0)


def test_python_moves_the_picture(notebook: Any) -> None:
    notebook.run_cell(2)
    out = notebook.output(0)
    out.locator("dd[data-name='learning rate η']", has_text="0.01000").wait_for()
    points = [[x + 5, y] for x, y in lm.POINTS]
    assert_shows(out, points, *lm.START, 0.01, 0)
    out.get_by_role("button", name="Step", exact=True).click()
    place = lm.gradient_step(points, *lm.START, 0.01)
    assert_shows(out, points, *place, 0.01, 1)

    notebook.page.wait_for_timeout(200)
    notebook.run_cell(2)
    out.locator("dd[data-name=steps]", has_text="0").wait_for()  # another bowl: the path is forgotten
    assert_shows(out, [[x + 5, y] for x, y in points], *place, 0.01, 0)
    boxes = [out.locator(selector).first.bounding_box() for selector in (".lw-ground", ".lw-points .lw-dot")]
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[0]["x"] + boxes[0]["width"]

    for _ in range(8):
        out.get_by_role("button", name="Remove point").click()
    out.get_by_text("One point has to stay").wait_for()
    assert out.locator(".lw-points .lw-handle").count() == 1
    assert shown(out)["least loss"] == 0


# --- how it looks -----------------------------------------------------------------------------------------------------

CONTRASTS = """root => {
    const luminance = (colour) => {
        const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const parts = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = luminance(getComputedStyle(root).backgroundColor);
    const contrast = (colour) => {
        const [low, high] = [luminance(colour), ground].sort((one, other) => one - other);
        return (high + 0.05) / (low + 0.05);
    };
    const of = (selector, property) =>
        [...root.querySelectorAll(selector)].map((node) => [selector, contrast(getComputedStyle(node)[property])]);
    return {
        text: ["dt", "dd", "label", ".lw-message", ".lw-slider-scale span"].flatMap((s) => of(s, "color"))
            .concat(of(".lw-plot text", "fill")),
        marks: [".lw-line", ".lw-best-line", "path.lw-trace", ".lw-minimum"].flatMap((s) => of(s, "stroke"))
            .concat(of(".lw-dot", "fill"), of(".lw-place", "fill")),
    };
}"""

OVERFLOW = """root => {
    const outer = root.parentElement.getBoundingClientRect();
    const boxes = [...root.querySelectorAll("figure, button, dd, label, p:not(.lw-live), input, .lw-slider-mark")];
    const out = boxes.filter((node) => node.getBoundingClientRect().right > outer.right + 1);
    return [root.scrollWidth - root.clientWidth, out.map((node) => node.className || node.tagName)];
}"""

SMALLEST = """root => Math.min(...[...root.querySelectorAll("text")].map((node) =>
    parseFloat(getComputedStyle(node).fontSize) * node.ownerSVGElement.getScreenCTM().a))"""


def assert_legible(root: Any) -> None:
    """Contrast of text and marks, nothing cut off, type large enough."""
    contrasts = root.evaluate(CONTRASTS)
    assert [pair for pair in contrasts["text"] if pair[1] < 4.5] == []
    assert [pair for pair in contrasts["marks"] if pair[1] < 3] == []
    assert len(contrasts["text"]) > 20
    assert root.evaluate(OVERFLOW) == [0, []]
    assert root.evaluate(SMALLEST) > 10.5


def test_dark_and_zoomed_it_is_legible_and_does_not_jump(open_notebook: Callable) -> None:
    notebook = with_widget(open_notebook(FIT, theme="JupyterLab Dark", zoom=1.5))
    out = notebook.output(0)
    root = out.locator(".lessons-widget")
    assert_legible(root)
    before = root.bounding_box()["height"]
    out.get_by_role("button", name="Step", exact=True).click()
    out.get_by_text("squared errors").click()
    out.locator("input[type=range]").press("End")
    assert root.bounding_box()["height"] == before


def test_a_lost_kernel_is_told(open_notebook: Callable) -> None:
    notebook = with_widget(open_notebook(FIT))
    out = notebook.output(0)
    assert not out.get_by_text("The kernel was restarted").is_visible()
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    out.get_by_text("The kernel was restarted").wait_for()
    out.get_by_role("button", name="Step", exact=True).click()  # what the browser computes goes on
    assert shown(out)["steps"] == 1

    notebook.wait_until_idle()
    notebook.reopen()
    lost = out.locator(".jupyter-widgets", has_text="model not found")
    lost.wait_for(state="attached")
    note = lost.evaluate("node => [getComputedStyle(node).fontSize, getComputedStyle(node, '::after').content]")
    assert note == ["0px", '"Run this cell to bring “Fit a line” to life."']
    notebook.errors.clear()  # JupyterLab logs the missing model


BARE = """async ([source, style, values]) => {
    document.body.innerHTML = `<style>${style}</style><div id="here"></div>`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    const set = (name, value) => { values[name] = value; };
    const model = { get: (name) => values[name], set, save_changes: () => {}, on: () => {} };
    widget.render({ model, el: document.getElementById("here") });
}"""


def test_it_lives_in_a_narrow_page_without_python(browser: Any) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    widget = lm.fit_a_line()
    names = ("points", "w", "b", "learning_rate", "path", "home", "show_threshold")
    page.evaluate(BARE, [widget._esm, widget._css, {name: getattr(widget, name) for name in names}])
    root = page.locator(".lessons-widget")
    assert_legible(root)
    page.get_by_role("button", name="Step", exact=True).click()
    place = lm.gradient_step(widget.points, *lm.START, widget.learning_rate)
    assert_shows(page, widget.points, *place, widget.learning_rate, 1)
    drag(page, page.locator(".lw-place"), 20, 20)
    assert shown(page)["w"] > place[0]
    page.close()


# --- the formulas, in both languages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(lm.FitALine._esm)


def cases() -> dict[str, tuple[list, float, float, float]]:
    """Points, w, b, learning rate: random ones and the edges."""
    rng = np.random.default_rng(0)
    rows = {}
    for n in (2, 3, 8, 40, 100):
        scale = 10.0 ** rng.integers(-3, 4, 2)
        table = (rng.normal(size=(n, 2)) * scale + rng.normal(size=2) * scale).tolist()
        rows[f"{n} random"] = (table, *rng.normal(size=2), 10.0 ** rng.uniform(-4, 1))
    rows["one point"] = ([[2.0, 1.0]], 0.3, -0.2, 0.1)
    rows["the origin"] = ([[0.0, 0.0]], 0.3, -0.2, 0.1)
    rows["equal x"] = ([[0.1, y] for y in (1.0, 2.0, 4.0)], -1.0, 0.5, 0.7)
    rows["equal points"] = ([[3.0, 4.0]] * 5, 0.0, 0.0, 0.05)
    rows["huge"] = ([[1e9, -3e11], [2e9, 5e11], [-7e9, 1e12]], 4e3, -1e10, 1e-18)
    rows["tiny"] = ([[1e-9, -3e-9], [2e-9, 5e-9], [-7e-9, 1e-8]], 0.4, 1e-9, 0.5)
    return rows


@pytest.mark.parametrize("case", cases().values(), ids=cases())
def test_javascript_and_python_agree(module: Callable, case: tuple) -> None:
    points, w, b, learning_rate = case

    def same(found: Any, expected: Any, scale: float = 0.0) -> None:
        assert np.ravel(found) == pytest.approx(np.ravel(expected), rel=1e-10, abs=1e-10 * scale)

    x, y = np.abs(points).T
    terms = float((abs(w) * x + abs(b) + y).max())  # what cancels in an error: its own rounding scales with this
    same(module("loss", points, w, b), lm.loss(points, w, b))
    same(module("gradient", points, w, b), lm.gradient(points, w, b), scale=terms * max(1.0, float(x.max())))
    same(module("gradientStep", points, w, b, learning_rate), lm.gradient_step(points, w, b, learning_rate))
    same(module("leastSquares", points), lm.least_squares(points))
    found = module("curvature", points)
    same([found["large"], found["small"], found["angle"]], lm.curvature(points))
    same(module("bowlWindow", points, w, b), lm.bowl_window(points, w, b))
    same(module("dataWindow", points), lm.data_window(points))
    same(module("lossLimit", points), lm.loss_limit(points))
    large = found["large"]
    same(module("learningRateRange", large), lm.learning_rate_range(large))
    for factor in (0.5, 0.985, 1, 1.005, 1.02, 7):
        assert module("behaviour", factor * 2 / large, large) == lm.behaviour(factor * 2 / large, large)


@pytest.mark.parametrize("share", [0.1, 0.9, 1.1, 1e4])
def test_the_dashed_path_is_that_of_the_next_steps(module: Callable, share: float) -> None:
    points = [list(point) for point in lm.POINTS]
    learning_rate = share * 2 / lm.curvature(points)[0]
    w, b = lm.START
    found = module("ahead", {"points": points, "w": w, "b": b, "learningRate": learning_rate})
    expected = lm.descend(points, w, b, learning_rate, 20)
    assert len(found) == len(expected)
    assert np.allclose(found, expected, rtol=1e-9)


def test_contours_are_lines_of_equal_loss(module: Callable) -> None:
    points = [list(point) for point in lm.POINTS]
    windows = lm.bowl_window(points, *lm.START)
    least = lm.loss(points, *lm.least_squares(points))
    radii = module("contourRadii", points, windows)
    corners = [lm.loss(points, w, b) for w in windows[0] for b in windows[1]]
    assert radii[-1] ** 2 == pytest.approx(max(corners) - least)
    for radius in radii:
        losses = [lm.loss(points, w, b) for w, b in module("contour", points, radius, 1e6)]
        assert losses == pytest.approx([least + radius**2] * 120, rel=1e-10)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.45301, "0.453"), (-12, "−12.0"), (999.7, "1000"), (12345.6, "12300"), (123456, "1.23 × 10⁵"),
        (-2.5e-7, "−2.50 × 10⁻⁷"), (0.0001, "0.000100"), (9.999, "10.0"), (1e300, "1.00 × 10³⁰⁰"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_readers(module: Callable, value: float, text: str) -> None:
    assert module("formatNumber", value) == text


def test_no_number_is_ever_written_as_nan(module: Callable) -> None:
    assert module("formatNumber", math.inf) == module("formatNumber", math.nan) == "too large"


def test_ticks_are_round_and_inside(module: Callable) -> None:
    assert module("ticks", -2.7, 3.9, 5) == [-2, 0, 2]
    assert module("ticks", 0, 1, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert module("ticks", 1e6, 1.5e6, 5) == [1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6, 1.5e6]
