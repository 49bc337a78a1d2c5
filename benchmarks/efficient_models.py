"""The longer runs of notebook 14: what rounding, pruning, distillation and LoRA buy on 08's classifier and 11's model.

    python benchmarks/efficient_models.py starts        08's classifiers, and every weight at its own rate (11 minutes)
    python benchmarks/efficient_models.py rounding      8 to 2 bits by tensor, channel, block; NF4; whole numbers (7)
    python benchmarks/efficient_models.py layers        each linear map rounded alone (1)
    python benchmarks/efficient_models.py writing       SmolLM2 rounded: bits a token (2)
    python benchmarks/efficient_models.py pruning       single weights, without training after and with (20)
    python benchmarks/efficient_models.py parts         heads, inner numbers, layers taken out (16)
    python benchmarks/efficient_models.py distillation  three and two layers, from labels and from the teacher (23)
    python benchmarks/efficient_models.py low_rank      ranks of LoRA, and LoRA everywhere (29)
    python benchmarks/efficient_models.py adapters      two adapters for one encoder, stored (1)
    python benchmarks/efficient_models.py choices       what the studies' rows say of the test split (1)
    python benchmarks/efficient_models.py speed         all that is timed, in turns (5)

The minutes are processor time of one thread beside a busy neighbour, estimated before any of it ran, from timed pieces:
an epoch of all weights takes 50 seconds, of LoRA 35, of three layers 22, a thousand answers 8. Four grids that grow
once are counted in; each further growth is a minute or two. Each part writes its sections of
benchmarks/results/efficient_models.json. What is in a list is not run again, so a run may be cut off and go on later:
`--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes nothing. Run the parts in
this order; `speed` times, and wants a quiet machine.

The models that are made smaller are 08's: MiniLM trained on 2,000 film sentences for two epochs at 08's learning rate,
three starts. They are trained once and kept in build/efficient_models. Every arm of every comparison has a learning
rate of its own, chosen by the loss on validation with start 0, from a grid of three that grows while an edge is best:
for all weights not below 1.25e-5, at which an epoch is nearly none, nor above 1.6e-3; for LoRA from 3e-5 to 3e-2. The
rate of pruning is chosen at a share of 0.8 and used for the others; the rates of students with three layers and 2,000
texts are used for two layers and for more texts. Controls: the whole model with an epoch more, at a rate from the same
grid; as many weights and heads at random, at the rate of the smallest; labels on as many texts as the teacher spoke of.
A training that diverges has a row that says so. Runs of three starts share their texts, so their spread is that of
starts.

A row keeps which of the 1,000 validation sentences were right, as bits in hexadecimal, so that two rows are compared
sentence by sentence. Rows that may stand in the last table keep the same of the test split, which chooses nothing;
`choices` alone reads it, for the settings that were chosen before.
"""

from __future__ import annotations

import copy
import functools
import math
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, BERTConfig
from lessons.course.places import ROOT
from lessons.efficient_models import costs, distillation, low_rank, pruning, quantization, studies
from lessons.fine_tuning import TextClassifier, classification_loss, only_touched_rows
from lessons.kit import pretrained, results
from lessons.kit.batches import Batch, TextBatches
from lessons.kit.datasets import LabelledData, film_sentences, trec_questions, wikitext
from lessons.kit.low_rank import n_trained
from lessons.kit.studies import Study, main
from lessons.kit.training import Listener, Training, TrainingDiverged, adamw, evaluating, fit

NAME = "efficient_models"
KEPT = ROOT / "build" / "efficient_models"
SEEDS = (0, 1, 2)
N_TRAINED, EPOCHS, LEARNING_RATE, BATCH_SIZE = 2000, 2, 1e-4, 16
RATES, LOWEST, HIGHEST = (5e-5, 1e-4, 2e-4), 1.25e-5, 1.6e-3  # for all weights, and how far the grid may grow
STUDENT_RATES = (1e-4, 2e-4, 4e-4)
LORA_RATES, LORA_LOWEST, LORA_HIGHEST = (3e-4, 1e-3, 3e-3), 3e-5, 3e-2
SHARES, SHARES_TRAINED, SHARE_OF_RATE, SHARE_AT_RANDOM = (0.3, 0.5, 0.8, 0.9), (0.5, 0.8, 0.9), 0.8, 0.5
AMOUNTS: dict[str, tuple[float, ...]] = {  # the first is trained on
    "heads": (24, 48), "inner": (0.5, 0.75), "layers": (3, 1)
}  # fmt: skip
TEMPERATURE = 2.0
ARMS = {  # name -> share of the teacher in the loss, how many texts; they are read so often that the steps are as many
    "labels": (0.0, 2000), "teacher": (1.0, 2000), "labels, 4,000 texts": (0.0, 4000),
    "teacher, 4,000 texts": (1.0, 4000),
}  # fmt: skip
ARMS_OF = {3: tuple(ARMS), 2: ("labels", "teacher")}  # the rates are those of 3 layers and 2,000 texts
VARIATIONS = ((8.0, 1.0), (2.0, 0.5))  # temperature and share of the teacher, at the rate of "teacher"
USUAL = "query, value"
PLACES = {USUAL: low_rank.USUAL, "everywhere": low_rank.EVERYWHERE}
EVERY_WEIGHT, LORA = studies.ALL, studies.LORA
RANKS = ((1, USUAL), LORA, (64, USUAL), (8, "everywhere"))
ADAPTER_RANK = 8
CURVES = (EVERY_WEIGHT, LORA)  # the trainings that are looked at on their way, after so many steps of 250
LOOKS = (1, 25, 50, 75, 100, 125, 150, 200, 250)
Row = dict[str, Any]


