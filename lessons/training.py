"""`fit`: the one training loop of the course. Any model, any loss, any batches."""

from __future__ import annotations

import copy
import math
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from lessons import checkpoints
from lessons.checkpoints import Checkpoint, CheckpointError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Batches", "Checkpoint", "CheckpointError", "EarlyStopping", "History", "Metrics", "Monitor", "TrainingDiverged",
    "adamw", "best_device", "evaluating", "fit", "linear_warmup_decay", "parameter_groups", "to_device",
]  # fmt: skip

Metrics = dict[str, float]
SERIES = ("loss", "learning_rate", "gradient_norm")


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
    stopped: str = ""  # why it ended before its time
    total: int = 0  # steps planned
    state: str = "running"  # paused, finished, stopped early, stopped by you, interrupted, diverged, failed
    best_step: int = 0  # the step of which early stopping brought back the weights
    notes: list[str] = field(default_factory=list)  # such as that no checkpoint can be written

    def plot(self) -> Figure:
        """Draw the loss (with its running mean), the learning rate and the validation metrics against the step."""
        from lessons import plots

        return plots.training_history(self)

    def cut(self) -> None:
        """Make the series equally long: an interrupt may come in the middle of a record."""
        whole = min(len(getattr(self, name)) for name in SERIES)
        for name in SERIES:
            del getattr(self, name)[whole:]

    def __repr__(self) -> str:
        if not self.loss:
            return "<History: no step yet>"
        speed = f", {self.examples / self.seconds:.0f} examples/s" if self.seconds else ""
        end = f", stopped: {self.stopped}" if self.stopped else ""
        last = "".join(
            f", validation {name} {value:.3f}" for name, value in (self.validation or [(0, {})])[-1][1].items()
        )
        return f"<History: {len(self.loss)} steps, loss {self.loss[0]:.3f} -> {self.loss[-1]:.3f}{last}{speed}{end}>"


@dataclass(frozen=True)
class EarlyStopping:
    """Stop once a validation metric has not become better for `patience` epochs; the best weights are brought back.

    They are brought back, too, if all epochs are run. An interrupted model keeps its latest weights. NaN is never
    better. (Goodfellow, Bengio & Courville 2016, section 7.8, algorithm 7.1.)
    """

    metric: str
    better: Literal["higher", "lower"]
    patience: int = 3

    def __post_init__(self) -> None:
        if self.better not in ("higher", "lower"):
            raise ValueError(f"better must be 'higher' or 'lower': which {self.metric} is the better one?")
        if not isinstance(self.patience, int) or self.patience < 1:
            raise ValueError(f"patience is a number of epochs, 1 or more; it is {self.patience!r}.")

    def best_step(self, validation: list[tuple[int, Metrics]]) -> int:
        """The first step with the best value; 0 while there is none. Raises ValueError for an unknown metric."""
        best_step, best = 0, -math.inf
        for step, metrics in validation:
            if self.metric not in metrics:
                raise ValueError(f"validate returns {', '.join(metrics) or 'nothing'}, but no {self.metric!r}.")
            value = metrics[self.metric] if self.better == "higher" else -metrics[self.metric]
            if value > best:
                best_step, best = step, value
        return best_step


class Monitor(Protocol):
    """What `fit` knows of a monitor: two flags, which any thread may set, and who is to be told after each batch."""

    paused: threading.Event
    stopped: threading.Event

    def update(self, history: History) -> None:
        """Called in the training thread, after each batch and at each change of `history.state`; must be quick."""


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
    early_stopping: EarlyStopping | None = None,
    checkpoint: Checkpoint | str | Path | None = None,
    monitor: Monitor | None = None,
) -> History:
    """Train a model in place and return what happened.

    `loss(model, batch)` gives a scalar. The optimiser is AdamW unless one is given; its learning rate rises over the
    first `warmup` share of all steps and then falls to 0. The gradients of what the optimiser holds are clipped to the
    norm `max_norm`. `validate` is called after every epoch, in evaluation mode. Interrupting the kernel ends the
    training and keeps the model.
    With a `checkpoint`, the same call goes on where an earlier one was cut off (see `lessons.checkpoints`).

    Raises ValueError if there is nothing to train on, TrainingDiverged if the loss is NaN or infinite, CheckpointError
    if the checkpoint belongs to another training.
    """
    if early_stopping and validate is None:
        raise ValueError("Early stopping looks at validation metrics: give validate, too.")
    total = epochs * _length(batches)
    chosen = torch.device(device) if device else best_device()
    model.to(chosen)
    optimizer = optimizer or adamw(model, learning_rate, weight_decay)
    warmup_steps = min(math.ceil(warmup * total), total - 1)  # the first step has rate 0: it must not be the only one
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: linear_warmup_decay(step, warmup_steps, total))
    run = _Run(model, batches, optimizer, schedule, History(total=total), early_stopping, monitor)
    if checkpoint:
        run.save_in(checkpoint, epochs=epochs, warmup=warmup, max_norm=max_norm)
    history = run.history
    with _progress_bar(history, progress) as bar, _ending(run):
        while run.epoch < epochs and not history.stopped:
            model.train()
            for batch in run.batches_left():
                _step(model, batch, loss, optimizer, schedule, max_norm, chosen, history)
                _show(bar, history)
                run.between_batches()
            _validate(model, validate, history)
            run.end_epoch()
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


