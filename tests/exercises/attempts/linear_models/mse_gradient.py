import numpy as np
import torch


def right_textbook(weights, inputs, targets):
    """2/n X^T (X w - y)."""
    n = len(targets)
    return 2 / n * inputs.T @ (inputs @ weights - targets)


def right_error_first(weights, inputs, targets):
    """Error from the left: e @ X needs no transpose."""
    error = inputs @ weights - targets
    return 2 * (error @ inputs) / len(inputs)


def right_mean_axis_zero(weights, inputs, targets):
    """Mean over the examples of 2 e x, by broadcasting."""
    error = inputs @ weights - targets
    return (2 * error[:, None] * inputs).mean(axis=0)


def right_einsum(weights, inputs, targets):
    """Everything with einsum."""
    error = np.einsum("nf,f->n", inputs, weights) - targets
    return 2.0 * np.einsum("n,nf->f", error, inputs) / inputs.shape[0]


def right_gram(weights, inputs, targets):
    """Multiplied out: 2/n (X^T X w - X^T y)."""
    n = inputs.shape[0]
    gram = inputs.T @ inputs
    return 2 * (gram @ weights - inputs.T @ targets) / n


def right_minus_residual(weights, inputs, targets):
    """A statistician: residual y - X w, so a minus in front."""
    residual = targets - inputs.dot(weights)
    return -2 * inputs.T.dot(residual) / residual.size


def right_two_means(weights, inputs, targets):
    """np.average of each feature weighed by the error, doubled by adding."""
    error = inputs @ weights - targets
    half = np.average(inputs * error.reshape(-1, 1), axis=0)
    return half + half


def right_column_matrices(weights, inputs, targets):
    """Thinks in column matrices and flattens at the end."""
    w = np.reshape(weights, (-1, 1))
    y = np.reshape(targets, (-1, 1))
    gradient = inputs.T @ (inputs @ w - y) * 2 / y.shape[0]
    return gradient.ravel()


def right_torch_autograd(weights, inputs, targets):
    """PyTorch's autograd."""
    w = torch.tensor(np.ascontiguousarray(weights), dtype=torch.float64, requires_grad=True)
    x = torch.tensor(np.ascontiguousarray(inputs), dtype=torch.float64)
    y = torch.tensor(np.ascontiguousarray(targets), dtype=torch.float64)
    ((x @ w - y) ** 2).mean().backward()
    return w.grad.numpy()


def right_torch_grad_mse_loss(weights, inputs, targets):
    """torch.autograd.grad of F.mse_loss."""
    x = torch.from_numpy(np.array(inputs, dtype=np.float64))
    y = torch.from_numpy(np.array(targets, dtype=np.float64))
    w = torch.from_numpy(np.array(weights, dtype=np.float64)).requires_grad_(True)
    loss = torch.nn.functional.mse_loss(x @ w, y)
    return torch.autograd.grad(loss, w)[0].numpy()


def right_complex_step(weights, inputs, targets):
    """Complex step derivative, all weights at once: exact for a square."""
    h = 1e-20
    steps = weights[None, :] + 1j * h * np.eye(len(weights))
    losses = np.mean((steps @ inputs.T - targets[None, :]) ** 2, axis=1)
    return losses.imag / h


def right_chain_rule(weights, inputs, targets):
    """Chain rule in named parts."""
    prediction = np.matmul(inputs, weights)
    d_loss_d_prediction = 2 * (prediction - targets) / prediction.shape[0]
    d_prediction_d_weights = inputs
    return np.matmul(d_prediction_d_weights.T, d_loss_d_prediction)


def right_tensordot(weights, inputs, targets):
    """tensordot."""
    error = np.tensordot(inputs, weights, axes=1) - targets
    return np.tensordot(error, inputs, axes=([0], [0])) * (2 / len(error))


def right_outer_sums(weights, inputs, targets):
    """Features as rows: X^T times the error row, summed over axis 1."""
    features = inputs.T
    prediction = (features * weights[:, np.newaxis]).sum(axis=0)
    error = prediction - targets
    return 2 * np.sum(features * error, axis=1) / features.shape[1]


def right_list(weights, inputs, targets):
    """Gives back a plain list."""
    error = inputs @ weights - targets
    return (inputs.T @ error * 2 / len(error)).tolist()


def right_augmented(weights, inputs, targets):
    """Hangs the targets on as a column with the weight -1."""
    table = np.column_stack([inputs, targets])
    w = np.append(weights, -1.0)
    full = 2 * table.T @ (table @ w) / len(table)
    return full[:-1]


