"""Held-out answers to came_back, by another hand, written from the task's text alone."""

from fractions import Fraction

import numpy as np

RIGHT = [
    0.56,
    0.556,
    0.55,
    5 / 9,
    7.5 / 13.5,
    (1.5 + 6) / (7.5 + 6),
    (12.5 - 11 - 9 + 15) / (14 - 6.5 - 9 + 15),
    np.round(7.5 / 13.5, 2),
    Fraction(75, 135),
]

WRONG = [
    (0.2, "patched over France: 1.5 / 7.5"),
    (55.6, "in percent"),
    (56, "in percent, without decimals"),
    (0.7, "by Paris alone: 3.5 of 5"),
    (7.5, "in logits: from -6 to 1.5"),
    (1.5, "what is preferred now"),
    (0.44, "what has not come back"),
    (0.47, "by Rome alone: 4 of 8.5"),
    (-3, "minus 6 where minus minus 6 is due, above and below"),
    (1.0, "Paris is above Rome again, so everything"),
    (0.11, "1.5 of 13.5: counted from a preference of 0"),
    (1.8, "upside down"),
    (0.6, "to one digit"),
    (0.5, "about half"),
    (-0.25, "over the Italy run"),
]
