"""Hugging Face's Trainer on the very batches of `training.fit`, so that the two loops can be compared step by step."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from typing import Any

import torch

from lessons.fine_tuning.classifier import TextClassifier
from lessons.kit import checks, training
from lessons.kit.batches import Batch


def trainer_losses(
    model: TextClassifier, batches: Sequence[Batch], *, learning_rate: float, warmup: float = 0.1
) -> list[float]:
    """The loss of each step of `transformers.Trainer`, from the model's weights, without dropout; the model stays.

    Order of batches, parameter groups, weight decay, schedule and clipping are those of `training.fit`. Raises
    ValueError for no batch, or batches of different sizes before the last one.
    """
    import transformers

    sizes = [len(_tensor(batch, "labels")) for batch in batches]
    checks.positive(learning_rate=learning_rate)
    if not sizes or len(set(sizes[:-1])) > 1 or sizes[-1] > sizes[0]:
        raise ValueError(f"Trainer needs batches of one size, but for the last, which may be smaller; not {sizes}.")
    precision = model.classifier.weight.dtype
    losses: list[float] = []

    class Recorder(transformers.Trainer):
        def compute_loss(self, *arguments: Any, **options: Any) -> Any:
            loss: Any = super().compute_loss(*arguments, **options)
            losses.append(loss.item())
            return loss

    no_dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        theirs = transformers.AutoModelForSequenceClassification.from_pretrained(
            model.save(folder), dtype=precision, **no_dropout
        )
        optimizer = training.adamw(theirs, learning_rate)
        schedule = transformers.get_linear_schedule_with_warmup(
            optimizer, math.ceil(warmup * len(batches)), len(batches)
        )
        settings = transformers.TrainingArguments(folder, per_device_train_batch_size=sizes[0], **_quiet())
        trainer = Recorder(theirs, settings, train_dataset=_rows(batches), optimizers=(optimizer, schedule))
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.train()
    return losses


def _quiet() -> dict[str, Any]:
    """One epoch in the order of the rows, on the processor, without a word."""
    silence = {"report_to": "none", "disable_tqdm": True, "save_strategy": "no", "logging_strategy": "no"}
    order = {"num_train_epochs": 1, "train_sampling_strategy": "sequential"}
    return {**order, "max_grad_norm": 1.0, "use_cpu": True, **silence}


def _rows(batches: Sequence[Batch]) -> list[dict[str, torch.Tensor]]:
    """Each example of each batch, padded as it is there."""
    rows = []
    for batch in batches:
        token_ids, labels, mask = _tensor(batch, "token_ids"), _tensor(batch, "labels"), batch["attention_mask"]
        mask = torch.ones_like(token_ids) if mask is None else mask
        rows += [
            {"input_ids": ids, "attention_mask": real, "labels": label}
            for ids, real, label in zip(token_ids, mask, labels, strict=True)
        ]
    return rows


def _tensor(batch: Batch, name: str) -> torch.Tensor:
    found = batch[name]
    assert found is not None
    return found
