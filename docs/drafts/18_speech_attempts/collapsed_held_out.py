"""Attempts at collapsed by another hand, written from the task's text alone."""

from itertools import chain, compress, groupby, pairwise
from operator import itemgetter, ne

import numpy as np


def right_compress(path):
    """Marks the changes, compresses, and filters."""
    changes = map(ne, path, chain([None], path))
    return list(filter(lambda s: s != 0, compress(path, changes)))


def right_itemgetter(path):
    """The keys of the groups, then those that are true."""
    keys = map(itemgetter(0), groupby(path))
    return [*filter(bool, keys)]


def right_pairwise(path):
    """pairwise with a blank in front."""
    return [b for a, b in pairwise([0, *path]) if b and a != b]


def right_automaton(path):
    """A small machine with a state: waiting after a blank, or within a letter."""
    state, read = 0, []
    for symbol in path:
        if symbol == state:
            continue
        state = symbol
        if state > 0:
            read.append(state)
    return read


def right_numpy_split(path):
    """Splits at the places of change and takes the first of each piece."""
    if len(path) == 0:
        return []
    p = np.array(path)
    pieces = np.split(p, np.flatnonzero(p[1:] != p[:-1]) + 1)
    return [int(piece[0]) for piece in pieces if piece[0] != 0]


def right_stack(path):
    """A stack, of which a repeat takes the place of the frame before, and no blanks at the end."""
    stack = []
    for s in path:
        if stack and stack[-1] == s:
            stack.pop()
        stack.append(s)
    return [s for s in stack if s]


def wrong_set(path):
    """A set has neither order nor doubles."""
    return list(set(path) - {0})


def wrong_counts(path):
    """Each letter with the number of its frames."""
    return [(s, len(list(run))) for s, run in groupby(path) if s]


def wrong_blanks_at_the_ends_only(path):
    """Leaves blanks out at the beginning and the end only."""
    once = [s for s, _ in groupby(path)]
    while once and once[0] == 0:
        once.pop(0)
    while once and once[-1] == 0:
        once.pop()
    return once


def wrong_never_seen_twice(path):
    """Writes a letter only if it has not been written yet."""
    read = []
    for s in path:
        if s and s not in read:
            read.append(s)
    return read


def wrong_stops_at_a_blank(path):
    """Reads up to the first blank after a letter and ends there."""
    read, previous = [], 0
    for s in path:
        if s == 0 and read:
            break
        if s and s != previous:
            read.append(s)
        previous = s
    return read


def wrong_two_frames_needed(path):
    """Believes that one frame alone is no letter."""
    return [s for s, run in groupby(path) if s and sum(1 for _ in run) > 1]


def wrong_difference_without_front(path):
    """np.diff has one place less, and the first letter of the path is lost."""
    p = np.array(path, dtype=int)
    places = np.flatnonzero(np.diff(p)) + 1
    return [s for s in p[places].tolist() if s]


def wrong_blanks_become_none(path):
    """Puts None where a blank stood."""
    return [s or None for s, _ in groupby(path)]


def wrong_every_other(path):
    """Takes every other group, as if letters and blanks took turns."""
    groups = [s for s, _ in groupby([0, *path])]
    return groups[1::2]


def wrong_pair_cancels(path):
    """Two that are alike cancel each other."""
    stack = []
    for s in path:
        if stack and stack[-1] == s:
            stack.pop()
        else:
            stack.append(s)
    return [s for s in stack if s]


def wrong_no_result(path):
    """Only a name for the result."""
    read = [s for s, _ in groupby(path) if s]


def wrong_backwards(path):
    """Reads from behind and forgets to turn the letters round."""
    return [s for s, _ in groupby(reversed(path)) if s]


def wrong_compares_two_before(path):
    """Looks two frames back."""
    out = []
    for i, s in enumerate(path):
        if s and (i < 2 or s != path[i - 2]):
            out.append(s)
    return out


def wrong_largest_is_blank(path):
    """Takes the largest symbol for the blank, as it is in some programs."""
    blank = max(path, default=0)
    return [s for s, _ in groupby(path) if s != blank]
