"""Attempts at integrated_gradients, written from the task's text alone."""

import functools

import torch
from torch import nn


# ---------------------------------------------------------------- right
def right_loop(score, x, base, steps):
    """A loop over the middles, and the mean of the gradients."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def right_list_and_stack(score, x, base, steps):
    """Gradients in a list, stacked, their mean."""
    gradients = []
    for k in range(steps):
        alpha = (2 * k + 1) / (2 * steps)
        point = (base + alpha * (x - base)).detach().clone()
        point.requires_grad = True
        (g,) = torch.autograd.grad(score(point), point)
        gradients.append(g)
    return torch.stack(gradients).mean(0) * (x - base)


def right_backward(score, x, base, steps):
    """backward and .grad, a new point each time."""
    grads = 0
    for i in range(steps):
        p = torch.lerp(base, x, (i + 0.5) / steps).detach().requires_grad_(True)
        score(p).backward()
        grads = grads + p.grad
    return grads / steps * (x - base)


def right_walk(score, x, base, steps):
    """Walks half a piece, then whole pieces, and adds up gradient times piece."""
    piece = (x - base) / steps
    here = base + piece / 2
    share = torch.zeros_like(base)
    for _ in range(steps):
        at = here.clone().detach().requires_grad_()
        share = share + torch.autograd.grad(score(at), at)[0] * piece
        here = here + piece
    return share


def right_from_the_other_end(score, x, base, steps):
    """From x down to the base; the middles are the same."""
    shares = torch.zeros_like(x)
    for k in range(steps):
        alpha = 1 - (k + 0.5) / steps
        point = (alpha * x + (1 - alpha) * base).detach().requires_grad_()
        shares += torch.autograd.grad(score(point), point)[0] / steps
    return shares * (x - base)


def right_all_points_one_backward(score, x, base, steps):
    """All points as rows, the scores added up, one call of grad."""
    alphas = (torch.arange(steps, dtype=x.dtype) + 0.5) / steps
    points = (base + alphas[:, None] * (x - base)).detach().requires_grad_()
    total = sum(score(row).sum() for row in points)
    (slopes,) = torch.autograd.grad(total, points)
    return slopes.mean(dim=0) * (x - base)


def right_linspace(score, x, base, steps):
    """linspace from the first middle to the last."""
    alphas = torch.linspace(0.5 / steps, 1 - 0.5 / steps, steps, dtype=torch.double)
    found = []
    for a in alphas:
        point = (base + a.to(x.dtype) * (x - base)).detach().requires_grad_()
        found.append(torch.autograd.grad(score(point), point)[0])
    return (x - base) * sum(found) / len(found)


def right_middles_of_ends(score, x, base, steps):
    """The ends of the pieces, and the middle between each two."""
    ends = [base + k / steps * (x - base) for k in range(steps + 1)]
    total = torch.zeros_like(x)
    for left, right in zip(ends[:-1], ends[1:], strict=True):
        middle = ((left + right) / 2).detach().requires_grad_()
        total += torch.autograd.grad(score(middle), middle)[0] * (right - left).detach()
    return total


def right_helper(score, x, base, steps):
    """A helper for one gradient, and a comprehension."""

    def slope(point):
        point = point.detach().requires_grad_()
        return torch.autograd.grad(score(point), point)[0]

    return sum(slope(base + (x - base) * ((i + 0.5) / steps)) for i in range(steps)) / steps * (x - base)


def right_jacobian(score, x, base, steps):
    """The Jacobian of the score, which is its gradient."""
    rows = [
        torch.autograd.functional.jacobian(score, (base + (k + 0.5) / steps * (x - base)).detach()).reshape(-1)
        for k in range(steps)
    ]
    return torch.stack(rows, dim=1).mean(dim=1) * (x - base)


def right_functional_grad(score, x, base, steps):
    """torch.func.grad."""
    slope = torch.func.grad(lambda point: score(point).sum())
    total = 0
    for k in range(1, steps + 1):
        total = total + slope(base + (k - 0.5) / steps * (x - base))
    return total * (x - base) / steps


def right_reduce(score, x, base, steps):
    """functools.reduce over the pieces."""

    def add(so_far, k):
        point = (base * (1 - (k + 0.5) / steps) + x * ((k + 0.5) / steps)).detach().requires_grad_()
        return so_far + torch.autograd.grad(score(point), [point])[0]

    return functools.reduce(add, range(steps), torch.zeros_like(x)) / steps * (x - base)


def right_recursion(score, x, base, steps):
    """The rest of the way after the first piece is the same task on what is left."""

    def pieces(start, left):
        if left == 0:
            return torch.zeros_like(x)
        piece = (x - base) / steps
        point = (start + piece / 2).detach().requires_grad_()
        return torch.autograd.grad(score(point), point)[0] * piece + pieces(start + piece, left - 1)

    return pieces(base, steps)


def right_by_alpha(score, x, base, steps):
    """Numbers filled in place by place, with Python's sum at the end."""
    gradients = []
    for k in range(steps):
        point = base.detach() + (x.detach() - base.detach()) * (k + 0.5) / steps
        point.requires_grad_(True)
        gradients.append(torch.autograd.grad(score(point), point)[0])
    out = torch.empty_like(x)
    for i in range(len(x)):
        mean = sum(g[i] for g in gradients) / steps
        out[i] = mean * (x[i] - base[i])
    return out


