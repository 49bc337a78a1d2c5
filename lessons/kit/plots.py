"""Figures that several notebooks share: one style, colours that colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

# Okabe & Ito (2008), "Color universal design": distinct under every common colour-vision deficiency.
BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW, BLACK = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, RED, BLACK)


def use_style() -> None:
    """Set matplotlib to the look of the course: large type, few lines, safe colours, a white ground in any theme."""
    plt.rcParams.update(
        {
            "figure.figsize": (8, 3.6),
            "figure.dpi": 90,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            "font.size": 12,
            "axes.prop_cycle": plt.cycler(color=COLOURS),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "legend.frameon": False,
        }
    )


Validation = Sequence[tuple[int, Mapping[str, float]]]  # metrics by name, each time after so many steps


def training_history(loss: Sequence[float], learning_rate: Sequence[float], validation: Validation = ()) -> Figure:
    """Loss of every step with its running mean, learning rate below, validation metrics as points."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 4.6), sharex=True, height_ratios=(3, 1))
    steps = np.arange(1, len(loss) + 1)
    top.plot(steps, loss, color=SKY, alpha=0.5, linewidth=1, label="loss of each batch")
    top.plot(steps, running_mean(loss), color=BLUE, label="running mean of 20")
    top.set(ylabel="training loss", ylim=(0, None))
    _validation_points(top, validation)
    bottom.plot(steps, learning_rate, color=BLACK)
    bottom.set(xlabel="step", ylabel="learning\nrate", ylim=(0, None))
    bottom.ticklabel_format(axis="y", scilimits=(0, 0))
    figure.legend(loc="outside upper right", ncols=3)
    return figure


def _validation_points(axes: Axes, validation: Validation) -> None:
    if not validation:
        return
    twin = axes.twinx()
    steps = [step for step, _ in validation]
    for name, colour, marker in zip(validation[0][1], (ORANGE, GREEN, PINK), "osD", strict=False):
        values = [metrics[name] for _, metrics in validation]
        twin.plot(steps, values, marker=marker, color=colour, label=f"validation {name}")
        for step, value in zip(steps, values, strict=True):
            twin.annotate(f"{value:.3f}", (step, value), (-6, -16), textcoords="offset points", ha="right")
    highest = max(value for _, metrics in validation for value in metrics.values())
    twin.set(ylabel="validation", ylim=(0, 1 if highest <= 1 else None))
    twin.grid(False)


def running_mean(values: Sequence[float], window: int = 20) -> np.ndarray:
    """The mean of each value and up to window - 1 values before it, (n,)."""
    sums = np.cumsum(np.insert(np.asarray(values, dtype=float), 0, 0.0))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def heatmap(
    values: ArrayLike,
    row_labels: Sequence[Any] | None = None,
    column_labels: Sequence[Any] | None = None,
    *,
    axes: Axes | None = None,
    text: str | ArrayLike | None = None,
    mask: ArrayLike | None = None,
    limits: tuple[float | None, float | None] = (None, None),
    colours: str = "Blues",
    bar: str = "",
    aspect: Literal["equal", "auto"] = "equal",
    text_size: float = 11,
    **labels: Any,
) -> Axes:
    """Values (rows, columns) as colours; `limits` are the values of the palest and the darkest one.

    `text` stands in the squares: a format such as ".2f", or words (rows, columns). Squares that `mask` (rows, columns)
    marks True stay grey and empty, and so does NaN. `bar` names a colour bar. `labels` go to the axes (title, xlabel).
    Raises ValueError if shapes differ.
    """
    shown = np.asarray(values, dtype=float)
    if shown.ndim != 2 or not shown.size:
        raise ValueError(f"A heat map shows values (rows, columns), not an array of shape {shown.shape}.")
    hidden = np.isnan(shown) | (_same_shape("mask", mask, shown).astype(bool) if mask is not None else False)
    axes = axes or plt.subplots(figsize=(5.5, 4.6))[1]
    picture = axes.imshow(
        np.ma.masked_array(shown, hidden), cmap=colours, vmin=limits[0], vmax=limits[1], aspect=aspect
    )
    axes.set_facecolor("lightgrey")
    axes.grid(False)
    _name_ticks(axes, shown.shape, row_labels, column_labels)
    axes.set(**labels)
    if text is not None:
        _write_squares(axes, picture, shown, hidden, text, text_size)
    if bar:
        plt.colorbar(picture, ax=axes, label=bar)
    return axes


def _same_shape(what: str, given: ArrayLike, values: np.ndarray) -> np.ndarray:
    array = np.asarray(given)
    if array.shape != values.shape:
        raise ValueError(f"The {what} has shape {array.shape}, the values have {values.shape}.")
    return array


