"""Held-out attempts at read_block, by another hand, written from the task's text alone."""

import numpy as np
import torch


def right_byte_by_byte(scale, minimum, packed):
    """Beginner: one byte after the other, into a list of 32 places."""
    numbers = [0.0] * 32
    for place in range(16):
        byte = int(packed[place])
        upper, lower = divmod(byte, 16)
        numbers[place] = scale * lower + minimum
        numbers[place + 16] = scale * upper + minimum
    return torch.tensor(numbers, dtype=torch.float64)


def right_table_of_levels(scale, minimum, packed):
    """Computes the sixteen levels once and looks them up."""
    levels = scale * torch.arange(16, dtype=torch.float64) + minimum
    whole = packed.long()
    return levels[torch.cat([whole & 0b1111, whole >> 4])]


def right_hexadecimal(scale, minimum, packed):
    """Writes the bytes in hexadecimal: every digit is one level, the upper one first."""
    digits = bytes(packed.tolist()).hex()
    q = torch.tensor([int(digit, 16) for digit in digits[1::2] + digits[0::2]])
    return q.double() * scale + minimum


def right_bits(scale, minimum, packed):
    """NumPy unpacks the bits; eight, four, two and one weigh them."""
    bits = np.unpackbits(packed.numpy().astype(np.uint8)).reshape(16, 2, 4)
    halves = bits @ np.array([8.0, 4.0, 2.0, 1.0])  # (16, 2), upper half first
    return torch.from_numpy(scale * np.concatenate([halves[:, 1], halves[:, 0]]) + minimum)


def right_floating_point(scale, minimum, packed):
    """Without bits: floor of a sixteenth, and what is left."""
    x = packed.to(torch.float64)
    upper = torch.floor(x / 16)
    lower = x - 16 * upper
    return torch.hstack([lower, upper]).mul(scale).add(minimum)


def right_shift_by_a_row(scale, minimum, packed):
    """Shifts by 0 and by 4 at once, masks, and flattens the two rows."""
    q = (packed.to(torch.int32)[None, :] >> torch.tensor([[0], [4]], dtype=torch.int32)) & 15
    return (scale * q.double() + minimum).reshape(32)


def wrong_upper_halves_first(scale, minimum, packed):
    """Puts the upper halves into the first sixteen places."""
    return scale * torch.cat([packed // 16, packed % 16]).double() + minimum


def wrong_two_by_two(scale, minimum, packed):
    """Both numbers of a byte beside each other."""
    return scale * torch.stack([packed % 16, packed // 16], dim=1).flatten().double() + minimum


def wrong_not_shifted(scale, minimum, packed):
    """Masks the upper half and leaves it where it is: 0, 16, … 240."""
    whole = packed.long()
    return scale * torch.cat([whole & 0x0F, whole & 0xF0]).double() + minimum


def wrong_shifted_by_three(scale, minimum, packed):
    """Shifts by three bits and keeps four of them."""
    whole = packed.long()
    return scale * torch.cat([whole & 15, (whole >> 3) & 15]).double() + minimum


def wrong_fifteen(scale, minimum, packed):
    """Divides by 15, the largest level, in place of 16."""
    return scale * torch.cat([packed % 15, packed // 15]).double() + minimum


def wrong_about_eight(scale, minimum, packed):
    """Takes 8 from each level, as in the kind of block without a minimum."""
    q = torch.cat([packed % 16, packed // 16]).double()
    return scale * (q - 8) + minimum


def wrong_minimum_in_steps(scale, minimum, packed):
    """Adds the minimum to the level and multiplies both by the scale."""
    q = torch.cat([packed % 16, packed // 16]).double()
    return scale * (q + minimum)


def wrong_minimum_taken_away(scale, minimum, packed):
    """Takes the minimum for an amount to subtract."""
    q = torch.cat([packed % 16, packed // 16]).double()
    return scale * q - minimum


def wrong_scale_and_minimum_swapped(scale, minimum, packed):
    """minimum · q + scale."""
    q = torch.cat([packed % 16, packed // 16]).double()
    return minimum * q + scale


def wrong_signed_bytes(scale, minimum, packed):
    """Reads the bytes with a sign, so upper halves from 8 on become negative."""
    signed = packed.to(torch.int8)
    return scale * torch.cat([signed & 15, signed >> 4]).double() + minimum


def wrong_fifteenths(scale, minimum, packed):
    """Spreads the scale over the fifteen steps, as if it were the whole range."""
    q = torch.cat([packed % 16, packed // 16]).double()
    return minimum + scale * q / 15


def wrong_not_floored(scale, minimum, packed):
    """A true division: the upper half keeps the lower one as its fraction."""
    lower, upper = (packed % 16).double(), packed.double() / 16
    return scale * torch.cat([lower, upper]) + minimum


def wrong_bytes_are_changed(scale, minimum, packed):
    """The result is right, but the caller's bytes have been shifted."""
    lower = packed & 15
    packed >>= 4
    return scale * torch.cat([lower, packed]).double() + minimum


def wrong_bits_in_reverse(scale, minimum, packed):
    """Reads each half's bits from the wrong end: 1 becomes 8."""
    numbers = []
    for byte in packed.tolist():
        text = f"{byte:08b}"[::-1]
        numbers.append((int(text[:4], 2), int(text[4:], 2)))
    lower, upper = zip(*numbers)
    return scale * torch.tensor(lower + upper).double() + minimum


def wrong_block_of_sixteen(scale, minimum, packed):
    """One number for each byte."""
    return scale * packed.double() + minimum
