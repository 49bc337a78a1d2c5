"""Attempts at word_errors, written from the task's text alone."""

import functools
import heapq
from collections import Counter, deque
from difflib import SequenceMatcher
from functools import cache, reduce
from itertools import accumulate

import numpy as np
import torch


def right_table(said, written):
    """The table of the text, row by row."""
    n, m = len(said), len(written)
    d = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        d[i][0] = i
    for j in range(m + 1):
        d[0][j] = j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if said[i - 1] == written[j - 1]:
                d[i][j] = d[i - 1][j - 1]
            else:
                d[i][j] = 1 + min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1])
    return d[n][m]


def right_one_row(said, written):
    """Only the row above is kept."""
    row = list(range(len(written) + 1))
    for i, a in enumerate(said, 1):
        new = [i]
        for j, b in enumerate(written, 1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


def right_row_in_place(said, written):
    """One row that is written over, with the corner kept aside."""
    row = list(range(len(written) + 1))
    for a in said:
        corner, row[0] = row[0], row[0] + 1
        for j in range(1, len(row)):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + int(a != written[j - 1]))
    return row[len(written)]


def right_recursion_from_the_end(said, written):
    """Recursion over both lengths, with a memory."""

    @functools.lru_cache(maxsize=None)
    def fewest(i, j):
        if i == 0:
            return j
        if j == 0:
            return i
        if said[i - 1] == written[j - 1]:
            return fewest(i - 1, j - 1)
        return 1 + min(fewest(i - 1, j), fewest(i, j - 1), fewest(i - 1, j - 1))

    return fewest(len(said), len(written))


def right_recursion_from_the_front(said, written):
    """Recursion over what is left, with a dictionary."""
    memory = {}

    def left(i, j):
        if (i, j) not in memory:
            if i == len(said) or j == len(written):
                memory[i, j] = len(said) - i + len(written) - j
            else:
                memory[i, j] = min(
                    left(i + 1, j) + 1,
                    left(i, j + 1) + 1,
                    left(i + 1, j + 1) + (said[i] != written[j]),
                )
        return memory[i, j]

    return left(0, 0)


def right_numpy_table(said, written):
    """A NumPy table; a NumPy whole number comes back."""
    d = np.zeros((len(said) + 1, len(written) + 1), dtype=int)
    d[:, 0] = np.arange(len(said) + 1)
    d[0] = np.arange(len(written) + 1)
    for i in range(len(said)):
        for j in range(len(written)):
            same = said[i] == written[j]
            d[i + 1, j + 1] = min(d[i, j + 1] + 1, d[i + 1, j] + 1, d[i, j] + (0 if same else 1))
    return d[-1, -1]


def right_numpy_rows(said, written):
    """A whole row at once: what is put in is a running minimum."""
    places = np.arange(len(written) + 1)
    row = places.copy()
    for i, a in enumerate(said):
        cost = np.array([a != b for b in written], dtype=int)
        new = np.concatenate([[i + 1], np.minimum(row[1:] + 1, row[:-1] + cost)])
        row = np.minimum.accumulate(new - places) + places
    return int(row[-1])


def right_torch_table(said, written):
    """The table as a tensor of whole numbers."""
    n, m = len(said), len(written)
    d = torch.zeros(n + 1, m + 1, dtype=torch.long)
    d[:, 0], d[0, :] = torch.arange(n + 1), torch.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (said[i - 1] != written[j - 1]))
    return d[n, m].item()


def right_breadth_first(said, written):
    """Rounds of places that are reached with 0, 1, 2 ... changes."""
    end = (len(said), len(written))
    seen, queue = set(), deque([(0, 0, 0)])
    while queue:
        i, j, changes = queue.popleft()
        if (i, j) in seen:
            continue
        seen.add((i, j))
        if (i, j) == end:
            return changes
        if i < end[0] and j < end[1]:
            if said[i] == written[j]:
                queue.appendleft((i + 1, j + 1, changes))
            else:
                queue.append((i + 1, j + 1, changes + 1))
        if i < end[0]:
            queue.append((i + 1, j, changes + 1))
        if j < end[1]:
            queue.append((i, j + 1, changes + 1))


