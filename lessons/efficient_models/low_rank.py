"""LoRA in 08's classifier: where to put the maps of low rank of `lessons.kit.low_rank`, and adapters that are switched.

The product of two thin matrices is learnt, and added to a frozen one (Hu et al. 2022, section 4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from lessons.course.files import write_whole
from lessons.fine_tuning import TextClassifier
from lessons.kit.low_rank import LoRALinear, has_low_rank, n_trained, places, put_in
from lessons.kit.low_rank import merge as merge_maps

EVERYWHERE = ("query", "key", "value", "output", "expand", "contract")
USUAL = ("query", "value")  # where Hu et al. put it


def add_low_rank(
    model: TextClassifier, rank: int = 8, alpha: float | None = None, where: Sequence[str] = USUAL, seed: int = 0
) -> int:
    """Put a `LoRALinear` in the place of the named maps of every layer; they and the head alone are trained now.

    Returns how many numbers that are. Raises ValueError for a rank below 1, names that are not in EVERYWHERE, and a
    model that has them already.
    """
    if isinstance(where, str) or not where or set(where) - set(EVERYWHERE):
        raise ValueError(f"Name maps in a list, of {', '.join(EVERYWHERE)}; not {where!r:.60}.")
    put_in(model.bert, rank, alpha, where, seed)
    return n_trained(model)


def merge(model: TextClassifier) -> None:
    """Make every `LoRALinear` one linear map again, with the same outputs; everything is trainable afterwards."""
    merge_maps(model.bert)
    model.requires_grad_(True)


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
        found = [(name, child) for _, name, child in places(model.bert, LoRALinear)]
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
        if not has_low_rank(model):
            add_low_rank(model, self.rank, self.scale * self.rank, self.where)
        head = nn.Linear(model.classifier.in_features, len(self.label_names)).to(model.classifier.weight)
        wanted = {name: p.shape for name, p in model.named_parameters() if p.requires_grad}
        wanted |= {f"classifier.{name}": p.shape for name, p in head.named_parameters()}
        if wanted != {name: tensor.shape for name, tensor in self.tensors.items()}:
            raise ValueError("This adapter does not fit: its names or shapes are those of another model.")
        model.classifier, model.label_names = head, self.label_names
        model.load_state_dict(self.tensors, strict=False)
        for _, _, child in places(model.bert, LoRALinear):
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
