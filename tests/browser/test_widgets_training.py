"""The training monitor in a real Chromium, while `fit` runs: curves that grow, Pause, Resume, Stop, Interrupt."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lessons.widgets import training as tm

pytestmark = pytest.mark.browser

SETUP = """
import json, time, torch
from torch import nn
from torch.nn import functional as F
from lessons.kit.training import fit
from lessons.widgets.training import training_monitor

def train(steps=400, epochs=2, seconds=0.02, **options):
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    x = torch.randn(steps // epochs, 4, 3)
    def loss(model, x):
        time.sleep(seconds)
        return F.cross_entropy(model(x), (x[:, 0] > 0).long())
    def validate(model):
        return {"loss": loss(model, x[0]).item(), "accuracy": 0.75}
    options = {"learning_rate": 0.01, "device": "cpu", "progress": False} | options
    return model, fit(model, list(x), loss, epochs=epochs, validate=validate, monitor=monitor, **options)

monitor = training_monitor()
monitor
"""
READ = """
output = model(torch.zeros(1, 3))
series = [len(history.loss), len(history.learning_rate), len(history.gradient_norm)]
print(json.dumps([series, history.state, history.stopped, bool(output.isfinite().all()), len(history.validation)]))
"""


@pytest.fixture(scope="module")
def notebook(open_for_all: Callable) -> Any:
    """The monitor in cell 0, what Python sees of a training in cell 1, trainings in the others."""
    twice = "model, history = train(steps=globals().get('planned', 400)); planned = 24"
    return open_for_all(SETUP, READ, "model, history = train()", twice, "model, history = train(4000)")


class Monitored:
    """A fresh monitor in the notebook, and one of its trainings."""

    def __init__(self, notebook: Any, training: int) -> None:
        self.notebook, self.training = notebook, training
        self.page, self.out = notebook.page, notebook.output(0)
        notebook.run_cell(0)
        self.says("No training yet")

    def start(self) -> None:
        """Start the training, without waiting for its end."""
        at = "n => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n; }"
        self.page.evaluate(at, self.training)
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-cell'); }")

    def says(self, text: str) -> None:
        self.out.locator(".lw-message").get_by_text(text).wait_for(timeout=60_000)

    def step(self) -> int:
        return int(self.out.locator("dd[data-name=step]").text_content().split(" of ")[0])

    def wait_beyond(self, step: int) -> None:
        self.page.wait_for_function(
            "([node, step]) => parseInt(node.textContent) > step",
            arg=[self.out.locator("dd[data-name=step]").element_handle(), step],
            timeout=60_000,
        )

    def press(self, name: str) -> None:
        self.out.get_by_role("button", name=name, exact=True).click()

    def points(self) -> int:
        """How many points the running mean is drawn with."""
        return len(re.findall("[ML]", self.out.locator(".lw-means path").get_attribute("d") or ""))

    def interrupt(self) -> None:
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")

    def seen_by_python(self) -> tuple[list[int], str, str, bool, int]:
        self.notebook.wait_until_idle()
        self.notebook.run_cell(1)
        return json.loads(self.notebook.output(1).locator("pre").text_content())

    def shot(self, name: str) -> None:
        """A picture for a person to look at, where LESSONS_SHOTS names a folder."""
        if folder := os.environ.get("LESSONS_SHOTS"):
            self.out.screenshot(path=Path(folder) / f"{name}.png")


def test_it_grows_pauses_goes_on_and_stops(notebook: Any) -> None:
    monitored = Monitored(notebook, 2)
    assert monitored.out.get_by_role("button", name="Pause").is_disabled()
    monitored.start()
    monitored.wait_beyond(3)
    before = monitored.points()
    monitored.wait_beyond(monitored.step() + 5)
    assert monitored.points() > before > 0
    assert not monitored.out.locator(".lw-deaf").is_visible()

    monitored.press("Pause")
    monitored.says("Paused after step")
    held = monitored.step()
    monitored.page.wait_for_timeout(700)
    assert monitored.step() == held
    assert "*" in monitored.page.locator(".jp-InputPrompt").nth(2).text_content()  # the cell is still running
    monitored.shot("paused")
    monitored.press("Resume")
    monitored.wait_beyond(held + 5)

    monitored.press("Stop")
    monitored.says("Stopped by you after step")
    series, state, stopped, usable, _ = monitored.seen_by_python()
    assert state == "stopped by you"
    assert held < series[0] < 400
    assert series == [monitored.step()] * 3
    assert stopped == f"by you after step {series[0]} of 400"
    assert usable
    assert monitored.points() == series[0]


def test_paused_it_can_be_interrupted_and_serves_for_the_next_training(notebook: Any) -> None:
    monitored = Monitored(notebook, 3)
    monitored.start()
    monitored.wait_beyond(3)
    monitored.press("Pause")
    monitored.says("Paused after step")
    monitored.interrupt()
    monitored.says("interrupted in step")
    series, state, stopped, usable, _ = monitored.seen_by_python()
    assert state == "interrupted"
    assert series == [monitored.step()] * 3
    assert stopped == f"interrupted in step {series[0]} of 400"
    assert usable

    monitored.start()  # anew, and to the end
    monitored.says("Finished: 24 of 24 steps")
    assert monitored.seen_by_python() == [[24] * 3, "finished", "", True, 2]
    assert monitored.points() == 24
    assert monitored.out.get_by_text("validation accuracy: 0.750").is_visible()
    assert monitored.out.get_by_role("button", name="Stop").is_disabled()
    monitored.shot("finished")
    linear = monitored.out.locator(".lw-means path").get_attribute("d")
    monitored.out.get_by_text("logarithmic axis").click()
    assert monitored.out.locator(".lw-means path").get_attribute("d") != linear
    assert not re.search("NaN|Infinity|undefined", monitored.out.locator(".lessons-widget").inner_html())
    monitored.shot("logarithmic")


def test_where_the_buttons_are_not_heard_it_says_so(notebook: Any) -> None:
    notebook.theme("Dark")
    notebook.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = 'disabled'; }"
    )
    monitored = Monitored(notebook, 4)
    monitored.start()
    monitored.wait_beyond(3)
    monitored.out.get_by_text("Use Interrupt").wait_for()
    monitored.shot("deaf")
    monitored.interrupt()
    monitored.says("interrupted in step")
    assert monitored.seen_by_python()[1] == "interrupted"
    assert not monitored.out.get_by_text("Use Interrupt").is_visible()


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(tm.TrainingMonitor._esm)


@pytest.mark.parametrize(("low", "high"), [(1e-7, 3.0), (0.31, 0.34), (0.02, 5), (1e-30, 1e30), (2, 2.001), (1, 1)])
def test_marks_of_a_logarithmic_axis_are_inside_and_not_too_many(module: Callable, low: float, high: float) -> None:
    window = module("yWindow", [low, high, None, 0, -1], True)
    assert window[0] < math.log10(low) <= math.log10(high) < window[1]
    marks = module("logMarks", window)
    assert 1 <= len(marks) <= 12
    assert all(window[0] <= at <= window[1] for at, _ in marks)


@pytest.mark.parametrize(
    ("values", "window"), [([], [0, 1]), ([0, 0], [0, 1]), ([1, 2], [0, 2.12]), ([-1, 1], [-1.12, 1.12])]
)
def test_a_linear_axis_begins_at_0(module: Callable, values: list[float], window: list[float]) -> None:
    assert module("yWindow", values, False) == pytest.approx(window)


@pytest.mark.parametrize(
    ("step", "total", "high"), [(0, 0, 1), (1, 300, 18.75), (150, 300, 150), (151, 300, 300), (300, 300, 300)]
)
def test_the_steps_fill_at_least_half_of_the_axis(module: Callable, step: int, total: int, high: float) -> None:
    assert module("xWindow", step, total) == [0, high]
