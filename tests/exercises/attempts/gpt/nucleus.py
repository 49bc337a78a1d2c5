"""Attempts at nucleus, written from the task's text alone."""

import bisect
import heapq
import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F


def right_sort_and_scatter(logits, p):
    """Keeps each token before which less than p has been gathered, and puts it back."""
    probs = torch.softmax(logits, dim=-1)
    ordered, order = probs.sort(descending=True)
    before = torch.cat([ordered.new_zeros(1), ordered.cumsum(0)[:-1]])
    ordered = torch.where(before < p, ordered, torch.zeros_like(ordered))
    kept = torch.zeros_like(probs).scatter(0, order, ordered)
    return kept / kept.sum()


def right_loop_until_enough(logits, p):
    """Takes the likeliest token again and again until p is reached."""
    probs = torch.softmax(logits, dim=0)
    kept = torch.zeros_like(probs)
    total = 0.0
    for i in torch.argsort(probs, descending=True):
        kept[i] = probs[i]
        total += probs[i].item()
        if total >= p:
            break
    return kept / kept.sum()


def right_plain_lists(logits, p):
    """Without tensors; a list of numbers comes back."""
    numbers = logits.tolist()
    top = max(numbers)
    exps = [math.exp(z - top) for z in numbers]
    whole = sum(exps)
    probs = [e / whole for e in exps]
    kept, mass = [], 0.0
    for i in sorted(range(len(probs)), key=lambda i: probs[i], reverse=True):
        if mass >= p:
            break
        kept.append(i)
        mass += probs[i]
    return [probs[i] / mass if i in kept else 0.0 for i in range(len(probs))]


def right_numpy_searchsorted(logits, p):
    """Finds the place where the running sum reaches p by search; a NumPy array comes back."""
    z = logits.numpy()
    e = np.exp(z - z.max())
    probs = e / e.sum()
    order = np.argsort(-probs, kind="stable")
    n = np.searchsorted(np.cumsum(probs[order]), p, side="left") + 1
    out = np.zeros_like(probs)
    out[order[:n]] = probs[order[:n]]
    return out / out.sum()


def right_removed_mask_shifted(logits, p):
    """Marks what is past p, moves the marks by one, and sets these logits to minus infinity."""
    ordered, order = torch.sort(logits, descending=True)
    removed = ordered.softmax(0).cumsum(0) >= p
    removed[1:] = removed[:-1].clone()
    removed[0] = False
    masked = logits.clone()
    masked[order[removed]] = -torch.inf
    return masked.softmax(0)


def right_recursion(logits, p):
    """The likeliest token, and then the nucleus of the rest for what is still missing."""
    probs = logits.softmax(0).tolist()

    def members(rest, gathered):
        if gathered >= p or not rest:
            return []
        first = max(rest, key=lambda i: probs[i])
        return [first] + members([i for i in rest if i != first], gathered + probs[first])

    chosen = members(list(range(len(probs))), 0.0)
    whole = sum(probs[i] for i in chosen)
    return torch.tensor(
        [probs[i] / whole if i in chosen else 0.0 for i in range(len(probs))],
        dtype=torch.float64,
    )


def right_take_the_maximum_away(logits, p):
    """Looks for the maximum, moves it to the result, and looks again."""
    left = logits.softmax(-1).clone()
    out = torch.zeros_like(left)
    for _ in range(len(left)):
        i = left.argmax()
        out[i] = left[i]
        left[i] = -1.0
        if out.sum() >= p:
            break
    return out / out.sum()


def right_growing_topk(logits, p):
    """Tries k = 1, 2, 3, ... with topk until the k likeliest are enough."""
    probs = logits.softmax(-1)
    for k in range(1, len(probs) + 1):
        values, indices = probs.topk(k)
        if values.sum() >= p:
            break
    out = torch.zeros_like(probs)
    out[indices] = values / values.sum()
    return out


def right_all_pairs(logits, p):
    """For each token the sum of all that come before it, from a matrix of comparisons."""
    probs = logits.softmax(0)
    i = torch.arange(len(probs))
    likelier = probs[None, :] > probs[:, None]
    earlier = (probs[None, :] == probs[:, None]) & (i[None, :] < i[:, None])
    before = ((likelier | earlier).double() * probs).sum(1)
    kept = probs * (before < p)
    return kept / kept.sum()


