"""Held-out attempts at filtered_rank, by another hand, written from the task's text alone."""

import numpy as np
import torch
from scipy.stats import rankdata


def right_for(scores, right, also_right):
    """Beginner: counters for better and for equal."""
    better = 0
    same = 0
    for place in range(len(scores)):
        if place not in also_right and place != right:
            if scores[place] > scores[right]:
                better = better + 1
            if scores[place] == scores[right]:
                same = same + 1
    return 1 + better + same * 0.5


def right_comprehensions(scores, right, also_right):
    """A list of those that count, two sums."""
    mine = scores[right]
    others = [s for i, s in enumerate(scores) if i not in [right, *also_right]]
    return 1 + sum(1 for s in others if s > mine) + sum(0.5 for s in others if s == mine)


def right_minus_inf_but_for_right(scores, right, also_right):
    """A float copy with -inf, the right one put back, itself taken off the equal ones."""
    s = np.array(scores, dtype=float)
    mine = s[right]
    s[list(also_right)] = float("-inf")
    s[right] = mine
    return 1 + (s > mine).sum() + 0.5 * ((s == mine).sum() - 1)


def right_scipy(scores, right, also_right):
    """rankdata of the negative scores, the right one in front."""
    rest = [float(scores[i]) for i in range(len(scores)) if i != right and i not in also_right]
    return float(rankdata([-float(scores[right]), *(-s for s in rest)])[0])


def right_torch_clone(scores, right, also_right):
    """clone, a Boolean mask."""
    s = torch.as_tensor(scores, dtype=torch.double).clone()
    mine = s[right].clone()
    keep = torch.full((len(s),), True)
    keep[right] = False
    if len(also_right):
        keep[list(also_right)] = False
    s = s[keep]
    return ((s > mine).sum() + (s >= mine).sum()).item() / 2 + 1


def right_set_difference(scores, right, also_right):
    """np.setdiff1d for the places."""
    places = np.setdiff1d(np.arange(len(scores)), [right, *also_right])
    s = np.asarray(scores)
    return 1 + np.sum(s[places] > s[right]) + np.mean([0, np.sum(s[places] == s[right])])


def right_dictionary(scores, right, also_right):
    """A dictionary from which the others are popped."""
    left = {i: float(s) for i, s in enumerate(scores)}
    mine = left.pop(right)
    for i in also_right:
        left.pop(i, None)
    values = list(left.values())
    return 1 + sum((v > mine) + 0.5 * (v == mine) for v in values)


def right_sort_and_mean(scores, right, also_right):
    """Sorts, and takes the mean of the places with the same score."""
    mine = float(scores[right])
    kept = [mine] + [float(s) for i, s in enumerate(scores) if i != right and i not in also_right]
    kept.sort(reverse=True)
    places = [k for k, s in enumerate(kept, 1) if s == mine]
    return sum(places) / len(places)


def wrong_raw(scores, right, also_right):
    """Not filtered."""
    rank = 1
    for i in range(len(scores)):
        if i != right:
            rank += 1 if scores[i] > scores[right] else 0.5 if scores[i] == scores[right] else 0
    return rank


def wrong_no_ties(scores, right, also_right):
    """Only those above."""
    return 1 + sum(1 for i in range(len(scores)) if scores[i] > scores[right] and i not in also_right)


def wrong_half_for_itself(scores, right, also_right):
    """The right one meets itself in the loop."""
    rank = 1
    for i in range(len(scores)):
        if i in also_right and i != right:
            continue
        if scores[i] > scores[right]:
            rank += 1
        elif scores[i] == scores[right]:
            rank += 0.5
    return rank


def wrong_half_for_itself_unless_listed(scores, right, also_right):
    """The same, unless it stands in the list."""
    rank = 1
    for i in range(len(scores)):
        if i in also_right:
            continue
        if scores[i] > scores[right]:
            rank += 1
        elif scores[i] == scores[right]:
            rank += 0.5
    return rank


def wrong_minus_inf_for_right_too(scores, right, also_right):
    """-inf for all of the list, the right one too."""
    s = torch.as_tensor(scores, dtype=torch.double).clone()
    s[list(also_right)] = -torch.inf
    return (1 + (s > s[right]).sum() + 0.5 * ((s == s[right]).sum() - 1)).item()


def wrong_starts_at_zero(scores, right, also_right):
    """Begins to count at 0."""
    rank = 0
    for i in range(len(scores)):
        if i != right and i not in also_right:
            rank += 1 if scores[i] > scores[right] else 0.5 if scores[i] == scores[right] else 0
    return rank


def wrong_sorted_index(scores, right, also_right):
    """index in a sorted list: equal ones behind."""
    kept = [float(s) for i, s in enumerate(scores) if i == right or i not in also_right]
    return sorted(kept, reverse=True).index(float(scores[right])) + 1


def wrong_minus_length(scores, right, also_right):
    """The raw rank less the length of the list."""
    s = np.asarray(scores)
    return 1 + (s > s[right]).sum() + ((s == s[right]).sum() - 1) / 2 - len(also_right)


def wrong_ascending(scores, right, also_right):
    """< for >."""
    rank = 1
    for i in range(len(scores)):
        if i != right and i not in also_right:
            rank += 1 if scores[i] < scores[right] else 0.5 if scores[i] == scores[right] else 0
    return rank


def wrong_at_least(scores, right, also_right):
    """>= for >, without halves."""
    return 1 + sum(1 for i in range(len(scores)) if scores[i] >= scores[right] and i != right and i not in also_right)


def wrong_equal_ones_are_kept(scores, right, also_right):
    """Filters those above only; an equal one that is right counts."""
    rank = 1
    for i in range(len(scores)):
        if i == right:
            continue
        if scores[i] > scores[right] and i not in also_right:
            rank += 1
        elif scores[i] == scores[right]:
            rank += 0.5
    return rank


def wrong_shifted(scores, right, also_right):
    """Pops from a list, so that later places move."""
    left = [float(s) for s in scores]
    mine = left[right]
    for i in also_right:
        if i != right and i < len(left):
            left.pop(i)
    return 1 + sum(s > mine for s in left) + (sum(s == mine for s in left) - 1) / 2


def wrong_zeros(scores, right, also_right):
    """Scores of the others set to 0."""
    s = [0.0 if i in also_right and i != right else float(x) for i, x in enumerate(scores)]
    return 1 + sum(x > s[right] for x in s) + (sum(x == s[right] for x in s) - 1) / 2
