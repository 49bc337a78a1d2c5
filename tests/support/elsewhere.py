"""Notebooks on machines that this one is not: python -m tests.support.elsewhere device|double|style [NUMBER ...]

- `device`: a second device beside the processor. Tensors moved to it stay where they are and bear its label. Where two
  labels meet, the error is raised that PyTorch raises on such a machine; so are NumPy's, and the one about float64,
  which Apple's GPUs lack.
- `double`: the user's default dtype is float64.
- `style`: the user's own matplotlib style (dark, serif, large, grid, constrained layout).

Each notebook runs from top to bottom behind one cell that makes it so, and is not stored.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

SECOND = torch.device("mps")
CPU = torch.device("cpu")
MAY_MIX = {
    "aten::copy_",
    "aten::_to_copy",
    "aten::index",
    "aten::index_put_",
    "aten::set_",
    "aten::_local_scalar_dense",
}
NUMPY = {"numpy", "__array__"}


class Labels:
    """Which storages lie on the second device. A weak reference keeps an address from being given away again."""

    def __init__(self) -> None:
        self.found: dict[int, StorageWeakRef] = {}
        self.limit = 1000

    def put(self, tensor: torch.Tensor) -> None:
        """Label a tensor, and with it every view of its storage."""
        reference = StorageWeakRef(tensor.untyped_storage())
        self.found[reference.cdata] = reference
        if len(self.found) > self.limit:
            self.found = {key: each for key, each in self.found.items() if not each.expired()}
            self.limit = max(1000, 2 * len(self.found))

    def has(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor lies on the second device."""
        return tensor.untyped_storage()._cdata in self.found


class _Operations(TorchDispatchMode):
    """Every operation, the backward pass's too: what goes in has one label, what comes out has the same."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensors = [*_tensors(args), *_tensors(kwargs.values())]
        there = [self.labels.has(each) for each in tensors]
        if not any(there):
            return function(*args, **kwargs)
        name = function._schema.name
        mixed = any(not on and each.dim() for on, each in zip(there, tensors, strict=True))
        if mixed and (name not in MAY_MIX or (name == "aten::index" and not there[0])):
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but found at least two devices, {SECOND}:0 and {CPU}! "
                f"({name})"
            )
        result = function(*args, **kwargs)
        if (there[0] or name not in MAY_MIX) and name != "aten::_local_scalar_dense":
            for each in _tensors((result,)):
                _refuse_double(each)
                self.labels.put(each)
        return result


def _tensors(values: Iterable[Any]) -> Iterator[torch.Tensor]:
    """The tensors among some values, and in lists and tuples of them."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value)


class _Functions(TorchFunctionMode):
    """What names a device: `.device`, `.to`, `.cpu`, a factory's `device=`; and what needs the processor: NumPy."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(function, "__name__", "")
        if name == "__get__" and function.__self__ is torch.Tensor.device:
            return SECOND if self.labels.has(args[0]) else function(*args, **kwargs)
        if name in NUMPY and isinstance(args[0], torch.Tensor) and self.labels.has(args[0]):
            raise TypeError(f"can't convert {SECOND}:0 device type tensor to numpy. Use Tensor.cpu() first.")
        if function is torch.Tensor.cpu:
            return self._moved(args[0], CPU, function, args, kwargs)
        if function is torch.Tensor.to:
            return self._to(function, args, kwargs)
        if kwargs.get("device") is not None:
            return self._made(function, args, kwargs)
        return function(*args, **kwargs)

    def _to(self, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        named = [each for each in chain(args[1:], kwargs.values()) if isinstance(each, torch.device | str)]
        like = [each for each in chain(args[1:], kwargs.values()) if isinstance(each, torch.Tensor)]
        if like:
            named = [SECOND if self.labels.has(like[0]) else CPU]
        if not named or torch.device(named[0]).type not in (SECOND.type, CPU.type):  # meta has no numbers to move
            return function(*args, **kwargs)
        here = (args[0], *(CPU if isinstance(each, torch.device | str) else each for each in args[1:]))
        kwargs = {key: CPU if key == "device" else each for key, each in kwargs.items()}
        return self._moved(args[0], torch.device(named[0]), function, here, kwargs)

    def _moved(self, tensor: torch.Tensor, to: torch.device, function: Any, args: Any, kwargs: Any) -> torch.Tensor:
        """A copy with the other label, or with the same one what PyTorch would return."""
        was, will = self.labels.has(tensor), to.type == SECOND.type
        if was == will:
            return function(*args, **kwargs)
        return function(_Crossing.apply(tensor, self.labels, will), *args[1:], **kwargs)

    def _made(self, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """What a factory makes on the device that it is told."""
        if torch.device(kwargs["device"]).type != SECOND.type:
            return function(*args, **kwargs)
        if kwargs.get("generator") is not None:
            raise RuntimeError(f"Expected a '{SECOND}' device type for generator but found '{CPU}'")
        result = function(*args, **{**kwargs, "device": CPU})
        _refuse_double(result)
        self.labels.put(result)
        return result


def _refuse_double(tensor: torch.Tensor) -> None:
    if tensor.dtype == torch.float64:
        raise TypeError("Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64.")


class _Crossing(torch.autograd.Function):
    """A copy from one device to the other; the gradient goes back the same way."""

    @staticmethod
    def forward(ctx: Any, tensor: torch.Tensor, labels: Labels, will: bool) -> torch.Tensor:
        ctx.labels, ctx.back = labels, not will
        return _copy(tensor, labels, will)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        return _copy(gradient, ctx.labels, ctx.back), None, None


def _copy(tensor: torch.Tensor, labels: Labels, will: bool) -> torch.Tensor:
    target = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype)
    if will:
        _refuse_double(target)
        labels.put(target)
    return target.copy_(tensor)


def _random_state() -> torch.Tensor:
    """The second device draws from the processor's generator. (PyTorch wants no function of its under two names.)"""
    return torch.get_rng_state()