def right_accumulate_and_bisect(logits, p):
    """The running sums as a list, and the first that is large enough by bisection."""
    probs = torch.softmax(logits, 0).tolist()
    pairs = sorted(((q, i) for i, q in enumerate(probs)), reverse=True)
    sums = list(itertools.accumulate(q for q, _ in pairs))
    last = min(bisect.bisect_left(sums, p), len(pairs) - 1)
    out = np.zeros(len(probs))
    for q, i in pairs[: last + 1]:
        out[i] = q / sums[last]
    return out


def right_rank_of_each(logits, p):
    """Sorts twice for the rank of each token, and keeps the ranks that are needed."""
    probs = logits.softmax(-1)
    order = probs.argsort(descending=True)
    rank = order.argsort()
    needed = int((probs[order].cumsum(0) < p).sum()) + 1
    return torch.where(rank < needed, probs, 0.0) / probs[order][:needed].sum()


def right_drop_from_the_end(logits, p):
    """Drops the least likely for as long as the others still make up p."""
    probs = logits.softmax(0)
    order = probs.argsort(descending=True)
    n = len(order)
    while n > 1 and probs[order[: n - 1]].sum() >= p:
        n -= 1
    out = torch.zeros_like(probs)
    out[order[:n]] = probs[order[:n]]
    return out / probs[order[:n]].sum()


def wrong_not_normalised(logits, p):
    """The probabilities of the nucleus stay as they were: the sum is not 1."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    keep = ordered.cumsum(0) - ordered < p
    out = torch.zeros_like(probs)
    out[order[keep]] = ordered[keep]
    return out


def wrong_without_the_last_one(logits, p):
    """Leaves out the token with which p is reached, so that less than p is kept."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    keep = ordered.cumsum(0) <= p
    out = torch.zeros_like(probs)
    out[order[keep]] = ordered[keep]
    return out / out.sum()


def wrong_without_the_last_but_never_none(logits, p):
    """Leaves out the token with which p is reached, except where it would be the only one."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    n = max(int((ordered.cumsum(0) <= p).sum()), 1)
    out = torch.zeros_like(probs)
    out[order[:n]] = ordered[:n]
    return out / out.sum()


def wrong_one_too_many(logits, p):
    """One token more than is needed."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    n = int((ordered.cumsum(0) < p).sum()) + 2
    out = torch.zeros_like(probs)
    out[order[:n]] = ordered[:n]
    return out / out.sum()


def wrong_more_than_p(logits, p):
    """Goes on where p is reached exactly: more than p, not p or more."""
    probs = logits.softmax(0)
    out = torch.zeros_like(probs)
    total = 0.0
    for i in probs.argsort(descending=True).tolist():
        out[i] = probs[i]
        total += probs[i].item()
        if total > p:
            break
    return out / out.sum()


def wrong_share_of_the_vocabulary(logits, p):
    """Takes p for a share of the vocabulary and keeps that many tokens."""
    probs = logits.softmax(0)
    k = max(1, math.ceil(p * len(probs)))
    values, indices = probs.topk(k)
    return torch.zeros_like(probs).scatter(0, indices, values / values.sum())


def wrong_at_least_p_each(logits, p):
    """Keeps the tokens that have p or more each."""
    probs = logits.softmax(0)
    out = torch.where(probs >= p, probs, 0.0)
    return out / out.sum()


def wrong_still_sorted(logits, p):
    """The result stays in the order of the probabilities."""
    ordered = logits.softmax(0).sort(descending=True).values
    ordered = torch.where(ordered.cumsum(0) - ordered < p, ordered, 0.0)
    return ordered / ordered.sum()


def wrong_least_likely(logits, p):
    """Sorts upwards and so gathers the least likely tokens."""
    probs = logits.softmax(0)
    ordered, order = probs.sort()
    keep = ordered.cumsum(0) - ordered < p
    out = torch.zeros_like(probs)
    out[order[keep]] = ordered[keep]
    return out / out.sum()


