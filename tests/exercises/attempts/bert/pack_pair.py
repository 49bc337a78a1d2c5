import itertools
import functools

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


# ---------------------------------------------------------------- right

def right_list_sum(first, second, cls_id, sep_id):
    """The shortest way: add lists, multiply lists."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    segments = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return torch.tensor([ids]), torch.tensor([segments])


def right_append_loop(first, second, cls_id, sep_id):
    """A beginner's loops with append for both lists."""
    ids = []
    seg = []
    ids.append(cls_id)
    seg.append(0)
    for i in range(len(first)):
        ids.append(first[i])
        seg.append(0)
    ids.append(sep_id)
    seg.append(0)
    for i in range(len(second)):
        ids.append(second[i])
        seg.append(1)
    ids.append(sep_id)
    seg.append(1)
    return torch.tensor(ids).unsqueeze(0), torch.tensor(seg).unsqueeze(0)


def right_torch_cat(first, second, cls_id, sep_id):
    """Tensors with an explicit dtype, glued by torch.cat."""
    def t(x):
        return torch.tensor(x, dtype=torch.long)
    a = torch.cat([t([cls_id]), t(first), t([sep_id])])
    b = torch.cat([t(second), t([sep_id])])
    ids = torch.cat([a, b])[None]
    seg = torch.cat([torch.zeros_like(a), torch.ones_like(b)])[None]
    return ids, seg


def right_star_unpack(first, second, cls_id, sep_id):
    """Star expressions for the ids, two parts named left and right."""
    left = [cls_id, *first, sep_id]
    right = [*second, sep_id]
    return torch.tensor([[*left, *right]]), torch.tensor([[*(0 for _ in left), *(1 for _ in right)]])


def right_numpy_concatenate(first, second, cls_id, sep_id):
    """A NumPy person: concatenate int64 arrays, then from_numpy."""
    ids = np.concatenate([[cls_id], np.array(first, dtype=np.int64), [sep_id], np.array(second, dtype=np.int64), [sep_id]]).astype(np.int64)
    seg = np.zeros(len(ids), dtype=np.int64)
    seg[len(first) + 2:] = 1
    return torch.from_numpy(ids.reshape(1, -1)), torch.from_numpy(seg.reshape(1, -1))


def right_fill_slices(first, second, cls_id, sep_id):
    """Makes room first, then fills slices of a long tensor."""
    n, m = len(first), len(second)
    ids = torch.full((1, n + m + 3), sep_id, dtype=torch.long)
    ids[0, 0] = cls_id
    ids[0, 1:n + 1] = torch.tensor(first, dtype=torch.long)
    ids[0, n + 2:n + 2 + m] = torch.tensor(second, dtype=torch.long)
    seg = torch.zeros((1, n + m + 3), dtype=torch.long)
    seg[0, n + 2:] = 1
    return ids, seg


def right_arange_compare(first, second, cls_id, sep_id):
    """Segments by comparing positions with a border."""
    ids = torch.tensor([[cls_id] + first + [sep_id] + second + [sep_id]])
    positions = torch.arange(ids.shape[1])
    seg = (positions >= len(first) + 2).long().unsqueeze(0)
    return ids, seg


def right_position_comprehension(first, second, cls_id, sep_id):
    """A comprehension with a condition for the segments."""
    ids = [cls_id] + list(first) + [sep_id] + list(second) + [sep_id]
    seg = [1 if i > len(first) + 1 else 0 for i in range(len(ids))]
    return torch.tensor(ids).view(1, -1), torch.tensor(seg).view(1, -1)


def right_itertools_chain(first, second, cls_id, sep_id):
    """Likes itertools: chain and repeat."""
    ids = list(itertools.chain([cls_id], first, [sep_id], second, [sep_id]))
    seg = list(itertools.chain(itertools.repeat(0, len(first) + 2), itertools.repeat(1, len(second) + 1)))
    return torch.tensor(ids)[None, :], torch.tensor(seg)[None, :]


def right_pairs_zip(first, second, cls_id, sep_id):
    """Keeps (id, segment) pairs together and takes them apart by zip."""
    pairs = [(cls_id, 0)] + [(i, 0) for i in first] + [(sep_id, 0)]
    pairs += [(i, 1) for i in second] + [(sep_id, 1)]
    ids, seg = zip(*pairs)
    return torch.tensor([list(ids)]), torch.tensor([list(seg)])


def right_columns_transposed(first, second, cls_id, sep_id):
    """One (tokens, 2) tensor of pairs, its two columns as rows."""
    pairs = [[cls_id, 0]]
    for x in first + [sep_id]:
        pairs.append([x, 0])
    for x in second + [sep_id]:
        pairs.append([x, 1])
    both = torch.tensor(pairs).T.contiguous()
    return both[0:1], both[1:2]


