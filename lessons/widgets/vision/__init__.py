"""Drag a filter over a picture: nine numbers times nine pixels, added, at every place. formulas.js is its twin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from lessons.kit.datasets import mnist
from lessons.vision.convolution import HAND_MADE, convolve, output_size
from lessons.vision.pictures import check_picture, photograph
from lessons.widgets import base

KERNEL, SIDE = 3, 56  # pixels of a filter, and of the longer side of a picture
MOST = 9.0  # of a weight, in size
PICTURES = ("cat", "coffee", "rocket", "camera")
STRIDES, PADDINGS = (1, 2, 3), (0, 1, 2)

# --- formulas ---------------------------------------------------------------------------------------------------------


def small(picture: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """A picture (height, width, 3) in grey, its longer side `side` pixels long; a smaller one keeps its size."""
    check_picture("picture", picture)
    grey = Image.fromarray(np.ascontiguousarray(picture)).convert("L")
    factor = min(1.0, side / max(grey.size))
    width, height = (max(KERNEL, round(length * factor)) for length in grey.size)
    return np.array(grey.resize((width, height), Image.Resampling.LANCZOS))


def filtered(pixels: ArrayLike, weights: Sequence[float], stride: int, padding: int) -> NDArray[np.float64]:
    """What the filter makes of grey pixels (height, width) of bytes, which count from 0 to 1: (rows, columns)."""
    image = torch.tensor(np.asarray(pixels) / 255, dtype=torch.float64)[None, None]
    kernel = torch.tensor(weights, dtype=torch.float64).view(1, 1, KERNEL, KERNEL)
    return convolve(image, kernel, None, stride, padding)[0, 0].numpy()


def scale_of(values: NDArray[np.float64], weights: Sequence[float]) -> tuple[bool, float]:
    """Whether values are drawn around 0, and which size is drawn in full: 1 at least where no weight is negative."""
    largest = float(np.abs(values).max())
    around_zero = min(weights) < 0
    return around_zero, max(largest, 1e-9) if around_zero else max(largest, 1.0)


# --- the widget -------------------------------------------------------------------------------------------------------


class DragAFilter(base.Widget):
    """A filter of nine `weights` on a `photograph`; `stride`, `padding` and the place `row`, `column` follow the view.

    Setting one of them in Python moves the picture. Raises traitlets.TraitError for what no picture can show.
    """

    _esm = base.javascript("vision/formulas.js", "vision/vision.js")
    _css = base.style("vision/vision.css")

    name = "Drag a filter"
    task = (
        "Drag the frame over the picture, or move it with the arrow keys, and watch the nine products and their sum. "
        "Then change the numbers: make a filter that answers to edges from the upper left to the lower right and to no "
        "other ones."
    )
    question = (
        "Which filters leave a picture without edges at 0 everywhere, and how can you see that from their nine numbers?"
    )

    photograph = traitlets.Unicode().tag(sync=True)
    weights = traitlets.List(traitlets.Float()).tag(sync=True)
    stride = traitlets.Int(1).tag(sync=True)
    padding = traitlets.Int(0).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    presets = traitlets.Dict({name: [n for row in rows for n in row] for name, rows in HAND_MADE.items()}).tag(
        sync=True
    )

    def __init__(self, pictures: dict[str, NDArray[np.uint8]], **values: Any) -> None:
        stored = {
            name: {"height": grey.shape[0], "width": grey.shape[1], "values": grey.ravel().tolist()}
            for name, grey in pictures.items()
        }
        super().__init__(pictures=stored, photograph=next(iter(stored)), **values)

    @traitlets.validate("photograph")
    def _known(self, proposal: Any) -> Any:
        if proposal["value"] not in self.pictures:
            raise traitlets.TraitError(f"There are the pictures {', '.join(self.pictures)}; not {proposal['value']!r}.")
        return proposal["value"]

    @traitlets.validate("weights")
    def _nine(self, proposal: Any) -> Any:
        weights = proposal["value"]
        if len(weights) != KERNEL**2 or not all(math.isfinite(w) and abs(w) <= MOST for w in weights):
            raise traitlets.TraitError(
                f"A filter has nine numbers from −{MOST:.0f} to {MOST:.0f}; not {weights!r:.60}."
            )
        return weights

    @traitlets.validate("stride", "padding")
    def _small(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if value not in (STRIDES if name == "stride" else PADDINGS):
            raise traitlets.TraitError(f"There is no {name} of {value} here.")
        return value

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The grey picture that is seen, (height, width)."""
        stored = self.pictures[self.photograph]
        return np.array(stored["values"], np.uint8).reshape(stored["height"], stored["width"])

    @property
    def output(self) -> NDArray[np.float64]:
        """What the filter makes of it, (rows, columns)."""
        return filtered(self.pixels, self.weights, self.stride, self.padding)

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the number that is being made; inside the output, whatever was asked for."""
        rows, columns = (output_size(side, KERNEL, self.stride, self.padding) for side in self.pixels.shape)
        return min(max(self.row, 0), rows - 1), min(max(self.column, 0), columns - 1)

    def picture(self) -> Figure:
        """The picture with the filter's frame, the nine numbers, and what comes out."""
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        left, middle, right = figure.subplots(1, 3, width_ratios=(2, 1, 2))
        row, column = self.place
        _draw_input(left, self.pixels, row * self.stride - self.padding, column * self.stride - self.padding)
        _draw_filter(middle, self.weights)
        _draw_output(right, self.output, self.weights, row, column)
        for axes in (left, middle, right):
            axes.set_xticks([])
            axes.set_yticks([])
            axes.grid(False)
        return figure


