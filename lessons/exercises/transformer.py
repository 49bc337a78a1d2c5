"""The exercises of notebook 06, the Transformer: in torch, in float64 but for the positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number

Function = Callable[[Tensor], Tensor]

# --- layer norm -------------------------------------------------------------------------------------------------------


def _hidden_vectors(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor, float]]:
    for shape, epsilon in (((2, 3, 4), 1e-5), ((1, 1, 6), 1e-12), ((3, 3, 3), 0.1), ((2, 5, 2), 1e-5)):
        hidden = torch.from_numpy(rng.normal(size=shape, loc=rng.normal(), scale=2.0))
        weight, bias = torch.from_numpy(rng.normal(size=(2, shape[-1])))
        yield hidden, weight, bias, epsilon
    whole = torch.tensor([[[1, 2, 6], [0, 3, 3]]]).double()  # to be read
    yield whole, torch.tensor([1, 2, 1]).double(), torch.tensor([0, 0, 10]).double(), 1e-5
    constant = torch.full((1, 2, 4), 3.0, dtype=torch.float64)
    yield constant, torch.from_numpy(rng.normal(size=4)), torch.from_numpy(rng.normal(size=4)), 1e-5


def layer_norm(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    """(batch, tokens, hidden_size) -> the same: every vector gets mean 0 and variance 1, then scale and shift.

    The variance is a mean over hidden_size; epsilon is added to it, under the root.
    """
    centred = hidden - hidden.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)  # (batch, tokens, 1)
    return centred / (variance + epsilon).sqrt() * weight + bias


@mistake("You normalised over the tokens. Every token's vector is normalised by itself: the last axis.")
def _over_the_tokens(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(1, keepdim=True)
    return centred / ((centred**2).mean(1, keepdim=True) + epsilon).sqrt() * weight + bias


@mistake("You normalised over the batch. That is batch norm; here every token's vector is normalised by itself.")
def _over_the_batch(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(0, keepdim=True)
    return centred / ((centred**2).mean(0, keepdim=True) + epsilon).sqrt() * weight + bias


@mistake("You normalised tokens and dimensions together. Every token has a mean and a variance of its own.")
def _over_both(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean((1, 2), keepdim=True)
    return centred / ((centred**2).mean((1, 2), keepdim=True) + epsilon).sqrt() * weight + bias


@mistake("You took one mean and one variance of all numbers. Every token has its own, over its hidden_size numbers.")
def _over_everything(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean()
    return centred / ((centred**2).mean() + epsilon).sqrt() * weight + bias


@mistake("`var` and `std` divide by hidden_size − 1 unless told otherwise. Here it is hidden_size: `unbiased=False`.")
def _one_less(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    size = hidden.shape[-1]
    centred = hidden - hidden.mean(-1, keepdim=True)
    variance = (centred**2).sum(-1, keepdim=True) / (size - 1)
    return centred / (variance + epsilon).sqrt() * weight + bias


@mistake(
    "Epsilon belongs inside the root, with the variance. Outside, equal numbers are divided by epsilon alone, and the "
    "bare root at 0 makes their gradient NaN."
)
def _epsilon_outside(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(-1, keepdim=True)
    return centred / ((centred**2).mean(-1, keepdim=True).sqrt() + epsilon) * weight + bias


@mistake(
    "`std()` + epsilon has epsilon outside the root. It belongs inside, with the variance: else the gradient of equal "
    "numbers is divided by epsilon alone."
)
def _epsilon_beside_std(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(-1, keepdim=True)
    return centred / (hidden.std(-1, keepdim=True, unbiased=False) + epsilon) * weight + bias


@mistake("Epsilon is missing: a vector whose entries are all equal has variance 0, and 0 / 0 is NaN.")
def _without_epsilon(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return layer_norm(hidden, weight, bias, 0.0)


@mistake("Epsilon is an argument: yours works with 1e-5 (the library's default) whatever is given.")
def _epsilon_by_heart(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return layer_norm(hidden, weight, bias, 1e-5)


@mistake("The squared distances are added up here. The variance is their mean: divide by hidden_size.")
def _sum_of_squares(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(-1, keepdim=True)
    return centred / ((centred**2).sum(-1, keepdim=True) + epsilon).sqrt() * weight + bias


@mistake("This is the mean of the squared numbers. The variance takes the squares of their distances from the mean.")
def _mean_of_squares(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(-1, keepdim=True)
    return centred / ((hidden**2).mean(-1, keepdim=True) + epsilon).sqrt() * weight + bias


@mistake("The mean is still in what you divide: it is `hidden` − its mean that goes over the root.")
def _not_centred(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    variance = hidden.var(-1, keepdim=True, unbiased=False)
    return hidden / (variance + epsilon).sqrt() * weight + bias


@mistake("You divided by the variance. The standard deviation, its root, is what makes the variance 1.")
def _by_the_variance(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    centred = hidden - hidden.mean(-1, keepdim=True)
    return centred / ((centred**2).mean(-1, keepdim=True) + epsilon) * weight + bias


@mistake("The mean was not subtracted. Without it this is RMS norm, which notebook 11 uses on purpose.")
def _rms_norm(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return hidden / ((hidden**2).mean(-1, keepdim=True) + epsilon).sqrt() * weight + bias


@mistake(
    "`std()` brings two slips: it divides by hidden_size − 1 unless told otherwise, and epsilon added to it is outside "
    "the root. Take the variance, over hidden_size, then epsilon, then the root."
)
def _by_std(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return (hidden - hidden.mean(-1, keepdim=True)) / (hidden.std(-1, keepdim=True) + epsilon) * weight + bias


@mistake("Scale first, then shift: x̂ · weight + bias. You shifted first, so the shift is scaled too.")
def _shift_first(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return (F.layer_norm(hidden, hidden.shape[-1:], eps=epsilon) + bias) * weight


@mistake("You scaled and shifted first. Normalising comes before that; after it, it undoes what was learnt.")
def _normalised_last(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return F.layer_norm(hidden * weight + bias, hidden.shape[-1:], eps=epsilon)


@mistake("The learnt shift is missing: `+ bias`, after the scale.")
def _without_bias(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return F.layer_norm(hidden, hidden.shape[-1:], weight, eps=epsilon)


@mistake("The learnt scale is missing: `* weight`, before the shift.")
def _without_weight(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return F.layer_norm(hidden, hidden.shape[-1:], eps=epsilon) + bias


@mistake("The learnt scale and shift are missing: `* weight + bias` at the end.")
def _without_scale(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    return F.layer_norm(hidden, hidden.shape[-1:], eps=epsilon)


LAYER_NORM = CodeExercise(
    id="transformer.layer_norm",
    title="Layer norm",
    stars=2,
    minutes=10,
    task="Give each token's vector mean 0 and variance 1, then the learnt scale and shift.",
    hints=[
        "`mean(-1, keepdim=True)` is (batch, tokens, 1): one mean for each token, which broadcasts.",
        "The variance is the mean of the squared distances from the mean. Where must epsilon go?",
        "It is (hidden − mean) / √(variance + epsilon) · weight + bias.",
    ],
    solution=layer_norm,
    reference=lambda hidden, weight, bias, epsilon: F.layer_norm(hidden, hidden.shape[-1:], weight, bias, epsilon),
    inputs=_hidden_vectors,
    gradient=["hidden", "weight"],
    mistakes=[
        _over_the_tokens,
        _over_the_batch,
        _over_both,
        _over_everything,
        _one_less,
        _epsilon_outside,
        _epsilon_beside_std,
        _without_epsilon,
        _epsilon_by_heart,
        _sum_of_squares,
        _mean_of_squares,
        _not_centred,
        _by_the_variance,
        _rms_norm,
        _by_std,
        _shift_first,
        _normalised_last,
        _without_bias,
        _without_weight,
        _without_scale,
    ],
)

# --- positions --------------------------------------------------------------------------------------------------------


def _position_sizes(rng: Generator) -> Iterator[tuple[Tensor]]:
    for batch, tokens, size in ((1, 3, 4), (2, 5, 8), (3, 1, 2)):
        yield (torch.from_numpy(rng.normal(size=(batch, tokens, size))).float(),)  # `torch.arange(...) / d` is, too
    yield (torch.zeros(1, 160, 4),)  # far enough to tell 10,000 from 10,001, and nothing added to hide it


def add_positions(embedded: Tensor) -> Tensor:
    """(batch, tokens, hidden_size) -> the same, plus the vector of each token's position.

    Of a position's vector, the numbers 0, 2, 4, ... are sines and 1, 3, 5, ... cosines. Positions count from 0;
    hidden_size is even, the base 10,000.
    """
    tokens, hidden_size = embedded.shape[-2:]
    positions = torch.arange(tokens)[:, None]  # (tokens, 1)
    frequencies = 10_000 ** (-torch.arange(0, hidden_size, 2) / hidden_size)  # (hidden_size / 2,)
    angles = positions * frequencies  # (tokens, hidden_size / 2)
    table = torch.zeros(tokens, hidden_size)
    table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()
    return embedded + table


def _table(embedded: Tensor, angles: Tensor, halves: bool = False) -> Tensor:
    waves = angles.sin(), angles.cos()
    return torch.cat(waves, -1) if halves else torch.stack(waves, -1).flatten(-2)


def _angles(embedded: Tensor, first: int = 0, step: int = 2, base: float = 10_000.0) -> Tensor:
    tokens, size = embedded.shape[-2:]
    exponents = step * torch.arange(size // 2, dtype=embedded.dtype) / size
    return torch.arange(first, first + tokens, dtype=embedded.dtype)[:, None] / base**exponents


@mistake("All sines first, then all cosines: many programs do that, but the paper's formula lets them take turns.")
def _in_halves(embedded: Tensor) -> Tensor:
    return embedded + _table(embedded, _angles(embedded), halves=True)


@mistake("The first position is 0, not 1: its sines are 0 and its cosines 1.")
def _from_one(embedded: Tensor) -> Tensor:
    return embedded + _table(embedded, _angles(embedded, first=1))


@mistake("The exponent is 2i / hidden_size for pair i. You took i / hidden_size, so the waves do not get long enough.")
def _half_the_exponent(embedded: Tensor) -> Tensor:
    return embedded + _table(embedded, _angles(embedded, step=1))


@mistake("Your exponent is 4i / hidden_size for pair i. Counting by twos, as in `arange(0, n, 2)`, gives 2i already.")
def _twice_the_exponent(embedded: Tensor) -> Tensor:
    return embedded + _table(embedded, _angles(embedded, step=4))


@mistake("The base is 10,000. In yours it is 1,000.")
def _base_1000(embedded: Tensor) -> Tensor:
    return embedded + _table(embedded, _angles(embedded, base=1000.0))


@mistake(
    "All pairs turn equally fast in yours, as if the exponent were always 0. Is it rounded down, by `//` or `int`?"
)
def _exponent_of_zero(embedded: Tensor) -> Tensor:
    return embedded + _table(embedded, _angles(embedded, step=0))


@mistake("The exponent is 2i over the size of these vectors. Yours is over 512, the paper's hidden_size.")
def _size_of_the_paper(embedded: Tensor) -> Tensor:
    tokens, size = embedded.shape[-2:]
    exponents = torch.arange(0, size, 2) / 512
    return embedded + _table(embedded, torch.arange(tokens)[:, None] / 10_000**exponents)


@mistake("You multiplied the position by 10000^(2i / hidden_size). It is divided by it: the waves get longer.")
def _multiplied(embedded: Tensor) -> Tensor:
    tokens, size = embedded.shape[-2:]
    exponents = torch.arange(0, size, 2) / size
    return embedded + _table(embedded, torch.arange(tokens)[:, None] * 10_000**exponents)


@mistake(
    "Number 2i + 1 of a vector has the exponent of number 2i before it: sine and cosine of a pair share their angle."
)
def _exponents_of_their_own(embedded: Tensor) -> Tensor:
    tokens, size = embedded.shape[-2:]
    angles = torch.arange(tokens)[:, None] / 10_000 ** (torch.arange(size) / size)
    return embedded + torch.stack([angles[:, 0::2].sin(), angles[:, 1::2].cos()], -1).flatten(-2)


@mistake("There are only sines in yours. Numbers 1, 3, 5, ... of a vector hold the cosine of their pair's angle.")
def _only_sines(embedded: Tensor) -> Tensor:
    return embedded + _angles(embedded).sin().repeat_interleave(2, -1)


@mistake("Sines and cosines take turns *inside* each vector. Yours gives one token sines and the next one cosines.")
def _parity_of_the_token(embedded: Tensor) -> Tensor:
    angles = _angles(embedded).repeat_interleave(2, -1)
    return embedded + torch.where(torch.arange(len(angles))[:, None] % 2 == 0, angles.sin(), angles.cos())


@mistake("You numbered the texts of the batch. A position is the number of a token in its text: axis 1.")
def _number_in_the_batch(embedded: Tensor) -> Tensor:
    turned = embedded.transpose(0, 1)
    return (turned + _table(turned, _angles(turned))).transpose(0, 1)


@mistake("Position 0 got nothing in yours. Its sines are 0, but its cosines are 1.")
def _first_left_out(embedded: Tensor) -> Tensor:
    table = _table(embedded, _angles(embedded))
    table[0] = 0
    return embedded + table


@mistake("You multiplied the tokens by √hidden_size first. The paper does that elsewhere; here they come as they are.")
def _tokens_scaled(embedded: Tensor) -> Tensor:
    return embedded * embedded.shape[-1] ** 0.5 + _table(embedded, _angles(embedded))


@mistake("This is one table of positions, (tokens, hidden_size). Add it to the embedded tokens: it broadcasts.")
def _table_alone(embedded: Tensor) -> Tensor:
    return _table(embedded, _angles(embedded))


@mistake("This is the table of positions alone. It is *added* to the embedded tokens.")
def _not_added(embedded: Tensor) -> Tensor:
    return 0 * embedded + _table(embedded, _angles(embedded))


@mistake("The positions were added twice.")
def _twice(embedded: Tensor) -> Tensor:
    return embedded + 2 * _table(embedded, _angles(embedded))


@mistake("Sine and cosine are in each other's place: numbers 0, 2, 4, ... of a vector hold the sines.")
def _cosine_first(embedded: Tensor) -> Tensor:
    return embedded + torch.stack([_angles(embedded).cos(), _angles(embedded).sin()], -1).flatten(-2)


def _positions_by_formula(embedded: Tensor) -> Tensor:
    import math

    tokens, size = embedded.shape[-2:]
    waves = [
        [(math.sin, math.cos)[place % 2](p / 10_000 ** ((place - place % 2) / size)) for place in range(size)]
        for p in range(tokens)
    ]
    return embedded + torch.tensor(waves, dtype=embedded.dtype)


ADD_POSITIONS = CodeExercise(
    id="transformer.add_positions",
    title="Say where each token stands",
    stars=2,
    minutes=10,
    task="Add the sinusoidal positions of Vaswani et al. to embedded tokens.",
    hints=[
        "First the angles, a table (tokens, hidden_size / 2): position p over 10000^(2i / hidden_size), i = 0, 1, ...",
        "`torch.arange(0, hidden_size, 2)` holds 2i for every pair. Positions as a column times frequencies as a row.",
        "`table[:, 0::2] = angles.sin()` fills the numbers 0, 2, 4, ..., `table[:, 1::2] = angles.cos()` the others.",
    ],
    solution=add_positions,
    reference=_positions_by_formula,
    inputs=_position_sizes,
    gradient=["embedded"],
    mistakes=[
        _in_halves,
        _from_one,
        _half_the_exponent,
        _twice_the_exponent,
        _base_1000,
        _exponent_of_zero,
        _size_of_the_paper,
        _multiplied,
        _exponents_of_their_own,
        _only_sines,
        _parity_of_the_token,
        _number_in_the_batch,
        _first_left_out,
        _tokens_scaled,
        _table_alone,
        _not_added,
        _twice,
        _cosine_first,
    ],
)

# --- a layer ----------------------------------------------------------------------------------------------------------

SubLayer = Callable[..., Tensor]


def _norm(hidden: Tensor) -> Tensor:
    return F.layer_norm(hidden, hidden.shape[-1:])


def _shortened(hidden: Tensor) -> Tensor:
    return hidden / (1 + hidden.abs().sum(-1, keepdim=True))


def _learnt(hidden: Tensor) -> Tensor:
    return 2 * _norm(hidden) + 0.5


def _turned(hidden: Tensor) -> Tensor:
    return 3 * hidden.flip(-1) + hidden**2


def _looking(vectors: Tensor, mask: Tensor | None = None) -> Tensor:
    """Each token gets the mean of those that it may look at, turned round and bent."""
    seen = torch.ones(vectors.shape[1], vectors.shape[1]) if mask is None else mask
    shares = seen.to(vectors.dtype)
    return torch.tanh(2 * (shares / shares.sum(-1, keepdim=True).clamp(min=1)) @ vectors.flip(-1))


def _looking_hard(vectors: Tensor, mask: Tensor | None = None) -> Tensor:
    return 2 * _looking(vectors, mask) + _looking(vectors * vectors, mask)


def _layer_parts(rng: Generator) -> Iterator[tuple[Tensor, Tensor, SubLayer, SubLayer, SubLayer, SubLayer]]:
    for batch, tokens, size in ((2, 3, 4), (1, 4, 6), (3, 2, 3)):
        hidden = torch.from_numpy(rng.normal(size=(batch, tokens, size), loc=1.0, scale=3.0))
        causal = torch.ones(tokens, tokens, dtype=torch.bool).tril()
        yield hidden, causal, _looking, _turned, _norm, _learnt
        yield hidden, causal, _looking_hard, torch.tanh, _learnt, _shortened
        yield hidden, torch.ones_like(causal), _looking, _turned, _shortened, _norm
        yield hidden, torch.eye(tokens, dtype=torch.bool), _looking_hard, _turned, _norm, _shortened


def pre_norm_layer(
    hidden: Tensor,
    mask: Tensor,
    attention: Callable,
    feed_forward: Callable,
    attention_norm: Callable,
    feed_forward_norm: Callable,
) -> Tensor:
    """The residual stream after one pre-norm layer: (batch, tokens, hidden_size) -> the same shape.

    The sub-layers are attention(vectors, mask) and feed_forward(vectors); each has a norm of its own.
    """
    hidden = hidden + attention(attention_norm(hidden), mask)
    return hidden + feed_forward(feed_forward_norm(hidden))


@mistake("Both residuals are missing: what a sub-layer computes is added to the stream, not put in its place.")
def _no_residuals(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return think(n2(attend(n1(h), mask)))


@mistake("The first residual is missing: after the attention, add what it computed to the stream.")
def _no_first_residual(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = attend(n1(h), mask)
    return h + think(n2(h))


@mistake("The second residual is missing: what the feed-forward net computes is added to the stream as well.")
def _no_second_residual(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    return think(n2(h + attend(n1(h), mask)))


@mistake("This is post-norm: the sums are normalised. Pre-norm normalises what a sub-layer reads, and only that.")
def _post_norm(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    h = n1(h + attend(h, mask))
    return n2(h + think(h))


@mistake("There is no norm in this: each sub-layer should read normalised vectors.")
def _no_norms(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    h = h + attend(h, mask)
    return h + think(h)


@mistake("The attention reads the stream as it is. It should read it through its norm.")
def _attention_without_norm(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = h + attend(h, mask)
    return h + think(n2(h))


@mistake("The feed-forward net reads the stream as it is. It should read it through its norm.")
def _feed_forward_without_norm(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = h + attend(n1(h), mask)
    return h + think(h)


@mistake("The norms come after the sub-layers here. They belong before: a sub-layer reads normalised vectors.")
def _norms_of_the_changes(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = h + n1(attend(h, mask))
    return h + n2(think(h))


@mistake("Yours normalises before and after each sub-layer, as Gemma 2 does. Pre-norm does it before, once.")
def _norms_on_both_sides(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = h + n1(attend(n1(h), mask))
    return h + n2(think(n2(h)))


@mistake("The stream itself was normalised. A sum takes the stream as it came, so that it passes through unchanged.")
def _normalised_stream(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = n1(h)
    h = h + attend(h, mask)
    h = n2(h)
    return h + think(h)


@mistake(
    "Both sub-layers read the stream as it came in (some models do that). Here the feed-forward net reads the stream "
    "after the attention has added to it."
)
def _side_by_side(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return h + attend(n1(h), mask) + think(n2(h))


@mistake("What the attention added is lost again: the second sum takes the stream as it is after the first.")
def _added_to_the_beginning(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    return h + think(n2(h + attend(n1(h), mask)))


@mistake("The feed-forward net reads only what the attention computed. It reads the whole stream: the sum.")
def _reads_the_change_alone(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    change = attend(n1(h), mask)
    return h + change + think(n2(change))


@mistake("The two norms are exchanged: `attention_norm` stands before the attention, the other before the other.")
def _norms_exchanged(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, mask, attend, think, n2, n1)


@mistake("One norm was used for both. Each sub-layer has its own, with a scale and a shift that it has learnt.")
def _first_norm_twice(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, mask, attend, think, n1, n1)


@mistake("`feed_forward_norm` was used for both. Each sub-layer has its own norm.")
def _second_norm_twice(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    return pre_norm_layer(h, mask, attend, think, n2, n2)


@mistake("You made norms of your own. Use those that are given: they have a scale and a shift that they have learnt.")
def _own_norms(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, mask, attend, think, _norm, _norm)


@mistake("The feed-forward net comes first here. A layer begins with the attention.")
def _feed_forward_first(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = h + think(n2(h))
    return h + attend(n1(h), mask)


@mistake("The mask is not handed on: the attention needs it as its second argument, or every token sees all others.")
def _mask_forgotten(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, torch.ones_like(mask), attend, think, n1, n2)


@mistake("The mask was inverted on its way. Hand it on as it is: True where a token may look.")
def _mask_inverted(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, ~mask, attend, think, n1, n2)


@mistake("There is one norm too many at the end. What the layer gives back is the stream, which is not normalised.")
def _norm_at_the_end(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return n2(pre_norm_layer(h, mask, attend, think, n1, n2))


@mistake("This is the first half of the layer. The feed-forward net follows, with its norm and its residual.")
def _attention_alone(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return h + attend(n1(h), mask)


@mistake("This is the second half of the layer. The attention comes before, with its norm and its residual.")
def _feed_forward_alone(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    return h + think(n2(h))


@mistake("This is what the layer adds. It gives back the whole stream: with what came in.")
def _what_is_added(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, mask, attend, think, n1, n2) - h


@mistake("A residual is a sum. Yours subtracts what the sub-layers computed.")
def _subtracted(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    h = h - attend(n1(h), mask)
    return h - think(n2(h))


@mistake("The first sum takes along the normalised vectors. It takes the stream as it came in.")
def _first_sum_normalised(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = n1(h)
    h = h + attend(h, mask)
    return h + think(n2(h))


@mistake("The second sum takes along the normalised vectors. It takes the stream as it is after the first sum.")
def _second_sum_normalised(
    h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer
) -> Tensor:
    h = n2(h + attend(n1(h), mask))
    return h + think(h)


@mistake("The mask was transposed on its way. Hand it on as it is: its rows are the tokens that look.")
def _mask_transposed(h: Tensor, mask: Tensor, attend: SubLayer, think: SubLayer, n1: SubLayer, n2: SubLayer) -> Tensor:
    return pre_norm_layer(h, mask.T, attend, think, n1, n2)


def _layer_by_changes(
    hidden: Tensor, mask: Tensor, attention: SubLayer, feed_forward: SubLayer, one: SubLayer, two: SubLayer
) -> Tensor:
    changes = [hidden]
    changes.append(attention(one(hidden), mask))
    changes.append(feed_forward(two(torch.stack(changes).sum(0))))
    return torch.stack(changes).sum(0)


PRE_NORM_LAYER = CodeExercise(
    id="transformer.pre_norm_layer",
    title="A layer on its stream",
    stars=2,
    minutes=10,
    task="Write a pre-norm layer: attention, then the feed-forward net, each reading through its norm and adding.",
    hints=[
        "For each sub-layer three things happen: normalise, work, add. Which of them sees the stream as it came?",
        "The first half is `hidden = hidden + attention(attention_norm(hidden), mask)`.",
        "The second half is like the first, on the new stream, without a mask.",
    ],
    solution=pre_norm_layer,
    reference=_layer_by_changes,
    inputs=_layer_parts,
    gradient=["hidden"],
    mistakes=[
        _no_residuals,
        _no_first_residual,
        _no_second_residual,
        _post_norm,
        _no_norms,
        _attention_without_norm,
        _feed_forward_without_norm,
        _norms_of_the_changes,
        _norms_on_both_sides,
        _normalised_stream,
        _side_by_side,
        _added_to_the_beginning,
        _reads_the_change_alone,
        _norms_exchanged,
        _first_norm_twice,
        _second_norm_twice,
        _own_norms,
        _feed_forward_first,
        _mask_forgotten,
        _mask_inverted,
        _norm_at_the_end,
        _attention_alone,
        _feed_forward_alone,
        _what_is_added,
        _first_sum_normalised,
        _second_sum_normalised,
        _mask_transposed,
        _subtracted,
    ],
    remark="However deep the stack, the derivative of the last stream in the first contains the identity.",
)

# --- what an output depends on ----------------------------------------------------------------------------------------


def _attention(rng: Generator, allowed: Tensor) -> Function:
    """Self-attention of one head with random maps, that may look where `allowed` (tokens, tokens) is True."""
    query, key, value = torch.from_numpy(rng.normal(size=(3, 3, 3)))

    def layer(x: Tensor) -> Tensor:
        scores = (0.1 * (x @ query) @ (x @ key).T).masked_fill(~allowed, float("-inf"))
        return scores.softmax(-1) @ (x @ value)

    return layer


def _both_signs(x: Tensor) -> Tensor:
    """Every number once more with the other sign: all together they never change."""
    return torch.cat([x.cumsum(0), -x.cumsum(0)], dim=-1)


def _differences(x: Tensor) -> Tensor:
    """Derivatives 1 and −1."""
    return (x[:, :1] - x[:, 1:2]).cumsum(0)


def _backwards(x: Tensor) -> Tensor:
    return -x.flip(0).cumsum(0)


def _from_the_middle(x: Tensor) -> Tensor:
    """Only the middle number of each input counts."""
    return x[:, 1:2].cumsum(0)


def _into_the_middle(x: Tensor) -> Tensor:
    """Only the middle number of each output looks back."""
    return torch.stack([x[:, 0], x.cumsum(0)[:, 1], x[:, 2]], dim=1)


def _faintly(x: Tensor) -> Tensor:
    """Each output sees its own input, and the earlier ones ten thousand times more faintly."""
    return x + x.cumsum(0) / 10_000


def _squares(x: Tensor) -> Tensor:
    """At 0 their slope is 0."""
    return x**2


def _neighbours(x: Tensor) -> Tensor:
    """Each output is the input before it; the first is the last."""
    return x.roll(1, dims=0)


def _layers(rng: Generator) -> Iterator[tuple[Function, Tensor]]:
    def tokens(n: int, size: int = 3) -> Tensor:
        return torch.from_numpy(rng.normal(size=(n, size)))

    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    yield _attention(rng, causal), tokens(4)
    yield _attention(rng, torch.ones_like(causal)), tokens(4)
    yield _attention(rng, torch.ones_like(causal).tril(1)), tokens(4)  # off by one: it sees the next token
    yield _attention(rng, causal & torch.tensor([True, True, False, True])[None]), tokens(4)
    yield _both_signs, tokens(3, 2)
    yield _differences, tokens(3, 2)
    yield _backwards, tokens(3, 1)
    yield torch.tanh, torch.zeros(2, 3, dtype=torch.float64)  # an output of 0 depends on its input all the same
    yield _from_the_middle, tokens(3)
    yield _into_the_middle, tokens(3)
    yield torch.square, tokens(1)
    yield _neighbours, tokens(3, 2)
    yield _faintly, tokens(3, 2)  # a derivative of 0.0001 is not 0
    yield _squares, torch.tensor([[1, 2], [0, 3], [0, 0]]).double()  # at 0 only a far change shows


def depends_on(layer: Callable, x: Tensor) -> Tensor:
    """(tokens, hidden_size) -> booleans (tokens, tokens): True where output t (row) changes with input s (column).

    It does if any of its numbers has at `x` a derivative that is not 0 in any of the input's.
    """
    slopes = torch.autograd.functional.jacobian(layer, x)  # (tokens, output_size, tokens, hidden_size)
    return (slopes != 0).any(dim=3).any(dim=1)


def _slopes(layer: Function, x: Tensor) -> Tensor:
    """(tokens, output_size, tokens, hidden_size)."""
    return torch.autograd.functional.jacobian(layer, x)


@mistake("Rows and columns are exchanged: row t is an output, column s an input.")
def _inputs_as_rows(layer: Function, x: Tensor) -> Tensor:
    return depends_on(layer, x).T


@mistake("All rows are equal: you asked which inputs *some* output depends on. Ask for one output at a time.")
def _all_outputs_at_once(layer: Function, x: Tensor) -> Tensor:
    return depends_on(layer, x).any(dim=0).expand(len(x), -1).clone()


@mistake(
    "All rows are equal: you took the derivative of the sum of everything. Ask for one output at a time, and for each "
    "of its numbers."
)
def _sum_of_everything(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x).sum((0, 1)) != 0).any(-1).expand(len(x), -1).clone()


@mistake(
    "In yours each row keeps what the rows above it found. If it is `.grad`, which adds up: set it to None before each "
    "`backward`."
)
def _kept_from_row_to_row(layer: Function, x: Tensor) -> Tensor:
    return depends_on(layer, x).cumsum(0) > 0


@mistake("`.grad` adds up from one `backward` to the next. Set it to None in between, or take `torch.autograd.grad`.")
def _added_up(layer: Function, x: Tensor) -> Tensor:
    x, rows = x.clone().requires_grad_(), []
    for output in layer(x):
        output.sum().backward(retain_graph=True)
        assert x.grad is not None
        rows.append(x.grad.abs().sum(-1) != 0)
    return torch.stack(rows)


@mistake(
    "You took the sum of an output's numbers. They may all change while their sum stands still, as y and −y do, and "
    "always after a layer norm. Ask each number by itself."
)
def _sum_of_the_output(layer: Function, x: Tensor) -> Tensor:
    return _slopes(layer, x).sum(1).abs().sum(-1) != 0


@mistake(
    "Where an output is 0 you see no dependence, though there is one: the slope of its square is 0 there, and so is a "
    "step in proportion to it. Ask for the derivative of each number itself."
)
def _square_of_the_output(layer: Function, x: Tensor) -> Tensor:
    return (2 * layer(x)[:, :, None, None] * _slopes(layer, x)).sum(1).abs().sum(-1) != 0


@mistake(
    "In yours the numbers of an input count together, summed or moved as one, so derivatives of both signs cancel. "
    "Ask for each of them by itself, or take `abs` before a sum."
)
def _sum_of_the_derivatives(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x).sum(-1) != 0).any(dim=1)


@mistake(
    "Derivatives of both signs cancel in your sums, over an output's numbers and over an input's. Take `abs` first, or "
    "ask whether *any* is not 0."
)
def _sum_of_all_derivatives(layer: Function, x: Tensor) -> Tensor:
    return _slopes(layer, x).sum((1, 3)) != 0


@mistake("Yours does not ask every number of an output. It depends on an input if *any* of them does.")
def _first_number_of_the_output(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x)[:, 0] != 0).any(-1)


@mistake("Yours does not ask every number of an input. An output depends on it through *any* of them.")
def _first_number_of_the_input(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x)[..., 0] != 0).any(1)


@mistake("One derivative that is not 0 is enough. Yours is True only where *all* are.")
def _all_of_them(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x) != 0).all(3).all(1)


@mistake("Yours overlooks derivatives that are small, as a threshold does. They are exact: compare with 0 itself.")
def _threshold(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x).abs() > 0.01).any(3).any(1)


@mistake("These are the sizes of the derivatives. The question is only whether they are 0: booleans.")
def _sizes(layer: Function, x: Tensor) -> Tensor:
    return _slopes(layer, x).abs().sum((1, 3))


@mistake("An output depends on the input at its own place, too: yours leaves the diagonal out.")
def _not_on_itself(layer: Function, x: Tensor) -> Tensor:
    return depends_on(layer, x) & ~torch.eye(len(x), dtype=torch.bool)


@mistake("Yours finds no output that depends on a later input. This layer may: ask for every pair.")
def _past_only(layer: Function, x: Tensor) -> Tensor:
    return depends_on(layer, x).tril()


@mistake(
    "`any` went over the tokens, so your table is one of the numbers in their vectors. The axes of the tokens, 0 and "
    "2, have to stay."
)
def _table_of_numbers(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x) != 0).any(2).any(0)


@mistake("`reshape` moves no axes. Bring the two axes of the tokens together by `permute`, before it or in its place.")
def _reshaped(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x).reshape(len(x), len(x), -1) != 0).any(-1)


@mistake("A negative derivative is a dependence too: compare with `!= 0`, or take `abs` first.")
def _positive_only(layer: Function, x: Tensor) -> Tensor:
    return (_slopes(layer, x) > 0).any(dim=3).any(dim=1)


@mistake("This is what a causal mask should give. The layer was not asked; it may hold another mask, or a wrong one.")
def _taken_for_granted(layer: Function, x: Tensor) -> Tensor:
    return torch.ones(len(x), len(x), dtype=torch.bool).tril()


@mistake("It is inverted: True where output t does *not* depend on input s.")
def _independent(layer: Function, x: Tensor) -> Tensor:
    return ~depends_on(layer, x)


def _by_trying(layer: Function, x: Tensor) -> Tensor:
    """Move each number of each input a little up, then as much down, and see which outputs differ."""
    found = torch.zeros(len(x), len(x), dtype=torch.bool)
    for s in range(len(x)):
        for number in range(x.shape[1]):
            up, down = x.clone(), x.clone()
            up[s, number] += 0.1
            down[s, number] -= 0.1
            found[:, s] |= (layer(up) != layer(down)).any(dim=1)
    return found


DEPENDS_ON = CodeExercise(
    id="transformer.depends_on",
    title="Who depends on whom?",
    stars=2,
    minutes=10,
    task="Find out which inputs each output of an unknown layer depends on: by its derivatives.",
    hints=[
        "An output depends on an input if one of its numbers has a derivative in one of that input's that is not 0.",
        "`torch.autograd.functional.jacobian(layer, x)` is (tokens, output_size, tokens, hidden_size).",
        "Compare with `!= 0`, then `any` over the axes of the numbers: dimensions 3 and 1.",
    ],
    solution=depends_on,
    reference=_by_trying,
    inputs=_layers,
    mistakes=[
        _inputs_as_rows,
        _all_outputs_at_once,
        _sum_of_everything,
        _sum_of_the_output,
        _square_of_the_output,
        _added_up,
        _kept_from_row_to_row,
        _sum_of_the_derivatives,
        _sum_of_all_derivatives,
        _first_number_of_the_output,
        _first_number_of_the_input,
        _all_of_them,
        _threshold,
        _sizes,
        _not_on_itself,
        _past_only,
        _table_of_numbers,
        _reshaped,
        _positive_only,
        _taken_for_granted,
        _independent,
    ],
    remark="Run this on any decoder that you write: a leak of the future makes the loss better, so no loss shows it.",
)

# --- teacher forcing --------------------------------------------------------------------------------------------------


def _targets(rng: Generator) -> Iterator[tuple[Tensor, int]]:
    for batch, tokens in ((2, 4), (1, 1), (3, 10)):
        yield torch.from_numpy(rng.integers(0, 10, size=(batch, tokens))), 11
    yield torch.tensor([[7, 7, 7], [1, 2, 3]]), 0
    yield torch.tensor([[1, 9, 8, 7]]), 11


def decoder_inputs(target_ids: Tensor, start_id: int) -> Tensor:
    """(batch, targets) -> what the decoder reads at each place, of the same shape; `start_id` at the first."""
    start = torch.full_like(target_ids[:, :1], start_id)  # (batch, 1)
    return torch.cat([start, target_ids[:, :-1]], dim=1)


@mistake("Nothing is shifted: at place t the decoder reads the very character that it is to predict there.")
def _not_shifted(target_ids: Tensor, start_id: int) -> Tensor:
    return target_ids.clone()


@mistake("Shifted the wrong way: at place t it would read the character *after* the one it is to predict.")
def _shifted_back(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.cat([target_ids[:, 1:], torch.full_like(target_ids[:, :1], start_id)], dim=1)


@mistake("One too long: the last target is never read, since nothing is predicted after it.")
def _too_long(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.cat([torch.full_like(target_ids[:, :1], start_id), target_ids], dim=1)


@mistake(
    "In yours `start_id` takes the first target's place. All targets move on by one place, and the last drops out."
)
def _overwritten(target_ids: Tensor, start_id: int) -> Tensor:
    inputs = target_ids.clone()
    inputs[:, 0] = start_id
    return inputs


@mistake("`roll` moves the last target to the front. The decoder would read the end of the answer first.")
def _rolled(target_ids: Tensor, start_id: int) -> Tensor:
    return target_ids.roll(1, dims=1)


@mistake("Only the first answer of the batch begins with `start_id`; another reads the end of the one before it.")
def _one_start(target_ids: Tensor, start_id: int) -> Tensor:
    inputs = target_ids.roll(1)
    inputs[0, 0] = start_id
    return inputs


@mistake("You put a row of start ids before the batch, so the answers moved. It is a column: axis 1.")
def _start_row(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.cat([torch.full_like(target_ids[:1], start_id), target_ids[:-1]])


@mistake("Here the answers moved in the batch. It is the characters of each that move by one place: axis 1.")
def _rolled_over_the_batch(target_ids: Tensor, start_id: int) -> Tensor:
    inputs = target_ids.roll(1, dims=0)
    inputs[:, 0] = start_id
    return inputs


@mistake("Every place holds `start_id`. Only the first should: copy the others from `target_ids`, not from the result.")
def _all_starts(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.full_like(target_ids, start_id)


@mistake("The first place holds 0, whatever `start_id` is.")
def _zero_first(target_ids: Tensor, start_id: int) -> Tensor:
    return F.pad(target_ids[:, :-1], (1, 0))


@mistake("Yours shifts by two places. At place t the decoder has read everything before t: the shift is by one.")
def _by_two(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.cat([torch.full_like(target_ids[:, :2], start_id), target_ids[:, :-2]], dim=1)


@mistake("The last place holds 0, as if it was never filled: does a loop or a slice end one too early?")
def _last_not_filled(target_ids: Tensor, start_id: int) -> Tensor:
    inputs = decoder_inputs(target_ids, start_id)
    inputs[:, max(inputs.shape[1] - 1, 1) :] = 0
    return inputs


@mistake("`start_id` stands at the end. It is what the decoder reads first.")
def _start_last(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.cat([target_ids[:, :-1], torch.full_like(target_ids[:, :1], start_id)], dim=1)


@mistake("One too short: there is no start id, so nothing to read at the first place.")
def _no_start(target_ids: Tensor, start_id: int) -> Tensor:
    return target_ids[:, :-1].clone()


def _inputs_by_loops(target_ids: Tensor, start_id: int) -> Tensor:
    return torch.tensor([[start_id, *row[:-1]] for row in target_ids.tolist()], dtype=target_ids.dtype)


DECODER_INPUTS = CodeExercise(
    id="transformer.decoder_inputs",
    title="Teacher forcing",
    stars=1,
    minutes=5,
    task="From the right answers make what the decoder reads while it learns to write them.",
    hints=[
        "The answer is 1 9 8 7. Before the first character it may read only the start id; before the 9, also the 1.",
        "Start id first, then all targets but the last.",
        "`torch.full_like(target_ids[:, :1], start_id)` is a column of start ids.",
    ],
    solution=decoder_inputs,
    reference=_inputs_by_loops,
    inputs=_targets,
    mistakes=[
        _not_shifted,
        _shifted_back,
        _too_long,
        _overwritten,
        _rolled,
        _one_start,
        _start_row,
        _rolled_over_the_batch,
        _all_starts,
        _zero_first,
        _by_two,
        _last_not_filled,
        _start_last,
        _no_start,
    ],
)

# --- counting ---------------------------------------------------------------------------------------------------------

GPT2_MEDIUM = NumberExercise(
    id="transformer.gpt2_medium",
    title="Count GPT-2 medium",
    stars=2,
    minutes=8,
    task=(
        "GPT-2 medium has hidden_size 1,024, intermediate_size 4,096, 24 layers, 50,257 tokens and 1,024 positions; "
        "every linear map has a bias, every layer two norms (scale and shift), and one norm comes last. How many "
        "parameters?"
    ),
    hints=[
        "Two embeddings, 24 equal layers, one last norm. The output layer is the word embedding once more.",
        "A layer: attention 4d² + 4d, feed-forward 2df + f + d, two norms of 2d.",
        "12,596,224 in a layer. Now the rest.",
    ],
    solution=354_823_168.0,
    working="(50257 + 1024) * 1024 + 24 * (12 * 1024**2 + 13 * 1024) + 2 * 1024",
    mistakes=[
        wrong_number(
            354_823_168 + 50_257 * 1024,
            "You counted an output layer of its own. In GPT-2 it is the word embedding: tied, so counted once.",
        ),
        wrong_number(354_823_168 - 2 * 1024, "The last norm is missing, after all layers: 2 · 1,024."),
        wrong_number(354_823_168 - 1024 * 1024, "The position embedding is missing: 1,024 · 1,024."),
        wrong_number(354_823_168 - 50_257 * 1024, "The word embedding is missing: 50,257 · 1,024."),
        wrong_number(
            354_823_168 - 24 * 9 * 1024, "The biases of the linear maps are missing: 4d in attention, f + d after it."
        ),
        wrong_number(
            354_823_168 - 24 * 4 * 1024,
            "4d is missing in each layer: the two norms, the biases of attention, or that of the wider map.",
        ),
        wrong_number(
            354_823_168 - 24 * 13 * 1024 - 2 * 1024,
            "Those are the large matrices alone. The biases and the norms count, too.",
        ),
        wrong_number(
            354_823_168 - 24 * 4 * 1024 - 2 * 1024,
            "As much is missing as all norms hold: 2d each, two of them in a layer and one at the end.",
        ),
        wrong_number(
            354_823_168 - 49 * 1024, "Every norm has a scale and a shift, d numbers each. Yours counts one of them."
        ),
        wrong_number(
            354_823_168 - 24 * 2 * 1024,
            "2d is missing in each layer: one of its two norms, or one half (scale or shift) of both.",
        ),
        wrong_number(
            354_823_168 - 24 * 3 * 1024,
            "3d is missing in each layer: the wider map has f biases, not d; attention has four times d.",
        ),
        wrong_number(354_823_168 - 24 * 5 * 1024, "The biases of the feed-forward net are missing: f and d."),
        wrong_number(
            354_823_168 - 24 * (1024**2 + 1024),
            "One map of attention is missing: query, key, value, and a fourth for the output.",
        ),
        wrong_number(
            354_823_168 - 24 * (4096 * 1024 + 1024), "The feed-forward net has a second map, from f back to d."
        ),
        wrong_number(354_823_168 - 23 * 12_596_224, "That has one layer. There are 24."),
        wrong_number(354_823_168 - 12 * 12_596_224, "That has 12 layers, as GPT-2 small. There are 24."),
        wrong_number(124_439_808, "That is GPT-2 small: hidden_size 768 and 12 layers."),
        wrong_number(354_823_168 + 50_257, "The tied output layer has no bias in GPT-2: it adds no numbers at all."),
        wrong_number(345_000_000, "That number was once announced for it. Count: it comes out larger."),
        wrong_number(12_596_224, "That is one layer. There are 24, two embeddings and a last norm."),
        wrong_number(24 * 12_596_224, "Those are the layers. The two embeddings and the last norm come on top."),
    ],
    remark="It does not depend on the number of heads: they share the same four matrices.",
)

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_FAMILIES = Quiz(
    id="transformer.quiz_families",
    title="What makes a decoder-only model?",
    task="You have a *pre-norm* encoder layer. But for GELU, what must change to make it a layer of GPT-2?",
    hints=["Which of the two has cross-attention?", "Compare what a token may see in BERT and in GPT."],
    options=[
        wrong("A cross-attention must be added", "Cross-attention reads an encoder's output; a GPT has no encoder."),
        right("Only the mask: causal", "The layer is the same; the mask decides whether a token may see later ones."),
        wrong("The feed-forward net must go", "Both have it: it holds two thirds of the numbers in a layer."),
        wrong(
            "The positions must become sinusoidal", "GPT's positions are learnt, as BERT's; the layer does not see how."
        ),
    ],
)

QUIZ_ORDER = Quiz(
    id="transformer.quiz_order",
    title="Order without positions",
    task="No positions, a causal mask, one layer, the answer read at the last token. Can it tell ab from ba?",
    hints=[
        "Which keys does the last token see, and does attention know which of them came first?",
        "Now ask the same of a second layer, whose keys are the outputs of the first.",
    ],
    options=[
        wrong(
            "Yes: the causal mask breaks the symmetry", "It does for the other tokens, but the last one sees all keys."
        ),
        wrong(
            "Yes: softmax weighs earlier keys more",
            "Without positions, equal keys get equal weights wherever they are.",
        ),
        right(
            "No, but two layers can",
            "The last token sees all as a bag. After one layer, though, each other token has seen a different past.",
        ),
        wrong(
            "No, and no depth helps", "From the second layer on the keys differ: each has seen only what was before it."
        ),
    ],
)

QUIZ_NORM = Quiz(
    id="transformer.quiz_norm",
    title="Norm first",
    task="What is true of a deep pre-norm stack, and not of a post-norm one?",
    hints=[
        "Write the derivative of hidden + f(norm(hidden)) in hidden.",
        "And that of norm(hidden + f(hidden)): what must every gradient pass here?",
    ],
    options=[
        right("Its layers leave one path without a norm", "Each layer's derivative is the identity plus something."),
        wrong("Only there does any gradient arrive", "It arrives in both; the notebook measured it."),
        wrong(
            "It contains fewer norms", "Both have one norm for each sub-layer, and pre-norm has one more at the end."
        ),
        wrong("The stream keeps the same length", "It grows: sums are added and nothing normalises it until the end."),
    ],
)
