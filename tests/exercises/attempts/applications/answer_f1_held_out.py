from fractions import Fraction

import numpy as np

RIGHT = [
    0.4,
    0.40000000000000002,
    Fraction(4, 10),
    np.float64(2) / 5,
    2 / (1 + 4),
    2 * 0.25 / 1.25,
    np.reciprocal(np.mean([1.0, 4.0])),
]

WRONG = [
    (0.57, "articles counted: 4/7"),
    (0.25, "recall"),
    (1.0, "precision"),
    (0.0, "not equal, so nothing"),
    (0.63, "(1 + 1/4) / 2"),
    (0.2, "P R / (P + R)"),
    (0.5, "the root of P R; or one in two"),
    (0.33, "the article of the truth counted and that of the answer not"),
    (0.4 * 100, "40 for 40 %"),
    (2 / 3, "'in' and 'Germany' left out of the truth"),
    (0.45, "articles counted, mean of 1/2 and 2/5"),
    (5 / 2, "upside down"),
]
