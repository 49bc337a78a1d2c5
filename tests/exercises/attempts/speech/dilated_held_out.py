"""Held-out attempts at dilated, a sample of learners, written from the task's text alone."""

import torch
import torch.nn.functional as F


def right_moment_by_moment(hidden, before, now, dilation):
    """Beginner: a loop over the moments and a list that is stacked."""
    result = []
    for t in range(len(hidden)):
        out = now @ hidden[t]
        if t >= dilation:
            out = out + before @ hidden[t - dilation]
        result.append(out)
    return torch.stack(result)


def right_padded(hidden, before, now, dilation):
    """Zeros in front, cut to the length."""
    earlier = F.pad(hidden, (0, 0, dilation, 0))[: len(hidden)]
    return earlier @ before.T + hidden @ now.T


def right_zeros_joined(hidden, before, now, dilation):
    """Zeros and the beginning of the moments, joined."""
    zeros = torch.zeros(dilation, hidden.shape[1], dtype=hidden.dtype)
    earlier = torch.cat([zeros, hidden[:-dilation]], dim=0)
    return earlier @ before.t() + hidden @ now.t()


def right_added_behind(hidden, before, now, dilation):
    """First the present for all, then the past for those that have one."""
    result = hidden @ now.T
    result[dilation:] += hidden[: len(hidden) - dilation] @ before.T
    return result


def right_rolled_and_masked(hidden, before, now, dilation):
    """Rolls, and multiplies what came round by zero."""
    mask = (torch.arange(hidden.shape[0]) >= dilation).to(hidden.dtype).unsqueeze(1)
    past = torch.roll(hidden, dilation, dims=0) * mask
    return torch.einsum("ti,oi->to", past, before) + torch.einsum("ti,oi->to", hidden, now)


def right_one_product(hidden, before, now, dilation):
    """Both moments side by side, both matrices side by side."""
    n = hidden.size(0)
    past = torch.cat((hidden.new_zeros(dilation, hidden.size(1)), hidden))[:n]
    return F.linear(torch.cat((past, hidden), dim=1), torch.cat((before, now), dim=1))


def right_matrix_of_shifts(hidden, before, now, dilation):
    """A matrix with ones below its diagonal moves the moments."""
    n = len(hidden)
    shift = (torch.arange(n)[:, None] - torch.arange(n)[None, :] == dilation).to(hidden.dtype)
    return shift @ hidden @ before.T + hidden @ now.T


def right_products_first(hidden, before, now, dilation):
    """Multiplies by both matrices first and moves the result of one."""
    past = (before @ hidden.T).T
    present = (now @ hidden.T).T
    moved = torch.zeros_like(past)
    moved[dilation:] = past[:-dilation]
    return moved + present


def wrong_rolled(hidden, before, now, dilation):
    """torch.roll brings the last moments to the front."""
    return torch.roll(hidden, dilation, 0) @ before.T + hidden @ now.T


def wrong_negative_index(hidden, before, now, dilation):
    """An index below zero counts from the end, and no error says so."""
    rows = []
    for t in range(hidden.shape[0]):
        rows.append(before @ hidden[t - dilation] + now @ hidden[t])
    return torch.stack(rows)


def wrong_too_short(hidden, before, now, dilation):
    """Leaves out the moments that have none before."""
    return hidden[:-dilation] @ before.T + hidden[dilation:] @ now.T


def wrong_matrices_swapped(hidden, before, now, dilation):
    """`now` meets the earlier moment and `before` the present one."""
    past = F.pad(hidden, (0, 0, dilation, 0))[:-dilation]
    return past @ now.T + hidden @ before.T


def wrong_not_turned(hidden, before, now, dilation):
    """Multiplies from the other side without a transpose."""
    past = torch.cat([hidden.new_zeros(dilation, hidden.shape[1]), hidden[:-dilation]])
    return past @ before + hidden @ now


def wrong_one_late(hidden, before, now, dilation):
    """Greater in place of at least: the first moment is never looked at."""
    out = []
    for t in range(len(hidden)):
        y = now @ hidden[t]
        if t > dilation:
            y = y + before @ hidden[t - dilation]
        out.append(y)
    return torch.stack(out)


def wrong_first_ones_empty(hidden, before, now, dilation):
    """Where there is no earlier moment all of the result is zero."""
    n, n_to = hidden.shape[0], now.shape[0]
    out = torch.zeros(n, n_to, dtype=hidden.dtype)
    out[dilation:] = hidden[:-dilation] @ before.T + hidden[dilation:] @ now.T
    return out


def wrong_looks_ahead(hidden, before, now, dilation):
    """Pads behind and looks to the right."""
    other = F.pad(hidden, (0, 0, 0, dilation))[dilation:]
    return other @ before.T + hidden @ now.T


def wrong_conv1d(hidden, before, now, dilation):
    """The values are right, and it is the conv1d that the task forbids."""
    weight = torch.stack([before, now], dim=-1)
    padded = F.pad(hidden.T, (dilation, 0)).unsqueeze(0)
    return F.conv1d(padded, weight, dilation=dilation)[0].T


def wrong_first_moment_repeated(hidden, before, now, dilation):
    """Before the first moment it takes the first moment."""
    places = (torch.arange(len(hidden)) - dilation).clamp(min=0)
    return hidden[places] @ before.T + hidden @ now.T


def wrong_no_gradients(hidden, before, now, dilation):
    """Goes through NumPy, where no gradient follows."""
    h, b, w = (x.detach().numpy() for x in (hidden, before, now))
    out = h @ w.T
    out[dilation:] += h[: len(h) - dilation] @ b.T
    return torch.from_numpy(out)


def wrong_one_before(hidden, before, now, dilation):
    """Looks one moment back, whatever the dilation."""
    past = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])
    return past @ before.T + hidden @ now.T
