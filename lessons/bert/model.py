"""BERT: the Transformer's encoder with embeddings, pooler and real pretrained weights (Devlin et al. 2019, section 3).

Shapes: `batch` sentences of `tokens` word pieces, each a vector of `hidden_size` numbers, in `heads` attention heads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import padding_mask
from lessons.kit import checks, pretrained
from lessons.transformer import EncoderLayer


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
        """Raises ValueError for sizes below 1, shares that are none, and numbers below 0."""
        names = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")
        for name in (*names, "max_position_embeddings", "type_vocab_size"):
            checks.sizes(**{name: getattr(self, name)})
        dropouts = self.hidden_dropout_prob, self.attention_probs_dropout_prob
        checks.shares(hidden_dropout_prob=dropouts[0], attention_probs_dropout_prob=dropouts[1])
        checks.not_negative(layer_norm_eps=self.layer_norm_eps, initializer_range=self.initializer_range)

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
        if values.get("is_decoder") or values.get("add_cross_attention"):
            raise ValueError("This BERT is a decoder, whose tokens do not look ahead; an encoder is built here.")
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})


class Embeddings(nn.Module):
    """Token ids -> vectors: word + position + segment (Devlin et al. 2019, figure 2), then LayerNorm."""

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.vocab_size = config.vocab_size  # while training `word` may hold fewer rows (`TouchedRows`)
        self.word = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.segment = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, token_ids: Tensor, segment_ids: Tensor) -> Tensor:
        """(batch, tokens) -> (batch, tokens, hidden_size). Raises ValueError for other ids, or more than positions."""
        checks.token_ids("token_ids", token_ids, self.vocab_size, "batch", "tokens")
        checks.token_ids("segment_ids", segment_ids, self.segment.num_embeddings, "batch", "tokens")
        if segment_ids.shape != token_ids.shape or token_ids.shape[1] > self.position.num_embeddings:
            shapes = f"{tuple(token_ids.shape)} and {tuple(segment_ids.shape)}"
            raise ValueError(f"A segment for each token is due, {self.position.num_embeddings} at most; not {shapes}.")
        positions = self.position.weight[: token_ids.shape[1]]  # (tokens, hidden_size)
        return self.dropout(self.norm(self.word(token_ids) + positions + self.segment(segment_ids)))


def encoder_layer(config: BERTConfig) -> EncoderLayer:
    """A Transformer's post-norm encoder layer in this BERT's sizes, with GELU and dropout of the weights.

    Raises ValueError if the heads cannot share hidden_size equally.
    """
    return EncoderLayer(
        config.hidden_size,
        config.num_attention_heads,
        config.intermediate_size,
        dropout=config.hidden_dropout_prob,
        attention_dropout=config.attention_probs_dropout_prob,
        activation=F.gelu,
        epsilon=config.layer_norm_eps,
    )


def first_token(layer: EncoderLayer, hidden: Tensor, mask: Tensor | None) -> Tensor:
    """What a post-norm layer makes of the first token alone: (batch, tokens, hidden_size) -> (batch, 1, hidden_size).

    The first token is the only query, all tokens are its keys; the feed-forward net, too, works on it alone. `mask` is
    (batch, 1, tokens). Raises ValueError for a pre-norm layer or other vectors.
    """
    checks.vectors("hidden", hidden, layer.attention_norm.normalized_shape[0], 3)
    if layer.norm_first:
        raise ValueError("This is the order of a post-norm layer, and the layer given is pre-norm.")
    first = hidden[:, :1]
    first = layer.attention_norm(first + layer.dropout(layer.attention(first, hidden, mask=mask)))
    return layer.feed_forward_norm(first + layer.dropout(layer.feed_forward(first)))


class BERTOutput(NamedTuple):
    """What a BERT returns: note that there are no logits; those need a head on top."""

    last_hidden_state: Tensor  # (batch, tokens, hidden_size)
    pooled: Tensor  # (batch, hidden_size), from the first token, [CLS]
    hidden_states: tuple[
        Tensor, ...
    ]  # with every_layer: layers + 1 tensors (batch, tokens, hidden_size), embeddings first
    attentions: tuple[Tensor, ...]  # with every_layer: one (batch, heads, tokens, tokens) for each layer


class BERT(nn.Module):
    """The encoder: embeddings, a stack of layers, and a pooler over the first token."""

    def __init__(self, config: BERTConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        layers = nn.ModuleList(encoder_layer(config) for _ in range(config.num_hidden_layers))
        self.layers = cast(Sequence[EncoderLayer], layers)  # a ModuleList does not say what it holds
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size)
        self.apply(partial(initialise, std=config.initializer_range))

    @classmethod
    def from_pretrained(cls, name: str = "minilm", revision: str | None = None) -> BERT:
        """A BERT with real weights, in evaluation mode: "minilm", a folder, or a hub name (see `pretrained.load`).

        Raises ValueError if the weights are not those of a whole BERT of that configuration.
        """
        found = pretrained.load(name, revision)
        model = cls(BERTConfig.from_dict(found.config))
        weights = from_hugging_face(found.weights)
        _check_weights(name, weights, model.state_dict())
        model.load_state_dict(weights)
        return model.eval()

    def forward(
        self,
        token_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        *,
        every_layer: bool = False,
    ) -> BERTOutput:
        """Encode (batch, tokens) ids; attention_mask is 1 for real tokens, 0 for padding; None means no padding.

        With every_layer the hidden states and attention weights of all layers are kept, too; this takes memory.

        Raises ValueError for ids that are not (batch, tokens), outside the vocabulary, or too many for the positions,
        and for a mask of another shape or with anything but 1 and 0 in it.
        """
        hidden, mask = self._embed(token_ids, attention_mask, token_type_ids)
        states, attentions = [], []
        for layer in self.layers:
            if every_layer:
                states.append(hidden)
                attentions.append(layer.attention.weights(hidden, mask=mask))
            hidden = layer(hidden, mask)
        return BERTOutput(hidden, self._pool(hidden), (*states, hidden) if every_layer else (), tuple(attentions))

    def pooled(
        self, token_ids: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Tensor:
        """`forward(...).pooled`, (batch, hidden_size), for less work: nothing reads the last layer's other tokens.

        In training mode dropout draws other numbers. Raises ValueError as `forward` does.
        """
        hidden, mask = self._embed(token_ids, attention_mask, token_type_ids)
        *before, last = self.layers
        for layer in before:
            hidden = layer(hidden, mask)
        return self._pool(first_token(last, hidden, mask))

    def _embed(
        self, token_ids: Tensor, attention_mask: Tensor | None, token_type_ids: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """For the first layer: vectors (batch, tokens, hidden_size), and who may be looked at, (batch, 1, tokens)."""
        self._check(token_ids, attention_mask, token_type_ids)
        # A segment (the paper) and a token type (Hugging Face) are the same thing.
        segment_ids = torch.zeros_like(token_ids) if token_type_ids is None else token_type_ids
        mask = None if attention_mask is None else padding_mask(attention_mask)
        return self.embeddings(token_ids, segment_ids), mask

    def _pool(self, hidden: Tensor) -> Tensor:
        return torch.tanh(self.pooler(hidden[:, 0]))

    def _check(self, token_ids: Tensor, attention_mask: Tensor | None, token_type_ids: Tensor | None) -> None:
        if token_ids.ndim != 2 or token_ids.numel() == 0:
            raise ValueError(
                f"token_ids must be (batch, tokens) with at least one token, not {tuple(token_ids.shape)}."
            )
        if not checks.is_whole(token_ids):
            raise ValueError(f"token_ids must be whole numbers, not {token_ids.dtype}.")
        if attention_mask is not None and attention_mask.shape != token_ids.shape:
            shapes = f"{tuple(attention_mask.shape)} and {tuple(token_ids.shape)}"
            raise ValueError(f"attention_mask needs the shape of token_ids, (batch, tokens); they have {shapes}.")
        if token_type_ids is not None and token_type_ids.shape != token_ids.shape:
            raise ValueError(f"token_type_ids needs the shape of token_ids, not {tuple(token_type_ids.shape)}.")
        limit = self.config.max_position_embeddings
        if token_ids.shape[1] > limit:
            raise ValueError(
                f"This BERT knows {limit} positions; the batch has {token_ids.shape[1]} tokens. "
                "Cut the text: tokenizer(..., truncation=True)."
            )
        low, high = token_ids.aminmax()
        if low < 0 or high >= self.config.vocab_size:
            raise ValueError(f"Token ids go from {low} to {high}; the vocabulary has {self.config.vocab_size:,}.")


def _check_weights(name: str, found: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    if missing := sorted(wanted.keys() - found.keys()):
        hint = " It was saved without its pooler." if all(part.startswith("pooler") for part in missing) else ""
        raise ValueError(f"{name} lacks {len(missing)} of the {len(wanted)} weights, first {missing[0]}.{hint}")
    for part, tensor in wanted.items():
        if found[part].shape != tensor.shape:
            shapes = f"{tuple(found[part].shape)}, and its config.json says {tuple(tensor.shape)}"
            raise ValueError(f"In {name} the weight {part} has the shape {shapes}.")


def initialise(module: nn.Module, std: float = 0.02) -> None:
    """Weights from N(0, std²), biases 0, as Hugging Face does; Devlin et al.'s code truncates it.

    Raises ValueError for a std below 0.
    """
    checks.not_negative(std=std)
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
    "encoder.layer.{i}.intermediate.dense": "layers.{i}.feed_forward.expand",
    "encoder.layer.{i}.output.dense": "layers.{i}.feed_forward.contract",
    "encoder.layer.{i}.output.LayerNorm": "layers.{i}.feed_forward_norm",
    "pooler.dense": "pooler",
}


def _renamed(name: str, table: dict[str, str]) -> str | None:
    """`name` (a parameter) under the other convention, or None if the table does not know it.

    "encoder.layer.3.output.dense.bias" is the bias of "encoder.layer.{i}.output.dense" in layer 3: NAMES makes it
    "layers.3.feed_forward.contract.bias".
    """
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
