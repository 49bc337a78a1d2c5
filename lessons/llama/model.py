"""Llama: notebook 10's GPT with rotary positions, RMSNorm, gated feed-forward networks and shared keys and values.

After Touvron et al. 2023 (Llama, section 2.2; Llama 2, section 2.2). Shapes as in `lessons.gpt.model`: `hidden` (batch,
tokens, hidden_size) is the residual stream. What differs from there is what this file contains; embeddings are tied,
nothing has a bias, and there is no dropout.
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

from lessons.attention import causal_mask, masked_softmax, merge_heads, split_heads
from lessons.gpt import GPTOutput
from lessons.kit import checks


@dataclass(frozen=True)
class LlamaConfig:
    """The sizes of a Llama; the defaults are those of SmolLM2-135M (Allal et al. 2025)."""

    vocab_size: int = 49152
    hidden_size: int = 576
    n_layers: int = 30
    n_heads: int = 9
    n_key_heads: int = 3  # heads of keys and of values, each shared by several of the queries
    intermediate_size: int = 1536
    max_length: int = 8192  # the length that it was trained on; nothing breaks beyond, but nothing was learnt there
    base: float = 100_000.0  # of the rotary frequencies
    epsilon: float = 1e-5
    std: float = 0.02  # of the weights at the start

    def __post_init__(self) -> None:
        """Raises ValueError for sizes below 1 or that do not fit together, and numbers that are none."""
        checks.sizes(vocab_size=self.vocab_size, hidden_size=self.hidden_size, n_layers=self.n_layers)
        checks.sizes(n_heads=self.n_heads, n_key_heads=self.n_key_heads, max_length=self.max_length)
        checks.sizes(intermediate_size=self.intermediate_size)
        checks.positive(base=self.base)
        checks.not_negative(epsilon=self.epsilon, std=self.std)
        _check_heads(self.hidden_size, self.n_heads, self.n_key_heads)

    @property
    def head_dim(self) -> int:
        """How many numbers each head works with."""
        return self.hidden_size // self.n_heads


def _check_heads(hidden_size: int, n_heads: int, n_key_heads: int) -> None:
    if hidden_size % n_heads or n_heads % n_key_heads:
        raise ValueError(
            f"hidden_size {hidden_size} must be shared equally by {n_heads} heads of queries, and these by "
            f"{n_key_heads} heads of keys."
        )


# --- parts ------------------------------------------------------------------------------------------------------------


class RMSNorm(nn.Module):
    """Divide by the root of the mean square, then scale: nothing is subtracted, nothing added (Zhang & Sennrich 2019).

    Equation 4 there.
    """

    def __init__(self, dim: int, epsilon: float = 1e-5) -> None:
        """Raises ValueError for a size below 1 and a negative epsilon."""
        super().__init__()
        checks.sizes(dim=dim)
        checks.not_negative(epsilon=epsilon)
        self.weight = nn.Parameter(torch.ones(dim))
        self.epsilon = epsilon

    def forward(self, hidden: Tensor) -> Tensor:
        """(..., dim) -> (..., dim). Raises ValueError for other vectors."""
        checks.vectors("hidden", hidden, len(self.weight))
        mean_square = hidden.square().mean(-1, keepdim=True)  # (..., 1)
        return self.weight * (hidden * torch.rsqrt(mean_square + self.epsilon))


class Rotation(NamedTuple):
    """Cosines and sines of the angles by which each place turns each pair of numbers: (tokens, head_dim / 2) both."""

    cosines: Tensor
    sines: Tensor


def frequencies(head_dim: int, base: float = 10_000.0, dtype: torch.dtype = torch.float32) -> Tensor:
    """By how much each pair of numbers turns from one place to the next, in radians: base^(−2i / head_dim).

    (head_dim / 2,): the first pair turns by 1, the last by hardly more than 1 / base (Su et al. 2021, section 3.3).
    Raises ValueError for an odd size, or a base that is not above 0.
    """
    checks.sizes(head_dim=head_dim)
    checks.positive(base=base)
    if head_dim % 2:
        raise ValueError(f"Pairs of numbers are turned, so head_dim must be even, not {head_dim}.")
    return 1 / base ** (torch.arange(0, head_dim, 2).to(dtype) / head_dim)


def rotation(places: Tensor, head_dim: int, base: float = 10_000.0, dtype: torch.dtype = torch.float32) -> Rotation:
    """The turns of these places (tokens,), in any whole or fractional numbers. Raises ValueError as `frequencies`."""
    if places.ndim != 1:
        raise ValueError(f"Places are one row of numbers (tokens,), not {checks.described(places)}.")
    angles = places.to(dtype)[:, None] * frequencies(head_dim, base, dtype).to(places.device)  # (tokens, head_dim / 2)
    return Rotation(angles.cos(), angles.sin())


def rotated(vectors: Tensor, turn: Rotation) -> Tensor:
    """Turn number i together with number i + head_dim / 2, like the hand of a clock: (..., tokens, head_dim), the same.

    The dot product of two turned vectors depends on how far apart their places are, not on where they are (Su et al.
    2021, equation 16, who pair neighbours instead). Raises ValueError for vectors that do not fit.
    """
    checks.vectors("vectors", vectors, 2 * turn.cosines.shape[-1])
    if vectors.ndim < 2 or vectors.shape[-2] != len(turn.cosines):
        raise ValueError(f"There are turns for {len(turn.cosines)} tokens; the vectors are {tuple(vectors.shape)}.")
    cosines, sines = (table.to(vectors) for table in turn)
    first, second = vectors.chunk(2, dim=-1)  # (..., tokens, head_dim / 2) each
    return torch.cat([first * cosines - second * sines, second * cosines + first * sines], dim=-1)


class SwiGLU(nn.Module):
    """A feed-forward network with a gate: contract(silu(gate(x)) · expand(x)) (Shazeer 2020, equation 6)."""

    def __init__(self, hidden_size: int, intermediate_size: int, bias: bool = False) -> None:
        """Raises ValueError for sizes below 1."""
        super().__init__()
        checks.sizes(hidden_size=hidden_size, intermediate_size=intermediate_size)
        self.gate = nn.Linear(hidden_size, intermediate_size, bias)
        self.expand = nn.Linear(hidden_size, intermediate_size, bias)
        self.contract = nn.Linear(intermediate_size, hidden_size, bias)

    def forward(self, hidden: Tensor) -> Tensor:
        """(..., hidden_size) -> (..., hidden_size). Raises ValueError for other vectors."""
        checks.vectors("hidden", hidden, self.expand.in_features)
        return self.contract(F.silu(self.gate(hidden)) * self.expand(hidden))


Past = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]  # new keys and values -> those of all tokens so far


class GroupedAttention(nn.Module):
    """05's attention with fewer heads of keys and values: several queries share each.

    Ainslie et al. 2023, section 2.2. As many as queries make it ordinary attention, a single one multi-query attention
    (Shazeer 2019).
    """

    def __init__(self, hidden_size: int, n_heads: int, n_key_heads: int, bias: bool = False) -> None:
        """Raises ValueError unless heads share hidden_size equally, and heads of keys those of queries."""
        super().__init__()
        checks.sizes(hidden_size=hidden_size, n_heads=n_heads, n_key_heads=n_key_heads)
        _check_heads(hidden_size, n_heads, n_key_heads)
        self.n_heads, self.n_key_heads = n_heads, n_key_heads
        shared = hidden_size // n_heads * n_key_heads
        self.query = nn.Linear(hidden_size, hidden_size, bias)
        self.key = nn.Linear(hidden_size, shared, bias)
        self.value = nn.Linear(hidden_size, shared, bias)
        self.output = nn.Linear(hidden_size, hidden_size, bias)

    def forward(
        self, hidden: Tensor, turn: Rotation | None = None, mask: Tensor | None = None, past: Past | None = None
    ) -> Tensor:
        """What each token finds where it looks: (batch, tokens, hidden_size) -> the same.

        `turn` are the rotary positions of the tokens, the `mask` is (tokens, keys), and `past` keeps keys and values
        and gives those of earlier tokens, too. Raises ValueError for other vectors.
        """
        query, key = self._queries_and_keys(hidden, turn)
        value = split_heads(self.value(hidden), self.n_key_heads)  # (batch, key heads, tokens, head_dim)
        if past is not None:
            key, value = past(key, value)
        found = F.scaled_dot_product_attention(query, key, value, mask, enable_gqa=self.n_heads > self.n_key_heads)
        return self.output(merge_heads(found))

    def weights(self, hidden: Tensor, turn: Rotation | None = None, mask: Tensor | None = None) -> Tensor:
        """Who looks at whom in every head: (batch, heads, tokens, tokens). Raises ValueError as `forward`."""
        query, key = self._queries_and_keys(hidden, turn)
        key = key.repeat_interleave(self.n_heads // self.n_key_heads, dim=1)  # each for its group of queries
        return masked_softmax(query @ key.mT / math.sqrt(query.shape[-1]), mask)

    def _queries_and_keys(self, hidden: Tensor, turn: Rotation | None) -> tuple[Tensor, Tensor]:
        """(batch, heads, tokens, head_dim) and (batch, key heads, tokens, head_dim), turned."""
        checks.vectors("hidden", hidden, self.query.in_features, 3)
        query = split_heads(self.query(hidden), self.n_heads)
        key = split_heads(self.key(hidden), self.n_key_heads)
        return (query, key) if turn is None else (rotated(query, turn), rotated(key, turn))


class LlamaLayer(nn.Module):
    """06's pre-norm layer, made of the parts above."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.attention = GroupedAttention(config.hidden_size, config.n_heads, config.n_key_heads)
        self.feed_forward = SwiGLU(config.hidden_size, config.intermediate_size)
        self.attention_norm = RMSNorm(config.hidden_size, config.epsilon)
        self.feed_forward_norm = RMSNorm(config.hidden_size, config.epsilon)

    def forward(self, hidden: Tensor, turn: Rotation, mask: Tensor | None = None, past: Past | None = None) -> Tensor:
        """(batch, tokens, hidden_size) -> the same; arguments as in `GroupedAttention`."""
        hidden = hidden + self.attention(self.attention_norm(hidden), turn, mask, past)
        return hidden + self.feed_forward(self.feed_forward_norm(hidden))


