"""Which explanation is true of the model? Take the words away that it names, and see.

An *order* names the places of a text's words, the most important first. A *deletion* curve takes them away in this
order and follows the probability of the label that was predicted: the faster it falls the better. A *sufficiency* curve
starts from nothing and brings them back: the faster it rises the better (DeYoung et al. 2020, section 4.2, call the two
comprehensiveness and sufficiency). Words are masked, or removed; random orders are the bar.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from torch import Tensor, nn

from lessons.bert import initialise
from lessons.fine_tuning import TextClassifier
from lessons.interpretability.attribution import METHODS, check_places, logits_of_lists, with_places
from lessons.kit import checks

KINDS = ("deletion", "sufficiency")
SHARES = np.linspace(0, 1, 11)  # of the words, where curves of texts of different lengths are compared
SIGNLESS = ("saliency", "rollout", "last attention")  # these cannot say that a word speaks against the label


class Text(NamedTuple):
    """A text whose answer is explained: its ids (1, tokens), the places of its words, the label that was predicted."""

    token_ids: Tensor
    places: list[int]
    label: int


def order_of(scores: Tensor, places: Sequence[int]) -> list[int]:
    """The places by falling score, (tokens,); of equals the first comes first. Raises ValueError for no such place."""
    if scores.ndim != 1 or not scores.is_floating_point():
        raise ValueError(f"A number for each token is due, (tokens,), not {checks.described(scores)}.")
    if scores.isnan().any():
        raise ValueError("Some scores are no numbers.")
    _check_order(places, len(scores) - 1)
    return sorted(places, key=lambda place: (-scores[place].item(), place))


def _check_order(places: Sequence[int], last: int = 2**31) -> None:
    if isinstance(places, str) or not len(places):
        raise ValueError(f"One place or more is due, not {places!r:.60}.")
    check_places(places, 0, last)


def random_order(places: Sequence[int], seed: int) -> list[int]:
    """The places in a random order. Raises ValueError for a seed below 0."""
    checks.whole(0, seed=seed)
    _check_order(places)
    return [places[i] for i in np.random.default_rng(seed).permutation(len(places))]


def steps_of(order: Sequence[int], kind: str) -> list[list[int]]:
    """Which places are gone at each step, n + 1 lists: none, the first, the first two, ...; or all, all but the first.

    Raises ValueError for another kind than KINDS.
    """
    if kind not in KINDS:
        raise ValueError(f"A curve is one of {', '.join(KINDS)}, not {kind!r:.40}.")
    _check_order(order)
    n = len(order)
    return [list(order[:k] if kind == "deletion" else order[k:]) for k in range(n + 1)]


def curve(model: TextClassifier, text: Text, order: Sequence[int], kind: str, way: str) -> NDArray[np.float64]:
    """The probability of the text's label at each of `steps_of(order, kind)`, (n + 1,). Raises ValueError as there."""
    if sorted(order) != sorted(text.places):
        raise ValueError("An order names every place of the text's words once.")
    mask_id = model.tokenizer.mask_token_id or 0
    lists = with_places(text.token_ids, steps_of(order, kind), way, mask_id)
    found = logits_of_lists(model, lists).softmax(-1)[:, text.label]
    return found.double().numpy()


def _row(values: ArrayLike) -> NDArray[np.float64]:
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"A row of numbers is due: {error}.") from error
    if found.ndim != 1 or not np.isfinite(found).all():
        raise ValueError(f"A row of finite numbers is due, not the shape {found.shape}.")
    return found


def at_shares(values: ArrayLike) -> NDArray[np.float64]:
    """A curve of n + 1 steps at the shares 0, 0.1, ..., 1 of its words, straight lines between steps, (11,).

    Raises ValueError for fewer than two values, and for what are no finite numbers.
    """
    found = _row(values)
    if len(found) < 2:
        raise ValueError(f"A curve has two values or more, not the shape {found.shape}.")
    return np.interp(SHARES, np.linspace(0, 1, len(found)), found)


def area(values: ArrayLike) -> float:
    """The mean height of a curve between its ends, by straight lines: 0 to 1. Raises ValueError as `at_shares`."""
    at_shares(values)
    found = _row(values)
    return float(np.trapezoid(found, dx=1 / (len(found) - 1)))


def word_places(model: TextClassifier, token_ids: Sequence[int], ignored: frozenset[str] = frozenset()) -> list[int]:
    """The places of the tokens between [CLS] and [SEP] that are letters, and not among the ignored words."""
    tokens = model.tokenizer.convert_ids_to_tokens(list(token_ids))
    inside = range(1, len(tokens) - 1)
    return [i for i in inside if tokens[i].removeprefix("##").isalpha() and tokens[i] not in ignored]


