import math

import torch
import torch.nn.functional as F


def right_plain(query, key, value, past_keys, past_values):
    """Concatenate, scores, softmax, weighted mean."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    scores = query @ keys.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return F.softmax(scores, dim=-1) @ values, keys, values


def right_library(query, key, value, past_keys, past_values):
    """PyTorch's scaled_dot_product_attention, without a mask."""
    keys = torch.cat((past_keys, key), dim=-2)
    values = torch.cat((past_values, value), dim=-2)
    return F.scaled_dot_product_attention(query, keys, values), keys, values


def right_einsum(query, key, value, past_keys, past_values):
    """With einsum; the query is scaled before."""
    keys = torch.concatenate([past_keys, key], dim=1)
    values = torch.concatenate([past_values, value], dim=1)
    weights = torch.einsum("hqd,hkd->hqk", query * query.shape[-1] ** -0.5, keys).softmax(-1)
    return torch.einsum("hqk,hkd->hqd", weights, values), keys, values


def right_loop_over_heads(query, key, value, past_keys, past_values):
    """One head after the other, stacked at the end."""
    found, keys, values = [], [], []
    for h in range(query.shape[0]):
        k = torch.vstack([past_keys[h], key[h]])
        v = torch.vstack([past_values[h], value[h]])
        weights = torch.softmax(k @ query[h, 0] / k.shape[1] ** 0.5, dim=0)
        found.append((weights @ v)[None])
        keys.append(k)
        values.append(v)
    return torch.stack(found), torch.stack(keys), torch.stack(values)


def right_broadcast(query, key, value, past_keys, past_values):
    """Without matrix products: multiply with broadcasting and sum."""
    keys = torch.cat([past_keys, key], 1)
    values = torch.cat([past_values, value], 1)
    scores = (query * keys).sum(-1, keepdim=True) / math.sqrt(key.size(-1))
    weights = torch.exp(scores - scores.amax(1, keepdim=True))
    weights = weights / weights.sum(1, keepdim=True)
    return [(weights * values).sum(1, keepdim=True), keys, values]


def wrong_not_scaled(query, key, value, past_keys, past_values):
    """Forgets to divide by the root of dim."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.softmax(query @ keys.transpose(1, 2), dim=-1) @ values, keys, values


def wrong_divided_by_dim(query, key, value, past_keys, past_values):
    """Divides by dim, without the root."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.softmax(query @ keys.transpose(1, 2) / query.shape[-1], dim=-1) @ values, keys, values


def wrong_root_of_tokens(query, key, value, past_keys, past_values):
    """Divides by the root of the number of keys."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.softmax(query @ keys.transpose(1, 2) / keys.shape[1] ** 0.5, dim=-1) @ values, keys, values


def wrong_root_of_hidden_size(query, key, value, past_keys, past_values):
    """Divides by the root of heads times dim."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    heads, _, dim = query.shape
    return F.softmax(query @ keys.transpose(1, 2) / (heads * dim) ** 0.5, dim=-1) @ values, keys, values


def wrong_not_itself(query, key, value, past_keys, past_values):
    """Looks at the cache only, not at the new token itself."""
    weights = F.softmax(query @ past_keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1)
    found = weights @ past_values
    return found, torch.cat([past_keys, key], dim=1), torch.cat([past_values, value], dim=1)


def wrong_own_first(query, key, value, past_keys, past_values):
    """Puts the new key and value before the cache."""
    keys = torch.cat([key, past_keys], dim=1)
    values = torch.cat([value, past_values], dim=1)
    return F.softmax(query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1) @ values, keys, values


def wrong_concatenated_at_heads(query, key, value, past_keys, past_values):
    """torch.cat without dim: joins along the heads."""
    keys = torch.cat([past_keys, key])
    values = torch.cat([past_values, value])
    return F.softmax(query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1) @ values, keys, values


def wrong_softmax_axis(query, key, value, past_keys, past_values):
    """Softmax over the axis of the queries: with one query, all weights are 1."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.softmax(query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=1) @ values, keys, values


def wrong_no_softmax(query, key, value, past_keys, past_values):
    """Weights the values by the bare scores."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5 @ values, keys, values


def wrong_old_cache_returned(query, key, value, past_keys, past_values):
    """Returns the cache as it was, without the new token."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    found = F.softmax(query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1) @ values
    return found, past_keys, past_values


def wrong_only_found(query, key, value, past_keys, past_values):
    """Returns what the token finds, but no keys and values."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.softmax(query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1) @ values


def wrong_is_causal(query, key, value, past_keys, past_values):
    """is_causal=True: the single query then sees the first key only."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.scaled_dot_product_attention(query, keys, values, is_causal=True), keys, values


def wrong_transposed_by_t(query, key, value, past_keys, past_values):
    """keys.T turns all three axes around instead of the last two."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_values, value], dim=1)
    return F.softmax(query @ keys.T / query.shape[-1] ** 0.5, dim=-1) @ values, keys, values


def wrong_cache_of_keys_only(query, key, value, past_keys, past_values):
    """Takes the past keys for the values as well (copied line)."""
    keys = torch.cat([past_keys, key], dim=1)
    values = torch.cat([past_keys, value], dim=1)
    return F.softmax(query @ keys.transpose(1, 2) / query.shape[-1] ** 0.5, dim=-1) @ values, keys, values
