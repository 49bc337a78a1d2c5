"""Trainings on a grid: what is chosen, where it was, what is refused."""

from __future__ import annotations

import pytest

from lessons.alignment import steering as s


def rows(*betas: float) -> list[dict]:
    points = [[0, 0.0, 0.4, 0.4, 6], [10, 1.0, 2.0, 0.9, 8], [30, 3.0, 4.0, 0.1, 17]]
    return [
        {"beta": b, "learning_rate": r, "share": 1.0, "points": points, "answers": ["9.", "1."]}
        for b in betas
        for r in (0.1, 0.2)
    ]


def test_between_two_points_in_a_straight_line() -> None:
    (run, _) = s.steered(rows(0.0))
    assert s.between(run.points, 5) == pytest.approx(s.Point(5, 0.5, 1.2, 0.65, 7))
    assert s.between(run.points, 10) == run.points[1]
    assert s.between(run.points, 99) == run.points[-1]
    assert s.objective(run.points[2], 0.5) == 2.5
    assert s.best_exact(run.points).step == 10


def test_one_training_for_each_setting() -> None:
    runs = s.steered(rows(0.0, 0.1))
    assert s.grid(runs, "beta") == [0.0, 0.1]
    assert s.chosen(runs, 0.1, 0.2, 1.0) == 3
    with pytest.raises(ValueError, match="No training has"):
        s.chosen(runs, 0.3, 0.2, 1.0)
    with pytest.raises(ValueError, match="The settings are"):
        s.grid(runs, "rate")


@pytest.mark.parametrize("bad", [[], [{**rows(0.0)[0], "points": []}], [{**rows(0.0)[0], "beta": float("nan")}]])
def test_what_is_no_training_is_refused(bad) -> None:
    with pytest.raises(ValueError, match=r"one training or more|finite"):
        s.steered(bad)


def test_no_point_is_refused() -> None:
    with pytest.raises(ValueError, match="no point"):
        s.between((), 1)
    with pytest.raises(ValueError, match="no point"):
        s.best_exact([])
