"""How notebook 13 trains its translator; benchmarks/translation.py trains with the same, and with one thing changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from lessons.gpt import muon_and_adamw
from lessons.kit.training import History, fit
from lessons.translation.sentences import Pair, PairBatches
from lessons.translation.translator import TranslationLoss, Translator

VOCAB_SIZE = 2_000  # tokens that both languages share
N_TOKENS = 700  # places in a batch, padding included
STEPS = 900  # some 90 seconds on two quiet cores
LEARNING_RATE, MUON_LEARNING_RATE = 1.6e-2, 2e-2  # of AdamW for embeddings and vectors, of Muon for matrices
WEIGHT_DECAY = 0.1  # of matrices
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
    muon: float | None = MUON_LEARNING_RATE,
    warmup: float = WARMUP,
    smoothing: float = SMOOTHING,
    n_tokens: int = N_TOKENS,
    seed: int = 0,
    **more: Any,
) -> History:
    """Train a translator in place, as `fit` does, by 10's Muon and AdamW, or by AdamW alone if `muon` is None.

    `more` goes to `fit`. Raises as `fit` and `PairBatches`.
    """
    batches = PairBatches(pairs, n_tokens, steps, seed)
    if muon is not None:
        layers = [*model.encoder, *model.decoder]
        more["optimizer"] = muon_and_adamw(model, learning_rate, muon, WEIGHT_DECAY, layers)
    return fit(model, batches, TranslationLoss(smoothing), learning_rate=learning_rate, warmup=warmup, **more)
