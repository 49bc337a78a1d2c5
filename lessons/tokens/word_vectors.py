"""One vector for each word: neighbours, analogies, and what the usual way to score analogies leaves out.

Sources: Mikolov, Yih & Zweig, Linguistic Regularities in Continuous Space Word Representations, 2013; Linzen, Issues in
evaluating semantic spaces using word analogies, 2016; Nissim, van Noord & van der Goot, Fair Is Better than
Sensational, 2020.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Pairs = Sequence[tuple[str, str]]


class Directions:
    """Word vectors of length 1, so that a dot product is the cosine of the angle between two words."""

    def __init__(self, words: Sequence[str], vectors: NDArray[np.floating]) -> None:
        """Raises ValueError unless there is one vector, not zero, for each word."""
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.ndim != 2 or len(words) != len(vectors) or not (lengths > 0).all():
            raise ValueError(f"{len(words):,} words need as many vectors, none of them zero: {vectors.shape}.")
        self.words, self.vectors = tuple(words), vectors / lengths
        self.row = {word: i for i, word in enumerate(self.words)}

    def __getitem__(self, word: str) -> NDArray[np.floating]:
        """The vector of a word, (dim,). Raises KeyError for an unknown one."""
        return self.vectors[self.row[word]]

    def nearest(self, vector: NDArray[np.floating], n: int = 5, without: Collection[str] = ()) -> list[str]:
        """The n words whose direction is closest to that of a vector (dim,), the closest first."""
        order = np.argsort(-(self.vectors @ vector), kind="stable")[: n + len(without)]
        return [self.words[i] for i in order if self.words[i] not in without][:n]


def analogy_scores(space: Directions, pairs: Pairs) -> dict[str, float]:
    """How often a : b = c : ? is answered by d, over all ordered couples of pairs (a, b) and (c, d).

    "as usual": the word nearest to b − a + c, a, b and c themselves left out. "nothing left out": of all words. "an
    input": how often that nearest word is a, b or c. "without a and b": the word nearest to c alone, a, b, c left out.
    Raises KeyError for an unknown word.
    """
    found = {"as usual": 0, "nothing left out": 0, "an input": 0, "without a and b": 0}
    questions = [(a, b, c, d) for a, b in pairs for c, d in pairs if (a, b) != (c, d)]
    for a, b, c, d in questions:
        target, inputs = space[b] - space[a] + space[c], (a, b, c)
        (free,) = space.nearest(target, 1)
        found["as usual"] += space.nearest(target, 1, inputs) == [d]
        found["nothing left out"] += free == d
        found["an input"] += free in inputs
        found["without a and b"] += space.nearest(space[c], 1, inputs) == [d]
    return {name: count / len(questions) for name, count in found.items()}


def offset_cosine(space: Directions, pairs: Pairs) -> float:
    """The mean cosine between the offsets b − a of every two pairs: 1 if all arrows point the same way.

    Raises ValueError for fewer than two pairs, or two equal words in one; KeyError for an unknown word.
    """
    offsets = np.array([space[b] - space[a] for a, b in pairs])  # (pairs, dim)
    if len(offsets) < 2 or not offsets.any(1).all():
        raise ValueError("Two pairs at least are due, each of two different words.")
    offsets /= np.linalg.norm(offsets, axis=1, keepdims=True)
    return float(np.mean([one @ other for one, other in combinations(offsets, 2)]))


def analogy_rows(space: Directions, relations: Mapping[str, Pairs]) -> list[dict[str, str]]:
    """A row to print for each relation: how many pairs, the mean cosine of their offsets, and `analogy_scores`.

    Errors as in `offset_cosine` and `analogy_scores`.
    """
    return [
        {"pairs": f"{len(pairs)} {name}", "offsets": f"{offset_cosine(space, pairs):.2f}"}
        | {way: f"{share:.0%}" for way, share in analogy_scores(space, pairs).items()}
        for name, pairs in relations.items()
    ]
