"""Drawings of structures: words in boxes, arrows between them, numbers in squares, on a sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text

from lessons.kit import plots

# A pale ground for each edge colour, on which black text stands out.
PALE = {
    plots.BLUE: "#EAF3FA", plots.ORANGE: "#FDF3DF", plots.GREEN: "#E3F4EE", plots.PINK: "#F9EDF4", plots.SKY: "#EEF7FD",
    plots.RED: "#FBEAE0", plots.BLACK: "#F2F2F2",
}  # fmt: skip


def sheet(width: float, height: float, wide: float, tall: float) -> Axes:
    """An empty sheet of wide × tall units, its origin at the upper left."""
    axes = plt.subplots(figsize=(width, height))[1]
    axes.set(xlim=(0, wide), ylim=(tall, 0))
    axes.axis("off")
    return axes


def box(axes: Axes, x: float, y: float, words: str, colour: str = plots.BLUE, size: float = 10.5) -> Text:
    """Words in a rounded box around (x, y)."""
    box = {"boxstyle": "round,pad=0.5", "facecolor": PALE[colour], "edgecolor": colour, "linewidth": 1.4}
    return axes.text(x, y, words, ha="center", va="center", fontsize=size, bbox=box, linespacing=1.4)


def arrow(axes: Axes, start: Text, end: Text, words: str = "", bend: float = 0.0, colour: str = plots.BLACK) -> None:
    """An arrow from one box to another, with words at its middle."""
    ends = {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch(), "shrinkA": 3, "shrinkB": 3}
    line = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.4, "connectionstyle": f"arc3,rad={bend}", **ends}
    (x0, y0), (x1, y1) = start.get_position(), end.get_position()
    axes.annotate("", (x1, y1), (x0, y0), arrowprops=line)
    if words:
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        middle = ((x0 + x1) / 2 - bend * (y1 - y0) / 2, (y0 + y1) / 2 + bend * (x1 - x0) / 2)
        axes.text(*middle, words, ha="center", va="center", fontsize=9.5, color=colour, bbox=ground)


def numbers(axes: Axes, x: float, y: float, values: Sequence[Sequence[str]], colours: Sequence[str]) -> None:
    """Numbers in squares, the upper left one at (x, y); each column has its colour."""
    for row, line in enumerate(values):
        for column, (words, colour) in enumerate(zip(line, colours, strict=True)):
            place = (x + column, y + row)
            axes.add_patch(Rectangle(place, 1, 1, facecolor=PALE[colour], edgecolor=colour, linewidth=1.2))
            axes.text(place[0] + 0.5, place[1] + 0.5, words, ha="center", va="center", fontsize=10.5)


# --- boxes of a given size, arrows between points ---------------------------------------------------------------------

Point = tuple[float, float]
# Grounds of panels: the usual one, what asks or is new, what is mixed, what is given.
PLAIN, WARM, COOL, GREY = (PALE[colour] for colour in (plots.BLUE, plots.ORANGE, plots.GREEN, plots.BLACK))
LINE = 0.19  # units from one line of a panel to the next


def canvas(width: float, height: float) -> Axes:
    """An empty sheet whose units are inches."""
    return sheet(width, height, width, height)


def panel(axes: Axes, centre: Point, size: Point, words: str, ground: str = PLAIN, edge: str = plots.BLUE) -> None:
    """A rounded box (width, height) with words in its middle; of several lines the first is bold."""
    (x, y), (width, height) = centre, size
    corner, shape = (x - width / 2, y - height / 2), "round,pad=0,rounding_size=0.08"
    axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, facecolor=ground, edgecolor=edge))
    title, *more = words.split("\n")
    top = y - LINE * len(more) / 2
    axes.text(x, top, title, ha="center", va="center", fontsize=10, fontweight="bold" if more else "normal")
    for line, text in enumerate(more, 1):
        axes.text(x, top + LINE * line, text, ha="center", va="center", fontsize=9)


def pointer(axes: Axes, start: Point, end: Point, **look: Any) -> None:
    """An arrow from one point to another; `look` goes to matplotlib's arrow."""
    style = {"arrowstyle": "-|>", "color": plots.BLACK, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.2, **look}
    axes.annotate("", end, start, arrowprops=style)


def note(axes: Axes, place: Point, words: str, **look: Any) -> None:
    """Small words beside a drawing, such as a shape; from the left unless `look` says otherwise."""
    axes.text(*place, words, **{"ha": "left", "va": "center", "fontsize": 9.5, **look})
