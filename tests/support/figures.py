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
