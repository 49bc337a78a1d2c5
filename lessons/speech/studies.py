"""What the stored runs of `benchmarks/speech.py` say, as rows for the notebook's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

from lessons.kit import results
from lessons.speech.scoring import spelt_alike
from lessons.speech.spoken import digits

Row = dict[str, Any]


def error_rate(rows: Sequence[Mapping[str, Any]]) -> float:
    """All wrong words over all words that were said. Raises ValueError if none was said."""
    if not sum(row["words"] for row in rows):
        raise ValueError("A word error rate needs a word that was said.")
    return sum(row["errors"] for row in rows) / sum(row["words"] for row in rows)


def transcripts() -> dict[str, dict[float | None, list[Row]]]:
    """What was written by kind of voice, then by decibels of noise below the speech; None is without noise."""
    found: dict[str, dict[float | None, list[Row]]] = {}
    for row in results.rows("speech", "clips"):
        kind = next((name for name in ("espeak-ng", "flite") if name in row["source"]), "packaged clips")
        found.setdefault(kind, {}).setdefault(row["decibels"], []).append(row)
    return found


def told_apart(groups: Iterable[Sequence[Mapping[str, Any]]]) -> tuple[float, int]:
    """How often the transcript with an error has less confidence than the one without, and in how many pairs.

    A pair is of one group. Raises ValueError if there is none.
    """
    pairs = [
        (wrong["confidence"], right["confidence"])
        for rows in groups
        for wrong in rows
        for right in rows
        if wrong["errors"] and not right["errors"]
    ]
    if not pairs:
        raise ValueError("No group has a transcript with an error and one without.")
    return mean(wrong < right for wrong, right in pairs), len(pairs)


def after_texts() -> list[Row]:
    """The transcripts after another text, each with what was written without one: "alone", "right", "changed"."""
    rows = results.rows("speech", "context")
    alone = {_place(row): row for row in rows if row["before"] == "none"}
    return [row | _compared(row, alone[_place(row)]) for row in rows if row["before"] != "none"]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["source"], row["said"], row["decibels"]


def _compared(row: Row, alone: Row) -> Row:
    changed = spelt_alike(row["written"], True) != spelt_alike(alone["written"], True)
    return {
        "alone": alone["written"],
        "right": not alone["errors"],
        "changed": changed,
        "errors_alone": alone["errors"],
    }


def counted(rows: Iterable[Row], of: str, **wanted: Any) -> str:
    """In how many of the wanted rows something holds: "3 of 21"."""
    found = [row[of] for row in rows if all(row[key] == value for key, value in wanted.items())]
    return f"{sum(found)} of {len(found)}"


def arms() -> list[Row]:
    """Each arm of the digit readers, the longer trainings last: means of three starts, and the voices apart."""
    found: dict[str, list[Row]] = {}
    for row in sorted(results.rows("speech", "digits"), key=lambda row: row["epochs"]):
        found.setdefault(row["arm"].replace("four times", "4 ×"), []).append(row)
    return [{"arm": name, **_arm(rows)} for name, rows in found.items()]


def _arm(rows: Sequence[Row]) -> Row:
    right = [mean(map(int, one)) for one in zip(*(row["other_right"] for row in rows), strict=True)]  # of each sound
    voices = [each.told["voice"] for each in digits("other")]
    shares = [mean(r for r, v in zip(right, voices, strict=True) if v == voice) for voice in set(voices)]
    means = {name: mean(row[key] for row in rows) for name, key in (("loss", "loss"), ("same", "test"))}
    return {
        "parameters": rows[0]["parameters"],
        **means,
        "other": mean(right),
        "worst voice": min(shares),
        "best": max(shares),
        "starts": [row["other"] for row in rows],
    }


def few_shots() -> list[Row]:
    """For each kind of features the mean share of right answers over all draws, by examples of each digit."""
    rows = [row for row in results.rows("speech", "shots") if row["k"]]
    found = []
    for kind in dict.fromkeys(row["features"] for row in rows):
        shares = {k: [row["right"] for row in rows if (row["features"], row["k"]) == (kind, k)] for k in (1, 2, 5)}
        means = {f"{k} each": mean(right) for k, right in shares.items()}
        found.append({"features": kind, **means, "1 each, from": min(shares[1]), "to": max(shares[1])})
    return found
