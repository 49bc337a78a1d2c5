"""The longer runs of notebook 17: depth, batch norm, digits, patches, transfer, where it looks, who it is.

    python benchmarks/vision.py shapes      what is left when colour, order or all but the outline goes (2 minutes)
    python benchmarks/vision.py where       boxes from maps on scenes with known boxes (1 minute)
    python benchmarks/vision.py detect      sliding windows, with suppression and a class for nothing (1 minute)
    python benchmarks/vision.py who         things that were never trained on, by another artist (1 minute)
    python benchmarks/vision.py depth       plain and residual nets of 8, 20 and 56 layers, 3 epochs (6 minutes)
    python benchmarks/vision.py norm        the small CNN with batch norm and without, 5 epochs (5 minutes)
    python benchmarks/vision.py digits      CNN and ResNet-8 beside 03's network (8 minutes)
    python benchmarks/vision.py patches     a CNN and two ViTs with 250 and with 3,500 digits (19 minutes)
    python benchmarks/vision.py transfer    emoji: ways to start and their controls, 2 to 18 labels a class (20 minutes)

Minutes are estimates for one core with nothing beside it. Each part writes its sections of
benchmarks/results/vision.json. Every training is a row that is not made again, so a run may be cut off and go on
later: `--minutes` stops it by itself and exits with 3. `--quick` tries each on little and writes nothing.

Learning rates (and the price on weights of linear heads) are chosen by the loss on validation of the first seed, for
each arm by itself; in "who" by the share of validation pairs in the wrong order, because the loss of a triplet is also
small where all points fall together. A grid grows by its own ratio until the best value is not at its edge, between
rates of 1e-5 and 0.1 and prices of 1e-8 and 10; these trials stand in sections of their own, such as "depth
learning_rate". What was tried and not chosen is never tested. The first of the three seeds is the chosen trial itself,
so nothing is trained twice. Which test pictures were right is kept as a text of 0 and 1, for tests of pairs.

Seeds of a study with digits share these digits: what varies is the start and the order; in "patches" with 250 digits a
seed is another draw of them too, in "transfer" another draw of the labelled glyphs. All arms of a seed share the draw.
Digits are learnt from the 3,500 of the training split, in "digits" from the 4,000 of training and validation, as 03's
network was, with its settings "shifted".
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit.datasets import LabelledData, mnist
from lessons.kit.studies import Study, main
from lessons.kit.training import evaluating, fit
from lessons.neural_networks import ShuffledBatches, classification_loss, count_parameters, digits, mlp, shifted
from lessons.vision import efficientnet_lite0, identities, looking, pictures, scenes, transfer
from lessons.vision.efficientnet import FEATURES, EfficientNetLite
from lessons.vision.emoji import LABEL_NAMES, Artist, emoji
from lessons.vision.networks import ResidualNet, gradient_norms, small_cnn
from lessons.vision.vit import ViT

NAME = "vision"
SEEDS = (0, 1, 2)
SIZE = 96  # pixels of a glyph for the real network
RATES = (1e-5, 0.1)  # no grid goes beyond
PRICES = (1e-8, 10.0)
TESTED = ("test", "other_artist", "found", "area")  # what a trial must not show
Row = dict[str, Any]
Work = Callable[[Row], Row]


class Run(Study):
    """A study whose grids are tried row by row, and whose first seed is the trial that was chosen."""

    def __init__(self, quick: bool, minutes: float) -> None:
        super().__init__(NAME, quick, minutes)
        self._made: dict[str, Row] = {}

    @property
    def seeds(self) -> Sequence[int]:
        """The seeds of every arm."""
        return self.some(SEEDS)

    def _make(self, row: Row, work: Work) -> Row:
        """What the work says about a row, with a seed; a second time it is not done again."""
        key = f"{work.__qualname__} {json.dumps(row, sort_keys=True)}"
        if key not in self._made:
            torch.manual_seed(row["seed"])
            start = time.process_time()
            self._made[key] = {**work(row), "processor_s": round(time.process_time() - start, 1)}
        return self._made[key]

    def best(self, section: str, arm: Row, name: str, grid: Sequence[float], work: Work) -> float:
        """The value of `name` with the lowest validation loss of the first seed."""

        def tried(value: float) -> Row:
            made = self._make({**arm, name: value, "seed": SEEDS[0]}, work)
            return {key: found for key, found in made.items() if not key.startswith(TESTED)}

        def score(value: float) -> float:
            row = self.once(f"{section} {name}", {**arm, name: value}, lambda: tried(value))
            return -row["validation_loss"]

        return self.grown(grid, score, *(PRICES if name == "weight_decay" else RATES))

    def seeded(self, section: str, arm: Row, work: Work) -> list[Row]:
        """A row of an arm for each seed."""
        return self.rows(section, [{**arm, "seed": seed} for seed in self.seeds], lambda row: self._make(row, work))

    def chosen(self, section: str, arm: Row, name: str, grid: Sequence[float], work: Work) -> list[Row]:
        """The rows of an arm with the value that is best for it."""
        return self.seeded(section, {**arm, name: self.best(section, arm, name, grid, work)}, work)


def bits(right: Tensor) -> str:
    """Right answers as a text of 0 and 1, for tests of pairs."""
    return "".join(str(int(bit)) for bit in right)


# --- digits -----------------------------------------------------------------------------------------------------------


@cache
def split(name: str) -> tuple[Tensor, Tensor]:
    """Images and labels of a split of the digits; "both" is training and validation."""
    if name == "both":
        parts = [digits(mnist().train), digits(mnist().validation)]
        return torch.cat([images for images, _ in parts]), torch.cat([labels for _, labels in parts])
    return digits(getattr(mnist(), name))


def judged(model: nn.Module) -> Row:
    """Accuracy and mean loss on validation and test digits, and which test digits were right."""
    found: Row = {}
    for name in ("validation", "test"):
        images, labels = split(name)
        with evaluating(model), torch.no_grad():
            logits = torch.cat([model(part) for part in images.split(250)])
        right = logits.argmax(-1) == labels
        found[name] = right.double().mean().item()
        found[f"{name}_loss"] = F.cross_entropy(logits, labels).item()
    return {**found, "test_right": bits(right)}


def learn(
    run: Run,
    model: nn.Module,
    learning_rate: float,
    steps: int,
    n: int = 4000,
    shift: bool = False,
    source: str = "train",
    draw: int | None = None,
) -> list[float]:
    """Train on n digits of a split, the first ones or a draw, for so many steps of 50; the loss of each step."""
    images, labels = split(source)
    if draw is not None:
        order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(draw))
        images, labels = images[order], labels[order]
    n = run.size(n, 200)
    batches = ShuffledBatches(images[:n], labels[:n], 50, shifted if shift else None)
    epochs = max(1, round(run.size(steps, 4) / len(batches)))
    return fit(model, batches, classification_loss, epochs=epochs, learning_rate=learning_rate, progress=False).loss


def depth(run: Run) -> None:
    """Does a deeper net still learn? Three epochs, every depth with and without shortcuts."""

    def work(row: Row) -> Row:
        model = ResidualNet(row["n"], shortcut=row["shortcut"])
        images, labels = split("train")
        norms = gradient_norms(model, images[:50], labels[:50])
        loss = learn(run, model, row["learning_rate"], 210)
        found = {"layers": model.depth, "parameters": count_parameters(model), **judged(model)}
        losses = {"last_loss": statistics.mean(loss[-20:]), "loss": [round(x, 4) for x in loss[::5]]}
        return found | losses | {"gradients": norms}

    for n in run.some((1, 3, 9), 2):
        for shortcut in (False, True):
            run.chosen("depth", {"n": n, "shortcut": shortcut}, "learning_rate", (1e-3, 2e-3, 4e-3), work)


def norm(run: Run) -> None:
    """The same CNN with batch norm and without, each at its best rate, and both at each other's."""

    def work(row: Row) -> Row:
        model = small_cnn(batch_norm=row["batch_norm"])
        loss = learn(run, model, row["learning_rate"], 350)
        found = {f"loss_{at}": statistics.mean(loss[at - 10 : at]) for at in (20, 50, 100) if at <= len(loss)}
        return judged(model) | found | {"last_loss": statistics.mean(loss[-50:])}

    grid = (1e-3, 2e-3, 4e-3)
    rates = {on: run.best("norm", {"batch_norm": on}, "learning_rate", grid, work) for on in (True, False)}
    for on in rates:
        for rate in dict.fromkeys(rates.values()):  # its own and the other's
            run.seeded("norm", {"batch_norm": on, "learning_rate": rate, "own": rate == rates[on]}, work)


