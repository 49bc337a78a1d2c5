"""Other answers to amdahl, of a different hand, from the task's text alone."""

from fractions import Fraction

import numpy as np

RIGHT = [
    2.3,
    1.0 / (0.15 + 0.2833),
    np.float64(30) / 13,
    Fraction(231, 100),
    2.325,
    1 / (1 - 2 * 0.85 / 3),
]

WRONG = [
    (2.2, "the 15 % rounded up"),
    (2.4, "the 15 % rounded down"),
    (6.67, "the most that can be had, 1 / 0.15"),
    (5.6667, "85 parts to 15 parts"),
    (3.15, "3 + 0.15"),
    (0.45, "0.15 · 3: the rest was multiplied"),
    (1.5667, "1 + what is saved of the time"),
    (2.85, "3 − 0.15"),
    (1.5, "half of 3"),
    (0.7692, "1 / (0.85 + 0.15 · 3): the shares are swapped, and multiplied"),
    (13 / 30, "turned over"),
    (130.77, "so many percent faster"),
    (5.3254, "the right factor squared"),
    (1.5191, "the root of the right factor"),
]
