"""The text as numbers, the sizes of the notebook's model, and what its pictures show."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
import torch

from lessons.gpt import GPT, drawings, recipe
from lessons.kit.datasets import shakespeare
from lessons.kit.training import History


def test_the_sizes_are_those_of_the_notebook() -> None:
    model = GPT(recipe.config())
    assert sum(each.numel() for each in model.parameters()) == 932_608
    assert recipe.config(64, 2).n_heads == 2
    assert recipe.config(16).n_heads == 1


def test_token_ids_are_the_plays() -> None:
    for split in ("validation", "test"):
        texts, rows = getattr(shakespeare(), split), recipe.token_ids(split)
        assert [recipe.tokenizer().decode(row.tolist()) for row in rows] == list(texts)
        assert max(row.max() for row in rows) < recipe.VOCAB_SIZE


def test_bits_per_character_of_a_model_that_knows_nothing() -> None:
    """Every token costs log2 1,024 = 10 bits, but the first of each play, which nobody asks for."""
    model = GPT(recipe.config(32, 1))
    with torch.no_grad():
        model.norm.weight.zero_()
    tokens = sum(len(row) - 1 for row in recipe.token_ids("validation"))
    expected = 10 * tokens / sum(map(len, shakespeare().validation))
    assert recipe.bits_per_character(model) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("muon", [None, 1e-2])
def test_a_few_steps_lower_the_loss_and_a_seed_repeats_them(muon) -> None:
    runs = [recipe.train(seed=1, steps=12, muon=muon, sizes=recipe.config(32, 1), progress=False) for _ in range(2)]
    (_, first), (_, second) = runs
    assert first.loss == second.loss
    assert first.loss[-1] < first.loss[0] - 0.3


def test_pictures_say_what_they_show() -> None:
    drawn = drawings.stack(["a", "b"], ["b", "c"])
    words = " ".join(text.get_text() for text in drawn.texts)
    for shape in ("(batch, tokens)", "hidden_size", "vocab_size", "causal mask"):
        assert shape in words
    assert len(drawings.cache(3).patches) == 2 * (4 * 5 // 2)
    figure = drawings.distributions(["x", "y"], {"one": torch.tensor([0.7, 0.0]), "two": torch.tensor([0.5, 0.5])})
    assert [axes.get_title() for axes in figure.axes[:2]] == ["one", "two"]
    assert [bar.get_width() for bar in figure.axes[0].patches] == pytest.approx([0.7, 0.0])
    sure = drawings.distributions(["x", "y"], {"one": torch.tensor([0.2, 0.1]), "sure": torch.tensor([1.0, 0.0])})
    assert sure.axes[1].get_xlim()[1] == pytest.approx(0.216)
    assert [text.get_text() for text in sure.axes[1].texts] == ["1 →"]
    assert len(drawings.streams({"a": [1, 2], "b": [1, 1]}).lines) == 2
    history = History(loss=[3.0, 2.0], validation=[(1, {"loss": 2.5}), (2, {"loss": 2.25})])
    assert [text.get_text() for text in drawings.losses(history).texts] == ["2.50", "2.25"]
    assert "temperature" in " ".join(text.get_text() for text in drawings.summary().texts)
    plt.close("all")


def test_a_power_law_is_found_again() -> None:
    from benchmarks import gpt as study

    rows = [
        {"kind": "width", "seed": seed, "parameters": n, "bits": (2 + seed) * n**-0.2}
        for seed in study.SEEDS
        for n in (1_000, 30_000, 200_000)
    ]
    found = study.power_law([*rows, {"kind": "text", "bits": 9.0}])
    assert found == pytest.approx({"exponent": 0.2, "low": 0.2, "high": 0.2})
    rows[0]["bits"] *= 1.1  # one start of three bends
    found = study.power_law(rows)
    assert found["low"] < 0.2 < found["exponent"] < found["high"]
    assert study.power_law(rows[:2]) == {}
    assert study.power_law([*rows, {**rows[0], "parameters": 9, "bits": 1.0}]) == found  # of 9 one start is there


@pytest.mark.parametrize("best", [0.1, 0.75, 3.0, 50.0])
def test_no_learning_rate_is_chosen_at_the_edge_of_its_grid(best: float) -> None:
    from benchmarks import gpt as study

    tried = study.tuned(lambda rate: abs(rate - best), 1.0)
    chosen = min(tried, key=lambda each: tried[each])
    assert min(tried) < chosen < max(tried)
