"""The drawings of notebook 07 say the shapes and figures that they are given, and nothing is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest

from lessons.bert import BERTConfig, drawings
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


def test_the_input_shows_tokens_positions_segments_and_shapes() -> None:
    axes = drawings.input_sum(["[CLS]", "bank", "[SEP]", "river", "[SEP]"], [0, 0, 0, 1, 1], 384)
    found = words(axes)
    assert found.count("(5, 384)") == 4
    assert [found.count(str(number)) for number in range(5)] == [4, 3, 1, 1, 1]
    assert inside(axes)


def test_the_encoder_shows_its_sizes() -> None:
    axes = drawings.encoder(
        BERTConfig(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=96)
    )
    text = "\n".join(words(axes))
    for part in (
        "(batch, tokens)",
        "(batch, tokens, 48)",
        "(batch, 48)",
        "4 heads",
        "48 → 96 → 48",
        "3 layers",
        "[CLS]",
    ):
        assert part in text
    assert inside(axes)


def test_what_is_hidden_has_its_label_and_the_rest_has_none() -> None:
    axes = drawings.hiding(["a", "b", "c"], ["a", "[MASK]", "c"], [False, True, False])
    assert words(axes)[3:] == ["a", "a", "−100", "b", "[MASK]", "b", "c", "c", "−100"]
    assert inside(axes)


def test_the_page_of_what_is_owned_fits() -> None:
    assert inside(drawings.own_now(384))


def test_curves_have_a_panel_for_each_task_and_a_level_for_a_single_number() -> None:
    lines = {"trained": [0.1, 0.9], "untrained": [0.2, 0.2], "random labels": [0.3, 0.3], "commonest label": 0.25}
    figure = drawings.probe_curves({"left": lines, "position": lines})
    assert [axes.get_title() for axes in figure.axes] == ["left", "position"]
    assert [list(line.get_ydata()) for line in figure.axes[1].lines] == [
        [0.1, 0.9],
        [0.2, 0.2],
        [0.3, 0.3],
        [0.25, 0.25],
    ]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(lines)


def test_the_loss_is_shown_in_bits() -> None:
    axes = drawings.pretraining_curve([2 * np.log(2), 4 * np.log(2)], 8.5)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [2, 4])
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [2, 3])
    assert set(axes.lines[2].get_ydata()) == {8.5}


def test_shares_lie_end_to_end() -> None:
    axes = drawings.shares({"small": {"words": 0.75, "rest": 0.25}, "large": {"words": 0.5, "rest": 0.5}})
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(0, 0.75), (0, 0.5), (0.75, 0.25), (0.5, 0.5)]
