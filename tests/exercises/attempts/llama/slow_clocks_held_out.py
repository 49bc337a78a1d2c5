"""Held-out answers to slow_clocks, by another hand, written from the task's text alone."""

import math

import numpy as np

RIGHT = [
    12,
    sum(8192 * 100_000 ** (-2 * i / 64) < 2 * math.pi for i in range(32)),
    len([i for i in range(32) if 2 * math.pi * 100_000 ** (i / 32) > 8192]),
    32 - math.ceil(32 * math.log(8192 / (2 * math.pi), 100_000)),
    np.sum(8191 * 1e5 ** (-np.arange(0, 64, 2) / 64) < 2 * np.pi),
    np.int64(32 - 20),
    float(12),
]

WRONG = [
    (20, "those that did go round; or the first pair that did not"),
    (13, "pairs counted from 1 in the formula"),
    (11, "counted from behind the first of them: 31 - 20"),
    (19, "the last pair that went round"),
    (6, "one radian taken for a whole turn: no 2π"),
    (10, "half a turn: π"),
    (7, "the paper's base of 10,000"),
    (22, "the number of pairs, 32, taken for d"),
    (0, "the 2 of the exponent forgotten: i / 64"),
    (44, "64 pairs in the formula, one for each number"),
    (15, "2,048 tokens"),
    (23, "in degrees: 360 in place of 2π"),
    (24, "the numbers of a head, two for each pair"),
    (32, "all pairs of the head"),
    (0.375, "the share of the pairs"),
    (12.06, "not rounded: where the curve crosses"),
    (8378.8, "the tokens that the first of them needs for a turn"),
]
