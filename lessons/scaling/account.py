"""What a Transformer costs before it is made: numbers, operations, bytes, days; and which size a budget should buy.

Symbols of the docstrings: d hidden_size, f intermediate_size, V vocab_size, L n_layers, B texts of T tokens at a time,
N parameters, D tokens of training, C operations. An operation is one multiplication or one addition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lessons.gpt import GPTConfig
from lessons.kit import checks

# --- sizes ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sizes:
    """What can be counted of a decoder-only Transformer without making it; the defaults are GPT-2's kind."""

    name: str
    vocab_size: int
    hidden_size: int
    n_layers: int
    n_heads: int
    tokens: int  # of a text in training
    n_key_heads: int = 0  # heads of keys and values that groups of query heads share (11); 0: as many as n_heads
    intermediate_size: int = 0  # 0: four times hidden_size
    gated: bool = False  # SwiGLU, with three maps (11)
    biases: bool = True  # with LayerNorm; without them the norms are RMSNorm
    tied: bool = True  # the output layer is the embedding
    positions: bool = True  # a learnt table of positions
    embedding_norm: bool = False  # a norm behind the embedding, as in BLOOM

    def __post_init__(self) -> None:
        """Raises ValueError for sizes below 1, and heads that cannot share the numbers equally."""
        checks.sizes(vocab_size=self.vocab_size, hidden_size=self.hidden_size, n_layers=self.n_layers)
        checks.sizes(n_heads=self.n_heads, tokens=self.tokens)
        checks.whole(0, n_key_heads=self.n_key_heads, intermediate_size=self.intermediate_size)
        if self.hidden_size % self.n_heads or self.n_heads % (self.n_key_heads or self.n_heads):
            raise ValueError(f"{self.name}: heads must share {self.hidden_size} numbers and their keys equally.")

    @property
    def key_size(self) -> int:
        """How many numbers the keys of one token have, over all heads."""
        return self.hidden_size // self.n_heads * (self.n_key_heads or self.n_heads)

    @property
    def inside(self) -> int:
        """intermediate_size, also where it is left at 0."""
        return self.intermediate_size or 4 * self.hidden_size

    @property
    def layer_weights(self) -> int:
        """Numbers in the matrices of one layer: attention's four, and two or three of the feed-forward net."""
        d = self.hidden_size
        return 2 * d * d + 2 * d * self.key_size + (3 if self.gated else 2) * d * self.inside

    @property
    def layer_parameters(self) -> int:
        """The same with biases and both norms."""
        d = self.hidden_size
        biases = 2 * d + 2 * self.key_size + self.inside + d if self.biases else 0
        return self.layer_weights + biases + 2 * self._norm

    @property
    def parameters(self) -> int:
        """All numbers that are learnt."""
        tables = (1 if self.tied else 2) * self.vocab_size + (self.tokens if self.positions else 0)
        norms = 2 if self.embedding_norm else 1
        return tables * self.hidden_size + self.n_layers * self.layer_parameters + norms * self._norm

    @property
    def _norm(self) -> int:
        return self.hidden_size * (2 if self.biases else 1)

    @property
    def width(self) -> float:
        """How much a layer keeps of its feed-forward net, over what GPT's keeps: a gated one has a third product."""
        return self.inside * (1.5 if self.gated else 1) / (4 * self.hidden_size)

    def operations(self) -> int:
        """Operations of the matrix products for one text of `tokens`, forward; norms and softmax are left out.

        2 for each weight and token, 4T²d for scores and mixing in each layer, 2TVd for the logits. As in 06, scores
        count for all pairs, although a causal mask throws half of them away.
        """
        t, d = self.tokens, self.hidden_size
        return self.n_layers * (2 * t * self.layer_weights + 4 * t * t * d) + 2 * t * self.vocab_size * d


def of_gpt(config: GPTConfig, name: str = "GPT") -> Sizes:
    """The sizes of one of notebook 10's models."""
    return Sizes(name, config.vocab_size, config.hidden_size, config.n_layers, config.n_heads, config.max_length)


