"""Held-out attempts at both_ways, by another hand, written from the task's text alone."""

import torch
import torch.nn.functional as F
from torch import nn


def right_logsumexp(first, second, temperature):
    """Log of the sums of the rows and of the columns, less the diagonal."""
    a = first / first.norm(dim=1, keepdim=True)
    b = second / second.norm(dim=1, keepdim=True)
    table = a @ b.T / temperature
    own = table.diagonal()
    across = torch.logsumexp(table, dim=1) - own
    down = torch.logsumexp(table, dim=0) - own
    return 0.5 * (across.mean() + down.mean())


def right_loop_over_pairs(first, second, temperature):
    """Beginner: pair after pair, each with its own list of similarities."""
    n = first.shape[0]
    a = [row / torch.sqrt((row * row).sum()) for row in first]
    b = [row / torch.sqrt((row * row).sum()) for row in second]
    total = 0
    for i in range(n):
        to_second = torch.stack([torch.dot(a[i], b[j]) for j in range(n)]) / temperature
        to_first = torch.stack([torch.dot(b[i], a[j]) for j in range(n)]) / temperature
        total = total - torch.log_softmax(to_second, 0)[i] - torch.log_softmax(to_first, 0)[i]
    return total / (2 * n)


def right_targets_as_identity(first, second, temperature):
    """The right column of each row as a row of probabilities, 1 on the diagonal."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).mT / temperature
    wanted = torch.eye(len(logits), dtype=logits.dtype)
    return torch.stack([F.cross_entropy(logits, wanted), F.cross_entropy(logits.mT, wanted)]).mean()


def right_trace(first, second, temperature):
    """The trace of the sum of both tables of log-probabilities."""
    logits = torch.einsum("id,jd->ij", F.normalize(first), F.normalize(second)) / temperature
    both = F.log_softmax(logits, dim=0) + F.log_softmax(logits, dim=1)
    return -both.trace() / (2 * logits.size(0))


def right_one_batch_of_two(first, second, temperature):
    """Stacks the table and its transpose, and one cross-entropy judges all rows at once."""
    n = len(first)
    norms = first.norm(dim=-1)[:, None] * second.norm(dim=-1)[None, :]
    logits = first @ second.T / norms / temperature
    return nn.CrossEntropyLoss()(torch.cat([logits, logits.T]), torch.arange(n).repeat(2))


def right_how_far_behind(first, second, temperature):
    """Every similarity less that of the right pair, then the log of the sums."""
    lengths = first.square().sum(-1).sqrt(), second.square().sum(-1).sqrt()
    cosines = (first[:, None] * second[None]).sum(-1) / torch.outer(*lengths)
    logits = cosines / temperature
    own = torch.diagonal(logits)
    rows = (logits - own[:, None]).logsumexp(1)
    columns = (logits - own[None, :]).logsumexp(0)
    return torch.cat([rows, columns]).mean()


def wrong_table_made_symmetric(first, second, temperature):
    """Takes the mean of the table and its transpose, and one loss of that."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    logits = (logits + logits.T) / 2
    return F.cross_entropy(logits, torch.arange(len(first)))


def wrong_only_the_reverse(first, second, temperature):
    """Puts the reverse in place of the first direction, where both are wanted."""
    logits = F.normalize(second, dim=-1) @ F.normalize(first, dim=-1).T / temperature
    return F.cross_entropy(logits, torch.arange(len(first)))


def wrong_same_direction_twice(first, second, temperature):
    """Swaps the arguments and then transposes as well, so both losses are of the rows."""
    a, b = F.normalize(first, dim=-1), F.normalize(second, dim=-1)
    labels = torch.arange(len(first))
    one = F.cross_entropy(a @ b.T / temperature, labels)
    other = F.cross_entropy((b @ a.T).T / temperature, labels)
    return (one + other) / 2


def wrong_added(first, second, temperature):
    """Adds the two losses and does not halve."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    labels = torch.arange(len(first))
    return F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)


def wrong_probabilities_averaged(first, second, temperature):
    """Takes the mean of the two probabilities of a pair before the logarithm."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    chance = (logits.softmax(0) + logits.softmax(1)) / 2
    return -chance.diagonal().log().mean()


def wrong_whole_table(first, second, temperature):
    """One softmax over all pairs of the table, in place of one for each row and column."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    return logits.flatten().logsumexp(0) - logits.diagonal().mean()


def wrong_own_pair_left_out(first, second, temperature):
    """Sums the wrong ones only below the fraction, without the right pair itself."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    own = logits.diagonal()
    others = logits.masked_fill(torch.eye(len(first), dtype=torch.bool), -torch.inf)
    return ((others.logsumexp(1) - own).mean() + (others.logsumexp(0) - own).mean()) / 2


def wrong_scale_as_in_clip(first, second, temperature):
    """Takes the number for CLIP's learnt logarithm and multiplies by its exponential."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T
    logits = logits * torch.exp(torch.as_tensor(temperature, dtype=logits.dtype))
    labels = torch.arange(len(first))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def wrong_columns_without_temperature(first, second, temperature):
    """Divides by the temperature in one direction only."""
    cosines = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T
    labels = torch.arange(len(first))
    return (F.cross_entropy(cosines / temperature, labels) + F.cross_entropy(cosines.T, labels)) / 2


def wrong_second_as_it_is(first, second, temperature):
    """Only the first side is brought to length 1."""
    logits = F.normalize(first, dim=-1) @ second.T / temperature
    labels = torch.arange(len(first))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def wrong_sides_by_turns(first, second, temperature):
    """Holds the other side fixed in each direction, so half of the gradient is lost."""
    a, b = F.normalize(first, dim=-1), F.normalize(second, dim=-1)
    labels = torch.arange(len(first))
    one = F.cross_entropy(a @ b.detach().T / temperature, labels)
    other = F.cross_entropy(b @ a.detach().T / temperature, labels)
    return (one + other) / 2


def wrong_correlations(first, second, temperature):
    """Subtracts each vector's mean first: correlations in place of cosines."""
    a = F.normalize(first - first.mean(-1, keepdim=True), dim=-1)
    b = F.normalize(second - second.mean(-1, keepdim=True), dim=-1)
    logits = a @ b.T / temperature
    labels = torch.arange(len(first))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def wrong_yes_or_no(first, second, temperature):
    """Asks of each pair by itself whether it belongs together, with a sigmoid."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    return F.binary_cross_entropy_with_logits(logits, torch.eye(len(first), dtype=logits.dtype))


def wrong_sum_over_batch(first, second, temperature):
    """The sum over the pairs, not their mean."""
    logits = F.normalize(first, dim=-1) @ F.normalize(second, dim=-1).T / temperature
    labels = torch.arange(len(first))
    rows = F.cross_entropy(logits, labels, reduction="sum")
    return (rows + F.cross_entropy(logits.T, labels, reduction="sum")) / 2
