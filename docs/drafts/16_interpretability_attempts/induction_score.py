"""Attempts at induction_score, written from the task's text alone."""

from collections import defaultdict

import numpy as np
import torch


# ---------------------------------------------------------------- right
def right_two_loops(weights, token_ids):
    """Two loops and a list of sums."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i in range(len(ids)):
        total = 0.0
        occurred = False
        for j in range(i):
            if ids[j] == ids[i]:
                occurred = True
                total += float(weights[i][j + 1])
        if occurred:
            sums.append(total)
    return sum(sums) / len(sums)


def right_mask(weights, token_ids):
    """A lower triangle of equal tokens, moved one place to the right."""
    weights, ids = torch.as_tensor(weights), torch.as_tensor(token_ids)
    same = (ids[:, None] == ids[None, :]).tril(-1)
    after = torch.zeros_like(same)
    after[:, 1:] = same[:, :-1]
    asked = same.any(1)
    return (weights * after).sum(1)[asked].mean().item()


def right_roll(weights, token_ids):
    """torch.roll; the last column of the triangle is empty, so nothing comes round."""
    weights, ids = torch.as_tensor(weights), torch.as_tensor(token_ids)
    same = torch.tril(ids.unsqueeze(1) == ids.unsqueeze(0), diagonal=-1)
    sums = weights.where(same.roll(1, dims=1), torch.zeros_like(weights)).sum(-1)
    return float(sums[same.sum(-1) > 0].mean())


def right_numpy(weights, token_ids):
    """NumPy: the columns from 1 on beside the triangle without its last column."""
    w, ids = np.asarray(weights), np.asarray(token_ids)
    same = np.tril(ids[:, None] == ids[None], -1)
    sums = (w[:, 1:] * same[:, :-1]).sum(axis=1)
    return sums[same.any(axis=1)].mean()


def right_dictionary(weights, token_ids):
    """A dictionary of places after earlier occurrences."""
    followed = defaultdict(list)
    sums = []
    for i, token in enumerate(token_ids):
        token = int(token)
        if followed[token]:
            sums.append(sum(float(weights[i, place]) for place in followed[token]))
        followed[token].append(i + 1)
    return sum(sums) / len(sums)


def right_comprehension(weights, token_ids):
    """A nested comprehension."""
    ids = [int(t) for t in token_ids]
    before = [[j for j in range(i) if ids[j] == ids[i]] for i in range(len(ids))]
    sums = [sum(float(weights[i, j + 1]) for j in places) for i, places in enumerate(before) if places]
    return float(np.mean(sums))


def right_index_lists(weights, token_ids):
    """Indexes a row with a list of places."""
    ids = torch.as_tensor(token_ids)
    weights = torch.as_tensor(weights)
    sums = []
    for i in range(1, len(ids)):
        places = (ids[:i] == ids[i]).nonzero()[:, 0] + 1
        if len(places) > 0:
            sums.append(weights[i, places].sum())
    return torch.stack(sums).mean()


def right_running_total(weights, token_ids):
    """Two numbers that grow: the sum of all, and how many are asked."""
    ids = [int(t) for t in token_ids]
    total, count = 0, 0
    for i, token in enumerate(ids):
        if token not in ids[:i]:
            continue
        count += 1
        for k in range(1, i + 1):
            if ids[k - 1] == token:
                total += weights[i, k].item()
    return total / count


def right_argwhere(weights, token_ids):
    """Pairs of places with the same token; the sum of all their weights, over the different rows."""
    ids = np.asarray(token_ids)
    rows, columns = np.nonzero(np.tril(np.equal.outer(ids, ids), k=-1))
    return float(np.asarray(weights)[rows, columns + 1].sum() / len(set(rows.tolist())))


def right_einsum(weights, token_ids):
    """One-hot tokens; what stood before each place against who looks."""
    w = torch.as_tensor(weights)
    ids = torch.as_tensor(token_ids)
    kinds = (ids[:, None] == ids.unique()[None]).to(w.dtype)  # (n, kinds)
    before = torch.zeros_like(kinds)
    before[1:] = kinds[:-1]
    after = torch.einsum("ik,jk->ij", kinds, before).tril()
    earlier = (kinds @ kinds.T).tril(-1).sum(1) > 0
    return ((w * after).sum(1) * earlier).sum() / earlier.sum()


def right_shifted_ids(weights, token_ids):
    """The list of who stood before each place, with None at the first."""
    ids = [int(t) for t in token_ids]
    previous = [None, *ids[:-1]]
    scores = []
    for i in range(len(ids)):
        hits = [k for k in range(i + 1) if previous[k] == ids[i]]
        if hits:
            scores.append(float(sum(weights[i][k] for k in hits)))
    return sum(scores) / len(scores)


def right_recursion(weights, token_ids):
    """The last token, and the rest before it."""
    ids = [int(t) for t in token_ids]

    def sums(n):
        if n == 0:
            return []
        i = n - 1
        places = [j + 1 for j in range(i) if ids[j] == ids[i]]
        return sums(i) + ([float(sum(weights[i, p] for p in places))] if places else [])

    found = sums(len(ids))
    return sum(found) / len(found)


def right_masked_array(weights, token_ids):
    """nanmean over rows, where those not asked are nan."""
    w, ids = np.asarray(weights, dtype=float), np.asarray(token_ids)
    n = len(ids)
    sums = np.full(n, np.nan)
    for i in range(n):
        earlier = np.flatnonzero(ids[:i] == ids[i])
        if earlier.size:
            sums[i] = w[i, earlier + 1].sum()
    return np.nanmean(sums)


def right_running_mean(weights, token_ids):
    """A running mean over the tokens that are asked."""
    ids = list(map(int, token_ids))
    mean, asked = 0.0, 0
    for i in range(len(ids)):
        places = [j + 1 for j, token in enumerate(ids[:i]) if token == ids[i]]
        if places:
            asked += 1
            value = sum(weights[i, place].item() for place in places)
            mean += (value - mean) / asked
    return mean


def right_matrix_of_shift(weights, token_ids):
    """The shift as a product with a matrix that has ones beside its diagonal."""
    w = torch.as_tensor(weights)
    ids = torch.as_tensor(token_ids)
    n = len(ids)
    same = (ids[:, None] == ids).tril(-1).to(w.dtype)
    shift = torch.diag(torch.ones(n - 1, dtype=w.dtype), 1)
    sums = (w * (same @ shift)).sum(dim=1)
    return (sums.sum() / (same.sum(1) > 0).sum()).item()


def right_find_with_index(weights, token_ids):
    """list.index from where the last occurrence was found."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i, token in enumerate(ids):
        total, start, found = 0.0, 0, False
        while True:
            try:
                j = ids.index(token, start, i)
            except ValueError:
                break
            found = True
            total += float(weights[i, j + 1])
            start = j + 1
        if found:
            sums.append(total)
    return np.array(sums).mean()


