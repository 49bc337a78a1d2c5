"""Plan a cluster: a model, devices, a network and a number of tokens -> days, cost, memory and cuts, in the browser."""

from __future__ import annotations

import math
from typing import Any

import traitlets
from matplotlib.figure import Figure

from lessons.scaling import planner
from lessons.scaling.account import MODELS
from lessons.scaling.planner import DEVICES, Plan, Task
from lessons.widgets import base

NETWORKS = {"10 Gbit/s": 1.25e9, "100 Gbit/s": 12.5e9, "400 Gbit/s": 50e9}  # between nodes, for each device
MOST_DEVICES = 2**14
TOKENS, BATCH = (1e9, 2e13), (1e5, 3e7)
PARTS = ("weights", "gradients", "optimizer", "activations")


class PlanACluster(base.Widget):
    """A training to plan: `model`, `device`, `n_devices`, `network`, `tokens`, `batch_tokens` and `price` may be set.

    `plan` is what the browser shows: the fastest way to cut the model that fits, or the one that needs least memory.
    """

    _esm = base.javascript("scaling/formulas.js", "scaling/scaling.js")
    _css = base.style("scaling/scaling.css")

    name = "Plan a cluster"
    task = (
        "Train Llama 3 8B on 160 billion tokens. How many devices until it fits? How many until it takes a day? Then "
        "take the slow network: from where on do more devices hardly help? Give it a larger batch, and look again. At "
        "the end, try to train GPT-3 on one node."
    )
    question = "What would you have to know about your devices and your network before you trust the days?"

    models = traitlets.List(traitlets.Dict()).tag(sync=True)
    devices = traitlets.List(traitlets.Dict()).tag(sync=True)
    networks = traitlets.Dict().tag(sync=True)
    model = traitlets.Enum(tuple(MODELS), default_value="Llama 3 8B").tag(sync=True)
    device = traitlets.Enum(tuple(DEVICES), default_value="H100").tag(sync=True)
    network = traitlets.Enum(tuple(NETWORKS), default_value="400 Gbit/s").tag(sync=True)
    n_devices = traitlets.Int(8).tag(sync=True)
    tokens = traitlets.Float(1.6e11).tag(sync=True)
    batch_tokens = traitlets.Float(4e6).tag(sync=True)
    price = traitlets.Float(2.0).tag(sync=True)

    def __init__(self, **values: Any) -> None:
        known = [planner.facts(sizes) for sizes in MODELS.values()]
        kinds = [planner.device_facts(device) for device in DEVICES.values()]
        super().__init__(models=known, devices=kinds, networks=NETWORKS, **values)

    @traitlets.validate("n_devices")
    def _a_power_of_two(self, proposal: Any) -> Any:
        n = proposal["value"]
        if not 1 <= n <= MOST_DEVICES or n & (n - 1):
            raise traitlets.TraitError(f"The number of devices is 1, 2, 4, ... up to {MOST_DEVICES:,}, not {n}.")
        return n

    @traitlets.validate("tokens", "batch_tokens", "price")
    def _a_number(self, proposal: Any) -> Any:
        low, high = {"tokens": TOKENS, "batch_tokens": BATCH, "price": (0, 1000)}[proposal["trait"].name]
        if not low <= proposal["value"] <= high:
            raise traitlets.TraitError(f"{proposal['trait'].name} goes from {low:g} to {high:g}.")
        return proposal["value"]

    def training(self, n_devices: int | None = None) -> Task:
        """What is to be planned, with so many devices or those that are set."""
        n = self.n_devices if n_devices is None else n_devices
        line = NETWORKS[self.network]
        return Task(MODELS[self.model], DEVICES[self.device], n, self.tokens, self.batch_tokens, line)

    @property
    def plan(self) -> tuple[Plan | None, bool]:
        """The plan that is shown, and whether it fits."""
        return planner.best(self.training())

    def picture(self) -> Figure:
        """Days over devices, and the memory of a device beside what it has."""
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        for n in planner.doublings(MOST_DEVICES):
            plan, fits = planner.best(self.training(n))
            if plan is not None:
                colour = base.COLOURS["blue"] if fits else "white"
                left.plot(n, plan.days, "o", color=colour, markeredgecolor=base.COLOURS["blue"])
        left.axvline(self.n_devices, color="black", linewidth=1)
        left.set(
            xscale="log", yscale="log", xlabel="devices (hollow: too little memory)", ylabel="days", title=self.model
        )
        plan, fits = self.plan
        bottom = 0.0
        for part, colour in zip(PARTS, base.COLOURS.values(), strict=False):
            size = 0.0 if plan is None else plan.memory[part] / planner.GIGABYTE
            right.bar(0, size, bottom=bottom, color=colour, label=part)
            bottom += size
        right.axhline(DEVICES[self.device].memory / planner.GIGABYTE, color="black", linestyle="--")
        right.set(xticks=[], ylabel="gigabytes of a device")
        right.legend(fontsize=9)
        words = "no plan" if plan is None else f"{plan.days:,.3g} days" if fits else "does not fit"
        right.set_title(words)
        return figure


def plan_a_cluster(
    model: str = "Llama 3 8B", device: str = "H100", n_devices: int = 8, tokens: float = 1.6e11,
    batch_tokens: float = 4e6, network: str = "400 Gbit/s", price: float = 2.0,
) -> PlanACluster:  # fmt: skip
    """See how long a training takes on a cluster, what it costs, and how the model is cut.

    `price` is of one device for one hour. Read `widget.plan` in any later cell. Raises ValueError for names that are
    not there and for numbers outside their range.
    """
    for name, value, known in (("model", model, MODELS), ("device", device, DEVICES), ("network", network, NETWORKS)):
        if value not in known:
            raise ValueError(f"{name} is one of {', '.join(known)}; not {value!r:.40}.")
    numbers = {"tokens": tokens, "batch_tokens": batch_tokens, "price": price}
    if not all(isinstance(each, int | float) and math.isfinite(each) for each in numbers.values()):
        raise ValueError("tokens, batch_tokens and price are numbers.")
    try:
        return PlanACluster(model=model, device=device, network=network, n_devices=n_devices, **numbers)
    except traitlets.TraitError as error:
        raise ValueError(str(error)) from None
