from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.autograd.functional import jacobian, vjp


# ---------------------------------------------------------------- right
def right_jacobian_any(layer: Callable, x: Tensor) -> Tensor:
    """All derivatives at once, any of them not zero."""
    derivatives = jacobian(layer, x)  # (tokens, hidden, tokens, hidden)
    return (derivatives != 0).any(dim=3).any(dim=1)


def right_abs_sum(layer, x):
    """Sums sizes, so that nothing cancels."""
    return jacobian(layer, x).abs().sum(dim=(1, 3)) > 0


def right_jacrev(layer, x):
    """torch.func's Jacobian."""
    return torch.func.jacrev(layer)(x).ne(0).any(3).any(1)


def _leaf(x):
    return x.detach().clone().requires_grad_(True)


def right_double_loop(layer, x):
    """One autograd.grad for every single output number."""
    leaf = _leaf(x)
    out = layer(leaf)
    tokens = x.shape[0]
    result = torch.zeros(tokens, tokens, dtype=torch.bool)
    if not out.requires_grad:
        return result
    for t in range(tokens):
        for j in range(out.shape[1]):
            (g,) = torch.autograd.grad(out[t, j], leaf, retain_graph=True, allow_unused=True)
            if g is not None:
                result[t] |= (g != 0).any(dim=1)
    return result


def right_plain_lists(layer, x):
    """A beginner's loops down to single numbers, with a break."""
    derivatives = jacobian(layer, x).tolist()
    rows = []
    for t in range(len(derivatives)):
        row = []
        for s in range(x.shape[0]):
            found = False
            for j in range(len(derivatives[t])):
                for value in derivatives[t][j][s]:
                    if value != 0:
                        found = True
                        break
            row.append(found)
        rows.append(row)
    return torch.tensor(rows, dtype=torch.bool)


def right_backward(layer, x):
    """backward() into a copy's .grad, which is set to None before each; no parameter gets a gradient."""
    leaf = _leaf(x)
    out = layer(leaf)
    tokens = x.shape[0]
    answer = torch.zeros((tokens, tokens), dtype=torch.bool)
    for t in range(tokens):
        for j in range(out.shape[1]):
            if not out.requires_grad:
                continue
            leaf.grad = None
            out[t, j].backward(retain_graph=True, inputs=[leaf])
            if leaf.grad is not None:
                answer[t] = answer[t] | leaf.grad.abs().sum(-1).gt(0)
    return answer


def right_batched_grads(layer, x):
    """One call with a batch of one-hot output gradients."""
    leaf = _leaf(x)
    out = layer(leaf)
    tokens = x.shape[0]
    if not out.requires_grad:
        return torch.zeros(tokens, tokens, dtype=torch.bool)
    n = out.numel()
    one_hots = torch.eye(n, dtype=out.dtype).reshape(n, *out.shape)
    (g,) = torch.autograd.grad(out, leaf, one_hots, is_grads_batched=True, allow_unused=True)
    if g is None:
        return torch.zeros(tokens, tokens, dtype=torch.bool)
    return g.reshape(*out.shape, *x.shape).ne(0).any(-1).any(1)


def right_one_hot_outputs(layer, x):
    """One-hot grad_outputs in a loop, collected in a list of rows."""
    leaf = _leaf(x)
    out = layer(leaf)
    rows = []
    for t in range(x.shape[0]):
        row = torch.zeros(x.shape[0], dtype=torch.bool)
        for j in range(out.shape[1]):
            pick = torch.zeros_like(out)
            pick[t, j] = 1
            if out.requires_grad:
                g = torch.autograd.grad(out, leaf, pick, retain_graph=True, allow_unused=True)[0]
                if g is not None:
                    row = torch.logical_or(row, g.bool().any(-1))
        rows.append(row)
    return torch.stack(rows)


