import math
from functools import reduce

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


# ---------------------------------------------------------------- right

def right_sum_over_count(hidden, attention_mask):
    """The usual way: mask with a third axis, sum over count."""
    mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * mask).sum(dim=1) / mask.sum(dim=1)


def right_none_broadcast(hidden, attention_mask):
    """Broadcasting with None, keepdim for the count."""
    total = (hidden * attention_mask[:, :, None]).sum(1)
    return total / attention_mask.sum(1, keepdim=True)


def right_einsum(hidden, attention_mask):
    """einsum over tokens."""
    m = attention_mask.to(hidden.dtype)
    return torch.einsum("btd,bt->bd", hidden, m) / m.sum(dim=1)[:, None]


def right_matmul_weights(hidden, attention_mask):
    """Weights that sum to 1, then a matrix product (1, tokens) @ (tokens, dim)."""
    w = attention_mask.to(hidden.dtype)
    w = w / w.sum(dim=-1, keepdim=True)
    return (w.unsqueeze(1) @ hidden).squeeze(1)


def right_bmm_transposed(hidden, attention_mask):
    """bmm with the hidden states transposed."""
    m = attention_mask.to(hidden.dtype).unsqueeze(2)
    total = torch.bmm(hidden.transpose(1, 2), m).squeeze(2)
    return total / m.sum(dim=1)


def right_loop_boolean_index(hidden, attention_mask):
    """A loop over sentences; picks the rows by a Boolean mask."""
    rows = []
    for h, m in zip(hidden, attention_mask):
        rows.append(h[m == 1].mean(dim=0))
    return torch.stack(rows)


def right_double_loop(hidden, attention_mask):
    """A beginner's two loops with a total and a count."""
    result = torch.zeros(hidden.shape[0], hidden.shape[2], dtype=hidden.dtype)
    for b in range(hidden.shape[0]):
        total = torch.zeros(hidden.shape[2], dtype=hidden.dtype)
        count = 0
        for t in range(hidden.shape[1]):
            if attention_mask[b, t] == 1:
                total = total + hidden[b, t]
                count = count + 1
        result[b] = total / count
    return result


def right_masked_fill(hidden, attention_mask):
    """masked_fill puts zeros at the padding."""
    padding = (attention_mask == 0).unsqueeze(-1)
    zeroed = hidden.masked_fill(padding, 0.0)
    count = (~padding).sum(dim=1)
    return zeroed.sum(dim=1) / count


def right_where(hidden, attention_mask):
    """torch.where with a tensor of zeros."""
    real = attention_mask.bool()[..., None].expand_as(hidden)
    kept = torch.where(real, hidden, torch.zeros_like(hidden))
    return kept.sum(-2) / real.sum(-2)


def right_nanmean(hidden, attention_mask):
    """NaN at the padding, then nanmean."""
    with_nan = hidden.masked_fill(attention_mask.unsqueeze(-1) == 0, float("nan"))
    return with_nan.nanmean(dim=1)


def right_clamped_count(hidden, attention_mask):
    """As in sentence-transformers: expanded mask and a clamp against division by zero."""
    expanded = attention_mask.unsqueeze(-1).expand(hidden.size()).to(hidden.dtype)
    return torch.sum(hidden * expanded, 1) / torch.clamp(expanded.sum(1), min=1e-9)


def right_softmax_of_mask(hidden, attention_mask):
    """A softmax over 0 and minus infinity gives equal weights, as in attention."""
    scores = torch.zeros(attention_mask.shape, dtype=hidden.dtype)
    scores = scores.masked_fill(attention_mask == 0, -math.inf)
    weights = F.softmax(scores, dim=1)
    return torch.einsum("bt,btd->bd", weights, hidden)


def right_f_normalize(hidden, attention_mask):
    """F.normalize with p=1 makes the weights."""
    weights = F.normalize(attention_mask.to(hidden.dtype), p=1, dim=1)
    return (hidden * weights[:, :, None]).sum(1)


