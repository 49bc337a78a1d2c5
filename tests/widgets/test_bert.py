"""Mask a word without a browser: its guesses, its texts and what it leaves in a notebook."""

from __future__ import annotations

import base64
import io
import math
import re
import threading
import warnings

import pytest
import torch
from matplotlib import image
from torch import nn
from traitlets import TraitError

from lessons.bert import masked_language as ml
from lessons.kit import pretrained
from lessons.widgets import base
from lessons.widgets import bert as wb

SENTENCES = ["i do not know what you mean .", "the cat sat on the mat .", "we want to go home now , but it rains ."]


@pytest.fixture(scope="module")
def tokenizer():
    letters = "abcdefghijklmnopqrstuvwxyz"  # so that it can spell what it has not seen
    return ml.train_wordpiece([*SENTENCES * 3, " ".join(letters), f"a{letters}"], 120)


@pytest.fixture(scope="module")
def model(tokenizer) -> ml.MaskedLanguageModel:
    """Small and untrained, with weights so large that it has opinions."""
    torch.manual_seed(0)
    made = ml.MaskedLanguageModel(ml.tiny_config(len(tokenizer)))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(2)
    return made.eval()


@pytest.fixture
def widget(model, tokenizer) -> wb.MaskAWord:
    return wb.mask_a_word(model, tokenizer, "The cat wants to go home.")


# --- the guesses ------------------------------------------------------------------------------------------------------


def test_guesses_are_those_of_the_lesson(model, tokenizer):
    text = "we want to [MASK] home now"
    widget = wb.mask_a_word(model, tokenizer, text, masked=[])
    (guess,) = widget.data["guesses"]
    assert (guess["token"], guess["rank"], guess["probability"]) == (None, None, None)
    assert widget.data["tokens"][guess["at"]] == "[MASK]"
    expected = ml.guesses(model, tokenizer, text, wb.GUESSES)
    assert [name for name, _ in guess["top"]] == [name for name, _ in expected]
    assert [value for _, value in guess["top"]] == pytest.approx([value for _, value in expected], rel=1e-5)


def test_a_masked_word_is_one_typed_as_a_mask_and_its_truth_is_ranked(model, tokenizer, widget):
    at = widget.data["tokens"].index("to")
    widget.masked = [at]
    typed = wb.mask_a_word(model, tokenizer, "The cat wants [MASK] go home.", masked=[])
    (guess,) = widget.data["guesses"]
    assert guess["top"] == typed.data["guesses"][0]["top"]
    every = ml.guesses(model, tokenizer, "The cat wants [MASK] go home.", len(tokenizer))
    names = [name for name, _ in every]
    assert guess["rank"] == names.index("to") + 1
    assert guess["probability"] == pytest.approx(dict(every)["to"], rel=1e-5)
    assert sum(value for _, value in every) == pytest.approx(1, abs=1e-5)


def test_several_masks_hide_from_each_other(model, tokenizer, widget):
    widget.masked = [2, 4]
    alone = {}
    for at in (2, 4):
        widget.masked = [at]
        alone[at] = widget.data["guesses"][0]["probability"]
    widget.masked = [4, 2]
    assert widget.masked == [2, 4]
    both = {guess["at"]: guess["probability"] for guess in widget.data["guesses"]}
    assert set(both) == {2, 4}
    assert all(abs(both[at] - alone[at]) > 1e-7 for at in both)


def test_equal_scores_share_the_best_place(tokenizer):
    class Even(nn.Module):
        def forward(self, token_ids, attention_mask):
            return torch.zeros(*token_ids.shape, len(tokenizer))

    widget = wb.mask_a_word(Even(), tokenizer, "the cat")
    (guess,) = widget.data["guesses"]
    assert guess["rank"] == 1
    assert guess["probability"] == pytest.approx(1 / len(tokenizer), rel=1e-10)


def test_a_model_of_hugging_face_will_do():
    from transformers import BertConfig, BertForMaskedLM

    tokenizer = pretrained.tokenizer("minilm")
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    torch.manual_seed(0)
    model = BertForMaskedLM(BertConfig(**sizes, max_position_embeddings=12))
    widget = wb.mask_a_word(model, tokenizer, "word " * 40)
    assert len(widget.data["tokens"]) == 12
    assert widget.data["vocabulary"] == 30_522
    assert "cut to the first 12" in widget.data["note"]
    assert model.training  # dropout is off in the copy alone


def test_the_model_is_copied_as_it_is(tokenizer):
    torch.manual_seed(1)
    model = ml.MaskedLanguageModel(ml.tiny_config(len(tokenizer)))
    widget = wb.mask_a_word(model, tokenizer)
    before = widget.data["guesses"]
    with torch.no_grad():
        model.bias.add_(torch.randn_like(model.bias))
    widget.masked, widget.masked = [], widget.masked
    assert widget.data["guesses"] == before
    assert wb.mask_a_word(model, tokenizer).data["guesses"] != before


@pytest.mark.parametrize(
    ("tokens", "fixed", "expected"),
    [
        (["[CLS]", "a", "long", "tiny", "[SEP]"], [1, 0, 0, 0, 1], [2]),
        (["[CLS]", "a", "longest", "##word", "[SEP]"], [1, 0, 0, 0, 1], [1]),
        (["[CLS]", "!", "##b", "[SEP]"], [1, 0, 0, 1], []),
        (["[CLS]", "[SEP]"], [1, 1], []),
    ],
)
def test_the_first_mask_is_the_longest_whole_word(tokens, fixed, expected):
    assert wb.first_mask(tokens, fixed) == expected


