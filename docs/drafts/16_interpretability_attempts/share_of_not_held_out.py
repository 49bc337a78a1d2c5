"""Held-out answers to share_of_not, by another hand, written from the task's text alone."""

from fractions import Fraction

import numpy as np

RIGHT = [
    1,
    1.0,
    (-1 + 3) / 2,
    (3 * -1 + 3 * 3) / 6,
    np.mean([-1, -1, 3, 3, 3, -1]),
    np.average([-1, 3], weights=[3, 3]),
    Fraction(-1 * 3 + 3 * 3, 6),
    0.5 * (1 - -2) + 0.5 * (-1 - 0),
    1 / 3 * -1 + 1 / 6 * -1 + 1 / 6 * 3 + 1 / 3 * 3,
]

WRONG = [
    (-1, "what not has alone"),
    (3, "what is lost when not is left out of the sentence"),
    (0, "what bad gets"),
    (2, "both differences added and not averaged"),
    (6, "all six orders added and not averaged"),
    (0.33, "the whole, 1, shared by three words"),
    (0.5, "the whole shared by not and bad"),
    (-0.5, "half of -1: only what it brings when it comes first"),
    (0.67, "divided by the three words: 2 / 3"),
    (4, "the subsets added up, not averaged"),
    (1.33, "4 / 3: the subsets added up, over three words"),
    (1.5, "half of 3: only what it brings when it comes last"),
    (-2, "that of bad alone"),
]
