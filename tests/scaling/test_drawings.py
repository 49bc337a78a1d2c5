"""Every picture of notebook 15 is drawn, with what it is given on it."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import pytest
import torch

from lessons.scaling import CHINCHILLA, collectives, drawings, simulator
from lessons.scaling.simulator import Line


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def words(axes: plt.Axes) -> str:
    return " ".join(text.get_text() for text in axes.texts)


@pytest.mark.parametrize("name", ["formats", "copies", "shards", "split_layer", "summary"])
def test_structures(name: str) -> None:
    axes = getattr(drawings, name)()
    axes.figure.canvas.draw()
    assert words(axes)


def test_counted() -> None:
    axes = drawings.bytes_of({"a": {"weights": 2e9, "state": 6e9}, "b": {"weights": 1e9}}, 5e9)
    assert axes.get_xlabel() == "gigabytes"
    assert len(axes.patches) == 4
    assert len(drawings.traces({"kept": [1, 5, 2], "recomputed": [1, 2, 3, 1]}).lines) == 2
    assert len(drawings.budgets(CHINCHILLA, [1e20, 1e22]).lines) == 4
    assert len(drawings.catching([(32, 4), (8, 16)]).lines) == 2
    assert len(drawings.arms({"clean": [1.0, 1.1], "dirty": [1.4]}, "bits").lines) == 4


def test_a_ring_shows_what_is_done() -> None:
    played = collectives.ring(
        [torch.tensor([1.0, 2, 3]), torch.tensor([10.0, 20, 30]), torch.tensor([100.0, 200, 300])]
    )
    figure = drawings.rounds(played.rounds, [str(number) for number in range(5)])
    assert "333" in words(figure.axes[-1])
    colours = [{patch.get_facecolor() for patch in axes.patches} for axes in figure.axes]
    assert len(colours[0]) == len(colours[-1]) == 1
    assert colours[0] != colours[-1]


def test_schedules_and_speeds() -> None:
    spans = simulator.play(simulator.pipeline(2, 3, 1, 2))
    axes = drawings.schedule(spans, ["device 0", "device 1"], "GPipe")
    assert len(axes.patches) == 12
    rows = simulator.scaling(1.0, 1e6, Line(1e8), [1, 2, 4], weak=False)
    assert drawings.speeds({"strong": rows}, [(2, 1.5)]).get_ylabel() == "times as fast"
