import re
from collections import defaultdict, deque
from functools import lru_cache

import numpy as np


def right_classic(word: str, vocabulary: list[str]) -> list[str]:
    """As in BERT's own code: two while loops."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    start = 0
    while start < len(word):
        end = len(word)
        found = None
        while start < end:
            piece = word[start:end]
            if start > 0:
                piece = "##" + piece
            if piece in vocabulary:
                found = piece
                break
            end -= 1
        if found is None:
            return ["[UNK]"]
        pieces.append(found)
        start = end
    return pieces


def right_for_else(word, vocabulary):
    """A set and for ... else."""
    known = set(vocabulary)
    if len(word) > 100:
        return ["[UNK]"]
    out, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in known:
                out.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return out


def _cut(rest, prefix, known):
    if not rest:
        return []
    for n in range(len(rest), 0, -1):
        if prefix + rest[:n] in known:
            tail = _cut(rest[n:], "##", known)
            return None if tail is None else [prefix + rest[:n]] + tail
    return None


def right_recursive(word, vocabulary):
    """Recursive on the rest, None for 'does not fit'; never tries a shorter one."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = _cut(word, "", frozenset(vocabulary))
    return ["[UNK]"] if pieces is None else pieces


def right_max_candidates(word, vocabulary):
    """All candidates that fit, max by length."""
    if len(word) > 100:
        return ["[UNK]"]
    rest, first, out = word, True, []
    while rest:
        text = rest if first else "##" + rest
        least = 1 if first else 3
        candidates = [v for v in vocabulary if len(v) >= least and text.startswith(v)]
        if first is False:
            candidates = [v for v in candidates if v.startswith("##")]
        if not candidates:
            return ["[UNK]"]
        best = max(candidates, key=len)
        out.append(best)
        rest = text[len(best):]
        first = False
    return out


def right_lexicographic_max(word, vocabulary):
    """max without a key: of prefixes of one text the greatest is the longest."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)
    out = []
    i = 0
    while i < len(word):
        mark = "##" if i else ""
        fits = {mark + word[i:j] for j in range(i + 1, len(word) + 1)} & known
        if not fits:
            return ["[UNK]"]
        out.append(max(fits))
        i += len(out[-1]) - len(mark)
    return out


def right_next(word, vocabulary):
    """next() with a generator expression."""
    if len(word) > 100:
        return ["[UNK]"]
    vocab = set(vocabulary)
    i, pieces = 0, []
    while i < len(word):
        mark = "##" if i > 0 else ""
        end = next((e for e in range(len(word), i, -1) if mark + word[i:e] in vocab), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(mark + word[i:end])
        i = end
    return pieces


def right_sorted_vocabulary(word, vocabulary):
    """Sorts a copy of the vocabulary by length and takes the first that fits."""
    if len(word) > 100:
        return ["[UNK]"]
    longest_first = sorted(vocabulary, key=len, reverse=True)
    i = 0
    pieces = []
    while i < len(word):
        found = False
        for v in longest_first:
            if i == 0:
                body = v
            elif v.startswith("##"):
                body = v[2:]
            else:
                continue
            if body != "" and word.startswith(body, i):
                pieces.append(v)
                i += len(body)
                found = True
                break
        if not found:
            return ["[UNK]"]
    return pieces


def right_regex(word, vocabulary):
    """Regular expressions with the longest alternatives first."""
    if len(word) > 100:
        return ["[UNK]"]

    def pattern(bodies):
        bodies = sorted((b for b in bodies if b), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, bodies)) if bodies else r"(?!)")

    begin = pattern(vocabulary)
    inside = pattern([v[2:] for v in vocabulary if v.startswith("##")])
    pos, out = 0, []
    while pos < len(word):
        m = (begin if pos == 0 else inside).match(word, pos)
        if m is None:
            return ["[UNK]"]
        out.append(m.group() if pos == 0 else "##" + m.group())
        pos = m.end()
    return out


def right_trie(word, vocabulary):
    """Two tries, walked letter by letter."""
    if len(word) > 100:
        return ["[UNK]"]
    begin, inside = {}, {}

    def insert(trie, text):
        for letter in text:
            trie = trie.setdefault(letter, {})
        trie["end"] = True

    for v in vocabulary:
        insert(begin, v)
        if v.startswith("##"):
            insert(inside, v[2:])
    out, start = [], 0
    while start < len(word):
        node = begin if start == 0 else inside
        best = None
        for k in range(start, len(word)):
            node = node.get(word[k])
            if node is None:
                break
            if "end" in node:
                best = k + 1
        if best is None:
            return ["[UNK]"]
        out.append(word[start:best] if start == 0 else "##" + word[start:best])
        start = best
    return out


def right_try_stop_iteration(word, vocabulary):
    """max raises ValueError when nothing fits."""
    if len(word) > 100:
        return ["[UNK]"]
    vocab = dict.fromkeys(vocabulary)
    result = []
    start = 0
    try:
        while start != len(word):
            mark = "" if start == 0 else "##"
            end = max(e for e in range(start + 1, len(word) + 1) if mark + word[start:e] in vocab)
            result.append(mark + word[start:end])
            start = end
    except ValueError:
        return ["[UNK]"]
    return result


def right_shorten_and_rest(word, vocabulary):
    """Cuts letters off the end, then goes on with '##' + rest."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    rest = word
    smallest = 1
    while len(rest) >= smallest:
        candidate = rest
        while len(candidate) >= smallest and candidate not in vocabulary:
            candidate = candidate[:-1]
        if len(candidate) < smallest:
            return ["[UNK]"]
        pieces.append(candidate)
        rest = "##" + rest[len(candidate):]
        smallest = 3
    return pieces