def _name_ticks(
    axes: Axes, shape: tuple[int, ...], row_labels: Sequence[Any] | None, column_labels: Sequence[Any] | None
) -> None:
    """Words at rows and columns; those of columns are turned where they would touch."""
    for labels, n, what in ((row_labels, shape[0], "rows"), (column_labels, shape[1], "columns")):
        if labels is not None and len(labels) != n:
            raise ValueError(f"{len(labels)} labels for {n} {what}.")
    if row_labels is not None:
        axes.set_yticks(range(shape[0]), row_labels)
    if column_labels is not None:
        longest = max(len(str(label)) for label in column_labels)
        crowded = longest > 2 and longest * shape[1] > 36
        turned: dict[str, Any] = {"rotation": 60, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
        axes.set_xticks(range(shape[1]), column_labels, **turned)


def _write_squares(
    axes: Axes, picture: AxesImage, values: np.ndarray, hidden: np.ndarray, text: str | ArrayLike, size: float
) -> None:
    """Black or white words, whichever stands out more from the colour of the square (WCAG 2, relative luminance)."""
    words = np.vectorize(lambda value: format(value, text))(values) if isinstance(text, str) else text
    words = _same_shape("text", words, values)
    colours = np.asarray(picture.to_rgba(values))[..., :3]  # (rows, columns, 3), sRGB
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])  # (rows, columns)
    for row, column in np.argwhere(~hidden):
        colour = "white" if (luminance[row, column] + 0.05) ** 2 < 1.05 * 0.05 else "black"
        axes.text(column, row, words[row, column], ha="center", va="center", color=colour, fontsize=size)


def confusion_matrix(
    labels: ArrayLike, predictions: ArrayLike, label_names: Sequence[str], axes: Axes | None = None
) -> Axes:
    """Counts of (label, prediction), each written in its square; rows are the true labels."""
    counts = np.zeros((len(label_names),) * 2, dtype=int)
    np.add.at(counts, (np.asarray(labels), np.asarray(predictions)), 1)
    axes = axes or plt.subplots(figsize=(4.2, 3.6))[1]
    words = counts.astype(str)
    return heatmap(counts, label_names, label_names, axes=axes, text=words, xlabel="predicted", ylabel="true")


def flow(
    rows: Sequence[Sequence[str]], more: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (), **size: Any
) -> Axes:
    """Words in boxes, row below row, with an arrow from each box to the next one of its row.

    `more` are arrows from one (row, column) to another. `size` goes to the figure (figsize, in inches).
    """
    width = max(map(len, rows))
    axes = plt.subplots(**{"figsize": (9, 0.5 + 0.7 * len(rows))} | size)[1]
    axes.set(xlim=(-0.5, width - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "#EAF3FA", "edgecolor": BLUE}
    drawn = {
        (row, column): axes.text(column, row, words, ha="center", va="center", fontsize=10, bbox=box)
        for row, line in enumerate(rows)
        for column, words in enumerate(line)
    }
    onward = [((row, column - 1), (row, column)) for row, column in drawn if column]
    for start, end in [*onward, *more]:
        ends = {"patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()}
        line = {"arrowstyle": "-|>", "color": BLACK, "shrinkA": 2, "shrinkB": 2, **ends}
        axes.annotate("", end[::-1], start[::-1], arrowprops=line)
    return axes


def padding(masks: Sequence[ArrayLike], axes: Axes) -> Axes:
    """Batches one above the other, a row for each text: tokens dark, filling pale; each mask is (batch, tokens)."""
    real = [np.asarray(mask, dtype=float) for mask in masks]
    gap, width = 2, max(mask.shape[1] for mask in real)
    tops = np.cumsum([0, *(len(mask) + gap for mask in real)])
    picture = np.full((tops[-1] - gap, width), np.nan)
    for top, mask in zip(tops, real, strict=False):
        picture[top : top + len(mask), : mask.shape[1]] = mask
    axes.imshow(picture, cmap="Blues", vmin=-0.3, vmax=1.2, aspect="auto", interpolation="nearest")
    centres = [top + len(mask) / 2 - 0.5 for top, mask in zip(tops, real, strict=False)]
    axes.set_yticks(centres, [f"batch {number + 1}" for number in range(len(real))])
    axes.set_xlabel("token")
    axes.grid(False)
    return axes


def attention(weights: ArrayLike, tokens: Sequence[str], axes: Axes | None = None, **labels: Any) -> Axes:
    """One head's weights (tokens, tokens) as a picture: each row is a token that looks, each column one looked at."""
    axes = axes or plt.subplots(figsize=(5.5, 5))[1]
    heatmap(weights, tokens, tokens, axes=axes, limits=(0, 1), **labels)
    axes.set_xticks(range(len(tokens)), tokens, rotation=60, ha="right", rotation_mode="anchor")
    return axes
