import math

import numpy as np
import torch
import scipy.special
from sklearn.metrics import log_loss


def right_logaddexp(logits, labels):
    """softplus(z) - y z with logaddexp."""
    return float(np.mean(np.logaddexp(0, logits) - labels * logits))


def right_max_log1p(logits, labels):
    """max(z, 0) - z y + log1p(exp(-|z|)), as in TensorFlow's manual."""
    loss = np.maximum(logits, 0) - logits * labels + np.log1p(np.exp(-np.abs(logits)))
    return loss.mean()


def right_sign_flip(logits, labels):
    """Signed logit: softplus of the logit against the right label."""
    against = np.where(labels == 1, -logits, logits)
    return np.logaddexp(0.0, against).mean()


def right_plus_minus_one(logits, labels):
    """Labels turned to -1 and +1."""
    sign = 2 * np.asarray(labels, dtype=float) - 1
    return float(np.mean(np.logaddexp(0, -sign * logits)))


def right_loop(logits, labels):
    """A beginner's loop with two cases for exp."""
    total = 0.0
    for z, y in zip(logits, labels):
        z = float(z)
        if y == 0:
            z = -z
        if z >= 0:
            total += math.log1p(math.exp(-z))
        else:
            total += -z + math.log1p(math.exp(z))
    return total / len(logits)


def right_comprehension(logits, labels):
    """Comprehension over Python floats."""
    pairs = zip(logits.tolist(), labels.tolist())
    return sum(max(z, 0.0) - z * y + math.log1p(math.exp(-abs(z))) for z, y in pairs) / len(labels)


def right_two_groups(logits, labels):
    """Positives and negatives apart, sums joined."""
    positive = logits[labels == 1]
    negative = logits[labels == 0]
    total = np.logaddexp(0, -positive).sum() + np.logaddexp(0, negative).sum()
    return total / len(logits)


def right_log_probabilities(logits, labels):
    """ln p and ln(1 - p) each in a stable form, then the textbook formula."""
    log_p = -np.logaddexp(0, -logits)
    log_q = -np.logaddexp(0, logits)
    return -np.mean(labels * log_p + (1 - labels) * log_q)


def right_scipy_log_expit(logits, labels):
    """SciPy's log_expit."""
    z = np.asarray(logits, dtype=float)
    return float(-np.mean(np.where(labels == 1, scipy.special.log_expit(z), scipy.special.log_expit(-z))))


def right_scipy_logsumexp(logits, labels):
    """Two classes with the scores 0 and z: logsumexp minus the score of the right one."""
    scores = np.stack([np.zeros(len(logits)), logits], axis=1)
    right = scores[np.arange(len(logits)), labels.astype(int)]
    return float((scipy.special.logsumexp(scores, axis=1) - right).mean())


def right_torch_bce(logits, labels):
    """PyTorch's binary_cross_entropy_with_logits."""
    z = torch.tensor(np.ascontiguousarray(logits), dtype=torch.float64)
    y = torch.tensor(np.ascontiguousarray(labels), dtype=torch.float64)
    return torch.nn.functional.binary_cross_entropy_with_logits(z, y).item()


def right_torch_cross_entropy(logits, labels):
    """PyTorch's cross_entropy with a second logit of 0."""
    z = torch.tensor(np.ascontiguousarray(logits), dtype=torch.float64)
    y = torch.tensor(np.ascontiguousarray(labels)).long()
    return torch.nn.functional.cross_entropy(torch.stack([torch.zeros_like(z), z], dim=1), y).item()


def right_boolean_masks(logits, labels):
    """exp only where it cannot overflow, by boolean masks."""
    m = np.where(labels == 1, logits, -logits).astype(float)
    loss = np.empty_like(m)
    safe = m >= 0
    loss[safe] = np.log1p(np.exp(-m[safe]))
    loss[~safe] = -m[~safe] + np.log1p(np.exp(m[~safe]))
    return loss.mean()


def right_clip_the_exponent(logits, labels):
    """Split in a straight part and a correction; the correction's exponent is clipped, which costs nothing."""
    margin = np.where(labels == 1, logits, -logits)
    straight = np.clip(-margin, 0, None)
    correction = np.log1p(np.exp(-np.minimum(np.abs(margin), 700)))
    return float(np.sum(straight + correction) / len(margin))


def right_max_trick(logits, labels):
    """log-sum-exp by hand for the pair (0, z)."""
    m = np.maximum(logits, 0)
    log_z = m + np.log(np.exp(0 - m) + np.exp(logits - m))
    chosen = logits * labels
    return (log_z - chosen).mean()