def _step(
    model: nn.Module,
    batch: Any,
    loss: Callable[[nn.Module, Any], Tensor],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LambdaLR,
    max_norm: float,
    device: torch.device,
    history: History,
) -> None:
    """Forward, backward, clip, step; then the record. A step that would break the weights is not taken."""
    start = time.perf_counter()
    batch = to_device(batch, device)
    model.zero_grad()  # also what the optimiser does not hold: it would pile up
    optimizer.zero_grad()
    value = loss(model, batch)
    _check_finite(value, history)
    value.backward()
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    norm = nn.utils.clip_grad_norm_([p for p in model.parameters() if id(p) in held], max_norm)
    _check_gradient(norm, history)
    record = value.item(), norm.item(), optimizer.param_groups[0]["lr"]
    optimizer.step()
    schedule.step()
    for series, number in zip((history.loss, history.gradient_norm, history.learning_rate), record, strict=True):
        series.append(number)
    history.examples += _n_examples(batch)
    history.seconds += time.perf_counter() - start


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


def _progress_bar(history: History, shown: bool) -> tqdm:
    options = {"desc": "training", "unit": "batch", "ncols": 100, "file": sys.stdout}
    return tqdm(total=history.total, initial=len(history.loss), disable=not shown, **options)


def _show(bar: tqdm, history: History) -> None:
    speed = history.examples / history.seconds
    bar.set_postfix_str(f"loss {_recent(history.loss):.3f}, {speed:.0f} examples/s", False)
    bar.update()


def _recent(values: list[float], window: int = 20) -> float:
    return sum(values[-window:]) / len(values[-window:])


# --- around the steps: early stopping, checkpoints, the buttons of a monitor ----------------------------------------


class _Stopped(Exception):
    """The monitor's Stop was pressed."""


