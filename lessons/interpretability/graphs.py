"""Facts as arithmetic: each entity a vector, each relation a move, and the missing fact is where the move ends.

A graph is a list of facts (head, relation, tail). A model makes a *query* from head and relation, the point where the
tail ought to be, and scores every entity by how near it is:

    model      query                         near means
    TransE     h + r                         a small distance (Bordes et al. 2013)
    DistMult   h · r, number by number       a large dot product (Yang et al. 2015)
    ComplEx    the same, complex numbers     the real part of a large product (Trouillon et al. 2016)
    RotatE     h turned by the angles r      a small distance, complex (Sun et al. 2019)

Which head a tail belongs to is asked with the relation the other way round, which gets numbers of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.course import assets
from lessons.kit import checks

NAMES = ("nations", "kinships", "umls")


class Graph(NamedTuple):
    """Facts (n, 3) of head, relation, tail as numbers, in three splits, and the names behind the numbers."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    train: Tensor
    validation: Tensor
    test: Tensor

    @property
    def facts(self) -> Tensor:
        """All of them, (n, 3)."""
        return torch.cat([self.train, self.validation, self.test])


@cache
def graph(name: str) -> Graph:
    """One of NAMES, in the splits that PyKEEN packs. Raises ValueError for another name, AssetError for a damaged file.

    Nations: 14 countries, 55 relations of the 1950s. Kinships: 104 people of a tribe, 25 terms. UMLS: 135 kinds of
    medical things, 46 relations (Kok & Domingos 2007 collected the three).
    """
    if name not in NAMES:
        raise ValueError(f"The graphs are {', '.join(NAMES)}; there is no {name!r:.40}.")
    rows = {}
    for split in ("train", "valid", "test"):
        text = assets.path(f"pykeen/datasets/{name}/{split}.txt").read_text(encoding="utf-8")
        rows[split] = [tuple(line.split("\t")) for line in text.splitlines() if line]
    every = [row for split in rows.values() for row in split]
    entities = tuple(sorted({name for head, _, tail in every for name in (head, tail)}))
    relations = tuple(sorted({relation for _, relation, _ in every}))
    number = {name: i for i, name in enumerate(entities)}
    kind = {name: i for i, name in enumerate(relations)}
    splits = (
        torch.tensor([[number[h], kind[r], number[t]] for h, r, t in rows[s]]) for s in ("train", "valid", "test")
    )
    return Graph(entities, relations, *splits)


def both_ways(facts: Tensor, n_relations: int) -> Tensor:
    """Facts (n, 3), and behind them each the other way round, with a relation of its own: (2n, 3).

    Raises ValueError for other shapes, and relations that there are not.
    """
    checks.whole(n_relations=n_relations)
    if facts.ndim != 2 or facts.shape[1] != 3 or not checks.is_whole(facts):
        raise ValueError(f"Facts (n, 3) of whole numbers are due, not {checks.described(facts)}.")
    if len(facts) and not 0 <= int(facts[:, 1].min()) <= int(facts[:, 1].max()) < n_relations:
        raise ValueError(f"Relations go from 0 to {n_relations - 1}.")
    head, relation, tail = facts.unbind(1)
    return torch.cat([facts, torch.stack([tail, relation + n_relations, head], 1)])


# --- the four models --------------------------------------------------------------------------------------------------


def product(first: Tensor, second: Tensor) -> Tensor:
    """Complex numbers multiplied; the first half of each vector are real parts, the second imaginary: (..., dim).

    Raises ValueError for an odd dim, or vectors that differ in shape.
    """
    _check_numbers("Complex vectors", first, second)
    if first.shape != second.shape or first.shape[-1] % 2:
        raise ValueError(f"Two of (..., dim), dim even, are due, not {tuple(first.shape)} and {tuple(second.shape)}.")
    (a, b), (c, d) = first.chunk(2, -1), second.chunk(2, -1)
    return torch.cat([a * c - b * d, a * d + b * c], -1)


def turned(head: Tensor, angles: Tensor) -> Tensor:
    """Complex numbers turned by angles: (..., dim), (..., dim / 2) -> (..., dim). Raises ValueError as `product`."""
    _check_numbers("Angles", angles)
    return product(head, torch.cat([angles.cos(), angles.sin()], -1))


