"""The exercises of notebook 11, Llama: in PyTorch, in float64."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor

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

    epsilon is added to the mean square, below the root. The weight is (dim,).
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


def _rms_norm_of_torch(hidden: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return torch.nn.functional.rms_norm(hidden, hidden.shape[-1:], weight, epsilon)


RMS_NORM = CodeExercise(
    id="llama.rms_norm",
    title="A norm without a mean",
    stars=1,
    minutes=5,
    task="Write RMSNorm: each vector over the root of its mean square, times a weight.",
    hints=[
        "By hand: the vector (3, −4) has the mean square 12.5, whose root is 3.54.",
        "`(hidden**2).mean(-1, keepdim=True)` keeps the last axis, so that each vector is divided by its own number.",
        "`weight * hidden / torch.sqrt(mean_square + epsilon)`",
    ],
    solution=rms_norm,
    reference=_rms_norm_of_torch,
    inputs=_vectors_to_scale,
    gradient=["hidden", "weight"],
    forbidden=["torch.nn.functional.rms_norm", "torch.rms_norm"],
    mistakes=[
        _centred, _over_deviation, _over_length, _without_root, _epsilon_outside, _without_epsilon, _epsilon_squared,
        _without_weight, _weight_first, _over_everything, _over_the_first_axis, _mean_of_sizes, _times_root,
        _one_plus_weight,
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
    two coordinates of a hand, which is turned counter-clockwise by p · frequencies[i] radians.
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


def _by_complex_numbers(vectors: Tensor, frequencies: Tensor) -> Tensor:
    first, second = vectors.chunk(2, dim=-1)
    hands = torch.complex(first, second) * torch.exp(1j * torch.arange(len(vectors))[:, None] * frequencies)
    return torch.cat([hands.real, hands.imag], dim=-1)


TURNED = CodeExercise(
    id="llama.turned",
    title="A hand for each pair",
    stars=2,
    minutes=12,
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
    mistakes=[
        _clockwise, _from_one, _neighbours, _same_everywhere, _no_minus, _cosines_alone, _overwritten, _exchanged,
        _halves_exchanged, _divided, _added, _whole_turns,
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
        "megabytes (10⁶ bytes) are the keys and values of 8,192 tokens, at 2 bytes for a number?"
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
        wrong_number(MEGABYTES * 1e6, "That is in bytes. Divide by 10⁶.", 1e4),
        wrong_number(MEGABYTES * 1000, "That is in kilobytes. Divide by 1,000.", 300),
        wrong_number(MEGABYTES * 8, "That is in megabits: a byte has 8.", 2),
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


def read_block(scale: float, minimum: float, halves: Tensor) -> Tensor:
    """One Q4_1 block as numbers: 16 whole numbers from 0 to 255, (16,) -> (32,).

    Each byte holds two whole numbers q from 0 to 15, in its lower and in its upper half. The lower halves are numbers 0
    to 15 of the block, the upper halves numbers 16 to 31. Each becomes scale · q + minimum.
    """
    whole = torch.cat([halves % 16, halves // 16])
    return scale * whole + minimum


def _scaled(scale: float, minimum: float, whole: Tensor) -> Tensor:
    return scale * whole + minimum


@mistake("The halves come in turn in yours. All lower halves come first, then all upper ones.")
def _interleaved(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.stack([halves % 16, halves // 16], dim=-1).flatten())


@mistake("The upper halves come first in yours. Numbers 0 to 15 are the *lower* halves.")
def _upper_first(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([halves // 16, halves % 16]))


@mistake("The halves come in turn in yours, the upper one first. All lower halves come first, then all upper ones.")
def _interleaved_upper_first(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.stack([halves // 16, halves % 16], dim=-1).flatten())


@mistake("The minimum is missing: a number is scale · q + minimum.")
def _without_minimum(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(scale, 0.0, halves)


@mistake("The scale is missing: a number is scale · q + minimum.")
def _without_scale(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(1.0, minimum, halves)


@mistake("You subtracted the minimum. It is what q = 0 stands for, and is added.")
def _minus_minimum(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(scale, -minimum, halves)


@mistake("You multiplied the sum: scale · (q + minimum). The minimum is added after the scale.")
def _scaled_minimum(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(scale, scale * minimum, halves)


@mistake("Scale and minimum are exchanged.")
def _other_way_round(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(minimum, scale, halves)


@mistake("The upper half is still 16 times too large: shift it down by 4 bits, or divide by 16.")
def _not_shifted(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([halves % 16, halves & 0xF0]))


@mistake("You split at 10, as decimal digits. Half a byte is 4 bits: 16 values.")
def _decimal(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([halves % 10, halves // 10]))


@mistake("You subtracted 8 from each whole number. That is Q4_0, which has no minimum; here q goes from 0 to 15.")
def _centred_on_eight(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(scale, minimum - 8 * scale, halves)


@mistake("You divided the upper half without dropping the rest: use `//` or `>> 4`.")
def _fractions(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, torch.cat([(halves % 16).double(), halves / 16]))


@mistake("These are the whole numbers. Each still becomes scale · q + minimum.")
def _whole_alone(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return read_block(1.0, 0.0, halves)


@mistake("These are the 16 bytes as numbers. Each holds two numbers of 4 bits.")
def _bytes(scale: float, minimum: float, halves: Tensor) -> Tensor:
    return _scaled(scale, minimum, halves)


def _bit_by_bit(scale: float, minimum: float, halves: Tensor) -> Tensor:
    bits = torch.stack([(halves >> place) & 1 for place in range(8)])  # (8, 16), the lowest first
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
        "`halves % 16` and `halves // 16`, or `halves & 15` and `halves >> 4`.",
        "`torch.cat([lower, upper])`, then scale and minimum.",
    ],
    solution=read_block,
    reference=_bit_by_bit,
    inputs=_blocks,
    mistakes=[
        _interleaved, _upper_first, _interleaved_upper_first, _without_minimum, _without_scale, _minus_minimum,
        _scaled_minimum, _other_way_round, _not_shifted, _decimal, _centred_on_eight, _fractions, _whole_alone, _bytes,
    ],
)  # fmt: skip

# --- the template -----------------------------------------------------------------------------------------------------


def _conversations(rng: Generator) -> Iterator[tuple[list[tuple[str, str]]]]:
    yield ([("user", "Hi")],)
    yield ([("system", "Be brief."), ("user", "What is 2 + 3?"), ("assistant", "5"), ("user", "And 4 + 4?")],)
    yield ([("system", "You are a cat."), ("user", "Two lines:\nthis is the second.")],)
    words = ("red", "green", "blue", "black")
    yield ([("user", str(rng.choice(words))), ("assistant", ""), ("user", str(rng.choice(words)))],)


def chat_text(messages: list[tuple[str, str]]) -> str:
    """What a model reads before it answers: a list of (role, content), none of them changed -> one text.

    Each turn is `<|im_start|>`, the role, a new line, the content, `<|im_end|>`, and a new line. At the end stands the
    beginning of the answer: `<|im_start|>`, the role `assistant`, and a new line.
    """
    turns = "".join(f"<|im_start|>{role}\n{content}<|im_end|>\n" for role, content in messages)
    return turns + "<|im_start|>assistant\n"


@mistake("The beginning of the answer is missing. Without `<|im_start|>assistant` the model may go on as the user.")
def _no_opening(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages).removesuffix("<|im_start|>assistant\n")


@mistake("The new line after the last `assistant` is missing.")
def _no_last_line(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages).removesuffix("\n")


@mistake("You closed the answer with `<|im_end|>`. It is the model's turn: it will end it itself.")
def _closed(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages) + "<|im_end|>"


@mistake("The new line after each `<|im_end|>` is missing.")
def _no_line_between(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages).replace("<|im_end|>\n", "<|im_end|>")


@mistake("Between role and content stands a new line, nothing else.")
def _no_line_inside(messages: list[tuple[str, str]]) -> str:
    turns = "".join(f"<|im_start|>{role} {content}<|im_end|>\n" for role, content in messages)
    return turns + "<|im_start|>assistant\n"


@mistake("Between role and content stands a new line. You wrote a colon.")
def _colon(messages: list[tuple[str, str]]) -> str:
    turns = "".join(f"<|im_start|>{role}: {content}<|im_end|>\n" for role, content in messages)
    return turns + "<|im_start|>assistant\n"


@mistake("There is a new line before `<|im_end|>` in yours. It follows the content at once.")
def _line_before_the_end(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages).replace("<|im_end|>", "\n<|im_end|>")


@mistake("The `<|im_end|>` of the turns are missing: nothing says where one ends.")
def _no_ends(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages).replace("<|im_end|>", "")


@mistake("The roles are missing: each turn says whose it is.")
def _no_roles(messages: list[tuple[str, str]]) -> str:
    turns = "".join(f"<|im_start|>{content}<|im_end|>\n" for _, content in messages)
    return turns + "<|im_start|>assistant\n"


@mistake("Only the last message is in yours. The model forgets: it reads the whole conversation each time.")
def _last_alone(messages: list[tuple[str, str]]) -> str:
    return chat_text(messages[-1:])


@mistake("The system's turn is missing. It is a turn like any other, the first.")
def _no_system(messages: list[tuple[str, str]]) -> str:
    return chat_text([each for each in messages if each[0] != "system"])


@mistake("You stripped the content, or its lines. A turn is written as it is.")
def _one_line(messages: list[tuple[str, str]]) -> str:
    return chat_text([(role, " ".join(content.split())) for role, content in messages])


@mistake("An answer without a word is a turn, too: yours leaves it out.")
def _empty_left_out(messages: list[tuple[str, str]]) -> str:
    return chat_text([each for each in messages if each[1]])


@mistake("The answer begins after each turn in yours. It begins once, at the end.")
def _opening_each_time(messages: list[tuple[str, str]]) -> str:
    return "".join(chat_text([each]) for each in messages)


def _by_lines(messages: list[tuple[str, str]]) -> str:
    lines: list[str] = []
    for role, content in messages:
        lines += [f"<|im_start|>{role}", f"{content}<|im_end|>"]
    return "\n".join([*lines, "<|im_start|>assistant", ""])


CHAT_TEXT = CodeExercise(
    id="llama.chat_text",
    title="One text out of many turns",
    stars=1,
    minutes=8,
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
        _no_opening, _no_last_line, _closed, _no_line_between, _no_line_inside, _colon, _line_before_the_end, _no_ends,
        _no_roles, _last_alone, _no_system, _one_line, _empty_left_out, _opening_each_time,
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
        "tokens. How many of the 32 pairs never made a whole turn in training?"
    ),
    hints=[
        "A pair that turns by f radians a token needs 2π / f tokens for a whole turn.",
        "`2 * math.pi / llama.frequencies(64, 100_000)` are the tokens that each pair needs.",
        "Count those above 8,192.",
    ],
    solution=pairs_without_a_turn(),
    working="12",
    tolerance=0.4,
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
        wrong_number(0.0, "The slowest pair needs some 440,000 tokens for a turn."),
        wrong_number(32.0, "The fastest pair needs only 6 tokens for a turn."),
        wrong_number(12 / 32, "That is the share. How many pairs are there?", 0.01),
    ],
    remark="In these pairs an angle beyond the trained length is one that the model has never met.",
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
