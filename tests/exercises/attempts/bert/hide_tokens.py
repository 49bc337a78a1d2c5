import itertools
import math

import numpy as np
import torch
from torch import Tensor


# ---------------------------------------------------------------- right

def right_nested_where(token_ids, chance, fate, others):
    """Two nested torch.where and one for the labels."""
    chosen = (chance < 0.15) & (token_ids > 4)
    new = torch.where(fate < 0.8, torch.full_like(token_ids, 4), torch.where(fate < 0.9, others, token_ids))
    ids = torch.where(chosen, new, token_ids)
    labels = torch.where(chosen, token_ids, torch.full_like(token_ids, -100))
    return ids, labels


def right_clone_and_assign(token_ids, chance, fate, others):
    """Clones, then assigns through Boolean masks."""
    ids = token_ids.clone()
    labels = token_ids.clone()
    chosen = (chance < 0.15) & (token_ids >= 5)
    labels[~chosen] = -100
    to_mask = chosen & (fate < 0.8)
    to_other = chosen & (fate >= 0.8) & (fate < 0.9)
    ids[to_mask] = 4
    ids[to_other] = others[to_other]
    return ids, labels


def right_double_loop(token_ids, chance, fate, others):
    """A beginner's two loops with if and elif."""
    ids = token_ids.clone()
    labels = torch.full_like(token_ids, -100)
    for b in range(token_ids.shape[0]):
        for t in range(token_ids.shape[1]):
            if chance[b, t] < 0.15 and token_ids[b, t] > 4:
                labels[b, t] = token_ids[b, t]
                if fate[b, t] < 0.8:
                    ids[b, t] = 4
                elif fate[b, t] < 0.9:
                    ids[b, t] = others[b, t]
    return ids, labels


def right_zip_rows(token_ids, chance, fate, others):
    """zip over rows and elements, 0-d tensors compared, lists of ints collected."""
    all_ids, all_labels = [], []
    for row, row_chance, row_fate, row_others in zip(token_ids, chance, fate, others):
        ids, labels = [], []
        for token, c, f, other in zip(row, row_chance, row_fate, row_others):
            if token <= 4 or c >= 0.15:
                ids.append(int(token))
                labels.append(-100)
                continue
            labels.append(int(token))
            if f < 0.8:
                ids.append(4)
            elif f < 0.9:
                ids.append(int(other))
            else:
                ids.append(int(token))
        all_ids.append(ids)
        all_labels.append(labels)
    return torch.tensor(all_ids), torch.tensor(all_labels)


def right_numpy_where(token_ids, chance, fate, others):
    """A NumPy person: np.where, back by from_numpy."""
    x, c, f, o = (t.numpy() for t in (token_ids, chance, fate, others))
    chosen = np.logical_and(c < 0.15, x > 4)
    ids = np.where(chosen & (f < 0.8), 4, np.where(chosen & (f < 0.9), o, x))
    labels = np.where(chosen, x, -100)
    return torch.from_numpy(ids), torch.from_numpy(labels)


def right_np_select(token_ids, chance, fate, others):
    """np.select with conditions in order."""
    x, c, f, o = token_ids.numpy(), chance.numpy(), fate.numpy(), others.numpy()
    left = (c >= 0.15) | (x <= 4)
    ids = np.select([left, f < 0.8, f < 0.9], [x, np.full_like(x, 4), o], default=x)
    labels = np.select([left], [np.full_like(x, -100)], default=x)
    return torch.tensor(ids), torch.tensor(labels)


def right_masked_fill(token_ids, chance, fate, others):
    """masked_fill for labels and [MASK], where for the others."""
    not_chosen = (chance >= 0.15) | (token_ids < 5)
    labels = token_ids.masked_fill(not_chosen, -100)
    ids = token_ids.masked_fill(~not_chosen & (fate < 0.8), 4)
    ids = torch.where(~not_chosen & (fate >= 0.8) & (fate < 0.9), others, ids)
    return ids, labels


def right_arithmetic(token_ids, chance, fate, others):
    """Multiplies by masks of 0 and 1."""
    chosen = ((chance < 0.15) & (token_ids > 4)).long()
    a = chosen * (fate < 0.8).long()
    b = chosen * (fate < 0.9).long() - a
    ids = 4 * a + others * b + token_ids * (1 - a - b)
    labels = token_ids * chosen - 100 * (1 - chosen)
    return ids, labels


