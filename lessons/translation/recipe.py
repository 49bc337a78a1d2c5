"""How notebook 13 trains its translator; benchmarks/translation.py trains with the same, and with one thing changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from lessons.kit.training import History, fit
from lessons.translation.sentences import Pair, PairBatches
from lessons.translation.translator import TranslationLoss, Translator

VOCAB_SIZE = 2_000  # tokens that both languages share
N_TOKENS = 700  # places in a batch, padding included
STEPS = 1_200  # some 90 seconds on two quiet cores
LEARNING_RATE = 2e-3
WARMUP = 0.05
SMOOTHING = 0.1
ASKED = (  # what the notebook asks after the training; benchmarks/translation.py asks a longer one the same
    "The old man was reading a book in the garden.",
    "If I had known that you were coming, I would have cooked.",
    "The committee has postponed its decision.",
)


def new_translator(vocab_size: int = VOCAB_SIZE, seed: int = 0, **sizes: Any) -> Translator:
    """An untrained translator; `sizes` are those of `Translator`. Raises ValueError for sizes below 1."""
    torch.manual_seed(seed)
    return Translator(vocab_size, **sizes)


def train(
    model: Translator,
    pairs: Sequence[Pair],
    *,
    steps: int = STEPS,
    learning_rate: float = LEARNING_RATE,
    warmup: float = WARMUP,
    smoothing: float = SMOOTHING,
    n_tokens: int = N_TOKENS,
    seed: int = 0,
    **more: Any,
) -> History:
    """Train a translator in place, as `fit` does; `more` goes to it. Raises as `fit` and `PairBatches`."""
    batches = PairBatches(pairs, n_tokens, steps, seed)
    loss = TranslationLoss(smoothing)
    return fit(model, batches, loss, learning_rate=learning_rate, warmup=warmup, **more)
