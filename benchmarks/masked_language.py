"""The longer runs of notebook 07: pre-training a tiny BERT, what the 80/10/10 rule does, and what it gains on a task.

    python benchmarks/masked_language.py choose      learning rate and share of hidden tokens: validation, a shorter run
    python benchmarks/masked_language.py rule        80/10/10 against [MASK] always, 3 seeds, on validation messages
    python benchmarks/masked_language.py transfer    TREC questions from pre-trained and from random weights, 3 seeds

Each writes its section of benchmarks/results/masked_language.json. `rule` keeps its six models in the folder of the
learner's files; `transfer` reads the three that were trained by the rule, and trains them if they are not there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import masked_language as mlm
from lessons.course.places import home
from lessons.kit import results
from lessons.kit.batches import TextBatches, pad
from lessons.kit.datasets import dialogue, trec_questions
from lessons.kit.training import fit

SEEDS = (0, 1, 2)
RULES = {"80/10/10": (0.8, 0.1), "always [MASK]": (1.0, 0.0)}
VOCABULARY = 2000
LEARNING_RATES = (3e-4, 1e-3, 3e-3)
EPOCHS = {100: (20, 60), 500: (10, 30), 2000: (5, 15)}  # two numbers of epochs for each number of labels


@cache
def material() -> tuple[Any, list, list]:
    """The tokenizer, training messages and 3,000 validation messages, as in the notebook."""
    corpus = dialogue()
    texts = mlm.messages(corpus.train)
    tokenizer = mlm.train_wordpiece(texts, VOCABULARY)
    held_out = mlm.suitable(tokenizer(mlm.messages(corpus.validation))["input_ids"])[:3000]
    return tokenizer, mlm.suitable(tokenizer(texts)["input_ids"]), held_out


def pretrain(seed: int, rule: tuple[float, float] = RULES["80/10/10"], **options: Any) -> mlm.MaskedLanguageModel:
    """The notebook's pre-training with another seed, rule, number of steps, learning rate or share."""
    steps = options.get("steps", mlm.STEPS)
    _, examples, _ = material()
    torch.manual_seed(seed)
    model = mlm.MaskedLanguageModel(mlm.tiny_config(VOCABULARY))
    share = options.get("share", mlm.SHARE)
    batches = mlm.MaskedBatches(
        examples[: steps * mlm.BATCH], VOCABULARY, mlm.BATCH, seed=seed, share=share, replaced=rule
    )
    rate = options.get("learning_rate", mlm.LEARNING_RATE)
    fit(model, batches, mlm.masked_loss, learning_rate=rate, progress=False)
    return model.eval()


def choose() -> None:
    """A quarter of the steps, one seed: bits and accuracy on validation, always measured at 15 %."""
    _, _, held_out = material()
    asked = list(mlm.MaskedBatches(held_out, VOCABULARY, fixed=True))
    found = {}
    for share in (0.15, 0.3):
        for learning_rate in (1e-3, 2e-3, 4e-3):
            model = pretrain(0, steps=500, learning_rate=learning_rate, share=share)
            found[f"share {share}, learning rate {learning_rate:g}"] = mlm.quality(model, asked)
            print(share, learning_rate, mlm.quality(model, asked), flush=True)
    results.save("masked_language", "choose", {"steps": 500, "validation": found})


def kept(seed: int, name: str) -> mlm.MaskedLanguageModel:
    """The model of a rule and seed, read from its file or trained."""
    file = home() / "benchmarks" / f"masked_{name.replace('/', '_').replace(' ', '_')}_{seed}.safetensors"
    if file.is_file():
        model = mlm.MaskedLanguageModel(mlm.tiny_config(VOCABULARY))
        model.load_state_dict(load_file(file))
        return model.eval()
    model = pretrain(seed, RULES[name])
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(model.state_dict(), file)
    return model


@torch.no_grad()
def without_masks(model: mlm.MaskedLanguageModel, held_out: list) -> tuple[float, float]:
    """Texts without [MASK]: how often the head names the token that stands there, and the right one in place of a
    random one (one token in seven is exchanged)."""
    exchanged = mlm.MaskedBatches(held_out, VOCABULARY, fixed=True, replaced=(0.0, 1.0))
    same = total = right = asked_about = 0
    for token_ids, attention_mask, labels in exchanged:
        asked = labels != mlm.IGNORED
        truth = torch.where(asked, labels, token_ids)
        ordinary = truth >= len(mlm.SPECIAL_TOKENS)
        same += int((model(truth, attention_mask).argmax(-1) == truth)[ordinary].sum())
        total += int(ordinary.sum())
        wrong = asked & (token_ids != truth)
        right += int((model(token_ids, attention_mask).argmax(-1) == truth)[wrong].sum())
        asked_about += int(wrong.sum())
    return same / total, right / asked_about


