from fractions import Fraction

import numpy as np

RIGHT = [
    np.float64(-3),
    Fraction(-3, 5) * 5,
    5 * 4 * -0.2 + 5 * 1 * 0.2,
    -(0.2 * 4 - 0.2) * 5,
]

WRONG = [
    (1.8, "the first input, with the sign turned"),
    (-17, "minus the probabilities: -(0.8 * 4 + 0.2 * 1) * 5"),
    (-2.4, "through the first logit only, and from the first input: -0.2 * 4 * 3"),
    (10.2, "P for P - Y and the first input: 3.4 * 3"),
    (4, "through the first logit only, with the sign turned"),
    (-0.8, "the way through the first logit, and stops there: -0.2 * 4"),
    (-0.2, "the first logit's gradient"),
    (-25, "minus 1 / p for the right class, softmax forgotten: -1 / 0.8 * 4 * 5"),
    (3.4, "P for P - Y, stops at the sum"),
    (-30, "a slip of the decimal point"),
]
