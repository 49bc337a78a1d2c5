"""Attempts at clipped_precision of another hand, written from the task's text alone."""

from collections import Counter
from functools import reduce
from itertools import combinations
from operator import or_


def _ngrams(tokens, n):
    return [tuple(tokens[k : k + n]) for k in range(len(tokens) - n + 1)]


def right_reduce(words, references, n):
    """Folds the references' counters with or."""
    candidate = Counter(_ngrams(words, n))
    if not candidate:
        return 0.0
    ceiling = reduce(or_, [Counter(_ngrams(ref, n)) for ref in references], Counter())
    return (candidate & ceiling).total() / candidate.total()


def right_too_many(words, references, n):
    """One less the share of those that are too many."""
    candidate = Counter(_ngrams(words, n))
    refs = [Counter(_ngrams(ref, n)) for ref in references]
    if not candidate:
        return 0.0
    surplus = 0
    for gram, count in candidate.items():
        allowed = max((ref[gram] for ref in refs), default=0)
        if count > allowed:
            surplus += count - allowed
    return 1.0 - surplus / sum(candidate.values())


def right_positions(words, references, n):
    """Compares word by word at positions, without making runs."""
    def times(text, start):
        found = 0
        for j in range(len(text) - n + 1):
            if all(text[j + k] == words[start + k] for k in range(n)):
                found += 1
        return found

    total = len(words) - n + 1
    if total < 1:
        return 0.0
    score = 0.0
    for start in range(total):
        mine = times(words, start)
        best = max([times(ref, start) for ref in references] + [0])
        score += min(mine, best) / mine  # all copies of a run share its hits
    return score / total


def right_sorted_merge(words, references, n):
    """A budget for each run that is spent in order."""
    budget = {}
    for ref in references:
        for gram, count in Counter(_ngrams(ref, n)).items():
            budget[gram] = max(count, budget.get(gram, 0))
    marks = []
    for gram in _ngrams(words, n):
        marks.append(1 if budget.get(gram, 0) else 0)
        budget[gram] = budget.get(gram, 0) - marks[-1]
    return sum(marks) / len(marks) if marks else 0.0


def right_elements(words, references, n):
    """The length of the list of clipped elements."""
    candidate, ceiling = Counter(_ngrams(words, n)), Counter()
    for ref in references:
        ceiling = ceiling | Counter(_ngrams(ref, n))
    clipped = list((candidate & ceiling).elements())
    return len(clipped) / max(len(words) - n + 1, 1)


def right_nested_words(words, references, n):
    """Runs of n as pairs of a shorter run and a word, built up length by length."""
    def grow(text):
        runs = [(w,) for w in text]
        for size in range(2, n + 1):
            runs = [run + (text[i + size - 1],) for i, run in enumerate(runs) if i + size <= len(text)]
        return runs

    mine = grow(words)
    theirs = [grow(ref) for ref in references]
    hits = sum(min(mine.count(g), max([t.count(g) for t in theirs] + [0])) for g in set(mine))
    return hits / len(mine) if len(mine) else 0.0


def wrong_membership(words, references, n):
    """A hit is any run that occurs in a reference: no clipping."""
    allowed = {gram for ref in references for gram in _ngrams(ref, n)}
    grams = _ngrams(words, n)
    return sum(gram in allowed for gram in grams) / max(len(grams), 1)


def wrong_references_in_one_list(words, references, n):
    """Joins the references to one long text: counts add up, and runs cross the borders."""
    candidate = Counter(_ngrams(words, n))
    pool = Counter(_ngrams([w for ref in references for w in ref], n))
    return sum((candidate & pool).values()) / max(sum(candidate.values()), 1)


def wrong_clipped_at_own_count(words, references, n):
    """min of the count with itself: clips nothing away but what no reference holds."""
    candidate = Counter(_ngrams(words, n))
    refs = [Counter(_ngrams(ref, n)) for ref in references]
    hits = sum(min(c, candidate[g]) for g, c in candidate.items() if any(ref[g] for ref in refs))
    return hits / max(sum(candidate.values()), 1)


