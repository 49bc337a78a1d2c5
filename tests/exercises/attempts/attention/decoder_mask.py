import itertools

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right

def right_tril_and(attention_mask: Tensor) -> Tensor:
    """Triangle and padding of the keys."""
    n = attention_mask.shape[1]
    causal = torch.tril(torch.ones(n, n, dtype=torch.bool))
    return causal & attention_mask.bool()[:, None, :]


def right_triple_loop(attention_mask):
    """Beginner: three loops."""
    batch, tokens = attention_mask.shape
    result = torch.zeros(batch, tokens, tokens, dtype=torch.bool)
    for b in range(batch):
        for q in range(tokens):
            for k in range(tokens):
                if k <= q and attention_mask[b, k] == 1:
                    result[b, q, k] = True
    return result


def right_arange(attention_mask):
    """Compares positions by broadcasting."""
    position = torch.arange(attention_mask.size(1))
    return (position[None, :, None] >= position[None, None, :]) & (attention_mask[:, None, :] != 0)


def right_where(attention_mask):
    """torch.where."""
    n = attention_mask.shape[-1]
    future = torch.ones(n, n).triu(1).bool()
    return torch.where(future, False, attention_mask.unsqueeze(1).bool())


def right_product(attention_mask):
    """Multiplies numbers and makes booleans last."""
    n = attention_mask.shape[1]
    causal = torch.tril(torch.ones(n, n))
    return (causal.unsqueeze(0) * attention_mask.unsqueeze(1)) > 0.5


def right_not_future(attention_mask):
    """logical_and with the negated future."""
    _, n = attention_mask.shape
    future = torch.triu(torch.ones((n, n), dtype=torch.bool), diagonal=1)
    real = attention_mask == 1
    return torch.logical_and(~future, real.unsqueeze(-2))


def right_comprehension(attention_mask):
    """Nested comprehension over lists."""
    b, n = attention_mask.shape
    rows = [[[k <= q and m == 1 for k, m in enumerate(text)] for q in range(n)] for text in attention_mask.tolist()]
    return torch.tensor(rows, dtype=torch.bool).reshape(b, n, n)


def right_einsum(attention_mask):
    """einsum of padding and triangle."""
    n = attention_mask.shape[1]
    causal = torch.ones(n, n).tril()
    return torch.einsum("bk,qk->bqk", attention_mask.float(), causal).bool()


def right_numpy(attention_mask):
    """NumPy and back."""
    real = attention_mask.numpy() == 1
    n = real.shape[1]
    return torch.from_numpy(np.tril(np.ones((n, n), dtype=bool))[None] & real[:, None, :])


def right_expand_tril(attention_mask):
    """Repeats the row for every query, then cuts the future off."""
    n = attention_mask.shape[1]
    return attention_mask[:, None, :].repeat(1, n, 1).tril().bool()


def right_masked_fill(attention_mask):
    """Triangle for all, then erases the padding."""
    batch, n = attention_mask.shape
    mask = torch.tril(torch.ones(n, n, dtype=torch.bool)).repeat(batch, 1, 1)
    return mask.masked_fill((attention_mask == 0)[:, None, :], False)


def right_columns(attention_mask):
    """Per text: sets the columns of the padding to False."""
    batch, n = attention_mask.shape
    result = torch.ones(batch, n, n, dtype=torch.bool).tril()
    for b in range(batch):
        result[b, :, attention_mask[b] == 0] = False
    return result


def right_rows(attention_mask):
    """Row i is the beginning of the attention mask."""
    batch, n = attention_mask.shape
    result = torch.zeros(batch, n, n, dtype=torch.bool)
    for i in range(n):
        result[:, i, : i + 1] = attention_mask[:, : i + 1] == 1
    return result


def right_pad(attention_mask):
    """Cuts each row and pads it with False."""
    n = attention_mask.shape[1]
    real = attention_mask.to(torch.bool)
    return torch.stack([F.pad(real[:, : i + 1], (0, n - 1 - i), value=False) for i in range(n)], dim=1)


def right_stack_texts(attention_mask):
    """One text after the other, stacked."""
    masks = []
    for text in attention_mask:
        n = len(text)
        causal = torch.arange(n)[:, None] >= torch.arange(n)
        masks.append(causal & text.bool())
    return torch.stack(masks)


def right_cumsum(attention_mask):
    """Counts real tokens: a real key is no later when its count is no larger."""
    real = attention_mask.bool()
    count = real.long().cumsum(dim=1)
    return (count[:, None, :] <= count[:, :, None]) & real[:, None, :]


def right_tril_indices(attention_mask):
    """Fills the places of the lower triangle."""
    batch, n = attention_mask.shape
    q, k = torch.tril_indices(n, n)
    result = torch.zeros(batch, n, n, dtype=torch.bool)
    result[:, q, k] = attention_mask.bool()[:, k]
    return result


def right_itertools(attention_mask):
    """Pairs from itertools, while loop over the texts."""
    batch, n = attention_mask.shape
    result = torch.full((batch, n, n), False)
    b = 0
    while b < batch:
        for k, q in itertools.combinations_with_replacement(range(n), 2):
            result[b, q, k] = bool(attention_mask[b, k])
        b += 1
    return result


