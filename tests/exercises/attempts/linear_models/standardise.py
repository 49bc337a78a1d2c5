import math
import statistics

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler


def right_where_constant(train, test):
    """Vectorised, a constant feature found by max == min."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(train.max(axis=0) == train.min(axis=0), 1.0, std)
    return (train - mean) / std, (test - mean) / std


def right_ptp(train, test):
    """np.ptp and a boolean index."""
    mean = np.mean(train, axis=0, keepdims=True)
    scale = np.std(train, axis=0, keepdims=True)
    scale[np.ptp(train, axis=0, keepdims=True) == 0] = 1
    return (train - mean) / scale, (test - mean) / scale


def right_equal_first_row(train, test):
    """A feature is constant when every row equals the first."""
    constant = (train == train[0]).all(axis=0)
    mean = np.where(constant, train[0], train.mean(axis=0))
    std = np.where(constant, 1.0, train.std(axis=0))
    return tuple((table - mean) / std for table in (train, test))


def right_sklearn(train, test):
    """scikit-learn's StandardScaler, fitted on train."""
    scaler = StandardScaler().fit(np.asarray(train, dtype=float))
    new_train = scaler.transform(np.asarray(train, dtype=float))
    if len(test) == 0:
        return new_train, np.array(test, dtype=float)
    return new_train, scaler.transform(np.asarray(test, dtype=float))


def right_column_loop(train, test):
    """A beginner's loop over the features."""
    new_train = np.zeros(train.shape)
    new_test = np.zeros(test.shape)
    for j in range(train.shape[1]):
        column = train[:, j]
        m = column.mean()
        s = column.std()
        if column.max() == column.min():
            s = 1.0
        new_train[:, j] = (column - m) / s
        new_test[:, j] = (test[:, j] - m) / s
    return new_train, new_test


def right_plain_python(train, test):
    """Loops with lists and math.sqrt, arrays at the end."""
    means, stds = [], []
    for column in zip(*train.tolist()):
        m = sum(column) / len(column)
        if len(set(column)) == 1:
            m, s = column[0], 1.0
        else:
            s = math.sqrt(sum((x - m) ** 2 for x in column) / len(column))
        means.append(m)
        stds.append(s)

    def scale(table):
        rows = [[(x - m) / s for x, m, s in zip(row, means, stds)] for row in table.tolist()]
        return np.array(rows, dtype=float).reshape(table.shape)
    return scale(train), scale(test)


def right_inner_function(train, test):
    """An inner function that is used for both tables."""
    centre = train.mean(0)
    spread = train.std(0)
    spread = np.where(np.all(train == train[:1], axis=0), 1, spread)

    def scale(table):
        return (table - centre) / spread
    return scale(train), scale(test)


def right_centre_first(train, test):
    """Centres both tables, takes the root of the mean square of the centred train."""
    mean = train.mean(axis=0)
    a, b = train - mean, test - mean
    rms = np.sqrt((a ** 2).mean(axis=0))
    varies = train.max(axis=0) > train.min(axis=0)
    rms = np.where(varies, rms, 1.0)
    return a / rms, b / rms


def right_divide_where(train, test):
    """np.divide with where= on a copy."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    varies = np.ptp(train, axis=0) > 0
    a, b = train - mean, test - mean
    out_a, out_b = a.copy(), b.copy()
    np.divide(a, std, out=out_a, where=varies)
    np.divide(b, std, out=out_b, where=varies)
    return out_a, out_b


def right_stacked(train, test):
    """Stacks both tables for the arithmetic, statistics from train only, splits again."""
    both = np.vstack([train, test])
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[train.max(axis=0) == train.min(axis=0)] = 1.0
    scaled = (both - mean) / std
    return scaled[:len(train)], scaled[len(train):]


def right_torch(train, test):
    """PyTorch with unbiased=False."""
    a = torch.tensor(np.ascontiguousarray(train), dtype=torch.float64)
    b = torch.tensor(np.ascontiguousarray(test), dtype=torch.float64)
    mean = a.mean(dim=0)
    std = a.std(dim=0, unbiased=False)
    constant = (a == a[0]).all(dim=0)
    std = torch.where(constant, torch.ones_like(std), std)
    return ((a - mean) / std).numpy(), ((b - mean) / std).numpy()


def right_statistics_module(train, test):
    """statistics.pstdev and fmean for each column."""
    columns = train.astype(float).T.tolist()
    mean = np.array([statistics.fmean(c) for c in columns])
    std = np.array([statistics.pstdev(c) if min(c) < max(c) else 1.0 for c in columns])
    return (train - mean) / std, (test - mean) / std


def right_transposed(train, test):
    """Works with features as rows."""
    f = train.T
    m = f.mean(axis=1)[:, None]
    s = f.std(axis=1)[:, None]
    s = np.where((f == f[:, :1]).all(axis=1)[:, None], 1.0, s)
    return ((f - m) / s).T, ((test.T - m) / s).T


def right_ddof_corrected(train, test):
    """Sample variance, corrected by (n - 1)/n; one example is its own case."""
    n = len(train)
    mean = train.mean(axis=0)
    if n == 1:
        return train - mean, test - mean
    std = np.sqrt(train.var(axis=0, ddof=1) * (n - 1) / n)
    std = np.where(train.min(axis=0) == train.max(axis=0), 1.0, std)
    return (train - mean) / std, (test - mean) / std


def right_inverse_scale(train, test):
    """Multiplies with one over the deviation."""
    mean = train.mean(axis=0)
    factor = np.ones(train.shape[1])
    varies = np.any(train != train[0], axis=0)
    factor[varies] = 1.0 / train[:, varies].std(axis=0)
    return (train - mean) * factor, (test - mean) * factor


def right_diagonal_matrix(train, test):
    """Linear algebra: a diagonal matrix of scales, means as a product with 1/n."""
    n = train.shape[0]
    mean = np.ones(n) @ train / n
    centred = train - mean
    deviation = np.sqrt(np.einsum("nf,nf->f", centred, centred) / n)
    deviation[np.ptp(train, axis=0) == 0] = 1.0
    scale = np.diag(1 / deviation)
    return centred @ scale, (test - mean) @ scale


def right_lists(train, test):
    """Gives back two nested lists."""
    mean = train.mean(axis=0)
    std = np.array([c.std() if len(np.unique(c)) > 1 else 1.0 for c in train.T])
    return ((train - mean) / std).tolist(), ((test - mean) / std).tolist()


def right_sklearn_pieces(train, test):
    """fit_transform on train, mean_ and scale_ by hand on test."""
    scaler = StandardScaler()
    new_train = scaler.fit_transform(train.astype(np.float64))
    new_test = (test - scaler.mean_) / scaler.scale_
    return new_train, new_test


def wrong_own_statistics(train, test):
    """Each table by its own mean and deviation."""
    def scale(table):
        s = table.std(axis=0)
        s = np.where(np.ptp(table, axis=0) == 0, 1.0, s)
        return (table - table.mean(axis=0)) / s
    return scale(train), scale(test)


def wrong_statistics_of_both(train, test):
    """Leak: mean and deviation of both tables together."""
    both = np.concatenate([train, test])
    mean, std = both.mean(axis=0), both.std(axis=0)
    std = np.where(np.ptp(both, axis=0) == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def wrong_constant_not_handled(train, test):
    """Divides by 0 for a constant feature."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def wrong_variance(train, test):
    """Divides by the variance."""
    mean, var = train.mean(axis=0), train.var(axis=0)
    var = np.where(np.ptp(train, axis=0) == 0, 1.0, var)
    return (train - mean) / var, (test - mean) / var


