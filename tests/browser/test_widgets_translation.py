"""The beam as a tree in a real Chromium: what is seen, by mouse and by keyboard, is what Python finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lessons.widgets import translation as shown
from tests.browser.test_widgets_bert import BARE
from tests.widgets.test_translation import widget

pytestmark = pytest.mark.browser

NAMES = ("data", "sentence", "beam_size", "length_power", "widest")
TEXTS = [("dt", "color"), ("dd", "color"), (".lw-message", "color"), ("svg text", "fill"), ("small", "color")]


def opened(module: Any) -> tuple[Any, shown.BeamTree]:
    tree, page = widget(), module.page
    page.evaluate(BARE, [shown.BeamTree._css, {name: getattr(tree, name) for name in NAMES}])
    return page, tree


def shows(page: Any, tree: shown.BeamTree) -> None:
    """Score, length and texts on the screen are Python's."""
    page.wait_for_timeout(80)
    best = tree.hypotheses[0]
    cells = dict(page.locator("dd").evaluate_all("all => all.map((dd) => [dd.dataset.name, dd.textContent])"))
    assert cells["log-probability"] == f"{best.log_probability:.2f}"
    assert cells["tokens"] == str(len(best.token_ids))
    assert cells["score"] == f"{best.score(tree.length_power):.3f}"
    assert page.locator(".lw-beam-list li").count() == len(tree.hypotheses)


@pytest.mark.parametrize("power", [0.0, 0.7, 2.0])
@pytest.mark.parametrize("beam_size", [1, 2, 3])
def test_the_search_in_javascript_is_pythons(javascript: Callable, beam_size: int, power: float) -> None:
    module, tree = javascript(shown.BeamTree._esm), widget()
    tree.beam_size, tree.length_power = beam_size, power
    found = module("beamSearch", tree.data[0], beam_size, power)["found"]
    assert [tuple(text["ids"]) for text in found] == [text.token_ids for text in tree.hypotheses]
    for theirs, ours in zip(found, tree.hypotheses, strict=True):
        assert theirs["log"] == pytest.approx(ours.log_probability, abs=1e-9)
        assert module("scoreOf", theirs, power) == pytest.approx(ours.score(power), abs=1e-9)


def test_on_a_page_without_python_by_mouse_and_by_keyboard(javascript: Callable, looks: Callable) -> None:
    page, tree = opened(javascript(shown.BeamTree._esm))
    shows(page, tree)
    looks(page.locator(".lessons-widget"), TEXTS, [])
    slider = page.get_by_label("Beam, how many texts are kept =")
    slider.press("ArrowRight")
    tree.beam_size = 3
    shows(page, tree)
    page.get_by_label("Power of the length =").press("Home")
    tree.length_power = 0.0
    shows(page, tree)
    page.locator("select").select_option("1")
    tree.sentence = 1
    shows(page, tree)

    chosen = page.locator(".lw-beam-node.lw-chosen")
    chosen.focus()
    page.keyboard.press("Home")
    first = chosen.get_attribute("data-key")
    assert first is not None
    assert "," not in first
    page.keyboard.press("ArrowDown")
    assert chosen.get_attribute("data-key") != first
    shares = tree.data[1]["table"][""]["look"]
    percent = [f"{100 * share:.0f} %" for share in shares]
    assert page.locator(".lw-beam-source small").all_text_contents() == percent
