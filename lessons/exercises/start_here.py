"""The exercises of notebook 00, the warm-up: in NumPy, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

Array = np.ndarray

# --- the first one ----------------------------------------------------------------------------------------------------

FIRST_TRY = NumberExercise(
    id="start_here.first_try",
    title="How many numbers?",
    stars=1,
    minutes=1,
    task="A table has the shape (3, 4): three rows, four columns. How many numbers does it hold?",
    hints=["Draw it: three rows, and four boxes in each.", "Three rows of four: 4 + 4 + 4."],
    solution=12,
    working="3 * 4",
    mistakes=[
        wrong_number(7, "You added the two sizes. Each of the 3 rows holds 4 numbers: multiply."),
        wrong_number(3, "This is the number of rows. Each of them holds 4 numbers."),
        wrong_number(4, "This is the number of columns, so the numbers of one row. There are 3 rows."),
        wrong_number(2, "This is the number of axes, rows and columns. How many numbers stand in the table?"),
        wrong_number(34, "A shape is not read as one number: (3, 4) means 3 rows of 4 numbers."),
        wrong_number(
            14, "This is the way round a rectangle, 3 + 4 + 3 + 4. Count what is inside: 3 rows of 4 numbers."
        ),
        wrong_number(81, "This is 3⁴, 3 × 3 × 3 × 3. Three rows of four are 4 + 4 + 4."),
        wrong_number(64, "This is 4³, 4 × 4 × 4. Three rows of four are 4 + 4 + 4."),
        wrong_number(
            6, "A table of 2 rows and 3 columns holds 6. A shape counts from 1: (3, 4) has 3 rows and 4 columns."
        ),
        wrong_number(
            20, "A table of 4 rows and 5 columns holds 20. The sizes are counts already: 3 rows of 4 numbers."
        ),
        wrong_number(
            11, "Counted from 0, this is the index of the last one. How many are there, the one at 0 included?"
        ),
        wrong_number(9, "This is 3 × 3. Each of the 3 rows holds 4 numbers."),
        wrong_number(16, "This is 4 × 4. There are 3 rows of 4 numbers."),
        wrong_number(
            24, "This is twice too many. Each number stands in one row and in one column, and is counted once."
        ),
        wrong_number(
            96, "This is how many bytes a float64 table of that shape fills, 8 for each number. Count the numbers."
        ),
    ],
    remark="The sizes of a shape are always multiplied, however many there are.",
)

# --- broadcasting -----------------------------------------------------------------------------------------------------


def _tables(rng: Generator) -> Iterator[tuple[Array]]:
    yield (np.array([[1, 2, 6], [4, 4, 5]]),)  # the second mean is 13/3: a table made for integers cannot hold that
    for rows, columns in ((3, 4), (4, 4), (1, 7), (5, 2)):
        yield (rng.normal(size=(rows, columns)) + 5 * rng.normal(size=(rows, 1)) + np.arange(columns),)


def centre_rows(table: np.ndarray) -> np.ndarray:
    """The table (rows, columns) after its own mean has been taken off every row: same shape, each row sums to 0.

    The table may hold floats or integers.
    """
    return table - table.mean(1, keepdims=True)  # (rows, columns) - (rows, 1)


@mistake("You took off the mean of each column. The mean of a row runs along the columns: axis 1.")
def _columns(table: Array) -> Array:
    return table - table.mean(0)


@mistake("You took off one mean of the whole table. Every row has its own: name the axis, `mean(1, ...)`.")
def _one_mean(table: Array) -> Array:
    return table - table.mean()


@mistake(
    "The means have the shape (rows,), and a shape is lined up from the right: they meet the columns. "
    "With as many rows as columns this gives a wrong answer without an error. `keepdims=True` keeps (rows, 1)."
)
def _without_keepdims(table: Array) -> Array:
    return table - table.mean(1)


@mistake("These are the means themselves. Take them off the table.")
def _means(table: Array) -> Array:
    return table.mean(1, keepdims=True)


@mistake("These are the means themselves, one in each place of a row. Take them off the table.")
def _means_everywhere(table: Array) -> Array:
    return table.mean(1, keepdims=True) + np.zeros(table.shape)


@mistake("The signs are turned: yours is the mean minus the table.")
def _turned_round(table: Array) -> Array:
    return table.mean(1, keepdims=True) - table


@mistake("You took off the median, the value in the middle of each row. The mean is the sum divided by the columns.")
def _medians(table: Array) -> Array:
    return table - np.median(table, 1, keepdims=True)


@mistake("Your sums are divided by the number of rows. The sum of a row has as many terms as there are columns.")
def _divided_by_rows(table: Array) -> Array:
    return table - table.sum(1, keepdims=True) / len(table)


@mistake("Your sums are divided by n − 1, as for a sample variance. A mean is the sum divided by n.")
def _n_minus_one(table: Array) -> Array:
    return table - table.sum(1, keepdims=True) / (table.shape[1] - 1)


@mistake("Your means are rounded down to whole numbers: `//` does that. Divide with `/`.")
def _rounded_means(table: Array) -> Array:
    return table - table.sum(1, keepdims=True) // table.shape[1]


@mistake("You took off the means of the columns as well. Then the columns sum to 0, too; only the rows are to.")
def _both_ways(table: Array) -> Array:
    return table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()


@mistake(
    "From a table of integers yours loses the decimals: the table itself, `table.copy()` and `np.zeros_like(table)` "
    "hold integers only. Let the subtraction make a new array."
)
def _integers_stay(table: Array) -> Array:
    return (table - table.mean(1, keepdims=True)).astype(table.dtype)


@mistake("Your answer is turned over: (columns, rows). Turn it back, so that it has the shape of the table.")
def _left_transposed(table: Array) -> Array:
    return table.T - table.mean(1)


@mistake("You took off the sum of each row. The mean is the sum divided by the number of columns.")
def _sums(table: Array) -> Array:
    return table - table.sum(1, keepdims=True)


@mistake("You added the mean. Taking it off leaves a row whose sum is 0.")
def _added(table: Array) -> Array:
    return table + table.mean(1, keepdims=True)


@mistake("You divided by the spread as well. Here only the mean is taken off.")
def _standardised(table: Array) -> Array:
    return (table - table.mean(1, keepdims=True)) / table.std(1, keepdims=True)


def _row_by_row(table: Array) -> Array:
    from statistics import fmean

    return np.array([[value - fmean(row) for value in row] for row in table.tolist()])


CENTRE_ROWS = CodeExercise(
    id="start_here.centre_rows",
    title="Every row around its own mean",
    stars=1,
    minutes=6,
    task="Take the mean of each row off that row; no loop is needed.",
    hints=[
        "`table.mean(0)` runs down the rows and leaves one number for each column. Which axis do you need?",
        "`table.mean(1)` has the shape (rows,). To be spread over the columns it must be (rows, 1).",
        "`table.mean(1, keepdims=True)` keeps the axis that it has averaged over, with size 1.",
    ],
    solution=centre_rows,
    reference=_row_by_row,
    inputs=_tables,
    mistakes=[
        _columns,
        _one_mean,
        _without_keepdims,
        _means,
        _means_everywhere,
        _sums,
        _added,
        _turned_round,
        _standardised,
        _medians,
        _divided_by_rows,
        _n_minus_one,
        _rounded_means,
        _both_ways,
        _integers_stay,
        _left_transposed,
    ],
)

# --- dot products in batches ------------------------------------------------------------------------------------------


def _batches(rng: Generator) -> Iterator[tuple[Array, Array]]:
    yield np.array([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]), np.array([[[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]])
    for batch, n, m, dim in ((2, 3, 4, 5), (3, 4, 4, 2), (2, 1, 3, 4), (2, 2, 2, 2)):
        yield rng.normal(size=(batch, n, dim)), rng.normal(size=(batch, m, dim))


def all_dot_products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Dot product of every vector of a with every vector of b, batch by batch.

    a (batch, n, dim), b (batch, m, dim) -> (batch, n, m).
    """
    return np.einsum("bnd,bmd->bnm", a, b)


