"""Unigram, the other way to cut a word: every piece has a cost, and the cheapest row of pieces wins.

With the cost −log p of a piece that has the probability p, the cheapest row is the most probable one (Kudo 2018). With
the cost 1 for every piece, it is the row of fewest pieces. The search is Viterbi's (1967).
"""

from __future__ import annotations

import math
from collections.abc import Mapping


def cheapest_cut(word: str, costs: Mapping[str, float]) -> list[str]:
    """The pieces that make the word and whose costs add up to the least; at equal costs, with the longest last piece.

    >>> cheapest_cut("abc", {"a": 1, "b": 1, "c": 1, "ab": 1.5, "bc": 1.2})
    ['a', 'bc']

    Raises:
        ValueError: if no row of pieces makes the word.
    """
    longest = max(map(len, costs), default=0)
    best, last = [0.0] + [math.inf] * len(word), [""] * (len(word) + 1)  # for the first n characters, n = 0, 1, ...
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - longest), end):
            cost = best[start] + costs.get(word[start:end], math.inf)
            if cost < best[end]:
                best[end], last[end] = cost, word[start:end]
    if math.isinf(best[-1]):
        raise ValueError(f"No row of these {len(costs):,} pieces makes {word!r:.60}.")
    pieces, end = [], len(word)
    while end:
        pieces.append(last[end])
        end -= len(last[end])
    return pieces[::-1]
