import numpy as np


def right_centred_b(inputs: np.ndarray, targets: np.ndarray, l2: float) -> tuple[np.ndarray, float]:
    """Centres, solves with n l2 on the diagonal, gets the bias from the means."""
    n, d = inputs.shape
    mx, my = inputs.mean(axis=0), targets.mean()
    X, y = inputs - mx, targets - my
    w = np.linalg.solve(X.T @ X + n * l2 * np.eye(d), X.T @ y)
    return w, float(my - mx @ w)


def right_augmented_b(inputs, targets, l2):
    """A column of ones whose place on the diagonal stays free."""
    n, d = inputs.shape
    X = np.hstack([inputs, np.ones((n, 1))])
    penalty = np.diag([float(l2)] * d + [0.0])
    theta = np.linalg.solve(X.T @ X / n + penalty, X.T @ targets / n)
    return theta[:d], theta[d]


def right_sklearn_b(inputs, targets, l2):
    """scikit-learn's Ridge, which sums the errors, hence alpha = n l2."""
    from sklearn.linear_model import Ridge
    model = Ridge(alpha=float(len(inputs) * l2), solver="cholesky")
    model.fit(np.asarray(inputs, dtype=float), np.asarray(targets, dtype=float))
    return model.coef_, float(model.intercept_)


def right_extra_rows_b(inputs, targets, l2):
    """The penalty as extra examples, then plain least squares."""
    n, d = inputs.shape
    top = np.column_stack([inputs, np.ones(n)])
    below = np.column_stack([np.sqrt(n * l2) * np.eye(d), np.zeros(d)])
    rows = np.concatenate([top, below])
    goals = np.concatenate([targets, np.zeros(d)])
    theta = np.linalg.lstsq(rows, goals, rcond=None)[0]
    return theta[:-1], float(theta[-1])


def right_svd_b(inputs, targets, l2):
    """Shrinks along the singular directions of the centred table."""
    mean = inputs.mean(axis=0)
    u, s, vt = np.linalg.svd(inputs - mean, full_matrices=False)
    w = vt.T @ (s / (s ** 2 + len(targets) * l2) * (u.T @ (targets - targets.mean())))
    return w, float(targets.mean() - mean @ w)


def right_torch_newton_b(inputs, targets, l2):
    """Lets PyTorch derive the loss twice: for a bowl one Newton step lands at the bottom."""
    import torch
    x = torch.tensor(np.asarray(inputs, dtype=np.float64))
    y = torch.tensor(np.asarray(targets, dtype=np.float64))

    def loss(theta):
        return ((x @ theta[:-1] + theta[-1] - y) ** 2).mean() + float(l2) * (theta[:-1] ** 2).sum()

    start = torch.zeros(x.shape[1] + 1, dtype=torch.float64)
    gradient = torch.autograd.functional.jacobian(loss, start)
    curvature = torch.autograd.functional.hessian(loss, start)
    theta = start - torch.linalg.solve(curvature, gradient)
    return theta[:-1].numpy(), theta[-1].item()


def right_gauss_b(inputs, targets, l2):
    """Plain Python: builds the equations in loops and eliminates; gives a list back."""
    X = [[float(v) for v in row] for row in inputs]
    y = [float(v) for v in targets]
    n, d = len(X), len(X[0])
    mx = [sum(row[j] for row in X) / n for j in range(d)]
    my = sum(y) / n
    A = []
    for i in range(d):
        line = []
        for j in range(d):
            entry = sum((row[i] - mx[i]) * (row[j] - mx[j]) for row in X) / n
            if i == j:
                entry += l2
            line.append(entry)
        line.append(sum((row[i] - mx[i]) * (t - my) for row, t in zip(X, y)) / n)
        A.append(line)
    for k in range(d):
        pivot = max(range(k, d), key=lambda r: abs(A[r][k]))
        A[k], A[pivot] = A[pivot], A[k]
        A[k] = [v / A[k][k] for v in A[k]]
        for r in range(d):
            if r != k:
                A[r] = [a - A[r][k] * b for a, b in zip(A[r], A[k])]
    w = [line[d] for line in A]
    return w, my - sum(a * b for a, b in zip(w, mx))


def wrong_no_n_b(inputs, targets, l2):
    """The textbook's formula for the sum of squares: the n is missing."""
    mx, my = inputs.mean(axis=0), targets.mean()
    X, y = inputs - mx, targets - my
    w = np.linalg.solve(X.T @ X + l2 * np.eye(X.shape[1]), X.T @ y)
    return w, float(my - mx @ w)


