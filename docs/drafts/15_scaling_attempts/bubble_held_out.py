"""Held-out answers to bubble, by another hand, written from the task's text alone."""

import math
from fractions import Fraction

import numpy as np

RIGHT = [
    63,
    63.0,
    7 * (10 - 1),
    int(Fraction(8 - 1, 1) * 10 - (8 - 1)),
    np.int64(70) - 7,
    [m for m in range(1, 100) if (8 - 1) * 10 <= m + 8 - 1][0],
    math.ceil(Fraction(7 * 9)),
]

WRONG = [
    (62, "a rounding error cut off: int(7 · 0.9 / 0.1)"),
    (70, "the pieces and the waiting together"),
    (72, "9 · 8"),
    (80, "10 · 8"),
    (7, "the pieces' worth of waiting"),
    (79, "8/(m + 1): the signs of p − 1 in the sum were mixed up"),
    (16, "two pieces for each stage"),
    (32, "four pieces for each stage: a rule of thumb"),
    (36, "4/(m + 4): the picture's stages, and not one less"),
    (27, "3/(m + 3): the picture's stages"),
    (6, "the picture's pieces"),
    (0.9, "the share of work"),
]