def right_scaled_by_sqrt(weights, inputs, targets):
    """Divides the table by sqrt(n) first: then the mean is a plain sum of squares."""
    root = np.sqrt(len(targets))
    x, y = inputs / root, targets / root
    return 2 * x.T @ (x @ weights - y)


def right_defensive(weights, inputs, targets):
    """Casts everything to float, checks the shapes, then the formula."""
    w = np.asarray(weights, dtype=float)
    x = np.asarray(inputs, dtype=float)
    y = np.asarray(targets, dtype=float)
    assert x.shape == (y.shape[0], w.shape[0])
    e = np.subtract(x @ w, y)
    g = np.zeros_like(w)
    g += np.sum(x * e[:, None], axis=0)
    g *= 2.0
    g /= y.shape[0]
    return g


def wrong_no_two(weights, inputs, targets):
    """The 2 of the square is forgotten."""
    error = inputs @ weights - targets
    return inputs.T @ error / len(targets)


def wrong_sum_for_mean(weights, inputs, targets):
    """Gradient of the sum: not divided by n."""
    return 2 * inputs.T @ (inputs @ weights - targets)


def wrong_sign(weights, inputs, targets):
    """targets minus prediction: downhill."""
    return 2 / len(targets) * inputs.T @ (targets - inputs @ weights)


def wrong_divides_by_features(weights, inputs, targets):
    """Divides by the number of features."""
    error = inputs @ weights - targets
    return 2 * error @ inputs / inputs.shape[1]


def wrong_mean_of_everything(weights, inputs, targets):
    """np.mean without an axis: one number."""
    error = inputs @ weights - targets
    return 2 * np.mean(error[:, None] * inputs)


def wrong_means_multiplied(weights, inputs, targets):
    """Mean error times mean input."""
    error = inputs @ weights - targets
    return 2 * error.mean() * inputs.mean(axis=0)


def wrong_reshape_for_transpose(weights, inputs, targets):
    """reshape for the transpose."""
    n, f = inputs.shape
    return 2 / n * inputs.reshape(f, n) @ (inputs @ weights - targets)


def wrong_squared_error(weights, inputs, targets):
    """Leaves the square on the error."""
    error = (inputs @ weights - targets) ** 2
    return 2 * inputs.T @ error / len(targets)


def wrong_absolute_error(weights, inputs, targets):
    """Gradient of the mean absolute error."""
    error = np.sign(inputs @ weights - targets)
    return (error[:, None] * inputs).mean(axis=0)


def wrong_root(weights, inputs, targets):
    """Gradient of the root of the mean squared error."""
    error = inputs @ weights - targets
    rmse = np.sqrt(np.mean(error ** 2)) + 1e-12
    return inputs.T @ error / len(error) / rmse


def wrong_unit_length(weights, inputs, targets):
    """Scales the gradient to length 1."""
    g = 2 * inputs.T @ (inputs @ weights - targets) / len(targets)
    return g / (np.linalg.norm(g) + 1e-12)


def wrong_new_weights(weights, inputs, targets):
    """Returns the weights after one step."""
    g = 2 * inputs.T @ (inputs @ weights - targets) / len(targets)
    return weights - 0.1 * g


def wrong_forward_difference(weights, inputs, targets):
    """Forward difference with a coarse step."""
    h = 0.01
    moved = weights + h * np.eye(len(weights))
    loss = np.mean((inputs @ weights - targets) ** 2)
    losses = np.mean((moved @ inputs.T - targets) ** 2, axis=1)
    return (losses - loss) / h


def wrong_targets_scaled_only(weights, inputs, targets):
    """Brackets missing: only the first part is divided by n."""
    n = len(targets)
    return 2 * inputs.T @ (inputs @ weights) / n - inputs.T @ targets


def wrong_column_targets(weights, inputs, targets):
    """targets as a column: the error is broadcast to (n, n)."""
    error = inputs @ weights - targets.reshape(-1, 1)
    return 2 * (inputs.T @ error).mean(axis=1)


def wrong_twice_averaged(weights, inputs, targets):
    """Divides by n and takes the mean as well."""
    error = 2 * (inputs @ weights - targets) / len(targets)
    return np.mean(error[:, None] * inputs, axis=0)


def wrong_inner_derivative_missing(weights, inputs, targets):
    """Chain rule stops at the error: 2 e for every weight, without the inputs."""
    error = inputs @ weights - targets
    return np.full(weights.shape, 2 * error.mean())


def wrong_with_weights_in_place(weights, inputs, targets):
    """Right gradient, but it also steps the caller's weights."""
    g = 2 * inputs.T @ (inputs @ weights - targets) / len(targets)
    weights[:] = weights - 0.1 * g
    return g
