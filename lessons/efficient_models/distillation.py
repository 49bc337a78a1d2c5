"""A small model that learns from the answers of a large one: softened probabilities, and the loss for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.efficient_models.pruning import without_layers
from lessons.fine_tuning import TextClassifier
from lessons.kit import checks, training
from lessons.kit.batches import Batch, TextBatches, by_length, pad

KEPT = {3: (0, 2, 4), 2: (0, 4), 1: (0,)}  # layers of six that a student starts with


def softened(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities (..., classes) of logits divided by a temperature: above 1 the unlikely classes show.

    Hinton et al. (2015), equation 1. Raises ValueError for a temperature that is not above 0, and for what are no
    logits.
    """
    checks.positive(temperature=temperature)
    if logits.ndim == 0 or not logits.numel() or not logits.is_floating_point():
        raise ValueError(f"Logits are floating-point numbers (..., classes), not {checks.described(logits)}.")
    return (logits / temperature).softmax(-1)


def distillation_loss(
    student: Tensor, teacher: Tensor, labels: Tensor, temperature: float = 2.0, soft: float = 0.5
) -> Tensor:
    """A share `soft` of the distance to the teacher's softened answers, and the rest for the labels: a scalar.

    Logits of both are (n, classes), labels (n,). The distance is the Kullback-Leibler divergence times the square of
    the temperature, since its gradient falls with that square (Hinton et al. 2015, section 2). Raises ValueError for
    shapes that do not fit, what is no share, and a temperature that is not above 0.
    """
    checks.shares(soft=soft)
    checks.labels(student, labels)
    if teacher.shape != student.shape or student.ndim != 2 or not student.is_floating_point():
        raise ValueError(f"Logits of both must be (n, classes): {tuple(student.shape)} and {tuple(teacher.shape)}.")
    wanted = softened(teacher.detach(), temperature)
    found = (student / temperature).log_softmax(-1)
    apart = (wanted * (wanted.log() - found)).sum(-1).mean()
    return soft * temperature**2 * apart + (1 - soft) * F.cross_entropy(student, labels)


def student_of(teacher: TextClassifier, n_layers: int) -> TextClassifier:
    """A copy of a classifier with six layers that keeps every second or third of them, beginning with the first.

    Raises ValueError unless n_layers is one of KEPT.
    """
    checks.whole(n_layers=n_layers)
    total = len(teacher.bert.layers)
    if total != 6 or n_layers not in KEPT:
        raise ValueError(f"Of 6 layers {', '.join(map(str, KEPT))} can stay, not {n_layers} of {total}.")
    return without_layers(teacher, [i for i in range(total) if i not in KEPT[n_layers]])


@torch.no_grad()
def logits_of(model: TextClassifier, examples: Sequence[Sequence[int]], batch_size: int = 32) -> Tensor:
    """The logits of encoded texts, (n, labels), in their order; dropout is off. Raises ValueError as `by_length`."""
    weight = model.classifier.weight
    found = torch.zeros(len(examples), len(model.label_names), dtype=weight.dtype)
    with training.evaluating(model):
        for chosen in by_length(examples, batch_size):
            batch = training.to_device(pad([examples[i] for i in chosen], model.pad_id), weight.device)
            found[chosen] = model(*batch).cpu()
    return found


class Lesson:
    """Texts that are learnt from twice: from their labels, and from what a teacher says of them.

    `batches` say which texts they hold, and `loss` looks up both.
    """

    def __init__(
        self,
        examples: Sequence[Sequence[int]],
        labels: Sequence[int] | NDArray[np.int64],
        teacher_logits: Tensor,
        temperature: float = 2.0,
        soft: float = 0.5,
    ) -> None:
        """Examples are encoded texts; logits (n, classes). Raises ValueError as `distillation_loss`."""
        self.examples, self.labels = examples, torch.as_tensor(np.array(labels))  # a copy: data sets are read-only
        self.teacher_logits, self.temperature, self.soft = teacher_logits, temperature, soft
        if not len(examples) == len(self.labels) == len(teacher_logits):
            raise ValueError(f"{len(examples)} texts, {len(self.labels)} labels, logits {tuple(teacher_logits.shape)}.")
        distillation_loss(teacher_logits, teacher_logits, self.labels, temperature, soft)

    def batches(self, batch_size: int = 16, pad_id: int = 0, seed: int = 0) -> TextBatches:
        """Batches whose "labels" are the places of their texts. Raises ValueError as `TextBatches`."""
        return TextBatches(self.examples, np.arange(len(self.examples)), batch_size, pad_id=pad_id, seed=seed)

    def loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a batch of `batches`, for `training.fit`. Raises ValueError for a batch of anything else."""
        places = batch["labels"]
        if places is None:
            raise ValueError("This is no batch of a Lesson: it does not say which texts it holds.")
        logits = model(batch["token_ids"], batch["attention_mask"])
        place = places.to(self.labels.device)
        labels, teacher = self.labels[place].to(logits.device), self.teacher_logits[place].to(logits)
        return distillation_loss(logits, teacher, labels, self.temperature, self.soft)


Loss = Callable[[nn.Module, Batch], Tensor]
