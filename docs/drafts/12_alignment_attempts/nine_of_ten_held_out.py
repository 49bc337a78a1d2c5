"""Held-out answers to nine_of_ten, as a dozen other learners would hand them in."""

import math

import numpy as np
import torch

RIGHT = [
    2.2,
    2.197,
    math.log(9),
    -math.log(1 / 0.9 - 1),
    np.log(0.9 / 0.1),
    torch.logit(torch.tensor(0.9, dtype=torch.float64)),
    np.log(9 / 10) - np.log(1 / 10),
    round(math.log(9 / 1), 3),
]

WRONG = [
    (9, "the odds"),
    (-0.105, "ln 0.9"),
    (0.711, "sigmoid(0.9)"),
    (-2.197, "the sign turned round"),
    (0.9, "the probability"),
    (2.303, "ln 10"),
    (0.954, "the logarithm to base 10"),
    (0.8, "0.9 - 0.1"),
    (0.105, "the loss"),
    (3.17, "the logarithm to base 2"),
    (1.1, "copied from the example"),
    (0.111, "one to nine"),
    (8, "nine votes less one"),
    (2, "a whole number, as it is about that"),
]
