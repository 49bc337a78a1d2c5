"""Held-out attempts at word_errors, a sample of learners, written from the task's text alone."""

import difflib
from collections import Counter
from functools import lru_cache

import numpy as np


def right_whole_table(said, written):
    """The table of the text, row after row."""
    n, m = len(said), len(written)
    table = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        table[i][0] = i
    for j in range(m + 1):
        table[0][j] = j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if said[i - 1] == written[j - 1]:
                table[i][j] = table[i - 1][j - 1]
            else:
                table[i][j] = 1 + min(table[i - 1][j], table[i][j - 1], table[i - 1][j - 1])
    return table[n][m]


def right_cached_recursion(said, written):
    """From the front, with a cache over the two places."""

    @lru_cache(maxsize=None)
    def rest(i, j):
        if i == len(said):
            return len(written) - j
        if j == len(written):
            return len(said) - i
        if said[i] == written[j]:
            return rest(i + 1, j + 1)
        return 1 + min(rest(i + 1, j), rest(i, j + 1), rest(i + 1, j + 1))

    return rest(0, 0)


def right_two_rows(said, written):
    """Keeps the last row alone."""
    last = list(range(len(written) + 1))
    for i, a in enumerate(said, start=1):
        row = [i]
        for j, b in enumerate(written, start=1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b)))
        last = row
    return last[-1]


def right_numpy_table(said, written):
    """A table of NumPy."""
    d = np.zeros((len(said) + 1, len(written) + 1), dtype=int)
    d[:, 0] = np.arange(len(said) + 1)
    d[0, :] = np.arange(len(written) + 1)
    for i in range(len(said)):
        for j in range(len(written)):
            cost = 0 if said[i] == written[j] else 1
            d[i + 1, j + 1] = min(d[i, j + 1] + 1, d[i + 1, j] + 1, d[i, j] + cost)
    return int(d[-1, -1])


def right_dictionary(said, written):
    """A dictionary of beginnings that fills itself from the back."""
    known = {}

    def distance(i, j):
        if (i, j) not in known:
            if i == 0 or j == 0:
                known[i, j] = i + j
            else:
                same = said[i - 1] == written[j - 1]
                known[i, j] = min(
                    distance(i - 1, j) + 1,
                    distance(i, j - 1) + 1,
                    distance(i - 1, j - 1) + (0 if same else 1),
                )
        return known[i, j]

    return distance(len(said), len(written))


def right_wave_of_places(said, written):
    """How far along each diagonal one gets with 0 changes, with 1, with 2, until the corner is reached."""
    n, m = len(said), len(written)

    def slide(i, j):
        while i < n and j < m and said[i] == written[j]:
            i, j = i + 1, j + 1
        return i, j

    places, changes = {slide(0, 0)}, 0
    while (n, m) not in places:
        places |= {
            slide(i + a, j + b) for i, j in places for a, b in ((1, 0), (0, 1), (1, 1)) if i + a <= n and j + b <= m
        }
        changes += 1
    return changes


def right_one_row(said, written):
    """One row that is written over, and the corner kept aside."""
    row = [*range(len(written) + 1)]
    for word in said:
        corner = row[0]
        row[0] += 1
        for j in range(len(written)):
            above = row[j + 1]
            row[j + 1] = corner if word == written[j] else 1 + min(corner, above, row[j])
            corner = above
    return row[-1]


def right_cached_tuples(said, written):
    """The lists as tuples, the last words off, with a cache."""

    @lru_cache(None)
    def errors(a, b):
        if not a or not b:
            return max(len(a), len(b))
        return min(errors(a[:-1], b) + 1, errors(a, b[:-1]) + 1, errors(a[:-1], b[:-1]) + int(a[-1] != b[-1]))

    return errors(tuple(said), tuple(written))


def wrong_place_by_place(said, written):
    """Compares place by place and adds the difference in length, so that one word too many spoils all behind it."""
    errors = abs(len(said) - len(written))
    for a, b in zip(said, written):
        if a != b:
            errors += 1
    return errors


