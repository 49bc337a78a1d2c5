from fractions import Fraction

import numpy as np

RIGHT = [
    28 / 60,
    Fraction(7, 15),
    0.47,
    np.float64(1 - (4 + 6 + 7 + 15) / (4 * 15)),
]

WRONG = [
    (32 / 60, "the share of real tokens instead of padding"),
    (28 / 32, "padding divided by the real tokens"),
    (28, "the number of padding places, no share"),
    (46.67, "per cent instead of a share"),
    (36 / 60, "[CLS] and [SEP] counted as filling: 24 of 60 are real"),
    (28 / 68, "special tokens added once more: rectangle 4 x 17, sentences two longer each"),
    (28 / 52, "two special tokens taken off each sentence: rectangle 4 x 13, 24 real"),
    (28 / 45, "the longest sentence left out, as it has no padding: 28 of 3 x 15"),
    (1 - 6.5 / 15, "from the median length 6.5 instead of the mean"),
    (32 / 64, "padded to 16, the next power of two"),
    (11 / 60, "only the padding of the shortest sentence (or the gaps from each sentence to the next)"),
    (17 / 60, "the tokens of the three shorter sentences taken for the padding"),
]
