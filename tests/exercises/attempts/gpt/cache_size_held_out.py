from fractions import Fraction

import numpy as np

RIGHT = [
    37.75,
    37.7,
    2 * 12 * 768 * 1024 * 2 / 1e6,
    Fraction(2 * 12 * 12 * 64 * 1024 * 2, 10**6),
    np.float64(37.748736),
    38,
]

WRONG = [
    (18.87, "only the keys, or one byte for a number"),
    (36.0, "divided by 1024 squared instead of 10**6"),
    (452.98, "times the 12 heads once more"),
    (3.15, "one layer only, or one head of each layer"),
    (75.5, "4 bytes for a number"),
    (56.62, "query, key and value"),
    (9.44, "keys only, and one byte for a number"),
    (37748736, "in bytes"),
    (37748.7, "in kilobytes"),
    (0.0377, "in gigabytes"),
    (36.86, "1,000 tokens instead of 1,024"),
    (301.99, "in megabits"),
    (0.037, "the cache of a single token: tokens forgotten"),
]
