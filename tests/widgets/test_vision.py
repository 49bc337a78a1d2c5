"""Drag a filter without a browser: its pictures, its formula, what it refuses and what it leaves in a notebook."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from traitlets import TraitError

from lessons.vision.convolution import HAND_MADE
from lessons.vision.pictures import photograph
from lessons.widgets import vision as shown


@pytest.fixture
def widget() -> shown.DragAFilter:
    return shown.drag_a_filter()


def test_the_output_is_pytorchs(widget) -> None:
    rng = np.random.default_rng(0)
    for name in widget.pictures:
        widget.photograph = name
        for stride, padding in ((1, 0), (2, 1), (3, 2)):
            widget.stride, widget.padding = stride, padding
            widget.weights = rng.normal(size=9).tolist()
            pixels = torch.tensor(widget.pixels / 255)[None, None]
            kernel = torch.tensor(widget.weights, dtype=torch.float64).view(1, 1, 3, 3)
            expected = F.conv2d(pixels, kernel, None, stride, padding)[0, 0].numpy()
            np.testing.assert_allclose(widget.output, expected, atol=1e-12)


def test_pictures_are_grey_and_small(widget) -> None:
    assert list(widget.pictures) == [*shown.PICTURES, "digit"]
    for name in shown.PICTURES:
        widget.photograph = name
        assert max(widget.pixels.shape) == shown.SIDE
        tall, wide = photograph(name).shape[:2]
        assert abs(widget.pixels.shape[0] / widget.pixels.shape[1] - tall / wide) < 0.02
    own = shown.drag_a_filter(np.full((200, 100, 3), 7, np.uint8), "blur")
    assert own.photograph == "yours"
    assert own.pixels.shape == (56, 28)
    assert set(own.pixels.ravel()) == {7}
    np.testing.assert_allclose(own.output, 7 / 255)


def test_the_place_stays_inside(widget) -> None:
    widget.row, widget.column = 500, -3
    rows, _ = widget.output.shape
    assert widget.place == (rows - 1, 0)
    widget.stride = 3
    assert widget.place[0] == widget.output.shape[0] - 1
    assert widget.picture()


@pytest.mark.parametrize("name", HAND_MADE)
def test_every_preset_is_drawn(name: str) -> None:
    widget = shown.drag_a_filter(weights=name)
    assert widget.weights == [number for row in HAND_MADE[name] for number in row]
    assert shown.base.png(widget.picture())
    around_zero, most = shown.scale_of(widget.output, widget.weights)
    assert around_zero == (min(widget.weights) < 0)
    assert most >= np.abs(widget.output).max()


def test_what_does_not_fit_is_refused(widget) -> None:
    wrong = [("weights", [1.0]), ("weights", [10.0] * 9), ("weights", [float("nan")] * 9), ("stride", 0)]
    for name, value in [*wrong, ("padding", 3), ("photograph", "nobody")]:
        with pytest.raises(TraitError):
            setattr(widget, name, value)
    for weights in ("emboss", [1, 2], "", [[1, 2], [3, "x"]]):
        with pytest.raises(ValueError, match="filter"):
            shown.drag_a_filter(weights=weights)
    with pytest.raises(ValueError, match="bytes"):
        shown.drag_a_filter(np.zeros((3, 3)))  # type: ignore[arg-type]


def test_what_stays_in_a_notebook(widget) -> None:
    bundle = widget.bundle()
    assert bundle["text/plain"] == "Drag a filter: run this cell in JupyterLab to use the widget."
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert len(bundle["image/png"]) < 60_000
    assert "Open question" in widget.heading()
    assert "http" not in widget._esm.replace("http://www.w3.org/2000/svg", "")
