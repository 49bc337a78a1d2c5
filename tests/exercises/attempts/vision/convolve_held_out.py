"""More attempts at convolve, of another hand, written from the task's text alone."""

import numpy as np
import torch
import torch.nn.functional as F


def right_as_strided(image, filters, stride):
    """Looks at the memory of the picture with other steps."""
    x = image.contiguous()
    c, h, w = x.shape
    n, _, k, _ = filters.shape
    oh, ow = (h - k) // stride + 1, (w - k) // stride + 1
    view = torch.as_strided(x, (oh, ow, c, k, k), (stride * w, stride, h * w, w, 1))
    return torch.tensordot(filters, view, dims=([1, 2, 3], [2, 3, 4]))


def right_rows_and_columns_chosen_by_matrices(image, filters, stride):
    """Matrices of 0 and 1 that pick the lines: one pair for each number of the filter."""
    k = filters.shape[-1]
    oh, ow = (image.shape[1] - k) // stride + 1, (image.shape[2] - k) // stride + 1
    up = torch.zeros(k, oh, image.shape[1], dtype=image.dtype)
    across = torch.zeros(k, ow, image.shape[2], dtype=image.dtype)
    for i in range(k):
        for o in range(oh):
            up[i, o, o * stride + i] = 1
        for o in range(ow):
            across[i, o, o * stride + i] = 1
    return torch.einsum("nckl,kyh,lxw,chw->nyx", filters, up, across, image)


def right_scatter_of_pixels(image, filters, stride):
    """Goes through the pixels: each adds its share to every place that sees it."""
    c, h, w = image.shape
    n, _, k, _ = filters.shape
    oh, ow = (h - k) // stride + 1, (w - k) // stride + 1
    cells = [[0 for _ in range(ow)] for _ in range(oh)]
    for y in range(h):
        for x in range(w):
            for i in range(k):
                for j in range(k):
                    if (y - i) % stride == 0 and (x - j) % stride == 0:
                        r, s = (y - i) // stride, (x - j) // stride
                        if 0 <= r < oh and 0 <= s < ow:
                            cells[r][s] = cells[r][s] + filters[:, :, i, j] @ image[:, y, x]
    return torch.stack([torch.stack(line, -1) for line in cells], 1)


def right_narrow(image, filters, stride):
    """narrow for the patches, a matrix product for each row of places."""
    k = filters.shape[-1]
    flat = filters.reshape(filters.shape[0], -1)
    lines, y = [], 0
    while y <= image.shape[1] - k:
        strip = image.narrow(1, y, k)
        patches = [strip.narrow(2, x, k).reshape(-1) for x in range(0, image.shape[2] - k + 1, stride)]
        lines.append(flat @ torch.stack(patches, 1))
        y += stride
    return torch.stack(lines, 1)


def right_helper_for_one_map(image, filters, stride):
    """A helper for one filter; broadcasting over windows with a filter reshaped by None."""
    k = filters.shape[-1]

    def one_map(f):
        out = 0
        for channel, square in zip(image, f):
            out = out + (channel.unfold(0, k, stride).unfold(1, k, stride) * square).sum(dim=(2, 3))
        return out

    return torch.stack([one_map(f) for f in filters])


def right_batched_product(image, filters, stride):
    """Cuts the picture to what is looked at, then index tables and bmm over channels."""
    c, n, k = image.shape[0], filters.shape[0], filters.shape[-1]
    ys = torch.arange(0, image.shape[1] - k + 1, stride)
    xs = torch.arange(0, image.shape[2] - k + 1, stride)
    off = torch.arange(k)
    rows = image.index_select(1, (ys[:, None] + off).flatten()).view(c, len(ys), k, -1)
    both = rows.index_select(3, (xs[:, None] + off).flatten()).view(c, len(ys), k, len(xs), k)
    patches = both.permute(0, 1, 3, 2, 4).reshape(c, len(ys) * len(xs), k * k)
    per_channel = torch.bmm(patches, filters.permute(1, 2, 3, 0).reshape(c, k * k, n))
    return per_channel.sum(0).T.reshape(n, len(ys), len(xs))


def wrong_ranges_without_plus_one(image, filters, stride):
    """range(0, size - k, stride): loses the last place when the filter fits exactly."""
    k = filters.shape[-1]
    ys, xs = range(0, image.shape[1] - k, stride), range(0, image.shape[2] - k, stride)
    patches = torch.stack([image[:, y : y + k, x : x + k].flatten() for y in ys for x in xs])
    return (filters.flatten(1) @ patches.T).view(len(filters), len(ys), len(xs))


