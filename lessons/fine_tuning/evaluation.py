"""What a number is worth: two models on the same texts, probabilities that keep what they promise, shared names."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lessons.kit import checks
from lessons.kit.texts import listed

MOST_DRAWS, MOST_BINS = 1_000_000, 1000

# --- two models on the same texts -------------------------------------------------------------------------------------


class PairedTest(NamedTuple):
    """How often one of two models alone was right, and the probability of so uneven a split by chance."""

    only_first: int
    only_second: int
    p_value: float


def mcnemar(right_first: ArrayLike, right_second: ArrayLike) -> PairedTest:
    """The exact test of McNemar (1947): truth values (n,) of two models, in the same order of texts.

    Texts that both get right, or both wrong, say nothing about which is better. Of the others, each falls to either
    model like a fair coin if the two are equally good; p is the chance of a split at least as uneven.

    Raises ValueError for values that are not True or False, or of different lengths.
    """
    first, second = _judged(right_first, right_second)
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    n, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n
    return PairedTest(only_first, only_second, min(1.0, 2 * tail))


def paired_difference(
    right_first: ArrayLike, right_second: ArrayLike, draws: int = 10_000, seed: int = 0
) -> tuple[float, float, float]:
    """First minus second accuracy, and the ends of its 95 % interval over texts: truth values or shares right, (n,).

    A bootstrap (Efron 1979): texts are drawn with replacement, each with what *both* models made of it, and the
    difference is taken anew. Raises ValueError as `mcnemar`, and unless there are from 1 to a million draws.
    """
    checks.whole(draws=draws)
    if draws > MOST_DRAWS:
        raise ValueError(f"draws is {draws:,}; more than {MOST_DRAWS:,} tell no more, and take long.")
    checks.whole(0, seed=seed)
    first, second = _shares("right_first", right_first), _shares("right_second", right_second)
    if len(first) != len(second):
        raise ValueError(f"Give one value for each text, of both models; there are {len(first)} and {len(second)}.")
    each = first - second
    rng = np.random.default_rng(seed)
    drawn = [each[rng.integers(len(each), size=len(each))].mean() for _ in range(draws)]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(each.mean()), float(low), float(high)


def accuracy_interval(accuracy: float, n: int) -> float:
    """Half the width of the 95 % interval of an accuracy that was measured on n texts: 1.96 standard errors.

    Raises ValueError for what is no share, and for less than one text.
    """
    checks.whole(n=n)
    if not 0 <= accuracy <= 1:
        raise ValueError(f"An accuracy is a share from 0 to 1, not {accuracy!r}.")
    return 1.96 * math.sqrt(accuracy * (1 - accuracy) / n)


def _judged(first: ArrayLike, second: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    values = np.asarray(first), np.asarray(second)
    if values[0].shape != values[1].shape or values[0].ndim != 1 or not values[0].size:
        raise ValueError(f"Give one value for each text, of both models; the shapes are {[v.shape for v in values]}.")
    if not all(v.dtype == bool for v in values):
        raise ValueError("Give True where the answer was right and False where it was wrong: predictions == labels.")
    return values


def _shares(name: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        shares = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be truth values or shares, one for each text: {error}.") from error
    if shares.ndim != 1 or not shares.size or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(f"{name} must be truth values or shares from 0 to 1, one for each text.")
    return shares


# --- probabilities that keep what they promise ------------------------------------------------------------------------


def calibration(probabilities: ArrayLike, labels: ArrayLike, n_bins: int = 5) -> tuple[list[dict[str, Any]], float]:
    """Rows of promised and kept confidence, and their mean distance, weighted (Guo et al. 2017, equation 3).

    `probabilities` (n, labels) are put into bins of equal width by their largest value; bins start at the least value
    that a largest one can have, and empty ones are left out. Raises ValueError for values that do not fit, and unless
    there are from 1 to a thousand bins.
    """
    checks.whole(n_bins=n_bins)
    if n_bins > MOST_BINS:
        raise ValueError(f"n_bins is {n_bins:,}; with more than {MOST_BINS:,} nearly every bin is empty.")
    table, truth = _probabilities(probabilities, labels)
    confidence, right = table.max(1), table.argmax(1) == truth
    rows, error = [], 0.0
    for low, high in itertools.pairwise(np.linspace(1 / table.shape[1], 1, n_bins + 1)):
        inside = (confidence > low) & (confidence <= high)
        if not inside.any():
            continue
        promised, kept = float(confidence[inside].mean()), float(right[inside].mean())
        error += float(inside.mean()) * abs(kept - promised)
        rows.append({"confidence": f"{low:.1f} to {high:.1f}", "answers": int(inside.sum())})
        rows[-1] |= {"promised": promised, "kept": kept}
    return rows, error


def tempered(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """Probabilities (n, labels) after their logits are divided by the temperature; which is largest stays the same.

    The logarithm of a softmax is its logits but for a constant, which the next softmax takes out again. Raises
    ValueError for a temperature that is not above 0, and for values that are no probabilities.
    """
    if not (isinstance(temperature, int | float) and 0 < temperature < math.inf):
        raise ValueError(f"A temperature is a number above 0, not {temperature!r}.")
    table = _table(probabilities)
    logits = np.log(np.maximum(table, 1e-38)) / temperature
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


def best_temperature(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """The temperature with the smallest mean cross-entropy (Guo et al. 2017, section 4.2), found by golden section.

    Looks between 0.05 and 20. Raises ValueError for values that do not fit.
    """
    table, truth = _probabilities(probabilities, labels)

    def loss(exponent: float) -> float:
        chosen = tempered(table, math.exp(exponent))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chosen, 1e-38)).mean())

    low, high, ratio = math.log(0.05), math.log(20.0), (math.sqrt(5) - 1) / 2
    for _ in range(60):  # the mean cross-entropy falls, then rises: drop the end behind the worse of two inner points
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return math.exp((low + high) / 2)


def _table(probabilities: ArrayLike) -> NDArray[np.float64]:
    try:
        table = np.asarray(probabilities, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"probabilities must be numbers (n, labels): {error}.") from error
    if table.ndim != 2 or not table.size or table.shape[1] < 2:
        raise ValueError(f"probabilities must be (n, labels), for two labels or more; their shape is {table.shape}.")
    if not ((table >= 0) & (table <= 1)).all() or not np.allclose(table.sum(1), 1, atol=1e-3):
        raise ValueError("Each row of probabilities must hold numbers from 0 to 1 that sum to 1.")
    return table


def _probabilities(probabilities: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    table, truth = _table(probabilities), np.asarray(labels)
    if truth.shape != (len(table),) or truth.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be one whole number for each of {len(table)} rows; their shape is {truth.shape}."
        )
    if truth.min() < 0 or truth.max() >= table.shape[1]:
        raise ValueError(f"labels must be from 0 to {table.shape[1] - 1}; they go from {truth.min()} to {truth.max()}.")
    return table, truth


# --- texts about the same thing on both sides of a split --------------------------------------------------------------

NAME = re.compile(r"(?<=[^.?!'\"] )[A-Z][\w'’-]+")  # a capital that no sentence's beginning explains


def shares_a_name(known: Sequence[str], texts: Sequence[str], most: int = 20) -> NDArray[np.bool_]:
    """For each text, whether it holds a name that a known text holds as well: a proxy for “about the same film”.

    A name is a word with a capital inside a sentence that occurs in at most so many of all texts. Raises ValueError for
    no text or `most` below 1, TypeError for one bare string.
    """
    checks.whole(most=most)
    sides = [[set(NAME.findall(text)) for text in listed(side)] for side in (known, texts)]
    if not all(sides):
        raise ValueError("Give at least one known text, and one to look for.")
    counts = Counter(name for side in sides for names in side for name in names)
    rare = {name for names in sides[0] for name in names if counts[name] <= most}
    return np.array([not names.isdisjoint(rare) for names in sides[1]])
