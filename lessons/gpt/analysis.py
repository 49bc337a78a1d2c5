"""What a text from a model is worth: does it repeat itself, does it repeat others, does it go on with a pattern?"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lessons.gpt.model import GPT
from lessons.gpt.training import bits
from lessons.kit import checks


def repeated_share(token_ids: Sequence[int], n: int = 8) -> float:
    """The share of runs of n tokens that have stood in the text before: 0 if none, near 1 for a loop.

    Raises ValueError for an n below 1, or a text shorter than that.
    """
    checks.sizes(n=n)
    if len(token_ids) < n:
        raise ValueError(f"A text of {len(token_ids)} tokens has no run of {n}.")
    runs = [tuple(token_ids[place : place + n]) for place in range(len(token_ids) - n + 1)]
    return 1 - len(set(runs)) / len(runs)


def longest_overlap(text: str, corpus: str) -> str:
    """The longest piece of the text that stands in the corpus, too; the first of several."""
    best, length = "", 0
    for start in range(len(text)):
        while start + length < len(text) and text[start : start + length + 1] in corpus:
            length += 1
            best = text[start : start + length]
    return best


def repeated_pattern(vocab_size: int, n: int, seed: int = 0) -> Tensor:
    """n different random tokens, twice: (2n,). Nothing in it can be foreseen but the second half, from the first.

    Raises ValueError for fewer tokens in the vocabulary than n, and for a seed that is none.
    """
    checks.sizes(vocab_size=vocab_size, n=n)
    checks.whole(0, seed=seed)
    if n > vocab_size:
        raise ValueError(f"{n} different tokens are asked for, and there are {vocab_size}.")
    once = torch.randperm(vocab_size, generator=torch.Generator().manual_seed(seed))[:n]
    return torch.cat([once, once])


def bits_of_pattern(model: GPT, n: int, patterns: int = 20) -> tuple[float, float]:
    """Mean bits for each token of the first and of the second half of repeated patterns. Raises ValueError as above."""
    checks.sizes(patterns=patterns)
    vocab_size = model.config.vocab_size
    spent = torch.stack([bits(model, repeated_pattern(vocab_size, n, seed), 2 * n) for seed in range(patterns)])
    return spent[:, : n - 1].mean().item(), spent[:, n:].mean().item()  # the first of each half nobody can know
