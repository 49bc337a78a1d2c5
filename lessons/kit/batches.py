"""Texts of different lengths -> rectangular tensors, with as little padding as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from numbers import Integral

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Batch = dict[str, Tensor | None]


def pad(examples: Sequence[Sequence[int]], pad_id: int = 0) -> tuple[Tensor, Tensor | None]:
    """Token ids of different lengths -> (batch, longest) ids and attention mask; the mask is None if nothing is padded.

    Raises ValueError for an empty batch.
    """
    if not examples:
        raise ValueError("An empty batch cannot be padded.")
    lengths = torch.tensor([len(example) for example in examples])
    token_ids = torch.full((len(examples), int(lengths.max())), pad_id)
    for row, example in zip(token_ids, examples, strict=True):
        row[: len(example)] = torch.tensor(example)
    mask = torch.arange(token_ids.shape[1]) < lengths[:, None]  # (batch, longest)
    return token_ids, None if mask.all() else mask.long()


def by_length(examples: Sequence[Sized], batch_size: int, order: Iterable[int] | None = None) -> list[list[int]]:
    """The indices of all examples in batches of similar length, the shortest first.

    Equally long ones stay as they are in `order`, which is 0, 1, 2, ... if it is not given. Raises ValueError for a
    batch size below 1.
    """
    check_batch_size(batch_size)
    order = range(len(examples)) if order is None else order
    return _in_pieces(sorted(order, key=lambda i: len(examples[i])), batch_size)  # sorted() is stable


def check_batch_size(batch_size: int) -> None:
    """Raises ValueError unless it is a whole number, 1 or more."""
    if not isinstance(batch_size, Integral) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number, 1 or more; it is {batch_size!r}.")


def check_batches(examples: Sized, batch_size: int) -> None:
    """Raises ValueError if there is nothing to make batches of, or they would be empty."""
    check_batch_size(batch_size)
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

        Raises ValueError for no example, another number of labels, or a batch size below 1.
        """
        if len(examples) != len(labels):
            raise ValueError(f"{len(examples)} texts, but {len(labels)} labels.")
        check_batches(examples, batch_size)
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
