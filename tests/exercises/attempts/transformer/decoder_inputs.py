import itertools
from collections import deque

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right
def right_cat_full(target_ids: Tensor, start_id: int) -> Tensor:
    """A column of starts before all but the last."""
    start = torch.full((target_ids.shape[0], 1), start_id, dtype=target_ids.dtype)
    return torch.cat([start, target_ids[:, :-1]], dim=1)


def right_new_full_then_cut(target_ids, start_id):
    """Prepends first, cuts the last off afterwards."""
    start = target_ids.new_full((len(target_ids), 1), start_id)
    return torch.hstack((start, target_ids))[:, :-1]


def right_roll(target_ids, start_id):
    """Rolls to the right and writes over the first column of the copy."""
    rolled = torch.roll(target_ids, shifts=1, dims=1)
    rolled[:, 0] = start_id
    return rolled


def right_pad(target_ids, start_id):
    """Pads one at the left, cuts one at the right by a negative pad."""
    return F.pad(target_ids, (1, -1), value=start_id)


def right_zeros_and_slices(target_ids, start_id):
    """The shift_tokens_right of Hugging Face."""
    shifted = target_ids.new_zeros(target_ids.shape)
    shifted[:, 1:] = target_ids[:, :-1].clone()
    shifted[:, 0] = start_id
    return shifted


def right_full_like(target_ids, start_id):
    """Starts everywhere, then the answers from the second place on."""
    out = torch.full_like(target_ids, start_id)
    out[:, 1:] = target_ids[:, :-1]
    return out


def right_plain_loops(target_ids, start_id):
    """Two loops with indices."""
    batch, targets = target_ids.shape
    out = torch.zeros_like(target_ids)
    for i in range(batch):
        for j in range(targets):
            if j == 0:
                out[i, j] = start_id
            else:
                out[i, j] = target_ids[i, j - 1]
    return out


def right_list_comprehension(target_ids, start_id):
    """Lists, then a tensor again."""
    rows = [[start_id] + row[:-1] for row in target_ids.tolist()]
    return torch.tensor(rows, dtype=target_ids.dtype).reshape(target_ids.shape)


def right_numpy(target_ids, start_id):
    """NumPy's insert and a slice."""
    ids = target_ids.numpy()
    return torch.from_numpy(np.insert(ids, 0, start_id, axis=1)[:, :-1].copy())


def right_deque(target_ids, start_id):
    """Pushes into a queue at the left and pops at the right."""
    result = []
    for row in target_ids.tolist():
        queue = deque(row)
        queue.appendleft(start_id)
        queue.pop()
        result.append(list(queue))
    return torch.tensor(result, dtype=target_ids.dtype)


def right_gather(target_ids, start_id):
    """Looks the neighbour up by index, then a mask for the first place."""
    n = target_ids.shape[1]
    places = torch.arange(n)
    left = (places - 1).clamp(min=0)
    return target_ids[:, left].masked_fill(places == 0, start_id)


def right_where(target_ids, start_id):
    """torch.where on the number of the place."""
    first = torch.arange(target_ids.size(1))[None, :] == 0
    start = torch.full_like(target_ids, start_id)
    return torch.where(first, start, target_ids.roll(1, 1))


def right_flat_roll(target_ids, start_id):
    """Rolls the flat memory; what slips into the next row is written over."""
    out = target_ids.roll(1)
    out[:, 0] = start_id
    return out


def right_shift_matrix(target_ids, start_id):
    """Shifts by a product with a matrix that has ones above the diagonal."""
    n = target_ids.shape[1]
    shift = torch.triu(torch.ones(n, n, dtype=target_ids.dtype), 1)
    shift = shift - torch.triu(shift, 2)
    first = torch.zeros(n, dtype=target_ids.dtype)
    first[:1] = start_id
    return target_ids @ shift + first


def right_columns(target_ids, start_id):
    """Takes the columns apart and stacks them again."""
    columns = list(target_ids.unbind(dim=1))
    columns.insert(0, torch.full_like(target_ids[:, 0], start_id))
    columns.pop()
    return torch.stack(columns, dim=1)


def right_backwards_in_copy(target_ids, start_id):
    """Moves each id one place on, in a copy, from the back."""
    out = target_ids.clone()
    j = out.shape[1] - 1
    while j > 0:
        out[:, j] = out[:, j - 1]
        j -= 1
    out[:, 0] = start_id
    return out


def right_itertools(target_ids, start_id):
    """chain and islice for each row."""
    n = target_ids.shape[1]
    return torch.tensor(
        [list(itertools.islice(itertools.chain([start_id], row), n)) for row in target_ids.tolist()],
        dtype=target_ids.dtype,
    )


