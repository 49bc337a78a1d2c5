"""The longer runs of notebook 17: depth, batch norm, digits, patches, transfer, where it looks, who it is, speed.

    python benchmarks/vision.py depth       plain and residual nets of 8, 20 and 56 layers, 3 epochs (some 15 minutes)
    python benchmarks/vision.py norm        the small CNN with batch norm and without (4 minutes)
    python benchmarks/vision.py digits      CNN and ResNet-8 beside 03's network (8 minutes)
    python benchmarks/vision.py patches     ViT and CNN with 250, 1,000 and 3,500 digits (40 minutes)
    python benchmarks/vision.py transfer    emoji: four ways to start, two controls, 2 to 18 labels a class (60 minutes)
    python benchmarks/vision.py shapes      what is left when colour, texture or outline goes (3 minutes)
    python benchmarks/vision.py where       boxes from maps on scenes with known boxes (4 minutes)
    python benchmarks/vision.py detect      sliding windows, with suppression and a class for nothing (5 minutes)
    python benchmarks/vision.py who         things that were never trained on, by another artist (2 minutes)
    python benchmarks/vision.py speed       milliseconds a picture; needs a quiet machine

Minutes are estimates for two quiet cores. Each writes its sections of benchmarks/results/vision.json. Every training is
a row that is not made again, so a run may be cut off and go on later: `--minutes` stops it by itself and exits with 3.
`--quick` tries each on little and writes nothing.

Learning rates (and the price on weights of linear heads) are chosen on validation, for each arm by itself, from a grid
that grows by factors of 2 until the best one is not at its edge; these trials stand in sections of their own, such as
"depth learning_rate". Only then are three seeds run, and their test digits or glyphs read. Seeds of a study with digits
share these digits: what varies is the start and the order. In "transfer" a seed is also another draw of the labelled
glyphs. Digits are learnt from the 3,500 of the training split, in "digits" from the 4,000 of training and validation,
as 03's network was.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import results
from lessons.kit.datasets import LabelledData, mnist
from lessons.kit.studies import Study
from lessons.kit.training import evaluating, fit
from lessons.neural_networks import ShuffledBatches, classification_loss, count_parameters, digits, mlp, shifted
from lessons.vision import efficientnet_lite0, identities, looking, pictures, scenes, transfer
from lessons.vision.efficientnet import EfficientNetLite
from lessons.vision.emoji import LABEL_NAMES, Artist, emoji
from lessons.vision.networks import ResidualNet, gradient_norms, small_cnn
from lessons.vision.vit import ViT

NAME = "vision"
SEEDS = (0, 1, 2)
SIZE = 96  # pixels of a glyph for the real network
GROWTHS = 6  # times that a grid may grow
Row = dict[str, Any]


class Run(Study):
    """A study whose grids are tried row by row."""

    def best(self, section: str, arm: Row, name: str, grid: Sequence[float], work: Callable[[Row], Row]) -> float:
        """The value of `name` with the highest validation accuracy; the grid grows until it is not at the edge."""

        def score(value: float) -> float:
            return self.once(f"{section} {name}", {**arm, name: value}, lambda: work({**arm, name: value}))[
                "validation"
            ]

        return self.grown(grid, score)


# --- digits -----------------------------------------------------------------------------------------------------------


@cache
def split(name: str) -> tuple[Tensor, Tensor]:
    """Images and labels of a split of the digits; "both" is training and validation."""
    if name == "both":
        parts = [digits(mnist().train), digits(mnist().validation)]
        return torch.cat([images for images, _ in parts]), torch.cat([labels for _, labels in parts])
    return digits(getattr(mnist(), name))


def right(model: nn.Module, name: str) -> Tensor:
    """Which digits of a split the model reads right, boolean."""
    images, labels = split(name)
    with evaluating(model), torch.no_grad():
        return torch.cat([model(part).argmax(-1) for part in images.split(250)]) == labels


def share(model: nn.Module, name: str) -> float:
    """Accuracy on a split."""
    return right(model, name).double().mean().item()


def learn(
    run: Run,
    model: nn.Module,
    learning_rate: float,
    steps: int,
    n: int = 3500,
    shift: bool = False,
    source: str = "train",
) -> list[float]:
    """Train on the first n digits of a split for so many steps of 50; the loss of each step."""
    images, labels = split(source)
    batches = ShuffledBatches(images[:n], labels[:n], 50, shifted if shift else None)
    epochs = max(1, round(run.size(steps, 4) / len(batches)))
    if run.quick:
        batches = ShuffledBatches(images[:200], labels[:200], 50, shifted if shift else None)
    return fit(model, batches, classification_loss, epochs=epochs, learning_rate=learning_rate, progress=False).loss


def depth(run: Run) -> None:
    """Does a deeper net still learn? Three epochs, every depth with and without shortcuts."""

    def work(row: Row) -> Row:
        torch.manual_seed(row.get("seed", 0))
        model = ResidualNet(row["n"], shortcut=row["shortcut"])
        images, labels = split("train")
        norms = gradient_norms(model, images[:50], labels[:50])
        start = time.process_time()
        loss = learn(run, model, row["learning_rate"], 210)
        found = {"layers": model.depth, "parameters": count_parameters(model), "validation": share(model, "validation"),
                 "last_loss": statistics.mean(loss[-20:]), "processor_s": time.process_time() - start}  # fmt: skip
        if "seed" in row:
            found |= {"test": share(model, "test"), "loss": [round(x, 4) for x in loss[::5]], "gradients": norms}
        return found

    for n in (1, 3, 9)[: run.size(3, 2)]:
        for shortcut in (False, True):
            arm = {"n": n, "shortcut": shortcut}
            rate = run.best("depth", arm, "learning_rate", (1e-3, 2e-3, 4e-3), work)
            run.rows("depth", [{**arm, "learning_rate": rate, "seed": seed} for seed in SEEDS[: run.size(3, 1)]], work)


def norm(run: Run) -> None:
    """The same CNN with batch norm and without, each at its best rate, and both at each other's."""

    def work(row: Row) -> Row:
        torch.manual_seed(row.get("seed", 0))
        model = small_cnn(batch_norm=row["batch_norm"])
        loss = learn(run, model, row["learning_rate"], 700)
        found = {"validation": share(model, "validation"), "last_loss": statistics.mean(loss[-50:])}
        found |= {f"loss_{at}": statistics.mean(loss[at - 10 : at]) for at in (20, 50, 100) if at <= len(loss)}
        return found | ({"test": share(model, "test")} if "seed" in row else {})

    rates = {
        on: run.best("norm", {"batch_norm": on}, "learning_rate", (1e-3, 2e-3, 4e-3), work) for on in (True, False)
    }
    both = dict.fromkeys(rates.values())  # each at its own rate and at the other's
    seeds = SEEDS[: run.size(3, 1)]
    wanted = [{"batch_norm": on, "learning_rate": rate, "seed": s} for on in rates for rate in both for s in seeds]
    run.rows("norm", wanted, work)


