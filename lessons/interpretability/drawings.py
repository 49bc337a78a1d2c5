"""The pictures of notebook 16: explanations side by side, curves, heads, the stream, directions, entities.

Drawings of structure stand on a canvas whose units are inches, y downwards. Every colour is one of the course's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer

LOOKS = (("o", "-"), ("s", "-"), ("^", "--"), ("D", "--"), ("v", ":"), ("P", ":"), ("", "-"))


def _looks(n: int) -> list[dict[str, Any]]:
    return [
        {"color": plots.COLOURS[i % len(plots.COLOURS)], "marker": LOOKS[i % 7][0], "linestyle": LOOKS[i % 7][1]}
        for i in range(n)
    ]


# --- explanations -----------------------------------------------------------------------------------------------------


def side_by_side(tokens: Sequence[str], rows: Mapping[str, ArrayLike]) -> Axes:
    """Method -> a number for each token, each row divided by its largest size: orange for the label, blue against."""
    values = np.array([np.asarray(row, dtype=float) for row in rows.values()])
    values = values / np.abs(values).max(1, keepdims=True).clip(1e-12)
    axes = plt.subplots(figsize=(9.4, 0.9 + 0.42 * len(values)))[1]
    words = np.array([[f"{value:+.1f}" if abs(value) >= 0.25 else "" for value in row] for row in values])
    return plots.heatmap(
        values, list(rows), list(tokens), axes=axes, text=words, limits=(-1, 1), colours="PuOr_r", aspect="auto",
        text_size=9,
    )  # fmt: skip


def flat_ramp() -> Figure:
    """Why the gradient at the end misleads: a curve that rises and then is flat, and the way from 0 to the input."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
    x = np.linspace(0, 2, 200)
    left.plot(x, np.minimum(x, 1), color=plots.BLUE)
    left.plot([2], [1], "o", color=plots.ORANGE, markersize=9)
    left.annotate("slope here: 0", (2, 1), (1.25, 0.55), arrowprops={"arrowstyle": "-|>"})
    left.set(xlabel="input", ylabel="score", title="the input made the score", ylim=(-0.05, 1.15))
    right.step(x, np.where(x < 1, 1.0, 0.0), color=plots.BLUE)
    right.fill_between(x, np.where(x < 1, 1.0, 0.0), step="pre", color=plots.SKY, alpha=0.4)
    right.set(
        xlabel="on the way from base to input", ylabel="slope", title="its area is the score: 1", ylim=(-0.05, 1.15)
    )
    return figure


def curves(lines: Mapping[str, Mapping[str, ArrayLike]], shares: ArrayLike, down: str, up: str) -> Figure:
    """Two panels of curves against the share of words: title -> method -> (n,); "random" is black."""
    figure, panels = plt.subplots(1, len(lines), figsize=(9.4, 3.7), sharey=True)
    for axes, (title, methods) in zip(np.ravel(panels), lines.items(), strict=True):
        for (name, values), look in zip(methods.items(), _looks(len(methods)), strict=True):
            if name == "random":
                look = {"color": plots.BLACK, "linewidth": 3, "alpha": 0.5}
            axes.plot(np.asarray(shares), np.asarray(values), label=name, markersize=5, **look)
        axes.set(title=title, xlabel=down if title.startswith("deletion") else up)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    np.ravel(panels)[0].set_ylabel("probability of its answer")
    handles = np.ravel(panels)[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=4, fontsize=10)
    return figure


def by_layer(lines: Mapping[str, Sequence[float]], ylabel: str, xlabel: str = "layers passed") -> Axes:
    """A line for each name over layers."""
    axes = plt.subplots(figsize=(8, 3.3))[1]
    for (name, values), look in zip(lines.items(), _looks(len(lines)), strict=True):
        axes.plot(values, label=name, **look)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    return axes


