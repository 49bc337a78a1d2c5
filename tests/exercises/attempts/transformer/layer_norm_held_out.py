import math
from math import sqrt

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


# ---------------------------------------------------------------- right

def right_loop_b(hidden, weight, bias, epsilon):
    """Beginner: plain loops over sentences, tokens and numbers, into a tensor of zeros."""
    batch, tokens, hidden_size = hidden.shape
    result = torch.zeros_like(hidden)
    for b in range(batch):
        for t in range(tokens):
            vector = hidden[b, t]
            total = 0.0
            for i in range(hidden_size):
                total = total + vector[i]
            mean = total / hidden_size
            squares = 0.0
            for i in range(hidden_size):
                squares = squares + (vector[i] - mean) ** 2
            variance = squares / hidden_size
            for i in range(hidden_size):
                result[b, t, i] = (vector[i] - mean) / (variance + epsilon) ** 0.5 * weight[i] + bias[i]
    return result


def right_functional_b(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    """Knows the library: F.layer_norm."""
    return F.layer_norm(hidden, (hidden.shape[-1],), weight, bias, epsilon)


def right_var_population_b(hidden, weight, bias, epsilon):
    """Textbook: mean, population variance, root."""
    mean = hidden.mean(dim=-1, keepdim=True)
    var = hidden.var(dim=-1, keepdim=True, unbiased=False)
    return weight * (hidden - mean) / torch.sqrt(var + epsilon) + bias


def right_einsum_b(hidden, weight, bias, epsilon):
    """Einsum fan: the sums by einsum, the axis back with None."""
    n = hidden.shape[-1]
    mean = torch.einsum("btd->bt", hidden) / n
    centred = hidden - mean[:, :, None]
    variance = torch.einsum("btd,btd->bt", centred, centred) / n
    scale = (variance + epsilon).rsqrt()
    return torch.einsum("btd,bt,d->btd", centred, scale, weight) + bias[None, None, :]


def right_var_mean_b(hidden, weight, bias, epsilon):
    """Library in one go: torch.var_mean, then addcmul."""
    var, mean = torch.var_mean(hidden, dim=2, correction=0, keepdim=True)
    normal = (hidden - mean) * torch.rsqrt(var + epsilon)
    return torch.addcmul(bias, normal, weight)


def right_flat_b(hidden, weight, bias, epsilon):
    """Flattens to a table of vectors first, columns last, back to the old shape at the end."""
    shape = hidden.size()
    columns = hidden.reshape(-1, shape[-1]).T
    columns = columns - columns.mean(0)
    columns = columns * ((columns ** 2).mean(0) + epsilon) ** -0.5
    return (columns.T * weight + bias).reshape(shape)


def _one_vector(vector, weight, bias, epsilon):
    centred = vector - sum(vector) / len(vector)
    variance = centred.dot(centred) / len(centred)
    return centred / torch.sqrt(variance + epsilon) * weight + bias


def right_comprehension_b(hidden, weight, bias, epsilon):
    """Helper for one vector, two comprehensions, stacked; defensive about an empty batch."""
    if hidden.numel() == 0:
        return hidden * 1
    return torch.stack([
        torch.stack([_one_vector(vector, weight, bias, epsilon) for vector in sentence])
        for sentence in hidden
    ])


# ---------------------------------------------------------------- wrong

def wrong_unbiased_var_b(hidden, weight, bias, epsilon):
    """Takes torch's default variance, which divides by hidden_size - 1."""
    mean = hidden.mean(-1, keepdim=True)
    var = hidden.var(-1, keepdim=True)
    return (hidden - mean) / torch.sqrt(var + epsilon) * weight + bias


def wrong_annotated_std_b(hidden, weight, bias, epsilon):
    """Style of the Annotated Transformer: default std (n - 1), epsilon outside the root."""
    mean = hidden.mean(-1, keepdim=True)
    std = hidden.std(-1, keepdim=True)
    return weight * (hidden - mean) / (std + epsilon) + bias


def wrong_eps_outside_root_b(hidden, weight, bias, epsilon):
    """Right variance, but epsilon is added after the root."""
    centred = hidden - hidden.mean(-1, keepdim=True)
    std = (centred ** 2).mean(-1, keepdim=True).sqrt()
    return centred / (std + epsilon) * weight + bias


def wrong_dim1_b(hidden, weight, bias, epsilon):
    """Takes dim=1 for the vector's axis: mean and variance over the tokens."""
    mean = hidden.mean(dim=1, keepdim=True)
    var = hidden.var(dim=1, keepdim=True, unbiased=False)
    return (hidden - mean) / torch.sqrt(var + epsilon) * weight + bias


def wrong_whole_sentence_b(hidden, weight, bias, epsilon):
    """Normalises every sentence as a whole: over tokens and numbers together."""
    mean = hidden.mean(dim=(1, 2), keepdim=True)
    var = ((hidden - mean) ** 2).mean(dim=(1, 2), keepdim=True)
    return weight * ((hidden - mean) / (var + epsilon).sqrt()) + bias


def wrong_no_root_b(hidden, weight, bias, epsilon):
    """Divides by the variance, the root forgotten."""
    mean = hidden.mean(2, keepdim=True)
    var = hidden.var(2, unbiased=False, keepdim=True)
    normal = (hidden - mean) / (var + epsilon)
    return normal * weight + bias


def wrong_default_epsilon_b(hidden, weight, bias, epsilon):
    """F.layer_norm with its own default 1e-5: epsilon never passed on."""
    return F.layer_norm(hidden, hidden.shape[-1:], weight=weight, bias=bias)


def wrong_shift_first_b(hidden, weight, bias, epsilon):
    """Shifts before it scales: weight * (normal + bias)."""
    mean = hidden.mean(-1)[..., None]
    var = ((hidden - mean) ** 2).mean(-1)[..., None]
    normal = (hidden - mean) / (var + epsilon) ** 0.5
    return weight * (normal + bias)


def wrong_module_b(hidden, weight, bias, epsilon):
    """nn.LayerNorm with weight and bias copied in: no gradient reaches those that were given."""
    norm = nn.LayerNorm(hidden.shape[-1], eps=epsilon, dtype=hidden.dtype)
    with torch.no_grad():
        norm.weight.copy_(weight)
        norm.bias.copy_(bias)
    return norm(hidden)


def wrong_item_loop_b(hidden, weight, bias, epsilon):
    """Loops with .item(): mean and variance become constants for the gradient."""
    result = torch.zeros_like(hidden)
    for b in range(hidden.shape[0]):
        for t in range(hidden.shape[1]):
            vector = hidden[b, t]
            mean = vector.mean().item()
            variance = ((vector - mean) ** 2).mean().item()
            result[b, t] = (vector - mean) / math.sqrt(variance + epsilon) * weight + bias
    return result


def wrong_keepdim_missing_b(hidden, weight, bias, epsilon):
    """keepdim forgotten: the means do not line up with their vectors (mostly an error)."""
    mean = hidden.mean(dim=-1)
    var = hidden.var(dim=-1, unbiased=False)
    return (hidden - mean) / torch.sqrt(var + epsilon) * weight + bias


def wrong_in_place_b(hidden, weight, bias, epsilon):
    """Centres the caller's tensor in place."""
    hidden -= hidden.mean(-1, keepdim=True)
    variance = (hidden * hidden).mean(-1, keepdim=True)
    return hidden / torch.sqrt(variance + epsilon) * weight + bias