@mistake("Your answer is turned over: (batch, m, n). The vectors of `a` go down, those of `b` across.")
def _turned_over(a: Array, b: Array) -> Array:
    return np.einsum("bnd,bmd->bmn", a, b)


@mistake("You paired the first vector of a with the first of b, the second with the second. Every pair is wanted.")
def _paired(a: Array, b: Array) -> Array:
    return (a * b).sum(-1)


@mistake("`a @ b` adds over the wrong axis of b. Its vectors lie in rows: turn the last two axes of b over first.")
def _not_transposed(a: Array, b: Array) -> Array:
    return a @ b


@mistake("`b.T` turns all three axes over, the batch too. Turn the last two: `b.swapaxes(-2, -1)`.")
def _all_axes(a: Array, b: Array) -> Array:
    return a @ b.T


@mistake("You added up over the batch: its letter is missing on the right of the arrow. Each batch stays apart.")
def _batch_lost(a: Array, b: Array) -> Array:
    return np.einsum("bnd,bmd->nm", a, b)


@mistake("The letter of dim is still on the right of the arrow, so nothing was added up. A dot product is a sum.")
def _not_summed(a: Array, b: Array) -> Array:
    return np.einsum("bnd,bmd->bnmd", a, b)


@mistake(
    "In yours every batch of a has met every batch of b, which makes four axes. "
    "Give the batch the same letter in a and in b, or let `@` keep the batches apart."
)
def _batch_by_batch(a: Array, b: Array) -> Array:
    return np.einsum("bnd,cmd->bcnm", a, b)


