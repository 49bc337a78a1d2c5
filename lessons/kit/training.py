"""`fit`: the one training loop of the course. Any model, any loss, any batches.

Read `fit` first, then `_train_epoch`, which is the loop that notebooks 03 and 08 write by hand. What happens around the
steps (early stopping, checkpoints, the progress bar, the buttons of a monitor) are listeners, which the loop tells.
"""

from __future__ import annotations

import copy
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, Protocol

import torch
from torch import Tensor, nn
from tqdm import tqdm

from lessons.kit import checks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Batches", "EarlyStopping", "History", "Listener", "Metrics", "Monitor", "Optimizer", "Training",
    "TrainingDiverged", "adamw", "best_device", "evaluating", "fit", "keeping_modes", "linear_warmup_decay",
    "parameter_groups", "to_device",
]  # fmt: skip

Metrics = dict[str, float]
Loss = Callable[[nn.Module, Any], Tensor]
SERIES = ("loss", "learning_rate", "gradient_norm")


class Batches(Protocol):
    """A list, a DataLoader, or anything else that knows its length and can be gone through once in every epoch."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


class Optimizer(Protocol):
    """One of torch.optim's, or of `lessons.gradients`, which look alike."""

    param_groups: list[dict[str, Any]]  # each with "params" and "lr"

    def zero_grad(self) -> None: ...
    def step(self) -> Any: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any], /) -> None: ...


# --- the loop ---------------------------------------------------------------------------------------------------------


def fit(
    model: nn.Module,
    batches: Batches,
    loss: Loss,
    *,
    epochs: int = 1,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.01,
    optimizer: Optimizer | None = None,
    warmup: float = 0.1,
    max_norm: float = 1.0,
    validate: Callable[[nn.Module], Metrics] | None = None,
    device: torch.device | str | None = None,
    progress: bool = True,
    early_stopping: EarlyStopping | None = None,
    checkpoint: Listener | None = None,
    monitor: Monitor | None = None,
) -> History:
    """Train a model in place and return what happened; interrupting the kernel ends the training and keeps the model.

    `loss(model, batch)` gives a scalar. The optimizer is AdamW unless one is given; its learning rate rises over the
    first `warmup` share of all steps and then falls to 0. The gradients of what it holds are clipped to the norm
    `max_norm`. `validate` is called after every epoch, in evaluation mode. With a
    `lessons.kit.checkpoints.Checkpoint`, the same call goes on where an earlier one was cut off.

    Raises ValueError or TypeError for what cannot be trained, TrainingDiverged if a number is no longer finite.
    """
    _check_settings(epochs, learning_rate, weight_decay, warmup, max_norm)
    _check_listeners(early_stopping, checkpoint, validate)
    total = epochs * _length(batches)
    place = torch.device(device) if device else _device_for(model)
    model.to(place)
    optimizer = optimizer or adamw(model, learning_rate, weight_decay)
    history = History(total=total)
    bar, watch = ProgressBar() if progress else None, _Watch(monitor) if monitor else None
    # In this order: the best weights are back before the checkpoint saves the end, and the checkpoint has brought the
    # training to where it was cut off before the bar and the monitor show its step.
    listeners = [listener for listener in (early_stopping, checkpoint, bar, watch) if listener]
    run = Training(model, batches, optimizer, history, listeners, epochs, warmup, max_norm)
    run.tell("on_begin")
    with _ending(run):
        while run.epoch < epochs and history.state == "running":
            _train_epoch(run, loss, place)
            if history.state == "running":
                _validate(run, validate)
                run.epoch += 1
                run.tell("on_epoch")
    return history


