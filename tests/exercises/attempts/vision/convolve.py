"""Attempts at convolve, written from the task's text alone."""

import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# ---------------------------------------------------------------- right

def right_four_loops(image, filters, stride):
    """Loops as in the notebook, with the corner of each place moved on by the stride."""
    n, k = len(filters), filters.shape[-1]
    rows = (image.shape[1] - k) // stride + 1
    columns = (image.shape[2] - k) // stride + 1
    maps = torch.zeros(n, rows, columns, dtype=image.dtype)
    for f in range(n):
        for row in range(rows):
            for column in range(columns):
                top, left = row * stride, column * stride
                maps[f, row, column] = (image[:, top : top + k, left : left + k] * filters[f]).sum()
    return maps


def right_every_place_then_every_second(image, filters, stride):
    """All places with step 1 by unfold and einsum; then takes every stride-th row and column."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, 1).unfold(2, k, 1)
    maps = torch.einsum("crsij,ncij->nrs", windows, filters)
    return maps[:, ::stride, ::stride]


def right_tensor_unfold(image, filters, stride):
    """Tensor.unfold with the stride, patches as rows, a product of matrices."""
    n, channels, k, _ = filters.shape
    windows = image.unfold(1, k, stride).unfold(2, k, stride)  # (channels, rows, columns, k, k)
    rows, columns = windows.shape[1:3]
    patches = windows.permute(1, 2, 0, 3, 4).reshape(rows * columns, channels * k * k)
    return (patches @ filters.reshape(n, -1).T).T.reshape(n, rows, columns)


def right_linear_layer(image, filters, stride):
    """A convolution is a linear layer on patches."""
    k = filters.shape[2]
    windows = image.unfold(1, k, stride).unfold(2, k, stride).movedim(0, 2)
    maps = F.linear(windows.flatten(2), filters.flatten(1))
    return maps.permute(2, 0, 1)


def right_shifted_pictures(image, filters, stride):
    """Loops over the numbers of the filter instead of the places: each times a shifted, thinned picture."""
    n, channels, k, _ = filters.shape
    height = (image.shape[1] - k) // stride + 1
    width = (image.shape[2] - k) // stride + 1
    total = 0
    for i in range(k):
        for j in range(k):
            part = image[:, i : i + (height - 1) * stride + 1 : stride, j : j + (width - 1) * stride + 1 : stride]
            total = total + torch.tensordot(filters[:, :, i, j], part, dims=([1], [0]))
    return total


def right_list_of_patches(image, filters, stride):
    """Collects the patches in a list, stacks them and multiplies."""
    k = filters.shape[-1]
    tops = range(0, image.shape[1] - k + 1, stride)
    lefts = range(0, image.shape[2] - k + 1, stride)
    patches = torch.stack([image[:, t : t + k, l : l + k].flatten() for t in tops for l in lefts])
    return (filters.flatten(1) @ patches.T).view(len(filters), len(tops), len(lefts))


def right_nested_comprehension(image, filters, stride):
    """One nested comprehension of sums, stacked at the end."""
    k = filters.shape[-1]
    return torch.stack(
        [
            torch.stack(
                [
                    torch.stack([(image[:, r : r + k, c : c + k] * f).sum() for c in range(0, image.shape[2] - k + 1, stride)])
                    for r in range(0, image.shape[1] - k + 1, stride)
                ]
            )
            for f in filters
        ]
    )


def right_while_loops(image, filters, stride):
    """While the filter still fits below, while it still fits beside."""
    k = filters.size(3)
    maps = []
    for one in filters:
        rows, top = [], 0
        while top + k <= image.size(1):
            row, left = [], 0
            while left + k <= image.size(2):
                row.append(torch.sum(image[:, top : top + k, left : left + k] * one))
                left += stride
            rows.append(torch.stack(row))
            top += stride
        maps.append(torch.stack(rows))
    return torch.stack(maps)


def right_all_filters_at_once(image, filters, stride):
    """Loops over places only; all filters are broadcast against the patch."""
    k = filters.shape[-1]
    lines = []
    for top in range(0, image.shape[-2] - k + 1, stride):
        line = [
            (image[None, :, top : top + k, left : left + k] * filters).sum(dim=(1, 2, 3))
            for left in range(0, image.shape[-1] - k + 1, stride)
        ]
        lines.append(torch.stack(line, dim=-1))
    return torch.stack(lines, dim=1)


def right_index_tables(image, filters, stride):
    """Tables of row and column numbers pick all patches at once."""
    n, _, k, _ = filters.shape
    rows = (image.shape[1] - k) // stride + 1
    columns = (image.shape[2] - k) // stride + 1
    at_rows = torch.arange(rows)[:, None] * stride + torch.arange(k)  # (rows, k)
    at_columns = torch.arange(columns)[:, None] * stride + torch.arange(k)  # (columns, k)
    patches = image[:, at_rows[:, None, :, None], at_columns[None, :, None, :]]  # (c, rows, columns, k, k)
    return torch.einsum("crsij,ncij->nrs", patches, filters)


def right_flat_gather(image, filters, stride):
    """Numbers all pixels in one row and takes those of every place."""
    channels, height, width = image.shape
    n, _, k, _ = filters.shape
    rows, columns = (height - k) // stride + 1, (width - k) // stride + 1
    corner = (torch.arange(rows)[:, None] * width + torch.arange(columns)) * stride
    inside = torch.arange(channels)[:, None, None] * height * width + torch.arange(k)[:, None] * width + torch.arange(k)
    places = corner.reshape(-1, 1) + inside.reshape(1, -1)
    patches = image.reshape(-1)[places]
    return torch.matmul(patches, filters.reshape(n, -1).t()).t().reshape(n, rows, columns)


def right_one_big_matrix(image, filters, stride):
    """Writes the convolution as one large matrix on the picture laid out as a row."""
    channels, height, width = image.shape
    n, _, k, _ = filters.shape
    rows, columns = (height - k) // stride + 1, (width - k) // stride + 1
    big = torch.zeros(n, rows, columns, channels, height, width, dtype=image.dtype)
    for r in range(rows):
        for c in range(columns):
            big[:, r, c, :, r * stride : r * stride + k, c * stride : c * stride + k] = filters
    return (big.reshape(-1, image.numel()) @ image.reshape(-1)).reshape(n, rows, columns)


def right_fourier(image, filters, stride):
    """The convolution theorem, with the conjugate since the filter is not turned; in double precision."""
    height, width = image.shape[1:]
    k = filters.shape[-1]
    seen = torch.fft.fft2(image.double())
    asked = torch.fft.fft2(filters.double(), s=(height, width))
    maps = torch.fft.ifft2((seen * asked.conj()).sum(1)).real
    return maps[:, : height - k + 1 : stride, : width - k + 1 : stride].to(image.dtype)


def right_channel_by_channel(image, filters, stride):
    """Makes the map of each channel alone and adds them up."""
    k = filters.shape[-1]
    maps = None
    for channel in range(image.shape[0]):
        windows = image[channel].unfold(0, k, stride).unfold(1, k, stride)
        of_channel = (windows * filters[:, channel, None, None]).sum((-1, -2))
        maps = of_channel if maps is None else maps + of_channel
    return maps


def right_recursion_over_rows(image, filters, stride):
    """The first row of places, and below it the same for the picture without its first lines."""
    k = filters.shape[-1]
    strip = image[:, :k].unfold(2, k, stride)  # (c, k, columns, k)
    row = torch.einsum("cisj,ncij->ns", strip, filters)[:, None]
    rest = image[:, stride:]
    if rest.shape[1] < k:
        return row
    return torch.cat([row, right_recursion_over_rows(rest, filters, stride)], dim=1)


def right_product_of_places(image, filters, stride):
    """itertools.product over filters and places, and view at the end; sizes from the formula with p = 0."""
    k = filters.shape[2]
    height = math.floor((image.shape[1] + 2 * 0 - k) / stride) + 1
    width = math.floor((image.shape[2] + 2 * 0 - k) / stride) + 1
    numbers = [
        torch.dot(filters[n].flatten(), image[:, y * stride : y * stride + k, x * stride : x * stride + k].flatten())
        for n, y, x in itertools.product(range(len(filters)), range(height), range(width))
    ]
    return torch.stack(numbers).view(len(filters), height, width)


def right_vmap(image, filters, stride):
    """Written for one filter, mapped over all."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)

    def one(filter):
        return (windows * filter[:, None, None]).sum((0, 3, 4))

    return torch.vmap(one)(filters)


