"""What `benchmarks/fine_tuning.py` has stored, as the notebook shows it. Nothing is trained here.

Runs that share their training texts differ in their start alone: for them the lowest, the mean and the highest are
given, and no interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lessons.fine_tuning.examples import epochs_for
from lessons.kit import results

FILE = "fine_tuning"
ARMS = {"head and pooler": 0, "last layer": 1, "last 3 layers": 3, "all layers": 6}
Row = Mapping[str, Any]


def over_starts(values: Iterable[float]) -> dict[str, float]:
    """The lowest, the mean and the highest of some runs. Raises ValueError if there is none."""
    runs = list(values)
    if not runs:
        raise ValueError("There is no run to look at.")
    return {"lowest": min(runs), "mean": float(np.mean(runs)), "highest": max(runs)}


def _accuracies(section: str, **wanted: Any) -> list[float]:
    return [row["validation_accuracy"] for row in results.rows(FILE, section, **wanted)]


def learning_rates() -> dict[str, dict[float, list[float]]]:
    """Arm -> peak learning rate -> validation accuracies of the same two starts on 500 film sentences, four epochs."""
    found: dict[str, dict[float, list[float]]] = {}
    for arm, layers in ARMS.items():
        section = "trainings" if layers == 6 else "parts"
        wanted = {"n": 500, "epochs": 4, "layers": layers} | ({"data": "film"} if layers == 6 else {})
        rows = [row for row in results.rows(FILE, section, **wanted) if row["seed"] in (0, 1)]
        tried = sorted({row["learning_rate"] for row in rows})
        found[arm] = {r: [row["validation_accuracy"] for row in rows if row["learning_rate"] == r] for r in tried}
    return found


def best_rate(tried: Mapping[float, Sequence[float]]) -> float:
    """The rate with the best mean accuracy. Raises ValueError if it stands at the edge of what was tried."""
    best = max(tried, key=lambda rate: float(np.mean(tried[rate])))
    if best in (min(tried), max(tried)):
        raise ValueError(f"The best rate, {best:g}, is the last one that was tried: try further.")
    return best


def parts() -> list[dict[str, Any]]:
    """What is trained -> accuracy on validation after 2,000 film sentences at its own best rate, three starts.

    The first rows train no layer: they are logistic regressions. Processor seconds are those of the training alone:
    what lies below was computed before, once.
    """
    rows: list[dict[str, Any]] = []
    cheap = {"TF-IDF": "tfidf", "mean of frozen vectors": "mean", "pooled frozen vector": "pooled"}
    for name, features in cheap.items():
        rows.append({"trained": name, **over_starts(_accuracies("cheap", data="film", n=2000, features=features))})
    for arm, tried in learning_rates().items():
        layers, rate = ARMS[arm], best_rate(tried)
        wanted = {"n": 2000, "epochs": 2, "layers": layers, "learning_rate": rate}
        place: tuple[str, dict[str, Any]] = ("trainings", {"data": "film"}) if layers == 6 else ("parts", {})
        runs = results.rows(FILE, place[0], **place[1], **wanted)
        took = float(np.median([row["cpu_seconds"] for row in runs]))
        accuracies = over_starts(row["validation_accuracy"] for row in runs)
        rows.append({"trained": arm, "rate": rate, **accuracies, "processor seconds": took})
    return rows


def curve(data: str) -> dict[str, list[dict[str, Any]]]:
    """Method -> rows of n, mean, lowest and highest of three samples, for "film" or "trec"."""
    sizes = sorted({row["n"] for row in results.rows(FILE, "cheap", data=data)})
    tuned = {
        n: _accuracies("trainings", data=data, n=n, epochs=epochs_for(n), layers=6, learning_rate=1e-4) for n in sizes
    }
    found = {"fine-tuned": tuned}
    for method, features in (("frozen mean", "mean"), ("TF-IDF", "tfidf")):
        found[method] = {n: _accuracies("cheap", data=data, n=n, features=features) for n in sizes}
    return {method: [{"n": n, **over_starts(runs[n])} for n in sizes] for method, runs in found.items()}


def right_on_test() -> dict[str, NDArray[np.bool_]]:
    """Who -> for each of the 1,000 test sentences, in their order, whether the answer was right; opened once."""
    stored = results.load(FILE)["test"]["right"]
    return {who: np.array([each == "1" for each in bits]) for who, bits in stored.items()}


def looks() -> list[dict[str, Any]]:
    """How attention was held while training on 500 film sentences -> accuracies on validation, of the same starts."""
    stored = results.rows(FILE, "looks")
    held = {
        how: {r["seed"]: r["validation_accuracy"] for r in stored if r["attention"] == how} for how in _ways(stored)
    }
    seeds = sorted(set.intersection(*(set(runs) for runs in held.values())))
    free = results.rows(FILE, "trainings", data="film", n=500, epochs=4, layers=6, learning_rate=1e-4)
    runs = {"free, as always": {row["seed"]: row["validation_accuracy"] for row in free}, **held}
    return [
        {"attention while training": how, "accuracy": [found[seed] for seed in seeds]} for how, found in runs.items()
    ]


def _ways(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row["attention"] for row in rows))
