"""Attempts at half_a_ring, written from the task's text alone."""

import copy
import itertools
from collections import deque

import numpy as np
import torch


# ---------------------------------------------------------------- right
def right_copy_before_each_round(held):
    """Rounds, and in each of them what was held before it."""
    now = np.array(held)
    n = len(now)
    for r in range(n - 1):
        before = now.copy()
        for i in range(n):
            part = (i - r) % n
            now[(i + 1) % n, part] += before[i, part]
    return now


def right_one_after_the_other(held):
    """In place, since no device sends in a round what it receives in it."""
    held = np.array(held)
    n = held.shape[0]
    for r in range(n - 1):
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] += held[i, (i - r) % n]
    return held


def right_fancy_indices(held):
    """All devices of a round at once, by two arrays of indices."""
    out = np.array(held)
    n = len(out)
    i = np.arange(n)
    for r in range(n - 1):
        part = (i - r) % n
        out[(i + 1) % n, part] += out[i, part]
    return out


def right_torch_clone(held):
    """torch, with a clone for each round."""
    now = torch.as_tensor(np.asarray(held)).clone()
    n = now.shape[0]
    for r in range(n - 1):
        new = now.clone()
        for i in range(n):
            p = (i - r) % n
            new[(i + 1) % n, p] = now[(i + 1) % n, p] + now[i, p]
        now = new
    return now


def right_mask_and_roll(held):
    """What is sent is a masked matrix; sending is a roll by one row."""
    now = np.array(held)
    n = len(now)
    rows, columns = np.indices((n, n))
    for r in range(n - 1):
        sent = np.where(columns == (rows - r) % n, now, 0)
        now = now + np.roll(sent, 1, axis=0)
    return now


def right_plain_lists(held):
    """Lists of lists."""
    now = [[value for value in row] for row in held]
    n = len(now)
    for r in range(n - 1):
        before = [row[:] for row in now]
        for i in range(n):
            to, part = (i + 1) % n, (i - r) % n
            now[to][part] = now[to][part] + before[i][part]
    return now


def right_messages(held):
    """First everybody writes a letter, then everybody reads one."""
    devices = [list(row) for row in held]
    n = len(devices)
    for r in range(n - 1):
        letters = []
        for i in range(n):
            part = (i - r) % n
            letters.append(((i + 1) % n, part, devices[i][part]))
        for to, part, value in letters:
            devices[to][part] = devices[to][part] + value
    return np.array([[float(value) for value in row] for row in devices])


