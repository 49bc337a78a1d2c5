"""The course's own synthetic speech, and a classifier of digits: what it hears, what a change of voices does to it.

The file is `data/speech/spoken.safetensors`; `data/synthetic_speech.py` says how it was made. Nobody speaks in it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.course.errors import CourseError
from lessons.course.places import ROOT, part
from lessons.kit import checks
from lessons.kit.training import evaluating
from lessons.speech.sound import Sound, check_sound, from_mu_law, mixed, resampled
from lessons.speech.spectrogram import istft, log_mel, stft, whisper_features
from lessons.speech.whisper import Whisper

FILE = ROOT / "data" / "speech" / "spoken.safetensors"
SAMPLE_RATE = 8000
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VOWELS = ("a", "i", "u")
SPLITS = ("train", "validation", "test", "other")
BANDS, FRAMES = 40, 80  # of a digit's features: mel bands, pieces of 10 ms


class Utterance(NamedTuple):
    """A synthetic sound and what is known of it: label, split, voice, or text."""

    sound: Sound
    told: dict[str, Any]


def _stored(name: str, sample_rate: int) -> list[Utterance]:
    """Raises CourseError if the file is missing or damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(part(FILE), "pt") as file:
            codes, lengths = (file.get_tensor(f"{name}.{what}") for what in ("codes", "lengths"))
            told = json.loads(file.metadata()[name])
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        again = "Get it again: `git checkout -- data/speech`."
        raise CourseError(f"{FILE.name} is missing or damaged. {again}") from error
    waves = from_mu_law(codes.long()).split(lengths.tolist())
    return [Utterance(Sound(wave, sample_rate), each) for wave, each in zip(waves, told, strict=True)]


@cache
def _digits() -> list[Utterance]:
    return _stored("digits", SAMPLE_RATE)


def digits(split: str) -> list[Utterance]:
    """Digits at 8 kHz by synthetic voices, each told its label, its split and its voice; ten of each voice.

    "train", "validation" and "test" hold other voices of the same program, "other" those of another one. Raises
    ValueError for another name, CourseError if the file is missing.
    """
    if split not in SPLITS:
        raise ValueError(f"A split is one of {', '.join(SPLITS)}, not {split!r:.40}.")
    return [each for each in _digits() if each.told["split"] == split]


def vowels() -> list[Utterance]:
    """Held vowels at 8 kHz (labels 0, 1, 2 for a, i, u). Raises CourseError if the file is missing."""
    return _stored("vowels", SAMPLE_RATE)


def sentences() -> list[Utterance]:
    """Six sentences at 16 kHz by three voices, each told its text. Raises CourseError if the file is missing."""
    return _stored("sentences", 16_000)


# --- features ---------------------------------------------------------------------------------------------------------


