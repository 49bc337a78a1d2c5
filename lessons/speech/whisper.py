"""Whisper: 06's Transformer between a spectrogram and a text (Radford et al. 2022, section 2.2).

The encoder reads 80 mel bands every 10 ms; its second convolution halves that to a vector every 20 ms. The decoder is a
language model that also looks at these (cross-attention). Shapes: `features` (batch, mels, frames), `memory` (batch,
frames / 2, hidden_size), `token_ids` (batch, tokens).

06's attention has a bias for keys, and Whisper has none; it is zero here, and could be anything: it adds the same
number to all scores of a query, which the softmax takes away again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import MultiHeadAttention, causal_mask, merge_heads, split_heads, watched
from lessons.kit import checks
from lessons.speech import weights
from lessons.transformer import DecoderLayer, EncoderLayer


@dataclass(frozen=True)
class WhisperConfig:
    """The sizes of a Whisper; the defaults are those of tiny.en."""

    vocab_size: int = 51864
    n_mels: int = 80
    hidden_size: int = 384
    n_layers: int = 4  # of the encoder, and of the decoder
    n_heads: int = 6
    places: int = 1500  # vectors of the memory: 20 ms each
    max_length: int = 448  # tokens

    def __post_init__(self) -> None:
        """Raises ValueError for sizes below 1."""
        checks.sizes(vocab_size=self.vocab_size, n_mels=self.n_mels, hidden_size=self.hidden_size, places=self.places)
        checks.sizes(n_layers=self.n_layers, n_heads=self.n_heads, max_length=self.max_length)


class Encoder(nn.Module):
    """Two convolutions, sine positions, 06's pre-norm layers."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.first = nn.Conv1d(config.n_mels, size, 3, padding=1)
        self.second = nn.Conv1d(size, size, 3, stride=2, padding=1)
        self.position = nn.Parameter(torch.zeros(config.places, size), requires_grad=False)
        layers = (EncoderLayer(size, config.n_heads, 4 * size, norm_first=True, activation=F.gelu)
                  for _ in range(config.n_layers))  # fmt: skip
        self.layers = cast(Sequence[EncoderLayer], nn.ModuleList(layers))
        self.norm = nn.LayerNorm(size)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, mels, frames) -> the memory (batch, frames / 2, hidden_size). Raises ValueError for others."""
        return self.norm(self.every_layer(features)[-1])

    def every_layer(self, features: Tensor) -> list[Tensor]:
        """The stream before the first layer and after each. Raises ValueError as `forward`."""
        hidden = self.embed(features)
        found = [hidden]
        for layer in self.layers:
            found.append(layer(found[-1]))
        return found

    def embed(self, features: Tensor) -> Tensor:
        """Through both convolutions, and onto the positions. Raises ValueError as `forward`."""
        mels, places = self.first.in_channels, len(self.position)
        if not features.is_floating_point() or features.ndim != 3 or features.shape[1] != mels or not features.numel():
            raise ValueError(f"Features (batch, {mels}, frames) are due; these are {checks.described(features)}.")
        if features.shape[2] > 2 * places:
            raise ValueError(f"At most {2 * places} frames are read at once; these are {features.shape[2]}.")
        hidden = F.gelu(self.second(F.gelu(self.first(features)))).mT  # (batch, frames / 2, hidden_size)
        return hidden + self.position[: hidden.shape[1]]


class Decoder(nn.Module):
    """A language model that also looks at what was heard; its output layer is its embedding."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        size = config.hidden_size
        self.token = nn.Embedding(config.vocab_size, size)
        self.position = nn.Parameter(torch.zeros(config.max_length, size))
        layers = (DecoderLayer(size, config.n_heads, 4 * size, norm_first=True, activation=F.gelu)
                  for _ in range(config.n_layers))  # fmt: skip
        self.layers = cast(Sequence[DecoderLayer], nn.ModuleList(layers))
        self.norm = nn.LayerNorm(size)

    def forward(self, token_ids: Tensor, memory: Tensor | None = None, cache: Cache | None = None) -> Tensor:
        """Logits of each next token (batch, tokens, vocab_size), from a memory or with a cache of it.

        With a cache, `token_ids` are those that follow the ones in it, and they are added to it. Raises ValueError for
        other ids, more tokens than positions, and unless exactly one of both is given.
        """
        if (memory is None) == (cache is None):
            raise ValueError("Give a memory, or a cache that was made with one.")
        hidden = self.embed(token_ids, 0 if cache is None else cache.length)
        if cache is not None:
            return self.logits(cache.through(self.layers, hidden))
        return self.logits(self.every_layer(token_ids, cast(Tensor, memory))[-1])

    def every_layer(self, token_ids: Tensor, memory: Tensor) -> list[Tensor]:
        """The stream before the first layer and after each. Raises ValueError as `forward`."""
        checks.vectors("memory", memory, self.token.embedding_dim, 3)
        if len(memory) != len(token_ids):
            raise ValueError(f"The memory is of {len(memory)} sounds; here are {len(token_ids)} texts.")
        found, mask = [self.embed(token_ids)], causal_mask(token_ids.shape[1]).to(memory.device)
        for layer in self.layers:
            found.append(layer(found[-1], memory, mask))
        return found

    def embed(self, token_ids: Tensor, start: int = 0) -> Tensor:
        """Token + position, (batch, tokens, hidden_size). Raises ValueError as `forward`, and for a start below 0."""
        checks.token_ids("token_ids", token_ids, self.token.num_embeddings, "batch", "tokens")
        checks.whole(0, start=start)
        end = start + token_ids.shape[1]
        if end > len(self.position):
            raise ValueError(f"This decoder has {len(self.position)} positions; the text has {end} tokens.")
        return self.token(token_ids) + self.position[start:end]

    def logits(self, hidden: Tensor) -> Tensor:
        """Norm, then the product with every token's embedding. Raises ValueError for other vectors."""
        checks.vectors("hidden", hidden, self.token.embedding_dim)
        return F.linear(self.norm(hidden), self.token.weight)


