"""The attention explorer in a real Chromium: what is seen, by mouse and by keyboard, is what Python computes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from lessons.attention import masked_softmax
from lessons.widgets import attention as wa

pytestmark = pytest.mark.browser

EXPLORE = "from lessons.widgets.attention import attention_explorer\nwidget = attention_explorer()\nwidget"
READ = (
    "import json; print(json.dumps([widget.tokens, widget.layer, widget.head, widget.token, widget.weights.tolist()]))"
)
LONG = "when the lights went on at last many people were still sitting there looking at the empty screen " * 5
TEXTS = [
    *[("dt", "color"), ("dd", "color"), ("label", "color"), (".lw-message", "color"), (".lw-number", "color")],
    *[("figcaption", "color"), (".lw-hint", "color"), (".lw-columns text", "fill"), (".lw-map text", "fill")],
]
MARKS = [(".lw-look", "stroke"), (".lw-bar", "fill"), (".lw-band", "stroke")]
NAMES = ("text", "editable", "layer", "head", "token", "direction", "temperature", "causal", "hide_padding")

# The widget in a page without Python; `changed` lets the test play the kernel.
BARE = """async ([source, style, values, scores]) => {
    document.body.innerHTML = `<style>${style}</style><div id="here"></div>`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    window.widget = await import(url);
    const listeners = {};
    const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
    const model = {
        get: (name) => values[name],
        set: (name, value) => { values[name] = value; },
        save_changes: () => { window.saved = (window.saved ?? 0) + 1; },
        on: (name, call) => { (listeners[name] ??= []).push(call); },
    };
    window.values = values;
    window.listeners = listeners;
    window.answer = (data, scores) => {
        values.data = { ...data, scores: bytes(scores) };
        for (const call of listeners["change:data"]) call();
    };
    values.data.scores = bytes(scores);
    window.widget.default.render({ model, el: document.getElementById("here") });
}"""


def packed(widget: wa.AttentionExplorer) -> tuple[dict, str]:
    """The data without their bytes, and the bytes as text."""
    return {**widget.data, "scores": None}, base64.b64encode(widget.data["scores"]).decode()


@pytest.fixture
def bare(browser: Any) -> Iterator[Callable]:
    """A page without Python that shows this widget; it must log no error."""
    pages, errors = [], []

    def open_(widget: wa.AttentionExplorer, **size: int) -> Any:
        page = browser.new_page(viewport={"width": 900, "height": 900, **size})
        pages.append(page)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        data, scores = packed(widget)
        values = {name: getattr(widget, name) for name in (*NAMES, "hide_special")}
        page.evaluate(BARE, [widget._esm, widget._css, {**values, "data": data}, scores])
        return page

    yield open_
    for page in pages:
        page.close()
    assert errors == []


def numbers(out: Any) -> list[str]:
    """The weights beside the tokens on the right, as written."""
    return out.locator(".lw-columns text.lw-end").evaluate_all(
        "all => all.filter((text) => text.closest('g[aria-hidden]')).map((text) => text.textContent)"
    )


def written(weights: Any, allowed: Any = None) -> list[str]:
    """Weights as the widget writes them."""
    allowed = np.ones(len(weights), dtype=bool) if allowed is None else allowed
    pairs = zip(weights, allowed, strict=True)
    return ["–" if not open_ else "< 0.001" if 0 < value < 0.0005 else f"{value:.3f}" for value, open_ in pairs]


def assert_shows(out: Any, widget: wa.AttentionExplorer, token: int, direction: str = "from") -> None:
    """Weights, entropy and sum on the screen are those of the widget in Python."""
    weights = widget.weights
    allowed = wa.allowed_pairs(widget.tokens, widget.causal, widget.hide_padding, widget.hide_special).numpy()
    row = weights[token] if direction == "from" else weights[:, token]
    found = numbers(out)
    expected = written(row, allowed[token] if direction == "from" else allowed[:, token])
    assert ["–" if a == "–" else a.replace("< ", "") for a in found] == pytest.approx(
        ["–" if a == "–" else a.replace("< ", "") for a in expected]
    )
    cells = dict(out.locator(".lw-readouts dd").evaluate_all("all => all.map(dd => [dd.dataset.name, dd.textContent])"))
    assert cells["token"] == widget.tokens[token]
    assert cells["weight received in all"] == f"{weights[:, token].sum():.3f}"
    bits = wa.entropy_bits(weights[token])
    nothing = not weights[token].any()
    assert cells["entropy of its row"] == ("none: all zeros" if nothing else f"{bits:.3f} bits")


# --- in JupyterLab ----------------------------------------------------------------------------------------------------


def kernel_values(notebook: Any) -> list:
    """Tokens, layer, head, token and weights as Python sees them now: runs cell 1 again."""
    notebook.page.wait_for_timeout(200)  # the last message to the kernel
    notebook.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    return json.loads(notebook.output(1).locator("pre").text_content())


def test_in_jupyterlab_a_new_text_comes_from_the_kernel(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(EXPLORE, READ, theme="JupyterLab Dark", zoom=1.5)
    notebook.run_all()
    page, out = notebook.page, notebook.output(0)
    out.locator(".lw-token").first.wait_for()
    widget = wa.attention_explorer()
    assert_shows(out, widget, 2)
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    field = out.get_by_label("Your text")
    for text, token in (
        ("我们 muddy 🙂 [PAD]", 2),
        ("", 1),
        ("token " * 100, 2),
        ("A cat sat on unbelievable mats.", 2),
    ):
        field.fill(text)
        field.press("Enter")
        widget.text = text
        out.locator(
            ".lw-status[data-state=read]", has_text=re.compile(f"^{re.escape(widget.data['note'])}$")
        ).wait_for()
        assert_shows(out, widget, token)
    field.type(" Not she.")  # without Enter, after a pause
    out.locator(".lw-token", has_text="she").wait_for()
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2  # no letter was taken for a command on cells

    out.locator(".lw-head").nth(27).click()
    out.locator(".lw-token").nth(4).click()
    widget.text, widget.layer, widget.head = "A cat sat on unbelievable mats. Not she.", 2, 3
    assert_shows(out, widget, 4)
    tokens, layer, head, token, weights = kernel_values(notebook)
    assert (tokens, layer, head, token) == (widget.tokens, 2, 3, 4)
    assert np.allclose(weights, widget.weights, atol=1e-6)

    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    out.get_by_text("The kernel was restarted").wait_for()
    field.fill("Who hears this?")
    field.press("Enter")
    out.get_by_text("A new text needs a running kernel: run this cell again.").wait_for()
    out.locator(".lw-token").nth(1).click()  # everything else goes on
    assert_shows(out, widget, 1)
    notebook.wait_until_idle()


# --- by mouse and by keyboard -----------------------------------------------------------------------------------------


def test_by_mouse(bare: Callable) -> None:
    widget = wa.attention_explorer()
    page = bare(widget)
    assert_shows(page, widget, 2)
    page.locator(".lw-token").nth(5).hover()
    assert_shows(page, widget, 5)
    page.locator(".lw-message").hover()
    assert_shows(page, widget, 2)  # a look, not a choice
    page.locator(".lw-token").nth(7).click()
    page.locator(".lw-message").hover()
    assert_shows(page, widget, 7)
    page.get_by_label("who looks at it").check()
    assert_shows(page, widget, 7, "to")
    assert page.locator(".lw-message", has_text="is looked at most by").count() == 1

    page.get_by_label("head", exact=True).select_option("3")
    widget.head = 3
    box = page.locator(".lw-pixels").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.25)  # row 2, column 5
    weight, score = widget.weights[2, 5], widget.scores[0, 3, 2, 5]
    assert page.locator(".lw-cell").text_content() == (
        f"“bank” looks at “river”: weight {weight:.3f}, score {score:.3g}".replace("-", "−")
    )
    assert_shows(page, widget, 5, "to")
    page.get_by_label("where it looks").check()

    slider = page.locator("input[type=range]")
    slider.click(position={"x": slider.bounding_box()["width"] * 0.3, "y": 8})
    widget.temperature = page.evaluate("values.temperature")
    assert 0.2 < widget.temperature < 0.7
    assert_shows(page, widget, 7)
    page.get_by_label("causal").check()
    widget.causal = True
    assert_shows(page, widget, 7)
    page.get_by_label("hide [CLS]").check()
    widget.hide_special = True
    page.locator(".lw-token").nth(0).click()
    assert_shows(page, widget, 0)
    assert "may look at nothing" in page.locator(".lw-message").text_content()
    assert not re.search(r"NaN|Infinity|undefined", page.locator(".lessons-widget").evaluate("node => node.outerHTML"))
    page.get_by_role("button", name="Reset").click()
    widget.causal, widget.hide_special, widget.temperature = False, False, 1
    assert_shows(page, widget, 0)


def test_by_keyboard(bare: Callable) -> None:
    widget = wa.attention_explorer()
    page = bare(widget)
    focused = """() => document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))
        .getAttribute("aria-label")"""
    page.get_by_label("Your text").focus()
    page.keyboard.press("Tab")  # to the grid of heads
    assert page.evaluate(focused) == "layer 0, head 10"
    for key, place in (("ArrowRight", (0, 11)), ("ArrowRight", (1, 0)), ("ArrowDown", (2, 0)), ("ArrowLeft", (1, 11))):
        page.keyboard.press(key)
        assert page.evaluate(focused) == "layer {}, head {}".format(*place)
        widget.layer, widget.head = place
        assert_shows(page, widget, 2)
    assert page.get_by_role("gridcell", selected=True).count() == 1
    page.keyboard.press("Home")
    widget.head = 0
    for _ in range(3):
        page.keyboard.press("Tab")  # past layer and head, to the temperature
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    widget.temperature = page.evaluate("values.temperature")
    assert widget.temperature == pytest.approx(10**-0.1)
    assert_shows(page, widget, 2)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    widget.causal = True
    assert_shows(page, widget, 2)
    for _ in range(4):
        page.keyboard.press("Tab")  # special tokens, reset, direction, the chosen token
    assert page.evaluate(focused).startswith("bank: ")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused).startswith("of: ")
    assert_shows(page, widget, 3)
    page.keyboard.press("End")
    assert page.evaluate(focused).startswith("[SEP]: ")
    assert_shows(page, widget, 9)
    page.wait_for_timeout(700)
    assert "looks most at" in page.locator("[aria-live]").text_content()


def test_without_a_kernel_a_text_waits_and_says_so_and_a_late_answer_is_shown(bare: Callable) -> None:
    widget = wa.attention_explorer()
    page = bare(widget)
    field = page.get_by_label("Your text")
    field.fill("Is anybody there?")
    field.press("Enter")
    assert page.locator(".lw-status").text_content() == "The model reads your text …"
    page.get_by_text("No answer yet. A new text needs a running kernel").wait_for(timeout=8000)
    page.locator(".lw-token").nth(5).click()
    assert_shows(page, widget, 5)
    widget.text = "Is anybody there?"
    page.evaluate("([data, scores]) => answer(data, scores)", packed(widget))
    page.locator(".lw-token", has_text="anybody").wait_for()
    assert page.locator(".lw-status").text_content() == ""
    assert_shows(page, widget, 5)


def test_ones_own_attention_has_no_text_field_and_one_head_no_choice(bare: Callable, looks: Callable) -> None:
    rng = np.random.default_rng(0)
    long = ["averyveryverylongtoken", "我们都在这里看书写字", "🙂", "<b>", "$x$", "[PAD]"]
    page = bare(wa.attention_explorer(tokens=long, query=rng.normal(size=(6, 4)), key=rng.normal(size=(6, 4))))
    assert not page.get_by_label("Your text").is_visible()
    assert not page.locator(".lw-heads").is_visible()
    assert page.get_by_label("hide [PAD]").is_visible()
    assert page.locator(".lw-token text").all_text_contents() == ["averyveryve…", "我们都在这…", *long[2:]]
    page = bare(wa.attention_explorer(tokens=["a"], query=np.ones((1, 3, 1, 1))[0], key=np.ones((3, 1, 1))), width=360)
    assert page.locator(".lw-head").count() == 3
    assert numbers(page) == ["1.000"]


@pytest.mark.parametrize("text", ["The bank of the river was muddy.", LONG], ids=["10 tokens", "64 tokens"])
def test_in_a_narrow_page_it_is_legible_and_does_not_jump(bare: Callable, looks: Callable, text: str) -> None:
    widget = wa.attention_explorer(text)
    page = bare(widget, width=360)
    root = page.locator(".lessons-widget")
    looks(root, TEXTS, MARKS)
    height = root.bounding_box()["height"]
    page.locator(".lw-token").nth(1).click()
    page.get_by_label("causal").check()
    page.locator("input[type=range]").press("Home")
    assert root.bounding_box()["height"] == height


# --- the pictures of heads --------------------------------------------------------------------------------------------

ALPHAS = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
    .filter((_, at) => at % 4 === 3)"""


