"""Attempts at heard by another hand, written from the task's text alone."""

import itertools
from math import floor

import numpy as np
import torch


def right_two_remainders(frequency, sample_rate):
    """The remainders of the frequency and of its negative, and the smaller one."""
    return min(frequency % sample_rate, -frequency % sample_rate)


def right_floor_of_half_more(frequency, sample_rate):
    """Rounds by floor of a half more."""
    k = floor(frequency / sample_rate + 0.5)
    return abs(frequency - k * sample_rate)


def right_count_until_near(frequency, sample_rate):
    """Counts the multiples up until one is within half the rate."""
    distances = (abs(frequency - k * sample_rate) for k in itertools.count())
    return next(d for d in distances if d <= sample_rate / 2)


def right_argmin(frequency, sample_rate):
    """An array of multiples of the rate, and the nearest of them."""
    multiples = np.arange(0, frequency + 2 * sample_rate, sample_rate, dtype=np.float64)
    distances = np.abs(multiples - frequency)
    return float(distances[distances.argmin()])


def right_up_and_down(frequency, sample_rate):
    """Takes half rates away and remembers in which direction it goes."""
    half = sample_rate / 2
    forward = True
    while frequency > half:
        frequency -= half
        forward = not forward
    return frequency if forward else half - frequency


def right_torch_where(frequency, sample_rate):
    """fmod and where in torch."""
    rest = torch.fmod(torch.tensor([frequency], dtype=torch.float64), sample_rate)
    return torch.where(rest > sample_rate / 2, sample_rate - rest, rest)[0].item()


def right_mirror_image_first(frequency, sample_rate):
    """The remainder and its mirror image in a list; whichever fits is taken."""
    r = frequency - sample_rate * (frequency // sample_rate)
    for candidate in [r, sample_rate - r]:
        if 0 <= candidate <= sample_rate / 2:
            return candidate


def wrong_half_minus_rest(frequency, sample_rate):
    """Mirrors in every sheet, also in the first one."""
    half = sample_rate / 2
    return half - frequency % half


def wrong_parity_the_other_way(frequency, sample_rate):
    """Mirrors in the even sheets and not in the odd ones."""
    half = sample_rate / 2
    n, rest = divmod(frequency, half)
    return rest if n % 2 else half - rest


def wrong_whole_division(frequency, sample_rate):
    """Takes the number of rates away, without multiplying by the rate."""
    rest = frequency - frequency // sample_rate
    return min(rest, abs(sample_rate - rest))


def wrong_mirrors_at_half(frequency, sample_rate):
    """Mirrors by how far it is above half, but starts from 0."""
    half = sample_rate / 2
    if frequency <= half:
        return frequency
    return max(0, half - (frequency - half))


def wrong_halved(frequency, sample_rate):
    """What is too high is heard octaves lower."""
    while frequency > sample_rate / 2:
        frequency /= 2
    return frequency


def wrong_subtracts_once(frequency, sample_rate):
    """Subtracts the rate once only."""
    if frequency > sample_rate:
        frequency = frequency - sample_rate
    if frequency > sample_rate / 2:
        frequency = sample_rate - frequency
    return frequency


def wrong_half_rate_as_period(frequency, sample_rate):
    """The picture repeats with half the rate in this one, so it folds at a quarter."""
    half = sample_rate / 2
    r = frequency % half
    return min(r, half - r)


def wrong_text(frequency, sample_rate):
    """A text with the unit comes back, not a number."""
    r = frequency % sample_rate
    return f"{min(r, sample_rate - r)} Hz"


def wrong_both(frequency, sample_rate):
    """Both of the tones that go through the points, as a pair."""
    r = frequency % sample_rate
    return r, sample_rate - r


def wrong_limit(frequency, sample_rate):
    """The highest frequency that can be held, whatever the tone."""
    return sample_rate / 2


def wrong_only_where_too_high(frequency, sample_rate):
    """Nothing comes back for what is low enough."""
    if frequency > sample_rate / 2:
        r = frequency % sample_rate
        return min(r, sample_rate - r)


def wrong_folds_above_the_rate_only(frequency, sample_rate):
    """Leaves alone everything below the rate."""
    if frequency < sample_rate:
        return frequency
    r = frequency % sample_rate
    return min(r, sample_rate - r)


def wrong_thousands(frequency, sample_rate):
    """In kilohertz."""
    r = frequency % sample_rate
    return min(r, sample_rate - r) / 1000
