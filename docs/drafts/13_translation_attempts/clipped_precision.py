"""Attempts at clipped_precision, written from the task's text alone."""

import itertools
import math
from collections import Counter, defaultdict, deque
from fractions import Fraction

import numpy as np
import torch


def right_counters(words, references, n):
    """Counters, with | for the greatest count and & for the smaller one."""

    def runs(text):
        return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))

    mine, most = runs(words), Counter()
    for reference in references:
        most |= runs(reference)
    total = sum(mine.values())
    return sum((mine & most).values()) / total if total else 0.0


def right_lists_and_count(words, references, n):
    """Lists of runs, and the count of a list."""
    mine = [words[i : i + n] for i in range(len(words) - n + 1)]
    theirs = [[r[i : i + n] for i in range(len(r) - n + 1)] for r in references]
    if len(mine) == 0:
        return 0.0
    seen = []
    shared = 0
    for run in mine:
        if run in seen:
            continue
        seen.append(run)
        shared += min(mine.count(run), max([each.count(run) for each in theirs], default=0))
    return shared / len(mine)


def right_zip_of_shifts(words, references, n):
    """Runs as a zip of n shifted lists."""
    mine = Counter(zip(*[words[i:] for i in range(n)]))
    theirs = [Counter(zip(*[r[i:] for i in range(n)])) for r in references]
    if not mine:
        return 0.0
    hits = sum(min(count, max((each[run] for each in theirs), default=0)) for run, count in mine.items())
    return hits / mine.total()


def right_numbered_occurrences(words, references, n):
    """Each run carries the number of its occurrence; then sets do the rest."""

    def numbered(text):
        seen = Counter()
        out = set()
        for i in range(len(text) - n + 1):
            run = tuple(text[i : i + n])
            seen[run] += 1
            out.add((run, seen[run]))
        return out

    mine = numbered(words)
    if not mine:
        return 0.0
    allowed = set().union(*(numbered(r) for r in references))
    return len(mine & allowed) / len(mine)


def right_dictionaries(words, references, n):
    """Plain dictionaries with get."""
    most = {}
    for reference in references:
        counts = {}
        for i in range(len(reference) - n + 1):
            run = tuple(reference[i : i + n])
            counts[run] = counts.get(run, 0) + 1
        for run, count in counts.items():
            if count > most.get(run, 0):
                most[run] = count
    every = len(words) - n + 1
    if every <= 0:
        return 0.0
    hits = 0
    for i in range(every):
        run = tuple(words[i : i + n])
        if most.get(run, 0) > 0:
            most[run] -= 1
            hits += 1
    return hits / every


def right_earlier_ones(words, references, n):
    """A run hits if some reference holds it more often than it was written before."""
    mine = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    theirs = [[tuple(r[i : i + n]) for i in range(len(r) - n + 1)] for r in references]
    hits = [any(t.count(run) > mine[:i].count(run) for t in theirs) for i, run in enumerate(mine)]
    return sum(hits) / len(hits) if hits else 0.0


def right_defaultdict(words, references, n):
    """Counts of all texts in one table: a column for each reference."""
    table = defaultdict(lambda: [0] * len(references))
    for k, reference in enumerate(references):
        for start in range(0, len(reference) - n + 1):
            table[tuple(reference[start : start + n])][k] += 1
    mine = defaultdict(int)
    for start in range(0, len(words) - n + 1):
        mine[tuple(words[start : start + n])] += 1
    top, bottom = 0, 0
    for run, count in mine.items():
        top += min([count, max(table[run] + [0])])
        bottom += count
    return top / bottom if bottom > 0 else 0.0


def right_window(words, references, n):
    """A window that slides, a deque that forgets."""

    def runs(text):
        window, found = deque(maxlen=n), Counter()
        for word in text:
            window.append(word)
            if len(window) == n:
                found[tuple(window)] += 1
        return found

    mine = runs(words)
    theirs = list(map(runs, references))
    shared = 0
    for run in mine:
        best = 0
        for counts in theirs:
            best = max(best, counts[run])
        shared += min(best, mine[run])
    return shared / max(1, sum(mine.values()))


def right_groupby(words, references, n):
    """Sorted runs, grouped."""

    def runs(text):
        every = sorted(tuple(text[i : i + n]) for i in range(len(text) - n + 1))
        return {run: len(list(group)) for run, group in itertools.groupby(every)}

    mine = runs(words)
    theirs = [runs(r) for r in references]
    if mine == {}:
        return 0.0
    return sum(min(c, max((t.get(run, 0) for t in theirs), default=0)) for run, c in mine.items()) / sum(mine.values())


