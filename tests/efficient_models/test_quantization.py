"""Levels against PyTorch's observers and bitsandbytes, blocks against the gguf package, products against torch.ao."""

from __future__ import annotations

import copy
import warnings
from pathlib import Path

import gguf
import gguf.quants
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from lessons.efficient_models import quantization as q
from lessons.kit.four_bit import from_blocks, pack_halves, unpack_halves
from lessons.llama import weights as llama_weights
from tests.efficient_models import small

EXACT = {"rtol": 0, "atol": 0}


# What bitsandbytes 0.50.2 makes of these matrices on a processor (`int8_vectorwise_quant`, `quantize_4bit`). It is no
# requirement: where it is installed, every import of transformers' Trainer prints a line.
BITSANDBYTES = load_file(Path(__file__).with_name("bitsandbytes.safetensors"))


@pytest.fixture(params=range(4))
def matrix(request: pytest.FixtureRequest) -> torch.Tensor:
    torch.manual_seed(request.param)
    found = torch.randn(12, 64) * torch.rand(12, 1) * 3 + 0.2 * request.param
    found[0] = 0
    found[1] = found[1].abs() + 1  # no number below 0
    return found


# --- levels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["tensor", "channel"])
def test_affine_levels_are_those_of_pytorchs_observers(matrix, group) -> None:
    found = q.affine(matrix, 8, group)
    observer = torch.ao.quantization.MinMaxObserver if group == "tensor" else _by_channel
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kind = torch.per_tensor_affine if group == "tensor" else torch.per_channel_affine
        watching = observer(dtype=torch.quint8, qscheme=kind)
    watching(matrix[1:])  # a row of zeros has another scale there
    scale, zero = watching.calculate_qparams()
    theirs = (
        torch.quantize_per_tensor(matrix[1:], scale.item(), int(zero), torch.quint8)
        if group == "tensor"
        else torch.quantize_per_channel(matrix[1:], scale, zero, 0, torch.quint8)
    )
    levels = found.levels.reshape(matrix.shape)[1:]
    assert torch.equal(levels, theirs.int_repr().int())
    torch.testing.assert_close(found.numbers()[1:], theirs.dequantize())
    assert not found.numbers()[0].any()


def _by_channel(**options) -> torch.ao.quantization.PerChannelMinMaxObserver:
    return torch.ao.quantization.PerChannelMinMaxObserver(ch_axis=0, **options)


@pytest.mark.parametrize("number", range(4))
def test_symmetric_levels_are_those_of_bitsandbytes(number) -> None:
    matrix, levels, largest = (BITSANDBYTES[f"rows.{number}.{name}"] for name in ("matrix", "levels", "largest"))
    found = q.symmetric(matrix)
    assert torch.equal(found.levels, levels.int())
    torch.testing.assert_close(found.scale[1:, 0], largest[1:] / 127, **EXACT)


@pytest.mark.parametrize("bits", [2, 3, 4, 8, 12])
@pytest.mark.parametrize("group", ["tensor", "channel", 16])
@pytest.mark.parametrize("way", [q.symmetric, q.affine])
def test_rounding_moves_a_weight_by_half_a_step_at_most(matrix, bits, group, way) -> None:
    found = way(matrix.double(), bits, group)
    apart = (found.numbers() - matrix).abs().reshape(len(found.scale), -1)
    # Where the zero is rounded itself, the ends of an affine group may be cut by as much again.
    assert (apart <= found.scale * (0.5 if way is q.symmetric else 1) + 1e-12).all()
    assert len(found.levels.unique()) <= 2**bits
    assert len(found.scale) == {"tensor": 1, "channel": 12, 16: 48}[group]


def test_smaller_groups_and_more_bits_move_weights_less(matrix) -> None:
    errors = [[q.relative_error(q.affine(matrix, bits, g).numbers(), matrix) for g in ("tensor", "channel", 8)]
              for bits in (2, 4, 8)]  # fmt: skip
    assert (np.diff(errors, axis=0) < 0).all()
    assert (np.diff(errors, axis=1) < 0).all()


