"""Models for a budget in a real Chromium: the frontier is Python's; mouse, keyboard, families and both axes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from lessons.efficient_models import choices
from lessons.efficient_models.choices import Choice
from lessons.widgets import efficient_models as shown

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

OPEN = """
from lessons.efficient_models import Choice
from lessons.widgets.efficient_models import models_for_a_budget

found = [
    Choice("whole", "whole", 0.84, 6.0, 91.0, "fit(texts, labels)"),
    Choice("int8", "rounded", 0.838, 2.8, 58.0, "dynamic_int8(model)"),
    Choice("NF4", "rounded", 0.82, 6.0, 53.0, "nf4(weights)"),
    Choice("three layers", "small", 0.8, 3.0, 70.0, "student_of(model, 3)"),
    Choice("three <b>layers</b>, int8", "both", 0.79, 1.5, 52.0, "dynamic_int8(student)"),
]
widget = models_for_a_budget(found)
widget
"""
TEXTS = [(place, "color") for place in ("dt", "dd", ".lw-message", ".lw-choice", ".lw-key", "code")]
MARKS = [(".lw-edge", "stroke"), (".lw-frontier", "stroke"), (".lw-family-two", "fill"), (".lw-family-three", "fill")]


def made() -> shown.ModelsForABudget:
    """The widget of the notebook, in this process."""
    names: dict[str, Any] = {}
    exec(OPEN, names)
    return names["widget"]


@pytest.fixture(scope="module")
def module(javascript: Callable) -> Callable:
    """The functions that the widget exports, by name."""
    return javascript(shown.ModelsForABudget._esm)


@pytest.mark.parametrize("seed", range(8))
def test_javascript_is_python(module: Callable, seed: int) -> None:
    rng = random.Random(seed)
    some = [
        Choice(f"m{i}", "f", rng.randrange(9) / 9, rng.randrange(1, 7), rng.random(), "x") for i in range(3 * seed + 1)
    ]
    models = [choice._asdict() for choice in some]
    for cost in choices.COSTS:
        assert module("frontier", models, cost) == choices.frontier(some, cost)
        for budget in (0, 0.4, 3, 99):
            assert module("bestWithin", models, budget, cost) == choices.best_within(some, budget, cost)
        order = sorted(range(len(some)), key=lambda i: (getattr(some[i], cost), i))
        for place in range(len(some)):
            here = order.index(place)
            for steps in (-99, -1, 1, 99):
                wanted = order[min(max(here + steps, 0), len(order) - 1)]
                assert module("neighbour", models, place, steps, cost) == wanted


def assert_same(out: Any, widget: shown.ModelsForABudget) -> None:
    """Points, line, best model and numbers on the screen are those of the widget in Python."""
    best = widget.best
    said = f"the best is {best.name}, with {100 * best.accuracy:.1f} %" if best else "Nothing can be had"
    expect(out.locator(".lw-message")).to_contain_text(said)
    looked = widget.choices[widget.at]
    expect(out.locator(".lw-choice strong")).to_have_text(looked.name)
    assert out.locator(".lw-choice code").text_content() == looked.command
    assert out.locator("dd[data-name=accuracy]").text_content() == f"{100 * looked.accuracy:.1f} %"
    ground = out.locator(".lw-ground")
    left, wide = (float(ground.get_attribute(name)) for name in ("x", "width"))
    most = 1.08 * max(getattr(choice, widget.cost) for choice in widget.choices)
    edge = float(out.locator(".lw-edge").get_attribute("x1"))
    assert edge == pytest.approx(left + wide * min(widget.budget, most) / most, abs=0.05)
    for choice, point in zip(widget.choices, out.locator(".lw-handle").all(), strict=True):
        across = float(point.get_attribute("transform").split("(")[1].split(" ")[0])
        assert across == pytest.approx(left + wide * getattr(choice, widget.cost) / most, abs=0.05)
        assert (point.evaluate("e => e.style.display") == "none") == (choice.family in widget.hidden)
        assert ("lw-best" in point.get_attribute("class")) == (choice == best)


def test_models_for_a_budget_in_jupyterlab(open_notebook: Callable, looks: Callable) -> None:
    notebook = open_notebook(OPEN, "widget.budget, widget.at", theme="JupyterLab Dark")
    notebook.run_all()
    page, out, widget = notebook.page, notebook.output(0), made()
    out.locator(".lw-handle").first.wait_for()
    assert_same(out, widget)
    looks(out.locator(".lessons-widget"), TEXTS, MARKS)

    out.get_by_label("Budget:").focus()
    for key, share in (("End", 200), ("Home", 0), ("ArrowRight", 1)):
        page.keyboard.press(key)
        widget.budget = float(f"{6.48 * share / 200:.4g}")
        assert_same(out, widget)
    out.get_by_role("button", name="megabytes").click()
    widget.cost, widget.budget = "megabytes", float(f"{98.28 * widget.budget / 6.48:.4g}")
    assert_same(out, widget)
    ground = out.locator(".lw-ground")
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 30, steps=4)
    page.mouse.up()
    widget.budget = 0.6 * 98.28
    expect(out.locator(".lw-message")).to_contain_text(f"the best is {widget.best.name}")

    out.locator(".lw-handle[tabindex='0']").focus()
    for key, at in (("Home", 4), ("ArrowRight", 2), ("ArrowUp", 1), ("ArrowLeft", 2), ("End", 0)):
        page.keyboard.press(key)
        widget.at = at
        expect(out.locator(".lw-choice strong")).to_have_text(widget.choices[at].name)
    out.get_by_label("rounded").uncheck()
    widget.hidden = ["rounded"]
    for choice, point in zip(widget.choices, out.locator(".lw-handle").all(), strict=True):
        expect(point).to_have_css("display", "none" if choice.family in widget.hidden else "inline")
    page.wait_for_timeout(300)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    notebook.command("notebook:run-cell")
    notebook.wait_until_idle()
    assert notebook.output(1).locator("pre").text_content().endswith(", 0)")
