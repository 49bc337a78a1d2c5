import itertools
from collections import Counter, defaultdict

import numpy as np


def right_loops(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    """Beginner: one loop to count, one to divide."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(len(token_ids) - 1):
        a = token_ids[i]
        b = token_ids[i + 1]
        counts[a, b] += 1
    counts = counts + alpha
    for a in range(vocab_size):
        counts[a] = counts[a] / counts[a].sum()
    return counts


def right_add_at(token_ids, vocab_size, alpha):
    """np.add.at, keepdims."""
    counts = np.full((vocab_size, vocab_size), float(alpha))
    np.add.at(counts, (token_ids[:-1], token_ids[1:]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def right_bincount(token_ids, vocab_size, alpha):
    """bincount of a * V + b."""
    ids = np.asarray(token_ids).astype(np.int64)
    codes = ids[:-1] * vocab_size + ids[1:]
    c = np.bincount(codes, minlength=vocab_size**2).reshape(vocab_size, vocab_size) + alpha
    return c / c.sum(1)[:, None]


def right_one_hot_matmul(token_ids, vocab_size, alpha):
    """One-hot rows and a matrix product."""
    eye = np.eye(vocab_size)
    before, after = eye[token_ids[:-1]], eye[token_ids[1:]]
    smoothed = before.T @ after + alpha
    return smoothed / np.sum(smoothed, axis=-1, keepdims=True)


def right_einsum(token_ids, vocab_size, alpha):
    """einsum on one-hot vectors."""
    one_hot = (np.asarray(token_ids)[:, None] == np.arange(vocab_size)).astype(float)
    counts = np.einsum("ta,tb->ab", one_hot[:-1], one_hot[1:])
    return (counts + alpha) / np.einsum("ab->a", counts + alpha)[:, None]


def right_counter(token_ids, vocab_size, alpha):
    """Counter of pairs and the formula with alpha * V."""
    ids = [int(t) for t in token_ids]
    pairs = Counter(zip(ids, ids[1:]))
    firsts = Counter(ids[:-1])
    p = np.empty((vocab_size, vocab_size))
    for a in range(vocab_size):
        for b in range(vocab_size):
            p[a, b] = (pairs[(a, b)] + alpha) / (firsts[a] + alpha * vocab_size)
    return p


def right_scipy_sparse(token_ids, vocab_size, alpha):
    """scipy.sparse adds up double entries."""
    from scipy.sparse import coo_matrix

    rows, cols = token_ids[:-1], token_ids[1:]
    m = coo_matrix((np.ones(len(rows)), (rows, cols)), shape=(vocab_size, vocab_size)).toarray()
    m += alpha
    m /= m.sum(axis=1, keepdims=True)
    return m


def right_sklearn_confusion(token_ids, vocab_size, alpha):
    """scikit-learn: a confusion matrix of 'before' against 'after'."""
    from sklearn.metrics import confusion_matrix

    if len(token_ids) < 2:
        return np.full((vocab_size, vocab_size), 1 / vocab_size)
    counts = confusion_matrix(token_ids[:-1], token_ids[1:], labels=np.arange(vocab_size))
    smoothed = counts + float(alpha)
    return smoothed / smoothed.sum(axis=1).reshape(-1, 1)


def right_histogram2d(token_ids, vocab_size, alpha):
    """np.histogram2d with edges between the ids."""
    edges = np.arange(vocab_size + 1) - 0.5
    counts, _, _ = np.histogram2d(token_ids[:-1], token_ids[1:], bins=[edges, edges])
    counts = counts + alpha
    return (counts.T / counts.sum(axis=1)).T


def right_torch(token_ids, vocab_size, alpha):
    """torch: index_put_ with accumulate, back to NumPy."""
    import torch

    ids = torch.as_tensor(np.asarray(token_ids).astype(np.int64))
    counts = torch.zeros(vocab_size, vocab_size, dtype=torch.float64)
    ones = torch.ones(max(len(ids) - 1, 0), dtype=torch.float64)
    counts.index_put_((ids[:-1], ids[1:]), ones, accumulate=True)
    counts = counts + alpha
    return (counts / counts.sum(dim=1, keepdim=True)).numpy()


def right_nested_lists(token_ids, vocab_size, alpha):
    """Plain lists, returned as a list of lists."""
    table = [[alpha for _ in range(vocab_size)] for _ in range(vocab_size)]
    ids = list(token_ids)
    for a, b in zip(ids, ids[1:]):
        table[int(a)][int(b)] += 1
    result = []
    for row in table:
        total = sum(row)
        result.append([x / total for x in row])
    return result


def right_row_by_row(token_ids, vocab_size, alpha):
    """For each token the bincount of its followers."""
    before = token_ids[:-1]
    after = token_ids[1:]
    rows = []
    for a in range(vocab_size):
        followers = after[before == a]
        n = np.bincount(followers.astype(np.int64), minlength=vocab_size)
        rows.append((n + alpha) / (len(followers) + alpha * vocab_size))
    return np.stack(rows)


def right_broadcast_compare(token_ids, vocab_size, alpha):
    """Broadcasting with None: compares every pair with every cell."""
    v = np.arange(vocab_size)
    hit = (token_ids[:-1, None, None] == v[None, :, None]) & (token_ids[1:, None, None] == v[None, None, :])
    counts = hit.sum(axis=0)
    return (counts + alpha) / (counts.sum(axis=1, keepdims=True) + alpha * vocab_size)


def right_unique_codes(token_ids, vocab_size, alpha):
    """np.unique with counts on codes, written into a flat array."""
    ids = np.array(token_ids, dtype=np.int64)
    codes, n = np.unique(ids[:-1] * vocab_size + ids[1:], return_counts=True)
    flat = np.full(vocab_size * vocab_size, alpha, dtype=float)
    flat[codes] += n
    table = flat.reshape(vocab_size, -1)
    return np.divide(table, table.sum(axis=1, keepdims=True))


def right_dict_of_dicts(token_ids, vocab_size, alpha):
    """Dictionaries of dictionaries, made an array at the end."""
    following = defaultdict(lambda: defaultdict(int))
    previous = None
    for t in token_ids:
        t = int(t)
        if previous is not None:
            following[previous][t] += 1
        previous = t
    matrix = np.zeros((vocab_size, vocab_size))
    for a in range(vocab_size):
        total = sum(following[a].values()) + vocab_size * alpha
        for b in range(vocab_size):
            matrix[a][b] = (following[a].get(b, 0) + alpha) / total
    return matrix


def right_diagonal_inverse(token_ids, vocab_size, alpha):
    """Algebra: a diagonal matrix with 1 / row sum from the left."""
    c = np.zeros((vocab_size, vocab_size))
    for a, b in itertools.pairwise(token_ids):
        c[a, b] += 1.0
    c += alpha
    return np.diag(1.0 / (c @ np.ones(vocab_size))) @ c


def right_sklearn_normalize(token_ids, vocab_size, alpha):
    """scikit-learn's normalize with the l1 norm."""
    from sklearn.preprocessing import normalize

    counts = np.zeros((vocab_size, vocab_size))
    i = 1
    while i < len(token_ids):
        counts[token_ids[i - 1]][token_ids[i]] += 1
        i += 1
    return normalize(counts + alpha, norm="l1", axis=1)


def right_mixture(token_ids, vocab_size, alpha):
    """Other algebra: a mixture of relative frequency and the uniform distribution."""
    counts = np.zeros((vocab_size, vocab_size))
    np.add.at(counts, (token_ids[:-1], token_ids[1:]), 1.0)
    n = counts.sum(axis=1, keepdims=True)
    seen = counts / np.maximum(n, 1.0)
    weight = n / (n + alpha * vocab_size)
    return weight * seen + (1 - weight) / vocab_size


def _counts(token_ids, vocab_size):
    counts = np.zeros((vocab_size, vocab_size))
    for a, b in zip(token_ids[:-1], token_ids[1:]):
        counts[a, b] += 1
    return counts


def wrong_fancy_plus(token_ids, vocab_size, alpha):
    """counts[a, b] += 1 with arrays: a pair that occurs twice counts once."""
    counts = np.zeros((vocab_size, vocab_size))
    counts[token_ids[:-1], token_ids[1:]] += 1
    counts += alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_no_smoothing(token_ids, vocab_size, alpha):
    """Forgets alpha; rows never seen stay 0."""
    counts = _counts(token_ids, vocab_size)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def wrong_alpha_on_seen_only(token_ids, vocab_size, alpha):
    """Adds alpha only to the counts that are not zero."""
    counts = _counts(token_ids, vocab_size)
    counts[counts > 0] += alpha
    total = counts.sum(axis=1, keepdims=True)
    return np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)