# ---------------------------------------------------------------- wrong

def wrong_causal_only(attention_mask: Tensor) -> Tensor:
    """Padding forgotten."""
    batch, n = attention_mask.shape
    return torch.tril(torch.ones(n, n, dtype=torch.bool)).expand(batch, n, n)


def wrong_padding_only(attention_mask):
    """Future forgotten."""
    batch, n = attention_mask.shape
    return attention_mask.bool()[:, None, :].expand(batch, n, n)


def wrong_query_axis(attention_mask):
    """Padding on the axis of the queries."""
    n = attention_mask.shape[1]
    causal = torch.tril(torch.ones(n, n, dtype=torch.bool))
    return causal & attention_mask.bool()[:, :, None]


def wrong_both_axes(attention_mask):
    """Padding also forbidden to look (queries and keys)."""
    n = attention_mask.shape[1]
    real = attention_mask.bool()
    return torch.ones(n, n).tril().bool() & real[:, None, :] & real[:, :, None]


def wrong_or(attention_mask):
    """or instead of and."""
    n = attention_mask.shape[1]
    causal = torch.tril(torch.ones(n, n, dtype=torch.bool))
    return causal | attention_mask.bool()[:, None, :]


def wrong_strict(attention_mask):
    """Only earlier tokens, not the token itself."""
    position = torch.arange(attention_mask.shape[1])
    return (position[:, None] > position[None, :]) & (attention_mask[:, None, :] == 1)


def wrong_one_ahead(attention_mask):
    """Diagonal off by one: sees the next token."""
    n = attention_mask.shape[1]
    causal = torch.tril(torch.ones(n, n, dtype=torch.bool), diagonal=1)
    return causal & attention_mask.bool().unsqueeze(1)


def wrong_triu(attention_mask):
    """Upper triangle: looks into the future only."""
    n = attention_mask.shape[1]
    return torch.triu(torch.ones(n, n)).bool() & (attention_mask != 0)[:, None, :]


def wrong_padding_behind(attention_mask):
    """Counts real tokens and supposes that the padding stands behind."""
    n = attention_mask.shape[1]
    lengths = attention_mask.sum(dim=1)
    real = torch.arange(n)[None, :] < lengths[:, None]
    return torch.ones(n, n, dtype=torch.bool).tril() & real[:, None, :]


def wrong_padding_in_front(attention_mask):
    """Counts padding and supposes that it stands in front."""
    batch, n = attention_mask.shape
    result = torch.zeros(batch, n, n, dtype=torch.bool)
    for b in range(batch):
        start = n - int(attention_mask[b].sum())
        for q in range(n):
            for k in range(start, q + 1):
                result[b, q, k] = True
    return result


def wrong_inverted(attention_mask):
    """True where looking is forbidden."""
    n = attention_mask.shape[1]
    future = torch.triu(torch.ones(n, n, dtype=torch.bool), diagonal=1)
    return future | (attention_mask == 0)[:, None, :]


def wrong_keeps_diagonal(attention_mask):
    """Lets every token see itself, padding too."""
    n = attention_mask.shape[1]
    mask = torch.tril(torch.ones(n, n, dtype=torch.bool)) & attention_mask.bool()[:, None, :]
    return mask | torch.eye(n, dtype=torch.bool)


def wrong_extra_axis(attention_mask):
    """An axis for the heads: (batch, 1, queries, keys)."""
    n = attention_mask.shape[1]
    return torch.tril(torch.ones(n, n, dtype=torch.bool)) & attention_mask.bool()[:, None, None, :]


def wrong_additive(attention_mask):
    """0 and -inf to be added to the scores, not booleans."""
    n = attention_mask.shape[1]
    allowed = torch.tril(torch.ones(n, n, dtype=torch.bool)) & attention_mask.bool()[:, None, :]
    return torch.zeros(allowed.shape).masked_fill(~allowed, float("-inf"))


def wrong_first_text(attention_mask):
    """Padding of the first text for all texts."""
    batch, n = attention_mask.shape
    one = torch.tril(torch.ones(n, n, dtype=torch.bool)) & attention_mask[0].bool()
    return one.repeat(batch, 1, 1)


def wrong_repeat_mixed(attention_mask):
    """repeat and reshape: rows of different texts get mixed."""
    batch, n = attention_mask.shape
    real = attention_mask.bool().repeat(n, 1).reshape(batch, n, n)
    return real & torch.ones(n, n, dtype=torch.bool).tril()


def wrong_break_at_padding(attention_mask):
    """Stops at the first padding: nothing is left when it stands in front."""
    batch, n = attention_mask.shape
    result = torch.zeros(batch, n, n, dtype=torch.bool)
    for b in range(batch):
        for q in range(n):
            for k in range(q + 1):
                if attention_mask[b, k] == 0:
                    break
                result[b, q, k] = True
    return result


def wrong_changes_input(attention_mask):
    """Writes into a view, last query first: the caller's mask is changed."""
    batch, n = attention_mask.shape
    result = torch.zeros(batch, n, n, dtype=torch.bool)
    for b in range(batch):
        row = attention_mask[b]
        for q in reversed(range(n)):
            row[q + 1 :] = 0
            result[b, q] = row.bool()
    return result
