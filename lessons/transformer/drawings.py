"""The pictures of notebook 06: a layer on its stream, where norms stand, who sees whom, and the curves of its studies.

In the drawings n is the number of tokens, m that of source tokens, d is `hidden_size`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from lessons.kit import plots

STREAM, MEETS, ALONE, NORM = plots.BLUE, "#FBE3C0", "#D5EDE4", "#E4E4E4"
ARROW = {"arrowstyle": "-|>", "color": plots.BLACK, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.2}
Place = tuple[float, float]

# --- pieces -----------------------------------------------------------------------------------------------------------


def _canvas(width: float, height: float, xlim: Place, ylim: Place, widths: Sequence[float] = (1,)) -> list[Axes]:
    found = plt.subplots(1, len(widths), figsize=(width, height), squeeze=False, width_ratios=widths)[1][0]
    for axes in found:
        axes.set(xlim=xlim, ylim=ylim)
        axes.axis("off")
    return list(found)


def _box(axes: Axes, at: Place, words: str, colour: str, size: Place = (1.5, 0.7), font: float = 10) -> None:
    """A box with its centre at a place."""
    corner = (at[0] - size[0] / 2, at[1] - size[1] / 2)
    look: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=0.1", "facecolor": colour, "edgecolor": plots.BLACK}
    axes.add_patch(FancyBboxPatch(corner, *size, **look, linewidth=1, zorder=3))
    axes.text(*at, words, ha="center", va="center", fontsize=font, zorder=4)


def _arrow(axes: Axes, start: Place, end: Place, **look: Any) -> None:
    axes.annotate("", end, start, arrowprops=ARROW | look, zorder=2)


def _line(axes: Axes, places: Sequence[Place], **look: Any) -> None:
    usual: dict[str, Any] = {"color": plots.BLACK, "linewidth": 1.2, "zorder": 2}
    axes.plot(*zip(*places, strict=True), **usual | look)


def _dot(axes: Axes, at: Place) -> None:
    """Where something is read from the stream."""
    axes.plot(*at, "o", color=plots.BLACK, markersize=6, zorder=5)


def _sum(axes: Axes, at: Place) -> None:
    """Where something is added to the stream."""
    axes.plot(*at, "o", markersize=15, markerfacecolor="white", markeredgecolor=plots.BLACK, zorder=5)
    axes.plot(*at, "+", markersize=9, color=plots.BLACK, zorder=6)


def _stream(axes: Axes, start: Place, end: Place) -> None:
    _arrow(axes, start, end, color=STREAM, linewidth=5, mutation_scale=22)


# --- a layer on its stream --------------------------------------------------------------------------------------------

ATTENTION = ("attention\ntokens meet", MEETS, "scores (n, n)\nin each head")
CROSS = ("cross-attention\nasks the memory", MEETS, "scores (n, m)\nin each head")
FEED_FORWARD = ("feed-forward\neach token alone", ALONE, "(n, d) → (n, 4d)\n→ (n, d)")


def layer(*, norms: bool = True, decoder: bool = False) -> Axes:
    """One layer on its residual stream: each sub-layer reads the stream and adds to it; with or without pre-norms."""
    parts = [ATTENTION, CROSS, FEED_FORWARD] if decoder else [ATTENTION, FEED_FORWARD]
    step = 4.3 if norms else 3.4
    width = step * len(parts) + 1.6
    (axes,) = _canvas(9, 3.4 if decoder else 2.9, (-0.9, width - 0.3), (-0.75, 3.4 if decoder else 2.6))
    _stream(axes, (-0.3, 0), (width - 0.7, 0))
    axes.text(-0.35, 0.28, "x", ha="center", fontsize=12, color=STREAM)
    for number, part in enumerate(parts):
        start = 0.3 + step * number
        _branch(axes, start, step, part, norms, 7.8 if decoder else 10)
        axes.text(start + step - 0.1, -0.42, "(n, d)", ha="center", fontsize=9.5, color=STREAM)
    axes.text(-0.1, -0.42, "(n, d)", ha="center", fontsize=9.5, color=STREAM)
    if decoder:
        centre = 0.3 + step * 1 + (2.55 if norms else 1.55)
        _arrow(axes, (centre, 3.0), (centre, 1.85), color=plots.RED, linewidth=2)
        axes.text(centre, 3.08, "memory (m, d), from the encoder: keys and values", ha="center", fontsize=10)
    return axes


def _branch(axes: Axes, start: float, step: float, part: tuple[str, str, str], norms: bool, font: float) -> None:
    """One sub-layer above the stream: read, (normalise,) work, add."""
    words, colour, inside = part
    centre, end, high = start + (2.55 if norms else 1.55), start + step - 0.55, 1.4
    _dot(axes, (start, 0))
    _line(axes, [(start, 0), (start, high)])
    _arrow(axes, (start, high), (centre - 0.95, high))
    if norms:
        _box(axes, (start + 0.75, high), "norm", NORM, (0.85, 0.6), font)
    _box(axes, (centre, high), words, colour, (1.9, 0.8), font)
    axes.text(centre, 0.62, inside, ha="center", va="center", fontsize=8.5, color="0.25")
    _line(axes, [(centre + 0.95, high), (end, high)])
    _arrow(axes, (end, high), (end, 0.16))
    _sum(axes, (end, 0))


def norm_places() -> list[Axes]:
    """Four places of the norm around one sub-layer f: after the sum, before f, on both sides of f, on f's output."""
    panels = _canvas(9, 3.2, (-1.4, 1.5), (-0.75, 4.6), (1, 1, 1, 1))
    kinds = {
        "post-norm": ("", "", "norm", "Transformer 2017,\nBERT"),
        "pre-norm": ("norm", "", "", "GPT-2, Llama,\nmost models since"),
        "both sides": ("norm", "norm", "", "Gemma 2, Gemma 3"),
        "output": ("", "norm", "", "OLMo 2"),
    }
    for axes, (name, (before, after, behind, who)) in zip(panels, kinds.items(), strict=True):
        axes.set_title(name, fontsize=12)
        _stream(axes, (-0.7, 0), (-0.7, 4.5))
        _dot(axes, (-0.7, 0.4))
        _line(axes, [(-0.7, 0.4), (0.6, 0.4), (0.6, 2.9)])
        for words, high in ((before, 0.95), ("f", 1.6), (after, 2.25)):
            if words:
                _box(axes, (0.6, high), words, MEETS if words == "f" else NORM, (1.2, 0.46))
        _arrow(axes, (0.6, 2.9), (-0.54, 2.9))
        _sum(axes, (-0.7, 2.9))
        if behind:
            _box(axes, (-0.7, 3.5), behind, NORM, (1.2, 0.46))
        axes.text(0.05, -0.35, who, ha="center", va="center", fontsize=9.5)
    return panels


