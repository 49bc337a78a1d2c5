import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right


def right_backward(weight, bias, batches, learning_rates, max_norm):
    """loss.backward(), gradients set to None by hand."""
    w = weight.detach().clone().requires_grad_(True)
    b = bias.detach().clone().requires_grad_(True)
    losses = []
    for (x, y), lr in zip(batches, learning_rates):
        w.grad = b.grad = None
        loss = F.cross_entropy(F.linear(x, w, b), y)
        losses.append(float(loss))
        loss.backward()
        total = (w.grad.square().sum() + b.grad.square().sum()).sqrt()
        if total > max_norm:
            w.grad.mul_(max_norm / total)
            b.grad.mul_(max_norm / total)
        with torch.no_grad():
            w.sub_(lr * w.grad)
            b.sub_(lr * b.grad)
    return w.detach(), b.detach(), losses


def right_by_hand(weight, bias, batches, learning_rates, max_norm):
    """No autograd: probabilities minus one-hot."""
    losses = []
    for i in range(len(batches)):
        x, y = batches[i]
        p = (x @ weight.T + bias).softmax(1)
        losses.append(-p[torch.arange(len(y)), y].log().mean().item())
        error = (p - F.one_hot(y, len(bias))) / len(y)
        gw, gb = error.T @ x, error.sum(0)
        norm = torch.linalg.vector_norm(torch.cat([gw.flatten(), gb]))
        factor = min(1, max_norm / norm)
        weight = weight - learning_rates[i] * factor * gw
        bias = bias - learning_rates[i] * factor * gb
    return weight, bias, losses


def right_sgd(weight, bias, batches, learning_rates, max_norm):
    """An optimizer of PyTorch, the rate set in each step."""
    head = nn.Linear(weight.shape[1], weight.shape[0]).double()
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
    losses = []
    for (x, y), rate in zip(batches, learning_rates):
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = nn.CrossEntropyLoss()(head(x), y)
        optimizer.zero_grad()
        loss.backward()
        norm = np.sqrt(sum((p.grad**2).sum().item() for p in head.parameters()))
        for p in head.parameters():
            p.grad *= min(1.0, max_norm / norm)
        optimizer.step()
        losses.append(loss.item())
    return head.weight.data, head.bias.data, losses


def right_losses_as_tensor(weight, bias, batches, learning_rates, max_norm):
    """The losses come as an array of numbers."""
    w, b, losses = right_by_hand(weight, bias, batches, learning_rates, max_norm)
    return [w, b, np.array(losses)]


def right_autograd_grad(weight, bias, batches, learning_rates, max_norm):
    """torch.autograd.grad, new tensors in each step."""
    losses = []
    for (x, y), rate in zip(batches, learning_rates, strict=True):
        weight, bias = weight.detach().requires_grad_(), bias.detach().requires_grad_()
        loss = F.cross_entropy(x @ weight.T + bias, y)
        gradients = torch.autograd.grad(loss, (weight, bias))
        norm = torch.stack([g.norm() for g in gradients]).norm()
        factor = (max_norm / norm).clamp(max=1)
        weight, bias = weight - rate * factor * gradients[0], bias - rate * factor * gradients[1]
        losses.append(loss.item())
    return weight.detach(), bias.detach(), losses


def right_numpy_by_hand(weight, bias, batches, learning_rates, max_norm):
    """NumPy, the gradient by hand."""
    w, b, losses = weight.numpy().copy(), bias.numpy().copy(), []
    for (x, y), rate in zip(batches, learning_rates):
        x, y = x.numpy(), y.numpy()
        z = x @ w.T + b
        z = z - z.max(1, keepdims=True)
        logs = z - np.log(np.exp(z).sum(1, keepdims=True))
        losses.append(float(-logs[np.arange(len(y)), y].mean()))
        error = np.exp(logs)
        error[np.arange(len(y)), y] -= 1
        error /= len(y)
        gw, gb = error.T @ x, error.sum(0)
        norm = np.sqrt((gw**2).sum() + (gb**2).sum())
        factor = max_norm / norm if norm > max_norm else 1.0
        w, b = w - rate * factor * gw, b - rate * factor * gb
    return w, b, losses


# ---------------------------------------------------------------- wrong


