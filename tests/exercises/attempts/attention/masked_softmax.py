import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right

def right_finfo_then_zero(scores: Tensor, mask: Tensor) -> Tensor:
    """Smallest finite number, softmax, then zeros."""
    low = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(~mask, low), dim=-1)
    return weights.masked_fill(~mask, 0.0)


def right_where_twice(scores, mask):
    """torch.where before and after."""
    low = torch.full_like(scores, torch.finfo(scores.dtype).min)
    weights = torch.where(mask, scores, low).softmax(-1)
    return torch.where(mask, weights, torch.zeros_like(weights))


def right_safe_rows(scores, mask):
    """Rows without any True get harmless scores before the softmax."""
    alive = mask.any(dim=-1, keepdim=True)
    filled = scores.masked_fill(~mask, -math.inf)
    filled = filled.masked_fill(~alive, 0.0)
    return F.softmax(filled, dim=-1).masked_fill(~alive, 0.0)


def right_nan_to_num(scores, mask):
    """-inf, then nan repaired: masked_fill's own backward puts 0 at every hidden place, so the gradient is finite."""
    weights = torch.softmax(scores.masked_fill(mask == False, -math.inf), dim=-1)  # noqa: E712
    return torch.nan_to_num(weights, nan=0.0)


def right_only_living_rows(scores, mask):
    """Picks the rows that may look somewhere, leaves the others at zero."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    alive = mask.any(dim=-1)
    out = torch.zeros(scores.shape, dtype=scores.dtype, device=scores.device)
    out[alive] = torch.softmax(scores[alive].masked_fill(~mask[alive], float("-inf")), dim=-1)
    return out


def right_by_hand(scores, mask):
    """Softmax by hand: largest allowed score subtracted, safe denominator."""
    low = torch.finfo(scores.dtype).min
    top = scores.masked_fill(~mask, low).amax(dim=-1, keepdim=True)
    e = torch.exp((scores - top).masked_fill(~mask, low))
    total = e.sum(dim=-1, keepdim=True)
    return e / torch.where(total > 0, total, torch.ones_like(total))


def right_loop_rows(scores, mask):
    """One row after the other, softmax over the allowed scores only."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    flat_scores = scores.reshape(-1, scores.shape[-1])
    flat_mask = mask.reshape(-1, mask.shape[-1])
    out = flat_scores.clone()
    out[:] = 0
    for i in range(len(flat_scores)):
        allowed = flat_mask[i]
        if allowed.any():
            out[i, allowed] = torch.softmax(flat_scores[i, allowed], dim=0)
    return out.reshape(scores.shape)


def right_recursive(scores, mask):
    """Recursive down to a single row."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    if scores.dim() > 1:
        return torch.stack([right_recursive(s, m) for s, m in zip(scores, mask)])
    if not mask.any():
        return torch.where(mask, scores, 0.0 * torch.ones_like(scores))
    return torch.softmax(torch.where(mask, scores, torch.full_like(scores, -math.inf)), dim=0)


def right_log_softmax(scores, mask):
    """Logarithms first, exponentials last."""
    low = torch.finfo(scores.dtype).min
    logs = F.log_softmax(scores.masked_fill(~mask, low), dim=-1)
    return logs.exp().masked_fill(~mask, 0)


def right_pairwise(scores, mask):
    """One over the sum of exp(differences); differences are cut where they no longer matter."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    s = torch.where(mask, scores, torch.zeros_like(scores))
    differences = (s[..., None, :] - s[..., :, None]).clamp(max=60)
    total = (differences.exp() * mask[..., None, :]).sum(-1)
    total = torch.where(mask, total, torch.ones_like(total))
    return torch.where(mask, 1 / total, torch.zeros_like(total))


class _MaskedSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, scores, mask):
        low = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, low).softmax(-1).masked_fill(~mask, 0.0)
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    def backward(ctx, grad):
        (weights,) = ctx.saved_tensors
        return weights * (grad - (grad * weights).sum(-1, keepdim=True)), None


