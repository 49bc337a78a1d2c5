"""Draw a digit: the picture as the model sees it, what every layer makes of it, ten probabilities, as fast as the pen.

Any torch model of Flatten, Linear, ReLU, GELU, Tanh and Dropout layers in a row will do, with 784 inputs in 0..1 and
10 outputs. Its weights go to the browser once; pen, scaling and layers are computed there, in
formulas.js, and here in Python; a test runs both on the same ink.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor, nn

from lessons.widgets import base

PAPER = 140  # pixels of the paper on which one draws
SIDE = 28  # pixels of a picture
BOX = 20  # the longer side of a digit in MNIST
PEN = 6.5  # the radius of the pen, in pixels of the paper
FAINT = 16  # ink below this does not count towards the size of a digit
LARGEST_SCALE = 0.4  # a dot stays a dot: twice the scale of a digit that fills the paper
MOST_NUMBERS = 4_000_000
MOST_EXAMPLES = 20
SEVEN = ((42, 30), (98, 30), (66, 112))  # what the picture shows if there are no examples

Ink = NDArray[np.uint8]  # (PAPER, PAPER), 0 for paper, 255 for ink


@dataclass(frozen=True)
class Layer:
    """A layer for the browser: its kind, and for "linear" its sizes and where its numbers begin."""

    kind: str
    inputs: int = 0
    outputs: int = 0
    weight: int = 0
    bias: int | None = None


# --- pen and picture --------------------------------------------------------------------------------------------------


def pen_stroke(
    ink: Ink, start: tuple[float, float], end: tuple[float, float], radius: float = PEN, erase: bool = False
) -> Ink:
    """The ink with one more line (or one less), round at its ends and soft at the edge, between two places (x, y)."""
    rows, columns = np.mgrid[:PAPER, :PAPER] + 0.5
    (x1, y1), (x2, y2) = start, end
    dx, dy = x2 - x1, y2 - y1
    along = np.clip(((columns - x1) * dx + (rows - y1) * dy) / ((dx * dx + dy * dy) or 1.0), 0, 1)
    distance = np.sqrt((columns - x1 - along * dx) ** 2 + (rows - y1 - along * dy) ** 2)
    cover = np.floor(255 * np.clip(radius - distance + 0.5, 0, 1) + 0.5).astype(np.uint8)
    return np.minimum(ink, 255 - cover) if erase else np.maximum(ink, cover)


def as_seen(ink: Ink) -> NDArray[np.float64]:
    """The picture (28, 28) in 0..1 as MNIST was made: longer side 20 pixels, centre of mass in the middle pixel.

    Empty paper gives zeros; a digit of MNIST on the paper comes back as it was. Source: LeCun, Cortes & Burges, The
    MNIST database: the digits were scaled to fit a box of 20 × 20 pixels and moved until their centre of mass was at
    the centre of 28 × 28. In the files it lies inside pixel 14 of 0..27, for they were moved by whole pixels.
    """
    dark = np.argwhere(ink >= FAINT)
    if not len(dark):
        return np.zeros((SIDE, SIDE))
    (top, left), (bottom, right) = dark.min(0), dark.max(0)
    scale = float(min(BOX / (max(bottom - top, right - left) + 1), LARGEST_SCALE))
    centres = np.arange(PAPER) + 0.5
    amounts = ink.astype(float)
    y, x = amounts.sum(1) @ centres / amounts.sum(), amounts.sum(0) @ centres / amounts.sum()
    return _overlaps(int(top), y, scale) @ amounts @ _overlaps(int(left), x, scale).T / 255


def _overlaps(edge: int, centre: float, scale: float) -> NDArray[np.float64]:
    """The share (28, PAPER) that each pixel of the paper has in each pixel of the picture, along one axis."""
    offset = np.ceil(SIDE / 2 - (centre - edge) * scale - 1e-9)
    edges = (np.arange(SIDE + 1) - offset)[:, None] / scale + edge
    paper = np.arange(PAPER)[None]
    shares = np.minimum(edges[1:], paper + 1) - np.maximum(edges[:-1], paper)
    return np.clip(shares, 0, None) * scale


def on_paper(picture: NDArray[np.uint8]) -> Ink:
    """A picture (28, 28) of bytes on the paper, five pixels for one."""
    return picture.repeat(PAPER // SIDE, 0).repeat(PAPER // SIDE, 1)


def _drawn(places: Sequence[tuple[float, float]]) -> Ink:
    ink: Ink = np.zeros((PAPER, PAPER), np.uint8)
    for start, end in pairwise(places):
        ink = pen_stroke(ink, start, end)
    return ink


# --- the model --------------------------------------------------------------------------------------------------------


def read_model(model: nn.Module) -> tuple[list[Layer], NDArray[np.float32]]:
    """The layers of a model in a row, and all their weights and biases one after the other.

    Raises TypeError for something that is no torch module, ValueError with a sentence for a model that the widget
    cannot follow: other layers, other sizes, too many or broken numbers, or more than its layers in a row.
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"draw_a_digit takes a torch model, not {type(model).__name__}.")
    layers: list[Layer] = []
    numbers: list[NDArray[np.float32]] = []
    place = 0
    for part in _parts(model):
        if not isinstance(part, nn.Linear):
            layers.append(Layer(_activation(part)))
            continue
        weight, bias = place, None
        tensors = [part.weight]
        if part.bias is not None:
            tensors, bias = [part.weight, part.bias], place + part.weight.numel()
        numbers += [tensor.detach().to("cpu", torch.float32).numpy().ravel() for tensor in tensors]
        place += sum(tensor.numel() for tensor in tensors)
        layers.append(Layer("linear", part.in_features, part.out_features, weight, bias))
    _check_sizes([layer for layer in layers if layer.kind == "linear"], place)
    flat = np.concatenate(numbers)
    if not np.isfinite(flat).all():
        raise ValueError("Some weights of this model are not finite: its training has diverged.")
    _check_same(model, layers, flat)
    return layers, flat


