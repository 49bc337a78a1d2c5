"""Many small models beside each other: which are worth a look, and which is the best that one can afford."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lessons.efficient_models import studies
from lessons.kit import results

FILE = "efficient_models"
COSTS = ("milliseconds", "megabytes")


class Choice(NamedTuple):
    """A model, what it costs, how often it is right, and the command that makes it."""

    name: str
    family: str
    accuracy: float
    milliseconds: float
    megabytes: float
    command: str


def frontier(choices: Sequence[Choice], cost: str = "milliseconds") -> list[int]:
    """The places of those that no other beats: nothing is as good and cheaper, or better and as cheap. Cheapest first.

    Of equals in both the first stays (the Pareto frontier). Raises ValueError for no choice, another cost, and what are
    no finite numbers.
    """
    _check(choices, cost)
    order = sorted(range(len(choices)), key=lambda i: (getattr(choices[i], cost), -choices[i].accuracy, i))
    found: list[int] = []
    for place in order:
        if not found or choices[place].accuracy > choices[found[-1]].accuracy:
            found.append(place)
    return found


def best_within(choices: Sequence[Choice], budget: float, cost: str = "milliseconds") -> int | None:
    """The place of the most accurate that costs no more than a budget, the cheapest of equals; None if none does.

    Raises ValueError as `frontier`, and for a budget that is no number.
    """
    if math.isnan(budget):
        raise ValueError("The budget must be a number.")
    within = [place for place in frontier(choices, cost) if getattr(choices[place], cost) <= budget]
    return within[-1] if within else None


def _check(choices: Iterable[Choice], cost: str) -> None:
    found = list(choices)
    if cost not in COSTS:
        raise ValueError(f"The cost is counted in {' or '.join(COSTS)}, not in {cost!r:.60}.")
    if not found:
        raise ValueError("Give at least one model to choose from.")
    if not all(math.isfinite(value) for one in found for value in (one.accuracy, one.milliseconds, one.megabytes)):
        raise ValueError("Accuracy, milliseconds and megabytes must be finite numbers.")


def stored() -> list[Choice]:
    """The models that `benchmarks/efficient_models.py` has judged and timed, in its order. Raises as `results.rows`.

    Milliseconds are for one text of 32 tokens in a batch of 32: the whole model's, over how many times as fast it is.
    """
    rows: list[dict[str, Any]] = results.rows(FILE, "choices")
    speeds = {(row["kind"], row["amount"], row["int8"]): row for row in results.rows(FILE, "speed")}
    whole_ms = speeds[("layers", 0, False)]["whole_ms"]
    found = []
    for row in rows:
        fast = speeds[(row["kind"], row["amount"], row["int8"])]["times_as_fast"]
        fields = {**row, "milliseconds": whole_ms / fast}
        found.append(Choice(*(fields[field] for field in Choice._fields)))
    return found


def beside_whole() -> list[dict[str, Any]]:
    """The same as rows, each with the 95 % interval over texts of its accuracy less the first one's."""
    rows = results.rows(FILE, "choices")
    pairs = {row["name"]: ([row], rows[:1]) for row in rows}
    intervals = {row["first less second"]: row["95 %"] for row in studies.compared(pairs)}
    return [{**choice._asdict(), "less than whole, 95 %": intervals[choice.name]} for choice in stored()]
