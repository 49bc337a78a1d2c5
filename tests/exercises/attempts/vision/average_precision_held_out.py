"""More answers to average_precision, of another hand, written from the task's text alone."""

from fractions import Fraction

import numpy as np

_hits = (True, False, True, True, False)


def _ap(hits, there):
    right, total = 0, Fraction(0)
    for rank, hit in enumerate(hits, 1):
        if hit:
            right += 1
            total += Fraction(right, rank)
    return total / there


RIGHT = [
    0.30,
    0.3021,
    _ap(_hits, 8),
    float(_ap(_hits, 8)),
    np.round(29 / 96, 3),
    (12 + 8 + 9) / 96,
    Fraction(3, 10),
]

WRONG = [
    (_ap(_hits, 3), "over the found cats only: 0.81"),
    (_ap(_hits, 5), "over the boxes, or over the cats that were missed: 0.48"),
    (_ap(_hits[::-1], 8), "the ranking read from its end: 0.22"),
    (_ap((True, True, True, False, False), 8), "all right boxes moved to the front: 0.375"),
    (_ap((True, False, True, False, True), 8), "the last two boxes swapped: 0.28"),
    (_ap(_hits[:3], 8), "stops after three boxes: 0.21"),
    (_ap((False, *_hits), 8), "ranks counted from 2: 0.20"),
    (0.7, "mean precision over all ranks"),
    (0.75, "the largest precision after the first mistake"),
    (29, "the numerator of 29/96 alone"),
    (Fraction(3, 13), "3 right of 13: boxes and cats together"),
    (2.42, "the sum alone"),
    (0.3125, "interpolated: the best precision from each right box on, (1 + 3/4 + 3/4) / 8"),
    (3.02, "the decimal point one place too far"),
]
