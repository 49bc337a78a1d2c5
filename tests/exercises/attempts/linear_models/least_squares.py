import numpy as np
import torch
import scipy.linalg
import scipy.optimize
from sklearn.linear_model import LinearRegression


def right_ones_last(inputs, targets):
    """Column of ones at the end, np.linalg.lstsq."""
    x = np.hstack([inputs, np.ones((len(inputs), 1))])
    solution, _, _, _ = np.linalg.lstsq(x, targets, rcond=None)
    return solution[:-1], float(solution[-1])


def right_ones_first(inputs, targets):
    """Column of ones in front."""
    x = np.column_stack([np.ones(inputs.shape[0]), inputs])
    theta = np.linalg.lstsq(x, targets, rcond=None)[0]
    bias, weights = theta[0], theta[1:]
    return weights, bias


def right_c_underscore(inputs, targets):
    """np.c_ and star unpacking."""
    *weights, bias = np.linalg.lstsq(np.c_[inputs, np.ones(len(targets))], targets, rcond=None)[0]
    return np.array(weights), bias


def right_centred(inputs, targets):
    """Centres both, solves without a bias, gets the bias from the means."""
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    weights = np.linalg.lstsq(inputs - x_mean, targets - y_mean, rcond=None)[0]
    return weights, float(y_mean - x_mean @ weights)


def right_pinv(inputs, targets):
    """Pseudo-inverse of the table with ones."""
    x = np.concatenate([inputs, np.ones((inputs.shape[0], 1))], axis=1)
    theta = np.linalg.pinv(x) @ targets
    return theta[:inputs.shape[1]], theta[inputs.shape[1]]


def right_pinv_centred(inputs, targets):
    """Pseudo-inverse of the centred table, bias as the mean of what is left."""
    mean = np.mean(inputs, axis=0, keepdims=True)
    weights = np.dot(np.linalg.pinv(inputs - mean), targets - np.mean(targets))
    bias = np.mean(targets - inputs @ weights)
    return weights, bias


def right_sklearn(inputs, targets):
    """scikit-learn's LinearRegression."""
    model = LinearRegression().fit(inputs, targets)
    return model.coef_, float(model.intercept_)


def right_scipy_lstsq(inputs, targets):
    """SciPy's lstsq with a column-pivoting QR."""
    x = np.insert(np.asarray(inputs, dtype=float), 0, 1.0, axis=1)
    theta = scipy.linalg.lstsq(x, targets, lapack_driver="gelsy")[0]
    return theta[1:], theta[0]


def right_torch_lstsq(inputs, targets):
    """PyTorch's lstsq with the SVD driver."""
    x = torch.tensor(np.ascontiguousarray(inputs), dtype=torch.float64)
    y = torch.tensor(np.ascontiguousarray(targets), dtype=torch.float64)
    x = torch.cat([x, torch.ones(len(x), 1, dtype=torch.float64)], dim=1)
    theta = torch.linalg.lstsq(x, y[:, None], driver="gelsd").solution[:, 0]
    return theta[:-1].numpy(), theta[-1].item()


def right_svd(inputs, targets):
    """Singular value decomposition by hand, tiny singular values left out."""
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    u, s, vt = np.linalg.svd(inputs - x_mean, full_matrices=False)
    keep = s > 1e-13 * max(s.max(), 1e-300)
    weights = vt[keep].T @ ((u[:, keep].T @ (targets - y_mean)) / s[keep])
    return weights, y_mean - x_mean @ weights


def right_normal_equations(inputs, targets):
    """Normal equations of the centred table, lstsq if the features are dependent."""
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    x, y = inputs - x_mean, targets - y_mean
    if np.linalg.matrix_rank(x) == x.shape[1]:
        scale = np.sqrt((x ** 2).sum(axis=0))
        x = x / scale
        weights = np.linalg.solve(x.T @ x, x.T @ y) / scale
    else:
        weights = np.linalg.lstsq(x, y, rcond=None)[0]
    return weights, float(y_mean - weights @ x_mean)


def right_qr(inputs, targets):
    """QR when the rank is full, pseudo-inverse otherwise."""
    x = np.column_stack((inputs, np.ones(len(inputs))))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        theta = np.linalg.pinv(x) @ targets
    else:
        q, r = np.linalg.qr(x)
        theta = scipy.linalg.solve_triangular(r, q.T @ targets)
    return theta[:-1], float(theta[-1])