DIGITS: dict[str, tuple[Callable[[], nn.Module], int]] = {  # and its steps
    "03's network": (lambda: mlp([784, 512, 256, 10], dropout=0.3), 3200),
    "CNN": (small_cnn, 800),
    "ResNet-8": (lambda: ResidualNet(1, 16), 800),
}


def digits_study(run: Run) -> None:
    """Each start on the 4,000 digits, shifts for all; the rate of 03's network is the one that was chosen there."""

    def work(row: Row) -> Row:
        make, steps = DIGITS[row["model"]]
        model = make()
        learn(run, model, row["learning_rate"], steps, 4000, True, row["source"])
        found = {"parameters": count_parameters(model), "steps": steps, **judged(model)}
        learnt_from = "validation" if row["source"] == "both" else " "
        return {key: value for key, value in found.items() if not key.startswith(learnt_from)}

    def on_train(row: Row) -> Row:
        return work({**row, "source": "train"})

    for name in DIGITS:
        arm, rate = {"model": name}, 1e-3
        if name != "03's network":
            rate = run.best("digits", arm, "learning_rate", (1e-3, 2e-3, 4e-3), on_train)
        run.seeded("digits", {**arm, "learning_rate": rate, "source": "both"}, work)


READERS: dict[str, Callable[[], nn.Module]] = {
    "CNN": small_cnn,
    "ViT": ViT,
    "ViT, as small as the CNN": lambda: ViT(hidden_size=32, n_layers=3, intermediate_size=96),
}


