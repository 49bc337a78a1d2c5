"""Attempts at recurrent_unit of another hand, written from the task's text alone."""

import torch
from torch import nn


def right_generator(keep, new):
    """A generator gives the states."""

    def states():
        c = torch.zeros(new.shape[1:], dtype=new.dtype)
        for t, f in enumerate(keep):
            c = c * f + new[t] * (1 - f)
            yield c

    return nn.functional.relu(torch.vstack(list(states())))


def right_cumprod_from_each(keep, new):
    """What each token leaves behind: its part, times the running product of the gates after it."""
    total = torch.zeros_like(new)
    for s in range(len(new)):
        fading = torch.cat([torch.ones_like(keep[:1]), keep[s + 1 :]]).cumprod(0)
        part = fading * ((1 - keep[s]) * new[s])
        total = total + torch.cat([torch.zeros_like(new[:s]), part])
    return torch.relu(total)


def right_matrix_for_each_number(keep, new):
    """A lower triangle of weights grows row by row, and is multiplied with the candidates."""
    columns = []
    for d in range(new.shape[1]):
        row = keep.new_zeros(len(new))
        rows = []
        for t in range(len(new)):
            here = torch.zeros_like(row)
            here[t] = 1
            row = row * keep[t, d] + here * (1 - keep[t, d])
            rows.append(row)
        columns.append(torch.stack(rows) @ new[:, d])
    return torch.relu(torch.stack(columns, 1))


def right_stacked_pairs(keep, new):
    """Each step as a matrix of two by two that works on (state, 1)."""
    one = torch.ones_like(new[0])
    vector = torch.stack([torch.zeros_like(one), one], 1)[:, :, None]
    out = []
    for f, x in zip(keep, new):
        step = torch.stack([torch.stack([f, (1 - f) * x], 1), torch.stack([0 * one, one], 1)], 1)
        vector = step @ vector
        out.append(vector[:, 0, 0])
    return torch.relu(torch.stack(out))


def right_list_of_rows(keep, new):
    """State as a list of numbers that are tensors."""
    state = [torch.zeros((), dtype=new.dtype) for _ in range(new.shape[1])]
    rows = []
    for t in range(new.shape[0]):
        state = [f * c + (1 - f) * x for f, c, x in zip(keep[t], state, new[t])]
        rows.append(torch.stack(state))
    return torch.relu(torch.stack(rows))


def right_masked(keep, new):
    """Masks the negative states at the end."""
    c = 0
    out = []
    for t in range(len(keep)):
        c = keep[t] * c + new[t] - keep[t] * new[t]
        out.append(c)
    out = torch.stack(out)
    return out.masked_fill(out <= 0, 0.0)


def wrong_squashed_gate_of_one_token(keep, new):
    """One gate for the whole vector: the mean of its shares."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep.mean(1), new):
        c = f * c + (1 - f) * x
        out.append(c)
    return torch.relu(torch.stack(out))


def wrong_first_gate_for_all(keep, new):
    """Uses the gate of the first token at every step."""
    c, out = torch.zeros_like(new[0]), []
    for x in new:
        c = keep[0] * c + (1 - keep[0]) * x
        out.append(c)
    return torch.relu(torch.stack(out))


def wrong_hard_gate(keep, new):
    """A share of more than a half keeps all, any other keeps nothing."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        c = torch.where(f > 0.5, c, x)
        out.append(c)
    return torch.relu(torch.stack(out))


def wrong_minus_relu(keep, new):
    """The negative part is given out."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        c = f * c + (1 - f) * x
        out.append(c.clamp(max=0))
    return torch.stack(out)


def wrong_absolute(keep, new):
    """Takes absolute values."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        c = f * c + (1 - f) * x
        out.append(c.abs())
    return torch.stack(out)


def wrong_without_history(keep, new):
    """torch.no_grad around the loop: no gradient."""
    with torch.no_grad():
        c, out = torch.zeros_like(new[0]), []
        for f, x in zip(keep, new):
            c = f * c + (1 - f) * x
            out.append(c)
    return torch.relu(torch.stack(out))


def wrong_same_tensor_each_time(keep, new):
    """The list holds one and the same tensor, which is changed in place."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep.detach(), new.detach()):
        c *= f
        c += (1 - f) * x
        out.append(c)
    return torch.relu(torch.stack(out))


def wrong_overwrites_candidates(keep, new):
    """Writes the states into the caller's candidates."""
    new[0] = (1 - keep[0]) * new[0]
    for t in range(1, len(new)):
        new[t] = keep[t] * new[t - 1].clone() + (1 - keep[t]) * new[t].clone()
    return torch.relu(new)


def wrong_returns_after_one(keep, new):
    """The return is within the loop."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        c = f * c + (1 - f) * x
        out.append(torch.relu(c))
        return torch.stack(out)


def wrong_plain_mean(keep, new):
    """The running mean of the candidates."""
    counts = torch.arange(1, len(new) + 1, dtype=new.dtype)[:, None]
    return torch.relu(new.cumsum(0) / counts + 0 * keep)


def wrong_kept_of_the_candidate(keep, new):
    """keep times the candidate and 1 - keep times the state, and zeros at the beginning left out."""
    c, out = new[0], [new[0]]
    for f, x in zip(keep[1:], new[1:]):
        c = f * x + (1 - f) * c
        out.append(c)
    return torch.relu(torch.stack(out))


def wrong_sum_of_the_output(keep, new):
    """Adds the candidate to what is given out, as a residual."""
    c, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        c = f * c + (1 - f) * x
        out.append(torch.relu(c) + x)
    return torch.stack(out)


def wrong_one_product_for_all(keep, new):
    """Weighs every candidate with the product of all gates so far, its own too."""
    kept = keep.cumprod(0)
    return torch.relu(((1 - keep) * new * kept).cumsum(0))


def wrong_by_logarithms(keep, new):
    """Products as sums of logarithms: minus infinity less minus infinity where a gate is 0."""
    logs = keep.log().cumsum(0)
    weights = (logs[:, None] - logs[None, :]).exp() * torch.ones(len(new), len(new)).tril().to(new)[..., None]
    return torch.relu((weights * ((1 - keep) * new)[None]).sum(1))
