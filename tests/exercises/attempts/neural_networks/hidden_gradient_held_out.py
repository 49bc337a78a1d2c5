import math

import numpy as np
import torch
import torch.nn.functional as F


def right_matrices_b(inputs, sums, weights_2, bias_2, labels):
    """Textbook matrices, softmax minus one-hot."""
    hidden = torch.relu(sums)
    logits = hidden @ weights_2 + bias_2
    delta = torch.softmax(logits, dim=1)
    delta = delta - F.one_hot(labels, logits.shape[1])
    delta = delta / len(labels)
    d_sums = (delta @ weights_2.T) * (sums > 0)
    return inputs.T @ d_sums, d_sums.sum(dim=0)


def right_loops_b(inputs, sums, weights_2, bias_2, labels):
    """Beginner: plain Python loops over lists."""
    x, s, w, b, y = inputs.tolist(), sums.tolist(), weights_2.tolist(), bias_2.tolist(), labels.tolist()
    n, n_features, n_hidden, n_classes = len(x), len(x[0]), len(w), len(b)
    grad_w = [[0.0] * n_hidden for _ in range(n_features)]
    grad_b = [0.0] * n_hidden
    for i in range(n):
        h = [max(0.0, v) for v in s[i]]
        z = []
        for k in range(n_classes):
            total = b[k]
            for j in range(n_hidden):
                total += h[j] * w[j][k]
            z.append(total)
        biggest = max(z)
        e = [math.exp(v - biggest) for v in z]
        p = [v / sum(e) for v in e]
        p[y[i]] -= 1
        for j in range(n_hidden):
            if s[i][j] <= 0:
                continue
            d = 0.0
            for k in range(n_classes):
                d += p[k] * w[j][k]
            grad_b[j] += d / n
            for f in range(n_features):
                grad_w[f][j] += x[i][f] * d / n
    return torch.tensor(grad_w, dtype=sums.dtype), torch.tensor(grad_b, dtype=sums.dtype)


def right_einsum_b(inputs, sums, weights_2, bias_2, labels):
    """Einsum throughout, mask made with where."""
    n, c = sums.shape[0], weights_2.shape[1]
    h = torch.clamp(sums, min=0)
    z = torch.einsum("bh,hc->bc", h, weights_2) + bias_2
    p = torch.exp(z - torch.logsumexp(z, dim=1, keepdim=True))
    target = torch.eye(c, dtype=p.dtype)[labels]
    back = torch.einsum("bc,hc->bh", p - target, weights_2)
    back = torch.where(sums > 0, back, torch.zeros_like(back))
    return torch.einsum("bf,bh->fh", inputs, back) / n, torch.einsum("bh->h", back) / n


def right_autograd_b(inputs, sums, weights_2, bias_2, labels):
    """Lets autograd find the gradient in the sums, then one step of the chain rule by hand."""
    with torch.enable_grad():
        s = sums.detach().clone().requires_grad_(True)
        loss = F.cross_entropy(F.relu(s) @ weights_2.detach() + bias_2.detach(), labels)
        (g,) = torch.autograd.grad(loss, s)
    return inputs.detach().T @ g, g.sum(0)


def right_numpy_b(inputs, sums, weights_2, bias_2, labels):
    """NumPy person: all in NumPy, back to torch at the end."""
    x, s, w2, b2 = (t.detach().cpu().numpy() for t in (inputs, sums, weights_2, bias_2))
    y = labels.cpu().numpy()
    n = x.shape[0]
    logits = np.maximum(s, 0) @ w2 + b2
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(n), y] -= 1
    d = np.dot(p / n, w2.T)
    d[s < 0] = 0
    return torch.from_numpy(np.dot(x.T, d)), torch.from_numpy(d.sum(axis=0))


def right_nudge_b(inputs, sums, weights_2, bias_2, labels):
    """Other route: autograd in a change of W1 and b1 that is zero (the weights themselves are not given)."""
    with torch.enable_grad():
        dw = torch.zeros(inputs.shape[1], sums.shape[1], dtype=sums.dtype, requires_grad=True)
        db = torch.zeros(sums.shape[1], dtype=sums.dtype, requires_grad=True)
        s = sums.detach() + inputs.detach() @ dw + db
        logits = s.clamp(min=0) @ weights_2.detach() + bias_2.detach()
        loss = F.nll_loss(F.log_softmax(logits, dim=1), labels)
        loss.backward()
    return dw.grad, db.grad


def right_outer_b(inputs, sums, weights_2, bias_2, labels):
    """Per example: broadcast outer products, then the mean over the batch (column of W2 of the right class taken off)."""
    active = (sums > 0).to(sums.dtype)
    p = F.softmax((sums * active) @ weights_2 + bias_2, dim=-1)
    expected_column = (p[:, None, :] * weights_2[None, :, :]).sum(dim=2)
    right_column = weights_2.T[labels]
    d = (expected_column - right_column) * active
    per_example = inputs[:, :, None] * d[:, None, :]
    return per_example.mean(dim=0), d.mean(dim=0)


