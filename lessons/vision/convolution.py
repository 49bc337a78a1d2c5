"""A filter slides over a picture: by loops, as a matrix product, with stride and padding; pooling; batch norm.

Shapes: images (batch, channels, height, width); filters (filters, channels, kernel, kernel); what comes out is
(batch, filters, rows, columns). Like every library we do not turn the filter over: strictly it is a cross-correlation
(Goodfellow et al. 2016, section 9.1).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks

# Filters of one channel, 3 x 3, that people wrote by hand.
HAND_MADE: dict[str, tuple[tuple[float, ...], ...]] = {
    "as it is": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
    "blur": ((1 / 9,) * 3,) * 3,
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "upright edges": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),
    "level edges": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "all edges": ((0, 1, 0), (1, -4, 1), (0, 1, 0)),
}

# --- sizes ------------------------------------------------------------------------------------------------------------


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """How many places a filter has along one axis: ⌊(size + 2 padding − kernel) / stride⌋ + 1.

    Dumoulin & Visin 2016, relationship 6. Raises ValueError for sizes below 1, a padding below 0, and for a filter
    that is larger than the padded picture.
    """
    checks.sizes(size=size, kernel=kernel, stride=stride)
    checks.whole(0, padding=padding)
    checks.sizes(padding=padding + 1)
    if size + 2 * padding < kernel:
        raise ValueError(f"A filter of {kernel} does not fit into {size} pixels with a margin of {padding}.")
    return (size + 2 * padding - kernel) // stride + 1


def receptive_field(layers: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """How many pixels wide is what one number sees, and how far apart two neighbours look: layers are (kernel, stride).

    Each layer adds (kernel − 1) steps of the size that the strides before it have made; without layers it is (1, 1).
    Raises ValueError for sizes below 1.
    """
    field = step = 1
    for layer in layers:
        if not isinstance(layer, tuple | list) or len(layer) != 2:
            raise ValueError(f"Each layer must be (kernel, stride); this is {layer!r:.60}.")
        kernel, stride = layer
        checks.sizes(kernel=kernel, stride=stride)
        field += (kernel - 1) * step
        step *= stride
    return field, step


def check_images(name: str, images: Tensor, n_axes: int = 4) -> None:
    """Raises ValueError unless these are floating-point images with so many axes, none of them empty."""
    axes = ("batch, channels, height, width", "channels, height, width", "height, width")[4 - n_axes]
    if images.ndim != n_axes or not images.numel() or not images.is_floating_point():
        raise ValueError(f"{name} must be floating-point numbers ({axes}); these are {checks.described(images)}.")


def _check_filters(images: Tensor, filters: Tensor, bias: Tensor | None) -> None:
    check_images("Filters", filters)
    if filters.shape[1] != images.shape[-3] or filters.shape[2] != filters.shape[3]:
        raise ValueError(
            f"For {images.shape[-3]} channels the filters must be (filters, {images.shape[-3]}, kernel, kernel); "
            f"these are {tuple(filters.shape)}."
        )
    if filters.dtype != images.dtype:
        raise ValueError(f"The images are {images.dtype}, and the filters {filters.dtype}: convert one.")
    if bias is not None and (bias.shape != filters.shape[:1] or bias.dtype != filters.dtype):
        raise ValueError(f"There is one bias for each filter, ({len(filters)},), not {checks.described(bias)}.")


# --- convolution ------------------------------------------------------------------------------------------------------


def convolve_by_loops(
    image: Tensor, filters: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0
) -> Tensor:
    """One image (channels, height, width) under every filter, number by number: (filters, rows, columns).

    Raises ValueError for shapes or types that do not fit, and as `output_size`.
    """
    check_images("The image", image, 3)
    _check_filters(image, filters, bias)
    kernel = filters.shape[-1]
    rows, columns = (output_size(size, kernel, stride, padding) for size in image.shape[1:])
    padded = F.pad(image, (padding,) * 4)
    found = image.new_zeros(len(filters), rows, columns)
    for at, each in enumerate(filters):
        for row in range(rows):
            for column in range(columns):
                top, left = row * stride, column * stride
                found[at, row, column] = (padded[:, top : top + kernel, left : left + kernel] * each).sum()
    return found if bias is None else found + bias[:, None, None]


def patches(images: Tensor, kernel: int, stride: int = 1, padding: int = 0) -> Tensor:
    """Every place of a filter as one row: (batch, rows · columns, channels · kernel · kernel).

    Raises ValueError for what are no images, and as `output_size`.
    """
    check_images("Images", images)
    for size in images.shape[2:]:
        output_size(size, kernel, stride, padding)
    padded = F.pad(images, (padding,) * 4)
    # (batch, channels, rows, columns, kernel, kernel): the same memory, looked at through windows that overlap
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


def convolve(images: Tensor, filters: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0) -> Tensor:
    """The same as one matrix product: patches (places, numbers) by filters (numbers, filters).

    (batch, channels, height, width) -> (batch, filters, rows, columns). Raises ValueError as `convolve_by_loops`.
    """
    check_images("Images", images)
    _check_filters(images, filters, bias)
    kernel = filters.shape[-1]
    rows = output_size(images.shape[2], kernel, stride, padding)
    products = patches(images, kernel, stride, padding) @ filters.flatten(1).T  # (batch, places, filters)
    found = products if bias is None else products + bias
    return found.mT.unflatten(-1, (rows, -1))


def max_pool(images: Tensor, size: int = 2) -> Tensor:
    """The largest number of each square of size x size pixels; what is left over at the edges is dropped.

    Raises ValueError for what are no images, and for a square that does not fit.
    """
    check_images("Images", images)
    rows, columns = (output_size(length, size, size) for length in images.shape[2:])
    whole = images[:, :, : rows * size, : columns * size]
    return whole.unflatten(3, (columns, size)).unflatten(2, (rows, size)).amax((3, 5))


# --- batch norm -------------------------------------------------------------------------------------------------------


class BatchNorm(nn.Module):
    """Brings every channel to mean 0 and variance 1, then to a mean and a deviation that are learnt.

    In training with the numbers of the batch itself, in evaluation with running means of them, so that one example
    does not depend on the others (Ioffe & Szegedy 2015, algorithms 1 and 2). Images (batch, channels, height, width).
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int, momentum: float = 0.1, epsilon: float = 1e-5) -> None:
        """`momentum` is the share of the newest batch in the running means.

        Raises ValueError for no channels, a momentum that is no share and an epsilon that is not above 0.
        """
        super().__init__()
        checks.sizes(channels=channels)
        checks.shares(momentum=momentum)
        checks.positive(epsilon=epsilon)
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.momentum, self.epsilon = momentum, epsilon

    def forward(self, images: Tensor) -> Tensor:
        """The same shape. Raises ValueError for other channels, and in training for one number alone in a channel."""
        check_images("Images", images)
        if images.shape[1] != len(self.mean):
            raise ValueError(f"This layer has {len(self.mean)} channels; the images have {images.shape[1]}.")
        mean, variance = self._of_batch(images) if self.training else (self.mean, self.variance)
        shape = (1, -1, 1, 1)
        normal = (images - mean.view(shape)) / (variance.view(shape) + self.epsilon).sqrt()
        return normal * self.weight.view(shape) + self.bias.view(shape)

    def _of_batch(self, images: Tensor) -> tuple[Tensor, Tensor]:
        n = images.numel() // images.shape[1]
        if n == 1:
            raise ValueError("One number alone has no variance: give a larger batch, or call eval() first.")
        mean, variance = images.mean((0, 2, 3)), images.var((0, 2, 3), correction=0)
        with torch.no_grad():  # the running variance is the unbiased one
            self.mean.lerp_(mean, self.momentum)
            self.variance.lerp_(variance * n / (n - 1), self.momentum)
        return mean, variance
