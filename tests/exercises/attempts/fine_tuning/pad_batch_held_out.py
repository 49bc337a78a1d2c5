from itertools import zip_longest

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence


def right_loop_b(token_lists, pad_id):
    """Beginner: builds new lists with loops."""
    longest = 0
    for tokens in token_lists:
        if len(tokens) > longest:
            longest = len(tokens)
    ids = []
    mask = []
    for tokens in token_lists:
        row = []
        mask_row = []
        for i in range(longest):
            if i < len(tokens):
                row.append(tokens[i])
                mask_row.append(1)
            else:
                row.append(pad_id)
                mask_row.append(0)
        ids.append(row)
        mask.append(mask_row)
    return torch.tensor(ids), torch.tensor(mask)


def right_comprehension_b(token_lists: list[list[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Two comprehensions that add lists."""
    n = max(len(t) for t in token_lists)
    ids = [t + [pad_id] * (n - len(t)) for t in token_lists]
    mask = [[1] * len(t) + [0] * (n - len(t)) for t in token_lists]
    return torch.tensor(ids), torch.tensor(mask)


def right_full_b(token_lists, pad_id):
    """Allocates with torch.full and fills the left part of each row."""
    n = max(map(len, token_lists))
    ids = torch.full((len(token_lists), n), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for i, tokens in enumerate(token_lists):
        ids[i, :len(tokens)] = torch.tensor(tokens, dtype=torch.long)
        mask[i, :len(tokens)] = 1
    return ids, mask


def right_pad_sequence_b(token_lists, pad_id):
    """The library: pad_sequence for the ids, and for ones."""
    rows = [torch.tensor(t) for t in token_lists]
    ids = pad_sequence(rows, batch_first=True, padding_value=pad_id)
    mask = pad_sequence([torch.ones_like(r) for r in rows], batch_first=True, padding_value=0)
    return ids, mask


def right_arange_b(token_lists, pad_id):
    """zip_longest turned round for the ids, arange below the lengths for the mask."""
    columns = list(zip_longest(*token_lists, fillvalue=pad_id))
    ids = torch.tensor(columns).T.contiguous()
    lengths = torch.tensor([len(t) for t in token_lists])
    mask = torch.arange(len(columns))[None, :] < lengths[:, None]
    return ids, mask.long()


def right_numpy_b(token_lists, pad_id):
    """NumPy: a boolean mask, and one assignment of all tokens in a row."""
    lengths = np.array([len(t) for t in token_lists])
    real = np.arange(lengths.max()) < lengths[:, np.newaxis]
    ids = np.full(real.shape, pad_id, dtype=np.int64)
    ids[real] = np.concatenate([np.array(t, dtype=np.int64) for t in token_lists])
    return torch.from_numpy(ids), torch.from_numpy(real.astype(np.int64))


def right_f_pad_b(token_lists, pad_id):
    """F.pad for each row, then stack."""
    longest = len(max(token_lists, key=len))
    ids, mask = [], []
    for tokens in token_lists:
        gap = longest - len(tokens)
        ids.append(F.pad(torch.tensor(tokens), (0, gap), value=pad_id))
        mask.append(F.pad(torch.ones(len(tokens), dtype=torch.long), (0, gap), value=0))
    return torch.stack(ids), torch.stack(mask)


def wrong_mask_from_pad_id_b(token_lists, pad_id):
    """The mask from ids != pad_id: a real token may have that id."""
    n = max(len(t) for t in token_lists)
    ids = torch.tensor([t + [pad_id] * (n - len(t)) for t in token_lists])
    return ids, (ids != pad_id).long()


def wrong_left_b(token_lists, pad_id):
    """Fills up on the left."""
    n = max(len(t) for t in token_lists)
    ids = [[pad_id] * (n - len(t)) + t for t in token_lists]
    mask = [[0] * (n - len(t)) + [1] * len(t) for t in token_lists]
    return torch.tensor(ids), torch.tensor(mask)


def wrong_append_in_place_b(token_lists, pad_id):
    """Appends the padding to the lists that it was given."""
    n = max(len(t) for t in token_lists)
    mask = []
    for tokens in token_lists:
        mask.append([1] * len(tokens) + [0] * (n - len(tokens)))
        while len(tokens) < n:
            tokens.append(pad_id)
    return torch.tensor(token_lists), torch.tensor(mask)


def wrong_mask_after_append_b(token_lists, pad_id):
    """Copies and fills the row first, then asks for its length: the mask is all ones."""
    n = max(len(t) for t in token_lists)
    ids, mask = [], []
    for tokens in token_lists:
        row = list(tokens)
        for _ in range(n - len(row)):
            row.append(pad_id)
        ids.append(row)
        mask.append([1] * len(row) + [0] * (n - len(row)))
    return torch.tensor(ids), torch.tensor(mask)


def wrong_zeros_b(token_lists, pad_id):
    """Fills with 0 instead of pad_id."""
    longest = max(len(t) for t in token_lists)
    ids = torch.zeros(len(token_lists), longest, dtype=torch.long)
    mask = torch.zeros(len(token_lists), longest, dtype=torch.long)
    for i in range(len(token_lists)):
        for j in range(len(token_lists[i])):
            ids[i, j] = token_lists[i][j]
            mask[i, j] = 1
    return ids, mask


def wrong_inverted_mask_b(token_lists, pad_id):
    """1 for padding, 0 for real tokens."""
    lengths = torch.tensor([len(t) for t in token_lists])
    ids = pad_sequence([torch.tensor(t) for t in token_lists], batch_first=True, padding_value=pad_id)
    mask = (torch.arange(ids.shape[1]) >= lengths.unsqueeze(1)).long()
    return ids, mask


def wrong_max_without_key_b(token_lists, pad_id):
    """max(token_lists) is the largest list in dictionary order, not the longest; the rest is cut."""
    n = len(max(token_lists))
    ids = [(t + [pad_id] * n)[:n] for t in token_lists]
    mask = [([1] * len(t) + [0] * n)[:n] for t in token_lists]
    return torch.tensor(ids), torch.tensor(mask)


def wrong_shared_rows_b(token_lists, pad_id):
    """[[0] * n] * batch: all rows of the mask are one list."""
    n = max(len(t) for t in token_lists)
    ids = [t + [pad_id] * (n - len(t)) for t in token_lists]
    mask = [[0] * n] * len(token_lists)
    for i, tokens in enumerate(token_lists):
        for j in range(len(tokens)):
            mask[i][j] = 1
    return torch.tensor(ids), torch.tensor(mask)


def wrong_batch_second_b(token_lists, pad_id):
    """batch_first forgotten: (tokens, batch)."""
    rows = [torch.tensor(t) for t in token_lists]
    ids = pad_sequence(rows, padding_value=pad_id)
    mask = pad_sequence([torch.ones_like(r) for r in rows], padding_value=0)
    return ids, mask


def wrong_first_pad_b(token_lists, pad_id):
    """The mask ends at the first pad_id in the row."""
    n = max(len(t) for t in token_lists)
    ids, mask = [], []
    for t in token_lists:
        row = t + [pad_id] * (n - len(t))
        end = row.index(pad_id) if pad_id in row else n
        ids.append(row)
        mask.append([1 if i < end else 0 for i in range(n)])
    return torch.tensor(ids), torch.tensor(mask)


def right_floats_b(token_lists, pad_id):
    """dtype forgotten: both results are float32, whole numbers all the same; accepted with a remark."""
    n = max(len(t) for t in token_lists)
    ids = torch.ones(len(token_lists), n) * pad_id
    mask = torch.zeros(len(token_lists), n)
    for i, t in enumerate(token_lists):
        ids[i, :len(t)] = torch.tensor(t, dtype=torch.float32)
        mask[i, :len(t)] = 1
    return ids, mask


def wrong_sorted_b(token_lists, pad_id):
    """Sorts by length first: the order of the sentences changes."""
    rows = sorted(token_lists, key=len, reverse=True)
    n = len(rows[0])
    ids = torch.tensor([t + [pad_id] * (n - len(t)) for t in rows])
    mask = torch.tensor([[1] * len(t) + [0] * (n - len(t)) for t in rows])
    return ids, mask
