from fractions import Fraction

import numpy as np

RIGHT = [
    28 / 60,
    7 / 15,
    Fraction(7, 15),
    1 - (4 + 6 + 7 + 15) / (4 * 15),
    np.float64(28) / np.float64(60),
    sum(15 - n for n in [4, 6, 7, 15]) / (4 * max([4, 6, 7, 15])),
    0.467,
    0.47,
]

WRONG = [
    (32 / 60, "the share of real tokens, 1 - forgotten"),
    (28, "the number of filled places, not the share"),
    (100 * 28 / 60, "in per cent instead of between 0 and 1"),
    (28 / 32, "filled places divided by the real tokens"),
    (28 / 45, "only the three rows that are filled up are counted as places (3 * 15)"),
    (32 / 64, "padded to 16, the next power of two, so 32 of 64 places are filling"),
    (1 - 32 / (4 * 512), "padded to BERT's 512 instead of to the longest"),
    (28 / 68, "[CLS] and [SEP] added to each sentence: 40 real tokens of 4 * 17"),
    (32 / 28, "real tokens divided by the fillers"),
    (60 / 32, "rectangle divided by real tokens: by how much the work grows"),
    (11 / 60, "each filled only to the next longer one: (2 + 1 + 8) / 60"),
    (11 / 15, "only the shortest sentence: (15 - 4) / 15"),
    (7.0, "the mean number of fillers per sentence, not divided by the length 15"),
    (28 / 15, "the shares of the rows 11/15 + 9/15 + 8/15 added, not averaged"),
    (24 / 56, "longest taken as 14 because counting starts at 0, 56 places, 32 real"),
    (3 / 4, "three of four sentences contain padding"),
    (10 / 42, "two batches of two: (2 + 8) of (2 * 6 + 2 * 15) places"),
    (6.5 / 15, "the median length 6.5 divided by the longest"),
]
