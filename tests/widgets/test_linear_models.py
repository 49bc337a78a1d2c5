"""The values that widgets draw, and the outputs that they leave in a notebook, without a browser."""

from __future__ import annotations

import base64
import io
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import image
from traitlets import TraitError

from lessons.widgets import base
from lessons.widgets import linear_models as lm

coordinates = st.floats(-100, 100, allow_subnormal=False).map(lambda value: round(value, 3))
tables = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=12)


def design(points: lm.Points) -> np.ndarray:
    """The inputs with a column of ones, (points, 2)."""
    x = np.array(points, dtype=float)[:, 0]
    return np.column_stack([x, np.ones_like(x)])


# --- formulas against independent ones --------------------------------------------------------------------------------


@given(tables)
def test_least_squares_is_numpys_on_centred_columns(points):
    x, y = np.array(points, dtype=float).T
    slope = np.linalg.lstsq((x - x.mean())[:, None], y - y.mean(), rcond=None)[0][0] if np.ptp(x) else 0.0
    assert lm.least_squares(points) == pytest.approx((slope, y.mean() - slope * x.mean()), rel=1e-9, abs=1e-9)


@given(tables)
def test_curvature_is_that_of_the_hessian(points):
    ones = design(points)
    hessian = 2 / len(points) * ones.T @ ones
    large, small, angle = lm.curvature(points)
    assert (small, large) == pytest.approx(tuple(np.linalg.eigvalsh(hessian)), rel=1e-10, abs=1e-10 * large)
    steep = np.array([math.cos(angle), math.sin(angle)])
    assert hessian @ steep == pytest.approx(large * steep, rel=1e-10, abs=1e-10 * large)


@given(tables, coordinates, coordinates)
def test_gradient_is_the_complex_step_derivative(points, w, b):
    x, y = np.array(points, dtype=float).T
    expected = [
        np.mean(((w + dw) * x + (b + db) - y) ** 2).imag / 1e-30 for dw, db in ((1e-30j, 0), (0, 1e-30j))
    ]  # no difference is taken, so nothing is lost
    assert lm.gradient(points, w, b) == pytest.approx(expected, rel=1e-10, abs=1e-8)


def test_the_topic_module_uses_the_same_loss():
    from lessons import linear_models

    points = np.array(lm.POINTS)
    model = linear_models.LinearRegression().fit(points[:, :1], points[:, 1])
    assert lm.least_squares(lm.POINTS) == pytest.approx((model.weights.item(), float(model.bias)), rel=1e-10)


# --- gradient descent -------------------------------------------------------------------------------------------------


def test_descent_converges_below_the_threshold_and_diverges_beyond_it():
    threshold = 2 / lm.curvature(lm.POINTS)[0]
    best = lm.loss(lm.POINTS, *lm.least_squares(lm.POINTS))
    below = lm.descend(lm.POINTS, *lm.START, 0.98 * threshold, 1000)
    beyond = lm.descend(lm.POINTS, *lm.START, 1.02 * threshold, 1000)
    assert lm.loss(lm.POINTS, *below[-1]) == pytest.approx(best, rel=1e-10)
    assert lm.loss(lm.POINTS, *beyond[-1]) > 1e9
    assert len(below) == 1001
    assert len(beyond) < 1001  # stopped while its numbers were still numbers
    assert np.isfinite(beyond).all()


def test_the_fastest_rate_is_two_over_the_sum_of_the_eigenvalues():
    large, small, _ = lm.curvature(lm.POINTS)
    best = np.array(lm.least_squares(lm.POINTS))

    def distance(rate: float) -> float:
        return float(np.linalg.norm(lm.descend(lm.POINTS, *lm.START, rate, 40)[-1] - best))

    rates = np.linspace(0.5, 1.5, 21) * 2 / (large + small)
    assert rates[np.argmin([distance(rate) for rate in rates])] == pytest.approx(2 / (large + small))


@given(tables, coordinates, coordinates)
def test_windows_hold_what_they_must_and_never_collapse(points, w, b):
    (x_low, x_high), (y_low, y_high) = lm.data_window(points)
    assert all(x_low < x < x_high and y_low < y < y_high for x, y in points)
    (w_low, w_high), (b_low, b_high) = lm.bowl_window(points, w, b)
    best_w, best_b = lm.least_squares(points)
    assert w_low < min(w, best_w) <= max(w, best_w) < w_high
    assert b_low < min(b, best_b) <= max(b, best_b) < b_high
    low, high = lm.learning_rate_range(lm.curvature(points)[0])
    assert 10 * low <= 2 / lm.curvature(points)[0] * 1.0001
    assert 2 / lm.curvature(points)[0] < high / 1.2


# --- the widget without its view --------------------------------------------------------------------------------------


def test_the_values_can_be_read_and_set():
    widget = lm.fit_a_line([(0, 1), (1, 3), (2, 5)], w=1, learning_rate=0.1)
    assert (widget.w, widget.b, widget.learning_rate) == (1, 0, 0.1)
    assert widget.loss == pytest.approx((1 + 4 + 9) / 3)
    widget.points = [[0, 0], [2, 2]]
    assert widget.loss == 0
    assert widget.threshold == pytest.approx(2 / np.linalg.eigvalsh(np.array([[4.0, 2], [2, 2]])).max())


@pytest.mark.parametrize(
    "options",
    [
        {"points": []},
        {"points": [[0, 1]] * 101},
        {"points": [[0, math.nan]]},
        {"points": [[0, 1e13]]},
        {"points": [[1, 2]], "w": math.inf},
        {"learning_rate": 0},
        {"learning_rate": -1.0},
        {"learning_rate": math.nan},
    ],
    ids=str,
)
def test_values_that_no_picture_can_show_are_refused(options):
    with pytest.raises(TraitError):
        lm.fit_a_line(**options)


@pytest.mark.parametrize("points", [None, [(1, 2)], [(1, 2), (1, 3)], [(1e6, 5), (2e6, 9)]], ids=str)
def test_the_output_is_view_picture_and_a_constant_text(points):
    first, second = lm.fit_a_line(points).bundle(), lm.fit_a_line(points).bundle()
    assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert first["text/plain"] == second["text/plain"]
    assert first["image/png"] == second["image/png"]
    picture = base64.b64decode(first["image/png"])
    height, width, _ = image.imread(io.BytesIO(picture)).shape
    assert (height, width) == (304, 720)
    assert len(picture) < 40_000


def test_the_picture_names_the_edge_only_where_it_may_be_seen():
    shown, hidden = (lm.fit_a_line(show_threshold=show).picture().axes[1].get_title() for show in (True, False))
    assert "2/λmax = " in shown
    assert "λmax" not in hidden
    assert "20 steps, learning rate" in hidden


def test_the_heading_has_the_task_the_question_and_the_note():
    heading = lm.fit_a_line().heading()
    assert "diverge" in heading
    assert "Open question" in heading
    assert "Run this cell to bring “Fit a line” to life." in heading


def test_the_module_is_one_file_with_the_colours_of_the_figures():
    source = lm.FitALine._esm
    assert source.count("export default") == 1
    assert "import " not in source.replace("no imports", "")
    assert not [colour for colour in base.COLOURS.values() if colour not in source or colour not in lm.FitALine._css]
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(lm.FitALine._css)


def test_the_view_asks_its_model_for_nothing_that_a_page_without_python_lacks():
    assert set(re.findall(r"model\.(\w+)\(", lm.FitALine._esm)) <= {"get", "set", "save_changes", "on"}
