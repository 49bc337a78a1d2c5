"""Attempts at advantages, written from the task's text alone."""

import itertools
import math
import statistics

import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- right
def right_reshape(rewards, group):
    """Rows of groups, as in the cell above, and back to one row."""
    rows = rewards.reshape(-1, group)
    worth = (rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)
    return worth.reshape(-1)


def right_view_and_correction(rewards, group):
    """view, with the correction written out."""
    grouped = rewards.view(len(rewards) // group, group)
    centre = grouped.mean(dim=-1, keepdim=True)
    spread = grouped.std(dim=-1, keepdim=True, correction=1)
    return ((grouped - centre) / (spread + 0.0001)).flatten()


def right_slices(rewards, group):
    """Group by group, by slices, joined in the end."""
    parts = []
    for start in range(0, len(rewards), group):
        part = rewards[start : start + group]
        parts.append((part - part.mean()) / (part.std() + 0.0001))
    return torch.cat(parts)


def right_split(rewards, group):
    """torch.split into groups."""
    return torch.cat([(r - r.mean()).div(r.std().add(1e-4)) for r in torch.split(rewards, group)])


def right_std_mean(rewards, group):
    """Both at once by std_mean."""
    rows = rewards.unflatten(0, (-1, group))
    std, mean = torch.std_mean(rows, dim=1, keepdim=True)
    return ((rows - mean) / (std + 1e-4)).flatten()


def right_sum_of_squares(rewards, group):
    """The standard deviation as the docstring says it."""
    rows = rewards.reshape(-1, group)
    less = rows - rows.sum(1, keepdim=True) / group
    deviation = ((less**2).sum(1, keepdim=True) / (group - 1)) ** 0.5
    return (less / (deviation + 0.0001)).ravel()


def right_var(rewards, group):
    """The root of var."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(-1)[:, None]) / (rows.var(-1).sqrt()[:, None] + 1e-4)).reshape(rewards.shape)


def right_repeated(rewards, group):
    """Means and deviations repeated, so that all stays in one row."""
    rows = rewards.reshape(-1, group)
    mean = rows.mean(1).repeat_interleave(group)
    std = rows.std(1).repeat_interleave(group)
    return (rewards - mean) / (std + 1e-4)


def right_numpy(rewards, group):
    """In NumPy, with ddof=1, and back."""
    rows = np.asarray(rewards).reshape(-1, group)
    worth = (rows - rows.mean(axis=1, keepdims=True)) / (rows.std(axis=1, ddof=1, keepdims=True) + 1e-4)
    return torch.from_numpy(worth.ravel())


def right_statistics(rewards, group):
    """Plain lists and the module statistics."""
    numbers = rewards.tolist()
    worth = []
    for i in range(0, len(numbers), group):
        part = numbers[i : i + group]
        mean, deviation = statistics.mean(part), statistics.stdev(part)
        worth += [(r - mean) / (deviation + 0.0001) for r in part]
    return torch.tensor(worth, dtype=rewards.dtype)


def right_plain_loops(rewards, group):
    """A beginner's loops; a list is returned."""
    values = [float(r) for r in rewards]
    result = []
    for g in range(len(values) // group):
        total = 0.0
        for j in range(group):
            total += values[g * group + j]
        mean = total / group
        squares = 0.0
        for j in range(group):
            squares += (values[g * group + j] - mean) ** 2
        deviation = math.sqrt(squares / (group - 1))
        for j in range(group):
            result.append((values[g * group + j] - mean) / (deviation + 0.0001))
    return result


def right_recursive(rewards, group):
    """The first group, then the rest."""
    if len(rewards) == 0:
        return rewards.clone()
    first = rewards[:group]
    worth = (first - first.mean()) / (first.std() + 1e-4)
    return torch.cat([worth, right_recursive(rewards[group:], group)])


def right_preallocated(rewards, group):
    """Fills an empty row, group by group."""
    worth = torch.empty_like(rewards)
    for i in range(len(rewards) // group):
        here = slice(i * group, (i + 1) * group)
        worth[here] = (rewards[here] - torch.mean(rewards[here])) / (torch.std(rewards[here]) + 1e-4)
    return worth


def right_norm(rewards, group):
    """The length of the centred group over the root of group - 1."""
    rows = rewards.reshape(-1, group)
    centred_rows = rows - rows.mean(1, keepdim=True)
    length = torch.linalg.vector_norm(centred_rows, dim=1, keepdim=True)
    return (centred_rows / (length / math.sqrt(group - 1) + 1e-4)).reshape(-1)


def right_centring_matrix(rewards, group):
    """Centred by a product with a matrix, in double precision."""
    matrix = torch.eye(group, dtype=torch.double) - 1 / group
    less = rewards.double().reshape(-1, group) @ matrix
    worth = less / ((less * less).sum(1, keepdim=True).div(group - 1).sqrt() + 1e-4)
    return worth.reshape(-1).to(rewards.dtype)


def right_pairs(rewards, group):
    """From the differences of all pairs in a group."""
    rows = rewards.reshape(-1, group)
    differences = rows[:, :, None] - rows[:, None, :]
    variance = (differences**2).sum((1, 2)) / (2 * group * (group - 1))
    return (differences.mean(2) / (variance.sqrt()[:, None] + 1e-4)).reshape(-1)


def right_index_add(rewards, group):
    """Each answer knows the number of its group."""
    belongs = torch.arange(len(rewards)) // group
    groups = len(rewards) // group
    mean = torch.zeros(groups, dtype=rewards.dtype).index_add(0, belongs, rewards) / group
    less = rewards - mean[belongs]
    variance = torch.zeros(groups, dtype=rewards.dtype).index_add(0, belongs, less**2) / (group - 1)
    return less / (variance.sqrt()[belongs] + 1e-4)


def right_columns(rewards, group):
    """The groups as columns, turned round twice."""
    columns = rewards.reshape(-1, group).T
    worth = (columns - columns.mean(0)) / (columns.std(0) + 1e-4)
    return worth.T.reshape(-1)


def right_pooling(rewards, group):
    """Average pooling gives the means."""
    mean = F.avg_pool1d(rewards[None, None], group).flatten().repeat_interleave(group)
    less = rewards - mean
    variance = F.avg_pool1d(less[None, None] ** 2, group).flatten() * group / (group - 1)
    return less / (variance.sqrt().repeat_interleave(group) + 1e-4)


def right_vmap(rewards, group):
    """For one group, mapped over all."""

    def one(r):
        less = r - r.mean()
        return less / ((less @ less / (group - 1)).sqrt() + 1e-4)

    return torch.func.vmap(one)(rewards.reshape(-1, group)).flatten()


def right_batched(rewards, group):
    """zip of one iterator with itself makes the groups."""
    found = []
    for part in zip(*[iter(rewards.tolist())] * group):
        deviation = statistics.stdev(part)
        found.append([(r - statistics.fmean(part)) / (deviation + 1e-4) for r in part])
    return list(itertools.chain(*found))


# ---------------------------------------------------------------- wrong
def wrong_population(rewards, group):
    """Divides by group, not by group - 1."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True, correction=0) + 1e-4)).reshape(-1)


def wrong_numpy_default(rewards, group):
    """NumPy's std, which is that of a population."""
    rows = np.asarray(rewards).reshape(-1, group)
    return ((rows - rows.mean(1, keepdims=True)) / (rows.std(1, keepdims=True) + 1e-4)).ravel()


def wrong_pstdev(rewards, group):
    """statistics.pstdev for stdev."""
    worth = []
    for i in range(0, len(rewards), group):
        part = rewards[i : i + group].tolist()
        worth += [(r - statistics.mean(part)) / (statistics.pstdev(part) + 1e-4) for r in part]
    return worth


def wrong_no_epsilon(rewards, group):
    """Without 0.0001: not a number where all are equal."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True)).reshape(-1)


def wrong_if_zero(rewards, group):
    """0 for a group of equals instead of 0.0001 for every group."""
    worth = []
    for part in rewards.split(group):
        deviation = part.std()
        worth.append(torch.zeros_like(part) if deviation == 0 else (part - part.mean()) / deviation)
    return torch.cat(worth)


def wrong_epsilon_under_root(rewards, group):
    """0.0001 is added to the variance, as in a layer norm."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.var(1, keepdim=True) + 1e-4).sqrt()).reshape(-1)


def wrong_other_epsilon(rewards, group):
    """1e-8, as it often is."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-8)).reshape(-1)


def wrong_clamped(rewards, group):
    """0.0001 as the least deviation."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True).clamp(min=1e-4)).reshape(-1)


def wrong_precedence(rewards, group):
    """A bracket is missing: 0.0001 is added to the quotient."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True) + 1e-4).reshape(-1)


def wrong_variance(rewards, group):
    """Divides by the variance."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.var(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_not_divided(rewards, group):
    """The baseline alone."""
    rows = rewards.reshape(-1, group)
    return (rows - rows.mean(1, keepdim=True)).reshape(-1)


def wrong_not_centred(rewards, group):
    """Divides, but takes no mean off."""
    rows = rewards.reshape(-1, group)
    return (rows / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_one_group(rewards, group):
    """All answers as one group."""
    return (rewards - rewards.mean()) / (rewards.std() + 1e-4)


def wrong_spread_of_all(rewards, group):
    """The mean of the group, the deviation of all."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rewards.std() + 1e-4)).reshape(-1)


def wrong_mean_of_all(rewards, group):
    """The mean of all, the deviation of the group."""
    rows = rewards.reshape(-1, group)
    return ((rows - rewards.mean()) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_interleaved(rewards, group):
    """Groups as columns: every n-th reward."""
    rows = rewards.reshape(group, -1)
    return ((rows - rows.mean(0)) / (rows.std(0) + 1e-4)).reshape(-1)


def wrong_group_groups(rewards, group):
    """As many rows as a group has answers."""
    rows = rewards.reshape(group, -1)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_axis(rewards, group):
    """Along the wrong axis: first answers with first answers."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(0)) / (rows.std(0) + 1e-4)).reshape(-1)


def wrong_not_flattened(rewards, group):
    """Leaves the groups as rows."""
    rows = rewards.reshape(-1, group)
    return (rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)


def wrong_transposed_order(rewards, group):
    """Flattens the columns, so the order is lost."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)).T.reshape(-1)


def wrong_first_group(rewards, group):
    """The return stands inside the loop."""
    for start in range(0, len(rewards), group):
        part = rewards[start : start + group]
        return (part - part.mean()) / (part.std() + 1e-4)


def wrong_last_group_lost(rewards, group):
    """The range ends one group too early."""
    worth = []
    for start in range(0, len(rewards) - group, group):
        part = rewards[start : start + group]
        worth.extend(((part - part.mean()) / (part.std() + 1e-4)).tolist())
    return worth


def wrong_sliding(rewards, group):
    """Each reward against the window that begins with it."""
    worth = []
    for i in range(len(rewards)):
        part = rewards[i : i + group]
        worth.append((rewards[i] - part.mean()) / (part.std() + 1e-4))
    return torch.stack(worth)


def wrong_sign(rewards, group):
    """The mean less the reward."""
    rows = rewards.reshape(-1, group)
    return ((rows.mean(1, keepdim=True) - rows) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_no_keepdim(rewards, group):
    """Without keepdim, so the means go along the wrong axis."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1)) / (rows.std(1) + 1e-4)).reshape(-1)


def wrong_others(rewards, group):
    """The mean of the others in the group as the baseline."""
    rows = rewards.reshape(-1, group)
    others = (rows.sum(1, keepdim=True) - rows) / (group - 1)
    return ((rows - others) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_median(rewards, group):
    """The median for the mean."""
    rows = rewards.reshape(-1, group)
    return ((rows - rows.median(1, keepdim=True).values) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_range(rewards, group):
    """Largest less smallest as the spread."""
    rows = rewards.reshape(-1, group)
    spread = rows.amax(1, keepdim=True) - rows.amin(1, keepdim=True)
    return ((rows - rows.mean(1, keepdim=True)) / (spread + 1e-4)).reshape(-1)


def wrong_mean_distance(rewards, group):
    """The mean distance from the mean as the spread."""
    rows = rewards.reshape(-1, group)
    less = rows - rows.mean(1, keepdim=True)
    return (less / (less.abs().mean(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_root_of_sum(rewards, group):
    """The root of the sum of squares, not divided by group - 1."""
    rows = rewards.reshape(-1, group)
    less = rows - rows.mean(1, keepdim=True)
    return (less / ((less**2).sum(1, keepdim=True).sqrt() + 1e-4)).reshape(-1)


def wrong_divided_outside_root(rewards, group):
    """group - 1 outside the root."""
    rows = rewards.reshape(-1, group)
    less = rows - rows.mean(1, keepdim=True)
    return (less / ((less**2).sum(1, keepdim=True).sqrt() / (group - 1) + 1e-4)).reshape(-1)


def wrong_squares_of_rewards(rewards, group):
    """The squares of the rewards themselves, not of what is left of them."""
    rows = rewards.reshape(-1, group)
    deviation = ((rows**2).sum(1, keepdim=True) / (group - 1)).sqrt()
    return ((rows - rows.mean(1, keepdim=True)) / (deviation + 1e-4)).reshape(-1)


def wrong_mean_over_group_minus_one(rewards, group):
    """The mean with group - 1, too."""
    rows = rewards.reshape(-1, group)
    mean = rows.sum(1, keepdim=True) / (group - 1)
    return ((rows - mean) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_in_place(rewards, group):
    """A view is changed, and with it the caller's rewards."""
    rows = rewards.view(-1, group)
    std = rows.std(1, keepdim=True)
    rows -= rows.mean(1, keepdim=True)
    rows /= std + 1e-4
    return rows.reshape(-1).clone()


def wrong_library(rewards, group):
    """The course's function, which the task forbids."""
    from lessons.alignment import group_advantages

    return group_advantages(rewards.reshape(-1, group)).reshape(-1)


def wrong_half_library(rewards, group):
    """The course's centred, which the task forbids as well."""
    from lessons.alignment import centred

    rows = rewards.reshape(-1, group)
    return (centred(rows) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_equal_groups_dropped(rewards, group):
    """Leaves out groups that teach nothing."""
    worth = [torch.zeros(0, dtype=rewards.dtype)]
    for part in rewards.split(group):
        if part.std() > 0:
            worth.append((part - part.mean()) / (part.std() + 1e-4))
    return torch.cat(worth)


def wrong_groups_of_eight(rewards, group):
    """Writes 8, the text's, for group."""
    rows = rewards.reshape(-1, 8)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def wrong_mean_once_more(rewards, group):
    """The deviation about 0 of the centred, by torch.std of the squares."""
    rows = rewards.reshape(-1, group)
    less = rows - rows.mean(1, keepdim=True)
    return (less / ((less**2).std(1, keepdim=True).sqrt() + 1e-4)).reshape(-1)


def wrong_prints(rewards, group):
    """Prints where it should return."""
    rows = rewards.reshape(-1, group)
    print(((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1))
