"""The longer runs of notebook 15: memory, one machine, two processes, data, mixtures, contamination.

    python benchmarks/scaling.py memory         peaks, predicted and counted, kept and recomputed (2)
    python benchmarks/scaling.py machine        accumulation, recomputing, bf16, fp16, compile: times here (9)
    python benchmarks/scaling.py processes      a step with one and with two processes, and what was foretold (4)
    python benchmarks/scaling.py data           a GPT on clean, dirty and cleaned text (32)
    python benchmarks/scaling.py mixtures       plays and articles in five shares (12)
    python benchmarks/scaling.py contamination  test articles in the training text (7)

In brackets are minutes, estimated for one busy core: 66 in all. "machine" and "processes" want two quiet cores; what
they report are ratios of runs that take turns. Each writes its sections of benchmarks/results/scaling.json. Every run
is a row that is not made again, so it may be cut off and go on later: `--minutes` stops it by itself and exits with 3.
`--quick` tries each on little and writes nothing.

The GPT is 10's: 4 layers of 128, a byte-pair vocabulary of 1,024, chunks of 64, 16 of them in a batch, and Muon. Every
arm of "data" sees as many tokens, 256 batches, whatever its text holds. One control sees half as many: it reads the
clean half as often as the dirty arm does, without the dirt between. What it loses is the price of the room that dirt
takes, and what the dirty arm loses beyond that is harm.

Muon's learning rate is chosen for each arm by itself on the validation articles, from a grid that grows by factors of 2
until the best is not at its edge; these trials, from a start of their own, stand in "data learning_rate". Then three
other starts are trained and read the test articles once. Bits are those of each article by itself, so that two arms can
be compared article by article, and their mean. "mixtures" and "contamination" take the rate of the clean arm and choose
nothing, so they read test texts. Held-out text is clean: of 20 articles the first 6 paragraphs.

The clean text has at most three paragraphs of an article, so that more text is more articles. It is short, so that the
whole is read twice and its half four times. The dirt is made by `lessons.scaling.quality.dirtied`, of the clean half
and a few paragraphs more; half of the dirty text is dirt, by characters. The filter learns from dirt that was made of
other articles in the same way: it knows what to look for.

With two processes, forward and back are foretold to take half as long, AdamW's step as long as before, and every tensor
of gradients has a sum of its own over the line, whose latency and bandwidth are measured in the same run.
"""

from __future__ import annotations

import copy
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from lessons.gpt import GPT, Chunks, GPTConfig, bits, causal_loss, muon_and_adamw, recipe
from lessons.kit.datasets import shakespeare, wikitext
from lessons.kit.studies import Study, main
from lessons.kit.training import adamw, fit
from lessons.scaling import accumulated, layer_by_layer, peak_bytes, processes, quality
from lessons.scaling.account import of_gpt, predicted_peak, training_operations
from lessons.scaling.simulator import Line
from lessons.tokens import BytePairTokenizer

NAME = "scaling"
SEEDS = (0, 1, 2)
TRIAL = 9  # the start from which learning rates are tried
STEPS = 256
GRID = (2.4e-2, 4.8e-2, 9.6e-2)  # Muon's learning rate; 10 chose 4.8e-2 for 600 steps
Row = dict[str, Any]

# --- memory -----------------------------------------------------------------------------------------------------------

SHAPES = (  # vocabulary, d, layers, heads, tokens, batch
    (1024, 128, 4, 4, 64, 16), (1024, 128, 4, 4, 64, 64), (1024, 256, 4, 8, 64, 16), (1024, 128, 12, 4, 64, 16),
    (8192, 128, 4, 4, 64, 16), (1024, 128, 4, 4, 256, 4), (256, 256, 6, 8, 32, 4),
)  # fmt: skip


def prepared(config: GPTConfig, batch_size: int, recompute: bool) -> tuple[Callable[[], None], list[Tensor]]:
    """A training step on random text, and what is held before it."""
    torch.manual_seed(0)
    model = GPT(config)
    optimizer = adamw(model, 1e-3)
    inputs, targets = torch.randint(config.vocab_size, (2, batch_size, config.max_length))

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(layer_by_layer(model, inputs, recompute).flatten(0, 1), targets.flatten()).backward()
        optimizer.step()

    step()
    optimizer.zero_grad()
    state = (each for held in optimizer.state.values() for each in held.values())
    return step, [*model.parameters(), *state]


