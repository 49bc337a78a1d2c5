"""Held-out attempts at induction_score, by another hand, written from the task's text alone."""

import numpy as np
import torch


def right_for_if(weights, token_ids):
    """Beginner: two for and one if, a counter for who is asked."""
    n = len(token_ids)
    total = 0
    asked = 0
    for looking in range(n):
        seen_before = False
        for earlier in range(looking):
            if token_ids[earlier] == token_ids[looking]:
                seen_before = True
                total = total + weights[looking][earlier + 1]
        if seen_before:
            asked = asked + 1
    return float(total / asked)


def right_set_of_seen(weights, token_ids):
    """A set of what has been seen."""
    ids = [int(t) for t in token_ids]
    seen, sums = set(), []
    for i, t in enumerate(ids):
        if t in seen:
            sums.append(sum(float(weights[i, j + 1]) for j in range(i) if ids[j] == t))
        seen.add(t)
    return sum(sums) / len(sums)


def right_pad(weights, token_ids):
    """Pads the triangle on the left and drops its last column."""
    w, ids = torch.as_tensor(weights), torch.as_tensor(token_ids)
    same = torch.tril((ids.view(-1, 1) == ids.view(1, -1)).to(w.dtype), -1)
    after = torch.nn.functional.pad(same, (1, 0))[:, :-1]
    per_row = (w * after).sum(-1)
    return (per_row.sum() / same.amax(-1).sum()).item()


def right_numpy_rows(weights, token_ids):
    """NumPy, row by row, with where."""
    w, ids = np.array(weights), np.array(token_ids)
    values = []
    for i in range(len(ids)):
        (places,) = np.where(ids[:i] == ids[i])
        if len(places):
            values.append(w[i][places + 1].sum())
    return float(np.mean(values))


def right_boolean_row(weights, token_ids):
    """A Boolean row picks from the row of weights, from place 1 on."""
    w, ids = torch.as_tensor(weights), torch.as_tensor(token_ids)
    picked = [w[i, 1 : i + 1][ids[:i] == ids[i]] for i in range(1, len(ids))]
    picked = [p.sum() for p in picked if p.numel()]
    return sum(picked).item() / len(picked)


def right_previous(weights, token_ids):
    """Compares each token with what stood before each place."""
    w, ids = torch.as_tensor(weights), torch.as_tensor(token_ids)
    n = len(ids)
    match = torch.zeros(n, n, dtype=torch.bool)
    match[:, 1:] = ids[:, None] == ids[None, :-1]
    match = match & torch.ones(n, n, dtype=torch.bool).tril()
    return w.masked_fill(~match, 0).sum(1)[match.any(1)].mean().item()


def right_loop_over_kinds(weights, token_ids):
    """Token by token: all places of a kind."""
    w, ids = np.asarray(weights), np.asarray(token_ids)
    sums = []
    for kind in np.unique(ids):
        places = np.flatnonzero(ids == kind)
        for k in range(1, len(places)):
            sums.append(w[places[k], places[:k] + 1].sum())
    return np.mean(sums)


def right_zip(weights, token_ids):
    """Rows zipped with tokens."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i, (row, token) in enumerate(zip(weights, ids)):
        hits = [float(weight) for weight, before in zip(row[1 : i + 1], ids[:i]) if before == token]
        sums += [sum(hits)] if hits else []
    return sum(sums) / len(sums)


def _same(token_ids):
    ids = torch.as_tensor(token_ids)
    return (ids[:, None] == ids[None]).tril(-1)


def wrong_all_rows(weights, token_ids):
    """mean() over all tokens."""
    same = _same(token_ids)
    return (torch.as_tensor(weights)[:, 1:] * same[:, :-1]).sum(1).mean().item()


def wrong_same_token(weights, token_ids):
    """The weight on the same token earlier."""
    same = _same(token_ids)
    return (torch.as_tensor(weights) * same).sum(1)[same.any(1)].mean().item()


def wrong_last_seen(weights, token_ids):
    """A dictionary keeps only the last place."""
    last, values = {}, []
    for i, t in enumerate(int(t) for t in token_ids):
        if t in last:
            values.append(float(weights[i, last[t] + 1]))
        last[t] = i
    return sum(values) / len(values)


def wrong_first_seen(weights, token_ids):
    """.index: only the first place."""
    ids = [int(t) for t in token_ids]
    values = [float(weights[i, ids.index(t) + 1]) for i, t in enumerate(ids) if ids.index(t) < i]
    return sum(values) / len(values)


def wrong_mean_of_all_weights(weights, token_ids):
    """All weights of all pairs in one list, and its mean."""
    ids = [int(t) for t in token_ids]
    values = [float(weights[i, j + 1]) for i in range(len(ids)) for j in range(i) if ids[i] == ids[j]]
    return sum(values) / len(values)


def wrong_transposed(weights, token_ids):
    """weights[j + 1, i]."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i in range(len(ids)):
        places = [j + 1 for j in range(i) if ids[j] == ids[i]]
        if places:
            sums.append(sum(float(weights[p, i]) for p in places))
    return sum(sums) / len(sums)


def wrong_sum_of_sums(weights, token_ids):
    """Not divided."""
    same = _same(token_ids)
    return (torch.as_tensor(weights)[:, 1:] * same[:, :-1]).sum().item()


def wrong_includes_itself(weights, token_ids):
    """range(i + 1): each token has occurred, namely now; its next place is none of its own."""
    ids = [int(t) for t in token_ids]
    n = len(ids)
    sums = []
    for i in range(n):
        places = [j + 1 for j in range(i + 1) if ids[j] == ids[i] and j + 1 < n]
        if places:
            sums.append(sum(float(weights[i, p]) for p in places))
    return sum(sums) / len(sums)


def wrong_previous_token_score(weights, token_ids):
    """The other score."""
    return float(np.mean([float(weights[i, i - 1]) for i in range(1, len(token_ids))]))


def wrong_divides_by_n(weights, token_ids):
    """Divides by n where the number asked is due."""
    ids = [int(t) for t in token_ids]
    total = 0.0
    for i in range(len(ids)):
        for j in range(i):
            if ids[i] == ids[j]:
                total += float(weights[i, j + 1])
    return total / len(ids)


def wrong_break(weights, token_ids):
    """A break after the first that is found."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i in range(len(ids)):
        for j in range(i - 1, -1, -1):
            if ids[j] == ids[i]:
                sums.append(float(weights[i, j + 1]))
                break
    return np.mean(sums)


def wrong_max(weights, token_ids):
    """The largest of the weights, not their sum."""
    ids = [int(t) for t in token_ids]
    best = []
    for i in range(len(ids)):
        found = [float(weights[i, j + 1]) for j in range(i) if ids[j] == ids[i]]
        if found:
            best.append(max(found))
    return sum(best) / len(best)


def wrong_one_before(weights, token_ids):
    """The place before the earlier occurrence."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i in range(len(ids)):
        found = [j - 1 for j in range(1, i) if ids[j] == ids[i]]
        if found:
            sums.append(sum(float(weights[i, p]) for p in found))
    return sum(sums) / max(len(sums), 1)
