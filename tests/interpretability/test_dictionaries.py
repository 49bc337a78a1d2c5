"""Features by their definition, losses by hand, and a dictionary that finds what was mixed."""

from __future__ import annotations

import pytest
import torch

from lessons.interpretability import dictionaries as d


def draw(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_sparse_features() -> None:
    found = d.sparse_features(4000, 6, 0.8, draw())
    assert found.shape == (4000, 6)
    assert found.min() >= 0
    assert found.max() < 1
    assert (found == 0).double().mean().item() == pytest.approx(0.8, abs=0.01)
    assert found[found > 0].mean().item() == pytest.approx(0.5, abs=0.02)
    with pytest.raises(ValueError, match="sparsity"):
        d.sparse_features(2, 2, 1.5, draw())


def test_squeezed_by_hand() -> None:
    model = d.Squeezed(3, 2)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]]))
        model.bias.copy_(torch.tensor([0.0, 0.0, 0.1]))
    found = model(torch.tensor([[0.5, 0.2, 0.0]]))
    torch.testing.assert_close(found, torch.tensor([[0.5, 0.2, 0.0]]))  # the third is −0.5 + 0.1, cut at 0


def test_two_features_in_two_numbers_are_rebuilt() -> None:
    torch.manual_seed(0)
    model = d.Squeezed(2, 2)
    losses = d.train_squeezed(model, 0.5, steps=400, batch_size=128, learning_rate=2e-2)
    assert losses[-1] < 0.02 * losses[0] + 1e-3
    assert model.weight.T.matmul(model.weight)[0, 1].abs() < 0.2


def test_dictionary_loss_by_hand() -> None:
    torch.manual_seed(0)
    model = d.SparseAutoencoder(4, 6)
    vectors = torch.randn(5, 4)
    features = torch.relu((vectors - model.centre) @ model.encoder.T + model.threshold)
    rebuilt = model.centre + sum(features[:, i : i + 1] * model.directions[i] for i in range(6))
    due = ((vectors - rebuilt) ** 2).sum(1).mean() + 0.3 * features.sum(1).mean()
    torch.testing.assert_close(d.dictionary_loss(model, vectors, 0.3), due)
    torch.testing.assert_close(model(vectors), rebuilt)


def test_a_dictionary_finds_what_was_mixed() -> None:
    known = d.known_directions(12, 8, draw(1))
    vectors = d.sparse_features(4000, 12, 0.93, draw(2)) @ known
    torch.manual_seed(0)
    model = d.SparseAutoencoder(8, 24)
    before = d.recovered(model.directions, known)
    d.train_dictionary(model, vectors, 0.1, steps=700, batch_size=128, learning_rate=1e-2)
    after, value = d.recovered(model.directions, known), d.worth(model, vectors)
    assert after >= 0.75 > before
    assert value.explained > 0.7
    assert value.active < 6
    torch.testing.assert_close(model.directions.norm(dim=1), torch.ones(24))


def test_recovered_by_hand() -> None:
    known = torch.eye(3)
    found = torch.tensor([[2.0, 0.1, 0.0], [0.0, -1.0, 0.0]])
    assert d.recovered(found, known) == pytest.approx(1 / 3)  # the second points the other way
    assert d.recovered(known, known) == 1


def test_worth_of_a_perfect_dictionary() -> None:
    model = d.SparseAutoencoder(2, 4)
    with torch.no_grad():
        model.directions.copy_(torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]]))
        model.encoder.copy_(model.directions)
    found = d.worth(model, torch.tensor([[1.0, 0.0], [0.0, -2.0], [0.5, 0.5]]))
    assert found.explained == pytest.approx(1)
    assert found.active == pytest.approx(4 / 3)
    assert found.dead == pytest.approx(1 / 4)


def test_strongest_places() -> None:
    features = torch.tensor([[0.0, 2.0], [1.0, 0.0], [3.0, 0.0]])
    assert d.strongest_places(features, 0) == [2, 1]
    assert d.strongest_places(features, 1, 1) == [0]
    with pytest.raises(ValueError, match="number 2"):
        d.strongest_places(features, 2)