def patches(run: Run) -> None:
    """ViTs and a CNN, shifts for all, 1,050 steps of 50 whatever the number of digits; the same data for all."""

    def work(row: Row) -> Row:
        model = READERS[row["model"]]()
        loss = learn(run, model, row["learning_rate"], 1050, row["digits"], True, draw=row["seed"])
        curve = {"last_loss": statistics.mean(loss[-50:]), "loss": [round(x, 4) for x in loss[::20]]}
        return {"parameters": count_parameters(model), **judged(model), **curve}

    small = "ViT, as small as the CNN"  # last, for a run that is cut off
    for name, n in [(name, n) for names in (("CNN", "ViT"), (small,)) for n in run.some((250, 3500)) for name in names]:
        run.chosen("patches", {"model": name, "digits": n}, "learning_rate", (1e-3, 2e-3, 4e-3), work)


# --- emoji ------------------------------------------------------------------------------------------------------------


@cache
def net() -> EfficientNetLite:
    """The real network."""
    return efficientnet_lite0()


@cache
def random_net(seed: int = 0) -> EfficientNetLite:
    """The same network from random weights, its batch norms calibrated on the training glyphs."""
    torch.manual_seed(seed)
    return transfer.calibrated(EfficientNetLite().eval(), glyph_inputs("noto", "train", SIZE))