def _loop(weight, bias, batches, learning_rates, max_norm, change=None, note=None, start=None):
    """The right loop, with a place for each slip."""
    w, b, losses = weight.clone(), bias.clone(), []
    memory = None
    for i, ((x, y), rate) in enumerate(zip(batches, learning_rates)):
        p = (x @ w.T + b).softmax(1)
        loss = -p[torch.arange(len(y)), y].log().mean()
        error = (p - F.one_hot(y, len(bias))) / len(y)
        gw, gb = error.T @ x, error.sum(0)
        norm = torch.sqrt(gw.square().sum() + gb.square().sum())
        state = {"gw": gw, "gb": gb, "norm": norm, "rate": rate, "i": i, "n": len(y), "memory": memory}
        fw, fb, rate = change(state) if change else (min(1, max_norm / norm),) * 2 + (rate,)
        gw, gb = state["gw"], state["gb"]
        memory = (gw, gb)
        losses.append(note(loss, len(y)) if note else loss.item())
        w, b = w - rate * fw * gw, b - rate * fb * gb
    return w, b, losses


def wrong_never_clipped(weight, bias, batches, learning_rates, max_norm):
    """The gradient is never shortened."""
    return _loop(weight, bias, batches, learning_rates, max_norm, lambda s: (1, 1, s["rate"]))


def wrong_always_that_long(weight, bias, batches, learning_rates, max_norm):
    """Always brought to max_norm, short ones as well."""
    return _loop(weight, bias, batches, learning_rates, max_norm, lambda s: (max_norm / s["norm"],) * 2 + (s["rate"],))


def wrong_each_by_itself(weight, bias, batches, learning_rates, max_norm):
    """Weight and bias are shortened each by its own norm."""

    def change(s):
        return min(1, max_norm / s["gw"].norm()), min(1, max_norm / s["gb"].norm()), s["rate"]

    return _loop(weight, bias, batches, learning_rates, max_norm, change)


def wrong_weight_alone(weight, bias, batches, learning_rates, max_norm):
    """Only the weight's gradient is shortened."""
    return _loop(
        weight, bias, batches, learning_rates, max_norm, lambda s: (min(1, max_norm / s["norm"]), 1, s["rate"])
    )


def wrong_values_clipped(weight, bias, batches, learning_rates, max_norm):
    """Each number is cut at max_norm."""

    def change(s):
        s["gw"], s["gb"] = s["gw"].clamp(-max_norm, max_norm), s["gb"].clamp(-max_norm, max_norm)
        return 1, 1, s["rate"]

    return _loop(weight, bias, batches, learning_rates, max_norm, change)


def wrong_norm_squared(weight, bias, batches, learning_rates, max_norm):
    """The root is missing in the norm."""

    def change(s):
        return (min(1, max_norm / s["norm"] ** 2),) * 2 + (s["rate"],)

    return _loop(weight, bias, batches, learning_rates, max_norm, change)


def wrong_first_rate(weight, bias, batches, learning_rates, max_norm):
    """The first learning rate in every step."""

    def change(s):
        return (min(1, max_norm / s["norm"]),) * 2 + (learning_rates[0],)

    return _loop(weight, bias, batches, learning_rates, max_norm, change)


def wrong_uphill(weight, bias, batches, learning_rates, max_norm):
    """The sign is turned."""

    def change(s):
        return (min(1, max_norm / s["norm"]),) * 2 + (-s["rate"],)

    return _loop(weight, bias, batches, learning_rates, max_norm, change)


def wrong_gradients_pile_up(weight, bias, batches, learning_rates, max_norm):
    """The gradients are never emptied."""
    w, b, losses = weight.clone().requires_grad_(), bias.clone().requires_grad_(), []
    for (x, y), rate in zip(batches, learning_rates):
        loss = F.cross_entropy(F.linear(x, w, b), y)
        loss.backward()
        norm = torch.cat([w.grad.flatten(), b.grad]).norm()
        factor = min(1, max_norm / norm)
        with torch.no_grad():
            w -= rate * factor * w.grad
            b -= rate * factor * b.grad
        losses.append(loss.item())
    return w.detach(), b.detach(), losses


def wrong_sum_loss(weight, bias, batches, learning_rates, max_norm):
    """The sum over the batch, in loss and gradient."""

    def change(s):
        s["gw"], s["gb"] = s["gw"] * s["n"], s["gb"] * s["n"]
        return (min(1, max_norm / (s["norm"] * s["n"])),) * 2 + (s["rate"],)

    return _loop(weight, bias, batches, learning_rates, max_norm, change, lambda loss, n: loss.item() * n)


