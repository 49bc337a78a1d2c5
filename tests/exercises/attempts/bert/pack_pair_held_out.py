import itertools

import numpy as np
import torch
from torch import Tensor


def right_loop_b(first, second, cls_id, sep_id):
    """Beginner: appends token after token, with its segment."""
    ids = []
    segments = []
    ids.append(cls_id)
    segments.append(0)
    for token in first:
        ids.append(token)
        segments.append(0)
    ids.append(sep_id)
    segments.append(0)
    for token in second:
        ids.append(token)
        segments.append(1)
    ids.append(sep_id)
    segments.append(1)
    return torch.tensor([ids]), torch.tensor([segments])


def right_concat_b(first: list[int], second: list[int], cls_id: int, sep_id: int) -> tuple[Tensor, Tensor]:
    """The short way: adds lists and multiplies [0] and [1]."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    segments = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return torch.tensor(ids).unsqueeze(0), torch.tensor(segments).unsqueeze(0)


def right_cat_b(first, second, cls_id, sep_id):
    """Torch throughout: cat of two tensors, zeros_like and ones_like."""
    a = torch.tensor([cls_id, *first, sep_id], dtype=torch.long)
    b = torch.tensor([*second, sep_id], dtype=torch.long)
    return torch.cat([a, b])[None], torch.cat([torch.zeros_like(a), torch.ones_like(b)])[None]


def right_arange_b(first, second, cls_id, sep_id):
    """Segment from the position: arange compared with the place where the answer starts."""
    ids = torch.tensor([[cls_id, *first, sep_id, *second, sep_id]])
    start = 1 + len(first) + 1
    segments = (torch.arange(ids.shape[1]) >= start).long()
    return ids, segments.view(1, -1)


def right_pairs_b(first, second, cls_id, sep_id):
    """Functional: (id, segment) pairs from itertools, then unzipped."""
    pairs = itertools.chain(
        ((t, 0) for t in itertools.chain([cls_id], first, [sep_id])),
        ((t, 1) for t in itertools.chain(second, [sep_id])),
    )
    ids, segments = zip(*pairs)
    return torch.tensor([list(ids)]), torch.tensor([list(segments)])


def right_fill_b(first, second, cls_id, sep_id):
    """Careful: allocates zeros and fills slices."""
    n, m = len(first), len(second)
    ids = torch.full((1, n + m + 3), sep_id, dtype=torch.long)
    segments = torch.zeros(1, n + m + 3, dtype=torch.long)
    ids[0, 0] = cls_id
    if n > 0:
        ids[0, 1:n + 1] = torch.tensor(first)
    if m > 0:
        ids[0, n + 2:n + 2 + m] = torch.tensor(second)
    segments[0, n + 2:] = 1
    return ids, segments


def right_numpy_b(first, second, cls_id, sep_id):
    """NumPy person: np.repeat for the segments, from_numpy at the end."""
    ids = np.array([cls_id] + list(first) + [sep_id] + list(second) + [sep_id], dtype=np.int64)
    segments = np.repeat(np.array([0, 1], dtype=np.int64), [len(first) + 2, len(second) + 1])
    return torch.from_numpy(ids.reshape(1, -1)), torch.from_numpy(segments.reshape(1, -1))


def wrong_first_sep_one_b(first, second, cls_id, sep_id):
    """The [SEP] in the middle gets segment 1."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    segments = [0] * (len(first) + 1) + [1] * (len(second) + 2)
    return torch.tensor([ids]), torch.tensor([segments])


def wrong_no_last_sep_b(first, second, cls_id, sep_id):
    """Forgets the [SEP] at the end."""
    ids = [cls_id, *first, sep_id, *second]
    segments = [0] * (2 + len(first)) + [1] * len(second)
    return torch.tensor([ids]), torch.tensor([segments])


def wrong_no_batch_b(first, second, cls_id, sep_id):
    """Forgets the batch axis: shape (tokens,)."""
    ids = torch.tensor([cls_id] + first + [sep_id] + second + [sep_id])
    segments = torch.tensor([0] * (len(first) + 2) + [1] * (len(second) + 1))
    return ids, segments


def wrong_index_of_sep_b(first, second, cls_id, sep_id):
    """Looks for the first sep_id, which may stand in the question."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    border = ids.index(sep_id)
    segments = [0 if i <= border else 1 for i in range(len(ids))]
    return torch.tensor([ids]), torch.tensor([segments])


def wrong_count_seps_b(first, second, cls_id, sep_id):
    """A new segment after every sep_id that it meets."""
    ids = [cls_id, *first, sep_id, *second, sep_id]
    segments = []
    segment = 0
    for token in ids:
        segments.append(segment)
        if token == sep_id:
            segment += 1
    return torch.tensor([ids]), torch.tensor([segments])


def wrong_in_place_b(first, second, cls_id, sep_id):
    """Puts the special tokens into the lists that it was given."""
    first.insert(0, cls_id)
    first.append(sep_id)
    second.append(sep_id)
    segments = [0] * len(first) + [1] * len(second)
    return torch.tensor([first + second]), torch.tensor([segments])


def wrong_skip_empty_b(first, second, cls_id, sep_id):
    """Without a second text it leaves the second [SEP] out."""
    ids = [cls_id] + first + [sep_id]
    segments = [0] * len(ids)
    if second:
        ids = ids + second + [sep_id]
        segments = segments + [1] * (len(second) + 1)
    return torch.tensor(ids)[None, :], torch.tensor(segments)[None, :]


def wrong_second_cls_b(first, second, cls_id, sep_id):
    """Gives each text a [CLS] of its own."""
    a = [cls_id] + first + [sep_id]
    b = [cls_id] + second + [sep_id]
    return torch.tensor([a + b]), torch.tensor([[0] * len(a) + [1] * len(b)])


def wrong_last_sep_zero_b(first, second, cls_id, sep_id):
    """Only the tokens of the second text are segment 1, its [SEP] is not."""
    ids = torch.tensor([[cls_id] + first + [sep_id] + second + [sep_id]])
    segments = torch.zeros_like(ids)
    start = len(first) + 2
    segments[:, start:start + len(second)] = 1
    return ids, segments


def wrong_one_and_two_b(first, second, cls_id, sep_id):
    """Numbers the segments 1 and 2."""
    ids = torch.tensor([[cls_id] + first + [sep_id] + second + [sep_id]])
    segments = torch.tensor([[1 for _ in range(len(first) + 2)] + [2 for _ in range(len(second) + 1)]])
    return ids, segments


def wrong_drop_special_b(first, second, cls_id, sep_id):
    """Cleans special ids out of the texts first."""
    a = [t for t in first if t not in (cls_id, sep_id)]
    b = [t for t in second if t not in (cls_id, sep_id)]
    ids = [cls_id] + a + [sep_id] + b + [sep_id]
    segments = [0] * (len(a) + 2) + [1] * (len(b) + 1)
    return torch.tensor([ids]), torch.tensor([segments])


def wrong_column_b(first, second, cls_id, sep_id):
    """unsqueeze(1) for unsqueeze(0): shape (tokens, 1)."""
    ids = torch.tensor([cls_id, *first, sep_id, *second, sep_id])
    segments = (torch.arange(len(ids)) > len(first) + 1).long()
    return ids.unsqueeze(1), segments.unsqueeze(1)
