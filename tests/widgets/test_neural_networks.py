"""Draw a digit without a browser: pen and picture, models that it can follow and sentences for others, its outputs."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import image
from torch import nn
from traitlets import TraitError

from lessons.kit import datasets
from lessons.neural_networks import digits, mlp
from lessons.widgets import neural_networks as dd

MODELS = {
    "one layer": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 10)),
    "no Flatten, no bias": lambda: nn.Sequential(nn.Linear(784, 30, bias=False), nn.Tanh(), nn.Linear(30, 10)),
    "the course's": lambda: mlp((784, 64, 32, 10), dropout=0.3),
    "GELU": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 50), nn.GELU(), nn.Linear(50, 10)),
    "GELU by tanh": lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 9), nn.GELU("tanh"), nn.Linear(9, 10)),
    "nested, double": lambda: nn.Sequential(
        nn.Flatten(), nn.Sequential(nn.Linear(784, 20), nn.ReLU()), nn.Linear(20, 10)
    ).double(),
}


class Shared(nn.Module):
    """One activation module used twice, as a learner's class may."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 20), activation := nn.ReLU(), nn.Linear(20, 15), activation, nn.Linear(15, 10)
        )

    def forward(self, images):
        return self.net(images)


class Skip(nn.Module):
    """More than its layers in a row."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(784, 10), nn.Linear(10, 10)

    def forward(self, images):
        first = self.first(images.flatten(1))
        return first + self.second(first)


# --- the pen and the picture ------------------------------------------------------------------------------------------


def test_a_dot_is_a_round_soft_spot():
    ink = dd.pen_stroke(np.zeros((140, 140), np.uint8), (70.0, 40.0), (70.0, 40.0), radius=10)
    assert ink.sum() / 255 == pytest.approx(np.pi * 10**2, rel=0.01)
    assert np.array_equal(ink, ink[:, ::-1])
    assert (ink[40, 65:75] == 255).all()
    assert 0 < ink[40, 80] < 255 or 0 < ink[40, 79] < 255


def test_the_eraser_takes_ink_away_and_never_adds():
    full = dd.pen_stroke(np.zeros((140, 140), np.uint8), (20.0, 70.0), (120.0, 70.0))
    less = dd.pen_stroke(full, (70.0, 20.0), (70.0, 120.0), erase=True)
    assert (less <= full).all()
    assert less[70, 70] == 0
    assert less[70, 30] == 255


@settings(max_examples=40, deadline=None)
@given(st.tuples(st.floats(10, 130), st.floats(10, 130)), st.tuples(st.floats(10, 130), st.floats(10, 130)))
def test_what_is_seen_is_centred_and_keeps_its_ink(start, end):
    ink = dd.pen_stroke(np.zeros((140, 140), np.uint8), start, end)
    seen = dd.as_seen(ink)
    assert seen.min() >= 0
    assert seen.max() <= 1 + 1e-12
    centres = np.arange(28) + 0.5
    for axis in (0, 1):
        assert 13.9 < seen.sum(axis) @ centres / seen.sum() < 15.1  # a pixel's ink counts at its middle
    rows, columns = np.nonzero(ink >= dd.FAINT)
    scale = min(20 / (max(np.ptp(rows), np.ptp(columns)) + 1), 0.4)
    assert seen.sum() == pytest.approx(ink.sum() / 255 * scale**2, rel=1e-9)


def test_the_same_drawing_elsewhere_or_larger_is_seen_alike():
    corners = np.array([(30.0, 20.0), (60.0, 20.0), (40.0, 70.0)])
    seen = dd.as_seen(dd._drawn(corners.tolist()))
    moved = dd.as_seen(dd._drawn((corners + np.array([50, 40])).tolist()))
    assert moved == pytest.approx(seen, abs=1e-9)
    larger = dd.pen_stroke(
        dd.pen_stroke(np.zeros((140, 140), np.uint8), (30, 20), (90, 20), 13), (90, 20), (50, 120), 13
    )
    assert np.abs(dd.as_seen(larger) - seen).mean() < 0.02


def test_empty_paper_is_seen_as_zeros():
    assert not dd.as_seen(np.zeros((140, 140), np.uint8)).any()


def test_digits_of_mnist_come_back_as_they_were():
    for picture in datasets.mnist().validation.inputs:
        assert np.allclose(255 * dd.as_seen(dd.on_paper(picture)), picture, atol=1e-9)


# --- models and examples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [*MODELS.values(), Shared], ids=[*MODELS, "shared"])
def test_the_layers_in_a_row_are_the_model(make):
    torch.manual_seed(0)
    model = make()
    pictures = torch.rand(4, 784)
    training = [part.training for part in model.modules()]
    layers, numbers = dd.read_model(model)
    assert [part.training for part in model.modules()] == training
    expected = model.eval().float()(pictures)
    found = torch.tensor(np.stack([dd.run(layers, numbers, picture.numpy())[-1] for picture in pictures]))
    torch.testing.assert_close(found, expected.detach())


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: "model", TypeError, "takes a torch model, not str"),
        (lambda: nn.Flatten(), ValueError, "no Linear layer"),
        (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Linear(784, 10)), ValueError, "this model has a Conv2d"),
        (lambda: nn.Linear(784, 2), ValueError, "784 inputs and 2 outputs"),
        (lambda: nn.Linear(64, 10), ValueError, "64 inputs and 10 outputs"),
        (lambda: nn.Sequential(nn.Linear(784, 5), nn.Linear(6, 10)), ValueError, "not in a row"),
        (lambda: nn.Sequential(nn.Linear(784, 6000), nn.Linear(6000, 10)), ValueError, "at most 4,000,000"),
        (Skip, ValueError, "more than its layers in a row"),
        (lambda: nn.Sequential(nn.Linear(784, 10), nn.Softmax(1)), ValueError, "has a Softmax"),
    ],
)
def test_models_that_it_cannot_follow_get_a_sentence(make, error, sentence):
    with pytest.raises(error, match=sentence):
        dd.draw_a_digit(make())


def test_a_diverged_model_is_refused():
    model = nn.Linear(784, 10)
    with torch.no_grad():
        model.weight[3, 5] = torch.nan
    with pytest.raises(ValueError, match="diverged"):
        dd.draw_a_digit(model)


def test_examples_in_every_form_are_the_same_bytes():
    split = datasets.mnist().validation
    images, labels = digits(split)
    forms = [split, (split.inputs, split.labels), (images, labels), (images.flatten(1), labels)]
    for pictures, names in map(dd.read_examples, forms):
        assert np.array_equal(pictures, split.inputs[:20])
        assert names == split.labels[:20].tolist()
    assert dd.read_examples(images)[1] == []
    assert dd.read_examples(None)[0].shape == (0, 28, 28)


@pytest.mark.parametrize(
    "examples",
    [[], [1, 2], np.zeros((3, 8, 8)), np.full((1, 784), 2.0), np.full((1, 28, 28), -1), np.full((1, 784), np.nan), "é",
     (np.zeros((2, 784)), [1]), np.array([["a"] * 784])],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_other_examples_get_a_sentence(examples):
    with pytest.raises(ValueError, match=r"[Ee]xample"):
        dd.draw_a_digit(MODELS["one layer"](), examples)


def test_a_default_of_float64_changes_nothing(double_by_default):
    layers, numbers = dd.read_model(MODELS["the course's"]())
    assert numbers.dtype == np.float32
    assert sum(layer.kind == "linear" for layer in layers) == 3


# --- the widget without its view --------------------------------------------------------------------------------------


def test_the_values_can_be_read_and_set():
    torch.manual_seed(0)
    model = MODELS["the course's"]().eval()
    split = datasets.mnist().validation
    widget = dd.draw_a_digit(model, split)
    assert not widget.image.any()
    widget.example = 3
    assert np.array_equal(widget.image * 255, split.inputs[3])
    expected = model(digits(split)[0][3:4]).softmax(1)[0].detach()
    torch.testing.assert_close(torch.tensor(widget.probabilities).float(), expected)
    widget.example, widget.ink = -1, dd._drawn(dd.SEVEN).tobytes()
    assert widget.image == pytest.approx(dd.as_seen(dd._drawn(dd.SEVEN)))
    with pytest.raises(TraitError, match="140"):
        widget.ink = b"123"


def test_later_training_does_not_change_the_widget():
    model = MODELS["one layer"]()
    widget = dd.draw_a_digit(model)
    before = widget.probabilities
    with torch.no_grad():
        model[1].bias += torch.arange(10)
    assert np.array_equal(widget.probabilities, before)


@pytest.mark.parametrize("examples", [None, "mnist"])
@pytest.mark.parametrize("name", ["one layer", "the course's"])
def test_the_output_is_view_picture_and_a_constant_text(name, examples):
    torch.manual_seed(0)
    widget = dd.draw_a_digit(MODELS[name](), examples and datasets.mnist().validation)
    first, second = widget.bundle(), widget.bundle()
    assert set(first) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert (first["text/plain"], first["image/png"]) == (second["text/plain"], second["image/png"])
    picture = base64.b64decode(first["image/png"])
    assert image.imread(io.BytesIO(picture)).shape[1] == 720
    assert len(picture) < 40_000


def test_the_heading_and_the_module():
    widget = dd.draw_a_digit(MODELS["one layer"]())
    assert "stroke by stroke" in widget.heading()
    assert "Open question" in widget.heading()
    assert "Run this cell to bring “Draw a digit” to life." in widget.heading()
    source = dd.DrawADigit._esm
    assert source.count("export default") == 1
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "") + str(dd.DrawADigit._css)
    assert set(re.findall(r"model\.(\w+)\(", source)) <= {"get", "set", "save_changes", "on"}