class Run(Study):
    """What was asked for: little data or all, and until when; rows are kept as they come."""

    def data(self) -> LabelledData:
        """The film sentences: 2,000 to learn from, 1,000 to choose with, 1,000 to judge by."""
        return film_sentences().first(self.size(N_TRAINED, 16))

    def split(self, name: str) -> tuple[Sequence[str], np.ndarray]:
        """Texts and labels of a split."""
        part = getattr(self.data(), name)
        n = len(part.labels) if not self.quick else 8
        return part.inputs[:n], part.labels[:n]


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
    return fitted(run, model, batches, classification_loss, seed, learning_rate, epochs, watch)


def fitted(
    run: Run, model: TextClassifier, batches: TextBatches, loss: Callable, seed: int, learning_rate: float,
    epochs: int, watch: Listener | None = None,
) -> float:  # fmt: skip
    """Train on batches, in place; returns processor seconds of the training alone."""
    torch.manual_seed(seed)
    start = process_time()
    with only_touched_rows(model.bert, batches.examples):
        fit(model, batches, loss, epochs=run.size(epochs, 1), learning_rate=learning_rate, checkpoint=watch,
            progress=False)  # fmt: skip
    return process_time() - start


@functools.cache
def _teacher(quick: bool, seed: int) -> TextClassifier:
    run, place = Run(NAME, quick), KEPT / f"start-{seed}"
    if not quick and (place / "config.json").is_file():
        return TextClassifier.load(place).eval()
    model = fresh(run, seed)
    trained(run, model, seed)
    if not quick:
        model.save(place)
    return model.eval()


def teacher(run: Run, seed: int) -> TextClassifier:
    """08's classifier of one start, a fresh copy."""
    return copy.deepcopy(_teacher(run.quick, seed)).eval()


# --- rows -------------------------------------------------------------------------------------------------------------


def _right(model: nn.Module, texts: Sequence[str], labels: np.ndarray) -> tuple[Tensor, str]:
    """The logits, and which are right: bits in hexadecimal, four texts to a character."""
    logits = distillation.logits_of(model, model.encode(texts))  # type: ignore[operator, arg-type]
    return logits, np.packbits(logits.argmax(1).numpy() == labels).tobytes().hex()


def judged(run: Run, model: nn.Module, on_test: bool = False) -> Row:
    """Share right and loss on validation, which were right, and if asked for, which of the test split were."""
    model.eval()
    texts, labels = run.split("validation")
    logits, right = _right(model, texts, labels)
    wanted = torch.tensor(labels)
    row = {
        "validation": float((logits.argmax(1) == wanted).float().mean()),
        "loss": F.cross_entropy(logits, wanted).item(),
        "right": right,
    }
    return {**row, "test_right": _right(model, *run.split("test"))[1]} if on_test else row


def made(run: Run, section: str, row: Row, make: Callable[[], TextClassifier]) -> Row:
    """A model is made and judged; on the test split, too, if the last table may want it."""
    try:
        model = make()
    except TrainingDiverged:
        return {"validation": 0.0, "loss": 1e9, "right": "", "diverged": True}
    return judged(run, model, wanted_later(section, row))


def grown(
    run: Run, section: str, setting: Row, work: Callable[[Row], Row], grid: Sequence[float] = RATES,
    low: float = LOWEST, high: float = HIGHEST,
) -> float:  # fmt: skip
    """The learning rate of the least validation loss with start 0, from a grid that grows while its edge is best."""

    def score(value: float) -> float:
        row = {**setting, "learning_rate": value, "seed": 0}
        return -run.once(section, row, lambda: work(row))["loss"]

    return run.grown(grid, score, low, high)