def erased_direction(vectors: ArrayLike, after: ArrayLike, labels: ArrayLike) -> Figure:
    """Points of two labels before and after erasing, (n, 2) twice, and the line that a probe reads along."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), sharex=True, sharey=True)
    marks = np.asarray(labels)
    for axes, points, title in zip(panels, (vectors, after), ("before", "after: the means coincide"), strict=True):
        given = np.asarray(points)
        for label, colour, marker in ((0, plots.BLUE, "o"), (1, plots.ORANGE, "^")):
            some = given[marks == label]
            axes.plot(*some.T, marker, color=colour, alpha=0.6, markersize=5, label=f"label {label}")
            axes.plot(*some.mean(0), "*", color=plots.BLACK, markersize=13)
        axes.set(title=title, aspect="equal")
    panels[0].legend(fontsize=9)
    return figure


# --- circuits ---------------------------------------------------------------------------------------------------------


def two_heads() -> Axes:
    """How two heads copy: the one tells each token what stood before it, the other looks for that."""
    tokens = ["D", "A", "X", "B", "D"]
    axes = canvas(9.6, 4.0)
    for place, token in enumerate(tokens):
        x = 1.2 + 1.7 * place
        panel(axes, (x, 3.5), (0.9, 0.5), token, WARM if token == "D" else PLAIN)
        before = tokens[place - 1] if place else "–"
        panel(axes, (x, 2.1), (1.45, 0.62), f"{token}\nbefore me: {before}", COOL, plots.GREEN)
        if place:
            pointer(axes, (x - 1.7, 3.22), (x - 0.1, 2.45), color=plots.GREEN)
    panel(axes, (8.0, 0.6), (1.7, 0.62), "next: A\ncopied", WARM, plots.ORANGE)
    pointer(axes, (2.9, 1.76), (7.2, 0.72), color=plots.RED)
    pointer(axes, (8.0, 1.76), (8.0, 0.95))
    note(axes, (0.2, 2.85), "layer 0, head that looks one back", color=plots.GREEN)
    note(axes, (1.4, 0.85), "layer 1: the last D looks for whoever has “before me: D”", color=plots.RED)
    return axes


def growth(steps: Sequence[int], accuracy: Sequence[float], scores: Mapping[str, Sequence[float]]) -> Figure:
    """Above, the share that is copied; below, what each head does; over the steps of the training."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(8.6, 4.8), sharex=True)
    top.plot(steps, accuracy, color=plots.BLACK)
    top.set(ylabel="copied rightly", ylim=(0, 1.03))
    for (name, values), look in zip(scores.items(), _looks(len(scores)), strict=True):
        bottom.plot(steps, values, label=name, markersize=4, **look)
    bottom.set(xlabel="step", ylabel="weight of a head", ylim=(0, 1.03))
    bottom.legend(fontsize=9, ncols=2)
    return figure


def patched_stream(tokens: Sequence[str] = ("The", "capital", "of", "Italy", "is"), n_layers: int = 4) -> Axes:
    """Two runs one above the other; one vector of the first is put into the second."""
    axes = canvas(9.6, 4.7)
    for row, (word, ground) in enumerate((("France", WARM), ("Italy", PLAIN))):
        for place, token in enumerate(tokens):
            x, y = 1.5 + 1.35 * place, 0.4 + 2.35 * row
            panel(axes, (x, y + 1.5), (1.1, 0.4), word if place == len(tokens) - 2 else token, ground)
            for layer in range(n_layers - 1):
                marked = (row, place, layer) == (1, len(tokens) - 2, 1)
                panel(axes, (x, y + 1.0 - 0.45 * layer), (1.1, 0.34), "", WARM if marked else ground,
                      plots.ORANGE if marked else plots.BLUE)  # fmt: skip
        said = "says: Paris" if row == 0 else "says: ?"
        note(axes, (8.1, 0.5 + 2.35 * row), said, fontsize=11)
    pointer(axes, (6.1, 0.95), (6.1, 3.1), color=plots.RED, connectionstyle="arc3,rad=-0.35")
    note(axes, (7.0, 2.3), "put in its place", color=plots.RED)
    return axes


def recovery(values: ArrayLike, tokens: Sequence[str]) -> Axes:
    """How much comes back, (stream places, tokens), as colours."""
    found = np.asarray(values)
    rows = [row if row % 5 == 0 else "" for row in range(len(found))]
    look: dict[str, Any] = {"limits": (0, 1), "colours": "Oranges", "aspect": "auto", "ylabel": "layers passed"}
    axes = plt.subplots(figsize=(5.6, 5.4))[1]
    return plots.heatmap(found, rows, list(tokens), axes=axes, bar="preference that comes back", **look)