def right_negative_index(held):
    """Python counts from the end by itself: i − r needs no remainder."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            out[(i + 1) % n][i - r] += out[i][i - r]
    return out


def right_follow_a_part(held):
    """Part p begins at device p and goes round, adding up: the parts are independent."""
    out = np.array(held)
    n = len(out)
    for p in range(n):
        device = p
        for _ in range(n - 1):
            following = (device + 1) % n
            out[following, p] += out[device, p]
            device = following
    return out


def right_recursive_value(held):
    """What device i holds of part p is its own and what its left neighbour holds; device p has only its own."""
    n = len(held)

    def value(i, p):
        own = held[i][p]
        return own if i == p else own + value((i - 1) % n, p)

    return [[value(i, p) for p in range(n)] for i in range(n)]


def right_recursive_rounds(held):
    """One round after another by recursion."""

    def play(now, r):
        n = len(now)
        if r == n - 1:
            return now
        new = np.array(now)
        for i in range(n):
            new[(i + 1) % n, (i - r) % n] += now[i, (i - r) % n]
        return play(new, r + 1)

    return play(np.array(held), 0)


def right_roll_and_cumsum(held):
    """Turn each column so that device p stands first; running sums; turn back."""
    held = np.asarray(held)
    columns = [np.roll(np.cumsum(np.roll(held[:, p], -p)), p) for p in range(len(held))]
    return np.stack(columns, axis=1)


def right_skewed(held):
    """The same for all columns at once, by a table of the rows."""
    held = np.asarray(held)
    n = len(held)
    columns = np.arange(n)
    rows = (columns[:, None] + columns[None, :]) % n  # (k, p): the k-th device that part p meets
    out = np.empty_like(held)
    out[rows, columns] = np.cumsum(held[rows, columns], axis=0)
    return out


def right_sum_over_way(held):
    """Directly: device i has of part p the sum over the devices p, p + 1, ..., i."""
    n = len(held)
    out = torch.zeros(n, n, dtype=torch.float64)
    for i in range(n):
        for p in range(n):
            for step in range((i - p) % n + 1):
                out[i, p] += float(held[(p + step) % n][p])
    return out


def right_einsum(held):
    """Who has contributed to whom, as a table of noughts and ones."""
    held = np.asarray(held)
    k = np.arange(len(held))
    n = len(held)
    i, j, p = k[:, None, None], k[None, :, None], k[None, None, :]
    reached = ((j - p) % n <= (i - p) % n).astype(held.dtype)  # (to, from, part)
    return np.einsum("ijp,jp->ip", reached, held)


def right_accumulate(held):
    """itertools.accumulate along the ring."""
    n = len(held)
    table = {}
    for p in range(n):
        ring = [(p + k) % n for k in range(n)]
        for device, total in zip(ring, itertools.accumulate(held[i][p] for i in ring)):
            table[device, p] = total
    return [[table[i, p] for p in range(n)] for i in range(n)]


def right_deque(held):
    """A deque turned by one place carries the letters to the right-hand neighbours."""
    now = [[float(v) for v in row] for row in held]
    n = len(now)
    for r in range(n - 1):
        letters = deque((i - r) % n for i in range(n))
        values = deque(now[i][p] for i, p in enumerate(letters))
        letters.rotate(1)
        values.rotate(1)
        for i, (p, value) in enumerate(zip(letters, values)):
            now[i][p] += value
    return torch.tensor(now, dtype=torch.float64)


def right_add_at(held):
    """np.add.at with the receivers, from a deep copy."""
    out = np.array(copy.deepcopy(held))
    n = len(out)
    for r in range(n - 1):
        source = np.arange(n)
        part = np.mod(source - r, n)
        np.add.at(out, ((source + 1) % n, part), out[source, part].copy())
    return out


def right_as_the_receiver(held):
    """Seen from the receiver: in round r device i gets part i − 1 − r from its left neighbour."""
    out = torch.from_numpy(np.array(held))
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            left = (i - 1) % n
            out[i, (left - r) % n] += out[left, (left - r) % n]
    return out


def right_comprehension(held):
    """A new table for each round, in one comprehension."""
    n = len(held)
    table = [list(row) for row in held]
    for r in range(n - 1):
        table = [
            [table[i][p] + (table[i - 1][p] if p == (i - 1 - r) % n else 0) for p in range(n)]
            for i in range(n)
        ]
    return table


# ---------------------------------------------------------------- wrong
def wrong_changes_held(held):
    """The result is right, but `held` has been changed."""
    n = len(held)
    for r in range(n - 1):
        for i in range(n):
            held[(i + 1) % n][(i - r) % n] += held[i][(i - r) % n]
    return held


def wrong_shallow_copy(held):
    """The list is new, and its rows are the caller's."""
    devices = list(held)
    n = len(devices)
    for r in range(n - 1):
        for i in range(n):
            part = (i - r) % n
            devices[(i + 1) % n][part] += devices[i][part]
    return devices


def wrong_to_the_left(held):
    """Sends to device i − 1."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        before = out.copy()
        for i in range(n):
            out[(i - 1) % n, (i - r) % n] += before[i, (i - r) % n]
    return out


def wrong_plus_r(held):
    """Part i + r in place of i − r."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        before = out.copy()
        for i in range(n):
            out[(i + 1) % n, (i + r) % n] += before[i, (i + r) % n]
    return out


def wrong_one_round_too_many(held):
    """n rounds."""
    out = np.array(held)
    n = len(out)
    for r in range(n):
        before = out.copy()
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += before[i, (i - r) % n]
    return out


def wrong_one_round_too_few(held):
    """range(n − 2), since the rounds count from 0."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 2):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
    return out


def wrong_rounds_from_one(held):
    """The rounds are r = 1, 2, ..., n − 1."""
    out = np.array(held)
    n = len(out)
    for r in range(1, n):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
    return out


def wrong_sends_its_first_numbers(held):
    """Sends what it held at the very beginning, not what it held before the round."""
    held = np.asarray(held)
    out = held.copy()
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += held[i, (i - r) % n]
    return out


def wrong_replaces(held):
    """The neighbour overwrites its own in place of adding."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        before = out.copy()
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] = before[i, (i - r) % n]
    return out