def right_by_diagonals(said, written):
    """How far one comes on each diagonal with so many changes."""
    n, m = len(said), len(written)

    def slide(i, k):
        while i < n and i + k < m and said[i] == written[i + k]:
            i += 1
        return i

    far, changes = {0: slide(0, 0)}, 0
    while far.get(m - n, -1) < n:
        changes += 1
        new = {}
        for k in range(-changes, changes + 1):
            options = [far[k] + 1] if k in far else []
            if k - 1 in far:
                options.append(far[k - 1])
            if k + 1 in far:
                options.append(far[k + 1] + 1)
            options = [min(i, n, m - k) for i in options]
            options = [i for i in options if i >= 0 and i + k >= 0]
            if options:
                new[k] = slide(max(options), k)
        far = new
    return changes


def right_ends_cut_off(said, written):
    """Leaves out what is the same at both ends, then fills the table."""
    a, b = list(said), list(written)
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if not a or not b:
        return len(a) + len(b)
    row = list(range(len(b) + 1))
    for word in a:
        new = [row[0] + 1]
        for j in range(len(b)):
            new.append(min(new[-1] + 1, row[j + 1] + 1, row[j] + (word != b[j])))
        row = new
    return row[-1]


def right_dictionary(said, written):
    """A dictionary of places in place of a table."""
    d = {}
    for i in range(len(said) + 1):
        for j in range(len(written) + 1):
            ways = []
            if i:
                ways.append(d[i - 1, j] + 1)
            if j:
                ways.append(d[i, j - 1] + 1)
            if i and j:
                ways.append(d[i - 1, j - 1] + (said[i - 1] != written[j - 1]))
            d[i, j] = min(ways) if ways else 0
    return d[len(said), len(written)]


def right_three_counts(said, written):
    """Counts the three kinds of change apart on the cheapest way, and adds them up."""
    table = [[(0, 0, 0) for _ in range(len(written) + 1)] for _ in range(len(said) + 1)]
    for i in range(len(said) + 1):
        for j in range(len(written) + 1):
            ways = []
            if i > 0 and j > 0:
                r, o, p = table[i - 1][j - 1]
                ways.append((r + (said[i - 1] != written[j - 1]), o, p))
            if i > 0:
                r, o, p = table[i - 1][j]
                ways.append((r, o + 1, p))
            if j > 0:
                r, o, p = table[i][j - 1]
                ways.append((r, o, p + 1))
            if ways:
                table[i][j] = min(ways, key=sum)
    replaced, left_out, put_in = table[-1][-1]
    return replaced + left_out + put_in


def right_columns(said, written):
    """Column by column, from left to right."""
    column = [i for i in range(len(said) + 1)]
    for j, w in enumerate(written):
        above = j + 1
        new = [above]
        for i, s in enumerate(said):
            diagonal = column[i] if s == w else column[i] + 1
            above = min(above + 1, column[i + 1] + 1, diagonal)
            new.append(above)
        column = new
    return column[-1]


def right_numbered_words(said, written):
    """Words become numbers first, which are compared in a table of costs."""
    ids = {word: k for k, word in enumerate([*said, *written])}
    a = np.array([ids[w] for w in said], dtype=int)
    b = np.array([ids[w] for w in written], dtype=int)
    cost = (a[:, None] != b[None, :]).astype(int)
    best = np.add.outer(np.arange(len(a) + 1), np.arange(len(b) + 1))
    for i, j in np.ndindex(cost.shape):
        best[i + 1, j + 1] = min(best[i, j] + cost[i, j], best[i, j + 1] + 1, best[i + 1, j] + 1)
    return int(best[len(a)][len(b)])


def right_most_kept(said, written):
    """The largest score, where each change costs 1 and what is kept costs 0."""
    n, m = len(said), len(written)
    score = [[-(i + j) for j in range(m + 1)] for i in range(n + 1)]
    for i in range(n):
        for j in range(m):
            score[i + 1][j + 1] = max(
                score[i][j] - (said[i] != written[j]), score[i][j + 1] - 1, score[i + 1][j] - 1
            )
    return -score[n][m]