def right_carry(target_ids, start_id):
    """Thinks as the decoder does: what was written last is read next."""
    out = torch.empty_like(target_ids)
    for i, row in enumerate(target_ids):
        last = start_id
        for j, token in enumerate(row):
            out[i, j] = last
            last = token.item()
    return out


# ---------------------------------------------------------------- wrong
def wrong_unchanged(target_ids, start_id):
    """The decoder reads the very token that it has to write."""
    return target_ids.clone()


def wrong_shift_left(target_ids, start_id):
    """Shifts to the left: each place reads the next answer."""
    start = torch.full_like(target_ids[:, :1], start_id)
    return torch.cat([target_ids[:, 1:], start], dim=1)


def wrong_one_too_long(target_ids, start_id):
    """Prepends the start, but does not drop the last."""
    start = torch.full_like(target_ids[:, :1], start_id)
    return torch.cat([start, target_ids], dim=1)


def wrong_roll_only(target_ids, start_id):
    """The last token comes round to the front; no start token."""
    return torch.roll(target_ids, 1, dims=1)


def wrong_in_place(target_ids, start_id):
    """Right ids, but the answers themselves are written over."""
    target_ids[:, 1:] = target_ids[:, :-1].clone()
    target_ids[:, 0] = start_id
    return target_ids


def wrong_first_replaced(target_ids, start_id):
    """Drops the first answer instead of the last."""
    return torch.tensor([[start_id] + row[1:] for row in target_ids.tolist()])


def wrong_shift_over_batch(target_ids, start_id):
    """Rolls the batch axis, then writes the start into the first column."""
    out = torch.roll(target_ids, 1, dims=0)
    out[:, 0] = start_id
    return out


def wrong_start_row(target_ids, start_id):
    """A row of starts on top; everything moves down by one sentence."""
    start = torch.full((1, target_ids.shape[1]), start_id)
    return torch.cat([start, target_ids[:-1]], dim=0)


def wrong_start_in_first_row_only(target_ids, start_id):
    """Rolls the flat memory and sets one single start token."""
    out = torch.roll(target_ids, 1)
    out[0, 0] = start_id
    return out


def wrong_forward_copy(target_ids, start_id):
    """Moves the ids from the front on, so the start is copied to every place."""
    out = target_ids.clone()
    out[:, 0] = start_id
    for j in range(1, out.shape[1]):
        out[:, j] = out[:, j - 1]
    return out


def wrong_pads_zero(target_ids, start_id):
    """Lets pad write its default 0 instead of start_id."""
    return F.pad(target_ids[:, :-1], (1, 0))


def wrong_shift_two(target_ids, start_id):
    """Shifts by two, two starts in front."""
    out = torch.full_like(target_ids, start_id)
    out[:, 2:] = target_ids[:, :-2]
    return out


def wrong_last_place_left(target_ids, start_id):
    """The loop ends one too early; the last place stays 0."""
    out = torch.zeros_like(target_ids)
    out[:, 0] = start_id
    for j in range(1, target_ids.shape[1] - 1):
        out[:, j] = target_ids[:, j - 1]
    return out


def wrong_start_at_the_end(target_ids, start_id):
    """Puts the start token where the last one was dropped."""
    start = target_ids.new_full((target_ids.shape[0], 1), start_id)
    return torch.cat([target_ids[:, :-1], start], dim=1)


def wrong_batch_of_one(target_ids, start_id):
    """The start column is made for one sentence only: an error for more."""
    return torch.cat([torch.tensor([[start_id]]), target_ids[:, :-1]], dim=1)


def wrong_reversed(target_ids, start_id):
    """Turns the answers round before the shift, as old sequence-to-sequence code did with the source."""
    start = torch.full_like(target_ids[:, :1], start_id)
    return torch.cat([start, target_ids.flip(1)[:, :-1]], dim=1)


def wrong_all_prefixes(target_ids, start_id):
    """Makes a prefix for every place, hidden future filled with the start: one axis too many."""
    batch, n = target_ids.shape
    out = torch.full((batch, n, n), start_id, dtype=target_ids.dtype)
    for j in range(1, n):
        out[:, j, 1 : j + 1] = target_ids[:, :j]
    return out


def wrong_carry_never_reset(target_ids, start_id):
    """`last` is set to the start before the loop over the batch, never again."""
    out = np.zeros(tuple(target_ids.shape), dtype=np.int64)
    last = start_id
    for i, row in enumerate(target_ids.tolist()):
        for j, token in enumerate(row):
            out[i, j] = last
            last = token
    return torch.from_numpy(out)
