import math
from functools import reduce

import numpy as np


def right_sum_of_logs_b(probabilities: np.ndarray) -> float:
    """Sum of the logarithms, vectorised."""
    return np.log(probabilities).sum()


def right_loop_b(probabilities):
    """Beginner's loop with math.log."""
    total = 0.0
    for p in probabilities:
        total += math.log(p)
    return total


def right_map_fsum_b(probabilities):
    """map and fsum."""
    return math.fsum(map(math.log, probabilities.tolist()))


def right_torch_b(probabilities):
    """The PyTorch user."""
    import torch
    return torch.log(torch.tensor(np.asarray(probabilities, dtype=np.float64))).sum().item()


def right_log2_b(probabilities):
    """Adds bits, then changes the base."""
    bits = np.sum(np.log2(probabilities))
    return float(bits * np.log(2))


def right_halves_b(probabilities):
    """Recursive: the log of the left half plus that of the right half."""
    n = len(probabilities)
    if n == 1:
        return math.log(probabilities[0])
    return right_halves_b(probabilities[: n // 2]) + right_halves_b(probabilities[n // 2:])


def right_mantissa_b(probabilities):
    """Multiplies after all, but keeps the power of 2 apart after each step."""
    mantissa, exponent = 1.0, 0
    for p in probabilities.tolist():
        m, e = math.frexp(p)
        mantissa, extra = math.frexp(mantissa * m)
        exponent += e + extra
    return math.log(mantissa) + exponent * math.log(2)


def wrong_log_prod_b(probabilities):
    """Multiplies first: the product underflows to 0, the answer is -inf."""
    return np.log(np.prod(probabilities))


def wrong_loop_prod_b(probabilities):
    """Multiplies in a loop, then math.log(0.0) is an error."""
    product = 1
    for p in probabilities:
        product = product * p
    return math.log(product)


def wrong_negative_b(probabilities):
    """Gives the loss: the minus sign of the negative log likelihood."""
    return -np.sum(np.log(probabilities))


def wrong_mean_b(probabilities):
    """mean for sum."""
    return np.log(probabilities).mean()


def wrong_prod_of_logs_b(probabilities):
    """Multiplies the logarithms."""
    result = 1.0
    for p in probabilities:
        result *= math.log(p)
    return result


def wrong_log_of_sum_b(probabilities):
    """Mixes up the rule: the log of the sum."""
    return math.log(sum(probabilities))


def wrong_log2_b(probabilities):
    """log2 for the natural logarithm."""
    return float(np.sum(np.log2(probabilities)))


def wrong_log10_b(probabilities):
    """Base 10, as on a pocket calculator."""
    return sum(math.log10(p) for p in probabilities)


def wrong_exp_back_b(probabilities):
    """Goes back with exp at the end, so gives the product itself."""
    logs = np.log(probabilities)
    return np.exp(logs.sum())


def wrong_prod_plus_tiny_b(probabilities):
    """Saves the logarithm from 0 with a tiny number added to the product."""
    return float(np.log(np.prod(probabilities) + 1e-12))


def wrong_longdouble_b(probabilities):
    """Believes that a longer float is long enough."""
    return float(np.log(np.prod(probabilities.astype(np.longdouble))))


def wrong_first_skipped_b(probabilities):
    """reduce without a start value: the first probability stays without its log."""
    return reduce(lambda total, p: total + math.log(p), probabilities)
