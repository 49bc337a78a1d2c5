"""Answers to slow_clocks, written from the task's text alone."""

import math
from fractions import Fraction

import numpy as np
import torch

_thetas = [100_000 ** (-2 * i / 64) for i in range(32)]

RIGHT = [
    12,
    12.0,
    sum(2 * math.pi / theta > 8192 for theta in _thetas),
    len([i for i in range(32) if 8192 * _thetas[i] < 2 * math.pi]),
    int(np.sum(100_000.0 ** (-np.arange(0, 64, 2) / 64) * 8192 < 2 * np.pi)),
    np.count_nonzero(2 * np.pi * 100_000.0 ** (np.arange(32) / 32) > 8192),
    (8192 * torch.logspace(0, -31 / 32, 32, base=100_000.0) < 2 * math.pi).sum(),
    32 - math.ceil(32 * math.log(8192 / (2 * math.pi)) / math.log(100_000)),
    31 - math.floor(32 * math.log(8192 / (2 * math.pi), 100_000)),
    len(range(20, 32)),
    32 - 20,
    Fraction(12),
    Fraction(36, 3),
    np.int64(12),
    np.float64(12.0),
    np.float32(12),
    torch.tensor(12),
    2 * 6,
    [2 * math.pi * 1e5 ** (i / 32) > 8192 for i in range(32)].count(True),
    np.searchsorted(100_000.0 ** (-np.arange(31, -1, -1) / 32), 2 * np.pi / 8192),
    Fraction(24, 2),
    max(k for k in range(1, 33) if 100_000 ** ((32 - k) / 32) * 2 * math.pi > 8192),
]

WRONG = [
    (20, "those that did turn, not those that did not"),
    (13, "pairs counted from 1 to 32, so that all turn more slowly; or both ends of the range"),
    (11, "31 - 20: one end of the range was lost"),
    (24, "numbers, not pairs"),
    (6, "without 2 pi: those that did not turn by 1 radian"),
    (7, "the base of the paper, 10,000"),
    (10, "half a turn, pi, for a whole one"),
    (22, "2i / 32: the number of pairs for the number of numbers"),
    (0, "i / 64 for 2i / 64, by which all turn fast enough"),
    (23, "360 for 2 pi"),
    (32, "none ever went round"),
    (19, "the last pair that went round, from 0"),
    (21, "the first pair that did not, counted from 1"),
    (0.375, "as a share of the pairs"),
    (37.5, "in percent"),
    (19.937, "where the limit lies"),
    (64, "all the numbers of a head"),
    (31, "all but the first"),
    (1303.8, "the turn's length divided out and not compared: 8,192 / 2 pi"),
    (14, "counted off by one at both ends"),
    (15, "trained on 2,048 tokens"),
    (1, "the slowest pair alone"),
    (4, "base 10,000 and half a turn"),
    (16, "half of the pairs, guessed"),
    (26, "the number of the first pair past 1 radian, as an answer"),
    (0.38, "the share of 32"),
    (8, "a quarter of the pairs, guessed"),
    (8378.8, "the length of the first turn that is too long"),
]
