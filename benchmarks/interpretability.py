"""The longer runs of notebook 16: which explanations are true of 08's classifier, and what goes on inside models.

    python benchmarks/interpretability.py starts        08's classifiers, three of them (6 minutes)
    python benchmarks/interpretability.py faithfulness  deletion and sufficiency curves, masked and removed (22)
    python benchmarks/interpretability.py sanity        the same explanations after weights were drawn anew (6)
    python benchmarks/interpretability.py probes        capital letters, with control labels and random weights (5)
    python benchmarks/interpretability.py erasing       what a probe reads is taken out; do answers follow? (8)
    python benchmarks/interpretability.py induction     heads over a training, with one layer and fixed periods (2)
    python benchmarks/interpretability.py heads         the like in SmolLM2: heads silenced, others at random (4)
    python benchmarks/interpretability.py patching      ten pairs of facts, two wordings, heads that carry them (4)
    python benchmarks/interpretability.py superposition five features in two numbers, by sparsity (1)
    python benchmarks/interpretability.py dictionary    known features, by the price of a feature (2)
    python benchmarks/interpretability.py layer         a dictionary for one layer, beside random weights (9)
    python benchmarks/interpretability.py graphs        four models on three graphs (24)
    python benchmarks/interpretability.py offsets       country and capital among SmolLM2's own vectors (1)

The minutes are processor time of one thread, estimated from timed pieces before any of it ran: a text takes 0.5 s for
six explanations and 1 s for the curves of one kind, a thousand answers 10 s, a map of one pair 3 s, a graph 3 to
20 s.
Each part writes its sections of benchmarks/results/interpretability.json. A row that is there is not made again, so a
run may be cut off and go on later: `--minutes` stops it by itself and exits with 3. `--quick` tries each on little and
writes nothing. `starts` comes first; the classifiers are kept in build/interpretability.

What is compared with what.
- Explanations are judged on 70 test sentences with five content words or more; they choose nothing, and nothing is
  chosen on them. Each of three trained starts is a row, with random orders from three seeds as the bar. What words are
  "content" is scikit-learn's list of stop words without the negations, as in 08. A second set of rows has all words of
  25 of these sentences.
- Sanity: rank correlation over a text's words, by size, before and after head, pooler and the last n layers are new.
- Probes: MiniLM and the classifier beside three encoders with random weights, labels beside labels that were drawn for
  each word (three draws), and a probe with a hidden layer, which knows more words by heart.
- Erasing: fitted on 1,500 training sentences, read and answered on 300 test sentences. Beside the label itself stand
  two properties that the task does not need, and labels at random, whose eraser is as large a change as any.
- Induction: three seeds of each; the period drawn anew for each sequence, or always the same, which positions solve.
- SmolLM2's heads: chosen on one set of repeated sequences, silenced on another; as many others at random, five draws;
  and WikiText, to see whether they are needed there as well.
- Dictionaries: judged on vectors that they have not learnt, and by how many answers stay the same if the layer's
  vectors are replaced by what was rebuilt; beside them the same for an encoder with random weights.
- Graphs: learning rate and price of each model are chosen on validation (MRR, both sides) with seed 0, the learning
  rate from a grid that grows while its edge is best, from 0.01 to 3; then three seeds, and the test split once.
"""

from __future__ import annotations

import copy
import functools
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.bert import BERT, BERTConfig, probing
from lessons.course.places import ROOT
from lessons.fine_tuning import TextClassifier
from lessons.interpretability import circuits, dictionaries, erasing, faithfulness, graphs, patching
from lessons.kit import pretrained
from lessons.kit.datasets import LabelledData, countries, film_sentences, wikitext
from lessons.kit.studies import Study, main
from lessons.llama import Llama, Tokenizer, smollm2

NAME = "interpretability"
KEPT = ROOT / "build" / "interpretability"
SEEDS = (0, 1, 2)
NEGATIONS = {"no", "nor", "not", "never", "none", "nothing", "without"}
IGNORED = frozenset(ENGLISH_STOP_WORDS - NEGATIONS - {"serious", "sincere"})
WORDS = {"content": IGNORED, "all": frozenset()}
Row = dict[str, Any]


class Run(Study):
    """What was asked for: little data or all, and until when; rows are kept as they come."""

    def data(self) -> LabelledData:
        """The film sentences: 2,000 to learn from, 1,000 to choose with, 1,000 to judge by."""
        return film_sentences().first(2000)