# ---------------------------------------------------------------- wrong

def wrong_stride_ignored(image, filters, stride):
    """Always steps of one pixel."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, 1).unfold(2, k, 1)
    return torch.einsum("crsij,ncij->nrs", windows, filters)


def wrong_turned_over(image, filters, stride):
    """Turns the filter over, as mathematics does."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->nrs", windows, filters.flip(-1, -2))


def wrong_last_place_missing(image, filters, stride):
    """Forgets the + 1: the last place of each side is missing."""
    n, k = len(filters), filters.shape[-1]
    rows, columns = (image.shape[1] - k) // stride, (image.shape[2] - k) // stride
    maps = torch.zeros(n, rows, columns, dtype=image.dtype)
    for f in range(n):
        for r in range(rows):
            for c in range(columns):
                maps[f, r, c] = (image[:, r * stride : r * stride + k, c * stride : c * stride + k] * filters[f]).sum()
    return maps


def wrong_corner_not_moved_by_stride(image, filters, stride):
    """The size is right, but neighbouring places are still one pixel apart."""
    n, k = len(filters), filters.shape[-1]
    rows, columns = (image.shape[1] - k) // stride + 1, (image.shape[2] - k) // stride + 1
    maps = torch.zeros(n, rows, columns, dtype=image.dtype)
    for f in range(n):
        for r in range(rows):
            for c in range(columns):
                maps[f, r, c] = (image[:, r : r + k, c : c + k] * filters[f]).sum()
    return maps


