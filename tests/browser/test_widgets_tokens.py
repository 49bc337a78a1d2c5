"""The merge player and the three tokenizers in a real Chromium: tokens, ids and counts are those of Python."""

from __future__ import annotations

import functools
import json
import random
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from lessons import tokens as lt
from lessons.widgets import tokens as wt

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

PLAYER = "from lessons.widgets.tokens import merge_player\nwidget = merge_player()\nwidget"
THREE = "from lessons.widgets.tokens import three_tokenizers\nwidget = three_tokenizers()\nwidget"
SEEN_BY_PYTHON = "import json; print(json.dumps([widget.text, getattr(widget, 'step', None)]))"
TEXTS = [
    "",
    " ",
    wt.TEXT,
    wt.SENTENCE,
    "It isn't the size of the dog's fight: they've said so,  I'd think.\n\n  We'll see!  ",
    "naïve café Ünïcödé, é and e\u0301, ﬁne ½ İstanbul ΟΔΟΣ ẞ",
    "今天天气很好，我们去公园。The 中文 word。東京タワー 한국어를",
    "مَرْحَبًا بِالعَالَمِ، नमस्ते สวัสดี",
    "👨‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🇩🇪 ❤️ 1️⃣",
    "3.14159 × 10²³ = 1,000,000 ٣٤ Ⅷ x**2 # $^`~<>|+=",
    " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2003\u2028\u3000\u200b\ufeff end",
    "a\x00b\x07c\ufffdd\ue000e\U0010ffffg\u200ch\xadi",
    f"{'x' * 100} {'y' * 101} {'é' * 100} {'中' * 101} {'z!' * 101}",
    "<|endoftext|>a <|endoftext|><|endoftext|> [CLS][SEP] [MASK]x [mask] [UNK] [PAD][CLS [ CLS ]",
    "a\u0301\u0323\u302e\u0316b \u0301c \u302f\U0001d165\u302e\ufe0f\U0001d165",
    "the cat sat on the mat. " * 420,
    "a" * 10_000,
    "".join(random.Random(0).choices("abcdefghijklmnopqrstuvwxyz", k=10_000)),
]


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    """Cell 0 shows the player, cell 3 the tokenizers; 1 prints what Python sees, 2 and 4 change them from Python."""
    changed = ["widget.text, widget.step = 'from Python\\ud800', 3", "widget.text = 'x\\udc00'"]
    return open_for_all(PLAYER, SEEN_BY_PYTHON, changed[0], THREE, changed[1])


def python_sees(notebook: Any) -> list:
    """Text and step of the widget in the kernel: runs cell 1."""
    notebook.page.wait_for_timeout(200)  # the last message to the kernel
    notebook.run_cell(1)
    return json.loads(notebook.output(1).locator("pre").text_content())


def patiently(check: Callable) -> Callable:
    """The same check, again and again for at most five seconds: the frame that draws may still be to come."""

    @functools.wraps(check)
    def again(out: Any, *args: Any, **options: Any) -> None:
        for _ in range(50):
            try:
                return check(out, *args, **options)
            except AssertionError:
                out.page.wait_for_timeout(100)
        return check(out, *args, **options)

    return again


def boxes(row: Any) -> list[str]:
    """What stands in the boxes of a row."""
    return row.locator(".lw-token").evaluate_all("all => all.map(box => box.firstChild.textContent)")


# --- the merge player -------------------------------------------------------------------------------------------------


