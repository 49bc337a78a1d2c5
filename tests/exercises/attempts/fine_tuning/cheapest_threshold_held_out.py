import numpy as np
import torch
from torch import Tensor


def right_loops_b(labels, probabilities, miss_cost):
    """Beginner: counts both mistakes for each threshold, from low to high, strictly cheaper wins."""
    ys = labels.tolist()
    ps = probabilities.tolist()
    best = None
    best_cost = None
    for threshold in sorted(ps):
        false_alarms = 0
        misses = 0
        for y, p in zip(ys, ps):
            answer = 1 if p >= threshold else 0
            if answer == 1 and y == 0:
                false_alarms += 1
            if answer == 0 and y == 1:
                misses += 1
        cost = false_alarms + miss_cost * misses
        if best_cost is None or cost < best_cost:
            best_cost = cost
            best = threshold
    return best


def right_matrix_b(labels: Tensor, probabilities: Tensor, miss_cost: float) -> float:
    """All thresholds at once by broadcasting with None; lowest of the cheapest."""
    answers = probabilities[None, :] >= probabilities[:, None]
    truth = (labels == 1)[None, :]
    alarms = (answers & ~truth).sum(dim=1).double()
    misses = (~answers & truth).sum(dim=1).double()
    cost = alarms + miss_cost * misses
    return probabilities[cost == cost.min()].min().item()


def right_min_tuple_b(labels, probabilities, miss_cost):
    """min of (cost, threshold) tuples."""
    pairs = list(zip(labels.tolist(), probabilities.tolist()))
    return min(
        (sum(1 for y, p in pairs if p >= t and y == 0) + miss_cost * sum(1 for y, p in pairs if p < t and y == 1), t)
        for _, t in pairs
    )[1]


def right_searchsorted_b(labels, probabilities, miss_cost):
    """NumPy: unique thresholds, and searchsorted in the sorted scores of both labels."""
    y = labels.numpy()
    p = probabilities.detach().numpy()
    thresholds = np.unique(p)
    positive = np.sort(p[y == 1])
    negative = np.sort(p[y == 0])
    misses = np.searchsorted(positive, thresholds, side="left")
    alarms = len(negative) - np.searchsorted(negative, thresholds, side="left")
    cost = alarms.astype(np.float64) + miss_cost * misses.astype(np.float64)
    return float(thresholds[np.argmin(cost)])


def right_sweep_b(labels, probabilities, miss_cost):
    """One sweep upwards; the cost is compared only when a new probability begins."""
    pairs = sorted(zip(probabilities.tolist(), labels.tolist()))
    alarms = sum(1 for _, y in pairs if y == 0)
    misses = 0
    best_cost, best = float("inf"), pairs[0][0]
    previous = None
    for p, y in pairs:
        if p != previous:
            cost = alarms + miss_cost * misses
            if cost < best_cost:
                best_cost, best = cost, p
            previous = p
        if y == 1:
            misses += 1
        else:
            alarms -= 1
    return best


def right_sklearn_b(labels, probabilities, miss_cost):
    """scikit-learn's confusion matrix for each threshold, in a dict."""
    from sklearn.metrics import confusion_matrix

    y = labels.numpy().astype(int)
    p = probabilities.detach().numpy()
    costs = {}
    for t in p:
        _, fp, fn, _ = confusion_matrix(y, (p >= t).astype(int), labels=[0, 1]).ravel()
        costs[float(t)] = int(fp) + miss_cost * int(fn)
    cheapest = min(costs.values())
    return min(t for t, c in costs.items() if c == cheapest)


def right_downwards_b(labels, probabilities, miss_cost):
    """While loop from high to low, <= so that the lower of equals wins."""
    values = sorted(set(probabilities.tolist()), reverse=True)
    best = values[0]
    best_cost = float("inf")
    i = 0
    while i < len(values):
        answers = (probabilities >= values[i]).long()
        alarms = int(((answers == 1) & (labels == 0)).sum())
        misses = int(((answers == 0) & (labels == 1)).sum())
        cost = alarms + miss_cost * misses
        if cost <= best_cost:
            best, best_cost = values[i], cost
        i += 1
    return best


def wrong_greater_b(labels, probabilities, miss_cost):
    """> for >=: the threshold itself is answered 0."""
    best, best_cost = None, float("inf")
    for t in sorted(probabilities.tolist()):
        answer = probabilities > t
        cost = (answer & (labels == 0)).sum().item() + miss_cost * (~answer & (labels == 1)).sum().item()
        if cost < best_cost:
            best, best_cost = t, cost
    return best


