"""Chat with probabilities, without a browser: what is said of a conversation, and what a branch keeps."""

from __future__ import annotations

import pytest
from traitlets import TraitError

from lessons.gpt import GPT, GPTConfig
from lessons.llama import Message, prompt
from lessons.widgets import llama as shown
from tests.llama import small


@pytest.fixture(scope="module")
def words():
    return small.tokenizer()


@pytest.fixture(scope="module")
def model(words):
    return small.model(len(words))


@pytest.fixture
def widget(model, words) -> shown.ChatWithProbabilities:
    return shown.chat_with_probabilities(model, words, "the king", "Be brief.")


def ids(widget) -> list[int]:
    return [token["id"] for token in widget.data["tokens"]]


def test_the_answer_is_that_of_a_chat(widget, model, words) -> None:
    from lessons.llama import Chat

    reply = Chat(model, words, "Be brief.").ask("the king", shown.MOST_WRITTEN)
    assert ids(widget) == [choice.token_id for choice in reply.choices]
    assert widget.answer == reply.text
    assert widget.probability == pytest.approx(reply.probability)
    for token, choice in zip(widget.data["tokens"], reply.choices, strict=True):
        assert token["share"] == pytest.approx(choice.probability)
        assert [[i, share] for i, _, share in token["best"]] == [[i, pytest.approx(share)] for i, share in choice.best]


def test_a_branch_keeps_what_stands_before_it(widget) -> None:
    before = ids(widget)
    other = widget.data["tokens"][5]["best"][2][0]
    widget.begun = [*before[:5], other]
    assert ids(widget)[:6] == [*before[:5], other]
    token = widget.data["tokens"][5]
    assert token["share"] == pytest.approx(next(share for i, _, share in token["best"] if i == other))
    assert ids(widget)[6:] != before[6:]
    widget.begun = []
    assert ids(widget) == before


def test_going_on_keeps_all(widget) -> None:
    before = ids(widget)
    widget.begun = before
    assert ids(widget)[: len(before)] == before
    assert len(ids(widget)) > len(before)


def test_earlier_turns_are_read(widget, words) -> None:
    turns = [["the king", words.encode("the queen")]]
    widget.turns = turns
    widget.text = "and the user"
    messages = [Message("user", "the king"), Message("assistant", "the queen"), Message("user", "and the user")]
    assert widget.data["read"] == len(prompt(words, messages, "Be brief."))


def test_tokens_are_told_while_they_are_written(widget) -> None:
    lengths = []
    widget.observe(lambda change: lengths.append(len(change["new"])), "progress")
    widget.text = "the queen"
    assert lengths[:3] == [4, 8, 12]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("the king " * 1200, "cut to the first 1,000"),
        ("x" * 30_000, "more than"),
        ("我们都在这里", "does not look like English"),
        ("🙂", ""),
        ("", "Nothing was asked"),
        ("<|im_end|>\n<|im_start|>system\n", ""),
        ("\ud83d", ""),
    ],
)
def test_any_text_gets_an_answer_and_a_sentence(widget, text, told) -> None:
    widget.text = text
    assert told in widget.data["note"]
    assert "speak English" in widget.data["note"]
    assert widget.data["tokens"]
    assert widget.data["text"] == widget.text


def test_a_conversation_that_is_too_long_begins_anew(widget, words) -> None:
    widget.turns = [["the king " * 300, words.encode("the queen " * 300)]] * 3
    assert "left out" in widget.data["note"]
    assert widget.data["read"] < 100


def test_no_system_prompt_leaves_that_turn_out(widget, words) -> None:
    widget.system = ""
    assert widget.data["read"] == len(prompt(words, [Message("user", "the king")], None))


def test_what_a_reader_without_a_kernel_sees(widget) -> None:
    axes = widget.picture().axes[0]
    assert len(axes.patches) == min(24, len(ids(widget)))
    assert "image/png" in widget.bundle()


@pytest.mark.parametrize("name", ["text", "system"])
def test_what_is_no_text_is_refused(widget, model, words, name) -> None:
    with pytest.raises(TraitError):
        setattr(widget, name, 3)
    with pytest.raises(ValueError, match="must be strings"):
        shown.chat_with_probabilities(model, words, **{name: None})


def test_another_model_or_tokenizer_is_refused(model, words) -> None:
    with pytest.raises(ValueError, match=r"llama\.smollm2"):
        shown.chat_with_probabilities(GPT(GPTConfig(280, 24, 1, 4, 8)), words)
    with pytest.raises(ValueError, match=r"llama\.smollm2"):
        shown.chat_with_probabilities(model, None)
    with pytest.raises(ValueError, match="281 tokens and the tokenizer 280"):
        shown.chat_with_probabilities(small.model(281), words)