@patiently
def assert_player_shows(out: Any, text: str, step: int, most: int = 60) -> None:
    """Tokens, pairs and counts on the screen are those of `lessons.tokens`."""
    learnt = lt.BytePairTokenizer.train(text, 256 + most)
    cut = lt.BytePairTokenizer(learnt.vocabulary, learnt.merges[:step])
    tokens = cut.tokens(text)
    assert boxes(out.locator(".lw-tokens").nth(0)) == [wt.label(token) for token in tokens][:600]
    assert boxes(out.locator(".lw-tokens").nth(1)) == [wt.label(a + b) for a, b in reversed(learnt.merges[:step])]
    table = wt.pair_table(text, learnt, step)[:8]
    rows = out.locator(".lw-pairs tbody tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(c => c.textContent))"
    )
    expected = [[" + ".join(map(wt.label, pair)), f"{count:,}"] for pair, count in table]
    assert rows == expected + [["\xa0", ""]] * (8 - len(expected))
    numbers = out.locator(".lw-readouts dd").evaluate_all("all => all.map(dd => dd.textContent)")
    assert numbers[:3] == [str(step), str(256 + step), str(len(tokens))]
    if step < len(learnt.merges):
        first, second = map(wt.label, learnt.merges[step])
        assert out.locator(".lw-next-line").text_content().startswith(f"Next: {first} + {second} → ")