def digit_features(sounds: Sequence[Sound]) -> Tensor:
    """Log-mel of the first 0.8 s of each, filled up with silence, of mean 0 each: (n, 1, 40, 80).

    Raises ValueError for no sound.
    """
    if not len(sounds):
        raise ValueError("At least one sound is due.")
    rows = []
    for each in sounds:
        check_sound(each)
        wave = resampled(each, SAMPLE_RATE).wave[: FRAMES * SAMPLE_RATE // 100]
        full = F.pad(wave, (0, FRAMES * SAMPLE_RATE // 100 - len(wave)))
        rows.append(log_mel(full.double(), BANDS, SAMPLE_RATE).float())
    found = torch.stack(rows)[:, None]
    return found - found.mean((2, 3), keepdim=True)  # how loud it is says nothing


def labels(utterances: Sequence[Utterance]) -> Tensor:
    """Which digit or vowel each is: (n,). Raises ValueError for what has no label."""
    if not all(isinstance(each, Utterance) and "label" in each.told for each in utterances):
        raise ValueError("Utterances with a label are due: those of digits() or vowels().")
    return torch.tensor([each.told["label"] for each in utterances])


class DigitReader(nn.Module):
    """Three convolutions over a picture of frequencies and time, and a mean over the time that is left."""

    def __init__(self, width: int = 16, n_layers: int = 3, reach: int = 1) -> None:
        """Layers beyond the third keep its size; `reach` is the third one's dilation in time.

        Raises ValueError for a width or a reach below 1, or fewer than 3 layers.
        """
        super().__init__()
        checks.sizes(width=width, reach=reach)
        checks.whole(3, n_layers=n_layers)
        sizes: list[tuple[Any, ...]] = [(1, width, 2), (width, 2 * width, 2), (2 * width, 2 * width, (2, 1), reach)]
        sizes += [(2 * width, 2 * width, 1)] * (n_layers - 3)
        self.layers = nn.Sequential(*(_convolution(*each) for each in sizes))
        self.output = nn.Linear(2 * width * (BANDS // 8), len(DIGITS))

    def forward(self, inputs: Tensor) -> Tensor:
        """Features (batch, 1, 40, frames) -> logits (batch, 10). Raises ValueError for others."""
        if not inputs.is_floating_point() or inputs.ndim != 4 or inputs.shape[1:3] != (1, BANDS) or inputs.shape[3] < 4:
            raise ValueError(f"Features (batch, 1, {BANDS}, frames) are due; these are {checks.described(inputs)}.")
        return self.output(self.layers(inputs).mean(-1).flatten(1))  # where in time a digit stands does not matter

    @torch.no_grad()
    def predict(self, sounds: Sequence[Sound]) -> Tensor:
        """The digit that each sound is taken for, in evaluation mode: (n,). Raises ValueError for no sound."""
        with evaluating(self):
            return self(digit_features(sounds).to(self.output.weight)).argmax(-1).cpu()


def _convolution(n_from: int, n_to: int, pool: Any, reach: int = 1) -> nn.Sequential:
    """Looks at 3 bands and 3 times that lie `reach` apart; of each `pool` places the loudest is kept."""
    look = nn.Conv2d(n_from, n_to, 3, padding=(1, reach), dilation=(1, reach))
    return nn.Sequential(look, nn.BatchNorm2d(n_to), nn.ReLU(), nn.MaxPool2d(pool))


# --- other voices out of the same recordings --------------------------------------------------------------------------


def stretched(sound: Sound, speed: float, size: int = 256, hop: int = 64) -> Sound:
    """`speed` times as fast at the same pitch: frames are read faster or more slowly, angles go on turning as they did.

    A phase vocoder (Flanagan & Golden 1966). Neighbouring frequencies may lose step with each other, which sounds like
    a hall (Laroche & Dolson 1999). Raises ValueError for a speed outside 0.25 to 4, and too short a sound.
    """
    check_sound(sound)
    if not 0.25 <= speed <= 4:
        raise ValueError(f"A speed is a number from 0.25 to 4, not {speed!r}.")
    spectrum = stft(sound.wave, size, hop)
    places = torch.arange(0, spectrum.shape[-1] - 1, speed, dtype=torch.float64)
    before = places.floor().long()
    share = (places - before).to(sound.wave)
    here, there = spectrum[:, before], spectrum[:, before + 1]
    loudness = (1 - share) * here.abs() + share * there.abs()
    turns = there.angle() - here.angle()  # from one frame to the next
    angles = torch.cumsum(torch.cat([here[:, :1].angle(), turns[:, :-1]], 1).double(), 1).to(sound.wave)
    length = min(round(len(sound.wave) / speed), (len(places) - 1) * hop + size // 2)
    return Sound(istft(torch.polar(loudness, angles), length, size, hop), sound.sample_rate)


def pitched(sound: Sound, semitones: float) -> Sound:
    """Higher (or lower) by so many semitones and as long as it was, throat and all: stretched, then played faster.

    Raises ValueError for more than 24 semitones, and too short a sound.
    """
    if not -24 <= semitones <= 24:
        raise ValueError(f"A change of pitch is from −24 to 24 semitones, not {semitones!r}.")
    factor = 2 ** (semitones / 12)
    slow = stretched(sound, 1 / factor)
    faster = Sound(slow.wave, round(sound.sample_rate * factor))
    return resampled(faster, sound.sample_rate)


AUGMENTATIONS = ("noise", "speed", "pitch")


def augmented(sound: Sound, kinds: Sequence[str], rng: np.random.Generator) -> Sound:
    """The sound with a random speed (0.75 to 1.35), pitch (−5 to 5 semitones), and noise (5 to 25 decibels below it).

    `kinds` are those of AUGMENTATIONS that are wanted. Raises ValueError for another kind.
    """
    if isinstance(kinds, str) or not set(kinds) <= set(AUGMENTATIONS):
        raise ValueError(f"The kinds are a list out of {', '.join(AUGMENTATIONS)}, not {kinds!r:.60}.")
    if "speed" in kinds:
        sound = stretched(sound, float(np.exp(rng.uniform(math.log(0.75), math.log(1.35)))))
    if "pitch" in kinds:
        sound = pitched(sound, rng.uniform(-5, 5))
    if "noise" in kinds:
        noise = torch.from_numpy(rng.normal(size=len(sound.wave)).astype(np.float32))
        sound = mixed(sound, noise, rng.uniform(5, 25))
    return sound


def training_set(kinds: Sequence[str] = (), copies: int = 3, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Features and labels of the training voices, and so many changed copies of each: (n, 1, 40, 80) and (n,).

    Raises ValueError as `augmented`, and for copies below 0.
    """
    checks.whole(0, copies=copies, seed=seed)
    utterances, rng = digits("train"), np.random.default_rng(seed)
    sounds = [each.sound for each in utterances]
    for _ in range(copies if kinds else 0):
        sounds += [augmented(each.sound, kinds, rng) for each in utterances]
    return digit_features(sounds), labels(utterances).repeat(len(sounds) // len(utterances))


# --- Whisper as an ear ------------------------------------------------------------------------------------------------


@torch.no_grad()
def ear(model: Whisper, sounds: Sequence[Sound], seconds: float = 1.0) -> NDArray[np.float32]:
    """What Whisper's encoder makes of the beginning of each sound, a mean over time, of length 1: (n, hidden_size).

    It reads so many seconds and no 30: silence would drown a word in the mean. Raises ValueError for no sound.
    """
    if not len(sounds):
        raise ValueError("At least one sound is due.")
    features = torch.stack([whisper_features(each, seconds) for each in sounds])
    found = [model.encoder(some.to(model.decoder.position)).mean(1) for some in features.split(32)]
    return F.normalize(torch.cat(found), dim=-1).cpu().numpy()
