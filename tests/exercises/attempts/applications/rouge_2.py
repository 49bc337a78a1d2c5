import functools
import itertools
import math
from collections import Counter, defaultdict
from fractions import Fraction
from statistics import harmonic_mean


def _pairs(words):
    return list(zip(words, words[1:]))


# ---------------------------------------------------------------- right

def right_counter(reference, summary):
    """Counters, & keeps the smaller counts; 2 x shared over all pairs."""
    a = Counter(zip(reference, reference[1:]))
    b = Counter(zip(summary, summary[1:]))
    shared = sum((a & b).values())
    if shared == 0:
        return 0.0
    return 2 * shared / (sum(a.values()) + sum(b.values()))


def right_precision_recall(reference, summary):
    """Precision and recall, and their harmonic mean."""
    first, second = _pairs(reference), _pairs(summary)
    shared = sum(min(first.count(pair), second.count(pair)) for pair in set(first))
    if not shared:
        return 0
    precision = shared / len(second)
    recall = shared / len(first)
    return 2 * precision * recall / (precision + recall)


def right_remove(reference, summary):
    """Strikes each found pair off a list of its own."""
    left = []
    for i in range(len(reference) - 1):
        left.append((reference[i], reference[i + 1]))
    n_reference = len(left)
    shared = 0
    n_summary = 0
    for i in range(len(summary) - 1):
        n_summary += 1
        pair = (summary[i], summary[i + 1])
        if pair in left:
            left.remove(pair)
            shared += 1
    if shared == 0:
        return 0.0
    return 2 * shared / (n_reference + n_summary)


def right_dictionaries(reference, summary):
    """Counts in dictionaries by hand."""
    counts = [{}, {}]
    for count, words in zip(counts, (reference, summary)):
        for i in range(1, len(words)):
            pair = (words[i - 1], words[i])
            count[pair] = count.get(pair, 0) + 1
    shared = 0
    for pair in counts[0]:
        if pair in counts[1]:
            shared += min(counts[0][pair], counts[1][pair])
    total = sum(counts[0].values()) + sum(counts[1].values())
    return 2 * shared / total if total > 0 else 0.0


def right_sorted_merge(reference, summary):
    """Sorts both and walks through them side by side."""
    a, b = sorted(_pairs(reference)), sorted(_pairs(summary))
    i = j = shared = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            shared, i, j = shared + 1, i + 1, j + 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return 2 * shared / max(len(a) + len(b), 1)


def right_recursive(reference, summary):
    """Recursion over the pairs of the reference."""
    def shared(first, second):
        if not first or not second:
            return 0
        head, *rest = first
        if head in second:
            k = second.index(head)
            return 1 + shared(rest, second[:k] + second[k + 1:])
        return shared(rest, second)

    a, b = _pairs(reference), _pairs(summary)
    return 2 * shared(a, b) / (len(a) + len(b)) if a and b else 0.0


def right_pairwise(reference, summary):
    """itertools.pairwise and Counter.total."""
    a, b = Counter(itertools.pairwise(reference)), Counter(itertools.pairwise(summary))
    try:
        return 2 * (a & b).total() / (a.total() + b.total())
    except ZeroDivisionError:
        return 0.0


def right_fraction(reference, summary):
    """Exact fractions, a float at the end."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    if shared == 0:
        return 0.0
    p, r = Fraction(shared, len(b)), Fraction(shared, len(a))
    return float(2 / (1 / p + 1 / r))


def right_flags(reference, summary):
    """Two loops, and a flag for each pair of the summary that has been used."""
    used = [False] * max(len(summary) - 1, 0)
    shared = 0
    for i in range(len(reference) - 1):
        for j in range(len(summary) - 1):
            if not used[j] and reference[i] == summary[j] and reference[i + 1] == summary[j + 1]:
                used[j] = True
                shared += 1
                break
    if shared == 0:
        return 0
    return shared / ((len(reference) - 1 + len(summary) - 1) / 2)


def right_subtract(reference, summary):
    """What is left when one count is taken from the other is not shared."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    shared = a.total() - (a - b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def right_unshared(reference, summary):
    """One minus the share of pairs that stand in one text alone."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    total = a.total() + b.total()
    if total == 0:
        return 0.0
    return 1 - ((a - b).total() + (b - a).total()) / total


def right_numbered(reference, summary):
    """Each pair gets the number of its occurrence, so that sets will do."""
    def numbered(words):
        seen = defaultdict(int)
        out = set()
        for pair in zip(words, words[1:]):
            seen[pair] += 1
            out.add((pair, seen[pair]))
        return out

    a, b = numbered(reference), numbered(summary)
    return 2 * len(a & b) / (len(a) + len(b)) if a & b else 0.0


def right_harmonic_mean(reference, summary):
    """statistics.harmonic_mean."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    if not a or not b:
        return 0.0
    shared = sum(min(n, b[pair]) for pair, n in a.items())
    return harmonic_mean([shared / a.total(), shared / b.total()])


