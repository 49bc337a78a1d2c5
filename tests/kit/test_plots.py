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