def test_an_outlier_spoils_its_group_alone() -> None:
    weights = torch.randn(4, 32, generator=torch.Generator().manual_seed(0)).clamp(-2, 2)
    usual = q.symmetric(weights, 4).numbers()
    spoilt = weights.clone()
    spoilt[0, 0] = 200
    found = q.symmetric(spoilt, 4).numbers()
    assert torch.equal(found[1:], usual[1:])
    assert not found[0, 1:].any()


@pytest.mark.parametrize("bits", [0, 1, 17, 2.5, True])
def test_bits_are_from_2_to_16(bits) -> None:
    with pytest.raises(ValueError, match="bits must be"):
        q.symmetric(torch.ones(2, 2), bits)


def test_groups_must_fit() -> None:
    for group, words in ((3, "cannot be cut"), ("row", "'tensor', 'channel'"), (0, "group must be")):
        with pytest.raises(ValueError, match=words):
            q.affine(torch.ones(2, 4), 4, group)


def test_bits_a_weight() -> None:
    assert q.bits_a_weight(4, 32, 32) == 5  # Q4_1: 20 bytes for 32 numbers
    assert q.bits_a_weight(4, 64, 32) == 4.5


# --- blocks -----------------------------------------------------------------------------------------------------------


def _blocks(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    blocks = (rng.normal(size=(40, 32)) * rng.uniform(0.001, 100, (40, 1))).astype(np.float32)
    blocks[0], blocks[1], blocks[2, 3] = 0, 7, 1000
    return blocks


@pytest.mark.parametrize("seed", range(4))
def test_blocks_are_those_of_the_gguf_package(seed) -> None:
    blocks = _blocks(seed)
    stored = q.to_q4_1(blocks)
    assert np.array_equal(stored, gguf.quants.quantize(blocks, gguf.GGMLQuantizationType.Q4_1))
    again = llama_weights.from_q4_1(stored)
    scale = stored[:, :2].copy().view("<f2").astype(np.float32)
    assert (np.abs(again - blocks) <= 0.5 * scale + np.abs(blocks).max(1, keepdims=True) / 500).all()  # half precision


def test_halves_are_packed_as_they_are_read() -> None:
    rng = np.random.default_rng(0)
    stored = rng.integers(0, 256, (5, 16), dtype=np.uint8)
    assert np.array_equal(pack_halves(unpack_halves(stored)), stored)
    assert unpack_halves(np.array([0x3F, 0xA0], np.uint8)).tolist() == [15, 0, 3, 10]
    blocks = np.concatenate([rng.integers(0, 60, (5, 2), dtype=np.uint8), stored], axis=1)
    ours = from_blocks(blocks)
    theirs = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType.Q4_0)
    np.testing.assert_array_equal(ours, theirs.reshape(-1))


# --- NF4 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("seed", range(3))
def test_nf4_is_that_of_bitsandbytes(seed, size) -> None:
    theirs = {name: BITSANDBYTES[f"nf4.{seed}.{size}.{name}"] for name in ("packed", "largest", "codes", "numbers")}
    found = q.nf4(BITSANDBYTES[f"nf4.{seed}.weights"], size)
    assert torch.equal(found.packed, theirs["packed"])
    torch.testing.assert_close(found.largest[:, 0], theirs["largest"], **EXACT)
    torch.testing.assert_close(q.nf4_codes(), theirs["codes"], rtol=0, atol=1e-6)
    torch.testing.assert_close(found.numbers(), theirs["numbers"])


