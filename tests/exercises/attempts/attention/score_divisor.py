import functools
import math
import operator
import random
from decimal import Decimal

import numpy as np
import torch


# ---------------------------------------------------------------- right

def right_formula(dim: int, query_variance: float, key_variance: float) -> float:
    """The straight formula."""
    return math.sqrt(dim * query_variance * key_variance)


def right_power_half(dim, query_variance, key_variance):
    """Power one half instead of a root."""
    variance = dim * query_variance * key_variance
    return variance ** 0.5


def right_loop_sum(dim, query_variance, key_variance):
    """Beginner: adds the variance of one product dim times."""
    total = 0.0
    for i in range(dim):
        variance_of_product = query_variance * key_variance
        total = total + variance_of_product
    return math.sqrt(total)


def right_three_roots(dim, query_variance, key_variance):
    """Product of three roots."""
    return math.sqrt(dim) * math.sqrt(query_variance) * math.sqrt(key_variance)


def right_numpy_prod(dim, query_variance, key_variance):
    """NumPy: root of a product, returns a NumPy scalar."""
    return np.sqrt(np.prod(np.array([dim, query_variance, key_variance], dtype=float)))


def right_torch_double(dim, query_variance, key_variance):
    """torch in double precision."""
    numbers = torch.tensor([dim, query_variance, key_variance], dtype=torch.float64)
    return numbers.prod().sqrt().item()


def right_standard_deviations(dim, query_variance, key_variance):
    """Thinks in standard deviations."""
    query_std = query_variance ** 0.5
    key_std = key_variance ** 0.5
    std_of_one_product = query_std * key_std
    return std_of_one_product * dim ** 0.5


def right_hypot(dim, query_variance, key_variance):
    """Pythagoras: standard deviations of independent terms add like legs."""
    std = math.sqrt(query_variance * key_variance)
    return math.hypot(*[std] * dim)


def right_math_prod(dim, query_variance, key_variance):
    """math.prod over a tuple."""
    return math.sqrt(math.prod((dim, query_variance, key_variance)))


def right_reduce(dim, query_variance, key_variance):
    """Functional programmer."""
    return functools.reduce(operator.mul, map(math.sqrt, (dim, query_variance, key_variance)), 1.0)