def texts_of(
    model: TextClassifier, texts: Sequence[str], ignored: frozenset[str] = frozenset(), least: int = 4
) -> list[Text]:
    """The texts with `least` words or more, with the label that the model gives each."""
    checks.whole(least=least)
    lists = model.encode(texts)
    labels = logits_of_lists(model, lists).argmax(-1).tolist()
    found = [
        Text(torch.tensor([ids]), word_places(model, ids, ignored), label)
        for ids, label in zip(lists, labels, strict=True)
    ]
    return [text for text in found if len(text.places) >= least]


def attributions(model: TextClassifier, text: Text, methods: Sequence[str] = tuple(METHODS)) -> dict[str, Tensor]:
    """Method -> a number for each token of the text, (tokens,). Raises KeyError for another method than METHODS."""
    return {name: METHODS[name](model, text.token_ids, text.label).detach() for name in methods}


def curves(
    model: TextClassifier,
    text: Text,
    scores: Mapping[str, Tensor],
    kind: str,
    way: str,
    seeds: Sequence[int] = (0, 1, 2),
) -> dict[str, NDArray[np.float64]]:
    """Method -> its curve, (n + 1,), and the mean curve of random orders under "random"."""
    found = {name: curve(model, text, order_of(each, text.places), kind, way) for name, each in scores.items()}
    drawn = [curve(model, text, random_order(text.places, seed), kind, way) for seed in seeds]
    return {**found, "random": np.mean(drawn, axis=0)}


# --- does it depend on the model at all? ------------------------------------------------------------------------------


def randomised(model: TextClassifier, n_layers: int, seed: int = 0) -> TextClassifier:
    """A copy whose head, pooler and last n layers have new random weights (the cascade of Adebayo et al. 2018).

    Raises ValueError unless n_layers is from 0 to the number of layers, and for a seed below 0.
    """
    checks.whole(0, n_layers=n_layers, seed=seed)
    layers = model.bert.layers
    if n_layers > len(layers):
        raise ValueError(f"This BERT has {len(layers)} layers, not {n_layers}.")
    found = copy.deepcopy(model)
    torch.manual_seed(seed)
    parts: list[nn.Module] = [found.classifier, found.bert.pooler]
    for part in [*parts, *list(found.bert.layers)[len(layers) - n_layers :]]:
        part.apply(initialise)
    return found.eval()


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's correlation of two rows (n,): 1 for the same order, −1 for the opposite, 0 if one row is all equal.

    Raises ValueError for rows of different lengths, or fewer than two numbers.
    """
    a, b = _row(first), _row(second)
    if a.shape != b.shape or len(a) < 2:
        raise ValueError(f"Two rows of as many finite numbers are due, not {a.shape} and {b.shape}.")
    ranks = [rankdata(row) - (len(row) + 1) / 2 for row in (a, b)]
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float((ranks[0] * ranks[1]).sum() / size) if size else 0.0


def sanity(
    model: TextClassifier, texts: Sequence[Text], n_layers: int, methods: Sequence[str] = tuple(METHODS), seed: int = 0
) -> dict[str, float]:
    """Method -> the mean rank correlation of its numbers before and after `randomised(model, n_layers)`.

    Numbers of both signs are compared by size, for what they name first. Raises ValueError as `randomised`.
    """
    other = randomised(model, n_layers, seed)
    found: dict[str, list[float]] = {name: [] for name in methods}
    for text in texts:
        before, after = attributions(model, text, methods), attributions(other, text, methods)
        for name in methods:
            pair = (each[name][text.places].abs().numpy() for each in (before, after))
            found[name].append(rank_correlation(*pair))
    return {name: float(np.mean(values)) for name, values in found.items()}


def mean_curves(
    model: TextClassifier, texts: Sequence[Text], kind: str, way: str, methods: Sequence[str] = tuple(METHODS)
) -> dict[str, NDArray[np.float64]]:
    """Method -> the mean over texts of its curve at SHARES, (11,); random orders are among them."""
    rows: dict[str, list[NDArray[np.float64]]] = {}
    for text in texts:
        for name, values in curves(model, text, attributions(model, text, methods), kind, way).items():
            rows.setdefault(name, []).append(at_shares(values))
    return {name: np.mean(values, axis=0) for name, values in rows.items()}
