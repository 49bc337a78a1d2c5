"""A page shown slide by slide in a real Chromium without a network: keys, notes, links, widgets that live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lessons.course import places
from lessons.teaching import slides
from lessons.teaching.pages import export

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

FILE = places.NOTEBOOKS / "01_linear_models.ipynb"
CELLS = export.read(FILE).cells
TOTAL = len(list(slides.slides(CELLS)))


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("slides") / "01.html"
    export.write(export.export(FILE, as_slides=True).markup, place)
    return place


@pytest.fixture
def page(browser: Any, deck: Path) -> Iterator[Any]:
    """The slides on a small projector; afterwards no error was logged and nothing but the file was asked for."""
    problems, asked = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    page = context.new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(deck.as_uri())
    page.locator("html[data-ready]").wait_for(state="attached")
    yield page
    context.close()
    assert problems == []
    assert [url for url in asked if not url.startswith(("file:///", "blob:null/", "data:image/"))] == []


def number(page: Any) -> int:
    """Which slide is shown, as the bar says it; it is the only one that can be seen."""
    seen = page.locator(".page-slide").evaluate_all(
        "all => all.map((one, at) => [getComputedStyle(one).visibility, at + 1]).filter(([how]) => how === 'visible')"
    )
    assert len(seen) == 1
    assert page.locator(".page-bar").inner_text().split("\n").count(f"{seen[0][1]} / {TOTAL}") == 1
    return seen[0][1]


def test_keys_lead_through_all_slides_and_back(page: Any) -> None:
    at, parts = page.locator(".page-slide").evaluate_all(
        """all => { const at = all.findIndex((one) => one.querySelector('.page-later'));
                    return [at + 1, all[at].querySelectorAll('.page-later').length]; }"""
    )
    page.evaluate(f"location.hash = 'slide-{at - 1}'")
    page.wait_for_function(f"document.querySelector('.page-now').id === 'slide-{at - 1}'")
    expected = [at - 1, *[at] * (parts + 1), at + 1]  # each part that comes later takes a key of its own
    for key, order in (("PageDown", expected), ("PageUp", expected[::-1])):
        for here in order:
            assert number(page) == here
            page.keyboard.press(key) if here != order[-1] else None
    page.keyboard.press("End")
    assert number(page) == TOTAL
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert number(page) == 2
    page.get_by_role("button", name="On").click()
    assert number(page) == 3


def test_no_slide_is_cut_off_at_the_side_and_few_want_scrolling(page: Any) -> None:
    tall = []
    for index in range(1, TOTAL + 1, 3):
        page.evaluate(f"location.hash = 'slide-{index}'")
        page.wait_for_function(f"document.querySelector('.page-now').id === 'slide-{index}'")
        box = "(({scrollWidth: w, clientWidth: v, scrollHeight: h, clientHeight: g}) => [w - v, h - g])"
        wide, high = page.evaluate(f"{box}(document.querySelector('.page-now'))")
        assert wide <= 1
        if high > 1:
            tall.append((index, high))
    print("slides to scroll:", tall)
    assert len(tall) <= TOTAL // 18


def test_the_widget_lives_and_keeps_its_keys(page: Any) -> None:
    page.evaluate("location.hash = document.querySelector('[data-widget]').closest('section').id")
    out = page.locator("[data-widget]")
    expect(out).to_have_attribute("data-alive", "true")
    here = number(page)
    rate = out.locator("dd[data-name='learning rate η']")
    before = rate.text_content()
    out.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    expect(rate).not_to_have_text(before)
    out.get_by_role("button", name="Step", exact=True).press("Space")
    expect(out.locator("dd[data-name='steps']")).to_have_text("1")
    assert number(page) == here
    page.keyboard.press("PageUp")
    assert number(page) in (here, here - 1)
    assert out.locator("svg, canvas").first.bounding_box()["width"] > 200


def test_notes_and_the_whole_page(page: Any) -> None:
    at = page.locator(".page-slide").evaluate_all("all => all.findIndex((one) => one.querySelector('.page-said'))")
    page.evaluate(f"location.hash = 'slide-{at + 1}'")
    notes = page.locator(".page-now .page-said").first
    expect(notes).to_be_hidden()
    page.keyboard.press("n")
    expect(notes).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("footer")).to_be_visible()
    expect(page.locator(".page-contents")).to_be_visible()
    assert page.locator(".page-off").first.is_visible()
    assert page.locator("main h2").last.is_visible()
    page.locator(".page-contents a").nth(4).click()
    page.get_by_role("button", name="Slides").click()
    expect(page.locator(".page-now h2, .page-now h3").first).to_have_text(
        page.locator(".page-contents a").nth(4).text_content()
    )
    page.reload()
    assert page.locator("html[data-slides]").count() == 1
    page.emulate_media(media="print")
    assert page.locator(".page-slide").last.is_visible()
