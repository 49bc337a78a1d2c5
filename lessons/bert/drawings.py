"""The pictures of notebook 07: what goes into BERT, the encoder with its pooler, what is hidden, what was measured.

Drawings of structure stand on a canvas whose units are inches, y downwards. Every function returns what it drew on, and
every colour is one of the course's (see `lessons.kit.plots`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.bert.model import BERTConfig
from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, panel, pointer

Point = tuple[float, float]


def _said(axes: Axes, at: Point, words: str, **look: Any) -> None:
    axes.text(*at, words, **{"fontsize": 10, "va": "center", **look})


def _shape(*sizes: Any) -> str:
    return f"({', '.join(map(str, sizes))})"


# --- structure --------------------------------------------------------------------------------------------------------


def input_sum(tokens: Sequence[str], segments: Sequence[int], hidden_size: int) -> Axes:
    """Three learnt vectors for each token, added and normalised: tokens (n,), segments (n,) of 0 and 1."""
    width, left = 0.78, 1.75
    axes = canvas(left + width * len(tokens) + 1.75, 3.7)
    rows = [("word vector", tokens, PLAIN), ("+ position vector", range(len(tokens)), COOL)]
    for row, (name, values, ground) in enumerate([*rows, ("+ segment vector", segments, WARM)]):
        y = 0.35 + 0.62 * row
        _said(axes, (left - 0.15, y), name, ha="right")
        for place, value in enumerate(values):
            marked = plots.ORANGE if ground == WARM and value else plots.BLUE
            panel(axes, (left + width * (place + 0.5), y), (width - 0.08, 0.42), str(value), ground, marked)
        _said(axes, (left + width * len(tokens) + 0.1, y), _shape(len(tokens), hidden_size))
    middle = left + width * len(tokens) / 2
    for place in range(len(tokens)):
        x = left + width * (place + 0.5)
        pointer(axes, (x, 1.86), (x, 2.28))
        pointer(axes, (x, 2.72), (x, 3.1))
    panel(axes, (middle, 2.5), (width * len(tokens) - 0.08, 0.44), "LayerNorm of each sum", GREY, plots.BLACK)
    _said(axes, (left - 0.15, 3.3), "first layer reads", ha="right")
    panel(axes, (middle, 3.3), (width * len(tokens) - 0.08, 0.42), "one vector for each token", PLAIN)
    _said(axes, (left + width * len(tokens) + 0.1, 3.3), _shape(len(tokens), hidden_size))
    return axes


def encoder(config: BERTConfig) -> Axes:
    """The encoder from left to right: embeddings, a layer on its residual stream, as many again, the pooler."""
    shape = _shape("batch", "tokens", config.hidden_size)
    axes = canvas(10.2, 3.8)
    y = 2.6
    panel(axes, (0.85, y), (1.4, 0.9), "token ids\n(batch, tokens)", GREY, plots.BLACK)
    panel(axes, (2.75, y), (1.5, 0.9), "embeddings\nword + position\n+ segment, norm")
    pointer(axes, (1.55, y), (2.0, y))
    _layer(axes, y, config)
    pointer(axes, (3.5, y), (4.02, y))
    _said(axes, (2.75, y + 0.68), shape, ha="center", fontsize=9.5)
    pointer(axes, (7.68, y), (8.2, y))
    panel(axes, (9.1, y), (1.8, 0.9), f"last hidden state\n{shape}", PLAIN)
    pointer(axes, (8.55, y - 0.45), (8.55, 1.05))
    _said(axes, (8.62, 1.55), "[CLS] alone", fontsize=9.5)
    panel(
        axes, (9.0, 0.7), (2.0, 0.7), f"pooler: linear, tanh\n{_shape('batch', config.hidden_size)}", WARM, plots.ORANGE
    )
    return axes


def _layer(axes: Axes, y: float, config: BERTConfig) -> None:
    """One layer, with its two branches, in the frame that says how often it is repeated."""
    sizes = _shape("batch", "tokens", config.hidden_size)
    panel(axes, (5.85, 2.0), (3.7, 2.6), "", "white", plots.BLACK)
    _said(axes, (5.85, 3.52), f"{config.num_hidden_layers} layers like this; each gives {sizes}", ha="center")
    parts = [
        (4.95, f"self-attention\n{config.num_attention_heads} heads, mask hides\npadding alone"),
        (
            6.75,
            f"feed-forward\n{config.hidden_size} → {config.intermediate_size:,} → {config.hidden_size}\nGELU between",
        ),
    ]
    axes.plot([4.02, 7.68], [y, y], color=plots.BLACK, linewidth=1.6, zorder=1)
    for x, words in parts:
        panel(axes, (x, 1.25), (1.62, 0.9), words, COOL, plots.GREEN)
        axes.plot([x - 0.72, x - 0.72], [y, 1.72], color=plots.BLACK, linewidth=1.2)
        pointer(axes, (x - 0.72, 1.8), (x - 0.72, 1.7))
        axes.plot([x + 0.3, x + 0.3], [1.7, y - 0.16], color=plots.BLACK, linewidth=1.2)
        pointer(axes, (x + 0.3, y - 0.3), (x + 0.3, y - 0.14))
        axes.text(
            x + 0.3,
            y,
            "+",
            ha="center",
            va="center",
            fontsize=12,
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white"},
        )
        panel(axes, (x + 0.7, y), (0.46, 0.34), "norm", GREY, plots.BLACK)
    _said(axes, (4.1, y + 0.35), "residual stream", fontsize=9.5)


def hiding(before: Sequence[str], after: Sequence[str], asked: Sequence[bool]) -> Axes:
    """A text before and after the rule, and the labels: tokens (n,) twice, and which of them are asked about."""
    width, left = 0.86, 1.5
    axes = canvas(left + width * len(before) + 0.2, 2.0)
    for name, y in (("text", 0.35), ("input", 1.0), ("label", 1.65)):
        _said(axes, (left - 0.15, y), name, ha="right")
    for place, (old, new, is_asked) in enumerate(zip(before, after, asked, strict=True)):
        x = left + width * (place + 0.5)
        look = (WARM, plots.ORANGE) if is_asked else (PLAIN, plots.BLUE)
        panel(axes, (x, 0.35), (width - 0.08, 0.42), old, *look)
        panel(axes, (x, 1.0), (width - 0.08, 0.42), new, *look)
        panel(
            axes, (x, 1.65), (width - 0.08, 0.42), old if is_asked else "−100", *(look if is_asked else (GREY, "grey"))
        )
    return axes


def own_now(hidden_size: int) -> Axes:
    """What the lesson built, on one page: the encoder in the middle, and the four ways on from its vectors."""
    axes = canvas(10.0, 4.6)
    panel(
        axes,
        (1.2, 2.3),
        (2.1, 1.1),
        "two texts, one input\n[CLS] … [SEP] … [SEP]\nword + position + segment",
        GREY,
        plots.BLACK,
    )
    panel(axes, (4.0, 2.3), (2.2, 1.1), "the encoder\nyours, with real weights,\nequal to 1e-10 in every layer")
    pointer(axes, (2.25, 2.3), (2.9, 2.3))
    ways = [
        ("a guess for a hidden word", "head with tied weights, trained by 80/10/10", PLAIN, plots.BLUE),
        ("what a layer holds", "probe, beside random weights and random labels", COOL, plots.GREEN),
        ("a vector for a text", "mean of the real tokens, if it was trained so", WARM, plots.ORANGE),
        ("a label for a text", "pooler and a new head, fine-tuned: notebook 08", GREY, plots.BLACK),
    ]
    for row, (title, words, ground, edge) in enumerate(ways):
        y = 0.5 + 1.2 * row
        panel(axes, (8.0, y), (3.8, 0.8), f"{title}\n{words}", ground, edge)
        pointer(axes, (5.1, 2.3), (6.1, y))
    _said(axes, (4.0, 3.15), _shape("batch", "tokens", hidden_size), ha="center")
    return axes


# --- what was measured ------------------------------------------------------------------------------------------------

LOOKS = ((plots.BLUE, "o", "-"), (plots.ORANGE, "s", "--"), (plots.GREEN, "^", ":"), (plots.BLACK, "", ":"))


def probe_curves(panels: Mapping[str, Mapping[str, Sequence[float] | float]]) -> Figure:
    """One panel for each task: accuracy after each layer, a line for each reading; a single number is a level line."""
    figure, axes = plt.subplots(1, len(panels), figsize=(9.5, 3.9), sharey=True)
    for place, (title, lines) in zip(np.ravel(axes), panels.items(), strict=True):
        for (name, values), (colour, marker, dashes) in zip(lines.items(), LOOKS, strict=False):
            if isinstance(values, float):
                place.axhline(values, color=colour, linestyle=dashes, linewidth=1.2, label=name)
            else:
                place.plot(values, color=colour, marker=marker, linestyle=dashes, label=name)
        place.set(title=title, xlabel="layers passed", ylim=(0, 1.03))
    np.ravel(axes)[0].set_ylabel("read right, on other texts")
    handles = np.ravel(axes)[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=len(handles[0]), fontsize=11)
    return figure


def pretraining_curve(loss: Sequence[float], unigram_bits: float) -> Axes:
    """Loss of every step (nats) in bits, its running mean, and the level of whoever only knows frequencies."""
    bits = np.array(loss) / np.log(2)
    axes = plt.subplots(figsize=(8, 3.2))[1]
    steps = np.arange(1, len(bits) + 1)
    axes.plot(steps, bits, color=plots.SKY, alpha=0.5, linewidth=1, label="each batch")
    axes.plot(steps, plots.running_mean(list(bits), 50), color=plots.BLUE, label="running mean of 50")
    axes.axhline(unigram_bits, color=plots.BLACK, linestyle=":", label="knowing frequencies alone")
    axes.set(xlabel="step", ylabel="bits for each hidden token", ylim=(0, 12))
    axes.legend()
    return axes


def shares(models: Mapping[str, Mapping[str, float]]) -> Axes:
    """A bar for each model, made of the shares of its parts."""
    axes = plt.subplots(figsize=(8, 2.8))[1]
    left = np.zeros(len(models))
    for part, colour in zip(next(iter(models.values())), plots.COLOURS, strict=False):
        widths = [model[part] for model in models.values()]
        axes.barh(list(models), widths, left=left, label=part, color=colour)
        left += widths
    axes.invert_yaxis()
    axes.set(xlabel="share of the parameters", xlim=(0, 1))
    axes.figure.legend(loc="outside upper center", ncols=5, fontsize=10)
    return axes
