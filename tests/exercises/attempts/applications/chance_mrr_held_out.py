from fractions import Fraction

import numpy as np

RIGHT = [
    0.521,
    0.5208333,
    Fraction(100, 192),
    np.average([1, 0.5, 1 / 3, 0.25]),
    (1.0 + 0.5 + 0.3333 + 0.25) / 4,
    1 / 4 * (1 / 1 + 1 / 2 + 1 / 3 + 1 / 4),
]

WRONG = [
    (0.25, "one in four"),
    (0.4, "reciprocal of the expected rank"),
    (2.08, "the sum, not the mean"),
    (0.5, "it is right half of the time"),
    (2.5, "the expected rank"),
    (1.92, "4 / (1 + 1/2 + 1/3 + 1/4)"),
    (0.361, "starts at rank 2"),
    (0.321, "rank + 1"),
    (0.694, "divided by the three wrong documents"),
    (0.611, "up to rank 3"),
    (0.457, "up to rank 5"),
    (52.08, "in percent"),
]
