"""Draw a digit in a real Chromium, by mouse and by keyboard: what it answers is what torch answers to the same ink."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lessons.widgets import neural_networks as dd

pytestmark = pytest.mark.browser

DRAW = (
    "import torch\nfrom lessons.kit import datasets\nfrom lessons.neural_networks import mlp\n"
    "from lessons.widgets.neural_networks import draw_a_digit\ntorch.manual_seed(0)\n"
    "digits = datasets.mnist().validation\n"
    "widget = draw_a_digit(mlp((784, 64, 32, 10)), (digits.inputs[:10], digits.labels[:10]))\nwidget"
)
READ = (
    "import json; print(json.dumps([widget.example, list(map(float, widget.probabilities)), sum(widget.ink), "
    "float(widget.image.sum())]))"
)
TEXTS = [
    (".lw-message", "color"),
    (".lw-hint", "color"),
    (".lw-percent", "color"),
    ("figcaption", "color"),
    ("label", "color"),
]
MARKS = [(".lw-fill", "backgroundColor"), (".lw-best .lw-fill", "backgroundColor")]
SEEN = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0)"


def text_of(element: Any) -> str:
    """Its text, after the frame in which a change that waits is drawn."""
    element.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return element.text_content()


def shares(out: Any) -> list[float]:
    """The percentages on the screen; "< 0.1 %" counts as 0.05."""
    text_of(out.locator(".lw-message"))
    texts = out.locator(".lw-percent").all_text_contents()
    return [
        0.05 if text.startswith("<") else 99.95 if text.startswith(">") else float(text.split()[0]) for text in texts
    ]


def kernel_values(notebook: Any) -> list:
    """What Python sees of the widget now: runs cell 1 again."""
    notebook.page.wait_for_timeout(200)
    notebook.run_cell(1)
    return json.loads(notebook.output(1).locator("pre").text_content())


def draw_line(page: Any, canvas: Any, *places: tuple[float, float]) -> None:
    """Draw through places given in pixels of the paper."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    screen = [(box["x"] + x * box["width"] / 140, box["y"] + y * box["height"] / 140) for x, y in places]
    page.mouse.move(*screen[0])
    page.mouse.down()
    for place in screen[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    opened = open_for_all(DRAW, READ, zoom=1.5)
    opened.run_all()
    return opened


@pytest.fixture
def paper(notebook: Any) -> Any:
    """The output with a fresh, empty paper."""
    notebook.run_cell(0)
    out = notebook.output(0)
    out.locator(".lw-paper").scroll_into_view_if_needed()
    assert "The paper is empty" in text_of(out.locator(".lw-message"))
    return out


def assert_shares_are(paper: Any, probabilities: list[float]) -> None:
    assert shares(paper) == pytest.approx([100 * share for share in probabilities], abs=0.051)


def seen_light(paper: Any) -> float:
    """How much ink the picture that the network gets holds, in whole pixels."""
    return sum(255 - pixel for pixel in paper.locator(".lw-seen").evaluate(SEEN)) / 255


def test_what_is_drawn_by_mouse_is_answered_as_python_answers(notebook: Any, paper: Any, looks: Callable) -> None:
    root, canvas = paper.locator(".lessons-widget"), paper.locator(".lw-paper")
    assert paper.locator(".lw-percent").first.text_content() == ""
    height = root.bounding_box()["height"]
    draw_line(notebook.page, canvas, (40, 30), (98, 30), (66, 112))
    assert "The model says" in text_of(paper.locator(".lw-message"))
    example, probabilities, ink, light = kernel_values(notebook)
    assert (example, ink > 100_000) == (-1, True)
    assert_shares_are(paper, probabilities)
    assert seen_light(paper) == pytest.approx(light, rel=0.01)
    assert abs(root.bounding_box()["height"] - height) < 1
    looks(root, TEXTS, MARKS)


def test_shift_erases_and_a_button_clears(notebook: Any, paper: Any) -> None:
    canvas, keyboard = paper.locator(".lw-paper"), notebook.page.keyboard
    draw_line(notebook.page, canvas, (40, 30), (98, 30), (66, 112))
    ink = kernel_values(notebook)[2]
    keyboard.down("Shift")
    draw_line(notebook.page, canvas, (66, 112), (85, 60))
    keyboard.up("Shift")
    assert kernel_values(notebook)[2] < 0.9 * ink
    paper.get_by_role("button", name="Clear").click()
    assert "The paper is empty" in text_of(paper.locator(".lw-message"))


def test_drawing_by_keyboard(notebook: Any, paper: Any) -> None:
    canvas, message, keyboard = paper.locator(".lw-paper"), paper.locator(".lw-message"), notebook.page.keyboard
    canvas.focus()
    keyboard.press("ArrowUp")
    assert "The paper is empty" in text_of(message)  # the pen is up
    keyboard.press("Space")
    for _ in range(6):
        keyboard.press("ArrowDown")
    keyboard.press("Space")
    keyboard.press("ArrowRight")
    _, probabilities, line, _ = kernel_values(notebook)
    expected = dd.pen_stroke(np.zeros((140, 140), np.uint8), (70.0, 55.0), (70.0, 85.0))
    assert line == pytest.approx(int(expected.sum()), rel=0.03)
    assert_shares_are(paper, probabilities)
    canvas.focus()
    keyboard.press("Shift+ArrowLeft")
    assert kernel_values(notebook)[2] < line
    canvas.focus()
    keyboard.press("Delete")
    assert "The paper is empty" in text_of(message)
    assert notebook.page.locator(".jp-Notebook .jp-Cell").count() == 2  # no key was taken for a command on cells


def test_an_example_is_seen_as_it_is_until_one_draws_on_it(notebook: Any, paper: Any) -> None:
    message = paper.locator(".lw-message")
    paper.get_by_role("button", name="Example 4, labelled 3").click()
    assert "This example is labelled 3" in text_of(message)
    example, probabilities, _, light = kernel_values(notebook)
    assert example == 3
    assert_shares_are(paper, probabilities)
    assert seen_light(paper) == pytest.approx(light, rel=1e-6)
    draw_line(notebook.page, paper.locator(".lw-paper"), (20, 20), (40, 20))
    assert kernel_values(notebook)[0] == -1
    assert "labelled" not in text_of(message)


def test_in_the_dark(notebook: Any, paper: Any, looks: Callable) -> None:
    root = paper.locator(".lessons-widget")
    paper.get_by_role("button", name="Example 4, labelled 3").click()
    notebook.theme("Dark")
    looks(root, TEXTS, MARKS)
    assert not any(word in root.evaluate("node => node.outerHTML") for word in ("NaN", "Infinity", "undefined"))
    notebook.theme("Light")


BARE = """async ([source, style, values]) => {
    document.body.innerHTML = `<style>${style}</style><div id="here"></div>`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    for (const name of ["weights", "examples", "ink"]) {
        values[name] = new DataView(Uint8Array.from(atob(values[name]), (one) => one.charCodeAt(0)).buffer);
    }
    const set = (name, value) => { values[name] = value; };
    const model = { get: (name) => values[name], set, save_changes: () => {}, on: () => {} };
    widget.render({ model, el: document.getElementById("here") });
}"""


def test_it_lives_in_a_narrow_page_without_python(browser: Any, looks: Callable) -> None:
    page = browser.new_page(viewport={"width": 340, "height": 900})
    widget = dd.draw_a_digit(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)))
    values = {name: getattr(widget, name) for name in ("layers", "labels", "example")}
    values |= {name: base64.b64encode(getattr(widget, name)).decode() for name in ("weights", "examples", "ink")}
    page.evaluate(BARE, [widget._esm, widget._css, values])
    draw_line(page, page.locator(".lw-paper"), (40, 30), (98, 30), (66, 112))
    assert "The model says" in text_of(page.locator(".lw-message"))
    assert page.locator(".lw-map, .lw-unit").count() == 0  # it has no hidden layer
    looks(page.locator(".lessons-widget"), TEXTS, MARKS)
    page.close()