# --- dictionaries and graphs ------------------------------------------------------------------------------------------


def directions(weights: Mapping[str, ArrayLike]) -> Figure:
    """Each feature's direction in two numbers: title -> (2, n_features)."""
    figure, panels = plt.subplots(1, len(weights), figsize=(3.1 * len(weights), 3.2))
    for axes, (title, given) in zip(np.atleast_1d(panels), weights.items(), strict=True):
        for at, (x, y) in enumerate(np.asarray(given).T):
            axes.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": plots.COLOURS[at % 7], "lw": 2})
            axes.annotate(str(at), (1.12 * x, 1.12 * y), ha="center", va="center")
        axes.set(title=title, xlim=(-1.5, 1.5), ylim=(-1.5, 1.5), aspect="equal")
    return figure


def four_moves() -> Figure:
    """Where each of the models looks for the tail, in two numbers: shifted, stretched, multiplied, turned."""
    figure, panels = plt.subplots(1, 4, figsize=(9.6, 2.7))
    head = np.array([0.8, 0.3])
    moved = {
        "TransE\nh + r": head + np.array([-0.9, 0.5]),
        "DistMult\nh · r": head * [-0.6, 1.8],
        "ComplEx\ncomplex product": np.array([0.8 * 0.3 - 0.3 * 1.1, 0.8 * 1.1 + 0.3 * 0.3]),
        "RotatE\nturned": np.array([0.8 * np.cos(2) - 0.3 * np.sin(2), 0.8 * np.sin(2) + 0.3 * np.cos(2)]),
    }
    for axes, (title, end) in zip(panels, moved.items(), strict=True):
        axes.axhline(0, color="lightgrey", linewidth=1)
        axes.axvline(0, color="lightgrey", linewidth=1)
        axes.annotate("", end, head, arrowprops={"arrowstyle": "-|>", "color": plots.RED, "lw": 2})
        axes.plot(*head, "o", color=plots.BLUE)
        axes.plot(*end, "^", color=plots.ORANGE, markersize=9)
        axes.set_title(title, fontsize=11)
        axes.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal")
        axes.set_xticks([])
        axes.set_yticks([])
    return figure


def entities(points: ArrayLike, names: Sequence[str], groups: Sequence[int] | None = None) -> Axes:
    """Entities in two directions, (n, 2), with their names; groups have their own mark."""
    axes = plt.subplots(figsize=(7.5, 4.6))[1]
    given = np.asarray(points)
    marks = np.zeros(len(given), dtype=int) if groups is None else np.asarray(groups)
    for group, marker in zip(sorted(set(marks.tolist())), "o^sD", strict=False):
        some = given[marks == group]
        axes.plot(*some.T, marker, color=plots.COLOURS[group % 7], markersize=7)
    for (x, y), name in zip(given, names, strict=True):
        axes.annotate(name, (x, y), (4, 4), textcoords="offset points", fontsize=9)
    axes.set(xlabel="first direction", ylabel="second direction")
    return axes


def summary() -> Axes:
    """What was built: a question for each tool, and the experiment that tests its answer."""
    axes = canvas(9.8, 4.1)
    rows = [
        ("which words?", "attribution", "take them away: does the answer go?"),
        ("what is written there?", "a probe", "erase it: do answers change?"),
        ("who does it?", "a circuit", "silence the heads: is the ability gone?"),
        ("where is it?", "patching", "put it elsewhere: does the answer follow?"),
        ("of what is it made?", "a dictionary", "rebuild it: does the model still work?"),
    ]
    for row, (question, tool, test) in enumerate(rows):
        y = 0.45 + 0.8 * row
        panel(axes, (1.5, y), (2.7, 0.6), question, GREY, plots.BLACK)
        panel(axes, (4.6, y), (2.2, 0.6), tool, PLAIN)
        panel(axes, (8.0, y), (3.4, 0.6), test, WARM, plots.ORANGE)
        pointer(axes, (2.85, y), (3.5, y))
        pointer(axes, (5.7, y), (6.3, y))
    return axes
