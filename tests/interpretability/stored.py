"""Rows in the shape of `benchmarks/interpretability.py`, with made-up numbers, for what reads them."""

from __future__ import annotations

from typing import Any

from lessons.interpretability import faithfulness
from lessons.interpretability.attribution import METHODS

Row = dict[str, Any]
SEEDS = (0, 1, 2)


def _curves(method: str, kind: str) -> list[float]:
    steps = [round(0.9 - 0.05 * i, 2) for i in range(11)]
    return steps if kind == "deletion" else steps[::-1]


def _reading(layer: int) -> Row:
    return {"layer": layer, "read": 0.9, "read_after": 0.6, "same_answers": 1 - layer / 10, "right": 0.8}


def sections() -> dict[str, list[Row]]:
    """Every section of the results, small."""
    names = [*METHODS, "random"]
    return {
        "faithfulness": [
            {"seed": seed, "words": words, "way": way, "kind": kind, "texts": 4}
            | {"curves": {name: _curves(name, kind) for name in names}}
            | {"areas": {name: [0.5 - 0.1 * at + 0.01 * i for i in range(4)] for at, name in enumerate(names)}}
            for words in ("content", "all")
            for seed in SEEDS
            for way in ("mask", "remove")
            for kind in faithfulness.KINDS
        ],
        "sanity": [
            {"seed": seed, "n_layers": n, "correlation": dict.fromkeys(METHODS, 1 - n / 10)}
            for seed in SEEDS
            for n in (0, 2)
        ],
        "probes": [
            {"encoder": encoder, "seed": seed, "n": 10, "right": [0.7, 0.9], "control": [0.6, 0.6], "layer": 1}
            | {"hidden_right": 0.95, "hidden_control": 0.8, "known_words": 0.5}
            for encoder, seeds in (("MiniLM", (0,)), ("random weights", SEEDS))
            for seed in seeds
        ],
        "erasing": [
            {"what": what, "seed": seed, "everywhere": False, "commonest": 0.6}
            | {"rows": [_reading(layer) for layer in (0, 5)]}
            for what in ("praise or blame", "20 words or more")
            for seed in SEEDS
        ],
        "induction": [
            {"arm": arm, "seed": seed, "accuracy": [0.1, value], "before": [[0.1, 0.1, 0, 0], [0.1, 0.6, 0, 0]]}
            | {"silenced": {"[]": value, "[(0, 1)]": 0.3, "[(1, 0), (1, 1)]": 0.1, "[(0, 0)]": 0.9}}
            for arm, value in (("two layers", 0.99), ("one layer", 0.3))
            for seed in SEEDS
        ],
        "silenced": [
            {"how": how, "n": n, "draw": draw, "copied_bits": 5.0 + n + draw, "new_bits": 20.0, "text_bits": 4.0}
            for how, n, draw in (("strongest", 0, 0), ("strongest", 5, 0), ("at random", 5, 0), ("at random", 5, 1))
        ],
        "patching": [
            {"pair": ["France", "Italy"], "wording": wording, "differs": 1, "left": 0, "arrived": 1}
            | {"recovery": [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]}
            for wording in ("The capital of {} is", "another")
        ],
        "carriers": [{"pair": ["a", "b"], "gap": 9.0, "first_layer": 18, "left": [1.0] * 10 + [0.5] + [0.9] * 97}],
        "dictionary": [
            {"penalty": price, "n_features": 128, "seed": seed, "found": 0.5, "active": 2.5, "truly_active": 1.9}
            | {"explained": 0.9}
            for price in (0.1, 0.3)
            for seed in SEEDS
        ],
        "layer": [
            {"encoder": encoder, "penalty": 0.1, "explained": 0.8, "active": 30.0, "dead": 0.1, "same_answers": 0.95}
            | {
                "same_answers_without": 0.5,
                "examples": [{"feature": 3, "on": 9, "tokens": ["a", "b"], "commonest": 0.5}],
            }
            for encoder in ("08's classifier", "random weights")
        ],
        "graph_bars": [
            {"graph": graph, "validation_mrr": mrr, "test_mrr": mrr}
            for graph, mrr in (("nations", 0.4), ("kinships", 0.2))
        ],
        "graphs": [
            {"graph": graph, "kind": "DistMult", "seed": seed, "learning_rate": 0.1, "price": 0.0}
            | {f"test_{side}_{what}": 0.7 for side in ("both", "tail") for what in ("mrr", "hits")}
            for graph in ("nations", "kinships")
            for seed in SEEDS
        ],
        "offsets": [{"layer": 0, "pairs": 20, "nearest": 0.9, "dealt_anew": 0.1, "without_offset": 0.85}],
    }
