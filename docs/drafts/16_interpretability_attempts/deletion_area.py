"""Attempts at deletion_area, written from the task's text alone."""

import itertools
import statistics

import numpy as np
import torch
from scipy import integrate
from sklearn import metrics


# ---------------------------------------------------------------- right
def right_loop(probability, tokens, scores, mask):
    """A loop over the order, and trapezoids."""
    order = sorted(range(len(tokens)), key=lambda i: scores[i], reverse=True)
    now = list(tokens)
    heights = [probability(now)]
    for i in order:
        now = now[:i] + [mask] + now[i + 1 :]
        heights.append(probability(now))
    area = 0.0
    for left, right in zip(heights[:-1], heights[1:]):
        area += (left + right) / 2
    return area / len(tokens)


def right_numpy_trapezoid(probability, tokens, scores, mask):
    """argsort and np.trapezoid over shares from 0 to 1."""
    n = len(tokens)
    order = np.argsort(-np.asarray(scores, dtype=float))
    now = list(tokens)
    heights = [float(probability(list(now)))]
    for i in order:
        now[i] = mask
        heights.append(float(probability(list(now))))
    return np.trapezoid(heights, np.linspace(0, 1, n + 1))


def right_torch_trapezoid(probability, tokens, scores, mask):
    """torch.argsort and torch.trapezoid."""
    order = torch.argsort(torch.as_tensor(scores, dtype=torch.double), descending=True).tolist()
    heights = []
    for k in range(len(tokens) + 1):
        gone = set(order[:k])
        heights.append(float(probability([mask if i in gone else token for i, token in enumerate(tokens)])))
    return torch.trapezoid(torch.tensor(heights, dtype=torch.double), dx=1 / len(tokens)).item()


def right_sklearn_auc(probability, tokens, scores, mask):
    """metrics.auc takes the area below straight lines."""
    order = sorted(enumerate(scores), key=lambda pair: -pair[1])
    words, x, y = list(tokens), [0.0], [float(probability(list(tokens)))]
    for k, (i, _) in enumerate(order, start=1):
        words[i] = mask
        x.append(k / len(words))
        y.append(float(probability(words.copy())))
    return metrics.auc(x, y)


def right_scipy(probability, tokens, scores, mask):
    """scipy.integrate.trapezoid, divided by n."""
    order = np.argsort(np.array([float(s) for s in scores]))[::-1]
    less = [list(tokens)]
    for i in order:
        less.append(list(less[-1]))
        less[-1][i] = mask
    return integrate.trapezoid([float(probability(each)) for each in less]) / len(tokens)


def right_ends_count_half(probability, tokens, scores, mask):
    """The sum of all heights less half of both ends."""
    n = len(tokens)
    now = list(tokens)
    heights = [float(probability(list(now)))]
    for i in sorted(range(n), key=lambda i: -scores[i]):
        now[i] = mask
        heights.append(float(probability(list(now))))
    return (sum(heights) - (heights[0] + heights[-1]) / 2) / n


def right_by_rank(probability, tokens, scores, mask):
    """Each word's place in the order, by counting the larger scores."""
    ranks = [sum(other > score for other in scores) for score in scores]
    heights = [
        probability([mask if rank < k else token for token, rank in zip(tokens, ranks)]) for k in range(len(tokens) + 1)
    ]
    return sum(a + b for a, b in itertools.pairwise(heights)) / (2 * len(tokens))


def right_by_threshold(probability, tokens, scores, mask):
    """All words at or above the k-th largest score are masked."""
    heights = [probability(list(tokens))]
    for least in sorted(scores, reverse=True):
        heights.append(probability([mask if s >= least else t for t, s in zip(tokens, scores)]))
    return sum((heights[k] + heights[k + 1]) / 2 for k in range(len(scores))) / len(scores)


