"""The Transformer, whole: positions, feed-forward, layers with residuals and norms; encoder, decoder, both.

Vaswani et al. 2017, section 3. Shapes: `hidden` (batch, tokens, hidden_size) is the residual stream, one vector for
each token, which every sub-layer reads and adds to. `mask` (tokens, tokens) or (batch, tokens or 1, tokens) is boolean,
True where a token may look, as in `lessons.attention`; ids are integers (batch, tokens). The layer norm, which notebook
06 builds, is PyTorch's `nn.LayerNorm`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import MultiHeadAttention, attention_flops, causal_mask, padding_mask, watched
from lessons.kit import checks

Activation = Callable[[Tensor], Tensor]

# --- parts ------------------------------------------------------------------------------------------------------------


def sinusoidal_positions(n: int, hidden_size: int) -> Tensor:
    """One vector for each position 0 ... n − 1, (n, hidden_size): sines in its numbers 0, 2, ..., cosines in 1, 3, ...

    The wave lengths grow from 2π to 10,000 · 2π (Vaswani et al. 2017, section 3.5). Raises ValueError for an odd size,
    or none.
    """
    checks.sizes(n=n, hidden_size=hidden_size)
    if hidden_size < 2 or hidden_size % 2:
        raise ValueError(f"A sine and a cosine for each wave length need an even hidden_size, not {hidden_size}.")
    frequencies = 10_000 ** (-torch.arange(0, hidden_size, 2, dtype=torch.float64) / hidden_size)  # (hidden_size / 2,)
    angles = torch.arange(n, dtype=torch.float64)[:, None] * frequencies  # (n, hidden_size / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2).to(torch.get_default_dtype())


class FeedForward(nn.Module):
    """Two linear maps with a non-linearity between, the same for every token (Vaswani et al. 2017, equation 2)."""

    def __init__(self, hidden_size: int, intermediate_size: int, activation: Activation = F.relu) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(hidden_size=hidden_size, intermediate_size=intermediate_size)
        self.expand = nn.Linear(hidden_size, intermediate_size)
        self.contract = nn.Linear(intermediate_size, hidden_size)
        self.activation = activation

    def forward(self, hidden: Tensor) -> Tensor:
        """(..., hidden_size) -> (..., hidden_size). Raises ValueError for other vectors."""
        checks.vectors("hidden", hidden, self.expand.in_features)
        return self.contract(self.activation(self.expand(hidden)))


# --- layers -----------------------------------------------------------------------------------------------------------


class EncoderLayer(nn.Module):
    """Self-attention mixes the tokens, the feed-forward net transforms each (Vaswani et al. 2017, section 3.1).

    Post-norm (their section 5.4) normalises each sum. Pre-norm (`norm_first`; Xiong et al. 2020, On Layer Normalization
    in the Transformer Architecture, figure 1) normalises what a sub-layer reads, and leaves the stream as it is.
    With a causal mask the very same layer is that of a decoder-only model such as GPT.
    """

    def __init__(
        self,
        hidden_size: int,
        n_heads: int,
        intermediate_size: int,
        *,
        dropout: float = 0.1,
        attention_dropout: float = 0.0,
        norm_first: bool = False,
        activation: Activation = F.relu,
        epsilon: float = 1e-5,
    ) -> None:
        """`dropout` is that of what is added to the stream, `attention_dropout` that of the attention weights.

        Raises ValueError for sizes, shares or an epsilon that are none.
        """
        super().__init__()
        checks.shares(dropout=dropout)
        checks.not_negative(epsilon=epsilon)
        self.attention = MultiHeadAttention(hidden_size, n_heads, attention_dropout)
        self.feed_forward = FeedForward(hidden_size, intermediate_size, activation)
        self.attention_norm = nn.LayerNorm(hidden_size, epsilon)
        self.feed_forward_norm = nn.LayerNorm(hidden_size, epsilon)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, hidden: Tensor, mask: Tensor | None = None) -> Tensor:
        """(batch, tokens, hidden_size) -> the same. Raises ValueError for other vectors or a mask that does not fit."""
        checks.vectors("hidden", hidden, self.attention_norm.normalized_shape[0], 3)
        if self.norm_first:
            hidden = hidden + self.dropout(self.attention(self.attention_norm(hidden), mask=mask))
            return hidden + self.dropout(self.feed_forward(self.feed_forward_norm(hidden)))
        hidden = self.attention_norm(hidden + self.dropout(self.attention(hidden, mask=mask)))
        return self.feed_forward_norm(hidden + self.dropout(self.feed_forward(hidden)))

    @classmethod
    def from_torch(cls, theirs: nn.TransformerEncoderLayer) -> Self:
        """One with a copy of the weights of PyTorch's, in evaluation mode. Raises ValueError if it cannot be copied."""
        _check_kind(theirs, nn.TransformerEncoderLayer)
        ours = cls(**_sizes(theirs)).to(theirs.linear1.weight)
        ours.attention = MultiHeadAttention.from_torch(theirs.self_attn)
        _copy(
            (theirs.linear1, ours.feed_forward.expand),
            (theirs.linear2, ours.feed_forward.contract),
            (theirs.norm1, ours.attention_norm),
            (theirs.norm2, ours.feed_forward_norm),
        )
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
        epsilon: float = 1e-5,
    ) -> None:
        """Raises ValueError for sizes, a share or an epsilon that are none."""
        super().__init__()
        checks.shares(dropout=dropout)
        checks.not_negative(epsilon=epsilon)
        self.attention = MultiHeadAttention(hidden_size, n_heads)
        self.cross_attention = MultiHeadAttention(hidden_size, n_heads)
        self.feed_forward = FeedForward(hidden_size, intermediate_size, activation)
        self.attention_norm = nn.LayerNorm(hidden_size, epsilon)
        self.cross_attention_norm = nn.LayerNorm(hidden_size, epsilon)
        self.feed_forward_norm = nn.LayerNorm(hidden_size, epsilon)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(
        self, hidden: Tensor, memory: Tensor, mask: Tensor | None = None, memory_mask: Tensor | None = None
    ) -> Tensor:
        """(batch, tokens, hidden_size) -> the same.

        `memory` (batch, sources, hidden_size) is what may be looked at, `memory_mask` (batch, 1, sources) where.
        Raises ValueError without a memory, for other vectors, or a mask that does not fit.
        """
        checks.vectors("hidden", hidden, self.attention_norm.normalized_shape[0], 3)
        if memory is None:  # whatever the type says: the cross-attention would quietly look at the tokens themselves
            raise ValueError("A decoder layer needs a memory to look at; without one, use an EncoderLayer.")
        if self.norm_first:
            hidden = hidden + self.dropout(self.attention(self.attention_norm(hidden), mask=mask))
            asking = self.cross_attention_norm(hidden)
            hidden = hidden + self.dropout(self.cross_attention(asking, memory, mask=memory_mask))
            return hidden + self.dropout(self.feed_forward(self.feed_forward_norm(hidden)))
        hidden = self.attention_norm(hidden + self.dropout(self.attention(hidden, mask=mask)))
        found = self.cross_attention(hidden, memory, mask=memory_mask)
        hidden = self.cross_attention_norm(hidden + self.dropout(found))
        return self.feed_forward_norm(hidden + self.dropout(self.feed_forward(hidden)))

    @classmethod
    def from_torch(cls, theirs: nn.TransformerDecoderLayer) -> Self:
        """One with a copy of the weights of PyTorch's, in evaluation mode. Raises ValueError if it cannot be copied."""
        _check_kind(theirs, nn.TransformerDecoderLayer)
        ours = cls(**_sizes(theirs)).to(theirs.linear1.weight)
        ours.attention = MultiHeadAttention.from_torch(theirs.self_attn)
        ours.cross_attention = MultiHeadAttention.from_torch(theirs.multihead_attn)
        _copy(
            (theirs.linear1, ours.feed_forward.expand),
            (theirs.linear2, ours.feed_forward.contract),
            (theirs.norm1, ours.attention_norm),
            (theirs.norm2, ours.cross_attention_norm),
            (theirs.norm3, ours.feed_forward_norm),
        )
        return ours.eval()