def wrong_softmax_of_probabilities(logits, p):
    """Normalises the kept probabilities with a second softmax."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    keep = ordered.cumsum(0) - ordered < p
    out = torch.zeros_like(probs)
    out[order[keep]] = ordered[keep].softmax(0)
    return out


def wrong_logits_to_zero(logits, p):
    """Sets the logits of the others to 0, not to minus infinity, before the softmax."""
    ordered, order = logits.softmax(0).sort(descending=True)
    keep = ordered.cumsum(0) - ordered < p
    masked = torch.zeros_like(logits)
    masked[order[keep]] = logits[order[keep]]
    return masked.softmax(0)


def wrong_not_sorted(logits, p):
    """Adds up in the order of the vocabulary, not from the likeliest."""
    probs = logits.softmax(0)
    out = torch.where(probs.cumsum(0) - probs < p, probs, 0.0)
    return out / out.sum()


def wrong_threshold_keeps_equals(logits, p):
    """Keeps all that are as likely as the last one: too many where tokens are equally likely."""
    probs = logits.softmax(0)
    ordered = probs.sort(descending=True).values
    n = int((ordered.cumsum(0) < p).sum())
    threshold = ordered[min(n, len(ordered) - 1)]
    out = torch.where(probs >= threshold, probs, 0.0)
    return out / out.sum()


def wrong_changes_logits(logits, p):
    """The result is right, but the caller's logits have become minus infinity."""
    ordered, order = logits.softmax(0).sort(descending=True)
    drop = ordered.cumsum(0) - ordered >= p
    logits[order[drop]] = -torch.inf
    return logits.softmax(0)


def wrong_mask_in_another_order(logits, p):
    """Lays the mask of the sorted tokens over the tokens as they were."""
    probs = logits.softmax(0)
    ordered = probs.sort(descending=True).values
    out = probs * (ordered.cumsum(0) - ordered < p)
    return out / out.sum()


def wrong_nucleus_alone(logits, p):
    """Returns the tokens of the nucleus only, without the zeros."""
    probs = logits.softmax(0)
    ordered = probs.sort(descending=True).values
    kept = ordered[ordered.cumsum(0) - ordered < p]
    return kept / kept.sum()


def wrong_returns_nothing(logits, p):
    """The return is missing."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    probs[order[ordered.cumsum(0) - ordered >= p]] = 0
    probs /= probs.sum()


def wrong_divides_by_p(logits, p):
    """Divides by p, not by what the nucleus really holds."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    keep = ordered.cumsum(0) - ordered < p
    return torch.zeros_like(probs).scatter(0, order, ordered * keep) / p


def right_heap(logits, p):
    """Takes the likeliest token from a heap as long as p is not reached."""
    probs = logits.softmax(0).tolist()
    heap = [(-q, i) for i, q in enumerate(probs)]
    heapq.heapify(heap)
    kept = {}
    while heap and sum(kept.values()) < p:
        q, i = heapq.heappop(heap)
        kept[i] = -q
    whole = sum(kept.values())
    return [kept.get(i, 0.0) / whole for i in range(len(probs))]


def right_inverse_permutation(logits, p):
    """Sorts, sets the end to 0, and undoes the sorting with the inverse permutation."""
    z = np.asarray(logits)
    order = np.argsort(z)[::-1]
    probs = np.exp(z[order] - z[order[0]])
    probs = probs / probs.sum()
    enough = np.flatnonzero(np.cumsum(probs) >= p)
    if len(enough) > 0:
        probs[enough[0] + 1 :] = 0
    return (probs / probs.sum())[np.argsort(order)]


def right_one_hot_matrix(logits, p):
    """Goes back to the old order by a product with a permutation matrix."""
    probs = F.softmax(logits, dim=0)
    order = torch.argsort(probs, descending=True, stable=True)
    matrix = F.one_hot(order, len(probs)).to(probs.dtype)
    ordered = matrix @ probs
    below = torch.tril(torch.ones_like(matrix), diagonal=-1)
    ordered = ordered * ((below @ ordered) < p)
    return matrix.T @ (ordered / ordered.sum())


def right_bisection_over_size(logits, p):
    """Halves the range in which the size of the nucleus lies."""
    probs = logits.softmax(0)
    low, high = 1, len(probs)
    while low < high:
        middle = (low + high) // 2
        if probs.topk(middle).values.sum() >= p:
            high = middle
        else:
            low = middle + 1
    chosen = probs.topk(low).indices
    mask = torch.full_like(logits, -torch.inf)
    mask[chosen] = 0.0
    return torch.softmax(logits + mask, dim=0)


def right_generator(logits, p):
    """A generator gives token after token for as long as they are needed."""
    probs = dict(enumerate(logits.softmax(0).tolist()))

    def likeliest_first():
        mass = 0.0
        for token in sorted(probs, key=probs.get, reverse=True):
            yield token
            mass += probs[token]
            if mass >= p:
                return

    tokens = list(likeliest_first())
    out = torch.zeros(len(probs), dtype=torch.float64)
    out[tokens] = torch.tensor([probs[t] for t in tokens], dtype=torch.float64)
    return F.normalize(out, p=1, dim=0)


