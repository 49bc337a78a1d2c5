"""The drawings of notebook 00: from a sentence to a vector, a tensor with its axes, how shapes meet, and the summary.

Each function draws and returns a figure; none of them computes what the lesson is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lessons.kit import plots
from lessons.kit.drawing import PALE, arrow, box, numbers, sheet

MOST_TOKENS = 7  # that stand in the drawing of a sentence


def sentence_to_vector(tokens: Sequence[str], n_layers: int = 6, dim: int = 384) -> Axes:
    """The way of a sentence through a model, with shapes: pieces, a vector for each, layers, the mean of the vectors.

    Raises ValueError for more tokens than fit into the drawing.
    """
    if len(tokens) > MOST_TOKENS:
        raise ValueError(f"{MOST_TOKENS} tokens fit into the drawing, and these are {len(tokens)}.")
    axes, n = sheet(9.2, 3.7, 14, 7.2), len(tokens)
    columns = 2.9 + 1.25 * np.arange(n)
    for x, token in zip(columns, tokens, strict=True):
        axes.text(x, 6.6, token, ha="center", va="center", fontsize=10.5, family="monospace")
        for y, colour in ((4.9, plots.SKY), (1.7, plots.BLUE)):
            axes.add_patch(Rectangle((x - 0.3, y), 0.6, 1.1, facecolor=PALE[colour], edgecolor=colour))
        axes.annotate("", (x, 6.05), (x, 6.4), arrowprops={"arrowstyle": "-|>"})
    middle = float(columns.mean())
    width = float(columns[-1] - columns[0]) + 1.4
    pale, strong = PALE[plots.ORANGE], plots.ORANGE
    axes.add_patch(Rectangle((columns[0] - 0.7, 3.25), width, 1.2, facecolor=pale, edgecolor=strong))
    inside = f"{n_layers} layers: each token takes something from the others"
    axes.text(middle, 3.85, inside, ha="center", va="center", fontsize=10)
    for y in (4.85, 3.2):
        for x in columns:
            axes.annotate("", (x, y - 0.4), (x, y), arrowprops={"arrowstyle": "-|>"})
    rows = [(6.6, f"tokens\n({n},)"), (5.45, f"a vector each\n({n}, {dim})"), (2.25, f"other vectors\n({n}, {dim})")]
    for y, words in rows:
        axes.text(1.9, y, words, ha="right", va="center", fontsize=10)
    mean = box(axes, middle, 0.55, f"their mean: the vector of the sentence   ({dim},)", plots.GREEN)
    for x in columns:
        line = {"arrowstyle": "-", "color": "grey", "patchB": mean.get_bbox_patch(), "shrinkB": 2}
        axes.annotate("", (middle, 0.55), (x, 1.7), arrowprops=line)
    return axes


def banks(similarity: ArrayLike, names: Sequence[str]) -> Figure:
    """Similarities (n, n, steps) of one word in n sentences, at the first and at the last step."""
    shown = np.asarray(similarity)
    figure, panels = plt.subplots(1, 2, figsize=(9, 4.2))
    for axes, step, title in [(panels[0], 0, "before the first layer"), (panels[1], -1, "after the last layer")]:
        plots.heatmap(shown[..., step], names, names, axes=axes, text=".2f", limits=(0.4, 1), title=title)
    figure.suptitle("Cosine similarity of the word “bank” in four sentences")
    return figure


def tensor(values: ArrayLike) -> Axes:
    """The tables of a small tensor (batch, tokens, dim), one beside the other, with its three axes named."""
    given = np.asarray(values)
    batch, tokens, dim = given.shape
    axes = sheet(8.6, 0.55 * (tokens + 2.4), 15.6, tokens + 2.4)
    for index in range(batch):
        left = 2.6 + index * (dim + 1.6)
        numbers(axes, left, 1.2, [[f"{value:g}" for value in row] for row in given[index]], [plots.BLUE] * dim)
        axes.text(left + dim / 2, 0.55, f"sentence {index}", ha="center", va="center", fontsize=10.5)
    for row in range(tokens):
        axes.text(2.3, 1.7 + row, f"token {row}", ha="right", va="center", fontsize=10)
    names = [f"axis 0: which sentence ({batch})", f"axis 1: which token ({tokens})", f"axis 2: its numbers ({dim})"]
    axes.text(7.8, tokens + 1.9, "        ".join(names), ha="center", va="center", fontsize=10.5)
    return axes


def broadcasting() -> Axes:
    """Three shapes that meet a table (2, 3): two that are repeated until they fit, and one that does not fit."""
    axes = sheet(9.2, 3.0, 22, 6.2)
    for left, (shape, cells, ghosts, words) in zip((0.5, 7.9, 15.3), _meetings(), strict=True):
        numbers(axes, left, 1.3, [["1", "2", "3"], ["10", "20", "30"]], [plots.BLUE] * 3)
        axes.text(left + 1.5, 0.8, f"(2, 3) + {shape}", ha="center", va="center", fontsize=11)
        for column, row in cells + ghosts:
            edge = plots.ORANGE if (column, row) in cells else "grey"
            style = "-" if (column, row) in cells else "--"
            place = (left + column, 3.9 + row)
            axes.add_patch(Rectangle(place, 1, 1, facecolor=PALE[plots.ORANGE], edgecolor=edge, linestyle=style))
        axes.text(left + 3.3, 4.9, words, va="center", fontsize=10)
    return axes


def _meetings() -> list[tuple[str, list[tuple[int, int]], list[tuple[int, int]], str]]:
    """Shape, the squares that it has, those that are repeated, and what happens."""
    return [
        ("(3,)", [(0, 0), (1, 0), (2, 0)], [(0, 1), (1, 1), (2, 1)], "repeated\nfor each row"),
        ("(2, 1)", [(0, 0), (0, 1)], [(1, 0), (2, 0), (1, 1), (2, 1)], "repeated\nfor each column"),
        ("(2,)", [(0, 0), (1, 0)], [], "3 columns\nmeet 2:\nan error"),
    ]


def sample_shares(shares: Mapping[int, ArrayLike], true_share: float) -> Figure:
    """A heap of sample shares for each sample size, below each other on one axis, with the true share dashed."""
    figure, panels = plt.subplots(len(shares), 1, figsize=(8, 4.4), sharex=True, squeeze=False)
    for axes, (n, found), colour in zip(panels[:, 0], shares.items(), plots.COLOURS, strict=False):
        axes.hist(np.asarray(found), bins=np.arange(-0.5, n + 1, max(1, n // 50)) / n, color=colour)
        axes.axvline(true_share, color=plots.BLACK, linestyle="--")
        axes.set(ylabel=f"n = {n}", yticks=[])
    panels[-1, 0].set(xlabel="share of positive sentences in one sample; dashed: among all", xlim=(0.1, 0.9))
    return figure


def what_you_own() -> Axes:
    """The notebook in one picture: the way of a text through a model, and what each warm-up is for on that way."""
    axes = sheet(9.4, 3.6, 14, 6)
    text = box(axes, 1.3, 1.2, "a text")
    tokens = box(axes, 4.1, 1.2, "tokens\n(batch, tokens)")
    vectors = box(axes, 7.7, 1.2, "vectors, mixed by attention\n(batch, tokens, dim)")
    scores = box(axes, 11.9, 1.2, "scores, then\nprobabilities", plots.GREEN)
    arrow(axes, text, tokens)
    arrow(axes, tokens, vectors)
    arrow(axes, vectors, scores)
    tools = [
        (4.1, "shapes and axes:\nwhich number is whose?", tokens),
        (7.7, "dot products of all pairs:\neinsum, broadcasting", vectors),
        (10.4, "logarithms:\nno 0, no infinity", scores),
        (12.9, "counting:\nA given B, how far off", scores),
    ]
    for x, words, target in tools:
        arrow(axes, box(axes, x, 4.4 if x < 10 or x > 12 else 3.6, words, plots.ORANGE, 10), target)
    axes.text(1.3, 4.4, "what you\nwarmed up", ha="center", va="center", fontsize=11)
    axes.set_title("What you now own", fontsize=13)
    return axes
