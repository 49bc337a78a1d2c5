"""Thinking longer: several answers to one prompt, and how to take one of them.

Shapes: `answers` (prompts, n, tokens), `scores` and `right` (prompts, n).
"""

from __future__ import annotations

import math
from collections import Counter

import torch
from torch import Tensor

from lessons.kit import checks


def pass_at_k(n: int, n_right: int, k: int) -> float:
    """How likely at least one of k answers is right, judged by n answers of which `n_right` were.

    1 − C(n − n_right, k) / C(n, k): the share of all ways to take k of the n that hold a right one (Chen et al. 2021,
    equation 1). Raises ValueError for numbers that do not fit.
    """
    checks.whole(n=n, k=k)
    checks.whole(0, n_right=n_right)
    if n_right > n or k > n:
        raise ValueError(f"Of {n} answers {n_right} cannot be right, or {k} be taken.")
    return 1 - math.comb(n - n_right, k) / math.comb(n, k)


def majority(answers: Tensor) -> Tensor:
    """The place of the answer that was given most often, the first of equals: (prompts, n, tokens) -> (prompts,).

    Wang et al. 2023, section 2. Raises ValueError for other shapes.
    """
    if answers.ndim != 3 or not answers.numel() or not checks.is_whole(answers):
        raise ValueError(f"Answers (prompts, n, tokens) are due; these are {checks.described(answers)}.")
    places = []
    for rows in answers.tolist():
        texts = [tuple(row) for row in rows]
        counts = Counter(texts)
        places.append(texts.index(max(texts, key=lambda text: counts[text])))
    return torch.tensor(places)


def best_of(scores: Tensor) -> Tensor:
    """The place of the highest score, the first of equals: (prompts, n) -> (prompts,).

    Raises ValueError for other shapes.
    """
    if scores.ndim != 2 or not scores.numel() or not scores.is_floating_point():
        raise ValueError(f"Scores (prompts, n) are due; these are {checks.described(scores)}.")
    if scores.isnan().any():
        raise ValueError("Some scores are NaN, so none is the highest.")
    return scores.argmax(1)


def longer(answers: Tensor, right: Tensor, scores: Tensor, many: tuple[int, ...]) -> list[dict[str, float]]:
    """What becomes right with so many answers to each prompt: by vote, by the scores, and if any right one counts.

    Raises ValueError for shapes that do not fit, or more answers than there are.
    """
    if right.shape != answers.shape[:2] or scores.shape != right.shape:
        raise ValueError(f"These do not fit: {checks.described(answers)}, {checks.described(right)}.")
    if not many or not ((right == 0) | (right == 1)).all():
        raise ValueError("Give one number of answers or more; each answer is right, 1, or wrong, 0.")
    checks.whole(**{f"many[{place}]": n for place, n in enumerate(many)})
    n_all = right.shape[1]
    if max(many) > n_all:
        raise ValueError(f"There are {n_all} answers to each prompt, not {max(many)}.")
    rows = []
    for n in many:
        taken = {"vote": majority(answers[:, :n]), "verifier": best_of(scores[:, :n])}
        found = {name: right[torch.arange(len(right)), place].double().mean().item() for name, place in taken.items()}
        passed = [pass_at_k(n_all, int(row.sum()), n) for row in right]
        rows.append({"answers": n, **found, "any": sum(passed) / len(passed)})
    return rows