DIGITS: dict[str, tuple[Callable[[], nn.Module], bool]] = {
    "03's network": (lambda: mlp([784, 512, 256, 10], dropout=0.3), True),  # its settings "shifted", chosen in 03
    "CNN": (small_cnn, False),
    "CNN, shifts": (small_cnn, True),
    "ResNet-8, shifts": (lambda: ResidualNet(1, 16), True),
}


def digits_study(run: Run) -> None:
    """Test accuracy, each start on the 4,000 digits; which digits were right is kept, for tests of pairs."""

    def work(row: Row) -> Row:
        torch.manual_seed(row.get("seed", 0))
        make, shift = DIGITS[row["model"]]
        model, source = make(), "both" if "seed" in row else "train"
        start = time.process_time()
        learn(run, model, row["learning_rate"], 2800 if row["model"] == "03's network" else 1400, 4000, shift, source)
        found = {"parameters": count_parameters(model), "processor_s": time.process_time() - start}
        if "seed" not in row:
            return found | {"validation": share(model, "validation")}
        bits = right(model, "test")
        return found | {"test": bits.double().mean().item(), "right": "".join(str(int(bit)) for bit in bits)}

    for name in DIGITS:
        grid = (5e-4, 1e-3, 2e-3)
        rate = run.best("digits", {"model": name}, "learning_rate", grid, work)
        run.rows("digits", [{"model": name, "learning_rate": rate, "seed": s} for s in SEEDS[: run.size(3, 1)]], work)


