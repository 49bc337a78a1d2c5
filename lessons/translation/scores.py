"""BLEU and chrF, the two scores of machine translation, from scratch; how sure they are, by bootstrap.

A score is computed from counts that add up over sentences. So each sentence is counted once, `Counts`, and the score of
a whole test set, of one sentence, or of a thousand resampled test sets is a sum of rows and a formula. All numbers are
those of sacrebleu (Post 2018, "A Call for Clarity in Reporting BLEU Scores") with its standard settings.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lessons.kit import checks
from lessons.kit.texts import listed

Counts = NDArray[np.float64]  # (sentences, numbers): what a score adds up
Formula = Callable[[Counts], float]  # the sum of those rows, (numbers,) -> the score

BLEU_ORDER = 4  # the longest run of words that is compared
CHRF_ORDER = 6  # the longest run of characters
CHRF_BETA = 2  # recall counts twice as much as precision

# --- words ------------------------------------------------------------------------------------------------------------

SIGNS = re.compile(r"([{-~\[-` -&(-+:-@/])")  # ASCII's signs, but for ' , - .
CUTS = (
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),  # a full stop or comma, unless a digit is before it ...
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),  # ... or behind it
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),  # a hyphen behind a digit
)
ENTITIES = {"&quot;": '"', "&amp;": "&", "&lt;": "<", "&gt;": ">"}


def words(text: str) -> list[str]:
    """A text as BLEU counts it: words and punctuation apart, as in NIST's mteval-v13a, which sacrebleu calls "13a".

    words("Don't go, Tom!") is ["Don't", "go", ",", "Tom", "!"]. Raises TypeError for what is no text.
    """
    (text,) = listed([text])
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, sign in ENTITIES.items():
        text = text.replace(entity, sign)
    text = SIGNS.sub(r" \1 ", f" {text} ")
    for pattern, cut in CUTS:
        text = pattern.sub(cut, text)
    return text.split()


def runs(items: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """How often each run of n neighbours occurs: runs("abab", 2) counts ("a", "b") twice.

    Raises ValueError for n below 1.
    """
    checks.whole(n=n)
    return Counter(tuple(items[i : i + n]) for i in range(len(items) - n + 1))


def _checked(texts: Sequence[str], references: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    given, wanted = listed(texts), [listed(each) for each in references]
    if not given or len(given) != len(wanted) or not all(wanted):
        raise ValueError(
            f"One translation or more are due, and for each a list of references: {len(given)} translations, "
            f"{len(wanted)} lists, {sum(not each for each in wanted)} of them empty."
        )
    return given, wanted


# --- BLEU -------------------------------------------------------------------------------------------------------------


def bleu_counts(texts: Sequence[str], references: Sequence[Sequence[str]]) -> Counts:
    """For each text: its words, the reference's, then for n = 1 ... 4 shared runs and runs: (sentences, 10).

    With several references a run counts as often as the one that holds it most often, and the length is that of the
    reference closest in length, the shorter of two (Papineni et al. 2002, section 2). Raises ValueError for no text, or
    a text without a reference; TypeError for one bare string.
    """
    return np.array([_bleu_row(*pair) for pair in zip(*_checked(texts, references), strict=True)], dtype=float)


def _bleu_row(text: str, references: list[str]) -> list[int]:
    given, wanted = words(text), [words(reference) for reference in references]
    row = [len(given), min(map(len, wanted), key=lambda n: (abs(n - len(given)), n))]
    for n in range(1, BLEU_ORDER + 1):
        mine, most = runs(given, n), Counter[tuple[str, ...]]()
        for reference in wanted:
            most |= runs(reference, n)  # of each run the greater count
        row += [(mine & most).total(), mine.total()]
    return row


def bleu_of(counts: Counts) -> float:
    """BLEU, 0 to 100, from rows of `bleu_counts` or their sum: brevity · geometric mean of the four precisions.

    Papineni et al. 2002, section 2.3. Where no run of a length is shared, half a run is counted, then a quarter of one,
    and so on, as sacrebleu does. Raises ValueError for other counts.
    """
    total = _summed(counts, 2 + 2 * BLEU_ORDER)
    length, wanted, shared, every = total[0], total[1], total[2::2], total[3::2]
    if not shared.any() or not every.all():
        return 0.0
    precisions, share = [], 1.0
    for hits, n in zip(shared, every, strict=True):
        share /= 1 if hits else 2
        precisions.append((hits or share) / n)
    brevity = min(1.0, math.exp(1 - wanted / length))
    return 100 * brevity * math.exp(sum(map(math.log, precisions)) / BLEU_ORDER)


def bleu(texts: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """BLEU of a whole test set, 0 to 100; `references` holds a list for each text. Raises as `bleu_counts`."""
    return bleu_of(bleu_counts(texts, references))


# --- chrF -------------------------------------------------------------------------------------------------------------


def chrf_counts(texts: Sequence[str], references: Sequence[Sequence[str]]) -> Counts:
    """For each text and n = 1 ... 6: its runs of characters, the reference's, and the shared ones: (sentences, 18).

    White space does not count. Of several references the one with the best score is taken, the first of equals (Popović
    2015, section 2). Raises ValueError for no text, or a text without a reference; TypeError for one bare string.
    """
    return np.array([_chrf_row(*pair) for pair in zip(*_checked(texts, references), strict=True)], dtype=float)


def _chrf_row(text: str, references: list[str]) -> list[int]:
    mine = [runs("".join(text.split()), n) for n in range(1, CHRF_ORDER + 1)]
    return max((_chrf_against(mine, reference) for reference in references), key=lambda row: _f_score(np.array(row)))


def _chrf_against(mine: list[Counter[tuple[str, ...]]], reference: str) -> list[int]:
    characters, row = "".join(reference.split()), []
    for n, counted in enumerate(mine, 1):
        theirs = runs(characters, n)
        row += [counted.total() if theirs else 0, theirs.total(), (counted & theirs).total()]
    return row


def _f_score(total: NDArray) -> float:
    """Mean precision and mean recall over the lengths that both texts have, and their weighted harmonic mean."""
    given, wanted, shared = total[0::3], total[1::3], total[2::3]
    both = (given > 0) & (wanted > 0)
    if not shared.any():
        return 0.0
    precision, recall = (shared[both] / given[both]).mean(), (shared[both] / wanted[both]).mean()
    return float(100 * (1 + CHRF_BETA**2) * precision * recall / (CHRF_BETA**2 * precision + recall))


def chrf_of(counts: Counts) -> float:
    """chrF, 0 to 100, from rows of `chrf_counts` or their sum. Raises ValueError for other counts."""
    return _f_score(_summed(counts, 3 * CHRF_ORDER))


def chrf(texts: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """chrF of a whole test set, 0 to 100; `references` holds a list for each text. Raises as `chrf_counts`."""
    return chrf_of(chrf_counts(texts, references))


def _summed(counts: Counts, n: int) -> NDArray[np.float64]:
    found = np.asarray(counts)
    if found.dtype.kind not in "iuf" or found.ndim not in (1, 2) or found.shape[-1] != n or not found.size:
        raise ValueError(f"Counts (sentences, {n}) are due, one sentence or more, not {found.shape} of {found.dtype}.")
    if not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("Counts must be finite numbers, 0 or more.")
    return np.atleast_2d(found).sum(0).astype(float)


# --- how sure? --------------------------------------------------------------------------------------------------------


class Interval(NamedTuple):
    """A score of the whole test set, and between which scores 95 % of resampled test sets lie."""

    score: float
    low: float
    high: float


def resamples(n_sentences: int, n: int = 1000, seed: int = 0) -> NDArray[np.int64]:
    """n test sets drawn with replacement, (n, n_sentences): indices. Raises ValueError for numbers below 1."""
    checks.sizes(n_sentences=n_sentences, n=n)
    checks.whole(0, seed=seed)
    return np.random.default_rng(seed).integers(n_sentences, size=(n, n_sentences))


def bootstrap(counts: Counts, formula: Formula, n: int = 1000, seed: int = 0) -> Interval:
    """A score with the middle 95 % of the scores of n resampled test sets (Koehn 2004, section 3).

    What varies is which sentences were drawn for the test: not the seed of a training. Raises ValueError for counts
    that are no rows of numbers.
    """
    score = formula(counts)
    scores = [formula(counts[rows].sum(0)) for rows in resamples(len(counts), n, seed)]
    low, high = np.quantile(scores, [0.025, 0.975])
    return Interval(score, float(low), float(high))


class Comparison(NamedTuple):
    """By how much the second of two systems is better, 95 % of it in resampled test sets, and how often it is not."""

    difference: float
    low: float
    high: float
    not_better: float  # the share of resampled test sets in which the second is not better


def compare(first: Counts, second: Counts, formula: Formula, n: int = 1000, seed: int = 0) -> Comparison:
    """Two systems on the same sentences: in each resampled test set both are scored (Koehn 2004, section 4).

    Raises ValueError unless both have counts of the same sentences.
    """
    if np.shape(first) != np.shape(second):
        raise ValueError(f"Both must be counted on the same sentences: {np.shape(first)} and {np.shape(second)}.")
    difference = formula(second) - formula(first)
    found = [formula(second[r].sum(0)) - formula(first[r].sum(0)) for r in resamples(len(first), n, seed)]
    low, high = np.quantile(found, [0.025, 0.975])
    return Comparison(difference, float(low), float(high), float(np.mean(np.array(found) <= 0)))
