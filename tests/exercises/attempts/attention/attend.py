import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right

def right_three_lines(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """As in the notebook."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    return weights @ value


def right_library(query, key, value):
    """PyTorch's own function."""
    return F.scaled_dot_product_attention(query, key, value)


def right_einsum(query, key, value):
    """Two einsums."""
    scores = torch.einsum("...qd,...kd->...qk", query, key) * query.size(-1) ** -0.5
    return torch.einsum("...qk,...kv->...qv", scores.softmax(-1), value)


def right_mt(query, key, value):
    """One line with .mT."""
    return (query @ key.mT / key.shape[-1] ** 0.5).softmax(dim=-1) @ value


def right_scale_query_first(query, key, value):
    """Scales the queries before multiplying."""
    dim = query.size(-1)
    scaled = query / math.sqrt(dim)
    return torch.matmul(F.softmax(torch.matmul(scaled, key.transpose(-1, -2)), dim=-1), value)


def right_scale_both(query, key, value):
    """Fourth root on both sides."""
    root = query.shape[-1] ** 0.25
    scores = (query / root) @ (key / root).transpose(-2, -1)
    return F.softmax(scores, -1) @ value


def right_softmax_by_hand(query, key, value):
    """Writes the softmax out, largest score subtracted."""
    scores = query.matmul(key.transpose(-2, -1)) / math.sqrt(key.size(-1))
    scores = scores - scores.max(dim=-1, keepdim=True).values
    e = torch.exp(scores)
    return (e / e.sum(dim=-1, keepdim=True)) @ value


def right_divide_at_the_end(query, key, value):
    """Mixes first and divides by the sum of the exponentials last."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return (e @ value) / e.sum(-1, keepdim=True)


def right_broadcasting(query, key, value):
    """Broadcasting with None, no matrix product."""
    scores = (query[..., :, None, :] * key[..., None, :, :]).sum(-1) / query.shape[-1] ** 0.5
    weights = scores.softmax(-1)
    return (weights[..., None] * value[..., None, :, :]).sum(-2)


def right_loop_over_queries(query, key, value):
    """One query after the other, written into a new tensor."""
    out = query.new_zeros(query.shape[:-1] + (value.shape[-1],))
    for i in range(query.shape[-2]):
        one = query[..., i : i + 1, :]
        scores = (one * key).sum(dim=-1) / math.sqrt(query.shape[-1])
        weights = torch.softmax(scores, dim=-1)
        out[..., i, :] = (weights.unsqueeze(-1) * value).sum(dim=-2)
    return out


def right_recursive(query, key, value):
    """Recursive over the leading dimensions."""
    if query.dim() > 2:
        parts = [right_recursive(q, k, v) for q, k, v in zip(query, key, value)]
        return torch.stack(parts)
    scores = query @ key.T / math.sqrt(query.shape[1])
    return torch.softmax(scores, dim=1) @ value


def right_bmm(query, key, value):
    """Flattens the leading dimensions, uses bmm, restores them."""
    lead = query.shape[:-2]
    q = query.reshape(-1, query.shape[-2], query.shape[-1])
    k = key.reshape(-1, key.shape[-2], key.shape[-1])
    v = value.reshape(-1, value.shape[-2], value.shape[-1])
    weights = torch.softmax(torch.bmm(q, k.transpose(1, 2)) / math.sqrt(q.shape[-1]), dim=2)
    return torch.bmm(weights, v).reshape(*lead, query.shape[-2], value.shape[-1])


def wrong_numpy(query, key, value):
    """NumPy and back: no gradient flows."""
    q, k, v = (x.detach().cpu().numpy() for x in (query, key, value))
    scores = q @ np.swapaxes(k, -2, -1) / math.sqrt(q.shape[-1])
    scores = scores - scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return torch.from_numpy(weights @ v)


def _attend_lists(q, k, v):
    if isinstance(q[0][0], list):
        return [_attend_lists(a, b, c) for a, b, c in zip(q, k, v)]
    result = []
    for row in q:
        scores = [sum(x * y for x, y in zip(row, other)) / math.sqrt(len(row)) for other in k]
        biggest = max(scores)
        exps = [math.exp(s - biggest) for s in scores]
        total = sum(exps)
        result.append([sum(e * vec[c] for e, vec in zip(exps, v)) / total for c in range(len(v[0]))])
    return result


def wrong_plain_lists(query, key, value):
    """Plain Python lists and loops, made a tensor at the end: no gradient flows."""
    return torch.tensor(_attend_lists(query.tolist(), key.tolist(), value.tolist()), dtype=query.dtype)


def right_logsumexp(query, key, value):
    """Weights by way of their logarithms."""
    scores = torch.einsum("...id,...jd->...ij", query, key).div(query.shape[-1] ** 0.5)
    logs = scores - torch.logsumexp(scores, dim=-1, keepdim=True)
    return logs.exp() @ value


def right_library_own_scale(query, key, value):
    """PyTorch's function with the scaling done beforehand."""
    return F.scaled_dot_product_attention(query / math.sqrt(query.shape[-1]), key, value, scale=1.0)


def right_softmax_module(query, key, value):
    """nn.Softmax, swapaxes and checks."""
    assert query.shape[-1] == key.shape[-1], "queries and keys need the same size"
    assert key.shape[-2] == value.shape[-2], "as many keys as values"
    softmax = nn.Softmax(dim=-1)
    scores = torch.matmul(query, key.swapaxes(-1, -2))
    scores = scores.div(math.sqrt(query.shape[-1]))
    return softmax(scores).matmul(value)


def right_transposed(query, key, value):
    """Everything transposed: keys in rows, softmax over axis -2."""
    scores = key @ query.transpose(-2, -1) / math.sqrt(key.shape[-1])
    weights = torch.softmax(scores, dim=-2)
    return (value.transpose(-2, -1) @ weights).transpose(-2, -1)


def right_double(query, key, value):
    """Calculates in double precision and goes back."""
    q, k, v = query.double(), key.double(), value.double()
    weights = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    return (weights @ v).to(query.dtype)


def right_online(query, key, value):
    """One key after the other with a running maximum."""
    best = torch.full_like(query[..., :1], -math.inf)
    total = torch.zeros_like(best)
    mixed = query.new_zeros(query.shape[:-1] + (value.shape[-1],))
    j = 0
    while j < key.shape[-2]:
        score = (query * key[..., j : j + 1, :]).sum(-1, keepdim=True) / query.shape[-1] ** 0.5
        new_best = torch.maximum(best, score)
        shrink = torch.exp(best - new_best)
        weight = torch.exp(score - new_best)
        total = total * shrink + weight
        mixed = mixed * shrink + weight * value[..., j : j + 1, :]
        best = new_best
        j += 1
    return mixed / total


# ---------------------------------------------------------------- wrong

def wrong_no_scaling(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Divisor forgotten."""
    return torch.softmax(query @ key.transpose(-2, -1), dim=-1) @ value


def wrong_divides_by_dim(query, key, value):
    """Divides by dim, root forgotten."""
    scores = query @ key.transpose(-2, -1) / query.shape[-1]
    return torch.softmax(scores, dim=-1) @ value


def wrong_softmax_over_queries(query, key, value):
    """Softmax over the wrong axis."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return torch.softmax(scores, dim=-2) @ value


def wrong_big_t(query, key, value):
    """.T turns all axes round (may raise with leading dimensions)."""
    scores = query @ key.T / math.sqrt(key.shape[-1])
    return scores.softmax(-1) @ value


def wrong_transpose_1_2(query, key, value):
    """Axes counted from the front: fits (batch, tokens, dim) only (raises with two axes)."""
    scores = query @ key.transpose(1, 2) / math.sqrt(query.shape[-1])
    return F.softmax(scores, dim=-1) @ value


def wrong_reshape(query, key, value):
    """reshape where transpose is needed."""
    turned = key.reshape(*key.shape[:-2], key.shape[-1], key.shape[-2])
    scores = query @ turned / math.sqrt(query.shape[-1])
    return torch.softmax(scores, dim=-1) @ value


def wrong_root_of_keys(query, key, value):
    """Divides by the root of the number of keys."""
    scores = query @ key.transpose(-2, -1)
    scores = scores / math.sqrt(scores.shape[-1])
    return scores.softmax(dim=-1) @ value


def wrong_root_of_value_dim(query, key, value):
    """Divides by the root of value_dim."""
    d = value.size(-1)
    return F.softmax(torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d), dim=-1).matmul(value)


def wrong_scales_after_softmax(query, key, value):
    """Divides the weights instead of the scores."""
    weights = torch.softmax(query @ key.transpose(-2, -1), dim=-1) / math.sqrt(query.shape[-1])
    return weights @ value


def wrong_multiplies(query, key, value):
    """Multiplies by the root."""
    scores = torch.einsum("...qd,...kd->...qk", query, key) * query.size(-1) ** 0.5
    return torch.einsum("...qk,...kv->...qv", scores.softmax(-1), value)


def wrong_hard_coded_eight(query, key, value):
    """Root of 64 as in the paper, hard-coded."""
    scores = query @ key.mT / 8
    return scores.softmax(-1) @ value


def wrong_dim_1(query, key, value):
    """Softmax over axis 1, right for two axes only."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return torch.softmax(scores, dim=1) @ value


def wrong_naive_exp(query, key, value):
    """Softmax by hand without subtracting the maximum: overflows."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    e = torch.exp(scores)
    return e / e.sum(dim=-1, keepdim=True) @ value


def wrong_no_exp(query, key, value):
    """Scores divided by their sum, no softmax."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    weights = scores / scores.sum(dim=-1, keepdim=True)
    return weights @ value


def wrong_mixes_keys(query, key, value):
    """Mixes the keys instead of the values."""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return torch.softmax(scores, dim=-1) @ key


def wrong_in_place(query, key, value):
    """Changes the queries of the caller."""
    with torch.no_grad():
        query /= math.sqrt(query.shape[-1])
    return torch.softmax(query @ key.transpose(-2, -1), dim=-1) @ value


def wrong_precedence(query, key, value):
    """dim ** 1 / 2 divides by dim and then by two."""
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 1 / 2
    return torch.softmax(scores, dim=-1) @ value


def wrong_causal(query, key, value):
    """Hides the future too, which nobody asked for."""
    return F.scaled_dot_product_attention(query, key, value, is_causal=True)
