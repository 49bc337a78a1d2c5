"""The drawings of notebook 14 say the shapes and numbers that they are given, and nothing is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest

from lessons.efficient_models import drawings
from lessons.efficient_models.choices import Choice
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (drawings.groups, ["tensor: 1 scale", "channel: a scale for each row", "(outputs, inputs)"]),
        (drawings.whole_product, ["at every call", "whole numbers (n, f)", "(f, d)"]),
        (drawings.taken_away, ["two of every four", "a smaller matrix"]),
        (drawings.teacher_and_student, ["layer 4, copied", "T² · divergence", "softmax(logits / T)"]),
        (drawings.thin_product, ["W, frozen\n(f, d)", "down (r, d)", "up\n(f, r)", "147,456"]),
        (drawings.summary, ["6 layers, 91 MB", "optimizer, file"]),
    ],
)
def test_a_structure_is_whole_and_named(draw, said) -> None:
    axes = draw()
    text = "\n".join(words(axes))
    assert [part for part in said if part not in text and part.split("\n")[0] not in text] == []
    assert inside(axes)


def test_half_of_every_matrix_is_taken_away() -> None:
    axes = drawings.taken_away()
    filled = [patch.get_facecolor()[:3] != (1, 1, 1) for patch in axes.patches]
    assert [sum(filled[96 * i : 96 * (i + 1)]) for i in range(3)] == [48, 48, 48]


def test_shares_are_those_of_each_row() -> None:
    axes = drawings.shares({"numbers": {"a": 1, "b": 3}, "operations": {"b": 5}})
    widths = [patch.get_width() for patch in axes.patches]
    assert widths == [0.25, 0.75, 0, 1]
    assert words(axes) == ["25%", "75%", "100%"]


def test_levels_lie_between_the_least_and_the_largest() -> None:
    figure = drawings.levels(np.array([-1.0, 0.5, 2.0]), (2, 3))
    first, second = figure.axes[1].lines
    assert list(first.get_xdata()) == [-1, 0, 1, 2]
    assert len(second.get_xdata()) == 8


def test_outliers_and_codes() -> None:
    figure = drawings.outliers({"a": [1, 30.4, 2], "b": [5, 1, 1]})
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["30", "5"]
    axes = drawings.codes()
    assert [len(line.get_xdata()) for line in axes.lines] == [16, 16]


def test_curves_go_through_means() -> None:
    axes = drawings.curves({"plain": ([0.1, 0.2], [[0.5, 0.7], [0.4]])}, "share", 0.5)
    assert list(axes.lines[0].get_ydata()) == pytest.approx([0.6, 0.4])
    assert axes.lines[-1].get_label() == "one label for all"
    figure = drawings.temperatures({1: [0.9, 0.1], 4: [0.6, 0.4]}, ["yes", "no"])
    assert [axes.get_title() for axes in figure.axes] == ["T = 1", "T = 4"]


def test_the_frontier_has_names() -> None:
    found = [Choice("cheap", "a", 0.7, 1, 5, ""), Choice("bad", "b", 0.6, 2, 4, ""), Choice("good", "b", 0.9, 3, 3, "")]
    assert words(drawings.choices(found)) == ["cheap", "good"]
    assert words(drawings.choices(found, "megabytes")) == ["good"]
