"""Sums over devices, played through in one process: who holds what after each round, and how many bytes were sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Played(NamedTuple):
    """What every device holds in the end, the bytes that each sent, and who held what before and after each round."""

    devices: list[Tensor]
    sent: list[int]
    rounds: list[list[list[Tensor]]]  # round, device, part


def ring(devices: Sequence[Tensor]) -> Played:
    """The sum of one tensor (numbers,) of each device, by way of neighbours: 2 (n − 1) rounds.

    In round r of the first half device i sends part i − r to device i + 1, which adds it; in the second half it sends
    part i + 1 − r, which replaces. Raises ValueError for no device, and for tensors that are not equally long rows.
    """
    n = _check(devices)
    held = [list(each.clone().tensor_split(n)) for each in devices]
    sent, rounds = [0] * n, [_copied(held)]
    for number in range(2 * (n - 1)):
        adds = number < n - 1
        first = 0 if adds else 1
        leaving = [(device - number % max(1, n - 1) + first) % n for device in range(n)]
        passed = [held[device][part].clone() for device, part in enumerate(leaving)]  # all send at once
        for device, part in enumerate(leaving):
            right = (device + 1) % n
            held[right][part] = held[right][part] + passed[device] if adds else passed[device]
            sent[device] += passed[device].nbytes
        rounds.append(_copied(held))
    return Played([torch.cat(parts) for parts in held], sent, rounds)


def star(devices: Sequence[Tensor]) -> Played:
    """The same by way of device 0, which receives from all and sends to all. Raises ValueError as `ring`."""
    n = _check(devices)
    total = torch.stack(list(devices)).sum(0)
    sent = [(n - 1) * total.nbytes, *[total.nbytes] * (n - 1)]
    return Played([total.clone() for _ in devices], sent, [])


def _check(devices: Sequence[Tensor]) -> int:
    """How many there are."""
    are_rows = len(devices) and all(isinstance(each, Tensor) and each.ndim == 1 for each in devices)
    if not are_rows or any(each.shape != devices[0].shape for each in devices):
        raise ValueError("Every device needs a row of numbers, all equally long.")
    return len(devices)


def _copied(held: Sequence[Sequence[Tensor]]) -> list[list[Tensor]]:
    return [[part.clone() for part in parts] for parts in held]
