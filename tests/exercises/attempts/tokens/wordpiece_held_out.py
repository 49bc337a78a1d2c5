import functools
import re
from itertools import count


def right_google_b(word: str, vocabulary: list[str]) -> list[str]:
    """In the style of BERT's own code: start, end, is_bad."""
    if len(word) > 100:
        return ["[UNK]"]
    vocab = set(vocabulary)
    is_bad = False
    start = 0
    sub_tokens = []
    while start < len(word):
        end = len(word)
        cur_substr = None
        while start < end:
            substr = word[start:end]
            if start > 0:
                substr = "##" + substr
            if substr in vocab:
                cur_substr = substr
                break
            end -= 1
        if cur_substr is None:
            is_bad = True
            break
        sub_tokens.append(cur_substr)
        start = end
    if is_bad:
        return ["[UNK]"]
    return sub_tokens


def right_for_else_b(word, vocabulary):
    """for ... else over the ends, looked up in the list itself."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    start = 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in vocabulary:
                pieces.append(prefix + word[start:end])
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


def right_recursive_b(word, vocabulary):
    """Recursive: the longest piece, then the rest with ## in front."""
    unknown = ["[UNK]"]
    if len(word) > 100:
        return unknown
    known = frozenset(vocabulary)

    def cut(rest, prefix):
        if rest == "":
            return []
        for n in range(len(rest), 0, -1):
            if prefix + rest[:n] in known:
                tail = cut(rest[n:], "##")
                return None if tail is None else [prefix + rest[:n]] + tail
        return None

    result = cut(word, "")
    return unknown if result is None else result


def right_candidates_b(word, vocabulary):
    """Comprehension: all fitting pieces at a place, the longest with max."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)
    found = []
    i = 0
    while i < len(word):
        mark = "" if i == 0 else "##"
        fits = [word[i:j] for j in range(i + 1, len(word) + 1) if mark + word[i:j] in known]
        if not fits:
            return ["[UNK]"]
        best = max(fits, key=len)
        found.append(mark + best)
        i += len(best)
    return found


def right_over_vocabulary_b(word, vocabulary):
    """Beginner: goes through the vocabulary and remembers the longest that fits."""
    if len(word) > 100:
        return ["[UNK]"]
    result = []
    place = 0
    while place < len(word):
        best = ""
        for token in vocabulary:
            if place == 0:
                text = token
            elif token.startswith("##"):
                text = token[2:]
            else:
                continue
            if word.startswith(text, place) and len(text) > len(best):
                best = text
        if best == "":
            return ["[UNK]"]
        if place > 0:
            result.append("##" + best)
        else:
            result.append(best)
        place += len(best)
    return result


def right_trie_b(word, vocabulary):
    """Two tries, one for the beginning and one for the rest."""
    if len(word) > 100:
        return ["[UNK]"]

    def build(texts):
        root = {}
        for text in texts:
            node = root
            for c in text:
                node = node.setdefault(c, {})
            node["end"] = True
        return root

    node_start = build(vocabulary)
    node_inside = build(v[2:] for v in vocabulary if v[:2] == "##")
    pieces, start = [], 0
    while start < len(word):
        node = node_start if start == 0 else node_inside
        last = start
        for j in range(start, len(word)):
            node = node.get(word[j])
            if node is None:
                break
            if "end" in node:
                last = j + 1
        if last == start:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start:last])
        start = last
    return pieces


def right_regex_b(word, vocabulary):
    """Regular expressions: the alternatives sorted by length, match at the place."""
    if len(word) > 100:
        return ["[UNK]"]
    first = sorted((v for v in vocabulary if v), key=len, reverse=True)
    other = sorted((v[2:] for v in vocabulary if v.startswith("##") and len(v) > 2), key=len, reverse=True)
    out = []
    at = 0
    while at < len(word):
        options = other if at else first
        if not options:
            return ["[UNK]"]
        hit = re.compile("|".join(map(re.escape, options))).match(word, at)
        if hit is None:
            return ["[UNK]"]
        out.append("##" + hit.group() if at else hit.group())
        at = hit.end()
    return out


def wrong_no_limit_b(word, vocabulary):
    """The limit of 100 characters is forgotten."""
    known = set(vocabulary)
    pieces = []
    start = 0
    while start < len(word):
        end = len(word)
        while end > start:
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in known:
                break
            end -= 1
        if end == start:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


def wrong_limit_at_100_b(word, vocabulary):
    """>= 100: a word of exactly 100 characters becomes [UNK]."""
    if len(word) >= 100:
        return ["[UNK]"]
    pieces = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start > 0 else "") + word[start:end]
            if piece in vocabulary:
                pieces.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


def wrong_unk_appended_b(word, vocabulary):
    """The pieces found so far are kept and [UNK] is put behind them."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    start = 0
    while start < len(word):
        end = len(word)
        found = False
        while end > start and not found:
            piece = word[start:end]
            if start > 0:
                piece = "##" + piece
            if piece in vocabulary:
                found = True
            else:
                end = end - 1
        if not found:
            pieces.append("[UNK]")
            return pieces
        pieces.append(piece)
        start = end
    return pieces


