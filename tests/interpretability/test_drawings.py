"""The drawings of notebook 16 say what they are given, and nothing of a structure is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest

from lessons.interpretability import drawings
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (drawings.two_heads, ["before me: D", "next: A", "layer 0, head that looks one back"]),
        (drawings.patched_stream, ["France", "put in its place", "says: ?"]),
        (drawings.summary, ["which words?", "patching", "silence the heads: is the ability gone?"]),
    ],
)
def test_a_structure_is_whole_and_named(draw, said) -> None:
    axes = draw()
    text = "\n".join(words(axes))
    assert [part for part in said if part not in text] == []
    assert inside(axes)


def test_rows_are_divided_by_their_largest() -> None:
    axes = drawings.side_by_side(["a", "b", "c"], {"first": [1.0, -2.0, 0.1], "second": [5.0, 0.0, 0.0]})
    text = words(axes)
    assert {"-1.0", "+0.5", "+1.0"} <= set(text)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["first", "second"]


def test_curves_name_every_method_once() -> None:
    lines = {name: np.linspace(1, 0, 11) for name in ("one", "two", "random")}
    figure = drawings.curves({"deletion": lines, "sufficiency": lines}, np.linspace(0, 1, 11), "gone", "back")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["one", "two", "random"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["gone", "back"]


def test_other_pictures_are_drawn() -> None:
    points = np.random.default_rng(0).normal(size=(6, 2))
    assert len(drawings.erased_direction(points, points, [0, 1] * 3).axes) == 2
    assert len(drawings.growth([0, 10], [0.1, 0.9], {"head 0": [0.1, 0.8]}).axes) == 2
    assert drawings.recovery(np.eye(3), ["a", "b", "c"]).get_ylabel() == "layers passed"
    assert len(drawings.directions({"x": points.T, "y": points.T}).axes) == 2
    assert len(drawings.four_moves().axes) == 4
    assert len(drawings.flat_ramp().axes) == 2
    assert "c" in words(drawings.entities(points, list("abcdef"), [0, 0, 1, 1, 2, 2]))
    assert drawings.by_layer({"a": [0.1, 0.2]}, "read").get_ylabel() == "read"
