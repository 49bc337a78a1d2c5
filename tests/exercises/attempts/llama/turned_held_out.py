"""Held-out attempts at turned, by another hand, written from the task's text alone."""

import math

import torch


def right_hand_by_hand(vectors, frequencies):
    """Beginner: place after place and pair after pair, with math."""
    tokens, dim = vectors.shape
    half = dim // 2
    out = torch.zeros_like(vectors)
    for p in range(tokens):
        for i in range(half):
            angle = p * float(frequencies[i])
            x, y = vectors[p, i], vectors[p, i + half]
            out[p, i] = x * math.cos(angle) - y * math.sin(angle)
            out[p, i + half] = x * math.sin(angle) + y * math.cos(angle)
    return out


def right_complex(vectors, frequencies):
    """Each hand is a complex number and the turn a product."""
    x, y = vectors.chunk(2, dim=-1)
    angles = torch.outer(torch.arange(len(vectors), dtype=torch.float64), frequencies.double())
    turn = torch.polar(torch.ones_like(angles), angles)
    hands = torch.complex(x, y) * turn
    return torch.cat([hands.real, hands.imag], dim=-1).to(vectors.dtype)


def right_small_matrices(vectors, frequencies):
    """A 2 × 2 matrix for each place and pair, applied with einsum."""
    tokens, dim = vectors.shape
    angles = torch.arange(tokens).double()[:, None] * frequencies.double()
    cos, sin = angles.cos().to(vectors.dtype), angles.sin().to(vectors.dtype)
    matrices = torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)  # (tokens, dim / 2, 2, 2)
    hands = vectors.reshape(tokens, 2, dim // 2)
    return torch.einsum("tiab,tbi->tai", matrices, hands).reshape(tokens, dim)


def right_roll(vectors, frequencies):
    """The other coordinate of every number is half a vector away; only signs differ."""
    half = vectors.shape[1] // 2
    angles = (torch.arange(vectors.shape[0]).unsqueeze(1) * frequencies.double()).repeat(1, 2)
    signs = torch.cat([-torch.ones(half), torch.ones(half)]).double()
    other = torch.roll(vectors, half, dims=1)
    return vectors * angles.cos().to(vectors.dtype) + other * (signs * angles.sin()).to(vectors.dtype)


def right_one_matrix_a_place(vectors, frequencies):
    """One large matrix for each place, mostly zeros, times the vector."""
    tokens, dim = vectors.shape
    half = dim // 2
    upper = torch.arange(half)
    angles = torch.arange(tokens).double()[:, None] * frequencies.detach().double()
    matrix = torch.zeros(tokens, dim, dim, dtype=vectors.dtype)
    matrix[:, upper, upper] = angles.cos().to(vectors.dtype)
    matrix[:, upper, upper + half] = -angles.sin().to(vectors.dtype)
    matrix[:, upper + half, upper] = angles.sin().to(vectors.dtype)
    matrix[:, upper + half, upper + half] = angles.cos().to(vectors.dtype)
    return (matrix @ vectors[:, :, None])[:, :, 0]


def right_sin_of_a_quarter_more(vectors, frequencies):
    """cos is the sine a quarter turn later; both halves are made in a row."""
    first, second = torch.tensor_split(vectors, 2, dim=1)
    places = torch.arange(vectors.size(0), dtype=torch.double).view(-1, 1)
    angles = places * frequencies.double().view(1, -1)
    up = torch.sin(angles).type_as(vectors)
    along = torch.sin(angles + math.pi / 2).type_as(vectors)
    return torch.hstack([first * along - second * up, first * up + second * along])


def wrong_clockwise(vectors, frequencies):
    """The sign of the sine stands at the other coordinate."""
    x, y = vectors.chunk(2, -1)
    angles = torch.arange(len(vectors))[:, None] * frequencies
    return torch.cat([x * angles.cos() + y * angles.sin(), y * angles.cos() - x * angles.sin()], -1)


def wrong_neighbours(vectors, frequencies):
    """Pairs neighbours, as the paper does."""
    x, y = vectors[:, 0::2], vectors[:, 1::2]
    angles = torch.arange(len(vectors))[:, None] * frequencies
    turned = torch.stack([x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()], -1)
    return turned.flatten(1)


def wrong_put_back_as_neighbours(vectors, frequencies):
    """Pairs the halves, but writes the two coordinates beside each other."""
    x, y = vectors.chunk(2, -1)
    angles = torch.arange(len(vectors))[:, None] * frequencies
    return torch.stack([x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()], -1).flatten(1)


def wrong_counted_from_one(vectors, frequencies):
    """The first vector is turned already: places counted from 1."""
    x, y = vectors.chunk(2, -1)
    angles = torch.arange(1, len(vectors) + 1)[:, None] * frequencies
    return torch.cat([x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()], -1)


def wrong_place_left_out(vectors, frequencies):
    """Turns every vector by the frequencies alone."""
    x, y = vectors.chunk(2, -1)
    cos, sin = frequencies.cos(), frequencies.sin()
    return torch.cat([x * cos - y * sin, x * sin + y * cos], -1)


def wrong_already_turned(vectors, frequencies):
    """The second coordinate is made from the first one as it is after the turn."""
    x, y = vectors.chunk(2, -1)
    angles = torch.arange(len(vectors))[:, None] * frequencies
    x = x * angles.cos() - y * angles.sin()
    y = x * angles.sin() + y * angles.cos()
    return torch.cat([x, y], -1)


def wrong_whole_turns(vectors, frequencies):
    """Takes a frequency as turns for each place, so 2π too much."""
    x, y = vectors.chunk(2, -1)
    angles = 2 * math.pi * torch.arange(len(vectors))[:, None] * frequencies
    return torch.cat([x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()], -1)


def wrong_frequencies_interleaved(vectors, frequencies):
    """Each frequency twice in a row, where the halves want the whole list twice."""
    half = vectors.shape[1] // 2
    angles = torch.arange(len(vectors))[:, None] * frequencies.repeat_interleave(2)
    other = torch.cat([-vectors[:, half:], vectors[:, :half]], -1)
    return vectors * angles.cos() + other * angles.sin()


def wrong_halves_not_negated(vectors, frequencies):
    """Swaps the halves and forgets the minus."""
    half = vectors.shape[1] // 2
    angles = torch.arange(len(vectors))[:, None] * torch.cat([frequencies, frequencies])
    other = torch.cat([vectors[:, half:], vectors[:, :half]], -1)
    return vectors * angles.cos() + other * angles.sin()


def wrong_hands_added(vectors, frequencies):
    """Adds the hands of the clocks to the vector, as notebook 06 did, and turns nothing."""
    angles = torch.arange(len(vectors))[:, None] * frequencies
    return vectors + torch.cat([angles.cos(), angles.sin()], -1)


def wrong_sine_and_cosine_swapped(vectors, frequencies):
    """cos where sin belongs: a quarter turn, and the other way round."""
    x, y = vectors.chunk(2, -1)
    angles = torch.arange(len(vectors))[:, None] * frequencies
    return torch.cat([x * angles.sin() - y * angles.cos(), x * angles.cos() + y * angles.sin()], -1)


def wrong_slowest_first(vectors, frequencies):
    """Flips the frequencies, so the last pair turns fastest."""
    x, y = vectors.chunk(2, -1)
    angles = torch.arange(len(vectors))[:, None] * frequencies.flip(0)
    return torch.cat([x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()], -1)


def wrong_partner_from_behind(vectors, frequencies):
    """Pairs the first number with the last, the second with the last but one."""
    half = vectors.shape[1] // 2
    x, y = vectors[:, :half], vectors[:, half:].flip(1)
    angles = torch.arange(len(vectors))[:, None] * frequencies
    return torch.cat([x * angles.cos() - y * angles.sin(), (x * angles.sin() + y * angles.cos()).flip(1)], -1)


def wrong_rebuilt_from_numbers(vectors, frequencies):
    """The numbers are right, but torch.tensor of plain floats has lost the gradients."""
    half, rows = vectors.shape[1] // 2, []
    for p, row in enumerate(vectors.tolist()):
        angles = [p * f for f in frequencies.tolist()]
        xs = [row[i] * math.cos(a) - row[i + half] * math.sin(a) for i, a in enumerate(angles)]
        ys = [row[i] * math.sin(a) + row[i + half] * math.cos(a) for i, a in enumerate(angles)]
        rows.append(xs + ys)
    return torch.tensor(rows, dtype=vectors.dtype)
