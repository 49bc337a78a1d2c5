import math
import functools
from decimal import Decimal, localcontext

import numpy as np
import torch
import scipy.special


def right_max_trick(scores):
    """The textbook max trick with keepdims."""
    m = scores.max(axis=1, keepdims=True)
    return m[:, 0] + np.log(np.exp(scores - m).sum(axis=1))


def right_squeeze(scores):
    """Max trick, keepdims all the way, squeeze of axis 1 at the end."""
    top = np.max(scores, axis=1, keepdims=True)
    total = np.sum(np.exp(scores - top), axis=1, keepdims=True)
    return np.squeeze(np.log(total) + top, axis=1)


def right_none(scores):
    """Broadcasting with None."""
    m = scores.max(axis=1)
    return np.log(np.exp(scores - m[:, None]).sum(axis=1)) + m


def right_transposed(scores):
    """Works on columns instead."""
    s = scores.T
    m = s.max(axis=0)
    return m + np.log(np.exp(s - m).sum(axis=0))


def right_logaddexp_reduce(scores):
    """NumPy's own logaddexp, reduced."""
    return np.logaddexp.reduce(scores, axis=1)


def right_scipy(scores):
    """SciPy's logsumexp."""
    return scipy.special.logsumexp(scores, axis=1)


def right_torch(scores):
    """PyTorch's logsumexp in double precision."""
    t = torch.tensor(np.ascontiguousarray(scores), dtype=torch.float64)
    return torch.logsumexp(t, dim=1).numpy()


def right_loops(scores):
    """A beginner's loops with math."""
    result = []
    for row in scores:
        biggest = max(row)
        total = 0.0
        for s in row:
            total += math.exp(s - biggest)
        result.append(float(biggest) + math.log(total))
    return np.array(result)


def right_comprehension_list(scores):
    """Comprehension; gives back a plain list."""
    return [float(max(r)) + math.log(sum(math.exp(x - max(r)) for x in r)) for r in scores.tolist()]


def right_online(scores):
    """One pass with a running maximum and a rescaled sum."""
    out = np.empty(len(scores))
    for i, row in enumerate(scores):
        m, total = float(row[0]), 1.0
        for s in row[1:]:
            s = float(s)
            if s > m:
                total = total * math.exp(m - s) + 1.0
                m = s
            else:
                total += math.exp(s - m)
        out[i] = m + math.log(total)
    return out


def right_pairwise_log1p(scores):
    """reduce with the two-number formula max + log1p(exp(-difference))."""
    def add(x, y):
        high, low = (x, y) if x >= y else (y, x)
        return high + math.log1p(math.exp(low - high))
    return np.array([functools.reduce(add, row) for row in scores.astype(float).tolist()])


def right_sorted_log1p(scores):
    """Sorts, and adds the smaller ones by log1p."""
    s = np.sort(scores, axis=1)
    m = s[:, -1]
    return m + np.log1p(np.exp(s[:, :-1] - m[:, None]).sum(axis=1))


def right_log_softmax(scores):
    """score minus log-softmax is the same number in each column."""
    first = np.asarray(scores, dtype=float)
    return (first - scipy.special.log_softmax(first, axis=1))[:, 0]


def right_softmax_of_max(scores):
    """max minus the logarithm of the largest softmax."""
    p = scipy.special.softmax(np.asarray(scores, dtype=float), axis=1)
    return scores.max(axis=1) - np.log(p.max(axis=1))


def right_base_two(scores):
    """logaddexp2 in base 2 and back."""
    return np.logaddexp2.reduce(scores / np.log(2), axis=1) * np.log(2)


def right_decimal(scores):
    """Decimal is large enough for e^1000."""
    answers = []
    with localcontext() as c:
        c.prec = 50
        for row in scores:
            total = sum((Decimal(float(s)).exp() for s in row), Decimal(0))
            answers.append(float(total.ln()))
    return np.array(answers)


