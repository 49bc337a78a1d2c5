import numpy as np
import torch
import scipy.signal
from sklearn.preprocessing import StandardScaler


def right_keepdims(table):
    """The textbook way: mean over axis 1 with keepdims."""
    return table - table.mean(axis=1, keepdims=True)


def right_none_index(table):
    """Broadcasting with None."""
    row_means = table.mean(axis=1)
    return table - row_means[:, None]


def right_newaxis_np_mean(table):
    """np.mean and np.newaxis, negative axis."""
    m = np.mean(table, axis=-1)
    return np.subtract(table, m[:, np.newaxis])


def right_double_transpose(table):
    """Transposes twice so that the means line up."""
    return (table.T - table.mean(axis=1)).T


def right_sum_over_count(table):
    """Mean by hand: sum over number of columns."""
    rows, columns = table.shape
    total = np.sum(table, axis=1).reshape(rows, 1)
    return table - total / columns


def right_centering_matrix(table):
    """Linear algebra: multiply with the centering matrix I - 1/n."""
    n = table.shape[1]
    c = np.eye(n) - np.ones((n, n)) / n
    return table @ c


def right_einsum_mean(table):
    """Row sums by einsum."""
    mean = np.einsum("rc->r", table) / table.shape[1]
    return table - np.einsum("r,c->rc", mean, np.ones(table.shape[1]))


def right_matmul_ones(table):
    """Row means as a product with a column of 1/n."""
    n = table.shape[1]
    means = table @ np.full((n, 1), 1.0 / n)
    return table - means


def right_repeat(table):
    """Blows the means up to a full table with np.repeat."""
    means = np.mean(table, axis=1)
    big = np.repeat(means, table.shape[1]).reshape(table.shape)
    return table - big


def right_tile_transposed(table):
    """np.tile, then the transpose."""
    means = table.mean(axis=1)
    return table - np.tile(means, (table.shape[1], 1)).T


def right_copy_then_inplace(table):
    """Careful person: a float copy, then in-place on the copy."""
    result = np.array(table, dtype=float)
    result -= result.mean(axis=1, keepdims=True)
    return result


def right_torch(table):
    """PyTorch user."""
    t = torch.tensor(np.ascontiguousarray(table), dtype=torch.float64)
    return (t - t.mean(dim=1, keepdim=True)).numpy()


def right_scipy_detrend(table):
    """SciPy: detrend with type constant."""
    return scipy.signal.detrend(np.asarray(table, dtype=float), axis=1, type="constant")


def right_sklearn_scaler(table):
    """scikit-learn: StandardScaler without the scaling, on the transpose."""
    scaler = StandardScaler(with_mean=True, with_std=False)
    return scaler.fit_transform(np.asarray(table, dtype=float).T).T


def right_np_average(table):
    """np.average and expand_dims."""
    avg = np.average(table, axis=1)
    return table + np.expand_dims(-avg, axis=1)


def right_broadcast_to(table):
    """Explicit np.broadcast_to."""
    mean = table.mean(axis=1).reshape(-1, 1)
    mean = np.broadcast_to(mean, table.shape)
    return np.asarray(table - mean)


def right_list_result(table):
    """Gives back a nested list."""
    centred = table - table.mean(1, keepdims=True)
    return centred.tolist()


def right_add_reduce_two_passes(table):
    """Centres, then centres the rounding error once more (exact zero sums, almost)."""
    x = table.astype(np.float64)
    x = x - np.add.reduce(x, axis=1)[:, None] / x.shape[1]
    return x - np.add.reduce(x, axis=1)[:, None] / x.shape[1]


def wrong_axis_zero(table):
    """Mean over axis 0: centres the columns."""
    return table - table.mean(axis=0)


def wrong_global_mean(table):
    """No axis: one mean for the whole table."""
    return table - table.mean()


def wrong_no_keepdims(table):
    """keepdims missing: raises, or takes the means off the columns of a square table."""
    return table - table.mean(axis=1)


def wrong_sum_for_mean(table):
    """Sum instead of mean."""
    return table - np.sum(table, axis=1, keepdims=True)


def wrong_plus(table):
    """Adds the mean."""
    return table + np.mean(table, axis=1, keepdims=True)


def wrong_median(table):
    """Median instead of mean."""
    return table - np.median(table, axis=1, keepdims=True)


def wrong_standardised(table):
    """Also divides by the standard deviation: does more than asked."""
    m = table.mean(axis=1, keepdims=True)
    s = table.std(axis=1, keepdims=True)
    s = np.where(s == 0, 1, s)
    return (table - m) / s


def wrong_in_place(table):
    """Changes the caller's table."""
    table[:] = table - table.mean(axis=1, keepdims=True)
    return table


def wrong_sign(table):
    """Mean minus table."""
    mean = table.mean(axis=1)[:, None]
    return mean - table


def wrong_int_zeros_like(table):
    """zeros_like of an integer table cuts the decimals off."""
    result = np.zeros_like(table)
    result[:] = table - table.mean(axis=1, keepdims=True)
    return result


def wrong_tile_without_transpose(table):
    """np.tile with reshape: the means land in the wrong rows."""
    means = table.mean(axis=1)
    return table - np.tile(means, table.shape[1]).reshape(table.shape)


def wrong_divides_by_rows(table):
    """Divides the row sums by the number of rows."""
    return table - table.sum(axis=1, keepdims=True) / len(table)


def wrong_not_transposed_back(table):
    """Forgets the second transpose."""
    return table.T - table.mean(axis=1)


def wrong_double_centring(table):
    """Centres the columns as well."""
    x = table - table.mean(axis=1, keepdims=True)
    return x - x.mean(axis=0, keepdims=True)


def wrong_floor_division(table):
    """// for /: the mean is rounded down."""
    n = table.shape[1]
    return table - (table.sum(axis=1) // n)[:, None]


def wrong_n_minus_one(table):
    """Divides by n - 1, as for a sample variance."""
    n = max(table.shape[1] - 1, 1)
    return table - table.sum(axis=1, keepdims=True) / n


def wrong_midrange(table):
    """Takes the middle of minimum and maximum for the mean."""
    low, high = table.min(axis=1), table.max(axis=1)
    return table - ((low + high) / 2).reshape(-1, 1)


def wrong_returns_means(table):
    """Returns the means, blown up, instead of the centred table."""
    means = table.mean(axis=1, keepdims=True)
    return np.broadcast_to(means, table.shape).copy()
