"""The pictures of notebook 05: shapes on their way through attention, where the mask sits, what was measured.

Drawings of structure stand on a canvas whose units are inches, y downwards. Every function returns what it drew on, and
every colour is one of the course's (see `lessons.kit.plots`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, panel, pointer

Point = tuple[float, float]


class _Table(NamedTuple):
    """Numbers (rows, columns) with a title and names of rows and columns; the row `marked` has another ground."""

    title: str
    values: np.ndarray
    rows: Sequence[str] = ()
    columns: Sequence[str] = ()
    marked: int = -1


def _numbers(axes: Axes, left: float, top: float, table: _Table) -> float:
    """Draw a table with its shape beside the title; where it ends on the right."""
    (n_rows, n_columns), (width, height) = table.values.shape, (0.56, 0.34)
    axes.text(left, top - 0.14, f"{table.title}  ({n_rows}, {n_columns})", fontsize=10, fontweight="bold", va="bottom")
    form = ".2f" if (table.values % 1).any() else ".0f"
    for (row, column), value in np.ndenumerate(table.values):
        x, y = left + column * width, top + row * height
        ground = WARM if row == table.marked else "white"
        axes.add_patch(Rectangle((x, y), width, height, facecolor=ground, edgecolor="grey", linewidth=0.8))
        axes.text(x + width / 2, y + height / 2, f"{value:{form}}", ha="center", va="center", fontsize=10)
    for row, name in enumerate(table.rows):
        axes.text(left - 0.08, top + (row + 0.5) * height, name, ha="right", va="center", fontsize=9)
    for column, name in enumerate(table.columns):
        x, y = left + (column + 0.5) * width, top + n_rows * height + 0.13
        axes.text(x, y, name, ha="center", va="center", fontsize=9)
    return left + n_columns * width


def _product(axes: Axes, top: float, first: _Table, second: _Table, result: _Table) -> None:
    """Two tables and their product, with @ and = between."""
    left = 0.75
    for sign, table in (("@", first), ("=", second), ("", result)):
        left += 0.5 if table.rows and table is not first else 0.0  # room for the names of the rows
        end = _numbers(axes, left, top, table)
        axes.text(end + 0.28, top + 0.51, sign, fontsize=14, ha="center", va="center")
        left = end + 0.56


# --- shapes on their way ----------------------------------------------------------------------------------------------


def look_up(tokens: Sequence[str], tables: Mapping[str, ArrayLike], marked: int = -1) -> Axes:
    """One attention as tables of numbers: `tables` holds Q, K, scores, weights, V and output, each (tokens, …).

    The row of the token `marked` has another ground wherever that token asks. Raises KeyError if a table is missing.
    """
    axes = canvas(9.2, 4.1)
    array = {name: np.asarray(values, dtype=float) for name, values in tables.items()}
    turned = _Table("Kᵀ", array["K"].T, columns=tokens)  # (dim, tokens)
    scores = _Table("scores", array["scores"], columns=tokens, marked=marked)
    _product(axes, 0.5, _Table("Q", array["Q"], tokens, marked=marked), turned, scores)
    axes.text(6.7, 1.0, f"then, in each row,\nsoftmax(scores / √{array['Q'].shape[1]})", fontsize=10, va="center")
    pointer(axes, (7.5, 1.3), (2.3, 2.3), connectionstyle="arc3,rad=-0.12", color=plots.BLUE)
    weights = _Table("weights", array["weights"], tokens, tokens, marked)
    _product(axes, 2.7, weights, _Table("V", array["V"], tokens), _Table("output", array["output"], marked=marked))
    return axes


def translators() -> Axes:
    """A translator of 2014, with one vector for the whole sentence, beside one of 2015, which looks at every word."""
    axes = canvas(9.4, 3.7)
    for left, title in ((0.2, "2014: one vector for everything"), (4.9, "2015: look back at every word")):
        axes.text(left, 0.2, title, fontsize=11, fontweight="bold", va="center")
        for place, word in enumerate(("the", "red", "cup")):
            x = left + 0.55 + 0.95 * place
            axes.text(x, 3.45, word, ha="center", va="center", fontsize=11)
            pointer(axes, (x, 3.32), (x, 3.12))
            panel(axes, (x, 2.88), (0.72, 0.44), f"h{'₁₂₃'[place]}\n(d,)")
            if place:
                pointer(axes, (x - 0.59, 2.88), (x - 0.36, 2.88))
    _bottleneck(axes)
    _looking_back(axes)
    return axes


def _bottleneck(axes: Axes) -> None:
    panel(axes, (3.88, 2.88), (1.0, 0.5), "one vector\n(d,)", WARM, plots.ORANGE)
    pointer(axes, (3.01, 2.88), (3.4, 2.88))
    pointer(axes, (3.85, 2.63), (0.75, 1.5), connectionstyle="arc3,rad=0.15")
    for place, word in enumerate(("la", "tasse", "rouge")):
        x = 0.75 + 0.95 * place
        panel(axes, (x, 1.25), (0.72, 0.44), f"s{'₁₂₃'[place]}\n(d,)", COOL, plots.GREEN)
        pointer(axes, (x, 1.03), (x, 0.83))
        axes.text(x, 0.68, word, ha="center", va="center", fontsize=11)
        if place:
            pointer(axes, (x - 0.59, 1.25), (x - 0.36, 1.25))


def _looking_back(axes: Axes) -> None:
    """The second word is being written: it mixes the three states by its weights."""
    panel(axes, (5.45, 1.25), (0.72, 0.44), "s₁\n(d,)", COOL, plots.GREEN)
    panel(axes, (6.4, 1.9), (1.05, 0.46), "mixture c₂\n(d,)", WARM, plots.ORANGE)
    for place, weight in enumerate((0.1, 0.15, 0.75)):
        start = 5.45 + 0.95 * place, 2.66
        pointer(axes, start, (6.25 + 0.15 * place, 2.13), color=plots.ORANGE, linewidth=1 + 5 * weight)
        axes.text(start[0] + (0.02, 0.1, 0.06)[place], 2.4, f"{weight:.2f}", fontsize=9, ha="left", va="center")
    axes.text(7.5, 2.1, "weights (3,), sum 1:\nhow well each h fits s₁", fontsize=9, va="center")
    panel(axes, (6.4, 1.25), (0.72, 0.44), "s₂\n(d,)", COOL, plots.GREEN)
    pointer(axes, (5.81, 1.25), (6.04, 1.25))
    pointer(axes, (6.4, 1.67), (6.4, 1.47), color=plots.ORANGE)
    for x, word in ((5.45, "la"), (6.4, "tasse")):
        pointer(axes, (x, 1.03), (x, 0.83))
        axes.text(x, 0.68, word, ha="center", va="center", fontsize=11)


def heads(hidden_size: int = 384, n_heads: int = 12) -> Axes:
    """Multi-head attention from its input to its output, with the shape at each stage and where the mask comes in.

    Raises ValueError if the heads cannot share hidden_size equally.
    """
    if hidden_size % n_heads:
        raise ValueError(f"hidden_size {hidden_size} cannot be shared equally by {n_heads} heads.")
    axes, whole = canvas(10.2, 3.9), f"(batch, n, {hidden_size})"
    split, pairs = f"(batch, {n_heads}, n, {hidden_size // n_heads})", f"(batch, {n_heads}, n, n)"
    panel(axes, (0.72, 1.6), (1.24, 0.6), f"tokens\n{whole}", GREY, plots.BLACK)
    for y, name in ((0.6, "query"), (1.6, "key"), (2.6, "value")):
        pointer(axes, (1.34, 1.6), (1.68, y))
        panel(axes, (2.3, y), (1.24, 0.6), f"{name} map\n{whole}")
        pointer(axes, (2.92, y), (3.2, y))
        panel(axes, (3.92, y), (1.44, 0.6), f"split: {name[0]}\n{split}")
    pointer(axes, (4.64, 0.6), (5.0, 0.98))
    pointer(axes, (4.64, 1.6), (5.0, 1.22))
    panel(axes, (5.7, 1.1), (1.46, 0.6), f"scores q kᵀ/√{hidden_size // n_heads}\n{pairs}", WARM, plots.ORANGE)
    _to_the_output(axes, split, pairs, whole)
    return axes


def _to_the_output(axes: Axes, split: str, pairs: str, whole: str) -> None:
    pointer(axes, (6.43, 1.1), (6.68, 1.1))
    panel(axes, (7.4, 1.1), (1.44, 0.6), f"softmax\n{pairs}", WARM, plots.ORANGE)
    panel(axes, (6.54, 0.32), (2.3, 0.44), "mask: −∞ where False\n(n, n) or (batch, 1, n)", GREY, plots.RED)
    pointer(axes, (6.54, 0.54), (6.54, 1.03), color=plots.RED)
    panel(axes, (7.4, 2.6), (1.44, 0.6), f"weights @ v\n{split}", COOL, plots.GREEN)
    pointer(axes, (7.4, 1.4), (7.4, 2.3))
    pointer(axes, (4.64, 2.6), (6.68, 2.6))
    pointer(axes, (8.12, 2.6), (8.34, 2.6))
    panel(axes, (9.1, 2.6), (1.5, 0.6), f"merge heads\n{whole}", COOL, plots.GREEN)
    pointer(axes, (9.1, 2.9), (9.1, 3.2))
    panel(axes, (9.1, 3.5), (1.5, 0.6), f"output map\n{whole}")


def masks(tokens: Sequence[str], tables: Mapping[str, ArrayLike]) -> Figure:
    """Masks side by side, (queries, keys) each and True where a query may look: a dark square with a tick."""
    figure, panels = plt.subplots(1, len(tables), figsize=(3.2 * len(tables), 3.3), squeeze=False)
    for axes, (name, table) in zip(panels[0], tables.items(), strict=True):
        allowed = np.asarray(table, dtype=bool)
        ticks = np.where(allowed, "yes", "–")
        plots.heatmap(allowed, tokens, tokens, axes=axes, text=ticks, text_size=9, limits=(0, 1.6), title=name)
        axes.set(xlabel="is looked at (key)")
        axes.tick_params(labelsize=9)
        axes.set_xticks(range(len(tokens)), tokens, rotation=60, ha="right", rotation_mode="anchor")
    panels[0, 0].set_ylabel("looks (query)")
    return figure


def summary() -> Axes:
    """What you now own: the stages of attention in a row, what each does, and what was shown about it."""
    stages = (
        ("query, key, value", "three linear maps\n(n, h) → (n, h)", "a key bias does nothing", PLAIN, plots.BLUE),
        ("heads", "an axis: (heads, n, d)\nd = h / heads", "their outputs add up", PLAIN, plots.BLUE),
        ("scores", "q · k / √d\n(heads, n, n)", "variance d → variance 1", WARM, plots.ORANGE),
        ("mask", "−∞ where False\n(n, n) or (1, n)", "nowhere to look: zeros,\nin the gradient too", GREY, plots.RED),
        ("softmax", "each row adds up to 1\n(heads, n, n)", "a soft dictionary;\nmeans, no counts", WARM, plots.ORANGE),
        ("mixture", "weights @ v, merged,\noutput map: (n, h)", "shuffled in, shuffled out", COOL, plots.GREEN),
    )  # fmt: skip
    axes, width = canvas(10.4, 2.4), 1.56
    for place, (name, what, shown, ground, edge) in enumerate(stages):
        x = 0.86 + 1.735 * place
        panel(axes, (x, 0.75), (width, 0.9), f"{name}\n{what}", ground, edge)
        axes.text(x, 1.5, shown, ha="center", va="center", fontsize=9, style="italic")
        if place:
            pointer(axes, (x - 0.955, 0.75), (x - width / 2, 0.75))
    axes.text(0.1, 0.14, "What you now own", fontsize=12, fontweight="bold", va="center")
    cost = "its price: 8 n h² operations for the maps, and 4 n² h for scores and mixture"
    axes.text(5.2, 2.15, cost, ha="center", va="center", fontsize=10)
    axes.plot([0.1, 10.3], [1.85, 1.85], color="lightgrey", linewidth=1)
    return axes


# --- what was measured ------------------------------------------------------------------------------------------------


def shares(distributions: Mapping[str, ArrayLike]) -> Figure:
    """Softmax outputs as bars, each (keys,), with titles of several lines; all on one scale."""
    figure, panels = plt.subplots(1, len(distributions), figsize=(9, 3.3), sharey=True, squeeze=False)
    for axes, (title, values) in zip(panels[0], distributions.items(), strict=True):
        bars = np.asarray(values, dtype=float)
        axes.bar(range(len(bars)), bars, color=plots.BLUE)
        axes.set(title=title, xlabel="key", ylim=(0, 1.05))
    panels[0, 0].set_ylabel("share")
    return figure


def recall(curves: Mapping[str, Sequence[float]], weights: ArrayLike, asked: Sequence[int], every: int = 15) -> Figure:
    """Left, shares right while training, a value after each `every` steps; right, weights (scenes, pairs) and the
    pair that was asked in each scene."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.3), width_ratios=(3, 2))
    for (label, values), marker in zip(curves.items(), "os", strict=False):
        left.plot(every * np.arange(len(values)), values, f"{marker}-", markersize=5, label=label)
    left.axhline(1 / 6, color=plots.BLACK, linestyle=":", label="1 in 6")
    left.set(xlabel="step", ylabel="right on new scenes", ylim=(0, 1.05))
    left.legend(loc="center right")
    scenes, pairs = np.shape(weights)
    plots.heatmap(weights, range(scenes), range(pairs), axes=right, limits=(0, 1), bar="weight")
    right.set(xlabel="pair", ylabel="scene")
    right.plot(asked, range(scenes), "o", color=plots.ORANGE, label="the asked pair")
    right.legend(loc="lower left", bbox_to_anchor=(0, 1))
    return figure


