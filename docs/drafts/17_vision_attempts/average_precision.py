"""Answers to average_precision, written from the task's text alone."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

# Right at ranks 1, 3 and 4: precisions 1/1, 2/3, 3/4. Their sum is divided by the 5 cats that there are.
RIGHT = [
    0.48,
    0.483,
    0.4833,
    0.48333,
    0.4833333333,
    29 / 60,
    Fraction(29, 60),
    (1 + 2 / 3 + 3 / 4) / 5,
    (1 / 1 + 2 / 3 + 3 / 4 + 0 + 0) / 5,
    0.2 * 1 + 0.2 * 2 / 3 + 0.2 * 3 / 4,
    sum((found + 1) / rank for found, rank in enumerate((1, 3, 4))) / 5,
    Decimal("0.48"),
    np.float64(0.4833333),
    np.float32(0.48),
    np.mean([1, 2 / 3, 3 / 4, 0, 0]),
    np.array(0.4833),
    np.array([0.48]),
    np.sum(np.array([1, 0, 1, 1, 0]) * np.cumsum([1, 0, 1, 1, 0]) / np.arange(1, 6)) / 5,
    torch.tensor(0.48),
    torch.tensor([1, 2 / 3, 3 / 4]).sum() / 5,
    round(29 / 60, 2),
]

WRONG = [
    (2.4167 / 3, "divides by the three cats that were found"),
    (0.6, "the precision of all five boxes; or the share of the cats that were found"),
    (3.5167 / 5, "the mean of the precision at all five ranks"),
    (0.5, "fills the precision up from the right: (1 + 3/4 + 3/4) / 5; or multiplies the three"),
    (0.3167, "one divided by the rank of each right box, over five"),
    (0.5278, "one divided by the rank of each right box, over three"),
    (2.4167, "the sum is not divided"),
    (3.5167, "the sum of the precision at all ranks, not divided"),
    (0.75, "the precision at the last right box"),
    (1.0, "the precision at the first right box"),
    (0.6042, "divides by 4, the last rank with a right box"),
    (0.4, "the share of cats that were missed"),
    (0.5167, "1 minus it"),
    (48.33, "in percent"),
    (48, "in percent, rounded"),
    (0.3533, "the worst box first"),
    (0.29, "times the recall once more"),
    (0.49, "rounded up where it rounds down"),
    (0.5, "rounded to one digit"),
    (0.4583, "trapezia under the curve of precision and recall"),
    (0.5455, "eleven points of recall"),
    (0.8333, "the mean of the first two precisions at right boxes"),
    (0.6667, "the precision at the second right box; or at the first three boxes"),
    (0.2, "the first right box alone, over five"),
    (0.3333, "the last right box forgotten: (1 + 2/3) / 5"),
    (0.2833, "the first right box forgotten: (2/3 + 3/4) / 5"),
    (0.2633, "wrong boxes counted as minus: (1 - 1/2 + 2/3 + 3/4 - 3/5) / 5"),
    (0.0, "a wrong box brings it to nothing"),
    (-0.4833, "a minus too many"),
    (0.2417, "divides by ten: five cats and five boxes"),
]
