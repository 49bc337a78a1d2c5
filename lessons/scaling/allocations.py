"""How many bytes a computation holds: every tensor counted when it is made and when it goes.

What the operating system reports for a process (RSS) also holds Python, the library and memory kept for later. Here the
tensors alone count, so that a formula can be compared with them.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lessons.course.errors import CourseError


class Allocations(TorchDispatchMode):
    """Within `with Allocations(held) as found:` each new block of memory adds to `found.now`, and its end takes it off.

    `held` are tensors that were there before, such as weights. Views share a block, which counts once. `found.peak` is
    the most that there was at one time, in bytes, and `found.trace` what there was after each operation. What an
    operation takes and gives back inside itself is not seen.
    """

    def __init__(self, held: Iterable[Tensor] = ()) -> None:
        """Raises CourseError for what is no tensor."""
        super().__init__()
        self.now, self.peak = 0, 0
        self.trace: list[int] = []
        self._blocks: set[int] = set()
        for tensor in held:
            self.see(tensor)

    def see(self, tensor: Tensor) -> None:
        """Count the block that a tensor lies in, unless it is counted. Raises CourseError for what is no tensor."""
        if not isinstance(tensor, Tensor):
            raise CourseError(f"Give tensors to count, such as model.parameters(); this is {type(tensor).__name__}.")
        block = tensor.untyped_storage()
        key, size = block._cdata, block.nbytes()
        if key in self._blocks or tensor.device.type == "meta":
            return
        self._blocks.add(key)
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(block, self._gone, key, size)  # PyTorch keeps this object as long as the memory itself

    def _gone(self, key: int, size: int) -> None:
        self._blocks.discard(key)
        self.now -= size

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """PyTorch calls this in place of every operation: run it, and look at what came out."""
        found = func(*args, **(kwargs or {}))
        for each in tree_leaves(found):
            if isinstance(each, Tensor):
                self.see(each)
        self.trace.append(self.now)
        return found


def peak_bytes(work: Callable[[], object], held: Iterable[Tensor] = ()) -> int:
    """The most bytes of tensors alive at one time while `work()` runs, those in `held` included.

    Raises CourseError for what cannot be called.
    """
    if not callable(work):
        raise CourseError(f"Give a function without arguments, such as a training step, not {type(work).__name__}.")
    gc.collect()
    with Allocations(held) as found, torch.enable_grad():
        work()
    return found.peak
