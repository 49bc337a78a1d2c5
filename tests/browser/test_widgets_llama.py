"""Chat with probabilities in a real Chromium: tokens, alternatives, branches and turns, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from lessons.widgets import llama as shown
from tests.browser.test_widgets_bert import BARE, percent
from tests.llama import small

pytestmark = pytest.mark.browser

OPEN = """
import torch
from lessons.llama import Llama, LlamaConfig, Tokenizer
from lessons.tokens import BytePairTokenizer
from lessons.widgets.llama import chat_with_probabilities

special = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
words = BytePairTokenizer.train("the king and the queen and the user asks the assistant\\n" * 20, 280, special)
torch.manual_seed(0)
model = Llama(LlamaConfig(280, 24, 2, 4, 2, 40, 64, std=0.3)).double().eval()
widget = chat_with_probabilities(model, Tokenizer(words.vocabulary, words.merges, special), "the king", "Be brief.")
widget
"""
PLACES = ("dt", "dd", ".lw-message", ".lw-hint", ".lw-status", ".lw-llama-tokens button", ".lw-llama-branches bdi")
TEXTS = [(place, "color") for place in (*PLACES, ".lw-percent")]


def same() -> shown.ChatWithProbabilities:
    """The widget of the notebook, in this process."""
    words = small.tokenizer()
    return shown.chat_with_probabilities(small.model(len(words)), words, "the king", "Be brief.")


def spelt(text: str) -> str:
    text = text.replace("\n", "↵")
    return (f"␣{text[1:]}" if text.startswith(" ") else text) or "∅"


def settled(out: Any, widget: shown.ChatWithProbabilities) -> None:
    """Wait for the answer, then compare every token."""
    note = re.compile(f"^{re.escape(widget.data['note'])}$")
    out.locator(".lw-status[data-state=read]", has_text=note).wait_for()
    out.page.wait_for_timeout(60)
    tokens = widget.data["tokens"]
    assert out.locator(".lw-llama-tokens button").all_text_contents() == [spelt(token["text"]) for token in tokens]
    cells = dict(out.locator("dd").evaluate_all("all => all.map((dd) => [dd.dataset.name, dd.textContent])"))
    assert cells["tokens"] == str(len(tokens))
    assert cells["of the whole answer"] == percent(widget.probability)


def looked_at(out: Any, widget: shown.ChatWithProbabilities, at: int) -> None:
    """The alternatives on the screen are those of one token."""
    token = widget.data["tokens"][at]
    rows = [[words, share] for _, words, share in token["best"]]
    if token["id"] not in [i for i, _, _ in token["best"]]:
        rows.append([token["text"], token["share"]])
    bars = out.locator(".lw-llama-branches")
    assert bars.locator("bdi").all_text_contents() == [spelt(words) for words, _ in rows]
    assert bars.locator(".lw-percent").all_text_contents() == [percent(share) for _, share in rows]
    assert bars.locator(".lw-emphasis bdi").all_text_contents() == [spelt(token["text"])]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_in_jupyterlab_by_mouse_and_by_keyboard(open_notebook: Callable, looks: Callable, theme: str) -> None:
    notebook = open_notebook(OPEN, theme=theme)
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), same()
    tokens = out.locator(".lw-llama-tokens button")
    tokens.first.wait_for()
    settled(out, widget)
    looked_at(out, widget, 0)
    looks(out.locator(".lessons-widget"), TEXTS, [(".lw-llama-branches .lw-share span", "backgroundColor")])

    tokens.nth(3).hover()
    looked_at(out, widget, 3)
    tokens.nth(3).focus()
    page.keyboard.press("ArrowRight")
    looked_at(out, widget, 4)
    page.keyboard.press("End")
    looked_at(out, widget, len(widget.data["tokens"]) - 1)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    other = next(
        at for at, (i, _, _) in enumerate(widget.data["tokens"][1]["best"]) if i != widget.data["tokens"][1]["id"]
    )
    out.locator(".lw-llama-branches button").nth(other).press("Enter")
    widget.begun = [widget.data["tokens"][0]["id"], widget.data["tokens"][1]["best"][other][0]]
    settled(out, widget)
    assert out.locator(".lw-begun").count() == 2

    if not widget.data["finished"]:
        out.get_by_role("button", name="Go on").press("Enter")
        widget.begun = [token["id"] for token in widget.data["tokens"]]
        settled(out, widget)
    field = out.locator("label", has_text="Enter sends it").locator("input")
    for text in ("the queen 🙂", "我们都在这里", "the king " * 1112, ""):
        field.fill(text)
        field.press("Enter")
        widget.begun, widget.text = [], text
        settled(out, widget)
    out.get_by_label("System prompt").fill("Be long.")
    out.get_by_label("System prompt").press("Enter")
    widget.system = "Be long."
    settled(out, widget)
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1


def test_turns_are_kept_and_forgotten(open_notebook: Callable) -> None:
    notebook = open_notebook(OPEN)
    notebook.run_all()
    out, widget = notebook.output(0), same()
    settled(out, widget)
    said = [token["id"] for token in widget.data["tokens"]]
    out.get_by_role("button", name="Keep this, ask on").click()
    widget.turns = [["the king", said[:-1] if widget.data["finished"] else said]]
    widget.text = "Tell me more."
    settled(out, widget)
    assert out.locator(".lw-llama-turns p").all_text_contents() == ["You: the king"]
    out.get_by_role("button", name="New conversation").click()
    widget.turns = []
    settled(out, widget)
    assert out.locator(".lw-llama-turns p").count() == 0


def test_numbers_in_javascript_are_pythons(javascript: Callable) -> None:
    module, widget = javascript(shown.ChatWithProbabilities._esm), same()
    tokens = widget.data["tokens"]
    assert module("shareOfAnswer", tokens) == pytest.approx(widget.probability)
    assert module("typicalShare", tokens) == pytest.approx(widget.probability ** (1 / len(tokens)))
    assert module("branchAt", tokens, 2, 77) == [tokens[0]["id"], tokens[1]["id"], 77]
    assert module("typicalShare", []) == 0


def test_a_page_without_python_shows_the_answer_and_says_what_needs_a_kernel(
    javascript: Callable, looks: Callable
) -> None:
    module, widget = javascript(shown.ChatWithProbabilities._esm), same()
    page = module.page
    page.set_viewport_size({"width": 360, "height": 1200})
    names = ("text", "system", "turns", "begun", "progress", "data")
    page.evaluate(BARE, [shown.ChatWithProbabilities._css, {name: getattr(widget, name) for name in names}])
    page.locator(".lw-llama-tokens button").nth(2).focus()
    looked_at(page, widget, 2)
    looks(page.locator(".lessons-widget"), TEXTS, [])
    page.locator(".lw-llama-branches button:not(.lw-emphasis)").first.click()
    page.get_by_text("No answer yet. A new text needs a running kernel").wait_for()
