"""The GPT of notebook 10: its sizes, its text as numbers, its training, and what held-out plays cost it.

930,000 parameters learn Shakespeare's plays in tokens of a byte-pair vocabulary of 1,024; `benchmarks/gpt.py` chose the
learning rates on the validation plays.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

import torch
from torch import Tensor

from lessons.gpt.model import GPT, GPTConfig
from lessons.gpt.training import Chunks, bits, causal_loss, muon_and_adamw
from lessons.kit import checks
from lessons.kit.datasets import Corpus, shakespeare
from lessons.kit.training import History, adamw, fit
from lessons.tokens import BytePairTokenizer

VOCAB_SIZE, CONTEXT, BATCH_SIZE, STEPS = 1024, 64, 16, 600
LEARNING_RATE, MUON_LEARNING_RATE = 6e-3, 4.8e-2  # of AdamW for embeddings and vectors, of Muon for matrices
WARMUP, WEIGHT_DECAY = 0.05, 0.1

Split = Literal["train", "validation", "test"]


def config(hidden_size: int = 128, n_layers: int = 4) -> GPTConfig:
    """Its sizes; with others, one head for each 32 numbers. Raises ValueError for sizes below 1."""
    checks.sizes(hidden_size=hidden_size, n_layers=n_layers)
    return GPTConfig(VOCAB_SIZE, hidden_size, n_layers, max(1, hidden_size // 32), CONTEXT, dropout=0.0)


@cache
def tokenizer() -> BytePairTokenizer:
    """Byte pairs learnt on the training plays alone; some three seconds."""
    return BytePairTokenizer.train(shakespeare().train, VOCAB_SIZE)


@cache
def token_ids(split: Split) -> tuple[Tensor, ...]:
    """The plays of a split as token ids, one row for each."""
    texts: Sequence[str] = getattr(shakespeare(), split)
    return tuple(torch.tensor(tokenizer().encode(text)) for text in texts)


def batches(steps: int = STEPS, seed: int = 0) -> Chunks:
    """Random chunks of the training plays, one after the other. Raises ValueError for less than one step."""
    return Chunks(torch.cat(token_ids("train")), CONTEXT, BATCH_SIZE, steps, seed)


def train(seed: int = 0, steps: int = STEPS, *, muon: float | None = MUON_LEARNING_RATE, progress: bool = True,
          learning_rate: float = LEARNING_RATE, sizes: GPTConfig | None = None) -> tuple[GPT, History]:  # fmt: skip
    """A GPT trained from nothing, by Muon and AdamW, or by AdamW alone if `muon` is None.

    Raises ValueError for numbers that are none.
    """
    checks.whole(0, seed=seed)
    torch.manual_seed(seed)
    model = GPT(config() if sizes is None else sizes)
    optimizer = (
        adamw(model, learning_rate, WEIGHT_DECAY)
        if muon is None
        else muon_and_adamw(model, learning_rate, muon, WEIGHT_DECAY)
    )
    chunks = batches(steps, seed)
    history = fit(model, chunks, causal_loss, optimizer=optimizer, warmup=WARMUP, progress=progress)
    return model, history


def bits_per_character(model: GPT, split: Split = "validation", data: Corpus | None = None) -> float:
    """What the model needs for each character of the plays of a split, each play read from its start."""
    data = shakespeare() if data is None else data
    spent = sum(bits(model, row).sum().item() for row in token_ids(split))
    return spent / sum(map(len, getattr(data, split)))