def wrong_no_mask_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: the gradient of the ReLU forgotten on the way back."""
    logits = torch.relu(sums) @ weights_2 + bias_2
    d = torch.softmax(logits, dim=1)
    d[torch.arange(len(labels)), labels] -= 1
    d = d / len(labels)
    dh = d @ weights_2.T
    return inputs.T @ dh, dh.sum(dim=0)


def wrong_no_division_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: not divided by the batch size (sum for mean)."""
    hidden = F.relu(sums)
    probs = F.softmax(hidden @ weights_2 + bias_2, dim=1)
    delta = probs - F.one_hot(labels, probs.shape[1]).float()
    dz = delta @ weights_2.t() * (sums > 0).float()
    return inputs.t() @ dz, dz.sum(0)


def wrong_bias_mean_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: the bias divided by the batch size twice (mean after the division)."""
    n = inputs.shape[0]
    probs = torch.softmax(torch.relu(sums) @ weights_2 + bias_2, dim=1)
    delta = (probs - torch.eye(probs.shape[1])[labels]) / n
    dz = (delta @ weights_2.T) * (sums > 0)
    return inputs.T @ dz, dz.mean(dim=0)


def wrong_reshape_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: reshape where the weights should be transposed."""
    h = sums.clamp(min=0)
    z = h @ weights_2 + bias_2
    d = (z.softmax(1) - F.one_hot(labels, z.shape[1])) / z.shape[0]
    back = d @ weights_2.reshape(weights_2.shape[1], weights_2.shape[0])
    back = back * (sums > 0)
    return inputs.T @ back, back.sum(0)


def wrong_no_bias_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: bias_2 left out of the logits."""
    hidden = torch.relu(sums)
    logits = torch.matmul(hidden, weights_2)
    probs = torch.softmax(logits, dim=1)
    one_hot = torch.zeros_like(probs)
    one_hot[torch.arange(len(labels)), labels] = 1
    dz = ((probs - one_hot) / len(labels)) @ weights_2.T
    dz[sums <= 0] = 0
    return inputs.T @ dz, dz.sum(dim=0)


def wrong_no_relu_forward_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: the ReLU forgotten on the way forward."""
    logits = sums @ weights_2 + bias_2
    p = torch.softmax(logits, dim=1)
    p[range(len(labels)), labels] -= 1
    p /= len(labels)
    d = torch.where(sums > 0, p @ weights_2.T, torch.tensor(0.0))
    return inputs.T @ d, d.sum(dim=0)


def wrong_second_layer_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: the gradient of the second layer instead of the first."""
    hidden = torch.relu(sums)
    logits = hidden @ weights_2 + bias_2
    delta = (torch.softmax(logits, dim=1) - F.one_hot(labels, logits.shape[1])) / len(labels)
    return hidden.T @ delta, delta.sum(dim=0)


def wrong_times_hidden_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: multiplied with relu(sums) instead of with its slope, 0 or 1."""
    hidden = torch.relu(sums)
    logits = hidden @ weights_2 + bias_2
    delta = torch.softmax(logits, dim=1) - F.one_hot(labels, logits.shape[1])
    delta = delta / inputs.shape[0]
    d_sums = (delta @ weights_2.T) * hidden
    return inputs.T @ d_sums, d_sums.sum(dim=0)


def wrong_sign_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: one-hot minus probabilities, the wrong sign (einsum style)."""
    p = torch.softmax(sums.relu() @ weights_2 + bias_2, dim=1)
    err = F.one_hot(labels, num_classes=p.shape[1]).to(p.dtype) - p
    back = torch.einsum("bc,hc->bh", err, weights_2) * (sums > 0)
    return torch.einsum("bf,bh->fh", inputs, back) / len(inputs), back.mean(0)


def wrong_in_place_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: the ReLU is done in place and changes sums (the numbers are right)."""
    hidden = sums
    hidden[hidden < 0] = 0
    p = torch.softmax(hidden @ weights_2 + bias_2, dim=1)
    p[torch.arange(len(labels)), labels] -= 1
    d = (p @ weights_2.T) * (hidden > 0) / len(labels)
    return inputs.T @ d, d.sum(dim=0)


def wrong_relu_of_gradient_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: ReLU applied to the gradient itself, instead of masking where sums is positive."""
    logits = torch.relu(sums) @ weights_2 + bias_2
    delta = torch.softmax(logits, dim=1) - F.one_hot(labels, logits.shape[1])
    dh = delta @ weights_2.T / len(labels)
    dz = torch.relu(dh)
    return inputs.T @ dz, dz.sum(dim=0)


def wrong_numel_b(inputs, sums, weights_2, bias_2, labels):
    """Slip: divided by batch times classes (mean over all logits)."""
    x, s, w, b = inputs.detach().numpy(), sums.detach().numpy(), weights_2.detach().numpy(), bias_2.detach().numpy()
    z = np.maximum(s, 0) @ w + b
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    p[np.arange(len(p)), labels.numpy()] -= 1
    p = p / p.size
    d = (p @ w.T) * (s > 0)
    return torch.from_numpy(x.T @ d), torch.from_numpy(d.sum(axis=0))
