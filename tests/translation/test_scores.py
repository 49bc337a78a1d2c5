"""BLEU and chrF equal sacrebleu's; intervals hold what they promise."""

import random

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from lessons.translation import scores

VOCABULARY = [
    *("el", "la", "gato", "perro", "no", "come", "duerme", ".", ",", "¿", "?", "!"),
    *("3.5", "1-2", "(casa)", "don't", "años"),
]


def sentence(rng: random.Random, most: int = 9) -> str:
    return " ".join(rng.choices(VOCABULARY, k=rng.randint(1, most)))


def changed(rng: random.Random, text: str) -> str:
    return " ".join(rng.choice(VOCABULARY) if rng.random() < 0.3 else word for word in text.split())


def case(seed: int, n: int, n_references: int) -> tuple[list[str], list[list[str]]]:
    rng = random.Random(seed)
    texts = [sentence(rng) for _ in range(n)]
    return texts, [[changed(rng, text) for _ in range(n_references)] for text in texts]


@pytest.mark.parametrize("n_references", [1, 2, 4])
@pytest.mark.parametrize("seed", range(4))
def test_a_test_set_scores_as_in_sacrebleu(seed: int, n_references: int) -> None:
    texts, references = case(seed, 25, n_references)
    streams = [list(stream) for stream in zip(*references, strict=True)]  # sacrebleu wants one list for each column
    assert scores.bleu(texts, references) == pytest.approx(sacrebleu.corpus_bleu(texts, streams).score, abs=1e-10)
    assert scores.chrf(texts, references) == pytest.approx(sacrebleu.corpus_chrf(texts, streams).score, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 3))
def test_one_sentence_scores_as_in_sacrebleu(seed: int, n: int, n_references: int) -> None:
    texts, references = case(seed, n, n_references)
    streams = [list(stream) for stream in zip(*references, strict=True)]
    assert scores.bleu(texts, references) == pytest.approx(sacrebleu.corpus_bleu(texts, streams).score, abs=1e-10)
    assert scores.chrf(texts, references) == pytest.approx(sacrebleu.corpus_chrf(texts, streams).score, abs=1e-10)


@pytest.mark.parametrize(
    ("texts", "references"),
    [
        (["nothing is shared"], [["x y z w v"]]),
        (["", "a b c d e"], [["a"], ["a b c d e"]]),
        (["a b"], [["a b"]]),
        (["a b c d e f"], [["a b c"]]),
        (["a b c"], [["a b c d e f g"]]),
        (["a b c d"], [["a b c", "a b c d e"]]),
        (["   "], [["a"]]),
    ],
)
def test_edges_score_as_in_sacrebleu(texts: list[str], references: list[list[str]]) -> None:
    n = max(map(len, references))
    streams = [[each[k] if k < len(each) else each[0] for each in references] for k in range(n)]
    assert scores.bleu(texts, references) == pytest.approx(sacrebleu.corpus_bleu(texts, streams).score, abs=1e-10)
    assert scores.chrf(texts, references) == pytest.approx(sacrebleu.corpus_chrf(texts, streams).score, abs=1e-10)


def test_references_may_be_of_different_number() -> None:
    texts, references = ["a b c d e", "f g h i"], [["a b c d e", "a b x d e", "b"], ["f g i h"]]
    streams = [["a b c d e", "f g i h"], ["a b x d e", None], ["b", None]]
    assert scores.bleu(texts, references) == pytest.approx(sacrebleu.corpus_bleu(texts, streams).score, abs=1e-10)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab1.,-'\"!?¿()[]{}&;<> \n/:@^~$%"), max_size=25))
def test_words_are_cut_as_in_13a(text: str) -> None:
    assert scores.words(text) == Tokenizer13a()(text).split()


def test_entities_are_signs() -> None:
    for text in ("&quot;a&quot; &amp; b", "a &lt; b <skipped> &gt;", "ta-\nble"):
        assert scores.words(text) == Tokenizer13a()(text).split()


def test_an_interval_holds_the_score_and_narrows_with_more_sentences() -> None:
    texts, references = case(0, 200, 1)
    counts = scores.bleu_counts(texts, references)
    few, many = (scores.bootstrap(counts[:n], scores.bleu_of, 200) for n in (30, 200))
    assert few.low < few.score < few.high
    assert many.high - many.low < few.high - few.low


def test_the_bootstrap_is_that_of_a_loop() -> None:
    texts, references = case(1, 20, 2)
    counts = scores.chrf_counts(texts, references)
    rows = scores.resamples(20, 50, seed=3)
    by_hand = [scores.chrf([texts[i] for i in row], [references[i] for i in row]) for row in rows]
    found = scores.bootstrap(counts, scores.chrf_of, 50, seed=3)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(by_hand, [0.025, 0.975])))


def test_a_comparison_is_paired() -> None:
    texts, references = case(2, 60, 1)
    counts = scores.bleu_counts(texts, references)
    same = scores.compare(counts, counts, scores.bleu_of, 50)
    assert same == (0.0, 0.0, 0.0, 1.0)
    better = scores.bleu_counts([r[0] for r in references], references)
    found = scores.compare(counts, better, scores.bleu_of, 50)
    assert found.difference > 0
    assert found.not_better == 0


@pytest.mark.parametrize(("texts", "references"), [([], []), (["a"], []), (["a"], [[]]), (["a", "b"], [["a"]])])
def test_every_text_needs_a_reference(texts: list[str], references: list[list[str]]) -> None:
    for score in (scores.bleu, scores.chrf):
        with pytest.raises(ValueError, match="for each a list of references"):
            score(texts, references)


def test_bare_strings_are_no_lists() -> None:
    with pytest.raises(TypeError, match="list of texts"):
        scores.bleu("a b", [["a b"]])
    with pytest.raises(TypeError, match="list of texts"):
        scores.chrf(["a b"], ["a b"])


def test_counts_are_checked() -> None:
    with pytest.raises(ValueError, match=r"Counts \(sentences, 10\)"):
        scores.bleu_of(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="0 or more"):
        scores.chrf_of(np.full((1, 18), np.nan))
    with pytest.raises(ValueError, match="same sentences"):
        scores.compare(np.ones((2, 10)), np.ones((3, 10)), scores.bleu_of)
