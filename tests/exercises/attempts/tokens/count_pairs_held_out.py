import collections
import functools
import itertools
from collections import Counter, defaultdict

import numpy as np


def right_loop_b(words: list[tuple[str, int]]) -> dict[tuple[str, str], int]:
    """Beginner: two plain loops with an index and an if."""
    pairs = {}
    for i in range(len(words)):
        word = words[i][0]
        how_often = words[i][1]
        for j in range(len(word) - 1):
            key = (word[j], word[j + 1])
            if key in pairs:
                pairs[key] = pairs[key] + how_often
            else:
                pairs[key] = how_often
    return pairs


def right_defaultdict_b(words):
    """Experienced: zip of the word with itself and a defaultdict, handed back as a dict."""
    counts = defaultdict(int)
    for word, n in words:
        for pair in zip(word, word[1:]):
            counts[pair] += n
    return dict(counts)


def right_counter_b(words):
    """Library friend: the Counter itself is returned (it is a dict)."""
    total = Counter()
    for word, n in words:
        for a, b in itertools.pairwise(word):
            total[a, b] += n
    return total


def right_reduce_b(words):
    """Functional: one dictionary for each word, folded together."""
    def add(so_far, item):
        word, n = item
        one = Counter(zip(word[:-1], word[1:]))
        return {key: so_far.get(key, 0) + n * one.get(key, 0) for key in so_far.keys() | one.keys()}

    return functools.reduce(add, words, {})


def right_comprehension_b(words):
    """Comprehension: first all pairs as a set, then a sum for each (slow but right)."""
    everything = [(p, n) for word, n in words for p in zip(word, word[1:])]
    return {pair: sum(n for p, n in everything if p == pair) for pair in {p for p, _ in everything}}


def right_matrix_b(words):
    """NumPy: a table letter x letter, then the cells above zero as a dict of plain ints."""
    letters = sorted(set("".join(word for word, _ in words)))
    place = {letter: k for k, letter in enumerate(letters)}
    table = np.zeros((len(letters), len(letters)), dtype=np.int64)
    for word, n in words:
        ids = [place[letter] for letter in word]
        if len(ids) >= 2:
            np.add.at(table, (ids[:-1], ids[1:]), n)
    return {(letters[i], letters[j]): int(table[i, j]) for i, j in zip(*np.nonzero(table))}


def right_while_b(words):
    """Clumsy: while loops, the previous letter is remembered, short words are skipped."""
    result = dict()
    w = 0
    while w < len(words):
        word, freq = words[w]
        w += 1
        if len(word) < 2:
            continue
        previous = word[0]
        rest = word[1:]
        while rest != "":
            current = rest[0]
            result.setdefault((previous, current), 0)
            result[(previous, current)] += freq
            previous = current
            rest = rest[1:]
    return result


def wrong_plus_one_b(words):
    """Counts 1 for each place; the word's frequency is forgotten."""
    counts = {}
    for word, freq in words:
        for i in range(len(word) - 1):
            pair = (word[i], word[i + 1])
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def wrong_overwrites_b(words):
    """= instead of +=: the last word with the pair wins."""
    counts = {}
    for word, freq in words:
        for a, b in zip(word, word[1:]):
            counts[(a, b)] = freq
    return counts


def wrong_range_minus_two_b(words):
    """Off by one: the last pair of each word is left out."""
    counts = defaultdict(int)
    for word, freq in words:
        for i in range(len(word) - 2):
            counts[word[i], word[i + 1]] += freq
    return dict(counts)


def wrong_string_key_b(words):
    """The key is a string of two letters, not a tuple."""
    counts = {}
    for word, freq in words:
        for i in range(len(word) - 1):
            pair = word[i:i + 2]
            if pair not in counts:
                counts[pair] = 0
            counts[pair] += freq
    return counts


def wrong_first_is_one_b(words):
    """A pair that is new starts at 1 and not at the frequency."""
    pairs = {}
    for word, freq in words:
        for i in range(len(word) - 1):
            pair = (word[i], word[i + 1])
            if pair in pairs:
                pairs[pair] += freq
            else:
                pairs[pair] = 1
    return pairs


def wrong_dict_of_words_b(words):
    """dict(words): of a word that stands there twice, only the last frequency is kept."""
    frequency = dict(words)
    counts = Counter()
    for word in frequency:
        for pair in zip(word, word[1:]):
            counts[pair] += frequency[word]
    return dict(counts)


def wrong_once_per_word_b(words):
    """set(): a pair that a word has twice is counted only once in it."""
    counts = collections.defaultdict(int)
    for word, freq in words:
        for pair in set(zip(word, word[1:])):
            counts[pair] += freq
    return dict(counts)


def wrong_str_count_b(words):
    """word.count does not see overlaps: "aaa" has ("a", "a") only once."""
    counts = {}
    for word, freq in words:
        for a, b in set(zip(word, word[1:])):
            counts[(a, b)] = counts.get((a, b), 0) + word.count(a + b) * freq
    return counts


def wrong_over_word_borders_b(words):
    """All words are written out one after the other, so the last letter meets the first of the next word."""
    text = "".join(word * freq for word, freq in words)
    return dict(Counter(zip(text, text[1:])))


def wrong_unordered_b(words):
    """Sorted letters: ("l", "o") and ("o", "l") become the same pair."""
    counts = {}
    for word, n in words:
        for a, b in zip(word[:-1], word[1:]):
            key = tuple(sorted((a, b)))
            counts[key] = counts.get(key, 0) + n
    return counts


def wrong_previous_not_reset_b(words):
    """The previous letter is not reset when a new word begins."""
    counts = {}
    previous = None
    for word, n in words:
        for letter in word:
            if previous is not None:
                counts[(previous, letter)] = counts.get((previous, letter), 0) + n
            previous = letter
    return counts


def wrong_return_indented_b(words):
    """The return stands inside the loop: only the first word is counted."""
    counts = {}
    for word, freq in words:
        for i in range(1, len(word)):
            pair = (word[i - 1], word[i])
            counts[pair] = counts.get(pair, 0) + freq
        return counts
    return counts
