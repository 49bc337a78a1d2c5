"""Answers to answer_f1, written from the task's text alone."""

from collections import Counter
from fractions import Fraction
from statistics import harmonic_mean

import numpy as np
import torch


def _words(text):
    return [word for word in text.lower().split() if word not in ("a", "an", "the")]


TRUTH, GIVEN = _words("the river Rhine in Germany"), _words("the Rhine")
SHARED = sum((Counter(TRUTH) & Counter(GIVEN)).values())

RIGHT = [
    0.4,
    Fraction(2, 5),
    np.float64(0.4),
    np.float32(0.4),
    torch.tensor(0.4),
    torch.tensor(2 / 5, dtype=torch.float64),
    np.array(0.4),
    2 * 1 * 0.25 / (1 + 0.25),
    2 / (1 / 1 + 1 / 0.25),
    1 - 0.6,
    harmonic_mean([1, 0.25]),
    2 * SHARED / (len(TRUTH) + len(GIVEN)),
    Fraction(2 * SHARED, len(TRUTH) + len(GIVEN)),
    np.divide(2 * 0.25, 1.25),
    1 / np.mean([1, 4]),
    1 / 2.5,
    0.5 / 1.25,
    round(0.5 / 1.25, 2),
]

WRONG = [
    (0.25, "the recall alone"),
    (1, "the precision alone"),
    (0, "exact match"),
    (0.571, "articles counted: two of five words and two of two"),
    (4 / 7, "articles counted"),
    (0.625, "the arithmetic mean of precision and recall"),
    (0.5, "the geometric mean of precision and recall; or 'in' left out as well"),
    (0.2, "the 2 of the harmonic mean forgotten"),
    (0.8, "the 2 of the harmonic mean twice"),
    (1 / 3, "the article left out of one of the two texts alone"),
    (0.67, "the truth taken for 'the river Rhine', or shared over 3"),
    (40, "in percent"),
    (2.5, "the mean of 1 and 4: not turned round"),
    (1.25, "precision and recall added"),
    (1.6, "2 / (precision + recall)"),
    (0.125, "precision times recall, halved"),
    (0.75, "the difference of precision and recall"),
    (2 / 7, "articles counted as words but not as shared"),
    (0.7, "articles counted, and the arithmetic mean"),
    (0.632, "articles counted, and the geometric mean"),
    (0.6, "one minus F1"),
    (4, "tenths"),
    (-0.4, "a minus too many"),
    (0.04, "the decimal point"),
]
