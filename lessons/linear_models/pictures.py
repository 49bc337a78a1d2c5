"""The drawings of notebook 01: structures with their shapes, bowls, the sigmoid, scattered fits, and the whole chapter.

Each function draws and returns a figure or its axes; none of them computes what the lesson is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.kit import plots
from lessons.kit.datasets import LabelledData
from lessons.kit.drawing import arrow, box, numbers, sheet

from . import Array, sigmoid, squared_loss, with_ones

Curve = Callable[[Array], Array]  # inputs (n,) -> predictions (n,)
MARKERS = "osD"


# --- structures -------------------------------------------------------------------------------------------------------


def dot_products(table: Array, parameters: Array) -> Axes:
    """Three rows of a table (n, 2) times parameters (2,): each row meets the parameters and gives one prediction."""
    axes = sheet(8.2, 2.7, 13, 4.9)
    blue, orange, green = [plots.BLUE] * 2, [plots.ORANGE], [plots.GREEN]
    rows, n = table[:3], f"{len(table):,}"
    numbers(axes, 1.4, 1, [[f"{value:.1f}" for value in row] for row in rows], blue)
    numbers(axes, 5.2, 1.5, [[f"{value:.1f}"] for value in parameters], orange)
    numbers(axes, 8.0, 1, [[f"{value:.2f}"] for value in rows @ parameters], green)
    for x, y, words in [(4.3, 2.5, "@"), (7.35, 2.5, "="), (2.4, 4.25, "⋮"), (8.5, 4.25, "⋮")]:
        axes.text(x, y, words, ha="center", va="center", fontsize=16)
    for number in range(3):
        axes.text(1.2, 1.5 + number, f"bird {number + 1}", ha="right", va="center", fontsize=10)
    for x, words in [
        (2.4, f"table X  ({n}, 2)\ncm beyond 19,  1"),
        (5.7, "parameters θ\n(2,)"),
        (8.5, "predictions\n" + f"({n},)"),
    ]:
        axes.text(x, 0.75, words, ha="center", va="bottom", fontsize=10)
    axes.text(6.3, 2.0, "weight", va="center", fontsize=9)
    axes.text(6.3, 3.0, "bias", va="center", fontsize=9)
    first = " + ".join(f"{a:.1f}·{b:.1f}" for a, b in zip(rows[0], parameters, strict=True))
    axes.text(9.3, 1.5, f"= {first}", va="center", fontsize=10)
    return axes


def training_loop(n: int, dim: int) -> Axes:
    """The circle of gradient descent on n examples and dim parameters, with the shape of all that goes round it."""
    axes = sheet(8.6, 3.0, 10, 4)
    boxes = {
        "parameters": box(axes, 1.2, 1, f"parameters θ\n({dim},)", plots.ORANGE),
        "predictions": box(axes, 4.3, 1, f"predictions Xθ\n({n},)"),
        "errors": box(axes, 7.6, 1, f"errors Xθ − y\n({n},)"),
        "loss": box(axes, 7.6, 3.2, "loss L: one number\n(only to be looked at)", plots.GREEN),
        "gradient": box(axes, 4.3, 3.2, f"gradient (2/n) Xᵀ(Xθ − y)\n({dim},)", plots.PINK),
    }
    arrow(axes, boxes["parameters"], boxes["predictions"], "X @ θ")
    arrow(axes, boxes["predictions"], boxes["errors"], "− y")
    arrow(axes, boxes["errors"], boxes["loss"], "mean of squares")
    arrow(axes, boxes["errors"], boxes["gradient"], "(2/n) Xᵀ @ errors")
    arrow(axes, boxes["gradient"], boxes["parameters"], "one step: θ − η · gradient")
    return axes


def what_you_own(n: int = 206, dim: int = 4) -> Axes:
    """The chapter in one picture: two models, the one loop that trains both, and who may see what."""
    axes = sheet(9.4, 5.0, 12, 7.6)
    table = box(axes, 1.4, 1.6, f"table X  (n, {dim})\nfeatures in one scale,\nlast column: ones")
    parameters = box(axes, 1.4, 4.4, f"parameters θ  ({dim},)\nweights, bias", plots.ORANGE)
    score = box(axes, 4.5, 3.0, "dot products\nz = Xθ   (n,)")
    much = box(axes, 7.2, 1.6, "how much?\nprediction z", plots.BLUE)
    which = box(axes, 6.2, 4.4, "which?\np = σ(z)", plots.BLUE)
    squared = box(axes, 10.9, 1.6, "squared loss\nbell-shaped noise\nη < 2/λmax", plots.GREEN)
    surprise = box(axes, 9.3, 4.4, "cross-entropy\n−ln p of the label", plots.GREEN)
    gradient = box(axes, 8.7, 6.2, "gradient ∝ Xᵀ(prediction − truth)\n+ 2λw for the penalty", plots.PINK)
    for start, end in [(table, score), (parameters, score), (score, much), (score, which)]:
        arrow(axes, start, end)
    for start, end in [(much, squared), (which, surprise)]:
        arrow(axes, start, end, "likelihood")
    arrow(axes, surprise, gradient)
    arrow(axes, squared, gradient, bend=-0.4)
    arrow(axes, gradient, parameters, "one step:  − η · gradient")
    may = "train: fit and scale        validation: choose λ and features        test: report, once"
    axes.text(6, 7.4, may, ha="center", va="center", fontsize=11)
    axes.set_title("What you now own", fontsize=13)
    return axes


# --- the bowl and the way down ----------------------------------------------------------------------------------------


def penguins(data: LabelledData) -> Axes:
    """Flipper length and body mass of the training birds, one marker for each species."""
    axes = plt.subplots(figsize=(7, 3.6))[1]
    for label, (species, marker) in enumerate(zip(data.label_names, MARKERS, strict=True)):
        _, _, flipper, mass = data.train.inputs[data.train.labels == label].T
        axes.plot(flipper, mass, marker, alpha=0.6, label=species)
    axes.set(xlabel="flipper length (mm)", ylabel="body mass (g)")
    axes.legend()
    return axes


def _contours(axes: Axes, table: Array, targets: Array, best: Array, reach: tuple[float, float] = (1.2, 2.0)) -> None:
    """Lines of equal loss over the plane of (weight, bias), the optimum in the middle."""
    weights, biases = (np.linspace(middle - half, middle + half, 81) for middle, half in zip(best, reach, strict=True))
    height = [[squared_loss(np.array([w, b]), table, targets) for w in weights] for b in biases]
    axes.contour(weights, biases, height, levels=[0.2, 0.5, 1.25, 3, 7], colors=plots.SKY, linewidths=1)
    axes.plot(*best, "P", color=plots.GREEN, markersize=11)
    axes.set(xlabel="weight (kg per cm)", ylabel="bias (kg)", xlim=weights[[0, -1]], ylim=biases[[0, -1]])
    axes.grid(False)


def bowl(table: Array, targets: Array, best: Array) -> Figure:
    """The squared loss of (weight, bias): a cut along the weight, and lines of equal loss from above."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))

    def cut(shifts: Array) -> list[float]:
        return [squared_loss(best + np.array([shift, 0.0]), table, targets) for shift in shifts]

    wide, marked = np.linspace(-1.2, 1.2, 121), np.array([-0.3, 0.3])
    left.plot(best[0] + wide, cut(wide))
    left.plot(best[0] + marked, cut(marked), "o", label="0.3 too small, 0.3 too large")
    left.set(xlabel="weight (kg per cm), bias at its best", ylabel="loss (kg²)")
    left.legend(loc="upper center")
    _contours(right, table, targets, best)
    right.set_title("the same bowl from above", fontsize=11)
    return figure


