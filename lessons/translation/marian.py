"""The weights of a production translator: from the int8 bytes of a Marian file to named matrices.

Marian is the toolkit that Bergamot's translators were trained with; they are what a browser translates with, offline.
A file holds, one after the other: a head with four sizes for each item, all names, all shapes, a gap, and the bytes.
A matrix is stored as whole numbers from −127 to 127, one byte each and column by column, with one multiplier for all.
A second file lists, for each source token, the target tokens that are worth a try: the shortlist.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

FLOATS, INT8 = 0x0404, 0x4101  # how Marian numbers the kinds of an item
SHORTLIST_MARK = 0xF11A48D5013417F5  # the first eight bytes of a shortlist


class Item(NamedTuple):
    """What a file keeps under one name: the kind, the shape, and the bytes."""

    kind: int
    shape: tuple[int, ...]
    content: bytes

    @property
    def n_numbers(self) -> int:
        """How many numbers the shape holds."""
        return int(np.prod(self.shape, dtype=np.int64))


def read(file: str | Path) -> dict[str, Item]:
    """The items of a Marian file (version 1), by name.

    Raises OSError if the file cannot be read, ValueError if it is of another kind or not complete.
    """
    content = Path(file).read_bytes()
    try:
        return _items(content)
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{Path(file).name} is no Marian file, or it is not complete.") from error


def _items(content: bytes) -> dict[str, Item]:
    version, n_items = struct.unpack_from("<QQ", content)
    if version != 1 or n_items > len(content):
        raise struct.error
    heads = [struct.unpack_from("<QQQQ", content, 16 + 32 * i) for i in range(n_items)]
    names_at = 16 + 32 * n_items
    shapes_at = names_at + sum(head[0] for head in heads)
    gap_at = shapes_at + 4 * sum(head[2] for head in heads)
    (gap,) = struct.unpack_from("<Q", content, gap_at)  # so that the bytes begin at a round number
    bytes_at = gap_at + 8 + gap
    found: dict[str, Item] = {}
    for name_length, kind, n_axes, n_bytes in heads:
        name = content[names_at : names_at + name_length].rstrip(b"\0").decode()
        shape = struct.unpack_from(f"<{n_axes}i", content, shapes_at)
        stored = content[bytes_at : bytes_at + n_bytes]
        if len(stored) < n_bytes:
            raise struct.error
        found[name] = Item(kind, shape, stored)
        names_at, shapes_at, bytes_at = names_at + name_length, shapes_at + 4 * n_axes, bytes_at + n_bytes
    return found


def numbers(item: Item) -> NDArray[np.float32]:
    """An item as 32-bit floats, in its shape; whole numbers are divided by their multiplier.

    Raises ValueError for a kind that holds no numbers, and for too few bytes.
    """
    if item.kind == FLOATS:
        _check_length(item, 4 * item.n_numbers)
        return np.frombuffer(item.content, "<f4", item.n_numbers).reshape(item.shape)
    whole, multiplier = int8_numbers(item)
    return whole.astype(np.float32) / np.float32(multiplier)


def int8_numbers(item: Item) -> tuple[NDArray[np.int8], float]:
    """The whole numbers of a matrix (inputs, outputs), and the multiplier that made them of its floats.

    The bytes stand column by column. Raises ValueError for an item of another kind, and for too few bytes.
    """
    if item.kind != INT8:
        raise ValueError(f"Numbers are stored as 32-bit floats or as int8; this item is of the kind {item.kind:#x}.")
    _check_length(item, item.n_numbers + 4)
    whole = np.frombuffer(item.content, np.int8, item.n_numbers)
    (multiplier,) = struct.unpack_from("<f", item.content, item.n_numbers)
    return whole.reshape(item.shape[::-1]).T, multiplier


def embedding(item: Item) -> tuple[NDArray[np.int8], float]:
    """The same of the embedding (tokens, numbers), the one matrix whose bytes stand row by row. Raises as above."""
    by_column, multiplier = int8_numbers(item)
    return by_column.T.reshape(item.shape), multiplier


def _check_length(item: Item, wanted: int) -> None:
    if len(item.content) < wanted:
        raise ValueError(f"An item of shape {item.shape} needs {wanted:,} bytes; there are {len(item.content):,}.")


# --- which words are worth a try --------------------------------------------------------------------------------------


class Shortlist(NamedTuple):
    """The target tokens that may follow from each source token, and how many of the commonest may always be written."""

    n_always: int  # the tokens 0 ... n_always − 1
    starts: NDArray[np.uint64]  # (source tokens + 1,): the list of source token i is listed[starts[i] : starts[i + 1]]
    listed: NDArray[np.uint32]

    def may_follow(self, source_ids: Tensor, vocab_size: int) -> Tensor:
        """(batch, sources) -> True where a target token may be written for one of the sources, (batch, vocab_size).

        Raises ValueError for a source token that has no list, or a list that goes beyond the vocabulary.
        """
        import torch

        from lessons.kit import checks

        checks.token_ids("The source ids", source_ids, len(self.starts) - 1, "batch", "tokens")
        checks.sizes(vocab_size=vocab_size)
        if vocab_size < max(self.n_always, int(self.listed.max(initial=0)) + 1):
            raise ValueError(f"The shortlist names tokens beyond a vocabulary of {vocab_size:,}.")
        may = torch.zeros(len(source_ids), vocab_size, dtype=torch.bool)
        may[:, : self.n_always] = True
        for row, ids in zip(may, source_ids.tolist(), strict=True):
            for i in ids:
                row[self.listed[int(self.starts[i]) : int(self.starts[i + 1])].astype(np.int64)] = True
        return may


def read_shortlist(file: str | Path) -> Shortlist:
    """The shortlist in a file of Marian's. Raises OSError if it cannot be read, ValueError if it is of another kind."""
    content = Path(file).read_bytes()
    try:
        mark, _, n_always, _, n_starts, n_listed = struct.unpack_from("<6Q", content)
        if mark != SHORTLIST_MARK or len(content) != 48 + 8 * n_starts + 4 * n_listed:
            raise struct.error
    except struct.error as error:
        raise ValueError(f"{Path(file).name} is no shortlist of Marian's, or it is not complete.") from error
    starts = np.frombuffer(content, "<u8", n_starts, 48)
    return Shortlist(n_always, starts, np.frombuffer(content, "<u4", n_listed, 48 + 8 * n_starts))