def test_nf4_codes_are_spread_by_probability() -> None:
    codes = q.nf4_codes()
    assert codes[[0, 7, 15]].tolist() == [-1, 0, 1]
    assert (codes.diff() > 0).all()
    outermost = torch.special.ndtri(torch.tensor(1 - (1 / 30 + 1 / 32) / 2, dtype=torch.float64))
    shares = torch.special.ndtr(codes.double() * outermost).diff()
    torch.testing.assert_close(shares[:7], shares[:1].expand(7), rtol=1e-5, atol=0)
    torch.testing.assert_close(shares[7:], shares[-1:].expand(8), rtol=1e-5, atol=0)


def test_nf4_wants_even_blocks() -> None:
    for size in (7, 6):
        with pytest.raises(ValueError, match="even size"):
            q.nf4(torch.ones(8, 4), size)
    assert not q.nf4(torch.zeros(2, 32)).numbers().any()


# --- a whole model ----------------------------------------------------------------------------------------------------


def test_every_way_rounds_the_maps_and_nothing_else() -> None:
    model = small.classifier(2)
    for name, how in q.every_way().items():
        if "blocks" in name:
            continue  # rows of 24 have no such blocks
        rounded = copy.deepcopy(model)
        moved = q.round_maps(rounded.bert.layers, how)
        before, after = model.state_dict(), rounded.state_dict()
        changed = {
            n.removeprefix("bert.layers.").removesuffix(".weight")
            for n in before
            if not torch.equal(before[n], after[n])
        }
        assert changed == moved.keys() == q.linear_maps(model.bert.layers).keys()
        assert all(0 < error < 1.2 for error in moved.values())


def test_input_sizes_are_the_largest_of_each_column() -> None:
    torch.manual_seed(0)
    first, second = nn.Linear(3, 4), nn.Linear(4, 2)
    inputs = torch.randn(5, 6, 3)
    found = q.input_sizes(nn.Sequential(first, second), {"a": first, "b": second}, lambda: second(first(inputs)))
    torch.testing.assert_close(found["a"], inputs.abs().amax((0, 1)))
    torch.testing.assert_close(found["b"], first(inputs).abs().amax((0, 1)))
    with pytest.raises(ValueError, match="b was not used"):
        q.input_sizes(first, {"a": first, "b": second}, lambda: first(inputs))
    assert not first._forward_pre_hooks


# --- whole numbers in the product -------------------------------------------------------------------------------------


def _of_torch(linear: nn.Linear) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.ao.quantization.quantize_dynamic(nn.Sequential(linear), {nn.Linear}, dtype=torch.qint8)[0]