def rate_of(run: Run, section: str, **wanted: Any) -> float:
    """The learning rate that a study gave to all starts. Raises ValueError if that study has not been run."""
    rows = [row for row in run.stored(section) if wanted.items() <= row.items() and row["seed"] == SEEDS[-1]]
    if not rows and run.saves:
        raise ValueError(f"Run `{section}` first: it chooses the learning rate of {wanted}.")
    return rows[-1]["learning_rate"] if rows else LEARNING_RATE


# --- what a whole training gives --------------------------------------------------------------------------------------


class Curve(Listener):
    """Accuracy on some validation texts after some steps, and the processor seconds that the steps took."""

    def __init__(self, run: Run, model: TextClassifier) -> None:
        self.run, self.model = run, model
        self.points: list[tuple[int, float, float]] = []
        self.start, self.looking = process_time(), 0.0

    def on_step(self, run: Training) -> None:
        """Look, with the clock stopped."""
        if run.step not in LOOKS:
            return
        before = process_time()
        texts, labels = self.run.split("validation")
        with evaluating(self.model):
            accuracy = self.model.accuracy(texts[:400], labels[:400])
        self.looking += process_time() - before
        self.points.append((run.step, process_time() - self.start - self.looking, accuracy))


def one_training(run: Run, row: Row) -> Row:
    """A training of every weight or of LoRA: how good, how many numbers it moves, how long it took."""
    rank, where, seed = row["rank"], row["where"], row["seed"]
    found: Row = {}

    def make() -> TextClassifier:
        model = fresh(run, seed)
        if rank:
            low_rank.add_low_rank(model, rank, where=PLACES[where], seed=seed)
        curve = Curve(run, model) if (rank, where) in CURVES else None
        found["trained"] = n_trained(model)
        seconds = trained(run, model, seed, row["learning_rate"], watch=curve)
        found["training_s"] = round(seconds - (curve.looking if curve else 0), 1)
        found["curve"] = curve.points if curve else []
        _keep(run, row, model)
        return model

    return {**made(run, "low_rank", row, make), "alpha": 2 * rank, **found}


def _keep(run: Run, row: Row, model: TextClassifier) -> None:
    """08's classifiers, which other parts make smaller, and what may become the adapter of the film sentences."""
    if run.quick:
        return
    if row["rank"] == 0 and row["learning_rate"] == LEARNING_RATE:
        model.save(KEPT / f"start-{row['seed']}")
    if (row["rank"], row["where"], row["seed"]) == (ADAPTER_RANK, USUAL, 0):
        low_rank.Adapter.of(model).write(_adapter_file(row["learning_rate"]))


def _adapter_file(learning_rate: float) -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    return KEPT / f"film-{learning_rate:g}.safetensors"


def starts(run: Run) -> None:
    """Every weight: 08's classifiers of three starts, and the arm that LoRA stands beside, at its own rate."""
    setting = {"rank": 0, "where": "every weight"}
    work = functools.partial(one_training, run)
    rate = grown(run, "low_rank", setting, work)
    for value in dict.fromkeys((LEARNING_RATE, rate)):  # the chosen one last
        run.rows("low_rank", [{**setting, "learning_rate": value, "seed": s} for s in run.some(SEEDS)], work)


def lora(run: Run) -> None:
    """Three ranks at query and value, and rank 8 in other places: each at its own learning rate, three starts."""
    work = functools.partial(one_training, run)
    for rank, where in run.some(RANKS, 2):
        setting = {"rank": rank, "where": where}
        rate = grown(run, "low_rank", setting, work, LORA_RATES, LORA_LOWEST, LORA_HIGHEST)
        run.rows("low_rank", [{**setting, "learning_rate": rate, "seed": s} for s in run.some(SEEDS)], work)


def adapters(run: Run) -> None:
    """Two adapters for one encoder, of film sentences and of TREC questions, in half precision, beside the results."""
    folder = results.FOLDER if run.saves else Path(tempfile.mkdtemp())
    rate = rate_of(run, "low_rank", rank=ADAPTER_RANK, where=USUAL)

    def stored(row: Row) -> Row:
        file = folder / f"adapter_{row['data']}.safetensors"
        source, data = _adapter_file(rate), trec_questions() if row["data"] == "questions" else film_sentences()
        if row["data"] == "film" and source.is_file() and run.saves:
            shutil.copy(source, file)
        else:
            _train_adapter(run, data, rate).write(file)
        model = fresh(run, 0, data.label_names)
        low_rank.Adapter.read(file).put_into(model)
        m = run.size(1000, 8)
        validation = model.accuracy(data.validation.inputs[:m], data.validation.labels[:m])
        return {"validation": validation, "kilobytes": file.stat().st_size / 1000}

    run.rows("adapters", [{"data": name, "learning_rate": rate} for name in ("film", "questions")], stored)


