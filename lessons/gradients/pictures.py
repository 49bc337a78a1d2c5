"""The drawings of notebook 02: structures with their shapes, and curves. Each function draws one figure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lessons.kit.plots import BLACK, BLUE, GREEN, ORANGE, PINK, RED, SKY

PALE = {BLUE: "#EAF3FA", RED: "#FBEBE0", GREEN: "#E3F4EF", ORANGE: "#FDF4DF", BLACK: "#F3F3F3"}
LOOKS = {"SGD": (BLUE, "-", "o"), "Momentum": (ORANGE, "--", "s"), "Adam": (BLACK, ":", "D")}

# --- pieces -----------------------------------------------------------------------------------------------------------


def _canvas(width: float, height: float, **size: Any) -> Axes:
    """Empty axes, one unit an inch, y upwards."""
    axes = plt.subplots(figsize=(width, height), **size)[1]
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return axes


def _box(axes: Axes, x: float, y: float, words: str, colour: str = BLUE, size: float = 11) -> Any:
    style = {"boxstyle": "round,pad=0.45", "facecolor": PALE[colour], "edgecolor": colour}
    return axes.text(x, y, words, ha="center", va="center", fontsize=size, bbox=style, zorder=3)


def _arrow(axes: Axes, start: Any, end: Any, colour: str = BLACK, bend: float = 0.0, style: str = "-") -> None:
    """From one box to another, or between two points; drawn after the boxes, whose edges it needs to know."""
    places = [box.get_position() if hasattr(box, "get_position") else box for box in (start, end)]
    patches = [box.get_bbox_patch() if hasattr(box, "get_bbox_patch") else None for box in (start, end)]
    look = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.5, "linestyle": style, "shrinkA": 2, "shrinkB": 2}
    look |= {"patchA": patches[0], "patchB": patches[1], "connectionstyle": f"arc3,rad={bend}"}
    axes.annotate("", places[1], places[0], arrowprops=look, zorder=3.5)


def _words(axes: Axes, x: float, y: float, words: str, colour: str = BLACK, size: float = 11, **more: Any) -> None:
    axes.text(x, y, words, ha="center", va="center", fontsize=size, color=colour, **more)


def _note(axes: Axes, x: float, y: float, words: str, colour: str) -> None:
    """Words on a line: white behind them."""
    _words(axes, x, y, words, colour, zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})


def _grid(axes: Axes, x: float, y: float, values: ArrayLike, colour: str, cell: float = 0.42) -> None:
    """A small table (rows, columns) of numbers whose upper left corner is at x, y."""
    for row, line in enumerate(np.asarray(values)):
        for column, value in enumerate(line):
            left, low = x + column * cell, y - (row + 1) * cell
            axes.add_patch(plt.Rectangle((left, low), cell, cell, facecolor=PALE[colour], edgecolor=colour))
            _words(axes, left + cell / 2, low + cell / 2, f"{value:g}", size=11)


# --- structures -------------------------------------------------------------------------------------------------------


def paths() -> Axes:
    """Left one path, whose slopes are multiplied; right three paths, whose products are added."""
    axes = _canvas(10, 2.9)
    a, b = _box(axes, 0.5, 2.3, "a = 2"), _box(axes, 0.5, 1.45, "b = −3")
    c = _box(axes, 1.9, 0.75, "c = 6.5")
    p, z = _box(axes, 1.9, 1.9, "p = a·b"), _box(axes, 3.4, 1.45, "z = p + c")
    d = _box(axes, 5.1, 1.45, "d = tanh(z)")
    for start, end, slope, x, y, colour in (
        (a, p, "b = −3", 1.28, 2.32, RED), (b, p, "2", 1.15, 1.6, BLACK), (c, z, "1", 2.65, 1.02, BLACK),
        (p, z, "1", 2.65, 1.78, RED), (z, d, "0.786", 4.15, 1.68, RED),
    ):  # fmt: skip
        _arrow(axes, start, end, colour)
        _note(axes, x, y, slope, colour)
    _words(axes, 2.8, 0.18, "one path from a to d:  (−3) · 1 · 0.786 = −2.36", RED, 12)
    a, q, e = _box(axes, 6.6, 1.45, "a = 3"), _box(axes, 8.1, 2.1, "q = a·a"), _box(axes, 9.4, 1.45, "e = q + a")
    for start, end, slope, x, y, colour, bend in (
        (a, q, "3", 7.2, 2.12, RED, -0.35), (a, q, "3", 7.35, 1.62, ORANGE, 0.15), (q, e, "1", 8.8, 1.8, BLACK, 0.0),
        (a, e, "1", 8.0, 0.98, GREEN, 0.25),
    ):  # fmt: skip
        _arrow(axes, start, end, colour, bend)
        _note(axes, x, y, slope, colour)
    _words(axes, 8.0, 0.18, "three paths from a to e:  3·1 + 3·1 + 1 = 7", BLACK, 12)
    return axes


def reversed_graph() -> Axes:
    """The way forward makes the nodes; the way back visits them in the opposite order, and each reports to parents."""
    axes = _canvas(10, 3.1)
    words = ["r\n2", "s = 3·r\n6", "t = s·s\n36", "u = s + t\n42"]
    places = (0.9, 3.3, 6.0, 8.9)
    r, s, t, u = (_box(axes, x, 1.65, text) for x, text in zip(places, words, strict=True))
    for start, end, slope, x, y, bend in (
        (r, s, "3", 2.0, 1.65, 0.0), (s, t, "6", 4.6, 1.93, -0.2), (s, t, "6", 4.6, 1.37, 0.2),
        (t, u, "1", 7.4, 1.65, 0.0), (s, u, "1", 6.0, 2.38, -0.25),
    ):  # fmt: skip
        _arrow(axes, start, end, BLUE, bend)
        _note(axes, x, y, slope, BLUE)
    _words(axes, 2.6, 2.85, "forward: each node after its parents", BLUE)
    says = ("1. grad 1", "2. grad 1", "3. waits for all three arrows:\n1 + 6 + 6 = 13", "4. 13 · 3 = 39")
    for x, order in zip(reversed(places), says, strict=True):
        _words(axes, x, 0.8, order, RED)
    _words(axes, 4.9, 0.2, "back: each node after all that use it", RED)
    return axes


def jacobian_products() -> Axes:
    """Three Jacobians of a network 784 -> 100 -> 10 -> 1: a column goes through them from the right, or a row back."""
    axes = _canvas(10, 3.3)
    for y, colour, mode, often, what in (
        (2.55, BLUE, "forward", "784 passes, one for each input", "a column goes from right to left"),
        (0.95, RED, "reverse", "one pass, for the one loss", "a row goes from left to right"),
    ):
        _words(axes, 1.35, y + 0.25, mode, colour, 13)
        _words(axes, 1.35, y - 0.05, often, colour)
        _words(axes, 1.35, y - 0.33, what, colour, 10)
        for x, words in ((3.3, "1"), (5.2, "10"), (7.25, "100"), (9.5, "784")):
            _words(axes, x, y, words, colour)
        for x, words in ((4.25, "J₃\n(1, 10)"), (6.2, "J₂\n(10, 100)"), (8.35, "J₁\n(100, 784)")):
            _box(axes, x, y, words, BLACK)
        right, left = (9.5, y - 0.6), (3.3, y - 0.6)
        start, end = (right, left) if colour == BLUE else (left, right)
        _arrow(axes, start, end, colour)
    return axes


def broadcasting() -> Axes:
    """Forward, a row of three numbers is repeated four times; back, the four gradients of each number are added."""
    axes = _canvas(10, 2.9)
    _words(axes, 2.3, 2.7, "forward: b is repeated for every row", BLUE, 12)
    _grid(axes, 0.3, 1.6, [[1, 2, 3]], BLUE)
    _words(axes, 0.93, 0.95, "b: (3,)")
    _grid(axes, 2.9, 2.25, [[1, 2, 3]] * 4, BLUE)
    _words(axes, 3.53, 0.3, "as used: (4, 3)")
    for row in range(4):
        _arrow(axes, (1.62, 1.4), (2.85, 2.04 - 0.42 * row), BLUE)
    _words(axes, 7.6, 2.7, "back: the gradients of all copies are added", RED, 12)
    _grid(axes, 5.7, 2.25, [[1, 0, 2], [0, 1, 1], [3, 1, 0], [1, 1, 1]], RED)
    _words(axes, 6.33, 0.3, "arriving: (4, 3)")
    _grid(axes, 8.4, 1.6, [[5, 3, 4]], RED)
    _words(axes, 9.03, 0.95, "gradient in b: (3,)")
    for row in range(4):
        _arrow(axes, (7.0, 2.04 - 0.42 * row), (8.35, 1.4), RED)
    return axes


def two_layers(n: int, n_inputs: int, n_hidden: int) -> Axes:
    """The network with the shape of everything that flows through it, forwards above and back below."""
    axes = _canvas(10, 3.7)
    steps = [
        (0.75, f"inputs X\n({n}, {n_inputs})"), (2.75, f"X @ W₁ + b₁\n({n}, {n_hidden})"),
        (4.75, f"relu\n({n}, {n_hidden})"), (6.95, f"… @ W₂ + b₂\nlogits ({n}, 1)"), (9.1, "loss\n()"),
    ]  # fmt: skip
    gradients = [(9.1, "1"), (6.95, f"({n}, 1)"), (4.75, f"({n}, {n_hidden})"), (2.75, f"({n}, {n_hidden})")]
    boxes = [_box(axes, x, 2.4, words) for x, words in steps]
    red = [_box(axes, x, 1.3, words, RED, 10) for x, words in gradients]
    for colour, chain in ((BLUE, boxes), (RED, red)):
        for start, end in itertools.pairwise(chain):
            _arrow(axes, start, end, colour)
    for forward, back, parameters in (
        (boxes[1], red[3], (f"W₁ ({n_inputs}, {n_hidden})", f"b₁ ({n_hidden},)")),
        (boxes[3], red[1], (f"W₂ ({n_hidden}, 1)", "b₂ (1,)")),
    ):
        for aside, words in zip((-0.6, 0.65), parameters, strict=True):
            x = forward.get_position()[0] + aside
            _arrow(axes, _box(axes, x, 3.35, words, GREEN, 10), forward, GREEN)
            _arrow(axes, back, _box(axes, x, 0.35, words, ORANGE, 10), ORANGE)
    _words(axes, 0.75, 3.35, "parameters", GREEN)
    _words(axes, 0.75, 1.3, "gradients,\nback", RED)
    _words(axes, 0.75, 0.35, "gradients in the\nparameters", RED)
    return axes


def summary() -> Axes:
    """What a reader owns in the end: from a number to a tool, and what each step added."""
    axes = _canvas(10, 4.5)
    rows = [
        (3.85, BLUE, "a number", "Value", "edge: a number, the local slope", "multiply along paths, add over paths"),
        (2.75, RED, "an array", "Array", "edge: a function, the VJP", "what was repeated is summed"),
        (
            1.65,
            GREEN,
            "on any device",
            "torch.Tensor",
            "edge: a VJP, in C++",
            "the same graph, thousands of operations",
        ),
        (
            0.55,
            ORANGE,
            "a step",
            "SGD, momentum, Adam",
            "input: .grad",
            ".grad becomes a step; Adam divides\nit by its usual size",
        ),
    ]
    boxes = []
    for y, colour, what, name, edge, rule in rows:
        _words(axes, 0.85, y, what, size=12)
        boxes.append(_box(axes, 2.85, y, name, colour, 13))
        _words(axes, 5.25, y, edge, size=11)
        _words(axes, 8.2, y, rule)
    for start, end in itertools.pairwise(boxes):
        _arrow(axes, start, end)
    axes.set_title("From one derivative to a training step", fontsize=13)
    return axes


# --- curves -----------------------------------------------------------------------------------------------------------


def border(
    points: NDArray[np.floating], labels: ArrayLike, score: Callable[[Any], Any], title: str, axes: Axes | None = None
) -> Axes:
    """Points (n, 2) with labels 0 or 1, and the two sides on which score(points (n, 2)) -> (n,) is below or above 0."""
    axes = axes or plt.subplots(figsize=(5, 3.4))[1]
    x, y = np.meshgrid(np.linspace(-1.6, 2.6, 80), np.linspace(-1.2, 1.7, 80))
    heights = np.asarray(score(np.column_stack([x.ravel(), y.ravel()]))).reshape(x.shape)
    axes.contourf(x, y, heights, levels=[-1e9, 0, 1e9], colors=[SKY, ORANGE], alpha=0.25)
    for label, (marker, colour) in enumerate([("o", BLUE), ("s", RED)]):
        axes.plot(*points[np.asarray(labels) == label].T, marker, color=colour, label=f"label {label}")
    axes.set(title=title, xlabel="first input", ylabel="second input")
    axes.legend(loc="upper right", fontsize=10)
    axes.grid(False)
    return axes


def race(surfaces: Mapping[str, Callable[[Tensor], Tensor]], races: Mapping[tuple[str, str], Tensor]) -> Figure:
    """A row for each surface: the way from one start for each optimiser, then the median height over all starts.

    `races` holds the paths (steps + 1, starts, 2) by names of surface and optimiser. Drawn is the start that is
    farthest from the axes and from the diagonals, along which a valley would be no valley.
    """
    names = list(dict.fromkeys(kind for _, kind in races))
    size = (9.5, 2.4 * len(surfaces))
    figure, panels = plt.subplots(len(surfaces), len(names) + 1, figsize=size, width_ratios=[3] * len(names) + [4])
    x, y = next(iter(races.values()))[0].T
    shown = int(torch.stack([x.abs(), y.abs(), (x - y).abs(), (x + y).abs()]).min(0).values.argmax())
    for row, (surface_name, surface) in zip(panels, surfaces.items(), strict=True):
        for axes, kind in zip(row, names, strict=False):
            _path(axes, surface, races[surface_name, kind][:, shown], LOOKS[kind][0])
            axes.set_title(f"{surface_name}: {kind}", fontsize=11)
        for kind in names:
            colour, style, _ = LOOKS[kind]
            heights = surface(races[surface_name, kind]).quantile(0.5, dim=1)
            row[-1].semilogy(heights, style, color=colour, linewidth=2, label=kind)
        row[-1].set_title("median height", fontsize=11)
        row[-1].set(xlabel="step", ylim=(1e-9, 1e3))
    panels[0, -1].legend(fontsize=9)
    return figure


def _path(axes: Axes, surface: Callable[[Tensor], Tensor], path: Tensor, colour: str) -> None:
    """Contours of a surface and one path on it: a dot for each step, the start round, the lowest point a star."""
    top = max(2.6, path[:, 1].max().item() + 0.3)
    side, height = torch.linspace(-2.6, 2.6, 261), torch.linspace(-2.6, 5, 381)  # hold 0 and 1: the lowest points
    x, y = torch.meshgrid(side, height, indexing="xy")
    heights = surface(torch.stack([x, y], dim=-1))
    axes.contour(x, y, heights, levels=[1, 10, 50, 150, 400], colors=BLACK, linewidths=0.5, alpha=0.4)
    lowest = heights.argmin()
    axes.plot(x.flatten()[lowest], y.flatten()[lowest], "*", color=RED, markersize=13)
    axes.plot(*path.T, "-", color=colour, linewidth=1, marker=".", markersize=4)
    axes.plot(*path[0], "o", color=BLACK, markersize=7)
    axes.set(xlim=(-2.6, 2.6), ylim=(-2.6, top))
    axes.grid(False)
    axes.tick_params(labelsize=9)


def tuning(rows: Sequence[Mapping[str, Any]]) -> Axes:
    """Validation loss against learning rate, a curve for each optimiser: medians, and bars over the middle half."""
    axes = plt.subplots(figsize=(7.5, 3.4))[1]
    for name, (colour, style, marker) in LOOKS.items():
        mine = [row for row in rows if row["optimizer"] == name]
        rates = np.array([row["learning_rate"] for row in mine])
        low, middle, high = (np.array([row[key] for row in mine]) for key in ("quartile_1", "median", "quartile_3"))
        shifted = rates * {"SGD": 0.93, "Momentum": 1.0, "Adam": 1.08}[name]  # or the bars would cover one another
        bars = (middle - low, high - middle)
        axes.errorbar(shifted, middle, bars, marker=marker, linestyle=style, capsize=3, color=colour, label=name)
    axes.axhline(np.log(2), color=PINK, label="says 50 % always")
    axes.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="validation loss", ylim=(0.1, 3))
    axes.set_yticks((0.2, 0.5, 1, 2), ("0.2", "0.5", "1", "2"), minor=False)
    axes.set_yticks((), minor=True)
    axes.legend(fontsize=10)
    return axes


def step_errors() -> Figure:
    """The error of forward and central differences of eˣ against the step, in 64 and in 32 bits; dashed, theory."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
    types: tuple[type[np.floating], ...] = (np.float64, np.float32)
    for axes, dtype, lowest in zip(panels, types, (-14, -7), strict=True):
        steps, eps = np.logspace(-1, lowest, 80), float(np.finfo(dtype).eps)
        for values, label, style, power, colour in zip(
            _difference_errors(dtype, steps), ("one side", "both sides"), "-:", (1 / 2, 1 / 3), (BLUE, RED), strict=True
        ):
            axes.loglog(steps, values, style, color=colour, label=f"{label}: at best {values.min():.0e}")
            axes.axvline(eps**power, color=colour, linewidth=1, linestyle="--")
        axes.set(xlabel="step h", title=f"{dtype.__name__}: ε = {eps:.1e}")
        axes.legend(fontsize=10, frameon=True, edgecolor="none", framealpha=1)
    panels[0].set_ylabel("error of the derivative")
    return figure


def _difference_errors(dtype: type[np.floating], steps: NDArray[np.floating]) -> tuple[Any, Any]:
    """Median error of the derivative of eˣ over 41 points, for differences to one side and to both: (steps,) each."""
    x, h = np.linspace(0.5, 1.5, 41, dtype=dtype), steps.astype(dtype)[:, None]
    truth = np.exp(x.astype(float))
    ahead, both = (np.exp(x + h) - np.exp(x)) / h, (np.exp(x + h) - np.exp(x - h)) / (2 * h)
    return np.median(np.abs(ahead - truth), axis=1), np.median(np.abs(both - truth), axis=1)