def right_index_add(hidden, attention_mask):
    """nonzero gives the places of real tokens; index_add sums them for each sentence."""
    b, t = attention_mask.nonzero(as_tuple=True)
    total = torch.zeros(hidden.shape[0], hidden.shape[2], dtype=hidden.dtype).index_add(0, b, hidden[b, t])
    count = torch.bincount(b, minlength=hidden.shape[0])
    return total / count.unsqueeze(1)


def right_running_mean(hidden, attention_mask):
    """A while loop with a running mean: mean + (x - mean) / n."""
    rows = []
    b = 0
    while b < len(hidden):
        mean = torch.zeros_like(hidden[b, 0])
        n = 0
        t = 0
        while t < hidden.shape[1]:
            if attention_mask[b][t]:
                n += 1
                mean = mean + (hidden[b][t] - mean) / n
            t += 1
        rows.append(mean)
        b += 1
    return torch.stack(rows, dim=0)


def right_reduce_gather(hidden, attention_mask):
    """Functional: list of places of real tokens, index_select, reduce."""
    def one(h, m):
        places = [i for i, x in enumerate(m.tolist()) if x != 0]
        chosen = torch.index_select(h, 0, torch.tensor(places))
        return reduce(torch.add, chosen.unbind(0)) / len(places)
    return torch.stack([one(hidden[i], attention_mask[i]) for i in range(hidden.size(0))])


def right_split_by_counts(hidden, attention_mask):
    """All real tokens of the batch in one table, split again by the number in each sentence."""
    counts = attention_mask.sum(dim=1).tolist()
    pieces = hidden[attention_mask.bool()].split(counts)
    return torch.stack([piece.mean(dim=0) for piece in pieces])


def right_last_of_cumsum(hidden, attention_mask):
    """Running totals; the last one is the sum."""
    totals = torch.cumsum(hidden * attention_mask[..., None], dim=1)
    counts = torch.cumsum(attention_mask, dim=1)
    return totals[:, -1] / counts[:, -1:]


# ---------------------------------------------------------------- wrong

def wrong_mask_ignored(hidden, attention_mask):
    """Plain mean over all tokens, padding too."""
    return hidden.mean(dim=1)


def wrong_mean_of_zeroed(hidden, attention_mask):
    """Zeroes the padding, but divides by the number of all tokens."""
    return (hidden * attention_mask.unsqueeze(-1)).mean(dim=1)


def wrong_sum_only(hidden, attention_mask):
    """Forgets to divide."""
    return torch.einsum("btd,bt->bd", hidden, attention_mask.to(hidden.dtype))


def wrong_padding_at_end(hidden, attention_mask):
    """Takes the first n tokens: wrong where padding stands at the left or in between."""
    rows = []
    for i in range(hidden.shape[0]):
        n = int(attention_mask[i].sum())
        rows.append(hidden[i, :n].mean(dim=0))
    return torch.stack(rows)


def wrong_cls_vector(hidden, attention_mask):
    """Takes the vector of [CLS], the first candidate."""
    return hidden[:, 0, :]


def wrong_count_of_batch(hidden, attention_mask):
    """Divides by the number of real tokens of the whole batch."""
    mask = attention_mask[:, :, None].to(hidden.dtype)
    return (hidden * mask).sum(dim=1) / mask.sum()


def wrong_never_reset(hidden, attention_mask):
    """Total and count are not reset at each sentence."""
    rows = []
    total = torch.zeros(hidden.shape[2], dtype=hidden.dtype)
    count = 0
    for b in range(hidden.shape[0]):
        for t in range(hidden.shape[1]):
            if attention_mask[b, t] == 1:
                total = total + hidden[b, t]
                count += 1
        rows.append(total / count)
    return torch.stack(rows)


def wrong_without_first(hidden, attention_mask):
    """Leaves out [CLS] at place 0 too, as if it were no real token."""
    h = hidden[:, 1:]
    m = attention_mask[:, 1:].unsqueeze(-1).to(hidden.dtype)
    return (h * m).sum(1) / m.sum(1).clamp(min=1)


