import math

import numpy as np
import torch
from torch import Tensor


# ---------------------------------------------------------------- right

def right_loop_b(embedded):
    """Beginner: a list of lists with math.sin and math.cos."""
    batch, tokens, hidden_size = embedded.shape
    table = []
    for position in range(tokens):
        row = []
        for place in range(hidden_size):
            if place % 2 == 0:
                row.append(math.sin(position / 10000 ** (place / hidden_size)))
            else:
                row.append(math.cos(position / 10000 ** ((place - 1) / hidden_size)))
        table.append(row)
    table = torch.tensor(table, dtype=embedded.dtype).reshape(tokens, hidden_size)
    return embedded + table


def right_exp_log_b(embedded: Tensor) -> Tensor:
    """As in most tutorials: exp of minus log, slices filled in, single precision."""
    _, tokens, d = embedded.shape
    pe = torch.zeros(tokens, d)
    position = torch.arange(0, tokens).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, d, 2) * -(math.log(10000.0) / d))
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return embedded + pe.unsqueeze(0).to(embedded.dtype)


def right_numpy_b(embedded):
    """NumPy for the table only; the sum in torch, so gradients flow."""
    tokens, d = embedded.shape[1], embedded.shape[2]
    places = np.arange(d)
    angles = np.arange(tokens)[:, None] / np.power(10000.0, 2 * (places // 2) / d)
    table = np.where(places % 2 == 0, np.sin(angles), np.cos(angles))
    return embedded + torch.from_numpy(table).to(embedded.dtype)


def right_stack_flatten_b(embedded):
    """Pairs (sin, cos) stacked on a new last axis, then flattened together."""
    tokens, d = embedded.shape[-2:]
    pair = torch.arange(d // 2, dtype=torch.float64)
    angle = torch.outer(torch.arange(tokens, dtype=torch.float64), 10000.0 ** (-2 * pair / d))
    table = torch.stack((angle.sin(), angle.cos()), dim=-1).reshape(tokens, d)
    return embedded + table.to(embedded)


def right_phase_b(embedded):
    """Trigonometry: a cosine is a sine a quarter turn ahead."""
    tokens, d = embedded.size(1), embedded.size(2)
    place = torch.arange(d)
    odd = (place % 2).double()
    exponent = (place - place % 2).double() / d
    angle = torch.arange(tokens).double()[:, None] * torch.pow(10000.0, -exponent)[None, :]
    return embedded + torch.sin(angle + odd * math.pi / 2).to(embedded.dtype)[None]


def right_complex_b(embedded):
    """Complex numbers: cos + i sin, seen as pairs and turned round."""
    _, tokens, d = embedded.shape
    frequency = 1 / 10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.einsum("t,f->tf", torch.arange(tokens, dtype=torch.float64), frequency)
    turns = torch.polar(torch.ones_like(angle), angle)
    table = torch.view_as_real(turns).flip(-1).reshape(tokens, d)
    return torch.add(embedded, table.to(embedded.dtype))


def right_clone_columns_b(embedded):
    """Copies the input, then walks over the pairs of columns with while."""
    result = embedded.clone()
    tokens, d = embedded.shape[1:]
    positions = torch.arange(tokens, dtype=embedded.dtype)
    i = 0
    while i < d:
        angles = positions / 10000 ** (i / d)
        result[:, :, i] += torch.sin(angles)
        result[:, :, i + 1] += torch.cos(angles)
        i += 2
    return result


# ---------------------------------------------------------------- wrong

def wrong_halves_b(embedded):
    """All sines in the first half, all cosines in the second."""
    _, tokens, d = embedded.shape
    frequency = 10000 ** (-torch.arange(0, d, 2) / d)
    angle = torch.arange(tokens)[:, None] * frequency
    return embedded + torch.cat([angle.sin(), angle.cos()], dim=-1)


def wrong_own_exponent_b(embedded):
    """Odd places use their own number in the exponent instead of their partner's."""
    batch, tokens, d = embedded.shape
    pe = torch.zeros(tokens, d)
    for pos in range(tokens):
        for i in range(d):
            angle = pos / 10000 ** (i / d)
            pe[pos, i] = math.sin(angle) if i % 2 == 0 else math.cos(angle)
    return embedded + pe


def wrong_doubled_exponent_b(embedded):
    """i already runs in steps of two, and is doubled once more."""
    batch, tokens, d = embedded.shape
    pe = torch.zeros(tokens, d)
    for pos in range(tokens):
        for i in range(0, d, 2):
            pe[pos, i] = math.sin(pos / (10000 ** ((2 * i) / d)))
            pe[pos, i + 1] = math.cos(pos / (10000 ** ((2 * i) / d)))
    return embedded + pe


def wrong_factor_two_missing_b(embedded):
    """i counts the pairs, but the exponent is i / d instead of 2 i / d."""
    tokens, d = embedded.shape[1:]
    i = torch.arange(d // 2)
    angle = torch.arange(tokens).unsqueeze(1) / 10000 ** (i / d)
    pe = torch.stack([angle.sin(), angle.cos()], -1).flatten(1)
    return embedded + pe


def wrong_sin_cos_swapped_b(embedded):
    """Cosines at the even places, sines at the odd ones."""
    tokens, d = embedded.shape[1:]
    pe = torch.zeros(tokens, d)
    angle = torch.arange(tokens)[:, None] / 10000 ** (torch.arange(0, d, 2)[None, :] / d)
    pe[:, 1::2] = torch.sin(angle)
    pe[:, 0::2] = torch.cos(angle)
    return embedded + pe


def wrong_from_one_b(embedded):
    """Positions count from 1."""
    tokens, d = embedded.shape[1:]
    position = torch.arange(1, tokens + 1).unsqueeze(1)
    div = torch.exp(-math.log(10000) * torch.arange(0, d, 2) / d)
    pe = torch.zeros(tokens, d)
    pe[:, 0::2] = torch.sin(position * div)
    pe[:, 1::2] = torch.cos(position * div)
    return embedded + pe


def wrong_batch_as_position_b(embedded):
    """Takes the first axis for the position: every sentence gets one position for all its tokens."""
    n, d = embedded.shape[0], embedded.shape[2]
    angle = torch.arange(n)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
    pe = torch.zeros(n, d)
    pe[:, 0::2] = angle.sin()
    pe[:, 1::2] = angle.cos()
    return embedded + pe[:, None, :]


def wrong_in_place_b(embedded):
    """+= on the slices of the caller's tensor."""
    tokens, d = embedded.shape[1:]
    angle = torch.arange(tokens)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
    embedded[:, :, 0::2] += torch.sin(angle)
    embedded[:, :, 1::2] += torch.cos(angle)
    return embedded


def wrong_scaled_embedding_b(embedded):
    """Multiplies the embeddings by sqrt(d) first, as the paper does elsewhere."""
    tokens, d = embedded.shape[1:]
    pe = torch.zeros(tokens, d)
    angle = torch.arange(tokens)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
    pe[:, 0::2] = torch.sin(angle)
    pe[:, 1::2] = torch.cos(angle)
    return embedded * math.sqrt(d) + pe


def wrong_times_power_b(embedded):
    """Multiplies by the power of 10,000 instead of dividing by it."""
    tokens, d = embedded.shape[1:]
    power = 10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    angle = torch.arange(tokens)[:, None] * power
    pe = torch.zeros(tokens, d, dtype=embedded.dtype)
    pe[:, 0::2] = torch.sin(angle)
    pe[:, 1::2] = torch.cos(angle)
    return embedded + pe


def wrong_positions_only_b(embedded):
    """Writes the positions over a copy: the embeddings are gone."""
    tokens, d = embedded.shape[1:]
    pe = embedded.clone()
    angle = torch.arange(tokens)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
    pe[:, :, 0::2] = torch.sin(angle)
    pe[:, :, 1::2] = torch.cos(angle)
    return pe


def wrong_numpy_detached_b(embedded):
    """Everything in NumPy: the numbers are right, the gradient is lost."""
    array = embedded.detach().numpy().copy()
    batch, tokens, d = array.shape
    for pos in range(tokens):
        for i in range(d // 2):
            angle = pos / 10000 ** (2 * i / d)
            array[:, pos, 2 * i] += np.sin(angle)
            array[:, pos, 2 * i + 1] += np.cos(angle)
    return torch.from_numpy(array)
