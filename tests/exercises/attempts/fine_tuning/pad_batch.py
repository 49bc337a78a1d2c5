import itertools
from collections import deque
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


# ---------------------------------------------------------------- right

def right_plain_loops(token_lists, pad_id):
    """Beginner: appends to fresh lists, token by token, then pads."""
    longest = 0
    for tokens in token_lists:
        if len(tokens) > longest:
            longest = len(tokens)
    ids = []
    mask = []
    for tokens in token_lists:
        row = []
        mask_row = []
        for token in tokens:
            row.append(token)
            mask_row.append(1)
        for _ in range(longest - len(tokens)):
            row.append(pad_id)
            mask_row.append(0)
        ids.append(row)
        mask.append(mask_row)
    shape = (len(token_lists), longest)
    return torch.tensor(ids, dtype=torch.long).reshape(shape), torch.tensor(mask, dtype=torch.long).reshape(shape)


def right_list_multiplication(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Pythonic: two comprehensions with list multiplication."""
    n, w = len(token_lists), max((len(t) for t in token_lists), default=0)
    ids = [t + [pad_id] * (w - len(t)) for t in token_lists]
    mask = [[1] * len(t) + [0] * (w - len(t)) for t in token_lists]
    return torch.tensor(ids, dtype=torch.long).view(n, w), torch.tensor(mask, dtype=torch.long).view(n, w)


def right_pad_sequence(token_lists, pad_id):
    """Library user: torch's pad_sequence twice, for ids and for ones."""
    if len(token_lists) == 0 or all(len(t) == 0 for t in token_lists):
        empty = torch.zeros(len(token_lists), 0, dtype=torch.long)
        return empty, empty.clone()
    rows = [torch.tensor(t, dtype=torch.long) for t in token_lists]
    ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True, padding_value=0)
    return ids, mask


def right_full_and_slices(token_lists, pad_id):
    """Torch user: allocates both rectangles, writes slices."""
    longest = max([len(t) for t in token_lists], default=0)
    ids = torch.full((len(token_lists), longest), pad_id, dtype=torch.long)
    mask = torch.zeros((len(token_lists), longest), dtype=torch.long)
    for i, t in enumerate(token_lists):
        ids[i, :len(t)] = torch.tensor(t, dtype=torch.long)
        mask[i, :len(t)] = 1
    return ids, mask


def right_functional_pad(token_lists, pad_id):
    """F.pad for each row, then stack."""
    if not token_lists:
        return torch.zeros(0, 0, dtype=torch.long), torch.zeros(0, 0, dtype=torch.long)
    longest = max(map(len, token_lists))
    ids, mask = [], []
    for t in token_lists:
        missing = longest - len(t)
        row = torch.tensor(t, dtype=torch.int64)
        if missing > 0:
            ids.append(F.pad(row, (0, missing), value=pad_id))
            mask.append(F.pad(torch.ones_like(row), (0, missing), value=0))
        else:
            ids.append(row)
            mask.append(torch.ones_like(row))
    return torch.stack(ids), torch.stack(mask)


def right_zip_longest(token_lists, pad_id):
    """Itertools fan: zip_longest gives the columns, transposed to rows."""
    n = len(token_lists)
    w = max((len(t) for t in token_lists), default=0)
    columns = list(itertools.zip_longest(*token_lists, fillvalue=pad_id))
    ones = list(itertools.zip_longest(*([1] * len(t) for t in token_lists), fillvalue=0))
    ids = torch.tensor(columns, dtype=torch.long).reshape(w, n).T
    mask = torch.tensor(ones, dtype=torch.long).reshape(w, n).T
    return ids.contiguous(), mask.contiguous()


def right_numpy_boolean(token_lists, pad_id):
    """NumPy user: boolean assignment of the flat tokens, then from_numpy."""
    lengths = np.array([len(t) for t in token_lists], dtype=np.int64)
    w = int(lengths.max()) if lengths.size else 0
    real = np.arange(w)[None, :] < lengths[:, None]
    ids = np.full(real.shape, pad_id, dtype=np.int64)
    ids[real] = np.array([x for t in token_lists for x in t], dtype=np.int64)
    return torch.from_numpy(ids), torch.from_numpy(real.astype(np.int64))


def right_masked_scatter(token_lists, pad_id):
    """Vectorised torch: mask by broadcasting lengths, masked_scatter for the ids."""
    lengths = torch.tensor([len(t) for t in token_lists], dtype=torch.long)
    w = int(lengths.max()) if len(lengths) > 0 else 0
    real = torch.arange(w)[None, :] < lengths[:, None]
    flat = torch.tensor(list(itertools.chain.from_iterable(token_lists)), dtype=torch.long)
    ids = torch.full(real.shape, pad_id, dtype=torch.long).masked_scatter(real, flat)
    return ids, real.long()


