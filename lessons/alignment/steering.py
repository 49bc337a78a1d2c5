"""Trainings on a grid of settings, to be steered and replayed: what a reward costs in divergence, point by point."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from lessons.kit import checks

SETTINGS = ("beta", "learning_rate", "share")


class Point(NamedTuple):
    """Where a training was: batches of answers, KL to its start in nats, mean reward that was paid, exact, tokens."""

    step: float
    kl: float
    reward: float
    exact: float
    length: float


class Steered(NamedTuple):
    """A training: price β, learning rate, flawed share of the reward, its points, and what it wrote in the end."""

    beta: float
    learning_rate: float
    share: float
    points: tuple[Point, ...]
    prompts: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def steered(rows: Iterable[Mapping[str, Any]]) -> tuple[Steered, ...]:
    """Trainings from stored rows. Raises ValueError for none, one without points, or numbers that are not finite."""
    runs = tuple(
        Steered(
            float(row["beta"]),
            float(row["learning_rate"]),
            float(row["share"]),
            tuple(Point(*map(float, point)) for point in row["points"]),
            tuple(row.get("prompts", ())),
            tuple(row.get("answers", ())),
        )
        for row in rows
    )
    if not runs or not all(run.points for run in runs):
        raise ValueError("Give one training or more, each with a point or more.")
    numbers = (number for run in runs for point in (run[:3], *run.points) for number in point)
    if not all(map(math.isfinite, numbers)):
        raise ValueError("The numbers of a training are finite.")
    return runs


def grid(runs: Sequence[Steered], name: str) -> list[float]:
    """The values that a setting takes, in order. Raises ValueError for another setting."""
    if name not in SETTINGS:
        raise ValueError(f"The settings are {', '.join(SETTINGS)}; there is no {name!r:.60}.")
    return sorted({getattr(run, name) for run in runs})


def chosen(runs: Sequence[Steered], beta: float, learning_rate: float, share: float) -> int:
    """The place of the training with these settings. Raises ValueError if there is none."""
    for place, run in enumerate(runs):
        if run[:3] == (beta, learning_rate, share):
            return place
    raise ValueError(
        f"No training has β {beta!r:.20}, learning rate {learning_rate!r:.20} and flawed share {share!r:.20}."
    )


def between(points: Sequence[Point], step: float) -> Point:
    """Where a training was after so many batches, in a straight line between two points; the ends go on.

    Raises ValueError for no point, or a step that is no number from 0.
    """
    checks.not_negative(step=step)
    if not points:
        raise ValueError("There is no point.")
    for first, second in pairwise(points):
        if first.step <= step <= second.step:
            share = (step - first.step) / (second.step - first.step)
            return Point(*(a + share * (b - a) for a, b in zip(first, second, strict=True)))
    return points[0] if step < points[0].step else points[-1]


def objective(point: Point, beta: float) -> float:
    """What is maximised: reward − β · KL. Raises ValueError for a β below 0."""
    checks.not_negative(beta=beta)
    return point.reward - beta * point.kl


def best_exact(points: Sequence[Point]) -> Point:
    """The first point with the most exact answers. Raises ValueError for no point."""
    if not points:
        raise ValueError("There is no point.")
    return max(points, key=lambda point: point.exact)
