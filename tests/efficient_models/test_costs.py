"""Counted operations against PyTorch's own counter; the frontier against brute force."""

from __future__ import annotations

import math
import random

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from lessons.efficient_models import choices, costs
from lessons.efficient_models.choices import Choice
from lessons.efficient_models.quantization import dynamic_int8
from tests.efficient_models import small


def counted(run) -> int:
    plain = sdpa_kernel(SDPBackend.MATH)  # the fused kernel of a processor is unknown to the counter
    with FlopCounterMode(display=False) as counter, torch.no_grad(), plain:
        run()
    return counter.get_total_flops()


@pytest.mark.parametrize(("n_layers", "tokens"), [(1, 1), (2, 7), (6, 12)])
def test_operations_are_those_that_pytorch_counts(n_layers, tokens) -> None:
    model = small.classifier(n_layers)
    token_ids = torch.ones(1, tokens, dtype=torch.long)
    assert costs.classifier_operations(24, 32, n_layers, tokens) == counted(lambda: model(token_ids))
    layer, hidden = model.bert.layers[0], torch.randn(1, tokens, 24)
    assert costs.layer_operations(24, 32, tokens) == counted(lambda: layer(hidden))


def test_least_time_is_the_longer_one() -> None:
    assert costs.least_seconds(100, 10, 10, 10) == 10
    assert costs.least_seconds(100, 1000, 10, 10) == 100
    assert costs.amdahl(0.5, 2) == pytest.approx(4 / 3)
    assert costs.amdahl(1, 3) == pytest.approx(3)
    assert costs.amdahl(0, 100) == 1


def test_bytes_of_a_model_and_of_its_quantised_copy() -> None:
    model = small.classifier(2)
    assert costs.n_bytes(nn.Linear(10, 5)) == 220
    weights = sum(p.numel() for n, p in model.bert.layers.named_parameters() if p.ndim == 2)
    whole, still = costs.n_bytes(model), costs.n_bytes(dynamic_int8(model))
    biases = sum(p.nbytes for n, p in model.bert.layers.named_parameters() if n.endswith("bias") and "norm" not in n)
    assert whole - still == 3 * weights + biases  # packed biases are not counted


def test_jobs_take_turns() -> None:
    order: list[str] = []
    times = costs.interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b"] * 3
    assert [len(found) for found in times.values()] == [2, 2]
    assert costs.times_as_fast({"a": [1, 2, 4], "b": [2, 2, 4]}, "a", "b") == 1
    assert costs.times_as_fast({"a": [1, 1, 1], "b": [3, 2, 4]}, "a", "b") == 3
    with pytest.raises(ValueError, match="was not timed"):
        costs.times_as_fast(times, "a", "c")
    with pytest.raises(ValueError, match="no job"):
        costs.interleaved({})


def test_rates_of_this_machine_are_numbers() -> None:
    found = costs.this_machine(64, 1)
    assert 0 < found.operations_a_second < math.inf
    assert 0 < found.bytes_a_second < math.inf


# --- choices ----------------------------------------------------------------------------------------------------------


def some(seed: int, n: int = 12) -> list[Choice]:
    rng = random.Random(seed)
    return [Choice(f"m{i}", "f", rng.randrange(8) / 8, rng.randrange(1, 6), rng.randrange(1, 6), "x") for i in range(n)]


def beaten(one: Choice, by: Choice, cost: str) -> bool:
    price, other = getattr(one, cost), getattr(by, cost)
    return (other < price and by.accuracy >= one.accuracy) or (other <= price and by.accuracy > one.accuracy)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("cost", choices.COSTS)
def test_the_frontier_is_what_nothing_beats(seed, cost) -> None:
    found = some(seed)
    line = choices.frontier(found, cost)
    unbeaten = [i for i, one in enumerate(found) if not any(beaten(one, other, cost) for other in found)]
    assert set(line) <= set(unbeaten)
    values = {(getattr(found[i], cost), found[i].accuracy) for i in unbeaten}
    assert [(getattr(found[i], cost), found[i].accuracy) for i in line] == sorted(values)
    for budget in (0, 1, 2.5, 9):
        best = choices.best_within(found, budget, cost)
        affordable = [one for one in found if getattr(one, cost) <= budget]
        assert (best is None) == (not affordable)
        if best is not None:
            assert found[best].accuracy == max(one.accuracy for one in affordable)


def test_choices_are_checked() -> None:
    for given, cost, words in (([], "megabytes", "at least one"), (some(0), "money", "counted in"),
                               ([Choice("a", "f", math.nan, 1, 1, "")], "megabytes", "finite")):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            choices.frontier(given, cost)
    with pytest.raises(ValueError, match="budget"):
        choices.best_within(some(0), math.nan)
