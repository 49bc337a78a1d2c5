"""Attempts at dilated by another hand, written from the task's text alone."""

from collections import deque

import numpy as np
import torch
from torch.nn import functional as F


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
