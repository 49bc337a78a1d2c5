"""The pictures of notebook 15: where the bytes are, budgets, number formats, rings, cuts, schedules, and copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer
from lessons.scaling.account import Law
from lessons.scaling.quality import caught
from lessons.scaling.simulator import Span

# --- counted ----------------------------------------------------------------------------------------------------------


def bytes_of(rows: Mapping[str, Mapping[str, float]], limit: float | None = None, unit: float = 1e9) -> Axes:
    """Stacked bars: what is looked at -> part -> bytes; `limit` is drawn as a line."""
    axes = plt.subplots(figsize=(9, 0.6 * len(rows) + 1.6))[1]
    parts = list(dict.fromkeys(part for row in rows.values() for part in row))
    left = np.zeros(len(rows))
    for part, colour in zip(parts, plots.COLOURS, strict=False):
        sizes = np.array([row.get(part, 0.0) for row in rows.values()]) / unit
        axes.barh(range(len(rows)), sizes, left=left, color=colour, edgecolor="white", label=part)
        left += sizes
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    if limit is not None:
        axes.axvline(limit / unit, color="black", linestyle="--", label="a device has")
    axes.set(xlabel="gigabytes" if unit == 1e9 else "megabytes")
    axes.figure.legend(loc="outside lower center", ncols=len(parts) + 1, fontsize=10)
    return axes


def traces(found: Mapping[str, Sequence[int]]) -> Axes:
    """Bytes alive after each operation of a step; each line is stretched to the same length."""
    axes = plt.subplots(figsize=(9, 3.2))[1]
    for (name, trace), colour in zip(found.items(), plots.COLOURS, strict=False):
        axes.plot(np.linspace(0, 1, len(trace)), np.asarray(trace) / 1e6, color=colour, label=name)
    axes.set(xlabel="operations of one training step, from the first to the last", ylabel="megabytes", ylim=(0, None))
    axes.legend(fontsize=10)
    return axes


def budgets(law: Law, operations: Sequence[float]) -> Axes:
    """Loss over parameters, one curve for each budget, with its lowest point marked."""
    axes = plt.subplots(figsize=(8.5, 3.6))[1]
    for budget, colour in zip(operations, plots.COLOURS, strict=False):
        best, tokens = law.best_size(budget)
        sizes = best * np.logspace(-1.3, 1.3, 120)
        axes.plot(sizes, [law.loss(n, budget / 6 / n) for n in sizes], color=colour, label=f"{budget:.0e} operations")
        axes.plot(best, law.loss(best, tokens), "o", color=colour)
    axes.set(xscale="log", xlabel="parameters (each curve: one budget, so more parameters read fewer tokens)")
    axes.set_ylabel("loss, nats")
    axes.legend(fontsize=10)
    return axes


def formats() -> Axes:
    """The bits of three floating-point types: sign, exponent, fraction."""
    axes = canvas(9.2, 2.2)
    for row, (name, exponent, fraction) in enumerate((("float32", 8, 23), ("float16", 5, 10), ("bfloat16", 8, 7))):
        y = 0.25 + 0.62 * row
        note(axes, (0.1, y + 0.2), name, fontweight="bold")
        for bit in range(1 + exponent + fraction):
            ground, edge = (
                (GREY, plots.BLACK) if bit == 0 else (WARM, plots.ORANGE) if bit <= exponent else (PLAIN, plots.BLUE)
            )
            axes.add_patch(Rectangle((1.15 + 0.22 * bit, y), 0.22, 0.4, facecolor=ground, edgecolor=edge))
        note(axes, (1.15 + 0.22 * (1 + exponent / 2), y + 0.2), f"{exponent}: range", ha="center", fontsize=9)
        note(
            axes, (1.15 + 0.22 * (1 + exponent + fraction / 2), y + 0.2), f"{fraction}: digits", ha="center", fontsize=9
        )
    return axes


# --- several devices --------------------------------------------------------------------------------------------------


def copies() -> Axes:
    """One batch shared out to two copies of a model, whose gradients are averaged before both take the same step."""
    axes = canvas(9.2, 3.0)
    panel(axes, (1.0, 1.5), (1.6, 1.7), "batch\n8 texts", GREY, plots.BLACK)
    for y, name in ((0.75, "process 0"), (2.25, "process 1")):
        panel(axes, (3.3, y), (1.6, 0.75), f"{name}\n4 texts", WARM, plots.ORANGE)
        panel(axes, (5.4, y), (1.6, 0.75), "model, whole\nforward, back")
        pointer(axes, (1.8, 1.5), (2.45, y))
        pointer(axes, (4.1, y), (4.55, y))
        pointer(axes, (6.2, y), (6.75, 1.5))
    panel(axes, (7.4, 1.5), (1.2, 0.9), "mean of\ngradients", COOL, plots.GREEN)
    note(axes, (8.1, 1.5), "both take\nthe same step", fontsize=9)
    return axes


def rounds(played: Sequence[Sequence[Sequence[Tensor]]], names: Sequence[str]) -> Figure:
    """Who holds what in a ring before and after some rounds: a row for each device, a column for each part.

    A finished part, equal to the sum over all devices, is green.
    """
    figure, every = plt.subplots(1, len(played), figsize=(2.35 * len(played), 2.5), squeeze=False)
    total = [sum(device[part] for device in played[0]) for part in range(len(played[0]))]
    for axes, moment, name in zip(every[0], played, names, strict=True):
        for device, parts in enumerate(moment):
            for part, values in enumerate(parts):
                done = bool((values == total[part]).all())
                ground, edge = (COOL, plots.GREEN) if done else (PLAIN, plots.BLUE)
                axes.add_patch(Rectangle((part, device), 0.94, 0.9, facecolor=ground, edgecolor=edge))
                words = ", ".join(f"{value:g}" for value in values.tolist())
                axes.text(part + 0.47, device + 0.45, words, ha="center", va="center", fontsize=10)
        axes.set(xlim=(-0.05, len(moment)), ylim=(len(moment), -0.05), xticks=[], title=name)
        axes.set_yticks(np.arange(len(moment)) + 0.45, [str(device) for device in range(len(moment))])
        axes.title.set_fontsize(10)
        axes.grid(False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    every[0][0].set_ylabel("device")
    return figure


def shards(n: int = 4) -> Axes:
    """What each of n devices holds of weights, gradients and AdamW's state, in the four stages of sharding."""
    axes = canvas(9.2, 2.9)
    titles = ("copies", "state cut", "and gradients", "and weights")
    for stage, title in enumerate(titles):
        left = 0.9 + 2.1 * stage
        note(axes, (left + 0.8, 0.15), f"{stage}: {title}", ha="center", fontweight="bold")
        for row, (name, ground, edge) in enumerate(
            (("weights", PLAIN, plots.BLUE), ("gradients", WARM, plots.ORANGE), ("AdamW", COOL, plots.GREEN))
        ):
            for device in range(n):
                cut = stage >= 3 - row
                high = 0.56 / n if cut else 0.56
                y = 0.4 + 0.78 * row + (device * high if cut else 0)
                axes.add_patch(Rectangle((left + 0.42 * device, y), 0.38, high, facecolor=ground, edgecolor=edge))
            if stage == 0:
                note(axes, (0.05, 0.4 + 0.78 * row + 0.28), name, fontsize=9)
    note(axes, (4.6, 2.78), f"columns are {n} devices; what is cut is held by one device each", ha="center", fontsize=9)
    return axes