@cache
def glyph_inputs(artist: Artist, name: str, size: int) -> Tensor:
    """The glyphs of a split as a network reads them."""
    return transfer.of_glyphs(getattr(emoji(artist), name).inputs, size)


def glyph_labels(name: str) -> Tensor:
    """Labels of a split, the same for both artists."""
    return torch.tensor(getattr(emoji("noto"), name).labels)


@cache
def features(kind: str, artist: Artist, name: str, seed: int = 0) -> Tensor:
    """Features of length 1, of "pretrained" or "random weights" by a seed; or pixels at 32 x 32 as they are."""
    if kind == "pixels":
        return F.normalize(glyph_inputs(artist, name, 32).flatten(1), dim=-1)
    model = net() if kind == "pretrained" else random_net(seed)
    return transfer.features_of(model, glyph_inputs(artist, name, SIZE))


HEADS = ("pretrained", "random weights", "pixels")
PLACES: tuple[tuple[str, Artist, str], ...] = (  # what a row calls it, the artist, the split
    ("validation", "noto", "validation"), ("test", "noto", "test"), ("other_artist", "openmoji", "test"),
)  # fmt: skip


def glyphs_judged(logits: Callable[[Artist, str], Tensor]) -> Row:
    """Accuracy and mean loss on validation, test and the other artist's test, and which glyphs were right."""
    found: Row = {}
    for name, artist, part in PLACES:
        values = logits(artist, part)
        labels = glyph_labels(part)[: len(values)]
        right = values.argmax(-1) == labels
        found[name], found[f"{name}_right"] = right.double().mean().item(), bits(right)
        found[f"{name}_loss"] = F.cross_entropy(values, labels).item()
    return found


def linear(row: Row) -> Row:
    """A convex head on frozen features."""
    kind, seed = row["arm"].removesuffix(", linear"), row["seed"]
    chosen = transfer.first_of_each(emoji("noto").train.labels, row["labels"], seed)
    train = 10 * features(kind, "noto", "train", seed)[chosen]
    head = transfer.linear_head(train, glyph_labels("train")[chosen], len(LABEL_NAMES), row["weight_decay"])
    return glyphs_judged(lambda artist, part: head(10 * features(kind, artist, part, seed)))


def transfer_study(run: Run) -> None:
    """Accuracy on unseen things by the same artist and by another one, against the number of labels of each class."""

    def tuned(row: Row) -> Row:
        return _tuned(run, row)

    for n in run.some((2, 5, 10, 18)):
        for kind in HEADS:
            arm = {"arm": f"{kind}, linear", "labels": n}
            run.chosen("transfer", arm, "weight_decay", (1e-4, 1e-3, 1e-2), linear)
    for n, arms in run.some(((18, TUNED), (2, TUNED), (5, ("last block",))), 1):
        for name in arms:
            grid = (3e-4, 1e-3, 3e-3) if name in ("last block", "all") else (1e-3, 3e-3, 9e-3)
            run.chosen("transfer", {"arm": name, "labels": n, "steps": STEPS[name]}, "learning_rate", grid, tuned)


STEPS = {"last block": 60, "all": 60, "scratch": 240, "all, random weights": 120}  # what starts from nothing has more
TUNED = tuple(STEPS)


def _tuned(run: Run, row: Row) -> Row:
    """A network trained in part or whole by `fit` in steps of up to 16 glyphs; `fitted` is the share it reads after."""
    arm, seed = row["arm"].removesuffix(", random weights"), row["seed"]
    size = 64 if arm == "scratch" else SIZE
    chosen = transfer.first_of_each(emoji("noto").train.labels, row["labels"], seed)
    model = transfer.start(arm, net() if arm == row["arm"] else random_net(seed), len(LABEL_NAMES), 64)
    inputs, labels = glyph_inputs("noto", "train", size)[chosen], glyph_labels("train")[chosen]
    torch.manual_seed(seed)  # the order of the glyphs is the same for all arms
    transfer.trained(model, inputs, labels, run.size(row["steps"], 1), row["learning_rate"])

    def logits(artist: Artist, part: str) -> Tensor:
        with evaluating(model), torch.no_grad():
            every = glyph_inputs(artist, part, size)[: run.size(10_000, 8)]
            return torch.cat([model(some) for some in every.split(32)])

    fitted = transfer.agreement(transfer.predictions(model, inputs), labels)
    return {"fitted": fitted, "parameters": count_parameters(model), **glyphs_judged(logits)}


