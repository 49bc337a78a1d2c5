"""Held-out attempts at collapsed, a sample of learners, written from the task's text alone."""

import re
from itertools import groupby

import numpy as np
import torch


def right_groups(path):
    """groupby makes the groups, their keys without blanks are the text."""
    return [symbol for symbol, _ in groupby(path) if symbol != 0]


def right_previous(path):
    """A loop that remembers the frame before."""
    result = []
    previous = None
    for symbol in path:
        if symbol != previous and symbol != 0:
            result.append(symbol)
        previous = symbol
    return result


def right_two_rules(path):
    """One rule after the other, each with its own list."""
    once = []
    for s in path:
        if len(once) == 0 or once[-1] != s:
            once.append(s)
    out = []
    for s in once:
        if s != 0:
            out.append(s)
    return out


def right_zipped(path):
    """Each frame beside the one before it, with a blank before the first."""
    return [b for a, b in zip([0] + path, path) if a != b and b != 0]


def right_by_index(path):
    """Places in a comprehension, the first one apart."""
    return [path[i] for i in range(len(path)) if path[i] != 0 and (i == 0 or path[i] != path[i - 1])]


def right_unique_consecutive(path):
    """torch knows how to write repeats once."""
    if not path:
        return []
    once = torch.unique_consecutive(torch.tensor(path))
    return once[once != 0].tolist()


def right_numpy(path):
    """NumPy: where the number changes and is none of the blanks."""
    p = np.array(path, dtype=int)
    changed = np.diff(p, prepend=0) != 0
    return p[changed & (p != 0)].tolist()


def right_recursion(path):
    """The first two decide, the rest is the same task."""
    if not path:
        return []
    rest = right_recursion(path[1:])
    if path[0] == 0 or (len(path) > 1 and path[0] == path[1]):
        return rest
    return [path[0]] + rest


def wrong_blanks_first(path):
    """Leaves the blanks out first, so that what they kept apart runs together."""
    without = [s for s in path if s != 0]
    return [s for s, _ in groupby(without)]


def wrong_last_written(path):
    """Compares with the last number written, not with the last frame."""
    out = []
    for s in path:
        if s == 0:
            continue
        if not out or out[-1] != s:
            out.append(s)
    return out


def wrong_written_once_for_all(path):
    """Writes each number only once in the whole path."""
    result = []
    for s in path:
        if s != 0 and s not in result:
            result.append(s)
    return result


def wrong_set(path):
    """A set: each number once, in order of size."""
    return sorted(set(path) - {0})


def wrong_blanks_stay(path):
    """Writes repeats once and leaves the blanks in."""
    return [s for s, _ in groupby(path)]


def wrong_round_the_end(path):
    """Place 0 is compared with place -1, which is the last."""
    return [path[i] for i in range(len(path)) if path[i] != path[i - 1] and path[i] != 0]


def wrong_first_lost(path):
    """Begins at the second frame, to have one before it."""
    out = []
    for i in range(1, len(path)):
        if path[i] != path[i - 1] and path[i] != 0:
            out.append(path[i])
    return out


def wrong_last_lost(path):
    """Compares with the frame behind and never writes the last run."""
    out = []
    for a, b in zip(path, path[1:]):
        if a != b and a != 0:
            out.append(a)
    return out


def wrong_empty_path(path):
    """Begins with the first frame, which an empty path does not have."""
    out = [path[0]]
    for s in path[1:]:
        if s != out[-1]:
            out.append(s)
    return [s for s in out if s != 0]


def wrong_deleted_from_the_path(path):
    """The result is right, but the caller's path has been shortened."""
    i = 1
    while i < len(path):
        if path[i] == path[i - 1]:
            del path[i]
        else:
            i += 1
    while 0 in path:
        path.remove(0)
    return path


def wrong_in_pairs(path):
    """Takes repeats for pairs: three in a row are written twice."""
    out, i = [], 0
    while i < len(path):
        if path[i] != 0:
            out.append(path[i])
        i += 2 if i + 1 < len(path) and path[i] == path[i + 1] else 1
    return out


def wrong_digits_of_a_text(path):
    """Writes the path as a text of digits, which numbers from 10 on do not survive."""
    text = "".join(str(s) for s in path)
    text = re.sub(r"(.)\1+", r"\1", text).replace("0", "")
    return [int(s) for s in text]
