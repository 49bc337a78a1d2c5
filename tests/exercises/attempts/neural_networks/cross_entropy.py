import math

import numpy as np
import torch
import torch.nn.functional as F


def right_shift(logits, labels):
    """Vectorised: subtracts the row's maximum."""
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_sum = torch.log(torch.exp(shifted).sum(dim=1))
    right = shifted[torch.arange(len(labels)), labels]
    return (log_sum - right).mean()


def right_loops(logits, labels):
    """Beginner's loops with math."""
    total = 0.0
    for row, label in zip(logits.tolist(), labels.tolist()):
        largest = max(row)
        s = 0.0
        for z in row:
            s += math.exp(z - largest)
        total += math.log(s) + largest - row[label]
    return torch.tensor(total / len(labels))


def right_logsumexp(logits, labels):
    """torch.logsumexp and gather."""
    right = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
    return torch.mean(torch.logsumexp(logits, dim=1) - right)


def right_one_hot(logits, labels):
    """One-hot mask by broadcasting with None."""
    classes = torch.arange(logits.shape[1])
    mask = (labels[:, None] == classes[None, :]).to(logits.dtype)
    z = logits - logits.amax(dim=1)[:, None]
    log_p = z - z.exp().sum(1)[:, None].log()
    return -(mask * log_p).sum() / logits.shape[0]


def right_numpy(logits, labels):
    """NumPy, back to a tensor."""
    z = logits.detach().numpy().astype(np.float64)
    y = labels.numpy()
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return torch.tensor(-log_p[np.arange(len(y)), y].mean())


def right_einsum(logits, labels):
    """einsum with the one-hot rows."""
    one_hot = torch.eye(logits.shape[1], dtype=logits.dtype)[labels]
    m, _ = torch.max(logits, dim=-1, keepdim=True)
    z = logits - m
    right = torch.einsum("bc,bc->b", z, one_hot)
    return torch.mean(torch.log(torch.einsum("bc->b", torch.exp(z))) - right)


def right_logaddexp_reduce(logits, labels):
    """np.logaddexp.reduce; gives a float."""
    z = logits.detach().cpu().numpy().astype(float)
    right = np.take_along_axis(z, labels.cpu().numpy()[:, None], axis=1)[:, 0]
    return float(np.mean(np.logaddexp.reduce(z, axis=1) - right))


def right_running_logaddexp(logits, labels):
    """Column after column with torch.logaddexp."""
    running = logits[:, 0]
    for c in range(1, logits.shape[1]):
        running = torch.logaddexp(running, logits[:, c])
    return (running - logits[range(len(labels)), labels.tolist()]).mean()


def right_margins(logits, labels):
    """Differences to the right logit, then log-sum-exp by hand."""
    right = logits.gather(1, labels.view(-1, 1))
    differences = logits - right
    top = differences.max(1, keepdim=True)[0]
    per_image = top.squeeze(1) + (differences - top).exp().sum(1).log()
    return per_image.mean()


def right_take_along_dim(logits, labels):
    """torch.take_along_dim, a helper inside."""

    def log_probabilities(z):
        z = z - z.max(-1, keepdim=True).values
        return z - torch.log(torch.sum(torch.exp(z), -1, keepdim=True))

    return -torch.take_along_dim(log_probabilities(logits), labels[:, None], dim=1).mean()


def right_scipy(logits, labels):
    """SciPy's logsumexp."""
    from scipy.special import logsumexp

    z = logits.detach().numpy().astype(np.float64)
    losses = logsumexp(z, axis=1) - z[np.arange(z.shape[0]), labels.numpy()]
    return torch.tensor(losses.mean())


def right_float(logits, labels):
    """Comprehension, gives a float."""
    rows = [row.tolist() for row in logits]
    return sum(
        max(row) + math.log(math.fsum(math.exp(z - max(row)) for z in row)) - row[int(y)] for row, y in zip(rows, labels)
    ) / len(rows)


def right_recursive(logits, labels):
    """Recursive log-sum-exp of two halves."""

    def lse(z):
        if z.shape[1] == 1:
            return z[:, 0]
        middle = z.shape[1] // 2
        return torch.logaddexp(lse(z[:, :middle]), lse(z[:, middle:]))

    n = logits.shape[0]
    return torch.sum(lse(logits) - logits[torch.arange(n), labels]) / n


def right_softplus(logits, labels):
    """Softplus of the log-sum-exp of the others minus the right one."""
    hit = torch.zeros_like(logits, dtype=torch.bool)
    hit[torch.arange(len(labels)), labels] = True
    right = logits[hit]
    others = torch.logsumexp(logits.masked_fill(hit, float("-inf")), dim=1)
    return torch.logaddexp(torch.zeros_like(right), others - right).mean()


def right_double(logits, labels):
    """Defensive: double precision, dtype given back."""
    if logits.dim() != 2:
        raise ValueError("logits must be (batch, classes)")
    z = logits.double()
    z = z - z.detach().amax(dim=1, keepdim=True)
    log_p = z - z.exp().sum(dim=1, keepdim=True).log()
    picked = log_p.gather(1, labels.long().reshape(-1, 1))
    return picked.neg().mean().to(logits.dtype)


def right_online(logits, labels):
    """While loop with a running maximum (online softmax)."""
    losses = []
    for i in range(logits.shape[0]):
        row = logits[i].tolist()
        m, s, j = row[0], 1.0, 1
        while j < len(row):
            if row[j] > m:
                s = s * math.exp(m - row[j]) + 1.0
                m = row[j]
            else:
                s += math.exp(row[j] - m)
            j += 1
        losses.append(m + math.log(s) - row[labels[i]])
    return torch.tensor(losses).mean()


