"""Whatever the model would like to write, it is JSON with the fields that were asked for."""

from __future__ import annotations

import json

import pytest
import torch

from lessons.gpt import Sampler
from lessons.llama import Chat, JSONObject
from lessons.llama.constrained import State
from tests.llama import small

FIELDS = {
    "town": "text",
    "year": "whole",
    "sure": [True, False],
    "kind": ["river", "lake", "river bank"],
    "more": [1, 12, None],
}


@pytest.fixture(scope="module")
def tokenizer():
    return small.tokenizer()


@pytest.mark.parametrize("seed", range(25))
def test_random_models_write_valid_json(tokenizer, seed) -> None:
    """High temperatures try everything that is allowed."""
    form = JSONObject(tokenizer, FIELDS, longest=6)
    chat = Chat(small.model(len(tokenizer), seed), tokenizer)
    reply = chat.ask("the king", 300, Sampler(temperature=3.0), form=form, seed=seed)
    assert reply.finished
    found = json.loads(reply.text)
    assert list(found) == list(FIELDS)
    assert isinstance(found["town"], str)
    assert found["town"]
    assert isinstance(found["year"], int)
    assert found["year"] >= 0
    assert found["sure"] in (True, False)
    assert found["kind"] in FIELDS["kind"]
    assert found["more"] in FIELDS["more"]


def test_the_machine_reads_what_is_right_and_nothing_else(tokenizer) -> None:
    form = JSONObject(tokenizer, {"a": "text", "n": "whole", "b": [1, 12]})
    start = State(0, "")
    for right in ('{"a": "x y, é", "n": 0, "b": 1}', '{"a": "0", "n": 123456789, "b": 12}'):
        assert form.after(start, right).part == -1
        json.loads(right)
    for wrong in (
        '{"a": "", ',
        '{"a": "x\n',
        '{"a": "x\\',
        '{"a": "x", "n": 01',
        '{"a": "x", "n": 1234567890',
        '{"a": "x", "n": ,',
        '{"a": "x", "n": 1, "b": 2',
        '{"a": "x", "n": 1, "b": 1}}',
        "{'a",
    ):
        assert form.after(start, wrong) is None


def test_a_text_ends_in_time(tokenizer) -> None:
    form = JSONObject(tokenizer, {"a": "text"}, longest=3)
    words = tokenizer.encode('{"a": "')
    letter = tokenizer.encode("k")
    for n in range(1, 4):
        mask = form([*words, *letter * n])
        inside = mask[letter[0]].item()
        assert inside == (n < 3)
        assert mask[tokenizer.encode('"')[0]]


def test_only_the_end_comes_after_the_end(tokenizer) -> None:
    form = JSONObject(tokenizer, {"a": [True]})
    mask = form(tokenizer.encode('{"a": true}'))
    assert mask.nonzero().flatten().tolist() == [tokenizer.id("<|im_end|>")]
    with pytest.raises(ValueError, match="not of this form"):
        form(tokenizer.encode('{"a": false'))
    with pytest.raises(ValueError, match="not of this form"):
        form([tokenizer.id("<|im_start|>")])


@pytest.mark.parametrize("fields", [{}, {"a": "words"}, {"a": []}, {"a": None}])
def test_fields_that_are_none_are_refused(tokenizer, fields) -> None:
    with pytest.raises(ValueError, match="field"):
        JSONObject(tokenizer, fields)


def test_masks_are_made_once(tokenizer) -> None:
    form = JSONObject(tokenizer, {"a": "text"})
    words = tokenizer.encode('{"a": "kk')
    assert form(words) is form([*words, *tokenizer.encode("k")])
    assert form(words).dtype == torch.bool
