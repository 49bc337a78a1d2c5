"""Reward against KL in a real Chromium: formulas are Python's; sliders, keyboard, replay, in the dark theme."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from lessons.alignment import steering
from lessons.alignment.steering import Point
from lessons.widgets import alignment as shown

pytestmark = pytest.mark.browser

OPEN = """
from lessons.widgets.alignment import reward_against_kl

rows = [
    {"beta": beta, "learning_rate": rate, "share": share, "prompts": ["31254>"], "answers": ["1<b>2", "9" * 17][:1],
     "points": [[0, 0, 0.4, 0.4, 6], [10, 1 / (1 + beta), 1 + share, 0.9 - share / 2, 8],
                [20, 1 + rate * 1e4 / (1 + beta), 1 + 2 * share, 0.95 - 0.9 * share, 12]]}
    for beta in (0.0, 0.1) for rate in (1e-4, 5e-4, 1e-3) for share in (0.0, 1.0)
]
widget = reward_against_kl(rows)
widget
"""
TEXTS = [(place, "color") for place in ("dt", "dd", ".lw-message", ".lw-key", ".lw-said code", "label", "output")]
MARKS = [(".lw-way-reward", "stroke"), (".lw-way-exact", "stroke"), (".lw-at-reward", "fill"), (".lw-at-exact", "fill")]


def made() -> shown.RewardAgainstKL:
    """The widget of the notebook, in this process."""
    names: dict[str, Any] = {}
    exec(OPEN, names)
    return names["widget"]


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(shown.RewardAgainstKL._esm)


@pytest.mark.parametrize("seed", range(6))
def test_javascript_is_python(module: Callable, seed: int) -> None:
    rng = random.Random(seed)
    steps = sorted(rng.sample(range(100), 1 + seed))
    points = [Point(step, *(rng.random() * 4 for _ in range(4))) for step in steps]
    for step in (0, 3.3, steps[0], steps[-1], 50, 120):
        assert module("between", points, step) == pytest.approx(list(steering.between(points, step)), rel=1e-12)
    assert module("objective", points[0], 0.3) == pytest.approx(steering.objective(points[0], 0.3), rel=1e-12)
    assert module("bestExact", points) == list(steering.best_exact(points))
    widget = made()
    for name in steering.SETTINGS:
        assert module("gridOf", widget.runs, name) == steering.grid(widget.known, name)
    for run in widget.known:
        assert module("chosenRun", widget.runs, *run[:3]) == steering.chosen(widget.known, *run[:3])
    assert module("chosenRun", widget.runs, 0.5, 1e-4, 0.0) == -1


def assert_same(out: Any, widget: shown.RewardAgainstKL) -> None:
    """Numbers and sentence on the screen are those of the widget in Python."""
    point, run = widget.point, widget.run
    values = {"reward": point.reward, "exact": point.exact, "KL": point.kl, "tokens": point.length}
    values["reward − β·KL"] = steering.objective(point, run.beta)
    for name, value in values.items():
        assert out.locator(f"dd[data-name='{name}']").text_content() == f"{value:.2f}".replace("-", "−")
    best = steering.best_exact(run.points)
    assert f"best after {best.step:g} batches, {100 * best.exact:.0f} %" in out.locator(".lw-message").text_content()
    assert out.locator(".lw-said code").first.text_content() == f"{run.prompts[0]}{run.answers[0]}"


def test_reward_against_kl_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(
        OPEN, "widget.beta, widget.learning_rate, widget.share, widget.step", theme="JupyterLab Dark"
    )
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), made()
    out.locator(".lw-way-reward").wait_for()
    assert_same(out, widget)
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    for label, name, key, value in (
        ("Price β:", "beta", "End", 0.1),
        ("Learning rate:", "learning_rate", "Home", 1e-4),
        ("Flawed share:", "share", "ArrowLeft", 0.0),
        ("Batches:", "step", "Home", 0.0),
        ("Batches:", "step", "ArrowRight", 1.0),
    ):
        out.get_by_label(label).focus()
        page.keyboard.press(key)
        setattr(widget, name, value)
        page.wait_for_timeout(60)
        assert_same(out, widget)
    out.get_by_role("button", name="Play").click()
    out.get_by_role("button", name="Pause").click()
    out.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelector('.lw-play').textContent === 'Play'")
    widget.step = 20.0
    assert_same(out, widget)
    page.wait_for_timeout(300)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    assert notebook.output(1).locator("pre").text_content() == "(0.1, 0.0001, 0.0, 20.0)"