@dataclass
class _Run:
    """A training under way: what changes from step to step, which is what a checkpoint holds."""

    model: nn.Module
    batches: Batches
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LambdaLR
    history: History
    early_stopping: EarlyStopping | None
    monitor: Monitor | None
    epoch: int = 0
    best_weights: dict[str, Any] | None = None
    order: checkpoints.BatchOrder | None = None
    saver: checkpoints.Saver | None = None

    @property
    def steps(self) -> int:
        return len(self.history.loss)

    def batches_left(self) -> Iterable[Any]:
        """The batches of this epoch; after a cut, only those that were still to come."""
        return self.order or self.batches

    def between_batches(self) -> None:
        """Save if it is time, tell the monitor, obey its buttons."""
        if self.order and self.saver and self.order.remembers:
            self.saver.save(self.steps)
        self.tell()
        if self.monitor and self.monitor.paused.is_set():
            self._wait(self.monitor)
        if self.monitor and self.monitor.stopped.is_set():
            self.save()
            raise _Stopped
        self._look_ahead()

    def end_epoch(self) -> None:
        """Keep the weights if they are the best so far; end the run if they have not been for long."""
        self.epoch += 1
        early, history = self.early_stopping, self.history
        if early:
            best = early.best_step(history.validation)
            if best == self.steps:
                self.best_weights = copy.deepcopy(self.model.state_dict())
            waited = sum(step > best for step, _ in history.validation)
            if waited >= early.patience and self.steps < history.total:
                reason = f"no {early.better} validation {early.metric} for {early.patience} epochs"
                history.stopped = f"early after step {self.steps} of {history.total}: {reason}"
        self.tell()

    def finish(self) -> None:
        """Bring back the best weights, and save the end."""
        history = self.history
        if history.state != "running":  # read from a checkpoint of the end
            return
        if self.early_stopping and self.best_weights is not None:
            self.model.load_state_dict(self.best_weights)
            self.best_weights, history.best_step = None, self.early_stopping.best_step(history.validation)
        history.state = "stopped early" if history.stopped else "finished"
        if self.saver:
            self.saver.save(self.steps)

    def tell(self) -> None:
        """Let the monitor draw."""
        if self.monitor:
            self.monitor.update(self.history)

    def _wait(self, monitor: Monitor) -> None:
        self.save()
        self.history.state = "paused"
        self.tell()
        while monitor.paused.is_set() and not monitor.stopped.wait(0.05):
            pass  # in short slices, so that Interrupt is heard
        self.history.state = "running"
        self.tell()

    # --- checkpoints

    def save_in(self, checkpoint: Checkpoint | str | Path, **rules: Any) -> None:
        """Go on from the checkpoint if there is one, and save there from now on. Raises CheckpointError."""
        if not isinstance(checkpoint, Checkpoint):
            checkpoint = Checkpoint(checkpoint)
        self.order = checkpoints.BatchOrder(self.batches)
        rules |= {"early stopping": self.early_stopping, "generators in batches": sorted(self.order.generators)}
        rules |= _rules(self.model, self.batches, self.optimizer)
        texts = {name: str(value) for name, value in rules.items()}
        self.saver = checkpoints.Saver(checkpoint, lambda: {"rules": texts} | self._state(), self._report)
        if found := self.saver.begin():
            checkpoints.compare(found["rules"], texts, checkpoint.folder)
            self._load(found)
            self.saver.saved_step = self.steps
            how = "goes on" if self.history.state == "running" else "was finished"
            self._report(f"The training in {checkpoint.folder} {how} after step {self.steps} of {self.history.total}.")
        else:
            self.saver.save(0)
        self._look_ahead()

    def save(self) -> None:
        """Save this step, unless it has been."""
        if self.saver and self.saver.saved_step != self.steps:
            self.saver.save(self.steps)

    def _look_ahead(self) -> None:
        if self.order and self.saver:
            self.order.remembers = self.saver.is_due(self.steps + 1)

    def _report(self, sentence: str) -> None:
        self.history.notes.append(sentence)
        tqdm.write(sentence, file=sys.stdout)

    def _state(self) -> dict[str, Any]:
        assert self.order is not None
        series = {name: np.array(getattr(self.history, name), dtype=np.float64) for name in SERIES}
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "history": {**vars(self.history), **series},
            "best_weights": self.best_weights,
            "epoch": self.epoch,
            "order": self.order.state(),
        }

    def _load(self, state: dict[str, Any]) -> None:
        assert self.order is not None
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        state["history"]["notes"] += self.history.notes  # what was said while the file was read
        for name, value in state["history"].items():
            setattr(self.history, name, value.tolist() if name in SERIES else value)
        self.best_weights, self.epoch = state["best_weights"], state["epoch"]
        self.order.restore(state["order"])


def _rules(model: nn.Module, batches: Batches, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """What must be the same for a training to go on, by name."""
    rules: dict[str, Any] = {"model": type(model).__name__, "batches in an epoch": len(batches)}
    for name, tensor in model.state_dict().items():
        rules[f"the tensor {name}"] = tuple(tensor.shape) if isinstance(tensor, Tensor) else type(tensor).__name__
    rules["optimizer"] = type(optimizer).__name__
    for number, group in enumerate(optimizer.param_groups):
        rules[f"parameters in group {number}"] = len(group["params"])
        for name in sorted(group.keys() - {"params", "lr", "fused", "foreach"}):
            rules[f"{name} of group {number}"] = group[name]
    return rules


@contextmanager
def _ending(run: _Run) -> Iterator[None]:
    """Whatever ends the training: the model is usable, the history whole, and both say how it ended."""
    history, was_training = run.history, run.model.training
    try:
        run.tell()
        yield
        run.finish()
    except _Stopped:
        history.state, history.stopped = "stopped by you", f"by you after step {run.steps} of {history.total}"
    except KeyboardInterrupt:
        history.cut()
        history.state, history.stopped = "interrupted", f"interrupted in step {run.steps} of {history.total}"
        if run.saver:
            history.stopped += f"; the checkpoint is of step {run.saver.saved_step}"
    except BaseException as error:
        history.state = "diverged" if isinstance(error, TrainingDiverged) else "failed"
        raise
    finally:
        run.model.train(was_training)
        run.tell()


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode (no dropout) inside; then every part is back in its mode of before, also after an exception."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode
