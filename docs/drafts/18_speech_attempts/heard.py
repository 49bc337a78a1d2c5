"""Attempts at heard, written from the task's text alone."""

import math

import numpy as np
import torch


def right_remainder_and_mirror(frequency, sample_rate):
    """Takes away whole rates, then mirrors the upper half."""
    rest = frequency % sample_rate
    if rest > sample_rate / 2:
        rest = sample_rate - rest
    return rest


def right_min_of_two(frequency, sample_rate):
    """The smaller of the rest and what is missing to the rate."""
    return min(frequency % sample_rate, sample_rate - frequency % sample_rate)


def right_nearest_multiple(frequency, sample_rate):
    """The distance to the nearest multiple of the rate."""
    return abs(frequency - sample_rate * round(frequency / sample_rate))


def right_math_remainder(frequency, sample_rate):
    """The signed remainder of the standard library, without its sign."""
    return abs(math.remainder(frequency, sample_rate))


def right_fmod(frequency, sample_rate):
    """With fmod and a conditional expression."""
    r = math.fmod(frequency, sample_rate)
    return r if r <= 0.5 * sample_rate else sample_rate - r


def right_subtract_in_a_loop(frequency, sample_rate):
    """Subtracts the rate as long as it can, then folds once."""
    heard = frequency
    while heard >= sample_rate:
        heard = heard - sample_rate
    if 2 * heard > sample_rate:
        return sample_rate - heard
    return heard


def right_reflect_until_it_fits(frequency, sample_rate):
    """Takes the distance to the rate again and again until it is low enough."""
    f = frequency
    while f > sample_rate / 2:
        f = abs(f - sample_rate)
    return f


def right_numpy_rint(frequency, sample_rate):
    """With NumPy's rounding."""
    return np.abs(frequency - sample_rate * np.rint(frequency / sample_rate))


def right_numpy_minimum(frequency, sample_rate):
    """With NumPy's mod and minimum."""
    r = np.mod(frequency, sample_rate)
    return np.minimum(r, sample_rate - r)


def right_even_and_odd_halves(frequency, sample_rate):
    """Counts the folds of the paper: in odd sheets the way goes back."""
    sheet, rest = divmod(frequency, sample_rate / 2)
    if sheet % 2 == 0:
        return rest
    return sample_rate / 2 - rest


def right_all_candidates(frequency, sample_rate):
    """The least distance to any multiple of the rate that may come into question."""
    last = int(frequency // sample_rate) + 1
    return min(abs(frequency - k * sample_rate) for k in range(last + 1))


def right_torch(frequency, sample_rate):
    """In torch, with double precision."""
    r = torch.remainder(torch.tensor(float(frequency), dtype=torch.float64), sample_rate)
    return torch.minimum(r, sample_rate - r).item()


def right_torch_tensor(frequency, sample_rate):
    """A tensor with one number comes back."""
    f = torch.as_tensor(frequency, dtype=torch.float64)
    return (f - sample_rate * torch.round(f / sample_rate)).abs()


def right_recursion(frequency, sample_rate):
    """Calls itself for what is above the rate."""
    if frequency > sample_rate:
        return right_recursion(frequency % sample_rate, sample_rate)
    if frequency > sample_rate / 2:
        return sample_rate - frequency
    return frequency


def right_divmod(frequency, sample_rate):
    """divmod, and twice the rest compared with the rate."""
    _, r = divmod(frequency, sample_rate)
    return r if 2 * r <= sample_rate else sample_rate - r


def right_two_neighbours(frequency, sample_rate):
    """The multiple below and the one above, and the nearer of them."""
    below = frequency // sample_rate * sample_rate
    above = below + sample_rate
    return sorted([frequency - below, above - frequency])[0]


def right_strictly_below(frequency, sample_rate):
    """Half the rate itself goes the other way, which gives the same."""
    frequency = frequency % sample_rate
    nyquist = sample_rate / 2
    if frequency < nyquist:
        return float(frequency)
    else:
        return float(sample_rate - frequency)


def wrong_remainder_only(frequency, sample_rate):
    """Does not mirror the upper half."""
    return frequency % sample_rate


def wrong_one_fold_only(frequency, sample_rate):
    """Folds once, so that it is negative above the rate."""
    if frequency <= sample_rate / 2:
        return frequency
    return sample_rate - frequency


def wrong_distance_to_the_rate(frequency, sample_rate):
    """Folds at the rate even what is low enough."""
    return abs(sample_rate - frequency)


def wrong_clipped(frequency, sample_rate):
    """What is too high stays at half the rate."""
    return min(frequency, sample_rate / 2)


def wrong_modulo_half(frequency, sample_rate):
    """Starts again at 0 above half the rate, where it should come back."""
    return frequency % (sample_rate / 2)


def wrong_removed(frequency, sample_rate):
    """What is too high is not heard, as after a filter."""
    return frequency if frequency <= sample_rate / 2 else 0


def wrong_rate_as_limit(frequency, sample_rate):
    """Folds at the rate, not at half of it."""
    r = frequency % (2 * sample_rate)
    return min(r, 2 * sample_rate - r)


def wrong_sign_left(frequency, sample_rate):
    """The nearest multiple is taken away, and the minus stays."""
    return frequency - sample_rate * round(frequency / sample_rate)


def wrong_floor_for_round(frequency, sample_rate):
    """Takes the multiple below, not the nearest."""
    return abs(frequency - sample_rate * int(frequency / sample_rate))


def wrong_unchanged(frequency, sample_rate):
    """A tone sounds as it is."""
    return frequency


def wrong_first_two_folds(frequency, sample_rate):
    """Knows what happens up to the rate and just above it, and nothing further."""
    if frequency <= sample_rate / 2:
        return frequency
    if frequency <= sample_rate:
        return sample_rate - frequency
    return frequency - sample_rate


def wrong_rate_of_the_example(frequency, sample_rate):
    """The 8,000 of the text stands in the code."""
    r = frequency % 8000
    return min(r, 8000 - r)


def wrong_excess_over_half(frequency, sample_rate):
    """How far it is above half the rate."""
    if frequency > sample_rate / 2:
        return frequency - sample_rate / 2
    return frequency


def wrong_max(frequency, sample_rate):
    """The larger one of the two."""
    r = frequency % sample_rate
    return max(r, sample_rate - r)


def wrong_prints(frequency, sample_rate):
    """Prints and returns nothing."""
    r = frequency % sample_rate
    print(min(r, sample_rate - r))


def wrong_arguments_swapped(frequency, sample_rate):
    """Takes the rest of the rate by the frequency."""
    r = sample_rate % frequency if frequency else 0
    return min(r, frequency - r)


def wrong_ratio(frequency, sample_rate):
    """As a part of the rate, not in hertz."""
    r = (frequency / sample_rate) % 1
    return min(r, 1 - r)


def wrong_nearest_of_half(frequency, sample_rate):
    """The distance to the nearest multiple of half the rate."""
    half = sample_rate / 2
    return abs(frequency - half * round(frequency / half))
