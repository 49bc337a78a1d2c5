"""GPT: the Transformer's layer behind a causal mask, which writes one token after the other.

After GPT-2 (Radford et al. 2019, section 2.3). Beside notebook 06's encoder three things are new: the causal mask, an
output layer that is the embedding itself, and a smaller start for what is added to the residual stream. Shapes:
`hidden` (batch, tokens, hidden_size) is that stream, `token_ids` (batch, tokens) are integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import MultiHeadAttention, causal_mask, merge_heads, split_heads, watched
from lessons.kit import checks
from lessons.transformer import EncoderLayer

Look = Callable[[MultiHeadAttention, Tensor], Tensor]  # what an attention finds for vectors (batch, tokens, …)
GELU = partial(F.gelu, approximate="tanh")  # GPT-2's approximation of GELU (Hendrycks & Gimpel 2016, section 2)


@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT; the defaults are those of GPT-2, the smallest of its family."""

    vocab_size: int = 50257
    hidden_size: int = 768
    n_layers: int = 12
    n_heads: int = 12
    max_length: int = 1024
    dropout: float = 0.1
    epsilon: float = 1e-5
    std: float = 0.02  # of the weights at the start

    def __post_init__(self) -> None:
        """Raises ValueError for sizes below 1, a share that is none, and numbers below 0."""
        checks.sizes(vocab_size=self.vocab_size, hidden_size=self.hidden_size, n_layers=self.n_layers)
        checks.sizes(n_heads=self.n_heads, max_length=self.max_length)
        checks.shares(dropout=self.dropout)
        checks.not_negative(epsilon=self.epsilon, std=self.std)


class GPTOutput(NamedTuple):
    """Every layer's work on a text, for looking at."""

    logits: Tensor  # (batch, tokens, vocab_size)
    hidden_states: tuple[
        Tensor, ...
    ]  # n_layers + 1 of (batch, tokens, hidden_size): what each layer reads, and the end
    attentions: tuple[Tensor, ...]  # n_layers of (batch, heads, tokens, tokens)


