"""The longer runs of notebook 10: learning rates, three starts, a longer training, sizes, WikiText-2, speed.

    python benchmarks/gpt.py choose      learning rates of AdamW and Muon, on validation plays, one start
    python benchmarks/gpt.py starts      three starts of each, validation and test plays
    python benchmarks/gpt.py longer      four times as many steps, one start
    python benchmarks/gpt.py sizes       widths and amounts of text: a scaling law in small; can be broken off
    python benchmarks/gpt.py wikitext    the same model on WikiText-2
    python benchmarks/gpt.py speed       training and writing against Hugging Face, interleaved; needs a quiet machine

`speed` also says which share of the measured matrix-multiply rate our training step reaches, as throughput.py does.

Each writes its section of benchmarks/results/gpt.json. Learning rates are tried upwards and downwards until the best
has a worse neighbour on both sides; beside Muon, AdamW keeps the rate of `recipe` for embeddings and vectors.
Everything is chosen on the validation plays; the test plays are opened by `starts` alone.
What varies between starts is the first weights and the batches.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from lessons.gpt import GPT, GREEDY, Chunks, GPTConfig, bits, causal_loss, generate, muon_and_adamw, recipe
from lessons.kit import results
from lessons.kit.datasets import wikitext
from lessons.kit.training import adamw, fit
from lessons.tokens import BytePairTokenizer

SEEDS = (0, 1, 2)
WIDTHS = (32, 64, 96, 128)
SHARES = (1 / 64, 1 / 16, 1 / 4, 1)  # of the training text


def tuned(cost: Callable[[float], float], middle: float, factor: float = 2.0) -> dict[float, float]:
    """Cost (less is better) by learning rate; the grid grows until its best value is not at an edge."""
    found = {each: cost(each) for each in (middle / factor, middle, middle * factor)}
    while (best := min(found, key=lambda each: found[each])) in (min(found), max(found)):
        further = best / factor if best == min(found) else best * factor
        found[further] = cost(further)
    return dict(sorted(found.items()))


def cost(seed: int = 0, steps: int = recipe.STEPS, **settings: float | None) -> float:
    """Bits per character of the validation plays after a training."""
    model, _ = recipe.train(seed, steps, progress=False, **settings)
    found = recipe.bits_per_character(model)
    print(seed, steps, settings, round(found, 4), flush=True)
    return found


def choose() -> None:
    """AdamW alone; then Muon, with AdamW's learning rate for the rest."""
    alone = tuned(lambda rate: cost(muon=None, learning_rate=rate), 3e-3)
    both = tuned(lambda rate: cost(muon=rate), 4.8e-2)
    rows = [{"optimizer": "AdamW", "learning rate": rate, "bits": found} for rate, found in alone.items()]
    rows += [{"optimizer": "Muon", "learning rate": rate, "bits": found} for rate, found in both.items()]
    results.save("gpt", "choose", {"steps": recipe.STEPS, "seed": 0, "rows": rows})


def chosen(optimizer: str) -> float:
    """The learning rate that `choose` found best."""
    rows = results.rows("gpt", "choose", optimizer=optimizer)
    return min(rows, key=lambda row: row["bits"])["learning rate"]


def starts() -> None:
    """Three starts of each optimizer, with its own learning rate."""
    arms = {"AdamW": {"muon": None, "learning_rate": chosen("AdamW")}, "Muon": {"muon": chosen("Muon")}}
    rows = []
    for name, settings in arms.items():
        for seed in SEEDS:
            model, history = recipe.train(seed, progress=False, **settings)
            found = {split: recipe.bits_per_character(model, split) for split in ("validation", "test")}
            rows.append({"optimizer": name, "seed": seed, "last_loss": statistics.mean(history.loss[-50:]), **found})
            print(rows[-1], flush=True)
            results.save("gpt", "starts", {"steps": recipe.STEPS, "rows": rows})


def longer() -> None:
    """Four times as many steps."""
    steps = 4 * recipe.STEPS
    found = cost(0, steps, muon=chosen("Muon"))
    results.save("gpt", "longer", {"rows": [{"steps": steps, "seed": 0, "bits": found}]})


def sizes() -> None:
    """Widths with all of the text; shares of the text with the largest width; three starts each. Can be broken off."""
    rows = stored("sizes")
    for width in WIDTHS:
        config = recipe.config(width)
        inside = sum(p.numel() for layer in GPT(config).layers for p in layer.parameters())
        for seed in SEEDS:
            if not any(row.get("hidden_size") == width and row["seed"] == seed for row in rows):
                found = first_bits(seed) if width == max(WIDTHS) else cost(seed, muon=chosen("Muon"), sizes=config)
                place = {"kind": "width", "hidden_size": width, "parameters": inside, "seed": seed}
                save_sizes(rows := [*rows, {**place, "bits": found}])
    for share in SHARES:
        if not any(row.get("share") == share for row in rows):
            save_sizes(rows := [*rows, data_row(share)])


