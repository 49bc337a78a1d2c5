"""The drawings of notebook 11 say the shapes and numbers that they are given, and nothing is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessons.llama import drawings, weights
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (drawings.layers, ["RMSNorm, then", "LayerNorm, then", "9 heads of queries, 3 of keys", "12 heads of queries"]),
        (
            drawings.shared_keys,
            ["9 heads of queries, 9 of keys and values", "queries, 3 of keys", "queries, 1 of keys"],
        ),
        (drawings.gated, ["gate, then SiLU", "(tokens, f)", "(tokens, d)", "contract"]),
        (drawings.retrieval, ["question", "prompt", "may find the wrong one"]),
        (drawings.summary, ["template", "538 MB", "9 queries, 3 keys"]),
    ],
)
def test_a_structure_is_whole_and_named(draw, said) -> None:
    axes = draw()
    text = "\n".join(words(axes))
    assert [part for part in said if part not in text] == []
    assert inside(axes)


def test_a_line_leads_from_each_query_to_its_keys() -> None:
    axes = drawings.shared_keys(6, 2)
    assert len(axes.lines) == 18
    ends = [line.get_xdata()[1] for line in axes.lines[6:12]]
    assert ends[0] == ends[1] == ends[2] != ends[3] == ends[4] == ends[5]


def test_a_block_says_its_numbers() -> None:
    stored = np.random.default_rng(0).integers(0, 120, 20, dtype=np.uint8)
    numbers = weights.from_q4_1(stored[None])[0]
    axes = drawings.block(stored, numbers)
    found = words(axes)
    assert [f"{byte:02x}" for byte in stored.tolist()] == found[:20]
    assert any(f"= {numbers[16]:.4f}" in text and f"upper half {int(stored[4]) >> 4} " in text for text in found)
    assert inside(axes)


def test_each_clock_turns_by_its_own_speed() -> None:
    figure = drawings.clocks([1.0, 0.1], [0, 3])
    arrows = [child.xy for axes in figure.axes for child in axes.texts if hasattr(child, "xy")]
    expected = [(np.cos(angle), np.sin(angle)) for angle in (0, 3, 0, 0.3)]
    np.testing.assert_allclose(arrows, expected)
    assert [axes.get_title() for axes in figure.axes[:2]] == ["place 0", "place 3"]


def test_turns_are_boxes_and_special_tokens_stand_out() -> None:
    axes = drawings.turns(["<|im_start|>", "user", "Ċ", "Hi", "<|im_end|>"], [1] * 5, per_line=3)
    assert words(axes) == ["<|im_start|>", "user", "Ċ", "Hi", "<|im_end|>"]
    assert [text.get_fontweight() for text in axes.texts] == ["bold", "normal", "normal", "normal", "bold"]
    assert inside(axes)


def test_what_is_not_allowed_has_no_bar_after_the_mask() -> None:
    figure = drawings.masked_choice(["a", "b", "c"], [0.5, 0.3, 0.2], [False, True, True])
    before, after = ([bar.get_width() for bar in axes.patches] for axes in figure.axes)
    assert before == [0.5, 0.3, 0.2]
    assert after == pytest.approx([0, 0.6, 0.4])


def test_wave_lengths_above_the_trained_one_stand_out() -> None:
    axes = drawings.wave_lengths([1.0, 0.1, 0.001], 100)
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([2 * np.pi * factor for factor in (1, 10, 1000)])
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[0] == colours[1] != colours[2]


def test_windows_and_curves_have_their_names() -> None:
    titles = [axes.get_title() for axes in drawings.windows(8, 3, 1).axes]
    assert titles == ["full: grows with the text", "window of 3", "window and 1 sinks"]
    axes = drawings.by_place({"all": ([1, 2], [3.0, 4.0])}, 2)
    assert axes.lines[0].get_label() == "all"
    axes = drawings.confidences({"right": [0.9, 0.8, 0.7], "wrong": [0.5]})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["right", "wrong"]
    assert plt.get_fignums()
