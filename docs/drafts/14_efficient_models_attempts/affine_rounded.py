"""Attempts at affine_rounded, written from the task's text alone."""

import functools
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import torch
import torch.nn.functional as F


def right_step_by_step(numbers, bits):
    """Range, scale, zero, levels, and back."""
    low = min(float(numbers.min()), 0.0)
    high = max(float(numbers.max()), 0.0)
    last = 2**bits - 1
    scale = (high - low) / last
    zero = round(-low / scale)
    levels = ((numbers / scale).round() + zero).clip(0, last)
    return scale * (levels - zero)


def right_torch(numbers, bits):
    """With tensors all the way."""
    x = torch.as_tensor(numbers)
    low, high = x.min().clamp(max=0), x.max().clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    level = torch.clamp(torch.round(x / scale) + zero, 0, 2**bits - 1)
    return (level - zero) * scale


def right_numpy(numbers, bits):
    """In NumPy; an array comes back."""
    x = np.asarray(numbers)
    low, high = np.minimum(x.min(), 0), np.maximum(x.max(), 0)
    scale = (high - low) / (2**bits - 1)
    zero = np.round(-low / scale)
    return (np.clip(np.round(x / scale) + zero, 0, 2**bits - 1) - zero) * scale


def right_loop(numbers, bits):
    """One number after the other, with Python's round; a list comes back."""
    values = numbers.tolist()
    low, high = min(values + [0.0]), max(values + [0.0])
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    found = []
    for x in values:
        level = round(x / scale) + zero
        if level < 0:
            level = 0
        if level > 2**bits - 1:
            level = 2**bits - 1
        found.append(scale * (level - zero))
    return found


def right_aminmax(numbers, bits):
    """Both ends at once."""
    x = torch.as_tensor(numbers)
    ends = torch.aminmax(torch.cat([x, x.new_zeros(1)]))
    scale = (ends.max - ends.min) / (2**bits - 1)
    zero = (-ends.min / scale).round()
    return x.div(scale).round().add(zero).clamp(0, 2**bits - 1).sub(zero).mul(scale)


def right_ptp(numbers, bits):
    """A 0 is put to the numbers for the range only."""
    x = np.asarray(numbers)
    held = np.append(x, x.dtype.type(0))
    scale = np.ptp(held) / (2**bits - 1)
    zero = np.rint(-held.min() / scale)
    return scale * (np.clip(np.rint(x / scale) + zero, 0, 2**bits - 1) - zero)


def right_signed_limits(numbers, bits):
    """Zero is never added: the limits are moved by it."""
    x = np.asarray(numbers)
    last = 2**bits - 1
    low, high = min(0, x.min()), max(0, x.max())
    scale = (high - low) / last
    zero = np.rint(-low / scale)
    return scale * np.clip(np.rint(x / scale), -zero, last - zero)


def right_comprehension(numbers, bits):
    """A list, with min and max as the limits; a tuple comes back."""
    values = [float(x) for x in numbers]
    low, high = min(0.0, *values), max(0.0, *values)
    scale = (high - low) / ((1 << bits) - 1)
    zero = round(-low / scale)
    return tuple(scale * (min(max(round(x / scale) + zero, 0), (1 << bits) - 1) - zero) for x in values)