def wrong_place_by_place(said, written):
    """Compares place by place, and the rest of the longer one counts as put in."""
    return sum(a != b for a, b in zip(said, written)) + abs(len(said) - len(written))


def wrong_zip_only(said, written):
    """Compares place by place as far as both go."""
    return sum(a != b for a, b in zip(said, written))


def wrong_divided(said, written):
    """The rate of errors, not their number."""
    row = list(range(len(written) + 1))
    for i, a in enumerate(said, 1):
        new = [i]
        for j, b in enumerate(written, 1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1] / max(len(said), 1)


def wrong_replaced_costs_two(said, written):
    """A word that is replaced counts as left out and put in."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = 0 if said[i - 1] == written[j - 1] else 2
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_letters(said, written):
    """Counts letters, not words."""
    said, written = " ".join(said), " ".join(written)
    row = list(range(len(written) + 1))
    for i, a in enumerate(said, 1):
        new = [i]
        for j, b in enumerate(written, 1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


def wrong_edges_zero(said, written):
    """The first row and column stay 0."""
    n, m = len(said), len(written)
    d = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_first_row_zero(said, written):
    """The first row is 0, so that what is written before costs nothing."""
    n, m = len(said), len(written)
    d = [[i for _ in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_same_costs_too(said, written):
    """The way from both costs 1 even if the words are the same."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d[i][j] = 1 + min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1])
    return d[n][m]


