"""BERT, on one page: an encoder that loads real pretrained weights (Devlin et al. 2019, section 3).

Shapes: `batch` sentences of `tokens` word pieces, each a vector of `dim` numbers, in `heads` attention heads.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import pretrained


@dataclass(frozen=True)
class BERTConfig:
    """The sizes of a BERT; the defaults are BERT-base's. Field names are those of Hugging Face's config.json."""

    vocab_size: int = 30522
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.1
    layer_norm_eps: float = 1e-12
    initializer_range: float = 0.02

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"hidden_size {self.hidden_size} cannot be shared equally by {self.num_attention_heads} heads."
            )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> BERTConfig:
        """Read a config.json. Raises ValueError if it describes another kind of model or another activation."""
        kind, activation = values.get("model_type", "bert"), values.get("hidden_act", "gelu")
        if values.get("position_embedding_type", "absolute") != "absolute":
            raise ValueError(
                f"This BERT has {values['position_embedding_type']!r} positions; only 'absolute' are built."
            )
        if kind != "bert" or activation != "gelu":
            raise ValueError(f"This is a {kind!r} model with activation {activation!r}; BERT needs 'bert' and 'gelu'.")
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


class Embeddings(nn.Module):
    """Token ids -> vectors: word + position + segment (Devlin et al. 2019, figure 2), then LayerNorm."""

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.word = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.segment = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, token_ids: Tensor, segment_ids: Tensor) -> Tensor:
        """(batch, tokens) -> (batch, tokens, dim)."""
        positions = self.position.weight[: token_ids.shape[1]]  # (tokens, dim)
        return self.dropout(self.norm(self.word(token_ids) + positions + self.segment(segment_ids)))


class SelfAttention(nn.Module):
    """Multi-head scaled dot-product self-attention (Vaswani et al. 2017, section 3.2)."""

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.n_heads = config.num_attention_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)
        self.output = nn.Linear(config.hidden_size, config.hidden_size)
        self.dropout = nn.Dropout(config.attention_probs_dropout_prob)

    def forward(
        self, hidden: Tensor, bias: Tensor | None, n_queries: int | None, keep_weights: bool
    ) -> tuple[Tensor, Tensor | None]:
        """(batch, tokens, dim) -> (batch, queries, dim), and the weights (batch, heads, queries, tokens) if kept.

        `bias` (batch, 1, 1, tokens) is added to the scores. Only the first n_queries tokens ask (None: all of them);
        every token answers.
        """

        def heads(x: Tensor) -> Tensor:
            return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)  # (batch, heads, tokens, dim / heads)

        query, key, value = heads(self.query(hidden[:, :n_queries])), heads(self.key(hidden)), heads(self.value(hidden))
        if keep_weights:
            scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (batch, heads, queries, tokens)
            weights = self.dropout((scores if bias is None else scores + bias).softmax(-1))
            mixed = weights @ value
        else:  # the same three lines in one call, which never stores the weights
            dropout = self.dropout.p if self.training else 0.0
            mixed, weights = F.scaled_dot_product_attention(query, key, value, bias, dropout_p=dropout), None
        return self.output(mixed.transpose(1, 2).flatten(2)), weights


class Layer(nn.Module):
    """Attention mixes tokens, the feed-forward net transforms each: residual and LayerNorm after both (post-norm)."""

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.attention = SelfAttention(config)
        self.attention_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.expand = nn.Linear(config.hidden_size, config.intermediate_size)
        self.contract = nn.Linear(config.intermediate_size, config.hidden_size)
        self.output_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(
        self, hidden: Tensor, bias: Tensor | None, n_queries: int | None, keep_weights: bool
    ) -> tuple[Tensor, Tensor | None]:
        """(batch, tokens, dim) -> (batch, queries, dim), and the attention weights: see SelfAttention."""
        mixed, weights = self.attention(hidden, bias, n_queries, keep_weights)
        hidden = self.attention_norm(hidden[:, :n_queries] + self.dropout(mixed))
        transformed = self.contract(F.gelu(self.expand(hidden)))
        return self.output_norm(hidden + self.dropout(transformed)), weights


class BERTOutput(NamedTuple):
    """What a BERT returns: note that there are no logits; those need a head on top."""

    last_hidden_state: Tensor  # (batch, tokens, dim)
    pooled: Tensor  # (batch, dim), from the first token, [CLS]
    hidden_states: tuple[Tensor, ...]  # with every_layer: layers + 1 tensors (batch, tokens, dim), embeddings first
    attentions: tuple[Tensor, ...]  # with every_layer: one (batch, heads, tokens, tokens) for each layer


class BERT(nn.Module):
    """The encoder: embeddings, a stack of layers, and a pooler over the first token."""

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size)
        self.apply(partial(initialise, std=config.initializer_range))

    @classmethod
    def from_pretrained(cls, name: str = "minilm", revision: str | None = None) -> BERT:
        """A BERT with real weights, in evaluation mode: "minilm", a folder, or a hub name (see `pretrained.load`)."""
        checkpoint = pretrained.load(name, revision)
        model = cls(BERTConfig.from_dict(checkpoint.config))
        model.load_state_dict(from_hugging_face(checkpoint.weights))
        return model.eval()

    def forward(
        self,
        token_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        *,
        every_layer: bool = False,
        pooled_only: bool = False,
    ) -> BERTOutput:
        """Encode (batch, tokens) ids; attention_mask is 1 for real tokens, 0 for padding; None means no padding.

        With every_layer the hidden states and attention weights of all layers are kept, too; this takes memory.
        With pooled_only the last layer computes its first token alone: the same `pooled` for less work, since nothing
        reads the other tokens there. The last hidden state is then (batch, 1, dim).

        Raises ValueError for ids that are not (batch, tokens), outside the vocabulary, or too many for the positions.
        """
        self._check(token_ids)
        segment_ids = torch.zeros_like(token_ids) if token_type_ids is None else token_type_ids
        hidden = self.embeddings(token_ids, segment_ids)
        bias = None if attention_mask is None else _bias(attention_mask, hidden.dtype)
        hidden_states, attentions = [hidden], []
        for layer in self.layers:
            n_queries = 1 if pooled_only and layer is self.layers[-1] else None
            hidden, weights = layer(hidden, bias, n_queries, every_layer)
            if every_layer:
                hidden_states.append(hidden)
                attentions.append(weights)
        pooled = torch.tanh(self.pooler(hidden[:, 0]))
        return BERTOutput(hidden, pooled, tuple(hidden_states) if every_layer else (), tuple(attentions))

    def _check(self, token_ids: Tensor) -> None:
        if token_ids.ndim != 2 or token_ids.numel() == 0:
            raise ValueError(
                f"token_ids must be (batch, tokens) with at least one token, not {tuple(token_ids.shape)}."
            )
        limit = self.config.max_position_embeddings
        if token_ids.shape[1] > limit:
            raise ValueError(
                f"This BERT knows {limit} positions; the batch has {token_ids.shape[1]} tokens. "
                "Cut the text: tokenizer(..., truncation=True)."
            )
        low, high = token_ids.aminmax()
        if low < 0 or high >= self.config.vocab_size:
            raise ValueError(f"Token ids go from {low} to {high}; the vocabulary has {self.config.vocab_size:,}.")


def _bias(attention_mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Mask (batch, tokens) -> what is added to scores: 0 for a real token, the lowest finite number for padding.

    Not minus infinity: a row of padding alone then gets equal weights instead of NaN. Shape (batch, 1, 1, tokens).
    """
    bias = torch.zeros(attention_mask.shape, dtype=dtype, device=attention_mask.device)
    return bias.masked_fill(attention_mask == 0, torch.finfo(dtype).min)[:, None, None, :]


