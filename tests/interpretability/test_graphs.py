"""Scores and ranks against PyKEEN's stored answers, brute force over facts, and graphs as they are published."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lessons.interpretability import graphs as g
from tests.interpretability import small

EXACT = {"rtol": 0, "atol": 1e-10}
STORED = load_file(Path(__file__).with_name("references.safetensors"))  # see make_references.py


@pytest.mark.parametrize("name", g.KINDS)
def test_scores_are_pykeens(name: str) -> None:
    heads, relations, entities, angles = small.embeddings()
    kind = g.KINDS[name]
    found = kind.near(kind.query(heads, angles if name == "RotatE" else relations), entities)
    torch.testing.assert_close(found, STORED[name], rtol=0, atol=1e-9)  # RotatE has 1e-12 under its roots


def test_ranks_are_pykeens() -> None:
    scores, tails, known = small.ranked()
    torch.testing.assert_close(g.filtered_ranks(scores, tails, known), STORED["ranks"].double(), **EXACT)


def test_ranks_by_hand() -> None:
    scores = torch.tensor([[5.0, 4.0, 3.0, 3.0, 1.0]])
    nothing = torch.zeros(1, 5, dtype=torch.bool)
    assert g.filtered_ranks(scores, torch.tensor([2]), nothing).item() == 3.5  # one equal
    known = nothing.clone()
    known[0, 0] = True
    assert g.filtered_ranks(scores, torch.tensor([2]), known).item() == 2.5
    assert g.mean_reciprocal_rank(torch.tensor([1.0, 2.0, 4.0])) == pytest.approx(7 / 12)
    assert g.hits(torch.tensor([1.0, 10.0, 10.5, 30.0])) == 0.5


def test_the_graphs_are_those_of_the_papers() -> None:
    sizes = {"nations": (14, 55, 1592, 199, 201), "kinships": (104, 25, 8544, 1068, 1074)}
    sizes["umls"] = (135, 46, 5216, 652, 661)
    for name, (entities, relations, *splits) in sizes.items():
        found = g.graph(name)
        assert (len(found.entities), len(found.relations)) == (entities, relations)
        assert [len(found.train), len(found.validation), len(found.test)] == splits
        assert len({tuple(fact) for fact in found.facts.tolist()}) == sum(splits)  # none twice
    with pytest.raises(ValueError, match="there is no 'freebase'"):
        g.graph("freebase")


def test_both_ways() -> None:
    found = g.both_ways(torch.tensor([[3, 1, 5]]), 4)
    assert found.tolist() == [[3, 1, 5], [5, 5, 3]]
    with pytest.raises(ValueError, match="Relations go from 0 to 0"):
        g.both_ways(torch.tensor([[3, 1, 5]]), 1)


def test_complex_products_are_pythons() -> None:
    a, b = torch.randn(2, 5, 8, dtype=torch.double)
    torch.testing.assert_close(small.as_complex(g.product(a, b)), small.as_complex(a) * small.as_complex(b), **EXACT)
    turned = g.turned(a, b[:, :4])
    torch.testing.assert_close(small.as_complex(turned).abs(), small.as_complex(a).abs(), **EXACT)


@pytest.mark.parametrize("kind", g.KINDS)
def test_judged_by_brute_force(kind: str) -> None:
    torch.manual_seed(0)
    model = g.GraphModel(kind, 6, 2, 4)
    generator = torch.Generator().manual_seed(0)
    facts = torch.unique(torch.stack([torch.randint(n, (30,), generator=generator) for n in (6, 2, 6)], 1), dim=0)
    asked, true = facts[:7], {tuple(fact) for fact in facts.tolist()}
    ranks = {"tail": [], "head": []}
    for h, r, t in asked.tolist():
        forward = model(torch.tensor([h]), torch.tensor([r]))[0]
        back = model(torch.tensor([t]), torch.tensor([r + 2]))[0]
        ranks["tail"].append(1 + sum(bool(forward[e] > forward[t]) for e in range(6) if (h, r, e) not in true))
        ranks["head"].append(1 + sum(bool(back[e] > back[h]) for e in range(6) if (e, r, t) not in true))
    found = g.judged(model, asked, facts)
    mrr = {side: sum(1 / rank for rank in each) / 7 for side, each in ranks.items()}
    assert found.tail_mrr == pytest.approx(mrr["tail"])
    assert found.both_mrr == pytest.approx((mrr["tail"] + mrr["head"]) / 2)


def learnt(kind: str, facts: torch.Tensor) -> float:
    torch.manual_seed(0)
    model = g.GraphModel(kind, 8, 1, 16)
    losses = g.train_graph(model, facts, epochs=60, learning_rate=0.3)
    assert losses[-1] < losses[0]
    return g.judged(model, facts, facts).both_mrr


RING = torch.tensor([[i, 0, (i + 1) % 8] for i in range(8)])


@pytest.mark.parametrize("kind", ["ComplEx", "RotatE"])
def test_a_ring_can_be_turned(kind: str) -> None:
    assert learnt(kind, RING) > 0.99


@pytest.mark.parametrize("kind", ["TransE", "DistMult"])
def test_a_ring_is_no_shift_and_not_symmetric(kind: str) -> None:
    """Eight equal shifts lead back only if each is 0; DistMult scores both neighbours alike."""
    assert learnt(kind, RING) < 0.8


@pytest.mark.parametrize("kind", ["TransE", "ComplEx", "RotatE"])
def test_a_chain_is_a_shift(kind: str) -> None:
    assert learnt(kind, RING[:-1]) > 0.9


def test_the_bar_of_frequencies() -> None:
    facts = torch.tensor([[0, 0, 1], [2, 0, 1], [3, 0, 1], [0, 0, 4]])
    small_graph = g.Graph(tuple("abcde"), ("r",), facts[:3], facts[:0], facts[3:])
    # Tails: 1 three times, so 4 shares places 1 to 4 with 0, 2 and 3 once 1 is known: (1 + 4) / 2. Heads of 4: 0, 2, 3
    # were heads once each, and share places 1 to 3: 2.
    assert g.by_frequency(small_graph, small_graph.test) == pytest.approx((1 / 2.5 + 1 / 2) / 2)


def test_flat_keeps_the_two_longest_directions() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.randn(20, 5, generator=generator) * torch.tensor([5.0, 3.0, 0.1, 0.1, 0.1])
    found = g.flat(vectors)
    spread = found.var(0)
    due = torch.linalg.eigvalsh(vectors.T.cov()).flip(0)[:2]
    torch.testing.assert_close(spread, due, atol=1e-3, rtol=1e-3)


def test_an_offset_is_found_where_there_is_one() -> None:
    generator = torch.Generator().manual_seed(0)
    heads = torch.randn(12, 6, generator=generator)
    tails = heads + torch.tensor([9.0, 0, 0, 0, 0, 0])
    found = g.offset_test(heads, tails)
    assert found.nearest == 1
    assert found.dealt_anew < 0.5
    nowhere = g.offset_test(heads, torch.randn(12, 6, generator=generator))
    assert nowhere.nearest < 0.5


@pytest.mark.parametrize(("kind", "least"), [("ComplEx", 0.85), ("DistMult", 0.85), ("TransE", 0.69)])
def test_umls_as_the_notebook_finds_it(kind: str, least: float) -> None:
    """Ten epochs, no choice of settings: bounds well below what was found once, and above frequencies alone."""
    umls = g.graph("umls")
    torch.manual_seed(0)
    model = g.GraphModel(kind, len(umls.entities), len(umls.relations), 64)
    g.train_graph(model, umls.train, epochs=10, learning_rate=0.1)
    found = g.judged(model, umls.validation, umls.facts)
    assert found.both_mrr > max(least, g.by_frequency(umls, umls.validation))
    assert found.both_hits > 0.93