def right_stack(logits, labels):
    """Per image, stacked, with clumsy names."""
    all_losses = []
    for l, y in zip(logits, labels):
        biggest = l.max()
        exps = torch.exp(l - biggest)
        logsum = torch.log(exps.sum()) + biggest
        all_losses.append(logsum - l[y])
    return torch.stack(all_losses).mean()


def right_log1p(logits, labels):
    """Sorts, log1p of all but the largest."""
    ordered = torch.sort(logits, dim=1, descending=True).values
    top = ordered[:, 0]
    rest = torch.exp(ordered[:, 1:] - top[:, None]).sum(dim=1)
    right = torch.diagonal(logits[:, labels])
    return (top + torch.log1p(rest) - right).mean()


def wrong_no_shift(logits, labels):
    """No maximum subtracted: inf - inf at 1,000."""
    p = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean()


def wrong_sign(logits, labels):
    """Minus sign forgotten."""
    z = logits - logits.max(dim=1, keepdim=True).values
    log_p = z - z.exp().sum(dim=1, keepdim=True).log()
    return log_p[torch.arange(len(labels)), labels].mean()


def wrong_sum(logits, labels):
    """Sum over the batch instead of the mean."""
    right = logits.gather(1, labels[:, None])[:, 0]
    return (torch.logsumexp(logits, dim=1) - right).sum()


def wrong_log_of_softmax(logits, labels):
    """Shifts, but takes the log of a probability that is 0 by underflow."""
    z = logits - logits.max(dim=1, keepdim=True).values
    p = z.exp() / z.exp().sum(dim=1, keepdim=True)
    return -p[range(len(labels)), labels].log().mean()


def wrong_epsilon(logits, labels):
    """Adds an epsilon in the logarithm: at most about 20.7."""
    z = logits - logits.max(dim=1, keepdim=True).values
    p = z.exp() / z.exp().sum(dim=1, keepdim=True)
    picked = p.gather(1, labels.unsqueeze(1))
    return -torch.log(picked + 1e-9).mean()


def wrong_column_maximum(logits, labels):
    """Maximum over the batch instead of over the classes."""
    z = logits - logits.max(dim=0, keepdim=True).values
    log_p = z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))
    return -log_p[torch.arange(len(labels)), labels].mean()


def wrong_global_maximum(logits, labels):
    """One maximum for the whole batch: a row far below it underflows."""
    z = logits - logits.max()
    log_p = z - torch.log(torch.exp(z).sum(dim=1, keepdim=True))
    return -log_p[torch.arange(len(labels)), labels].mean()


def wrong_axis(logits, labels):
    """Softmax over the batch (dim 0)."""
    log_p = logits - torch.logsumexp(logits, dim=0, keepdim=True)
    return -log_p[torch.arange(len(labels)), labels].mean()


def wrong_log2(logits, labels):
    """Bits instead of nats."""
    z = logits - logits.max(dim=1, keepdim=True).values
    e = torch.exp(z)
    per_image = torch.log2(e.sum(dim=1)) - z[torch.arange(len(labels)), labels] / math.log(2)
    return per_image.mean()


def wrong_shift_only_once(logits, labels):
    """The right logit is not shifted, the sum is."""
    z = logits - logits.max(dim=1, keepdim=True).values
    right = logits[torch.arange(len(labels)), labels]
    return (z.exp().sum(dim=1).log() - right).mean()


def wrong_library_loss(logits, labels):
    """PyTorch's own loss, which is forbidden."""
    return F.cross_entropy(logits, labels)


def wrong_library_log_softmax(logits, labels):
    """PyTorch's own log_softmax, which is forbidden."""
    return -torch.log_softmax(logits, dim=1)[torch.arange(len(labels)), labels].mean()


def wrong_mean_of_all(logits, labels):
    """Mean over batch and classes of the one-hot product."""
    one_hot = F.one_hot(labels, logits.shape[1])
    z = logits - logits.max(dim=1, keepdim=True).values
    log_p = z - z.exp().sum(dim=1, keepdim=True).log()
    return -(one_hot * log_p).mean()


def wrong_absolute_maximum(logits, labels):
    """Subtracts the largest absolute value: very negative rows underflow."""
    z = logits - logits.abs().max(dim=1, keepdim=True).values
    log_p = z - torch.log(z.exp().sum(dim=1, keepdim=True))
    return -log_p.gather(1, labels[:, None]).mean()


def wrong_in_place(logits, labels):
    """Subtracts the maximum from the given logits in place."""
    logits -= logits.max(dim=1, keepdim=True).values
    log_sum = logits.exp().sum(dim=1).log()
    return (log_sum - logits[torch.arange(len(labels)), labels]).mean()


def wrong_clamp(logits, labels):
    """Clamps the logits so that exp survives."""
    z = torch.clamp(logits, -80, 80)
    log_sum = torch.log(torch.exp(z).sum(dim=1))
    return (log_sum - z[torch.arange(len(labels)), labels]).mean()


def wrong_all_pairs(logits, labels):
    """logits[:, labels]: takes every label in every row."""
    z = logits - logits.max(dim=1, keepdim=True).values
    log_p = z - z.exp().sum(dim=1, keepdim=True).log()
    return -log_p[:, labels].mean()


def wrong_log_of_mean(logits, labels):
    """Logarithm of the mean probability, not the mean of the logarithms."""
    z = (logits - logits.amax(dim=1, keepdim=True)).numpy()
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return torch.tensor(-np.log(p[np.arange(len(labels)), labels.numpy()].mean()))