def right_own_backward(scores, mask):
    """Writes the gradient by hand."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    return _MaskedSoftmax.apply(scores, mask)


def right_sink_column(scores, mask):
    """An extra key that only rows without any True look at, cut off again."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    filled = scores.masked_fill(~mask, -math.inf)
    sink = torch.zeros_like(filled[..., :1]).masked_fill(mask.any(-1, keepdim=True), -math.inf)
    return torch.softmax(torch.cat([filled, sink], dim=-1), dim=-1)[..., :-1]


def right_segments(scores, mask):
    """Flat list of the allowed scores, sums per row by index_add."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    s = scores.reshape(-1, scores.shape[-1])
    m = mask.reshape(-1, mask.shape[-1])
    rows, columns = m.nonzero(as_tuple=True)
    values = s[rows, columns]
    top = s.detach().masked_fill(~m, torch.finfo(s.dtype).min).amax(dim=-1)
    e = torch.exp(values - top[rows])
    total = torch.zeros(len(s), dtype=s.dtype).index_add(0, rows, e)
    out = torch.zeros_like(s)
    out[rows, columns] = e / total[rows]
    return out.reshape(scores.shape)


def right_double(scores, mask):
    """In double precision, back at the end."""
    hidden = torch.logical_not(mask)
    wide = scores.double().masked_fill(hidden, torch.finfo(torch.float64).min)
    weights = nn.Softmax(dim=-1)(wide)
    return weights.masked_fill(hidden, 0.0).to(scores.dtype)


def right_elements(scores, mask):
    """Beginner: element by element with loops."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    n_keys = scores.shape[-1]
    s = scores.reshape(-1, n_keys)
    m = mask.reshape(-1, n_keys)
    out = s.clone()
    out[:] = 0
    for i in range(s.shape[0]):
        allowed = []
        for j in range(n_keys):
            if m[i, j]:
                allowed.append(j)
        if len(allowed) == 0:
            continue
        biggest = max(s[i, j].item() for j in allowed)
        total = 0
        for j in allowed:
            total = total + torch.exp(s[i, j] - biggest)
        for j in allowed:
            out[i, j] = torch.exp(s[i, j] - biggest) / total
    return out.reshape(scores.shape)


def right_fill_with_top(scores, mask):
    """Hidden scores become the largest allowed one, their exponentials are then thrown away."""
    low = torch.finfo(scores.dtype).min
    top = scores.detach().masked_fill(~mask, low).amax(-1, keepdim=True)
    filled = torch.where(mask, scores, top)
    e = (filled - top).exp() * mask
    return e / e.sum(-1, keepdim=True).clamp(min=0.5)


