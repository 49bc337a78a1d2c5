"""The longer runs of notebook 06: a translator of dates over three seeds; what depth and masks do to a small task.

    python benchmarks/transformer.py choose     learning rate of the translator: exact match on validation only
    python benchmarks/transformer.py dates      the chosen setting, 3 seeds, on the test split, once
    python benchmarks/transformer.py order      which of two letters comes first: with positions, without, with a mask
    python benchmarks/transformer.py depth      the same task with 1 to 16 layers: pre-norm, post-norm; other rates
    python benchmarks/transformer.py start      16 layers: pre-norm and post-norm, six settings each, first weights too
    python benchmarks/transformer.py weekday    does the translator read the month off the weekday? 3 seeds, validation

Each writes its section of benchmarks/results/transformer.json. The three seeds of `dates` and `weekday` are three first
weights and three orders of the same training dates, judged on the same dates: their spread is no confidence interval.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import torch

from lessons.kit import results
from lessons.kit.training import fit
from lessons.transformer import Transformer, dates, weekdays
from lessons.transformer.dates import Characters, DateBatches, DatePairs, date_pairs, exact_match
from lessons.transformer.letter_order import accuracy_after_training

SEEDS = (0, 1, 2)
BATCH = 64
CHOSEN: dict[str, Any] = {"learning_rate": 2e-3, "steps": 1500}
INTERMEDIATE = 256  # twice the hidden size, not four times: what lets the training fit into 90 seconds
TRAIN = date_pairs("train", BATCH * CHOSEN["steps"])
CHARACTERS = Characters(TRAIN.texts)


def train(seed: int, learning_rate: float, steps: int) -> tuple[Transformer, float]:
    """The notebook's translator, trained once through the first pairs; and the seconds that it took."""
    torch.manual_seed(seed)
    model = Transformer(len(CHARACTERS), dates.TARGETS, intermediate_size=INTERMEDIATE)
    n = BATCH * steps
    pairs = DatePairs(TRAIN.texts[:n], TRAIN.isos[:n], TRAIN.languages[:n], TRAIN.formats[:n])
    start = time.perf_counter()
    fit(model, DateBatches(pairs, CHARACTERS, BATCH, seed), dates.translation_loss, learning_rate=learning_rate)
    return model, round(time.perf_counter() - start, 1)


def choose() -> None:
    """A shorter training, one seed, 1,000 dates of the validation split."""
    validation, found = date_pairs("validation", 1000), {}
    for learning_rate in (1e-3, 2e-3, 3e-3, 5e-3):
        model, _ = train(0, learning_rate, 800)
        found[f"{learning_rate:g}"] = exact_match(model, CHARACTERS, validation)
        print(learning_rate, found[f"{learning_rate:g}"], flush=True)
    results.save("transformer", "choose", {"steps": 800, "validation": found})


def on_test() -> None:
    """Three seeds on 2,000 test dates, and on what was never trained on: languages, and the short format."""
    validation, test = date_pairs("validation", 1000), date_pairs("test", 2000)
    new = {language: date_pairs("test", 1000, languages=(language,)) for language in dates.STRANGERS}
    shorts = date_pairs("test", 3000, formats=(dates.UNSEEN_FORMAT,))
    shorts = dates.kept(shorts, lambda text, iso: not dates.is_trained(text, iso))
    new["short, 4 digits of the year"] = dates.kept(shorts, lambda text, iso: iso[:4] in text)
    new["short, 2 digits of the year"] = dates.kept(shorts, lambda text, iso: iso[:4] not in text)
    found: dict[str, Any] = {"validation": [], "test": [], "seconds": []}
    unseen: dict[str, Any] = {name: {"n": len(pairs)} for name, pairs in new.items()}
    for seed in SEEDS:
        model, seconds = train(seed, **CHOSEN)
        found["validation"].append(exact_match(model, CHARACTERS, validation))
        found["test"].append(exact_match(model, CHARACTERS, test))
        found["seconds"].append(seconds)
        for name, pairs in new.items():
            guesses = dates.translations(model, CHARACTERS, pairs.texts)
            for part, share in dates.parts_right(guesses, pairs.isos).items():
                unseen[name].setdefault(part, []).append(share)
        print(seed, {name: values[-1] for name, values in found.items()}, flush=True)
    print(unseen)
    print(f"exact match from {min(found['test']):.2%} to {max(found['test']):.2%}")
    setting = {**CHOSEN, "batch_size": BATCH, "intermediate_size": INTERMEDIATE, "threads": torch.get_num_threads()}
    results.save("transformer", "dates", {**setting, **found, "unseen": unseen})


