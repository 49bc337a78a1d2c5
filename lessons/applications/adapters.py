"""What a training has changed, small enough to hand on: a map of low rank beside each matrix of a BERT's layers.

The weights stay as they are, and what is learnt is a product of two thin matrices (Hu et al. 2022, LoRA). Here it is a
tool, so that a longer training fits into a file below 1 MB; notebooks 12 and 14 build it and ask what it costs.
"""

from __future__ import annotations

from pathlib import Path

from lessons.applications.heads import EveryToken
from lessons.course.files import write_whole
from lessons.kit import low_rank


def add_low_rank(model: EveryToken, rank: int = 8, seed: int = 0) -> int:
    """Put a `LoRALinear` in the place of every linear map of the layers; they and the head alone are trained now.

    Returns how many numbers that are. Raises ValueError for a rank below 1, and a model that has them.
    """
    low_rank.put_in(model.bert, rank, float(rank), seed=seed)
    return low_rank.n_trained(model)


def fold(model: EveryToken) -> None:
    """Make every `LoRALinear` one linear map again, with the same outputs; everything is trainable afterwards."""
    low_rank.merge(model.bert)
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
