import math

import numpy as np
import torch
import scipy.linalg
from sklearn.linear_model import Ridge, LinearRegression


def _bare(x, y):
    """Least squares for l2 = 0 (the features may be dependent)."""
    return np.linalg.lstsq(x, y, rcond=None)[0]


def right_centred_solve(inputs, targets, l2):
    """Centres, then (X^T X / n + l2 I) w = X^T y / n."""
    n, f = inputs.shape
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x, y = inputs - x_mean, targets - y_mean
    if l2 == 0:
        weights = _bare(x, y)
    else:
        weights = np.linalg.solve(x.T @ x / n + l2 * np.eye(f), x.T @ y / n)
    return weights, float(y_mean - x_mean @ weights)


def right_n_times_l2(inputs, targets, l2):
    """The same multiplied by n, with the inverse."""
    n = len(targets)
    m = inputs.mean(axis=0)
    x = inputs - m
    if l2 > 0:
        w = np.linalg.inv(x.T @ x + n * l2 * np.identity(x.shape[1])) @ x.T @ targets
    else:
        w = _bare(x, targets - targets.mean())
    return w, np.mean(targets - inputs @ w)


def right_extra_rows(inputs, targets, l2):
    """Penalty as extra rows sqrt(n l2) I of a least squares problem."""
    n, f = inputs.shape
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = np.vstack([inputs - x_mean, math.sqrt(n * l2) * np.eye(f)])
    y = np.concatenate([targets - y_mean, np.zeros(f)])
    weights = np.linalg.lstsq(x, y, rcond=None)[0]
    return weights, float(y_mean - weights @ x_mean)


def right_extra_rows_with_ones(inputs, targets, l2):
    """Extra rows and a column of ones that is 0 in the extra rows."""
    n, f = inputs.shape
    top = np.hstack([inputs, np.ones((n, 1))])
    bottom = np.hstack([np.sqrt(n * l2) * np.eye(f), np.zeros((f, 1))])
    theta = np.linalg.lstsq(np.vstack([top, bottom]), np.append(targets, np.zeros(f)), rcond=None)[0]
    return theta[:-1], theta[-1]


def right_sklearn(inputs, targets, l2):
    """scikit-learn's Ridge with alpha = n l2."""
    model = Ridge(alpha=float(l2) * len(targets), solver="svd")
    model.fit(np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float))
    return model.coef_, float(model.intercept_)


def right_svd_filter(inputs, targets, l2):
    """SVD with the filter s / (s^2 + n l2); directions without variance are left out."""
    n = inputs.shape[0]
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    u, s, vt = np.linalg.svd(inputs - x_mean, full_matrices=False)
    keep = s > 1e-13 * max(s.max(), 1e-300)
    u, s, vt = u[:, keep], s[keep], vt[keep]
    weights = vt.T @ (s / (s ** 2 + n * l2) * (u.T @ (targets - y_mean)))
    return weights, float(y_mean - x_mean @ weights)


def right_free_bias_diagonal(inputs, targets, l2):
    """Column of ones, and a 0 in the penalty matrix for it."""
    n, f = inputs.shape
    x = np.column_stack([inputs, np.ones(n)])
    if l2 == 0:
        theta = _bare(x, targets)
    else:
        penalty = np.diag([l2] * f + [0.0])
        theta = np.linalg.solve(x.T @ x / n + penalty, x.T @ targets / n)
    return theta[:f], float(theta[f])


def right_ones_first(inputs, targets, l2):
    """Ones in front, penalty[0, 0] = 0."""
    x = np.c_[np.ones(len(inputs)), inputs]
    penalty = l2 * len(inputs) * np.eye(x.shape[1])
    penalty[0, 0] = 0
    if l2 > 0:
        theta = np.linalg.solve(x.T @ x + penalty, x.T @ targets)
    else:
        theta = _bare(x, targets)
    return theta[1:], theta[0]


def right_dual(inputs, targets, l2):
    """Dual form: a system with one unknown for each example."""
    n = len(targets)
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x, y = inputs - x_mean, targets - y_mean
    if l2 == 0:
        weights = np.linalg.pinv(x) @ y
    else:
        alpha = np.linalg.solve(x @ x.T + n * l2 * np.eye(n), y)
        weights = x.T @ alpha
    return weights, float(y_mean - x_mean @ weights)


