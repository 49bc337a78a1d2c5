"""The merge player and the three tokenizers without a browser: values, pictures, what they refuse."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import image
from traitlets import TraitError

from lessons import tokens as lt
from lessons.widgets import base
from lessons.widgets import tokens as wt

TEXTS = {
    "default": wt.TEXT,
    "empty": "",
    "spaces": "   \n\t ",
    "emoji with joiners": "👨‍👩‍👧‍👦 👩🏽‍🚀 👩🏽‍🚀",
    "Chinese": "今天天气很好，我们去公园。" * 3,
    "dollars": "$x_1$ and $ \\frac",
    "lone surrogates": "a\ud800b \udfff",
    "control characters": "a\x00b\x07\ufffd",
    "ten thousand characters": "the cat sat on the mat. " * 420,
}
SHORT = {name: text for name, text in TEXTS.items() if len(text) <= wt.LONGEST_LESSON}


# --- the merge player -------------------------------------------------------------------------------------------------


def test_its_values_are_those_of_the_trainer() -> None:
    widget = wt.merge_player("low low lower", step=3)
    assert widget.merges == [("l", "o"), ("lo", "w"), ("Ġ", "low")]
    assert widget.tokens == ["low", "Ġlow", "Ġlow", "e", "r"]
    widget.step = 0
    assert widget.tokens == [*"lowĠlowĠlower"]
    widget.step = 10**6
    assert widget.merges == lt.BytePairTokenizer.train("low low lower", 256 + 60).merges
    widget.text = "a\ud800"
    assert widget.text == "a\ufffd"


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("aab é中"), max_size=60))
def test_the_first_row_of_the_table_is_the_next_merge(text: str) -> None:
    learnt = lt.BytePairTokenizer.train(text, 300)
    for step in range(len(learnt.merges) + 1):
        table = wt.pair_table(text, learnt, step)
        assert [pair for pair, _ in table[:1]] == learnt.merges[step : step + 1]
        cut = lt.BytePairTokenizer(learnt.vocabulary, learnt.merges[:step])
        counts = Counter(pair for word in lt.pre_tokenise(text) for pair in pairwise(cut.tokens(word)))
        assert dict(table) == counts


@pytest.mark.parametrize("text", SHORT.values(), ids=SHORT)
def test_every_text_has_a_picture_of_the_player(text: str) -> None:
    assert_picture(wt.merge_player(text, step=4), (304, 720))


# --- three tokenizers -------------------------------------------------------------------------------------------------


def test_its_tokens_are_those_of_the_module() -> None:
    widget = wt.three_tokenizers("naïve 中")
    assert widget.tokens == {
        "GPT-2": wt.gpt2().encode_with_offsets("naïve 中"),
        "MiniLM": wt.minilm().encode_with_offsets("naïve 中"),
        "bytes": wt.byte_tokens("naïve 中"),
    }
    own = lt.BytePairTokenizer.train("the cat", 260)
    mine = wt.three_tokenizers("the cat", own)
    assert mine.tokens["yours"] == own.encode_with_offsets("the cat")
    assert "yours: 3 tokens" in [text.get_text() for text in mine.picture().axes[0].texts]


@given(st.text(st.characters(exclude_categories=())))
def test_bytes_are_those_of_utf_8(text: str) -> None:
    found = wt.byte_tokens(text)
    clean = re.sub("[\ud800-\udfff]", "\ufffd", text)
    assert bytes(token.id for token in found) == clean.encode()
    assert "".join(token.text for token in found) == lt.spelling(text)
    assert all(clean[token.start].encode().count(token.id) for token in found)


def test_what_is_sent_holds_the_whole_vocabulary() -> None:
    own = lt.BytePairTokenizer.train("the cat sat on the mat", 270, ["<end>"])
    shuffled = {token: (7 * i + 3) % 270 for token, i in own.vocabulary.items()}
    for tokenizer in (wt.gpt2(), own, lt.BytePairTokenizer(shuffled, own.merges, ["<end>"])):
        sent = wt.byte_level_data(tokenizer)
        merges = [tuple(line.split(" ")) for line in sent["merges"].split("\n")]
        ids = sent["merge_ids"]
        numbers = range(ids, ids + len(merges)) if isinstance(ids, int) else ids
        vocabulary = dict(zip(lt.BYTE_CHARACTERS, sent["byte_ids"], strict=True)) | sent["special"]
        vocabulary |= dict(zip(map("".join, merges), numbers, strict=True))
        assert merges == tokenizer.merges
        assert vocabulary == tokenizer.vocabulary
    assert isinstance(wt.byte_level_data(wt.gpt2())["merge_ids"], int)
    assert wt.byte_level_data(lt.BytePairTokenizer.train("", 256))["merges"] == ""
    words = wt.word_piece_data(wt.minilm())["vocabulary"].split("\n")
    assert {token: i for i, token in enumerate(words)} == wt.minilm().vocabulary


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_text_has_a_picture_of_the_tokenizers(text: str) -> None:
    assert_picture(wt.three_tokenizers(text), (256, 720))


def test_labels_show_text_where_there_is_text() -> None:
    tokens = {
        "Ġthe": "␣the",
        "Ċ": "⏎",
        "ä¸Ń": "中",
        "ðŁ": "F0 9F",
        "##ing": "##ing",
        "<|endoftext|>": "<|endoftext|>",
        "中 x": "中␣x",
        lt.spelling("\u200d"): "U+200D",
        lt.spelling("\u0301e\u0301"): "U+0301e\u0301",
    }
    assert {token: wt.label(token) for token in tokens} == tokens


# --- both -------------------------------------------------------------------------------------------------------------


def assert_picture(widget: base.Widget, size: tuple[int, int]) -> None:
    """A PNG of this size, without a warning, the same each time; and a constant text."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = widget.bundle(), widget.bundle()
    assert first["image/png"] == second["image/png"]
    picture = base64.b64decode(first["image/png"])
    assert image.imread(io.BytesIO(picture)).shape[:2] == size
    assert len(picture) < 40_000
    assert first["text/plain"] == f"{widget.name}: run this cell in JupyterLab to use the widget."


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: wt.merge_player("a" * 2_001), "2,000 characters at most, not 2,001"),
        (lambda: wt.merge_player(merges=301), "300"),
        (lambda: wt.merge_player(merges=0), "1"),
        (lambda: wt.merge_player(step=-1), "0"),
        (lambda: wt.merge_player(3), "text"),
        (lambda: wt.three_tokenizers("a" * 20_001), "20,000 characters at most, not 20,001"),
        (lambda: wt.three_tokenizers(None), "text"),
    ],
)
def test_what_no_widget_can_show_is_refused(wrong, sentence) -> None:
    with pytest.raises(TraitError, match=sentence):
        wrong()


def test_another_tokenizer_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="must be a BytePairTokenizer, not WordPieceTokenizer"):
        wt.three_tokenizers("a", wt.minilm())


@pytest.mark.parametrize("widget", [wt.MergePlayer, wt.ThreeTokenizers])
def test_the_module_is_one_file_that_asks_for_nothing_else(widget: type[base.Widget]) -> None:
    source = widget._esm
    assert source.count("export default") == 1
    assert "import " not in source.replace("no imports", "")
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(widget._css)
    assert set(re.findall(r"model\.(\w+)\(", source)) <= {"get", "set", "save_changes", "on"}


@pytest.mark.parametrize("make", [wt.merge_player, wt.three_tokenizers])
def test_the_heading_has_the_task_the_question_and_the_note(make) -> None:
    heading = make().heading()
    assert "Open question" in heading
    assert f"Run this cell to bring “{make().name}” to life." in heading