def fresh(seed: int = 0) -> TextClassifier:
    """To try the paths: tiny layers with random weights and MiniLM's tokenizer."""
    torch.manual_seed(seed)
    config = BERTConfig(hidden_size=48, num_hidden_layers=6, num_attention_heads=12, intermediate_size=64)
    return TextClassifier(BERT(config), pretrained.tokenizer(), ("negative", "positive")).eval()


@functools.cache
def _start(quick: bool, seed: int) -> TextClassifier:
    if quick:
        return fresh(seed)
    place = KEPT / f"start-{seed}"
    if not (place / "config.json").is_file():
        data, model = Run(NAME).data(), TextClassifier.from_pretrained(seed=seed)
        model.fit(data.train.inputs, data.train.labels, learning_rate=1e-4, seed=seed, progress=False)
        model.save(place)
    return TextClassifier.load(place).eval()


def start(run: Run, seed: int) -> TextClassifier:
    """08's classifier of one start, to be looked at."""
    return _start(run.quick, seed)


def starts(run: Run) -> None:
    """Train them, and see how good they are on validation."""
    data = run.data()
    n = run.size(1000, 8)

    def judged(row: Row) -> Row:
        return {"validation": start(run, row["seed"]).accuracy(data.validation.inputs[:n], data.validation.labels[:n])}

    run.rows("starts", [{"seed": seed} for seed in run.some(SEEDS)], judged)


# --- explanations -----------------------------------------------------------------------------------------------------


def _texts(run: Run, model: TextClassifier, n: int, words: str) -> list[faithfulness.Text]:
    found = faithfulness.texts_of(model, run.data().test.inputs[: 6 * n], IGNORED, least=5)[:n]
    if words == "content":
        return found
    lists = [text.token_ids[0].tolist() for text in found]
    return [text._replace(places=faithfulness.word_places(model, ids)) for text, ids in zip(found, lists, strict=True)]


def faithful(run: Run) -> None:
    """For each start, way, kind and choice of words: the mean curve of each method, and its area text by text."""
    wanted = [
        {"seed": seed, "words": words, "way": way, "kind": kind}
        for words in run.some(tuple(WORDS), 2)
        for seed in run.some(SEEDS)
        for way in ("mask", "remove")
        for kind in faithfulness.KINDS
    ]
    run.rows("faithfulness", wanted, lambda row: _curves(run, row))


@functools.cache
def _scored(run: Run, seed: int, words: str) -> list[tuple[faithfulness.Text, dict[str, Tensor]]]:
    model = start(run, seed)
    texts = _texts(run, model, run.size(70 if words == "content" else 25, 2), words)
    return [(text, faithfulness.attributions(model, text)) for text in texts]


def _curves(run: Run, row: Row) -> Row:
    model, lines, areas = start(run, row["seed"]), {}, {}
    for text, scores in _scored(run, row["seed"], row["words"]):
        for name, values in faithfulness.curves(model, text, scores, row["kind"], row["way"], SEEDS).items():
            lines.setdefault(name, []).append(faithfulness.at_shares(values))
            areas.setdefault(name, []).append(round(faithfulness.area(values), 4))
    means = {name: [round(float(value), 4) for value in np.mean(each, axis=0)] for name, each in lines.items()}
    return {"texts": len(next(iter(areas.values()))), "curves": means, "areas": areas}


def sanity(run: Run) -> None:
    """Rank correlation of each method before and after n layers are drawn anew."""

    def compared(row: Row) -> Row:
        model = start(run, row["seed"])
        texts = _texts(run, model, run.size(25, 2), "content")
        return {"correlation": faithfulness.sanity(model, texts, row["n_layers"], seed=row["seed"])}

    wanted = [{"seed": s, "n_layers": n} for s in run.some(SEEDS) for n in run.some((0, 1, 2, 4, 6), 2)]
    run.rows("sanity", wanted, compared)


# --- probes -----------------------------------------------------------------------------------------------------------


def _capitals(run: Run, model: TextClassifier, texts: Sequence[str]) -> dict[int, list[int | None]]:
    """For each text whether each token had a capital; a first word says nothing, nor does what follows ##."""
    found = {}
    for number, text in enumerate(texts):
        given = model.tokenizer(text, truncation=True, max_length=probing.MOST_TOKENS, return_offsets_mapping=True)
        pieces = model.tokenizer.convert_ids_to_tokens(given["input_ids"])
        marks: list[int | None] = []
        for piece, (begin, end) in zip(pieces, given["offset_mapping"], strict=True):
            is_asked = end > begin > 0 and piece.isalpha()
            marks.append(int(text[begin].isupper()) if is_asked else None)
        found[number] = marks
    return found