def split_layer() -> Axes:
    """A feed-forward net over two processes: halves of what is inside, and one sum."""
    axes = canvas(9.2, 2.8)
    panel(axes, (0.9, 1.4), (1.3, 0.8), "hidden\n(tokens, d)", GREY, plots.BLACK)
    for y, name in ((0.65, "process 0"), (2.15, "process 1")):
        panel(axes, (3.1, y), (2.0, 0.75), f"{name}: expand\nhalf of the rows (f/2, d)", WARM, plots.ORANGE)
        panel(axes, (5.6, y), (2.2, 0.75), "contract\nhalf of the columns (d, f/2)")
        pointer(axes, (1.55, 1.4), (2.1, y))
        pointer(axes, (4.1, y), (4.5, y))
        pointer(axes, (6.7, y), (7.3, 1.4))
    panel(axes, (8.0, 1.4), (1.4, 0.8), "sum, + bias\n(tokens, d)", COOL, plots.GREEN)
    note(axes, (4.35, 1.4), "between them a function of single numbers", ha="center", fontsize=9)
    return axes


def schedule(spans: Sequence[Span], places: Sequence[str], title: str = "", axes: Axes | None = None) -> Axes:
    """Who does what when: a row for each place; forward is blue, backward orange, anything else green."""
    axes = plt.subplots(figsize=(9, 0.42 * len(places) + 1.1))[1] if axes is None else axes
    for span in spans:
        if span.place not in places or span.end == span.start:
            continue
        row, kind = places.index(span.place), span.name[0].upper()
        colour = {"F": plots.SKY, "B": plots.ORANGE}.get(kind, plots.GREEN)
        axes.add_patch(
            Rectangle((span.start, row - 0.42), span.end - span.start, 0.84, facecolor=colour, edgecolor="white")
        )
        number = span.name[1:].split(" ")[0]
        if number.isdigit():
            axes.text((span.start + span.end) / 2, row, number, ha="center", va="center", fontsize=9)
    end = max(span.end for span in spans)
    axes.set(xlim=(0, end), ylim=(len(places) - 0.5, -0.5), xlabel="seconds", title=title)
    axes.set_yticks(range(len(places)), places)
    axes.grid(False)
    axes.title.set_fontsize(11)
    return axes


