from fractions import Fraction

import numpy as np

RIGHT = [
    1.07,
    1.06,
    1.068,
    Fraction(107, 100),
    np.float64(1.0681287578),
]

WRONG = [
    (1.46, "entropy of 1 nat: natural logarithm"),
    (0.94, "multiplied the logits by the temperature instead of dividing"),
    (2.34, "the likeliest token has the probability 1/2"),
    (1.0, "took the plain softmax, no search"),
    (0.9, "the entropy at the temperature 1, in bits"),
    (0.63, "the entropy at the temperature 1, in nats"),
    (2.62, "entropy of 2 bits"),
    (0.74, "entropy of half a bit"),
    (0.86, "ln 2 = 0.69 in bits: mixed up the units"),
    (0.5, "the probability of a coin's side"),
    (2.0, "the number of a coin's sides"),
    (1.19, "half of the greatest possible entropy, log2(5) / 2"),
    (107, "in percent"),
]