def right_bodies_in_sets(word, vocabulary):
    """One set for beginnings, one for the inside without the marks."""
    if len(word) > 100:
        return ["[UNK]"]
    begin = set(vocabulary)
    inside = {v[2:] for v in vocabulary if v[:2] == "##"}
    bodies = []
    i = 0
    while i < len(word):
        known = begin if i == 0 else inside
        j = len(word)
        while j > i and word[i:j] not in known:
            j -= 1
        if j == i:
            return ["[UNK]"]
        bodies.append(word[i:j])
        i = j
    return bodies[:1] + ["##" + b for b in bodies[1:]]


def right_lengths(word, vocabulary):
    """Vocabulary grouped by length; tries only lengths that occur."""
    if len(word) > 100:
        return ["[UNK]"]
    by_length = defaultdict(set)
    for v in vocabulary:
        by_length[len(v)].add(v)
    lengths = sorted(by_length, reverse=True)
    text, at, least, out = word, 0, 1, []
    while at < len(text):
        mark = "##" if at > 0 else ""
        hit = ""
        for n in lengths:
            size = n - len(mark)
            if size < least or at + size > len(text):
                continue
            piece = mark + text[at : at + size]
            if piece in by_length[n]:
                hit = piece
                break
        if hit == "":
            return ["[UNK]"]
        out.append(hit)
        at += len(hit) - len(mark)
    return out


def right_numpy_argmax(word, vocabulary):
    """NumPy: the lengths of those that fit, argmax."""
    if len(word) > 100:
        return ["[UNK]"]
    if len(vocabulary) == 0:
        return ["[UNK]"] if word else []
    pieces = []
    start = 0
    while start < len(word):
        if start == 0:
            fits = np.array([len(v) if word.startswith(v) else 0 for v in vocabulary])
        else:
            fits = np.array(
                [
                    len(v) - 2 if v.startswith("##") and word[start:].startswith(v[2:]) else 0
                    for v in vocabulary
                ]
            )
        k = int(np.argmax(fits))
        if fits[k] == 0:
            return ["[UNK]"]
        pieces.append(vocabulary[k])
        start += int(fits[k])
    return pieces


def right_queue_of_letters(word, vocabulary):
    """Two queues: letters go back to the rest until the piece is known."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)
    rest = deque(word)
    out = []
    while rest:
        piece = list(rest)
        rest.clear()
        mark = "##" if out else ""
        while piece and mark + "".join(piece) not in known:
            rest.appendleft(piece.pop())
        if not piece:
            return ["[UNK]"]
        out.append(mark + "".join(piece))
    return out


def right_cached_inner(word, vocabulary):
    """An inner function that returns the end of the longest piece, cached."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)

    @lru_cache(maxsize=None)
    def end_from(i):
        ends = [
            e for e in range(i + 1, len(word) + 1) if (word[i:e] if i == 0 else "##" + word[i:e]) in known
        ]
        return ends[-1] if ends else -1

    cuts = [0]
    while cuts[-1] < len(word):
        e = end_from(cuts[-1])
        if e == -1:
            return ["[UNK]"]
        cuts.append(e)
    return [("##" if s else "") + word[s:e] for s, e in zip(cuts, cuts[1:])]


def right_remember_the_last_fit(word, vocabulary):
    """Goes forward with growing pieces and remembers the last one that fitted."""
    if len(word) > 100:
        return ["[UNK]"]
    result = []
    position = 0
    while position < len(word):
        best = ""
        best_end = position
        for end in range(position + 1, len(word) + 1):
            if position == 0:
                piece = word[:end]
            else:
                piece = "##" + word[position:end]
            if piece in vocabulary:
                best = piece
                best_end = end
        if best == "":
            return ["[UNK]"]
        result.append(best)
        position = best_end
    return result


def right_walrus_flag(word, vocabulary):
    """Clumsy: a flag for unknown words, checked at the very end."""
    unknown = len(word) > 100
    pieces = []
    start = 0
    while not unknown and start < len(word):
        end = len(word)
        while end > start and (piece := (word[start:end] if start == 0 else f"##{word[start:end]}")) not in vocabulary:
            end = end - 1
        if end == start:
            unknown = True
        else:
            pieces.append(piece)
            start = end
    if unknown:
        return ["[UNK]"]
    return pieces


