import math

import torch
import torch.nn.functional as F
from torch import Tensor


def right_three_lines_b(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The textbook, in three lines."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores.softmax(dim=-1)
    return weights @ value


def right_library_b(query, key, value):
    """The function that torch has for it."""
    return F.scaled_dot_product_attention(query, key, value)


def right_einsum_b(query, key, value):
    """einsum with an ellipsis."""
    dim = query.size(-1)
    scores = torch.einsum("...qd,...kd->...qk", query, key) * dim ** -0.5
    return torch.einsum("...qk,...kv->...qv", torch.softmax(scores, dim=-1), value)


def right_none_b(query, key, value):
    """Broadcasting with None instead of any matrix product."""
    scores = (query[..., :, None, :] * key[..., None, :, :]).sum(-1)
    weights = F.softmax(scores / query.shape[-1] ** 0.5, dim=-1)
    return (weights[..., None] * value[..., None, :, :]).sum(-2)


def right_own_softmax_b(query, key, value):
    """Softmax by hand with the maximum taken off, scaling shared by query and key."""
    root = query.shape[-1] ** 0.25
    scores = torch.matmul(query / root, (key / root).mT)
    scores = scores - scores.amax(dim=-1, keepdim=True)
    numerators = torch.exp(scores)
    weights = numerators / numerators.sum(dim=-1, keepdim=True)
    return torch.matmul(weights, value)


def right_query_loop_b(query, key, value):
    """Beginner: one query at a time, collected in a list."""
    rows = []
    dim = query.shape[-1]
    for i in range(query.shape[-2]):
        one = query[..., i, :]                                # (..., dim)
        scores = (key * one.unsqueeze(-2)).sum(dim=-1)        # (..., keys)
        scores = scores / math.sqrt(dim)
        weights = torch.softmax(scores, dim=-1)
        mixed = (weights.unsqueeze(-1) * value).sum(dim=-2)   # (..., value_dim)
        rows.append(mixed)
    return torch.stack(rows, dim=-2)


def right_recursive_b(query, key, value):
    """Recursive: peels off the leading dimensions one by one, logsumexp at the bottom."""
    def go(q, k, v):
        if q.dim() > 2:
            return torch.stack([go(a, b, c) for a, b, c in zip(q, k, v)])
        scores = q @ k.T / math.sqrt(q.shape[1])
        return torch.exp(scores - torch.logsumexp(scores, dim=1, keepdim=True)) @ v
    return go(query, key, value)


def wrong_no_scale_b(query, key, value):
    """Scaling forgotten."""
    scores = query @ key.transpose(-2, -1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ value


def wrong_by_dim_b(query, key, value):
    """Divides by dim, not by its root."""
    dim = query.shape[-1]
    return F.softmax(query @ key.transpose(-1, -2) / dim, dim=-1) @ value


def wrong_softmax_axis_b(query, key, value):
    """Softmax over the queries."""
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
    weights = torch.softmax(scores, dim=-2)
    return torch.matmul(weights, value)


def wrong_softmax_dim_one_b(query, key, value):
    """dim=1 is right for a matrix only."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores.softmax(dim=1) @ value


def wrong_shape_one_b(query, key, value):
    """shape[1] is dim for a matrix, but the number of tokens in a batch."""
    d = query.shape[1]
    scores = query @ key.transpose(-2, -1) / d ** 0.5
    return scores.softmax(-1) @ value


def wrong_plain_t_b(query, key, value):
    """transpose(0, 1), fine without leading dimensions only."""
    scores = query @ key.transpose(0, 1) / math.sqrt(query.shape[-1])
    return scores.softmax(dim=-1) @ value


def wrong_reshape_b(query, key, value):
    """reshape for transpose."""
    *lead, n_keys, dim = key.shape
    key_t = key.reshape(*lead, dim, n_keys)
    weights = torch.softmax(query @ key_t / math.sqrt(dim), dim=-1)
    return weights @ value


def wrong_n_keys_b(query, key, value):
    """Root of the number of keys instead of dim."""
    scores = torch.einsum("...qd,...kd->...qk", query, key)
    scores = scores / math.sqrt(scores.shape[-1])
    return scores.softmax(dim=-1) @ value


def wrong_scale_late_b(query, key, value):
    """Scales the weights, after the softmax."""
    weights = (query @ key.transpose(-2, -1)).softmax(dim=-1)
    weights = weights / math.sqrt(query.shape[-1])
    return weights @ value


def wrong_bare_exp_b(query, key, value):
    """Softmax by hand without taking the maximum off: large scores give nan."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    e = torch.exp(scores)
    return (e / e.sum(-1, keepdim=True)) @ value


def wrong_rebuilt_tensor_b(query, key, value):
    """Goes through lists and builds a new tensor: right numbers, no gradient."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = torch.tensor(torch.softmax(scores, dim=-1).tolist(), dtype=value.dtype)
    return torch.tensor((weights @ value).tolist(), dtype=value.dtype)


def wrong_pair_b(query, key, value):
    """Returns the weights as well."""
    weights = torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1]), dim=-1)
    return weights @ value, weights
