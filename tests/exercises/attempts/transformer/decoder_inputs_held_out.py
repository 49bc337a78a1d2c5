import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right

def right_cat_b(target_ids: Tensor, start_id: int) -> Tensor:
    """The usual way: a column of start_id, then all but the last."""
    start = torch.full((target_ids.shape[0], 1), start_id, dtype=target_ids.dtype)
    return torch.cat([start, target_ids[:, :-1]], dim=1)


def right_loop_b(target_ids, start_id):
    """Beginner: two loops and an if."""
    result = torch.zeros_like(target_ids)
    for b in range(target_ids.shape[0]):
        for i in range(target_ids.shape[1]):
            if i == 0:
                result[b, i] = start_id
            else:
                result[b, i] = target_ids[b, i - 1]
    return result


def right_slices_b(target_ids, start_id):
    """As in Hugging Face's shift_tokens_right: new tensor, two slices."""
    shifted = target_ids.new_zeros(target_ids.shape)
    shifted[:, 1:] = target_ids[:, :-1].clone()
    shifted[:, :1] = start_id
    return shifted


def right_flat_roll_b(target_ids, start_id):
    """Rolls without an axis (through the flat tensor); what crosses a row's end is written over."""
    rolled = torch.roll(target_ids, 1)
    rolled[:, :1] = start_id
    return rolled


def right_pad_b(target_ids, start_id):
    """F.pad on the left, cut on the right."""
    return F.pad(target_ids, (1, 0), value=start_id)[:, :target_ids.shape[1]]


def right_lists_b(target_ids, start_id):
    """Python lists, a comprehension, back to a tensor of the same type and shape."""
    rows = [([start_id] + row)[:len(row)] for row in target_ids.tolist()]
    return torch.tensor(rows, dtype=target_ids.dtype).reshape(target_ids.shape)


def right_where_b(target_ids, start_id):
    """where on the place's number, the ids rolled along the places."""
    first = torch.arange(target_ids.shape[1])[None, :] < 1
    return torch.where(first, torch.full_like(target_ids, start_id), target_ids.roll(1, dims=1))


# ---------------------------------------------------------------- wrong

def wrong_too_long_b(target_ids, start_id):
    """Puts start_id in front and forgets to drop the last: one place too many."""
    start = torch.full((target_ids.shape[0], 1), start_id)
    return torch.cat([start, target_ids], dim=1)


def wrong_left_shift_b(target_ids, start_id):
    """Shifts to the left: the next token at every place, start_id last."""
    start = torch.full((target_ids.shape[0], 1), start_id)
    return torch.cat([target_ids[:, 1:], start], dim=1)


def wrong_replaced_only_b(target_ids, start_id):
    """Writes start_id over the first token, nothing is shifted."""
    result = target_ids.clone()
    result[:, 0] = start_id
    return result


def wrong_drops_first_b(target_ids, start_id):
    """Drops the first token instead of the last."""
    batch = target_ids.size(0)
    start = target_ids.new_full((batch, 1), start_id)
    return torch.cat((start, target_ids[:, 1:]), dim=-1)


def wrong_roll_no_start_b(target_ids, start_id):
    """Rolls round: the last token stands first, start_id is not used."""
    return torch.roll(target_ids, shifts=1, dims=1)


def wrong_in_place_b(target_ids, start_id):
    """Right numbers, but written into the caller's tensor."""
    target_ids[:, 1:] = target_ids[:, :-1].clone()
    target_ids[:, 0] = start_id
    return target_ids


def wrong_smeared_b(target_ids, start_id):
    """Loops from the left in the copy itself: start_id is carried through the whole row."""
    result = target_ids.clone()
    result[:, 0] = start_id
    for i in range(1, result.shape[1]):
        result[:, i] = result[:, i - 1]
    return result


def wrong_last_left_zero_b(target_ids, start_id):
    """Off by one: the loop stops before the last place."""
    result = torch.zeros_like(target_ids)
    batch, n = target_ids.shape
    for b in range(batch):
        result[b, 0] = start_id
        for i in range(1, n - 1):
            result[b, i] = target_ids[b, i - 1]
    return result


def wrong_shifts_batch_b(target_ids, start_id):
    """dim=0 for dim=1: the sentences are shifted, the first one is all start_id."""
    start = torch.full((1, target_ids.shape[1]), start_id)
    return torch.cat([start, target_ids[:-1]], dim=0)


def right_floats_b(target_ids, start_id):
    """torch.ones * start_id is float, so all ids are floats, whole numbers all the same; accepted with a remark."""
    start = torch.ones(target_ids.shape[0], 1) * start_id
    return torch.cat([start, target_ids[:, :-1]], dim=1)


def wrong_batch_of_one_b(target_ids, start_id):
    """The start column is made for one sentence only (an error with more)."""
    start = torch.tensor([[start_id]])
    return torch.cat([start, target_ids[:, :-1]], dim=1)


def wrong_flat_once_b(target_ids, start_id):
    """Shifts the flat tensor: only the first sentence begins with start_id."""
    flat = target_ids.flatten()
    shifted = torch.cat([torch.tensor([start_id]), flat[:-1]])
    return shifted.view(target_ids.shape)
