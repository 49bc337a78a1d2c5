import numpy as np


def right_lstsq_b(inputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, float]:
    """np.linalg.lstsq with a column of ones."""
    design = np.column_stack([inputs, np.ones(len(inputs))])
    solution, *_ = np.linalg.lstsq(design, targets, rcond=None)
    return solution[:-1], float(solution[-1])


def right_normal_b(inputs, targets):
    """Normal equations, ones in front."""
    ones = np.ones((inputs.shape[0], 1))
    X = np.hstack([ones, inputs])
    theta = np.linalg.solve(X.T @ X, X.T @ targets)
    return theta[1:], theta[0]


def right_pinv_b(inputs, targets):
    """The pseudo-inverse."""
    n, d = inputs.shape
    X = np.ones((n, d + 1))
    X[:, :d] = inputs
    w = np.linalg.pinv(X) @ targets
    return w[:d], float(w[d])


def right_sklearn_b(inputs, targets):
    """scikit-learn."""
    from sklearn.linear_model import LinearRegression
    model = LinearRegression().fit(inputs, targets)
    return model.coef_, float(model.intercept_)


def right_centred_b(inputs, targets):
    """Centres both sides, so that the bias falls out, and gets it from the means."""
    mean_x = inputs.mean(axis=0)
    mean_y = targets.mean()
    xc, yc = inputs - mean_x, targets - mean_y
    weights = np.linalg.solve(xc.T @ xc, xc.T @ yc)
    return weights, float(mean_y - mean_x @ weights)


def right_torch_b(inputs, targets):
    """The PyTorch user: QR and a triangular solve."""
    import torch
    x = torch.tensor(np.asarray(inputs, dtype=np.float64))
    y = torch.tensor(np.asarray(targets, dtype=np.float64))
    x = torch.cat([x, torch.ones(x.shape[0], 1, dtype=torch.float64)], dim=1)
    q, r = torch.linalg.qr(x)
    sol = torch.linalg.solve_triangular(r, (q.T @ y)[:, None], upper=True)[:, 0]
    return sol[:-1].numpy(), sol[-1].item()


def right_gauss_b(inputs, targets):
    """Plain Python: centres, then Gauss elimination with pivots; gives a list back."""
    X = [[float(v) for v in row] for row in inputs]
    y = [float(v) for v in targets]
    n, d = len(X), len(X[0])
    mx = [sum(row[j] for row in X) / n for j in range(d)]
    my = sum(y) / n
    A = []
    for i in range(d):
        line = [sum((row[i] - mx[i]) * (row[j] - mx[j]) for row in X) for j in range(d)]
        line.append(sum((row[i] - mx[i]) * (t - my) for row, t in zip(X, y)))
        A.append(line)
    for k in range(d):
        pivot = max(range(k, d), key=lambda r: abs(A[r][k]))
        A[k], A[pivot] = A[pivot], A[k]
        for r in range(k + 1, d):
            f = A[r][k] / A[k][k]
            for c in range(k, d + 1):
                A[r][c] -= f * A[k][c]
    w = [0.0] * d
    for k in range(d - 1, -1, -1):
        w[k] = (A[k][d] - sum(A[k][c] * w[c] for c in range(k + 1, d))) / A[k][k]
    return w, my - sum(a * b for a, b in zip(w, mx))


def wrong_no_bias_b(inputs, targets):
    """Forgets the column of ones: a line through the origin."""
    weights = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    return weights, 0.0


def wrong_ones_first_b(inputs, targets):
    """The ones stand in front, the bias is taken from the end."""
    X = np.c_[np.ones(len(inputs)), inputs]
    theta = np.linalg.lstsq(X, targets, rcond=None)[0]
    return theta[:-1], theta[-1]


def wrong_swapped_b(inputs, targets):
    """Gives (bias, weights) instead of (weights, bias)."""
    X = np.c_[np.ones(len(inputs)), inputs]
    theta = np.linalg.inv(X.T @ X) @ X.T @ targets
    return theta[0], theta[1:]


def wrong_one_array_b(inputs, targets):
    """Gives the whole solution in one array, the bias not split off."""
    X = np.column_stack((inputs, np.ones(inputs.shape[0])))
    return np.linalg.pinv(X) @ targets


def wrong_bias_mean_target_b(inputs, targets):
    """The bias is the mean of the targets, as if the inputs had mean 0."""
    x = inputs - inputs.mean(axis=0)
    y = targets - targets.mean()
    weights = np.linalg.solve(x.T @ x, x.T @ y)
    return weights, float(targets.mean())


def wrong_bias_afterwards_b(inputs, targets):
    """Fits the weights without a bias, then adds the best bias for these."""
    weights = np.linalg.solve(inputs.T @ inputs, inputs.T @ targets)
    bias = np.mean(targets - inputs @ weights)
    return weights, float(bias)


def wrong_each_feature_b(inputs, targets):
    """The school formula for each feature alone, as if the features did not overlap."""
    xc = inputs - inputs.mean(axis=0)
    yc = targets - targets.mean()
    weights = (xc * yc[:, None]).sum(axis=0) / (xc ** 2).sum(axis=0)
    bias = targets.mean() - inputs.mean(axis=0) @ weights
    return weights, float(bias)


def wrong_small_ridge_b(inputs, targets):
    """Adds a small number on the diagonal, to be safe against a singular matrix."""
    X = np.hstack([inputs, np.ones((len(inputs), 1))])
    A = X.T @ X + 1e-3 * np.eye(X.shape[1])
    theta = np.linalg.solve(A, X.T @ targets)
    return theta[:-1], float(theta[-1])


def wrong_gradient_descent_b(inputs, targets):
    """Gradient descent after all, stopped long before the bottom."""
    n, d = inputs.shape
    weights, bias = np.zeros(d), 0.0
    for _ in range(200):
        error = inputs @ weights + bias - targets
        weights = weights - 0.01 * 2 / n * inputs.T @ error
        bias = bias - 0.01 * 2 * error.mean()
    return weights, float(bias)


def wrong_one_feature_b(inputs, targets):
    """polyfit on the first feature only, as in the lesson before."""
    slope, bias = np.polyfit(inputs[:, 0], targets, 1)
    weights = np.zeros(inputs.shape[1])
    weights[0] = slope
    return weights, bias


def wrong_ddof_mix_b(inputs, targets):
    """np.cov divides by n - 1, the other covariance by n."""
    xc = inputs - inputs.mean(axis=0)
    yc = targets - targets.mean()
    cov_xx = np.atleast_2d(np.cov(inputs, rowvar=False))
    cov_xy = xc.T @ yc / len(targets)
    w = np.linalg.solve(cov_xx, cov_xy)
    return w, float(targets.mean() - inputs.mean(axis=0) @ w)


def wrong_column_weights_b(inputs, targets):
    """Makes the targets a column, so the weights come back as (features, 1)."""
    X = np.hstack([inputs, np.ones((inputs.shape[0], 1))])
    y = targets.reshape(-1, 1)
    theta = np.linalg.lstsq(X, y, rcond=None)[0]
    return theta[:-1], theta[-1].item()
