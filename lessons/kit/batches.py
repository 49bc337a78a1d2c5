"""Texts of different lengths -> rectangular tensors, with as little padding as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from numbers import Integral

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lessons.kit import checks

Batch = dict[str, Tensor | None]


def pad(examples: Sequence[Sequence[int]], pad_id: int = 0) -> tuple[Tensor, Tensor | None]:
    """Token ids of different lengths -> (batch, longest) ids and attention mask; the mask is None if nothing is padded.

    Raises ValueError for an empty batch, TypeError for an example that is not a list of whole numbers.
    """
    if not examples:
        raise ValueError("An empty batch cannot be padded.")
    checks.whole(None, pad_id=pad_id)
    rows = [_as_row(example) for example in examples]
    lengths = torch.tensor([len(row) for row in rows])
    if not lengths.max():
        raise ValueError("No example of this batch holds a token.")
    token_ids = torch.full((len(examples), int(lengths.max())), pad_id)
    for place, row in zip(token_ids, rows, strict=True):
        place[: len(row)] = row
    mask = torch.arange(token_ids.shape[1]) < lengths[:, None]  # (batch, longest)
    return token_ids, None if mask.all() else mask.long()


def _as_row(example: Sequence[int]) -> Tensor:
    try:
        row = torch.tensor(example)
    except (TypeError, ValueError, RuntimeError):
        row = torch.tensor(0.5)
    if row.ndim != 1 or (len(row) and not checks.is_whole(row)):
        raise TypeError(f"An example must be a list of token ids, whole numbers; found {example!r:.60}.")
    return row


def by_length(examples: Sequence[Sized], batch_size: int, order: Iterable[int] | None = None) -> list[list[int]]:
    """The indices of all examples in batches of similar length, the shortest first.

    Equally long ones stay as they are in `order`, which is 0, 1, 2, ... if it is not given. Raises ValueError for a
    batch size below 1, and for an order of other indices; TypeError for one bare string and for what is no index.
    """
    checks.whole(batch_size=batch_size)
    if isinstance(examples, str):
        raise TypeError("Give a list of examples, not one string.")
    order = list(range(len(examples)) if order is None else order)
    if not all(isinstance(i, Integral) for i in order):
        raise TypeError("The order must be of indices, whole numbers.")
    if len(order) and not (min(order) >= 0 and max(order) < len(examples)):
        raise ValueError(f"The order must be of indices below {len(examples)}: it goes to {max(order)!r}.")
    return _in_pieces(sorted(order, key=lambda i: len(examples[i])), batch_size)  # sorted() is stable


def check_batches(examples: Sized, batch_size: int) -> None:
    """Raises ValueError if there is nothing to make batches of, or they would be empty, TypeError for one string."""
    checks.whole(batch_size=batch_size)
    if isinstance(examples, str):
        raise TypeError("Give a list of examples, not one string.")
    if not len(examples):
        raise ValueError("There is no text to make batches of.")


def _in_pieces(order: list[int], size: int) -> list[list[int]]:
    return [order[start : start + size] for start in range(0, len(order), size)]


class TextBatches:
    """Batches of encoded texts, shuffled anew in every pass; texts of similar length go together, so little is padded.

    Each batch is a dict: token_ids (batch, tokens), attention_mask (the same, or None), labels (batch,), and for pairs
    of texts token_type_ids (batch, tokens).
    """

    def __init__(
        self,
        examples: Sequence[Sequence[int]],
        labels: Sequence[int] | NDArray[np.int64],
        batch_size: int = 16,
        *,
        by_length: bool = True,
        pad_id: int = 0,
        seed: int = 0,
        token_types: Sequence[Sequence[int]] | None = None,
    ) -> None:
        """`token_types` are 0 and 1 for the first and the second text of a pair, in the shape of the examples.

        Raises ValueError for no example, another number of labels, labels that are no whole numbers from 0, token types
        of other lengths, a batch size below 1, or a seed below 0.
        """
        if len(examples) != len(labels):
            raise ValueError(f"{len(examples)} texts, but {len(labels)} labels.")
        check_batches(examples, batch_size)
        checks.whole(0, seed=seed)
        if np.ndim(labels) != 1 or np.asarray(labels).dtype.kind not in "iub" or np.min(labels) < 0:
            raise ValueError(f"Labels must be whole numbers from 0, one for each text; they are {labels!r:.60}.")
        if token_types is not None and [*map(len, token_types)] != [*map(len, examples)]:
            raise ValueError("token_types must be as long as the examples, each of them.")
        self.examples, self.labels = examples, torch.as_tensor(np.array(labels, dtype=np.int64))
        self.batch_size, self.by_length, self.pad_id = batch_size, by_length, pad_id
        self.token_types = token_types
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return -(-len(self.examples) // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        order = torch.randperm(len(self.examples), generator=self.generator).tolist()
        if self.by_length:
            batches = by_length(self.examples, self.batch_size, order)
        else:
            batches = _in_pieces(order, self.batch_size)
        for index in torch.randperm(len(batches), generator=self.generator).tolist():
            chosen = batches[index]
            token_ids, mask = pad([self.examples[i] for i in chosen], self.pad_id)
            batch: Batch = {"token_ids": token_ids, "attention_mask": mask, "labels": self.labels[chosen]}
            if self.token_types is not None:
                batch["token_type_ids"] = pad([self.token_types[i] for i in chosen])[0]
            yield batch