def _check_kind(theirs: nn.Module, wanted: type[nn.Module]) -> None:
    """An encoder layer has no cross-attention to copy, and has no place for one."""
    if not isinstance(theirs, wanted):
        raise ValueError(f"A {wanted.__name__} is due, not a {type(theirs).__name__}.")


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
        "epsilon": theirs.norm1.eps,
    }


def _copy(*pairs: tuple[nn.Module, nn.Module]) -> None:
    """Weights from the first of each pair into the second."""
    for theirs, ours in pairs:
        ours.load_state_dict(theirs.state_dict())


# --- encoder, decoder, and both ---------------------------------------------------------------------------------------


class Translation(NamedTuple):
    """What greedy decoding gives: ids (batch, steps) and where each step looked (batch, steps, sources)."""

    token_ids: Tensor
    alignment: Tensor  # see `Transformer.alignment`


class Transformer(nn.Module):
    """Encoder and decoder: reads source ids, writes target ids (after Vaswani et al. 2017, figure 1).

    Other than there, positions are learnt, and layers are pre-norm unless asked otherwise. Source id 0 is padding,
    which nobody looks at. Padding after the targets needs no mask, for nobody looks ahead; the loss must pass it over.
    """

    def __init__(
        self,
        source_vocab_size: int,
        target_vocab_size: int,
        *,
        hidden_size: int = 128,
        n_heads: int = 4,
        n_layers: int = 2,
        intermediate_size: int = 512,
        dropout: float = 0.0,
        norm_first: bool = True,
        max_length: int = 64,
    ) -> None:
        """Raises ValueError for sizes below 1, or a dropout that is no share."""
        super().__init__()
        checks.sizes(source_vocab_size=source_vocab_size, target_vocab_size=target_vocab_size, n_layers=n_layers)
        checks.sizes(hidden_size=hidden_size, max_length=max_length)

        def embedding(n: int) -> nn.Embedding:
            table = nn.Embedding(n, hidden_size)
            nn.init.normal_(table.weight, std=1 / math.sqrt(hidden_size))  # vectors of length about 1
            return table

        sizes = (hidden_size, n_heads, intermediate_size)
        self.source, self.target = embedding(source_vocab_size), embedding(target_vocab_size)
        self.source_position, self.target_position = embedding(max_length), embedding(max_length)
        encoder = (EncoderLayer(*sizes, dropout=dropout, norm_first=norm_first) for _ in range(n_layers))
        self.encoder = nn.ModuleList(encoder)
        decoder = (DecoderLayer(*sizes, dropout=dropout, norm_first=norm_first) for _ in range(n_layers))
        self.decoder = cast(Sequence[DecoderLayer], nn.ModuleList(decoder))  # a ModuleList does not say what it holds
        # Pre-norm layers leave the residual stream as it is: it is normalised once at the end.
        self.encoder_norm = nn.LayerNorm(hidden_size) if norm_first else nn.Identity()
        self.decoder_norm = nn.LayerNorm(hidden_size) if norm_first else nn.Identity()
        self.output = nn.Linear(hidden_size, target_vocab_size)

    def encode(self, source_ids: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, sources) -> the memory (batch, sources, hidden_size), and its mask (batch, 1, sources).

        Raises ValueError if a source is longer than the model has positions, or an id is outside the vocabulary.
        """
        checks.token_ids("The source ids", source_ids, self.source.num_embeddings, "batch", "tokens")
        mask = padding_mask(source_ids != 0)
        hidden = self.source(source_ids) + _first(self.source_position, source_ids.shape[1])
        for layer in self.encoder:
            hidden = layer(hidden, mask)
        return self.encoder_norm(hidden), mask

    def decode(self, target_ids: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        """(batch, targets) -> logits of the next id at every place (batch, targets, target vocabulary).

        Raises ValueError for more targets than positions, or an id outside the vocabulary.
        """
        checks.token_ids("The target ids", target_ids, self.target.num_embeddings, "batch", "tokens")
        n = target_ids.shape[1]
        hidden = self.target(target_ids) + _first(self.target_position, n)
        mask = causal_mask(n).to(hidden.device)
        for layer in self.decoder:
            hidden = layer(hidden, memory, mask, memory_mask)
        return self.output(self.decoder_norm(hidden))

    def alignment(self, target_ids: Tensor, memory: Tensor, memory_mask: Tensor) -> Tensor:
        """Where each place looks in the source, (batch, targets, sources): the mean over layers and heads."""
        with watched(layer.cross_attention for layer in self.decoder) as weights:
            self.decode(target_ids, memory, memory_mask)
        return torch.stack(weights).mean((0, 2))  # of (layers, batch, heads, targets, sources)

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """(batch, sources), (batch, targets) -> logits (batch, targets, target vocabulary).

        For training: place t of the logits is about place t + 1 of the targets (teacher forcing).
        """
        return self.decode(target_ids, *self.encode(source_ids))

    @torch.no_grad()
    def greedy(self, source_ids: Tensor, start_id: int, steps: int) -> Translation:
        """Write `steps` ids for each source, always the most probable next one, reading what was written so far.

        Everything is computed anew in each step. The model stays in its mode: turn dropout off first (`evaluating`).
        Raises ValueError for no step, and for a source or more steps than the model has positions for.
        """
        checks.whole(None, steps=steps, start_id=start_id)
        if steps < 1:
            raise ValueError(f"At least one step is needed to write something, not {steps}.")
        place = self.output.weight.device
        memory, mask = self.encode(source_ids.to(place))
        written = torch.full((len(source_ids), 1), start_id, device=place)
        for _ in range(steps):
            logits = self.decode(written, memory, mask)
            written = torch.cat([written, logits[:, -1].argmax(-1, keepdim=True)], dim=1)
        return Translation(written[:, 1:], self.alignment(written[:, :-1], memory, mask))


def _first(positions: nn.Embedding, n: int) -> Tensor:
    if n > positions.num_embeddings:
        raise ValueError(f"This model has {positions.num_embeddings} positions; the text has {n} tokens.")
    return positions.weight[:n]  # (n, hidden_size)


# --- sizes, predicted -------------------------------------------------------------------------------------------------


def block_parameters(hidden_size: int, intermediate_size: int, cross_attention: bool = False) -> int:
    """The numbers in one layer: attention 4d² + 4d, feed-forward 2df + f + d, a layer norm of 2d for each sub-layer.

    Raises ValueError, as the other predictions do, for sizes below 1; of layers and positions there may be none.
    """
    checks.whole(hidden_size=hidden_size, intermediate_size=intermediate_size)
    d, f = hidden_size, intermediate_size
    attention = 4 * d * d + 4 * d
    feed_forward = 2 * d * f + f + d
    sub_layers = 3 if cross_attention else 2
    return (sub_layers - 1) * attention + feed_forward + sub_layers * 2 * d


def bert_parameters(
    vocab_size: int, hidden_size: int, n_layers: int, intermediate_size: int, max_length: int = 512, segments: int = 2
) -> int:
    """An encoder-only model: embeddings and their norm, the layers, the pooler (Devlin et al. 2019, section 3)."""
    checks.whole(vocab_size=vocab_size)
    checks.whole(0, n_layers=n_layers, max_length=max_length, segments=segments)
    d = hidden_size
    embeddings = (vocab_size + max_length + segments) * d + 2 * d
    return embeddings + n_layers * block_parameters(d, intermediate_size) + d * d + d


def gpt_parameters(vocab_size: int, hidden_size: int, n_layers: int, max_length: int) -> int:
    """A decoder-only model: two embeddings, layers with f = 4d, a last norm; the output layer is the word embedding.

    Radford et al. 2019 (GPT-2), section 2.3; Brown et al. 2020 (GPT-3), table 2.1.
    """
    checks.whole(vocab_size=vocab_size)
    checks.whole(0, n_layers=n_layers, max_length=max_length)
    d = hidden_size
    return (vocab_size + max_length) * d + n_layers * block_parameters(d, 4 * d) + 2 * d


def block_flops(n_tokens: int, hidden_size: int, intermediate_size: int) -> int:
    """Floating-point operations of one layer on one sequence, forward; a multiplication and an addition count as 2.

    Matrix products only: 8nd² for the four maps of attention, 4n²d for scores and mixing, 4ndf for the feed-forward.
    """
    checks.whole(intermediate_size=intermediate_size)
    return sum(attention_flops(n_tokens, hidden_size)) + 4 * n_tokens * hidden_size * intermediate_size


def gpt_flops(n_tokens: int, vocab_size: int, hidden_size: int, n_layers: int) -> int:
    """Forward floating-point operations of a GPT on one sequence: its layers, and logits for every token."""
    checks.whole(vocab_size=vocab_size)
    checks.whole(0, n_layers=n_layers)
    layers = n_layers * block_flops(n_tokens, hidden_size, 4 * hidden_size)
    return layers + 2 * n_tokens * hidden_size * vocab_size