def _train_adapter(run: Run, data: LabelledData, learning_rate: float) -> low_rank.Adapter:
    model, n = fresh(run, 0, data.label_names), run.size(N_TRAINED, 16)
    low_rank.add_low_rank(model, ADAPTER_RANK)
    model.fit(data.train.inputs[:n], data.train.labels[:n], epochs=run.size(EPOCHS, 1), learning_rate=learning_rate,
              progress=False)  # fmt: skip
    return low_rank.Adapter.of(model)


# --- rounding ---------------------------------------------------------------------------------------------------------


def rounding(run: Run) -> None:
    """Every way on every start: how far weights moved, which texts are right; and PyTorch's whole numbers."""
    ways = {"as it is": lambda weights: weights, **quantization.every_way()}

    def rounded(row: Row) -> Row:
        model, moved = teacher(run, row["seed"]), None
        if row["way"] == studies.INT8:
            model = quantization.dynamic_int8(model)  # type: ignore[assignment]
        else:
            sizes = quantization.round_maps(model.bert.layers, ways[row["way"]])  # type: ignore[arg-type]
            moved = statistics.mean(sizes.values())
        return {"moved": moved, **judged(run, model, wanted_later("rounding", row))}

    names = [*run.some(list(ways), 3), studies.INT8]
    run.rows("rounding", [{"way": way, "seed": seed} for seed in run.some(SEEDS) for way in names], rounded)


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


def writer(run: Run) -> tuple[Any, Tensor]:
    """SmolLM2 and 1,025 tokens of Wikipedia; to try the paths, a tiny Llama and numbers."""
    from lessons import llama

    if run.quick:
        model = llama.Llama(llama.LlamaConfig(300, 64, 2, 4, 2, 128, 64)).eval().requires_grad_(False)
        return model, torch.arange(49) * 7 % 300
    found, tokenizer = llama.smollm2(progress=False)
    return found, torch.tensor(tokenizer.encode(wikitext().validation[0])[:1025])


def writing(run: Run) -> None:
    """SmolLM2 rounded: bits for each token of Wikipedia, in each of 16 blocks of neighbours."""
    model, text = writer(run)
    ways = {"as it is": lambda weights: weights, **quantization.every_way()}
    maps = quantization.linear_maps(model)
    before = {name: linear.weight for name, linear in maps.items()}

    def rounded(row: Row) -> Row:
        for name, linear in maps.items():
            linear.weight = nn.Parameter(ways[row["way"]](before[name]), requires_grad=False)
        with torch.no_grad():
            logits = model(text[None, :-1])[0]
        for name, linear in maps.items():
            linear.weight = before[name]
        bits = F.cross_entropy(logits, text[1:], reduction="none") / math.log(2)
        return {"bits": bits.mean().item(), "blocks": bits.reshape(16, -1).mean(1).tolist()}

    run.rows("writing", [{"way": way} for way in run.some(list(ways), 2)], rounded)


# --- pruning ----------------------------------------------------------------------------------------------------------


def masks_for(how: str, maps: Mapping[str, nn.Linear], share: float, seed: int) -> pruning.Masks:
    """A share of the weights goes: the smallest, or as many at random."""
    if how == "smallest":
        return pruning.magnitude_masks(maps, share)
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.rand(each.weight.shape, generator=generator) >= share for name, each in maps.items()}


def prune_weights(run: Run) -> None:
    """Shares of the weights set to 0: as it is, and after an epoch in which they stay 0; at share 0 the whole model."""

    def pruned(row: Row) -> Row:
        return made(run, "pruning", row, functools.partial(cut_weights, run, row))

    def rows(how: str, shares: Sequence[float], learning_rate: float) -> None:
        fields = {"how": how, "epochs": int(learning_rate > 0), "learning_rate": learning_rate}
        wanted = [{**fields, "share": share, "seed": seed} for seed in run.some(SEEDS) for share in run.some(shares)]
        run.rows("pruning", wanted, pruned)

    setting = {"how": "smallest", "epochs": 1}
    rows("smallest", (0.0,), grown(run, "pruning", {**setting, "share": 0.0}, pruned))
    rate = grown(run, "pruning", {**setting, "share": SHARE_OF_RATE}, pruned)
    rows("smallest", SHARES, 0.0)
    rows("smallest", SHARES_TRAINED, rate)
    rows("at random", (SHARE_AT_RANDOM,), 0.0)
    rows("at random", (SHARE_AT_RANDOM,), rate)


def cut_weights(run: Run, row: Row) -> TextClassifier:
    """A share of the layers' weights set to 0; with a learning rate above 0 an epoch follows in which they stay 0."""
    model = teacher(run, row["seed"])
    maps = quantization.linear_maps(model.bert.layers)  # type: ignore[arg-type]
    with pruning.held(maps, masks_for(row["how"], maps, row["share"], row["seed"])):
        if row["learning_rate"]:
            trained(run, model, row["seed"], row["learning_rate"], 1)
    return model


