"""Pages in a real Chromium without a network: the widgets live, and what they show is what Python computes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lessons.course import places
from lessons.teaching.pages import export, states
from lessons.tokens import BytePairTokenizer
from lessons.widgets import attention as wa
from lessons.widgets import gradients as cg
from lessons.widgets import linear_models as lm
from lessons.widgets import tokens as wt
from lessons.widgets import transformer as wf

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg=="
VIEW = {"version_major": 2, "version_minor": 0, "model_id": "x"}
COMPUTED = """import torch
from torch import nn
from lessons.transformer import dates
from lessons.transformer import Transformer
from lessons.widgets.neural_networks import draw_a_digit
from lessons.widgets.transformer import alignment_viewer
torch.manual_seed(0)
digits = nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10))
images = torch.rand(2, 28, 28).numpy()
characters = dates.Characters(dates.date_pairs("train", 200).texts)
translator = Transformer(len(characters), dates.TARGETS, hidden_size=16, n_heads=2, intermediate_size=32)"""
CONTRASTS = """() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const pixel = (colour) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (colour) => {
        const parts = pixel(colour).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (pixel(colour)[3] === 255) return colour;
        }
        return "white";
    };
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !node.getClientRects().length) continue;
        if (node.closest("script, style, .page-skip, [data-widget]")) continue;
        const colour = getComputedStyle(node)[node.closest("svg") ? "fill" : "color"];
        const [low, high] = [luminance(colour), luminance(ground(node))].sort((one, other) => one - other);
        const name = `${node.tagName}.${node.getAttribute("class") ?? ""}`;
        found.set(name, Math.min(found.get(name) ?? 99, (high + 0.05) / (low + 0.05)));
    }
    return Object.fromEntries(found);
}"""


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable]:
    """Opens a file with the network cut; afterwards no error was logged and nothing but the file was asked for."""
    contexts, problems, asked = [], [], []

    def open_(file: Path, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        if options.get("java_script_enabled", True) and page.locator("#page-widgets").count():
            page.locator("html[data-ready]").wait_for(state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []
    assert [url for url in asked if not url.startswith(("file:///", "blob:null/", "data:image/"))] == []
    assert sum(url.startswith("file:") for url in asked) >= len(contexts)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a stored notebook's page, made once."""
    folder = tmp_path_factory.mktemp("pages")

    def page(name: str) -> Path:
        place = folder / f"{name}.html"
        if not place.exists():
            export.write(export.export(places.NOTEBOOKS / f"{name}.ipynb").markup, place)
            print(f"{name}: {place.stat().st_size / 1e6:.2f} MB")
        assert place.stat().st_size < 3_000_000
        return place

    return page


def cell(out: Any, name: str) -> Any:
    """One of a widget's numbers."""
    return out.locator(f"dd[data-name='{name}']")


