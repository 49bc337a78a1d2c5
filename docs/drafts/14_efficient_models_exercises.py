"""The exercises of notebook 14, efficient models: in PyTorch, in float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- Amdahl -----------------------------------------------------------------------------------------------------------

SHARE, TIMES = 0.85, 3
WHOLE = 1 / (1 - SHARE + SHARE / TIMES)  # 2.31

AMDAHL = NumberExercise(
    id="efficient_models.amdahl",
    title="What a faster part gains",
    stars=1,
    minutes=5,
    task=(
        "The linear maps take 85 % of a classifier's time. In whole numbers they become 3 times as fast. How many "
        "times as fast does the classifier become?"
    ),
    hints=[
        "Let the whole take 100 ms. How many of them do the maps take, before and after?",
        "15 ms stay as they are, and 85 ms become 85 / 3.",
        "The whole takes 15 + 28.3 ms instead of 100.",
    ],
    solution=WHOLE,
    working="1 / (0.15 + 0.85 / 3)",
    tolerance=0.03,
    mistakes=[
        wrong_number(3.0, "The maps become so much faster. The other 15 % of the time stay as they are.", 0.02),
        wrong_number(SHARE * TIMES, "You multiplied 0.85 by 3. Add up the times of both parts instead.", 0.02),
        wrong_number(
            SHARE * TIMES + 1 - SHARE,
            "You took the mean of the two speeds. It is times that add up: 0.15 + 0.85 / 3 of the old one.",
            0.02,
        ),
        wrong_number(1 / WHOLE, "That is the share of the time that is left. How many times as fast is it?", 0.01),
        wrong_number(1 - 1 / WHOLE, "That is the share of the time that is saved. How many times as fast is it?", 0.01),
        wrong_number(
            1 / (SHARE + (1 - SHARE) / TIMES), "You made the 15 % faster. It is the 85 % that are linear maps.", 0.02
        ),
        wrong_number(SHARE / TIMES, "That is what the maps take now. The other 15 % come on top.", 0.01),
        wrong_number(1 / (1 - SHARE), "That would be right if the maps took no time at all.", 0.02),
        wrong_number(TIMES / SHARE, "You divided 3 by 0.85. Nothing can be more than 3 times as fast here.", 0.02),
        wrong_number(100 * WHOLE, "That is in percent. How many times as fast?", 2),
        wrong_number(100 / WHOLE, "That is the time that is left, in percent. How many times as fast is it?", 1),
        wrong_number(WHOLE - 1, "You took 1 off. How many *times* as fast is asked, not how much faster.", 0.01),
        wrong_number(
            1 / (1 - 1 / WHOLE), "You divided 1 by the share that is saved. Divide by the share that is left.", 0.01
        ),
        wrong_number(
            1 / (1 - SHARE / TIMES), "0.85 / 3 is what the maps take afterwards. It is not what is taken off.", 0.01
        ),
        wrong_number(1 / (1 - SHARE * TIMES), "A part that is faster takes less time: divide 0.85 by 3.", 0.01),
        wrong_number(
            1 / (1 - SHARE + SHARE * TIMES), "Your maps take three times as long. They are faster: 0.85 / 3.", 0.01
        ),
        wrong_number(20.0, "That is the example above, 95 % infinitely fast. Here it is 85 %, and 3 times."),
        wrong_number(1 / (0.05 + 0.95 / 3), "That is 95 % of the time. Here the maps take 85 %.", 0.01),
        wrong_number(1 / (0.1 + 0.9 / 3), "That is 90 % of the time. Here the maps take 85 %.", 0.01),
        wrong_number(1 / (0.2 + 0.8 / 3), "That is 80 % of the time. Here the maps take 85 %.", 0.002),
        wrong_number(1 / (0.15 + 0.85 / 2), "That is with maps twice as fast. Here they are 3 times as fast.", 0.01),
        wrong_number(1 / (0.15 + 0.85 / 4), "That is with maps 4 times as fast. Here they are 3 times as fast.", 0.01),
        wrong_number(1 / SHARE, "You divided 1 by 0.85. Divide by the time that is left: 0.15 + 0.85 / 3.", 0.01),
        wrong_number(TIMES - SHARE, "You took 0.85 from 3. Add up the times of both parts instead.", 0.002),
        wrong_number(1 + SHARE, "You added 0.85 to 1. Add up the times of both parts instead.", 0.01),
        wrong_number(1.0, "That would be right if nothing became faster.", 0.01),
        wrong_number(0.0, "A classifier that is 0 times as fast never ends. Add up the times of both parts.", 0.01),
    ],
    remark="With infinitely fast maps it would be 6.7 times as fast, and no more.",
)

# --- affine levels ----------------------------------------------------------------------------------------------------


def _numbers_and_bits(rng: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.tensor([-1.0, 0.0, 0.4, 2.0], dtype=torch.double), 2  # a step is 1, to be read
    for n, bits, shift in ((7, 3, 0.5), (12, 4, -0.3), (9, 2, 0.1), (20, 8, 1.0)):
        yield _normal(rng, n) + shift, bits
    yield _normal(rng, 6).abs() + 1, 3  # none below 0
    yield -_normal(rng, 6).abs() - 1, 3  # none above 0


def affine_rounded(numbers: Tensor, bits: int) -> Tensor:
    """A tensor (n,) rounded to 2^bits levels: for each number scale · (level − zero), (n,). `bits` is from 2 to 8.

    low = min(least number, 0), high = max(largest number, 0), scale = (high − low) / (2^bits − 1),
    zero = round(−low / scale), level = round(x / scale) + zero, kept from 0 to 2^bits − 1. Not all numbers are 0, and
    nothing that is rounded lies halfway.
    """
    low, high = numbers.min().clamp(max=0), numbers.max().clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    levels = (torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1)
    return scale * (levels - zero)


def _rounded(numbers: Tensor, low: Tensor, high: Tensor, last: int) -> Tensor:
    scale = (high - low) / last
    zero = torch.round(-low / scale)
    return scale * ((torch.round(numbers / scale) + zero).clamp(0, last) - zero)


def _with_ends(numbers: Tensor, low: float, high: float, last: int) -> Tensor:
    """The same with Python's numbers, which raise where a range is empty."""
    scale = (high - low) / last
    zero = round(-low / scale)
    return scale * ((torch.round(numbers / scale) + zero).clamp(0, last) - zero)


