"""Weights as few whole numbers: levels and a scale, by tensor, channel or block; NF4; and what rounding does to a map.

A weight becomes a *level*, a whole number of few bits, and a group of weights shares one *scale*:
number = scale · (level − zero). Groups lie along the last axis, as a channel (one row of a matrix) does.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lessons.kit import checks
from lessons.kit.four_bit import pack_halves

Group = str | int  # "tensor", "channel", or how many numbers of a row share a scale
MOST_BITS = 16

# --- levels and scales ------------------------------------------------------------------------------------------------


class Levels(NamedTuple):
    """Weights as levels (groups, size), with the scale and the level of zero of each group, (groups, 1) each."""

    levels: Tensor
    scale: Tensor
    zero: Tensor
    shape: torch.Size  # of the weights

    def numbers(self) -> Tensor:
        """The numbers that the levels stand for, in the shape of the weights."""
        return (self.scale * (self.levels.to(self.scale.dtype) - self.zero)).reshape(self.shape)


def symmetric(weights: Tensor, bits: int = 8, group: Group = "channel") -> Levels:
    """Levels from −(2^(bits−1) − 1) to as much above 0: the largest number of a group gets the last one.

    Zero is exactly 0. Raises ValueError for weights that are no finite numbers, bits that are not from 2 to 16, and
    groups into which the rows cannot be cut.
    """
    rows = _in_groups(weights, bits, group)
    last = 2 ** (bits - 1) - 1
    scale = _above_zero(rows.abs().amax(-1, keepdim=True) / last)  # (groups, 1)
    levels = (rows / scale).round().clamp(-last, last)
    return Levels(levels.to(torch.int32), scale, torch.zeros_like(scale), weights.shape)


def affine(weights: Tensor, bits: int = 8, group: Group = "channel") -> Levels:
    """Levels from 0 to 2^bits − 1, between the least and the largest number of a group; one of them is exactly 0.

    Raises ValueError as `symmetric`.
    """
    rows = _in_groups(weights, bits, group)
    last = 2**bits - 1
    low, high = rows.amin(-1, keepdim=True).clamp(max=0), rows.amax(-1, keepdim=True).clamp(min=0)
    scale = _above_zero((high - low) / last)
    zero = (-low / scale).round().clamp(0, last)
    levels = ((rows / scale).round() + zero).clamp(0, last)
    return Levels(levels.to(torch.int32), scale, zero, weights.shape)


def _in_groups(weights: Tensor, bits: int, group: Group) -> Tensor:
    """The weights as rows that share a scale, (groups, size)."""
    checks.whole(2, bits=bits)
    if bits > MOST_BITS:
        raise ValueError(f"bits must be from 2 to {MOST_BITS}, not {bits}.")
    _check_numbers(weights)
    size = {"tensor": weights.numel(), "channel": weights.shape[-1]}.get(group, group)  # type: ignore[arg-type]
    if isinstance(size, str):
        raise ValueError(f"A group is 'tensor', 'channel' or a number of weights, not {group!r:.60}.")
    checks.whole(group=size)
    if size != weights.numel() and weights.shape[-1] % size:
        raise ValueError(f"Rows of {weights.shape[-1]} weights cannot be cut into groups of {size}.")
    return weights.detach().reshape(-1, size)


def _check_numbers(weights: Tensor) -> None:
    if weights.ndim == 0 or weights.numel() == 0 or not weights.is_floating_point():
        raise ValueError(f"Weights are floating-point numbers, one or more, not {checks.described(weights)}.")
    if not weights.isfinite().all():
        raise ValueError("Some weights are no finite numbers: they cannot be rounded.")


def _above_zero(scale: Tensor) -> Tensor:
    """A group of zeros has the scale 1: its levels are 0 whatever it is."""
    return torch.where(scale > 0, scale, torch.ones_like(scale))


def bits_a_weight(bits: float, size: int, bits_for_group: float = 16) -> float:
    """What one weight takes with its share of what its group stores beside the levels: a scale, perhaps a minimum.

    Raises ValueError for numbers below 0, and a size below 1.
    """
    checks.not_negative(bits=bits, bits_for_group=bits_for_group)
    checks.whole(size=size)
    return bits + bits_for_group / size


# --- blocks of 4 bits -------------------------------------------------------------------------------------------------

BLOCK = 32


def to_q4_1(numbers: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Numbers (blocks, 32) -> bytes (blocks, 20), as 11 reads them: a scale, a minimum, and 32 levels from 0 to 15.

    The least number of a block gets level 0 and the largest 15. Raises ValueError for another shape, and for what are
    no finite numbers.
    """
    values = np.asarray(numbers)
    if values.ndim != 2 or values.shape[1] != BLOCK or values.dtype.kind != "f":
        raise ValueError(f"Blocks are numbers (blocks, {BLOCK}), not {values.shape} of {values.dtype}.")
    if not np.isfinite(values).all():
        raise ValueError("Some numbers of the blocks are not finite: they cannot be rounded.")
    minimum = values.min(1, keepdims=True).astype(np.float32)  # (blocks, 1)
    scale = (values.max(1, keepdims=True) - minimum).astype(np.float32) / np.float32(15)
    inverse = np.divide(np.float32(1), scale, where=scale > 0, out=np.zeros_like(scale))
    levels = np.trunc((values - minimum) * inverse + np.float32(0.5)).clip(0, 15).astype(np.uint8)
    head = np.concatenate([scale, minimum], axis=1).astype("<f2").view(np.uint8)  # (blocks, 4)
    return np.concatenate([head, pack_halves(levels)], axis=1)


