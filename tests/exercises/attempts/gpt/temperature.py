"""Answers to temperature, written from the task's text alone."""

import math
from fractions import Fraction

import numpy as np

LOGITS = np.array([4.0, 2.0, 1.0, 0.0, -1.0])


def _bits(temperature):
    """The entropy in bits of the softmax of the logits at a temperature."""
    e = np.exp(LOGITS / temperature)
    probs = e / e.sum()
    return -(probs * np.log2(probs)).sum()


RIGHT = [
    1.07,
    1.068,
    1.0681,
    1.0681287587579378,
    1.06,
    1.05,
    1.08,
    1.09,
    Fraction(107, 100),
    Fraction(16, 15),
    np.float64(1.0681),
    np.float32(1.07),
    1 / 0.936,
    math.sqrt(1.14),
    min(np.arange(0.5, 3.0, 0.01), key=lambda t: abs(_bits(t) - 1)),
    np.interp(1.0, [_bits(1.0), _bits(1.1)], [1.0, 1.1]),
    1.04,
    1.075,
    1.0682,
    Fraction(15, 14),
    np.float64(1.06813),
    np.linspace(1.0, 1.2, 21)[7],
    np.exp(0.0659),
    1.0625 + 0.0056,
]

WRONG = [
    (1.46, "an entropy of 1 nat, not of 1 bit"),
    (0.936, "1 / T: the logits were multiplied"),
    (2.3365, "where the likeliest token has the probability 0.5"),
    (1.192, "half of the greatest possible entropy, log2(5) / 2"),
    (1.116, "the last logit was forgotten"),
    (0.960, "the minus of the last logit was forgotten"),
    (0.862, "the bits were multiplied with ln 2 where they were right already"),
    (1.1, "tried in steps of a tenth, and taken the nearest"),
    (1, "tried in whole steps, and taken the nearest"),
    (0.903, "the entropy in bits at temperature 1"),
    (0.802, "the probability of the likeliest token at the right temperature"),
    (0.679, "with logits in even steps 4, 3, 2, 1, 0"),
    (0.5, "the probability of heads"),
    (2, "the coin's number of sides"),
    (1.541, "the right temperature divided by ln 2"),
    (106.8, "in percent"),
    (0.74, "an entropy of half a bit"),
    (1.25, "a guess from the picture"),
    (1.141, "the square of the right temperature"),
    (1.033, "the square root of the right temperature"),
    (1.449, "where the squares of the probabilities add up to 0.5"),
    (0.626, "the entropy in nats at temperature 1"),
    (1.287, "only the three largest logits"),
    (1.181, "the logit 0 was left out, as if it did not count"),
    (1.32, "the logit 1 was overlooked"),
    (0, "the experiment was run at temperature 0, where the greedy choice is"),
    (-1.068, "the minus of the entropy was carried over to the temperature"),
    (0.066, "the logarithm of the temperature"),
    (0.068, "how much it is above 1"),
    (1000, "the base 10 was taken, in which 1 is never reached: the end of the search"),
]
