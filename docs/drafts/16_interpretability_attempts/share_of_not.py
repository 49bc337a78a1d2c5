"""Answers to share_of_not, written from the task's text alone."""

import itertools
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch


def _evidence(words):
    both = frozenset(words) & {"not", "bad"}
    return {frozenset(): 0, frozenset({"not"}): -1, frozenset({"bad"}): -2, frozenset({"not", "bad"}): 1}[both]


_ORDERS = list(itertools.permutations(["not", "bad", "film"]))
_brings = []
for _order in _ORDERS:
    _k = _order.index("not")
    _brings.append(_evidence(_order[: _k + 1]) - _evidence(_order[:_k]))

_weighed = 0
for _size in range(3):
    for _others in itertools.combinations(["bad", "film"], _size):
        _weight = Fraction(math.factorial(_size) * math.factorial(2 - _size), math.factorial(3))
        _weighed += _weight * (_evidence([*_others, "not"]) - _evidence(_others))

RIGHT = [
    1,
    1.0,
    sum(_brings) / 6,
    np.mean(_brings),
    torch.tensor(_brings).double().mean(),
    _weighed,
    float(_weighed),
    (-1 + 3) / 2,
    (-1 - 1 - 1 + 3 + 3 + 3) / 6,
    (2 * -1 + 1 * -1 + 1 * 3 + 2 * 3) / 6,
    1 / 3 * -1 + 1 / 6 * -1 + 1 / 6 * 3 + 1 / 3 * 3,
    ((-1 - 0) + (1 - -2)) / 2,
    Fraction(1),
    Fraction(6, 6),
    np.int64(1),
    np.float64(1.0),
    np.float32(1),
    torch.tensor(1.0),
    float(Decimal(2) / 2),
    1.00,
    1.005,
    0.9999999,
    1 - 0 - 0,  # all add up to 1, and bad and film get 0
    round(sum(_brings) / len(_brings), 2),
    np.dot([1 / 3, 1 / 6, 1 / 6, 1 / 3], [-1, 3, -1, 3]),
]

WRONG = [
    (-1, "the word alone; or the sign turned round; or -2 of bad read as 2"),
    (3, "left out of the whole sentence: 1 - (-2)"),
    (0, "the share of bad, or of film"),
    (2, "-1 + 3, not divided by the two orders"),
    (6, "added up over the six orders"),
    (0.3333, "divided by 6 orders, but each way of coming counted once; or 1 dealt out evenly"),
    (0.6667, "all four subsets weighed with 1/6; or -1 + 3 over three words"),
    (-0.3333, "the word alone, a third of it"),
    (0.5, "half of the evidence of not bad"),
    (4, "the four subsets without not, added up: -1 - 1 + 3 + 3"),
    (1.3333, "the four subsets added up and divided by three words"),
    (-0.5, "half of -1: the orders in which bad comes first forgotten"),
    (1.5, "half of 3: the orders in which not comes first bring nothing"),
    (-2, "the value of bad alone"),
    (1.6667, "four orders in which bad comes first, two in which not does: (4 * 3 - 2) / 6"),
    (-0.1667, "the word alone, in one order of six"),
    (0.1667, "divided by six once too often"),
    (7 / 3, "bad always comes before not in five of six orders"),
]