# --- who sees whom ----------------------------------------------------------------------------------------------------


def families() -> list[Axes]:
    """Encoder, decoder, and both side by side: a line from each token to those whose vectors it may look at."""
    panels = _canvas(9.4, 3.5, (-0.6, 3.6), (-1.0, 3.1), (1, 1, 1.6))
    panels[2].set(xlim=(-0.5, 6.5))
    _look(panels[0], 4, 0, lambda query, key: True, plots.BLUE, "t")
    _look(panels[1], 4, 0, lambda query, key: key <= query, plots.ORANGE, "t")
    _look(panels[2], 3, 0, lambda query, key: True, plots.BLUE, "s")
    _look(panels[2], 3, 4.0, lambda query, key: key <= query, plots.ORANGE, "t")
    for source in range(3):
        for target in range(3):
            _line(panels[2], [(source, 1.6), (4.0 + target, 1.6)], color="none")
            panels[2].annotate("", (4.0 + target, 1.6), (source, 1.6), arrowprops={
                "arrowstyle": "-", "color": plots.RED, "linewidth": 1.1, "linestyle": "--",
                "connectionstyle": f"arc3,rad=-{0.34 + 0.06 * (target - source)}", "shrinkA": 6, "shrinkB": 6,
            }, zorder=1)  # fmt: skip
    titles = ("encoder\nmask (n, n): all", "decoder\nmask (n, n): no later token", "both\ncross-attention (n, m): all")
    below = (
        "a vector for each: (n, d)\nBERT",
        "the next token, at each place\nGPT, Llama",
        "source, then what is written\nVaswani 2017, T5",
    )
    for axes, title, words in zip(panels, titles, below, strict=True):
        axes.set_title(title, fontsize=11)
        axes.text(sum(axes.get_xlim()) / 2, -0.62, words, ha="center", va="center", fontsize=10)
    panels[2].text(0.2, 2.1, "memory\n(m, d)", ha="center", fontsize=9.5, color=plots.RED)
    return panels


def _look(axes: Axes, n: int, left: float, may: Any, colour: str, name: str) -> None:
    """n tokens below, their new vectors above, and a line wherever one may look."""
    for query in range(n):
        for key in range(n):
            if may(query, key):
                _line(axes, [(left + key, 0.2), (left + query, 1.4)], color=colour, linewidth=1.3, zorder=1)
        for high, face in ((0.0, "white"), (1.6, colour)):
            look: dict[str, Any] = {"markersize": 17, "markerfacecolor": face, "markeredgecolor": colour}
            axes.plot(left + query, high, "o", **look, markeredgewidth=1.5, zorder=3)
        axes.text(left + query, 0, f"${name}_{query + 1}$", ha="center", va="center", fontsize=9, zorder=4)


# --- curves and tables of the notebook --------------------------------------------------------------------------------


def positions(vectors: ArrayLike, places: Iterable[int] = (20, 50, 80)) -> None:
    """Vectors of positions (n, d) as colours, and the dot products of some of them with all."""
    shown = np.asarray(vectors)
    _, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
    look: dict[str, Any] = {"colours": "RdBu", "limits": (-1, 1), "aspect": "auto", "bar": "sine or cosine"}
    plots.heatmap(shown.T, axes=left, **look, xlabel="position", ylabel="number in the vector")
    for place, colour, line in zip(places, (plots.BLUE, plots.ORANGE, plots.BLACK), ("-", "--", ":"), strict=False):
        right.plot(shown @ shown[place], line, color=colour, label=f"with position {place}")
    right.set(xlabel="position", ylabel="dot product", ylim=(0, None))
    right.legend(fontsize=10, loc="lower center")


