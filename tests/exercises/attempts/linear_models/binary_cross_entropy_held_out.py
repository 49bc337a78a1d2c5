import math

import numpy as np


def right_logaddexp_b(logits: np.ndarray, labels: np.ndarray) -> float:
    """logaddexp of 0 and the logit of the wrong label."""
    against = np.where(labels == 1, -logits, logits)
    return float(np.logaddexp(0, against).mean())


def right_max_log1p_b(logits, labels):
    """The formula of the libraries: max(z, 0) - z y + log1p(e^-|z|)."""
    return np.mean(np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits))))


def right_scipy_b(logits, labels):
    """SciPy's log_expit."""
    from scipy.special import log_expit
    z = np.asarray(logits, dtype=float)
    y = np.asarray(labels, dtype=float)
    return -float(np.mean(y * log_expit(z) + (1 - y) * log_expit(-z)))


def right_torch_b(logits, labels):
    """PyTorch's own function."""
    import torch
    import torch.nn.functional as F
    z = torch.tensor(np.asarray(logits, dtype=np.float64))
    y = torch.tensor(np.asarray(labels, dtype=np.float64))
    return F.binary_cross_entropy_with_logits(z, y).item()


def right_loop_b(logits, labels):
    """Beginner's loop with two cases so that exp never overflows."""
    total = 0.0
    for z, y in zip(logits, labels):
        z = float(z)
        if y == 1:
            z = -z
        if z > 0:
            total += z + math.log1p(math.exp(-z))
        else:
            total += math.log1p(math.exp(z))
    return total / len(logits)


def right_softplus_b(logits, labels):
    """softplus of the signed logits."""
    import torch
    sign = torch.tensor(1.0 - 2.0 * np.asarray(labels, dtype=np.float64))
    z = torch.tensor(np.asarray(logits, dtype=np.float64))
    return float(torch.nn.functional.softplus(sign * z).mean())


def right_masks_b(logits, labels):
    """Splits by label, boolean masks and one array for all losses."""
    losses = np.empty(len(logits))
    ones = labels == 1
    losses[ones] = np.logaddexp(0.0, -logits[ones])
    losses[~ones] = np.logaddexp(0.0, logits[~ones])
    return losses.sum() / losses.size


def wrong_naive_b(logits, labels):
    """Sigmoid and then the logarithm: ln 0 at 1,000."""
    p = 1 / (1 + np.exp(-logits))
    return -np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p))


def wrong_clip_p_b(logits, labels):
    """Clips the probability: a loss of 1,000 becomes 16."""
    p = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)))


def wrong_sum_b(logits, labels):
    """sum for mean."""
    return float(np.sum(np.logaddexp(0, np.where(labels == 1, -logits, logits))))


def wrong_sign_b(logits, labels):
    """The minus sign is missing: the mean log probability."""
    log_p = -np.logaddexp(0, -logits)
    log_q = -np.logaddexp(0, logits)
    return np.mean(labels * log_p + (1 - labels) * log_q)


def wrong_bits_b(logits, labels):
    """In bits: log2 for ln."""
    loss = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    return float(loss.mean() / np.log(2))


def wrong_only_ones_b(logits, labels):
    """Only the term of the label 1 is written down."""
    return float(np.mean(labels * np.logaddexp(0, -logits)))


def wrong_half_stable_b(logits, labels):
    """log1p(e^-z) + (1 - y) z: safe at 1,000, infinite at -1,000."""
    return np.mean(np.log1p(np.exp(-logits)) + (1 - labels) * logits)


def wrong_swapped_b(logits, labels):
    """The two labels are mixed up."""
    total = 0.0
    for z, y in zip(logits, labels):
        if y == 1:
            total += np.logaddexp(0, z)
        else:
            total += np.logaddexp(0, -z)
    return total / len(labels)


def wrong_plus_minus_b(logits, labels):
    """The formula for labels -1 and 1, used with 0 and 1: every 0 costs ln 2."""
    return float(np.logaddexp(0, -labels * logits).mean())


def wrong_no_mean_b(logits, labels):
    """Gives one loss for each example."""
    return np.logaddexp(0, logits) - labels * logits


def wrong_clip_logits_b(logits, labels):
    """Cuts the logits off at 30: a loss of 1,000 becomes 30."""
    z = np.clip(logits, -30, 30)
    return float(np.mean(np.log(1 + np.exp(z)) - labels * z))


def wrong_torch_clamp_b(logits, labels):
    """sigmoid and PyTorch's binary_cross_entropy, which never lets the loss of an example exceed 100."""
    import torch
    p = torch.sigmoid(torch.tensor(np.asarray(logits, dtype=np.float64)))
    y = torch.tensor(np.asarray(labels, dtype=np.float64))
    return torch.nn.functional.binary_cross_entropy(p, y).item()
