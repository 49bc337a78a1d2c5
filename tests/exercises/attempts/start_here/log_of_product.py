import math
import functools
from decimal import Decimal, localcontext

import numpy as np
import torch
import scipy.special


def right_sum_of_logs(probabilities):
    """The textbook line."""
    return np.log(probabilities).sum()


def right_np_sum_float(probabilities):
    """np.sum, with a cast to float."""
    return float(np.sum(np.log(probabilities)))


def right_loop(probabilities):
    """A beginner's loop with math.log."""
    total = 0.0
    for p in probabilities:
        total += math.log(p)
    return total


def right_generator(probabilities):
    """sum with a generator."""
    return float(sum(math.log(p) for p in probabilities))


def right_fsum(probabilities):
    """math.fsum for the careful."""
    return math.fsum(map(math.log, probabilities))


def right_log2_converted(probabilities):
    """Base 2, then times ln 2."""
    return float(np.log2(probabilities).sum() * np.log(2))


def right_log10_converted(probabilities):
    """Base 10, then divided by log10 of e."""
    return np.sum(np.log10(probabilities)) / math.log10(math.e)


def right_reduce(probabilities):
    """functools.reduce from 0."""
    return functools.reduce(lambda so_far, p: so_far + math.log(p), probabilities, 0.0)


def right_torch(probabilities):
    """PyTorch in double precision."""
    p = torch.tensor(np.ascontiguousarray(probabilities), dtype=torch.float64)
    return p.log().sum().item()


def right_frexp(probabilities):
    """Keeps a mantissa and an exponent, as a floating point unit does."""
    mantissa, exponent = 1.0, 0
    for p in probabilities:
        part, power = math.frexp(float(p))
        mantissa, extra = math.frexp(mantissa * part)
        exponent += power + extra
    return math.log(mantissa) + exponent * math.log(2)


def right_halves(probabilities):
    """Recursive: the logarithm of a half plus that of the other."""
    def solve(values):
        if len(values) == 0:
            return 0.0
        if len(values) == 1:
            return math.log(values[0])
        middle = len(values) // 2
        return solve(values[:middle]) + solve(values[middle:])
    return solve(probabilities)


def right_rescaled_product(probabilities):
    """Multiplies, and moves the logarithm out before the product gets small."""
    log_total = 0.0
    product = 1.0
    for p in probabilities:
        if product < 1e-100:
            log_total += math.log(product)
            product = 1.0
        if p < 1e-100:
            log_total += math.log(p)
        else:
            product *= float(p)
    return log_total + math.log(product)


def right_decimal(probabilities):
    """Decimal has room for very small numbers."""
    with localcontext() as context:
        context.prec = 40
        product = Decimal(1)
        for p in probabilities:
            product *= Decimal(float(p))
        return float(product.ln())


def right_xlogy(probabilities):
    """SciPy: xlogy with 1."""
    return float(scipy.special.xlogy(1.0, probabilities).sum())


def right_minus_surprise(probabilities):
    """Minus the sum of the surprises ln(1/p), written as -log p."""
    surprise = -np.log(probabilities)
    return -np.sum(surprise)


def right_dot_ones(probabilities):
    """Sum as a dot product with ones."""
    logs = np.log(np.asarray(probabilities, dtype=float))
    return float(logs @ np.ones(len(logs)))


def right_whole_numbers(probabilities):
    """Exact: Python integers above and below the line, logarithm of each."""
    top, bottom = 1, 1
    for p in probabilities:
        n, d = float(p).as_integer_ratio()
        top *= n
        bottom *= d
    return math.log(top) - math.log(bottom)


def right_while_pop(probabilities):
    """while with pop on a copy as list."""
    rest = list(probabilities)
    answer = 0.0
    while rest:
        answer = answer + float(np.log(rest.pop()))
    return answer


def wrong_log_of_prod(probabilities):
    """First the product: it underflows to 0, the logarithm is -inf."""
    return float(np.log(np.prod(probabilities)))


def wrong_prod_clamped(probabilities):
    """Product, kept above 1e-300."""
    product = 1.0
    for p in probabilities:
        product *= p
    return math.log(max(product, 1e-300))


def wrong_log2(probabilities):
    """Base 2."""
    return float(np.log2(probabilities).sum())


def wrong_log10(probabilities):
    """Base 10."""
    return sum(math.log10(p) for p in probabilities)


def wrong_mean(probabilities):
    """Mean of the logarithms."""
    return float(np.log(probabilities).mean())


def wrong_minus(probabilities):
    """With a minus sign, as in a loss."""
    return -float(np.sum(np.log(probabilities)))


def wrong_log_of_sum(probabilities):
    """Logarithm of the sum."""
    return float(np.log(np.sum(probabilities)))


def wrong_log1p(probabilities):
    """log1p, taken for a safer log."""
    return float(np.log1p(probabilities).sum())


def wrong_product_of_logs(probabilities):
    """Product of the logarithms."""
    return float(np.prod(np.log(probabilities)))


def wrong_exp_back(probabilities):
    """Goes back by exp: gives the product."""
    return float(np.exp(np.log(probabilities).sum()))


def wrong_epsilon(probabilities):
    """Adds 1e-3 to be safe from log 0."""
    return float(np.log(probabilities + 1e-3).sum())


def wrong_skips_first(probabilities):
    """Starts at index 1."""
    total = 0.0
    for i in range(1, len(probabilities)):
        total += math.log(probabilities[i])
    return total


def wrong_skips_last(probabilities):
    """range(len - 1)."""
    return float(sum(np.log(probabilities[i]) for i in range(len(probabilities) - 1)))


def wrong_cumsum(probabilities):
    """Returns all partial sums."""
    return np.cumsum(np.log(probabilities))


def wrong_clipped(probabilities):
    """Clips the probabilities at 0.01."""
    safe = np.clip(probabilities, 0.01, 1.0)
    return float(np.log(safe).sum())


def wrong_stops_early(probabilities):
    """Stops when the product gets tiny, thinking that the rest does not matter."""
    product = 1.0
    for p in probabilities:
        if product * p < 1e-300:
            break
        product *= p
    return math.log(product)


def wrong_entropy(probabilities):
    """Weighs each logarithm with its probability, as an entropy does."""
    return float(np.sum(probabilities * np.log(probabilities)))


def wrong_rescale_not_reset(probabilities):
    """Moves the logarithm out of the product but does not set the product to 1."""
    total, product = 0.0, 1.0
    for p in probabilities:
        product *= p
        if product < 1e-100:
            total += math.log(product) if product > 0 else 0.0
    return total + (math.log(product) if product > 0 else 0.0)
