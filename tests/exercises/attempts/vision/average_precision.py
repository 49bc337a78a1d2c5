"""Answers to average_precision, written from the task's text alone."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

# Right at ranks 1, 3 and 4: precisions 1/1, 2/3, 3/4. Their sum is divided by the 8 cats that there are.
RIGHT = [
    0.3,
    0.30,
    0.302,
    0.3021,
    0.3020833333,
    29 / 96,
    Fraction(29, 96),
    (1 + 2 / 3 + 3 / 4) / 8,
    (1 / 1 + 2 / 3 + 3 / 4 + 0 + 0 + 0 + 0 + 0) / 8,
    0.125 * 1 + 0.125 * 2 / 3 + 0.125 * 3 / 4,
    sum((found + 1) / rank for found, rank in enumerate((1, 3, 4))) / 8,
    Decimal("0.30"),
    np.float64(0.3020833),
    np.float32(0.3),
    np.mean([1, 2 / 3, 3 / 4, 0, 0, 0, 0, 0]),
    np.array(0.3021),
    np.array([0.30]),
    np.sum(np.array([1, 0, 1, 1, 0]) * np.cumsum([1, 0, 1, 1, 0]) / np.arange(1, 6)) / 8,
    torch.tensor(0.30),
    torch.tensor([1, 2 / 3, 3 / 4]).sum() / 8,
    round(29 / 96, 2),
]

WRONG = [
    (2.4167 / 3, "divides by the three cats that were found"),
    (2.4167 / 5, "divides by the five boxes"),
    (0.6, "the precision of all five boxes"),
    (0.375, "the share of the cats that were found"),
    (3.5167 / 5, "the mean of the precision at all five ranks"),
    (3.5167 / 8, "the precision at all five ranks, divided by the cats"),
    (0.3125, "fills the precision up from the right: (1 + 3/4 + 3/4) / 8"),
    (0.1979, "one divided by the rank of each right box, over eight"),
    (0.3167, "one divided by the rank of each right box, over five"),
    (0.5278, "one divided by the rank of each right box, over three"),
    (2.4167, "the sum is not divided"),
    (3.5167, "the sum of the precision at all ranks, not divided"),
    (0.75, "the precision at the last right box"),
    (1.0, "the precision at the first right box"),
    (0.6042, "divides by 4, the last rank with a right box"),
    (0.625, "the share of cats that were missed"),
    (0.6979, "1 minus it"),
    (30.21, "in percent"),
    (30, "in percent, rounded"),
    (0.1133, "times the recall once more"),
    (0.31, "rounded up where it rounds down"),
    (0.8333, "the mean of the first two precisions at right boxes"),
    (0.6667, "the precision at the second right box; or at the first three boxes"),
    (0.125, "the first right box alone, over eight"),
    (0.2083, "the last right box forgotten: (1 + 2/3) / 8"),
    (0.1771, "the first right box forgotten: (2/3 + 3/4) / 8"),
    (0.0, "a wrong box brings it to nothing"),
    (-0.3021, "a minus too many"),
    (0.1859, "divides by thirteen: eight cats and five boxes"),
    (0.2708, "hits counted with 1, 1/2, 2/3: (1 + 1/2 + 2/3) / 8"),
]