@mistake(
    "In yours every vector of a has met the sum over all batches of b. In einsum the batch must have the same letter "
    "in a and in b."
)
def _batch_of_b_summed(a: Array, b: Array) -> Array:
    return np.einsum("bnd,cmd->bnm", a, b)


@mistake(
    "Without an arrow every letter that comes twice is summed over, the batch too. Write `->` and what is to stay."
)
def _no_arrow(a: Array, b: Array) -> Array:
    return np.einsum("bnd,bmd", a, b)


@mistake(
    "In yours every batch of a has met every batch of b, as `np.dot` and `np.tensordot` do it. `@` and einsum can keep "
    "the batches apart."
)
def _dot(a: Array, b: Array) -> Array:
    return np.dot(a, b.swapaxes(-2, -1))


@mistake("`reshape` does not turn b over: it cuts the same row of numbers in another way. Swap the last two axes of b.")
def _reshaped(a: Array, b: Array) -> Array:
    return a @ b.reshape(len(b), b.shape[2], b.shape[1])


@mistake(
    "The numbers are right, and stand in the wrong places: `reshape` does not turn (batch, m, n) into (batch, n, m). "
    "Swap the two axes."
)
def _reshaped_at_the_end(a: Array, b: Array) -> Array:
    return (b @ a.swapaxes(-2, -1)).reshape(len(a), a.shape[1], b.shape[1])


@mistake("Yours is divided by the root of dim, as in attention (05). Here the plain dot product is wanted.")
def _scaled(a: Array, b: Array) -> Array:
    return all_dot_products(a, b) / a.shape[-1] ** 0.5


@mistake("Yours is divided by the lengths of the vectors: that is the cosine. The plain dot product is wanted.")
def _cosine(a: Array, b: Array) -> Array:
    lengths = np.linalg.norm(a, axis=-1)[:, :, None] * np.linalg.norm(b, axis=-1)[:, None]
    return all_dot_products(a, b) / lengths


@mistake("Yours is the mean of the products, too small by the factor dim. A dot product is their sum.")
def _mean_of_products(a: Array, b: Array) -> Array:
    return all_dot_products(a, b) / a.shape[-1]


