"""More answers to receptive_field, of another hand, written from the task's text alone."""

from fractions import Fraction

import numpy as np


def _from_above(strides, kernel=3):
    seen = 1
    for stride in reversed(strides):
        seen = (seen - 1) * stride + kernel
    return seen


def _touched():
    """Follows one number of the last layer down: the set of pixels on an axis."""
    places = {0}
    for stride in (1, 2, 1, 2, 1):
        places = {place * stride + offset for place in places for offset in (0, 1, 2)}
    return len(places)


RIGHT = [
    21,
    _from_above([1, 2, 1, 2, 1]),
    _touched(),
    np.float64(21.0),
    Fraction(21),
    5 * 4 + 1,
    np.array([3, 2, 4, 4, 8]).sum(),
]

WRONG = [
    (11, "every stride taken for 1"),
    (_from_above([2, 1, 2, 1, 2]), "the strides belong to the first, third and fifth layer"),
    (_from_above([1, 1, 2, 1, 2]), "layers counted from 0, so that the third and the fifth have the stride: 15"),
    (_from_above([2, 1, 2, 1, 1]), "the first and the third layer have the stride"),
    (_from_above([2, 2, 2, 2, 2]), "all layers have the stride: 63"),
    (_from_above([1, 2, 1, 1, 1]), "only the second layer has it"),
    (_from_above([1, 1, 1, 2, 1]), "only the fourth layer has it"),
    (_from_above([1, 2, 1, 2]), "four layers"),
    (_from_above([1, 2, 1, 2, 1, 1]), "six layers"),
    (_from_above([1, 3, 1, 3, 1]), "as if the stride were 3"),
    (20, "the middle pixel forgotten"),
    (10, "the added numbers without their factor 2, or half of them"),
    (3.0, "only what it sees in the layer below"),
    (9.0, "only the 3 by 3 of its own filter"),
]
