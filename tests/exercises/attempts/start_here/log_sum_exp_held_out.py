import math

import numpy as np


def right_shift_b(scores: np.ndarray) -> np.ndarray:
    """Takes the largest of each row out, keepdims."""
    largest = scores.max(axis=1, keepdims=True)
    return largest[:, 0] + np.log(np.exp(scores - largest).sum(axis=1))


def right_scipy_b(scores):
    """SciPy has it."""
    from scipy.special import logsumexp
    return logsumexp(scores, axis=1)


def right_torch_b(scores):
    """PyTorch has it."""
    import torch
    return torch.logsumexp(torch.tensor(np.asarray(scores, dtype=np.float64)), dim=1).numpy()


def right_logaddexp_b(scores):
    """np.logaddexp as a reduction."""
    return np.logaddexp.reduce(scores, axis=1)


def right_loop_b(scores):
    """Beginner's loops with math, gives a list back."""
    answers = []
    for row in scores.tolist():
        largest = row[0]
        for s in row:
            if s > largest:
                largest = s
        total = 0.0
        for s in row:
            total += math.exp(s - largest)
        answers.append(largest + math.log(total))
    return answers


def right_pairs_b(scores):
    """Adds one score after the other in the world of logarithms, log1p."""
    result = scores[:, 0].astype(float)
    for j in range(1, scores.shape[1]):
        column = scores[:, j].astype(float)
        high = np.maximum(result, column)
        low = np.minimum(result, column)
        result = high + np.log1p(np.exp(low - high))
    return result


def right_rows_b(scores):
    """One row at a time in a comprehension."""
    return np.array([np.max(r) + np.log(np.sum(np.exp(r - np.max(r)))) for r in scores])


def wrong_naive_b(scores):
    """As the formula stands: e^1000 is infinite, e^-1000 is 0."""
    return np.log(np.exp(scores).sum(axis=1))


def wrong_no_add_back_b(scores):
    """The maximum is never added again."""
    m = scores.max(axis=1, keepdims=True)
    return np.log(np.sum(np.exp(scores - m), axis=1))


def wrong_global_max_b(scores):
    """One maximum for the whole table: a row far below it gives -inf."""
    m = scores.max()
    return m + np.log(np.exp(scores - m).sum(axis=1))


def wrong_largest_from_zero_b(scores):
    """The search for the largest starts at 0, wrong for rows that are all far below 0."""
    out = []
    for row in scores:
        largest = 0.0
        for s in row:
            if s > largest:
                largest = s
        out.append(largest + np.log(sum(np.exp(s - largest) for s in row)))
    return np.array(out)


def wrong_axis0_b(scores):
    """Over the columns instead of the rows."""
    m = scores.max(axis=0)
    return m + np.log(np.exp(scores - m).sum(axis=0))


def wrong_clip_b(scores):
    """Cuts the scores off at 700 so that exp does not overflow."""
    safe = np.clip(scores, -700, 700)
    return np.log(np.exp(safe).sum(axis=1))


def wrong_keepdims_left_b(scores):
    """Leaves keepdims on: shape (rows, 1)."""
    m = np.max(scores, axis=-1, keepdims=True)
    return m + np.log(np.sum(np.exp(scores - m), axis=-1, keepdims=True))


def wrong_whole_table_b(scores):
    """The sum goes over the whole table: one number."""
    m = scores.max()
    return m + np.log(np.sum(np.exp(scores - m)))


def wrong_max_no_keepdims_b(scores):
    """keepdims missing in the shift: an error, or for a square table the wrong maxima."""
    m = scores.max(axis=1)
    return m + np.log(np.exp(scores - m).sum(axis=1))


def wrong_minus_max_b(scores):
    """Subtracts the maximum a second time instead of adding it."""
    m = scores.max(axis=1)
    return np.log(np.exp(scores - m[:, None]).sum(axis=1)) - m


def wrong_log_softmax_b(scores):
    """Goes on to the log softmax, a whole table."""
    m = scores.max(axis=1, keepdims=True)
    lse = m + np.log(np.exp(scores - m).sum(axis=1, keepdims=True))
    return scores - lse


def wrong_abs_max_b(scores):
    """Takes the largest absolute value for the shift: -1,000 is then moved to -2,000."""
    m = np.abs(scores).max(axis=1)
    return m + np.log(np.exp(scores - m[:, np.newaxis]).sum(axis=1))
