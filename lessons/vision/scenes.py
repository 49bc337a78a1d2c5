"""Scenes with known boxes: glyphs on a sheet or on a photograph, for localising and detecting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lessons.kit import checks
from lessons.vision.looking import Box, cut_out, overlap, sliding_windows, without_doubles
from lessons.vision.pictures import Picture, check_picture, silhouettes

TRIES = 1000  # to find a free place for one glyph


@dataclass(frozen=True)
class Scene:
    """A picture, the box of each thing in it, and what each is: n boxes (left, top, right, bottom), labels (n,)."""

    picture: Picture
    boxes: tuple[Box, ...]
    labels: NDArray[np.int64]


def scene(glyphs: Sequence[Picture], labels: Sequence[int], rng: np.random.Generator, ground: Picture) -> Scene:
    """The glyphs at random places of a ground, none over another. The box is that of a glyph's ink.

    Raises ValueError for what are no pictures, other labels than one for each, and where no free place is left.
    """
    check_picture("The ground", ground)
    if not len(glyphs) or len(glyphs) != len(labels):
        raise ValueError(f"One label for each glyph is due, one or more: {len(glyphs)} and {len(labels)}.")
    picture, boxes = ground.copy(), list[Box]()
    for glyph in glyphs:
        check_picture("Each glyph", glyph)
        left, top, right, bottom = inked = ink_box(glyph)
        x, y = _free_place(ground.shape, (right - left, bottom - top), boxes, rng)
        boxes.append((x, y, x + right - left, y + bottom - top))
        _paste(picture, glyph, inked, (x, y))
    return Scene(picture, tuple(boxes), np.asarray(labels, dtype=np.int64))


def _paste(picture: Picture, glyph: Picture, inked: Box, place: tuple[int, int]) -> None:
    """The ink of a glyph into a picture, its upper left corner at (x, y); paper around it is transparent."""
    left, top, right, bottom = inked
    part, mask = glyph[top:bottom, left:right], ink(glyph)[top:bottom, left:right]
    there = picture[place[1] : place[1] + bottom - top, place[0] : place[0] + right - left]
    there[mask] = part[mask]


def ink(glyph: Picture) -> NDArray[np.bool_]:
    """Where a glyph on white paper has ink, or encloses it: (height, width). Raises ValueError for no picture."""
    check_picture("The glyph", glyph)
    images = (torch.tensor(glyph).permute(2, 0, 1)[None].float() - 127) / 128
    return (silhouettes(images)[0, 0] < 0).numpy()


def ink_box(glyph: Picture) -> Box:
    """The box around the ink. Raises ValueError for what is no picture, and for one without ink."""
    rows, columns = np.nonzero(ink(glyph))
    if not len(rows):
        raise ValueError("There is no ink on this glyph: nothing to put a box around.")
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def _free_place(
    shape: tuple[int, ...], size: tuple[int, int], taken: Sequence[Box], rng: np.random.Generator
) -> tuple[int, int]:
    (height, width), (wide, tall) = shape[:2], size
    if wide > width or tall > height:
        raise ValueError(f"A glyph of {wide} x {tall} pixels does not fit into {width} x {height}.")
    for _ in range(TRIES):
        x, y = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - tall + 1))
        if not taken or not overlap([(x, y, x + wide, y + tall)], taken).any():
            return x, y
    raise ValueError("No free place is left on this ground: take fewer glyphs, or a larger ground.")


def detections(
    image: Tensor, boxes: Tensor, probabilities: Tensor, label: int, least: float = 0.5, most: float = 0.3
) -> tuple[Tensor, Tensor]:
    """The windows that a class is seen in: their boxes (n, 4) and scores (n,), doubles taken away, best first.

    `probabilities` (windows, classes) belong to `boxes` (windows, 4) of the `image` (3, height, width); blank windows
    do not count. `most` is how far two may overlap. Raises ValueError as `without_doubles`, and for no such class.
    """
    checks.whole(0, label=label)
    checks.shares(least=least)
    if probabilities.ndim != 2 or len(probabilities) != len(boxes) or label >= probabilities.shape[1]:
        raise ValueError(
            f"Probabilities (windows, classes) are due for class {label}; {checks.described(probabilities)}."
        )
    if not probabilities.isfinite().all():
        raise ValueError("Some probabilities are not finite.")
    scores = probabilities[:, label]
    has_ink = (cut_out(image, boxes) < 0.5).flatten(1).any(1)
    chosen = ((scores >= least) & has_ink).nonzero()[:, 0]
    kept = chosen[without_doubles(boxes[chosen], scores[chosen], most)]
    return boxes[kept], scores[kept]


def partial_windows(image: Tensor, targets: Sequence[Box], size: int, stride: int, least: float = 0.2) -> Tensor:
    """Windows that show a thing in part, or none: those that overlap every target by less than `least`: (n, 4).

    They are what a class "nothing" learns from. Raises ValueError as `sliding_windows`.
    """
    checks.shares(least=least)
    windows = sliding_windows(image.shape[-2], image.shape[-1], size, stride)
    return windows[overlap(windows, targets).amax(1) < least] if len(targets) else windows
