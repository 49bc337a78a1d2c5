"""Attempts at dilated, written from the task's text alone."""

from collections import deque

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def right_zeros_in_front(hidden, before, now, dilation):
    """Zeros in front, and cut to the length."""
    zeros = hidden.new_zeros(dilation, hidden.shape[1])
    earlier = torch.cat([zeros, hidden])[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def right_pad(hidden, before, now, dilation):
    """The library's padding along the moments."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: hidden.shape[0]]
    return earlier @ before.mT + hidden @ now.mT


def right_loop(hidden, before, now, dilation):
    """A loop over the moments, stacked at the end."""
    rows = []
    for t in range(hidden.shape[0]):
        row = now @ hidden[t]
        if t - dilation >= 0:
            row = row + before @ hidden[t - dilation]
        rows.append(row)
    return torch.stack(rows)


def right_written_into_zeros(hidden, before, now, dilation):
    """Writes row by row into zeros, through which gradients flow."""
    out = torch.zeros(hidden.shape[0], now.shape[0], dtype=hidden.dtype, device=hidden.device)
    for t in range(hidden.shape[0]):
        out[t] = now @ hidden[t]
        if t >= dilation:
            out[t] += before @ hidden[t - dilation]
    return out


def right_transformed_first(hidden, before, now, dilation):
    """Multiplies all moments with both matrices, then moves one of the results."""
    moved = F.pad(hidden @ before.T, (0, 0, dilation, 0))
    return (hidden @ now.T) + moved[: hidden.size(0)]


def right_einsum(hidden, before, now, dilation):
    """einsum for both matrices."""
    earlier = F.pad(hidden, [0, 0, dilation, 0])[: len(hidden)]
    return torch.einsum("of,tf->to", before, earlier) + torch.einsum("of,tf->to", now, hidden)


def right_one_matrix(hidden, before, now, dilation):
    """Both moments side by side, and both matrices side by side."""
    n = hidden.shape[0]
    earlier = torch.cat([torch.zeros_like(hidden[:1]).expand(dilation, -1), hidden], dim=0)[:n]
    both = torch.cat([earlier, hidden], dim=1)
    return both @ torch.cat([before, now], dim=1).T


def right_roll_and_mask(hidden, before, now, dilation):
    """roll goes round, and what came round is set to zero."""
    moments = torch.arange(hidden.shape[0], device=hidden.device)[:, None]
    earlier = torch.where(moments >= dilation, hidden.roll(dilation, dims=0), 0.0)
    return earlier @ before.T + hidden @ now.T


def right_index_and_mask(hidden, before, now, dilation):
    """Looks up the earlier moment; where there is none, the weight is 0."""
    place = torch.arange(len(hidden)) - dilation
    there = (place >= 0).to(hidden.dtype)
    earlier = hidden[place.clamp(min=0)] * there[:, None]
    return F.linear(earlier, before) + F.linear(hidden, now)


def right_added_to_a_part(hidden, before, now, dilation):
    """Adds the earlier part to those rows that have one."""
    out = hidden @ now.T
    if dilation < hidden.shape[0]:
        rest = hidden.shape[0] - dilation
        out = torch.cat([out[:dilation], out[dilation:] + hidden[:rest] @ before.T])
    return out


def right_shift_matrix(hidden, before, now, dilation):
    """A matrix with ones at a distance below its diagonal moves the moments."""
    t = torch.arange(hidden.shape[0])
    shift = (t[:, None] - t[None, :] == dilation).to(hidden.dtype)
    return shift @ hidden @ before.T + hidden @ now.T


def right_columns(hidden, before, now, dilation):
    """Moments as columns, and turned back at the end."""
    columns = hidden.T
    earlier = F.pad(columns, (dilation, 0))[:, : columns.shape[1]]
    return (before @ earlier + now @ columns).T


def right_queue(hidden, before, now, dilation):
    """A queue of the last inputs, as for writing."""
    queue = [torch.zeros_like(hidden[0]) for _ in range(dilation)]
    rows = []
    for moment in hidden:
        queue.append(moment)
        rows.append(before @ queue.pop(0) + now @ moment)
    return torch.stack(rows)


def right_list_of_rows(hidden, before, now, dilation):
    """A comprehension with a condition."""
    nothing = torch.zeros(hidden.shape[1], dtype=hidden.dtype)
    earlier = [hidden[t - dilation] if t >= dilation else nothing for t in range(len(hidden))]
    return torch.stack([before @ e + now @ h for e, h in zip(earlier, hidden)])


def right_in_place_slice(hidden, before, now, dilation):
    """Adds in place to a slice of its own result."""
    out = hidden.matmul(now.t())
    steps = max(out.size(0) - dilation, 0)
    out[out.size(0) - steps :] += hidden[:steps].matmul(before.t())
    return out


def right_index_add(hidden, before, now, dilation):
    """index_add puts each moment's part where it is needed."""
    n = hidden.shape[0]
    steps = max(0, n - dilation)
    where = torch.arange(steps) + dilation
    return (hidden @ now.T).index_add(0, where, hidden[:steps] @ before.T)


def right_elementwise(hidden, before, now, dilation):
    """Products with broadcasting, and a sum over the numbers of a moment."""
    earlier = torch.zeros_like(hidden)
    steps = max(len(hidden) - dilation, 0)
    earlier[len(hidden) - steps :] = hidden[:steps]
    return (earlier[:, None, :] * before).sum(-1) + (hidden[:, None, :] * now).sum(-1)


def wrong_matrices_swapped(hidden, before, now, dilation):
    """The two matrices have changed places."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return earlier @ now.T + hidden @ before.T


def wrong_later_moment(hidden, before, now, dilation):
    """Looks to the right."""
    later = F.pad(hidden, (0, 0, 0, dilation))[dilation:]
    return later @ before.T + hidden @ now.T


def wrong_goes_round(hidden, before, now, dilation):
    """roll goes round: the first moments see the last ones."""
    return hidden.roll(dilation, dims=0) @ before.T + hidden @ now.T


def wrong_negative_index(hidden, before, now, dilation):
    """A negative place counts from the end in Python."""
    n = len(hidden)
    return torch.stack([before @ hidden[(t - dilation) % n] + now @ hidden[t] for t in range(n)])


def wrong_dilation_ignored(hidden, before, now, dilation):
    """Always the neighbour."""
    earlier = F.pad(hidden, (0, 0, 1, 0))[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def wrong_one_further(hidden, before, now, dilation):
    """One moment too far back."""
    earlier = F.pad(hidden, (0, 0, dilation + 1, 0))[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def wrong_greater_for_at_least(hidden, before, now, dilation):
    """At the moment `dilation` itself the earlier one is forgotten."""
    rows = []
    for t in range(len(hidden)):
        row = now @ hidden[t]
        if t > dilation:
            row = row + before @ hidden[t - dilation]
        rows.append(row)
    return torch.stack(rows)


def wrong_first_moments_zero(hidden, before, now, dilation):
    """Where there is no earlier moment, the whole result is zero."""
    rows = []
    for t in range(len(hidden)):
        if t < dilation:
            rows.append(torch.zeros(len(now), dtype=hidden.dtype))
        else:
            rows.append(before @ hidden[t - dilation] + now @ hidden[t])
    return torch.stack(rows)


def wrong_shorter(hidden, before, now, dilation):
    """Leaves out the moments that have no earlier one."""
    return F.pad(hidden, (0, 0, dilation, 0))[dilation:-dilation] @ before.T + hidden[dilation:] @ now.T


def wrong_longer(hidden, before, now, dilation):
    """Forgets to cut: there are more moments than came in."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))
    return earlier @ before.T + F.pad(hidden, (0, 0, 0, dilation)) @ now.T


def wrong_first_repeated(hidden, before, now, dilation):
    """The first moment stands for those before it."""
    place = (torch.arange(len(hidden)) - dilation).clamp(min=0)
    return hidden[place] @ before.T + hidden @ now.T


def wrong_detached(hidden, before, now, dilation):
    """The numbers are right, but no gradient flows to the earlier moments."""
    earlier = F.pad(hidden.detach(), (0, 0, dilation, 0))[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def wrong_numbers_only(hidden, before, now, dilation):
    """A new tensor from lists of numbers, through which no gradient flows."""
    rows = []
    for t in range(len(hidden)):
        row = now @ hidden[t]
        if t >= dilation:
            row = row + before @ hidden[t - dilation]
        rows.append(row.tolist())
    return torch.tensor(rows, dtype=hidden.dtype)


def wrong_without_grad(hidden, before, now, dilation):
    """Within no_grad."""
    with torch.no_grad():
        earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
        return earlier @ before.T + hidden @ now.T


def wrong_not_transposed(hidden, before, now, dilation):
    """The matrices are not transposed, which runs only where they are square."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return earlier @ before + hidden @ now


def wrong_result_transposed(hidden, before, now, dilation):
    """The moments are the second axis of the result."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return before @ earlier.T + now @ hidden.T


def wrong_padded_at_the_numbers(hidden, before, now, dilation):
    """Pads and cuts along the numbers of a moment, not along the moments."""
    earlier = F.pad(hidden, (dilation, 0))[:, : hidden.shape[1]]
    return earlier @ before.T + hidden @ now.T


def wrong_gate(hidden, before, now, dilation):
    """Multiplies the two parts instead of adding them."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return (earlier @ before.T) * (hidden @ now.T)


def wrong_library(hidden, before, now, dilation):
    """The right numbers by the function that the task forbids."""
    weight = torch.stack([before, now], dim=-1)
    columns = F.pad(hidden.T[None], (dilation, 0))
    return F.conv1d(columns, weight, dilation=dilation)[0].T


def right_ring(hidden, before, now, dilation):
    """A ring of the last inputs, each written over after it was read."""
    ring = [None] * dilation
    out = []
    for t, x in enumerate(hidden.unbind(0)):
        y = now.mv(x)
        old = ring[t % dilation]
        if old is not None:
            y = y + before.mv(old)
        ring[t % dilation] = x
        out.append(y)
    return torch.stack(out, dim=0)


def right_windows(hidden, before, now, dilation):
    """Windows over the padded moments, of which the first and the last place count."""
    padded = F.pad(hidden, (0, 0, dilation, 0))
    windows = padded.unfold(0, dilation + 1, 1)  # (moments, n_from, dilation + 1)
    return windows[..., 0] @ before.T + windows[..., -1] @ now.T


def right_phases(hidden, before, now, dilation):
    """Every `dilation`th moment is a row of its own, in which the earlier one is the neighbour."""
    n = hidden.shape[0]
    filled = F.pad(hidden, (0, 0, 0, -n % dilation))
    rows = filled.reshape(-1, dilation, hidden.shape[1])
    above = torch.cat([torch.zeros_like(rows[:1]), rows[:-1]])
    out = above @ before.T + rows @ now.T
    return out.reshape(-1, now.shape[0])[:n]


def right_stacked_weights(hidden, before, now, dilation):
    """One product with both matrices, then the halves are laid over each other."""
    old, new = F.linear(hidden, torch.vstack([before, now])).split(before.shape[0], dim=1)
    gap = torch.zeros(dilation, before.shape[0], dtype=hidden.dtype, device=hidden.device)
    return torch.add(new, torch.vstack((gap, old)).narrow(0, 0, hidden.shape[0]))


def right_vmap(hidden, before, now, dilation):
    """Written for one moment and mapped over all of them."""
    earlier = torch.vstack([hidden.new_zeros((dilation, hidden.shape[-1])), hidden])

    def at(old, new):
        return before @ old + now @ new

    return torch.vmap(at)(earlier[: len(hidden)], hidden)


def right_gather(hidden, before, now, dilation):
    """A row of zeros at the end is looked up where there is no earlier moment."""
    n = hidden.shape[0]
    with_zero = torch.cat([hidden, torch.zeros_like(hidden[:1])])
    places = torch.tensor([t - dilation if t >= dilation else n for t in range(n)])
    earlier = torch.index_select(with_zero, 0, places)
    return torch.addmm(hidden @ now.T, earlier, before.T)


def wrong_centred(hidden, before, now, dilation):
    """Pads half on each side, as a convolution that keeps the length often does."""
    left = dilation // 2
    padded = F.pad(hidden, (0, 0, left, dilation - left))
    return padded[: len(hidden)] @ before.T + padded[dilation:] @ now.T


def wrong_not_causal_flipped(hidden, before, now, dilation):
    """Padding stands at the end, so that `now` meets the later moment."""
    padded = F.pad(hidden, (0, 0, 0, dilation))
    return padded[: len(hidden)] @ before.T + padded[dilation:] @ now.T


def wrong_all_between(hidden, before, now, dilation):
    """Sums everything between the two moments as well."""
    earlier = sum(F.pad(hidden, (0, 0, d, 0))[: len(hidden)] for d in range(1, dilation + 1))
    return earlier @ before.T + hidden @ now.T


def wrong_own_result_fed_back(hidden, before, now, dilation):
    """The earlier part is taken from what it has made already, not from what came in."""
    rows = []
    for t in range(len(hidden)):
        row = now @ hidden[t]
        if t >= dilation:
            row = row + rows[t - dilation]
        rows.append(row)
    return torch.stack(rows)


def wrong_residual(hidden, before, now, dilation):
    """Adds the input where the sizes allow it, as the block around it may do."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    found = earlier @ before.T + hidden @ now.T
    return found + hidden if found.shape == hidden.shape else found


def wrong_tanh(hidden, before, now, dilation):
    """Puts the tanh of the whole layer on it."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return torch.tanh(earlier @ before.T + hidden @ now.T)


def wrong_numpy(hidden, before, now, dilation):
    """In NumPy, where gradients end."""
    h, b, w = (x.detach().numpy() for x in (hidden, before, now))
    out = h @ w.T
    if dilation < len(h):
        out[dilation:] += h[: len(h) - dilation] @ b.T
    return torch.from_numpy(out)


def wrong_data(hidden, before, now, dilation):
    """The matrices by .data: they get no gradient."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return earlier @ before.data.T + hidden @ now.data.T


def wrong_every_dilationth(hidden, before, now, dilation):
    """Answers only every `dilation`th moment; the others are left at zero."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    found = earlier @ before.T + hidden @ now.T
    kept = torch.arange(len(hidden)) % dilation == 0
    return found * kept[:, None]


def wrong_sum_of_all(hidden, before, now, dilation):
    """One vector: the sum over the moments."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return (earlier @ before.T + hidden @ now.T).sum(0)


def wrong_one_nearer(hidden, before, now, dilation):
    """dilation - 1 moments lie between, and it takes that for the distance."""
    earlier = F.pad(hidden, (0, 0, dilation - 1, 0))[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def wrong_doubled(hidden, before, now, dilation):
    """Two layers lie between, it believes, and so it goes twice as far."""
    earlier = F.pad(hidden, (0, 0, 2 * dilation, 0))[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def wrong_side_by_side(hidden, before, now, dilation):
    """The two parts beside each other, not added."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return torch.cat([earlier @ before.T, hidden @ now.T], dim=1)


def wrong_queue_one_short(hidden, before, now, dilation):
    """The queue holds one too few, and so the old one is a moment too near."""
    queue = deque([torch.zeros_like(hidden[0])] * dilation, maxlen=dilation)
    rows = []
    for x in hidden:
        queue.append(x)
        rows.append(before @ queue[0] + now @ x)
    return torch.stack(rows)


def wrong_mean_of_two(hidden, before, now, dilation):
    """Halves the sum, as if it were a mean of two moments."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return (earlier @ before.T + hidden @ now.T) / 2


# --- of another hand ------------------------------------------------------------

from itertools import chain, repeat

import torch
import torch.nn.functional as F
from torch import nn


def right_blocks(hidden, before, now, dilation):
    """Cuts the moments into blocks as long as the dilation: each block looks at the one before it."""
    earlier, rows = hidden.new_zeros(dilation, hidden.shape[1]), []
    for block in hidden.split(dilation):
        rows.append(F.linear(block, now) + F.linear(earlier[: len(block)], before))
        earlier = block
    return torch.cat(rows)


def right_who_meets_whom(hidden, before, now, dilation):
    """Two tables of moments by moments say who looks at whom, with which matrix, as attention would."""
    moments = torch.arange(len(hidden))
    distance = moments[:, None] - moments
    meets = torch.stack([distance == dilation, distance == 0]).to(hidden.dtype)  # (2, to, from)
    return torch.einsum("kts,kon,sn->to", meets, torch.stack([before, now]), hidden)


def right_number_by_number(hidden, before, now, dilation):
    """For every number that comes out, a sum over those that go in, each moved and weighted."""
    n_moments, n_from = hidden.shape
    columns = []
    for to in range(len(now)):
        column = torch.zeros(n_moments, dtype=hidden.dtype)
        for k in range(n_from):
            moved = F.pad(hidden[: n_moments - dilation, k], (dilation, 0))
            column = column + now[to, k] * hidden[:, k] + before[to, k] * moved
        columns.append(column)
    return torch.stack(columns, dim=1)


def right_recursion(hidden, before, now, dilation):
    """The last moment by itself, after all those that came before it."""
    t = len(hidden) - 1
    if t < 0:
        return hidden.new_zeros(0, now.shape[0])
    earlier = hidden[t - dilation] if t >= dilation else torch.zeros_like(hidden[t])
    last = (torch.mv(before, earlier) + torch.mv(now, hidden[t]))[None]
    return torch.vstack([right_recursion(hidden[:t], before, now, dilation), last])


def right_one_large_matrix(hidden, before, now, dilation):
    """All moments as one long vector, and the layer as one large matrix made of blocks."""
    n = len(hidden)
    same = torch.eye(n, dtype=hidden.dtype)
    back = F.pad(same, (dilation, 0))[:, :n].T  # row t has its one at t - dilation
    layer = torch.kron(same, now) + torch.kron(back.contiguous(), before)
    return (layer @ hidden.flatten()).reshape(n, len(now))


def right_two_readers(hidden, before, now, dilation):
    """Two readers of the same list; one starts later and is given zeros until then."""
    late = chain(repeat(torch.zeros(hidden.size(1), dtype=hidden.dtype), dilation), hidden)
    pairs = [torch.cat([earlier, vector]) for earlier, vector in zip(late, hidden)]
    return torch.stack(pairs) @ torch.cat([before, now], dim=1).mT


def wrong_every_multiple(hidden, before, now, dilation):
    """Goes back again and again: t − dilation, t − 2 · dilation … all count."""
    rows = []
    for t in range(len(hidden)):
        row = now @ hidden[t]
        for earlier in range(t - dilation, -1, -dilation):
            row = row + before @ hidden[earlier]
        rows.append(row)
    return torch.stack(rows)


def wrong_stride(hidden, before, now, dilation):
    """Takes the dilation for a stride: steps over moments and gives fewer of them."""
    some = hidden[::dilation]
    earlier = torch.cat([torch.zeros_like(some[:1]), some[:-1]])
    return earlier @ before.T + some @ now.T


def wrong_shifted_in_place(hidden, before, now, dilation):
    """Moves the caller's moments, and reads both parts from what has been moved."""
    moved = hidden.detach()
    moved[dilation:] = moved[:-dilation].clone()
    moved[:dilation] = 0
    return moved @ before.T + hidden @ now.T


def wrong_module_filled(hidden, before, now, dilation):
    """A module with the weights put in: it calls what is forbidden, and the matrices get no gradient."""
    layer = nn.Conv1d(hidden.shape[1], len(now), 2, dilation=dilation, bias=False, dtype=hidden.dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.stack([before, now], dim=-1))
    return layer(F.pad(hidden.T[None], (dilation, 0)))[0].T


def wrong_both_from_the_earlier(hidden, before, now, dilation):
    """Both matrices read the earlier moment."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return earlier @ before.T + earlier @ now.T


def wrong_one_or_the_other(hidden, before, now, dilation):
    """Where there is an earlier moment, only that counts; `now` is for the others."""
    n = len(hidden)
    return torch.cat([hidden[:dilation] @ now.T, hidden[: n - dilation] @ before.T])


def wrong_power_of_two(hidden, before, now, dilation):
    """Takes the number for that of a layer, whose distance is a power of 2."""
    earlier = F.pad(hidden, (0, 0, 2**dilation, 0))[: len(hidden)]
    return F.linear(earlier, before) + F.linear(hidden, now)


def wrong_ring_written_before_it_is_read(hidden, before, now, dilation):
    """Writes the newest into the ring and then reads that place, which was to be the oldest."""
    ring, rows = [torch.zeros_like(hidden[0])] * dilation, []
    for t, vector in enumerate(hidden):
        ring[t % dilation] = vector
        rows.append(before @ ring[t % dilation] + now @ vector)
    return torch.stack(rows)


def wrong_ring_full_at_the_start(hidden, before, now, dilation):
    """The ring begins with the first moments in it, where it should hold zeros."""
    ring, rows = list(hidden[:dilation]), []
    for vector in hidden:
        rows.append(before @ ring.pop(0) + now @ vector)
        ring.append(vector)
    return torch.stack(rows)


def wrong_time_not_turned_back(hidden, before, now, dilation):
    """Turns time round to have the padding at the end, and leaves the result like that."""
    turned = hidden.flip(0)
    earlier = F.pad(turned, (0, 0, 0, dilation))[dilation:]
    return earlier @ before.T + turned @ now.T


def wrong_zeros_between_the_moments(hidden, before, now, dilation):
    """Spreads the moments apart with zeros, in place of the two taps."""
    spread = hidden.new_zeros(len(hidden) * dilation, hidden.shape[1])
    spread[::dilation] = hidden
    earlier = F.pad(spread, (0, 0, 1, 0))[:-1]
    return (earlier @ before.T + spread @ now.T)[: len(hidden)]


def wrong_ones_in_front(hidden, before, now, dilation):
    """Fills what is missing with ones."""
    padded = F.pad(hidden, (0, 0, dilation, 0), value=1.0)
    return padded[: len(hidden)] @ before.T + hidden @ now.T


def wrong_newest_moment_only(hidden, before, now, dilation):
    """Gives the last moment, as one would who writes number by number."""
    result = now @ hidden[-1]
    if len(hidden) > dilation:
        result = result + before @ hidden[-1 - dilation]
    return result[None]


def wrong_scaled_like_attention(hidden, before, now, dilation):
    """Divides by the root of the number of inputs, as the scores of attention are."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return (earlier @ before.T + hidden @ now.T) / hidden.shape[1] ** 0.5
