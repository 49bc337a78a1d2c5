"""Rows in the shape of `benchmarks/efficient_models.py`, with made-up numbers, for what reads them."""

from __future__ import annotations

from typing import Any

from lessons.efficient_models import quantization

Row = dict[str, Any]


def sections() -> dict[str, list[Row]]:
    """Every section of the results, small."""
    seeds = range(3)
    ways = ["as it is", *quantization.every_way()]
    return {
        "rounding": [
            {"way": way, "seed": seed, "validation": round(0.8 + seed / 100, 2), "same": 0.9, "moved": 0.1}
            for seed in seeds
            for way in ways
        ],
        "layers": [
            {"map": f"{i}.attention.query", "moved": 0.2, "logits": i / 10, "largest_input": 9.0, "usual_input": 1.0}
            for i in range(8)
        ],
        "dynamic": [
            {"batch": b, "tokens": 8, "milliseconds": 3.0, "least_milliseconds": 2.0, "times_as_fast": 1.5}
            for b in (1, 32)
        ],
        "dynamic_accuracy": [{"seed": seed, "validation": 0.8} for seed in seeds],
        "writing": [{"way": way, "bits": 4 + at / 10} for at, way in enumerate(ways)],
        "writing_speed": [{"what": "a token", "times_as_fast": 2.0, "predicted": 2.2, "megabytes": [538.0, 240.0]}],
        "pruning": _pruning(),
        "pruning_speed": [
            {
                "share": 0.5,
                "zeros_times_as_fast": 1.0,
                "sparse_times_as_fast": 0.3,
                "sparse_bytes": 9,
                "dense_bytes": 10,
            }
        ],
        "parts": _parts(),
        "parts_speed": [{"kind": "heads", "amount": 24, "times_as_fast": 1.2, "left": 0.8}],
        "distillation": _students(),
        "low_rank": _ranks(),
        "steps": [
            {"what": what, "step_ms": 400.0, "step_times_as_fast": 1.3, "forward_times_as_fast": 0.95, "trained": 10**5}
            | {"weights": 91e6, "gradients": 4e5, "optimizer": 8e5}
            for what in ("every weight", "rank 8")
        ],
        "adapters": [{"data": "film", "learning_rate": 3e-3, "validation": 0.8, "kilobytes": 298.0}],
        "choices": [
            {
                "name": name,
                "family": family,
                "accuracy": accuracy,
                "milliseconds": ms,
                "megabytes": mb,
                "command": "x()",
            }
            for name, family, accuracy, ms, mb in (
                ("as it is", "whole", 0.83, 6.0, 91.0),
                ("int8, in whole numbers", "rounded", 0.828, 2.8, 59.0),
                ("3 layers, from the teacher", "small", 0.8, 3.0, 69.0),
            )
        ],
    }


def _pruning() -> list[Row]:
    tried = [
        {"share": 0.65, "epochs": 1, "learning_rate": rate, "seed": 0, "validation": value}
        for rate, value in ((5e-5, 0.7), (1e-4, 0.72), (2e-4, 0.71))
    ]
    return tried + [
        {"share": share, "epochs": epochs, "learning_rate": 1e-4 * epochs, "seed": seed, "validation": 0.8 - share / 3}
        for seed in range(3)
        for share in (0.3, 0.65)
        for epochs in (0, 1)
        if (share, epochs, seed) != (0.65, 1, 0)
    ]


def _parts() -> list[Row]:
    rows = [{"epochs": 1, "learning_rate": 5e-5, "seed": 0, "validation": 0.7}]
    rows += [{"epochs": e, "learning_rate": 1e-4 * e, "seed": s, "validation": 0.75} for s in range(3) for e in (0, 1)]
    return [{"kind": "heads", "amount": 24, **row} for row in rows]


def _students() -> list[Row]:
    base = {"layers": 3, "arm": "teacher", "soft": 0.5}
    tried = [{**base, "temperature": t, "learning_rate": 1e-4, "seed": 0, "validation": t / 10} for t in (1.0, 2.0)]
    rest = [{**base, "temperature": 2.0, "learning_rate": 1e-4, "seed": s, "validation": 0.3} for s in (1, 2)]
    return tried + rest


def _ranks() -> list[Row]:
    rows = []
    for rank, where, rate in ((0, "every weight", 1e-4), (8, "query, value", 3e-3)):
        row = {"rank": rank, "where": where, "trained": 1000, "processor_s": 100.0}
        for seed, value, other in ((0, 0.7, rate / 2), (0, 0.8, rate), (1, 0.81, rate), (2, 0.82, rate)):
            curve = [[25, 10.0 + seed, 0.7], [50, 20.0 + seed, value + 0.01]]
            rows.append({**row, "learning_rate": other, "seed": seed, "validation": value, "curve": curve})
    return rows