# --- the formulas, in both languages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """Evaluates an expression in which `widget` is the widget's module and `x` the argument."""
    return javascript(dd.DrawADigit._esm).evaluate


STROKES = """(() => {
    const ink = new Uint8Array(140 * 140);
    for (const [start, end, radius, erase] of x) widget.penStroke(ink, ...start, ...end, radius, erase);
    return [[...ink], [...widget.asSeen(ink)]];
})()"""


def test_pen_and_picture_agree(module: Callable) -> None:
    rng = np.random.default_rng(0)
    for case in range(8):
        ink = np.zeros((140, 140), np.uint8)
        strokes = []
        for turn in range(case * 3):
            start, end = rng.uniform(-10, 150, (2, 2)).round(3).tolist()
            radius, erase = float(rng.uniform(0.5, 14)), bool(turn % 4 == 3)
            strokes.append([start, start if turn == 2 else end, radius, erase])
            ink = dd.pen_stroke(ink, tuple(start), tuple(strokes[-1][1]), radius, erase)
        drawn, seen = module(STROKES, strokes)
        assert np.abs(np.array(drawn) - ink.ravel().astype(int)).max() <= 1  # a half may round either way
        same = np.array(drawn, dtype=np.uint8).reshape(140, 140)
        assert np.ravel(seen) == pytest.approx(dd.as_seen(same).ravel(), abs=1e-10)


def test_the_error_function_is_exact(module: Callable) -> None:
    values = [*np.linspace(-7, 7, 281).tolist(), 1e-300, 1e-9, 0.0]
    assert module("x.map(widget.erf)", values) == pytest.approx([math.erf(value) for value in values], rel=1e-12)


@pytest.mark.parametrize("activation", [nn.ReLU(), nn.GELU(), nn.GELU("tanh"), nn.Tanh(), nn.Dropout(0.5)], ids=str)
def test_layers_are_torchs(module: Callable, activation: nn.Module) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 40), activation, nn.Linear(40, 21, bias=False), activation, nn.Linear(21, 10)
    )
    widget = dd.draw_a_digit(model)
    picture = torch.rand(1, 784) * (torch.rand(1, 784) > 0.5)
    code = """(() => {
        const bytes = Uint8Array.from(atob(x.weights), (one) => one.charCodeAt(0));
        const outputs = widget.run(x.layers, new Float32Array(bytes.buffer), x.picture);
        return [[...outputs.at(-1)], widget.softmax(outputs.at(-1))];
    })()"""
    weights = base64.b64encode(widget.weights).decode()
    logits, probabilities = module(code, {"layers": widget.layers, "weights": weights, "picture": picture[0].tolist()})
    expected = model.eval()(picture)[0].detach()
    torch.testing.assert_close(torch.tensor(logits), expected)
    torch.testing.assert_close(torch.tensor(probabilities), expected.softmax(0))


def test_softmax_bears_large_logits(module: Callable) -> None:
    assert module("widget.softmax(x)", [1000, 1000, -1000]) == [0.5, 0.5, 0]
