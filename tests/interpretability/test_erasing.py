"""After erasing no line reads anything; nothing smaller would do; a model that uses the direction feels it."""

from __future__ import annotations

import pytest
import torch

from lessons.bert.probing import linear_probe
from lessons.interpretability import erasing as e
from tests.interpretability import small


@pytest.fixture(params=range(4))
def labelled(request: pytest.FixtureRequest) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(request.param)
    mixed = torch.randn(6, 6, generator=generator, dtype=torch.double)
    vectors = torch.randn(200, 6, generator=generator, dtype=torch.double) @ mixed
    labels = (vectors[:, 0] + 0.5 * vectors[:, 1] + torch.randn(200, generator=generator) > 0).long()
    return vectors, labels


def test_no_covariance_is_left(labelled) -> None:
    vectors, labels = labelled
    after = e.eraser(vectors, labels, 0.0)(vectors)
    signs = labels.double() - labels.double().mean()
    before = (vectors - vectors.mean(0)).T @ signs / len(labels)
    assert before.norm() > 0.1
    torch.testing.assert_close(
        (after - after.mean(0)).T @ signs / len(labels), torch.zeros(6).double(), atol=1e-10, rtol=0
    )
    torch.testing.assert_close(after.mean(0), vectors.mean(0), atol=1e-10, rtol=0)


def test_a_probe_reads_the_commonest_label_then(labelled) -> None:
    vectors, labels = labelled
    found = linear_probe(e.eraser(vectors, labels, 0.0)(vectors), labels, e.eraser(vectors, labels, 0.0)(vectors))
    assert (found == labels.bincount().argmax()).all()
    assert (linear_probe(vectors, labels, vectors) == labels).double().mean() > 0.7


def test_it_is_the_smallest_change(labelled) -> None:
    """Projecting along the difference alone removes the covariance as well, and moves vectors at least as far."""
    vectors, labels = labelled
    change = e.eraser(vectors, labels, 0.0)
    moved = (change(vectors) - vectors).square().sum()
    reads = change.away / change.away.square().sum()
    other = e.Eraser(change.mean, reads, change.away)(vectors)
    signs = labels.double() - labels.double().mean()
    assert ((other - other.mean(0)).T @ signs).norm() < 1e-8
    assert moved <= (other - vectors).square().sum() + 1e-9


def test_erasing_twice_is_erasing_once(labelled) -> None:
    vectors, labels = labelled
    change = e.eraser(vectors, labels)
    torch.testing.assert_close(change(change(vectors)), change(vectors), atol=1e-8, rtol=0)


def test_states_and_answers_are_the_models() -> None:
    model = small.classifier(n_layers=3)
    texts = [[1, 5, 6, 2], [1, 7, 2], [1, 8, 9, 10, 2]]
    states = e.cls_states(model, texts)
    assert states.shape == (3, 4, 24)
    for row, text in zip(states, texts, strict=True):
        found = model.bert(torch.tensor([text]), every_layer=True).hidden_states
        torch.testing.assert_close(row, torch.stack([each[0, 0] for each in found]), atol=1e-5, rtol=1e-4)
    assert e.answers(model, texts).tolist() == [int(model(torch.tensor([text])).argmax()) for text in texts]


def test_erased_changes_one_layer_and_only_inside() -> None:
    model = small.classifier(n_layers=3)
    texts = [[1, 5, 6, 2], [1, 7, 8, 2]]
    before = e.cls_states(model, texts)
    change = e.Eraser(torch.zeros(24), torch.eye(24)[0], torch.eye(24)[0])  # the first number becomes 0
    with e.erased(model, 1, change):
        inside = model.bert(torch.tensor(texts), every_layer=False)
    assert not torch.allclose(inside.last_hidden_state[:, 0], before[:, 3])
    torch.testing.assert_close(e.cls_states(model, texts), before)
    with e.erased(model, 2, change):
        found = model.bert(torch.tensor(texts)).last_hidden_state
    assert (found[:, 0, 0] == 0).all()
    assert (found[:, 1:, 0] != 0).all()
    with pytest.raises(ValueError, match="no layer 3"), e.erased(model, 3, change):
        pass


def test_intervene_reads_less_after_erasing() -> None:
    model = small.classifier(n_layers=2)
    generator = torch.Generator().manual_seed(0)
    texts = [[1, *torch.randint(4, 50, (5,), generator=generator).tolist(), 2] for _ in range(240)]
    labels = torch.tensor([int(text[1] > 26) for text in texts])
    rows = e.intervene(model, texts[:180], labels[:180], texts[180:], labels[180:], labels[180:], [0, 1])
    assert [row.layer for row in rows] == [0, 1]
    for row in rows:
        assert all(0 <= value <= 1 for value in row[1:])
        assert row.read_after <= row.read + 0.1


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_labels_are_two(labels) -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        e.eraser(torch.randn(3, 2), torch.tensor(labels))
