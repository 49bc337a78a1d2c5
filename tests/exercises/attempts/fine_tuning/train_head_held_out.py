import torch
from torch import nn
from torch.nn import functional as F


def right_functional_call(weight, bias, batches, learning_rates, max_norm):
    """torch.func.grad of a loss of both."""

    def loss_of(parameters, x, y):
        return F.cross_entropy(F.linear(x, *parameters), y)

    now, losses = (weight, bias), []
    for (x, y), rate in zip(batches, learning_rates):
        gradients, loss = torch.func.grad_and_value(loss_of)(now, x, y)
        size = sum(g.pow(2).sum() for g in gradients).sqrt()
        scale = torch.where(size > max_norm, max_norm / size, 1.0)
        now = tuple(p - rate * scale * g for p, g in zip(now, gradients))
        losses.append(float(loss))
    return (*now, losses)


def right_recursive(weight, bias, batches, learning_rates, max_norm):
    """One step, then the rest."""
    if not batches:
        return weight, bias, []
    (x, y), *others = batches
    p = F.softmax(F.linear(x, weight, bias), 1)
    loss = F.nll_loss(p.log(), y).item()
    error = p.clone()
    error[range(len(y)), y] -= 1
    both = error.T @ torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], 1) / len(y)
    both = both * min(1.0, max_norm / both.norm().item())
    step = learning_rates[0] * both
    w, b, losses = right_recursive(weight - step[:, :-1], bias - step[:, -1], others, learning_rates[1:], max_norm)
    return w, b, [loss, *losses]


def right_module(weight, bias, batches, learning_rates, max_norm):
    """A module, zero_grad, and a step by hand."""
    head = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype)
    head.load_state_dict({"weight": weight, "bias": bias})
    losses = []
    for (x, y), rate in zip(batches, learning_rates):
        head.zero_grad()
        loss = F.cross_entropy(head(x), y)
        loss.backward()
        losses.append(loss.item())
        norm = torch.nn.utils.parameters_to_vector([p.grad for p in head.parameters()]).norm().item()
        with torch.no_grad():
            for p in head.parameters():
                p -= rate * (p.grad if norm <= max_norm else p.grad * max_norm / norm)
    return head.weight.detach(), head.bias.detach(), losses


def _steps(weight, bias, batches, learning_rates, factor_of):
    losses = []
    for (x, y), rate in zip(batches, learning_rates):
        p = F.softmax(F.linear(x, weight, bias), 1)
        losses.append(F.nll_loss(p.log(), y).item())
        error = (p - F.one_hot(y, len(bias))) / len(y)
        gw, gb = error.T @ x, error.sum(0)
        factor = factor_of(gw, gb)
        weight, bias = weight - rate * factor * gw, bias - rate * factor * gb
    return weight, bias, losses


def wrong_norm_of_the_weight(weight, bias, batches, learning_rates, max_norm):
    """The norm leaves out the bias."""
    return _steps(weight, bias, batches, learning_rates, lambda gw, gb: min(1, max_norm / gw.norm()))


def wrong_sum_of_norms(weight, bias, batches, learning_rates, max_norm):
    """The two norms are added."""
    return _steps(weight, bias, batches, learning_rates, lambda gw, gb: min(1, max_norm / (gw.norm() + gb.norm())))


def wrong_largest_number(weight, bias, batches, learning_rates, max_norm):
    """The largest number in place of the norm."""
    return _steps(
        weight, bias, batches, learning_rates, lambda gw, gb: min(1, max_norm / max(gw.abs().max(), gb.abs().max()))
    )


def wrong_upside_down(weight, bias, batches, learning_rates, max_norm):
    """norm / max_norm in place of max_norm / norm."""
    return _steps(
        weight, bias, batches, learning_rates, lambda gw, gb: max(1, torch.cat([gw.flatten(), gb]).norm() / max_norm)
    )


def wrong_order_of_results(weight, bias, batches, learning_rates, max_norm):
    """The losses come first."""
    w, b, losses = right_module(weight, bias, batches, learning_rates, max_norm)
    return losses, w, b


def wrong_twice(weight, bias, batches, learning_rates, max_norm):
    """Every step is taken twice as far."""
    return right_module(weight, bias, batches, [2 * rate for rate in learning_rates], max_norm)


def wrong_without_shortening(weight, bias, batches, learning_rates, max_norm):
    """max_norm is not used."""
    return _steps(weight, bias, batches, learning_rates, lambda gw, gb: 1.0)


def wrong_always_shortened(weight, bias, batches, learning_rates, max_norm):
    """Short gradients are made longer."""
    return _steps(weight, bias, batches, learning_rates, lambda gw, gb: max_norm / (gw.square().sum() + gb.square().sum()).sqrt())


def wrong_added(weight, bias, batches, learning_rates, max_norm):
    """The gradient is added."""
    return _steps(weight, bias, batches, [-rate for rate in learning_rates], lambda gw, gb: min(1, max_norm / torch.cat([gw.flatten(), gb]).norm()))