# ---------------------------------------------------------------- wrong
def _same(token_ids):
    ids = torch.as_tensor(token_ids)
    return (ids[:, None] == ids[None]).tril(-1)


def wrong_on_the_token_itself(weights, token_ids):
    """The weights on the earlier occurrences, not on what followed."""
    same = _same(token_ids)
    return (torch.as_tensor(weights) * same).sum(1)[same.any(1)].mean().item()


def wrong_over_all_tokens(weights, token_ids):
    """The mean over all tokens, asked or not."""
    same = _same(token_ids)
    after = same.roll(1, 1)
    return (torch.as_tensor(weights) * after).sum(1).mean().item()


def wrong_last_occurrence_only(weights, token_ids):
    """Only what followed the last earlier occurrence."""
    ids = [int(t) for t in token_ids]
    last, sums = {}, []
    for i, token in enumerate(ids):
        if token in last:
            sums.append(float(weights[i, last[token] + 1]))
        last[token] = i
    return sum(sums) / len(sums)


def wrong_first_occurrence_only(weights, token_ids):
    """index finds only the first earlier occurrence."""
    ids = [int(t) for t in token_ids]
    sums = [float(weights[i, ids.index(t) + 1]) for i, t in enumerate(ids) if t in ids[:i]]
    return sum(sums) / len(sums)


