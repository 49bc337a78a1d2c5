import itertools
import re
from collections import Counter, defaultdict
from functools import reduce

import numpy as np


def right_plain_loops(words):
    """Beginner: two loops and an if on the key."""
    counts = {}
    for entry in words:
        word = entry[0]
        freq = entry[1]
        for i in range(len(word) - 1):
            pair = (word[i], word[i + 1])
            if pair in counts:
                counts[pair] = counts[pair] + freq
            else:
                counts[pair] = freq
    return counts


def right_zip_get(words: list[tuple[str, int]]) -> dict[tuple[str, str], int]:
    """Pythonic: zip a word with itself shifted, dict.get."""
    counts = {}
    for word, freq in words:
        for pair in zip(word, word[1:]):
            counts[pair] = counts.get(pair, 0) + freq
    return counts


def right_counter(words):
    """Counter, returned as it is."""
    c = Counter()
    for w, n in words:
        for a, b in zip(w[:-1], w[1:]):
            c[a, b] += n
    return c


def right_defaultdict(words):
    """defaultdict, turned into a dict at the end."""
    d = defaultdict(int)
    for word, n in words:
        letters = list(word)
        for left, right in zip(letters, letters[1:]):
            d[(left, right)] += n
    return dict(d)


def right_setdefault(words):
    """setdefault before adding."""
    result = {}
    for word, count in words:
        for k in range(1, len(word)):
            result.setdefault((word[k - 1], word[k]), 0)
            result[(word[k - 1], word[k])] += count
    return result


def right_pairwise(words):
    """itertools.pairwise."""
    counts = Counter()
    for word, freq in words:
        for pair in itertools.pairwise(word):
            counts[pair] += freq
    return dict(counts)


def right_while(words):
    """While loops with indices, from C."""
    counts = {}
    w = 0
    while w < len(words):
        text, times = words[w]
        i = 0
        while i + 1 < len(text):
            key = (text[i], text[i + 1])
            if key not in counts:
                counts[key] = 0
            counts[key] += times
            i += 1
        w += 1
    return counts


def right_recursive_words(words):
    """Recursive over halves of the list."""
    if len(words) == 0:
        return {}
    if len(words) == 1:
        word, freq = words[0]
        return {pair: freq * k for pair, k in Counter(zip(word, word[1:])).items()}
    middle = len(words) // 2
    left = right_recursive_words(words[:middle])
    right = right_recursive_words(words[middle:])
    for pair, k in right.items():
        left[pair] = left.get(pair, 0) + k
    return left


def right_reduce(words):
    """Functional: reduce over a flat stream of (pair, freq)."""
    stream = ((pair, n) for word, n in words for pair in zip(word, word[1:]))
    return reduce(lambda acc, item: {**acc, item[0]: acc.get(item[0], 0) + item[1]}, stream, {})


def right_two_passes(words):
    """Comprehensions: first all keys, then a sum for each."""
    stream = [((a, b), n) for word, n in words for a, b in zip(word, word[1:])]
    keys = {p for p, _ in stream}
    return {key: sum(n for p, n in stream if p == key) for key in keys}


def right_try_except(words):
    """Ask forgiveness: KeyError means the first time."""
    counts = {}
    for word, freq in words:
        for i, second in enumerate(word):
            if i == 0:
                continue
            pair = word[i - 1], second
            try:
                counts[pair] += freq
            except KeyError:
                counts[pair] = freq
    return counts


def right_previous_letter(words):
    """Remembers the previous letter; reset for each word."""
    counts = defaultdict(int)
    for word, freq in words:
        previous = None
        for letter in word:
            if previous is not None:
                counts[(previous, letter)] += freq
            previous = letter
    return counts


def right_counter_update(words):
    """Counts within a word first, then scales by the frequency."""
    total = Counter()
    for word, freq in words:
        inside = Counter(zip(word, word[1:]))
        total.update({pair: k * freq for pair, k in inside.items()})
    return total


def right_sort_groupby(words):
    """Sort all pairs, then groupby."""
    stream = [((a, b), n) for word, n in words for a, b in zip(word, word[1:])]
    stream.sort(key=lambda item: item[0])
    return {
        key: sum(n for _, n in group)
        for key, group in itertools.groupby(stream, key=lambda item: item[0])
    }


def right_regex_lookahead(words):
    """Overlapping regex matches give the tuples."""
    counts = Counter()
    for word, freq in words:
        for pair in re.findall(r"(?=(.)(.))", word, flags=re.DOTALL):
            counts[pair] += freq
    return dict(counts)


def right_slices(words):
    """Slices of two letters, made into a tuple."""
    counts = {}
    for word, freq in words:
        for i in range(len(word)):
            piece = word[i : i + 2]
            if len(piece) < 2:
                break
            counts[tuple(piece)] = counts.get(tuple(piece), 0) + freq
    return counts


def right_numpy_matrix(words):
    """NumPy: a table of letters by letters, read out where a pair was seen."""
    alphabet = sorted({letter for word, _ in words for letter in word})
    position = {letter: i for i, letter in enumerate(alphabet)}
    table = np.zeros((len(alphabet), len(alphabet)), dtype=np.int64)
    seen = np.zeros(table.shape, dtype=bool)
    for word, freq in words:
        ids = [position[letter] for letter in word]
        if len(ids) < 2:
            continue
        np.add.at(table, (ids[:-1], ids[1:]), freq)
        seen[ids[:-1], ids[1:]] = True
    return {(alphabet[i], alphabet[j]): int(table[i, j]) for i, j in np.argwhere(seen)}