def wrong_count_plus_one(hidden, attention_mask):
    """Adds 1 to the count to avoid division by zero."""
    m = attention_mask.to(hidden.dtype)
    return (m.unsqueeze(1) @ hidden).squeeze(1) / (m.sum(1, keepdim=True) + 1)


def wrong_max_pool(hidden, attention_mask):
    """The largest value of each column in place of the mean."""
    filled = hidden.masked_fill(attention_mask.unsqueeze(-1) == 0, float("-inf"))
    return filled.max(dim=1).values


def wrong_mask_inverted(hidden, attention_mask):
    """Thinks that 1 marks padding, as in PyTorch's key_padding_mask."""
    keep = (attention_mask == 0).unsqueeze(-1).to(hidden.dtype)
    return (hidden * keep).sum(1) / keep.sum(1).clamp(min=1)


def wrong_whole_batch(hidden, attention_mask):
    """Boolean indexing over the batch: one vector (dim,) for all sentences."""
    return hidden[attention_mask.bool()].mean(dim=0)


def wrong_changes_hidden(hidden, attention_mask):
    """Zeroes the padding in the tensor that was given."""
    data = hidden.data
    data[attention_mask == 0] = 0.0
    return data.sum(dim=1) / attention_mask.sum(dim=1, keepdim=True)


def wrong_reshape_for_transpose(hidden, attention_mask):
    """reshape in place of transpose before the product with the mask."""
    b, t, d = hidden.shape
    m = attention_mask.to(hidden.dtype)
    total = torch.bmm(hidden.reshape(b, d, t), m.unsqueeze(2)).squeeze(2)
    return total / m.sum(1, keepdim=True)


def wrong_count_without_axis(hidden, attention_mask):
    """The count has shape (batch,): an error, or a wrong division where batch equals dim (right only for batch 1)."""
    total = (hidden * attention_mask[..., None]).sum(dim=1)
    return total / attention_mask.sum(dim=1)


def wrong_axis_kept(hidden, attention_mask):
    """keepdim left on in both sums: shape (batch, 1, dim)."""
    m = attention_mask.unsqueeze(2)
    return (hidden * m).sum(dim=1, keepdim=True) / m.sum(dim=1, keepdim=True)


def wrong_stops_at_padding(hidden, attention_mask):
    """Breaks at the first 0 of the mask, so left padding gives zeros."""
    out = np.zeros((hidden.shape[0], hidden.shape[2]))
    for b in range(hidden.shape[0]):
        n = 0
        for t in range(hidden.shape[1]):
            if attention_mask[b, t] == 0:
                break
            out[b] += hidden[b, t].detach().numpy()
            n += 1
        if n > 0:
            out[b] /= n
    return torch.tensor(out, dtype=hidden.dtype)


def wrong_unit_length(hidden, attention_mask):
    """Normalises the mean to length 1 as for cosine similarity."""
    m = attention_mask.unsqueeze(-1).to(hidden.dtype)
    mean = (hidden * m).sum(1) / m.sum(1)
    return F.normalize(mean, dim=-1)


def wrong_pure_python(hidden, attention_mask):
    """Nested lists and plain numbers, a tensor at the end: no gradient flows."""
    out = []
    for sentence, mask in zip(hidden.tolist(), attention_mask.tolist()):
        real = [v for v, m in zip(sentence, mask) if m]
        out.append([sum(column) / len(real) for column in zip(*real)])
    return torch.tensor(out, dtype=hidden.dtype)


def wrong_numpy_average(hidden, attention_mask):
    """NumPy: np.average with weights for each sentence; no gradient flows."""
    h = hidden.detach().numpy()
    m = attention_mask.numpy()
    rows = [np.average(h[i], axis=0, weights=m[i]) for i in range(len(h))]
    return torch.tensor(np.stack(rows), dtype=hidden.dtype)
