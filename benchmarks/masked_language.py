"""The longer runs of notebook 07: pre-training a tiny BERT, what the 80/10/10 rule does, and what it gains on a task.

    python benchmarks/masked_language.py choose      learning rate and share of hidden tokens: validation, a shorter run
    python benchmarks/masked_language.py rule        80/10/10 against [MASK] always: as many hidden, each tuned
    python benchmarks/masked_language.py transfer    TREC questions from pre-trained and from random weights, 3 starts

Each writes its section of benchmarks/results/masked_language.json.

Learning rates are tried upwards and downwards from the middle until the best one has a worse neighbour on both sides,
so that none is chosen at the edge of a grid (`tuned`). They are chosen on validation messages or questions; the test
splits are opened once, at the end. `rule` trains for a sixth of the notebook's steps. Its arms hide equally many
tokens: the rule chooses 30 % and hides four fifths of them, so [MASK] always chooses 24 %. All are measured at the same
15 % of the tokens of messages of test conversations, always hidden; intervals are of a paired bootstrap over messages
(what varies is which messages are asked, not the start). `transfer` has one pre-training, that of the notebook, and
three starts of the new head and of the order of questions, which in the other arm are also three random encoders. The
arms answer the same 1,000 test questions: the table counts on how many both, one or none is right, and the interval is
of a paired bootstrap over questions of the mean over the three starts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT
from lessons.bert import masked_language as mlm
from lessons.kit import results
from lessons.kit.batches import TextBatches, pad
from lessons.kit.datasets import dialogue, trec_questions
from lessons.kit.training import fit

SEEDS = (0, 1, 2)
RULES = {"80/10/10": {"share": 0.3, "rule": (0.8, 0.1)}, "always [MASK]": {"share": 0.24, "rule": (1.0, 0.0)}}
RULE_STEPS = mlm.STEPS // 6
VOCABULARY = 2000
EPOCHS = {100: 60, 500: 30, 2000: 15}  # for each number of labels


def tuned(quality: Callable[[float], float], middle: float, factor: float) -> dict[float, float]:
    """Quality (more is better) by learning rate; the grid grows until its best value is not at an edge."""
    found = {rate: quality(rate) for rate in (middle / factor, middle, middle * factor)}
    while (best := max(found, key=lambda rate: found[rate])) in (min(found), max(found)):
        further = best / factor if best == min(found) else best * factor
        found[further] = quality(further)
    return dict(sorted(found.items()))


def best_of(found: dict[float, float]) -> float:
    """The learning rate of the best quality."""
    return max(found, key=lambda rate: found[rate])


def bootstrap(differences: np.ndarray, weights: np.ndarray | None = None, rounds: int = 2000) -> tuple[float, float]:
    """A 95 % interval of the (weighted) mean of differences (n,): n of them are drawn again and again, with repeats."""
    weights = np.ones(len(differences)) if weights is None else weights
    drawn = np.random.default_rng(0).integers(len(differences), size=(rounds, len(differences)))
    means = (differences * weights)[drawn].sum(1) / weights[drawn].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


@cache
def material() -> tuple[Any, list, list]:
    """The tokenizer, training messages and 3,000 validation messages, as in the notebook."""
    corpus = dialogue()
    texts = mlm.messages(corpus.train)
    tokenizer = mlm.train_wordpiece(texts, VOCABULARY)
    held_out = mlm.suitable(tokenizer(mlm.messages(corpus.validation))["input_ids"])[:3000]
    return tokenizer, mlm.suitable(tokenizer(texts)["input_ids"]), held_out


def pretrain(seed: int, learning_rate: float = mlm.LEARNING_RATE, **options: Any) -> mlm.MaskedLanguageModel:
    """The notebook's pre-training with another seed, learning rate, rule, share or number of steps."""
    steps = options.get("steps", mlm.STEPS)
    _, examples, _ = material()
    torch.manual_seed(seed)
    model = mlm.MaskedLanguageModel(mlm.tiny_config(VOCABULARY))
    chosen = {"share": options.get("share", mlm.SHARE), "replaced": options.get("rule", (0.8, 0.1))}
    batches = mlm.MaskedBatches(examples[: steps * mlm.BATCH], VOCABULARY, mlm.BATCH, seed=seed, **chosen)
    fit(model, batches, mlm.masked_loss, learning_rate=learning_rate, progress=False)
    return model.eval()


