"""Answers to tiles, written from the task's text alone; what is right is what the network says."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

SIZES = (1, 2, 4, 7, 8, 14, 16, 28)
LAST = 7  # measured with a learner's own loop: a cat at 1, 2, 4 and 7, a fur coat at 8

RIGHT = [
    LAST,
    float(LAST),
    np.int64(LAST),
    np.int32(LAST),
    np.float32(LAST),
    np.float64(LAST),
    np.array(LAST),
    np.array([LAST]),
    torch.tensor(LAST),
    torch.tensor([LAST]),
    torch.tensor(float(LAST)),
    Fraction(LAST),
    Decimal(LAST),
    max(n for n in SIZES if n <= LAST),
    SIZES[SIZES.index(LAST)],
    [n for n in SIZES if n <= LAST][-1],
    224 // (224 // LAST),
    int(str(LAST)),
]

_NEXT = SIZES[min(SIZES.index(LAST) + 1, len(SIZES) - 1)]

WRONG = [
    (value, about)
    for value, about in [
        *((n, f"another size of the list, {n}") for n in SIZES),
        (0, "the whole picture already is no cat"),
        (LAST**2, "the number of tiles, not of tiles along a side"),
        (224 / LAST, "how many pixels wide a tile is"),
        ((224 // LAST) ** 2, "how many pixels a tile has"),
        (_NEXT + 0.5, "between two sizes"),
        (LAST + 1, "one more, which was not tried"),
        (LAST - 1, "one less"),
        (LAST - 0.5, "a mean of two sizes"),
        (2 * LAST + 1, "twice as many, and one"),
        (SIZES.index(LAST), "the index in the list, from 0"),
        (SIZES.index(LAST) + 1, "how many sizes are a cat"),
        (281, "a class"),
        (282, "the class of the tiger cat"),
        (285, "the last class of a cat"),
        (5, "how many classes are cats"),
        (224, "one tile for each pixel"),
        (56, "tiles of 4 pixels"),
        (80, "all sizes added up"),
        (-1, "none was found"),
    ]
    if value != LAST
]
