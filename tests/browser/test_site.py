"""The front page of the course's site in a real Chromium, from a disk and without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from lessons.teaching.pages import export, front, search
from tests.support import site as support
from tests.support.browser import PATIENCE

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

MISSED = """async () => {
    const data = Uint8Array.from(atob(document.getElementById("site-texts").textContent), (one) => one.charCodeAt(0));
    const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const { lessons, sections } = JSON.parse(await new Response(stream).text());
    const field = document.getElementById("site-query");
    const missed = [];
    for (const [lesson, anchor, title] of sections.filter((section) => section[1])) {
        field.value = `${title} ${lessons[lesson][1].slice(0, 2)}`;
        field.dispatchEvent(new Event("input"));
        await new Promise((done) => setTimeout(done));
        const shown = [...document.querySelectorAll("#site-found a")].map((link) => link.getAttribute("href"));
        if (!shown.includes(`${lessons[lesson][0]}.html#${anchor}`)) missed.push(field.value);
    }
    return [sections.length, missed];
}"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return support.build(tmp_path_factory.mktemp("site"))


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file with the network cut; afterwards no error was logged and only files were asked for."""
    contexts, problems, asked = [], [], []

    def open_(file: Path, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []
    assert [url for url in asked if not url.startswith(("file:///", "data:image/"))] == []


def violations(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def ask(page: Any, query: str) -> Any:
    """Type into the search by keyboard alone; returns what is found."""
    page.keyboard.press("/")
    page.keyboard.type(query)
    expect(page.locator("#site-status")).not_to_be_empty()
    return page.locator("#site-found a")


def test_a_search_by_keyboard_opens_the_section(index: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(index)
    links = ask(page, "CAUSAL mask")
    expect(links.first).to_be_visible()
    marks = page.locator("#site-found li").first.locator("mark").all_text_contents()
    assert {mark.lower().rstrip("s") for mark in marks} == {"causal", "mask"}
    page.keyboard.press("ArrowDown")
    expect(links.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#site-query")).to_be_focused()
    address = links.first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{address}")
    anchor = address.partition("#")[2]
    assert page.locator(f"[id='{anchor}']").evaluate("node => node.getBoundingClientRect().top < innerHeight")
    page.go_back()  # the question is still there
    expect(page.locator("#site-query")).to_have_value("CAUSAL mask")
    expect(page.locator("#site-found a").first).to_have_attribute("href", address)
    page.locator("#site-query").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#site-query")).to_have_value("")
    expect(page.locator("#site-found")).to_be_hidden()


def test_every_heading_is_found_by_its_words(index: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(index)
    expect(ask(page, "attention").first).to_be_visible()
    total, missed = page.evaluate(MISSED)
    assert total > 400
    assert missed == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("normalisation", "normalization"),
        ("colour", "color"),
        ("Mask", "masks"),
        ("naïve", "naive"),
        ("optimi", "OPTIMI"),
    ],
)
def test_two_spellings_find_the_same(index: Path, open_page: Callable[..., Any], one: str, other: str) -> None:
    page, found = open_page(index), []
    for query in (one, other):
        links = ask(page, query)
        found.append([link.get_attribute("href") for link in links.all()])
        page.keyboard.press("Escape")
    assert found[0] == found[1]
    assert len(found[0]) > (0 if one == "naïve" else 1)


@pytest.mark.parametrize(("query", "said"), [("qqxxqq", "Nothing has “qqxxqq”."), ("w", "Two letters or more")])
def test_a_search_that_finds_nothing_says_so(index: Path, open_page: Callable[..., Any], query: str, said: str) -> None:
    page = open_page(index)
    ask(page, query)
    expect(page.locator("#site-status")).to_contain_text(said)
    expect(page.locator("#site-found")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_front_page_is_for_everybody(index: Path, open_page: Callable[..., Any], scheme: str, width: int) -> None:
    page = open_page(index, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert violations(page) == []
    expect(ask(page, "attention softmax").first).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.goto(f"{index.with_name('05_attention.html').as_uri()}")
    assert page.get_by_role("link", name="All lessons").count() == 2
    page.get_by_role("link", name="Search").click()
    expect(page.locator("#site-query")).to_be_focused()


def test_without_javascript_all_but_the_search_is_there(index: Path, open_page: Callable[..., Any]) -> None:
    page = open_page(index, java_script_enabled=False)
    assert page.locator("main img").first.is_visible()
    assert not page.locator("#site-search").is_visible()
    page.locator(".site-map a").first.click()
    page.wait_for_url("**/00_start_here.html")


def test_what_a_notebook_says_does_not_act_when_it_is_found(tmp_path: Path, open_page: Callable[..., Any]) -> None:
    hostile = "<img src=x onerror=alert(1)></script><script>alert(1)</script>"
    cells = [new_markdown_cell(f"# `{hostile}` wolf\n\n`{hostile}` sheep {hostile}")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "one.ipynb")
    sections = search.sections(export.export(tmp_path / "one.ipynb").markup)
    markup = front.page(["00_start_here.ipynb"], search.pack([search.Lesson("00_start_here", hostile, sections)]))
    (tmp_path / "index.html").write_text(markup, encoding="utf-8")
    page = open_page(tmp_path / "index.html")
    expect(ask(page, "wolf sheep alert")).to_have_count(1)
    assert "<img src=x onerror=alert(1)>" in page.locator("#site-found").text_content()
    assert page.locator("#site-found :is(img, script)").count() == 0