def test_heat_map_and_thumbnails_show_the_root_of_the_weights(bare: Callable) -> None:
    widget = wa.attention_explorer()
    page = bare(widget)
    page.get_by_label("causal").check()
    widget.causal = True
    page.wait_for_function("""() => [...document.querySelectorAll(".lw-head canvas")].every((canvas) =>
        canvas.width === 10 && canvas.getContext("2d").getImageData(9, 0, 1, 1).data[3] === 71)""")
    for layer, head in ((0, 10), (0, 2), (5, 11)):
        widget.layer, widget.head = layer, head
        allowed = np.tril(np.ones((10, 10), dtype=bool))
        expected = np.where(allowed, 255 * np.sqrt(widget.weights), 71).ravel()
        found = page.locator(".lw-head canvas").nth(layer * 12 + head).evaluate(ALPHAS)
        assert np.abs(found - expected).max() <= 1
        if (layer, head) == (0, 10):
            assert page.locator(".lw-pixels").evaluate(ALPHAS) == found


# --- the formulas, in both languages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(wa.AttentionExplorer._esm)


@pytest.mark.parametrize("seed", range(8))
def test_javascript_and_python_agree(module: Callable, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = [1, 2, 3, 5, 12, 30, 64, 10][seed]
    tokens = rng.choice(["[CLS]", "[SEP]", "[PAD]", "a", "b"], n).tolist()
    scores = 10.0 ** rng.integers(-1, 5) * rng.normal(size=(n, n))
    for causal, padding, special in np.ndindex(2, 2, 2):
        masks = {"causal": bool(causal), "hidePadding": bool(padding), "hideSpecial": bool(special)}
        found = module("allowedPairs", tokens, masks)
        allowed = wa.allowed_pairs(tokens, *masks.values())
        assert found == allowed.int().ravel().tolist()
        for temperature in (0.1, 1.0, 3.7, 10.0):
            weights = module("attentionWeights", scores.ravel().tolist(), found, n, temperature)
            expected = masked_softmax(torch.tensor(scores) / temperature, allowed)
            torch.testing.assert_close(
                torch.tensor(weights, dtype=torch.float64).reshape(n, n), expected, rtol=1e-10, atol=1e-10
            )
            bits = module("entropyBits", weights[-n:])
            assert bits == pytest.approx(wa.entropy_bits(weights[-n:]), rel=1e-10, abs=1e-10)


def test_scores_in_float32_stay_within_its_rounding(module: Callable) -> None:
    widget = wa.attention_explorer()
    scores = widget.scores[0, 10]
    found = module("attentionWeights", scores.ravel().tolist(), [1] * 100, 10, 1)
    torch.testing.assert_close(torch.tensor(found).float().reshape(10, 10), torch.tensor(scores).softmax(-1))


@pytest.mark.parametrize(
    ("token", "short"),
    [("bank", "bank"), ("twelve chars", "twelve chars"), ("thirteen chars", "thirteen ch…"), ("我" * 7, "我" * 5 + "…"),
     ("🙂" * 6, "🙂" * 6), ("", "")],
)  # fmt: skip
def test_long_tokens_are_cut_between_letters(module: Callable, token: str, short: str) -> None:
    assert "".join(module("shorten", token)) == short