LOOKS = {
    "neither": ("^:", plots.GREEN),
    "residuals only": ("v:", plots.ORANGE),
    "norms only": ("D--", plots.PINK),
    "post-norm": ("s--", plots.RED),
    "pre-norm": ("o-", plots.BLUE),
}


def along_the_stack(curves: Mapping[str, Mapping[str, Sequence[float]]], ylabel: str, ylim: Place) -> None:
    """A panel for each start of the weights: a curve for each step, over the layers passed, on a logarithmic axis."""
    _, panels = plt.subplots(1, len(curves), figsize=(9, 3.4), sharey=True, squeeze=False)
    for axes, (title, found) in zip(panels[0], curves.items(), strict=True):
        for name, values in found.items():
            line, colour = LOOKS[name]
            shown = np.clip(values, ylim[0] / 1e3, ylim[1] * 1e3)
            axes.plot(range(len(values)), shown, line, color=colour, markersize=4, label=name)
        axes.set(title=title, xlabel="layers passed", yscale="log", ylim=ylim)
    panels[0][0].set_ylabel(ylabel)
    panels[0][0].legend(fontsize=9.5)


def influences(found: Mapping[str, ArrayLike]) -> None:
    """A table (tokens, tokens) for each mask: how long the derivatives of an output (row) in an input (column) are."""
    _, panels = plt.subplots(1, len(found), figsize=(8, 3), squeeze=False)
    for axes, (title, lengths) in zip(panels[0], found.items(), strict=True):
        shown = np.asarray(lengths)
        words = [[f"{length:.1f}" if length else "0" for length in row] for row in shown.tolist()]
        tokens = range(1, len(shown) + 1)
        plots.heatmap(shown, tokens, tokens, axes=axes, text=words, title=title, xlabel="input", ylabel="output")


# --- what you now own -------------------------------------------------------------------------------------------------


NOTES = (
    (0.75, "who stands where: positions,\nor a causal mask and two layers"),
    (2.2, "the mask decides between reading and writing;\nderivatives show whether it leaks"),
    (3.7, "queries from here, keys and values from the memory"),
    (5.2, "$8d^2$ parameters, where an attention has $4d^2$;\ntwo operations for each parameter and token"),
    (6.6, "x + f(norm(x)): no norm stands on the stream itself,\nonly one at its end, so gradients have a free path"),
    (7.7, "trained at all places at once by teacher forcing,\nwritten greedily one by one"),
)


def owned() -> Axes:
    """The whole Transformer in one picture, and beside each part what this notebook showed of it."""
    (axes,) = _canvas(9.4, 6.2, (-1.1, 12.7), (-0.6, 8.2))
    for left, words, end in ((1.3, "source (m,)", 5.9), (5.0, "written so far (n,)", 7.3)):
        axes.text(left, -0.4, words, ha="center", fontsize=11)
        _stream(axes, (left, 0), (left, end))
        _box(axes, (left, 0.75), "embedding + position", "white", (3.0, 0.6))
        _box(axes, (left, end - 0.75), "norm", NORM, (1.1, 0.5))
        top = end - 1.35  # of the layer
        _line(axes, [(left + 0.35, 1.5), (left + 0.5, 1.5), (left + 0.5, top), (left + 0.35, top)], color="0.4")
        axes.text(left + 0.6, 2.6, "one of\n2 layers", fontsize=9.5, color="0.25")
    for high, words in ((2.2, "attention"), (3.7, "feed-forward")):
        _loop(axes, 1.3, high, words)
    for high, words in ((2.2, "causal attention"), (3.7, "cross-attention"), (5.2, "feed-forward")):
        _loop(axes, 5.0, high, words)
    axes.text(1.3, 6.05, "memory (m, d)", ha="center", fontsize=10.5, color=plots.RED)
    _arrow(axes, (2.0, 5.95), (3.3, 4.15), color=plots.RED, linewidth=2, connectionstyle="arc3,rad=-0.12")
    axes.text(5.0, 7.4, "logits of the next\ncharacter, at each place", ha="center", fontsize=10)
    for high, words in NOTES:
        axes.text(7.1, high, words, va="center", fontsize=9.5)
    return axes


def _loop(axes: Axes, left: float, high: float, words: str) -> None:
    """A sub-layer on the left of an upward stream: read below, normalise, work, add above."""
    low, top, side = high - 0.55, high + 0.6, left - 1.15
    colour = ALONE if words == "feed-forward" else MEETS
    _dot(axes, (left, low))
    _line(axes, [(left, low), (side, low), (side, top)])
    _arrow(axes, (side, top), (left - 0.16, top))
    _box(axes, (side, high - 0.25), "norm", NORM, (0.9, 0.34), 8.5)
    _box(axes, (side, high + 0.2), words, colour, (1.95, 0.44), 9)
    _sum(axes, (left, top))