def right_reduce(reference, summary):
    """A fold: state is what is left of the reference, and how many were found."""
    def step(state, pair):
        left, found = state
        return (left - Counter([pair]), found + 1) if left[pair] else state

    a, b = _pairs(reference), _pairs(summary)
    _, found = functools.reduce(step, b, (Counter(a), 0))
    return 2.0 * found / (len(a) + len(b) or 1)


def right_small_constant(reference, summary):
    """A very small number keeps the division alive."""
    a, b = _pairs(reference), _pairs(summary)
    shared = sum(min(a.count(pair), b.count(pair)) for pair in {*a, *b})
    p, r = shared / max(1, len(b)), shared / max(1, len(a))
    return 2 * p * r / (p + r + 1e-12)


def right_f_beta(reference, summary, beta=1):
    """The general F with beta = 1."""
    a, b = _pairs(reference), _pairs(summary)
    shared = len(a) - sum((Counter(a) - Counter(b)).values())
    if shared == 0:
        return 0.0
    p, r = shared / len(b), shared / len(a)
    return (1 + beta**2) * p * r / (beta**2 * p + r)


def right_decrement(reference, summary):
    """Counts the reference down as the summary is read."""
    left = defaultdict(int)
    for i, word in enumerate(reference[:-1]):
        left[word, reference[i + 1]] += 1
    shared = 0
    for i, word in enumerate(summary[:-1]):
        if left[word, summary[i + 1]] > 0:
            left[word, summary[i + 1]] -= 1
            shared += 1
    return shared and 2 * shared / (len(reference) + len(summary) - 2)


def right_nested_dictionaries(reference, summary):
    """For each word a Counter of the words behind it."""
    def followers(words):
        table = {}
        for word, after in zip(words[:-1], words[1:]):
            table.setdefault(word, Counter())[after] += 1
        return table

    one, other = followers(reference), followers(summary)
    shared = sum((one[w] & other[w]).total() for w in one.keys() & other.keys())
    pairs = max(len(reference) - 1, 0) + max(len(summary) - 1, 0)
    return 2 * shared / pairs if pairs else 0.0


# ---------------------------------------------------------------- wrong

def wrong_sets(reference, summary):
    """Sets: a pair counts once, however often it stands there."""
    a, b = set(_pairs(reference)), set(_pairs(summary))
    return 2 * len(a & b) / (len(a) + len(b)) if a & b else 0.0


def wrong_set_of_shared(reference, summary):
    """Each shared pair counts once, but the lengths count all pairs."""
    a, b = _pairs(reference), _pairs(summary)
    shared = len(set(a) & set(b))
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_not_clipped(reference, summary):
    """Counts each pair of the summary that the reference has, as often as the summary says it."""
    a, b = _pairs(reference), _pairs(summary)
    shared = sum(pair in a for pair in b)
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_recall(reference, summary):
    """The recall alone."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    return (a & b).total() / a.total() if a else 0.0


def wrong_precision(reference, summary):
    """The precision alone."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    return (a & b).total() / b.total() if b else 0.0


def wrong_single_words(reference, summary):
    """ROUGE-1: words, not pairs."""
    shared = (Counter(reference) & Counter(summary)).total()
    return 2 * shared / (len(reference) + len(summary)) if shared else 0.0


