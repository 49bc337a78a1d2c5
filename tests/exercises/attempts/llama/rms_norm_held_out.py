"""Held-out attempts at rms_norm, by another hand, written from the task's text alone."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def right_vector_by_vector(hidden, weight, epsilon):
    """Beginner: all vectors in a list, one after the other, written into a new tensor."""
    dim = hidden.shape[-1]
    rows = hidden.reshape(-1, dim)
    out = torch.zeros_like(rows)
    for k in range(rows.shape[0]):
        mean_square = (rows[k] * rows[k]).sum() / dim
        out[k] = rows[k] / torch.sqrt(mean_square + epsilon) * weight
    return out.reshape(hidden.shape)


def right_dot_with_itself(hidden, weight, epsilon):
    """The sum of squares as a product of each vector with itself."""
    squares = (hidden.unsqueeze(-2) @ hidden.unsqueeze(-1)).squeeze(-1)  # (..., 1)
    return weight * hidden * (squares / hidden.shape[-1] + epsilon) ** -0.5


def right_variance_and_mean(hidden, weight, epsilon):
    """The mean square is the variance and the square of the mean."""
    variance = hidden.var(-1, correction=0, keepdim=True)
    mean = hidden.mean(-1, keepdim=True)
    return hidden / (variance + mean**2 + epsilon).sqrt() * weight


def right_column_by_column(hidden, weight, epsilon):
    """Adds up the squares number by number, then stacks the columns again."""
    dim = weight.shape[0]
    total = sum(hidden[..., i] ** 2 for i in range(dim))
    root = torch.sqrt(total / dim + epsilon)
    return torch.stack([hidden[..., i] / root * weight[i] for i in range(dim)], dim=-1)


def right_linear_map_of_squares(hidden, weight, epsilon):
    """A row of 1/dim as a linear map takes the mean of the squares."""
    dim = hidden.size(-1)
    averaging = torch.full((1, dim), 1 / dim, dtype=hidden.dtype)
    return torch.mul(hidden, weight) / F.linear(hidden.square(), averaging).add(epsilon).sqrt()


def right_below_one_root(hidden, weight, epsilon):
    """Multiplies the fraction by the root of dim above and below."""
    dim = hidden.shape[-1]
    below = torch.sqrt(torch.einsum("...i,...i->...", hidden, hidden) + dim * epsilon)
    return math.sqrt(dim) * weight * hidden / below[..., None]


def wrong_epsilon_on_the_sum(hidden, weight, epsilon):
    """epsilon goes to the sum of squares, before it is divided by dim."""
    total = hidden.square().sum(-1, keepdim=True) + epsilon
    return weight * hidden / (total / hidden.shape[-1]).sqrt()


def wrong_epsilon_behind_the_root(hidden, weight, epsilon):
    """epsilon goes to the root, not below it."""
    root = hidden.square().mean(-1, keepdim=True).sqrt()
    return weight * hidden / (root + epsilon)


def wrong_epsilon_at_least(hidden, weight, epsilon):
    """Takes epsilon for the least that the mean square may be."""
    return weight * hidden / hidden.square().mean(-1, keepdim=True).clamp(min=epsilon).sqrt()


def wrong_to_length_one(hidden, weight, epsilon):
    """Divides by the length, so the sum of squares becomes 1 and not their mean."""
    return weight * hidden / (hidden.square().sum(-1, keepdim=True) + epsilon).sqrt()


def wrong_weight_first(hidden, weight, epsilon):
    """Multiplies by the weight and then takes the norm of that."""
    hidden = hidden * weight
    return hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon)


def wrong_one_plus_weight(hidden, weight, epsilon):
    """As in Gemma, where the weight is stored less 1."""
    return (1 + weight) * hidden * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon)


def wrong_standard_deviation(hidden, weight, epsilon):
    """Leaves out the subtraction, but still divides by the standard deviation about the mean."""
    return weight * hidden / (hidden.var(-1, correction=0, keepdim=True) + epsilon).sqrt()


def wrong_mean_of_sizes(hidden, weight, epsilon):
    """The mean of the absolute values: a root of squares before the mean."""
    return weight * hidden / (hidden.square() + epsilon).sqrt().mean(-1, keepdim=True)


def wrong_first_axis(hidden, weight, epsilon):
    """The mean over the first axis: right for a single vector only."""
    return weight * hidden * torch.rsqrt(hidden.square().mean(0, keepdim=True) + epsilon)


def wrong_one_size_for_all(hidden, weight, epsilon):
    """One mean square for the whole tensor."""
    return weight * hidden * torch.rsqrt(hidden.square().mean() + epsilon)


def wrong_scale_held_fixed(hidden, weight, epsilon):
    """The numbers are right, but no gradient goes through the root."""
    with torch.no_grad():
        scale = torch.rsqrt(hidden.square().mean(-1, keepdim=True) + epsilon)
    return weight * hidden * scale


def wrong_module_with_copied_weight(hidden, weight, epsilon):
    """PyTorch's module, which the task rules out; its copied weight passes no gradient on either."""
    layer = nn.RMSNorm(hidden.shape[-1], eps=epsilon, dtype=hidden.dtype)
    with torch.no_grad():
        layer.weight.copy_(weight)
    return layer(hidden)


def wrong_scale_without_its_axis(hidden, weight, epsilon):
    """keepdim forgotten: an error, or in a square table the columns are divided in place of the rows."""
    return weight * hidden / (hidden.pow(2).mean(-1) + epsilon).sqrt()


def wrong_no_root(hidden, weight, epsilon):
    """Over the mean square itself."""
    return weight * hidden / (hidden.pow(2).mean(dim=-1, keepdim=True) + epsilon)
