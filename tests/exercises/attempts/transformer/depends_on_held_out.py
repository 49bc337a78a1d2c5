from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.autograd.functional import jacobian


# ---------------------------------------------------------------- right

def right_jacobian_b(layer: Callable, x: Tensor) -> Tensor:
    """The whole Jacobian, then any over the two axes of numbers."""
    j = jacobian(layer, x)
    return (j != 0).any(dim=3).any(dim=1)


def right_loops_b(layer, x):
    """Beginner: one autograd.grad for every single output number, loops over the inputs."""
    tokens = x.shape[0]
    result = torch.zeros(tokens, tokens, dtype=torch.bool)
    copy = x.detach().clone().requires_grad_(True)
    y = layer(copy)
    if not y.requires_grad:
        return result
    for t in range(tokens):
        for k in range(y.shape[1]):
            gradient = torch.autograd.grad(y[t, k], copy, retain_graph=True, allow_unused=True)[0]
            if gradient is None:
                continue
            for s in range(tokens):
                if (gradient[s] != 0).any():
                    result[t, s] = True
    return result


def right_backward_b(layer, x):
    """backward on every number, gradients only into a copy, thrown away each time."""
    copy = x.detach().clone()
    copy.requires_grad = True
    y = layer(copy)
    rows = []
    for t in range(len(x)):
        row = torch.zeros(len(x), dtype=torch.bool)
        for number in y[t]:
            if not number.requires_grad:
                continue
            copy.grad = None
            number.backward(retain_graph=True, inputs=[copy])
            if copy.grad is not None:
                row |= (copy.grad != 0).any(dim=-1)
        rows.append(row)
    return torch.stack(rows)


def right_jacrev_b(layer, x):
    """torch.func, then a permutation and a flat last axis."""
    j = torch.func.jacrev(layer)(x.detach())
    j = j.permute(0, 2, 1, 3).flatten(2)
    return j.ne(0).any(-1)


def right_count_b(layer, x):
    """Counts the derivatives that are not 0."""
    j = jacobian(layer, x)
    return torch.count_nonzero(j, dim=(1, 3)) > 0


def right_numpy_b(layer, x):
    """Jacobian by torch, any by NumPy."""
    j = jacobian(layer, x.detach()).numpy()
    return torch.from_numpy(np.any(j != 0.0, axis=(1, 3)))


def right_row_by_row_b(layer, x):
    """One small Jacobian for each output token, absolute values added so that nothing cancels."""
    result = torch.zeros(x.shape[0], x.shape[0]).bool()
    for t in range(x.shape[0]):
        j = jacobian(lambda z: layer(z)[t], x)
        result[t] = torch.einsum("asb->s", j.abs()) != 0
    return result


# ---------------------------------------------------------------- wrong

def wrong_sum_of_output_b(layer, x):
    """Derivative of the sum of an output's numbers: they may cancel (after a layer norm they do)."""
    tokens = x.shape[0]
    copy = x.detach().clone().requires_grad_(True)
    y = layer(copy)
    result = torch.zeros(tokens, tokens, dtype=torch.bool)
    for t in range(tokens):
        gradient, = torch.autograd.grad(y[t].sum(), copy, retain_graph=True)
        result[t] = (gradient != 0).any(-1)
    return result


def wrong_signed_sum_b(layer, x):
    """The whole Jacobian, but its derivatives are added with their signs."""
    return jacobian(layer, x).sum(dim=(1, 3)) != 0


def wrong_transposed_b(layer, x):
    """Rows are the inputs and columns the outputs."""
    j = jacobian(layer, x)
    return (j != 0).any(dim=3).any(dim=1).T


def wrong_shift_token_b(layer, x):
    """Adds 1 to all numbers of a token and compares: a layer norm does not see that."""
    tokens = x.shape[0]
    result = torch.zeros(tokens, tokens, dtype=torch.bool)
    with torch.no_grad():
        before = layer(x)
        for s in range(tokens):
            changed = x.clone()
            changed[s] += 1.0
            after = layer(changed)
            for t in range(tokens):
                result[t, s] = not torch.allclose(before[t], after[t])
    return result


def wrong_random_change_b(layer, x):
    """Replaces a token by random numbers: finds far changes where the derivative at x is 0."""
    before = layer(x)
    columns = []
    for s in range(len(x)):
        changed = x.detach().clone()
        changed[s] = torch.randn(x.shape[1])
        columns.append((layer(changed) != before).any(dim=-1))
    return torch.stack(columns, dim=1)


def wrong_never_reset_b(layer, x):
    """backward adds to .grad, which is never cleared: later rows keep the earlier ones' True."""
    copy = x.detach().clone().requires_grad_()
    y = layer(copy)
    result = torch.zeros(len(x), len(x), dtype=torch.bool)
    for t in range(len(x)):
        for k in range(y.shape[1]):
            y[t, k].backward(retain_graph=True)
            result[t] |= (copy.grad != 0).any(dim=1)
    return result


def wrong_positive_only_b(layer, x):
    """> 0 for != 0: negative derivatives do not count."""
    j = jacobian(layer, x)
    return (j > 0).any(dim=3).any(dim=1)


def wrong_all_b(layer, x):
    """all for any: one derivative of 0 makes the pair False."""
    j = jacobian(layer, x)
    return (j != 0).all(dim=3).all(dim=1)


def wrong_tolerance_b(layer, x):
    """Small derivatives count as 0."""
    size = jacobian(layer, x).abs().amax(dim=(1, 3))
    return size > 1e-4


def wrong_first_number_b(layer, x):
    """Looks at the first number of each output only."""
    tokens = x.shape[0]
    result = torch.zeros(tokens, tokens, dtype=torch.bool)
    for t in range(tokens):
        gradient = jacobian(lambda z: layer(z)[t][0], x)
        for s in range(tokens):
            result[t, s] = bool((gradient[s] != 0).any())
    return result


def wrong_reshape_b(layer, x):
    """reshape for permute: (t, d, s, d) is cut into (t, t, d * d)."""
    j = jacobian(layer, x)
    return (j.reshape(x.shape[0], x.shape[0], -1) != 0).any(dim=-1)


def wrong_marks_input_b(layer, x):
    """Turns requires_grad on for the caller's tensor and leaves a .grad on it."""
    x.requires_grad_(True)
    y = layer(x)
    result = torch.zeros(x.shape[0], x.shape[0], dtype=torch.bool)
    for t in range(x.shape[0]):
        for number in y[t]:
            if x.grad is not None:
                x.grad.zero_()
            number.backward(retain_graph=True)
            result[t] |= (x.grad != 0).any(dim=-1)
    return result
