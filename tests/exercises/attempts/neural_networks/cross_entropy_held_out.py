import math
from functools import reduce

import numpy as np
import torch
import torch.nn as nn


def right_loop_b(logits, labels):
    """Beginner: plain Python loop over rows, with the largest logit taken out."""
    total = 0.0
    for row, label in zip(logits.tolist(), labels.tolist()):
        biggest = max(row)
        s = 0.0
        for z in row:
            s += math.exp(z - biggest)
        total += biggest + math.log(s) - row[label]
    return torch.tensor(total / len(labels))


def right_logsumexp_b(logits, labels):
    """Torch user: torch.logsumexp and gather, in double precision, as 1,000.1 - 1,000 loses digits."""
    z = logits.double()
    picked = z.gather(1, labels.long().unsqueeze(1)).squeeze(1)
    return (torch.logsumexp(z, dim=1) - picked).mean().to(logits.dtype)


def right_shift_b(logits, labels):
    """Vectorised by hand: shift each row by its largest, index with arange."""
    z = logits - logits.max(dim=1, keepdim=True).values
    log_probs = z - z.exp().sum(dim=1, keepdim=True).log()
    return -log_probs[torch.arange(len(labels)), labels].mean()


def right_einsum_b(logits, labels):
    """One-hot mask made by comparison, einsum for the dot product, mean written as sum / n."""
    one_hot = (labels[:, None] == torch.arange(logits.shape[1])[None, :]).to(logits.dtype)
    top = torch.amax(logits, dim=1)
    shifted = logits - top[:, None]
    lse = torch.log(torch.einsum("bc->b", torch.exp(shifted)))
    right_one = torch.einsum("bc,bc->b", shifted, one_hot)
    return (lse - right_one).sum() / logits.shape[0]


def right_numpy_b(logits, labels):
    """NumPy person: does it in float64 and returns a plain float."""
    z = logits.detach().cpu().numpy().astype(np.float64)
    y = labels.cpu().numpy()
    m = z.max(axis=1, keepdims=True)
    lse = m[:, 0] + np.log(np.exp(z - m).sum(axis=1))
    return float(np.mean(lse - z[np.arange(len(y)), y]))


def right_logaddexp_b(logits, labels):
    """Takes the right logit off each row, then folds the columns together with logaddexp."""
    relative = torch.stack([logits[i] - logits[i, int(labels[i])] for i in range(len(labels))])
    return reduce(torch.logaddexp, relative.unbind(dim=1)).mean()


def right_differences_b(logits, labels):
    """Other algebra: log of the sum of exp(z_j - z_right), its largest difference taken out (clumsy, with while)."""
    losses = []
    i = 0
    while i < logits.shape[0]:
        d = logits[i] - logits[i][labels[i]]
        top = d.max()
        losses.append(top + torch.log(torch.sum(torch.exp(d - top))))
        i += 1
    return sum(losses) / len(losses)


def wrong_naive_b(logits, labels):
    """Slip: exp of the raw logits, overflows at 1,000."""
    e = torch.exp(logits)
    probs = e / e.sum(dim=1, keepdim=True)
    return -torch.log(probs[torch.arange(len(labels)), labels]).mean()


def wrong_log_of_zero_b(logits, labels):
    """Slip: largest taken out, but log of a probability that underflowed to 0 (inf)."""
    e = torch.exp(logits - logits.max(dim=1, keepdim=True)[0])
    probs = e / e.sum(1, keepdim=True)
    picked = probs[range(len(labels)), labels]
    return torch.mean(-torch.log(picked))


def wrong_eps_b(logits, labels):
    """Slip: a small number added inside the log, so that big losses are capped."""
    losses = 0.0
    for i in range(logits.shape[0]):
        z = logits[i] - logits[i].max()
        p = z.exp() / z.exp().sum()
        losses = losses - torch.log(p[labels[i]] + 1e-9)
    return losses / logits.shape[0]


def wrong_global_max_b(logits, labels):
    """Slip: one largest for the whole batch instead of one per row."""
    z = logits - logits.max()
    lse = z.exp().sum(dim=1).log()
    return (lse - z[torch.arange(z.shape[0]), labels]).mean()


def wrong_sign_b(logits, labels):
    """Slip: minus sign forgotten."""
    z = logits - logits.amax(dim=1, keepdim=True)
    logp = z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))
    return logp.gather(1, labels[:, None]).mean()


def wrong_sum_b(logits, labels):
    """Slip: sum over the batch instead of the mean."""
    total = 0
    for z, y in zip(logits, labels):
        m = z.max()
        total = total + m + torch.log(torch.exp(z - m).sum()) - z[y]
    return total


def wrong_mean_all_b(logits, labels):
    """Slip: mean over batch times classes of the one-hot product."""
    one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[labels]
    logp = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -(one_hot * logp).mean()


def wrong_not_added_back_b(logits, labels):
    """Slip: the largest is taken out in the log-sum, but not added back, and the right logit is unshifted."""
    m = logits.max(dim=1, keepdim=True).values
    lse = torch.log(torch.exp(logits - m).sum(dim=1))
    right = logits[torch.arange(len(labels)), labels]
    return (lse - right).mean()


def wrong_columns_b(logits, labels):
    """Slip: [:, labels] picks whole columns instead of one entry per row."""
    logp = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    return -logp[:, labels].mean()


def wrong_in_place_b(logits, labels):
    """Slip: subtracts the largest in place and so changes the input."""
    logits -= logits.max(dim=1, keepdim=True).values
    lse = torch.log(torch.exp(logits).sum(dim=1))
    return (lse - logits[torch.arange(len(labels)), labels]).mean()


def wrong_loss_class_b(logits, labels):
    """Slip: PyTorch's own loss, as a class."""
    criterion = nn.CrossEntropyLoss()
    return criterion(logits, labels)


def wrong_method_b(logits, labels):
    """Slip: PyTorch's own log-softmax, as a method of the tensor."""
    logp = logits.log_softmax(dim=-1)
    return -logp[torch.arange(len(labels)), labels].mean()
