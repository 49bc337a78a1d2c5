from decimal import Decimal
from fractions import Fraction

import numpy as np

RIGHT = [2 / (8 + 2), Fraction(1, 5), 1 / np.mean([8, 2]), Decimal("0.2"), np.float32(0.2), np.array([0.2])]

WRONG = [
    (0.125, "1/8: lands in the bottom of the steepest axis in one step, the flat axis ignored"),
    (0.25, "2/8: the limit of stability, taken for the fastest rate"),
    (0.5, "1/2: the best rate of the flattest axis alone; the steep one explodes"),
    (1.0, "2/2: the limit of stability of the flattest axis"),
    (0.1, "1/(8 + 2): the 2 above the line forgotten"),
    (4.0, "8/2: the ratio of the curvatures (condition number)"),
    (0.6, "(8 - 2)/(8 + 2): the factor by which the error shrinks at the best rate, not the rate"),
    (5.0, "the mean curvature, its inverse not taken"),
    (1 / 3, "2/(8 - 2): minus for plus"),
    (1 / 6, "1/(8 - 2): minus for plus, and 1 above the line"),
    (0.0625, "1/(2 * 8): takes the loss as 8 x^2, so that the slope is 16 x, and looks at the steep axis only"),
    (0.3125, "the mean of 1/8 and 1/2"),
    (0.24, "'as large as possible, just below 2/8'"),
    (0.8, "8/(8 + 2): the share of the steepest axis"),
    (0.01, "the usual default of a learning rate"),
    (0.1875, "the mean of 1/8 and 2/8, 'in the middle of the safe range'"),
    (0.05, "1/(2 * (8 + 2)): a half too many"),
    (4 / (8 ** 0.5 + 2 ** 0.5) ** 2, "the best rate with momentum, 4/(sqrt 8 + sqrt 2)^2"),
]
