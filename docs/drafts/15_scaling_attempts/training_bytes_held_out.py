"""Held-out answers to training_bytes, by another hand; GB and 16 bytes a parameter are assumed, for the draft states no question."""

from fractions import Fraction

import numpy as np

RIGHT = [
    112,
    16 * 7.0,
    (2 + 2 + 4 + 4 + 4) * 7e9 / 1e9,
    np.float64(7e9) * 16 / 10**9,
    Fraction(16 * 7),
    14 + 98,
    int(7e9) * 16 // 10**9,
]

WRONG = [
    (14, "what it weighs in use"),
    (28, "4 bytes for each, as if the averages cost nothing"),
    (84, "the main copy of the weights was forgotten"),
    (56, "8 bytes: the averages in 16 bits, and no copy in 32 bits"),
    (98, "the gradients were forgotten"),
    (126, "gradients of 32 bits"),
    (104.3, "divided by 1024 three times"),
    (112_000_000_000, "bytes in place of GB"),
    (224, "everything in 64 bits: weights, gradients and two averages of 8 bytes each"),
    (42, "2 + 4 bytes: gradients and averages do not count as weighing"),
    (0.112, "in TB"),
]
