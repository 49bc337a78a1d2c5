"""What notebook 03 draws: its networks with the shapes of their tensors, its curves, and a summary of the lesson.

Every function makes one figure and returns it; the notebook shows it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from torch import Tensor

from lessons.kit import plots
from lessons.neural_networks import Run, gelu, relu

FORWARD, BACKWARD, STORED = "#EAF3FA", "#FDF0DA", "#E6F5EF"  # grounds of boxes: pale blue, orange, green
STYLES = ("-", "--", "-.", ":")


# --- boxes and arrows -------------------------------------------------------------------------------------------------


def _empty(width: float, height: float, size: tuple[float, float]) -> tuple[Figure, Axes]:
    """A figure without axes, whose places go from (0, 0) at the top left to (width, height)."""
    figure, axes = plt.subplots(figsize=size)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    return figure, axes


def _box(axes: Axes, x: float, y: float, words: str, ground: str = FORWARD, edge: str = plots.BLUE, **more: Any) -> Any:
    """Words in a box around a place; what an arrow needs to end at its edge."""
    box = {"boxstyle": "round,pad=0.45", "facecolor": ground, "edgecolor": edge}
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 10.5, "bbox": box}
    return axes.text(x, y, words, **style | more)


def _arrow(axes: Axes, start: Any, end: Any, colour: str = plots.BLACK, bend: float = 0.0) -> None:
    """An arrow from box to box."""
    line = {"arrowstyle": "-|>", "color": colour, "shrinkA": 3, "shrinkB": 3, "linewidth": 1.3}
    ends = {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch()}
    curve = {"connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", end.get_position(), start.get_position(), arrowprops={**line, **ends, **curve})


def _along(axes: Axes, start: Any, end: Any, words: str, share: float) -> None:
    """Words on the line between two boxes, on white, at this share of the way."""
    (x1, y1), (x2, y2) = start.get_position(), end.get_position()
    white = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 10.5, "bbox": white}
    axes.text(x1 + share * (x2 - x1), y1 + share * (y2 - y1), words, **style)


def xor_network() -> Figure:
    """Two inputs, two hidden units, one answer, with the weight on each arrow."""
    figure, axes = _empty(10, 4.4, (8, 3.4))
    inputs = [_box(axes, 1, y, name) for y, name in ((1.1, "x₁"), (3.3, "x₂"))]
    hidden = [
        _box(axes, 5, 1.1, "h₁ = relu(x₁ + x₂)", STORED, plots.GREEN),
        _box(axes, 5, 3.3, "h₂ = relu(x₁ + x₂ − 1)", STORED, plots.GREEN),
    ]
    answer = _box(axes, 9.1, 2.2, "answer", BACKWARD, plots.ORANGE)
    for start in inputs:
        for end in hidden:
            _arrow(axes, start, end)
            _along(axes, start, end, "1", 0.3)
    for start, weight in zip(hidden, ("1", "−2"), strict=True):
        _arrow(axes, start, answer)
        _along(axes, start, answer, weight, 0.6)
    for x, name in ((1, "2 inputs"), (5, "2 hidden units"), (9.1, "1 output")):
        axes.text(x, 0.25, name, ha="center", va="center", fontsize=10.5, color="#444444")
    axes.text(5, 4.15, "bias of h₁: 0     bias of h₂: −1", ha="center", va="center", fontsize=10.5, color="#444444")
    return figure


def layers(sizes: Sequence[int], batch: str = "batch") -> Figure:
    """A multi-layer perceptron from left to right: above, the shape of what flows; below, what each layer learns."""
    figure, axes = _empty(3 * len(sizes) - 1.5, 4.2, (10, 3.2))
    names = ["pixels", *(f"hidden {n}" for n in range(1, len(sizes) - 1)), "logits"]
    flow = []
    for place, (name, size) in enumerate(zip(names, sizes, strict=True)):
        x = 0.9 + 3 * place
        height = 0.5 + 2.2 * math.sqrt(size / max(sizes))
        axes.add_patch(plt.Rectangle((x - 0.18, 1.7 - height / 2), 0.36, height, color=plots.SKY, alpha=0.35))
        flow.append(_box(axes, x, 1.7, f"{name}\n({batch}, {size})"))
    for start, end, (n_from, n_to) in zip(flow, flow[1:], itertools.pairwise(sizes), strict=False):
        _arrow(axes, start, end)
        x = (start.get_position()[0] + end.get_position()[0]) / 2
        last = end is flow[-1]
        axes.text(x, 1.2, "layer" if last else "layer,\nReLU", ha="center", va="bottom", fontsize=10)
        _box(axes, x, 3.55, f"W ({n_from}, {n_to})\nb ({n_to},)", STORED, plots.GREEN, fontsize=10)
    return figure


def two_layers() -> Figure:
    """Two layers: above, the numbers on their way to the loss; below, the gradients on their way back."""
    figure, axes = _empty(13.2, 5.6, (11, 4.6))
    places = (1, 3.75, 6.55, 9.35, 12.05)
    forward = ("X\n(batch, features)", "S = XW₁ + b₁\n(batch, hidden)", "H = relu(S)\n(batch, hidden)")
    top = [*forward, "logits = HW₂ + b₂\n(batch, classes)", "loss L\none number"]
    bottom = (
        None,
        "dS = dH × (S > 0)\n(batch, hidden)",
        "dH = D W₂ᵀ\n(batch, hidden)",
        "D = (P − Y) / batch\n(batch, classes)",
    )
    upper = [_box(axes, x, 0.9, words) for x, words in zip(places, top, strict=True)]
    lower = {
        x: _box(axes, x, 2.9, words, BACKWARD, plots.ORANGE) for x, words in zip(places, bottom, strict=False) if words
    }
    for start, end in itertools.pairwise(upper):
        _arrow(axes, start, end, plots.BLUE)
    back = [lower[x] for x in places[1:4]]
    _arrow(axes, upper[-1], back[-1], plots.ORANGE)
    for end, start in itertools.pairwise(back):
        _arrow(axes, start, end, plots.ORANGE)
    gains = (
        (places[1], "gradient in W₁:  Xᵀ dS\n(features, hidden)\nin b₁: column sums of dS"),
        (places[3], "gradient in W₂:  Hᵀ D\n(hidden, classes)\nin b₂: column sums of D"),
    )
    for x, words in gains:
        _arrow(axes, lower[x], _box(axes, x, 4.8, words, STORED, plots.GREEN), plots.GREEN)
    axes.text(0.1, 2.9, "backwards", fontsize=11, color="#8A5A00", va="center")
    axes.text(0.1, 4.8, "gradients of\nwhat is learnt", fontsize=11, color="#00664A", va="center")
    axes.text(0.1, 0.1, "forwards", fontsize=11, color=plots.BLUE, va="center")
    return figure


def summary() -> Figure:
    """What you now own: the network and its way back in the middle, and around it what makes it learn."""
    figure, axes = _empty(13, 6.3, (11, 5.2))
    words = (
        "X\n(batch, 784)",
        "layers with bends\nrelu(XW + b)",
        "logits\n(batch, 10)",
        "softmax,\ncross-entropy",
        "loss",
    )
    chain = [_box(axes, x, 3.0, each) for x, each in zip((1, 3.9, 6.7, 9.3, 12), words, strict=True)]
    for start, end in itertools.pairwise(chain):
        _arrow(axes, start, end, plots.BLUE)
        if start is not chain[0]:  # no gradient is needed in the inputs
            _arrow(axes, end, start, plots.ORANGE, bend=-0.45)
    axes.text(
        6.7, 4.05, "backwards: P − Y,  then Wᵀ,  then the mask of ReLU", ha="center", color="#8A5A00", fontsize=11
    )
    notes = (
        (1.9, 0.8, "BEFORE\nfirst loss ln(classes)\nHe: variance 2 / n"),
        (5.0, 0.8, "BEFORE\none batch by heart\nrate: where the loss falls"),
        (8.2, 0.8, "DURING\ndead units, step / weight\ntraining and validation"),
        (11.3, 0.8, "WHERE IT BREAKS\nfour curves, six causes"),
        (3.4, 5.5, "FEW DATA\ndropout, weight decay,\nearly stopping, shifted images"),
        (9.6, 5.5, "WIDE NETWORKS\neasier to train; here, on true labels,\nno worse on new data"),
    )
    for x, y, each in notes:
        _box(axes, x, y, each, STORED, plots.GREEN, fontsize=10)
    return figure


# --- numbers on axes --------------------------------------------------------------------------------------------------


def folded(points: Tensor, hidden: Tensor, labels: Tensor) -> Figure:
    """The four cases of XOR (4, 2) as they go in, and as two hidden units (4, 2) see them."""
    figure, panels = plt.subplots(1, 2, figsize=(8.5, 3.6))
    for axes, where, names in zip(panels, (points, hidden), (("x₁", "x₂"), ("h₁", "h₂")), strict=True):
        for label, marker in ((0, "o"), (1, "s")):
            axes.plot(
                *where[labels == label].T, marker, color=plots.COLOURS[label], markersize=12, label=f"answer {label}"
            )
        for number, (x, y) in enumerate(where.tolist()):
            case = "01 and 10" if where is hidden and number in (1, 2) else f"{number:02b}"
            axes.annotate(case, (x, y), (9, 7), textcoords="offset points", fontsize=10)
        axes.set(xlabel=names[0], ylabel=names[1], ylim=(-0.3, 1.5))
    panels[0].set(xlim=(-0.3, 1.6), title="what goes in")
    panels[1].set(xlim=(-0.3, 2.6), title="what the hidden units make of it")
    panels[1].axline((0.5, 0), slope=0.5, color=plots.GREEN, linestyle="--", label="h₁ − 2h₂ = ½")
    panels[1].legend(loc="upper left", fontsize=10)
    return figure


def bell(numbers: ArrayLike) -> Figure:
    """Numbers drawn from the standard normal distribution as a histogram, and the curve that they follow."""
    figure, axes = plt.subplots(figsize=(8, 3))
    axes.hist(
        np.ravel(numbers), bins=60, range=(-4, 4), density=True, color=plots.SKY, alpha=0.6, label="numbers drawn"
    )
    z = np.linspace(-4, 4, 401)
    axes.plot(z, np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi), color=plots.BLACK, label="normal distribution")
    axes.axvspan(-1, 1, color=plots.YELLOW, alpha=0.3, label="within one standard deviation: 68 %")
    axes.set(xlabel="number drawn", ylabel="density")
    figure.legend(loc="outside upper center", ncols=3, fontsize=10)
    return figure


Sizes = tuple[Sequence[float], Sequence[float]]  # mean squares of signal and gradient, layer by layer


def signals(sizes: Mapping[str, Mapping[str, Sizes]]) -> Figure:
    """Mean squares at every layer: ReLU's signal, tanh's signal and gradient, a line for each deviation of weights."""
    figure, panels = plt.subplots(1, 3, figsize=(10, 3.6))
    shown = (("relu", 0, "ReLU: signal"), ("tanh", 0, "tanh: signal"), ("tanh", 1, "tanh: gradient"))
    for axes, (activation, which, title) in zip(panels, shown, strict=True):
        for (name, values), style in zip(sizes[activation].items(), STYLES, strict=False):
            axes.semilogy(values[which], style, label=name)
        axes.set(xlabel="layer", title=title, xticks=range(0, 21, 5))
    panels[0].set(ylabel="mean square")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, title="deviation of the weights", loc="outside lower center", ncols=4, fontsize=10)
    return figure


def signal_rows(sizes: Mapping[str, Mapping[str, Sizes]]) -> list[dict[str, Any]]:
    """For a table: the signal after the last layer and the gradient at the first, for each activation and deviation."""
    return [
        {"activation": activation, "deviation": deviation, "signal at the end": signal[-1]}
        | {"gradient at the inputs": gradient[0]}
        for activation, found in sizes.items()
        for deviation, (signal, gradient) in found.items()
    ]


def pictures(images: Tensor, titles: Iterable[str] = ()) -> Figure:
    """Images (n, 28, 28), ten in a row, ink dark on white."""
    rows = math.ceil(len(images) / 10)
    figure, panels = plt.subplots(rows, 10, figsize=(9, 1.15 * rows), squeeze=False)
    for axes in panels.flat:
        axes.axis("off")
    for axes, image in zip(panels.flat, images, strict=False):
        axes.imshow(image, cmap="gray_r")
    for axes, title in zip(panels.flat, titles, strict=False):
        axes.set_title(title, fontsize=10)
    return figure


def range_test(learning_rates: Sequence[float], losses: Sequence[float], chosen: float) -> Figure:
    """The loss of each batch while the rate grows, its running mean, and the rate that was chosen."""
    figure, axes = plt.subplots(figsize=(7.5, 3.2))
    axes.semilogx(learning_rates, losses, color=plots.SKY, label="loss of each batch")
    axes.semilogx(learning_rates, plots.running_mean(losses, 5), color=plots.BLUE, label="running mean of 5")
    axes.axhline(math.log(10), color=plots.BLACK, linestyle=":", label="ln 10")
    axes.axvline(chosen, color=plots.ORANGE, linestyle="--", label=f"steepest near {chosen:.2f}")
    axes.set(xlabel="learning rate of plain SGD", ylabel="loss", ylim=(0, 5))
    axes.legend(fontsize=10, loc="upper left")
    return figure


def cures(histories: Mapping[str, Any]) -> Figure:
    """Training and validation loss of each epoch, a panel for each history of `fit` with validation metrics."""
    figure, panels = plt.subplots(1, len(histories), figsize=(9.5, 3.2), sharey=True)
    for axes, (name, history) in zip(panels, histories.items(), strict=True):
        epochs = len(history.validation)
        axes.plot(range(1, epochs + 1), np.reshape(history.loss, (epochs, -1)).mean(1), label="train")
        validation = [metrics["loss"] for _, metrics in history.validation]
        axes.plot(range(1, epochs + 1), validation, "--", label="validation")
        axes.plot(1 + int(np.argmin(validation)), min(validation), "o", color=plots.BLACK, label="lowest")
        axes.set(title=name, xlabel="epoch", ylim=(0, 1.2))
    panels[0].set(ylabel="loss")
    panels[0].legend(fontsize=10)
    return figure


def cure_row(histories: Sequence[Any]) -> dict[str, str]:
    """For a table: loss and accuracy on the validation digits, at the lowest loss and at the end, of several starts."""
    found = [[(metrics["loss"], metrics["accuracy"]) for _, metrics in history.validation] for history in histories]
    row = {}
    for when, pairs in (("at the lowest", [min(run) for run in found]), ("at the end", [run[-1] for run in found])):
        losses, right = zip(*pairs, strict=True)
        row[f"loss\n{when}"] = f"{min(losses):.2f} to {max(losses):.2f}"
        row[f"right\n{when}"] = f"{min(right):.1%} to {max(right):.1%}"
    return row


NETWORKS = {
    "first": "network, first settings",
    "final": "network, settings of its own",
    "shifted": "network, shifted digits",
}


def tested_rows(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For a table, from the stored results: the lowest and the highest accuracy on the test digits of each method."""
    tests = {name: stored[name]["test"] for name in ("logistic regression", "k-NN")}
    networks = (stored["plain"]["earlier"]["test"], stored["plain"]["test"], stored["shifted"]["test"])
    tests |= dict(zip(NETWORKS.values(), networks, strict=True))
    return [
        {"right on 1,000 test digits": name, "lowest": min(test), "highest": max(test)} for name, test in tests.items()
    ]


