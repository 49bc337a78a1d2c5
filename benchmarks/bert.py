"""Our BERT beside Hugging Face's, with MiniLM's weights: forward pass and training step, in turn, medians.

    python benchmarks/bert.py [--rounds 15]

Writes benchmarks/results/bert.json. Ratios below 1 mean that ours takes less time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from transformers import BertModel

from lessons.bert import BERT
from lessons.kit import pretrained, results

SHAPES = {"a batch of 32 x 64": (32, 64), "a batch of 16 x 24": (16, 24), "one sentence of 16": (1, 16)}
PEERS = ("sdpa", "eager")


def seconds(run: Callable[[], None]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def forward(model: torch.nn.Module, token_ids: torch.Tensor) -> None:
    """One pass without gradients, dropout off."""
    with torch.inference_mode():
        model.eval()(token_ids)


def training_step(model: torch.nn.Module, token_ids: torch.Tensor) -> None:
    """Forward and backward, dropout on."""
    output = model.train()(token_ids)
    pooled = output.pooled if hasattr(output, "pooled") else output.pooler_output
    pooled.square().mean().backward()
    model.zero_grad()


def main(rounds: int) -> None:
    """Interleave ours and theirs, print and store the median of the ratios."""
    models = {peer: BertModel.from_pretrained(pretrained.folder(), attn_implementation=peer) for peer in PEERS}
    models["ours"] = BERT.from_pretrained()
    table: dict[str, dict[str, float]] = {}
    for shape_name, shape in SHAPES.items():
        token_ids = torch.randint(1000, 30000, shape)
        for job in (forward, training_step):
            times: dict[str, list[float]] = {name: [] for name in models}
            for round_number in range(rounds + 2):
                for name, model in models.items():
                    taken = seconds(lambda job=job, model=model, token_ids=token_ids: job(model, token_ids))
                    if round_number > 1:  # the first two rounds warm up
                        times[name].append(taken)
            row = {"ours_ms": 1000 * statistics.median(times["ours"])}
            for peer in PEERS:
                pairs = zip(times["ours"], times[peer], strict=True)
                row[f"ratio_to_{peer}"] = statistics.median(a / b for a, b in pairs)
            table[f"{job.__name__}, {shape_name}"] = {key: round(value, 3) for key, value in row.items()}
            print(f"{job.__name__:14s} {shape_name:20s}", table[f"{job.__name__}, {shape_name}"], flush=True)
    results.save("bert", "speed", {"rounds": rounds, "threads": torch.get_num_threads(), "rows": table})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    main(parser.parse_args().rounds)
