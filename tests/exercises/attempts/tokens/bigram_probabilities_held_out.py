import collections
import itertools

import numpy as np


def right_loop_b(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    """Beginner: counts in a loop, then divides row by row."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(len(token_ids) - 1):
        counts[token_ids[i], token_ids[i + 1]] += 1
    counts = counts + alpha
    for a in range(vocab_size):
        counts[a] = counts[a] / counts[a].sum()
    return counts


def right_add_at_b(token_ids, vocab_size, alpha):
    """Vectorised: np.add.at on a matrix that is filled with alpha."""
    table = np.full((vocab_size, vocab_size), alpha, dtype=float)
    np.add.at(table, (token_ids[:-1], token_ids[1:]), 1.0)
    return table / table.sum(axis=1, keepdims=True)


def right_bincount_b(token_ids, vocab_size, alpha):
    """One number for each pair, np.bincount, reshape; the denominator is written out."""
    ids = np.asarray(token_ids).astype(np.int64)
    flat = ids[:-1] * vocab_size + ids[1:]
    counts = np.bincount(flat, minlength=vocab_size ** 2).reshape(vocab_size, vocab_size)
    return (counts + alpha) / (counts.sum(axis=1) + alpha * vocab_size)[:, None]


def right_one_hot_einsum_b(token_ids, vocab_size, alpha):
    """One-hot vectors and einsum."""
    hot = np.eye(vocab_size)[token_ids]
    smoothed = np.einsum("ta,tb->ab", hot[:-1], hot[1:]) + alpha
    return smoothed / np.einsum("ab->a", smoothed)[:, np.newaxis]


def right_torch_b(token_ids, vocab_size, alpha):
    """PyTorch: index_put with accumulate in float64, back to NumPy at the end."""
    import torch

    ids = torch.tensor(np.asarray(token_ids).tolist(), dtype=torch.long)
    counts = torch.zeros(vocab_size, vocab_size, dtype=torch.float64)
    ones = torch.ones(len(ids) - 1, dtype=torch.float64)
    counts.index_put_((ids[:-1], ids[1:]), ones, accumulate=True)
    counts += alpha
    return (counts / counts.sum(dim=-1, keepdim=True)).numpy()


def right_lists_b(token_ids, vocab_size, alpha):
    """Counters and plain Python; returns a list of lists."""
    ids = [int(t) for t in token_ids]
    pair_count = collections.Counter(zip(ids, ids[1:]))
    before_count = collections.Counter(ids[:-1])
    return [
        [(pair_count[a, b] + alpha) / (before_count[a] + alpha * vocab_size) for b in range(vocab_size)]
        for a in range(vocab_size)
    ]


def right_sklearn_b(token_ids, vocab_size, alpha):
    """scikit-learn: a confusion matrix of this token against the next one; columns made to sum to 1 by transposing twice."""
    from sklearn.metrics import confusion_matrix

    counts = confusion_matrix(token_ids[:-1], token_ids[1:], labels=np.arange(vocab_size))
    counts = counts.astype(float) + alpha
    return (counts.T / counts.sum(1)).T


def wrong_no_keepdims_b(token_ids, vocab_size, alpha):
    """keepdims is missing: column b is divided by the sum of row b."""
    counts = np.zeros((vocab_size, vocab_size))
    for a, b in zip(token_ids[:-1], token_ids[1:]):
        counts[a, b] += 1
    counts += alpha
    return counts / counts.sum(axis=1)


def wrong_axis_zero_b(token_ids, vocab_size, alpha):
    """axis=0: the columns add up to 1."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(len(token_ids) - 1):
        counts[token_ids[i]][token_ids[i + 1]] += 1
    counts = counts + alpha
    return counts / counts.sum(axis=0, keepdims=True)


def wrong_transposed_b(token_ids, vocab_size, alpha):
    """The indices are the wrong way round: [b, a]."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(1, len(token_ids)):
        counts[token_ids[i], token_ids[i - 1]] += 1
    counts += alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_fancy_plus_equals_b(token_ids, vocab_size, alpha):
    """counts[x, y] += 1 with arrays: a pair that occurs several times counts once."""
    counts = np.zeros((vocab_size, vocab_size))
    counts[token_ids[:-1], token_ids[1:]] += 1
    counts += alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_alpha_once_below_b(token_ids, vocab_size, alpha):
    """In the denominator alpha is added only once, not once for each token of the vocabulary."""
    counts = np.zeros((vocab_size, vocab_size))
    np.add.at(counts, (token_ids[:-1], token_ids[1:]), 1)
    return (counts + alpha) / (counts.sum(axis=1, keepdims=True) + alpha)


def wrong_last_token_counted_b(token_ids, vocab_size, alpha):
    """The denominator counts all tokens, also the last, which has nothing after it."""
    pairs = np.zeros((vocab_size, vocab_size))
    for a, b in itertools.pairwise(token_ids.tolist()):
        pairs[a, b] += 1
    single = np.bincount(token_ids, minlength=vocab_size)
    return (pairs + alpha) / (single[:, None] + alpha * vocab_size)


def wrong_range_minus_two_b(token_ids, vocab_size, alpha):
    """Off by one: the last pair is not counted."""
    counts = np.full((vocab_size, vocab_size), float(alpha))
    for i in range(len(token_ids) - 2):
        counts[token_ids[i], token_ids[i + 1]] += 1
    return counts / counts.sum(axis=1)[:, None]


def wrong_whole_table_b(token_ids, vocab_size, alpha):
    """Divides by the sum of the whole table: P(a, b), not P(b after a)."""
    counts = np.zeros((vocab_size, vocab_size))
    for a, b in zip(token_ids, token_ids[1:]):
        counts[a, b] += 1
    counts = counts + alpha
    return counts / np.sum(counts)


def wrong_only_zeros_smoothed_b(token_ids, vocab_size, alpha):
    """Only the counts that are zero get alpha."""
    counts = np.zeros((vocab_size, vocab_size))
    for a, b in zip(token_ids, token_ids[1:]):
        counts[a, b] += 1
    counts[counts == 0] = alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_alpha_after_b(token_ids, vocab_size, alpha):
    """First probabilities, then alpha added to these, then normalised again."""
    counts = np.zeros((vocab_size, vocab_size))
    np.add.at(counts, (token_ids[:-1], token_ids[1:]), 1)
    sums = counts.sum(axis=1, keepdims=True)
    probs = counts / np.maximum(sums, 1)
    probs = probs + alpha
    return probs / probs.sum(axis=1, keepdims=True)


def wrong_int_table_b(token_ids, vocab_size, alpha):
    """A table of integers: adding alpha in place fails (or would be cut off)."""
    counts = np.zeros((vocab_size, vocab_size), dtype=int)
    for i in range(len(token_ids) - 1):
        counts[token_ids[i], token_ids[i + 1]] += 1
    counts += alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_unseen_rows_zero_b(token_ids, vocab_size, alpha):
    """Only rows of tokens that something follows are filled; the others stay zero."""
    nexts = collections.defaultdict(list)
    for a, b in zip(token_ids.tolist(), token_ids[1:].tolist()):
        nexts[a].append(b)
    probs = np.zeros((vocab_size, vocab_size))
    for a, followers in nexts.items():
        for b in range(vocab_size):
            probs[a, b] = (followers.count(b) + alpha) / (len(followers) + alpha * vocab_size)
    return probs
