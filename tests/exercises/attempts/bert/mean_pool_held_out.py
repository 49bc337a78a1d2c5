import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


def right_unsqueeze_b(hidden, attention_mask):
    """The usual way: multiply by the mask, sum, divide by the count."""
    mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * mask).sum(dim=1) / mask.sum(dim=1)


def right_select_each_b(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """Sentence by sentence: picks the real rows and takes their mean."""
    rows = []
    for h, m in zip(hidden, attention_mask):
        rows.append(h[m == 1].mean(dim=0))
    return torch.stack(rows)


def right_einsum_b(hidden, attention_mask):
    """einsum with the mask, then broadcasting with None."""
    m = attention_mask.to(hidden.dtype)
    return torch.einsum("btd,bt->bd", hidden, m) / m.sum(1)[:, None]


def right_matmul_b(hidden, attention_mask):
    """Weights that add up to 1, and a matrix product."""
    weights = attention_mask.to(hidden.dtype)
    weights = weights / weights.sum(dim=1, keepdim=True)
    return torch.bmm(weights.unsqueeze(1), hidden).squeeze(1)


def right_plain_loops_b(hidden, attention_mask):
    """Beginner: two loops, total and count, nothing in place."""
    result = []
    for b in range(hidden.shape[0]):
        total = torch.zeros(hidden.shape[2], dtype=hidden.dtype)
        count = 0
        for t in range(hidden.shape[1]):
            if attention_mask[b, t] == 1:
                total = total + hidden[b, t]
                count += 1
        result.append(total / count)
    return torch.stack(result)


def right_where_b(hidden, attention_mask):
    """Defensive: torch.where puts zeros at padding, count clamped."""
    real = attention_mask.bool()[:, :, None]
    kept = torch.where(real, hidden, torch.zeros_like(hidden))
    count = attention_mask.sum(dim=-1, keepdim=True).clamp(min=1)
    return kept.sum(dim=-2) / count


def right_masked_fill_transposed_b(hidden, attention_mask):
    """Transposes to (batch, dim, tokens), fills with zeros, rescales the plain mean."""
    x = hidden.transpose(1, 2).masked_fill(attention_mask[:, None, :] == 0, 0.0)
    tokens = hidden.shape[1]
    return x.mean(dim=2) * (tokens / attention_mask.sum(dim=1).unsqueeze(1).to(hidden.dtype))


def wrong_plain_mean_b(hidden, attention_mask):
    """Ignores the mask."""
    return hidden.mean(dim=1)


def wrong_divide_by_all_b(hidden, attention_mask):
    """Masks, but then the mean divides by all places."""
    return (hidden * attention_mask[..., None]).mean(dim=1)


def wrong_right_padding_b(hidden, attention_mask):
    """Takes the first n vectors: right only for padding at the end."""
    lengths = attention_mask.sum(dim=1)
    return torch.stack([hidden[i, :int(n)].mean(dim=0) for i, n in enumerate(lengths)])


def wrong_sum_b(hidden, attention_mask):
    """Sum for mean."""
    return torch.einsum("bt,btd->bd", attention_mask.to(hidden.dtype), hidden)


def wrong_count_whole_batch_b(hidden, attention_mask):
    """Divides by the real tokens of the whole batch."""
    mask = attention_mask.unsqueeze(-1).float()
    return (hidden * mask).sum(1) / mask.sum()


def wrong_one_mean_for_all_b(hidden, attention_mask):
    """Boolean indexing loses the sentences: one mean, shape (dim,)."""
    return hidden[attention_mask.bool()].mean(dim=0)


def wrong_numpy_b(hidden, attention_mask):
    """Computes in NumPy: the gradient is cut off."""
    h = hidden.detach().numpy()
    m = attention_mask.numpy()[:, :, np.newaxis]
    return torch.from_numpy((h * m).sum(axis=1) / m.sum(axis=1)).to(hidden.dtype)


def wrong_in_place_b(hidden, attention_mask):
    """Sets padding to zero in the tensor that it was given."""
    hidden.data[attention_mask == 0] = 0
    return hidden.sum(dim=1) / attention_mask.sum(dim=1, keepdim=True)


def wrong_no_keepdim_b(hidden, attention_mask):
    """keepdim missing: an error, or a wrong broadcast when batch equals dim."""
    total = (hidden * attention_mask.unsqueeze(2)).sum(dim=1)
    return total / attention_mask.sum(dim=1)


def wrong_inverted_b(hidden, attention_mask):
    """masked_fill where the mask is 1: sums the padding and keeps the right count."""
    kept = hidden.masked_fill(attention_mask.unsqueeze(-1) == 1, 0.0)
    return kept.sum(dim=1) / attention_mask.sum(dim=1, keepdim=True)


def wrong_shape_keepdim_b(hidden, attention_mask):
    """keepdim everywhere: shape (batch, 1, dim)."""
    mask = attention_mask[:, :, None].to(hidden.dtype)
    return (hidden * mask).sum(dim=1, keepdim=True) / mask.sum(dim=1, keepdim=True)


def wrong_softmax_weights_b(hidden, attention_mask):
    """Softmax of the 0/1 mask as weights: padding keeps some weight."""
    weights = F.softmax(attention_mask.to(hidden.dtype), dim=1)
    return (weights[:, :, None] * hidden).sum(dim=1)
