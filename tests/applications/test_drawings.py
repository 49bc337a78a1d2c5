"""The drawings of notebook 09 say what they are given, and nothing is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import pytest
import torch
from matplotlib.patches import Rectangle

from lessons.applications import drawings
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


def test_the_four_heads_stand_on_one_encoder_with_shapes() -> None:
    axes = drawings.four_heads()
    assert {"entities", "answers", "search", "summaries", "(tokens, tags)", "(tokens, 2)"} <= set(words(axes))
    assert inside(axes)
    assert inside(drawings.summary())


def test_pieces_point_at_their_words() -> None:
    axes = drawings.pieces(
        ["Pxleyes", "is", "here"],
        ["[CLS]", "p", "##xley", "##es", "is", "here", "[SEP]"],
        [None, 0, 0, 0, 1, 2, None],
        ["B-company", "O", "O"],
    )
    assert [words(axes).count(word) for word in ("Pxleyes", "##es", "B-company", "O")] == [1, 1, 1, 2]
    assert inside(axes)


def test_the_best_span_is_framed() -> None:
    start, end = torch.tensor([0.0, 3.0, 1.0]), torch.tensor([4.0, 0.0, 2.0])
    axes = drawings.span_table(start, end, ["a", "b", "c"], max_tokens=2)
    framed = [patch for patch in axes.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    assert [patch.get_xy() for patch in framed] == [(1.5, 0.5)]  # 3 + 2, from b to c; 3 + 4 would go back


def test_pairs_of_a_batch_are_framed_on_the_diagonal() -> None:
    axes = drawings.two_towers(["one", "two"], ["uno", "dos"], torch.eye(2))
    framed = [patch.get_xy() for patch in axes.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    assert framed == [(-0.5, -0.5), (0.5, 0.5)]


def test_bars_and_curves_show_their_numbers() -> None:
    assert {" 0.25", " 0.50"} <= set(words(drawings.bars({"first": 0.25, "second": 0.5}, "F1")))
    axes = drawings.found_against_looked_at([{"probes": 1, "found": 0.5, "looked_at": 0.01}])
    assert " 1 cell" in words(axes)
