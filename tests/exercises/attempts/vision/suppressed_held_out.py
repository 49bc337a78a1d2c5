"""More attempts at suppressed, of another hand, written from the task's text alone."""

import torch


def right_pairs_that_clash(overlaps, scores, most):
    """A set of clashing pairs first; then the ranking."""
    values = scores.tolist()
    ranking = sorted(range(len(values)), key=lambda i: values[i])[::-1]
    clash = {(a, b) for a in ranking for b in ranking if a != b and overlaps[a, b] > most}
    keep = []
    for box in ranking:
        if not any((k, box) in clash for k in keep):
            keep.append(box)
    return keep


def right_pop_from_the_end(overlaps, scores, most):
    """Ascending order, popped from the end."""
    todo = torch.argsort(scores).tolist()
    keep = []
    while todo:
        keep.append(todo.pop())
        todo = [t for t in todo if overlaps[keep[-1]][t] <= most]
    return keep


def right_smaller_and_smaller_tensors(overlaps, scores, most):
    """Cuts numbers, scores and overlaps down together after every box."""
    numbers, keep = torch.arange(len(scores)), []
    while len(numbers):
        top = scores.argmax()
        keep.append(int(numbers[top]))
        ok = overlaps[top] <= most
        ok[top] = False
        numbers, scores, overlaps = numbers[ok], scores[ok], overlaps[ok][:, ok]
    return keep


def right_worst_to_best_recursion(overlaps, scores, most):
    """Decides the last of the ranking after all before it."""
    def kept(ranking):
        if len(ranking) == 0:
            return []
        before = kept(ranking[:-1])
        if sum(bool(overlaps[b, ranking[-1]] > most) for b in before) == 0:
            before = before + [ranking[-1]]
        return before

    return kept(scores.argsort(descending=True).tolist())


def right_counts_of_kept(overlaps, scores, most):
    """Counts by a matrix product how many boxes that stay overlap each; asks along the ranking."""
    over = (overlaps > most).to(torch.float64)
    keep = torch.zeros(len(scores), dtype=torch.float64)
    found = []
    for i in scores.argsort(descending=True).tolist():
        if (over @ keep)[i] == 0:
            keep[i] = 1
            found.append(i)
    return found


def right_filter_builtin(overlaps, scores, most):
    """filter and lambda on a list of numbers."""
    rest = list(range(len(scores)))
    rest.sort(key=lambda i: float(scores[i]), reverse=True)
    result = []
    while rest != []:
        best = rest[0]
        result += [best]
        rest = list(filter(lambda i: not overlaps[best][i] > most, rest[1:]))
    return result


def wrong_not_more_than_most_of_all(overlaps, scores, most):
    """Every box that overlaps any other by more than most goes, the best one too."""
    without_self = overlaps - torch.diag(torch.diagonal(overlaps))
    lonely = (without_self <= most).all(1)
    return [i for i in scores.argsort(descending=True).tolist() if lonely[i]]


def wrong_groups_by_chains(overlaps, scores, most):
    """Joins boxes that hang together in chains, and keeps the best of each group."""
    left, keep = scores.argsort(descending=True).tolist(), []
    while left:
        group, found = [left[0]], True
        while found:
            found = [i for i in left if i not in group and any(overlaps[i, g] > most for g in group)]
            group += found
        keep.append(left[0])
        left = [i for i in left if i not in group]
    return keep


def wrong_neighbours_in_the_ranking(overlaps, scores, most):
    """Compares each box only with the one just above it in the ranking."""
    order = scores.argsort(descending=True).tolist()
    return order[:1] + [b for a, b in zip(order, order[1:]) if overlaps[a, b] <= most]


def wrong_scores_at_most(overlaps, scores, most):
    """Takes most for a threshold of the score."""
    return [i for i in scores.argsort(descending=True).tolist() if scores[i] > most]


def wrong_one_minus_most(overlaps, scores, most):
    """Reads most as a distance: compares with 1 - most."""
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, k] <= 1 - most for k in keep):
            keep.append(i)
    return keep


def wrong_scores_lowered(overlaps, scores, most):
    """Lowers scores instead of taking boxes away, and returns them all."""
    scores, keep = scores.clone(), []
    left = set(range(len(scores)))
    while left:
        best = max(left, key=lambda i: float(scores[i]))
        keep.append(best)
        left.remove(best)
        for i in left:
            if overlaps[best, i] > most:
                scores[i] = scores[i] * (1 - overlaps[best, i])
    return keep


def wrong_sorted_values_in_place_of_numbers(overlaps, scores, most):
    """Takes the first result of sort, the scores, and cuts them to whole numbers for box numbers."""
    keep = []
    for i in scores.sort(descending=True)[0].long().tolist():
        if all(overlaps[i, k] <= most for k in keep):
            keep.append(i)
    return keep


def wrong_pairs_with_scores(overlaps, scores, most):
    """Pairs of number and score come back."""
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, k] <= most for k in keep):
            keep.append(i)
    return [(k, float(scores[k])) for k in keep]


def wrong_counted_from_one(overlaps, scores, most):
    """Counts the boxes from 1."""
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, k] <= most for k in keep):
            keep.append(i)
    return [k + 1 for k in keep]


def wrong_second_stays_too(overlaps, scores, most):
    """Skips the box right behind the best one when it filters."""
    order = scores.argsort(descending=True).tolist()
    keep = []
    while order:
        best = order.pop(0)
        keep.append(best)
        order = order[:1] + [i for i in order[1:] if overlaps[best, i] <= most]
    return keep


def wrong_how_many(overlaps, scores, most):
    """Returns how many boxes stay."""
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, k] <= most for k in keep):
            keep.append(i)
    return len(keep)


def wrong_rows_of_overlaps(overlaps, scores, most):
    """Returns the rows of the overlaps of the boxes that stay."""
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlaps[i, k] <= most for k in keep):
            keep.append(i)
    return overlaps[keep]


def wrong_first_overlap_ends_it(overlaps, scores, most):
    """break in place of continue: stops at the first box that is taken away."""
    keep = []
    for i in scores.argsort(descending=True).tolist():
        if any(overlaps[i, k] > most for k in keep):
            break
        keep.append(i)
    return keep


def wrong_ranked_by_overlap(overlaps, scores, most):
    """Ranks by the overlap: the box that overlaps most others comes first."""
    keep = []
    for i in (overlaps > most).sum(1).argsort(descending=True, stable=True).tolist():
        if all(overlaps[i, k] <= most for k in keep):
            keep.append(i)
    return keep
