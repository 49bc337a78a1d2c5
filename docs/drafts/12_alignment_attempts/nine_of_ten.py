"""Answers to nine_of_ten, written from the task's text alone."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch
from scipy.optimize import brentq
from scipy.special import logit

RIGHT = [
    2.2,
    2.197,
    2.20,
    2.19,
    2.1972,
    2.1972245773362196,
    math.log(9),
    math.log(0.9 / 0.1),
    math.log(0.9) - math.log(0.1),
    -math.log(1 / 0.9 - 1),
    -math.log(1 / 9),
    2 * math.log(3),
    math.log1p(8),
    2 * math.atanh(0.8),
    np.log(9),
    -np.log(10 / 9 - 1),
    np.log(0.9 / (1 - 0.9)),
    np.float32(2.1972),
    torch.logit(torch.tensor(0.9)),
    torch.tensor(9.0).log(),
    torch.log(torch.tensor(0.9) / 0.1).item(),
    logit(0.9),
    brentq(lambda difference: 1 / (1 + math.exp(-difference)) - 0.9, 0, 10),
    min((d / 1000 for d in range(5000)), key=lambda d: abs(1 / (1 + math.exp(-d)) - 0.9)),
    round(math.log(9), 2),
    math.log10(9) / math.log10(math.e),
    math.log2(9) * math.log(2),
    Fraction(11, 5),
    Fraction(2197, 1000),
    np.arange(0, 5, 0.001)[np.argmin(np.abs(1 / (1 + np.exp(-np.arange(0, 5, 0.001))) - 0.9))],
    float(Decimal(9).ln()),
    2.205,
]

WRONG = [
    (0.9, "the share itself"),
    (9, "the odds, without their logarithm"),
    (-2.1972, "the other way round: how much b is ahead"),
    (2.3026, "ln 10: one in ten taken for odds of 1 to 10"),
    (-0.1054, "ln 0.9: the logarithm of the probability, not of the odds"),
    (0.1054, "-ln 0.9, the loss of the bet"),
    (-2.3026, "ln 0.1"),
    (0.7109, "sigmoid(0.9): the sigmoid where its inverse is due"),
    (0.8, "the difference of the shares, 0.9 - 0.1"),
    (8, "nine less one"),
    (0.9542, "log10 of 9"),
    (3.1699, "log2 of 9"),
    (1.1, "the difference of the example in the text"),
    (1.2816, "the inverse of the normal distribution, not of the sigmoid"),
    (0.9999, "sigmoid(9)"),
    (0.1111, "the odds turned over"),
    (4.3944, "twice the difference"),
    (1.0986, "half of it: ln 3"),
    (0.75, "the probability of the example"),
    (2.4596, "e^0.9"),
    (2.0, "rounded to a whole number"),
    (2.22, "rounded on the way, beyond 0.01"),
    (1.4722, "tanh for the sigmoid: atanh(0.9)"),
    (0.09, "the derivative of the sigmoid, 0.9 * 0.1"),
    (10, "ten raters"),
    (0.1, "the share of those who prefer b"),
    (2.18, "read off a curve, beyond 0.01"),
    (2.0794, "ln 8: those who are more, nine less one"),
    (90, "percent"),
    (0, "rewards have no zero, so no number is given"),
]
