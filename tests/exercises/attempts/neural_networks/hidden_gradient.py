import math

import numpy as np
import torch
import torch.nn.functional as F


def _delta(sums, weights_2, bias_2, labels):
    """(probabilities - one-hot) / batch."""
    delta = torch.softmax(torch.relu(sums) @ weights_2 + bias_2, dim=1)
    delta[torch.arange(len(labels)), labels] -= 1
    return delta / len(labels)


def right_textbook(inputs, sums, weights_2, bias_2, labels):
    """Matrices, as in a book."""
    hidden = torch.relu(sums)
    p = torch.softmax(hidden @ weights_2 + bias_2, dim=1)
    delta_2 = (p - F.one_hot(labels, p.shape[1])) / len(labels)
    delta_1 = (delta_2 @ weights_2.T) * (sums > 0)
    return inputs.T @ delta_1, delta_1.sum(dim=0)


def right_autograd_sums(inputs, sums, weights_2, bias_2, labels):
    """Autograd down to the sums, then the chain rule."""
    with torch.enable_grad():
        z = sums.detach().clone().requires_grad_(True)
        loss = F.cross_entropy(F.relu(z) @ weights_2.detach() + bias_2.detach(), labels)
        (dz,) = torch.autograd.grad(loss, z)
    return inputs.detach().T @ dz, dz.sum(0)


def right_autograd_shifts(inputs, sums, weights_2, bias_2, labels):
    """Autograd in a zero that is added to W1 and b1."""
    with torch.enable_grad():
        dw = torch.zeros(inputs.shape[1], sums.shape[1], dtype=sums.dtype, requires_grad=True)
        db = torch.zeros(sums.shape[1], dtype=sums.dtype, requires_grad=True)
        z = sums.detach() + inputs.detach() @ dw + db
        logits = z.relu() @ weights_2.detach() + bias_2.detach()
        F.cross_entropy(logits, labels).backward()
    return dw.grad, db.grad


def right_numpy(inputs, sums, weights_2, bias_2, labels):
    """NumPy and back."""
    x, s, w, b, y = (t.detach().numpy() for t in (inputs, sums, weights_2, bias_2, labels))
    logits = np.maximum(s, 0) @ w + b
    logits = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(logits)
    p = p / p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    d = p @ w.T / len(y)
    d = np.where(s > 0, d, 0)
    return torch.from_numpy(x.T @ d).to(inputs.dtype), torch.from_numpy(d.sum(axis=0)).to(inputs.dtype)


def right_numpy_arrays(inputs, sums, weights_2, bias_2, labels):
    """NumPy in double precision, gives arrays back."""
    x, s, w, b = [t.detach().numpy().astype(np.float64) for t in (inputs, sums, weights_2, bias_2)]
    z = np.clip(s, 0, None).dot(w) + b
    e = np.exp(z - z.max(1)[:, None])
    delta = e / e.sum(1)[:, None] - np.eye(w.shape[1])[labels.numpy()]
    back = delta.dot(w.T) * (s > 0) / x.shape[0]
    return x.T.dot(back), back.sum(0)


def right_einsum(inputs, sums, weights_2, bias_2, labels):
    """Everything with einsum."""
    on = (sums > 0).to(sums.dtype)
    logits = torch.einsum("bh,hc->bc", sums * on, weights_2) + bias_2
    p = logits.softmax(-1)
    target = F.one_hot(labels, logits.shape[-1]).to(p.dtype)
    d = (p - target) / labels.shape[0]
    return (
        torch.einsum("bf,bc,hc,bh->fh", inputs, d, weights_2, on),
        torch.einsum("bc,hc,bh->h", d, weights_2, on),
    )


