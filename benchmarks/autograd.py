"""The autograd engine and the optimisers of notebook 02, in two parts that may be named alone.

    pip install -e ".[bench]" -c constraints.txt
    python benchmarks/autograd.py [micrograd] [tuning] [--rounds 30]

micrograd: `Value` against micrograd's, forward, backward and both, on the same network, from the same weights,
interleaved. The network has 2 inputs, two layers of 16 ReLUs and one output; the loss is the one of micrograd's own
demo, a max-margin loss over a batch of two moons. Both compute the same gradients: that is asserted before the clock
starts. The two take turns; reported are the median of each and the median of the ratios of neighbours (micrograd /
ours: above 1, ours is faster) with their quartiles.

tuning: how much a wrong learning rate costs SGD, momentum and Adam. Each of 60 runs draws its own two moons (60 points
to train on, 440 to validate) and its own starting weights, so the runs are independent; the network is the notebook's,
2 inputs, 16 ReLUs, one output, 150 steps on all 60 points. All three see the same 60 pairs of data and start, and the
same 13 rates, half a power of ten apart. The best rate of an optimiser is the one with the lowest median validation
loss; it must not be the first or last. `cost` compares ten times less, and ten times more, with that rate run by run:
the geometric mean of the 60 ratios of losses, with a 95 % interval from 10,000 bootstrap samples of the runs. `pairs`
compares the costs of two optimisers on the same runs in the same way: an interval that holds 1 shows no
difference. The best rate is chosen on the losses that are then compared, so the costs may be a little high.

Writes benchmarks/results/autograd.json.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from importlib.metadata import version
from itertools import combinations
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import make_moons
from torch import Tensor

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


def against_micrograd(rounds: int) -> None:
    """Check that both agree, then let them take turns."""
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


# --- how much a wrong learning rate costs -----------------------------------------------------------------------------

RUNS, STEPS, HIDDEN, N_TRAIN, N_VALIDATION = 60, 150, 16, 60, 440
RATES = np.logspace(-4, 2, 13)
KINDS = {"SGD": gradients.SGD, "Momentum": gradients.Momentum, "Adam": gradients.Adam}


def moons() -> tuple[Tensor, Tensor]:
    """Points (runs, points, 2) and labels (runs, points, 1), those to train on first."""
    drawn = [make_moons(N_TRAIN + N_VALIDATION, noise=0.2, random_state=1000 + run) for run in range(RUNS)]
    points, labels = (torch.tensor(np.stack(part), dtype=torch.float64) for part in zip(*drawn, strict=True))
    return points, labels[..., None]


def starts() -> list[Tensor]:
    """Weights and biases of both layers for every rate and run, (rates, runs, from, to): equal over the rates."""
    nets = [gradients.MLP([2, HIDDEN, 1], seed=run) for run in range(RUNS)]
    found = []
    for layer in range(2):
        neurons = [net.layers[layer] for net in nets]
        weights = torch.tensor([[[w.data for w in n.weights] for n in row] for row in neurons], dtype=torch.float64)
        found += [weights.transpose(1, 2), torch.zeros(RUNS, 1, weights.shape[1], dtype=torch.float64)]
    return [one.expand(len(RATES), *one.shape).clone().requires_grad_() for one in found]


def losses(parameters: list[Tensor], points: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of each network, (rates, runs)."""
    first, first_bias, second, second_bias = parameters
    logits = torch.relu(points @ first + first_bias) @ second + second_bias
    return F.binary_cross_entropy_with_logits(logits, labels.expand_as(logits), reduction="none").mean((-1, -2))


def validation_losses(kind: type[gradients.SGD]) -> np.ndarray:
    """What each network reaches, (rates, runs): all at once, since every optimiser treats every number by itself."""
    points, labels = moons()
    parameters = starts()
    mover = kind(parameters, torch.tensor(RATES)[:, None, None, None])
    for _ in range(STEPS):
        mover.zero_grad()
        losses(parameters, points[:, :N_TRAIN], labels[:, :N_TRAIN]).sum().backward()
        mover.step()
    with torch.no_grad():
        found = losses(parameters, points[:, N_TRAIN:], labels[:, N_TRAIN:])
        return found.nan_to_num(nan=torch.inf).numpy()  # diverged


def ratio(logs: np.ndarray) -> dict[str, float | list[float]]:
    """The geometric mean of ratios, from their logarithms (runs,), and its bootstrap interval."""
    rng = np.random.default_rng(0)
    means = rng.choice(logs, size=(10_000, len(logs))).mean(1)
    low, high = np.exp(np.quantile(means, (0.025, 0.975)))
    return {"ratio": round(float(np.exp(logs.mean())), 3), "interval": [round(float(low), 3), round(float(high), 3)]}


def tuning() -> None:
    """Train everything, and store a row for each optimiser and rate, the costs, and the costs compared in pairs."""
    rows, costs, logs = [], [], {}
    for name, kind in KINDS.items():
        found = validation_losses(kind)
        for rate, mine in zip(RATES, found, strict=True):
            middle = np.quantile(mine, (0.25, 0.5, 0.75)).round(4).tolist()
            parts = dict(zip(("quartile_1", "median", "quartile_3"), middle, strict=True))
            rows.append({"optimizer": name, "learning_rate": float(rate), **parts})
        best = int(np.median(found, axis=1).argmin())
        assert 2 <= best < len(RATES) - 2, "the best rate is too near the edge of the grid"
        cost = {"optimizer": name, "best": float(RATES[best]), "loss": float(np.median(found[best]).round(4))}
        for direction, place in (("ten times less", best - 2), ("ten times more", best + 2)):
            logs[name, direction] = np.log(found[place]) - np.log(found[best])
            cost[direction] = ratio(logs[name, direction])
        costs.append(cost)
        print(cost)
    pairs = [
        {"pair": f"{one} / {other}", "direction": direction, **ratio(logs[one, direction] - logs[other, direction])}
        for direction in ("ten times less", "ten times more")
        for one, other in combinations(KINDS, 2)
    ]
    for pair in pairs:
        print(pair)
    settings = {"runs": RUNS, "steps": STEPS, "hidden": HIDDEN, "train": N_TRAIN, "validation": N_VALIDATION}
    results.save("autograd", "tuning", {**settings, "rows": rows, "costs": costs, "pairs": pairs})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], "micrograd", "tuning"], help="all, if none is named")
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    if not arguments.parts or "micrograd" in arguments.parts:
        against_micrograd(arguments.rounds)
    if not arguments.parts or "tuning" in arguments.parts:
        tuning()
