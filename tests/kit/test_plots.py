"""What the shared figures show."""

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.kit import plots


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.integers(1, 30))
def test_running_mean_is_the_mean_of_the_last_values(values, window):
    expected = [np.mean(values[max(0, i + 1 - window) : i + 1]) for i in range(len(values))]
    np.testing.assert_allclose(plots.running_mean(values, window), expected, atol=1e-9)


def test_a_training_is_drawn_from_plain_numbers():
    losses = [3.0, 2.0, 1.0, 0.5]
    figure = plots.training_history(losses, [0.1, 0.2, 0.1, 0.0], [(2, {"accuracy": 0.5}), (4, {"accuracy": 0.75})])
    top, bottom, twin = figure.axes
    assert top.lines[0].get_ydata().tolist() == losses
    assert top.lines[1].get_ydata().tolist() == [3.0, 2.5, 2.0, 1.625]
    assert bottom.lines[0].get_xydata().tolist() == [[1, 0.1], [2, 0.2], [3, 0.1], [4, 0.0]]
    assert twin.lines[0].get_xydata().tolist() == [[2, 0.5], [4, 0.75]]


def test_figures_need_no_torch():
    """`lessons.kit.training` imports this module, never the reverse."""
    absent = "[name for name in ('torch', 'lessons.kit.training') if name in sys.modules]"
    script = f"import sys, lessons.kit.plots; print({absent})"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_the_confusion_matrix_counts_pairs_with_the_truth_in_rows():
    axes = plots.confusion_matrix([0, 0, 0, 1], [0, 1, 1, 1], ["no", "yes"])
    shown = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in axes.texts}
    assert shown == {(0, 0): "1", (0, 1): "2", (1, 0): "0", (1, 1): "1"}
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("true", "predicted")


def test_the_attention_picture_names_every_token():
    axes = plots.attention(np.eye(3), ["[CLS]", "电影", "[SEP]"], title="head 1")
    assert [t.get_text() for t in axes.get_xticklabels()] == ["[CLS]", "电影", "[SEP]"]
    assert axes.get_title() == "head 1"


def test_the_padding_picture_shows_each_batch_at_its_own_width():
    masks = [np.array([[1, 1, 1], [1, 0, 0]]), np.array([[1], [1], [1]])]
    shown = np.ma.filled(plots.padding(masks, plt.subplots()[1]).images[0].get_array(), np.nan)
    np.testing.assert_array_equal(shown[:2], masks[0])
    np.testing.assert_array_equal(shown[4:, :1], masks[1])
    assert np.isnan(shown[4:, 1:]).all()
    assert np.isnan(shown[2:4]).all()


def test_colours_differ_in_lightness_or_hue_for_every_pair():
    assert len({c.lower() for c in plots.COLOURS}) == len(plots.COLOURS)


# --- boxes and arrows -------------------------------------------------------------------------------------------------


def test_boxes_stand_in_rows_and_columns_with_an_arrow_to_each_next_one():
    axes = plots.flow([["a", "b", "c"], ["d"], ["e", "f"]], more=[((1, 0), (2, 1))], figsize=(6, 3))
    boxes = {t.get_text(): t.get_position() for t in axes.texts if t.get_text()}
    assert boxes == {"a": (0, 0), "b": (1, 0), "c": (2, 0), "d": (0, 1), "e": (0, 2), "f": (1, 2)}
    arrows = {(t.xyann, t.xy) for t in axes.texts if not t.get_text()}
    assert arrows == {((0, 0), (1, 0)), ((1, 0), (2, 0)), ((0, 2), (1, 2)), ((0, 1), (1, 2))}
    assert axes.figure.get_size_inches().tolist() == [6, 3]
    axes.figure.canvas.draw()
    edges = [t.get_bbox_patch().get_window_extent() for t in axes.texts if t.get_text()]
    assert not any(one.overlaps(other) for one in edges for other in edges if one is not other)


# --- heat maps --------------------------------------------------------------------------------------------------------


def words(axes):
    """{(row, column): (text, colour)} of the squares."""
    return {tuple(map(round, t.get_position()[::-1])): (t.get_text(), t.get_color()) for t in axes.texts}


def contrast(colour, square):
    """WCAG 2's ratio of a black or white text and the (red, green, blue) of its square."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in square]
    ground = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
    return 1.05 / ground if colour == "white" else ground / 0.05


@pytest.mark.parametrize("colours", ["Blues", "RdBu", "viridis", "Greys"])
def test_each_word_stands_out_from_its_square(colours):
    values = np.linspace(-1, 1, 30).reshape(5, 6)
    axes = plots.heatmap(values, text="+.1f", colours=colours, limits=(-1, 1))
    shown = words(axes)
    assert len(shown) == 30
    assert shown[0, 0][0] == "-1.0"
    for place, (_, colour) in shown.items():
        square = plt.get_cmap(colours)((values[place] + 1) / 2)[:3]
        other = {"white": "black", "black": "white"}[colour]
        assert contrast(colour, square) >= max(4.5, contrast(other, square))


def test_masked_and_missing_squares_are_empty():
    values = np.array([[1.0, np.nan], [3.0, 4.0]])
    axes = plots.heatmap(values, mask=[[False, False], [True, False]], text=".0f")
    assert {place: word for place, (word, _) in words(axes).items()} == {(0, 0): "1", (1, 1): "4"}
    np.testing.assert_array_equal(np.ma.getmaskarray(axes.images[0].get_array()), [[False, True], [True, False]])
    assert axes.images[0].norm.vmax == 4


def test_labels_words_and_the_bar():
    figure, axes = plt.subplots()
    plots.heatmap(
        np.eye(2), ["q₁", "q₂"], ["电影", "k"], axes=axes, text=[["a", "b"], ["c", "d"]], bar="weight", xlabel="key"
    )
    assert [t.get_text() for t in axes.get_yticklabels()] == ["q₁", "q₂"]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["电影", "k"]
    assert axes.get_xlabel() == "key"
    assert {word for word, _ in words(axes).values()} == set("abcd")
    assert [other.get_ylabel() for other in figure.axes if other is not axes] == ["weight"]


def test_labels_of_columns_turn_only_where_they_would_touch():
    many, letters = plots.heatmap(np.eye(6), column_labels=["a long word"] * 6), list("воскресенье, 14 марта 1999 г.")
    assert many.get_xticklabels()[0].get_rotation() == 60
    assert plots.heatmap(np.ones((2, len(letters))), column_labels=letters).get_xticklabels()[0].get_rotation() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1.0, 2.0],), r"values \(rows, columns\), not an array of shape \(2,\)"),
        ((np.zeros((0, 3)),), r"shape \(0, 3\)"),
        ((np.eye(2), ["a"]), "1 labels for 2 rows"),
        ((np.eye(2), None, list("abc")), "3 labels for 2 columns"),
    ],
)
def test_a_heat_map_says_which_shape_does_not_fit(arguments, said):
    with pytest.raises(ValueError, match=said):
        plots.heatmap(*arguments)


@pytest.mark.parametrize("option", ["mask", "text"])
def test_options_have_the_shape_of_the_values(option):
    with pytest.raises(ValueError, match=rf"The {option} has shape \(1, 2\), the values have \(2, 2\)"):
        plots.heatmap(np.eye(2), **{option: [[0, 1]]})