def right_per_image(inputs, sums, weights_2, bias_2, labels):
    """Image by image with outer products."""
    grad_w = torch.zeros(inputs.shape[1], sums.shape[1], dtype=sums.dtype)
    grad_b = torch.zeros(sums.shape[1], dtype=sums.dtype)
    n = len(inputs)
    for x, s, y in zip(inputs, sums, labels):
        p = torch.softmax(torch.relu(s) @ weights_2 + bias_2, dim=0)
        p[y] = p[y] - 1
        d = (weights_2 @ p) * (s > 0)
        grad_w = grad_w + torch.outer(x, d) / n
        grad_b = grad_b + d / n
    return grad_w, grad_b


def right_plain_loops(inputs, sums, weights_2, bias_2, labels):
    """Plain loops over numbers, gives tensors of the result."""
    X, S, W, B, Y = inputs.tolist(), sums.tolist(), weights_2.tolist(), bias_2.tolist(), labels.tolist()
    n, features, hidden, classes = len(X), len(X[0]), len(S[0]), len(B)
    gw = [[0.0] * hidden for _ in range(features)]
    gb = [0.0] * hidden
    for i in range(n):
        h = [s if s > 0 else 0.0 for s in S[i]]
        z = [B[c] + sum(h[j] * W[j][c] for j in range(hidden)) for c in range(classes)]
        m = max(z)
        e = [math.exp(v - m) for v in z]
        total = sum(e)
        d = [e[c] / total - (1 if c == Y[i] else 0) for c in range(classes)]
        for j in range(hidden):
            if S[i][j] > 0:
                g = sum(d[c] * W[j][c] for c in range(classes)) / n
                gb[j] += g
                for f in range(features):
                    gw[f][j] += X[i][f] * g
    return torch.tensor(gw, dtype=inputs.dtype), torch.tensor(gb, dtype=inputs.dtype)


def right_helper(inputs, sums, weights_2, bias_2, labels):
    """A small helper for the delta."""
    d = _delta(sums, weights_2, bias_2, labels).matmul(weights_2.t())
    d = d.masked_fill(sums <= 0, 0.0)
    return inputs.t().matmul(d), d.sum(0)


def right_mean_of_outer(inputs, sums, weights_2, bias_2, labels):
    """Broadcasting with None and the mean over the batch at the end."""
    z = sums.clamp(min=0) @ weights_2 + bias_2
    p = torch.exp(z - torch.logsumexp(z, dim=1, keepdim=True))
    e = p - torch.eye(z.shape[1], dtype=p.dtype)[labels]
    d = torch.where(sums > 0, e @ weights_2.T, torch.zeros_like(sums))
    return (inputs[:, :, None] * d[:, None, :]).mean(dim=0), d.mean(dim=0)


def right_hidden_mask(inputs, sums, weights_2, bias_2, labels):
    """Mask from the hidden layer, as it is 0 just where it is off."""
    hidden = sums.clamp(min=0)
    logits = torch.addmm(bias_2, hidden, weights_2)
    logits = logits - logits.max(dim=1, keepdim=True).values
    e = logits.exp()
    p = e / e.sum(dim=1, keepdim=True)
    p = p - (labels[:, None] == torch.arange(p.shape[1])).to(p.dtype)
    d = torch.mm(p, weights_2.transpose(0, 1)) * (hidden != 0).to(p.dtype)
    return torch.mm(inputs.transpose(0, 1), d) / inputs.shape[0], d.sum(dim=0) / inputs.shape[0]


def right_ones_column(inputs, sums, weights_2, bias_2, labels):
    """The bias as a weight of a column of ones, split at the end."""
    ones = torch.ones(inputs.shape[0], 1, dtype=inputs.dtype)
    extended = torch.cat([inputs, ones], dim=1)
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * torch.gt(sums, 0)
    both = extended.T @ d
    return both[:-1], both[-1]


def right_transposed(inputs, sums, weights_2, bias_2, labels):
    """Works with the transposed matrices (units first) and turns at the end."""
    H = torch.relu(sums).T
    Z = weights_2.T @ H + bias_2[:, None]
    P = torch.softmax(Z, dim=0)
    P[labels, torch.arange(len(labels))] -= 1
    D = (weights_2 @ P) * (sums.T > 0) / len(labels)
    return (D @ inputs).T, D.sum(dim=1)


