"""Figures that several notebooks share: one style, colours that colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
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


def confusion_matrix(
    labels: ArrayLike, predictions: ArrayLike, label_names: Sequence[str], axes: Axes | None = None
) -> Axes:
    """Counts of (label, prediction), each written in its square; rows are the true labels."""
    counts = np.zeros((len(label_names),) * 2, dtype=int)
    np.add.at(counts, (np.asarray(labels), np.asarray(predictions)), 1)
    axes = axes or plt.subplots(figsize=(4.2, 3.6))[1]
    axes.imshow(counts, cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        axes.text(column, row, count, ha="center", va="center", color="white" if count > counts.max() / 2 else "black")
    ticks = range(len(label_names))
    axes.set(xticks=ticks, yticks=ticks, xticklabels=label_names, yticklabels=label_names)
    axes.set(xlabel="predicted", ylabel="true")
    axes.grid(False)
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
    axes.imshow(np.asarray(weights), cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(tokens))
    axes.set(xticks=ticks, yticks=ticks, yticklabels=tokens, **labels)
    axes.set_xticklabels(tokens, rotation=60, ha="right", rotation_mode="anchor")
    axes.grid(False)
    return axes
