"""What a step would take on machines that are not here: tasks on devices and lines, played through in order of time.

A task occupies one device or one line for some seconds, after the tasks that it waits for. The builders below lay out
data parallelism and pipelines as tasks; `play` says when each begins and ends.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lessons.kit import checks


class Task(NamedTuple):
    """Something that occupies `place` for `seconds`, once all tasks named in `after` are done."""

    name: str
    place: str
    seconds: float
    after: tuple[str, ...] = ()


class Span(NamedTuple):
    """A task that was done, from `start` to `end`, in seconds."""

    name: str
    place: str
    start: float
    end: float


def play(tasks: Iterable[Task]) -> list[Span]:
    """Do all tasks, each as soon as what it waits for is done and its place is free; in the order in which they begin.

    Of those that could begin at one place, the one that became ready first does, then the one that stands first.
    Raises ValueError for two of one name, for a name that is not there, for a circle, and for seconds below 0.
    """
    listed = list(tasks)
    waits, followers = _links(listed)
    free: dict[str, float] = defaultdict(float)
    ready: dict[str, list[tuple[float, int]]] = defaultdict(list)
    events: list[tuple[float, int, str]] = []  # when a place may begin something, in order of time
    spans: list[Span] = []

    def enlist(number: int, moment: float) -> None:
        place = listed[number].place
        heapq.heappush(ready[place], (moment, number))
        heapq.heappush(events, (max(moment, free[place]), number, place))

    for number, task in enumerate(listed):
        if not waits[task.name]:
            enlist(number, 0.0)
    ends: dict[str, float] = {}
    while events:
        moment, _, place = heapq.heappop(events)
        if not ready[place]:
            continue
        if free[place] > moment:  # something else began here meanwhile
            heapq.heappush(events, (free[place], ready[place][0][1], place))
            continue
        _, number = heapq.heappop(ready[place])
        task = listed[number]
        free[place] = ends[task.name] = moment + task.seconds
        spans.append(Span(task.name, place, moment, free[place]))
        for follower in followers[task.name]:
            waits[listed[follower].name] -= 1
            if not waits[listed[follower].name]:
                enlist(follower, max(ends[name] for name in listed[follower].after))
    if len(spans) < len(listed):
        raise ValueError("Some tasks wait for each other in a circle, so that none of them can begin.")
    return spans


def _links(listed: Sequence[Task]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """How many each waits for, and who waits for each."""
    names = {task.name for task in listed}
    if len(names) < len(listed):
        raise ValueError("Two tasks have one name.")
    followers: dict[str, list[int]] = defaultdict(list)
    for number, task in enumerate(listed):
        checks.not_negative(seconds=task.seconds)
        if missing := [name for name in task.after if name not in names]:
            raise ValueError(f"{task.name!r:.40} waits for {missing[0]!r:.40}, which is not there.")
        for name in set(task.after):
            followers[name].append(number)
    return {task.name: len(set(task.after)) for task in listed}, followers


def seconds(spans: Sequence[Span]) -> float:
    """When the last task ends. Raises ValueError if there is none."""
    if not spans:
        raise ValueError("Nothing was done.")
    return max(span.end for span in spans)


def idle(spans: Sequence[Span], places: Iterable[str]) -> float:
    """The share of the time until the end in which these places do nothing. Raises ValueError if there is none."""
    named = list(places)
    if not named:
        raise ValueError("Name one place or more.")
    busy = sum(span.end - span.start for span in spans if span.place in named)
    return 1 - busy / (len(named) * seconds(spans))


# --- lines ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """What connects two devices: bytes a second in each direction, and seconds until the first byte arrives."""

    bandwidth: float
    latency: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError unless the bandwidth is above 0 and the latency 0 or more."""
        checks.positive(bandwidth=self.bandwidth)
        checks.not_negative(latency=self.latency)

    def seconds(self, n_bytes: float) -> float:
        """How long so many bytes take. Raises ValueError for less than none."""
        checks.not_negative(n_bytes=n_bytes)
        return self.latency + n_bytes / self.bandwidth

    def ring(self, n_bytes: float, n_devices: int) -> float:
        """A sum over n devices in a ring: 2 (n − 1) rounds, in each of which 1 / n of the bytes goes to the neighbour.

        Raises ValueError for less than no bytes or one device.
        """
        checks.whole(n_devices=n_devices)
        return 2 * (n_devices - 1) * self.seconds(n_bytes / n_devices) if n_devices > 1 else 0.0

    def star(self, n_bytes: float, n_devices: int) -> float:
        """The same by way of one device, which receives from all others, one after the other, and sends to all.

        Raises ValueError as `ring`.
        """
        checks.whole(n_devices=n_devices)
        return 2 * (n_devices - 1) * self.seconds(n_bytes)


# --- data parallel ----------------------------------------------------------------------------------------------------


