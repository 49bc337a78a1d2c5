"""Attempts at collapsed, written from the task's text alone."""

import itertools
import re
from functools import reduce
from itertools import chain, compress, groupby, pairwise
from operator import itemgetter, ne

import numpy as np
import torch


def right_groupby(path):
    """groupby, then no blanks."""
    return [symbol for symbol, _ in itertools.groupby(path) if symbol != 0]


def right_previous(path):
    """A loop that remembers the symbol of the frame before."""
    result = []
    previous = None
    for symbol in path:
        if symbol != previous and symbol != 0:
            result.append(symbol)
        previous = symbol
    return result


def right_two_passes(path):
    """First the repeats, then the blanks, as the rule says it."""
    once = []
    for s in path:
        if not once or once[-1] != s:
            once.append(s)
    return [s for s in once if s != 0]


def right_index(path):
    """By index, with the first frame on its own."""
    out = []
    for i in range(len(path)):
        if path[i] == 0:
            continue
        if i == 0 or path[i] != path[i - 1]:
            out.append(path[i])
    return out


def right_zip_with_blank(path):
    """Every frame beside the one before; before the first stands a blank."""
    return [now for before, now in zip([0] + list(path), path) if now != before and now != 0]


def right_numpy_diff(path):
    """Where the difference is not zero; a list comes back."""
    p = np.array(path, dtype=int)
    changed = np.diff(p, prepend=0) != 0
    return p[changed & (p != 0)].tolist()


def right_numpy_array(path):
    """An array of whole numbers comes back."""
    p = np.asarray(path, dtype=np.int64)
    before = np.concatenate([[0], p[:-1]])
    return p[(p != before) & (p > 0)]


def right_torch(path):
    """unique_consecutive, then no blanks."""
    if len(path) == 0:
        return []
    once = torch.unique_consecutive(torch.tensor(path, dtype=torch.long))
    return once[once != 0].tolist()


def right_recursion(path):
    """Calls itself for the rest of the path."""
    if not path:
        return []
    rest = 1
    while rest < len(path) and path[rest] == path[0]:
        rest += 1
    head = [path[0]] if path[0] != 0 else []
    return head + right_recursion(path[rest:])


def right_tuple(path):
    """A tuple comes back."""
    return tuple(key for key, group in itertools.groupby(path) if key)


def right_while(path):
    """Two loops with a place that moves on."""
    i, read = 0, []
    while i < len(path):
        symbol = path[i]
        while i < len(path) and path[i] == symbol:
            i += 1
        if symbol:
            read.append(symbol)
    return read


def right_pop_a_copy(path):
    """Works on a copy from its end and deletes there what is too much."""
    path = list(path)
    for i in range(len(path) - 1, 0, -1):
        if path[i] == path[i - 1]:
            del path[i]
    while 0 in path:
        path.remove(0)
    return path


def right_reduce(path):
    """With reduce and filter."""
    once = reduce(lambda done, s: done if done and done[-1] == s else [*done, s], path, [])
    return list(filter(None, once))


def right_regular_expression(path):
    """As a text of numbers, with a regular expression for repeats."""
    text = " ".join(str(s) for s in path)
    text = re.sub(r"(?<!\S)(\S+)(?: \1(?!\S))+", r"\1", text)
    return [int(word) for word in text.split() if word != "0"]


def right_split_at_blanks(path):
    """Cuts the path at its blanks and writes repeats once within each piece."""
    pieces, piece = [], []
    for s in path:
        if s == 0:
            pieces.append(piece)
            piece = []
        else:
            piece.append(s)
    pieces.append(piece)
    return [s for each in pieces for s, _ in itertools.groupby(each)]


def right_from_behind(path):
    """Takes the last frame of each run, from behind, and turns the result round."""
    found = []
    after = None
    for s in reversed(path):
        if s != after and s != 0:
            found.append(s)
        after = s
    return found[::-1]


def right_last_of_each_run(path):
    """A frame counts if the next one is another or there is none."""
    n = len(path)
    return [path[i] for i in range(n) if path[i] != 0 and (i == n - 1 or path[i] != path[i + 1])]


def wrong_blanks_first(path):
    """Leaves the blanks out first, so that a double letter is lost."""
    letters = [s for s in path if s != 0]
    return [s for s, _ in itertools.groupby(letters)]


def wrong_each_letter_once(path):
    """Every symbol at most once in the whole path."""
    return [s for s in dict.fromkeys(path) if s != 0]


