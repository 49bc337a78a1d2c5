"""Attempts at filtered_rank, written from the task's text alone."""

import bisect
from fractions import Fraction

import numpy as np
import torch
from scipy import stats


# ---------------------------------------------------------------- right
def right_loop(scores, right, also_right):
    """A loop that adds 1 or a half."""
    rank = 1
    for i in range(len(scores)):
        if i == right or i in also_right:
            continue
        if scores[i] > scores[right]:
            rank += 1
        elif scores[i] == scores[right]:
            rank += 0.5
    return rank


def right_numpy_mask(scores, right, also_right):
    """A Boolean mask of those that count."""
    s = np.asarray(scores)
    counts = np.ones(len(s), dtype=bool)
    counts[list(also_right)] = False
    counts[right] = False
    others = s[counts]
    return 1 + (others > s[right]).sum() + 0.5 * (others == s[right]).sum()


def right_torch_mask(scores, right, also_right):
    """The same in torch, as a Python number."""
    s = torch.as_tensor(scores, dtype=torch.double)
    keep = torch.ones(len(s), dtype=torch.bool)
    for place in [right, *also_right]:
        keep[place] = False
    return 1 + (s[keep] > s[right]).sum().item() + (s[keep] == s[right]).sum().item() / 2


def right_minus_infinity(scores, right, also_right):
    """A copy in which the others that are right come last."""
    s = np.array(scores, dtype=float)
    mine = s[right]
    s[list(also_right)] = -np.inf
    s[right] = -np.inf
    return 1 + np.count_nonzero(s > mine) + np.count_nonzero(s == mine) / 2


def right_rankdata(scores, right, also_right):
    """scipy's rank with the mean for equal ones, of those that are left."""
    left = [i for i in range(len(scores)) if i == right or i not in set(also_right)]
    ranks = stats.rankdata([-float(scores[i]) for i in left], method="average")
    return ranks[left.index(right)]


def right_np_delete(scores, right, also_right):
    """np.delete, with the score remembered."""
    s = np.asarray(scores)
    rest = np.delete(s, sorted({right, *also_right}))
    return 1 + np.sum(rest > s[right]) + np.sum(rest == s[right]) * 0.5


def right_set(scores, right, also_right):
    """A set of places and two counts."""
    others = set(range(len(scores))) - set(also_right) - {right}
    better = sum(1 for i in others if scores[i] > scores[right])
    equal = len([i for i in others if scores[i] == scores[right]])
    return better + equal / 2 + 1


def right_mean_of_best_and_worst(scores, right, also_right):
    """The mean of the best and the worst possible place."""
    rest = [float(s) for i, s in enumerate(scores) if i not in {right, *also_right}]
    mine = float(scores[right])
    best = 1 + sum(s > mine for s in rest)
    worst = 1 + sum(s >= mine for s in rest)
    return (best + worst) / 2


def right_bisect(scores, right, also_right):
    """bisect in the sorted list."""
    out = {right} | set(also_right)
    rest = sorted(float(s) for i, s in enumerate(scores) if i not in out)
    mine = float(scores[right])
    not_above = bisect.bisect_right(rest, mine)
    equal = not_above - bisect.bisect_left(rest, mine)
    return 1 + len(rest) - not_above + 0.5 * equal


def right_sign(scores, right, also_right):
    """The sign of the difference: 1, 0 or -1 gives 1, a half or 0."""
    s = np.asarray(scores, dtype=float)
    rest = [i for i in range(len(s)) if i != right and i not in also_right]
    return 1 + float(((np.sign(s[rest] - s[right]) + 1) / 2).sum())


def right_heaviside(scores, right, also_right):
    """torch.heaviside with a half at 0."""
    s = torch.as_tensor(scores, dtype=torch.double)
    steps = torch.heaviside(s - s[right], torch.tensor(0.5, dtype=torch.double))
    out = torch.tensor(sorted({right, *also_right}))
    steps[out] = 0
    return 1 + steps.sum()


def right_right_stays_in(scores, right, also_right):
    """Leaves the right one among those that count: equal to itself it gives a half, so it begins at a half."""
    out = set(also_right) - {right}
    kept = [scores[i] for i in range(len(scores)) if i not in out]
    return 0.5 + sum(bool(s > scores[right]) for s in kept) + 0.5 * sum(bool(s == scores[right]) for s in kept)


def right_whole_first(scores, right, also_right):
    """The raw rank, less what the others that are right had added."""
    s = np.asarray(scores)
    rank = 1 + (s > s[right]).sum() + ((s == s[right]).sum() - 1) / 2
    for i in set(also_right):
        if i != right:
            rank -= 1 if s[i] > s[right] else 0.5 if s[i] == s[right] else 0
    return rank


def right_recursion(scores, right, also_right):
    """From the last place to the first."""

    def above(i):
        if i < 0:
            return 0
        rest = above(i - 1)
        if i == right or i in also_right or scores[i] < scores[right]:
            return rest
        return rest + (1 if scores[i] > scores[right] else 0.5)

    return 1 + above(len(scores) - 1)