def widget(page: Any, number: int = 0) -> Any:
    out = page.locator("[data-widget]").nth(number)
    expect(out).to_have_attribute("data-alive", "true")
    assert out.locator("> img").count() == 0  # the picture has made place
    return out


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_fit_a_line(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("01_linear_models"))
    out = widget(page)
    points = [list(point) for point in lm.POINTS]
    out.locator("input[type=range]").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(cell(out, "learning rate η")).not_to_have_text("0.08000")
    learning_rate = float(cell(out, "learning rate η").text_content())
    assert learning_rate == pytest.approx(0.08 * 10 ** (12 * 2 / 400), rel=0.01)
    out.get_by_role("button", name="Step", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(cell(out, "steps")).to_have_text("2")
    w, b = lm.descend(points, *lm.START, learning_rate, 2)[-1]
    for name, value in (("w", w), ("b", b), ("loss L", lm.loss(points, w, b))):
        assert float(cell(out, name).text_content().replace("−", "-")) == pytest.approx(value, rel=2e-3)


def test_computation_graph(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("02_gradients"))
    out = widget(page)
    slider = out.locator("input[type=range]").first
    slider.focus()
    page.keyboard.press("ArrowLeft")
    a = float(slider.input_value())
    assert a < 2
    out.get_by_role("button", name="To the gradients").click()
    nodes = cg.graph(cg.evaluate("(a * b + c).tanh()", {"a": a, "b": -3.0, "c": 6.5}))
    expected = [pair for node, slope in zip(nodes, cg.gradients(nodes), strict=True) for pair in (node.data, slope)]
    expect(out.locator(".lw-gradient").first).not_to_have_text("")
    texts = out.locator(".lw-box").evaluate_all(
        "all => all.flatMap((box) => ['.lw-value', '.lw-gradient'].map((one) => box.querySelector(one).textContent))"
    )
    assert [float(text.replace("−", "-")) for text in texts] == pytest.approx(expected, rel=5.1e-3)


def test_tokens(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("04_tokens"))
    player, three = widget(page), widget(page, 1)
    player.locator("input[type=range]").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    learnt = BytePairTokenizer.train(wt.TEXT, 256 + 7)
    expect(cell(player, "tokens")).to_have_text(str(len(learnt.tokens(wt.TEXT))))
    expect(cell(player, "vocabulary")).to_have_text("263")

    text = "Nothing is sent: unbelievable 中文!"
    three.locator("textarea, input[type=text]").first.fill(text)
    counts = [len(wt.gpt2().encode(text)), len(text.encode())]
    expect(three).to_contain_text(re.compile(rf"50,257 tokens\s*{counts[0]} tokens"))
    expect(three).to_contain_text(re.compile(rf"256 tokens\s*{counts[1]} tokens"))
    assert page.get_by_text("Here without tokenizer=byte_pair").count() == 1


def test_attention_explorer(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("05_attention"), color_scheme="dark")
    out = widget(page)
    explorer = wa.attention_explorer("The bank of the river was muddy.", layer=0, head=10)
    entropy = "entropy of its row"
    expect(cell(out, entropy)).to_have_text(f"{_entropy(explorer):.3f} bits")
    out.locator("input[type=range]").press("Home")
    explorer.temperature = wa.LEAST_TEMPERATURE
    expect(cell(out, entropy)).to_have_text(f"{_entropy(explorer):.3f} bits")

    field = out.get_by_role("textbox")
    field.fill("Something new.")
    field.press("Enter")
    expect(out).to_contain_text(states.NO_ANSWER)
    field.fill("The bank of the river was muddy.")
    field.press("Enter")
    expect(out).not_to_contain_text(states.NO_ANSWER)
    assert page.get_by_text("For a text of your own, open the notebook").count() == 1


def _entropy(explorer: wa.AttentionExplorer) -> float:
    return wa.entropy_bits(explorer.weights[explorer.token])


def test_norm_and_depth(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("06_transformer"), width=400)
    out = widget(page)
    out.locator("input[type=range]").press("End")
    rows = wf.numbers()
    moves = {name: rows[name]["moves"][wf.DEPTH - 1] for name in ("post-norm", "pre-norm")}
    expect(cell(out, "moves, post ÷ pre")).to_have_text(f"{moves['post-norm'] / moves['pre-norm']:.2f}")


def test_what_a_run_computes_lives_as_well(open_page: Callable, tmp_path: Path) -> None:
    """Weights travel as float32, and the texts behind a widget's buttons come with their answers."""
    data = {states.VIEW: VIEW, "image/png": PIXEL, "text/plain": "A widget: run"}
    shown = [
        new_code_cell(source, outputs=[new_output("display_data", data=data)])
        for source in ("draw_a_digit(digits, images)", "alignment_viewer(translator, characters)")
    ]
    nbformat.write(new_notebook(cells=[new_code_cell(COMPUTED), *shown]), tmp_path / "one.ipynb")
    with ThreadPoolExecutor(1) as pool:  # the browser's driver keeps an event loop in this thread
        made = pool.submit(export.export, tmp_path / "one.ipynb", with_run=True, cell_timeout=200)
    export.write(made.result().markup, tmp_path / "one.html")
    page = open_page(tmp_path / "one.html")
    space: dict[str, Any] = {}
    exec(COMPUTED, space)  # the same cell, here

    digit = widget(page)
    digit.get_by_role("button", name=re.compile("xample 2|2")).last.click()
    logits = space["digits"](torch.tensor(space["images"][1:]).mul(255).round().div(255))
    expected = [100 * share for share in logits.softmax(-1)[0].tolist()]
    expect(digit.locator(".lw-percent").first).not_to_have_text("")
    texts = digit.locator(".lw-percent").all_text_contents()
    assert [float(text.split()[0]) for text in texts] == pytest.approx(expected, abs=0.06)

    viewer, here = widget(page, 1), wf.alignment_viewer(space["translator"], space["characters"])
    for language in ("German", "Hebrew"):
        viewer.get_by_role("button", name=language).click()
        here.text = wf.EXAMPLES[language]
        expect(viewer.locator(".lw-written bdi")).to_have_text(list(here.data["written"]))
        expect(viewer.locator(".lw-source bdi")).to_have_text(here.data["characters"])
    field = viewer.get_by_role("textbox")
    field.fill("1 May 2000")
    field.press("Enter")
    expect(viewer).to_contain_text(states.NO_ANSWER)


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["01_linear_models", "06_transformer"])
def test_all_text_stands_out_and_nothing_is_cut_off(
    open_page: Callable, pages: Callable, looks: Callable, name: str, scheme: str
) -> None:
    page = open_page(pages(name), width=400, color_scheme=scheme)
    page.locator(".page-contents summary").click()
    contrasts = page.evaluate(CONTRASTS)
    assert {"P.", "A.", "SPAN.k", "SPAN.c1", "SUMMARY.", "mi."} <= contrasts.keys()
    assert {name: value for name, value in contrasts.items() if value < 4.5} == {}
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    looks(page.locator(".lessons-widget").first, [("dd", "color"), ("dt", "color"), (".lw-message", "color")], [])


