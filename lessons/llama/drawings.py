"""The pictures of notebook 11: two layers side by side, clocks that turn, shared keys, blocks of bytes, turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer
from lessons.llama.analysis import window_mask

# --- the architecture -------------------------------------------------------------------------------------------------


def layers() -> Axes:
    """A layer of GPT-2 and one of a Llama side by side, from the tokens below to the logits above; orange differs."""
    axes = canvas(9.2, 5.4)
    columns = {
        1.85: ("GPT-2 (2019)", "token + learnt position", "LayerNorm",
              "attention\n12 heads of queries, 12 of keys", "LayerNorm", "contract(GELU(expand(x)))"),
        7.3: ("SmolLM2, a Llama", "token alone", "RMSNorm",
              "attention, turned by place\n9 heads of queries, 3 of keys", "RMSNorm",
              "contract(SiLU(gate(x)) · expand(x))"),
    }  # fmt: skip
    for x, (title, start, norm, attention, second, network) in columns.items():
        is_new = x > 4
        look = (WARM, plots.ORANGE) if is_new else (PLAIN, plots.BLUE)
        note(axes, (x, 0.2), title, ha="center", fontweight="bold", fontsize=12)
        for y, words, height in ((4.95, start, 0.42), (4.05, norm, 0.4), (3.3, attention, 0.62), (2.2, second, 0.4),
                                 (1.5, network, 0.5), (0.72, f"{norm}, then · every embedding", 0.4)):  # fmt: skip
            panel(axes, (x, y), (3.3, height), words, *look)
        for low, high in ((4.74, 4.25), (3.85, 3.61), (2.99, 2.4), (2.0, 1.75), (1.25, 0.92)):
            pointer(axes, (x, low), (x, high))
        for y, words in ((2.72, "+ stream"), (1.08, "+ stream")):
            note(axes, (x + 0.12, y), words, fontsize=9)
    notes = {
        4.95: "places enter\nlater",
        4.05: "no mean,\nno bias",
        3.3: "relative places,\na third of the cache",
        1.5: "a gate",
    }
    for y, words in notes.items():
        note(axes, (4.58, y), words, ha="center", fontsize=9)
    return axes


def clocks(frequencies: Sequence[float], places: Sequence[int] = (0, 1, 2, 3, 4, 5, 6, 8)) -> Figure:
    """The hand of each pair of numbers (rows) at some places (columns): each row turns at its own speed."""
    figure, every = plt.subplots(len(frequencies), len(places), figsize=(9, 1.35 * len(frequencies)), squeeze=False)
    for row, frequency in zip(every, frequencies, strict=True):
        for axes, place in zip(row, places, strict=True):
            axes.add_patch(Circle((0, 0), 1, facecolor="white", edgecolor="grey"))
            angle = place * frequency
            pointer(axes, (0, 0), (np.cos(angle), np.sin(angle)), color=plots.ORANGE, linewidth=2)
            axes.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal")
            axes.axis("off")
        row[0].text(-1.4, 0, f"{frequency:.3g} radian\na place", ha="right", va="center", fontsize=10)
    for axes, place in zip(every[0], places, strict=True):
        axes.set_title(f"place {place}", fontsize=11)
    return figure


def shared_keys(n_heads: int = 9, n_key_heads: int = 3) -> Axes:
    """Which head of queries looks at which head of keys and values: one for each, shared by groups, one for all."""
    axes = canvas(9.2, 2.6)
    for left, shared, title in (
        (0.2, n_heads, "each its own"),
        (3.35, n_key_heads, "grouped (SmolLM2)"),
        (6.5, 1, "one for all"),
    ):
        note(axes, (left + 1.3, 0.2), title, ha="center", fontweight="bold")
        xs = [left + 2.6 * (i + 0.5) / n_heads for i in range(n_heads)]
        keys = [left + 2.6 * (i + 0.5) / shared for i in range(shared)]
        for i, x in enumerate(xs):
            key = keys[i * shared // n_heads]
            axes.plot([x, key], [0.85, 1.75], color="grey", linewidth=1)
            axes.add_patch(Rectangle((x - 0.1, 0.55), 0.2, 0.3, facecolor=PLAIN, edgecolor=plots.BLUE))
        for x in keys:
            axes.add_patch(Rectangle((x - 0.1, 1.75), 0.2, 0.3, facecolor=WARM, edgecolor=plots.ORANGE))
        words = f"{n_heads} heads of queries, {shared} of keys and values"
        note(axes, (left + 1.3, 2.35), words, ha="center")
    return axes


def gated() -> Axes:
    """A gated feed-forward network with its shapes: two ways in, a product in the middle, one way out."""
    axes = canvas(9.2, 2.4)
    panel(axes, (0.9, 1.2), (1.2, 0.6), "x\n(tokens, d)", GREY, plots.BLACK)
    panel(axes, (3.0, 0.55), (1.7, 0.6), "gate, then SiLU\n(tokens, f)", WARM, plots.ORANGE)
    panel(axes, (3.0, 1.85), (1.7, 0.6), "expand\n(tokens, f)")
    panel(axes, (5.3, 1.2), (1.7, 0.6), "number by number\n(tokens, f)", COOL, plots.GREEN)
    panel(axes, (7.5, 1.2), (1.5, 0.6), "contract\n(tokens, d)")
    for start, end in (((1.5, 1.1), (2.15, 0.6)), ((1.5, 1.3), (2.15, 1.8)), ((3.85, 0.6), (4.45, 1.1)),
                       ((3.85, 1.8), (4.45, 1.3)), ((6.15, 1.2), (6.75, 1.2))):  # fmt: skip
        pointer(axes, start, end)
    note(axes, (4.1, 0.35), "a gate near 0 closes the number beside it", fontsize=9)
    return axes


# --- the file ---------------------------------------------------------------------------------------------------------


def block(stored: ArrayLike, numbers: ArrayLike) -> Axes:
    """One Q4_1 block: its 20 bytes, and the first and the 17th number that the first of the 16 bytes holds."""
    found, values = np.asarray(stored), np.asarray(numbers)
    axes, side = canvas(9.2, 2.9), 0.42
    scale, minimum = found[:4].astype(np.uint8).view(np.float16).tolist()
    for at, byte in enumerate(found.tolist()):
        colour = plots.ORANGE if at < 2 else plots.GREEN if at < 4 else plots.BLUE
        ground = WARM if at < 2 else COOL if at < 4 else PLAIN
        axes.add_patch(Rectangle((0.3 + side * at, 0.6), side, 0.45, facecolor=ground, edgecolor=colour))
        axes.text(
            0.3 + side * (at + 0.5), 0.83, f"{byte:02x}", ha="center", va="center", fontsize=10, family="monospace"
        )
    for at, width, words in (
        (0, 2, "scale"),
        (2, 2, "minimum"),
        (4, 16, "32 whole numbers from 0 to 15; each byte in base 16, its left digit is the upper half"),
    ):
        note(axes, (0.3 + side * (at + width / 2), 0.35), words, ha="center")
    low, high = int(found[4]) & 15, int(found[4]) >> 4
    pointer(axes, (0.3 + 4.5 * side, 1.05), (0.3 + 4.5 * side, 1.45))
    note(axes, (0.5, 1.65), f"scale {scale:.4f}, minimum {minimum:.4f}")
    note(axes, (0.5, 1.95), f"lower half {low} → number 0: {low} · scale + minimum = {values[0]:.4f}")
    note(axes, (0.5, 2.25), f"upper half {high} → number 16: {high} · scale + minimum = {values[16]:.4f}")
    note(axes, (0.5, 2.6), "20 bytes for 32 numbers: 5 bits each", fontweight="bold")
    return axes


# --- the chat ---------------------------------------------------------------------------------------------------------


def turns(tokens: Sequence[str], owners: Sequence[int], per_line: int = 9) -> Axes:
    """The tokens of a conversation in boxes; `owners` numbers the turn of each, special tokens are framed in black."""
    lines = -(-len(tokens) // per_line)
    axes = canvas(9.2, 0.45 * lines + 0.2)
    grounds = (GREY, PLAIN, WARM, COOL)
    for at, (token, owner) in enumerate(zip(tokens, owners, strict=True)):
        x, y = 0.55 + (at % per_line) * 1.0, 0.3 + 0.45 * (at // per_line)
        is_special = token.startswith("<|")
        edge = plots.BLACK if is_special else "#BBBBBB"
        axes.add_patch(Rectangle((x - 0.48, y - 0.17), 0.96, 0.34, facecolor=grounds[owner % 4], edgecolor=edge))
        words = token if len(token) < 13 else token[:12] + "…"
        axes.text(
            x,
            y,
            words.replace("$", r"\$"),
            ha="center",
            va="center",
            fontsize=8,
            fontweight="bold" if is_special else "normal",
        )
    return axes


def retrieval() -> Axes:
    """From a question to an answer by way of a passage that was found for it."""
    axes = canvas(9.2, 2.2)
    places = {0.95: ("question", GREY, plots.BLACK), 3.0: ("search\n09's, over all passages", PLAIN, plots.BLUE),
              5.2: ("prompt\npassage + question", WARM, plots.ORANGE), 7.2: ("model", PLAIN, plots.BLUE),
              8.6: ("answer", COOL, plots.GREEN)}  # fmt: skip
    for x, (words, ground, edge) in places.items():
        panel(axes, (x, 1.0), (1.75 if "\n" in words else 1.0, 0.7), words, ground, edge)
    for start, end in ((1.45, 2.1), (3.9, 4.3), (6.1, 6.7), (7.7, 8.1)):
        pointer(axes, (start, 1.0), (end, 1.0))
    pointer(axes, (0.95, 1.35), (5.2, 1.35), connectionstyle="arc3,rad=0.18", color="grey")
    note(axes, (3.0, 2.05), "the question goes into the prompt, too", ha="center", fontsize=9)
    note(axes, (3.0, 0.4), "may find the wrong one", ha="center", fontsize=9, color=plots.RED)
    note(axes, (7.2, 0.4), "may not keep to it", ha="center", fontsize=9, color=plots.RED)
    return axes


def masked_choice(tokens: Sequence[str], probabilities: ArrayLike, may: Sequence[bool]) -> Figure:
    """The same tokens before and after those that would break the form are taken away."""
    before = np.asarray(probabilities, dtype=float)
    after = np.where(may, before, 0.0)
    figure, panels = plt.subplots(1, 2, figsize=(9.2, 2.8), sharey=True)
    for axes, values, title in zip(
        panels, (before, after / max(after.sum(), 1e-12)), ("the model's own", "what is allowed"), strict=True
    ):
        axes.barh(range(len(tokens)), values, color=[plots.BLUE if each else "lightgrey" for each in may])
        axes.set(title=title, xlabel="probability", xlim=(0, 1), ylim=(len(tokens) - 0.4, -0.6))
    panels[0].set_yticks(range(len(tokens)), [token.replace("$", r"\$") for token in tokens], fontsize=9)
    return figure


# --- long texts -------------------------------------------------------------------------------------------------------


def wave_lengths(frequencies: ArrayLike, trained: int) -> Axes:
    """How many tokens each pair of numbers needs for a whole turn, and the length that the model was trained on."""
    lengths = 2 * np.pi / np.asarray(frequencies, dtype=float)
    axes = plt.subplots(figsize=(8, 3.2))[1]
    colours = [plots.BLUE if length <= trained else plots.ORANGE for length in lengths]
    axes.bar(range(len(lengths)), lengths, color=colours)
    axes.axhline(trained, color=plots.BLACK, linestyle="--")
    axes.text(0, trained * 1.2, f"trained on {trained:,} tokens", fontsize=10)
    beyond = int((lengths <= trained).sum())
    if beyond < len(lengths):  # the first bar above the line is hardly above it
        axes.text(beyond, lengths[beyond] * 1.3, f"{lengths[beyond]:,.0f}", ha="center", fontsize=9)
    axes.set(yscale="log", xlabel="pair of numbers", ylabel="tokens for a turn")
    return axes


def windows(n: int = 12, window: int = 4, sinks: int = 2) -> Figure:
    """Who may look where: at all before it, at the last few, at the last few and the very first ones."""
    figure, panels = plt.subplots(1, 3, figsize=(9.2, 3.2))
    shown = {
        "full: grows with the text": window_mask(0, n, n),
        f"window of {window}": window_mask(0, n, window),
        f"window and {sinks} sinks": window_mask(0, n, window, sinks),
    }
    for axes, (title, mask) in zip(panels, shown.items(), strict=True):
        plots.heatmap(mask.double(), axes=axes, limits=(0, 1.4), title=title)
        axes.set(xlabel="key", ylabel="query", xticks=[], yticks=[])
        axes.title.set_fontsize(11)
    return figure


# --- measured ---------------------------------------------------------------------------------------------------------


def by_place(curves: Mapping[str, tuple[Sequence[float], Sequence[float]]], trained: int, **labels: Any) -> Axes:
    """What a token costs, by its place in the text, under several names; a line where the training ended."""
    axes = plt.subplots(figsize=(8, 3.4))[1]
    for at, (name, (places, costs)) in enumerate(curves.items()):
        axes.plot(places, costs, marker="o", markersize=3, label=name, linewidth=2 if at else 4)  # the first lies below
    axes.axvline(trained, color=plots.BLACK, linestyle="--")
    axes.set(**{"xlabel": "place in the text", "ylabel": "bits per token", **labels})
    axes.legend(fontsize=10, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3)
    return axes


def confidences(groups: Mapping[str, Sequence[float]]) -> Axes:
    """Every answer as a point, in one row for each group, at the model's confidence in it."""
    axes = plt.subplots(figsize=(8, 0.6 * len(groups) + 1.2))[1]
    for row, values in enumerate(groups.values()):
        offsets = 0.28 * ((np.arange(len(values)) * 0.618) % 1 - 0.5)  # so that equal ones are seen
        axes.plot(values, row + offsets, "o", markersize=5, alpha=0.7, color=plots.COLOURS[row])
        axes.plot([np.median(values)] * 2, [row - 0.3, row + 0.3], color=plots.BLACK, linewidth=2)
    axes.set(
        xlabel="confidence: typical probability of a token of the answer",
        xlim=(0, 1.02),
        ylim=(len(groups) - 0.4, -0.6),
    )
    axes.set_yticks(range(len(groups)), list(groups))
    return axes


def summary() -> Axes:
    """What the notebook opened, in one row of boxes."""
    axes = canvas(9.2, 2.3)
    steps = [
        ("file", "blocks of 5 bits\n98 MB"),
        ("weights", "32-bit floats\n538 MB"),
        ("template", "turns as\nspecial tokens"),
        ("model", "30 layers, turned\n9 queries, 3 keys"),
        ("choice", "masked, drawn,\nput to the text"),
    ]
    for place, (title, words) in enumerate(steps):
        x = 1.0 + 1.8 * place
        ground = (WARM, plots.ORANGE) if title in ("model", "template") else (PLAIN, plots.BLUE)
        panel(axes, (x, 0.8), (1.6, 0.9), f"{title}\n{words}", *ground)
        if place:
            pointer(axes, (x - 1.0, 0.8), (x - 0.8, 0.8))
    pointer(axes, (8.2, 1.25), (6.4, 1.25), connectionstyle="arc3,rad=-0.4", color=plots.ORANGE)
    note(axes, (7.3, 1.95), "again: keys and values stay in the cache", ha="center")
    return axes
