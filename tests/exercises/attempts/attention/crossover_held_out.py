from fractions import Fraction

import numpy as np

# 4 * n * d * d (projections) = n * n * d (scores) + n * n * d (mixing)  ->  n = 2 d
RIGHT = [
    768,
    2 * 384.0,
    Fraction(4 * 384 ** 2, 2 * 384),
    np.int64(4 * 384 * 384 // (384 + 384)),
]

WRONG = [
    (384, "n = d: thinks the square overtakes as soon as there are as many tokens as numbers per token"),
    (1536, "only one of the last two rows against the first: n * n * d = 4 * n * d * d, n = 4 d"),
    (576, "only three projections (query, key, value), output forgotten: n = 3 d / 2"),
    (192, "a single projection against both rows: n = d / 2"),
    (769, "reads 'overtakes' as strictly more: one token later"),
    (1152, "three projections against the scores alone: n = 3 d"),
    (543, "forgets that the projections grow with n, too: 2 * n * n = 4 * d * d, n = sqrt(2) * d, rounded"),
    (64, "multiplies the last two rows by the 12 heads, with full d each: n = 2 * 384 / 12"),
    (9216, "head size 32 in the last two rows, without multiplying by the heads: n = 2 * 384 * 384 / 32"),
    (294912, "last two rows taken as n * n without d: 2 * n * n = 4 * n * d * d, n = 2 d * d"),
    (589824, "gives the operations of the projections per token, 4 * d * d, not a number of tokens"),
    (2304, "adds the feed-forward network (8 d * d) to the projections: 12 * n * d * d = 2 * n * n * d, n = 6 d"),
]
