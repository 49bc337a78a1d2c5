import math

import numpy as np
import torch
from torch import Tensor


def right_tril_b(attention_mask: Tensor) -> Tensor:
    """tril and the keys' axis."""
    tokens = attention_mask.shape[1]
    causal = torch.ones(tokens, tokens, dtype=torch.bool).tril()
    return causal & attention_mask.bool()[:, None, :]


def right_loops_b(attention_mask):
    """Beginner: three loops."""
    batch, tokens = attention_mask.shape
    result = torch.zeros(batch, tokens, tokens, dtype=torch.bool)
    for b in range(batch):
        for q in range(tokens):
            for k in range(tokens):
                if k <= q and attention_mask[b, k] == 1:
                    result[b, q, k] = True
    return result


def right_arange_b(attention_mask):
    """Broadcasting of positions."""
    position = torch.arange(attention_mask.size(-1))
    not_later = position[None, None, :] <= position[None, :, None]
    return torch.logical_and(not_later, (attention_mask != 0).unsqueeze(1))


def right_numpy_b(attention_mask):
    """NumPy, and back to a tensor."""
    real = attention_mask.numpy() == 1
    n = real.shape[1]
    both = np.tril(np.ones((n, n), dtype=bool))[None, :, :] & real[:, None, :]
    return torch.from_numpy(both)


def right_multiply_b(attention_mask):
    """Multiplies zeros and ones, booleans at the end."""
    n = attention_mask.shape[1]
    causal = torch.ones(n, n, dtype=torch.long).tril()
    return torch.einsum("qk,bk->bqk", causal, attention_mask.long()) == 1


def right_comprehension_b(attention_mask):
    """Nested comprehension over plain lists."""
    rows = attention_mask.tolist()
    return torch.tensor(
        [[[k <= q and row[k] == 1 for k in range(len(row))] for q in range(len(row))] for row in rows],
        dtype=torch.bool)


def right_cumsum_b(attention_mask):
    """Different algebra: a real key is not later if its running number is not larger."""
    number = attention_mask.cumsum(dim=1)
    real = attention_mask == 1
    return (number[:, None, :] <= number[:, :, None]) & real[:, None, :]


def wrong_query_axis_b(attention_mask):
    """Padding on the axis of the queries."""
    n = attention_mask.shape[1]
    causal = torch.tril(torch.ones(n, n, dtype=torch.bool))
    return causal & attention_mask.bool()[:, :, None]


def wrong_both_axes_b(attention_mask):
    """Hides the rows of padding tokens, too."""
    real = attention_mask.bool()
    n = real.shape[1]
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    return causal & real[:, None, :] & real[:, :, None]


def wrong_triu_b(attention_mask):
    """Upper triangle: shows the future and hides the past."""
    n = attention_mask.shape[1]
    causal = torch.triu(torch.ones(n, n)).bool()
    return causal[None] & (attention_mask == 1)[:, None]


def wrong_strict_b(attention_mask):
    """k < q: a token does not see itself."""
    batch, tokens = attention_mask.shape
    result = torch.zeros(batch, tokens, tokens, dtype=torch.bool)
    for b in range(batch):
        for q in range(tokens):
            for k in range(q):
                result[b, q, k] = attention_mask[b, k] == 1
    return result


def wrong_diagonal_one_b(attention_mask):
    """diagonal=1 with tril: one token of the future is seen."""
    n = attention_mask.shape[-1]
    causal = torch.tril(torch.ones(n, n), diagonal=1).bool()
    return causal & attention_mask.bool().unsqueeze(1)


def wrong_or_b(attention_mask):
    """Or where both conditions must hold."""
    n = attention_mask.shape[1]
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    return causal | attention_mask.bool()[:, None, :]


def wrong_inverted_b(attention_mask):
    """True where it is hidden."""
    n = attention_mask.shape[1]
    future = torch.triu(torch.ones(n, n, dtype=torch.bool), diagonal=1)
    padding = attention_mask == 0
    return future | padding[:, None, :]


def wrong_only_padding_b(attention_mask):
    """Forgets the future, just repeats the padding for each query."""
    batch, tokens = attention_mask.shape
    return attention_mask.bool()[:, None, :].expand(batch, tokens, tokens)


def wrong_padding_behind_b(attention_mask):
    """Counts the real tokens and takes the padding to stand behind."""
    n = attention_mask.shape[1]
    pos = torch.arange(n)
    lengths = attention_mask.sum(dim=1)
    causal = pos[None, :] <= pos[:, None]
    return causal[None] & (pos[None, None, :] < lengths[:, None, None])


def wrong_self_visible_b(attention_mask):
    """Lets every token see itself, padding as well, so that no row is empty."""
    n = attention_mask.shape[1]
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    both = causal & attention_mask.bool()[:, None, :]
    return both | torch.eye(n, dtype=torch.bool)


def wrong_no_new_axis_b(attention_mask):
    """New axis forgotten: an error, or a mask without a batch."""
    n = attention_mask.shape[1]
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    return causal & attention_mask.bool()


def wrong_additive_b(attention_mask):
    """Returns 0 and -inf to be added to scores, not booleans."""
    n = attention_mask.shape[1]
    both = torch.ones(n, n).tril().bool() & attention_mask.bool()[:, None, :]
    return torch.zeros(both.shape).masked_fill(~both, -math.inf)
