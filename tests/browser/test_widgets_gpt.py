"""Inside your GPT in a real Chromium: every number equals Python's, and can be reached by pointer and by keyboard."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
import torch

from lessons.gpt import Sampler
from lessons.widgets import gpt as shown
from tests.widgets.test_gpt import small, tokenizer

pytestmark = pytest.mark.browser

OPEN = """
import torch
from lessons.gpt import GPT, GPTConfig
from lessons.tokens import BytePairTokenizer
from lessons.widgets.gpt import inside_gpt

words = BytePairTokenizer.train("the king and the queen and the king\\n" * 20, 280)
torch.manual_seed(0)
model = GPT(GPTConfig(len(words), 16, 2, 4, 12, dropout=0.0))
widget = inside_gpt(model, words, "the king")
widget
"""


@pytest.mark.parametrize("old", [None, [5, 6, 7, 1], [5, 200], [5, 6, 7, 8, 9, 250, 11]])
def test_javascript_and_python_agree(javascript: Callable, old: list[int] | None) -> None:
    model, module = small(), javascript(shown.InsideGPT._esm)
    content, tensors = shown.packed(model)
    c = model.config
    sizes = {"vocab_size": c.vocab_size, "hidden_size": c.hidden_size, "n_layers": c.n_layers, "n_heads": c.n_heads}
    layout = {"tensors": tensors, "sizes": {**sizes, "max_length": c.max_length, "epsilon": c.epsilon}}
    ids = [5, 6, 7, 8, 9, 250, 11]
    found = module("forTest", base64.b64encode(content).decode(), layout, ids, old)
    with torch.no_grad():
        expected = shown.rounded(model).double().eval().every_layer(torch.tensor([ids]))
    assert found["wrong"] == []  # the terms of every number add up to it
    same = [one == other for one, other in zip(ids, old or [], strict=False)]
    assert found["kept"] == [*same, False].index(False)  # what both texts begin with is not computed again
    close = {"rtol": 1e-6, "atol": 1e-6}  # JavaScript multiplies the factors in single precision, as Python's copy does
    torch.testing.assert_close(torch.tensor(found["logits"]).double(), expected.logits[0], **close)
    streams = torch.stack(expected.hidden_states[1:], 2)[0]  # (tokens, layers, hidden_size)
    torch.testing.assert_close(torch.tensor(found["streams"]).double(), streams, **close)
    last = torch.stack(expected.attentions)[:, 0, :, -1]  # (layers, heads, tokens)
    torch.testing.assert_close(torch.tensor(found["weights"]).double(), last, **close)


@pytest.mark.parametrize(
    "settings", [{}, {"temperature": 0.3}, {"top_k": 3}, {"top_p": 0.6}, {"min_p": 0.2}, {"temperature": 0},
                 {"temperature": 1.5, "top_k": 9, "top_p": 0.9, "min_p": 0.1}],
)  # fmt: skip
def test_the_distribution_is_pythons(javascript: Callable, settings: dict[str, float]) -> None:
    module = javascript(shown.InsideGPT._esm)
    logits = 2 * torch.randn(1, 40, dtype=torch.double, generator=torch.Generator().manual_seed(1))
    found = module("shapedProbabilities", logits[0].tolist(), settings)
    found = torch.tensor([found[str(i)] for i in range(40)] if isinstance(found, dict) else found).double()
    changed = Sampler(**settings).logits(logits, torch.zeros(1, 1, dtype=torch.long))
    greedy = settings.get("temperature") == 0
    expected = torch.nn.functional.one_hot(changed.argmax(-1), 40).double() if greedy else changed.softmax(-1)
    torch.testing.assert_close(found, expected[0], rtol=0, atol=1e-6)


def test_texts_are_cut_as_in_python(javascript: Callable) -> None:
    words, module = tokenizer(), javascript(shown.InsideGPT._esm)
    for text in ("the king", "\n the\nqueen’s", "🙂 你好", ""):
        assert module("encodedIds", text, shown.byte_level_data(words)) == words.encode(text)


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    """The widget in cell 0."""
    return open_for_all(OPEN)


def assert_painted(strip: Any) -> None:
    """The picture has a pixel for each number: blue below 0, orange above, one of them opaque, the frame round one."""
    n = int(strip.get_attribute("aria-valuemax")) + 1
    canvas = strip.locator("canvas")
    pixels = canvas.evaluate("(each) => [...each.getContext('2d').getImageData(0, 0, each.width, 1).data]")
    assert len(pixels) == 4 * n
    assert max(pixels[3::4]) == 255
    chosen, value = strip.get_attribute("aria-valuetext").removeprefix("number ").split(": ")
    red, _, blue, opaque = pixels[4 * int(chosen) :][:4]
    assert opaque == 0 or (blue > red) == value.startswith("−")
    left, width = strip.locator(".lw-chosen").evaluate("(each) => [each.offsetLeft, each.parentElement.clientWidth]")
    assert abs(left - int(chosen) / n * width) <= 1


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_it_writes_and_every_number_can_be_reached(notebook: Any, looks: Callable, theme: str) -> None:
    notebook.theme(theme)
    notebook.run_cell(0)
    out = notebook.output(0)
    tokens = out.locator(".lw-gpt-tokens button")
    tokens.first.wait_for()
    before = tokens.count()
    out.get_by_role("button", name="Write a token").press("Enter")
    out.locator(".lw-status", has_text=f"{before + 1} of 12").wait_for()
    tokens.last.press("Home")
    assert tokens.first.get_attribute("aria-selected") == "true"
    strip = out.get_by_role("slider", name="query: what this token asks")
    strip.press("ArrowRight")
    out.locator(".lw-gpt-made strong", has_text="query[").wait_for()
    strip.press("End")
    out.locator(".lw-gpt-made strong", has_text="query[15]").wait_for()
    assert_painted(strip)
    box = strip.bounding_box()
    strip.click(position={"x": 3.5 / 16 * box["width"], "y": box["height"] / 2})
    out.locator(".lw-gpt-made strong", has_text="query[3]").wait_for()
    assert_painted(strip)
    assert out.locator(".lw-gpt-strip .lw-chosen:visible").count() == 1
    out.locator("label", has_text="layer").or_(out.locator("input[type=radio]")).nth(1).press("ArrowRight")
    out.locator(".lw-gpt-next [role=button]").first.press("Enter")
    out.locator(".lw-gpt-made strong", has_text="logit of").wait_for()
    out.locator("input[data-name=temperature]").press("Home")
    out.locator(".lw-gpt-next .lw-percent", has_text="100 %").first.wait_for()
    out.locator("input[type=text]").fill("the queen 🙂 你好 and the king and the queen")
    out.locator(".lw-status", has_text="left out").wait_for()
    looks(out.locator(".lessons-widget"), [("label", "color"), ("td", "color")], [])
