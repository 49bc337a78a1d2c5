"""Held-out attempts at integrated_gradients, by another hand, written from the task's text alone."""

import torch


def right_plain(score, x, base, steps):
    """Beginner: a list of gradients, added up in a second loop."""
    all_gradients = []
    difference = x - base
    for i in range(steps):
        middle = (i + i + 1) / 2 / steps
        point = base + middle * difference
        point = point.detach()
        point.requires_grad = True
        y = score(point)
        all_gradients.append(torch.autograd.grad(y, point)[0])
    mean = all_gradients[0]
    for g in all_gradients[1:]:
        mean = mean + g
    mean = mean / steps
    return mean * difference


def right_arange_rows(score, x, base, steps):
    """All middles at once as rows, gradients row by row."""
    middles = torch.arange(0.5, steps, dtype=torch.double).to(x.dtype) / steps
    points = base + middles.unsqueeze(1) * (x - base)
    slopes = torch.zeros_like(points)
    for k, row in enumerate(points):
        row = row.detach().requires_grad_()
        slopes[k] = torch.autograd.grad(score(row), row)[0]
    return slopes.mean(0) * (x - base)


def right_summed_scores(score, x, base, steps):
    """Adds the scores and calls grad once for a list of points."""
    points = [(base + (k + 0.5) / steps * (x - base)).detach().requires_grad_() for k in range(steps)]
    gradients = torch.autograd.grad(sum(score(point) for point in points), points)
    return sum(gradients) / steps * (x - base)


def right_func_grad(score, x, base, steps):
    """torch.func.grad of the score made scalar."""
    gradient = torch.func.grad(lambda p: score(p).reshape(()))
    d = x - base
    return torch.stack([gradient(base + d * (k + 0.5) / steps) for k in range(steps)]).mean(0).mul(d)


def right_piece_by_piece(score, x, base, steps):
    """Gradient times the piece, added up: no mean needed."""
    shares = torch.zeros_like(x)
    for k in range(steps):
        start = base + k * (x - base) / steps
        stop = base + (k + 1) * (x - base) / steps
        point = (0.5 * (start + stop)).detach().requires_grad_()
        shares += (stop - start) * torch.autograd.grad(score(point), point)[0]
    return shares


def right_backward_zeroed(score, x, base, steps):
    """One leaf that is refilled, its gradient set to None each time."""
    point = torch.empty_like(x).requires_grad_()
    total = torch.zeros_like(x)
    for k in range(steps):
        point.data.copy_(base + (k + 0.5) / steps * (x - base))
        point.grad = None
        score(point).backward()
        total += point.grad
    return total.div(steps).mul(x - base)


def right_odd_of_twice(score, x, base, steps):
    """Cuts twice as fine and takes the odd ends, which are the middles."""
    fine = [base + j / (2 * steps) * (x - base) for j in range(2 * steps + 1)]
    total = 0
    for point in fine[1::2]:
        point = point.detach().clone().requires_grad_(True)
        total = total + torch.autograd.grad(outputs=score(point), inputs=point)[0]
    return total / steps * (x - base)


def right_weighted_points(score, x, base, steps):
    """(1 - a) base + a x, and the gradient by a small inner function."""

    def gradient(a):
        with torch.enable_grad():
            p = ((1 - a) * base + a * x).detach().requires_grad_()
            return torch.autograd.grad(score(p), p)[0]

    return torch.stack(list(map(gradient, [(k - 0.5) / steps for k in range(1, steps + 1)]))).sum(0) * (x - base) / steps


def wrong_left(score, x, base, steps):
    """k / steps: the left ends."""
    grads = []
    for k in range(steps):
        p = (base + k / steps * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (x - base)


def wrong_right(score, x, base, steps):
    """(k + 1) / steps: the right ends."""
    grads = []
    for k in range(steps):
        p = (base + (k + 1) / steps * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (x - base)


def wrong_linspace_with_ends(score, x, base, steps):
    """linspace(0, 1, steps) with both ends."""
    grads = []
    for a in torch.linspace(0, 1, steps).tolist():
        p = (base + a * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (x - base)


def wrong_linspace_one_more(score, x, base, steps):
    """linspace(0, 1, steps + 1)."""
    grads = []
    for a in torch.linspace(0, 1, steps + 1).tolist():
        p = (base + a * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (x - base)


def wrong_without_difference(score, x, base, steps):
    """The mean gradient, not multiplied."""
    grads = []
    for k in range(steps):
        p = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0)


def wrong_times_input(score, x, base, steps):
    """Multiplied with x."""
    grads = []
    for k in range(steps):
        p = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * x


def wrong_sum(score, x, base, steps):
    """sum for mean."""
    grads = []
    for k in range(steps):
        p = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).sum(0) * (x - base)


def wrong_mean_of_everything(score, x, base, steps):
    """mean() without an axis: one number for all."""
    grads = []
    for k in range(steps):
        p = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean() * (x - base)


def wrong_no_base_on_the_way(score, x, base, steps):
    """The points are shares of x."""
    grads = []
    for k in range(steps):
        p = ((k + 0.5) / steps * x).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (x - base)


def wrong_only_the_end(score, x, base, steps):
    """The gradient at x times the distance."""
    p = x.detach().clone().requires_grad_()
    return torch.autograd.grad(score(p), p)[0] * (x - base)


def wrong_without_requires_grad(score, x, base, steps):
    """The point never asks for a gradient."""
    grads = []
    for k in range(steps):
        p = (base + (k + 0.5) / steps * (x - base)).detach()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (x - base)


def wrong_mean_point(score, x, base, steps):
    """The gradient at the mean of the points, not the mean of the gradients."""
    points = torch.stack([base + (k + 0.5) / steps * (x - base) for k in range(steps)])
    p = points.mean(0).detach().requires_grad_()
    return torch.autograd.grad(score(p), p)[0] * (x - base)


def wrong_tuple_of_grad(score, x, base, steps):
    """Forgets the [0] of grad, and adds up tuples."""
    total = torch.zeros_like(x)
    for k in range(steps):
        p = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total = total + torch.autograd.grad(score(p), p)
    return total / steps * (x - base)


def wrong_from_the_base_back(score, x, base, steps):
    """base minus x at the end."""
    grads = []
    for k in range(steps):
        p = (x + (k + 0.5) / steps * (base - x)).detach().requires_grad_()
        grads.append(torch.autograd.grad(score(p), p)[0])
    return torch.stack(grads).mean(0) * (base - x)