def right_running_mean(score, x, base, steps):
    """A running mean of the gradients."""
    mean = torch.zeros_like(x)
    for n in range(1, steps + 1):
        p = (base + (2 * n - 1) / (2 * steps) * (x - base)).detach().requires_grad_()
        mean = mean + (torch.autograd.grad(score(p), p)[0] - mean) / n
    return mean * (x - base)


def right_accumulated(score, x, base, steps):
    """A shift as parameter, whose .grad adds up by itself."""
    shift = torch.zeros_like(x, requires_grad=True)
    for k in range(steps):
        score(base + (k + 0.5) / steps * (x - base) + shift).sum().backward()
    return shift.grad / steps * (x - base)


def right_parameter(score, x, base, steps):
    """One parameter that is moved along the way."""
    point = nn.Parameter(base.clone())
    total = torch.zeros_like(x)
    for k in range(steps):
        with torch.no_grad():
            point.copy_(base + (x - base) * (k + 0.5) / steps)
        total = total + torch.autograd.grad(score(point), point)[0]
    return total / steps * (x - base)


def right_einsum(score, x, base, steps):
    """einsum for mean and product."""
    slopes = []
    for a in [(k + 0.5) / steps for k in range(steps)]:
        p = torch.add(base, x - base, alpha=a).detach().requires_grad_()
        slopes.append(torch.autograd.grad(score(p), p)[0])
    return torch.einsum("sd,d->d", torch.stack(slopes), x - base) / steps


# ---------------------------------------------------------------- wrong
def wrong_left_ends(score, x, base, steps):
    """The left end of each piece, not its middle."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + k / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_right_ends(score, x, base, steps):
    """The right end of each piece, as the paper has it."""
    total = torch.zeros_like(x)
    for k in range(1, steps + 1):
        point = (base + k / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_both_ends(score, x, base, steps):
    """steps + 1 ends, and their plain mean."""
    total = torch.zeros_like(x)
    for k in range(steps + 1):
        point = (base + k / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / (steps + 1)


def wrong_trapezoid(score, x, base, steps):
    """The trapezoid rule over the ends."""
    slopes = []
    for k in range(steps + 1):
        point = (base + k / steps * (x - base)).detach().requires_grad_()
        slopes.append(torch.autograd.grad(score(point), point)[0])
    return torch.trapezoid(torch.stack(slopes), dx=1 / steps, dim=0) * (x - base)


def wrong_linspace(score, x, base, steps):
    """linspace(0, 1, steps): from the base itself to x itself."""
    total = torch.zeros_like(x)
    for alpha in torch.linspace(0, 1, steps, dtype=x.dtype):
        point = (base + alpha * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_sum_not_mean(score, x, base, steps):
    """Not divided by the number of steps."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total


def wrong_no_distance(score, x, base, steps):
    """The mean gradient alone."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return total / steps


def wrong_times_x(score, x, base, steps):
    """Times x, not x - base."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return x * total / steps


def wrong_sign(score, x, base, steps):
    """base - x."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (base - x) * total / steps


def wrong_base_of_zeros(score, x, base, steps):
    """Starts at zeros, whatever the base."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = ((k + 0.5) / steps * x).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return x * total / steps