def right_gram_schmidt(inputs, targets):
    """Gram-Schmidt by hand: takes the features one by one, a dependent one gets the weight 0."""
    x_mean, y_mean = inputs.mean(axis=0), float(targets.mean())
    x = inputs - x_mean
    rest = targets - y_mean
    directions, recipes = [], []
    weights = np.zeros(x.shape[1])
    for j in range(x.shape[1]):
        v = np.array(x[:, j], dtype=float)
        size = np.linalg.norm(v)
        recipe = np.zeros(x.shape[1])
        recipe[j] = 1.0
        for _ in range(2):
            for d, r in zip(directions, recipes):
                c = d @ v
                v = v - c * d
                recipe = recipe - c * r
        length = np.linalg.norm(v)
        if length <= 1e-12 * max(size, np.linalg.norm(inputs[:, j])):
            continue
        d, recipe = v / length, recipe / length
        directions.append(d)
        recipes.append(recipe)
        c = d @ rest
        rest = rest - c * d
        weights = weights + c * recipe
    return weights, float(y_mean - x_mean @ weights)


def right_lsq_linear(inputs, targets):
    """scipy.optimize.lsq_linear without bounds."""
    x = np.append(inputs, np.ones((len(inputs), 1)), axis=1)
    theta = scipy.optimize.lsq_linear(x, targets).x
    return theta[:-1], theta[-1]


def right_residual_system(inputs, targets):
    """One big system for residuals and weights: r + X t = y, X^T r = 0."""
    n, f = inputs.shape
    mean = inputs.mean(axis=0)
    x = np.column_stack([inputs - mean, np.ones(n)])
    big = np.block([[np.eye(n), x], [x.T, np.zeros((f + 1, f + 1))]])
    right_side = np.concatenate([targets, np.zeros(f + 1)])
    theta = np.linalg.lstsq(big, right_side, rcond=None)[0][n:]
    return theta[:f], float(theta[f] - mean @ theta[:f])


def right_standardised(inputs, targets):
    """Standardises first, solves, and takes the scale out of the weights again."""
    mean, std = inputs.mean(axis=0), inputs.std(axis=0)
    std = np.where(inputs.max(axis=0) == inputs.min(axis=0), 1.0, std)
    z = (inputs - mean) / std
    w = np.linalg.lstsq(z, targets - targets.mean(), rcond=None)[0]
    weights = w / std
    bias = targets.mean() - (weights * mean).sum()
    return weights, bias


def right_list_weights(inputs, targets):
    """Gives back the weights as a plain list."""
    rows = [list(row) + [1.0] for row in inputs]
    theta = np.linalg.lstsq(np.array(rows, dtype=float), np.array(targets, dtype=float), rcond=None)[0].tolist()
    bias = theta.pop()
    return theta, bias


def right_column_targets(inputs, targets):
    """Thinks in matrices: targets as a column, the result flattened."""
    y = np.asarray(targets, dtype=np.float64).reshape(-1, 1)
    x = np.ones((inputs.shape[0], inputs.shape[1] + 1))
    x[:, :-1] = inputs
    theta = np.linalg.lstsq(x, y, rcond=None)[0].ravel()
    return theta[:-1], theta[-1].item()


def wrong_no_bias(inputs, targets):
    """No column of ones: the line goes through the origin."""
    weights = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    return weights, 0.0


def wrong_ones_at_other_end(inputs, targets):
    """Ones at the end, but the bias is read from the front."""
    x = np.column_stack([inputs, np.ones(len(inputs))])
    theta = np.linalg.lstsq(x, targets, rcond=None)[0]
    return theta[1:], float(theta[0])


def wrong_bias_is_mean(inputs, targets):
    """Centres, but gives the mean of the targets as bias."""
    weights = np.linalg.lstsq(inputs - inputs.mean(axis=0), targets - targets.mean(), rcond=None)[0]
    return weights, float(targets.mean())


def wrong_bias_sign(inputs, targets):
    """Bias with the wrong sign."""
    x_mean, y_mean = inputs.mean(axis=0), targets.mean()
    weights = np.linalg.pinv(inputs - x_mean) @ (targets - y_mean)
    return weights, float(x_mean @ weights - y_mean)


def wrong_feature_by_feature(inputs, targets):
    """The slope of each feature by itself, as if they were independent."""
    x = inputs - inputs.mean(axis=0)
    y = targets - targets.mean()
    weights = (x * y[:, None]).sum(axis=0) / ((x ** 2).sum(axis=0) + 1e-12)
    return weights, float(targets.mean() - inputs.mean(axis=0) @ weights)


