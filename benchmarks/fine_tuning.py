"""Fine-tune MiniLM on film sentences and TREC questions: what it costs, what each choice does, one look at test.

    python benchmarks/fine_tuning.py speed      training throughput, ours and Trainer's default recipe in turn
    python benchmarks/fine_tuning.py cost       training throughput with all layers, the last 3, 2, 1, and none
    python benchmarks/fine_tuning.py choose     learning rate and batch size: validation accuracy only
    python benchmarks/fine_tuning.py epochs     how many epochs for 50 to 500 examples: validation accuracy only
    python benchmarks/fine_tuning.py curve      accuracy against the number of labelled examples, on validation
    python benchmarks/fine_tuning.py parts      last layers against all layers, on validation
    python benchmarks/fine_tuning.py rates      learning rates from 1e-5 to 1e-3, on validation
    python benchmarks/fine_tuning.py cheap      the same examples, TF-IDF and frozen vectors: logistic regressions
    python benchmarks/fine_tuning.py test       the chosen setting, 3 seeds, on the test split, beside the baselines
    python benchmarks/fine_tuning.py trec       the same for TREC questions, all training questions

Each writes its section of benchmarks/results/fine_tuning.json. Times depend on the machine: read the ratios.
epochs, curve, parts and rates share one list of trainings, kept in the section "trainings": what is in it is not run
again, so they can be cut off at any time and go on later; with --minutes they stop by themselves and exit with 3.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lessons.fine_tuning import TextClassifier, classification_loss, only_touched_rows, train_only_last
from lessons.kit import pretrained, results
from lessons.kit.batches import TextBatches, by_length, pad
from lessons.kit.datasets import LabelledData, film_sentences, trec_questions
from lessons.kit.training import fit
from lessons.start_here import sentence_vectors

CHOSEN = {"learning_rate": 1e-4, "epochs": 2, "batch_size": 16}
DATA = film_sentences().first(2000)
SOURCES = {"film": film_sentences, "trec": trec_questions}
SIZES = (50, 100, 200, 500, 1000, 2000, 5000)  # those below the number there are, and all
SEEDS = (0, 1, 2)
CS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


def train_ours(n: int, **options) -> tuple[float, int]:
    """Examples a second of our loop over n sentences, and the token positions that it computed."""
    model = TextClassifier.from_pretrained()
    examples = model.encode(DATA.train.inputs[:n])
    batches = TextBatches(examples, DATA.train.labels[:n], CHOSEN["batch_size"], **options)
    start = time.perf_counter()
    with only_touched_rows(model.bert, examples):
        fit(model, batches, classification_loss, learning_rate=CHOSEN["learning_rate"], progress=False)
    seconds = time.perf_counter() - start
    return n / seconds, sum(batch["token_ids"].numel() for batch in batches)


def train_trainer(n: int, **options) -> tuple[float, int]:
    """The same for `transformers.Trainer` with its default arguments (batch of 8, padded to the batch's longest)."""
    trainer = make_trainer(n, **options)
    start = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - start
    return n / seconds, sum(batch["input_ids"].numel() for batch in trainer.get_train_dataloader())


def make_trainer(n: int, **options):
    """A Trainer on the first n training sentences; what is not in `options` is Trainer's default."""
    from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, Trainer, TrainingArguments

    tokenizer = pretrained.tokenizer()
    encoded = tokenizer(list(DATA.train.inputs[:n]), truncation=True, max_length=128)["input_ids"]
    rows = [{"input_ids": ids, "labels": int(y)} for ids, y in zip(encoded, DATA.train.labels[:n], strict=True)]
    model = AutoModelForSequenceClassification.from_pretrained(pretrained.folder(), num_labels=2)
    quiet = {"report_to": "none", "disable_tqdm": True, "save_strategy": "no", "logging_strategy": "no"}
    arguments = TrainingArguments(tempfile.mkdtemp(), num_train_epochs=1, **quiet, **options)
    return Trainer(model, arguments, train_dataset=rows, data_collator=DataCollatorWithPadding(tokenizer))


SPEED = {
    "Trainer, default recipe": lambda n: train_trainer(n),
    "Trainer, grouped by length": lambda n: train_trainer(n, train_sampling_strategy="group_by_length"),
    "Trainer, 16": lambda n: train_trainer(n, per_device_train_batch_size=16),
    "Trainer, 16, by length": lambda n: train_trainer(
        n, per_device_train_batch_size=16, train_sampling_strategy="group_by_length"
    ),
    "ours, random batches": lambda n: train_ours(n, by_length=False),
    "ours, batches by length": lambda n: train_ours(n),
}


def speed(n: int, rounds: int) -> None:
    """Interleaved runs; the median examples/s of each recipe, and the median of its ratio to Trainer's default."""
    rates: dict[str, list[float]] = {name: [] for name in SPEED}
    positions: dict[str, int] = {}
    for round_number in range(rounds + 1):
        for name, run in SPEED.items():
            rate, positions[name] = run(n if round_number else 64)  # round 0 warms up
            if round_number:
                rates[name].append(rate)
                print(f"round {round_number}  {name:28s} {rate:6.1f} examples/s", flush=True)
    default = rates["Trainer, default recipe"]
    table = {
        name: {
            "examples_per_second": round(statistics.median(values), 1),
            "ratio": round(statistics.median(a / b for a, b in zip(values, default, strict=True)), 2),
            "token_positions": positions[name],
        }
        for name, values in rates.items()
    }
    real = sum(
        map(len, pretrained.tokenizer()(list(DATA.train.inputs[:n]), truncation=True, max_length=128)["input_ids"])
    )
    threads = torch.get_num_threads()
    report("speed", {"sentences": n, "rounds": rounds, "threads": threads, "real_tokens": real, "recipes": table})


def choose() -> None:
    """Validation accuracy of each setting, one seed: what CHOSEN is taken from."""
    rows = []
    for learning_rate in (5e-5, 1e-4, 2e-4):
        for batch_size in (16, 32):
            setting = {"learning_rate": learning_rate, "batch_size": batch_size, "epochs": 2}
            model = TextClassifier.from_pretrained()
            history = model.fit(*split("train"), validation=split("validation"), progress=False, **setting)
            accuracies = [metrics["accuracy"] for _, metrics in history.validation]
            rows.append({**setting, "validation_accuracy": accuracies})
            print(rows[-1], flush=True)
    report("choose", {"settings": rows})


def test(seeds: int) -> None:
    """The chosen setting on the test split, once; the baseline's C was chosen on validation as well."""
    accuracies = []
    for seed in range(seeds):
        model = TextClassifier.from_pretrained(seed=seed)
        model.fit(*split("train"), seed=seed, progress=False, **CHOSEN)
        accuracies.append(model.accuracy(*split("test")))
        print(f"seed {seed}: {accuracies[-1]:.3f}", flush=True)
    mean, half = results.mean_interval(accuracies)
    values = {"setting": CHOSEN, "accuracies": accuracies, "mean": mean, "half_width_95": half}
    report("test", {**values, "baseline": baseline()})


def baseline() -> dict[str, float]:
    """TF-IDF (words and pairs) with logistic regression: C by validation accuracy, then test accuracy."""

    def pipeline(c: float):
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        return make_pipeline(vectors, LogisticRegression(C=c, max_iter=1000)).fit(*split("train"))

    c = max((1.0, 3.0, 10.0, 30.0, 100.0, 300.0), key=lambda c: pipeline(c).score(*split("validation")))
    return {"C": c, "test_accuracy": pipeline(c).score(*split("test"))}


# --- trainings: one row each, shared by the studies ------------------------------------------------------------------

Setting = dict[str, object]  # data, n, epochs, learning_rate, layers, seed


def epochs_for(n: int) -> int:
    """About 2,000 sentences seen, but 2 epochs at least and 40 at most; from the study `epochs`."""
    return max(2, min(40, round(2000 / n)))


def setting(data: str, n: int, seed: int, **other: object) -> Setting:
    """A training: by default every layer, at the learning rate of CHOSEN, for `epochs_for(n)` epochs."""
    usual = {"epochs": epochs_for(n), "learning_rate": CHOSEN["learning_rate"], "layers": 6}
    return {"data": data, "n": n, "seed": seed, **usual, **other}


def sizes(data: str) -> list[int]:
    """The training-set sizes of the curve."""
    everything = len(SOURCES[data]().train)
    return [n for n in SIZES if n < everything] + [everything]


def epochs_study() -> Iterator[Setting]:
    """Seed 0, 50 questions, 100 and 500 film sentences: how long to train."""
    for data, n, candidates in (("trec", 50, (20, 40)), ("film", 100, (10, 20, 40)), ("film", 500, (4, 8))):
        for epochs in candidates:
            yield setting(data, n, 0, epochs=epochs)


def curve_study() -> Iterator[Setting]:
    """Every size, both data sets; seed by seed, so that a cut leaves whole curves, and the longest trainings last."""
    for longest in (False, True):
        for seed in SEEDS:
            for data in SOURCES:
                for n in sizes(data):
                    if (n > 2000) == longest:
                        yield setting(data, n, seed)


def parts_study() -> Iterator[Setting]:
    """2,000 film sentences: the last layer, 2, 3, all; for all but the last, two rates with seed 0, then the better.

    All layers at the rate of CHOSEN are trainings of the curve.
    """
    for seed in SEEDS:
        for layers in (1, 2, 3):
            rates = (1e-4, 3e-4)
            if seed:
                rates = (
                    max(rates, key=lambda rate: done(setting("film", 2000, 0, layers=layers, learning_rate=rate))),
                )
            for rate in rates:
                yield setting("film", 2000, seed, layers=layers, learning_rate=rate)
        yield setting("film", 2000, seed)


def rates_study() -> Iterator[Setting]:
    """500 film sentences, all layers, rates a factor of about 3 apart."""
    for seed in SEEDS:
        for rate in (1e-5, 3e-5, 1e-4, 3e-4, 1e-3):
            yield setting("film", 500, seed, learning_rate=rate)


STUDIES = {"epochs": epochs_study, "curve": curve_study, "parts": parts_study, "rates": rates_study}


def trainings() -> list[Setting]:
    """The rows that are there."""
    try:
        return results.load("fine_tuning")["trainings"]["rows"]
    except (FileNotFoundError, KeyError):
        return []


def done(wanted: Setting) -> float | None:
    """The validation accuracy of a training that was run, or None."""
    for row in trainings():
        if all(row[key] == value for key, value in wanted.items()):
            return row["validation_accuracy"]
    return None


def sample(data: LabelledData, n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """n training examples, drawn with the seed; the smaller samples of a seed are parts of its larger ones."""
    chosen = np.random.default_rng(seed).permutation(len(data.train))[:n]
    return [data.train.inputs[i] for i in chosen], data.train.labels[chosen]


def run(wanted: Setting) -> None:
    """Train once, measure on validation, add the row to the file."""
    data = SOURCES[wanted["data"]]()
    model = TextClassifier.from_pretrained(label_names=data.label_names, seed=wanted["seed"])
    if wanted["layers"] < 6:
        train_only_last(model, wanted["layers"])
    recipe = {key: wanted[key] for key in ("epochs", "learning_rate", "seed")}
    start = time.process_time()
    history = model.fit(*sample(data, wanted["n"], wanted["seed"]), batch_size=16, progress=False, **recipe)
    seconds = time.process_time() - start
    accuracy = model.accuracy(data.validation.inputs, data.validation.labels)
    last = float(np.mean(history.loss[-max(1, len(history.loss) // 10) :]))  # the last tenth of the steps
    row = {**wanted, "validation_accuracy": accuracy, "last_loss": round(last, 4), "cpu_seconds": round(seconds, 1)}
    results.save("fine_tuning", "trainings", {"rows": [*trainings(), row]})
    print(row, flush=True)


def study(name: str, minutes: float, most: int) -> None:
    """Run what is missing, with at most that many examples each; exit with 3 when the time is up before the end."""
    end = time.monotonic() + 60 * minutes
    for wanted in STUDIES[name]():
        if wanted["n"] <= most and done(wanted) is None:
            if time.monotonic() > end:
                sys.exit(3)
            run(wanted)


def cheap() -> None:
    """TF-IDF and frozen MiniLM vectors (mean, pooled) under a logistic regression, on the samples of the curve."""
    rows = []
    for name, source in SOURCES.items():
        data = source()
        vectors = {split: frozen_vectors(getattr(data, split).inputs) for split in ("train", "validation")}
        for seed in SEEDS:
            for n in sizes(name):
                chosen = np.random.default_rng(seed).permutation(len(data.train))[:n]
                labels, wanted = data.train.labels[chosen], data.validation.labels
                words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
                features = {
                    "tfidf": (
                        words.fit_transform([data.train.inputs[i] for i in chosen]),
                        words.transform(data.validation.inputs),
                    ),
                    **{
                        kind: (vectors["train"][kind][chosen], vectors["validation"][kind])
                        for kind in ("mean", "pooled")
                    },
                }
                for kind, (train, validation) in features.items():
                    if kind == "pooled" and n != 2000:
                        continue
                    scores = {
                        c: LogisticRegression(C=c, max_iter=3000).fit(train, labels).score(validation, wanted)
                        for c in CS
                    }
                    c = max(scores, key=scores.__getitem__)
                    rows.append(
                        {"data": name, "n": n, "seed": seed, "features": kind, "C": c, "validation_accuracy": scores[c]}
                    )
                    print(rows[-1], flush=True)
    results.save("fine_tuning", "cheap", {"rows": rows})


@torch.no_grad()
def frozen_vectors(texts) -> dict[str, np.ndarray]:
    """MiniLM as it comes: the mean of the token vectors and the pooled [CLS] vector of each text; (n, dim) each."""
    model = TextClassifier.from_pretrained()
    mean = sentence_vectors(model.bert, model.tokenizer, texts).numpy()
    pooled, examples = np.zeros_like(mean), model.encode(texts)
    for chosen in by_length(examples, 32):
        pooled[chosen] = model.bert.pooled(*pad([examples[i] for i in chosen])).numpy()
    return {"mean": mean, "pooled": pooled}


def cost(n: int, rounds: int) -> None:
    """Examples a second with all layers trained, the last 3, 2, 1 and none, in turn; the median of the ratios."""
    rates: dict[str, list[float]] = {}
    for round_number in range(rounds + 1):
        for layers in (6, 3, 2, 1, 0):
            model = TextClassifier.from_pretrained()
            train_only_last(model, layers) if layers < 6 else None
            size = n if round_number else 32  # round 0 warms up
            start = time.process_time()
            model.fit(DATA.train.inputs[:size], DATA.train.labels[:size], epochs=1, progress=False)
            if round_number:
                rates.setdefault(str(layers), []).append(size / (time.process_time() - start))
    table = {
        layers: {
            "examples_per_second": round(statistics.median(values), 1),
            "ratio": round(statistics.median(a / b for a, b in zip(values, rates["6"], strict=True)), 2),
        }
        for layers, values in rates.items()
    }
    report("cost", {"sentences": n, "rounds": rounds, "threads": torch.get_num_threads(), "layers": table})


def trec() -> None:
    """TREC questions, all for training: the recipe of the curve on the test split, once, beside the baseline."""
    data, accuracies = trec_questions(), []
    for seed in SEEDS:
        model = TextClassifier.from_pretrained(label_names=data.label_names, seed=seed)
        recipe = {"epochs": epochs_for(len(data.train)), "learning_rate": CHOSEN["learning_rate"], "seed": seed}
        model.fit(data.train.inputs, data.train.labels, batch_size=16, progress=False, **recipe)
        accuracies.append(model.accuracy(data.test.inputs, data.test.labels))
    mean, half = results.mean_interval(accuracies)
    found = {
        row["C"]
        for row in results.load("fine_tuning")["cheap"]["rows"]
        if row["data"] == "trec" and row["n"] == len(data.train) and row["features"] == "tfidf"
    }
    words = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=found.pop(), max_iter=3000)
    )
    words.fit(data.train.inputs, data.train.labels)
    values = {"accuracies": accuracies, "mean": mean, "half_width_95": half, "n": len(data.train)}
    report("trec", {**values, "baseline": {"test_accuracy": words.score(data.test.inputs, data.test.labels)}})


def split(name: str):
    """(texts, labels) of one split."""
    part = getattr(DATA, name)
    return list(part.inputs), part.labels


def report(section: str, values: dict) -> None:
    """Print a section and write it to the results file."""
    file = results.save("fine_tuning", section, values)
    for key, value in values.items():
        rows = value.items() if isinstance(value, dict) else [("", value)]
        print("\n".join(f"{key:14s} {name:28s} {row}" for name, row in rows))
    print(f"{torch.get_num_threads()} threads; {results.machine()}\nwritten to {file.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "cost", "choose", *STUDIES, "cheap", "test", "trec"))
    parser.add_argument("--sentences", type=int, default=800, help="for speed and cost: sentences in each run")
    parser.add_argument("--rounds", type=int, default=5, help="for speed and cost: interleaved runs of each recipe")
    parser.add_argument("--seeds", type=int, default=3, help="for test")
    parser.add_argument("--minutes", type=float, default=1e9, help="for the studies: begin no training after this time")
    parser.add_argument("--most", type=int, default=10**9, help="for the studies: no training with more examples")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    if arguments.what in STUDIES:
        study(arguments.what, arguments.minutes, arguments.most)
    elif arguments.what in ("speed", "cost"):
        {"speed": speed, "cost": cost}[arguments.what](arguments.sentences, arguments.rounds)
    elif arguments.what == "test":
        test(arguments.seeds)
    else:
        {"choose": choose, "cheap": cheap, "trec": trec}[arguments.what]()