CHANGES: dict[str, Callable[[Tensor, int], Tensor]] = {
    "as it is": lambda images, _: images,
    "grey": lambda images, _: pictures.grey(images),
    "2 x 2 tiles": lambda images, seed: pictures.tiles_shuffled(images, 2, seed),
    "4 x 4 tiles": lambda images, seed: pictures.tiles_shuffled(images, 4, seed),
    "8 x 8 tiles": lambda images, seed: pictures.tiles_shuffled(images, 8, seed),
    "silhouette": lambda images, _: pictures.silhouettes(images),
}


def price(run: Run) -> float:
    """The price on weights that is best for 18 labels of each class on the real features."""
    arm = {"arm": "pretrained, linear", "labels": 18}
    return run.best("transfer", arm, "weight_decay", (1e-4, 1e-3, 1e-2), linear)


def shapes(run: Run) -> None:
    """Test glyphs with something taken away: for a head that learnt from whole glyphs, and one from changed glyphs."""
    most, decay = run.size(10_000, 10), price(run)

    @cache
    def changed(name: str, part: str, seed: int) -> Tensor:  # another order of the tiles for each seed
        every = glyph_inputs("noto", part, SIZE)
        every = every[:most] if part == "test" else every
        return 10 * transfer.features_of(net(), CHANGES[name](every, seed))

    def work(row: Row) -> Row:
        seed, labels = row["seed"], glyph_labels("test")
        chosen = transfer.first_of_each(emoji("noto").train.labels, 18, seed)
        train = changed(row["trained_on"], "train", seed)[chosen]
        head = transfer.linear_head(train, glyph_labels("train")[chosen], len(LABEL_NAMES), decay)
        right = head(changed(row["change"], "test", seed)).argmax(-1) == labels[:most]
        majority = labels.bincount().max().item() / len(labels)
        return {"accuracy": right.double().mean().item(), "right": bits(right), "majority": majority}

    for name in run.some(tuple(CHANGES), 2):
        for trained_on in dict.fromkeys(("as it is", name)):
            run.seeded("shapes", {"change": name, "trained_on": trained_on}, work)


# --- places -----------------------------------------------------------------------------------------------------------


@cache
def head(run: Run, nothing: bool = False) -> nn.Linear:
    """A linear head on the features of all training glyphs; or with a sixth class for windows of none or a part."""
    inputs, labels = features("pretrained", "noto", "train"), glyph_labels("train")
    if nothing:
        blank = transfer.features_of(net(), transfer.enlarged(windows_of_nothing(), SIZE))
        inputs = torch.cat([inputs, blank])
        labels = torch.cat([labels, torch.full((len(blank),), len(LABEL_NAMES))])
    return transfer.linear_head(10 * inputs, labels, len(LABEL_NAMES) + nothing, price(run))


def white(side: int) -> pictures.Picture:
    """Empty paper."""
    return np.full((side, side, 3), 255, np.uint8)


def scene_of(data: LabelledData, name: str, seed: int, rows: Sequence[int], ground: pictures.Picture) -> scenes.Scene:
    """A scene with these glyphs of a split, at places drawn by its seed."""
    part, chosen = getattr(data, name), list(rows)
    glyphs = [part.inputs[row] for row in chosen]
    return scenes.scene(glyphs, part.labels[chosen].tolist(), np.random.default_rng(seed), ground)


