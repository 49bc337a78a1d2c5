"""Checkpoints: a training on disk, from which it goes on to the same bits after its process was killed.

    fit(model, batches, loss, epochs=10, checkpoint=Checkpoint("runs/digits"))

Run the same line again after a crash, in a new process: it goes on. All that makes the next step the same to the last
bit is in `Checkpoint._state`: the weights, what the optimizer remembers, the history, the place in the batches, the
state of the global random generators and of the batches' own. (On a GPU, as far as its kernels are deterministic.)
"""

from __future__ import annotations

import io
import pickle
import random
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from lessons.course.errors import CourseError
from lessons.course.files import set_aside, write_whole
from lessons.kit.training import Batches, EarlyStopping, Listener, Training

WRITER = "lessons fit, format 2"
LATEST, PREVIOUS = "checkpoint.pt", "checkpoint.previous.pt"
ENDED = ("finished", "stopped early")  # states of a history that nothing can be added to

State = dict[str, Any]  # of tensors, numbers and texts, in dicts, lists and tuples
Generator = torch.Generator | np.random.Generator | random.Random


class CheckpointError(CourseError):
    """A checkpoint that this training cannot go on from; it is left as it is."""


@dataclass
class Checkpoint(Listener):
    """Where and how often `fit` saves: after so many batches or seconds, whichever comes first, and at the end.

    If the folder holds a training, `fit` goes on with it, unless `start_over` is set. A disk that takes nothing is
    reported once; the training goes on, and saving is tried again later.
    """

    folder: str | Path
    every_batches: int | None = None
    every_seconds: float | None = 30.0
    start_over: bool = False  # replace what the folder holds

    def __post_init__(self) -> None:
        for name in ("every_batches", "every_seconds"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be more than 0, or None; it is {value!r}.")

    def on_begin(self, run: Training) -> None:
        """Go on from the checkpoint if there is one, else save the start. Raises CheckpointError."""
        self._saved_step: int | None = None  # the step that the latest file holds
        self._had_ended, self._failed, self._time = False, False, time.monotonic()
        self._order = run.batches = BatchOrder(run.batches)  # the loop goes through it in place of the batches
        self._rules = rules(run, self._order)
        remove(self.folder, only_drafts=not self.start_over)
        found = None if self.start_over else read(self.folder)
        if found:
            self._go_on(run, *found)
        else:
            self._save(run)

    def on_step(self, run: Training) -> None:
        """Save if it is time."""
        batches, seconds = self.every_batches, self.every_seconds
        if (batches and run.step % batches == 0) or (seconds and time.monotonic() - self._time >= seconds):
            self._save(run)

    def on_pause(self, run: Training) -> None:
        """Save, unless this step is saved already."""
        if self._saved_step != run.step:
            self._save(run)

    def on_end(self, run: Training) -> None:
        """Save what can be gone on from: not the middle of a step, as after an interrupt."""
        if run.history.state == "interrupted" and self._saved_step is not None:
            run.history.stopped += f"; the checkpoint is of step {self._saved_step}"
        elif run.history.state == "stopped by you":
            self.on_pause(run)
        elif run.history.state in ENDED and not self._had_ended:
            self._save(run)

    # --- what is saved

    def _state(self, run: Training) -> State:
        return {
            "written by": WRITER,  # by this, and by the rules, a later call knows that it may go on from here
            "rules": self._rules,
            "model": run.model.state_dict(),
            "optimizer": run.optimizer.state_dict(),
            "history": vars(run.history),
            "epoch": run.epoch,
            "best weights": run.best_weights,
            "batches": self._order.state(),
        }

    def _go_on(self, run: Training, state: State, damage: str) -> None:
        """Bring the training to where it was cut off."""
        compare(state["rules"], self._rules, self.folder)  # both with the learning rates from before the first step
        run.model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
        vars(run.history).update(state["history"])
        run.epoch, run.best_weights, self._saved_step = state["epoch"], state["best weights"], run.step
        self._order.restore(state["batches"])
        self._had_ended = run.history.state in ENDED
        if not self._had_ended:
            run.history.state, run.history.stopped = "running", ""  # it was paused, or stopped by hand
        if damage:
            _say(run, damage)
        how = "was finished" if self._had_ended else "goes on"
        _say(run, f"The training in {self.folder} {how} after step {run.step} of {run.history.total}.")

    def _save(self, run: Training) -> None:
        """Write a checkpoint of this step; whatever goes wrong with the disk, the training goes on.

        Weights that are no longer finite are not written over good ones: the next loss will end this training.
        """
        if not run.is_finite():
            return
        try:
            write(self.folder, self._state(run))
            self._saved_step = run.step
        except OSError as error:
            if not self._failed:
                last = self._saved_step
                kept = "No checkpoint exists yet" if last is None else f"The last one is of step {last}"
                _say(
                    run,
                    f"No checkpoint can be written in {self.folder} ({error.strerror or error}). {kept}; the training "
                    "goes on, and the model is safe in memory.",
                )
            self._failed = True
        self._time = time.monotonic()


def _say(run: Training, sentence: str) -> None:
    run.history.notes.append(sentence)
    tqdm.write(sentence, file=sys.stdout)


def rules(run: Training, order: BatchOrder) -> dict[str, str]:
    """What must be the same for a training to go on, by name."""
    found: dict[str, Any] = {name: getattr(run, name) for name in ("epochs", "warmup", "max_norm")}
    found["early stopping"] = next((one for one in run.listeners if isinstance(one, EarlyStopping)), None)
    found["batches in an epoch"] = len(order)
    found["generators in batches"] = [type(generator).__name__ for generator in order.generators]
    found["model"], found["optimizer"] = type(run.model).__name__, type(run.optimizer).__name__
    for name, tensor in run.model.state_dict().items():
        is_tensor = isinstance(tensor, Tensor)
        found[f"the tensor {name}"] = (*tensor.shape, tensor.dtype) if is_tensor else type(tensor).__name__
    for number, group in enumerate(run.optimizer.param_groups):
        found[f"parameters in group {number}"] = len(group["params"])
        for name in sorted(group.keys() - {"params", "fused", "foreach"}):
            found[f"{name} of group {number}"] = group[name]
    return {name: str(value) for name, value in found.items()}


def compare(before: Mapping[str, str], here: Mapping[str, str], folder: str | Path) -> None:
    """Raises CheckpointError, naming the first differences, if a training with other rules wrote a checkpoint."""
    names = [name for name in {**before, **here} if before.get(name) != here.get(name)]
    if names:
        told = "; ".join(
            f"{name} is {before.get(name, 'missing')} there, {here.get(name, 'missing')} here" for name in names[:3]
        )
        raise CheckpointError(
            f"The checkpoint in {folder} belongs to another training: {told}{'; ...' if names[3:] else ''}. Give this "
            "training a folder of its own, or replace what is there with Checkpoint(folder, start_over=True)."
        )


# --- a file -----------------------------------------------------------------------------------------------------------


def write(folder: str | Path, state: State) -> None:
    """Make this the latest checkpoint in a folder, in one step; the one before is kept. Raises OSError, TypeError."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    write_whole(place / LATEST, to_bytes(state), previous=place / PREVIOUS)


def read(folder: str | Path) -> tuple[State, str] | None:
    """The latest whole checkpoint in a folder, with a sentence if it is not the last one written; None without any.

    A damaged file is moved aside. Raises CheckpointError if none is whole, or if it is not one of ours.
    """
    damaged: list[Path] = []
    for file in (Path(folder) / LATEST, Path(folder) / PREVIOUS):
        try:
            state = from_bytes(file.read_bytes(), file)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise CheckpointError(f"{file} cannot be read ({error.strerror}).") from error
        if state is not None:
            return state, _set_aside(damaged)
        damaged.append(file)
    if damaged:
        names = " and ".join(file.name for file in damaged)
        raise CheckpointError(
            f"The checkpoint in {folder} is damaged ({names}), and no whole one is left. To train from the beginning, "
            "give another folder, or Checkpoint(folder, start_over=True)."
        )
    return None


def _set_aside(damaged: list[Path]) -> str:
    """The sentence that tells of it, or nothing."""
    if not damaged:
        return ""
    with suppress(OSError):  # a read-only folder: the file stays, and will be passed over again
        damaged = [set_aside(file) for file in damaged]
    kept = " and ".join(file.name for file in damaged)
    return f"The latest checkpoint was damaged (it is kept as {kept}): the one before is used."


def remove(folder: str | Path, only_drafts: bool = False) -> None:
    """Delete the checkpoints in a folder, or only what a killed process left of one, and nothing else."""
    drafts = list(Path(folder).glob(f".{LATEST}.*.part"))
    for file in drafts if only_drafts else [*drafts, Path(folder) / PREVIOUS, Path(folder) / LATEST]:
        with suppress(OSError):  # a folder that does not let go of it will not take a new one either: `_save` says so
            file.unlink(missing_ok=True)


def to_bytes(state: State) -> memoryview:
    """A state as torch.save writes it. Raises TypeError if it could not be read without running code."""
    buffer = io.BytesIO()
    try:
        torch.save(state, buffer)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TypeError(f"A checkpoint holds tensors, numbers and texts only: {error}") from error
    buffer.seek(0)
    if others := torch.serialization.get_unsafe_globals_in_checkpoint(buffer):
        raise TypeError(f"A checkpoint holds tensors, numbers and texts only, not {', '.join(others)}.")
    return buffer.getbuffer()


def from_bytes(content: bytes, file: Path) -> State | None:
    """The state in a file's content, or None if it is damaged; no code is run, as reading a pickle would.

    Raises CheckpointError if another program or version wrote it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.testzip():  # compares the checksums, which torch.load does not
                return None
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception:  # both raise a dozen types for damage
        return None
    if not isinstance(state, dict) or state.get("written by") != WRITER:
        raise CheckpointError(
            f"{file} was not written by fit, or by another version of it: it is left as it is. Give another folder, or "
            "Checkpoint(folder, start_over=True)."
        )
    return state


# --- the place in the batches, and randomness -------------------------------------------------------------------------


class BatchOrder:
    """Goes through batches, epoch by epoch, and can take up an epoch in its middle in a new process.

    For that it sets all generators to where they were when the epoch began, goes through the batches that were done
    once more, without training, and sets the generators to where they were when it was cut off. This is exact for a
    list, a DataLoader, and a class of your own that draws from the global generators when an epoch begins, or at any
    time from one in its attribute `generator`. If the first batch is another one than before, it says so.
    """

    def __init__(self, batches: Batches) -> None:
        self.batches, self.generators = batches, generators(batches)
        self.done = 0  # batches of this epoch
        self.start: State = {}  # the generators when it began
        self.first = 0  # the fingerprint of its first batch

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        """The rest of the epoch: all of it, but for the first one after `restore`.

        Then the epoch is begun again as it began, the batches that were done are drawn and passed over, and the
        generators are set to the moment of the cut. If the cut came after the last batch, none is left to give.
        """
        skipped, now = self.done, self._moment()  # 0, or what `restore` has set: then `now` is the moment of the cut
        if skipped:
            self._set(self.start)
        else:
            self.start = now
        for number, batch in enumerate(self.batches, 1):
            if number == 1:
                self._check_first(batch, again=skipped > 0)
            if number > skipped:
                self.done = number
                yield batch
            elif number == skipped:
                self._set(now)  # dropout drew numbers, too, while these batches were trained on
        self.done = 0  # not reached if the training ends before: so `done` keeps the place

    def state(self) -> State:
        """What `restore` needs, taken between two batches."""
        return {"done": self.done, "start": self.start, "first": self.first, "now": self._moment()}

    def restore(self, state: State) -> None:
        """Go on from a state."""
        self.done, self.start, self.first = state["done"], state["start"], state["first"]
        self._set(state["now"])

    def _check_first(self, batch: Any, again: bool) -> None:
        before, self.first = self.first, fingerprint(batch)
        if again and self.first != before:
            raise CheckpointError(
                "The first batch of this epoch is not what it was before the training was cut off: other data, or an "
                "order that cannot be drawn again. Let the batches draw from a generator in their attribute "
                "`generator`, or train from the beginning with Checkpoint(folder, start_over=True)."
            )

    def _moment(self) -> State:
        return {"random": random_state(), "own": [generator_state(generator) for generator in self.generators]}

    def _set(self, moment: State) -> None:
        for generator, state in zip(self.generators, moment["own"], strict=True):
            set_generator_state(generator, state)
        set_random_state(moment["random"])


def fingerprint(value: Any, so_far: int = 0) -> int:
    """A number that differs, with near certainty, between batches that differ in a bit; other objects do not count."""
    if isinstance(value, Tensor):
        plain = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        return zlib.crc32(plain.numpy().data, zlib.crc32(f"{value.dtype}{tuple(value.shape)}".encode(), so_far))
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return fingerprint(torch.from_numpy(np.ascontiguousarray(value)), so_far)
    if isinstance(value, Mapping):
        value = list(value.items())
    if isinstance(value, list | tuple):
        for item in value:
            so_far = fingerprint(item, so_far)
        return so_far
    is_plain = value is None or isinstance(value, bool | int | float | str)
    return zlib.crc32(repr(value if is_plain else type(value)).encode(), so_far)


def random_state() -> State:
    """The state of every global random generator: torch's on each device, NumPy's and Python's."""
    name, keys, *rest = np.random.get_state(legacy=True)
    keys = np.asarray(keys).tolist()  # plain numbers, as a safe pickle has them
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
        "mps": torch.mps.get_rng_state() if torch.backends.mps.is_available() else None,
        "numpy": (name, keys, *rest),
        "python": random.getstate(),
    }