def _fill(tokens, width, filler):
    if len(tokens) >= width:
        return tokens
    return _fill(tokens + [filler], width, filler)


def right_recursive_fill(token_lists, pad_id):
    """Recursive friend: adds one filler per call (to a new list); long gaps without recursion."""
    w = 0
    for t in token_lists:
        w = max(w, len(t))
    ids, mask = [], []
    for t in token_lists:
        if w - len(t) < 200:
            ids.append(_fill(list(t), w, pad_id))
            mask.append(_fill([1 for _ in t], w, 0))
        else:
            ids.append(list(t) + (w - len(t)) * [pad_id])
            mask.append(len(t) * [1] + (w - len(t)) * [0])
    return (torch.tensor(ids, dtype=torch.long).reshape(len(token_lists), w),
            torch.tensor(mask, dtype=torch.long).reshape(len(token_lists), w))


def right_while_on_copies(token_lists, pad_id):
    """Clumsy but right: copies first, while-loops that append to the copies."""
    copies = [list(t) for t in token_lists]
    masks = [[1] * len(t) for t in token_lists]
    longest = 0
    i = 0
    while i < len(copies):
        if len(copies[i]) > longest:
            longest = len(copies[i])
        i += 1
    i = 0
    while i < len(copies):
        while len(copies[i]) < longest:
            copies[i].append(pad_id)
            masks[i].append(0)
        i += 1
    a = torch.tensor(copies, dtype=torch.int64)
    b = torch.tensor(masks, dtype=torch.int64)
    return a.reshape(len(copies), longest), b.reshape(len(copies), longest)


def right_index_lists(token_lists, pad_id):
    """Index-minded: collects row and column numbers and assigns all at once."""
    rows, cols, values = [], [], []
    for r, t in enumerate(token_lists):
        for c, v in enumerate(t):
            rows.append(r)
            cols.append(c)
            values.append(v)
    shape = (len(token_lists), max(cols) + 1 if cols else 0)
    ids = torch.full(shape, pad_id, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.long)
    if values:
        ids[rows, cols] = torch.tensor(values, dtype=torch.long)
        mask[rows, cols] = 1
    return ids, mask


def right_small_int_mask(token_lists, pad_id):
    """Saves memory: the mask is int8, the ids are int64."""
    n = len(token_lists)
    w = max([0] + [len(t) for t in token_lists])
    ids = torch.empty(n, w, dtype=torch.int64).fill_(pad_id)
    mask = torch.zeros(n, w, dtype=torch.int8)
    for i in range(n):
        for j in range(len(token_lists[i])):
            ids[i, j] = token_lists[i][j]
            mask[i, j] = 1
    return ids, mask


def right_column_by_column(token_lists, pad_id):
    """Goes through the columns and asks each list whether it still has a token there."""
    n = len(token_lists)
    w = max((len(t) for t in token_lists), default=0)
    ids = torch.zeros(n, w, dtype=torch.long)
    mask = torch.zeros(n, w, dtype=torch.long)
    for j in range(w):
        ids[:, j] = torch.tensor([t[j] if j < len(t) else pad_id for t in token_lists], dtype=torch.long)
        mask[:, j] = torch.tensor([int(j < len(t)) for t in token_lists], dtype=torch.long)
    return ids, mask


def right_islice_repeat(token_lists, pad_id):
    """Functional: chain with an endless filler, cut with islice."""
    w = reduce(lambda a, t: a if a > len(t) else len(t), token_lists, 0)
    widen = lambda t, f: list(itertools.islice(itertools.chain(t, itertools.repeat(f)), w))
    ids = torch.tensor([widen(t, pad_id) for t in token_lists], dtype=torch.long)
    mask = torch.tensor([widen(map(lambda _: 1, t), 0) for t in token_lists], dtype=torch.long)
    return ids.reshape(-1 if w else len(token_lists), w), mask.reshape(-1 if w else len(token_lists), w)


def right_numpy_arrays(token_lists, pad_id):
    """Returns NumPy integer arrays instead of tensors (lenient)."""
    w = max((len(t) for t in token_lists), default=0)
    ids = np.full((len(token_lists), w), pad_id, dtype=np.int64)
    mask = np.zeros_like(ids)
    for k, t in enumerate(token_lists):
        ids[k, :len(t)] = t
        mask[k, :len(t)] = 1
    return ids, mask


def right_none_sentinel(token_lists, pad_id):
    """Fills with None first, so that real tokens equal to pad_id stay real."""
    w = max((len(t) for t in token_lists), default=0)
    holes = [[t[j] if j < len(t) else None for j in range(w)] for t in token_lists]
    ids = [[pad_id if x is None else x for x in row] for row in holes]
    mask = [[0 if x is None else 1 for x in row] for row in holes]
    return (torch.tensor(ids, dtype=torch.long).reshape(len(holes), w),
            torch.tensor(mask, dtype=torch.long).reshape(len(holes), w))


