"""axe-core over what people read in a browser: every page, slides, grade pages; no violation, light or dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lessons.course import places
from lessons.exercises import Kind, Verdict, find
from lessons.teaching.grading import report
from lessons.teaching.grading.reading import Attempt
from lessons.teaching.grading.report import Row
from lessons.teaching.pages import export
from tests.support.browser import PATIENCE

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

NOTEBOOKS = places.notebooks()
EVERY = 9  # each so many slides are looked at: the others are made of the same parts
BUDGET, BUDGETS = 1_500_000, {"10_gpt": 3_000_000}  # bytes of a page; 10's may hold its model
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
OUT_OF_REACH = """() => [...document.querySelectorAll(".page-now, .page-now *")].filter((node) => {
    const style = getComputedStyle(node);
    const scrolls = (over, size, room) => /auto|scroll/.test(over) && size > room + 1;
    return (scrolls(style.overflowX, node.scrollWidth, node.clientWidth)
            || scrolls(style.overflowY, node.scrollHeight, node.clientHeight))
        && node.tabIndex < 0 && !node.querySelector("a, button, input, summary, [tabindex='0']");
}).map((node) => `${document.querySelector(".page-now").id}: ${node.tagName} ${node.className}`)"""


@pytest.fixture(scope="module")
def checked(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file without a network, and gives the page with a function that lists what axe-core finds wrong."""
    contexts = []

    def open_(file: Path, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(2 * PATIENCE)
        page.goto(file.as_uri())
        if page.locator("#page-widgets").count():
            page.locator("html[data-ready]").wait_for(state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()


def violations(page: Any) -> list[str]:
    """One line for each element that breaks a rule."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_every_page(checked: Callable[..., Any], file: Path, tmp_path: Path) -> None:
    """Light and dark in turn, and as wide as a phone and as a desk."""
    place, at = tmp_path / "page.html", NOTEBOOKS.index(file)
    export.write(export.export(file).markup, place)
    assert place.stat().st_size < BUDGETS.get(file.stem, BUDGET)
    page = checked(place, color_scheme="dark" if at % 2 else "light", viewport=PHONE if at % 3 else DESK)
    assert violations(page) == []


def test_slides_of_a_lesson(checked: Callable[..., Any], tmp_path: Path) -> None:
    place = tmp_path / "slides.html"
    export.write(export.export(NOTEBOOKS[1], as_slides=True).markup, place)
    page = checked(place)
    total, found = page.locator(".page-slide").count(), []
    for index in range(1, total + 1):
        page.evaluate(f"location.hash = 'slide-{index}'")
        page.wait_for_function(f"document.querySelector('.page-now').id === 'slide-{index}'")
        found += page.evaluate(OUT_OF_REACH)
        found += violations(page) if index % EVERY == 1 else []
    page.keyboard.press("Escape")
    assert found + violations(page) == []


def test_a_tall_slide_is_reached_and_scrolled_by_key(checked: Callable[..., Any], tmp_path: Path) -> None:
    long = new_code_cell("\n".join(f"x{number} = {number}" for number in range(120)))
    cells = [new_markdown_cell("# Title"), new_markdown_cell("## Long\n\n" + "Words. " * 100), long]
    nbformat.write(new_notebook(cells=cells), tmp_path / "one.ipynb")
    export.write(export.export(tmp_path / "one.ipynb", as_slides=True).markup, tmp_path / "one.html")
    page = checked(tmp_path / "one.html", viewport={"width": 800, "height": 400})
    page.keyboard.press("End")
    assert page.evaluate(OUT_OF_REACH) == []
    slide = page.locator(".page-now")
    assert slide.evaluate("node => node.scrollHeight > node.clientHeight + 1 && node === document.activeElement")
    page.keyboard.press("ArrowDown")
    assert slide.evaluate("node => node.scrollTop") > 0
    page.keyboard.press("Home")
    assert page.locator(".page-now").get_attribute("id") == "slide-1"


# --- grade pages ------------------------------------------------------------------------------------------------------


def grade_page(place: Path) -> Path:
    """A page with every kind of verdict, long lines, long values, a decision."""
    items = [find(f"linear_models.{name}") for name in ("mse_gradient", "ridge", "quiz_leak", "fastest_rate")]
    long = "x = " + " + ".join(f"a_rather_long_name_{number}" for number in range(40))
    details = (("expected", "array([" + "0.123456, " * 40 + "])"), ("your result", "0" * 300))
    kinds = (Kind.WRONG, Kind.CORRECT, Kind.KNOWN_MISTAKE, Kind.NOT_ATTEMPTED)
    results = {
        item.id: (Verdict(kind, "A sentence with `code`.", details, "printed " * 60), Attempt(item.id, long))
        for item, kind in zip(items, kinds, strict=True)
    }
    row = Row("Ann" * 40, ["a/" + "b" * 200 + ".ipynb"], ["A problem."], results, late_days=2, of=4, total=1)
    row.decided = {items[0].id: "0.5: right idea", "late": "0: ill"}
    place.write_text(report.page(row, items), encoding="utf-8")
    return place


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_grade_pages(checked: Callable[..., Any], tmp_path: Path, scheme: str) -> None:
    page = checked(grade_page(tmp_path / "ann.html"), viewport=PHONE, color_scheme=scheme)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.locator("main h1").count() == 1


def test_code_on_a_grade_page_is_scrolled_by_key(checked: Callable[..., Any], tmp_path: Path) -> None:
    page = checked(grade_page(tmp_path / "ann.html"), viewport=PHONE)
    page.keyboard.press("Tab")
    wide = page.locator("pre:focus")
    page.keyboard.press("ArrowRight")
    moved = "document.activeElement.scrollLeft > 0"  # asked for, not waited for: the page lets no text become code
    assert any(page.evaluate(moved) or page.wait_for_timeout(100) for _ in range(100))
    assert wide.count() == 1
