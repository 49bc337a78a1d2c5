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
    0.48,
    0.4833,
    _ap(_hits, 5),
    float(_ap(_hits, 5)),
    np.round(29 / 60, 3),
    (12 + 8 + 9) / 60,
    Fraction(12, 25),
]

WRONG = [
    (_ap(_hits, 3), "over the found cats only: 0.81"),
    (_ap(_hits, 2), "over the cats that were missed: 1.21"),
    (_ap(_hits, 8), "cats and right boxes added up: 0.30"),
    (_ap(_hits[::-1], 5), "the ranking read from its end: 0.35"),
    (_ap((True, True, True, False, False), 5), "all right boxes moved to the front: 0.6"),
    (_ap((True, False, True, False, True), 5), "the last two boxes swapped: 0.45"),
    (_ap(_hits[:3], 5), "stops after three boxes: 0.33"),
    (_ap((False, *_hits), 5), "ranks counted from 2: 0.32"),
    (0.7, "mean precision over all ranks"),
    (0.75, "the largest precision after the first mistake"),
    (29, "the numerator of 29/60 alone"),
    (Fraction(3, 10), "3 right of 10: boxes and cats together"),
    (2.42, "the sum alone"),
    (0.5, "interpolated: the best precision from each right box on, (1 + 3/4 + 3/4) / 5"),
    (4.83, "the decimal point one place too far"),
]