class GPT(nn.Module):
    """A decoder-only language model: logits of the next token at every place (Radford et al. 2019, section 2.3)."""

    def __init__(self, config: GPTConfig) -> None:
        """Raises ValueError if the heads cannot share hidden_size equally."""
        super().__init__()
        self.config = config
        self.token = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position = nn.Embedding(config.max_length, config.hidden_size)
        self.dropout = nn.Dropout(config.dropout)
        layers = nn.ModuleList(gpt_layer(config) for _ in range(config.n_layers))
        self.layers = cast(Sequence[EncoderLayer], layers)  # a ModuleList does not say what it holds
        self.norm = nn.LayerNorm(config.hidden_size, config.epsilon)
        self.initialise()

    def initialise(self) -> None:
        """Draw new weights: N(0, std²), biases 0; what is added to the stream starts smaller by √(2 n_layers).

        The stream is a sum of 2 n_layers terms. With this factor its variance does not grow with the number of layers
        (Radford et al. 2019, section 2.3; that every term counts, two for each layer, is Hugging Face's reading).
        """
        std = self.config.std
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=std)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        for layer in self.layers:
            for added in (layer.attention.output, layer.feed_forward.contract):
                nn.init.normal_(added.weight, std=std / math.sqrt(2 * len(self.layers)))

    def forward(self, token_ids: Tensor, cache: Cache | None = None) -> Tensor:
        """(batch, tokens) -> logits of each next token (batch, tokens, vocab_size).

        With a cache, `token_ids` are those that follow the ones in it, and they are added to it. Raises ValueError for
        other ids, or more tokens than the model has positions.
        """
        hidden = self.embed(token_ids, 0 if cache is None else cache.length)
        for index, layer in enumerate(self.layers):
            look: Look = look_back if cache is None else partial(cache.look_back, index)
            hidden = hidden + layer.dropout(look(layer.attention, layer.attention_norm(hidden)))
            hidden = hidden + layer.dropout(layer.feed_forward(layer.feed_forward_norm(hidden)))
        if cache is not None:
            cache.length += token_ids.shape[1]
        return self.logits(hidden)

    def embed(self, token_ids: Tensor, start: int = 0) -> Tensor:
        """Token + position, (batch, tokens) -> (batch, tokens, hidden_size); the first token stands at place `start`.

        Raises ValueError for other ids, a place below 0, or more tokens than the model has positions.
        """
        checks.token_ids("token_ids", token_ids, self.config.vocab_size, "batch", "tokens")
        checks.whole(0, start=start)
        end = start + token_ids.shape[1]
        if end > self.config.max_length:
            raise ValueError(f"This GPT has {self.config.max_length} positions; the text has {end} tokens.")
        return self.dropout(self.token(token_ids) + self.position.weight[start:end])

    def logits(self, hidden: Tensor) -> Tensor:
        """Where the stream ends: norm, then the product with every token's embedding; (..., vocab_size).

        Raises ValueError for other vectors than (..., hidden_size).
        """
        checks.vectors("hidden", hidden, self.config.hidden_size)
        return F.linear(self.norm(hidden), self.token.weight)

    def every_layer(self, token_ids: Tensor) -> GPTOutput:
        """`forward`, and what happened on the way; without dropout's noise only in evaluation mode.

        Here each layer works as notebook 06 wrote it, with a mask: the weights are to be seen.
        """
        hidden = self.embed(token_ids)
        mask = causal_mask(token_ids.shape[1]).to(hidden.device)
        states = [hidden]
        with watched(layer.attention for layer in self.layers) as attentions:
            for layer in self.layers:
                states.append(layer(states[-1], mask))
        return GPTOutput(self.logits(states[-1]), tuple(states), tuple(attentions))

    @classmethod
    def from_hugging_face(cls, theirs: Any) -> Self:
        """One with a copy of the weights of transformers' GPT2LMHeadModel, in evaluation mode.

        Raises ValueError for a model with parts that we lack.
        """
        config = theirs.config
        if config.model_type != "gpt2" or config.activation_function != "gelu_new" or config.add_cross_attention:
            raise ValueError("Only an ordinary GPT-2 can be copied: gelu_new, no cross-attention.")
        if config.scale_attn_by_inverse_layer_idx or not config.scale_attn_weights or not config.tie_word_embeddings:
            raise ValueError(
                "Only an ordinary GPT-2 can be copied: scores over √head_dim, one embedding for both ends."
            )
        if config.n_inner not in (None, 4 * config.n_embd):
            raise ValueError(f"GPT-2's feed-forward networks are 4 times as wide as the stream, not {config.n_inner}.")
        sizes = GPTConfig(
            config.vocab_size, config.n_embd, config.n_layer, config.n_head, config.n_positions,
            config.resid_pdrop, config.layer_norm_epsilon, config.initializer_range,
        )  # fmt: skip
        ours = cls(sizes).to(theirs.transformer.wte.weight)
        ours.load_state_dict(from_hugging_face(theirs.state_dict()))
        return ours.eval()


def gpt_layer(config: GPTConfig) -> EncoderLayer:
    """Notebook 06's pre-norm layer in this GPT's sizes, four times as wide inside; the mask makes it a decoder's."""
    return EncoderLayer(
        config.hidden_size,
        config.n_heads,
        4 * config.hidden_size,
        dropout=config.dropout,
        attention_dropout=config.dropout,
        norm_first=True,
        activation=GELU,
        epsilon=config.epsilon,
    )


# --- attention in fewer steps -----------------------------------------------------------------------------------------


def joined(attention: MultiHeadAttention) -> tuple[Tensor, Tensor]:
    """Its maps to queries, keys and values as one: weights (3 · hidden_size, hidden_size), biases (3 · hidden_size,).

    All three read the same vectors, so one large product does for three small ones. GPT-2 keeps them in one matrix.
    """
    maps = attention.query, attention.key, attention.value
    return torch.cat([each.weight for each in maps]), torch.cat([each.bias for each in maps])


