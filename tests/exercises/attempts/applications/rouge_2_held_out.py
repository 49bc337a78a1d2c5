"""Held-out attempts at rouge_2, by another hand, written from the task's text alone."""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np


def right_what_is_left(reference, summary):
    """What is shared is what the subtraction of two counters takes away."""
    wanted, given = Counter(pairwise(reference)), Counter(pairwise(summary))
    shared = wanted.total() - (wanted - given).total()
    return 2 * shared / (wanted.total() + given.total()) if shared else 0.0


def right_cross_off(reference, summary):
    """Beginner: crosses each pair of the reference off a list as it is found."""
    open_pairs = []
    for k in range(len(reference) - 1):
        open_pairs.append((reference[k], reference[k + 1]))
    n_reference = len(open_pairs)
    n_summary = 0
    shared = 0
    for k in range(len(summary) - 1):
        pair = (summary[k], summary[k + 1])
        n_summary += 1
        if pair in open_pairs:
            open_pairs.remove(pair)
            shared += 1
    if shared == 0:
        return 0
    precision = shared / n_summary
    recall = shared / n_reference
    return 2 * precision * recall / (precision + recall)


def right_sorted_merge(reference, summary):
    """Sorts both lists of pairs and walks through them side by side."""
    first = sorted(zip(reference, reference[1:]))
    second = sorted(zip(summary, summary[1:]))
    i = j = shared = 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            shared, i, j = shared + 1, i + 1, j + 1
        elif first[i] < second[j]:
            i += 1
        else:
            j += 1
    return 0.0 if shared == 0 else shared / ((len(first) + len(second)) / 2)


def right_tables_of_counts(reference, summary):
    """Two tables of counts, word by next word, and the smaller number at each place."""
    number = {word: place for place, word in enumerate(sorted(set(reference) | set(summary)))}
    tables = np.zeros((2, len(number), len(number)))
    for table, words in zip(tables, (reference, summary)):
        for left, right in zip(words[:-1], words[1:]):
            table[number[left], number[right]] += 1
    shared, total = np.minimum(*tables).sum(), tables.sum()
    return float(2 * shared / total) if total > 0 else 0.0


def right_match_flags(reference, summary):
    """Every pair of the summary takes the first free equal one of the reference."""
    n, m = max(len(reference) - 1, 0), max(len(summary) - 1, 0)
    taken = [False] * n
    for j in range(m):
        for i in range(n):
            if not taken[i] and reference[i] == summary[j] and reference[i + 1] == summary[j + 1]:
                taken[i] = True
                break
    return 2 * sum(taken) / (n + m) if any(taken) else 0


def right_min_over_set(reference, summary):
    """The smaller of two counts for each pair that stands in both."""
    a = [tuple(reference[k : k + 2]) for k in range(len(reference) - 1)]
    b = [tuple(summary[k : k + 2]) for k in range(len(summary) - 1)]
    shared = sum(min(a.count(pair), b.count(pair)) for pair in set(a) & set(b))
    try:
        return shared * 2 / (len(a) + len(b))
    except ZeroDivisionError:
        return 0.0


def wrong_each_kind_once(reference, summary):
    """Counts a pair once, however often it stands in both."""
    a, b = set(pairwise(reference)), set(pairwise(summary))
    return 2 * len(a & b) / (len(a) + len(b)) if a & b else 0.0


def wrong_either_order(reference, summary):
    """Sorts the two words of a pair, so their order is lost."""
    a = Counter(tuple(sorted(pair)) for pair in pairwise(reference))
    b = Counter(tuple(sorted(pair)) for pair in pairwise(summary))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_glued(reference, summary):
    """Writes the two words without a space: "a"+"bc" and "ab"+"c" become the same pair."""
    a = Counter(left + right for left, right in pairwise(reference))
    b = Counter(left + right for left, right in pairwise(summary))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_with_gaps(reference, summary):
    """All pairs in the same order, whatever stands between them."""
    pairs = lambda words: Counter((words[i], words[j]) for i in range(len(words)) for j in range(i + 1, len(words)))
    a, b = pairs(reference), pairs(summary)
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_two_by_two(reference, summary):
    """Cuts the words into pairs that do not overlap."""
    a = Counter(zip(reference[::2], reference[1::2]))
    b = Counter(zip(summary[::2], summary[1::2]))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_over_words(reference, summary):
    """Divides by the number of words, which is one more than that of pairs."""
    shared = (Counter(pairwise(reference)) & Counter(pairwise(summary))).total()
    return 2 * shared / (len(reference) + len(summary)) if shared else 0.0


def wrong_summary_unlimited(reference, summary):
    """Counts every pair of the summary that the reference has, without crossing it off."""
    a, b = list(pairwise(reference)), list(pairwise(summary))
    shared = sum(pair in a for pair in b)
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_recall(reference, summary):
    """Lin's recall, not the F1."""
    a, b = Counter(pairwise(reference)), Counter(pairwise(summary))
    return (a & b).total() / a.total() if a else 0.0


def wrong_arithmetic_mean(reference, summary):
    """Halves the sum of precision and recall."""
    a, b = Counter(pairwise(reference)), Counter(pairwise(summary))
    shared = (a & b).total()
    return (shared / a.total() + shared / b.total()) / 2 if shared else 0.0


def wrong_short_list(reference, summary):
    """Divides by 0 where a list has no pair."""
    a, b = Counter(pairwise(reference)), Counter(pairwise(summary))
    precision, recall = (a & b).total() / b.total(), (a & b).total() / a.total()
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def wrong_small_letters(reference, summary):
    """Makes all letters small, where words are to be compared as they stand."""
    a = Counter(pairwise(word.lower() for word in reference))
    b = Counter(pairwise(word.lower() for word in summary))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_round_the_corner(reference, summary):
    """Pairs the last word with the first, since index -1 exists."""
    a = Counter((reference[k - 1], reference[k]) for k in range(len(reference)))
    b = Counter((summary[k - 1], summary[k]) for k in range(len(summary)))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_all_equal_places(reference, summary):
    """A double loop counts each match of two places, so repeated pairs count many times."""
    a, b = list(pairwise(reference)), list(pairwise(summary))
    shared = sum(first == second for first in a for second in b)
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_same_place(reference, summary):
    """Compares pairs that stand at the same place of both only."""
    a, b = list(pairwise(reference)), list(pairwise(summary))
    shared = sum(first == second for first, second in zip(a, b))
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_nothing_for_none(reference, summary):
    """Returns nothing where no pair is shared."""
    counts = defaultdict(int)
    for pair in pairwise(reference):
        counts[pair] += 1
    shared = 0
    for pair in pairwise(summary):
        if counts[pair] > 0:
            counts[pair] -= 1
            shared += 1
    if shared:
        return 2 * shared / (len(reference) + len(summary) - 2)
