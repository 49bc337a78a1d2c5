import math
from fractions import Fraction

import numpy as np

RIGHT = [-0.5, -0.4995, Fraction(-2, 4), np.float64(3 / 4 - 1) * 2, -(1 - 0.75) * 2, -math.exp(math.log(1 / 2))]

WRONG = [
    (0.5, "the sign turned: 1 - 3/4, times 2"),
    (-0.25, "3/4 - 1, not multiplied by the feature"),
    (1.5, "3/4 times 2, label 1 not taken off"),
    (0.25, "the probability of the other label"),
    (0.288, "the bird's price, -ln 0.75"),
    (-1.0, "(p - y) times x squared"),
    (0.575, "twice the price, x times -ln p"),
    (0.375, "the slope of the sigmoid times x"),
    (-2 / 3, "p as 1/3 from 'odds of 3', and the feature left out"),
    (-0.05, "one step of gradient descent with the rate 0.1"),
]