def without_parts(run: Run, model: TextClassifier, kind: str, amount: float, seed: int = 0) -> TextClassifier:
    """A classifier without so many heads, without such a share of the inner numbers, or without so many layers."""
    if kind == "heads":
        texts, labels = run.split("train")
        found = model.encode(texts[: run.size(200, 8)])
        batches = TextBatches(found, labels[:200], BATCH_SIZE, pad_id=model.pad_id)
        scores = pruning.head_scores(model, batches, classification_loss)
        return pruning.without_heads(model, pruning.least_heads(scores, int(amount)))
    if kind == "heads at random":
        scores = torch.rand(6, 12, generator=torch.Generator().manual_seed(seed))
        return pruning.without_heads(model, pruning.least_heads(scores, int(amount)))
    if kind == "layers":
        return pruning.without_layers(model, range(6 - int(amount), 6)) if amount else model
    for layer in model.bert.layers:
        order = pruning.inner_sizes(layer.feed_forward).argsort().tolist()
        pruning.remove_inner(layer.feed_forward, order[: int(amount * len(order))])
    return model


def parts(run: Run) -> None:
    """Heads, inner numbers and layers taken out, with an epoch after and without; and heads at random."""

    def cut(row: Row) -> Row:
        def make() -> TextClassifier:
            model = without_parts(run, teacher(run, row["seed"]), row["kind"], row["amount"], row["seed"])
            if row["epochs"]:
                trained(run, model, row["seed"], row["learning_rate"], row["epochs"])
            return model

        return made(run, "parts", row, make)

    def rows(kind: str, amounts: Sequence[float], learning_rate: float) -> None:
        fields = {"kind": kind, "epochs": int(learning_rate > 0), "learning_rate": learning_rate}
        wanted = [{**fields, "amount": each, "seed": seed} for seed in run.some(SEEDS) for each in run.some(amounts)]
        run.rows("parts", wanted, cut)

    for kind, amounts in AMOUNTS.items():
        rate = grown(run, "parts", {"kind": kind, "amount": amounts[0], "epochs": 1}, cut)
        rows(kind, amounts, 0.0)
        rows(kind, amounts[:1], rate)
        if kind == "heads":
            rows("heads at random", amounts, 0.0)
            rows("heads at random", amounts[:1], rate)


# --- distillation -----------------------------------------------------------------------------------------------------


@functools.cache
def _heard(quick: bool, seed: int, n: int) -> tuple[list[list[int]], Tensor]:
    """Texts as token numbers, and the teacher's logits for them."""
    source = teacher(Run(NAME, quick), seed)
    found = source.encode(film_sentences().train.inputs[:n])
    return found, distillation.logits_of(source, found)


