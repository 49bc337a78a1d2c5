"""The pictures of notebook 18: waves and their frequencies, Whisper's two halves, dilated layers, paths of frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from torch import Tensor

from lessons.kit import plots
from lessons.kit.drawing import COOL, GREY, PLAIN, WARM, canvas, note, panel, pointer
from lessons.speech.sound import Sound, heard_frequency, tone
from lessons.speech.spectrogram import mel_filters, table
from lessons.speech.whisper import Word

# --- sound ------------------------------------------------------------------------------------------------------------


def sampled(frequency: float, sample_rate: int, seconds: float) -> Axes:
    """A tone, the moments at which it is measured, and the lower tone that has the same values there."""
    fine = round(200 / seconds) * 20
    axes = plt.subplots(figsize=(9, 2.6))[1]
    heard = heard_frequency(frequency, sample_rate)
    moments = np.arange(0, seconds, 1 / fine)
    axes.plot(moments * 1000, np.sin(2 * np.pi * frequency * moments), color=plots.SKY, label=f"{frequency:g} Hz")
    sign = 1 if frequency % sample_rate <= sample_rate / 2 else -1
    lower = sign * np.sin(2 * np.pi * heard * moments)
    axes.plot(moments * 1000, lower, color=plots.ORANGE, label=f"{heard:g} Hz")
    measured = np.arange(0, seconds, 1 / sample_rate)
    axes.plot(measured * 1000, np.sin(2 * np.pi * frequency * measured), "o", color=plots.BLACK, label="measured")
    axes.set(xlabel="milliseconds", ylabel="pressure")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)  # above: the curves fill the picture
    return axes


def winding(wave: ArrayLike, sample_rate: int, frequencies: Sequence[float]) -> Figure:
    """A wave wound around a point, so many turns a second for each picture, with the mean of all its points in red."""
    values = np.asarray(wave, dtype=float)
    figure, every = plt.subplots(1, len(frequencies), figsize=(9, 2.7))
    for axes, frequency in zip(np.atleast_1d(every), frequencies, strict=True):
        points = values * np.exp(-2j * np.pi * frequency * np.arange(len(values)) / sample_rate)
        axes.plot(points.real, points.imag, color=plots.BLUE, linewidth=0.8)
        axes.plot(points.mean().real, points.mean().imag, "o", color=plots.RED, markersize=9)
        axes.set(title=f"{frequency:g} turns a second", aspect="equal", xticks=[0], yticks=[0])
        axes.set(xlim=(-1, 1), ylim=(-1, 1))
    return figure


def spectrograms(sounds: Mapping[str, Sound], n_mels: int | None = None) -> Figure:
    """Spectrograms beside each other, the darker the louder; in mel bands if a number of them is given."""
    figure, every = plt.subplots(1, len(sounds), figsize=(9, 2.8), squeeze=False)
    is_one_scale = len({sound.sample_rate for sound in sounds.values()}) == 1
    for axes, (name, sound) in zip(every[0], sounds.items(), strict=True):
        seen = table(sound, n_mels)
        bands = len(seen["hertz"])
        axes.imshow(seen["decibels"], origin="lower", aspect="auto", vmin=-70, vmax=0,
                    cmap=plt.get_cmap("Greys", 7), interpolation="nearest",  # a step for 10 decibels: a small file
                    extent=(0, sound.seconds, 0, bands))  # fmt: skip
        places = np.linspace(0, bands - 1, 5).round().astype(int)
        axes.set_yticks(places + 0.5, [f"{float(seen['hertz'][place]):.0f}" for place in places])
        axes.set(xlabel="seconds", ylabel="hertz", title=name)
        axes.locator_params(axis="x", nbins=3)
        if is_one_scale:
            axes.label_outer()
        axes.grid(False)
    return figure


def filters(n_mels: int = 12, sample_rate: int = 16_000) -> Axes:
    """Mel bands as triangles over the frequencies, each drawn to the same height."""
    axes = plt.subplots(figsize=(9, 2.2))[1]
    rows = mel_filters(n_mels, 400, sample_rate).numpy()
    hertz = np.linspace(0, sample_rate / 2, rows.shape[1])
    for row, colour in zip(rows, plots.COLOURS * n_mels, strict=False):
        axes.plot(hertz, row / row.max(), color=colour)
    axes.set(xlabel="hertz", ylabel="share that counts", ylim=(0, 1.05))
    return axes


def framed() -> Axes:
    """How a wave becomes a picture: pieces that overlap, a Fourier transform of each, a column for each."""
    axes = canvas(9.2, 2.9)
    wave = tone(7, 1, 400).wave.numpy() + tone(19, 1, 400, 0.2).wave.numpy()
    axes.plot(np.linspace(0.3, 4.6, 400), 1.1 - 0.7 * wave, color=plots.BLUE, linewidth=1)
    for place, left in enumerate((0.5, 1.2, 1.9)):
        ends = (left, left + 1.5)
        axes.plot([*ends], [2.15 + 0.2 * place] * 2, color=plots.ORANGE, linewidth=5, solid_capstyle="butt")
    note(axes, (3.7, 2.35), "pieces of 400,\none every 160")
    panel(axes, (5.9, 1.2), (1.6, 0.9), "fade the ends\nFourier\n400 → 201", WARM, plots.ORANGE)
    panel(axes, (8.0, 1.2), (1.7, 0.9), "a column each\n(201, frames)", COOL, plots.GREEN)
    pointer(axes, (4.7, 1.2), (5.1, 1.2))
    pointer(axes, (6.7, 1.2), (7.15, 1.2))
    note(axes, (0.3, 0.25), "the wave (n,)", fontweight="bold")
    return axes


# --- Whisper ----------------------------------------------------------------------------------------------------------


def whisper() -> Axes:
    """Whisper's two halves with their shapes: sound goes in on the left, tokens come out on the right."""
    axes = canvas(9.2, 4.3)
    left = (
        (3.85, "log-mel\n(80, 3000): every 10 ms", GREY, plots.BLACK),
        (3.0, "convolution, width 3, GELU\n(384, 3000)", WARM, plots.ORANGE),
        (2.15, "convolution, step 2, GELU\n(384, 1500): every 20 ms", WARM, plots.ORANGE),
        (1.2, "4 × 06's encoder layer\n(1500, 384), + positions", PLAIN, plots.BLUE),
        (0.4, "norm: the memory (1500, 384)", COOL, plots.GREEN),
    )
    right = (
        (3.85, "tokens so far (n,)\nid + position", GREY, plots.BLACK),
        (2.75, "causal attention\nwho came before", PLAIN, plots.BLUE),
        (1.95, "cross-attention\n(n, 1500)", COOL, plots.GREEN),
        (1.15, "feed-forward", PLAIN, plots.BLUE),
        (0.4, "· every embedding\nlogits (n, 51864)", GREY, plots.BLACK),
    )
    for x, parts in ((2.2, left), (7.0, right)):
        for y, words, ground, edge in parts:
            panel(axes, (x, y), (3.3, 0.55), words, ground, edge)
        for (low, *_), (high, *_) in pairwise(parts):
            pointer(axes, (x, low - 0.28), (x, high + 0.28))
    pointer(axes, (3.85, 0.4), (5.35, 1.95), color=plots.GREEN)
    axes.plot([8.72, 8.8, 8.8, 8.72], [0.88, 0.88, 3.02, 3.02], color=plots.BLACK, linewidth=1)  # a layer
    note(axes, (8.84, 1.95), "4 ×", fontsize=12)
    note(axes, (4.5, 1.85), "looks at\nwhat was heard", ha="center")
    return axes


