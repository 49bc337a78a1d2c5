from collections import Counter
from itertools import groupby


def right_slices_b(reference, summary):
    """Slices of two words as tuples, count of each distinct one."""
    ref = [tuple(reference[i:i + 2]) for i in range(len(reference) - 1)]
    out = [tuple(summary[i:i + 2]) for i in range(len(summary) - 1)]
    both = 0
    for bigram in set(out):
        both += min(ref.count(bigram), out.count(bigram))
    return 0.0 if both == 0 else 2.0 * both / (len(ref) + len(out))


def right_elements_b(reference, summary):
    """len of the elements of the common Counter; harmonic mean as 2 / (1/p + 1/r)."""
    bigrams = lambda words: [(words[k], words[k + 1]) for k in range(len(words) - 1)]
    ref, out = bigrams(reference), bigrams(summary)
    common = list((Counter(ref) & Counter(out)).elements())
    if len(common) == 0:
        return 0.0
    p = len(common) / len(out)
    r = len(common) / len(ref)
    return 2 / (1 / p + 1 / r)


def right_tagged_groups_b(reference, summary):
    """Sorts all pairs with a mark of where they are from; groupby finds the counts of each."""
    tagged = [(pair, 0) for pair in zip(reference, reference[1:])]
    tagged += [(pair, 1) for pair in zip(summary, summary[1:])]
    shared = 0
    for _, group in groupby(sorted(tagged), key=lambda item: item[0]):
        marks = [mark for _, mark in group]
        shared += min(marks.count(0), marks.count(1))
    return shared * 2 / len(tagged) if tagged else 0.0


def right_tick_off_b(reference, summary):
    """A copy of the pairs of the summary in which found ones are set to None."""
    todo = [[x, y] for x, y in zip(summary, summary[1:])]
    size = len(todo)
    hits = 0
    for x, y in zip(reference, reference[1:]):
        if [x, y] in todo:
            todo[todo.index([x, y])] = None
            hits += 1
    if hits == 0:
        return 0
    return hits / (0.5 * (len(reference) - 1) + 0.5 * size)


def right_short_guard_b(reference, summary):
    """Says first that a text of one word has no pair."""
    if len(reference) < 2 or len(summary) < 2:
        return 0.0
    n, m = len(reference) - 1, len(summary) - 1
    counts = Counter((reference[i], reference[i + 1]) for i in range(n))
    counts.subtract((summary[i], summary[i + 1]) for i in range(m))
    difference = sum(abs(value) for value in counts.values())
    return (n + m - difference) / (n + m)


def right_iterators_b(reference, summary):
    """Two iterators of which one is a word ahead."""
    def neighbours(words):
        behind, ahead = iter(words), iter(words)
        next(ahead, None)
        yield from zip(behind, ahead)

    one, two = Counter(neighbours(reference)), Counter(neighbours(summary))
    top = 2 * sum(min(one[key], two[key]) for key in one)
    return top / (sum(one.values()) + sum(two.values())) if top else 0.0


def _bigrams(words):
    return [(words[k], words[k + 1]) for k in range(len(words) - 1)]


def wrong_clipped_by_one_b(reference, summary):
    """Slip: counts the pairs of the reference that the summary has, as often as the reference says them."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = len([x for x in ref if x in out])
    return 2 * shared / (len(ref) + len(out)) if shared else 0.0


def wrong_two_shares_b(reference, summary):
    """Slip: precision counts the summary's repeats, recall the reference's."""
    ref, out = _bigrams(reference), _bigrams(summary)
    p = sum(x in ref for x in out) / max(len(out), 1)
    r = sum(x in out for x in ref) / max(len(ref), 1)
    return 2 * p * r / (p + r) if p + r else 0.0


def wrong_starts_at_one_b(reference, summary):
    """Slip: range(1, len - 1), the first pair is left out."""
    ref = [(reference[k], reference[k + 1]) for k in range(1, len(reference) - 1)]
    out = [(summary[k], summary[k + 1]) for k in range(1, len(summary) - 1)]
    shared = sum((Counter(ref) & Counter(out)).values())
    return 2 * shared / (len(ref) + len(out)) if shared else 0.0


def wrong_shorter_b(reference, summary):
    """Slip: shared over the shorter of the two."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    return shared / min(len(ref), len(out)) if shared else 0.0


def wrong_no_zero_b(reference, summary):
    """Slip: None comes back if nothing is shared."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    if shared:
        return 2 * shared / (len(ref) + len(out))


def wrong_whole_division_b(reference, summary):
    """Slip: // cuts to a whole number."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    return 2 * shared // (len(ref) + len(out)) if shared else 0


def wrong_gap_of_one_b(reference, summary):
    """Slip: words[2:] in place of words[1:]."""
    ref, out = Counter(zip(reference, reference[2:])), Counter(zip(summary, summary[2:]))
    shared = sum((ref & out).values())
    return 2 * shared / (sum(ref.values()) + sum(out.values())) if shared else 0.0


def wrong_plus_one_b(reference, summary):
    """Slip: runs one too far, so the index is out of range."""
    ref = [(reference[k], reference[k + 1]) for k in range(len(reference))]
    out = [(summary[k], summary[k + 1]) for k in range(len(summary))]
    shared = sum((Counter(ref) & Counter(out)).values())
    return 2 * shared / (len(ref) + len(out)) if shared else 0.0


def wrong_three_numbers_b(reference, summary):
    """Slip: returns precision, recall and F1."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    if not shared:
        return 0.0, 0.0, 0.0
    return shared / len(out), shared / len(ref), 2 * shared / (len(ref) + len(out))


def wrong_removes_while_reading_b(reference, summary):
    """Slip: removes from the list that the loop reads, which skips the next pair."""
    ref, out = _bigrams(reference), _bigrams(summary)
    total = len(ref) + len(out)
    shared = 0
    for pair in out:
        if pair in ref:
            ref.remove(pair)
            out.remove(pair)
            shared += 1
    return 2 * shared / total if shared else 0.0


def wrong_count_of_shared_b(reference, summary):
    """Slip: the number of shared pairs."""
    return float(sum((Counter(_bigrams(reference)) & Counter(_bigrams(summary))).values()))


def wrong_example_b(reference, summary):
    """Slip: the 5 pairs of the example in the text."""
    return sum((Counter(_bigrams(reference)) & Counter(_bigrams(summary))).values()) / 5