def wrong_arithmetic_mean(reference, summary):
    """The arithmetic mean of precision and recall."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    shared = (a & b).total()
    return (shared / a.total() + shared / b.total()) / 2 if shared else 0.0


def wrong_divides_by_words(reference, summary):
    """Divides by the numbers of words, not of pairs."""
    shared = (Counter(_pairs(reference)) & Counter(_pairs(summary))).total()
    return 2 * shared / (len(reference) + len(summary)) if shared else 0.0


def wrong_divides_by_zero(reference, summary):
    """Nothing shared: 0 / 0."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    precision, recall = shared / len(b), shared / len(a)
    return 2 * precision * recall / (precision + recall)


def wrong_glued(reference, summary):
    """Glues the words of a pair together, so that (to, day) and (tod, ay) are the same."""
    a = Counter(x + y for x, y in zip(reference, reference[1:]))
    b = Counter(x + y for x, y in zip(summary, summary[1:]))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_last_pair_missing(reference, summary):
    """range(len - 2): the last pair is left out."""
    a = [(reference[i], reference[i + 1]) for i in range(len(reference) - 2)]
    b = [(summary[i], summary[i + 1]) for i in range(len(summary) - 2)]
    shared = (Counter(a) & Counter(b)).total()
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_in_a_circle(reference, summary):
    """words[i - 1] from i = 0 on: the last word is paired with the first."""
    a = [(reference[i - 1], reference[i]) for i in range(len(reference))]
    b = [(summary[i - 1], summary[i]) for i in range(len(summary))]
    shared = (Counter(a) & Counter(b)).total()
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_without_order(reference, summary):
    """Sorts the two words of a pair: (the, cat) and (cat, the) are the same."""
    a = Counter(tuple(sorted(pair)) for pair in _pairs(reference))
    b = Counter(tuple(sorted(pair)) for pair in _pairs(summary))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_all_combinations(reference, summary):
    """All pairs of words in order, with any gap between them."""
    a, b = Counter(itertools.combinations(reference, 2)), Counter(itertools.combinations(summary, 2))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_steps_of_two(reference, summary):
    """Pairs that do not overlap."""
    a = [tuple(reference[i:i + 2]) for i in range(0, len(reference) - 1, 2)]
    b = [tuple(summary[i:i + 2]) for i in range(0, len(summary) - 1, 2)]
    shared = (Counter(a) & Counter(b)).total()
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_two_forgotten(reference, summary):
    """The 2 of the harmonic mean is forgotten."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    if not shared:
        return 0.0
    p, r = shared / len(b), shared / len(a)
    return p * r / (p + r)


def wrong_prints(reference, summary):
    """Prints the F1."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    print(2 * shared / (len(a) + len(b)) if shared else 0.0)


def wrong_same_place(reference, summary):
    """Compares pairs that stand at the same place."""
    a, b = _pairs(reference), _pairs(summary)
    shared = sum(x == y for x, y in zip(a, b))
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_rounded(reference, summary):
    """Rounds to two digits, where six are asked."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    return round(2 * shared / (len(a) + len(b)), 2) if shared else 0.0


def wrong_larger_count(reference, summary):
    """The larger of the two counts: | in place of &."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    shared = sum(max(a[pair], b[pair]) for pair in a if pair in b)
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_product_of_counts(reference, summary):
    """Each pair of the one against each of the other."""
    a, b = _pairs(reference), _pairs(summary)
    shared = 0
    for x in a:
        for y in b:
            if x == y:
                shared += 1
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_jaccard(reference, summary):
    """Shared over the union."""
    a, b = Counter(_pairs(reference)), Counter(_pairs(summary))
    return (a & b).total() / (a | b).total() if a | b else 0.0


