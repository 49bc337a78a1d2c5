"""The pictures of notebook 12: what costs, who wins, how far to move, groups of answers, curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer

MARKERS = "osD^vP*"

# --- structures -------------------------------------------------------------------------------------------------------


def stages() -> Axes:
    """Three ways to learn from people, one below the other: what is given, what is learnt, what it costs them."""
    axes = canvas(9.2, 3.3)
    rows = (
        ("imitation", "a prompt and an answer", "cross-entropy\nof the answer's tokens", "to write it"),
        (
            "preferences",
            "a prompt, two answers\none of them is better",
            "a bet on who wins\nreward model, DPO",
            "to compare",
        ),
        ("rewards", "a prompt and a rule", "what scored well\nmore of it: GRPO", "to state the rule"),
    )
    for at, (name, given, loss, cost) in enumerate(rows):
        y, ground = 0.75 + 1.0 * at, (PLAIN, WARM, COOL)[at]
        edge = (plots.BLUE, plots.ORANGE, plots.GREEN)[at]
        panel(axes, (0.95, y), (1.5, 0.6), name, ground, edge)
        panel(axes, (3.5, y), (2.5, 0.7), given, GREY, plots.BLACK)
        panel(axes, (6.3, y), (2.1, 0.7), loss, ground, edge)
        note(axes, (7.6, y), cost)
        pointer(axes, (1.7, y), (2.25, y))
        pointer(axes, (4.75, y), (5.25, y))
    for x, words in ((3.5, "what people give"), (6.3, "what is learnt from it"), (8.15, "their work")):
        note(axes, (x, 0.2), words, ha="center", fontweight="bold")
    return axes


def answer_cells(words: Sequence[str], mask: ArrayLike, across: int = 14) -> Axes:
    """Tokens in boxes, so many to a line; those that cost are orange, and below them stands what they cost."""
    n_lines = -(-len(words) // across)
    axes, wide = canvas(9.2, 0.85 * n_lines + 0.35), 9.0 / across
    for at, (word, costs) in enumerate(zip(words, np.asarray(mask, dtype=bool), strict=True)):
        x, y = 0.1 + wide * (at % across), 0.1 + 0.85 * (at // across)
        ground, edge = (WARM, plots.ORANGE) if costs else (GREY, "grey")
        axes.add_patch(Rectangle((x, y), wide * 0.94, 0.45, facecolor=ground, edgecolor=edge))
        short = word.replace("<|im_", "‹").replace("|>", "›")  # special tokens are long words
        note(axes, (x + wide * 0.47, y + 0.22), short, ha="center", fontsize=8)
        note(axes, (x + wide * 0.47, y + 0.58), "−ln p" if costs else "·", ha="center", fontsize=8)
    note(axes, (0.1, 0.85 * n_lines + 0.17), "grey is read; the loss is the mean of the orange ones")
    return axes


def shared_row(mask: ArrayLike, owners: Sequence[int]) -> Axes:
    """Who may look where when texts share a row: one square for each pair of tokens, coloured by text."""
    axes = plt.subplots(figsize=(3.6, 3.6))[1]
    allowed = np.asarray(mask, dtype=bool)
    colours = (plots.BLUE, plots.ORANGE, plots.GREEN, plots.PINK)
    for (row, column), may in np.ndenumerate(allowed):
        ground = colours[owners[row] % 4] if may else "white"
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=ground, edgecolor="lightgrey", linewidth=0.5))
    n = len(allowed)
    axes.set(xlim=(0, n), ylim=(n, 0), xlabel="token that is looked at", ylabel="token that looks", aspect="equal")
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    return axes


def duel(better: float = 1.2, worse: float = 0.1) -> Axes:
    """Two answers with their rewards, the difference, and its sigmoid: how likely the first wins."""
    axes = canvas(9.2, 1.9)
    panel(axes, (1.5, 0.55), (2.5, 0.6), f"31254>12345.\nreward {better:g}", COOL, plots.GREEN)
    panel(axes, (1.5, 1.4), (2.5, 0.6), f"31254>13245.\nreward {worse:g}", WARM, plots.ORANGE)
    panel(axes, (4.6, 0.97), (1.7, 0.6), f"difference\n{better - worse:g}", GREY, plots.BLACK)
    panel(
        axes, (7.5, 0.97), (2.5, 0.7), f"the first wins\nσ({better - worse:g}) = {1 / (1 + np.exp(worse - better)):.2f}"
    )
    for ends in (((2.75, 0.6), (3.75, 0.88)), ((2.75, 1.35), (3.75, 1.05)), ((5.45, 0.97), (6.25, 0.97))):
        pointer(axes, *ends)
    return axes


def beta_bars(reference: ArrayLike, rewards: ArrayLike, betas: Sequence[float], names: Sequence[str]) -> Figure:
    """The best policy at several prices: π_ref · exp(reward / β), made to sum to 1; the reference first."""
    start, worth = np.asarray(reference, dtype=float), np.asarray(rewards, dtype=float)
    figure, every = plt.subplots(1, len(betas) + 1, figsize=(9, 2.6), sharey=True)
    for axes, beta in zip(every, (None, *betas), strict=True):
        tilted = start if beta is None else start * np.exp((worth - worth.max()) / beta)
        axes.bar(range(len(start)), tilted / tilted.sum(), color=plots.BLUE if beta is not None else plots.ORANGE)
        axes.set_xticks(range(len(start)), names, rotation=60, fontsize=8)
        axes.set_title("reference" if beta is None else f"β = {beta:g}", fontsize=10)
        axes.set(ylim=(0, 1))
    every[0].set_ylabel("probability")
    return figure


def group(rewards: Sequence[float], advantages: Sequence[float], answers: Sequence[str], prompt: str) -> Axes:
    """One prompt, a group of answers, the reward of each, and what it is worth beside the others."""
    axes = canvas(9.2, 0.32 * len(answers) + 0.75)
    panel(axes, (0.95, 0.2 + 0.16 * len(answers) + 0.2), (1.5, 0.5), prompt, GREY, plots.BLACK)
    for x, words in ((3.0, "answers"), (4.6, "reward"), (6.6, "advantage")):
        note(axes, (x, 0.15), words, ha="center", fontweight="bold")
    for at, (answer, reward, worth) in enumerate(zip(answers, rewards, advantages, strict=True)):
        y = 0.5 + 0.32 * at
        pointer(axes, (1.7, 0.4 + 0.16 * len(answers)), (2.35, y), linewidth=0.8)
        note(axes, (3.0, y), answer, ha="center", family="monospace")
        note(axes, (4.6, y), f"{reward:g}", ha="center")
        colour = plots.GREEN if worth > 0 else plots.RED
        axes.add_patch(Rectangle((6.6, y - 0.1), 0.7 * worth, 0.2, facecolor=colour))
        note(
            axes,
            (6.6 + 0.7 * worth + (0.1 if worth >= 0 else -0.1), y),
            f"{worth:+.2f}",
            ha="left" if worth >= 0 else "right",
        )
    axes.plot([6.6, 6.6], [0.3, 0.5 + 0.32 * len(answers)], color="black", linewidth=0.8)
    return axes


def clip_curves(clip_range: float = 0.2) -> Figure:
    """What a token adds to the objective over the ratio of its probabilities, for a good and for a bad answer."""
    figure, every = plt.subplots(1, 2, figsize=(9, 2.9), sharex=True)
    ratio = np.linspace(0.4, 1.7, 200)
    for axes, worth in zip(every, (1, -1), strict=True):
        axes.plot(ratio, ratio * worth, color="grey", linestyle=":", label="ratio · advantage")
        kept = np.minimum(ratio * worth, np.clip(ratio, 1 - clip_range, 1 + clip_range) * worth)
        axes.plot(ratio, kept, color=plots.BLUE, label="with the clip")
        axes.axvline(1, color="black", linewidth=0.8)
        axes.set(title=f"advantage {worth:+d}", xlabel="π / π_before")
    every[0].set_ylabel("objective")
    every[0].legend(fontsize=9)
    return figure


# --- curves -----------------------------------------------------------------------------------------------------------


def curves(
    lines: Mapping[str, tuple[Sequence[float], Sequence[Sequence[float]]]], xlabel: str, ylabel: str = "exact answers",
    log: bool = False,
) -> Axes:  # fmt: skip
    """Something over something: name -> places, and at each place the runs; their mean as a line, each as a point."""
    axes = plt.subplots(figsize=(8.5, 3.2))[1]
    for (name, (places, runs)), colour, marker in zip(lines.items(), plots.COLOURS, MARKERS, strict=False):
        axes.plot(places, [np.mean(each) for each in runs], color=colour, marker=marker, markersize=5, label=name)
        for place, each in zip(places, runs, strict=True):
            axes.plot([place] * len(each), each, ".", color=colour, alpha=0.5)
    if log:
        axes.set_xscale("log", base=2)
        axes.set_xticks(list(next(iter(lines.values()))[0]), [f"{place:g}" for place in next(iter(lines.values()))[0]])
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.legend(fontsize=10)
    return axes


def moved(rows: Sequence[Mapping[str, float]]) -> Figure:
    """DPO step by step: log-probabilities of both kinds of answers to the left, what it is for to the right."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    steps = [row["step"] for row in rows]
    for axes, names in ((left, ("chosen", "rejected")), (right, ("agrees", "exact", "greedy"))):
        for name, colour, marker in zip(names, plots.COLOURS, MARKERS, strict=False):
            if name in rows[0]:
                axes.plot(steps, [row[name] for row in rows], color=colour, marker=marker, markersize=4, label=name)
        axes.set(xlabel="step")
        axes.legend(fontsize=9)
    left.set_ylabel("ln π of the answer")
    right.set(ylabel="share", ylim=(-0.03, 1.03))
    return figure


def summary() -> Axes:
    """The model that learns between two forces: what is rewarded, and where it came from; what is seen of each."""
    axes = canvas(9.2, 3.0)
    panel(axes, (4.6, 1.3), (1.9, 0.7), "the model π\nwrites answers")
    panel(axes, (1.5, 0.6), (2.3, 0.7), "imitation\ngives the start, π_ref", GREY, plots.BLACK)
    panel(axes, (1.5, 2.1), (2.3, 0.7), "β · KL(π ‖ π_ref)\nholds it back", WARM, plots.ORANGE)
    panel(axes, (7.7, 0.6), (2.4, 0.7), "preferences\nDPO, or a reward model", COOL, plots.GREEN)
    panel(axes, (7.7, 2.1), (2.4, 0.7), "a rule\nGRPO on its own answers", COOL, plots.GREEN)
    for ends in (
        ((2.65, 0.7), (3.65, 1.1)),
        ((3.65, 1.5), (2.65, 2.0)),
        ((6.5, 0.7), (5.55, 1.1)),
        ((6.5, 2.0), (5.55, 1.5)),
    ):
        pointer(axes, *ends)
    note(axes, (4.6, 2.75), "what is rewarded rises; what was meant has to be measured beside it", ha="center")
    return axes
