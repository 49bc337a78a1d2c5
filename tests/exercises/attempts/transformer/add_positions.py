import functools
import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right
def right_tutorial(embedded: Tensor) -> Tensor:
    """The PyTorch tutorial's buffer, with the odd size looked after."""
    _, tokens, size = embedded.shape
    position = torch.arange(tokens).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, size, 2) * (-math.log(10000.0) / size))
    pe = torch.zeros(tokens, size, dtype=embedded.dtype)
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)[:, : size // 2]
    return embedded + pe


def right_double_loop(embedded):
    """Loops with math.sin and math.cos."""
    tokens, size = embedded.shape[1], embedded.shape[2]
    table = torch.zeros(tokens, size, dtype=embedded.dtype)
    for pos in range(tokens):
        for i in range(0, size, 2):
            angle = pos / 10000 ** (i / size)
            table[pos, i] = math.sin(angle)
            if i + 1 < size:
                table[pos, i + 1] = math.cos(angle)
    return embedded + table.unsqueeze(0)


def _entry(pos, j, size):
    angle = pos / 10000 ** ((j - j % 2) / size)
    return math.cos(angle) if j % 2 else math.sin(angle)


def right_comprehension(embedded):
    """A nested comprehension and a helper for one number."""
    _, tokens, size = embedded.shape
    table = [[_entry(p, j, size) for j in range(size)] for p in range(tokens)]
    return embedded + torch.tensor(table, dtype=embedded.dtype)


def right_numpy(embedded):
    """Makes the table in NumPy."""
    _, tokens, size = embedded.shape
    j = np.arange(size)
    angles = np.arange(tokens)[:, None] / np.power(10000.0, 2 * (j // 2) / size)[None, :]
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return embedded + torch.from_numpy(angles).to(embedded.dtype)


def right_where(embedded):
    """Both functions everywhere, then torch.where on the parity."""
    _, tokens, size = embedded.shape
    j = torch.arange(size)
    rate = 10000.0 ** (-(j - j % 2).double() / size)
    angle = torch.arange(tokens).double()[:, None] * rate[None, :]
    table = torch.where(j % 2 == 0, angle.sin(), angle.cos())
    return embedded + table.to(embedded.dtype)


def right_stack_flatten(embedded):
    """Stacks sine and cosine on a last axis and flattens it."""
    _, tokens, size = embedded.shape
    pairs = (size + 1) // 2
    frequency = torch.pow(10000.0, -2 * torch.arange(pairs, dtype=torch.float64) / size)
    angle = torch.arange(tokens, dtype=torch.float64).unsqueeze(-1) * frequency
    table = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :size]
    return embedded + table.to(embedded.dtype)


def right_outer(embedded):
    """torch.outer for the angles, writes into a copy of the embeddings."""
    out = embedded.clone()
    tokens, size = embedded.shape[-2:]
    inverse = 1.0 / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64) / size)
    angles = torch.outer(torch.arange(tokens, dtype=torch.float64), inverse).to(embedded.dtype)
    out[..., 0::2] += torch.sin(angles)
    out[..., 1::2] += torch.cos(angles)[:, : size // 2]
    return out


def right_einsum(embedded):
    """The angles by einsum, broadcast with None."""
    _, t, d = embedded.shape
    pos = torch.arange(t, dtype=torch.float64)
    omega = torch.exp(-math.log(10_000) * torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.einsum("t,k->tk", pos, omega)
    pe = torch.empty(t, d, dtype=torch.float64)
    pe[:, ::2] = angle.sin()
    pe[:, 1::2] = angle[:, : d // 2].cos()
    return embedded + pe[None, :, :].to(embedded.dtype)


def right_complex(embedded):
    """A unit circle: imaginary part is the sine, real part the cosine."""
    _, tokens, size = embedded.shape
    k = torch.arange(0, size, 2, dtype=torch.float64)
    angle = torch.arange(tokens, dtype=torch.float64)[:, None] * 10000.0 ** (-k / size)
    circle = torch.polar(torch.ones_like(angle), angle)
    table = torch.view_as_real(circle).flip(-1).reshape(tokens, -1)[:, :size]
    return embedded + table.to(embedded.dtype)


def right_shifted_sine(embedded):
    """Only sines: the cosine is the sine a quarter turn ahead."""
    _, tokens, size = embedded.shape
    j = torch.arange(size, dtype=torch.float64)
    parity = j % 2
    angle = torch.arange(tokens, dtype=torch.float64)[:, None] / 10000.0 ** ((j - parity) / size)
    return embedded + torch.sin(angle + parity * (math.pi / 2)).to(embedded.dtype)


def right_rotation(embedded):
    """Turns each pair on by its angle from token to token (addition theorem)."""
    _, tokens, size = embedded.shape
    omega = 10000.0 ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)
    s, c = torch.zeros_like(omega), torch.ones_like(omega)
    table = torch.zeros(tokens, size, dtype=torch.float64)
    for pos in range(tokens):
        table[pos, 0::2] = s
        table[pos, 1::2] = c[: size // 2]
        s, c = s * omega.cos() + c * omega.sin(), c * omega.cos() - s * omega.sin()
    return embedded + table.to(embedded.dtype)


def right_column_loop(embedded):
    """One column of the table at a time."""
    _, tokens, size = embedded.shape
    pos = torch.arange(tokens, dtype=torch.float64)
    columns = []
    for j in range(size):
        i = j // 2
        angle = pos / (10000 ** (2 * i / size))
        if j % 2 == 0:
            columns.append(torch.sin(angle))
        else:
            columns.append(torch.cos(angle))
    return embedded + torch.stack(columns, dim=1).to(embedded.dtype)


def right_while_rows(embedded):
    """Clumsy while loops, sine and cosine appended in turn."""
    tokens, size = embedded.shape[1:]
    rows = []
    pos = 0
    while pos < tokens:
        row = []
        i = 0
        while len(row) < size:
            angle = pos / math.pow(10000, 2 * i / size)
            row.append(math.sin(angle))
            row.append(math.cos(angle))
            i += 1
        if len(row) > size:
            row.pop()
        rows.append(row)
        pos += 1
    return torch.tensor(rows, dtype=embedded.dtype) + embedded


def right_cumsum_positions(embedded):
    """Gets the positions by a running sum of ones."""
    ones = torch.ones(embedded.shape[1], dtype=torch.float64)
    pos = ones.cumsum(0) - 1
    size = embedded.shape[2]
    even = pos[:, None] / 10000.0 ** (torch.arange(0, size, 2, dtype=torch.float64) / size)
    odd = pos[:, None] / 10000.0 ** ((torch.arange(1, size, 2, dtype=torch.float64) - 1) / size)
    table = torch.zeros(len(pos), size, dtype=torch.float64)
    table[:, 0::2], table[:, 1::2] = even.sin(), odd.cos()
    return torch.add(embedded, table.to(embedded.dtype))


@functools.lru_cache(maxsize=None)
def _wavelength(pair, size):
    return 10000 ** (2 * pair / size)


def right_cached_wavelengths(embedded):
    """Keeps the wavelengths in a cache; adds to each sentence by itself."""
    _, tokens, size = embedded.shape
    table = torch.empty(tokens, size, dtype=embedded.dtype)
    for pos, j in itertools.product(range(tokens), range(size)):
        function = (math.sin, math.cos)[j & 1]
        table[pos, j] = function(pos / _wavelength(j >> 1, size))
    result = torch.empty_like(embedded)
    for b in range(embedded.shape[0]):
        result[b] = embedded[b] + table
    return result


def right_logspace(embedded):
    """A geometric sequence of frequencies, each frequency repeated twice."""
    _, tokens, size = embedded.shape
    pairs = math.ceil(size / 2)
    frequencies = torch.logspace(0, -2 * (pairs - 1) / size, pairs, base=10000.0, dtype=torch.float64)
    angle = torch.arange(tokens).double()[:, None] * frequencies.repeat_interleave(2)[:size]
    even = (torch.arange(size) % 2 == 0).double()
    table = even * angle.sin() + (1 - even) * angle.cos()
    return embedded + table.to(embedded.dtype).expand_as(embedded)


def right_meshgrid(embedded):
    """A grid of positions and places, then masks."""
    pos, j = torch.meshgrid(
        torch.arange(embedded.shape[1], dtype=torch.float64),
        torch.arange(embedded.shape[2], dtype=torch.float64),
        indexing="ij",
    )
    angle = pos / 10000.0 ** (2 * torch.floor(j / 2) / embedded.shape[2])
    odd = j % 2 == 1
    table = angle.sin()
    table[odd] = angle.cos()[odd]
    return embedded + table.to(embedded.dtype)


def right_fairseq_pad(embedded):
    """Cuts nothing: pads an odd size to an even one and takes the pad off at the end."""
    size = embedded.size(2)
    padded = F.pad(embedded, (0, size % 2))
    i = torch.arange(padded.size(2) // 2, dtype=torch.float64)
    angle = torch.arange(embedded.size(1), dtype=torch.float64)[:, None] / 10000.0 ** (2 * i / size)
    pairs = padded.unflatten(2, (-1, 2)) + torch.stack((angle.sin(), angle.cos()), -1).to(embedded.dtype)
    return pairs.flatten(2)[..., :size]


# ---------------------------------------------------------------- wrong
def _table(angles, size):
    """Sine and cosine in turn from one angle for each pair."""
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :size]


def _pairs(size):
    return torch.arange((size + 1) // 2, dtype=torch.float64)


def wrong_positions_from_one(embedded):
    """Counts the positions from 1."""
    _, tokens, size = embedded.shape
    pos = torch.arange(1, tokens + 1)[:, None]
    return embedded + _table(pos / 10000.0 ** (2 * _pairs(size) / size), size).to(embedded.dtype)


def wrong_exponent_without_two(embedded):
    """Exponent i/d instead of 2i/d, i being the number of the pair."""
    _, tokens, size = embedded.shape
    pos = torch.arange(tokens)[:, None]
    return embedded + _table(pos / 10000.0 ** (_pairs(size) / size), size).to(embedded.dtype)


def wrong_own_exponent_for_odd(embedded):
    """The odd places use their own number in the exponent, not that of their pair."""
    _, tokens, size = embedded.shape
    table = torch.zeros(tokens, size, dtype=embedded.dtype)
    for pos in range(tokens):
        for j in range(size):
            angle = pos / 10000 ** (j / size)
            table[pos, j] = math.sin(angle) if j % 2 == 0 else math.cos(angle)
    return embedded + table


def wrong_sine_cosine_swapped(embedded):
    """Cosines at even places, sines at odd ones."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (torch.arange(0, size, 2) / size)
    pe = torch.zeros(tokens, size, dtype=embedded.dtype)
    pe[:, 0::2] = angle.cos()
    pe[:, 1::2] = angle.sin()[:, : size // 2]
    return embedded + pe


def wrong_two_halves(embedded):
    """All sines in the first half, all cosines in the second."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (2 * _pairs(size) / size)
    return embedded + torch.cat([angle.sin(), angle.cos()], dim=-1)[:, :size].to(embedded.dtype)


def wrong_base_1000(embedded):
    """1,000 instead of 10,000."""
    _, tokens, size = embedded.shape
    div = torch.exp(-math.log(1000.0) * torch.arange(0, size, 2) / size)
    pe = torch.zeros(tokens, size, dtype=embedded.dtype)
    angle = torch.arange(tokens)[:, None] * div
    pe[:, 0::2] = angle.sin()
    pe[:, 1::2] = angle.cos()[:, : size // 2]
    return embedded + pe


def wrong_positions_only(embedded):
    """Gives the positions of the right shape, but does not add the embeddings."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (2 * _pairs(size) / size)
    return _table(angle, size).to(embedded.dtype).expand(embedded.shape)


def wrong_in_place(embedded):
    """Right numbers, but the input is changed."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (2 * _pairs(size) / size)
    embedded += _table(angle, size).to(embedded.dtype)
    return embedded


def wrong_sines_everywhere(embedded):
    """Forgets the cosines: sines at all places."""
    _, tokens, size = embedded.shape
    j = np.arange(size)
    angle = np.arange(tokens)[:, None] / 10000.0 ** (2 * (j // 2) / size)
    return embedded + torch.from_numpy(np.sin(angle)).to(embedded.dtype)


def wrong_multiplies_by_wavelength(embedded):
    """Sign of the exponent forgotten: multiplies where it should divide."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] * torch.exp(2 * _pairs(size) * math.log(10000.0) / size)
    return embedded + _table(angle, size).to(embedded.dtype)


def wrong_parity_of_position(embedded):
    """Sine for even tokens, cosine for odd tokens."""
    _, tokens, size = embedded.shape
    table = torch.zeros(tokens, size, dtype=embedded.dtype)
    for pos in range(tokens):
        for j in range(size):
            angle = pos / 10000 ** (2 * (j // 2) / size)
            table[pos, j] = math.sin(angle) if pos % 2 == 0 else math.cos(angle)
    return embedded + table


def wrong_position_of_sentence(embedded):
    """Takes the number of the sentence in the batch for the position (old tutorial with batch second)."""
    batch, _, size = embedded.shape
    angle = torch.arange(batch)[:, None] / 10000.0 ** (2 * _pairs(size) / size)
    return embedded + _table(angle, size).to(embedded.dtype)[:, None, :]


def wrong_scales_embeddings(embedded):
    """Multiplies the embeddings by the root of hidden_size first, as another section of the paper does."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (2 * _pairs(size) / size)
    return embedded * math.sqrt(size) + _table(angle, size).to(embedded.dtype)


def wrong_first_token_left_out(embedded):
    """Thinks that position 0 adds nothing, and starts its loop at 1 (cos 0 is 1)."""
    out = embedded.clone()
    _, tokens, size = embedded.shape
    for pos in range(1, tokens):
        for j in range(size):
            angle = pos / 10000 ** (2 * (j // 2) / size)
            out[:, pos, j] += math.cos(angle) if j % 2 else math.sin(angle)
    return out


def wrong_integer_division(embedded):
    """`//` in the exponent: every wavelength becomes 1."""
    _, tokens, size = embedded.shape
    rows = []
    for pos in range(tokens):
        row = []
        for j in range(size):
            angle = pos / 10000 ** (2 * (j // 2) // size)
            row.append(math.cos(angle) if j % 2 else math.sin(angle))
        rows.append(row)
    return embedded + torch.tensor(rows, dtype=embedded.dtype)


def wrong_hard_coded_512(embedded):
    """hidden_size in the exponent is the paper's 512."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (2 * _pairs(size) / 512)
    return embedded + _table(angle, size).to(embedded.dtype)


def wrong_times_not_power(embedded):
    """10000 * 2i/d for 10000 ** (2i/d), plus 1 so as not to divide by zero."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / (1 + 10000.0 * (2 * _pairs(size) / size))
    return embedded + _table(angle, size).to(embedded.dtype)


def wrong_dropout(embedded):
    """Copies the tutorial with its dropout."""
    _, tokens, size = embedded.shape
    angle = torch.arange(tokens)[:, None] / 10000.0 ** (2 * _pairs(size) / size)
    return F.dropout(embedded + _table(angle, size).to(embedded.dtype), 0.1)
