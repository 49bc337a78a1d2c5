"""Rows in the shape of `benchmarks/efficient_models.py`, with made-up numbers, for what reads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.efficient_models import quantization, studies

Row = dict[str, Any]


def right(share: float, seed: int = 0) -> str:
    """Which of 1,000 texts were right, with so large a share of them, as a row keeps it."""
    order = np.random.default_rng(seed).permutation(1000)
    return np.packbits(order < round(1000 * share)).tobytes().hex()


def judged(validation: float, seed: int = 0) -> Row:
    """What the script keeps of a model, made up."""
    bits = right(validation, seed)
    return {"validation": validation, "loss": 1 - validation, "right": bits, "test_right": bits}


def sections() -> dict[str, list[Row]]:
    """Every section of the results, small."""
    seeds = range(3)
    ways = [studies.WHOLE, *quantization.every_way()]
    return {
        "rounding": [
            {"way": way, "seed": seed, **judged(round(0.8 + seed / 100, 2), seed)}
            | {"moved": None if way == studies.INT8 else 0.1}
            for seed in seeds
            for way in [*ways, studies.INT8]
        ],
        "layers": [
            {"map": f"{i}.attention.query", "moved": 0.2, "logits": i / 10, "largest_input": 9.0, "usual_input": 1.0}
            for i in range(8)
        ],
        "dynamic": [
            {"batch": b, "tokens": 8, "milliseconds": 3.0, "least_milliseconds": 2.0, "times_as_fast": 1.5}
            for b in (1, 32)
        ],
        "writing": [
            {"way": way, "bits": 4 + at / 10, "blocks": [4 + at / 10 + i / 100 - 0.075 for i in range(16)]}
            for at, way in enumerate(ways)
        ],
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
        "speed": [
            {"kind": kind, "amount": amount, "int8": int8, "times_as_fast": fast, "left": left, "whole_ms": 6.0}
            for kind, amount, int8, fast, left in (
                ("layers", 0, False, 1.0, 1.0),
                ("layers", 0, True, 2.0, 1.0),
                ("layers", 3, False, 1.9, 0.5),
                ("heads", 24, False, 1.2, 0.8),
            )
        ],
        "distillation": _students(),
        "variations": [
            {"layers": 3, "arm": "teacher", "temperature": t, "soft": soft, "seed": seed, **judged(0.7 + seed / 100)}
            for t, soft in ((1.0, 1.0), (2.0, 0.5))
            for seed in seeds
        ],
        "low_rank": _ranks(),
        "steps": [
            {"what": what, "step_ms": 400.0, "step_times_as_fast": 1.3, "forward_times_as_fast": 0.95, "trained": 10**5}
            | {"weights": 91e6, "gradients": 4e5, "optimizer": 8e5}
            for what in ("every weight", "rank 8")
        ],
        "adapters": [{"data": "film", "learning_rate": 3e-3, "validation": 0.8, "kilobytes": 151.0}],
        "choices": [
            {"name": name, "family": family, "accuracy": accuracy, "megabytes": mb, "command": "x()"}
            | {"kind": "layers", "amount": amount, "int8": int8, "right": [right(accuracy, seed) for seed in seeds]}
            for name, family, accuracy, amount, int8, mb in (
                (studies.WHOLE, "whole", 0.83, 0, False, 91.0),
                (studies.INT8, "rounded", 0.828, 0, True, 59.0),
                ("3 layers, from labels", "small", 0.79, 3, False, 69.0),
                ("3 layers, from the teacher", "small", 0.8, 3, False, 69.0),
            )
        ],
    }


def _pruning() -> list[Row]:
    tried = [
        {"share": 0.65, "epochs": 1, "learning_rate": rate, "seed": 0, **judged(value)}
        for rate, value in ((5e-5, 0.7), (1e-4, 0.72), (2e-4, 0.71))
    ]
    rest = [
        {
            "share": share,
            "epochs": epochs,
            "learning_rate": 1e-4 * epochs,
            "seed": seed,
            **judged(0.8 - share / 3, seed),
        }
        for seed in range(3)
        for share in (0.0, 0.3, 0.65)
        for epochs in (0, 1)
        if (share, epochs, seed) != (0.65, 1, 0) and (share, epochs) != (0.0, 0)
    ]
    rows = [{"how": "smallest", **row} for row in [*tried, *rest]]
    return rows + [{**row, "how": "at random", "validation": 0.5} for row in rows if row["share"] == 0.3]


def _parts() -> list[Row]:
    rows = [{"kind": "heads", "epochs": 1, "learning_rate": 5e-5, "seed": 0, **judged(0.7)}]
    rows += [
        {"kind": kind, "epochs": e, "learning_rate": 1e-4 * e, "seed": s, **judged(0.75, s)}
        for kind in ("heads", "heads at random")
        for s in range(3)
        for e in (0, 1)
        if (kind, e) != ("heads at random", 1)
    ]
    return [{**row, "amount": 24} for row in rows]


def _students() -> list[Row]:
    rows: list[Row] = []
    for arm, soft, accuracy in (("labels", 0.0, 0.7), ("teacher", 1.0, 0.72)):
        base = {"layers": 3, "arm": arm, "temperature": 2.0, "soft": soft}
        rows += [{**base, "learning_rate": r, "seed": 0, **judged(accuracy)} for r in (1e-4, 2e-4)]
        rows += [{**base, "learning_rate": 1e-4, "seed": s, **judged(accuracy, s)} for s in (1, 2)]
    return rows


def _ranks() -> list[Row]:
    rows = []
    for rank, where, rate in ((0, "every weight", 1e-4), (1, "query, value", 3e-3), (8, "query, value", 3e-3)):
        row = {"rank": rank, "where": where, "trained": 1000, "training_s": 100.0, "alpha": 2 * rank}
        for seed, value, other in ((0, 0.7, rate / 2), (0, 0.8, rate), (1, 0.81, rate), (2, 0.82, rate)):
            curve = [] if rank == 1 else [[25, 10.0 + seed, 0.7], [50, 20.0 + seed, value + 0.01]]
            rows.append({**row, "learning_rate": other, "seed": seed, **judged(value, seed), "curve": curve})
    return rows
