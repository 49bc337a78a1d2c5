import math
from fractions import Fraction

import numpy as np

# Four projections (query, key, value, output): 4 n d^2. Scores n^2 d, mixing n^2 d. Equal at n = 2 d.
RIGHT = [
    768,
    768.0,
    2 * 384,
    Fraction(4 * 384**2, 2 * 384),
    np.int64(768),
    4 * 384**2 / (384 + 384),
]

WRONG = [
    (384, "one projection against one of the two rows: n d^2 = n^2 d, so n = d"),
    (576, "only query, key and value projected, output projection forgotten: 3 n d^2 = 2 n^2 d, so n = 1.5 d"),
    (1536, "four projections against the scores only, mixing forgotten: n = 4 d"),
    (1152, "three projections against the scores only: n = 3 d"),
    (192, "a single projection against scores and mixing: n = d / 2"),
    (769, "'overtakes' read as strictly more: the first number after equality"),
    (767, "the last number of tokens where the projections still take more"),
    (2304, "whole layer with the feed-forward network, 12 n d^2 = 2 n^2 d, so n = 6 d"),
    (3072, "multiplications and additions counted for the projections only, and the scores only: 8 n d^2 = n^2 d"),
    (64, "every one of the 12 heads counted with the full size: 12 * 2 n^2 d = 4 n d^2, so n = d / 6"),
    (9216, "only one head of size 32 counted: 2 n^2 * 32 = 4 n d^2"),
    (2 * 384**2, "size forgotten in the scores: 2 n^2 = 4 n d^2, so n = 2 d^2"),
    (384**2, "scores taken as n^2 and one projection as n d^2 on each side: n = d^2"),
    (math.sqrt(2 * 384), "n not cancelled: n^2 = 2 d, so n = sqrt(768) = 27.7"),
    (2, "2 n^2 d = 4 n d^2 divided by d too often: n = 2, the factor without d"),
    (1 / 768, "solved the wrong way round: 1 / (2 d)"),
    (512, "the largest number of tokens of the model, guessed as the limit"),
    (4 * 384**2, "operations of the projections per token, 4 d^2, given instead of the number of tokens"),
]