def right_while_loop(first, second, cls_id, sep_id):
    """While loops with counters, from an old-school programmer."""
    ids = [cls_id]
    k = 0
    while k < len(first):
        ids.append(first[k])
        k += 1
    ids.append(sep_id)
    border = len(ids)
    k = 0
    while k < len(second):
        ids.append(second[k])
        k += 1
    ids.append(sep_id)
    seg = []
    while len(seg) < border:
        seg.append(0)
    while len(seg) < len(ids):
        seg.append(1)
    return torch.LongTensor([ids]), torch.LongTensor([seg])


def right_copy_insert(first, second, cls_id, sep_id):
    """Copies the lists, then insert, append and extend."""
    a = first.copy()
    a.insert(0, cls_id)
    a.append(sep_id)
    b = second.copy()
    b.append(sep_id)
    n_a = len(a)
    a.extend(b)
    seg = torch.zeros(1, len(a), dtype=torch.long)
    seg[:, n_a:] = 1
    return torch.tensor(a, dtype=torch.long).reshape(1, len(a)), seg


def right_f_pad(first, second, cls_id, sep_id):
    """F.pad puts the special tokens around and the ones behind."""
    a = F.pad(F.pad(torch.tensor(first, dtype=torch.long), (1, 0), value=cls_id), (0, 1), value=sep_id)
    b = F.pad(torch.tensor(second, dtype=torch.long), (0, 1), value=sep_id)
    seg = F.pad(torch.zeros(len(a), dtype=torch.long), (0, len(b)), value=1)
    return torch.hstack([a, b]).unsqueeze(0), seg.unsqueeze(0)


def right_repeat_interleave(first, second, cls_id, sep_id):
    """Segments by repeat_interleave of 0 and 1."""
    ids = torch.tensor([cls_id, *first, sep_id, *second, sep_id], dtype=torch.int64)
    seg = torch.repeat_interleave(torch.tensor([0, 1]), torch.tensor([len(first) + 2, len(second) + 1]))
    return ids.unsqueeze(dim=0), seg.unsqueeze(dim=0)


def right_cumsum_step(first, second, cls_id, sep_id):
    """A single 1 at the border and a cumulative sum."""
    ids = torch.tensor([[cls_id] + first + [sep_id] + second + [sep_id]])
    step = torch.zeros_like(ids)
    step[0, len(first) + 2] = 1
    return ids, step.cumsum(dim=1)


def _parts(parts):
    if not parts:
        return [], []
    tokens, number = parts[0]
    ids, seg = _parts(parts[1:])
    return list(tokens) + ids, [number] * len(tokens) + seg


def right_recursive_parts(first, second, cls_id, sep_id):
    """Recursive over the five parts."""
    ids, seg = _parts([([cls_id], 0), (first, 0), ([sep_id], 0), (second, 1), ([sep_id], 1)])
    return torch.tensor(ids).unsqueeze(0), torch.tensor(seg).unsqueeze(0)


def right_defensive_reduce(first, second, cls_id, sep_id):
    """Defensive: casts everything to int, checks the lengths, uses reduce."""
    pieces = [[int(cls_id)], [int(i) for i in first], [int(sep_id)], [int(i) for i in second], [int(sep_id)]]
    ids = functools.reduce(lambda x, y: x + y, pieces, [])
    seg = [0] * sum(len(p) for p in pieces[:3]) + [1] * sum(len(p) for p in pieces[3:])
    assert len(ids) == len(seg)
    return torch.tensor([ids], dtype=torch.long), torch.tensor([seg], dtype=torch.long)


# ---------------------------------------------------------------- wrong

def wrong_no_batch(first, second, cls_id, sep_id):
    """Forgets the batch dimension: shape (tokens,)."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    seg = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return torch.tensor(ids), torch.tensor(seg)


def wrong_middle_sep_in_one(first, second, cls_id, sep_id):
    """The first [SEP] is put in segment 1."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    seg = [0] * (len(first) + 1) + [1] * (len(second) + 2)
    return torch.tensor([ids]), torch.tensor([seg])


def wrong_no_last_sep(first, second, cls_id, sep_id):
    """The [SEP] at the end is missing."""
    a = [cls_id] + first + [sep_id]
    ids = torch.tensor(a + second).unsqueeze(0)
    seg = torch.tensor([0] * len(a) + [1] * len(second)).unsqueeze(0)
    return ids, seg


def wrong_last_sep_in_zero(first, second, cls_id, sep_id):
    """Special tokens all get segment 0, the last [SEP] too."""
    ids = [cls_id]
    seg = [0]
    for t in first:
        ids.append(t)
        seg.append(0)
    ids.append(sep_id)
    seg.append(0)
    for t in second:
        ids.append(t)
        seg.append(1)
    ids.append(sep_id)
    seg.append(0)
    return torch.tensor([ids]), torch.tensor([seg])