def right_recursive_halves(dim, query_variance, key_variance):
    """Recursive: the variance of a sum is the sum of the variances of its halves."""
    def variance(n):
        if n == 0:
            return 0.0
        if n == 1:
            return query_variance * key_variance
        return variance(n // 2) + variance(n - n // 2)
    return math.sqrt(variance(dim))


def right_numpy_dot(dim, query_variance, key_variance):
    """Writes the variances of all entries down and multiplies them."""
    queries = np.full(dim, query_variance, dtype=float)
    keys = np.full(dim, key_variance, dtype=float)
    return float(np.sqrt(queries @ keys))


def right_newton(dim, query_variance, key_variance):
    """Newton's method in a while loop, zero handled first."""
    target = float(dim * query_variance * key_variance)
    if target == 0:
        return 0.0
    x = max(target, 1.0)
    while abs(x * x - target) > 1e-14 * target:
        x = 0.5 * (x + target / x)
    return x


def right_logs(dim, query_variance, key_variance):
    """Half the sum of the logarithms."""
    if dim == 0 or query_variance == 0 or key_variance == 0:
        return 0.0
    return math.exp(0.5 * (math.log(dim) + math.log(query_variance) + math.log(key_variance)))


def right_decimal(dim, query_variance, key_variance):
    """Exact decimals, rounded only at the end."""
    product = Decimal(int(dim)) * Decimal(float(query_variance)) * Decimal(float(key_variance))
    return float(product.sqrt())


def right_correction(dim, query_variance, key_variance):
    """The usual divisor times a correction."""
    divisor = math.sqrt(dim)
    if query_variance != 1 or key_variance != 1:
        divisor *= math.sqrt(query_variance * key_variance)
    return divisor


def right_defensive(dim, query_variance, key_variance):
    """Checks its input first."""
    if dim < 0:
        raise ValueError("dim must not be negative")
    if query_variance < 0 or key_variance < 0:
        raise ValueError("variances are never negative")
    return math.sqrt(float(dim) * float(query_variance) * float(key_variance))


def right_norm(dim, query_variance, key_variance):
    """Length of the vector of standard deviations."""
    return np.linalg.norm(np.full(dim, math.sqrt(query_variance * key_variance)))


# ---------------------------------------------------------------- wrong

def wrong_only_dim(dim: int, query_variance: float, key_variance: float) -> float:
    """Still the divisor for variance 1."""
    return math.sqrt(dim)


def wrong_no_root(dim, query_variance, key_variance):
    """Divides by the variance: root forgotten."""
    return float(dim * query_variance * key_variance)


def wrong_sum_of_variances(dim, query_variance, key_variance):
    """Adds the two variances as if the entries were added."""
    return math.sqrt(dim * (query_variance + key_variance))


def wrong_variances_as_std(dim, query_variance, key_variance):
    """Takes the variances for standard deviations."""
    return math.sqrt(dim) * query_variance * key_variance


def wrong_only_query(dim, query_variance, key_variance):
    """Key forgotten."""
    return math.sqrt(dim * query_variance)


def wrong_only_key(dim, query_variance, key_variance):
    """Query forgotten."""
    return (dim * key_variance) ** 0.5


def wrong_dim_outside_root(dim, query_variance, key_variance):
    """Standard deviations of the terms added up."""
    total = 0.0
    for _ in range(dim):
        total += math.sqrt(query_variance * key_variance)
    return total


def wrong_dim_forgotten(dim, query_variance, key_variance):
    """One product only; dim is not used."""
    return math.sqrt(query_variance * key_variance)


def wrong_mean_variance(dim, query_variance, key_variance):
    """Mean of the two variances (also lacks the second factor)."""
    return float(np.sqrt(dim * np.mean([query_variance, key_variance])))


def wrong_reciprocal(dim, query_variance, key_variance):
    """The factor to multiply by instead of the divisor."""
    return 1 / math.sqrt(dim * query_variance * key_variance)


def wrong_divides_variances(dim, query_variance, key_variance):
    """Wrong way round: corrects by dividing."""
    return math.sqrt(dim) / math.sqrt(query_variance * key_variance)


def wrong_root_of_one_only(dim, query_variance, key_variance):
    """Root of the query variance, but not of the key variance."""
    return math.sqrt(dim * query_variance) * key_variance


def wrong_larger_variance(dim, query_variance, key_variance):
    """Takes the larger variance only."""
    return math.sqrt(dim * max(query_variance, key_variance))


def wrong_ddof(dim, query_variance, key_variance):
    """dim - 1, as with sample variances."""
    return math.sqrt((dim - 1) * query_variance * key_variance)


def wrong_isqrt(dim, query_variance, key_variance):
    """Whole-number root."""
    return math.isqrt(int(dim * query_variance * key_variance))


def wrong_precedence(dim, query_variance, key_variance):
    """** 1 / 2 is a half, not a root."""
    return (dim * query_variance * key_variance) ** 1 / 2


def wrong_sum_of_std(dim, query_variance, key_variance):
    """Adds the standard deviations of query and key."""
    return math.sqrt(dim) * (math.sqrt(query_variance) + math.sqrt(key_variance))


def wrong_simulation(dim, query_variance, key_variance):
    """Measures it on 20 random pairs: only roughly right."""
    dots = []
    for _ in range(20):
        dot = 0.0
        for _ in range(dim):
            dot += random.gauss(0, query_variance ** 0.5) * random.gauss(0, key_variance ** 0.5)
        dots.append(dot)
    return float(np.std(dots))