def wrong_gives_away(held):
    """Whoever sends a part has it no longer."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        before = out.copy()
        for i in range(n):
            part = (i - r) % n
            out[(i + 1) % n, part] += before[i, part]
            out[i, part] -= before[i, part]
    return out


def wrong_everybody_has_all(held):
    """The whole ring, to its end: all devices have all sums."""
    held = np.asarray(held)
    return np.tile(held.sum(axis=0), (len(held), 1))


def wrong_sum_only_the_finished(held):
    """The finished part is right; all the others are left as they were."""
    held = np.asarray(held)
    out, n = held.copy(), len(held)
    for i in range(n):
        out[i, (i + 1) % n] = held[:, (i + 1) % n].sum()
    return out


def wrong_finished_and_zeros(held):
    """The finished parts and zeros elsewhere."""
    held = torch.as_tensor(held)
    out, n = torch.zeros_like(held), len(held)
    for i in range(n):
        out[i, (i + 1) % n] = held[:, (i + 1) % n].sum()
    return out


def wrong_diagonal(held):
    """Thinks that device i ends with the sum of part i."""
    held = np.asarray(held)
    out = held.copy()
    np.fill_diagonal(out, held.sum(axis=0))
    return out


def wrong_only_sums(held):
    """One number for each device: the finished part."""
    held = np.asarray(held)
    return np.roll(held.sum(axis=0), -1)


def wrong_no_wrap(held):
    """The last device has no neighbour: a line in place of a ring."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            if i + 1 < n:
                out[i + 1, (i - r) % n] += out[i, (i - r) % n]
    return out


def wrong_loops_swapped(held):
    """First all rounds of device 0, then all of device 1: not in turns."""
    out = np.array(held)
    n = len(out)
    for i in range(n):
        for r in range(n - 1):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
    return out


def wrong_rows_and_columns(held):
    """Takes column i for device i."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            out[(i - r) % n, (i + 1) % n] += out[(i - r) % n, i]
    return out


def wrong_same_part_every_round(held):
    """Sends part i in every round."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        before = out.copy()
        for i in range(n):
            out[(i + 1) % n, i] += before[i, i]
    return out


def wrong_whole_rows(held):
    """Passes on whole rows, not parts."""
    out = np.array(held)
    for r in range(len(out) - 1):
        out = out + np.roll(out, 1, axis=0)
    return out


def wrong_part_lands_beside(held):
    """Adds to the part of the receiver's number, not to the one that was sent."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        before = out.copy()
        for i in range(n):
            out[(i + 1) % n, (i + 1 - r) % n] += before[i, (i - r) % n]
    return out


def wrong_mean(held):
    """Divides by n in the end, as a mean of gradients would."""
    out = np.array(held, dtype=float)
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
    return out / n


def wrong_return_in_loop(held):
    """Returns after the first round."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
        return out
    return out


def wrong_cumsum_down(held):
    """Running sums from device 0 in every column: all parts start at device 0."""
    return np.cumsum(np.asarray(held), axis=0)


def wrong_prints(held):
    """Prints the table."""
    out = np.array(held)
    n = len(out)
    for r in range(n - 1):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
    print(out)


def wrong_four_devices(held):
    """The picture's four devices are written in."""
    out = np.array(held)
    for r in range(3):
        for i in range(4):
            out[(i + 1) % 4, (i - r) % 4] += out[i, (i - r) % 4]
    return out


def wrong_half_the_rounds(held):
    """Takes “the first half” for half of n − 1 rounds."""
    out = np.array(held)
    n = len(out)
    for r in range((n - 1) // 2):
        for i in range(n):
            out[(i + 1) % n, (i - r) % n] += out[i, (i - r) % n]
    return out


def wrong_the_courses_ring(held):
    """The course's own ring, stopped in the middle: forbidden by the mended task."""
    from lessons.scaling import collectives

    middle = collectives.ring(list(torch.as_tensor(held))).rounds[len(held) - 1]
    return torch.stack([torch.cat(parts) for parts in middle])