def patches(run: Run) -> None:
    """ViT and CNN, shifts for both, 1,400 steps of 50 whatever the number of digits; the same data for both."""

    def work(row: Row) -> Row:
        torch.manual_seed(row.get("seed", 0))
        model = ViT() if row["model"] == "ViT" else small_cnn()
        start = time.process_time()
        loss = learn(run, model, row["learning_rate"], 1400, row["digits"], True)
        found = {"parameters": count_parameters(model), "validation": share(model, "validation")}
        found |= {"processor_s": time.process_time() - start, "last_loss": statistics.mean(loss[-50:])}
        return found | (
            {"test": share(model, "test"), "loss": [round(x, 4) for x in loss[::20]]} if "seed" in row else {}
        )

    for n in (250, 1000, 3500)[: run.size(3, 1)]:
        for name in ("CNN", "ViT"):
            arm = {"model": name, "digits": n}
            rate = run.best("patches", arm, "learning_rate", (1e-3, 2e-3, 4e-3), work)
            run.rows("patches", [{**arm, "learning_rate": rate, "seed": s} for s in SEEDS[: run.size(3, 1)]], work)


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
def features(kind: str, artist: Artist, name: str) -> Tensor:
    """Features of length 1, of "pretrained" or "random weights"; or pixels at 32 x 32 as they are."""
    if kind == "pixels":
        return F.normalize(glyph_inputs(artist, name, 32).flatten(1), dim=-1)
    return transfer.features_of(net() if kind == "pretrained" else random_net(), glyph_inputs(artist, name, SIZE))


HEADS = ("pretrained", "random weights", "pixels")


def transfer_study(run: Run) -> None:
    """Accuracy on unseen things by the same artist and by another one, against the number of labels of each class."""
    labels = (2, 5, 10, 18)[: run.size(4, 1)]
    seeds = SEEDS[: run.size(3, 1)]
    for n in labels:
        for kind in HEADS:
            arm = {"arm": f"{kind}, linear", "labels": n}
            price = run.best("transfer", arm, "weight_decay", (1e-4, 1e-3, 1e-2), lambda row: _linear(row, seeds))
            run.rows(
                "transfer",
                [{**arm, "weight_decay": price, "seed": s} for s in seeds],
                lambda row: _linear(row, [row["seed"]]),
            )
        for name in ("last block", "all", "scratch"):
            arm = {"arm": name, "labels": n}
            grid = (1e-3, 2e-3, 4e-3) if name == "scratch" else (3e-4, 1e-3, 3e-3)
            rate = run.best("transfer", arm, "learning_rate", grid, lambda row: _tuned(run, row, 0))
            wanted = [{**arm, "learning_rate": rate, "seed": s} for s in seeds]
            run.rows("transfer", wanted, lambda row: _tuned(run, row, row["seed"]))


def _linear(row: Row, seeds: Sequence[int]) -> Row:
    """A convex head on frozen features; validation is the mean over draws, and with a seed the test glyphs are read."""
    kind, found = row["arm"].removesuffix(", linear"), []
    for seed in seeds:
        chosen = transfer.first_of_each(emoji("noto").train.labels, row["labels"], seed)
        train, train_labels = 10 * features(kind, "noto", "train")[chosen], glyph_labels("train")[chosen]
        head = transfer.linear_head(train, train_labels, len(LABEL_NAMES), row["weight_decay"])

        def score(artist: Artist, name: str, head: nn.Module = head) -> float:
            return transfer.agreement(head(10 * features(kind, artist, name)).argmax(-1), glyph_labels(name))

        values = {"validation": score("noto", "validation")}
        if "seed" in row:
            values |= {"test": score("noto", "test"), "other_artist": score("openmoji", "test")}
        found.append(values)
    return {name: statistics.mean(each[name] for each in found) for name in found[0]}


