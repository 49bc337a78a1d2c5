import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

# All six pairs get the same weight: the bag, whose answer is one of the six colours on the table.
RIGHT = [
    1 / 6,
    0.1667,
    0.17,
    0.162,
    0.166,
    0.16,
    0.15,
    0.18,
    0.1675,
    Fraction(1, 6),
    Fraction(120, 720),
    Decimal("0.167"),
    np.float64(1) / 6,
    torch.full((2000,), 1 / 6).mean(),
    torch.tensor([0.162]),
    math.factorial(5) / math.factorial(6),
    324 / 2000,
]

WRONG = [
    (0.1, "a guess among all 10 colours of the world"),
    (0.05, "a guess among the 20 names"),
    (0.0, "an infinite temperature leaves nothing of the scores, so no answer is right"),
    (1.0, "as sharp as at 0.1: the model is always right"),
    (0.5, "right or wrong, half and half"),
    (16.7, "in percent"),
    (6, "the number of pairs, not the share"),
    (0.2165, "read at temperature 100, not warm enough"),
    (0.338, "read at temperature 30"),
    (0.8, "read at temperature 10"),
    (0.31, "the largest weight at temperature 10, the wrong column"),
    (0.2, "1/5: the asked person's own pair is left out"),
    (0.6, "6/10: the asked colour is one of the six on the table"),
    (0.3, "6/20: the asked name is one of the six"),
    (1 / 36, "name and colour both guessed among six"),
    (1 / 720, "one of 6! ways to hand out the cups"),
    (1 / 120, "one of the 120 ways in which the person holds this colour"),
    (120, "the ways in which one answer is right, of 720"),
    (1 / 32, "one of 32 dimensions"),
    (0.98, "the largest weight at temperature 1"),
    (0.125, "1/8: the eight scenes of the drawing"),
    (5 / 6, "how often the answer is wrong"),
    (324, "how many of 2,000 are right, not the share"),
    (1 / 3, "the asked pair and its neighbours, two of six"),
    (0.25, "one of four, as with the directions of the wind"),
    (0.01, "1/100: the share falls like one over the temperature"),
    (1 / 200, "one of 20 names times 10 colours"),
    (math.log(6), "the entropy of six equal weights, in nats"),
    (0.4, "4/10: the colours that are not on the table"),
    (10, "a guess among 10 colours, in percent"),
]