@pytest.mark.parametrize(("n_in", "n_out"), [(16, 8), (48, 20), (100, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_a_product_of_whole_numbers_is_that_of_torch_ao(n_in, n_out, bias) -> None:
    torch.manual_seed(n_in)
    linear = nn.Linear(n_in, n_out, bias)
    theirs = _of_torch(linear)
    stored = theirs.weight()
    weights = q.Levels(stored.int_repr().int(), torch.tensor([[stored.q_scale()]]), torch.zeros(1, 1), stored.shape)
    inputs = 3 * torch.randn(2, 5, n_in) + 1
    expected = theirs(inputs)
    # Old processors sum products of 7 + 8 bits, new ones of 8 + 8: which one, the kernel decides.
    apart = [(q.integer_linear(inputs, weights, linear.bias, bits) - expected).abs().max() for bits in (7, 8)]
    assert min(apart) < 1e-5


@pytest.mark.parametrize("group", ["tensor", "channel"])
def test_an_integer_map_is_near_the_usual_one(group) -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 32)
    found = q.IntegerLinear(linear, group)
    assert found.levels.dtype == torch.int8
    inputs = torch.randn(3, 7, 64)
    assert q.relative_error(found(inputs), linear(inputs)) < 0.02
    by_hand = q.symmetric(linear.weight, 8, group)
    given = q.affine(inputs, 7, "tensor")
    expected = given.numbers().double() @ by_hand.numbers().double().T + linear.bias
    torch.testing.assert_close(found(inputs).double(), expected, rtol=1e-5, atol=1e-5)


def test_dynamic_int8_changes_the_layers_of_a_copy() -> None:
    model = small.classifier(2)
    still = q.dynamic_int8(model)
    kinds = {type(part).__name__ for part in still.bert.layers.modules()}
    assert "Linear" in {type(part).__name__ for part in model.bert.layers.modules()}
    assert kinds & {"DynamicQuantizedLinear"} or any("quantized" in type(p).__module__ for p in still.modules())
    assert isinstance(still.classifier, nn.Linear)
    token_ids = torch.tensor([[1, 2, 3], [4, 5, 6]])
    with torch.no_grad():
        assert q.relative_error(still(token_ids), model(token_ids)) < 0.2
    with pytest.raises(ValueError, match="no part"):
        q.dynamic_int8(model, "bert.towers")


# --- GPTQ -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_gptq_keeps_outputs_nearer_than_rounding(bits, seed) -> None:
    torch.manual_seed(seed)
    inputs, weights = torch.randn(200, 32) @ torch.randn(32, 32), torch.randn(12, 32)
    wanted = inputs @ weights.T
    plain = q.relative_error(inputs @ q.affine(weights, bits).numbers().T, wanted)
    assert q.relative_error(inputs @ q.gptq(weights, inputs, bits).T, wanted) < 0.9 * plain


def test_gptq_of_independent_inputs_is_rounding() -> None:
    weights = torch.randn(5, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    inputs = torch.eye(8, dtype=torch.float64).repeat(3, 1) * torch.arange(1, 9)
    torch.testing.assert_close(q.gptq(weights, inputs, 3), q.affine(weights, 3).numbers(), rtol=0, atol=1e-10)


def test_gptq_is_the_paper_column_by_column() -> None:
    """Equation 2 of the paper, written with the inverse of what is left, instead of a Cholesky factor."""
    torch.manual_seed(1)
    inputs, weights = torch.randn(50, 6, dtype=torch.float64), torch.randn(4, 6, dtype=torch.float64)
    moments = inputs.T @ inputs / 50
    moments += 0.01 * moments.diagonal().mean() * torch.eye(6, dtype=torch.float64)
    start, left = q.affine(weights, 3), weights.clone()
    for j in range(6):
        inverse = torch.linalg.inv(moments[j:, j:])
        levels = ((left[:, j : j + 1] / start.scale).round() + start.zero).clamp(0, 7)
        rounded = (start.scale * (levels - start.zero))[:, 0]
        left[:, j:] -= ((left[:, j] - rounded) / inverse[0, 0])[:, None] * inverse[0]
        left[:, j] = rounded
    torch.testing.assert_close(q.gptq(weights, inputs, 3), left, rtol=0, atol=1e-10)


def test_steps_between() -> None:
    assert list(q.steps_between(-1, 2, 2)) == [-1, 0, 1, 2]
    with pytest.raises(ValueError, match="lower to a higher"):
        list(q.steps_between(1, 1, 2))


@pytest.mark.parametrize(
    ("way", "wanted"),
    [("4 bits, blocks of 32", 5), ("4 bits, blocks of 64", 4.5), ("NF4, blocks of 64", 4.5),
     ("8 bits, tensor", 8), ("2 bits, channel", 2 + 32 / 384)],
)  # fmt: skip
def test_room_is_levels_and_a_share_of_scale_and_zero(way, wanted) -> None:
    assert q.room(way) == pytest.approx(wanted, abs=1e-3)
    with pytest.raises(ValueError, match="is none of"):
        q.room("5 bits")


def test_a_matrix_takes_the_room_that_is_said() -> None:
    weights = torch.randn(128, 384)
    packed = q.nf4(weights)
    held = packed.packed.nbytes + packed.largest.nbytes
    assert 8 * held / weights.numel() == q.room(q.NF4_WAY)
