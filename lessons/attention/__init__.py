"""Attention: a soft look-up, with masks, in many heads, and what it costs (Vaswani et al. 2017, section 3.2).

Shapes and names throughout:

- `query` (..., queries, dim), `key` (..., keys, dim), `value` (..., keys, value_dim): the dots are any leading
  dimensions, such as (batch,) or (batch, heads);
- `weights` (..., queries, keys): one row for each query, not negative, with the sum 1 (or 0 if it may look nowhere);
- `mask` (..., queries, keys): boolean, **True where a query may look**. `F.scaled_dot_product_attention` agrees;
  `nn.MultiheadAttention` means the opposite.

`scaled_dot_product_attention` is the formula, line by line. `MultiHeadAttention`, which all models of the course use,
computes it in one call of PyTorch's function of the same name: that need not write the weights down, so it is faster
and takes less memory. Whoever wants to see the weights asks for them (`MultiHeadAttention.weights`, `watched`). What
checks shapes and masks stands at the end; the notebook's pictures are drawn in `lessons.attention.drawings`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.kit import checks

# --- the soft look-up -------------------------------------------------------------------------------------------------


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax over the last axis, among the allowed keys only; (..., queries, keys) -> the same shape.

    A row that may look nowhere gets zeros, and its gradient is zero: minus infinity in every place would give NaN.
    Raises ValueError if the mask is not boolean or does not fit, or the scores are whole numbers.
    """
    if not scores.is_floating_point():
        raise ValueError(f"Scores are floating-point numbers; these are {scores.dtype}.")
    if mask is None:
        return scores.softmax(-1)
    _check_mask(mask, scores.shape)
    nowhere = ~mask.any(-1, keepdim=True)  # (..., queries, 1)
    allowed = mask | nowhere  # a row without a True is computed as if all were True, and set to 0 afterwards
    return scores.masked_fill(~allowed, -math.inf).softmax(-1).masked_fill(nowhere, 0.0)


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """softmax(query keyᵀ / √dim) value, and the weights: (..., queries, value_dim) and (..., queries, keys).

    Vaswani et al. 2017, section 3.2.1, equation 1. Raises ValueError if shapes do not fit or the mask is not boolean.
    """
    _check_shapes(query, key, value)
    weights = masked_softmax(_scores(query, key), mask)
    return weights @ value, weights


def _scores(query: Tensor, key: Tensor) -> Tensor:
    """query keyᵀ / √dim, (..., queries, keys), divided first: in half precision the bare product may be infinite."""
    return (query / math.sqrt(query.shape[-1])) @ key.transpose(-2, -1)


# --- who may look where -----------------------------------------------------------------------------------------------


def causal_mask(n_queries: int, n_keys: int | None = None) -> Tensor:
    """True where a key is not in the query's future, (queries, keys).

    With more keys than queries the queries are the last ones: so it is when earlier keys were kept from before. (The
    `is_causal` of PyTorch's function aligns the first ones instead.) Raises ValueError for fewer keys than queries.
    """
    n_keys = n_queries if n_keys is None else n_keys
    checks.whole(None, n_queries=n_queries, n_keys=n_keys)
    if not 1 <= n_queries <= n_keys:
        raise ValueError(f"A causal mask needs 1 <= queries <= keys, not {n_queries} queries and {n_keys} keys.")
    checks.sizes(n_queries=n_queries, n_keys=n_keys)
    return torch.ones(n_queries, n_keys, dtype=torch.bool).tril(n_keys - n_queries)


def padding_mask(attention_mask: Tensor) -> Tensor:
    """A tokenizer's mask (batch, tokens), 1 for a real token -> (batch, 1, tokens): no query may look at padding.

    The axis of size 1 stands for the queries: it is the *keys* that are hidden. Combine masks with `&`.
    Raises ValueError if it is not (batch, tokens), or holds anything but the integers (or booleans) 1 and 0: a mask of
    fractional numbers may be one that is added to scores, where 0 means the opposite.
    """
    if attention_mask.ndim != 2:
        raise ValueError(f"The attention mask must be (batch, tokens), not {_shape(attention_mask)}.")
    real = attention_mask == 1
    if attention_mask.is_floating_point() or not (real | (attention_mask == 0)).all():
        raise ValueError("The attention mask must hold the integers 1 for real tokens and 0 for padding, nothing else.")
    return real[:, None, :]


