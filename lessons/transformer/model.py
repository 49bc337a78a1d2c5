"""The Transformer, whole: positions, layer norm, residuals, feed-forward; encoder, decoder, both (Vaswani et al. 2017).

Shapes: `hidden` (batch, tokens, hidden_size) is the residual stream, one vector for each token, which every sub-layer
reads and adds to. `mask` (tokens, tokens) or (batch, tokens or 1, tokens) is boolean, True where a token may look, as
in `lessons.attention`; ids are integers (batch, tokens).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import MultiHeadAttention, causal_mask, padding_mask

Activation = Callable[[Tensor], Tensor]

# --- parts ------------------------------------------------------------------------------------------------------------


def sinusoidal_positions(n: int, hidden_size: int) -> Tensor:
    """One vector for each position 0 ... n − 1, (n, hidden_size): sines in the even places, cosines in the odd ones.

    The wave lengths grow from 2π to 10,000 · 2π (Vaswani et al. 2017, section 3.5). Raises ValueError for an odd size.
    """
    if hidden_size < 2 or hidden_size % 2:
        raise ValueError(f"A sine and a cosine for each wave length need an even hidden_size, not {hidden_size}.")
    frequencies = 10_000 ** (-torch.arange(0, hidden_size, 2, dtype=torch.float64) / hidden_size)  # (hidden_size / 2,)
    angles = torch.arange(n, dtype=torch.float64)[:, None] * frequencies  # (n, hidden_size / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).to(torch.get_default_dtype())


class LayerNorm(nn.Module):
    """Each vector gets mean 0 and variance 1, then a learnt scale and shift (Ba, Kiros & Hinton 2016, equation 3)."""

    def __init__(self, hidden_size: int, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.bias = nn.Parameter(torch.zeros(hidden_size))
        self.epsilon = epsilon

    def forward(self, hidden: Tensor) -> Tensor:
        """(..., hidden_size) -> the same. Epsilon inside the root keeps the gradient of equal numbers finite."""
        centred = hidden - hidden.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)  # divided by hidden_size, not by hidden_size − 1
        return centred / torch.sqrt(variance + self.epsilon) * self.weight + self.bias


class FeedForward(nn.Module):
    """Two linear maps with a non-linearity between, the same for every token (Vaswani et al. 2017, equation 2)."""

    def __init__(self, hidden_size: int, intermediate_size: int, activation: Activation = F.relu) -> None:
        super().__init__()
        self.expand = nn.Linear(hidden_size, intermediate_size)
        self.contract = nn.Linear(intermediate_size, hidden_size)
        self.activation = activation

    def forward(self, hidden: Tensor) -> Tensor:
        """(..., hidden_size) -> (..., hidden_size)."""
        return self.contract(self.activation(self.expand(hidden)))


class Residual(nn.Module):
    """How a sub-layer meets the residual stream: it reads a vector, and what it computes is added.

    Post-norm (Vaswani et al. 2017, section 5.4) normalises the sum; pre-norm (Xiong et al. 2020, On Layer Normalization
    in the Transformer Architecture, figure 1) normalises what is read and leaves the stream as it is.
    """

    def __init__(self, hidden_size: int, dropout: float, norm_first: bool) -> None:
        super().__init__()
        self.norm = LayerNorm(hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def read(self, hidden: Tensor) -> Tensor:
        """What the sub-layer sees: (batch, tokens, hidden_size) -> the same shape."""
        return self.norm(hidden) if self.norm_first else hidden

    def add(self, hidden: Tensor, change: Tensor) -> Tensor:
        """The stream after the sub-layer: two of (batch, tokens, hidden_size) -> the same shape."""
        hidden = hidden + self.dropout(change)
        return hidden if self.norm_first else self.norm(hidden)


# --- layers -----------------------------------------------------------------------------------------------------------


class EncoderLayer(nn.Module):
    """Self-attention mixes the tokens, the feed-forward net transforms each (Vaswani et al. 2017, section 3.1).

    With a causal mask the very same layer is that of a decoder-only model such as GPT.
    """

    def __init__(
        self,
        hidden_size: int,
        n_heads: int,
        intermediate_size: int,
        *,
        dropout: float = 0.1,
        norm_first: bool = False,
        activation: Activation = F.relu,
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(hidden_size, n_heads)
        self.feed_forward = FeedForward(hidden_size, intermediate_size, activation)
        self.around_attention = Residual(hidden_size, dropout, norm_first)
        self.around_feed_forward = Residual(hidden_size, dropout, norm_first)

    def forward(self, hidden: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, tokens, hidden_size) -> the same."""
        mixed, _ = self.attention(self.around_attention.read(hidden), mask=mask)
        hidden = self.around_attention.add(hidden, mixed)
        transformed = self.feed_forward(self.around_feed_forward.read(hidden))
        return self.around_feed_forward.add(hidden, transformed)

    @classmethod
    def from_torch(cls, theirs: nn.TransformerEncoderLayer) -> Self:
        """One with a copy of the weights of PyTorch's, in evaluation mode. Raises ValueError if it cannot be copied."""
        ours = cls(**_sizes(theirs)).to(theirs.linear1.weight)
        ours.attention = MultiHeadAttention.from_torch(theirs.self_attn)
        _copy_feed_forward(ours.feed_forward, theirs)
        _copy_norms([ours.around_attention, ours.around_feed_forward], [theirs.norm1, theirs.norm2])
        return ours.eval()