def distilled(run: Run, row: Row) -> TextClassifier:
    """A student of one start, trained for as many steps as its teacher was: its arm says on what."""
    source = teacher(run, row["seed"])
    student = distillation.student_of(source, row["layers"])
    n = run.size(ARMS[row["arm"]][1], 16)
    found, logits = _heard(run.quick, row["seed"], n)
    labels = film_sentences().train.labels[:n]
    lesson = distillation.Lesson(found, labels, logits, row["temperature"], row["soft"])
    batches = lesson.batches(BATCH_SIZE, source.pad_id, row["seed"])
    epochs = max(1, EPOCHS * N_TRAINED // ARMS[row["arm"]][1])
    fitted(run, student, batches, lesson.loss, row["seed"], row["learning_rate"], epochs)
    return student


def distil(run: Run) -> None:
    """Students of three and of two layers, each arm at its own rate; then other temperatures, and both together."""

    def taught(row: Row, section: str = "distillation") -> Row:
        kept: list[TextClassifier] = []

        def make() -> TextClassifier:
            kept.append(distilled(run, row))
            return kept[0]

        found = made(run, section, row, make)
        if "test_right" in found:  # the same student in whole numbers
            found["test_right_int8"] = _right(quantization.dynamic_int8(kept[0]), *run.split("test"))[1]
        return found

    rates: dict[str, float] = {}
    for n_layers, arms in ARMS_OF.items():
        for arm in arms:
            setting = {"layers": n_layers, "arm": arm, "temperature": TEMPERATURE, "soft": ARMS[arm][0]}
            if arm not in rates:  # chosen with three layers, since these come first, and with 2,000 texts
                source = arm.partition(",")[0]
                rates[arm] = rates.get(source) or grown(run, "distillation", setting, taught, STUDENT_RATES)
            wanted = [{**setting, "learning_rate": rates[arm], "seed": seed} for seed in run.some(SEEDS)]
            run.rows("distillation", wanted, taught)
    base = {"layers": 3, "arm": "teacher", "learning_rate": rates["teacher"]}
    other = [{**base, "temperature": t, "soft": s, "seed": seed} for t, s in VARIATIONS for seed in run.some(SEEDS)]
    run.rows("variations", other, functools.partial(taught, section="variations"))


# --- all of it --------------------------------------------------------------------------------------------------------


class Made(NamedTuple):
    """One line of the last table: of which family, in which study's rows, of what shape, at how many bits, and how."""

    family: str
    section: str
    wanted: Row
    shape: tuple[str, float]
    bits: float
    command: str
    int8: bool = False


def _rounded(way: str, command: str) -> Made:
    return Made("rounded", "rounding", {"way": way}, ("layers", 0), quantization.room(way), command)


def _cut(kind: str, amount: float, command: str) -> Made:
    return Made("cut", "parts", {"kind": kind, "amount": amount, "epochs": 1}, (kind, amount), 32, command)


def _student(n_layers: int, arm: str, command: str, int8: bool = False) -> Made:
    wanted, shape = {"layers": n_layers, "arm": arm}, ("layers", 6 - n_layers)
    return Made("both" if int8 else "small", "distillation", wanted, shape, 8 if int8 else 32, command, int8)


CHOICES = {
    studies.WHOLE: Made("whole", "rounding", {"way": studies.WHOLE}, ("layers", 0), 32,
                        "TextClassifier.from_pretrained().fit(texts, labels)"),
    "an epoch more": Made("whole", "pruning", {"how": "smallest", "share": 0.0, "epochs": 1}, ("layers", 0), 32,
                          "model.fit(texts, labels, epochs=1)"),
    "LoRA, rank 8, merged": Made("whole", "low_rank", {"rank": 8, "where": USUAL}, ("layers", 0), 32,
                                 "low_rank.add_low_rank(model, 8); low_rank.merge(model)"),
    studies.INT8: Made("rounded", "rounding", {"way": studies.INT8}, ("layers", 0), 8,
                       "efficient_models.dynamic_int8(model)", True),
    "4 bits, blocks of 64": _rounded("4 bits, blocks of 64", "quantization.affine(weights, 4, 64).numbers()"),
    "NF4, blocks of 64": _rounded("NF4, blocks of 64", "efficient_models.nf4(weights).numbers()"),
    "3 bits, blocks of 32": _rounded("3 bits, blocks of 32", "quantization.affine(weights, 3, 32).numbers()"),
    "half of the weights 0, trained": Made(
        "pruned", "pruning", {"how": "smallest", "share": 0.5, "epochs": 1}, ("layers", 0), 32,
        "pruning.magnitude_masks(maps, 0.5)"),
    "24 heads fewer, trained": _cut("heads", 24, "pruning.least_heads(scores, 24)"),
    "half of the inner numbers, trained": _cut("inner", 0.5, "pruning.remove_inner(network, order[:768])"),
    "the upper 3 layers cut, trained": _cut("layers", 3, "pruning.without_layers(model, [3, 4, 5])"),
    "3 layers, from labels": _student(3, "labels", "student_of(model, 3), labels alone"),
    "3 layers, from the teacher": _student(3, "teacher", "student_of(model, 3), Lesson(...)"),
    "3 layers, from the teacher, more texts": _student(3, "teacher, 4,000 texts", "student_of(model, 3), more texts"),
    "2 layers, from labels": _student(2, "labels", "student_of(model, 2), labels alone"),
    "2 layers, from the teacher": _student(2, "teacher", "student_of(model, 2), Lesson(...)"),
    "3 layers, from the teacher, int8": _student(3, "teacher", "dynamic_int8(student_of(model, 3))", True),
    "2 layers, from the teacher, int8": _student(2, "teacher", "dynamic_int8(student_of(model, 2))", True),
}  # fmt: skip


def wanted_later(section: str, row: Row) -> bool:
    """Whether the last table may hold this row."""
    return any(made.section == section and made.wanted.items() <= row.items() for made in CHOICES.values())


def megabytes(model: nn.Module, bits: float) -> float:
    """A file of it: maps of the layers at so many bits a weight, all else, word vectors above all, in 32-bit floats."""
    total = sum(parameter.numel() for parameter in model.parameters())
    layers = model.get_submodule("bert.layers")
    in_maps = sum(linear.weight.numel() for linear in quantization.linear_maps(layers).values())
    return (in_maps * bits / 8 + (total - in_maps) * 4) / 1e6


def judge_choices(run: Run) -> None:
    """What the studies' rows of chosen settings say of the test split; a file's size. Nothing is trained or timed."""

    def collected(row: Row) -> Row:
        choice = CHOICES[row["name"]]
        rows = [each for each in run.stored(choice.section) if choice.wanted.items() <= each.items()]
        rows = studies.chosen(rows, "learning_rate") if rows and "learning_rate" in rows[0] else rows
        if run.saves and {each["seed"] for each in rows} != set(SEEDS):
            raise ValueError(f"Run `{choice.section}` first: {row['name']} lacks starts.")
        field = "test_right_int8" if choice.family == "both" else "test_right"
        right = [each[field] for each in sorted(rows, key=lambda each: each["seed"])]
        accuracies = [float(studies.bits(each, len(run.split("test")[1])).mean()) for each in right]
        kind, amount = choice.shape
        return {
            "family": choice.family, "accuracy": statistics.mean(accuracies) if accuracies else None,
            "accuracies": accuracies, "right": right, "kind": kind, "amount": amount, "int8": choice.int8,
            "megabytes": megabytes(without_parts(run, teacher(run, 0), kind, amount), choice.bits),
            "command": choice.command,
        }  # fmt: skip

    run.rows("choices", [{"name": name} for name in CHOICES], collected)


# --- speed ------------------------------------------------------------------------------------------------------------


def _threads() -> Row:
    return {"threads": torch.get_num_threads()}


def _texts(model: TextClassifier, n: int, tokens: int) -> Batch:
    """Random tokens in the shape of texts: (n, tokens)."""
    generator = torch.Generator().manual_seed(0)
    vocab_size = model.bert.config.vocab_size
    return {"token_ids": torch.randint(1000, vocab_size, (n, tokens), generator=generator), "attention_mask": None}


def _forward(model: nn.Module, batch: Batch) -> Callable[[], object]:
    def job() -> object:
        with torch.inference_mode():
            return model(batch["token_ids"], batch["attention_mask"])

    return job


def speed(run: Run) -> None:
    """All that is timed: ratios of rounds in turns. Accuracy needs none of it, and no trained weights."""
    _dynamic_speed(run)
    model, text = writer(run)
    run.rows("writing_speed", [{"what": "one token behind 32"}], lambda _: _writing_speed(run, model, text))
    shares = run.some(SHARES, 2)
    run.rows("pruning_speed", [{"share": share} for share in shares], lambda row: _pruned_speed(run, row["share"]))
    shapes = dict.fromkeys((*made.shape, made.int8) for made in CHOICES.values())
    shapes |= dict.fromkeys((kind, amount, False) for kind, every in AMOUNTS.items() for amount in every)
    wanted = [{"kind": kind, "amount": amount, "int8": int8} for kind, amount, int8 in run.some(list(shapes), 3)]
    run.rows("speed", wanted, lambda row: _shape_speed(run, row))
    steps(run)


def _dynamic_speed(run: Run) -> None:
    """How many times as fast PyTorch's 8-bit layers are, for texts of several lengths and batches of several sizes."""
    model = teacher(run, 0)
    still = quantization.dynamic_int8(model)

    def timed(row: Row) -> Row:
        machine = costs.this_machine(*((256, 8) if run.quick else ()))
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
            "operations_a_second": rates[0],
            "bytes_a_second": rates[1],
            "times_as_fast": costs.times_as_fast(times, "int8", "float"),
            **_threads(),
        }

    sizes = [(1, 8), (1, 32), (1, 128), (32, 8), (32, 32), (32, 128)]
    run.rows("dynamic", [{"batch": b, "tokens": t} for b, t in run.some(sizes, 2)], timed)