def right_einsum(scores):
    """Sum by einsum, max through a copy that is changed in place."""
    shifted = np.array(scores, dtype=float)
    m = shifted.max(axis=1)
    shifted -= m[:, np.newaxis]
    np.exp(shifted, out=shifted)
    return np.log(np.einsum("rc->r", shifted)) + m


def right_halves(scores):
    """Recursive: the left half and the right half, joined by logaddexp."""
    columns = scores.shape[1]
    if columns == 1:
        return scores[:, 0].astype(float)
    middle = columns // 2
    return np.logaddexp(right_halves(scores[:, :middle]), right_halves(scores[:, middle:]))


def wrong_naive(scores):
    """Straight from the formula: inf for 1000, -inf for -1000."""
    return np.log(np.exp(scores).sum(axis=1))


def wrong_clipped(scores):
    """Clips the scores to what exp can bear."""
    return np.log(np.exp(np.clip(scores, -700, 700)).sum(axis=1))


def wrong_axis_zero(scores):
    """Over the columns instead of the rows."""
    m = scores.max(axis=0)
    return m + np.log(np.exp(scores - m).sum(axis=0))


def wrong_max_only(scores):
    """Takes the maximum as the whole answer."""
    return scores.max(axis=1).astype(float)


def wrong_max_not_added_back(scores):
    """Does not add the maximum back."""
    m = scores.max(axis=1, keepdims=True)
    return np.log(np.exp(scores - m).sum(axis=1))


def wrong_keeps_column(scores):
    """Result of shape (rows, 1)."""
    m = scores.max(axis=1, keepdims=True)
    return m + np.log(np.exp(scores - m).sum(axis=1, keepdims=True))


def wrong_global_max(scores):
    """One maximum for the whole table: a low row underflows."""
    m = scores.max()
    return m + np.log(np.exp(scores - m).sum(axis=1))


def wrong_mean_for_sum(scores):
    """Mean of the exponentials."""
    m = scores.max(axis=1)
    return m + np.log(np.exp(scores - m[:, None]).mean(axis=1))


def wrong_log2(scores):
    """log2 for ln."""
    m = scores.max(axis=1)
    return m + np.log2(np.exp(scores - m[:, None]).sum(axis=1))


def wrong_min_shift(scores):
    """Takes off the minimum instead of the maximum."""
    low = scores.min(axis=1, keepdims=True)
    return low[:, 0] + np.log(np.exp(scores - low).sum(axis=1))


def wrong_mean_shift(scores):
    """Takes off the mean instead of the maximum."""
    m = scores.mean(axis=1)
    return m + np.log(np.exp(scores - m[:, None]).sum(axis=1))


def wrong_sum_of_scores(scores):
    """ln and exp cancelled inside the sum."""
    return scores.sum(axis=1).astype(float)


def wrong_whole_table(scores):
    """One number for all rows."""
    m = scores.max()
    return m + np.log(np.sum(np.exp(scores - m)))


def wrong_in_place(scores):
    """Right numbers, but the caller's scores are changed."""
    m = scores.max(axis=1)
    scores[:] = scores - m[:, None]
    return m + np.log(np.exp(scores).sum(axis=1))


def wrong_log1p_of_all(scores):
    """log1p of the whole sum: the maximum is counted twice."""
    m = scores.max(axis=1)
    return m + np.log1p(np.exp(scores - m[:, None]).sum(axis=1))


def wrong_abs_max(scores):
    """Shifts by the largest absolute value."""
    m = np.abs(scores).max(axis=1)
    return m + np.log(np.exp(scores - m[:, None]).sum(axis=1))


def wrong_starts_at_zero(scores):
    """Running logaddexp that starts at 0 instead of at -inf."""
    total = np.zeros(len(scores))
    for c in range(scores.shape[1]):
        total = np.logaddexp(total, scores[:, c])
    return total


def wrong_best_not_reset(scores):
    """The running maximum is not reset for each row."""
    result = []
    best = -math.inf
    for row in scores:
        for s in row:
            best = max(best, float(s))
        total = sum(math.exp(s - best) for s in row)
        result.append(best + math.log(total) if total > 0 else best)
    return np.array(result)