def test_the_player_by_mouse_and_keyboard(notebook: Any, looks: Callable) -> None:
    notebook.run_cell(0)
    page, out = notebook.page, notebook.output(0)
    out.locator(".lw-readouts").wait_for()
    texts = [(selector, "color") for selector in ("dt", "dd", "label", ".lw-message", ".lw-token", "td", "th", "h4")]
    looks(out.locator(".lessons-widget"), texts, [(".lw-next", "borderBottomColor")])
    assert_player_shows(out, wt.TEXT, 0)
    step = out.get_by_role("button", name="Step")
    for _ in range(5):
        step.click()
    assert_player_shows(out, wt.TEXT, 5)
    assert out.locator(".lw-tokens").first.locator(".lw-next-left").count() == 2
    out.get_by_role("button", name="Back").click()
    assert_player_shows(out, wt.TEXT, 4)
    assert python_sees(notebook) == [wt.TEXT, 4]

    slider = out.locator("input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert_player_shows(out, wt.TEXT, 6)
    page.keyboard.press("End")
    n_merges = len(lt.BytePairTokenizer.train(wt.TEXT, 316).merges)
    assert_player_shows(out, wt.TEXT, n_merges)
    assert "Every word is one token" in out.locator(".lw-next-line").text_content()
    step.press("Enter")  # nothing is left: it stays
    assert_player_shows(out, wt.TEXT, n_merges)

    out.get_by_role("button", name="Reset").click()
    out.get_by_role("button", name="Play").click()
    out.locator("dd[data-name=merges]", has_text="2").wait_for()
    out.get_by_role("button", name="Pause").click()
    stopped = int(out.locator("dd[data-name=merges]").text_content())
    page.wait_for_timeout(1000)
    assert_player_shows(out, wt.TEXT, stopped)


def test_the_player_takes_any_text(notebook: Any) -> None:
    notebook.run_cell(0)
    notebook.run_cell(2)
    out = notebook.output(0)
    area = out.locator("textarea")
    message = out.locator(".lw-message")
    assert_player_shows(out, "from Python\ufffd", 3)
    assert area.input_value() == "from Python\ufffd"
    area.fill("")
    expect(message).to_contain_text("There is no text yet")
    assert_player_shows(out, "", 0)
    assert python_sees(notebook) == ["", 3]
    for text in ("人人为我，我为人人。", "👩🏽‍🚀 👩🏽‍🚀 👨‍👩‍👧‍👦", "low low lower newest\n\tnewest", "aaaa aaa aa a"):
        area.fill(text)
        assert_player_shows(out, text, min(3, len(lt.BytePairTokenizer.train(text, 316).merges)))
    area.fill("the cat " * 1_250)
    expect(message).to_contain_text("cut after 2,000 characters")
    assert python_sees(notebook) == [("the cat " * 250), 3]
    assert_player_shows(out, "the cat " * 250, 3)


# --- three tokenizers -------------------------------------------------------------------------------------------------


@patiently
def assert_three_show(out: Any, text: str, third: list[lt.Token]) -> None:
    """Ids, tokens and totals of each row are those of `lessons.tokens`."""
    rows = [wt.gpt2().encode_with_offsets(text), wt.minilm().encode_with_offsets(text), third]
    for row, tokens in enumerate(rows):
        place = out.locator(".lw-row").nth(row)
        ids = place.locator("small").evaluate_all("all => all.map(small => Number(small.textContent))")
        assert ids == [token.id for token in tokens][:400]
        words = [(token.text if row == 1 else wt.label(token.text)) for token in tokens]
        assert boxes(place) == words[:400]
        total = sum(token.end > 0 for token in tokens)
        assert out.locator(".lw-total").nth(row).text_content().startswith(f"{total:,} token")


def test_three_tokenizers_by_mouse_and_keyboard(notebook: Any, looks: Callable) -> None:
    notebook.run_cell(3)
    page, out = notebook.page, notebook.output(3)
    out.locator(".lw-row").nth(2).wait_for()
    texts = [(selector, "color") for selector in ("label", ".lw-message", ".lw-token", "small", "h4", ".lw-detail")]
    looks(out.locator(".lessons-widget"), texts, [(".lw-unknown", "borderTopColor")])
    assert_three_show(out, wt.SENTENCE, wt.byte_tokens(wt.SENTENCE))

    detail = out.locator(".lw-detail")
    out.locator(".lw-row").nth(1).locator(".lw-token").nth(3).hover()  # ##izer
    expect(detail).to_have_text("MiniLM, token 3: id 17629, spelt “##izer”; text[9:13] is “izer”.")
    same = out.locator(".lw-row").nth(0).locator(".lw-same")
    assert same.evaluate_all("all => all.map(box => box.firstChild.textContent)") == ["izer"]
    assert out.locator(".lw-row").nth(2).locator(".lw-same").count() == 4

    page.mouse.move(0, 0)
    out.locator("textarea").focus()
    page.keyboard.press("Tab")  # to GPT-2's row
    expect(detail).to_have_text("GPT-2, token 0: id 464, spelt “The”; text[0:3] is “The”.")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    token = wt.gpt2().encode_with_offsets(wt.SENTENCE)[10]
    expect(detail).to_contain_text(f"id {token.id}, ")
    expect(detail).to_contain_text(f"text[{token.start}:{token.end}]")
    assert "which 2 tokens share" in detail.text_content()  # 👩 is cut in two
    page.keyboard.press("Home")
    expect(detail).to_contain_text("token 0: ")
    page.keyboard.press("Tab")
    expect(detail).to_contain_text("MiniLM, token 0: id 101, spelt “[CLS]”; added")
    selected = (
        out.locator(".lw-row")
        .nth(1)
        .evaluate("row => [row.getAttribute('aria-activedescendant'), row.querySelector('[aria-selected=true]').id]")
    )
    assert selected[0] == selected[1] != ""
    assert page.locator(".jp-Notebook .jp-Cell").count() == 5  # no key was taken for a command on cells

    area = out.locator("textarea")
    area.fill("A film.")
    assert_three_show(out, "A film.", wt.byte_tokens("A film."))
    assert python_sees(notebook) == ["A film.", None]


def test_three_tokenizers_take_any_text(notebook: Any) -> None:
    notebook.run_cell(3)
    notebook.run_cell(4)
    out = notebook.output(3)
    message = out.locator(".lw-message")
    assert_three_show(out, "x\ufffd", wt.byte_tokens("x\ufffd"))
    expect(message).to_contain_text("MiniLM drops it")
    said = {
        "": "There is no text",
        "Words that are known to all": "three rows of numbers",
        "今天天气很好，我们去公园。": "were trained on English",
        "Der Hund läuft schnell durch den großen Wald": "were trained on English",
        "👨‍👩‍👧‍👦 🏳️‍🌈 ok": "[UNK]",
        "the cat sat on the mat. " * 420: "three rows of numbers",
    }
    for text, sentence in said.items():
        out.locator("textarea").fill(text)
        assert_three_show(out, text, wt.byte_tokens(text))
        assert sentence in message.text_content()
    assert "more" in out.locator(".lw-hint").nth(2).text_content()
    out.locator("textarea").fill("abcd " * 5_000)
    expect(message).to_contain_text("cut after 20,000 characters")
    assert python_sees(notebook) == ["abcd " * 4_000, None]


def test_a_tokenizer_of_your_own_in_the_dark(open_notebook: Callable, looks: Callable) -> None:
    source = """from lessons.tokens import BytePairTokenizer
    from lessons.widgets.tokens import three_tokenizers
    own = BytePairTokenizer.train("the cat sat on the mat. " * 5, 270, ["<end>"])
    widget = three_tokenizers("the cat<end> sat 中", own)
    widget""".replace("\n    ", "\n")
    notebook = open_notebook(source, theme="JupyterLab Dark", zoom=1.5)
    notebook.run_all()
    out = notebook.output(0)
    out.locator(".lw-row").nth(2).wait_for()
    own = lt.BytePairTokenizer.train("the cat sat on the mat. " * 5, 270, ["<end>"])
    assert_three_show(out, "the cat<end> sat 中", own.encode_with_offsets("the cat<end> sat 中"))
    assert f"yours: byte-level BPE, {len(own)} tokens" in out.locator("h4").nth(2).text_content()
    texts = [(selector, "color") for selector in ("label", ".lw-message", ".lw-token", "small", "h4", ".lw-detail")]
    looks(out.locator(".lessons-widget"), texts, [])


def test_without_a_kernel_both_go_on(notebook: Any) -> None:
    notebook.run_cell(0)
    notebook.run_cell(3)
    player, three = notebook.output(0), notebook.output(3)
    three.locator(".lw-row").nth(2).wait_for()
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    for out in (player, three):
        out.get_by_text("The kernel was restarted").wait_for()
        out.locator("textarea").fill("still here here")
    player.get_by_role("button", name="Step").click()
    assert_player_shows(player, "still here here", 1)
    assert_three_show(three, "still here here", wt.byte_tokens("still here here"))
    notebook.wait_until_idle()


BARE = """async ([source, style, values]) => {
    document.body.innerHTML = `<style>${style}</style><div id="here"></div>`;
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    const set = (name, value) => { values[name] = value; };
    const model = { get: (name) => values[name], set, save_changes: () => {}, on: () => {} };
    widget.render({ model, el: document.getElementById("here") });
}"""


@pytest.mark.parametrize("make", [wt.merge_player, wt.three_tokenizers])
def test_both_live_in_a_narrow_page_without_python(browser: Any, looks: Callable, make: Callable) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 900})
    widget = make()
    values = {name: getattr(widget, name) for name in ("text", "step", "most", "data") if widget.has_trait(name)}
    page.evaluate(BARE, [widget._esm, widget._css, values])
    looks(page.locator(".lessons-widget"), [(".lw-token", "color"), ("label", "color")], [])
    page.locator("textarea").fill("lower low low")
    if isinstance(widget, wt.MergePlayer):
        page.get_by_role("button", name="Step").click()
        assert_player_shows(page, "lower low low", 1)
    else:
        assert_three_show(page, "lower low low", wt.byte_tokens("lower low low"))
    page.close()