def wrong_unk_per_character_b(word, vocabulary):
    """A character that does not fit becomes [UNK], and the cutting goes on after it."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in vocabulary:
                pieces.append(prefix + word[start:end])
                start = end
                break
        else:
            pieces.append("[UNK]")
            start += 1
    return pieces


def wrong_marks_stripped_b(word, vocabulary):
    """Looked up with ##, but returned without it."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)
    out = []
    start = 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start > 0 else "") + word[start:end] not in known:
            end -= 1
        if end == start:
            return ["[UNK]"]
        out.append(word[start:end])
        start = end
    return out


def wrong_no_marks_lookup_b(word, vocabulary):
    """The later pieces are looked up without ##, and get it only in the result."""
    if len(word) > 100:
        return ["[UNK]"]
    out = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end]
            if piece in vocabulary:
                out.append(piece if start == 0 else "##" + piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return out


def wrong_shortest_b(word, vocabulary):
    """Takes the shortest piece, as the end grows from the start."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    start = 0
    while start < len(word):
        found = None
        for end in range(start + 1, len(word) + 1):
            candidate = word[start:end] if start == 0 else "##" + word[start:end]
            if candidate in vocabulary:
                found = candidate
                break
        if found is None:
            return ["[UNK]"]
        pieces.append(found)
        start = end
    return pieces


def wrong_single_never_tried_b(word, vocabulary):
    """Off by one in the range: pieces of one character are never tried."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)
    pieces = []
    start = 0
    while start < len(word):
        match = None
        for end in range(len(word), start + 1, -1):
            text = word[start:end]
            if start > 0:
                text = "##" + text
            if text in known:
                match = text
                break
        if match is None:
            return ["[UNK]"]
        pieces.append(match)
        start = end
    return pieces


def wrong_goes_back_b(word, vocabulary):
    """Recursion that tries shorter pieces when the rest does not work out."""
    if len(word) > 100:
        return ["[UNK]"]
    known = set(vocabulary)

    @functools.lru_cache(maxsize=None)
    def solve(start):
        if start == len(word):
            return ()
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in known:
                rest = solve(end)
                if rest is not None:
                    return (piece,) + rest
        return None

    pieces = solve(0)
    if pieces is None:
        return ["[UNK]"]
    return list(pieces)


def wrong_first_in_vocabulary_b(word, vocabulary):
    """Takes the first piece of the vocabulary that fits, not the longest."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    rest = word
    while rest:
        for token in vocabulary:
            if not pieces:
                text = token
            elif token.startswith("##"):
                text = token[2:]
            else:
                continue
            if text and rest.startswith(text):
                pieces.append(token)
                rest = rest[len(text):]
                break
        else:
            return ["[UNK]"]
    return pieces


def wrong_step_with_marks_b(word, vocabulary):
    """start grows by the length of the piece with ##, so two characters are jumped over."""
    if len(word) > 100:
        return ["[UNK]"]
    pieces = []
    start = 0
    while start < len(word):
        best = None
        for end in range(len(word), start, -1):
            piece = word[start:end]
            if start > 0:
                piece = "##" + piece
            if piece in vocabulary:
                best = piece
                break
        if best is None:
            return ["[UNK]"]
        pieces.append(best)
        start += len(best)
    return pieces


def wrong_vocabulary_sorted_b(word, vocabulary):
    """Right pieces, but the caller's vocabulary is sorted in place (ids are lost)."""
    if len(word) > 100:
        return ["[UNK]"]
    vocabulary.sort(key=len, reverse=True)
    pieces = []
    rest = word
    while rest != "":
        piece = None
        for token in vocabulary:
            if not pieces and token and rest.startswith(token):
                piece, n = token, len(token)
                break
            if pieces and token.startswith("##") and len(token) > 2 and rest.startswith(token[2:]):
                piece, n = token, len(token) - 2
                break
        if piece is None:
            return ["[UNK]"]
        pieces.append(piece)
        rest = rest[n:]
    return pieces
