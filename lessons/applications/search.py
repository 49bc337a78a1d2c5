"""Search: which of many texts answers this one? Counting words, comparing vectors, and what a ranking is worth.

Shapes: `queries` texts or vectors ask, `documents` are searched; scores are (queries, documents), higher is better.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks, training
from lessons.kit.texts import listed

# --- words ------------------------------------------------------------------------------------------------------------


def terms(text: str) -> list[str]:
    """The words and numbers of a text, in lower case. Raises TypeError for what is no text."""
    return re.findall(r"\w+", listed([text])[0].lower())


class BM25:
    """Okapi BM25 (Robertson & Zaragoza 2009, section 3.4): rare words count more, repeated ones less and less.

    The weight of a word that n of N documents hold is ln(1 + (N - n + 0.5) / (n + 0.5)), as in Lucene: never negative.
    """

    def __init__(self, documents: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        """Raises ValueError for no document, k1 below 0 and a b that is no share, TypeError for what is no text."""
        checks.not_negative(k1=k1)
        checks.shares(b=b)
        counts = [Counter(terms(document)) for document in listed(documents)]
        if not counts:
            raise ValueError("Give one document or more.")
        lengths = np.array([count.total() for count in counts], dtype=float)
        self.n_documents = len(counts)
        norms = k1 * (1 - b + b * lengths / max(lengths.mean(), 1.0))  # (documents,)
        found: dict[str, list[tuple[int, int]]] = {}
        for place, count in enumerate(counts):
            for term, times in count.items():
                found.setdefault(term, []).append((place, times))
        self.weights = {
            term: math.log(1 + (len(counts) - len(at) + 0.5) / (len(at) + 0.5)) for term, at in found.items()
        }
        self.postings = {term: self._posting(at, norms, k1) for term, at in found.items()}

    @staticmethod
    def _posting(at: list[tuple[int, int]], norms: NDArray, k1: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The documents that hold a term, and how much of its weight each gets."""
        places, times = (np.array(column) for column in zip(*at, strict=True))
        return places, times * (k1 + 1) / (times + norms[places])

    def scores(self, queries: Sequence[str]) -> NDArray[np.float64]:
        """(queries, documents); a word that a query holds twice counts twice. Raises TypeError for no list of texts."""
        texts = listed(queries)
        found = np.zeros((len(texts), self.n_documents))
        for row, text in zip(found, texts, strict=True):
            for term in terms(text):
                if term in self.postings:
                    places, shares = self.postings[term]
                    row[places] += self.weights[term] * shares
        return found


# --- vectors ----------------------------------------------------------------------------------------------------------


def cosine_similarities(queries: Tensor, documents: Tensor) -> Tensor:
    """(queries, dim), (documents, dim) -> (queries, documents): the dot products of vectors made 1 long.

    Raises ValueError for other shapes or types, and for a vector of length 0.
    """
    for name, values in (("queries", queries), ("documents", documents)):
        checks.vectors(name, values, queries.shape[-1], 2)
        if not values.numel() or (values.norm(dim=-1) == 0).any():
            raise ValueError(f"{name} must be one vector or more, none of length 0: it has no direction.")
    if queries.dtype != documents.dtype:
        raise ValueError(f"Both must be of one type; they are {queries.dtype} and {documents.dtype}.")
    return F.normalize(queries, dim=-1) @ F.normalize(documents, dim=-1).T