# --- the formulas, in both languages ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def call(javascript: Callable) -> Callable:
    """Calls what the modules export, with both vocabularies at hand."""
    page = javascript(wt.MergePlayer._esm, wt.ThreeTokenizers._esm).page
    load = """({ gpt2, minilm }) => {
        window.widget.gpt2 = window.widget.byteLevel(gpt2);
        window.widget.minilm = window.widget.wordPiece(minilm);
        window.widget.own = (data, text) => window.widget.byteLevel(data)(text);
    }"""
    page.evaluate(load, wt.three_tokenizers().data)
    run = "([name, args]) => JSON.stringify(widget[name](...args))"  # one string travels faster than many objects
    return lambda name, *arguments: json.loads(page.evaluate(run, [name, list(arguments)]))


def as_tokens(found: list[dict]) -> list[lt.Token]:
    return [lt.Token(token["id"], token["text"], token["start"], token["end"]) for token in found]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:12]))
def test_javascript_and_python_make_the_same_tokens(call: Callable, text: str) -> None:
    assert call("preTokenise", text) == lt.pre_tokenise(text)
    assert as_tokens(call("gpt2", text)) == wt.gpt2().encode_with_offsets(text)
    assert as_tokens(call("minilm", text)) == wt.minilm().encode_with_offsets(text)
    assert as_tokens(call("bytes", text)) == wt.byte_tokens(text)
    own = lt.BytePairTokenizer.train(wt.TEXT, 270, ["cat sat", "<|endoftext|>", "a.", "a"])
    assert as_tokens(call("own", wt.byte_level_data(own), text)) == own.encode_with_offsets(text)