def memory(run: Study) -> None:
    """Counted and predicted peaks of a step."""

    def work(row: Row) -> Row:
        vocab_size, d, layers, heads, tokens, batch = row["shape"]
        config = GPTConfig(vocab_size, d, layers, heads, tokens, dropout=0.0)
        step, held = prepared(config, batch, row["recomputed"])
        found = predicted_peak(config, batch, tokens, row["recomputed"])
        return {"parameters": of_gpt(config).parameters, "counted": peak_bytes(step, held), **found._asdict()}

    wanted = [{"shape": list(shape), "recomputed": on} for shape in run.some(SHAPES, 2) for on in (False, True)]
    run.rows("memory", wanted, work)


# --- one machine ------------------------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def turns(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each job in each round; they take turns, and a first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for number in range(rounds + 1):
        for name, job in jobs.items():
            spent = seconds(job)
            if number:
                times[name].append(spent)
    return times


def steps_of(model: GPT, inputs: Tensor, targets: Tensor) -> dict[str, Callable[[], object]]:
    """One training step of the same model in several ways; each has its own optimizer's state."""
    plain = copy.deepcopy(model)
    compiled = torch.compile(copy.deepcopy(model))

    def stepping(owner: torch.nn.Module, work: Callable[[torch.nn.Module], object]) -> Callable[[], None]:
        optimizer = adamw(owner, 1e-4)

        def step() -> None:
            optimizer.zero_grad()
            work(owner)
            optimizer.step()

        return step

    def loss(logits: Tensor) -> Tensor:
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def lower(dtype: torch.dtype) -> Callable[[torch.nn.Module], object]:
        def work(owner: torch.nn.Module) -> None:
            with torch.autocast("cpu", dtype=dtype):
                value = loss(owner(inputs))
            value.backward()

        return work

    n = len(inputs)
    pieces = list(zip(inputs.split(n // 4), targets.split(n // 4), strict=True))
    return {
        "as it is": stepping(plain, lambda m: loss(m(inputs)).backward()),
        "four pieces": stepping(copy.deepcopy(model), lambda m: accumulated(m, pieces, causal_loss, [n // 4] * 4)),
        "recomputed": stepping(copy.deepcopy(model), lambda m: loss(layer_by_layer(m, inputs)).backward()),  # type: ignore[arg-type]
        "bf16 autocast": stepping(copy.deepcopy(model), lower(torch.bfloat16)),
        "fp16 autocast": stepping(copy.deepcopy(model), lower(torch.float16)),
        "compiled": stepping(compiled, lambda m: loss(m(inputs)).backward()),  # type: ignore[arg-type]
    }


def machine(run: Study) -> None:
    """Times of a step in several ways, over that of the plain one; and the rate that a plain one reaches."""
    os.environ["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"  # what an earlier run compiled would be found again

    def work(row: Row) -> Row:
        config = GPTConfig(1024, row["hidden_size"], 4, 4, 64, dropout=0.0)
        torch.manual_seed(0)
        inputs, targets = torch.randint(1024, (2, 16, 64))
        jobs = steps_of(GPT(config), inputs, targets)
        if run.quick:
            jobs.pop("compiled")
        first = {"compile_s": seconds(jobs["compiled"])} if "compiled" in jobs else {}
        a = torch.rand(1024, 1024)
        times = turns({**jobs, "product": lambda: a @ a}, run.size(9, 1))
        medians = {name: statistics.median(values) for name, values in times.items()}
        ratios = {
            name: statistics.median(s / p for s, p in zip(times[name], times["as it is"], strict=True)) for name in jobs
        }
        units = [name for name, on in torch.cpu.get_capabilities().items() if on and name.endswith(("bf16", "fp16"))]
        operations = 16 * training_operations(of_gpt(config))
        shares = [operations / s / (2 * 1024**3 / p) for s, p in zip(times["as it is"], times["product"], strict=True)]
        return {**first, "times": ratios, "seconds": medians, "threads": torch.get_num_threads(), "units": units,
                "share_of_ceiling": statistics.median(shares)}  # fmt: skip

    run.rows("machine", [{"hidden_size": d} for d in run.some((128, 384))], work)


# --- two processes ----------------------------------------------------------------------------------------------------

WORKER = """
import json, os, statistics, time
import torch
from lessons.gpt import GPT, GPTConfig, causal_loss
from lessons.kit.training import adamw
from lessons.scaling import processes

with processes.group() as rank:
    n = torch.distributed.get_world_size()
    torch.manual_seed(0)
    model = GPT(GPTConfig(1024, int(os.environ["D"]), 4, 4, 64, dropout=0.0))
    if n > 1:
        processes.share_gradients(model)
    optimizer = adamw(model, 1e-4)
    batch = torch.randint(1024, (2, 16, 64))
    inputs, targets = processes.my_share(batch[0]), processes.my_share(batch[1])
    row = torch.zeros(sum(p.numel() for p in model.parameters()))
    times, moves, sums, little = [], [], [], []
    for step in range(int(os.environ["ROUNDS"]) + 2):
        torch.distributed.barrier()
        start = time.perf_counter()
        optimizer.zero_grad()
        causal_loss(model, (inputs, targets)).backward()
        middle = time.perf_counter()
        optimizer.step()
        times.append(time.perf_counter() - start)
        moves.append(time.perf_counter() - middle)
        for found, tensor in ((sums, row), (little, row[:1])):
            torch.distributed.barrier()
            start = time.perf_counter()
            torch.distributed.all_reduce(tensor)
            found.append(time.perf_counter() - start)
    if not rank:
        found = [statistics.median(each[2:]) for each in (times, moves, sums, little)]
        sizes = [4 * p.numel() for p in model.parameters()]
        print(json.dumps(dict(zip(("step_s", "move_s", "sum_s", "little_s"), found), sizes=sizes)))
    del model, optimizer
"""


def two_processes(run: Study) -> None:
    """A step of one process, and of two with half of the batch each, which is foretold from the first."""

    def work(row: Row) -> Row:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "worker.py"
            script.write_text(WORKER)
            os.environ |= {"D": str(row["hidden_size"]), "ROUNDS": str(run.size(20, 1))}
            one, two = (json.loads(processes.launch(script, n, seconds=500)) for n in (1, 2))
        total = sum(two["sizes"])
        line = Line(total / max(1e-9, two["sum_s"] - two["little_s"]), two["little_s"] / 2)
        sums = sum(line.ring(size, 2) for size in two["sizes"])
        foretold = (one["step_s"] - one["move_s"]) / 2 + one["move_s"] + sums
        return {"one_s": one["step_s"], "two_s": two["step_s"], "foretold_s": foretold, "move_s": one["move_s"],
                "sums_s": sums, "bytes": total, "bandwidth": line.bandwidth, "latency": line.latency}  # fmt: skip

    run.rows("processes", [{"hidden_size": d} for d in run.some((128, 384))], work)


# --- text -------------------------------------------------------------------------------------------------------------


def paragraphs(articles: Sequence[str]) -> list[str]:
    """The lines of articles that are long enough to say something."""
    return [line for article in articles for line in article.split("\n") if len(line) > 200]


def some_paragraphs(articles: Sequence[str], most: int) -> list[str]:
    """The first few of each article."""
    return [line for article in articles for line in paragraphs([article])[:most]]


@cache
def texts(quick: bool) -> dict[str, list[str]]:
    """The text of each arm of "data", as paragraphs."""
    n = 60 if quick else 250  # paragraphs of half of the text: some 170,000 characters
    train = wikitext().train
    clean, spare = some_paragraphs(train[:200], 3)[: 2 * n], paragraphs(train[200:320])
    half = clean[:n]
    length, found = sum(map(len, clean[n:])), []
    for text, _ in quality.dirtied([*half, *spare[: n // 4]], 4 * n):
        if length > 0:
            found.append(text)
            length -= len(text)
    dirty = [text for pair in zip(half, found, strict=False) for text in pair] + half[len(found) :] + found[n:]
    single = [dirty[place] for place in quality.without_copies(dirty)]
    return {"clean": clean, "half clean, half dirt": dirty, CLEAN_HALF: half, "without copies": single,
            "filtered": passing(dirty, quick), "without copies, filtered": passing(single, quick)}  # fmt: skip


CLEAN_HALF = "the clean half alone"
SHORTER = "the clean half alone, half as long"


@cache
def judge(quick: bool) -> quality.JunkFilter:
    """A filter that learnt from articles that no arm has."""
    examples = paragraphs(wikitext().train[320:420])[: 40 if quick else 500]
    bad = [text for text, kind in quality.dirtied(examples, len(examples) * 4 // 3, seed=9) if kind != "copy"]
    return quality.trained_filter(examples, bad)


def passing(some: Sequence[str], quick: bool) -> list[str]:
    """What the filter holds for clean."""
    return [text for text, value in zip(some, judge(quick).clean(some), strict=True) if value > 0.5]


@cache
def tokenizer(quick: bool) -> BytePairTokenizer:
    """Byte pairs of the half that all arms share."""
    return BytePairTokenizer.train(texts(quick)[CLEAN_HALF], recipe.VOCAB_SIZE)


@cache
def arm_ids(arm: str, quick: bool) -> Tensor:
    """The text of an arm as one row of tokens."""
    text = CLEAN_HALF if arm == SHORTER else arm
    return torch.tensor(tokenizer(quick).encode("\n".join(texts(quick)[text])))


@cache
def held_out(split: str, quick: bool) -> list[tuple[str, Tensor]]:
    """Clean articles that nothing was learnt from, as text and as tokens."""
    articles, most = getattr(wikitext(), split)[: 8 if quick else 20], 1 if quick else 6
    found = ["\n".join(paragraphs([article])[:most]) for article in articles]
    return [(text, torch.tensor(tokenizer(quick).encode(text))) for text in found if text]


def costs(model: GPT, articles: Sequence[tuple[str, Tensor]]) -> list[float]:
    """Bits per character of each article."""
    return [round(bits(model, ids).sum().item() / len(text), 5) for text, ids in articles]


def cost(run: Study, model: GPT, split: str) -> float:
    """Their mean over the articles of a split."""
    return statistics.fmean(costs(model, held_out(split, run.quick)))


def trained(run: Study, batches: Any, learning_rate: float, seed: int) -> GPT:
    """10's GPT from nothing on these batches."""
    torch.manual_seed(seed)
    model = GPT(recipe.config())
    optimizer = muon_and_adamw(model, recipe.LEARNING_RATE, learning_rate, recipe.WEIGHT_DECAY)
    fit(model, batches, causal_loss, optimizer=optimizer, warmup=recipe.WARMUP, progress=False)
    return model


def steps(run: Study, arm: str = "") -> int:
    """Batches of a training."""
    return run.size(STEPS, 4) // (2 if arm == SHORTER else 1)


def chunks(run: Study, arm: str, seed: int) -> Chunks:
    """Batches of an arm's text."""
    return Chunks(arm_ids(arm, run.quick), recipe.CONTEXT, recipe.BATCH_SIZE, steps(run, arm), seed)


def data(run: Study) -> None:
    """Each arm at its best rate, three starts; bits per character of clean articles."""
    run.once("filter", {"judged": "dirt"}, lambda: _judged(run.quick))
    for arm in run.some([*texts(run.quick), SHORTER], 2):
        rate = run.grown(GRID, lambda value, arm=arm: -_tried(run, arm, value))  # type: ignore[misc]
        wanted = [{"arm": arm, "learning_rate": rate, "seed": seed} for seed in run.some(SEEDS)]
        run.rows("data", wanted, lambda row: _started(run, row))


def _tried(run: Study, arm: str, learning_rate: float) -> float:
    """What a rate costs on the validation articles."""

    def work() -> Row:
        model = trained(run, chunks(run, arm, TRIAL), learning_rate, TRIAL)
        return {"validation": cost(run, model, "validation")}

    return run.once("data learning_rate", {"arm": arm, "learning_rate": learning_rate}, work)["validation"]


def _started(run: Study, row: Row) -> Row:
    """A start, and what it costs on the test articles."""
    model = trained(run, chunks(run, row["arm"], row["seed"]), row["learning_rate"], row["seed"])
    articles, tokens = costs(model, held_out("test", run.quick)), len(arm_ids(row["arm"], run.quick))
    passes = steps(run, row["arm"]) * recipe.BATCH_SIZE * recipe.CONTEXT / tokens
    return {"test": statistics.fmean(articles), "articles": articles, "tokens": tokens, "passes": passes}


def _judged(quick: bool) -> Row:
    """How much of each kind of dirt, made anew, passes the filter and the search for copies."""
    unseen = paragraphs(wikitext().train[420:480])[: 30 if quick else 300]
    dirt = quality.dirtied(unseen, len(unseen), seed=11)
    kept = set(quality.without_copies([*unseen, *(text for text, _ in dirt)]))
    passes = judge(quick).clean([text for text, _ in dirt]) > 0.5
    rows: Row = {"clean": {"filter": float((judge(quick).clean(unseen) > 0.5).mean()),
                           "copies": sum(place < len(unseen) for place in kept) / len(unseen)}}  # fmt: skip
    for kind in quality.KINDS:
        places = [place for place, (_, name) in enumerate(dirt) if name == kind]
        rows[kind] = {"n": len(places), "filter": sum(bool(passes[p]) for p in places) / max(1, len(places)),
                      "copies": sum(len(unseen) + p in kept for p in places) / max(1, len(places))}  # fmt: skip
    return rows


# --- mixtures ---------------------------------------------------------------------------------------------------------


@cache
def play_ids(split: str, quick: bool) -> Tensor:
    """Plays in the tokens of the articles."""
    plays = "\n".join(getattr(shakespeare(), split)[: 1 if quick else 6])
    return torch.tensor(tokenizer(quick).encode(plays[: 5000 if quick else 700_000 if split == "train" else 80_000]))


def clean_rate(run: Study) -> float:
    """The rate that "data" chose for clean text. Raises RuntimeError if it has not run."""
    if run.quick:
        return GRID[0]
    rates = [row["learning_rate"] for row in run.stored("data") if row["arm"] == "clean"]
    if not rates:
        raise RuntimeError("Run the part “data” first: it chooses the learning rate.")
    return rates[0]


def mixtures(run: Study) -> None:
    """Articles and plays in five shares, the same number of tokens; bits per character of both."""

    def work(row: Row) -> Row:
        sources, weights = [arm_ids("clean", run.quick), play_ids("train", run.quick)], [1 - row["plays"], row["plays"]]
        batches = quality.MixedChunks(
            sources, weights, recipe.CONTEXT, recipe.BATCH_SIZE, steps(run), 100 * row["seed"]
        )
        model = trained(run, batches, clean_rate(run), row["seed"])
        plays = play_ids("test", run.quick)
        characters = len(tokenizer(run.quick).decode(plays.tolist()))
        return {"articles": cost(run, model, "test"), "on plays": bits(model, plays).sum().item() / characters}

    shares = run.some((0.0, 0.1, 0.25, 0.5, 1.0), 2)
    run.rows("mixtures", [{"plays": share, "seed": seed} for share in shares for seed in run.some(SEEDS)], work)


# --- contamination ----------------------------------------------------------------------------------------------------


def contamination(run: Study) -> None:
    """Four test articles put into the training text so many times; bits of these, and of four others."""
    seen, unseen = held_out("test", run.quick)[:4], held_out("test", run.quick)[4:8]

    def work(row: Row) -> Row:
        clean, crept = arm_ids("clean", run.quick), [ids for _, ids in seen]
        ids = torch.cat([clean, *crept * row["times"]])
        batches = Chunks(ids, recipe.CONTEXT, recipe.BATCH_SIZE, steps(run), row["seed"])
        model = trained(run, batches, clean_rate(run), row["seed"])
        found = {"crept in": statistics.fmean(costs(model, seen)), "unseen": statistics.fmean(costs(model, unseen))}
        return found | {"share": 1 - len(clean) / len(ids)}

    wanted = [{"times": times, "seed": seed} for times in run.some((0, 1, 4), 2) for seed in run.some(SEEDS)]
    run.rows("contamination", wanted, work)


PARTS: dict[str, Callable[[Study], None]] = {
    "memory": memory, "machine": machine, "processes": two_processes, "data": data, "mixtures": mixtures,
    "contamination": contamination,
}  # fmt: skip

if __name__ == "__main__":
    main(__doc__, PARTS, partial(Study, NAME))
