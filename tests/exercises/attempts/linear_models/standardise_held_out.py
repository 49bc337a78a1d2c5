import math
import statistics

import numpy as np


def right_numpy_b(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vectorised; a feature is constant where its largest is its smallest value."""
    mean = train.mean(axis=0)
    std = np.where(train.max(axis=0) == train.min(axis=0), 1.0, train.std(axis=0))
    return (train - mean) / std, (test - mean) / std


def right_loops_b(train, test):
    """Beginner's loops, column by column."""
    n, d = train.shape
    new_train = np.zeros(train.shape)
    new_test = np.zeros(test.shape)
    for j in range(d):
        column = [float(v) for v in train[:, j]]
        mean = sum(column) / n
        std = math.sqrt(sum((v - mean) ** 2 for v in column) / n)
        constant = True
        for v in column:
            if v != column[0]:
                constant = False
        if constant:
            mean = column[0]
            std = 1.0
        for i in range(n):
            new_train[i, j] = (train[i, j] - mean) / std
        for i in range(len(test)):
            new_test[i, j] = (test[i, j] - mean) / std
    return new_train, new_test


def right_sklearn_b(train, test):
    """scikit-learn's StandardScaler, fitted on train."""
    from sklearn.preprocessing import StandardScaler
    scaler = StandardScaler().fit(train.astype(np.float64))
    return scaler.transform(train.astype(np.float64)), scaler.transform(test.astype(np.float64))


def right_statistics_b(train, test):
    """The statistics module, which counts exactly; comprehensions."""
    columns = list(zip(*train.astype(float).tolist()))
    means = [statistics.mean(c) for c in columns]
    stds = [statistics.pstdev(c) or 1.0 for c in columns]

    def scaled(table):
        rows = [[(v - m) / s for v, m, s in zip(row, means, stds)] for row in table.tolist()]
        return np.array(rows, dtype=float).reshape(table.shape)

    return scaled(train), scaled(test)


def right_torch_b(train, test):
    """The PyTorch user, correction=0."""
    import torch
    a = torch.tensor(np.asarray(train, dtype=np.float64))
    b = torch.tensor(np.asarray(test, dtype=np.float64))
    mean = a.mean(dim=0)
    std = a.std(dim=0, correction=0)
    std[(a == a[0]).all(dim=0)] = 1.0
    return ((a - mean) / std).numpy(), ((b - mean) / std).numpy()


def right_by_hand_b(train, test):
    """The deviation by hand from the centred table, np.ptp for the constant features."""
    mean = np.sum(train, axis=0) / train.shape[0]
    centred = train - mean
    std = np.sqrt(np.mean(centred ** 2, axis=0))
    std[np.ptp(train, axis=0) == 0] = 1
    return centred / std[None, :], (test - mean[None, :]) / std[None, :]


def right_divide_where_b(train, test):
    """Defensive: divides only where the feature varies."""
    train = np.array(train, dtype=float)
    test = np.array(test, dtype=float)
    mean, std = np.mean(train, axis=0), np.std(train, axis=0)
    varies = np.any(train != train[:1], axis=0)
    result = []
    for table in (train, test):
        centred = table - mean
        result.append(np.divide(centred, std, out=centred.copy(), where=varies))
    return tuple(result)


def wrong_own_scale_b(train, test):
    """Each table with its own mean and deviation."""
    def scale(t):
        s = t.std(axis=0)
        s[s == 0] = 1
        return (t - t.mean(axis=0)) / s
    return scale(train), scale(test)


def wrong_concatenated_b(train, test):
    """The scale is learnt from both tables together: the leak."""
    both = np.concatenate([train, test])
    mean, std = both.mean(axis=0), both.std(axis=0)
    std = np.where(std == 0, 1, std)
    return (train - mean) / std, (test - mean) / std


def wrong_ddof_b(train, test):
    """PyTorch's std divides by n - 1."""
    import torch
    a = torch.tensor(np.asarray(train, dtype=np.float64))
    b = torch.tensor(np.asarray(test, dtype=np.float64))
    mean, std = a.mean(dim=0), a.std(dim=0)
    std[std == 0] = 1
    return ((a - mean) / std).numpy(), ((b - mean) / std).numpy()


def wrong_zero_std_b(train, test):
    """A constant feature is not thought of: 0 / 0."""
    mean = train.mean(axis=0)
    std = train.std(axis=0)
    return (train - mean) / std, (test - mean) / std


def wrong_axis1_b(train, test):
    """Axis 1: every example around its own mean."""
    def scale(t):
        mean = t.mean(axis=1, keepdims=True)
        std = t.std(axis=1, keepdims=True)
        std[std == 0] = 1
        return (t - mean) / std
    return scale(train), scale(test)


def wrong_global_b(train, test):
    """One mean and one deviation for all features."""
    mean = np.mean(train)
    std = np.std(train)
    if std == 0:
        std = 1
    return (train - mean) / std, (test - mean) / std


def wrong_variance_b(train, test):
    """Divides by the variance."""
    mean = train.mean(axis=0)
    var = train.var(axis=0)
    var = np.where(var == 0, 1, var)
    return (train - mean) / var, (test - mean) / var


def wrong_epsilon_b(train, test):
    """Adds 1e-8 to the deviation: a constant feature of test is blown up."""
    mean = train.mean(axis=0)
    std = train.std(axis=0) + 1e-8
    return (train - mean) / std, (test - mean) / std


def wrong_not_centred_b(train, test):
    """Leaves constant features as they are, not centred."""
    new_train = train.astype(float)
    new_test = test.astype(float)
    for j in range(train.shape[1]):
        m, s = train[:, j].mean(), train[:, j].std()
        if s == 0:
            continue
        new_train[:, j] = (train[:, j] - m) / s
        new_test[:, j] = (test[:, j] - m) / s
    return new_train, new_test


def wrong_zero_fill_b(train, test):
    """Sets constant features to 0 in both tables."""
    mean, std = train.mean(axis=0), train.std(axis=0)
    a = np.divide(train - mean, std, out=np.zeros(train.shape), where=std > 0)
    b = np.divide(test - mean, std, out=np.zeros(test.shape), where=std > 0)
    return a, b


def wrong_inplace_b(train, test):
    """-= and /= change the caller's tables."""
    mean = train.mean(axis=0)
    std = train.std(axis=0)
    std[std == 0] = 1
    train -= mean
    train /= std
    test -= mean
    test /= std
    return train, test


def wrong_reassigned_b(train, test):
    """train is overwritten first, so test gets the scale of the scaled table."""
    std = train.std(axis=0)
    std[std == 0] = 1
    train = (train - train.mean(axis=0)) / std
    test = (test - train.mean(axis=0)) / std
    return train, test
