"""Surfaces over the plane, and how optimisers descend on them: many starts at once, each with its own path."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from lessons.kit import checks

from .optimizers import SGD

Surface = Callable[[Tensor], Tensor]  # points (..., 2) -> heights (...)


def valley(points: Tensor) -> Tensor:
    """A bowl 100 times as curved across as along: ½ (x² + 100 y²). Points (..., 2) -> heights (...).

    Raises ValueError, as the other surfaces do, for points with another number of coordinates.
    """
    x, y = _coordinates(points)
    return (x**2 + 100 * y**2) / 2


def turned_valley(points: Tensor) -> Tensor:
    """The same bowl, turned by 45 degrees."""
    x, y = _coordinates(points)
    return valley(torch.stack([x + y, y - x], dim=-1) / math.sqrt(2))


def banana(points: Tensor) -> Tensor:
    """A bent valley whose floor falls gently to (1, 1): (1 − x)² + 100 (y − x²)² (Rosenbrock 1960)."""
    x, y = _coordinates(points)
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _coordinates(points: Tensor) -> tuple[Tensor, ...]:
    if points.shape[-1:] != (2,):
        raise ValueError(f"Points are (..., 2), two coordinates for each; these are {tuple(points.shape)}.")
    return points.unbind(-1)


def _points(starts: ArrayLike | Tensor) -> Tensor:
    """Starting points in float64. Raises ValueError for what are no finite numbers."""
    try:
        points = torch.as_tensor(starts, dtype=torch.float64)
    except (ValueError, TypeError, RuntimeError):
        points = torch.tensor(math.nan)
    if not points.isfinite().all():
        raise ValueError(f"The starts must be finite numbers, points (..., 2); these are {starts!r:.60}.")
    return points


def descend(
    optimizer: Callable[[list[Tensor], float | Tensor], SGD],
    surface: Surface,
    starts: ArrayLike | Tensor,
    learning_rate: float | Tensor,
    steps: int,
) -> Tensor:
    """The points on the way from all starts (..., 2) at once, (steps + 1, ..., 2), in float64.

    One run is as good as many, because each optimiser here treats every number by itself. Raises ValueError for starts
    that are not finite, for steps below 0, and as the optimizer does.
    """
    checks.whole(0, steps=steps)
    points = _points(starts).clone().requires_grad_()
    mover = optimizer([points], learning_rate)
    path = [points.detach().clone()]
    for _ in range(steps):
        mover.zero_grad()
        surface(points).sum().backward()
        mover.step()
        path.append(points.detach().clone())
    return torch.stack(path)


def best_learning_rate(
    optimizer: Callable[[list[Tensor], float | Tensor], SGD],
    surface: Surface,
    starts: ArrayLike | Tensor,
    learning_rates: Sequence[float],
    steps: int,
) -> float:
    """The learning rate with the lowest height at the end, by the geometric mean over starts (n, 2).

    Raises ValueError if every rate diverges, for no rates, and for starts of another shape.
    """
    if not len(learning_rates) or not all(0 <= one < math.inf for one in learning_rates):
        raise ValueError(f"Give learning rates to choose from, each 0 or more; these are {learning_rates!r:.60}.")
    if (points := _points(starts)).ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"The starts must be (n, 2), one or more points; these are {tuple(points.shape)}.")
    rates = torch.tensor(learning_rates, dtype=torch.float64)  # (rates,)
    many = points.expand(len(learning_rates), -1, 2)  # (rates, n, 2)
    ends = descend(optimizer, surface, many, rates[:, None, None], steps)[-1]
    heights = surface(ends).clamp(min=1e-300).log().mean(-1).nan_to_num(nan=math.inf, posinf=math.inf)  # (rates,)
    if not heights.min() < math.inf:
        raise ValueError(
            f"Every rate diverges, from {min(learning_rates):g} to {max(learning_rates):g}: try smaller ones."
        )
    return learning_rates[int(heights.argmin())]