def right_one_by_one_clumsy(words):
    """Clumsy: two dictionaries nested, flattened at the end."""
    nested = {}
    for word, freq in words:
        if len(word) <= 1:
            continue
        for i in range(0, len(word) - 1):
            first = word[i]
            second = word[i + 1]
            if first not in nested:
                nested[first] = {}
            if second not in nested[first]:
                nested[first][second] = 0
            nested[first][second] = nested[first][second] + freq
    flat = {}
    for first in nested:
        for second in nested[first]:
            flat[(first, second)] = nested[first][second]
    return flat


def wrong_ignores_frequency(words):
    """Adds 1 instead of the word's frequency."""
    counts = {}
    for word, freq in words:
        for pair in zip(word, word[1:]):
            counts[pair] = counts.get(pair, 0) + 1
    return counts


def wrong_overwrites(words):
    """= instead of +=: the last word wins."""
    counts = {}
    for word, freq in words:
        for i in range(len(word) - 1):
            counts[(word[i], word[i + 1])] = freq
    return counts


def wrong_unordered(words):
    """Sorts the two letters, so that (a, b) and (b, a) are the same."""
    counts = Counter()
    for word, freq in words:
        for a, b in zip(word, word[1:]):
            counts[tuple(sorted((a, b)))] += freq
    return dict(counts)


def wrong_string_keys(words):
    """Keys are strings of two letters, not tuples."""
    counts = {}
    for word, freq in words:
        for i in range(len(word) - 1):
            pair = word[i] + word[i + 1]
            counts[pair] = counts.get(pair, 0) + freq
    return counts


def wrong_last_pair_missing(words):
    """Off by one: range(len(word) - 2)."""
    counts = defaultdict(int)
    for word, freq in words:
        for i in range(len(word) - 2):
            counts[(word[i], word[i + 1])] += freq
    return dict(counts)


def wrong_once_per_word(words):
    """A set of the pairs of a word: a pair that is twice in a word counts once."""
    counts = Counter()
    for word, freq in words:
        for pair in set(zip(word, word[1:])):
            counts[pair] += freq
    return dict(counts)


def wrong_across_words(words):
    """Joins all words to one text, so pairs across word borders count too."""
    text = "".join(word * freq for word, freq in words)
    return dict(Counter(zip(text, text[1:])))


def wrong_wraps_around(words):
    """Starts at 0 with word[i - 1]: the last letter is paired with the first."""
    counts = {}
    for word, freq in words:
        for i in range(len(word)):
            pair = (word[i - 1], word[i])
            counts[pair] = counts.get(pair, 0) + freq
    return counts


def wrong_return_in_loop(words):
    """The return is indented too far: only the first word."""
    counts = {}
    for word, freq in words:
        for a, b in zip(word, word[1:]):
            counts[(a, b)] = counts.get((a, b), 0) + freq
        return counts
    return counts


def wrong_reset_per_word(words):
    """The dictionary is made anew in the loop: only the last word."""
    counts = {}
    for word, freq in words:
        counts = {}
        for i in range(len(word) - 1):
            pair = (word[i], word[i + 1])
            counts[pair] = counts.get(pair, 0) + freq
    return counts


def wrong_frequency_only_first_time(words):
    """First time freq, afterwards + 1."""
    counts = {}
    for word, freq in words:
        for pair in zip(word, word[1:]):
            if pair not in counts:
                counts[pair] = freq
            else:
                counts[pair] += 1
    return counts


def wrong_steps_of_two(words):
    """Cuts the word into pairs that do not overlap."""
    counts = Counter()
    for word, freq in words:
        for i in range(0, len(word) - 1, 2):
            counts[word[i], word[i + 1]] += freq
    return dict(counts)


def wrong_all_combinations(words):
    """itertools.combinations: any two letters of the word, not just neighbours."""
    counts = Counter()
    for word, freq in words:
        for pair in itertools.combinations(word, 2):
            counts[pair] += freq
    return dict(counts)


def wrong_swapped(words):
    """The right letter first."""
    counts = {}
    for word, freq in words:
        for i in range(1, len(word)):
            pair = (word[i], word[i - 1])
            counts[pair] = counts.get(pair, 0) + freq
    return counts


def wrong_str_count(words):
    """str.count does not see overlaps: 'aaa' has 'aa' once."""
    counts = {}
    for word, freq in words:
        for a, b in set(zip(word, word[1:])):
            counts[(a, b)] = counts.get((a, b), 0) + word.count(a + b) * freq
    return counts


def wrong_end_of_word(words):
    """Adds the end-of-word sign </w> as a letter."""
    counts = Counter()
    for word, freq in words:
        symbols = list(word) + ["</w>"]
        for pair in zip(symbols, symbols[1:]):
            counts[pair] += freq
    return dict(counts)


def wrong_index_error(words):
    """range(len(word)): IndexError at the last letter."""
    counts = {}
    for word, freq in words:
        for i in range(len(word)):
            pair = (word[i], word[i + 1])
            counts[pair] = counts.get(pair, 0) + freq
    return counts


def wrong_most_common_list(words):
    """'Which are frequent?': returns a sorted list of (pair, count), not the dictionary."""
    counts = Counter()
    for word, freq in words:
        for pair in zip(word, word[1:]):
            counts[pair] += freq
    return counts.most_common()
