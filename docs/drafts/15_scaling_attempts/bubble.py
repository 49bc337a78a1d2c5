"""Answers to bubble, written from the task's text alone."""

import itertools
import math
from fractions import Fraction

import numpy as np

RIGHT = [
    63,
    63.0,
    7 * 9,
    70 - 7,
    10 * 7 - 7,
    9 * (8 - 1),
    7 / 0.1 - 7,
    (8 - 1) / 0.1 - (8 - 1),
    Fraction(63),
    Fraction(7) / Fraction(1, 10) - 7,
    Fraction(9, 10) * 7 / Fraction(1, 10),
    np.int64(63),
    np.int32(63),
    np.float64(63),
    np.float32(63.0),
    math.ceil(7 / 0.1 - 7),
    np.ceil(7 / 0.1 - 7),
    next(m for m in itertools.count(1) if 10 * 7 <= m + 7),
    next(m for m in range(1, 1000) if 7 / (m + 7) <= 0.1),
    min(m for m in range(1, 500) if Fraction(7, m + 7) <= Fraction(1, 10)),
    len([m for m in range(1, 1000) if 70 > m + 7]) + 1,
    1 + max(m for m in range(1, 500) if 7 / (m + 7) > 0.1),
    np.argmax(7 / (np.arange(1000) + 7) <= 0.1),
    round(7 * 0.9 / 0.1),
    sum(1 for m in range(1000) if 7 * 10 > m + 7),
    np.searchsorted(np.arange(1000) + 7, 70),
]

WRONG = [
    (62, "one too few: 7/69 is more than a tenth"),
    (64, "reads: less than a tenth; added when the task said at least"),
    (70, "7/m: the time in which the pipeline fills was forgotten below the line; or m + p - 1 in place of m"),
    (72, "8/(m + 8): stages in place of stages less one"),
    (73, "8/(m + 7)"),
    (80, "8/m"),
    (71, "the whole time in pieces, and one more"),
    (77, "7/(m - 7): a wrong sign"),
    (27, "the 4 stages of the example"),
    (28, "a fifth may be waiting"),
    (133, "a twentieth may be waiting"),
    (693, "a hundredth may be waiting"),
    (630, "ten times too many"),
    (6.3, "ten times too few"),
    (7, "as many as the waiting pieces: half of the time"),
    (8, "as many as there are stages"),
    (56, "8 · 7: pieces and stages were multiplied"),
    (6, "the pieces in the picture"),
    (10, "ten pieces for a tenth, without regard to the stages"),
    (9, "nine to one, but for one waiting piece and not for seven"),
    (1, "nine tenths waiting: the shares are swapped"),
    (0.7, "7 · 0.1"),
    (0.1, "the share itself"),
    (54, "9 · 6: two stages less"),
    (81, "9 · 9: one stage more where one less was meant"),
    (90, "the share of work in percent"),
    (126, "the wait counted forward and back, the work once: 14/(m + 14)"),
    (60, "rounded to tens"),
    (504, "63 in each of the 8 stages"),
]
