"""The pictures of notebook 06: every word and shape is there, and none is cut off."""

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lessons.kit import plots
from lessons.transformer import drawings, stacks

DRAWN: dict[str, tuple[Callable, list[str]]] = {
    "a layer without norms": (lambda: drawings.layer(norms=False), ["attention", "feed-forward", "(n, d)", "(n, n)"]),
    "a layer": (drawings.layer, ["norm", "attention", "feed-forward", "(n, 4d)"]),
    "a decoder layer": (lambda: drawings.layer(decoder=True), ["cross-attention", "memory (m, d)", "(n, m)"]),
    "places of the norm": (drawings.norm_places, ["post-norm", "pre-norm", "Gemma 2", "OLMo 2"]),
    "families": (drawings.families, ["encoder", "decoder", "both", "memory\n(m, d)", "BERT", "GPT"]),
    "what you own": (drawings.owned, ["memory (m, d)", "causal attention", "teacher forcing"]),
}


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    plots.use_style()
    yield
    plt.close("all")
    plt.rcdefaults()


@pytest.mark.parametrize("name", DRAWN)
def test_every_word_is_there_and_inside(name):
    draw, words = DRAWN[name]
    draw()
    figure = plt.gcf()
    figure.canvas.draw()
    texts = [text for axes in figure.axes for text in [*axes.texts, axes.title] if text.get_text()]
    written = " | ".join(text.get_text() for text in texts)
    assert [word for word in words if word not in written] == []
    edge = figure.bbox
    for text in texts:
        box = text.get_window_extent()
        inside = [box.x0 >= edge.x0, box.x1 <= edge.x1, box.y0 >= edge.y0, box.y1 <= edge.y1]
        assert all(inside), text.get_text()


def test_curves_have_a_panel_for_each_start_and_a_line_for_each_step():
    curves = {how: {name: [2.0, 1.5, 1.0] for name in stacks.STEPS} for how in stacks.STARTS}
    drawings.along_the_stack(curves, "gradient", (1e-3, 1e3))
    axes = plt.gcf().axes
    assert [each.get_title() for each in axes] == list(stacks.STARTS)
    assert [[line.get_label() for line in each.lines] for each in axes] == [list(stacks.STEPS)] * 3
    assert axes[0].lines[0].get_ydata().tolist() == [2.0, 1.5, 1.0]


def test_tables_are_drawn_with_their_numbers():
    drawings.influences({"one": np.eye(3) * 2.5, "two": np.ones((3, 3))})
    first = plt.gcf().axes[0]
    assert [text.get_text() for text in first.texts] == ["2.5", "0", "0", "0", "2.5", "0", "0", "0", "2.5"]
    drawings.positions(np.random.default_rng(0).normal(size=(90, 8)))
    curve = plt.gcf().axes[1].lines[0]
    assert curve.get_label() == "with position 20"