def _writing_speed(run: Run, model: nn.Module, text: Tensor) -> Row:
    """A token at a time behind a prompt that is read outside of the clock, float maps and 8-bit maps in turns."""
    from lessons import llama

    still, n = quantization.dynamic_int8(model, "layers"), run.size(16, 2)

    def write(which: Any) -> Callable[[], object]:
        cache = llama.Cache(which.config)
        with torch.inference_mode():
            which(text[None, :32], cache, last=True)

        def job() -> None:
            with torch.inference_mode():
                cache.cut(32)
                for i in range(n):
                    which(text[None, 32 + i : 33 + i], cache, last=True)

        return job

    times = costs.interleaved({"float": write(model), "int8": write(still)}, run.size(7, 1))
    n_bytes = costs.n_bytes(model), costs.n_bytes(still)
    return {
        "times_as_fast": costs.times_as_fast(times, "int8", "float"),
        "predicted": n_bytes[0] / n_bytes[1],
        "megabytes": [size / 1e6 for size in n_bytes],
        **_threads(),
    }


def _pruned_speed(run: Run, share: float) -> Row:
    """One map of the feed-forward net: dense with zeros, and stored sparse, against dense as it was."""
    linear = teacher(run, 0).bert.layers[0].feed_forward.expand
    pruned = copy.deepcopy(linear)
    maps = {"map": pruned}
    pruning.apply(maps, pruning.magnitude_masks(maps, share))
    whole, zeros = linear.weight.detach(), pruned.weight.detach()
    sparse, inputs = zeros.to_sparse_csr(), torch.randn(512, linear.in_features)
    turned = inputs.T.contiguous()  # as the sparse product wants them, outside of the clock
    jobs = {
        "dense": lambda: inputs @ whole.T,
        "dense with zeros": lambda: inputs @ zeros.T,
        "sparse": lambda: sparse @ turned,
    }
    times = costs.interleaved(jobs, run.size(51, 2))
    places = (sparse.values(), sparse.col_indices().int(), sparse.crow_indices().int())
    return {
        "zeros_times_as_fast": costs.times_as_fast(times, "dense with zeros", "dense"),
        "sparse_times_as_fast": costs.times_as_fast(times, "sparse", "dense"),
        "sparse_bytes": sum(part.nbytes for part in places),
        "dense_bytes": linear.weight.nbytes,
        **_threads(),
    }


