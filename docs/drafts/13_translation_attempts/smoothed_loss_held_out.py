"""Attempts at smoothed_loss of another hand, written from the task's text alone."""

import torch
from torch import nn


def right_wanted_table(logits, targets, smoothing):
    """Builds the table of wanted shares row by row."""
    n, V = logits.shape
    wanted = torch.ones(n, V, dtype=logits.dtype) * (smoothing / V)
    for i, t in enumerate(targets.tolist()):
        wanted[i, t] += 1.0 - smoothing
    return (wanted * nn.LogSoftmax(dim=1)(logits)).sum().neg() / n


def right_matrix_product(logits, targets, smoothing):
    """Wanted times surprise as the trace of a matrix product."""
    V = logits.size(1)
    wanted = smoothing / V + (1 - smoothing) * (targets[:, None] == torch.arange(V)).to(logits.dtype)
    surprise = torch.logsumexp(logits, 1, keepdim=True) - logits
    return torch.trace(wanted @ surprise.T) / logits.size(0)


def right_nll_module(logits, targets, smoothing):
    """NLLLoss without reduction and the mean surprise, per place."""
    log_p = torch.log_softmax(logits, 1)
    plain = nn.NLLLoss(reduction="none")(log_p, targets)
    uniform = -log_p.sum(1) / log_p.shape[1]
    loss = plain - smoothing * plain + smoothing * uniform
    return loss.sum() / loss.numel()


def right_comprehension(logits, targets, smoothing):
    """A sum over a generator."""
    V = logits.shape[1]
    wanted_logit = sum(
        (1 - smoothing) * z[t] + smoothing * z.sum() / V for z, t in zip(logits, targets.tolist())
    )
    return (torch.logsumexp(logits, 1).sum() - wanted_logit) / len(logits)


def right_margins(logits, targets, smoothing):
    """In differences to the logit of the target."""
    margins = logits - torch.take_along_dim(logits, targets[:, None], 1)
    return (margins.logsumexp(1) - smoothing * margins.mean(1)).mean()


def right_flat_index(logits, targets, smoothing):
    """Finds the chosen ones by their places in the flattened table."""
    V = logits.shape[1]
    log_p = logits.log_softmax(1)
    chosen = log_p.flatten()[torch.arange(len(targets)) * V + targets]
    weighted = log_p.sum(1) * (smoothing / V) + chosen * (1 - smoothing)
    return -weighted.mean(0)


def wrong_smoothing_twice(logits, targets, smoothing):
    """The smoothing is applied to the targets and to the loss once more."""
    V = logits.shape[1]
    wanted = (1 - smoothing) * nn.functional.one_hot(targets, V) + smoothing / V
    log_p = logits.log_softmax(1)
    return (1 - smoothing) * -(wanted * log_p).sum(1).mean() - smoothing * log_p.mean()


def wrong_added_on_top(logits, targets, smoothing):
    """The target keeps its full share of 1, and the smoothing is added."""
    log_p = logits.log_softmax(1)
    return nn.functional.nll_loss(log_p, targets) - smoothing * log_p.mean()


def wrong_confidence_penalty(logits, targets, smoothing):
    """Rewards the entropy of the prediction: its own probabilities weigh the surprises, not equal ones."""
    log_p = logits.log_softmax(1)
    entropy = -(log_p.exp() * log_p).sum(1)
    return ((1 - smoothing) * nn.functional.nll_loss(log_p, targets, reduction="none") + smoothing * entropy).mean()


def wrong_log_of_the_mean(logits, targets, smoothing):
    """The logarithm of the mean probability in place of the mean of the logarithms."""
    p = logits.softmax(1)
    chosen = p[torch.arange(len(targets)), targets]
    return (-(1 - smoothing) * chosen.log() - smoothing * p.mean(1).log()).mean()


def wrong_divided_by_places(logits, targets, smoothing):
    """Takes the first axis for the vocabulary when the rest is shared."""
    n = logits.shape[0]
    log_p = logits.log_softmax(1)
    chosen = log_p.gather(1, targets.view(-1, 1)).squeeze(1)
    return (-(1 - smoothing) * chosen - smoothing / n * log_p.sum(1)).mean()


def wrong_picks_columns(logits, targets, smoothing):
    """logs[:, targets] takes every target's column for every place."""
    log_p = logits.log_softmax(1)
    return -(1 - smoothing) * log_p[:, targets].mean() - smoothing * log_p.mean()


def wrong_numpy(logits, targets, smoothing):
    """Computed in NumPy: the number is right and the gradient is lost."""
    import numpy as np

    z = logits.detach().numpy()
    z = z - z.max(1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
    chosen = log_p[np.arange(len(z)), targets.numpy()]
    return torch.tensor((-(1 - smoothing) * chosen - smoothing * log_p.mean(1)).mean())


def wrong_fresh_tensor_of_losses(logits, targets, smoothing):
    """torch.tensor of the losses cuts the gradient."""
    losses = []
    for z, t in zip(logits, targets):
        log_p = z.log_softmax(0)
        losses.append(float(-(1 - smoothing) * log_p[t] - smoothing * log_p.mean()))
    return torch.tensor(losses, requires_grad=True).mean()


def wrong_prints(logits, targets, smoothing):
    """Prints the loss and returns nothing."""
    log_p = logits.log_softmax(1)
    print((1 - smoothing) * nn.functional.nll_loss(log_p, targets) - smoothing * log_p.mean())


def wrong_last_overwrites(logits, targets, smoothing):
    """total = in place of total +=: only the last place is left."""
    for z, t in zip(logits, targets):
        log_p = z.log_softmax(0)
        total = -(1 - smoothing) * log_p[t] - smoothing * log_p.mean()
    return total / len(targets)


def wrong_softmax_twice(logits, targets, smoothing):
    """The log-softmax of probabilities."""
    log_p = logits.softmax(1).log_softmax(1)
    return (1 - smoothing) * nn.functional.nll_loss(log_p, targets) - smoothing * log_p.mean()


def wrong_whole_rest_to_a_neighbour(logits, targets, smoothing):
    """Gives the whole rest to the next token of the vocabulary."""
    log_p = logits.log_softmax(1)
    neighbour = (targets + 1) % logits.shape[1]
    nll = nn.functional.nll_loss
    return (1 - smoothing) * nll(log_p, targets) + smoothing * nll(log_p, neighbour)


def wrong_squared(logits, targets, smoothing):
    """The squared distance of the probabilities from the wanted shares."""
    V = logits.shape[1]
    wanted = (1 - smoothing) * nn.functional.one_hot(targets, V) + smoothing / V
    return ((logits.softmax(1) - wanted) ** 2).sum(1).mean()
