"""Mask a word in JupyterLab: what is seen, by mouse and by keyboard, is what Python computes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from lessons.widgets import bert as wb

pytestmark = pytest.mark.browser

SENTENCE = "The cat wants to go unbelievably far."
MASK = f"""import torch
from transformers import BertTokenizer
from lessons.bert import masked_language as ml
from lessons.widgets.bert import mask_a_word

letters = "abcdefghijklmnopqrstuvwxyz"
words = "the cat mat sat go to home we want wants now far , .".split()
pieces = [*ml.SPECIAL_TOKENS, *words, *letters, *("##" + letter for letter in letters)]
tokenizer = BertTokenizer(vocab={{piece: number for number, piece in enumerate(pieces)}})
torch.manual_seed(0)
model = ml.MaskedLanguageModel(ml.tiny_config(len(tokenizer)))
with torch.no_grad():
    for parameter in model.parameters():
        parameter.mul_(2)
widget = mask_a_word(model, tokenizer, {SENTENCE!r})
widget"""
READ = "import json; print(json.dumps([widget.text, widget.masked, widget.data['guesses']]))"
TEXTS = [
    *[("dt", "color"), ("dd", "color"), (".lw-message", "color"), (".lw-hint", "color"), ("figcaption", "color")],
    *[(".lw-words button", "color"), (".lw-bars bdi", "color"), (".lw-percent", "color")],
]


@pytest.fixture
def same() -> wb.MaskAWord:
    """The widget of the notebook, in this process."""
    names: dict[str, Any] = {}
    exec(MASK, names)
    return names["widget"]


def percent(share: float) -> str:
    """A share as the widget writes it."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.{0 if share == 1 or 0.0995 <= share < 0.995 else 1}f} %"


def assert_shows(out: Any, widget: wb.MaskAWord) -> None:
    """Tokens, masks, guesses, places and numbers on the screen are those of the widget in Python."""
    data = widget.data
    out.locator(f".lw-guess >> nth={len(data['guesses']) - 1}" if data["guesses"] else ".lw-words").wait_for()
    shown = ["[MASK]" if at in widget.masked else token for at, token in enumerate(data["tokens"])]
    assert out.locator(".lw-words button span").all_text_contents() == shown
    panels = out.locator(".lw-guess")
    assert panels.count() == len(data["guesses"])
    for at, guess in enumerate(data["guesses"]):
        panel = panels.nth(at)
        rows = [*guess["top"]]
        if guess["token"] is not None:
            assert f"“{guess['token']}”: place {guess['rank']} of {data['vocabulary']}" in panel.text_content()
            rows += [] if guess["token"] in dict(rows) else [[guess["token"], guess["probability"]]]
            assert panel.locator(".lw-emphasis bdi").all_text_contents() == [guess["token"]]
        assert panel.locator("bdi").all_text_contents() == [name for name, _ in rows]
        assert panel.locator(".lw-percent").all_text_contents() == [percent(share) for _, share in rows]
        widths = panel.locator(".lw-share span").evaluate_all("all => all.map((bar) => parseFloat(bar.style.width))")
        assert widths == pytest.approx([100 * share for _, share in rows], abs=0.01)
    cells = dict(out.locator("dd").evaluate_all("all => all.map((dd) => [dd.dataset.name, dd.textContent])"))
    known = [guess for guess in data["guesses"] if guess["token"] is not None]
    assert cells["masked"] == f"{len(data['guesses'])} of {len(data['tokens'])} tokens"
    assert cells["of guessing blindly"] == f"{math.log2(data['vocabulary']):.2f} bits"
    if known:
        bits = sum(-math.log2(guess["probability"]) for guess in known) / len(known)
        assert cells["mean surprise of the truth"] == f"{bits:.2f} bits"
        right = sum(guess["rank"] == 1 for guess in known)
        assert cells["right at the first guess"] == f"{right} of {len(known)}"


def settled(out: Any, widget: wb.MaskAWord) -> None:
    """Wait for the answer, then compare."""
    note = re.compile(f"^{re.escape(widget.data['note'])}$")
    out.locator(".lw-status[data-state=read]", has_text=note).wait_for()
    out.page.wait_for_timeout(50)
    assert_shows(out, widget)


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    """The widget in cell 0, what Python sees of it in cell 1."""
    return open_for_all(MASK, READ, theme="JupyterLab Dark")


