import functools
import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


# ---------------------------------------------------------------- right

def right_cross_entropy_flat(logits, labels):
    """The library: flattens, cross_entropy leaves -100 out by itself."""
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1))


def right_cross_entropy_transposed(logits, labels):
    """The library with classes on axis 1."""
    return F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100)


def right_module(logits, labels):
    """nn.CrossEntropyLoss with flatten and permute."""
    loss_function = nn.CrossEntropyLoss(reduction="mean")
    return loss_function(logits.permute(0, 2, 1), labels)


def right_boolean_index(logits, labels):
    """Picks the asked tokens by a Boolean mask, then the library."""
    asked = labels != -100
    return F.cross_entropy(logits[asked], labels[asked])


def right_gather(logits, labels):
    """log_softmax, gather with a harmless index, mask, sum over count."""
    asked = labels != -100
    log_p = F.log_softmax(logits, dim=-1)
    picked = log_p.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return -(picked * asked).sum() / asked.sum()


def right_logsumexp(logits, labels):
    """logsumexp minus the logit of the label."""
    asked = labels != -100
    z, y = logits[asked], labels[asked]
    return (z.logsumexp(dim=-1) - z[torch.arange(len(y)), y]).mean()


def right_double_loop(logits, labels):
    """A beginner's loops: one log_softmax for each token that has a label."""
    losses = []
    for b in range(labels.shape[0]):
        for t in range(labels.shape[1]):
            if labels[b, t] == -100:
                continue
            log_p = torch.log_softmax(logits[b, t], dim=0)
            losses.append(-log_p[labels[b, t]])
    return torch.stack(losses).mean()


def right_running_total(logits, labels):
    """zip over rows, a running total and a count."""
    total = 0.0
    count = 0
    for row, answers in zip(logits, labels):
        for z, y in zip(row, answers):
            if y != -100:
                total = total + F.cross_entropy(z.unsqueeze(0), y.unsqueeze(0))
                count += 1
    return total / count


def right_reduction_none(logits, labels):
    """reduction="none", then divides by the number of labels."""
    v = logits.size(-1)
    each = F.cross_entropy(logits.reshape(-1, v), labels.reshape(-1), reduction="none", ignore_index=-100)
    return each.sum() / (labels != -100).sum()


def right_reduction_sum(logits, labels):
    """reduction="sum" and a count by comparison with zero."""
    total = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return total / torch.count_nonzero(labels + 100)


def right_one_hot(logits, labels):
    """One-hot vectors of the picked labels, a product and a sum."""
    asked = labels.ne(-100)
    target = F.one_hot(labels[asked], num_classes=logits.shape[-1]).to(logits.dtype)
    log_p = logits[asked].log_softmax(-1)
    return -(target * log_p).sum(dim=-1).mean()


def right_nll(logits, labels):
    """log_softmax and nll_loss."""
    log_p = F.log_softmax(logits, dim=2)
    return F.nll_loss(log_p.transpose(1, 2), labels)


def right_by_hand_max_shift(logits, labels):
    """The softmax by hand with the maximum taken away, log of the sum."""
    asked = labels != -100
    z = logits[asked]
    y = labels[asked]
    z = z - z.max(dim=-1, keepdim=True).values
    log_sum = torch.log(torch.exp(z).sum(dim=-1))
    picked = z.gather(1, y[:, None])[:, 0]
    return torch.mean(log_sum - picked)


def right_differences(logits, labels):
    """Other algebra: logsumexp of the differences to the label's logit."""
    b, t = torch.nonzero(labels != -100, as_tuple=True)
    z = logits[b, t]
    own = logits[b, t, labels[b, t]]
    return torch.logsumexp(z - own.unsqueeze(1), dim=1).sum() / len(b)


def right_einsum_weights(logits, labels):
    """einsum of weights that sum to 1 with the losses of all places."""
    weights = (labels != -100).to(logits.dtype)
    weights = weights / weights.sum()
    safe = torch.where(labels == -100, torch.zeros_like(labels), labels)
    target = F.one_hot(safe, logits.shape[-1]).to(logits.dtype)
    return -torch.einsum("bt,btv,btv->", weights, target, torch.log_softmax(logits, -1))


def right_categorical(logits, labels):
    """torch.distributions.Categorical and its log_prob."""
    asked = labels != -100
    distribution = torch.distributions.Categorical(logits=logits[asked])
    return -distribution.log_prob(labels[asked]).mean()


def right_logaddexp_reduce(logits, labels):
    """reduce with logaddexp over the vocabulary."""
    places = [(b, t) for b in range(len(labels)) for t in range(len(labels[b])) if labels[b, t].item() != -100]
    losses = []
    for b, t in places:
        log_sum = functools.reduce(torch.logaddexp, logits[b, t].unbind())
        losses.append(log_sum - logits[b, t, labels[b, t]])
    return sum(losses) / len(losses)