def wrong_no_replacing(said, written):
    """Unless the words are the same, one is left out or one put in."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if said[i - 1] == written[j - 1]:
                d[i][j] = d[i - 1][j - 1]
            else:
                d[i][j] = min(d[i - 1][j], d[i][j - 1]) + 1
    return d[n][m]


def wrong_no_putting_in(said, written):
    """The neighbour on the left is forgotten."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i - 1][j] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_no_leaving_out(said, written):
    """The neighbour above is forgotten."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_bags_of_words(said, written):
    """Compares how often each word occurs, and no order."""
    missing = sum((Counter(said) - Counter(written)).values())
    extra = sum((Counter(written) - Counter(said)).values())
    return max(missing, extra)


def wrong_difflib(said, written):
    """The pieces of difflib, which looks for long blocks and not for the fewest changes."""
    changes = 0
    for kind, a, b, c, d in SequenceMatcher(None, said, written, autojunk=False).get_opcodes():
        if kind != "equal":
            changes += max(b - a, d - c)
    return changes


def wrong_length_difference(said, written):
    """Counts how many words more or fewer there are."""
    return abs(len(said) - len(written))


def wrong_one_row_short(said, written):
    """The table has no place for the empty beginnings, and the last words are never compared."""
    n, m = len(said), len(written)
    if n == 0 or m == 0:
        return n + m
    d = [[i + j for j in range(m)] for i in range(n)]
    for i in range(1, n):
        for j in range(1, m):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[-1][-1]


def wrong_same_row_many_times(said, written):
    """All rows of the table are one and the same list."""
    n, m = len(said), len(written)
    d = [list(range(m + 1))] * (n + 1)
    for i in range(n + 1):
        d[i][0] = i
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost)
    return d[n][m]


def wrong_lower_case(said, written):
    """Capitals and small letters count as the same, which nobody asked for."""
    said, written = [w.lower() for w in said], [w.lower() for w in written]
    row = list(range(len(written) + 1))
    for i, a in enumerate(said, 1):
        new = [i]
        for j, b in enumerate(written, 1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


def wrong_empties_the_lists(said, written):
    """The count is right, but the caller's lists lose their common ends."""
    while said and written and said[-1] == written[-1]:
        said.pop()
        written.pop()
    row = list(range(len(written) + 1))
    for i, a in enumerate(said, 1):
        new = [i]
        for j, b in enumerate(written, 1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


def wrong_adds_the_neighbours(said, written):
    """Replaced words are counted on top, after the best of the other two."""
    n, m = len(said), len(written)
    d = [[i + j for j in range(m + 1)] for i in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = said[i - 1] != written[j - 1]
            d[i][j] = min(d[i - 1][j], d[i][j - 1], d[i - 1][j - 1]) + cost
    return d[n][m]


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


# --- of another hand ------------------------------------------------------------

import math
from difflib import SequenceMatcher
from functools import cache
from itertools import groupby

import numpy as np


def right_between_anchors(said, written):
    """Some equal words stay; between two of them the longer gap has to be paid."""
    anchors = [(i, j) for i, a in enumerate(said) for j, b in enumerate(written) if a == b]
    cost = {(-1, -1): 0}
    for i, j in [*anchors, (len(said), len(written))]:
        cost[i, j] = min(c + max(i - p, j - q) - 1 for (p, q), c in cost.items() if p < i and q < j)
    return cost[len(said), len(written)]


def right_allowance(said, written):
    """Asks whether no change is enough, whether one is, whether two are."""

    @cache
    def enough(i, j, left):
        if left < 0:
            return False
        if i == len(said) or j == len(written):
            return len(said) - i + len(written) - j <= left
        if said[i] == written[j]:
            return enough(i + 1, j + 1, left)
        return enough(i + 1, j + 1, left - 1) or enough(i + 1, j, left - 1) or enough(i, j + 1, left - 1)

    allowed = 0
    while not enough(0, 0, allowed):
        allowed += 1
    return allowed


def right_every_word_takes_a_stretch(said, written):
    """Each word said becomes a stretch of what was written, perhaps an empty one."""
    n = len(written)
    cost = np.array([0] + [1000] * n) if said else np.arange(n + 1)
    for word in said:
        step = np.full((n + 1, n + 1), 1000)
        for start in range(n + 1):
            for end in range(start, n + 1):
                step[start, end] = max(1, end - start) - (word in written[start:end])
        cost = (cost[:, None] + step).min(0)
    return int(cost[n])


def right_in_two_halves(said, written):
    """The first half of what was said becomes some beginning of what was written."""

    @cache
    def cost(low, high, start, end):
        if low == high:
            return end - start
        if high - low == 1:
            return max(1, end - start) - (said[low] in written[start:end])
        middle = (low + high) // 2
        return min(cost(low, middle, start, cut) + cost(middle, high, cut, end) for cut in range(start, end + 1))

    return cost(0, len(said), 0, len(written))


def right_until_nothing_gets_cheaper(said, written):
    """Believes at first that everything but the start is out of reach, and corrects until all agree."""
    m, n = len(said), len(written)
    price = {(i, j): math.inf for i in range(m + 1) for j in range(n + 1)}
    price[0, 0], better = 0, True
    while better:
        better = False
        for (i, j), now in price.items():
            ways = [price.get((i - 1, j), math.inf) + 1, price.get((i, j - 1), math.inf) + 1]
            if i and j:
                ways.append(price[i - 1, j - 1] + (0 if said[i - 1] == written[j - 1] else 1))
            if min(ways) < now:
                price[i, j], better = min(ways), True
    return price[m, n]


def right_widening_band(said, written):
    """Looks only near the diagonal; if that costs more than the band is wide it takes a wider one."""
    m, n = len(said), len(written)
    width = 1
    while True:
        row = {j: j for j in range(min(n, width) + 1)}
        for i in range(1, m + 1):
            new = {}
            for j in range(max(0, i - width), min(n, i + width) + 1):
                ways = [row.get(j, 99) + 1, new.get(j - 1, 99) + 1]
                if j > 0:
                    ways.append(row.get(j - 1, 99) + (said[i - 1] != written[j - 1]))
                new[j] = min(ways)
            row = new
        if row.get(n, 99) <= width:
            return row[n]
        width *= 2


def wrong_left_out_first_is_free(said, written):
    """Every row begins with 0: what is left out at the beginning costs nothing."""
    row = list(range(len(written) + 1))
    for word in said:
        new = [0]
        for j, other in enumerate(written):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (word != other)))
        row = new
    return row[-1]