def right_recursion(probability, tokens, scores, mask):
    """Masks the best of those that are left, and goes on."""

    def rest(words, left):
        if not left:
            return 0.0
        best = max(left, key=lambda i: scores[i])
        less = [mask if i == best else w for i, w in enumerate(words)]
        return (probability(words) + probability(less)) / 2 + rest(less, left - {best})

    return rest(list(tokens), set(range(len(tokens)))) / len(tokens)


def right_pop_the_largest(probability, tokens, scores, mask):
    """Sets the largest score to -inf in a copy, n times."""
    left = [float(s) for s in scores]
    now = list(tokens)
    before = probability(list(now))
    total = 0
    for _ in range(len(now)):
        i = left.index(max(left))
        left[i] = -float("inf")
        now[i] = mask
        after = probability(list(now))
        total += 0.5 * (before + after)
        before = after
    return total / len(now)


def right_mean_of_middles(probability, tokens, scores, mask):
    """The mean of the middles of the pieces."""
    words = list(tokens)
    heights = [float(probability(words[:]))]
    for i in np.argsort([-float(s) for s in scores]):
        words[i] = mask
        heights.append(float(probability(words[:])))
    heights = np.array(heights)
    return float(((heights[1:] + heights[:-1]) / 2).mean())


def right_statistics(probability, tokens, scores, mask):
    """statistics.fmean over pairs."""
    order = [i for _, i in sorted(((float(s), i) for i, s in enumerate(scores)), reverse=True)]
    curve = []
    for k in range(len(order) + 1):
        words = list(tokens)
        for i in order[:k]:
            words[i] = mask
        curve.append(float(probability(words)))
    return statistics.fmean((a + b) / 2 for a, b in zip(curve, curve[1:]))


def right_rectangle_and_triangle(probability, tokens, scores, mask):
    """A rectangle below the lower end, and a triangle on top."""
    order = sorted(range(len(tokens)), key=scores.__getitem__)[::-1]
    words = list(tokens)
    heights = [probability(words)]
    for i in order:
        words = list(words)
        words[i] = mask
        heights.append(probability(words))
    width = 1 / len(tokens)
    area = 0
    for a, b in zip(heights, heights[1:]):
        area += min(a, b) * width + abs(a - b) * width / 2
    return area


def right_weights(probability, tokens, scores, mask):
    """A weighted mean: the ends half, all others whole."""
    n = len(tokens)
    order = np.flip(np.argsort(np.asarray(scores, dtype=float)))
    heights = []
    for k in range(n + 1):
        words = np.array(list(tokens), dtype=object)
        words[order[:k]] = mask
        heights.append(float(probability(words.tolist())))
    weights = np.ones(n + 1)
    weights[[0, -1]] = 0.5
    return np.average(heights, weights=weights)


def right_from_behind(probability, tokens, scores, mask):
    """From all masked back to none: the same curve from the other end."""
    n = len(tokens)
    words = [mask] * n
    heights = [float(probability(list(words)))]
    for i in sorted(range(n), key=lambda i: scores[i]):
        words[i] = tokens[i]
        heights.append(float(probability(list(words))))
    return np.trapezoid(heights, dx=1 / n)


def right_accumulate(probability, tokens, scores, mask):
    """itertools.accumulate makes the sentences."""
    order = sorted(range(len(tokens)), key=lambda i: scores[i], reverse=True)
    sentences = itertools.accumulate(
        order, lambda words, i: [*words[:i], mask, *words[i + 1 :]], initial=list(tokens)
    )
    heights = list(map(probability, sentences))
    return (sum(heights[1:-1]) + 0.5 * heights[0] + 0.5 * heights[-1]) / len(tokens)


def right_simple_names(probability, tokens, scores, mask):
    """A beginner's while loop with a list of what is done."""
    done = []
    heights = [probability(list(tokens))]
    while len(done) < len(tokens):
        best = None
        for i in range(len(tokens)):
            if i not in done and (best is None or scores[i] > scores[best]):
                best = i
        done.append(best)
        sentence = []
        for i in range(len(tokens)):
            if i in done:
                sentence.append(mask)
            else:
                sentence.append(tokens[i])
        heights.append(probability(sentence))
    mean = 0
    for i in range(len(tokens)):
        mean = mean + (heights[i] + heights[i + 1]) / 2 / len(tokens)
    return mean