def by_distance(query: Tensor, entities: Tensor) -> Tensor:
    """Minus the distance to every entity: (batch, dim), (n, dim) -> (batch, n). Raises ValueError for other shapes."""
    _check_query(query, entities)
    return -torch.cdist(query, entities, compute_mode="donot_use_mm_for_euclid_dist")


def by_product(query: Tensor, entities: Tensor) -> Tensor:
    """The dot product with every entity; of complex numbers, the real part of query · conjugate: (batch, n).

    Raises ValueError as `by_distance`.
    """
    _check_query(query, entities)
    return query @ entities.T


def by_complex_distance(query: Tensor, entities: Tensor) -> Tensor:
    """Minus the sum of the distances of complex numbers: (batch, dim), (n, dim) -> (batch, n).

    Raises ValueError as `by_distance`, and for an odd dim.
    """
    _check_query(query, entities)
    if query.shape[-1] % 2:
        raise ValueError(f"Complex numbers have two parts each: dim must be even, not {query.shape[-1]}.")
    apart = (query[:, None] - entities).unflatten(-1, (2, -1))  # (batch, n, 2, dim / 2)
    return -(apart.square().sum(-2) + 1e-12).sqrt().sum(-1)


def _check_numbers(what: str, *vectors: Tensor) -> None:
    if not all(each.is_floating_point() and each.ndim for each in vectors):
        raise ValueError(f"{what} are floating-point numbers (..., dim), not {checks.described(vectors[0])}.")


def _check_query(query: Tensor, entities: Tensor) -> None:
    _check_numbers("Queries and entities", query, entities)
    if query.ndim != 2 or entities.ndim != 2 or query.shape[1] != entities.shape[1] or query.dtype != entities.dtype:
        raise ValueError(f"(batch, dim) and (n, dim) are due, not {tuple(query.shape)} and {tuple(entities.shape)}.")


class Kind(NamedTuple):
    """How a model makes its query, and what near means."""

    query: Callable[[Tensor, Tensor], Tensor]
    near: Callable[[Tensor, Tensor], Tensor]


KINDS = {
    "TransE": Kind(torch.add, by_distance),
    "DistMult": Kind(torch.mul, by_product),
    "ComplEx": Kind(product, by_product),
    "RotatE": Kind(turned, by_complex_distance),
}


