"""What the longer runs of notebook 07 rest on: grids without edges, intervals, pairs."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import masked_language as study


@pytest.mark.parametrize("best", [1e-5, 2.2e-3, 0.7])
def test_a_grid_grows_until_its_best_value_has_a_neighbour_on_both_sides(best: float) -> None:
    asked = []

    def quality(rate: float) -> float:
        asked.append(rate)
        return -abs(np.log(rate / best))

    found = study.tuned(quality, 1e-3, 3.0)
    rates = list(found)
    chosen = rates.index(study.best_of(found))
    assert 0 < chosen < len(rates) - 1
    assert rates == sorted(rates)
    assert len(asked) == len(rates)  # none is tried twice
    assert abs(np.log(rates[chosen] / best)) <= np.log(3) / 2 + 1e-9


def test_a_bootstrap_interval_is_that_of_the_mean() -> None:
    differences = np.random.default_rng(1).normal(0.3, 1.0, 400)
    low, high = study.bootstrap(differences)
    error = differences.std() / 20
    assert low == pytest.approx(differences.mean() - 1.96 * error, abs=0.2 * error)
    assert high == pytest.approx(differences.mean() + 1.96 * error, abs=0.2 * error)


def test_weights_of_a_bootstrap_count_holes_not_messages() -> None:
    low, high = study.bootstrap(np.array([1.0, 0.0] * 300), np.array([3.0, 1.0] * 300))
    assert low < 0.75 < high
    assert low > 0.5


def test_pairs_are_counted_start_by_start() -> None:
    first = np.array([[True, True, False, False], [True, True, True, False]])
    second = np.array([[True, False, True, False], [True, False, False, False]])
    found = study.paired(first, second)
    assert found["starts"] == [
        {"both": 1, "only_first": 1, "only_second": 1, "neither": 1},
        {"both": 1, "only_first": 2, "only_second": 0, "neither": 1},
    ]
    assert found["difference"] == pytest.approx(0.25)
