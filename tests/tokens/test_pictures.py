"""The drawings show what they are given: words and shapes on them, and the numbers of the stored studies."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from lessons.kit import results
from lessons.tokens import BytePairTokenizer, pictures, samples
from lessons.tokens.word_vectors import Directions


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def words_of(figure: Figure) -> str:
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    return "\n".join(texts)


def test_the_rows_have_tokens_ids_and_shapes():
    tokenizer = BytePairTokenizer.train("to be or not to be", 262)
    shown = words_of(pictures.from_text_to_rows("to be", tokenizer, dim=32))
    assert all(token in shown for token in tokenizer.tokens("to be"))
    assert all(str(number) in shown for number in tokenizer.encode("to be"))
    assert f"({len(tokenizer.encode('to be'))}, 32)" in shown
    assert "(262, 32)" in shown


def test_a_tree_names_the_merges_that_touch_the_word_and_no_others():
    shown = words_of(pictures.merge_tree("lowest", [("e", "s"), ("es", "t"), ("x", "y"), ("l", "o")]))
    assert all(label in shown for label in ("1: es", "2: est", "4: lo"))
    assert "3:" not in shown


def test_the_cheapest_way_through_the_lattice_is_thick():
    figure = pictures.lattice("ab", {"a": -1.0, "b": -1.0, "ab": -3.0})
    assert [line.get_linewidth() for line in figure.axes[0].lines if len(line.get_xdata()) == 40].count(3) == 2
    assert "ab  3.0" in words_of(figure)


def test_the_network_has_its_shapes():
    shown = words_of(pictures.next_token_network(vocab_size=100, context=4, dim=5, hidden=7))
    assert all(shape in shown for shape in ("(4,)", "(4, 5)", "(20,)", "(7,)", "(100,)", "(20, 7)", "(7, 100)"))


def test_the_curves_are_the_stored_rows():
    (axes,) = pictures.contexts().axes
    lines = {line.get_label(): line.get_ydata() for line in axes.lines}
    for model in ("counts", "network"):
        rows = results.rows("language_models", "contexts", model=model)
        np.testing.assert_allclose(lines[model], [np.mean(row["test"]) for row in rows])
    left, right = pictures.vocabularies().axes
    assert left.get_ylim()[0] <= min(line.get_ydata().min() for line in left.lines)
    assert left.get_ylim()[1] >= max(line.get_ydata().max() for line in left.lines)
    assert len(right.lines) == 2


def test_label_noise_the_map_and_the_summary_are_drawn():
    assert len(pictures.label_noise().axes) == 2
    space = Directions(["a", "b", "c", "d"], np.array([[1.0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 1, 1]]))
    assert words_of(pictures.pair_map(space, [("a", "b"), ("c", "d")])).split() == ["a", "b", "c", "d"]
    assert "WordPiece" in words_of(pictures.what_you_own())
    assert samples.pairs("female")[0] == ("man", "woman")
