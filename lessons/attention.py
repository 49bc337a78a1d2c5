"""Attention: a soft look-up, with masks, in many heads, and what it costs (Vaswani et al. 2017, section 3.2).

Shapes and names throughout:

- `query` (..., queries, dim), `key` (..., keys, dim), `value` (..., keys, value_dim): the dots are any leading
  dimensions, such as (batch,) or (batch, heads);
- `weights` (..., queries, keys): one row for each query, not negative, with the sum 1 (or 0 if it may look nowhere);
- `mask` (..., queries, keys): boolean, **True where a query may look**. `F.scaled_dot_product_attention` agrees;
  `nn.MultiheadAttention` means the opposite.
"""

from __future__ import annotations

import math
from typing import Self

import torch
from torch import Tensor, nn

# --- the soft look-up -------------------------------------------------------------------------------------------------


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax over the last axis, among the allowed keys only; (..., queries, keys) -> the same shape.

    A row that may look nowhere gets zeros, and its gradient is zero: minus infinity in every place would give NaN.
    Raises ValueError if the mask is not boolean or does not fit.
    """
    if mask is None:
        return scores.softmax(-1)
    _check_mask(mask, scores.shape)
    nowhere = ~mask.any(-1, keepdim=True)  # (..., queries, 1)
    allowed = mask | nowhere  # such a row is computed as if all were allowed, and set to 0 afterwards
    return scores.masked_fill(~allowed, -math.inf).softmax(-1).masked_fill(nowhere, 0.0)


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(query keyᵀ / √dim) value, and the weights: (..., queries, value_dim) and (..., queries, keys).

    Vaswani et al. 2017, section 3.2.1, equation 1. Raises ValueError if shapes do not fit or the mask is not boolean.
    """
    _check_shapes(query, key, value)
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (..., queries, keys)
    weights = masked_softmax(scores, mask)
    return weights @ value, weights


# --- who may look where -----------------------------------------------------------------------------------------------


def causal_mask(n_queries: int, n_keys: int | None = None) -> Tensor:
    """True where a key is not in the query's future, (queries, keys).

    With more keys than queries the queries are the last ones: so it is when earlier keys were kept from before. (The
    `is_causal` of PyTorch's function aligns the first ones instead.) Raises ValueError for fewer keys than queries.
    """
    n_keys = n_queries if n_keys is None else n_keys
    if not 1 <= n_queries <= n_keys:
        raise ValueError(f"A causal mask needs 1 <= queries <= keys, not {n_queries} queries and {n_keys} keys.")
    return torch.ones(n_queries, n_keys, dtype=torch.bool).tril(n_keys - n_queries)


def padding_mask(attention_mask: Tensor) -> Tensor:
    """A tokenizer's mask (batch, tokens), 1 for a real token -> (batch, 1, tokens): no query may look at padding.

    The axis of size 1 stands for the queries: it is the *keys* that are hidden. Combine masks with `&`.
    Raises ValueError if it is not (batch, tokens) or holds anything but 0 and 1.
    """
    if attention_mask.ndim != 2:
        raise ValueError(f"The attention mask must be (batch, tokens), not {tuple(attention_mask.shape)}.")
    real = attention_mask == 1
    if not (real | (attention_mask == 0)).all():
        raise ValueError("The attention mask must hold 1 for real tokens and 0 for padding, and nothing else.")
    return real[:, None, :]


# --- many heads -------------------------------------------------------------------------------------------------------


def split_heads(vectors: Tensor, n_heads: int) -> Tensor:
    """(batch, tokens, hidden_size) -> (batch, heads, tokens, hidden_size / heads): head 0 gets the first numbers."""
    return vectors.unflatten(-1, (n_heads, -1)).transpose(-3, -2)


def merge_heads(vectors: Tensor) -> Tensor:
    """(batch, heads, tokens, head_dim) -> (batch, tokens, heads * head_dim): undoes `split_heads`."""
    return vectors.transpose(-3, -2).flatten(-2)


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own share of the numbers (Vaswani et al. 2017, section 3.2.2)."""

    def __init__(self, hidden_size: int, n_heads: int) -> None:
        """Raises ValueError if the heads cannot share hidden_size equally."""
        super().__init__()
        if n_heads < 1 or hidden_size < 1 or hidden_size % n_heads:
            raise ValueError(f"hidden_size {hidden_size} cannot be shared equally by {n_heads} heads.")
        self.n_heads = n_heads
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, hidden_size)

    @classmethod
    def from_torch(cls, theirs: nn.MultiheadAttention) -> Self:
        """One with a copy of the weights of PyTorch's. Raises ValueError if that has no biases, or parts that we lack.

        PyTorch keeps the three input maps in one matrix, one below the other.
        """
        plain = theirs.in_proj_weight is not None and theirs.in_proj_bias is not None and theirs.bias_k is None
        if not plain or theirs.add_zero_attn:
            raise ValueError("Only the ordinary nn.MultiheadAttention can be copied: one size, biases, no added keys.")
        ours = cls(theirs.embed_dim, theirs.num_heads).to(theirs.in_proj_weight)
        weights, biases = theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3)
        with torch.no_grad():
            for linear, weight, bias in zip((ours.query, ours.key, ours.value), weights, biases, strict=True):
                linear.weight.copy_(weight)
                linear.bias.copy_(bias)
        ours.output.load_state_dict(theirs.out_proj.state_dict())
        return ours

    def forward(
        self, query: Tensor, key: Tensor | None = None, value: Tensor | None = None, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, queries, hidden_size) -> the same, and the weights of every head (batch, heads, queries, keys).

        Without `key` the tokens look at each other (self-attention); without `value` the keys are the values. The mask
        is (queries, keys), or (batch, queries or 1, keys), the same for all heads. Raises ValueError for other shapes.
        """
        key = query if key is None else key
        value = key if value is None else value
        if mask is not None:
            if mask.ndim not in (2, 3):
                raise ValueError(f"The mask must be (queries, keys) or (batch, queries, keys), not {_shape(mask)}.")
            mask = mask.unsqueeze(-3)  # an axis for the heads
        queries = split_heads(self.query(query), self.n_heads)  # (batch, heads, queries, head_dim)
        keys = split_heads(self.key(key), self.n_heads)  # (batch, heads, keys, head_dim)
        values = split_heads(self.value(value), self.n_heads)
        mixed, weights = scaled_dot_product_attention(queries, keys, values, mask)
        return self.output(merge_heads(mixed)), weights


# --- checks -----------------------------------------------------------------------------------------------------------


def _shape(tensor: Tensor) -> str:
    return str(tuple(tensor.shape))


def _check_shapes(query: Tensor, key: Tensor, value: Tensor) -> None:
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise ValueError("query, key and value need two axes or more: (..., tokens, dim).")
    if query.shape[-1] != key.shape[-1] or query.shape[-1] == 0:
        raise ValueError(f"Queries and keys need the same dim: query {_shape(query)}, key {_shape(key)}.")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(f"Every key needs one value: key {_shape(key)}, value {_shape(value)}.")


def _check_mask(mask: Tensor, shape: torch.Size) -> None:
    if mask.dtype != torch.bool:
        raise ValueError(f"The mask must be boolean, True where a query may look; this one holds {mask.dtype}.")
    try:
        fits = torch.broadcast_shapes(mask.shape, shape) == shape
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(f"The mask {_shape(mask)} does not fit the scores {tuple(shape)}: (..., queries, keys).")