def right_others_then_mask(token_ids, chance, fate, others):
    """Writes the others below 0.9 first, then overwrites those below 0.8 with [MASK]."""
    special = torch.isin(token_ids, torch.arange(5))
    chosen = (chance < 0.15) & ~special
    ids = token_ids.clone()
    below = chosen & (fate < 0.9)
    ids[below] = others[below]
    ids[chosen & (fate < 0.8)] = 4
    labels = torch.full(token_ids.shape, -100, dtype=token_ids.dtype)
    labels[chosen] = token_ids[chosen]
    return ids, labels


def right_nonzero_places(token_ids, chance, fate, others):
    """Loops only over the places that nonzero gives."""
    ids = token_ids.detach().clone()
    labels = torch.zeros_like(token_ids) - 100
    for b, t in ((chance < 0.15) & (token_ids > 4)).nonzero().tolist():
        labels[b, t] = token_ids[b, t]
        if fate[b, t] >= 0.9:
            continue
        ids[b, t] = 4 if fate[b, t] < 0.8 else others[b, t]
    return ids, labels


def right_bucketize_gather(token_ids, chance, fate, others):
    """Stacks the three possible results and gathers by bucket."""
    bucket = torch.bucketize(fate.contiguous(), torch.tensor([0.8, 0.9], dtype=fate.dtype), right=True)
    chosen = (chance < 0.15) & (token_ids > 4)
    bucket = torch.where(chosen, bucket, torch.full_like(bucket, 2))
    options = torch.stack([torch.full_like(token_ids, 4), others, token_ids])
    ids = options.gather(0, bucket.unsqueeze(0)).squeeze(0)
    labels = torch.where(chosen, token_ids, -100)
    return ids, labels


def right_helper_per_token(token_ids, chance, fate, others):
    """A small function for one token, with early returns."""
    def one(token, c, f, other):
        if token < 5:
            return token, -100
        if not c < 0.15:
            return token, -100
        if f < 0.8:
            return 4, token
        if f < 0.9:
            return other, token
        return token, token

    ids = torch.empty_like(token_ids)
    labels = torch.empty_like(token_ids)
    for i in range(len(token_ids)):
        for j in range(len(token_ids[i])):
            a, b = one(token_ids[i, j], chance[i, j], fate[i, j], others[i, j])
            ids[i, j] = a
            labels[i, j] = b
    return ids, labels


def right_flat_while(token_ids, chance, fate, others):
    """Flattens all, one while loop, view at the end."""
    flat = token_ids.reshape(-1).clone()
    c, f, o = chance.reshape(-1), fate.reshape(-1), others.reshape(-1)
    labels = []
    i = 0
    while i < flat.numel():
        label = -100
        if bool(c[i] < 0.15) and flat[i].item() not in (0, 1, 2, 3, 4):
            label = flat[i].item()
            if bool(f[i] < 0.8):
                flat[i] = 4
            elif bool(f[i] < 0.9):
                flat[i] = o[i]
        labels.append(label)
        i += 1
    return flat.view(token_ids.shape), torch.tensor(labels).view(token_ids.shape)


def right_masked_scatter(token_ids, chance, fate, others):
    """masked_scatter with the others selected by the same mask."""
    chosen = (token_ids > 4).logical_and(chance.lt(0.15))
    hole = chosen.logical_and(fate.lt(0.8))
    swap = chosen.logical_and(fate.lt(0.9)).logical_and(hole.logical_not())
    ids = token_ids.masked_fill(hole, 4).masked_scatter(swap, others[swap])
    return ids, token_ids.masked_fill(chosen.logical_not(), -100)


def right_special_loop(token_ids, chance, fate, others):
    """Takes the special ids out one by one; the order of three wheres matters."""
    chosen = chance < 0.15
    for special in range(5):
        chosen = chosen & (token_ids != special)
    ids = torch.where(chosen, others, token_ids)
    ids = torch.where(chosen & (fate < 0.8), torch.tensor(4), ids)
    ids = torch.where(chosen & ~(fate < 0.9), token_ids, ids)
    labels = torch.where(chosen, token_ids, torch.tensor(-100))
    return ids, labels


def right_ndindex(token_ids, chance, fate, others):
    """itertools.product over the places, a dictionary-like dispatch by an integer."""
    ids, labels = token_ids.clone(), token_ids.clone()
    rows, columns = token_ids.shape
    for place in itertools.product(range(rows), range(columns)):
        if not (chance[place] < 0.15 and token_ids[place] > 4):
            labels[place] = -100
            continue
        which = int(fate[place] >= 0.8) + int(fate[place] >= 0.9)
        ids[place] = [torch.tensor(4), others[place], token_ids[place]][which]
    return ids, labels


