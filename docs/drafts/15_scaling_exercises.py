"""The exercises of notebook 15, scaling: in PyTorch, in float64 or whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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
    title="What a training of seven billion parameters weighs",
    stars=1,
    minutes=5,
    task=(
        "A model of 7 billion parameters is trained as above. How many GB (10⁹ bytes) do its weights in 16 and in 32 "
        "bits, its gradients and AdamW's averages take together? Work it out by hand."
    ),
    hints=[
        "Count the bytes of one parameter: a weight and a gradient in 16 bits, and what is kept in 32.",
        "In 32 bits there are the weight once more and AdamW's two averages, 4 bytes each.",
        "2 + 2 + 4 + 4 + 4 bytes, 7 billion times.",
    ],
    solution=GIGABYTES,
    working="7 * (2 + 2 + 4 + 4 + 4)",
    mistakes=[
        wrong_number(14.0, "Those are the weights in 16 bits. Gradients and what is kept in 32 bits come on top.", 0.5),
        wrong_number(21.0, "You counted 3 bytes a parameter. Nothing has 3: there are 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(
            28.0, "4 bytes: weights and gradients, or weights in 32 bits. What is kept in 32 bits is 12 bytes.", 0.5
        ),
        wrong_number(
            42.0, "6 bytes: the weights in 16 and in 32 bits alone. Gradients and averages are due as well.", 0.5
        ),
        wrong_number(49.0, "You counted 7 bytes a parameter. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(
            56.0, "8 bytes: the two averages alone, or an average and the copy are missing. There are five parts.", 0.5
        ),
        wrong_number(63.0, "You counted 9 bytes a parameter. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(
            70.0, "10 bytes: a weight and the averages. The gradient and the weight in 32 bits are missing.", 0.5
        ),
        wrong_number(77.0, "You counted 11 bytes a parameter. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(
            84.0, "12 bytes: either what is kept in 32 bits alone, or all but one part of 4 bytes. Count all five.", 0.5
        ),
        wrong_number(91.0, "You counted 13 bytes a parameter. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(98.0, "14 bytes: a part of 2 bytes is missing. Weight *and* gradient are there in 16 bits.", 0.5),
        wrong_number(105.0, "You counted 15 bytes a parameter. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(119.0, "You counted 17 bytes a parameter. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(126.0, "18 bytes: your gradient has 32 bits. Here it has 16, which is 2 bytes.", 0.5),
        wrong_number(
            140.0,
            "20 bytes, 4 too many: the gradient is there once, with 2 bytes, and so is the weight in 16 bits.",
            0.5,
        ),
        wrong_number(154.0, "22 bytes a parameter are too many. It is 2 + 2 + 4 + 4 + 4.", 0.5),
        wrong_number(
            168.0, "24 bytes: AdamW keeps two averages for a parameter, not for each copy of the weight.", 0.5
        ),
        wrong_number(224.0, "That is twice too much: 16 bytes a parameter, not 32. 16 bits are 2 bytes.", 0.5),
        wrong_number(7.0, "That is one byte a parameter, or the billions of parameters. Each takes 16 bytes.", 0.5),
        wrong_number(12.0, "Those are the bytes of one parameter that are kept in 32 bits. All is asked, in GB.", 0.5),
        wrong_number(16.0, "Those are the bytes of one parameter. There are 7 billion.", 0.5),
        wrong_number(18.0, "If those are bytes of a parameter, they are 16; and there are 7 billion.", 0.5),
        wrong_number(8.0, "That is how many times as much as for use: 16 over 2 bytes. How many GB is it?", 0.4),
        wrong_number(112e9, "Those are the bytes. How many GB?", 1e9),
        wrong_number(112e6, "Those are kilobytes. A GB has 10⁹ bytes.", 1e6),
        wrong_number(112e3, "Those are megabytes. A GB has 10⁹ bytes.", 1e3),
        wrong_number(0.112, "Those are terabytes. A GB has 10⁹ bytes.", 0.001),
        wrong_number(14e9, "Those are bytes, and of the weights in 16 bits alone.", 1e8),
        wrong_number(896.0, "Those are gigabits: a byte has 8 bits.", 1.0),
        wrong_number(
            7e9 * 16 / 2**30, "Those are units of 2³⁰ bytes, which are called GiB. A GB here has 10⁹ bytes.", 0.5
        ),
        wrong_number(7e9 * 16 / 2**20, "Those are units of 2²⁰ bytes. A GB here has 10⁹ bytes.", 100.0),
        wrong_number(13.04, "Those are the weights in 16 bits alone, in units of 2³⁰ bytes.", 0.1),
        wrong_number(1.4, "So many GPUs of 80 GB would be full. How many GB are that?", 0.01),
        wrong_number(2.0, "That is how many GPUs are needed, or the bytes of one weight. How many GB?", 0.01),
        wrong_number(5.0, "So many billion parameters can one GPU train. Here are 7 billion: how many GB?", 0.3),
        wrong_number(35.0, "5 bytes a parameter, or the GPUs of GPT-3. It is 2 + 2 + 4 + 4 + 4 bytes.", 0.5),
        wrong_number(7 / 16, "You divided by the bytes of a parameter. Multiply by them.", 0.01),
        wrong_number(16 / 7, "You divided by 7. Multiply: 16 bytes for each of 7 billion.", 0.01),
        wrong_number(1120.0, "That is ten times too much: 7 · 16.", 1.0),
        wrong_number(11.2, "That is ten times too little: 7 · 16.", 0.1),
        wrong_number(128.0, "That would be right for 8 billion parameters. There are 7.", 0.5),
        wrong_number(96.0, "That would be right for 6 billion parameters. There are 7.", 0.5),
        wrong_number(160.0, "That would be right for 10 billion parameters. There are 7.", 0.5),
        wrong_number(80.0, "That is the memory of one GPU. The training needs more.", 0.5),
        wrong_number(560.0, "That is 7 GPUs of 80 GB. Count the bytes of a parameter instead.", 1.0),
        wrong_number(2800.0, "That is GPT-3, with 175 billion parameters. Here are 7.", 1.0),
    ],
    remark="So a GPU of 80 GB can hold this model five times over, and cannot train it.",
)

# --- pieces of a batch ------------------------------------------------------------------------------------------------


def _gradients_and_sizes(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[1.0, 4.0], [5.0, 0.0]], dtype=torch.double), torch.tensor([3, 1])  # (2, 3), to be read
    for n, dim in ((3, 4), (1, 3), (5, 2), (4, 6)):
        slopes = rng.uniform(0.5, 3.0, (n, dim)) * rng.choice([-1.0, 1.0], dim)  # one sign in a column: none cancel
        yield torch.from_numpy(slopes), torch.from_numpy(rng.integers(1, 9, size=n))


def whole_gradient(gradients: Tensor, sizes: Tensor) -> Tensor:
    """The gradient of the mean loss over all examples of all pieces: tensors (pieces, dim), (pieces,) -> (dim,).

    Row i is the gradient of the mean loss over the examples of piece i, which has sizes[i] of them, 1 or more. Both
    tensors stay as they are.
    """
    return (gradients * sizes[:, None]).sum(0) / sizes.sum()


def _added(gradients: Tensor, weights: Tensor) -> Tensor:
    return (gradients * weights[:, None]).sum(0)


@mistake("You took the mean over pieces, so an example in a small piece counts more than one in a large piece.")
def _mean_of_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.mean(0)


@mistake("You added up the pieces. Each is a mean already: weigh them by their sizes and divide by all examples.")
def _sum_of_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.sum(0)


@mistake("This is the gradient of the sum over all examples. Divide by their number for the mean.")
def _not_divided(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes)


@mistake("You divided by the number of pieces. Divide by the number of examples in all of them.")
def _divided_by_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / len(sizes)


@mistake("You divided each piece by its size. Its gradient is of a mean already: multiply by the size.")
def _divided_by_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, 1 / sizes)


@mistake("You divided each piece by its size and took their mean. Multiply by the size; divide by all examples.")
def _mean_of_divided(gradients: Tensor, sizes: Tensor) -> Tensor:
    return (gradients / sizes[:, None]).mean(0)


@mistake("You divided each piece by its size, and by all examples besides. Multiply by the size.")
def _divided_twice(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, 1 / sizes) / sizes.sum()


@mistake("You weighed by one over the size. A large piece has more examples, and so counts more.")
def _weighed_the_wrong_way(gradients: Tensor, sizes: Tensor) -> Tensor:
    weights = 1 / sizes.double()
    return _added(gradients, weights) / weights.sum()


@mistake("The sum over pieces is divided by the number of examples. Each piece has to be multiplied by its size first.")
def _sum_over_examples(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.sum(0) / sizes.sum()


@mistake("The plain mean over pieces is multiplied by the number of examples. Each piece is weighed by its own size.")
def _mean_times_examples(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.mean(0) * sizes.sum()


@mistake("The plain sum over pieces is multiplied by the number of examples. Each piece is weighed by its own size.")
def _sum_times_examples(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.sum(0) * sizes.sum()


@mistake("You divided twice, by the examples and by the pieces. The shares of the examples add up to 1 already.")
def _mean_of_shares(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes / sizes.sum()) / len(sizes)


@mistake("Your weights add up to the number of pieces. Divide the sizes by their sum, not by their mean.")
def _over_mean_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes / sizes.double().mean())


@mistake("You divided the sizes by the largest of them, so your weights add up to more than 1. Divide by their sum.")
def _over_largest_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes / sizes.max())


@mistake("You divided by the pieces times the first size. Pieces differ: divide by the sum of the sizes.")
def _as_the_first_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / (sizes[0] * len(sizes))


@mistake("You divided by the last size. Divide by the sum of the sizes.")
def _over_last_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / sizes[-1]


@mistake("You divided by the first size. Divide by the sum of the sizes.")
def _over_first_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / sizes[0]


@mistake("You divided by the length of a gradient. Divide by the number of examples.")
def _over_dim(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / gradients.shape[1]


@mistake("You divided by one example too few. A mean over n examples divides by n.")
def _one_fewer(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / (sizes.sum() - 1)


@mistake("You divided by one example too many. Does your count begin at 1?")
def _one_more(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / (sizes.sum() + 1)


@mistake("The size counts twice in yours, as its square. Multiply by it once and divide by the sum of the sizes.")
def _squares(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes**2) / (sizes**2).sum()


@mistake("You multiplied by the size twice, and divided by the examples once.")
def _size_twice(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes**2) / sizes.sum()


@mistake("You multiplied by the size once, and divided by the examples twice.")
def _examples_twice(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / sizes.sum() ** 2


@mistake("You weighed by the root of the size. Each example counts alike: weigh by the size itself.")
def _roots(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes.sqrt()) / sizes.sqrt().sum()


@mistake("You made shares of the sizes by a softmax. Divide each by their sum.")
def _softmax(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes.double().softmax(0))


@mistake("Each piece got the share of all the others, 1 − size / sum. Take size / sum.")
def _share_of_others(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, 1 - sizes / sizes.sum())


@mistake("Your shares are whole numbers: `//` cuts off what is behind the point. Divide with `/`.")
def _whole_shares(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes // sizes.sum())


@mistake("You added the sizes to the gradients. Multiply by them.")
def _sizes_added(gradients: Tensor, sizes: Tensor) -> Tensor:
    return (gradients + sizes[:, None]).sum(0) / sizes.sum()


@mistake("You took the largest piece alone. All of them have a share.")
def _largest(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[sizes.argmax()]


@mistake("You took the smallest piece alone. All of them have a share.")
def _smallest(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[sizes.argmin()]


@mistake("This is the first piece alone. If you use a loop, the `return` must not stand inside it.")
def _first_alone(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[0]


@mistake("This is the share of the first piece alone. If you use a loop, the `return` must not stand inside it.")
def _first_share_alone(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[0] * sizes[0] / sizes.sum()


@mistake("This is the first piece alone, times its size. If you use a loop, the `return` must not stand inside it.")
def _first_times_size(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[0] * sizes[0]


@mistake("This is the last piece alone. Add each to what is there, `+=`, and do not put it in its place.")
def _last_alone(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[-1]


@mistake("This is the share of the last piece alone. Add each to what is there, `+=`, and do not put it in its place.")
def _last_share_alone(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients[-1] * sizes[-1] / sizes.sum()


@mistake("The last piece is missing. If you use a loop, look at where it ends.")
def _without_last(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients[:-1], sizes[:-1]) / sizes.sum()


@mistake("The last piece is left out, and its examples as well. It counts, however small it is.")
def _last_dropped(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients[:-1], sizes[:-1]) / sizes[:-1].sum()


@mistake("The first piece is missing. If you use a loop, look at where it begins.")
def _without_first(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients[1:], sizes[1:]) / sizes.sum()


@mistake("The first piece is left out, and its examples as well. If you use a loop, look at where it begins.")
def _first_dropped(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients[1:], sizes[1:]) / sizes[1:].sum()


@mistake("All pieces are added, but the examples of the last are not counted in what you divide by.")
def _last_not_counted(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / sizes[:-1].sum()


@mistake("Only the last piece is divided by the examples. Brackets around the sum are missing.")
def _last_divided(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients[:-1], sizes[:-1]) + gradients[-1] * sizes[-1] / sizes.sum()


@mistake("You added up along a row, over the places of a gradient. Add up the pieces, column by column: `sum(0)`.")
def _along_rows(gradients: Tensor, sizes: Tensor) -> Tensor:
    return (gradients * sizes[:, None]).sum(1) / sizes.sum()


@mistake("One number came back. A gradient has a number for each column: add up over pieces alone, `sum(0)`.")
def _one_number(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes).sum() / sizes.sum()


@mistake("One number came back, a mean over all columns. A gradient has a number for each: add up over pieces alone.")
def _mean_of_columns(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes).mean()


@mistake("The pieces are not added up: one row for each piece is left. The result is (dim,).")
def _rows(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients * sizes[:, None] / sizes.sum()


@mistake("The rows are multiplied by their sizes, and neither added up nor divided.")
def _raw_rows(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients * sizes[:, None]


@mistake("An axis of size 1 is left, (1, dim). The result is (dim,).")
def _row_kept(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes)[None]


@mistake("You took the mean of two again and again, so the last pieces count most. Weigh by the sizes.")
def _halved(gradients: Tensor, sizes: Tensor) -> Tensor:
    mean = gradients[0]
    for gradient in gradients[1:]:
        mean = (mean + gradient) / 2
    return mean


@mistake(
    "Your running mean moves by a piece's share of the whole batch. It moves by the share of what was seen so far."
)
def _moved_by_share(gradients: Tensor, sizes: Tensor) -> Tensor:
    mean = torch.zeros_like(gradients[0])
    for gradient, size in zip(gradients, sizes, strict=True):
        mean = mean + (gradient - mean) * size / sizes.sum()
    return mean


@mistake(
    "Your running mean is weighed by the size of the piece before. Weigh it by all examples that were seen so far."
)
def _pair_by_pair(gradients: Tensor, sizes: Tensor) -> Tensor:
    mean = gradients[0]
    for i in range(1, len(sizes)):
        mean = (mean * sizes[i - 1] + gradients[i] * sizes[i]) / (sizes[i - 1] + sizes[i])
    return mean


@mistake("The sizes run backwards in yours: the first piece is weighed by the size of the last.")
def _backwards(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes.flip(0))


@mistake("You sorted the sizes, and not the rows with them: each row goes with its own size.")
def _sorted_down(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes.sort(descending=True).values)


@mistake("You sorted the sizes from small to large, and not the rows with them. Each row goes with its own size.")
def _sorted_up(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes.sort().values)


@mistake("Each row is weighed by the size of another piece: the numbers of rows and sizes are one apart.")
def _shifted(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes.roll(1))


@mistake("You took the median over examples. It is their mean.")
def _median(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.repeat_interleave(sizes, 0).quantile(0.5, dim=0)


@mistake("You took the median over pieces. It is the mean over examples.")
def _median_of_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.quantile(0.5, dim=0)


@mistake("You made every gradient one of length 1. Its length counts.")
def _unit_rows(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(torch.nn.functional.normalize(gradients), sizes)


@mistake("The sign is turned round. That is where a step goes; the gradient itself is due.")
def _downhill(gradients: Tensor, sizes: Tensor) -> Tensor:
    return -whole_gradient(gradients, sizes)


@mistake("You divided by the pieces times the largest size. Pieces differ: divide by the sum of the sizes.")
def _as_the_largest(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / (sizes.max() * len(sizes))


@mistake("You divided by the product of the sizes. Divide by their sum.")
def _over_product(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes) / sizes.prod()


@mistake("You divided the sizes by the root of the sum of their squares. Divide by their sum.")
def _over_norm(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes / sizes.double().norm())


@mistake("You weighed each piece by its size less 1. It has as many examples as its size says.")
def _sizes_less_one(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes - 1)


@mistake("You weighed each piece by its size and 1 more. It has as many examples as its size says.")
def _sizes_and_one(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes + 1)


@mistake("You weighed each piece by the examples that all the others have. Weigh it by its own.")
def _weighed_by_others(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes.sum() - sizes)


@mistake("You weighed each piece by all examples up to it. Weigh it by its own.")
def _weighed_by_seen(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, sizes.cumsum(0))


@mistake("You weighed each piece by its place in the batch. Weigh it by its size.")
def _weighed_by_place(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients, torch.arange(1, len(sizes) + 1))


@mistake("You divided in the loop, by the examples so far, again and again. Add up all pieces and divide once.")
def _divided_in_the_loop(gradients: Tensor, sizes: Tensor) -> Tensor:
    total, seen = torch.zeros_like(gradients[0]), 0
    for gradient, size in zip(gradients, sizes.tolist(), strict=True):
        seen += size
        total = (total + gradient * size) / seen
    return total


@mistake("You divided the sum in the loop, by all examples, again and again. Add up all pieces and divide once.")
def _divided_each_time(gradients: Tensor, sizes: Tensor) -> Tensor:
    total = torch.zeros_like(gradients[0])
    for gradient, size in zip(gradients, sizes, strict=True):
        total = (total + gradient * size) / sizes.sum()
    return total


@mistake("Each piece is divided by the examples up to it. Divide all of them by all examples.")
def _over_seen(gradients: Tensor, sizes: Tensor) -> Tensor:
    return _added(gradients, sizes / sizes.cumsum(0))


@mistake("Your running mean takes the first size for all that was seen. Count the examples of every piece.")
def _seen_not_counted(gradients: Tensor, sizes: Tensor) -> Tensor:
    mean = gradients[0]
    for gradient, size in zip(gradients[1:], sizes[1:], strict=True):
        mean = (mean * sizes[0] + gradient * size) / (sizes[0] + size)
    return mean


@mistake("The first two pieces alone are joined. There may be more.")
def _two_pieces(gradients: Tensor, sizes: Tensor) -> Tensor:
    return whole_gradient(gradients[:2], sizes[:2])


@mistake("You took the largest number of each column. It is the mean over examples.")
def _largest_of_each(gradients: Tensor, sizes: Tensor) -> Tensor:
    return gradients.max(0).values


@mistake("Your result has the length 1. The gradient has the length that it has.")
def _unit_result(gradients: Tensor, sizes: Tensor) -> Tensor:
    return torch.nn.functional.normalize(whole_gradient(gradients, sizes), dim=0)


def _example_by_example(gradients: Tensor, sizes: Tensor) -> Tensor:
    rows = [row for row, size in zip(gradients, sizes.tolist(), strict=True) for _ in range(size)]
    return torch.stack(rows).mean(0)


WHOLE_GRADIENT = CodeExercise(
    id="scaling.whole_gradient",
    title="One gradient from many pieces",
    stars=2,
    minutes=8,
    task="Join the gradients of the pieces of a batch into that of the whole batch.",
    hints=[
        "Three examples with a mean gradient of 1, and one with 5: the mean of all four is (3 · 1 + 5) / 4 = 2.",
        "Multiply each row by how many examples it stands for: `gradients * sizes[:, None]`.",
        "Add up the rows and divide by `sizes.sum()`.",
    ],
    solution=whole_gradient,
    reference=_example_by_example,
    inputs=_gradients_and_sizes,
    may_share=True,  # of a single piece the row itself is right
    mistakes=[
        _mean_of_pieces, _sum_of_pieces, _not_divided, _divided_by_pieces, _divided_by_size, _mean_of_divided,
        _divided_twice, _weighed_the_wrong_way, _sum_over_examples, _mean_times_examples, _sum_times_examples,
        _mean_of_shares, _over_mean_size, _over_largest_size, _as_the_first_size, _over_last_size, _over_first_size,
        _over_dim, _one_fewer, _one_more, _squares, _size_twice, _examples_twice, _roots, _softmax, _share_of_others,
        _whole_shares, _sizes_added, _largest, _smallest, _first_alone, _first_share_alone, _first_times_size,
        _last_alone, _last_share_alone, _without_last, _last_dropped, _without_first, _first_dropped,
        _last_not_counted, _last_divided, _along_rows, _one_number, _mean_of_columns, _rows, _raw_rows, _row_kept,
        _halved, _moved_by_share, _pair_by_pair, _backwards, _sorted_down, _sorted_up, _shifted, _median,
        _median_of_pieces, _unit_rows, _downhill, _as_the_largest, _over_product, _over_norm, _sizes_less_one,
        _sizes_and_one, _weighed_by_others, _weighed_by_seen, _weighed_by_place, _divided_in_the_loop,
        _divided_each_time, _over_seen, _seen_not_counted, _two_pieces, _largest_of_each, _unit_result,
    ],
)  # fmt: skip

# --- the first half of a ring -----------------------------------------------------------------------------------------


def _held(rng: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1.0, 2, 3], [10, 20, 30], [100, 200, 300]], dtype=torch.double),)  # to be read
    for n in (2, 4, 5, 1):
        yield (torch.from_numpy(rng.integers(1, 50, size=(n, n))).double(),)


def half_a_ring(held: Tensor) -> Tensor:
    """What n devices hold after the first half of a ring, the rounds that add: a tensor (n, n) -> a new one (n, n).

    Row i is device i, column p its part p, one number. There are n − 1 rounds, r = 0, 1, ... In round r every device i
    sends its part (i − r) mod n to device (i + 1) mod n, which adds it to its own part of that number. A device sends
    what it holds of the part by then: its own, and all that came in before. `held` stays as it is; n may be 1.
    """
    n = len(held)
    held = held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            part = (i - r) % n
            held[(i + 1) % n, part] += before[i, part]
    return held


def _played(held: Tensor, rounds: Iterable[int], part: Callable[[int, int], int], way: int = 1) -> Tensor:
    """These rounds, in which device i sends the part that `part(i, r)` says to device i + way."""
    n, held = len(held), held.clone()
    for r in rounds:
        before = held.clone()
        for i in range(n):
            held[(i + way) % n, part(i, r) % n] += before[i, part(i, r) % n]
    return held


def _in_turn(i: int, r: int) -> int:
    return i - r


def _finished(held: Tensor, rest: Tensor, ahead: int = 1) -> Tensor:
    """The sum of part i + ahead at device i, in a copy of `rest`."""
    n, found = len(held), rest.clone()
    for i in range(n):
        found[i, (i + ahead) % n] = held[:, (i + ahead) % n].sum()
    return found


@mistake("Your loop has n rounds. After n − 1 every part has met all devices; the next one counts one of them twice.")
def _one_round_more(held: Tensor) -> Tensor:
    return _played(held, range(len(held)), _in_turn)


@mistake("Your loop has one round too few: a part has to pass n − 1 times to meet all n devices.")
def _one_round_less(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 2), _in_turn)


@mistake("Your rounds are 1, 2, ..., n − 1. They begin at r = 0, in which device i sends part i.")
def _from_round_one(held: Tensor) -> Tensor:
    return _played(held, range(1, len(held)), _in_turn)


@mistake("Only the first round was played. If you use a loop, the `return` must not stand inside it.")
def _first_round_alone(held: Tensor) -> Tensor:
    return _played(held, range(min(1, len(held) - 1)), _in_turn)


@mistake("You played half of the n − 1 rounds. All n − 1 of them are the first half of a ring.")
def _half_of_the_rounds(held: Tensor) -> Tensor:
    return _played(held, range((len(held) - 1) // 2), _in_turn)


@mistake("You played n / 2 rounds. The first half of a ring has n − 1 rounds.")
def _half_as_many_as_devices(held: Tensor) -> Tensor:
    return _played(held, range(len(held) // 2), _in_turn)


@mistake("You played three rounds, as in the picture. With n devices there are n − 1.")
def _three_rounds(held: Tensor) -> Tensor:
    return _played(held, range(3), _in_turn)


@mistake("You added for 2 (n − 1) rounds. The second half of a ring adds nothing, and is not asked here.")
def _both_halves_add(held: Tensor) -> Tensor:
    return _played(held, range(2 * (len(held) - 1)), _in_turn)


@mistake("The part that arrives replaces what is there. In the first half it is added.")
def _replaces(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] = before[i, (i - r) % n]
    return held


@mistake("A device passes on what it held at the very beginning. It passes on what it holds by then, the sum so far.")
def _first_numbers(held: Tensor) -> Tensor:
    n, found = len(held), held.clone()
    for r in range(n - 1):
        for i in range(n):
            found[(i + 1) % n, (i - r) % n] += held[i, (i - r) % n]
    return found


@mistake("The larger of the two is kept in yours. The part that arrives is added.")
def _larger_kept(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            to, part = (i + 1) % n, (i - r) % n
            held[to, part] = torch.maximum(before[to, part], before[i, part])
    return held


@mistake("You took the mean of the two in each round. The part that arrives is added, and nothing is divided.")
def _means_on_the_way(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            to, part = (i + 1) % n, (i - r) % n
            held[to, part] = (before[to, part] + before[i, part]) / 2
    return held


@mistake("The finished sums alone are left. A device sends a copy: what it held of a part, and what came in, it keeps.")
def _sender_loses(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] += before[i, (i - r) % n]
            held[i, (i - r) % n] -= before[i, (i - r) % n]
    return held


@mistake("In every round you send part i. In round r it is part (i − r) mod n: what has just come in is passed on.")
def _always_the_same(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i)


@mistake("You send part i + r. In round r it is part (i − r) mod n: what has just come in is passed on.")
def _other_sign(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i + r)


@mistake("You send part r − i. It is part (i − r) mod n.")
def _turned_round(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: r - i)


@mistake("All devices send part r in yours. In a round each sends another one: device i sends part (i − r) mod n.")
def _part_of_the_round(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: r)


@mistake("You counted the part from the device that receives. It is (i − r) mod n with i the device that sends.")
def _part_of_the_receiver(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i + 1 - r)


@mistake("You send to the left, to device i − 1. Parts go to device (i + 1) mod n.")
def _to_the_left(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), _in_turn, -1)


@mistake("Device i takes from device i + 1 in yours. It takes from device i − 1, since parts go to (i + 1) mod n.")
def _from_the_right(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i - 1 - r, -1)


@mistake("Your ring runs the other way, part i + r to device i − 1. Here part i − r goes to device i + 1.")
def _mirrored(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i + r, -1)


@mistake("You send past the neighbour, to device i + r + 1. In every round a part goes to the next device alone.")
def _past_the_neighbour(held: Tensor) -> Tensor:
    n, found = len(held), held.clone()
    for r in range(n - 1):
        for i in range(n):
            found[(i + r + 1) % n, (i - r) % n] += held[i, (i - r) % n]
    return found


@mistake("What arrives is added to another part, one further. It is added to the part of its own number.")
def _beside(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i + 1 - r) % n] += before[i, (i - r) % n]
    return held


@mistake("The last device sends to nobody in yours. In a ring its neighbour is device 0: (i + 1) mod n.")
def _a_line(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n - 1):
            held[i + 1, (i - r) % n] += before[i, (i - r) % n]
    return held


@mistake("Device 0 alone sends in yours. In every round all of them do.")
def _device_0_alone(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        held[1 % n, -r % n] += held[0, -r % n]
    return held


@mistake("First one device plays all rounds, then the next. In each round all devices send: the rounds are outside.")
def _device_by_device(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for i in range(n):
        for r in range(n - 1):
            held[(i + 1) % n, (i - r) % n] += held[i, (i - r) % n]
    return held


@mistake("Every device sends its whole row. It sends one part in a round: that is what makes a ring cheap.")
def _whole_rows(held: Tensor) -> Tensor:
    held = held.clone()
    for _ in range(len(held) - 1):
        held = held + held.roll(1, 0)
    return held


@mistake("Rows and columns are exchanged: a row is a device, a column a part, so it is `held[device, part]`.")
def _columns_for_devices(held: Tensor) -> Tensor:
    return half_a_ring(held.T).T.clone()


@mistake("Your result is transposed: a row is a device, a column a part.")
def _transposed(held: Tensor) -> Tensor:
    return half_a_ring(held).T.clone()


@mistake("You took columns for devices at the beginning: a row is a device, a column a part.")
def _transposed_first(held: Tensor) -> Tensor:
    return half_a_ring(held.T)


@mistake("These are the sums of all devices everywhere. After the first half each is at one device alone.")
def _all_sums(held: Tensor) -> Tensor:
    return held.sum(0).expand_as(held).clone()


@mistake("The finished sums are right. On its way a part leaves its sum so far at each device, and yours does not.")
def _finished_alone(held: Tensor) -> Tensor:
    return _finished(held, held)


@mistake("You put the sum of part i at device i. Part i begins there, and is finished at the device before it.")
def _on_the_diagonal(held: Tensor) -> Tensor:
    return _finished(held, held, 0)


@mistake("You put the sum of part i at device i, and zeros elsewhere. It is finished at the device before it.")
def _diagonal_and_zeros(held: Tensor) -> Tensor:
    return _finished(held, torch.zeros_like(held), 0)


@mistake("You put the sum of part i at device i + 1. It begins at device i, and is finished at the one before it.")
def _finished_one_on(held: Tensor) -> Tensor:
    return _finished(held, held, -1)


@mistake("A row of sums came back. The result is (n, n): what every device holds of every part.")
def _sums_alone(held: Tensor) -> Tensor:
    return held.sum(0)


@mistake("The finished sums came back, one for each device. The result is (n, n): all that every device holds.")
def _sums_by_device(held: Tensor) -> Tensor:
    return held.sum(0).roll(-1)


@mistake("One number came back. The result is (n, n): what every device holds of every part.")
def _one_sum(held: Tensor) -> Tensor:
    return held.sum()


@mistake("All your parts begin at device 0. Part p begins at device p, where round 0 sends it.")
def _all_from_device_0(held: Tensor) -> Tensor:
    return held.cumsum(0)


@mistake("You added up along a row, the parts of one device. Add up one part over devices, down a column.")
def _along_a_row(held: Tensor) -> Tensor:
    return held.cumsum(1)


@mistake("The sums are divided by n. Here they are only added up.")
def _divided(held: Tensor) -> Tensor:
    return half_a_ring(held) / len(held)


@mistake("Nothing has moved: this is what the devices held before the first round.")
def _unmoved(held: Tensor) -> Tensor:
    return held.clone()


@mistake("You send part i + r + 1. In round r it is part (i − r) mod n: what has just come in is passed on.")
def _other_sign_and_one(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i + r + 1)


@mistake("In every round you send part i + 1. In round r it is part (i − r) mod n: what has just come in is passed on.")
def _always_the_next(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: i + 1)


@mistake("You took the remainder of n − 1. With n parts it is mod n.")
def _mod_one_less(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: (i - r) % (len(held) - 1))


@mistake("You turned i − r into a number above 0 by leaving its sign away. Take it mod n: −1 is part n − 1.")
def _without_sign(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: abs(i - r))


@mistake("Where i − r is below 0 you send part 0. Take it mod n: −1 is part n − 1.")
def _not_below_0(held: Tensor) -> Tensor:
    return _played(held, range(len(held) - 1), lambda i, r: max(i - r, 0))


@mistake("Where i − r is below 0 nothing is sent in yours. Take it mod n: −1 is part n − 1.")
def _silent_below_0(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(r, n):
            held[(i + 1) % n, i - r] += before[i, i - r]
    return held


@mistake("The last device sends to itself in yours. In a ring its neighbour is device 0: (i + 1) mod n.")
def _last_to_itself(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[min(i + 1, n - 1), (i - r) % n] += before[i, (i - r) % n]
    return held


@mistake("Device 0 never sends in yours. In every round all devices do.")
def _device_0_silent(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(1, n):
            held[(i + 1) % n, (i - r) % n] += before[i, (i - r) % n]
    return held


@mistake("The device that receives adds its own number again. It adds what its left neighbour holds of the part.")
def _own_number_again(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] *= 2
    return held


@mistake("What is sent is part i in yours, though it arrives at part i − r. It is one part, sent and received.")
def _reads_its_own_part(held: Tensor) -> Tensor:
    n, held = len(held), held.clone()
    for r in range(n - 1):
        before = held.clone()
        for i in range(n):
            held[(i + 1) % n, (i - r) % n] += before[i, i]
    return held


@mistake("Every device sends its own part to all the others. Each sends to its right neighbour alone.")
def _own_part_to_all(held: Tensor) -> Tensor:
    own = held.diagonal()
    return held + own - torch.diag(own)


@mistake("What a device held itself is missing: it adds what comes in to its own.")
def _own_missing(held: Tensor) -> Tensor:
    return half_a_ring(held) - held


@mistake("The rows are one device too far down. Row i is what device i holds.")
def _a_row_down(held: Tensor) -> Tensor:
    return half_a_ring(held).roll(1, 0)


@mistake("The rows are one device too far up. Row i is what device i holds.")
def _a_row_up(held: Tensor) -> Tensor:
    return half_a_ring(held).roll(-1, 0)


@mistake("All your parts begin at the last device. Part p begins at device p, where round 0 sends it.")
def _all_from_the_last(held: Tensor) -> Tensor:
    return held.flip(0).cumsum(0).flip(0)


def _by_journeys(held: Tensor) -> Tensor:
    """Part p begins at device p and gathers one device after the other."""
    n, found = len(held), torch.empty_like(held)
    for part in range(n):
        total = held.new_zeros(())
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
    task=(
        "Play the rounds in which parts are added up, for any number of devices. The course's `ring` does more than "
        "that; write your own."
    ),
    hints=[
        "Three devices, part 0: in round 0 it goes from device 0 to 1, in round 1 the sum goes from device 1 to 2.",
        "Keep a copy of what all held before the round, `before = held.clone()`, and read from it.",
        "`held[(i + 1) % n, part] += before[i, part]` with `part = (i - r) % n`, for every i, n − 1 times.",
    ],
    solution=half_a_ring,
    reference=_by_journeys,
    inputs=_held,
    forbidden=["ring"],
    mistakes=[
        _one_round_more, _one_round_less, _from_round_one, _first_round_alone, _half_of_the_rounds,
        _half_as_many_as_devices, _three_rounds, _both_halves_add, _replaces, _first_numbers, _larger_kept,
        _means_on_the_way, _sender_loses, _always_the_same, _other_sign, _turned_round, _part_of_the_round,
        _part_of_the_receiver, _to_the_left, _from_the_right, _mirrored, _past_the_neighbour, _beside, _a_line,
        _device_0_alone, _device_by_device, _whole_rows, _columns_for_devices, _transposed, _transposed_first,
        _all_sums, _finished_alone, _on_the_diagonal, _diagonal_and_zeros, _finished_one_on,
        _sums_alone, _sums_by_device, _one_sum, _all_from_device_0, _along_a_row, _divided, _unmoved,
        _other_sign_and_one, _always_the_next, _mod_one_less, _without_sign, _not_below_0,
        _silent_below_0, _last_to_itself, _device_0_silent, _own_number_again, _reads_its_own_part,
        _own_part_to_all, _own_missing, _a_row_down, _a_row_up, _all_from_the_last,
    ],
)  # fmt: skip

# --- the bubble -------------------------------------------------------------------------------------------------------

PIECES = 63.0

BUBBLE = NumberExercise(
    id="scaling.bubble",
    title="How many pieces keep a pipeline busy",
    stars=1,
    minutes=5,
    task=(
        "A pipeline has 8 stages. At most a tenth of the whole time may be spent waiting. How many pieces must a batch "
        "have at least? Work it out by hand."
    ),
    hints=[
        "The bubble is (p − 1) / (m + p − 1), with p stages and m pieces.",
        "7 / (m + 7) has to be a tenth or less.",
        "So m + 7 is 70 or more.",
    ],
    solution=PIECES,
    working="10 * 7 - 7",
    mistakes=[
        # p and p − 1 confused, or the share taken of something else
        wrong_number(70.0, "That is m + 7, the whole time, or 7 / m = 1/10. The time of waiting is part of the whole."),
        wrong_number(72.0, "You took p where p − 1 belongs: the last stage waits for 7 pieces, not for 8."),
        wrong_number(73.0, "Above the line stands p − 1 as well: 7 / (m + 7), not 8 / (m + 7)."),
        wrong_number(80.0, "That would be p / m. A step is m + p − 1 pieces long, and p − 1 of them are waited."),
        wrong_number(71.0, "That is one more than m + 7. The pieces are m alone."),
        wrong_number(69.0, "69 is m + 7 less one. Take 7 from 70."),
        wrong_number(77.0, "A sign is wrong: m + 7 = 70, so m = 70 − 7."),
        wrong_number(79.0, "79 is 80 less one. The bubble is 7 / (m + 7), with p − 1 = 7 in both places."),
        wrong_number(87.0, "You added 7 to 80. The bubble is 7 / (m + 7), so m + 7 = 70."),
        wrong_number(88.0, "You took p for p − 1, and a wrong sign: m + 7 = 70, so m = 70 − 7."),
        wrong_number(62.0, "With 62 pieces it is 7 / 69, a little more than a tenth."),
        wrong_number(61.0, "With 61 pieces it is 7 / 68, more than a tenth."),
        wrong_number(64.0, "That is enough, and one more than is needed: which is the smallest number?"),
        wrong_number(65.0, "That is enough, and more than is needed: which is the smallest number?"),
        wrong_number(60.0, "With 60 pieces it is 7 / 67, more than a tenth. Do not round."),
        wrong_number(100.0, "That is far more than enough. Which is the smallest number?"),
        # other stages
        wrong_number(54.0, "7 stages would need 54, for 6 / (m + 6). A pipeline of 8 has p − 1 = 7."),
        wrong_number(81.0, "10 stages, or p + 1 for p − 1, would need 81. Here p − 1 = 7."),
        wrong_number(27.0, "4 stages, as in the picture, would need 27. Here are 8."),
        wrong_number(36.0, "5 stages would need 36, for 4 / (m + 4). Here are 8, so p − 1 = 7."),
        wrong_number(45.0, "6 stages would need 45. Here are 8, so p − 1 = 7."),
        wrong_number(30.0, "3 / m is the picture's, of 4 stages, and not of the whole time. Here it is 7 / (m + 7)."),
        wrong_number(40.0, "Those are 4 stages, times ten. Here are 8, and the bubble is 7 / (m + 7)."),
        wrong_number(9.0, "With 9 pieces nearly half of the time is waited: 7 / 16.", 0.4),
        # other shares
        wrong_number(28.0, "That is for a fifth. At most a *tenth* may be waiting."),
        wrong_number(
            35.0, "That is for a fifth, and of the time of work. Here it is a tenth of the whole: 7 / (m + 7)."
        ),
        wrong_number(21.0, "That is for a quarter. At most a *tenth* may be waiting."),
        wrong_number(14.0, "With 14 pieces a third of the time is waited: 7 / 21."),
        wrong_number(133.0, "That is for a twentieth. A tenth may be waiting."),
        wrong_number(140.0, "7 / (m + 7) is a tenth, not a twentieth; or you counted the waiting twice."),
        wrong_number(
            126.0, "You counted the waiting forward and back, 14, and the work once. Count both once: 7 / (m + 7)."
        ),
        wrong_number(144.0, "You counted 16 waits. It is 7 of m + 7."),
        wrong_number(693.0, "That is for a hundredth. A tenth may be waiting."),
        wrong_number(700.0, "That is 7 over a hundredth. A tenth of m + 7 may be waiting."),
        wrong_number(630.0, "That is ten times too many: m + 7 = 70."),
        wrong_number(6.3, "That is ten times too few: m + 7 = 70.", 0.01),
        wrong_number(7 / 0.9 - 7, "Then nine tenths would be waiting. One tenth is allowed.", 0.05),
        wrong_number(7 / 0.9, "You took nine tenths for the share of waiting. It is one tenth.", 0.03),
        wrong_number(1.0, "With 1 piece 7 of 8 devices always wait.", 0.1),
        wrong_number(2.0, "With 2 pieces 7 / 9 of the time is waited.", 0.4),
        wrong_number(3.0, "With 3 pieces 7 / 10 of the time is waited.", 0.4),
        wrong_number(4.0, "With 4 pieces 7 / 11 of the time is waited.", 0.4),
        wrong_number(5.0, "With 5 pieces 7 / 12 of the time is waited.", 0.4),
        wrong_number(
            6.0, "Those are the pieces of the picture. With 8 stages 7 / 13 of the time would be waited.", 0.2
        ),
        wrong_number(7.0, "With 7 pieces half of the time is waited: 7 / 14.", 0.4),
        wrong_number(8.0, "As many pieces as stages are not enough: 7 / 15 of the time is waited.", 0.1),
        wrong_number(10.0, "With 10 pieces 41 % are waited: 7 / 17.", 0.4),
        wrong_number(11.0, "With 11 pieces 39 % are waited: 7 / 18.", 0.4),
        wrong_number(12.0, "With 12 pieces 37 % are waited: 7 / 19.", 0.4),
        wrong_number(16.0, "With 16 pieces 30 % are waited: 7 / 23.", 0.4),
        wrong_number(18.0, "With 18 pieces 28 % are waited: 7 / 25.", 0.4),
        wrong_number(20.0, "With 20 pieces 26 % are waited: 7 / 27.", 0.4),
        wrong_number(32.0, "With 32 pieces 18 % are waited: 7 / 39.", 0.4),
        wrong_number(50.0, "With 50 pieces it is 7 / 57, more than a tenth.", 0.4),
        wrong_number(0.1, "That is the share of the time. How many pieces?", 0.001),
        wrong_number(0.9, "That is the share of the work. How many pieces?", 0.001),
        wrong_number(0.7, "You took a tenth of 7. 7 has to be a tenth of m + 7.", 0.001),
        wrong_number(0.8, "You took a tenth of 8. 7 has to be a tenth of m + 7.", 0.001),
        wrong_number(7 / 15, "That is what waits with 8 pieces. How many pieces bring it to a tenth?", 0.005),
        # other things counted
        wrong_number(56.0, "You multiplied 7 by 8. The bubble is 7 / (m + 7), which has to be a tenth.", 0.4),
        wrong_number(90.0, "That is the share of work in percent, or 9 / m = 1/10. How many pieces?", 0.4),
        wrong_number(504.0, "Every piece goes through all 8 stages: 63 in all, and not for each stage."),
        wrong_number(560.0, "Those are 70 for each of 8 stages. Every piece goes through all stages: count it once."),
        wrong_number(63 / 8, "You divided by the stages. Every piece goes through all of them.", 0.02),
        wrong_number(189.0, "Those are units of time, 3 for a piece forward and back. How many pieces?"),
        wrong_number(210.0, "Those are units of time: a whole step. How many pieces?"),
    ],
    remark="Each of these pieces needs at least one text, so a long pipeline asks for a large batch.",
)

# --- MinHash ----------------------------------------------------------------------------------------------------------

LARGE = 2**31 - 1  # a prime: the products of members and slopes need more than 53 bits, and fit into 63


def _hashes(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
    yield torch.tensor([3, 5, 9]), torch.tensor([1, 2]), torch.tensor([0, 4]), 11  # to be read: (3, 0 + …)
    for members, n, prime in ((6, 4, 101), (1, 3, 31), (12, 6, 997), (9, 5, 211), (7, 5, 11)):
        numbers = torch.from_numpy(rng.choice(prime, members, replace=False))
        a = torch.from_numpy(rng.integers(1, prime, n))
        yield numbers, a, torch.from_numpy(rng.integers(0, prime, n)), prime
    numbers, a, b = (torch.from_numpy(rng.integers(1, LARGE, n)) for n in (8, 5, 5))
    yield numbers, a, b, LARGE


def signature(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    """The signature of a set: its members as numbers (members,), hash functions a (n,) and b (n,) -> (n,).

    Hash function i sends x to (a[i] · x + b[i]) mod prime. Place i of the signature is the least value that it has for
    any member. There is at least one, and no two are the same. The tensors are int64; nothing is negative, and
    a[i] · x + b[i] fits into int64 as well.
    """
    return ((a[:, None] * numbers + b[:, None]) % prime).min(1).values


def _table(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    """All hash values: (n, members)."""
    return (a[:, None] * numbers + b[:, None]) % prime


@mistake("You took the largest value. Any fixed choice would do, but here it is the least.")
def _largest_value(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).max(1).values


@mistake("The remainder is missing: without mod prime the least member has the least value under every function.")
def _no_remainder(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return (a[:, None] * numbers + b[:, None]).min(1).values


@mistake("The least is taken too early. Hash every member in full, (a · x + b) mod prime, and then take the least.")
def _remainder_last(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return (a[:, None] * numbers + b[:, None]).min(1).values % prime


@mistake("You left b out: hash function i sends x to (a[i] · x + b[i]) mod prime.")
def _without_b(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, 0 * b, prime).min(1).values


@mistake("You left a out: hash function i sends x to (a[i] · x + b[i]) mod prime.")
def _without_a(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, torch.ones_like(a), b, prime).min(1).values


@mistake("You added a where you should multiply: (a[i] · x + b[i]) mod prime.")
def _a_added(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, torch.ones_like(a), a + b, prime).min(1).values


@mistake("You took b away. It is added: (a[i] · x + b[i]) mod prime.")
def _b_taken_away(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, -b, prime).min(1).values


@mistake("The remainder is of a · x alone. It is of the whole: (a · x + b) mod prime.")
def _b_outside(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers) % prime + b[:, None]).min(1).values


@mistake("a and b are exchanged: multiply by a[i], and add b[i].")
def _exchanged(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, b, a, prime).min(1).values


@mistake("You multiplied b by a as well, a · (x + b). Multiply x alone, then add b.")
def _times_both(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * ((numbers + b[:, None]) % prime)) % prime).min(1).values


@mistake("`//` is the quotient. The remainder is `%`.")
def _quotient(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return ((a[:, None] * numbers + b[:, None]) // prime).min(1).values


@mistake("You took the remainder of the number of functions. It is mod prime.")
def _mod_functions(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, len(a)).min(1).values


@mistake("You took the remainder of the number of members. It is mod prime.")
def _mod_members(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, len(numbers)).min(1).values


@mistake("You took the remainder of prime − 1. It is mod prime.")
def _modulus_one_less(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime - 1).min(1).values


@mistake("Each function is given what the one before it gave. Every one of them is given the member itself.")
def _chained(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    found, x = [], numbers
    for slope, start in zip(a, b, strict=True):
        x = (slope * x + start) % prime
        found.append(x.min())
    return torch.stack(found)


@mistake("You added up the members before you hashed. Hash each of them and take the least value.")
def _sum_hashed(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers.sum()[None] % prime, a, b, prime).min(1).values


@mistake("You hashed the largest member alone. Hash all of them and take the least value.")
def _largest_member(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers.max()[None], a, b, prime)[:, 0]


@mistake("You hashed the first member alone. If you use a loop over members, look at where it ends.")
def _first_member(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime)[:, 0]


@mistake("This is the value of the last member alone. Keep the least of all values, not the latest.")
def _last_member(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime)[:, -1]


@mistake("The last member is left out. If you use a loop over members, look at where it ends.")
def _without_last_member(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _least_below(_table(numbers[:-1], a, b, prime), prime)


@mistake("The first member is left out. If you use a loop over members, look at where it begins.")
def _without_first_member(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _least_below(_table(numbers[1:], a, b, prime), prime)


def _least_below(table: Tensor, start: int) -> Tensor:
    """The least of each row and of a number, from which a search starts."""
    return torch.cat([table, table.new_full((len(table), 1), start)], 1).min(1).values


@mistake("Your search for the least starts at 0, and nothing lies below. Start with the first value, or with infinity.")
def _from_zero(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _least_below(_table(numbers, a, b, prime), 0)


@mistake(
    "Your search for the least starts at a number that is too small. Start with the first value, or with infinity."
)
def _from_a_thousand(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _least_below(_table(numbers, a, b, prime), 1000)


@mistake("The least of one function is carried over to the next. Start anew for each function.")
def _carried_over(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime).cummin(0).values


@mistake("All your places use the first function. Place i uses a[i] and b[i].")
def _first_function(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a[:1], b[:1], prime).repeat(len(a))


@mistake("All your places use the last function. Place i uses a[i] and b[i].")
def _last_function(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a[-1:], b[-1:], prime).repeat(len(a))


@mistake("All your functions have the same b. Function i has its own: b[i].")
def _one_b(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b[:1].repeat(len(a)), prime)


@mistake("All your functions have the same a. Function i has its own: a[i].")
def _one_a(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a[:1].repeat(len(a)), b, prime)


@mistake("Function i has a[i] and b[i]. In yours the a run forwards and the b backwards.")
def _against_each_other(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b.flip(0), prime)


@mistake("This is the least of each member over all functions. It is the least of each function over all members.")
def _other_axis(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).min(0).values


@mistake("One number came back, the least of all. The signature has a place for each function.")
def _least_of_all(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).min()


@mistake("These are the least values of one function. The signature has the least of each of n functions.")
def _least_of_one_function(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime)[0].sort().values[: len(a)]


@mistake("Function i is given member i alone. Each function is given all members: two loops, or `a[:, None]`.")
def _pairs(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    n = min(len(numbers), len(a))
    return (a[:n] * numbers[:n] + b[:n]) % prime


@mistake("All values came back, a row for each function. Take the least of each row.")
def _whole_table(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime)


@mistake("All values came back, a row for each member. Take the least of each column.")
def _turned_table(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).T.clone()


@mistake("All values of one function came back. Take the least of each of n functions.")
def _one_row(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime)[0]


@mistake("The first place alone came back. If you use a loop over functions, the `return` must not stand inside it.")
def _first_place(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime)[:1]


@mistake("The last place alone came back. Keep the least of each function, in a list for one.")
def _last_place(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime)[-1]


@mistake("An axis of size 1 is left, (n, 1). The result is (n,): drop `keepdim`.")
def _column(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime)[:, None]


@mistake("The signature is sorted. Place i belongs to function i, or two texts cannot be compared.")
def _sorted(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime).sort().values


@mistake("The places stand in the opposite order. Place i belongs to function i.")
def _reversed(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime).flip(0)


@mistake("You took the mean of the values. It is the least.")
def _mean_value(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).double().mean(1)


@mistake("You added the values up. Take the least of them.")
def _sum_of_values(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).sum(1)


@mistake("This is the second least value of each function. Take the least.")
def _second_least(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).kthvalue(min(2, len(numbers)), 1).values


@mistake("These are the places of the least members. The signature holds their hash values.")
def _places(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).argmin(1)


@mistake("These are the members with the least hash values. The signature holds the values themselves.")
def _members(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return numbers[_table(numbers, a, b, prime).argmin(1)]


@mistake("Your numbers have 32 bits, and large products run over. Stay with int64.")
def _in_32_bits(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers.int(), a.int(), b.int(), prime)


@mistake("Floats of 32 bits round whole numbers beyond 2²⁴, and the remainder is lost. Stay with int64.")
def _in_floats(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers.float(), a.float(), b.float(), prime).long()


@mistake("Floats of 64 bits round whole numbers beyond 2⁵³, and the remainder is lost. Stay with int64.")
def _in_doubles(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers.double(), a.double(), b.double(), prime).long()


@mistake("`min(1)` gives values and places. The values are due: `.min(1).values`, or `amin(1)`.")
def _values_and_places(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> tuple[Tensor, Tensor]:
    found = _table(numbers, a, b, prime).min(1)
    return found.values, found.indices


@mistake("You took the least of a · x mod prime before b was added. Hash every member in full, then take the least.")
def _b_after_the_least(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return (_table(numbers, a, 0 * b, prime).min(1).values + b) % prime


@mistake("Your search for the least starts at a member. Start with a hash value, or with infinity.")
def _from_the_first_member(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _least_below(_table(numbers, a, b, prime), int(numbers[0]))


@mistake("You looked for the least member under the first function, and hashed it alone. Each function has its own.")
def _winner_of_the_first(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    table = _table(numbers, a, b, prime)
    return table[:, table[0].argmin()]


@mistake("You hashed as many members as there are functions. Each function is given all members.")
def _members_cut(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers[: len(a)], a, b, prime)


@mistake("You used as many functions as there are members. The signature has a place for each function.")
def _functions_cut(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a[: len(numbers)], b[: len(numbers)], prime)


@mistake("These are the least of all values together. Place i is the least value of function i.")
def _least_n_of_all(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).flatten().sort().values[: len(a)]


@mistake("All your functions have the last b. Function i has its own: b[i].")
def _last_b(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b[-1:].repeat(len(a)), prime)


@mistake("The last function is left out. The signature has a place for each.")
def _last_function_left_out(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a[:-1], b[:-1], prime)


@mistake("The first function is left out. The signature has a place for each.")
def _first_function_left_out(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a[1:], b[1:], prime)


@mistake("The sign is turned round: the least value is 0 or more.")
def _minus(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return -signature(numbers, a, b, prime)


@mistake("You took the median of the values. It is the least.")
def _median_value(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return _table(numbers, a, b, prime).median(1).values


@mistake("One number came back, the sum of the least values. The signature has a place for each function.")
def _sum_of_least(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    return signature(numbers, a, b, prime).sum()


def _with_lists(numbers: Tensor, a: Tensor, b: Tensor, prime: int) -> Tensor:
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return torch.tensor([min((slope * x + start) % prime for x in numbers.tolist()) for slope, start in pairs])


SIGNATURE = CodeExercise(
    id="scaling.signature",
    title="A set in a few numbers",
    stars=2,
    minutes=8,
    task="Write the signature of a set. Its members are numbers here, and the hash functions are given.",
    hints=[
        "Members 3, 5, 9 under (1 · x + 0) mod 11 are 3, 5, 9: the least is 3. Under (2 · x + 4) mod 11: 10, 3, 0.",
        "`a[:, None] * numbers` has a row for each function and a column for each member.",
        "Add `b[:, None]`, take `% prime`, then the least of each row: `.min(1).values`.",
    ],
    solution=signature,
    reference=_with_lists,
    inputs=_hashes,
    mistakes=[
        _largest_value, _no_remainder, _remainder_last, _without_b, _without_a, _a_added, _b_taken_away, _b_outside,
        _exchanged, _times_both, _quotient, _mod_functions, _mod_members, _modulus_one_less, _chained, _sum_hashed,
        _largest_member, _first_member, _last_member, _without_last_member, _without_first_member, _from_zero,
        _from_a_thousand, _carried_over, _first_function, _last_function, _one_b, _one_a, _against_each_other,
        _other_axis, _least_of_all, _least_of_one_function, _pairs, _whole_table, _turned_table, _one_row,
        _first_place, _last_place, _column, _sorted, _reversed, _mean_value, _sum_of_values, _second_least, _places,
        _members, _in_32_bits, _in_floats, _in_doubles, _values_and_places,
        _b_after_the_least, _from_the_first_member, _winner_of_the_first, _members_cut, _functions_cut,
        _least_n_of_all, _last_b, _last_function_left_out, _first_function_left_out, _minus, _median_value,
        _sum_of_least,
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
