"""The drawings of notebook 17 say the shapes and numbers that they are given, and nothing is cut off."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessons.vision import drawings
from tests.support.figures import closed_figures, inside, words

__all__ = ["closed_figures"]
pytestmark = pytest.mark.usefixtures("closed_figures")


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: drawings.as_product(9, 18, 4), ["(9, 18)", "(18, 4)", "(9, 4)"]),
        (lambda: drawings.fields([3, 3]), ["the picture: 5 seen", "layer 1: 3 seen", "layer 2: 1 seen"]),
        (lambda: drawings.fields([3, 5]), ["the picture: 7 seen", "layer 1: 5 seen"]),
        (drawings.blocks, ["plain: f(x)", "residual: x + f(x)", "+"]),
        (drawings.inverted, ["depthwise", "(batch, 320, 7, 7)"]),
        (drawings.judging, ["intersection", "union"]),
        (drawings.summary, ["(1280, 7, 7)", "identity"]),
    ],
)
def test_a_structure_is_whole_and_named(draw, said) -> None:
    axes = draw()
    text = "\n".join(words(axes))
    assert [part for part in said if part not in text] == []
    assert inside(axes)


def test_the_sum_of_the_products_is_written() -> None:
    image, kernel = np.arange(20).reshape(4, 5), np.array([[1, 0], [0, -2]])
    axes = drawings.sliding(image, kernel, (1, 2))
    expected = image[1, 2] - 2 * image[2, 3]
    assert words(axes)[-2] == f"{expected}".replace("-", "−")
    assert "what comes out (3, 4)" in words(axes)
    assert inside(axes)


def test_there_is_a_square_for_each_token() -> None:
    figure = drawings.patches_as_tokens(np.zeros((28, 28), np.uint8), 7)
    assert len(figure.axes) == 1 + 17
    assert "17 tokens" in figure.texts[0].get_text()


def test_pictures_maps_and_boxes() -> None:
    picture = np.zeros((10, 12, 3), np.uint8)
    axes = drawings.where(picture, np.zeros((10, 12)), {"found": (1, 2, 5, 8), "target": (0, 0, 3, 3)})
    (found, target) = axes.patches
    assert (found.get_x(), found.get_y(), found.get_width(), found.get_height()) == (1, 2, 4, 6)
    assert target.get_edgecolor() != found.get_edgecolor()
    assert words(axes) == ["found", "target"]
    assert drawings.glyphs(np.zeros((5, 4, 4, 3), np.uint8), across=3).images[0].get_array().shape == (8, 12, 3)
    figure = drawings.gallery({"a": picture, "b": picture[:, :, 0]}, columns=3)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", ""]


def test_curves_have_their_names() -> None:
    axes = drawings.curves({"one": ([1, 2], [3, 4]), "two": ([1, 2], [5, 6])}, "x", "y", xscale="log")
    assert [line.get_label() for line in axes.lines] == ["one", "two"]
    assert axes.get_xscale() == "log"
    axes = drawings.precision_recall([1.0, 0.5], [0.5, 0.5])
    assert axes.lines[1].get_ydata().tolist() == [1.0, 0.5]
    assert plt.get_fignums()