def right_random_weights(layer, x):
    """Weighs the numbers of an output at random (three times), so that their sum cannot stand still."""
    generator = torch.Generator().manual_seed(7)
    leaf = _leaf(x)
    out = layer(leaf)
    tokens = x.shape[0]
    result = torch.zeros(tokens, tokens, dtype=torch.bool)
    if not out.requires_grad:
        return result
    for t in range(tokens):
        for _ in range(3):
            weights = torch.randn(out.shape[1], generator=generator, dtype=out.dtype)
            g = torch.autograd.grad((out[t] * weights).sum(), leaf, retain_graph=True, allow_unused=True)[0]
            if g is not None:
                result[t] |= (g != 0).any(1)
    return result


def right_functional_vjp(layer, x):
    """The vector-Jacobian product of torch.autograd.functional for each output number."""
    with torch.no_grad():
        shape = layer(x).shape
    result = torch.zeros(x.shape[0], x.shape[0], dtype=torch.bool)
    for t in range(shape[0]):
        for j in range(shape[1]):
            v = torch.zeros(shape, dtype=x.dtype)
            v[t, j] = 1.0
            result[t] += vjp(layer, x, v)[1].abs().amax(-1) > 0
    return result


def right_row_by_row(layer, x):
    """A Jacobian for each output row in a comprehension."""
    rows = [jacobian(lambda z: layer(z)[t], x).ne(0).any(-1).any(0) for t in range(len(x))]
    return torch.stack(rows)


def right_numpy(layer, x):
    """NumPy's any over two axes."""
    derivatives = jacobian(layer, x).numpy()
    return torch.from_numpy(np.any(derivatives != 0, axis=(1, 3)))


def right_permute_flatten(layer, x):
    """Brings both token axes to the front and flattens the rest."""
    derivatives = jacobian(layer, x).permute(0, 2, 1, 3)
    return derivatives.flatten(2).bool().any(dim=-1)


def right_einsum(layer, x):
    """Einsum over the sizes of the derivatives."""
    sizes = torch.einsum("tjsi->ts", jacobian(layer, x).abs())
    return sizes > 0


def right_amax(layer, x):
    """The largest size of the derivatives must not be zero."""
    d = torch.abs(jacobian(layer, x))
    return ~(d.amax(dim=(1, 3)) == 0)


def right_one_input_row(layer, x):
    """Makes a function of one input token alone, the others stand still: gives the columns."""
    columns = []
    for s in range(x.shape[0]):

        def of_one(row, s=s):
            return layer(torch.cat([x[:s].detach(), row[None], x[s + 1 :].detach()]))

        d = jacobian(of_one, x[s].detach())  # (tokens, hidden, hidden)
        columns.append(torch.count_nonzero(d, dim=(1, 2)) > 0)
    return torch.stack(columns, dim=1)


def right_vectorised_jacobian(layer, x):
    """The vectorised Jacobian, reshaped to two axes for each token."""
    d = jacobian(layer, x.detach(), vectorize=True)
    t = x.shape[0]
    touched = d.reshape(t, -1, t, x.shape[1]).transpose(1, 2) != 0
    return touched.reshape(t, t, -1).sum(-1).bool()


def right_set_of_pairs(layer, x):
    """Collects the pairs (output, input) in a set."""
    pairs = {(t, s) for t, _, s, _ in jacobian(layer, x).nonzero().tolist()}
    n = x.shape[0]
    return torch.tensor([[(t, s) in pairs for s in range(n)] for t in range(n)], dtype=torch.bool)


# ---------------------------------------------------------------- wrong
def wrong_sum_of_output(layer, x):
    """The derivative of the sum of an output: the sum may stand still."""
    rows = [jacobian(lambda z: layer(z)[t].sum(), x).ne(0).any(-1) for t in range(len(x))]
    return torch.stack(rows)


def wrong_sum_of_derivatives(layer, x):
    """Sums the signed derivatives over both hidden axes."""
    return jacobian(layer, x).sum(dim=(1, 3)) != 0


def wrong_sum_over_input_features(layer, x):
    """Sums the signed derivatives over the features of the input only."""
    return (jacobian(layer, x).sum(dim=3) != 0).any(dim=1)