_LLAMA: dict[str, Any] = {"gated": True, "biases": False, "tied": False, "positions": False}
MODELS: Mapping[str, Sizes] = {
    each.name: each
    for each in (
        Sizes("GPT-2", 50257, 768, 12, 12, 1024),  # Radford et al. 2019
        Sizes("GPT-3", 50257, 12288, 96, 96, 2048),  # Brown et al. 2020, table 2.1
        # Scao et al. 2022, table 3; its vocabulary of 250,680 lies in a table of 250,880 rows, as 176,247 million say
        Sizes("BLOOM", 250880, 14336, 70, 112, 2048, positions=False, embedding_norm=True),
        # Touvron et al. 2023, table 2; Dubey et al. 2024, table 3
        Sizes("LLaMA 65B", 32000, 8192, 80, 64, 2048, 0, 22016, **_LLAMA),
        Sizes("Llama 3 8B", 128256, 4096, 32, 32, 8192, 8, 14336, **_LLAMA),
        Sizes("Llama 3 70B", 128256, 8192, 80, 64, 8192, 8, 28672, **_LLAMA),
        Sizes("Llama 3 405B", 128256, 16384, 126, 128, 8192, 8, 53248, **_LLAMA),
    )
}  # fmt: skip


def training_operations(sizes: Sizes, recomputed: bool = False) -> int:
    """Operations of one text in training: forward, and twice as many backward, for each product has two gradients.

    If the layers are `recomputed` instead of kept, their forward pass counts twice.
    """
    forward = sizes.operations()
    layers = forward - 2 * sizes.tokens * sizes.vocab_size * sizes.hidden_size
    return 3 * forward + (layers if recomputed else 0)


def six_n_d(parameters: float, tokens: float) -> float:
    """C ≈ 6ND: two operations for each parameter and token forward, four backward (Kaplan et al. 2020, section 2.1).

    Raises ValueError for numbers below 0.
    """
    checks.not_negative(parameters=parameters, tokens=tokens)
    return 6.0 * parameters * tokens


# --- bytes ------------------------------------------------------------------------------------------------------------

STATE_BYTES: Mapping[str, Mapping[str, int]] = {  # of each parameter, with AdamW
    "float32": {"weights": 4, "gradients": 4, "optimizer": 8},
    "mixed": {
        "weights": 2,
        "gradients": 2,
        "optimizer": 12,
    },  # and a float32 copy: Rajbhandari et al. 2020, section 3.1
}


def state_bytes(parameters: float, precision: str = "mixed", n_shards: int = 1, sharded: int = 0) -> dict[str, float]:
    """Bytes of weights, gradients and AdamW's state on one device, of a model that is trained.

    `sharded` says how much of it is cut into n_shards: 0 nothing, 1 the optimizer's state, 2 the gradients too, 3 the
    weights too (the stages of ZeRO, Rajbhandari et al. 2020, section 5). Raises ValueError for another precision or
    stage, for numbers below 0 and for less than one shard.
    """
    checks.not_negative(parameters=parameters)
    checks.whole(n_shards=n_shards)
    checks.whole(0, sharded=sharded)
    if precision not in STATE_BYTES or sharded > 3:
        raise ValueError(f"Precision is one of {', '.join(STATE_BYTES)}, and sharded 0 to 3; not {precision!r:.40}.")
    order = ("optimizer", "gradients", "weights")  # what is cut first
    found = {}
    for name, size in STATE_BYTES[precision].items():
        found[name] = size * parameters / (n_shards if order.index(name) < sharded else 1)
    return found


def activation_bytes(sizes: Sizes, batch_size: int = 1, recomputed: bool = False, n_tensor: int = 1) -> float:
    """Bytes of what one layer keeps for its backward pass in 16-bit training, (batch_size, tokens) at a time.

    34 for each token and number of the stream, of which n_tensor devices share all; 2 if the layer keeps its input
    alone. Weights of attention are not kept (Korthikanti et al. 2022, sections 4 and 5, with sequence parallelism).
    16 of the 34 lie inside the feed-forward net, and go with its width.
    Raises ValueError for sizes below 1.
    """
    checks.whole(batch_size=batch_size, n_tensor=n_tensor)
    stream = batch_size * sizes.tokens * sizes.hidden_size
    if recomputed:
        return 2.0 * stream / n_tensor
    return stream * (18 + 16 * sizes.width) / n_tensor


