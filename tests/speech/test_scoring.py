"""Edits against nltk and against a definition by recursion; what is spelt alike."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from nltk.metrics.distance import edit_distance

from lessons.speech import Edits, edits, spelt_alike, word_error_rate
from lessons.speech.scoring import NUMBERS


@pytest.mark.parametrize("seed", range(30))
def test_edits_equal_nltk(seed) -> None:
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(4, size=rng.integers(0, 9)).tolist() for _ in range(2))
    found = edits(first, second)
    assert found.total == edit_distance(first, second)
    assert found.n_reference == len(first)
    assert found.insertions - found.deletions == len(second) - len(first)


@pytest.mark.parametrize("seed", range(5))
def test_edits_are_the_fewest_by_definition(seed) -> None:
    rng = np.random.default_rng(seed)
    first, second = ("".join(rng.choice(list("ab"), size=rng.integers(0, 7))) for _ in range(2))

    @cache
    def fewest(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        ways = (fewest(i - 1, j - 1) + (first[i - 1] != second[j - 1]), fewest(i - 1, j) + 1, fewest(i, j - 1) + 1)
        return min(ways)

    assert edits(first, second).total == fewest(len(first), len(second))


def test_kinds_of_edits() -> None:
    assert edits(["a", "b", "c"], ["a", "x", "c", "d"]) == Edits(1, 0, 1, 3)
    assert edits(["a", "b"], []) == Edits(0, 2, 0, 2)
    assert edits([], ["a"]) == Edits(0, 0, 1, 0)


def test_texts_are_spelt_alike() -> None:
    assert spelt_alike("Don’t PANIC, twice!") == ["don't", "panic", "twice"]
    assert spelt_alike("1-2-345-678910.", digits=True) == [*NUMBERS[1:]]
    assert spelt_alike("1-2.") == ["1", "2"]
    assert spelt_alike("Seashells by the seashore") == ["sea", "shells", "by", "the", "sea", "shore"]
    assert spelt_alike("recognize") == ["recognise"]


def test_the_rate_is_over_all_words() -> None:
    assert word_error_rate(["one two three", "four"], ["one three", "four five"]) == pytest.approx(2 / 4)
    assert word_error_rate(["yes"], ["a b c"]) == 3
    for references, transcripts in ((["a"], []), ([""], ["a"]), ("a", "a")):
        with pytest.raises(ValueError, match=r"due|no word"):
            word_error_rate(references, transcripts)