def right_heaviside(inputs, sums, weights_2, bias_2, labels):
    """heaviside as the slope of the ReLU."""
    slope = torch.heaviside(sums.detach(), torch.zeros((), dtype=sums.dtype))
    p = torch.softmax((sums * slope) @ weights_2 + bias_2, dim=-1)
    y = torch.zeros_like(p).scatter(1, labels.view(-1, 1), 1.0)
    d = slope * ((p - y) @ weights_2.mT) / float(p.shape[0])
    return inputs.mT @ d, torch.ones(d.shape[0], dtype=d.dtype) @ d


def right_linear_split(inputs, sums, weights_2, bias_2, labels):
    """The part of the probabilities minus the rows of W2 of the right classes."""
    p = torch.softmax(F.linear(F.relu(sums), weights_2.T, bias_2), dim=1)
    expected = p @ weights_2.T
    wanted = weights_2.T[labels]
    d = (expected - wanted) / len(labels)
    d = d * (sums > 0).to(d.dtype)
    return inputs.T @ d, d.sum(0)


def right_copy_and_index(inputs, sums, weights_2, bias_2, labels):
    """Writes zeros where the unit was off, on an own array."""
    batch = inputs.size(0)
    hidden = sums.clone()
    hidden[hidden < 0] = 0
    logits = hidden @ weights_2 + bias_2
    d_logits = torch.softmax(logits, 1)
    for i in range(batch):
        d_logits[i, labels[i]] -= 1
    d_hidden = d_logits @ weights_2.T
    d_hidden[sums <= 0] = 0
    d_hidden = d_hidden / batch
    return inputs.T.matmul(d_hidden), torch.sum(d_hidden, dim=0)


def right_vjp(inputs, sums, weights_2, bias_2, labels):
    """torch.func.grad of a loss function."""

    def loss(z):
        logits = torch.relu(z) @ weights_2.detach() + bias_2.detach()
        logp = logits - torch.logsumexp(logits, dim=1, keepdim=True)
        return -logp.gather(1, labels[:, None]).mean()

    d = torch.func.grad(loss)(sums.detach())
    return inputs.detach().T @ d, d.sum(dim=0)


def right_list_of_two(inputs, sums, weights_2, bias_2, labels):
    """Tensordot; gives the two tensors in a list."""
    d = torch.tensordot(_delta(sums, weights_2, bias_2, labels), weights_2, dims=([1], [1]))
    d = torch.where(sums > 0, d, torch.zeros_like(d))
    return [torch.tensordot(inputs, d, dims=([0], [0])), d.sum(dim=0)]


def wrong_no_relu_mask(inputs, sums, weights_2, bias_2, labels):
    """The ReLU forgotten on the way back."""
    d = _delta(sums, weights_2, bias_2, labels) @ weights_2.T
    return inputs.T @ d, d.sum(dim=0)


def wrong_no_mean(inputs, sums, weights_2, bias_2, labels):
    """Gradient of the sum: not divided by the batch."""
    p = torch.softmax(torch.relu(sums) @ weights_2 + bias_2, dim=1)
    d = ((p - F.one_hot(labels, p.shape[1])) @ weights_2.T) * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_bias_mean(inputs, sums, weights_2, bias_2, labels):
    """Mean for the bias too, though the delta is divided already."""
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * (sums > 0)
    return inputs.T @ d, d.mean(dim=0)


def wrong_relu_of_gradient(inputs, sums, weights_2, bias_2, labels):
    """Puts the gradient through the ReLU: keeps where the gradient is positive."""
    d = torch.relu(_delta(sums, weights_2, bias_2, labels) @ weights_2.T)
    return inputs.T @ d, d.sum(dim=0)


def wrong_times_hidden(inputs, sums, weights_2, bias_2, labels):
    """Multiplies by relu(sums) instead of by its slope."""
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * torch.relu(sums)
    return inputs.T @ d, d.sum(dim=0)


