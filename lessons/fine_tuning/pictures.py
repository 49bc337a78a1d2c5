"""The drawings of notebook 08: five steps, a head on BERT, what is frozen, and the figures of its studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from lessons.kit import plots
from lessons.kit.batches import Batch, TextBatches

PALE, NEW, FIXED = "#EAF3FA", "#FFF3D6", "#ECECEC"  # pretrained and trained, new, given and left alone
Row = Mapping[str, Any]


def _box(axes: Axes, x: float, y: float, width: float, height: float, words: str, **style: Any) -> None:
    """Words in a rounded box whose lower left corner is (x, y)."""
    size, weight = style.pop("size", 10), style.pop("weight", "normal")
    look: dict[str, Any] = {"facecolor": PALE, "edgecolor": plots.BLUE, "linewidth": 1.2, **style}
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0.02,rounding_size=0.08", **look))
    axes.text(x + width / 2, y + height / 2, words, ha="center", va="center", fontsize=size, fontweight=weight)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], **style: Any) -> None:
    line = {"arrowstyle": "-|>", "color": plots.BLACK, "shrinkA": 1, "shrinkB": 1} | style
    axes.annotate("", end, start, arrowprops=line)


def _blank(width: float, height: float, size: tuple[float, float]) -> Axes:
    axes = plt.subplots(figsize=size)[1]
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return axes


# --- structure --------------------------------------------------------------------------------------------------------

STEPS = (
    ("1 · load", "weights,\ntokenizer,\na new head", "the head:\nrandom numbers"),
    ("2 · prepare", "texts become\nids and a mask\n(batch, tokens)", "nothing\nin the model"),
    ("3 · choose", "which layers\nare trained", "flags\n(requires_grad)"),
    ("4 · train", "loss, gradient,\nclip, step", "the weights\nthat were chosen"),
    ("5 · evaluate", "on texts that\nit has not seen", "nothing: you\nlearn, not it"),
)


def five_steps() -> Axes:
    """The five steps of a fine-tuning, and below each what it changes."""
    axes = _blank(10, 3.3, (9.6, 3.2))
    for number, (name, does, changes) in enumerate(STEPS):
        x = 0.15 + 2 * number
        axes.text(x + 0.8, 3.05, name, ha="center", va="center", fontsize=12, fontweight="bold")
        _box(axes, x, 1.55, 1.6, 1.2, does)
        moved = number in (0, 3)
        colours = {"facecolor": NEW, "edgecolor": plots.ORANGE} if moved else {"facecolor": FIXED, "edgecolor": "grey"}
        _box(axes, x, 0.25, 1.6, 0.8, changes, **colours)
        if number:
            _arrow(axes, (x - 0.38, 2.15), (x - 0.02, 2.15))
        _arrow(axes, (x + 0.8, 1.52), (x + 0.8, 1.1))
    axes.text(0.02, 1.29, "changes", fontsize=9, color="dimgrey", rotation=0, ha="left", va="center")
    return axes


def head_on_bert(tokens: Sequence[str], dim: int = 384, n_layers: int = 6, n_labels: int = 2) -> Axes:
    """One sentence on its way to logits, with the shape after each part; what is new is orange."""
    axes = _blank(10, 4.6, (9.6, 4.4))
    n, width = len(tokens), 6.2 / len(tokens)
    for place, token in enumerate(tokens):
        x = 0.2 + place * width
        chosen = {"facecolor": "#CFE4F5", "linewidth": 2.2} if place == 0 else {}
        _box(axes, x, 0.15, width - 0.1, 0.45, token, size=9, **chosen)
        _box(axes, x, 2.75, width - 0.1, 0.45, str(dim), size=9, **chosen)
        _arrow(axes, (x + width / 2 - 0.05, 0.62), (x + width / 2 - 0.05, 0.98), linewidth=0.8)
        _arrow(axes, (x + width / 2 - 0.05, 2.32), (x + width / 2 - 0.05, 2.7), linewidth=0.8)
    _box(axes, 0.2, 1.0, 6.1, 1.3, f"embeddings, then layers 0 to {n_layers - 1}\nevery token may look at every other")
    first = 0.2 + width / 2 - 0.05
    _arrow(axes, (first, 3.22), (first, 3.72))
    _box(axes, 0.2, 3.75, 1.9, 0.6, f"pooler\ntanh, ({dim}, {dim})", size=9.5)
    _arrow(axes, (2.12, 4.05), (2.78, 4.05))
    axes.text(2.45, 4.2, f"({dim},)", ha="center", fontsize=9)
    new = {"facecolor": NEW, "edgecolor": plots.ORANGE, "linewidth": 2}
    _box(axes, 2.8, 3.75, 1.9, 0.6, f"head: dropout,\nW ({n_labels}, {dim}), b", size=9.5, **new)
    _arrow(axes, (4.72, 4.05), (5.38, 4.05))
    axes.text(5.45, 4.05, f"logits ({n_labels},)", va="center", fontsize=11, fontweight="bold")
    for y, words in (
        (0.37, f"token ids (1, {n})"),
        (1.65, "pretrained"),
        (2.97, f"last_hidden_state (1, {n}, {dim})"),
    ):
        axes.text(6.5, y, words, va="center", fontsize=11)
    axes.text(7.4, 4.05, "orange: new, random", va="center", fontsize=10, color="#8A5A00")
    return axes


CHOICES = (("head, pooler", 0), ("last layer", 1), ("last 3 layers", 3), ("all", 7))


def what_is_trained(n_layers: int = 6) -> Axes:
    """Four choices as four towers: blue parts are trained, grey ones are frozen and need computing only once."""
    axes = _blank(10, 5.2, (9.6, 4.6))
    names = ["embeddings", *(f"layer {number}" for number in range(n_layers)), "pooler", "head"]
    for tower, (title, n_last) in enumerate(CHOICES):
        x = 0.2 + 1.95 * tower
        axes.text(x + 0.75, 4.95, title, ha="center", va="center", fontsize=11, fontweight="bold")
        for level, name in enumerate(names):
            trained = level > n_layers - n_last
            colours = {"facecolor": "#BFDDF3"} if trained else {"facecolor": FIXED, "edgecolor": "grey"}
            _box(axes, x, 0.15 + 0.51 * level, 1.5, 0.38, name, size=9, **colours)
    axes.text(8.15, 3.9, "blue: trained,\na gradient flows", fontsize=10, va="center", color=plots.BLUE)
    axes.text(
        8.15, 1.4, "grey: frozen.\nIts output never\nchanges: compute\nit once, keep it", fontsize=10, va="center"
    )
    return axes


SUMMARY = (
    ("a pretrained\nencoder", "22.7 million weights", PALE),
    ("a new head", "a few hundred", NEW),
    ("your texts,\nchecked and split", "learn · choose · judge", PALE),
    ("a loop", "warm-up, clip, step", PALE),
    ("a number with\nits doubt", "paired, on unseen texts", PALE),
    ("a folder with\nits card", "others can load it", NEW),
)


def what_you_own() -> Axes:
    """The chain from a pretrained encoder to a folder that others can load, with a word on each link."""
    axes = _blank(10, 2.2, (9.6, 2.1))
    for number, (words, below, colour) in enumerate(SUMMARY):
        x = 0.1 + 1.66 * number
        edge = plots.ORANGE if colour == NEW else plots.BLUE
        _box(axes, x, 0.85, 1.4, 0.95, words, size=9.5, facecolor=colour, edgecolor=edge)
        axes.text(x + 0.7, 0.5, below, ha="center", va="center", fontsize=8.5, color="dimgrey")
        if number:
            _arrow(axes, (x - 0.24, 1.32), (x - 0.02, 1.32))
    return axes


def _real(batch: Batch) -> np.ndarray:
    """1 for a token, 0 for filling, (batch, tokens)."""
    mask, token_ids = batch["attention_mask"], batch["token_ids"]
    assert token_ids is not None
    return np.ones(tuple(token_ids.shape)) if mask is None else mask.numpy()


def paddings(examples: Sequence[Sequence[int]], batch_size: int = 16, shown: int = 3) -> Figure:
    """The first batches of two kinds, tokens dark and filling pale: random ones, and ones of similar length."""
    figure, panels = plt.subplots(1, 2, figsize=(9.6, 3))
    for axes, by_length in zip(panels, (False, True), strict=True):
        batches = list(TextBatches(examples, [0] * len(examples), batch_size, by_length=by_length))[:shown]
        plots.padding([_real(batch) for batch in batches], axes)
        axes.set_title("similar lengths together" if by_length else "random batches")
    return figure


# --- studies ----------------------------------------------------------------------------------------------------------


def learning_curves(curves: Mapping[str, Mapping[str, Sequence[Row]]]) -> Figure:
    """Accuracy against the number of examples: title -> method -> rows of n, lowest, mean, highest."""
    figure, panels = plt.subplots(1, len(curves), figsize=(9.6, 3.8), sharey=True)
    for axes, (title, methods) in zip(np.atleast_1d(panels), curves.items(), strict=True):
        for (method, rows), style in zip(methods.items(), ("o-", "s--", "^:"), strict=False):
            n, mean = [row["n"] for row in rows], np.array([row["mean"] for row in rows])
            ends = np.array([[row["lowest"], row["highest"]] for row in rows]).T
            spread = np.maximum(0, [mean - ends[0], ends[1] - mean])  # rounding may make it a little less than 0
            axes.errorbar(n, mean, spread, fmt=style, capsize=3, label=method)
        axes.set(xscale="log", xlabel="labelled examples", title=title, ylim=(0.3, 1))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    first, last = np.atleast_1d(panels)[[0, -1]]
    first.set_ylabel("validation accuracy")
    last.legend(loc="lower right")
    return figure


def learning_rates(tried: Mapping[str, Mapping[float, Sequence[float]]]) -> Axes:
    """Accuracies against the peak learning rate (on a logarithmic axis), a line through the means of each arm."""
    axes = plt.subplots(figsize=(8, 3.4))[1]
    for (name, runs), colour, marker in zip(tried.items(), plots.COLOURS, "osD^v", strict=False):
        for rate, values in runs.items():
            axes.plot([rate] * len(values), values, marker, color=colour, alpha=0.4, markersize=5)
        axes.plot(list(runs), [np.mean(values) for values in runs.values()], marker + "-", color=colour, label=name)
    axes.set(xscale="log", xlabel="peak learning rate", ylabel="validation accuracy")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.legend(fontsize=10, loc="lower right")  # where no rate was tried
    return axes


def calibration(tables: Mapping[str, Sequence[Row]]) -> Axes:
    """Promised against kept confidence; the dotted line is where both are the same, below it too much is promised."""
    axes = plt.subplots(figsize=(4.8, 3.9))[1]
    for (name, rows), colour, marker in zip(tables.items(), (plots.BLUE, plots.ORANGE), "os", strict=False):
        axes.plot([r["promised"] for r in rows], [r["kept"] for r in rows], marker + "-", color=colour, label=name)
    axes.plot([0.5, 1], [0.5, 1], color=plots.BLACK, linestyle=":")
    axes.set(xlabel="promised", ylabel="kept", xlim=(0.5, 1), ylim=(0.3, 1))
    axes.legend(fontsize=10)
    return axes


def change_by_layer(changes: Mapping[str, Sequence[float]]) -> Axes:
    """A dot for each matrix: how far it moved, as a share of its own size, part by part."""
    axes = plt.subplots(figsize=(7, 2.8))[1]
    for position, values in enumerate(changes.values()):
        axes.plot([position] * len(values), values, "o", color=plots.BLUE, alpha=0.6)
    axes.set(ylabel="‖ΔW‖ / ‖W‖", xlabel="layer", ylim=(0, None))
    axes.set_xticks(range(len(changes)), list(changes))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.1%}")
    return axes
