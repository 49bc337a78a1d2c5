"""Attempts at suppressed, written from the task's text alone."""

import functools
import heapq
from collections import deque

import torch


# ---------------------------------------------------------------- right

def right_best_of_what_is_left(overlaps, scores, most):
    """Takes the best of what is left, then keeps those that do not overlap it too much."""
    left = list(range(len(scores)))
    stay = []
    while left:
        best = max(left, key=lambda i: float(scores[i]))
        stay.append(best)
        left = [i for i in left if i != best and not overlaps[best][i] > most]
    return stay


def right_compared_with_all_that_stay(overlaps, scores, most):
    """Goes from best to worst; a box stays if it overlaps none that stays by more than most."""
    stay = []
    for i in sorted(range(len(scores)), key=lambda i: -float(scores[i])):
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return stay


def right_argsort_and_filter(overlaps, scores, most):
    """argsort once; each step takes the head and filters the tail by a mask."""
    order = torch.argsort(scores, descending=True)
    stay = []
    while order.numel() > 0:
        head, tail = order[0], order[1:]
        stay.append(head.item())
        order = tail[overlaps[head, tail] <= most]
    return stay


def right_masked_argmax(overlaps, scores, most):
    """argmax of the scores, of which those taken away are -inf."""
    scores = scores.clone()
    alive = torch.ones(len(scores), dtype=torch.bool)
    stay = []
    while alive.any():
        best = int(scores.masked_fill(~alive, -torch.inf).argmax())
        stay.append(best)
        alive &= ~(overlaps[best] > most)
        alive[best] = False
    return stay


def right_recursion(overlaps, scores, most):
    """The head stays; the same again for the rest that is left."""
    def go(order):
        if not order:
            return []
        head, *tail = order
        return [head] + go([i for i in tail if overlaps[head][i] <= most])

    return go(sorted(range(len(scores)), key=lambda i: scores[i].item(), reverse=True))


def right_sorted_matrix(overlaps, scores, most):
    """Brings the matrix into the order of the scores, strikes out row by row, and looks up the first numbers."""
    order = scores.argsort(descending=True)
    ranked = overlaps[order][:, order] > most
    out = torch.zeros(len(order), dtype=torch.bool)
    for r in range(len(order)):
        if not out[r]:
            out[r + 1 :] |= ranked[r, r + 1 :]
    return order[~out].tolist()


def right_heap(overlaps, scores, most):
    """A heap with the best on top; boxes are struck out by a set."""
    heap = [(-s, i) for i, s in enumerate(scores.tolist())]
    heapq.heapify(heap)
    gone, stay = set(), []
    while heap:
        _, i = heapq.heappop(heap)
        if i in gone:
            continue
        stay.append(i)
        gone.update(j for j in range(len(scores)) if overlaps[i][j] > most)
    return stay


def right_deque(overlaps, scores, most):
    """A queue of box numbers, rebuilt after each that stays."""
    queue = deque(sorted(range(len(scores)), key=scores.tolist().__getitem__, reverse=True))
    stay = []
    while queue:
        first = queue.popleft()
        stay.append(first)
        queue = deque(k for k in queue if not bool(overlaps[first, k] > most))
    return stay


def right_reduce(overlaps, scores, most):
    """A fold over the boxes in their order."""
    order = torch.sort(scores, descending=True).indices.tolist()
    return functools.reduce(
        lambda stay, i: stay if any(overlaps[j, i] > most for j in stay) else [*stay, i], order, []
    )


def right_tensor_of_numbers(overlaps, scores, most):
    """A tensor of indices comes back."""
    order = scores.argsort(descending=True)
    stay = torch.empty(0, dtype=torch.long)
    for i in order:
        if not (overlaps[i, stay] > most).any():
            stay = torch.cat([stay, i[None]])
    return stay


def right_tuple(overlaps, scores, most):
    """A generator inside, a tuple comes back."""
    def boxes():
        left = set(range(len(scores)))
        while left:
            best = max(left, key=lambda i: scores[i].item())
            yield best
            left = {i for i in left if i != best and not overlaps[best, i] > most}

    return tuple(boxes())


def right_dictionary(overlaps, scores, most):
    """A dictionary from box to score, from which boxes are popped."""
    left = dict(enumerate(scores.tolist()))
    stay = []
    while left:
        best = max(left, key=left.get)
        del left[best]
        stay.append(best)
        for i in list(left):
            if overlaps[best, i] > most:
                left.pop(i)
    return stay


