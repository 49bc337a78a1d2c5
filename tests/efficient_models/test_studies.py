"""What the notebook shows of the stored rows: the chosen setting, one number for each start."""

from __future__ import annotations

import json

import pytest

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
    with pytest.raises(ValueError, match="no row"):
        studies.chosen([], "rate")


def test_tables() -> None:
    first = studies.rounding()[0]
    assert first == {"way": "as it is", "moved": 0.1, "same answer": 0.9, "accuracy, three starts": [0.8, 0.81, 0.82]}
    lines = studies.pruning_lines()
    assert {name: places for name, (places, _) in lines.items()} == {name: [0.3, 0.65] for name in lines}
    assert lines["an epoch after"][1][1] == [0.72, *[pytest.approx(0.8 - 0.65 / 3)] * 2]
    (parts,) = studies.parts()
    assert (parts["cut"], parts["an epoch after"]) == ([0.75] * 3, [0.75] * 3)
    (student,) = studies.students()
    assert student["temperature"] == 2
    assert student["validation, three starts"] == [0.2, 0.3, 0.3]


def test_low_rank() -> None:
    every, lora = studies.ranks()
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
    assert [every[i].name for i in choices.frontier(every)] == ["int8, in whole numbers", "as it is"]
