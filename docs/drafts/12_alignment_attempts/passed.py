"""Attempts at passed, written from the task's text alone."""

import functools
import math
import operator
import random
from fractions import Fraction
from math import comb

import numpy as np
import torch
from scipy import special, stats


# ---------------------------------------------------------------- right
def right_two_combs(n, n_right, k):
    """One less the share of ways that take wrong answers alone."""
    return 1 - math.comb(n - n_right, k) / math.comb(n, k)


def right_with_a_case(n, n_right, k):
    """The case in which there are not enough wrong ones comes first, as in the paper."""
    if n - n_right < k:
        return 1.0
    return 1.0 - np.prod(1.0 - k / np.arange(n - n_right + 1, n + 1))


def right_product(n, n_right, k):
    """Draws one after the other: the chance that each is wrong."""
    none = 1.0
    for i in range(k):
        none *= max(n - n_right - i, 0) / (n - i)
    return 1 - none


def right_sum_of_ways(n, n_right, k):
    """Counts the ways with 1, 2, 3 ... right answers."""
    ways = sum(comb(n_right, j) * comb(n - n_right, k - j) for j in range(1, k + 1))
    return ways / comb(n, k)


def right_recursive(n, n_right, k):
    """The first answer is right, or the rest has to hold one."""
    if n_right == 0 or k == 0:
        return 0.0
    return n_right / n + (n - n_right) / n * right_recursive(n - 1, n_right, k - 1)


def right_fraction(n, n_right, k):
    """Exact, as a fraction, and a float in the end."""
    return float(1 - Fraction(comb(n - n_right, k), comb(n, k)))


def right_factorials(n, n_right, k):
    """With factorials as whole numbers."""
    wrong = n - n_right
    if wrong < k:
        return 1.0
    f = math.factorial
    return 1 - f(wrong) * f(n - k) / (f(wrong - k) * f(n))


def right_perm(n, n_right, k):
    """Ordered draws: the k! cancels."""
    return 1 - math.perm(n - n_right, k) / math.perm(n, k)


def right_logarithms(n, n_right, k):
    """By ln of the gamma function."""
    wrong = n - n_right
    if wrong < k:
        return 1.0
    lg = math.lgamma
    return 1 - math.exp(lg(wrong + 1) - lg(wrong - k + 1) + lg(n - k + 1) - lg(n + 1))


def right_hypergeometric(n, n_right, k):
    """SciPy's hypergeometric distribution: one less the chance of none."""
    return 1 - stats.hypergeom(n, n_right, k).pmf(0)


def right_survival(n, n_right, k):
    """The chance of more than none."""
    return float(stats.hypergeom.sf(0, n, n_right, k))


def right_scipy_comb(n, n_right, k):
    """SciPy's comb in place of Python's."""
    return 1 - special.comb(n - n_right, k) / special.comb(n, k)


def right_pascal(n, n_right, k):
    """Own binomials, from Pascal's triangle."""
    rows = [[1]]
    for _ in range(n):
        last = rows[-1]
        rows.append([1] + [a + b for a, b in zip(last, last[1:])] + [1])
    wrong = n - n_right
    none = rows[wrong][k] if k <= wrong else 0
    return 1 - none / rows[n][k]


def right_cached(n, n_right, k):
    """Binomials by recursion with a cache."""

    @functools.lru_cache(None)
    def choose(a, b):
        if b == 0:
            return 1
        if a < b:
            return 0
        return choose(a - 1, b - 1) + choose(a - 1, b)

    return (choose(n, k) - choose(n - n_right, k)) / choose(n, k)


def right_over_right_ones(n, n_right, k):
    """Places instead of answers: the right ones all fall among those that are not drawn."""
    return 1 - math.prod((n - k - i) / (n - i) for i in range(min(n_right, n - k + 1)))


def right_symmetric(n, n_right, k):
    """The same turned round: choose where the right ones lie."""
    return 1 - comb(n - k, n_right) / comb(n, n_right)