class Cells:
    """Approximate neighbours: documents in cells around centres (k-means); only the nearest cells are looked into.

    An inverted file (Jégou, Douze & Schmid 2011, section IV), without its compression.
    """

    def __init__(self, documents: Tensor, n_cells: int, *, rounds: int = 10, seed: int = 0) -> None:
        """Raises ValueError for what are no vectors (documents, dim), and unless 1 <= n_cells <= documents."""
        checks.whole(n_cells=n_cells, rounds=rounds)
        checks.whole(0, seed=seed)
        checks.vectors("documents", documents, documents.shape[-1], 2)
        if n_cells > len(documents):
            raise ValueError(f"{len(documents)} documents cannot be in {n_cells} cells.")
        self.documents = documents
        start = torch.randperm(len(documents), generator=torch.Generator().manual_seed(seed))[:n_cells]
        self.centres = documents[start].clone()  # (cells, dim)
        for _ in range(rounds):
            cell = (documents @ self.centres.T).argmax(-1)  # (documents,)
            sums = torch.zeros_like(self.centres).index_add_(0, cell, documents)
            filled = sums.norm(dim=-1) > 0  # the centre of an empty cell stays
            self.centres[filled] = F.normalize(sums[filled], dim=-1)
        cell = (documents @ self.centres.T).argmax(-1)
        self.members = [(cell == number).nonzero().flatten() for number in range(n_cells)]

    def nearest(self, query: Tensor, k: int, n_probe: int) -> tuple[list[int], int]:
        """The k best documents for a vector (dim,) in the n_probe nearest cells, and how many dot products it took.

        Raises ValueError for another vector, and unless k and n_probe are from 1 on, n_probe at most the cells.
        """
        checks.whole(k=k, n_probe=n_probe)
        checks.vectors("query", query, self.documents.shape[1], 1)
        if not query.isfinite().all():
            raise ValueError("A query must be finite numbers.")
        if n_probe > len(self.members):
            raise ValueError(f"There are {len(self.members)} cells; {n_probe} cannot be looked into.")
        cells = (self.centres @ query).topk(n_probe).indices.tolist()
        places = torch.cat([self.members[cell] for cell in cells])
        scores = self.documents[places] @ query
        best = scores.topk(min(k, len(places))).indices
        return places[best].tolist(), len(self.members) + len(places)


# --- what a ranking is worth ------------------------------------------------------------------------------------------


