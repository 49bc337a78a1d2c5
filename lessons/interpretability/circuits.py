"""Heads that copy: an attention-only model learns to go on with a pattern, and we see which heads do it.

A sequence is a period of different random tokens, repeated; how long the period is, is drawn anew for each sequence.
Nobody can foresee the first period. What follows can be copied: find the earlier place of the present token, and say
what came next there. Elhage et al. (2021) found the two heads that do it, Olsson et al. (2022) when they appear.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple, Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.attention import MultiHeadAttention, causal_mask, watched
from lessons.kit import checks

Head = tuple[int, int]  # layer and head, both from 0

# --- sequences that repeat --------------------------------------------------------------------------------------------


class Repeats(NamedTuple):
    """Sequences of repeated random tokens: ids (batch, tokens), and the period of each (batch,)."""

    token_ids: Tensor
    periods: Tensor

    @property
    def asked(self) -> Tensor:
        """Where the next token can be known: True from a token's second time on, (batch, tokens − 1)."""
        place = torch.arange(self.token_ids.shape[1] - 1)
        return place >= self.periods[:, None]


def repeats(
    batch_size: int, vocab_size: int, length: int, generator: torch.Generator, low: int = 4, high: int | None = None
) -> Repeats:
    """Periods of different tokens, from `low` to `high` of them (half of the length unless given), repeated.

    Raises ValueError unless 1 <= low <= high < length and high <= vocab_size.
    """
    checks.sizes(batch_size=batch_size, vocab_size=vocab_size, length=length, low=low)
    high = length // 2 if high is None else high
    checks.whole(None, high=high)
    if not low <= high < length or high > vocab_size:
        raise ValueError(f"Periods from {low} to {high} do not fit {length} tokens out of {vocab_size}.")
    periods = torch.randint(low, high + 1, (batch_size,), generator=generator)
    order = torch.rand(batch_size, vocab_size, generator=generator).argsort(-1)  # each token once
    return Repeats(order.gather(1, torch.arange(length) % periods[:, None]), periods)


# --- a model of attention alone ---------------------------------------------------------------------------------------


class Copier(nn.Module):
    """Tokens and places, layers of attention on the residual stream, and nothing else: no feed-forward network."""

    def __init__(
        self, vocab_size: int = 32, hidden_size: int = 64, n_layers: int = 2, n_heads: int = 2, max_length: int = 32
    ) -> None:
        """Raises ValueError for sizes below 1, or heads that cannot share hidden_size."""
        super().__init__()
        checks.sizes(vocab_size=vocab_size, hidden_size=hidden_size, n_layers=n_layers, max_length=max_length)
        self.token, self.position = nn.Embedding(vocab_size, hidden_size), nn.Embedding(max_length, hidden_size)
        layers = nn.ModuleList(MultiHeadAttention(hidden_size, n_heads, bias=False) for _ in range(n_layers))
        self.layers = cast(Sequence[MultiHeadAttention], layers)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden_size) for _ in range(n_layers))
        self.norm, self.head = nn.LayerNorm(hidden_size), nn.Linear(hidden_size, vocab_size, bias=False)
        for table in (self.token, self.position):
            nn.init.normal_(table.weight, std=0.5)

    def forward(self, token_ids: Tensor) -> Tensor:
        """(batch, tokens) -> logits of each next token (batch, tokens, vocab_size). Raises ValueError for other ids."""
        checks.token_ids("token_ids", token_ids, self.token.num_embeddings, "batch", "tokens")
        n = token_ids.shape[1]
        if n > self.position.num_embeddings:
            raise ValueError(f"This model has {self.position.num_embeddings} places, not {n}.")
        hidden, mask = self.token(token_ids) + self.position.weight[:n], causal_mask(n)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            hidden = hidden + layer(norm(hidden), mask=mask)
        return self.head(self.norm(hidden))


def copying_loss(model: nn.Module, batch: Repeats) -> Tensor:
    """Mean cross-entropy where the next token can be known."""
    logits, targets = model(batch.token_ids[:, :-1]), batch.token_ids[:, 1:]
    return F.cross_entropy(logits[batch.asked], targets[batch.asked])


@torch.no_grad()
def copied(model: nn.Module, batch: Repeats) -> float:
    """The share of next tokens that can be known and are foreseen."""
    right = model(batch.token_ids[:, :-1]).argmax(-1) == batch.token_ids[:, 1:]
    return right[batch.asked].double().mean().item()


class Growth(NamedTuple):
    """What was measured on the way, every so many steps."""

    steps: list[int]
    loss: list[float]
    accuracy: list[float]
    before: list[list[float]]  # of each head, the mean weight on the token before
    induction: list[list[float]]  # of each head, the mean weight on what followed the token's earlier place