def wrong_sklearn_alpha_b(inputs, targets, l2):
    """Ridge(alpha=l2), though scikit-learn sums the errors."""
    from sklearn.linear_model import Ridge
    model = Ridge(alpha=l2).fit(inputs, targets)
    return model.coef_, float(model.intercept_)


def wrong_bias_penalised_b(inputs, targets, l2):
    """The whole identity matrix: the bias is penalised too."""
    n = len(inputs)
    X = np.hstack([inputs, np.ones((n, 1))])
    theta = np.linalg.solve(X.T @ X + n * l2 * np.eye(X.shape[1]), X.T @ targets)
    return theta[:-1], float(theta[-1])


def wrong_bias_mean_only_b(inputs, targets, l2):
    """The bias is the mean of the targets, the mean of the inputs is forgotten."""
    X = inputs - inputs.mean(axis=0)
    bias = targets.mean()
    n, d = X.shape
    w = np.linalg.inv(X.T @ X / n + l2 * np.eye(d)) @ X.T @ (targets - bias) / n
    return w, float(bias)


def wrong_bias_afterwards_b(inputs, targets, l2):
    """Weights from the uncentred table, the bias only afterwards."""
    n, d = inputs.shape
    w = np.linalg.solve(inputs.T @ inputs + n * l2 * np.eye(d), inputs.T @ targets)
    return w, float((targets - inputs @ w).mean())


def wrong_no_eye_b(inputs, targets, l2):
    """Adds n l2 to every entry of the matrix, not to the diagonal."""
    n = len(targets)
    mx, my = inputs.mean(0), targets.mean()
    X, y = inputs - mx, targets - my
    w = np.linalg.pinv(X.T @ X + n * l2) @ (X.T @ y)
    return w, float(my - mx @ w)


def wrong_misaligned_b(inputs, targets, l2):
    """The ones stand in front, but the last place of the diagonal is freed."""
    n, d = inputs.shape
    X = np.c_[np.ones(n), inputs]
    penalty = n * l2 * np.eye(d + 1)
    penalty[-1, -1] = 0
    theta = np.linalg.lstsq(X.T @ X + penalty, X.T @ targets, rcond=None)[0]
    return theta[1:], float(theta[0])


def wrong_factor_two_b(inputs, targets, l2):
    """The 2 of the square is cancelled on one side only: 2 n l2."""
    n, d = inputs.shape
    mx, my = inputs.mean(axis=0), targets.mean()
    X, y = inputs - mx, targets - my
    w = np.linalg.solve(X.T @ X + 2 * n * l2 * np.eye(d), X.T @ y)
    return w, float(my - mx @ w)


def wrong_features_count_b(inputs, targets, l2):
    """The number of features for the number of examples in front of l2."""
    n = inputs.shape[1]
    X = np.column_stack([inputs, np.ones(len(inputs))])
    P = np.eye(X.shape[1])
    P[-1, -1] = 0
    theta = np.linalg.solve(X.T @ X + n * l2 * P, X.T @ targets)
    return theta[:-1], float(theta[-1])


def wrong_shrink_b(inputs, targets, l2):
    """Plain least squares, then every weight divided by 1 + l2."""
    mx, my = inputs.mean(axis=0), targets.mean()
    w = np.linalg.lstsq(inputs - mx, targets - my, rcond=None)[0]
    w = w / (1 + l2)
    return w, float(my - mx @ w)


def wrong_standardised_b(inputs, targets, l2):
    """Standardises first, so that the leash pulls at the weights of the scaled features."""
    n, d = inputs.shape
    mean, std = inputs.mean(axis=0), inputs.std(axis=0)
    std = np.where(std == 0, 1, std)
    Z = (inputs - mean) / std
    w = np.linalg.solve(Z.T @ Z + n * l2 * np.eye(d), Z.T @ (targets - targets.mean())) / std
    return w, float(targets.mean() - mean @ w)


def wrong_gradient_descent_b(inputs, targets, l2):
    """A hundred steps of gradient descent, not at the bottom yet."""
    w, b = np.zeros(inputs.shape[1]), 0.0
    for _ in range(100):
        error = inputs @ w + b - targets
        w = w - 0.01 * (2 * inputs.T @ error / len(targets) + 2 * l2 * w)
        b = b - 0.01 * 2 * error.mean()
    return w, float(b)
