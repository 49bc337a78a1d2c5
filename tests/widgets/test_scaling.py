"""Plan a cluster, without a browser: what it says is what the planner says, and junk gets a sentence."""

from __future__ import annotations

import base64
import math

import matplotlib as mpl

mpl.use("Agg")

import pytest
from traitlets import TraitError

from lessons.scaling import planner
from lessons.widgets import scaling as shown


@pytest.fixture
def widget() -> shown.PlanACluster:
    return shown.plan_a_cluster()


def test_the_plan_is_the_planners(widget) -> None:
    for model, n in (("Llama 3 8B", 8), ("GPT-3", 8), ("GPT-2", 1), ("GPT-2", 16384)):
        widget.model, widget.n_devices = model, n
        assert widget.plan == planner.best(widget.training())
        widget.picture()


def test_what_the_browser_gets_is_whole(widget) -> None:
    assert {facts["name"] for facts in widget.models} == set(shown.MODELS)
    assert all(math.isfinite(value) for facts in widget.models for name, value in facts.items() if name != "name")
    assert [facts["memory"] for facts in widget.devices] == [32e9, 80e9, 80e9]


def test_it_is_drawn_and_has_a_fallback(widget) -> None:
    bundle = widget.bundle()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == "Plan a cluster: run this cell in JupyterLab to use the widget."
    assert "slow network" in widget.heading()
    widget.model, widget.n_devices = "GPT-3", 8
    assert widget.picture().axes[1].get_title() == "does not fit"
    widget.model, widget.n_devices, widget.batch_tokens = "GPT-2", 16384, 1e5
    assert widget.picture().axes[1].get_title() == "no plan"


@pytest.mark.parametrize(
    ("name", "value"),
    [("n_devices", 0), ("n_devices", 3), ("n_devices", 32768), ("tokens", 1.0), ("batch_tokens", 1e9), ("price", -1),
     ("model", "x"), ("device", "x"), ("network", "x"), ("tokens", math.nan)],
)  # fmt: skip
def test_traits_are_checked(widget, name, value) -> None:
    with pytest.raises(TraitError):
        setattr(widget, name, value)


@pytest.mark.parametrize(
    "options", [{"model": "x"}, {"device": "x"}, {"network": "x"}, {"n_devices": 3}, {"price": math.inf}, {"tokens": 1}]
)
def test_options_are_checked(options) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        shown.plan_a_cluster(**options)
