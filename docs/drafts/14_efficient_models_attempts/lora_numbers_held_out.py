"""Other answers to lora_numbers, of a different hand, from the task's text alone."""

from fractions import Fraction

import numpy as np

RIGHT = [
    73728,
    6 * (2 * (8 * 384) + 2 * (384 * 8)),
    np.int32(73728),
    Fraction(24 * 3072, 1),
    73728.0,
    (384 * 8 + 8 * 384) * 2 * 6,
]

WRONG = [
    (2304, "one vector of 384 for each layer"),
    (18432, "one thin matrix of one map in each layer"),
    (49152, "8 maps in place of 12: the rank was taken for the number of maps"),
    (98304, "8 layers: the rank was taken for the number of layers"),
    (74496, "with 8 · 8 numbers between the thin matrices of each map"),
    (73824, "with a bias of 8 behind each down"),
    (1695744, "what is saved against the whole maps"),
    (0.041667, "the share of the whole maps"),
    (4.1667, "the share of the whole maps in percent"),
    (22700000, "the whole model"),
    (150000, "the numbers that an adapter copies, from the text"),
    (2359296, "in bits"),
    (-73728, "a minus too many"),
    (7372, "a digit lost"),
]