def fold_rows(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For a table, from the stored results: the accuracy of each network in the same three folds."""
    accuracy = stored["folds"]["accuracy"]
    return [{"right in three folds": name, "each of 800 digits": accuracy[key]} for key, name in NETWORKS.items()]


def bends() -> Figure:
    """ReLU and its smooth relatives GELU and SiLU, from −4 to 4."""
    z = torch.linspace(-4, 4, 401, dtype=torch.float64)
    figure, axes = plt.subplots(figsize=(6.5, 3))
    for name, values, style in (("ReLU", relu(z), "-"), ("GELU", gelu(z), "--"), ("SiLU", z * torch.sigmoid(z), ":")):
        axes.plot(z, values, style, label=name)
    axes.set(xlabel="z", ylabel="activation", ylim=(-0.5, 2.5), xlim=(-4, 3))
    axes.legend()
    return figure


# --- the gallery ------------------------------------------------------------------------------------------------------


def runs(shown: Mapping[str, Run]) -> Figure:
    """Runs below each other: loss, accuracy, length of the gradient, and how far two measurements lie apart."""
    height = 2.7 if len(shown) == 1 else 0.5 + 2.1 * len(shown)
    figure, panels = plt.subplots(len(shown), 4, figsize=(11, height), squeeze=False, sharex=True)
    apart = [abs(again - first) for run in shown.values() for first, again in run.validation_loss]
    for row, (name, run) in zip(panels, shown.items(), strict=True):
        _draw_run(row, run, name, max(*apart, 0.05))
    for axes, title in zip(panels[0], ("loss", "accuracy", "length of gradient", "second − first loss"), strict=True):
        axes.set_title(title, fontsize=11)
    for axes in panels[-1]:
        axes.set_xlabel("step")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=10)
    return figure


def _draw_run(row: Sequence[Axes], run: Run, name: str, farthest: float) -> None:
    steps = np.linspace(0, len(run.loss), len(run.validation_loss))
    row[0].semilogy(plots.running_mean(run.loss, 10), color=plots.BLUE, label="train (running mean of 10)")
    row[0].semilogy(steps, [first for first, _ in run.validation_loss], "--", color=plots.ORANGE, label="validation")
    row[0].axhline(math.log(10), color=plots.PINK, linestyle=":", label="ln 10")
    row[0].set(ylabel=name)
    row[1].plot(steps, [first for first, _ in run.accuracy], color=plots.ORANGE)
    row[1].set(ylim=(0, 1))
    row[2].semilogy(run.gradient_norm, color=plots.GREEN, linewidth=0.8)
    for axes in (row[0], row[2]):
        _plain_ticks(axes)
    differences = [again - first for first, again in run.validation_loss]
    row[3].plot(steps, differences, ".-", color=plots.BLACK, linewidth=0.8, markersize=3)
    row[3].set(ylim=(-1.2 * farthest, 1.2 * farthest))


def _plain_ticks(axes: Axes) -> None:
    """Marks such as 0.3, 1 and 3 on a logarithmic axis, as many as fit."""
    low, high = axes.get_ylim()
    digits = (1, 2, 3, 5) if high < 30 * low else (1, 3) if high < 300 * low else (1,)
    ticks = [digit * 10.0**power for power in range(-3, 4) for digit in digits]
    if high < 2 * low:
        ticks = [1.6, 1.8, 2, 2.2]
    axes.set_yticks([y for y in ticks if low <= y <= high])
    axes.yaxis.set(major_formatter="{x:g}", minor_formatter="")


def run_rows(shown: Mapping[str, Run]) -> list[dict[str, Any]]:
    """What the curves of each run say in numbers: losses, length of the gradient, accuracy, dead units."""
    rows = []
    for name, run in shown.items():
        (start, _), (last, again) = run.validation_loss[0], run.validation_loss[-1]
        loss = {"train\nfirst": run.loss[0], "train\nlowest": plots.running_mean(run.loss, 10)[9:].min()}
        loss |= {"validation\nfirst": start, "validation\nlast": last, "validation\nagain": again}
        gradient = {"gradient\nfirst": run.gradient_norm[0], "gradient\nlast": np.mean(run.gradient_norm[-25:])}
        shares = {"right": f"{run.accuracy[-1][0]:.0%}", "dead\nunits": f"{run.dead[-1]:.0%}"}
        rows.append(
            {"run": name, **{key: round(float(value), 3) for key, value in (loss | gradient).items()}, **shares}
        )
    return rows