def wrong_mixed_n(inputs, targets):
    """np.cov divides by n - 1, the covariance with the targets by n."""
    x = inputs - inputs.mean(axis=0)
    c = np.atleast_2d(np.cov(inputs.T))
    weights = np.linalg.pinv(c) @ (x.T @ (targets - targets.mean()) / len(targets))
    return weights, float(targets.mean() - inputs.mean(axis=0) @ weights)


def wrong_bias_afterwards(inputs, targets):
    """Weights without a bias, and the mean residual as bias afterwards."""
    weights = np.linalg.pinv(inputs) @ targets
    bias = np.mean(targets - inputs @ weights)
    return weights, float(bias)


def wrong_order_of_results(inputs, targets):
    """Returns the bias first."""
    x = np.column_stack([inputs, np.ones(len(inputs))])
    theta = np.linalg.lstsq(x, targets, rcond=None)[0]
    return float(theta[-1]), theta[:-1]


def wrong_bias_left_in_weights(inputs, targets):
    """The bias stays in the weights: shape (features + 1,)."""
    x = np.column_stack([inputs, np.ones(len(inputs))])
    theta = np.linalg.lstsq(x, targets, rcond=None)[0]
    return theta, float(theta[-1])


def wrong_second_result_of_lstsq(inputs, targets):
    """Takes the second result of lstsq (the residual sum) for the bias."""
    weights, bias = np.linalg.lstsq(inputs - inputs.mean(axis=0), targets, rcond=None)[:2]
    return weights, float(bias.sum())


def wrong_small_ridge(inputs, targets):
    """Adds 0.1 to the diagonal so that nothing is singular."""
    x = np.column_stack([inputs, np.ones(len(inputs))])
    theta = np.linalg.solve(x.T @ x + 0.1 * np.eye(x.shape[1]), x.T @ targets)
    return theta[:-1], float(theta[-1])


def wrong_gradient_descent(inputs, targets):
    """A hundred steps of gradient descent: stops too early."""
    weights, bias = np.zeros(inputs.shape[1]), 0.0
    for _ in range(100):
        error = inputs @ weights + bias - targets
        weights = weights - 0.01 * 2 * inputs.T @ error / len(targets)
        bias = bias - 0.01 * 2 * error.mean()
    return weights, float(bias)


def wrong_in_place_centring(inputs, targets):
    """Right numbers, but the caller's inputs are centred in place."""
    x_mean = inputs.mean(axis=0)
    inputs[:] = inputs - x_mean
    weights = np.linalg.lstsq(inputs, targets - targets.mean(), rcond=None)[0]
    return weights, float(targets.mean() - x_mean @ weights)


def wrong_scale_left_in(inputs, targets):
    """Standardises, and gives back the weights of the standardised features."""
    std = np.where(np.ptp(inputs, axis=0) == 0, 1.0, inputs.std(axis=0))
    z = (inputs - inputs.mean(axis=0)) / std
    weights = np.linalg.lstsq(z, targets - targets.mean(), rcond=None)[0]
    return weights, float(targets.mean())


def wrong_one_feature_only(inputs, targets):
    """np.polyfit with the first feature; the others get 0."""
    slope, bias = np.polyfit(inputs[:, 0], targets, 1)
    weights = np.zeros(inputs.shape[1])
    weights[0] = slope
    return weights, float(bias)


def wrong_last_example_missing(inputs, targets):
    """[:-1] on the rows: the last example is left out."""
    x = np.column_stack([inputs, np.ones(len(inputs))])[:-1]
    theta = np.linalg.lstsq(x, targets[:-1], rcond=None)[0]
    return theta[:-1], float(theta[-1])


def wrong_sklearn_without_intercept(inputs, targets):
    """LinearRegression with fit_intercept=False."""
    model = LinearRegression(fit_intercept=False).fit(inputs, targets)
    return model.coef_, float(model.intercept_)


def wrong_reshape_for_transpose(inputs, targets):
    """reshape for the transpose in the normal equations."""
    x = np.column_stack([inputs, np.ones(len(inputs))])
    x_t = x.reshape(x.shape[1], x.shape[0])
    theta = np.linalg.pinv(x_t @ x) @ (x_t @ targets)
    return theta[:-1], float(theta[-1])
