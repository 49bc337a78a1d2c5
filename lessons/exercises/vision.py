"""The exercises of notebook 17, vision: in PyTorch, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

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
    at the right and the lower edge, where no step fits any more, is not looked at. The filter is never larger than the
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


@mistake("The number of places is right, but they are one pixel apart: place r begins at pixel r · stride.")
def _corner_not_moved(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    rows, columns = convolve(image, filters, stride).shape[1:]
    return convolve(image, filters, 1)[:, :rows, :columns]


@mistake("There are (size − k) // stride + 1 places. The 1 is added after the division.")
def _one_before_division(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    k = filters.shape[-1]
    rows, columns = ((size - k + 1) // stride for size in image.shape[1:])
    return convolve(image, filters, stride)[:, :rows, :columns]


@mistake("The channels stand apart in yours. Their products are added up, so each filter makes one map.")
def _channels_apart(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    maps = [convolve(image[c : c + 1], filters[:, c : c + 1], stride) for c in range(len(image))]
    return torch.stack(maps, 1)


@mistake("You filled the picture up at the right and the lower edge. What is left over there is not looked at.")
def _filled_up(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    k = filters.shape[-1]
    tall, wide = (-(size - k) % stride for size in image.shape[1:])
    return convolve(torch.nn.functional.pad(image, (0, wide, 0, tall)), filters, stride)


@mistake("You took the height for the width as well. A picture need not be square.")
def _height_for_width(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    rows = convolve(image, filters, stride).shape[1]
    return convolve(image, filters, stride)[:, :, :rows]


@mistake("A product of matrices gives (places, n). Transpose it before you give it the shape (n, rows, columns).")
def _viewed_without_transpose(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    maps = convolve(image, filters, stride)
    return maps.flatten(1).T.reshape(maps.shape)


@mistake("The channels have to stand behind the places before windows become rows: `permute`, and then `reshape`.")
def _windows_reshaped_only(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    k, maps = filters.shape[-1], convolve(image, filters, stride)
    rows = image.unfold(1, k, stride).unfold(2, k, stride).reshape(-1, filters[0].numel())
    return (rows @ filters.flatten(1).T).T.reshape(maps.shape)


@mistake("The stride counts in both directions; you go down by `stride`, but to the right by one pixel.")
def _stride_of_rows(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, 1)[:, ::stride]


@mistake("The stride counts in both directions; you go to the right by `stride`, but down by one pixel.")
def _stride_of_columns(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, 1)[:, :, ::stride]


@mistake("The maps come first: (n, rows, columns). In yours they are the last axis.")
def _maps_last(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride).permute(1, 2, 0)


@mistake("You added a ReLU. A convolution is the sum alone.")
def _with_relu(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride).relu()


@mistake("One filter's map alone came back. Is the `return` inside the loop?")
def _first_map(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride)[0]


@mistake("Your steps are as long as the filter. They are `stride` pixels long.")
def _steps_of_the_filter(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, filters.shape[-1])


@mistake("Only one channel is left in yours: add each channel's products to those before, with `+=`.")
def _last_channel(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image[-1:], filters[:, -1:], stride)


@mistake("You divided by the size of the filter, as a blur would. The products are added.")
def _divided_by_area(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters, stride) / filters.shape[-1] ** 2


@mistake("The filter meets the patch as a product of matrices (`@`) in yours; multiply number by number, with `*`.")
def _matrix_product(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crxij,ncjl->nrx", windows, filters)


@mistake("You turned the filter over along its columns. It is laid on the picture as it is.")
def _mirrored(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters.flip(-1), stride)


@mistake("You added up the channels first. Each channel of the filter belongs to the same channel of the picture.")
def _channels_added_first(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image.sum(0, keepdim=True), filters.sum(1, keepdim=True), stride)


@mistake("Right numbers, but the filters get no gradient, so they would never learn. Is there a `detach` or `no_grad`?")
def _filters_detached(image: Tensor, filters: Tensor, stride: int) -> Tensor:
    return convolve(image, filters.detach(), stride)


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
    forbidden=["conv1d", "conv2d", "conv3d", "Conv1d", "Conv2d", "Conv3d", "conv_transpose2d", "correlate2d"],
    mistakes=[
        _turned_over, _without_stride, _mean_of_channels, _first_channel, _with_margin, _transposed,
        _filter_transposed, _filters_added, _one_short, _mean_of_products, _corner_not_moved, _one_before_division,
        _channels_apart, _filled_up, _height_for_width, _viewed_without_transpose, _windows_reshaped_only,
        _stride_of_rows, _stride_of_columns, _maps_last, _with_relu, _first_map, _steps_of_the_filter, _last_channel,
        _divided_by_area, _matrix_product, _mirrored, _channels_added_first, _filters_detached,
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
        "A layer adds (kernel − 1) steps, each as long as earlier strides have made: 2 · 1, 2 · 1, 2 · 2, and so on.",
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
        wrong_number(17.0, "The fourth layer's stride is missing: the last layer's steps are 2 · 2 pixels long."),
        wrong_number(19.0, "Strides are multiplied: the last layer's steps are 2 · 2 = 4 pixels long, and not 3."),
        wrong_number(9.0, "That is three layers, or the numbers of one filter. Here are five layers."),
        wrong_number(30.0, "A layer adds kernel − 1 = 2 steps, not 3; and one pixel is there at the start."),
        wrong_number(31.0, "A layer adds kernel − 1 = 2 steps, and not 3."),
        wrong_number(45.0, "These are the numbers of five filters. How many pixels lie below, along one side?"),
        wrong_number(10.0, "That is how far it sees to one side. Count both sides and the middle."),
        wrong_number(5.0, "That is two layers, or their number. Go on: each adds 2 steps, which strides make longer."),
        wrong_number(7.0, "That is three layers without strides. Here are five, and two have a stride of 2."),
        wrong_number(44.0, "Strides lengthen the steps of later layers alone, not the whole field."),
        wrong_number(84.0, "The field is in pixels already: do not multiply it by the strides again."),
        wrong_number(63.0, "Only the second and the fourth layer have a stride of 2."),
        wrong_number(24.0, "Going back through a stride s, a width n becomes (n − 1) · s + 3."),
        wrong_number(23.0, "Count the layers: steps of 1, 1, 2, 2 and 4 pixels, two of each."),
        wrong_number(25.0, "The fourth layer's own steps are 2 pixels long. Its stride counts for the fifth."),
        wrong_number(3.0, "That is what it sees in the layer right below. Go on down to the picture."),
        wrong_number(42.0, "That is twice the width. One side is asked for."),
        wrong_number(22.0, "One pixel too many: begin with 1, and add 2 steps for each layer."),
        wrong_number(29.0, "That is with a sixth layer. There are five."),
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


@mistake("You took an epsilon of your own. It is given, and may be another one.")
def _own_epsilon(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, bias, 1e-5)


@mistake("Your mean runs over the channels at every pixel. Each channel has its own: the axes are 0, 2 and 3.")
def _over_channels(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (1,), weight, bias, epsilon)


@mistake("The columns are left out of your mean: the axes are 0, 2 and 3.")
def _without_columns(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (0, 2), weight, bias, epsilon)


@mistake("The rows are left out of your mean: the axes are 0, 2 and 3.")
def _without_rows(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return _normal_over(images, (0, 3), weight, bias, epsilon)


@mistake("You subtracted the bias. It is added.")
def _bias_subtracted(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, -bias, epsilon)


@mistake("You multiplied and added first, and normalised that. Weight and bias come last, or they vanish again.")
def _scaled_first(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    ones = torch.ones_like(weight)
    return batch_norm(images * weight[:, None, None] + bias[:, None, None], ones, 0 * bias, epsilon)


@mistake("The variance is the mean of the squared distances from the mean, not of the squares themselves.")
def _raw_squares(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    squares = images.square().mean((0, 2, 3), keepdim=True)
    return (images - mean) / (squares + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


@mistake("You added the squared distances up. The variance is their mean.")
def _sum_of_squares(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    squares = (images - mean).square().sum((0, 2, 3), keepdim=True)
    return (images - mean) / (squares + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


@mistake("You used a mean of 0 and a variance of 1, as a new norm has them in evaluation. Take the batch's own.")
def _as_in_evaluation(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return images / (1 + epsilon) ** 0.5 * weight[:, None, None] + bias[:, None, None]


@mistake("The rows mix channels: `reshape(channels, -1)` needs the channels in front. Transpose axes 0 and 1 before.")
def _reshaped_without_transpose(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    rows = images.reshape(images.shape[1], -1)
    rows = (rows - rows.mean(1, keepdim=True)) / (rows.var(1, keepdim=True, correction=0) + epsilon).sqrt()
    return (rows * weight[:, None] + bias[:, None]).reshape(images.shape)


@mistake("Right numbers, but the channels stand in front. The result has the axes of the images.")
def _channels_in_front(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, bias, epsilon).transpose(0, 1)


@mistake("One channel alone came back. Is the `return` inside the loop?")
def _one_channel(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, weight, bias, epsilon)[:, 0]


@mistake("You divided by the mean distance from the mean. Take the root of the mean of the squares.")
def _mean_distance(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    distance = (images - mean).abs().mean((0, 2, 3), keepdim=True)
    return (images - mean) / (distance + epsilon) * weight[:, None, None] + bias[:, None, None]


@mistake("You multiplied by the deviation. Divide by it.")
def _multiplied(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    deviation = (images.var((0, 2, 3), correction=0, keepdim=True) + epsilon).sqrt()
    return (images - mean) * deviation * weight[:, None, None] + bias[:, None, None]


@mistake("It is normalised, but then multiplied by no weight, and no bias is added.")
def _only_normalised(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, torch.ones_like(weight), torch.zeros_like(bias), epsilon)


@mistake("The squared mean is missing: the variance is the mean of x² minus the *square* of the mean.")
def _mean_not_squared(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    mean = images.mean((0, 2, 3), keepdim=True)
    variance = images.square().mean((0, 2, 3), keepdim=True) - mean
    return (images - mean) / (variance + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


@mistake("You multiplied by 1 + weight. The weight itself multiplies; it begins at 1.")
def _one_plus_weight(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return batch_norm(images, 1 + weight, bias, epsilon)


@mistake("You took the mean of the pictures' variances. It leaves out how far the pictures' means lie apart.")
def _mean_of_variances(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    variance = images.var((2, 3), correction=0, keepdim=True).mean(0, keepdim=True)
    centred = images - images.mean((0, 2, 3), keepdim=True)
    return centred / (variance + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


@mistake("Mean and variance are those of the first picture alone. They run over the whole batch.")
def _of_the_first_picture(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    variance, mean = torch.var_mean(images[:1], (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (variance + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


@mistake("`std` divides by one less than the number, and epsilon belongs below the root, to the variance.")
def _sample_deviation(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    deviation = images.std((0, 2, 3), keepdim=True) + epsilon
    centred = images - images.mean((0, 2, 3), keepdim=True)
    return centred / deviation * weight[:, None, None] + bias[:, None, None]


@mistake("The weight stands below the fraction in yours. It multiplies the normalised number.")
def _weight_below(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    variance, mean = torch.var_mean(images, (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (variance * weight[:, None, None] ** 2 + epsilon).sqrt() + bias[:, None, None]


@mistake("Right numbers, but mean and variance get no gradient. In training it flows through them as well.")
def _statistics_detached(images: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    variance, mean = torch.var_mean(images.detach(), (0, 2, 3), correction=0, keepdim=True)
    return (images - mean) / (variance + epsilon).sqrt() * weight[:, None, None] + bias[:, None, None]


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
        "batch_norm", "native_batch_norm", "group_norm", "instance_norm", "layer_norm", "BatchNorm1d", "BatchNorm2d",
        "GroupNorm", "InstanceNorm2d", "LayerNorm",
    ],
    mistakes=[
        _each_picture, _each_pixel, _everything, _layer_norm, _unbiased, _without_root, _epsilon_outside,
        _without_epsilon, _not_centred, _without_bias, _without_weight, _exchanged, _bias_first, _own_epsilon,
        _over_channels, _without_columns, _without_rows, _bias_subtracted, _scaled_first, _raw_squares,
        _sum_of_squares, _as_in_evaluation, _reshaped_without_transpose, _channels_in_front, _one_channel,
        _mean_distance, _multiplied, _only_normalised, _mean_not_squared, _one_plus_weight, _mean_of_variances,
        _of_the_first_picture, _sample_deviation, _weight_below, _statistics_detached,
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


def _greedy(overlaps: Tensor, order: list[int], most: float) -> list[int]:
    """Boxes of an order that stay."""
    kept: list[int] = []
    for box in order:
        if all(overlaps[box, other] <= most for other in kept):
            kept.append(box)
    return kept


@mistake("You sorted the boxes and took none away. Whatever overlaps a better box that stays by more than `most` goes.")
def _sorted_only(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return scores.argsort(descending=True).tolist()


@mistake("You let the worst box win and turned the list round. The best one comes first, and takes others away.")
def _worst_turned_round(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return suppressed(overlaps, -scores, most)[::-1]


@mistake("These are the scores of the boxes. Their numbers are asked for.")
def _scores_given(overlaps: Tensor, scores: Tensor, most: float) -> list[float]:
    return [float(scores[box]) for box in suppressed(overlaps, scores, most)]


@mistake("This is a yes or no for each box. The numbers of those that stay are asked for, best score first.")
def _mask_given(overlaps: Tensor, scores: Tensor, most: float) -> list[bool]:
    kept = suppressed(overlaps, scores, most)
    return [box in kept for box in range(len(scores))]


@mistake("These are places in the ranking. The numbers of the boxes are asked for, as `scores` counts them.")
def _ranks_given(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    order = scores.argsort(descending=True).tolist()
    return [order.index(box) for box in suppressed(overlaps, scores, most)]


@mistake("You count along the ranking, but look overlaps up as they came: sort the rows and columns as well.")
def _overlaps_not_sorted(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    order = scores.argsort(descending=True).tolist()
    return [order[place] for place in _greedy(overlaps, list(range(len(order))), most)]


@mistake("You compare with the last box that stayed alone. Compare with all that stay.")
def _with_the_last(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    kept: list[int] = []
    for box in scores.argsort(descending=True).tolist():
        if not kept or overlaps[box, kept[-1]] <= most:
            kept.append(box)
    return kept


@mistake("You compare with 0.5. `most` is given, and may be another number.")
def _half(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return suppressed(overlaps, scores, 0.5)


@mistake("The last box is missing. When one is left, it stays.")
def _last_forgotten(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    left, kept = scores.argsort(descending=True).tolist(), []
    while len(left) > 1:
        best, *rest = left
        kept.append(best)
        left = [box for box in rest if overlaps[best, box] <= most]
    return kept


@mistake("The next box was jumped over: you take boxes out of the list while you walk along it. Build a new one.")
def _jumping(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    left, kept = scores.argsort(descending=True).tolist(), []
    while left:
        best = left.pop(0)
        kept.append(best)
        for box in left:
            if overlaps[best, box] > most:
                left.remove(box)
    return kept


@mistake("One box that overlaps too much is enough: it must not overlap *any* that stays by more than `most`.")
def _one_is_enough(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    kept: list[int] = []
    for box in scores.argsort(descending=True).tolist():
        if not kept or any(overlaps[box, other] <= most for other in kept):
            kept.append(box)
    return kept


@mistake("You stopped at the first box that goes. Go on with the next one.")
def _stops_early(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    kept: list[int] = []
    for box in scores.argsort(descending=True).tolist():
        if any(overlaps[box, other] > most for other in kept):
            break
        kept.append(box)
    return kept


@mistake("The boxes are counted from 1 in yours. They are counted from 0.")
def _from_one(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return [box + 1 for box in suppressed(overlaps, scores, most)]


@mistake("Each overlap is compared with `most` by itself, not their sum.")
def _overlaps_added(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    kept: list[int] = []
    for box in scores.argsort(descending=True).tolist():
        if sum(float(overlaps[box, other]) for other in kept) <= most:
            kept.append(box)
    return kept


@mistake("Each overlap is compared with `most` by itself, not their mean.")
def _mean_overlap(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    kept: list[int] = []
    for box in scores.argsort(descending=True).tolist():
        if not kept or float(overlaps[box, kept].mean()) <= most:
            kept.append(box)
    return kept


@mistake("You compared with 1 − `most`. An overlap is no distance: a box goes if it overlaps by more than `most`.")
def _as_a_distance(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return suppressed(overlaps, scores, 1 - most)


@mistake("The box behind the best one always stays in yours. It is compared like all others.")
def _second_not_asked(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    left, kept = scores.argsort(descending=True).tolist(), []
    while left:
        best, *rest = left
        kept.append(best)
        left = rest[:1] + [box for box in rest[1:] if overlaps[best, box] <= most]
    return kept


@mistake("`most` is a limit for overlaps. You compared the scores with it.")
def _scores_above(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return [box for box in scores.argsort(descending=True).tolist() if scores[box] > most]


@mistake("Of boxes that overlap too much all are gone in yours. The best one of them stays.")
def _all_of_them_gone(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    order = scores.argsort(descending=True).tolist()
    return [box for box in order if all(overlaps[box, other] <= most for other in order if other != box)]


@mistake("You compare with the next better box alone. Compare with all that stay.")
def _with_the_next_better(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    order = scores.argsort(descending=True).tolist()
    return order[:1] + [box for better, box in pairwise(order) if overlaps[better, box] <= most]


@mistake("You began with the box that overlaps the most others. The best score comes first.")
def _most_overlaps_first(overlaps: Tensor, scores: Tensor, most: float) -> list[int]:
    return suppressed(overlaps, (overlaps > most).sum(1) - torch.arange(len(scores)) / 1000, most)


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
    minutes=9,
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
        _one_round, _sorted_only, _worst_turned_round, _scores_given, _mask_given, _ranks_given, _overlaps_not_sorted,
        _with_the_last, _half, _last_forgotten, _jumping, _one_is_enough, _stops_early, _from_one,
        _overlaps_added, _mean_overlap, _as_a_distance, _second_not_asked, _scores_above, _all_of_them_gone,
        _with_the_next_better, _most_overlaps_first,
    ],
)  # fmt: skip

# --- average precision by hand ----------------------------------------------------------------------------------------

AVERAGE_PRECISION = NumberExercise(
    id="vision.average_precision",
    title="A ranking, judged",
    stars=1,
    minutes=5,
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
            (1 + 1 / 2 + 2 / 3 + 3 / 4 + 3 / 5) / 5, "Only right boxes count, and you added the precision at every box."
        ),
        wrong_number(1 + 2 / 3 + 3 / 4, "That is the sum of the precisions. Divide it by the number of cats."),
        wrong_number((1 + 1 / 2 + 1 / 3) / 8, "At the third box two of three were right, at the fourth three of four."),
        wrong_number((1 + 1 / 3 + 1 / 4) / 8, "You added 1 / rank. The precision counts all right boxes up to there."),
        wrong_number(
            2 / 3, "That is the precision after three boxes. All right boxes count, and the cats that are missing."
        ),
        wrong_number(3 / 4, "That is the precision after four boxes. Add it to those of the other right boxes."),
        wrong_number(1.0, "That is the precision at the first box. Add those of the other right boxes, and divide."),
        wrong_number(5 / 8, "That is the share that was missed. Add the precisions at right boxes, and divide by 8."),
        wrong_number((1 + 1 / 3 + 1 / 4) / 5, "You added 1 / rank, and divided by the boxes."),
        wrong_number((1 + 1 / 3 + 1 / 4) / 3, "You added 1 / rank, and divided by the right boxes."),
        wrong_number((1 + 2 / 3) / 8, "The last right box is missing: the precision there is 3/4."),
        wrong_number((2 / 3 + 3 / 4) / 8, "The first right box is missing: the precision there is 1."),
        wrong_number(1 / 8, "That is the first right box alone. There are two more."),
        wrong_number((1 + 1 / 2 + 2 / 3) / 8, "Count anew: of three boxes two were right, of four three."),
        wrong_number(3.5167, "You added the precision at every box. Only right ones count; then divide by the cats."),
        wrong_number((1 + 2 / 3 + 3 / 4) / 13, "Divide by the cats alone, not by cats and boxes."),
        wrong_number(30.0, "That is in percent. It is asked for as a share of 1."),
        wrong_number(0.0, "A wrong box costs, but it takes nothing away that was right before it."),
        wrong_number(100 * (1 + 2 / 3 + 3 / 4) / 8, "That is a number of percent. It is asked for as a share of 1."),
    ],
    remark="`average_precision` says the same, and a test compares it with scikit-learn's.",
)

# --- an experiment: tiles ---------------------------------------------------------------------------------------------

TILES = NumberExercise(
    id="vision.tiles",
    title="How small may the tiles be?",
    stars=1,
    minutes=5,
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
        wrong_number(32.0, "That is how many pixels wide a tile is. How many tiles are there along a side?"),
        wrong_number(1024.0, "These are the pixels of a tile. How many tiles are there along a side?"),
        wrong_number(3.0, "That is its place in the list, counted from 0. Write the n itself."),
        wrong_number(0.0, "With n = 1 the picture is whole, and its first choice is a cat."),
        wrong_number(5.0, "5 is not in the list. Write the largest n that still gives a cat."),
        wrong_number(6.0, "6 is not in the list. Write the largest n that still gives a cat."),
        wrong_number(9.0, "9 is not in the list. Write the largest n that still gives a cat."),
        wrong_number(281.0, "That is a class. How many tiles are there along a side?"),
        wrong_number(282.0, "That is the class of the tiger cat. How many tiles are there along a side?"),
        wrong_number(285.0, "That is the last class of a cat. How many tiles are there along a side?"),
        wrong_number(568.0, "That is the class of the first that is no cat. How many tiles are there along a side?"),
        wrong_number(56.0, "56 is not in the list. Write the largest n that still gives a cat."),
        wrong_number(224.0, "That is the side of the picture in pixels. How many tiles are there along a side?"),
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
