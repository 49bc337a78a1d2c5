"""Attempts at beam_step, written from the task's text alone."""

import heapq
import itertools

import numpy as np
import torch


def right_flat_topk(sums, logs, beam_size):
    """One long row, topk, and the place by division with rest."""
    vocab_size = logs.shape[1]
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [divmod(i, vocab_size) for i in best.tolist()]


def right_unravel_index(sums, logs, beam_size):
    """torch finds the places again."""
    totals = sums.unsqueeze(1) + logs
    places, tokens = torch.unravel_index(torch.topk(totals.reshape(-1), beam_size).indices, totals.shape)
    return list(zip(places.tolist(), tokens.tolist()))


def right_numpy_argsort(sums, logs, beam_size):
    """NumPy: sorts all totals; a list of pairs of plain numbers."""
    totals = np.asarray(sums)[:, np.newaxis] + np.asarray(logs)
    order = np.argsort(-totals, axis=None, kind="stable")[:beam_size]
    rows, columns = np.unravel_index(order, totals.shape)
    return [(int(r), int(c)) for r, c in zip(rows, columns)]


def right_stack(sums, logs, beam_size):
    """A tensor with a row for each pair comes back."""
    order = torch.sort((sums.view(-1, 1) + logs).flatten(), descending=True, stable=True).indices[:beam_size]
    return torch.stack([order // logs.shape[1], order % logs.shape[1]], dim=1)


def right_best_of_each_text_first(sums, logs, beam_size):
    """Each text sends in its best continuations, and the best of all these are kept."""
    k = min(beam_size, logs.shape[1])
    values, tokens = logs.topk(k, dim=1)
    totals = (values + sums[:, None]).flatten()
    best = totals.topk(beam_size).indices
    return list(zip((best // k).tolist(), tokens.flatten()[best].tolist()))


def right_loop_over_texts(sums, logs, beam_size):
    """A loop over texts, not over tokens, and one sort at the end."""
    found = []
    for place, (total, row) in enumerate(zip(sums, logs)):
        values, tokens = torch.topk(row + total, min(beam_size, len(row)))
        found.extend(zip(values.tolist(), itertools.repeat(place), tokens.tolist()))
    found.sort(key=lambda triple: -triple[0])
    return [(place, token) for _, place, token in found[:beam_size]]


def right_argpartition(sums, logs, beam_size):
    """Parts the best from the others, and sorts these alone."""
    totals = (sums.numpy()[:, None] + logs.numpy()).ravel()
    best = np.argpartition(-totals, beam_size - 1)[:beam_size]
    best = best[np.argsort(-totals[best])]
    return np.stack(np.divmod(best, logs.shape[1]), axis=1)


def right_argmax_again_and_again(sums, logs, beam_size):
    """Takes the maximum out, beam_size times."""
    totals = (sums[:, None] + logs).flatten()
    left = torch.arange(len(totals))
    pairs = []
    for _ in range(beam_size):
        at = int(totals[left].argmax())
        pairs.append((int(left[at]) // logs.shape[1], int(left[at]) % logs.shape[1]))
        left = torch.cat([left[:at], left[at + 1 :]])
    return pairs


def right_all_pairs(sums, logs, beam_size):
    """Lays out all pairs as a table, and picks its rows."""
    live, vocab_size = logs.shape
    pairs = torch.cartesian_prod(torch.arange(live), torch.arange(vocab_size))
    totals = sums.repeat_interleave(vocab_size) + logs.reshape(-1)
    return pairs[totals.argsort(descending=True)[:beam_size]].tolist()


def right_heapq(sums, logs, beam_size):
    """The library's nlargest over the numbers of a flat list."""
    flat = (sums[:, None] + logs).flatten().tolist()
    best = heapq.nlargest(beam_size, range(len(flat)), key=flat.__getitem__)
    return tuple((i // logs.shape[1], i % logs.shape[1]) for i in best)


def right_tokens_outside(sums, logs, beam_size):
    """The table on its side: tokens as rows, texts as columns."""
    live = len(sums)
    best = torch.topk((logs.T + sums).flatten(), beam_size)[1]
    return [(int(i) % live, int(i) // live) for i in best]


def right_merge(sums, logs, beam_size):
    """Sorted rows, merged lazily."""
    ordered, tokens = logs.sort(dim=1, descending=True)
    ordered = (ordered + sums[:, None]).tolist()
    rows = [
        zip([-x for x in ordered[place]], [place] * logs.shape[1], tokens[place].tolist())
        for place in range(len(sums))
    ]
    merged = heapq.merge(*rows, key=lambda triple: triple[0])
    return [triple[1:] for triple in itertools.islice(merged, beam_size)]


def right_threshold(sums, logs, beam_size):
    """Keeps all from the beam_size-th largest upwards, and sorts them."""
    totals = sums[:, None] + logs
    threshold = totals.flatten().sort(descending=True).values[beam_size - 1]
    places, tokens = torch.nonzero(totals >= threshold, as_tuple=True)
    order = totals[places, tokens].argsort(descending=True)[:beam_size]
    return [[p, t] for p, t in zip(places[order].tolist(), tokens[order].tolist())]


def right_sorted_indices(sums, logs, beam_size):
    """Python's sorted over places in a flat list."""
    live, vocab_size = logs.shape
    totals = torch.add(logs, sums.reshape(live, 1)).reshape(live * vocab_size).tolist()
    order = sorted(range(len(totals)), key=lambda i: totals[i], reverse=True)
    return [(i // vocab_size, i - i // vocab_size * vocab_size) for i in order[:beam_size]]


def right_recursion(sums, logs, beam_size):
    """The best one, and then the best of the rest."""

    def best(left, totals, k):
        if k == 0:
            return []
        at = totals.argmax().item()
        others = torch.arange(len(totals)) != at
        return [left[at].tolist()] + best(left[others], totals[others], k - 1)

    places = torch.arange(len(sums))[:, None].expand_as(logs)
    tokens = torch.arange(logs.shape[1])[None, :].expand_as(logs)
    pairs = torch.stack([places, tokens], dim=-1).flatten(0, 1)
    return best(pairs, (sums[:, None] + logs).flatten(), beam_size)


def right_from_the_end(sums, logs, beam_size):
    """Sorted upwards, read from the end."""
    totals = np.add.outer(np.asarray(sums), np.zeros(logs.shape[1])) + np.asarray(logs)
    order = totals.ravel().argsort()[::-1][:beam_size]
    return np.column_stack([order // totals.shape[1], order % totals.shape[1]])


def wrong_without_the_sums(sums, logs, beam_size):
    """Forgets what the texts have cost so far."""
    best = logs.flatten().topk(beam_size).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_one_from_each_text(sums, logs, beam_size):
    """The best token of each text, at most one each."""
    values, tokens = (sums[:, None] + logs).max(dim=1)
    order = values.argsort(descending=True)[:beam_size]
    return [(int(i), int(tokens[i])) for i in order]


def wrong_best_text_only(sums, logs, beam_size):
    """Goes on from the best text alone."""
    place = int(sums.argmax())
    return [(place, t) for t in logs[place].topk(min(beam_size, logs.shape[1])).indices.tolist()]


def wrong_beam_of_each_text(sums, logs, beam_size):
    """beam_size continuations of every text, and no choice among these."""
    tokens = (sums[:, None] + logs).topk(min(beam_size, logs.shape[1]), dim=1).indices
    return [(place, t) for place, row in enumerate(tokens.tolist()) for t in row]


def wrong_multiplied(sums, logs, beam_size):
    """Multiplies the logarithms where they are to be added."""
    best = (sums[:, None] * logs).flatten().topk(beam_size).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_smallest(sums, logs, beam_size):
    """The least probable continuations."""
    best = (sums[:, None] + logs).flatten().topk(beam_size, largest=False).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_best_last(sums, logs, beam_size):
    """The right pairs, the best one at the end."""
    best = (sums[:, None] + logs).flatten().argsort()[-beam_size:]
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_token_first(sums, logs, beam_size):
    """The pairs the wrong way round."""
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [(i % logs.shape[1], i // logs.shape[1]) for i in best.tolist()]


def wrong_divided_by_live(sums, logs, beam_size):
    """Divides by the number of texts, not of tokens."""
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [divmod(i, len(sums)) for i in best.tolist()]


def wrong_flat_numbers(sums, logs, beam_size):
    """The places in the flattened table."""
    return (sums[:, None] + logs).flatten().topk(beam_size).indices.tolist()


def wrong_two_rows(sums, logs, beam_size):
    """A list of places and a list of tokens, in place of pairs."""
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return (best // logs.shape[1]).tolist(), (best % logs.shape[1]).tolist()


def wrong_with_totals(sums, logs, beam_size):
    """A third number in each pair."""
    values, best = (sums[:, None] + logs).flatten().topk(beam_size)
    return [(v, *divmod(i, logs.shape[1])) for v, i in zip(values.tolist(), best.tolist())]


def wrong_one_too_many(sums, logs, beam_size):
    """One pair more than was asked for."""
    order = (sums[:, None] + logs).flatten().argsort(descending=True)[: beam_size + 1]
    return [divmod(i, logs.shape[1]) for i in order.tolist()]


def wrong_as_many_as_texts(sums, logs, beam_size):
    """As many as there are live texts, not beam_size."""
    best = (sums[:, None] + logs).flatten().topk(len(sums)).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_sums_along_the_tokens(sums, logs, beam_size):
    """Adds the sums along the wrong axis, which works only for as many texts as tokens."""
    best = (sums + logs).flatten().topk(beam_size).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_sum_of_probabilities(sums, logs, beam_size):
    """Adds probabilities, not logarithms."""
    best = (sums.exp()[:, None] + logs.exp()).flatten().topk(beam_size).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_in_order_of_texts(sums, logs, beam_size):
    """The right pairs, sorted by text and token."""
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return sorted(divmod(i, logs.shape[1]) for i in best.tolist())


def wrong_changes_logs(sums, logs, beam_size):
    """The pairs are right, but the caller's logs have the sums in them."""
    logs += sums[:, None]
    best = logs.flatten().topk(beam_size).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_normalised_for_each_text(sums, logs, beam_size):
    """A softmax over each row takes the sum of its text away again."""
    totals = (sums[:, None] + logs).log_softmax(dim=1)
    best = totals.flatten().topk(beam_size).indices
    return [divmod(i, logs.shape[1]) for i in best.tolist()]


def wrong_size_of_the_example(sums, logs, beam_size):
    """The example's vocabulary of 4 is written into the code."""
    best = (sums[:, None] + logs).flatten().topk(beam_size).indices
    return [(i // 4, i % 4) for i in best.tolist()]


def wrong_each_token_once(sums, logs, beam_size):
    """The best text for each token: two texts cannot go on with the same one."""
    values, places = (sums[:, None] + logs).max(dim=0)
    tokens = values.argsort(descending=True)[:beam_size]
    return [(int(places[t]), int(t)) for t in tokens]


def wrong_prints(sums, logs, beam_size):
    """Prints the pairs."""
    for i in (sums[:, None] + logs).flatten().topk(beam_size).indices.tolist():
        print(divmod(i, logs.shape[1]))