def _row(tokens, c, f, o):
    if len(tokens) == 0:
        return [], []
    ids, labels = _row(tokens[1:], c[1:], f[1:], o[1:])
    token = int(tokens[0])
    if c[0] < 0.15 and token > 4:
        new = 4 if f[0] < 0.8 else int(o[0]) if f[0] < 0.9 else token
        return [new] + ids, [token] + labels
    return [token] + ids, [-100] + labels


def right_recursive_rows(token_ids, chance, fate, others):
    """Each row recursively."""
    rows = [_row(*parts) for parts in zip(token_ids, chance, fate, others)]
    return torch.tensor([r[0] for r in rows]), torch.tensor([r[1] for r in rows])


def right_index_put(token_ids, chance, fate, others):
    """index_put with coordinates, not in place."""
    chosen = (chance < 0.15) * (token_ids > 4)
    m = torch.nonzero(chosen & (fate < 0.8), as_tuple=True)
    o = torch.nonzero(chosen & (fate >= 0.8) & (fate < 0.9), as_tuple=True)
    n = torch.nonzero(~chosen, as_tuple=True)
    ids = token_ids.index_put(m, torch.tensor(4)).index_put(o, others[o])
    return ids, token_ids.index_put(n, torch.tensor(-100))


# ---------------------------------------------------------------- wrong

def wrong_specials_chosen(token_ids, chance, fate, others):
    """Forgets that special tokens are never chosen."""
    chosen = chance < 0.15
    ids = torch.where(chosen & (fate < 0.8), torch.full_like(token_ids, 4), token_ids)
    ids = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), others, ids)
    return ids, torch.where(chosen, token_ids, torch.full_like(token_ids, -100))


def wrong_four_not_special(token_ids, chance, fate, others):
    """range(4) for the special ids: a [MASK] in the text may be chosen."""
    special = torch.zeros_like(token_ids, dtype=torch.bool)
    for s in range(4):
        special |= token_ids == s
    chosen = (chance < 0.15) & ~special
    ids = token_ids.clone()
    ids[chosen & (fate < 0.8)] = 4
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids[swap] = others[swap]
    return ids, token_ids.masked_fill(~chosen, -100)


def wrong_five_special(token_ids, chance, fate, others):
    """> 5 for > 4: the first ordinary token, id 5, is never chosen."""
    chosen = (chance < 0.15) & (token_ids > 5)
    new = torch.where(fate < 0.8, torch.full_like(token_ids, 4), torch.where(fate < 0.9, others, token_ids))
    return torch.where(chosen, new, token_ids), torch.where(chosen, token_ids, torch.full_like(token_ids, -100))


def wrong_two_ifs(token_ids, chance, fate, others):
    """if and if, not if and elif: below 0.8 the [MASK] is overwritten by the other token."""
    ids = token_ids.clone()
    labels = torch.full_like(token_ids, -100)
    for b in range(token_ids.shape[0]):
        for t in range(token_ids.shape[1]):
            if chance[b, t] < 0.15 and token_ids[b, t] > 4:
                labels[b, t] = token_ids[b, t]
                if fate[b, t] < 0.8:
                    ids[b, t] = 4
                if fate[b, t] < 0.9:
                    ids[b, t] = others[b, t]
    return ids, labels


def wrong_labels_where_masked(token_ids, chance, fate, others):
    """Labels only where [MASK] stands."""
    chosen = (chance < 0.15) & (token_ids > 4)
    hole = chosen & (fate < 0.8)
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids = token_ids.masked_fill(hole, 4)
    ids = torch.where(swap, others, ids)
    return ids, token_ids.masked_fill(~hole, -100)


def wrong_labels_where_changed(token_ids, chance, fate, others):
    """Labels by comparing new and old ids: the tenth that stays gets -100."""
    chosen = (chance < 0.15) & (token_ids > 4)
    new = torch.where(fate < 0.8, torch.full_like(token_ids, 4), torch.where(fate < 0.9, others, token_ids))
    ids = torch.where(chosen, new, token_ids)
    labels = torch.where(ids != token_ids, token_ids, torch.full_like(token_ids, -100))
    return ids, labels


