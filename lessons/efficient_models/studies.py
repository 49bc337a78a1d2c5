"""What `benchmarks/efficient_models.py` has stored, as the notebook shows it. Nothing is trained or timed here.

Starts share their training texts, so they are given one by one and get no interval. Of settings that were tried with
one start, the one that all starts have is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

from lessons.kit import checks, results

FILE = "efficient_models"
Row = dict[str, Any]
Lines = dict[str, tuple[list[float], list[list[float]]]]  # name -> places, and the runs at each
ALL, LORA = (0, "every weight"), (8, "query, value")


def groups(rows: Sequence[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    """The rows by the values that they have under some names, in the order of their first one."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def chosen(rows: Sequence[Row], *settings: str) -> list[Row]:
    """The rows of the setting that the most starts have; of equals the last one, since what is chosen is run last.

    Raises ValueError for no row.
    """
    if not rows:
        raise ValueError("There is no row to choose from.")
    tried = list(groups(rows, *settings).values())[::-1]
    return max(tried, key=len)


def rounding() -> list[Row]:
    """Way of rounding -> how far weights moved, the share of the same answers, accuracy of each start."""
    found = groups(results.rows(FILE, "rounding"), "way")
    return [
        {
            "way": way,
            "moved": mean(row["moved"] for row in rows),
            "same answer": mean(row["same"] for row in rows),
            "accuracy, three starts": [row["validation"] for row in rows],
        }
        for (way,), rows in found.items()
    ]


def pruning_lines() -> Lines:
    """Accuracy over the share of weights taken away, as it is and after an epoch."""
    lines: Lines = {}
    for epochs, name in ((0, "as it is"), (1, "an epoch after")):
        by_share = groups(results.rows(FILE, "pruning", epochs=epochs), "share")
        kept = {share: chosen(rows, "learning_rate") for (share,), rows in sorted(by_share.items())}
        lines[name] = (list(kept), [[row["validation"] for row in rows] for rows in kept.values()])
    return lines


def parts() -> list[Row]:
    """What was taken out -> the share of numbers left, accuracy at once and after an epoch, and the speed."""
    stored = results.rows(FILE, "parts")
    table = []
    for speed in results.rows(FILE, "parts_speed"):
        runs = [row for row in stored if (row["kind"], row["amount"]) == (speed["kind"], speed["amount"])]
        after = [row for row in runs if row["epochs"]]
        table.append(
            {
                "taken out": speed["kind"],
                "how many": speed["amount"],
                "numbers left": speed["left"],
                "cut": [row["validation"] for row in runs if not row["epochs"]],
                "an epoch after": [row["validation"] for row in chosen(after, "learning_rate")],
                "times as fast": speed["times_as_fast"],
            }
        )
    return table


def students() -> list[Row]:
    """Layers and what they learnt from -> the chosen setting, and accuracy of each start."""
    settings = ("learning_rate", "temperature", "soft")
    table = []
    for (layers, arm), rows in groups(results.rows(FILE, "distillation"), "layers", "arm").items():
        kept = chosen(rows, *settings)
        setting = {name: kept[0][name] for name in settings}
        accuracies = [row["validation"] for row in kept]
        table.append({"layers": layers, "learns from": arm, **setting, "validation, three starts": accuracies})
    return table


def ranks() -> list[Row]:
    """Rank and place of LoRA -> numbers that are trained, the chosen learning rate, accuracy of each start."""
    table = []
    for (rank, where), rows in groups(results.rows(FILE, "low_rank"), "rank", "where").items():
        kept = chosen(rows, "learning_rate")
        accuracies = [row["validation"] for row in kept]
        fields = {"trained": kept[0]["trained"], "rate": kept[0]["learning_rate"]}
        table.append({"rank": rank or None, "where": where, **fields, "validation, three starts": accuracies})
    return table


def _trainings() -> dict[str, list[Row]]:
    """The runs of every weight and of LoRA of rank 8 at their chosen rates."""
    found = groups(results.rows(FILE, "low_rank"), "rank", "where")
    kept = {"every weight": found.get(ALL, []), "LoRA, rank 8": found.get(LORA, [])}
    return {name: chosen(rows, "learning_rate") for name, rows in kept.items() if rows}


def training_lines() -> Lines:
    """Accuracy on 400 validation sentences over steps, for every weight and for LoRA of rank 8."""
    lines: Lines = {}
    for name, runs in _trainings().items():
        curves = [row["curve"] for row in runs]
        lines[name] = ([point[0] for point in curves[0]], [[c[at][2] for c in curves] for at in range(len(curves[0]))])
    return lines


def reached(goal: float) -> list[Row]:
    """For each of those trainings, the step and the processor seconds at which it first had such an accuracy.

    Raises ValueError for what is no share.
    """
    checks.shares(goal=goal)
    table = []
    for name, runs in _trainings().items():
        for row in runs:
            first = next((point for point in row["curve"] if point[2] >= goal), (None, None, None))
            values = {f"step of {goal:.0%}".replace("%", " %"): first[0], "processor seconds": first[1]}
            table.append({"trained": name, "start": row["seed"], **values})
    return table