def right_sorted_walk(scores, right, also_right):
    """Sorts those that count and walks down."""
    mine = scores[right]
    kept = sorted((float(s) for i, s in enumerate(scores) if i != right and i not in also_right), reverse=True)
    rank = 1.0
    for s in kept:
        if s < mine:
            break
        rank += 1.0 if s > mine else 0.5
    return rank


def right_isin(scores, right, also_right):
    """torch.isin for the places."""
    s = torch.as_tensor(scores, dtype=torch.double)
    places = torch.arange(len(s))
    counts = ~torch.isin(places, torch.tensor([right, *also_right]))
    return float(1 + ((s > s[right]) & counts).sum() + 0.5 * ((s == s[right]) & counts).sum())


def right_halves(scores, right, also_right):
    """Counts halves and divides at the end, as a fraction."""
    halves = 2
    for i, s in enumerate(scores):
        if i != right and i not in also_right:
            halves += int(s > scores[right]) + int(s >= scores[right])
    return float(Fraction(halves, 2))


def right_zip_where(scores, right, also_right):
    """np.where twice, one in the other."""
    s = np.asarray(scores)
    points = np.where(s > s[right], 1.0, np.where(s == s[right], 0.5, 0.0))
    weights = np.array([i != right and i not in also_right for i in range(len(s))])
    return 1 + points @ weights


# ---------------------------------------------------------------- wrong
def _others(scores, right, also_right):
    """The scores that count, and the right one's."""
    s = np.asarray(scores, dtype=float)
    return np.array([s[i] for i in range(len(s)) if i != right and i not in also_right]), s[right]


def wrong_not_filtered(scores, right, also_right):
    """The raw rank: also_right is never used."""
    s = np.asarray(scores)
    return 1 + (s > s[right]).sum() + ((s == s[right]).sum() - 1) / 2


def wrong_from_zero(scores, right, also_right):
    """The best rank is 0."""
    rest, mine = _others(scores, right, also_right)
    return (rest > mine).sum() + (rest == mine).sum() / 2


def wrong_ties_for_free(scores, right, also_right):
    """Equal ones do not count."""
    rest, mine = _others(scores, right, also_right)
    return 1 + (rest > mine).sum()


def wrong_ties_count_whole(scores, right, also_right):
    """Equal ones count as a whole place."""
    rest, mine = _others(scores, right, also_right)
    return 1 + (rest >= mine).sum()


def wrong_equal_to_itself(scores, right, also_right):
    """The right one is equal to itself, and gets half a place for it."""
    s = np.asarray(scores, dtype=float)
    kept = np.array([s[i] for i in range(len(s)) if i == right or i not in also_right])
    return 1 + (kept > s[right]).sum() + (kept == s[right]).sum() / 2


def wrong_smallest_is_best(scores, right, also_right):
    """Counts those below."""
    rest, mine = _others(scores, right, also_right)
    return 1 + (rest < mine).sum() + (rest == mine).sum() / 2


def wrong_subtracts_all(scores, right, also_right):
    """Raw rank less the number of others that are right, though some stand below."""
    s = np.asarray(scores)
    raw = 1 + (s > s[right]).sum() + ((s == s[right]).sum() - 1) / 2
    return raw - len(set(also_right) - {right})


def wrong_subtracts_the_list(scores, right, also_right):
    """Takes off those of the list that stand above, but equal ones of the list are counted."""
    s = np.asarray(scores)
    raw = 1 + (s > s[right]).sum() + ((s == s[right]).sum() - 1) / 2
    return raw - sum(bool(s[i] > s[right]) for i in set(also_right))


def wrong_set_to_zero(scores, right, also_right):
    """Sets the others that are right to 0, which is not low."""
    s = np.array(scores, dtype=float)
    mine = s[right]
    s[[i for i in also_right if i != right]] = 0
    return 1 + (s > mine).sum() + ((s == mine).sum() - 1) / 2


def wrong_multiplied_by_zero(scores, right, also_right):
    """Multiplies with a mask and ranks the products."""
    s = np.asarray(scores, dtype=float)
    mask = np.ones(len(s))
    mask[list(also_right)] = 0
    mask[right] = 1
    s = s * mask
    return stats.rankdata(-s)[right]


def wrong_right_in_the_list(scores, right, also_right):
    """Lowers all of the list, the right one as well if it stands there."""
    s = np.array(scores, dtype=float)
    s[list(also_right)] = -np.inf
    return 1 + (s > s[right]).sum() + ((s == s[right]).sum() - 1) / 2


def wrong_place_moves(scores, right, also_right):
    """Deletes the others and asks for the old place."""
    s = np.asarray(scores, dtype=float)
    kept = np.delete(s, [i for i in set(also_right) if i != right])
    mine = kept[right]
    return 1 + (kept > mine).sum() + ((kept == mine).sum() - 1) / 2


