"""Answers to training_bytes, from the text above it alone: the draft states no question, so GB and 16 bytes a parameter are assumed."""

import math
from fractions import Fraction

import numpy as np

RIGHT = [
    112,
    112.0,
    7 * 16,
    7e9 * 16 / 1e9,
    7 * 10**9 * 16 / 10**9,
    7 * (2 + 2 + 4 + 4 + 4),
    7 * 2 + 7 * 2 + 7 * 8 + 7 * 4,
    sum([2, 2, 4, 4, 4]) * 7,
    14 + 14 + 28 + 28 + 28,
    14 + 14 + 56 + 28,
    14 * 8,
    80 * 7 / 5,
    Fraction(112),
    Fraction(7 * 16 * 10**9, 10**9),
    np.int64(112),
    np.float64(112.0),
    np.float32(112),
    np.prod([7, 16]),
    np.array([2, 2, 4, 4, 4]).sum() * 7,
    math.prod([7, 16]),
    7_000_000_000 * 16 * 1e-9,
    1.12e2,
    np.dot([2, 2, 8, 4], [7, 7, 7, 7]),
    sum(7 * size for size in (2, 2, 4, 4, 4)),
]

WRONG = [
    (14, "the weights in 16 bits alone: to use the model"),
    (28, "weights and gradients; or the weights in 32 bits alone"),
    (56, "AdamW's averages alone; or weights, gradients and one average"),
    (70, "weights and AdamW's averages alone: 10 bytes"),
    (84, "without the weights in 32 bits: 12 bytes"),
    (98, "without the gradients: 14 bytes; or without the copy in 16 bits"),
    (126, "the gradients in 32 bits: 18 bytes"),
    (140, "gradients in 16 and in 32 bits, like the weights: 20 bytes"),
    (42, "the weights in 16 and in 32 bits alone: 6 bytes"),
    (16, "the bytes of one parameter"),
    (112e9, "in bytes"),
    (112000, "in megabytes"),
    (0.112, "in terabytes"),
    (896, "in gigabits"),
    (104.308, "in units of 2**30 bytes"),
    (1.4, "the GPUs of 80 GB that it fills"),
    (2, "the GPUs that it needs"),
    (5, "the billions of parameters that one GPU can train"),
    (35, "the number of GPUs that GPT-3 needs; or 5 bytes for each"),
    (1120, "ten times too much"),
    (128, "8 billion parameters"),
    (96, "6 billion parameters"),
    (0.4375, "7 divided by 16"),
    (168, "averages for both copies of the weights: 24 bytes"),
    (8.0, "the factor over using the model"),
]