def right_who_may_stay(overlaps, scores, most):
    """Asks of every box: does a better one that stays overlap it? Each answer is remembered."""
    n = len(scores)

    @functools.cache
    def stays(i):
        return not any(scores[j] > scores[i] and overlaps[j, i] > most and stays(j) for j in range(n))

    return sorted((i for i in range(n) if stays(i)), key=lambda i: float(scores[i]), reverse=True)


def right_until_nothing_changes(overlaps, scores, most):
    """All boxes at once, again and again: struck out if a better box that is not struck out overlaps it."""
    order = scores.argsort(descending=True)
    over = torch.triu(overlaps[order][:, order] > most, diagonal=1)
    stays = torch.ones(len(order), dtype=torch.bool)
    while True:
        new = ~(over & stays[:, None]).any(0)
        if torch.equal(new, stays):
            return order[stays].tolist()
        stays = new


def right_bits(overlaps, scores, most):
    """The boxes that are left are the bits of a whole number."""
    n = len(scores)
    hides = [sum(1 << j for j in range(n) if overlaps[i][j] > most) for i in range(n)]
    left, stay = (1 << n) - 1, []
    for i in sorted(range(n), key=lambda i: float(scores[i]), reverse=True):
        if left >> i & 1:
            stay.append(i)
            left &= ~hides[i]
    return stay


def right_flags(overlaps, scores, most):
    """Two loops and a list of flags, as in a lecture."""
    n = scores.shape[0]
    ranking = scores.sort(descending=True)[1]
    removed = [False] * n
    stay = []
    for a in range(n):
        i = int(ranking[a])
        if removed[i]:
            continue
        stay.append(i)
        for b in range(a + 1, n):
            j = int(ranking[b])
            if overlaps[i, j] > most:
                removed[j] = True
    return stay


def right_insertion(overlaps, scores, most):
    """Sorts pairs of score and number; numbers stay tensors of one number."""
    pairs = sorted(((s.item(), torch.tensor(i)) for i, s in enumerate(scores)), key=lambda pair: pair[0])
    stay = []
    while pairs:
        _, i = pairs.pop()
        stay.append(i)
        pairs = [(s, j) for s, j in pairs if not overlaps[i, j] > most]
    return stay


# ---------------------------------------------------------------- wrong

def wrong_at_least_most(overlaps, scores, most):
    """Takes away those that overlap by exactly most as well."""
    order = scores.argsort(descending=True)
    stay = []
    while len(order):
        stay.append(int(order[0]))
        order = order[1:][overlaps[order[0], order[1:]] < most]
    return stay


def wrong_nothing_taken_away(overlaps, scores, most):
    """Only sorts the boxes."""
    return scores.argsort(descending=True).tolist()


def wrong_one_round_only(overlaps, scores, most):
    """Takes away what overlaps the best box, and stops there."""
    order = scores.argsort(descending=True).tolist()
    best = order[0]
    return [best] + [i for i in order[1:] if overlaps[best, i] <= most]


def wrong_by_any_better_box(overlaps, scores, most):
    """A box goes if any better box overlaps it, even one that was taken away itself."""
    order = scores.argsort(descending=True).tolist()
    return [i for place, i in enumerate(order) if all(overlaps[j, i] <= most for j in order[:place])]


def wrong_worst_first(overlaps, scores, most):
    """Starts with the worst score: argsort ascends."""
    stay = []
    for i in scores.argsort().tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return stay


def wrong_worst_first_turned_round(overlaps, scores, most):
    """Lets the worst win, and turns the list round at the end."""
    stay = []
    for i in scores.argsort().tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return stay[::-1]


def wrong_in_the_order_of_the_numbers(overlaps, scores, most):
    """The right boxes, but sorted by their numbers."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return sorted(stay)


def wrong_scores_returned(overlaps, scores, most):
    """Returns the scores of the boxes that stay."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return scores[stay].tolist()


