"""Search: BM25, neighbours and rankings against brute force, the loss of a batch against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lessons.applications import search

DOCUMENTS = ["The cat sat on the mat.", "A dog and a cat", "dogs, dogs, dogs!", "", "the the the mat"]


def by_the_book(documents, query, k1, b):
    """BM25 term by term, as its formula is printed."""
    words = [search.terms(document) for document in documents]
    mean = sum(map(len, words)) / len(words)
    scores = []
    for document in words:
        score = 0.0
        for term in search.terms(query):
            n = sum(term in other for other in words)
            times = document.count(term)
            if not times:
                continue  # adds nothing; with k1 = 0 it would be 0 / 0
            weight = math.log(1 + (len(words) - n + 0.5) / (n + 0.5))
            score += weight * times * (k1 + 1) / (times + k1 * (1 - b + b * len(document) / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.0, 0.0), (2.0, 1.0), (0.9, 0.4)])
def test_bm25_equals_its_formula(k1, b):
    queries = ["the cat", "dogs and the the mat", "nothing of it", ""]
    ours = search.BM25(DOCUMENTS, k1, b).scores(queries)
    theirs = [by_the_book(DOCUMENTS, query, k1, b) for query in queries]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_a_rare_word_counts_more_than_a_common_one():
    found = search.BM25(DOCUMENTS)
    assert found.weights["dog"] > found.weights["cat"] > 0
    assert found.scores(["zebra"]).max() == 0


@pytest.mark.parametrize("seed", range(3))
def test_cosines_equal_torch(seed):
    generator = torch.Generator().manual_seed(seed)
    queries, documents = (torch.randn(n, 7, dtype=torch.double, generator=generator) for n in (4, 9))
    theirs = F.cosine_similarity(queries[:, None], documents[None], dim=-1)
    torch.testing.assert_close(search.cosine_similarities(queries, documents), theirs, rtol=0, atol=1e-10)
    with pytest.raises(ValueError, match="no direction"):
        search.cosine_similarities(queries, 0 * documents)


@pytest.mark.parametrize("seed", range(3))
def test_all_cells_together_are_an_exact_search(seed):
    generator = torch.Generator().manual_seed(seed)
    documents = F.normalize(torch.randn(200, 8, generator=generator), dim=-1)
    cells = search.Cells(documents, 10, seed=seed)
    assert sorted(torch.cat(cells.members).tolist()) == list(range(200))
    for query in F.normalize(torch.randn(5, 8, generator=generator), dim=-1):
        exact = (documents @ query).topk(7).indices.tolist()
        found, products = cells.nearest(query, 7, n_probe=10)
        assert found == exact
        assert products == 210
        few, products = cells.nearest(query, 7, n_probe=2)
        assert products < 210
        assert len(set(few) & set(exact)) >= 1


def test_cells_beyond_their_number_are_refused():
    cells = search.Cells(torch.eye(4), 2)
    with pytest.raises(ValueError, match="There are 2 cells; 3"):
        cells.nearest(torch.ones(4), 1, 3)
    with pytest.raises(ValueError, match="4 documents cannot be in 5 cells"):
        search.Cells(torch.eye(4), 5)


# --- rankings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_ranks_equal_a_sort(seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(6, 20)).round(1)  # with equal ones among them
    right = [rng.choice(20, size=rng.integers(1, 4), replace=False).tolist() for _ in range(6)]
    for row, places, rank in zip(scores, right, search.ranks(scores, right), strict=True):
        order = sorted(range(20), key=lambda i: (-row[i], i in places))  # of equal ones the wrong come first
        assert rank == 1 + next(place for place, i in enumerate(order) if i in places) == rank


def test_a_system_that_scores_all_alike_is_last():
    assert search.ranks(np.zeros((1, 50)), [[3]]).tolist() == [50]


def test_measures_of_ranks_by_hand():
    found = [1, 2, 4, 10]
    assert search.recall_at(1, found) == 0.25
    assert search.recall_at(4, found) == 0.75
    assert search.mean_reciprocal_rank(found) == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 10) / 4, abs=1e-12)


@pytest.mark.parametrize(
    ("scores", "right", "said"),
    [
        ([[1.0, math.nan]], [[0]], "finite numbers"),
        ([1.0, 2.0], [[0]], "queries, documents"),
        ([[1.0, 2.0]], [[]], "one or more"),
        ([[1.0, 2.0]], [[2]], "from 0 to 1"),
        ([[1.0, 2.0]], [[0], [1]], "right documents of each of 1"),
    ],
)
def test_rankings_that_do_not_fit_are_refused(scores, right, said):
    with pytest.raises(ValueError, match=said):
        search.ranks(scores, right)


@pytest.mark.parametrize("found", [[], [0, 1], [1.5], [[1]], ["1"]])
def test_what_are_no_ranks_is_refused(found):
    with pytest.raises(ValueError, match="whole numbers from 1"):
        search.recall_at(1, found)


# --- towers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_of_a_batch_equals_its_definition(seed):
    generator = torch.Generator().manual_seed(seed)
    queries, documents = (torch.randn(5, 6, dtype=torch.double, generator=generator) for _ in range(2))
    loss = 0.0
    for i in range(5):
        similar = [torch.dot(queries[i], d) / queries[i].norm() / d.norm() / 0.1 for d in documents]
        loss -= math.log(math.exp(similar[i]) / sum(map(math.exp, similar))) / 5
    assert search.in_batch_loss(queries, documents, 0.1).item() == pytest.approx(loss, abs=1e-10)


def test_vectors_of_a_tower_are_means_of_token_vectors():
    torch.manual_seed(0)
    towers = search.Towers(10, 12, 4)
    first, second = towers([[1, 2, 2], [9]], [[11], [0, 3]])
    table = towers.first.weight
    torch.testing.assert_close(first, torch.stack([(table[1] + 2 * table[2]) / 3, table[9]]))
    assert second.shape == (2, 4)
    with pytest.raises(ValueError, match="one token or more"):
        towers([[1], []], [[1], [2]])
    with pytest.raises(ValueError, match="token_ids must go from 0 to 9"):
        towers([[10]], [[1]])


def test_towers_learn_which_belong_together():
    rng = np.random.default_rng(0)
    first = [rng.integers(30, size=4).tolist() for _ in range(300)]
    second = [[(token * 7 + 3) % 30 for token in bag] for bag in first]  # another language, word for word
    towers, history = search.train_towers(first, second, (30, 30), dim=16, batch_size=32, epochs=12, progress=False)
    assert history.loss[-1] < 0.5 < history.loss[0]
    with torch.no_grad():
        scores = search.cosine_similarities(*towers(first[:50], second[:50]))
    assert search.recall_at(1, search.ranks(scores, [[i] for i in range(50)])) > 0.9


def test_batches_of_pairs_keep_them_together():
    batches = search.PairBatches([[i] for i in range(10)], [[-i] for i in range(10)], batch_size=4)
    seen = [(a[0], b[0]) for first, second in batches for a, b in zip(first, second, strict=True)]
    assert len(batches) == 2
    assert len(set(seen)) == 8
    assert all(a == -b for a, b in seen)
    with pytest.raises(ValueError, match="do not make pairs in batches of 11"):
        search.PairBatches([[1]] * 10, [[1]] * 10, batch_size=11)
