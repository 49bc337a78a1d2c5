"""Neighbours and analogies, on vectors whose answers are known; the lists of words that the notebook uses."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import distance

from lessons.kit.datasets import glove
from lessons.tokens import WordPieceTokenizer, samples
from lessons.tokens.word_vectors import Directions, analogy_rows, analogy_scores, offset_cosine


@pytest.fixture
def square() -> Directions:
    """Two male and two female words whose differences are equal, and one that is far away."""
    corners = np.array([[1, 0, 3], [1, 1, 3], [3, 0, 3], [3, 1, 3], [-1, 0, 0]], dtype=float)
    return Directions(["man", "woman", "king", "queen", "stone"], corners)


def test_vectors_have_the_length_one_and_their_direction(square):
    np.testing.assert_allclose(np.linalg.norm(square.vectors, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(square["king"], np.array([3, 0, 3]) / 18**0.5, atol=1e-12)


def test_the_nearest_are_those_of_the_largest_cosine(square):
    cosines = {word: square[word] @ square["man"] for word in square.words}
    assert square.nearest(square["man"], 5) == sorted(cosines, key=cosines.__getitem__, reverse=True)
    assert square.nearest(square["man"], 2, without=("man",)) == ["woman", "king"]


def test_analogies_are_scored_in_the_four_ways(square):
    scores = analogy_scores(square, [("man", "woman"), ("king", "queen")])
    expected = {"as usual": 0, "nothing left out": 0, "an input": 0, "without a and b": 0}
    for a, b, c, d in (("man", "woman", "king", "queen"), ("king", "queen", "man", "woman")):
        target = square[b] - square[a] + square[c]
        order = sorted(square.words, key=lambda word: -(square[word] @ target))
        alone = sorted(square.words, key=lambda word: -(square[word] @ square[c]))
        expected["as usual"] += next(word for word in order if word not in (a, b, c)) == d
        expected["nothing left out"] += order[0] == d
        expected["an input"] += order[0] in (a, b, c)
        expected["without a and b"] += next(word for word in alone if word not in (a, b, c)) == d
    assert scores == {name: value / 2 for name, value in expected.items()}
    assert scores["as usual"] == 1


def test_offsets_are_compared_pair_by_pair(square):
    pairs = [("man", "woman"), ("king", "queen"), ("stone", "man")]
    offsets = [square[b] - square[a] for a, b in pairs]
    turned = [1 - distance.cosine(offsets[i], offsets[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert offset_cosine(square, pairs) == pytest.approx(np.mean(turned), abs=1e-12)
    (row,) = analogy_rows(square, {"female": pairs[:2]})
    assert row["pairs"] == "2 female"
    assert row["offsets"] == f"{turned[0]:.2f}"
    assert row["as usual"] == "100%"


@pytest.mark.parametrize("pairs", [[], [("man", "king")], [("man", "man"), ("king", "queen")]])
def test_offsets_of_too_few_or_of_equal_words_are_refused(square, pairs):
    with pytest.raises(ValueError, match="two different words"):
        offset_cosine(square, pairs)


@pytest.mark.parametrize("vectors", [np.zeros((2, 3)), np.ones((3, 3)), np.ones(2)], ids=["zero", "too many", "flat"])
def test_what_does_not_fit_is_said(vectors):
    with pytest.raises(ValueError, match="2 words need as many vectors"):
        Directions(["a", "b"], vectors)


def test_glove_knows_every_word_of_the_lists_once():
    known = set(glove(20_000).words)
    for name in samples.RELATIONS:
        words = [word for pair in samples.pairs(name) for word in pair]
        assert len(words) % 2 == 0
        assert set(words) <= known


def test_each_companion_of_the_bank_stands_whole_in_its_sentence():
    words = WordPieceTokenizer.minilm()
    for word, sentence in {**samples.COMPANY, "bank": samples.LENDING}.items():
        assert word in words.tokens(sentence)
    assert "bank" in words.tokens(samples.RIVER)
    assert len(samples.ENGLISH) == len(samples.CHINESE) == 6