def right_table_of_levels(numbers, bits):
    """What each level means in a table, from which is picked."""
    x = torch.as_tensor(numbers)
    low, high = min(x.min().item(), 0), max(x.max().item(), 0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    meaning = scale * (torch.arange(2**bits, dtype=x.dtype) - zero)
    levels = (x / scale).round().long() + zero
    return meaning[levels.clamp(0, 2**bits - 1)]


def right_whole_number_levels(numbers, bits):
    """The levels as whole numbers of 64 bits."""
    x = np.asarray(numbers)
    low = min(float(x.min()), 0.0)
    high = max(float(x.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = int(np.rint(-low / scale))
    levels = np.rint(x / scale).astype(np.int64) + zero
    levels = np.minimum(np.maximum(levels, 0), 2**bits - 1)
    return (levels - zero) * scale


def right_vectorize(numbers, bits):
    """Written for one number, and vectorised."""
    values = np.asarray(numbers, dtype=float)
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)

    def one(x):
        level = min(2**bits - 1, max(0, round(x / scale) + zero))
        return scale * (level - zero)

    return np.vectorize(one, otypes=[float])(values)


def right_recursion(numbers, bits):
    """The first number, then the rest by recursion."""
    values = [float(x) for x in numbers]
    low, high = min([0.0] + values), max([0.0] + values)
    scale = (high - low) / (2**bits - 1)
    zero = int(round(-low / scale))

    def halves(part):
        if len(part) == 1:
            level = int(round(part[0] / scale)) + zero
            return [scale * (sorted([0, level, 2**bits - 1])[1] - zero)]
        middle = len(part) // 2
        return halves(part[:middle]) + halves(part[middle:])

    return torch.tensor(halves(values), dtype=torch.float64)


def right_reduce(numbers, bits):
    """The ends with reduce, which begins at 0."""
    values = np.asarray(numbers).tolist()
    low = functools.reduce(min, values, 0.0)
    high = functools.reduce(max, values, 0.0)
    scale = (high - low) / (pow(2, bits) - 1)
    zero = round(-low / scale)
    levels = map(lambda x: max(0, min(pow(2, bits) - 1, round(x / scale) + zero)), values)
    return np.array([scale * (level - zero) for level in levels])


def right_hardtanh(numbers, bits):
    """relu for the stretching and hardtanh for the limits."""
    x = torch.as_tensor(numbers)
    high, minus_low = F.relu(x.max()), F.relu(-x.min())
    scale = (high + minus_low) / (2**bits - 1)
    zero = torch.round(minus_low / scale)
    levels = F.hardtanh(torch.round(x / scale) + zero, 0.0, float(2**bits - 1))
    return scale * (levels - zero)


def right_where(numbers, bits):
    """where for the limits."""
    x = torch.as_tensor(numbers)
    low = torch.where(x.min() < 0, x.min(), torch.zeros_like(x.min()))
    high = torch.where(x.max() > 0, x.max(), torch.zeros_like(x.max()))
    last = 2.0**bits - 1
    scale = (high - low) / last
    zero = torch.round(-low / scale)
    level = torch.round(x / scale) + zero
    level = torch.where(level < 0, torch.zeros_like(level), level)
    level = torch.where(level > last, torch.full_like(level, last), level)
    return scale * (level - zero)


def right_decimal_round(numbers, bits):
    """Rounded by the decimal module, to even where it lies halfway."""

    def nearest(x):
        return int(Decimal(float(x)).to_integral_value(ROUND_HALF_EVEN))

    values = [float(x) for x in numbers]
    low, high = min(values), max(values)
    low, high = (low if low < 0 else 0.0), (high if high > 0 else 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = nearest(-low / scale)
    levels = [max(0, min(nearest(x / scale) + zero, 2**bits - 1)) for x in values]
    return [(level - zero) * scale for level in levels]


def right_sorted_ends(numbers, bits):
    """Sorted with a 0 among them, of which the first and the last are the range."""
    x = np.asarray(numbers)
    ordered = sorted([0.0, *x.tolist()])
    scale = (ordered[-1] - ordered[0]) / (2**bits - 1)
    zero = np.round(-ordered[0] / scale)
    levels = np.round(x / scale) + zero
    levels[levels < 0] = 0
    levels[levels > 2**bits - 1] = 2**bits - 1
    return (levels - zero) * scale


def right_copy_in_place(numbers, bits):
    """In place, on a copy."""
    x = torch.as_tensor(numbers).clone()
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    x /= scale
    x.round_()
    x += zero
    x.clamp_(0, 2**bits - 1)
    x -= zero
    x *= scale
    return x


def wrong_not_stretched(numbers, bits):
    """The range is not stretched to hold 0."""
    low, high = float(numbers.min()), float(numbers.max())
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero)


def wrong_one_step_more(numbers, bits):
    """Divides the range by the number of levels, not of steps."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / 2**bits
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero)


def wrong_returns_levels(numbers, bits):
    """Returns the levels and does not go back."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return ((numbers / scale).round() + zero).clip(0, 2**bits - 1)


def wrong_zero_not_taken_off(numbers, bits):
    """On the way back the zero is forgotten."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return scale * ((numbers / scale).round() + zero).clip(0, 2**bits - 1)


def wrong_zero_added_twice(numbers, bits):
    """Adds the zero on the way back too."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) + zero)


def wrong_sign_of_zero(numbers, bits):
    """The minus of the zero is missing, and so the limits cut off."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero)


def wrong_from_the_minimum(numbers, bits):
    """As in the packed block: a minimum is kept, and 0 is not met exactly."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    return ((numbers - low) / scale).round() * scale + low


def wrong_symmetric(numbers, bits):
    """The symmetric levels from before."""
    last = 2 ** (bits - 1) - 1
    x = np.asarray(numbers)
    scale = np.abs(x).max() / max(last, 1)
    return np.round(x / scale) * scale


def wrong_floor(numbers, bits):
    """Rounds down, not to the nearest."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / (2**bits - 1)
    zero = np.round(-low / scale)
    return scale * (np.clip(np.floor(x / scale) + zero, 0, 2**bits - 1) - zero)


def wrong_int(numbers, bits):
    """int() cuts off instead of rounding."""
    values = [float(x) for x in numbers]
    low, high = min(values + [0.0]), max(values + [0.0])
    scale = (high - low) / (2**bits - 1)
    zero = int(-low / scale)
    return [scale * (min(max(int(x / scale) + zero, 0), 2**bits - 1) - zero) for x in values]


def wrong_signed_byte_limits(numbers, bits):
    """Keeps the levels in the signed range, as of an int8."""
    x = np.asarray(numbers)
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / (2**bits - 1)
    zero = np.round(-low / scale)
    levels = np.clip(np.round(x / scale) + zero, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return scale * (levels - zero)


def wrong_kept_before_zero(numbers, bits):
    """Keeps to the limits before the zero is added, so all that is negative becomes 0."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    levels = (numbers / scale).round().clip(0, 2**bits - 1) + zero
    return scale * (levels - zero)


def wrong_always_8_bits(numbers, bits):
    """255 steps, whatever the bits."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / 255
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 255) - zero)


def wrong_xor(numbers, bits):
    """Writes 2 ^ bits, which is something else in Python."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    last = (2 ^ bits) - 1
    scale = (high - low) / last
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, last) - zero)


