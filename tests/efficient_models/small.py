"""What the tests of chapter 14 share: a classifier of six tiny layers, without dropout, and encoded texts for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from lessons.bert import BERT, BERTConfig
from lessons.fine_tuning import TextClassifier
from lessons.kit.batches import TextBatches


class Numbers:
    """As much of a tokenizer as a classifier asks for when texts are encoded already."""

    pad_token_id = 0


def classifier(
    n_layers: int = 6, seed: int = 0, names: tuple[str, ...] = ("no", "yes"), **sizes: Any
) -> TextClassifier:
    torch.manual_seed(seed)
    fields = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "max_position_embeddings": 16, **sizes}
    model = TextClassifier(BERT(BERTConfig(50, 24, n_layers, 3, 32, **fields)), Numbers(), names)  # type: ignore[arg-type]
    torch.manual_seed(seed)  # again, for a head of more labels has drawn more numbers
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(8 if parameter.ndim > 1 else 1)  # so that layers do something
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


def examples(n: int = 12, seed: int = 0) -> tuple[list[list[int]], np.ndarray]:
    rng = np.random.default_rng(seed)
    texts = [rng.integers(1, 50, rng.integers(4, 12)).tolist() for _ in range(n)]
    return texts, rng.integers(0, 2, n)


def batches(n: int = 12, batch_size: int = 4) -> TextBatches:
    return TextBatches(*examples(n), batch_size)
