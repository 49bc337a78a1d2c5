"""Maps of low rank: a trained product of two thin matrices beside a linear map that stays as it is.

Hu et al. (2022), LoRA. 09 hands a longer training on in a small file with them; 14 studies what they cost and save.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks


class LoRALinear(nn.Module):
    """A linear map that stays as it is, plus alpha / rank times a trained one of low rank, which is 0 at the start."""

    def __init__(self, linear: nn.Linear, rank: int, alpha: float | None = None) -> None:
        """`alpha` is twice the rank unless given. Raises ValueError for a rank below 1, or an alpha not above 0."""
        super().__init__()
        checks.sizes(rank=rank)
        alpha = 2.0 * rank if alpha is None else alpha
        checks.positive(alpha=alpha)
        self.linear, self.scale = linear.requires_grad_(False), alpha / rank
        self.in_features, self.out_features = linear.in_features, linear.out_features
        down = torch.randn(rank, linear.in_features) / linear.in_features**0.5
        self.down = nn.Parameter(down.to(linear.weight))
        self.up = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs). Raises ValueError for inputs of another width."""
        checks.vectors("inputs", inputs, self.in_features)
        return self.linear(inputs) + self.scale * F.linear(F.linear(inputs, self.down), self.up)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """One linear map with the same outputs: the product is added to the weights, which are trainable again."""
        self.linear.weight += self.scale * self.up @ self.down
        return self.linear.requires_grad_(True)


def places(module: nn.Module, kind: type[nn.Module]) -> Iterator[tuple[nn.Module, str, nn.Module]]:
    """Where modules of a kind hang: parent, name and module; what a `LoRALinear` holds is left out."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind) and not isinstance(parent, LoRALinear):
                yield parent, name, child


def has_low_rank(module: nn.Module) -> bool:
    """Whether a module has a `LoRALinear` somewhere."""
    return any(isinstance(part, LoRALinear) for part in module.modules())


def put_in(
    encoder: nn.Module, rank: int, alpha: float | None = None, where: Collection[str] | None = None, seed: int = 0
) -> None:
    """Freeze an encoder, and put a `LoRALinear` in the place of linear maps in its `layers`: all, or those so named.

    Raises ValueError as `LoRALinear`, for a seed below 0, and for an encoder that has such maps already.
    """
    checks.sizes(rank=rank)
    checks.whole(0, seed=seed)
    if alpha is not None:
        checks.positive(alpha=alpha)
    if has_low_rank(encoder):
        raise ValueError("This model has maps of low rank already: merge them first.")
    torch.manual_seed(seed)
    encoder.requires_grad_(False)
    for parent, name, linear in places(encoder.get_submodule("layers"), nn.Linear):
        if where is None or name in where:
            assert isinstance(linear, nn.Linear)
            setattr(parent, name, LoRALinear(linear, rank, alpha))


def merge(module: nn.Module) -> None:
    """Make every `LoRALinear` of a module one linear map again, with the same outputs."""
    for parent, name, child in places(module, LoRALinear):
        assert isinstance(child, LoRALinear)
        setattr(parent, name, child.merged())


def n_trained(module: nn.Module) -> int:
    """How many numbers a training would move."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
