"""A probe reads something: does the model use it? Erase it, and see whether the behaviour follows.

Notebook 07 set controls beside a probe. They say whether a reading is the model's doing, not whether the model reads
it, too. That takes an intervention: take what the probe reads out of the vectors, and let the model go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lessons.bert.probing import linear_probe
from lessons.fine_tuning import TextClassifier
from lessons.kit import checks
from lessons.kit.batches import by_length, pad


class Eraser(NamedTuple):
    """Takes one label out of vectors: x − away · ((x − mean) · reads), with away · reads = 1."""

    mean: Tensor  # (dim,)
    reads: Tensor  # (dim,): what a linear probe reads along
    away: Tensor  # (dim,): along which vectors with the label differ from the others

    def __call__(self, vectors: Tensor) -> Tensor:
        """(..., dim) -> (..., dim)."""
        return vectors - ((vectors - self.mean) @ self.reads)[..., None] * self.away


def eraser(vectors: Tensor, labels: Tensor, ridge: float = 1e-4) -> Eraser:
    """The smallest change after which no linear probe reads a label of 0 or 1: (n, dim), (n,) -> Eraser.

    Where x differs between the labels is σ, the covariance of x and the label; x − σ (σᵀ Σ⁻¹ (x − μ)) / (σᵀ Σ⁻¹ σ) has
    none left (Belrose et al. 2023, LEACE, section 4, here for one label). `ridge` is added to the diagonal of Σ, as a
    share of its mean. Raises ValueError for vectors and labels that do not fit, and labels that are all the same.
    """
    checks.not_negative(ridge=ridge)
    if vectors.ndim != 2 or labels.shape != vectors.shape[:1] or not vectors.is_floating_point():
        raise ValueError(f"Vectors (n, dim) and n labels are due, not {checks.described(vectors)}.")
    if not ((labels == 0) | (labels == 1)).all() or labels.double().std() == 0:
        raise ValueError("Labels must be 0 or 1, and both must occur.")
    mean = vectors.mean(0)
    centred = (vectors - mean).double()
    differs = centred.T @ (labels.double() - labels.double().mean()) / len(labels)  # σ, (dim,)
    spread = centred.T @ centred / len(labels)  # Σ, (dim, dim)
    spread = spread + ridge * spread.diagonal().mean() * torch.eye(len(spread), dtype=torch.double)
    reads = torch.linalg.solve(spread, differs)
    return Eraser(mean, (reads / (reads @ differs)).to(vectors), differs.to(vectors))


@torch.no_grad()
def cls_states(model: TextClassifier, texts: Sequence[Sequence[int]], batch_size: int = 64) -> Tensor:
    """The vectors of [CLS] before the first layer and after each: lists of ids -> (n, layers + 1, dim).

    Raises ValueError for no list.
    """
    checks.whole(batch_size=batch_size)
    if not texts:
        raise ValueError("There is no text to look at.")
    model.eval()
    found: list[Tensor] = [torch.empty(0)] * len(texts)
    for chosen in by_length(texts, batch_size):
        token_ids, mask = pad([texts[i] for i in chosen], model.pad_id)
        with _watching(model) as seen:
            model.bert(token_ids, mask)
        for row, i in zip(torch.stack(seen, 1), chosen, strict=True):
            found[i] = row
    return torch.stack(found)


@contextmanager
def _watching(model: TextClassifier) -> Iterator[list[Tensor]]:
    """Inside, [CLS] of the embeddings and of every layer is added to the list."""
    seen: list[Tensor] = []

    def look(module: Any, inputs: Any, output: Tensor) -> None:
        seen.append(output[:, 0])

    hooks = [part.register_forward_hook(look) for part in (model.bert.embeddings, *model.bert.layers)]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def erased(model: TextClassifier, layer: int, change: Eraser, everywhere: bool = False) -> Iterator[None]:
    """Inside, what layer `layer` gives is erased in [CLS], or everywhere, before the model goes on; 0 is the first.

    Raises ValueError for a layer that there is not.
    """
    checks.whole(0, layer=layer)
    if layer >= len(model.bert.layers):
        raise ValueError(f"This BERT has {len(model.bert.layers)} layers, from 0; no layer {layer}.")

    def erase(module: Any, inputs: Any, output: Tensor) -> Tensor:
        return change(output) if everywhere else torch.cat([change(output[:, :1]), output[:, 1:]], 1)

    hook = model.bert.layers[layer].register_forward_hook(erase)
    try:
        yield
    finally:
        hook.remove()


@torch.no_grad()
def answers(model: TextClassifier, texts: Sequence[Sequence[int]], batch_size: int = 64) -> Tensor:
    """The label of each list of ids, (n,), with all tokens of the last layer computed, so that `erased` sees them."""
    checks.whole(batch_size=batch_size)
    model.eval()
    found = torch.zeros(len(texts), dtype=torch.long)
    for chosen in by_length(texts, batch_size):
        pooled = model.bert(*pad([texts[i] for i in chosen], model.pad_id)).pooled
        found[torch.tensor(chosen)] = model.classifier(pooled).argmax(-1)
    return found


class Reading(NamedTuple):
    """What a probe reads from a layer before and after erasing, and what the model answers then."""

    layer: int
    read: float  # accuracy of a probe on new texts
    read_after: float  # of a probe that was fitted on erased vectors
    same_answers: float  # share of the model's answers that stay
    right: float  # accuracy of the model's answers while it is erased


def intervene(
    model: TextClassifier,
    texts: Sequence[Sequence[int]],
    labels: Tensor,
    new_texts: Sequence[Sequence[int]],
    new_labels: Tensor,
    true_labels: Tensor,
    layers: Sequence[int],
    everywhere: bool = False,
) -> list[Reading]:
    """For each layer: read a label of 0 or 1 from [CLS], erase it there, read again, and let the model answer.

    `labels` are what is read, `true_labels` what the new texts' answers should be. Raises ValueError as `eraser` and
    `erased`.
    """
    states, new_states = cls_states(model, texts), cls_states(model, new_texts)
    before = answers(model, new_texts)
    found = []
    for layer in layers:
        vectors, new_vectors = states[:, layer + 1], new_states[:, layer + 1]
        change = eraser(vectors, labels)
        read = _share(linear_probe(vectors, labels, new_vectors), new_labels)
        after = _share(linear_probe(change(vectors), labels, change(new_vectors)), new_labels)
        with erased(model, layer, change, everywhere):
            said = answers(model, new_texts)
        found.append(Reading(layer, read, after, _share(said, before), _share(said, true_labels)))
    return found


def _share(found: Tensor, due: Tensor) -> float:
    return (found == due).double().mean().item()
