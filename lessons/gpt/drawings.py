"""The pictures of notebook 10: the decoder-only stack, its cache, distributions before a draw, what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, WARM, canvas, note, panel, pointer
from lessons.kit.training import History


def stack(tokens: Sequence[str], following: Sequence[str]) -> Axes:
    """A GPT from its tokens (below) to what it is asked for (above), shapes beside it; orange is what 06 had not."""
    axes = canvas(9.2, 5.6)
    places = [1.5 + 1.35 * i for i in range(len(tokens))]
    middle, width = (places[0] + places[-1]) / 2, places[-1] - places[0] + 1.2
    for x, token, target in zip(places, tokens, following, strict=True):
        panel(axes, (x, 5.25), (1.15, 0.42), token, GREY, plots.BLACK)
        panel(axes, (x, 0.35), (1.15, 0.42), target, WARM, plots.ORANGE)
        for low, high in ((5.02, 4.78), (4.2, 3.85), (1.9, 1.72), (1.18, 0.6)):
            pointer(axes, (x, low), (x, high))
    panel(axes, (middle, 4.5), (width, 0.5), "token embedding + position embedding")
    panel(axes, (middle, 2.88), (width, 1.9), "", COOL, plots.GREEN)
    note(axes, (middle, 2.16), "one layer of notebook 06, and the next, and the next …", ha="center", fontweight="bold")
    panel(axes, (middle, 3.42), (width - 0.5, 0.5), "stream + attention(norm(stream)), causal mask", WARM, plots.ORANGE)
    panel(axes, (middle, 2.68), (width - 0.5, 0.5), "stream + feed_forward(norm(stream))")
    panel(axes, (middle, 1.45), (width, 0.5), "norm, then a product with every token's embedding", WARM, plots.ORANGE)
    right = places[-1] + 0.75
    shapes = {
        5.25: "token ids\n(batch, tokens)",
        4.5: "(batch, tokens,\nhidden_size)",
        2.88: "the same shape\nafter every layer",
        1.45: "logits (batch, tokens,\nvocab_size)",
        0.35: "targets: the text,\none token further",
    }
    for y, words in shapes.items():
        note(axes, (right, y), words)
    return axes


def cache(n_past: int = 5) -> Axes:
    """One step of writing: everything anew (left), or one new row against kept keys and values (right)."""
    axes, side = canvas(9.2, 3.4), 0.36
    n = n_past + 1
    for left, cached, title in ((0.55, False, "without a cache"), (5.1, True, "with a cache")):
        note(axes, (left, 0.25), title, fontweight="bold", fontsize=11)
        for row in range(n):
            for column in range(row + 1):
                new = row == n_past
                done = new or not cached
                colour = (plots.ORANGE if new else plots.SKY) if done else "white"
                corner = (left + column * side, 0.55 + row * side)
                axes.add_patch(Rectangle(corner, side, side, facecolor=colour, edgecolor="grey", linewidth=0.8))
        note(axes, (left + n * side + 0.15, 0.55 + (n_past + 0.5) * side), "the new token asks")
        words = "keys and values kept from before" if cached else "queries, keys, values of all tokens anew"
        note(axes, (left, 0.55 + n * side + 0.25), words)
    return axes


def losses(history: History) -> Axes:
    """The loss of each batch, its running mean, and the loss on a held-out text, on one axis: nats per token."""
    axes = plt.subplots(figsize=(8, 3.4))[1]
    steps = range(1, len(history.loss) + 1)
    axes.plot(steps, history.loss, color=plots.SKY, alpha=0.5, linewidth=1, label="each batch")
    axes.plot(steps, plots.running_mean(history.loss), color=plots.BLUE, label="mean of 20 batches")
    found = [(step, metrics["loss"]) for step, metrics in history.validation]
    axes.plot(*zip(*found, strict=True), color=plots.ORANGE, marker="o", label="held-out play")
    for step, value in found:
        axes.annotate(f"{value:.2f}", (step, value), (0, 8), textcoords="offset points", ha="center", fontsize=11)
    axes.set(xlabel="step", ylabel="loss, nats per token", xlim=(0, 1.03 * len(history.loss)))
    axes.legend()
    return axes


def distributions(tokens: Sequence[str], shown: Mapping[str, Tensor], columns: int = 4) -> Figure:
    """Bars of probability for the same tokens under several names; each distribution is (tokens,).

    All have one scale. A token that is certain would make the other bars too short to see: its bar is cut, and says 1.
    """
    lines = -(-len(shown) // columns)
    longest = max((float(p) for each in shown.values() for p in each if p < 0.99), default=1.0)
    figure, every = plt.subplots(lines, columns, figsize=(9.2, 2.7 * lines), sharex=True, squeeze=False)
    for axes, (name, probabilities) in zip(every.flat, shown.items(), strict=False):
        values = np.asarray(probabilities)
        axes.barh(range(len(tokens)), values, color=plots.BLUE)
        axes.set(title=name, xlim=(0, 1.08 * longest), ylim=(len(tokens) - 0.4, -0.6))
        axes.set_yticks(range(len(tokens)), tokens, fontsize=9.5)
        axes.title.set_fontsize(11)
        for place in np.flatnonzero(values >= 0.99):
            axes.text(longest, place, f"{values[place]:.0f} →", color="white", ha="right", va="center", fontsize=9.5)
    for axes in every.flat[len(shown) :]:
        axes.set_visible(False)
    for axes in every[-1]:
        axes.set_xlabel("probability")
    return figure


def streams(growth: Mapping[str, Sequence[float]]) -> Axes:
    """The spread of the residual stream after each layer, under several names."""
    axes = plt.subplots(figsize=(7, 3))[1]
    for name, values in growth.items():
        axes.plot(range(len(values)), values, marker="o", markersize=4, label=name)
    axes.set(xlabel="layers passed", ylabel="standard deviation\nof the stream", ylim=(0, None))
    axes.legend()
    return axes


def summary() -> Axes:
    """What the notebook made, in one row of boxes: text, model, distribution, draw, and what is kept."""
    axes = canvas(9.2, 2.5)
    steps = [
        ("text", "as token ids\n(batch, tokens)"), ("layers", "06's, causal\nloss at every place"),
        ("logits", "of the last place\n(vocab_size,)"), ("shaping", "temperature, top-k,\ntop-p, min-p"),
        ("draw", "one token,\nput to the text"),
    ]  # fmt: skip
    for place, (title, words) in enumerate(steps):
        x = 1.0 + 1.8 * place
        panel(
            axes,
            (x, 0.9),
            (1.5, 0.95),
            f"{title}\n{words}",
            *((WARM, plots.ORANGE) if title in ("shaping", "draw") else ()),
        )
        if place:
            pointer(axes, (x - 1.05, 0.9), (x - 0.75, 0.9))
    pointer(axes, (8.2, 1.38), (1.0, 1.38), connectionstyle="arc3,rad=-0.18", color=plots.ORANGE)
    note(axes, (4.6, 2.2), "again, with keys and values of all earlier tokens from the cache", ha="center")
    return axes
