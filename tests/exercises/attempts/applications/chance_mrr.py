"""Answers to chance_mrr, written from the task's text alone."""

import itertools
import statistics
from fractions import Fraction

import numpy as np
import torch

RIGHT = [
    0.521,
    0.5208,
    0.52083,
    0.520833,
    25 / 48,
    Fraction(25, 48),
    (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4,
    (12 + 6 + 4 + 3) / 48,
    np.mean([1, 1 / 2, 1 / 3, 1 / 4]),
    np.mean(1 / np.arange(1, 5)),
    sum(1 / rank for rank in range(1, 5)) / 4,
    sum(Fraction(1, rank) for rank in range(1, 5)) / 4,
    statistics.mean([1, 0.5, 1 / 3, 0.25]),
    statistics.fmean(1 / (order.index(0) + 1) for order in itertools.permutations(range(4))),
    torch.arange(1, 5).double().reciprocal().mean(),
    torch.tensor(0.521),
    np.float32(25 / 48),
    np.dot([0.25] * 4, [1, 0.5, 1 / 3, 0.25]),
    round(25 / 48, 3),
    0.25 + 0.125 + 1 / 12 + 1 / 16,
]

WRONG = [
    (0.25, "the chance that the right one comes first"),
    (0.4, "one over the mean rank of 2.5"),
    (2.5, "the mean rank"),
    (25 / 12, "not divided by 4"),
    (2.083, "not divided by 4"),
    (0.5, "one over the middle of 4 places"),
    (0.3208, "ranks from 2 to 5"),
    (0.3611, "ranks 2 to 4: the first left out"),
    (0.2708, "the first left out, and divided by 4"),
    (0.6111, "ranks 1 to 3"),
    (0.4583, "the last left out, and divided by 4"),
    (0.694, "divided by 3"),
    (0.417, "divided by 5; or the median of the reciprocal ranks"),
    (0.4567, "5 documents"),
    (1.92, "one over the MRR: the harmonic mean of the ranks"),
    (0.625, "the mean of the best and the worst"),
    (52.1, "in percent"),
    (1, "the right one is always found"),
    (0, "chance finds nothing"),
    (0.3559, "the mean of 1 over the square of the rank"),
    (0.4518, "one over the geometric mean of the ranks"),
    (0.6404, "the mean of 1 over the log2 of the rank + 1"),
    (0.479, "one minus the MRR"),
    (0.75, "the chance that the right one does not come first"),
    (0.125, "half of a quarter"),
    (0.2604, "halved"),
    (10, "the ranks added up"),
    (24, "the number of orders"),
]
