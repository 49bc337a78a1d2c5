import math
from fractions import Fraction

import numpy as np

RIGHT = [
    2,
    2.0,
    Fraction(6, 3),
    math.log2(64) / 3,
    math.log(64) / math.log(2) / 3,
    np.float64(np.log2(64 ** (1 / 3))),
]

WRONG = [
    (6, "log2(64) = 6 bits per token; forgot to divide by the 3 characters"),
    (18, "6 bits per token times 3 characters instead of divided"),
    (64 / 3, "perplexity divided by the characters, no logarithm"),
    (math.log(64) / 3, "natural logarithm: nats per character"),
    (math.log(64), "natural logarithm, and not divided by 3"),
    (math.log10(64) / 3, "logarithm to base 10, divided by 3"),
    (math.log2(64 / 3), "divides first, then takes the logarithm"),
    (4, "third root of 64: the perplexity per character, not the bits"),
    (64, "takes the perplexity itself for the bits"),
    (192, "64 times 3: perplexity times characters"),
    (0.5, "fraction upside down: 3 characters / 6 bits"),
    (-2, "minus sign of -log2 p left in: log2(1/64)/3"),
    (8 / 3, "square root of 64 = 8 bits, divided by 3 (or 8 bits of a byte over 3)"),
    (math.log2(64 * 3), "adds the logarithms: log2(64 * 3)"),
    (3, "log2(64) - 3: subtracts the characters instead of dividing"),
    (7 / 3, "64 has 7 binary digits (bit_length), 7/3"),
    (math.log(64) / math.log(3), "logarithm of 64 to base 3, because of 3 characters"),
    (64 / math.log(2) / 3, "takes 64 for the loss in nats: 64 / ln 2 / 3"),
]