def wrong_blanks_only(path):
    """Leaves the blanks out and the repeats in."""
    return [s for s in path if s != 0]


def wrong_repeats_only(path):
    """Writes repeats once and leaves the blanks in."""
    return [s for s, _ in itertools.groupby(path)]


def wrong_last_written(path):
    """Compares with the last letter written, not with the frame before."""
    out = []
    for s in path:
        if s != 0 and (not out or out[-1] != s):
            out.append(s)
    return out


def wrong_wraps_around(path):
    """The frame before the first is taken to be the last, as path[-1] says."""
    return [path[i] for i in range(len(path)) if path[i] != 0 and path[i] != path[i - 1]]


def wrong_first_forgotten(path):
    """Starts at the second frame, so that a letter at the very beginning is lost."""
    return [path[i] for i in range(1, len(path)) if path[i] != 0 and path[i] != path[i - 1]]


def wrong_last_forgotten(path):
    """Compares with the next frame, and the last one has none."""
    return [a for a, b in zip(path, path[1:]) if a != b and a != 0]


def wrong_pairs_only(path):
    """Jumps over one repeat, so that three in a row are written twice."""
    out, i = [], 0
    while i < len(path):
        if path[i] != 0:
            out.append(path[i])
        if i + 1 < len(path) and path[i + 1] == path[i]:
            i += 1
        i += 1
    return out


def wrong_repeats_dropped(path):
    """Leaves out altogether what stands several times in a row."""
    return [s for s, run in itertools.groupby(path) if s != 0 and len(list(run)) == 1]


def wrong_sorted(path):
    """np.unique sorts and keeps each symbol once."""
    found = np.unique(np.array(path, dtype=int))
    return found[found != 0].tolist()


def wrong_changes_the_path(path):
    """The result is right, but the caller's list is shortened."""
    for i in range(len(path) - 1, 0, -1):
        if path[i] == path[i - 1]:
            del path[i]
    while 0 in path:
        path.remove(0)
    return path


def wrong_deletes_while_counting_up(path):
    """Deletes from a copy while the loop goes on through it, and so jumps over frames."""
    path = list(path)
    for i, s in enumerate(path):
        if i > 0 and s == path[i - 1]:
            del path[i]
    return [s for s in path if s != 0]


def wrong_blank_is_one(path):
    """Takes 1 for the blank."""
    return [s for s, _ in itertools.groupby(path) if s != 1]


def wrong_text(path):
    """A text of digits comes back, not a list."""
    return "".join(str(s) for s, _ in itertools.groupby(path) if s != 0)


def wrong_previous_not_moved_by_blank(path):
    """A blank jumps to the next turn before the symbol is remembered."""
    result, previous = [], None
    for s in path:
        if s == 0:
            continue
        if s != previous:
            result.append(s)
        previous = s
    return result


def wrong_returns_in_the_loop(path):
    """The return stands one step too far to the right."""
    result, previous = [], None
    for s in path:
        if s != previous and s != 0:
            result.append(s)
        previous = s
        return result
    return result


def wrong_double_letter_only_with_one_blank(path):
    """Writes only letters that follow a blank, as if one stood between all letters."""
    return [b for a, b in zip([0, *path], path) if a == 0 and b != 0]


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


# --- of another hand ------------------------------------------------------------

import re
from collections import Counter
from itertools import accumulate

import numpy as np
import torch


