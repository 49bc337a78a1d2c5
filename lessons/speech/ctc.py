"""CTC: a text from frames that nobody aligned with it (Graves et al. 2006).

A network gives probabilities of letters and of a *blank* for each frame. A path of frames is read by writing what
repeats once and leaving blanks out. The probability of a text is the sum over all paths that read as it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks
from lessons.kit.training import evaluating
from lessons.speech.sound import Sound
from lessons.speech.spectrogram import log_mel
from lessons.speech.spoken import BANDS, DIGITS, SAMPLE_RATE, Utterance

BLANK = 0
LETTERS = "-" + "".join(sorted(set("".join(DIGITS)))) + " "  # the blank, the letters of the digits, a space


def collapsed(path: Sequence[int]) -> list[int]:
    """What a path of frames reads as: repeats once, no blanks. Raises ValueError for what are no whole numbers."""
    for each in path:
        checks.whole(0, symbol=each)
    return [symbol for symbol, _ in groupby(path) if symbol != BLANK]


def log_probability(log_probabilities: Tensor, target: Sequence[int]) -> Tensor:
    """ln p(target) under log probabilities (frames, symbols): the forward algorithm (section 4.1, equations 5 to 8).

    `target` is put between blanks: b t₁ b t₂ b. `forward[s]` sums the paths so far that end in place s of this; a path
    stays there, comes from the place before, or skips a blank between two letters that differ. Minus infinity if there
    are too few frames. Raises ValueError for other shapes, a blank in the target, or a symbol that is not there.
    """
    _check(log_probabilities, target)
    spread = [BLANK, *(symbol for letter in target for symbol in (letter, BLANK))]
    places = torch.tensor(spread, device=log_probabilities.device)
    may_skip = torch.zeros(len(spread), dtype=torch.bool, device=places.device)
    may_skip[2:] = (places[2:] != BLANK) & (places[2:] != places[:-2])
    scores = log_probabilities[:, places]  # (frames, places)
    start = torch.arange(len(spread), device=places.device) < 2  # the first blank or the first letter
    forward = scores[0].masked_fill(~start, -math.inf)
    for frame in scores[1:]:
        before = F.pad(forward, (1, 0), value=-math.inf)[:-1]
        skipped = F.pad(forward, (2, 0), value=-math.inf)[: len(spread)].masked_fill(~may_skip, -math.inf)
        forward = _summed(torch.stack([forward, before, skipped])) + frame
    return _summed(forward[-2:])


def _summed(logs: Tensor) -> Tensor:
    """ln Σ exp over the first axis; where all are minus infinity so is the sum, and its gradient is 0, not NaN."""
    nowhere = (logs == -math.inf).all(0)
    found = torch.logsumexp(logs.masked_fill(nowhere, 0.0), 0)
    return found.masked_fill(nowhere, -math.inf)


def _check(log_probabilities: Tensor, target: Sequence[int]) -> None:
    if not log_probabilities.is_floating_point() or log_probabilities.ndim != 2 or not log_probabilities.numel():
        raise ValueError(
            f"Log probabilities (frames, symbols) are due; these are {checks.described(log_probabilities)}."
        )
    if log_probabilities.isnan().any() or (log_probabilities > 1e-4).any():
        raise ValueError("Log probabilities are not above 0: take log_softmax of the logits first.")
    checks.whole(1, **{f"symbol {place}": symbol for place, symbol in enumerate(target)})
    if any(symbol >= log_probabilities.shape[1] for symbol in target):
        raise ValueError(f"Symbols go from 1 to {log_probabilities.shape[1] - 1}; the target has {max(target)}.")


def ctc_loss(log_probabilities: Tensor, targets: Sequence[Sequence[int]], lengths: Sequence[int]) -> Tensor:
    """The mean of −ln p over a batch (batch, frames, symbols) of which so many frames of each are real.

    Raises ValueError as `log_probability`, and for lists of other lengths, or no frame.
    """
    if not len(log_probabilities) == len(targets) == len(lengths) or not len(targets):
        raise ValueError("One target and one number of frames for each row of the batch are due.")
    checks.sizes(**{f"length {place}": length for place, length in enumerate(lengths)})
    if max(lengths) > log_probabilities.shape[1]:
        raise ValueError(f"There are {log_probabilities.shape[1]} frames, not {max(lengths)}.")
    rows = zip(log_probabilities, targets, lengths, strict=True)
    return -torch.stack([log_probability(row[:length], target) for row, target, length in rows]).mean()


# --- reading ----------------------------------------------------------------------------------------------------------


def best_path(log_probabilities: Tensor) -> list[int]:
    """What the most probable symbol of each frame reads as; quick, and not always the most probable text.

    Raises ValueError for other shapes.
    """
    _check(log_probabilities, [])
    return collapsed(log_probabilities.argmax(-1).tolist())


def beam_search(log_probabilities: Tensor, width: int = 8) -> list[tuple[list[int], float]]:
    """The most probable texts with their ln p, the best first: paths that read alike are added up while going on.

    For each of the `width` best beginnings two sums are kept: of paths that end in a blank, and of those that do not
    (Hannun et al. 2014, algorithm 1, without a language model). Raises ValueError for other shapes, a width below 1.
    """
    checks.sizes(width=width)
    _check(log_probabilities, [])
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -math.inf)}
    for frame in log_probabilities.double().tolist():
        grown: dict[tuple[int, ...], tuple[float, float]] = {}
        for text, (blank, other) in beams.items():
            both = _add(blank, other)
            _gain(grown, text, both + frame[BLANK], -math.inf)
            for symbol in range(1, len(frame)):
                if text and symbol == text[-1]:
                    _gain(grown, text, -math.inf, other + frame[symbol])  # the same letter goes on
                    _gain(grown, (*text, symbol), -math.inf, blank + frame[symbol])  # after a blank: a second one
                else:
                    _gain(grown, (*text, symbol), -math.inf, both + frame[symbol])
        possible = [item for item in grown.items() if _add(*item[1]) > -math.inf]
        beams = dict(sorted(possible, key=lambda item: -_add(*item[1]))[:width])
    return [(list(text), _add(*sums)) for text, sums in beams.items()]


def _add(first: float, second: float) -> float:
    """ln(eᵃ + eᵇ)."""
    high = max(first, second)
    return high if high == -math.inf else high + math.log(math.exp(first - high) + math.exp(second - high))


def _gain(beams: dict[tuple[int, ...], tuple[float, float]], text: tuple[int, ...], blank: float, other: float) -> None:
    before = beams.get(text, (-math.inf, -math.inf))
    beams[text] = _add(before[0], blank), _add(before[1], other)


# --- spelt digits -----------------------------------------------------------------------------------------------------


def spelt(text: str) -> list[int]:
    """The symbols of a text in LETTERS. Raises ValueError for a letter that is not there."""
    if not isinstance(text, str) or any(letter not in LETTERS[1:] for letter in text):
        raise ValueError(f"A text of the letters {LETTERS[1:]!r} is due, not {text!r:.60}.")
    return [LETTERS.index(letter) for letter in text]


def read_out(symbols: Sequence[int]) -> str:
    """The text of symbols of LETTERS. Raises ValueError for a number that is none."""
    for each in symbols:
        checks.whole(0, symbol=each)
    if any(each >= len(LETTERS) for each in symbols):
        raise ValueError(f"Symbols go from 0 to {len(LETTERS) - 1}.")
    return "".join(LETTERS[each] for each in symbols)


class Speller(nn.Module):
    """Letters from mel bands: convolutions that see half a second around each 20 ms."""

    def __init__(self, width: int = 64) -> None:
        """Raises ValueError for a width below 1."""
        super().__init__()
        checks.sizes(width=width)
        self.first = nn.Conv1d(BANDS, width, 5, stride=2, padding=2)
        self.layers = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in (1, 2, 4, 1))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in self.layers)
        self.output = nn.Linear(width, len(LETTERS))

    def forward(self, features: Tensor) -> Tensor:
        """(batch, 40, frames) -> log probabilities (batch, ⌈frames / 2⌉, symbols). Raises ValueError for others."""
        if not features.is_floating_point() or features.ndim != 3 or features.shape[1] != BANDS or not features.numel():
            raise ValueError(f"Features (batch, {BANDS}, frames) are due; these are {checks.described(features)}.")
        hidden = F.relu(self.first(features)).mT
        for layer, norm in zip(self.layers, self.norms, strict=True):
            hidden = hidden + F.relu(layer(norm(hidden).mT)).mT
        return self.output(hidden).log_softmax(-1)

    @torch.no_grad()
    def hear(self, sound: Sound) -> Tensor:
        """Log probabilities of one sound, in evaluation mode: (frames, symbols). Raises ValueError for no sound."""
        with evaluating(self):
            return self(speller_features(sound)[None].to(self.output.weight))[0].cpu()


def spoken_numbers(utterances: Sequence[Utterance], n: int, seed: int = 0, longest: int = 4) -> list[tuple[Sound, str]]:
    """So many runs of 1 to `longest` digits by one voice each, with short pauses between, and their words.

    Raises ValueError for no utterance, and sizes below 1.
    """
    checks.sizes(n=n, longest=longest)
    checks.whole(0, seed=seed)
    rng, by_voice = np.random.default_rng(seed), _by_voice(utterances)
    found = []
    for _ in range(n):
        voice = by_voice[rng.integers(len(by_voice))]
        chosen = [voice[rng.integers(len(voice))] for _ in range(rng.integers(1, longest + 1))]
        parts = [part for each in chosen for part in (each.sound.wave, torch.zeros(int(rng.integers(200, 1200))))]
        found.append((Sound(torch.cat(parts), SAMPLE_RATE), " ".join(DIGITS[each.told["label"]] for each in chosen)))
    return found


def _by_voice(utterances: Sequence[Utterance]) -> list[list[Utterance]]:
    voices: dict[str, list[Utterance]] = {}
    for each in utterances:
        if not isinstance(each, Utterance):
            raise ValueError("Utterances are due: those of digits().")
        voices.setdefault(each.told["voice"], []).append(each)
    if not voices:
        raise ValueError("At least one utterance is due.")
    return list(voices.values())


def speller_features(sound: Sound) -> Tensor:
    """Log-mel of mean 0 at 8 kHz: (40, frames). Raises ValueError for what is no sound."""
    found = log_mel(sound.wave.double(), BANDS, sound.sample_rate).float()
    return found - found.mean()


class NumberBatches:
    """Runs of digits: features (batch, 40, longest), their texts and their frames after the first convolution."""

    def __init__(self, numbers: Sequence[tuple[Sound, str]], batch_size: int = 16, seed: int = 0) -> None:
        """Raises ValueError for none, or a batch size below 1."""
        checks.sizes(batch_size=batch_size, numbers=len(numbers))
        checks.whole(0, seed=seed)
        self.rows = [(speller_features(sound), spelt(text)) for sound, text in numbers]
        self.batch_size, self.generator = batch_size, torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-len(self.rows) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, list[list[int]], list[int]]]:
        order = torch.randperm(len(self.rows), generator=self.generator)
        for some in order.split(self.batch_size):
            rows = [self.rows[i] for i in some.tolist()]
            longest = max(features.shape[1] for features, _ in rows)
            padded = torch.stack([F.pad(features, (0, longest - features.shape[1])) for features, _ in rows])
            yield padded, [text for _, text in rows], [-(-features.shape[1] // 2) for features, _ in rows]


def spelling_loss(model: nn.Module, batch: tuple[Tensor, list[list[int]], list[int]]) -> Tensor:
    """CTC's loss of a batch by PyTorch's function, which equals `ctc_loss` and is quick."""
    features, targets, lengths = batch
    found = cast(Tensor, model(features)).transpose(0, 1)  # (frames, batch, symbols)
    flat = torch.tensor([symbol for target in targets for symbol in target])
    sizes = torch.tensor([len(target) for target in targets])
    return F.ctc_loss(found, flat, torch.tensor(lengths), sizes, reduction="none").mean()
