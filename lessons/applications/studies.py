"""What `benchmarks/applications.py` has stored, as notebook 09 shows it. Nothing is trained here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lessons.kit import results

FILE = "applications"
KNOW_THE_MARKS = ("best marked by an expert", "all marked by an expert", "whole text")  # or leave nothing out
Row = dict[str, Any]


def side_by_side(section: str, by: Sequence[str], columns: Sequence[str], **wanted: Any) -> list[Row]:
    """Stored rows that agree in `by` as one row: that, how many runs they are, and each column as a list of theirs.

    Raises ValueError for a section that is not there, and a column that a run lacks.
    """
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in results.rows(FILE, section, **wanted):
        if missing := [column for column in columns if column not in row]:
            raise ValueError(f"A row of {FILE}/{section} has no {missing[0]!r}.")
        groups.setdefault(tuple(row.get(name) for name in by), []).append(row)
    return [
        {
            **dict(zip(by, key, strict=True)),
            "runs": len(runs),
            **{name: [row[name] for row in runs] for name in columns},
        }
        for key, runs in groups.items()
    ]


def answer_rows() -> list[Row]:
    """System and wordings -> exact match, F1, and exact match where the passage has no answer, run by run.

    Without the question there are no wordings, so these systems stand there once.
    """
    rows = []
    for row in side_by_side("answers", ("system", "wordings"), ("EM", "F1", "by_kind")):
        if row["wordings"] == "known" or "question" not in row["system"]:
            kinds = row.pop("by_kind")
            rows.append({**row, "EM, no answer": [kind["no answer"] for kind in kinds]})
    return rows


def was_right(system: str, wordings: str) -> NDArray[np.bool_]:
    """For each test question whether the first run of a system was right, (questions,)."""
    return np.array(list(_first("answers", "right", system=system, wordings=wordings))) == "1"


def first_ranks(pool: str, system: str) -> NDArray[np.int64]:
    """For each query of a pool the rank of its document, (queries,)."""
    return np.array(_first("words", "ranks", pool=pool, system=system).split(), dtype=np.int64)


def _first(section: str, field: str, **wanted: Any) -> str:
    return results.rows(FILE, section, **wanted)[0][field]


def summary_rows() -> list[Row]:
    """System -> ROUGE-1 for each aspect, the mean of ROUGE-L and of the words; last, those that know the marks."""
    aspects = list(dict.fromkeys(row["aspect"] for row in results.rows(FILE, "summaries")))
    rows = []
    for row in side_by_side("summaries", ("system",), ("aspect", "R1", "RL", "words")):
        each = dict(zip(row["aspect"], row["R1"], strict=True))
        means = {name: float(np.mean(row[name])) for name in ("RL", "words")}
        rows.append({"system": row["system"], **{aspect: each[aspect] for aspect in aspects}, **means})
    return sorted(rows, key=lambda row: row["system"] in KNOW_THE_MARKS)


def paper_r1(system: str) -> NDArray[np.float64]:
    """For each test paper the mean ROUGE-1 over its aspects, (papers,)."""
    stored = results.rows(FILE, "summaries", system=system)
    return np.mean([np.array(row["each_R1"].split(), dtype=float) for row in stored], axis=0)


def f1_difference(first: str, second: str, draws: int = 2000, seed: int = 0) -> tuple[float, float, float]:
    """F1 of names of one system minus that of another, first runs, and the ends of its 95 % interval over tweets.

    A paired bootstrap: tweets are drawn with replacement, each with what *both* systems made of it, and F1 is counted
    anew from what is right, found and there.
    """
    counts = [
        np.array(_first("entities", "counts", system=system).split(), dtype=int).reshape(-1, 3)
        for system in (first, second)
    ]

    def difference(chosen: NDArray[np.int64]) -> float:
        sums = [table[chosen].sum(0) for table in counts]
        scores = [2 * right / (found + there) if found + there else 0.0 for right, found, there in sums]
        return float(scores[0] - scores[1])

    n = len(counts[0])
    rng = np.random.default_rng(seed)
    low, high = np.quantile([difference(rng.integers(n, size=n)) for _ in range(draws)], (0.025, 0.975))
    return difference(np.arange(n)), float(low), float(high)