def test_light_dark_contents_and_keys(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("01_linear_models"))
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("Tab")
    expect(page.locator(".page-skip")).to_be_focused()
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="Change to dark colours")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    dark = page.evaluate(ground)
    assert dark != light
    assert page.evaluate("getComputedStyle(document.querySelector('.lessons-widget')).backgroundColor") == dark
    page.reload()
    assert page.evaluate(ground) == dark  # it is remembered
    page.emulate_media(media="print")
    assert page.evaluate(ground) == light
    assert not page.locator(".page-contents").is_visible()
    page.emulate_media(media="screen")

    contents = page.locator(".page-contents a")
    assert contents.first.is_visible()
    contents.nth(3).focus()
    page.keyboard.press("Enter")
    target = page.locator(contents.nth(3).get_attribute("href"))
    assert abs(target.bounding_box()["y"]) < 100
    assert page.locator("main h1").count() == 1


def test_without_scripts_there_are_the_pictures(open_page: Callable, pages: Callable) -> None:
    page = open_page(pages("01_linear_models"), java_script_enabled=False, color_scheme="dark")
    assert page.locator(".page-widget img").is_visible()
    assert not page.locator(".page-theme").is_visible()
    assert page.locator("math").count() > 50


def test_hostile_notebooks_do_nothing(open_page: Callable, tmp_path: Path) -> None:
    texts = [
        "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>",
        "<details ontoggle=alert(1) open>x</details>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "[x](javascript:alert(1)) <a href='javascript:alert(1)'>x</a> ![](https://example.org/x.png)",
        "<style>@import 'https://example.org/x.css'; body { display: none }</style><p data-widget='w0-0'>x</p>",
    ]
    cells = [new_markdown_cell(text) for text in texts]
    cells += [
        new_code_cell("1", outputs=[new_output("display_data", data={kind: text})])
        for text in texts
        for kind in ("text/html", "text/latex", "text/plain", "application/javascript")
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "one.ipynb")
    export.write(export.export(tmp_path / "one.ipynb").markup, tmp_path / "one.html")
    page = open_page(tmp_path / "one.html")
    for link in page.locator("main a").all():
        link.click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert page.locator("main").is_visible()
    assert page.locator("main script, main style, main iframe, main [data-widget], main img[src]").count() == 0
