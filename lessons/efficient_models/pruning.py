"""Taking weights away: the smallest one by one, two of every four, and whole heads, layers and inner numbers.

A mask is True where a weight stays.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from lessons.attention import MultiHeadAttention
from lessons.fine_tuning import TextClassifier
from lessons.kit import checks
from lessons.kit.training import evaluating
from lessons.transformer import FeedForward

Masks = dict[str, Tensor]  # name of a linear map -> which of its weights stay, (outputs, inputs)

# --- single weights ---------------------------------------------------------------------------------------------------


def magnitude_masks(maps: Mapping[str, nn.Linear], share: float, together: bool = True) -> Masks:
    """Masks that take away a share of the weights, the smallest ones: of all maps together, or of each by itself.

    Raises ValueError for what is no share, and for no map.
    """
    checks.shares(share=share)
    if not maps:
        raise ValueError("There is no linear map to take weights from.")
    sizes = {name: linear.weight.detach().abs() for name, linear in maps.items()}
    if not together:
        return {name: _largest(size.flatten(), share).reshape(size.shape) for name, size in sizes.items()}
    kept = _largest(torch.cat([size.flatten() for size in sizes.values()]), share)
    parts = kept.split([size.numel() for size in sizes.values()])
    return {name: part.reshape(sizes[name].shape) for name, part in zip(sizes, parts, strict=True)}


def _largest(sizes: Tensor, share: float) -> Tensor:
    """True for all but so large a share of the sizes (n,), the smallest."""
    kept = torch.ones_like(sizes, dtype=torch.bool)
    kept[sizes.topk(round(share * len(sizes)), largest=False).indices] = False
    return kept


def two_of_four(weights: Tensor) -> Tensor:
    """A mask that keeps the two largest of every four neighbours in a row: the pattern that some GPUs compute faster.

    Raises ValueError unless the rows can be cut into fours, and for what are no finite numbers.
    """
    checks.vectors("weights", weights, weights.shape[-1] if weights.ndim else 0)
    if not weights.isfinite().all():
        raise ValueError("Some weights are no finite numbers: they cannot be compared.")
    if weights.shape[-1] % 4 or not weights.numel():
        raise ValueError(f"Rows of {weights.shape[-1]} weights cannot be cut into fours.")
    fours = weights.detach().abs().reshape(-1, 4)
    kept = torch.zeros_like(fours, dtype=torch.bool).scatter_(1, fours.topk(2).indices, True)
    return kept.reshape(weights.shape)


@torch.no_grad()
def apply(maps: Mapping[str, nn.Linear], masks: Masks) -> float:
    """Set to 0 what the masks take away, in place; returns the share of all weights that is left.

    Raises ValueError for masks of other names or shapes.
    """
    _check_masks(maps, masks)
    for name, kept in masks.items():
        maps[name].weight.mul_(kept)
    return sum(int(kept.sum()) for kept in masks.values()) / sum(kept.numel() for kept in masks.values())


@contextmanager
def held(maps: Mapping[str, nn.Linear], masks: Masks) -> Iterator[None]:
    """Inside, what the masks take away is 0 and gets no gradient, so that a training with a new optimizer leaves it 0.

    Raises ValueError as `apply`.
    """
    apply(maps, masks)
    hooks = [maps[name].weight.register_hook(_masked(kept)) for name, kept in masks.items()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _masked(kept: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda gradient: gradient * kept


def _check_masks(maps: Mapping[str, nn.Linear], masks: Masks) -> None:
    if not masks or masks.keys() - maps.keys():
        raise ValueError(f"Masks of the maps {', '.join(maps):.60} are due, not of {', '.join(masks) or 'none'}.")
    for name, kept in masks.items():
        if kept.shape != maps[name].weight.shape or kept.dtype != torch.bool:
            wanted = tuple(maps[name].weight.shape)
            raise ValueError(f"The mask of {name} must be {wanted} of booleans, not {checks.described(kept)}.")


# --- whole parts ------------------------------------------------------------------------------------------------------


def _kept(n: int, removed: Iterable[int], what: str) -> list[int]:
    """The numbers below n that are not removed, one or more."""
    gone = list(removed)
    checks.whole(0, **{f"{what}_{i}": number for i, number in enumerate(gone)})
    if len(set(gone)) < len(gone) or any(number >= n for number in gone) or len(gone) >= n:
        raise ValueError(f"Of {n} {what}s some but not all can be removed, each once; not {gone!r:.60}.")
    return [number for number in range(n) if number not in set(gone)]


def _rows(linear: nn.Linear, kept: Tensor, axis: int) -> nn.Linear:
    """A linear map with some of the outputs (axis 0) or of the inputs (axis 1) of another."""
    weight = linear.weight.detach().index_select(axis, kept)
    smaller = nn.Linear(weight.shape[1], weight.shape[0], linear.bias is not None).to(weight)
    with torch.no_grad():
        smaller.weight.copy_(weight)
        if linear.bias is not None:
            smaller.bias.copy_(linear.bias[kept] if axis == 0 else linear.bias)
    return smaller


def remove_heads(attention: MultiHeadAttention, removed: Iterable[int]) -> None:
    """Take heads out of an attention, in place: their rows of queries, keys and values, their columns of the output.

    The output is what it would be if these heads found zeros (Michel et al. 2019, section 2). Raises ValueError for
    heads that are not there, and for all of them.
    """
    kept = _kept(attention.n_heads, removed, "head")
    width = attention.query.out_features // attention.n_heads
    numbers = torch.cat([torch.arange(head * width, (head + 1) * width) for head in kept])
    for name in ("query", "key", "value"):
        setattr(attention, name, _rows(getattr(attention, name), numbers, 0))
    attention.output = _rows(attention.output, numbers, 1)
    attention.n_heads = len(kept)


def remove_inner(network: FeedForward, removed: Iterable[int]) -> None:
    """Take some of the inner numbers of a feed-forward net out, in place. Raises ValueError as `remove_heads`."""
    kept = torch.tensor(_kept(network.expand.out_features, removed, "number"))
    network.expand = _rows(network.expand, kept, 0)
    network.contract = _rows(network.contract, kept, 1)


def inner_sizes(network: FeedForward) -> Tensor:
    """How large each inner number of a feed-forward net can become, (inner,): size of its weights in, times out."""
    into, out = network.expand.weight.detach(), network.contract.weight.detach()
    return into.norm(dim=1) * out.norm(dim=0)


def without_layers(model: TextClassifier, removed: Iterable[int]) -> TextClassifier:
    """A copy of a classifier without some layers; what is left is joined as it is.

    Raises ValueError for layers that are not there, and for all of them.
    """
    kept = _kept(len(model.bert.layers), removed, "layer")
    smaller = copy.deepcopy(model)
    smaller.bert.layers = nn.ModuleList(smaller.bert.layers[i] for i in kept)  # type: ignore[assignment]
    smaller.bert.config = replace(model.bert.config, num_hidden_layers=len(kept))
    return smaller


def without_heads(model: TextClassifier, removed: Mapping[int, Sequence[int]]) -> TextClassifier:
    """A copy of a classifier without some heads: layer -> heads. Raises ValueError as `remove_heads`."""
    if missing := [layer for layer in removed if layer not in range(len(model.bert.layers))]:
        raise ValueError(f"This BERT has {len(model.bert.layers)} layers; there is no layer {missing[0]!r:.60}.")
    smaller = copy.deepcopy(model)
    for layer, heads in removed.items():
        remove_heads(smaller.bert.layers[layer].attention, heads)
    return smaller


def head_scores(model: TextClassifier, batches: Iterable[Mapping[str, Tensor | None]], loss: Callable) -> Tensor:
    """How much the loss would feel the loss of each head: the mean size of ∂loss/∂gate over texts, (layers, heads).

    A gate of 1 stands behind each head for each text; its gradient says what closing it would do (Michel et al. 2019,
    equation 2). `loss(model, batch)` gives the mean over the texts of a batch. Raises ValueError for no batch, and for
    layers with different numbers of heads.
    """
    attentions = [layer.attention for layer in model.bert.layers]
    if len({attention.n_heads for attention in attentions}) > 1:
        raise ValueError("The layers have different numbers of heads: score them before heads are removed.")
    with evaluating(model):
        sizes = [_gate_sizes(model, attentions, batch, loss) for batch in batches]
    if not sizes:
        raise ValueError("Give at least one batch to judge the heads by.")
    return torch.cat(sizes, 1).mean(1)


def _gate_sizes(
    model: TextClassifier, attentions: Sequence[MultiHeadAttention], batch: Mapping[str, Tensor | None], loss: Callable
) -> Tensor:
    """The size of the gradient of each text's own loss for each gate, (layers, texts, heads)."""
    token_ids, like = batch["token_ids"], attentions[0].query.weight
    assert token_ids is not None
    n = len(token_ids)
    gates = [like.new_ones(n, 1, each.n_heads, 1, requires_grad=True) for each in attentions]
    hooks = [each.output.register_forward_pre_hook(_gated(gate)) for each, gate in zip(attentions, gates, strict=True)]
    try:
        gradients = torch.autograd.grad(loss(model, batch), gates)
    finally:
        for hook in hooks:
            hook.remove()
    return n * torch.stack(gradients).abs()[:, :, 0, :, 0]  # the loss is a mean: each text has an n-th of it


