"""What `benchmarks/interpretability.py` has stored, as the notebook shows it. Nothing is trained here.

Starts share their training texts, so they are given one by one, and get no interval. Intervals are over texts: two
methods are compared on the same sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lessons.interpretability import faithfulness
from lessons.kit import results

FILE = "interpretability"
Row = dict[str, Any]
PU, LIN = "Pu et al. 2022", "Lin et al. 2018"
# Filtered figures as published; which side was asked differs, and stands beside each.
PUBLISHED = (
    {"graph": "nations", "model": "TransE", "mrr": 0.4813, "hits": 0.9801, "sides": "both", "source": PU},
    {"graph": "nations", "model": "DistMult", "mrr": 0.7131, "hits": 0.9776, "sides": "both", "source": PU},
    {"graph": "nations", "model": "ComplEx", "mrr": 0.6677, "hits": 0.9776, "sides": "both", "source": PU},
    {"graph": "nations", "model": "RotatE", "mrr": 0.7155, "hits": 1.0, "sides": "both", "source": PU},
    {"graph": "kinships", "model": "DistMult", "mrr": 0.614, "hits": 0.904, "sides": "tail", "source": LIN},
    {"graph": "kinships", "model": "ComplEx", "mrr": 0.884, "hits": 0.981, "sides": "tail", "source": LIN},
)  # fmt: skip


def _interval(values: Sequence[float], draws: int = 2000) -> list[float]:
    """A 95 % interval of a mean over texts: a bootstrap."""
    given = np.asarray(values)
    chosen = np.random.default_rng(0).integers(len(given), size=(draws, len(given)))
    return [float(end) for end in np.quantile(given[chosen].mean(1), [0.025, 0.975])]


def mean_lines(way: str, kind: str, words: str = "content") -> dict[str, NDArray[np.float64]]:
    """Method -> the mean over starts of its curve at `faithfulness.SHARES`, (11,)."""
    rows = results.rows(FILE, "faithfulness", way=way, kind=kind, words=words)
    return {name: np.mean([row["curves"][name] for row in rows], axis=0) for name in rows[0]["curves"]}


def faithful(words: str = "content") -> list[Row]:
    """Method -> for masking and removing, the area of deletion under random's, that of sufficiency above it.

    Each is a mean over starts, with a 95 % interval over texts of the mean over starts.
    """
    rows = results.rows(FILE, "faithfulness", words=words)
    table = []
    for name in rows[0]["areas"]:
        if name == "random":
            continue
        line: Row = {"method": name}
        for way in ("mask", "remove"):
            for kind, sign in (("deletion", -1), ("sufficiency", 1)):
                some = [row for row in rows if (row["way"], row["kind"]) == (way, kind)]
                gains = [sign * (np.array(row["areas"][name]) - row["areas"]["random"]) for row in some]
                n = min(map(len, gains))
                line[f"{kind}, {way}"] = float(np.mean([each.mean() for each in gains]))
                line[f"{kind}, {way}, 95 %"] = _interval(np.mean([each[:n] for each in gains], axis=0).tolist())
        table.append(line)
    return table


def sanity() -> list[Row]:
    """Method -> its rank correlation after the head and n layers were drawn anew, a mean over starts."""
    rows = results.rows(FILE, "sanity")
    counts = sorted({row["n_layers"] for row in rows})
    return [
        {"method": name}
        | {
            f"{n} layers": float(np.mean([row["correlation"][name] for row in rows if row["n_layers"] == n]))
            for n in counts
        }
        for name in rows[0]["correlation"]
    ]


def probes() -> dict[str, list[float]]:
    """Encoder, labels -> accuracy after every layer, a mean over starts."""
    lines: dict[str, list[float]] = {}
    rows = results.rows(FILE, "probes")
    for encoder in dict.fromkeys(row["encoder"] for row in rows):
        some = [row for row in rows if row["encoder"] == encoder]
        lines[encoder] = np.mean([row["right"] for row in some], axis=0).tolist()
        lines[f"{encoder}, control labels"] = np.mean([row["control"] for row in some], axis=0).tolist()
    return lines


def hidden_probes() -> list[Row]:
    """Encoder -> accuracy and selectivity of a line and of a probe with a hidden layer, after one layer."""
    table = []
    rows = results.rows(FILE, "probes")
    for encoder in dict.fromkeys(row["encoder"] for row in rows):
        some = [row for row in rows if row["encoder"] == encoder]
        at = some[0]["layer"]
        line = [float(np.mean([row[name][at] for row in some])) for name in ("right", "control")]
        hidden = [float(np.mean([row[name] for row in some])) for name in ("hidden_right", "hidden_control")]
        table.append(
            {"encoder": encoder, "line": line[0], "selectivity": line[0] - line[1], "with a hidden layer": hidden[0]}
            | {"its selectivity": hidden[0] - hidden[1]}
        )
    return table


def erasing() -> list[Row]:
    """Property and layer -> what a probe reads before and after, and how many answers stay, means over starts."""
    table = []
    stored = results.rows(FILE, "erasing")
    for what in dict.fromkeys(row["what"] for row in stored):
        some = [row for row in stored if row["what"] == what]
        for at, reading in enumerate(some[0]["rows"]):
            line: Row = {"property": what, "layer": reading["layer"]}
            for name in ("read", "read_after", "same_answers", "right"):
                line[name] = float(np.mean([row["rows"][at][name] for row in some]))
            table.append({**line, "commonest": float(np.mean([row["commonest"] for row in some]))})
    return table


def copiers() -> list[Row]:
    """Arm -> of each start the accuracy at the end, and with heads silenced."""
    rows = results.rows(FILE, "induction")
    table = []
    for arm in dict.fromkeys(row["arm"] for row in rows):
        some = [row for row in rows if row["arm"] == arm]
        line: Row = {"model": arm, "copied": [row["accuracy"][-1] for row in some]}
        if arm == "two layers":
            line["without its previous-token head"] = [row["silenced"][str([_before(row)])] for row in some]
            line["without both of layer 1"] = [row["silenced"][str([(1, 0), (1, 1)])] for row in some]
        table.append(line)
    return table


def _before(row: Row) -> tuple[int, int]:
    """The head of layer 0 that looks most at the token before, at the end."""
    scores = row["before"][-1][:2]
    return (0, scores.index(max(scores)))


def silenced() -> list[Row]:
    """How many heads of SmolLM2, and which -> bits of tokens that can be copied, that cannot, and of a text."""
    rows = results.rows(FILE, "silenced")
    table = []
    for how, n in dict.fromkeys((row["how"], row["n"]) for row in rows):
        some = [row for row in rows if (row["how"], row["n"]) == (how, n)]
        fields = {"copied": "copied_bits", "new": "new_bits", "Wikipedia": "text_bits"}
        table.append(
            {"silenced": "none" if not n else how, "heads": n}
            | {name: float(np.mean([row[field] for row in some])) for name, field in fields.items()}
            | {"copied, from": min(row["copied_bits"] for row in some), "to": max(row["copied_bits"] for row in some)}
        )
    return table


def handovers() -> list[Row]:
    """Pair and wording -> the last place of the stream at which the word decides, the first at which the end does."""
    rows = results.rows(FILE, "patching")
    return [
        {"pair": " / ".join(row["pair"]), "wording": row["wording"], "left": row["left"], "arrived": row["arrived"]}
        for row in rows
    ]


def mean_recovery() -> NDArray[np.float64]:
    """The mean over pairs of the recovery at the word that differs and at the last token, (stream places, 2)."""
    rows = [row for row in results.rows(FILE, "patching") if row["wording"] == "The capital of {} is"]
    maps = [np.array(row["recovery"]) for row in rows]
    return np.mean([m[:, [row["differs"], -1]] for row, m in zip(rows, maps, strict=True)], axis=0)


def carriers(n: int = 5) -> list[Row]:
    """The heads without which most of the preference is gone, means over pairs."""
    rows = results.rows(FILE, "carriers")
    left = np.mean([row["left"] for row in rows], axis=0)
    first = rows[0]["first_layer"]
    return [
        {"layer": first + int(at) // 9, "head": int(at) % 9, "preference left": float(left[at])}
        for at in np.argsort(left)[:n]
    ]


def found_features() -> list[Row]:
    """Price and size of a dictionary -> of each start the share of known features that it found; how many are on."""
    rows = results.rows(FILE, "dictionary")
    table = []
    for price, n in dict.fromkeys((row["penalty"], row["n_features"]) for row in rows):
        some = [row for row in rows if (row["penalty"], row["n_features"]) == (price, n)]
        table.append(
            {"price": price, "directions": n, "found": [row["found"] for row in some]}
            | {name: float(np.mean([row[name] for row in some])) for name in ("active", "truly_active", "explained")}
        )
    return table


def layer() -> list[Row]:
    """Encoder and price -> what a dictionary of one layer is worth."""
    names = ("encoder", "penalty", "explained", "active", "dead", "same_answers", "same_answers_without")
    return [{name: row[name] for name in names} for row in results.rows(FILE, "layer")]


def graphs() -> list[Row]:
    """Graph and model -> filtered MRR and Hits@10 on test, of each start, beside what was published."""
    rows, bars = results.rows(FILE, "graphs"), {row["graph"]: row for row in results.rows(FILE, "graph_bars")}
    table: list[Row] = []
    for name, kind in dict.fromkeys((row["graph"], row["kind"]) for row in rows):
        some = [row for row in rows if (row["graph"], row["kind"]) == (name, kind)]
        line: Row = {"graph": name, "model": kind, "MRR, three starts": [row["test_both_mrr"] for row in some]}
        line["Hits@10"] = float(np.mean([row["test_both_hits"] for row in some]))
        table.append({**line, "frequency alone": bars[name]["test_mrr"], **_beside(name, kind, some)})
    return table


def _beside(name: str, kind: str, rows: Sequence[Row]) -> Row:
    """What was published of a model on a graph, and ours by the same protocol; nothing, if nothing is known."""
    there = next((row for row in PUBLISHED if (row["graph"], row["model"]) == (name, kind)), None)
    if there is None:
        return {}
    ours = float(np.mean([row[f"test_{there['sides']}_mrr"] for row in rows]))
    of = f"{there['sides']}, {there['source']}"
    return {f"MRR of {there['sides']}": ours, "published": there["mrr"], "of": of}


def offsets() -> list[Row]:
    """Layer of SmolLM2 -> how often country + offset is nearest to its capital, beside two controls."""
    names = ("layer", "pairs", "nearest", "dealt_anew", "without_offset")
    return [{name: row[name] for name in names} for row in results.rows(FILE, "offsets")]


def shares() -> NDArray[np.float64]:
    """The shares of words at which curves were kept, (11,)."""
    return faithfulness.SHARES


def published() -> list[Mapping[str, Any]]:
    """Published figures, with the protocol beside each."""
    return list(PUBLISHED)