def wrong_max_for_min(words, references, n):
    """Takes the larger of both counts."""
    candidate = Counter(_ngrams(words, n))
    refs = [Counter(_ngrams(ref, n)) for ref in references]
    hits = sum(max(c, max(ref[g] for ref in refs)) for g, c in candidate.items())
    return hits / max(sum(candidate.values()), 1)


def wrong_longest_reference(words, references, n):
    """Compares with the longest reference only."""
    candidate = Counter(_ngrams(words, n))
    ref = Counter(_ngrams(max(references, key=len), n))
    return sum((candidate & ref).values()) / max(sum(candidate.values()), 1)


def wrong_returns_in_the_loop(words, references, n):
    """The return is indented too far: only one run is looked at."""
    grams = _ngrams(words, n)
    hits = 0
    for gram in grams:
        hits += any(gram in _ngrams(ref, n) for ref in references)
        return hits / len(grams)


def wrong_f_score(words, references, n):
    """Mixes precision with recall, as chrF does."""
    candidate = Counter(_ngrams(words, n))
    ceiling = reduce(or_, [Counter(_ngrams(ref, n)) for ref in references])
    hits = sum((candidate & ceiling).values())
    p, r = hits / max(sum(candidate.values()), 1), hits / max(sum(ceiling.values()), 1)
    return 2 * p * r / (p + r) if hits else 0.0


def wrong_characters(words, references, n):
    """Runs of characters, as chrF counts."""
    candidate = Counter(_ngrams("".join(words), n))
    ceiling = reduce(or_, [Counter(_ngrams("".join(ref), n)) for ref in references])
    return sum((candidate & ceiling).values()) / max(sum(candidate.values()), 1)


def wrong_gaps_allowed(words, references, n):
    """Any n words in order, with gaps, not neighbours."""
    candidate = Counter(combinations(words, n))
    ceiling = reduce(or_, [Counter(combinations(ref, n)) for ref in references])
    return sum((candidate & ceiling).values()) / max(sum(candidate.values()), 1)


def wrong_same_place(words, references, n):
    """A run counts only where it stands at the same place in a reference."""
    grams = _ngrams(words, n)
    hits = sum(any(_ngrams(ref, n)[k : k + 1] == [g] for ref in references) for k, g in enumerate(grams))
    return hits / max(len(grams), 1)


def wrong_misses(words, references, n):
    """The share of the runs that missed."""
    candidate = Counter(_ngrams(words, n))
    ceiling = reduce(or_, [Counter(_ngrams(ref, n)) for ref in references])
    return sum((candidate - ceiling).values()) / max(sum(candidate.values()), 1)


def wrong_divides_by_the_clipped(words, references, n):
    """Divides by the runs that were found somewhere, not by all that were written."""
    candidate = Counter(_ngrams(words, n))
    ceiling = reduce(or_, [Counter(_ngrams(ref, n)) for ref in references])
    found = sum(c for g, c in candidate.items() if g in ceiling)
    return sum((candidate & ceiling).values()) / max(found, 1)


def wrong_two_digits(words, references, n):
    """Rounded to two digits."""
    candidate = Counter(_ngrams(words, n))
    ceiling = reduce(or_, [Counter(_ngrams(ref, n)) for ref in references])
    return round(sum((candidate & ceiling).values()) / max(sum(candidate.values()), 1), 2)


def wrong_shared_runs_crossed_out(words, references, n):
    """Crosses a found run out of the first reference that has it: the counts of all add up."""
    pools = [_ngrams(ref, n) for ref in references]
    hits = 0
    for gram in _ngrams(words, n):
        for pool in pools:
            if gram in pool:
                pool.remove(gram)
                hits += 1
                break
    return hits / max(len(words) - n + 1, 1)