def _parts(model: nn.Module) -> list[nn.Module]:
    """The layers without layers of their own, in order, a layer that is used twice also twice; only those that act."""
    idle = nn.Flatten | nn.Dropout | nn.Identity
    parts = [part for _, part in model.named_modules(remove_duplicate=False) if not list(part.children())]
    return [part for part in parts if not isinstance(part, idle)]


def _activation(part: nn.Module) -> str:
    if isinstance(part, nn.GELU):
        return "gelu" if part.approximate == "none" else "gelu_tanh"
    for kind, name in ((nn.ReLU, "relu"), (nn.Tanh, "tanh")):
        if isinstance(part, kind):
            return name
    known = "Flatten, Linear, ReLU, GELU, Tanh and Dropout layers"
    raise ValueError(f"This widget can follow {known}; this model has a {type(part).__name__}.")


def _check_sizes(linears: Sequence[Layer], count: int) -> None:
    if not linears:
        raise ValueError("This model has no Linear layer.")
    if linears[0].inputs != SIDE * SIDE or linears[-1].outputs != 10:
        sizes = f"{linears[0].inputs} inputs and {linears[-1].outputs} outputs"
        raise ValueError(f"A digit has 28 × 28 = 784 inputs and 10 outputs; this model has {sizes}.")
    for one, following in pairwise(linears):
        if one.outputs != following.inputs:
            sizes = f"{one.outputs} outputs are followed by one with {following.inputs} inputs"
            raise ValueError(f"The layers of this model are not in a row: a layer with {sizes}.")
    if count > MOST_NUMBERS:
        raise ValueError(f"This model has {count:,} parameters; the widget takes at most {MOST_NUMBERS:,}.")