def right_base_two(logits, labels):
    """logaddexp2 in bits, turned back to nats."""
    bits = logits / np.log(2)
    loss = np.logaddexp2(0, bits) - labels * bits
    return loss.mean() * np.log(2)


def right_dot_product(logits, labels):
    """Sum of softplus minus the dot product with the labels."""
    softplus = np.logaddexp(np.zeros(len(logits)), logits)
    return (softplus.sum() - np.dot(np.asarray(labels, dtype=float), logits)) / logits.size


def right_vectorize(logits, labels):
    """np.vectorize of a scalar function with early returns."""
    def price(z, y):
        against = -z if y == 1 else z
        if against > 40:
            return float(against)
        return math.log1p(math.exp(against))
    return float(np.mean(np.vectorize(price, otypes=[float])(logits, labels)))


def wrong_naive(logits, labels):
    """Sigmoid, then log: inf or nan for logits of 1000."""
    p = 1 / (1 + np.exp(-logits))
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)))


def wrong_clipped_probability(logits, labels):
    """Clips the probability at 1e-7: a loss of 1000 becomes 16."""
    p = np.clip(scipy.special.expit(np.asarray(logits, dtype=float)), 1e-7, 1 - 1e-7)
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)))


def wrong_epsilon_in_log(logits, labels):
    """log(p + 1e-12)."""
    p = scipy.special.expit(np.asarray(logits, dtype=float))
    right = np.where(labels == 1, p, 1 - p)
    return float(-np.log(right + 1e-12).mean())


def wrong_sum(logits, labels):
    """Sum for mean."""
    return float(np.sum(np.logaddexp(0, logits) - labels * logits))


def wrong_no_minus(logits, labels):
    """The minus sign is missing."""
    return float(np.mean(labels * logits - np.logaddexp(0, logits)))


def wrong_only_positives(logits, labels):
    """Only the term of label 1."""
    return float(np.mean(labels * np.logaddexp(0, -logits)))


def wrong_bits(logits, labels):
    """Bits instead of nats."""
    return float(np.mean(np.logaddexp(0, logits) - labels * logits) / np.log(2))


def wrong_labels_swapped(logits, labels):
    """Probability of the wrong label."""
    against = np.where(labels == 0, -logits, logits)
    return float(np.logaddexp(0, against).mean())


def wrong_sigmoid_twice(logits, labels):
    """Applies the sigmoid and then a loss that expects logits."""
    p = scipy.special.expit(np.asarray(logits, dtype=float))
    return float(np.mean(np.logaddexp(0, p) - labels * p))


def wrong_labels_taken_as_signs(logits, labels):
    """The formula for labels -1 and 1, used with 0 and 1."""
    return float(np.mean(np.logaddexp(0, -labels * logits)))


def wrong_clipped_logits(logits, labels):
    """Clips the logits to ±30."""
    z = np.clip(logits, -30, 30)
    p = 1 / (1 + np.exp(-z))
    return float(-np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)))


def wrong_balanced(logits, labels):
    """Mean of the two class means."""
    loss = np.logaddexp(0, logits) - labels * logits
    parts = [loss[labels == c].mean() for c in (0, 1) if np.any(labels == c)]
    return float(np.mean(parts))


def wrong_divided_by_positives(logits, labels):
    """Divides by the number of ones."""
    loss = np.logaddexp(0, logits) - labels * logits
    return float(loss.sum() / max(labels.sum(), 1))


def wrong_no_straight_part(logits, labels):
    """Only the correction log1p(exp(-|z|))."""
    return float(np.mean(np.log1p(np.exp(-np.abs(logits)))))


def wrong_one_side_safe(logits, labels):
    """log1p(exp(.)) survives -1000 but not +1000."""
    against = np.where(labels == 1, -logits, logits)
    return float(np.log1p(np.exp(against)).mean())


def wrong_sklearn_log_loss(logits, labels):
    """scikit-learn's log_loss on probabilities: it clips them."""
    p = scipy.special.expit(np.asarray(logits, dtype=float))
    return float(log_loss(labels, p, labels=[0, 1]))


def wrong_nan_to_num(logits, labels):
    """Naive, with nan_to_num: 0 for what overflows."""
    p = 1 / (1 + np.exp(-logits))
    loss = -(labels * np.log(p) + (1 - labels) * np.log(1 - p))
    return float(np.nan_to_num(loss, nan=0.0, posinf=0.0).mean())


def wrong_log_of_mean(logits, labels):
    """Logarithm of the mean probability."""
    p = scipy.special.expit(np.asarray(logits, dtype=float))
    return float(-np.log(np.mean(np.where(labels == 1, p, 1 - p)) + 1e-300))
