"""The exercises of notebook 17, vision: in PyTorch, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- convolution ------------------------------------------------------------------------------------------------------


def _images_and_filters(rng: Generator) -> Iterator[tuple[Tensor, Tensor, int]]:
    ramp = torch.arange(16, dtype=torch.double).view(1, 4, 4)
    yield ramp, torch.tensor([[[[1.0, 0.0], [0.0, -2.0]]]], dtype=torch.double), 1
    for image, filters, stride in (
        ((2, 5, 6), (3, 2, 3, 3), 1),
        ((1, 7, 5), (2, 1, 2, 2), 2),
        ((3, 6, 9), (1, 3, 3, 3), 3),
    ):
        yield _normal(rng, *image), _normal(rng, *filters), stride


def convolve(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    """Slide every filter over a picture: (channels, height, width), (n, channels, k, k) -> (n, rows, columns).

    The number for a place is the sum of the products of the filter with the pixels below it, over all channels. The
    filter is not turned over, there is no margin, and neighbouring places are `stride` pixels apart. What is left over
    at the right and the lower edge, narrower than the filter, is not looked at. The filter is never larger than the
    picture.
    """
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)  # (channels, rows, columns, k, k)
    return torch.einsum("crxij,ncij->nrx", windows, filters)


@mistake("You turned the filter over. Here, as in every library, it is laid on the picture as it is.")
def _turned_over(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters.flip(-1, -2), stride)


@mistake("Your places are one pixel apart, whatever the stride is.")
def _without_stride(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, 1)


@mistake("You took the mean over the channels. Their products are added up.")
def _mean_of_channels(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride) / len(image)


@mistake("Only the first channel is in yours. A filter has numbers for each channel, and all products are added.")
def _first_channel(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image[:1], filters[:, :1], stride)


@mistake("You put a margin of zeros around the picture. Here there is none.")
def _with_margin(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    margin = filters.shape[-1] // 2
    return convolve(torch.nn.functional.pad(image, (margin,) * 4), filters, stride)


@mistake("Rows and columns of the result are exchanged.")
def _transposed(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride).mT


@mistake("The filter lies transposed on the picture: its rows belong to the picture's rows.")
def _filter_transposed(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters.mT, stride)


@mistake("The filters' results were added up. Each filter makes a map of its own: (n, rows, columns).")
def _filters_added(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride).sum(0)


@mistake("The last row or column is missing: there are (size − k) // stride + 1 places.")
def _one_short(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride)[:, :-1, :-1]


@mistake("You took the mean of the products. They are added.")
def _mean_of_products(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride) / filters[0].numel()


def _by_loops(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    k = filters.shape[-1]
    tops = range(0, image.shape[1] - k + 1, stride)
    lefts = range(0, image.shape[2] - k + 1, stride)
    maps = [[[(image[:, t : t + k, s : s + k] * each).sum() for s in lefts] for t in tops] for each in filters]
    return torch.stack([torch.stack([torch.stack(row) for row in rows]) for rows in maps])


CONVOLVE = CodeExercise(
    id="vision.convolve",
    title="A filter, slid",
    stars=2,
    minutes=15,
    task="Write a convolution with a stride: loops, or a product of matrices.",
    hints=[
        "The place (row, column) of the result looks at the pixels from row · stride and column · stride on.",
        "`image[:, top : top + k, left : left + k]` is (channels, k, k), as each filter is: multiply, then `.sum()`.",
        "Without loops: `image.unfold(1, k, stride).unfold(2, k, stride)`: windows (channels, rows, columns, k, k).",
    ],
    solution=convolve,
    reference=_by_loops,
    inputs=_images_and_filters,
    gradient=["image", "filters"],
    forbidden=["torch.nn.functional.conv2d", "torch.conv2d", "torch.nn.functional.conv3d", "torch.conv3d"],
    mistakes=[
        _turned_over, _without_stride, _mean_of_channels, _first_channel, _with_margin, _transposed,
        _filter_transposed, _filters_added, _one_short, _mean_of_products,
    ],
)  # fmt: skip

# --- what one number sees ---------------------------------------------------------------------------------------------


RECEPTIVE_FIELD = NumberExercise(
    id="vision.receptive_field",
    title="What one number sees",
    stars=1,
    minutes=5,
    task=(
        "A network has five layers of 3 × 3 filters. The second and the fourth have stride 2, the others stride 1. "
        "How many pixels does one number of the last layer see along one side?"
    ),
    hints=[
        "Begin at the picture: after the first layer a number sees 3 pixels, and neighbours look one pixel apart.",
        "A layer adds (kernel − 1) steps, each as long as the strides before it have made: 2 · 1, 2 · 1, 2 · 2, …",
        "1 + 2 + 2 + 4 + 4 + 8.",
    ],
    solution=21.0,
    working="21",
    tolerance=0.4,
    mistakes=[
        wrong_number(11.0, "That would be right without strides. After a stride of 2 a step is two pixels long."),
        wrong_number(15.0, "Three layers of 3 × 3 add up to 7 and not to 9: each adds kernel − 1 steps."),
        wrong_number(243.0, "Fields add up, they are not multiplied: each layer adds kernel − 1 steps."),
        wrong_number(27.0, "Check the last layer: its step is 4 pixels, so it adds 2 · 4."),
        wrong_number(13.0, "The last layer is missing in yours. It adds 2 steps of 4 pixels."),
        wrong_number(33.0, "A stride counts for the layers behind it, not for its own: the second layer adds 2 · 1."),
        wrong_number(441.0, "That is the whole square. How many pixels are there along one side?"),
        wrong_number(20.0, "The one pixel in the middle counts as well."),
        wrong_number(4.0, "That is how far apart two neighbours look. How wide does one of them see?"),
    ],
    remark="`receptive_field([(3, 1), (3, 2), (3, 1), (3, 2), (3, 1)])` says the same.",
)

# --- batch norm -------------------------------------------------------------------------------------------------------


def _batches(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, float]]:
    two = torch.tensor([[[[1.0, 3.0]]], [[[5.0, 7.0]]]], dtype=torch.double)
    yield two, torch.tensor([2.0], dtype=torch.double), torch.tensor([1.0], dtype=torch.double), 0.5
    for shape, epsilon in (((4, 3, 2, 5), 1e-5), ((2, 2, 3, 3), 0.1), ((3, 4, 1, 2), 1.0)):
        yield 2 * _normal(rng, *shape) + 3, _normal(rng, shape[1]), _normal(rng, shape[1]), epsilon


def batch_norm(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    """Batch norm as in training: (batch, channels, height, width) -> the same.

    Each channel has one mean and one variance, over all examples and all pixels (the variance divides by their number,
    not by one less). What is normalised, with epsilon added to the variance, is multiplied by the channel's weight,
    and its bias is added; both are (channels,). Nothing is remembered for later.
    """
    mean = images.mean((0, 2, 3), keepdim=True)
    variance = ((images - mean) ** 2).mean((0, 2, 3), keepdim=True)
    return (images - mean) / torch.sqrt(variance + epsilon) * weight[:, None, None] + bias[:, None, None]


def _normal_over(images: Tensor, axes: tuple[int, ...], weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean(axes, keepdim=True)
    variance = ((images - mean) ** 2).mean(axes, keepdim=True)
    return (images - mean) / torch.sqrt(variance + epsilon) * weight[:, None, None] + bias[:, None, None]


@mistake("Each picture has its own mean in yours. The mean of a channel runs over the batch as well.")
def _each_picture(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (2, 3), weight, bias, epsilon)


@mistake("Your mean runs over the batch alone. It runs over all pixels as well: axes 0, 2 and 3.")
def _each_pixel(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (0,), weight, bias, epsilon)


@mistake("One mean for everything. Each channel has its own: the axes are 0, 2 and 3.")
def _everything(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (0, 1, 2, 3), weight, bias, epsilon)


@mistake("You normalised each example over its channels. That is a layer norm.")
def _layer_norm(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (1, 2, 3), weight, bias, epsilon)


@mistake("Your variance divides by one less than the number. In training it divides by the number itself.")
def _unbiased(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean, variance = images.mean((0, 2, 3), keepdim=True), images.var((0, 2, 3), keepdim=True)
    return (images - mean) / torch.sqrt(variance + epsilon) * weight[:, None, None] + bias[:, None, None]


@mistake("The root is missing: you divided by the variance.")
def _without_root(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    variance = ((images - mean) ** 2).mean((0, 2, 3), keepdim=True)
    return (images - mean) / (variance + epsilon) * weight[:, None, None] + bias[:, None, None]


@mistake("Epsilon stands below the root: add it to the variance.")
def _epsilon_outside(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    deviation = torch.sqrt(((images - mean) ** 2).mean((0, 2, 3), keepdim=True))
    return (images - mean) / (deviation + epsilon) * weight[:, None, None] + bias[:, None, None]


@mistake("Epsilon is missing: add it to the variance.")
def _without_epsilon(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, bias, 0.0)


@mistake("The mean is not subtracted.")
def _not_centred(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    variance = images.var((0, 2, 3), correction=0, keepdim=True)
    return images / torch.sqrt(variance + epsilon) * weight[:, None, None] + bias[:, None, None]


@mistake("The bias is missing.")
def _without_bias(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, torch.zeros_like(bias), epsilon)


@mistake("The weight is missing.")
def _without_weight(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, torch.ones_like(weight), bias, epsilon)


@mistake("Weight and bias are exchanged: the weight multiplies, the bias is added.")
def _exchanged(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, bias, weight, epsilon)


@mistake("You multiplied the sum: weight · (x + bias). The bias is added after the weight.")
def _bias_first(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, weight * bias, epsilon)


def _by_torch(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return torch.nn.functional.batch_norm(images, None, None, weight, bias, True, 0.0, epsilon)


BATCH_NORM = CodeExercise(
    id="vision.batch_norm",
    title="One mean for each channel",
    stars=2,
    minutes=8,
    task="Write batch norm as it works in training.",
    hints=[
        "By hand: a channel with the numbers 1, 3, 5, 7 has mean 4 and variance 5, whichever pictures they are in.",
        "`images.mean((0, 2, 3), keepdim=True)` is (1, channels, 1, 1).",
        "`weight[:, None, None]` lines up with (batch, channels, height, width).",
    ],
    solution=batch_norm,
    reference=_by_torch,
    inputs=_batches,
    gradient=["images", "weight", "bias"],
    forbidden=[
        "torch.nn.functional.batch_norm", "torch.batch_norm", "torch.native_batch_norm",
        "torch.nn.functional.group_norm",
        "torch.nn.functional.instance_norm",
    ],
    mistakes=[
        _each_picture, _each_pixel, _everything, _layer_norm, _unbiased, _without_root, _epsilon_outside,
        _without_epsilon, _not_centred, _without_bias, _without_weight, _exchanged, _bias_first,
    ],
)  # fmt: skip

# --- suppression ------------------------------------------------------------------------------------------------------


def _overlaps_and_scores(rng: Generator) -> Iterator[tuple[Tensor, Tensor, float]]:
    chain = torch.tensor([[1.0, 0.6, 0.0], [0.6, 1.0, 0.6], [0.0, 0.6, 1.0]], dtype=torch.double)
    yield chain, torch.tensor([0.9, 0.8, 0.7], dtype=torch.double), 0.5  # the middle one goes, so the last one stays
    yield chain, torch.tensor([0.2, 0.9, 0.7], dtype=torch.double), 0.6  # 0.6 is not more than 0.6
    for n, most in ((6, 0.4), (8, 0.2), (7, 0.7)):
        half = torch.from_numpy(rng.uniform(size=(n, n)))
        table = torch.triu(half, 1)
        yield table + table.T + torch.eye(n, dtype=torch.double), torch.from_numpy(rng.permutation(n) / n + 0.01), most


def suppressed(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    """The numbers of the boxes that stay, from 0, best score first, as a list.

    `overlaps` (n, n) and `scores` (n,) are tensors; a box overlaps itself by 1, and all scores differ. The best box
    that is left stays, all others that overlap it by more than `most` are taken away, and so on until none is left.
    """
    left = scores.argsort(descending=True).tolist()
    kept = []
    while left:
        best, *rest = left
        kept.append(best)
        left = [box for box in rest if overlaps[best, box] <= most]
    return kept


@mistake("You compare with every better box, also with those that were taken away. Only boxes that stay count.")
def _with_all_better(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    order = scores.argsort(descending=True).tolist()
    return [box for at, box in enumerate(order) if all(overlaps[box, other] <= most for other in order[:at])]


@mistake("A box that overlaps by exactly `most` stays: it goes if it overlaps by *more*.")
def _at_least(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    left, kept = scores.argsort(descending=True).tolist(), []
    while left:
        best, *rest = left
        kept.append(best)
        left = [box for box in rest if overlaps[best, box] < most]
    return kept


@mistake("You began with the worst box. The best score comes first.")
def _worst_first(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return suppressed(overlaps, -scores, most)


@mistake("The right boxes, in the order of their numbers. They are asked for best score first.")
def _in_order(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return sorted(suppressed(overlaps, scores, most))


@mistake("You took the boxes as they come. The best score comes first.")
def _unsorted(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return suppressed(overlaps, -torch.arange(len(scores)), most)


@mistake("Only the best box is left in yours. When its neighbours are gone, the next best one stays, and so on.")
def _best_alone(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return [int(scores.argmax())]


@mistake("You kept what overlaps *more* than `most`, and took the others away.")
def _wrong_way_round(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    left, kept = scores.argsort(descending=True).tolist(), []
    while left:
        best, *rest = left
        kept.append(best)
        left = [box for box in rest if overlaps[best, box] > most]
    return kept


@mistake("These are the boxes that were taken away. Return those that stay.")
def _taken_away(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    kept = suppressed(overlaps, scores, most)
    return [box for box in scores.argsort(descending=True).tolist() if box not in kept]


@mistake("You went through the best box's neighbours once, and no further.")
def _one_round(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    best, *rest = scores.argsort(descending=True).tolist()
    return [best, *(box for box in rest if overlaps[best, box] <= most)]


def _by_definition(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    stays: list[int] = []
    for box in sorted(range(len(scores)), key=lambda at: -float(scores[at])):
        if not any(float(overlaps[box, other]) > most for other in stays):
            stays.append(box)
    return stays


SUPPRESSED = CodeExercise(
    id="vision.suppressed",
    title="One box for each thing",
    stars=2,
    minutes=12,
    task="Write non-maximum suppression on a table of overlaps.",
    hints=[
        "`scores.argsort(descending=True)` are the boxes, best first.",
        "Take the first one, keep it, and drop from the rest whatever overlaps it by more than `most`.",
        "Three boxes in a chain: the first takes the middle one away. The third overlaps only that one, so it stays.",
    ],
    solution=suppressed,
    reference=_by_definition,
    inputs=_overlaps_and_scores,
    mistakes=[
        _with_all_better, _at_least, _worst_first, _in_order, _unsorted, _best_alone, _wrong_way_round, _taken_away,
        _one_round,
    ],
)  # fmt: skip

# --- average precision by hand ----------------------------------------------------------------------------------------

AVERAGE_PRECISION = NumberExercise(
    id="vision.average_precision",
    title="A ranking, judged",
    stars=1,
    minutes=6,
    task=(
        "There are eight cats in some pictures. A detector gives five boxes, best score first: right, wrong, right, "
        "right, wrong. What is its average precision? To 2 digits."
    ),
    hints=[
        "Go down the list. At each right box write the precision so far: how many of those given were right.",
        "1/1 at the first, 2/3 at the third, 3/4 at the fourth.",
        "Add the three precisions, and divide by the number of cats that there are.",
    ],
    solution=(1 + 2 / 3 + 3 / 4) / 8,
    working="(1 + 2/3 + 3/4) / 8",
    tolerance=0.006,
    mistakes=[
        wrong_number(
            (1 + 2 / 3 + 3 / 4) / 3, "You divided by the boxes that were right. Five cats were never found, and cost."
        ),
        wrong_number((1 + 2 / 3 + 3 / 4) / 5, "You divided by the boxes that were given. Divide by the cats."),
        wrong_number(3 / 5, "That is the precision of the whole list. The order counts, and what was never found."),
        wrong_number(3 / 8, "That is the recall: three of eight. Each right box counts by the precision so far."),
        wrong_number(
            (1 + 1 / 2 + 2 / 3 + 3 / 4 + 3 / 5) / 8, "You added the precision at every box. Only right ones count."
        ),
        wrong_number(
            (1 + 1 / 2 + 2 / 3 + 3 / 4 + 3 / 5) / 5, "You added the precision at every box. Only right ones count."
        ),
        wrong_number(1 + 2 / 3 + 3 / 4, "That is the sum of the precisions. Divide it by the number of cats."),
        wrong_number((1 + 1 / 2 + 1 / 3) / 8, "At the third box two of three were right, at the fourth three of four."),
        wrong_number((1 + 1 / 3 + 1 / 4) / 8, "You added 1 / rank. The precision counts all right boxes up to there."),
        wrong_number(
            2 / 3, "That is the precision after three boxes. All right boxes count, and the cats that are missing."
        ),
        wrong_number(3 / 4, "That is the precision after four boxes. Add it to those of the other right boxes."),
        wrong_number(100 * (1 + 2 / 3 + 3 / 4) / 8, "That is in percent. It is asked for as a share of 1."),
    ],
    remark="`average_precision` says the same, and a test compares it with scikit-learn's.",
)

# --- an experiment: tiles ---------------------------------------------------------------------------------------------

TILES = NumberExercise(
    id="vision.tiles",
    title="How small may the tiles be?",
    stars=1,
    minutes=6,
    task=(
        "Cut the square photograph of the cat into n × n tiles with `pictures.tiles_shuffled(cat, n)`, its seed as it "
        "is, for n = 1, 2, 4, 7, 8, 14, 16, 28, and ask `net`. What is the largest n such that it and all smaller ones "
        "of the list still give a cat, one of the classes 281 to 285, as the largest logit?"
    ),
    hints=[
        "`net(pictures.tiles_shuffled(cat, n))[0].argmax()` within `torch.no_grad()` is the first choice.",
        "A loop over the eight values of n that prints n and the first choice.",
        "Go down the list until the first choice is no cat for the first time; the answer is the n before that.",
    ],
    solution=7.0,
    working="7",
    tolerance=0.4,
    mistakes=[
        wrong_number(4.0, "At 7 × 7 the first choice is a cat as well, though the network is less sure of it."),
        wrong_number(8.0, "At 8 × 8 the first choice is class 568, which is no cat: a fur coat."),
        wrong_number(49.0, "That is how many tiles there are. How many are there along a side?"),
        wrong_number(2.0, "Go on: at 4 × 4 the network is even surer of a cat than with the whole picture."),
        wrong_number(1.0, "Go on: it takes more than four tiles to hide the cat."),
        wrong_number(28.0, "At 28 × 28 the first choice is no cat any more."),
        wrong_number(16.0, "At 16 × 16 the first choice is no cat any more."),
        wrong_number(14.0, "At 14 × 14 the first choice is no cat any more."),
    ],
    remark="What it says next is class 568, a fur coat. The shape has gone long before, and the fur is still there.",
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_SHORTCUT = Quiz(
    id="vision.quiz_shortcut",
    title="What a shortcut does",
    task="A residual block computes x + f(x). What can it do easily that two plain layers can hardly do?",
    hints=["What does it compute if all its filters are 0?", "Which way does a gradient take through the sum?"],
    options=[
        wrong("See a larger part of the picture", "The same filters see the same pixels, with a shortcut or without."),
        right(
            "Leave its input as it is",
            "With filters of 0 it passes x on, so more blocks need not be worse. A gradient passes, too.",
        ),
        wrong("Learn with fewer parameters", "The shortcut has no parameters, and takes none away."),
        wrong("Work without a batch norm", "Both kinds had it in our runs; it is another question."),
    ],
)

QUIZ_NORM = Quiz(
    id="vision.quiz_norm",
    title="Alone in a batch",
    task=(
        "A trained network with batch norms is in evaluation mode. It is asked about one photograph, alone or among 15 "
        "others. What changes?"
    ),
    hints=["Whose mean is subtracted in evaluation?", "What did the running means come from?"],
    options=[
        right("Nothing", "In evaluation the means and variances are stored numbers, from training."),
        wrong(
            "Its logits, a little, for the mean of the batch is another",
            "That is so in training mode. Call eval() first.",
        ),
        wrong(
            "Alone it cannot be asked: one example has no variance",
            "Stored variances are used; and even in training its pixels have one.",
        ),
        wrong(
            "The stored means move towards the photograph",
            "They move in training mode alone, and then without any gradient.",
        ),
    ],
)

QUIZ_MAP = Quiz(
    id="vision.quiz_map",
    title="What a map says",
    task="A class activation map for “espresso” is bright over the cup. What follows?",
    hints=["What is the mean of the map?", "Would the map of another class be dark there?"],
    options=[
        wrong("The network knows where the cup ends", "The map has 7 × 7 places; a box from it is rough at best."),
        wrong("Without these pixels it would see no espresso", "Cover them and try: only then one knows."),
        right(
            "These places add most to the logit of espresso",
            "The mean of the map is the logit, but for a constant. Whether they are needed is another question.",
        ),
        wrong(
            "The network looks at the cup whatever one asks",
            "Each class has a map of its own, and it may lie elsewhere.",
        ),
    ],
)