def wrong_geometric_mean(reference, summary):
    """The root of precision times recall."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    return shared / math.sqrt(len(a) * len(b)) if shared else 0.0


def wrong_percent(reference, summary):
    """In percent."""
    a, b = _pairs(reference), _pairs(summary)
    shared = (Counter(a) & Counter(b)).total()
    return 200 * shared / (len(a) + len(b)) if shared else 0.0


def wrong_empty_is_perfect(reference, summary):
    """Two texts without a pair agree: 1."""
    a, b = _pairs(reference), _pairs(summary)
    if not a and not b:
        return 1.0
    return 2 * (Counter(a) & Counter(b)).total() / (len(a) + len(b))


def wrong_triples(reference, summary):
    """Three words: zip with words[2:] as well."""
    a = Counter(zip(reference, reference[1:], reference[2:]))
    b = Counter(zip(summary, summary[1:], summary[2:]))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_characters(reference, summary):
    """Pairs of characters of the joined text."""
    first, second = " ".join(reference), " ".join(summary)
    a, b = Counter(zip(first, first[1:])), Counter(zip(second, second[1:]))
    shared = (a & b).total()
    return 2 * shared / (a.total() + b.total()) if shared else 0.0


def wrong_longest_common(reference, summary):
    """ROUGE-L: the longest common sequence."""
    row = [0] * (len(summary) + 1)
    for word in reference:
        before = row[:]
        for j, other in enumerate(summary):
            row[j + 1] = before[j] + 1 if word == other else max(row[j], before[j + 1])
    return 2 * row[-1] / (len(reference) + len(summary)) if row[-1] else 0.0


def wrong_first_pair_only(reference, summary):
    """return within the loop."""
    a, b = _pairs(reference), _pairs(summary)
    for pair in a:
        return 2 * min(a.count(pair), b.count(pair)) / (len(a) + len(b))
    return 0.0


def wrong_eats_summary(reference, summary):
    """Takes words off the lists of the caller."""
    n = len(reference) + len(summary) - 2
    left = Counter(_pairs(reference))
    shared = 0
    while len(summary) > 1:
        pair = (summary.pop(0), summary[0])
        if left[pair]:
            left[pair] -= 1
            shared += 1
    return 2 * shared / n if shared else 0.0


# ---------------------------------------------------------------- by another hand

from collections import Counter
from itertools import groupby


def right_slices_b(reference, summary):
    """Slices of two words as tuples, count of each distinct one."""
    ref = [tuple(reference[i:i + 2]) for i in range(len(reference) - 1)]
    out = [tuple(summary[i:i + 2]) for i in range(len(summary) - 1)]
    both = 0
    for bigram in set(out):
        both += min(ref.count(bigram), out.count(bigram))
    return 0.0 if both == 0 else 2.0 * both / (len(ref) + len(out))


def right_elements_b(reference, summary):
    """len of the elements of the common Counter; harmonic mean as 2 / (1/p + 1/r)."""
    bigrams = lambda words: [(words[k], words[k + 1]) for k in range(len(words) - 1)]
    ref, out = bigrams(reference), bigrams(summary)
    common = list((Counter(ref) & Counter(out)).elements())
    if len(common) == 0:
        return 0.0
    p = len(common) / len(out)
    r = len(common) / len(ref)
    return 2 / (1 / p + 1 / r)


def right_tagged_groups_b(reference, summary):
    """Sorts all pairs with a mark of where they are from; groupby finds the counts of each."""
    tagged = [(pair, 0) for pair in zip(reference, reference[1:])]
    tagged += [(pair, 1) for pair in zip(summary, summary[1:])]
    shared = 0
    for _, group in groupby(sorted(tagged), key=lambda item: item[0]):
        marks = [mark for _, mark in group]
        shared += min(marks.count(0), marks.count(1))
    return shared * 2 / len(tagged) if tagged else 0.0


def right_tick_off_b(reference, summary):
    """A copy of the pairs of the summary in which found ones are set to None."""
    todo = [[x, y] for x, y in zip(summary, summary[1:])]
    size = len(todo)
    hits = 0
    for x, y in zip(reference, reference[1:]):
        if [x, y] in todo:
            todo[todo.index([x, y])] = None
            hits += 1
    if hits == 0:
        return 0
    return hits / (0.5 * (len(reference) - 1) + 0.5 * size)


def right_short_guard_b(reference, summary):
    """Says first that a text of one word has no pair."""
    if len(reference) < 2 or len(summary) < 2:
        return 0.0
    n, m = len(reference) - 1, len(summary) - 1
    counts = Counter((reference[i], reference[i + 1]) for i in range(n))
    counts.subtract((summary[i], summary[i + 1]) for i in range(m))
    difference = sum(abs(value) for value in counts.values())
    return (n + m - difference) / (n + m)


def right_iterators_b(reference, summary):
    """Two iterators of which one is a word ahead."""
    def neighbours(words):
        behind, ahead = iter(words), iter(words)
        next(ahead, None)
        yield from zip(behind, ahead)

    one, two = Counter(neighbours(reference)), Counter(neighbours(summary))
    top = 2 * sum(min(one[key], two[key]) for key in one)
    return top / (sum(one.values()) + sum(two.values())) if top else 0.0


def _bigrams(words):
    return [(words[k], words[k + 1]) for k in range(len(words) - 1)]


def wrong_clipped_by_one_b(reference, summary):
    """Slip: counts the pairs of the reference that the summary has, as often as the reference says them."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = len([x for x in ref if x in out])
    return 2 * shared / (len(ref) + len(out)) if shared else 0.0