def _draw_input(axes: Axes, pixels: NDArray[np.uint8], top: int, left: int) -> None:
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255)
    frame = Rectangle(
        (left - 0.5, top - 0.5), KERNEL, KERNEL, fill=False, edgecolor=base.COLOURS["orange"], linewidth=2
    )
    axes.add_patch(frame)
    axes.set_title("picture", fontsize=11)


def _draw_filter(axes: Axes, weights: Sequence[float]) -> None:
    axes.imshow(np.zeros((KERNEL, KERNEL)), cmap="gray_r", vmin=0, vmax=1)
    for place, weight in enumerate(weights):
        axes.text(place % KERNEL, place // KERNEL, f"{weight:.3g}".replace("-", "−"), ha="center", va="center")
    axes.set_title("filter", fontsize=11)


def _draw_output(axes: Axes, values: NDArray[np.float64], weights: Sequence[float], row: int, column: int) -> None:
    around_zero, most = scale_of(values, weights)
    colours = ["black", "white"]
    if around_zero:
        colours = [base.COLOURS["blue"], "white", base.COLOURS["orange"]]
    cmap = LinearSegmentedColormap.from_list("filter", colours)
    axes.imshow(values, cmap=cmap, vmin=-most if around_zero else 0, vmax=most)
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=base.COLOURS["red"], linewidth=2))
    axes.set_title(f"what comes out: {values[row, column]:.2f} at the mark".replace("-", "−"), fontsize=11)


def drag_a_filter(picture: NDArray[np.uint8] | None = None, weights: str | ArrayLike = "upright edges") -> DragAFilter:
    """Drag a 3 x 3 filter over photographs and a digit, or first over a picture of your own, and edit its numbers.

    `picture` is (height, width, 3) of bytes; `weights` a name of `HAND_MADE` or nine numbers. Read `widget.output` in
    any later cell. Raises ValueError for what is no picture, an unknown name, and other than nine numbers.
    """
    pictures = {} if picture is None else {"yours": small(picture)}
    pictures |= {name: small(photograph(name)) for name in PICTURES}
    pictures["digit"] = 255 - np.asarray(mnist().train.inputs[3])
    if isinstance(weights, str):
        if weights not in HAND_MADE:
            raise ValueError(f"The filters are {', '.join(HAND_MADE)}; there is no {weights!r:.40}.")
        weights = HAND_MADE[weights]
    try:
        numbers = [float(number) for number in np.asarray(weights, dtype=float).ravel()]
        shown = pictures[next(iter(pictures))]
        place = {"row": shown.shape[0] // 2, "column": shown.shape[1] // 3}
        return DragAFilter(pictures, weights=numbers, **place)
    except (traitlets.TraitError, TypeError, ValueError) as error:
        raise ValueError(f"A filter has nine numbers from −{MOST:.0f} to {MOST:.0f}; not {weights!r:.60}.") from error
