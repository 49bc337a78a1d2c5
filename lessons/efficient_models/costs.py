"""What a model costs before it is run: numbers, bytes, operations, and the least time that they can take.

An operation is one multiplication or one addition, so a product of (m, k) and (k, n) takes 2 · m · k · n.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from lessons.kit import checks


def layer_operations(hidden_size: int, intermediate_size: int, tokens: int) -> int:
    """Operations of the matrix products in one encoder layer that reads a text of so many tokens.

    Four maps of the attention, two of the feed-forward net, queries times keys and weights times values. Norms,
    softmax and GELU are left out: they are under a hundredth. Raises ValueError for sizes below 1.
    """
    checks.whole(hidden_size=hidden_size, intermediate_size=intermediate_size, tokens=tokens)
    maps = 4 * hidden_size**2 + 2 * hidden_size * intermediate_size
    return 2 * tokens * maps + 4 * tokens**2 * hidden_size


def first_token_operations(hidden_size: int, intermediate_size: int, tokens: int) -> int:
    """The same for a last layer of which only the first token is read: keys and values of all, the rest once.

    Raises ValueError for sizes below 1.
    """
    checks.whole(hidden_size=hidden_size, intermediate_size=intermediate_size, tokens=tokens)
    for_all = 2 * tokens * 2 * hidden_size**2
    for_one = 2 * (2 * hidden_size**2 + 2 * hidden_size * intermediate_size)
    return for_all + for_one + 4 * tokens * hidden_size


def classifier_operations(
    hidden_size: int, intermediate_size: int, n_layers: int, tokens: int, n_labels: int = 2
) -> int:
    """Operations of 08's classifier on one text: whole layers, then one for the first token, pooler and head.

    Raises ValueError for sizes below 1.
    """
    checks.whole(n_layers=n_layers, n_labels=n_labels)
    whole = (n_layers - 1) * layer_operations(hidden_size, intermediate_size, tokens)
    last = first_token_operations(hidden_size, intermediate_size, tokens)
    return whole + last + 2 * hidden_size * (hidden_size + n_labels)


def least_seconds(operations: float, n_bytes: float, operations_a_second: float, bytes_a_second: float) -> float:
    """The longer of computing and fetching, which can go on at once (Williams et al. 2009, the roofline).

    Raises ValueError for counts below 0, and rates that are not above 0.
    """
    checks.not_negative(operations=operations, n_bytes=n_bytes)
    checks.positive(operations_a_second=operations_a_second, bytes_a_second=bytes_a_second)
    return max(operations / operations_a_second, n_bytes / bytes_a_second)


def amdahl(share: float, times: float) -> float:
    """How many times as fast a whole becomes if this share of its time becomes so many times as fast.

    Amdahl (1967). Raises ValueError for what is no share, and a factor that is not above 0.
    """
    checks.shares(share=share)
    checks.positive(times=times)
    return 1 / (1 - share + share / times)


def n_bytes(module: nn.Module) -> int:
    """Bytes of all parameters and buffers of a module in memory, and of the packed weights of `torch.ao`'s maps."""
    held = [*module.parameters(), *module.buffers()]
    packed = [part.weight() for part in module.modules() if callable(getattr(part, "weight", None))]  # type: ignore[operator]
    return sum(tensor.nbytes for tensor in held) + sum(weight.numel() * weight.element_size() for weight in packed)


# --- measured ---------------------------------------------------------------------------------------------------------

Times = dict[str, list[float]]


def interleaved(jobs: Mapping[str, Callable[[], object]], rounds: int = 7) -> Times:
    """Seconds of each job in each round; the jobs take turns, so that a busy moment meets all of them.

    A first round warms up and is not counted. Raises ValueError for less than one round, and for no job.
    """
    checks.whole(rounds=rounds)
    if not jobs:
        raise ValueError("There is no job to time.")
    times: Times = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            if number:
                times[name].append(time.perf_counter() - start)
    return times


def times_as_fast(times: Mapping[str, Sequence[float]], name: str, than: str) -> float:
    """The median over rounds of how many times as fast one job was than another.

    Raises ValueError for a name that was not timed.
    """
    if missing := [each for each in (name, than) if each not in times]:
        raise ValueError(f"{missing[0]!r:.60} was not timed; timed were: {', '.join(times)}.")
    return statistics.median(b / a for a, b in zip(times[name], times[than], strict=True))


@dataclass(frozen=True)
class Machine:
    """How fast this machine multiplies matrices, and how fast it reads its memory."""

    operations_a_second: float
    bytes_a_second: float


def this_machine(size: int = 1024, megabytes: int = 256) -> Machine:
    """Both rates, the best of a few tries, with PyTorch's present number of threads.

    Raises ValueError for sizes below 1.
    """
    checks.sizes(size=size, megabytes=megabytes)
    matrix, much = torch.randn(size, size), torch.ones(megabytes * 2**18)
    with torch.no_grad():
        times = interleaved({"product": lambda: matrix @ matrix, "read": much.sum}, rounds=5)
    return Machine(2 * size**3 / min(times["product"]), much.nbytes / min(times["read"]))
