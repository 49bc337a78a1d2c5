"""WaveNet: a wave written number by number, each from the ones before (van den Oord et al. 2016, section 2).

Codes (batch, moments) are µ-law numbers from 0 to 255. A layer looks at two moments that are `dilation` apart, so
layers with dilations 1, 2, 4, ... see twice as far each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks
from lessons.neural_networks import cross_entropy
from lessons.speech.sound import Sound, mu_law
from lessons.speech.spoken import Utterance

LEVELS = 256
DILATIONS = (1, 2, 4, 8, 16, 32, 64) * 2


def receptive_field(dilations: Sequence[int], kernel: int = 2) -> int:
    """How many moments a prediction depends on: 1 + Σ (kernel − 1) · dilation. Raises ValueError for sizes below 1."""
    checks.sizes(kernel=kernel)
    for dilation in dilations:
        checks.sizes(dilation=dilation)
    return 1 + sum((kernel - 1) * dilation for dilation in dilations)


class CausalConvolution(nn.Module):
    """Two moments in, one out: the present one and the one `dilation` before it, silence where there is none."""

    def __init__(self, n_from: int, n_to: int, dilation: int) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(n_from=n_from, n_to=n_to, dilation=dilation)
        self.before = nn.Linear(n_from, n_to)
        self.now = nn.Linear(n_from, n_to, bias=False)
        self.dilation = dilation

    def forward(self, hidden: Tensor) -> Tensor:
        """(batch, moments, n_from) -> (batch, moments, n_to). Raises ValueError for others."""
        checks.vectors("hidden", hidden, self.now.in_features, 3)
        n = hidden.shape[1]
        earlier = F.pad(hidden, (0, 0, self.dilation, 0))[:, :n]  # moved to the right: silence, then the wave
        return self.before(earlier) + self.now(hidden)


class Layer(nn.Module):
    """A gated convolution with a way around it, and a way out (section 2.3 and figure 4)."""

    def __init__(self, channels: int, skips: int, dilation: int, n_labels: int) -> None:
        super().__init__()
        self.convolution = CausalConvolution(channels, 2 * channels, dilation)
        self.label = nn.Embedding(n_labels, 2 * channels)  # what is to be said, the same at all moments (section 2.5)
        self.residual, self.skip = nn.Linear(channels, channels), nn.Linear(channels, skips)

    def forward(self, hidden: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, moments, channels), (batch,) -> the stream after it, and what goes out (batch, moments, skips)."""
        return self.after(hidden, self.convolution(hidden) + self.label(labels)[:, None])

    def after(self, hidden: Tensor, convolved: Tensor) -> tuple[Tensor, Tensor]:
        """The gate, and both ways on, from what the convolution gave."""
        value, gate = convolved.chunk(2, -1)
        found = torch.tanh(value) * torch.sigmoid(gate)
        return hidden + self.residual(found), self.skip(found)


class WaveNet(nn.Module):
    """Logits of the next code at every moment."""

    def __init__(
        self, channels: int = 24, skips: int = 48, dilations: Sequence[int] = DILATIONS, n_labels: int = 3
    ) -> None:
        """Raises ValueError for sizes below 1, or no layer."""
        super().__init__()
        checks.sizes(channels=channels, skips=skips, n_labels=n_labels, n_layers=len(dilations))
        self.code = nn.Embedding(LEVELS, channels)
        layers = nn.ModuleList(Layer(channels, skips, dilation, n_labels) for dilation in dilations)
        self.layers = cast(Sequence[Layer], layers)
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(skips, skips), nn.ReLU(), nn.Linear(skips, LEVELS))
        self.field = receptive_field(dilations)
        self.n_labels = n_labels

    def forward(self, codes: Tensor, labels: Tensor) -> Tensor:
        """(batch, moments), (batch,) -> logits of next codes (batch, moments, 256). Raises ValueError for others."""
        checks.token_ids("codes", codes, LEVELS, "batch", "moments")
        _check_labels(labels, len(codes), self.n_labels)
        return self.through(self.code(codes), labels)

    def through(self, hidden: Tensor, labels: Tensor) -> Tensor:
        """The same from vectors (batch, moments, channels)."""
        outs = []
        for layer in self.layers:
            hidden, out = layer(hidden, labels)
            outs.append(out)
        return self.head(torch.stack(outs).sum(0))


def _check_labels(labels: Tensor, n: int, n_labels: int) -> None:
    checks.token_ids("labels", labels, n_labels, "batch")
    if len(labels) != n:
        raise ValueError(f"One label for each wave is due: {n}, not {len(labels)}.")


# --- writing ----------------------------------------------------------------------------------------------------------