def wrong_highest_of_equals_b(labels, probabilities, miss_cost):
    """<= from low to high: the highest of equally cheap ones."""
    best, best_cost = None, float("inf")
    for t in sorted(probabilities.tolist()):
        answer = probabilities >= t
        cost = (answer & (labels == 0)).sum().item() + miss_cost * (~answer & (labels == 1)).sum().item()
        if cost <= best_cost:
            best, best_cost = t, cost
    return best


def wrong_first_given_b(labels, probabilities, miss_cost):
    """argmin over the thresholds in the order given: the first of equals, not the lowest."""
    answers = probabilities.unsqueeze(0) >= probabilities.unsqueeze(1)
    alarms = (answers & (labels == 0)).sum(1)
    misses = (~answers & (labels == 1)).sum(1)
    cost = alarms.double() + miss_cost * misses.double()
    return probabilities[cost.argmin()].item()


def wrong_costs_swapped_b(labels, probabilities, miss_cost):
    """miss_cost for false alarms, 1 for misses."""
    ys, ps = labels.tolist(), probabilities.tolist()

    def cost(t):
        alarms = sum(p >= t and y == 0 for y, p in zip(ys, ps))
        misses = sum(p < t and y == 1 for y, p in zip(ys, ps))
        return miss_cost * alarms + misses

    return min(sorted(ps), key=cost)


def wrong_accuracy_b(labels, probabilities, miss_cost):
    """The threshold of the best accuracy: miss_cost is not used."""
    best, best_right = 0.0, -1
    for t in sorted(probabilities.tolist()):
        right = ((probabilities >= t).long() == labels.long()).sum().item()
        if right > best_right:
            best, best_right = t, right
    return best


def wrong_grid_b(labels, probabilities, miss_cost):
    """Tries 0.00, 0.01 ... 0.99 instead of the given probabilities."""
    thresholds = [i / 100 for i in range(100)]
    y = labels.numpy()
    p = probabilities.numpy()
    costs = [((p >= t) & (y == 0)).sum() + miss_cost * ((p < t) & (y == 1)).sum() for t in thresholds]
    return thresholds[int(np.argmin(costs))]


def wrong_index_b(labels, probabilities, miss_cost):
    """Returns where the cheapest threshold stands, not the threshold."""
    costs = []
    for t in probabilities:
        answers = probabilities >= t
        alarms = int((answers & (labels == 0)).sum())
        misses = int((~answers & (labels == 1)).sum())
        costs.append(alarms + miss_cost * misses)
    return float(costs.index(min(costs)))


def wrong_returns_cost_b(labels, probabilities, miss_cost):
    """Returns the lowest cost."""
    answers = probabilities[None] >= probabilities[:, None]
    alarms = (answers * (1 - labels.long())).sum(1)
    misses = (~answers * labels.long()).sum(1)
    return (alarms + miss_cost * misses).min().item()


def wrong_sweep_ties_b(labels, probabilities, miss_cost):
    """Cumulative sums in sorted order, equal probabilities treated one by one."""
    order = np.argsort(probabilities.numpy(), kind="stable")
    p = probabilities.numpy()[order]
    y = labels.numpy()[order]
    misses = np.concatenate([[0], np.cumsum(y == 1)[:-1]])
    alarms = (y == 0).sum() - np.concatenate([[0], np.cumsum(y == 0)[:-1]])
    return float(p[np.argmin(alarms + miss_cost * misses)])


def wrong_labels_unsorted_b(labels, probabilities, miss_cost):
    """Sorts the probabilities but not the labels with them."""
    p = torch.sort(probabilities).values
    best, best_cost = None, float("inf")
    for t in p:
        answers = (p >= t)
        cost = ((answers == 1) & (labels == 0)).sum().item() + miss_cost * ((answers == 0) & (labels == 1)).sum().item()
        if cost < best_cost:
            best, best_cost = t.item(), cost
    return best


def wrong_never_reset_b(labels, probabilities, miss_cost):
    """The cost is set to 0 only once, before the loop over the thresholds."""
    best, best_cost = None, float("inf")
    cost = 0
    for t in sorted(set(probabilities.tolist())):
        for y, p in zip(labels.tolist(), probabilities.tolist()):
            if p >= t and y == 0:
                cost += 1
            elif p < t and y == 1:
                cost += miss_cost
        if cost < best_cost:
            best, best_cost = t, cost
    return best


def wrong_theory_b(labels, probabilities, miss_cost):
    """The threshold of decision theory, 1 / (1 + miss_cost): the lowest given probability from there on."""
    border = 1 / (1 + miss_cost)
    above = [p for p in probabilities.tolist() if p >= border]
    return min(above) if above else max(probabilities.tolist())
