"""The longer runs of notebook 14: what rounding, pruning, distillation and LoRA buy on 08's classifier and 11's model.

    python benchmarks/efficient_models.py rounding      8 to 2 bits by tensor, channel, block; NF4 (some 12 minutes)
    python benchmarks/efficient_models.py layers        each linear map rounded alone (4)
    python benchmarks/efficient_models.py dynamic       products in whole numbers: where they are faster (3)
    python benchmarks/efficient_models.py writing       SmolLM2 rounded, and its speed in whole numbers (15)
    python benchmarks/efficient_models.py pruning       single weights, without training after and with (25)
    python benchmarks/efficient_models.py parts         heads, inner numbers, layers: accuracy and speed (40)
    python benchmarks/efficient_models.py distillation  three and two layers, from labels and from the teacher (70)
    python benchmarks/efficient_models.py low_rank      ranks and places of LoRA, and every weight (110)
    python benchmarks/efficient_models.py steps         what a training step takes, and holds (4)
    python benchmarks/efficient_models.py adapters      two adapters for one encoder, stored (8)
    python benchmarks/efficient_models.py choices       all of it on the test split, once, with time and size (45)

The minutes are estimates for one thread of a quiet machine. Each writes its section of
benchmarks/results/efficient_models.json. What is in a list is not run again, so a run may be cut off and go on later:
`--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes nothing.

The models that are made smaller are 08's: MiniLM trained on 2,000 film sentences for two epochs, three starts. They are
trained once and kept in build/efficient_models. Learning rates, temperatures and the share of the teacher are chosen on
validation, with start 0 alone; a best one at the edge of its grid makes the grid grow. Runs of three starts share their
texts, so their spread is that of starts. `choices` alone opens the test split, for settings that were chosen before.
"""

from __future__ import annotations

import argparse
import functools
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, BERTConfig
from lessons.course.places import ROOT
from lessons.efficient_models import costs, distillation, low_rank, pruning, quantization
from lessons.fine_tuning import TextClassifier, classification_loss, only_touched_rows
from lessons.kit import pretrained, results
from lessons.kit.batches import Batch, TextBatches
from lessons.kit.datasets import LabelledData, film_sentences, trec_questions, wikitext
from lessons.kit.studies import Study
from lessons.kit.training import Listener, Training, adamw, evaluating, fit

NAME = "efficient_models"
KEPT = ROOT / "build" / "efficient_models"
SEEDS = (0, 1, 2)
N_TRAINED, EPOCHS, LEARNING_RATE, BATCH_SIZE = 2000, 2, 1e-4, 16
RATES = (5e-5, 1e-4, 2e-4)  # for all weights
LORA_RATES = (1e-3, 3e-3, 1e-2)
SHARES = (0.3, 0.5, 0.65, 0.8, 0.9)
HEADS, INNER, LAYERS = (12, 24, 36, 48), (0.25, 0.5, 0.75), (1, 2, 3, 4)
TEMPERATURES, SOFT = (1.0, 2.0, 4.0, 8.0), (0.5, 1.0)
RANKS = (1, 2, 4, 8, 16, 64)
PLACES = {
    "query, value": low_rank.USUAL, "attention": low_rank.EVERYWHERE[:4], "feed-forward": low_rank.EVERYWHERE[4:],
    "everywhere": low_rank.EVERYWHERE,
}  # fmt: skip
ADAPTER_RANK = 16
GOAL = 0.8  # validation accuracy whose step is noted
Row = dict[str, Any]


class Run(Study):
    """What was asked for: little data or all, and until when; rows are kept as they come."""

    def data(self) -> LabelledData:
        """The film sentences: 2,000 to learn from, 1,000 to choose with, 1,000 to judge by."""
        found = film_sentences()
        return found.first(self.size(N_TRAINED, 16))

    def split(self, name: str) -> tuple[Sequence[str], np.ndarray]:
        """Texts and labels of a split."""
        part = getattr(self.data(), name)
        n = len(part.labels) if not self.quick else 8
        return part.inputs[:n], part.labels[:n]

    def accuracy(self, model: TextClassifier, split: str = "validation") -> float:
        """The share of a split that is right."""
        return model.accuracy(*self.split(split))