def wrong_low_is_0(numbers, bits):
    """Takes 0 for the low end always."""
    high = max(float(numbers.max()), 0.0)
    scale = high / (2**bits - 1)
    return scale * (numbers / scale).round().clip(0, 2**bits - 1)


def wrong_tuple(numbers, bits):
    """Returns levels, scale and zero, not the numbers."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return ((numbers / scale).round() + zero).clip(0, 2**bits - 1), scale, zero


def wrong_changes_the_input(numbers, bits):
    """The result is right, but the caller's numbers have been divided."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    numbers /= scale
    return scale * ((numbers.round() + zero).clip(0, 2**bits - 1) - zero)


def wrong_byte_underflow(numbers, bits):
    """Keeps the levels as bytes, and a byte minus the zero runs over below 0."""
    x = np.asarray(numbers)
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    levels = np.clip(np.round(x / scale) + zero, 0, 2**bits - 1).astype(np.uint8)
    return scale * (levels - np.uint8(zero))


def wrong_zero_in_the_middle(numbers, bits):
    """Puts the zero at half of the levels always."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = 2 ** (bits - 1)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero)


def wrong_error(numbers, bits):
    """Returns the error of the rounding."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero) - numbers


def wrong_rounded_scale(numbers, bits):
    """Rounds the scale to two places, as on paper."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = round((high - low) / (2**bits - 1), 2) or 0.01
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero)


def wrong_stretched_the_wrong_way(numbers, bits):
    """min and max are mixed up where the range should be stretched."""
    low, high = max(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero)


def right_not_kept(numbers, bits):
    """Does not keep the levels in their range, which they leave only if something lies halfway."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return scale * (((numbers / scale).round() + zero) - zero)


def wrong_prints(numbers, bits):
    """Prints what should be returned."""
    low, high = min(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0)
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    print(scale * (((numbers / scale).round() + zero).clip(0, 2**bits - 1) - zero))


def wrong_decimal_places(numbers, bits):
    """Rounds to so many decimal places."""
    return np.round(np.asarray(numbers), bits)


def wrong_range_of_sizes(numbers, bits):
    """The range of the sizes, from 0 to the largest; the signs are put back."""
    x = np.asarray(numbers)
    scale = np.abs(x).max() / (2**bits - 1)
    return np.sign(x) * np.round(np.abs(x) / scale) * scale


def wrong_first_only(numbers, bits):
    """Returns inside the loop, after the first number."""
    values = [float(x) for x in numbers]
    low, high = min(values + [0.0]), max(values + [0.0])
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    found = []
    for x in values:
        found.append(scale * (min(max(round(x / scale) + zero, 0), 2**bits - 1) - zero))
        return found
