"""Sentences in two languages as a model of translation needs them: joint subwords, references, batches by length."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from torch import Tensor

from lessons.kit import checks
from lessons.kit.batches import pad
from lessons.kit.datasets import Translation
from lessons.kit.texts import listed
from lessons.tokens import BytePairTokenizer

PADDING, START, END = 0, 1, 2
SPECIAL = ("<pad>", "<s>", "</s>")  # in the order of their ids

Pair = tuple[list[int], list[int]]  # the ids of a source and of its translation, each with its end


def subwords(pairs: Iterable[Translation], vocab_size: int = 2_000) -> BytePairTokenizer:
    """04's byte-pair encoding, learnt from both languages at once, so that what they share is one token.

    Every sentence gets a space before it: then a word at its beginning is the token that it is elsewhere. Raises
    ValueError if the size has no room for the bytes and three special tokens.
    """
    return BytePairTokenizer.train(
        (f" {text}" for pair in pairs for text in (pair.first, pair.second)), vocab_size, SPECIAL
    )


def encoded(tokenizer: BytePairTokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The ids of each text, and the end behind them. Raises TypeError for one bare string."""
    return [[*tokenizer.encode(f" {text}", honour_special=False), END] for text in listed(texts)]


def decoded(tokenizer: BytePairTokenizer, token_ids: Iterable[int]) -> str:
    """What ids spell, up to their end. Raises ValueError for an id that the vocabulary does not have."""
    kept = []
    for i in token_ids:
        if i == END:
            break
        if i not in (PADDING, START):
            kept.append(i)
    return tokenizer.decode(kept).strip()


def pieces(tokenizer: BytePairTokenizer, token_ids: Iterable[int]) -> list[str]:
    """Each id as a text of its own, a space as "␣"; the end as "</s>". Raises ValueError as `decoded`."""
    return [tokenizer.decode([i]).replace(" ", "␣") for i in token_ids]


def with_references(pairs: Iterable[Translation], n: int | None = None) -> tuple[list[str], list[list[str]]]:
    """Each English sentence once, the first n of them, and for each all its Spanish translations.

    Raises ValueError for n below 1.
    """
    if n is not None:
        checks.whole(n=n)
    found: dict[str, list[str]] = {}
    for pair in pairs:
        found.setdefault(pair.first, []).append(pair.second)
    return list(found)[:n], list(found.values())[:n]


def encoded_pairs(tokenizer: BytePairTokenizer, pairs: Sequence[Translation], max_length: int = 60) -> list[Pair]:
    """The ids of all pairs of which neither side is longer than `max_length` tokens. Raises ValueError below 1."""
    checks.whole(max_length=max_length)
    sources = encoded(tokenizer, [pair.first for pair in pairs])
    targets = encoded(tokenizer, [pair.second for pair in pairs])
    both = zip(sources, targets, strict=True)
    return [(source, target) for source, target in both if max(len(source), len(target)) <= max_length]


class PairBatches:
    """Pairs (source ids, target ids), 0 where they are padded, in batches of so many tokens, padding included.

    A batch holds pairs of about equal length: the product of its rows and its longest side is at most `n_tokens`. Short
    sentences come in large batches, long ones in small ones, so each step costs about the same. A pass is `n_batches`
    long, all of them if that is not given. Everything is shuffled anew when a pass begins, and when all were seen.
    """

    def __init__(self, pairs: Sequence[Pair], n_tokens: int = 700, n_batches: int | None = None, seed: int = 0) -> None:
        """Raises ValueError if there is no pair, a pair longer than a batch may be, or a number that is none."""
        checks.sizes(n_tokens=n_tokens, n_batches=1 if n_batches is None else n_batches)
        checks.whole(0, seed=seed)
        if not pairs:
            raise ValueError("There is no pair of sentences to make batches of.")
        self.pairs, self.n_tokens = pairs, n_tokens
        # All that a pass draws comes from here, from its beginning on: so a `Checkpoint` can take it up in its middle.
        self.generator = random.Random(seed)
        every = self._filled(sorted(range(len(pairs)), key=self._size))  # as many in whatever order
        self._length = n_batches or len(every)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        waiting: list[list[int]] = []
        for _ in range(self._length):
            waiting = waiting or self._shuffled()
            chosen = [self.pairs[i] for i in waiting.pop()]
            yield padded([source for source, _ in chosen]), padded([target for _, target in chosen])

    def _shuffled(self) -> list[list[int]]:
        order = list(range(len(self.pairs)))
        self.generator.shuffle(order)
        batches = self._filled(sorted(order, key=self._size))  # sorted() is stable: equally long ones stay shuffled
        self.generator.shuffle(batches)
        return batches

    def _size(self, i: int) -> int:
        return max(map(len, self.pairs[i]))

    def _filled(self, order: Iterable[int]) -> list[list[int]]:
        batches: list[list[int]] = [[]]
        for i in order:
            size = self._size(i)
            if size > self.n_tokens:
                raise ValueError(f"A sentence has {size} tokens; a batch may hold {self.n_tokens}.")
            if (len(batches[-1]) + 1) * size > self.n_tokens:
                batches.append([])
            batches[-1].append(i)
        return batches


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Ids of different lengths -> (batch, longest), filled up with 0.

    Raises ValueError if there is none, or a row is empty; TypeError for a row of anything but whole numbers.
    """
    token_ids, _ = pad(rows, PADDING)
    if not all(len(row) for row in rows):
        raise ValueError("Rows of ids are due, one or more, none of them empty.")
    return token_ids


def share_of_padding(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Of all places in these batches, the share that is padding. Raises ValueError if there is no batch."""
    counts = [(int((ids == PADDING).sum()), ids.numel()) for batch in batches for ids in batch]
    if not counts:
        raise ValueError("There is no batch to look at.")
    empty, every = map(sum, zip(*counts, strict=True))
    return empty / every
