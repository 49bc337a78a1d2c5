import numpy as np


def right_vector_b(weights: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The derivation, one line."""
    return 2 / len(targets) * inputs.T @ (inputs @ weights - targets)


def right_loops_b(weights, inputs, targets):
    """Beginner's loops, example by example."""
    n, d = inputs.shape
    gradient = [0.0] * d
    for i in range(n):
        prediction = 0.0
        for j in range(d):
            prediction += float(inputs[i, j]) * float(weights[j])
        error = prediction - float(targets[i])
        for j in range(d):
            gradient[j] += 2 * error * float(inputs[i, j]) / n
    return np.array(gradient)


def right_einsum_b(weights, inputs, targets):
    """einsum for both products."""
    residual = np.einsum("nf,f->n", inputs, weights) - targets
    return 2 * np.einsum("nf,n->f", inputs, residual) / inputs.shape[0]


def right_autograd_b(weights, inputs, targets):
    """Lets PyTorch derive it."""
    import torch
    w = torch.tensor(np.asarray(weights, dtype=np.float64), requires_grad=True)
    x = torch.tensor(np.asarray(inputs, dtype=np.float64))
    y = torch.tensor(np.asarray(targets, dtype=np.float64))
    loss = ((x @ w - y) ** 2).mean()
    loss.backward()
    return w.grad.numpy()


def right_expanded_b(weights, inputs, targets):
    """Multiplied out: 2 (X'X w - X'y) / n."""
    n = inputs.shape[0]
    gram = inputs.T.dot(inputs)
    moment = inputs.T.dot(targets)
    return 2 * (gram.dot(weights) - moment) / n


def right_mean_of_examples_b(weights, inputs, targets):
    """The mean over the gradients of the single examples, broadcasting with None."""
    errors = inputs @ weights - targets
    return np.mean(2 * errors[:, None] * inputs, axis=0)


def right_comprehension_b(weights, inputs, targets):
    """One weight after the other, gives a list of floats back."""
    residuals = inputs @ weights - targets
    return [float(2 * np.mean(residuals * inputs[:, j])) for j in range(inputs.shape[1])]


def wrong_no_two_b(weights, inputs, targets):
    """The 2 of the derivative is missing."""
    return inputs.T @ (inputs @ weights - targets) / len(targets)


def wrong_no_mean_b(weights, inputs, targets):
    """The sum: never divided by the number of examples."""
    error = inputs @ weights - targets
    return 2 * inputs.T @ error


def wrong_sign_b(weights, inputs, targets):
    """targets minus predictions: downhill instead of uphill."""
    error = targets - inputs @ weights
    return 2 * (inputs.T @ error) / inputs.shape[0]


def wrong_features_count_b(weights, inputs, targets):
    """Divides by the number of weights."""
    n = len(weights)
    return (2 / n) * inputs.T @ (inputs @ weights - targets)


def wrong_product_of_means_b(weights, inputs, targets):
    """Mean of the errors times mean of the inputs, instead of the mean of the products."""
    error = inputs @ weights - targets
    return 2 * error.mean() * inputs.mean(axis=0)


def wrong_squared_residual_b(weights, inputs, targets):
    """Leaves the square on the error."""
    squared = (inputs @ weights - targets) ** 2
    return 2 * inputs.T @ squared / len(squared)


def wrong_forward_difference_b(weights, inputs, targets):
    """A numerical slope with a coarse step to one side."""
    h = 1e-3
    base = np.mean((inputs @ weights - targets) ** 2)
    gradient = np.zeros(len(weights))
    for j in range(len(weights)):
        moved = weights.astype(float)
        moved[j] += h
        gradient[j] = (np.mean((inputs @ moved - targets) ** 2) - base) / h
    return gradient


def wrong_prediction_not_reset_b(weights, inputs, targets):
    """The prediction is not set back to 0 for the next example."""
    n, d = inputs.shape
    grad = np.zeros(d)
    prediction = 0.0
    for i in range(n):
        for j in range(d):
            prediction += inputs[i][j] * weights[j]
        error = prediction - targets[i]
        grad += 2 * error * inputs[i] / n
    return grad


def wrong_inplace_probe_b(weights, inputs, targets):
    """Probes the slope by moving the caller's own weights, and does not move them back."""
    h = 1e-4
    gradient = []
    for j in range(len(weights)):
        weights[j] += h
        up = np.mean((inputs @ weights - targets) ** 2)
        weights[j] -= 2 * h
        down = np.mean((inputs @ weights - targets) ** 2)
        gradient.append((up - down) / (2 * h))
    return np.array(gradient)


def wrong_column_targets_b(weights, inputs, targets):
    """The targets as a column: the error becomes a table of every prediction minus every target."""
    y = targets.reshape(-1, 1)
    error = inputs @ weights - y
    gradient = 2 * inputs.T @ error / len(y)
    return gradient.mean(axis=1)


def wrong_untransposed_b(weights, inputs, targets):
    """.T missing: an error unless the table is square."""
    error = inputs @ weights - targets
    return 2 * inputs @ error / len(error)


def wrong_scalar_mean_b(weights, inputs, targets):
    """mean without an axis: one number for all weights."""
    error = inputs @ weights - targets
    return np.mean(2 * error[:, None] * inputs)