class DecoderLayer(nn.Module):
    """An encoder layer with a second attention between: over the encoder's output, the `memory`."""

    def __init__(
        self,
        hidden_size: int,
        n_heads: int,
        intermediate_size: int,
        *,
        dropout: float = 0.1,
        norm_first: bool = False,
        activation: Activation = F.relu,
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(hidden_size, n_heads)
        self.cross_attention = MultiHeadAttention(hidden_size, n_heads)
        self.feed_forward = FeedForward(hidden_size, intermediate_size, activation)
        self.around_attention = Residual(hidden_size, dropout, norm_first)
        self.around_cross_attention = Residual(hidden_size, dropout, norm_first)
        self.around_feed_forward = Residual(hidden_size, dropout, norm_first)

    def forward(
        self, hidden: Tensor, memory: Tensor, mask: Tensor | None = None, memory_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, tokens, hidden_size) -> the same, and the cross-attention weights (batch, heads, tokens, sources).

        `memory` (batch, sources, hidden_size) is what may be looked at, `memory_mask` (batch, 1, sources) where.
        """
        mixed, _ = self.attention(self.around_attention.read(hidden), mask=mask)
        hidden = self.around_attention.add(hidden, mixed)
        asked = self.around_cross_attention.read(hidden)
        found, weights = self.cross_attention(asked, memory, mask=memory_mask)
        hidden = self.around_cross_attention.add(hidden, found)
        transformed = self.feed_forward(self.around_feed_forward.read(hidden))
        return self.around_feed_forward.add(hidden, transformed), weights

    @classmethod
    def from_torch(cls, theirs: nn.TransformerDecoderLayer) -> Self:
        """One with a copy of the weights of PyTorch's, in evaluation mode. Raises ValueError if it cannot be copied."""
        ours = cls(**_sizes(theirs)).to(theirs.linear1.weight)
        ours.attention = MultiHeadAttention.from_torch(theirs.self_attn)
        ours.cross_attention = MultiHeadAttention.from_torch(theirs.multihead_attn)
        _copy_feed_forward(ours.feed_forward, theirs)
        residuals = [ours.around_attention, ours.around_cross_attention, ours.around_feed_forward]
        _copy_norms(residuals, [theirs.norm1, theirs.norm2, theirs.norm3])
        return ours.eval()


def _sizes(theirs: nn.TransformerEncoderLayer | nn.TransformerDecoderLayer) -> dict[str, Any]:
    if theirs.linear1.bias is None:
        raise ValueError("Only layers with biases can be copied.")
    if not theirs.self_attn.batch_first:
        raise ValueError("The course puts the batch first: make PyTorch's layer with batch_first=True.")
    return {
        "hidden_size": theirs.linear1.in_features,
        "n_heads": theirs.self_attn.num_heads,
        "intermediate_size": theirs.linear1.out_features,
        "dropout": theirs.dropout.p,
        "norm_first": theirs.norm_first,
        "activation": theirs.activation,
    }


def _copy_feed_forward(ours: FeedForward, theirs: nn.TransformerEncoderLayer | nn.TransformerDecoderLayer) -> None:
    ours.expand.load_state_dict(theirs.linear1.state_dict())
    ours.contract.load_state_dict(theirs.linear2.state_dict())


def _copy_norms(residuals: list[Residual], norms: list[nn.LayerNorm]) -> None:
    for residual, norm in zip(residuals, norms, strict=True):
        residual.norm.load_state_dict(norm.state_dict())
        residual.norm.epsilon = norm.eps


# --- encoder, decoder, and both ---------------------------------------------------------------------------------------


class Translation(NamedTuple):
    """What greedy decoding gives: ids (batch, steps) and where each step looked (batch, steps, sources)."""

    ids: Tensor
    alignment: Tensor  # the mean over layers and heads of the cross-attention


class Transformer(nn.Module):
    """Encoder and decoder: reads source ids, writes target ids (Vaswani et al. 2017, figure 1).

    Positions are learnt. Source id 0 is padding, which nobody looks at.
    """

    def __init__(
        self,
        source_vocabulary: int,
        target_vocabulary: int,
        *,
        hidden_size: int = 128,
        n_heads: int = 4,
        n_layers: int = 2,
        intermediate_size: int = 512,
        dropout: float = 0.0,
        norm_first: bool = True,
        max_length: int = 64,
    ) -> None:
        super().__init__()

        def embedding(n: int) -> nn.Embedding:
            table = nn.Embedding(n, hidden_size)
            nn.init.normal_(table.weight, std=1 / math.sqrt(hidden_size))  # vectors of length about 1
            return table

        sizes: dict[str, Any] = {"dropout": dropout, "norm_first": norm_first}
        self.source, self.target = embedding(source_vocabulary), embedding(target_vocabulary)
        self.source_position, self.target_position = embedding(max_length), embedding(max_length)
        self.encoder = nn.ModuleList(
            EncoderLayer(hidden_size, n_heads, intermediate_size, **sizes) for _ in range(n_layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(hidden_size, n_heads, intermediate_size, **sizes) for _ in range(n_layers)
        )
        # Pre-norm layers leave the residual stream as it is: it is normalised once at the end.
        self.encoder_norm = LayerNorm(hidden_size) if norm_first else nn.Identity()
        self.decoder_norm = LayerNorm(hidden_size) if norm_first else nn.Identity()
        self.output = nn.Linear(hidden_size, target_vocabulary)

    def encode(self, source_ids: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, sources) -> the memory (batch, sources, hidden_size), and its mask (batch, 1, sources).

        Raises ValueError if a source is longer than the model has positions.
        """
        mask = padding_mask((source_ids != 0).long())
        hidden = self.source(source_ids) + _first(self.source_position, source_ids.shape[1])
        for layer in self.encoder:
            hidden = layer(hidden, mask)
        return self.encoder_norm(hidden), mask

    def decode(self, target_ids: Tensor, memory: Tensor, memory_mask: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, targets) -> logits of the next id at every place (batch, targets, target vocabulary).

        The second is the cross-attention, its mean over layers and heads (batch, targets, sources).
        """
        n = target_ids.shape[1]
        hidden, seen = self.target(target_ids) + _first(self.target_position, n), []
        for layer in self.decoder:
            hidden, weights = layer(hidden, memory, causal_mask(n).to(hidden.device), memory_mask)
            seen.append(weights.mean(1))
        return self.output(self.decoder_norm(hidden)), torch.stack(seen).mean(0)

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """(batch, sources), (batch, targets) -> logits (batch, targets, target vocabulary).

        For training: place t of the logits is about place t + 1 of the targets (teacher forcing).
        """
        return self.decode(target_ids, *self.encode(source_ids))[0]

    @torch.no_grad()
    def greedy(self, source_ids: Tensor, start_id: int, steps: int) -> Translation:
        """Write `steps` ids for each source, always the most probable next one, reading what was written so far."""
        memory, mask = self.encode(source_ids)
        written = torch.full((len(source_ids), 1), start_id, device=source_ids.device)
        for _ in range(steps):
            logits, alignment = self.decode(written, memory, mask)
            written = torch.cat([written, logits[:, -1].argmax(-1, keepdim=True)], dim=1)
        return Translation(written[:, 1:], alignment)


def _first(positions: nn.Embedding, n: int) -> Tensor:
    if n > positions.num_embeddings:
        raise ValueError(f"This model has {positions.num_embeddings} positions; the text has {n} tokens.")
    return positions.weight[:n]  # (n, hidden_size)


# --- sizes, predicted -------------------------------------------------------------------------------------------------


def block_parameters(hidden_size: int, intermediate_size: int, cross_attention: bool = False) -> int:
    """The numbers in one layer: attention 4d² + 4d, feed-forward 2df + f + d, a layer norm of 2d for each sub-layer."""
    d, f = hidden_size, intermediate_size
    attention = 4 * d * d + 4 * d
    feed_forward = 2 * d * f + f + d
    sub_layers = 3 if cross_attention else 2
    return (sub_layers - 1) * attention + feed_forward + sub_layers * 2 * d


def bert_parameters(
    vocabulary: int, hidden_size: int, n_layers: int, intermediate_size: int, positions: int = 512, segments: int = 2
) -> int:
    """An encoder-only model: embeddings and their norm, the layers, the pooler (Devlin et al. 2019, section 3)."""
    d = hidden_size
    embeddings = (vocabulary + positions + segments) * d + 2 * d
    return embeddings + n_layers * block_parameters(d, intermediate_size) + d * d + d


def gpt_parameters(vocabulary: int, hidden_size: int, n_layers: int, positions: int) -> int:
    """A decoder-only model: two embeddings, layers with f = 4d, a last norm; the output layer is the word embedding.

    Radford et al. 2019 (GPT-2), section 2.3; Brown et al. 2020 (GPT-3), table 2.1.
    """
    d = hidden_size
    return (vocabulary + positions) * d + n_layers * block_parameters(d, 4 * d) + 2 * d


def block_flops(tokens: int, hidden_size: int, intermediate_size: int) -> int:
    """Floating-point operations of one layer on one sequence, forward; a multiplication and an addition count as 2.

    Matrix products only: 8nd² for the four maps of attention, 4n²d for scores and mixing, 4ndf for the feed-forward.
    """
    n, d, f = tokens, hidden_size, intermediate_size
    return 8 * n * d * d + 4 * n * n * d + 4 * n * d * f


def gpt_flops(tokens: int, vocabulary: int, hidden_size: int, n_layers: int) -> int:
    """Forward floating-point operations of a GPT on one sequence: its layers, and logits for every token."""
    layers = n_layers * block_flops(tokens, hidden_size, 4 * hidden_size)
    return layers + 2 * tokens * hidden_size * vocabulary
