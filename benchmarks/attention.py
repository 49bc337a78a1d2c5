"""Three studies of attention that are too long for a notebook.

    python benchmarks/attention.py [scaling] [cost] [pages] [--rounds 9] [--rates 0.03]

`scaling`: the recall task with scores divided by √dim, by 1 and by dim; sizes, learning rates, three seeds. And by 1
with the query map starting at 1/√dim of its size: scores start as if divided by √dim, but a step moves them as far as
if divided by nothing, so the two effects of scaling come apart. A seed gives every rule the same start and the same
scenes; the range over seeds says how much both matter, and nothing about other tasks. All five rates are shown, and no
rate is chosen: the test scenes are new, and nothing is tuned on them.
`cost`: where the time of a layer of hidden size 384 goes as texts get longer, with 2,048 tokens in every batch.
`pages`: how many fresh pages of memory the system hands out while the same pieces run (minor page faults). Linux's
glibc gives a table above 32 MiB back to the system when it is no longer used, and fetches it again the next time.
Writes benchmarks/results/attention.json. Times are given as shares and ratios of interleaved runs.
"""

from __future__ import annotations

import argparse
import itertools
import math
import mmap
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons import attention
from lessons.kit import results

SMALL_START = "1, small start"
DIVISORS: dict[str, Callable[[int], float]] = {
    "√dim": math.sqrt,
    "1": lambda dim: 1.0,
    "dim": float,
    SMALL_START: lambda dim: 1.0,
}
DIMS, STEPS, BATCH = (16, 64, 256), 150, 64
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
LENGTHS = (32, 64, 128, 256, 512, 1024, 2048)


def recall_model(dim: int, rule: str, seed: int) -> attention.AttentionRecall:
    """The model before training; the seed gives every rule the same weights, but for a smaller query map."""
    torch.manual_seed(seed)
    model = attention.AttentionRecall(dim, DIVISORS[rule](dim))
    if rule == SMALL_START:
        with torch.no_grad():
            for parameter in model.query.parameters():
                parameter.div_(math.sqrt(dim))
    return model


@torch.no_grad()
def score_size(dim: int, rule: str, seed: int) -> float:
    """Spread of the scores of a scene before training: their standard deviation, typical of 2,000 scenes."""
    model, scenes = recall_model(dim, rule, seed), attention.recall_scenes(2000, torch.Generator().manual_seed(1000))
    pairs = model.name(scenes.names) + model.colour(scenes.colours)  # (scenes, pairs, dim)
    question = model.query(model.name(scenes.asked))[:, None]  # (scenes, 1, dim)
    scores = (question @ model.key(pairs).transpose(1, 2))[:, 0] / model.divisor  # (scenes, pairs)
    return scores.var(-1).mean().sqrt().item()


def recall_accuracy(dim: int, rule: str, learning_rate: float, seed: int) -> float:
    """Share of 2,000 new scenes that are answered rightly after 150 steps of Adam."""
    model = recall_model(dim, rule, seed)
    optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    draw = torch.Generator().manual_seed(seed)
    for _ in range(STEPS):
        scenes = attention.recall_scenes(BATCH, draw)
        optimizer.zero_grad()
        F.cross_entropy(model(*scenes[:3])[0], scenes.answers).backward()
        optimizer.step()
    scenes = attention.recall_scenes(2000, torch.Generator().manual_seed(1000 + seed))
    with torch.no_grad():
        return (model(*scenes[:3])[0].argmax(-1) == scenes.answers).float().mean().item()


def scaling(rates: Sequence[float] = RATES) -> None:
    """Every size and rule at the learning rates, three seeds each; what is stored of other rates is kept."""
    stored = results.load("attention")["scaling"]["rows"] if tuple(rates) != RATES else []
    rows = [row for row in stored if row["learning_rate"] not in rates]
    for dim, learning_rate, rule in itertools.product(DIMS, rates, DIVISORS):
        found = [round(recall_accuracy(dim, rule, learning_rate, seed), 4) for seed in range(3)]
        rows.append({"dim": dim, "learning_rate": learning_rate, "divisor": rule, "accuracies": found})
        print(rows[-1], flush=True)
    rows.sort(key=lambda row: (row["dim"], row["learning_rate"], [*DIVISORS].index(row["divisor"])))
    starts = {
        dim: {rule: [round(score_size(dim, rule, seed), 3) for seed in range(3)] for rule in DIVISORS} for dim in DIMS
    }
    study = {"steps": STEPS, "batch": BATCH, "test_scenes": 2000, "score_size_before_training": starts, "rows": rows}
    results.save("attention", "scaling", study)


