"""Held-out attempts at passed, as a dozen other learners would hand them in."""

import math
from math import comb

import numpy as np


def right_comb(n, n_right, k):
    """Two binomials."""
    return 1 - comb(n - n_right, k) / comb(n, k)


def right_wrong_first(n, n_right, k):
    """A name for each count."""
    n_wrong = n - n_right
    all_ways = math.comb(n, k)
    wrong_ways = math.comb(n_wrong, k)
    return (all_ways - wrong_ways) / all_ways


def right_guarded(n, n_right, k):
    """A guard that is not needed."""
    if n - n_right < k:
        return 1.0
    return 1 - comb(n - n_right, k) / comb(n, k)


def right_paper(n, n_right, k):
    """The paper's product in NumPy."""
    if n - n_right < k:
        return 1.0
    return 1.0 - np.prod(1.0 - k / np.arange(n - n_right + 1, n + 1))


def right_drawn_in_turn(n, n_right, k):
    """k draws, none put back."""
    p = 1.0
    wrong, left = n - n_right, n
    for _ in range(k):
        if wrong == 0:
            return 1.0
        p *= wrong / left
        wrong -= 1
        left -= 1
    return 1 - p


def right_factorial(n, n_right, k):
    """A choose of one's own, by factorials."""
    def choose(a, b):
        if b > a:
            return 0
        return math.factorial(a) // (math.factorial(b) * math.factorial(a - b))

    return 1 - choose(n - n_right, k) / choose(n, k)


def right_math_prod(n, n_right, k):
    """math.prod; the factor 0 stops what comes behind it."""
    return 1 - math.prod((n - n_right - i) / (n - i) for i in range(k))


def right_cases_summed(n, n_right, k):
    """All numbers of right ones but none."""
    return sum(comb(n_right, j) * comb(n - n_right, k - j) for j in range(1, min(k, n_right) + 1)) / comb(n, k)


def wrong_with_replacement(n, n_right, k):
    """1 - (1 - p)^k."""
    p = n_right / n
    return 1 - (1 - p) ** k


def wrong_complement_forgotten(n, n_right, k):
    """One less was forgotten."""
    return comb(n - n_right, k) / comb(n, k)


def wrong_right_for_wrong(n, n_right, k):
    """n_right where the wrong ones are due."""
    return 1 - comb(n_right, k) / comb(n, k)


def wrong_all_k(n, n_right, k):
    """All k right."""
    return comb(n_right, k) / comb(n, k)


def wrong_share(n, n_right, k):
    """n_right / n."""
    return n_right / n


def wrong_one_right(n, n_right, k):
    """Exactly one."""
    return comb(n_right, 1) * comb(n - n_right, k - 1) / comb(n, k)


def wrong_choose_without_case(n, n_right, k):
    """Factorials of numbers below 0."""
    def choose(a, b):
        return math.factorial(a) / (math.factorial(b) * math.factorial(a - b))

    return 1 - choose(n - n_right, k) / choose(n, k)


def wrong_guard_gives_zero(n, n_right, k):
    """0 for too few wrong ones."""
    if k > n - n_right:
        return 0
    return 1 - comb(n - n_right, k) / comb(n, k)


def wrong_nothing_taken_off_below(n, n_right, k):
    """n stays n in every draw."""
    p = 1.0
    for i in range(k):
        p *= (n - n_right - i) / n
    return 1 - p


def wrong_loop_one_short(n, n_right, k):
    """k - 1 draws."""
    p = 1.0
    for i in range(k - 1):
        p *= (n - n_right - i) / (n - i)
    return 1 - p


def wrong_range_of_paper(n, n_right, k):
    """arange ends at n, without n itself."""
    if n - n_right < k:
        return 1.0
    return 1.0 - np.prod(1.0 - k / np.arange(n - n_right + 1, n))


def wrong_k_times(n, n_right, k):
    """k / n of the right ones."""
    return min(1, n_right * k / n)


def wrong_rounds(n, n_right, k):
    """Two digits behind the point."""
    return round(1 - comb(n - n_right, k) / comb(n, k), 2)
