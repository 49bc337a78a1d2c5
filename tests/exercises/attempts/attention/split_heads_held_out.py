import torch
from torch import Tensor


def right_reshape_transpose_b(vectors: Tensor, n_heads: int) -> Tensor:
    """reshape, then swap tokens and heads."""
    batch, tokens, hidden_size = vectors.shape
    return vectors.reshape(batch, tokens, n_heads, hidden_size // n_heads).transpose(1, 2)


def right_permute_b(vectors, n_heads):
    """view and permute in steps, contiguous at the end."""
    b, t, h = vectors.size()
    size = int(h / n_heads)
    x = vectors.view(b, t, n_heads, size)
    x = x.permute(0, 2, 1, 3)
    return x.contiguous()


def right_slices_b(vectors, n_heads):
    """Beginner: cuts out head after head."""
    size = vectors.shape[2] // n_heads
    heads = []
    start = 0
    while start < vectors.shape[2]:
        heads.append(vectors[:, :, start:start + size])
        start += size
    return torch.stack(heads, dim=1)


def right_chunk_b(vectors, n_heads):
    """chunk and stack."""
    return torch.stack(vectors.chunk(n_heads, dim=-1), dim=1)


def right_unflatten_b(vectors, n_heads):
    """unflatten and movedim."""
    size = vectors.shape[-1] // n_heads
    return vectors.unflatten(-1, (n_heads, size)).movedim(-2, 1)


def right_index_b(vectors, n_heads):
    """Indexing with a table: which numbers belong to which head."""
    hidden_size = vectors.shape[-1]
    table = torch.arange(hidden_size).reshape(n_heads, hidden_size // n_heads)
    return vectors[:, :, table].swapaxes(1, 2)


def right_loops_b(vectors, n_heads):
    """Clumsy loops over texts and heads, with comprehension for the tokens."""
    batch, tokens, hidden = vectors.shape
    size = hidden // n_heads
    texts = []
    for b in range(batch):
        heads = []
        for n in range(n_heads):
            heads.append(torch.stack([vectors[b, t, n * size:(n + 1) * size] for t in range(tokens)]))
        texts.append(torch.stack(heads))
    return torch.stack(texts)


def wrong_direct_reshape_b(vectors, n_heads):
    """Reshapes straight into the wanted shape."""
    batch, tokens, _ = vectors.shape
    return vectors.reshape(batch, n_heads, tokens, -1)


def wrong_reshape_for_transpose_b(vectors, n_heads):
    """Splits rightly, then reshapes where it should transpose."""
    b, t, h = vectors.shape
    size = h // n_heads
    x = vectors.reshape(b, t, n_heads, size)
    return x.reshape(b, n_heads, t, size)


def wrong_no_transpose_b(vectors, n_heads):
    """Transpose forgotten: tokens before heads."""
    batch, tokens, hidden_size = vectors.shape
    return vectors.view(batch, tokens, n_heads, hidden_size // n_heads)


def wrong_transpose_first_b(vectors, n_heads):
    """Transposes before it splits."""
    batch, tokens, hidden = vectors.shape
    return vectors.transpose(1, 2).reshape(batch, n_heads, tokens, hidden // n_heads)


def wrong_interleaved_b(vectors, n_heads):
    """Deals the numbers out like cards: head 0 gets every n_heads-th number."""
    return torch.stack([vectors[:, :, i::n_heads] for i in range(n_heads)], dim=1)


def wrong_sizes_swapped_b(vectors, n_heads):
    """Heads and their size in the wrong order."""
    batch, tokens, hidden = vectors.shape
    return vectors.reshape(batch, tokens, -1, n_heads).transpose(1, 2)


def wrong_wrong_swap_b(vectors, n_heads):
    """Swaps the last two axes, as one does with keys."""
    b, t, h = vectors.shape
    return vectors.view(b, t, n_heads, h // n_heads).permute(0, 2, 3, 1)


def wrong_stack_first_b(vectors, n_heads):
    """Stacks the heads in front of the batch."""
    return torch.stack(vectors.chunk(n_heads, dim=-1))


def wrong_cat_b(vectors, n_heads):
    """cat for stack: heads and tokens in one axis."""
    size = vectors.shape[-1] // n_heads
    return torch.cat(vectors.split(size, dim=-1), dim=1)


def wrong_windows_b(vectors, n_heads):
    """Starts at i, not at i * size: the heads overlap."""
    size = vectors.shape[-1] // n_heads
    heads = []
    for i in range(n_heads):
        heads.append(vectors[:, :, i:i + size])
    return torch.stack(heads, dim=1)


def wrong_numpy_b(vectors, n_heads):
    """Goes through NumPy with detach: right numbers, no gradient."""
    array = vectors.detach().numpy()
    batch, tokens, hidden = array.shape
    array = array.reshape(batch, tokens, n_heads, hidden // n_heads).transpose(0, 2, 1, 3)
    return torch.from_numpy(array.copy())


def wrong_head_size_32_b(vectors, n_heads):
    """Head size of MiniLM written in: an error for other sizes."""
    batch, tokens, _ = vectors.shape
    return vectors.reshape(batch, tokens, n_heads, 32).transpose(1, 2)