def rule() -> None:
    """Three seeds of each rule, measured at [MASK] alone and on texts without it."""
    _, _, held_out = material()
    asked = list(mlm.MaskedBatches(held_out, VOCABULARY, fixed=True, replaced=(1.0, 0.0)))
    runs: dict[str, dict[str, list[float]]] = {}
    for name in RULES:
        for seed in SEEDS:
            model = kept(seed, name)
            at_mask, (same, random) = mlm.quality(model, asked), without_masks(model, held_out)
            row = {"mask_bits": at_mask["bits"], "mask_accuracy": at_mask["accuracy"]}
            for key, value in {**row, "same_accuracy": same, "random_accuracy": random}.items():
                runs.setdefault(name, {}).setdefault(key, []).append(value)
            print(name, seed, {key: round(values[-1], 4) for key, values in runs[name].items()}, flush=True)
    settings = {"steps": mlm.STEPS, "learning_rate": mlm.LEARNING_RATE, "share": mlm.SHARE}
    results.save("masked_language", "rule", {**settings, "runs": runs})


class MeanClassifier(nn.Module):
    """A linear map on the mean of the vectors; the mean, since pre-training never used [CLS] or the pooler."""

    def __init__(self, encoder: nn.Module, n_labels: int) -> None:
        super().__init__()
        self.bert = encoder
        self.classifier = nn.Linear(encoder.config.hidden_size, n_labels)

    def forward(self, token_ids: Tensor, attention_mask: Tensor | None) -> Tensor:
        """(batch, tokens) -> logits (batch, labels)."""
        hidden = self.bert(token_ids, attention_mask).last_hidden_state
        is_real = (torch.ones_like(token_ids) if attention_mask is None else attention_mask)[..., None]
        return self.classifier((hidden * is_real).sum(1) / is_real.sum(1))


def loss(model: nn.Module, batch: Any) -> Tensor:
    """Mean cross-entropy of a batch of `TextBatches`."""
    return F.cross_entropy(model(batch["token_ids"], batch["attention_mask"]), batch["labels"])


@torch.no_grad()
def accuracy(model: nn.Module, examples: list, labels: np.ndarray) -> float:
    """Share of texts that get their label."""
    chunks = [range(i, min(i + 64, len(examples))) for i in range(0, len(examples), 64)]
    model.eval()
    guessed = [model(*pad([examples[i] for i in chunk])).argmax(-1) for chunk in chunks]
    return float((torch.cat(guessed).numpy() == labels).mean())


def fine_tuned(arm: str, seed: int, n: int, learning_rate: float, epochs: int) -> MeanClassifier:
    """The tiny encoder, from pre-trained or random weights, trained on the first n questions."""
    tokenizer, _, _ = material()
    train = trec_questions().first(n).train
    encoder = kept(seed, "80/10/10").bert
    torch.manual_seed(seed)
    if arm == "random weights":
        encoder = type(encoder)(replace(mlm.tiny_config(VOCABULARY)))
    model = MeanClassifier(encoder, 6)
    examples = tokenizer(list(train.inputs), truncation=True, max_length=mlm.LONGEST)["input_ids"]
    batches = TextBatches(examples, train.labels, 32, seed=seed)
    fit(model, batches, loss, epochs=epochs, learning_rate=learning_rate, progress=False)
    return model


def counted_words(n: int) -> float:
    """Test accuracy of TF-IDF and logistic regression; C chosen on validation."""
    data = trec_questions().first(n)
    best: tuple[float, Any] = (-1.0, None)
    for strength in (1, 10, 100, 1000):
        features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        model = make_pipeline(features, LogisticRegression(C=strength, max_iter=2000))
        model.fit(data.train.inputs, data.train.labels)
        best = max(best, (model.score(data.validation.inputs, data.validation.labels), model), key=lambda x: x[0])
    return best[1].score(data.test.inputs, data.test.labels)


def grid(n: int) -> Iterator[tuple[float, int]]:
    """The settings that are tried, the same for both arms."""
    return ((rate, epochs) for rate in LEARNING_RATES for epochs in EPOCHS[n])


def transfer() -> None:
    """For each arm and number of labels: the setting by validation (seed 0), then three seeds on test."""
    tokenizer, _, _ = material()
    data = trec_questions()
    held = {
        name: (tokenizer(list(part.inputs), truncation=True, max_length=mlm.LONGEST)["input_ids"], part.labels)
        for name, part in (("validation", data.validation), ("test", data.test))
    }
    arms: dict[str, dict[str, Any]] = {"pre-trained": {}, "random weights": {}, "counting words": {}}
    for n in EPOCHS:
        for arm in ("pre-trained", "random weights"):
            tried = {s: accuracy(fine_tuned(arm, 0, n, *s), *held["validation"]) for s in grid(n)}
            rate, epochs = max(tried, key=lambda s: tried[s])
            runs = [accuracy(fine_tuned(arm, seed, n, rate, epochs), *held["test"]) for seed in SEEDS]
            validation = {f"{r:g}, {e} epochs": value for (r, e), value in tried.items()}
            arms[arm][str(n)] = {"learning_rate": rate, "epochs": epochs, "test": runs, "validation": validation}
            print(n, arm, arms[arm][str(n)], flush=True)
        arms["counting words"][str(n)] = {"test": [counted_words(n)]}
        print(n, arms["counting words"][str(n)], flush=True)
    results.save("masked_language", "transfer", {"sizes": list(EPOCHS), "arms": arms})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("choose", "rule", "transfer"))
    {"choose": choose, "rule": rule, "transfer": transfer}[parser.parse_args().what]()
