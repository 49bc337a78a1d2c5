"""The pictures of notebook 14: where the bytes are, levels and groups, what is taken away, a thin product, choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lessons.efficient_models.choices import Choice, frontier
from lessons.efficient_models.quantization import nf4_codes, steps_between
from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer

MARKERS = "osD^vP*"

# --- counted ----------------------------------------------------------------------------------------------------------


def shares(counts: Mapping[str, Mapping[str, float]]) -> Axes:
    """Bars of one length each, cut by the shares of their parts: what is counted -> part -> how much."""
    axes = plt.subplots(figsize=(9, 0.75 * len(counts) + 1.2))[1]
    parts = list(dict.fromkeys(part for row in counts.values() for part in row))
    for place, row in enumerate(counts.values()):
        left, total = 0.0, sum(row.values())
        for part, colour in zip(parts, plots.COLOURS, strict=False):
            share = row.get(part, 0) / total
            axes.barh(place, share, left=left, color=colour, edgecolor="white", label=part if place == 0 else None)
            if share > 0.06:
                ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
                axes.text(left + share / 2, place, f"{share:.0%}", ha="center", va="center", fontsize=10, bbox=ground)
            left += share
    axes.set_yticks(range(len(counts)), list(counts))
    axes.set(xlim=(0, 1), xticks=[])
    axes.invert_yaxis()
    axes.grid(False)
    axes.figure.legend(loc="outside lower center", ncols=len(parts), fontsize=10)
    return axes


# --- rounding ---------------------------------------------------------------------------------------------------------


def levels(weights: ArrayLike, bits: Sequence[int] = (8, 4, 2)) -> Figure:
    """A histogram of weights, and below it the levels between the least and the largest of them, row by row."""
    values = np.asarray(weights, dtype=float).ravel()
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(9, 3.6), sharex=True, height_ratios=(2, 1))
    top.hist(values, 120, color=plots.SKY)
    top.set(ylabel="weights")
    for row, n in enumerate(bits):
        steps = list(steps_between(values.min(), values.max(), n))
        bottom.plot(steps, np.full(len(steps), row), "|", color=plots.BLUE, markersize=14, markeredgewidth=1.2)
    bottom.set_yticks(range(len(bits)), [f"{n} bits" for n in bits])
    bottom.set(xlabel="weight", ylim=(len(bits) - 0.4, -0.6))
    bottom.grid(False)
    return figure


def groups() -> Axes:
    """A matrix three times: one scale for all of it, one for each row, one for each block of a row."""
    axes = canvas(9.2, 2.7)
    titles = ("tensor: 1 scale", "channel: a scale for each row", "block: 4 for each row")
    for left, title, cuts in ((0.2, titles[0], 0), (3.3, titles[1], 1), (6.4, titles[2], 4)):
        note(axes, (left + 1.25, 0.2), title, ha="center", fontweight="bold", fontsize=10.5)
        for row in range(6):
            for block in range(4):
                number = row * 4 + block if cuts == 4 else row if cuts == 1 else 0
                ground, edge = ((PLAIN, plots.BLUE), (WARM, plots.ORANGE), (COOL, plots.GREEN))[number % 3]
                place = (left + 0.625 * block, 0.5 + 0.28 * row)
                axes.add_patch(Rectangle(place, 0.625, 0.28, facecolor=ground, edgecolor=ground if cuts < 4 else edge))
            if cuts == 1:
                axes.add_patch(Rectangle((left, 0.5 + 0.28 * row), 2.5, 0.28, fill=False, edgecolor="grey"))
        axes.add_patch(Rectangle((left, 0.5), 2.5, 1.68, fill=False, edgecolor="black"))
    words = "what has one colour and touches shares a scale; a row is (inputs,), the matrix (outputs, inputs)"
    note(axes, (4.6, 2.45), words, ha="center", fontsize=9)
    return axes


def outliers(sizes: Mapping[str, ArrayLike]) -> Figure:
    """The largest size that each input of some maps takes, in the order of the inputs: one panel for each map."""
    figure, every = plt.subplots(1, len(sizes), figsize=(9, 2.9), squeeze=False)
    for axes, (name, found) in zip(every[0], sizes.items(), strict=True):
        values = np.asarray(found, dtype=float)
        axes.plot(values, color=plots.BLUE, linewidth=0.8)
        place = int(values.argmax())
        axes.plot(place, values[place], "o", color=plots.RED)
        axes.annotate(f"{values[place]:.0f}", (place, values[place]), (6, -4), textcoords="offset points", fontsize=10)
        axes.set(title=name, xlabel="input", ylim=(0, None))
        axes.title.set_fontsize(10)
    every[0][0].set_ylabel("largest size")
    return figure


def codes() -> Axes:
    """The sixteen numbers of NF4 below a normal curve, and sixteen evenly spaced ones."""
    axes = plt.subplots(figsize=(8.5, 2.9))[1]
    line = np.linspace(-1.15, 1.15, 300)
    axes.fill_between(line, np.exp(-((line * 1.85) ** 2) / 2), color=plots.SKY, alpha=0.35, label="weights of a block")
    rows = ((np.array(nf4_codes().tolist()), plots.BLUE, "NF4"), (np.linspace(-1, 1, 16), plots.ORANGE, "even"))
    look: dict[str, Any] = {"markersize": 15, "markeredgewidth": 2}
    for at, (found, colour, name) in enumerate(rows):
        axes.plot(found, np.full(16, -0.14 - 0.16 * at), "|", color=colour, label=name, **look)
    axes.set(xlabel="weight over the largest of its block", yticks=[], ylim=(-0.45, 1.08))
    axes.legend(loc="upper right", fontsize=10)
    return axes


def whole_product() -> Axes:
    """A linear map in whole numbers: levels of inputs and weights, their product, one multiplication back."""
    axes = canvas(9.2, 2.5)
    panel(axes, (0.95, 0.6), (1.5, 0.7), "inputs\nfloats (n, d)", GREY, plots.BLACK)
    panel(axes, (0.95, 1.85), (1.5, 0.7), "weights\nfloats (f, d)", GREY, plots.BLACK)
    panel(axes, (3.1, 0.6), (1.7, 0.7), "levels, scale\nat every call", WARM, plots.ORANGE)
    panel(axes, (3.1, 1.85), (1.7, 0.7), "levels, scales\nonce, stored")
    panel(axes, (5.55, 1.22), (1.9, 0.75), "product of levels\nwhole numbers (n, f)", COOL, plots.GREEN)
    panel(axes, (8.05, 1.22), (1.9, 0.75), "· both scales, + bias\nfloats (n, f)")
    for start, end in (((1.7, 0.6), (2.25, 0.6)), ((1.7, 1.85), (2.25, 1.85)), ((3.95, 0.65), (4.6, 1.08)),
                       ((3.95, 1.8), (4.6, 1.36)), ((6.5, 1.22), (7.1, 1.22))):  # fmt: skip
        pointer(axes, start, end)
    return axes


# --- taken away -------------------------------------------------------------------------------------------------------


def taken_away(seed: int = 0) -> Axes:
    """Half of a matrix gone in three ways: the smallest anywhere, two of every four, whole rows."""
    axes, rng = canvas(9.2, 2.6), np.random.default_rng(seed)
    sizes = rng.random((8, 12))
    fours = sizes.reshape(8, 3, 4)
    two = (fours >= np.sort(fours, axis=-1)[..., 2:3]).reshape(8, 12)
    rows = np.isin(np.arange(8), sizes.sum(1).argsort()[4:])[:, None].repeat(12, 1)
    ways = (("the smallest, anywhere", sizes > np.median(sizes)), ("two of every four", two), ("whole rows", rows))
    for left, (title, kept) in zip((0.25, 3.35, 6.45), ways, strict=True):
        note(axes, (left + 1.2, 0.2), title, ha="center", fontweight="bold", fontsize=10.5)
        for (row, column), stays in np.ndenumerate(kept):
            place = (left + 0.2 * column, 0.45 + 0.2 * row)
            axes.add_patch(
                Rectangle(place, 0.2, 0.2, facecolor=plots.BLUE if stays else "white", edgecolor="lightgrey")
            )
    for left, words in ((0.25, "same shape, same time"), (3.35, "faster on some GPUs"), (6.45, "a smaller matrix")):
        note(axes, (left + 1.2, 2.3), words, ha="center", fontsize=9.5)
    return axes


def curves(
    lines: Mapping[str, tuple[Sequence[float], Sequence[Sequence[float]]]], xlabel: str, chance: float | None = None
) -> Axes:
    """Accuracy over something: name -> places, and at each place the runs; their mean as a line, each as a point."""
    axes = plt.subplots(figsize=(8.5, 3.4))[1]
    for (name, (places, runs)), colour, marker in zip(lines.items(), plots.COLOURS, MARKERS, strict=False):
        axes.plot(places, [np.mean(each) for each in runs], color=colour, marker=marker, markersize=5, label=name)
        for place, each in zip(places, runs, strict=True):
            axes.plot([place] * len(each), each, ".", color=colour, alpha=0.5)
    if chance is not None:
        axes.axhline(chance, color="grey", linestyle=":", label="one label for all")
    axes.set(xlabel=xlabel, ylabel="accuracy")
    axes.legend(fontsize=10)
    return axes


# --- learnt from another ----------------------------------------------------------------------------------------------


def teacher_and_student() -> Axes:
    """Six layers and three that begin as copies; two answers to the same text, softened, and the labels."""
    axes = canvas(9.2, 3.2)
    for layer in range(6):
        y = 2.75 - 0.4 * layer
        panel(axes, (1.3, y), (1.7, 0.3), f"layer {layer}", WARM if layer % 2 == 0 else GREY, plots.ORANGE)
    for at, layer in enumerate((0, 2, 4)):
        y = 2.75 - 0.8 * at
        panel(axes, (4.3, y), (1.7, 0.3), f"layer {layer}, copied", PLAIN, plots.BLUE)
        pointer(axes, (2.15, 2.75 - 0.4 * layer), (3.45, y), linestyle="--")
    note(axes, (1.3, 0.32), "teacher, frozen", ha="center", fontweight="bold")
    note(axes, (4.3, 0.32), "student, trained", ha="center", fontweight="bold")
    panel(axes, (7.6, 0.75), (2.5, 0.6), "teacher's probabilities\nsoftmax(logits / T)", WARM, plots.ORANGE)
    panel(axes, (7.6, 1.7), (2.5, 0.6), "student's probabilities\nsoftmax(logits / T), and at T = 1")
    panel(axes, (7.6, 2.65), (2.5, 0.5), "labels", GREY, plots.BLACK)
    pointer(axes, (5.15, 1.3), (6.35, 1.65))
    pointer(axes, (2.15, 0.6), (6.35, 0.6), color=plots.ORANGE)
    for ends in (((7.6, 1.05), (7.6, 1.4)), ((7.6, 2.4), (7.6, 2.0))):
        pointer(axes, *ends, arrowstyle="<|-|>", color=plots.RED)
    note(axes, (7.75, 1.22), "T² · divergence", fontsize=9, color=plots.RED)
    note(axes, (7.75, 2.2), "cross-entropy", fontsize=9, color=plots.RED)
    return axes


def temperatures(probabilities: Mapping[float, ArrayLike], names: Sequence[str]) -> Figure:
    """Bars of the same logits as probabilities at several temperatures."""
    figure, every = plt.subplots(1, len(probabilities), figsize=(9, 2.6), sharey=True, squeeze=False)
    for axes, (temperature, values) in zip(every[0], probabilities.items(), strict=True):
        axes.bar(range(len(names)), np.asarray(values), color=plots.BLUE)
        axes.set_xticks(range(len(names)), names, fontsize=9, rotation=30)
        axes.set(title=f"T = {temperature:g}", ylim=(0, 1))
    every[0][0].set_ylabel("probability")
    return figure


def thin_product() -> Axes:
    """A frozen matrix, and beside it two thin ones through which the inputs go as well; shapes below."""
    axes = canvas(9.2, 3.0)
    note(axes, (0.35, 1.35), "x", fontsize=14)
    axes.add_patch(Rectangle((1.6, 0.2), 1.5, 1.5, facecolor=GREY, edgecolor="black"))
    note(axes, (2.35, 0.95), "W, frozen\n(f, d)", ha="center")
    axes.add_patch(Rectangle((1.6, 2.15), 1.5, 0.35, facecolor=WARM, edgecolor=plots.ORANGE))
    note(axes, (2.35, 2.32), "down (r, d)", ha="center")
    axes.add_patch(Rectangle((4.5, 1.75), 0.45, 1.15, facecolor=WARM, edgecolor=plots.ORANGE))
    note(axes, (4.72, 2.32), "up\n(f, r)", ha="center")
    panel(axes, (6.4, 2.32), (1.2, 0.45), "· α / r")
    panel(axes, (8.0, 1.35), (1.6, 0.6), "sum (f,)", COOL, plots.GREEN)
    for start, end in (((0.55, 1.3), (1.55, 1.0)), ((0.55, 1.4), (1.55, 2.3)), ((3.15, 2.32), (4.45, 2.32)),
                       ((5.0, 2.32), (5.8, 2.32)), ((7.0, 2.25), (7.4, 1.7)), ((3.15, 0.95), (7.2, 1.25))):  # fmt: skip
        pointer(axes, start, end)
    note(axes, (5.6, 0.7), "768 · r numbers instead of 147,456 (d = f = 384)", ha="center", fontsize=9.5)
    note(axes, (4.72, 1.55), "starts at 0", ha="center", fontsize=9, color=plots.ORANGE)
    return axes


# --- all of it --------------------------------------------------------------------------------------------------------


def choices(found: Sequence[Choice], cost: str = "milliseconds") -> Axes:
    """Accuracy over a cost, one point for each model, its family by colour and shape; a line through the frontier."""
    axes = plt.subplots(figsize=(9, 4))[1]
    families = list(dict.fromkeys(choice.family for choice in found))
    for family, colour, marker in zip(families, plots.COLOURS, MARKERS, strict=False):
        members = [choice for choice in found if choice.family == family]
        costs = [getattr(choice, cost) for choice in members]
        axes.plot(costs, [choice.accuracy for choice in members], marker, color=colour, markersize=8, label=family)
    line = [found[place] for place in frontier(found, cost)]
    axes.plot(
        [getattr(c, cost) for c in line], [c.accuracy for c in line], color="grey", drawstyle="steps-post", zorder=0
    )
    for choice in line:
        place = (getattr(choice, cost), choice.accuracy)
        axes.annotate(choice.name, place, (5, 5), textcoords="offset points", fontsize=8.5)
    axes.set(xlabel=cost, ylabel="accuracy")
    axes.legend(fontsize=9, loc="lower right")
    return axes


def summary() -> Axes:
    """One model, four ways to make it smaller, and what each of them saves."""
    axes = canvas(9.2, 3.4)
    panel(axes, (1.2, 1.7), (1.9, 0.9), "08's classifier\n6 layers, 91 MB\n32 bits a number", GREY, plots.BLACK)
    rows = (
        ("fewer bits\nlevels and scales", "bytes; time, if products are whole numbers", WARM, plots.ORANGE),
        ("fewer weights\nzeros anywhere", "nothing here: zeros are multiplied, too", PLAIN, plots.BLUE),
        ("fewer parts\nheads, layers; a student learns", "bytes and time", COOL, plots.GREEN),
        ("fewer trained\nLoRA", "optimizer, file; no time when used", WARM, plots.ORANGE),
    )
    for at, (words, saves, ground, edge) in enumerate(rows):
        y = 0.5 + 0.8 * at
        panel(axes, (4.25, y), (2.5, 0.6), words, ground, edge)
        pointer(axes, (2.15, 1.7), (3.0, y))
        note(axes, (5.65, y), saves, fontsize=10)
    return axes
