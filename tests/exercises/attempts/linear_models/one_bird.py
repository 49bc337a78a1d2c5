import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

# p = 1 / (1 + e^(-ln 3)) = 3/4. The slope in the logit is p - y = -1/4, and the weight moves the logit by x = 2.
RIGHT = [
    -0.5,
    -1 / 2,
    2 * (0.75 - 1),
    Fraction(-1, 2),
    Decimal("-0.5"),
    np.float64(-0.5),
    2 * (1 / (1 + math.exp(-math.log(3))) - 1),
    -2 * math.exp(-math.log(3)) / (1 + math.exp(-math.log(3))),
    (torch.sigmoid(torch.tensor(3.0).log()) - 1) * 2,
    np.array([2 * (3 / 4 - 1)]),
    -0.4999,
    -0.501,
    -2 / (1 + 3),
    (math.log1p(math.exp(-(math.log(3) + 2e-6))) - math.log1p(math.exp(-math.log(3)))) / 1e-6,
    np.float32(-0.5),
]

WRONG = [
    (0.5, "truth minus prediction: (y - p) x"),
    (-0.25, "the derivative in the logit, p - y; the feature forgotten (it is the one in the bias)"),
    (0.25, "y - p: turned round, and the feature forgotten"),
    (1.5, "p x, as if the label were 0"),
    (0.75, "the probability p"),
    (-1.5, "-p x, or p taken as 1/4, sigma(-z), so (1/4 - 1) 2"),
    (math.log(4 / 3), "the price, -ln(3/4)"),
    (-math.log(4 / 3), "ln(3/4), the price with its sign lost"),
    (0.375, "the derivative of the probability in the weight, p (1 - p) x"),
    (0.1875, "the derivative of the probability in the logit, p (1 - p)"),
    (-0.1875, "squared loss on the probability: 2 (p - y) p (1 - p) x"),
    (-0.09375, "(p - y) p (1 - p) x: half a squared loss on the probability"),
    (2 * (math.log(3) - 1), "(z - y) x: the logit taken for the prediction"),
    (4 * (math.log(3) - 1), "2 (z - y) x: the squared loss of a line"),
    (-1.0, "2 (p - y) x: the factor 2 of the squared loss"),
    (-4 / 3, "-1/p: only the derivative of the logarithm (or p taken as 1/3)"),
    (-8 / 3, "-x/p: the derivative of the sigmoid left out"),
    (-0.125, "(p - y) / x: divided by the feature"),
    (4.0, "(3 - 1) 2: the odds taken for the probability"),
    (2 * (1 / (1 + math.exp(-3)) - 1), "the logit taken as 3"),
    (2 * (1 / (1 + 3 ** (-1 / math.log(10))) - 1), "ln 3 typed as log10 of 3"),
    (-0.2, "the logit multiplied by x again: p = sigma(2 ln 3) = 0.9, then (p - 1) 2"),
    (-0.1, "the logit multiplied by x again, p = 0.9, and the feature forgotten"),
    (2 * (1 / (1 + math.exp(-math.log(3) / 2)) - 1), "p from the weight, ln 3 / 2, in place of the logit"),
    (math.log(3) / 2, "the weight that gives this logit without a bias"),
    (math.log(3), "the logit"),
    (2 * math.log(3), "the feature times the logit"),
    (-0.75, "-p"),
    (0.0, "the bird is on the right side already, so nothing changes"),
    (-2.0, "-y x, the prediction forgotten"),
]