def wrong_borders_of_zero(said, written):
    """Leaves the first row and the first column at 0."""
    n, m = len(said), len(written)
    d = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = 0 if said[i - 1] == written[j - 1] else 1
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_plain_recursion(said, written):
    """Recursion without a cache, which does not come to an end within a lifetime for thirty words."""
    if not said:
        return len(written)
    if not written:
        return len(said)
    if said[0] == written[0]:
        return wrong_plain_recursion(said[1:], written[1:])
    return 1 + min(
        wrong_plain_recursion(said[1:], written),
        wrong_plain_recursion(said, written[1:]),
        wrong_plain_recursion(said[1:], written[1:]),
    )


def wrong_diagonal_always_costs(said, written):
    """A step down the diagonal costs 1, the same word or not."""
    n, m = len(said), len(written)
    d = np.zeros((n + 1, m + 1), dtype=int)
    d[:, 0], d[0, :] = range(n + 1), range(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d[i, j] = min(d[i - 1, j], d[i, j - 1], d[i - 1, j - 1]) + 1
    return int(d[n, m])


def wrong_no_replacing(said, written):
    """Without replacing: a word is left out and another put in, which counts 2."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if said[i - 1] == written[j - 1]:
                d[i][j] = d[i - 1][j - 1]
            else:
                d[i][j] = 1 + min(d[i - 1][j], d[i][j - 1])
    return d[n][m]


def wrong_rate(said, written):
    """Gives the word error rate: divides by the words that were said."""
    last = list(range(len(written) + 1))
    for i, a in enumerate(said, start=1):
        row = [i]
        for j, b in enumerate(written, start=1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (a != b)))
        last = row
    return last[-1] / len(said)


def wrong_one_row_many_times(said, written):
    """Multiplies a list of one row, so that all rows are the same row."""
    n, m = len(said), len(written)
    d = [[0] * (m + 1)] * (n + 1)
    for i in range(n + 1):
        d[i][0] = i
    for j in range(m + 1):
        d[0][j] = j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if said[i - 1] == written[j - 1]:
                d[i][j] = d[i - 1][j - 1]
            else:
                d[i][j] = min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1]) + 1
    return d[n][m]


def wrong_counts_of_words(said, written):
    """Counts each word on both sides, whatever their order."""
    missing = Counter(said) - Counter(written)
    extra = Counter(written) - Counter(said)
    return max(sum(missing.values()), sum(extra.values()))


def wrong_difflib(said, written):
    """Trusts difflib, which looks for long runs and not for the fewest changes."""
    matcher = difflib.SequenceMatcher(None, said, written)
    errors = 0
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            errors += max(i2 - i1, j2 - j1)
    return errors


def wrong_capitals(said, written):
    """Puts all into small letters first."""
    a, b = [w.lower() for w in said], [w.lower() for w in written]
    last = list(range(len(b) + 1))
    for i in range(len(a)):
        row = [i + 1]
        for j in range(len(b)):
            row.append(min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] != b[j])))
        last = row
    return last[-1]


def wrong_table_without_the_empty(said, written):
    """A table of words by words: the row and the column of the empty beginning are not in it."""
    n, m = len(said), len(written)
    d = [[max(i, j) for j in range(m)] for i in range(n)]
    for i in range(1, n):
        for j in range(1, m):
            cost = 0 if said[i] == written[j] else 1
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n - 1][m - 1]


def wrong_one_word_ahead(said, written):
    """Goes through both lists once and looks a single word ahead."""
    i = j = errors = 0
    while i < len(said) and j < len(written):
        if said[i] == written[j]:
            i, j = i + 1, j + 1
        elif i + 1 < len(said) and said[i + 1] == written[j]:
            errors, i = errors + 1, i + 1
        elif j + 1 < len(written) and said[i] == written[j + 1]:
            errors, j = errors + 1, j + 1
        else:
            errors, i, j = errors + 1, i + 1, j + 1
    return errors + len(said) - i + len(written) - j