def wrong_argsort(scores, right, also_right):
    """The place in a sorted list: equal ones by chance of their order."""
    order = [int(i) for i in np.argsort(-np.asarray(scores, dtype=float), kind="stable")]
    order = [i for i in order if i == right or i not in also_right]
    return order.index(right) + 1


def wrong_position_of_rank(scores, right, also_right):
    """argsort's entry at the place, which is not a rank."""
    return int(np.argsort(-np.asarray(scores, dtype=float))[right]) + 1


def wrong_values_in_the_list(scores, right, also_right):
    """Asks whether a score stands in the list of places."""
    rank = 1
    for i, s in enumerate(scores):
        if i == right or s in also_right:
            continue
        rank += 1 if s > scores[right] else 0.5 if s == scores[right] else 0
    return rank


def wrong_removes_equal_values(scores, right, also_right):
    """Takes out all entities that have the score of one that is right."""
    gone = {float(scores[i]) for i in also_right if i != right}
    rank = 1
    for i, s in enumerate(scores):
        if i == right or float(s) in gone:
            continue
        rank += 1 if s > scores[right] else 0.5 if s == scores[right] else 0
    return rank


def wrong_rounded_down(scores, right, also_right):
    """int() at the end."""
    rest, mine = _others(scores, right, also_right)
    return int(1 + (rest > mine).sum() + (rest == mine).sum() / 2)


def wrong_whole_division(scores, right, also_right):
    """// where / is meant."""
    rest, mine = _others(scores, right, also_right)
    return 1 + (rest > mine).sum() + (rest == mine).sum() // 2


def wrong_half_once(scores, right, also_right):
    """Half a place for all equal ones together."""
    rest, mine = _others(scores, right, also_right)
    return 1 + (rest > mine).sum() + (0.5 if (rest == mine).any() else 0)


def wrong_reciprocal(scores, right, also_right):
    """1 / rank."""
    rest, mine = _others(scores, right, also_right)
    return 1 / (1 + (rest > mine).sum() + (rest == mine).sum() / 2)


def wrong_best_of_the_right(scores, right, also_right):
    """The rank of the best among all that are right."""
    s = np.asarray(scores, dtype=float)
    best = max(s[i] for i in [right, *also_right])
    rest, _ = _others(scores, right, also_right)
    return 1 + (rest > best).sum() + (rest == best).sum() / 2


def wrong_only_the_first_of_the_list(scores, right, also_right):
    """Filters only the first of the list."""
    return 1 + sum(
        1 if scores[i] > scores[right] else 0.5 if scores[i] == scores[right] else 0
        for i in range(len(scores))
        if i != right and i not in also_right[:1]
    )


def wrong_different_scores(scores, right, also_right):
    """The place among different scores: equal ones above count once."""
    rest, mine = _others(scores, right, also_right)
    return 1 + len(set(rest[rest > mine].tolist())) + (rest == mine).sum() / 2


def wrong_nearly_equal(scores, right, also_right):
    """isclose where equal is meant."""
    rest, mine = _others(scores, right, also_right)
    equal = np.isclose(rest, mine, rtol=0.05, atol=0.05)
    return 1 + ((rest > mine) & ~equal).sum() + equal.sum() / 2


def wrong_whole_numbers(scores, right, also_right):
    """Scores cut to whole numbers, so many are equal."""
    s = np.asarray(scores).astype(int)
    rest = np.array([s[i] for i in range(len(s)) if i != right and i not in also_right])
    return 1 + (rest > s[right]).sum() + (rest == s[right]).sum() / 2


def wrong_from_the_end(scores, right, also_right):
    """rankdata without a minus: 1 is worst."""
    left = [i for i in range(len(scores)) if i == right or i not in also_right]
    return stats.rankdata([float(scores[i]) for i in left])[left.index(right)]


def wrong_share(scores, right, also_right):
    """Divides by the number of entities."""
    rest, mine = _others(scores, right, also_right)
    return (1 + (rest > mine).sum() + (rest == mine).sum() / 2) / (len(rest) + 1)


def wrong_elif_lost(scores, right, also_right):
    """if where elif is due: one above counts one and a half by >=."""
    rest, mine = _others(scores, right, also_right)
    return 1 + (rest > mine).sum() + (rest >= mine).sum() / 2


def wrong_prints(scores, right, also_right):
    """Prints where it should return."""
    rest, mine = _others(scores, right, also_right)
    print(1 + (rest > mine).sum() + (rest == mine).sum() / 2)


def wrong_first_better(scores, right, also_right):
    """The return stands in the loop."""
    rank = 1
    for i in range(len(scores)):
        if i == right or i in also_right:
            continue
        if scores[i] > scores[right]:
            rank += 1
        elif scores[i] == scores[right]:
            rank += 0.5
        return rank
    return rank