# --- the model --------------------------------------------------------------------------------------------------------


class Llama(nn.Module):
    """A decoder-only language model of today: logits of the next token at every place."""

    def __init__(self, config: LlamaConfig) -> None:
        """Raises ValueError if the heads have an odd width, which cannot be turned in pairs."""
        super().__init__()
        frequencies(config.head_dim, config.base)
        self.config = config
        self.token = nn.Embedding(config.vocab_size, config.hidden_size)
        layers = nn.ModuleList(LlamaLayer(config) for _ in range(config.n_layers))
        self.layers = cast(Sequence[LlamaLayer], layers)  # a ModuleList does not say what it holds
        self.norm = RMSNorm(config.hidden_size, config.epsilon)
        self.initialise()

    def initialise(self) -> None:
        """Draw new weights as notebook 10's GPT does: N(0, std²), less for what is added to the stream."""
        std, added_std = self.config.std, self.config.std / math.sqrt(2 * len(self.layers))
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                is_added = name.endswith(("attention.output.weight", "feed_forward.contract.weight"))
                nn.init.normal_(parameter, std=added_std if is_added else std)

    def forward(self, token_ids: Tensor, cache: Cache | None = None, *, last: bool = False) -> Tensor:
        """(batch, tokens) -> logits of each next token (batch, tokens, vocab_size); of the `last` alone (batch, 1, …).

        With a cache, `token_ids` are those that follow the ones in it, and they are added to it. Raises ValueError for
        ids outside the vocabulary.
        """
        hidden = self.embed(token_ids)
        start, new = (0 if cache is None else cache.length), token_ids.shape[1]
        turn, mask = self.turns(start, new), self.mask(start, new)
        for index, layer in enumerate(self.layers):
            hidden = layer(hidden, turn, mask, None if cache is None else partial(cache.extended, index))
        if cache is not None:
            cache.length += new
        return self.logits(hidden[:, -1:] if last else hidden)

    def embed(self, token_ids: Tensor) -> Tensor:
        """(batch, tokens) -> (batch, tokens, hidden_size): tokens alone, for places enter inside the attention.

        Raises ValueError for ids outside the vocabulary.
        """
        checks.token_ids("token_ids", token_ids, self.config.vocab_size, "batch", "tokens")
        return self.token(token_ids)

    def turns(self, start: int, n: int) -> Rotation:
        """The rotary positions of n tokens, the first of them at place `start`."""
        places = torch.arange(start, start + n, device=self.token.weight.device)
        return rotation(places, self.config.head_dim, self.config.base)

    def mask(self, start: int, n: int) -> Tensor | None:
        """Who may look where, (n, start + n): a single last token may look at all, which needs no mask."""
        return None if n == 1 else causal_mask(n, start + n).to(self.token.weight.device)

    def logits(self, hidden: Tensor) -> Tensor:
        """Where the stream ends: norm, then the product with every token's embedding; (..., vocab_size)."""
        return F.linear(self.norm(hidden), self.token.weight)

    def every_layer(self, token_ids: Tensor) -> GPTOutput:
        """`forward`, and what happened on the way: the stream before and after each layer, and who looked at whom."""
        states, attentions, n = [self.embed(token_ids)], [], token_ids.shape[1]
        turn, mask = self.turns(0, n), self.mask(0, n)
        for layer in self.layers:
            attentions.append(layer.attention.weights(layer.attention_norm(states[-1]), turn, mask))
            states.append(layer(states[-1], turn, mask))
        return GPTOutput(self.logits(states[-1]), tuple(states), tuple(attentions))

    @classmethod
    def from_hugging_face(cls, theirs: Any) -> Self:
        """One with a copy of the weights of transformers' LlamaForCausalLM, in evaluation mode.

        Raises ValueError for a model with parts that we lack.
        """
        config = theirs.config
        _check_ordinary(config)
        sizes = LlamaConfig(
            config.vocab_size, config.hidden_size, config.num_hidden_layers, config.num_attention_heads,
            config.num_key_value_heads, config.intermediate_size, config.max_position_embeddings,
            config.rope_parameters["rope_theta"], config.rms_norm_eps, config.initializer_range,
        )  # fmt: skip
        ours = cls(sizes).to(theirs.model.embed_tokens.weight)
        ours.load_state_dict(from_hugging_face(theirs.state_dict()))
        return ours.eval()