class Memory:
    """What each layer will need again: its last `dilation` inputs, in a ring (Paine et al. 2016)."""

    def __init__(self, model: WaveNet, labels: Tensor) -> None:
        """Silence so far, for waves of these labels (batch,). Raises ValueError for other labels."""
        _check_labels(labels, len(labels), model.n_labels)
        self.model, self.moment = model, 0
        weight = model.code.weight
        labels = labels.to(weight.device)
        self.rings = [weight.new_zeros(layer.convolution.dilation, len(labels), weight.shape[1])
                      for layer in model.layers]  # fmt: skip
        self.labels = [layer.label(labels) for layer in model.layers]

    @torch.no_grad()
    def next_logits(self, codes: Tensor) -> Tensor:
        """One more moment's codes (batch,) -> logits of what follows (batch, 256). Raises ValueError for others."""
        checks.token_ids("codes", codes, LEVELS, "batch")
        if len(codes) != self.rings[0].shape[1]:
            raise ValueError(f"{self.rings[0].shape[1]} codes are due, not {len(codes)}.")
        hidden = self.model.code(codes)
        sum_of_outs = hidden.new_zeros(())
        for layer, ring, label in zip(self.model.layers, self.rings, self.labels, strict=True):
            convolution, place = layer.convolution, self.moment % len(ring)
            convolved = convolution.before(ring[place]) + convolution.now(hidden) + label
            ring[place] = hidden  # what was there has been used for the last time
            hidden, out = layer.after(hidden, convolved)
            sum_of_outs = sum_of_outs + out
        self.moment += 1
        return self.model.head(sum_of_outs)


@torch.no_grad()
def write(
    model: WaveNet, labels: Tensor, moments: int, *, temperature: float = 1.0, seed: int = 0, cached: bool = True
) -> Tensor:
    """So many codes for each label (batch,), drawn one after the other, from silence on: (batch, moments).

    With `temperature` 0 always the most probable one. Without the cache, everything in the field is computed anew at
    each moment; the codes are the same. Raises ValueError for other labels, no moment, or a temperature below 0.
    """
    checks.sizes(moments=moments)
    checks.not_negative(temperature=temperature)
    checks.whole(0, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    place = model.code.weight.device
    labels, codes = labels.to(place), torch.full((len(labels), 1), LEVELS // 2, device=place)
    memory = Memory(model, labels)
    for _ in range(moments):
        logits = memory.next_logits(codes[:, -1]) if cached else _anew(model, codes, labels)
        codes = torch.cat([codes, _drawn(logits.cpu(), temperature, generator)[:, None].to(place)], 1)
    return codes[:, 1:].cpu()


def _anew(model: WaveNet, codes: Tensor, labels: Tensor) -> Tensor:
    """The slow way: all moments so far. (Cut to the field, silence at its start would be taken for zeros.)"""
    return model(codes, labels)[:, -1]


def _drawn(logits: Tensor, temperature: float, generator: torch.Generator) -> Tensor:
    if not temperature:
        return logits.argmax(-1)
    return torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)[:, 0]


# --- training ---------------------------------------------------------------------------------------------------------


class PieceBatches:
    """Random pieces of waves, as codes (batch, length + 1) with their labels (batch,)."""

    def __init__(
        self, utterances: Sequence[Utterance], steps: int, batch_size: int = 8, length: int = 800, seed: int = 0
    ) -> None:
        """Raises ValueError for sizes below 1, no utterance, or waves too short for a piece."""
        checks.sizes(steps=steps, batch_size=batch_size, length=length)
        checks.whole(0, seed=seed)
        self.codes = [mu_law(each.sound.wave) for each in utterances]
        self.labels = [int(each.told["label"]) for each in utterances]
        if not self.codes or min(map(len, self.codes)) <= length:
            raise ValueError(f"Waves of more than {length} moments are due, one or more.")
        self.steps, self.batch_size, self.length = steps, batch_size, length
        self.rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for _ in range(self.steps):
            chosen = self.rng.integers(len(self.codes), size=self.batch_size)
            starts = [self.rng.integers(len(self.codes[i]) - self.length) for i in chosen]
            rows = [self.codes[i][at : at + self.length + 1] for i, at in zip(chosen, starts, strict=True)]
            yield torch.stack(rows), torch.tensor([self.labels[i] for i in chosen])


def next_code_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Mean nats of each next code, from where a whole field is known (or all, if pieces are shorter)."""
    codes, labels = batch
    logits = model(codes[:, :-1], labels)
    start = min(cast(WaveNet, model).field, logits.shape[1]) - 1
    return cross_entropy(logits[:, start:], codes[:, start + 1 :])


def loudness_by_frequency(sound: Sound, bands: int = 24) -> Tensor:
    """The shape of a spectrum without pitch: mean log power in mel bands, of mean 0 and length 1, (bands,).

    Raises ValueError for what is no sound, or too short for a piece of 25 ms.
    """
    from lessons.speech.spectrogram import log_mel

    shape = log_mel(sound.wave.double(), bands, sound.sample_rate).mean(-1)
    return F.normalize(shape - shape.mean(), dim=-1)
