"""The exercises of notebook 11, Llama: in PyTorch, in float64."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.llama import SYSTEM
from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- RMSNorm ----------------------------------------------------------------------------------------------------------


def _vectors_to_scale(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([[3.0, -4.0]], dtype=torch.double), torch.tensor([1.0, 2.0], dtype=torch.double), 0.5
    for shape, epsilon in (((2, 3, 4), 1e-5), ((5, 6), 0.1), ((1, 2, 3, 5), 1.0)):
        yield 2 * _normal(rng, *shape) + 1, _normal(rng, shape[-1]), epsilon


def rms_norm(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    """Each vector over the root of its mean square, number by number times the weight: (..., dim) -> the same.

    epsilon, above 0, is added to the mean square, below the root. The weight is (dim,). Gradients flow to both.
    """
    mean_square = (hidden**2).mean(-1, keepdim=True)
    return weight * hidden / torch.sqrt(mean_square + epsilon)


@mistake("You subtracted the mean first. That is a layer norm; RMSNorm leaves the mean where it is.")
def _centred(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden - hidden.mean(-1, keepdim=True), weight, epsilon)


@mistake("You divided by the standard deviation, which subtracts the mean. Take the mean of the squares themselves.")
def _over_deviation(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt(hidden.var(-1, keepdim=True, unbiased=False) + epsilon)


@mistake("You divided by the length of the vector. Take the *mean* of the squares, not their sum.")
def _over_length(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt((hidden**2).sum(-1, keepdim=True) + epsilon)


@mistake("The root is missing: you divided by the mean square itself.")
def _without_root(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / ((hidden**2).mean(-1, keepdim=True) + epsilon)


@mistake("Epsilon stands below the root: add it to the mean square before the root is drawn.")
def _epsilon_outside(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / (torch.sqrt((hidden**2).mean(-1, keepdim=True)) + epsilon)


@mistake("Epsilon is missing. A vector of zeros would become NaN.")
def _without_epsilon(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, weight, 0.0)


@mistake("You added epsilon squared. It is added to the mean square as it is.")
def _epsilon_squared(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, weight, epsilon**2)


@mistake("The weight is missing: multiply the result by it, number by number.")
def _without_weight(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, torch.ones_like(weight), epsilon)


@mistake("You multiplied by the weight before you took the mean square. It comes last.")
def _weight_first(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden * weight, torch.ones_like(weight), epsilon)


@mistake("Your mean runs over all numbers. Each vector has its own: `mean(-1, keepdim=True)`.")
def _over_everything(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt((hidden**2).mean() + epsilon)


@mistake("Your mean runs along the first axis. The numbers of one vector lie along the last.")
def _over_the_first_axis(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt((hidden**2).mean(0, keepdim=True) + epsilon)


@mistake("You took the mean of the absolute values. It is the mean of the *squares*, and then the root.")
def _mean_of_sizes(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / (hidden.abs().mean(-1, keepdim=True) + epsilon)


@mistake("You multiplied by the root. The vector is divided by it.")
def _times_root(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden * torch.sqrt((hidden**2).mean(-1, keepdim=True) + epsilon)


@mistake("1 was added to the weight. That is another convention (Gemma's); here the weight is used as it is.")
def _one_plus_weight(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, 1 + weight, epsilon)


@mistake("Epsilon is the argument `epsilon`, not a number of your own such as 1e-5.")
def _own_epsilon(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, weight, 1e-5)


@mistake("`normalize` makes vectors of length 1. Here the *mean* square becomes 1, and epsilon is added.")
def _normalised(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * torch.nn.functional.normalize(hidden, dim=-1, eps=epsilon)


@mistake("You added the weight. The result is multiplied by it, number by number.")
def _weight_added(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, torch.ones_like(weight), epsilon) + weight


@mistake("You divided by the weight. The result is multiplied by it.")
def _over_weight(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, 1 / weight, epsilon)


@mistake("`@` adds the products up to one number. The weight multiplies number by number: `*`.")
def _matrix_product(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, torch.ones_like(weight), epsilon) @ weight


@mistake("You squared the mean. Square the numbers first, and take the mean of the squares.")
def _square_of_mean(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt(hidden.mean(-1, keepdim=True) ** 2 + epsilon)


@mistake("You divided the sum of squares by dim − 1. A mean divides by dim.")
def _one_fewer(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    n = hidden.shape[-1]
    return weight * hidden / torch.sqrt((hidden**2).sum(-1, keepdim=True) / (n - 1) + epsilon)


@mistake("You returned the root. Each vector is divided by its root, and multiplied by the weight.")
def _root_alone(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return torch.sqrt((hidden**2).mean(-1, keepdim=True) + epsilon)


@mistake("One vector alone came back. If you use a loop, the `return` must not stand inside it.")
def _first_alone(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return rms_norm(hidden, weight, epsilon).flatten(0, -2)[0]


@mistake("The root is cut out of the graph, by `.detach()`, `.item()` or the like. Gradients flow through it as well.")
def _root_detached(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt((hidden**2).mean(-1, keepdim=True) + epsilon).detach()


@mistake("Your mean runs along the tokens, axis −2. The numbers of one vector lie along the last, −1.")
def _over_tokens(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / torch.sqrt((hidden**2).mean(-2, keepdim=True) + epsilon)


@mistake("Your mean runs along all axes but the first. Each vector has its own: the last axis alone, −1.")
def _over_all_but_the_first(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    mean_square = (hidden**2).flatten(1).mean(-1).view(-1, *[1] * (hidden.ndim - 1))
    return weight * hidden / torch.sqrt(mean_square + epsilon)


@mistake("You divided by the largest number of each vector. It is the root of the mean square.")
def _over_largest(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return weight * hidden / (hidden.abs().amax(-1, keepdim=True) + epsilon)


def _rms_norm_of_torch(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return torch.nn.functional.rms_norm(hidden, hidden.shape[-1:], weight, epsilon)


RMS_NORM = CodeExercise(
    id="llama.rms_norm",
    title="A norm without a mean",
    stars=1,
    minutes=5,
    task=(
        "Write RMSNorm, without PyTorch's or the course's: each vector over the root of its mean square, times a "
        "weight."
    ),
    hints=[
        "By hand: the vector (3, −4) has the mean square 12.5, whose root is 3.54.",
        "`(hidden**2).mean(-1, keepdim=True)` keeps the last axis, so that each vector is divided by its own number.",
        "`weight * hidden / torch.sqrt(mean_square + epsilon)`.",
    ],
    solution=rms_norm,
    reference=_rms_norm_of_torch,
    inputs=_vectors_to_scale,
    gradient=["hidden", "weight"],
    forbidden=["rms_norm", "RMSNorm"],
    mistakes=[
        _centred, _over_deviation, _over_length, _without_root, _epsilon_outside, _without_epsilon, _epsilon_squared,
        _without_weight, _weight_first, _over_everything, _over_the_first_axis, _mean_of_sizes, _times_root,
        _one_plus_weight, _own_epsilon, _normalised, _weight_added, _over_weight, _matrix_product, _square_of_mean,
        _one_fewer, _root_alone, _first_alone, _root_detached, _over_tokens, _over_all_but_the_first, _over_largest,
    ],
)  # fmt: skip

# --- rotary positions -------------------------------------------------------------------------------------------------


def _vectors_and_speeds(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    quarter = torch.tensor([math.pi / 2], dtype=torch.double)  # a quarter turn for each place, to be read
    yield torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], dtype=torch.double), quarter
    for tokens, dim in ((4, 6), (3, 4), (1, 8), (6, 2)):
        speeds = torch.from_numpy(rng.uniform(0.05, 1.5, size=dim // 2))
        yield _normal(rng, tokens, dim), speeds


def turned(vectors: Tensor, frequencies: Tensor) -> Tensor:
    """Rotary positions: (tokens, dim), (dim / 2,) -> (tokens, dim).

    The vector at place p (the first is at place 0) is turned pair by pair: number i and number i + dim / 2 are the
    coordinates x and y of a hand. Turned counter-clockwise by a = p · frequencies[i] radians, (x, y) becomes
    (x cos a − y sin a, x sin a + y cos a). Both arguments are of one kind of floats. Gradients flow to the vectors.
    """
    angles = torch.arange(len(vectors))[:, None] * frequencies  # (tokens, dim / 2)
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat(
        [first * angles.cos() - second * angles.sin(), first * angles.sin() + second * angles.cos()], dim=-1
    )


def _turn(vectors: Tensor, angles: Tensor) -> Tensor:
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat(
        [first * angles.cos() - second * angles.sin(), first * angles.sin() + second * angles.cos()], dim=-1
    )


def _angles(vectors: Tensor, frequencies: Tensor, start: int = 0) -> Tensor:
    return torch.arange(start, start + len(vectors))[:, None] * frequencies


@mistake("You turned the other way: the signs of the sines are exchanged.")
def _clockwise(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, -_angles(vectors, frequencies))


@mistake("Your first token stands at place 1. It is at place 0, and so is not turned at all.")
def _from_one(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, _angles(vectors, frequencies, 1))


@mistake("You paired neighbours, 0 with 1 and 2 with 3. Here number i goes with number i + dim / 2.")
def _neighbours(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles, pairs = _angles(vectors, frequencies), vectors.unflatten(-1, (-1, 2))
    first, second = pairs[..., 0], pairs[..., 1]
    both = [first * angles.cos() - second * angles.sin(), first * angles.sin() + second * angles.cos()]
    return torch.stack(both, dim=-1).flatten(-2)


@mistake("Every place is turned by the same angle. Multiply the frequencies by the place.")
def _same_everywhere(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, frequencies.expand(len(vectors), -1))


@mistake("A minus is missing: the first number becomes first · cos − second · sin.")
def _no_minus(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies)
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat(
        [first * angles.cos() + second * angles.sin(), first * angles.sin() + second * angles.cos()], dim=-1
    )


@mistake("Both numbers are multiplied by the cosine alone. A turn mixes the two: the sines are missing.")
def _cosines_alone(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return vectors * _angles(vectors, frequencies).cos().repeat(1, 2)


@mistake("The first number was replaced before the second was computed from it. Keep the old one until then.")
def _overwritten(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies)
    first, second = vectors.chunk(2, dim=-1)
    first = first * angles.cos() - second * angles.sin()
    return torch.cat([first, first * angles.sin() + second * angles.cos()], dim=-1)


@mistake("Sine and cosine are exchanged: at place 0, where the angle is 0, nothing may change.")
def _exchanged(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, math.pi / 2 - _angles(vectors, frequencies))


@mistake("The halves are exchanged: the turned first numbers belong into the first half.")
def _halves_exchanged(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return torch.cat(turned(vectors, frequencies).chunk(2, dim=-1)[::-1], dim=-1)


@mistake("You divided the place by the frequency. The angle is their product.")
def _divided(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, torch.arange(len(vectors))[:, None] / frequencies)


@mistake("You added the sines and cosines to the vector, as notebook 06 does. Here the vector is turned by them.")
def _added(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies)
    return vectors + torch.cat([angles.sin(), angles.cos()], dim=-1)


@mistake("Your angles are 2π times too large: the frequencies are radians for each place already.")
def _whole_turns(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, 2 * math.pi * _angles(vectors, frequencies))


@mistake(
    "The second number has the wrong sign: it becomes first · sin + second · cos, and the minus stands in the first."
)
def _minus_twice(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies)
    first, second = vectors.chunk(2, dim=-1)
    return torch.cat(
        [first * angles.cos() - second * angles.sin(), first * angles.sin() - second * angles.cos()], dim=-1
    )


@mistake("You added the cosines and sines to the vector, as notebook 06 does. Here the vector is turned by them.")
def _added_cosine_first(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies)
    return vectors + torch.cat([angles.cos(), angles.sin()], dim=-1)


@mistake("You multiplied the halves by cosine and sine. A turn mixes the two: each new number needs both old ones.")
def _not_mixed(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies)
    return vectors * torch.cat([angles.cos(), angles.sin()], dim=-1)


@mistake(
    "Your angles stand in pairs of neighbours. Number i and number i + dim / 2 have the same: repeat them in a block."
)
def _angles_beside(vectors: Tensor, frequencies: Tensor) -> Tensor:
    angles = _angles(vectors, frequencies).repeat_interleave(2, dim=-1)
    first, second = vectors.chunk(2, dim=-1)
    return vectors * angles.cos() + torch.cat([-second, first], dim=-1) * angles.sin()


@mistake("The hands are right, but you put the two numbers of a pair beside each other. They stay dim / 2 apart.")
def _result_beside(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return torch.stack(turned(vectors, frequencies).chunk(2, dim=-1), dim=-1).flatten(-2)


@mistake("You paired from the outside in. Number i goes with number i + dim / 2.")
def _outside_in(vectors: Tensor, frequencies: Tensor) -> Tensor:
    first, second = vectors.chunk(2, dim=-1)
    first, second = turned(torch.cat([first, second.flip(-1)], dim=-1), frequencies).chunk(2, dim=-1)
    return torch.cat([first, second.flip(-1)], dim=-1)


@mistake("You computed frequencies of your own. Turn by those that are given.")
def _own_frequencies(vectors: Tensor, frequencies: Tensor) -> Tensor:
    pairs = vectors.shape[-1] // 2
    return turned(vectors, 10_000.0 ** (-torch.arange(pairs, dtype=vectors.dtype) / pairs))


@mistake("All pairs turn as fast as the first. Each has its own frequency.")
def _first_frequency(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return turned(vectors, frequencies[:1].expand_as(frequencies))


@mistake("You took the angles for degrees. They are radians, which `torch.cos` and `torch.sin` expect.")
def _degrees(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return turned(vectors, torch.deg2rad(frequencies))


@mistake("You counted the places from the last vector back. The first one stands at place 0.")
def _from_the_end(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, _angles(vectors, frequencies).flip(0))


@mistake("That is the first half of each vector alone. The second half is due as well.")
def _first_half(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return turned(vectors, frequencies).chunk(2, dim=-1)[0]


@mistake("Every vector is turned by the angle of one place, the number of tokens. Each has a place of its own.")
def _one_place(vectors: Tensor, frequencies: Tensor) -> Tensor:
    return _turn(vectors, len(vectors) * frequencies.expand(len(vectors), -1))


def _by_complex_numbers(vectors: Tensor, frequencies: Tensor) -> Tensor:
    first, second = vectors.chunk(2, dim=-1)
    hands = torch.complex(first, second) * torch.exp(1j * torch.arange(len(vectors))[:, None] * frequencies)
    return torch.cat([hands.real, hands.imag], dim=-1)


TURNED = CodeExercise(
    id="llama.turned",
    title="A hand for each pair",
    stars=2,
    minutes=10,
    task="Turn each vector pair by pair, by its place times the frequency of the pair.",
    hints=[
        "At a quarter turn a place, (1, 0) is (1, 0), then (0, 1), then (−1, 0).",
        "The angles are `torch.arange(len(vectors))[:, None] * frequencies`, one for each place and pair.",
        "A turn by a: first · cos a − second · sin a, and first · sin a + second · cos a; `torch.cat` joins both.",
    ],
    solution=turned,
    reference=_by_complex_numbers,
    inputs=_vectors_and_speeds,
    gradient=["vectors"],
    forbidden=["rotated"],
    mistakes=[
        _clockwise, _from_one, _neighbours, _same_everywhere, _no_minus, _cosines_alone, _overwritten, _exchanged,
        _halves_exchanged, _divided, _added, _whole_turns, _minus_twice, _added_cosine_first, _not_mixed,
        _angles_beside, _result_beside, _outside_in, _own_frequencies, _first_frequency, _degrees, _from_the_end,
        _first_half, _one_place,
    ],
)  # fmt: skip

# --- the cache with grouped keys --------------------------------------------------------------------------------------

LAYERS, KEY_HEADS, HEAD_DIM, TOKENS, BYTES = 30, 3, 64, 8192, 2
MEGABYTES = 2 * LAYERS * KEY_HEADS * HEAD_DIM * TOKENS * BYTES / 1e6  # 188.7

CACHE_MEGABYTES = NumberExercise(
    id="llama.cache_megabytes",
    title="What a full cache weighs",
    stars=1,
    minutes=5,
    task=(
        "SmolLM2 has 30 layers, 9 heads of queries, 3 heads of keys and values, and 64 numbers a head. How many "
        "megabytes (10⁶ bytes) are the keys and values of 8,192 tokens in all layers, at 2 bytes for a number?"
    ),
    hints=[
        "How many numbers does one token leave in one layer?",
        "3 heads of 64 numbers for the key, as many for the value: 384 numbers a layer.",
        "384 · 30 layers · 8,192 tokens · 2 bytes.",
    ],
    solution=MEGABYTES,
    working="2 * 30 * 3 * 64 * 8192 * 2 / 1e6",
    tolerance=0.3,
    mistakes=[
        wrong_number(3 * MEGABYTES, "You counted 9 heads. Queries are not kept; keys and values have 3 heads.", 1),
        wrong_number(
            MEGABYTES / 2, "Half of it. Both keys and values are kept, and each number takes 2 bytes, not 1.", 0.5
        ),
        wrong_number(2 * MEGABYTES, "That is at 4 bytes for a number, or with something counted twice.", 0.5),
        wrong_number(MEGABYTES / 30, "That is one layer. Each of the 30 layers keeps its own.", 0.1),
        wrong_number(MEGABYTES / 3, "That is one head of keys and values. There are 3.", 0.3),
        wrong_number(MEGABYTES * 1e6 / 2**20, "A megabyte is 10⁶ bytes here, not 2²⁰.", 0.3),
        wrong_number(MEGABYTES / 1000, "That is in gigabytes.", 0.002),
        wrong_number(MEGABYTES * 1e6, "That is in bytes. Divide by 10⁶.", 1e5),
        wrong_number(MEGABYTES * 1000, "That is in kilobytes. Divide by 1,000.", 300),
        wrong_number(MEGABYTES * 8, "That is in megabits: a byte has 8.", 2),
        wrong_number(MEGABYTES * 8000 / TOKENS, "That is for 8,000 tokens. There are 8,192.", 0.3),
        wrong_number(188.0, "It is near. Do not cut it: it is wanted to within 0.3."),
        wrong_number(190.0, "It is near. Do not round it to tens: it is wanted to within 0.3."),
        wrong_number(MEGABYTES * 5 / 2, "You counted the queries as well. They are not kept.", 0.5),
        wrong_number(MEGABYTES / HEAD_DIM, "The 64 numbers of each head are missing.", 0.02),
        wrong_number(MEGABYTES / 4, "It is four times as much: keys *and* values, and 2 bytes for each number.", 0.2),
        wrong_number(MEGABYTES / 8, "Divided by 8 too many: 2 bytes for a number are 16 bits.", 0.1),
        wrong_number(6 * MEGABYTES, "Six times too much: 3 heads of keys and values, not 9, and 2 bytes, not 4.", 1),
        wrong_number(9 * MEGABYTES, "Nine times too much: the heads of queries do not count.", 1),
        wrong_number(
            4 * MEGABYTES, "Four times too much. Do 9 + 3 heads stand in yours? Those of queries are not kept.", 1
        ),
        wrong_number(269.0, "Those are the weights at 2 bytes. The cache is asked for.", 0.1),
        wrong_number(MEGABYTES * 31 / 30, "That is for 31 layers. There are 30; the embedding keeps nothing.", 0.1),
        wrong_number(2 * MEGABYTES * 1e6 / 2**20, "At 2 bytes for a number it is half; a megabyte is 10⁶ bytes.", 0.3),
        wrong_number(3 * MEGABYTES * 1e6 / 2**20, "Keys and values have 3 heads, not 9; a megabyte is 10⁶ bytes.", 0.5),
        wrong_number(MEGABYTES * 1000 / TOKENS, "That is for 1,000 tokens. There are 8,192.", 0.02),
        wrong_number(MEGABYTES / TOKENS, "That is one token. Multiply by 8,192.", 1e-4),
        wrong_number(3 * MEGABYTES / 2, "You counted 9 heads, and keys or values alone. Both have 3 heads.", 0.5),
    ],
    remark="With 9 heads of keys it would be 566 MB, more than the model's weights at 2 bytes.",
)

# --- a block of the file ----------------------------------------------------------------------------------------------


def _blocks(rng: Generator) -> Iterator[tuple[float, float, Tensor]]:
    first = torch.zeros(16, dtype=torch.long)
    first[0], first[15] = 0x3F, 0xA0  # 15 and 3, 0 and 10: to be read
    yield 0.5, -1.0, first
    for _ in range(4):
        scale, minimum = float(rng.uniform(0.1, 2)), float(rng.normal())
        yield scale, minimum, torch.from_numpy(rng.integers(256, size=16))


def read_block(scale: float, minimum: float, packed: Tensor) -> Tensor:
    """One Q4_1 block as numbers: a scale, a minimum and 16 bytes, (16,) -> (32,).

    Scale and minimum are floats, the bytes a tensor of whole numbers from 0 to 255, of int64. Each byte holds two whole
    numbers q from 0 to 15: one in its lower four bits (worth 1, 2, 4 and 8), one in its upper four. The lower halves
    are numbers 0 to 15 of the block, the upper halves numbers 16 to 31. Each becomes scale · q + minimum.
    """
    whole = torch.cat([packed % 16, packed // 16])
    return scale * whole + minimum


def _scaled(scale: float, minimum: float, whole: Tensor) -> Tensor:
    return scale * whole + minimum


@mistake("The halves come in turn in yours. All lower halves come first, then all upper ones.")
def _interleaved(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.stack([packed % 16, packed // 16], dim=-1).flatten())


@mistake("The upper halves come first in yours. Numbers 0 to 15 are the *lower* halves.")
def _upper_first(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed // 16, packed % 16]))


@mistake("The halves come in turn in yours, the upper one first. All lower halves come first, then all upper ones.")
def _interleaved_upper_first(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.stack([packed // 16, packed % 16], dim=-1).flatten())


@mistake("The minimum is missing: a number is scale · q + minimum.")
def _without_minimum(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, 0.0, packed)


@mistake("The scale is missing: a number is scale · q + minimum.")
def _without_scale(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(1.0, minimum, packed)


@mistake("You subtracted the minimum. It is what q = 0 stands for, and is added.")
def _minus_minimum(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, -minimum, packed)


@mistake("You multiplied the sum: scale · (q + minimum). The minimum is added after the scale.")
def _scaled_minimum(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, scale * minimum, packed)


@mistake("Scale and minimum are exchanged.")
def _other_way_round(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(minimum, scale, packed)


@mistake("The upper half is still 16 times too large: shift it down by 4 bits, or divide by 16.")
def _not_shifted(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed % 16, packed & 0xF0]))


@mistake("You split at 10, as decimal digits. Half a byte is 4 bits: 16 values.")
def _decimal(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed % 10, packed // 10]))


@mistake("You subtracted 8 from each whole number. That is Q4_0, which has no minimum; here q goes from 0 to 15.")
def _centred_on_eight(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, minimum - 8 * scale, packed)


@mistake("You divided the upper half without dropping the rest: use `//` or `>> 4`.")
def _fractions(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([(packed % 16).double(), packed / 16]))


@mistake("These are the whole numbers. Each still becomes scale · q + minimum.")
def _whole_alone(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(1.0, 0.0, packed)


@mistake("These are the 16 bytes as numbers. Each holds two numbers of 4 bits.")
def _bytes(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, packed)


@mistake("The lower half is still the whole byte: take `% 16`, or `& 15`.")
def _not_masked(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed, packed // 16]))


@mistake("You split at 15. Four bits have 16 values: `% 16` and `// 16`.")
def _by_fifteen(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed % 15, packed // 15]))


@mistake("You shifted by three bits. Half a byte has four: `>> 4`.")
def _three_bits_down(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed % 16, packed >> 3]))


@mistake("Your mask has three bits, so whole numbers from 8 on are lost. Half a byte has four: 15, or 0x0F.")
def _three_bits(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed & 7, packed >> 4]))


@mistake("You read the whole numbers as signed, from −8 to 7. They go from 0 to 15.")
def _signed(scale: float, minimum: float, packed: Tensor) -> Tensor:
    whole = torch.cat([packed % 16, packed // 16])
    return _scaled(scale, minimum, torch.where(whole > 7, whole - 16, whole))


@mistake("Your whole numbers go from 1 to 16. Four bits are 0 to 15, as they are.")
def _from_one_on(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, minimum + scale, packed)


@mistake("You counted from 15 downwards. q = 0 stands for the minimum, and each step up adds the scale.")
def _downwards(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(-scale, minimum + 15 * scale, packed)


@mistake("You divided q by 15. The scale is the step from one whole number to the next, and not the whole range.")
def _share_of_range(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale / 15, minimum, packed)


@mistake("You divided q by 16. The scale is the step from one whole number to the next, and not the whole range.")
def _share_of_sixteen(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale / 16, minimum, packed)


@mistake("These are the lower halves alone. The upper halves are sixteen numbers more.")
def _lower_alone(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, minimum, packed)[:16]


@mistake("You used the lower halves twice. The upper ones are `// 16`, or `>> 4`.")
def _lower_twice(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, (packed % 16).repeat(2))


@mistake("You used each byte as it is, once for each half. A byte holds two numbers of 4 bits.")
def _bytes_twice(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, packed.repeat(2))


@mistake("The numbers are right, but in two rows. They belong into one of 32: `torch.cat` in place of `torch.stack`.")
def _two_rows(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, minimum, packed).view(2, 16)


@mistake("Your results are cut to whole numbers. Scale and minimum have decimals, and so have the results.")
def _cut(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, minimum, packed).long()


@mistake("The first hexadecimal digit of a byte below 16 is 0, and `hex` and `:x` leave it out. `:02x` has both.")
def _no_leading_zero(scale: float, minimum: float, packed: Tensor) -> Tensor:
    upper = torch.where(packed < 16, packed, packed // 16)
    return _scaled(scale, minimum, torch.cat([packed % 16, upper]))


@mistake("The upper halves come in the wrong order: from the first byte to the last, as the lower ones.")
def _upper_reversed(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([packed % 16, (packed // 16).flip(0)]))


@mistake("The minimum was added to the upper halves alone. All 32 numbers need it; a bracket may be missing.")
def _minimum_on_one_half(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return torch.cat([scale * (packed % 16), scale * (packed // 16) + minimum])


@mistake("You subtracted the size of the minimum. It is added as it is, and may be above zero.")
def _size_of_minimum(scale: float, minimum: float, packed: Tensor) -> Tensor:
    return read_block(scale, -abs(minimum), packed)


def _bit_by_bit(scale: float, minimum: float, packed: Tensor) -> Tensor:
    bits = torch.stack([(packed >> place) & 1 for place in range(8)])  # (8, 16), the lowest first
    powers = torch.tensor([1, 2, 4, 8])[:, None]
    whole = torch.cat([(bits[:4] * powers).sum(0), (bits[4:] * powers).sum(0)])
    return whole * scale + minimum


READ_BLOCK = CodeExercise(
    id="llama.read_block",
    title="Thirty-two numbers in twenty bytes",
    stars=2,
    minutes=8,
    task="Turn the sixteen bytes of a block, its scale and its minimum into thirty-two numbers.",
    hints=[
        "The byte 0x3F is 63 = 3 · 16 + 15: its lower half is 15, its upper half 3.",
        "`packed % 16` and `packed // 16`, or `packed & 15` and `packed >> 4`.",
        "`torch.cat([lower, upper])`, then scale and minimum.",
    ],
    solution=read_block,
    reference=_bit_by_bit,
    inputs=_blocks,
    forbidden=["from_q4_1"],
    mistakes=[
        _interleaved, _upper_first, _interleaved_upper_first, _without_minimum, _without_scale, _minus_minimum,
        _scaled_minimum, _other_way_round, _not_shifted, _decimal, _centred_on_eight, _fractions, _whole_alone,
        _bytes, _not_masked, _by_fifteen, _three_bits_down, _three_bits, _signed, _from_one_on, _downwards,
        _share_of_range, _share_of_sixteen, _lower_alone, _lower_twice, _bytes_twice, _two_rows, _cut,
        _no_leading_zero, _upper_reversed, _minimum_on_one_half, _size_of_minimum,
    ],
)  # fmt: skip

# --- the template -----------------------------------------------------------------------------------------------------


def _conversations(rng: Generator) -> Iterator[tuple[list[tuple[str, str]]]]:
    yield ([("user", "Hi")],)
    yield ([("system", "Be brief."), ("user", "What is 2 + 3?"), ("assistant", "5"), ("user", "And 4 + 4?")],)
    yield ([("system", "You are a cat."), ("user", "Two lines:\nthis is the second.")],)
    yield ([("user", "Hi"), ("assistant", "Hello.")],)  # whoever spoke last
    yield ([("user", "What does <|im_end|> mean?")],)
    yield ([("user", "  Two spaces.\n"), ("system", "A rule in between."), ("user", "Go on.")],)
    yield ([("user", "Wait."), ("user", "What is {role} in a text of Python?")],)  # one speaker, twice
    yield ([],)
    words = ("red", "green", "blue", "black")
    yield ([("user", str(rng.choice(words))), ("assistant", ""), ("user", str(rng.choice(words)))],)


def chat_text(messages: list[tuple[str, str]]) -> str:
    """What a model reads before it answers: a list of tuples (role, content), which may be empty -> one text.

    Each turn is `<|im_start|>`, the role, a new line, the content, `<|im_end|>`, and a new line. Roles and contents are
    written as they are, marks inside them included. No other turn is added, such as a system prompt. At the end stands,
    whoever spoke last, the beginning of the answer: `<|im_start|>`, the role `assistant`, and a new line.
    """
    turns = "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in messages)
    return turns + "<|im_start|>assistant\n"


OPENING = "<|im_start|>assistant\n"


def _in_form(messages: list[tuple[str, str]], form: str, opening: str = OPENING) -> str:
    """Each turn in another form than the right one, with {role} and {content}."""
    return "".join(form.format(role=role, content=content) for role, content in messages) + opening


@mistake("The beginning of the answer is missing. Without `<|im_start|>assistant` the model may go on as the user.")
def _no_opening(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_end|>\n", "")


@mistake("The new line after the last `assistant` is missing.")
def _no_last_line(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages).removesuffix("\n")


@mistake("You closed the answer with `<|im_end|>`. It is the model's turn: it will end it itself.")
def _closed(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages) + "<|im_end|>"


@mistake("You closed the answer with `<|im_end|>` and a new line. It is the model's turn: it will end it itself.")
def _closed_with_a_line(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages) + "<|im_end|>\n"


@mistake("The new line after each `<|im_end|>` is missing.")
def _no_line_between(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_end|>")


@mistake("Between role and content stands a new line, nothing else.")
def _no_line_inside(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role} {content}<|im_end|>\n")


@mistake("Between role and content a new line is missing.")
def _nothing_inside(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}{content}<|im_end|>\n")


@mistake("Where new lines are due you wrote spaces.")
def _spaces(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role} {content}<|im_end|> ", "<|im_start|>assistant ")


@mistake("Between role and content stands a new line. You wrote a colon.")
def _colon(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}: {content}<|im_end|>\n")


@mistake("After each role stands a new line, after the last `assistant` as well. You wrote a colon.")
def _colon_everywhere(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}: {content}<|im_end|>\n", "<|im_start|>assistant: ")


@mistake("There is a new line before `<|im_end|>` in yours. It follows the content at once.")
def _line_before_the_end(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}\n<|im_end|>\n")


@mistake("There is a blank line between the turns in yours. One new line follows each `<|im_end|>`.")
def _blank_line(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_end|>\n\n")


@mistake("The `<|im_end|>` of the turns are missing: nothing says where one ends.")
def _no_ends(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}\n")


@mistake("The last message has no `<|im_end|>` in yours. Every message is a finished turn.")
def _last_not_ended(messages: list[tuple[str, str]]) -> str:
    text = chat_text(messages[:-1]).removesuffix(OPENING)
    return text + _in_form(messages[-1:], "<|im_start|>{role}\n{content}\n")


@mistake("`<|im_start|>` and `<|im_end|>` have changed places.")
def _marks_exchanged(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_end|>{role}\n{content}<|im_start|>\n", "<|im_end|>assistant\n")


@mistake("A turn ends with `<|im_end|>`. Yours ends with the mark that begins one.")
def _starts_alone(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_start|>\n")


@mistake("The roles are missing: each turn says whose it is.")
def _no_roles(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{content}<|im_end|>\n")


@mistake("The roles are missing, that of the answer as well: each turn says whose it is.")
def _no_role_at_all(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{content}<|im_end|>\n", "<|im_start|>\n")


@mistake("Role and content have changed places. A message is (role, content).")
def _content_first(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{content}\n{role}<|im_end|>\n")


@mistake("You changed the letters of the roles. They are written as they are, in lower case.")
def _capital_roles(messages: list[tuple[str, str]]) -> str:
    turns = [(role.title(), content) for role, content in messages]
    return _in_form(turns, "<|im_start|>{role}\n{content}<|im_end|>\n", "<|im_start|>Assistant\n")


@mistake('Your new lines are a backslash and an n: in a raw string, `r"…"`, `\\n` is two characters.')
def _raw(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, r"<|im_start|>{role}\n{content}<|im_end|>\n", r"<|im_start|>assistant\n")


@mistake("Only the last message is in yours. The model forgets: it reads the whole conversation each time.")
def _last_alone(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages[-1:])


@mistake("Of each role one message alone is left: a dictionary keeps the last. Go through the list.")
def _one_for_each_role(messages: list[tuple[str, str]]) -> str:
    return chat_text(list(dict(messages).items()))


@mistake("The newest message comes first in yours. Keep the order of the conversation.")
def _newest_first(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages[::-1])


@mistake("The system's turn is missing. It is a turn like any other.")
def _no_system(messages: list[tuple[str, str]]) -> str:
    return chat_text([each for each in messages if each[0] != "system"])


@mistake("What the assistant said before is missing. The model reads its own answers again.")
def _no_answers(messages: list[tuple[str, str]]) -> str:
    return chat_text([each for each in messages if each[0] != "assistant"])


@mistake("You added a system prompt. No turn is added: the text has the given messages, and the answer's beginning.")
def _default_system(messages: list[tuple[str, str]]) -> str:
    if messages and messages[0][0] == "system":
        return chat_text(messages)
    return chat_text([("system", SYSTEM), *messages])


@mistake("You changed the white space inside the content. It is written as it is.")
def _one_line(messages: list[tuple[str, str]]) -> str:
    return chat_text([(role, " ".join(content.split())) for role, content in messages])


@mistake("You stripped the content. It is written as it is, white space included.")
def _stripped(messages: list[tuple[str, str]]) -> str:
    return chat_text([(role, content.strip()) for role, content in messages])


@mistake("You took marks out of the content. Here it is written as it is, marks included.")
def _marks_removed(messages: list[tuple[str, str]]) -> str:
    return chat_text([(role, re.sub(r"<\|im_(start|end)\|>", "", content)) for role, content in messages])


@mistake("The content stands in quotation marks in yours. It is written as it is.")
def _quoted(messages: list[tuple[str, str]]) -> str:
    return chat_text([(role, json.dumps(content)) for role, content in messages])


@mistake("An answer without a word is a turn, too: yours leaves it out.")
def _empty_left_out(messages: list[tuple[str, str]]) -> str:
    return chat_text([each for each in messages if each[1]])


@mistake("The answer begins after each turn in yours. It begins once, at the end.")
def _opening_each_time(messages: list[tuple[str, str]]) -> str:
    return "".join(chat_text([each]) for each in messages)


@mistake("The answer begins in yours only where the user spoke last. It begins whoever spoke last.")
def _opening_after_user(messages: list[tuple[str, str]]) -> str:
    if messages and messages[-1][0] == "user":
        return chat_text(messages)
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_end|>\n", "")


@mistake("The answer does not begin in yours where the assistant spoke last. It begins whoever spoke last.")
def _no_opening_after_answer(messages: list[tuple[str, str]]) -> str:
    if not messages or messages[-1][0] != "assistant":
        return chat_text(messages)
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_end|>\n", "")


@mistake("What begins at the end is a turn of the *assistant*. You opened one of the user.")
def _user_opened(messages: list[tuple[str, str]]) -> str:
    return _in_form(messages, "<|im_start|>{role}\n{content}<|im_end|>\n", "<|im_start|>user\n")


@mistake('You returned a list of turns. One text is due: `"".join(...)` puts them together.')
def _listed(messages: list[tuple[str, str]]) -> list[str]:
    return [*(_in_form([each], "<|im_start|>{role}\n{content}<|im_end|>\n", "") for each in messages), OPENING]


def _by_lines(messages: list[tuple[str, str]]) -> str:
    lines: list[str] = []
    for role, content in messages:
        lines += [f"<|im_start|>{role}", f"{content}<|im_end|>"]
    return "\n".join([*lines, "<|im_start|>assistant", ""])


CHAT_TEXT = CodeExercise(
    id="llama.chat_text",
    title="One text out of many turns",
    stars=1,
    minutes=5,
    task="Write a conversation as the one text that the model reads before it answers.",
    hints=[
        "One turn of the user: `<|im_start|>user`, a new line, the words, `<|im_end|>`, a new line.",
        'An f-string with "\\n" in it, once for each message; `"".join` puts them together.',
        "At the end comes `<|im_start|>assistant` and a new line. The model goes on from there.",
    ],
    solution=chat_text,
    reference=_by_lines,
    inputs=_conversations,
    mistakes=[
        _no_opening, _no_last_line, _closed, _closed_with_a_line, _no_line_between, _no_line_inside, _nothing_inside,
        _spaces, _colon, _colon_everywhere, _line_before_the_end, _blank_line, _no_ends, _last_not_ended,
        _marks_exchanged, _starts_alone, _no_roles, _no_role_at_all, _content_first, _capital_roles, _raw,
        _last_alone, _one_for_each_role, _newest_first, _no_system, _no_answers, _default_system, _one_line,
        _stripped, _marks_removed, _quoted, _empty_left_out, _opening_each_time, _opening_after_user,
        _no_opening_after_answer, _user_opened, _listed,
    ],
)  # fmt: skip

# --- an experiment: the slow clocks -----------------------------------------------------------------------------------


def pairs_without_a_turn(head_dim: int = 64, base: float = 100_000.0, tokens: int = 8192) -> int:
    """Pairs that need more tokens than these for a whole turn."""
    return sum(2 * math.pi * base ** (2 * i / head_dim) > tokens for i in range(head_dim // 2))


SLOW_CLOCKS = NumberExercise(
    id="llama.slow_clocks",
    title="Clocks that never went round",
    stars=1,
    minutes=5,
    task=(
        "SmolLM2's heads have 64 numbers, so 32 pairs; its base is 100,000, and it was trained on texts of up to 8,192 "
        "tokens. How many of the 32 pairs never made a whole turn in training? Section 2 has the formula of their "
        "speeds. Compute a whole number."
    ),
    hints=[
        "A pair that turns by f radians a token needs 2π / f tokens for a whole turn.",
        "`2 * math.pi / llama.frequencies(64, 100_000)` are the tokens that each pair needs.",
        "Count those above 8,192.",
    ],
    solution=pairs_without_a_turn(),
    working="12",
    mistakes=[
        wrong_number(20.0, "Those are the pairs that did make a whole turn. The others are asked for."),
        wrong_number(
            pairs_without_a_turn(base=10_000.0), "That would be right for the base 10,000. SmolLM2's is 100,000."
        ),
        wrong_number(
            sum(100_000.0 ** (i / 32) > 8192 for i in range(32)),
            "You counted the pairs that turn by less than 1 radian. A whole turn is 2π radians.",
        ),
        wrong_number(
            sum(math.pi * 100_000.0 ** (i / 32) > 8192 for i in range(32)), "That is for half a turn: π, not 2π."
        ),
        wrong_number(24.0, "If you counted numbers: two of them make a pair."),
        wrong_number(13.0, "Nearly. Pairs are counted from 0 to 31: look again where the limit lies, and count."),
        wrong_number(11.0, "Nearly. Both the first slow pair and the last count."),
        wrong_number(19.0, "That is the number of the last pair that went round. How many pairs come behind it?"),
        wrong_number(21.0, "The pairs that went round are 0 to 19. How many are left of 32?"),
        wrong_number(19.937, "That is where the limit lies. How many pairs come behind it?", 0.05),
        wrong_number(
            sum(2 * math.pi * 100_000.0 ** (i / 16) > 8192 for i in range(32)),
            "If your exponent was 2i / 32: d is 64, the numbers of a head, so it is 2i / 64.",
        ),
        wrong_number(
            sum(360 * 100_000.0 ** (i / 32) > 8192 for i in range(32)),
            "If a turn had 360 in yours: the angles are in radians, and a whole turn is 2π.",
        ),
        wrong_number(
            2 * math.pi * 100_000.0 ** (20 / 32),
            "That is how many tokens a pair needs for a turn. Count such pairs.",
            1.0,
        ),
        wrong_number(37.5, "That is in percent. How many pairs are there?", 0.1),
        wrong_number(64.0, "A head has 64 numbers, and 32 pairs. Not all of them are slow."),
        wrong_number(31.0, "Far fewer: many pairs went round, not the fastest alone."),
        wrong_number(1.0, "The slowest pair is not the only one that never went round."),
        wrong_number(
            8192 / (2 * math.pi), "That is how much slower than 1 radian a token a pair must be. Count those.", 0.5
        ),
        wrong_number(
            sum(math.pi * 10_000.0 ** (i / 32) > 8192 for i in range(32)),
            "If it was half a turn with the base 10,000: a whole turn is 2π, and SmolLM2's base is 100,000.",
        ),
        wrong_number(0.0, "The slowest pair needs some 440,000 tokens for a turn."),
        wrong_number(32.0, "The fastest pair needs only 6 tokens for a turn."),
        wrong_number(12 / 32, "That is the share. How many pairs are there?", 0.01),
    ],
    remark="In these pairs the angle of a distance beyond the trained length is one that the model has never met.",
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_DISTANCE = Quiz(
    id="llama.quiz_distance",
    title="What a rotary score knows",
    task="A query at place 10 and a key at place 4 have the score 2.5. Both move on by 100 places. What is the score?",
    hints=["By which angle is each turned further?", "What does a dot product of two hands depend on?"],
    options=[
        wrong("Smaller: they are farther from the beginning", "The score does not know where the beginning is."),
        right("2.5, as before", "Both hands of each pair turn by the same angle, so the angle between them stays."),
        wrong("It cannot be said without the vectors", "Whatever the vectors are, both are turned by the same angles."),
        wrong("Larger, since angles grow with the place", "Each angle grows, and the difference stays."),
    ],
)

QUIZ_GROUPS = Quiz(
    id="llama.quiz_groups",
    title="What shared keys save",
    task="Nine heads of queries share three of keys and values. What becomes a third, compared with nine and nine?",
    hints=["What is kept of each token while a text is written?", "Are queries kept?"],
    options=[
        wrong("The scores that are computed", "Each of the nine heads still compares its query with every key."),
        right("The cache", "Keys and values are what is kept, and there are a third as many of them."),
        wrong("All weights of the model", "Two of the seven matrices of a layer are smaller, and the others are not."),
        wrong("Nothing: keys are copied for each head", "They may be copied to compute, but not to be kept."),
    ],
)

QUIZ_SYSTEM = Quiz(
    id="llama.quiz_system",
    title="What a system prompt is",
    task="What does a system prompt do to a chat model?",
    hints=["What does the model read when it answers?", "Does anything forbid a token?"],
    options=[
        wrong("It sets rules that the model cannot break", "Nothing enforces them; only a mask on the logits would."),
        wrong("It changes the weights for this conversation", "No weight changes while a model writes."),
        right(
            "It is text at the beginning, which makes some answers likelier",
            "The model has learnt to go on as such a first turn suggests. How well, has to be measured.",
        ),
        wrong("It is read by the program around the model, not by the model", "It is tokens, like any other turn."),
    ],
)