@mistake(
    "In yours each vector was summed by itself, and the sums were multiplied. In einsum dim must have the same letter "
    "in a and in b."
)
def _two_letters_for_dim(a: Array, b: Array) -> Array:
    return np.einsum("bnd,bme->bnm", a, b)


@mistake("In yours every batch of a meets the first batch of b, `b[0]`. Each batch has its own.")
def _first_batch_of_b(a: Array, b: Array) -> Array:
    return a @ b[0].T


@mistake("Yours are the dot products of a with itself. Where does b come in?")
def _a_with_a(a: Array, b: Array) -> Array:
    return all_dot_products(a, a)


@mistake("Your total goes on from one pair to the next. Begin every dot product at 0.")
def _running_total(a: Array, b: Array) -> Array:
    products = all_dot_products(a, b)
    return products.cumsum().reshape(products.shape)


@mistake("Your results are cut to whole numbers: an array that is made for integers holds no decimals.")
def _cut_to_integers(a: Array, b: Array) -> Array:
    return all_dot_products(a, b).astype(int)


def _by_torch(a: Array, b: Array) -> Array:
    import torch

    return torch.bmm(torch.from_numpy(a), torch.from_numpy(b).transpose(1, 2)).numpy()


ALL_DOT_PRODUCTS = CodeExercise(
    id="start_here.all_dot_products",
    title="Every vector with every vector",
    stars=2,
    minutes=8,
    task="Write all dot products of two batches of vectors; one line of NumPy, with einsum or with @, is enough.",
    hints=[
        "Name the axes: a is `bnd`, b is `bmd`. Which letters must the answer have?",
        "The letter that is missing on the right of the arrow is the one that is summed over: it must be `d`.",
        'The answer is (batch, n, m): `np.einsum("bnd,bmd->...", a, b)` with three letters for the dots.',
    ],
    solution=all_dot_products,
    reference=_by_torch,
    inputs=_batches,
    mistakes=[
        _turned_over,
        _paired,
        _not_transposed,
        _all_axes,
        _batch_lost,
        _not_summed,
        _batch_by_batch,
        _batch_of_b_summed,
        _no_arrow,
        _dot,
        _reshaped,
        _reshaped_at_the_end,
        _scaled,
        _cosine,
        _mean_of_products,
        _two_letters_for_dim,
        _first_batch_of_b,
        _a_with_a,
        _running_total,
        _cut_to_integers,
    ],
    remark="With queries for a and keys for b, this line is the heart of attention (05).",
)

# --- the logarithm of a product ---------------------------------------------------------------------------------------


def _probabilities(rng: Generator) -> Iterator[tuple[Array]]:
    yield (rng.uniform(0.05, 0.95, size=6),)
    yield (np.array([0.25]),)
    yield (np.array([0.5, 0.1]),)
    yield (np.array([1e-15, 0.5, 1e-300]),)
    yield (rng.uniform(0.01, 0.2, size=2000),)  # the product is far below the smallest number of a computer
    yield (rng.uniform(0.0005, 0.0015, size=2000),)  # and this one below 1e-4950, the smallest of a longer float


def log_of_product(probabilities: np.ndarray) -> float:
    """The natural logarithm of the product of probabilities (n,), n ≥ 1, each above 0."""
    return np.log(probabilities).sum()


@mistake("Right for a few. The product of 2,000 probabilities is rounded to 0: take the logarithm of each, then add.")
def _underflow(probabilities: Array) -> float:
    with np.errstate(divide="ignore"):
        return float(np.log(np.prod(probabilities)))


@mistake("This is the logarithm of the sum. A product becomes a sum of logarithms.")
def _log_of_sum(probabilities: Array) -> float:
    return float(np.log(probabilities.sum()))


@mistake("This is in bits: base 2. Here the natural logarithm is asked for, `np.log`.")
def _bits(probabilities: Array) -> float:
    return float(np.log2(probabilities).sum())


@mistake("Base 10. In this course `log` and ln are the natural logarithm, `np.log`.")
def _base_ten(probabilities: Array) -> float:
    return float(np.log10(probabilities).sum())


