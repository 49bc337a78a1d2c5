"""Curves against plain loops; a model whose reason is known ranks an explanation rightly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from lessons.interpretability import faithfulness as f
from tests.interpretability import small


def a_text(model, seed: int = 0) -> f.Text:
    token_ids = torch.cat([torch.tensor([1]), torch.randint(4, 50, (5,), generator=torch.Generator().manual_seed(seed)),
                           torch.tensor([2])])[None]  # fmt: skip
    return f.Text(token_ids, [1, 2, 3, 4, 5], int(model(token_ids).argmax()))


@pytest.mark.parametrize("kind", f.KINDS)
@pytest.mark.parametrize("way", ["mask", "remove"])
def test_a_curve_step_by_step(kind: str, way: str) -> None:
    model = small.classifier()
    text = a_text(model)
    order = [3, 1, 5, 2, 4]
    found = f.curve(model, text, order, kind, way)
    row = text.token_ids[0].tolist()
    for k in range(6):
        gone = order[:k] if kind == "deletion" else order[k:]
        left = (
            [3 if i in gone else t for i, t in enumerate(row)]
            if way == "mask"
            else [t for i, t in enumerate(row) if i not in gone]
        )
        due = model(torch.tensor([left])).softmax(-1)[0, text.label].item()
        assert found[k] == pytest.approx(due, abs=1e-6)


def test_ends_of_the_two_curves_are_the_same_texts() -> None:
    model = small.classifier()
    text = a_text(model)
    down, up = (f.curve(model, text, [1, 2, 3, 4, 5], kind, "mask") for kind in f.KINDS)
    assert down[0] == pytest.approx(up[-1], abs=1e-6)
    assert down[-1] == pytest.approx(up[0], abs=1e-6)


def test_orders() -> None:
    scores = torch.tensor([9.0, 1.0, 3.0, 3.0, -2.0])
    assert f.order_of(scores, [1, 2, 3, 4]) == [2, 3, 1, 4]
    drawn = [f.random_order([4, 7, 9], seed) for seed in range(20)]
    assert all(sorted(order) == [4, 7, 9] for order in drawn)
    assert len({tuple(order) for order in drawn}) > 3
    with pytest.raises(ValueError, match="Places go from 0"):
        f.order_of(scores, [5])


def test_area_and_shares() -> None:
    assert f.area([1.0, 0.0]) == 0.5
    assert f.area([1.0, 1.0, 0.0]) == 0.75
    np.testing.assert_allclose(f.at_shares([0.0, 1.0]), np.linspace(0, 1, 11))
    np.testing.assert_allclose(f.at_shares([0.0, 0.5, 1.0]), np.linspace(0, 1, 11))
    with pytest.raises(ValueError, match="two values"):
        f.area([1.0])


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 4, (2, 12))  # with ties
    assert f.rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert f.rank_correlation([1, 1, 1], [1, 2, 3]) == 0


def test_randomised_layers_are_new_and_others_stay() -> None:
    model = small.classifier(n_layers=3)
    other = f.randomised(model, 2)
    same = [bool((a == b).all()) for a, b in zip(model.bert.layers[0].parameters(), other.bert.layers[0].parameters(),
                                                 strict=True)]  # fmt: skip
    assert all(same)
    for part in ("layers.1", "layers.2"):
        weight = f"bert.{part}.attention.query.weight"
        assert not torch.equal(model.state_dict()[weight], other.state_dict()[weight])
    assert not torch.equal(model.classifier.weight, other.classifier.weight)
    with pytest.raises(ValueError, match="3 layers"):
        f.randomised(model, 4)


def test_where_nothing_is_random_nothing_changes() -> None:
    """A method that does not look at the head agrees with itself when only the head is new."""
    model = small.classifier(n_layers=2)
    found = f.sanity(
        model, [a_text(model, seed) for seed in range(3)], 0, ("rollout", "last attention", "leave one out")
    )
    assert found["rollout"] == pytest.approx(1)
    assert found["last attention"] == pytest.approx(1)
    assert abs(found["leave one out"]) <= 1


def test_words_are_letters_and_not_ignored() -> None:
    model = small.classifier()
    assert f.word_places(model, [1, 5, 6, 7, 2]) == [1, 2, 3]
    letter = model.tokenizer.convert_ids_to_tokens([6])[0]
    assert f.word_places(model, [1, 5, 6, 7, 2], frozenset({letter})) == [1, 3]
    texts = f.texts_of(model, ["5 6", "5 6 7 8 9"], least=4)
    assert [len(text.places) for text in texts] == [5]


def test_mean_curves_hold_every_method_and_random_orders() -> None:
    model = small.classifier()
    found = f.mean_curves(
        model, [a_text(model, s) for s in range(2)], "deletion", "mask", ("saliency", "leave one out")
    )
    assert list(found) == ["saliency", "leave one out", "random"]
    assert all(values.shape == (11,) for values in found.values())