def _examples(run: Run, model: TextClassifier, texts: Sequence[str], most: int) -> probing.Examples:
    """Tokens, as many with a capital as without, with vectors after every layer."""
    marks = _capitals(run, model, texts)
    ids, vectors = probing.every_layer(model.bert, model.tokenizer, texts)
    places = {0: [], 1: []}  # type: dict[int, list[tuple[int, int]]]
    for row in range(len(texts)):
        for at, mark in enumerate(marks[row]):
            if mark is not None:
                places[mark].append((row, at))
    n = min(most // 2, *map(len, places.values()))
    rng = random.Random(0)
    asked = [(row, at, mark) for mark, every in places.items() for row, at in rng.sample(every, n)]
    return probing.Examples(
        torch.stack([vectors[row][at] for row, at, _ in asked]),
        torch.tensor([mark for *_, mark in asked]),
        torch.tensor([ids[row][at] for row, at, _ in asked]),
    )


def _with_hidden(vectors: Tensor, labels: Tensor, new: Tensor, new_labels: Tensor, steps: int) -> float:
    """A probe with 64 hidden numbers, trained with AdamW: the share of new labels that it reads right."""
    torch.manual_seed(0)
    mean, spread = vectors.mean(0), vectors.std(0) + 1e-6
    probe = nn.Sequential(nn.Linear(vectors.shape[1], 64), nn.ReLU(), nn.Linear(64, 2))
    optimizer = torch.optim.AdamW(probe.parameters(), 3e-3)
    for _ in range(steps):
        chosen = torch.randint(len(vectors), (256,))
        loss = F.cross_entropy(probe((vectors[chosen] - mean) / spread), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return (probe((new - mean) / spread).argmax(1) == new_labels).double().mean().item()


@functools.cache
def _encoded(run: Run, encoder: str, seed: int) -> tuple[probing.Examples, probing.Examples]:
    if encoder == "random weights":
        torch.manual_seed(seed)
        config = start(run, 0).bert.config
        model = TextClassifier(BERT(config), pretrained.tokenizer(), ("no", "yes")).eval()
    elif encoder == "MiniLM" and not run.quick:
        model = TextClassifier.from_pretrained()
    else:
        model = start(run, seed)
    data, n = run.data(), run.size(1500, 60)
    return (
        _examples(run, model, data.train.inputs[:n], 4000),
        _examples(run, model, data.validation.inputs[: n // 2], 2000),
    )


def probes(run: Run) -> None:
    """Was it written with a capital? Accuracies after every layer, on true labels and on control labels."""

    def read(row: Row) -> Row:
        train, new = _encoded(run, row["encoder"], row["seed"])
        pairs = [(train.labels, new.labels), *(probing.random_labels(train, new, seed) for seed in run.some(SEEDS))]
        lines = [probing.accuracies(train.vectors, a, new.vectors, b) for a, b in pairs]
        layer, steps = 1, run.size(1500, 3)
        hidden = [_with_hidden(train.vectors[:, layer], a, new.vectors[:, layer], b, steps) for a, b in pairs[:2]]
        known = torch.isin(new.words, train.words).double().mean().item()
        return {
            "n": len(train.labels), "right": lines[0], "control": np.mean(lines[1:], axis=0).tolist(), "layer": layer,
            "hidden_right": hidden[0], "hidden_control": hidden[1], "known_words": known,
        }  # fmt: skip

    wanted = [{"encoder": "MiniLM", "seed": 0}]
    wanted += [{"encoder": name, "seed": s} for name in ("08's classifier", "random weights") for s in run.some(SEEDS)]
    run.rows("probes", wanted, read)


LABELS: Mapping[str, Callable[[str, int], int]] = {
    "praise or blame": lambda text, label: label,
    "20 words or more": lambda text, label: int(len(text.split()) >= 20),
    "holds a comma": lambda text, label: int("," in text),
}


def erase(run: Run) -> None:
    """For each start, property and layer: read, erase, read again, answer."""
    data, n, m = run.data(), run.size(1500, 60), run.size(300, 20)
    texts, new_texts = data.train.inputs[:n], data.test.inputs[:m]

    def labels(name: str, part: Sequence[str], given: np.ndarray, seed: int) -> Tensor:
        if name == "labels at random":
            return torch.randint(2, (len(part),), generator=torch.Generator().manual_seed(seed))
        return torch.tensor([LABELS[name](text, int(label)) for text, label in zip(part, given, strict=True)])

    def tried(row: Row) -> Row:
        model = start(run, row["seed"])
        train = labels(row["what"], texts, data.train.labels[:n], row["seed"])
        new = labels(row["what"], new_texts, data.test.labels[:m], row["seed"] + 100)
        found = erasing.intervene(
            model, model.encode(texts), train, model.encode(new_texts), new, torch.tensor(data.test.labels[:m]),
            run.some(range(6), 2), row["everywhere"],
        )  # fmt: skip
        return {"commonest": max(new.double().mean().item(), 1 - new.double().mean().item()),
                "rows": [reading._asdict() for reading in found]}  # fmt: skip

    wanted = [
        {"what": what, "seed": seed, "everywhere": False}
        for what in (*LABELS, "labels at random")
        for seed in run.some(SEEDS)
    ]
    run.rows("erasing", wanted, tried)


# --- circuits ---------------------------------------------------------------------------------------------------------

ARMS = {"two layers": (2, None), "one layer": (1, None), "one layer, period always 8": (1, 8)}


def induction(run: Run) -> None:
    """Grow the heads with three seeds; silence one head, two, and pairs."""

    def grown(row: Row) -> Row:
        n_layers, period = ARMS[row["arm"]]
        torch.manual_seed(row["seed"])
        model = circuits.Copier(n_layers=n_layers)
        steps = run.size(400, 2)
        fixed = {} if period is None else {"low": period, "high": period}
        found = circuits.train_copier(model, steps, seed=row["seed"], every=10, **fixed)
        test = circuits.repeats(256, 32, 32, torch.Generator().manual_seed(500 + row["seed"]), **fixed)
        every = [(layer, head) for layer in range(n_layers) for head in range(2)]
        sets = [[], *([head] for head in every)] + [[(layer, 0), (layer, 1)] for layer in range(n_layers)]
        silent = {}
        for heads in sets:
            with circuits.silenced(model.layers, heads):
                silent[str(heads)] = circuits.copied(model, test)
        return {**found._asdict(), "silenced": silent}

    run.rows("induction", [{"arm": arm, "seed": s} for arm in ARMS for s in run.some(SEEDS)], grown)


@functools.cache
def _smollm2() -> tuple[Llama, Tokenizer]:
    return smollm2(progress=False)


@torch.no_grad()
def _bits(model: Llama, batch: circuits.Repeats) -> tuple[float, float]:
    """Mean bits of tokens that can be copied, and of those that cannot."""
    logits, targets = model(batch.token_ids[:, :-1]), batch.token_ids[:, 1:]
    both = (batch.asked, ~batch.asked)
    a, b = (F.cross_entropy(logits[m], targets[m]).item() / float(np.log(2)) for m in both)
    return a, b


def heads(run: Run) -> None:
    """SmolLM2 on repeated random tokens: scores of all heads; then the strongest are silenced, or others."""
    model, tokenizer = _smollm2()
    n = run.size(30, 8)
    sizes = (run.size(8, 1), 49152, 2 * n)
    first, second = (circuits.repeats(*sizes, torch.Generator().manual_seed(s), n, n) for s in (0, 1))
    layers = [layer.attention for layer in model.layers]

    def scored() -> Row:
        seen = model.every_layer(first.token_ids).attentions
        both = [[circuits.induction_score(w, first.periods).tolist() for w in seen],
                [circuits.previous_score(w).tolist() for w in seen]]  # fmt: skip
        return {"induction": both[0], "before": both[1]}

    row = run.once("head_scores", {"what": "SmolLM2"}, scored)
    flat = [score for layer in row["induction"] for score in layer]
    text = tokenizer.encode(wikitext().test[0])[: run.size(512, 32)]
    plain = torch.tensor([text])

    def silent(wanted: Row) -> Row:
        chosen = circuits.strongest(flat, 9, wanted["n"]) if wanted["n"] else []
        if wanted["how"] == "at random":
            strong = set(circuits.strongest(flat, 9, 40))
            others = [(layer, head) for layer in range(30) for head in range(9) if (layer, head) not in strong]
            chosen = random.Random(wanted["draw"]).sample(others, wanted["n"])
        with circuits.silenced(layers, chosen):
            copied, new = _bits(model, second)
            with torch.no_grad():
                usual = F.cross_entropy(model(plain[:, :-1])[0], plain[0, 1:]).item() / float(np.log(2))
        return {"heads": [list(head) for head in chosen], "copied_bits": copied, "new_bits": new, "text_bits": usual}

    wanted = [{"how": "strongest", "n": n, "draw": 0} for n in run.some((0, 1, 2, 5, 10, 20), 2)]
    wanted += [{"how": "at random", "n": n, "draw": draw} for n in run.some((5, 10, 20)) for draw in run.some(range(5))]
    run.rows("silenced", wanted, silent)


WORDINGS = (patching.TEMPLATE, "The city that is the capital of {} is called")


def _handover(found: Tensor, differs: int) -> Row:
    """Where the fact moves; nothing, where half of it never comes back at one of the two places."""
    try:
        return patching.handover(found, differs)._asdict()
    except ValueError:
        return {"left": None, "arrived": None}


def patch(run: Run) -> None:
    """A map for each pair and wording, and how much each head of the upper layers carries."""
    model, tokenizer = _smollm2()
    layers = [layer.attention for layer in model.layers]

    def mapped(row: Row) -> Row:
        texts = patching.pair(tokenizer, tuple(row["pair"]), row["wording"])
        found = patching.recovery(model, texts, list(run.some(range(31), 2)))
        moved = _handover(found, texts.differs)
        return {"tokens": texts.tokens, "differs": texts.differs, "recovery": found.round(decimals=3).tolist(), **moved}

    def carried(row: Row) -> Row:
        texts = patching.pair(tokenizer, tuple(row["pair"]), row["wording"])
        both, usual = torch.cat([texts.first, texts.second]), []
        for head in [None, *((layer, head) for layer in run.some(range(18, 30)) for head in range(9))]:
            held: AbstractContextManager[None] = nullcontext() if head is None else circuits.silenced(layers, [head])
            with held, torch.no_grad():
                high, low = patching.preference(model(both, last=True), texts.answer, texts.other).tolist()
            usual.append(high - low)
        return {"gap": usual[0], "left": [round(value / usual[0], 4) for value in usual[1:]], "first_layer": 18}

    wanted = [
        {"pair": list(pair), "wording": wording}
        for wording in run.some(WORDINGS)
        for pair in patching.known_pairs(model, tokenizer, run.some(patching.PAIRS), wording)
    ]
    run.rows("patching", wanted, mapped)
    run.rows("carriers", [row for row in wanted if row["wording"] == patching.TEMPLATE], carried)


# --- dictionaries -----------------------------------------------------------------------------------------------------


def superposition(run: Run) -> None:
    """Five features in two numbers: how long each direction is, and how far they overlap, by sparsity."""

    def squeezed(row: Row) -> Row:
        torch.manual_seed(row["seed"])
        model = dictionaries.Squeezed(5, 2)
        losses = dictionaries.train_squeezed(model, row["sparsity"], run.size(3000, 3), seed=row["seed"])
        lengths = model.weight.norm(dim=0)
        return {"loss": float(np.mean(losses[-100:])), "lengths": lengths.tolist(), "weight": model.weight.tolist()}

    wanted = [{"sparsity": sparsity, "seed": s} for sparsity in (0.0, 0.5, 0.8, 0.97) for s in run.some(SEEDS)]
    run.rows("superposition", run.some(wanted), squeezed)


def dictionary(run: Run) -> None:
    """64 known features in 24 numbers: what share is found, with how many at once, by the price."""

    def looked(row: Row) -> Row:
        draw = torch.Generator().manual_seed(1000 + row["seed"])  # another stream than what the dictionary starts from
        known = dictionaries.known_directions(64, 24, draw)
        features = dictionaries.sparse_features(run.size(20_000, 200), 64, 0.97, draw)
        new = dictionaries.sparse_features(run.size(5000, 50), 64, 0.97, draw)
        torch.manual_seed(row["seed"])
        model = dictionaries.SparseAutoencoder(24, row["n_features"])
        untrained = dictionaries.recovered(model.directions, known)
        steps = run.size(3000, 3)
        dictionaries.train_dictionary(model, features @ known, row["penalty"], steps, seed=row["seed"])
        return {"found": dictionaries.recovered(model.directions, known), "untrained": untrained,
                "truly_active": (new > 0).double().sum(1).mean().item(),
                **dictionaries.worth(model, new @ known)._asdict()}  # fmt: skip

    wanted = [
        {"penalty": penalty, "n_features": n, "seed": seed}
        for penalty, n in ((0.03, 128), (0.1, 128), (0.3, 128), (0.6, 128), (1.2, 128), (0.3, 64), (0.3, 32))
        for seed in run.some(SEEDS)
    ]
    run.rows("dictionary", run.some(wanted), looked)


LAYER = 3


@torch.no_grad()
def _layer_vectors(model: TextClassifier, texts: Sequence[str]) -> tuple[Tensor, list[str], list[tuple[int, int]]]:
    """What layer LAYER gives for every token: (n, dim), the tokens, and text and place of each."""
    ids, vectors = probing.every_layer(model.bert, model.tokenizer, texts)
    words = [word for row in ids for word in model.tokenizer.convert_ids_to_tokens(row)]
    where = [(row, at) for row, text in enumerate(ids) for at in range(len(text))]
    return torch.cat([each[:, LAYER + 1] for each in vectors]), words, where


@torch.no_grad()
def _same_answers(model: TextClassifier, texts: Sequence[str], change: Callable[[Tensor], Tensor]) -> float:
    lists = model.encode(texts)
    before = erasing.answers(model, lists)
    hook = model.bert.layers[LAYER].register_forward_hook(lambda module, inputs, output: change(output))
    after = erasing.answers(model, lists)
    hook.remove()
    return (before == after).double().mean().item()


def layer(run: Run) -> None:
    """A dictionary for one layer of 08's classifier and of an encoder with random weights; examples of its features."""
    data, n, m = run.data(), run.size(2000, 20), run.size(400, 10)
    texts, new_texts = data.train.inputs[:n], data.validation.inputs[:m]

    def looked(row: Row) -> Row:
        model = start(run, 0)
        if row["encoder"] == "random weights":
            torch.manual_seed(0)
            model = copy.deepcopy(model)
            model.bert = BERT(model.bert.config).eval()
        vectors, _, _ = _layer_vectors(model, texts)
        new, words, _ = _layer_vectors(model, new_texts)
        mean, scale = vectors.mean(0), (vectors - vectors.mean(0)).square().sum(1).mean().sqrt()
        torch.manual_seed(0)
        found = dictionaries.SparseAutoencoder(vectors.shape[1], run.size(1536, 96))
        steps = run.size(3000, 3)
        dictionaries.train_dictionary(found, (vectors - mean) / scale, row["penalty"], steps, learning_rate=1e-3)
        value = dictionaries.worth(found, (new - mean) / scale)
        with torch.no_grad():
            features = found.features((new - mean) / scale)
        same = _same_answers(model, new_texts, lambda hidden: found((hidden - mean) / scale) * scale + mean)
        nothing = _same_answers(model, new_texts, lambda hidden: mean.expand_as(hidden))
        return {**value._asdict(), "same_answers": same, "same_answers_without": nothing,
                "examples": _examples_of(features, words)}  # fmt: skip

    wanted = [
        {"encoder": encoder, "penalty": penalty}
        for encoder, penalties in (("08's classifier", (0.03, 0.1, 0.3)), ("random weights", (0.1,)))
        for penalty in penalties
    ]
    run.rows("layer", run.some(wanted), looked)


def _examples_of(features: Tensor, words: Sequence[str], n: int = 12, seed: int = 0) -> list[Row]:
    """Features drawn by lot from those that are on for 8 tokens or more: their strongest tokens."""
    on = (features > 0).sum(0)
    usable = (on >= 8).nonzero()[:, 0].tolist()
    rows = []
    for feature in random.Random(seed).sample(usable, min(n, len(usable))):
        top = [words[place] for place in dictionaries.strongest_places(features, feature, 8)]
        commonest = max(top.count(word) for word in top) / len(top)
        rows.append({"feature": feature, "on": int(on[feature]), "tokens": top, "commonest": commonest})
    return rows


# --- graphs -----------------------------------------------------------------------------------------------------------

RATES, PRICES = (0.03, 0.1, 0.3), {"DistMult": (0.0, 0.01, 0.1), "ComplEx": (0.0, 0.01, 0.1)}
DIM, EPOCHS = {"RotatE": 64}, 30


def knowledge(run: Run) -> None:
    """Choose with seed 0 on validation, then three seeds and the test split."""
    for name in run.some(graphs.NAMES):
        found = graphs.graph(name)
        run.once("graph_bars", {"graph": name}, lambda found=found: {  # type: ignore[misc]
            "validation_mrr": graphs.by_frequency(found, found.validation),
            "test_mrr": graphs.by_frequency(found, found.test)})  # fmt: skip
        for kind in run.some(tuple(graphs.KINDS), 4):
            best = {price: _rate(run, name, kind, price) for price in run.some(PRICES.get(kind, (0.0,)))}
            price, rate = max(best.items(), key=lambda each: each[1][1])[0], 0.0
            rate = best[price][0]
            for seed in run.some(SEEDS):
                setting = {"graph": name, "kind": kind, "learning_rate": rate, "price": price, "seed": seed}
                run.once("graphs", setting, lambda setting=setting: _judged(run, setting, True))  # type: ignore[misc]


def _rate(run: Run, name: str, kind: str, price: float) -> tuple[float, float]:
    """The best learning rate at a price, and its MRR on validation."""
    tried: dict[float, float] = {}

    def score(rate: float) -> float:
        setting = {"graph": name, "kind": kind, "learning_rate": rate, "price": price, "seed": 0}
        row = run.once("graph_choices", setting, lambda: _judged(run, setting, False))
        tried[rate] = row["validation_mrr"]
        return tried[rate]

    best = run.grown(RATES, score, 0.01, 3.0)
    return best, tried.get(best, 0.0)


def _judged(run: Run, setting: Row, on_test: bool) -> Row:
    found = graphs.graph(setting["graph"])
    torch.manual_seed(setting["seed"])
    dim = DIM.get(setting["kind"], 128) if not run.quick else 8
    model = graphs.GraphModel(setting["kind"], len(found.entities), len(found.relations), dim)
    facts = found.train if not run.quick else found.train[:50]
    graphs.train_graph(
        model, facts, epochs=run.size(EPOCHS, 1), learning_rate=setting["learning_rate"],
        weight_decay=setting["price"], seed=setting["seed"],
    )  # fmt: skip
    values = graphs.judged(model, found.validation, found.facts)._asdict()
    row = {f"validation_{key.removeprefix('both_')}": value for key, value in values.items()}
    if on_test:
        row |= {f"test_{key}": value for key, value in graphs.judged(model, found.test, found.facts)._asdict().items()}
    return row


def offsets(run: Run) -> None:
    """Is the way from a country to its capital the same vector for all, among SmolLM2's own vectors?"""
    model, tokenizer = _smollm2()
    known = [(c.name, c.capital) for c in countries()]
    one = [pair for pair in known if all(len(tokenizer.encode(f" {word}")) == 1 for word in pair)]
    ids = [[tokenizer.encode(f" {word}")[0] for word in pair] for pair in one]

    def tested(row: Row) -> Row:
        states = [_state_of(model, tokenizer, [word for word, _ in one], row["layer"]),
                  _state_of(model, tokenizer, [word for _, word in one], row["layer"])]  # fmt: skip
        if row["layer"] == 0:
            states = [model.token.weight[[pair[side] for pair in ids]] for side in (0, 1)]
        results = [graphs.offset_test(*states, seed=seed)._asdict() for seed in SEEDS]
        dealt = float(np.mean([each["dealt_anew"] for each in results]))
        return {**results[0], "dealt_anew": dealt, "pairs": len(one)}

    run.rows("offsets", [{"layer": layer} for layer in run.some((0, 5, 10, 15, 20, 25), 2)], tested)


@torch.no_grad()
def _state_of(model: Llama, tokenizer: Tokenizer, words: Sequence[str], layer: int) -> Tensor:
    """The stream at the word in "I thought of Paris", before a layer: (n, hidden_size)."""
    rows = torch.tensor([tokenizer.encode(f"I thought of {word}") for word in words])
    return model.every_layer(rows).hidden_states[layer][:, -1]


STUDIES: Mapping[str, Callable[[Run], None]] = {
    "starts": starts, "faithfulness": faithful, "sanity": sanity, "probes": probes, "erasing": erase,
    "induction": induction, "heads": heads, "patching": patch, "superposition": superposition,
    "dictionary": dictionary, "layer": layer, "graphs": knowledge, "offsets": offsets,
}  # fmt: skip

if __name__ == "__main__":
    main(__doc__, STUDIES, partial(Run, NAME))