def _train_epoch(run: Training, loss: Loss, place: torch.device) -> None:
    """One epoch, step by step. A step whose loss or gradient is not finite is not taken."""
    model, optimizer, history = run.model, run.optimizer, run.history
    model.train()  # dropout on
    for batch in _whole_epoch(run):
        begun = time.perf_counter()
        batch = to_device(batch, place)
        share = linear_warmup_decay(run.step, run.warmup_steps, history.total)  # of the peak, 0 to 1
        for group, peak in zip(optimizer.param_groups, run.peaks, strict=True):
            group["lr"] = peak * share
        value = loss(model, batch)
        _check_loss(value, history)
        optimizer.zero_grad()
        model.zero_grad()  # also what the optimizer does not hold: it would pile up
        value.backward()
        norm = nn.utils.clip_grad_norm_(run.parameters, run.max_norm)
        _check_gradient(norm, run)
        optimizer.step()
        history.record(value.item(), optimizer.param_groups[0]["lr"], norm.item())
        history.examples += _n_examples(batch)
        history.seconds += time.perf_counter() - begun
        run.tell("on_step")
        if history.state != "running":
            return


def _whole_epoch(run: Training) -> Iterator[Any]:
    """The batches of an epoch. Raises ValueError unless there are as many as their length says."""
    promised = len(run.batches)
    end = (run.epoch + 1) * promised
    for batch in run.batches:
        if run.step == end:
            raise ValueError(f"batches has the length {promised}, but gives more than that in an epoch.")
        yield batch
    if run.step < end:
        raise ValueError(
            f"batches has the length {promised}, but gave only {promised - end + run.step} in epoch {run.epoch + 1}. "
            "It must be possible to go through it once in every epoch; an iterator is used up after the first."
        )


def _validate(run: Training, validate: Callable[[nn.Module], Metrics] | None) -> None:
    if validate is None:
        return
    with evaluating(run.model), torch.no_grad():
        metrics = validate(run.model)
    if not isinstance(metrics, Mapping):
        raise TypeError(f"validate must return a dict such as {{'loss': 0.5}}; it is {_kind(metrics)}.")
    run.history.validation.append((run.step, {name: float(value) for name, value in metrics.items()}))


@contextmanager
def _ending(run: Training) -> Iterator[None]:
    """Whatever ends the training: model and optimizer are as usable as before, and the history says how it ended."""
    history = run.history
    try:
        with keeping_modes(run.model):
            try:
                yield
                _check_weights(run)
            except KeyboardInterrupt:
                history.cut()
                run.stop("interrupted", f"interrupted in step {run.step} of {history.total}")
            except BaseException as error:
                history.state = "diverged" if isinstance(error, TrainingDiverged) else "failed"
                run.tell("on_end")
                raise
            if history.state == "running":
                history.state = "finished"
            run.tell("on_end")
    finally:
        for group, peak in zip(run.optimizer.param_groups, run.peaks, strict=True):
            group["lr"] = peak  # the optimizer may serve for another training


# --- what cannot be trained gets a sentence ---------------------------------------------------------------------------