def walks(table: Array, targets: Array, best: Array, paths: Mapping[float, Array]) -> Figure:
    """Paths (steps + 1, 2) over the bowl, one panel for each learning rate, with the loss where each ends."""
    figure, panels = plt.subplots(1, len(paths), figsize=(9.4, 2.9), sharey=True, squeeze=False)
    for axes, (learning_rate, path) in zip(panels[0], paths.items(), strict=True):
        _contours(axes, table, targets, best)
        axes.plot(*path.T, "o-", color=plots.RED, markersize=4, linewidth=1)
        axes.set_title(f"rate {learning_rate}:\nloss {squared_loss(path[-1], table, targets):.3f}", fontsize=11)
        axes.label_outer()
    return figure


def steps_needed(learning_rates: Array, steps: Sequence[int], fastest: float, edge: float) -> Axes:
    """How many steps each learning rate takes, with the two special rates marked."""
    axes = plt.subplots(figsize=(8, 3.2))[1]
    axes.semilogy(learning_rates, steps)
    axes.axvline(fastest, color=plots.GREEN, linestyle="--", label=f"2/(λ_max + λ_min): {min(steps)} steps")
    axes.axvline(edge, color=plots.RED, linestyle=":", label="2/λ_max")
    axes.set(xlabel="learning rate", ylabel="steps to within 10⁻⁶")
    axes.legend()
    return axes