def choose() -> None:
    """A quarter of the steps, one seed: bits and accuracy on validation, always measured at 15 %."""
    _, _, held_out = material()
    asked = list(mlm.MaskedBatches(held_out, VOCABULARY, fixed=True))
    found = {}
    for share in (0.15, 0.3):
        for learning_rate in (1e-3, 2e-3, 4e-3):
            model = pretrain(0, learning_rate, steps=500, share=share)
            found[f"share {share}, learning rate {learning_rate:g}"] = mlm.quality(model, asked)
            print(share, learning_rate, mlm.quality(model, asked), flush=True)
    results.save("masked_language", "choose", {"steps": 500, "validation": found})


@torch.no_grad()
def nats_and_hits(model: mlm.MaskedLanguageModel, messages: list) -> np.ndarray:
    """For each message (n, 3): the sum of -ln p over its holes, how many are guessed, how many there are."""
    rows = []
    for batch in mlm.MaskedBatches(messages, VOCABULARY, fixed=True, replaced=(1.0, 0.0)):
        asked = batch.labels != mlm.IGNORED
        logits = model(batch.token_ids, batch.attention_mask)
        nats = F.cross_entropy(logits.transpose(1, 2), batch.labels, ignore_index=mlm.IGNORED, reduction="none")
        hits = (logits.argmax(-1) == batch.labels) & asked
        rows.append(torch.stack([nats.sum(1), hits.sum(1), asked.sum(1)], 1))
    return torch.cat(rows).double().numpy()


@torch.no_grad()
def without_masks(model: mlm.MaskedLanguageModel, messages: list) -> tuple[float, float]:
    """Texts without [MASK]: how often the head names the token that stands there, and the right one in place of a
    random one (one token in seven is exchanged)."""
    exchanged = mlm.MaskedBatches(messages, VOCABULARY, fixed=True, replaced=(0.0, 1.0))
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


def bits(counted: np.ndarray) -> float:
    """Mean bits for each hole of `nats_and_hits`."""
    return float(counted[:, 0].sum() / counted[:, 2].sum() / np.log(2))


def rule() -> None:
    """Two arms that hide equally many tokens, each with its own best learning rate, three starts each."""
    tokenizer, _, held_out = material()
    unseen = mlm.suitable(tokenizer(mlm.messages(dialogue().test))["input_ids"])[:3000]
    arms: dict[str, dict[str, Any]] = {}
    counted: dict[str, np.ndarray] = {}
    for name, options in RULES.items():
        models: dict[float, mlm.MaskedLanguageModel] = {}

        def quality(rate: float, models: dict = models, options: dict = options) -> float:
            models[rate] = pretrain(0, rate, steps=RULE_STEPS, **options)
            return -bits(nats_and_hits(models[rate], held_out))

        tried = tuned(quality, mlm.LEARNING_RATE, 2.0)
        rate = best_of(tried)
        starts = [models[rate], *(pretrain(seed, rate, steps=RULE_STEPS, **options) for seed in SEEDS[1:])]
        each = [nats_and_hits(model, unseen) for model in starts]
        counted[name] = np.mean(each, axis=0)
        same, random = zip(*(without_masks(model, unseen) for model in starts), strict=True)
        arms[name] = {
            "share": options["share"],
            "learning_rate": rate,
            "validation_bits": {f"{r:g}": -value for r, value in tried.items()},
            "mask_bits": [bits(one) for one in each],
            "mask_accuracy": [float(one[:, 1].sum() / one[:, 2].sum()) for one in each],
            "same_accuracy": same,
            "random_accuracy": random,
        }
        print(name, arms[name], flush=True)
    first, second = (counted[name] for name in RULES)
    holes = first[:, 2]
    some = holes > 0
    differences = {
        key: ((first - second)[some, column] / holes[some] / scale)
        for key, column, scale in (("mask_bits", 0, np.log(2)), ("mask_accuracy", 1, 1.0))
    }
    difference = {
        key: {"mean": float(np.average(d, weights=holes[some])), "interval": bootstrap(d, holes[some])}
        for key, d in differences.items()
    }
    print(difference, flush=True)
    settings = {"steps": RULE_STEPS, "messages": len(unseen), "runs": arms, "difference": difference}
    results.save("masked_language", "rule", settings)


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
def right_ones(model: nn.Module, examples: list, labels: np.ndarray) -> np.ndarray:
    """Which texts get their label, (n,) of True and False."""
    chunks = [range(i, min(i + 64, len(examples))) for i in range(0, len(examples), 64)]
    model.eval()
    guessed = [model(*pad([examples[i] for i in chunk])).argmax(-1) for chunk in chunks]
    return torch.cat(guessed).numpy() == labels


