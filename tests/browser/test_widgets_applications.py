"""Search your own texts in a real Chromium: formulas equal Python's, and everything is reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lessons.widgets import applications as shown

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect


FEW = (
    "Refunds take three days.",
    "A dog bit a man.",
    "A man bit a dog, and the dog bit back.",
    "Error E-4012: no paper.",
)
OPEN = f"""
from lessons.widgets.applications import search_your_texts
widget = search_your_texts({FEW!r}, "a dog bit")
widget
"""
LIMITS = {"most": shown.MOST_TEXTS, "longest": shown.LONGEST}
TEXTS = [
    ("label", "color"), (".lw-ranking button > span", "color"), (".lw-caption", "color"), (".lw-counted td", "color"),
]  # fmt: skip
MARKS = [(".lw-ranking i b", "backgroundColor")]


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(shown.SearchTexts._esm)


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0, 0.5), (3, 0), (0.4, 1)])
@pytest.mark.parametrize("query", ["a dog bit", "paper, PAPER", "zebra", "", "ΣΑΣ straße İ", "x_1 ½ ² 电影 é e\u0301"])
def test_words_are_counted_as_in_python(module: Callable, query: str, k1: float, b: float) -> None:
    texts = [*FEW, "ΣΑΣ Straße İi", "电影 很好看 x_1", "½ ² é e\u0301 e", "..."]
    found = module("scoresByWords", texts, query, k1, b)
    assert found == pytest.approx(shown.by_words(texts, query, k1, b), abs=1e-12)


def test_rankings_are_pythons(module: Callable) -> None:
    words, vectors = [0.0, 2.0, 1.0, 1.0], [0.3, 0.1, 0.2, -0.4]
    rankings = [module("ranking", words, 0), module("ranking", vectors)]
    assert rankings == [shown.ranking(words, 0), shown.ranking(vectors)]
    assert module("addedRanks", rankings, 4) == pytest.approx(shown.added_ranks(rankings, 4), abs=1e-15)


@pytest.mark.parametrize(
    "library", ["", " one \r\n\t\n two", "\n".join("x" * 70), "🎬" * 500, "\u00a0a\u2028b\n\ufeffc"]
)
def test_texts_are_cut_as_in_python(module: Callable, library: str) -> None:
    assert module("textsOf", library, LIMITS) == shown.texts_of(library)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_query_of_ones_own(open_notebook: Callable, looks: Callable, theme: str) -> None:
    notebook = open_notebook(
        OPEN, "print(widget.found['both'][0], '|', widget.text, '|', len(widget.texts))", theme=theme
    )
    notebook.run_all()
    widget = shown.search_your_texts(FEW, "a dog bit")
    out, page = notebook.output(0), notebook.page
    rows = {name: out.locator(f".lw-ranking[data-name={name}] li") for name in ("words", "vectors", "both")}
    rows["words"].first.wait_for()
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    def assert_shows() -> None:
        for name, found in widget.found.items():
            expect(rows[name].locator("span")).to_have_text(list(found[: shown.SHOWN]))  # waits: Python answers later

    assert_shows()
    field = out.get_by_label("Query")
    field.fill("4012")  # words are counted before the kernel has heard of it
    expect(rows["words"].locator("span")).to_have_text([FEW[3]])
    for text in ("How do I get my money back?", "", "🎬 $x$ <b>dog</b>", "man bit dog"):
        field.fill(text)
        widget.text = text
        out.locator(".lw-ranking[data-name=vectors]:not(.lw-old)").wait_for()
        page.wait_for_timeout(100)  # the frame that draws
        assert_shows()
    first = rows["words"].first.locator("button")
    first.focus()
    first.press("ArrowDown")
    out.locator(".lw-caption", has_text="by words place 2").wait_for()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.closest('section').dataset.name") == "vectors"
    out.locator("input[data-name=b]").press("Home")
    widget.b = 0.0
    page.wait_for_timeout(100)
    assert_shows()
    area = out.locator("textarea")
    area.fill("\n".join([*FEW, "The man was bitten by his dog."]))
    widget.library = "\n".join([*FEW, "The man was bitten by his dog."])
    out.locator(".lw-hint", has_text="5 of at most 60").wait_for()
    out.locator(".lw-ranking[data-name=vectors]:not(.lw-old) li").nth(4).wait_for()
    page.wait_for_timeout(200)
    assert_shows()
    notebook.run_cell(1)
    said = notebook.output(1).locator("pre").text_content().strip()
    assert said == f"{widget.found['both'][0]} | man bit dog | 5"
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2  # no letter was taken for a command on cells
