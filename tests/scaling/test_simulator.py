"""What is played through: closed forms, and a slow simulation that goes from moment to moment."""

from __future__ import annotations

import random

import pytest
import torch

from lessons.scaling import collectives, simulator
from lessons.scaling.simulator import Line, Task


def slow(tasks: list[Task]) -> dict[str, tuple[float, float]]:
    """Whole seconds, one after the other: begin what can begin, of several the one that was ready first."""
    ends: dict[str, int] = {}
    begun: dict[str, int] = {}
    ready: dict[str, int] = {}
    busy: dict[str, str] = {}
    moment = 0
    while len(ends) < len(tasks):
        for place, name in list(busy.items()):
            if begun[name] + next(t.seconds for t in tasks if t.name == name) == moment:
                ends[name] = moment
                del busy[place]
        for task in tasks:
            if task.name not in ready and all(name in ends for name in task.after):
                ready[task.name] = moment
        waiting = sorted(
            (t for t in tasks if t.name in ready and t.name not in begun), key=lambda t: (ready[t.name], tasks.index(t))
        )
        for task in waiting:
            if task.place not in busy:
                begun[task.name], busy[task.place] = moment, task.name
        moment += 1
        assert moment < 1000
    return {name: (begun[name], ends[name]) for name in ends}


@pytest.mark.parametrize("seed", range(12))
def test_played_is_what_the_slow_one_does(seed: int) -> None:
    rng = random.Random(seed)
    tasks: list[Task] = []
    for number in range(rng.randrange(1, 14)):
        before = rng.sample([t.name for t in tasks], min(len(tasks), rng.randrange(3)))
        tasks.append(Task(f"t{number}", f"p{rng.randrange(3)}", rng.randrange(1, 5), tuple(before)))
    found = {span.name: (span.start, span.end) for span in simulator.play(tasks)}
    assert found == slow(tasks)


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize(("stages", "pieces"), [(1, 1), (1, 5), (4, 1), (4, 12), (8, 4), (3, 7)])
def test_the_bubble_is_that_of_the_formula(stages: int, pieces: int, one_by_one: bool) -> None:
    spans = simulator.play(simulator.pipeline(stages, pieces, 1.0, 2.0, one_by_one))
    assert simulator.seconds(spans) == pytest.approx(3 * (pieces + stages - 1))
    waiting = simulator.idle(spans, [f"device {stage}" for stage in range(stages)])
    assert waiting == pytest.approx(simulator.bubble(stages, pieces), abs=1e-12)
    kept = most = 0  # pieces that went forward on the first device and not yet back
    for span in sorted((s for s in spans if s.place == "device 0"), key=lambda s: s.start):
        kept += 1 if span.name.startswith("F") else -1
        most = max(most, kept)
    assert most == simulator.kept_pieces(stages, pieces, one_by_one)


def test_overlap_hides_all_sums_but_the_last() -> None:
    line = Line(100.0, 0.1)
    one = line.ring(50, 4)
    assert one == pytest.approx(6 * (0.1 + 0.125))
    steps = [
        simulator.seconds(simulator.play(simulator.data_parallel(1.0, [2.0] * 3, [50] * 3, line, 4, overlapped=on)))
        for on in (True, False)
    ]
    assert steps == pytest.approx([7 + one, 7 + 3 * one])
    slower = simulator.play(simulator.data_parallel(1.0, [2.0] * 3, [50] * 3, line, 4, [1, 1, 1, 1.5]))
    assert simulator.seconds(slower) == pytest.approx(7 * 1.5 + one)


def test_scaling() -> None:
    line = Line(1e9)
    strong = simulator.scaling(8.0, 1e9, line, [1, 2, 8], weak=False)
    assert [row["seconds"] for row in strong] == pytest.approx([8, 4 + 1, 1 + 1.75])
    weak = simulator.scaling(8.0, 1e9, line, [1, 8], weak=True)
    assert weak[1]["efficiency"] == pytest.approx(8 / 9.75)
    assert weak[1]["times as fast"] == pytest.approx(8 * 8 / 9.75)
    fixed = simulator.scaling(9.0, 0.0, line, [1, 10**6], weak=False, fixed=1.0)
    assert fixed[1]["times as fast"] == pytest.approx(10, rel=1e-3)  # Amdahl


def test_the_slowest_of_many() -> None:
    assert simulator.straggling(5, 0.0) == 1.0
    two = simulator.straggling(2, 0.1, 20_000)
    assert two == pytest.approx(1 + 0.1 / torch.pi**0.5, abs=2e-3)  # the mean of the larger of two normal numbers
    assert simulator.straggling(100, 0.1) > simulator.straggling(10, 0.1) > two


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("size", [1, 4, 15])
def test_ring_and_star_are_the_sum(n: int, size: int) -> None:
    torch.manual_seed(n)
    devices = list(torch.randint(9, (n, size)).double())
    for found in (collectives.ring(devices), collectives.star(devices)):
        for held in found.devices:
            torch.testing.assert_close(held, sum(devices), rtol=0, atol=0)
    played = collectives.ring(devices)
    assert len(played.rounds) == 2 * (n - 1) + 1
    assert sum(played.sent) == 8 * 2 * (n - 1) * size
    if size % n == 0:
        assert set(played.sent) == {8 * 2 * (n - 1) * size // n}


def test_tasks_are_checked() -> None:
    for tasks, words in (
        ([Task("a", "p", 1), Task("a", "p", 1)], "one name"),
        ([Task("a", "p", 1, ("b",))], "not there"),
        ([Task("a", "p", 1, ("b",)), Task("b", "p", 1, ("a",))], "circle"),
        ([Task("a", "p", -1)], "0 or more"),
    ):
        with pytest.raises(ValueError, match=words):
            simulator.play(tasks)
    with pytest.raises(ValueError, match="equally long"):
        collectives.ring([torch.zeros(2), torch.zeros(3)])