def _check_same(model: nn.Module, layers: Sequence[Layer], numbers: NDArray[np.float32]) -> None:
    """The model's own answer must be that of its layers in a row; a copy is asked, in evaluation mode."""
    pictures = torch.rand(3, SIDE, SIDE, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    asked = copy.deepcopy(model).to("cpu", torch.float32).eval()
    with torch.no_grad():
        try:
            answer = asked(pictures)
        except RuntimeError:  # a model without Flatten takes rows
            answer = asked(pictures.flatten(1))
    rows = np.stack([run(layers, numbers, picture.numpy())[-1] for picture in pictures])
    if not isinstance(answer, Tensor) or answer.shape != rows.shape or not np.allclose(answer, rows, 1e-3, 1e-3):
        raise ValueError(
            "This model does more than its layers in a row: the widget would show another model's answers."
        )


def run(layers: Sequence[Layer], numbers: NDArray[np.float32], picture: NDArray[Any]) -> list[NDArray[np.float32]]:
    """The outputs of all layers for a picture of 784 numbers in 0..1, the logits (10,) last."""
    values = torch.tensor(np.asarray(picture, dtype=np.float32).reshape(-1))
    outputs = []
    for layer in layers:
        if layer.kind == "linear":
            end = layer.weight + layer.inputs * layer.outputs
            weight = torch.tensor(numbers[layer.weight : end]).view(layer.outputs, layer.inputs)
            values = weight @ values
            if layer.bias is not None:
                values = values + torch.tensor(numbers[layer.bias : layer.bias + layer.outputs])
        else:
            values = _ACTIVATIONS[layer.kind](values)
        outputs.append(values.numpy())
    return outputs


_ACTIVATIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "gelu": nn.functional.gelu,
    "gelu_tanh": lambda values: nn.functional.gelu(values, approximate="tanh"),
}


def hidden_layers(layers: Sequence[Layer]) -> list[tuple[int, int]]:
    """Of each linear layer but the last, its place and that of its last activation."""
    linears = [index for index, layer in enumerate(layers) if layer.kind == "linear"]
    return [(start, following - 1) for start, following in pairwise(linears)]


def read_examples(examples: Any) -> tuple[NDArray[np.uint8], list[int]]:
    """Pictures (n, 28, 28) as bytes, and their labels if there are any.

    Takes a `Split`, a pair (images, labels) or images alone: (n, 28, 28) or (n, 784), integers in 0..255 or numbers in
    0..1. Keeps the first 20. Raises ValueError for anything else.
    """
    if examples is None:
        return np.zeros((0, SIDE, SIDE), np.uint8), []
    labels: Any = []
    if hasattr(examples, "inputs") and hasattr(examples, "labels"):
        examples, labels = examples.inputs, examples.labels
    elif isinstance(examples, tuple) and len(examples) == 2:
        examples, labels = examples
    table = np.asarray(examples)
    if table.ndim < 2 or not len(table) or table[0].size != SIDE * SIDE or not np.issubdtype(table.dtype, np.number):
        raise ValueError(f"Examples are pictures of shape (n, 28, 28), not an array of shape {table.shape}.")
    if len(labels) not in (0, len(table)):
        raise ValueError(f"There are {len(table)} examples but {len(labels)} labels.")
    table = table[:MOST_EXAMPLES].reshape(-1, SIDE, SIDE)
    highest = 255 if np.issubdtype(table.dtype, np.integer) else 1
    if not (np.isfinite(table).all() and table.min() >= 0 and table.max() <= highest):
        raise ValueError("The pixels of an example are integers in 0..255 or numbers in 0..1.")
    pictures = table if highest == 255 else np.rint(table * 255)
    return pictures.astype(np.uint8), [int(label) for label in labels[:MOST_EXAMPLES]]


# --- the widget -------------------------------------------------------------------------------------------------------


def _bytes(value: Any, widget: Any) -> bytes:
    return bytes(value)