def wrong_no_marks(word, vocabulary):
    """Looks up inner pieces without ##."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(word[start:end])
        start = end
    return pieces


def wrong_marks_dropped(word, vocabulary):
    """Looks up with ## but returns the piece without it."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            mark = "##" if start > 0 else ""
            if mark + word[start:end] in vocabulary:
                pieces.append(word[start:end])
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


def wrong_unk_for_the_rest(word, vocabulary):
    """Keeps the pieces found and puts [UNK] for the rest only."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start:
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                break
            end -= 1
        if end == start:
            pieces.append("[UNK]")
            break
        pieces.append(piece)
        start = end
    return pieces


def wrong_unk_for_one_letter(word, vocabulary):
    """[UNK] for the one letter that does not fit, then goes on."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:
            pieces.append("[UNK]")
            start += 1
    return pieces


def wrong_shortest(word, vocabulary):
    """Grows from one letter and takes the first hit: the shortest piece."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(start + 1, len(word) + 1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


def _backtrack(rest, mark, known):
    if rest == "":
        return []
    for n in range(len(rest), 0, -1):
        if mark + rest[:n] in known:
            tail = _backtrack(rest[n:], "##", known)
            if tail is not None:
                return [mark + rest[:n]] + tail
    return None


def wrong_backtracks(word, vocabulary):
    """Goes back to a shorter piece when it gets stuck."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = _backtrack(word, "", set(vocabulary))
    return ["[UNK]"] if pieces is None else pieces


def wrong_no_limit(word, vocabulary):
    """Forgets that a word of over 100 characters is [UNK]."""
    known = set(vocabulary)
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in known:
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start:end])
        start = end
    return pieces


def wrong_limit_inclusive(word, vocabulary):
    """>= 100: a word of exactly 100 characters is [UNK] too."""
    if len(word) >= 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start:end])
        start = end
    return pieces


def wrong_first_in_vocabulary(word, vocabulary):
    """Takes the first entry of the vocabulary that fits, not the longest."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    rest = word
    while rest:
        for v in vocabulary:
            if not pieces:
                body = v
            elif v.startswith("##"):
                body = v[2:]
            else:
                continue
            if body and rest.startswith(body):
                pieces.append(v)
                rest = rest[len(body):]
                break
        else:
            return ["[UNK]"]
    return pieces


def wrong_unk_string(word, vocabulary):
    """Returns the string '[UNK]', not a list with it."""
    if len(word) > 100:
        return "[UNK]"
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return "[UNK]"
        pieces.append(("##" if start else "") + word[start:end])
        start = end
    return pieces


def wrong_single_letters_missed(word, vocabulary):
    """range(len, start + 1, -1): pieces of one letter are never tried."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        found = False
        for end in range(len(word), start + 1, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                found = True
                break
        if not found:
            return ["[UNK]"]
    return pieces


def wrong_fewest_pieces(word, vocabulary):
    """Dynamic programming for the fewest pieces instead of the longest at each place."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)
    best = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            piece = ("##" if start else "") + word[start:end]
            if best[start] is not None and piece in known:
                if best[end] is None or len(best[start]) + 1 < len(best[end]):
                    best[end] = best[start] + [piece]
    return best[-1] if best[-1] is not None else ["[UNK]"]


def wrong_marks_twice(word, vocabulary):
    """Adds ## for the look-up and once more in the output."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        piece = ""
        while end > start:
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in vocabulary:
                break
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return [p if i == 0 else "##" + p for i, p in enumerate(pieces)]


def wrong_cuts_to_100(word, vocabulary):
    """Misreads the limit: cuts the word to 100 characters."""
    word = word[:100]
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start:end])
        start = end
    return pieces


def wrong_from_the_right(word, vocabulary):
    """Cuts the longest piece off the end, from right to left."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, end = [], len(word)
    while end > 0:
        for start in range(end):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.insert(0, piece)
                end = start
                break
        else:
            return ["[UNK]"]
    return pieces


def wrong_in_joined_text(word, vocabulary):
    """Looks the piece up in the joined vocabulary: parts of entries count as known."""
    if len(word) > 100:
        return ["[UNK]"]
    text = " ".join(vocabulary)
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in text:
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start:end])
        start = end
    return pieces


def wrong_rest_dropped(word, vocabulary):
    """Stops where nothing fits and returns what it has."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            break
        pieces.append(("##" if start else "") + word[start:end])
        start = end
    return pieces if pieces else ["[UNK]"]


def wrong_replace_everywhere(word, vocabulary):
    """Takes a piece off with str.replace, which removes it everywhere in the word."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    rest = word
    while rest != "":
        mark = "##" if pieces else ""
        for n in range(len(rest), 0, -1):
            if mark + rest[:n] in vocabulary:
                pieces.append(mark + rest[:n])
                rest = rest.replace(rest[:n], "")
                break
        else:
            return ["[UNK]"]
    return pieces