class Peak(NamedTuple):
    """Bytes alive at the moments of a training step that may be the fullest."""

    loss: float  # the logits, their softmax, and its gradient
    layers: float  # the fullest moment on the way back through the layers
    end: float  # all gradients; those of the embedding, which is used at both ends, beside their sum

    @property
    def bytes(self) -> float:
        """The most of them."""
        return max(self)


def predicted_peak(config: GPTConfig, batch_size: int, tokens: int, recomputed: bool = False) -> Peak:
    """The peak of a training step of notebook 10's GPT in float32: AdamW, no dropout, gradients emptied beforehand.

    `kept_by_layer` says what a layer keeps. Raises ValueError for sizes below 1.
    """
    checks.sizes(batch_size=batch_size, tokens=tokens)
    d, vocab_size, n_layers = config.hidden_size, config.vocab_size, config.n_layers
    sizes = of_gpt(config)
    unit, logits, table = batch_size * tokens * d, batch_size * tokens * vocab_size, vocab_size * d
    inside = kept_by_layer(config, batch_size, tokens)
    kept = unit if recomputed else inside
    held = 3 * sizes.parameters  # weights, and two averages of AdamW
    ends = held + 2 * unit  # what the last norm read and gave
    way = []
    for done in range(n_layers):  # layers that have their gradients
        left = (n_layers - done) * kept + (inside if recomputed else 0)
        busy = 5 * unit + 4 * d * d  # gradients inside the feed-forward net, and that of one of its matrices
        way.append(held + left + table + done * sizes.layer_parameters + busy)
    loss = ends + n_layers * kept + max(3 * logits, logits + table + unit)
    return Peak(4 * loss, 4 * max(way), 4 * (held + sizes.parameters + 2 * table + unit))


def kept_by_layer(config: GPTConfig, batch_size: int, tokens: int) -> int:
    """How many numbers one layer keeps for its backward pass, without dropout and without attention's weights.

    In units of the stream, BTd: what each norm reads (2) and gives (2), queries, keys and values (3), what attention
    found (1), the feed-forward net before and after its GELU (4 + 4): 16. Besides, one number for each head and token,
    two for each norm and token, and the three maps of attention, which 10 joins into one matrix anew in each step.
    Raises ValueError for sizes below 1.
    """
    checks.sizes(batch_size=batch_size, tokens=tokens)
    d, places = config.hidden_size, batch_size * tokens
    return 16 * places * d + places * (config.n_heads + 4) + 3 * d * d + 3 * d


# --- which size for a budget ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """L(N, D) = floor + a / N^alpha + b / D^beta, in nats per token: how loss falls with parameters and tokens."""

    floor: float = 1.69
    a: float = 406.4
    b: float = 410.7
    alpha: float = 0.34
    beta: float = 0.28

    def __post_init__(self) -> None:
        """Raises ValueError unless all five are above 0."""
        checks.positive(floor=self.floor, a=self.a, b=self.b, alpha=self.alpha, beta=self.beta)

    def loss(self, parameters: float, tokens: float) -> float:
        """Nats per token. Raises ValueError for numbers that are not above 0."""
        checks.positive(parameters=parameters, tokens=tokens)
        return self.floor + self.a / parameters**self.alpha + self.b / tokens**self.beta

    def best_size(self, operations: float) -> tuple[float, float]:
        """Parameters and tokens with the least loss among all with 6ND = operations.

        Where a step in N gains as much as it costs in D, alpha · a / N^alpha = beta · b / D^beta (Hoffmann et al.
        2022, section 3.3, equation 4). Raises ValueError for a budget that is not above 0.
        """
        checks.positive(operations=operations)
        product = operations / 6
        ratio = (self.alpha * self.a / (self.beta * self.b)) ** (1 / (self.alpha + self.beta))
        parameters = ratio * product ** (self.beta / (self.alpha + self.beta))
        return parameters, product / parameters

    def tokens_for(self, parameters: float, loss: float) -> float:
        """Tokens after which a model of this size has this loss; infinite if it never has.

        Raises ValueError for numbers that are not above 0.
        """
        checks.positive(parameters=parameters, loss=loss)
        left = loss - self.floor - self.a / parameters**self.alpha
        return (self.b / left) ** (1 / self.beta) if left > 0 else math.inf


CHINCHILLA = Law()  # Hoffmann et al. 2022, appendix D.2, equation 10