# ---------------------------------------------------------------- wrong
def _heights(probability, tokens, order, mask):
    """The n + 1 probabilities for an order."""
    words = list(tokens)
    heights = [float(probability(list(words)))]
    for i in order:
        words[i] = mask
        heights.append(float(probability(list(words))))
    return heights


def _best_first(scores):
    return sorted(range(len(scores)), key=lambda i: float(scores[i]), reverse=True)


def wrong_plain_mean(probability, tokens, scores, mask):
    """The plain mean of n + 1 heights."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    return sum(heights) / len(heights)


def wrong_smallest_first(probability, tokens, scores, mask):
    """argsort without a minus: the smallest score first."""
    heights = _heights(probability, tokens, np.argsort(scores), mask)
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_by_size(probability, tokens, scores, mask):
    """The largest by size, whatever the sign."""
    order = sorted(range(len(tokens)), key=lambda i: -abs(scores[i]))
    return np.trapezoid(_heights(probability, tokens, order, mask), dx=1 / len(tokens))


def wrong_not_divided(probability, tokens, scores, mask):
    """Pieces of width 1: an area from 0 to n."""
    return np.trapezoid(_heights(probability, tokens, _best_first(scores), mask))


def wrong_divided_by_n_plus_one(probability, tokens, scores, mask):
    """Trapezoids over the number of heights."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    return np.trapezoid(heights) / len(heights)


def wrong_without_the_whole_sentence(probability, tokens, scores, mask):
    """Begins after the first word is gone."""
    heights = _heights(probability, tokens, _best_first(scores), mask)[1:]
    return sum(heights) / len(heights)


def wrong_without_the_last(probability, tokens, scores, mask):
    """The left height of each piece."""
    heights = _heights(probability, tokens, _best_first(scores), mask)[:-1]
    return sum(heights) / len(heights)


def wrong_last_piece_lost(probability, tokens, scores, mask):
    """range(n - 1) over the pieces."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    n = len(tokens)
    return sum((heights[k] + heights[k + 1]) / 2 for k in range(n - 1)) / n


def wrong_one_word_at_a_time(probability, tokens, scores, mask):
    """Each word is masked alone, in the order of the scores."""
    heights = [float(probability(list(tokens)))]
    for i in _best_first(scores):
        words = list(tokens)
        words[i] = mask
        heights.append(float(probability(words)))
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_removed(probability, tokens, scores, mask):
    """Takes the words out where it should mask them."""
    order = _best_first(scores)
    heights = []
    for k in range(len(tokens) + 1):
        heights.append(float(probability([w for i, w in enumerate(tokens) if i not in order[:k]])))
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_by_word(probability, tokens, scores, mask):
    """Finds the word with index, so of two equal words the first is masked twice."""
    words = list(tokens)
    heights = [float(probability(list(words)))]
    for i in _best_first(scores):
        if tokens[i] in words:
            words[words.index(tokens[i])] = mask
        heights.append(float(probability(list(words))))
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_all_equal_words(probability, tokens, scores, mask):
    """Masks every word that reads alike."""
    words = list(tokens)
    heights = [float(probability(list(words)))]
    for i in _best_first(scores):
        words = [mask if w == tokens[i] else w for w in words]
        heights.append(float(probability(words)))
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_sufficiency(probability, tokens, scores, mask):
    """Begins with all masked and brings the best back: the other curve."""
    words = [mask] * len(tokens)
    heights = [float(probability(list(words)))]
    for i in _best_first(scores):
        words[i] = tokens[i]
        heights.append(float(probability(list(words))))
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_from_left_to_right(probability, tokens, scores, mask):
    """Masks the words in the order of the sentence."""
    return np.trapezoid(_heights(probability, tokens, range(len(tokens)), mask), dx=1 / len(tokens))


def wrong_ranks_as_order(probability, tokens, scores, mask):
    """argsort of argsort: the ranks where the order is due."""
    ranks = np.argsort(np.argsort(-np.asarray(scores, dtype=float)))
    return np.trapezoid(_heights(probability, tokens, ranks, mask), dx=1 / len(tokens))


def wrong_scores_as_heights(probability, tokens, scores, mask):
    """The area below the sorted scores."""
    return np.trapezoid(sorted((float(s) for s in scores), reverse=True)) / len(tokens)


def wrong_area_above(probability, tokens, scores, mask):
    """1 minus the area."""
    return 1 - np.trapezoid(_heights(probability, tokens, _best_first(scores), mask), dx=1 / len(tokens))


def wrong_mean_fall(probability, tokens, scores, mask):
    """The mean fall from the first height, not the mean height."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    return heights[0] - np.trapezoid(heights, dx=1 / len(tokens))


