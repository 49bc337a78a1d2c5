"""Plans for clusters: published runs within stated bounds, and what must hold of any plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lessons.scaling import account, planner
from lessons.scaling.account import MODELS
from lessons.scaling.planner import DEVICES, PUBLISHED, Task


@pytest.mark.parametrize("run", PUBLISHED, ids=[run.name for run in PUBLISHED])
def test_published_runs_took_about_as_long(run: planner.Run) -> None:
    found, fits = planner.best(run.task)
    assert fits
    assert 0.7 < found.days / run.days < 1.3


def test_with_its_own_cuts_bloom_took_as_long_and_filled_less() -> None:
    """4 devices a layer, 12 stages, 8 copies, layers recomputed (BigScience, tr11-176B-ml, “Replica setup”)."""
    run = next(run for run in PUBLISHED if run.name == "BLOOM")
    found = planner.with_cuts(run.task, 4, 12, True, 1)
    assert found.replicas == 8
    assert found.days == pytest.approx(run.days, rel=0.1)
    assert found.n_bytes < 60e9  # what they report a device to hold


def some(n: int = 64, **other: float) -> Task:
    return replace(Task(MODELS["Llama 3 8B"], DEVICES["H100"], n, 160e9, 512 * 8192, 50e9), **other)


@pytest.mark.parametrize("n", [1, 2, 8, 48, 64, 1024])
def test_every_plan_adds_up(n: int) -> None:
    tried = planner.plans(some(n))
    assert tried
    for plan in tried:
        assert plan.tensor * plan.stages * plan.replicas == n
        assert 0 < plan.used <= planner.REACHED * (1 + 1e-9)
        states = sum(plan.memory[name] for name in ("weights", "gradients", "optimizer"))
        mine = some(n).sizes.parameters / plan.tensor / plan.stages
        wanted = account.state_bytes(mine, "mixed", plan.replicas, plan.sharded)
        assert states == pytest.approx(sum(wanted.values()))
        assert plan.days == pytest.approx(160e9 / (512 * 8192) * plan.step / 86400)
    best, fits = planner.best(some(n))
    assert best in tried
    if fits:
        assert best.step == min(p.step for p in tried if p.n_bytes <= 0.9 * 80e9)


def test_one_device_waits_for_nobody() -> None:
    task = some(1)
    plan = planner.with_cuts(task, 1, 1, False, 1)
    operations = account.training_operations(task.sizes) * task.batch_tokens / task.sizes.tokens
    assert plan.step == pytest.approx(operations / 989e12 / planner.REACHED)
    assert plan.used == pytest.approx(planner.REACHED)
    assert plan.cost(2.0) == pytest.approx(plan.days * 48)


def test_what_costs_more_takes_longer() -> None:
    plan = planner.with_cuts(some(), 2, 4, False, 1)
    assert planner.with_cuts(some(), 2, 4, True, 1).step > plan.step
    assert planner.with_cuts(some(), 2, 4, True, 1).n_bytes < plan.n_bytes
    assert planner.with_cuts(some(bandwidth=1e8), 2, 4, False, 1).step > plan.step
    assert planner.with_cuts(some(), 2, 4, False, 3).n_bytes < plan.n_bytes


def test_what_cannot_be_cut() -> None:
    assert planner.with_cuts(some(64), 3, 1, False, 1) is None
    assert planner.with_cuts(some(64), 1, 64, False, 1) is None  # more stages than layers
    assert planner.with_cuts(some(1024), 1, 1, False, 1) is None  # more copies than texts
    assert planner.best(some(64, batch_tokens=100.0)) == (None, False)
    best, fits = planner.best(some(1))
    assert not fits
    assert best.n_bytes > 80e9
    with pytest.raises(ValueError, match="above 0"):
        some(tokens=0.0)
    assert planner.doublings(9) == [1, 2, 4, 8]
