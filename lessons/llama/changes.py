"""From notebook 10's GPT to a Llama, one change at a time: what each of them costs and brings.

Without a change `Changed` is 10's GPT, with all of them it is a Llama; tests hold it to both, weight for weight.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import causal_mask
from lessons.gpt import GELU, GPTConfig
from lessons.llama.model import GroupedAttention, RMSNorm, Rotation, SwiGLU, frequencies, rotation
from lessons.transformer import FeedForward

CHANGES = ("RMSNorm", "rotary positions", "SwiGLU", "grouped queries", "no biases")  # in the order of the notebook
GROUP = 2  # queries that share keys and values
BASE = 10_000.0


class ChangedLayer(nn.Module):
    """A pre-norm layer made of GPT's or Llama's parts."""

    def __init__(self, config: GPTConfig, changes: Collection[str], width: int | None = None) -> None:
        super().__init__()
        d, bias = config.hidden_size, "no biases" not in changes
        n_key_heads = config.n_heads // GROUP if "grouped queries" in changes else config.n_heads
        self.attention = GroupedAttention(d, config.n_heads, n_key_heads, bias)
        self.feed_forward = _feed_forward(d, "SwiGLU" in changes, bias, width)
        self.attention_norm, self.feed_forward_norm = (_norm(config, changes) for _ in range(2))

    def forward(self, hidden: Tensor, turn: Rotation | None, mask: Tensor) -> Tensor:
        """(batch, tokens, hidden_size) -> the same."""
        hidden = hidden + self.attention(self.attention_norm(hidden), turn, mask)
        return hidden + self.feed_forward(self.feed_forward_norm(hidden))


def _norm(config: GPTConfig, changes: Collection[str]) -> nn.Module:
    if "RMSNorm" in changes:
        return RMSNorm(config.hidden_size, config.epsilon)
    return nn.LayerNorm(config.hidden_size, config.epsilon, bias="no biases" not in changes)


def _feed_forward(hidden_size: int, gated: bool, bias: bool, width: int | None) -> SwiGLU | FeedForward:
    """Of about equal size: 3 matrices of 8/3 the width, or 2 of 4 times the width."""
    if gated:
        return SwiGLU(hidden_size, width or round(8 * hidden_size / 3), bias)
    plain = FeedForward(hidden_size, 4 * hidden_size, GELU)
    for linear in (plain.expand, plain.contract) if not bias else ():
        linear.register_parameter("bias", None)
    return plain


class Changed(nn.Module):
    """10's GPT with some of `CHANGES`; like it, it gives logits (batch, tokens, vocab_size)."""

    def __init__(self, config: GPTConfig, changes: Collection[str] = CHANGES, width: int | None = None) -> None:
        """`width` is that of the gated feed-forward part, 8/3 of hidden_size unless given.

        Raises ValueError for a change that is none of `CHANGES`, and sizes that do not fit.
        """
        super().__init__()
        if unknown := set(changes) - set(CHANGES):
            raise ValueError(f"The changes are {', '.join(CHANGES)}; there is no {min(unknown)!r:.60}.")
        self.config, self.changes = config, frozenset(changes)
        self.token = nn.Embedding(config.vocab_size, config.hidden_size)
        self.has_turns = "rotary positions" in changes
        if self.has_turns:
            frequencies(self.head_dim)
        else:
            self.position = nn.Embedding(config.max_length, config.hidden_size)
        layers = nn.ModuleList(ChangedLayer(config, changes, width) for _ in range(config.n_layers))
        self.layers = cast(Sequence[ChangedLayer], layers)
        self.norm = _norm(config, changes)
        self._initialise()

    @property
    def head_dim(self) -> int:
        """How many numbers each head works with."""
        return self.config.hidden_size // self.config.n_heads

    def _initialise(self) -> None:
        """10's start: N(0, std²), biases 0, less for what is added to the stream."""
        std, added_std = self.config.std, self.config.std / (2 * self.config.n_layers) ** 0.5
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                is_added = name.endswith(("attention.output.weight", "feed_forward.contract.weight"))
                nn.init.normal_(parameter, std=added_std if is_added else std)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, token_ids: Tensor) -> Tensor:
        """(batch, tokens) -> logits. Raises ValueError for more tokens than learnt positions, if it has these."""
        n = token_ids.shape[1]
        hidden, turn = self.token(token_ids), None
        if self.has_turns:
            turn = rotation(torch.arange(n, device=hidden.device), self.head_dim, BASE)
        elif n > self.config.max_length:
            raise ValueError(f"This GPT has {self.config.max_length} positions; the text has {n} tokens.")
        else:
            hidden = hidden + self.position.weight[:n]
        mask = causal_mask(n).to(hidden.device)
        for layer in self.layers:
            hidden = layer(hidden, turn, mask)
        return F.linear(self.norm(hidden), self.token.weight)
