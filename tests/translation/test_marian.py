"""Marian's files, written here from their description and read back."""

import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from lessons.translation import marian


def marian_file(items: dict[str, tuple[int, tuple[int, ...], bytes]], version: int = 1) -> bytes:
    """A file as Marian lays it out."""
    names = [name.encode() + b"\0" for name in items]
    heads = b"".join(
        struct.pack("<QQQQ", len(name), kind, len(shape), len(content))
        for name, (kind, shape, content) in zip(names, items.values(), strict=True)
    )
    shapes = b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, shape, _ in items.values())
    head = struct.pack("<QQ", version, len(items)) + heads + b"".join(names) + shapes
    gap = -(len(head) + 8) % 256
    return head + struct.pack("<Q", gap) + bytes(gap) + b"".join(content for *_, content in items.values())


def whole(matrix: np.ndarray, multiplier: float) -> tuple[int, tuple[int, ...], bytes]:
    return marian.INT8, matrix.shape, matrix.T.tobytes() + struct.pack("<f", multiplier) + bytes(60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    matrix = rng.integers(-127, 128, (3, 5)).astype(np.int8)
    vectors = np.arange(8, dtype="<f4").reshape(2, 4)
    place = tmp_path / "model.bin"
    place.write_bytes(
        marian_file({"W": whole(matrix, 12.5), "b": (marian.FLOATS, (2, 4), vectors.tobytes() + bytes(32)),
                     "words": (0x0101, (2,), b"a\0")})
    )  # fmt: skip
    return place


def test_a_file_is_read_as_it_was_written(file: Path) -> None:
    items = marian.read(file)
    matrix = np.random.default_rng(0).integers(-127, 128, (3, 5)).astype(np.int8)
    assert list(items) == ["W", "b", "words"]
    stored, multiplier = marian.int8_numbers(items["W"])
    assert np.array_equal(stored, matrix)
    assert multiplier == 12.5
    np.testing.assert_allclose(marian.numbers(items["W"]), matrix / 12.5, rtol=1e-6)
    np.testing.assert_array_equal(marian.numbers(items["b"]), np.arange(8).reshape(2, 4))


def test_the_embedding_stands_row_by_row() -> None:
    table = np.arange(12, dtype=np.int8).reshape(4, 3)
    item = marian.Item(marian.INT8, (4, 3), table.tobytes() + struct.pack("<f", 2.0))
    assert np.array_equal(marian.embedding(item)[0], table)


def test_damaged_files_are_refused(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    for content in (b"", b"GGUF" * 20, file.read_bytes()[:-70], marian_file({}, version=2)):
        other.write_bytes(content)
        with pytest.raises(ValueError, match="no Marian file, or it is not complete"):
            marian.read(other)
    with pytest.raises(ValueError, match="of the kind 0x101"):
        marian.numbers(marian.read(file)["words"])
    with pytest.raises(ValueError, match="bytes"):
        marian.numbers(marian.Item(marian.FLOATS, (3,), b"12345678"))


def shortlist(tmp_path: Path, cut: int | None = None) -> Path:
    starts, listed = [0, 0, 2, 3], [7, 5, 6]
    head = struct.pack("<6Q", marian.SHORTLIST_MARK, 0, 2, 2, len(starts), len(listed))
    place = tmp_path / "list.bin"
    place.write_bytes((head + struct.pack("<4Q", *starts) + struct.pack("<3I", *listed))[:cut])
    return place


def test_a_shortlist_allows_what_it_lists(tmp_path: Path) -> None:
    found = marian.read_shortlist(shortlist(tmp_path))
    may = found.may_follow(torch.tensor([[0, 1], [2, 0]]), 9)
    assert [row.nonzero().flatten().tolist() for row in may] == [[0, 1, 5, 7], [0, 1, 6]]
    with pytest.raises(ValueError, match="from 0 to 2"):
        found.may_follow(torch.tensor([[3]]), 9)
    with pytest.raises(ValueError, match="beyond a vocabulary of 5"):
        found.may_follow(torch.tensor([[1]]), 5)
    with pytest.raises(ValueError, match="no shortlist"):
        marian.read_shortlist(shortlist(tmp_path, -1))
