"""What tests of pictures share: figures are closed afterwards, and the words on them can be read."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes


@pytest.fixture
def closed_figures() -> Iterator[None]:
    """No figure stays open."""
    yield
    plt.close("all")


def words(axes: Axes) -> list[str]:
    """Every text on a drawing."""
    return [text.get_text() for text in axes.texts]


def inside(axes: Axes) -> bool:
    """Whether all words on a drawing lie in the figure."""
    figure = axes.figure
    figure.canvas.draw()
    box = figure.bbox.padded(2)
    extents = [text.get_window_extent() for text in axes.texts if text.get_text()]
    return all(box.x0 <= e.x0 and e.x1 <= box.x1 and box.y0 <= e.y0 and e.y1 <= box.y1 for e in extents)
