"""Training a GPT: chunks of running text, the loss at every place, Muon, and what a text costs in bits.

Shapes: a chunk is (tokens + 1,) ids, of which the model reads all but the last and is asked for all but the first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.gpt.model import GPT
from lessons.kit import checks
from lessons.kit.training import adamw, evaluating

Chunk = tuple[Tensor, Tensor]  # inputs and targets, (batch, context) each


class Chunks:
    """`steps` batches of chunks drawn at random from running text, anew in every pass: for `training.fit`."""

    def __init__(self, token_ids: Tensor, context: int, batch_size: int, steps: int, seed: int = 0) -> None:
        """Raises ValueError for what is no row of whole numbers, or fewer than context + 1 of them."""
        checks.sizes(context=context, batch_size=batch_size, steps=steps)
        checks.whole(0, seed=seed)
        _check_row(token_ids, context + 1)
        self.token_ids, self.context, self.batch_size, self.steps = token_ids, context, batch_size, steps
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Chunk]:
        places = torch.arange(self.context + 1)
        for _ in range(self.steps):
            last = len(self.token_ids) - self.context
            starts = torch.randint(last, (self.batch_size, 1), generator=self.generator)  # (batch, 1)
            chunks = self.token_ids[starts + places].long()  # (batch, context + 1)
            yield chunks[:, :-1], chunks[:, 1:]


def causal_loss(model: nn.Module, batch: Chunk) -> Tensor:
    """Mean cross-entropy of the next token at every place, in nats. Raises ValueError for targets that do not fit."""
    inputs, targets = batch
    logits = model(inputs).flatten(0, 1)  # (batch * tokens, vocab_size)
    checks.labels(logits, targets.flatten())
    return F.cross_entropy(logits, targets.flatten())


@torch.no_grad()
def bits(model: GPT, token_ids: Tensor, context: int | None = None, stride: int | None = None) -> Tensor:
    """-log2 of the probability that the model gave to each token but the first: (tokens - 1,), float64.

    Windows of `context` tokens (all that the model has unless given) begin every `stride` tokens (half of it unless
    given), and each token counts in the first window that predicts it. So each but those of the first window has seen
    context - stride tokens or more. Raises ValueError for sizes below 1, a stride above the context, and other ids.
    """
    context = model.config.max_length if context is None else context
    stride = max(1, context // 2) if stride is None else stride
    checks.sizes(context=context, stride=stride)
    _check_row(token_ids, 2)
    if stride > context:
        raise ValueError(f"With a stride of {stride} above the context {context}, tokens would be left out.")
    device, parts, done = model.token.weight.device, [], 0  # done: how many targets have their bits
    with evaluating(model):
        for group in _windows(len(token_ids) - 1, context, stride):
            inputs = torch.stack([token_ids[start : start + length] for start, length in group]).long().to(device)
            targets = torch.stack([token_ids[start + 1 : start + length + 1] for start, length in group]).long()
            losses = F.cross_entropy(model(inputs).mT, targets.to(device), reduction="none").cpu().double()
            for (start, length), row in zip(group, losses, strict=True):
                parts.append(row[done - start :])
                done = start + length
    return torch.cat(parts) / math.log(2)


def _windows(n_targets: int, context: int, stride: int, at_once: int = 64) -> Iterator[list[tuple[int, int]]]:
    """(start, length) of windows that cover all targets, in groups of one length."""
    starts = [0, *range(stride, n_targets - context + stride, stride)]
    spans = [(start, min(context, n_targets - start)) for start in starts]
    whole = [span for span in spans if span[1] == context]
    for first in range(0, len(whole), at_once):
        yield whole[first : first + at_once]
    yield from ([span] for span in spans if span[1] < context)


def _check_row(token_ids: Tensor, least: int) -> None:
    if token_ids.ndim != 1 or not checks.is_whole(token_ids) or len(token_ids) < least:
        raise ValueError(f"One row of {least} or more token ids is due; these are {checks.described(token_ids)}.")


# --- Muon -------------------------------------------------------------------------------------------------------------


def orthogonalised(matrix: Tensor, steps: int = 5) -> Tensor:
    """The matrix with all singular values brought near 1, by five products: (rows, columns) -> the same shape.

    A Newton-Schulz iteration with the coefficients of Jordan et al. 2024 ("Muon"), which end anywhere from 0.7 to 1.2.
    Raises ValueError for what is no matrix of fractions.
    """
    checks.whole(0, steps=steps)
    if matrix.ndim != 2 or not matrix.numel() or not matrix.is_floating_point():
        raise ValueError(f"A matrix of fractions is due; this is {checks.described(matrix)}.")
    a, b, c = 3.4445, -4.7750, 2.0315
    found = matrix / (matrix.norm() + 1e-7)  # now no singular value is above 1
    tall = found.shape[0] > found.shape[1]
    found = found.T if tall else found
    for _ in range(steps):
        square = found @ found.T
        found = a * found + (b * square + c * square @ square) @ found
    return found.T if tall else found


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal before each step: every direction of a matrix moves by the same amount.

    Jordan et al. 2024. For the matrices inside a network alone; embeddings and vectors are left to AdamW. The step of a
    matrix (rows, columns) is larger by √max(1, rows / columns), as in their code.
    """

    def __init__(
        self,
        parameters: Sequence[nn.Parameter],
        learning_rate: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        """Raises ValueError for anything but matrices, for none, and for numbers below 0."""
        checks.not_negative(learning_rate=learning_rate, momentum=momentum, weight_decay=weight_decay)
        if not parameters or any(each.ndim != 2 for each in parameters):
            raise ValueError("Muon is for matrices, one or more; give vectors and larger arrays to AdamW.")
        super().__init__(parameters, {"lr": learning_rate, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One update of each matrix that has a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                average = state.setdefault("momentum", torch.zeros_like(parameter))
                average.lerp_(parameter.grad, 1 - group["momentum"])
                direction = orthogonalised(parameter.grad.lerp(average, group["momentum"]))  # Nesterov's
                rows, columns = parameter.shape
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(direction, alpha=-group["lr"] * math.sqrt(max(1, rows / columns)))


class Together:
    """Several optimizers as one, for `training.fit`: each keeps its own parameters and learning rates."""

    def __init__(self, *optimizers: torch.optim.Optimizer) -> None:
        """Raises ValueError for none."""
        if not optimizers:
            raise ValueError("At least one optimizer is needed.")
        self.optimizers = optimizers
        self.param_groups: list[dict[str, Any]] = self._groups()

    def _groups(self) -> list[dict[str, Any]]:
        """Those of the first, then those of the next."""
        return [group for each in self.optimizers for group in each.param_groups]

    def zero_grad(self) -> None:
        """Empty the gradients of all."""
        for each in self.optimizers:
            each.zero_grad()

    def step(self) -> None:
        """One step of each."""
        for each in self.optimizers:
            each.step()

    def state_dict(self) -> dict[str, Any]:
        """What each remembers, by its place."""
        return {str(place): each.state_dict() for place, each in enumerate(self.optimizers)}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """What `state_dict` gave. Raises KeyError if it is another's."""
        for place, each in enumerate(self.optimizers):
            each.load_state_dict(state[str(place)])
        self.param_groups = self._groups()  # PyTorch makes new ones


def muon_and_adamw(
    model: nn.Module,
    learning_rate: float,
    muon_learning_rate: float,
    weight_decay: float = 0.1,
    layers: Iterable[nn.Module] | None = None,
) -> Together:
    """Muon for the matrices inside the layers, AdamW for embeddings, biases and norms; `layers` are `model.layers`.

    Raises ValueError for numbers below 0.
    """
    layers = cast(Iterable[nn.Module], model.layers) if layers is None else layers
    matrices = [p for layer in layers for p in layer.parameters() if p.ndim == 2]
    held = {id(each) for each in matrices}
    rest = nn.ParameterList(p for p in model.parameters() if id(p) not in held)
    muon = Muon(matrices, muon_learning_rate, weight_decay=weight_decay)
    return Together(adamw(rest, learning_rate, weight_decay=0.0), muon)
