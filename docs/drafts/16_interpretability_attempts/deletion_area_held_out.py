"""Held-out attempts at deletion_area, by another hand, written from the task's text alone."""

import numpy as np
import torch


def right_sorted_zip(probability, tokens, scores, mask):
    """Sorts pairs of score and place."""
    pairs = sorted(zip(scores, range(len(tokens))), reverse=True)
    text = list(tokens)
    curve = [probability(list(text))]
    for _, place in pairs:
        text[place] = mask
        curve.append(probability(list(text)))
    mean = 0
    for k in range(1, len(curve)):
        mean += (curve[k - 1] + curve[k]) / 2
    return mean / len(tokens)


def right_np_interp(probability, tokens, scores, mask):
    """np.trapezoid with x in shares."""
    order = np.argsort(np.asarray(scores, dtype=float))[::-1]
    text, curve = list(tokens), []
    curve.append(probability(text.copy()))
    for place in order:
        text[place] = mask
        curve.append(probability(text.copy()))
    x = np.arange(len(curve)) / len(tokens)
    return float(np.trapezoid(np.array(curve, dtype=float), x))


def right_diff(probability, tokens, scores, mask):
    """The first height, less each fall times the share of the way that lies behind it."""
    n = len(tokens)
    text = list(tokens)
    before = probability(list(text))
    mean = before
    for k, place in enumerate(sorted(range(n), key=lambda i: scores[i], reverse=True)):
        text[place] = mask
        after = probability(list(text))
        mean -= (before - after) * (n - k - 0.5) / n
        before = after
    return mean


def right_torch(probability, tokens, scores, mask):
    """A torch person: topk of all, trapezoid in float32."""
    order = torch.tensor([float(s) for s in scores], dtype=torch.double).topk(len(tokens)).indices.tolist()
    text, curve = list(tokens), [float(probability(list(tokens)))]
    for place in order:
        text[place] = mask
        curve.append(float(probability(list(text))))
    return torch.trapezoid(torch.tensor(curve), dx=1.0).item() / len(order)


def right_dictionary(probability, tokens, scores, mask):
    """A dictionary from place to score, the largest taken out each time."""
    left = dict(enumerate(scores))
    curve = [probability(list(tokens))]
    while left:
        del left[max(left, key=left.get)]
        curve.append(probability([tokens[i] if i in left else mask for i in range(len(tokens))]))
    return sum(a + b for a, b in zip(curve, curve[1:])) / 2 / len(tokens)


def right_numpy_where(probability, tokens, scores, mask):
    """Ranks, and np.where for each sentence."""
    ranks = np.argsort(np.argsort(-np.asarray(scores, dtype=float)))
    curve = [float(probability([mask if r < k else t for r, t in zip(ranks, tokens)])) for k in range(len(ranks) + 1)]
    curve = np.array(curve)
    return 0.5 * (curve[:-1].mean() + curve[1:].mean())


def right_generator(probability, tokens, scores, mask):
    """A generator of the heights."""

    def heights():
        text = list(tokens)
        yield probability(list(text))
        for place in sorted(range(len(text)), key=lambda i: -scores[i]):
            text[place] = mask
            yield probability(list(text))

    *most, last = heights()
    return (sum(most) + (last - most[0]) / 2) / len(most)


def right_convolve(probability, tokens, scores, mask):
    """Halves of neighbours by a convolution."""
    order = np.argsort(np.negative([float(s) for s in scores]))
    text = list(tokens)
    curve = [float(probability(list(text)))]
    for place in order:
        text[place] = mask
        curve.append(float(probability(list(text))))
    return np.convolve(curve, [0.5, 0.5], mode="valid").mean()


def _curve(probability, tokens, order, mask):
    text = list(tokens)
    curve = [float(probability(list(text)))]
    for place in order:
        text[place] = mask
        curve.append(float(probability(list(text))))
    return curve


def wrong_mean(probability, tokens, scores, mask):
    """np.mean of all heights."""
    return np.mean(_curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask))


def wrong_ascending(probability, tokens, scores, mask):
    """sorted without reverse."""
    order = sorted(range(len(tokens)), key=lambda i: scores[i])
    return np.trapezoid(_curve(probability, tokens, order, mask)) / len(tokens)


def wrong_area_in_words(probability, tokens, scores, mask):
    """trapezoid with width 1."""
    return np.trapezoid(_curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask))


def wrong_over_all_heights(probability, tokens, scores, mask):
    """Divided by n + 1."""
    curve = _curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask)
    return np.trapezoid(curve) / len(curve)


def wrong_without_first_height(probability, tokens, scores, mask):
    """n heights: the whole sentence was forgotten, trapezoids over n - 1 pieces."""
    curve = _curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask)[1:]
    return np.trapezoid(curve) / len(tokens)


def wrong_right_steps(probability, tokens, scores, mask):
    """Steps: the height after each word, no straight line."""
    return np.mean(_curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask)[1:])


def wrong_alone(probability, tokens, scores, mask):
    """The list begins anew for each word, so one is masked at a time."""
    curve = [float(probability(list(tokens)))]
    for place in np.argsort(-np.asarray(scores, dtype=float)):
        text = list(tokens)
        text[place] = mask
        curve.append(float(probability(text)))
    return np.trapezoid(curve) / len(tokens)


def wrong_absolute(probability, tokens, scores, mask):
    """Orders by absolute values."""
    return np.trapezoid(_curve(probability, tokens, np.argsort(-np.abs(np.asarray(scores, dtype=float))), mask)) / len(tokens)


def wrong_index_of_word(probability, tokens, scores, mask):
    """Sorts words, and finds them again by their spelling: equal words go together."""
    ranked = [word for _, word in sorted(zip(scores, tokens), reverse=True)]
    curve = [float(probability(list(tokens)))]
    for k in range(1, len(ranked) + 1):
        curve.append(float(probability([mask if word in ranked[:k] else word for word in tokens])))
    return np.trapezoid(curve) / len(tokens)


def wrong_words_taken_out(probability, tokens, scores, mask):
    """Deletes the words."""
    text = dict(enumerate(tokens))
    curve = [float(probability(list(text.values())))]
    for place in np.argsort(-np.asarray(scores, dtype=float)):
        del text[int(place)]
        curve.append(float(probability(list(text.values()))))
    return np.trapezoid(curve) / len(tokens)


def wrong_heights_only(probability, tokens, scores, mask):
    """Returns the n + 1 probabilities."""
    return _curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask)


def wrong_brought_back(probability, tokens, scores, mask):
    """The sufficiency curve."""
    order = np.argsort(-np.asarray(scores, dtype=float)).tolist()
    curve = []
    for k in range(len(order) + 1):
        curve.append(float(probability([t if i in order[:k] else mask for i, t in enumerate(tokens)])))
    return np.trapezoid(curve) / len(tokens)


def wrong_half_forgotten(probability, tokens, scores, mask):
    """Adds both ends of each piece and forgets to halve."""
    curve = _curve(probability, tokens, np.argsort(-np.asarray(scores, dtype=float)), mask)
    return sum(a + b for a, b in zip(curve, curve[1:])) / len(tokens)


def wrong_minus_on_a_list(probability, tokens, scores, mask):
    """[::-1] on the scores and not on the order."""
    order = np.argsort(np.asarray(scores, dtype=float)[::-1])
    return np.trapezoid(_curve(probability, tokens, order, mask)) / len(tokens)