class TrainingDiverged(RuntimeError):
    """The loss, its gradient or a weight became NaN or infinite. `history` holds what was recorded before."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def _check_settings(epochs: int, learning_rate: float, weight_decay: float, warmup: float, max_norm: float) -> None:
    def check(name: str, value: Any, wanted: str, fits: Callable[[Any], bool]) -> None:
        if not isinstance(value, Real) or not fits(value):
            raise ValueError(f"{name} must be {wanted}; it is {value!r}.")

    checks.whole(epochs=epochs)
    check("learning_rate", learning_rate, "a number, 0 or more", lambda value: 0 <= value < math.inf)
    check("weight_decay", weight_decay, "a number, 0 or more", lambda value: 0 <= value < math.inf)
    check("warmup", warmup, "a share of all steps, from 0 to 1", lambda value: 0 <= value <= 1)
    check("max_norm", max_norm, "a number above 0 (math.inf: no clipping)", lambda value: value > 0)


def _check_listeners(early_stopping: Any, checkpoint: Any, validate: Any) -> None:
    if early_stopping and validate is None:
        raise ValueError("Early stopping looks at validation metrics: give validate, too.")
    if checkpoint and not isinstance(checkpoint, Listener):
        raise TypeError(f"checkpoint must be a Checkpoint, such as Checkpoint('runs/digits'); it is {checkpoint!r}.")


def _length(batches: Batches) -> int:
    try:
        length = len(batches)
    except TypeError:
        raise ValueError(
            "batches must be a list, a DataLoader or the like, which can be gone through once in every epoch; "
            "a generator is used up after the first."
        ) from None
    if length == 0:
        raise ValueError("There is nothing to train on: batches is empty.")
    return length


def _held(model: nn.Module, optimizer: Optimizer) -> list[nn.Parameter]:
    """The parameters of a model that an optimizer holds. Raises ValueError if there is none."""
    if not all(hasattr(optimizer, name) for name in ("param_groups", "step", "state_dict")) or callable(optimizer):
        raise TypeError(
            f"optimizer must be one of torch.optim's, such as torch.optim.SGD, or of lessons.gradients; "
            f"it is {_kind(optimizer)}."
        )
    held = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    found = [parameter for parameter in model.parameters() if id(parameter) in held]
    if not found:
        raise ValueError("The optimizer holds no parameter of this model: make it with this model's .parameters().")
    return found


def _check_loss(value: Any, history: History) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"The loss must be a tensor of one number; it is {_kind(value)}. A missing return? An .item()?")
    if value.ndim:
        raise ValueError(f"The loss must be one number; it has shape {tuple(value.shape)}. Is a .mean() missing?")
    if not value.requires_grad:
        raise ValueError(
            "The loss has no gradient: no trainable parameter had a part in it, or it was computed within "
            "torch.no_grad() or passed through .detach() or .item()."
        )
    if not math.isfinite(value.item()):
        raise TrainingDiverged(
            f"The loss is {value.item()} in step {len(history.loss)}. The usual causes: a learning rate that is too "
            "high (try a tenth), the logarithm of 0 or a division by 0 in the loss, or NaN in the data. The model "
            "keeps the weights of the step before.",
            history,
        )


def _check_gradient(norm: Tensor, run: Training) -> None:
    number = norm.item()
    if number == 0 and all(parameter.grad is None for parameter in run.parameters):
        raise ValueError("The loss does not depend on any parameter that the optimizer holds: nothing would be learnt.")
    if not math.isfinite(number):
        raise TrainingDiverged(
            f"The loss is finite in step {run.step}, but its gradient is {number}. Look for a square root, a logarithm "
            "or a division at 0. The model keeps the weights of the step before.",
            run.history,
        )


def _check_weights(run: Training) -> None:
    """After the last step, which no loss follows that would show it."""
    if not run.is_finite():
        raise TrainingDiverged(
            f"Weights are no longer finite after step {run.step}, the last one: its learning rate was far too high.",
            run.history,
        )


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


# --- what happens, and who is told ------------------------------------------------------------------------------------


@dataclass
class History:
    """What happened in each step, and the validation metrics with the step after which they were taken."""

    loss: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)  # before clipping
    validation: list[tuple[int, Metrics]] = field(default_factory=list)
    examples: int = 0
    seconds: float = 0.0  # of the steps alone: without drawing batches, listeners and validation
    stopped: str = ""  # why it ended before its time
    total: int = 0  # steps planned
    state: str = "running"  # paused, finished, stopped early, stopped by you, interrupted, diverged, failed
    best_step: int = 0  # the step of which early stopping brought back the weights
    notes: list[str] = field(default_factory=list)  # such as that no checkpoint can be written

    def plot(self) -> Figure:
        """Draw the loss (with its running mean), the learning rate and the validation metrics against the step."""
        from lessons.kit import plots

        return plots.training_history(self.loss, self.learning_rate, self.validation)

    def record(self, *numbers: float) -> None:
        """Add a step: its loss, its learning rate, the norm of its gradient."""
        for name, number in zip(SERIES, numbers, strict=True):
            getattr(self, name).append(float(number))

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


class Listener:
    """Who is told what happens in a training, and may act on it. Each method does nothing; a listener has its own."""

    def on_begin(self, run: Training) -> None:
        """Before the first step."""

    def on_step(self, run: Training) -> None:
        """After each step."""

    def on_epoch(self, run: Training) -> None:
        """After each epoch and its validation."""

    def on_pause(self, run: Training) -> None:
        """Between two steps, when the training is about to wait for somebody."""

    def on_end(self, run: Training) -> None:
        """At the end, however it came: `run.history.state` says how."""


@dataclass
class Training:
    """A training under way, as its listeners see it."""

    model: nn.Module
    batches: Batches  # a checkpoint puts its own order in their place, which can begin in the middle of an epoch
    optimizer: Optimizer
    history: History
    listeners: Sequence[Listener]
    epochs: int
    warmup: float
    max_norm: float
    epoch: int = 0  # how many are done
    best_weights: dict[str, Any] | None = None  # early stopping's, kept here so that a checkpoint saves them

    def __post_init__(self) -> None:
        self.parameters = _held(self.model, self.optimizer)
        self.peaks = [group["lr"] for group in self.optimizer.param_groups]  # the learning rates at their highest
        total = self.history.total
        self.warmup_steps = min(
            math.ceil(self.warmup * total), total - 1
        )  # a first step at rate 0 must not be the last

    @property
    def step(self) -> int:
        """How many steps are done."""
        return len(self.history.loss)

    def is_finite(self) -> bool:
        """Whether no weight is NaN or infinite."""
        return all(bool(parameter.isfinite().all()) for parameter in self.parameters)

    def stop(self, state: str, reason: str) -> None:
        """End the training before the next step."""
        self.history.state, self.history.stopped = state, reason

    def tell(self, event: str) -> None:
        """Call this method of every listener, in their order."""
        for listener in self.listeners:
            getattr(listener, event)(self)


@dataclass(frozen=True)
class EarlyStopping(Listener):
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
        if not isinstance(self.metric, str) or not self.metric:
            raise ValueError(f"metric is the name of what validate returns, such as 'loss'; it is {self.metric!r}.")
        if isinstance(self.patience, bool) or not isinstance(self.patience, int) or self.patience < 1:
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

    def on_epoch(self, run: Training) -> None:
        """Keep the weights if they are the best so far; stop if they have not been for long."""
        history, best = run.history, self.best_step(run.history.validation)
        if best == run.step:
            run.best_weights = copy.deepcopy(run.model.state_dict())
        waited = sum(step > best for step, _ in history.validation)
        if waited >= self.patience and run.step < history.total:
            reason = f"no {self.better} validation {self.metric} for {self.patience} epochs"
            run.stop("stopped early", f"early after step {run.step} of {history.total}: {reason}")

    def on_end(self, run: Training) -> None:
        """Bring back the best weights."""
        if run.history.state in ("finished", "stopped early") and run.best_weights is not None:
            run.model.load_state_dict(run.best_weights)
            run.best_weights, run.history.best_step = None, self.best_step(run.history.validation)


class ProgressBar(Listener):
    """Steps, recent loss and speed in one line, which grows."""

    def on_begin(self, run: Training) -> None:
        """Show an empty line."""
        options = {"desc": "training", "unit": "batch", "ncols": 100, "file": sys.stdout}
        self.bar = tqdm(total=run.history.total, initial=run.step, **options)

    def on_step(self, run: Training) -> None:
        """Add a step."""
        recent = run.history.loss[-20:]
        speed = run.history.examples / run.history.seconds
        self.bar.set_postfix_str(f"loss {sum(recent) / len(recent):.3f}, {speed:.0f} examples/s", False)
        self.bar.update()

    def on_end(self, run: Training) -> None:
        """Leave the line as it is."""
        self.bar.close()


class Monitor(Protocol):
    """What `fit` knows of a monitor: two flags, which any thread may set, and who is to be told after each batch."""

    paused: threading.Event
    stopped: threading.Event

    def update(self, history: History) -> None:
        """Called in the training thread, after each batch and at each change of `history.state`; must be quick."""


class _Watch(Listener):
    """Lets a monitor draw, and does what its buttons say."""

    def __init__(self, monitor: Monitor) -> None:
        self.monitor = monitor

    def on_begin(self, run: Training) -> None:
        self.monitor.update(run.history)

    on_epoch = on_pause = on_end = on_begin

    def on_step(self, run: Training) -> None:
        self.monitor.update(run.history)
        if self.monitor.paused.is_set():
            self._wait(run)
        if self.monitor.stopped.is_set():
            run.stop("stopped by you", f"by you after step {run.step} of {run.history.total}")

    def _wait(self, run: Training) -> None:
        run.history.state = "paused"
        run.tell("on_pause")
        while self.monitor.paused.is_set() and not self.monitor.stopped.wait(0.05):
            pass  # in short slices, so that Interrupt is heard
        run.history.state = "running"
        self.monitor.update(run.history)


# --- learning rate and optimizer --------------------------------------------------------------------------------------


def linear_warmup_decay(step: int, warmup_steps: int, total_steps: int) -> float:
    """The share of the peak learning rate in a step (from 0): up in a line to 1, then down in a line to 0.

    The same numbers as transformers' `get_linear_schedule_with_warmup` (Devlin et al. 2019, appendix A.2). Raises
    ValueError for numbers below 0.
    """
    checks.not_negative(step=step, warmup_steps=warmup_steps, total_steps=total_steps)
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Trainable parameters for an optimizer: matrices (and larger arrays) decay, vectors and embeddings do not.

    Embeddings, also those that serve as an output layer, are left alone: a decay would shrink rows that no batch has
    touched. Raises ValueError for a decay below 0.
    """
    checks.not_negative(weight_decay=weight_decay)
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

    Raises ValueError if nothing in the model is trainable, and for numbers below 0.
    """
    checks.not_negative(learning_rate=learning_rate)
    groups = parameter_groups(model, weight_decay)
    if not groups:
        raise ValueError("Nothing to train: no parameter of the model has requires_grad=True.")
    fused = groups[0]["params"][0].device.type in ("cpu", "cuda")
    return torch.optim.AdamW(groups, lr=learning_rate, fused=fused)


# --- batches, devices, modes ------------------------------------------------------------------------------------------


def best_device() -> torch.device:
    """CUDA if there is one, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _device_for(model: nn.Module) -> torch.device:
    """The best device that can hold this model: Apple's MPS knows no double precision."""
    doubles = any(parameter.dtype == torch.float64 for parameter in model.parameters())
    best = best_device()
    return torch.device("cpu") if doubles and best.type == "mps" else best


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


def _n_examples(batch: Any) -> int:
    """The first axis of the first tensor in a batch; where there is none, the length of the outermost list."""
    outer = 1
    while isinstance(batch, Mapping | list | tuple):
        outer = len(batch) if isinstance(batch, list) and outer == 1 else outer
        batch = next(iter(batch.values() if isinstance(batch, Mapping) else batch), None)
    return batch.shape[0] if isinstance(batch, Tensor) and batch.ndim else outer


@contextmanager
def keeping_modes(*models: nn.Module) -> Iterator[None]:
    """Afterwards each module is in the mode, training or evaluation, that it was in, also after an exception."""
    before = [(module, module.training) for model in models for module in model.modules()]
    try:
        yield
    finally:
        for module, was_training in before:
            module.training = was_training


@contextmanager
def evaluating(*models: nn.Module) -> Iterator[None]:
    """Evaluation mode for a moment: dropout is off inside. Afterwards each module is in the mode that it was in."""
    with keeping_modes(*models):
        for model in models:
            model.eval()
        yield