def right_numpy(n, n_right, k):
    """One product in NumPy, with the negative factors set to 0."""
    i = np.arange(k)
    return 1 - np.prod(np.clip(n - n_right - i, 0, None) / (n - i))


def right_torch(n, n_right, k):
    """The paper's product in torch, in double precision."""
    if n_right > n - k:
        return torch.tensor(1.0, dtype=torch.float64)
    below = torch.arange(n - n_right + 1, n + 1, dtype=torch.float64)
    return 1 - torch.prod(1 - k / below)


def right_first_right_one(n, n_right, k):
    """Sums over the place at which the first right one comes."""
    total, none_yet = 0.0, 1.0
    for i in range(k):
        total += none_yet * n_right / (n - i)
        none_yet *= (n - i - n_right) / (n - i)
        if none_yet <= 0:
            break
    return total


def right_reduce(n, n_right, k):
    """functools.reduce over quotients."""
    if k > n - n_right:
        return 1
    return 1 - functools.reduce(operator.mul, [(n - n_right - i) / (n - i) for i in range(k)])


def right_own_choose(n, n_right, k):
    """A function for choose, with whole divisions that leave nothing over."""

    def choose(a, b):
        if b > a:
            return 0
        ways = 1
        for i in range(b):
            ways = ways * (a - i) // (i + 1)
        return ways

    return 1 - choose(n - n_right, k) / choose(n, k)


# ---------------------------------------------------------------- wrong
def wrong_put_back(n, n_right, k):
    """As if each answer were put back after it is drawn."""
    return 1 - (1 - n_right / n) ** k


def wrong_pass_at_one(n, n_right, k):
    """The share of right ones, whatever k is."""
    return n_right / n


def wrong_times_k(n, n_right, k):
    """k times the share, 1 at most."""
    return min(1.0, k * n_right / n)


def wrong_none(n, n_right, k):
    """The share that takes wrong ones alone, without one less."""
    return comb(n - n_right, k) / comb(n, k)


def wrong_all_right(n, n_right, k):
    """The share of ways in which all k are right."""
    return comb(n_right, k) / comb(n, k)


def wrong_not_all_right(n, n_right, k):
    """One less the ways that take right ones alone."""
    return 1 - comb(n_right, k) / comb(n, k)


def wrong_exactly_one(n, n_right, k):
    """Exactly one right one, not at least one."""
    return n_right * comb(n - n_right, k - 1) / comb(n, k)


def wrong_at_least_one_counted_twice(n, n_right, k):
    """One right one and any others: ways with two are counted twice."""
    return n_right * comb(n - 1, k - 1) / comb(n, k)


def wrong_power(n, n_right, k):
    """All k right, put back."""
    return (n_right / n) ** k


def wrong_no_case(n, n_right, k):
    """0 if there are fewer wrong ones than k."""
    if n - n_right < k:
        return 0.0
    return 1 - comb(n - n_right, k) / comb(n, k)


def wrong_case_at_equality(n, n_right, k):
    """1 although exactly k wrong ones are there."""
    if n - n_right <= k:
        return 1.0
    return 1 - comb(n - n_right, k) / comb(n, k)


def wrong_case_k_and_right(n, n_right, k):
    """1 as soon as there are k right ones."""
    if n_right >= k:
        return 1.0
    return 1 - comb(n - n_right, k) / comb(n, k)


def wrong_factorial_below_zero(n, n_right, k):
    """Factorials without a case for too few wrong ones."""
    f = math.factorial
    wrong = n - n_right
    return 1 - f(wrong) * f(n - k) / (f(wrong - k) * f(n))


def wrong_one_factor_short(n, n_right, k):
    """The product ends one draw too early."""
    none = 1.0
    for i in range(1, k):
        none *= max(n - n_right - i + 1, 0) / (n - i + 1)
    return 1 - none


