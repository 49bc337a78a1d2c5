import math

import numpy as np
import torch
from torch import Tensor


# ---------------------------------------------------------------- right

def right_reshape_transpose(vectors: Tensor, n_heads: int) -> Tensor:
    """Reshape, then swap tokens and heads."""
    batch, tokens, hidden = vectors.shape
    return vectors.reshape(batch, tokens, n_heads, hidden // n_heads).transpose(1, 2)


def right_view_permute(vectors, n_heads):
    """view and permute."""
    b, t, h = vectors.size()
    return vectors.view(b, t, n_heads, h // n_heads).permute(0, 2, 1, 3).contiguous()


def right_unflatten(vectors, n_heads):
    """unflatten the last axis."""
    return vectors.unflatten(-1, (n_heads, vectors.shape[-1] // n_heads)).transpose(-3, -2)


def right_chunk(vectors, n_heads):
    """Chunks of the last axis, stacked."""
    return torch.stack(vectors.chunk(n_heads, dim=-1), dim=1)


def right_split(vectors, n_heads):
    """split by size."""
    size = vectors.shape[2] // n_heads
    return torch.stack(torch.split(vectors, size, dim=2), 1)


def right_slices(vectors, n_heads):
    """Beginner: slices in a loop."""
    size = vectors.shape[-1] // n_heads
    heads = []
    for h in range(n_heads):
        start = h * size
        end = start + size
        heads.append(vectors[:, :, start:end])
    return torch.stack(heads, dim=1)


def right_einsum(vectors, n_heads):
    """einsum only to name the axes."""
    batch, tokens, _ = vectors.shape
    return torch.einsum("bthd->bhtd", vectors.reshape(batch, tokens, n_heads, -1))


def wrong_numpy(vectors, n_heads):
    """NumPy and back: no gradient flows."""
    array = vectors.detach().numpy()
    b, t, h = array.shape
    array = np.swapaxes(array.reshape(b, t, n_heads, h // n_heads), 1, 2)
    return torch.from_numpy(np.ascontiguousarray(array))


def right_elements(vectors, n_heads):
    """Number by number with four loops."""
    b, t, hidden = vectors.shape
    size = hidden // n_heads
    out = vectors.new_zeros(b, n_heads, t, size)
    for i in range(b):
        for j in range(t):
            for h in range(n_heads):
                for d in range(size):
                    out[i, h, j, d] = vectors[i, j, h * size + d]
    return out


def right_fill_heads(vectors, n_heads):
    """Fills an empty tensor head by head, while loop."""
    b, t, hidden = vectors.shape
    size = hidden // n_heads
    out = torch.empty(b, n_heads, t, size, dtype=vectors.dtype)
    h = 0
    while h < n_heads:
        out[:, h] = vectors[..., h * size : (h + 1) * size]
        h += 1
    return out


def right_index(vectors, n_heads):
    """Indexing with a table of positions."""
    table = torch.arange(vectors.shape[-1]).reshape(n_heads, -1)
    return vectors[:, :, table].permute(0, 2, 1, 3)


def right_movedim(vectors, n_heads):
    """movedim, with a check."""
    *lead, hidden = vectors.shape
    assert hidden % n_heads == 0, "hidden size must be a multiple of the number of heads"
    return torch.movedim(vectors.reshape(*lead, n_heads, hidden // n_heads), 2, 1)


def right_dsplit(vectors, n_heads):
    """dsplit cuts the third axis."""
    return torch.stack(torch.dsplit(vectors, n_heads), 1)


def right_unfold(vectors, n_heads):
    """Windows that do not overlap."""
    size = vectors.shape[-1] // n_heads
    return vectors.unfold(-1, size, size).transpose(1, 2)


def right_flat_first(vectors, n_heads):
    """Flattens the texts first, clumsy."""
    b, t, hidden = vectors.shape
    d = int(hidden / n_heads)
    x = vectors.reshape(b * t, hidden)
    x = x.reshape(b * t, n_heads, d)
    x = x.reshape(b, t, n_heads, d)
    return x.swapaxes(1, 2)


def right_comprehension(vectors, n_heads):
    """Nested comprehension: texts outside, heads inside."""
    d = vectors.size(-1) // n_heads
    return torch.stack([torch.stack([text[:, i * d : i * d + d] for i in range(n_heads)]) for text in vectors])


def right_tensor_split(vectors, n_heads):
    """tensor_split, unsqueeze, cat."""
    parts = torch.tensor_split(vectors, n_heads, dim=-1)
    return torch.cat([part.unsqueeze(1) for part in parts], dim=1)


def right_transpose_first(vectors, n_heads):
    """Transposes before and after the reshape."""
    b, t, hidden = vectors.shape
    return vectors.transpose(1, 2).reshape(b, n_heads, hidden // n_heads, t).transpose(2, 3)


def right_recursive(vectors, n_heads):
    """First head, then the rest."""
    if n_heads == 1:
        return vectors[:, None]
    size = vectors.shape[-1] // n_heads
    first, rest = vectors[:, None, :, :size], vectors[:, :, size:]
    return torch.cat([first, right_recursive(rest, n_heads - 1)], dim=1)


# ---------------------------------------------------------------- wrong

def wrong_direct_reshape(vectors: Tensor, n_heads: int) -> Tensor:
    """Reshape straight to the final shape: tokens get mixed."""
    batch, tokens, hidden = vectors.shape
    return vectors.reshape(batch, n_heads, tokens, hidden // n_heads)


def wrong_no_transpose(vectors, n_heads):
    """Transpose forgotten: (batch, tokens, heads, size)."""
    batch, tokens, hidden = vectors.shape
    return vectors.view(batch, tokens, n_heads, hidden // n_heads)


def wrong_interleaved(vectors, n_heads):
    """Every n-th number for a head instead of the first ones."""
    return torch.stack([vectors[:, :, h::n_heads] for h in range(n_heads)], dim=1)


def wrong_heads_first(vectors, n_heads):
    """Heads before the batch."""
    return torch.stack(vectors.chunk(n_heads, dim=-1))


def wrong_size_before_tokens(vectors, n_heads):
    """Permutes too much: (batch, heads, size, tokens)."""
    b, t, h = vectors.shape
    return vectors.reshape(b, t, n_heads, h // n_heads).permute(0, 2, 3, 1)


def wrong_batch_times_heads(vectors, n_heads):
    """Merges batch and heads, as old code does."""
    b, t, h = vectors.shape
    x = vectors.reshape(b, t, n_heads, h // n_heads).transpose(1, 2)
    return x.reshape(b * n_heads, t, h // n_heads)


def wrong_size_64(vectors, n_heads):
    """Head size 64 hard-coded (raises where it does not fit)."""
    b, t, _ = vectors.shape
    return vectors.reshape(b, t, n_heads, 64).transpose(1, 2)


def wrong_splits_tokens(vectors, n_heads):
    """Shares out the tokens instead of the numbers (raises where they do not divide)."""
    return torch.stack(vectors.tensor_split(n_heads, dim=1), dim=1)


def wrong_last_head_first(vectors, n_heads):
    """Inserts at the front of the list: heads in reverse order."""
    size = vectors.shape[-1] // n_heads
    heads = []
    for h in range(n_heads):
        heads.insert(0, vectors[..., h * size : (h + 1) * size])
    return torch.stack(heads, dim=1)


def wrong_last_number_missing(vectors, n_heads):
    """End of the slice off by one."""
    size = vectors.shape[-1] // n_heads
    return torch.stack([vectors[:, :, h * size : (h + 1) * size - 1] for h in range(n_heads)], dim=1)


def wrong_list_of_heads(vectors, n_heads):
    """Tuple of heads, never stacked."""
    return vectors.chunk(n_heads, dim=-1)


def wrong_squeeze(vectors, n_heads):
    """squeeze also removes a batch of one, or a single head."""
    b, t, h = vectors.shape
    return vectors.reshape(b, t, n_heads, h // n_heads).transpose(1, 2).squeeze()


def wrong_heads_as_size(vectors, n_heads):
    """Number of heads taken for the size of a head."""
    b, t, h = vectors.shape
    return vectors.reshape(b, t, h // n_heads, n_heads).permute(0, 2, 1, 3)


def wrong_copies(vectors, n_heads):
    """Every head gets the whole vector."""
    return vectors.unsqueeze(1).repeat(1, n_heads, 1, 1)


def wrong_transpose_then_reshape(vectors, n_heads):
    """Transposes first and then reshapes to the final shape."""
    b, t, h = vectors.shape
    return vectors.transpose(1, 2).reshape(b, n_heads, t, h // n_heads)


def wrong_start_not_multiplied(vectors, n_heads):
    """Start h instead of h * size: the heads overlap."""
    size = vectors.shape[-1] // n_heads
    return torch.stack([vectors[:, :, h : h + size] for h in range(n_heads)], dim=1)


def wrong_rest_never_updated(vectors, n_heads):
    """The rest is never shortened: all heads equal head 0."""
    size = vectors.shape[-1] // n_heads
    rest = vectors
    heads = []
    while len(heads) < n_heads:
        head, _ = rest[..., :size], rest[..., size:]
        heads.append(head)
    return torch.stack(heads, dim=1)


def wrong_scaled(vectors, n_heads):
    """Divides by the root of the head size as well."""
    b, t, h = vectors.shape
    size = h // n_heads
    return vectors.reshape(b, t, n_heads, size).transpose(1, 2) / math.sqrt(size)