def wrong_no_middle_sep(first, second, cls_id, sep_id):
    """Only one [SEP], at the end."""
    ids = torch.tensor([[cls_id, *first, *second, sep_id]])
    seg = torch.zeros_like(ids)
    seg[:, 1 + len(first):] = 1
    return ids, seg


def wrong_segments_one_two(first, second, cls_id, sep_id):
    """Counts the segments 1 and 2."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    seg = [1] * (len(first) + 2) + [2] * (len(second) + 1)
    return torch.tensor([ids]), torch.tensor([seg])


def wrong_cls_twice(first, second, cls_id, sep_id):
    """Each text is packed by itself, with a [CLS] of its own."""
    def pack(x):
        return [cls_id] + x + [sep_id]
    a, b = pack(first), pack(second)
    return torch.tensor([a + b]), torch.tensor([[0] * len(a) + [1] * len(b)])


def wrong_order_of_results(first, second, cls_id, sep_id):
    """Returns the segments first, then the ids."""
    ids = torch.tensor([cls_id] + first + [sep_id] + second + [sep_id])
    seg = (torch.arange(len(ids)) > len(first) + 1).long()
    return seg[None], ids[None]


def wrong_segments_flipped(first, second, cls_id, sep_id):
    """The comparison points the other way: 1 for the first text."""
    ids = torch.tensor([[cls_id] + first + [sep_id] + second + [sep_id]])
    seg = (torch.arange(ids.shape[1]) < len(first) + 2).long()
    return ids, seg.unsqueeze(0)


def wrong_changes_input(first, second, cls_id, sep_id):
    """Inserts and appends in the lists that were given; they are changed after the call."""
    first.insert(0, cls_id)
    first.append(sep_id)
    second.append(sep_id)
    return torch.tensor([first + second]), torch.tensor([[0] * len(first) + [1] * len(second)])


def wrong_border_by_index(first, second, cls_id, sep_id):
    """Looks for the border with index(sep_id): too early where the first text holds that id."""
    ids = [cls_id] + first + [sep_id] + second + [sep_id]
    border = ids.index(sep_id)
    seg = [0] * (border + 1) + [1] * (len(ids) - border - 1)
    return torch.tensor([ids]), torch.tensor([seg])


def wrong_column(first, second, cls_id, sep_id):
    """unsqueeze(1) for unsqueeze(0): shape (tokens, 1)."""
    ids = torch.tensor([cls_id] + first + [sep_id] + second + [sep_id]).unsqueeze(1)
    seg = torch.tensor([0] * (len(first) + 2) + [1] * (len(second) + 1)).unsqueeze(1)
    return ids, seg


def wrong_cls_sep_swapped(first, second, cls_id, sep_id):
    """Mixes up [CLS] and [SEP]."""
    a = [sep_id] + first + [cls_id]
    b = second + [cls_id]
    return torch.tensor([a + b]), torch.tensor([[0] * len(a) + [1] * len(b)])


def wrong_cumsum_of_seps(first, second, cls_id, sep_id):
    """Counts the separators up to each token: the middle [SEP] gets 1, the last gets 2."""
    ids = torch.tensor([[cls_id] + first + [sep_id] + second + [sep_id]])
    seg = torch.cumsum((ids == sep_id).long(), dim=1)
    return ids, seg


def wrong_segments_too_short(first, second, cls_id, sep_id):
    """[CLS] is not counted in the segments: one entry fewer than tokens."""
    ids = np.array([cls_id] + first + [sep_id] + second + [sep_id])
    seg = np.array([0] * (len(first) + 1) + [1] * (len(second) + 1))
    return torch.from_numpy(ids)[None], torch.from_numpy(seg)[None]


def wrong_empty_second(first, second, cls_id, sep_id):
    """Thinks that an empty second text needs no [SEP]."""
    ids = [cls_id] + first + [sep_id]
    seg = [0] * len(ids)
    if second:
        ids += second + [sep_id]
        seg += [1] * (len(second) + 1)
    return torch.tensor([ids]), torch.tensor([seg])


def wrong_hard_coded_ids(first, second, cls_id, sep_id):
    """Writes the 101 and 102 of BERT-base instead of the parameters."""
    ids = [101] + first + [102] + second + [102]
    seg = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return torch.tensor([ids]), torch.tensor([seg])


def wrong_two_rows(first, second, cls_id, sep_id):
    """Takes the two texts for a batch: two rows, the shorter filled up with zeros."""
    a = [cls_id] + first + [sep_id]
    b = second + [sep_id]
    n = max(len(a), len(b))
    ids = torch.tensor([a + [0] * (n - len(a)), b + [0] * (n - len(b))])
    seg = torch.tensor([[0] * n, [1] * n])
    return ids, seg
