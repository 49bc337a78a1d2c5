"""The pictures of notebook 13: the model, shared runs, a beam, two memories, wide beams, and the summary."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lessons.kit import plots
from lessons.kit.drawing import PLAIN, WARM, canvas, note, panel, pointer
from lessons.translation import scores
from lessons.translation.search import Hypothesis


def plain(text: str) -> str:
    """A text in which matplotlib sees no formula."""
    return text.replace("$", r"\$")


def architecture() -> Axes:
    """Encoder and decoder side by side with their shapes; orange is the one matrix that serves three times."""
    axes = canvas(9.2, 4.6)
    note(axes, (2.2, 0.2), "encoder: reads all at once", ha="center", fontweight="bold")
    note(axes, (6.9, 0.2), "decoder: writes one by one", ha="center", fontweight="bold")
    for x, side in ((2.2, "sources"), (6.9, "targets")):
        panel(axes, (x, 4.2), (3.4, 0.5), f"shared vectors + positions\n(batch, {side}, 128)", WARM, plots.ORANGE)
        pointer(axes, (x, 3.95), (x, 3.62))
    panel(axes, (2.2, 2.6), (3.4, 2.0), "2 layers\nself-attention\nfeed-forward, 512 inside\n(batch, sources, 128)")
    panel(axes, (6.9, 2.6), (3.4, 2.0), "2 layers\nself-attention, causal\ncross-attention\nfeed-forward, 512 inside")
    pointer(axes, (3.9, 2.6), (5.2, 2.6), color=plots.GREEN, linewidth=2)
    note(axes, (4.55, 2.3), "memory", ha="center", color=plots.GREEN)
    note(axes, (4.55, 2.9), "read in every\nstep", ha="center", fontsize=9)
    pointer(axes, (6.9, 1.6), (6.9, 1.2))
    panel(axes, (6.9, 0.9), (3.4, 0.5), "times each shared vector\n(batch, targets, 2,000)", WARM, plots.ORANGE)
    return axes


def shared_runs(text: str, references: Sequence[str], n: int = 2) -> Axes:
    """A translation above its references; bars mark the runs of n words that count, whichever reference holds them."""
    given, wanted = scores.words(text), [scores.words(reference) for reference in references]
    axes = canvas(9.2, 0.75 * (1 + len(wanted)) + 0.3)
    known = {run for reference in wanted for run in scores.runs(reference, n)}
    mine = set(scores.runs(given, n))
    for row, line in enumerate([given, *wanted]):
        y = 0.35 + 0.75 * row
        note(axes, (0.05, y), "written" if row == 0 else f"reference {row}", fontsize=9, color="dimgrey")
        step = min(0.95, 7.7 / max(1, len(line)))
        for at, word in enumerate(line):
            note(axes, (1.4 + step * at, y), plain(word), fontsize=10)
        for at in range(len(line) - n + 1):
            run = tuple(line[at : at + n])
            if run in (known if row == 0 else mine):
                left, level = 1.4 + step * at, y + 0.2 + 0.07 * (at % 2)
                axes.plot([left, left + step * (n - 0.25)], [level, level], color=plots.BLUE, linewidth=3)
    return axes


def beam(steps: Sequence[Sequence[Hypothesis]], names: Sequence[str], chosen: Sequence[int] = ()) -> Axes:
    """What is live after each step, a column each, with its sum of log-probabilities; `names` spells the ids.

    `chosen` is the text whose path is drawn in orange.
    """
    axes = canvas(9.2, 0.55 * max(map(len, steps), default=1) + 0.8)
    width = 9.0 / max(1, len(steps))
    places: dict[tuple[int, ...], tuple[float, float]] = {}
    for column, texts in enumerate(steps):
        for row, text in enumerate(texts):
            place = (width * (column + 0.5), 0.5 + 0.55 * row)
            places[text.token_ids] = place
            is_on_path = text.token_ids == tuple(chosen[: len(text.token_ids)])
            look = (WARM, plots.ORANGE) if is_on_path else (PLAIN, plots.BLUE)
            words = f"{names[text.token_ids[-1]]} {text.log_probability:.2f}"
            panel(axes, place, (0.86 * width, 0.38), plain(words), *look)
            before = places.get(text.token_ids[:-1])
            if before:
                colour = plots.ORANGE if is_on_path else "grey"
                pointer(axes, (before[0] + 0.43 * width, before[1]), (place[0] - 0.43 * width, place[1]), color=colour)
    return axes


def two_memories() -> Axes:
    """What a decoder keeps of its own text: all keys and values, or one vector."""
    axes = canvas(9.2, 2.6)
    note(axes, (2.3, 0.25), "self-attention", ha="center", fontweight="bold")
    note(axes, (6.9, 0.25), "recurrent unit", ha="center", fontweight="bold")
    for at in range(5):
        for level, words in ((0.8, "key"), (1.2, "value")):
            axes.add_patch(Rectangle((0.4 + 0.8 * at, level), 0.7, 0.34, facecolor=PLAIN, edgecolor=plots.BLUE))
            note(axes, (0.75 + 0.8 * at, level + 0.17), words, ha="center", fontsize=9)
    note(axes, (2.3, 1.95), "one pair more for every token;\neach new token looks at all of them", ha="center")
    panel(axes, (6.9, 1.15), (2.2, 0.5), "c, 256 numbers", WARM, plots.ORANGE)
    pointer(axes, (5.0, 1.15), (5.8, 1.15))
    note(axes, (5.0, 0.85), "x", ha="center")
    pointer(axes, (8.0, 1.15), (8.6, 1.15))
    note(axes, (8.3, 0.85), "ReLU(c)", ha="center")
    pointer(axes, (7.6, 0.9), (6.2, 0.9), connectionstyle="arc3,rad=0.35", color=plots.ORANGE)
    note(axes, (6.9, 1.95), "f · c + (1 − f) · W x\nthe same size, however long the text", ha="center")
    return axes


def curse(sizes: Sequence[int], lines: dict[str, Sequence[float]], probabilities: Sequence[float]) -> Figure:
    """Left: a score by the width of the beam, a line for each setting. Right: how probable the found texts are."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.2), layout="constrained")
    for (name, values), mark in zip(lines.items(), "osv^D", strict=False):
        left.plot(sizes, values, marker=mark, label=name)
    left.set(xscale="log", xlabel="width of the beam", ylabel="BLEU")
    left.legend(fontsize=9)
    right.plot(sizes, probabilities, marker="o", color=plots.GREEN)
    right.set(xscale="log", xlabel="width of the beam", ylabel="mean log-probability of a text")
    for axes in (left, right):
        axes.set_xticks(list(sizes), [str(size) for size in sizes])
        axes.minorticks_off()
    return figure


def summary() -> Axes:
    """What the notebook did, from sentences to a score, in one row of boxes."""
    axes = canvas(9.2, 2.2)
    steps = [
        ("pairs", "joint subwords,\nequal lengths"),
        ("model", "shared vectors,\nsmoothed loss"),
        ("search", "a beam, divided\nby the length"),
        ("score", "BLEU, chrF,\nall references"),
        ("doubt", "bootstrap,\nand read it"),
    ]
    for at, (title, words) in enumerate(steps):
        x = 1.0 + 1.8 * at
        look = (WARM, plots.ORANGE) if title == "search" else (PLAIN, plots.BLUE)
        panel(axes, (x, 0.9), (1.6, 1.0), f"{title}\n{words}", *look)
        if at:
            pointer(axes, (x - 1.0, 0.9), (x - 0.8, 0.9))
    note(axes, (4.6, 1.85), "the same search reads a production translator and a speller", ha="center", fontsize=9)
    return axes
