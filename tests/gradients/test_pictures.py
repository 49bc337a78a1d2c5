"""The drawings of notebook 02: they are drawn, without a warning, with the shapes and numbers that they speak of."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from lessons import gradients
from lessons.gradients import pictures
from lessons.kit import plots, results


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def words(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


DRAWINGS = {
    "paths": (pictures.paths, "= −2.36"),
    "reversed": (pictures.reversed_graph, "13 · 3 = 39"),
    "products": (pictures.jacobian_products, "(100, 784)"),
    "broadcasting": (pictures.broadcasting, "gradient in b: (3,)"),
    "layers": (lambda: pictures.two_layers(60, 2, 16), "W₁ (2, 16)"),
    "summary": (pictures.summary, "VJP"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", DRAWINGS)
def test_structures_are_drawn_with_their_words_inside_the_figure(name):
    draw, said = DRAWINGS[name]
    figure = draw().figure
    figure.canvas.draw()
    assert said in words(figure)
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= -2, text
            assert box.x1 <= figure.bbox.width + 2, text


def test_the_numbers_in_the_drawings_are_those_of_the_engine():
    a, b, c = (gradients.Value(x) for x in (2, -3, 6.5))
    (a * b + c).tanh().backward()
    assert f"{a.grad:.2f}" == "-2.36"
    r = gradients.Value(2)
    s = 3 * r
    t = s * s
    u = s + t
    u.backward()
    assert [node.data for node in (r, s, t, u)] == [2, 6, 36, 42]
    assert [node.grad for node in (r, s, t, u)] == [39, 13, 1, 1]
    arriving = np.array([[1, 0, 2], [0, 1, 1], [3, 1, 0], [1, 1, 1]])
    assert gradients.unbroadcast(arriving, (3,)).tolist() == [5, 3, 4]
    assert gradients.multiplications([784, 100, 10, 1]) == (784 * 79_410, 79_410)
    assert 784 * 100 * 10 + 784 * 10 == 791_840  # finished Jacobians, from the right
    assert 10 * 100 + 100 * 784 == 79_400  # and from the left


def test_a_border_and_its_points():
    rng = np.random.default_rng(0)
    axes = pictures.border(rng.normal(size=(9, 2)), np.arange(9) % 2, lambda x: x[:, 0], "border")
    assert [len(line.get_xdata()) for line in axes.lines] == [5, 4]


def test_a_race_has_a_row_for_each_surface_and_a_map_for_each_optimiser():
    surfaces = {"valley": gradients.valley, "bent": gradients.banana}
    starts = np.random.default_rng(0).uniform(-2, 2, size=(5, 2))
    kinds = {"SGD": gradients.SGD, "Adam": gradients.Adam}
    races = {(w, k): gradients.descend(kinds[k], surfaces[w], starts, 1e-3, 5) for w in surfaces for k in kinds}
    figure = pictures.race(surfaces, races)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["valley: SGD", "valley: Adam", "median height", "bent: SGD", "bent: Adam", "median height"]
    assert torch.isfinite(races["bent", "SGD"]).all()


def test_what_is_stored_of_the_tuning_is_drawn_and_says_what_the_text_says():
    axes = pictures.tuning(results.rows("autograd", "tuning/rows"))
    assert [text.get_text() for text in axes.get_legend().get_texts()][1:] == ["SGD", "Momentum", "Adam"]
    for pair in results.rows("autograd", "tuning/pairs", direction="ten times less"):
        assert 1 / 1.15 < pair["interval"][0] < 1 < pair["interval"][1] < 1.15
    (default,) = results.rows("autograd", "tuning/rows", optimizer="Adam", learning_rate=0.001)
    (adam,) = results.rows("autograd", "tuning/costs", optimizer="Adam")
    assert 2.7 < default["median"] / adam["loss"] < 3
    for pair in results.rows("autograd", "tuning/pairs", direction="ten times more"):
        assert pair["interval"][0] > 1  # Adam pays least, SGD most
    worst = {row["optimizer"]: row["ten times more"]["ratio"] for row in results.rows("autograd", "tuning/costs")}
    assert worst["SGD"] > 10 * worst["Momentum"] > 10 * worst["Adam"]


def test_the_errors_of_differences_are_lowest_where_theory_says():
    steps = np.logspace(-1, -14, 80)
    for errors, power in zip(pictures._difference_errors(np.float64, steps), (1 / 2, 1 / 3), strict=True):
        found = steps[errors.argmin()]
        assert_allclose(np.log10(found), np.log10(np.finfo(float).eps ** power), atol=1)
    assert len(pictures.step_errors().axes) == 2
