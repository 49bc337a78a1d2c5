"""GGUF against the package `gguf`: blocks, head and directory; and a conversion that is made once and checked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from lessons.course import assets
from lessons.llama import Llama, LlamaConfig, weights

KIND = gguf.GGMLQuantizationType


def bytes_of(shape: tuple[int, ...], seed: int, n_bytes: int) -> np.ndarray:
    """Blocks of random bytes whose scales are finite."""
    stored = np.random.default_rng(seed).integers(256, size=(*shape, n_bytes), dtype=np.uint8)
    stored[..., 1] &= 0x7B  # the upper byte of a half-precision number below infinity
    if n_bytes == 20:
        stored[..., 3] &= 0x7B
    return stored


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("ours", "theirs", "n_bytes"), [(weights.from_q4_1, KIND.Q4_1, 20), (weights.from_q8_0, KIND.Q8_0, 34)]
)
def test_blocks_equal_the_gguf_package(ours, theirs, n_bytes, seed) -> None:
    stored = bytes_of((7,), seed, n_bytes)
    expected = gguf.quants.dequantize(stored, theirs)
    np.testing.assert_array_equal(ours(stored), expected)
    assert ours(stored).dtype == np.float32


def test_a_block_by_hand() -> None:
    """Scale 0.5, minimum −1; the first number is the lower half of the first byte, the 17th its upper half."""
    stored = np.zeros((1, 20), np.uint8)
    stored[0, :4] = np.array([0.5, -1], "<f2").view(np.uint8)
    stored[0, 4] = 0x3F
    found = weights.from_q4_1(stored)[0]
    assert found[0] == 15 * 0.5 - 1
    assert found[16] == 3 * 0.5 - 1
    assert set(np.delete(found, [0, 16])) == {-1.0}


@pytest.mark.parametrize("stored", [np.zeros((2, 19), np.uint8), np.zeros(20, np.uint8), np.zeros((2, 20), np.int32)])
@pytest.mark.parametrize("function", [weights.from_q4_1, weights.from_q8_0])
def test_what_are_no_blocks_is_refused(function, stored) -> None:
    with pytest.raises(ValueError, match="Blocks of this kind are bytes"):
        function(stored)


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    """A small file by the gguf package, with values of every kind and tensors in three kinds of blocks."""
    file = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_uint32("llama.block_count", 1)
    writer.add_float32("llama.rope.freq_base", 500.0)
    writer.add_bool("some.truth", True)
    writer.add_int16("some.small", -7)
    writer.add_array("some.words", ["one", "zwei", "三"])
    writer.add_array("some.numbers", [1, 2, 3])
    rng = np.random.default_rng(0)
    shapes = {"token_embd.weight": (5, 64), "blk.0.attn_norm.weight": (64,), "blk.0.ffn_up.weight": (3, 64)}
    tensors = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    kinds = {"token_embd.weight": KIND.Q8_0, "blk.0.ffn_up.weight": KIND.Q4_1}
    for name, numbers in tensors.items():
        if name in kinds:
            writer.add_tensor(name, gguf.quants.quantize(numbers, kinds[name]), raw_dtype=kinds[name])
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file, tensors


def test_a_file_is_read_as_the_gguf_package_reads_it(written) -> None:
    file, tensors = written
    ours, theirs = weights.read(file), gguf.GGUFReader(file)
    assert ours.values["some.words"] == ["one", "zwei", "三"]
    assert ours.values["some.numbers"] == [1, 2, 3]
    assert (ours.values["some.truth"], ours.values["some.small"]) == (True, -7)
    assert ours.values["llama.rope.freq_base"] == 500
    assert set(ours.tensors) == {tensor.name for tensor in theirs.tensors} == set(tensors)
    for tensor in theirs.tensors:
        found = ours.numbers(tensor.name)
        expected = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        np.testing.assert_array_equal(found, expected)
        assert found.shape == tensors[tensor.name].shape
        assert np.abs(found - tensors[tensor.name]).max() < 0.3


@pytest.mark.parametrize("content", [b"", b"GG", b"not a file of this kind", b"GGUF\x01\0\0\0" + bytes(16)])
def test_another_file_is_refused(tmp_path, content) -> None:
    (tmp_path / "other.gguf").write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.gguf"):
        weights.read(tmp_path / "other.gguf")


def test_a_file_cut_short_is_refused_wherever_it_ends(written, tmp_path) -> None:
    content = written[0].read_bytes()
    for end in (8, 20, 60, 150, 300):
        (tmp_path / "short.gguf").write_bytes(content[:end])
        with pytest.raises(ValueError, match=r"short\.gguf"):
            weights.read(tmp_path / "short.gguf")
    (tmp_path / "short.gguf").write_bytes(content[:-100])
    file = weights.read(tmp_path / "short.gguf")
    with pytest.raises(ValueError, match="not complete"):
        file.numbers("blk.0.ffn_up.weight")


def test_an_unknown_tensor_or_kind_is_refused(written) -> None:
    file = weights.read(written[0])
    with pytest.raises(ValueError, match="no tensor 'nothing'"):
        file.numbers("nothing")
    file.tensors["blk.0.ffn_up.weight"] = file.tensors["blk.0.ffn_up.weight"]._replace(kind=14)
    with pytest.raises(ValueError, match="kind 14"):
        file.numbers("blk.0.ffn_up.weight")


def test_names_are_ours() -> None:
    with torch.device("meta"):
        ours = set(Llama(LlamaConfig(8, 8, 2, 2, 1, 8)).state_dict())
    parts = [f"blk.{n}.{part}.weight" for n in range(2) for part in weights.PARTS]
    assert {weights.renamed(name) for name in [*weights.OUTSIDE, *parts]} == ours


@pytest.mark.parametrize("name", ["output.weight", "blk.x.attn_q.weight", "blk.0.attn_q.bias", "blk.0", "", "a.b.c.d"])
def test_another_name_is_refused(name) -> None:
    with pytest.raises(ValueError, match="has no tensor"):
        weights.renamed(name)


@pytest.mark.parametrize(("n_heads", "head_dim"), [(1, 2), (3, 8), (9, 64)])
def test_rows_go_back_to_where_llama_cpp_took_them_from(n_heads, head_dim) -> None:
    """`permute` is llama.cpp's, of its script that converts a model of Hugging Face."""

    def permute(matrix: np.ndarray, n_head: int) -> np.ndarray:
        return (
            matrix.reshape(n_head, 2, matrix.shape[0] // n_head // 2, *matrix.shape[1:])
            .swapaxes(1, 2)
            .reshape(matrix.shape)
        )

    matrix = np.random.default_rng(0).normal(size=(n_heads * head_dim, 5)).astype(np.float32)
    np.testing.assert_array_equal(weights.halves_apart(permute(matrix, n_heads), n_heads), matrix)


def test_heads_that_do_not_fit_are_refused() -> None:
    for n_heads in (0, 2, 4):
        with pytest.raises(ValueError, match=r"cannot be shared|n_heads"):
            weights.halves_apart(np.zeros((6, 2), np.float32), n_heads)


# --- converted once ---------------------------------------------------------------------------------------------------


@pytest.fixture
def tiny(written, tmp_path, monkeypatch) -> Path:
    """The small file in the place of SmolLM2's, and a place of its own for what is made of it."""
    monkeypatch.setattr(weights.assets, "path", lambda relative: written[0])
    monkeypatch.setattr(weights, "folder", lambda: tmp_path / "kept")
    monkeypatch.setattr(weights, "sizes", lambda file: {"n_heads": 1, "n_key_heads": 1})
    return tmp_path / "kept" / "smollm2.safetensors"


def test_the_conversion_is_kept_and_read_again(tiny, capsys, monkeypatch) -> None:
    _, first = weights.load(progress=False)
    told = json.loads(tiny.with_suffix(".json").read_text())
    assert told["sha256"] == assets.sha256(tiny)
    assert tiny.stat().st_mode & 0o044 == 0o044 or os.name == "nt"  # classmates can read it
    monkeypatch.setattr(weights, "_convert", None)  # no second time
    _, second = weights.load(progress=False)
    assert (
        set(first)
        == set(second)
        == {"token.weight", "layers.0.attention_norm.weight", "layers.0.feed_forward.expand.weight"}
    )
    for name in first:
        assert torch.equal(first[name], second[name])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("harm", ["cut", "changed", "no hash", "another conversion"])
def test_a_damaged_or_older_conversion_is_made_anew(tiny, harm) -> None:
    _, first = weights.load(progress=False)
    content, told = tiny.read_bytes(), json.loads(tiny.with_suffix(".json").read_text())
    if harm == "cut":
        tiny.write_bytes(content[:-10])
    elif harm == "changed":
        tiny.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif harm == "no hash":
        tiny.with_suffix(".json").write_text("{")
    else:
        tiny.with_suffix(".json").write_text(json.dumps({**told, "conversion": 0}))
    _, again = weights.load(progress=False)
    assert tiny.read_bytes() == content
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_where_nothing_can_be_kept_the_weights_are_there_all_the_same(tiny, monkeypatch, capsys) -> None:
    tiny.parent.write_text("a file in the place of the folder")
    _, found = weights.load(progress=False)
    assert len(found) == 3
    assert "converted again next time" in capsys.readouterr().out


def test_the_progress_is_seen(tiny, capsys) -> None:
    weights.load()
    assert "SmolLM2, once" in capsys.readouterr().out


def test_where_the_course_may_not_be_written_to_the_learners_folder_is_taken(monkeypatch, home) -> None:
    monkeypatch.setattr(weights, "cannot_write", lambda place: "no permission")
    assert weights.folder() == home / "weights"
    monkeypatch.setattr(weights, "cannot_write", lambda place: None)
    assert weights.folder().parts[-2:] == ("build", "weights")


def test_another_model_is_refused(written) -> None:
    file = weights.read(written[0])
    file.values["general.architecture"] = "gpt2"
    with pytest.raises(ValueError, match="'gpt2', not a llama"):
        weights.sizes(file)