def right_cholesky(inputs, targets, l2):
    """Cholesky from SciPy on a matrix that is positive definite when l2 > 0."""
    n, f = inputs.shape
    x_mean = np.mean(inputs, axis=0, keepdims=True)
    x = inputs - x_mean
    y_mean = np.mean(targets)
    if l2 > 0:
        factor = scipy.linalg.cho_factor(x.T @ x + n * l2 * np.eye(f))
        weights = scipy.linalg.cho_solve(factor, x.T @ (targets - y_mean))
    else:
        weights = _bare(x, targets - y_mean)
    return weights, y_mean - (x_mean @ weights).item()


def right_torch(inputs, targets, l2):
    """PyTorch: extra rows and lstsq with the SVD driver."""
    x = torch.tensor(np.ascontiguousarray(inputs), dtype=torch.float64)
    y = torch.tensor(np.ascontiguousarray(targets), dtype=torch.float64)
    n, f = x.shape
    mx, my = x.mean(dim=0), y.mean()
    x = torch.cat([x - mx, (n * l2) ** 0.5 * torch.eye(f, dtype=torch.float64)])
    y = torch.cat([y - my, torch.zeros(f, dtype=torch.float64)])
    w = torch.linalg.lstsq(x, y[:, None], driver="gelsd").solution[:, 0]
    return w.numpy(), (my - mx @ w).item()


def right_covariance(inputs, targets, l2):
    """Covariances (with ddof=0) of the features and of the targets with them."""
    f = inputs.shape[1]
    table = np.column_stack([inputs, targets])
    if l2 == 0:
        x = inputs - inputs.mean(axis=0)
        weights = _bare(x, targets - targets.mean())
    else:
        c = np.cov(table.T, ddof=0)
        weights = np.linalg.solve(c[:f, :f] + l2 * np.eye(f), c[:f, f])
    return weights, float(targets.mean() - inputs.mean(axis=0) @ weights)


def right_eigenvectors(inputs, targets, l2):
    """Eigenvectors of the covariance: each direction is divided by its variance plus l2."""
    n = len(targets)
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x, y = inputs - x_mean, targets - y_mean
    if l2 == 0:
        weights = _bare(x, y)
    else:
        variance, direction = np.linalg.eigh(x.T @ x / n)
        weights = direction @ ((direction.T @ (x.T @ y / n)) / (np.maximum(variance, 0) + l2))
    return weights, float(y_mean - x_mean @ weights)


def right_bias_eliminated_matrix(inputs, targets, l2):
    """Takes the bias out with the centering matrix H."""
    n, f = inputs.shape
    h = np.eye(n) - np.ones((n, n)) / n
    if l2 == 0:
        weights = _bare(h @ inputs, h @ targets)
    else:
        weights = np.linalg.solve(inputs.T @ h @ inputs + n * l2 * np.eye(f), inputs.T @ h @ targets)
    return weights, float((targets - inputs @ weights).mean())


def right_gauss_by_hand(inputs, targets, l2):
    """Plain lists: builds the normal equations and eliminates by hand; a pivot of 0 gives the weight 0."""
    n, f = inputs.shape
    means = [float(sum(inputs[:, j])) / n for j in range(f)]
    y_mean = float(sum(targets)) / n
    x = [[float(inputs[i, j]) - means[j] for j in range(f)] for i in range(n)]
    y = [float(t) - y_mean for t in targets]
    a = [[sum(x[i][j] * x[i][k] for i in range(n)) / n for k in range(f)] for j in range(f)]
    for j in range(f):
        a[j][j] += l2
        a[j].append(sum(x[i][j] * y[i] for i in range(n)) / n)
    diagonal = [a[j][j] for j in range(f)]
    used = []
    for j in range(f):
        if a[j][j] <= 1e-13 * diagonal[j] or a[j][j] == 0:
            continue
        used.append(j)
        pivot = a[j][j]
        a[j] = [v / pivot for v in a[j]]
        for r in range(f):
            if r != j:
                factor = a[r][j]
                a[r] = [v - factor * p for v, p in zip(a[r], a[j])]
    weights = [a[j][f] if j in used else 0.0 for j in range(f)]
    bias = y_mean - sum(w * m for w, m in zip(weights, means))
    return np.array(weights), bias