def right_in_logarithms(logits, p):
    """With the logarithms of the running sums."""
    log_probs = logits.log_softmax(0)
    ordered, order = log_probs.sort(descending=True)
    ordered = ordered.clone()
    reached = ordered.exp().cumsum(0) >= p
    n = int((~reached).sum()) + 1
    ordered[n:] = -torch.inf
    ordered = ordered - ordered.logsumexp(0)
    return torch.empty_like(log_probs).index_copy(0, order, ordered).exp()


def wrong_rest_instead_of_share(logits, p):
    """Keeps tokens up to 1 - p, as if p were what to leave out."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    keep = ordered.cumsum(0) - ordered <= 1 - p
    out = torch.zeros_like(probs).scatter(0, order, ordered * keep)
    return out / out.sum()


def wrong_share_of_the_maximum(logits, p):
    """Keeps all that have at least p times the probability of the likeliest."""
    probs = logits.softmax(0)
    out = torch.where(probs >= p * probs.max(), probs, 0.0)
    return out / out.sum()


def wrong_permutation_twice(logits, p):
    """Sorts once more where the sorting should be undone: gather for scatter."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    ordered = torch.where(ordered.cumsum(0) - ordered < p, ordered, 0.0)
    return ordered.gather(0, order) / ordered.sum()


def wrong_logits_added_up(logits, p):
    """Adds up the logits, not the probabilities."""
    ordered, order = logits.sort(descending=True)
    drop = ordered.cumsum(0) - ordered >= p
    drop[0] = False
    masked = logits.clone()
    masked[order[drop]] = -torch.inf
    return masked.softmax(0)


def wrong_rest_spread_evenly(logits, p):
    """Gives each token of the nucleus an equal part of what is left, not one in proportion."""
    probs = logits.softmax(0)
    ordered, order = probs.sort(descending=True)
    n = int((ordered.cumsum(0) < p).sum()) + 1
    kept = order[:n]
    out = torch.zeros_like(probs)
    out[kept] = probs[kept] + (1 - probs[kept].sum()) / len(kept)
    return out


def wrong_argmax_only(logits, p):
    """Returns a 1 for the likeliest token, whatever p is."""
    return F.one_hot(logits.argmax(), len(logits)).double()


def wrong_equal_shares(logits, p):
    """All tokens of the nucleus get the same probability."""
    ordered, order = logits.softmax(0).sort(descending=True)
    out = torch.zeros_like(ordered)
    out[order[ordered.cumsum(0) - ordered < p]] = 1.0
    return out / out.sum()


def wrong_true_or_false(logits, p):
    """Returns who belongs to the nucleus, not with which probability."""
    ordered, order = logits.softmax(0).sort(descending=True)
    out = torch.zeros(len(logits), dtype=torch.bool)
    out[order[ordered.cumsum(0) - ordered < p]] = True
    return out


def wrong_no_softmax(logits, p):
    """Takes the logits for probabilities and divides them by their sum."""
    shares = logits / logits.sum()
    ordered, order = shares.sort(descending=True)
    out = torch.zeros_like(shares).scatter(0, order, ordered * (ordered.cumsum(0) - ordered < p))
    return out / out.sum()


def wrong_percent(logits, p):
    """Takes p for percent."""
    ordered, order = logits.softmax(0).sort(descending=True)
    keep = ordered.cumsum(0) - ordered < p / 100
    out = torch.zeros_like(ordered).scatter(0, order, ordered * keep)
    return out / out.sum()


def wrong_argmax_of_nothing(logits, p):
    """Where rounding keeps the sum of all under p = 1, argmax says 0, and one token is left."""
    z = logits.numpy()
    probs = np.exp(z - z.max())
    probs /= probs.sum()
    order = np.argsort(-probs)
    n = np.argmax(np.cumsum(probs[order]) >= p) + 1
    out = np.zeros_like(probs)
    out[order[:n]] = probs[order[:n]]
    return out / out.sum()


def wrong_three_at_most(logits, p):
    """Never looks further than the three likeliest, as if there were a top-k too."""
    values, indices = logits.softmax(0).topk(min(3, len(logits)))
    values = torch.where(values.cumsum(0) - values < p, values, 0.0)
    return torch.zeros_like(logits).scatter(0, indices, values / values.sum())


def wrong_rounds_first(logits, p):
    """Rounds the probabilities to two places before it adds them up."""
    probs = logits.softmax(0).round(decimals=2)
    ordered, order = probs.sort(descending=True)
    out = torch.zeros_like(probs).scatter(0, order, ordered * (ordered.cumsum(0) - ordered < p))
    return out / out.sum()
