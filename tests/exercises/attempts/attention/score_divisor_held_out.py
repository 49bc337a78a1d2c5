import math
import statistics

import numpy as np
import torch


def right_formula_b(dim: int, query_variance: float, key_variance: float) -> float:
    """The formula in one line."""
    return math.sqrt(dim * query_variance * key_variance)


def right_three_roots_b(dim, query_variance, key_variance):
    """Product of three roots, thinking in standard deviations."""
    query_std = query_variance ** 0.5
    key_std = key_variance ** 0.5
    return math.sqrt(dim) * query_std * key_std


def right_loop_b(dim, query_variance, key_variance):
    """Beginner: adds up the variance of one product after the other."""
    variance = 0.0
    for i in range(dim):
        variance_of_product = query_variance * key_variance
        variance = variance + variance_of_product
    divisor = variance ** 0.5
    return divisor


def right_numpy_b(dim, query_variance, key_variance):
    """NumPy: length of a vector of standard deviations."""
    stds = np.full(dim, np.sqrt(query_variance * key_variance))
    return float(np.linalg.norm(stds))


def right_torch_b(dim, query_variance, key_variance):
    """torch in double precision, back to a float."""
    parts = torch.tensor([dim, query_variance, key_variance], dtype=torch.float64)
    return parts.sqrt().prod().item()


def right_logs_b(dim, query_variance, key_variance):
    """Different algebra: half of the sum of the logarithms."""
    return math.exp((math.log(dim) + math.log(query_variance) + math.log(key_variance)) / 2)


def right_comprehension_b(dim, query_variance, key_variance):
    """Comprehension and early return for the familiar case."""
    if query_variance == 1 and key_variance == 1:
        return math.sqrt(dim)
    return math.sqrt(math.fsum([query_variance * key_variance for _ in range(dim)]))


def wrong_sqrt_dim_b(dim, query_variance, key_variance):
    """Stays with sqrt(dim), as in the paper."""
    return math.sqrt(dim)


def wrong_no_root_b(dim, query_variance, key_variance):
    """Gives the variance of the dot product, root forgotten."""
    variance = 0
    for _ in range(dim):
        variance += query_variance * key_variance
    return variance


def wrong_variances_as_stds_b(dim: int, query_variance: float, key_variance: float) -> float:
    """Root only over dim, the variances are taken as standard deviations."""
    return math.sqrt(dim) * query_variance * key_variance


def wrong_sum_b(dim, query_variance, key_variance):
    """Adds the two variances, as for a sum of variables."""
    variance = dim * (query_variance + key_variance)
    return math.sqrt(variance)


def wrong_mean_b(dim, query_variance, key_variance):
    """Mean of the two variances instead of their product."""
    return math.sqrt(dim * statistics.mean([query_variance, key_variance]))


def wrong_query_only_b(dim, query_variance, key_variance):
    """Forgets the key's variance."""
    return np.sqrt(dim * query_variance)


def wrong_dim_outside_b(dim, query_variance, key_variance):
    """dim stands outside the root."""
    return dim * math.sqrt(query_variance * key_variance)


def wrong_precedence_b(dim, query_variance, key_variance):
    """Parentheses missing: the power only applies to the last factor."""
    return dim * query_variance * key_variance ** 0.5


def wrong_inverse_b(dim, query_variance, key_variance):
    """Returns the factor to multiply by, not the divisor."""
    return 1 / math.sqrt(dim * query_variance * key_variance)


def wrong_no_dim_b(dim, query_variance, key_variance):
    """Variance of one product only, dim unused."""
    return math.sqrt(query_variance) * math.sqrt(key_variance)


def wrong_divided_b(dim, query_variance, key_variance):
    """Divides by the deviations where it should multiply."""
    return math.sqrt(dim) / math.sqrt(query_variance * key_variance)


def wrong_simulated_b(dim, query_variance, key_variance):
    """Measures it on random numbers: nowhere near 6 digits."""
    rng = np.random.default_rng(0)
    products = []
    for _ in range(300):
        q = rng.normal(0, query_variance ** 0.5, dim)
        k = rng.normal(0, key_variance ** 0.5, dim)
        products.append(float(q @ k))
    return statistics.pstdev(products)
