"""Attempts at rms_norm, written from the task's text alone."""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


# ---------------------------------------------------------------- right
def right_formula(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """The formula as it stands in the text."""
    mean_square = (hidden**2).mean(dim=-1, keepdim=True)
    return hidden / torch.sqrt(mean_square + epsilon) * weight


def right_rsqrt(hidden, weight, epsilon):
    """Multiplies with the reciprocal root."""
    return weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + epsilon)


def right_einsum(hidden, weight, epsilon):
    """Einsum for the sum of squares and for the product with the weight."""
    squares = torch.einsum("...d,...d->...", hidden, hidden) / hidden.shape[-1]
    factor = 1 / (squares + epsilon) ** 0.5
    return torch.einsum("...d,...,d->...d", hidden, factor, weight)


def right_vector_length(hidden, weight, epsilon):
    """The length of the vector, squared again."""
    d = hidden.size(-1)
    length = torch.linalg.vector_norm(hidden, dim=-1, keepdim=True)
    return hidden * weight * math.sqrt(d) / (length**2 + d * epsilon).sqrt()


def right_variance_plus_mean(hidden, weight, epsilon):
    """The mean square is the variance plus the square of the mean."""
    variance, mean = torch.var_mean(hidden, dim=-1, correction=0, keepdim=True)
    return hidden / (variance + mean * mean + epsilon).sqrt() * weight


def right_rows_in_a_loop(hidden, weight, epsilon):
    """Flattens to rows, loops over them and gives back the shape."""
    d = hidden.shape[-1]
    rows = []
    for row in hidden.reshape(-1, d):
        rms = torch.sqrt(torch.sum(row * row) / d + epsilon)
        rows.append(row / rms * weight)
    return torch.stack(rows).reshape(hidden.shape)


def right_number_by_number(hidden, weight, epsilon):
    """A beginner's loops down to single numbers, which stay tensors so that gradients flow."""
    d = hidden.shape[-1]
    results = []
    for row in hidden.reshape(-1, d):
        total = 0
        for x in row:
            total = total + x * x
        root = (total / d + epsilon) ** 0.5
        for i in range(d):
            results.append(weight[i] * row[i] / root)
    return torch.stack(results).reshape(hidden.shape)


def right_recursion(hidden, weight, epsilon):
    """Axis by axis, until one vector is left."""
    if hidden.dim() > 1:
        return torch.stack([right_recursion(part, weight, epsilon) for part in hidden])
    return weight * hidden / torch.sqrt(hidden.dot(hidden) / len(hidden) + epsilon)


def right_matrix_product(hidden, weight, epsilon):
    """The mean as a product with a column of 1/d."""
    d = hidden.shape[-1]
    column = torch.full((d, 1), 1 / d, dtype=hidden.dtype)
    return hidden / (hidden.square() @ column + epsilon).sqrt() * weight


def right_double_and_back(hidden, weight, epsilon):
    """Computes in double precision, as Hugging Face does in single, and goes back."""
    x = hidden.double()
    x = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon)
    return (weight * x).to(hidden.dtype)


def right_mirror_image(hidden, weight, epsilon):
    """Puts -x behind x, so that the mean is 0 and a layer norm does the rest."""
    d = hidden.shape[-1]
    both = torch.cat([hidden, -hidden], dim=-1)
    return F.layer_norm(both, (2 * d,), eps=epsilon)[..., :d] * weight


def right_one_more_number(hidden, weight, epsilon):
    """epsilon as one more number of the vector, which then has length 1."""
    d = hidden.shape[-1]
    extra = torch.full_like(hidden[..., :1], math.sqrt(d * epsilon))
    return F.normalize(torch.cat([hidden, extra], -1), dim=-1, eps=0.0)[..., :-1] * d**0.5 * weight


def right_features_first(hidden, weight, epsilon):
    """Puts the axis of the numbers first and back again."""
    x = hidden.movedim(-1, 0)
    x = x / torch.sqrt(torch.mean(x * x, dim=0) + epsilon)
    return x.movedim(0, -1) * weight


def right_in_logarithms(hidden, weight, epsilon):
    """The root by exp and log."""
    log_rms = 0.5 * torch.log(hidden.square().mean(-1) + epsilon)
    return torch.mul(hidden, torch.exp(-log_rms).unsqueeze(-1)).mul(weight)


