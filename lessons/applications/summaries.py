"""Summaries made of a text's own sentences, and ROUGE: how much of an expert's words a summary holds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn import functional as F

from lessons.kit import checks
from lessons.kit.datasets import Paper

# --- ROUGE ------------------------------------------------------------------------------------------------------------


class Score(NamedTuple):
    """Of the summary, how much is in the reference; of the reference, how much is in the summary; harmonic mean."""

    precision: float
    recall: float
    f1: float


def rouge_terms(text: str) -> list[str]:
    """Runs of a-z and 0-9 in lower case, as the package rouge-score cuts them. Raises ValueError for no text."""
    if not isinstance(text, str):
        raise ValueError(f"ROUGE compares texts (str), not {type(text).__name__}.")
    return re.findall(r"[a-z0-9]+", text.lower())


def _score(shared: int, n_summary: int, n_reference: int) -> Score:
    if not shared:
        return Score(0.0, 0.0, 0.0)
    precision, recall = shared / n_summary, shared / n_reference
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def rouge_n(reference: str, summary: str, n: int = 1) -> Score:
    """Shared runs of n words, each counted as often as both texts hold it (Lin 2004, section 2).

    Raises ValueError for what is no text and n below 1.
    """
    checks.whole(n=n)
    counts = []
    for text in (reference, summary):
        words = rouge_terms(text)
        counts.append(Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1)))
    shared = (counts[0] & counts[1]).total()
    return _score(shared, counts[1].total(), counts[0].total())


def longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest sequence that both hold in this order, with gaps: "a c" in "a b c"."""
    best = [0] * (len(second) + 1)  # best[j]: for what was read of `first`, and the beginning of `second` up to j
    for word in first:
        diagonal = 0
        for j, other in enumerate(second, 1):
            above = best[j]
            best[j] = diagonal + 1 if word == other else max(above, best[j - 1])
            diagonal = above
    return best[-1]


def rouge_l(reference: str, summary: str) -> Score:
    """The longest common sequence of words against both lengths (Lin 2004, section 3). Raises ValueError as above."""
    wanted, given = rouge_terms(reference), rouge_terms(summary)
    return _score(longest_common(wanted, given), len(given), len(wanted))