def data_parallel(
    forward: float, backward: Sequence[float], n_bytes: Sequence[float], line: Line, n_devices: int,
    slower: Sequence[float] = (), overlapped: bool = True,
) -> list[Task]:  # fmt: skip
    """The tasks of a step: every device goes forward and, layer by layer, back; then each layer's gradients are summed.

    `backward` and `n_bytes` are of the layers in the order in which their gradients come, the last layer first. A sum
    begins when all devices have that layer, one sum at a time on the "network"; not `overlapped`, none begins before
    all layers are done. `slower` multiplies a device's seconds. Raises ValueError for lists that do not fit and
    numbers below 0.
    """
    checks.sizes(n_devices=n_devices)
    factors = list(slower) or [1.0] * n_devices
    if len(factors) != n_devices or len(backward) != len(n_bytes) or not len(backward):
        raise ValueError(f"{n_devices} devices need as many factors, and each layer its seconds and its bytes.")
    tasks, layers = [], range(len(backward))
    for device, factor in enumerate(factors):
        checks.positive(factor=factor)
        tasks.append(Task(f"forward {device}", f"device {device}", forward * factor))
        before = f"forward {device}"
        for layer in layers:
            name = f"backward {layer}, {device}"
            tasks.append(Task(name, f"device {device}", backward[layer] * factor, (before,)))
            before = name
    for layer in layers:
        waited = layer if overlapped else layers[-1]
        after = tuple(f"backward {waited}, {device}" for device in range(n_devices))
        tasks.append(Task(f"sum {layer}", "network", line.ring(n_bytes[layer], n_devices), after))
    return tasks


def straggling(n_devices: int, spread: float, steps: int = 1000, seed: int = 0) -> float:
    """Mean over steps of the slowest of n devices, each of which takes 1 ± spread (normal, at least 0).

    Raises ValueError for numbers below 0, and for less than one device or step.
    """
    checks.sizes(n_devices=n_devices, steps=steps)
    checks.not_negative(spread=spread)
    checks.whole(0, seed=seed)
    rng, total = np.random.default_rng(seed), 0.0
    for _ in range(steps):
        total += max(0.0, float(rng.normal(1, spread, n_devices).max()))
    return total / steps


# --- pipelines --------------------------------------------------------------------------------------------------------


def pipeline(
    n_stages: int, n_pieces: int, forward: float, backward: float, one_by_one: bool = False, hop: float = 0.0
) -> list[Task]:
    """The tasks of a step in which each device has some layers, and n pieces of the batch go through all of them.

    All pieces go forward and then all go back (GPipe), or `one_by_one`: a device goes back with a piece as soon as it
    can, so that it keeps fewer of them (PipeDream's schedule, Narayanan et al. 2021, section 2.2). A piece needs `hop`
    seconds from one device to the next. Raises ValueError for less than one stage or piece, and seconds below 0.
    """
    checks.sizes(n_stages=n_stages, n_pieces=n_pieces)
    checks.not_negative(forward=forward, backward=backward, hop=hop)
    tasks: list[Task] = []
    for stage in range(n_stages):
        before = ""
        for kind, piece in _order(n_stages, n_pieces, stage, one_by_one):
            after = [before] if before else []
            source = stage - 1 if kind == "F" else stage + 1  # where its input comes from
            if 0 <= source < n_stages:
                after.append(f"{kind}{piece} to {stage}")
                tasks.append(Task(after[-1], f"line {source}-{stage}", hop, (f"{kind}{piece} at {source}",)))
            elif kind == "B":
                after.append(f"F{piece} at {stage}")
            before = f"{kind}{piece} at {stage}"
            tasks.append(Task(before, f"device {stage}", forward if kind == "F" else backward, tuple(after)))
    return tasks


def _order(n_stages: int, n_pieces: int, stage: int, one_by_one: bool) -> list[tuple[str, int]]:
    """What a stage does, in its order: (F or B, piece)."""
    ahead = min(n_pieces, n_stages - stage) if one_by_one else n_pieces  # forwards before its first backward
    order = [("F", piece) for piece in range(ahead)]
    for piece in range(n_pieces):
        order.append(("B", piece))
        if ahead + piece < n_pieces:
            order.append(("F", ahead + piece))
    return order


def bubble(n_stages: int, n_pieces: int) -> float:
    """The share of a step in which a device of a pipeline waits: (p − 1) / (m + p − 1).

    p − 1 pieces' worth of time before its first or after its last one (Huang et al. 2019, section 2.3). Raises
    ValueError for less than one stage or piece.
    """
    checks.whole(n_stages=n_stages, n_pieces=n_pieces)
    return (n_stages - 1) / (n_pieces + n_stages - 1)


def kept_pieces(n_stages: int, n_pieces: int, one_by_one: bool) -> int:
    """How many pieces' activations the first device keeps at one time, at most. Raises ValueError as `bubble`."""
    checks.whole(n_stages=n_stages, n_pieces=n_pieces)
    return min(n_stages, n_pieces) if one_by_one else n_pieces


# --- scaling ----------------------------------------------------------------------------------------------------------


def scaling(
    alone: float, n_bytes: float, line: Line, devices: Sequence[int], weak: bool, fixed: float = 0.0
) -> list[Mapping[str, float]]:
    """Step time, times as fast and efficiency for several numbers of devices, without overlap.

    `alone` seconds is what one device takes for the whole batch (strong scaling: it is shared out) or for its own
    (weak: every device has as much); `fixed` seconds nobody can share. Times as fast is in examples a second, and
    efficiency that over the number of devices. Raises ValueError for numbers below 0 and less than one device.
    """
    checks.not_negative(alone=alone, fixed=fixed)
    rows: list[Mapping[str, float]] = []
    base = alone + fixed
    for n in devices:
        step = fixed + (alone if weak else alone / n) + line.ring(n_bytes, n)
        gain = base / step * (n if weak else 1)
        rows.append({"devices": n, "seconds": step, "times as fast": gain, "efficiency": gain / n})
    return rows
