"""More features than numbers: superposition in a toy, and a sparse autoencoder that finds what was mixed.

A *feature* is a direction. With as many features as numbers each can have its own. A network with more features than
numbers lets directions overlap, which costs little while few features are there at once (Elhage et al. 2022). A sparse
autoencoder looks for the directions: many, of which few at a time rebuild a vector (Bricken et al. 2023).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lessons.kit import checks

# --- superposition ----------------------------------------------------------------------------------------------------


def sparse_features(n: int, n_features: int, sparsity: float, generator: torch.Generator) -> Tensor:
    """Each feature is 0 with a probability of `sparsity`, else uniform from 0 to 1: (n, n_features).

    Raises ValueError for sizes below 1, or a sparsity that is no share.
    """
    checks.sizes(n=n, n_features=n_features)
    checks.shares(sparsity=sparsity)
    present = torch.rand(n, n_features, generator=generator) >= sparsity
    return torch.rand(n, n_features, generator=generator) * present


class Squeezed(nn.Module):
    """Features through fewer numbers and back: ReLU(Wᵀ W x + b) (Elhage et al. 2022, section "Demonstrating")."""

    def __init__(self, n_features: int, dim: int) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(n_features=n_features, dim=dim)
        self.weight = nn.Parameter(torch.randn(dim, n_features) * 0.3)
        self.bias = nn.Parameter(torch.zeros(n_features))

    def forward(self, features: Tensor) -> Tensor:
        """(batch, n_features) -> the same. Raises ValueError for others."""
        checks.vectors("features", features, self.weight.shape[1])
        return (features @ self.weight.T @ self.weight + self.bias).relu()


def train_squeezed(
    model: Squeezed,
    sparsity: float,
    steps: int = 3000,
    batch_size: int = 512,
    learning_rate: float = 5e-3,
    seed: int = 0,
) -> list[float]:
    """Adam on new features in every step, with the squared error; the loss of each step. Raises ValueError as above."""
    checks.sizes(steps=steps, batch_size=batch_size)
    checks.positive(learning_rate=learning_rate)
    checks.whole(0, seed=seed)
    draw, losses = torch.Generator().manual_seed(seed), []
    optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    for _ in range(steps):
        features = sparse_features(batch_size, model.weight.shape[1], sparsity, draw)
        loss = (model(features) - features).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --- known features, mixed --------------------------------------------------------------------------------------------


def known_directions(n_features: int, dim: int, generator: torch.Generator) -> Tensor:
    """Random directions of length 1, (n_features, dim). Raises ValueError for sizes below 1."""
    checks.sizes(n_features=n_features, dim=dim)
    found = torch.randn(n_features, dim, generator=generator)
    return found / found.norm(dim=1, keepdim=True)


# --- a sparse autoencoder ---------------------------------------------------------------------------------------------


class SparseAutoencoder(nn.Module):
    """Vectors as sums of few of many directions: x ≈ b + Σ f_i d_i with f = ReLU(E (x − b) + c) and |d_i| = 1."""

    def __init__(self, dim: int, n_features: int) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(dim=dim, n_features=n_features)
        self.directions = nn.Parameter(torch.randn(n_features, dim))  # the dictionary
        self.encoder = nn.Parameter(torch.empty(n_features, dim))
        self.threshold = nn.Parameter(torch.zeros(n_features))
        self.centre = nn.Parameter(torch.zeros(dim))
        self.keep_length()
        with torch.no_grad():
            self.encoder.copy_(self.directions)

    @torch.no_grad()
    def keep_length(self) -> None:
        """Make every direction of length 1: else long directions would make the price of features vanish."""
        self.directions.div_(self.directions.norm(dim=1, keepdim=True).clamp(min=1e-8))

    def features(self, vectors: Tensor) -> Tensor:
        """(..., dim) -> how much of each direction, (..., n_features), none below 0. Raises ValueError for others."""
        checks.vectors("vectors", vectors, len(self.centre))
        return ((vectors - self.centre) @ self.encoder.T + self.threshold).relu()

    def forward(self, vectors: Tensor) -> Tensor:
        """(..., dim) -> what the features rebuild, (..., dim)."""
        return self.centre + self.features(vectors) @ self.directions


def _check_rows(model: SparseAutoencoder, vectors: Tensor, least: int) -> None:
    checks.vectors("vectors", vectors, len(model.centre), 2)
    if len(vectors) < least:
        raise ValueError(f"{least} vectors or more are due, not {len(vectors)}.")


def dictionary_loss(model: SparseAutoencoder, vectors: Tensor, penalty: float) -> Tensor:
    """Mean squared length of what is missing, plus `penalty` times the mean sum of features (Bricken et al. 2023)."""
    checks.not_negative(penalty=penalty)
    _check_rows(model, vectors, 1)
    features = model.features(vectors)
    missing = vectors - model.centre - features @ model.directions
    return missing.square().sum(-1).mean() + penalty * features.sum(-1).mean()


def train_dictionary(
    model: SparseAutoencoder,
    vectors: Tensor,
    penalty: float,
    steps: int = 2000,
    batch_size: int = 256,
    learning_rate: float = 3e-3,
    seed: int = 0,
) -> list[float]:
    """Adam on random batches of vectors (n, dim), the learning rate falling to 0 over the last fifth, in place.

    Raises ValueError for sizes below 1, and a penalty or a learning rate that are none.
    """
    checks.sizes(steps=steps, batch_size=batch_size)
    checks.positive(learning_rate=learning_rate)
    checks.whole(0, seed=seed)
    _check_rows(model, vectors, 2)
    draw, losses = torch.Generator().manual_seed(seed), []
    with torch.no_grad():
        model.centre.copy_(vectors.mean(0))
    optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = learning_rate * min(1.0, 5 * (steps - step) / steps)
        loss = dictionary_loss(model, vectors[torch.randint(len(vectors), (batch_size,), generator=draw)], penalty)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.keep_length()
        losses.append(loss.item())
    return losses


class Worth(NamedTuple):
    """What a dictionary is worth on vectors."""

    explained: float  # share of the variance that it rebuilds
    active: float  # features above 0, a mean over vectors
    dead: float  # share of the features that are never above 0


@torch.no_grad()
def worth(model: SparseAutoencoder, vectors: Tensor) -> Worth:
    """How well vectors (n, dim) are rebuilt, and by how many features. Raises ValueError for other vectors."""
    _check_rows(model, vectors, 2)
    features = model.features(vectors)
    missing = (vectors - model(vectors)).square().sum()
    spread = (vectors - vectors.mean(0)).square().sum()
    on = features > 0
    return Worth((1 - missing / spread).item(), on.double().sum(-1).mean().item(), (~on.any(0)).double().mean().item())


def recovered(directions: Tensor, known: Tensor, least: float = 0.9) -> float:
    """The share of known directions (m, dim) to which some found one (n, dim) has a cosine of `least` or more.

    Raises ValueError for other shapes, or a cosine that is none.
    """
    checks.shares(least=least)
    for each in (directions, known):
        if not each.is_floating_point() or not each.isfinite().all():
            raise ValueError(f"Directions are finite numbers, not {checks.described(each)}.")
    if (
        directions.ndim != 2
        or known.ndim != 2
        or directions.shape[1] != known.shape[1]
        or not min(len(directions), len(known))
    ):
        raise ValueError(f"Directions (n, dim), (m, dim) are due, not {tuple(directions.shape)}, {tuple(known.shape)}.")
    cosines = nn.functional.normalize(known, dim=1) @ nn.functional.normalize(directions, dim=1).T  # (m, n)
    return (cosines.amax(1) >= least).double().mean().item()


def strongest_places(features: Tensor, feature: int, n: int = 8) -> list[int]:
    """The places of the n vectors with most of a feature, the strongest first: features (vectors, n_features).

    Only places where it is above 0. Raises ValueError for a feature that there is not.
    """
    checks.whole(n=n)
    checks.whole(0, feature=feature)
    if features.ndim != 2 or feature >= features.shape[1]:
        raise ValueError(f"Features (vectors, n_features) with number {feature} are due, not {tuple(features.shape)}.")
    column = features[:, feature]
    if column.isnan().any():
        raise ValueError("Some features are no numbers.")
    order = column.argsort(descending=True)[:n].tolist()
    return [place for place in order if column[place] > 0]
