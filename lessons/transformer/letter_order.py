"""Which letter comes first? The smallest task that needs order: a bag of the letters says nothing about it.

Each example is a row of twelve letters with one `a` and one `b` in it, and a question mark at the end; the label is 1
if the `a` comes first. The answer is read from the vector of the question mark after some Transformer layers.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import causal_mask
from lessons.kit import checks
from lessons.kit.training import fit
from lessons.transformer import EncoderLayer, stacks

QUESTION, A, B = 0, 1, 2  # ids; 3 ... 26 are the other letters
LETTERS = 27


def letter_rows(n: int, generator: torch.Generator, length: int = 12) -> tuple[Tensor, Tensor]:
    """n random examples: ids (n, length + 1) and labels (n,). Raises ValueError for none, or fewer than two letters."""
    checks.sizes(n=n, length=length)
    if length < 2:
        raise ValueError(f"An a and a b need a length of 2 or more, not {length}.")
    token_ids = torch.randint(3, LETTERS, (n, length + 1), generator=generator)
    token_ids[:, -1] = QUESTION
    places = torch.rand(n, length, generator=generator).argsort(dim=1)[:, :2]  # (n, 2): two different ones in each row
    rows = torch.arange(n)
    token_ids[rows, places[:, 0]], token_ids[rows, places[:, 1]] = A, B
    return token_ids, (places[:, 0] < places[:, 1]).long()


def spelled(token_ids: Tensor) -> str:
    """One row of ids (length,) as letters: "kxbmla...?". Raises ValueError for other ids."""
    checks.token_ids("token_ids", token_ids, LETTERS, "length")
    return "".join("?abcdefghijklmnopqrstuvwxyz"[i] for i in token_ids.tolist())


class LetterOrder(nn.Module):
    """Layers of 32 numbers for each token, with or without positions, with or without a causal mask."""

    def __init__(
        self,
        n_layers: int = 1,
        *,
        positions: bool = True,
        causal: bool = False,
        norm_first: bool = True,
        start: str = "PyTorch",
    ) -> None:
        """`start` is one of `stacks.STARTS`. Raises ValueError for another, and for less than one layer."""
        super().__init__()
        checks.whole(n_layers=n_layers)
        self.letter = nn.Embedding(LETTERS, 32)
        self.position = nn.Embedding(64, 32) if positions else None
        self.causal = causal
        self.layers = nn.ModuleList(
            EncoderLayer(32, 4, 64, dropout=0.0, norm_first=norm_first) for _ in range(n_layers)
        )
        stacks.start(self.layers, n_layers, start)
        self.norm = nn.LayerNorm(32) if norm_first else nn.Identity()
        self.output = nn.Linear(32, 2)

    def forward(self, token_ids: Tensor) -> Tensor:
        """(batch, tokens) -> logits (batch, 2), from the last token. Raises ValueError for other ids, or too many."""
        checks.token_ids("token_ids", token_ids, LETTERS, "batch", "tokens")
        if self.position is not None and token_ids.shape[1] > self.position.num_embeddings:
            raise ValueError(f"There are {self.position.num_embeddings} positions, and {token_ids.shape[1]} tokens.")
        hidden = self.letter(token_ids)
        if self.position is not None:
            hidden = hidden + self.position.weight[: token_ids.shape[1]]
        mask = causal_mask(token_ids.shape[1]).to(token_ids.device) if self.causal else None
        for layer in self.layers:
            hidden = layer(hidden, mask)
        return self.output(self.norm(hidden)[:, -1])


def accuracy_after_training(
    seed: int,
    n_layers: int = 1,
    *,
    steps: int = 300,
    learning_rate: float = 3e-3,
    warmup: float = 0.1,
    **options: Any,
) -> float:
    """Train a LetterOrder on `steps` batches of 64 new rows; its accuracy on 2,000 others. Options: see LetterOrder.

    Raises ValueError for less than one step or layer, a seed below 0, and as `fit` does.
    """
    checks.whole(0, seed=seed)
    checks.whole(steps=steps)
    torch.manual_seed(seed)
    model, generator = LetterOrder(n_layers, **options), torch.Generator().manual_seed(seed)
    batches = [letter_rows(64, generator) for _ in range(steps)]
    fit(model, batches, _loss, learning_rate=learning_rate, warmup=warmup, progress=False)
    token_ids, labels = letter_rows(2_000, torch.Generator().manual_seed(1_000_000))
    device = next(model.parameters()).device
    with torch.no_grad():
        guesses = model.eval()(token_ids.to(device)).argmax(-1).cpu()
    return (guesses == labels).double().mean().item()


def _loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    token_ids, labels = batch
    return F.cross_entropy(model(token_ids), labels)