def right_online(scores, mask):
    """One key after the other with a running maximum."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    low = torch.finfo(scores.dtype).min
    filled = scores.masked_fill(~mask, low)
    best = torch.full_like(filled[..., 0], low).detach()
    total = torch.zeros_like(best)
    j = 0
    while j < scores.shape[-1]:
        new_best = torch.maximum(best, filled[..., j].detach())
        total = total * (best - new_best).exp() + (filled[..., j] - new_best).exp() * mask[..., j]
        best = new_best
        j += 1
    e = (filled - best[..., None]).exp() * mask
    total = total.masked_fill(~mask.any(-1), 1.0)
    return e / total[..., None]


def right_open_dead_rows(scores, mask):
    """Opens rows without any True completely and closes them afterwards."""
    dead = (mask.sum(dim=-1, keepdim=True) == 0)
    calm = scores.masked_fill(~mask, 0.0)
    open_mask = mask | dead
    weights = torch.softmax(calm.masked_fill(~open_mask, float("-inf")), dim=-1)
    return torch.where(mask, weights, torch.zeros_like(weights))


# ---------------------------------------------------------------- wrong

def wrong_minus_inf(scores: Tensor, mask: Tensor) -> Tensor:
    """-inf and softmax: a row without any True becomes nan."""
    return torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)


def wrong_added_nan_to_num(scores, mask):
    """Adds -inf and repairs nan afterwards: the gradient of a dead row is still nan."""
    hide = torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores + hide, dim=-1)
    return torch.nan_to_num(weights)


def wrong_log_mask(scores, mask):
    """Adds log(mask), chooses zeros for dead rows after the softmax: their gradient is still nan."""
    weights = (scores + mask.to(scores.dtype).log()).softmax(-1)
    return torch.where(mask.any(-1, keepdim=True), weights, torch.zeros_like(weights))


def wrong_dead_row_uniform(scores, mask):
    """Smallest number, but no zeros afterwards: dead rows look everywhere."""
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)


def wrong_minus_1e9(scores, mask):
    """-1e9 is not small enough when scores are smaller still."""
    return torch.softmax(scores.masked_fill(~mask, -1e9), dim=-1) * mask


def wrong_minus_hundred(scores, mask):
    """-100 taken for small enough."""
    weights = F.softmax(torch.where(mask, scores, torch.full_like(scores, -100.0)), dim=-1)
    return weights.masked_fill(~mask, 0.0)


def wrong_scores_times_mask(scores, mask):
    """Multiplies the scores by the mask: hidden keys have score 0, not weight 0 (zeroed, not renormalised)."""
    return torch.softmax(scores * mask, dim=-1) * mask


def wrong_not_renormalised(scores, mask):
    """Softmax over all keys, hidden weights erased, the rest does not sum to 1."""
    return torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)


def wrong_renormalised_late(scores, mask):
    """Softmax over all, mask, divide by the sum: a huge hidden score leaves nothing."""
    weights = torch.softmax(scores, dim=-1) * mask
    total = weights.sum(dim=-1, keepdim=True)
    return weights / torch.where(total > 0, total, torch.ones_like(total))


def wrong_naive_exp(scores, mask):
    """Exponentials without subtracting the maximum: overflow."""
    e = torch.exp(scores).masked_fill(~mask, 0.0)
    total = e.sum(-1, keepdim=True)
    return e / total.masked_fill(total == 0, 1.0)


def wrong_global_max(scores, mask):
    """Subtracts the maximum of the whole tensor: rows far below vanish."""
    low = torch.finfo(scores.dtype).min
    filled = scores.masked_fill(~mask, low)
    e = torch.exp(filled - filled.max()) * mask
    total = e.sum(-1, keepdim=True)
    return e / torch.where(total > 0, total, torch.ones_like(total))


def wrong_max_at_least_zero(scores, mask):
    """Largest of scores * mask: it is 0 when all allowed scores are negative, which then vanish."""
    top = (scores * mask).amax(dim=-1, keepdim=True)
    e = torch.exp((scores - top).masked_fill(~mask, torch.finfo(scores.dtype).min))
    total = e.sum(dim=-1, keepdim=True)
    return e / torch.where(total > 0, total, torch.ones_like(total))


def wrong_inverted_mask(scores, mask):
    """Takes True for hidden."""
    weights = scores.masked_fill(mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights.masked_fill(mask, 0.0)


def wrong_over_queries(scores, mask):
    """Softmax over the queries."""
    weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-2)
    return weights.masked_fill(~mask, 0.0)


def wrong_numpy(scores, mask):
    """NumPy: right numbers, but no gradient flows."""
    s, m = scores.detach().numpy(), mask.numpy()
    filled = np.where(m, s, np.finfo(s.dtype).min)
    e = np.exp(filled - filled.max(axis=-1, keepdims=True)) * m
    total = e.sum(axis=-1, keepdims=True)
    return torch.from_numpy(e / np.where(total > 0, total, 1).astype(s.dtype))


def wrong_one_softmax_for_all(scores, mask):
    """One softmax over all allowed scores together."""
    scores, mask = torch.broadcast_tensors(scores, mask)
    out = torch.zeros_like(scores)
    out[mask] = torch.softmax(scores[mask], dim=0)
    return out


def wrong_all_for_any(scores, mask):
    """all instead of any: every row with a hidden key becomes zeros."""
    alive = mask.all(dim=-1, keepdim=True)
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights.masked_fill(~alive, 0.0)


def wrong_clamped(scores, mask):
    """Clamps the scores against overflow: large scores all become equal."""
    e = torch.exp(scores.clamp(-50, 50)) * mask
    total = e.sum(dim=-1, keepdim=True)
    return e / torch.where(total > 0, total, torch.ones_like(total))
