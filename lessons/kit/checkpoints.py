"""Checkpoints: a training on disk, from which it goes on to the same bits after its process was killed.

One file holds all of it. Tensors are stored as safetensors, everything else as JSON in the header of the same file:
reading a checkpoint never runs code, as reading a pickle would. A new file is written beside the old one, forced onto
the disk, and only then renamed, and the one before is kept: whenever the process dies, a whole checkpoint is there.
"""

from __future__ import annotations

import json
import os
import random
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lessons.course.errors import CourseError

FORMAT, VERSION = "lessons.kit.training", 1
LATEST, PREVIOUS, PART = "checkpoint.safetensors", "checkpoint.previous.safetensors", "checkpoint.part"

Tree = Any  # dicts, lists and tuples of tensors, arrays, numbers, strings and None
Generator = torch.Generator | np.random.Generator | np.random.RandomState | random.Random


class CheckpointError(CourseError):
    """A checkpoint that this training cannot go on from; it is left as it is."""


@dataclass(frozen=True)
class Checkpoint:
    """Where and how often `fit` saves: after so many batches or seconds, whichever comes first, and at the end."""

    folder: str | Path
    every_batches: int | None = None
    every_seconds: float | None = 30.0
    start_over: bool = False  # replace what the folder holds

    def __post_init__(self) -> None:
        for name in ("every_batches", "every_seconds"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be more than 0, or None; it is {value!r}.")


# --- a file ----------------------------------------------------------------------------------------------------------


def write(folder: str | Path, tree: Tree) -> None:
    """Make this the latest checkpoint in a folder, in one step; the one before is kept. Raises OSError."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    content = to_bytes(tree)
    try:
        with (place / PART).open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if (place / LATEST).exists():
            (place / LATEST).replace(place / PREVIOUS)
        (place / PART).replace(place / LATEST)
    except OSError:
        with suppress(OSError):
            (place / PART).unlink(missing_ok=True)
        raise
    if os.name == "posix":  # there, a rename is safe from a power cut only once the folder is on the disk
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read(folder: str | Path) -> tuple[Tree, str] | None:
    """The latest whole checkpoint in a folder, with a sentence if it is not the last one written; None without any.

    A damaged file is moved aside. Raises CheckpointError if none is whole, or if it is not one of ours.
    """
    place, damaged = Path(folder), []
    for file in (place / LATEST, place / PREVIOUS):
        try:
            tree = from_bytes(file.read_bytes(), file)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise CheckpointError(f"{file} cannot be read ({error.strerror}).") from error
        except _Damaged:
            damaged.append(file)
            continue
        moved = " and ".join(_move_aside(file).name for file in damaged)
        return (
            tree,
            f"The latest checkpoint was damaged (it is kept as {moved}): the one before is used." if moved else "",
        )
    if damaged:
        names = " and ".join(file.name for file in damaged)
        raise CheckpointError(
            f"The checkpoint in {place} is damaged ({names}), and no whole one is left. To train from the beginning, "
            "give another folder, or Checkpoint(folder, start_over=True)."
        )
    return None


def remove(folder: str | Path) -> None:
    """Delete the checkpoints in a folder, and nothing else. Raises OSError."""
    for name in (PART, PREVIOUS, LATEST):
        (Path(folder) / name).unlink(missing_ok=True)


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


class _Damaged(Exception):
    """The bytes are not those that were written."""


def to_bytes(tree: Tree) -> bytes:
    """A tree as one safetensors file. Raises TypeError for what is neither a tensor nor JSON."""
    from safetensors.torch import save

    structure, tensors = pack(tree)
    text = json.dumps(structure)
    sum_ = str(_checksum(text, tensors))
    return save(tensors, metadata={"format": FORMAT, "version": str(VERSION), "checksum": sum_, "tree": text})


def from_bytes(content: bytes, file: Path) -> Tree:
    """The tree in a file's content. Raises CheckpointError if another program or version wrote it."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        tensors = load(content)
        about = header.get("__metadata__", {})
    except (SafetensorError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise _Damaged from error
    if about.get("format") != FORMAT:
        raise CheckpointError(f"{file} was not written by fit: it is left as it is. Give another folder.")
    if about.get("version") != str(VERSION):
        raise CheckpointError(
            f"{file} was written by another version of the course (format {about.get('version')}; this one reads "
            f"{VERSION}). Give another folder, or Checkpoint(folder, start_over=True)."
        )
    if about.get("checksum") != str(_checksum(about.get("tree", ""), tensors)):
        raise _Damaged
    return unpack(json.loads(about["tree"]), tensors)


def _checksum(text: str, tensors: Mapping[str, Tensor]) -> int:
    total = zlib.crc32(text.encode())
    for name in sorted(tensors):
        total = zlib.crc32(name.encode(), total)
        if tensors[name].numel():
            total = zlib.crc32(tensors[name].reshape(-1).view(torch.uint8).numpy().data, total)
    return total


def _move_aside(file: Path) -> Path:
    """Rename a damaged file to the first free `.damaged-<n>`."""
    number = 1
    while (aside := file.with_name(f"{file.name}.damaged-{number}")).exists():
        number += 1
    with suppress(OSError):  # a read-only folder: the file stays, and will be passed over again
        file.replace(aside)
    return aside


# --- trees: nested dicts, lists and tuples as JSON beside tensors -----------------------------------------------------


def pack(tree: Tree, strict: bool = True) -> tuple[Any, dict[str, Tensor]]:
    """A tree -> JSON that refers to tensors by name, and the tensors, on the CPU and each with memory of its own.

    Raises TypeError for any other object; without `strict` it counts as the name of its type.
    """
    tensors: dict[str, Tensor] = {}
    memory: set[int] = set()

    def keep(tensor: Tensor, name: str) -> str:
        plain = tensor.detach().cpu().contiguous()
        while name in tensors:
            name += "'"
        address = plain.untyped_storage().data_ptr()
        tensors[name] = plain.clone() if address in memory else plain  # tied weights
        memory.add(address)
        return name

    def walk(value: Any, path: str) -> Any:
        if isinstance(value, Tensor):
            return {"tensor": keep(value, path)}
        if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            return {"array": keep(torch.from_numpy(np.ascontiguousarray(value)), path)}
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, Mapping):
            return {"dict": [[key, walk(item, f"{path}.{key}" if path else str(key))] for key, item in value.items()]}
        if isinstance(value, list | tuple):
            items = [walk(item, f"{path}.{index}") for index, item in enumerate(value)]
            return {"tuple": items} if isinstance(value, tuple) else items
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if strict:
            raise TypeError(f"A checkpoint holds tensors, numbers and texts; {path} is a {type(value).__name__}.")
        return type(value).__name__

    return walk(tree, ""), tensors


def unpack(structure: Any, tensors: Mapping[str, Tensor]) -> Tree:
    """The tree of which `pack` made these."""
    if isinstance(structure, list):
        return [unpack(item, tensors) for item in structure]
    if not isinstance(structure, dict):
        return structure
    [(kind, value)] = structure.items()
    if kind == "tensor":
        return tensors[value]
    if kind == "array":
        return tensors[value].numpy()
    if kind == "tuple":
        return tuple(unpack(item, tensors) for item in value)
    return {key: unpack(item, tensors) for key, item in value}


def fingerprint(tree: Tree) -> int:
    """A number that differs, with near certainty, between trees that differ in any bit; other objects do not count."""
    structure, tensors = pack(tree, strict=False)
    return _checksum(json.dumps(structure), tensors)


# --- randomness -------------------------------------------------------------------------------------------------------


def random_state() -> Tree:
    """The state of every global random generator: torch's on each device, NumPy's and Python's."""
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
        "mps": torch.mps.get_rng_state() if torch.backends.mps.is_available() else None,
        "numpy": np.random.get_state(legacy=False),
        "python": random.getstate(),
    }


