"""`fit`: the one training loop of the course. Any model, any loss, any batches."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor, nn
from tqdm import tqdm

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Metrics = dict[str, float]


class Batches(Protocol):
    """A list, a DataLoader, or anything else that knows its length and can be gone through once in every epoch."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Any: ...


class TrainingDiverged(RuntimeError):
    """The loss became NaN or infinite. `history` holds what was recorded before."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


@dataclass
class History:
    """What happened in each step, and the validation metrics with the step after which they were taken."""

    loss: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)  # before clipping
    validation: list[tuple[int, Metrics]] = field(default_factory=list)
    examples: int = 0
    seconds: float = 0.0  # training only, without validation
    stopped: str = ""

    def plot(self) -> Figure:
        """Draw the loss (with its running mean), the learning rate and the validation metrics against the step."""
        from lessons import plots

        return plots.training_history(self)

    def __repr__(self) -> str:
        if not self.loss:
            return "<History: no step yet>"
        speed = f", {self.examples / self.seconds:.0f} examples/s" if self.seconds else ""
        end = f", stopped: {self.stopped}" if self.stopped else ""
        last = "".join(
            f", validation {name} {value:.3f}" for name, value in (self.validation or [(0, {})])[-1][1].items()
        )
        return f"<History: {len(self.loss)} steps, loss {self.loss[0]:.3f} -> {self.loss[-1]:.3f}{last}{speed}{end}>"


def best_device() -> torch.device:
    """CUDA if there is one, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def to_device(batch: Any, device: torch.device) -> Any:
    """Move every tensor in a batch (a tensor, or tuples, lists and dicts of them) to a device."""
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, Mapping):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, list | tuple):
        moved = [to_device(value, device) for value in batch]
        return type(batch)(*moved) if hasattr(batch, "_fields") else type(batch)(moved)
    return batch