def looks(weights: Tensor, tokens: Sequence[str], seconds: float, words: Sequence[Word] = ()) -> Axes:
    """Where in time each token looks, (tokens, places), with lines where words begin."""
    axes = plt.subplots(figsize=(9, 0.6 + 0.27 * len(tokens)))[1]
    axes.imshow(weights, aspect="auto", cmap="Blues", extent=(0, seconds, len(tokens), 0), vmin=0)
    axes.set_yticks(np.arange(len(tokens)) + 0.5, tokens)
    for word in words:
        axes.axvline(word.start, color=plots.RED, linewidth=1)
    axes.set(xlabel="seconds")
    axes.grid(False)
    return axes


def loud_spans(sound: Sound, decibels: Tensor, spans: Sequence[tuple[float, float]]) -> Axes:
    """How loud a sound is over time, and the spans in which it counts as loud."""
    axes = plt.subplots(figsize=(9, 2.2))[1]
    axes.plot(np.linspace(0, sound.seconds, len(decibels)), decibels, color=plots.BLUE)
    for start, end in spans:
        axes.axvspan(start, end, color=plots.ORANGE, alpha=0.25)
    axes.set(xlabel="seconds", ylabel="decibels")
    return axes


def errors_by_noise(rows: Mapping[str, Sequence[tuple[float, float]]]) -> Axes:
    """Word error rate over how far the noise lies below the sound, a line for each source."""
    axes = plt.subplots(figsize=(8, 3))[1]
    for (name, points), colour, marker in zip(rows.items(), plots.COLOURS, "osD^v", strict=False):
        axes.plot(*zip(*sorted(points), strict=True), color=colour, marker=marker, label=name)
    axes.set(xlabel="noise lies so many decibels below the speech", ylabel="word error rate", ylim=(0, None))
    axes.invert_xaxis()
    axes.legend()
    return axes