def set_random_state(state: Tree) -> None:
    """Set the global generators to what `random_state` found; those of devices that are not here are passed over."""
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.device_count() == len(state["cuda"]):
        torch.cuda.set_rng_state_all(state["cuda"])
    if state["mps"] is not None and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"])
    np.random.set_state(state["numpy"])
    random.setstate(state["python"])


def generators(batches: Any, depth: int = 4) -> dict[str, Generator]:
    """The random generators that batches hold as attributes, also in their sampler or data set, by name."""
    found: dict[str, Generator] = {}
    for name, value in getattr(batches, "__dict__", {}).items():
        if isinstance(value, Generator):
            found[name] = value
        elif depth and (hasattr(value, "__iter__") or hasattr(value, "__getitem__")) and not isinstance(value, Tensor):
            found |= {f"{name}.{inner}": generator for inner, generator in generators(value, depth - 1).items()}
    return found


def generator_state(generator: Generator) -> Tree:
    """The state of one generator. Raises ValueError for one that has none, such as random.SystemRandom."""
    if isinstance(generator, torch.Generator):
        return generator.get_state()
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    if isinstance(generator, np.random.RandomState):
        return generator.get_state(legacy=False)
    try:
        return generator.getstate()
    except NotImplementedError:
        kind = type(generator).__name__
        raise ValueError(f"Batches drawn with random.{kind} cannot be drawn again: use random.Random(seed).") from None


def set_generator_state(generator: Generator, state: Tree) -> None:
    """Set one generator to a state that `generator_state` found."""
    if isinstance(generator, torch.Generator):
        generator.set_state(state)
    elif isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.setstate(state)