def right_own_module(hidden, weight, epsilon):
    """Writes a module with a forward, as model code looks."""

    class Norm(nn.Module):
        def forward(self, x):
            mean_square = torch.mean(torch.square(x), dim=-1, keepdim=True)
            return x * (mean_square + epsilon).pow(-0.5)

    return Norm()(hidden) * weight


def right_pooling(hidden, weight, epsilon):
    """Average pooling over a window that is as long as the vector."""
    d = hidden.shape[-1]
    rows = hidden.reshape(-1, 1, d)
    mean_square = F.avg_pool1d(rows**2, d)
    return (rows / (mean_square + epsilon).sqrt()).reshape(hidden.shape) * weight


def right_diagonal_weight(hidden, weight, epsilon):
    """The weight as a diagonal matrix."""
    d = hidden.shape[-1]
    root = ((hidden * hidden).sum(-1) / d + epsilon).sqrt()[..., None]
    return (hidden / root) @ torch.diag(weight)


def right_unbound(hidden, weight, epsilon):
    """Takes the vector apart along its last axis and stacks it again."""
    parts = hidden.unbind(-1)
    total = functools.reduce(lambda s, x: s + x**2, parts, 0)
    root = torch.sqrt(total / len(parts) + epsilon)
    return torch.stack([x / root * w for x, w in zip(parts, weight)], dim=-1)


# ---------------------------------------------------------------- wrong
def wrong_layer_norm(hidden, weight, epsilon):
    """Subtracts the mean: a layer norm without a bias."""
    return F.layer_norm(hidden, (hidden.shape[-1],), weight, None, epsilon)


def wrong_centred_by_hand(hidden, weight, epsilon):
    """Subtracts the mean before the mean square is taken, from habit."""
    x = hidden - hidden.mean(-1, keepdim=True)
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon) * weight


def wrong_standard_deviation(hidden, weight, epsilon):
    """Does not subtract the mean, but divides by the standard deviation."""
    variance = hidden.var(-1, keepdim=True, correction=0)
    return hidden / torch.sqrt(variance + epsilon) * weight


def wrong_no_root(hidden, weight, epsilon):
    """Divides by the mean square."""
    return hidden / (hidden.square().mean(-1, keepdim=True) + epsilon) * weight


def wrong_epsilon_outside(hidden, weight, epsilon):
    """Adds epsilon to the root."""
    return hidden / (hidden.square().mean(-1, keepdim=True).sqrt() + epsilon) * weight


def wrong_no_epsilon(hidden, weight, epsilon):
    """epsilon is never used."""
    return hidden / hidden.square().mean(-1, keepdim=True).sqrt() * weight


def wrong_own_epsilon(hidden, weight, epsilon):
    """Writes the 1e-5 of the text where the argument belongs."""
    return weight * hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + 1e-5)


def wrong_sum(hidden, weight, epsilon):
    """The sum of the squares where their mean is due: vectors of length 1."""
    return hidden / torch.sqrt((hidden**2).sum(-1, keepdim=True) + epsilon) * weight


def wrong_normalize(hidden, weight, epsilon):
    """The library's normalize gives length 1, not mean square 1."""
    return F.normalize(hidden, dim=-1, eps=epsilon) * weight


def wrong_first_axis(hidden, weight, epsilon):
    """Takes the mean over the first axis."""
    return hidden / torch.sqrt(hidden.square().mean(0, keepdim=True) + epsilon) * weight


def wrong_whole_tensor(hidden, weight, epsilon):
    """One mean square for all vectors together."""
    return hidden / torch.sqrt(hidden.square().mean() + epsilon) * weight


def wrong_no_weight(hidden, weight, epsilon):
    """Forgets the weight."""
    return hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon)


def wrong_one_plus_weight(hidden, weight, epsilon):
    """Multiplies with 1 + weight, as Gemma does."""
    return hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon) * (1 + weight)


def wrong_weight_first(hidden, weight, epsilon):
    """Multiplies with the weight first, and norms that."""
    x = hidden * weight
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon)