def drawn(name: str, seed: int, n: int) -> list[int]:
    """Rows of n different glyphs of a split."""
    return np.random.default_rng(seed).choice(len(glyph_labels(name)), n, replace=False).tolist()


def windows_of_nothing(n_scenes: int = 12, each: int = 15) -> Tensor:
    """Windows of scenes with training glyphs that show none of them, or a part of one."""
    found = []
    for seed in range(n_scenes):
        made = scene_of(emoji("noto"), "train", seed, drawn("train", seed, 4), white(192))
        image = pictures.as_input(made.picture)[0]
        windows = scenes.partial_windows(image, made.boxes, 64, 16, 0.3)
        order = torch.randperm(len(windows), generator=torch.Generator().manual_seed(seed))[:each]
        found.append(looking.cut_out(image, windows[order]))
    return torch.cat(found)


SHARES = (0.2, 0.35, 0.5, 0.65, 0.8)  # of a map's largest number; the notebook chooses one for each map on validation
MIDDLE = (83, 83, 141, 141)  # as large as the largest glyph


def overlaps(maps: Tensor, weight: Tensor, truth: looking.Box) -> list[float]:
    """How well the box from weighted maps fits, for each of SHARES."""
    heat = looking.spread_out(torch.einsum("chw,c->hw", maps, weight), 224, 224)
    boxes = [looking.box_of(heat, share) if heat.any() else (0, 0, 224, 224) for share in SHARES]
    return [round(looking.overlap([box], [truth]).item(), 4) for box in boxes]


def where(run: Run) -> None:
    """One unseen glyph on a photograph of coffee: which box comes from a map, and how well does it fit?"""
    ground = pictures.square(pictures.photograph("coffee"), 224)
    weights = head(run).weight

    def work(row: Row) -> Row:
        at, part = row["scene"], row["split"]
        glyph = np.random.default_rng(0).permutation(len(glyph_labels(part)))[at]  # each glyph once
        made = scene_of(emoji("noto"), part, 1000 + at, [int(glyph)], ground)
        truth, label = made.boxes[0], int(made.labels[0])
        images = pictures.as_input(made.picture)
        with torch.no_grad():
            maps, chance = net().maps(images)[0], random_net(at % 3).maps(images)[0]
        random_head = torch.randn(FEATURES, generator=torch.Generator().manual_seed(at))
        found = [overlaps(maps, weight, truth) for weight in weights]
        others = [each for k, each in enumerate(found) if k != label]
        middle = [round(looking.overlap([MIDDLE], [truth]).item(), 4)] * len(SHARES)
        return {"label": label, "its class": found[label],
                "another class": [statistics.mean(each) for each in zip(*others, strict=True)],
                "no class": overlaps(maps, torch.ones(FEATURES), truth),
                "random weights": overlaps(chance, random_head, truth), "middle": middle}  # fmt: skip

    for part in ("validation", "test"):
        run.rows("where", [{"split": part, "scene": at} for at in range(run.size(60, 2))], work)


WAYS = {  # is there a class for nothing; by how much may two boxes overlap
    "every window": (False, 1.0),
    "suppression": (False, 0.3),
    "suppression, class nothing": (True, 0.3),
}
LEAST = 0.2  # of five classes, chance