def _gated(gate: Tensor) -> Callable[[nn.Module, tuple[Tensor, ...]], Tensor]:
    """What the output map reads, each head's share times its gate (texts, 1, heads, 1)."""

    def times(_: nn.Module, given: tuple[Tensor, ...]) -> Tensor:
        return (given[0].unflatten(-1, (gate.shape[2], -1)) * gate).flatten(-2)

    return times


def least_heads(scores: Tensor, n: int) -> dict[int, list[int]]:
    """The n heads with the lowest scores as layer -> heads; each layer keeps one. Scores are (layers, heads).

    Raises ValueError for scores that are none, and for more heads than can go.
    """
    checks.whole(0, n=n)
    if scores.ndim != 2 or not scores.is_floating_point() or not scores.isfinite().all():
        raise ValueError(f"Scores are finite numbers (layers, heads), not {checks.described(scores)}.")
    if n > scores.numel() - len(scores):
        raise ValueError(f"Of {scores.numel()} heads in {len(scores)} layers {n} cannot go: each layer keeps one.")
    can_go = scores.clone()
    can_go.scatter_(1, scores.argmax(1, keepdim=True), torch.inf)  # the best of each layer stays
    found: dict[int, list[int]] = {}
    for place in can_go.flatten().argsort()[:n].tolist():
        found.setdefault(place // scores.shape[1], []).append(place % scores.shape[1])
    return {layer: sorted(found[layer]) for layer in sorted(found)}
