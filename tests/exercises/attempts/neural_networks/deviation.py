import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch


def right_textbook(n_from, slope):
    """The formula as in a book."""
    return math.sqrt(2 / ((1 + slope**2) * n_from))


def right_numpy(n_from, slope):
    """NumPy user."""
    return float(np.sqrt(2.0 / (n_from * (1 + np.square(slope)))))


def right_numpy_scalar(n_from, slope):
    """NumPy user who leaves the NumPy scalar."""
    return np.sqrt(2.0 / n_from) / np.sqrt(1.0 + slope * slope)


def right_mean_of_halves(n_from, slope):
    """Thinks aloud: half of the signal passes, half is scaled."""
    kept = 0.5 * 1.0 + 0.5 * slope**2
    variance = 1 / (n_from * kept)
    return variance**0.5


def right_torch_gain(n_from, slope):
    """PyTorch's own gain."""
    return torch.nn.init.calculate_gain("leaky_relu", float(slope)) / math.sqrt(n_from)


def right_power(n_from, slope):
    """One power of minus a half."""
    return (n_from * (1 + slope * slope) / 2) ** -0.5


def right_hypot(n_from, slope):
    """Geometer: hypot(1, slope)."""
    return math.sqrt(2) / (math.hypot(1, slope) * math.sqrt(n_from))


def right_torch_tensor(n_from, slope):
    """PyTorch in double precision, given back as a float."""
    s = torch.tensor(float(slope), dtype=torch.float64)
    return torch.rsqrt((1 + s**2) * n_from / 2).item()


def right_exp_log(n_from, slope):
    """Takes logarithms."""
    return math.exp(0.5 * (math.log(2) - math.log(n_from) - math.log1p(slope * slope)))


def right_correct_he(n_from, slope):
    """Starts from He's value and corrects it."""
    he = math.sqrt(2 / n_from)
    correction = 1 / math.sqrt(1 + slope**2)
    return he * correction


def right_loop_sum(n_from, slope):
    """Beginner: adds the contributions of the two signs in a loop."""
    share = 0
    for factor in [1, slope]:
        share = share + factor * factor / 2
    return 1 / math.sqrt(n_from * share)


def right_lambda(n_from, slope):
    """Fond of small functions."""
    square = lambda x: x * x
    root = lambda x: x**0.5
    return root(2 / n_from / (1 + square(slope)))


def right_fraction(n_from, slope):
    """Exact fraction before the root."""
    s = Fraction(float(slope))
    variance = Fraction(2) / (int(n_from) * (1 + s * s))
    return math.sqrt(variance)


def right_decimal(n_from, slope):
    """Decimal arithmetic."""
    s = Decimal(float(slope))
    variance = Decimal(2) / (Decimal(int(n_from)) * (1 + s * s))
    return float(variance.sqrt())


def right_early_return(n_from, slope):
    """Treats the two known cases apart."""
    if slope == 0:
        return math.sqrt(2 / n_from)
    if slope == 1:
        return math.sqrt(1 / n_from)
    return math.sqrt(2 / (n_from + n_from * slope**2))


def right_newton(n_from, slope):
    """Newton's method for the root, clumsy."""
    target = 2 / ((1 + slope**2) * n_from)
    x = max(target, 1.0)
    while True:
        new = 0.5 * (x + target / x)
        if new >= x:
            return float(x)
        x = new


def right_mean_array(n_from, slope):
    """Mean square of the two slopes as an array."""
    passed = np.mean(np.array([1.0, slope]) ** 2)
    return float(1 / np.sqrt(n_from * passed))


def right_norm(n_from, slope):
    """Norm of the pair (1, slope)."""
    return float(np.sqrt(2 / n_from) / np.linalg.norm([1.0, slope]))


def wrong_variance(n_from, slope):
    """Gives the variance, not the deviation."""
    return 2 / ((1 + slope**2) * n_from)


def wrong_plain_he(n_from, slope):
    """The ReLU's value, the slope not used."""
    return math.sqrt(2 / n_from)


def wrong_slope_not_squared(n_from, slope):
    """1 + slope for 1 + slope squared."""
    return np.sqrt(2 / ((1 + slope) * n_from))


def wrong_minus(n_from, slope):
    """1 - slope squared."""
    return float(np.sqrt(2 / (abs(1 - slope**2) * n_from))) if abs(slope) != 1 else 0.0


def wrong_gain_on_top(n_from, slope):
    """The factor multiplied in instead of divided."""
    return math.sqrt(2 * (1 + slope**2) / n_from)


def wrong_xavier(n_from, slope):
    """1 / sqrt(n), as for no activation, the loss of half forgotten."""
    return 1 / math.sqrt(n_from)


def wrong_one_half(n_from, slope):
    """1 / ((1 + slope^2) n): forgets that each sign comes half the time."""
    return (1 / ((1 + slope**2) * n_from)) ** 0.5


def wrong_half_only_once(n_from, slope):
    """1/2 + slope^2: the half only in the positive part."""
    kept = 0.5 + slope**2
    return 1 / math.sqrt(n_from * kept)


def wrong_precedence(n_from, slope):
    """Brackets missing: 1 + slope^2 * n for (1 + slope^2) * n."""
    return np.sqrt(2 / (1 + slope**2 * n_from))


def wrong_root_of_n_forgotten(n_from, slope):
    """Root of the gain only, divided by n itself."""
    return math.sqrt(2 / (1 + slope**2)) / n_from


def wrong_uniform_bound(n_from, slope):
    """The bound of the uniform distribution (root of 6), not the deviation."""
    return math.sqrt(6 / ((1 + slope**2) * n_from))


def wrong_mean_not_square(n_from, slope):
    """Squares the mean slope instead of taking the mean of the squares."""
    mean = (1 + slope) / 2
    return 1 / math.sqrt(n_from * mean**2)


def wrong_bias_counted(n_from, slope):
    """n + 1 inputs because of the bias."""
    return math.sqrt(2 / ((1 + slope**2) * (n_from + 1)))


def wrong_torch_default_slope(n_from, slope):
    """PyTorch's gain with its default slope of 0.01."""
    return torch.nn.init.calculate_gain("leaky_relu") / math.sqrt(n_from)


def wrong_gain_squared(n_from, slope):
    """The root forgotten for the gain."""
    gain = 2 / (1 + slope**2)
    return gain / math.sqrt(n_from)


def wrong_inverse(n_from, slope):
    """Upside down: the factor by which the signal would grow."""
    return math.sqrt(n_from * (1 + slope**2) / 2)


def wrong_rounded(n_from, slope):
    """Rounds to two places."""
    return round(math.sqrt(2 / ((1 + slope**2) * n_from)), 2)


def wrong_integer_division(n_from, slope):
    """Keeps half of the units with //, at least one, and adds the leak with //."""
    active = n_from // 2
    leaky = n_from - active
    return 1 / math.sqrt(active + slope**2 * leaky) if active else 1.0
