import numpy as np


def right_loop_b(table):
    """Beginner's nested loops with plain lists, made an array at the end."""
    rows = table.tolist()
    result = []
    for row in rows:
        total = 0.0
        for value in row:
            total = total + value
        mean = total / len(row)
        new_row = []
        for value in row:
            new_row.append(value - mean)
        result.append(new_row)
    return np.array(result, dtype=float).reshape(table.shape)


def right_keepdims_b(table: np.ndarray) -> np.ndarray:
    """The NumPy user's one line, keepdims."""
    return table - table.mean(axis=1, keepdims=True)


def right_none_b(table):
    """Broadcasting with None, the mean written as sum over count."""
    n_columns = table.shape[1]
    means = table.sum(axis=1, dtype=float) / n_columns
    return table - means[:, None]


def right_transpose_b(table):
    """Transposes so that the rows' means line up with the last axis, and back."""
    return (table.T - np.mean(table, axis=1)).T


def right_matrix_b(table):
    """The mathematician: times the centring matrix I - 1/n."""
    n = table.shape[1]
    centring = np.eye(n) - np.full((n, n), 1 / n)
    return table.astype(np.float64) @ centring


def right_torch_b(table):
    """The PyTorch user."""
    import torch
    t = torch.tensor(np.asarray(table, dtype=np.float64))
    t = t - t.mean(dim=-1, keepdim=True)
    return t.numpy()


def right_comprehension_b(table):
    """Comprehension, gives plain lists back."""
    return [[x - sum(row) / len(row) for x in row] for row in table.tolist()]


def wrong_axis0_b(table):
    """Axis 0 instead of 1: the columns are centred."""
    return table - table.mean(axis=0)


def wrong_whole_mean_b(table):
    """No axis: one mean of the whole table."""
    return table - np.mean(table)


def wrong_no_keepdims_b(table: np.ndarray) -> np.ndarray:
    """keepdims missing: an error, or for a square table the wrong means."""
    mean = table.mean(axis=1)
    return table - mean


def wrong_sum_b(table):
    """Takes the sum off instead of the mean."""
    return table - table.sum(axis=1, keepdims=True)


def wrong_inplace_b(table):
    """Works in place with -=, so the caller's table changes."""
    if table.dtype.kind in "iu":
        table = table.astype(float)
    table -= table.mean(axis=1, keepdims=True)
    return table


def wrong_zeros_like_b(table):
    """zeros_like of an integer table is an integer table: the differences are cut off."""
    result = np.zeros_like(table)
    for i in range(table.shape[0]):
        result[i] = table[i] - table[i].mean()
    return result


def wrong_standardise_b(table):
    """Habit: divides by the standard deviation too."""
    mean = table.mean(axis=1, keepdims=True)
    std = table.std(axis=1, keepdims=True)
    return (table - mean) / std


def wrong_sign_b(table):
    """The row off its mean, the wrong way round."""
    return table.mean(axis=1)[:, np.newaxis] - table


def wrong_rows_count_b(table):
    """Divides by len(table), which is the number of rows."""
    means = table.sum(axis=1) / len(table)
    return table - means.reshape(-1, 1)


def wrong_floor_b(table):
    """// for /: the mean is rounded down."""
    out = []
    for row in table.tolist():
        m = sum(row) // len(row)
        out.append([x - m for x in row])
    return np.array(out)


def wrong_mean_recomputed_b(table):
    """Computes the mean anew while the row is already being changed."""
    result = table.astype(float)
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] = result[i, j] - result[i].mean()
    return result


def wrong_total_not_reset_b(table):
    """The total is set to 0 once, before all rows."""
    total = 0.0
    result = np.zeros(table.shape)
    for i, row in enumerate(table):
        for x in row:
            total += x
        result[i] = row - total / len(row)
    return result
