"""The pictures of notebook 17: a filter at work, stacks and shortcuts, patches as tokens, maps and boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer

BoxLike = Sequence[float]

# --- structures -------------------------------------------------------------------------------------------------------


def sliding(image: ArrayLike, kernel: ArrayLike, place: tuple[int, int]) -> Axes:
    """Numbers of a picture (height, width), a filter on it, and the one number that comes out at a place (row, column).

    The place is that of the filter's upper left corner.
    """
    picture, weights = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    (height, width), (tall, wide), (top, left) = picture.shape, weights.shape, place
    axes, side = canvas(9.2, 0.55 + 0.42 * height), 0.42
    found = (picture[top : top + tall, left : left + wide] * weights).sum()
    frame = (left, top, left + wide, top + tall)
    starts = (0.2, 0.2 + side * (width + 2), 0.2 + side * (width + wide + 5))
    _numbers(axes, (starts[0], 0.4), picture, side, frame)
    note(axes, (starts[0], 0.18), f"picture ({height}, {width})")
    _numbers(axes, (starts[1], 0.4), weights, side, (0, 0, wide, tall))
    note(axes, (starts[1], 0.18), f"filter ({tall}, {wide})")
    note(axes, (starts[1] - 1.4 * side, 0.4 + side * tall / 2), "×", fontsize=16)
    note(axes, (starts[2] - 1.9 * side, 0.4 + side * tall / 2), "=", fontsize=16)
    rows, columns = height - tall + 1, width - wide + 1
    out = np.full((rows, columns), np.nan)
    out[top, left] = found
    _numbers(axes, (starts[2], 0.4), out, side, (left, top, left + 1, top + 1))
    note(axes, (starts[2], 0.18), f"what comes out ({rows}, {columns})")
    return axes


def _numbers(axes: Axes, corner: tuple[float, float], values: NDArray, side: float, frame: BoxLike) -> None:
    """A grid of numbers; those inside the frame (left, top, right, bottom, in cells) are orange."""
    for row, column in np.ndindex(values.shape):
        inside = frame[0] <= column < frame[2] and frame[1] <= row < frame[3]
        x, y = corner[0] + side * column, corner[1] + side * row
        look: dict[str, Any] = {
            "facecolor": WARM if inside else "white",
            "edgecolor": plots.ORANGE if inside else "silver",
        }
        axes.add_patch(Rectangle((x, y), side, side, zorder=2 if inside else 1, **look))
        if not np.isnan(values[row, column]):
            words = f"{values[row, column]:.3g}".replace("-", "−")
            axes.text(x + side / 2, y + side / 2, words, ha="center", va="center", fontsize=9.5)


def as_product(places: int, numbers: int, filters: int) -> Axes:
    """A convolution as a product of two matrices, with its shapes."""
    axes = canvas(9.2, 2.6)
    panel(axes, (1.7, 1.35), (1.5, 1.7), "patches\none row for\neach place", PLAIN)
    panel(axes, (4.5, 1.35), (0.9, 1.1), "filters\none in\neach column", WARM, plots.ORANGE)
    panel(axes, (7.2, 1.35), (0.9, 1.7), "maps\none in\neach column", COOL, plots.GREEN)
    for x, words in ((3.25, "×"), (5.8, "=")):
        note(axes, (x, 1.35), words, fontsize=17)
    for x, words in (
        (1.7, f"({places}, {numbers})"),
        (4.5, f"({numbers}, {filters})"),
        (7.2, f"({places}, {filters})"),
    ):
        note(axes, (x, 2.42), words, ha="center")
    return axes


def fields(kernels: Sequence[int], shown: int = 11) -> Axes:
    """Which pixels one number of the last layer sees, layer below layer, along one axis; every stride is 1."""
    axes = canvas(9.2, 0.4 + 0.75 * (len(kernels) + 1))
    side, left = 0.42, 2.2
    middle, reach = shown // 2, 0
    for layer in range(len(kernels) + 1):
        y = 0.25 + 0.75 * layer
        name = "the picture" if layer == len(kernels) else f"layer {len(kernels) - layer}"
        note(axes, (0.2, y + side / 2), f"{name}: {2 * reach + 1} seen")
        for column in range(shown):
            seen = abs(column - middle) <= reach
            look: dict[str, Any] = {
                "facecolor": WARM if seen else "white",
                "edgecolor": plots.ORANGE if seen else "silver",
            }
            axes.add_patch(Rectangle((left + side * column, y), side, side, **look))
        if layer < len(kernels):
            below = reach + kernels[::-1][layer] // 2
            for sign in (-1, 1):
                start = (left + side * (middle + 0.5 + sign * (reach + 0.5)), y + side)
                end = (left + side * (middle + 0.5 + sign * (below + 0.5)), y + 0.75)
                axes.plot(*zip(start, end, strict=True), color=plots.ORANGE, linewidth=1)
            reach = below
    return axes


def blocks() -> Axes:
    """A plain block and a residual one side by side; orange is the one line that differs."""
    axes = canvas(9.2, 3.5)
    for x, shortcut in ((2.1, False), (6.4, True)):
        note(
            axes,
            (x, 0.2),
            "residual: x + f(x)" if shortcut else "plain: f(x)",
            ha="center",
            fontweight="bold",
            fontsize=11,
        )
        steps = ["3 × 3 filters, batch norm, ReLU", "3 × 3 filters, batch norm", "ReLU"]
        for place, words in enumerate(steps):
            panel(axes, (x, 0.95 + 0.85 * place), (2.7, 0.46), words)
            pointer(axes, (x, 0.5 + 0.85 * place - 0.05), (x, 0.95 + 0.85 * place - 0.23))
        pointer(axes, (x, 2.88), (x, 3.3))
        if shortcut:
            around = [(x, 0.44), (x + 1.6, 0.44), (x + 1.6, 2.26), (x + 0.2, 2.26)]  # past the layers, to the sum
            axes.plot(*zip(*around, strict=True), color=plots.ORANGE, linewidth=2.2)
            note(axes, (x + 1.7, 1.4), "x, as it is", color=plots.ORANGE)
            circle = {"boxstyle": "circle,pad=0.1", "facecolor": "white", "edgecolor": plots.ORANGE}
            note(axes, (x, 2.26), "+", color=plots.ORANGE, fontsize=11, ha="center", bbox=circle)
    note(axes, (4.6, 3.4), "(batch, channels, height, width) everywhere", ha="center")
    return axes


def inverted() -> Axes:
    """The block of EfficientNet-lite0: thin, wide, thin, with its shapes."""
    axes = canvas(9.2, 2.5)
    steps = [
        (0.9, 0.5, "x\nthin", GREY, plots.BLACK),
        (3.0, 1.3, "expand\n1 × 1, six times\nas many channels", PLAIN, plots.BLUE),
        (5.2, 1.3, "depthwise\none filter for\neach channel", WARM, plots.ORANGE),
        (7.3, 0.8, "project\n1 × 1, thin again,\nno ReLU", PLAIN, plots.BLUE),
    ]  # fmt: skip
    for place, (x, tall, words, ground, edge) in enumerate(steps):
        panel(axes, (x, 1.2), (1.1 if not place else 1.6, max(tall, 0.75)), words, ground, edge)
        if place:
            pointer(axes, (steps[place - 1][0] + (0.55 if place == 1 else 0.8), 1.2), (x - 0.8, 1.2))
    pointer(axes, (8.1, 1.2), (8.9, 1.2))
    around = [(0.9, 0.82), (0.9, 0.4), (8.5, 0.4), (8.5, 1.2)]
    axes.plot(*zip(*around, strict=True), color=plots.ORANGE, linewidth=2)
    note(axes, (4.6, 0.2), "x is added where the shape is the same", ha="center", color=plots.ORANGE)
    note(axes, (4.6, 2.3), "16 blocks: (batch, 32, 112, 112) becomes (batch, 320, 7, 7)", ha="center")
    return axes


def patches_as_tokens(picture: NDArray[np.uint8], patch: int) -> Figure:
    """A grey picture (height, width) cut into patches, which stand in a row behind the class token."""
    n = picture.shape[0] // patch
    figure = plt.figure(figsize=(9.2, 2.9))
    figure.set_layout_engine(PlaceHolderLayoutEngine(False, False))  # its axes are placed by hand
    left = figure.add_axes((0.01, 0.12, 0.24, 0.76))
    left.imshow(255 - picture, cmap="gray", vmin=0, vmax=255)
    for at in range(n + 1):
        left.axhline(at * patch - 0.5, color=plots.ORANGE, linewidth=1)
        left.axvline(at * patch - 0.5, color=plots.ORANGE, linewidth=1)
    left.set_title(f"{picture.shape[0]} × {picture.shape[1]} pixels", fontsize=10)
    width = 0.70 / (n * n + 1)
    for place in range(n * n + 1):
        axes = figure.add_axes((0.28 + width * place, 0.45, 0.86 * width, 0.3))
        if place:
            row, column = divmod(place - 1, n)
            part = picture[row * patch : (row + 1) * patch, column * patch : (column + 1) * patch]
            axes.imshow(255 - part, cmap="gray", vmin=0, vmax=255)
        else:
            axes.text(0.5, 0.5, "class", ha="center", va="center", fontsize=7.5)
            axes.set_facecolor(WARM)
            axes.set_box_aspect(1)
        axes.set_xlabel(str(place), fontsize=8)
        _bare(axes)
        axes.spines[:].set(visible=True, color=plots.ORANGE)
    _bare(left)
    words = (
        f"{n * n + 1} tokens: a class token, then {n * n} patches of {patch * patch} numbers, each with its position"
    )
    figure.text(0.63, 0.18, words, ha="center", fontsize=10)
    return figure


def judging() -> Axes:
    """Two boxes, what they share and what they cover together."""
    axes = canvas(9.2, 2.7)
    for left, words in ((0.5, "two boxes"), (3.6, "intersection"), (6.7, "union")):
        for x, y, colour in ((left, 0.5, plots.BLUE), (left + 0.8, 0.9, plots.ORANGE)):
            filled = words == "union"
            axes.add_patch(Rectangle((x, y), 1.5, 1.2, fill=filled, facecolor=COOL, edgecolor=colour, linewidth=2))
        if words == "intersection":
            axes.add_patch(Rectangle((left + 0.8, 0.9), 0.7, 0.8, facecolor=COOL, edgecolor=plots.GREEN, linewidth=2))
        note(axes, (left + 1.15, 2.4), words, ha="center")
    return axes


def summary() -> Axes:
    """What the notebook made: from pixels through filters to maps, or as patches to a class token, and to answers."""
    axes = canvas(9.2, 3.1)
    panel(axes, (0.9, 1.55), (1.4, 1.0), "pixels\n(3, 224, 224)", GREY, plots.BLACK)
    panel(axes, (3.3, 0.95), (2.0, 0.85), "convolutions\nshared filters, shortcuts")
    panel(axes, (3.3, 2.6), (2.0, 0.75), "or patches\nthrough 06's encoder")
    panel(axes, (5.6, 0.95), (1.5, 0.85), "maps\n(1280, 7, 7)", PLAIN)
    panel(axes, (5.6, 2.6), (1.5, 0.75), "class token\none vector", PLAIN)
    ends = {
        "identity\ndistance of vectors": 0.45,
        "place\na map for a class": 1.4,
        "class\na linear layer": 2.6,
    }
    for words, y in ends.items():
        panel(axes, (8.0, y), (1.9, 0.75), words, WARM, plots.ORANGE)
        pointer(axes, (6.37, 0.95), (7.03, y))
    pointer(axes, (6.37, 2.6), (7.03, 2.6))
    for y in (0.95, 2.6):
        pointer(axes, (1.62, 1.55), (2.28, y))
        pointer(axes, (4.32, y), (4.83, y))
    return axes


# --- pictures ---------------------------------------------------------------------------------------------------------


def _bare(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(False)


def gallery(pictures: Mapping[str, ArrayLike], columns: int = 4, height: float = 2.3, cmap: str = "gray") -> Figure:
    """Pictures under their names, (height, width) or (height, width, 3), several in a row."""
    lines = -(-len(pictures) // columns)
    figure, every = plt.subplots(lines, columns, figsize=(9.2, height * lines), squeeze=False)
    for axes in every.flat:
        axes.axis("off")
    for axes, (name, picture) in zip(every.flat, pictures.items(), strict=False):
        axes.imshow(np.asarray(picture), cmap=cmap)
        axes.set_title(name, fontsize=10)
    return figure


def glyphs(pictures: ArrayLike, across: int = 20, title: str = "") -> Axes:
    """Many small pictures (n, height, width, 3) of bytes in rows."""
    values = np.asarray(pictures)
    missing = -len(values) % across
    blank = np.full((missing, *values.shape[1:]), 255, values.dtype)
    whole = np.concatenate([values, blank])
    height, width = values.shape[1:3]
    sheet = whole.reshape(-1, across, height, width, 3).swapaxes(1, 2).reshape(-1, across * width, 3)
    axes = plt.subplots(figsize=(9.2, 9.2 * sheet.shape[0] / sheet.shape[1] + 0.3 * bool(title)))[1]
    axes.imshow(sheet)
    axes.set_title(title, fontsize=10)
    _bare(axes)
    return axes


def where(
    picture: ArrayLike, heat: ArrayLike, boxes: Mapping[str, BoxLike] | None = None, axes: Axes | None = None
) -> Axes:
    """A map (height, width) from 0 to 1 over its picture, brighter where it is larger; boxes under their names."""
    axes = axes or plt.subplots(figsize=(4.4, 3.4))[1]
    values = np.asarray(heat)
    axes.imshow(np.asarray(picture), alpha=1.0)
    axes.imshow(values, cmap="inferno", vmin=0, vmax=1, alpha=0.55)
    colours = (plots.SKY, plots.ORANGE, plots.GREEN)
    for (name, box), colour in zip((boxes or {}).items(), colours, strict=False):
        frame(axes, box, colour, name)
    _bare(axes)
    return axes


def frame(axes: Axes, box: BoxLike, colour: str, words: str = "") -> None:
    """A box (left, top, right, bottom) on a picture, with words at its upper left."""
    left, top, right, bottom = box
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour, linewidth=2.2))
    if words:
        ground = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
        axes.text(left, top, words, fontsize=8.5, va="bottom", bbox=ground)


def curves(
    found: Mapping[str, tuple[Sequence[float], Sequence[float]]], xlabel: str, ylabel: str, **look: object
) -> Axes:
    """Lines through points under their names; `look` goes to matplotlib's axes, such as xscale="log"."""
    axes = plt.subplots(figsize=(8, 3.4))[1]
    marks = "osv^Dx*"
    for (name, (xs, ys)), mark in zip(found.items(), marks * 3, strict=False):
        axes.plot(xs, ys, marker=mark, markersize=4, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel, **look)
    axes.legend(fontsize=9)
    return axes


def precision_recall(precisions: Sequence[float], recalls: Sequence[float]) -> Axes:
    """Precision at each detection over the recall reached, from the best score on."""
    axes = plt.subplots(figsize=(5.4, 3.2))[1]
    axes.step([0, *recalls], [1, *precisions], where="post", color=plots.BLUE)
    axes.plot(recalls, precisions, "o", color=plots.BLUE, markersize=4)
    axes.set(xlabel="recall: share of the targets found", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.05))
    return axes