def wrong_over_the_first_height(probability, tokens, scores, mask):
    """Divides by the height of the whole sentence."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    return np.trapezoid(heights, dx=1 / len(tokens)) / heights[0]


def wrong_simpson(probability, tokens, scores, mask):
    """Simpson's rule: parabolas in place of straight lines."""
    return integrate.simpson(_heights(probability, tokens, _best_first(scores), mask), dx=1 / len(tokens))


def wrong_over_the_scores(probability, tokens, scores, mask):
    """Pieces as wide as the scores say."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    widths = np.array(sorted((float(s) for s in scores), reverse=True))
    middles = (np.array(heights[1:]) + np.array(heights[:-1])) / 2
    return float((middles * widths).sum() / widths.sum())


def wrong_fixed_mask(probability, tokens, scores, mask):
    """Writes [MASK] where the argument belongs."""
    return np.trapezoid(_heights(probability, tokens, _best_first(scores), "[MASK]"), dx=1 / len(tokens))


def wrong_mask_alone(probability, tokens, scores, mask):
    """A slice, so only the words behind are kept."""
    words, heights = list(tokens), [float(probability(list(tokens)))]
    for i in _best_first(scores):
        words = [mask] + words[i + 1 :]
        heights.append(float(probability(list(words))))
    return np.trapezoid(heights, dx=1 / len(tokens))


def wrong_same_list(probability, tokens, scores, mask):
    """Keeps one list n + 1 times and asks at the end, when all is masked."""
    words = list(tokens)
    sentences = [words]
    for i in _best_first(scores):
        words[i] = mask
        sentences.append(words)
    return np.trapezoid([float(probability(each)) for each in sentences], dx=1 / len(tokens))


def wrong_curve(probability, tokens, scores, mask):
    """Returns the curve."""
    return _heights(probability, tokens, _best_first(scores), mask)


def wrong_prints(probability, tokens, scores, mask):
    """Prints where it should return."""
    print(np.trapezoid(_heights(probability, tokens, _best_first(scores), mask), dx=1 / len(tokens)))


def wrong_three_words(probability, tokens, scores, mask):
    """Three pieces, as in the text's example."""
    return np.trapezoid(_heights(probability, tokens, _best_first(scores)[:3], mask), dx=1 / 3)


def wrong_once_more(probability, tokens, scores, mask):
    """The whole sentence stands twice in the curve."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    heights = [heights[0], *heights]
    return np.trapezoid(heights, np.linspace(0, 1, len(heights)))


def wrong_only_the_ends(probability, tokens, scores, mask):
    """One straight line from the first height to the last."""
    heights = _heights(probability, tokens, _best_first(scores), mask)
    return (heights[0] + heights[-1]) / 2


def wrong_first_piece(probability, tokens, scores, mask):
    """The return stands in the loop."""
    words = list(tokens)
    before = float(probability(list(words)))
    area = 0
    for i in _best_first(scores):
        words[i] = mask
        after = float(probability(list(words)))
        area += (before + after) / 2
        return area / len(tokens)
