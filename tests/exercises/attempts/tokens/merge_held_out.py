import itertools
from collections import deque

import numpy as np


def right_while_b(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """Beginner: the usual while loop with i += 2 or i += 1."""
    result = []
    i = 0
    while i < len(symbols):
        if i < len(symbols) - 1 and symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            result.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def right_skip_flag_b(symbols, pair):
    """Beginner: a for loop with a flag that says that the symbol is used up."""
    out = []
    skip = False
    for i, symbol in enumerate(symbols):
        if skip:
            skip = False
            continue
        if i + 1 < len(symbols) and (symbol, symbols[i + 1]) == tuple(pair):
            out.append(symbol + symbols[i + 1])
            skip = True
        else:
            out.append(symbol)
    return out


def right_look_back_b(symbols, pair):
    """Stack: the end of the result is compared, with a memory of whether it is already joined."""
    out = []
    joined = True
    for s in symbols:
        if not joined and out[-1] == pair[0] and s == pair[1]:
            out[-1] += s
            joined = True
        else:
            out.append(s)
            joined = False
    return out


def right_deque_b(symbols, pair):
    """A queue from a copy, two symbols are taken from the left if they fit."""
    first, second = pair
    queue = deque(symbols)
    done = []
    while queue:
        a = queue.popleft()
        if queue and a == first and queue[0] == second:
            a = a + queue.popleft()
        done.append(a)
    return done


def right_copy_and_delete_b(symbols, pair):
    """Clumsy: works in a copy, replaces two by one with a slice."""
    new = symbols.copy()
    i = 0
    while i + 1 < len(new):
        if new[i] == pair[0] and new[i + 1] == pair[1]:
            new[i:i + 2] = ["".join(pair)]
        i = i + 1
    return new


def right_one_char_each_b(symbols, pair):
    """Clever: each different symbol becomes one character, then str.replace (left to right, no overlaps)."""
    names = list(dict.fromkeys([*pair, *symbols]))
    code = {name: chr(k + 1) for k, name in enumerate(names)}
    text = "".join(code[s] for s in symbols)
    text = text.replace(code[pair[0]] + code[pair[1]], "\0")
    back = {c: name for name, c in code.items()}
    back["\0"] = pair[0] + pair[1]
    return [back[c] for c in text]


def right_numpy_starts_b(symbols, pair):
    """NumPy: a mask of all places where the pair stands, overlaps thrown out, then one comprehension."""
    n = len(symbols)
    if n < 2:
        return list(symbols)
    is_a = np.array([s == pair[0] for s in symbols])
    is_b = np.array([s == pair[1] for s in symbols])
    starts = set()
    for k in np.flatnonzero(is_a[:-1] & is_b[1:]).tolist():
        if k - 1 not in starts:
            starts.add(k)
    return [symbols[k] + symbols[k + 1] if k in starts else symbols[k] for k in range(n) if k - 1 not in starts]


def wrong_second_stays_b(symbols, pair):
    """The second symbol of a joined pair is not skipped."""
    result = []
    for i in range(len(symbols)):
        if i + 1 < len(symbols) and symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            result.append(pair[0] + pair[1])
        else:
            result.append(symbols[i])
    return result


def wrong_last_lost_b(symbols, pair):
    """The loop ends before the last symbol, which is lost if it is not joined."""
    result = []
    i = 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) == pair:
            result.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def wrong_overlap_twice_b(symbols, pair):
    """Skips a symbol if it ended a pair, but lets it begin one as well: "a a a" gives "aa aa"."""
    pair = tuple(pair)
    out = []
    for i in range(len(symbols)):
        if i < len(symbols) - 1 and (symbols[i], symbols[i + 1]) == pair:
            out.append("".join(pair))
        elif i > 0 and (symbols[i - 1], symbols[i]) == pair:
            continue
        else:
            out.append(symbols[i])
    return out


def wrong_space_replace_b(symbols, pair):
    """Text replace with spaces: also joins the end of one long symbol with the beginning of the next."""
    text = " ".join(symbols)
    text = text.replace(" ".join(pair), "".join(pair))
    return text.split()


def wrong_index_error_b(symbols, pair):
    """IndexError when the last symbol is the first of the pair."""
    result = []
    i = 0
    while i < len(symbols):
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            result.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def wrong_in_place_b(symbols, pair):
    """Right list, but the caller's list is changed."""
    i = 0
    while i < len(symbols) - 1:
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            symbols[i] = symbols[i] + symbols[i + 1]
            del symbols[i + 1]
        i += 1
    return symbols


def wrong_first_only_b(symbols, pair):
    """Returns after the first occurrence."""
    for i in range(len(symbols) - 1):
        if symbols[i] == pair[0] and symbols[i + 1] == pair[1]:
            return symbols[:i] + [pair[0] + pair[1]] + symbols[i + 2:]
    return list(symbols)


def wrong_right_to_left_b(symbols, pair):
    """Goes through a copy from the end, as deleting is easier so: "a a a" becomes "a aa"."""
    new = list(symbols)
    i = len(new) - 2
    while i >= 0:
        if new[i] == pair[0] and new[i + 1] == pair[1]:
            new[i:i + 2] = [pair[0] + pair[1]]
            i -= 1
        i -= 1
    return new


def wrong_joined_text_compared_b(symbols, pair):
    """Compares the joined letters: "ab c" is also joined for the pair "a bc"."""
    joined = "".join(pair)
    result, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] + symbols[i + 1] == joined:
            result.append(joined)
            i += 2
        else:
            result.append(symbols[i])
            i += 1
    return result


def wrong_letters_replace_b(symbols, pair):
    """Joins all symbols to one text and cuts it into letters again: longer symbols fall apart."""
    joined = pair[0] + pair[1]
    text = "".join(symbols)
    out = []
    parts = text.split(joined)
    for k, part in enumerate(parts):
        out.extend(part)
        if k < len(parts) - 1:
            out.append(joined)
    return out


def wrong_previous_used_twice_b(symbols, pair):
    """The symbol that was just joined still counts as previous: "a a a" becomes "aa"."""
    out = []
    previous = None
    for s in symbols:
        if previous == pair[0] and s == pair[1]:
            out[-1] = pair[0] + pair[1]
        else:
            out.append(s)
        previous = s
    return out


def wrong_any_order_b(symbols, pair):
    """Both symbols only have to be in the pair: "b a" and "a a" are joined too for "a b"."""
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] in pair and symbols[i + 1] in pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out
