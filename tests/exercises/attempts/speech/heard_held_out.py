"""Held-out attempts at heard, a sample of learners, written from the task's text alone."""

import math

import numpy as np


def right_rest_then_mirror(frequency, sample_rate):
    """The rest after whole rates, mirrored if it lies above the half."""
    rest = frequency % sample_rate
    if rest > sample_rate / 2:
        return sample_rate - rest
    return rest


def right_smaller_of_two(frequency, sample_rate):
    """The way down to the last multiple or up to the next, whichever is shorter."""
    f = frequency % sample_rate
    return min(f, sample_rate - f)


def right_nearest_multiple(frequency, sample_rate):
    """The distance to the nearest multiple of the rate."""
    return abs(frequency - sample_rate * round(frequency / sample_rate))


def right_subtract_until_it_fits(frequency, sample_rate):
    """Beginner: takes the rate away in a loop, then mirrors."""
    f = frequency
    while f >= sample_rate:
        f = f - sample_rate
    nyquist = sample_rate / 2
    if f <= nyquist:
        result = f
    else:
        result = nyquist - (f - nyquist)
    return result


def right_fold_again_and_again(frequency, sample_rate):
    """Folds the frequency back as long as it is above the half."""
    while frequency > sample_rate / 2:
        frequency = abs(sample_rate - frequency)
    return frequency


def right_shifted_rest(frequency, sample_rate):
    """Moves by half a rate, takes the rest with NumPy, moves back, and drops the sign."""
    half = sample_rate / 2
    return float(np.abs(np.mod(frequency + half, sample_rate) - half))


def right_remainder(frequency, sample_rate):
    """The rest with a sign is in the library already."""
    return abs(math.remainder(frequency, sample_rate))


def right_count_the_folds(frequency, sample_rate):
    """A sheet of paper: on even layers it goes forwards, on odd ones backwards."""
    half = sample_rate / 2
    layer, along = divmod(frequency, half)
    return along if layer % 2 == 0 else half - along


def wrong_rest_only(frequency, sample_rate):
    """Takes the rest after whole rates and does not mirror it."""
    return frequency % sample_rate


def wrong_one_mirror(frequency, sample_rate):
    """Mirrors once, so that it becomes negative above the rate."""
    if frequency <= sample_rate / 2:
        return frequency
    return sample_rate - frequency


def wrong_one_distance(frequency, sample_rate):
    """The distance to the rate, but not to its multiples."""
    nyquist = sample_rate / 2
    return frequency if frequency <= nyquist else abs(frequency - sample_rate)


def wrong_rest_of_half(frequency, sample_rate):
    """Wraps round at half the rate and begins at 0 again."""
    return frequency % (sample_rate / 2)


def wrong_half_taken_away(frequency, sample_rate):
    """What lies above the half has the half taken away in place of being mirrored."""
    rest = frequency % sample_rate
    if rest > sample_rate / 2:
        rest = rest - sample_rate / 2
    return rest


def wrong_every_fold_backwards(frequency, sample_rate):
    """Above the half it always counts down, on every layer of the sheet."""
    half = sample_rate / 2
    if frequency <= half:
        return frequency
    return half - frequency % half


def wrong_with_a_sign(frequency, sample_rate):
    """Goes to the nearest multiple and forgets that a frequency has no sign."""
    while frequency > sample_rate / 2:
        frequency -= sample_rate
    return frequency


def wrong_nothing_at_half(frequency, sample_rate):
    """Asks for less and for more and returns nothing at the half itself."""
    rest = frequency % sample_rate
    if rest < sample_rate / 2:
        return rest
    elif rest > sample_rate / 2:
        return sample_rate - rest


def wrong_at_most_half(frequency, sample_rate):
    """What is too high is heard as the highest that there is."""
    return min(frequency, sample_rate / 2)


def wrong_not_heard(frequency, sample_rate):
    """What is too high is not heard at all."""
    return frequency if frequency <= sample_rate / 2 else 0


def wrong_whole_half(frequency, sample_rate):
    """Counts the folds with a half that is rounded down, which an odd rate does not forgive."""
    half = sample_rate // 2
    n = frequency // half
    rest = frequency % half
    return rest if n % 2 == 0 else half - rest


def wrong_always_8000(frequency, sample_rate):
    """The rate of the example in the text is written into the code."""
    f = frequency % 8000
    return f if f <= 4000 else 8000 - f
