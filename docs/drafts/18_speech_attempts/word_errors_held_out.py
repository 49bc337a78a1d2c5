"""Attempts at word_errors by another hand, written from the task's text alone."""

import heapq
from functools import cache, reduce
from itertools import accumulate

import numpy as np


def right_shortest_path(said, written):
    """The shortest path through the table, with a heap."""
    n, m = len(said), len(written)
    heap, done = [(0, 0, 0)], set()
    while heap:
        cost, i, j = heapq.heappop(heap)
        if (i, j) == (n, m):
            return cost
        if (i, j) in done:
            continue
        done.add((i, j))
        if i < n:
            heapq.heappush(heap, (cost + 1, i + 1, j))
        if j < m:
            heapq.heappush(heap, (cost + 1, i, j + 1))
        if i < n and j < m:
            heapq.heappush(heap, (cost + (said[i] != written[j]), i + 1, j + 1))


def right_accumulate(said, written):
    """A row from the row above with accumulate, and all rows with reduce."""

    def next_row(row, word):
        candidates = [
            min(up + 1, corner + (word != other))
            for corner, up, other in zip(row, row[1:], written)
        ]
        return list(accumulate([row[0] + 1, *candidates], lambda left, best: min(left + 1, best)))

    return reduce(next_row, said, list(range(len(written) + 1)))[-1]


def right_tuples(said, written):
    """Cached recursion on tuples that lose their first word."""

    @cache
    def changes(a, b):
        if not a or not b:
            return len(a) + len(b)
        if a[0] == b[0]:
            return changes(a[1:], b[1:])
        return 1 + min(changes(a[1:], b[1:]), changes(a[1:], b), changes(a, b[1:]))

    return changes(tuple(said), tuple(written))


def right_bits(said, written):
    """Differences between neighbours as the bits of two whole numbers (Myers, Hyyrö)."""
    n = len(said)
    if n == 0:
        return len(written)
    mask, top = (1 << n) - 1, 1 << (n - 1)
    where = {}
    for i, word in enumerate(said):
        where[word] = where.get(word, 0) | (1 << i)
    up, down, score = mask, 0, n
    for word in written:
        same = where.get(word, 0)
        diagonal = ((((same & up) + up) ^ up) | same | down) & mask
        plus = (down | ~(diagonal | up)) & mask
        minus = up & diagonal
        if plus & top:
            score += 1
        if minus & top:
            score -= 1
        plus = ((plus << 1) | 1) & mask
        minus = (minus << 1) & mask
        up = (minus | ~(diagonal | plus)) & mask
        down = plus & diagonal
    return score


def right_antidiagonals(said, written):
    """Along the diagonals from the lower left to the upper right, each from the two before."""
    n, m = len(said), len(written)
    before, last = {}, {0: 0}
    for total in range(1, n + m + 1):
        current = {}
        for i in range(max(0, total - m), min(n, total) + 1):
            j = total - i
            best = n + m
            if i > 0:
                best = min(best, last[i - 1] + 1)
            if j > 0:
                best = min(best, last[i] + 1)
            if i > 0 and j > 0:
                best = min(best, before[i - 1] + (said[i - 1] != written[j - 1]))
            current[i] = best
        before, last = last, current
    return last[n]


def right_from_the_lower_right(said, written):
    """The table from its other corner: the fewest changes for the ends of both lists."""
    rest = np.zeros((len(said) + 1, len(written) + 1), dtype=np.int64)
    for i in range(len(said), -1, -1):
        for j in range(len(written), -1, -1):
            if i == len(said):
                rest[i, j] = len(written) - j
            elif j == len(written):
                rest[i, j] = len(said) - i
            elif said[i] == written[j]:
                rest[i, j] = rest[i + 1, j + 1]
            else:
                rest[i, j] = 1 + rest[[i + 1, i, i + 1], [j, j + 1, j + 1]].min()
    return rest[0, 0]