def _tuned(run: Run, row: Row, seed: int) -> Row:
    """A network trained in part or whole by `fit`, at least 60 steps of 16, or a small one from scratch for 240."""
    torch.manual_seed(seed)
    size, steps = (64, 240) if row["arm"] == "scratch" else (SIZE, 60)
    chosen = transfer.first_of_each(emoji("noto").train.labels, row["labels"], seed)
    model = transfer.start(row["arm"], net(), len(LABEL_NAMES), 64)
    inputs, labels = glyph_inputs("noto", "train", size)[chosen], glyph_labels("train")[chosen]
    start = time.process_time()
    transfer.trained(model, inputs, labels, run.size(steps, 1), row["learning_rate"])

    def score(artist: Artist, name: str) -> float:
        most = run.size(10_000, 8)
        found = transfer.predictions(model, glyph_inputs(artist, name, size)[:most])
        return transfer.agreement(found, glyph_labels(name)[:most])

    values = {"validation": score("noto", "validation"), "processor_s": time.process_time() - start}
    if "seed" in row:
        values |= {"test": score("noto", "test"), "other_artist": score("openmoji", "test")}
    return values


CHANGES: dict[str, Callable[[Tensor], Tensor]] = {
    "as it is": lambda images: images,
    "grey": pictures.grey,
    "2 x 2 tiles": lambda images: pictures.tiles_shuffled(images, 2),
    "4 x 4 tiles": lambda images: pictures.tiles_shuffled(images, 4),
    "8 x 8 tiles": lambda images: pictures.tiles_shuffled(images, 8),
    "silhouette": pictures.silhouettes,
}


def shapes(run: Run) -> None:
    """Test glyphs with something taken away, for a head on the real features that was trained on whole glyphs."""
    most = run.size(10_000, 10)

    def work(row: Row) -> Row:
        chosen = transfer.first_of_each(emoji("noto").train.labels, 18, row["seed"])
        train = 10 * features("pretrained", "noto", "train")[chosen]
        head = transfer.linear_head(train, glyph_labels("train")[chosen], len(LABEL_NAMES), 1e-3)
        return {
            "accuracy": transfer.agreement(head(10 * changed(row["change"])).argmax(-1), glyph_labels("test")[:most])
        }

    @cache
    def changed(name: str) -> Tensor:
        return transfer.features_of(net(), CHANGES[name](glyph_inputs("noto", "test", SIZE)[:most]))

    wanted = [{"change": name, "seed": seed} for name in CHANGES for seed in SEEDS[: run.size(3, 1)]]
    run.rows("shapes", wanted, work)


# --- places -----------------------------------------------------------------------------------------------------------


@cache
def head(nothing: bool = False) -> nn.Linear:
    """A linear head on the features of all training glyphs; or with a sixth class for windows of none or a part."""
    inputs, labels = features("pretrained", "noto", "train"), glyph_labels("train")
    if nothing:
        blank = transfer.features_of(net(), transfer.enlarged(windows_of_nothing(), SIZE))
        inputs = torch.cat([inputs, blank])
        labels = torch.cat([labels, torch.full((len(blank),), len(LABEL_NAMES))])
    return transfer.linear_head(10 * inputs, labels, len(LABEL_NAMES) + nothing, 1e-3)


def white(side: int) -> pictures.Picture:
    """Empty paper."""
    return np.full((side, side, 3), 255, np.uint8)