# --- many heads -------------------------------------------------------------------------------------------------------


def split_heads(vectors: Tensor, n_heads: int) -> Tensor:
    """(batch, tokens, hidden_size) -> (batch, heads, tokens, hidden_size / heads): head 0 gets the first numbers.

    Raises ValueError if the heads cannot share the numbers equally.
    """
    checks.whole(n_heads=n_heads)
    if vectors.ndim < 2 or vectors.shape[-1] % n_heads:
        raise ValueError(f"Vectors (batch, tokens, hidden_size) for {n_heads} heads are due, not {_shape(vectors)}.")
    return vectors.unflatten(-1, (n_heads, -1)).transpose(-3, -2)  # by way of (batch, tokens, heads, head_dim)


def merge_heads(vectors: Tensor) -> Tensor:
    """(batch, heads, tokens, head_dim) -> (batch, tokens, heads * head_dim): undoes `split_heads`.

    Raises ValueError for vectors without an axis of heads.
    """
    if vectors.ndim < 3:
        raise ValueError(f"Vectors (batch, heads, tokens, head_dim) are due, not {_shape(vectors)}.")
    return vectors.transpose(-3, -2).flatten(-2)


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each on its own share of the numbers (Vaswani et al. 2017, section 3.2.2).

    `forward`, `scores` and `weights` take the same tensors: `hidden` (batch, queries, hidden_size) asks, and `memory`
    (batch, keys, hidden_size) is looked at. Without a memory the tokens look at each other (self-attention). The `mask`
    is (queries, keys) or (batch, queries or 1, keys), the same for all heads. A tokenizer's mask (batch, tokens) goes
    through `padding_mask` first.
    """

    def __init__(self, hidden_size: int, n_heads: int, dropout: float = 0.0, bias: bool = True) -> None:
        """`dropout` is the share of attention weights that are set to 0 while training; the others grow accordingly.

        Without `bias` the four linear maps have none, as in Llama. Raises ValueError if the heads cannot share
        hidden_size equally, or for a dropout that is no share.
        """
        super().__init__()
        if n_heads < 1 or hidden_size < 1 or hidden_size % n_heads:
            raise ValueError(f"hidden_size {hidden_size} cannot be shared equally by {n_heads} heads.")
        checks.sizes(hidden_size=hidden_size, n_heads=n_heads)
        checks.shares(dropout=dropout)
        self.n_heads = n_heads
        self.query = nn.Linear(hidden_size, hidden_size, bias)
        self.key = nn.Linear(hidden_size, hidden_size, bias)
        self.value = nn.Linear(hidden_size, hidden_size, bias)
        self.output = nn.Linear(hidden_size, hidden_size, bias)
        self.dropout = nn.Dropout(dropout)  # read, never called: PyTorch's function does it

    def forward(self, hidden: Tensor, memory: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """What each token finds where it looks: (batch, queries, hidden_size) -> the same shape.

        Raises ValueError for a mask that is not boolean or does not fit.
        """
        memory = hidden if memory is None else memory
        queries, keys = self._queries_and_keys(hidden, memory)
        values = split_heads(self.value(memory), self.n_heads)  # (batch, heads, keys, head_dim)
        mask = _for_heads(mask, (*queries.shape[:-1], keys.shape[-2]))  # for scores (batch, heads, queries, keys)
        dropout = self.dropout.p if self.training else 0.0
        mixed = F.scaled_dot_product_attention(queries, keys, values, mask, dropout)
        return self.output(merge_heads(mixed))

    def scores(self, hidden: Tensor, memory: Tensor | None = None) -> Tensor:
        """query · key / √head_dim in every head: (batch, heads, queries, keys)."""
        return _scores(*self._queries_and_keys(hidden, hidden if memory is None else memory))

    def weights(self, hidden: Tensor, memory: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """Who looks at whom in every head, computed anew and without dropout: (batch, heads, queries, keys).

        Raises ValueError as `forward` does.
        """
        scores = self.scores(hidden, memory)
        return masked_softmax(scores, _for_heads(mask, scores.shape))

    def _queries_and_keys(self, hidden: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Both split into heads: (batch, heads, queries, head_dim) and (batch, heads, keys, head_dim)."""
        _check_hidden(hidden, memory, self.query.in_features)
        return split_heads(self.query(hidden), self.n_heads), split_heads(self.key(memory), self.n_heads)

    @classmethod
    def from_torch(cls, theirs: nn.MultiheadAttention) -> Self:
        """One with a copy of the parameters of PyTorch's, in the same mode.

        PyTorch keeps the three input maps in one matrix, one below the other. Raises ValueError if it has parts that we
        lack.
        """
        if theirs.in_proj_weight is None or theirs.bias_k is not None or theirs.add_zero_attn:
            raise ValueError("Only the ordinary nn.MultiheadAttention can be copied: one size, no added keys.")
        has_bias = theirs.in_proj_bias is not None
        ours = cls(theirs.embed_dim, theirs.num_heads, theirs.dropout, has_bias).to(theirs.in_proj_weight)
        maps = (ours.query, ours.key, ours.value)
        with torch.no_grad():
            for linear, weight in zip(maps, theirs.in_proj_weight.chunk(3), strict=True):
                linear.weight.copy_(weight)
            for linear, bias in zip(maps, theirs.in_proj_bias.chunk(3), strict=True) if has_bias else ():
                linear.bias.copy_(bias)
        ours.output.load_state_dict(theirs.out_proj.state_dict())
        return ours.train(theirs.training)