def wrong_sum_of_all_outputs(layer, x):
    """One derivative of the sum of all outputs, the same row for all."""
    g = jacobian(lambda z: layer(z).sum(), x)
    return (g != 0).any(1)[None, :].repeat(x.shape[0], 1)


def wrong_transposed(layer, x):
    """Inputs as rows, outputs as columns."""
    return jacobian(layer, x).ne(0).any(3).any(1).T


def wrong_first_feature_only(layer, x):
    """Looks at the first number of each output only."""
    leaf = _leaf(x)
    out = layer(leaf)
    result = torch.zeros(len(x), len(x), dtype=torch.bool)
    for t in range(len(x)):
        (g,) = torch.autograd.grad(out[t, 0], leaf, retain_graph=True)
        result[t] = (g != 0).any(-1)
    return result


def wrong_grad_never_zeroed(layer, x):
    """.grad is not set back, so later rows keep what earlier rows found."""
    leaf = _leaf(x)
    out = layer(leaf)
    result = torch.zeros(len(x), len(x), dtype=torch.bool)
    for t in range(len(x)):
        for j in range(out.shape[1]):
            out[t, j].backward(retain_graph=True)
            result[t] |= (leaf.grad != 0).any(-1)
    return result


def wrong_positive_only(layer, x):
    """`> 0`: forgets negative derivatives."""
    return (jacobian(layer, x) > 0).any(3).any(1)


def wrong_all_for_any(layer, x):
    """Every feature must depend on every feature."""
    return (jacobian(layer, x) != 0).all(3).all(1)


def wrong_sizes_not_booleans(layer, x):
    """Loops with autograd.grad, all right, but gives the sizes of the derivatives instead of booleans."""
    leaf = _leaf(x)
    out = layer(leaf)
    sizes = torch.zeros(len(x), len(x), dtype=x.dtype)
    for t in range(len(x)):
        for j in range(out.shape[1]):
            (g,) = torch.autograd.grad(out[t, j], leaf, retain_graph=True)
            sizes[t] += g.abs().sum(-1)
    return sizes


def wrong_coarse_threshold(layer, x):
    """Holds all derivatives under 0.01 for zero."""
    return (jacobian(layer, x).abs() > 1e-2).any(3).any(1)


def wrong_not_on_itself(layer, x):
    """Leaves out the diagonal: 'on whom else'."""
    result = jacobian(layer, x).abs().sum((1, 3)) > 0
    return result & ~torch.eye(len(x), dtype=torch.bool)


def wrong_squares(layer, x):
    """The derivative of the sum of squares: zero where an output is 0 or keeps its length."""
    rows = [jacobian(lambda z: (layer(z)[t] ** 2).sum(), x).ne(0).any(-1) for t in range(len(x))]
    return torch.stack(rows)


def wrong_past_only(layer, x):
    """Takes for granted that the layer is causal: looks at s <= t only."""
    d = jacobian(layer, x)
    result = torch.zeros(len(x), len(x), dtype=torch.bool)
    for t in range(len(x)):
        for s in range(t + 1):
            result[t, s] = bool((d[t, :, s] != 0).any())
    return result


def wrong_shifts_a_whole_token(layer, x):
    """No derivatives: adds 1 to all features of a token, to which a layer that centres is blind."""
    base = layer(x)
    columns = []
    for s in range(len(x)):
        moved = x.clone()
        moved[s] += 1
        columns.append(((layer(moved) - base).abs() > 1e-6).any(-1))
    return torch.stack(columns, dim=1)


def wrong_reshape_for_permute(layer, x):
    """reshape where the axes should be permuted first."""
    n = x.shape[0]
    return (jacobian(layer, x).reshape(n, n, -1) != 0).any(-1)


def wrong_at_zero(layer, x):
    """Takes the derivatives at zeros, not at the input."""
    d = jacobian(layer, torch.zeros_like(x))
    return (d != 0).any(3).any(1)


def wrong_features_for_tokens(layer, x):
    """any over the token axes: a table of features, not of tokens."""
    d = jacobian(layer, x).numpy()
    return torch.from_numpy((d != 0).any(axis=2).any(axis=0))