def fresh(run: Run, seed: int = 0, label_names: Sequence[str] = ("negative", "positive")) -> TextClassifier:
    """MiniLM under a new head; to try the paths, six tiny layers with random weights and MiniLM's tokenizer."""
    if not run.quick:
        return TextClassifier.from_pretrained(label_names=label_names, seed=seed)
    torch.manual_seed(seed)
    config = BERTConfig(hidden_size=96, num_hidden_layers=6, num_attention_heads=12, intermediate_size=192)
    return TextClassifier(BERT(config), pretrained.tokenizer(), label_names)


def trained(
    run: Run,
    model: TextClassifier,
    seed: int,
    learning_rate: float = LEARNING_RATE,
    epochs: int = EPOCHS,
    watch: Listener | None = None,
) -> float:
    """Train on the film sentences, in place; returns processor seconds of the training alone."""
    texts, labels = run.split("train") if run.quick else (run.data().train.inputs, run.data().train.labels)
    found = model.encode(texts)
    batches = TextBatches(found, labels, BATCH_SIZE, pad_id=model.pad_id, seed=seed)
    return _fitted(run, model, batches, classification_loss, seed, learning_rate, epochs, watch)


def _fitted(
    run: Run, model: TextClassifier, batches: TextBatches, loss: Callable, seed: int, learning_rate: float,
    epochs: int, watch: Listener | None = None,
) -> float:  # fmt: skip
    torch.manual_seed(seed)
    start = time.process_time()
    with only_touched_rows(model.bert, batches.examples):
        fit(model, batches, loss, epochs=run.size(epochs, 1), learning_rate=learning_rate, checkpoint=watch,
            progress=False)  # fmt: skip
    return time.process_time() - start


@functools.cache
def _teacher(quick: bool, seed: int) -> TextClassifier:
    run, place = Run(NAME, quick, 60), KEPT / f"start-{seed}"
    if not quick and (place / "config.json").is_file():
        return TextClassifier.load(place)
    model = fresh(run, seed)
    trained(run, model, seed)
    if not quick:
        model.save(place)
    return model.eval()


def teacher(run: Run, seed: int) -> TextClassifier:
    """08's classifier of one start, a fresh copy."""
    import copy

    return copy.deepcopy(_teacher(run.quick, seed)).eval()


def grown(run: Run, section: str, setting: Row, name: str, grid: Sequence[float], work: Callable[[Row], Row]) -> float:
    """The best value by validation accuracy, from a grid that grows while its edge is best."""

    def score(value: float) -> float:
        row = {**setting, name: value, "seed": 0}
        return run.once(section, row, lambda: work(row))["validation"]

    return run.grown(grid, score)


# --- rounding ---------------------------------------------------------------------------------------------------------


def rounding(run: Run) -> None:
    """Every way on every start: validation accuracy, how far weights moved, how many answers stayed."""
    ways = {"as it is": lambda weights: weights, **quantization.every_way()}

    def rounded(row: Row) -> Row:
        model = teacher(run, row["seed"])
        texts, labels = run.split("validation")
        before = _answers(run, row["seed"])
        moved = quantization.round_maps(model.bert.layers, ways[row["way"]])  # type: ignore[arg-type]
        after = model.predict(texts)
        return {
            "validation": float((after == labels).mean()),
            "same": float((after == before).mean()),
            "moved": statistics.mean(moved.values()),
        }

    names = run.some(list(ways), 3)
    run.rows("rounding", [{"way": way, "seed": seed} for seed in run.some(SEEDS) for way in names], rounded)


@functools.cache
def _answers_of(quick: bool, seed: int) -> bytes:
    run = Run(NAME, quick, 60)
    return teacher(run, seed).predict(run.split("validation")[0]).tobytes()


def _answers(run: Run, seed: int) -> np.ndarray:
    return np.frombuffer(_answers_of(run.quick, seed), dtype=np.int64)


def layers(run: Run) -> None:
    """Each map of start 0 rounded alone, 3 bits a channel: how far weights and logits move; the largest inputs."""
    model = teacher(run, 0)
    texts, _ = run.split("validation")
    found = model.encode(texts[: run.size(200, 8)])
    whole = distillation.logits_of(model, found)
    maps = quantization.linear_maps(model.bert.layers)  # type: ignore[arg-type]
    sizes = quantization.input_sizes(model, maps, lambda: distillation.logits_of(model, found))

    def alone(row: Row) -> Row:
        other = teacher(run, 0)
        moved = quantization.round_maps(
            other.bert.layers.get_submodule(row["map"]),  # type: ignore[attr-defined]
            lambda weights: quantization.affine(weights, 3).numbers(),
        )
        size = sizes[row["map"]]
        logits = distillation.logits_of(other, found)
        return {
            "moved": next(iter(moved.values())),
            "logits": quantization.relative_error(logits, whole),
            "largest_input": size.max().item(),
            "usual_input": size.median().item(),
        }

    run.rows("layers", [{"map": name} for name in run.some(list(maps), 4)], alone)