def right_defensive_deque(token_lists, pad_id):
    """Defensive: early return for nothing, int() everywhere, a deque per row."""
    if token_lists is None or len(token_lists) == 0:
        return torch.zeros((0, 0), dtype=torch.long), torch.zeros((0, 0), dtype=torch.long)
    w = max(len(t) for t in token_lists)
    all_ids, all_mask = [], []
    for t in token_lists:
        queue = deque(int(x) for x in t)
        row, flags = [], []
        for _ in range(w):
            if queue:
                row.append(queue.popleft())
                flags.append(1)
            else:
                row.append(int(pad_id))
                flags.append(0)
        all_ids.append(torch.tensor(row, dtype=torch.long))
        all_mask.append(torch.tensor(flags, dtype=torch.long))
    return torch.stack(all_ids), torch.stack(all_mask)


def right_offsets_gather(token_lists, pad_id):
    """Gathers from the flat tokens by offsets and chooses with torch.where."""
    lengths = torch.tensor([len(t) for t in token_lists], dtype=torch.long)
    flat = torch.tensor(sum((list(t) for t in token_lists), []) + [pad_id], dtype=torch.long)
    w = max((len(t) for t in token_lists), default=0)
    starts = lengths.cumsum(0) - lengths
    position = torch.arange(w).unsqueeze(0)
    where_from = (starts.unsqueeze(1) + position).clamp(max=len(flat) - 1)
    real = position < lengths.unsqueeze(1)
    ids = torch.where(real, flat[where_from], torch.full_like(where_from, pad_id))
    return ids, real.to(torch.int64)


# ---------------------------------------------------------------- wrong

def wrong_mask_from_ids(token_lists, pad_id):
    """Mask is ids != pad_id: a real token with that id is masked out."""
    w = max(len(t) for t in token_lists)
    ids = torch.tensor([t + [pad_id] * (w - len(t)) for t in token_lists], dtype=torch.long)
    return ids, (ids != pad_id).long()


def wrong_mask_from_zero(token_lists, pad_id):
    """Mask is ids != 0: hard-codes 0 as the padding id for the mask."""
    w = max(len(t) for t in token_lists)
    ids = torch.full((len(token_lists), w), pad_id, dtype=torch.long)
    for i, t in enumerate(token_lists):
        ids[i, :len(t)] = torch.tensor(t, dtype=torch.long)
    return ids, (ids != 0).long()


def wrong_pads_left(token_lists, pad_id):
    """Fills up on the left."""
    w = max(len(t) for t in token_lists)
    ids, mask = [], []
    for t in token_lists:
        gap = w - len(t)
        ids.append([pad_id] * gap + t)
        mask.append([0] * gap + [1] * len(t))
    return torch.tensor(ids, dtype=torch.long), torch.tensor(mask, dtype=torch.long)


def wrong_mask_inverted(token_lists, pad_id):
    """1 marks padding, 0 a real token."""
    lengths = torch.tensor([len(t) for t in token_lists])
    w = int(lengths.max())
    mask = (torch.arange(w)[None, :] >= lengths[:, None]).long()
    ids = pad_sequence([torch.tensor(t, dtype=torch.long) for t in token_lists], batch_first=True, padding_value=pad_id)
    return ids, mask


def wrong_order_of_results(token_lists, pad_id):
    """Returns (mask, ids)."""
    w = max(map(len, token_lists))
    ids = torch.tensor([t + [pad_id] * (w - len(t)) for t in token_lists], dtype=torch.long)
    mask = torch.tensor([[1] * len(t) + [0] * (w - len(t)) for t in token_lists], dtype=torch.long)
    return mask, ids


def wrong_changes_input(token_lists, pad_id):
    """Right tensors, but appends the padding to the caller's lists."""
    w = max(len(t) for t in token_lists)
    mask = []
    for t in token_lists:
        mask.append([1] * len(t) + [0] * (w - len(t)))
        while len(t) < w:
            t.append(pad_id)
    return torch.tensor(token_lists, dtype=torch.long), torch.tensor(mask, dtype=torch.long)


def wrong_mask_after_padding(token_lists, pad_id):
    """Pads first, then makes the mask from the padded length: all ones."""
    w = max(len(t) for t in token_lists)
    padded = [list(t) for t in token_lists]
    for t in padded:
        t.extend([pad_id] * (w - len(t)))
    mask = [[1] * len(t) + [0] * (w - len(t)) for t in padded]
    return torch.tensor(padded, dtype=torch.long), torch.tensor(mask, dtype=torch.long)