def nf4_codes() -> Tensor:
    """The sixteen numbers of NF4, (16,): 0, and quantiles of a normal distribution up to −1 and 1.

    Seven below 0 and eight above, each side with as much probability between neighbours; the outermost quantile is
    ½(1 − 1/30 + 1 − 1/32), since infinity is none (Dettmers et al. 2023, section 3 and appendix E).
    """
    outermost = 1 - (1 / 30 + 1 / 32) / 2
    above = torch.special.ndtri(torch.linspace(0.5, outermost, 9, dtype=torch.float64)[1:])
    below = -torch.special.ndtri(torch.linspace(0.5, outermost, 8, dtype=torch.float64)[1:])
    codes = torch.cat([below.flip(0), torch.zeros(1, dtype=torch.float64), above])
    return (codes / codes[-1]).float()


class NF4(NamedTuple):
    """Weights as codes of 4 bits, two in a byte, with the largest size in each block: (bytes,) and (blocks, 1)."""

    packed: Tensor
    largest: Tensor
    shape: torch.Size

    def numbers(self) -> Tensor:
        """The numbers that the codes stand for, in the shape of the weights."""
        places = torch.stack([self.packed >> 4, self.packed & 15], -1).reshape(len(self.largest), -1).long()
        return (nf4_codes().to(self.packed.device)[places] * self.largest).reshape(self.shape)


def nf4(weights: Tensor, size: int = 64) -> NF4:
    """Each weight as the nearest of the sixteen codes, times the largest size in its block.

    Of the two codes in a byte the upper half is the first. Raises ValueError for weights that are no finite numbers,
    and unless they can be cut into blocks of such an even size.
    """
    _check_numbers(weights)
    checks.whole(2, size=size)
    if size % 2 or weights.numel() % size:
        raise ValueError(f"{weights.numel()} weights cannot be cut into blocks of an even size, {size}.")
    blocks = weights.detach().float().reshape(-1, size)
    largest = blocks.abs().amax(-1, keepdim=True)  # (blocks, 1)
    codes = nf4_codes().to(blocks.device)
    between = (codes[1:] + codes[:-1]) / 2  # (15,): where the nearest code changes
    places = torch.bucketize(blocks / _above_zero(largest), between).to(torch.uint8).reshape(-1, 2)
    return NF4((places[:, 0] << 4) | places[:, 1], largest, weights.shape)


# --- a whole model ----------------------------------------------------------------------------------------------------

How = Callable[[Tensor], Tensor]  # weights -> what is left of them


def linear_maps(module: nn.Module) -> dict[str, nn.Linear]:
    """Every linear map of a module by its name, in order. Raises ValueError if there is none."""
    found = {name: part for name, part in module.named_modules() if isinstance(part, nn.Linear)}
    if not found:
        raise ValueError(f"A {type(module).__name__} without linear maps has nothing to make smaller.")
    return found


NF4_WAY = "NF4, blocks of 64"
WAYS: dict[str, tuple[int, Group]] = {  # name -> bits, and who shares a scale and a zero
    "8 bits, tensor": (8, "tensor"), "8 bits, channel": (8, "channel"), "4 bits, tensor": (4, "tensor"),
    "4 bits, channel": (4, "channel"), "4 bits, blocks of 32": (4, BLOCK), "4 bits, blocks of 64": (4, 2 * BLOCK),
    "3 bits, channel": (3, "channel"), "3 bits, blocks of 32": (3, BLOCK), "2 bits, channel": (2, "channel"),
    "2 bits, blocks of 32": (2, BLOCK),
}  # fmt: skip