def _set_random_state(state: torch.Tensor) -> None:
    torch.set_rng_state(state)


PRETENDED = (
    (torch.backends.mps, "is_available", lambda: True),
    (torch.mps, "get_rng_state", _random_state),
    (torch.mps, "set_rng_state", _set_random_state),
)


class SecondDevice:
    """A context in which there seems to be a second device, and `best_device()` finds it."""

    def __init__(self) -> None:
        labels = Labels()
        self.modes = (_Operations(labels), _Functions(labels))

    def __enter__(self) -> SecondDevice:
        self.before = [(place, name, getattr(place, name)) for place, name, _ in PRETENDED]
        for place, name, value in PRETENDED:
            setattr(place, name, value)
        for mode in self.modes:
            mode.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        for mode in reversed(self.modes):
            mode.__exit__(*error)
        for place, name, value in self.before:
            setattr(place, name, value)


STYLE = {
    "font.family": "serif", "font.size": 15, "axes.grid": True, "figure.constrained_layout.use": True,
    "image.cmap": "hot", "axes.spines.top": False, "legend.frameon": False, "figure.dpi": 140, "lines.linewidth": 3,
}  # fmt: skip


def device() -> None:
    """Make it so for the rest of this process."""
    SecondDevice().__enter__()


def double() -> None:
    """Make it so for the rest of this process."""
    torch.set_default_dtype(torch.float64)


def style() -> None:
    """Make it so for the rest of this process."""
    import matplotlib.pyplot as plt

    plt.style.use("dark_background")
    plt.rcParams.update(STYLE)


MACHINES: Mapping[str, Callable[[], None]] = {"device": device, "double": double, "style": style}


def failures(machine: str, numbers: Sequence[str], cell_timeout: int = 1800) -> Iterator[tuple[str, float, str]]:
    """For each notebook: its name, its seconds, and what went wrong ("" if nothing did)."""
    import nbformat
    from nbclient.exceptions import CellExecutionError

    from lessons.course import places
    from lessons.teaching import running

    found = f"import sys; sys.path.insert(0, {str(places.ROOT)!r})"
    first = f"{found}; from tests.support import elsewhere; elsewhere.{machine}()"
    for file in places.find(numbers):
        notebook = nbformat.read(file, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first))
        begun, wrong = time.monotonic(), ""
        try:
            running.execute(notebook, file.parent, cell_timeout)
        except CellExecutionError as error:
            wrong = str(error)
        yield file.stem, time.monotonic() - begun, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: see the first lines of this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("machine", choices=MACHINES)
    parser.add_argument("numbers", nargs="*", metavar="NUMBER")
    options = parser.parse_args(arguments)
    bad = 0
    for name, seconds, wrong in failures(options.machine, options.numbers):
        print(f"{options.machine}: {name} {seconds:.0f} s {wrong or 'ok'}", flush=True)
        bad += bool(wrong)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