def wrong_size_minus_k_then_plus_one_divided(image, filters, stride):
    """(size - k + 1) // stride instead of (size - k) // stride + 1: one place too few when the two differ."""
    n, k = len(filters), filters.shape[-1]
    rows, columns = (image.shape[1] - k + 1) // stride, (image.shape[2] - k + 1) // stride
    maps = torch.zeros(n, rows, columns, dtype=image.dtype)
    for f in range(n):
        for r in range(rows):
            for c in range(columns):
                maps[f, r, c] = (image[:, r * stride : r * stride + k, c * stride : c * stride + k] * filters[f]).sum()
    return maps


def wrong_channels_apart(image, filters, stride):
    """Does not add the channels up: a map for each of them."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->ncrs", windows, filters)


def wrong_first_channel_only(image, filters, stride):
    """Looks at the first channel only."""
    k = filters.shape[-1]
    windows = image[0].unfold(0, k, stride).unfold(1, k, stride)
    return torch.einsum("rsij,nij->nrs", windows, filters[:, 0])


def wrong_mean_of_channels(image, filters, stride):
    """Averages over the channels where it should add."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->ncrs", windows, filters).mean(1)


def wrong_mean_of_products(image, filters, stride):
    """The mean of the products in place of the sum."""
    k = filters.shape[-1]
    return torch.stack(
        [
            torch.stack(
                [
                    torch.stack([(image[:, r : r + k, c : c + k] * f).mean() for c in range(0, image.shape[2] - k + 1, stride)])
                    for r in range(0, image.shape[1] - k + 1, stride)
                ]
            )
            for f in filters
        ]
    )


