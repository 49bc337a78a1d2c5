"""Every picture of notebook 13 can be drawn, with what it promises on it."""

import matplotlib.pyplot as plt
import pytest

from lessons.translation import drawings
from lessons.translation.search import Hypothesis


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def words(axes) -> str:
    return " ".join(text.get_text() for text in axes.texts)


def test_the_fixed_pictures_say_their_words() -> None:
    assert "cross-attention" in words(drawings.architecture())
    assert "recurrent unit" in words(drawings.two_memories())
    assert "divided" in words(drawings.summary())


def test_shared_runs_are_marked() -> None:
    axes = drawings.shared_runs("a b c a b", ["a b d", "b c"], 2)
    assert len(axes.lines) == 3 + 1 + 1  # "a b" twice and "b c" above; one in each reference


def test_a_beam_joins_parents_and_children() -> None:
    first = [Hypothesis((2,), -0.5), Hypothesis((3,), -0.9)]
    second = [Hypothesis((3, 1), -1.0)]
    axes = drawings.beam([first, second], ["<s>", "</s>", "$a", "b"], chosen=(3, 1))
    assert "-1.00" in words(axes)


def test_the_curse_has_a_line_for_each_setting() -> None:
    figure = drawings.curse([1, 2, 4], {"α = 0": [1, 2, 3], "α = 1": [3, 2, 1]}, [-3, -2, -1])
    assert [len(axes.lines) for axes in figure.axes] == [2, 1]
