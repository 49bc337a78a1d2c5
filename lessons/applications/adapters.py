"""What a training has changed, small enough to hand on: a map of low rank beside each matrix of a BERT's layers.

The weights stay as they are, and what is learnt is a product of two thin matrices (Hu et al. 2022, LoRA). Here it is a
tool, so that a longer training fits into a file below 1 MB; notebooks 12 and 14 build it and ask what it costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.applications.heads import EveryToken
from lessons.course.files import write_whole
from lessons.kit import checks


class LowRank(nn.Module):
    """A linear map that stays as it is, plus a trained one of low rank, which is 0 at the start."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        """Raises ValueError for a rank below 1."""
        super().__init__()
        checks.sizes(rank=rank)
        self.linear = linear.requires_grad_(False)
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs)."""
        return self.linear(inputs) + F.linear(F.linear(inputs, self.down), self.up)

    def folded(self) -> nn.Linear:
        """One linear map with the same outputs."""
        with torch.no_grad():
            self.linear.weight += self.up @ self.down
        return self.linear.requires_grad_(True)


def _places(module: nn.Module, kind: type[nn.Module]) -> Iterator[tuple[nn.Module, str, nn.Module]]:
    """Where the modules of a kind hang: parent, name and module."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind) and not isinstance(parent, LowRank):
                yield parent, name, child


def add_low_rank(model: EveryToken, rank: int = 8, seed: int = 0) -> int:
    """Put a `LowRank` in the place of every linear map of the layers; they and the head alone are trained from now on.

    Returns how many numbers that are. Raises ValueError for a rank below 1, and a model that has them.
    """
    checks.whole(rank=rank)
    checks.whole(0, seed=seed)
    if any(isinstance(module, LowRank) for module in model.modules()):
        raise ValueError("This model has maps of low rank already: fold them first.")
    torch.manual_seed(seed)
    model.bert.requires_grad_(False)
    for parent, name, child in _places(model.bert.layers, nn.Linear):  # type: ignore[arg-type]
        setattr(parent, name, LowRank(child, rank))  # type: ignore[arg-type]
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def fold(model: EveryToken) -> None:
    """Make every `LowRank` one linear map again, with the same outputs; everything is trainable afterwards."""
    for parent, name, child in _places(model.bert.layers, LowRank):  # type: ignore[arg-type]
        assert isinstance(child, LowRank)
        setattr(parent, name, child.folded())
    model.requires_grad_(True)


def write(model: EveryToken, file: str | Path) -> Path:
    """Write what was trained, in half precision. Raises ValueError if the model has no map of low rank."""
    from safetensors.torch import save

    trained = {name: p.detach().half().contiguous() for name, p in model.named_parameters() if p.requires_grad}
    if not any(name.endswith(".down") for name in trained):
        raise ValueError("This model has no maps of low rank: add_low_rank puts them in, fold takes them out.")
    place = Path(file)
    write_whole(place, save(trained))
    return place


def read(model: EveryToken, file: str | Path) -> None:
    """Give a freshly loaded model what `write` wrote, and fold it in.

    Raises FileNotFoundError if the file is not there, ValueError if it is of another model.
    """
    from safetensors.torch import load_file

    if not Path(file).is_file():
        raise FileNotFoundError(f"There is no file {str(file)!r:.80}.")
    stored = {name: tensor.float() for name, tensor in load_file(file).items()}
    ranks = {tensor.shape[0] for name, tensor in stored.items() if name.endswith(".down")}
    if len(ranks) != 1:
        raise ValueError(f"{Path(file).name} holds no maps of one low rank; their ranks are {sorted(ranks)}.")
    add_low_rank(model, ranks.pop())
    wanted = {name: p.shape for name, p in model.named_parameters() if p.requires_grad}
    if wanted != {name: tensor.shape for name, tensor in stored.items()}:
        raise ValueError(f"{Path(file).name} is of another model: its names or shapes do not fit.")
    model.load_state_dict(stored, strict=False)
    fold(model)
