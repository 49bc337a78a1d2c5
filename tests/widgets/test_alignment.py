"""Reward against KL without a browser: settings on their grid, the picture, what is refused."""

from __future__ import annotations

import pytest
import traitlets

from lessons.widgets.alignment import reward_against_kl
from tests.alignment.test_steering import rows


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