def rouge(reference: str, summary: str) -> dict[str, float]:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L. Raises ValueError for what is no text."""
    return {
        "R1": rouge_n(reference, summary, 1).f1,
        "R2": rouge_n(reference, summary, 2).f1,
        "RL": rouge_l(reference, summary).f1,
    }


def _numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers: {error}.") from error


# --- which sentence says it? ------------------------------------------------------------------------------------------


def overlap(sentences: Sequence[str]) -> NDArray[np.float64]:
    """How alike sentences are in words, (n, n): shared words over the logarithms of both lengths, 0 on the diagonal.

    The similarity of TextRank (Mihalcea & Tarau 2004, section 4.1). Raises ValueError for no sentence.
    """
    if not len(sentences) or isinstance(sentences, str):
        raise ValueError("Give a list of sentences, one or more.")
    words = [set(rouge_terms(sentence)) for sentence in sentences]
    found = np.zeros((len(words), len(words)))
    for i, first in enumerate(words):
        for j, second in enumerate(words[:i]):
            size = math.log(max(1, len(first))) + math.log(max(1, len(second)))
            found[i, j] = found[j, i] = len(first & second) / size if size else 0.0
    return found


def textrank(similarities: ArrayLike, damping: float = 0.85, rounds: int = 200) -> NDArray[np.float64]:
    """How central each sentence is, (n,), summing to 1: PageRank on a graph whose edges weigh `similarities` (n, n).

    A reader goes from sentence to sentence, along an edge as often as it weighs, or with 1 - damping to any; the score
    is how often the reader is there (Mihalcea & Tarau 2004, section 2.2). Raises ValueError unless the similarities are
    square, finite and not negative, and for a damping that is no share.
    """
    checks.whole(rounds=rounds)
    checks.shares(damping=damping)
    weights = _numbers("similarities", similarities)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or not weights.size:
        raise ValueError(f"similarities must be (n, n), one or more; their shape is {weights.shape}.")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("similarities must be finite numbers, 0 or more.")
    n = len(weights)
    totals = weights.sum(1, keepdims=True)
    moves = np.where(totals > 0, weights / np.where(totals > 0, totals, 1), 1 / n)  # each row sums to 1
    scores = np.full(n, 1 / n)
    for _ in range(rounds):
        scores = (1 - damping) / n + damping * scores @ moves
    return scores


def centrality(vectors: Tensor) -> Tensor:
    """The cosine of each vector with the mean of all, (n, dim) -> (n,) (compare Radev et al. 2004, section 3).

    Raises ValueError for other shapes.
    """
    checks.vectors("vectors", vectors, vectors.shape[-1], 2)
    if not len(vectors):
        raise ValueError("Give one vector or more.")
    return F.cosine_similarity(vectors, vectors.mean(0, keepdim=True), dim=-1)


def best_sentence(sentences: Sequence[str], scores: ArrayLike) -> str:
    """The sentence with the highest score, the first of equals. Raises ValueError unless there is a score for each."""
    values = _numbers("scores", scores)
    if values.shape != (len(sentences),) or not values.size or np.isnan(values).any():
        raise ValueError(f"A score for each of {len(sentences)} sentences is due; their shape is {values.shape}.")
    return sentences[int(values.argmax())]


# --- a scorer that learns ---------------------------------------------------------------------------------------------


def sentence_features(paper: Paper, vectors: Tensor) -> NDArray[np.float64]:
    """What a linear scorer knows of each sentence, (sentences, features): its vector, its place, its length.

    The place is one of three sections, whether it is the first or last there, and how far on it stands, from 0 to 1.
    Raises ValueError unless there is a vector for each sentence.
    """
    checks.vectors("vectors", vectors, vectors.shape[-1], 2)
    if len(vectors) != len(paper.sentences):
        raise ValueError(f"{len(paper.sentences)} sentences, but {len(vectors)} vectors.")
    rows = []
    for place, section in enumerate(paper.sections):
        inside = paper.sections.index(section), paper.sections.count(section)
        at = place - inside[0]
        in_section = [float(section == name) for name in ("abstract", "introduction", "conclusion")]
        length = math.log1p(len(rouge_terms(paper.sentences[place])))
        rows.append([*in_section, float(at == 0), float(at == inside[1] - 1), at / inside[1], length])
    return np.concatenate([vectors.double().numpy(), np.array(rows), centrality(vectors)[:, None].numpy()], axis=1)


def is_highlighted(paper: Paper, aspect: str) -> NDArray[np.int64]:
    """1 for each sentence that the expert marked for an aspect, else 0: (sentences,). Raises ValueError for another."""
    _known(paper, aspect)
    found = np.zeros(len(paper.sentences), dtype=np.int64)
    found[list(paper.highlights[aspect])] = 1
    return found


def _known(paper: Paper, aspect: str) -> None:
    if aspect not in paper.highlights:
        raise ValueError(f"There is no aspect {aspect!r:.60}; there are: {', '.join(paper.highlights)}.")


def mean_rouge(papers: Sequence[Paper], aspect: str, chosen: Sequence[str]) -> dict[str, float]:
    """The mean ROUGE of a summary of each paper against the expert's. Raises ValueError for other numbers."""
    if len(papers) != len(chosen) or not len(papers):
        raise ValueError(f"{len(papers)} papers, but {len(chosen)} summaries.")
    for paper in papers:
        _known(paper, aspect)
    found = [rouge(paper.summaries[aspect], summary) for paper, summary in zip(papers, chosen, strict=True)]
    return {name: float(np.mean([row[name] for row in found])) for name in found[0]}