def right_recursion(words, references, n):
    """The hits of a text are those without its last word, and perhaps the last run."""

    def count(text, run):
        return sum(1 for i in range(len(text) - n + 1) if list(text[i : i + n]) == run)

    def hits(text):
        if len(text) < n:
            return 0
        run = list(text[len(text) - n :])
        allowed = max((count(r, run) for r in references), default=0)
        return hits(text[:-1]) + (count(text, run) <= allowed)

    every = len(words) - n + 1
    return hits(words) / every if every > 0 else 0.0


def right_numpy(words, references, n):
    """Words become numbers, and np.unique counts the rows; a NumPy number comes back."""
    ids = {}
    for text in [words, *references]:
        for word in text:
            ids.setdefault(word, len(ids))

    def runs(text):
        rows = [[ids[w] for w in text[i : i + n]] for i in range(len(text) - n + 1)]
        if not rows:
            return {}
        unique, counts = np.unique(np.array(rows), axis=0, return_counts=True)
        return {tuple(row): c for row, c in zip(unique.tolist(), counts)}

    mine = runs(words)
    if not mine:
        return np.float64(0)
    most = np.array([max([runs(r).get(run, 0) for r in references] + [0]) for run in mine])
    counts = np.array(list(mine.values()))
    return np.minimum(counts, most).sum() / counts.sum()


def right_comparison_table(words, references, n):
    """A table in torch of which runs are equal; a tensor of one number comes back."""
    mine = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    if not mine:
        return torch.tensor(0.0, dtype=torch.float64)
    same = torch.tensor([[a == b for b in mine] for a in mine])
    earlier = same.tril(-1).sum(1)  # equal runs that were written before
    most = torch.zeros(len(mine), dtype=torch.long)
    for r in references:
        held = torch.tensor([sum(tuple(r[i : i + n]) == a for i in range(len(r) - n + 1)) for a in mine])
        most = torch.maximum(most, held)
    return (earlier < most).double().mean()


def right_leftovers(words, references, n):
    """Takes away from what was written, reference by reference, and sees what is left of each run in all cases."""
    mine = Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))
    left = mine.copy()
    for r in references:
        theirs = Counter(tuple(r[i : i + n]) for i in range(len(r) - n + 1))
        left &= mine - theirs  # what no reference so far could cover
    total = mine.total()
    return 1 - left.total() / total if total else 0.0


def right_copies_crossed_out(words, references, n):
    """Crosses found runs out, in copies of all references at once."""
    open_runs = [[tuple(r[i : i + n]) for i in range(len(r) - n + 1)] for r in references]
    hits = tries = 0
    for i in range(len(words) - n + 1):
        run = tuple(words[i : i + n])
        tries += 1
        if any(run in each for each in open_runs):
            hits += 1
            for each in open_runs:
                if run in each:
                    each.remove(run)
    if tries == 0:
        return 0.0
    return hits / tries


def right_fraction_inside(words, references, n):
    """An exact fraction, made a float at the end."""
    runs = [Counter(tuple(t[i : i + n]) for i in range(max(0, len(t) - n + 1))) for t in (words, *references)]
    mine, theirs = runs[0], runs[1:]
    if not mine:
        return 0.0
    shares = (Fraction(min(mine[r], max([t[r] for t in theirs] or [0])), mine.total()) for r in mine)
    return float(sum(shares))


def right_islice(words, references, n):
    """Runs from n iterators that start one after the other."""

    def runs(text):
        iterators = itertools.tee(text, n)
        return Counter(zip(*(itertools.islice(it, k, None) for k, it in enumerate(iterators))))

    mine = runs(words)
    most = Counter()
    for reference in references:
        for run, count in runs(reference).items():
            most[run] = max(most[run], count)
    clipped = {run: min(count, most[run]) for run, count in mine.items()}
    return math.fsum(clipped.values()) / math.fsum(mine.values()) if mine else 0.0


def _runs(text, n):
    return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))


def _most(references, n):
    most = Counter()
    for reference in references:
        most |= _runs(reference, n)
    return most


def wrong_not_clipped(words, references, n):
    """Every run counts that some reference holds, however often it was written."""
    mine, most = _runs(words, n), _most(references, n)
    return sum(count for run, count in mine.items() if run in most) / max(1, mine.total())


def wrong_sum_of_references(words, references, n):
    """Clipped at what all references hold together."""
    mine, together = _runs(words, n), Counter()
    for reference in references:
        together += _runs(reference, n)
    return (mine & together).total() / max(1, mine.total())


def wrong_first_reference(words, references, n):
    """Looks at the first reference only."""
    mine = _runs(words, n)
    return (mine & _runs(references[0], n)).total() / max(1, mine.total())


def wrong_last_reference(words, references, n):
    """The counts are overwritten by each reference."""
    mine = _runs(words, n)
    for reference in references:
        most = _runs(reference, n)
    return (mine & most).total() / max(1, mine.total())


