"""Probes: what can a linear map read from the vectors of a layer, and how much of that is the model's doing?

A probe is fitted by least squares (notebook 01) on vectors of a frozen model, and judged on other texts. Two controls
stand beside it: the same probe on an encoder with random weights, and the same probe on labels that were drawn at
random for each word (Hewitt & Liang 2019). What the true labels give beyond these is the probe's selectivity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from lessons.attention import padding_mask
from lessons.bert.model import BERT
from lessons.kit import checks
from lessons.kit.batches import by_length, pad
from lessons.kit.texts import listed
from lessons.kit.training import evaluating

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MOST_TOKENS = 64  # of a text

Label = Callable[[list[int], int], int | None]  # the ids of a text and a place -> what is asked there, or None


@torch.no_grad()
def every_layer(
    model: BERT, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], batch_size: int = 64
) -> tuple[list[list[int]], list[Tensor]]:
    """Texts -> their ids, and for each a tensor (tokens, layers + 1, hidden_size): the vectors after every layer.

    Raises TypeError for one bare string, ValueError for a batch size below 1 and as `BERT.forward`.
    """
    ids = tokenizer(listed(texts), truncation=True, max_length=MOST_TOKENS)["input_ids"]
    found: list[Tensor] = [torch.empty(0)] * len(ids)
    with evaluating(model):
        for chosen in by_length(ids, batch_size):
            states = _states(model, *pad([ids[i] for i in chosen]))
            for row, i in zip(states.cpu(), chosen, strict=True):
                found[i] = row[: len(ids[i])].clone()
    return ids, found


def _states(model: BERT, token_ids: Tensor, attention_mask: Tensor | None) -> Tensor:
    """(batch, tokens, layers + 1, hidden_size); `every_layer` of the model would compute the attention weights, too."""
    device = model.pooler.weight.device
    mask = None if attention_mask is None else padding_mask(attention_mask.to(device))
    token_ids = token_ids.to(device)
    states = [model.embeddings(token_ids, torch.zeros_like(token_ids))]
    for layer in model.layers:
        states.append(layer(states[-1], mask))
    return torch.stack(states, 2)


def linear_probe(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    """The labels that a linear probe reads from new vectors: (n, dim), (n,), (m, dim) -> (m,).

    A column of ones is added to the vectors, each label 0, 1, ... gets a column that is 1 where it is right and 0
    elsewhere, and least squares finds the map from the ones to the others. Read is the label of the largest output.
    Raises ValueError for vectors and labels that do not fit.
    """
    checks.vectors("new_vectors", new_vectors, vectors.shape[-1], 2)
    if vectors.ndim != 2 or labels.shape != vectors.shape[:1] or labels.is_floating_point() or labels.min() < 0:
        raise ValueError(f"Vectors (n, dim) and n whole labels from 0 are due, not {checks.described(labels)}.")
    targets = F.one_hot(labels).to(vectors.dtype)  # (n, labels)
    weights = torch.linalg.lstsq(_with_ones(vectors), targets).solution  # (dim + 1, labels)
    return (_with_ones(new_vectors) @ weights).argmax(1)


def _with_ones(vectors: Tensor) -> Tensor:
    return torch.cat([vectors, torch.ones_like(vectors[:, :1])], 1)


class Examples(NamedTuple):
    """Tokens of texts about which something is asked."""

    vectors: Tensor  # (n, layers + 1, hidden_size)
    labels: Tensor  # (n,)
    words: Tensor  # (n,): their ids


def token_examples(token_ids: Sequence[list[int]], vectors: Sequence[Tensor], label: Label, most: int) -> Examples:
    """The first tokens, `most` of them, for which `label(ids of the text, place)` is not None.

    [CLS] and [SEP] are left out. Raises ValueError if there is no such token, and for `most` below 1.
    """
    checks.whole(most=most)
    asked = [
        (row, at, answer)
        for row, text in enumerate(token_ids)
        for at in range(1, len(text) - 1)
        if (answer := label(text, at)) is not None
    ][:most]
    if not asked:
        raise ValueError("Nothing is asked about any token of these texts.")
    found = torch.stack([vectors[row][at] for row, at, _ in asked])
    return Examples(
        found,
        torch.tensor([answer for *_, answer in asked]),
        torch.tensor([token_ids[row][at] for row, at, _ in asked]),
    )


def random_labels(train: Examples, other: Examples, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Labels (n,) for both in which each word has one label, drawn at random from the labels of `train`.

    So a probe can get them right only by knowing each word's by heart. Raises ValueError for a seed below 0.
    """
    checks.whole(0, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    known = torch.cat([train.words, other.words]).unique()
    drawn = train.labels[torch.randint(len(train.labels), (len(known),), generator=generator)]
    return drawn[torch.searchsorted(known, train.words)], drawn[torch.searchsorted(known, other.words)]


def accuracies(vectors: Tensor, labels: Tensor, new_vectors: Tensor, new_labels: Tensor) -> list[float]:
    """For each layer the share of new vectors (m, layers + 1, dim) whose label the probe reads right.

    Raises ValueError as `linear_probe`.
    """
    layers = zip(vectors.unbind(1), new_vectors.unbind(1), strict=True)
    return [(linear_probe(a, labels, b) == new_labels).double().mean().item() for a, b in layers]


def always_the_same(labels: Tensor, new_labels: Tensor) -> float:
    """The share of new labels that are the commonest of `labels`: what guessing without vectors gets."""
    commonest = Counter(labels.tolist()).most_common(1)[0][0]
    return (new_labels == commonest).double().mean().item()


# --- a task on several encoders ---------------------------------------------------------------------------------------


class Encoded(NamedTuple):
    """Texts to fit probes on and new ones to judge them by: ids, and vectors (tokens, layers + 1, hidden_size)."""

    token_ids: list[list[int]]
    vectors: list[Tensor]
    new_token_ids: list[list[int]]
    new_vectors: list[Tensor]


def encode(model: BERT, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], new_texts: Sequence[str]) -> Encoded:
    """Both kinds of texts after every layer of a model. Raises as `every_layer`."""
    return Encoded(*every_layer(model, tokenizer, texts), *every_layer(model, tokenizer, new_texts))