class GraphModel(nn.Module):
    """A vector for each entity, and one for each relation in both directions."""

    def __init__(self, kind: str, n_entities: int, n_relations: int, dim: int = 128) -> None:
        """Raises ValueError for another kind than KINDS, sizes below 1, and an odd dim where numbers are complex."""
        super().__init__()
        checks.sizes(n_entities=n_entities, n_relations=n_relations, dim=dim)
        if kind not in KINDS:
            raise ValueError(f"The kinds are {', '.join(KINDS)}; there is no {kind!r:.40}.")
        if dim % 2 and kind in ("ComplEx", "RotatE"):
            raise ValueError(f"{kind} has complex numbers, of two parts each: dim must be even, not {dim}.")
        self.kind, (self.query, self.near) = kind, KINDS[kind]
        self.entity = nn.Embedding(n_entities, dim)
        self.relation = nn.Embedding(2 * n_relations, dim // 2 if kind == "RotatE" else dim)
        nn.init.normal_(self.entity.weight, std=0.3)
        nn.init.uniform_(self.relation.weight, -torch.pi, torch.pi) if kind == "RotatE" else nn.init.normal_(
            self.relation.weight, std=0.3
        )

    def forward(self, head: Tensor, relation: Tensor) -> Tensor:
        """Scores of all entities as the tail, (batch,) twice -> (batch, n_entities). Raises ValueError for others."""
        checks.token_ids("head", head, self.entity.num_embeddings, "batch")
        checks.token_ids("relation", relation, self.relation.num_embeddings, "batch")
        if head.shape != relation.shape:
            raise ValueError(f"A relation for each head is due, not {tuple(head.shape)} and {tuple(relation.shape)}.")
        return self.near(self.query(self.entity(head), self.relation(relation)), self.entity.weight)


def train_graph(
    model: GraphModel,
    facts: Tensor,
    *,
    epochs: int = 30,
    batch_size: int = 256,
    learning_rate: float = 1e-2,
    weight_decay: float = 0.0,
    seed: int = 0,
) -> list[float]:
    """Adagrad on the cross-entropy of the tail among all entities, both ways round; the mean loss of each epoch.

    Lacroix et al. 2018, sections 3 and 4 (one against all, reciprocal relations); `weight_decay` prices the cubes of
    the sizes, as there. Raises ValueError for settings that are none.
    """
    checks.sizes(epochs=epochs, batch_size=batch_size)
    checks.positive(learning_rate=learning_rate)
    checks.not_negative(weight_decay=weight_decay)
    checks.whole(0, seed=seed)
    every = both_ways(facts, model.relation.num_embeddings // 2)
    draw, losses = torch.Generator().manual_seed(seed), []
    optimizer = torch.optim.Adagrad(model.parameters(), learning_rate)
    for _ in range(epochs):
        total = 0.0
        for batch in every[torch.randperm(len(every), generator=draw)].split(batch_size):
            head, relation, tail = batch.unbind(1)
            loss = F.cross_entropy(model(head, relation), tail)
            priced = loss + weight_decay * _cubes(model, head, relation, tail)
            optimizer.zero_grad()
            priced.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / len(every))
    return losses


def _cubes(model: GraphModel, head: Tensor, relation: Tensor, tail: Tensor) -> Tensor:
    """The mean sum of |number|³ of the entities and relations of a batch (N3); angles are left out."""
    parts = [model.entity(head), model.entity(tail)] + ([] if model.kind == "RotatE" else [model.relation(relation)])
    return torch.stack([part.abs().pow(3).sum(-1).mean() for part in parts]).sum()


# --- how good are they? -----------------------------------------------------------------------------------------------


def filtered_ranks(scores: Tensor, tails: Tensor, known: Tensor) -> Tensor:
    """The rank of the right tail among those that are not known to be right as well: (n, m), (n,), (n, m) -> (n,).

    `known` is True where an entity is a right tail. 1 is best; of equal scores the middle is taken, as PyKEEN's
    "realistic" rank does. Raises ValueError for other shapes, or scores that are no numbers.
    """
    if scores.ndim != 2 or tails.shape != scores.shape[:1] or known.shape != scores.shape or known.dtype != torch.bool:
        shapes = f"{tuple(scores.shape)}, {tuple(tails.shape)}, {tuple(known.shape)} of {known.dtype}"
        raise ValueError(f"Scores (n, m), tails (n,) and booleans (n, m) are due, not {shapes}.")
    checks.token_ids("tails", tails, scores.shape[1], "n")
    if scores.isnan().any():
        raise ValueError("Some scores are no numbers.")
    right = scores.gather(1, tails[:, None])  # (n, 1)
    others = ~known
    others.scatter_(1, tails[:, None], False)
    above, equal = ((others & way).sum(1) for way in (scores > right, scores == right))
    return 1 + above + equal.to(scores.dtype) / 2


def mean_reciprocal_rank(ranks: Tensor) -> float:
    """The mean of 1 / rank, 1 at best. Raises ValueError for no rank, or one below 1."""
    _check_ranks(ranks)
    return (1 / ranks.double()).mean().item()


def hits(ranks: Tensor, n: int = 10) -> float:
    """The share of ranks that are n or better. Raises ValueError as above, and for an n below 1."""
    _check_ranks(ranks)
    checks.whole(n=n)
    return (ranks <= n).double().mean().item()


def _check_ranks(ranks: Tensor) -> None:
    if ranks.ndim != 1 or not len(ranks) or not (ranks >= 1).all():
        raise ValueError(f"Ranks (n,), each 1 or more, are due, not {checks.described(ranks)}.")


class Judged(NamedTuple):
    """Filtered figures: both sides together, and tails alone, as some papers report."""

    both_mrr: float
    both_hits: float
    tail_mrr: float
    tail_hits: float


@torch.no_grad()
def judged(model: GraphModel, asked: Tensor, facts: Tensor) -> Judged:
    """MRR and Hits@10 on facts (n, 3); all `facts` (m, 3) are known. Raises ValueError as `both_ways`."""
    n_relations = model.relation.num_embeddings // 2
    if not len(facts) or not len(asked):
        raise ValueError("There is no fact to judge by.")
    every = both_ways(facts, n_relations)
    answer = torch.zeros(model.relation.num_embeddings, model.entity.num_embeddings, model.entity.num_embeddings)
    answer[every[:, 1], every[:, 0], every[:, 2]] = 1
    head, relation, tail = both_ways(asked, n_relations).unbind(1)
    ranks = filtered_ranks(model(head, relation), tail, answer[relation, head] > 0)
    tails = ranks[: len(asked)]
    return Judged(mean_reciprocal_rank(ranks), hits(ranks), mean_reciprocal_rank(tails), hits(tails))


def by_frequency(graph: Graph, asked: Tensor) -> float:
    """Filtered MRR, both sides, of whoever names the entities that a relation has most often: the bar for a model."""
    n, m = len(graph.entities), len(graph.relations)
    train, every = both_ways(graph.train, m), both_ways(graph.facts, m)
    counts = torch.zeros(2 * m, n).index_put((train[:, 1], train[:, 2]), torch.ones(len(train)), accumulate=True)
    known = torch.zeros(2 * m, n, n)
    known[every[:, 1], every[:, 0], every[:, 2]] = 1
    head, relation, tail = both_ways(asked, m).unbind(1)
    return mean_reciprocal_rank(filtered_ranks(counts[relation], tail, known[relation, head] > 0))


def _check_finite(vectors: Tensor) -> None:
    if not vectors.is_floating_point() or not vectors.isfinite().all():
        raise ValueError(f"Vectors of finite numbers are due, not {checks.described(vectors)}.")


def flat(vectors: Tensor) -> Tensor:
    """The two directions in which vectors differ most: (n, dim) -> (n, 2). Raises ValueError for fewer than three."""
    _check_finite(vectors)
    if vectors.ndim != 2 or min(vectors.shape) < 2 or len(vectors) < 3:
        raise ValueError(f"Three vectors (n, dim) or more are due, not {checks.described(vectors)}.")
    centred = (vectors - vectors.mean(0)).double()
    return (centred @ torch.linalg.svd(centred, full_matrices=False).Vh[:2].T).to(vectors)


# --- facts inside a language model ------------------------------------------------------------------------------------


class OffsetTest(NamedTuple):
    """How often head + mean offset is nearest to its own tail, and how often if tails are dealt anew."""

    nearest: float
    dealt_anew: float
    without_offset: float


def offset_test(heads: Tensor, tails: Tensor, seed: int = 0) -> OffsetTest:
    """TransE without training: is head + r nearest to its tail, with r the mean offset of all *other* pairs?

    (n, dim) twice. Near is by cosine, after the mean of heads and tails is taken off. Raises ValueError for fewer than
    three pairs or shapes that differ.
    """
    checks.whole(0, seed=seed)
    _check_finite(heads)
    _check_finite(tails)
    if heads.shape != tails.shape or heads.ndim != 2 or len(heads) < 3:
        raise ValueError(f"Three pairs (n, dim) or more are due, not {tuple(heads.shape)} and {tuple(tails.shape)}.")
    order = torch.randperm(len(heads), generator=torch.Generator().manual_seed(seed))
    zero = torch.zeros_like(heads)
    return OffsetTest(
        _nearest(heads, tails, _others_mean(tails - heads)),
        _nearest(heads, tails[order], _others_mean(tails[order] - heads)),
        _nearest(heads, tails, zero),
    )


def _others_mean(offsets: Tensor) -> Tensor:
    return (offsets.sum(0) - offsets) / (len(offsets) - 1)


def _nearest(heads: Tensor, tails: Tensor, offset: Tensor) -> float:
    centre = torch.cat([heads, tails]).mean(0)
    cosines = F.normalize(heads + offset - centre, dim=1) @ F.normalize(tails - centre, dim=1).T
    return (cosines.argmax(1) == torch.arange(len(heads))).double().mean().item()


def pick(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """The places of wanted names. Raises ValueError for one that is not there, TypeError for a bare text."""
    if isinstance(names, str) or isinstance(wanted, str):
        raise TypeError("Give lists of names, not one text.")
    if missing := [name for name in wanted if name not in names]:
        raise ValueError(f"There is no {missing[0]!r:.40} among the names.")
    return [list(names).index(name) for name in wanted]