def _shape_speed(run: Run, row: Row) -> Row:
    """A model of one shape beside the whole one: 32 texts of 32 tokens, and the share of the layers' numbers left."""
    whole = teacher(run, 0)
    smaller = without_parts(run, teacher(run, 0), row["kind"], row["amount"])
    left = [sum(p.numel() for p in model.bert.layers.parameters()) for model in (smaller, whole)]  # type: ignore[attr-defined]
    this = quantization.dynamic_int8(smaller) if row["int8"] else smaller
    batch = _texts(whole, 32, run.size(32, 4))
    times = costs.interleaved({"whole": _forward(whole, batch), "this": _forward(this, batch)}, run.size(15, 1))
    itself = row["amount"] == 0 and not row["int8"]
    return {
        "times_as_fast": 1.0 if itself else costs.times_as_fast(times, "this", "whole"),
        "whole_ms": 1000 * statistics.median(times["whole"]) / 32,
        "left": left[0] / left[1],
        **_threads(),
    }


KINDS: dict[str, tuple[int, str]] = {
    "every weight": EVERY_WEIGHT, "rank 1": (1, USUAL), "rank 8": (8, USUAL), "rank 64": (64, USUAL),
    "rank 8, everywhere": (8, "everywhere"),
}  # fmt: skip


def steps(run: Run) -> None:
    """One step on the same batch in turns: forward alone, and the whole step; what the optimizer holds."""
    if not run.quick and len(run.stored("steps")) > len(KINDS):
        return
    texts, labels = run.split("train") if run.quick else (run.data().train.inputs, run.data().train.labels)
    models: dict[str, TextClassifier] = {}
    for name, (rank, where) in KINDS.items():
        models[name] = fresh(run)
        if rank:
            low_rank.add_low_rank(models[name], rank, where=PLACES[where])
    every = models["every weight"]
    examples = every.encode(texts)
    batch = next(iter(TextBatches(examples, labels, BATCH_SIZE, pad_id=every.pad_id)))
    table = {"what": "every weight, the whole table", "trained": n_trained(every), **low_rank.training_bytes(every)}
    held = {name: _held(model, examples) for name, model in models.items()}
    forward = costs.interleaved({name: _forward(model, batch) for name, model in models.items()}, run.size(15, 1))
    jobs = {name: _step(model, examples, batch) for name, model in models.items()}
    whole = costs.interleaved(jobs, run.size(15, 1))
    made = {name: {
        "step_ms": 1000 * statistics.median(whole[name]),
        "step_times_as_fast": costs.times_as_fast(whole, name, "every weight"),
        "forward_times_as_fast": costs.times_as_fast(forward, name, "every weight"),
        **held[name], **_threads(),
    } for name in models}  # fmt: skip
    run.once("steps", {"what": table["what"]}, lambda: table)
    run.rows("steps", [{"what": name} for name in made], lambda row: made[row["what"]])


def _held(model: TextClassifier, examples: Sequence[Sequence[int]]) -> Row:
    """What a training holds that moves the rows of the touched words alone; the weights are all there."""
    weights = low_rank.training_bytes(model)["weights"]
    with only_touched_rows(model.bert, examples):
        return {"trained": n_trained(model), **low_rank.training_bytes(model), "weights": weights}


def _step(model: TextClassifier, examples: Sequence[Sequence[int]], batch: Batch) -> Callable[[], object]:
    """A training step with the rows of the touched words alone, as in 08."""

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


STUDIES: Mapping[str, Callable[[Run], None]] = {
    "starts": starts, "rounding": rounding, "layers": layers, "writing": writing, "pruning": prune_weights,
    "parts": parts, "distillation": distil, "low_rank": lora, "adapters": adapters, "choices": judge_choices,
    "speed": speed,
}  # fmt: skip

if __name__ == "__main__":
    main(__doc__, STUDIES, partial(Run, NAME))