def wrong_alpha_on_unseen_only(token_ids, vocab_size, alpha):
    """Adds alpha only where the count is zero."""
    counts = _counts(token_ids, vocab_size)
    counts[counts == 0] = alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_columns(token_ids, vocab_size, alpha):
    """Makes the columns add up to 1."""
    counts = _counts(token_ids, vocab_size) + alpha
    return counts / counts.sum(axis=0, keepdims=True)


def wrong_whole_table(token_ids, vocab_size, alpha):
    """Divides by the sum of the whole table: P(a, b), not P(b after a)."""
    counts = _counts(token_ids, vocab_size) + alpha
    return counts / counts.sum()


def wrong_transposed(token_ids, vocab_size, alpha):
    """Counts at [b, a]: which token comes before."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(1, len(token_ids)):
        counts[token_ids[i], token_ids[i - 1]] += 1
    counts += alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_keepdims_missing(token_ids, vocab_size, alpha):
    """keepdims forgotten: divides column b by the sum of row b."""
    counts = _counts(token_ids, vocab_size) + alpha
    return counts / counts.sum(axis=1)


def wrong_alpha_after(token_ids, vocab_size, alpha):
    """Makes probabilities first and adds alpha to them."""
    counts = _counts(token_ids, vocab_size)
    p = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return p + alpha


def wrong_alpha_once_below(token_ids, vocab_size, alpha):
    """Adds alpha, not alpha * V, to the denominator."""
    counts = _counts(token_ids, vocab_size)
    return (counts + alpha) / (counts.sum(axis=1, keepdims=True) + alpha)


def wrong_counts_last_token(token_ids, vocab_size, alpha):
    """Denominator from the counts of all tokens: the last one has no successor."""
    counts = _counts(token_ids, vocab_size)
    n = np.array([np.sum(token_ids == a) for a in range(vocab_size)])
    return (counts + alpha) / (n[:, None] + alpha * vocab_size)


def wrong_roll(token_ids, vocab_size, alpha):
    """np.roll: the first token counts as following the last."""
    counts = np.full((vocab_size, vocab_size), float(alpha))
    np.add.at(counts, (token_ids, np.roll(token_ids, -1)), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_last_pair_missing(token_ids, vocab_size, alpha):
    """Off by one: range(len - 2)."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(len(token_ids) - 2):
        counts[token_ids[i], token_ids[i + 1]] += 1
    counts = counts + alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_steps_of_two(token_ids, vocab_size, alpha):
    """Cuts the tokens into pairs that do not overlap."""
    counts = np.zeros((vocab_size, vocab_size))
    for i in range(0, len(token_ids) - 1, 2):
        counts[token_ids[i], token_ids[i + 1]] += 1
    counts = counts + alpha
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_integer_table(token_ids, vocab_size, alpha):
    """An integer table: an alpha of 0.5 becomes 0."""
    counts = np.full((vocab_size, vocab_size), alpha, dtype=int)
    for a, b in zip(token_ids[:-1], token_ids[1:]):
        counts[a, b] += 1
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def wrong_alpha_is_one(token_ids, vocab_size, alpha):
    """Laplace as in the textbook: always adds 1."""
    counts = _counts(token_ids, vocab_size) + 1
    return counts / counts.sum(axis=1, keepdims=True)


def wrong_softmax(token_ids, vocab_size, alpha):
    """Softmax of the counts (alpha cancels)."""
    counts = _counts(token_ids, vocab_size) + alpha
    e = np.exp(counts - counts.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def wrong_size_from_data(token_ids, vocab_size, alpha):
    """Takes the number of different tokens seen for the size of the vocabulary in the sum."""
    counts = _counts(token_ids, vocab_size)
    v = len(set(token_ids.tolist()))
    return (counts + alpha) / (counts.sum(axis=1, keepdims=True) + alpha * v)
