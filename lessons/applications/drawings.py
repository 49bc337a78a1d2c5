"""The pictures of notebook 09: one encoder under four heads, words and their pieces, spans, two towers, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from torch import Tensor

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, WARM, canvas, note, panel, pointer

TASKS = (
    ("entities", "a tag for\nevery word", "(tokens, tags)"),
    ("answers", "begins here?\nends here?", "(tokens, 2)"),
    ("search", "one vector for\nthe whole text", "(dim,)"),
    ("summaries", "one score for\nevery sentence", "(sentences,)"),
)


def four_heads() -> Axes:
    """One encoder, and what each of the four heads of this notebook makes of its vectors, with shapes."""
    axes = canvas(9.2, 4.1)
    panel(axes, (4.4, 3.75), (8.0, 0.45), "a text as token ids (tokens,)", GREY, plots.BLACK)
    panel(axes, (4.4, 2.75), (8.0, 0.75), "the encoder of notebook 07\na vector for every token: (tokens, hidden_size)")
    pointer(axes, (4.4, 3.5), (4.4, 3.15))
    for place, (title, words, shape) in enumerate(TASKS):
        x = 1.4 + 2.0 * place
        panel(axes, (x, 1.25), (1.75, 0.95), f"{title}\n{words}", WARM, plots.ORANGE)
        pointer(axes, (x, 2.36), (x, 1.75))
        pointer(axes, (x, 0.76), (x, 0.48))
        note(axes, (x, 0.3), shape, ha="center")
    return axes


def pieces(words: Sequence[str], parts: Sequence[str], owners: Sequence[int | None], tags: Sequence[str]) -> Axes:
    """Words above, their pieces below, lines from each piece to its word; a tag under the pieces that are asked.

    `owners[i]` is the number of the word that piece i is of, or None; the first piece of each word is the one asked.
    """
    axes = canvas(max(9.2, 0.85 * len(parts)), 2.5)
    width = 9.2 / len(parts)
    at = [width * (i + 0.5) for i in range(len(parts))]
    size = (min(1.2, 0.92 * width), 0.42)
    for number, (word, tag) in enumerate(zip(words, tags, strict=True)):
        mine = [x for x, owner in zip(at, owners, strict=True) if owner == number]
        if not mine:
            continue
        middle = sum(mine) / len(mine)
        panel(axes, (middle, 0.3), (max(size[0], mine[-1] - mine[0] + size[0]), 0.42), word, GREY, plots.BLACK)
        for x in mine:
            pointer(axes, (middle, 0.52), (x, 0.98), color="grey")
        pointer(axes, (mine[0], 1.42), (mine[0], 1.82), color=plots.ORANGE)
        panel(axes, (mine[0], 2.05), (max(0.5, 0.085 * len(tag) + 0.15), 0.42), tag, WARM, plots.ORANGE)
    for x, part, owner in zip(at, parts, owners, strict=True):
        is_plain = owner is not None
        panel(axes, (x, 1.2), size, part, *(() if is_plain else (GREY, plots.BLACK)))
    return axes


def span_table(start: Tensor, end: Tensor, tokens: Sequence[str], max_tokens: int) -> Axes:
    """start[i] + end[j] for every span, (tokens, tokens): rows where it begins, columns its end; the best framed."""
    table = (start[:, None] + end[None]).numpy()
    n = len(tokens)
    length = np.arange(n)[None] - np.arange(n)[:, None]
    hidden = (length < 0) | (length >= max_tokens)
    axes = plt.subplots(figsize=(6.4, 5.4))[1]
    plots.heatmap(table, tokens, tokens, axes=axes, mask=hidden, text=".0f", text_size=9, bar="start + end")
    axes.set_xticks(range(n), tokens, rotation=60, ha="right", rotation_mode="anchor")
    axes.set(xlabel="the answer ends at", ylabel="the answer begins at")
    row, column = np.unravel_index(np.where(hidden, -np.inf, table).argmax(), table.shape)
    corner = (int(column) - 0.5, int(row) - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=plots.ORANGE, linewidth=3))
    return axes


def two_towers(first: Sequence[str], second: Sequence[str], similarities: Tensor) -> Axes:
    """A batch of pairs as a table (batch, batch): each row must pick its own column among those of all the others."""
    axes = plt.subplots(figsize=(7.6, 4.2))[1]
    plots.heatmap(similarities, first, second, axes=axes, text=".2f", bar="cosine", aspect="auto")
    axes.set_xticks(range(len(second)), second, rotation=25, ha="right", rotation_mode="anchor")
    for place in range(len(first)):
        corner = (place - 0.5, place - 0.5)
        axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=plots.ORANGE, linewidth=3))
    return axes


def bars(values: Mapping[str, float], xlabel: str, limits: tuple[float, float] = (0, 1)) -> Axes:
    """One bar for each name, from top to bottom, with its number."""
    axes = plt.subplots(figsize=(7.2, 0.6 + 0.38 * len(values)))[1]
    places = range(len(values))
    axes.barh(places, list(values.values()), color=plots.BLUE)
    for place, value in zip(places, values.values(), strict=True):
        axes.text(value, place, f" {value:.2f}", va="center", fontsize=10)
    axes.set_yticks(places, list(values))
    axes.set(xlabel=xlabel, xlim=limits, ylim=(len(values) - 0.4, -0.6))
    return axes


def found_against_looked_at(rows: Sequence[Mapping[str, float]]) -> Axes:
    """Approximate search: the share of the ten nearest that is found, against the share of vectors looked at."""
    axes = plt.subplots(figsize=(6.4, 3))[1]
    axes.plot([row["looked_at"] for row in rows], [row["found"] for row in rows], marker="o")
    for row in rows:
        words = f" {row['probes']} cell{'s' * (row['probes'] > 1)}"
        axes.annotate(words, (row["looked_at"], row["found"]), va="top", fontsize=9.5)
    axes.set(xlabel="share of all vectors that were compared", ylabel="of the ten nearest", ylim=(0, 1.05))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    axes.margins(x=0.12)
    return axes


def summary() -> Axes:
    """What each task must beat and how it is judged, in one row of boxes."""
    axes = canvas(9.2, 2.6)
    told = (
        ("entities", "against a list of names", "span F1, not accuracy"),
        ("answers", "against a rule, and a model\ntrained without questions", "EM and F1"),
        ("search", "against BM25, in both\nkinds of pool", "recall@k, MRR"),
        ("summaries", "against the first sentence,\nand read by eye", "ROUGE, and length"),
    )
    for place, (title, rival, measure) in enumerate(told):
        x = 1.2 + 2.27 * place
        panel(axes, (x, 0.8), (2.1, 1.0), f"{title}\n{rival}", COOL, plots.GREEN)
        pointer(axes, (x, 1.32), (x, 1.72))
        panel(axes, (x, 2.0), (2.1, 0.5), measure, WARM, plots.ORANGE)
    return axes
