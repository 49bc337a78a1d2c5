from collections import deque
from functools import reduce

import numpy as np


def _merge(symbols, pair):
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def right_helper(word: str, merges: list[tuple[str, str]]) -> list[str]:
    """Uses a merge function, once for each pair."""
    symbols = list(word)
    for pair in merges:
        symbols = _merge(symbols, pair)
    return symbols


def right_nested_while(word, merges):
    """Beginner: nested while loops, all written out."""
    pieces = []
    for letter in word:
        pieces.append(letter)
    m = 0
    while m < len(merges):
        first = merges[m][0]
        second = merges[m][1]
        new = []
        i = 0
        while i < len(pieces):
            if i + 1 < len(pieces) and pieces[i] == first and pieces[i + 1] == second:
                new.append(first + second)
                i = i + 2
            else:
                new.append(pieces[i])
                i = i + 1
        pieces = new
        m = m + 1
    return pieces


def right_reduce(word, merges):
    """Functional: reduce over the merges."""
    return reduce(_merge, merges, list(word))


def right_slice_assignment(word, merges):
    """Slice assignment in the list of letters."""
    pieces = [*word]
    for a, b in merges:
        i = 0
        while i < len(pieces) - 1:
            if pieces[i : i + 2] == [a, b]:
                pieces[i : i + 2] = [a + b]
            i += 1
    return pieces


def right_stack(word, merges):
    """Looks back at the last piece written."""
    symbols = list(word)
    for a, b in merges:
        out = []
        for s in symbols:
            if out and out[-1] == a and s == b:
                out[-1] += s
            else:
                out.append(s)
        symbols = out
    return symbols


def _apply(symbols, merges):
    if len(merges) == 0 or len(symbols) < 2:
        return symbols
    if len(merges) == 1:
        return _merge(symbols, merges[0])
    half = len(merges) // 2
    return _apply(_apply(symbols, merges[:half]), merges[half:])


def right_recursive(word, merges):
    """Recursive: the first half of the merges, then the second."""
    return _apply(list(word), merges)


def right_skip_flag(word, merges):
    """For loops with a skip flag."""
    tokens = list(word)
    for pair in merges:
        new, skip = [], False
        for i, t in enumerate(tokens):
            if skip:
                skip = False
            elif i + 1 < len(tokens) and (t, tokens[i + 1]) == tuple(pair):
                new.append("".join(pair))
                skip = True
            else:
                new.append(t)
        tokens = new
    return tokens


def right_one_char_codes(word, merges):
    """Each kind of piece is one private character; str.replace joins them."""
    code = {}

    def char_of(piece):
        if piece not in code:
            code[piece] = chr(0xF0000 + len(code))
        return code[piece]

    text = "".join(char_of(letter) for letter in word)
    for a, b in merges:
        text = text.replace(char_of(a) + char_of(b), char_of(a + b))
    back = {c: piece for piece, c in code.items()}
    return [back[c] for c in text]


def _joined(symbols, a, b):
    it = iter(range(len(symbols)))
    for i in it:
        if i + 1 < len(symbols) and symbols[i] == a and symbols[i + 1] == b:
            yield a + b
            next(it)
        else:
            yield symbols[i]


def right_generator(word, merges):
    """A generator for one merge, made a list each time."""
    symbols = list(word)
    for a, b in merges:
        symbols = list(_joined(symbols, a, b))
    return symbols


def right_linked_list(word, merges):
    """A linked list of next indices."""
    n = len(word)
    piece = list(word)
    after = list(range(1, n + 1))
    for a, b in merges:
        i = 0
        while i < n and after[i] < n:
            j = after[i]
            if piece[i] == a and piece[j] == b:
                piece[i] = a + b
                after[i] = after[j]
            i = after[i]
    out = []
    i = 0
    while i < n:
        out.append(piece[i])
        i = after[i]
    return out


def right_cuts(word, merges):
    """Keeps the places of the cuts and deletes cuts."""
    cuts = list(range(len(word) + 1))
    for left, right in merges:
        i = 0
        while i + 2 < len(cuts):
            if word[cuts[i] : cuts[i + 1]] == left and word[cuts[i + 1] : cuts[i + 2]] == right:
                del cuts[i + 1]
            i += 1
    return [word[s:e] for s, e in zip(cuts, cuts[1:])]