def scaling(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Figure:
    """Accuracy over the learning rate, a panel for each dim and a colour for each divisor: lowest to highest start.

    `rows` are those of `benchmarks/results/attention.json`; `names` says what each divisor is called, in their order.
    """
    dims = sorted({row["dim"] for row in rows})
    figure, panels = plt.subplots(1, len(dims), figsize=(9.6, 3.5), sharey=True, squeeze=False)
    looks = list(zip(plots.COLOURS, "osD^", ("-", "--", "-.", ":"), strict=False))
    for axes, dim in zip(panels[0], dims, strict=True):
        for (divisor, name), (colour, marker, line) in zip(names.items(), looks, strict=False):
            found = [row for row in rows if (row["dim"], row["divisor"]) == (dim, divisor)]
            rates, values = [row["learning_rate"] for row in found], np.array([row["accuracies"] for row in found])
            axes.fill_between(rates, values.min(1), values.max(1), color=colour, alpha=0.15, linewidth=0)
            axes.plot(rates, np.median(values, 1), line, marker=marker, markersize=5, color=colour, label=name)
        axes.set(xscale="log", xlabel="learning rate", title=f"d = {dim}", ylim=(0, 1.05))
        axes.set_xticks(rates, [f"{rate:g}" for rate in rates], fontsize=8)
        axes.minorticks_off()
    panels[0, 0].set_ylabel("right after 150 steps")
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=10)
    return figure