@contextmanager
def watched(attentions: Iterable[MultiHeadAttention]) -> Iterator[list[Tensor]]:
    """Inside, every call of these adds its weights (batch, heads, queries, keys) to the list, in the order of calls.

    They are computed anew, so without dropout.
    """
    seen: list[Tensor] = []

    def look(module: MultiHeadAttention, inputs: tuple[Any, ...], named: Mapping[str, Any], _: Tensor) -> None:
        seen.append(module.weights(*inputs, **named))

    hooks = [module.register_forward_hook(look, with_kwargs=True) for module in attentions]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


PLACES = ("before", "itself", "next", "[CLS]", "[SEP]")


def place_shares(weights: Tensor) -> Tensor:
    """How much of a word's weight goes to each of PLACES, a mean over words: (…, tokens, tokens) -> (places, …).

    The first token is [CLS] and the last one [SEP]; asked are the words that have a word on either side. Raises
    ValueError if there is none, and for what are no weights.
    """
    n = weights.shape[-1]
    if weights.ndim < 2 or weights.shape[-2] != n or not weights.is_floating_point():
        raise ValueError(f"Weights (..., tokens, tokens) are due, not {_shape(weights)} of {weights.dtype}.")
    if n < 5:
        raise ValueError(f"A word between two words needs five tokens with [CLS] and [SEP], not {n}.")
    word = torch.arange(2, n - 2, device=weights.device)
    columns = (word - 1, word, word + 1, torch.zeros_like(word), torch.full_like(word, n - 1))
    return torch.stack([weights[..., word, column].mean(-1) for column in columns])


# --- a task for it: which colour belongs to the asked name? -----------------------------------------------------------

N_NAMES, N_COLOURS = 20, 10


class Scenes(NamedTuple):
    """Scenes of pairs, all as numbers: in a scene no name and no colour occurs twice."""

    names: Tensor  # (scenes, pairs)
    colours: Tensor  # (scenes, pairs): the colour of the cup of each
    asked: Tensor  # (scenes,): one of the names
    answers: Tensor  # (scenes,): the colour that belongs to it


def recall_scenes(n_scenes: int, generator: torch.Generator, n_pairs: int = 6) -> Scenes:
    """Random scenes of 20 names and 10 colours. Raises ValueError if there are not 1 to 10 pairs."""
    checks.sizes(n_scenes=n_scenes)
    checks.whole(None, n_pairs=n_pairs)
    if not 1 <= n_pairs <= N_COLOURS:
        raise ValueError(f"A scene has 1 to {N_COLOURS} pairs, not {n_pairs}.")
    # The order of random numbers is a random order, in which nothing comes twice.
    names = torch.rand(n_scenes, N_NAMES, generator=generator).argsort(-1)[:, :n_pairs]
    colours = torch.rand(n_scenes, N_COLOURS, generator=generator).argsort(-1)[:, :n_pairs]
    chosen = torch.randint(n_pairs, (n_scenes, 1), generator=generator)  # (scenes, 1)
    return Scenes(names, colours, names.gather(1, chosen)[:, 0], colours.gather(1, chosen)[:, 0])