def wrong_losses_after(weight, bias, batches, learning_rates, max_norm):
    """Each loss is noted after its step."""
    w, b, losses = weight, bias, []
    for batch, rate in zip(batches, learning_rates):
        w, b, _ = _loop(w, b, [batch], [rate], max_norm)
        losses.append(F.cross_entropy(F.linear(batch[0], w, b), batch[1]).item())
    return w, b, losses


def wrong_start_returned(weight, bias, batches, learning_rates, max_norm):
    """The parameters of the beginning."""
    return weight.clone(), bias.clone(), _loop(weight, bias, batches, learning_rates, max_norm)[2]


def wrong_last_loss(weight, bias, batches, learning_rates, max_norm):
    """Only the last loss."""
    w, b, losses = _loop(weight, bias, batches, learning_rates, max_norm)
    return w, b, losses[-1:]


def wrong_mean_loss(weight, bias, batches, learning_rates, max_norm):
    """The mean of the losses."""
    w, b, losses = _loop(weight, bias, batches, learning_rates, max_norm)
    return w, b, sum(losses) / len(losses)


def wrong_changes_what_is_given(weight, bias, batches, learning_rates, max_norm):
    """The tensors that are given are changed."""
    w, b, losses = _loop(weight, bias, batches, learning_rates, max_norm)
    weight.copy_(w)
    bias.copy_(b)
    return weight, bias, losses


def wrong_without_bias(weight, bias, batches, learning_rates, max_norm):
    """The bias is never moved."""
    return _loop(
        weight, bias, batches, learning_rates, max_norm, lambda s: (min(1, max_norm / s["norm"]), 0, s["rate"])
    )


def wrong_one_batch(weight, bias, batches, learning_rates, max_norm):
    """Only the first batch."""
    return _loop(weight, bias, batches[:1], learning_rates[:1], max_norm)


def wrong_softmax_twice(weight, bias, batches, learning_rates, max_norm):
    """A softmax before cross_entropy."""
    w, b, losses = weight.clone(), bias.clone(), []
    for (x, y), rate in zip(batches, learning_rates):
        w, b = w.detach().requires_grad_(), b.detach().requires_grad_()
        loss = F.cross_entropy(F.linear(x, w, b).softmax(-1), y)
        gw, gb = torch.autograd.grad(loss, (w, b))
        factor = min(1, max_norm / torch.cat([gw.flatten(), gb]).norm())
        losses.append(loss.item())
        w, b = w - rate * factor * gw, b - rate * factor * gb
    return w.detach(), b.detach(), losses


def wrong_momentum(weight, bias, batches, learning_rates, max_norm):
    """Half of the last step is added."""

    def change(s):
        if s["memory"] is not None:
            s["gw"], s["gb"] = s["gw"] + 0.5 * s["memory"][0], s["gb"] + 0.5 * s["memory"][1]
        return (min(1, max_norm / s["norm"]),) * 2 + (s["rate"],)

    return _loop(weight, bias, batches, learning_rates, max_norm, change)


def wrong_rates_reversed(weight, bias, batches, learning_rates, max_norm):
    """The learning rates from the last to the first."""
    return _loop(weight, bias, batches, learning_rates[::-1], max_norm)


def wrong_gradient_of_the_first(weight, bias, batches, learning_rates, max_norm):
    """Every gradient is taken at the starting point."""
    w, b, losses = weight.clone(), bias.clone(), []
    for batch, rate in zip(batches, learning_rates):
        moved, shifted, (loss,) = _loop(weight, bias, [batch], [rate], max_norm)
        w, b = w + moved - weight, b + shifted - bias
        losses.append(loss)
    return w, b, losses


def wrong_weights_clipped(weight, bias, batches, learning_rates, max_norm):
    """The parameters are shortened instead of their gradients."""
    w, b, losses = weight, bias, []
    for batch, rate in zip(batches, learning_rates):
        w, b, (loss,) = _loop(w, b, [batch], [rate], math.inf)
        factor = min(1, max_norm / torch.cat([w.flatten(), b]).norm())
        w, b = w * factor, b * factor
        losses.append(loss)
    return w, b, losses
