"""What `benchmarks/efficient_models.py` has stored, as the notebook shows it. Nothing is trained or timed here.

Starts share their training texts, so they are given one by one and get no interval. Of settings that were tried with
one start, the one that all starts have is shown. Two models are compared on the same sentences, pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lessons.efficient_models import quantization
from lessons.fine_tuning.evaluation import paired_difference
from lessons.kit import checks, results

FILE = "efficient_models"
STUDENT_15 = 2.131  # the 97.5 % quantile of Student's distribution with 15 degrees of freedom
WHOLE, INT8 = "as it is", "int8, in whole numbers"
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
    """The rows of the setting that the most starts have; of equals the one run last, since what is chosen is.

    Raises ValueError for no row.
    """
    if not rows:
        raise ValueError("There is no row to choose from.")
    order = {id(row): place for place, row in enumerate(rows)}
    return max(groups(rows, *settings).values(), key=lambda tried: (len(tried), order[id(tried[-1])]))


def kept(section: str, **wanted: Any) -> list[Row]:
    """The rows of a section with such values at the learning rate that all starts have. Raises as `results.rows`."""
    return chosen(results.rows(FILE, section, **wanted), "learning_rate")


# --- sentence by sentence ---------------------------------------------------------------------------------------------


def bits(right: str, n: int = 1000) -> NDArray[np.bool_]:
    """Which of n texts were right, out of bits in hexadecimal, (n,). Raises ValueError for another number of them."""
    checks.whole(n=n)
    found = np.unpackbits(np.frombuffer(bytes.fromhex(right), np.uint8))
    if not n <= len(found) < n + 8:
        raise ValueError(f"These are bits of {len(found) - 7} to {len(found)} texts, not of {n}.")
    return found[:n].astype(bool)


def shares_right(rows: Sequence[Row], field: str = "right", n: int = 1000) -> NDArray[np.float64]:
    """For each text the share of the starts that had it right, (n,). Raises ValueError for no row."""
    found = [bits(right, n) for row in rows for right in ([row[field]] if isinstance(row[field], str) else row[field])]
    if not found:
        raise ValueError("There is no row to compare.")
    return np.mean(found, axis=0)


def compared(pairs: Mapping[str, tuple[Sequence[Row], Sequence[Row]]], n: int = 1000) -> list[Row]:
    """Name -> of how many more texts the first are right than the second, as a share, with a 95 % interval over texts.

    Raises ValueError for no row.
    """
    table = []
    for name, (first, second) in pairs.items():
        difference, low, high = paired_difference(shares_right(first, n=n), shares_right(second, n=n))
        table.append({"first less second": name, "difference": difference, "95 %": [low, high]})
    return table


# --- tables -----------------------------------------------------------------------------------------------------------


def rounding() -> list[Row]:
    """Way of rounding -> bits a weight, how far weights moved, same answers, each start, and all less the whole.

    With two labels an answer is the same where it is right, or wrong, as before.
    """
    found = groups(results.rows(FILE, "rounding"), "way")
    whole = found[(WHOLE,)]
    before = {row["seed"]: bits(row["right"]) for row in whole}
    table = []
    for (way,), rows in found.items():
        (pair,) = compared({way: (rows, whole)})
        far = rows[0]["moved"]
        table.append(
            {
                "way": way,
                "bits a weight": {WHOLE: 32.0, INT8: 8.0}.get(way) or quantization.room(way),
                "moved": None if far is None else mean(row["moved"] for row in rows),
                "same answer": mean(float((bits(row["right"]) == before[row["seed"]]).mean()) for row in rows),
                "accuracy, three starts": [row["validation"] for row in rows],
                "less than whole, 95 %": pair["95 %"],
            }
        )
    return table


def writing() -> list[Row]:
    """Way of rounding -> bits a token of SmolLM2, how many more than before, and half of that difference's interval.

    The 95 % interval is Student's, over 16 neighbouring pieces of one text: it holds for texts like this one.
    """
    rows = {row["way"]: row for row in results.rows(FILE, "writing")}
    before = np.array(rows[WHOLE]["blocks"])
    table = []
    for way, row in rows.items():
        more = np.array(row["blocks"]) - before
        half = STUDENT_15 * more.std(ddof=1) / len(more) ** 0.5
        table.append(
            {"way": way, "bits a token": row["bits"], "more than before": float(more.mean()), "±": float(half)}
        )
    return table


def pruning_lines() -> Lines:
    """Accuracy over the share of weights taken away, as it is and after an epoch."""
    lines: Lines = {}
    for epochs, name in ((0, "as it is"), (1, "an epoch after")):
        by_share = groups(results.rows(FILE, "pruning", epochs=epochs, how="smallest"), "share")
        rows_of = {share: chosen(rows, "learning_rate") for (share,), rows in sorted(by_share.items())}
        lines[name] = (list(rows_of), [[row["validation"] for row in rows] for rows in rows_of.values()])
    return lines


def parts() -> list[Row]:
    """What was taken out -> the share of numbers left, accuracy at once and after an epoch, and the speed."""
    stored, speeds = results.rows(FILE, "parts"), results.rows(FILE, "speed", int8=False)
    table = []
    for (kind, amount), runs in groups(stored, "kind", "amount").items():
        shape = kind.removesuffix(" at random"), amount
        speed = [row for row in speeds if (row["kind"], row["amount"]) == shape]
        after = [row for row in runs if row["epochs"]]
        table.append(
            {
                "taken out": kind,
                "how many": amount,
                "numbers left": speed[0]["left"] if speed else None,
                "cut": [row["validation"] for row in runs if not row["epochs"]],
                "an epoch after": [row["validation"] for row in chosen(after, "learning_rate")] if after else [],
                "times as fast": speed[0]["times_as_fast"] if speed and shape[0] == kind else None,
            }
        )
    return sorted(table, key=lambda row: (row["taken out"], row["how many"]))


def students() -> list[Row]:
    """Layers and what they learnt from -> the chosen learning rate, and accuracy of each start."""
    table = []
    for (layers, arm), rows in groups(results.rows(FILE, "distillation"), "layers", "arm").items():
        runs = chosen(rows, "learning_rate")
        accuracies = [row["validation"] for row in runs]
        fields = {"layers": layers, "learns from": arm, "rate": runs[0]["learning_rate"]}
        table.append({**fields, "validation, three starts": accuracies})
    return table


def variations() -> list[Row]:
    """Temperature and share of the teacher, at one learning rate -> accuracy of each start; the usual ones first."""
    usual = kept("distillation", layers=3, arm="teacher")
    rows = [*usual, *results.rows(FILE, "variations")]
    return [
        {
            "T": temperature,
            "share of the teacher": soft,
            "validation, three starts": [row["validation"] for row in runs],
        }
        for (temperature, soft), runs in groups(rows, "temperature", "soft").items()
    ]


def ranks() -> list[Row]:
    """Rank and place of LoRA -> numbers that are trained, the chosen learning rate, accuracy of each start."""
    table = []
    for (rank, where), rows in groups(results.rows(FILE, "low_rank"), "rank", "where").items():
        runs = chosen(rows, "learning_rate")
        accuracies = [row["validation"] for row in runs]
        fields = {"trained": runs[0]["trained"], "rate": runs[0]["learning_rate"]}
        table.append({"rank": rank or None, "where": where, **fields, "validation, three starts": accuracies})
    return table


def _trainings() -> dict[str, list[Row]]:
    """The runs of every weight and of LoRA of rank 8 at their chosen rates."""
    found = groups(results.rows(FILE, "low_rank"), "rank", "where")
    tried = {"every weight": found.get(ALL, []), "LoRA, rank 8": found.get(LORA, [])}
    return {name: chosen(rows, "learning_rate") for name, rows in tried.items() if rows}


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