class BagRecall(nn.Module):
    """Answers from the average of the pairs, and a network on top.

    A mean of sums forgets which colour came with which name: of n pairs it is right in 1 of n at best.
    """

    def __init__(self, dim: int) -> None:
        """Raises ValueError for less than one number in a vector."""
        super().__init__()
        checks.sizes(dim=dim)
        self.name, self.colour = nn.Embedding(N_NAMES, dim), nn.Embedding(N_COLOURS, dim)
        self.network = nn.Sequential(nn.Linear(2 * dim, 4 * dim), nn.ReLU(), nn.Linear(4 * dim, N_COLOURS))

    def forward(self, names: Tensor, colours: Tensor, asked: Tensor) -> Tensor:
        """(scenes, pairs), (scenes, pairs), (scenes,) -> logits (scenes, colours). Raises ValueError for others."""
        _check_scenes(names, colours, asked)
        pairs = self.name(names) + self.colour(colours)  # (scenes, pairs, dim)
        return self.network(torch.cat([pairs.mean(1), self.name(asked)], -1))


class AttentionRecall(nn.Module):
    """Answers from the pair that the question looks at; `divisor` of the scores is √dim unless given."""

    def __init__(self, dim: int, divisor: float | None = None) -> None:
        """Raises ValueError for less than one number in a vector, or a divisor that is not above 0."""
        super().__init__()
        checks.sizes(dim=dim)
        if divisor is not None:
            checks.positive(divisor=divisor)
        self.name, self.colour = nn.Embedding(N_NAMES, dim), nn.Embedding(N_COLOURS, dim)
        self.query, self.key, self.value = nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.output = nn.Linear(dim, N_COLOURS)
        self.divisor = math.sqrt(dim) if divisor is None else divisor

    def forward(self, names: Tensor, colours: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
        """(scenes, pairs), (scenes, pairs), (scenes,) -> logits (scenes, colours) and weights (scenes, pairs).

        Raises ValueError for other shapes, and for names and colours that there are not.
        """
        _check_scenes(names, colours, asked)
        pairs = self.name(names) + self.colour(colours)  # (scenes, pairs, dim)
        question = self.query(self.name(asked))[:, None]  # (scenes, 1, dim)
        weights = (question @ self.key(pairs).transpose(1, 2) / self.divisor).softmax(-1)  # (scenes, 1, pairs)
        return self.output((weights @ self.value(pairs))[:, 0]), weights[:, 0]


def train_recall(
    model: nn.Module, test: Scenes, steps: int = 300, learning_rate: float = 3e-3, seed: int = 0, every: int = 15
) -> list[float]:
    """Adam on 64 new scenes a step; the share of the test scenes that is right at the start and after `every` steps.

    The model takes names, colours and asked, and gives logits (scenes, colours), alone or as the first of several.
    Raises ValueError for numbers of steps below 1, a learning rate that is not above 0, and a seed that is none.
    """
    checks.sizes(steps=steps, every=every)
    checks.positive(learning_rate=learning_rate)
    checks.whole(0, seed=seed)
    optimizer, draw = torch.optim.Adam(model.parameters(), learning_rate), torch.Generator().manual_seed(seed)
    shares = [_recall_share(model, test)]
    for step in range(1, steps + 1):
        scenes = recall_scenes(64, draw)
        optimizer.zero_grad()
        F.cross_entropy(_recall_logits(model, scenes), scenes.answers).backward()
        optimizer.step()
        if step % every == 0:
            shares.append(_recall_share(model, test))
    return shares


def _recall_logits(model: nn.Module, scenes: Scenes) -> Tensor:
    found = model(scenes.names, scenes.colours, scenes.asked)
    return found[0] if isinstance(found, tuple) else found


@torch.no_grad()
def _recall_share(model: nn.Module, scenes: Scenes) -> float:
    return (_recall_logits(model, scenes).argmax(-1) == scenes.answers).float().mean().item()


def _check_scenes(names: Tensor, colours: Tensor, asked: Tensor) -> None:
    checks.token_ids("names", names, N_NAMES, "scenes", "pairs")
    checks.token_ids("colours", colours, N_COLOURS, "scenes", "pairs")
    checks.token_ids("asked", asked, N_NAMES, "scenes")
    if colours.shape != names.shape or len(asked) != len(names):
        shapes = f"{_shape(names)}, {_shape(colours)} and {_shape(asked)}"
        raise ValueError(f"A colour for each name and a question for each scene are due, not {shapes}.")


# --- relatives --------------------------------------------------------------------------------------------------------


def kernel_smoothing(x: Tensor, known_x: Tensor, known_y: Tensor, bandwidth: float) -> tuple[Tensor, Tensor]:
    """At each x the average of known_y, weighted by a Gaussian of the distance: (n,), (m,), (m,) -> (n,), (n, m).

    Attention with the score −(x − known_x)² / 2 bandwidth² (Nadaraya 1964, Watson 1964). Raises ValueError for a
    bandwidth that is not above 0, and for other shapes.
    """
    if x.ndim != 1 or known_x.ndim != 1 or known_x.shape != known_y.shape or not len(known_x):
        shapes = f"{_shape(x)}, {_shape(known_x)} and {_shape(known_y)}"
        raise ValueError(f"x (n,), known_x (m,) and known_y (m,) are due, m at least 1; these are {shapes}.")
    if not x.is_floating_point() or {known_x.dtype, known_y.dtype} != {x.dtype}:
        kinds = f"{x.dtype}, {known_x.dtype}, {known_y.dtype}"
        raise ValueError(f"x, known_x and known_y must hold floating-point numbers of one type, not {kinds}.")
    if not bandwidth > 0:
        raise ValueError(f"The bandwidth must be above 0, not {bandwidth}.")
    weights = (-((x[:, None] - known_x) ** 2) / (2 * bandwidth**2)).softmax(-1)  # (n, m)
    return weights @ known_y, weights


def online_attention(query: Tensor, key: Tensor, value: Tensor, block_size: int, mask: Tensor | None = None) -> Tensor:
    """`scaled_dot_product_attention` without ever holding a row of weights: keys come in blocks of block_size.

    What is kept for each query: the largest score so far, the sum of exponentials and the weighted sum of values, both
    relative to it. A new largest score rescales the sums (Milakov & Gimelshein 2018, section 3; Dao et al. 2022,
    section 3.1). Raises ValueError for bad shapes, a mask that is not boolean or does not fit, or a block size below 1.
    """
    _check_shapes(query, key, value)
    checks.whole(None, block_size=block_size)
    if block_size < 1 or not key.shape[-2]:
        raise ValueError(f"A block holds at least one key: block_size {block_size}, key {_shape(key)}.")
    largest = torch.full_like(query[..., :1], -math.inf)  # (..., queries, 1)
    total = mixed = torch.zeros_like(largest)
    leading, n_keys = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2]), key.shape[-2]
    mask = torch.ones(n_keys, dtype=torch.bool, device=key.device) if mask is None else mask
    _check_mask(mask, (*leading, query.shape[-2], n_keys))
    allowed = mask.expand(*mask.shape[:-1], n_keys)
    blocks = (key.split(block_size, -2), value.split(block_size, -2), allowed.split(block_size, -1))
    for keys, values, may in zip(*blocks, strict=True):
        scores = _scores(query, keys).masked_fill(~may, -math.inf)  # (..., queries, block)
        new_largest = torch.maximum(largest, scores.amax(-1, keepdim=True))
        zero = new_largest.nan_to_num(neginf=0.0)  # while nothing may be looked at: −∞ − −∞ would be NaN
        shrink, exponentials = (largest - zero).exp(), (scores - zero).exp()
        total = total * shrink + exponentials.sum(-1, keepdim=True)
        mixed = mixed * shrink + exponentials @ values  # (..., queries, value_dim)
        largest = new_largest
    return mixed / total.masked_fill(total == 0, 1.0)  # a query that may look nowhere finds zeros