def ranks(scores: ArrayLike, right: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """For each query the place, from 1, of its best right document, (queries,); of equal scores the wrong come first.

    `right[i]` names the documents that answer query i. Raises ValueError for scores that are not finite numbers
    (queries, documents), and unless each query has one right document or more.
    """
    table = _numbers("scores", scores)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise ValueError(f"scores must be finite numbers (queries, documents); their shape is {table.shape}.")
    if len(right) != len(table) or not all(len(each) for each in right):
        raise ValueError(f"Give the right documents of each of {len(table)} queries, one or more.")
    found = []
    for row, places in zip(table, right, strict=True):
        chosen = np.asarray(places)
        if chosen.dtype.kind not in "iu" or chosen.min() < 0 or chosen.max() >= len(row):
            raise ValueError(f"Right documents are numbers from 0 to {len(row) - 1}, not {list(places)!r:.60}.")
        is_wrong = np.ones(len(row), dtype=bool)
        is_wrong[chosen] = False
        found.append(1 + int((row[is_wrong] >= row[chosen].max()).sum()))
    return np.array(found)


def _numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers: {error}.") from error


def recall_at(k: int, found: ArrayLike) -> float:
    """The share of queries whose `ranks` are k or better. Raises ValueError for k below 1, and for what is no rank."""
    checks.whole(k=k)
    return float((_ranks(found) <= k).mean())


def mean_reciprocal_rank(found: ArrayLike) -> float:
    """The mean of 1 / rank: 1 where all are first (Voorhees 1999). Raises ValueError for what are no ranks."""
    return float((1 / _ranks(found)).mean())


def _ranks(found: ArrayLike) -> NDArray[np.int64]:
    values = np.asarray(found)
    if values.ndim != 1 or not values.size or values.dtype.kind not in "iu" or values.min() < 1:
        raise ValueError(f"Ranks are whole numbers from 1, (queries,), one or more; not {found!r:.60}.")
    return values


# --- two towers -------------------------------------------------------------------------------------------------------


def in_batch_loss(queries: Tensor, documents: Tensor, temperature: float = 0.05) -> Tensor:
    """Each query must pick its own document among all of the batch: (batch, dim), (batch, dim) -> ().

    Row i of both belong together; every other document of the batch is a wrong answer for free. The cross-entropy of
    cosine similarities divided by the temperature (van den Oord et al. 2018, equation 4; Henderson et al. 2017, section
    4.2). Raises ValueError for other shapes, and a temperature that is not above 0.
    """
    checks.positive(temperature=temperature)
    if queries.shape != documents.shape:
        raise ValueError(f"A document for each query is due; the shapes are {[*queries.shape]}, {[*documents.shape]}.")
    logits = cosine_similarities(queries, documents) / temperature
    return F.cross_entropy(logits, torch.arange(len(logits), device=logits.device))


Bag = list[int]


class Towers(nn.Module):
    """Two encoders that meet in one space: each averages the vectors of a text's tokens, whatever their order."""

    def __init__(self, n_first: int, n_second: int, dim: int = 128) -> None:
        """Vocabularies of that many tokens. Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(n_first=n_first, n_second=n_second, dim=dim)
        self.first, self.second = (nn.EmbeddingBag(n, dim, mode="mean") for n in (n_first, n_second))
        for tower in (self.first, self.second):
            nn.init.normal_(tower.weight, std=dim**-0.5)

    def forward(self, first: Sequence[Bag], second: Sequence[Bag]) -> tuple[Tensor, Tensor]:
        """Token ids of texts in both languages -> their vectors, (batch, dim) each. Raises ValueError as `vectors`."""
        return self.vectors(self.first, first), self.vectors(self.second, second)

    @staticmethod
    def vectors(tower: nn.EmbeddingBag, bags: Sequence[Bag]) -> Tensor:
        """(texts, dim). Raises ValueError for no text, an empty one, and tokens outside the vocabulary."""
        if not len(bags) or not all(len(bag) for bag in bags):
            raise ValueError("Give one text or more, each of one token or more.")
        tokens = [token for bag in bags for token in bag]
        if wrong := [token for token in tokens if not isinstance(token, int)]:
            raise ValueError(f"A token is a whole number, not {wrong[0]!r:.60}.")
        flat = torch.tensor(tokens, device=tower.weight.device)
        checks.token_ids("token_ids", flat, tower.num_embeddings, "tokens")
        starts = torch.tensor([0, *(len(bag) for bag in bags)][:-1], device=tower.weight.device).cumsum(0)
        return tower(flat, starts)


class PairBatches:
    """Pairs of bags in random batches, drawn anew in every epoch; the last incomplete batch is left out."""

    def __init__(self, first: Sequence[Bag], second: Sequence[Bag], batch_size: int = 256, seed: int = 0) -> None:
        """Raises ValueError unless there are as many of both, at least one batch."""
        checks.whole(batch_size=batch_size)
        checks.whole(0, seed=seed)
        if len(first) != len(second) or len(first) < batch_size:
            raise ValueError(f"{len(first)} and {len(second)} texts do not make pairs in batches of {batch_size}.")
        self.first, self.second, self.batch_size = first, second, batch_size
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return len(self.first) // self.batch_size

    def __iter__(self) -> Iterator[tuple[list[Bag], list[Bag]]]:
        order = torch.randperm(len(self.first), generator=self.generator).tolist()
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield [self.first[i] for i in chosen], [self.second[i] for i in chosen]


def towers_loss(model: nn.Module, batch: tuple[Sequence[Bag], Sequence[Bag]]) -> Tensor:
    """`in_batch_loss` of what two towers make of a batch of pairs. Raises ValueError as there."""
    return in_batch_loss(*model(*batch))


def train_towers(
    first: Sequence[Bag], second: Sequence[Bag], sizes: tuple[int, int], *, seed: int = 0, epochs: int = 1,
    batch_size: int = 256, learning_rate: float = 2e-2, dim: int = 128, progress: bool = True,
) -> tuple[Towers, training.History]:  # fmt: skip
    """Towers trained on pairs of bags of tokens, from vocabularies of these sizes. Raises ValueError as they do."""
    checks.whole(0, seed=seed)
    if len(sizes) != 2:
        raise ValueError(f"Two vocabularies have two sizes; these are {sizes!r:.60}.")
    torch.manual_seed(seed)
    model = Towers(*sizes, dim)
    batches = PairBatches(first, second, batch_size, seed)
    how: dict[str, Any] = {"epochs": epochs, "learning_rate": learning_rate, "weight_decay": 0.0, "progress": progress}
    return model, training.fit(model, batches, towers_loss, **how)