def _texts(model: TextClassifier, n: int, tokens: int) -> Batch:
    """Random tokens in the shape of texts: (n, tokens)."""
    generator = torch.Generator().manual_seed(0)
    vocab_size = model.bert.config.vocab_size
    return {"token_ids": torch.randint(1000, vocab_size, (n, tokens), generator=generator), "attention_mask": None}


def _forward(model: nn.Module, batch: Batch) -> Callable[[], object]:
    def job() -> object:
        with torch.inference_mode():
            return model(batch["token_ids"])

    return job


def dynamic(run: Run) -> None:
    """How many times as fast PyTorch's 8-bit layers are, for texts of several lengths and batches of several sizes."""
    model = teacher(run, 0)
    still = quantization.dynamic_int8(model)
    machine = costs.this_machine(*((256, 8) if run.quick else ()))

    def timed(row: Row) -> Row:
        batch = _texts(model, row["batch"], row["tokens"])
        jobs = {"float": _forward(model, batch), "int8": _forward(still, batch)}
        times = costs.interleaved(jobs, run.size(15, 2))
        config = model.bert.config
        sizes = (config.hidden_size, config.intermediate_size, config.num_hidden_layers, row["tokens"])
        operations = row["batch"] * costs.classifier_operations(*sizes)
        n_bytes = sum(p.nbytes for p in model.bert.layers.parameters())  # type: ignore[attr-defined]
        rates = machine.operations_a_second, machine.bytes_a_second
        return {
            "milliseconds": 1000 * statistics.median(times["float"]),
            "least_milliseconds": 1000 * costs.least_seconds(operations, n_bytes, *rates),
            "times_as_fast": costs.times_as_fast(times, "int8", "float"),
        }

    sizes = [(1, 8), (1, 32), (1, 128), (32, 8), (32, 32), (32, 128)]
    run.rows("dynamic", [{"batch": b, "tokens": t} for b, t in run.some(sizes, 2)], timed)

    def judged(row: Row) -> Row:
        return {"validation": run.accuracy(quantization.dynamic_int8(teacher(run, row["seed"])))}  # type: ignore[arg-type]

    run.rows("dynamic_accuracy", [{"seed": seed} for seed in run.some(SEEDS)], judged)


def writer(run: Run) -> tuple[Any, Tensor]:
    """SmolLM2 and 1,025 tokens of Wikipedia; to try the paths, a tiny Llama and numbers."""
    from lessons import llama

    if run.quick:
        model = llama.Llama(llama.LlamaConfig(300, 64, 2, 4, 2, 128, 64)).eval().requires_grad_(False)
        return model, torch.arange(40) * 7 % 300
    found, tokenizer = llama.smollm2(progress=False)
    return found, torch.tensor(tokenizer.encode(wikitext().validation[0])[:1025])


def writing(run: Run) -> None:
    """SmolLM2 rounded: bits for each token of Wikipedia; and how fast it writes with 8-bit maps."""
    model, text = writer(run)
    ways = {"as it is": lambda weights: weights, **quantization.every_way()}
    before = {name: linear.weight for name, linear in quantization.linear_maps(model).items()}

    def rounded(row: Row) -> Row:
        with torch.no_grad():
            for name, linear in quantization.linear_maps(model).items():
                linear.weight = nn.Parameter(ways[row["way"]](before[name]), requires_grad=False)
            logits = model(text[None, :-1])[0]
        bits = F.cross_entropy(logits, text[1:]).item() / math.log(2)
        for name, linear in quantization.linear_maps(model).items():
            linear.weight = before[name]
        return {"bits": bits}

    run.rows("writing", [{"way": way} for way in run.some(list(ways), 2)], rounded)
    run.rows("writing_speed", [{"what": "one token behind 32"}], lambda _: _writing_speed(run, model, text))