# --- WaveNet and CTC --------------------------------------------------------------------------------------------------


def dilated(dilations: Sequence[int] = (1, 2, 4, 8)) -> Axes:
    """Which moments below the last number above depends on, layer by layer; what it reads is orange."""
    n = 1 + sum(dilations)
    axes = plt.subplots(figsize=(9, 2.6))[1]
    used = {n - 1}
    for level in range(len(dilations), 0, -1):
        step, below = dilations[level - 1], set()
        for place in used:
            for source in (place, place - step):
                axes.plot([place, source], [level, level - 1], color=plots.ORANGE, linewidth=1.2, zorder=1)
                below.add(source)
        _dots(axes, n, level, used)
        used = below
    _dots(axes, n, 0, used)
    names = ["the wave", *(f"dilation {step}" for step in dilations)]
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="moment", xlim=(-0.6, n - 0.4), ylim=(-0.4, len(dilations) + 0.4))
    axes.grid(False)
    return axes


def _dots(axes: Axes, n: int, level: int, used: set[int]) -> None:
    colours = [plots.ORANGE if place in used else "#D9D9D9" for place in range(n)]
    axes.scatter(range(n), [level] * n, c=colours, s=60, zorder=2, edgecolors="grey", linewidths=0.5)


def paths(target: str = "no", n_frames: int = 6) -> Axes:
    """All ways through the table of CTC: frames from left to right, the target between blanks from top to bottom."""
    spread = ["–", *(symbol for letter in target for symbol in (letter, "–"))]
    axes = plt.subplots(figsize=(8, 0.9 + 0.45 * len(spread)))[1]

    def is_possible(frame: int, place: int) -> bool:
        return frame < n_frames and len(spread) - 2 * (n_frames - frame) <= place < 2 + 2 * frame

    for frame in range(n_frames):
        for place, symbol in enumerate(spread):
            colour = plots.BLUE if is_possible(frame, place) else "#D9D9D9"
            axes.scatter(frame, place, s=230, color="white", edgecolors=colour, zorder=2)
            axes.text(frame, place, symbol, ha="center", va="center", color=colour, zorder=3)
            for step in _steps(spread, place) if is_possible(frame, place) else ():
                if is_possible(frame + 1, place + step):
                    axes.plot([frame, frame + 1], [place, place + step], color=plots.SKY, linewidth=1, zorder=1)
    axes.set(xlabel="frame", xlim=(-0.5, n_frames - 0.5), ylim=(len(spread) - 0.4, -0.6), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(range(n_frames), [str(frame + 1) for frame in range(n_frames)])
    axes.grid(False)
    return axes


def _steps(spread: Sequence[str], place: int) -> list[int]:
    """How far down the next frame may be: 0, 1, or 2 past a blank between letters that differ."""
    may = [step for step in (0, 1) if place + step < len(spread)]
    skips = place + 2 < len(spread) and spread[place] != "–" and spread[place + 2] != spread[place]
    return [*may, 2] if skips else may


def letters(log_probabilities: Tensor, symbols: str, seconds: float) -> Axes:
    """The probability of each letter over time; the blank is grey."""
    axes = plt.subplots(figsize=(9, 2.6))[1]
    shares = log_probabilities.detach().exp()
    times = torch.linspace(0, seconds, len(shares))
    axes.fill_between(times, shares[:, 0], color="#E5E5E5", label="blank")
    for index in range(1, shares.shape[1]):
        if peaks := _peaks(shares[:, index].tolist()):
            line, name = axes.plot(times, shares[:, index])[0], symbols[index].replace(" ", "space")
            for peak in peaks:
                place = float(times[peak]), float(shares[peak, index])
                axes.text(*place, name, color=line.get_color(), fontweight="bold", ha="center", va="bottom")
    axes.set(xlabel="seconds", ylabel="probability", ylim=(0, 1.2))
    return axes


def _peaks(shares: Sequence[float], least: float = 0.3) -> list[int]:
    """Where each run of shares above the least is highest."""
    runs = groupby(range(len(shares)), key=lambda place: shares[place] > least)
    return [max(run, key=lambda place: shares[place]) for is_above, run in runs if is_above]


def waves(sounds: Mapping[str, Sound], seconds: float = 0.06) -> Figure:
    """The beginning of the second half of each sound, one below the other."""
    figure, every = plt.subplots(len(sounds), 1, figsize=(9, 1.1 * len(sounds)), sharex=True, squeeze=False)
    for axes, (name, sound) in zip(every[:, 0], sounds.items(), strict=True):
        start = len(sound.wave) // 2
        part = sound.wave[start : start + round(seconds * sound.sample_rate)]
        axes.plot(1000 * np.arange(len(part)) / sound.sample_rate, part, color=plots.BLUE, linewidth=1)
        axes.set(yticks=[], ylabel=name)
        axes.yaxis.label.set(rotation=0, ha="right", va="center")
    every[-1, 0].set(xlabel="milliseconds")
    return figure


def bars(values: Mapping[str, Sequence[float]], xlabel: str) -> Axes:
    """Shares from 0 to 1, one row for each name: a bar for their mean and a dot for each start."""
    axes = plt.subplots(figsize=(8, 0.8 + 0.36 * len(values)))[1]
    for place, found in enumerate(values.values()):
        axes.barh(place, sum(found) / len(found), color=plots.SKY, height=0.6)
        axes.plot(found, [place] * len(found), "o", color=plots.BLACK, markersize=4)
    axes.set_yticks(range(len(values)), list(values))
    axes.set(xlim=(0, 1), xlabel=xlabel)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    return axes


def summary() -> Axes:
    """The way of the notebook: pressure, frequencies, an encoder, words; and back from numbers to sound."""
    axes = canvas(9.2, 2.5)
    boxes = (
        (0.95, 0.7, "pressure\nthousands a second", GREY, plots.BLACK),
        (2.95, 0.7, "spectrogram\nangles are gone", PLAIN, plots.BLUE),
        (4.95, 0.7, "encoder\na vector every 20 ms", PLAIN, plots.BLUE),
        (7.2, 0.7, "decoder\nhears, and guesses", WARM, plots.ORANGE),
        (7.2, 1.8, "CTC\nall paths at once", COOL, plots.GREEN),
        (0.95, 1.8, "WaveNet\na number at a time", COOL, plots.GREEN),
        (4.95, 1.8, "speller\na letter a frame", PLAIN, plots.BLUE),
    )
    for x, y, words, ground, edge in boxes:
        panel(axes, (x, y), (1.7 if x != 7.2 else 1.9, 0.62), words, ground, edge)
    for start, end in (((1.8, 0.7), (2.1, 0.7)), ((3.8, 0.7), (4.1, 0.7)), ((5.8, 0.7), (6.25, 0.7)),
                       ((3.2, 1.02), (4.1, 1.75)), ((5.8, 1.8), (6.25, 1.8)), ((0.95, 1.48), (0.95, 1.02)),
                       ((8.0, 1.02), (8.45, 1.15)),
                       ((8.0, 1.48), (8.45, 1.35))):  # fmt: skip
        pointer(axes, start, end)
    note(axes, (8.5, 1.25), "words", fontweight="bold")
    return axes
