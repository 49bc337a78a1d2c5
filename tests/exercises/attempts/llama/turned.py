"""Attempts at turned, written from the task's text alone."""

import math

import numpy as np
import torch
from torch import Tensor
import torch.nn.functional as F


def _angles(vectors, frequencies):
    return torch.arange(vectors.shape[0])[:, None] * frequencies  # (tokens, dim / 2)


# ---------------------------------------------------------------- right
def right_two_halves(vectors: Tensor, frequencies: Tensor) -> Tensor:
    """The two coordinates of every hand, turned, and put together again."""
    angles = torch.outer(torch.arange(len(vectors), dtype=frequencies.dtype), frequencies)
    x, y = vectors.chunk(2, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([x * cos - y * sin, x * sin + y * cos], dim=-1)


def right_rotate_half(vectors, frequencies):
    """The way of Hugging Face: x cos + rotate_half(x) sin."""
    angles = _angles(vectors, frequencies)
    angles = torch.cat([angles, angles], dim=-1)
    half = vectors.shape[-1] // 2
    rotated = torch.cat([-vectors[:, half:], vectors[:, :half]], dim=-1)
    return vectors * angles.cos() + rotated * angles.sin()


def right_hugging_face(vectors, frequencies):
    """Calls Hugging Face's own function."""
    from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

    angles = _angles(vectors, frequencies).repeat(1, 2)[None]
    x = vectors[None, None]
    found, _ = apply_rotary_pos_emb(x, x, angles.cos(), angles.sin())
    return found[0, 0]


def right_complex_numbers(vectors, frequencies):
    """A hand is a complex number, and to turn it is to multiply."""
    x, y = vectors.tensor_split(2, dim=1)
    turn = torch.exp(1j * _angles(vectors, frequencies))
    z = torch.complex(x, y) * turn
    return torch.cat([z.real, z.imag], dim=1)


def right_polar(vectors, frequencies):
    """view_as_complex and polar, as in Meta's code, with the halves as pairs."""
    angles = _angles(vectors, frequencies)
    pairs = vectors.reshape(len(vectors), 2, -1).transpose(1, 2).contiguous()
    z = torch.view_as_complex(pairs) * torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(z).transpose(1, 2).reshape(vectors.shape)


def right_two_loops(vectors, frequencies):
    """A beginner's loops over places and pairs; the numbers stay tensors."""
    half = len(frequencies)
    rows = []
    for p in range(vectors.shape[0]):
        first, second = [], []
        for i in range(half):
            angle = p * frequencies[i]
            x, y = vectors[p, i], vectors[p, i + half]
            first.append(x * torch.cos(angle) - y * torch.sin(angle))
            second.append(x * torch.sin(angle) + y * torch.cos(angle))
        rows.append(torch.stack(first + second))
    return torch.stack(rows)


def right_filled_in(vectors, frequencies):
    """An empty tensor of the same shape, filled half by half."""
    angles = _angles(vectors, frequencies)
    half = frequencies.numel()
    out = torch.empty_like(vectors)
    out[:, :half] = vectors[:, :half] * torch.cos(angles) - vectors[:, half:] * torch.sin(angles)
    out[:, half:] = vectors[:, :half] * torch.sin(angles) + vectors[:, half:] * torch.cos(angles)
    return out


def right_two_by_two_matrices(vectors, frequencies):
    """A 2 by 2 matrix for each place and pair."""
    a = _angles(vectors, frequencies)
    matrices = torch.stack([torch.stack([a.cos(), -a.sin()], -1), torch.stack([a.sin(), a.cos()], -1)], -2)
    hands = vectors.unflatten(1, (2, -1))  # (tokens, 2, dim / 2)
    return torch.einsum("piab,pbi->pai", matrices, hands).flatten(1)


def right_big_matrix(vectors, frequencies):
    """One dim by dim matrix for each place, of four diagonal blocks."""
    rows = []
    for p, vector in enumerate(vectors):
        c, s = torch.diag(torch.cos(p * frequencies)), torch.diag(torch.sin(p * frequencies))
        matrix = torch.cat([torch.cat([c, -s], 1), torch.cat([s, c], 1)])
        rows.append(matrix @ vector)
    return torch.stack(rows)


def right_step_by_step(vectors, frequencies):
    """Turns all by one step, and then all but the first again, and so on."""
    half = frequencies.shape[0]
    cos, sin = frequencies.cos(), frequencies.sin()
    done, rest = [], vectors
    while len(rest):
        done.append(rest[:1] * 1)
        rest = rest[1:]
        x, y = rest[:, :half], rest[:, half:]
        rest = torch.cat([x * cos - y * sin, x * sin + y * cos], 1)
    return torch.cat(done)


def right_recursion(vectors, frequencies):
    """The first stays; the others are those of the shorter text, turned by one more."""
    if len(vectors) <= 1:
        return vectors.clone()
    later = right_recursion(vectors[1:], frequencies)
    x, y = later.chunk(2, dim=1)
    c, s = torch.cos(frequencies), torch.sin(frequencies)
    return torch.cat([vectors[:1], torch.cat([c * x - s * y, s * x + c * y], dim=1)])


def right_matrix_exponential(vectors, frequencies):
    """The exponential of the skew-symmetric matrix that a turn has."""
    f = torch.diag(frequencies)
    zero = torch.zeros_like(f)
    generator = torch.cat([torch.cat([zero, -f], 1), torch.cat([f, zero], 1)])
    places = torch.arange(len(vectors), dtype=frequencies.dtype)
    turns = torch.linalg.matrix_exp(places[:, None, None] * generator)
    return (turns @ vectors[..., None])[..., 0]


def right_neighbours_and_back(vectors, frequencies):
    """Brings pairs beside each other, turns as the paper writes it, and sorts back."""
    half = vectors.shape[1] // 2
    order = torch.arange(2 * half).reshape(2, half).T.flatten()  # 0, half, 1, half + 1, ...
    x = vectors[:, order]
    a = _angles(vectors, frequencies).repeat_interleave(2, dim=1)
    swapped = torch.stack([-x[:, 1::2], x[:, 0::2]], dim=-1).flatten(1)
    turned = x * a.cos() + swapped * a.sin()
    return turned[:, order.argsort()]


def right_cosine_only(vectors, frequencies):
    """A sine is a cosine that comes a quarter of a turn later."""
    a = _angles(vectors, frequencies)
    x, y = vectors[:, : a.shape[1]], vectors[:, a.shape[1] :]
    quarter = math.pi / 2
    return torch.hstack([x * torch.cos(a) + y * torch.cos(a + quarter), x * torch.cos(a - quarter) + y * torch.cos(a)])


def right_pair_by_pair(vectors, frequencies):
    """A loop over the pairs, all places at once; columns are stacked."""
    half = len(frequencies)
    places = torch.arange(len(vectors))
    first, second = [], []
    for i, f in enumerate(frequencies):
        c, s = torch.cos(places * f), torch.sin(places * f)
        first.append(c * vectors[:, i] - s * vectors[:, i + half])
        second.append(s * vectors[:, i] + c * vectors[:, i + half])
    return torch.stack(first + second, dim=1)


def right_vmap(vectors, frequencies):
    """Writes it for one vector and maps over the places."""

    def one(vector, place):
        x, y = vector.view(2, -1)
        c, s = (place * frequencies).cos(), (place * frequencies).sin()
        return torch.cat([c * x - s * y, s * x + c * y])

    return torch.vmap(one)(vectors, torch.arange(len(vectors)))


# ---------------------------------------------------------------- wrong
def wrong_neighbours(vectors, frequencies):
    """Pairs neighbours, as the paper does."""
    a = _angles(vectors, frequencies)
    x, y = vectors[:, 0::2], vectors[:, 1::2]
    return torch.stack([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1).flatten(1)


def wrong_clockwise(vectors, frequencies):
    """The sign of the sine is turned around: clockwise."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() + y * a.sin(), y * a.cos() - x * a.sin()], dim=-1)


def wrong_first_place_is_one(vectors, frequencies):
    """Counts the places from 1."""
    a = torch.arange(1, len(vectors) + 1)[:, None] * frequencies
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_no_place(vectors, frequencies):
    """Turns every vector by the frequency, whatever its place."""
    x, y = vectors.chunk(2, dim=-1)
    c, s = frequencies.cos(), frequencies.sin()
    return torch.cat([x * c - y * s, x * s + y * c], dim=-1)


def wrong_both_minus(vectors, frequencies):
    """A minus in both coordinates: no rotation."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() - y * a.cos()], dim=-1)


def wrong_both_plus(vectors, frequencies):
    """A plus in both coordinates."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() + y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_sine_and_cosine_swapped(vectors, frequencies):
    """Sine for cosine and cosine for sine."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.sin() - y * a.cos(), x * a.cos() + y * a.sin()], dim=-1)


def wrong_added(vectors, frequencies):
    """Adds the hands of the clocks to the vectors, as notebook 06 did."""
    a = _angles(vectors, frequencies)
    return vectors + torch.cat([a.cos(), a.sin()], dim=-1)


def wrong_multiplied_only(vectors, frequencies):
    """Multiplies the halves with cosine and sine, without mixing them."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos(), y * a.sin()], dim=-1)


def wrong_overwritten(vectors, frequencies):
    """The first half is overwritten before the second half needs it."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    x = x * a.cos() - y * a.sin()
    y = x * a.sin() + y * a.cos()
    return torch.cat([x, y], dim=-1)


def wrong_repeat_interleave(vectors, frequencies):
    """Halves are swapped, but the angles are repeated for neighbours."""
    a = _angles(vectors, frequencies).repeat_interleave(2, dim=-1)
    x, y = vectors.chunk(2, dim=-1)
    return vectors * a.cos() + torch.cat([-y, x], dim=-1) * a.sin()


def wrong_interleaved_result(vectors, frequencies):
    """The pairs are right, but the result puts them beside each other."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.stack([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1).flatten(1)


def wrong_halves_exchanged(vectors, frequencies):
    """Puts the second coordinates before the first."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.sin() + y * a.cos(), x * a.cos() - y * a.sin()], dim=-1)


def wrong_frequencies_reversed(vectors, frequencies):
    """Pairs number i with number dim - 1 - i, from the outside in."""
    a = _angles(vectors, frequencies)
    half = len(frequencies)
    x, y = vectors[:, :half], vectors[:, half:].flip(1)
    return torch.cat([x * a.cos() - y * a.sin(), (x * a.sin() + y * a.cos()).flip(1)], dim=1)


def wrong_own_frequencies(vectors, frequencies):
    """Computes the frequencies of the paper and never looks at those that it is given."""
    dim = vectors.shape[1]
    own = 10_000.0 ** (-torch.arange(0, dim, 2, dtype=vectors.dtype) / dim)
    a = _angles(vectors, own)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_first_frequency_for_all(vectors, frequencies):
    """All pairs turn as fast as the first."""
    a = torch.arange(len(vectors))[:, None] * frequencies[0]
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_turns_for_radians(vectors, frequencies):
    """Takes the frequencies for whole turns: 2 pi too many."""
    a = 2 * math.pi * _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_degrees(vectors, frequencies):
    """Takes the angles for degrees."""
    a = torch.deg2rad(_angles(vectors, frequencies))
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_divided(vectors, frequencies):
    """The place divided by the frequency."""
    a = torch.arange(len(vectors))[:, None] / frequencies
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_places_from_the_end(vectors, frequencies):
    """Counts the places from the last vector back."""
    a = _angles(vectors, frequencies).flip(0)
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_numpy(vectors, frequencies):
    """In NumPy: right numbers, and no gradient flows."""
    v, f = vectors.detach().numpy(), frequencies.detach().numpy()
    a = np.arange(len(v))[:, None] * f
    x, y = np.split(v, 2, axis=1)
    return torch.from_numpy(np.concatenate([x * np.cos(a) - y * np.sin(a), x * np.sin(a) + y * np.cos(a)], axis=1))


def wrong_in_place(vectors, frequencies):
    """Right numbers, written into the caller's vectors."""
    a = _angles(vectors, frequencies)
    half = len(frequencies)
    x, y = vectors[:, :half].clone(), vectors[:, half:].clone()
    vectors.data[:, :half] = (x * a.cos() - y * a.sin()).data
    vectors.data[:, half:] = (x * a.sin() + y * a.cos()).data
    return vectors


def wrong_first_half_alone(vectors, frequencies):
    """Returns the first coordinates only."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    return x * a.cos() - y * a.sin()


def wrong_last_token_for_all(vectors, frequencies):
    """One angle for all: that of the number of tokens."""
    a = len(vectors) * frequencies
    x, y = vectors.chunk(2, dim=-1)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def wrong_rows_halved(vectors, frequencies):
    """Halves the tokens, not the numbers of each."""
    x, y = vectors.chunk(2, dim=0)
    a = torch.arange(len(x))[:, None] * frequencies.repeat(2)
    return torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=0)


def wrong_no_return(vectors, frequencies):
    """The return is missing."""
    a = _angles(vectors, frequencies)
    x, y = vectors.chunk(2, dim=-1)
    turned = torch.cat([x * a.cos() - y * a.sin(), x * a.sin() + y * a.cos()], dim=-1)


def right_meshed(vectors, frequencies):
    """einsum for the angles; slices for the halves."""
    n, dim = vectors.shape
    t = torch.einsum("p,i->pi", torch.arange(n).to(frequencies), frequencies)
    left = vectors[:, : dim // 2]
    right = vectors[:, dim // 2 :]
    new_left = left * t.cos() - right * t.sin()
    new_right = right * t.cos() + left * t.sin()
    return torch.hstack((new_left, new_right))


def right_roll(vectors, frequencies):
    """Rolls by half a vector, with signs."""
    h = frequencies.shape[0]
    t = torch.arange(vectors.shape[0]).unsqueeze(1) * torch.cat([frequencies, frequencies])
    signs = torch.ones_like(vectors)
    signs[:, :h] = -1
    return vectors * torch.cos(t) + vectors.roll(h, dims=1) * signs * torch.sin(t)


def right_phases_added(vectors, frequencies):
    """Powers of one complex step: place after place is multiplied once more."""
    h = frequencies.shape[0]
    step = torch.complex(frequencies.cos(), frequencies.sin())
    turn = torch.ones_like(step)
    rows = []
    for vector in vectors:
        z = torch.complex(vector[:h], vector[h:]) * turn
        rows.append(torch.cat([z.real, z.imag]))
        turn = turn * step
    return torch.stack(rows)


def right_comprehension(vectors, frequencies):
    """Row by row in a comprehension, with a function for one hand of all clocks."""

    def turn(vector, angle):
        x, y = vector.tensor_split(2)
        return torch.cat([x * angle.cos() - y * angle.sin(), x * angle.sin() + y * angle.cos()])

    return torch.stack([turn(v, p * frequencies) for p, v in enumerate(vectors)])


def right_matmul_per_pair(vectors, frequencies):
    """For each pair a batch of 2 by 2 matrices."""
    h = len(frequencies)
    out = vectors.clone()
    for i in range(h):
        t = torch.arange(len(vectors)) * frequencies[i]
        m = torch.stack([t.cos(), -t.sin(), t.sin(), t.cos()], dim=1).view(-1, 2, 2)
        pair = torch.stack([vectors[:, i], vectors[:, i + h]], dim=1).unsqueeze(-1)
        out[:, [i, i + h]] = (m @ pair).squeeze(-1)
    return out


def right_cumulative(vectors, frequencies):
    """The angles as a running sum that begins with 0."""
    steps = frequencies.expand(len(vectors), -1)
    t = steps.cumsum(0) - steps
    x, y = vectors.split(frequencies.numel(), dim=1)
    return torch.cat([torch.addcmul(x * t.cos(), y, t.sin(), value=-1), torch.addcmul(y * t.cos(), x, t.sin())], 1)


def wrong_cumulative_too_early(vectors, frequencies):
    """A running sum that begins with one step."""
    t = frequencies.expand(len(vectors), -1).cumsum(0)
    x, y = vectors.split(frequencies.numel(), dim=1)
    return torch.cat([x * t.cos() - y * t.sin(), x * t.sin() + y * t.cos()], 1)


def wrong_conjugate(vectors, frequencies):
    """exp(-i angle): the hands turn clockwise."""
    h = frequencies.shape[0]
    t = torch.arange(len(vectors)).unsqueeze(1) * frequencies
    z = torch.complex(vectors[:, :h], vectors[:, h:]) * torch.exp(-1j * t)
    return torch.cat([z.real, z.imag], dim=1)


def wrong_view_as_complex(vectors, frequencies):
    """view_as_complex pairs neighbours."""
    t = torch.arange(len(vectors)).unsqueeze(1) * frequencies
    z = torch.view_as_complex(vectors.reshape(len(vectors), -1, 2)) * torch.polar(torch.ones_like(t), t)
    return torch.view_as_real(z).flatten(1)


def wrong_no_minus(vectors, frequencies):
    """Swaps the halves and forgets the minus."""
    h = frequencies.shape[0]
    t = torch.arange(len(vectors)).unsqueeze(1) * torch.cat([frequencies, frequencies])
    return vectors * t.cos() + vectors.roll(h, dims=1) * t.sin()


def wrong_minus_on_second(vectors, frequencies):
    """The minus stands at the half that was first before it was swapped."""
    x, y = vectors.split(frequencies.numel(), dim=1)
    t = torch.arange(len(vectors)).unsqueeze(1) * torch.cat([frequencies, frequencies])
    return vectors * t.cos() + torch.cat([y, -x], 1) * t.sin()


def wrong_pair_number_as_place(vectors, frequencies):
    """Multiplies the frequency by the number of the pair, where the place is meant."""
    t = torch.arange(len(frequencies)) * frequencies
    x, y = vectors.split(frequencies.numel(), dim=1)
    return torch.cat([x * t.cos() - y * t.sin(), x * t.sin() + y * t.cos()], 1)


def wrong_cosine_alone(vectors, frequencies):
    """Shortens each hand by the cosine, and forgets the sine."""
    t = torch.arange(len(vectors)).unsqueeze(1) * torch.cat([frequencies, frequencies])
    return vectors * t.cos()


def wrong_small_angles(vectors, frequencies):
    """sin a = a and cos a = 1, which holds for small angles alone."""
    t = torch.arange(len(vectors)).unsqueeze(1) * frequencies
    x, y = vectors.split(frequencies.numel(), dim=1)
    return torch.cat([x - y * t, y + x * t], 1)


def wrong_angle_squared(vectors, frequencies):
    """Turns what was turned already: the place is counted once for each earlier token."""
    x, y = vectors.split(frequencies.numel(), dim=1)
    t = (torch.arange(len(vectors)).unsqueeze(1) * frequencies).cumsum(0)
    return torch.cat([x * t.cos() - y * t.sin(), x * t.sin() + y * t.cos()], 1)


def wrong_first_pair_stays(vectors, frequencies):
    """range(1, half): the first pair is never turned."""
    h = len(frequencies)
    out = vectors.clone()
    for i in range(1, h):
        t = torch.arange(len(vectors)) * frequencies[i]
        out[:, i] = vectors[:, i] * t.cos() - vectors[:, i + h] * t.sin()
        out[:, i + h] = vectors[:, i] * t.sin() + vectors[:, i + h] * t.cos()
    return out


def wrong_item(vectors, frequencies):
    """math.cos and .item(): the numbers are right and cut off from the inputs."""
    h = len(frequencies)
    out = torch.zeros_like(vectors)
    for p in range(len(vectors)):
        for i in range(h):
            a = p * frequencies[i].item()
            x, y = vectors[p, i].item(), vectors[p, i + h].item()
            out[p, i] = x * math.cos(a) - y * math.sin(a)
            out[p, i + h] = x * math.sin(a) + y * math.cos(a)
    return out


def wrong_unit_hands(vectors, frequencies):
    """Makes every hand one long."""
    t = torch.arange(len(vectors)).unsqueeze(1) * frequencies
    x, y = F.normalize(vectors.unflatten(1, (2, -1)), dim=1).unbind(1)
    return torch.cat([x * t.cos() - y * t.sin(), x * t.sin() + y * t.cos()], 1)
