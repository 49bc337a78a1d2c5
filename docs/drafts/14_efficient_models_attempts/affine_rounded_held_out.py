"""Other attempts at affine_rounded, of a different hand, from the task's text alone."""

import math

import numpy as np
import torch


def right_short(numbers, bits):
    """As short as it goes."""
    a, b, n = min(numbers.min(), 0), max(numbers.max(), 0), 2**bits - 1
    s = float(b - a) / n
    z = round(float(-a) / s)
    return ((numbers / s).round().clip(-z, n - z)) * s


def right_two_helpers(numbers, bits):
    """One function to levels, and one back."""

    def to_levels(x, scale, zero):
        return torch.clamp(torch.round(x / scale) + zero, min=0, max=2**bits - 1)

    def back(levels, scale, zero):
        return (levels - zero) * scale

    x = torch.as_tensor(numbers)
    nought = torch.zeros((), dtype=x.dtype)
    low, high = torch.minimum(x.min(), nought), torch.maximum(x.max(), nought)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return back(to_levels(x, scale, zero), scale, zero)


def right_by_floor(numbers, bits):
    """Rounding by hand: floor, and one more above the half, or at the half after an odd number."""

    def nearest(q):
        whole = np.floor(q)
        rest = q - whole
        return whole + ((rest > 0.5) | ((rest == 0.5) & (whole % 2 == 1)))

    x = np.asarray(numbers)
    low, high = x.min(initial=0), x.max(initial=0)
    scale = (high - low) / (2**bits - 1)
    zero = nearest(-low / scale)
    return scale * (np.clip(nearest(x / scale) + zero, 0, 2**bits - 1) - zero)


def right_if_chain(numbers, bits):
    """The range found in a loop that starts at 0 for both ends."""
    low = high = 0.0
    for x in numbers:
        if float(x) < low:
            low = float(x)
        elif float(x) > high:
            high = float(x)
    steps = sum(2**i for i in range(bits))
    scale = (high - low) / steps
    zero = round(-low / scale)
    out = np.zeros(len(numbers))
    for i, x in enumerate(numbers):
        level = round(float(x) / scale) + zero
        out[i] = scale * (0 - zero if level < 0 else steps - zero if level > steps else level - zero)
    return out


def right_sort_of_three(numbers, bits):
    """The limits by the median of three tensors."""
    x = torch.as_tensor(numbers)
    low = min(x.min().item(), 0.0)
    scale = (max(x.max().item(), 0.0) - low) / (2**bits - 1)
    zero = float(round(-low / scale))
    levels = torch.round(x / scale) + zero
    three = torch.stack([torch.zeros_like(levels), levels, torch.full_like(levels, 2**bits - 1)])
    return (three.median(dim=0).values - zero) * scale


def right_dictionary(numbers, bits):
    """A dictionary says what each level means."""
    values = numbers.tolist()
    low, high = min(0.0, min(values)), max(0.0, max(values))
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    means = {level: scale * (level - zero) for level in range(2**bits)}
    return [means[max(0, min(2**bits - 1, round(v / scale) + zero))] for v in values]


def wrong_two_times_bits(numbers, bits):
    """2 · bits for 2 to the power of bits."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / (2 * bits - 1)
    zero = np.rint(-low / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2 * bits - 1) - zero)


def wrong_one_bit_for_the_sign(numbers, bits):
    """One bit is given away to a sign that is not there."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), max(x.max(), 0)
    last = max(2 ** (bits - 1) - 1, 1)
    scale = (high - low) / last
    zero = np.rint(-low / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, last) - zero)


def wrong_zero_in_units(numbers, bits):
    """The zero is the number −low, which was not divided by the scale."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / (2**bits - 1)
    zero = np.rint(-low)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)


def wrong_ceiling(numbers, bits):
    """Rounds up."""
    values = [float(x) for x in numbers]
    low, high = min([0.0, *values]), max([0.0, *values])
    scale = (high - low) / (2**bits - 1)
    zero = math.ceil(-low / scale)
    return [scale * (max(0, min(2**bits - 1, math.ceil(x / scale) + zero)) - zero) for x in values]


def wrong_times_scale(numbers, bits):
    """Multiplies with the scale where it should divide."""
    x = torch.as_tensor(numbers)
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return (torch.clamp(torch.round(x * scale) + zero, 0, 2**bits - 1) - zero) * scale


def wrong_divides_on_the_way_back(numbers, bits):
    """Divides by the scale on the way back, too."""
    x = torch.as_tensor(numbers)
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return (torch.clamp(torch.round(x / scale) + zero, 0, 2**bits - 1) - zero) / scale


def wrong_without_extremes(numbers, bits):
    """Leaves the outliers out of the range."""
    x = np.asarray(numbers)
    low, high = min(np.quantile(x, 0.05), 0), max(np.quantile(x, 0.95), 0)
    scale = (high - low) / (2**bits - 1) or 1.0
    zero = np.rint(-low / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)


def wrong_sorted(numbers, bits):
    """Sorts the numbers to find the ends, and returns them in that order."""
    x = np.sort(np.asarray(numbers))
    low, high = min(x[0], 0), max(x[-1], 0)
    scale = (high - low) / (2**bits - 1)
    zero = np.rint(-low / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)


def wrong_unsorted_ends(numbers, bits):
    """Takes the first and the last number for the ends of the range."""
    x = np.asarray(numbers, dtype=float)
    low, high = min(x[0], 0.0), max(x[-1], 0.0)
    scale = (high - low) / (2**bits - 1) or 1.0
    zero = np.rint(-low / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)


def wrong_mean_as_zero(numbers, bits):
    """The mean of the numbers is taken off first and put back last, so 0 is not met."""
    x = np.asarray(numbers)
    mean = x.mean()
    centred = x - mean
    scale = (centred.max() - centred.min()) / (2**bits - 1) or 1.0
    return np.rint(centred / scale) * scale + mean


def wrong_all_unchanged(numbers, bits):
    """Gives each number a scale of its own, with which nothing changes."""
    return [float(x) for x in numbers]


def wrong_range_to_one(numbers, bits):
    """Thinks that the numbers lie between −1 and 1, as in a block of NF4."""
    x = np.asarray(numbers)
    scale = 2 / (2**bits - 1)
    zero = np.rint(1 / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)


def wrong_rounded_result(numbers, bits):
    """Rounds the result to two places."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / (2**bits - 1)
    zero = np.rint(-low / scale)
    return np.round(scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero), 2)


def wrong_stretches_only_down(numbers, bits):
    """Stretches the range down to 0, but not up to it."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), x.max()
    scale = (high - low) / (2**bits - 1) or 1.0
    zero = np.rint(-low / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)
