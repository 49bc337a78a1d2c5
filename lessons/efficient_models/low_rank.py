"""LoRA, studied: a trained map of low rank beside a matrix that stays, where to put it, and adapters that are switched.

The product of two thin matrices is learnt, and added to a frozen one (Hu et al. 2022, section 4).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.course.files import write_whole
from lessons.fine_tuning import TextClassifier
from lessons.kit import checks

EVERYWHERE = ("query", "key", "value", "output", "expand", "contract")
USUAL = ("query", "value")  # where Hu et al. put it


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
        self.down = nn.Parameter(linear.weight.new_empty(rank, linear.in_features))
        self.up = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs). Raises ValueError for inputs of another width."""
        checks.vectors("inputs", inputs, self.in_features)
        return self.linear(inputs) + self.scale * F.linear(F.linear(inputs, self.down), self.up)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """One linear map with the same outputs: the product is added to the weights, which are trainable again."""
        self.linear.weight += self.scale * self.up @ self.down
        return self.linear.requires_grad_(True)


# --- in a whole classifier --------------------------------------------------------------------------------------------


def add_low_rank(
    model: TextClassifier, rank: int = 8, alpha: float | None = None, where: Sequence[str] = USUAL, seed: int = 0
) -> int:
    """Put a `LoRALinear` in the place of the named maps of every layer; they and the head alone are trained now.

    Returns how many numbers that are. Raises ValueError for a rank below 1, names that are not in EVERYWHERE, and a
    model that has them already.
    """
    checks.whole(0, seed=seed)
    checks.sizes(rank=rank)
    if isinstance(where, str) or not where or set(where) - set(EVERYWHERE):
        raise ValueError(f"Name maps in a list, of {', '.join(EVERYWHERE)}; not {where!r:.60}.")
    if any(isinstance(part, LoRALinear) for part in model.modules()):
        raise ValueError("This model has maps of low rank already: merge them first.")
    torch.manual_seed(seed)
    model.bert.requires_grad_(False)
    for parent, name, linear in _places(model, nn.Linear):
        if name in where:
            assert isinstance(linear, nn.Linear)
            setattr(parent, name, LoRALinear(linear, rank, alpha))
    return n_trained(model)


def _places(model: TextClassifier, kind: type[nn.Module]) -> Iterator[tuple[nn.Module, str, nn.Module]]:
    """Where modules of a kind hang in the layers: parent, name and module."""
    for layer in model.bert.layers:
        for parent in (layer.attention, layer.feed_forward):
            for name, child in list(parent.named_children()):
                if isinstance(child, kind):
                    yield parent, name, child


def merge(model: TextClassifier) -> None:
    """Make every `LoRALinear` one linear map again, with the same outputs; everything is trainable afterwards."""
    for parent, name, child in _places(model, LoRALinear):
        assert isinstance(child, LoRALinear)
        setattr(parent, name, child.merged())
    model.requires_grad_(True)


def n_trained(model: nn.Module) -> int:
    """How many numbers a training would move."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def training_bytes(model: nn.Module) -> dict[str, int]:
    """What a training with AdamW holds: all weights, a gradient and two averages for each number that is trained.

    Activations come on top; they depend on the batch.
    """
    moved = sum(parameter.nbytes for parameter in model.parameters() if parameter.requires_grad)
    return {
        "weights": sum(parameter.nbytes for parameter in model.parameters()),
        "gradients": moved,
        "optimizer": 2 * moved,
    }


# --- adapters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Adapter:
    """What a training with LoRA has learnt: tensors by name, the head's among them, and how they are put in."""

    tensors: Mapping[str, Tensor]
    label_names: tuple[str, ...]
    rank: int
    scale: float
    where: tuple[str, ...]

    @classmethod
    def of(cls, model: TextClassifier) -> Adapter:
        """A copy of what a classifier has learnt. Raises ValueError if it has no map of low rank."""
        found = [(name, child) for _, name, child in _places(model, LoRALinear)]
        if not found:
            raise ValueError("This model has no maps of low rank: add_low_rank puts them in.")
        first = found[0][1]
        assert isinstance(first, LoRALinear)
        tensors = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
        where = tuple(name for name in EVERYWHERE if name in {name for name, _ in found})
        return cls(tensors, model.label_names, len(first.down), first.scale, where)

    def put_into(self, model: TextClassifier) -> None:
        """Switch a classifier to this adapter: its maps of low rank, its head and its labels; the rest stays.

        Raises ValueError for a model whose sizes do not fit, or that has maps of low rank in other places.
        """
        if not any(isinstance(part, LoRALinear) for part in model.modules()):
            add_low_rank(model, self.rank, self.scale * self.rank, self.where)
        head = nn.Linear(model.classifier.in_features, len(self.label_names)).to(model.classifier.weight)
        wanted = {name: p.shape for name, p in model.named_parameters() if p.requires_grad}
        wanted |= {f"classifier.{name}": p.shape for name, p in head.named_parameters()}
        if wanted != {name: tensor.shape for name, tensor in self.tensors.items()}:
            raise ValueError("This adapter does not fit: its names or shapes are those of another model.")
        model.classifier, model.label_names = head, self.label_names
        model.load_state_dict(self.tensors, strict=False)
        for _, _, child in _places(model, LoRALinear):
            child.scale = self.scale  # type: ignore[assignment]

    def write(self, file: str | Path) -> Path:
        """Write the adapter in half precision, as safetensors; returns the file."""
        from safetensors.torch import save

        halves = {name: tensor.half().contiguous().cpu() for name, tensor in self.tensors.items()}
        told = {"label_names": self.label_names, "rank": self.rank, "scale": self.scale, "where": self.where}
        write_whole(Path(file), save(halves, metadata={"lora": json.dumps(told, ensure_ascii=False)}))
        return Path(file)

    @classmethod
    def read(cls, file: str | Path) -> Adapter:
        """What `write` wrote.

        Raises FileNotFoundError if the file is not there, ValueError if it is of another kind.
        """
        from safetensors import safe_open

        if not Path(file).is_file():
            raise FileNotFoundError(f"There is no file {str(file)!r:.80}.")
        with safe_open(file, "pt") as opened:
            told = json.loads((opened.metadata() or {}).get("lora", "null"))
            if told is None:
                raise ValueError(f"{Path(file).name} holds no adapter: it does not say where its maps belong.")
            tensors = {name: opened.get_tensor(name).float() for name in opened.keys()}  # noqa: SIM118
        names, where = tuple(told["label_names"]), tuple(told["where"])
        return cls(tensors, names, told["rank"], told["scale"], where)