def wrong_weight_added(hidden, weight, epsilon):
    """Adds the weight as if it were a bias."""
    return hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon) + weight


def wrong_weight_as_matrix_product(hidden, weight, epsilon):
    """@ where * is meant: one number is left of each vector."""
    return (hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon)) @ weight


def wrong_no_keepdim(hidden, weight, epsilon):
    """Without keepdim, so it fits a single vector only."""
    return hidden / torch.sqrt(hidden.square().mean(-1) + epsilon) * weight


def wrong_mean_of_sizes(hidden, weight, epsilon):
    """The mean of the absolute values: the root of each square, then the mean."""
    return hidden / (hidden.square().sqrt().mean(-1, keepdim=True) + epsilon) * weight


def wrong_square_of_the_mean(hidden, weight, epsilon):
    """The square of the mean for the mean of the squares."""
    return hidden / torch.sqrt(hidden.mean(-1, keepdim=True) ** 2 + epsilon) * weight


def wrong_multiplied(hidden, weight, epsilon):
    """Multiplies with the root where it should divide."""
    return hidden * torch.sqrt(hidden.square().mean(-1, keepdim=True) + epsilon) * weight


def wrong_numpy(hidden, weight, epsilon):
    """In NumPy: the numbers are right, and no gradient flows."""
    x = hidden.detach().numpy()
    x = x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + epsilon)
    return torch.from_numpy(x * weight.detach().numpy())


def wrong_no_grad(hidden, weight, epsilon):
    """Switches gradients off while it computes."""
    with torch.no_grad():
        return weight * hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon)


def wrong_root_as_a_constant(hidden, weight, epsilon):
    """The root is detached: right numbers, but the gradient lacks the part through it."""
    root = torch.sqrt(hidden.square().mean(-1, keepdim=True) + epsilon).detach()
    return hidden / root * weight


def wrong_in_place(hidden, weight, epsilon):
    """Changes the caller's vectors."""
    root = torch.sqrt(hidden.square().mean(-1, keepdim=True) + epsilon)
    hidden.data /= root.data
    return hidden * weight


def wrong_library(hidden, weight, epsilon):
    """The library function that the task forbids."""
    return F.rms_norm(hidden, (hidden.shape[-1],), weight, epsilon)


def wrong_d_minus_one(hidden, weight, epsilon):
    """Divides the sum of squares by d - 1, as for a variance."""
    n = max(hidden.shape[-1] - 1, 1)
    return hidden / torch.sqrt((hidden**2).sum(-1, keepdim=True) / n + epsilon) * weight


def wrong_clamped(hidden, weight, epsilon):
    """epsilon as the least mean square, not added."""
    return hidden / hidden.square().mean(-1, keepdim=True).clamp(min=epsilon).sqrt() * weight


def wrong_returns_the_root(hidden, weight, epsilon):
    """Returns what to divide by."""
    return torch.sqrt(hidden.square().mean(-1, keepdim=True) + epsilon)


def wrong_prints(hidden, weight, epsilon):
    """Prints where it should return."""
    print(hidden / torch.sqrt(hidden.square().mean(-1, keepdim=True) + epsilon) * weight)


def wrong_first_vector_only(hidden, weight, epsilon):
    """The return stands inside the loop."""
    for row in hidden.reshape(-1, hidden.shape[-1]):
        return row / torch.sqrt((row**2).mean() + epsilon) * weight


def right_steps(hidden, weight, epsilon):
    """Square, mean, root, divide, scale: a line for each."""
    squared = torch.square(hidden)
    mean = squared.mean(dim=-1)
    rms = torch.sqrt(mean + epsilon)
    return weight * (hidden / rms.unsqueeze(-1))


def right_norm_and_hypot(hidden, weight, epsilon):
    """The root of a sum of two squares is a hypotenuse."""
    rms = hidden.norm(dim=-1, keepdim=True) / math.sqrt(hidden.shape[-1])
    return hidden / torch.hypot(rms, torch.full_like(rms, math.sqrt(epsilon))) * weight


def right_vmap(hidden, weight, epsilon):
    """For one vector, mapped over all."""

    def one(x):
        return x * weight * torch.rsqrt(x @ x / x.numel() + epsilon)

    return torch.func.vmap(one)(hidden.flatten(0, -2) if hidden.ndim > 1 else hidden[None]).view(hidden.shape)


