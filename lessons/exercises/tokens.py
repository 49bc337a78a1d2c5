"""The exercises of notebook 04, tokens: plain Python, NumPy for the table of pairs, PyTorch for the network."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

Pair = tuple[str, str]
Words = list[tuple[str, int]]


def _word(rng: Generator, length: int, letters: str = "abc") -> str:
    return "".join(rng.choice(list(letters), length))


# --- counting pairs ---------------------------------------------------------------------------------------------------


def _counted_words(rng: Generator) -> Iterator[tuple[Words]]:
    yield ([("low", 5)],)
    yield ([("aaa", 2), ("ba", 3), ("ab", 1)],)
    yield ([("the", 7), ("then", 2), ("a", 5)],)
    yield ([("ab", 2), ("ab", 3)],)  # a word may be named twice
    for letters in ("ab", "abcd"):
        yield ([(_word(rng, int(rng.integers(1, 7)), letters), int(rng.integers(1, 9))) for _ in range(6)],)


def count_pairs(words: list[tuple[str, int]]) -> dict[tuple[str, str], int]:
    """How often each two letters stand side by side: [(word, how often it occurs), ...] -> {(a, b): count}.

    A word may stand in the list twice, and occurs at least once each time.
    """
    counts: dict[tuple[str, str], int] = {}
    for word, times in words:
        for i in range(len(word) - 1):
            pair = (word[i], word[i + 1])
            counts[pair] = counts.get(pair, 0) + times
    return counts


@mistake("Each entry of the list counts once in yours. A word that occurs seven times adds seven to each of its pairs.")
def _without_times(words: Words) -> dict[Pair, int]:
    return count_pairs([(word, 1) for word, _ in words])


@mistake("A pair can occur twice in one word, and counts twice: `aaa` holds the pair `a a` two times.")
def _once_in_a_word(words: Words) -> dict[Pair, int]:
    counts: dict[Pair, int] = {}
    for word, times in words:
        for pair in set(pairwise(word)):
            counts[pair] = counts.get(pair, 0) + times
    return counts


@mistake("You paired the end of one word with the start of the next. Pairs do not reach across words.")
def _across_words(words: Words) -> dict[Pair, int]:
    return count_pairs([("".join(word * times for word, times in words), 1)])


@mistake("You skip ahead after each pair: in `abc` the pair `b c` counts too. Count every two neighbours.")
def _side_by_side_only(words: Words) -> dict[Pair, int]:
    counts: dict[Pair, int] = {}
    for word, times in words:
        for pair in zip(word[::2], word[1::2], strict=False):
            counts[pair] = counts.get(pair, 0) + times
    return counts


@mistake("`str.count` does not see overlaps: in `aaa` it finds `aa` once, and the pair `a a` stands there twice.")
def _string_count(words: Words) -> dict[Pair, int]:
    counts: dict[Pair, int] = {}
    for word, times in words:
        for pair in set(pairwise(word)):
            counts[pair] = counts.get(pair, 0) + times * word.count("".join(pair))
    return counts


@mistake("You counted `a b` and `b a` as the same pair. The order matters: they become different tokens.")
def _without_order(words: Words) -> dict[Pair, int]:
    counts: dict[Pair, int] = {}
    for (a, b), times in count_pairs(words).items():
        pair = (min(a, b), max(a, b))
        counts[pair] = counts.get(pair, 0) + times
    return counts


@mistake("The last pair of each word is missing: with n letters there are n − 1 pairs.")
def _without_the_last(words: Words) -> dict[Pair, int]:
    return count_pairs([(word[:-1], times) for word, times in words])


@mistake(
    "A word may stand in the list twice: `dict(words)` keeps its last frequency alone. Go through the list itself."
)
def _as_a_dict(words: Words) -> dict[Pair, int]:
    return count_pairs(list(dict(words).items()))


@mistake("You write each pair's number anew. When a pair comes again, *add* to what it has: `counts[pair] += times`.")
def _overwritten(words: Words) -> dict[Pair, int]:
    return {pair: times for word, times in words for pair in pairwise(word)}


@mistake('The keys are tuples such as `("a", "b")`, and yours are strings. Two symbols stay apart in a tuple.')
def _string_keys(words: Words) -> dict[str, int]:
    return {a + b: times for (a, b), times in count_pairs(words).items()}


@mistake("Only the first word counts in yours. Does `return` stand inside the loop?")
def _first_word(words: Words) -> dict[Pair, int]:
    return count_pairs(words[:1])


@mistake("Only the last word counts in yours. Does the dictionary begin anew for each word?")
def _last_word(words: Words) -> dict[Pair, int]:
    return count_pairs(words[-1:])


@mistake("The first time you add the word's frequency to a pair, and later only 1. Add the frequency every time.")
def _then_one_more(words: Words) -> dict[Pair, int]:
    counts: dict[Pair, int] = {}
    for word, times in words:
        for pair in pairwise(word):
            counts[pair] = counts[pair] + 1 if pair in counts else times
    return counts


@mistake(
    "You paired a word's last letter with its first one (`word[-1]` is the last). With n letters there are n − 1 pairs."
)
def _round_the_word(words: Words) -> dict[Pair, int]:
    return count_pairs([(word[-1] + word, times) for word, times in words])


@mistake("You paired any two letters of a word. Only those that stand side by side make a pair.")
def _any_two(words: Words) -> dict[Pair, int]:
    counts: dict[Pair, int] = {}
    for word, times in words:
        for pair in combinations(word, 2):
            counts[pair] = counts.get(pair, 0) + times
    return counts


@mistake("Your pairs are turned round: the letter on the left comes first, so `ab` holds the pair `a b`.")
def _right_letter_first(words: Words) -> dict[Pair, int]:
    return {(b, a): times for (a, b), times in count_pairs(words).items()}


@mistake("You put a sign for the end behind each word and counted it. Only the letters of a word make pairs here.")
def _with_an_end(words: Words) -> dict[tuple[str, ...], int]:
    counts: dict[tuple[str, ...], int] = {}
    for word, times in words:
        for pair in pairwise([*word, "</w>"]):
            counts[pair] = counts.get(pair, 0) + times
    return counts


def _written_out(words: Words) -> dict[Pair, int]:
    """Every word as often as it occurs, in a Counter."""
    return dict(Counter(pair for word, times in words for _ in range(times) for pair in pairwise(word)))


COUNT_PAIRS = CodeExercise(
    id="tokens.count_pairs",
    title="Which neighbours are frequent?",
    stars=1,
    minutes=5,
    task="Count how often each two letters stand side by side, over all words with their frequencies.",
    hints=[
        "The neighbours in a word are `word[i]` and `word[i + 1]`, for `i` from 0 to `len(word) - 2`.",
        "Each of them counts as often as the word occurs: add `times`, not 1.",
    ],
    solution=count_pairs,
    reference=_written_out,
    inputs=_counted_words,
    mistakes=[
        _without_times,
        _once_in_a_word,
        _across_words,
        _side_by_side_only,
        _string_count,
        _without_order,
        _without_the_last,
        _as_a_dict,
        _overwritten,
        _string_keys,
        _first_word,
        _last_word,
        _then_one_more,
        _round_the_word,
        _any_two,
        _right_letter_first,
        _with_an_end,
    ],
)

# --- merging a pair ---------------------------------------------------------------------------------------------------


def _symbols_and_pair(rng: Generator) -> Iterator[tuple[list[str], Pair]]:
    yield ["a", "a", "a"], ("a", "a")
    yield ["ab", "c", "a", "bc", "a", "bc"], ("a", "bc")
    yield ["x"], ("x", "y")
    yield ["b", "a", "b"], ("a", "b")  # in this order only, and it begins at an odd place
    yield list("abab"), ("b", "c")
    yield ["xa", "b"], ("a", "b")
    yield ["ba", "b", "a", "bc", "a", "b"], ("a", "b")
    for _ in range(3):
        yield list(_word(rng, 9, "ab")), ("a", "b")
        yield list(_word(rng, 9, "ab")), ("b", "b")


def merge(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """The symbols with each occurrence of the pair joined into one symbol, from left to right.

    A symbol may have several letters. `a a a` with the pair `a a` becomes `aa a`. The given list stays as it is.
    """
    joined, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == pair:
            joined.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            joined.append(symbols[i])
            i += 1
    return joined


@mistake("You went from right to left. `a a a` becomes `aa a`, not `a aa`: the first two are joined.")
def _from_the_right(symbols: list[str], pair: Pair) -> list[str]:
    joined = list(symbols)
    for i in range(len(symbols) - 2, -1, -1):
        if tuple(joined[i : i + 2]) == pair:
            joined[i : i + 2] = [pair[0] + pair[1]]
    return joined


@mistake("Your merges overlap: in `a a a` the middle one is used twice. After a merge, go on two symbols further.")
def _overlapping(symbols: list[str], pair: Pair) -> list[str]:
    joined = []
    for i, symbol in enumerate(symbols):
        if tuple(symbols[i : i + 2]) == pair:
            joined.append(symbol + symbols[i + 1])
        elif i == 0 or tuple(symbols[i - 1 : i + 1]) != pair:
            joined.append(symbol)
    return joined


@mistake("You merged the first occurrence only. Every occurrence becomes the new symbol.")
def _first_only(symbols: list[str], pair: Pair) -> list[str]:
    for i in range(len(symbols) - 1):
        if tuple(symbols[i : i + 2]) == pair:
            return [*symbols[:i], symbols[i] + symbols[i + 1], *symbols[i + 2 :]]
    return list(symbols)


@mistake("The last symbol gets lost when it is not part of a pair: the loop must reach the end.")
def _without_the_end(symbols: list[str], pair: Pair) -> list[str]:
    joined, i = [], 0
    while i < len(symbols) - 1:
        if tuple(symbols[i : i + 2]) == pair:
            joined.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            joined.append(symbols[i])
            i += 1
    return joined


@mistake("You compared the joined text: `ab`+`c` reads like `a`+`bc`, but is another pair. Compare both symbols.")
def _joined_text(symbols: list[str], pair: Pair) -> list[str]:
    joined, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] + symbols[i + 1] == pair[0] + pair[1]:
            joined.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            joined.append(symbols[i])
            i += 1
    return joined


@mistake("The joined symbol is there, but so is its second half: skip both symbols after a merge.")
def _second_half_stays(symbols: list[str], pair: Pair) -> list[str]:
    return [
        symbol + symbols[i + 1] if tuple(symbols[i : i + 2]) == pair else symbol for i, symbol in enumerate(symbols)
    ]


@mistake(
    "You replaced inside the joined text: `a b` is found in `xa b` and in `a bx` too, where one symbol is longer. "
    "Compare whole symbols."
)
def _replaced_text(symbols: list[str], pair: Pair) -> list[str]:
    return " ".join(symbols).replace(" ".join(pair), "".join(pair)).split()


@mistake(
    "Nothing is merged in yours. If you compare a list with the pair: it never equals a tuple. Compare "
    "`tuple(symbols[i : i + 2])`."
)
def _never_equal(symbols: list[str], pair: Pair) -> list[str]:
    return list(symbols)


@mistake("You changed the list that you were given; its owner still needs it. Begin with `symbols = list(symbols)`.")
def _in_place(symbols: list[str], pair: Pair) -> list[str]:
    symbols[:] = merge(symbols, pair)
    return symbols


@mistake("You join the two symbols in either order. `b a` is not the pair `a b`: compare the first with the first.")
def _either_order(symbols: list[str], pair: Pair) -> list[str]:
    joined, i = [], 0
    while i < len(symbols):
        if sorted(symbols[i : i + 2]) == sorted(pair):
            joined.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            joined.append(symbols[i])
            i += 1
    return joined


@mistake("You put the pair itself, a tuple, into the list. The new symbol is one text: the two texts joined.")
def _as_a_tuple(symbols: list[str], pair: Pair) -> list[str | Pair]:
    joined: list[str | Pair] = []
    for symbol in symbols:
        if joined and (joined[-1], symbol) == pair:
            joined[-1] = pair
        else:
            joined.append(symbol)
    return joined


@mistake("In your new symbol there is a space between the two texts. Join them without one: `a b` becomes `ab`.")
def _with_a_space(symbols: list[str], pair: Pair) -> list[str]:
    joined: list[str] = []
    for symbol in symbols:
        if joined and (joined[-1], symbol) == pair:
            joined[-1] = " ".join(pair)
        else:
            joined.append(symbol)
    return joined


@mistake("You see only pairs that begin at an even place. Where nothing is merged, go on by one symbol, not by two.")
def _steps_of_two(symbols: list[str], pair: Pair) -> list[str]:
    joined = []
    for i in range(0, len(symbols), 2):
        two = symbols[i : i + 2]
        joined += ["".join(two)] if tuple(two) == pair else two
    return joined


@mistake("In yours `a a a` becomes `aaa`: a symbol that has been merged is taken for half of the next pair, too.")
def _used_again(symbols: list[str], pair: Pair) -> list[str]:
    joined: list[str] = []
    before = ""
    for symbol in symbols:
        if (before, symbol) == pair:
            joined[-1] += symbol
        else:
            joined.append(symbol)
        before = symbol
    return joined


@mistake("The symbol after each merged pair is lost: you go on by three there. Go on by two.")
def _one_too_far(symbols: list[str], pair: Pair) -> list[str]:
    joined, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == pair:
            joined.append(symbols[i] + symbols[i + 1])
            i += 3
        else:
            joined.append(symbols[i])
            i += 1
    return joined


@mistake("Your result holds nothing but merged pairs. All other symbols stay where they are.")
def _the_joined_alone(symbols: list[str], pair: Pair) -> list[str]:
    return [symbol for symbol in merge(symbols, pair) if symbol == pair[0] + pair[1]]


@mistake(
    "`remove` takes away the first symbol that looks like the second half, wherever it stands. Delete it by place."
)
def _removed_by_value(symbols: list[str], pair: Pair) -> list[str]:
    joined, i = list(symbols), 0
    while i < len(joined) - 1:
        if tuple(joined[i : i + 2]) == pair:
            joined[i] = pair[0] + pair[1]
            joined.remove(pair[1])
        i += 1
    return joined


def _by_pattern(symbols: list[str], pair: Pair) -> list[str]:
    """One private character for each symbol; then a text replacement, which goes from left to right."""
    letters = {symbol: chr(0xE000 + i) for i, symbol in enumerate(dict.fromkeys([*symbols, *pair]))}
    names = {letter: symbol for symbol, letter in letters.items()} | {"\uf8ff": pair[0] + pair[1]}
    text = "".join(letters[symbol] for symbol in symbols).replace(letters[pair[0]] + letters[pair[1]], "\uf8ff")
    return [names[letter] for letter in text]


MERGE = CodeExercise(
    id="tokens.merge",
    title="Two symbols become one",
    stars=2,
    minutes=10,
    task="Join each occurrence of a pair in a list of symbols into one symbol, from left to right.",
    hints=[
        "A `while` loop with an index of its own: it goes on by two after a merge and by one otherwise.",
        "Compare `tuple(symbols[i:i + 2])` with the pair; at the end of the list it is too short to be equal.",
    ],
    solution=merge,
    reference=_by_pattern,
    inputs=_symbols_and_pair,
    mistakes=[
        _from_the_right,
        _overlapping,
        _first_only,
        _without_the_end,
        _joined_text,
        _second_half_stays,
        _replaced_text,
        _never_equal,
        _in_place,
        _either_order,
        _as_a_tuple,
        _with_a_space,
        _steps_of_two,
        _used_again,
        _one_too_far,
        _the_joined_alone,
        _removed_by_value,
    ],
    remark="Left to right is a convention, but all must keep it, or the same text gets different tokens.",
)

# --- encoding a word --------------------------------------------------------------------------------------------------


def _learnt(words: list[str], steps: int) -> list[Pair]:
    """The merges that byte-pair encoding learns from these words."""
    texts, merges = [list(word) for word in words], []
    for _ in range(steps):
        counts: dict[Pair, int] = {}
        for symbols in texts:
            for pair in pairwise(symbols):
                counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        texts = [merge(symbols, best) for symbols in texts]
    return merges


def _words_and_merges(rng: Generator) -> Iterator[tuple[str, list[Pair]]]:
    """Merges whose parts are made before them: there it is the same to join the best-ranked pair again and again."""
    yield "abcd", [("c", "d"), ("b", "cd"), ("a", "b")]
    yield "aaaaa", [("a", "a"), ("aa", "aa")]
    yield "hers", [("e", "r"), ("h", "e"), ("er", "s")]
    yield "a", [("a", "b")]
    yield "xyz", [("a", "b")]
    yield "ab", []  # nothing learnt yet: the letters
    yield "abc", [("a", "b"), ("b", "c"), ("a", "bc")]
    yield "xab", [("x", "a"), ("a", "b")]
    yield "bab", [("a", "b")]
    for _ in range(4):
        merges = _learnt([_word(rng, 6) for _ in range(12)], 8)
        yield _word(rng, 10), merges


def encode_word(word: str, merges: list[tuple[str, str]]) -> list[str]:
    """The pieces of a word, when the merges, in the order in which they were learnt, are applied to its letters.

    The word has at least one letter.
    """
    symbols = list(word)
    for a, b in merges:
        i = 0
        while i < len(symbols) - 1:
            if (symbols[i], symbols[i + 1]) == (a, b):
                symbols[i : i + 2] = [a + b]
            i += 1
    return symbols


def _merge_by_merge(step: Callable[[list[str], Pair], list[str]], word: str, merges: list[Pair]) -> list[str]:
    """`encode_word` with another way to join a pair."""
    symbols = list(word)
    for pair in merges:
        symbols = step(symbols, pair)
    return symbols


@mistake(
    "You merge the first pair of the *text* that is in the list. The merge that was learnt first goes first, "
    "wherever it stands."
)
def _in_the_order_of_the_text(word: str, merges: list[Pair]) -> list[str]:
    symbols = list(word)
    while True:
        places = [i for i in range(len(symbols) - 1) if (symbols[i], symbols[i + 1]) in merges]
        if not places:
            return symbols
        symbols[places[0] : places[0] + 2] = [symbols[places[0]] + symbols[places[0] + 1]]


@mistake(
    "You took the longest known piece at each place. Byte-pair encoding does not look for long pieces; it repeats "
    "the merges in their order."
)
def _longest_match(word: str, merges: list[Pair]) -> list[str]:
    known, pieces = {a + b for a, b in merges} | set(word), []
    while word:
        length = next(n for n in range(len(word), 0, -1) if word[:n] in known)
        pieces.append(word[:length])
        word = word[length:]
    return pieces


@mistake("You began with the merge that was learnt last. The order is that of learning: the first one first.")
def _last_first(word: str, merges: list[Pair]) -> list[str]:
    symbols = list(word)
    while True:
        pairs = set(pairwise(symbols)) & set(merges)
        if not pairs:
            return symbols
        symbols = merge(symbols, max(pairs, key=merges.index))


@mistake("Each merge joined its first occurrence only. Join all of them before the next merge.")
def _one_occurrence(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_first_only.attempt, word, merges)


@mistake("You stopped after one merge. Go on: what it made can be part of a later merge.")
def _one_merge(word: str, merges: list[Pair]) -> list[str]:
    symbols = list(word)
    present = set(pairwise(symbols))
    return next((merge(symbols, pair) for pair in merges if pair in present), symbols)


@mistake("You compared the joined text: `ab`+`c` reads like `a`+`bc`, but is another pair. Compare symbol by symbol.")
def _any_cut_of_the_text(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_joined_text.attempt, word, merges)


@mistake(
    "You replaced inside the joined text: the pair `a b` is found in `xa b` too, where the symbol is `xa`. Keep a list "
    "and compare whole symbols."
)
def _text_replaced(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_replaced_text.attempt, word, merges)


@mistake("You stop at the first merge that finds nothing. A word need not hold it, and a later one may still fit.")
def _stopped_early(word: str, merges: list[Pair]) -> list[str]:
    symbols = list(word)
    for pair in merges:
        before, symbols = symbols, merge(symbols, pair)
        if symbols == before:
            break
    return symbols


@mistake("You went through the merges from the last to the first. Begin with the one that was learnt first.")
def _reversed(word: str, merges: list[Pair]) -> list[str]:
    return encode_word(word, merges[::-1])


@mistake("These are the single letters. If your merging returns a new list, keep it: `symbols = merge(symbols, pair)`.")
def _thrown_away(word: str, merges: list[Pair]) -> list[str]:
    return list(word)


@mistake(
    "You go over the word once, and join any pair that is known. Go over it once for *each* merge, in their order."
)
def _one_pass(word: str, merges: list[Pair]) -> list[str]:
    symbols, i = list(word), 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) in merges:
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
        i += 1
    return symbols


@mistake("A last symbol that is not part of a pair gets lost in yours: each pass must reach the end.")
def _end_lost(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_without_the_end.attempt, word, merges)


@mistake("The joined symbol is there, but so is its second half: a merge puts one symbol in the place of two.")
def _half_stays(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_second_half_stays.attempt, word, merges)


@mistake("You join a pair in either order. If `a b` was learnt, `b a` was not: compare the first with the first.")
def _both_orders(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_either_order.attempt, word, merges)


@mistake("You joined from right to left: with the pair `a a`, `a a a` becomes `aa a`, not `a aa`.")
def _right_to_left(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_from_the_right.attempt, word, merges)


@mistake("In yours the pair `a a` makes `aaa` of `a a a`: a symbol that has been merged is half of the next pair, too.")
def _half_used_again(word: str, merges: list[Pair]) -> list[str]:
    return _merge_by_merge(_used_again.attempt, word, merges)


@mistake("Only the last merge shows in yours. Each goes on from what the one before has made, not from the letters.")
def _from_the_letters(word: str, merges: list[Pair]) -> list[str]:
    return encode_word(word, merges[-1:])


@mistake("Only the first merge of the list is applied in yours. Does `return` stand inside the loop?")
def _first_merge_alone(word: str, merges: list[Pair]) -> list[str]:
    return encode_word(word, merges[:1])


@mistake("The last merge of the list is missing: go through all of them.")
def _without_the_last_merge(word: str, merges: list[Pair]) -> list[str]:
    return encode_word(word, merges[:-1])


@mistake("You took the merges by their length. Keep the order of the list: it is that of learning.")
def _longest_merge_first(word: str, merges: list[Pair]) -> list[str]:
    return encode_word(word, sorted(merges, key=lambda pair: -len(pair[0] + pair[1])))


def _rust_bpe(word: str, merges: list[Pair]) -> list[str]:
    """The model of the Rust library `tokenizers`."""
    from tokenizers import models

    pieces = dict.fromkeys([*word, *(letter for pair in merges for letter in pair), *(a + b for a, b in merges)])
    return [token.value for token in models.BPE({piece: i for i, piece in enumerate(pieces)}, merges).tokenize(word)]


ENCODE_WORD = CodeExercise(
    id="tokens.encode_word",
    title="Encode a new word",
    stars=2,
    minutes=15,
    task="Apply the merges, in the order in which they were learnt, to a word that starts as single letters.",
    hints=[
        "Start with `list(word)`. Which merge has to be first: the first of the word, or the first of the list?",
        "For each pair of `merges`, in order: join all its occurrences, from left to right.",
        "You may write the merging again, or copy your `merge` into this cell.",
    ],
    solution=encode_word,
    reference=_rust_bpe,
    inputs=_words_and_merges,
    mistakes=[
        _in_the_order_of_the_text,
        _longest_match,
        _last_first,
        _one_occurrence,
        _one_merge,
        _any_cut_of_the_text,
        _text_replaced,
        _stopped_early,
        _reversed,
        _thrown_away,
        _one_pass,
        _end_lost,
        _half_stays,
        _both_orders,
        _right_to_left,
        _half_used_again,
        _from_the_letters,
        _first_merge_alone,
        _without_the_last_merge,
        _longest_merge_first,
    ],
)

# --- WordPiece --------------------------------------------------------------------------------------------------------

_PIECES = ["un", "##believ", "##able", "##a", "##b", "##ably", "a", "b", "be", "##l", "##ie", "believe", "u", "##n"]


def _words_and_vocabulary(rng: Generator) -> Iterator[tuple[str, list[str]]]:
    vocabulary = ["[UNK]", *_PIECES]
    yield "abab", ["[UNK]", "ab", "##ab"]
    for word in ("unbelievable", "unbelievably", "believe", "unx", "un", "ab", "aé", "电影"):
        yield word, vocabulary
    yield "abcd", ["[UNK]", "a", "ab", "##bcd", "##c"]  # the longest piece leads nowhere
    yield "abcd", ["[UNK]", "a", "ab", "##bcd", "##c", "##d"]  # and here to more pieces than a shorter one
    for length in (100, 101):  # the longest word that is cut, and one too long
        yield length * "a", [*vocabulary, "##" + 10 * "a"]
    for _ in range(4):
        pieces = {_word(rng, int(rng.integers(1, 4)), "ab") for _ in range(5)}
        longer = {"##" + _word(rng, int(rng.integers(1, 4)), "ab") for _ in range(6)}
        yield _word(rng, 7, "ab"), sorted({"[UNK]", "a", "##a", "##b"} | pieces | longer)


def wordpiece(word: str, vocabulary: list[str]) -> list[str]:
    """The pieces of a word: at each place the longest in the vocabulary; ["[UNK]"] if at some place there is none.

    A piece that does not begin the word stands in the vocabulary with `##` in front. A word has at least one character;
    with over 100 it is ["[UNK]"].
    """
    if len(word) > 100:
        return ["[UNK]"]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                break
        else:
            return ["[UNK]"]
        pieces.append(piece)
        start = end
    return pieces


Cut = Callable[[str, list[str]], list[str]]


def _up_to_100(cut: Cut) -> Cut:
    """What a mistake does with a word that is not too long."""
    return lambda word, vocabulary: cut(word, vocabulary) if len(word) <= 100 else ["[UNK]"]


def _known_part(
    word: str, vocabulary: list[str], first: str = "", later: str = "##", shortest: bool = False
) -> tuple[list[str], str]:
    """The pieces up to where none fits, and the rest."""
    pieces, start = [], 0
    while start < len(word):
        ends = range(start + 1, len(word) + 1) if shortest else range(len(word), start, -1)
        mark = later if start else first
        end = next((end for end in ends if mark + word[start:end] in vocabulary), None)
        if end is None:
            break
        pieces.append(mark + word[start:end])
        start = end
    return pieces, word[start:]


def _match(
    word: str, vocabulary: list[str], first: str = "", later: str = "##", shortest: bool = False, limit: int = 100
) -> list[str]:
    """Like `wordpiece`, with what mistakes vary."""
    pieces, rest = _known_part(word, vocabulary, first, later, shortest)
    return ["[UNK]"] if rest or len(word) > limit else pieces


@mistake("After the first piece you look for pieces without `##`. In the vocabulary `able` and `##able` are different.")
def _without_marks(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word, vocabulary, later="")


@mistake("You took the shortest piece at each place. Start with the whole rest of the word and shorten it.")
def _shortest(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word, vocabulary, shortest=True)


@mistake("You put `[UNK]` for one letter and went on. In WordPiece a word with any unknown part is `[UNK]` as a whole.")
@_up_to_100
def _unknown_letter(word: str, vocabulary: list[str]) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary), None)
        pieces.append("[UNK]" if end is None else mark + word[start:end])
        start = end or start + 1
    return pieces


@mistake("You kept the pieces found so far and put `[UNK]` after them. The whole word becomes one `[UNK]`.")
@_up_to_100
def _pieces_then_unknown(word: str, vocabulary: list[str]) -> list[str]:
    pieces, rest = _known_part(word, vocabulary)
    return [*pieces, "[UNK]"] if rest else pieces


@mistake("The `##` is needed to look a piece up, and it stays: it is part of the piece's name.")
def _marks_removed(word: str, vocabulary: list[str]) -> list[str]:
    return [piece.removeprefix("##") for piece in wordpiece(word, vocabulary)]


@mistake("You put `##` before the first piece too. Only a piece that continues a word has it.")
def _marks_everywhere(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word, vocabulary, first="##")


@mistake(
    "You went back and tried a shorter piece. WordPiece never goes back: if nothing fits after the longest piece, the "
    "whole word is `[UNK]`."
)
@_up_to_100
def _backtracking(word: str, vocabulary: list[str]) -> list[str]:
    def cut(start: int) -> list[str] | None:
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            rest = (cut(end) if end < len(word) else []) if piece in vocabulary else None
            if rest is not None:
                return [piece, *rest]
        return None

    return cut(0) or ["[UNK]"]


@mistake(
    "You looked for the fewest pieces. WordPiece takes the longest piece at each place, whatever is left after it."
)
@_up_to_100
def _fewest(word: str, vocabulary: list[str]) -> list[str]:
    best: list[list[str] | None] = [[]]  # best[n]: the shortest cut of the first n letters
    for end in range(1, len(word) + 1):
        marked = [(start, ("##" if start else "") + word[start:end]) for start in range(end)]
        cuts = [
            [*before, piece] for start, piece in marked if piece in vocabulary and (before := best[start]) is not None
        ]
        best.append(min(cuts, key=len) if cuts else None)
    return best[-1] or ["[UNK]"]


@mistake("You looked the piece up without `##` and put it in front afterwards. Look up the name *with* it.")
def _marked_afterwards(word: str, vocabulary: list[str]) -> list[str]:
    pieces = _match(word, vocabulary, later="")
    return pieces if pieces == ["[UNK]"] else [pieces[0], *("##" + piece for piece in pieces[1:])]


@mistake("You go on by the length of the piece with its `##`, two letters too far. Only the letters count.")
@_up_to_100
def _mark_counted(word: str, vocabulary: list[str]) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(mark + word[start:end])
        start += len(pieces[-1])
    return pieces


@mistake("A word of over 100 characters is `[UNK]` as a whole. In yours it is cut.")
def _no_limit(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word, vocabulary, limit=len(word))


@mistake("In yours a word of exactly 100 characters is `[UNK]`. Only one of more characters is.")
def _limit_at_100(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word, vocabulary, limit=99)


@mistake("You cut a long word down to 100 characters. One that has more is `[UNK]` as a whole.")
def _first_100(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word[:100], vocabulary)


@mistake("You took the first piece of the vocabulary that fits. Of all that fit at a place, take the longest.")
@_up_to_100
def _first_of_the_vocabulary(word: str, vocabulary: list[str]) -> list[str]:
    pieces: list[str] = []
    rest = word
    while rest:
        mark = "##" if pieces else ""
        fits = [piece for piece in vocabulary if piece.startswith(mark) and rest.startswith(piece[len(mark) :])]
        if not fits:
            return ["[UNK]"]
        pieces.append(fits[0])
        rest = rest[len(fits[0]) - len(mark) :]
    return pieces


@mistake('An unknown word gives a list of one piece, `["[UNK]"]`. Yours gives the text alone.')
def _not_in_a_list(word: str, vocabulary: list[str]) -> list[str] | str:
    pieces = wordpiece(word, vocabulary)
    return "[UNK]" if pieces == ["[UNK]"] else pieces


@mistake(
    "Yours gives `[UNK]` for words that can be cut. Print each name that it looks up: are pieces of a single letter "
    "among them, too?"
)
@_up_to_100
def _no_single_letter(word: str, vocabulary: list[str]) -> list[str]:
    longer = [piece for piece in vocabulary if len(piece.removeprefix("##")) > 1]
    return _match(word, longer)


@mistake("Your later pieces have `##` twice. The name in the vocabulary has it already: keep that as it is.")
def _marked_twice(word: str, vocabulary: list[str]) -> list[str]:
    pieces = wordpiece(word, vocabulary)
    return [pieces[0], *("##" + piece for piece in pieces[1:])]


@mistake("You took the pieces from the end of the word. WordPiece begins at its first letter.")
@_up_to_100
def _from_the_end(word: str, vocabulary: list[str]) -> list[str]:
    pieces: list[str] = []
    end = len(word)
    while end:
        marked = ((start, ("##" if start else "") + word[start:end]) for start in range(end))
        start, piece = next(((start, piece) for start, piece in marked if piece in vocabulary), (-1, ""))
        if start < 0:
            return ["[UNK]"]
        pieces.insert(0, piece)
        end = start
    return pieces


@mistake("Where no piece fits, you give what was found so far. Then the whole word becomes one `[UNK]`.")
@_up_to_100
def _rest_dropped(word: str, vocabulary: list[str]) -> list[str]:
    return _known_part(word, vocabulary)[0] or ["[UNK]"]


@mistake("Where nothing fits, yours keeps the single letter as a piece. Then the whole word becomes one `[UNK]`.")
@_up_to_100
def _letter_kept(word: str, vocabulary: list[str]) -> list[str]:
    return _match(word, [*vocabulary, *word, *("##" + letter for letter in word)])


@mistake("`replace` takes a piece's letters away wherever they stand in the rest. Cut them off its front alone.")
@_up_to_100
def _replaced_everywhere(word: str, vocabulary: list[str]) -> list[str]:
    pieces: list[str] = []
    rest = word
    while rest:
        mark = "##" if pieces else ""
        end = next((end for end in range(len(rest), 0, -1) if mark + rest[:end] in vocabulary), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(mark + rest[:end])
        rest = rest.replace(rest[:end], "")
    return pieces


def _rust_wordpiece(word: str, vocabulary: list[str]) -> list[str]:
    """The model of the Rust library `tokenizers`."""
    from tokenizers import models

    model = models.WordPiece({piece: i for i, piece in enumerate(vocabulary)}, unk_token="[UNK]")
    return [token.value for token in model.tokenize(word)]


WORDPIECE = CodeExercise(
    id="tokens.wordpiece",
    title="The longest piece that fits",
    stars=2,
    minutes=10,
    task="Cut a word into WordPiece's pieces: the longest known one at each place, or [UNK] for the whole word.",
    hints=[
        "At `start`, try `word[start:end]` for `end` from `len(word)` downwards; stop at the first that is known.",
        'Which name does it have in the vocabulary? `"##"` in front if `start` is not 0.',
        '`for ... else`: the `else` runs if no `break` happened. There, `return ["[UNK]"]`.',
    ],
    solution=wordpiece,
    reference=_rust_wordpiece,
    inputs=_words_and_vocabulary,
    mistakes=[
        _without_marks,
        _shortest,
        _unknown_letter,
        _pieces_then_unknown,
        _marks_removed,
        _marks_everywhere,
        _backtracking,
        _fewest,
        _marked_afterwards,
        _mark_counted,
        _no_limit,
        _limit_at_100,
        _first_100,
        _first_of_the_vocabulary,
        _not_in_a_list,
        _no_single_letter,
        _marked_twice,
        _from_the_end,
        _rest_dropped,
        _letter_kept,
        _replaced_everywhere,
    ],
)

# --- bigrams ----------------------------------------------------------------------------------------------------------


def _ids(rng: Generator) -> Iterator[tuple[np.ndarray, int, float]]:
    yield np.array([0, 1, 0, 1, 0, 0, 2]), 4, 1.0  # 2 only at the end, 3 never
    yield np.array([1, 1, 1, 1]), 2, 2.0
    yield np.array([0, 1, 1, 0, 1]), 2, 0.5
    for length, size, alpha in ((30, 3, 0.1), (12, 5, 2.0)):
        yield rng.integers(size, size=length), size, alpha


def bigram_probabilities(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    """P(b after a) at [a, b], with alpha added to each count: (tokens,) -> (vocabulary, vocabulary).

    There are at least two tokens, and alpha is above 0.
    """
    counts = np.full((vocab_size, vocab_size), alpha)
    np.add.at(counts, (token_ids[:-1], token_ids[1:]), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def _pair_counts(token_ids: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(token_ids[:-1] * size + token_ids[1:], minlength=size * size).reshape(size, size).astype(float)


@mistake(
    "Your rows add up to more than 1: you added α to every count, and only one α to the sum. The new sum is the old one"
    " + vocab_size · α."
)
def _one_alpha(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size)
    return (counts + alpha) / (counts.sum(1, keepdims=True) + alpha)


@mistake("Your rows do not add up to 1: α is in each count, and missing in what you divide by.")
def _not_normalised(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size)
    return (counts + alpha) / np.maximum(counts.sum(1, keepdims=True), 1)


@mistake("Your columns add up to 1. Given token a, what *follows* must add up to 1: that is row a.")
def _columns(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size) + alpha
    return counts / counts.sum(0)


@mistake("Your table is turned on its side: at [a, b] belongs b after a, so `counts[a, b]` with a the earlier one.")
def _turned(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size) + alpha
    return (counts / counts.sum(1, keepdims=True)).T


@mistake("You divided by the sum of the whole table: that is how probable the *pair* is. Divide each row by its sum.")
def _joint(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size) + alpha
    return counts / counts.sum()


@mistake(
    "`counts[token_ids[:-1], token_ids[1:]] += 1` adds 1 only once for each place, however often it is named. "
    "`np.add.at` adds every time."
)
def _added_once(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = np.full((vocab_size, vocab_size), alpha)
    counts[token_ids[:-1], token_ids[1:]] += 1
    return counts / counts.sum(axis=1, keepdims=True)


@mistake("You divided by how often a token occurs. The last token of the text has nothing after it: use the row's sum.")
def _occurrences(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    seen = np.bincount(token_ids, minlength=vocab_size)
    return (_pair_counts(token_ids, vocab_size) + alpha) / (seen[:, None] + alpha * vocab_size)


@mistake("You let the first token follow the last one (`np.roll` does). The text has no pair there.")
def _round_the_end(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(np.append(token_ids, token_ids[0]), vocab_size) + alpha
    return counts / counts.sum(1, keepdims=True)


@mistake(
    "`counts.sum(1)` has shape (vocabulary,), and NumPy spreads it along the columns. Keep the axis: "
    "`counts.sum(1, keepdims=True)`."
)
def _without_the_axis(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size) + alpha
    return counts / counts.sum(1)


@mistake("You counted at [what follows, token]. The earlier token chooses the row: `counts[first, second]`.")
def _follower_first(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size).T + alpha
    return counts / counts.sum(1, keepdims=True)


@mistake(
    "Only pairs that never occurred got their α: one that occurred once may fall behind them. Add it to *every* count."
)
def _only_the_unseen(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size)
    counts[counts == 0] = alpha
    return counts / counts.sum(1, keepdims=True)


@mistake("α is missing: in yours, what has never followed is impossible. Add α to every count.")
def _no_alpha(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size)
    return counts / np.maximum(counts.sum(1, keepdims=True), 1)


@mistake("α is missing, and a row without counts becomes 0 / 0, NaN. With α in every count no row's sum is 0.")
def _nothing_by_nothing(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size)
    with np.errstate(invalid="ignore"):
        return counts / counts.sum(1, keepdims=True)


@mistake("You added α to the probabilities: rows then add up to more than 1. Add it to the counts, then divide.")
def _alpha_at_the_end(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    return _no_alpha.attempt(token_ids, vocab_size, alpha) + alpha


@mistake("You divided before you added α: a row without counts is 0 / 0, NaN. Add α to the counts, then divide.")
def _alpha_too_late(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    return _nothing_by_nothing.attempt(token_ids, vocab_size, alpha) + alpha


@mistake("The last pair of the text is missing: n tokens make n − 1 pairs.")
def _last_pair_missing(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    return bigram_probabilities(token_ids[:-1], vocab_size, alpha)


@mistake("You left out every second pair. Each token but the last begins one: in `a b c` there are `a b` and `b c`.")
def _every_second_pair(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = np.full((vocab_size, vocab_size), alpha)
    np.add.at(counts, (token_ids[:-1:2], token_ids[1::2]), 1)
    return counts / counts.sum(1, keepdims=True)


@mistake("A fraction such as 0.5 becomes 0 in yours: a table of whole numbers cannot hold α. Make it one of floats.")
def _whole_numbers(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size) + int(alpha)
    return counts / np.maximum(counts.sum(1, keepdims=True), 1)


@mistake("You added 1 to every count, whatever α is. Add `alpha`.")
def _always_one(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    return bigram_probabilities(token_ids, vocab_size, 1.0)


@mistake("You counted the different tokens of the text. α goes to all `vocab_size` tokens, and as often into the sum.")
def _size_of_the_text(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    counts = _pair_counts(token_ids, vocab_size)
    return (counts + alpha) / (counts.sum(1, keepdims=True) + alpha * len(set(token_ids.tolist())))


def _one_by_one(token_ids: np.ndarray, vocab_size: int, alpha: float) -> np.ndarray:
    seen = Counter(zip(token_ids.tolist()[:-1], token_ids.tolist()[1:], strict=True))
    tokens = range(vocab_size)
    totals = [sum(seen[a, b] for b in tokens) + alpha * vocab_size for a in tokens]
    return np.array([[(seen[a, b] + alpha) / totals[a] for b in tokens] for a in tokens])


BIGRAM_PROBABILITIES = CodeExercise(
    id="tokens.bigram_probabilities",
    title="What comes next?",
    stars=2,
    minutes=15,
    task="From a row of token ids, estimate how probable each token is after each, with alpha added to each count.",
    hints=[
        "Start from a table (vocabulary, vocabulary) full of alpha and add 1 at [a, b] for every pair.",
        "The pairs are `token_ids[:-1]` and `token_ids[1:]`. Use a loop, or `np.add.at(counts, (first, second), 1)`.",
        "Then divide each row by its sum: `counts.sum(axis=1, keepdims=True)`.",
    ],
    solution=bigram_probabilities,
    reference=_one_by_one,
    inputs=_ids,
    mistakes=[
        _one_alpha,
        _not_normalised,
        _columns,
        _turned,
        _joint,
        _added_once,
        _occurrences,
        _round_the_end,
        _without_the_axis,
        _follower_first,
        _only_the_unseen,
        _no_alpha,
        _nothing_by_nothing,
        _alpha_at_the_end,
        _alpha_too_late,
        _last_pair_missing,
        _every_second_pair,
        _whole_numbers,
        _always_one,
        _size_of_the_text,
    ],
    remark="A token that was never seen gets a row of equal probabilities.",
)

# --- bits for a character ---------------------------------------------------------------------------------------------

BITS_PER_CHARACTER = NumberExercise(
    id="tokens.bits_per_character",
    title="The price of a character",
    stars=1,
    minutes=3,
    task="A model has a perplexity of 64 per token; a token has 3 characters on average. How many bits per character?",
    hints=["Perplexity is 2 to the power of the bits per token.", "The bits of a token are shared by its characters."],
    solution=2.0,
    working="6 / 3",
    remark="6 bits are the logarithm of 64 to base 2, and three characters share them.",
    tolerance=0.005,
    mistakes=[
        wrong_number(6.0, "These are the bits of a whole token. It has three characters."),
        wrong_number(
            64 / 3, "A perplexity cannot be shared out. Take its logarithm first: bits add up, perplexities multiply."
        ),
        wrong_number(
            4.159, "This is ln 64: nats, and of a whole token. Take log2, and share it among three characters."
        ),
        wrong_number(1.386, "This is in nats: you took the natural logarithm. Bits need the logarithm to base 2."),
        wrong_number(
            4.0, "This is the *perplexity* per character, the cube root of 64. Its logarithm to base 2 is asked."
        ),
        wrong_number(18.0, "You multiplied by 3. A token costs 6 bits, and they pay for three characters: divide."),
        wrong_number(0.602, "You took the logarithm to base 10. Bits need base 2."),
        wrong_number(
            4.415, "This is log2(64 / 3). Take the logarithm of 64 first: it is bits that the characters share."
        ),
        wrong_number(64.0, "This is the perplexity itself. How many bits make 64 equally probable choices?"),
        wrong_number(192.0, "You multiplied the perplexity by 3. Take its logarithm to base 2, and divide that by 3."),
        wrong_number(0.5, "This is upside down: characters per bit. Divide the bits by the characters."),
        wrong_number(
            -2.0,
            "The sign is turned round. log2 of a *probability* is negative and takes a minus; log2 of 64 needs none.",
        ),
        wrong_number(7.585, "This is log2(64 · 3). A token costs log2(64), and its three characters share that."),
        wrong_number(3.0, "If this is 6 − 3: the three characters share the 6 bits, so divide."),
        wrong_number(8 / 3, "This is 8 / 3. 64 is 2⁶: a token costs 6 bits, and three characters share them."),
    ],
)

# --- the neural model -------------------------------------------------------------------------------------------------


def _contexts_and_weights(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    sizes = (
        (2, 3, 2, 4, 5),
        (1, 2, 3, 2, 4),
        (4, 1, 3, 5, 6),
        (3, 4, 2, 3, 7),
    )  # batch, context, dim, hidden, vocabulary
    for batch, context, dim, size, vocab_size in sizes:
        contexts = torch.from_numpy(rng.integers(vocab_size, size=(batch, context)))
        embedding = torch.from_numpy(rng.normal(size=(vocab_size, dim)))
        hidden = torch.from_numpy(rng.normal(size=(context * dim, size)))
        yield contexts, embedding, hidden, torch.from_numpy(rng.normal(size=(size, vocab_size)))


def next_token_logits(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    """A logit for each next token: the vectors of a context side by side, times hidden, tanh, times output.

    contexts (batch, context) of token ids; embedding (vocabulary, dim); hidden (context * dim, size);
    output (size, vocabulary); the result is (batch, vocabulary). There are no biases.
    """
    vectors = embedding[contexts]  # (batch, context, dim)
    side_by_side = vectors.reshape(len(contexts), -1)  # (batch, context * dim)
    return torch.tanh(side_by_side @ hidden) @ output


def _flat(contexts: Tensor, embedding: Tensor) -> Tensor:
    return embedding[contexts].flatten(1)


@mistake("tanh is missing. Without it two layers are one: a product of two matrices is a matrix.")
def _no_tanh(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return _flat(contexts, embedding) @ hidden @ output


@mistake("Your tanh stands behind the output layer. It belongs between the two layers; logits may be of any size.")
def _tanh_last(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(_flat(contexts, embedding) @ hidden @ output)


@mistake("The logits went through a tanh of their own. One tanh is enough, between the two layers.")
def _tanh_twice(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(next_token_logits(contexts, embedding, hidden, output))


@mistake("Your tanh stands before the hidden layer. First multiply by hidden, then take tanh.")
def _tanh_first(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(_flat(contexts, embedding)) @ hidden @ output


@mistake("These are probabilities: you took a softmax at the end. The logits before it are asked for.")
def _probabilities(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return next_token_logits(contexts, embedding, hidden, output).softmax(-1)


@mistake(
    "These are logarithms of probabilities: you took a log_softmax at the end. The logits before it are asked for."
)
def _log_probabilities(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return next_token_logits(contexts, embedding, hidden, output).log_softmax(-1)


@mistake("You used ReLU between the layers. The task asks for tanh.")
def _relu(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.relu(_flat(contexts, embedding) @ hidden) @ output


@mistake("You used GELU between the layers. The task asks for tanh.")
def _gelu(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.nn.functional.gelu(_flat(contexts, embedding) @ hidden) @ output


@mistake("You used the sigmoid between the layers. The task asks for tanh.")
def _sigmoid(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.sigmoid(_flat(contexts, embedding) @ hidden) @ output


@mistake(
    "You put the first number of every token first, then the second of every token. The whole vector of the first "
    "token comes first: reshape (batch, context, dim) as it is."
)
def _number_by_number(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    turned = embedding[contexts].transpose(1, 2).reshape(len(contexts), -1)
    return torch.tanh(turned @ hidden) @ output


@mistake("You put the vectors side by side in reverse order. The first token of the context comes first.")
def _back_to_front(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return next_token_logits(contexts.flip(1), embedding, hidden, output)


@mistake(
    "Only the last token of each context counts in yours, as in the bigram table. All of them belong side by side."
)
def _last_token(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(embedding[contexts[:, -1]] @ hidden[-embedding.shape[1] :]) @ output


@mistake("Only the first token of each context counts in yours. All of them belong side by side.")
def _first_token(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(embedding[contexts[:, 0]] @ hidden[: embedding.shape[1]]) @ output


@mistake(
    "You added the vectors of a context up, so their order is lost. Put them side by side: (batch, context * dim)."
)
def _added_up(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(embedding[contexts].sum(1) @ hidden[: embedding.shape[1]]) @ output


@mistake("You took the mean of the vectors, so their order is lost. Put them side by side: (batch, context * dim).")
def _averaged(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(embedding[contexts].mean(1) @ hidden[: embedding.shape[1]]) @ output


@mistake("You mixed the examples of the batch: a row holds tokens of several contexts. Keep (batch, …) in front.")
def _mixed_batch(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(embedding[contexts.T].reshape(len(contexts), -1) @ hidden) @ output


@mistake("You gave the logits of the first context alone. One row for each context of the batch is asked for.")
def _first_context(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return next_token_logits(contexts[:1], embedding, hidden, output)


@mistake("This is the hidden layer. Multiply it by output: a logit for each token of the vocabulary is asked for.")
def _hidden_alone(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(_flat(contexts, embedding) @ hidden)


def _by_loops(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    """Sum by sum, in plain Python."""
    rows = []
    for context in contexts.tolist():
        numbers = [number for token in context for number in embedding[token].tolist()]
        inside = [math.tanh(sum(x * w for x, w in zip(numbers, column, strict=True))) for column in hidden.T.tolist()]
        rows.append([sum(h * w for h, w in zip(inside, column, strict=True)) for column in output.T.tolist()])
    return torch.tensor(rows, dtype=torch.float64)


@mistake("You added the vectors up and put the sum at every place. Each token keeps its own vector, at its own place.")
def _sum_at_every_place(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    together = embedding[contexts].sum(1).repeat(1, contexts.shape[1])
    return torch.tanh(together @ hidden) @ output


@mistake("You averaged the vectors and put the mean at every place. Each token keeps its own vector, at its own place.")
def _mean_at_every_place(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    together = embedding[contexts].mean(1).repeat(1, contexts.shape[1])
    return torch.tanh(together @ hidden) @ output


@mistake("Token ids count from 0. You took the row before each token's own.")
def _ids_from_one(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return next_token_logits(contexts - 1, embedding, hidden, output)


@mistake("You gave the token with the largest logit. Give all logits, (batch, vocabulary).")
def _likeliest(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return next_token_logits(contexts, embedding, hidden, output).argmax(1)


@mistake("That is `tan`, of angles. The bend here is `tanh`, an S from −1 to 1.")
def _tan(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tan(_flat(contexts, embedding) @ hidden) @ output


@mistake("Your bend is half as steep: (1 − e⁻ˣ) / (1 + e⁻ˣ) is tanh of x / 2. Take `torch.tanh`.")
def _half_as_steep(contexts: Tensor, embedding: Tensor, hidden: Tensor, output: Tensor) -> Tensor:
    return torch.tanh(_flat(contexts, embedding) @ hidden / 2) @ output


NEXT_TOKEN_LOGITS = CodeExercise(
    id="tokens.next_token_logits",
    title="From token ids to logits",
    stars=2,
    minutes=10,
    task="Compute the logits of the next token: vectors side by side, then two layers with tanh between.",
    hints=[
        "`embedding[contexts]` looks up all vectors at once: its shape is (batch, context, dim).",
        "Put the vectors of each context side by side: `.reshape(len(contexts), -1)` gives (batch, context * dim).",
        "Then multiply by hidden, take `torch.tanh`, and multiply by output.",
    ],
    solution=next_token_logits,
    reference=_by_loops,
    inputs=_contexts_and_weights,
    mistakes=[
        _sum_at_every_place,
        _mean_at_every_place,
        _ids_from_one,
        _likeliest,
        _tan,
        _half_as_steep,
        _no_tanh,
        _tanh_last,
        _tanh_twice,
        _tanh_first,
        _probabilities,
        _log_probabilities,
        _relu,
        _gelu,
        _sigmoid,
        _number_by_number,
        _back_to_front,
        _last_token,
        _first_token,
        _added_up,
        _averaged,
        _mixed_batch,
        _first_context,
        _hidden_alone,
    ],
    remark="Cross-entropy on these logits is all that training needs: lookup, products and tanh have gradients.",
)

SHORTER_CONTEXT = Quiz(
    id="tokens.shorter_context",
    title="What if it looks back one token only?",
    minutes=6,
    task="You trained the network with context 1. How does it compare with the bigram table, and why?",
    hints=[
        "Which tokens does the bigram table see? Which does your network see now?",
        "Compare the bits per token that the cell printed for 8 and for 1 with those of the table.",
    ],
    options=[
        wrong(
            "It beats the table clearly, since tokens that behave alike share what is learnt.",
            "Sharing is there with any context, and yet with one token most of the gain is gone.",
        ),
        right(
            "It is no clear winner: its lead came from the tokens further back.",
            "At equal distance, sharing gives no clear lead, nor in the study below. It takes a longer look back.",
        ),
        wrong(
            "It learns nothing: one token is not enough to predict the next.",
            "It needs far fewer bits than 9, which a guess among 512 equally likely tokens costs.",
        ),
        wrong(
            "It is better than with 8 tokens, since it has fewer parameters.",
            "It has fewer, and more bits. What it cannot see it cannot use.",
        ),
    ],
)

# --- questions --------------------------------------------------------------------------------------------------

QUIZ_UNKNOWN = Quiz(
    id="tokens.quiz_unknown",
    title="A character from next year",
    task="Next year's Unicode adds an emoji. What do GPT-2's and MiniLM's tokenizers make of it?",
    hints=["What does GPT-2's tokenizer work on: characters, or something smaller?", "What is in MiniLM's vocabulary?"],
    options=[
        wrong("[UNK] in both.", "GPT-2's tokenizer has no [UNK], and needs none: every text is bytes."),
        wrong("Bytes in both.", "Only GPT-2's works on bytes. WordPiece knows characters, and only those in its list."),
        right("A few byte tokens in GPT-2, [UNK] in MiniLM.", "GPT-2 can restore it exactly; MiniLM has lost it."),
        wrong(
            "An error in both: it is in neither vocabulary.",
            "Neither fails. One falls back on bytes, the other on [UNK].",
        ),
    ],
)

QUIZ_PERPLEXITY = Quiz(
    id="tokens.quiz_perplexity",
    title="Two perplexities",
    task="Model A has 50,257 tokens and perplexity 30; model B reads bytes and has perplexity 3. Which is better?",
    hints=[
        "Per what are they measured?",
        "How many bytes does a token of A hold? How unsure is B after as many?",
    ],
    options=[
        wrong(
            "B: its perplexity is lower.",
            "B's is per byte. If a token of A holds four, B is at 3⁴ = 81 after them, and that is more than 30.",
        ),
        wrong(
            "A: 30 of 50,257 is a smaller share than 3 of 256.", "The share of the vocabulary says nothing of the text."
        ),
        right(
            "It depends on the characters (bytes) per token.",
            "Compare bits per byte: A is better if its tokens hold more than log2 30 / log2 3 = 3.1 bytes.",
        ),
        wrong("They cannot be compared at all.", "They can, per character: both give a probability to the same text."),
    ],
)

QUIZ_ANALOGY = Quiz(
    id="tokens.quiz_analogy",
    title="King − man + woman",
    task="A library answers king − man + woman with queen. What has it done that is seldom told?",
    hints=["Which word is nearest to king − man + woman if all words may answer?", "Look at the table of analogies."],
    options=[
        wrong(
            "It was trained on this question.",
            "It was trained on which words occur near each other, and on nothing else.",
        ),
        right(
            "It left out the three words of the question before it looked for the nearest.",
            "Without that the nearest word is often one of the three: here king itself.",
        ),
        wrong(
            "It looked the answer up in a dictionary.", "There is none: the answer is the nearest of all other vectors."
        ),
        wrong(
            "It tried many analogies and showed the best one.",
            "One may pick such examples, but this answer needs no luck: it is the nearest word of those allowed.",
        ),
    ],
)

QUIZ_DUPLICATES = Quiz(
    id="tokens.quiz_duplicates",
    title="A very good score",
    task="Most held-out lines occur in the training part too, and nearest neighbour wins with 99 %. What does it show?",
    hints=["What is the nearest neighbour of a line that is in the training part?", "What would it score on noise?"],
    options=[
        wrong(
            "Nearest neighbour suits this task best.", "It looks repeated lines up. On new lines it may be the worst."
        ),
        wrong(
            "More data would make it even better.",
            "More copies of the same lines would raise the score, but that is not learning.",
        ),
        wrong(
            "Nothing is wrong, since the split was random.",
            "A random split of lines puts copies on both sides. Split *different* texts, after removing repetitions.",
        ),
        right(
            "That it remembers; nothing about new lines.",
            "The score is mostly that of looking up. Keep each text once, split, and score again.",
        ),
    ],
)
