"""Attempts at beam_step of another hand, written from the task's text alone."""

import numpy as np
import torch


def right_expand(sums, logs, beam_size):
    """Expands the sums, sorts all totals, cuts."""
    live, V = logs.size()
    scores = sums.view(live, 1).expand(live, V) + logs
    idx = torch.argsort(scores.reshape(-1), descending=True)[:beam_size]
    rows = torch.div(idx, V, rounding_mode="floor")
    return [(r.item(), c.item()) for r, c in zip(rows, idx - rows * V)]


def right_lexsort(sums, logs, beam_size):
    """lexsort: by total downwards, then by text, then by token."""
    scores = np.array(sums)[:, None] + np.array(logs)
    rows, cols = np.indices(scores.shape)
    order = np.lexsort((cols.ravel(), rows.ravel(), -scores.ravel()))[:beam_size]
    return list(zip(rows.ravel()[order].tolist(), cols.ravel()[order].tolist()))


def right_growing_pool(sums, logs, beam_size):
    """Text after text joins a pool that is cut to the beam each time."""
    pool = []
    for row in range(logs.shape[0]):
        top = logs[row].topk(min(beam_size, logs.shape[1]))
        pool += [(sums[row].item() + v.item(), row, t.item()) for v, t in zip(top.values, top.indices)]
        pool = sorted(pool, reverse=True)[:beam_size]
    return [(row, token) for score, row, token in pool]


def right_pointers(sums, logs, beam_size):
    """A pointer into each sorted row; the text whose next one is best moves on."""
    ordered = logs.sort(dim=1, descending=True)
    totals = torch.cat([ordered.values + sums[:, None], torch.full_like(sums[:, None], -torch.inf)], 1)
    pointers = [0] * len(sums)
    pairs = []
    while len(pairs) < beam_size:
        open_rows = [r for r in range(len(sums)) if pointers[r] < logs.shape[1]]
        row = max(open_rows, key=lambda r: totals[r, pointers[r]].item())
        pairs.append((row, ordered.indices[row, pointers[row]].item()))
        pointers[row] += 1
    return pairs


def right_broadcast_matrix(sums, logs, beam_size):
    """torch.where finds each of the largest in the table of ranks."""
    scores = (logs.t() + sums).t()
    order = scores.flatten().argsort(descending=True, stable=True)
    ranks = torch.empty_like(order)
    ranks[order] = torch.arange(len(order))
    ranks = ranks.view(scores.shape)
    return [[int(x) for x in (ranks == k).nonzero()[0]] for k in range(beam_size)]


def right_long_tensor(sums, logs, beam_size):
    """A LongTensor (beam_size, 2)."""
    V = logs.shape[-1]
    _, idx = torch.topk(torch.cat([s + row for s, row in zip(sums, logs)]), beam_size)
    out = torch.zeros(beam_size, 2, dtype=torch.long)
    out[:, 0] = idx // V
    out[:, 1] = idx % V
    return out


def wrong_best_texts_then_best_tokens(sums, logs, beam_size):
    """The best texts first, and of each the best token."""
    rows = sums.topk(min(beam_size, len(sums))).indices
    return [(r.item(), logs[r].argmax().item()) for r in rows]


def wrong_best_logs_then_sums(sums, logs, beam_size):
    """Chooses by the next token, and orders the chosen by the totals."""
    V = logs.shape[1]
    idx = logs.flatten().topk(beam_size).indices.tolist()
    idx.sort(key=lambda i: -(sums[i // V] + logs[i // V, i % V]).item())
    return [(i // V, i % V) for i in idx]


def wrong_subtracts(sums, logs, beam_size):
    """Subtracts the sums."""
    idx = (logs - sums[:, None]).flatten().topk(beam_size).indices
    return [divmod(int(i), logs.shape[1]) for i in idx]


def wrong_greatest_magnitude(sums, logs, beam_size):
    """Drops the signs."""
    idx = (sums[:, None] + logs).abs().flatten().topk(beam_size).indices
    return [divmod(int(i), logs.shape[1]) for i in idx]


def wrong_samples(sums, logs, beam_size):
    """Draws continuations by their probability."""
    p = (sums[:, None] + logs).flatten().softmax(0)
    idx = torch.multinomial(p, beam_size)
    return [divmod(int(i), logs.shape[1]) for i in idx]


def wrong_first_text(sums, logs, beam_size):
    """Only the continuations of the first text."""
    idx = (sums[0] + logs[0]).argsort(descending=True)[:beam_size]
    return [(0, int(i)) for i in idx]


def wrong_counts_from_one(sums, logs, beam_size):
    """Tokens and texts are counted from 1."""
    idx = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [(int(i) // logs.shape[1] + 1, int(i) % logs.shape[1] + 1) for i in idx]


def wrong_fewer_by_one(sums, logs, beam_size):
    """The last of the beam is cut off."""
    idx = (sums[:, None] + logs).flatten().argsort(descending=True)
    return [divmod(int(i), logs.shape[1]) for i in idx[: beam_size - 1]]


def wrong_sums_sorted_first(sums, logs, beam_size):
    """Sorts the texts by their sums, and gives the place in the sorted order."""
    order = sums.argsort(descending=True)
    idx = (sums[order][:, None] + logs[order]).flatten().topk(beam_size).indices
    return [divmod(int(i), logs.shape[1]) for i in idx]


def wrong_mean_per_place(sums, logs, beam_size):
    """The mean of the sum and the new one, weighed by the number of texts."""
    live = len(sums)
    idx = ((sums[:, None] * live + logs) / (live + 1)).flatten().topk(beam_size).indices
    return [divmod(int(i), logs.shape[1]) for i in idx]


def wrong_row_from_the_best(sums, logs, beam_size):
    """Best continuations of each text, whose place in the shortened rows is taken for the token."""
    k = min(beam_size, logs.shape[1])
    values, _ = logs.topk(k, dim=1)
    idx = (values + sums[:, None]).flatten().topk(beam_size).indices
    return [divmod(int(i), k) for i in idx]


def wrong_tokens_without_texts(sums, logs, beam_size):
    """Only the tokens."""
    idx = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return (idx % logs.shape[1]).tolist()


def wrong_clears_the_taken(sums, logs, beam_size):
    """Sets what was taken to minus infinity, in the caller's own logs."""
    pairs = []
    for _ in range(beam_size):
        i = int((sums[:, None] + logs).argmax())
        pairs.append(divmod(i, logs.shape[1]))
        logs[pairs[-1]] = -torch.inf
    return pairs