class Whisper(nn.Module):
    """Spectrogram in, logits of the next token out."""

    def __init__(self, config: WhisperConfig) -> None:
        """Raises ValueError if the heads cannot share hidden_size equally."""
        super().__init__()
        self.config = config
        self.encoder, self.decoder = Encoder(config), Decoder(config)

    def forward(self, features: Tensor, token_ids: Tensor) -> Tensor:
        """(batch, mels, frames), (batch, tokens) -> logits (batch, tokens, vocab_size). Raises as its halves."""
        return self.decoder(token_ids, self.encoder(features))

    def looks(self, token_ids: Tensor, memory: Tensor) -> Tensor:
        """Where each token looks in what was heard: (layers, batch, heads, tokens, places). Raises as the decoder."""
        with watched(layer.cross_attention for layer in self.decoder.layers) as seen:
            self.decoder(token_ids, memory)
        return torch.stack(seen)

    @classmethod
    def packaged(cls) -> Self:
        """tiny.en with its weights, in evaluation mode. Raises AssetError if the file is damaged."""
        with torch.device("meta"):  # shapes without numbers: nothing is drawn that is thrown away
            model = cls(WhisperConfig())
        model.load_state_dict(weights.load(), assign=True)
        model.requires_grad_(False)
        return model.eval()


# --- the cache --------------------------------------------------------------------------------------------------------


class Cache:
    """10's cache of a text, and keys and values of the memory, which are the same in every step."""

    def __init__(self, model: Whisper, memory: Tensor) -> None:
        """For the texts of this memory (batch, places, hidden_size). Raises ValueError for another one."""
        checks.vectors("memory", memory, model.config.hidden_size, 3)
        if not memory.numel():
            raise ValueError("A cache is of one sound or more.")
        self.heard = [_keys_and_values(layer.cross_attention, memory) for layer in model.decoder.layers]
        self.written: list[tuple[Tensor, Tensor]] = []
        self.length = 0

    def through(self, layers: Sequence[DecoderLayer], hidden: Tensor) -> Tensor:
        """New tokens (batch, new, hidden_size) through every layer, looking at the old ones, too.

        Raises ValueError for another number of texts than the memory has.
        """
        if len(hidden) != len(self.heard[0][0]):
            raise ValueError(f"The memory is of {len(self.heard[0][0])} sounds; here are {len(hidden)} texts.")
        new = hidden.shape[1]
        mask = causal_mask(new, self.length + new).to(hidden.device) if new > 1 else None
        for index, layer in enumerate(layers):
            asking = layer.attention_norm(hidden)
            hidden = hidden + _attend(layer.attention, asking, self._extended(index, layer.attention, asking), mask)
            asking = layer.cross_attention_norm(hidden)
            hidden = hidden + _attend(layer.cross_attention, asking, self.heard[index])
            hidden = hidden + layer.feed_forward(layer.feed_forward_norm(hidden))
        self.length += new
        return hidden

    def _extended(self, index: int, attention: MultiHeadAttention, asking: Tensor) -> tuple[Tensor, Tensor]:
        found = _keys_and_values(attention, asking)
        if index == len(self.written):
            self.written.append(found)
        else:
            keys, values = (torch.cat(pair, 2) for pair in zip(self.written[index], found, strict=True))
            self.written[index] = keys, values
        return self.written[index]


