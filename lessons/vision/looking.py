"""Where does it look? Class activation maps, boxes from maps; sliding windows, and how detections are judged.

A box is (left, top, right, bottom) in pixels; right and bottom are the first pixels behind it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional as F

from lessons.kit import checks
from lessons.vision.convolution import check_images, output_size
from lessons.vision.efficientnet import EfficientNetLite

Box = tuple[int, int, int, int]

# --- maps -------------------------------------------------------------------------------------------------------------


def class_map(model: EfficientNetLite, images: Tensor, label: int) -> Tensor:
    """How much each place speaks for a class, (batch, rows, columns): the maps, weighted as the last layer weighs them.

    The mean of a map over all places is what the linear layer reads, so the mean of this map is the logit without its
    bias (Zhou et al. 2016, section 2). Raises ValueError for other images than RGB, or no such class.
    """
    _check_label(model, label)
    with torch.no_grad():
        return torch.einsum("bchw,c->bhw", model.maps(images), model.output.weight[label])


def gradient_map(model: EfficientNetLite, images: Tensor, label: int) -> Tensor:
    """Grad-CAM before its ReLU, (batch, rows, columns): each map is weighted by the mean gradient of the logit in it.

    It needs no particular last layer (Selvaraju et al. 2017, section 3); where that layer is linear behind a mean, it
    is the class map divided by the number of places. Raises ValueError as `class_map`.
    """
    _check_label(model, label)
    maps = model.maps(images).detach().requires_grad_()
    logits = model.output(maps.mean((2, 3)))
    (gradient,) = torch.autograd.grad(logits[:, label].sum(), maps)
    return (gradient.mean((2, 3), keepdim=True) * maps).sum(1).detach()


def _check_label(model: EfficientNetLite, label: int) -> None:
    checks.whole(0, label=label)
    if label >= model.output.out_features:
        raise ValueError(f"The classes go from 0 to {model.output.out_features - 1}; this is {label}.")


def _check_map(values: Tensor) -> None:
    if values.ndim != 2 or not values.numel() or not values.is_floating_point() or not values.isfinite().all():
        raise ValueError(f"A map must be finite numbers (rows, columns); this is {checks.described(values)}.")


def spread_out(values: Tensor, height: int, width: int) -> Tensor:
    """A map (rows, columns) as large as its picture, from 0 to 1: what speaks against the class is 0.

    Raises ValueError for what is no map, and for sizes below 1.
    """
    _check_map(values)
    checks.sizes(height=height, width=width)
    if height * width > 100_000_000:
        raise ValueError(f"{height} x {width} pixels are more than a picture of this course has.")
    large = F.interpolate(values[None, None], (height, width), mode="bilinear", align_corners=False)[0, 0]
    positive = large.clamp(min=0)
    return positive / positive.max().clamp(min=1e-12)


def box_of(values: Tensor, share: float = 0.5) -> Box:
    """The box around the connected region of the largest number, of all places with at least `share` of it.

    Raises ValueError for what is no map (height, width), one without a number above 0, or a share that is none.
    """
    _check_map(values)
    checks.shares(share=share)
    if values.max() <= 0:
        raise ValueError("No place of this map is above 0: there is nothing to put a box around.")
    hot = values >= max(share, 1e-6) * values.max()
    regions, _ = ndimage.label(hot.cpu().numpy(), structure=[[1, 1, 1]] * 3)  # neighbours at corners too
    found = torch.from_numpy(regions)
    region = found == found.view(-1)[values.argmax()]
    rows, columns = region.any(1).nonzero()[:, 0], region.any(0).nonzero()[:, 0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


# --- boxes ------------------------------------------------------------------------------------------------------------


def _as_boxes(name: str, boxes: Tensor | Sequence[Sequence[float]]) -> Tensor:
    try:
        found = torch.as_tensor(boxes, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must be numbers (n, 4).") from error
    found = found.reshape(-1, 4) if found.shape[:1] == (0,) else found
    if found.ndim != 2 or found.shape[1] != 4 or not found.isfinite().all() or not (found[:, :2] < found[:, 2:]).all():
        raise ValueError(f"{name} must be (n, 4), each left < right and top < bottom.")
    return found


def overlap(boxes: Tensor | Sequence[Sequence[float]], others: Tensor | Sequence[Sequence[float]]) -> Tensor:
    """Intersection over union of each box (n, 4) with each other one (m, 4): (n, m), in float64.

    Raises ValueError for what are no boxes.
    """
    first, second = _as_boxes("Boxes", boxes)[:, None], _as_boxes("Other boxes", others)[None]
    sides = torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])
    shared = sides.clamp(min=0).prod(-1)
    areas = (first[..., 2:] - first[..., :2]).prod(-1) + (second[..., 2:] - second[..., :2]).prod(-1)
    return shared / (areas - shared)


def sliding_windows(height: int, width: int, size: int, stride: int) -> Tensor:
    """The boxes of a square window at every place, row by row: (places, 4). Raises ValueError as `output_size`."""
    rows, columns = output_size(height, size, stride), output_size(width, size, stride)
    if rows * columns > 1_000_000:
        raise ValueError(f"{rows * columns:,} windows are more than a picture of this course has.")
    tops, lefts = torch.meshgrid(torch.arange(rows) * stride, torch.arange(columns) * stride, indexing="ij")
    corners = torch.stack([lefts, tops], -1).flatten(0, 1)
    return torch.cat([corners, corners + size], 1)


def cut_out(image: Tensor, boxes: Tensor) -> Tensor:
    """What each box of one size shows: image (channels, height, width), boxes (n, 4) -> (n, channels, size, size).

    Raises ValueError for boxes of several sizes, none, or ones that leave the image.
    """
    check_images("The image", image, 3)
    found = _as_boxes("Boxes", boxes).long()
    sizes = (found[:, 2:] - found[:, :2]).flatten()
    if not len(found) or (sizes != sizes[0]).any():
        raise ValueError("One or more square boxes of one size are due.")
    if found.min() < 0 or found[:, 2].max() > image.shape[2] or found[:, 3].max() > image.shape[1]:
        raise ValueError("Each box must lie inside the image.")
    return torch.stack([image[:, top:bottom, left:right] for left, top, right, bottom in found.tolist()])


def without_doubles(boxes: Tensor | Sequence[Sequence[float]], scores: Tensor, most: float = 0.3) -> list[int]:
    """Non-maximum suppression: the best box is kept, whatever overlaps it by more than `most` goes, and so on.

    Places of the kept boxes, best score first; of equals the first. Raises ValueError for what are no boxes, other
    scores than one each, or a share that is none.
    """
    found = _as_boxes("Boxes", boxes)
    _check_scores(scores, len(found))
    checks.shares(most=most)
    left = scores.argsort(descending=True, stable=True).tolist()
    table, kept = overlap(found, found), []
    while left:
        best, *rest = left
        kept.append(best)
        left = [place for place in rest if table[best, place] <= most]
    return kept


def _check_scores(scores: Tensor, n: int) -> None:
    if scores.shape != (n,) or not scores.is_floating_point() or not scores.isfinite().all():
        raise ValueError(f"There is one finite score for each, ({n},); these are {checks.described(scores)}.")


# --- how detections are judged ----------------------------------------------------------------------------------------


def hits(
    boxes: Tensor | Sequence[Sequence[float]],
    scores: Tensor,
    targets: Tensor | Sequence[Sequence[float]],
    least: float = 0.5,
) -> Tensor:
    """Which boxes are right, (n,), boolean: best score first, each takes the free target that it overlaps most.

    A target is found once; whoever comes second is wrong (Everingham et al. 2010, section 4.2). Raises ValueError for
    what are no boxes, other scores than one each, or a share that is none.
    """
    found, wanted = _as_boxes("Boxes", boxes), _as_boxes("Targets", targets)
    _check_scores(scores, len(found))
    checks.shares(least=least)
    right = torch.zeros(len(found), dtype=torch.bool)
    free = torch.ones(len(wanted), dtype=torch.bool)
    table = overlap(found, wanted)
    for place in scores.argsort(descending=True, stable=True).tolist():
        if not free.any():
            break
        overlaps = table[place].masked_fill(~free, -1)
        best = int(overlaps.argmax())
        if overlaps[best] >= least:
            right[place], free[best] = True, False
    return right


def average_precision(scores: Tensor, is_right: Tensor, n_targets: int) -> float:
    """The area under precision over recall: the precisions at every right detection, added, divided by all targets.

    Detections (n,) come in the order of their scores. What was never found adds nothing, so missing a target costs.
    Raises ValueError for scores that are none, more right ones than targets, or no target.
    """
    checks.whole(n_targets=n_targets)
    _check_scores(scores, len(is_right) if is_right.ndim else 0)
    if is_right.dtype != torch.bool or is_right.ndim != 1 or int(is_right.sum()) > n_targets:
        raise ValueError(
            f"Right or wrong, boolean, with at most {n_targets} right ones; not {checks.described(is_right)}."
        )
    ordered = is_right[scores.argsort(descending=True, stable=True)].double()
    precisions = ordered.cumsum(0) / torch.arange(1, len(ordered) + 1)
    return (precisions * ordered).sum().item() / n_targets