def _writing_speed(run: Run, model: nn.Module, text: Tensor) -> Row:
    """A token at a time behind a prompt, float maps and 8-bit maps in turns; predicted from the bytes alone."""
    from lessons import llama

    still = quantization.dynamic_int8(model, "layers")
    n = run.size(16, 2)

    def write(which: Any) -> Callable[[], object]:
        def job() -> None:
            with torch.inference_mode():
                cache = llama.Cache(which.config)
                which(text[None, :32], cache, last=True)
                for i in range(n):
                    which(text[None, 32 + i % 4 : 33 + i % 4], cache, last=True)

        return job

    times = costs.interleaved({"float": write(model), "int8": write(still)}, run.size(5, 1))
    n_bytes = costs.n_bytes(model), costs.n_bytes(still)
    return {
        "times_as_fast": costs.times_as_fast(times, "int8", "float"),
        "predicted": n_bytes[0] / n_bytes[1],
        "megabytes": [size / 1e6 for size in n_bytes],
    }


# --- pruning ----------------------------------------------------------------------------------------------------------


def prune_weights(run: Run) -> None:
    """Shares of the weights set to 0, smallest first: as it is, and after an epoch in which they stay 0."""

    def pruned(row: Row) -> Row:
        model = teacher(run, row["seed"])
        cut_weights(run, model, row["share"], row["learning_rate"], row["seed"])
        return {"validation": run.accuracy(model)}

    setting = {"share": 0.65, "epochs": 1}
    rate = grown(run, "pruning", setting, "learning_rate", RATES, pruned)
    shares = run.some(SHARES, 2)
    wanted = [{"share": share, "epochs": int(after), "learning_rate": rate * after, "seed": seed}
              for seed in run.some(SEEDS) for share in shares for after in (False, True)]  # fmt: skip
    run.rows("pruning", wanted, pruned)
    run.rows("pruning_speed", [{"share": share} for share in shares], lambda row: _pruned_speed(run, row["share"]))


def cut_weights(run: Run, model: TextClassifier, share: float, learning_rate: float, seed: int) -> None:
    """Set a share of the layers' weights to 0; with a learning rate above 0 an epoch follows in which they stay 0."""
    maps = quantization.linear_maps(model.bert.layers)  # type: ignore[arg-type]
    masks = pruning.magnitude_masks(maps, share)
    with pruning.held(maps, masks):
        if learning_rate:
            trained(run, model, seed, learning_rate, 1)


def _pruned_speed(run: Run, share: float) -> Row:
    """One map of the feed-forward net: dense with zeros, and stored sparse, against dense as it was."""
    linear = teacher(run, 0).bert.layers[0].feed_forward.expand
    pruned = nn.Linear(linear.in_features, linear.out_features)
    pruned.load_state_dict(linear.state_dict())
    maps = {"map": pruned}
    pruning.apply(maps, pruning.magnitude_masks(maps, share))
    sparse, inputs = pruned.weight.detach().to_sparse_csr(), torch.randn(512, linear.in_features)
    jobs = {
        "dense": lambda: inputs @ linear.weight.detach().T,
        "dense with zeros": lambda: inputs @ pruned.weight.detach().T,
        "sparse": lambda: (sparse @ inputs.T).T,
    }
    times = costs.interleaved(jobs, run.size(25, 2))
    return {
        "zeros_times_as_fast": costs.times_as_fast(times, "dense with zeros", "dense"),
        "sparse_times_as_fast": costs.times_as_fast(times, "sparse", "dense"),
        "sparse_bytes": sum(
            part.nbytes for part in (sparse.values(), sparse.col_indices().int(), sparse.crow_indices().int())
        ),
        "dense_bytes": linear.weight.nbytes,
    }


def without_parts(run: Run, model: TextClassifier, kind: str, amount: float) -> TextClassifier:
    """A copy without so many heads, without such a share of the inner numbers, or without so many layers."""
    if kind == "heads":
        texts, labels = run.split("train")
        found = model.encode(texts[: run.size(200, 8)])
        batches = TextBatches(found, labels[:200], BATCH_SIZE, pad_id=model.pad_id)
        scores = pruning.head_scores(model, batches, classification_loss)
        return pruning.without_heads(model, pruning.least_heads(scores, int(amount)))
    if kind == "layers":
        return pruning.without_layers(model, range(6 - int(amount), 6))
    for layer in model.bert.layers:
        order = pruning.inner_sizes(layer.feed_forward).argsort().tolist()
        pruning.remove_inner(layer.feed_forward, order[: int(amount * len(order))])
    return model


