"""Drawings of structures: what stands where, and that it can be read."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_rgb

from lessons.kit import plots
from lessons.kit.drawing import PALE, arrow, box, numbers, sheet


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_a_sheet_has_its_origin_at_the_upper_left_and_no_axes():
    axes = sheet(4, 2, 8, 3)
    assert axes.get_xlim() == (0, 8)
    assert axes.get_ylim() == (3, 0)
    assert axes.figure.get_size_inches().tolist() == [4, 2]
    assert not axes.axison


def test_an_arrow_has_its_words_in_the_middle():
    axes = sheet(4, 2, 8, 3)
    start, end = box(axes, 1, 1, "from"), box(axes, 5, 2, "to", plots.GREEN)
    arrow(axes, start, end, "on the way")
    word = next(text for text in axes.texts if text.get_text() == "on the way")
    assert word.get_position() == (3, 1.5)
    arrow(axes, start, end)  # without words it adds none
    assert [text.get_text() for text in axes.texts] == ["from", "to", "", "on the way", ""]


def test_numbers_stand_in_the_middle_of_their_squares():
    axes = sheet(4, 2, 8, 3)
    numbers(axes, 2, 1, [["a", "b"], ["c", "d"]], [plots.BLUE, plots.ORANGE])
    places = {text.get_text(): text.get_position() for text in axes.texts}
    assert places == {"a": (2.5, 1.5), "b": (3.5, 1.5), "c": (2.5, 2.5), "d": (3.5, 2.5)}
    assert [patch.get_xy() for patch in axes.patches] == [(2, 1), (3, 1), (2, 2), (3, 2)]
    with pytest.raises(ValueError, match="shorter"):
        numbers(axes, 0, 0, [["a", "b"]], [plots.BLUE])


@pytest.mark.parametrize("ground", PALE.values())
def test_black_words_stand_out_from_every_ground(ground):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(ground)]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert (luminance + 0.05) / 0.05 > 7  # WCAG 2, level AAA
