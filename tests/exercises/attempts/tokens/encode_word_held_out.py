import functools
import itertools
import re
from collections import deque

import numpy as np


def _join(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i:i + 2]) == tuple(pair):
            out.append(pair[0] + pair[1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def right_nested_while_b(word: str, merges: list[tuple[str, str]]) -> list[str]:
    """Beginner: a loop over the merges with the while loop of merge written out inside."""
    symbols = list(word)
    for a, b in merges:
        new = []
        i = 0
        while i < len(symbols):
            if i + 1 < len(symbols) and symbols[i] == a and symbols[i + 1] == b:
                new.append(a + b)
                i = i + 2
            else:
                new.append(symbols[i])
                i = i + 1
        symbols = new
    return symbols


def right_reduce_b(word, merges):
    """Functional: reduce with a helper that joins one pair."""
    return functools.reduce(_join, merges, [*word])


def right_slices_b(word, merges):
    """Joins in its own list of letters, in place, by slices."""
    pieces = [letter for letter in word]
    for pair in merges:
        i = 0
        while i < len(pieces) - 1:
            if (pieces[i], pieces[i + 1]) == pair:
                pieces[i:i + 2] = [pieces[i] + pieces[i + 1]]
            i += 1
    return pieces


def right_regex_b(word, merges):
    """The regular expression of the BPE paper, with a zero byte between the symbols."""
    text = "\0".join(word)
    for a, b in merges:
        pattern = r"(?<![^\0])" + re.escape(a + "\0" + b) + r"(?![^\0])"
        text = re.sub(pattern, lambda m: a + b, text)
    return text.split("\0")


def right_early_return_b(word, merges):
    """Careful: returns early when one piece is left, leaves out merges that cannot fit."""
    symbols = list(word)
    for first, second in merges:
        if len(symbols) == 1:
            return symbols
        if first not in symbols or second not in symbols:
            continue
        queue = deque(symbols)
        symbols = []
        while queue:
            s = queue.popleft()
            if queue and s == first and queue[0] == second:
                s += queue.popleft()
            symbols.append(s)
    return symbols


def right_borders_b(word, merges):
    """Other route: keeps the places of the cuts and takes the cut between the two away."""
    cuts = list(range(len(word) + 1))
    for a, b in merges:
        k = 0
        while k + 2 < len(cuts):
            left = word[cuts[k]:cuts[k + 1]]
            right = word[cuts[k + 1]:cuts[k + 2]]
            if left == a and right == b:
                cuts.pop(k + 1)
            k += 1
    return [word[i:j] for i, j in zip(cuts, cuts[1:])]


def right_numpy_mask_b(word, merges):
    """NumPy: object array, mask of the starts, np.delete of what was swallowed."""
    symbols = np.array(list(word), dtype=object)
    for a, b in merges:
        hits = np.flatnonzero((symbols[:-1] == a) & (symbols[1:] == b))
        starts = []
        for h in hits:
            if not starts or h != starts[-1] + 1:
                starts.append(int(h))
        if starts:
            starts = np.array(starts)
            symbols[starts] = a + b
            symbols = np.delete(symbols, starts + 1)
    return symbols.tolist()


def wrong_first_occurrence_b(word, merges):
    """Each merge is applied only once, at its first place (break)."""
    symbols = list(word)
    for a, b in merges:
        for i in range(len(symbols) - 1):
            if symbols[i] == a and symbols[i + 1] == b:
                symbols = symbols[:i] + [a + b] + symbols[i + 2:]
                break
    return symbols


def wrong_last_lost_b(word, merges):
    """Inside, the loop stops before the last symbol and loses it."""
    symbols = list(word)
    for pair in merges:
        new = []
        i = 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == pair:
                new.append("".join(pair))
                i += 2
            else:
                new.append(symbols[i])
                i += 1
        symbols = new
    return symbols


def wrong_left_first_b(word, merges):
    """Joins whatever merge fits furthest left; the order of the merges plays no part."""
    symbols = list(word)
    known = set(merges)
    changed = True
    while changed:
        changed = False
        for i in range(len(symbols) - 1):
            if (symbols[i], symbols[i + 1]) in known:
                symbols[i:i + 2] = [symbols[i] + symbols[i + 1]]
                changed = True
                break
    return symbols


def wrong_space_replace_b(word, merges):
    """Text replace with spaces: also joins the end of a longer symbol with the next one."""
    text = " ".join(word)
    for a, b in merges:
        text = text.replace(a + " " + b, a + b)
    return text.split(" ")


def wrong_longest_piece_b(word, merges):
    """Takes the longest known piece at each place (as WordPiece does) instead of the merges in order."""
    known = {a + b for a, b in merges}
    pieces = []
    start = 0
    while start < len(word):
        end = len(word)
        while end > start + 1 and word[start:end] not in known:
            end -= 1
        pieces.append(word[start:end])
        start = end
    return pieces


def wrong_always_from_letters_b(word, merges):
    """Each merge starts again from the single letters, so only the last one shows."""
    letters = list(word)
    result = letters
    for pair in merges:
        result = _join(letters, pair)
    return result


def wrong_reversed_b(word, merges):
    """The last merge is applied first ("the longest pieces first")."""
    symbols = list(word)
    for pair in reversed(merges):
        symbols = _join(symbols, pair)
    return symbols


def wrong_stops_at_first_miss_b(word, merges):
    """Stops as soon as one merge does not occur in the word."""
    symbols = list(word)
    for pair in merges:
        if pair not in list(zip(symbols, symbols[1:])):
            break
        symbols = _join(symbols, pair)
    return symbols


def wrong_merges_popped_b(word, merges):
    """Right pieces, but the caller's list of merges is empty afterwards."""
    symbols = list(word)
    while merges:
        a, b = merges.pop(0)
        i = 0
        while i + 1 < len(symbols):
            if symbols[i] == a and symbols[i + 1] == b:
                symbols[i:i + 2] = [a + b]
            i += 1
    return symbols


def wrong_second_stays_b(word, merges):
    """The second symbol of a joined pair stays in the list."""
    symbols = list(word)
    for a, b in merges:
        new = []
        for i, s in enumerate(symbols):
            if s == a and i < len(symbols) - 1 and symbols[i + 1] == b:
                new.append(a + b)
            else:
                new.append(s)
        symbols = new
    return symbols


def wrong_joined_text_compared_b(word, merges):
    """Compares joined letters: "ab" + "c" is taken for the merge ("a", "bc")."""
    symbols = list(word)
    for pair in merges:
        target = "".join(pair)
        i = 0
        while i < len(symbols) - 1:
            if symbols[i] + symbols[i + 1] == target:
                symbols[i:i + 2] = [target]
            i += 1
    return symbols


def wrong_range_of_old_length_b(word, merges):
    """for over the old length while the list gets shorter: IndexError if, after a join, the last symbol is the first of the pair."""
    symbols = list(word)
    for a, b in merges:
        for i in range(len(symbols) - 1):
            if symbols[i] == a and symbols[i + 1] == b:
                symbols[i] = a + b
                symbols.pop(i + 1)
    return symbols