def initialise(module: nn.Module, std: float = 0.02) -> None:
    """Weights from N(0, std²), biases 0, as Hugging Face does; Devlin et al.'s code truncates it."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=std)
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)


# Hugging Face's name for each part, and ours. Loading pretrained weights is a renaming, nothing more.
NAMES = {
    "embeddings.word_embeddings": "embeddings.word",
    "embeddings.position_embeddings": "embeddings.position",
    "embeddings.token_type_embeddings": "embeddings.segment",
    "embeddings.LayerNorm": "embeddings.norm",
    "encoder.layer.{i}.attention.self.query": "layers.{i}.attention.query",
    "encoder.layer.{i}.attention.self.key": "layers.{i}.attention.key",
    "encoder.layer.{i}.attention.self.value": "layers.{i}.attention.value",
    "encoder.layer.{i}.attention.output.dense": "layers.{i}.attention.output",
    "encoder.layer.{i}.attention.output.LayerNorm": "layers.{i}.attention_norm",
    "encoder.layer.{i}.intermediate.dense": "layers.{i}.expand",
    "encoder.layer.{i}.output.dense": "layers.{i}.contract",
    "encoder.layer.{i}.output.LayerNorm": "layers.{i}.output_norm",
    "pooler.dense": "pooler",
}


def _renamed(name: str, table: dict[str, str]) -> str | None:
    """`name` (a parameter) under the other convention, or None if the table does not know it."""
    part, _, kind = name.rpartition(".")
    layer = re.search(r"\.(\d+)\.", part)
    number = layer.group(1) if layer else ""
    other = table.get(part.replace(f".{number}.", ".{i}.", 1) if layer else part)
    return other and f"{other.replace('{i}', number)}.{kind}"


def from_hugging_face(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Named weights of a Hugging Face BERT -> our names; what is not the encoder (a head) is left out."""
    modern = {  # checkpoints of 2018 carry TensorFlow's names for LayerNorm
        re.sub(r"gamma$", "weight", re.sub(r"beta$", "bias", name.removeprefix("bert."))): tensor
        for name, tensor in weights.items()
    }
    pairs = ((_renamed(name, NAMES), tensor) for name, tensor in modern.items())
    return {name: tensor for name, tensor in pairs if name}


def to_hugging_face(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The inverse: our names -> those that `transformers` reads."""
    table = {ours: theirs for theirs, ours in NAMES.items()}
    pairs = ((_renamed(name, table), tensor) for name, tensor in weights.items())
    return {name: tensor for name, tensor in pairs if name}