def right_list_of_rows(hidden, weight, epsilon):
    """A list comprehension over rows."""
    rows = hidden.reshape(-1, hidden.shape[-1])
    done = [r.div((r.pow(2).sum().div(r.numel()).add(epsilon)).pow(0.5)).mul(weight) for r in rows]
    return torch.vstack(done).reshape(hidden.shape)


def right_gram(hidden, weight, epsilon):
    """Each vector times itself as a (1, d) by (d, 1) product."""
    square = hidden.unsqueeze(-2) @ hidden.unsqueeze(-1)  # (..., 1, 1)
    return hidden * weight / (square.squeeze(-1) / hidden.size(-1) + epsilon).sqrt()


def right_response_norm(hidden, weight, epsilon):
    """PyTorch's local response norm with a window wide enough for all channels."""
    d = hidden.shape[-1]
    size = 2 * d - 1
    rows = hidden.reshape(-1, d, 1)
    return F.local_response_norm(rows, size, alpha=size / d, beta=0.5, k=epsilon).reshape(hidden.shape) * weight


def wrong_mean_of_roots(hidden, weight, epsilon):
    """Root of each square plus epsilon, then the mean of these."""
    return weight * hidden / torch.sqrt(hidden**2 + epsilon).mean(-1, keepdim=True)


def wrong_epsilon_squared(hidden, weight, epsilon):
    """Thinks that epsilon has to be squared as well."""
    return weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + epsilon**2)


def wrong_epsilon_times_d(hidden, weight, epsilon):
    """Adds epsilon to each square and then sums, dividing only the squares."""
    d = hidden.shape[-1]
    return weight * hidden * torch.rsqrt((hidden.pow(2) / d + epsilon).sum(-1, keepdim=True))


def wrong_weight_divides(hidden, weight, epsilon):
    """The weight below the bar."""
    return hidden / (weight * torch.sqrt(hidden.pow(2).mean(-1, keepdim=True) + epsilon))


def wrong_tokens_axis(hidden, weight, epsilon):
    """Means over the tokens: dim=-2."""
    dim = -2 if hidden.ndim > 1 else 0
    return weight * hidden / torch.sqrt(hidden.pow(2).mean(dim, keepdim=True) + epsilon)


def wrong_precedence(hidden, weight, epsilon):
    """A bracket is missing: divides by the root of the mean square, then adds epsilon."""
    return weight * hidden / torch.sqrt(hidden.pow(2).mean(-1, keepdim=True)) + epsilon


def wrong_mean_instead_of_square(hidden, weight, epsilon):
    """The root of the mean, not of the mean square; abs so that there is a root."""
    return weight * hidden / torch.sqrt(hidden.mean(-1, keepdim=True).abs() + epsilon)


def wrong_torch_rms_norm(hidden, weight, epsilon):
    """The forbidden function under its other name."""
    return torch.rms_norm(hidden, [hidden.shape[-1]], weight, epsilon)


def wrong_largest(hidden, weight, epsilon):
    """Divides by the largest number of each vector."""
    return weight * hidden / (hidden.abs().amax(-1, keepdim=True) + epsilon)


def wrong_item(hidden, weight, epsilon):
    """Roots as Python numbers: nothing flows back through them."""
    rows = hidden.reshape(-1, hidden.shape[-1])
    roots = [math.sqrt(sum(x * x for x in r) / len(r) + epsilon) for r in rows.tolist()]
    return torch.stack([r / root * weight for r, root in zip(rows, roots)]).reshape(hidden.shape)


def wrong_new_tensor(hidden, weight, epsilon):
    """Right numbers in a fresh tensor, cut off from the inputs."""
    return torch.tensor((weight * hidden / torch.sqrt(hidden.pow(2).mean(-1, keepdim=True) + epsilon)).tolist(), dtype=hidden.dtype)


def wrong_half_of_the_vectors_axes(hidden, weight, epsilon):
    """Means over everything but the first axis."""
    dims = tuple(range(1, hidden.ndim)) or (0,)
    return weight * hidden / torch.sqrt(hidden.pow(2).mean(dims, keepdim=True) + epsilon)
