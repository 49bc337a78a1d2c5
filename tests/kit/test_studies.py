"""Rows are made once, a cut-off run goes on, and no edge of a grid is taken unseen."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lessons.kit import results
from lessons.kit.studies import Study, main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("quick", [False, True])
def test_a_row_is_made_once_and_a_quick_study_writes_nothing(folder: Path, quick: bool) -> None:
    made: list[int] = []

    def work(row: dict) -> dict:
        made.append(row["seed"])
        return {"loss": row["seed"] / 2}

    study = Study("tries", quick)
    wanted = [{"seed": seed} for seed in (2, 0, 1)]
    rows = [study.rows("some", wanted, work) for _ in range(2)]
    assert made == [2, 0, 1]
    assert [row["loss"] for row in rows[1]] == [1, 0, 0.5]
    assert (folder / "tries.json").exists() != quick
    again = Study("tries").rows("some", wanted[:1], work)[0]
    assert (len(made) == 3) != quick
    assert again["loss"] == 1


def test_a_study_whose_time_is_over_keeps_what_it_has() -> None:
    Study("tries").once("some", {"seed": 0}, lambda: {"loss": 3.0}, texts=7)
    late = Study("tries", minutes=-1)
    assert late.once("some", {"seed": 0}, lambda: {})["loss"] == 3
    with pytest.raises(SystemExit) as stopped:
        late.once("some", {"seed": 1}, lambda: {})
    assert stopped.value.code == 3
    assert results.load("tries")["some"]["texts"] == 7


def test_a_grid_grows_until_the_best_is_inside() -> None:
    study = Study("tries")
    assert study.grown((1, 2, 4), lambda value: -abs(value - 2)) == 2
    assert study.grown((1, 2, 4), lambda value: -abs(value - 16)) == 16
    assert study.grown((1, 2, 4), lambda value: -abs(value - 0.25)) == 0.25
    assert study.grown((1, 2, 4), lambda value: value, high=8) == 8
    assert study.grown((1, 2, 4), lambda value: -value, low=1) == 1
    with pytest.raises(RuntimeError, match="still at an edge"):
        study.grown((1, 2, 4), lambda value: value)
    assert Study("tries", quick=True).grown((1, 2, 4), lambda value: value) == 1


def test_all_parts_of_a_script_share_one_study_and_its_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[tuple[bool, float]] = []
    seen: list[tuple[str, object]] = []

    def start(quick: bool, minutes: float) -> object:
        began.append((quick, minutes))
        return object()

    parts = {name: lambda run, name=name: seen.append((name, run)) for name in ("first", "second", "third")}
    monkeypatch.setattr(sys, "argv", ["script", "third", "first", "--quick", "--minutes", "5"])
    main("", parts, start)
    assert began == [(True, 5.0)]
    assert [name for name, _ in seen] == ["third", "first"]
    assert len({id(run) for _, run in seen}) == 1
    monkeypatch.setattr(sys, "argv", ["script", "all"])
    main("", parts, start)
    assert [name for name, _ in seen[2:]] == ["first", "second", "third"]
    monkeypatch.setattr(sys, "argv", ["script", "fourth"])
    with pytest.raises(SystemExit):
        main("", parts, start)
