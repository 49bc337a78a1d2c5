"""Photographs as arrays, and as a network wants them; pictures that are cut up, greyed or put side by side.

A picture is (height, width, 3) of bytes from 0 to 255. What a network reads is (batch, 3, height, width).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from lessons.course import assets
from lessons.course.errors import CourseError
from lessons.kit import checks
from lessons.vision.convolution import check_images

Picture = NDArray[np.uint8]
PHOTOGRAPHS = {  # file in the wheel scikit-image, and what its page says of the rights
    "cat": ("chelsea.png", "CC0, Stéfan van der Walt"),
    "coffee": ("coffee.png", "CC0, Rachel Michetti"),
    "rocket": ("rocket.jpg", "public domain, SpaceX"),
    "astronaut": ("astronaut.png", "public domain, NASA"),
    "camera": ("camera.png", "CC0, Lav Varshney"),
}
PAPER, INK = 1.0, -1.0  # white and black, as a network reads them
MARGIN = 32 / 224  # the shorter side is made so much longer than the square that is cut out, as in the network's tests


@cache
def photograph(name: str) -> Picture:
    """A photograph by its name: "cat", "coffee", "rocket", "astronaut" or "camera" (which is grey, as RGB).

    Raises ValueError for another name, AssetError if the packaged file is damaged.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"There are the photographs {', '.join(PHOTOGRAPHS)}; none is called {name!r:.40}.")
    found = read_picture(assets.path(f"skimage/data/{PHOTOGRAPHS[name][0]}"))
    found.setflags(write=False)
    return found


def read_picture(file: str | Path) -> Picture:
    """A picture of your own, from a PNG or JPEG file. Raises CourseError if it is none, or is not there."""
    try:
        with Image.open(file) as opened:
            return np.array(opened.convert("RGB"))
    except (OSError, UnidentifiedImageError, ValueError, AttributeError) as error:
        raise CourseError(f"“{file!s:.80}” cannot be read as a picture; give the path of a PNG or JPEG.") from error


def check_picture(name: str, picture: Picture) -> None:
    """Raises ValueError unless this is a picture (height, width, 3) of bytes."""
    is_array = isinstance(picture, np.ndarray)
    if not is_array or picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or not picture.size:
        what = f"{picture.shape} of {picture.dtype}" if is_array else type(picture).__name__
        raise ValueError(f"{name} must be bytes (height, width, 3); this is {what}.")


def resized(picture: Picture, height: int, width: int) -> Picture:
    """The picture in another size, bicubic. Raises ValueError for what is no picture, and for sizes below 1."""
    check_picture("The picture", picture)
    checks.sizes(height=height, width=width)
    if height * width > 100_000_000:
        raise ValueError(f"{height} x {width} pixels are more than a picture of this course has.")
    return np.array(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))


def square(picture: Picture, size: int = 224, margin: float = MARGIN) -> Picture:
    """The middle of a picture, (size, size, 3): the shorter side becomes size · (1 + margin), then it is cut.

    Raises ValueError for what is no picture, a size below 1 or a margin below 0.
    """
    check_picture("The picture", picture)
    checks.sizes(size=size)
    checks.not_negative(margin=margin)
    factor = round(size * (1 + margin)) / min(picture.shape[:2])
    height, width = (max(size, round(side * factor)) for side in picture.shape[:2])
    whole = resized(picture, height, width)
    top, left = (height - size) // 2, (width - size) // 2
    return whole[top : top + size, left : left + size]


def as_input(*pictures: Picture) -> Tensor:
    """Pictures of one size as the network reads them: (batch, 3, height, width), (byte − 127) / 128.

    Raises ValueError for none, for what are no pictures, and for several sizes.
    """
    for picture in pictures:
        check_picture("Each picture", picture)
    if len({picture.shape for picture in pictures}) != 1:
        raise ValueError("One or more pictures are due, all of one size.")
    return (torch.from_numpy(np.stack(pictures)).float().permute(0, 3, 1, 2) - 127) / 128


def collage(left: Picture, right: Picture) -> Picture:
    """Two pictures of one height side by side. Raises ValueError for other pictures."""
    check_picture("The left picture", left)
    check_picture("The right picture", right)
    if left.shape[0] != right.shape[0]:
        raise ValueError(f"Both pictures need one height; these have {left.shape[0]} and {right.shape[0]}.")
    return np.concatenate([left, right], axis=1)


# --- what is left when something is taken away ------------------------------------------------------------------------


def tiles_shuffled(images: Tensor, n: int, seed: int = 0) -> Tensor:
    """Images cut into n x n tiles that are put back in another order, the same for all: shapes go, textures stay.

    (batch, channels, height, width) -> the same. Raises ValueError unless n divides both sides.
    """
    check_images("Images", images)
    checks.whole(n=n)
    checks.whole(0, seed=seed)
    height, width = images.shape[2:]
    if height % n or width % n:
        raise ValueError(f"{height} x {width} pixels cannot be cut into {n} x {n} equal tiles.")
    tiles = images.unflatten(3, (n, -1)).unflatten(2, (n, -1)).transpose(3, 4).flatten(2, 3)  # (…, n·n, tall, wide)
    order = torch.randperm(n * n, generator=torch.Generator().manual_seed(seed))
    back = tiles[:, :, order].unflatten(2, (n, n)).transpose(3, 4)
    return back.flatten(4, 5).flatten(2, 3)


def grey(images: Tensor) -> Tensor:
    """Every pixel's mean of red, green and blue, in all three: colours go. Raises ValueError for other images."""
    check_images("Images", images)
    return images.mean(1, keepdim=True).expand_as(images).clone()


def silhouettes(images: Tensor) -> Tensor:
    """What is not paper becomes ink: textures and inner lines go, outlines stay.

    Paper is what is bright and reached from the edge, so white inside of a thing stays a part of it. Both are numbers
    as `as_input` makes them, 1 and −1. Raises ValueError for what are no images, or numbers that are not finite.
    """
    check_images("Images", images)
    if not images.isfinite().all():
        raise ValueError("Some numbers of these images are not finite: there is no outline to find.")
    ground = (images > PAPER - 0.1).all(1)  # (batch, height, width)
    outside = torch.zeros_like(ground)
    outside[:, 0], outside[:, -1], outside[:, :, 0], outside[:, :, -1] = True, True, True, True
    outside &= ground
    while True:  # paper beside paper that is outside is outside
        grown = torch.nn.functional.max_pool2d(outside[:, None].float(), 3, 1, 1)[:, 0].bool() & ground
        if torch.equal(grown, outside):
            return torch.where(outside[:, None], PAPER, INK).to(images).expand_as(images).clone()
        outside = grown