def right_weighted_rows(logits, labels):
    """Row by row in a while loop: mean of each row times its count, rows without labels skipped."""
    total, count, i = torch.zeros((), dtype=logits.dtype), 0, 0
    while i < len(labels):
        n = int((labels[i] != -100).sum())
        if n > 0:
            total = total + F.cross_entropy(logits[i], labels[i]) * n
            count += n
        i += 1
    return total / count


# ---------------------------------------------------------------- wrong

def wrong_mean_over_all(logits, labels):
    """Divides by the number of all tokens."""
    each = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    return each.mean()


def wrong_sum(logits, labels):
    """The sum, not the mean."""
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1), reduction="sum")


def wrong_sign(logits, labels):
    """The minus sign is forgotten."""
    asked = labels != -100
    log_p = F.log_softmax(logits[asked], dim=-1)
    return log_p.gather(1, labels[asked].unsqueeze(1)).mean()


def wrong_mean_of_row_means(logits, labels):
    """The mean of each sentence's mean: sentences with few labels weigh too much."""
    rows = [F.cross_entropy(logits[i], labels[i]) for i in range(len(labels)) if (labels[i] != -100).any()]
    return torch.stack(rows).mean()


def wrong_bits(logits, labels):
    """log2: bits for nats."""
    asked = labels != -100
    p = logits[asked].softmax(dim=-1)
    return -torch.log2(p[torch.arange(len(p)), labels[asked]]).mean()


def wrong_view_for_transpose(logits, labels):
    """reshape in place of transpose to bring the vocabulary to axis 1."""
    b, t, v = logits.shape
    return F.cross_entropy(logits.reshape(b, v, t), labels)


def wrong_clamped_labels(logits, labels):
    """Clamps -100 to 0 and then averages over all: padding counts as the label 0."""
    return F.cross_entropy(logits.flatten(0, 1), labels.clamp(min=0).flatten())


def wrong_positive_labels(logits, labels):
    """Keeps labels above 0 only, so a token whose label is 0 is lost."""
    asked = labels > 0
    return F.cross_entropy(logits[asked], labels[asked])


def wrong_softmax_twice(logits, labels):
    """A softmax before cross_entropy, which makes one itself."""
    p = F.softmax(logits, dim=-1)
    return F.cross_entropy(p.transpose(1, 2), labels)


def wrong_naive_exp(logits, labels):
    """exp without taking the maximum away: inf or nan for large logits."""
    asked = labels != -100
    z, y = logits[asked], labels[asked]
    p = torch.exp(z) / torch.exp(z).sum(dim=1, keepdim=True)
    return -torch.log(p[torch.arange(len(y)), y]).mean()


def wrong_log_of_mean(logits, labels):
    """The log of the mean probability, not the mean of the logs."""
    asked = labels != -100
    p = F.softmax(logits[asked], dim=-1).gather(1, labels[asked][:, None])
    return -torch.log(p.mean())


def wrong_mean_over_vocabulary(logits, labels):
    """The mean of the one-hot product runs over the vocabulary too."""
    asked = labels != -100
    target = F.one_hot(labels[asked], num_classes=logits.shape[-1])
    return -(target * logits[asked].log_softmax(dim=-1)).mean()


def wrong_changes_labels(logits, labels):
    """Sets -100 to 0 in the labels that were given."""
    asked = labels != -100
    labels[~asked] = 0
    picked = logits.log_softmax(-1).gather(2, labels[:, :, None]).squeeze(2)
    return -picked[asked].mean()


def wrong_softmax_over_tokens(logits, labels):
    """log_softmax over the tokens (dim=1), not over the vocabulary."""
    asked = labels != -100
    log_p = torch.log_softmax(logits, dim=1)[asked]
    return -log_p[torch.arange(len(log_p)), labels[asked]].mean()


def wrong_shifted(logits, labels):
    """Shifts by one as for GPT: the token before predicts the label."""
    z = logits[:, :-1].reshape(-1, logits.shape[-1])
    y = labels[:, 1:].reshape(-1)
    return F.cross_entropy(z, y)


def wrong_logits_zeroed(logits, labels):
    """Multiplies the logits by the mask: the places without a label still count with log V."""
    asked = labels != -100
    z = logits * asked.unsqueeze(-1)
    y = labels * asked
    return F.cross_entropy(z.reshape(-1, z.shape[-1]), y.reshape(-1))


def wrong_total_reset_in_loop(logits, labels):
    """Total is set to zero at each row, the count is not."""
    count = 0
    for row, answers in zip(logits, labels):
        total = torch.zeros((), dtype=logits.dtype)
        for z, y in zip(row, answers):
            if y != -100:
                total = total - torch.log_softmax(z, dim=-1)[y]
                count += 1
    return total / count


def wrong_no_softmax(logits, labels):
    """Takes the logits for log-probabilities (nll_loss without log_softmax)."""
    return F.nll_loss(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1))