def every_way() -> dict[str, How]:
    """Ways of rounding by name: 8 to 2 bits with a scale and a zero by tensor, channel or block, and NF4."""
    ways = {name: _way(bits, group) for name, (bits, group) in WAYS.items()}
    return {**ways, NF4_WAY: lambda weights: nf4(weights).numbers()}


def room(way: str, width: int = 384, n_outputs: int = 384) -> float:
    """Bits that each weight of a map takes with its share of scale and zero (16 bits each), or of NF4's largest (32).

    Raises ValueError for a way that is not one of `every_way`, and for sizes below 1.
    """
    checks.whole(width=width, n_outputs=n_outputs)
    if not isinstance(way, str) or way not in {*WAYS, NF4_WAY}:
        raise ValueError(f"{way!r:.60} is none of {', '.join([*WAYS, NF4_WAY])}.")
    bits, group = WAYS.get(way, (4, 64))
    size = {"tensor": width * n_outputs, "channel": width}.get(group, group)  # type: ignore[arg-type]
    assert isinstance(size, int)
    return bits_a_weight(bits, size, 32)


def _way(bits: int, group: Group) -> How:
    return lambda weights: affine(weights, bits, group).numbers()


@torch.no_grad()
def round_maps(module: nn.Module, how: How) -> dict[str, float]:
    """Round the weights of every linear map of a module in place; returns how far each has moved, relative to its size.

    Biases, norms and embeddings stay. Raises ValueError as `linear_maps`, and for a way that changes the shape.
    """
    moved = {}
    for name, linear in linear_maps(module).items():
        found = how(linear.weight)
        if found.shape != linear.weight.shape:
            raise ValueError(f"{name} has weights {tuple(linear.weight.shape)}; they became {tuple(found.shape)}.")
        moved[name] = relative_error(found, linear.weight)
        linear.weight.copy_(found)
    return moved


def relative_error(found: Tensor, wanted: Tensor) -> float:
    """The size of the difference over the size of what was wanted (roots of sums of squares); 0 if both are 0.

    Raises ValueError for tensors of different shapes, and for none.
    """
    if found.shape != wanted.shape or not wanted.numel():
        raise ValueError(f"Two tensors of one shape are due, not {tuple(found.shape)} and {tuple(wanted.shape)}.")
    difference, size = (found - wanted).detach().double().norm(), wanted.detach().double().norm()
    return 0.0 if difference == 0 else float(difference / size)


def input_sizes(model: nn.Module, maps: dict[str, nn.Linear], run: Callable[[], Any]) -> dict[str, Tensor]:
    """The largest size that each input of each map takes while `run` is called, (inputs,): where outliers are seen.

    Raises ValueError if a map was not used.
    """
    largest: dict[str, Tensor] = {}

    def watch(name: str) -> Any:
        def look(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            seen = given[0].detach().abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest.get(name, seen), seen)

        return look

    hooks = [linear.register_forward_pre_hook(watch(name)) for name, linear in maps.items()]
    try:
        with torch.no_grad():
            run()
    finally:
        for hook in hooks:
            hook.remove()
    if unused := maps.keys() - largest.keys():
        raise ValueError(f"{min(unused)} was not used by this run.")
    return largest


# --- whole numbers in the product, too --------------------------------------------------------------------------------


def integer_linear(inputs: Tensor, weights: Levels, bias: Tensor | None = None, input_bits: int = 7) -> Tensor:
    """A linear map in whole numbers: (..., inputs) with levels of (outputs, inputs) -> (..., outputs).

    The inputs become levels, too, with one scale for all of them, found at this very call: that is what "dynamic"
    means. The sum of products is a whole number, and one multiplication brings it back. Raises ValueError for weights
    with a zero (they must be symmetric) and inputs of another width.
    """
    if len(weights.shape) != 2 or weights.zero.any():
        raise ValueError("The weights of a product in whole numbers must be a matrix with symmetric levels.")
    if len(weights.scale) not in (1, weights.shape[0]):
        raise ValueError("The weights must share one scale by tensor or by channel: a block's would not leave the sum.")
    checks.vectors("inputs", inputs, weights.shape[1])
    given = affine(inputs, input_bits, "tensor")
    levels = (given.levels - given.zero.int()).reshape(-1, weights.shape[1])  # (n, inputs)
    product = levels.int() @ weights.levels.reshape(weights.shape).int().T  # whole numbers of 32 bits
    outputs = product.to(inputs.dtype) * (given.scale * weights.scale.reshape(1, -1)).to(inputs.dtype)
    outputs = outputs.reshape(*inputs.shape[:-1], -1)
    return outputs if bias is None else outputs + bias