def wrong_margin_of_zeros(image, filters, stride):
    """Puts a margin of k // 2 zeros around the picture."""
    k = filters.shape[-1]
    image = F.pad(image, (k // 2,) * 4)
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->nrs", windows, filters)


def wrong_filled_up_at_the_edge(image, filters, stride):
    """Rounds the number of places up: fills zeros in at the right and below, so that nothing is left over."""
    k = filters.shape[-1]
    more = [-(size - k) % stride for size in image.shape[1:]]
    image = F.pad(image, (0, more[1], 0, more[0]))
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->nrs", windows, filters)


def wrong_pytorch(image, filters, stride):
    """Calls PyTorch's own convolution, which the task forbids."""
    return F.conv2d(image[None], filters, stride=stride)[0]


def wrong_pytorch_module(image, filters, stride):
    """Fills a Conv2d: forbidden, and the gradient does not reach the filters that were given."""
    layer = nn.Conv2d(image.shape[0], len(filters), filters.shape[-1], stride=stride, bias=False)
    layer.weight = nn.Parameter(filters.detach().clone())
    return layer(image.unsqueeze(0)).squeeze(0)


def wrong_numpy(image, filters, stride):
    """Goes through NumPy: right numbers, but no gradient flows."""
    picture, all_filters = image.detach().numpy(), filters.detach().numpy()
    k = all_filters.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(picture, (k, k), axis=(1, 2))[:, ::stride, ::stride]
    return torch.from_numpy(np.einsum("crsij,ncij->nrs", windows, all_filters))


def wrong_item_by_item(image, filters, stride):
    """Adds Python numbers and makes a tensor of them: no gradient flows."""
    n, channels, k, _ = filters.shape
    maps = []
    for f in range(n):
        rows = []
        for r in range(0, image.shape[1] - k + 1, stride):
            row = []
            for c in range(0, image.shape[2] - k + 1, stride):
                total = 0.0
                for ch in range(channels):
                    for i in range(k):
                        for j in range(k):
                            total += image[ch, r + i, c + j].item() * filters[f, ch, i, j].item()
                row.append(total)
            rows.append(row)
        maps.append(rows)
    return torch.tensor(maps, dtype=image.dtype)


def wrong_height_for_width(image, filters, stride):
    """Takes the height for the width, too, as if every picture were square."""
    n, k = len(filters), filters.shape[-1]
    places = (image.shape[1] - k) // stride + 1
    maps = torch.zeros(n, places, places, dtype=image.dtype)
    for f in range(n):
        for r in range(places):
            for c in range(places):
                maps[f, r, c] = (image[:, r * stride : r * stride + k, c * stride : c * stride + k] * filters[f]).sum()
    return maps


def wrong_rows_and_columns_swapped(image, filters, stride):
    """Takes the first axis for x: (n, columns, rows) comes back."""
    k = filters.shape[-1]
    windows = image.unfold(2, k, stride).unfold(1, k, stride)  # the axes of k are swapped as well
    return torch.einsum("crsij,ncji->nsr", windows, filters)


def wrong_filter_on_its_side(image, filters, stride):
    """Transposes the filter by accident: i and j in the wrong order."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncji->nrs", windows, filters)


def wrong_view_without_transpose(image, filters, stride):
    """(places, n) is viewed as (n, rows, columns): the numbers are mixed up."""
    n, k = len(filters), filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    rows, columns = windows.shape[1:3]
    patches = windows.permute(1, 2, 0, 3, 4).reshape(rows * columns, -1)
    return (patches @ filters.flatten(1).T).reshape(n, rows, columns)


def wrong_patches_reshaped_only(image, filters, stride):
    """Forgets to put the places first, before the windows become rows."""
    n, channels, k, _ = filters.shape
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    rows, columns = windows.shape[1:3]
    patches = windows.reshape(rows * columns, channels * k * k)
    return (patches @ filters.flatten(1).T).T.reshape(n, rows, columns)


def wrong_stride_of_rows_only(image, filters, stride):
    """Long steps downwards, but steps of one pixel to the right."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, 1)
    return torch.einsum("crsij,ncij->nrs", windows, filters)


def wrong_maps_last(image, filters, stride):
    """The maps are the last axis: (rows, columns, n)."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->rsn", windows, filters)


def wrong_relu(image, filters, stride):
    """Adds the ReLU of a layer."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("crsij,ncij->nrs", windows, filters).relu()


def wrong_first_filter_returned(image, filters, stride):
    """The return stands inside the loop: only the first map comes back."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    for one in filters:
        return (windows * one[:, None, None]).sum((0, 3, 4))


def wrong_always_three(image, filters, stride):
    """Takes every filter for 3 x 3."""
    rows, columns = (image.shape[1] - 3) // stride + 1, (image.shape[2] - 3) // stride + 1
    maps = torch.zeros(len(filters), rows, columns, dtype=image.dtype)
    for f in range(len(filters)):
        for r in range(rows):
            for c in range(columns):
                patch = image[:, r * stride : r * stride + 3, c * stride : c * stride + 3]
                maps[f, r, c] = (patch * filters[f]).sum()
    return maps


def wrong_stride_is_the_filter(image, filters, stride):
    """Steps as long as the filter, as in a patch embedding."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, k).unfold(2, k, k)
    return torch.einsum("crsij,ncij->nrs", windows, filters)


def wrong_no_return(image, filters, stride):
    """Computes the maps and prints their shape."""
    k = filters.shape[-1]
    windows = image.unfold(1, k, stride).unfold(2, k, stride)
    maps = torch.einsum("crsij,ncij->nrs", windows, filters)
    print(maps.shape)
