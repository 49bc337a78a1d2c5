"""Unigram: against trying every cut, and against Rust; the other reference trainers, as the notebook uses them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.tokens import GPT4_PATTERN, BytePairTokenizer, cheapest_cut, references

LETTERS = st.text("abc", min_size=1, max_size=8)
COSTS = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.floats(0.01, 20), max_size=12)


def every_cut(word: str, costs: dict[str, float]) -> Iterator[list[str]]:
    if not word:
        yield []
    for end in range(1, len(word) + 1):
        if word[:end] in costs:
            yield from ([word[:end], *rest] for rest in every_cut(word[end:], costs))


class TestCheapestCut:
    @given(word=LETTERS, costs=COSTS)
    @settings(deadline=None, max_examples=200)
    def test_no_cut_is_cheaper(self, word, costs):
        sums = [sum(costs[piece] for piece in cut) for cut in every_cut(word, costs)]
        if not sums:
            with pytest.raises(ValueError, match="No row of these"):
                cheapest_cut(word, costs)
            return
        cut = cheapest_cut(word, costs)
        assert "".join(cut) == word
        assert sum(costs[piece] for piece in cut) == pytest.approx(min(sums), abs=1e-10)

    @given(word=LETTERS, costs=COSTS)
    @settings(deadline=None, max_examples=100)
    def test_rust_finds_one_as_probable(self, word, costs):
        log_p = dict.fromkeys("abc", -21.0) | {piece: -cost for piece, cost in costs.items()}
        ours = cheapest_cut(word, {piece: -value for piece, value in log_p.items()})
        rust = references.rust_unigram(log_p).encode(word).tokens
        assert "".join(rust) == word
        assert sum(log_p[piece] for piece in ours) == pytest.approx(sum(log_p[piece] for piece in rust), abs=1e-6)

    def test_equal_costs_give_the_fewest_pieces(self):
        assert cheapest_cut("abcd", dict.fromkeys(["a", "b", "c", "d", "abc", "ab", "cd"], 1)) == ["ab", "cd"]

    def test_an_empty_word_has_no_pieces_and_needs_none(self):
        assert cheapest_cut("", {}) == []

    def test_a_piece_that_costs_infinitely_much_is_no_piece(self):
        with pytest.raises(ValueError, match="1 pieces makes 'a'"):
            cheapest_cut("a", {"a": math.inf})


class TestReferences:
    def test_bytes_take_the_place_of_the_unknown(self):
        log_p = {"a": -1.0, "b": -2.0}
        without, fallback = references.rust_unigram(log_p), references.rust_unigram(log_p, byte_fallback=True)
        assert without.encode("aé").ids == [1, 0]
        assert fallback.encode("aé").tokens == ["a", "<0xC3>", "<0xA9>"]
        assert fallback.encode("ab").tokens == without.encode("ab").tokens == ["a", "b"]

    def test_the_librarys_word_piece_trainer_counts(self):
        """The pair with the highest score, `i d`, is not joined; that the notebook says."""
        words = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
        learnt = references.rust_word_pieces(words, 18 + 2)
        assert {piece for piece in learnt if len(piece.removeprefix("##")) > 1} in (
            {"##es", "##est"},
            {"##st", "##est"},
        )

    def test_byte_pairs_learnt_by_rust_are_ours(self):
        texts = ["the cat sat on the mat", "the rat ate the cat"]
        assert references.rust_byte_pair(texts, 270)[1] == BytePairTokenizer.train(texts, 270).merges


@given(text=st.text())
@settings(deadline=None)
def test_gpt4s_first_cut_loses_nothing_and_takes_three_digits_at_most(text):
    parts = GPT4_PATTERN.findall(text)
    assert "".join(parts) == text
    assert all(len(part) <= 3 for part in parts if part.isnumeric())


def test_gpt4s_first_cut_is_rusts_with_the_same_pattern():
    from tokenizers import Regex, pre_tokenizers

    split = pre_tokenizers.Split(Regex(GPT4_PATTERN.pattern), "isolated")
    for text in ("3742 + 18231 DON'T", " a  b\n\n c!?\r\n", "naïve 电影 don't", "x=1,000;"):
        assert GPT4_PATTERN.findall(text) == [part for part, _ in split.pre_tokenize_str(text)]