def right_list_weights(inputs, targets, l2):
    """Gives back the weights as a plain list."""
    model = Ridge(alpha=l2 * inputs.shape[0], solver="svd").fit(inputs, targets)
    return [float(w) for w in model.coef_], float(model.intercept_)


def right_linear_regression_on_extra_rows(inputs, targets, l2):
    """scikit-learn's LinearRegression without intercept on the centred table with extra rows."""
    n, f = inputs.shape
    x = np.r_[inputs - inputs.mean(0), np.eye(f) * (n * l2) ** 0.5]
    y = np.r_[targets - targets.mean(), np.zeros(f)]
    weights = LinearRegression(fit_intercept=False).fit(x, y).coef_
    return weights, targets.mean() - inputs.mean(0) @ weights


def right_block_system(inputs, targets, l2):
    """Gradient set to 0 in blocks: weights and bias together, written with einsum."""
    n, f = inputs.shape
    gram = np.einsum("ni,nj->ij", inputs, inputs) / n
    mean = inputs.mean(axis=0)
    if l2 == 0:
        theta = _bare(np.column_stack([inputs, np.ones(n)]), targets)
        return theta[:f], float(theta[f])
    system = np.block([[gram + l2 * np.eye(f), mean[:, None]], [mean[None, :], np.ones((1, 1))]])
    answer = np.append(np.einsum("ni,n->i", inputs, targets) / n, targets.mean())
    theta = np.linalg.solve(system, answer)
    return theta[:f], float(theta[f])


def wrong_n_missing(inputs, targets, l2):
    """l2 without n beside X^T X: the mean of the loss is forgotten."""
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x, y = inputs - x_mean, targets - y_mean
    weights = np.linalg.lstsq(x.T @ x + l2 * np.eye(x.shape[1]), x.T @ y, rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)


def wrong_bias_penalised(inputs, targets, l2):
    """Column of ones with a full identity: the bias is penalised."""
    n = len(targets)
    x = np.column_stack([inputs, np.ones(n)])
    theta = np.linalg.lstsq(x.T @ x / n + l2 * np.eye(x.shape[1]), x.T @ targets / n, rcond=None)[0]
    return theta[:-1], float(theta[-1])


def wrong_sklearn_alpha(inputs, targets, l2):
    """Ridge(alpha=l2): scikit-learn adds the errors up, it does not average them."""
    model = Ridge(alpha=l2).fit(inputs, targets)
    return model.coef_, float(model.intercept_)


def wrong_half_l2(inputs, targets, l2):
    """Derivative of l2 w^2 taken as l2 w: half the penalty."""
    n = len(targets)
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = inputs - x_mean
    weights = np.linalg.lstsq(2 / n * x.T @ x + l2 * np.eye(x.shape[1]), 2 / n * x.T @ (targets - y_mean), rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)


def wrong_twice_l2(inputs, targets, l2):
    """The 2 is cancelled on the side of the error only."""
    n = len(targets)
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = inputs - x_mean
    weights = np.linalg.lstsq(x.T @ x / n + 2 * l2 * np.eye(x.shape[1]), x.T @ (targets - y_mean) / n, rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)


def wrong_bias_is_mean(inputs, targets, l2):
    """Bias = mean of the targets, the mean of the inputs forgotten."""
    n = len(targets)
    x, y = inputs - inputs.mean(axis=0), targets - targets.mean()
    weights = np.linalg.lstsq(x.T @ x / n + l2 * np.eye(x.shape[1]), x.T @ y / n, rcond=None)[0]
    return weights, float(targets.mean())


