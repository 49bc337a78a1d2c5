import numpy as np
import torch
from torch import Tensor


def right_clone_b(token_ids, chance, fate, others):
    """Clones, and writes with boolean masks."""
    chosen = (chance < 0.15) & (token_ids > 4)
    to_mask = chosen & (fate < 0.8)
    to_other = chosen & (fate >= 0.8) & (fate < 0.9)
    ids = token_ids.clone()
    ids[to_mask] = 4
    ids[to_other] = others[to_other]
    labels = token_ids.clone()
    labels[~chosen] = -100
    return ids, labels


def right_where_b(token_ids: Tensor, chance: Tensor, fate: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Nested torch.where."""
    chosen = (chance < 0.15) & (token_ids >= 5)
    fated = torch.where(fate < 0.8, 4, torch.where(fate < 0.9, others, token_ids))
    return torch.where(chosen, fated, token_ids), torch.where(chosen, token_ids, -100)


def right_loops_b(token_ids, chance, fate, others):
    """Beginner: two loops, if and elif, lists at first."""
    rows = []
    label_rows = []
    for i in range(token_ids.shape[0]):
        row = []
        label_row = []
        for j in range(token_ids.shape[1]):
            token = token_ids[i, j].item()
            if chance[i, j] < 0.15 and token > 4:
                label_row.append(token)
                if fate[i, j] < 0.8:
                    row.append(4)
                elif fate[i, j] < 0.9:
                    row.append(others[i, j].item())
                else:
                    row.append(token)
            else:
                row.append(token)
                label_row.append(-100)
        rows.append(row)
        label_rows.append(label_row)
    return torch.tensor(rows), torch.tensor(label_rows)


def right_overwrite_b(token_ids, chance, fate, others):
    """Everything below 0.9 gets the other token first, then everything below 0.8 gets [MASK]."""
    MASK = 4
    special = token_ids <= MASK
    chosen = torch.logical_and(chance < 0.15, torch.logical_not(special))
    ids = torch.where(chosen & (fate < 0.9), others, token_ids)
    ids = ids.masked_fill(chosen & (fate < 0.8), MASK)
    labels = token_ids.masked_fill(~chosen, -100)
    return ids, labels


def right_arithmetic_b(token_ids, chance, fate, others):
    """Sums of products with 0 and 1."""
    c = ((chance < 0.15) & (token_ids > 4)).long()
    m = c * (fate < 0.8).long()
    o = c * (fate < 0.9).long() - m
    ids = m * 4 + o * others + (1 - m - o) * token_ids
    labels = c * token_ids + (1 - c) * -100
    return ids, labels


def right_numpy_b(token_ids, chance, fate, others):
    """np.select on arrays, back to torch."""
    t, c, f, o = (x.numpy() for x in (token_ids, chance, fate, others))
    chosen = (c < 0.15) & ~np.isin(t, [0, 1, 2, 3, 4])
    ids = np.select([~chosen, f < 0.8, f < 0.9], [t, np.full_like(t, 4), o], default=t)
    return torch.from_numpy(ids), torch.from_numpy(np.where(chosen, t, -100))


def _fate_of(token, c, f, other):
    if c >= 0.15 or token in range(5):
        return token, -100
    if f < 0.8:
        return 4, token
    if f < 0.9:
        return other, token
    return token, token


def right_helper_b(token_ids, chance, fate, others):
    """A helper for one token, applied to flattened lists, then reshaped."""
    flat = zip(*(x.flatten().tolist() for x in (token_ids, chance, fate, others)))
    pairs = torch.tensor([_fate_of(*four) for four in flat], dtype=torch.long).reshape(-1, 2)
    return pairs[:, 0].reshape(token_ids.shape), pairs[:, 1].reshape(token_ids.shape)


def wrong_special_too_b(token_ids, chance, fate, others):
    """Forgets to leave special tokens alone."""
    chosen = chance < 0.15
    ids = torch.where(chosen & (fate < 0.8), 4, token_ids)
    ids = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), others, ids)
    return ids, torch.where(chosen, token_ids, -100)


def wrong_others_overwrite_b(token_ids, chance, fate, others):
    """fate < 0.9 without a lower bound, after the masks: no [MASK] is left."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = token_ids.clone()
    ids[chosen & (fate < 0.8)] = 4
    ids[chosen & (fate < 0.9)] = others[chosen & (fate < 0.9)]
    labels = token_ids.clone()
    labels[~chosen] = -100
    return ids, labels


def wrong_labels_after_b(token_ids, chance, fate, others):
    """Labels taken from the ids that are already changed."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = torch.where(chosen & (fate < 0.8), 4, token_ids)
    ids = torch.where(chosen & (fate > 0.8) & (fate < 0.9), others, ids)
    labels = torch.where(chosen, ids, -100)
    return ids, labels


def wrong_in_place_b(token_ids, chance, fate, others):
    """Writes into token_ids (labels saved before)."""
    chosen = (chance < 0.15) & (token_ids > 4)
    labels = torch.full_like(token_ids, -100)
    labels[chosen] = token_ids[chosen]
    ids = token_ids
    ids[chosen & (fate < 0.8)] = 4
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids[swap] = others[swap]
    return ids, labels


def wrong_labels_only_changed_b(token_ids, chance, fate, others):
    """A label only where the token was changed: the last tenth gets none."""
    ids = token_ids.clone()
    labels = torch.full_like(token_ids, -100)
    for i in range(len(token_ids)):
        for j in range(len(token_ids[i])):
            if chance[i, j] < 0.15 and token_ids[i, j] > 4:
                if fate[i, j] < 0.8:
                    ids[i, j] = 4
                    labels[i, j] = token_ids[i, j]
                elif fate[i, j] < 0.9:
                    ids[i, j] = others[i, j]
                    labels[i, j] = token_ids[i, j]
    return ids, labels


def wrong_mask_is_ordinary_b(token_ids, chance, fate, others):
    """Off by one: [MASK] itself, id 4, can be chosen."""
    chosen = (chance < 0.15) & (token_ids >= 4)
    fated = torch.where(fate < 0.8, 4, torch.where(fate < 0.9, others, token_ids))
    return torch.where(chosen, fated, token_ids), torch.where(chosen, token_ids, -100)


def wrong_mask_103_b(token_ids, chance, fate, others):
    """The [MASK] of the real BERT, 103, by heart."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = token_ids.masked_fill(chosen & (fate < 0.8), 103)
    swap = chosen & (fate >= 0.8) & (fate < 0.9)
    ids = torch.where(swap, others, ids)
    return ids, token_ids.masked_fill(~chosen, -100)


def wrong_last_tenth_swapped_b(token_ids, chance, fate, others):
    """Swaps the two tenths: others from 0.9 on, unchanged between 0.8 and 0.9."""
    chosen = (chance < 0.15) & (token_ids > 4)
    fated = torch.where(fate < 0.8, 4, torch.where(fate < 0.9, token_ids, others))
    return torch.where(chosen, fated, token_ids), torch.where(chosen, token_ids, -100)


def wrong_ten_percent_b(token_ids, chance, fate, others):
    """Reads 80/10/10 as fate < 0.8 and else fate < 0.1, which never comes."""
    rows, label_rows = [], []
    for ts, cs, fs, os_ in zip(token_ids.tolist(), chance.tolist(), fate.tolist(), others.tolist()):
        row, label_row = [], []
        for t, c, f, o in zip(ts, cs, fs, os_):
            chosen = c < 0.15 and t > 4
            label_row.append(t if chosen else -100)
            if chosen and f < 0.8:
                row.append(4)
            elif chosen and f < 0.1:
                row.append(o)
            else:
                row.append(t)
        rows.append(row)
        label_rows.append(label_row)
    return torch.tensor(rows), torch.tensor(label_rows)


def wrong_labels_everywhere_b(token_ids, chance, fate, others):
    """Labels are all the original ids: no -100."""
    chosen = (chance < 0.15) & (token_ids > 4)
    ids = torch.where(chosen & (fate < 0.8), torch.tensor(4), token_ids)
    ids = torch.where(chosen & (fate >= 0.8) & (fate < 0.9), others, ids)
    return ids, token_ids.clone()


def wrong_fate_for_all_b(token_ids, chance, fate, others):
    """Tests chosen only for the labels: every token that is not special meets its fate."""
    special = token_ids < 5
    chosen = (chance < 0.15) & ~special
    ids = token_ids.clone()
    ids[~special & (fate < 0.8)] = 4
    swap = ~special & (fate >= 0.8) & (fate < 0.9)
    ids[swap] = others[swap]
    labels = torch.where(chosen, token_ids, torch.full_like(token_ids, -100))
    return ids, labels


def wrong_chosen_again_b(token_ids, chance, fate, others):
    """Decides anew at the end who was chosen, from ids in which [MASK] is special."""
    ids = token_ids.clone()
    swap = (chance < 0.15) & (ids > 4) & (fate >= 0.8) & (fate < 0.9)
    hide = (chance < 0.15) & (ids > 4) & (fate < 0.8)
    ids[swap] = others[swap]
    ids[hide] = 4
    labels = torch.where((chance < 0.15) & (ids > 4), token_ids, -100)
    return ids, labels
