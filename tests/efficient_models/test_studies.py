"""What the notebook shows of the stored rows: the chosen setting, one number for each start."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from lessons.efficient_models import choices, studies
from lessons.kit import results
from tests.efficient_models import stored


@pytest.fixture(autouse=True)
def _made_up_results(tmp_path, monkeypatch) -> None:
    made = {name: {"rows": rows} for name, rows in stored.sections().items()}
    (tmp_path / "efficient_models.json").write_text(json.dumps(made), encoding="utf-8")
    monkeypatch.setattr(results, "FOLDER", tmp_path)


def test_the_setting_of_the_most_starts_is_chosen() -> None:
    rows = [{"rate": 1, "seed": 0}, {"rate": 2, "seed": 0}, {"rate": 2, "seed": 1}, {"rate": 3, "seed": 0}]
    assert studies.chosen(rows, "rate") == rows[1:3]
    assert studies.chosen(rows[:2], "rate") == rows[1:2]
    again = [{"rate": 2, "seed": 0}, {"rate": 1, "seed": 0}, {"rate": 1, "seed": 1}, {"rate": 2, "seed": 1}]
    assert studies.chosen(again, "rate") == [again[0], again[3]]  # what ran last, not what was tried last
    with pytest.raises(ValueError, match="no row"):
        studies.chosen([], "rate")


def test_tables() -> None:
    first, *_, last = studies.rounding()
    assert first.pop("less than whole, 95 %") == [0, 0]
    assert first == {"way": "as it is", "bits a weight": 32, "moved": pytest.approx(0.1), "same answer": 1.0,
                     "accuracy, three starts": [0.8, 0.81, 0.82]}  # fmt: skip
    assert (last["way"], last["bits a weight"], last["moved"]) == (studies.INT8, 8, None)
    lines = studies.pruning_lines()
    assert lines["as it is"][0] == [0.3, 0.65]
    assert lines["an epoch after"][0] == [0.0, 0.3, 0.65]
    assert lines["an epoch after"][1][2] == [0.72, *[pytest.approx(0.8 - 0.65 / 3)] * 2]
    heads, at_random = studies.parts()
    assert (heads["cut"], heads["an epoch after"], heads["times as fast"]) == ([0.75] * 3, [0.75] * 3, 1.2)
    assert (at_random["taken out"], at_random["an epoch after"], at_random["times as fast"]) == (
        "heads at random", [], None)  # fmt: skip
    labels, teacher = studies.students()
    assert (labels["rate"], teacher["validation, three starts"]) == (1e-4, [0.72] * 3)
    assert [(row["T"], row["share of the teacher"]) for row in studies.variations()] == [(2, 1), (1, 1), (2, 0.5)]


def test_what_rounding_costs_a_text_has_an_interval() -> None:
    rows = results.rows("efficient_models", "writing")
    rows[1]["blocks"] = [block + 0.1 * (-1) ** i for i, block in enumerate(rows[1]["blocks"])]
    results.save("efficient_models", "writing", {"rows": rows})
    first, second, *_ = studies.writing()
    assert (first["more than before"], first["±"]) == (0, 0)
    assert second["more than before"] == pytest.approx(0.1)
    interval = stats.t.interval(0.95, 15, scale=stats.sem([0.1 * (-1) ** i for i in range(16)]))
    assert second["±"] == pytest.approx(interval[1], rel=1e-3)


def test_pairs_are_compared_on_the_same_texts() -> None:
    assert studies.bits("8001", 16).tolist() == [True, *[False] * 14, True]
    assert studies.bits("80", 3).tolist() == [True, False, False]
    with pytest.raises(ValueError, match="not of 17"):
        studies.bits("8001", 17)
    np.testing.assert_array_equal(
        studies.shares_right([{"right": "80"}, {"right": ["c0", "e0"]}], n=3), [1, 2 / 3, 1 / 3]
    )
    labels, teacher = (studies.kept("distillation", layers=3, arm=arm) for arm in ("labels", "teacher"))
    (row,) = studies.compared({"teacher, labels": (teacher, labels)})
    assert row["difference"] == pytest.approx(0.02)
    low, high = row["95 %"]
    assert 0 < low < 0.02 < high  # the same seeds: nested, so that no text was lost
    with pytest.raises(ValueError, match="no row"):
        studies.shares_right([])


def test_low_rank() -> None:
    every, _, lora = studies.ranks()
    assert (every["rank"], lora["rank"], lora["rate"]) == (None, 8, 3e-3)
    assert lora["validation, three starts"] == [0.8, 0.81, 0.82]
    lines = studies.training_lines()
    assert lines["LoRA, rank 8"] == ([25, 50], [[0.7] * 3, [0.81, 0.8200000000000001, 0.83]])
    found = studies.reached(0.8)
    assert [row["step of 80 %"] for row in found] == [50] * 6
    assert [row["processor seconds"] for row in found[:3]] == [20, 21, 22]
    assert [row["step of 90 %"] for row in studies.reached(0.9)] == [None] * 6


def test_choices() -> None:
    every = choices.stored()
    assert [one.name for one in every][:2] == ["as it is", "int8, in whole numbers"]
    assert [one.milliseconds for one in every] == [6, 3, pytest.approx(6 / 1.9), pytest.approx(6 / 1.9)]
    assert [every[i].name for i in choices.frontier(every)] == ["int8, in whole numbers", "as it is"]
    beside = choices.beside_whole()
    assert [row["accuracy"] for row in beside] == [one.accuracy for one in every]
    assert beside[0]["less than whole, 95 %"] == [0, 0]
    low, high = beside[2]["less than whole, 95 %"]
    assert low < 0.79 - 0.83 < high < 0