class BatchOrder:
    """Goes through batches, epoch by epoch, and can take up an epoch in its middle in a new process.

    For that it sets all generators to where they were when the epoch began, goes through the batches that were done
    once more, without training, and compares the last with what it was. This is exact for a list, for `TextBatches`,
    for a DataLoader, and for a class of your own that draws from the global generators when an epoch begins, or at any
    time from generators that are its attributes. Whatever else it remembers from epoch to epoch is not restored.
    """

    def __init__(self, batches: Any) -> None:
        self.batches, self.generators = batches, generators(batches)
        self.done = 0  # batches drawn in this epoch
        self.remembers = False  # whether the next batch is one to compare with
        self._start: Tree = None  # the generators when the epoch began
        self._last: Tree = None  # the last batch, and the generators before it was drawn
        self._restored: Tree = None

    def __iter__(self) -> Iterator[Any]:
        """The rest of the epoch: all of it, but for the first one after `restore`."""
        restored, self._restored = self._restored, None
        if restored and self.done:
            rest = self._take_up(restored)
        else:
            self._start = self._moment()
            rest = iter(self.batches)
        while True:
            before = random_state() if self.remembers else None
            try:
                batch = next(rest)
            except StopIteration:
                break
            self.done += 1
            self._last = (before, batch) if before else None
            yield batch
        self.done, self._start, self._last = 0, None, None

    def state(self) -> Tree:
        """What `restore` needs, taken between two batches."""
        last = {"random": self._last[0], "fingerprint": fingerprint(self._last[1])} if self._last else None
        return {"done": self.done, "start": self._start, "now": self._moment(), "last": last}

    def restore(self, state: Tree) -> None:
        """Go on from a state."""
        self.done, self._restored = state["done"], state
        self._set(state["now"])

    def _take_up(self, state: Tree) -> Iterator[Any]:
        self._start, last, batch = state["start"], state["last"], None
        self._set(self._start)
        rest = iter(self.batches)
        for number in range(1, self.done + 1):
            if last and number == self.done:
                set_random_state(last["random"])
            batch = next(rest, None)
        if last and fingerprint(batch) != last["fingerprint"]:
            raise CheckpointError(
                f"Batch {self.done} of this epoch is not what it was before the training was cut off: other data, or "
                "an order that cannot be drawn again. Let the batches draw from a generator that is their attribute, "
                "or train from the beginning with Checkpoint(folder, start_over=True)."
            )
        self._set(state["now"])
        return rest

    def _moment(self) -> Tree:
        own = {name: generator_state(generator) for name, generator in self.generators.items()}
        return {"random": random_state(), "generators": own}

    def _set(self, moment: Tree) -> None:
        for name, generator in self.generators.items():
            set_generator_state(generator, moment["generators"][name])
        set_random_state(moment["random"])


# --- when to save -----------------------------------------------------------------------------------------------------


class Saver:
    """Saves what `state` returns when it is time; a disk that takes nothing is reported once, and tried again later."""

    def __init__(self, checkpoint: Checkpoint, state: Callable[[], Tree], report: Callable[[str], None]) -> None:
        self.checkpoint, self.state, self.report = checkpoint, state, report
        self.saved_step: int | None = None  # the step that the latest checkpoint holds
        self._failed = False
        self._time = time.monotonic()

    def begin(self) -> Tree | None:
        """What the folder holds; None if nothing, or if it is to be replaced. Raises CheckpointError."""
        if self.checkpoint.start_over:
            with suppress(OSError):  # a folder that does not let go of it will not take a new one either: save says so
                remove(self.checkpoint.folder)
            return None
        found = read(self.checkpoint.folder)
        if found and found[1]:
            self.report(found[1])
        return found[0] if found else None

    def is_due(self, step: int) -> bool:
        """Whether a checkpoint should follow this step."""
        batches, seconds = self.checkpoint.every_batches, self.checkpoint.every_seconds
        return bool(batches and step % batches == 0) or bool(seconds and time.monotonic() - self._time >= seconds)

    def save(self, step: int) -> None:
        """Write a checkpoint of this step; whatever goes wrong with the disk, the training goes on."""
        try:
            write(self.checkpoint.folder, self.state())
            self.saved_step = step
        except OSError as error:
            self._report(error)
        self._time = time.monotonic()

    def _report(self, error: OSError) -> None:
        if self._failed:
            return
        self._failed = True
        kept = "No checkpoint exists yet" if self.saved_step is None else f"The last one is of step {self.saved_step}"
        self.report(
            f"No checkpoint can be written in {self.checkpoint.folder} ({error.strerror or error}). {kept}; "
            "the training goes on, and the model is safe in memory."
        )
