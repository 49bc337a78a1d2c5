"""The beam as a tree, without a browser: its table is the model's, and its search is the lesson's."""

from __future__ import annotations

from functools import cache

import pytest
import torch

from lessons.kit.datasets import Translation
from lessons.translation import sentences
from lessons.translation.translator import Translator, candidates
from lessons.widgets import translation as shown

PAIRS = [Translation(f"the {a} is {b}", f"el {b} es {a}", "") for a in ("cat", "dog") for b in ("red", "big", "old")]
TEXTS = ["the cat is old", "the dog"]


@cache
def parts() -> tuple[Translator, sentences.BytePairTokenizer]:
    tokenizer = sentences.subwords(PAIRS, 280)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "n_heads": 2, "n_layers": 1, "intermediate_size": 16, "max_length": 20}
    return Translator(len(tokenizer), **sizes).double().eval(), tokenizer


@cache
def prepared() -> shown.BeamTree:
    return shown.beam_tree(*parts(), TEXTS, beam_size=2, widest=3, max_length=6)


def widget() -> shown.BeamTree:
    found = prepared()
    found.sentence, found.beam_size, found.length_power = 0, 2, 1.0
    return found


@pytest.mark.parametrize("beam_size", [1, 2, 3])
@pytest.mark.parametrize("sentence", [0, 1])
def test_it_finds_what_the_lesson_finds(sentence: int, beam_size: int) -> None:
    tree = widget()
    tree.sentence, tree.beam_size, tree.length_power = sentence, beam_size, 0.5
    settings = {"beam_size": beam_size, "length_power": 0.5, "max_length": 6}
    (wanted,) = candidates(*parts(), [TEXTS[sentence]], **settings)
    assert [text.token_ids for text in tree.hypotheses] == [text.token_ids for text in wanted]
    for ours, theirs in zip(tree.hypotheses, wanted, strict=True):
        assert ours.log_probability == pytest.approx(theirs.log_probability, abs=1e-9)


def test_the_look_is_the_models() -> None:
    model, tokenizer = parts()
    entry = widget().data[0]["table"]
    (source_ids,) = sentences.encoded(tokenizer, [TEXTS[0]])
    some = max(entry, key=len)
    written = [int(i) for i in some.split(",")]
    with torch.no_grad():
        memory, mask = model.encode(torch.tensor([source_ids]))
        look = model.alignment(torch.tensor([[sentences.START, *written]]), memory, mask)[0, -1]
    assert entry[some]["look"] == pytest.approx(look.tolist())
    assert sum(entry[""]["look"]) == pytest.approx(1)


def test_values_stay_within_their_limits() -> None:
    tree = widget()
    tree.beam_size, tree.sentence, tree.length_power = 99, 7, float("nan")
    assert (tree.beam_size, tree.sentence, tree.length_power) == (3, 1, 1.0)
    tree.beam_size, tree.sentence, tree.length_power = -1, -1, 9.0
    assert (tree.beam_size, tree.sentence, tree.length_power) == (1, 0, 2.0)


def test_it_has_a_picture() -> None:
    assert widget().picture().axes


def test_what_does_not_fit_is_refused() -> None:
    model, tokenizer = parts()
    for texts in ([], [" "], ["a"] * 7):
        with pytest.raises(ValueError, match="1 to 6 sentences"):
            shown.beam_tree(model, tokenizer, texts)
    with pytest.raises(ValueError, match="wider than 3"):
        shown.beam_tree(model, tokenizer, TEXTS, beam_size=4, widest=3)
    with pytest.raises(ValueError, match="A translator and its tokenizer"):
        shown.beam_tree(torch.nn.Linear(2, 2), tokenizer)
    with pytest.raises(ValueError, match="280 tokens, the tokenizer"):
        shown.beam_tree(model, sentences.subwords(PAIRS, 270))