def right_numpy_cuts(word, merges):
    """NumPy: a boolean array says where a piece begins."""
    n = len(word)
    begins = np.ones(n + 1, dtype=bool)
    for a, b in merges:
        at = np.flatnonzero(begins).tolist()
        k = 0
        while k < len(at) - 2:
            s, m, e = at[k], at[k + 1], at[k + 2]
            if word[s:m] == a and word[m:e] == b:
                begins[m] = False
                k += 2
            else:
                k += 1
    at = np.flatnonzero(begins).tolist()
    return [word[s:e] for s, e in zip(at[:-1], at[1:])]


def right_check_present(word, merges):
    """Skips merges whose pair is not there."""
    symbols = list(word)
    for pair in merges:
        pair = tuple(pair)
        if pair not in set(zip(symbols, symbols[1:])):
            continue
        new = []
        i = 0
        while i < len(symbols):
            if tuple(symbols[i : i + 2]) == pair:
                new.append(pair[0] + pair[1])
                i += 2
            else:
                new.append(symbols[i])
                i += 1
        symbols = new
    return symbols


def right_deque(word, merges):
    """A queue, eaten from the left, for each merge."""
    result = list(word)
    for first, second in merges:
        queue = deque(result)
        result = []
        while queue:
            s = queue.popleft()
            if s == first and queue and queue[0] == second:
                s = s + queue.popleft()
            result.append(s)
    return result


def right_starts(word, merges):
    """Finds the starts of a pair, then a comprehension."""
    p = list(word)
    for a, b in merges:
        starts = set()
        for i in range(len(p) - 1):
            if p[i] == a and p[i + 1] == b and i - 1 not in starts:
                starts.add(i)
        p = [a + b if i in starts else s for i, s in enumerate(p) if i - 1 not in starts]
    return p


def right_numbered_text(word, merges):
    """Pieces as ',number,' in one text, joined with str.replace."""
    number, pieces = {}, []

    def tag(piece):
        if piece not in number:
            number[piece] = len(pieces)
            pieces.append(piece)
        return f",{number[piece]},"

    text = "".join(map(tag, word))
    for a, b in merges:
        text = text.replace(tag(a) + tag(b), tag(a + b))
    return [pieces[int(x)] for x in text.split(",") if x != ""]


def right_defensive(word, merges):
    """Early returns; stops when one piece is left."""
    if word == "":
        return []
    if not merges:
        return list(word)
    pieces = list(word)
    for first, second in merges:
        if len(pieces) == 1:
            return pieces
        if first not in pieces or second not in pieces:
            continue
        for i in range(len(pieces)):
            if tuple(pieces[i : i + 2]) == (first, second):
                pieces[i : i + 2] = [first + second]
    return pieces


def right_mark_none(word, merges):
    """Marks swallowed pieces with None and filters."""
    pieces = list(word)
    for a, b in merges:
        for i in range(len(pieces) - 1):
            if pieces[i] == a and pieces[i + 1] == b:
                pieces[i] = None
                pieces[i + 1] = a + b
        pieces = [p for p in pieces if p is not None]
    return pieces


def right_best_ranked(word, merges):
    """As in GPT-2's code: of the pairs that are there, joins the one learnt first, until none is left."""
    rank = {pair: i for i, pair in enumerate(merges)}
    symbols = list(word)
    while True:
        pairs = [pair for pair in zip(symbols, symbols[1:]) if pair in rank]
        if not pairs:
            return symbols
        symbols = _merge(symbols, min(pairs, key=lambda pair: rank[pair]))


def wrong_first_occurrence_only(word, merges):
    """Each merge joins its first occurrence only."""
    symbols = list(word)
    for a, b in merges:
        for i in range(len(symbols) - 1):
            if symbols[i] == a and symbols[i + 1] == b:
                symbols[i : i + 2] = [a + b]
                break
    return symbols


def wrong_reversed_order(word, merges):
    """Goes through the merges from the last to the first."""
    symbols = list(word)
    for pair in reversed(merges):
        symbols = _merge(symbols, pair)
    return symbols


def wrong_stops_after_one(word, merges):
    """Returns as soon as one merge changed something."""
    symbols = list(word)
    for pair in merges:
        new = _merge(symbols, pair)
        if new != symbols:
            return new
    return symbols