def scene_of(data: LabelledData, name: str, seed: int, n: int, ground: pictures.Picture) -> scenes.Scene:
    """A scene with n glyphs of a split, drawn by its seed."""
    rng, part = np.random.default_rng(seed), getattr(data, name)
    rows = rng.choice(len(part), n, replace=False)
    return scenes.scene([part.inputs[row] for row in rows], part.labels[rows].tolist(), rng, ground)


def windows_of_nothing(n_scenes: int = 12, each: int = 15) -> Tensor:
    """Windows of scenes with training glyphs that show none of them, or a part of one."""
    found = []
    for seed in range(n_scenes):
        made = scene_of(emoji("noto"), "train", seed, 4, white(192))
        image = pictures.as_input(made.picture)[0]
        windows = scenes.partial_windows(image, made.boxes, 64, 16, 0.3)
        order = torch.randperm(len(windows), generator=torch.Generator().manual_seed(seed))[:each]
        found.append(looking.cut_out(image, windows[order]))
    return torch.cat(found)


def where(run: Run) -> None:
    """One unseen glyph on a photograph of coffee's table: which box comes from a map, and how well does it fit?"""
    ground = pictures.square(pictures.photograph("coffee"), 224)
    weights = head().weight

    def work(row: Row) -> Row:
        made = scene_of(emoji("noto"), "test", 1000 + row["scene"], 1, ground)
        truth, label = made.boxes[0], int(made.labels[0])
        images = pictures.as_input(made.picture)
        with torch.no_grad():
            maps, chance = net().maps(images)[0], random_net().maps(images)[0]
        other = (label + 1) % len(LABEL_NAMES)
        random_head = torch.randn(weights.shape, generator=torch.Generator().manual_seed(row["scene"]))
        heats = {"its class": (maps, weights[label]), "another class": (maps, weights[other]),
                 "random weights": (chance, random_head[label])}  # fmt: skip
        boxes: dict[str, looking.Box] = {"middle": (64, 64, 160, 160)}
        for name, (found, weight) in heats.items():
            heat = looking.spread_out(torch.einsum("chw,c->hw", found, weight), 224, 224)
            boxes[name] = looking.box_of(heat) if heat.any() else (0, 0, 224, 224)
        return {name: looking.overlap([box], [truth]).item() for name, box in boxes.items()}

    run.rows("where", [{"scene": at} for at in range(run.size(60, 2))], work)


def detect(run: Run) -> None:
    """Four unseen glyphs on paper: average precision of each class over all scenes, for three ways to detect."""
    ways = {"every window": (False, 1.0), "suppression": (False, 0.3), "suppression, class nothing": (True, 0.3)}

    @cache
    def windows(at: int) -> tuple[scenes.Scene, Tensor, Tensor, Tensor]:
        made = scene_of(emoji("noto"), "test", 2000 + at, 4, white(192))
        image = pictures.as_input(made.picture)[0]
        boxes = looking.sliding_windows(192, 192, 64, 16)
        return (
            made,
            image,
            boxes,
            10 * transfer.features_of(net(), transfer.enlarged(looking.cut_out(image, boxes), SIZE)),
        )

    def work(row: Row) -> Row:
        nothing, most = ways[row["way"]]
        made, image, boxes, found = windows(row["scene"])
        probabilities = head(nothing)(found).softmax(-1)
        kept: Row = {"scores": [], "hits": [], "labels": [], "targets": made.labels.tolist()}
        for label in range(len(LABEL_NAMES)):
            targets = [box for box, its in zip(made.boxes, made.labels, strict=True) if its == label]
            places, scores = scenes.detections(image, boxes, probabilities, label, 0.3, most)
            kept["scores"] += [round(score, 4) for score in scores.tolist()]
            kept["hits"] += [int(hit) for hit in looking.hits(places, scores, targets, 0.5)]
            kept["labels"] += [label] * len(scores)
        return kept

    wanted = [{"way": way, "scene": at} for at in range(run.size(40, 1)) for way in ways]
    rows = run.rows("detect", wanted, work)
    for way in ways:
        print(way, {LABEL_NAMES[label]: round(value, 2) for label, value in enumerate(precisions(rows, way))})


