import bisect
import math
from collections import defaultdict
from functools import reduce

import numpy as np
import torch
from torch import Tensor


# ---------------------------------------------------------------- right

def right_plain_loops(labels, probabilities, miss_cost):
    """Beginner: two loops over plain lists, ascending candidates, strictly cheaper wins."""
    y = labels.tolist()
    p = probabilities.tolist()
    best = None
    best_cost = None
    for threshold in sorted(p):
        false_alarms = 0
        misses = 0
        for i in range(len(p)):
            answer = 1 if p[i] >= threshold else 0
            if answer == 1 and y[i] == 0:
                false_alarms += 1
            if answer == 0 and y[i] == 1:
                misses += 1
        cost = false_alarms * 1 + misses * miss_cost
        if best_cost is None or cost < best_cost:
            best_cost = cost
            best = threshold
    return best


def right_broadcast_matrix(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    """Vectorised: a matrix thresholds x texts, then the lowest of the cheapest."""
    answer = probabilities[None, :] >= probabilities[:, None]
    truth = (labels == 1)[None, :]
    cost = (answer & ~truth).sum(1).double() + miss_cost * (~answer & truth).sum(1).double()
    return probabilities[cost == cost.min()].min().item()


def right_searchsorted(labels, probabilities, miss_cost):
    """Sorts positives and negatives apart, torch.searchsorted counts."""
    candidates = torch.unique(probabilities.detach())
    pos = probabilities.detach()[labels == 1].sort().values
    neg = probabilities.detach()[labels == 0].sort().values
    misses = torch.zeros(len(candidates), dtype=torch.long)
    alarms = torch.zeros(len(candidates), dtype=torch.long)
    if len(pos) > 0:
        misses = torch.searchsorted(pos, candidates, right=False)
    if len(neg) > 0:
        alarms = len(neg) - torch.searchsorted(neg, candidates, right=False)
    cost = alarms.to(torch.float64) + misses.to(torch.float64) * miss_cost
    return candidates[torch.argmin(cost)].item()


def right_min_of_pairs(labels, probabilities, miss_cost):
    """Pythonic: min over (cost, threshold) pairs."""
    pairs = list(zip(labels.tolist(), probabilities.tolist()))
    return min((sum(y == 0 and p >= t for y, p in pairs) + miss_cost * sum(y == 1 and p < t for y, p in pairs), t)
               for _, t in pairs)[1]


def right_numpy(labels, probabilities, miss_cost):
    """NumPy: np.unique for sorted candidates, argmin gives the first."""
    y = labels.detach().numpy()
    p = probabilities.detach().numpy()
    t = np.unique(p)
    yes = p[np.newaxis, :] >= t[:, np.newaxis]
    fa = np.count_nonzero(yes & (y == 0), axis=1)
    miss = np.count_nonzero(~yes & (y == 1), axis=1)
    return float(t[np.argmin(fa.astype(np.float64) + miss * float(miss_cost))])


def _cost_at(t, y, p, miss_cost):
    alarms = len([1 for a, b in zip(y, p) if b >= t and a == 0])
    misses = len([1 for a, b in zip(y, p) if b < t and a == 1])
    return alarms + miss_cost * misses


def _cheaper(candidates, cost):
    if len(candidates) == 1:
        return candidates[0]
    half = len(candidates) // 2
    low, high = _cheaper(candidates[:half], cost), _cheaper(candidates[half:], cost)
    return low if cost(low) <= cost(high) else high


def right_recursive_halves(labels, probabilities, miss_cost):
    """Recursive: the cheaper of the best of each half, the lower one when equal."""
    y, p = labels.tolist(), probabilities.tolist()
    return _cheaper(sorted(set(p)), lambda t: _cost_at(t, y, p, miss_cost))


def right_dictionary(labels, probabilities, miss_cost):
    """A dictionary threshold -> cost, then the smallest key of the smallest cost."""
    costs = {}
    for t in probabilities:
        answers = (probabilities >= t).long()
        fa = int(((answers == 1) & (labels == 0)).sum())
        fn = int(((answers == 0) & (labels == 1)).sum())
        costs[t.item()] = fa + miss_cost * fn
    cheapest = min(costs.values())
    return min(t for t, c in costs.items() if c == cheapest)


def right_einsum(labels, probabilities, miss_cost):
    """Einsum of the answers with the truths, in float64."""
    yes = (probabilities.unsqueeze(0) >= probabilities.unsqueeze(1)).double()
    one = (labels == 1).double()
    fa = torch.einsum("tn,n->t", yes, 1 - one)
    miss = torch.einsum("tn,n->t", 1 - yes, one)
    cost = fa + miss_cost * miss
    order = torch.argsort(probabilities)
    best = order[0]
    for k in order[1:]:
        if cost[k] < cost[best]:
            best = k
    return float(probabilities[best])


def right_confusion_matrix(labels, probabilities, miss_cost):
    """scikit-learn user: a confusion matrix for every candidate."""
    from sklearn.metrics import confusion_matrix
    y = labels.numpy().astype(int)
    p = probabilities.detach().numpy()
    best, lowest = None, math.inf
    for t in np.unique(p):
        tn, fp, fn, tp = confusion_matrix(y, (p >= t).astype(int), labels=[0, 1]).ravel()
        cost = float(fp) + miss_cost * float(fn)
        if cost < lowest:
            best, lowest = t, cost
    return float(best)


def right_downwards_while(labels, probabilities, miss_cost):
    """While-loop from the highest down, equal cost replaces (<=)."""
    ts = sorted(probabilities.tolist(), reverse=True)
    best, best_cost = ts[0], float("inf")
    i = 0
    while i < len(ts):
        said_yes = probabilities >= ts[i]
        cost = (said_yes & (labels == 0)).sum().item() + miss_cost * (~said_yes & (labels == 1)).sum().item()
        if cost <= best_cost:
            best_cost = cost
            best = ts[i]
        i += 1
    return best


def right_sweep_with_counters(labels, probabilities, miss_cost):
    """One sweep upwards in n log n: whoever falls below the threshold changes the counters."""
    pairs = sorted(zip(probabilities.tolist(), labels.tolist()))
    alarms = sum(1 for _, y in pairs if y == 0)
    misses = 0
    best, best_cost = pairs[0][0], alarms + miss_cost * 0
    i = 0
    while i < len(pairs):
        t = pairs[i][0]
        cost = alarms + miss_cost * misses
        if cost < best_cost:
            best, best_cost = t, cost
        while i < len(pairs) and pairs[i][0] == t:
            if pairs[i][1] == 1:
                misses += 1
            else:
                alarms -= 1
            i += 1
    return best


def right_bincount_cumsum(labels, probabilities, miss_cost):
    """unique with inverse, bincounts per value and cumulative sums."""
    values, where = torch.unique(probabilities.detach(), return_inverse=True)
    k = len(values)
    pos = torch.bincount(where[labels == 1], minlength=k)
    neg = torch.bincount(where[labels == 0], minlength=k)
    misses = pos.cumsum(0) - pos
    alarms = neg.flip(0).cumsum(0).flip(0)
    cost = alarms.double() + miss_cost * misses.double()
    return values[(cost == cost.min()).nonzero()[0, 0]].item()


def right_bisect(labels, probabilities, miss_cost):
    """Two sorted lists and bisect_left."""
    pos = sorted(p for p, y in zip(probabilities.tolist(), labels.tolist()) if y == 1)
    neg = sorted(p for p, y in zip(probabilities.tolist(), labels.tolist()) if y == 0)

    def cost(t):
        return len(neg) - bisect.bisect_left(neg, t) + miss_cost * bisect.bisect_left(pos, t)

    return min(sorted(pos + neg), key=cost)


def right_groups(labels, probabilities, miss_cost):
    """Groups by probability in a defaultdict, counts what lies above and below."""
    groups = defaultdict(lambda: [0, 0])
    for y, p in zip(labels.tolist(), probabilities.tolist()):
        groups[p][int(y)] += 1
    result, lowest = None, None
    for t in sorted(groups):
        fa = sum(count[0] for p, count in groups.items() if p >= t)
        fn = sum(count[1] for p, count in groups.items() if p < t)
        total = fa + fn * miss_cost
        if lowest is None or total < lowest:
            result, lowest = t, total
    return result


def right_reduce(labels, probabilities, miss_cost):
    """Functional: reduce keeps the better of two (cost, threshold) tuples."""
    def score(t):
        yes = probabilities >= t
        return ((yes & labels.eq(0)).sum().item() + miss_cost * (yes.logical_not() & labels.eq(1)).sum().item(), t)
    return reduce(min, map(score, probabilities.tolist()))[1]


def right_zero_dim_tensor(labels, probabilities, miss_cost):
    """Returns a 0-dimensional tensor instead of a float (lenient)."""
    t, _ = probabilities.detach().sort()
    above = probabilities.detach() >= t.view(-1, 1)
    fa = (above * (labels == 0)).sum(dim=1)
    miss = (labels == 1).sum() - (above * (labels == 1)).sum(dim=1)
    cost = fa.double() + miss.double() * miss_cost
    return t[cost == cost.min()][0]


def right_lexsort(labels, probabilities, miss_cost):
    """np.lexsort by cost, then by probability; the first one wins."""
    y = np.asarray(labels.tolist())
    p = np.asarray(probabilities.tolist())
    cost = np.array([np.sum((p >= t) & (y == 0)) + miss_cost * np.sum((p < t) & (y == 1)) for t in p], dtype=float)
    return p[np.lexsort((p, cost))[0]].item()


def right_matmul_early_return(labels, probabilities, miss_cost):
    """Early return for one candidate; matrix products for the rest."""
    t = sorted(set(probabilities.tolist()))
    if len(t) == 1:
        return t[0]
    p = torch.tensor(probabilities.tolist(), dtype=torch.float64)
    grid = torch.tensor(t, dtype=torch.float64)
    yes = (p >= grid[:, None]).to(torch.float64)
    truth = torch.stack([(labels == 0), (labels == 1)], dim=1).to(torch.float64)
    said_yes = yes @ truth
    said_no = (1 - yes) @ truth
    cost = (said_yes[:, 0] + miss_cost * said_no[:, 1]).tolist()
    return t[cost.index(min(cost))]


# ---------------------------------------------------------------- wrong

def wrong_strictly_above(labels, probabilities, miss_cost):
    """> for >=: the text at the threshold is answered 0."""
    best, best_cost = None, float("inf")
    for t in sorted(probabilities.tolist()):
        answer = probabilities > t
        cost = (answer & (labels == 0)).sum().item() + miss_cost * (~answer & (labels == 1)).sum().item()
        if cost < best_cost:
            best, best_cost = t, cost
    return best


def wrong_highest_of_equals(labels, probabilities, miss_cost):
    """<= in an ascending loop: the highest of equally cheap ones."""
    best, best_cost = None, float("inf")
    for t in sorted(probabilities.tolist()):
        answer = probabilities >= t
        cost = (answer & (labels == 0)).sum().item() + miss_cost * (~answer & (labels == 1)).sum().item()
        if cost <= best_cost:
            best, best_cost = t, cost
    return best


def wrong_costs_swapped(labels, probabilities, miss_cost):
    """miss_cost is charged for false alarms, 1 for misses."""
    y, p = labels.numpy(), probabilities.numpy()
    t = np.unique(p)
    yes = p[None, :] >= t[:, None]
    cost = miss_cost * (yes & (y == 0)).sum(1) + (~yes & (y == 1)).sum(1)
    return float(t[cost.argmin()])


def wrong_first_in_given_order(labels, probabilities, miss_cost):
    """argmin over unsorted candidates: the first of equals, not the lowest."""
    answer = probabilities[None, :] >= probabilities[:, None]
    fa = (answer & (labels == 0)).sum(1).double()
    miss = (~answer & (labels == 1)).sum(1).double()
    return probabilities[(fa + miss_cost * miss).argmin()].item()


def wrong_returns_cost(labels, probabilities, miss_cost):
    """Returns the lowest cost, not the threshold."""
    costs = []
    for t in probabilities.tolist():
        fa = sum(1 for y, p in zip(labels.tolist(), probabilities.tolist()) if p >= t and y == 0)
        fn = sum(1 for y, p in zip(labels.tolist(), probabilities.tolist()) if p < t and y == 1)
        costs.append(float(fa + miss_cost * fn))
    return min(costs)


def wrong_returns_index(labels, probabilities, miss_cost):
    """Returns the place of the threshold among the sorted ones, not its value."""
    t = probabilities.sort().values
    answer = probabilities[None, :] >= t[:, None]
    cost = (answer & (labels == 0)).sum(1).double() + miss_cost * (~answer & (labels == 1)).sum(1).double()
    return cost.argmin().item()


def wrong_grid_of_hundredths(labels, probabilities, miss_cost):
    """Tries 0.00, 0.01, ... 1.00 instead of the given probabilities."""
    best, best_cost = 0.0, float("inf")
    for k in range(101):
        t = k / 100
        answer = probabilities >= t
        cost = (answer & (labels == 0)).sum().item() + miss_cost * (~answer & (labels == 1)).sum().item()
        if cost < best_cost:
            best, best_cost = t, cost
    return best


def wrong_midpoints(labels, probabilities, miss_cost):
    """As in a decision tree: candidates halfway between neighbours."""
    p = sorted(set(probabilities.tolist()))
    candidates = [p[0]] + [(a + b) / 2 for a, b in zip(p, p[1:])]
    y = labels.tolist()

    def cost(t):
        return (sum(1 for a, b in zip(y, probabilities.tolist()) if b >= t and a == 0)
                + miss_cost * sum(1 for a, b in zip(y, probabilities.tolist()) if b < t and a == 1))

    return min(candidates, key=cost)


def wrong_ignores_miss_cost(labels, probabilities, miss_cost):
    """Counts errors: both kinds cost 1."""
    best, fewest = None, len(labels) + 1
    for t in sorted(probabilities.tolist()):
        errors = ((probabilities >= t).long() != labels).sum().item()
        if errors < fewest:
            best, fewest = t, errors
    return best


def wrong_best_cost_starts_at_one(labels, probabilities, miss_cost):
    """The best cost so far starts at 1: when all cost more, 0.5 comes back."""
    best, best_cost = 0.5, 1.0
    for t in sorted(probabilities.tolist()):
        yes = probabilities >= t
        cost = (yes & (labels == 0)).sum().item() + miss_cost * (~yes & (labels == 1)).sum().item()
        if cost < best_cost:
            best_cost = cost
            best = t
    return best


def wrong_counters_never_reset(labels, probabilities, miss_cost):
    """The counters are set to 0 once, before the loop over thresholds."""
    y, p = labels.tolist(), probabilities.tolist()
    false_alarms = 0
    misses = 0
    best, best_cost = None, float("inf")
    for t in sorted(p):
        for i in range(len(p)):
            if p[i] >= t and y[i] == 0:
                false_alarms += 1
            elif p[i] < t and y[i] == 1:
                misses += 1
        cost = false_alarms + miss_cost * misses
        if cost < best_cost:
            best, best_cost = t, cost
    return best


def wrong_formula_of_theory(labels, probabilities, miss_cost):
    """The Bayes threshold 1 / (1 + miss_cost), then the first given probability from there on."""
    limit = 1 / (1 + miss_cost)
    p = sorted(probabilities.tolist())
    for t in p:
        if t >= limit:
            return t
    return p[-1]


def wrong_rates_for_counts(labels, probabilities, miss_cost):
    """Adds rates (share of negatives, share of positives) instead of numbers of errors."""
    t = torch.unique(probabilities)
    yes = (probabilities[None, :] >= t[:, None]).double()
    n_neg = max(1, (labels == 0).sum().item())
    n_pos = max(1, (labels == 1).sum().item())
    fpr = (yes * (labels == 0)).sum(1) / n_neg
    fnr = ((1 - yes) * (labels == 1)).sum(1) / n_pos
    return t[(fpr + miss_cost * fnr).argmin()].item()


def wrong_lowest_left_out(labels, probabilities, miss_cost):
    """range(1, n): the lowest probability is never tried."""
    t = sorted(probabilities.tolist())
    best, best_cost = t[-1], float("inf")
    for i in range(1, len(t)):
        yes = probabilities >= t[i]
        cost = (yes & (labels == 0)).sum().item() + miss_cost * (~yes & (labels == 1)).sum().item()
        if cost < best_cost:
            best, best_cost = t[i], cost
    return best


def wrong_stops_at_first_rise(labels, probabilities, miss_cost):
    """Stops as soon as the cost rises: a local minimum only."""
    best, best_cost = None, float("inf")
    for t in sorted(probabilities.tolist()):
        yes = probabilities >= t
        cost = (yes & (labels == 0)).sum().item() + miss_cost * (~yes & (labels == 1)).sum().item()
        if cost > best_cost:
            break
        if cost < best_cost:
            best, best_cost = t, cost
    return best


def wrong_labels_not_sorted_along(labels, probabilities, miss_cost):
    """Sorts the probabilities but leaves the labels in their old order."""
    p = np.sort(probabilities.numpy())
    y = labels.numpy()
    costs = []
    for t in p:
        costs.append(((p >= t) & (y == 0)).sum() + miss_cost * ((p < t) & (y == 1)).sum())
    return float(p[int(np.argmin(costs))])


def wrong_sorts_the_input(labels, probabilities, miss_cost):
    """Right number, but p.sort() on the shared memory sorts the caller's tensor."""
    p = probabilities.numpy()
    y = labels.numpy()[np.argsort(p, kind="stable")]
    p.sort()
    costs = [((p >= t) & (y == 0)).sum() + miss_cost * ((p < t) & (y == 1)).sum() for t in p]
    return float(p[int(np.argmin(costs))])


def wrong_equal_probabilities_apart(labels, probabilities, miss_cost):
    """Cumulative sums over sorted texts: those of equal probability fall on both sides of the threshold."""
    p, order = torch.sort(probabilities, stable=True)
    one = (labels[order] == 1).double()
    misses = one.cumsum(0) - one
    zero = 1 - one
    alarms = zero.sum() - (zero.cumsum(0) - zero)
    return p[(alarms + miss_cost * misses).argmin()].item()
