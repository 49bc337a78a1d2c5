"""What a network that has seen a million photographs gives to a task with few labels.

Four ways to start: its features frozen and a new linear layer on top; the last block trained as well; everything
trained; and a small network from random weights. Pictures are (batch, 3, size, size).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks
from lessons.kit.training import evaluating, fit, keeping_modes
from lessons.neural_networks import ShuffledBatches, classification_loss
from lessons.vision.convolution import check_images
from lessons.vision.efficientnet import FEATURES, EfficientNetLite
from lessons.vision.networks import small_cnn

ARMS = ("frozen", "last block", "all", "scratch")


def enlarged(images: Tensor, size: int) -> Tensor:
    """Images in another size, bilinear: (batch, channels, height, width) -> (batch, channels, size, size).

    Raises ValueError for what are no images, and a size below 1 or above 1,024.
    """
    check_images("Images", images)
    checks.sizes(size=size)
    if size > 1024:
        raise ValueError(f"{size} pixels are more than this course gives a network.")
    return F.interpolate(images, (size, size), mode="bilinear", align_corners=False, antialias=True)


def of_glyphs(pictures: NDArray[np.uint8], size: int = 112) -> Tensor:
    """Pictures (n, height, width, 3) of bytes as the network reads them, (n, 3, size, size) from about −1 to 1.

    Raises ValueError for what are no pictures.
    """
    if not isinstance(pictures, np.ndarray) or pictures.ndim != 4 or pictures.dtype != np.uint8:
        raise ValueError("Pictures must be an array of bytes (n, height, width, 3).")
    if pictures.shape[3] != 3:
        raise ValueError(f"Pictures have red, green and blue; these have {pictures.shape[3]} channels.")
    return enlarged((torch.tensor(pictures).permute(0, 3, 1, 2).float() - 127) / 128, size)


def features_of(model: EfficientNetLite, images: Tensor, batch_size: int = 32) -> Tensor:
    """The model's features of many images, each of length 1: (n, 1280). Raises ValueError for other images than RGB.

    Length 1, because pictures with much ink have long vectors, and their length says nothing about their kind.
    """
    checks.whole(batch_size=batch_size)
    check_images("Images", images)
    with evaluating(model), torch.no_grad():
        found = torch.cat([model.features(part) for part in images.split(batch_size)])
    return F.normalize(found, dim=-1)


def calibrated(model: EfficientNetLite, images: Tensor) -> EfficientNetLite:
    """A copy whose batch norms know the mean and variance of these images; its other numbers stay, its mode too.

    A network with random weights needs this before its features mean anything: it was never shown a picture from
    which the running means could come. Raises ValueError for other images than RGB, and for fewer than two.
    """
    check_images("Images", images)
    if len(images) < 2:
        raise ValueError("One image alone has no variance for a batch norm: give two or more.")
    model = copy.deepcopy(model)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    with keeping_modes(model), torch.no_grad():
        model.train()
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the mean over everything that passes, not a running one
        model.features(images)
    for norm in norms:
        norm.momentum = 0.01
    return model


class Transferred(nn.Module):
    """A network with a new linear layer for other classes; what was learnt before is trained as far as asked.

    Batch norms keep their running means, also in training: few pictures at a time would spoil them.
    """

    def __init__(self, backbone: EfficientNetLite, classes: int, trained: str = "frozen") -> None:
        """`trained` is "frozen", "last block" or "all". Raises ValueError for others, and for no class."""
        super().__init__()
        checks.sizes(classes=classes)
        if trained not in ARMS[:3]:
            raise ValueError(f"What is trained is one of {', '.join(ARMS[:3])}; not {trained!r:.40}.")
        self.backbone, self.output = copy.deepcopy(backbone), nn.Linear(FEATURES, classes)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)
        self.backbone.requires_grad_(trained == "all")
        if trained == "last block":
            for part in (self.backbone.blocks[-1], self.backbone.head):
                part.requires_grad_(True)
        self.backbone.output.requires_grad_(False)  # it is not asked

    def train(self, mode: bool = True) -> Transferred:
        """The head alone changes its mode: the batch norms stay in evaluation."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """(batch, 3, height, width) -> logits (batch, classes). Raises ValueError for other images than RGB."""
        return self.output(10 * F.normalize(self.backbone.features(images), dim=-1))


def first_of_each(labels: NDArray[np.int64] | Tensor, n: int, seed: int = 0) -> Tensor:
    """Places of n examples of each class, drawn at random: (classes · n,). Raises ValueError if a class has fewer."""
    checks.whole(n=n)
    checks.whole(0, seed=seed)
    labels = torch.tensor(np.array(labels))  # a copy: data sets are read-only
    if labels.ndim != 1 or not labels.numel() or not checks.is_whole(labels) or labels.min() < 0:
        raise ValueError(f"Labels must be whole numbers from 0 on, (n,); these are {checks.described(labels)}.")
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))
    chosen = []
    for label in labels.unique():
        places = order[labels[order] == label]
        if len(places) < n:
            raise ValueError(f"Class {label} has {len(places)} examples; {n} of each were asked for.")
        chosen.append(places[:n])
    return torch.cat(chosen)


def linear_head(features: Tensor, labels: Tensor, classes: int, weight_decay: float = 1e-2) -> nn.Linear:
    """A linear layer on features (n, dim), fitted until it is at its optimum: cross-entropy + weight_decay · |W|².

    By L-BFGS, for the problem is convex, as notebook 01 says. Raises ValueError for labels that do not fit, or a price
    that is not above 0.
    """
    checks.sizes(classes=classes)
    checks.positive(weight_decay=weight_decay)
    fits = features.ndim == 2 and features.numel() > 0 and features.is_floating_point()
    if not fits or not features.isfinite().all():
        raise ValueError(f"Features must be finite floating-point numbers (n, dim), not {checks.described(features)}.")
    head = nn.Linear(features.shape[1], classes).to(features)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    checks.labels(head(features), labels)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(head(features), labels) + weight_decay * head.weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return head.requires_grad_(False)


def start(arm: str, backbone: EfficientNetLite, classes: int, size: int = 64) -> nn.Module:
    """The model of an arm, before its training: a `Transferred`, or for "scratch" a small CNN for pictures of `size`.

    Raises ValueError for an unknown arm, no class, or a size below 8.
    """
    if arm not in ARMS:
        raise ValueError(f"The arms are {', '.join(ARMS)}; there is no {arm!r:.40}.")
    if arm == "scratch":
        return small_cnn((16, 32, 64), channels=3, size=size, classes=classes)
    return Transferred(backbone, classes, arm)


def trained(
    model: nn.Module, images: Tensor, labels: Tensor, steps: int = 60, learning_rate: float = 1e-3, batch_size: int = 16
) -> nn.Module:
    """The model after so many steps (rounded up to whole epochs) of the same `fit` as everywhere.

    Raises ValueError as `fit` and for labels that do not fit.
    """
    checks.whole(steps=steps)
    batches = ShuffledBatches(images, labels, batch_size)
    fit(
        model,
        batches,
        classification_loss,
        epochs=-(-steps // len(batches)),
        learning_rate=learning_rate,
        progress=False,
    )
    return model.eval()


def predictions(model: nn.Module, images: Tensor, batch_size: int = 32) -> Tensor:
    """The class of each image, (n,). Raises ValueError for what are no images."""
    checks.whole(batch_size=batch_size)
    check_images("Images", images)
    with evaluating(model), torch.no_grad():
        return torch.cat([model(part).argmax(-1) for part in images.split(batch_size)])


def agreement(predictions: Tensor, labels: Iterable[int]) -> float:
    """The share of predictions that are right. Raises ValueError for none, or for different lengths."""
    labels = torch.tensor(np.array(labels))
    fits = predictions.shape == labels.shape and labels.ndim == 1 and labels.numel() > 0
    if not fits or not checks.is_whole(predictions) or not checks.is_whole(labels):
        raise ValueError(
            f"As many predictions as labels, whole numbers (n,): {checks.described(predictions)} and "
            f"{checks.described(labels)}."
        )
    return (predictions == labels).double().mean().item()