def wrong_way_from_zero(score, x, base, steps):
    """The way goes from zeros to x, the distance from the base."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = ((k + 0.5) / steps * x).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_base_forgotten_on_the_way(score, x, base, steps):
    """alpha (x - base) without the base in front."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = ((k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_gradient_times_input(score, x, base, steps):
    """Gradient × input at x."""
    point = x.detach().clone().requires_grad_()
    return torch.autograd.grad(score(point), point)[0] * x


def wrong_gradient_at_x(score, x, base, steps):
    """One gradient, at x, times the distance."""
    point = x.detach().clone().requires_grad_()
    return torch.autograd.grad(score(point), point)[0] * (x - base)


def wrong_one_middle(score, x, base, steps):
    """One gradient, in the middle of the whole way."""
    point = ((x + base) / 2).detach().requires_grad_()
    return torch.autograd.grad(score(point), point)[0] * (x - base)


def wrong_with_respect_to_x(score, x, base, steps):
    """The gradient with respect to x, which brings in alpha once more."""
    x = x.detach().clone().requires_grad_()
    total = torch.zeros_like(base)
    for k in range(steps):
        point = base + (k + 0.5) / steps * (x - base)
        total = total + torch.autograd.grad(score(point), x)[0]
    return ((x - base) * total / steps).detach()


def wrong_adds_up(score, x, base, steps):
    """Adds the shares up to one number."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return ((x - base) * total / steps).sum()


def wrong_length(score, x, base, steps):
    """Times the length of the way, not number by number."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base).norm() * total / steps


def wrong_absolute(score, x, base, steps):
    """Sizes without a sign."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return ((x - base) * total / steps).abs()


def wrong_first_piece_only(score, x, base, steps):
    """The return stands in the loop."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
        return (x - base) * total / steps


def wrong_last_gradient(score, x, base, steps):
    """= where += is due."""
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total = torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_first_middle_at_a_whole(score, x, base, steps):
    """(k + 0.5) with k from 1: half a piece behind each piece."""
    total = torch.zeros_like(x)
    for k in range(1, steps + 1):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_one_by_one(score, x, base, steps):
    """Moves one number at a time and leaves the others at x."""
    shares = torch.zeros_like(x)
    for i in range(len(x)):
        for k in range(steps):
            point = x.detach().clone()
            point[i] = base[i] + (k + 0.5) / steps * (x[i] - base[i])
            point.requires_grad_()
            shares[i] += torch.autograd.grad(score(point), point)[0][i] / steps
    return shares * (x - base)


def wrong_differences_of_the_score(score, x, base, steps):
    """How the score falls when one number is put back to the base: no gradient at all."""
    shares = torch.zeros_like(x)
    for i in range(len(x)):
        point = x.detach().clone()
        point[i] = base[i]
        shares[i] = (score(x) - score(point)).detach().reshape(())
    return shares


def wrong_random_places(score, x, base, steps):
    """Random places on the way."""
    total = torch.zeros_like(x)
    for _ in range(steps):
        point = (base + torch.rand(()).to(x.dtype) * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_grad_not_set_to_zero(score, x, base, steps):
    """One point whose .grad is never set to zero, and added up once more."""
    point = base.detach().clone().requires_grad_()
    total = torch.zeros_like(x)
    for k in range(steps):
        point.data = base + (k + 0.5) / steps * (x - base)
        score(point).sum().backward()
        total += point.grad
    return (x - base) * total / steps


def wrong_precedence(score, x, base, steps):
    """A bracket is missing: k + 0.5 / steps."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5 / steps) * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_whole_division(score, x, base, steps):
    """// where / is meant, so all points are the base."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) // steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / steps


def wrong_prints(score, x, base, steps):
    """Prints where it should return."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    print((x - base) * total / steps)


def wrong_fixed_steps(score, x, base, steps):
    """Always 64 points, as in the text."""
    total = torch.zeros_like(x)
    for k in range(64):
        point = (base + (k + 0.5) / 64 * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    return (x - base) * total / 64


def wrong_share_of_the_total(score, x, base, steps):
    """Makes the shares add up to 1."""
    total = torch.zeros_like(x)
    for k in range(steps):
        point = (base + (k + 0.5) / steps * (x - base)).detach().requires_grad_()
        total += torch.autograd.grad(score(point), point)[0]
    shares = (x - base) * total / steps
    return shares / shares.sum()