def stored(section: str) -> list[dict[str, Any]]:
    """The rows of a section so far."""
    try:
        return results.rows("gpt", section)
    except (FileNotFoundError, ValueError):
        return []


def save_sizes(rows: list[dict[str, Any]]) -> None:
    """The rows in order, and the law that those widths show of which every start is there."""
    rows = sorted(rows, key=lambda row: (row["kind"] == "text", row.get("hidden_size", 0), row.get("share", 0)))
    results.save("gpt", "sizes", {"steps": recipe.STEPS, "rows": rows, "fit": power_law(rows)})


def first_bits(seed: int) -> float:
    """What `starts` found for the largest width."""
    return results.rows("gpt", "starts", optimizer="Muon", seed=seed)[0]["validation"]


def data_row(share: float) -> dict[str, Any]:
    """A training on the first part of the text alone, with as many steps: passes over it grow. All of it is stored."""
    text = torch.cat(recipe.token_ids("train"))
    part = text[: int(share * len(text))]
    seen = recipe.STEPS * recipe.BATCH_SIZE * recipe.CONTEXT / len(part)
    row = {"kind": "text", "share": share, "tokens": len(part), "passes": seen}
    if share == 1:
        first = results.rows("gpt", "starts", optimizer="Muon", seed=0)[0]
        return {**row, "bits": first["validation"], "last_loss": first["last_loss"]}
    torch.manual_seed(0)
    model = GPT(recipe.config())
    optimizer = muon_and_adamw(model, recipe.LEARNING_RATE, chosen("Muon"), recipe.WEIGHT_DECAY)
    chunks = Chunks(part, recipe.CONTEXT, recipe.BATCH_SIZE, recipe.STEPS)
    history = fit(model, chunks, causal_loss, optimizer=optimizer, warmup=recipe.WARMUP, progress=False)
    found = recipe.bits_per_character(model)
    print(share, found, flush=True)
    return {**row, "bits": found, "last_loss": statistics.mean(history.loss[-50:])}


def power_law(rows: list[dict[str, Any]]) -> dict[str, float]:
    """The exponent a in bits ~ parameters^-a: a line through the logarithms for each start, their mean and 95 %.

    The interval (Student's t) holds for other first weights and batches, and for nothing else. Empty for one width.
    """
    widths = Counter(row["parameters"] for row in rows if row["kind"] == "width")
    whole = [row for row in rows if widths.get(row.get("parameters"), 0) == len(SEEDS)]
    if len({row["parameters"] for row in whole}) < 2:
        return {}
    exponents = []
    for seed in SEEDS:
        own = [row for row in whole if row["seed"] == seed]
        x, y = (np.log([row[key] for row in own]) for key in ("parameters", "bits"))
        exponents.append(-float(np.polyfit(x, y, 1)[0]))
    mean, half = results.mean_interval(exponents)
    return {"exponent": mean, "low": mean - half, "high": mean + half}


def on_wikitext() -> None:
    """The same model and training on WikiText-2, its own vocabulary of 1,024; perplexity per word, as published."""
    corpus = wikitext()
    tokenizer = BytePairTokenizer.train(corpus.train[:120], recipe.VOCAB_SIZE)  # a fifth of the articles suffices
    text = torch.cat([torch.tensor(tokenizer.encode(article)) for article in corpus.train])
    torch.manual_seed(0)
    model = GPT(recipe.config())
    optimizer = muon_and_adamw(model, recipe.LEARNING_RATE, chosen("Muon"), recipe.WEIGHT_DECAY)
    chunks = Chunks(text, recipe.CONTEXT, recipe.BATCH_SIZE, recipe.STEPS)
    fit(model, chunks, causal_loss, optimizer=optimizer, warmup=recipe.WARMUP, progress=False)
    whole = "".join(corpus.validation)
    spent = sum(bits(model, torch.tensor(tokenizer.encode(article))).sum().item() for article in corpus.validation)
    words = sum(len(line.split()) + 1 for line in whole.split("\n"))  # and the end of each line, empty ones too
    tokens = sum(len(tokenizer.encode(article)) for article in corpus.validation)
    row = {"steps": recipe.STEPS, "bits_per_character": spent / len(whole), "words": words, "tokens": tokens,
           "perplexity_per_token": 2 ** (spent / tokens), "perplexity_per_word": 2 ** (spent / words)}  # fmt: skip
    print(row)
    results.save("gpt", "wikitext", {"split": "validation", "rows": [row]})