def wrong_mean_over_pairs(weights, token_ids):
    """The mean over pairs of places, not over tokens."""
    rows, columns = torch.nonzero(_same(token_ids), as_tuple=True)
    return torch.as_tensor(weights)[rows, columns + 1].mean().item()


def wrong_mean_per_token(weights, token_ids):
    """The mean over a token's earlier occurrences, where their sum is due."""
    ids = [int(t) for t in token_ids]
    means = []
    for i, token in enumerate(ids):
        found = [float(weights[i, j + 1]) for j in range(i) if ids[j] == token]
        if found:
            means.append(sum(found) / len(found))
    return sum(means) / len(means)


def wrong_rows_and_columns(weights, token_ids):
    """Rows and columns mixed up."""
    same = _same(token_ids)
    return (torch.as_tensor(weights).T * same.roll(1, 1)).sum(1)[same.any(1)].mean().item()


def wrong_one_back(weights, token_ids):
    """The weight on the token before: the other score of the text."""
    w = torch.as_tensor(weights)
    return w.diagonal(-1).mean().item()


def wrong_place_before(weights, token_ids):
    """j - 1 for j + 1: what came before the earlier occurrence."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i, token in enumerate(ids):
        places = [j - 1 for j in range(i) if ids[j] == token]
        if places:
            sums.append(sum(float(weights[i, p]) for p in places if p >= 0))
    return sum(sums) / len(sums)


def wrong_two_places_on(weights, token_ids):
    """One too far: two places after."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i, token in enumerate(ids):
        places = [j + 2 for j in range(i) if ids[j] == token]
        if places:
            sums.append(sum(float(weights[i, p]) for p in places if p <= i))
    return sum(sums) / len(sums)


def wrong_sum(weights, token_ids):
    """The sum over the tokens, not their mean."""
    same = _same(token_ids)
    return (torch.as_tensor(weights) * same.roll(1, 1)).sum().item()


def wrong_row_that_looks(weights, token_ids):
    """The row of the place after the token, not of the token itself."""
    ids = [int(t) for t in token_ids]
    n = len(ids)
    sums = []
    for i in range(n - 1):
        places = [j + 1 for j in range(i) if ids[j] == ids[i]]
        if places:
            sums.append(sum(float(weights[i + 1, p]) for p in places))
    return sum(sums) / max(len(sums), 1)


def wrong_itself_counts(weights, token_ids):
    """The token itself counts as an occurrence, so all are asked."""
    ids = torch.as_tensor(token_ids)
    same = (ids[:, None] == ids[None]).tril()
    after = torch.zeros_like(same)
    after[:, 1:] = same[:, :-1]
    return (torch.as_tensor(weights) * after).sum(1)[same.any(1)].mean().item()


def wrong_later_ones_too(weights, token_ids):
    """No triangle: a token that comes only later is asked as well."""
    ids = torch.as_tensor(token_ids)
    same = (ids[:, None] == ids[None]) & ~torch.eye(len(ids), dtype=torch.bool)
    after = torch.zeros_like(same)
    after[:, 1:] = same[:, :-1]
    return (torch.as_tensor(weights) * after.tril()).sum(1)[same.any(1)].mean().item()


def wrong_half_of_the_length(weights, token_ids):
    """Takes half of the length for the period, as in the SmolLM2 cell."""
    n = len(token_ids)
    half = n // 2
    values = [float(weights[i, i - half + 1]) for i in range(half, n)]
    return sum(values) / len(values)


def wrong_first_period(weights, token_ids):
    """Finds the period from the first token that returns, and takes it for all."""
    ids = [int(t) for t in token_ids]
    period = next(i for i in range(1, len(ids)) if ids[i] in ids[:i])
    values = [float(weights[i, i - period + 1]) for i in range(period, len(ids))]
    return sum(values) / len(values)


