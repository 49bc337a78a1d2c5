"""Attempts at heard, written from the task's text alone."""

import itertools
import math
from math import floor

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


# --- of another hand ------------------------------------------------------------

import cmath
import math

import numpy as np


def right_at_twice_the_rate_first(frequency, sample_rate):
    """Recursion: what would be heard at twice the rate is folded once more."""
    if 2 * frequency <= sample_rate:
        return frequency
    there = right_at_twice_the_rate_first(frequency, 2 * sample_rate)
    return there if 2 * there <= sample_rate else sample_rate - there


def right_turned_in_the_plane(frequency, sample_rate):
    """The angle between two samples, to whichever side, says how fast the tone seems to turn."""
    turn = cmath.exp(2j * math.pi * (frequency % sample_rate) / sample_rate)
    return round(abs(cmath.phase(turn)) * sample_rate / (2 * math.pi))


def right_looked_up(frequency, sample_rate):
    """A row that rises to the middle and falls again, for one turn of the rate."""
    numbers = list(range(sample_rate))
    row = [min(up, down) for up, down in zip(numbers, [0] + numbers[:0:-1])]
    return row[frequency % sample_rate]


def right_measured(frequency, sample_rate):
    """Samples one second of it and looks for the largest number of the spectrum."""
    moments = np.arange(sample_rate, dtype=np.int64)
    wave = np.cos(2 * np.pi * (frequency % sample_rate * moments % sample_rate) / sample_rate)
    return int(np.abs(np.fft.rfft(wave)).argmax())


def right_first_that_has_the_same_samples(frequency, sample_rate):
    """Tries all that can be held: the sum or the difference has to be whole rates."""
    return next(low for low in range(sample_rate // 2 + 1)
                if (frequency - low) % sample_rate == 0 or (frequency + low) % sample_rate == 0)


def right_from_the_middle(frequency, sample_rate):
    """Half the rate, less the distance of the remainder from it."""
    half = sample_rate / 2
    return half - abs(frequency % sample_rate - half)


def wrong_half_as_whole_number(frequency, sample_rate):
    """Cuts half the rate to a whole number, which moves everything if the rate is odd."""
    half = sample_rate // 2
    sheet, way = divmod(frequency, half) if half else (0, 0)
    return half - way if sheet % 2 else way


def wrong_both_ends_twice(frequency, sample_rate):
    """A row up and the same row down: its first and its last number stand there twice."""
    up = list(range(sample_rate // 2 + 1))
    row = up + up[::-1]
    return row[frequency % len(row)]


def wrong_spectrum_of_sines(frequency, sample_rate):
    """Measures a second of a sine: at half the rate it is 0 at every moment, so 0 is found."""
    moments = np.arange(sample_rate)
    wave = np.sin(2 * np.pi * (frequency * moments % sample_rate) / sample_rate).round(6)
    return int(np.abs(np.fft.rfft(wave)).argmax())


def wrong_spectrum_of_a_short_piece(frequency, sample_rate):
    """Transforms 256 samples, so it finds the nearest of 129 frequencies."""
    wave = np.cos(2 * np.pi * frequency * np.arange(256) / sample_rate)
    return np.abs(np.fft.rfft(wave)).argmax() * sample_rate / 256


def wrong_cut_at_zero(frequency, sample_rate):
    """Folds once at half the rate, and sets to 0 what has become negative."""
    return frequency if frequency <= sample_rate / 2 else max(0, sample_rate - frequency)


def wrong_counts_the_crossings(frequency, sample_rate):
    """Counts how often a second of samples changes its sign, and forgets that one swing may stick out at the end."""
    moments = np.arange(sample_rate)
    wave = np.cos(2 * np.pi * (frequency * moments % sample_rate) / sample_rate)
    return int((np.diff(wave >= 0) != 0).sum() // 2)


def wrong_half_itself_is_lost(frequency, sample_rate):
    """Believes that exactly half the rate cannot be held, and gives 0 for it."""
    rest = frequency % sample_rate
    if 2 * rest == sample_rate:
        return 0
    return min(rest, sample_rate - rest)


def wrong_half_goes_round_for_ever(frequency, sample_rate):
    """Folds what is not below half the rate: half itself folds onto itself without an end."""
    if frequency < sample_rate / 2:
        return frequency
    return wrong_half_goes_round_for_ever(abs(frequency - sample_rate), sample_rate)


def wrong_distance_to_the_middle(frequency, sample_rate):
    """How far the remainder is from half the rate: low and high have changed places."""
    return abs(frequency % sample_rate - sample_rate / 2)


def wrong_only_what_is_shifted(frequency, sample_rate):
    """Takes rates away until it fits; where only the mirror image fits nothing comes back."""
    for times in range(frequency // sample_rate + 1):
        rest = frequency - times * sample_rate
        if rest <= sample_rate / 2:
            return rest


def wrong_larger_by_the_smaller(frequency, sample_rate):
    """Divides the larger number by the smaller one, whichever that is."""
    small, large = sorted([frequency, sample_rate])
    rest = large % small
    return min(rest, small - rest)


def wrong_as_many_folds_as_rates(frequency, sample_rate):
    """Counts whole rates in place of half ones when it asks whether a sheet goes back."""
    rates, rest = divmod(frequency, sample_rate)
    rest = rest % (sample_rate / 2)
    return sample_rate / 2 - rest if rates % 2 else rest