def wrong_order(inputs, sums, weights_2, bias_2, labels):
    """The bias first, then the weights."""
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * (sums > 0)
    return d.sum(dim=0), inputs.T @ d


def wrong_second_layer(inputs, sums, weights_2, bias_2, labels):
    """The gradient of the second layer instead of the first."""
    d = _delta(sums, weights_2, bias_2, labels)
    return torch.relu(sums).T @ d, d.sum(dim=0)


def wrong_sign(inputs, sums, weights_2, bias_2, labels):
    """One-hot minus probabilities: the sign turned."""
    p = torch.softmax(torch.relu(sums) @ weights_2 + bias_2, dim=1)
    d = (F.one_hot(labels, p.shape[1]) - p) / len(labels)
    d = (d @ weights_2.T) * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_weights_reshaped(inputs, sums, weights_2, bias_2, labels):
    """reshape of W2 instead of its transpose."""
    classes, hidden = weights_2.shape[1], weights_2.shape[0]
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.reshape(classes, hidden)) * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_inputs_reshaped(inputs, sums, weights_2, bias_2, labels):
    """view of the inputs instead of their transpose."""
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * (sums > 0)
    return inputs.reshape(inputs.shape[1], inputs.shape[0]) @ d, d.sum(dim=0)


def wrong_forward_without_relu(inputs, sums, weights_2, bias_2, labels):
    """The logits computed from the sums, without the ReLU."""
    p = torch.softmax(sums @ weights_2 + bias_2, dim=1)
    p[torch.arange(len(labels)), labels] -= 1
    d = (p / len(labels)) @ weights_2.T * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_bias_2_forgotten(inputs, sums, weights_2, bias_2, labels):
    """The bias of the second layer left out of the logits."""
    d = _delta(sums, weights_2, torch.zeros_like(bias_2), labels)
    d = (d @ weights_2.T) * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_softmax_over_batch(inputs, sums, weights_2, bias_2, labels):
    """Softmax along dim 0."""
    p = torch.softmax(torch.relu(sums) @ weights_2 + bias_2, dim=0)
    p[torch.arange(len(labels)), labels] -= 1
    d = (p / len(labels)) @ weights_2.T * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_turned_matrix(inputs, sums, weights_2, bias_2, labels):
    """(hidden, features), as in nn.Linear."""
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * (sums > 0)
    return d.T @ inputs, d.sum(dim=0)


def wrong_in_place(inputs, sums, weights_2, bias_2, labels):
    """relu_ changes the given sums."""
    hidden = sums.relu_()
    p = torch.softmax(hidden @ weights_2 + bias_2, dim=1)
    d = (p - F.one_hot(labels, p.shape[1])) / len(labels)
    d = (d @ weights_2.T) * (hidden > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_no_one_hot(inputs, sums, weights_2, bias_2, labels):
    """The label's 1 is not subtracted: only the probabilities go back."""
    p = torch.softmax(torch.relu(sums) @ weights_2 + bias_2, dim=1) / len(labels)
    d = (p @ weights_2.T) * (sums > 0).float()
    return inputs.T @ d, d.sum(dim=0)


def right_naive_softmax(inputs, sums, weights_2, bias_2, labels):
    """exp without the maximum subtracted: enough where the logits are small."""
    e = torch.exp(torch.relu(sums) @ weights_2 + bias_2)
    p = e / e.sum(dim=1, keepdim=True)
    p[torch.arange(len(labels)), labels] -= 1
    d = (p / len(labels)) @ weights_2.T * (sums > 0)
    return inputs.T @ d, d.sum(dim=0)


def wrong_sign_of_sums(inputs, sums, weights_2, bias_2, labels):
    """torch.sign as the slope of the ReLU: -1 below 0."""
    d = (_delta(sums, weights_2, bias_2, labels) @ weights_2.T) * torch.sign(sums)
    return inputs.T @ d, d.sum(dim=0)