# --- logistic regression ----------------------------------------------------------------------------------------------


def sigmoid_and_odds() -> Figure:
    """The sigmoid, with five logits whose odds are whole numbers or their inverses."""
    figure, axes = plt.subplots(figsize=(7.5, 3.4))
    z = np.linspace(-6, 6, 301)
    axes.plot(z, sigmoid(z))
    for odds, words in ((1 / 81, "1 : 81"), (1 / 9, "1 : 9"), (1, "1 : 1"), (9, "9 : 1"), (81, "81 : 1")):
        axes.plot(np.log(odds), odds / (1 + odds), "o", color=plots.RED)
        place = (np.log(odds), odds / (1 + odds))
        text = f"odds {words}\np = {place[1]:.2f}"
        axes.annotate(text, place, (8, -6) if odds >= 1 else (-2, 10), textcoords="offset points", fontsize=9.5,
                      va="top" if odds >= 1 else "bottom", ha="left" if odds >= 1 else "center")  # fmt: skip
    axes.axhline(0.5, color=plots.BLACK, linewidth=0.8, linestyle=":")
    axes.set(xlabel="logit z = ln(odds)", ylabel="probability p", ylim=(-0.05, 1.08), xlim=(-6.4, 6.9))
    return figure


def price_of_an_answer() -> Figure:
    """What a logit costs: minus the logarithm of the probability of either label, and their slopes."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
    z = np.linspace(-6, 6, 301)
    for label, name, style in ((1, "label 1: ln(1 + e⁻ᶻ)", "-"), (0, "label 0: ln(1 + eᶻ)", "--")):
        left.plot(z, np.logaddexp(0, -z if label else z), style, label=name)
        right.plot(z, sigmoid(z) - label, style, label=f"label {label}: p − {label}")
    left.set(xlabel="logit z", ylabel="price of the answer (nats)")
    right.set(xlabel="logit z", ylabel="slope of the price")
    for axes in (left, right):
        axes.legend(fontsize=10)
    return figure


def border(inputs: Array, labels: Array, parameters: Array, label_names: Sequence[str]) -> Axes:
    """Two classes in the plane (n, 2), the probability of the second as the ground, and the line where it is ½."""
    axes = plt.subplots(figsize=(7.4, 4))[1]
    x, y = np.meshgrid(np.linspace(-2, 3.3, 200), np.linspace(-3, 3, 200))
    logits = np.stack([x, y, np.ones_like(x)], axis=-1) @ parameters  # (200, 200)
    levels = [0, 0.01, 0.1, 0.5, 0.9, 0.99, 1]
    shown = axes.contourf(x, y, sigmoid(logits), levels=levels, cmap="Greys", vmin=0, vmax=2)
    axes.contour(x, y, logits, levels=[0], colors=plots.BLACK, linewidths=2.2)
    axes.plot([], [], color=plots.BLACK, linewidth=2.2, label="p = ½")
    wrong = inputs[(with_ones(inputs) @ parameters > 0) != (labels == 1)]
    axes.plot(
        *wrong.T, "o", markersize=15, markerfacecolor="none", color=plots.RED, zorder=5, label="on the wrong side"
    )
    for label, marker in ((1, "s"), (0, "o")):
        points = inputs[labels == label].T
        axes.plot(*points, marker, label=label_names[label], color=plots.COLOURS[label], markeredgecolor="white")
    axes.set(xlabel="bill length (standardised)", ylabel="flipper length (standardised)", xlim=(-2, 3.3), ylim=(-3, 3))
    axes.figure.colorbar(shown, label=f"probability of {label_names[1]}")
    axes.legend(loc="upper left", framealpha=0.9, frameon=True, fontsize=10)
    return axes


# --- bias, variance, and too many features ----------------------------------------------------------------------------


def scattered_fits(x: Array, y: Array, curves: Mapping[str, Sequence[Curve]], **labels: str) -> Figure:
    """For each kind of model the curves of many fits, thin, and their average, over the points (n,) of all of them."""
    figure, panels = plt.subplots(1, len(curves), figsize=(9.4, 3.2), sharey=True, squeeze=False)
    grid = np.linspace(x.min(), x.max(), 200)
    for axes, (title, fits) in zip(panels[0], curves.items(), strict=True):
        heights = np.array([fit(grid) for fit in fits])  # (fits, 200)
        axes.plot(x, y, "o", color="grey", alpha=0.25, markersize=3)
        axes.plot(grid, heights[:20].T, color=plots.BLUE, alpha=0.35, linewidth=1)
        axes.plot(grid, heights.mean(0), color=plots.RED, linewidth=2.5, label=f"average of all {len(fits)}")
        axes.set_title(title, fontsize=11)
        axes.set(ylim=(y.min() - 0.5, y.max() + 0.5), **labels)
        axes.label_outer()
    panels[0, 0].legend(fontsize=9.5, loc="upper left")
    return figure


def two_parts(strengths: Array, errors: Array, averages: Array, variances: Array) -> Axes:
    """The mean squared error against the strength of the penalty, and the two parts that it is the sum of."""
    axes = plt.subplots(figsize=(7.6, 3.6))[1]
    axes.semilogx(strengths, errors, "o-", color=plots.BLACK, label="error of one model: the sum")
    axes.semilogx(strengths, averages, "s-", color=plots.BLUE, label="error of the average model")
    axes.semilogx(strengths, variances, "D-", color=plots.ORANGE, label="variance: scatter around that average")
    lowest = strengths[np.argmin(errors)]
    axes.axvline(lowest, color=plots.GREEN, linestyle="--", label=f"lowest sum: λ = {lowest:.2g}")
    axes.set(xlabel="strength λ of the penalty", ylabel="squared error (points²)", ylim=(0, None))
    axes.legend(fontsize=9.5, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
    return axes


def many_features(features: Array, train: Array, validation: Array, average: float) -> Axes:
    """Training and validation error against the number of features, and the error of always saying the average."""
    axes = plt.subplots(figsize=(8, 3.4))[1]
    axes.loglog(features, np.maximum(train, 1), "o-", label="train (0 is drawn at 1)")
    axes.loglog(features, validation, "s-", label="validation")
    axes.axhline(average, color=plots.BLACK, linestyle=":", label="always the average")
    axes.axvline(99, color=plots.RED, linestyle="--", linewidth=1, label="as many parameters as patients")
    axes.set(xlabel="features (10 real, the rest noise)", ylabel="RMSE (points)")
    axes.set_xticks([10, 30, 100, 300, 1000], ["10", "30", "100", "300", "1,000"])
    axes.legend(fontsize=9.5)
    return axes


def bell(errors: Array) -> Axes:
    """The errors (n,) of a line as a histogram, below the bell curve with their own spread."""
    axes = plt.subplots(figsize=(6.5, 2.8))[1]
    width = errors.std()
    x = np.linspace(-3.5 * width, 3.5 * width, 200)
    axes.hist(errors, bins=24, density=True, color=plots.SKY, alpha=0.7, label="errors of the line")
    curve = np.exp(-(x**2) / (2 * width**2)) / (width * np.sqrt(2 * np.pi))
    axes.plot(x, curve, color=plots.RED, label=f"bell curve, spread {width:.2f} kg")
    axes.set(xlabel="error (kg)", ylabel="share per kg")
    axes.legend(fontsize=9.5)
    return axes


def remainders(learning_rates: Array, measured: Sequence[float], by_taylor: Array) -> Axes:
    """What is left of a loss after Taylor's first two terms, against the learning rate."""
    axes = plt.subplots(figsize=(7, 3))[1]
    axes.loglog(learning_rates, measured, "o-", label="remainder, measured")
    axes.loglog(learning_rates, by_taylor, "--", color=plots.ORANGE, label="½ η² g·(Hg)")
    axes.set(xlabel="learning rate η", ylabel="loss (kg²)")
    axes.legend()
    return axes
