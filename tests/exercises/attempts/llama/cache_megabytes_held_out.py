"""Held-out answers to cache_megabytes, by another hand, written from the task's text alone."""

from fractions import Fraction

import numpy as np

RIGHT = [
    188.74,
    188.7,
    189,
    2 * 30 * 3 * 64 * 8192 * 2 / 10**6,
    Fraction(30 * 8192 * (3 * 64 + 3 * 64) * 2, 1_000_000),
    np.float64(188.74368),
    180 * 1.048576,
]

WRONG = [
    (180, "in units of 2**20 bytes"),
    (94.37, "keys without values; or 1 byte for a number"),
    (566.23, "9 heads of keys and values: as if nothing were shared"),
    (377.49, "4 bytes for a number, as in 32-bit floats"),
    (471.86, "the queries kept as well: 9 + 3 + 3 heads"),
    (6.29, "one layer"),
    (62.91, "one head of keys and values in each layer"),
    (184.32, "8,000 tokens"),
    (2.95, "the 64 numbers of a head forgotten"),
    (1509.95, "in megabits"),
    (188743680, "in bytes"),
    (0.189, "in gigabytes"),
    (0.023, "one token only"),
    (1698.69, "576 numbers for each of the 3 heads"),
    (188, "cut to whole megabytes: off by 0.74"),
    (190, "rounded to tens"),
]