def train_copier(
    model: Copier,
    steps: int = 300,
    *,
    length: int = 32,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    seed: int = 0,
    every: int = 10,
    low: int = 4,
    high: int | None = None,
) -> Growth:
    """Adam on new sequences in every step, in place; what heads do is measured on sequences that are never learnt.

    Raises ValueError for sizes below 1, a learning rate that is not above 0, and lengths that do not fit.
    """
    checks.sizes(steps=steps, every=every)
    checks.positive(learning_rate=learning_rate)
    checks.whole(0, seed=seed)
    vocab_size, draw = model.token.num_embeddings, torch.Generator().manual_seed(seed)
    test = repeats(128, vocab_size, length, torch.Generator().manual_seed(seed + 10_000), low, high)
    optimizer = torch.optim.Adam(model.parameters(), learning_rate)
    found = Growth([], [], [], [], [])
    for step in range(steps + 1):
        loss = copying_loss(model, repeats(batch_size, vocab_size, length, draw, low, high))
        if step % every == 0:
            before, induction = head_scores(model.layers, lambda: model(test.token_ids), test.periods)
            rows = (step, copying_loss(model, test).item(), copied(model, test), before, induction)
            for row, value in zip(found, rows, strict=True):
                cast(list, row).append(value)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return found


# --- what heads do ----------------------------------------------------------------------------------------------------


def previous_score(weights: Tensor) -> Tensor:
    """The mean weight on the token before: (batch, heads, tokens, tokens) -> (heads,). Raises ValueError for others."""
    _check_weights(weights)
    return weights.diagonal(-1, -2, -1).mean((0, 2))


def induction_score(weights: Tensor, periods: Tensor) -> Tensor:
    """The mean weight on what followed the present token before: (batch, heads, n, n), (batch,) -> (heads,).

    From a token at place t that is t + 1 − period, t + 1 − 2 · period, ... Asked are the places from the period on.
    Raises ValueError for other shapes, and periods that leave no such place.
    """
    _check_weights(weights)
    n = weights.shape[-1]
    if periods.shape != weights.shape[:1] or not checks.is_whole(periods) or not ((periods >= 2) & (periods < n)).all():
        raise ValueError(f"A period from 2 to {n - 1} for each sequence is due, not {checks.described(periods)}.")
    place = torch.arange(n)
    back = place[:, None] + 1 - place  # (n, n): from a query, how far back a key is, and one more
    follows = (back > 0) & (back % periods[:, None, None] == 0) & (place > 0)  # (batch, n, n)
    asked = (place >= periods[:, None])[..., None]  # (batch, n, 1)
    return (weights * (follows & asked)[:, None].to(weights)).sum((0, 2, 3)) / asked.sum()


def _check_weights(weights: Tensor) -> None:
    fits = weights.ndim == 4 and weights.shape[-1] == weights.shape[-2] >= 2 and len(weights)
    if not fits or not weights.is_floating_point():
        raise ValueError(f"Weights (batch, heads, tokens, tokens) are due, not {checks.described(weights)}.")


@torch.no_grad()
def head_scores(
    layers: Iterable[MultiHeadAttention], run: Callable[[], object], periods: Tensor
) -> tuple[list[float], list[float]]:
    """`previous_score` and `induction_score` of every head, layer after layer, while `run` is called."""
    with watched(layers) as seen:
        run()
    before = torch.cat([previous_score(weights) for weights in seen])
    induction = torch.cat([induction_score(weights, periods) for weights in seen])
    return before.tolist(), induction.tolist()


class _Attention(Protocol):
    """What 05's and 11's attention have in common: heads, and the map through which they speak."""

    n_heads: int
    output: nn.Linear


@contextmanager
def silenced(layers: Sequence[nn.Module], heads: Iterable[Head]) -> Iterator[None]:
    """Inside, these heads find only zeros. `layers` are attentions with an output map. Raises ValueError for none such.

    Head h speaks through its own columns of the output map: what it found is set to 0 on the way in.
    """
    wanted: dict[int, list[int]] = {}
    for layer, head in heads:
        checks.whole(0, layer=layer, head=head)
        if layer >= len(layers) or head >= cast(_Attention, layers[layer]).n_heads:
            raise ValueError(f"There is no head {head} in a layer {layer} here.")
        wanted.setdefault(layer, []).append(head)
    with ExitStack() as stack:
        for layer, chosen in wanted.items():
            attention = cast(_Attention, layers[layer])
            hook = attention.output.register_forward_pre_hook(_without(chosen, attention.n_heads))
            stack.callback(hook.remove)
        yield


def _without(heads: Sequence[int], n_heads: int) -> Callable[[nn.Module, tuple[Tensor, ...]], Tensor]:
    def hush(module: nn.Module, inputs: tuple[Tensor, ...]) -> Tensor:
        found = inputs[0].unflatten(-1, (n_heads, -1)).clone()  # (batch, tokens, heads, head_dim)
        found[..., list(heads), :] = 0
        return found.flatten(-2)

    return hush


def strongest(scores: Sequence[float], n_heads: int, n: int) -> list[Head]:
    """The n heads with the largest scores, which stand layer after layer. Raises ValueError for more than there are."""
    checks.whole(n_heads=n_heads, n=n)
    if n > len(scores) or len(scores) % n_heads or not all(map(math.isfinite, scores)):
        raise ValueError(f"{n} of {len(scores)} heads in layers of {n_heads} cannot be chosen.")
    order = sorted(range(len(scores)), key=lambda place: -scores[place])
    return [divmod(place, n_heads) for place in order[:n]]
