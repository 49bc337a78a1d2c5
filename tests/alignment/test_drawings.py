"""The drawings of notebook 12 say the shapes and numbers that they are given, and nothing is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest

from lessons.alignment import drawings
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (drawings.stages, ["imitation", "two answers", "to compare", "to state the rule"]),
        (lambda: drawings.answer_cells(["a", "b", "c"], [False, True, True]), ["a", "c", "−ln p"]),
        (drawings.duel, ["reward 1.2", "1.1", "σ(1.1) = 0.75"]),
        (lambda: drawings.group([1, 0], [0.71, -0.71], ["12.", "21."], "21>"), ["21>", "+0.71", "-0.71"]),
        (drawings.summary, ["π_ref", "holds it back", "a rule"]),
    ],
)
def test_a_structure_is_whole_and_named(draw, said) -> None:
    axes = draw()
    text = "\n".join(words(axes))
    assert [part for part in said if part not in text] == []
    assert inside(axes)


def test_orange_cells_are_those_of_the_answer() -> None:
    axes = drawings.answer_cells(list("abcd"), [False, False, True, True])
    colours = [patch.get_facecolor() for patch in axes.patches]
    assert colours[0] == colours[1] != colours[2] == colours[3]


def test_white_is_what_may_not_be_looked_at() -> None:
    axes = drawings.shared_row(np.tril(np.ones((3, 3), dtype=bool)), [0, 0, 1])
    white = [patch.get_facecolor()[:3] == (1, 1, 1) for patch in axes.patches]
    assert white == [False, True, True, False, False, True, False, False, False]


def test_the_best_policy_is_the_tilted_reference() -> None:
    figure = drawings.beta_bars([0.5, 0.5], [0.0, 1.0], (1.0, 0.1), ["a", "b"])
    heights = [[patch.get_height() for patch in axes.patches] for axes in figure.axes]
    assert heights[0] == [0.5, 0.5]
    assert heights[1] == pytest.approx([1 / (1 + np.e), np.e / (1 + np.e)])
    assert heights[2][1] > 0.9999


def test_the_clip_is_flat_where_nothing_is_learnt() -> None:
    good, bad = drawings.clip_curves(0.2).axes
    for axes, flat in ((good, lambda ratio: ratio > 1.2), (bad, lambda ratio: ratio < 0.8)):
        ratio, value = (np.asarray(each) for each in axes.lines[1].get_data())
        assert np.ptp(value[flat(ratio)]) < 1e-12
        assert np.ptp(value[~flat(ratio)]) > 0.3


def test_curves_show_each_run_and_the_mean() -> None:
    axes = drawings.curves({"a": ([1, 2, 4], [[0.1, 0.3], [0.2], [0.4]])}, "k", log=True)
    assert list(axes.lines[0].get_ydata()) == [0.2, 0.2, 0.4]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2", "4"]
    left, right = drawings.moved(
        [{"step": 0, "chosen": -1, "rejected": -2, "agrees": 0.5, "exact": 0.4, "greedy": 1}]
    ).axes
    assert (len(left.lines), len(right.lines)) == (2, 3)