def precisions(rows: Sequence[Row], way: str) -> list[float]:
    """The average precision of each class over all scenes of a way to detect; NaN for a class that is in none."""
    found = []
    rows = [row for row in rows if row["way"] == way]
    for label in range(len(LABEL_NAMES)):
        marks = [
            (score, hit)
            for row in rows
            for score, hit, its in zip(row["scores"], row["hits"], row["labels"], strict=True)
            if its == label
        ]
        scores, is_right = (
            torch.tensor([s for s, _ in marks]),
            torch.tensor([bool(h) for _, h in marks], dtype=torch.bool),
        )
        n = sum(row["targets"].count(label) for row in rows)
        found.append(looking.average_precision(scores, is_right, n) if n else math.nan)
    return found


def who(run: Run) -> None:
    """Two artists' pictures of one thing: is the other's nearest? Of things that no triplet has shown."""

    def both(kind: str, name: str) -> tuple[Tensor, Tensor]:
        return features(kind, "noto", name), features(kind, "openmoji", name)

    def scores(first: Tensor, second: Tensor) -> Row:
        distances = torch.cdist(second, first)
        same, other = distances.diagonal(), distances[~torch.eye(len(first), dtype=torch.bool)]
        return {"found": identities.recognised(first, second), "area": identities.roc_area(same, other)}

    def work(row: Row) -> Row:
        kind = "pretrained" if row["arm"] == "triplets" else row["arm"]
        if row["arm"] != "triplets":
            return scores(*both(kind, "test"))
        torch.manual_seed(row.get("seed", 0))
        model = identities.Embedding(1280, 64)
        batches = ShuffledBatches(*both(kind, "train"), batch_size=60)
        fit(
            model,
            batches,
            identities.batch_loss,
            epochs=run.size(60, 1),
            learning_rate=row["learning_rate"],
            progress=False,
        )
        with torch.no_grad():
            known, asked = (model(each) for each in both(kind, "validation"))
            found = {"validation": identities.recognised(known, asked)}
            if "seed" in row:
                found |= scores(*(model(each) for each in both(kind, "test")))
        return found

    run.rows("who", [{"arm": kind} for kind in HEADS], work)
    rate = run.best("who", {"arm": "triplets"}, "learning_rate", (1e-3, 2e-3, 4e-3), work)
    run.rows("who", [{"arm": "triplets", "learning_rate": rate, "seed": s} for s in SEEDS[: run.size(3, 1)]], work)


# --- speed ------------------------------------------------------------------------------------------------------------


def speed(run: Run) -> None:
    """Milliseconds for one photograph at 224 pixels and at 96, and of a batch of 16, each picture of it."""
    jobs = {"224 pixels": torch.zeros(1, 3, 224, 224), "96 pixels": torch.zeros(1, 3, SIZE, SIZE),
            "224 pixels, 16 at once": torch.zeros(16, 3, 224, 224)}  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in jobs}
    with torch.no_grad():
        for _ in range(run.size(20, 2) + 1):
            for name, images in jobs.items():
                start = time.perf_counter()
                net()(images)
                times[name].append(1000 * (time.perf_counter() - start) / len(images))
    rows = [{"name": name, "ms": statistics.median(found[1:])} for name, found in times.items()]  # the first warms up
    print(rows)
    if not run.quick:
        results.save(NAME, "speed", {"threads": torch.get_num_threads(), "rows": rows})


PARTS: dict[str, Callable[[Run], None]] = {
    "depth": depth, "norm": norm, "digits": digits_study, "patches": patches, "transfer": transfer_study,
    "shapes": shapes, "where": where, "detect": detect, "who": who, "speed": speed,
}  # fmt: skip

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=PARTS)
    parser.add_argument("--quick", action="store_true", help="little of everything, nothing written")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so many")
    chosen = parser.parse_args()
    for each in chosen.what:
        PARTS[each](Run(NAME, chosen.quick, chosen.minutes))