def _keys_and_values(attention: MultiHeadAttention, vectors: Tensor) -> tuple[Tensor, Tensor]:
    return split_heads(attention.key(vectors), attention.n_heads), split_heads(
        attention.value(vectors), attention.n_heads
    )


def _attend(
    attention: MultiHeadAttention, asking: Tensor, kept: tuple[Tensor, Tensor], mask: Tensor | None = None
) -> Tensor:
    queries = split_heads(attention.query(asking), attention.n_heads)
    return attention.output(merge_heads(F.scaled_dot_product_attention(queries, *kept, mask)))


# --- Hugging Face's names ---------------------------------------------------------------------------------------------

NAMES = {  # Hugging Face's name for each part of a layer, and ours
    "self_attn.": "attention.", "encoder_attn.": "cross_attention.", "q_proj": "query", "k_proj": "key",
    "v_proj": "value", "out_proj": "output", "self_attn_layer_norm": "attention_norm",
    "encoder_attn_layer_norm": "cross_attention_norm", "final_layer_norm": "feed_forward_norm",
    "fc1": "feed_forward.expand", "fc2": "feed_forward.contract",
}  # fmt: skip
OUTSIDE = {
    "conv1": "first", "conv2": "second", "layer_norm": "norm", "embed_tokens": "token", "embed_positions": "position",
}  # fmt: skip


def to_hugging_face(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Our named weights -> those of transformers' WhisperForConditionalGeneration, which lacks the keys' biases.

    Raises ValueError for a name that is none of ours.
    """
    theirs = {"proj_out.weight": found["decoder.token.weight"]} if "decoder.token.weight" in found else {}
    for name, tensor in found.items():
        if not name.endswith("attention.key.bias"):
            theirs[f"model.{_theirs(name)}"] = tensor
    return theirs


def _theirs(name: str) -> str:
    inside, outside = ({ours: theirs for theirs, ours in each.items()} for each in (NAMES, OUTSIDE))
    half, _, rest = name.partition(".")
    part, _, end = f"{rest}.weight".removesuffix(".weight" if rest.endswith(("weight", "bias")) else "").rpartition(".")
    if half in ("encoder", "decoder") and part in outside:
        return f"{half}.{outside[part]}.{end}"
    layers, number, within = (*part.split(".", 2), "", "")[:3]
    if layers != "layers" or half not in ("encoder", "decoder"):
        raise ValueError(f"A Whisper has no tensor {name!r:.60}.")
    if within in inside:
        return f"{half}.layers.{number}.{inside[within]}.{end}"
    which, _, what = within.partition(".")
    return f"{half}.layers.{number}.{inside[f'{which}.']}{inside[what]}.{end}"


class Word(NamedTuple):
    """A written word and when it was said, in seconds."""

    text: str
    start: float
    end: float


def config_of_hugging_face(config: WhisperConfig) -> dict[str, Any]:
    """The arguments of transformers' WhisperConfig for a model of these sizes."""
    return {
        "vocab_size": config.vocab_size, "num_mel_bins": config.n_mels, "d_model": config.hidden_size,
        "encoder_layers": config.n_layers, "decoder_layers": config.n_layers,
        "encoder_attention_heads": config.n_heads, "decoder_attention_heads": config.n_heads,
        "encoder_ffn_dim": 4 * config.hidden_size, "decoder_ffn_dim": 4 * config.hidden_size,
        "max_source_positions": config.places, "max_target_positions": config.max_length,
    }  # fmt: skip
