"""Fine-tune MiniLM on film sentences: speed beside transformers' Trainer, the choice on validation, one look at test.

    python benchmarks/fine_tuning.py speed      training throughput, ours and Trainer's default recipe in turn
    python benchmarks/fine_tuning.py choose     learning rate and batch size: validation accuracy only
    python benchmarks/fine_tuning.py test       the chosen setting, 3 seeds, on the test split, beside the baselines

Each writes its section of benchmarks/results/fine_tuning.json. Times depend on the machine: read the ratios.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import time

import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lessons import pretrained, results
from lessons.batches import TextBatches
from lessons.datasets import film_sentences
from lessons.fine_tuning import TextClassifier, classification_loss, only_touched_rows
from lessons.training import fit

CHOSEN = {"learning_rate": 1e-4, "epochs": 2, "batch_size": 16}
DATA = film_sentences().first(2000)


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
    parser.add_argument("what", choices=("speed", "choose", "test"))
    parser.add_argument("--sentences", type=int, default=800, help="for speed: sentences in each run")
    parser.add_argument("--rounds", type=int, default=5, help="for speed: interleaved runs of each recipe")
    parser.add_argument("--seeds", type=int, default=3, help="for test")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    if arguments.what == "speed":
        speed(arguments.sentences, arguments.rounds)
    elif arguments.what == "choose":
        choose()
    else:
        test(arguments.seeds)
