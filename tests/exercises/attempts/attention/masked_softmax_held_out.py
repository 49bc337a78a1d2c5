import math

import torch
import torch.nn.functional as F
from torch import Tensor


def right_safe_mask_b(scores: Tensor, mask: Tensor) -> Tensor:
    """Opens the rows that may look nowhere, and closes them after the softmax."""
    somewhere = mask.any(dim=-1, keepdim=True)
    filled = scores.masked_fill(~mask & somewhere, -math.inf)
    return filled.softmax(dim=-1) * somewhere


def right_fill_twice_b(scores, mask):
    """-inf before the softmax, 0 after it; masked_fill stops the nan on the way back."""
    weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
    return weights.masked_fill(~mask, 0.0)


def right_by_hand_b(scores, mask):
    """exp by hand: maximum over the allowed keys only, no division by zero."""
    filled = torch.where(mask, scores, torch.full_like(scores, -math.inf))
    top = filled.detach().max(dim=-1, keepdim=True).values
    top = torch.where(torch.isinf(top), torch.zeros_like(top), top)
    e = torch.exp(filled - top)
    total = e.sum(dim=-1, keepdim=True)
    return e / (total + (total == 0))


def right_finfo_b(scores, mask):
    """Smallest finite number as filling, then masked and normalised once more."""
    lowest = torch.finfo(scores.dtype).min
    weights = F.softmax(scores.masked_fill(~mask, lowest), dim=-1) * mask
    total = weights.sum(dim=-1, keepdim=True)
    return weights / total.masked_fill(total == 0, 1.0)


def right_row_loop_b(scores, mask):
    """Beginner: every row by itself, softmax over the chosen entries."""
    n_keys = scores.shape[-1]
    flat_scores = scores.reshape(-1, n_keys)
    flat_mask = mask.reshape(-1, n_keys)
    rows = []
    for i in range(len(flat_scores)):
        row = flat_scores[i] * 0
        if flat_mask[i].any():
            row[flat_mask[i]] = torch.softmax(flat_scores[i][flat_mask[i]], dim=0)
        rows.append(row)
    return torch.stack(rows).reshape(scores.shape)


def right_recursive_b(scores, mask):
    """Recursive down to one row, then scatter."""
    def go(s, m):
        if s.dim() > 1:
            return torch.stack([go(a, b) for a, b in zip(s, m)])
        if not m.any():
            return s * 0
        where = m.nonzero().squeeze(1)
        return torch.zeros_like(s).scatter(0, where, s[where].softmax(0))
    return go(scores, mask)


def right_where_nan_b(scores, mask):
    """torch.where for the filling, the nan rows replaced at the end (where stops their gradient)."""
    hidden = torch.full_like(scores, float("-inf"))
    log_weights = torch.log_softmax(torch.where(mask, scores, hidden), dim=-1)
    weights = torch.exp(log_weights)
    return torch.where(mask, weights, torch.zeros_like(weights))


def wrong_minus_inf_only_b(scores, mask):
    """The usual two lines: a row without any True becomes nan."""
    scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1)


def wrong_minus_1e9_b(scores, mask):
    """-1e9: a row without any True becomes uniform."""
    return F.softmax(scores.masked_fill(mask == 0, -1e9), dim=-1)


def wrong_mask_after_b(scores, mask):
    """Masks after the softmax and does not normalise again."""
    weights = torch.softmax(scores, dim=-1)
    return weights * mask


def wrong_renormalised_after_b(scores, mask):
    """Masks after the softmax and normalises: large hidden scores leave nothing."""
    weights = scores.softmax(dim=-1) * mask
    total = weights.sum(dim=-1, keepdim=True)
    total = torch.where(total == 0, torch.ones_like(total), total)
    return weights / total


def wrong_zero_scores_b(scores, mask):
    """Sets hidden scores to 0 instead of -inf, and only hides them after normalising."""
    weights = torch.softmax(scores * mask, dim=-1)
    return weights * mask


def wrong_no_max_b(scores, mask):
    """exp by hand without the maximum: large scores overflow."""
    e = torch.where(mask, torch.exp(scores), torch.zeros_like(scores))
    s = e.sum(-1, keepdim=True)
    s = s.masked_fill(s == 0, 1)
    return e / s


def wrong_global_max_b(scores, mask):
    """Takes off the largest score of all: rows with small scores vanish."""
    e = torch.exp(scores - scores.max()) * mask
    total = e.sum(dim=-1, keepdim=True)
    return e / (total + (total == 0).to(total.dtype))


def wrong_axis_b(scores, mask):
    """Softmax over the queries."""
    w = scores.masked_fill(~mask, -math.inf).softmax(dim=-2)
    return w.masked_fill(~mask, 0)


def wrong_whole_mask_b(scores, mask):
    """Only checks whether the whole mask is empty, not each row."""
    if not mask.any():
        return scores * 0
    return scores.masked_fill(~mask, -math.inf).softmax(dim=-1)


def wrong_in_place_b(scores, mask):
    """Changes the scores it was given (and cannot, if they are leaves with gradient)."""
    scores[~mask] = float("-inf")
    weights = torch.softmax(scores, dim=-1)
    return torch.where(mask, weights, torch.zeros_like(weights))


def wrong_added_bias_b(scores, mask):
    """Adds -inf and replaces nan at the end: right numbers, but nan in the gradient."""
    bias = torch.zeros_like(scores).masked_fill(~mask, -math.inf)
    return torch.nan_to_num(torch.softmax(scores + bias, dim=-1), nan=0.0)


def wrong_isnan_in_place_b(scores, mask):
    """Overwrites nan in the output of softmax, which backward still needs (an error there)."""
    weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
    weights[torch.isnan(weights)] = 0.0
    return weights
