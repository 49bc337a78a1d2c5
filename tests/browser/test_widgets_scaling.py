"""Plan a cluster in a real Chromium: its plans are Python's; selects, sliders, keyboard."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from lessons.scaling import planner
from lessons.scaling.account import MODELS
from lessons.scaling.planner import DEVICES, Task
from lessons.widgets import scaling as shown

pytestmark = pytest.mark.browser

OPEN = """
from lessons.widgets.scaling import plan_a_cluster

widget = plan_a_cluster()
widget
"""
TEXTS = [(place, "color") for place in ("dt", "dd", ".lw-message", ".lw-key", "figcaption", "select", "label")]
MARKS = [(".lw-plan", "stroke"), (".lw-limit", "stroke"), (".lw-part-weights", "fill"), (".lw-part-optimizer", "fill")]


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(shown.PlanACluster._esm)


@pytest.mark.parametrize("seed", range(6))
def test_javascript_is_python(module: Callable, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(8):
        sizes, device = rng.choice(list(MODELS.values())), rng.choice(list(DEVICES.values()))
        n, tokens, batch = 2 ** rng.randrange(15), 10 ** rng.uniform(9, 13), 10 ** rng.uniform(5, 7.4)
        line = 10 ** rng.uniform(8, 11)
        found, fits = planner.best(Task(sizes, device, n, tokens, batch, line))
        asked = {"model": planner.facts(sizes), "device": planner.device_facts(device), "n": n, "tokens": tokens,
                 "batchTokens": batch, "bandwidth": line}  # fmt: skip
        theirs = module("bestPlan", asked)
        if found is None:
            assert theirs is None
            continue
        assert theirs["fits"] == fits
        for name in ("tensor", "stages", "replicas", "recomputed", "sharded"):
            assert theirs[name] == getattr(found, name)
        for name in ("step", "days", "used"):
            assert theirs[name] == pytest.approx(getattr(found, name), rel=1e-12)
        assert theirs["memory"] == pytest.approx(dict(found.memory), rel=1e-12)


def assert_same(out: Any, widget: shown.PlanACluster) -> None:
    """Numbers, sentence, bar and points on the screen are those of the widget in Python."""
    plan, fits = widget.plan
    message = out.locator(".lw-message").text_content()
    if plan is None:
        assert "at least one text" in message
        return
    assert message.startswith("The fastest plan that fits" if fits else "It does not fit")
    assert ("computed twice" in message) == plan.recomputed
    assert (f"{plan.tensor} devices share" in message) == (plan.tensor > 1)
    assert (f"{plan.stages} groups of layers" in message) == (plan.stages > 1)
    assert out.locator("dd[data-name=used]").text_content() == f"{100 * plan.used:.1f} %"
    parts = out.locator(".lw-part").all()
    widths = [float(part.get_attribute("width")) for part in parts]
    total = sum(plan.memory.values())
    for name, width in zip(shown.PARTS, widths, strict=True):
        assert width / sum(widths) == pytest.approx(plan.memory[name] / total, abs=1e-4)
    points = out.locator(".lw-plans circle").all()
    for power, point in enumerate(points):
        other, other_fits = planner.best(widget.training(2**power))
        assert (point.evaluate("e => e.style.display") == "none") == (other is None)
        if other is not None:
            assert ("lw-plan-large" in point.get_attribute("class")) == (not other_fits)


def test_plan_a_cluster_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(OPEN, "widget.n_devices, widget.model", theme="JupyterLab Dark")
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), shown.plan_a_cluster()
    out.locator(".lw-plan").first.wait_for()
    assert_same(out, widget)
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    out.get_by_label("Devices:").focus()
    for key, n in (("ArrowRight", 16), ("End", 16384), ("Home", 1), ("ArrowRight", 2)):
        page.keyboard.press(key)
        widget.n_devices = n
        page.wait_for_timeout(60)
        assert_same(out, widget)
    for label, name, value in (
        ("Model:", "model", "GPT-3"),
        ("Device:", "device", "V100"),
        ("Network:", "network", "10 Gbit/s"),
    ):
        out.get_by_label(label).select_option(value)
        setattr(widget, name, value)
        page.wait_for_timeout(60)
        assert_same(out, widget)
    price = out.get_by_label("Price of a device for an hour:")
    price.fill("-4")
    price.press("Tab")
    assert price.input_value() == "2"
    page.wait_for_timeout(300)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    assert notebook.output(1).locator("pre").text_content() == "(2, 'GPT-3')"
