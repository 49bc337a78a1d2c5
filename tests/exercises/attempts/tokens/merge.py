import itertools
from collections import deque
from functools import reduce

import numpy as np


def right_while_index(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """The usual while loop with an index."""
    result = []
    i = 0
    while i < len(symbols):
        if i < len(symbols) - 1 and symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            result.append(pair[0] + pair[1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def right_skip_flag(symbols, pair):
    """For loop with a flag that skips the second half."""
    out = []
    skip = False
    for i in range(len(symbols)):
        if skip:
            skip = False
            continue
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == tuple(pair):
            out.append("".join(pair))
            skip = True
        else:
            out.append(symbols[i])
    return out


def right_stack(symbols, pair):
    """Looks back at the last symbol written."""
    a, b = pair
    out = []
    for s in symbols:
        if out and out[-1] == a and s == b:
            out[-1] = a + b
        else:
            out.append(s)
    return out


def right_recursive(symbols, pair):
    """Recursive on the rest of the list."""
    if len(symbols) < 2:
        return list(symbols)
    if symbols[0] == pair[0] and symbols[1] == pair[1]:
        return [symbols[0] + symbols[1]] + right_recursive(symbols[2:], pair)
    return [symbols[0]] + right_recursive(symbols[1:], pair)


def right_copy_and_slice(symbols, pair):
    """Works on a copy, replaces slices of two."""
    out = list(symbols)
    i = 0
    while i < len(out) - 1:
        if out[i : i + 2] == list(pair):
            out[i : i + 2] = [pair[0] + pair[1]]
        i += 1
    return out


def right_for_over_shrinking_copy(symbols, pair):
    """For loop over the old length; slices past the end are harmless."""
    out = symbols[:]
    for i in range(len(symbols)):
        if tuple(out[i : i + 2]) == tuple(pair):
            out[i : i + 2] = ["".join(pair)]
    return out


def right_pending(symbols, pair):
    """An iterator with one pending symbol."""
    first, second = pair
    out = []
    pending = None
    for s in symbols:
        if pending is None:
            pending = s
        elif pending == first and s == second:
            out.append(first + second)
            pending = None
        else:
            out.append(pending)
            pending = s
    if pending is not None:
        out.append(pending)
    return out


def _merged(symbols, pair):
    it = iter(range(len(symbols)))
    for i in it:
        if tuple(symbols[i : i + 2]) == tuple(pair):
            yield symbols[i] + symbols[i + 1]
            next(it)
        else:
            yield symbols[i]


def right_generator(symbols, pair):
    """A generator that advances its own iterator."""
    return list(_merged(symbols, pair))


def right_deque(symbols, pair):
    """A queue, eaten from the left."""
    queue = deque(symbols)
    out = []
    while queue:
        s = queue.popleft()
        if queue and s == pair[0] and queue[0] == pair[1]:
            s += queue.popleft()
        out.append(s)
    return out


def right_reduce(symbols, pair):
    """Functional: reduce with a growing list."""

    def step(done, s):
        if done and (done[-1], s) == (pair[0], pair[1]):
            return done[:-1] + [pair[0] + s]
        return done + [s]

    return reduce(step, symbols, [])


def right_one_char_codes(symbols, pair):
    """Codes each symbol as one character, then str.replace."""
    kinds = list(dict.fromkeys(list(symbols) + [pair[0], pair[1]]))
    code = {s: chr(0xE000 + i) for i, s in enumerate(kinds)}
    new = chr(0xE000 + len(kinds))
    back = {c: s for s, c in code.items()}
    back[new] = pair[0] + pair[1]
    text = "".join(code[s] for s in symbols)
    text = text.replace(code[pair[0]] + code[pair[1]], new)
    return [back[c] for c in text]


def right_positions_first(symbols, pair):
    """Finds the starts first, then builds with a comprehension."""
    starts = set()
    for i, (a, b) in enumerate(zip(symbols, symbols[1:])):
        if a == pair[0] and b == pair[1] and (i - 1) not in starts:
            starts.add(i)
    return [
        s + symbols[i + 1] if i in starts else s
        for i, s in enumerate(symbols)
        if (i - 1) not in starts
    ]


def right_list_index(symbols, pair):
    """Jumps with list.index to the next candidate."""
    out = []
    i = 0
    while True:
        try:
            j = symbols.index(pair[0], i)
        except ValueError:
            out.extend(symbols[i:])
            return out
        out.extend(symbols[i:j])
        if j + 1 < len(symbols) and symbols[j + 1] == pair[1]:
            out.append(pair[0] + pair[1])
            i = j + 2
        else:
            out.append(symbols[j])
            i = j + 1


def right_numpy_candidates(symbols, pair):
    """NumPy finds the candidates, a loop removes the overlaps."""
    if len(symbols) < 2:
        return list(symbols)
    arr = np.array(symbols, dtype=object)
    candidates = np.flatnonzero((arr[:-1] == pair[0]) & (arr[1:] == pair[1]))
    out, done = [], 0
    for c in candidates.tolist():
        if c < done:
            continue
        out += symbols[done:c]
        out.append(symbols[c] + symbols[c + 1])
        done = c + 2
    out += symbols[done:]
    return out


def right_zip_longest(symbols, pair):
    """zip_longest with the next symbol, and a counter to skip."""
    out = []
    skip = 0
    for now, after in itertools.zip_longest(symbols, symbols[1:]):
        if skip > 0:
            skip -= 1
        elif now == pair[0] and after == pair[1]:
            out.append(f"{now}{after}")
            skip = 1
        else:
            out.append(now)
    return out


def right_defensive(symbols, pair):
    """Defensive: early returns before the real work."""
    if not symbols:
        return []
    first, second = pair
    if first not in symbols or second not in symbols:
        return list(symbols)
    result = []
    n = len(symbols)
    position = 0
    while position < n - 1:
        if symbols[position] == first and symbols[position + 1] == second:
            result.append(first + second)
            position += 2
        else:
            result.append(symbols[position])
            position += 1
    if position == n - 1:
        result.append(symbols[-1])
    return result


def right_two_cases(symbols, pair):
    """Clumsy: runs of equal letters apart from the case without overlap."""
    a, b = pair
    out = []
    if a == b:
        for kind, group in itertools.groupby(symbols):
            n = len(list(group))
            if kind == a:
                out += [a + a] * (n // 2) + [a] * (n % 2)
            else:
                out += [kind] * n
        return out
    for i in range(len(symbols)):
        starts = symbols[i] == a and i + 1 < len(symbols) and symbols[i + 1] == b
        ends = symbols[i] == b and i > 0 and symbols[i - 1] == a
        if starts:
            out.append(a + b)
        elif not ends:
            out.append(symbols[i])
    return out


def right_mark_none(symbols, pair):
    """Marks the swallowed symbols with None in a copy and filters."""
    marked = list(symbols)
    for i in range(1, len(marked)):
        if marked[i - 1] == pair[0] and marked[i] == pair[1]:
            marked[i - 1] = pair[0] + pair[1]
            marked[i] = None
    return [s for s in marked if s is not None]


def wrong_second_stays(symbols, pair):
    """Does not skip: the second symbol of the pair stays in the list."""
    out = []
    for i in range(len(symbols)):
        if i + 1 < len(symbols) and symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            out.append(pair[0] + pair[1])
        else:
            out.append(symbols[i])
    return out


def wrong_space_replace(symbols, pair):
    """' '.join and replace: also hits the ends of longer symbols ('xa b')."""
    text = " ".join(symbols)
    return text.replace(pair[0] + " " + pair[1], pair[0] + pair[1]).split()


def wrong_only_first(symbols, pair):
    """Stops after the first occurrence."""
    out = list(symbols)
    for i in range(len(out) - 1):
        if (out[i], out[i + 1]) == tuple(pair):
            out[i : i + 2] = ["".join(pair)]
            break
    return out


def wrong_last_lost(symbols, pair):
    """while i < len - 1: a last symbol that is in no pair is lost."""
    out = []
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def wrong_right_to_left(symbols, pair):
    """Goes from the right: a a a becomes a aa."""
    out = list(symbols)
    i = len(out) - 2
    while i >= 0:
        if out[i : i + 2] == list(pair):
            out[i : i + 2] = [pair[0] + pair[1]]
            i -= 1
        i -= 1
    return out


def wrong_either_order(symbols, pair):
    """Compares as sets: b a is joined too."""
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and {symbols[i], symbols[i + 1]} == set(pair):
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def wrong_appends_tuple(symbols, pair):
    """Puts the pair in as a tuple, not as one symbol."""
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == tuple(pair):
            out.append(pair)
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def wrong_compares_joined(symbols, pair):
    """Compares the joined strings: ('ab', 'c') is also found for ('a', 'bc')."""
    joined = pair[0] + pair[1]
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] + symbols[i + 1] == joined:
            out.append(joined)
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def wrong_in_place(symbols, pair):
    """Deletes in the list that was handed in (side effect)."""
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            symbols[i] = pair[0] + pair[1]
            del symbols[i + 1]
        i += 1
    return symbols


def wrong_index_error(symbols, pair):
    """Looks at symbols[i + 1] after the last one: IndexError if that is the pair's first."""
    out = []
    i = 0
    while i < len(symbols):
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def wrong_even_places(symbols, pair):
    """Steps of two: finds pairs at even places only."""
    out = []
    for i in range(0, len(symbols), 2):
        two = symbols[i : i + 2]
        if tuple(two) == tuple(pair):
            out.append("".join(two))
        else:
            out.extend(two)
    return out


def wrong_overlapping(symbols, pair):
    """Lets pairs overlap: a a a becomes aa aa."""
    hits = {i for i in range(len(symbols) - 1) if (symbols[i], symbols[i + 1]) == tuple(pair)}
    out = []
    for i, s in enumerate(symbols):
        if i in hits:
            out.append(s + symbols[i + 1])
        elif i - 1 not in hits:
            out.append(s)
    return out


def wrong_space_between(symbols, pair):
    """Joins with ' '.join(pair), so a space stands in the new symbol."""
    out = []
    for s in symbols:
        if out and out[-1] == pair[0] and s == pair[1]:
            out[-1] = " ".join(pair)
        else:
            out.append(s)
    return out


def wrong_remove_first_found(symbols, pair):
    """out.remove(b) removes the first b of the list, not the one of the pair."""
    out = list(symbols)
    i = 0
    while i < len(out) - 1:
        if out[i] == pair[0] and out[i + 1] == pair[1]:
            out[i] = pair[0] + pair[1]
            out.remove(pair[1])
        i += 1
    return out


def wrong_previous_not_reset(symbols, pair):
    """Remembers the previous symbol also after a join: a a a becomes aaa."""
    out = []
    previous = None
    for s in symbols:
        if previous == pair[0] and s == pair[1]:
            out[-1] = out[-1] + s
        else:
            out.append(s)
        previous = s
    return out


def wrong_returns_string(symbols, pair):
    """Returns one string with spaces, not a list."""
    out = []
    i = 0
    while i < len(symbols):
        if i < len(symbols) - 1 and (symbols[i], symbols[i + 1]) == tuple(pair):
            out.append("".join(pair))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return " ".join(out)


def wrong_else_missing(symbols, pair):
    """i += 2 and then i += 1 again: loses the symbol after each pair."""
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


def wrong_only_the_joined(symbols, pair):
    """Misreads the task: returns the joined symbols only, the others are left out."""
    out = []
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            out.append(pair[0] + pair[1])
            i += 2
        else:
            i += 1
    return out