def wrong_mask_returned(overlaps, scores, most):
    """Returns yes or no for each box."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return [i in stay for i in range(len(scores))]


def wrong_ranks_returned(overlaps, scores, most):
    """Returns ranks, not the numbers of the boxes."""
    order = scores.argsort(descending=True)
    ranked = overlaps[order][:, order]
    stay = []
    for r in range(len(order)):
        if all(ranked[r, q] <= most for q in stay):
            stay.append(r)
    return stay


def wrong_matrix_not_sorted(overlaps, scores, most):
    """Counts in ranks, but looks the overlaps up as they came."""
    order = scores.argsort(descending=True).tolist()
    stay = []
    for r in range(len(order)):
        if all(overlaps[r, q] <= most for q in stay):
            stay.append(r)
    return [order[r] for r in stay]


def wrong_little_overlap_taken_away(overlaps, scores, most):
    """The comparison is the wrong way round: takes away what hardly overlaps."""
    order = scores.argsort(descending=True).tolist()
    stay = []
    while order:
        best = order.pop(0)
        stay.append(best)
        order = [i for i in order if overlaps[best, i] > most]
    return stay


def wrong_in_the_order_given(overlaps, scores, most):
    """Does not look at the scores: the first box wins."""
    stay = []
    for i in range(len(scores)):
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return stay


def wrong_last_one_only(overlaps, scores, most):
    """Compares with the last box that stayed, not with all."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if not stay or overlaps[stay[-1], i] <= most:
            stay.append(i)
    return stay


def wrong_overlaps_itself(overlaps, scores, most):
    """Compares every box with itself, too, and takes it away."""
    return [i for i in scores.argsort(descending=True).tolist() if (overlaps[i] <= most).all()]


def wrong_diagonal_set_in_place(overlaps, scores, most):
    """Right numbers, but writes zeros into the overlaps that were given."""
    overlaps.fill_diagonal_(0)
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return stay


def wrong_scores_changed(overlaps, scores, most):
    """Right numbers, but strikes boxes out in the scores that were given."""
    stay = []
    while scores.max() > -torch.inf:
        best = int(scores.argmax())
        stay.append(best)
        scores[overlaps[best] > most] = -torch.inf
        scores[best] = -torch.inf
    return stay


def wrong_half_hard_coded(overlaps, scores, most):
    """Writes 0.5 in place of most."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, j] <= 0.5 for j in stay):
            stay.append(i)
    return stay


def wrong_the_others_returned(overlaps, scores, most):
    """Returns the boxes that were taken away."""
    stay, gone = [], []
    for i in scores.argsort(descending=True).tolist():
        (stay if all(overlaps[i, j] <= most for j in stay) else gone).append(i)
    return gone


def wrong_removed_while_walking(overlaps, scores, most):
    """Removes from the list over which it walks: the neighbour of a removed box is skipped."""
    order = scores.argsort(descending=True).tolist()
    for i in order:
        for j in order:
            if order.index(j) > order.index(i) and overlaps[i, j] > most:
                order.remove(j)
    return order


def wrong_last_box_forgotten(overlaps, scores, most):
    """Stops when one box is left, and forgets it."""
    left = scores.argsort(descending=True).tolist()
    stay = []
    while len(left) > 1:
        best = left.pop(0)
        stay.append(best)
        left = [i for i in left if overlaps[best, i] <= most]
    return stay


def wrong_best_only(overlaps, scores, most):
    """The return stands inside the loop."""
    order = scores.argsort(descending=True).tolist()
    stay = []
    while order:
        best = order.pop(0)
        stay.append(best)
        order = [i for i in order if overlaps[best, i] <= most]
        return stay


def wrong_mean_overlap(overlaps, scores, most):
    """Compares the mean overlap with the boxes that stay."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if not stay or overlaps[i, stay].mean() <= most:
            stay.append(i)
    return stay


def wrong_overlaps_added(overlaps, scores, most):
    """Adds up the overlaps with all boxes that stay."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if sum(float(overlaps[i, j]) for j in stay) <= most:
            stay.append(i)
    return stay


def wrong_any_and_all(overlaps, scores, most):
    """any in place of all: it is enough not to overlap one of them."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if not stay or any(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    return stay


def wrong_most_as_a_number_of_boxes(overlaps, scores, most):
    """Takes most for the share of the boxes that may stay."""
    order = scores.argsort(descending=True).tolist()
    return order[: max(1, int(most * len(order)))]


def wrong_printed(overlaps, scores, most):
    """Prints the boxes and returns nothing."""
    stay = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, j] <= most for j in stay):
            stay.append(i)
    print(stay)
