"""Fine-tune MiniLM on film sentences and TREC questions: what it costs, what each choice does, one look at test.

    python benchmarks/fine_tuning.py speed      training throughput, ours and Trainer's default recipe in turn
    python benchmarks/fine_tuning.py choose     learning rate and batch size: validation accuracy only
    python benchmarks/fine_tuning.py epochs     how many epochs for 50 to 500 examples: validation accuracy only
    python benchmarks/fine_tuning.py curve      accuracy against the number of labelled examples, on validation
    python benchmarks/fine_tuning.py parts      the last layers, their frozen lower ones computed once, on validation
    python benchmarks/fine_tuning.py looks      training with attention held still, and with it even, on validation
    python benchmarks/fine_tuning.py rates      learning rates from 1e-5 to 1e-3, on validation
    python benchmarks/fine_tuning.py cheap      the same examples, TF-IDF and frozen vectors: logistic regressions
    python benchmarks/fine_tuning.py test       the chosen setting, 3 seeds, on the test split, beside the baselines
    python benchmarks/fine_tuning.py trec       the same for TREC questions, all training questions

Each writes its section of benchmarks/results/fine_tuning.json. Times depend on the machine: read the ratios.
epochs, curve and rates share one list of trainings, kept in the section "trainings"; parts and looks have their own.
What is in a list is not run again, so they can be cut off at any time and go on later; with --minutes they stop by
themselves and exit with 3. The test split is opened by `test` and `trec` alone, for settings chosen on validation.
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
from torch import nn

from lessons.attention import padding_mask
from lessons.bert.model import first_token
from lessons.fine_tuning import TextClassifier, classification_loss, only_touched_rows, train_only_last
from lessons.kit import pretrained, results
from lessons.kit.batches import TextBatches, by_length, pad
from lessons.kit.datasets import LabelledData, film_sentences, trec_questions
from lessons.kit.training import evaluating, fit
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
    """The chosen setting on the test split, once: for each sentence, in their order, 1 if the answer was right.

    All starts share their 2,000 training sentences: what differs is the head, dropout and the order of the batches.
    """
    right = {}
    for seed in range(seeds):
        model = TextClassifier.from_pretrained(seed=seed)
        model.fit(*split("train"), seed=seed, progress=False, **CHOSEN)
        right[f"start {seed}"] = bits(model.predict(split("test")[0]) == split("test")[1])
        print(f"seed {seed}: {right[f'start {seed}'].count('1') / len(DATA.test):.3f}", flush=True)
    c, right["TF-IDF"] = baseline()
    report("test", {"setting": CHOSEN, "C": c, "right": right})


def bits(right: np.ndarray) -> str:
    """Truth values as a string of 1 and 0."""
    return "".join("1" if each else "0" for each in right)


def baseline() -> tuple[float, str]:
    """TF-IDF (words and pairs) with logistic regression: the C that is best on validation, then right on test."""

    def pipeline(c: float):
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        return make_pipeline(vectors, LogisticRegression(C=c, max_iter=1000)).fit(*split("train"))

    c = max((1.0, 3.0, 10.0, 30.0, 100.0, 300.0), key=lambda c: pipeline(c).score(*split("validation")))
    return c, bits(pipeline(c).predict(split("test")[0]) == split("test")[1])


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


def rates_study() -> Iterator[Setting]:
    """500 film sentences, all layers, rates a factor of about 3 apart."""
    for seed in SEEDS:
        for rate in (1e-5, 3e-5, 1e-4, 3e-4, 1e-3):
            yield setting("film", 500, seed, learning_rate=rate)


STUDIES = {"epochs": epochs_study, "curve": curve_study, "rates": rates_study}


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
    chosen = sample_indices(data, n, seed)
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


# --- the last layers, on states that are computed once ----------------------------------------------------------------

RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
PART_RATES = {0: RATES[5:8], 1: RATES[3:6], 3: RATES[2:5]}  # where to look first; the grid grows while its edge is best
TUNED_ON = {"n": 500, "epochs": 4, "seeds": (0, 1)}  # as for all layers, where the study `rates` has the same trainings


class UpperPart(nn.Module):
    """The layers of a classifier that are trained, its pooler and its head, on the states below them."""

    def __init__(self, model: TextClassifier, n_layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(list(model.bert.layers)[len(model.bert.layers) - n_layers :])
        self.pooler, self.dropout, self.classifier = model.bert.pooler, model.dropout, model.classifier

    def forward(self, states: torch.Tensor, attention_mask: torch.Tensor | None) -> torch.Tensor:
        """(batch, tokens, dim) -> logits (batch, labels)."""
        mask = None if attention_mask is None else padding_mask(attention_mask)
        for layer in self.layers[:-1]:
            states = layer(states, mask)
        if len(self.layers):
            states = first_token(self.layers[-1], states, mask)
        return self.classifier(self.dropout(torch.tanh(self.pooler(states[:, 0]))))


class StateBatches:
    """Batches in the order of `TextBatches`, of states instead of tokens."""

    def __init__(self, states: list[torch.Tensor], labels: np.ndarray, seed: int) -> None:
        self.states, self.labels = states, torch.as_tensor(np.array(labels))
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-len(self.states) // CHOSEN["batch_size"])

    def __iter__(self) -> Iterator[dict]:
        order = torch.randperm(len(self.states), generator=self.generator).tolist()
        batches = by_length(self.states, CHOSEN["batch_size"], order)
        for index in torch.randperm(len(batches), generator=self.generator).tolist():
            chosen = batches[index]
            yield {**padded([self.states[i] for i in chosen]), "labels": self.labels[chosen]}


def padded(states: list[torch.Tensor]) -> dict:
    """States of several lengths as one rectangle, with its mask, or None where nothing is padded."""
    lengths = torch.tensor([len(each) for each in states])
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    rectangle = nn.utils.rnn.pad_sequence(states, batch_first=True)
    return {"states": rectangle, "attention_mask": None if mask.all() else mask.long()}


@torch.no_grad()
def states_below(model: TextClassifier, texts, parts: tuple[int, ...]) -> dict[int, list[torch.Tensor]]:
    """What the last n layers read, for each n and text: (tokens, dim), or for n = 0 [CLS] alone, (1, dim)."""
    examples, n_all = model.encode(texts), len(model.bert.layers)
    found: dict[int, list] = {n: [None] * len(examples) for n in parts}
    for chosen in by_length(examples, 32):
        hidden, mask = model.bert._embed(*pad([examples[i] for i in chosen]), None)
        for done_layers in range(n_all + 1):
            n = n_all - done_layers
            for i, row in zip(chosen, hidden, strict=True):
                if n in found:
                    found[n][i] = row[: len(examples[i]) if n else 1].clone()
            hidden = model.bert.layers[done_layers](hidden, mask) if n else hidden
    return found


def cached_loss(model: nn.Module, batch: dict) -> torch.Tensor:
    """Mean cross-entropy of a batch of states."""
    return nn.functional.cross_entropy(model(batch["states"], batch["attention_mask"]), batch["labels"])


@torch.no_grad()
def cached_accuracy(part: UpperPart, states: list[torch.Tensor], labels: np.ndarray) -> float:
    """The share of texts, given by their states, that get their label."""
    right = 0
    with evaluating(part):
        for chosen in by_length(states, 32):
            batch = padded([states[i] for i in chosen])
            right += int((part(**batch).argmax(-1).numpy() == labels[chosen]).sum())
    return right / len(states)


def parts(minutes: float) -> None:
    """Head and pooler, the last layer, the last three: rates on 500 sentences, two starts; the best on 2,000, three.

    What lies below does not change, so it is computed once, without dropout, for all trainings of that many layers.
    """
    data, end = film_sentences(), time.monotonic() + 60 * minutes
    below = lower_states(data)
    for n_layers, rates in PART_RATES.items():
        states, validation = below[n_layers]
        for seed, n, epochs, rate in part_settings(n_layers, rates):
            if stored("parts", layers=n_layers, seed=seed, n=n, learning_rate=rate):
                continue
            if time.monotonic() > end:
                sys.exit(3)
            part = UpperPart(TextClassifier.from_pretrained(seed=seed), n_layers)
            chosen = sample_indices(data, n, seed)
            batches = StateBatches([states[i] for i in chosen], data.train.labels[chosen], seed)
            torch.manual_seed(seed)
            start = time.process_time()
            fit(part, batches, cached_loss, epochs=epochs, learning_rate=rate, device="cpu", progress=False)
            seconds = time.process_time() - start
            accuracy = cached_accuracy(part, validation, data.validation.labels)
            row = {"layers": n_layers, "n": n, "seed": seed, "epochs": epochs, "learning_rate": rate}
            add("parts", {**row, "validation_accuracy": accuracy, "cpu_seconds": round(seconds, 1)})


def lower_states(data: LabelledData) -> dict[int, tuple[dict[int, torch.Tensor], list[torch.Tensor]]]:
    """For each number of trained layers: what they read of the training sentences, by index, and of validation."""
    used = sorted({int(i) for seed in SEEDS for i in sample_indices(data, 2000, seed)})
    model, texts = TextClassifier.from_pretrained(), [data.train.inputs[i] for i in used]
    train = states_below(model, texts, tuple(PART_RATES))
    validation = states_below(model, data.validation.inputs, tuple(PART_RATES))
    return {n: (dict(zip(used, train[n], strict=True)), validation[n]) for n in PART_RATES}


def part_settings(n_layers: int, rates: tuple[float, ...]) -> Iterator[tuple[int, int, int, float]]:
    """(seed, n, epochs, rate): those that choose the rate, then three starts with the rate that was best."""
    while True:
        for seed in TUNED_ON["seeds"]:
            for rate in rates:
                yield seed, TUNED_ON["n"], TUNED_ON["epochs"], rate
        tried = {rate: stored("parts", layers=n_layers, n=TUNED_ON["n"], learning_rate=rate) for rate in rates}
        best = max(rates, key=lambda rate: np.mean([row["validation_accuracy"] for row in tried[rate]]))
        if best not in (rates[0], rates[-1]):
            break
        first, last = RATES.index(rates[0]), RATES.index(rates[-1])
        rates = RATES[first - (best == rates[0]) : last + 1 + (best == rates[-1])]
    for seed in SEEDS:
        yield seed, 2000, CHOSEN["epochs"], best


def sample_indices(data: LabelledData, n: int, seed: int) -> np.ndarray:
    """The places of `sample` among the training examples."""
    return np.random.default_rng(seed).permutation(len(data.train))[:n]


def stored(section: str, **wanted: object) -> list[dict]:
    """The rows of a section that have these values; none if the section is not there."""
    try:
        rows = results.load("fine_tuning")[section]["rows"]
    except (FileNotFoundError, KeyError):
        return []
    return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def add(section: str, row: dict) -> None:
    """Add a row to a section of the file, and print it."""
    results.save("fine_tuning", section, {"rows": [*stored(section), row]})
    print(row, flush=True)


# --- training with attention held still -------------------------------------------------------------------------------

HELD = ("even in the last layer", "even in every layer", "as pretrained in every layer")


def hold_attention(model: TextClassifier, how: str) -> None:
    """Make every token look at all alike (queries of 0), or keep queries and keys as they were pretrained."""
    layers = list(model.bert.layers)
    for layer in layers[-1:] if "last" in how else layers:
        for part in (layer.attention.query, layer.attention.key):
            part.requires_grad_(False)
        if how.startswith("even"):
            nn.init.zeros_(layer.attention.query.weight)
            nn.init.zeros_(layer.attention.query.bias)


def looks(minutes: float) -> None:
    """500 film sentences, the recipe of `rates` at its best rate, with attention held still (Wiegreffe & Pinter 2019).

    The same samples, starts and rate as the free trainings; the rate was not chosen again.
    """
    data, end = film_sentences(), time.monotonic() + 60 * minutes
    for seed in SEEDS:
        for how in HELD:
            if stored("looks", attention=how, seed=seed):
                continue
            if time.monotonic() > end:
                sys.exit(3)
            model = TextClassifier.from_pretrained(seed=seed)
            hold_attention(model, how)
            model.fit(*sample(data, 500, seed), epochs=4, learning_rate=1e-4, seed=seed, progress=False)
            accuracy = model.accuracy(data.validation.inputs, data.validation.labels)
            add("looks", {"attention": how, "n": 500, "seed": seed, "validation_accuracy": accuracy})


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


def trec() -> None:
    """TREC questions, all for training: the recipe of the curve on the test split, once, beside the baseline."""
    data, accuracies = trec_questions(), []
    for seed in SEEDS:
        model = TextClassifier.from_pretrained(label_names=data.label_names, seed=seed)
        recipe = {"epochs": epochs_for(len(data.train)), "learning_rate": CHOSEN["learning_rate"], "seed": seed}
        model.fit(data.train.inputs, data.train.labels, batch_size=16, progress=False, **recipe)
        accuracies.append(model.accuracy(data.test.inputs, data.test.labels))
    found = {
        row["C"]
        for row in results.load("fine_tuning")["cheap"]["rows"]
        if row["data"] == "trec" and row["n"] == len(data.train) and row["features"] == "tfidf"
    }
    words = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=found.pop(), max_iter=3000)
    )
    words.fit(data.train.inputs, data.train.labels)
    values = {"accuracies": accuracies, "n": len(data.train)}
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
    others = ("speed", "choose", "parts", "looks", "cheap", "test", "trec")
    parser.add_argument("what", choices=(*STUDIES, *others))
    parser.add_argument("--sentences", type=int, default=800, help="for speed: sentences in each run")
    parser.add_argument("--rounds", type=int, default=5, help="for speed: interleaved runs of each recipe")
    parser.add_argument("--seeds", type=int, default=3, help="for test")
    parser.add_argument("--minutes", type=float, default=1e9, help="for the studies: begin no training after this time")
    parser.add_argument("--most", type=int, default=10**9, help="for the studies: no training with more examples")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    if arguments.what in STUDIES:
        study(arguments.what, arguments.minutes, arguments.most)
    elif arguments.what == "speed":
        speed(arguments.sentences, arguments.rounds)
    elif arguments.what == "test":
        test(arguments.seeds)
    elif arguments.what in ("parts", "looks"):
        {"parts": parts, "looks": looks}[arguments.what](arguments.minutes)
    else:
        {"choose": choose, "cheap": cheap, "trec": trec}[arguments.what]()