class IntegerLinear(nn.Module):
    """A linear map that keeps levels of 8 bits and computes as `integer_linear`; without gradients."""

    levels: Tensor
    scale: Tensor

    def __init__(self, linear: nn.Linear, group: Group = "channel") -> None:
        """Raises ValueError as `symmetric`."""
        super().__init__()
        found = symmetric(linear.weight, 8, group)
        self.register_buffer("levels", found.levels.reshape(found.shape).to(torch.int8))
        self.register_buffer("scale", found.scale)
        self.bias = linear.bias

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs). Raises ValueError for inputs of another width."""
        weights = Levels(self.levels, self.scale, torch.zeros_like(self.scale), self.levels.shape)
        return integer_linear(inputs, weights, self.bias)


def dynamic_int8(model: nn.Module, part: str = "bert.layers") -> nn.Module:
    """A copy of a model whose linear maps in one part compute in 8-bit whole numbers, by PyTorch's own kernels.

    The rest stays as it is: a quantised head has no `weight` any more, only a method of that name. Raises ValueError
    for a part that the model does not have.
    """
    import warnings

    if not part or part not in dict(model.named_modules()):
        raise ValueError(f"A {type(model).__name__} has no part {part!r:.60}.")
    still = copy.deepcopy(model).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of a package that will take its place, and does not work here
        kept, last = _parent(still, part)
        changed = torch.ao.quantization.quantize_dynamic(getattr(kept, last), {nn.Linear}, dtype=torch.qint8)
    setattr(kept, last, changed)
    return still


def _parent(model: nn.Module, part: str) -> tuple[nn.Module, str]:
    above, _, last = part.rpartition(".")
    return model.get_submodule(above), last


# --- rounding that looks at what comes in -----------------------------------------------------------------------------


def gptq(weights: Tensor, inputs: Tensor, bits: int = 4, damping: float = 0.01) -> Tensor:
    """Rounded weights (outputs, inputs) for inputs (n, inputs): what one column loses, the later ones make up for.

    Each row has one affine scale. Columns are rounded in order; the error of each is spread over those that are not
    rounded yet, weighted by the inverse of the inputs' second moments (Frantar et al. 2023, section 3.3). Raises
    ValueError as `affine`, and for inputs of another width or a damping that is not above 0.
    """
    checks.positive(damping=damping)
    checks.vectors("inputs", inputs, weights.shape[-1], 2)
    if weights.ndim != 2 or not len(inputs):
        raise ValueError(f"A matrix and one input or more are due, not {tuple(weights.shape)} and {len(inputs)}.")
    _check_numbers(inputs)
    start = affine(weights, bits)
    scale, zero = start.scale.double(), start.zero.double()
    moments = inputs.double().T @ inputs.double() / len(inputs)
    moments += damping * moments.diagonal().mean().clamp(min=1e-12) * torch.eye(len(moments), dtype=torch.float64)
    spread = torch.linalg.cholesky(torch.linalg.inv(moments), upper=True)  # row j: what column j owes to the later ones
    left, found = weights.detach().double().clone(), torch.empty_like(weights, dtype=torch.float64)
    for j in range(weights.shape[1]):
        levels = ((left[:, j : j + 1] / scale).round() + zero).clamp(0, 2**bits - 1)
        found[:, j] = (scale * (levels - zero))[:, 0]
        error = (left[:, j] - found[:, j]) / spread[j, j]
        left[:, j:] -= error[:, None] * spread[j, j:]
    return found.to(weights.dtype)


def steps_between(low: float, high: float, bits: int) -> Iterator[float]:
    """The 2^bits numbers that affine levels between two numbers stand for, for a drawing.

    Raises ValueError unless low < high and bits are from 1 to 16.
    """
    checks.whole(bits=bits)
    if bits > MOST_BITS or not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"Levels from a lower to a higher number are due, not {low} to {high} in {bits} bits.")
    yield from (low + (high - low) * i / (2**bits - 1) for i in range(2**bits))
