"""See and hear a spectrogram: a sound as frequencies over time, rubbed out by a brush and played from what is left.

Everything is computed in the browser, with or without a kernel. The microphone is asked for only when the reader
presses its button, and what it hears stays in the page: Python never gets it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from lessons.kit import checks
from lessons.speech.sound import Sound, check_sound, resampled
from lessons.speech.spectrogram import istft, stft
from lessons.widgets import base

SAMPLE_RATE = 8000  # up to 4,000 hertz: a telephone
SIZE, HOP = 256, 64  # 32 ms every 8 ms; a power of 2, so that the browser can halve it
MOST_SECONDS = 4.0
FLOOR = -70.0  # decibels below the loudest that are drawn

Stroke = Sequence[float]  # from, to (seconds), low, high (hertz)


def kept(sound: Sound, strokes: Sequence[Stroke]) -> Tensor:
    """What is left, True, of each frequency and frame: boolean (129, frames).

    A stroke rubs out the frames and frequencies whose middle lies inside of it.
    """
    n_frames = len(sound.wave) // HOP + 1
    moments = torch.arange(n_frames, dtype=torch.float64) * HOP / SAMPLE_RATE
    hertz = torch.arange(SIZE // 2 + 1, dtype=torch.float64) * SAMPLE_RATE / SIZE
    left = torch.ones(len(hertz), n_frames, dtype=torch.bool)
    for start, end, low, high in strokes:
        left &= ~(((hertz >= low) & (hertz <= high))[:, None] & (moments >= start) & (moments <= end))
    return left


def filtered(sound: Sound, strokes: Sequence[Stroke]) -> Tensor:
    """The wave (n,) of what is left after the strokes, in double precision."""
    wave = sound.wave.double()
    return istft(stft(wave, SIZE, HOP) * kept(sound, strokes), len(wave), SIZE, HOP)


def _stored(sound: Sound) -> str:
    whole = (sound.wave.clamp(-1, 1) * 32767).round().short().numpy().astype("<i2")
    return base64.b64encode(whole.tobytes()).decode("ascii")


def _ready(sound: Sound) -> Sound:
    """At 8 kHz, cut to what can be drawn, as 16-bit numbers hold it."""
    check_sound(sound)
    wave = resampled(sound, SAMPLE_RATE).wave[: round(MOST_SECONDS * SAMPLE_RATE)]
    if len(wave) <= SIZE:
        raise ValueError(f"A sound of more than {SIZE / SAMPLE_RATE} seconds is due.")
    return Sound((wave.clamp(-1, 1) * 32767).round() / 32767, SAMPLE_RATE)


class SpectrogramBrush(base.Widget):
    """A sound to look at, to rub out and to hear: `strokes` holds what was rubbed out, as (from, to, low, high).

    Setting `strokes` or `chosen` in Python moves the picture.
    """

    _esm = base.javascript("speech/formulas.js", "speech/speech.js")
    _css = base.style("speech/speech.css")

    name = "See and hear a spectrogram"
    task = (
        "Play the sound. Then rub out everything above 1,000 Hz and play what is left: which sounds of the language "
        "are gone? Undo it, rub out everything below 1,000 Hz, and listen again. Which half do you need to understand "
        "the words?"
    )
    question = "Rub out one dark line after the other. Where does the voice's pitch go when its lowest line is gone?"

    sounds: traitlets.Dict = traitlets.Dict().tag(sync=True)  # name -> 16-bit numbers as base64
    chosen = traitlets.Unicode().tag(sync=True)
    strokes: traitlets.List = traitlets.List().tag(sync=True)
    setup: traitlets.Dict = traitlets.Dict().tag(sync=True)

    def __init__(self, sounds: Mapping[str, Sound]) -> None:
        """Raises ValueError for no sound, or one of another kind or shorter than 32 ms."""
        if not isinstance(sounds, Mapping) or not sounds:
            raise ValueError("Sounds by name are due, one or more: {'hello': Sound(wave, 16_000)}.")
        self._ready = {str(name): _ready(sound) for name, sound in sounds.items()}
        super().__init__(
            sounds={name: _stored(sound) for name, sound in self._ready.items()},
            chosen=next(iter(self._ready)),
            setup={"rate": SAMPLE_RATE, "size": SIZE, "hop": HOP, "floor": FLOOR, "seconds": MOST_SECONDS},
        )

    @traitlets.validate("chosen")
    def _known(self, proposal: Any) -> str:
        if proposal["value"] not in self._ready and proposal["value"]:
            raise ValueError(f"There are {', '.join(self._ready)}, not {proposal['value']!r:.40}.")
        return proposal["value"]

    @traitlets.validate("strokes")
    def _numbers(self, proposal: Any) -> Any:
        for stroke in proposal["value"]:
            if len(stroke) != 4:
                raise ValueError("A stroke is (from, to, low, high), in seconds and hertz.")
            checks.not_negative(**dict(zip(("start", "end", "low", "high"), stroke, strict=True)))
        return [[float(number) for number in stroke] for stroke in proposal["value"]]

    @property
    def sound(self) -> Sound:
        """What is left of the chosen sound."""
        whole = self._ready[self.chosen]
        return Sound(filtered(whole, self.strokes).float(), SAMPLE_RATE)

    @property
    def share_left(self) -> float:
        """How much of the power is left, from 0 to 1."""
        whole = self._ready[self.chosen]
        power = stft(whole.wave.double(), SIZE, HOP).abs().square()
        return float((power * kept(whole, self.strokes)).sum() / power.sum().clamp(min=1e-12))

    def picture(self) -> Figure:
        """The spectrogram of the chosen sound, with what was rubbed out in white."""
        whole = self._ready[self.chosen]
        power = stft(whole.wave.double(), SIZE, HOP).abs().square()
        decibels = 10 * (power / power.max().clamp(min=1e-12)).clamp(min=1e-12).log10()
        shown = np.where(kept(whole, self.strokes), decibels.clamp(min=FLOOR), np.nan)
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        axes = figure.subplots()
        axes.imshow(shown, origin="lower", aspect="auto", cmap="Greys", vmin=FLOOR, vmax=0,
                    extent=(0, whole.seconds, 0, SAMPLE_RATE / 2))  # fmt: skip
        axes.set(xlabel="seconds", ylabel="hertz", title=f"“{self.chosen}”: the darker, the louder")
        return figure


def spectrogram_brush(sounds: Mapping[str, Sound]) -> SpectrogramBrush:
    """See, filter and hear sounds, of which the first four seconds are taken at 8 kHz.

    Read `widget.strokes`, `widget.sound` or `widget.share_left` in any later cell. Raises ValueError for no sound, or
    one of another kind or shorter than 32 ms.
    """
    return SpectrogramBrush(sounds)