def cut(texts: Any) -> list:
    """The ids of texts, as many as the tiny model has positions."""
    tokenizer, _, _ = material()
    return tokenizer(list(texts), truncation=True, max_length=mlm.LONGEST)["input_ids"]


@cache
def pretrained_weights() -> dict[str, Tensor]:
    """The encoder of the notebook's own pre-training."""
    return pretrain(0).bert.state_dict()


def fine_tuned(arm: str, seed: int, n: int, learning_rate: float) -> MeanClassifier:
    """The tiny encoder, from pre-trained or random weights, trained on the first n questions."""
    train = trec_questions().first(n).train
    torch.manual_seed(seed)
    encoder = BERT(mlm.tiny_config(VOCABULARY))
    if arm == "pre-trained":
        encoder.load_state_dict(pretrained_weights())
    model = MeanClassifier(encoder, 6)
    batches = TextBatches(cut(train.inputs), train.labels, 32, seed=seed)
    fit(model, batches, loss, epochs=EPOCHS[n], learning_rate=learning_rate, progress=False)
    return model


def counted_words(n: int) -> np.ndarray:
    """Which test questions TF-IDF and logistic regression get right; C chosen on validation."""
    data = trec_questions().first(n)

    def trained(strength: float) -> Any:
        features = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        model = make_pipeline(features, LogisticRegression(C=strength, max_iter=2000))
        return model.fit(data.train.inputs, data.train.labels)

    tried = {c: trained(c).score(data.validation.inputs, data.validation.labels) for c in (1, 10, 100, 1e3, 1e4)}
    return trained(best_of(tried)).predict(data.test.inputs) == data.test.labels


def paired(first: np.ndarray, second: np.ndarray) -> dict[str, Any]:
    """Two arms on the same questions, (starts, n) of True and False: the difference of accuracies, and who is right."""
    low, high = bootstrap((first * 1.0).mean(0) - (second * 1.0).mean(0))
    starts = [
        {
            "both": int((a & b).sum()),
            "only_first": int((a & ~b).sum()),
            "only_second": int((~a & b).sum()),
            "neither": int((~a & ~b).sum()),
        }
        for a, b in zip(first, second, strict=True)
    ]
    return {"difference": float(first.mean() - second.mean()), "interval": [low, high], "starts": starts}


def transfer() -> None:
    """For each arm and number of labels: the learning rate by validation, then three starts on test."""
    data = trec_questions()
    held = {
        name: (cut(part.inputs), part.labels) for name, part in (("validation", data.validation), ("test", data.test))
    }
    sizes = {}
    for n in EPOCHS:
        arms: dict[str, Any] = {}
        right: dict[str, np.ndarray] = {}
        for arm in ("pre-trained", "random weights"):

            def quality(rate: float, arm: str = arm, n: int = n) -> float:
                return float(right_ones(fine_tuned(arm, 0, n, rate), *held["validation"]).mean())

            tried = tuned(quality, 1e-3, 3.0)
            rate = best_of(tried)
            right[arm] = np.stack([right_ones(fine_tuned(arm, seed, n, rate), *held["test"]) for seed in SEEDS])
            validation = {f"{r:.2g}": value for r, value in tried.items()}
            arms[arm] = {"learning_rate": rate, "test": right[arm].mean(1).tolist(), "validation": validation}
            print(n, arm, arms[arm], flush=True)
        right["counting words"] = np.stack([counted_words(n)] * len(SEEDS))
        arms["counting words"] = {"test": [float(right["counting words"][0].mean())]}
        pairs = {other: paired(right["pre-trained"], right[other]) for other in ("random weights", "counting words")}
        sizes[str(n)] = {"arms": arms, "pre-trained against": pairs}
        print(n, pairs, flush=True)
    results.save("masked_language", "transfer", {"epochs": EPOCHS, "sizes": sizes})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("choose", "rule", "transfer"))
    {"choose": choose, "rule": rule, "transfer": transfer}[parser.parse_args().what]()