def wrong_three_counts(said, written):
    """Counts each kind of change and returns all three, without adding them up."""
    row = [(0, 0, j) for j in range(len(written) + 1)]
    for i, word in enumerate(said, 1):
        new = [(0, i, 0)]
        for j, other in enumerate(written):
            (a, b, c), (d, e, f), (g, h, k) = row[j], row[j + 1], new[j]
            new.append(min([(a + (word != other), b, c), (d, e + 1, f), (g, h, k + 1)], key=sum))
        row = new
    return row[-1]


def wrong_without_commas(said, written):
    """Takes off commas and full stops first, though the task compares the texts as they are."""
    a = [word.strip(".,!?") for word in said]
    b = [word.strip(".,!?") for word in written]
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        new = [i]
        for j, other in enumerate(b):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (word != other)))
        row = new
    return row[-1]


def wrong_places_where_they_part(said, written):
    """Counts the places where the two part, however many words each has."""
    codes = SequenceMatcher(None, said, written, autojunk=False).get_opcodes()
    return sum(kind != "equal" for kind, *_ in codes)


def wrong_words_that_are_right(said, written):
    """How many words are left when the changes are taken from those said."""
    row = list(range(len(written) + 1))
    for i, word in enumerate(said, 1):
        new = [i]
        for j, other in enumerate(written):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (word != other)))
        row = new
    return len(said) - row[-1]


def wrong_never_more_than_were_said(said, written):
    """Believes that no more can be wrong than was said, and cuts there."""

    @cache
    def rest(i, j):
        if i == len(said) or j == len(written):
            return len(said) - i + len(written) - j
        return min(rest(i + 1, j) + 1, rest(i, j + 1) + 1, rest(i + 1, j + 1) + (said[i] != written[j]))

    return min(rest(0, 0), len(said))


def wrong_narrow_band(said, written):
    """Looks at cells that are at most two from the diagonal, as if no more words could shift."""
    m, n = len(said), len(written)
    table = np.full((m + 1, n + 1), 1000)
    table[0, 0] = 0
    for i in range(m + 1):
        for j in range(max(0, i - 2), min(n, i + 2) + 1):
            if i:
                table[i, j] = min(table[i, j], table[i - 1, j] + 1)
            if j:
                table[i, j] = min(table[i, j], table[i, j - 1] + 1)
            if i and j:
                table[i, j] = min(table[i, j], table[i - 1, j - 1] + (said[i - 1] != written[j - 1]))
    return int(table[m, n])


def wrong_put_in_is_free(said, written):
    """Counts what became of the words said; what was put in beside them costs nothing."""
    row = [0] * (len(written) + 1)
    for i, word in enumerate(said, 1):
        new = [i]
        for j, other in enumerate(written):
            new.append(min(row[j + 1] + 1, new[j], row[j] + (word != other)))
        row = new
    return row[-1]


def wrong_nearly_right_costs_less(said, written):
    """A replaced word costs what its letters differ by, so that 'cats' for 'cat' is nearly right."""

    def unlike(a, b):
        return 1 - SequenceMatcher(None, a, b).ratio()

    row = list(range(len(written) + 1))
    for i, word in enumerate(said, 1):
        new = [i]
        for j, other in enumerate(written):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + unlike(word, other)))
        row = new
    return row[-1]


def wrong_vocabulary(said, written):
    """Each word once: what is said again is not counted again."""
    a, b = list(dict.fromkeys(said)), list(dict.fromkeys(written))
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        new = [i]
        for j, other in enumerate(b):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (word != other)))
        row = new
    return row[-1]


def wrong_rest_is_free(said, written):
    """The recursion ends with 0 as soon as one list is used up, whatever the other still has."""

    @cache
    def rest(i, j):
        if i == len(said) or j == len(written):
            return 0
        return min(rest(i + 1, j) + 1, rest(i, j + 1) + 1, rest(i + 1, j + 1) + (said[i] != written[j]))

    return rest(0, 0)


def wrong_repeats_written_once(said, written):
    """Forgives a stutter: what stands twice in a row is counted once."""
    a, b = [word for word, _ in groupby(said)], [word for word, _ in groupby(written)]
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        new = [i]
        for j, other in enumerate(b):
            new.append(min(row[j + 1] + 1, new[j] + 1, row[j] + (word != other)))
        row = new
    return row[-1]