def _range(numbers: Tensor) -> tuple[Tensor, Tensor]:
    return numbers.min().clamp(max=0), numbers.max().clamp(min=0)


@mistake("Your range does not hold 0. Where all numbers are above 0 it begins at 0 all the same.")
def _without_zero(numbers: Tensor, bits: int) -> Tensor:
    low, high = numbers.min(), numbers.max()
    scale = (high - low) / (2**bits - 1)
    levels = torch.round((numbers - low) / scale)
    return low + scale * levels


@mistake("You took 2^bits steps. Between 2^bits levels there are 2^bits − 1.")
def _one_step_more(numbers: Tensor, bits: int) -> Tensor:
    return _rounded(numbers, *_range(numbers), 2**bits)


@mistake("Your levels end at 2^(bits−1) − 1. That is for symmetric ones; affine levels go from 0 to 2^bits − 1.")
def _half_of_the_levels(numbers: Tensor, bits: int) -> Tensor:
    return _rounded(numbers, *_range(numbers), 2 ** (bits - 1) - 1)


@mistake("These are symmetric levels, as many below 0 as above. Here the range goes from the least to the largest.")
def _symmetric(numbers: Tensor, bits: int) -> Tensor:
    last = 2 ** (bits - 1) - 1
    scale = numbers.abs().max() / last
    return scale * torch.round(numbers / scale)


