"""Held-out attempts at half_a_ring, by another hand, written from the task's text alone."""

import functools

import numpy as np
import torch


def right_triangle(held):
    """Turned columns times a lower triangle of ones."""
    held = torch.as_tensor(np.asarray(held))
    n = len(held)
    lower = torch.ones(n, n, dtype=held.dtype).tril()
    columns = [torch.roll(lower @ torch.roll(held[:, p], -p), p) for p in range(n)]
    return torch.stack(columns, dim=1)


class Device:
    """A device of the ring with its own row and a box for what comes in."""

    def __init__(self, number, row):
        self.number, self.row, self.box = number, [float(value) for value in row], None

    def send(self, r, others):
        part = (self.number - r) % len(others)
        others[(self.number + 1) % len(others)].box = part, self.row[part]

    def receive(self):
        part, value = self.box
        self.row[part] += value


def right_objects(held):
    """Devices as objects."""
    devices = [Device(i, row) for i, row in enumerate(held)]
    for r in range(len(devices) - 1):
        for device in devices:
            device.send(r, devices)
        for device in devices:
            device.receive()
    return [device.row for device in devices]


def right_folded(held):
    """A function for a round, folded over the rounds."""

    def one_round(now, r):
        i = torch.arange(len(now))
        new = now.clone()
        new[(i + 1) % len(now), (i - r) % len(now)] += now[i, (i - r) % len(now)]
        return new

    return functools.reduce(one_round, range(len(held) - 1), torch.as_tensor(np.asarray(held)).clone())


def right_flat(held):
    """A flat list with places i · n + p."""
    n = len(held)
    flat = [held[place // n][place % n] for place in range(n * n)]
    r = 0
    while r < n - 1:
        i = 0
        while i < n:
            part = i - r if i >= r else i - r + n
            to = i + 1 if i + 1 < n else 0
            flat[to * n + part] = flat[to * n + part] + flat[i * n + part]
            i += 1
        r += 1
    return [flat[i * n : (i + 1) * n] for i in range(n)]


def right_doubled(held):
    """The ring written out twice; windows of it have no wrap."""
    held = np.asarray(held)
    n = len(held)
    twice = np.vstack([held, held])
    out = held.copy()
    for p in range(n):
        for k, total in enumerate(np.cumsum(twice[p : p + n, p])):
            out[(p + k) % n, p] = total
    return out


def right_diagonal_by_diagonal(held):
    """Round r reaches the places with (i − p) mod n = r + 1: each is its own number and the one above."""
    out = np.array(held)
    n = len(out)
    for distance in range(1, n):
        p = np.arange(n)
        out[(p + distance) % n, p] += out[(p + distance - 1) % n, p]
    return out


def wrong_in_place_torch(held):
    """as_tensor makes no copy, and so the caller's numbers change."""
    now = torch.as_tensor(held)
    n = len(now)
    for r in range(n - 1):
        for i in range(n):
            now[(i + 1) % n, (i - r) % n] += now[i, (i - r) % n]
    return now


def wrong_both_halves(held):
    """Goes on with the second half: the finished parts go round as well."""
    now = np.array(held)
    n = len(now)
    for r in range(n - 1):
        for i in range(n):
            now[(i + 1) % n, (i - r) % n] += now[i, (i - r) % n]
    for r in range(n - 1):
        for i in range(n):
            now[(i + 1) % n, (i + 1 - r) % n] = now[i, (i + 1 - r) % n]
    return now


def wrong_two_n_minus_two(held):
    """2(n − 1) rounds of adding."""
    now = np.array(held)
    n = len(now)
    for r in range(2 * (n - 1)):
        for i in range(n):
            now[(i + 1) % n, (i - r) % n] += now[i, (i - r) % n]
    return now


def wrong_sender_adds(held):
    """The sender adds what the neighbour has: the wrong side of +=."""
    now = np.array(held)
    n = len(now)
    for r in range(n - 1):
        before = now.copy()
        for i in range(n):
            now[i, (i - r) % n] += before[(i + 1) % n, (i - r) % n]
    return now


def wrong_part_r(held):
    """All devices send part r in round r."""
    now = np.array(held)
    n = len(now)
    for r in range(n - 1):
        before = now.copy()
        for i in range(n):
            now[(i + 1) % n, r] += before[i, r]
    return now


def wrong_copy_of_previous_table(held):
    """Every round starts from the first table again, so that only the last round remains."""
    held = np.asarray(held)
    n = len(held)
    for r in range(n - 1):
        now = held.copy()
        for i in range(n):
            now[(i + 1) % n, (i - r) % n] += held[i, (i - r) % n]
    return now


def wrong_neighbour_at_distance_r(held):
    """Sends to device i + r, farther in every round."""
    now = np.array(held)
    n = len(now)
    for r in range(n - 1):
        before = now.copy()
        for i in range(n):
            now[(i + r) % n, (i - r) % n] += before[i, (i - r) % n]
    return now


def wrong_remainder_by_n_minus_one(held):
    """The remainder is taken of n − 1, the last index."""
    now = np.array(held)
    n = len(now)
    for r in range(n - 1):
        before = now.copy()
        for i in range(n):
            now[(i + 1) % n, (i - r) % (n - 1)] += before[i, (i - r) % (n - 1)]
    return now


def wrong_sums_moved_one_place(held):
    """The result is turned by one row, so that device i has finished part i."""
    held = np.asarray(held)
    columns = [np.roll(np.cumsum(np.roll(held[:, p], -p)), p + 1) for p in range(len(held))]
    return np.stack(columns, axis=1)


def wrong_star(held):
    """By way of device 0: it has all sums, the others what they had."""
    now = np.array(held)
    now[0] = now.sum(axis=0)
    return now


def wrong_transposed(held):
    """A row for each part, a column for each device."""
    held = np.asarray(held)
    return np.stack([np.roll(np.cumsum(np.roll(held[:, p], -p)), p) for p in range(len(held))])


def wrong_list_of_rounds(held):
    """All tables, one for each round."""
    tables = [np.array(held)]
    n = len(held)
    for r in range(n - 1):
        now = tables[-1].copy()
        for i in range(n):
            now[(i + 1) % n, (i - r) % n] += tables[-1][i, (i - r) % n]
        tables.append(now)
    return tables