def wrong_greedy(said, written):
    """Walks through both lists; if a word comes later in the other, it jumps there."""
    i = j = changes = 0
    while i < len(said) and j < len(written):
        if said[i] == written[j]:
            i, j = i + 1, j + 1
        elif said[i] in written[j:]:
            jump = written.index(said[i], j)
            changes += jump - j
            j = jump
        else:
            changes += 1
            i, j = i + 1, j + 1
    return changes + len(said) - i + len(written) - j


def wrong_longest_minus_common(said, written):
    """The longer length minus the longest common sequence, which may lie across."""
    row = [0] * (len(written) + 1)
    for a in said:
        new = [0]
        for j, b in enumerate(written):
            new.append(row[j] + 1 if a == b else max(new[-1], row[j + 1]))
        row = new
    return max(len(said), len(written)) - row[-1]


def wrong_words_not_found(said, written):
    """Counts the words that were said and not written."""
    return sum(word not in written for word in said)


def wrong_sets(said, written):
    """The difference of two sets."""
    return len(set(said) ^ set(written))


def wrong_nothing_said(said, written):
    """If nothing was said, it finds no errors."""
    if not said:
        return 0
    row = list(range(len(written) + 1))
    for a in said:
        new = [row[0] + 1]
        for j, b in enumerate(written):
            new.append(min(new[j] + 1, row[j + 1] + 1, row[j] + (a != b)))
        row = new
    return row[-1]


def wrong_swapped_neighbours(said, written):
    """Two neighbours that change places count as one change."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = int(said[i - 1] != written[j - 1])
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and said[i - 1] == written[j - 2] and said[i - 2] == written[j - 1]:
                d[i][j] = min(d[i][j], d[i - 2][j - 2] + 1)
    return d[n][m]


def wrong_minimum_of_last_row(said, written):
    """The least number in the last row, where the last number was wanted."""
    row = list(range(len(written) + 1))
    for a in said:
        new = [row[0] + 1]
        for j, b in enumerate(written):
            new.append(min(new[j] + 1, row[j + 1] + 1, row[j] + (a != b)))
        row = new
    return min(row)


def wrong_last_of_first_row(said, written):
    """Fills the table and returns the wrong corner."""
    n, m = len(said), len(written)
    d = np.add.outer(np.arange(n + 1), np.arange(m + 1))
    for i in range(n):
        for j in range(m):
            d[i + 1, j + 1] = min(d[i, j + 1] + 1, d[i + 1, j] + 1, d[i, j] + (said[i] != written[j]))
    return int(d[0, -1])


def wrong_corner_overwritten(said, written):
    """One row in place, in which the corner has been overwritten before it is read."""
    row = list(range(len(written) + 1))
    for a in said:
        row[0] += 1
        for j, b in enumerate(written):
            row[j + 1] = min(row[j + 1] + 1, row[j] + 1, row[j] + (a != b))
    return row[-1]


def wrong_equal_words_free_anywhere(said, written):
    """A word costs nothing if it stands anywhere in the other list."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = 0 if written[j - 1] in said else 1
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_percent(said, written):
    """The rate in percent, rounded to a whole number."""
    row = list(range(len(written) + 1))
    for a in said:
        new = [row[0] + 1]
        for j, b in enumerate(written):
            new.append(min(new[j] + 1, row[j + 1] + 1, row[j] + (a != b)))
        row = new
    return round(100 * row[-1] / max(1, len(said)))


def wrong_whole_table(said, written):
    """The whole table comes back."""
    n, m = len(said), len(written)
    d = np.add.outer(np.arange(n + 1), np.arange(m + 1))
    for i in range(n):
        for j in range(m):
            d[i + 1, j + 1] = min(d[i, j + 1] + 1, d[i + 1, j] + 1, d[i, j] + (said[i] != written[j]))
    return d


def wrong_equal_or_not(said, written):
    """1 if they differ and 0 if not."""
    return int(said != written)


def wrong_two_of_the_same_at_once(said, written):
    """Leaves the common beginning and end out, and calls all between them errors."""
    a, b = list(said), list(written)
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return max(len(a), len(b))