@mistake("These are the levels. Bring them back: scale · (level − zero).")
def _levels_alone(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    return (torch.round(numbers / scale) + torch.round(-low / scale)).clamp(0, 2**bits - 1)


@mistake("The zero is not taken away on the way back: scale · (level − zero).")
def _zero_stays(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    return scale * (torch.round(numbers / scale) + torch.round(-low / scale)).clamp(0, 2**bits - 1)


@mistake("The zero is missing: without it every number below 0 is cut to level 0.")
def _no_zero(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    return scale * torch.round(numbers / scale).clamp(0, 2**bits - 1)


@mistake("Your zero is not rounded. It is a level, a whole number, so that 0 is met exactly.")
def _fractional_zero(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    return low + scale * torch.round((numbers - low) / scale)


@mistake("You cut the fractions off. Take the nearest level: `torch.round`.")
def _cut_off(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return scale * ((torch.floor(numbers / scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("The sign of your zero is wrong: it is −low / scale, and so 0 or more.")
def _zero_below(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(low / scale)
    return scale * ((torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("The numbers came back as they were: nothing was rounded.")
def _not_rounded(numbers: Tensor, bits: int) -> Tensor:
    return numbers.clone()


@mistake("You multiplied by the scale where you should divide: a level is x / scale.")
def _multiplied(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return scale * ((torch.round(numbers * scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("Your range does not hold 0: low = min(least number, 0) and high = max(largest number, 0).")
def _not_stretched(numbers: Tensor, bits: int) -> Tensor:
    return _rounded(numbers, numbers.min(), numbers.max(), 2**bits - 1)


@mistake("You divided the range by 2^bits. Between 2^bits levels there are 2^bits − 1 steps.")
def _levels_for_steps(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / 2**bits
    zero = torch.round(-low / scale)
    return scale * ((torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("The zero is added on the way back as well. It is taken away there: scale · (level − zero).")
def _zero_twice(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    return scale * (torch.round(numbers / scale) + 2 * zero)


@mistake("`int` cuts the fraction off. Take the nearest level: `round`.")
def _towards_zero(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    zero = torch.trunc(-low / scale)
    return scale * ((torch.trunc(numbers / scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("You took 8 bits. How many there are is the second argument.")
def _eight_bits(numbers: Tensor, bits: int) -> Tensor:
    return _rounded(numbers, *_range(numbers), 255)


@mistake("`2 ^ bits` is no power in Python: it compares bits. Write `2**bits`.")
def _exclusive_or(numbers: Tensor, bits: int) -> Tensor:
    return _with_ends(numbers, *map(float, _range(numbers)), (2 ^ bits) - 1)


@mistake("Your range begins at 0 always. Where a number is below 0 it begins there.")
def _from_zero(numbers: Tensor, bits: int) -> Tensor:
    scale = _range(numbers)[1] / (2**bits - 1)
    return scale * torch.round(numbers / scale).clamp(0, 2**bits - 1)


@mistake("min and max are mixed up: low = min(least number, 0), high = max(largest number, 0).")
def _stretched_wrongly(numbers: Tensor, bits: int) -> Tensor:
    return _with_ends(numbers, max(float(numbers.min()), 0.0), max(float(numbers.max()), 0.0), 2**bits - 1)


@mistake("You kept the levels from −2^(bits−1) to 2^(bits−1) − 1. Affine levels go from 0 to 2^bits − 1.")
def _signed_limits(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale = (high - low) / (2**bits - 1)
    zero, half = torch.round(-low / scale), 2 ** (bits - 1)
    return scale * ((torch.round(numbers / scale) + zero).clamp(-half, half - 1) - zero)


@mistake("Your zero stands in the middle of the levels. It is round(−low / scale), wherever that is.")
def _zero_in_the_middle(numbers: Tensor, bits: int) -> Tensor:
    low, high = _range(numbers)
    scale, zero = (high - low) / (2**bits - 1), 2 ** (bits - 1)
    return scale * ((torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("Levels, scale and zero came back. Bring the numbers back: scale · (level − zero).")
def _three_parts(numbers: Tensor, bits: int) -> tuple[Tensor, float, int]:
    low, high = map(float, _range(numbers))
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    return (torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1), scale, zero


@mistake("Your scale is rounded to two places. Leave it as it is: only levels and the zero are whole numbers.")
def _rounded_scale(numbers: Tensor, bits: int) -> Tensor:
    low, high = map(float, _range(numbers))
    scale = round((high - low) / (2**bits - 1), 2) or 0.01
    zero = round(-low / scale)
    return scale * ((torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1) - zero)


@mistake("Bytes run over below 0: level − zero is no number from 0 to 255. Use a type with a sign.")
def _bytes_below_zero(numbers: Tensor, bits: int) -> Tensor:
    low, high = map(float, _range(numbers))
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    levels = (torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1)
    return scale * ((levels - zero) % 256)


@mistake("Those are the errors. Return the rounded numbers themselves.")
def _errors(numbers: Tensor, bits: int) -> Tensor:
    return affine_rounded(numbers, bits) - numbers


@mistake("You rounded to so many decimal places. Divide by the scale first, and round to whole levels.")
def _decimal_places(numbers: Tensor, bits: int) -> Tensor:
    return torch.round(numbers, decimals=bits)


@mistake("Your range is that of the sizes, from 0 to the largest. It goes from the least number to the largest.")
def _range_of_sizes(numbers: Tensor, bits: int) -> Tensor:
    scale = numbers.abs().max() / (2**bits - 1)
    return scale * torch.round(numbers / scale)


@mistake("You returned after the first number. All of them are due.")
def _first_number(numbers: Tensor, bits: int) -> Tensor:
    return affine_rounded(numbers, bits)[:1]


def _one_by_one(numbers: Tensor, bits: int) -> Tensor:
    low, high = min(0.0, numbers.min().item()), max(0.0, numbers.max().item())
    scale = (high - low) / (2**bits - 1)
    zero = round(-low / scale)
    levels = [min(max(round(x / scale) + zero, 0), 2**bits - 1) for x in numbers.tolist()]
    return torch.tensor([scale * (level - zero) for level in levels], dtype=torch.double)


AFFINE_ROUNDED = CodeExercise(
    id="efficient_models.affine_rounded",
    title="Levels that lie where the numbers are",
    stars=2,
    minutes=12,
    task="Round numbers to affine levels of so many bits, and bring them back.",
    hints=[
        "At 2 bits, (−1, 0, 0.4, 2): the range is 3, a step is 1, the zero is level 1, the levels are 0, 1, 1 and 3.",
        "`low = numbers.min().clamp(max=0)`, and the same from above: so the range holds 0.",
        "`levels = (torch.round(numbers / scale) + zero).clamp(0, 2**bits - 1)`, then `scale * (levels - zero)`.",
    ],
    solution=affine_rounded,
    reference=_one_by_one,
    inputs=_numbers_and_bits,
    forbidden=[
        "quantize_per_tensor", "quantize_per_tensor_dynamic", "quantize_per_channel", "fake_quantize_per_tensor_affine",
        "fake_quantize_per_channel_affine", "affine",
    ],
    mistakes=[
        _without_zero, _one_step_more, _half_of_the_levels, _symmetric, _levels_alone, _zero_stays, _no_zero,
        _fractional_zero, _cut_off, _zero_below, _not_rounded, _multiplied, _not_stretched, _levels_for_steps,
        _zero_twice, _towards_zero, _eight_bits, _exclusive_or, _from_zero, _stretched_wrongly, _signed_limits,
        _zero_in_the_middle, _three_parts, _rounded_scale, _bytes_below_zero, _errors, _decimal_places,
        _range_of_sizes, _first_number,
    ],
)  # fmt: skip

# --- heads ------------------------------------------------------------------------------------------------------------


def _matrices(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int, list[int]]]:
    numbers = torch.arange(16.0, dtype=torch.double).reshape(4, 4)
    yield numbers, 10 * numbers, 2, [0]  # to be read
    for d, n_heads, removed in ((6, 3, [1]), (8, 4, [3, 0]), (12, 4, [2]), (10, 5, [1, 4, 0])):
        yield _normal(rng, d, d), _normal(rng, d, d), n_heads, removed


def without_heads(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    """Both tensors without some heads: query (d, d) loses rows, output (d, d) loses columns.

    Head h owns the rows, or columns, from h · d / n_heads up to (h + 1) · d / n_heads. `removed` is a list of
    different heads, in any order; one or more stay, in their old order. Returns the two matrices.
    """
    width = len(query) // n_heads
    kept = [i for i in range(len(query)) if i // width not in removed]
    return query[kept], output[:, kept]


@mistake("Both matrices have lost rows. The output map reads from the heads, so it loses columns.")
def _rows_twice(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    kept = [i for i in range(len(query)) if i // width not in removed]
    return query[kept], output[kept]


@mistake("Both matrices have lost columns. The query map writes for the heads, so it loses rows.")
def _columns_twice(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    kept = [i for i in range(len(query)) if i // width not in removed]
    return query[:, kept], output[:, kept]


@mistake("Rows and columns are exchanged: the query map loses rows, the output map columns.")
def _exchanged(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    kept = [i for i in range(len(query)) if i // width not in removed]
    return query[:, kept], output[kept]


@mistake("You kept the heads that should go. The *others* stay.")
def _kept_the_removed(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    gone = [i for i in range(len(query)) if i // width in removed]
    return query[gone], output[:, gone]


@mistake("You took single rows out. A head owns d / n_heads of them.")
def _single_rows(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    kept = [i for i in range(len(query)) if i not in removed]
    return query[kept], output[:, kept]


@mistake("Your heads are interleaved, every n_heads-th row. Head h owns rows that lie together.")
def _interleaved(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    kept = [i for i in range(len(query)) if i % n_heads not in removed]
    return query[kept], output[:, kept]


@mistake("The heads are set to 0 and still there. Take them out: the matrices become smaller.")
def _zeroed(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    gone = torch.tensor([i // width in removed for i in range(len(query))])
    return query.masked_fill(gone[:, None], 0), output.masked_fill(gone, 0)


@mistake("Only the first of the heads has gone. `removed` may hold several.")
def _first_alone(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return without_heads(query, output, n_heads, removed[:1])


@mistake("The output map is as it was. It loses the columns through which these heads spoke.")
def _output_whole(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return without_heads(query, output, n_heads, removed)[0], output


@mistake("The query map is as it was. It loses the rows that made the queries of these heads.")
def _query_whole(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return query, without_heads(query, output, n_heads, removed)[1]


@mistake("The two matrices are returned in the other order: first the query's, then the output's.")
def _other_order(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return without_heads(query, output, n_heads, removed)[::-1]


def _without(query: Tensor, output: Tensor, gone: Callable[[int], bool]) -> tuple[Tensor, Tensor]:
    """Both without the numbers that are gone."""
    kept = [i for i in range(len(query)) if not gone(i)]
    return query[kept], output[:, kept]


@mistake("You took `n_heads` for the size of a head. A head owns d / n_heads rows.")
def _number_for_size(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return _without(query, output, lambda i: i // n_heads in removed)


@mistake("When a head has gone, those behind it have moved. Collect what stays first, or begin with the last head.")
def _moved_places(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    for head in removed:
        query = torch.cat([query[: head * width], query[(head + 1) * width :]])
        output = torch.cat([output[:, : head * width], output[:, (head + 1) * width :]], 1)
    return query, output


@mistake("The query map alone came back. Both are due, the query's first.")
def _query_alone(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> Tensor:
    return without_heads(query, output, n_heads, removed)[0]


@mistake("You counted heads from 1. The first is head 0.")
def _from_one(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return _without(query, output, lambda i: i // (len(query) // n_heads) + 1 in removed)


@mistake("One row too many has gone: a head's last is the one before (h + 1) · d / n_heads.")
def _one_too_many(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    return _without(query, output, lambda i: any(h * width <= i <= (h + 1) * width for h in removed))


@mistake("The last row of a head is still there: it owns d / n_heads of them.")
def _one_too_few(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    width = len(query) // n_heads
    return _without(query, output, lambda i: any(h * width <= i < (h + 1) * width - 1 for h in removed))


@mistake("You divided d by the number of heads that stay. The size of a head is d / n_heads.")
def _size_of_the_rest(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return _without(query, output, lambda i: i // (len(query) // (n_heads - len(removed))) in removed)


@mistake("You took the last heads. Those that `removed` names should go.")
def _last_heads(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return _without(query, output, lambda i: i // (len(query) // n_heads) >= n_heads - len(removed))


@mistake("Both matrices have lost rows *and* columns. The query map loses rows alone, the output map columns alone.")
def _both_of_both(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    rows, columns = without_heads(query, output, n_heads, removed)
    return without_heads(output, rows, n_heads, removed)[1], without_heads(columns, query, n_heads, removed)[0]


@mistake("The output map is transposed. Its rows stay rows; it loses columns.")
def _output_turned(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    rows, columns = without_heads(query, output, n_heads, removed)
    return rows, columns.T


@mistake("The heads still have an axis of their own. Join it to the one behind it: two matrices are due.")
def _axis_left(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    kept = [head for head in range(n_heads) if head not in removed]
    return query.unflatten(0, (n_heads, -1))[kept], output.unflatten(1, (n_heads, -1))[:, kept]


@mistake("The output map was cut along its rows. Head h owns *columns* of it.")
def _columns_from_rows(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    kept = [head for head in range(n_heads) if head not in removed]
    rows = output.unflatten(0, (n_heads, -1))[kept]
    return without_heads(query, output, n_heads, removed)[0], rows.reshape(len(output), -1)


@mistake("The heads that stay came in another order. They keep their old one.")
def _other_order_of_heads(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    kept = [head for head in reversed(range(n_heads)) if head not in removed]
    rows = torch.cat([query.chunk(n_heads, 0)[head] for head in kept])
    return rows, torch.cat([output.chunk(n_heads, 1)[head] for head in kept], dim=1)


@mistake("Heads of 32 rows are those of MiniLM. Here a head owns d / n_heads of them.")
def _thirty_two(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    return _without(query, output, lambda i: i // 32 in removed)


def _by_heads(query: Tensor, output: Tensor, n_heads: int, removed: list[int]) -> tuple[Tensor, Tensor]:
    kept = [head for head in range(n_heads) if head not in removed]
    rows = torch.cat([query.chunk(n_heads, 0)[head] for head in kept])
    return rows, torch.cat([output.chunk(n_heads, 1)[head] for head in kept], dim=1)


WITHOUT_HEADS = CodeExercise(
    id="efficient_models.without_heads",
    title="A head less",
    stars=2,
    minutes=10,
    task="Take heads out of two matrices: rows of the one, columns of the other.",
    hints=[
        "With d = 4 and two heads, head 0 owns rows 0 and 1 of the query map, and columns 0 and 1 of the output map.",
        "`width = len(query) // n_heads`; row i belongs to head `i // width`.",
        "Collect the numbers that stay in a list `kept`; then `query[kept]` and `output[:, kept]`.",
    ],
    solution=without_heads,
    reference=_by_heads,
    inputs=_matrices,
    mistakes=[
        _rows_twice, _columns_twice, _exchanged, _kept_the_removed, _single_rows, _interleaved, _zeroed, _first_alone,
        _output_whole, _query_whole, _other_order, _number_for_size, _moved_places, _query_alone, _from_one,
        _one_too_many, _one_too_few, _size_of_the_rest, _last_heads, _both_of_both, _output_turned,
        _axis_left, _columns_from_rows, _other_order_of_heads, _thirty_two,
    ],
)  # fmt: skip

# --- distillation -----------------------------------------------------------------------------------------------------


def _two_logits(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    yield torch.tensor([[0.0, 0.0]], dtype=torch.double), torch.tensor([[2.0, 0.0]], dtype=torch.double), 1.0
    for n, classes, temperature in ((3, 2, 2.0), (5, 4, 0.5), (1, 3, 4.0), (4, 3, 1.5)):
        yield 2 * _normal(rng, n, classes), 2 * _normal(rng, n, classes), temperature


def soft_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T² times the mean over the texts of how far the student is from the teacher: a tensor of shape ().

    Both are logits (n, classes), so moderate that no probability is 0. A text's divergence is the sum of
    p · log(p / q) over the classes, with p the teacher's probabilities and q the student's, both at the temperature.
    """
    p = (teacher.detach() / temperature).softmax(-1)
    log_q = (student / temperature).log_softmax(-1)
    return temperature**2 * (p * (p.log() - log_q)).sum(-1).mean()


def _divergence(p: Tensor, q: Tensor) -> Tensor:
    return (p * (p.log() - q.log())).sum(-1).mean()


@mistake("The factor T² is missing: without it the gradient would shrink as the temperature rises.")
def _without_square(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, temperature) / temperature**2


@mistake("You multiplied by T. The gradient falls with its square: multiply by T².")
def _times_temperature(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, temperature) / temperature


@mistake("You divided by T². The loss is multiplied by it.")
def _over_square(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, temperature) / temperature**4


@mistake("Teacher and student are exchanged: the probabilities p in front are the teacher's.")
def _exchanged_models(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    q, p = (student / temperature).softmax(-1), (teacher.detach() / temperature).softmax(-1)
    return temperature**2 * _divergence(q, p)


@mistake("That is the cross-entropy, −Σ p · log q. The divergence has p · log p as well.")
def _cross_entropy(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    p = (teacher.detach() / temperature).softmax(-1)
    return -(temperature**2) * (p * (student / temperature).log_softmax(-1)).sum(-1).mean()


@mistake("You took the mean over the classes, too. Over the classes the terms are added up.")
def _mean_of_all(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, temperature) / student.shape[-1]


@mistake("You added the texts up. Take their mean.")
def _sum_of_texts(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, temperature) * len(student)


@mistake("The student's logits are not softened. Both are divided by the temperature.")
def _student_sharp(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    p, q = (teacher.detach() / temperature).softmax(-1), student.softmax(-1)
    return temperature**2 * _divergence(p, q)


@mistake("The teacher's logits are not softened. Both are divided by the temperature.")
def _teacher_sharp(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    p, q = teacher.detach().softmax(-1), (student / temperature).softmax(-1)
    return temperature**2 * _divergence(p, q)


@mistake("You multiplied the logits by the temperature. They are divided by it.")
def _multiplied_logits(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    p, q = (teacher.detach() * temperature).softmax(-1), (student * temperature).softmax(-1)
    return temperature**2 * _divergence(p, q)


@mistake("The sign is wrong: a divergence is 0 or more.")
def _negative(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return -soft_loss(student, teacher, temperature)


@mistake("You divided the probabilities by the temperature. It is the logits that are divided, before the softmax.")
def _softened_late(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    p, q = teacher.detach().softmax(-1) / temperature, student.softmax(-1) / temperature
    return temperature**2 * _divergence(p, q)


@mistake("That compares logits. Turn both into probabilities first.")
def _squared_difference(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return ((student - teacher.detach()) ** 2).mean()


@mistake("Your softmax goes over the texts. It goes over the classes, the last axis.")
def _over_texts(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    q, p = (student / temperature).softmax(0), (teacher.detach() / temperature).softmax(0)
    return temperature**2 * _divergence(p, q)


@mistake("You took logarithms to base 2. The divergence has natural ones.")
def _in_bits(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, temperature) / math.log(2)


@mistake("That is the squared distance of the probabilities. The divergence is the sum of p · log(p / q).")
def _squares(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    q, p = (student / temperature).softmax(-1), (teacher.detach() / temperature).softmax(-1)
    return temperature**2 * ((p - q) ** 2).sum(-1).mean()


@mistake("You made a label of the teacher's likeliest class. All of its probabilities count.")
def _hard_labels(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return temperature**2 * torch.nn.functional.cross_entropy(student / temperature, teacher.argmax(-1))


@mistake("These are the divergences of the texts. Take their mean.")
def _each_text(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    p, q = (teacher.detach() / temperature).softmax(-1), (student / temperature).softmax(-1)
    return temperature**2 * (p * (p / q).log()).sum(-1)


@mistake("You returned after the first text. The mean over all of them is due.")
def _first_text(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student[:1], teacher[:1], temperature)


@mistake("You took the temperature 2 of the example. It is the third argument.")
def _always_two(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return soft_loss(student, teacher, 2.0)


@mistake("You took the mean of both directions. Only the teacher's probabilities stand in front.")
def _both_directions(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    return (soft_loss(student, teacher, temperature) + _exchanged_models.attempt(student, teacher, temperature)) / 2


@mistake("The teacher's logits are no logarithms of probabilities yet: take `log_softmax`.")
def _not_normalised(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    logits, log_q = teacher.detach() / temperature, (student / temperature).log_softmax(-1)
    return temperature**2 * (logits.exp() * (logits - log_q)).sum(-1).mean()


@mistake("The logarithms are missing: the terms are p · (log p − log q).")
def _without_logarithms(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    q, p = (student / temperature).softmax(-1), (teacher.detach() / temperature).softmax(-1)
    return temperature**2 * (p * (p - q)).sum(-1).mean()


def _by_torch(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    found, wanted = ((each / temperature).log_softmax(-1) for each in (student, teacher.detach()))
    apart = torch.nn.functional.kl_div(found, wanted, reduction="batchmean", log_target=True)
    return temperature**2 * apart


SOFT_LOSS = CodeExercise(
    id="efficient_models.soft_loss",
    title="How far from the teacher?",
    stars=2,
    minutes=10,
    task="Write the part of the loss that compares with the teacher.",
    hints=[
        "If student and teacher have the same logits the loss is 0.",
        "`p = (teacher.detach() / temperature).softmax(-1)`, and the logarithms of the student's with `log_softmax`.",
        "Sum p · (log p − log q) over the last axis, take the mean over texts, multiply by temperature**2.",
    ],
    solution=soft_loss,
    reference=_by_torch,
    inputs=_two_logits,
    gradient=["student"],
    forbidden=["kl_div", "kl_divergence", "distillation_loss", "KLDivLoss"],
    mistakes=[
        _without_square, _times_temperature, _over_square, _exchanged_models, _cross_entropy, _mean_of_all,
        _sum_of_texts, _student_sharp, _teacher_sharp, _multiplied_logits, _negative, _softened_late,
        _squared_difference, _over_texts, _in_bits, _squares, _hard_labels, _each_text, _first_text, _always_two,
        _both_directions, _not_normalised, _without_logarithms,
    ],
)  # fmt: skip

# --- LoRA -------------------------------------------------------------------------------------------------------------

LAYERS, PLACES, RANK, WIDTH = 6, 2, 8, 384
NUMBERS = LAYERS * PLACES * RANK * 2 * WIDTH  # 73,728

LORA_NUMBERS = NumberExercise(
    id="efficient_models.lora_numbers",
    title="How many numbers is that?",
    stars=1,
    minutes=5,
    task=(
        "LoRA of rank 8 stands at the query and the value map of each of six layers. These maps are 384 × 384; their "
        "biases stay as they are. How many numbers do these LoRAs train together?"
    ),
    hints=[
        "What are the shapes of the two thin matrices?",
        "(8, 384) and (384, 8): 6,144 numbers for one map.",
        "There are two maps in each of six layers.",
    ],
    solution=float(NUMBERS),
    working="6 * 2 * 8 * (384 + 384)",
    tolerance=0.5,
    mistakes=[
        wrong_number(NUMBERS / 2, "Half of it. Count both thin matrices, and both maps of a layer."),
        wrong_number(NUMBERS / 6, "That is one layer. There are six."),
        wrong_number(NUMBERS / 12, "That is one map. There are two in each of six layers."),
        wrong_number(NUMBERS / 24, "That is one thin matrix of one map."),
        wrong_number(NUMBERS / 8, "That is rank 1. Rank 8 has eight times as many."),
        wrong_number(12 * 384 * 384.0, "Those are the frozen matrices. The thin ones are (8, 384) and (384, 8)."),
        wrong_number(
            12 * 8 * 384 * 384.0, "You multiplied 384 by 384. Each thin matrix has one side of 384 and one of 8."
        ),
        wrong_number(12 * (8 * 2 * 384 + 384.0), "LoRA has no biases."),
        wrong_number(3 * NUMBERS / 2, "You counted three maps. LoRA stands at query and value alone."),
        wrong_number(2.0 * NUMBERS, "Twice as many: there are two maps in a layer here, not four."),
        wrong_number(12 * 8 * 8.0, "You multiplied 8 by 8. Each thin matrix has one side of 384."),
        wrong_number(12.0 * WIDTH, "That is one vector for each map. A LoRA has two thin matrices, of 8 vectors each."),
        wrong_number(NUMBERS + 770.0, "The head is trained as well, but it is no LoRA. Count the thin matrices alone."),
        wrong_number(NUMBERS + 147_840.0, "The pooler is no LoRA, and stays as it is. Count the thin matrices alone."),
        wrong_number(NUMBERS + 12 * WIDTH**2.0, "You counted the frozen maps as well. They are not trained."),
        wrong_number(5 / 6 * NUMBERS, "Those are five layers. There are six."),
        wrong_number(7 / 6 * NUMBERS, "Those are seven layers. There are six."),
        wrong_number(12.0 * NUMBERS, "A map holds all its heads: do not count them once more."),
        wrong_number(12 * 8 * (384 + 1536.0), "You took a map to 1,536 numbers. Query and value are 384 × 384."),
        wrong_number(NUMBERS / 1000, "That is in thousands. How many numbers are trained?"),
        wrong_number(round(NUMBERS, -3), "That is rounded to thousands. The count itself is asked for."),
        wrong_number(round(NUMBERS, -1), "That is rounded to tens. The count itself is asked for."),
        wrong_number(NUMBERS / 226_842.0, "That is a share of the whole model in percent.", 0.01),
        wrong_number(NUMBERS + 12.0, "α is a number that you choose. It is not trained."),
        wrong_number(24.0, "That is how many thin matrices there are. Count the numbers in them."),
        wrong_number(72.0, "That is how many heads of attention there are. Count the numbers of the thin matrices."),
        wrong_number(6 * 1_769_472.0, "Those are all numbers of the layers. Count the thin matrices alone."),
        wrong_number(0.0, "The maps are frozen, but the thin matrices beside them are trained."),
        wrong_number(4.0 * NUMBERS, "Those are the bytes in 32-bit floats, or four times too many numbers."),
    ],
    remark="That is 0.3 % of the classifier's 22.7 million.",
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_ZEROS = Quiz(
    id="efficient_models.quiz_zeros",
    title="What zeros save",
    task="Half of the weights of every map are set to 0, the smallest ones, wherever they lie. What becomes smaller?",
    hints=["What does a product do when it meets a 0?", "How is the matrix stored?"],
    options=[
        wrong(
            "The time of a forward pass, by half", "Nobody looks whether a factor is 0: it is multiplied all the same."
        ),
        wrong("The memory, by half", "The matrix has its shape still, and a 0 takes 32 bits like any other number."),
        right(
            "Nothing, unless the matrix is stored or multiplied in another way",
            "A sparse format saves room if few weights are left, and special hardware saves time for 2 of 4.",
        ),
        wrong("The optimizer's state in a later training", "AdamW keeps its averages for every number of the matrix."),
    ],
)

QUIZ_SCALE = Quiz(
    id="efficient_models.quiz_scale",
    title="One large weight",
    task="One weight of a matrix is 100 times as large as any other. All are rounded to 4 bits. Where does that hurt?",
    hints=["Who shares its scale with the large weight?", "How large is a step there?"],
    options=[
        wrong(
            "Nowhere: the large weight gets the last level",
            "It does, and the step that it needs is too coarse for others.",
        ),
        right(
            "In the weights that share its scale", "Their step follows the largest. With blocks these are 31 others."
        ),
        wrong(
            "In the whole matrix, however scales are shared", "Another row, or another block, has a scale of its own."
        ),
        wrong("In the large weight alone", "It is met exactly; its neighbours become 0."),
    ],
)

QUIZ_LORA = Quiz(
    id="efficient_models.quiz_lora",
    title="What LoRA saves",
    task="A model was trained with LoRA, and the adapter was merged. What is smaller than after training every weight?",
    hints=["What does merging make of the two thin matrices?", "What did the training have to hold?"],
    options=[
        wrong("The merged model", "It has the same matrices in the same shapes."),
        wrong("The time of a forward pass", "Merged, it is the same product. Unmerged, it is a little slower."),
        right(
            "What the training held, and the file of what it has changed",
            "AdamW keeps averages for the thin matrices alone, and only these and the head have to be stored.",
        ),
        wrong(
            "The number of steps that were taken", "Merging comes after them. How many there were is another choice."
        ),
    ],
)