@mistake("The sign is turned. The logarithm of a number between 0 and 1 is negative.")
def _minus(probabilities: Array) -> float:
    return float(-np.log(probabilities).sum())


@mistake("You took the mean of the logarithms. The logarithm of a product is their sum.")
def _mean_of_logs(probabilities: Array) -> float:
    return float(np.log(probabilities).mean())


@mistake("You multiplied the logarithms. They are to be added.")
def _product_of_logs(probabilities: Array) -> float:
    with np.errstate(over="ignore"):
        return float(np.prod(np.log(probabilities)))


@mistake(
    "A small number added to each changes the smallest: ln(1e-15 + 1e-9) is not ln 1e-15. None is 0 here: add none."
)
def _a_bit_added(probabilities: Array) -> float:
    return float(np.log(probabilities + 1e-9).sum())


@mistake(
    "You raised the smallest probabilities to a floor. However small, each has a logarithm of its own: −690 for 1e-300."
)
def _floor(probabilities: Array) -> float:
    return float(np.log(np.clip(probabilities, 1e-12, 1)).sum())


@mistake("In yours the product has a floor, and below it every product has the same logarithm. Never multiply.")
def _floor_under_the_product(probabilities: Array) -> float:
    return float(np.log(max(np.prod(probabilities), 1e-300)))


@mistake("`np.log1p(p)` is the logarithm of 1 + p. The logarithm of p is wanted.")
def _log_of_one_more(probabilities: Array) -> float:
    return float(np.log1p(probabilities).sum())


@mistake("This is the product itself. Its logarithm is wanted: a sum of logarithms, and no `exp` after it.")
def _product(probabilities: Array) -> float:
    return float(np.prod(probabilities))


@mistake("The first probability is missing in your sum. The first index is 0.")
def _first_missing(probabilities: Array) -> float:
    return float(np.log(probabilities[1:]).sum())


@mistake(
    "The last probability is missing in your sum. `range(n)` ends with n − 1 by itself, and `[:-1]` leaves one out."
)
def _last_missing(probabilities: Array) -> float:
    return float(np.log(probabilities[:-1]).sum())


@mistake("Each logarithm is weighed with its probability in yours, as in an entropy. Here each counts once.")
def _weighed(probabilities: Array) -> float:
    return float((probabilities * np.log(probabilities)).sum())


@mistake("These are the logarithms of all factors. The logarithm of their product is one number: add them up.")
def _not_added(probabilities: Array) -> Array:
    return np.log(probabilities)


@mistake("These are the sums after one, two, three ... factors. Only the last of them is wanted.")
def _all_partial_sums(probabilities: Array) -> Array:
    return np.log(probabilities).cumsum()


def _exact(probabilities: Array) -> float:
    """With fractions, which never round: the logarithm of a ratio of two whole numbers of any size."""
    from fractions import Fraction
    from math import log, prod

    product = prod((Fraction(value) for value in probabilities.tolist()), start=Fraction(1))
    return log(product.numerator) - log(product.denominator)


LOG_OF_PRODUCT = CodeExercise(
    id="start_here.log_of_product",
    title="A product too small to write down",
    stars=1,
    minutes=5,
    task="Return the natural logarithm of a product of probabilities. It must survive 2,000 of them.",
    hints=[
        "What does the logarithm make of a product? ln(a · b) = ...",
        "`np.log` of an array takes the logarithm of every entry.",
        "Add those logarithms up; never multiply the probabilities.",
    ],
    solution=log_of_product,
    reference=_exact,
    inputs=_probabilities,
    mistakes=[
        _underflow,
        _log_of_sum,
        _bits,
        _base_ten,
        _minus,
        _mean_of_logs,
        _product_of_logs,
        _a_bit_added,
        _floor,
        _floor_under_the_product,
        _log_of_one_more,
        _product,
        _first_missing,
        _last_missing,
        _weighed,
        _not_added,
        _all_partial_sums,
    ],
)

# --- log-sum-exp ------------------------------------------------------------------------------------------------------


