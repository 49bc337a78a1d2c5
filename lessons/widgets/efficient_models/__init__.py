"""Accuracy against a cost: many small models as points, a budget, and the best that it buys, in the browser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import traitlets
from matplotlib.figure import Figure

from lessons.efficient_models.choices import COSTS, Choice, best_within, frontier
from lessons.widgets import base
from lessons.widgets.base.text import printable

MOST = 200


class ModelsForABudget(base.Widget):
    """Models as points; `cost` is the axis, `budget` the line, `at` the model that is looked at, by its place.

    Setting one of them in Python moves the picture. `hidden` are families that are left out.
    """

    _esm = base.javascript("efficient_models/formulas.js", "efficient_models/efficient_models.js")
    _css = base.style("efficient_models/efficient_models.css")

    name = "Models for a budget"
    task = (
        "Move the line until the best model that you can afford changes. How much accuracy does a third of the time "
        "cost? Then change the axis to megabytes: which models leave the frontier, and which join it? Arrow keys go "
        "from model to model."
    )
    question = "Two points are less than a point of accuracy apart. What would you have to know to call one better?"

    models = traitlets.List(traitlets.Dict()).tag(sync=True)
    cost = traitlets.Enum(COSTS, default_value="milliseconds").tag(sync=True)
    budget = traitlets.Float(0.0).tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, choices: Sequence[Choice], budget: float, cost: str) -> None:
        self.choices = tuple(choices)
        super().__init__(models=[choice._asdict() for choice in choices], budget=budget, cost=cost)

    @traitlets.validate("budget")
    def _a_number(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] < math.inf:
            raise traitlets.TraitError(f"The budget is a number, 0 or more, not {proposal['value']}.")
        return proposal["value"]

    @traitlets.validate("at")
    def _a_place(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] < len(self.choices):
            raise traitlets.TraitError(f"There are {len(self.choices)} models; no place {proposal['value']}.")
        return proposal["value"]

    @property
    def shown(self) -> list[Choice]:
        """The models whose families are not left out."""
        return [choice for choice in self.choices if choice.family not in self.hidden]

    @property
    def best(self) -> Choice | None:
        """The best model that the budget buys, of those that are shown."""
        place = best_within(self.shown, self.budget, self.cost) if self.shown else None
        return None if place is None else self.shown[place]

    def picture(self) -> Figure:
        """The points, the frontier, the budget as a line."""
        figure = Figure(figsize=(9, 3.8), layout="constrained")
        axes = figure.subplots()
        for at, family in enumerate(dict.fromkeys(choice.family for choice in self.shown)):
            members = [choice for choice in self.shown if choice.family == family]
            costs = [getattr(choice, self.cost) for choice in members]
            colour = list(base.COLOURS.values())[at % len(base.COLOURS)]
            axes.plot(
                costs, [c.accuracy for c in members], "osD^vP*"[at % 7], color=colour, label=printable(family, 24)
            )
        line = [self.shown[place] for place in frontier(self.shown, self.cost)] if self.shown else []
        axes.plot(
            [getattr(c, self.cost) for c in line], [c.accuracy for c in line], color="grey", drawstyle="steps-post"
        )
        axes.axvline(self.budget, color="black")
        best = self.best
        words = "nothing can be afforded" if best is None else f"{printable(best.name, 60)}, {best.accuracy:.1%}"
        axes.set(xlabel=self.cost, ylabel="accuracy", title=f"within {self.budget:.3g} {self.cost}: {words}")
        if self.shown:
            axes.legend(fontsize=9, loc="lower right")
        return figure


def models_for_a_budget(
    choices: Sequence[Choice], budget: float | None = None, cost: str = "milliseconds"
) -> ModelsForABudget:
    """See which of many models is best for a budget of milliseconds or of megabytes.

    Read `widget.best`, `widget.budget` or `widget.at` in any later cell. Without a budget it is half of the largest
    cost. Raises ValueError for no model, more than 200, another cost, numbers that are not finite, and no number.
    """
    found = list(choices)
    if not all(isinstance(choice, Choice) for choice in found) or len(found) > MOST:
        raise ValueError(f"Give a list of 1 to {MOST} of lessons.efficient_models.Choice.")
    frontier(found, cost)  # checks them
    largest = max(getattr(choice, cost) for choice in found)
    budget = largest / 2 if budget is None else float(budget)
    if not 0 <= budget < math.inf:
        raise ValueError(f"The budget is a number, 0 or more, not {budget!r}.")
    return ModelsForABudget(found, budget, cost)