# --- texts ------------------------------------------------------------------------------------------------------------

ENGLISH = "trained on English"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "no word"), ("  \n", "no word"), ("🙂🎉", ENGLISH), ("我们都在这里", ENGLISH), ("Мама мыла раму", ENGLISH),
        ("Der Hund und die Katze", ENGLISH), ("the cat wants", ""), ("big dumb dogs run", ""),
        ("a" * 10_000, ENGLISH), ("the cat " * 5_000, "more than"), ("the cat " * 40, "has 82 tokens; it was cut"),
        ("\ud83d hi", None), ("[PAD] [CLS] [UNK]", None), ("$x$ \x00 <b>&amp;", None), ("[MASK] [MASK]", None),
    ],
    ids=lambda value: repr(value)[:24],
)  # fmt: skip
def test_texts(model, tokenizer, text, note):
    widget = wb.mask_a_word(model, tokenizer, "the cat")
    widget.text = text
    assert (widget.data["text"], widget.data["masked"]) == (
        widget.text,
        widget.masked,
    )  # so the browser knows it is here
    assert note is None or (note in widget.data["note"] if note else widget.data["note"] == "")
    assert len(widget.data["tokens"]) == len(widget.data["fixed"]) <= 64
    widget.masked = [at for at, fixed in enumerate(widget.data["fixed"]) if not fixed][:3]
    for guess in widget.data["guesses"]:
        assert 0 < sum(value for _, value in guess["top"]) <= 1 + 1e-6
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing letter in the font would be one
        assert base.png(widget.picture()).startswith(b"\x89PNG")


def test_what_cannot_be_masked_is_passed_over(widget):
    tokens = widget.data["tokens"]
    widget.masked = [0, len(tokens) - 1, 40]  # [CLS], [SEP], and beyond the end
    assert widget.data["guesses"] == []
    assert widget.data["masked"] == widget.masked


def test_a_new_text_and_its_masks_come_as_one_question(widget):
    answers = []
    widget.observe(lambda change: answers.append(change["new"]["text"]), "data")
    thread = threading.Thread(target=widget.set_state, args=({"text": "the cat sat", "masked": []},))
    thread.start()
    thread.join()
    assert answers == ["the cat sat"]
    assert widget.data["guesses"] == []


def test_an_error_becomes_a_sentence_and_the_picture_stays(model, tokenizer):
    widget = wb.mask_a_word(model, tokenizer, "the cat")
    before = widget.data["guesses"]

    def broken(**asked):
        raise OSError("the weights are gone.")

    widget._read = broken
    widget.text = "the mat"
    assert widget.data["guesses"] == before
    assert widget.data["text"] == "the mat"
    assert widget.data["note"].endswith("the weights are gone.")


class Few(nn.Module):
    """It knows seven tokens alone."""

    def forward(self, token_ids, attention_mask):
        return torch.zeros(*token_ids.shape, 7)


def test_what_is_no_model_or_tokenizer_is_refused_with_a_sentence(model, tokenizer):
    bad = {
        "model must be a torch.nn.Module, not str": ("x", tokenizer),
        "tokenizer must be one of transformers": (model, "x"),
        "with the tokens [CLS], [SEP] and [MASK]": (model, lambda text: text),
        "cannot guess tokens": (nn.Linear(2, 2), tokenizer),
        "knows 7 tokens, the tokenizer": (Few(), tokenizer),
        "text must be a string": (model, tokenizer, 3),
    }
    for message, arguments in bad.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            wb.mask_a_word(*arguments)


@pytest.mark.parametrize("masked", [[-1], list(range(11)), "2", [1.5]], ids=str)
def test_masks_that_no_text_has_are_refused(widget, masked):
    with pytest.raises(TraitError):
        widget.masked = masked


# --- what is left in a notebook ---------------------------------------------------------------------------------------


def test_the_output_is_view_picture_and_a_constant_text(model, tokenizer):
    first, second = (wb.mask_a_word(model, tokenizer).bundle() for _ in range(2))
    assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert (first["text/plain"], first["image/png"]) == (second["text/plain"], second["image/png"])
    picture = base64.b64decode(first["image/png"])
    assert image.imread(io.BytesIO(picture)).shape[1] == 720
    assert len(picture) < 60_000


def test_the_picture_shows_the_guesses(widget):
    widget.masked = [2, 4]
    figure = widget.picture()
    assert len(figure.axes) == 2
    for axes, guess in zip(figure.axes, widget.data["guesses"], strict=True):
        assert [bar.get_width() for bar in axes.patches] == [value for _, value in guess["top"]]
        assert f"“{guess['token']}” is in place {guess['rank']}" in axes.get_title()
    assert figure.get_suptitle().count("[MASK]") == 2


def test_the_heading_has_task_question_and_note(widget):
    assert "Open question" in widget.heading()
    assert "Run this cell to bring “Mask a word” to life." in widget.heading()


def test_the_module_is_one_file_that_asks_for_nothing_else():
    source = wb.MaskAWord._esm
    assert source.count("export default") == 1
    assert set(re.findall(r"model\.(\w+)\(", source)) <= {"get", "set", "save_changes", "on"}
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(wb.MaskAWord._css)
    assert math.isclose(len(source), 30_000, rel_tol=0.5)
