"""Who is it? Pictures as points, so close for one thing and so far for two that a new thing needs no new training.

So faces are recognised: a person of whom one picture is known has no class, only a place (Schroff et al. 2015,
"FaceNet"). Here the persons are things, and their two pictures are by two artists.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks


def triplet_loss(anchors: Tensor, same: Tensor, other: Tensor, margin: float = 0.2) -> Tensor:
    """max(0, |a − s|² − |a − o|² + margin), the mean over a batch; each (batch, dim).

    The same thing should be nearer than another one, by the margin (Schroff et al. 2015, section 3.1; squared
    distances). Raises ValueError for different shapes, and for a margin below 0.
    """
    checks.not_negative(margin=margin)
    if anchors.ndim != 2 or not anchors.numel() or not anchors.is_floating_point():
        raise ValueError(f"Anchors must be floating-point numbers (batch, dim); these are {checks.described(anchors)}.")
    if not anchors.shape == same.shape == other.shape or not anchors.dtype == same.dtype == other.dtype:
        raise ValueError("Anchors, the same things and the others must have one shape and one type.")
    near, far = (anchors - same).square().sum(-1), (anchors - other).square().sum(-1)
    return F.relu(near - far + margin).mean()


def hardest(anchors: Tensor, same: Tensor) -> Tensor:
    """For each anchor the nearest point that is not its own: places (batch,) in `same`, both (batch, dim).

    Row i of both shows thing i. Raises ValueError for fewer than two things, or different shapes.
    """
    if anchors.ndim != 2 or anchors.shape != same.shape or len(anchors) < 2 or not anchors.is_floating_point():
        raise ValueError(
            f"Two or more things, (batch, dim) twice, are due: {tuple(anchors.shape)}, {tuple(same.shape)}."
        )
    distances = torch.cdist(anchors, same.to(anchors))
    if not distances.isfinite().all():
        raise ValueError("Some of these numbers are not finite: nothing is nearest.")
    return distances.fill_diagonal_(torch.inf).argmin(1)


class Embedding(nn.Module):
    """A linear map of features to points of length 1."""

    def __init__(self, features: int, dim: int = 64) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(features=features, dim=dim)
        self.map = nn.Linear(features, dim, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, features) -> (batch, dim). Raises ValueError for other vectors."""
        checks.vectors("features", features, self.map.in_features, 2)
        return F.normalize(self.map(features), dim=-1)


def batch_loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """The triplet loss of a batch (one artist's features, the other's) against the hardest others: for `training.fit`.

    Raises ValueError as `hardest`.
    """
    anchors, same = (model(features) for features in batch)
    other = hardest(anchors.detach(), same.detach())
    return triplet_loss(anchors, same, same[other])


def recognised(known: Tensor, asked: Tensor) -> float:
    """The share of `asked` (n, dim) whose nearest among `known` (n, dim) is their own; row i of both shows thing i.

    Raises ValueError for different shapes, or nobody.
    """
    if known.ndim != 2 or known.shape != asked.shape or not known.numel() or not known.is_floating_point():
        raise ValueError(f"The same things twice, (n, dim), are due: {tuple(known.shape)}, {tuple(asked.shape)}.")
    distances = torch.cdist(asked.to(known), known)
    if not distances.isfinite().all():
        raise ValueError("Some of these numbers are not finite: nobody is nearest.")
    nearest = distances.argmin(1)
    return (nearest == torch.arange(len(known), device=nearest.device)).double().mean().item()


def roc_area(same: Tensor, other: Tensor) -> float:
    """How often a pair of one thing is nearer than a pair of two: distances (n,) and (m,), a share; ties count half.

    Raises ValueError for no distances, or what are none.
    """
    for name, values in (("same", same), ("other", other)):
        if values.ndim != 1 or not values.numel() or not values.isfinite().all():
            raise ValueError(
                f"{name} must be finite distances (n,), one or more; these are {checks.described(values)}."
            )
    difference = other.double()[None] - same.double()[:, None]
    return ((difference > 0).double() + 0.5 * (difference == 0)).mean().item()