def wrong_two_shares_b(reference, summary):
    """Slip: precision counts the summary's repeats, recall the reference's."""
    ref, out = _bigrams(reference), _bigrams(summary)
    p = sum(x in ref for x in out) / max(len(out), 1)
    r = sum(x in out for x in ref) / max(len(ref), 1)
    return 2 * p * r / (p + r) if p + r else 0.0


def wrong_starts_at_one_b(reference, summary):
    """Slip: range(1, len - 1), the first pair is left out."""
    ref = [(reference[k], reference[k + 1]) for k in range(1, len(reference) - 1)]
    out = [(summary[k], summary[k + 1]) for k in range(1, len(summary) - 1)]
    shared = sum((Counter(ref) & Counter(out)).values())
    return 2 * shared / (len(ref) + len(out)) if shared else 0.0


def wrong_shorter_b(reference, summary):
    """Slip: shared over the shorter of the two."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    return shared / min(len(ref), len(out)) if shared else 0.0


def wrong_no_zero_b(reference, summary):
    """Slip: None comes back if nothing is shared."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    if shared:
        return 2 * shared / (len(ref) + len(out))


def wrong_whole_division_b(reference, summary):
    """Slip: // cuts to a whole number."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    return 2 * shared // (len(ref) + len(out)) if shared else 0


def wrong_gap_of_one_b(reference, summary):
    """Slip: words[2:] in place of words[1:]."""
    ref, out = Counter(zip(reference, reference[2:])), Counter(zip(summary, summary[2:]))
    shared = sum((ref & out).values())
    return 2 * shared / (sum(ref.values()) + sum(out.values())) if shared else 0.0


def wrong_plus_one_b(reference, summary):
    """Slip: runs one too far, so the index is out of range."""
    ref = [(reference[k], reference[k + 1]) for k in range(len(reference))]
    out = [(summary[k], summary[k + 1]) for k in range(len(summary))]
    shared = sum((Counter(ref) & Counter(out)).values())
    return 2 * shared / (len(ref) + len(out)) if shared else 0.0


def wrong_three_numbers_b(reference, summary):
    """Slip: returns precision, recall and F1."""
    ref, out = _bigrams(reference), _bigrams(summary)
    shared = sum((Counter(ref) & Counter(out)).values())
    if not shared:
        return 0.0, 0.0, 0.0
    return shared / len(out), shared / len(ref), 2 * shared / (len(ref) + len(out))


def wrong_removes_while_reading_b(reference, summary):
    """Slip: removes from the list that the loop reads, which skips the next pair."""
    ref, out = _bigrams(reference), _bigrams(summary)
    total = len(ref) + len(out)
    shared = 0
    for pair in out:
        if pair in ref:
            ref.remove(pair)
            out.remove(pair)
            shared += 1
    return 2 * shared / total if shared else 0.0


def wrong_count_of_shared_b(reference, summary):
    """Slip: the number of shared pairs."""
    return float(sum((Counter(_bigrams(reference)) & Counter(_bigrams(summary))).values()))


def wrong_example_b(reference, summary):
    """Slip: the 5 pairs of the example in the text."""
    return sum((Counter(_bigrams(reference)) & Counter(_bigrams(summary))).values()) / 5