def with_controls(encoders: dict[str, Encoded], label: Label, most: int = 4000) -> dict[str, list[float] | float]:
    """Accuracies after every layer for each encoder, then those on random labels of the first one, then guessing.

    `most` tokens fit the probe, half as many judge it. Raises as `token_examples`.
    """
    lines: dict[str, list[float] | float] = {}
    controls: dict[str, list[float] | float] = {}
    for name, (ids, vectors, new_ids, new_vectors) in encoders.items():
        train, new = token_examples(ids, vectors, label, most), token_examples(new_ids, new_vectors, label, most // 2)
        lines[name] = accuracies(train.vectors, train.labels, new.vectors, new.labels)
        if not controls:
            drawn, new_drawn = random_labels(train, new)
            controls["random labels"] = accuracies(train.vectors, drawn, new.vectors, new_drawn)
            controls["commonest label"] = always_the_same(train.labels, new.labels)
    return lines | controls


def layer_rows(lines: Mapping[str, Sequence[float] | float | Tensor]) -> list[dict[Any, Any]]:
    """A row of a table for each line of figures, a column for each layer; a single number stands in the first.

    Where there are random labels, the last row is the selectivity: the first line minus theirs.
    """
    listed_lines = {name: [line] if isinstance(line, float) else [*map(float, line)] for name, line in lines.items()}
    if "random labels" in listed_lines:
        pairs = zip(next(iter(listed_lines.values())), listed_lines["random labels"], strict=True)
        listed_lines["selectivity"] = [a - b for a, b in pairs]
    return [{"layer": name, **dict(enumerate(line))} for name, line in listed_lines.items()]


# --- one word in many sentences ---------------------------------------------------------------------------------------

MONEY = (
    "I paid the cheque into my bank.",
    "The bank raised its interest rates.",
    "She works as a clerk at a bank.",
    "The bank refused to give us a loan.",
    "My savings are safe in the bank.",
    "They robbed a bank in broad daylight.",
    "The bank closed my account.",
    "He owes the bank a lot of money.",
)
RIVER = (
    "We sat on the bank of the river.",
    "The boat drifted to the bank.",
    "Reeds grow along the muddy bank.",
    "He fished from the bank all day.",
    "The stream burst its bank after the rain.",
    "Ducks nest on the grassy bank.",
    "The canoe was tied to the bank.",
    "Willows lean over the far bank.",
)
BOTH = "On the river bank he counted the money from the bank."


def word_vectors(model: BERT, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], word: str) -> Tensor:
    """The vectors of every occurrence of a token in texts, in their order: (n, layers + 1, hidden_size).

    Raises ValueError if there is none.
    """
    ids, vectors = every_layer(model, tokenizer, texts)
    wanted = tokenizer.convert_tokens_to_ids(word)
    found = [row[at] for text, row in zip(ids, vectors, strict=True) for at in range(len(text)) if text[at] == wanted]
    if not found:
        raise ValueError(f"No text holds the token {word!r}.")
    return torch.stack(found)


def lean(vector: Tensor, own: Tensor, other: Tensor) -> Tensor:
    """Mean cosine to vectors of its own kind minus that to the other kind, (layers + 1,), after every layer.

    `vector` is (layers + 1, hidden_size), `own` and `other` are (n, layers + 1, hidden_size).
    """
    return F.cosine_similarity(vector, own, dim=-1).mean(0) - F.cosine_similarity(vector, other, dim=-1).mean(0)


def leans(first: Tensor, second: Tensor) -> Tensor:
    """`lean` of each vector of two kinds, itself left out of its own kind: (n + m, layers + 1)."""
    return torch.stack(
        [
            lean(vector, torch.cat([own[:i], own[i + 1 :]]), other)
            for own, other in ((first, second), (second, first))
            for i, vector in enumerate(own)
        ]
    )