def _scores(rng: Generator) -> Iterator[tuple[Array]]:
    yield (np.array([[1.0, 2.0]]),)
    yield (rng.normal(size=(3, 4)),)
    yield (rng.normal(size=(1, 3)) + 1000,)
    yield (rng.normal(size=(2, 3)) - 1000,)
    yield (rng.normal(size=(3, 3)) + np.array([[0.0], [-900.0], [900.0]]),)  # rows that lie far apart
    yield (np.full((2, 5), 2.0),)
    yield (np.array([[0.0, -1000.0]]),)  # 0 may be taken off here, the largest absolute score not
    yield (  # rows that are wide; neither the first score nor the mean is safe to take off
        np.array([[-1000.0, 0.0, 1000.0, 500.0], [1000.0, -1000.0, -1000.0, -1000.0], [1000.0, -1000.0, 999.0, 998.0]]),
    )


def log_sum_exp(scores: np.ndarray) -> np.ndarray:
    """ln Σ e^score for each row: scores (rows, columns), between −2,000 and 2,000 -> (rows,)."""
    largest = scores.max(1, keepdims=True)  # (rows, 1)
    return np.log(np.exp(scores - largest).sum(1)) + largest[:, 0]


@mistake("Right for small scores. e¹⁰⁰⁰ is infinite and e⁻¹⁰⁰⁰ is 0: take the largest score of the row off first.")
def _overflow(scores: Array) -> Array:
    with np.errstate(over="ignore", divide="ignore"):
        return np.log(np.exp(scores).sum(1))


@mistake("You took the largest score off, and did not put it back: add it to the logarithm.")
def _not_put_back(scores: Array) -> Array:
    return np.log(np.exp(scores - scores.max(1, keepdims=True)).sum(1))


