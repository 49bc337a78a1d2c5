"""Fit a line: points to drag, the squared errors, the loss bowl, and gradient descent up to and past its edge.

The formulas stand here in Python and in formulas.js, where they follow the pointer; a test runs both on
the same points. The loss is that of the notebook, L(w, b) = mean((w x + b - y)²), without a factor 1/2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.linear_models import squared_loss, squared_loss_gradient
from lessons.widgets import base

Points = Sequence[Sequence[float]]
Interval = tuple[float, float]

POINTS = ((-1.6, -0.3), (-1.0, 0.4), (-0.4, -0.4), (0.2, 1.3), (0.9, 0.8), (1.5, 2.1), (2.2, 1.6), (2.8, 3.1))
START = (-0.9, 2.2)
MOST_POINTS = 100
LARGEST = 1e12  # beyond it squares of squares leave float64


# --- formulas ---------------------------------------------------------------------------------------------------------


def loss(points: Points, w: float, b: float) -> float:
    """The mean squared error of the line w x + b, in squared units of y."""
    x, y = _columns(points)
    return squared_loss(np.array([w, b]), np.column_stack([x, np.ones_like(x)]), y)


def gradient(points: Points, w: float, b: float) -> tuple[float, float]:
    """The derivatives of the loss in w and in b."""
    x, y = _columns(points)
    dw, db = squared_loss_gradient(np.array([w, b]), np.column_stack([x, np.ones_like(x)]), y)
    return float(dw), float(db)


def gradient_step(points: Points, w: float, b: float, learning_rate: float) -> tuple[float, float]:
    """The (w, b) after one step of gradient descent."""
    dw, db = gradient(points, w, b)
    return w - learning_rate * dw, b - learning_rate * db


def descend(points: Points, w: float, b: float, learning_rate: float, steps: int) -> list[tuple[float, float]]:
    """The places (w, b) that gradient descent visits, the start first; it ends where the loss passes all bounds."""
    path = [(w, b)]
    for _ in range(steps):
        place = gradient_step(points, *path[-1], learning_rate)
        if loss(points, *place) > loss_limit(points):
            break
        path.append(place)
    return path


def least_squares(points: Points) -> tuple[float, float]:
    """The (w, b) of least loss; where many lines are equally good, the level one, as in `lessons.linear_models`."""
    x, y = _columns(points)
    x_mean, deviation = _spread(points)
    y_mean = float(np.mean(y))
    if deviation == 0:
        return 0.0, y_mean
    w = float(np.mean((x - x_mean) * (y - y_mean))) / deviation
    return w, y_mean - w * x_mean


def curvature(points: Points) -> tuple[float, float, float]:
    """Eigenvalues (large, small) of the Hessian of the loss, and the angle of the steep direction in the (w, b) plane.

    The Hessian is 2 [[mean x², mean x], [mean x, 1]]; the angle is in radians.
    """
    x_mean, deviation = _spread(points)
    a, c = 2 * (deviation + x_mean**2), 2 * x_mean
    large = (a + 2 + math.hypot(a - 2, 2 * c)) / 2
    return large, 4 * deviation / large, math.atan2(2 * c, a - 2) / 2


def behaviour(learning_rate: float, large: float) -> str:
    """What gradient descent does: "converges", "on the edge" (within 1 % of 2/large) or "diverges"."""
    ratio = learning_rate * large / 2
    if abs(ratio - 1) <= 0.01:
        return "on the edge"
    return "converges" if ratio < 1 else "diverges"


def loss_limit(points: Points) -> float:
    """The loss at which descent is stopped: 10¹² times that of the line y = 0, or than 1."""
    return 1e12 * max(1.0, loss(points, 0, 0))


def bowl_window(points: Points, w: float, b: float) -> tuple[Interval, Interval]:
    """The intervals of w and of b to show: the minimum in the middle, (w, b) well inside."""
    w0, b0 = least_squares(points)
    x, y = _columns(points)
    tall, wide = float(np.abs(y).max()) or 1.0, float(np.abs(x).max()) or 1.0
    half_w = max(1.35 * abs(w - w0), 0.5 * tall / wide)
    half_b = max(1.35 * abs(b - b0), 0.5 * tall)
    return (w0 - half_w, w0 + half_w), (b0 - half_b, b0 + half_b)


def data_window(points: Points) -> tuple[Interval, Interval]:
    """The intervals of x and of y to show: all points, with a quarter of their extent around them."""
    windows = []
    for values in _columns(points):
        low, high = float(values.min()), float(values.max())
        margin = 0.25 * (high - low) or 0.5 * abs(low) or 1.0
        windows.append((low - margin, high + margin))
    return windows[0], windows[1]


def learning_rate_range(large: float) -> Interval:
    """Whole powers of ten around 2/large, from less than a tenth of it to beyond it."""
    exponent = math.log10(2 / large)
    return 10.0 ** math.floor(exponent - 1), 10.0 ** math.ceil(exponent + 0.1)


def _columns(points: Points) -> tuple[np.ndarray, np.ndarray]:
    table = np.asarray(points, dtype=float)  # (points, 2)
    return table[:, 0], table[:, 1]


def _spread(points: Points) -> Interval:
    """Mean and mean squared deviation of the inputs; inputs that differ by rounding only count as equal."""
    x, _ = _columns(points)
    centre = float(np.mean(x))
    deviation = float(np.mean((x - centre) ** 2))
    return centre, 0.0 if deviation <= (1e-12 * float(np.abs(x).max())) ** 2 else deviation


# --- the widget -------------------------------------------------------------------------------------------------------


class FitALine(base.Widget):
    """Points, a line and gradient descent; `points`, `w`, `b`, `learning_rate` and `path` follow what is seen.

    Setting one of them in Python moves the picture. Raises traitlets.TraitError for values that no picture can show.
    """

    _esm = base.javascript("linear_models/formulas.js", "linear_models/linear_models.js")
    _css = base.style("linear_models/linear_models.css")

    name = "Fit a line"
    task = (
        "Move the learning rate: the dashed path shows the next 20 steps. At which rate do they come nearest to the "
        "bottom, and from which one on do they diverge?"
    )
    question = (
        "Drag one point far to the right. Which rates that were safe no longer are, and what has happened to the bowl? "
        "In a new cell, <code>widget = fit_a_line()</code> and <code>widget.points = [[x + 5, y] for x, y in "
        "widget.points]</code> measure x from another zero."
    )

    points = traitlets.List(traitlets.List(traitlets.Float(), minlen=2, maxlen=2)).tag(sync=True)
    w = traitlets.Float().tag(sync=True)
    b = traitlets.Float().tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    path = traitlets.List(traitlets.List(traitlets.Float(), minlen=2, maxlen=2)).tag(sync=True)
    home = traitlets.Dict().tag(sync=True)
    show_threshold = traitlets.Bool(True).tag(sync=True)

    def __init__(self, points: Points, w: float, b: float, learning_rate: float, show_threshold: bool = True) -> None:
        home = {"points": [[float(x), float(y)] for x, y in points], "w": float(w), "b": float(b)}
        path = [[home["w"], home["b"]]]
        super().__init__(**home, home=home, path=path, learning_rate=learning_rate, show_threshold=show_threshold)

    @traitlets.validate("points")
    def _sane_points(self, proposal: Any) -> Any:
        points = proposal["value"]
        if not 1 <= len(points) <= MOST_POINTS:
            raise traitlets.TraitError(f"A fit takes 1 to {MOST_POINTS} points, not {len(points)}.")
        if not all(math.isfinite(value) and abs(value) <= LARGEST for point in points for value in point):
            raise traitlets.TraitError(f"Each coordinate must be a number between -{LARGEST:g} and {LARGEST:g}.")
        return points

    @traitlets.validate("w", "b")
    def _finite(self, proposal: Any) -> Any:
        if not math.isfinite(proposal["value"]):
            raise traitlets.TraitError(f"{proposal['trait'].name} must be a finite number.")
        return proposal["value"]

    @traitlets.validate("learning_rate")
    def _positive(self, proposal: Any) -> Any:
        if not (math.isfinite(proposal["value"]) and proposal["value"] > 0):
            raise traitlets.TraitError("The learning rate must be a positive number.")
        return proposal["value"]

    @property
    def loss(self) -> float:
        """The mean squared error of the current line."""
        return loss(self.points, self.w, self.b)

    @property
    def threshold(self) -> float:
        """The learning rate 2/λmax, beyond which gradient descent diverges on these points."""
        return 2 / curvature(self.points)[0]

    def picture(self) -> Figure:
        """The points with their errors and lines, and 20 steps of gradient descent on the loss bowl."""
        figure = Figure(figsize=(9, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        _draw_data(left, self.points, self.w, self.b)
        _draw_bowl(right, self.points, descend(self.points, self.w, self.b, self.learning_rate, 20))
        edge = f" (2/λmax = {self.threshold:.3g})" if self.show_threshold else ""
        right.set_title(f"20 steps, learning rate {self.learning_rate:.3g}{edge}", fontsize=11)
        return figure


def _draw_data(axes: Axes, points: Points, w: float, b: float) -> None:
    x, y = _columns(points)
    x_range, y_range = data_window(points)
    ends = np.array(x_range)
    best_w, best_b = least_squares(points)
    axes.vlines(x, w * x + b, y, color=base.COLOURS["orange"], linewidth=2, label="errors")
    axes.plot(ends, w * ends + b, color=base.COLOURS["blue"], label="your line")
    axes.plot(ends, best_w * ends + best_b, "--", color=base.COLOURS["green"], label="least squares")
    axes.plot(x, y, "o", color="black")
    axes.set(xlabel="x", ylabel="y", xlim=x_range, ylim=y_range)
    axes.set_title(f"L = {loss(points, w, b):.3g}, at best {loss(points, best_w, best_b):.3g}", fontsize=11)
    axes.legend(fontsize=9, loc="upper center")


def _draw_bowl(axes: Axes, points: Points, path: list[tuple[float, float]]) -> None:
    w_range, b_range = bowl_window(points, *path[0])
    w, b = np.meshgrid(np.linspace(*w_range, 80), np.linspace(*b_range, 80))
    x, y = _columns(points)
    values = ((w[..., None] * x + b[..., None] - y) ** 2).mean(-1)  # (80, 80)
    lines = axes.contour(w, b, np.sqrt(values - values.min()), 8, colors=base.COLOURS["blue"], linewidths=0.8)
    lines.set_alpha(0.6)
    axes.plot(*zip(*path, strict=True), "o-", color=base.COLOURS["red"], markersize=3, linewidth=1.2, clip_on=True)
    axes.plot(*least_squares(points), "P", color=base.COLOURS["green"], markersize=9)
    axes.set(xlabel="w (weight)", ylabel="b (bias)", xlim=w_range, ylim=b_range)


def fit_a_line(
    points: Points | None = None,
    w: float | None = None,
    b: float | None = None,
    learning_rate: float | None = None,
    show_threshold: bool = True,
) -> FitALine:
    """Fit a line to points (x, y) by hand and by gradient descent.

    Points of your own start at w = b = 0; without a learning rate, at about a fifth of 2/λmax. Read `widget.w`,
    `widget.b`, `widget.learning_rate`, `widget.points` or `widget.path` in any later cell. Raises traitlets.TraitError
    for no points, more than 100, or values that are not finite.
    """
    start = START if points is None else (0.0, 0.0)
    points = POINTS if points is None else points
    w, b = start[0] if w is None else w, start[1] if b is None else b
    widget = FitALine(points, w, b, learning_rate=1.0, show_threshold=show_threshold)
    widget.learning_rate = float(f"{widget.threshold / 5:.0e}") if learning_rate is None else learning_rate
    return widget
