"""Summaries: ROUGE equals rouge-score, TextRank equals PageRank, and the scorer's features are what they say."""

from __future__ import annotations

import sys

import networkx
import numpy as np
import pytest
import torch
from absl import logging
from rouge_score import rouge_scorer

from lessons.applications import summaries
from lessons.kit.datasets import papers

# Whoever sets up logging later closes what absl logs to, unless that is the process's own: here it was pytest's.
logging.get_absl_handler().python_handler.stream = sys.__stderr__

TEXTS = [
    "The cat sat on the mat.",
    "On the mat, the cat sat — the cat!",
    "",
    "...",
    "It's a state-of-the-art 3-layer model (BERT_base), with 12.5% fewer errors.",
    "Ein schöner Tag: naïve façade",
    "the the the the",
]


def random_text(rng, most=30):
    words = [f"w{i}" for i in range(12)] + ["The", "cat.", "x-y", "3,5"]
    return " ".join(rng.choice(words, size=rng.integers(0, most)))


@pytest.mark.parametrize("seed", range(10))
def test_rouge_equals_rouge_score(seed):
    rng = np.random.default_rng(seed)
    texts = [*TEXTS, *(random_text(rng) for _ in range(5))]
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    for reference in texts:
        for summary in texts:
            theirs = scorer.score(reference, summary)
            ours = summaries.rouge_n(reference, summary), summaries.rouge_n(reference, summary, 2)
            for name, score in zip(
                ("rouge1", "rouge2", "rougeL"), (*ours, summaries.rouge_l(reference, summary)), strict=True
            ):
                np.testing.assert_allclose(score, theirs[name], rtol=0, atol=1e-10)


def test_rouge_of_real_papers_equals_rouge_score():
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    for paper in papers().validation[:20]:
        for aspect, summary in paper.summaries.items():
            sentence = paper.sentences[paper.highlights[aspect][0]]
            theirs = [score.fmeasure for score in scorer.score(summary, sentence).values()]
            np.testing.assert_allclose([*summaries.rouge(summary, sentence).values()], theirs, rtol=0, atol=1e-10)


def test_the_longest_common_sequence_may_have_gaps():
    assert summaries.longest_common(list("abcde"), list("xaycz")) == 2
    assert summaries.longest_common(list("abc"), list("cba")) == 1
    assert summaries.longest_common([], list("a")) == 0


# --- centrality -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_textrank_equals_pagerank(seed):
    rng = np.random.default_rng(seed)
    weights = rng.random((8, 8)) * (rng.random((8, 8)) < 0.5)
    weights = weights + weights.T
    np.fill_diagonal(weights, 0)
    weights[2] = weights[:, 2] = 0  # a sentence that is like no other
    graph = networkx.from_numpy_array(weights)
    theirs = networkx.pagerank(graph, alpha=0.85, tol=1e-15, max_iter=1000)
    ours = summaries.textrank(weights)
    np.testing.assert_allclose(ours, [theirs[i] for i in range(8)], rtol=0, atol=1e-10)
    assert ours.sum() == pytest.approx(1, abs=1e-10)


def test_the_overlap_of_sentences_by_hand():
    found = summaries.overlap(["the cat sat", "a cat sat down", "dogs"])
    assert found[0, 1] == found[1, 0] == pytest.approx(2 / (np.log(3) + np.log(4)), abs=1e-12)
    assert found[2].max() == 0
    assert np.diag(found).max() == 0
    assert summaries.overlap(["one", "one"]).max() == 0  # log 1 + log 1: no length to divide by


@pytest.mark.parametrize("similarities", [[[0.0, -1.0], [1.0, 0.0]], [[0.0, np.inf], [1.0, 0.0]], [[1.0, 2.0]], []])
def test_similarities_that_do_not_fit_are_refused(similarities):
    with pytest.raises(ValueError, match="similarities must be"):
        summaries.textrank(similarities)


def test_the_most_central_vector_is_the_mean_of_the_others():
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.7, 0.7]], dtype=torch.double)
    assert summaries.centrality(vectors).argmax() == 2
    with pytest.raises(ValueError, match="vectors must be floating-point"):
        summaries.centrality(torch.ones(3, dtype=torch.double))


def test_the_best_sentence_is_the_first_of_equals():
    assert summaries.best_sentence(["a", "b", "c"], [1, 2, 2]) == "b"
    with pytest.raises(ValueError, match="each of 2 sentences"):
        summaries.best_sentence(["a", "b"], [1])


# --- the scorer -------------------------------------------------------------------------------------------------------


def test_features_of_a_paper():
    paper = papers().train[0]
    vectors = torch.zeros(len(paper.sentences), 4) + 1
    found = summaries.sentence_features(paper, vectors)
    assert found.shape == (len(paper.sentences), 4 + 7 + 1)
    assert found[:, 4:7].sum() == len(paper.sentences)  # each sentence is in one section
    assert found[:, 7].sum() == found[:, 8].sum() == 3  # three first ones, three last ones
    with pytest.raises(ValueError, match="vectors"):
        summaries.sentence_features(paper, vectors[1:])


def test_highlights_of_a_paper():
    paper = papers().train[0]
    marks = summaries.is_highlighted(paper, "approach")
    assert np.flatnonzero(marks).tolist() == list(paper.highlights["approach"])
    with pytest.raises(ValueError, match="no aspect 'style'"):
        summaries.is_highlighted(paper, "style")


def test_the_mean_over_papers():
    few = papers().validation[:3]
    own = [paper.summaries["outcome"] for paper in few]
    assert summaries.mean_rouge(few, "outcome", own) == {"R1": 1, "R2": 1, "RL": 1}
    with pytest.raises(ValueError, match="3 papers, but 2 summaries"):
        summaries.mean_rouge(few, "outcome", own[:2])