def set_random_state(state: State) -> None:
    """Set the global generators to what `random_state` found; those of devices that are not here are passed over."""
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.device_count() == len(state["cuda"]):
        torch.cuda.set_rng_state_all(state["cuda"])
    if state["mps"] is not None and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])
    np.random.set_state(state["numpy"])
    random.setstate(state["python"])


def generators(batches: Any) -> list[Generator]:
    """What batches say that they draw from: their attribute `generator`, or that of a DataLoader's sampler."""
    named = (getattr(holder, "generator", None) for holder in (batches, getattr(batches, "sampler", None)))
    return [generator for generator in named if isinstance(generator, Generator)]


def generator_state(generator: Generator) -> Any:
    """The state of one generator. Raises ValueError for random.SystemRandom, which has none."""
    if isinstance(generator, random.SystemRandom):
        raise ValueError("Batches drawn with random.SystemRandom cannot be drawn again: use random.Random(seed).")
    if isinstance(generator, random.Random):
        return generator.getstate()
    return generator.get_state() if isinstance(generator, torch.Generator) else generator.bit_generator.state


def set_generator_state(generator: Generator, state: Any) -> None:
    """Set one generator to a state that `generator_state` found."""
    if isinstance(generator, random.Random):
        generator.setstate(state)
    elif isinstance(generator, torch.Generator):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state