def order() -> None:
    """Three seeds of each kind of model on the task of two letters."""
    kinds: dict[str, dict[str, Any]] = {
        "no positions, 1 layer": {"positions": False},
        "no positions, 2 layers": {"positions": False, "n_layers": 2},
        "positions, 1 layer": {},
        "causal mask alone, 1 layer": {"positions": False, "causal": True},
        "causal mask alone, 2 layers": {"positions": False, "causal": True, "n_layers": 2},
    }
    found = {name: [accuracy_after_training(seed, **options) for seed in SEEDS] for name, options in kinds.items()}
    print(found)
    results.save("transformer", "order", {"steps": 300, "accuracy": found})


def depth() -> None:
    """200 steps, 1 to 16 layers: pre-norm and post-norm without warm-up; post-norm with one of a quarter of the steps,
    and with lower learning rates instead. `start` gives pre-norm the same settings."""
    kinds: dict[str, dict[str, Any]] = {
        "pre-norm": {"norm_first": True, "warmup": 0.0},
        "post-norm": {"norm_first": False, "warmup": 0.0},
        "post-norm, warm-up": {"norm_first": False, "warmup": 0.25},
        "post-norm, rate 0.001": {"norm_first": False, "warmup": 0.0, "learning_rate": 1e-3},
        "post-norm, rate 0.0003": {"norm_first": False, "warmup": 0.0, "learning_rate": 3e-4},
    }
    found: dict[str, dict[str, list[float]]] = {name: {} for name in kinds}
    for name, options in kinds.items():
        for layers in (1, 2, 4, 8, 16):
            runs = [accuracy_after_training(seed, layers, steps=200, **options) for seed in SEEDS]
            found[name][str(layers)] = runs
            print(name, layers, runs, flush=True)
    results.save("transformer", "depth", {"steps": 200, "accuracy": found})


def start() -> None:
    """16 layers, 200 steps, three seeds: both places of the norm, each in the same six settings.

    The first is rate 0.003, PyTorch's first weights, no warm-up. The others change one thing: a warm-up over a quarter
    of the steps, a lower rate, other first weights (`lessons.transformer.stacks`). Five of the twelve are runs of
    `depth`, which are taken from there.
    """
    settings: dict[str, dict[str, Any]] = {
        "rate 0.003": {},
        "warm-up": {"warmup": 0.25},
        "rate 0.001": {"learning_rate": 1e-3},
        "rate 0.0003": {"learning_rate": 3e-4},
        "Xavier": {"start": "Xavier"},
        "Xavier, scaled": {"start": "Xavier, scaled"},
    }
    known = results.load("transformer")["depth"]["accuracy"]
    found: dict[str, dict[str, list[float]]] = {}
    for setting, options in settings.items():
        found[setting] = {}
        for place in ("pre-norm", "post-norm"):
            name = f"{place}, {setting}" if options else place  # as in `depth`
            runs = known[name]["16"] if name in known else _deep(norm_first=place == "pre-norm", **options)
            found[setting][place] = runs
            print(name, runs, flush=True)
    results.save("transformer", "start", {"steps": 200, "n_layers": 16, "accuracy": found})


def _deep(**options: Any) -> list[float]:
    return [accuracy_after_training(seed, 16, steps=200, **{"warmup": 0.0, **options}) for seed in SEEDS]


def weekday() -> None:
    """1,000 validation dates in the full format: as they are, under another weekday, with another month."""
    changed = weekdays.changed_dates(1000)
    rows: dict[str, dict[str, Any]] = {name: {} for name in changed}
    looks: dict[str, list[float]] = {}
    for seed in SEEDS:
        model, _ = train(seed, **CHOSEN)
        for name, pairs in changed.items():
            guesses = dates.translations(model, CHARACTERS, pairs.texts)
            for part, share in dates.parts_right(guesses, pairs.isos).items():
                rows[name].setdefault(part, []).append(share)
        _, written = dates.translate(model, CHARACTERS, changed["as it was"].texts)
        for name, share in weekdays.month_looks_at_weekday(written.alignment.cpu(), changed["as it was"]).items():
            looks.setdefault(name, []).append(share)
        print(seed, {name: {part: of[-1] for part, of in row.items()} for name, row in rows.items()}, looks, flush=True)
        results.save("transformer", "weekday", {**CHOSEN, "n": 1000, "rows": rows, "looks": looks})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("choose", "dates", "order", "depth", "start", "weekday"))
    studies = {"choose": choose, "dates": on_test, "order": order, "depth": depth, "start": start, "weekday": weekday}
    studies[parser.parse_args().what]()
