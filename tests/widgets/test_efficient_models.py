"""Models for a budget, without a browser: what it says is what the module says, and junk gets a sentence."""

from __future__ import annotations

import base64
import math
import warnings

import matplotlib as mpl

mpl.use("Agg")

import pytest
from traitlets import TraitError

from lessons.efficient_models.choices import Choice
from lessons.widgets import efficient_models as shown

MODELS = [
    Choice("whole", "whole", 0.84, 6.0, 91.0, "fit"),
    Choice("int8", "rounded", 0.838, 2.8, 58.0, "dynamic_int8"),
    Choice("NF4", "rounded", 0.82, 6.0, 53.0, "nf4"),
    Choice("3 layers", "small", 0.8, 3.0, 70.0, "student_of"),
    Choice("3 layers, int8", "both", 0.79, 1.5, 52.0, "both"),
]


@pytest.fixture
def widget() -> shown.ModelsForABudget:
    return shown.models_for_a_budget(MODELS)


def test_the_best_is_that_of_the_budget(widget) -> None:
    assert widget.budget == 3.0
    for budget, cost, name in ((3, "milliseconds", "int8"), (1, "milliseconds", None), (9, "milliseconds", "whole"),
                               (1.5, "milliseconds", "3 layers, int8"), (57, "megabytes", "NF4")):  # fmt: skip
        widget.budget, widget.cost = budget, cost
        assert (widget.best.name if widget.best else None) == name
    widget.hidden = ["rounded"]
    assert widget.best.name == "3 layers, int8"
    widget.hidden = ["rounded", "both", "whole", "small"]
    assert widget.best is None


def test_a_picture_without_models_has_no_legend_and_warns_of_nothing(widget) -> None:
    assert widget.picture().axes[0].get_legend() is not None
    widget.hidden = ["rounded", "both", "whole", "small"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert widget.picture().axes[0].get_legend() is None


def test_it_is_drawn_and_has_a_fallback(widget) -> None:
    bundle = widget.bundle()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == "Models for a budget: run this cell in JupyterLab to use the widget."
    assert "Arrow keys" in widget.heading()
    widget.budget = 0
    assert "nothing can be afforded" in widget.picture().axes[0].get_title()


@pytest.mark.parametrize(
    ("name", "value"), [("budget", -1), ("budget", math.inf), ("at", 5), ("at", -1), ("cost", "money")]
)
def test_traits_are_checked(widget, name, value) -> None:
    with pytest.raises(TraitError):
        setattr(widget, name, value)


def test_models_are_checked() -> None:
    no_number = [Choice("a", "b", math.nan, 1, 1, "")]
    tries = [([], {}), (["a"], {}), (MODELS * 41, {}), (no_number, {})]
    for given, options in [*tries, (MODELS, {"cost": "money"}), (MODELS, {"budget": -1})]:
        with pytest.raises(ValueError, match=r"\.$"):
            shown.models_for_a_budget(given, **options)