def wrong_leftmost_first(word, merges):
    """Joins the leftmost pair that is in merges, whatever its rank, until there is none."""
    known = {tuple(p) for p in merges}
    symbols = list(word)
    i = 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) in known:
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
            i = 0
        else:
            i += 1
    return symbols


def wrong_space_replace(word, merges):
    """' '.join and replace: also hits the ends of longer pieces."""
    text = " ".join(word)
    for a, b in merges:
        text = text.replace(a + " " + b, a + b)
    return text.split()


def wrong_longest_match(word, merges):
    """Takes the merged symbols as a vocabulary and cuts off the longest each time."""
    vocabulary = {a + b for a, b in merges}
    pieces = []
    i = 0
    while i < len(word):
        j = len(word)
        while j > i + 1 and word[i:j] not in vocabulary:
            j -= 1
        pieces.append(word[i:j])
        i = j
    return pieces


def wrong_last_lost(word, merges):
    """while i < len - 1: a last piece outside a pair is lost."""
    symbols = list(word)
    for a, b in merges:
        out = []
        i = 0
        while i < len(symbols) - 1:
            if symbols[i] == a and symbols[i + 1] == b:
                out.append(a + b)
                i += 2
            else:
                out.append(symbols[i])
                i += 1
        symbols = out
    return symbols


def wrong_second_stays(word, merges):
    """The second symbol of a pair stays in the list."""
    symbols = list(word)
    for a, b in merges:
        new = []
        for i in range(len(symbols)):
            if i + 1 < len(symbols) and symbols[i] == a and symbols[i + 1] == b:
                new.append(a + b)
            else:
                new.append(symbols[i])
        symbols = new
    return symbols


def wrong_starts_anew(word, merges):
    """Each merge starts again from the letters: only the last merge counts."""
    result = list(word)
    for pair in merges:
        result = _merge(list(word), pair)
    return result


def wrong_end_of_word(word, merges):
    """Adds an end-of-word sign that the task does not have."""
    symbols = list(word) + ["</w>"]
    for pair in merges:
        symbols = _merge(symbols, pair)
    return symbols


def wrong_returns_string(word, merges):
    """Returns the pieces with spaces between, as one string."""
    symbols = list(word)
    for pair in merges:
        symbols = _merge(symbols, pair)
    return " ".join(symbols)


def wrong_longest_merges_first(word, merges):
    """Sorts the merges by length, the longest first."""
    symbols = list(word)
    for pair in sorted(merges, key=lambda p: len(p[0] + p[1]), reverse=True):
        symbols = _merge(symbols, pair)
    return symbols


def wrong_either_order(word, merges):
    """Compares as sets: (b, a) is joined where (a, b) was learnt."""
    symbols = list(word)
    for a, b in merges:
        i = 0
        while i < len(symbols) - 1:
            if {symbols[i], symbols[i + 1]} == {a, b}:
                symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
            i += 1
    return symbols


def wrong_right_to_left(word, merges):
    """Joins from the right: aaa becomes a aa."""
    symbols = list(word)
    for a, b in merges:
        for i in range(len(symbols) - 2, -1, -1):
            if symbols[i : i + 2] == [a, b]:
                symbols[i : i + 2] = [a + b]
    return symbols


def wrong_index_error(word, merges):
    """Looks one past the end: IndexError if the last piece is the pair's first."""
    symbols = list(word)
    for pair in merges:
        out = []
        i = 0
        while i < len(symbols):
            if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
                out.append(symbols[i] + symbols[i + 1])
                i += 2
            else:
                out.append(symbols[i])
                i += 1
        symbols = out
    return symbols


def wrong_last_merge_missing(word, merges):
    """Off by one: range(len(merges) - 1)."""
    symbols = list(word)
    for k in range(len(merges) - 1):
        symbols = _merge(symbols, merges[k])
    return symbols


def wrong_previous_not_reset(word, merges):
    """The previous symbol is kept after a join: aaa with (a, a) becomes one piece."""
    symbols = list(word)
    for a, b in merges:
        out = []
        previous = None
        for s in symbols:
            if previous == a and s == b:
                out[-1] = out[-1] + s
            else:
                out.append(s)
            previous = s
        symbols = out
    return symbols


def wrong_empties_merges(word, merges):
    """Takes the merges off the caller's list with pop(0) (side effect)."""
    symbols = list(word)
    while merges:
        symbols = _merge(symbols, merges.pop(0))
    return symbols