def detect(run: Run) -> None:
    """Four unseen glyphs on paper: average precision of each class over all scenes, for three ways to detect."""

    @cache
    def windows(at: int) -> tuple[scenes.Scene, Tensor, Tensor, Tensor]:
        made = scene_of(emoji("noto"), "test", 2000 + at, drawn("test", 2000 + at, 4), white(192))
        image = pictures.as_input(made.picture)[0]
        boxes = looking.sliding_windows(192, 192, 64, 16)
        found = transfer.features_of(net(), transfer.enlarged(looking.cut_out(image, boxes), SIZE))
        return made, image, boxes, 10 * found

    def work(row: Row) -> Row:
        nothing, most = WAYS[row["way"]]
        made, image, boxes, found = windows(row["scene"])
        probabilities = head(run, nothing)(found).softmax(-1)
        reached = looking.overlap(boxes, list(made.boxes)).amax(0) >= 0.5
        kept: Row = {"targets": bits(torch.tensor(made.labels)), "reachable": bits(reached)}
        scores, hits, labels = list[float](), "", ""
        for label in range(len(LABEL_NAMES)):
            targets = [box for box, its in zip(made.boxes, made.labels, strict=True) if its == label]
            places, found_scores = scenes.detections(image, boxes, probabilities, label, LEAST, most)
            scores += [round(score, 4) for score in found_scores.tolist()]
            hits += bits(looking.hits(places, found_scores, targets, 0.5))
            labels += str(label) * len(found_scores)
        return {**kept, "hits": hits, "labels": labels, "scores": scores}

    wanted = [{"way": way, "scene": at} for at in range(run.size(40, 1)) for way in WAYS]
    run.rows("detect", wanted, work)


CENTRED = "pretrained, each artist's mean taken away"
TRIPLETS = {"triplets": "pretrained", "triplets on random weights": "random weights"}


def _recognised(first: Tensor, second: Tensor) -> Row:
    """How often the other artist's picture of a thing is the nearest, which ones, and how often pairs are in order."""
    distances = torch.cdist(second, first)
    same, other = distances.diagonal(), distances[~torch.eye(len(first), dtype=torch.bool)]
    right = bits(distances.argmin(1) == torch.arange(len(first)))
    return {
        "found": identities.recognised(first, second),
        "found_right": right,
        "area": identities.roc_area(same, other),
    }


def who(run: Run) -> None:
    """Two artists' pictures of one thing: is the other's nearest? Of things that no triplet has shown."""

    def both(kind: str, name: str, seed: int = 0) -> tuple[Tensor, Tensor]:
        return features(kind, "noto", name, seed), features(kind, "openmoji", name, seed)

    def without_training(row: Row) -> Row:
        if row["arm"] != CENTRED:
            return _recognised(*both(row["arm"], "test", row["seed"]))
        means = [part.mean(0) for part in both("pretrained", "train")]
        parts = zip(both("pretrained", "test"), means, strict=True)
        first, second = (F.normalize(part - mean, dim=-1) for part, mean in parts)
        return _recognised(first, second)

    def triplets(row: Row) -> Row:
        kind, seed = TRIPLETS[row["arm"]], row["seed"]
        pairs = {name: both(kind, name, seed) for name in ("train", "validation", "test")}
        torch.manual_seed(seed)
        model = identities.Embedding(FEATURES, 64)
        batches = ShuffledBatches(*pairs["train"], batch_size=60)
        options: Row = {"epochs": run.size(60, 1), "learning_rate": row["learning_rate"], "progress": False}
        fit(model, batches, identities.batch_loss, **options)
        with torch.no_grad():
            known = _recognised(*(model(each) for each in pairs["validation"]))
            scores = _recognised(*(model(each) for each in pairs["test"]))
        return {"validation": known["found"], "validation_loss": 1 - known["area"], **scores}

    for kind in (*HEADS, CENTRED):
        wanted = [{"arm": kind, "seed": seed} for seed in (run.seeds if kind == "random weights" else SEEDS[:1])]
        run.rows("who", wanted, without_training)
    for name in TRIPLETS:
        run.chosen("who", {"arm": name}, "learning_rate", (1e-3, 2e-3, 4e-3), triplets)


PARTS: dict[str, Callable[[Run], None]] = {
    "shapes": shapes, "where": where, "detect": detect, "who": who, "depth": depth, "norm": norm,
    "digits": digits_study, "patches": patches, "transfer": transfer_study,
}  # fmt: skip

if __name__ == "__main__":
    main(__doc__, PARTS, Run)