def _check_ordinary(config: Any) -> None:
    """Raises ValueError for a Hugging Face Llama with parts that we lack."""
    if config.model_type != "llama" or config.hidden_act != "silu" or not config.tie_word_embeddings:
        raise ValueError("Only an ordinary Llama can be copied: SwiGLU, one embedding for both ends.")
    if config.attention_bias or config.mlp_bias or config.rope_parameters["rope_type"] != "default":
        raise ValueError("Only an ordinary Llama can be copied: no biases, rotary frequencies as they are.")
    if config.head_dim * config.num_attention_heads != config.hidden_size:
        raise ValueError("Only an ordinary Llama can be copied: its heads share hidden_size.")


# --- the cache --------------------------------------------------------------------------------------------------------


class Cache:
    """10's cache with fewer heads, room that grows with the text, and a way back to an earlier place.

    It holds 2 · n_layers · tokens · n_key_heads · head_dim numbers for each text. Keys are kept turned.
    """

    def __init__(self, config: LlamaConfig, batch: int = 1, like: Tensor | None = None) -> None:
        """Empty, for so many texts, on the device and in the type of `like`.

        Raises ValueError for less than one text.
        """
        checks.sizes(batch=batch)
        like = torch.empty(0) if like is None else like
        self.keys = like.new_empty(config.n_layers, batch, config.n_key_heads, 0, config.head_dim)
        self.values = self.keys.clone()
        self.length = 0

    def extended(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Keep the new keys and values (batch, key heads, new, head_dim) of a layer; all so far are returned."""
        end = self.length + keys.shape[2]
        if end > self.keys.shape[3]:
            self._grow(max(end, 2 * self.keys.shape[3], 64))
        self.keys[layer, :, :, self.length : end] = keys
        self.values[layer, :, :, self.length : end] = values
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]

    def _grow(self, room: int) -> None:
        """Room for so many tokens; doubling it each time keeps the copying below one copy a token."""
        for name in ("keys", "values"):
            old = getattr(self, name)
            new = old.new_empty(*old.shape[:3], room, old.shape[4])
            new[:, :, :, : self.length] = old[:, :, :, : self.length]
            setattr(self, name, new)

    def cut(self, length: int) -> None:
        """Forget all but the first `length` tokens: what comes next follows them.

        Raises ValueError for more tokens than there are, or fewer than none.
        """
        checks.whole(0, length=length)
        if length > self.length:
            raise ValueError(f"The cache has {self.length} tokens; the first {length} cannot be kept.")
        self.length = length

    @property
    def bytes(self) -> int:
        """What the tokens so far take; there may be room for as many more."""
        per_token = self.keys[:, :, :, :1].numel() if self.keys.numel() else 0
        return 2 * per_token * self.length * self.keys.element_size()


# --- names ------------------------------------------------------------------------------------------------------------

NAMES = {  # Hugging Face's name for each part, and ours
    "input_layernorm": "attention_norm",
    "post_attention_layernorm": "feed_forward_norm",
    "self_attn.q_proj": "attention.query",
    "self_attn.k_proj": "attention.key",
    "self_attn.v_proj": "attention.value",
    "self_attn.o_proj": "attention.output",
    "mlp.gate_proj": "feed_forward.gate",
    "mlp.up_proj": "feed_forward.expand",
    "mlp.down_proj": "feed_forward.contract",
}
OUTSIDE = {"model.embed_tokens.weight": "token.weight", "model.norm.weight": "norm.weight"}


def from_hugging_face(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Named weights of a Hugging Face Llama with tied embeddings -> our names."""
    ours = {}
    for name, tensor in weights.items():
        if name in OUTSIDE:
            ours[OUTSIDE[name]] = tensor
        elif name.startswith("model.layers."):
            number, _, inside = name.removeprefix("model.layers.").removesuffix(".weight").partition(".")
            ours[f"layers.{number}.{NAMES[inside]}.weight"] = tensor
    return ours


def to_hugging_face(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Our named weights -> Hugging Face's names; the embedding is given for both ends."""
    outside, inside = ({ours: theirs for theirs, ours in each.items()} for each in (OUTSIDE, NAMES))
    theirs = {"lm_head.weight": weights["token.weight"]}
    for name, tensor in weights.items():
        if name in outside:
            theirs[outside[name]] = tensor
        else:
            _, number, part = name.removesuffix(".weight").split(".", 2)
            theirs[f"model.layers.{number}.{inside[part]}.weight"] = tensor
    return theirs
