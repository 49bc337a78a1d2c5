"""Sequences, head scores against loops, silenced heads against heads without weights, and the growth itself."""

from __future__ import annotations

import copy

import pytest
import torch

from lessons.interpretability import circuits as c
from lessons.llama import Llama, LlamaConfig


def draw(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("seed", range(4))
def test_sequences_repeat_with_their_own_period(seed: int) -> None:
    found = c.repeats(30, 12, 20, draw(seed), 3, 9)
    assert found.token_ids.shape == (30, 20)
    for row, period in zip(found.token_ids, found.periods, strict=True):
        assert 3 <= period <= 9
        assert len(row[:period].unique()) == period
        assert (row[period:] == row[: 20 - period]).all()
    assert len(found.periods.unique()) > 3
    assert found.asked.shape == (30, 19)
    assert (found.asked.sum(1) == 19 - found.periods).all()


def test_periods_must_fit() -> None:
    for low, high in ((3, 20), (0, 4), (5, 4), (3, 13)):
        with pytest.raises(ValueError, match=r"Periods from|low must be"):
            c.repeats(2, 12, 20, draw(), low, high)


@pytest.mark.parametrize("seed", range(3))
def test_scores_by_loops(seed: int) -> None:
    weights = torch.rand(4, 3, 9, 9, generator=draw(seed), dtype=torch.double).tril().softmax(-1)
    periods = torch.tensor([2, 3, 4, 7])
    before, induction, n = torch.zeros(3).double(), torch.zeros(3).double(), 0
    for row, period in zip(weights, periods.tolist(), strict=True):
        before += sum(row[:, t, t - 1] for t in range(1, 9)) / 8 / 4
        for t in range(period, 9):
            n += 1
            induction += sum(row[:, t, j] for j in range(1, t + 1) if (t + 1 - j) % period == 0)
    torch.testing.assert_close(c.previous_score(weights), before)
    torch.testing.assert_close(c.induction_score(weights, periods), induction / n)


def test_a_perfect_induction_head_has_score_one() -> None:
    periods = torch.tensor([3, 4])
    weights = torch.zeros(2, 1, 8, 8)
    for row, period in enumerate(periods.tolist()):
        for t in range(period, 8):
            weights[row, 0, t, t - period + 1] = 1
    assert c.induction_score(weights, periods).item() == 1
    with pytest.raises(ValueError, match="A period from 2"):
        c.induction_score(weights, torch.tensor([3, 8]))


def test_silenced_heads_are_heads_whose_columns_are_gone() -> None:
    torch.manual_seed(0)
    model = c.Copier(10, 12, 2, 3, 9)
    without = copy.deepcopy(model)
    with torch.no_grad():
        without.layers[0].output.weight[:, 4:8] = 0
        without.layers[1].output.weight[:, 8:12] = 0
    ids = torch.randint(10, (2, 9), generator=draw())
    before = model(ids)
    with c.silenced(model.layers, [(0, 1), (1, 2)]):
        torch.testing.assert_close(model(ids), without(ids))
    torch.testing.assert_close(model(ids), before)
    with pytest.raises(ValueError, match="no head 3"), c.silenced(model.layers, [(0, 3)]):
        pass


def test_silenced_heads_of_a_llama() -> None:
    torch.manual_seed(0)
    model = Llama(LlamaConfig(20, 12, 2, 3, 1, 16, 16)).eval()
    without = copy.deepcopy(model)
    with torch.no_grad():
        without.layers[1].attention.output.weight[:, :4] = 0
    ids = torch.randint(20, (2, 7), generator=draw())
    with c.silenced([layer.attention for layer in model.layers], [(1, 0)]):
        torch.testing.assert_close(model(ids), without(ids))


def test_the_model_does_not_look_ahead() -> None:
    torch.manual_seed(0)
    model, ids = c.Copier(10, 12, 2, 3, 9), torch.randint(10, (1, 9), generator=draw())
    other = ids.clone()
    other[0, 6] = (ids[0, 6] + 1) % 10
    torch.testing.assert_close(model(ids)[:, :6], model(other)[:, :6])
    assert not torch.allclose(model(ids)[:, 6:], model(other)[:, 6:])


def test_two_layers_learn_to_copy_and_say_how() -> None:
    """The smallest setting in which it happens for certain; the notebook's takes longer and is as sure."""
    torch.manual_seed(0)
    model = c.Copier(12, 32, 2, 2, 16)
    found = c.train_copier(model, 240, length=16, learning_rate=3e-3, every=60, batch_size=32)
    assert found.steps == [0, 60, 120, 180, 240]
    assert found.accuracy[0] < 0.2
    assert found.accuracy[-1] > 0.9
    assert max(found.before[-1][:2]) > max(found.before[0][:2])
    assert max(found.induction[-1][2:]) > 0.5
    test = c.repeats(64, 12, 16, draw(99))
    assert c.copied(model, test) > 0.9
    with c.silenced(model.layers, [(1, 0), (1, 1)]):
        assert c.copied(model, test) < 0.4


def test_strongest_heads() -> None:
    assert c.strongest([0.1, 0.9, 0.3, 0.8], 2, 3) == [(0, 1), (1, 1), (1, 0)]
    with pytest.raises(ValueError, match="cannot be chosen"):
        c.strongest([0.1, 0.2], 2, 3)
