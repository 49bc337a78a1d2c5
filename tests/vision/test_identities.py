"""Triplets against PyTorch, the hardest other against a search, recognition and its area against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from lessons.vision.identities import Embedding, batch_loss, hardest, recognised, roc_area, triplet_loss


@pytest.mark.parametrize("margin", [0.01, 0.2, 1.5])
def test_the_loss_equals_pytorchs_with_squared_distances(margin: float) -> None:
    torch.manual_seed(0)
    triplet = [torch.randn(9, 4, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    squared = nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).square().sum(-1), margin=margin)
    ours, theirs = triplet_loss(*triplet, margin), squared(*triplet)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)
    for one, other in zip(torch.autograd.grad(ours, triplet), torch.autograd.grad(theirs, triplet), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_the_hardest_other_is_the_nearest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    anchors, same = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    found = hardest(torch.tensor(anchors), torch.tensor(same)).tolist()
    for i, place in enumerate(found):
        others = [j for j in range(7) if j != i]
        assert place == min(others, key=lambda j: np.linalg.norm(anchors[i] - same[j]))


def test_training_brings_pairs_together() -> None:
    torch.manual_seed(0)
    things = torch.randn(20, 6)
    noise = torch.randn(2, 20, 6) * 3
    first, second = (torch.cat([things, each], 1) for each in noise)  # half of the numbers say who, half are chance
    model = Embedding(12, 6)
    before = recognised(model(first).detach(), model(second).detach())
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
    for _ in range(60):
        optimizer.zero_grad()
        batch_loss(model, (first, second)).backward()
        optimizer.step()
    known, asked = model(first).detach(), model(second).detach()
    torch.testing.assert_close(known.norm(dim=-1), torch.ones(20))
    assert recognised(known, asked) > before


def test_recognition_and_its_area() -> None:
    known = torch.eye(4)
    assert recognised(known, known[[0, 1, 3, 2]]) == 0.5
    rng = np.random.default_rng(0)
    same, other = rng.integers(0, 6, 9) / 2, rng.integers(2, 9, 14) / 2  # with ties
    expected = roc_auc_score([0] * 9 + [1] * 14, np.concatenate([same, other]))
    assert roc_area(torch.tensor(same), torch.tensor(other)) == pytest.approx(expected)


def test_what_does_not_fit_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="Two or more things"):
        hardest(torch.zeros(1, 3), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="one shape"):
        triplet_loss(torch.zeros(2, 3), torch.zeros(2, 3), torch.zeros(1, 3))