def right_in_two_halves(path):
    """Each half alone, with the run on the seam written once."""

    def once(piece):
        if len(piece) < 2:
            return list(piece)
        left, right = once(piece[: len(piece) // 2]), once(piece[len(piece) // 2 :])
        return left + (right[1:] if left[-1] == right[0] else right)

    return [symbol for symbol in once(path) if symbol]


def right_generator(path):
    """An iterator that is asked for the next frame as long as a run goes on."""

    def letters():
        frames = iter(path)
        symbol = next(frames, None)
        while symbol is not None:
            if symbol > 0:
                yield symbol
            following = next(frames, None)
            while following is not None and following == symbol:
                following = next(frames, None)
            symbol = following

    return list(letters())


def right_symbol_by_symbol(path):
    """For each letter of the alphabet the places where it begins; then all are put in order."""
    begins = []
    for letter in set(path) - {0}:
        places = {place for place, symbol in enumerate(path) if symbol == letter}
        begins += [(place, letter) for place in places if place - 1 not in places]
    return [letter for _, letter in sorted(begins)]


def right_until_nothing_changes(path):
    """Strikes out the second of two neighbours that are alike, again and again."""
    frames = tuple(path)
    while True:
        double = [i for i in range(1, len(frames)) if frames[i] == frames[i - 1]]
        if not double:
            return list(filter(None, frames))
        frames = frames[: double[0]] + frames[double[0] + 1 :]


def right_runs_with_numbers(path):
    """Numbers the runs, and a dictionary keeps one symbol for each number."""
    steps = [a != b for a, b in zip(path, [None, *path])]
    runs = dict(zip(accumulate(map(int, steps)), path))
    return [symbol for symbol in runs.values() if symbol != 0]


def right_shifted_mask(path):
    """A mask compares the path with itself, one place later, and asks for more than 0."""
    symbols = torch.tensor(path, dtype=torch.long)
    new = torch.ones_like(symbols, dtype=torch.bool)
    new[1:] = symbols[1:].ne(symbols[:-1])
    return symbols.masked_select(new.logical_and(symbols.gt(0))).tolist()


def wrong_only_before_a_blank(path):
    """Writes a symbol when a blank follows or the path ends: two letters without a blank lose one."""
    read = []
    for i, symbol in enumerate(path):
        if symbol != 0 and (i == len(path) - 1 or path[i + 1] == 0):
            read.append(symbol)
    return read


def wrong_rising_only(path):
    """Takes a positive difference for a change: a letter after one with a larger number is lost."""
    symbols = np.array(path, dtype=int)
    return symbols[np.diff(symbols, prepend=0) > 0].tolist()


def wrong_blank_between_twins_stays(path):
    """Keeps the blank that holds two equal letters apart."""
    runs = [s for i, s in enumerate(path) if i == 0 or s != path[i - 1]]
    return [s for i, s in enumerate(runs)
            if s != 0 or 0 < i < len(runs) - 1 and runs[i - 1] == runs[i + 1]]


def wrong_digits_as_characters(path):
    """Writes the numbers without a space between: 12 is read as 1 and 2."""
    text = re.sub(r"(.)\1+", r"\1", "".join(str(s) for s in path))
    return [int(sign) for sign in text if sign != "0"]


def wrong_starts_from_the_first(path):
    """Takes the first symbol before it looks: an empty path is an error."""
    last = path[0]
    read = [last] if last else []
    for symbol in path[1:]:
        if symbol != last and symbol != 0:
            read.append(symbol)
        last = symbol
    return read


def wrong_one_blank_is_noise(path):
    """Smooths first: a single blank between two equal letters is taken for a slip of the network."""
    smooth = [a if b == 0 and a == c else b for a, b, c in zip([0, *path], path, [*path[1:], 0])]
    return [s for i, s in enumerate(smooth) if s != 0 and (i == 0 or s != smooth[i - 1])]


def wrong_long_runs_are_double(path):
    """Takes a run of more than three frames for a double letter."""
    read, length = [], 0
    for i, symbol in enumerate(path):
        length = length + 1 if i and symbol == path[i - 1] else 1
        if symbol != 0 and length in (1, 4):
            read.append(symbol)
    return read


def wrong_most_frequent_between_blanks(path):
    """Takes what lies between two blanks for one letter: the one with the most frames."""
    read, piece = [], []
    for symbol in [*path, 0]:
        if symbol:
            piece.append(symbol)
        elif piece:
            read.append(Counter(piece).most_common(1)[0][0])
            piece = []
    return read


def wrong_a_list_for_each_piece(path):
    """Cuts at the blanks, as if they were spaces, and gives lists of letters."""
    pieces = [[]]
    for i, symbol in enumerate(path):
        if symbol == 0:
            pieces.append([])
        elif i == 0 or symbol != path[i - 1]:
            pieces[-1].append(symbol)
    return [piece for piece in pieces if piece]


def wrong_places_in_the_alphabet(path):
    """Takes 1 from each letter, so that the first of the alphabet becomes 0."""
    return [s - 1 for i, s in enumerate(path) if s != 0 and (i == 0 or s != path[i - 1])]


def wrong_one_is_left_out_too(path):
    """Keeps what is more than 1: the first letter goes with the blank."""
    return [s for i, s in enumerate(path) if s > 1 and (i == 0 or s != path[i - 1])]


def wrong_texts_in_a_list(path):
    """Goes by way of text and does not come back: '2' in place of 2."""
    words = re.sub(r"\b(\d+)(?: \1\b)+", r"\1", " ".join(map(str, path))).split()
    return [word for word in words if word != "0"]