def wrong_starts_at_one(n, n_right, k):
    """The draws are counted from 1."""
    none = 1.0
    for i in range(1, k + 1):
        none *= max(n - n_right - i, 0) / (n - i) if n > i else 0
    return 1 - none


def wrong_paper_off_by_one(n, n_right, k):
    """The paper's product without the + 1 at the end."""
    if n - n_right < k:
        return 1.0
    return 1.0 - np.prod(1.0 - k / np.arange(n - n_right + 1, n))


def wrong_below_stays(n, n_right, k):
    """What is drawn is taken off the wrong ones, but not off all."""
    none = 1.0
    for i in range(k):
        none *= max(n - n_right - i, 0) / n
    return 1 - none


def wrong_above_stays(n, n_right, k):
    """What is drawn is taken off all, but not off the wrong ones."""
    none = 1.0
    for i in range(k):
        none *= min(1.0, (n - n_right) / (n - i))
    return 1 - none


def wrong_whole_division(n, n_right, k):
    """// where / is due."""
    return 1 - comb(n - n_right, k) // comb(n, k)


def wrong_perm_over_comb(n, n_right, k):
    """Ordered above, not ordered below."""
    return 1 - math.perm(n - n_right, k) / comb(n, k)


def wrong_swapped(n, n_right, k):
    """comb with its arguments swapped."""
    return 1 - comb(k, n - n_right) / comb(k, n)


def wrong_gamma(n, n_right, k):
    """Factorials by math.gamma, which is too large beyond 171, and no case for too few wrong ones."""
    wrong = n - n_right
    g = math.gamma
    return 1 - g(wrong + 1) * g(n - k + 1) / (g(wrong - k + 1) * g(n + 1))


def wrong_overflow(n, n_right, k):
    """Products in NumPy's whole numbers, which run over."""
    i = np.arange(k)
    above = np.prod(np.clip(n - n_right - i, 0, None))
    below = np.prod(n - i)
    return 1 - above / below


def wrong_other_ways_below(n, n_right, k):
    """All ways to choose which answers are right stand below, for all ways to take k."""
    return 1 - comb(n - n_right, k) / comb(n, n_right)


def wrong_percent(n, n_right, k):
    """In percent."""
    return 100 * (1 - comb(n - n_right, k) / comb(n, k))


def wrong_rounded(n, n_right, k):
    """Rounded to two digits."""
    return round(1 - comb(n - n_right, k) / comb(n, k), 2)


def wrong_by_chance(n, n_right, k):
    """Tries it a few hundred times."""
    answers = [1] * n_right + [0] * (n - n_right)
    return sum(max(random.sample(answers, k)) for _ in range(300)) / 300


def wrong_groups_of_k(n, n_right, k):
    """One less the share to the power of the number of groups."""
    return 1 - (1 - n_right / n) ** (n // k)


def wrong_binomial(n, n_right, k):
    """SciPy's binomial distribution: with putting back."""
    return 1 - stats.binom.pmf(0, k, n_right / n)


def wrong_number_of_ways(n, n_right, k):
    """The number of ways, not their share."""
    return comb(n, k) - comb(n - n_right, k)


def wrong_odds(n, n_right, k):
    """Ways with a right one over ways without."""
    none = comb(n - n_right, k)
    return (comb(n, k) - none) / none if none else 1.0


def wrong_right_below(n, n_right, k):
    """Ways of the wrong ones over ways of the right ones."""
    return 1 - comb(n - n_right, k) / max(comb(n_right, k), 1)


def wrong_expected_number(n, n_right, k):
    """How many right ones there are on average."""
    return k * n_right / n


def wrong_boolean(n, n_right, k):
    """Whether there is one that can be drawn."""
    return n_right > 0


def wrong_library(n, n_right, k):
    """The course's function, which the task forbids."""
    from lessons.alignment.thinking import pass_at_k

    return pass_at_k(n, n_right, k)


def wrong_prints(n, n_right, k):
    """Prints where it should return."""
    print(1 - comb(n - n_right, k) / comb(n, k))
