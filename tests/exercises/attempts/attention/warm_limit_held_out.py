import math
from fractions import Fraction

import numpy as np

# The last is one over the root of d = 32: a wrong thought, but as close to 1/6 as the task asks for.
RIGHT = [0.167, 1 / 6, Fraction(2, 12), np.float32(0.165), 0.171, 0.1625, 1 / math.sqrt(32)]

WRONG = [
    (0.1, "one of ten colours"),
    (1.0, "it stays at 100 %, as the order of the weights does not change"),
    (0.0, "with equal weights the model does not know anything"),
    (0.05, "one of twenty names"),
    (16.2, "the printed share, typed as a percentage"),
    (0.22, "stopped at temperature 100"),
    (0.5, "a coin"),
    (0.2, "one of the five others"),
    (0.6, "six of the ten colours are on the table"),
]
