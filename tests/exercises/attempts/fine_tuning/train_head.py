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
