"""What share of the machine's matrix-multiply rate does training reach?

    python benchmarks/throughput.py [--rounds 9]

The ceiling is measured, not looked up: float32 products of two 2048 x 2048 matrices. A training step is forward,
backward, clipping and AdamW. Its operations are counted by PyTorch (a multiplication and an addition are two) and cover
matrix products alone, so the rest of a step (softmax, GELU, norms, optimiser) shows up as a share below 100 %. Ceiling
and steps take turns; the shares are medians over rounds. Writes benchmarks/results/throughput.json.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from transformers import BertModel

from lessons.bert import BERT
from lessons.kit import pretrained, results
from lessons.transformer import Transformer

SIDE = 2048


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def step(model: nn.Module, loss: Callable[[], Tensor]) -> Callable[[], None]:
    """One training step: forward, backward, clipping, AdamW."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)

    def run() -> None:
        optimizer.zero_grad()
        loss().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return run


def steps() -> dict[str, Callable[[], None]]:
    """The trainings of the course, each as one step on random input of the size that the notebook uses."""
    ids = torch.randint(1000, 30000, (32, 64))
    ours, theirs = BERT.from_pretrained(), BertModel.from_pretrained(pretrained.folder())
    digits = nn.Sequential(
        nn.Linear(784, 512), nn.GELU(), nn.Dropout(0.5), nn.Linear(512, 256), nn.GELU(), nn.Linear(256, 10)
    )
    pixels, labels = torch.rand(64, 784), torch.randint(10, (64,))
    translator = Transformer(100, 12)
    texts, targets = torch.randint(2, 100, (64, 30)), torch.randint(12, (64, 10))
    return {
        "BERT 6 x 384 (MiniLM), 32 x 64 tokens, ours": step(ours, lambda: ours(ids).pooled.square().mean()),
        "BERT 6 x 384 (MiniLM), 32 x 64 tokens, Hugging Face": step(
            theirs, lambda: theirs(ids).pooler_output.square().mean()
        ),
        "translator of dates, 64 pairs": step(
            translator, lambda: F.cross_entropy(translator(texts, targets).flatten(0, 1), targets.flatten())
        ),
        "digits 784-512-256-10, 64 pictures": step(digits, lambda: F.cross_entropy(digits(pixels), labels)),
    }


def main(rounds: int) -> None:
    """Interleave the ceiling and every step; print and store the medians."""
    torch.manual_seed(0)
    a, b = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    jobs = steps()
    operations = {}
    for name, run in jobs.items():
        with FlopCounterMode(display=False) as counter:
            run()
        operations[name] = counter.get_total_flops()
    ceiling: list[float] = []
    rates: dict[str, list[float]] = {name: [] for name in jobs}
    for round_number in range(rounds + 2):
        peak = 2 * SIDE**3 / seconds(lambda: a @ b)
        measured = {name: operations[name] / seconds(run) for name, run in jobs.items()}
        if round_number > 1:  # the first two rounds warm up
            ceiling.append(peak)
            for name, rate in measured.items():
                rates[name].append(rate)
    rows = {
        name: {
            "gflop_a_step": round(operations[name] / 1e9, 3),
            "gflop_a_second": round(statistics.median(rates[name]) / 1e9, 1),
            "share_of_ceiling": round(statistics.median(r / c for r, c in zip(rates[name], ceiling, strict=True)), 3),
        }
        for name in jobs
    }
    for name, row in rows.items():
        print(f"{name:52s} {row['gflop_a_second']:7.1f} GFLOP/s  {row['share_of_ceiling']:.0%}", flush=True)
    values = {"rounds": rounds, "threads": torch.get_num_threads(), "rows": rows}
    results.save(
        "throughput", "training", {"ceiling_gflop_a_second": round(statistics.median(ceiling) / 1e9, 1), **values}
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    main(parser.parse_args().rounds)