def wrong_mirrored_left_right(image, filters, stride):
    """Mirrors the filter, but along one axis only."""
    k = filters.shape[-1]
    w = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.tensordot(filters.flip(-1), w, dims=([1, 2, 3], [0, 3, 4]))


def wrong_batch_axis_left(image, filters, stride):
    """A batch of one comes back."""
    k = filters.shape[-1]
    w = image[None].unfold(2, k, stride).unfold(3, k, stride)
    return torch.einsum("bcyxij,ncij->bnyx", w, filters)


def wrong_from_the_right_edge(image, filters, stride):
    """Starts at the lower right corner, so that what is left over lies above and to the left."""
    k = filters.shape[-1]
    w = image.unfold(1, k, 1).unfold(2, k, 1)
    maps = torch.einsum("cyxij,ncij->nyx", w, filters)
    return maps.flip(1, 2)[:, ::stride, ::stride].flip(1, 2)


def wrong_product_of_channel_sums(image, filters, stride):
    """Adds the channels of the picture and of the filter up first, then multiplies."""
    k = filters.shape[-1]
    grey, flat = image.sum(0), filters.sum(1)
    w = grey.unfold(0, k, stride).unfold(1, k, stride)
    return torch.einsum("yxij,nij->nyx", w, flat)


def wrong_matrix_product_of_patch(image, filters, stride):
    """@ for the patch and the filter: a product of matrices where number by number is due."""
    k = filters.shape[-1]
    ys, xs = range(0, image.shape[1] - k + 1, stride), range(0, image.shape[2] - k + 1, stride)
    values = [(image[:, y : y + k, x : x + k] @ f).sum() for f in filters for y in ys for x in xs]
    return torch.stack(values).view(len(filters), len(ys), len(xs))


def wrong_overwritten(image, filters, stride):
    """Assigns in the loop over channels instead of adding: the last channel wins."""
    n, c, k, _ = filters.shape
    oh, ow = (image.shape[1] - k) // stride + 1, (image.shape[2] - k) // stride + 1
    out = torch.zeros(n, oh, ow, dtype=image.dtype)
    for f in range(n):
        for ch in range(c):
            for y in range(oh):
                for x in range(ow):
                    patch = image[ch, y * stride : y * stride + k, x * stride : x * stride + k]
                    out[f, y, x] = (patch * filters[f, ch]).sum()
    return out


def wrong_wrapped_around(image, filters, stride):
    """The Fourier way over the whole picture: places at the edge wrap around and are not cut off."""
    h, w = image.shape[1:]
    maps = torch.fft.ifft2((torch.fft.fft2(image) * torch.fft.fft2(filters, s=(h, w)).conj()).sum(1)).real
    return maps[:, ::stride, ::stride]


def wrong_filter_detached(image, filters, stride):
    """Right numbers, but the filters are cut off from the gradient, so they would never learn."""
    k = filters.shape[-1]
    w = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("cyxij,ncij->nyx", w, filters.detach())


def wrong_divided_by_the_size(image, filters, stride):
    """Divides by k * k, as a blur would."""
    k = filters.shape[-1]
    w = image.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("cyxij,ncij->nyx", w, filters) / k**2


def wrong_whole_list_of_arrays(image, filters, stride):
    """A list of NumPy arrays with right numbers: no gradient flows."""
    x, fs = np.array(image.tolist()), np.array(filters.tolist())
    k = fs.shape[-1]
    return [
        np.array(
            [
                [np.sum(x[:, r : r + k, c : c + k] * f) for c in range(0, x.shape[2] - k + 1, stride)]
                for r in range(0, x.shape[1] - k + 1, stride)
            ]
        )
        for f in fs
    ]


def wrong_conv3d(image, filters, stride):
    """Another of PyTorch's convolutions: the channels as depth. Forbidden as well."""
    return F.conv3d(image[None, None], filters[:, None], stride=(1, stride, stride))[0, :, 0]


def wrong_picture_padded_to_keep_its_size(image, filters, stride):
    """Zeros below and to the right so that k - 1 rows more are seen."""
    k = filters.shape[-1]
    x = F.pad(image, (0, k, 0, k))
    w = x.unfold(1, k, stride).unfold(2, k, stride)
    return torch.einsum("cyxij,ncij->nyx", w, filters)
