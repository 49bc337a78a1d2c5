"""`Value` against micrograd's: forward, backward and both, on the same network, from the same weights, interleaved.

    pip install -e ".[bench]" -c constraints.txt
    python benchmarks/autograd.py [--rounds 30]

The network has 2 inputs, two layers of 16 ReLUs and one output; the loss is the one of micrograd's own demo, a
max-margin loss over a batch of two moons. Both compute the same gradients: that is asserted before the clock starts.
The two take turns; reported are the median of each and the median of the ratios of neighbours (micrograd / ours: above
1, ours is faster) with their quartiles. Writes benchmarks/results/autograd.json.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from importlib.metadata import version
from typing import Any

from lessons import gradients
from lessons.kit import results

SIZES = [2, 16, 16, 1]
BATCH = 20


def twins() -> tuple[Any, Any]:
    """Our network and micrograd's, with the same weights."""
    try:
        from micrograd import nn
    except ImportError:
        sys.exit('micrograd is missing. Install it with: pip install -e ".[bench]" -c constraints.txt')
    ours, theirs = gradients.MLP(SIZES), nn.MLP(SIZES[0], SIZES[1:])
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        other.data = mine.data
    return ours, theirs


def loss(network: Any, inputs: list[list[float]], signs: list[int]) -> Any:
    """mean(relu(1 − sign score)) over the batch; the same code for both."""
    scores = [_only(network(row)) for row in inputs]
    margins = [(1 + -sign * score).relu() for sign, score in zip(signs, scores, strict=True)]
    return sum(margins) * (1.0 / len(margins))


def _only(output: Any) -> Any:
    return output[0] if isinstance(output, list) else output


def seconds(network: Any, inputs: list[list[float]], signs: list[int]) -> dict[str, float]:
    """Wall seconds of one forward and one backward pass, the garbage of earlier rounds collected before."""
    for parameter in network.parameters():
        parameter.grad = 0.0
    gc.collect()
    start = time.perf_counter()
    total = loss(network, inputs, signs)
    middle = time.perf_counter()
    total.backward()
    end = time.perf_counter()
    return {"forward": middle - start, "backward": end - middle, "both": end - start}


def main(rounds: int) -> None:
    """Check that both agree, then let them take turns."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(BATCH, noise=0.1, random_state=0)
    inputs, signs = points.tolist(), (2 * labels - 1).tolist()
    ours, theirs = twins()
    seconds(ours, inputs, signs), seconds(theirs, inputs, signs)
    differences = [
        abs(mine.grad - other.grad) for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True)
    ]
    assert any(parameter.grad for parameter in ours.parameters())
    assert max(differences) < 1e-12, max(differences)

    taken: dict[str, list[dict[str, float]]] = {"ours": [], "micrograd": []}
    for turn in range(rounds):
        pair = [("ours", ours), ("micrograd", theirs)]
        for name, network in pair if turn % 2 else reversed(pair):
            taken[name].append(seconds(network, inputs, signs))

    table: dict[str, Any] = {}
    for part in ("forward", "backward", "both"):
        mine, other = ([row[part] for row in taken[name]] for name in ("ours", "micrograd"))
        quartiles = statistics.quantiles([b / a for a, b in zip(mine, other, strict=True)], n=4)
        table[part] = {
            "ours_ms": round(1000 * statistics.median(mine), 2),
            "micrograd_ms": round(1000 * statistics.median(other), 2),
            "ratio_quartiles": [round(value, 2) for value in quartiles],
        }
        print(f"{part:9s} {table[part]}")
    nodes = len(gradients.topological_order(loss(ours, inputs, signs)))
    results.save(
        "autograd",
        "micrograd",
        {
            "sizes": SIZES,
            "batch": BATCH,
            "parameters": len(ours.parameters()),
            "nodes": nodes,
            "rounds": rounds,
            "largest_difference": max(differences),
            "micrograd": version("micrograd"),
            **table,
        },
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    main(parser.parse_args().rounds)
