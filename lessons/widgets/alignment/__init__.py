"""Reward against KL: a training on a reward that may be flawed, steered and replayed in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import traitlets
from matplotlib.figure import Figure

from lessons.alignment import steering
from lessons.alignment.steering import Point, Steered
from lessons.widgets import base
from lessons.widgets.base.text import printable

MOST = 300


class RewardAgainstKL(base.Widget):
    """Stored trainings; `beta`, `learning_rate`, `share` choose one, `step` is how far it is replayed.

    Setting one of them in Python moves the picture.
    """

    _esm = base.javascript("alignment/formulas.js", "alignment/alignment.js")
    _css = base.style("alignment/alignment.css")

    name = "Reward against KL"
    task = (
        "Make the reward wholly flawed and play the training. Where do exact answers turn? Then try to save them with "
        "the price β alone. What does the learning rate change: the way, or how far along it one comes? In the end, "
        "find the smallest honest part of the reward that keeps the answers right."
    )
    question = "With a reward of your own task: what would you plot in the place of the exact answers?"

    runs = traitlets.List(traitlets.Dict()).tag(sync=True)
    beta = traitlets.Float(0.0).tag(sync=True)
    learning_rate = traitlets.Float(0.0).tag(sync=True)
    share = traitlets.Float(0.0).tag(sync=True)
    step = traitlets.Float(0.0).tag(sync=True)

    def __init__(self, runs: tuple[Steered, ...]) -> None:
        self.known = runs
        start = {name: steering.grid(runs, name)[0] for name in ("beta", "learning_rate")}
        rates = steering.grid(runs, "learning_rate")
        start["learning_rate"] = rates[len(rates) // 2]
        start["share"] = steering.grid(runs, "share")[-1]
        rows = [{**run._asdict(), "points": [list(point) for point in run.points]} for run in runs]
        last = runs[steering.chosen(runs, **start)].points[-1].step
        super().__init__(runs=rows, step=last, **start)

    @traitlets.validate("beta", "learning_rate", "share")
    def _on_the_grid(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if value not in steering.grid(self.known, name):
            raise traitlets.TraitError(f"{name} is one of {steering.grid(self.known, name)}, not {value}.")
        return value

    @traitlets.validate("step")
    def _from_zero(self, proposal: Any) -> Any:
        if not 0 <= proposal["value"] < 1e9:
            raise traitlets.TraitError(f"The step is a number, 0 or more, not {proposal['value']}.")
        return proposal["value"]

    @property
    def run(self) -> Steered:
        """The training that is shown."""
        return self.known[steering.chosen(self.known, self.beta, self.learning_rate, self.share)]

    @property
    def point(self) -> Point:
        """Where it is at the step that is shown."""
        return steering.between(self.run.points, self.step)

    def picture(self) -> Figure:
        """The way of the training: reward and exact answers over KL."""
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        axes, run = figure.subplots(), self.run
        for name, words, mark in (("reward", "reward that is paid", "o"), ("exact", "exact answers", "D")):
            values = [getattr(point, name) for point in run.points]
            colour = base.COLOURS["red" if name == "reward" else "blue"]
            axes.plot([point.kl for point in run.points], values, marker=mark, color=colour, label=words)
        words = f"β {run.beta:g}, learning rate {run.learning_rate:g}, flawed share {run.share:g}"
        if run.answers:
            words += f"; in the end it writes {printable(run.answers[0], 24)}"
        axes.set(xlabel="KL to the start, in nats", title=words)
        axes.legend(fontsize=9)
        return figure


def reward_against_kl(rows: Iterable[Mapping[str, Any]]) -> RewardAgainstKL:
    """Steer stored trainings (`lessons.alignment.studies.steered()`) and replay them.

    Read `widget.run` and `widget.point` in any later cell. Raises ValueError for none, more than 300, settings that do
    not make a whole grid, and numbers that are not finite.
    """
    runs = steering.steered(rows)
    size = 1
    for name in steering.SETTINGS:
        size *= len(steering.grid(runs, name))
    if len(runs) > MOST or len({run[:3] for run in runs}) != size or len(runs) != size:
        raise ValueError(f"Give at most {MOST} trainings, one for every combination of the settings.")
    return RewardAgainstKL(runs)