class DrawADigit(base.Widget):
    """Paper to draw on, and what a model makes of it; `ink` and `example` follow what is seen.

    `image` is the picture (28, 28) that the model sees, `probabilities` its answer. Raises traitlets.TraitError for
    ink of another size.
    """

    _esm = base.javascript("neural_networks/formulas.js", "neural_networks/neural_networks.js")
    _css = base.style("neural_networks/neural_networks.css")

    name = "Draw a digit"
    task = (
        "Draw a digit that you read without doubt and the model gets wrong. Then change it stroke by stroke, and find "
        "the stroke at which the model changes its mind."
    )
    question = (
        "Draw something that is no digit: a letter, a face. How sure is the model? What would it need in order to be "
        "able to answer “none of these”?"
    )

    layers: traitlets.List[Any] = traitlets.List().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True, from_json=_bytes)
    examples = traitlets.Bytes().tag(sync=True, from_json=_bytes)
    labels: traitlets.List[Any] = traitlets.List().tag(sync=True)
    ink = traitlets.Bytes(bytes(PAPER * PAPER)).tag(sync=True, from_json=_bytes)
    example = traitlets.Int(-1).tag(sync=True)

    def __init__(self, model: nn.Module, examples: Any = None) -> None:
        layers, numbers = read_model(model)
        pictures, labels = read_examples(examples)
        self._read = layers, numbers
        self._pictures = pictures
        super().__init__(
            layers=[asdict(layer) for layer in layers],
            weights=numbers.astype("<f4").tobytes(),
            examples=pictures.tobytes(),
            labels=labels,
        )

    @traitlets.validate("ink")
    def _whole_paper(self, proposal: Any) -> Any:
        if len(proposal["value"]) != PAPER * PAPER:
            raise traitlets.TraitError(f"Ink is {PAPER} × {PAPER} bytes, not {len(proposal['value']):,}.")
        return proposal["value"]

    @property
    def image(self) -> NDArray[np.float64]:
        """The picture (28, 28) in 0..1 that the model sees: an example as it is, a drawing scaled and centred."""
        if 0 <= self.example < len(self._pictures):
            return self._pictures[self.example] / 255
        return as_seen(np.frombuffer(self.ink, np.uint8).reshape(PAPER, PAPER))

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """What the model answers for the ten digits."""
        return _softmax(run(*self._read, self.image)[-1])

    def picture(self) -> Figure:
        """The first example (or a drawn 7), the model's probabilities and the activations of its hidden layers."""
        ink = on_paper(self._pictures[0]) if len(self._pictures) else _drawn(SEVEN)
        image = self._pictures[0] / 255 if len(self._pictures) else as_seen(ink)
        layers, numbers = self._read
        outputs = run(layers, numbers, image)
        hidden = hidden_layers(layers)
        figure = Figure(figsize=(9, 3 if len(hidden) < 4 else 4.4), layout="constrained")
        axes = figure.subplots(1, 3 + len(hidden[:3]))
        _draw_paper(axes[0], ink, "drawn")
        _draw_paper(axes[1], image, "what the model sees,\n28 × 28")
        _draw_bars(axes[2], _softmax(outputs[-1]))
        for panel, (number, (_, end)) in zip(axes[3:], enumerate(hidden[:3], 1), strict=True):
            _draw_activations(panel, outputs[end], f"hidden layer {number}\n({len(outputs[end])} units)")
        return figure


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    powers = np.exp(logits.astype(float) - logits.max())
    return powers / powers.sum()


def _draw_paper(axes: Axes, picture: NDArray[Any], title: str) -> None:
    axes.imshow(picture, cmap="gray_r")
    axes.set_title(title, fontsize=10)
    axes.set(xticks=[], yticks=[])


def _draw_bars(axes: Axes, probabilities: NDArray[np.float64]) -> None:
    axes.barh(range(10), probabilities, color=base.COLOURS["blue"])
    axes.set(yticks=range(10), xlim=(0, 1), ylim=(9.6, -0.6), xticks=[0, 1])
    axes.set_title("probability", fontsize=10)


def grid(units: int) -> tuple[int, int]:
    """Columns and rows of a heat map of so many units, not higher than wide."""
    columns = int(np.ceil(np.sqrt(units)))
    return columns, -(-units // columns)


def _draw_activations(axes: Axes, values: NDArray[np.float32], title: str) -> None:
    columns, rows = grid(len(values))
    cells = np.full(columns * rows, np.nan)
    cells[: len(values)] = values
    limit = float(np.abs(values).max()) or 1.0
    axes.imshow(cells.reshape(rows, columns), cmap="PuOr_r", vmin=-limit, vmax=limit)
    axes.set_title(title, fontsize=10)
    axes.set(xticks=[], yticks=[])


def draw_a_digit(model: nn.Module, examples: Any = None) -> DrawADigit:
    """Draw digits for a model of your own, and watch what it makes of them.

    The model is made of Flatten, Linear, ReLU, GELU, Tanh and Dropout layers in a row, with 784 inputs in 0..1 and 10
    outputs; the widget keeps its weights as they are now, in evaluation mode. Examples get a button each: a `Split` or
    (images, labels) or images, (n, 28, 28), of which the first 20 are taken. Read `widget.image` or
    `widget.probabilities` in a later cell. Raises TypeError or ValueError with a sentence for what it cannot follow.
    """
    return DrawADigit(model, examples)
