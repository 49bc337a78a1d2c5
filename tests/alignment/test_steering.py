"""Trainings on a grid: what is chosen, where it was, what is refused."""

from __future__ import annotations

import pytest
import traitlets

from lessons.alignment import steering as s
from lessons.widgets.alignment import reward_against_kl


def rows(*betas: float) -> list[dict]:
    points = [[0, 0.0, 0.4, 0.4, 6], [10, 1.0, 2.0, 0.9, 8], [30, 3.0, 4.0, 0.1, 17]]
    return [
        {"beta": b, "learning_rate": r, "share": 1.0, "points": points, "answers": ["9.", "1."]}
        for b in betas
        for r in (0.1, 0.2)
    ]


def test_between_two_points_in_a_straight_line() -> None:
    (run, _) = s.steered(rows(0.0))
    assert s.between(run.points, 5) == s.Point(5, 0.5, 1.2, 0.65, 7)
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


def test_the_widget_is_steered_from_python() -> None:
    widget = reward_against_kl(rows(0.0, 0.1))
    assert (widget.beta, widget.learning_rate, widget.step) == (0.0, 0.2, 30)
    widget.beta, widget.step = 0.1, 20
    assert widget.run == widget.known[3]
    assert widget.point.kl == 2
    with pytest.raises(traitlets.TraitError, match="is one of"):
        widget.beta = 0.5
    with pytest.raises(traitlets.TraitError, match="0 or more"):
        widget.step = -1
    assert "β 0.1" in widget.picture().axes[0].get_title()


@pytest.mark.parametrize("bad", [[], rows(0.0) + rows(0.1)[:1], rows(0.0) * 2, [{**rows(0.0)[0], "points": []}],
                                 [{**rows(0.0)[0], "beta": float("nan")}]])  # fmt: skip
def test_what_makes_no_grid_is_refused(bad) -> None:
    with pytest.raises(ValueError, match=r"one training or more|every combination|finite"):
        reward_against_kl(bad)
