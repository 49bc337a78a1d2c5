"""More on one machine: a large batch in small pieces, layers that are computed twice, and numbers of 16 bits.

Each is a trade. Accumulation gives time for memory, recomputing gives operations for memory, and 16 bits give range or
digits for both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lessons.gpt import GPT
from lessons.gpt.model import look_back
from lessons.kit import checks

# --- a large batch in pieces ------------------------------------------------------------------------------------------


def accumulated(
    model: nn.Module, pieces: Sequence[Any], loss: Callable[[nn.Module, Any], Tensor], sizes: Sequence[int]
) -> float:
    """The gradients of a large batch, piece by piece: adds them to each parameter's, and returns the loss.

    `loss(model, piece)` is a mean over what a piece holds, `sizes` says how much that is: examples or, where texts
    differ in length, tokens. Each piece counts by its share of all, and its activations are gone before the next one.
    Raises ValueError for no piece, for sizes that do not fit, and for sizes below 1.
    """
    if not len(pieces) or len(pieces) != len(sizes):
        raise ValueError(f"Each piece needs its size: there are {len(pieces)} pieces and {len(sizes)} sizes.")
    for size in sizes:
        checks.whole(size=size)
    total, found = sum(sizes), 0.0
    for piece, size in zip(pieces, sizes, strict=True):
        value = loss(model, piece) * (size / total)
        value.backward()
        found += value.item()
    return found


# --- layers that are computed twice -----------------------------------------------------------------------------------


class _Recomputed(torch.autograd.Function):
    """Forward without notes; backward does the forward again, with notes, and goes back through them."""

    @staticmethod
    def forward(ctx: Any, work: Callable[[Tensor], Tensor], hidden: Tensor) -> Tensor:
        ctx.work, ctx.moment = work, torch.get_rng_state()
        ctx.save_for_backward(hidden)
        return work(hidden)  # inside a Function nothing is recorded

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor | None]:
        (kept,) = ctx.saved_tensors
        hidden = kept.detach().requires_grad_()
        now = torch.get_rng_state()
        torch.set_rng_state(ctx.moment)  # dropout must drop what it dropped
        with torch.enable_grad():
            again = ctx.work(hidden)
        torch.set_rng_state(now)
        torch.autograd.backward(again, gradient)  # the weights inside get theirs here
        return None, hidden.grad


def recomputed(work: Callable[[Tensor], Tensor], hidden: Tensor) -> Tensor:
    """work(hidden), of which the input alone is kept; the rest is computed anew on the way back (Chen et al. 2016).

    The input must have a gradient, as a layer's has behind an embedding: otherwise the weights inside would get none.
    For the CPU; on other devices dropout draws from another generator. Raises ValueError if it has none.
    """
    if torch.is_grad_enabled() and not hidden.requires_grad:
        raise ValueError("The input has no gradient, so that the weights inside would get none: keep the first layer.")
    return _Recomputed.apply(work, hidden)


def layer_by_layer(model: GPT, token_ids: Tensor, recompute: bool = True) -> Tensor:
    """Logits of notebook 10's GPT, (batch, tokens) -> (batch, tokens, vocab_size); each layer keeps its input alone.

    Raises ValueError as the model does.
    """
    hidden = model.embed(token_ids)
    for layer in model.layers:

        def work(hidden: Tensor, layer: Any = layer) -> Tensor:
            hidden = hidden + layer.dropout(look_back(layer.attention, layer.attention_norm(hidden)))
            return hidden + layer.dropout(layer.feed_forward(layer.feed_forward_norm(hidden)))

        hidden = recomputed(work, hidden) if recompute else work(hidden)
    return model.logits(hidden)


# --- numbers of 16 bits -----------------------------------------------------------------------------------------------


class LossScaler:
    """Keeps gradients inside the range of float16: the loss is multiplied before the way back, gradients divided after.

    If a gradient overflows, the step is left out (Micikevicius et al. 2018, section 3.2). The factor then halves, and
    doubles after `patience` good steps, as in PyTorch's GradScaler.
    """

    def __init__(self, scale: float = 2.0**16, patience: int = 2000) -> None:
        """Raises ValueError for a factor that is not above 0, and for patience below 1."""
        checks.positive(scale=scale)
        checks.whole(patience=patience)
        self.scale, self.patience, self.good = float(scale), patience, 0

    def backward(self, loss: Tensor) -> None:
        """Gradients of scale · loss."""
        (loss * self.scale).backward()

    def step(self, optimizer: torch.optim.Optimizer) -> bool:
        """Divide the gradients and take the step, or leave it out if one is not finite; says whether it was taken."""
        held = [p for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        for parameter in held:
            parameter.grad.div_(self.scale)
        fits = all(bool(parameter.grad.isfinite().all()) for parameter in held)
        if fits:
            optimizer.step()
        self._update(fits)
        return fits

    def _update(self, fits: bool) -> None:
        self.good = self.good + 1 if fits else 0
        if not fits:
            self.scale /= 2
        elif self.good == self.patience:
            self.scale, self.good = self.scale * 2, 0


def lost(gradients: Iterable[Tensor], dtype: torch.dtype, scale: float = 1.0) -> tuple[float, float]:
    """Which shares of all numbers but zeros become 0, and not finite, if they are kept as `dtype` times a factor.

    Raises ValueError for a factor that is not above 0, a type without fractions, and no number at all.
    """
    checks.positive(scale=scale)
    if not dtype.is_floating_point:
        raise ValueError(f"Gradients are fractions: {dtype} holds none.")
    flat = [gradient.detach().flatten() for gradient in gradients]
    numbers = torch.cat(flat) if flat else torch.empty(0)
    numbers = numbers[numbers != 0]
    if not len(numbers):
        raise ValueError("There is no gradient that is not 0.")
    kept = (numbers * scale).to(dtype)
    return (kept == 0).double().mean().item(), 1 - kept.isfinite().double().mean().item()


def sizes_of_type(dtype: torch.dtype) -> dict[str, float]:
    """What a floating-point type can hold: its largest number, its smallest above 0, and the step after 1.

    Raises ValueError for a type without fractions.
    """
    if not dtype.is_floating_point:
        raise ValueError(f"{dtype} is no type of fractions.")
    found = torch.finfo(dtype)
    digits = -round(math.log2(found.eps))
    return {"largest": found.max, "smallest": found.tiny * 2.0**-digits, "step after 1": found.eps}