def wrong_labels_all(token_ids, chance, fate, others):
    """The labels are the original ids everywhere."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = token_ids.clone()
    ids[chosen & (fate < 0.8)] = 4
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids[swap] = others[swap]
    return ids, token_ids.clone()


def wrong_labels_after_change(token_ids, chance, fate, others):
    """The labels are taken from the changed ids."""
    ids = token_ids.clone()
    labels = torch.full_like(token_ids, -100)
    for b, t in ((chance < 0.15) & (token_ids > 4)).nonzero().tolist():
        if fate[b, t] < 0.8:
            ids[b, t] = 4
        elif fate[b, t] < 0.9:
            ids[b, t] = others[b, t]
        labels[b, t] = ids[b, t]
    return ids, labels


def wrong_changes_input(token_ids, chance, fate, others):
    """Writes the holes into the tensor that was given; labels are right as they were made before."""
    chosen = (chance < 0.15) & (token_ids > 4)
    labels = token_ids.masked_fill(~chosen, -100)
    token_ids[chosen & (fate < 0.8)] = 4
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    token_ids[swap] = others[swap]
    return token_ids, labels


def wrong_labels_zero(token_ids, chance, fate, others):
    """0, not -100, where nothing is asked."""
    chosen = (chance < 0.15) & (token_ids > 4)
    new = torch.where(fate < 0.8, torch.full_like(token_ids, 4), torch.where(fate < 0.9, others, token_ids))
    return torch.where(chosen, new, token_ids), token_ids * chosen


def wrong_labels_inverted(token_ids, chance, fate, others):
    """-100 where chosen, the id elsewhere."""
    x, c, f, o = token_ids.numpy(), chance.numpy(), fate.numpy(), others.numpy()
    chosen = (c < 0.15) & (x > 4)
    ids = np.where(chosen & (f < 0.8), 4, np.where(chosen & (f < 0.9), o, x))
    labels = np.where(chosen, -100, x)
    return torch.from_numpy(ids), torch.from_numpy(labels)


def wrong_fate_of_all(token_ids, chance, fate, others):
    """Applies the fate to every ordinary token; only the labels look at the choice."""
    real = token_ids > 4
    chosen = (chance < 0.15) & real
    ids = token_ids.clone()
    ids[real & (fate < 0.8)] = 4
    swap = real & (fate >= 0.8) & (fate < 0.9)
    ids[swap] = others[swap]
    return ids, token_ids.masked_fill(~chosen, -100)


def wrong_mask_id_103(token_ids, chance, fate, others):
    """Writes 103, the [MASK] of BERT-base."""
    chosen = (chance < 0.15) & (token_ids > 4)
    new = torch.where(fate < 0.8, torch.full_like(token_ids, 103), torch.where(fate < 0.9, others, token_ids))
    return torch.where(chosen, new, token_ids), torch.where(chosen, token_ids, torch.full_like(token_ids, -100))


def wrong_nothing_kept(token_ids, chance, fate, others):
    """Everything from 0.8 on becomes the other token: 80/20, none is kept."""
    chosen = (chance < 0.15) & (token_ids > 4)
    new = torch.where(fate < 0.8, torch.full_like(token_ids, 4), others)
    return torch.where(chosen, new, token_ids), torch.where(chosen, token_ids, torch.full_like(token_ids, -100))


def wrong_fate_reversed(token_ids, chance, fate, others):
    """Reads the shares from the other end: below 0.1 unchanged, below 0.2 another, the rest [MASK]."""
    ids = token_ids.clone()
    labels = torch.full_like(token_ids, -100)
    for b in range(token_ids.shape[0]):
        for t in range(token_ids.shape[1]):
            if chance[b, t] < 0.15 and token_ids[b, t] > 4:
                labels[b, t] = token_ids[b, t]
                if fate[b, t] < 0.1:
                    pass
                elif fate[b, t] < 0.2:
                    ids[b, t] = others[b, t]
                else:
                    ids[b, t] = 4
    return ids, labels


def wrong_others_in_order(token_ids, chance, fate, others):
    """Takes the first others in order, not those at the same places."""
    chosen = (chance < 0.15) & (token_ids > 4)
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids = token_ids.masked_fill(chosen & (fate < 0.8), 4)
    ids = ids.masked_scatter(swap, others)
    return ids, token_ids.masked_fill(~chosen, -100)


def wrong_labels_alias(token_ids, chance, fate, others):
    """labels = ids without clone: both results are the same tensor."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = token_ids.clone()
    labels = ids
    labels[~chosen] = -100
    ids[chosen & (fate < 0.8)] = 4
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids[swap] = others[swap]
    return ids, labels


def wrong_chance_for_fate(token_ids, chance, fate, others):
    """Uses the first die twice: below 0.12 [MASK], below 0.135 another; fate is not used."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = torch.where(chosen & (chance < 0.15 * 0.8), torch.full_like(token_ids, 4), token_ids)
    ids = torch.where(chosen & (chance >= 0.15 * 0.8) & (chance < 0.15 * 0.9), others, ids)
    return ids, torch.where(chosen, token_ids, torch.full_like(token_ids, -100))