# --- what it costs ----------------------------------------------------------------------------------------------------


class AttentionFLOPs(NamedTuple):
    """Floating-point operations of the matrix products in one multi-head self-attention, for one sequence."""

    projections: int  # query, key, value and output: grows with the tokens
    pairs: int  # scores and the mixing of values: grows with their square


def attention_flops(n_tokens: int, hidden_size: int) -> AttentionFLOPs:
    """A product of (a, b) and (b, c) takes 2abc operations: abc multiplications, abc additions.

    Projections: 4 · 2 n hidden². Pairs: scores 2 n² hidden in all heads together, mixing as many. They are equal at
    n = 2 hidden_size, whatever the number of heads. Raises ValueError for sizes below 1.
    """
    checks.whole(None, n_tokens=n_tokens, hidden_size=hidden_size)
    if n_tokens < 1 or hidden_size < 1:
        raise ValueError(f"Both sizes must be at least 1, not {n_tokens} and {hidden_size}.")
    return AttentionFLOPs(8 * n_tokens * hidden_size**2, 4 * n_tokens**2 * hidden_size)


def saved_bytes(model: nn.Module, *inputs: Any) -> int:
    """Bytes that the forward pass on these inputs keeps for the backward pass, parameters not counted."""
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor  # alive until we have counted
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(*inputs)
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    return sum(tensor.untyped_storage().nbytes() for place, tensor in kept.items() if place not in own)


