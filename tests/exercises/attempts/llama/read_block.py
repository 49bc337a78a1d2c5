"""Attempts at read_block, written from the task's text alone."""

import itertools

import numpy as np
import torch
import struct


# ---------------------------------------------------------------- right
def right_mask_and_shift(scale, minimum, halves):
    """The lower half by a mask, the upper by a shift; an array comes back."""
    halves = np.asarray(halves)
    q = np.concatenate([halves & 0x0F, halves >> 4])
    return float(scale) * q.astype(np.float32) + float(minimum)


def right_torch(scale, minimum, halves):
    """The same with torch."""
    halves = torch.as_tensor(halves)
    q = torch.cat([halves & 15, halves >> 4])
    return q.double() * float(scale) + float(minimum)


def right_append(scale, minimum, halves):
    """A beginner's two loops, with remainder and whole quotient."""
    numbers = []
    for byte in halves:
        numbers.append(float(scale) * (int(byte) % 16) + float(minimum))
    for byte in halves:
        numbers.append(float(scale) * (int(byte) // 16) + float(minimum))
    return numbers


def right_comprehension(scale, minimum, halves):
    """Two lists of levels and one of numbers."""
    whole = [int(b) for b in halves]
    levels = [b & 15 for b in whole] + [b >> 4 for b in whole]
    return torch.tensor([scale * q + minimum for q in levels])


def right_divmod(scale, minimum, halves):
    """NumPy's divmod gives both halves at once."""
    upper, lower = np.divmod(np.asarray(halves, dtype=np.int64), 16)
    return np.hstack([lower, upper]) * float(scale) + float(minimum)


def right_shifts_broadcast(scale, minimum, halves):
    """Shifts by 0 and by 4 as a column, and one mask for both rows."""
    halves = np.asarray(halves, dtype=np.int32)
    q = (halves[None, :] >> np.array([[0], [4]])) & 15  # (2, 16)
    return q.reshape(-1) * np.float64(scale) + np.float64(minimum)


def right_unpackbits(scale, minimum, halves):
    """Looks at single bits, and weighs them with 8, 4, 2 and 1."""
    bits = np.unpackbits(np.asarray(halves).astype(np.uint8)).reshape(16, 2, 4)
    q = bits @ np.array([8, 4, 2, 1])  # (16, 2): upper, lower
    return float(scale) * np.concatenate([q[:, 1], q[:, 0]]) + float(minimum)


def right_hexadecimal(scale, minimum, halves):
    """A byte is two hexadecimal digits."""
    text = bytes(int(b) for b in halves).hex()
    digits = text[1::2] + text[0::2]
    return [float(scale) * int(digit, 16) + float(minimum) for digit in digits]


def right_binary_text(scale, minimum, halves):
    """A byte as eight binary digits, cut in the middle."""
    lower, upper = [], []
    for b in halves:
        text = format(int(b), "08b")
        upper.append(int(text[:4], 2))
        lower.append(int(text[4:], 2))
    return float(scale) * np.array(lower + upper) + float(minimum)


def right_sixteen_values(scale, minimum, halves):
    """The block has 16 values only: a table of them, and the levels look up."""
    table = float(minimum) + float(scale) * torch.arange(16, dtype=torch.float64)
    halves = torch.as_tensor(halves).long()
    return torch.cat([table[halves % 16], table[halves // 16]])


def right_filled_in(scale, minimum, halves):
    """Thirty-two zeros, filled in at i and at i + 16."""
    out = torch.zeros(32)
    for i in range(16):
        b = int(halves[i])
        out[i] = (b & 0b1111) * float(scale) + float(minimum)
        out[i + 16] = (b >> 4) * float(scale) + float(minimum)
    return out


def right_floats(scale, minimum, halves):
    """Divides, cuts off, and takes what is left."""
    halves = np.asarray(halves).astype(float)
    upper = np.floor(halves / 16)
    lower = halves - 16 * upper
    return np.append(lower, upper) * float(scale) + float(minimum)


def right_stack_and_flatten(scale, minimum, halves):
    """Stacks the two halves as rows and flattens."""
    halves = torch.as_tensor(halves).to(torch.int64)
    q = torch.stack([torch.remainder(halves, 16), torch.div(halves, 16, rounding_mode="floor")])
    return torch.add(float(minimum), q.to(torch.float64).flatten(), alpha=float(scale))


def right_polynomial(scale, minimum, halves):
    """scale * q + minimum is a polynomial of degree 1."""
    halves = np.asarray(halves, dtype=int)
    return np.polyval([float(scale), float(minimum)], np.r_[halves & 15, halves >> 4])


def right_search(scale, minimum, halves):
    """Tries all pairs of levels until one makes the byte."""
    pairs = {low + 16 * high: (low, high) for low, high in itertools.product(range(16), repeat=2)}
    found = [pairs[int(b)] for b in halves]
    levels = itertools.chain.from_iterable(zip(*found))
    return tuple(float(scale) * q + float(minimum) for q in levels)


def right_recursion(scale, minimum, halves):
    """The first byte's two numbers around those of the rest."""

    def levels(rest):
        if not rest:
            return [], []
        lower, upper = levels(rest[1:])
        return [rest[0] & 15] + lower, [rest[0] >> 4] + upper

    lower, upper = levels([int(b) for b in halves])
    return [float(minimum) + float(scale) * q for q in lower + upper]


# ---------------------------------------------------------------- wrong
def wrong_interleaved(scale, minimum, halves):
    """The two numbers of a byte stand beside each other."""
    numbers = []
    for b in halves:
        numbers.append(float(scale) * (int(b) & 15) + float(minimum))
        numbers.append(float(scale) * (int(b) >> 4) + float(minimum))
    return numbers


def wrong_upper_first(scale, minimum, halves):
    """The upper halves as numbers 0 to 15."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves >> 4, halves & 15]) + float(minimum)


def wrong_no_minimum(scale, minimum, halves):
    """Forgets the minimum."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves & 15, halves >> 4])


def wrong_no_scale(scale, minimum, halves):
    """Forgets the scale."""
    halves = np.asarray(halves)
    return np.concatenate([halves & 15, halves >> 4]) + float(minimum)


def wrong_levels_only(scale, minimum, halves):
    """Returns the levels."""
    halves = np.asarray(halves)
    return np.concatenate([halves & 15, halves >> 4])


def wrong_minus_minimum(scale, minimum, halves):
    """Subtracts the minimum."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves & 15, halves >> 4]) - float(minimum)


def wrong_bracket(scale, minimum, halves):
    """scale * (q + minimum): a bracket too many."""
    halves = np.asarray(halves)
    return float(scale) * (np.concatenate([halves & 15, halves >> 4]) + float(minimum))


def wrong_scale_and_minimum_swapped(scale, minimum, halves):
    """minimum * q + scale."""
    halves = np.asarray(halves)
    return float(minimum) * np.concatenate([halves & 15, halves >> 4]) + float(scale)


def wrong_upper_not_shifted(scale, minimum, halves):
    """Masks the upper half and does not shift it."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves & 0x0F, halves & 0xF0]).astype(float) + float(minimum)


def wrong_lower_not_masked(scale, minimum, halves):
    """The whole byte for the lower half."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves, halves >> 4]) + float(minimum)


def wrong_fifteen(scale, minimum, halves):
    """Remainder and quotient of 15 for those of 16."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves % 15, halves // 15]) + float(minimum)


def wrong_true_division(scale, minimum, halves):
    """/ where // is meant: the upper halves are no whole numbers."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves % 16, halves / 16]) + float(minimum)


def wrong_shift_by_three(scale, minimum, halves):
    """Shifts by three bits."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves & 15, halves >> 3]) + float(minimum)


def wrong_mask_of_three_bits(scale, minimum, halves):
    """Masks three bits, so levels from 8 on are lost."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves & 0b111, halves >> 4]) + float(minimum)


def wrong_centred_on_eight(scale, minimum, halves):
    """Subtracts 8 from the levels, as the format without a minimum does."""
    halves = np.asarray(halves).astype(int)
    q = np.concatenate([halves & 15, halves >> 4]) - 8
    return float(scale) * q + float(minimum)


def wrong_signed(scale, minimum, halves):
    """Takes the levels for signed numbers from -8 to 7."""
    halves = np.asarray(halves).astype(int)
    q = np.concatenate([halves & 15, halves >> 4])
    return float(scale) * np.where(q > 7, q - 16, q) + float(minimum)


def wrong_share_of_fifteen(scale, minimum, halves):
    """Takes the scale for the whole range and divides the level by 15."""
    halves = np.asarray(halves)
    return float(minimum) + float(scale) * np.concatenate([halves & 15, halves >> 4]) / 15


def wrong_lower_alone(scale, minimum, halves):
    """Sixteen numbers: the upper halves are not read."""
    return [float(scale) * (int(b) & 15) + float(minimum) for b in halves]


def wrong_bytes_as_numbers(scale, minimum, halves):
    """Each byte is a level, once for each half."""
    halves = np.asarray(halves)
    return float(scale) * np.tile(halves, 2) + float(minimum)


def wrong_two_rows(scale, minimum, halves):
    """The shape is (2, 16)."""
    halves = np.asarray(halves)
    return float(scale) * np.stack([halves & 15, halves >> 4]) + float(minimum)


def wrong_whole_numbers(scale, minimum, halves):
    """Cuts the results to whole numbers."""
    halves = np.asarray(halves)
    return (float(scale) * np.concatenate([halves & 15, halves >> 4]) + float(minimum)).astype(int)


def wrong_in_place(scale, minimum, halves):
    """The result is right, but the caller's bytes have been shifted."""
    lower = [int(b) & 15 for b in halves]
    for i in range(16):
        halves[i] = int(halves[i]) >> 4
    return [float(scale) * q + float(minimum) for q in lower + [int(b) for b in halves]]


def wrong_hex_without_zero(scale, minimum, halves):
    """Hexadecimal digits without a leading zero: small bytes have one."""
    text = [f"{int(b):x}" for b in halves]
    return [float(scale) * int(t[-1], 16) + float(minimum) for t in text] + [
        float(scale) * int(t[0], 16) + float(minimum) for t in text
    ]


def wrong_upper_reversed(scale, minimum, halves):
    """Reads the upper halves from the last byte back."""
    halves = np.asarray(halves)
    return float(scale) * np.concatenate([halves & 15, (halves >> 4)[::-1]]) + float(minimum)


def wrong_minimum_on_the_first_half(scale, minimum, halves):
    """A missing bracket: the minimum is added to the upper halves alone."""
    halves = np.asarray(halves)
    return np.concatenate([float(scale) * (halves & 15), float(scale) * (halves >> 4) + float(minimum)])


def wrong_no_return(scale, minimum, halves):
    """The return is missing."""
    halves = np.asarray(halves)
    numbers = float(scale) * np.concatenate([halves & 15, halves >> 4]) + float(minimum)


def right_two_steps(scale, minimum, halves):
    """Lower, upper, joined; then the line x = scale q + minimum."""
    b = np.array(halves, dtype=np.uint8)
    lower = np.bitwise_and(b, 15)
    upper = np.right_shift(b, 4)
    return np.float32(minimum) + np.float32(scale) * np.concatenate((lower, upper))


def right_torch_bitwise(scale, minimum, halves):
    """torch's bitwise functions, in place into a buffer."""
    b = torch.tensor([int(x) for x in halves])
    out = torch.empty(2, 16)
    out[0] = torch.bitwise_and(b, 0xF)
    out[1] = torch.bitwise_right_shift(b, 4)
    return out.mul_(float(scale)).add_(float(minimum)).view(32)


def right_count_up(scale, minimum, halves):
    """Takes 16 away for as long as it goes."""
    low, high = [], []
    for byte in halves:
        rest, times = int(byte), 0
        while rest >= 16:
            rest -= 16
            times += 1
        low.append(rest)
        high.append(times)
    return [float(scale) * level + float(minimum) for level in [*low, *high]]


def right_one_big_number(scale, minimum, halves):
    """All bytes as one large number to base 16, whose digits are read off."""
    number = int.from_bytes(struct.pack("16B", *(int(x) for x in halves)), "little")
    digits = [(number >> (4 * i)) & 15 for i in range(32)]
    return torch.tensor(digits[::2] + digits[1::2]) * float(scale) + float(minimum)


def right_linspace(scale, minimum, halves):
    """The sixteen values by linspace, then indices."""
    values = np.linspace(float(minimum), float(minimum) + 15 * float(scale), 16)
    low = [int(x) % 16 for x in halves]
    high = [int(x) // 16 for x in halves]
    return values[low + high]


def right_index_function(scale, minimum, halves):
    """A function for number i of the block."""

    def number(i):
        byte = int(halves[i % 16])
        level = byte % 16 if i < 16 else byte // 16
        return float(scale) * level + float(minimum)

    return np.fromiter(map(number, range(32)), dtype=np.float64)


def wrong_decimal_digits(scale, minimum, halves):
    """Tens and units for upper and lower half."""
    low = [int(x) % 10 for x in halves]
    high = [int(x) // 10 for x in halves]
    return [float(scale) * q + float(minimum) for q in low + high]


def wrong_column_order(scale, minimum, halves):
    """Flattens the wrong way around: pairs stay together."""
    b = np.asarray(halves)
    return (float(scale) * np.stack([b & 15, b >> 4], axis=1) + float(minimum)).ravel()


def wrong_first_eight_bytes(scale, minimum, halves):
    """Thinks that the first eight bytes hold numbers 0 to 15, the others the rest: order of bytes."""
    q = []
    for byte in halves:
        q += [int(byte) >> 4, int(byte) & 15]
    return np.array(q) * float(scale) + float(minimum)


def wrong_levels_from_one(scale, minimum, halves):
    """Levels from 1 to 16."""
    b = np.asarray(halves).astype(int)
    return float(scale) * (np.concatenate([b & 15, b >> 4]) + 1) + float(minimum)


def wrong_remainder_twice(scale, minimum, halves):
    """The remainder for both halves: a slip of copying."""
    b = np.asarray(halves)
    return float(scale) * np.concatenate([b % 16, b % 16]) + float(minimum)


def wrong_two_hundred_and_fifty_six(scale, minimum, halves):
    """Takes q for a share of 16 levels: divides by 16."""
    b = np.asarray(halves)
    return float(scale) * np.concatenate([b & 15, b >> 4]) / 16 + float(minimum)


def wrong_from_the_top(scale, minimum, halves):
    """Counts levels down from the top."""
    b = np.asarray(halves).astype(int)
    return float(scale) * (15 - np.concatenate([b & 15, b >> 4])) + float(minimum)


def wrong_clipped(scale, minimum, halves):
    """Cuts each byte at 15 instead of taking its lower half."""
    b = np.asarray(halves)
    return float(scale) * np.concatenate([np.minimum(b, 15), b >> 4]) + float(minimum)


def wrong_rest_without_sixteen(scale, minimum, halves):
    """Lower half as the byte less its upper half, without the factor 16."""
    b = np.asarray(halves).astype(int)
    upper = b // 16
    return float(scale) * np.concatenate([b - upper, upper]) + float(minimum)


def wrong_prints(scale, minimum, halves):
    """Prints the numbers."""
    for shift in (0, 4):
        for byte in halves:
            print(float(scale) * ((int(byte) >> shift) & 15) + float(minimum))


def wrong_negative_minimum_only(scale, minimum, halves):
    """Takes the size of the minimum and subtracts it, as it expects one below zero."""
    b = np.asarray(halves)
    return float(scale) * np.concatenate([b & 15, b >> 4]) - abs(float(minimum))


def wrong_stops_at_sixteen(scale, minimum, halves):
    """Eight bytes, both halves: sixteen numbers."""
    b = np.asarray(halves)[:8]
    return float(scale) * np.concatenate([b & 15, b >> 4]) + float(minimum)