def linear_warmup_decay(step: int, warmup_steps: int, total_steps: int) -> float:
    """The share of the peak learning rate in a step (from 0): up in a line to 1, then down in a line to 0.

    The same numbers as transformers' `get_linear_schedule_with_warmup` (Devlin et al. 2019, appendix A.2).
    """
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Trainable parameters for an optimiser: matrices (and larger arrays) decay, vectors and embeddings do not.

    Embeddings, also those that serve as an output layer, are left alone: a decay would shrink rows that no batch has
    touched.
    """
    spared = {id(module.weight) for module in model.modules() if isinstance(module, nn.Embedding)}
    decaying = {id(p) for p in model.parameters() if p.ndim > 1 and id(p) not in spared}
    groups: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for parameter in model.parameters():
        if parameter.requires_grad:
            groups[id(parameter) in decaying].append(parameter)
    return [
        {"params": groups[decays], "weight_decay": weight_decay if decays else 0.0}
        for decays in (True, False)
        if groups[decays]
    ]


def adamw(model: nn.Module, learning_rate: float, weight_decay: float = 0.01) -> torch.optim.Optimizer:
    """AdamW (Loshchilov & Hutter 2019) over `parameter_groups`, fused into one pass where the device can.

    Raises ValueError if nothing in the model is trainable.
    """
    groups = parameter_groups(model, weight_decay)
    if not groups:
        raise ValueError("Nothing to train: no parameter of the model has requires_grad=True.")
    fused = groups[0]["params"][0].device.type in ("cpu", "cuda")
    return torch.optim.AdamW(groups, lr=learning_rate, fused=fused)


def fit(
    model: nn.Module,
    batches: Batches,
    loss: Callable[[nn.Module, Any], Tensor],
    *,
    epochs: int = 1,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.01,
    optimizer: torch.optim.Optimizer | None = None,
    warmup: float = 0.1,
    max_norm: float = 1.0,
    validate: Callable[[nn.Module], Metrics] | None = None,
    device: torch.device | str | None = None,
    progress: bool = True,
) -> History:
    """Train a model in place and return what happened.

    `loss(model, batch)` gives a scalar. The optimiser is AdamW unless one is given; its learning rate rises over the
    first `warmup` share of all steps and then falls to 0. Gradients are clipped to the norm `max_norm`. `validate`
    is called after every epoch, in evaluation mode. Interrupting the kernel ends the training and keeps the model.

    Raises ValueError if there is nothing to train on, TrainingDiverged if the loss is NaN or infinite.
    """
    total = epochs * _length(batches)
    chosen = torch.device(device) if device else best_device()
    model.to(chosen)
    optimizer = optimizer or adamw(model, learning_rate, weight_decay)
    warmup_steps = min(math.ceil(warmup * total), total - 1)  # the first step has rate 0: it must not be the only one
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: linear_warmup_decay(step, warmup_steps, total))
    history, was_training = History(), model.training
    with tqdm(total=total, disable=not progress, desc="training", unit="batch", ncols=100, file=sys.stdout) as bar:
        try:
            for _ in range(epochs):
                _epoch(model, batches, loss, optimizer, schedule, max_norm, chosen, history, bar)
                _validate(model, validate, history)
        except KeyboardInterrupt:
            history.stopped = f"interrupted in step {len(history.loss)} of {total}"
        finally:
            model.train(was_training)
    return history


def _length(batches: Batches) -> int:
    if not hasattr(batches, "__len__"):
        raise ValueError(
            "batches must be a list, a DataLoader or the like, which can be gone through once in every epoch; "
            "a generator is used up after the first."
        )
    if len(batches) == 0:
        raise ValueError("There is nothing to train on: batches is empty.")
    return len(batches)


def _epoch(
    model: nn.Module,
    batches: Iterable[Any],
    loss: Callable[[nn.Module, Any], Tensor],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    max_norm: float,
    device: torch.device,
    history: History,
    bar: tqdm,
) -> None:
    model.train()
    for batch in batches:
        start = time.perf_counter()
        batch = to_device(batch, device)
        optimizer.zero_grad()
        value = loss(model, batch)
        _check_finite(value, history)
        value.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        _check_gradient(norm, history)
        record = value.item(), norm.item(), optimizer.param_groups[0]["lr"]
        optimizer.step()
        schedule.step()
        for series, number in zip((history.loss, history.gradient_norm, history.learning_rate), record, strict=True):
            series.append(number)
        history.examples += _n_examples(batch)
        history.seconds += time.perf_counter() - start
        bar.set_postfix_str(
            f"loss {_recent(history.loss):.3f}, {history.examples / history.seconds:.0f} examples/s", False
        )
        bar.update()


def _check_finite(value: Tensor, history: History) -> None:
    if value.ndim:
        raise ValueError(f"The loss must be one number; it has shape {tuple(value.shape)}. Is a .mean() missing?")
    if not torch.isfinite(value):
        raise TrainingDiverged(
            f"The loss is {value.item()} in step {len(history.loss)}. The usual causes: a learning rate that is too "
            "high (try a tenth), the logarithm of 0 or a division by 0 in the loss, or NaN in the data. The model "
            "keeps the weights of the step before.",
            history,
        )


def _check_gradient(norm: Tensor, history: History) -> None:
    if not torch.isfinite(norm):
        raise TrainingDiverged(
            f"The loss is finite in step {len(history.loss)}, but its gradient is {norm.item()}. Look for a square "
            "root, a logarithm or a division at 0. The model keeps the weights of the step before.",
            history,
        )


def _validate(model: nn.Module, validate: Callable[[nn.Module], Metrics] | None, history: History) -> None:
    if validate is None:
        return
    model.eval()
    with torch.no_grad():
        history.validation.append((len(history.loss), validate(model)))


def _n_examples(batch: Any) -> int:
    """The first axis of the first tensor in a batch."""
    while isinstance(batch, Mapping | list | tuple):
        batch = next(iter(batch.values() if isinstance(batch, Mapping) else batch))
    return batch.shape[0] if isinstance(batch, Tensor) else 1


def _recent(values: list[float], window: int = 20) -> float:
    return sum(values[-window:]) / len(values[-window:])
