"""The exercises of notebook 15, scaling: in PyTorch, in float64 or whole numbers."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- bytes of a training ----------------------------------------------------------------------------------------------

GIGABYTES = 7 * 16.0

TRAINING_BYTES = NumberExercise(
    id="scaling.training_bytes",
    title="What seven billion parameters weigh",
    stars=1,
    minutes=5,
    task=(
        "A model has 7 billion parameters. It is trained with AdamW in mixed precision. How many gigabytes do weights, "
        "gradients and AdamW's state take together? A gigabyte is 10⁹ bytes."
    ),
    hints=[
        "Count the bytes of one parameter: a weight and a gradient in 16 bits, and what AdamW keeps in 32.",
        "AdamW keeps a copy of the weight and two averages, 4 bytes each.",
        "2 + 2 + 4 + 4 + 4 bytes, 7 billion times.",
    ],
    solution=GIGABYTES,
    working="7 · (2 + 2 + 12)",
    tolerance=0.5,
    mistakes=[
        wrong_number(14.0, "Those are the weights in 16 bits. Gradients and AdamW's state come on top.", 0.5),
        wrong_number(
            28.0, "Weights and gradients, or weights in 32 bits. What AdamW keeps is three times as much.", 0.5
        ),
        wrong_number(84.0, "That is AdamW's state alone. Add the 16-bit weights and gradients.", 0.5),
        wrong_number(
            56.0, "Two averages of 4 bytes are 56. A 32-bit copy, the weight and its gradient are missing.", 0.5
        ),
        wrong_number(98.0, "Something of 2 bytes is missing: there are a weight *and* a gradient in 16 bits.", 0.5),
        wrong_number(70.0, "That is 10 bytes a parameter. AdamW has two averages and a copy, 4 bytes each.", 0.5),
        wrong_number(140.0, "You counted 20 bytes. Weight and gradient have 16 bits here: 2 bytes, not 4.", 0.5),
        wrong_number(126.0, "You counted 18 bytes a parameter. It is 2 + 2 + 12.", 0.5),
        wrong_number(112e9, "Those are the bytes. How many gigabytes?", 1e9),
        wrong_number(16.0, "Those are the bytes of one parameter. There are 7 billion.", 0.01),
    ],
    remark="So a GPU of 80 GB can run this model five times over, and cannot train it.",
)

# --- pieces of a batch ------------------------------------------------------------------------------------------------


def _gradients_and_sizes(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[1.0, 4.0], [5.0, 0.0]], dtype=torch.double), torch.tensor([3, 1])  # (2, 3), to be read
    for n, dim in ((3, 4), (1, 3), (5, 2), (4, 6)):
        yield _normal(rng, n, dim), torch.from_numpy(rng.integers(1, 9, size=n))


def whole_gradient(gradients: Tensor, sizes: Tensor) -> Tensor:
    """The gradient of the mean loss over a whole batch: (pieces, dim), (pieces,) -> (dim,).

    Row i is the gradient of the mean loss over the examples of piece i, which has sizes[i] of them.
    """
    return (gradients * sizes[:, None]).sum(0) / sizes.sum()


@mistake("You took the mean over pieces, so an example in a small piece counts more than one in a large piece.")
def _mean_of_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.mean(0)


@mistake("You added up the pieces. Each is a mean already: weigh them by their sizes and divide by all examples.")
def _sum_of_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.sum(0)


@mistake("This is the gradient of the sum over all examples. Divide by their number for the mean.")
def _not_divided(gradients: Tensor, sizes: Tensor) -> Tensor:
    return (gradients * sizes[:, None]).sum(0)


@mistake("You divided by the number of pieces. Divide by the number of examples in all of them.")
def _divided_by_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return (gradients * sizes[:, None]).sum(0) / len(sizes)


@mistake("You divided each piece by its size. Its gradient is of a mean already: multiply by the size.")
def _divided_by_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return (gradients / sizes[:, None]).sum(0)


@mistake("You weighed by one over the size. A large piece has more examples, and so counts more.")
def _weighed_the_wrong_way(gradients: Tensor, sizes: Tensor) -> Tensor:
    weights = 1 / sizes.double()
    return (gradients * weights[:, None]).sum(0) / weights.sum()


@mistake("The sum over pieces is divided by the number of examples. Each piece has to be multiplied by its size first.")
def _sum_over_examples(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.sum(0) / sizes.sum()


@mistake("You took the largest piece alone. All of them have a share.")
def _largest(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[sizes.argmax()]


@mistake("The pieces are not added up: one row for each piece is left. The result is (dim,).")
def _rows(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients * sizes[:, None] / sizes.sum()


def _example_by_example(gradients: Tensor, sizes: Tensor) -> Tensor:
    rows = [row for row, size in zip(gradients, sizes.tolist(), strict=True) for _ in range(size)]
    return torch.stack(rows).mean(0)


WHOLE_GRADIENT = CodeExercise(
    id="scaling.whole_gradient",
    title="One gradient from many pieces",
    stars=2,
    minutes=8,
    task="Join the gradients of pieces of a batch into that of the whole batch.",
    hints=[
        "Three examples with a mean gradient of 1, and one with 5: the mean of all four is (3 · 1 + 5) / 4 = 2.",
        "Multiply each row by how many examples it stands for: `gradients * sizes[:, None]`.",
        "Add up the rows and divide by `sizes.sum()`.",
    ],
    solution=whole_gradient,
    reference=_example_by_example,
    inputs=_gradients_and_sizes,
    mistakes=[
        _mean_of_pieces, _sum_of_pieces, _not_divided, _divided_by_pieces, _divided_by_size, _weighed_the_wrong_way,
        _sum_over_examples, _largest, _rows,
    ],
)  # fmt: skip

# --- the first half of a ring -----------------------------------------------------------------------------------------


def _held(rng: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1.0, 2, 3], [10, 20, 30], [100, 200, 300]], dtype=torch.double),)  # to be read
    for n in (2, 4, 5, 1):
        yield (torch.from_numpy(rng.integers(1, 50, size=(n, n))).double(),)


def half_a_ring(held: Tensor) -> Tensor:
    """What n devices hold after the first half of a ring: held (n, n), a row for each device, a column for each part.

    There are n − 1 rounds, r = 0, 1, ... In round r every device i sends its part (i − r) mod n to device
    (i + 1) mod n, which adds it to its own. All send at once, what they hold before the round. `held` stays as it is.
    """
    n = len(held)
    held = held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            part = (i - r) % n
            held[(i + 1) % n, part] += before[i, part]
    return held


@mistake("Your loop has n rounds. After n − 1 every part has met all devices; the next one counts one of them twice.")
def _one_round_more(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] += before[i, (i - r) % n]
    return held


@mistake("Your loop has one round too few: a part has to pass n − 1 times to meet all n devices.")
def _one_round_less(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 2):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] += before[i, (i - r) % n]
    return held


@mistake("The part that arrives replaces what is there. In the first half it is added.")
def _replaces(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] = before[i, (i - r) % n]
    return held


@mistake("In every round you send part i. In round r it is part (i − r) mod n: what has just come in is passed on.")
def _always_the_same(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for _ in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, i] += before[i, i]
    return held


@mistake("You send part i + r. In round r it is part (i − r) mod n: what has just come in is passed on.")
def _other_sign(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i + r) % n] += before[i, (i + r) % n]
    return held


@mistake("You send to the left, to device i − 1. Parts go to device (i + 1) mod n.")
def _to_the_left(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i - 1) % n, (i - r) % n] += before[i, (i - r) % n]
    return held


@mistake("These are the sums of all devices everywhere. After the first half each is at one device alone.")
def _all_sums(held: Tensor) -> Tensor:
    return held.sum(0).expand_as(held).clone()


@mistake("What was sent is gone from its sender. A device sends a copy and keeps its own number.")
def _sender_loses(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] += before[i, (i - r) % n]
            held[i, (i - r) % n] -= before[i, (i - r) % n]
    return held


@mistake("Every device sends its whole row. It sends one part in a round: that is what makes a ring cheap.")
def _whole_rows(held: Tensor) -> Tensor:
    held = held.clone()
    for _ in range(len(held) - 1):
        held = held + held.roll(1, 0)
    return held


@mistake("Nothing has moved: this is what the devices held before the first round.")
def _unmoved(held: Tensor) -> Tensor:
    return held.clone()


def _by_journeys(held: Tensor) -> Tensor:
    """Part p begins at device p and gathers one device after the other."""
    n, found = len(held), torch.empty_like(held)
    for part in range(n):
        total = 0.0
        for step in range(n):
            device = (part + step) % n
            total = total + held[device, part]
            found[device, part] = total
    return found


HALF_A_RING = CodeExercise(
    id="scaling.half_a_ring",
    title="The first half of a ring",
    stars=3,
    minutes=14,
    task="Play the first half of a ring: the rounds in which parts are added up.",
    hints=[
        "Three devices, part 0: in round 0 it goes from device 0 to 1, in round 1 the sum goes from device 1 to 2.",
        "Keep a copy of what all held before the round, `before = held.clone()`, and read from it.",
        "`held[(i + 1) % n, part] += before[i, part]` with `part = (i - r) % n`, for every i, n − 1 times.",
    ],
    solution=half_a_ring,
    reference=_by_journeys,
    inputs=_held,
    forbidden=["torch.distributed"],
    mistakes=[
        _one_round_more, _one_round_less, _replaces, _always_the_same, _other_sign, _to_the_left, _all_sums,
        _sender_loses, _whole_rows, _unmoved,
    ],
)  # fmt: skip

# --- the bubble -------------------------------------------------------------------------------------------------------

PIECES = 63.0

BUBBLE = NumberExercise(
    id="scaling.bubble",
    title="How many pieces fill a pipeline",
    stars=1,
    minutes=5,
    task="A pipeline has 8 stages. At most a tenth of the time may be waiting. How many pieces must a batch have?",
    hints=[
        "The bubble is (p − 1) / (m + p − 1), with p stages and m pieces.",
        "7 / (m + 7) has to be a tenth or less.",
        "So m + 7 is 70 or more.",
    ],
    solution=PIECES,
    working="7 / (m + 7) ≤ 1/10, so m + 7 ≥ 70",
    tolerance=0.01,
    mistakes=[
        wrong_number(70.0, "That is m + 7. How many pieces is that?", 0.01),
        wrong_number(72.0, "You took p where p − 1 belongs: the last stage waits for 7 pieces, not for 8.", 0.01),
        wrong_number(80.0, "That would be p / m. A step is m + p − 1 pieces long, and p − 1 of them are waited.", 0.01),
        wrong_number(77.0, "You added 7 twice. 7 / (m + 7) = 1/10 gives m + 7 = 70.", 0.01),
        wrong_number(9.0, "With 9 pieces nearly half of the time is waited: 7 / 16.", 0.01),
        wrong_number(7.0, "With 7 pieces half of the time is waited: 7 / 14.", 0.01),
        wrong_number(10.0, "With 10 pieces 41 % are waited: 7 / 17.", 0.01),
        wrong_number(62.0, "With 62 pieces it is 7 / 69, a little more than a tenth.", 0.01),
        wrong_number(64.0, "That is enough, and one more than is needed: which is the smallest number?", 0.01),
        wrong_number(0.1, "That is the share of the time. How many pieces?", 0.001),
    ],
    remark="Each of these pieces needs at least one text, so a long pipeline asks for a large batch.",
)

# --- MinHash ----------------------------------------------------------------------------------------------------------


def _hashes(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
    yield torch.tensor([3, 5, 9]), torch.tensor([1, 2]), torch.tensor([0, 4]), 11  # to be read: (3, 0 + …)
    for members, n, prime in ((6, 4, 101), (1, 3, 31), (12, 6, 997), (9, 5, 211)):
        numbers = torch.from_numpy(rng.choice(prime, members, replace=False))
        a = torch.from_numpy(rng.integers(1, prime, n))
        yield numbers, a, torch.from_numpy(rng.integers(0, prime, n)), prime


def signature(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    """The signature of a set: its members as numbers (members,), hash functions a (n,) and b (n,) -> (n,).

    Hash function i sends x to (a[i] · x + b[i]) mod prime. Place i of the signature is the least value that it has for
    any member. All are whole numbers, small enough for int64.
    """
    return ((a[:, None] * numbers + b[:, None]) % prime).min(1).values


@mistake("You took the largest value. Any fixed choice would do, but here it is the least.")
def _largest_value(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers + b[:, None]) % prime).max(1).values


@mistake("The remainder is missing: without mod prime the least member has the least value under every function.")
def _no_remainder(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return (a[:, None] * numbers + b[:, None]).min(1).values


@mistake("The least is taken too early. Hash every member in full, (a · x + b) mod prime, and then take the least.")
def _remainder_last(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return (a[:, None] * numbers + b[:, None]).min(1).values % prime


@mistake("You left b out: hash function i sends x to (a[i] · x + b[i]) mod prime.")
def _without_b(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers) % prime).min(1).values


@mistake("The remainder is of a · x alone. It is of the whole: (a · x + b) mod prime.")
def _b_outside(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers) % prime + b[:, None]).min(1).values


@mistake("This is the least of each member over all functions. It is the least of each function over all members.")
def _other_axis(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers + b[:, None]) % prime).min(0).values


@mistake("These are the places of the least members. The signature holds their hash values.")
def _places(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers + b[:, None]) % prime).argmin(1)


@mistake("These are the members with the least hash values. The signature holds the values themselves.")
def _members(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return numbers[((a[:, None] * numbers + b[:, None]) % prime).argmin(1)]


@mistake("a and b are exchanged: multiply by a[i], and add b[i].")
def _exchanged(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((b[:, None] * numbers + a[:, None]) % prime).min(1).values


def _with_lists(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return torch.tensor([min((slope * x + start) % prime for x in numbers.tolist()) for slope, start in pairs])


SIGNATURE = CodeExercise(
    id="scaling.signature",
    title="A set in a few numbers",
    stars=2,
    minutes=8,
    task="Write the signature of a set.",
    hints=[
        "Members 3, 5, 9 under (1 · x + 0) mod 11 are 3, 5, 9: the least is 3. Under (2 · x + 4) mod 11: 10, 3, 0.",
        "`a[:, None] * numbers` has a row for each function and a column for each member.",
        "Add `b[:, None]`, take `% prime`, then the least of each row: `.min(1).values`.",
    ],
    solution=signature,
    reference=_with_lists,
    inputs=_hashes,
    mistakes=[
        _largest_value, _no_remainder, _remainder_last, _without_b, _b_outside, _other_axis, _places,
        _members, _exchanged,
    ],
)  # fmt: skip

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_SHARDED = Quiz(
    id="scaling.quiz_sharded",
    title="What eight copies hold",
    task=(
        "Eight devices train copies of one model, each on its own texts. Then AdamW's state is cut into eight parts, "
        "one for each device. What changes in the result?"
    ),
    hints=["Who needs a part's averages, and when?", "What does every device have after the step?"],
    options=[
        wrong("Each device trains an eighth of the model", "Every device has all weights, and all get new values."),
        right(
            "Nothing: each device moves its part of the weights, and the parts are then sent to all",
            "The sum of gradients was needed anyway. It is split into its two halves, with the step between them.",
        ),
        wrong("The gradients are no longer averaged", "They are: each device needs the mean of its part."),
        wrong("The learning rate has to be eight times as small", "The step is the same, computed by other devices."),
    ],
)

QUIZ_BUDGET = Quiz(
    id="scaling.quiz_budget",
    title="More than Chinchilla says",
    task=(
        "For its training operations, an 8-billion model had far more tokens than Chinchilla's law calls best. Why "
        "would anyone do that?"
    ),
    hints=["What does the law count as cost?", "What happens to the model after its training?"],
    options=[
        wrong("The law is wrong for large models", "It is a fit and has its errors, but that is not the reason here."),
        wrong("More tokens cost nothing", "Operations are 6ND: twice the tokens are twice the cost."),
        right(
            "A smaller model is cheaper every time it is used, and the law counts the training alone",
            "A larger model with fewer tokens would have had a lower loss for the same training.",
        ),
        wrong("A small model cannot learn from few tokens", "It would have had a higher loss, not none."),
    ],
)

QUIZ_DEVICES = Quiz(
    id="scaling.quiz_devices",
    title="Twice the devices",
    task="A training on 64 devices is moved to 128. The batch stays as it is, in all. The step becomes 1.6 times as "
    "fast. What is the likeliest reason?",
    hints=["What does each device have to do now?", "What did not become less?"],
    options=[
        right(
            "Each device computes half as much, but sums nearly as many bytes as before",
            "A ring sends 2 (n − 1) / n of the gradients however many devices there are.",
        ),
        wrong("Each device sums twice as many bytes", "In a ring the bytes of a device hardly depend on their number."),
        wrong("The gradients are less exact", "They are the same mean; and that would not cost time."),
        wrong("AdamW's state is twice as large", "It is as large as before, or half if it is cut among the devices."),
    ],
)