def parts(run: Run) -> None:
    """Heads, inner numbers and layers taken out, with an epoch after and without; and how fast what is left is."""

    def cut(row: Row) -> Row:
        model = without_parts(run, teacher(run, row["seed"]), row["kind"], row["amount"])
        if row["epochs"]:
            trained(run, model, row["seed"], row["learning_rate"], row["epochs"])
        return {"validation": run.accuracy(model)}

    amounts: dict[str, Sequence[float]] = {"heads": HEADS, "inner": INNER, "layers": LAYERS}
    for kind, every in amounts.items():
        middle = every[len(every) // 2]
        rate = grown(run, "parts", {"kind": kind, "amount": middle, "epochs": 1}, "learning_rate", RATES, cut)
        wanted = [{"kind": kind, "amount": a, "epochs": int(after), "learning_rate": rate * after, "seed": seed}
                  for seed in run.some(SEEDS) for a in run.some(every) for after in (False, True)]  # fmt: skip
        run.rows("parts", wanted, cut)
        speeds = [{"kind": kind, "amount": a} for a in run.some(every)]
        run.rows("parts_speed", speeds, lambda row: _parts_speed(run, row["kind"], row["amount"]))


def _parts_speed(run: Run, kind: str, amount: float) -> Row:
    whole = teacher(run, 0)
    smaller = without_parts(run, teacher(run, 0), kind, amount)
    batch = _texts(whole, 32, run.size(32, 4))
    times = costs.interleaved({"whole": _forward(whole, batch), "smaller": _forward(smaller, batch)}, run.size(15, 1))
    left = [sum(p.numel() for p in model.bert.layers.parameters()) for model in (smaller, whole)]  # type: ignore[attr-defined]
    return {"times_as_fast": costs.times_as_fast(times, "smaller", "whole"), "left": left[0] / left[1]}


# --- distillation -----------------------------------------------------------------------------------------------------

STUDENT_EPOCHS = 4
SHARE_OF_TEACHER = {"labels": 0.0, "teacher": 0.5, "teacher, other texts": 1.0}  # of the loss, to begin with


def distilled(run: Run, row: Row) -> TextClassifier:
    """A student of one start: its arm says what it learns from, for the same number of steps."""
    source = teacher(run, row["seed"])
    student = distillation.student_of(source, row["layers"])
    every, n = film_sentences().train, run.size(N_TRAINED, 16)
    other = row["arm"] == "teacher, other texts"  # each read once, in place of 2,000 texts four times
    texts = every.inputs[: n * STUDENT_EPOCHS] if other else every.inputs[:n]
    labels = every.labels[: len(texts)]
    found = source.encode(texts)
    logits = distillation.logits_of(source, found)
    lesson = distillation.Lesson(found, labels, logits, row["temperature"], row["soft"])
    batches = lesson.batches(BATCH_SIZE, source.pad_id, row["seed"])
    epochs = 1 if other else STUDENT_EPOCHS
    _fitted(run, student, batches, lesson.loss, row["seed"], row["learning_rate"], epochs)
    return student.eval()


def distil(run: Run) -> None:
    """Students of three and of two layers; learning rate, temperature and share chosen for each arm with start 0."""

    def judged(row: Row) -> Row:
        return {"validation": run.accuracy(distilled(run, row))}

    for n_layers in run.some((3, 2)):
        for arm in SHARE_OF_TEACHER:
            setting = chosen_student(run, n_layers, arm, judged)
            run.rows("distillation", [{**setting, "seed": seed} for seed in run.some(SEEDS)], judged)


def chosen_student(run: Run, n_layers: int, arm: str, work: Callable[[Row], Row]) -> Row:
    """The setting of an arm with the best validation accuracy of start 0: rate first, then temperature and share."""
    setting: Row = {"layers": n_layers, "arm": arm, "temperature": 2.0, "soft": SHARE_OF_TEACHER[arm]}
    rate = grown(run, "distillation", setting, "learning_rate", RATES, work)
    setting["learning_rate"] = rate
    if arm != "teacher":
        return setting
    grid = [{**setting, "temperature": t, "soft": s, "seed": 0} for t in run.some(TEMPERATURES) for s in run.some(SOFT)]
    rows = run.rows("distillation", grid, work)
    found = max((row for row in rows if any(g.items() <= row.items() for g in grid)), key=lambda row: row["validation"])
    return {**setting, "temperature": found["temperature"], "soft": found["soft"]}


# --- LoRA -------------------------------------------------------------------------------------------------------------


class Curve(Listener):
    """Accuracy on some validation texts every few steps, and the processor seconds that the steps took."""

    def __init__(self, run: Run, model: TextClassifier, every: int) -> None:
        self.run, self.model, self.every = run, model, every
        self.points: list[tuple[int, float, float]] = []
        self.start, self.looking = time.process_time(), 0.0

    def on_step(self, run: Training) -> None:
        """Look, with the clock stopped."""
        if run.step % self.every:
            return
        before = time.process_time()
        texts, labels = self.run.split("validation")
        with evaluating(self.model):
            accuracy = self.model.accuracy(texts[:400], labels[:400])
        self.looking += time.process_time() - before
        self.points.append((run.step, time.process_time() - self.start - self.looking, accuracy))


def lora(run: Run) -> None:
    """Ranks at query and value, places at rank 8, and every weight: each at its own learning rate, three starts."""

    def judged(row: Row) -> Row:
        model = fresh(run, row["seed"])
        if row["rank"]:
            low_rank.add_low_rank(model, row["rank"], where=PLACES[row["where"]], seed=row["seed"])
        curve = Curve(run, model, run.size(25, 1))
        seconds = trained(run, model, row["seed"], row["learning_rate"], watch=curve)
        return {
            "validation": run.accuracy(model),
            "processor_s": seconds - curve.looking,
            "trained": low_rank.n_trained(model),
            "curve": curve.points,
        }

    arms = [(0, "every weight"), *((rank, "query, value") for rank in RANKS), *((8, place) for place in PLACES)]
    for rank, where in run.some(list(dict.fromkeys(arms)), 2):
        setting = {"rank": rank, "where": where}
        grid = LORA_RATES if rank else RATES
        rate = grown(run, "low_rank", setting, "learning_rate", grid, judged)
        run.rows("low_rank", [{**setting, "learning_rate": rate, "seed": s} for s in run.some(SEEDS)], judged)


def steps(run: Run) -> None:
    """One step on the same batch in turns: forward alone, and the whole step; what the optimizer holds."""
    kinds: dict[str, tuple[int, str]] = {"every weight": (0, ""), "rank 1": (1, "query, value"),
                                         "rank 8": (8, "query, value"), "rank 64": (64, "query, value"),
                                         "rank 8, everywhere": (8, "everywhere")}  # fmt: skip
    models = {}
    for name, (rank, where) in kinds.items():
        models[name] = fresh(run)
        if rank:
            low_rank.add_low_rank(models[name], rank, where=PLACES[where])
    first = models["every weight"]
    batch = _texts(first, BATCH_SIZE, run.size(32, 4)) | {"labels": torch.zeros(BATCH_SIZE, dtype=torch.long)}
    whole = costs.interleaved({name: _step(model, batch) for name, model in models.items()}, run.size(15, 1))
    forward = costs.interleaved({name: _forward(model, batch) for name, model in models.items()}, run.size(15, 1))
    rows = [{
        "what": name,
        "step_ms": 1000 * statistics.median(whole[name]),
        "step_times_as_fast": costs.times_as_fast(whole, name, "every weight"),
        "forward_times_as_fast": costs.times_as_fast(forward, name, "every weight"),
        "trained": low_rank.n_trained(model),
        **low_rank.training_bytes(model),
    } for name, model in models.items()]  # fmt: skip
    run.rows(
        "steps", [{"what": row["what"]} for row in rows], lambda row: next(r for r in rows if r["what"] == row["what"])
    )


def _step(model: TextClassifier, batch: Batch) -> Callable[[], object]:
    """A training step with the rows of the touched words alone, as in 08."""
    examples = batch["token_ids"].tolist()  # type: ignore[union-attr]

    def steps_of() -> Iterator[None]:
        with only_touched_rows(model.bert, examples):
            optimizer = adamw(model, 1e-5)
            while True:
                optimizer.zero_grad()
                classification_loss(model, batch).backward()
                optimizer.step()
                yield

    going = steps_of()
    return lambda: next(going)


def adapters(run: Run) -> None:
    """Two adapters for one encoder, of film sentences and of TREC questions, in half precision, into the results."""
    sources: dict[str, Callable[[], LabelledData]] = {"film": film_sentences, "questions": trec_questions}

    def made(row: Row) -> Row:
        data = sources[row["data"]]()
        n = run.size(N_TRAINED, 16)
        model = fresh(run, 0, data.label_names)
        low_rank.add_low_rank(model, ADAPTER_RANK)
        model.fit(data.train.inputs[:n], data.train.labels[:n], epochs=run.size(EPOCHS, 1),
                  learning_rate=row["learning_rate"], progress=False)  # fmt: skip
        folder = results.FOLDER if run.saves else Path(tempfile.mkdtemp())
        file = low_rank.Adapter.of(model).write(folder / f"adapter_{row['data']}.safetensors")
        m = run.size(1000, 8)
        validation = model.accuracy(data.validation.inputs[:m], data.validation.labels[:m])
        return {"validation": validation, "kilobytes": file.stat().st_size / 1000}

    rate = _rate_of(run, ADAPTER_RANK)
    run.rows("adapters", [{"data": name, "learning_rate": rate} for name in sources], made)


def _rate_of(run: Run, rank: int) -> float:
    """The learning rate that `low_rank` chose for a rank at query and value: the one that all starts have."""
    rows = [row for row in run.stored("low_rank") if row["rank"] == rank and row["where"] == "query, value"]
    rates = {row["learning_rate"] for row in rows if row["seed"] == SEEDS[-1]}
    return rates.pop() if rates else LORA_RATES[1]


# --- all of it --------------------------------------------------------------------------------------------------------

Make = Callable[[Run, int], nn.Module]  # the model of one start


def _rounded(way: str) -> Make:
    def make(run: Run, seed: int) -> nn.Module:
        model = teacher(run, seed)
        quantization.round_maps(model.bert.layers, quantization.every_way()[way])  # type: ignore[arg-type]
        return model

    return make


def _chosen(run: Run, section: str, **wanted: Any) -> Row:
    """The setting that a study gave to all starts: the one of the last start's row."""
    rows = [row for row in run.stored(section) if all(row.get(name) == value for name, value in wanted.items())]
    for row in reversed(rows):
        if row["seed"] == SEEDS[-1]:
            return row
    return {**wanted, "learning_rate": LEARNING_RATE, "temperature": 2.0, "soft": 0.5}


def _pruned(share: float) -> Make:
    def make(run: Run, seed: int) -> nn.Module:
        model = teacher(run, seed)
        rate = _chosen(run, "pruning", share=share, epochs=1)["learning_rate"]
        cut_weights(run, model, share, rate, seed)
        return model.eval()

    return make


def _cut(kind: str, amount: float) -> Make:
    def make(run: Run, seed: int) -> nn.Module:
        model = without_parts(run, teacher(run, seed), kind, amount)
        rate = _chosen(run, "parts", kind=kind, amount=amount, epochs=1)["learning_rate"]
        trained(run, model, seed, rate, 1)
        return model.eval()

    return make


@functools.cache
def _student(quick: bool, saves: bool, n_layers: int, arm: str, seed: int) -> TextClassifier:
    run = Run(NAME, quick, 60)
    run.saves = saves
    return distilled(run, {**_chosen(run, "distillation", layers=n_layers, arm=arm), "seed": seed})


def _distilled(n_layers: int, arm: str, int8: bool = False) -> Make:
    def make(run: Run, seed: int) -> nn.Module:
        model = _student(run.quick, run.saves, n_layers, arm, seed)
        return quantization.dynamic_int8(model) if int8 else model

    return make


WHOLE = "as it is"
INT8_COMMAND = "efficient_models.dynamic_int8(model)"
MAKES: dict[str, tuple[str, Make, float, str]] = {  # name -> family, how, bits of a weight in the layers, the command
    WHOLE: ("whole", teacher, 32, "TextClassifier.from_pretrained().fit(texts, labels)"),
    "int8, in whole numbers": ("rounded", lambda run, seed: quantization.dynamic_int8(teacher(run, seed)), 8,
                               INT8_COMMAND),
    "4 bits, blocks of 32": ("rounded", _rounded("4 bits, blocks of 32"), 5,
                             "quantization.affine(weights, 4, 32).numbers()"),
    "NF4": ("rounded", _rounded("NF4, blocks of 64"), 4.5, "efficient_models.nf4(weights).numbers()"),
    "3 bits, blocks of 32": ("rounded", _rounded("3 bits, blocks of 32"), 4,
                             "quantization.affine(weights, 3, 32).numbers()"),
    "half of the weights 0, trained": ("pruned", _pruned(0.5), 32, "pruning.magnitude_masks(maps, 0.5)"),
    "24 heads fewer, trained": ("cut", _cut("heads", 24), 32, "pruning.least_heads(scores, 24)"),
    "half of the inner numbers, trained": ("cut", _cut("inner", 0.5), 32, "pruning.remove_inner(network, order[:768])"),
    "the upper 3 layers cut, trained": ("cut", _cut("layers", 3), 32, "pruning.without_layers(model, [3, 4, 5])"),
    "3 layers, from labels": ("small", _distilled(3, "labels"), 32, "student_of(model, 3), labels alone"),
    "3 layers, from the teacher": ("small", _distilled(3, "teacher"), 32, "student_of(model, 3), Lesson(...)"),
    "2 layers, from the teacher": ("small", _distilled(2, "teacher"), 32, "student_of(model, 2), Lesson(...)"),
    "3 layers, other texts": ("small", _distilled(3, "teacher, other texts"), 32, "student_of(model, 3), more texts"),
    "3 layers, from the teacher, int8": ("both", _distilled(3, "teacher", int8=True), 8,
                                         "dynamic_int8(student_of(model, 3))"),
    "2 layers, from the teacher, int8": ("both", _distilled(2, "teacher", int8=True), 8,
                                         "dynamic_int8(student_of(model, 2))"),
}  # fmt: skip


def megabytes(model: nn.Module, bits: float) -> float:
    """A file of it: maps of the layers at so many bits a weight, all else, word vectors above all, in 32-bit floats."""
    total, in_maps, packed = sum(p.numel() for p in model.parameters()), 0, 0
    for part in model.get_submodule("bert.layers").modules():
        weight = getattr(part, "weight", None)
        if callable(weight):  # a map of torch.ao, whose numbers are no parameters
            in_maps += weight().numel()
            packed += weight().numel() + part.out_features  # type: ignore[operator]
        elif isinstance(part, nn.Linear):
            in_maps += part.weight.numel()
    return (in_maps * bits / 8 + (total + packed - in_maps) * 4) / 1e6


def judge_choices(run: Run) -> None:
    """Each way on the test split, the mean of three starts; time beside the whole model's, in turns."""
    texts, labels = run.split("test")
    whole = teacher(run, 0)
    batch = _texts(whole, 32, run.size(32, 4))

    def judged(row: Row) -> Row:
        family, make, bits, command = MAKES[row["name"]]
        models = [make(run, seed) for seed in run.some(SEEDS)]
        right = [(model.predict(texts) == labels).astype(int) for model in models]  # type: ignore[operator]
        jobs = {"whole": _forward(whole, batch), "this": _forward(models[0], batch)}
        times = costs.interleaved(jobs, run.size(15, 1))
        usual = 1000 * statistics.median(times["whole"]) / 32
        fast = 1.0 if row["name"] == WHOLE else costs.times_as_fast(times, "this", "whole")
        return {
            "family": family,
            "accuracy": float(np.mean(right)),
            "accuracies": [float(each.mean()) for each in right],
            "right": ["".join(map(str, each)) for each in right],
            "times_as_fast": fast,
            "whole_ms": usual,
            "megabytes": megabytes(models[0], bits),
            "command": command,
        }

    rows = run.rows("choices", [{"name": name} for name in MAKES], judged)
    usual = rows[0]["whole_ms"]  # one text of 32 tokens, in a batch of 32
    found = [{**row, "milliseconds": usual / row["times_as_fast"]} for row in rows]
    if run.saves:
        results.save(NAME, "choices", {"rows": found})


STUDIES: Mapping[str, Callable[[Run], None]] = {
    "rounding": rounding, "layers": layers, "dynamic": dynamic, "writing": writing, "pruning": prune_weights,
    "parts": parts, "distillation": distil, "low_rank": lora, "steps": steps, "adapters": adapters,
    "choices": judge_choices,
}  # fmt: skip

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="+", choices=[*STUDIES, "all"])
    parser.add_argument("--quick", action="store_true", help="try each on little; nothing is written")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many, exit with 3")
    arguments = parser.parse_args()
    for name in STUDIES if "all" in arguments.studies else arguments.studies:
        STUDIES[name](Run(NAME, arguments.quick, arguments.minutes))
