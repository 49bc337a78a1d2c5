"""Untrained stacks of layers: what the norm's place and the start of the weights do to gradients and to first steps.

A stack of L layers has 2L sub-layers, attention and feed-forward in turn; each is put on the residual stream by a
`Step`. Three ways to draw the first weights are compared (`STARTS`):

- "PyTorch": what `nn.Linear` draws, uniform up to 1/√inputs, which makes a vector shorter by about √3;
- "Xavier": uniform with variance 2 / (inputs + outputs), biases 0 (Glorot & Bengio 2010, equation 16), which keeps the
  length of a vector in a square map; `nn.Transformer` starts like that;
- "Xavier, scaled": the same, and the last map of each sub-layer divided by √(2L) (Radford et al. 2019, GPT-2, section
  2.3; there from a normal distribution).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from lessons.attention import MultiHeadAttention
from lessons.kit import checks
from lessons.transformer.model import FeedForward

HIDDEN_SIZE, HEADS, TOKENS, BATCH = 64, 4, 10, 2
STARTS = ("PyTorch", "Xavier", "Xavier, scaled")

SubLayer = Callable[[Tensor], Tensor]
Step = Callable[[Tensor, SubLayer, SubLayer], Tensor]  # (stream, norm, sub-layer) -> the stream after it
STEPS: dict[str, Step] = {
    "neither": lambda x, norm, f: f(x),
    "residuals only": lambda x, norm, f: x + f(x),
    "norms only": lambda x, norm, f: norm(f(x)),
    "post-norm": lambda x, norm, f: norm(x + f(x)),
    "pre-norm": lambda x, norm, f: x + f(norm(x)),
}


def start(layers: nn.Module, n_layers: int, how: str) -> None:
    """Draw the weights of all linear maps anew, as one of STARTS says. Raises ValueError for another name."""
    checks.whole(n_layers=n_layers)
    if how not in STARTS:
        raise ValueError(f"A start is one of {', '.join(STARTS)}, not {how!r:.40}.")
    if how == "PyTorch":
        return  # so they were made
    for part in layers.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight)
            nn.init.zeros_(part.bias)
    if how == "Xavier, scaled":
        _scale_last_maps(layers, 1 / math.sqrt(2 * n_layers))


@torch.no_grad()
def _scale_last_maps(layers: nn.Module, factor: float) -> None:
    for part in layers.modules():
        if isinstance(part, MultiHeadAttention):
            part.output.weight.mul_(factor)
        elif isinstance(part, FeedForward):
            part.contract.weight.mul_(factor)


def stack(n_layers: int, seed: int = 0, how: str = "PyTorch") -> nn.ModuleList:
    """2 · n_layers untrained sub-layers in float64: attention, feed-forward, attention ... Raises as `start`."""
    checks.whole(n_layers=n_layers)
    checks.whole(0, seed=seed)
    torch.manual_seed(seed)
    parts: list[nn.Module] = []
    for _ in range(n_layers):
        parts += [MultiHeadAttention(HIDDEN_SIZE, HEADS), FeedForward(HIDDEN_SIZE, 4 * HIDDEN_SIZE)]
    made = nn.ModuleList(parts)
    start(made, n_layers, how)
    return made.double()


def norm(hidden: Tensor) -> Tensor:
    """Layer norm as it is before any training: scale 1, shift 0."""
    return nn.functional.layer_norm(hidden, hidden.shape[-1:])


def stream(parts: Iterable[Any], step: Step, hidden: Tensor) -> list[Tensor]:
    """The stream before the first layer and after each, n_layers + 1 tensors of the shape of `hidden`."""
    found = [hidden]
    for number, part in enumerate(parts):
        hidden = step(hidden, norm, part)
        if number % 2:  # a layer is two sub-layers
            found.append(hidden)
    return found


def gradients(step: Step, how: str = "PyTorch", n_layers: int = 24, seed: int = 0) -> list[float]:
    """The length of a loss's gradient in the stream before the first layer and after each, relative to the last.

    The loss is a random mixture of the numbers of the output, which is the norm of the last stream. Raises as `start`.
    """
    parts, hidden = stack(n_layers, seed, how), _vectors().requires_grad_()
    passed = stream(parts, step, hidden)
    slopes = torch.autograd.grad((norm(passed[-1]) * _vectors()).sum(), passed)
    lengths = [slope.norm().item() for slope in slopes]
    return [length / lengths[-1] for length in lengths]


@torch.no_grad()
def growth(step: Step, how: str = "PyTorch", n_layers: int = 24, seed: int = 0) -> list[float]:
    """How long the stream's vectors are before the first layer and after each, relative to the first."""
    lengths = [each.norm().item() for each in stream(stack(n_layers, seed, how), step, _vectors())]
    return [length / lengths[0] for length in lengths]


def moved(step: Step, how: str = "PyTorch", n_layers: int = 24, seed: int = 0, push: float = 1e-4) -> float:
    """How far the output moves, relative to its length, if every weight moves by `push` against its gradient."""
    checks.positive(push=push)
    parts, hidden = stack(n_layers, seed, how), _vectors()
    before = norm(stream(parts, step, hidden)[-1])
    weights = list(parts.parameters())
    slopes = torch.autograd.grad((before * _vectors()).sum(), weights)
    with torch.no_grad():
        for weight, slope in zip(weights, slopes, strict=True):
            weight.sub_(push * slope.sign())
        after = norm(stream(parts, step, hidden)[-1])
    return ((after - before).norm() / before.norm()).item()


def _vectors() -> Tensor:
    """Random vectors (batch, tokens, hidden_size), drawn after the stack: its seed is theirs."""
    return torch.randn(BATCH, TOKENS, HIDDEN_SIZE, dtype=torch.float64)