def speeds(rows: Mapping[str, Sequence[Mapping[str, float]]], measured: Sequence[tuple[float, float]] = ()) -> Axes:
    """Times as fast over the number of devices, with the line of perfect scaling; measured pairs as crosses."""
    axes = plt.subplots(figsize=(8.5, 3.6))[1]
    for (name, found), colour in zip(rows.items(), plots.COLOURS, strict=False):
        axes.plot(
            [row["devices"] for row in found], [row["times as fast"] for row in found], "o-", color=colour, label=name
        )
    most = [row["devices"] for row in next(iter(rows.values()))]
    axes.plot(most, most, ":", color="grey", label="n devices, n times as fast")
    if measured:
        axes.plot(*zip(*measured, strict=True), "x", color="black", markersize=10, label="measured here")
    axes.set(xscale="log", yscale="log", xlabel="devices", ylabel="times as fast")
    axes.legend(fontsize=10)
    return axes


# --- data -------------------------------------------------------------------------------------------------------------


def catching(settings: Sequence[tuple[int, int]]) -> Axes:
    """The probability that two texts become a candidate, over what they share: (bands, rows) as curves."""
    axes = plt.subplots(figsize=(8, 3.2))[1]
    line = np.linspace(0, 1, 200)
    for (bands, rows), colour in zip(settings, plots.COLOURS, strict=False):
        axes.plot(line, [caught(s, bands, rows) for s in line], color=colour, label=f"{bands} bands of {rows}")
    axes.set(xlabel="Jaccard similarity", ylabel="probability to be compared")
    axes.legend(fontsize=10)
    return axes


def arms(found: Mapping[str, Sequence[float]], xlabel: str) -> Axes:
    """A point for each run, an arm in each row, and their mean as a line."""
    axes = plt.subplots(figsize=(8.5, 0.45 * len(found) + 1.1))[1]
    for row, (_, values) in enumerate(found.items()):
        axes.plot(values, [row] * len(values), "o", color=plots.BLUE, alpha=0.7)
        axes.plot([np.mean(values)] * 2, [row - 0.3, row + 0.3], color=plots.ORANGE, linewidth=2.5)
    axes.set_yticks(range(len(found)), list(found))
    axes.set(xlabel=xlabel, ylim=(len(found) - 0.5, -0.5))
    return axes


def summary() -> Axes:
    """The notebook in one picture: what is too large, and what each remedy pays with."""
    axes = canvas(9.4, 3.9)
    note(axes, (1.3, 0.2), "too large:", ha="center", fontweight="bold")
    note(axes, (4.6, 0.2), "what helps", ha="center", fontweight="bold")
    note(axes, (8.0, 0.2), "what it costs", ha="center", fontweight="bold")
    rows = (
        ("the batch", "in pieces: accumulate", "time"),
        ("activations", "compute layers twice", "a third more operations"),
        ("AdamW's state, weights", "cut it among devices", "bytes on the network"),
        ("one layer", "cut the layer (tensor)", "a sum in every layer"),
        ("the number of layers", "a pipeline", "the bubble: some wait"),
        ("the number of days", "copies, each with other texts", "a sum in every step"),
    )
    for row, (what, remedy, price) in enumerate(rows):
        y = 0.62 + 0.56 * row
        panel(axes, (1.3, y), (2.3, 0.42), what, GREY, plots.BLACK)
        panel(axes, (4.6, y), (2.9, 0.42), remedy)
        panel(axes, (8.0, y), (2.6, 0.42), price, WARM, plots.ORANGE)
        pointer(axes, (2.45, y), (3.15, y))
        pointer(axes, (6.05, y), (6.7, y))
    return axes