def test_in_jupyterlab_by_mouse_and_by_keyboard(notebook: Any, looks: Callable, same: wb.MaskAWord) -> None:
    notebook.run_cell(0)
    page, out, widget = notebook.page, notebook.output(0), same
    buttons = out.locator(".lw-words button")
    buttons.first.wait_for()
    settled(out, widget)
    looks(out.locator(".lessons-widget"), TEXTS, [(".lw-share span", "backgroundColor")])

    for at in (2, 4):
        buttons.nth(at).click()
        widget.masked = sorted({*widget.masked, at} - ({at} & set(widget.masked)))
        settled(out, widget)
    buttons.nth(0).click(force=True)  # [CLS] cannot be masked
    settled(out, widget)
    assert buttons.nth(0).get_attribute("aria-disabled") is not None

    buttons.nth(4).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == widget.data["tokens"][5]
    page.keyboard.press("Enter")
    widget.masked = sorted({*widget.masked} ^ {5})
    settled(out, widget)
    assert buttons.nth(5).get_attribute("aria-pressed") == "true"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    widget.masked = sorted({*widget.masked} ^ {len(widget.data["tokens"]) - 2})
    settled(out, widget)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # show every word
    widget.masked = []
    settled(out, widget)
    assert "Nothing is hidden" in out.locator(".lw-message").text_content()
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2  # no key was taken for a command on cells


def test_in_jupyterlab_texts_of_all_kinds(notebook: Any, same: wb.MaskAWord) -> None:
    notebook.theme("Light")
    notebook.run_cell(0)
    page, out, widget = notebook.page, notebook.output(0), same
    field = out.get_by_label("Your sentence")
    field.wait_for()
    for text in (
        "",
        "我们都在这里",
        "🙂 the cat",
        "the cat " * 1250,
        "[MASK] sat",
        "<b>the</b> $mat$",
        "we go home now .",
    ):
        field.fill(text)
        field.press("Enter")
        widget.masked, widget.text = [], text
        settled(out, widget)
    field.press("End")
    field.type(" the cat")  # without Enter, after a pause
    widget.text = "we go home now . the cat"
    out.locator(".lw-words button", has_text="cat").wait_for()
    settled(out, widget)

    for at in range(1, 13):  # eleven words fit the sentence, ten masks
        if at < len(widget.data["tokens"]) - 1:
            out.locator(".lw-words button").nth(at).click()
    widget.masked = list(range(1, min(11, len(widget.data["tokens"]) - 1)))
    settled(out, widget)

    page.wait_for_timeout(300)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    text, masked, guesses = json.loads(notebook.output(1).locator("pre").text_content())
    assert (text, masked) == (widget.text, widget.masked)
    assert guesses[0]["probability"] == pytest.approx(widget.data["guesses"][0]["probability"], rel=1e-4)

    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    out.get_by_text("The kernel was restarted").wait_for()
    out.locator(".lw-words button").nth(1).click()
    out.get_by_text("A new text needs a running kernel: run this cell again. So does a new mask.").wait_for()
    notebook.wait_until_idle()


# --- in a page without Python -----------------------------------------------------------------------------------------

BARE = """([style, values]) => {
    document.body.innerHTML = `<style>${style}</style><div id="here"></div>`;
    const listeners = {};
    window.values = values;
    const model = {
        get: (name) => values[name],
        set: (name, value) => { values[name] = value; (listeners[`change:${name}`] ?? []).forEach((call) => call()); },
        save_changes: () => {},
        on: (name, call) => { (listeners[name] ??= []).push(call); },
    };
    window.answer = (data) => model.set("data", data);
    window.widget.default.render({ model, el: document.getElementById("here") });
}"""


def test_eleven_masks_are_too_many_and_a_piece_is_told(
    javascript: Callable, looks: Callable, same: wb.MaskAWord
) -> None:
    module = javascript(wb.MaskAWord._esm)
    page = module.page
    page.set_viewport_size({"width": 360, "height": 900})
    at = next(at for at, token in enumerate(same.data["tokens"]) if token.startswith("##"))
    same.masked = [at]
    values = {name: getattr(same, name) for name in ("text", "masked", "data", "most_masked")}
    page.evaluate(BARE, [wb.MaskAWord._css, values])
    assert "is a piece of a word" in page.locator(".lw-message").text_content()
    looks(page.locator(".lessons-widget"), TEXTS, [(".lw-share span", "backgroundColor")])
    page.get_by_role("button", name="Show every word").click()
    words = [at for at, fixed in enumerate(same.data["fixed"]) if not fixed]
    assert len(words) > 10
    for at in words[:11]:
        page.locator(".lw-words button").nth(at).click()
    assert page.evaluate("values.masked") == words[:10]
    assert "Not more than 10 at once" in page.locator(".lw-message").text_content()
    same.masked = words[:10]
    page.evaluate("(data) => answer(data)", same.data)
    page.locator(".lw-guess").nth(9).wait_for()
    assert_shows(page, same)


def test_shares_are_written_for_readers(javascript: Callable) -> None:
    module = javascript(wb.MaskAWord._esm)
    for share in (0, 1e-9, 0.0004, 0.0006, 0.051, 0.0994, 0.0996, 0.5, 0.994, 0.9951, 0.9994, 0.9996, 1):
        assert module("percentText", share) == percent(share)
    tokens = ["[CLS]", "un", "##believ", "##able", "cat", "[SEP]"]
    assert [module("piecesOf", tokens, at) for at in range(6)] == [[0], [1, 2, 3], [1, 2, 3], [1, 2, 3], [4], [5]]
    assert module("bits", 0.25) == 2
