from fractions import Fraction

import numpy as np

RIGHT = [1, 1.0, np.int32(1), Fraction(65, 65), sum(x != 0 for x in [0, 0, 0, -0.07]), np.float64(1)]

WRONG = [
    (0, "all gradients vanish"),
    (65, "1,000 steps are enough for all"),
    (17, "the last layer has 17 parameters and gets gradients straight from the loss"),
    (64, "the 64 that stay"),
    (16, "one for each hidden neuron"),
    (0.69, "read off the loss"),
    (2, "a bias of each layer"),
    (48, "the hidden layer moves, the output does not"),
    (32, "the weights of the hidden layer alone"),
    (100, "in percent: all of them"),
]