# --- checks -----------------------------------------------------------------------------------------------------------


def _shape(tensor: Tensor) -> str:
    return str(tuple(tensor.shape))


def _check_shapes(query: Tensor, key: Tensor, value: Tensor) -> None:
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise ValueError("query, key and value need two axes or more: (..., tokens, dim).")
    if query.shape[-1] != key.shape[-1] or query.shape[-1] == 0:
        raise ValueError(f"Queries and keys need the same dim: query {_shape(query)}, key {_shape(key)}.")
    if key.shape[-2] != value.shape[-2]:
        raise ValueError(f"Every key needs one value: key {_shape(key)}, value {_shape(value)}.")
    if not query.is_floating_point() or {key.dtype, value.dtype} != {query.dtype}:
        kinds = f"{query.dtype}, {key.dtype}, {value.dtype}"
        raise ValueError(f"query, key and value must hold floating-point numbers of one type, not {kinds}.")
    try:
        torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    except RuntimeError:
        shapes = f"query {_shape(query)}, key {_shape(key)}, value {_shape(value)}"
        raise ValueError(f"The leading dimensions do not fit: {shapes}.") from None


def _check_hidden(hidden: Tensor, memory: Tensor, hidden_size: int) -> None:
    """One sentence of the memory for each of the batch; PyTorch would let one serve for all."""
    if hidden.ndim != 3 or memory.ndim != 3 or {hidden.shape[-1], memory.shape[-1]} != {hidden_size}:
        shapes = f"{_shape(hidden)} and {_shape(memory)}"
        raise ValueError(f"Vectors (batch, tokens, {hidden_size}) are due; what asks and what is looked at: {shapes}.")
    if not (hidden.is_floating_point() and memory.is_floating_point()):
        raise ValueError(f"Vectors hold floating-point numbers; these are {hidden.dtype} and {memory.dtype}.")
    if len(hidden) != len(memory):
        raise ValueError(f"{len(hidden)} sentences ask, and {len(memory)} are looked at: one is due for each.")


def _check_mask(mask: Tensor, shape: Sequence[int]) -> None:
    if mask.dtype != torch.bool:
        raise ValueError(f"The mask must be boolean, True where a query may look; this one holds {mask.dtype}.")
    try:
        fits = torch.broadcast_shapes(mask.shape, shape) == tuple(shape)
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(f"The mask {_shape(mask)} does not fit the scores {tuple(shape)}: (..., queries, keys).")


def _for_heads(mask: Tensor | None, shape: Sequence[int]) -> Tensor | None:
    """A mask with an axis for the heads, checked against scores of a shape (batch, heads, queries, keys)."""
    if mask is None:
        return None
    if mask.ndim not in (2, 3):
        raise ValueError(f"The mask must be (queries, keys) or (batch, queries, keys), not {_shape(mask)}.")
    mask = mask if mask.ndim == 2 else mask.unsqueeze(-3)  # PyTorch's function takes 2 or 4 axes, and is slow with 3
    _check_mask(mask, shape)
    return mask