def wrong_bias_sign(inputs, targets, l2):
    """Plus for minus in the bias."""
    n = len(targets)
    x, y = inputs - inputs.mean(axis=0), targets - targets.mean()
    weights = np.linalg.lstsq(x.T @ x / n + l2 * np.eye(x.shape[1]), x.T @ y / n, rcond=None)[0]
    return weights, float(targets.mean() + inputs.mean(axis=0) @ weights)


def wrong_only_targets_centred(inputs, targets, l2):
    """Centres the targets but not the inputs."""
    n, f = inputs.shape
    weights = np.linalg.lstsq(inputs.T @ inputs / n + l2 * np.eye(f), inputs.T @ (targets - targets.mean()) / n, rcond=None)[0]
    return weights, float(targets.mean() - inputs.mean(axis=0) @ weights)


def wrong_bias_afterwards(inputs, targets, l2):
    """Weights without any bias, then the mean residual."""
    n, f = inputs.shape
    weights = np.linalg.lstsq(inputs.T @ inputs + n * l2 * np.eye(f), inputs.T @ targets, rcond=None)[0]
    return weights, float(np.mean(targets - inputs @ weights))


def wrong_no_bias(inputs, targets, l2):
    """'The bias is free', so it is left at 0."""
    n, f = inputs.shape
    weights = np.linalg.lstsq(inputs.T @ inputs + n * l2 * np.eye(f), inputs.T @ targets, rcond=None)[0]
    return weights, 0.0


def wrong_minus_l2(inputs, targets, l2):
    """Minus l2 on the diagonal."""
    n = len(targets)
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = inputs - x_mean
    weights = np.linalg.pinv(x.T @ x / n - l2 * np.eye(x.shape[1])) @ (x.T @ (targets - y_mean) / n)
    return weights, float(y_mean - x_mean @ weights)


def wrong_l2_everywhere(inputs, targets, l2):
    """Adds l2 to every entry of the matrix, not to the diagonal."""
    n = len(targets)
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = inputs - x_mean
    weights = np.linalg.pinv(x.T @ x / n + l2) @ (x.T @ (targets - y_mean) / n)
    return weights, float(y_mean - x_mean @ weights)


def wrong_rows_without_root(inputs, targets, l2):
    """Extra rows n l2 I without the square root."""
    n, f = inputs.shape
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = np.vstack([inputs - x_mean, n * l2 * np.eye(f)])
    weights = np.linalg.lstsq(x, np.append(targets - y_mean, np.zeros(f)), rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)


def wrong_l2_ignored(inputs, targets, l2):
    """The free line: l2 is never used."""
    model = LinearRegression().fit(inputs, targets)
    return model.coef_, float(model.intercept_)


def wrong_shrunk_afterwards(inputs, targets, l2):
    """Least squares, then every weight divided by 1 + l2."""
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    weights = np.linalg.lstsq(inputs - x_mean, targets - y_mean, rcond=None)[0] / (1 + l2)
    return weights, float(y_mean - x_mean @ weights)


def wrong_bias_from_free_line(inputs, targets, l2):
    """Penalised weights with the bias of the line without penalty."""
    n = len(targets)
    x, y = inputs - inputs.mean(axis=0), targets - targets.mean()
    weights = np.linalg.lstsq(x.T @ x / n + l2 * np.eye(x.shape[1]), x.T @ y / n, rcond=None)[0]
    free = np.linalg.lstsq(np.column_stack([inputs, np.ones(n)]), targets, rcond=None)[0]
    return weights, float(free[-1])


def wrong_free_entry_at_wrong_end(inputs, targets, l2):
    """Ones at the end, but the 0 of the penalty is put in front."""
    n = len(targets)
    x = np.column_stack([inputs, np.ones(n)])
    penalty = l2 * np.eye(x.shape[1])
    penalty[0, 0] = 0
    theta = np.linalg.pinv(x.T @ x / n + penalty) @ (x.T @ targets / n)
    return theta[:-1], float(theta[-1])


def wrong_divided_by_features(inputs, targets, l2):
    """Number of features for number of examples."""
    n, f = inputs.shape
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x = inputs - x_mean
    weights = np.linalg.lstsq(x.T @ x / f + l2 * np.eye(f), x.T @ (targets - y_mean) / f, rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)