def wrong_what_follows_now(weights, token_ids):
    """Places that hold the same token as the next one, wherever: what is to be said, not what followed."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i in range(len(ids) - 1):
        if ids[i] in ids[:i]:
            sums.append(sum(float(weights[i, k]) for k in range(i + 1) if ids[k] == ids[i + 1]))
    return sum(sums) / max(len(sums), 1)


def wrong_all_with_that_token(weights, token_ids):
    """Everywhere that the token that followed stands, not only where it followed."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i in range(len(ids)):
        followers = {ids[j + 1] for j in range(i) if ids[j] == ids[i]}
        if followers:
            sums.append(sum(float(weights[i, k]) for k in range(i + 1) if ids[k] in followers))
    return sum(sums) / len(sums)


def wrong_largest(weights, token_ids):
    """Counts how often the largest weight lies on such a place."""
    same = _same(token_ids)
    best = torch.as_tensor(weights).argmax(1)
    hits = same.roll(1, 1)[torch.arange(len(best)), best]
    return hits[same.any(1)].double().mean().item()


def wrong_share_of_the_row(weights, token_ids):
    """Divides by the number of places that each token may look at."""
    ids = [int(t) for t in token_ids]
    sums = []
    for i, token in enumerate(ids):
        places = [j + 1 for j in range(i) if ids[j] == token]
        if places:
            sums.append(sum(float(weights[i, p]) for p in places) / (i + 1))
    return sum(sums) / len(sums)


def wrong_only_the_last_token(weights, token_ids):
    """Asks the last token only, as in the picture."""
    ids = [int(t) for t in token_ids]
    i = len(ids) - 1
    return sum(float(weights[i, j + 1]) for j in range(i) if ids[j] == ids[i])


def wrong_first_asked(weights, token_ids):
    """The return stands in the loop."""
    ids = [int(t) for t in token_ids]
    for i in range(len(ids)):
        places = [j + 1 for j in range(i) if ids[j] == ids[i]]
        if places:
            return float(sum(weights[i, p] for p in places))


def wrong_different_tokens(weights, token_ids):
    """Divides by the number of different tokens that return."""
    same = _same(token_ids)
    total = (torch.as_tensor(weights) * same.roll(1, 1)).sum()
    ids = torch.as_tensor(token_ids)
    return (total / len(ids[same.any(1)].unique())).item()


def wrong_sums(weights, token_ids):
    """Returns the sums, not their mean."""
    same = _same(token_ids)
    return (torch.as_tensor(weights) * same.roll(1, 1)).sum(1)[same.any(1)].tolist()


def wrong_only_twice(weights, token_ids):
    """Asks tokens with exactly one earlier occurrence."""
    same = _same(token_ids)
    once = same.sum(1) == 1
    return (torch.as_tensor(weights) * same.roll(1, 1)).sum(1)[once].sum().item() / max(int(once.sum()), 1)


def wrong_prints(weights, token_ids):
    """Prints where it should return."""
    same = _same(token_ids)
    print((torch.as_tensor(weights) * same.roll(1, 1)).sum(1)[same.any(1)].mean().item())


def wrong_rolled_the_other_way(weights, token_ids):
    """roll(-1): the place before."""
    same = _same(token_ids)
    return (torch.as_tensor(weights) * same.roll(-1, 1)).sum(1)[same.any(1)].mean().item()


def wrong_rolled_rows(weights, token_ids):
    """roll along the rows."""
    same = _same(token_ids)
    return (torch.as_tensor(weights) * same.roll(1, 0)).sum(1)[same.any(1)].mean().item()


def wrong_weights_above_half(weights, token_ids):
    """Counts the tokens that put more than half of their weight there."""
    same = _same(token_ids)
    sums = (torch.as_tensor(weights) * same.roll(1, 1)).sum(1)[same.any(1)]
    return (sums > 0.5).double().mean().item()
