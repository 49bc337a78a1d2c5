"""What is in the data: copies, near copies, junk, several sources, and texts of the test that crept in.

Near copies are found by MinHash (Broder 1997): a set of word runs becomes a short row of numbers, and two rows agree in
as large a share of their places as the sets have in common.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.gpt import Chunks
from lessons.gpt.training import Chunk
from lessons.kit import checks
from lessons.kit.datasets import normalised
from lessons.kit.training import evaluating, fit

PRIME = 2**31 - 1
EMPTY = PRIME  # what the signature of an empty set holds

# --- copies -----------------------------------------------------------------------------------------------------------


def exact_copies(texts: Sequence[str]) -> list[list[int]]:
    """Groups of two or more texts that are equal but for case, punctuation and spaces, by their places.

    Raises ValueError for one bare string.
    """
    _check_texts(texts)
    groups: dict[bytes, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        groups[hashlib.sha256(normalised(text).encode("utf-8", "replace")).digest()].append(place)
    return [group for group in groups.values() if len(group) > 1]


def shingles(text: str, n: int = 3) -> set[str]:
    """All runs of n words of a text, in lower case; a shorter text is one run. Raises ValueError for n below 1."""
    checks.whole(n=n)
    words = normalised(text).split()
    if not words:
        return set()
    return {" ".join(words[start : start + n]) for start in range(max(1, len(words) - n + 1))}


def jaccard(first: set[str], second: set[str]) -> float:
    """What two sets share, over what they hold together; 1 for two empty ones."""
    together = first | second
    return len(first & second) / len(together) if together else 1.0


class MinHash:
    """Signatures of n numbers: the least of all members under each of n hash functions h(x) = (a x + b) mod prime."""

    def __init__(self, n: int = 128, seed: int = 0) -> None:
        """Raises ValueError for less than one number, or a seed below 0."""
        checks.sizes(n=n)
        checks.whole(0, seed=seed)
        rng = np.random.default_rng(seed)
        self.a = rng.integers(1, PRIME, n)
        self.b = rng.integers(0, PRIME, n)

    def __call__(self, members: Iterable[str]) -> NDArray[np.int64]:
        """A set of texts -> (n,). Raises ValueError for one bare string."""
        if isinstance(members, str):
            raise ValueError("Give a set of runs, as `shingles` makes it, not one text.")
        numbers = np.array(
            [zlib.crc32(member.encode("utf-8", "replace")) % PRIME for member in members], dtype=np.int64
        )
        if not len(numbers):
            return np.full(len(self.a), EMPTY, dtype=np.int64)
        # Below 2^31 each, so that the product fits into 63 bits.
        return ((self.a[:, None] * numbers + self.b[:, None]) % PRIME).min(1)


def agreement(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """The share of equal places of two signatures, which estimates Jaccard. Raises ValueError for other lengths."""
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError("Two signatures of one length are due.")
    return float((first == second).mean())


def candidates(signatures: Sequence[NDArray[np.int64]], bands: int) -> set[tuple[int, int]]:
    """Pairs of places whose signatures agree wholly in one band or more; only these are worth a comparison.

    A signature is cut into so many bands (Leskovec et al. 2020, section 3.4). Raises ValueError for bands that cannot
    be equally wide.
    """
    checks.whole(bands=bands)
    found: set[tuple[int, int]] = set()
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, signature in enumerate(signatures):
        if len(signature) % bands:
            raise ValueError(f"A signature of {len(signature)} numbers cannot be cut into {bands} equal bands.")
        for band, part in enumerate(np.split(signature, bands)):
            buckets[band, part.tobytes()].append(place)
    for places in buckets.values():
        found.update(combinations(places, 2))
    return found


def caught(similarity: float, bands: int, rows: int) -> float:
    """The probability that two sets of this Jaccard similarity become a candidate: 1 − (1 − s^rows)^bands.

    Raises ValueError for what is no share, and less than one band or row.
    """
    checks.shares(similarity=similarity)
    checks.whole(bands=bands, rows=rows)
    return 1 - (1 - similarity**rows) ** bands


def near_copies(
    texts: Sequence[str], least: float = 0.5, n: int = 3, bands: int = 32, size: int = 128
) -> list[tuple[int, int, float]]:
    """Pairs of places (first, second, Jaccard) of texts that share `least` of their runs of n words, or more.

    Candidates come from signatures of `size` numbers in so many bands; each is then compared in full. Raises
    ValueError for one bare string, and numbers that do not fit.
    """
    _check_texts(texts)
    checks.shares(least=least)
    sets, hashed = [shingles(text, n) for text in texts], MinHash(size)
    pairs = sorted(candidates([hashed(each) for each in sets], bands))
    found = [(i, j, jaccard(sets[i], sets[j])) for i, j in pairs]
    return [pair for pair in found if pair[2] >= least]


def without_copies(texts: Sequence[str], least: float = 0.5) -> list[int]:
    """The places that stay if every near copy of an earlier text goes. Raises ValueError as `near_copies`."""
    gone = {second for _, second, _ in near_copies(texts, least)}  # pairs are (earlier, later)
    return [place for place in range(len(texts)) if place not in gone]


def _check_texts(texts: Sequence[str]) -> None:
    if isinstance(texts, str) or not all(isinstance(text, str) for text in texts):
        raise ValueError("Give a list of texts.")


# --- junk -------------------------------------------------------------------------------------------------------------

KINDS = ("copy", "menu", "shuffled", "letters")
_MENU = (
    "Home", "Log in", "Sign up", "Share this page", "Read more", "Cookies", "Accept all", "Privacy policy", "Next page",
    "Subscribe", "Top 10", "Click here", "Free shipping", "Contact us", "Terms of use", "All rights reserved", "Menu",
)  # fmt: skip


def dirtied(texts: Sequence[str], n: int, seed: int = 0) -> list[tuple[str, str]]:
    """n pieces of dirt made of clean texts: (text, kind). A kind of KINDS is drawn for each.

    A copy has one word in twenty exchanged; a menu is made of words of web pages; shuffled words stand in another
    order; in "letters" one character in eight is some letter. Raises ValueError for no text, or less than one piece.
    """
    _check_texts(texts)
    checks.whole(n=n)
    checks.whole(0, seed=seed)
    if not len(texts):
        raise ValueError("There is no text to make dirt of.")
    rng = np.random.default_rng(seed)
    popular = rng.choice(len(texts), max(1, len(texts) // 50), replace=False)  # what is copied is copied often
    found = []
    for _ in range(n):
        kind = KINDS[rng.integers(len(KINDS))]
        source = texts[int(rng.choice(popular)) if kind == "copy" else int(rng.integers(len(texts)))]
        found.append((_dirt(source, kind, rng), kind))
    return found


def _dirt(text: str, kind: str, rng: np.random.Generator) -> str:
    words = text.split(" ")
    if kind == "copy":
        return " ".join(words[rng.integers(len(words))] if rng.random() < 0.05 else word for word in words)
    if kind == "menu":
        return " | ".join(rng.choice(_MENU) for _ in range(max(3, len(words) // 2)))
    if kind == "shuffled":
        return " ".join(rng.permutation(words))
    letters = np.array(list(text))
    hit = rng.random(len(letters)) < 0.125
    letters[hit] = rng.choice(list("abcdefghijklmnopqrstuvwxyz"), hit.sum())
    return "".join(letters)


class JunkFilter(nn.Module):
    """A linear classifier on pairs of words and runs of letters, hashed into so many places.

    As fastText (Joulin et al. 2017) and the filter of GPT-3's data (Brown et al. 2020, appendix A) do it.
    """

    def __init__(self, size: int = 2**16) -> None:
        """Raises ValueError for less than one place."""
        super().__init__()
        checks.sizes(size=size)
        self.size = size
        self.weights = nn.EmbeddingBag(size, 1, mode="mean")
        nn.init.zeros_(self.weights.weight)

    def places(self, text: str) -> Tensor:
        """The places of its pairs of neighbouring words and its runs of three letters; case and marks stay."""
        text = " ".join(text.split())[:1500]
        words = text.split() or [""]
        pairs = [f"{a} {b}" for a, b in pairwise(words)]
        runs = [text[start : start + 3] for start in range(max(1, len(text) - 2))]
        return torch.tensor([zlib.crc32(each.encode("utf-8", "replace")) % self.size for each in (*pairs, *runs)])

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Logits of being clean, (texts,). Raises ValueError for no text, or one bare string."""
        _check_texts(texts)
        if not len(texts):
            raise ValueError("There is no text to judge.")
        return self.judged([self.places(text) for text in texts])

    def judged(self, rows: Sequence[Tensor]) -> Tensor:
        """The same of texts that are places already, one row for each."""
        starts = torch.tensor([0, *[len(row) for row in rows[:-1]]]).cumsum(0)
        device = self.weights.weight.device
        return self.weights(torch.cat(list(rows)).to(device), starts.to(device))[:, 0]

    def clean(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The probability that each is clean, (texts,)."""
        with evaluating(self), torch.no_grad():
            return self(texts).double().sigmoid().cpu().numpy()


def trained_filter(clean: Sequence[str], dirty: Sequence[str], seed: int = 0, epochs: int = 4) -> JunkFilter:
    """A filter that was shown clean and dirty texts. Raises ValueError if one of them is empty, or for bad numbers."""
    checks.whole(0, seed=seed)
    _check_texts(clean)
    _check_texts(dirty)
    if not len(clean) or not len(dirty):
        raise ValueError("A filter needs examples of both, clean and dirty.")
    torch.manual_seed(seed)
    model = JunkFilter()
    rows = [model.places(text) for text in (*clean, *dirty)]  # once, not in every epoch
    batches = _Labelled(rows, [1.0] * len(clean) + [0.0] * len(dirty), seed)
    fit(
        model,
        batches,
        _filter_loss,
        epochs=epochs,
        learning_rate=2.0,
        weight_decay=0.0,
        max_norm=math.inf,
        progress=False,
    )
    return model


def _filter_loss(model: nn.Module, batch: tuple[list[Tensor], Tensor]) -> Tensor:
    logits = cast(JunkFilter, model).judged(batch[0])
    return F.binary_cross_entropy_with_logits(logits, batch[1].to(logits.device))


class _Labelled:
    """Texts as places, with labels, in batches of 32, shuffled anew in every epoch."""

    def __init__(self, texts: list[Tensor], labels: list[float], seed: int) -> None:
        self.texts, self.labels = texts, torch.tensor(labels)
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-len(self.texts) // 32)

    def __iter__(self) -> Iterator[tuple[list[Tensor], Tensor]]:
        for rows in torch.randperm(len(self.texts), generator=self.generator).split(32):
            yield [self.texts[int(row)] for row in rows], self.labels[rows]


# --- several sources --------------------------------------------------------------------------------------------------


def shares(sizes: Mapping[str, float], power: float) -> dict[str, float]:
    """How often each source is drawn: its size to a power, over the sum of all.

    At 1 as often as it is large, at 0 all equally (Conneau et al. 2020, section 3.1, who write alpha). Raises
    ValueError for no source, sizes that are not above 0, and a power below 0.
    """
    checks.not_negative(power=power)
    if not sizes:
        raise ValueError("Name one source or more.")
    checks.positive(**{str(name): size for name, size in sizes.items()})
    raised = {name: size**power for name, size in sizes.items()}
    return {name: value / sum(raised.values()) for name, value in raised.items()}


class MixedChunks:
    """Batches of chunks, each from a source drawn by its share: for `training.fit`, as 10's `Chunks`."""

    def __init__(self, sources: Sequence[Tensor], weights: Sequence[float], context: int, batch_size: int, steps: int,
                 seed: int = 0) -> None:  # fmt: skip
        """Raises ValueError for shares that do not fit, and as `Chunks`."""
        if len(sources) != len(weights) or not len(sources) or min(weights) < 0 or not sum(weights) > 0:
            raise ValueError("Each source needs its share, 0 or more, and not all of them 0.")
        checks.sizes(batch_size=batch_size, steps=steps)
        checks.whole(0, seed=seed)
        single = [Chunks(each, context, 1, steps * batch_size, seed + place) for place, each in enumerate(sources)]
        self.sources, self.batch_size, self.steps = single, batch_size, steps
        self.weights = torch.tensor([float(weight) for weight in weights])
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Chunk]:
        streams = [iter(source) for source in self.sources]
        for _ in range(self.steps):
            drawn = torch.multinomial(self.weights, self.batch_size, replacement=True, generator=self.generator)
            rows = [next(streams[int(place)]) for place in drawn]
            yield torch.cat([row[0] for row in rows]), torch.cat([row[1] for row in rows])


# --- the test in the training data ------------------------------------------------------------------------------------


def contamination(text: str, others: Sequence[str], n: int = 8) -> float:
    """The share of a text's runs of n words that stand in other texts, too (as Brown et al. 2020, appendix C, ask).

    Raises ValueError for n below 1, or one bare string.
    """
    _check_texts(others)
    mine = shingles(text, n)
    if not mine:
        return 0.0
    left = set(mine)
    for other in others:
        left -= shingles(other, n)
    return 1 - len(left) / len(mine)