def wrong_ddof(train, test):
    """Sample deviation, n - 1."""
    mean = train.mean(axis=0)
    std = train.std(axis=0, ddof=1) if len(train) > 1 else np.ones(train.shape[1])
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, std)
    return (train - mean) / std, (test - mean) / std


def wrong_axis_one(train, test):
    """Statistics of the rows."""
    def scale(table):
        m = table.mean(axis=1, keepdims=True)
        s = table.std(axis=1, keepdims=True)
        return (table - m) / np.where(s == 0, 1.0, s)
    return scale(train), scale(test)


def wrong_whole_table(train, test):
    """One mean and one deviation for all features."""
    mean, std = np.mean(train), np.std(train)
    if std == 0:
        std = 1.0
    return (train - mean) / std, (test - mean) / std


def wrong_epsilon(train, test):
    """std + 1e-8 keeps train finite, but a test value of a constant feature explodes."""
    mean = train.mean(axis=0)
    std = train.std(axis=0) + 1e-8
    return (train - mean) / std, (test - mean) / std


def wrong_constant_to_zero(train, test):
    """Sets a feature that is constant in train to 0 in both tables."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    constant = np.ptp(train, axis=0) == 0
    std = np.where(constant, 1.0, std)
    a, b = (train - mean) / std, (test - mean) / std
    a[:, constant] = 0
    b[:, constant] = 0
    return a, b


def wrong_constant_not_centred(train, test):
    """Leaves a constant feature as it is, not even centred."""
    varies = np.ptp(train, axis=0) > 0
    mean = np.where(varies, train.mean(axis=0), 0.0)
    std = np.where(varies, train.std(axis=0), 1.0)
    return (train - mean) / std, (test - mean) / std


def wrong_constant_dropped(train, test):
    """Drops constant features: other shape."""
    keep = np.ptp(train, axis=0) > 0
    a, b = train[:, keep], test[:, keep]
    return (a - a.mean(axis=0)) / a.std(axis=0), (b - a.mean(axis=0)) / a.std(axis=0)


def wrong_min_max(train, test):
    """Scales to 0..1."""
    low, high = train.min(axis=0), train.max(axis=0)
    width = np.where(high == low, 1, high - low)
    return (train - low) / width, (test - low) / width


def wrong_order_of_results(train, test):
    """Returns test first."""
    mean = train.mean(axis=0)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    new_train, new_test = (train - mean) / std, (test - mean) / std
    return new_test, new_train


def wrong_not_centred(train, test):
    """Divides, but does not take the mean off."""
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    return train / std, test / std


def wrong_test_untouched(train, test):
    """'The test table must not be touched': returned as it is."""
    mean = train.mean(axis=0)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    return (train - mean) / std, test


def wrong_brackets(train, test):
    """Brackets missing: only the mean is divided."""
    mean = train.mean(axis=0)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    return train - mean / std, test - mean / std


def wrong_statistics_after_change(train, test):
    """Overwrites train, then learns the scale of the test table from the new train."""
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    train = (train - train.mean(axis=0)) / std
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    test = (test - train.mean(axis=0)) / std
    return train, test


def wrong_in_place(train, test):
    """Right numbers, but written into the caller's tables."""
    mean = train.mean(axis=0)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))
    train[:] = (train - mean) / std
    test[:] = (test - mean) / std
    return train, test
