"""Held-out attempts at advantages, as a dozen other learners would hand them in."""

import numpy as np
import torch


def right_rows(rewards, group):
    """The cell above, between two reshapes."""
    r = rewards.reshape(-1, group)
    a = (r - r.mean(1, keepdim=True)) / (r.std(1, keepdim=True) + 1e-4)
    return a.flatten()


def right_view(rewards, group):
    """view, with dim=-1."""
    r = rewards.view(-1, group)
    mean = r.mean(dim=-1, keepdim=True)
    std = r.std(dim=-1, keepdim=True)
    return ((r - mean) / (std + 0.0001)).view(-1)


def right_for_each_group(rewards, group):
    """A loop with slices and cat."""
    out = []
    for i in range(0, len(rewards), group):
        g = rewards[i:i + group]
        out.append((g - g.mean()) / (g.std() + 0.0001))
    return torch.cat(out)


def right_chunks(rewards, group):
    """split, and concatenated again."""
    return torch.concat([(g - g.mean()) / (g.std(unbiased=True) + 1e-4) for g in rewards.split(group)])


def right_numpy(rewards, group):
    """NumPy with ddof=1."""
    r = np.array(rewards).reshape(-1, group)
    return ((r - r.mean(1, keepdims=True)) / (r.std(1, ddof=1, keepdims=True) + 0.0001)).flatten()


def right_lists(rewards, group):
    """Plain Python, a list of numbers."""
    out = []
    for i in range(0, len(rewards), group):
        g = [float(x) for x in rewards[i:i + group]]
        m = sum(g) / group
        s = (sum((x - m) ** 2 for x in g) / (group - 1)) ** 0.5
        out.extend((x - m) / (s + 0.0001) for x in g)
    return out


def right_spelt_out(rewards, group):
    """Mean, sum of squares, root: one line for each."""
    r = rewards.reshape(-1, group)
    d = r - r.mean(1, keepdim=True)
    s = torch.sqrt(torch.sum(d * d, dim=1, keepdim=True) / (group - 1))
    return torch.reshape(d / (s + 1e-4), (-1,))


def right_zeros_filled(rewards, group):
    """Filled in, answer by answer."""
    out = torch.zeros_like(rewards)
    for i in range(len(rewards)):
        first = i // group * group
        g = rewards[first:first + group]
        out[i] = (rewards[i] - g.mean()) / (g.std() + 1e-4)
    return out


def wrong_numpy_std(rewards, group):
    """ddof forgotten."""
    r = np.array(rewards).reshape(-1, group)
    return ((r - r.mean(1, keepdims=True)) / (r.std(1, keepdims=True) + 0.0001)).flatten()


def wrong_unbiased_false(rewards, group):
    """unbiased=False."""
    r = rewards.reshape(-1, group)
    return ((r - r.mean(1, keepdim=True)) / (r.std(1, unbiased=False, keepdim=True) + 1e-4)).flatten()


def wrong_rows_stay(rewards, group):
    """Returns a table of groups."""
    r = rewards.reshape(-1, group)
    return (r - r.mean(1, keepdim=True)) / (r.std(1, keepdim=True) + 1e-4)


def wrong_without_groups(rewards, group):
    """Never uses group."""
    return (rewards - rewards.mean()) / (rewards.std() + 1e-4)


def wrong_reshaped_the_other_way(rewards, group):
    """reshape(group, -1)."""
    r = rewards.reshape(group, -1)
    return ((r - r.mean(1, keepdim=True)) / (r.std(1, keepdim=True) + 1e-4)).flatten()


def wrong_keepdim_forgotten(rewards, group):
    """keepdim forgotten."""
    r = rewards.reshape(-1, group)
    return ((r - r.mean(1)) / (r.std(1) + 1e-4)).flatten()


def wrong_small_number_forgotten(rewards, group):
    """The formula of the text, without 0.0001."""
    r = rewards.reshape(-1, group)
    return ((r - r.mean(1, keepdim=True)) / r.std(1, keepdim=True)).flatten()


def wrong_bracket(rewards, group):
    """0.0001 ends up outside."""
    r = rewards.reshape(-1, group)
    return ((r - r.mean(1, keepdim=True)) / r.std(1, keepdim=True) + 0.0001).flatten()


def wrong_dim_zero(rewards, group):
    """dim=0."""
    r = rewards.reshape(-1, group)
    return ((r - r.mean(0, keepdim=True)) / (r.std(0, keepdim=True) + 1e-4)).flatten()


def wrong_sum_over_group(rewards, group):
    """The sum of squares over group in plain Python."""
    out = []
    for i in range(0, len(rewards), group):
        g = [float(x) for x in rewards[i:i + group]]
        m = sum(g) / group
        s = (sum((x - m) ** 2 for x in g) / group) ** 0.5
        out.extend((x - m) / (s + 0.0001) for x in g)
    return out


def wrong_root_forgotten(rewards, group):
    """The variance for the deviation."""
    r = rewards.reshape(-1, group)
    d = r - r.mean(1, keepdim=True)
    return (d / ((d**2).sum(1, keepdim=True) / (group - 1) + 1e-4)).flatten()


def wrong_baseline_only(rewards, group):
    """The second line of the ladder: less the mean, and no more."""
    r = rewards.reshape(-1, group)
    return (r - r.mean(1, keepdim=True)).flatten()


def wrong_course(rewards, group):
    """Calls the course's function."""
    from lessons import alignment

    return alignment.group_advantages(rewards.reshape(-1, group)).flatten()