def habits(top: ArrayLike, place: ArrayLike, places: Sequence[str]) -> Axes:
    """For each head, (layers, heads), the largest of several shares of its weight, and which one it is."""
    largest, which = np.asarray(top, dtype=float), np.asarray(place, dtype=int)
    words = np.vectorize(lambda share, i: f"{places[i]}\n{share:.0%}" if share > 0.3 else f"{share:.0%}")
    axes = plt.subplots(figsize=(9.4, 3.8))[1]
    return plots.heatmap(
        largest, range(len(largest)), range(largest.shape[1]), axes=axes, text=words(largest, which), text_size=9,
        limits=(0, 1), aspect="auto", bar="share of the weight", xlabel="head", ylabel="layer",
    )  # fmt: skip


def smoothing(x: ArrayLike, y: ArrayLike, curves: Mapping[str, tuple[ArrayLike, ArrayLike]], **labels: Any) -> Axes:
    """Known points and smooth curves (x, y) through them, each with its name; `labels` go to the axes."""
    axes = plt.subplots(figsize=(8, 3.8))[1]
    axes.plot(x, y, "o", color=plots.SKY, alpha=0.5, markersize=4)
    colours = (plots.ORANGE, plots.BLUE, plots.RED, plots.BLACK)
    for (name, (places, values)), colour, line in zip(curves.items(), colours, ("-", "-", "--", ":"), strict=False):
        axes.plot(places, values, line, color=colour, label=name)
    axes.set(**labels)
    axes.legend()
    return axes