# Characters whose class has changed since the oldest tables of a supported Python (Unicode 14): 1171E and 1734.
CHANGED = {0x1171E, 0x1734}


def test_every_character_that_both_know(call: Callable) -> None:
    """Of ideographs and syllables, which are treated alike, every sixteenth."""
    categories = {code: unicodedata.category(chr(code)) for code in range(sys.maxunicode + 1)}
    known = [code for code, name in categories.items() if name not in ("Cn", "Cs", "Co") and code not in CHANGED]
    known = [code for code in known if categories[code] != "Lo" or code < 0x3400 or code % 16 == 0]
    assert len(known) > 25_000
    for start in range(0, len(known), 20_000):
        text = "\n".join(f"a{chr(code)}b1{chr(code)}" for code in known[start : start + 20_000])
        assert call("preTokenise", text) == lt.pre_tokenise(text)
        assert as_tokens(call("minilm", text)) == wt.minilm().encode_with_offsets(text)


@pytest.mark.parametrize("text", TEXTS[:-3], ids=lambda text: repr(text[:12]))
def test_javascript_learns_as_the_trainer_does(call: Callable, text: str) -> None:
    learnt = lt.BytePairTokenizer.train(text, 256 + 80)
    found = call("learn", text, 80)
    assert [tuple(merge["pair"]) for merge in found["merges"]] == learnt.merges
    for step, merge in enumerate(found["merges"]):
        assert (tuple(merge["pair"]), merge["count"]) == wt.pair_table(text, learnt, step)[0]


def test_labels_are_those_of_python(call: Callable) -> None:
    for token in (
        "Ġthe",
        "Ċ",
        "ä¸Ń",
        "ðŁ",
        "##ing",
        "[UNK]",
        "Ġ",
        "Ã©",
        "A9",
        *map(lt.spelling, ("\x07", "\u3000", "\ufe0f", "e\u0301", "\u200d\r\t")),
    ):
        assert call("label", token) == wt.label(token)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("", True),
        ("ok", True),
        ("The film is a delight from start to finish.", True),
        ("Big red dogs chase small cats", True),
        ("Der Hund läuft schnell durch den großen Wald", False),
        ("Le garçon mange une pomme rouge aujourd'hui", False),
        ("今天天气很好", False),
        ("Привет, как дела у тебя", False),
        ("👨‍👩‍👧‍👦 🤷 🏳️‍🌈", False),
    ],
)
def test_english_is_told_from_other_languages(call: Callable, text: str, english: bool) -> None:
    pieces = [token.text for token in wt.minilm().encode_with_offsets(text) if token.end]
    assert call("looksEnglish", text, pieces) is english