def parts(n_tokens: int, hidden_size: int, n_heads: int) -> dict[str, Callable[[], Tensor]]:
    """The pieces of one Transformer layer, each ready to run on 2,048 tokens in texts of n_tokens."""
    batch = 2048 // n_tokens
    x = torch.randn(batch, n_tokens, hidden_size)
    heads = attention.split_heads(x, n_heads)
    linears = [nn.Linear(hidden_size, hidden_size) for _ in range(4)]
    up, down = nn.Linear(hidden_size, 4 * hidden_size), nn.Linear(4 * hidden_size, hidden_size)

    def projections() -> Tensor:
        return torch.stack([linear(x).sum() for linear in linears])

    def pairs() -> Tensor:
        return attention.merge_heads(attention.scaled_dot_product_attention(heads, heads, heads)[0])

    def fused() -> Tensor:
        return attention.merge_heads(F.scaled_dot_product_attention(heads, heads, heads))

    def feed_forward() -> Tensor:
        return down(F.gelu(up(x)))

    return {"projections": projections, "pairs": pairs, "pairs, fused": fused, "feed-forward": feed_forward}


@torch.no_grad()
def cost(rounds: int, hidden_size: int = 384, n_heads: int = 12) -> None:
    """Interleave the parts and store the median of their times relative to the four projections."""
    rows = []
    for n_tokens in LENGTHS:
        jobs = parts(n_tokens, hidden_size, n_heads)
        ratios: dict[str, list[float]] = {name: [] for name in jobs}
        for round_number in range(rounds + 1):
            times = {}
            for name, job in jobs.items():
                start = time.perf_counter()
                job()
                times[name] = time.perf_counter() - start
            if round_number:  # the first round warms up
                for name in jobs:
                    ratios[name].append(times[name] / times["projections"])
        flops = attention.attention_flops(n_tokens, hidden_size)
        medians = {name: round(statistics.median(values), 3) for name, values in ratios.items()}
        rows.append({"n_tokens": n_tokens, "flop_ratio": flops.pairs / flops.projections, "time_ratios": medians})
        print(rows[-1], flush=True)
    sizes = {"hidden_size": hidden_size, "n_heads": n_heads, "tokens_in_a_batch": 2048}
    results.save("attention", "cost", {**sizes, "rounds": rounds, "threads": torch.get_num_threads(), "rows": rows})


def fresh_pages(job: Callable[[], Tensor]) -> int:
    """Pages of memory that the system hands out anew while a job runs: minor page faults of this process."""
    import resource  # Windows has none

    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    job()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@torch.no_grad()
def pages(rounds: int, hidden_size: int = 384, n_heads: int = 12) -> None:
    """Count fresh pages of the three lines and of the fused function, beside the size of one table of weights."""
    rows = []
    for n_tokens in LENGTHS:
        jobs = parts(n_tokens, hidden_size, n_heads)
        counted = {}
        for name in ("pairs", "pairs, fused"):
            counts = [fresh_pages(jobs[name]) for _ in range(rounds + 3)][3:]  # the first ones warm up
            counted[name] = statistics.median(counts)
        table = 2048 // n_tokens * n_heads * n_tokens**2 * 4  # bytes of all weights of a batch
        rows.append({"n_tokens": n_tokens, "weights_mib": table / 2**20, "fresh_pages": counted})
        print(rows[-1], flush=True)
    results.save("attention", "pages", {"page_bytes": mmap.PAGESIZE, "rounds": rounds, "rows": rows})


STUDIES = ("scaling", "cost", "pages")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", default=[*STUDIES], choices=STUDIES)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--rates", nargs="+", type=float, default=RATES)
    chosen = parser.parse_args()
    if "scaling" in chosen.studies:
        scaling(chosen.rates)
    if "cost" in chosen.studies:
        cost(chosen.rounds)
    if "pages" in chosen.studies:
        pages(chosen.rounds)