@mistake("You took off the largest score of the whole table. A row far below it has only zeros: each its own.")
def _one_maximum(scores: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(np.exp(scores - scores.max()).sum(1)) + scores.max()


def _with_offset(scores: Array, offset: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.log(np.exp(scores - offset).sum(1)) + offset[:, 0]


@mistake(
    "You took off the mean of the row, or its middle. The largest term can still be infinite: take off the largest."
)
def _mean_off(scores: Array) -> Array:
    return _with_offset(scores, scores.mean(1, keepdims=True))


@mistake("You took off the smallest score of the row. That makes the largest term larger still: take off the largest.")
def _smallest_off(scores: Array) -> Array:
    return _with_offset(scores, scores.min(1, keepdims=True))


@mistake(
    "You took off the first score of the row. Another may be larger by 1,000: take off the largest, wherever it is."
)
def _first_off(scores: Array) -> Array:
    return _with_offset(scores, scores[:, :1])


@mistake("You added up the whole table. Each row has its own sum: name the axis, `sum(1)`.")
def _whole_table(scores: Array) -> Array:
    return np.log(np.exp(scores - scores.max()).sum()) + scores.max()


@mistake(
    "One part has the shape (rows,), the other (rows, 1), and added they become (rows, rows). "
    "Bring both to (rows,): `m[:, 0]`."
)
def _rows_by_rows(scores: Array) -> Array:
    largest = scores.max(1, keepdims=True)
    return np.log(np.exp(scores - largest).sum(1)) + largest


@mistake("This is the largest score alone. The others add a little: ln Σ e^score is always a bit above it.")
def _maximum(scores: Array) -> Array:
    return scores.max(1)


@mistake("You added up along the wrong axis: one number for each column. One for each row is wanted, axis 1.")
def _down(scores: Array) -> Array:
    largest = scores.max(0)
    return np.log(np.exp(scores - largest).sum(0)) + largest


@mistake("You took the mean of e^score, not the sum: yours is too small by ln(columns).")
def _mean_exp(scores: Array) -> Array:
    return log_sum_exp(scores) - np.log(scores.shape[1])


@mistake(
    "The logarithm of each e^score is the score again, so you added up scores. Add first, then take the logarithm."
)
def _sum_of_scores(scores: Array) -> Array:
    return scores.sum(1)


@mistake("You cut the scores off where e^score would leave the range, so those of 1,000 and of −1,000 come out wrong.")
def _cut_off(scores: Array) -> Array:
    return np.log(np.exp(np.clip(scores, -700, 700)).sum(1))


@mistake("The numbers are right, and the shape is (rows, 1). One number for each row is (rows,): take the column out.")
def _as_a_column(scores: Array) -> Array:
    return log_sum_exp(scores)[:, None]


@mistake("The sum is right, and its logarithm has the base 2. The inverse of e^x is the natural logarithm, `np.log`.")
def _base_two(scores: Array) -> Array:
    largest = scores.max(1)
    return largest + (log_sum_exp(scores) - largest) / np.log(2)


@mistake("Your largest term is counted twice: it is e⁰ = 1 in the sum already, and `log1p` adds another 1.")
def _one_too_many(scores: Array) -> Array:
    largest = scores.max(1)
    return largest + np.log1p(np.exp(log_sum_exp(scores) - largest))


@mistake("You took off the largest *absolute* value. In a row of −1,000 that is 1,000, and every term becomes 0.")
def _absolute_off(scores: Array) -> Array:
    with np.errstate(divide="ignore"):
        return _with_offset(scores, np.abs(scores).max(1, keepdims=True))


@mistake(
    "Your sum has a 1 too many. A logarithm that starts at 0 starts with e⁰ = 1: start at −∞, or at the first score."
)
def _from_zero(scores: Array) -> Array:
    return np.logaddexp(0, log_sum_exp(scores))


def _torch_logsumexp(scores: Array) -> Array:
    import torch

    return torch.logsumexp(torch.from_numpy(scores), 1).numpy()


LOG_SUM_EXP = CodeExercise(
    id="start_here.log_sum_exp",
    title="A sum of giants",
    stars=2,
    minutes=8,
    task="Return ln Σ e^score for every row. It must survive scores of 1,000 and of −1,000.",
    hints=[
        "e^(s) = e^(m) · e^(s − m) for any m. So every term of the sum has the factor e^m.",
        "ln(e^m · Σ e^(s − m)) = m + ln Σ e^(s − m). Which m makes the largest term equal to 1?",
        "`m = scores.max(1, keepdims=True)` has the shape (rows, 1). The answer has the shape (rows,): use `m[:, 0]`.",
    ],
    solution=log_sum_exp,
    reference=_torch_logsumexp,
    inputs=_scores,
    mistakes=[
        _overflow,
        _not_put_back,
        _one_maximum,
        _mean_off,
        _smallest_off,
        _first_off,
        _whole_table,
        _rows_by_rows,
        _maximum,
        _down,
        _mean_exp,
        _sum_of_scores,
        _cut_off,
        _as_a_column,
        _base_two,
        _one_too_many,
        _absolute_off,
        _from_zero,
    ],
    remark="Softmax and cross-entropy are computed in this way everywhere (03).",
)

# --- conditional probability ------------------------------------------------------------------------------------------

BAYES = NumberExercise(
    id="start_here.bayes",
    title="Flagged, is it spam?",
    stars=2,
    minutes=5,
    task="Of 1,000 messages 20 are spam. A filter flags 19 of these, and 49 of the other 980. "
    "How probable is it that a flagged message is spam? Guess first, then give a number between 0 and 1.",
    hints=[
        "Leave aside what was not flagged. How many messages are left?",
        "68 are flagged: 19 + 49. How many of them are spam?",
    ],
    solution=19 / 68,
    working="19 / (19 + 49)",
    tolerance=0.002,  # 19/69 is 0.004 away
    mistakes=[
        wrong_number(0.95, "19/20 is turned round: of the spam, the share that is flagged. Here the flag is known."),
        wrong_number(
            0.019,
            "19/1,000 is the share of messages that are spam *and* flagged. The flag is known: "
            "divide the 19 by all flagged.",
            within=0.00001,
        ),
        wrong_number(
            0.02, "20/1,000 is the share of spam before anything is known. The flag has told you more.", within=0.0004
        ),
        wrong_number(49 / 68, "These are the flagged messages that are *not* spam."),
        wrong_number(0.068, "68/1,000 is the share of messages that are flagged. What share of those is spam?"),
        wrong_number(0.05, "49/980 is how often an honest message is flagged.", within=0.0004),
        wrong_number(
            0.049,
            "49/1,000 is the share of messages that are honest *and* flagged. What share of the flagged is spam?",
            within=0.0004,
        ),
        wrong_number(1900 / 68, "Right, in per cent. Give a probability, between 0 and 1: divide by 100.", within=0.1),
        wrong_number(19 / 49, "You divided by the honest flagged messages alone. All that are flagged: 19 + 49."),
        wrong_number(19 / 69, "One message too many below the line: of the 20 spam messages only 19 are flagged."),
        wrong_number(20 / 68, "One of the 20 spam messages is not flagged: it does not count here."),
        wrong_number(
            19 / 980, "19/980 divides by the honest messages. Divide by the flagged ones, of both kinds.", within=0.0001
        ),
        wrong_number(
            19 / 999,
            "19/(19 + 980) counts all honest messages. Only those that are flagged stand below the line: 49.",
            within=0.00001,
        ),
        wrong_number(
            0.5, "Two cases need not be equally probable. How many of the flagged messages are there of each?"
        ),
        wrong_number(0.98, "980/1,000 is the share of honest messages before anything is known."),
        wrong_number(68 / 19, "Upside down: a probability is never above 1.", within=0.01),
    ],
    remark="A filter that finds 95 % of the spam is wrong about most that it flags, because spam is rare here.",
)

# --- three questions --------------------------------------------------------------------------------------------------

QUIZ_SHAPES = Quiz(
    id="start_here.quiz_shapes",
    title="Shapes that meet",
    task="a has the shape (3, 1), b has the shape (4,). What shape has a + b?",
    hints=["Write the two shapes below each other, flush right.", "A size of 1, or none, is stretched to the other."],
    options=[
        wrong("None: it is an error.", "It would be with (3,) and (4,). A size of 1, or none, may be stretched."),
        wrong("(3,)", "The last axis of b has 4 entries, and they do not vanish: it sets the columns."),
        right("(3, 4)", "From the right: 1 meets 4 and becomes 4; 3 meets nothing and stays."),
        wrong("(4, 3)", "Shapes are lined up from the right: the 4 of b stands above the last axis of a."),
    ],
)

QUIZ_COSINE = Quiz(
    id="start_here.quiz_cosine",
    title="Alike, but how?",
    task="The vectors of two sentences have the cosine similarity 0.9. What do you know?",
    hints=["What does a cosine compare?", "Which sentence was nearer to *I loved this film* in the claim check?"],
    options=[
        wrong("They say the same.", "*I hated this film* was nearer to *I loved this film* than a praise was."),
        wrong("They share most of their words.", "The tears came first without a word in common with the query."),
        right(
            "Their vectors point nearly one way.", "Matter, words or meaning may be the reason; it does not say which."
        ),
        wrong("Attention joins their tokens.", "Attention joins tokens of one text. Each sentence was read alone."),
    ],
)

QUIZ_SPREAD = Quiz(
    id="start_here.quiz_spread",
    title="Five times steadier",
    task="A share was measured on 200 examples. How many are needed for a fifth of its spread (standard deviation)?",
    hints=["The spread goes like 1/√n.", "To make √n five times as large, n must grow by what factor?"],
    options=[
        wrong("400", "Twice as many divide the spread by √2, about 1.4."),
        wrong("1,000", "Five times as many divide the spread by √5, about 2.2. It is the root that counts."),
        right("5,000", "25 times as many: √25 = 5. Exactness is bought dearly."),
        wrong("40,000", "That is 200 times as many: the spread would fall to a fourteenth."),
    ],
)