def wrong_cuts_to_shortest(token_lists, pad_id):
    """Uses min for max, so that all are cut to the shortest."""
    w = min(len(t) for t in token_lists)
    ids = [t[:w] + [pad_id] * (w - len(t)) for t in token_lists]
    mask = [[1 if j < len(t) else 0 for j in range(w)] for t in token_lists]
    return torch.tensor(ids, dtype=torch.long), torch.tensor(mask, dtype=torch.long)


def wrong_pads_with_zero(token_lists, pad_id):
    """pad_sequence with its default: fills with 0, not pad_id."""
    rows = [torch.tensor(t, dtype=torch.long) for t in token_lists]
    ids = pad_sequence(rows, batch_first=True)
    mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)
    return ids, mask


def wrong_length_of_first(token_lists, pad_id):
    """Takes the first list's length for the longest; longer ones are cut."""
    n, w = len(token_lists), len(token_lists[0])
    ids = torch.full((n, w), pad_id, dtype=torch.long)
    mask = torch.zeros(n, w, dtype=torch.long)
    for i in range(n):
        for j in range(min(w, len(token_lists[i]))):
            ids[i, j] = token_lists[i][j]
            mask[i, j] = 1
    return ids, mask


def wrong_hard_coded_length(token_lists, pad_id):
    """Pads to BERT's 512 places instead of to the longest list."""
    max_length = 512
    ids = torch.tensor([t[:max_length] + [pad_id] * (max_length - len(t)) for t in token_lists], dtype=torch.long)
    lengths = torch.tensor([len(t) for t in token_lists])
    mask = (torch.arange(max_length) < lengths[:, None]).long()
    return ids, mask


def wrong_only_ids(token_lists, pad_id):
    """Returns the ids only, forgets the mask."""
    longest = max(len(t) for t in token_lists)
    ids = np.full((len(token_lists), longest), pad_id, dtype=np.int64)
    for i, t in enumerate(token_lists):
        ids[i, :len(t)] = t
    return torch.from_numpy(ids)


def wrong_one_column_too_many(token_lists, pad_id):
    """Longest + 1: every row ends in padding."""
    longest = max(len(t) for t in token_lists) + 1
    ids = [t + [pad_id] * (longest - len(t)) for t in token_lists]
    mask = [[1] * len(t) + [0] * (longest - len(t)) for t in token_lists]
    return torch.tensor(ids, dtype=torch.long), torch.tensor(mask, dtype=torch.long)


def wrong_batch_first_forgotten(token_lists, pad_id):
    """pad_sequence without batch_first: (tokens, batch)."""
    rows = [torch.tensor(t, dtype=torch.long) for t in token_lists]
    ids = pad_sequence(rows, padding_value=pad_id)
    mask = pad_sequence([torch.ones_like(r) for r in rows], padding_value=0)
    return ids, mask


def wrong_mask_one_too_far(token_lists, pad_id):
    """<= for <: the mask marks the first filler as real."""
    lengths = torch.tensor([len(t) for t in token_lists], dtype=torch.long)
    w = int(lengths.max())
    ids = torch.full((len(token_lists), w), pad_id, dtype=torch.long)
    for i, t in enumerate(token_lists):
        ids[i, :len(t)] = torch.tensor(t, dtype=torch.long)
    mask = (torch.arange(w)[None, :] <= lengths[:, None]).long()
    return ids, mask


def wrong_reshape_for_transpose(token_lists, pad_id):
    """zip_longest gives columns; reshape instead of .T scrambles them."""
    n, w = len(token_lists), max(len(t) for t in token_lists)
    ids = torch.tensor(list(itertools.zip_longest(*token_lists, fillvalue=pad_id)), dtype=torch.long)
    mask = torch.tensor(list(itertools.zip_longest(*[[1] * len(t) for t in token_lists], fillvalue=0)), dtype=torch.long)
    return ids.reshape(n, w), mask.reshape(n, w)


def wrong_rows_share_one_list(token_lists, pad_id):
    """[[0] * w] * n: all mask rows are the same list."""
    n = len(token_lists)
    w = max(len(t) for t in token_lists)
    mask = [[0] * w] * n
    ids = []
    for i, t in enumerate(token_lists):
        ids.append(t + [pad_id] * (w - len(t)))
        for j in range(len(t)):
            mask[i][j] = 1
    return torch.tensor(ids, dtype=torch.long), torch.tensor(mask, dtype=torch.long)


def wrong_max_of_lists(token_lists, pad_id):
    """len(max(token_lists)): max compares lists by their first token, not by length."""
    w = len(max(token_lists))
    ids = [(t + [pad_id] * w)[:w] for t in token_lists]
    mask = [([1] * len(t) + [0] * w)[:w] for t in token_lists]
    return torch.tensor(ids, dtype=torch.long), torch.tensor(mask, dtype=torch.long)
