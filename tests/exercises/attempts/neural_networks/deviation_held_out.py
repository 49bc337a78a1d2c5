import math
from fractions import Fraction

import numpy as np
import torch


def right_formula_b(n_from, slope):
    """Short formula with math."""
    return math.sqrt(2 / ((1 + slope**2) * n_from))


def right_steps_b(n_from, slope):
    """Beginner: step by step in words."""
    share_above = 0.5
    share_below = 0.5
    kept = share_above * 1 + share_below * slope * slope
    variance = 1 / (n_from * kept)
    return variance**0.5


def right_gain_b(n_from, slope):
    """Torch user: the gain from torch.nn.init."""
    return torch.nn.init.calculate_gain("leaky_relu", float(slope)) / math.sqrt(n_from)


def right_signal_b(n_from, slope):
    """NumPy: pushes the two signals +1 and -1 through the activation and measures the mean square."""
    z = np.array([1.0, -1.0])
    a = np.where(z > 0, z, slope * z)
    return np.sqrt(np.mean(z**2) / (n_from * np.mean(a**2)))


def right_hypot_b(n_from, slope):
    """Other algebra: hypot and logarithms."""
    return math.exp(0.5 * (math.log(2) - math.log(n_from))) / math.hypot(1, slope)


def right_bisect_b(n_from, slope):
    """Searches the deviation by halving an interval, no formula solved."""
    low, high = 0.0, 2.0
    for _ in range(200):
        middle = (low + high) / 2
        after = n_from * middle * middle * (1 + slope * slope) / 2
        if after < 1:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def right_fraction_b(n_from, slope):
    """Exact fraction for the variance, root at the end."""
    s = Fraction(float(slope))
    variance = Fraction(2) / (Fraction(int(n_from)) * (1 + s * s))
    return math.sqrt(variance)


def wrong_he_b(n_from, slope):
    """Slip: He's formula for the plain ReLU, slope not used."""
    return np.sqrt(2 / n_from)


def wrong_slope_not_squared_b(n_from, slope):
    """Slip: slope not squared."""
    return math.sqrt(2 / ((1 + slope) * n_from))


def wrong_variance_b(n_from, slope):
    """Slip: the variance, root forgotten."""
    mean_square = (1 + slope**2) / 2
    return 1 / (n_from * mean_square)


def wrong_xavier_b(n_from, slope):
    """Slip: the activation does not count at all: 1 / sqrt(n)."""
    return 1 / math.sqrt(n_from)


def wrong_no_two_b(n_from, slope):
    """Slip: the halves forgotten, 1 in place of 2."""
    return float(np.sqrt(1.0 / (n_from * (1 + slope**2))))


def wrong_upside_down_b(n_from, slope):
    """Slip: multiplies with the kept share instead of dividing by it."""
    factor = 0.5 + 0.5 * slope**2
    return math.sqrt(factor / n_from)


def wrong_mean_slope_b(n_from, slope):
    """Slip: the square of the mean slope instead of the mean of the squares."""
    average_slope = (1 + slope) / 2
    return math.sqrt(1 / (n_from * average_slope**2))


def wrong_two_outside_b(n_from, slope):
    """Slip: the 2 stands outside the root."""
    return 2 / np.sqrt(n_from * (1 + slope**2))


def wrong_minus_b(n_from, slope):
    """Slip: the part below is subtracted, as its signal is negative (divides by zero at slope 1)."""
    above = 1 / 2
    below = -(slope**2) / 2
    kept = above + below
    return (1 / (n_from * kept)) ** 0.5


def wrong_default_gain_b(n_from, slope):
    """Slip: the library's gain with its default slope of 0.01."""
    gain = torch.nn.init.calculate_gain("leaky_relu")
    return gain / math.sqrt(n_from)


def wrong_one_half_b(n_from, slope):
    """Slip: only the part below is halved, the part above counts in full."""
    kept = 1 + slope**2 / 2
    return math.sqrt(1 / (kept * n_from))


def wrong_brackets_b(n_from, slope):
    """Slip: brackets missing, so that n_from multiplies only slope²."""
    return np.sqrt(2 / (1 + slope**2 * n_from))