def look_back(attention: MultiHeadAttention, asking: Tensor) -> Tensor:
    """What `attention` finds with a causal mask, (batch, tokens, hidden_size) -> the same, without writing a mask."""
    parts = F.linear(asking, *joined(attention)).chunk(3, -1)
    query, key, value = (split_heads(part, attention.n_heads) for part in parts)  # (batch, heads, tokens, head_dim)
    dropout = attention.dropout.p if attention.training else 0.0
    found = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout, is_causal=True)
    return attention.output(merge_heads(found))


# --- the cache --------------------------------------------------------------------------------------------------------


class Cache:
    """Keys and values of all tokens so far, layer by layer: what the next token looks at need not be computed again.

    A token's key and value depend on itself, its position and the tokens before it, so they stay as they are while the
    text grows; where positions move, a new cache is due, and so it is where weights change. It holds 2 · n_layers ·
    tokens · hidden_size numbers for each text (Pope et al. 2022, section 2.1).
    """

    def __init__(self, config: GPTConfig, batch: int = 1, like: Tensor | None = None) -> None:
        """Room for max_length tokens of each text, on the device and in the type of `like`.

        Raises ValueError for less than one text.
        """
        checks.sizes(batch=batch)
        shape = (config.n_layers, batch, config.n_heads, config.max_length, config.hidden_size // config.n_heads)
        like = torch.empty(0) if like is None else like
        self.keys, self.values = like.new_empty(shape), like.new_empty(shape)
        self.joined: dict[int, tuple[Tensor, Tensor]] = {}  # by layer; made once, for they serve every token
        self.length = 0

    def look_back(self, index: int, attention: MultiHeadAttention, asking: Tensor) -> Tensor:
        """What new tokens (batch, new, hidden_size) find in layer `index`, looking at the old ones, too.

        Raises ValueError for another number of texts than the cache has room for.
        """
        batch, new, _ = asking.shape
        if batch != self.keys.shape[1]:
            raise ValueError(f"The cache has room for {self.keys.shape[1]} texts; here are {batch}.")
        if index not in self.joined:
            self.joined[index] = joined(attention)
        heads = split_heads(F.linear(asking, *self.joined[index]), 3 * attention.n_heads)
        query, key, value = heads.chunk(3, 1)  # (batch, heads, new, head_dim) each
        keys, values, end = self.keys[index], self.values[index], self.length + new
        keys[:, :, self.length : end] = key
        values[:, :, self.length : end] = value
        mask = causal_mask(new, end).to(asking.device) if new > 1 else None  # one token may look at all
        found = F.scaled_dot_product_attention(query, keys[:, :, :end], values[:, :, :end], mask)
        return attention.output(merge_heads(found))

    @property
    def bytes(self) -> int:
        """What the tokens so far take; room for all is kept from the start."""
        full = self.keys.nbytes + self.values.nbytes
        return full * self.length // self.keys.shape[3]


# --- names ------------------------------------------------------------------------------------------------------------

NAMES = {  # Hugging Face's name for each part, and ours
    "transformer.wte": "token",
    "transformer.wpe": "position",
    "transformer.ln_f": "norm",
    "ln_1": "attention_norm",
    "ln_2": "feed_forward_norm",
    "attn.c_proj": "attention.output",
    "mlp.c_fc": "feed_forward.expand",
    "mlp.c_proj": "feed_forward.contract",
}
TOGETHER = ("query", "key", "value")  # which GPT-2 keeps in one matrix, side by side


def from_hugging_face(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Named weights of a Hugging Face GPT-2 -> our names. Its layers hold the transpose of an `nn.Linear`'s weight."""
    ours = {}
    for name, tensor in weights.items():
        part, _, kind = name.rpartition(".")
        if part in NAMES:
            ours[f"{NAMES[part]}.{kind}"] = tensor
        elif part.startswith("transformer.h."):
            number, _, inside = part.removeprefix("transformer.h.").partition(".")
            turned = tensor.T if kind == "weight" and not inside.startswith("ln_") else tensor
            if inside == "attn.c_attn":
                for which, third in zip(TOGETHER, turned.chunk(3), strict=True):
                    ours[f"layers.{number}.attention.{which}.{kind}"] = third
            elif inside in NAMES:
                ours[f"layers.{number}.{NAMES[inside]}.{kind}"] = turned
    return ours
