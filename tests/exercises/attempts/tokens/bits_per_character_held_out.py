import math
from fractions import Fraction

import numpy as np

RIGHT = [
    2,
    math.log2(64) / 3,
    Fraction(6, 3),
    np.float64(np.log(64) / np.log(2) / 3),
]

WRONG = [
    (6.0, "log2(64): bits per token, not divided by the characters"),
    (math.log(64) / 3, "natural log instead of log2: nats per character, 1.386"),
    (64 / 3, "the perplexity itself divided by 3, no logarithm: 21.33"),
    (18.0, "log2(64) * 3: multiplied by the characters instead of divided"),
    (4.0, "64 ** (1/3): the perplexity per character, logarithm not taken"),
    (math.log2(64 / 3), "divides by 3 first and takes log2 then: 4.415"),
    (math.log(64), "natural log, and not divided by 3: 4.159"),
    (math.log10(64) / 3, "log10 instead of log2: 0.602"),
    (0.5, "3 / 6: characters per bit, the fraction upside down"),
    (math.log2(64 * 3), "log2 of 64 * 3: multiplies before the logarithm, 7.585"),
    (-2.0, "takes -log2(64)/3, as with the log of a probability: the minus sign is left over"),
    (64 / 8 / 3, "takes 64 for bits and makes bytes of them, then per character: 2.667"),
]