def wrong_all_references_must_hold_it(words, references, n):
    """The smallest count of the references, not the greatest."""
    mine = _runs(words, n)
    least = _runs(references[0], n)
    for reference in references[1:]:
        least &= _runs(reference, n)
    return (mine & least).total() / max(1, mine.total())


def wrong_best_reference_as_a_whole(words, references, n):
    """The best precision against one reference: the runs cannot come from several."""
    mine = _runs(words, n)
    return max((mine & _runs(r, n)).total() for r in references) / max(1, mine.total())


def wrong_mean_over_references(words, references, n):
    """The mean of the precisions against each reference."""
    mine = _runs(words, n)
    each = [(mine & _runs(r, n)).total() / max(1, mine.total()) for r in references]
    return sum(each) / len(each)


def wrong_recall(words, references, n):
    """Divides by the runs of the references: a recall."""
    mine, most = _runs(words, n), _most(references, n)
    return (mine & most).total() / max(1, most.total())


def wrong_different_runs(words, references, n):
    """Sets: each different run counts once."""
    mine = {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
    return len(mine & set(_most(references, n))) / max(1, len(mine))


def wrong_once_each_over_all(words, references, n):
    """A run counts at most once, even where a reference holds it twice."""
    mine, most = _runs(words, n), _most(references, n)
    return len(set(mine) & set(most)) / max(1, mine.total())


def wrong_last_run_missing(words, references, n):
    """The range ends one too early."""
    def runs(text):
        return Counter(tuple(text[i : i + n]) for i in range(len(text) - n))

    mine, most = runs(words), Counter()
    for reference in references:
        most |= runs(reference)
    return (mine & most).total() / max(1, mine.total())


def wrong_shorter_runs_at_the_end(words, references, n):
    """Begins a run at every word, so that the last ones are cut off."""
    def runs(text):
        return Counter(tuple(text[i : i + n]) for i in range(len(text)))

    mine, most = runs(words), Counter()
    for reference in references:
        most |= runs(reference)
    return (mine & most).total() / max(1, mine.total())


def wrong_single_words(words, references, n):
    """Counts words, whatever n is."""
    mine, most = _runs(words, 1), _most(references, 1)
    return (mine & most).total() / max(1, mine.total())


def wrong_divided_by_words(words, references, n):
    """Divides by the number of words, not of runs."""
    mine, most = _runs(words, n), _most(references, n)
    return (mine & most).total() / max(1, len(words))


def wrong_number_of_hits(words, references, n):
    """The count, not the share."""
    return (_runs(words, n) & _most(references, n)).total()


def wrong_percent(words, references, n):
    """In percent."""
    mine, most = _runs(words, n), _most(references, n)
    return 100 * (mine & most).total() / max(1, mine.total())


def wrong_order_ignored(words, references, n):
    """The words of a run are sorted, so that their order does not matter."""
    def runs(text):
        return Counter(tuple(sorted(text[i : i + n])) for i in range(len(text) - n + 1))

    mine, most = runs(words), Counter()
    for reference in references:
        most |= runs(reference)
    return (mine & most).total() / max(1, mine.total())


def wrong_without_overlap(words, references, n):
    """Cuts the text into pieces of n words that do not overlap."""
    def runs(text):
        return Counter(tuple(text[i : i + n]) for i in range(0, len(text) - n + 1, n))

    mine, most = runs(words), Counter()
    for reference in references:
        most |= runs(reference)
    return (mine & most).total() / max(1, mine.total())


def wrong_whole_division(words, references, n):
    """Divides with //."""
    mine, most = _runs(words, n), _most(references, n)
    return (mine & most).total() // max(1, mine.total())


def wrong_geometric_mean(words, references, n):
    """Goes on to the second rule: the geometric mean over the lengths up to n."""
    product = 1.0
    for k in range(1, n + 1):
        mine = _runs(words, k)
        product *= (mine & _most(references, k)).total() / max(1, mine.total())
    return product ** (1 / n)


def wrong_brevity(words, references, n):
    """Multiplies with the price for brevity of the third rule."""
    mine, most = _runs(words, n), _most(references, n)
    r = min(len(reference) for reference in references)
    price = min(1.0, math.exp(1 - r / max(1, len(words))))
    return price * (mine & most).total() / max(1, mine.total())


def wrong_eats_the_words(words, references, n):
    """The share is right, but the caller's list of words is eaten up."""
    most = _most(references, n)
    hits = tries = 0
    while len(words) >= n:
        run = tuple(words[:n])
        hits += most[run] > 0
        most[run] -= 1
        tries += 1
        words.pop(0)
    return hits / max(1, tries)


def wrong_joined_text(words, references, n):
    """Looks for the letters of a run in the joined text, where it is found within longer words too."""
    texts = [" ".join(r) for r in references]
    mine = Counter(" ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    hits = sum(min(count, max(text.count(run) for text in texts)) for run, count in mine.items())
    return hits / max(1, mine.total())