# --- speed ------------------------------------------------------------------------------------------------------------


def seconds(run: Callable[[], object], repeat: int = 1) -> float:
    """Wall time of one call, the mean over some."""
    start = time.perf_counter()
    for _ in range(repeat):
        run()
    return (time.perf_counter() - start) / repeat


def speed(rounds: int = 15) -> None:
    """One training step (4 x 128, context 64, batch 12, vocabulary 1,024) and 200 tokens with a cache, interleaved."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    sizes = GPTConfig(1024, 128, 4, 4, 256, dropout=0.0)
    ours = GPT(sizes)
    theirs = GPT2LMHeadModel(
        GPT2Config(vocab_size=1024, n_positions=256, n_embd=128, n_layer=4, n_head=4, bos_token_id=0, eos_token_id=0,
                   resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    )  # fmt: skip
    chunks = torch.randint(1024, (12, 65))
    inputs, targets = chunks[:, :-1].contiguous(), chunks[:, 1:]
    optimizers = adamw(ours, 1e-3), torch.optim.AdamW(theirs.parameters(), lr=1e-3)

    def our_step() -> None:
        optimizers[0].zero_grad()
        causal_loss(ours, (inputs, targets)).backward()
        optimizers[0].step()

    def their_step() -> None:
        optimizers[1].zero_grad()
        logits = theirs(inputs).logits
        F.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
        optimizers[1].step()

    start, settings = torch.tensor([[1]]), {"max_new_tokens": 200, "do_sample": False, "eos_token_id": None}
    jobs = {
        "training step": (our_step, their_step, 5),
        "200 tokens": (lambda: generate(ours, [1], 200, GREEDY), lambda: write(theirs, start, settings), 1),
    }
    rows = []
    for name, (mine, other, repeat) in jobs.items():
        mine(), other()
        pairs = [(seconds(mine, repeat), seconds(other, repeat)) for _ in range(rounds)]
        ratios = [b / a for a, b in pairs]
        ours_ms, theirs_ms = (1000 * statistics.median(each) for each in zip(*pairs, strict=True))
        spread = {"ratio": statistics.median(ratios), "quartiles": list(np.quantile(ratios, [0.25, 0.75]))}
        rows.append({"name": name, "ours_ms": ours_ms, "theirs_ms": theirs_ms, **spread})
        print(rows[-1])
    rows.append(share_row(our_step, rounds))
    rows += cache_rows(ours)
    results.save("gpt", "speed", {"rounds": rounds, "threads": torch.get_num_threads(), "rows": rows})


def share_row(step: Callable[[], None], rounds: int, side: int = 2048) -> dict[str, Any]:
    """Operations a second of a training step, over those of a float32 product of two large matrices, in turns.

    PyTorch counts the step's matrix products alone, so norms, softmax, GELU and the optimizer lower the share.
    """
    a, b = torch.rand(side, side), torch.rand(side, side)
    with FlopCounterMode(display=False) as counter:
        step()
    operations, steps = counter.get_total_flops(), 5
    seconds(lambda: a @ b)  # warms up
    pairs = [(2 * side**3 / seconds(lambda: a @ b), operations / seconds(step, steps)) for _ in range(rounds)]
    ceiling, reached = (statistics.median(each) / 1e9 for each in zip(*pairs, strict=True))
    row = {"name": "share of the matrix-multiply rate", "gflop_a_step": operations / 1e9, "ceiling_gflop": ceiling,
           "reached_gflop": reached, "share": statistics.median(r / c for c, r in pairs)}  # fmt: skip
    print(row)
    return row


def write(model: torch.nn.Module, start: torch.Tensor, settings: dict[str, Any]) -> None:
    """Hugging Face's greedy text, in evaluation mode."""
    model.eval()
    model.generate(start, pad_token_id=0, **settings)  # type: ignore[operator]
    model.train()


def cache_rows(model: GPT, rounds: int = 5) -> list[dict[str, Any]]:
    """The same text with and without the cache, at several lengths."""
    rows = []
    for n in (25, 50, 100, 200):
        ways = [partial(generate, model, [1], n, GREEDY, cached=cached) for cached in (True, False)]
        times = [[seconds(way) for way in ways] for _ in range(rounds)]
        quick, slow = (statistics.median(each) for each in zip(*times, strict=True))
        rows.append({"name": "cache", "tokens": n, "with_ms": 1000 * quick, "without_ms": 1000 * slow})
        print(rows[-1])
    return rows


PARTS = {
    "choose": choose,
    "starts": starts,
    "longer": longer,
    "sizes": sizes,
    "wikitext": on_wikitext,
    "speed": speed,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=PARTS)
    for name in parser.parse_args().what:
        PARTS[name]()
