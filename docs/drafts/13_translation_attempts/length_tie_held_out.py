"""Answers to length_tie of another hand, written from the task's text alone."""

import math
from fractions import Fraction

import numpy as np

RIGHT = [
    0.722466,
    0.72,
    math.log(1.65) / math.log(2),
    np.log(6.6 / 4.0) / np.log(8 / 4),
    Fraction(722, 1000),
    1 + math.log2(0.825),
]

WRONG = [
    (0.8, "rounded upwards to one digit"),
    (0.5008, "ln 1.65, and the 2 forgotten"),
    (0.2175, "with the key log of a pocket calculator"),
    (-0.7225, "the length multiplied, not divided"),
    (1.384, "both logarithms exchanged in the fraction"),
    (0.6061, "4 / 6.6"),
    (1.0, "at the mean of a token they were believed to be alike"),
    (0.2408, "ln 1.65 / ln 8"),
    (0.3612, "ln 1.65 / ln 4"),
    (0.9075, "ln 6.6 / ln 8"),
    (0.2775, "1 - alpha"),
    (-0.2775, "the log of the means' ratio: the power counted on from 1"),
    (1.7225, "the same, with 1 added"),
    (1.3618, "with (5 + length) / 6"),
]
