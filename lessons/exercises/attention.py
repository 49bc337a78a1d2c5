"""The exercises of notebook 05, attention: in PyTorch, in float64."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor
from torch.nn import functional as F

from lessons.tutor import CodeExercise, Mistake, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- by what to divide ------------------------------------------------------------------------------------------------


def _sizes_and_spreads(rng: Generator) -> Iterator[tuple[int, float, float]]:
    yield 4, 0.25, 9.0  # the simplest: the divisor is 3
    for dim in (64, 384, int(rng.integers(5, 2000))):
        yield dim, float(rng.uniform(0.2, 0.9)), float(rng.uniform(1.1, 4.0))
    yield 9, 9.0, 0.25  # the other one is larger
    yield 16, 1.0, 1.0


def score_divisor(dim: int, query_variance: float, key_variance: float) -> float:
    """What a dot product must be divided by so that its variance is 1.

    Query and key have dim independent entries each, with mean 0 and these variances, which are above 0.
    """
    return math.sqrt(dim * query_variance * key_variance)


@mistake("That is the variance of the score. You divide by its *standard deviation*, the root of it.")
def _by_the_variance(dim: int, query_variance: float, key_variance: float) -> float:
    return dim * query_variance * key_variance


@mistake("This fits entries with variance 1. Each product has the variance query_variance × key_variance.")
def _by_root_d(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim)


@mistake(
    "√dim is right, but the variances have no root in yours. The divisor is the root of the score's whole variance."
)
def _root_of_d_alone(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim) * query_variance * key_variance


@mistake("The variances of query and key *multiply* in a product; you added them.")
def _added_variances(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim * (query_variance + key_variance))


@mistake("You gave the factor to multiply by. Asked for is the number to divide by.")
def _the_factor(dim: int, query_variance: float, key_variance: float) -> float:
    return 1 / math.sqrt(dim * query_variance * key_variance)


@mistake("The number of entries is missing: dim products are added up, and so are their variances.")
def _without_the_size(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(query_variance * key_variance)


@mistake("The variance of the keys is missing: a product of two numbers varies with both of them.")
def _without_the_keys(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim * query_variance)


@mistake("The variance of the queries is missing: a product of two numbers varies with both of them.")
def _without_the_queries(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim * key_variance)


@mistake(
    "Yours grows like dim. Of independent numbers the variances add up, not the standard deviations: √dim is right."
)
def _added_deviations(dim: int, query_variance: float, key_variance: float) -> float:
    return dim * math.sqrt(query_variance * key_variance)


@mistake("You took the mean of the two variances. In a product they *multiply*.")
def _mean_variance(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim * (query_variance + key_variance) / 2)


@mistake("You added two standard deviations. In a product of query and key they *multiply*.")
def _sum_of_deviations(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim) * (math.sqrt(query_variance) + math.sqrt(key_variance))


@mistake(
    "In yours the divisor falls when the entries grow. Larger entries give larger scores: the divisor must grow, too."
)
def _variances_below(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim / (query_variance * key_variance))


@mistake(
    "In yours half the variance comes out. `** 1 / 2` takes the power 1, then the half: write `** 0.5` or `math.sqrt`."
)
def _half_the_variance(dim: int, query_variance: float, key_variance: float) -> float:
    return dim * query_variance * key_variance / 2


@mistake("The root reaches only the variance of the keys: `**` comes before `*`. Put the product in parentheses.")
def _root_of_the_last(dim: int, query_variance: float, key_variance: float) -> float:
    return dim * query_variance * key_variance**0.5


@mistake("The variance of the keys stands outside the root in yours. It belongs under it, like the other two factors.")
def _keys_outside_the_root(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt(dim * query_variance) * key_variance


@mistake("One entry is missing in yours. The score is a sum of dim products, so dim variances add up, not dim − 1.")
def _one_less(dim: int, query_variance: float, key_variance: float) -> float:
    return math.sqrt((dim - 1) * query_variance * key_variance)


def _by_logarithms(dim: int, query_variance: float, key_variance: float) -> float:
    return math.exp(0.5 * (math.log(dim) + math.log(query_variance) + math.log(key_variance)))


SCORE_DIVISOR = CodeExercise(
    id="attention.score_divisor",
    title="Scores of size one",
    stars=1,
    minutes=5,
    task="By what do you divide when the entries of queries and keys do not have variance 1?",
    hints=[
        "What is the variance of one product of two independent numbers with mean 0?",
        "The variances multiply. Then dim such products are added, and their variances add up.",
        "Dividing a number by c divides its variance by c².",
    ],
    solution=score_divisor,
    reference=_by_logarithms,
    inputs=_sizes_and_spreads,
    mistakes=[
        _by_the_variance,
        _by_root_d,
        _root_of_d_alone,
        _added_variances,
        _the_factor,
        _without_the_size,
        _without_the_keys,
        _without_the_queries,
        _added_deviations,
        _mean_variance,
        _sum_of_deviations,
        _variances_below,
        _half_the_variance,
        _root_of_the_last,
        _keys_outside_the_root,
        _one_less,
    ],
)

# --- the soft look-up -------------------------------------------------------------------------------------------------


def _look_ups(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    query = torch.tensor([[2, 0, 0, 0], [0, 2, 0, 0]], dtype=torch.double)
    key = torch.tensor([[1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]], dtype=torch.double)
    yield query, key, torch.tensor([[1], [2], [4]], dtype=torch.double)  # scores 0 and 1, to be read
    for queries, keys, dim, value_dim in ((3, 5, 4, 2), (4, 4, 4, 4), (1, 6, 9, 3), (2, 1, 5, 2)):
        yield _normal(rng, queries, dim), _normal(rng, keys, dim), _normal(rng, keys, value_dim)
    query, key, value = _normal(rng, 2, 3, 16), _normal(rng, 2, 7, 16), _normal(rng, 2, 7, 3)
    yield query, key, value  # a batch of two
    yield 300 * query, key, value  # large scores
    yield _normal(rng, 2, 3, 4, 5), _normal(rng, 2, 3, 6, 5), _normal(rng, 2, 3, 6, 2)  # a batch of heads
    yield _normal(rng, 1, 2, 4), _normal(rng, 1, 3, 4), _normal(rng, 1, 3, 2)  # a batch of one, to be read


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Scaled dot-product attention: (..., queries, dim), (..., keys, dim), (..., keys, value_dim)
    -> (..., queries, value_dim); the dots are any leading dimensions, or none"""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (..., queries, keys)
    return scores.softmax(-1) @ value


@mistake(
    "Your softmax runs over the queries. Each query shares out its own attention: every row over the *keys*, dim=-1."
)
def _wrong_axis(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(-2) @ value


@mistake("You scaled by dim, not by √dim: such scores are too small, and the attention nearly even.")
def _scaled_by_d(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / query.shape[-1]).softmax(-1) @ value


@mistake("The scores are not scaled: divide them by √dim before the softmax.")
def _not_scaled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1)).softmax(-1) @ value


@mistake("You multiplied by √dim. Dividing is what brings the variance back to 1.")
def _multiplied(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) * math.sqrt(query.shape[-1])).softmax(-1) @ value


@mistake("You took the root of the number of keys. It is the *dim* of the vectors that makes scores grow.")
def _root_of_keys(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(key.shape[-2])).softmax(-1) @ value


@mistake("`dim=1` is the axis of the keys in one look-up, and of the queries in a batch: count from the end, dim=-1.")
def _axis_from_the_front(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(1) @ value


@mistake("You took the root of the number of queries. What makes scores grow is their width, `query.shape[-1]`.")
def _root_of_queries(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-2])).softmax(-1) @ value


@mistake(
    "`len(query)` or `shape[0]` counts the queries of one look-up, and the texts of a batch. The width is `shape[-1]`."
)
def _root_of_length(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(len(query))).softmax(-1) @ value


@mistake(
    "`shape[1]` is the width of one look-up, and the number of queries in a batch: count from the end, `shape[-1]`."
)
def _root_from_the_front(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[1])).softmax(-1) @ value


@mistake("You took the root of the values' dim. The scores come from queries and keys: it is *their* dim that counts.")
def _root_of_value_dim(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(value.shape[-1])).softmax(-1) @ value


@mistake(
    "You divided after the softmax. The scores must shrink *before* it; afterwards the rows no longer add up to 1."
)
def _scaled_afterwards(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1)).softmax(-1) / math.sqrt(query.shape[-1]) @ value


@mistake("There is no softmax: the scores themselves are no weights, they can be negative and do not add up to 1.")
def _without_softmax(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1]) @ value


@mistake(
    "Right for small scores; exp of a large one is infinite, and ∞/∞ is NaN. `softmax` subtracts the largest first."
)
def _overflowing(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    exponentials = (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).exp()
    return exponentials / exponentials.sum(-1, keepdim=True) @ value


@mistake(
    "`.T` turns *all* axes around, so it fits one look-up and not a batch. Swap the last two: `transpose(-2, -1)`."
)
def _all_axes_turned(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    turned = key.permute(*range(key.ndim - 1, -1, -1))
    return (query @ turned / math.sqrt(query.shape[-1])).softmax(-1) @ value


@mistake(
    "`transpose(1, 2)` counts from the front: one look-up has axes 0 and 1 alone. The last two: `transpose(-2, -1)`."
)
def _transposed_from_the_front(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(1, 2) / math.sqrt(query.shape[-1])).softmax(-1) @ value


@mistake(
    "`reshape` and `view` keep the numbers in order: the columns are no keys then. Swap axes: `transpose(-2, -1)`."
)
def _reshaped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    turned = key.reshape(*key.shape[:-2], key.shape[-1], key.shape[-2])
    return (query @ turned / math.sqrt(query.shape[-1])).softmax(-1) @ value


@mistake("These are the weights. Mix the values with them: multiply by `value`.")
def _weights_alone(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(-1)


@mistake("`softmax` without `dim` chooses an axis by how many there are. Name it: the keys are the last, dim=-1.")
def _axis_left_out(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return F.softmax(query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])) @ value


@mistake("You mixed the keys. They are there to be found; what is handed out in these shares are the *values*.")
def _mixed_keys(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])).softmax(-1) @ key


@mistake("You always divide by 8. That is √dim for vectors of 64 numbers: take the width from `query.shape[-1]`.")
def _divided_by_eight(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / 8).softmax(-1) @ value


@mistake(
    "You divide by dim / 2, not by √dim. `** 1 / 2` takes the power 1, then the half: write `** 0.5` or `math.sqrt`."
)
def _divided_by_half(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / (query.shape[-1] / 2)).softmax(-1) @ value


@mistake("You divide by dim and by 2, not by √dim. A root is `math.sqrt` or `** 0.5`; `/ dim ** 1 / 2` divides twice.")
def _divided_twice(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / query.shape[-1] / 2).softmax(-1) @ value


@mistake(
    "You divided scores by their sum, but some are negative, and the sum may be near 0. A softmax takes exp first."
)
def _shares_without_exp(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    return scores / scores.sum(-1, keepdim=True) @ value


ATTEND = CodeExercise(
    id="attention.attend",
    title="Scaled dot-product attention",
    stars=2,
    minutes=10,
    task="Write attention in two or three lines, for any leading dimensions.",
    hints=[
        "Three steps: scores, weights, mixture. Write the shape beside each.",
        "`query @ key.transpose(-2, -1)` holds every dot product, (..., queries, keys), for batches too.",
        "Divide by √dim, take the softmax over the last axis, multiply with `value`.",
    ],
    solution=attend,
    reference=F.scaled_dot_product_attention,
    inputs=_look_ups,
    gradient=["query", "key", "value"],
    mistakes=[
        _wrong_axis,
        _scaled_by_d,
        _not_scaled,
        _multiplied,
        _axis_from_the_front,
        _root_of_keys,
        _root_of_queries,
        _root_of_length,
        _root_from_the_front,
        _root_of_value_dim,
        _scaled_afterwards,
        _without_softmax,
        _overflowing,
        _all_axes_turned,
        _transposed_from_the_front,
        _reshaped,
        _weights_alone,
        _axis_left_out,
        _mixed_keys,
        _divided_by_eight,
        _divided_by_half,
        _divided_twice,
        _shares_without_exp,
    ],
)

# --- an experiment: too warm ------------------------------------------------------------------------------------------

WARM_LIMIT = NumberExercise(
    id="attention.warm_limit",
    title="What is left at a high temperature",
    stars=1,
    minutes=5,
    task="Make the temperature of the trained model larger and larger. Which share of right answers does it approach?",
    hints=[
        "Try 10, 100 and 1,000. From some temperature on the share hardly moves any more.",
        "What are the six weights when all six scores are nearly 0?",
        "Six equal weights are an average of the six pairs. You have met a model that answers from an average.",
    ],
    solution=1 / 6,
    working="1 / 6",
    tolerance=0.025,
    mistakes=[
        wrong_number(1.0, "That is the share at temperature 1 and below. Raise it to 10, 100 and 1,000.", 0.004),
        wrong_number(
            0.98, "The share right is the first number printed, the largest weight the second. Go higher.", 0.015
        ),
        wrong_number(
            0.58, "The share falls farther than that. Go on to higher temperatures, until it hardly moves.", 0.385
        ),
        wrong_number(5 / 6, "That is how often a guess among six is *wrong*. Which share is right?", 0.001),
        wrong_number(
            0.1, "That is one of ten. The average still holds the six colours on the table: guess among those.", 0.002
        ),
        wrong_number(
            0.05, "That is one of twenty. The name is known; what is lost is which of six colours goes with it.", 0.002
        ),
        wrong_number(1 / 36, "That is 1/6 · 1/6. The name is known: only the colour is guessed, among six.", 0.001),
        wrong_number(1 / 720, "In 120 of the 720 ways the asked person holds the same colour: 120 / 720.", 0.0001),
        wrong_number(1 / 120, "A guess is right in 120 of all 720 ways. What share is that?", 0.0001),
        wrong_number(120, "Those are the ways in which one answer is right. What share of all 720 are they?"),
        wrong_number(
            0.0,
            "Equal weights are no weights of 0. The average still holds the right colour, beside five others, and a "
            "guess among six is right now and then.",
            0.0005,
        ),
        wrong_number(16.7, "That is in per cent. The share is wanted as a number between 0 and 1.", 2.5),
        wrong_number(333, "That is how many of the 2,000 scenes are right. Divide by 2,000.", 50),
        wrong_number(6, "That is how many colours are on the table. What share of guesses among them is right?"),
    ],
    remark="All six weights are equal then, and attention is the bag: it looks at nothing in particular.",
)

# --- weights under a mask ---------------------------------------------------------------------------------------------


def _scores_and_masks(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[2, 1, 3]], dtype=torch.double), torch.tensor([[True, True, False]])  # the simplest
    for shape in ((3, 4), (1, 5), (2, 3, 3)):
        mask = torch.from_numpy(rng.random(shape) < 0.6)
        mask[..., 0] = True
        yield _normal(rng, *shape), mask
    for centre, spread in ((0, 1_000_000), (-20_000, 1_000)):  # large scores
        yield centre + spread * _normal(rng, 3, 4), torch.tensor([[True, False, True, False]] * 3)
    yield _normal(rng, 2, 4), torch.tensor([[False, True, False, False], [True, True, True, True]])  # all but one
    yield _normal(rng, 3, 3), torch.tensor([[True, True, False], [False] * 3, [False, True, True]])  # a row of nothing
    far = torch.tensor([[True, True, False, True], [False, True, True, True]])
    yield -1e12 + 1e11 * _normal(rng, 2, 4), far  # allowed scores below any constant one may think of
    yield _normal(rng, 2, 4).masked_fill(~far, 1e12), far  # hidden scores that no subtraction brings down


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Weights (..., queries, keys): a softmax over the keys where mask is True, 0 elsewhere.

    scores (finite) and mask (boolean) have this shape, too. A row without any True becomes zeros, as its gradient does.
    """
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1)  # NaN in a row without any True
    return weights.masked_fill(~mask, 0.0)


@mistake(
    "A row without any True is NaN in yours: softmax subtracts the largest score first, and (−∞) − (−∞) is NaN. "
    "Replace such rows by zeros."
)
def _nan_rows(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, -math.inf).softmax(-1)


@mistake("Your mask is inverted: True marks what a query *may* look at.")
def _inverted(scores: Tensor, mask: Tensor) -> Tensor:
    return masked_softmax(scores, ~mask)


@mistake(
    "`masked_fill` fills where its mask is *True*. Ours is True where a query may look: fill where it is not, `~mask`."
)
def _filled_the_allowed(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(mask, -math.inf).softmax(-1)


@mistake("Hidden keys have the score 0 in yours, an ordinary one: they took a share, and the zeros then threw it away.")
def _zero_scores_then_zeros(scores: Tensor, mask: Tensor) -> Tensor:
    return (scores * mask).softmax(-1) * mask


@mistake("You masked after the softmax, so the hidden keys still took their share, and the rows no longer add up to 1.")
def _after_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.softmax(-1) * mask


@mistake("0 is an ordinary score: exp(0) = 1, so hidden keys still get weight. Only minus infinity gives exactly 0.")
def _zero_scores(scores: Tensor, mask: Tensor) -> Tensor:
    return (scores * mask).softmax(-1)


def _filled(constant: float, sentence: str) -> Mistake:
    return mistake(sentence)(lambda scores, mask: scores.masked_fill(~mask, constant).softmax(-1))


def _filled_then_zeros(constant: float, sentence: str) -> Mistake:
    return mistake(sentence)(lambda scores, mask: scores.masked_fill(~mask, constant).softmax(-1) * mask)


def _lowered(constant: float, sentence: str) -> Mistake:
    return mistake(sentence)(lambda scores, mask: (scores - constant * ~mask).softmax(-1))


def _lowered_then_zeros(constant: float, sentence: str) -> Mistake:
    return mistake(sentence)(lambda scores, mask: (scores - constant * ~mask).softmax(-1) * mask)


_CONSTANTS = [  # -10,000 stands for any constant about as large, -1e9 for the very large ones
    _filled(
        -1e4,
        "Your constant is not low enough: where the allowed scores are lower still, hidden keys take the weight. And a "
        "row of hidden keys alone gets equal weights.",
    ),
    _filled(
        -1e9,
        "A finite constant, however low, gives a row of hidden keys alone equal weights, and is no mask beside scores "
        "that are lower still. Fill in minus infinity, and replace rows without any True by zeros.",
    ),
    _filled_then_zeros(
        -1e4,
        "A row whose allowed scores are all very low comes out as zeros in yours: their exp was 0, or hidden keys with "
        "a finite score took the weight. Give hidden keys minus infinity, and leave exp to `softmax`.",
    ),
    _filled_then_zeros(
        -1e9,
        "Zeros afterwards mend a row that may look nowhere. But any finite constant is low beside ordinary scores "
        "alone: where the others are lower still, a hidden key takes the weight, and the zeros throw it away.",
    ),
    _lowered(
        1e4,
        "You take a constant off the hidden scores. One that is higher by more keeps its weight, and so do all in a "
        "row of hidden keys alone. Fill in minus infinity instead, and mend such rows.",
    ),
    _lowered(
        1e9,
        "However much you take off, a row of hidden keys alone keeps its differences, and with them its weights. Fill "
        "in minus infinity instead, and replace rows without any True by zeros.",
    ),
    _lowered_then_zeros(
        1e4,
        "A hidden score was so high in yours that its key kept the weight, and the zeros threw it away. Only minus "
        "infinity hides every score.",
    ),
    _lowered_then_zeros(
        1e9,
        "A hidden score may be higher than anything finite that you take off: then its key keeps the weight, and the "
        "zeros throw it away. Only minus infinity hides every score.",
    ),
]


@mistake(
    "The weights are right, the gradient is not: in a row without any True, adding −∞ gives NaN inside the softmax, "
    "and a sum hands the NaN on backwards. `masked_fill` does not: no gradient passes where it filled."
)
def _minus_infinity_added(scores: Tensor, mask: Tensor) -> Tensor:
    return (scores + torch.zeros_like(scores).masked_fill(~mask, -math.inf)).softmax(-1).nan_to_num(0.0)


@mistake("A row without any True gets equal weights in yours: it looks at exactly what it may not. It becomes zeros.")
def _lowest_finite(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)


@mistake("Your softmax runs over the queries. Every row is shared out over its keys: dim=-1.")
def _over_queries(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, -math.inf).softmax(-2).nan_to_num(0.0)


@mistake(
    "A large hidden score takes all the weight in yours, and once it is taken away, nothing is left for the others. "
    "Hide the scores before exp and softmax, with minus infinity."
)
def _shared_out_again(scores: Tensor, mask: Tensor) -> Tensor:
    kept = scores.softmax(-1) * mask
    return kept / kept.sum(-1, keepdim=True).clamp(min=1e-300)


@mistake(
    "Masking after exp or softmax and sharing out again divides 0 by 0 where a hidden large score took all, and where "
    "a row may look nowhere. Hide the scores *before* it."
)
def _shared_out_again_plainly(scores: Tensor, mask: Tensor) -> Tensor:
    kept = scores.softmax(-1) * mask
    return kept / kept.sum(-1, keepdim=True)


@mistake(
    "Right in exact numbers; but exp of a large score is infinite and of a very low one 0, and ∞/∞ and 0/0 are NaN. "
    "`softmax` subtracts the largest score first: fill in −∞ before it."
)
def _own_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    exponentials = scores.exp() * mask
    return exponentials / exponentials.sum(-1, keepdim=True)


@mistake(
    "exp of a large score is infinite, which gives NaN, and of very low ones 0, which gives a row of zeros. `softmax` "
    "subtracts the largest score first: fill in −∞ before it."
)
def _own_softmax_with_zeros(scores: Tensor, mask: Tensor) -> Tensor:
    exponentials = scores.exp().masked_fill(~mask, 0.0)
    total = exponentials.sum(-1, keepdim=True)
    return exponentials / total.masked_fill(total == 0, 1.0)


@mistake("You subtract the largest of *all* scores: rows far below it become zeros. Each row needs its own largest.")
def _largest_of_all(scores: Tensor, mask: Tensor) -> Tensor:
    hidden = scores.masked_fill(~mask, -math.inf)
    exponentials = (hidden - hidden.max()).exp()
    total = exponentials.sum(-1, keepdim=True)
    return exponentials / total.masked_fill(total == 0, 1.0)


@mistake("All rows share one softmax in yours. Each query has its own: every row adds up to 1.")
def _one_for_all(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask, -math.inf).flatten().softmax(0).reshape(scores.shape)


@mistake("Every row with a hidden key becomes zeros in yours. Only a row without *any* True does: `any`, not `all`.")
def _all_for_any(scores: Tensor, mask: Tensor) -> Tensor:
    return masked_softmax(scores, mask).masked_fill(~mask.all(-1, keepdim=True), 0.0)


def _row_by_row(scores: Tensor, mask: Tensor) -> Tensor:
    weights = torch.zeros_like(scores)
    for index in range(scores[..., 0].numel()):
        row, allowed = scores.reshape(-1, scores.shape[-1])[index], mask.reshape(-1, scores.shape[-1])[index]
        if allowed.any():
            weights.view(-1, scores.shape[-1])[index, allowed] = (row[allowed] - row[allowed].logsumexp(0)).exp()
    return weights


MASKED_SOFTMAX = CodeExercise(
    id="attention.masked_softmax",
    title="No weight where none may look",
    stars=2,
    minutes=10,
    task="Turn scores into weights under a mask. Large scores and a row that may look nowhere must survive.",
    hints=[
        "Which score gets the weight 0 in a softmax, whatever the other scores are?",
        "`scores.masked_fill(~mask, -math.inf)` does it before the softmax. Then look at a row without any True.",
        "Such a row comes out as NaN; all of its places are masked, so a second `masked_fill(~mask, 0.0)` mends it.",
    ],
    solution=masked_softmax,
    reference=_row_by_row,
    inputs=_scores_and_masks,
    gradient=["scores"],
    mistakes=[
        _nan_rows,
        _inverted,
        _filled_the_allowed,
        _after_softmax,
        _zero_scores,
        _zero_scores_then_zeros,
        *_CONSTANTS,
        _minus_infinity_added,
        _lowest_finite,
        _over_queries,
        _shared_out_again,
        _shared_out_again_plainly,
        _own_softmax,
        _own_softmax_with_zeros,
        _largest_of_all,
        _one_for_all,
        _all_for_any,
    ],
    remark="You may wonder about *adding* −∞ instead of filling it in: the same weights, but see its gradient below.",
)

# --- past and padding together ----------------------------------------------------------------------------------------


def _attention_masks(rng: Generator) -> Iterator[tuple[Tensor]]:
    yield (torch.tensor([[1, 1, 0], [1, 1, 1]]),)  # the simplest: every axis counts
    for shape in ((3, 5), (1, 7), (2, 6)):
        real = torch.from_numpy(rng.integers(1, shape[1] + 1, size=(shape[0], 1)))
        place = torch.arange(shape[1])
        yield ((place < real).long(),)  # padding behind
        yield ((place >= shape[1] - real).long(),)  # padding in front
    yield (torch.tensor([[0, 0, 1, 1], [1, 1, 1, 0]]),)
    yield (torch.ones(7, 1, dtype=torch.long),)  # one token each


def decoder_mask(attention_mask: Tensor) -> Tensor:
    """Who may look where, (batch, queries, keys) of booleans: not at later tokens, and never at padding.

    attention_mask (batch, tokens) of integers: 1 for a real token, 0 for padding, which may stand in front or behind.
    Only keys are hidden: the row of a padding token shows the real tokens before it.
    """
    n_tokens = attention_mask.shape[1]
    past = torch.ones(n_tokens, n_tokens, dtype=torch.bool).tril()  # (queries, keys)
    return past & (attention_mask == 1)[:, None, :]  # (batch, queries, keys)


def _triangle(attention_mask: Tensor) -> Tensor:
    return torch.ones(attention_mask.shape[1], attention_mask.shape[1], dtype=torch.bool).tril()


@mistake("Your padding hides *queries*, the rows. It is the keys that nobody may look at: `[:, None, :]`.")
def _padding_over_queries(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask) & (attention_mask == 1)[:, :, None]


@mistake("You hid the padding as queries *and* as keys. What padding looks at is used by nobody: hide the keys alone.")
def _padding_over_both(attention_mask: Tensor) -> Tensor:
    real = attention_mask == 1
    return _triangle(attention_mask) & real[:, :, None] & real[:, None, :]


@mistake("Your mask is inverted: True marks what may be looked at.")
def _decoder_inverted(attention_mask: Tensor) -> Tensor:
    return ~decoder_mask(attention_mask)


@mistake(
    "Your triangle is the wrong one: token 0 may look at all, the last at itself alone. Use the lower one, `tril`."
)
def _upper_triangle(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask).T & (attention_mask == 1)[:, None, :]


@mistake("No token may look at itself in yours, and the first one at nothing. The diagonal belongs to the past.")
def _without_itself(attention_mask: Tensor) -> Tensor:
    return decoder_mask(attention_mask).tril(-1)


@mistake("Two masks are joined by *and*. With `|` one of the two permissions is enough.")
def _joined_by_or(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask) | (attention_mask == 1)[:, None, :]


@mistake("The padding is not hidden: every text of the batch gets the same triangle in yours.")
def _only_causal(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask).repeat(len(attention_mask), 1, 1)


@mistake("The padding is not hidden: the triangle says nothing of it. The result has one table for each text.")
def _triangle_alone(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask)


@mistake(
    "(batch, tokens) is laid over (queries, keys), the last axes first, so texts are taken for queries. "
    "Give the padding an axis for the queries: `[:, None, :]`."
)
def _without_an_axis(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask) & (attention_mask == 1)


@mistake("The future is not hidden: only the padding is.")
def _only_padding(attention_mask: Tensor) -> Tensor:
    return (attention_mask == 1)[:, None, :].repeat(1, attention_mask.shape[1], 1)


@mistake("Each token sees the next one, too. The triangle ends on its diagonal, where a token looks at itself.")
def _one_ahead(attention_mask: Tensor) -> Tensor:
    n_tokens = attention_mask.shape[1]
    return torch.ones(n_tokens, n_tokens, dtype=torch.bool).tril(1) & (attention_mask == 1)[:, None, :]


@mistake("Your triangle shows the future alone: `triu(1)` is what must be hidden. Turn it round, or use `tril`.")
def _future_alone(attention_mask: Tensor) -> Tensor:
    return ~_triangle(attention_mask) & (attention_mask == 1)[:, None, :]


@mistake("You show the padding and hide the real tokens. 1 marks a real one, which may be looked at.")
def _padding_shown(attention_mask: Tensor) -> Tensor:
    return _triangle(attention_mask) & (attention_mask == 0)[:, None, :]


@mistake("You counted the real tokens and took them to stand first. Padding may stand in front: ask at each place.")
def _padding_behind(attention_mask: Tensor) -> Tensor:
    real = torch.arange(attention_mask.shape[1]) < attention_mask.sum(1, keepdim=True)
    return _triangle(attention_mask) & real[:, None, :]


@mistake("You counted the padding and took it to stand in front. It may stand behind, too: ask at each place.")
def _padding_in_front(attention_mask: Tensor) -> Tensor:
    real = torch.arange(attention_mask.shape[1]) >= (attention_mask == 0).sum(1, keepdim=True)
    return _triangle(attention_mask) & real[:, None, :]


@mistake("In yours padding may look at itself. Nobody looks at padding, so its place on the diagonal is False.")
def _with_the_diagonal(attention_mask: Tensor) -> Tensor:
    return decoder_mask(attention_mask) | torch.eye(attention_mask.shape[1], dtype=torch.bool)


@mistake("There is one axis too many, as for heads. (batch, queries, keys) needs a single new one: `[:, None, :]`.")
def _axis_for_heads(attention_mask: Tensor) -> Tensor:
    return decoder_mask(attention_mask)[:, None]


@mistake(
    "Your 0 and 1 stand at the right places, but are numbers. `~` and `masked_fill` need booleans: compare with 1."
)
def _numbers(attention_mask: Tensor) -> Tensor:
    return decoder_mask(attention_mask).long()


@mistake("0 and −∞ are made to be *added* to scores. Asked for are booleans, True where a query may look.")
def _to_be_added(attention_mask: Tensor) -> Tensor:
    allowed = decoder_mask(attention_mask)
    return torch.zeros(allowed.shape).masked_fill(~allowed, -math.inf)


def _by_loops(attention_mask: Tensor) -> Tensor:
    n_tokens = attention_mask.shape[1]
    rows = [
        [[key <= query and text[key] == 1 for key in range(n_tokens)] for query in range(n_tokens)]
        for text in attention_mask.tolist()
    ]
    return torch.tensor(rows)


DECODER_MASK = CodeExercise(
    id="attention.decoder_mask",
    title="Neither the future nor the padding",
    stars=2,
    minutes=10,
    task="Build the mask of a text generator: two conditions at once, for a batch of padded texts.",
    hints=[
        "Write the two conditions for one text, one query and one key, with < and <=.",
        "The past is a triangle, `torch.ones(n, n, dtype=torch.bool).tril()`; real tokens are `attention_mask == 1`.",
        "Give the second one an axis for the queries, `[:, None, :]`, and join with `&`.",
    ],
    solution=decoder_mask,
    reference=_by_loops,
    inputs=_attention_masks,
    mistakes=[
        _padding_over_queries,
        _padding_over_both,
        _decoder_inverted,
        _upper_triangle,
        _without_itself,
        _joined_by_or,
        _only_causal,
        _triangle_alone,
        _without_an_axis,
        _only_padding,
        _one_ahead,
        _future_alone,
        _padding_shown,
        _padding_behind,
        _padding_in_front,
        _with_the_diagonal,
        _axis_for_heads,
        _numbers,
        _to_be_added,
    ],
)

# --- heads ------------------------------------------------------------------------------------------------------------


def _vectors_and_heads(rng: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.arange(12, dtype=torch.double).reshape(1, 2, 6), 3  # two tokens of six numbers, to be read
    for batch, tokens, n_heads, head_dim in ((2, 5, 3, 2), (1, 4, 4, 2), (3, 1, 2, 3), (2, 3, 3, 3), (2, 4, 1, 6)):
        yield _normal(rng, batch, tokens, n_heads * head_dim), n_heads


def split_heads(vectors: Tensor, n_heads: int) -> Tensor:
    """(batch, tokens, hidden_size) -> (batch, heads, tokens, hidden_size / heads), a whole number.

    Head 0 gets the first numbers of every token, head 1 the next ones, and so on.
    """
    batch, tokens, hidden_size = vectors.shape
    return vectors.reshape(batch, tokens, n_heads, hidden_size // n_heads).transpose(1, 2)


@mistake(
    "`view` or `reshape` alone puts numbers of different tokens into one head. First part dim, then swap the axes."
)
def _tokens_mixed(vectors: Tensor, n_heads: int) -> Tensor:
    batch, tokens, hidden_size = vectors.shape
    return vectors.reshape(batch, n_heads, tokens, hidden_size // n_heads)


@mistake("Heads and tokens are still in the wrong order: swap axes 1 and 2, so that each head sees all tokens.")
def _not_swapped(vectors: Tensor, n_heads: int) -> Tensor:
    batch, tokens, hidden_size = vectors.shape
    return vectors.reshape(batch, tokens, n_heads, hidden_size // n_heads)


@mistake("You dealt the numbers out in turn. A head gets *neighbouring* numbers: reshape to (n_heads, head_dim).")
def _dealt_out(vectors: Tensor, n_heads: int) -> Tensor:
    batch, tokens, hidden_size = vectors.shape
    return vectors.reshape(batch, tokens, hidden_size // n_heads, n_heads).permute(0, 3, 1, 2)


@mistake(
    "head_dim and n_heads have changed places: a piece is hidden_size / n_heads wide, and there are n_heads of them."
)
def _sizes_swapped(vectors: Tensor, n_heads: int) -> Tensor:
    return torch.stack(vectors.split(n_heads, -1), 1)


@mistake(
    "head_dim and n_heads have changed places: reshape to (batch, tokens, n_heads, -1). Then swap axes 1 and 2, so "
    "that each head sees all tokens."
)
def _sizes_swapped_alone(vectors: Tensor, n_heads: int) -> Tensor:
    return vectors.reshape(*vectors.shape[:2], -1, n_heads)


@mistake("The last two axes are swapped: each head holds (tokens, head_dim).")
def _head_transposed(vectors: Tensor, n_heads: int) -> Tensor:
    return split_heads(vectors, n_heads).transpose(2, 3)


@mistake("The heads come before the batch in yours. The batch stays the first axis, and the heads are the second.")
def _heads_first(vectors: Tensor, n_heads: int) -> Tensor:
    return split_heads(vectors, n_heads).transpose(0, 1)


@mistake("You transposed before you cut the vectors: then numbers of several tokens are neighbours. First reshape.")
def _transposed_first(vectors: Tensor, n_heads: int) -> Tensor:
    batch, tokens, hidden_size = vectors.shape
    return vectors.transpose(1, 2).reshape(batch, n_heads, tokens, hidden_size // n_heads)


@mistake("Batch and heads are one axis in yours, (batch · heads, tokens, head_dim). Here they stay apart.")
def _batch_and_heads_in_one(vectors: Tensor, n_heads: int) -> Tensor:
    return split_heads(vectors, n_heads).flatten(0, 1)


@mistake("The heads stand in reverse order: head 0 gets the first numbers.")
def _in_reverse(vectors: Tensor, n_heads: int) -> Tensor:
    return split_heads(vectors, n_heads).flip(1)


@mistake("Every head has the whole vector in yours. Share it out: each head gets hidden_size / n_heads of the numbers.")
def _whole_vectors(vectors: Tensor, n_heads: int) -> Tensor:
    return torch.stack([vectors] * n_heads, 1)


@mistake("All heads have the same numbers, the first ones. Head 1 goes on where head 0 ends.")
def _the_same_piece(vectors: Tensor, n_heads: int) -> Tensor:
    return torch.stack([vectors[..., : vectors.shape[-1] // n_heads]] * n_heads, 1)


@mistake("Your pieces overlap: each starts one number behind the last. They start head_dim numbers apart.")
def _overlapping(vectors: Tensor, n_heads: int) -> Tensor:
    size = vectors.shape[-1] // n_heads
    return torch.stack([vectors[..., head : head + size] for head in range(n_heads)], 1)


@mistake("The last number of each head is missing. The end of a slice is not part of it, so nothing is taken off.")
def _last_numbers_missing(vectors: Tensor, n_heads: int) -> Tensor:
    return split_heads(vectors, n_heads)[..., :-1]


@mistake("`squeeze` drops every axis of size 1, and a batch of one text or a single head is one, too. Leave it out.")
def _squeezed(vectors: Tensor, n_heads: int) -> Tensor:
    return split_heads(vectors, n_heads).squeeze()


def _chunked(vectors: Tensor, n_heads: int) -> Tensor:
    return torch.stack(vectors.chunk(n_heads, dim=-1), dim=1)


SPLIT_HEADS = CodeExercise(
    id="attention.split_heads",
    title="From one vector to many heads",
    stars=2,
    minutes=10,
    task="Share the numbers of every token out to the heads.",
    hints=[
        "The last axis, hidden_size, falls into n_heads pieces of neighbouring numbers. Do that first.",
        "`vectors.reshape(batch, tokens, n_heads, -1)` has all the axes, two of them in the wrong order.",
        "`.transpose(1, 2)` swaps tokens and heads.",
    ],
    solution=split_heads,
    reference=_chunked,
    inputs=_vectors_and_heads,
    gradient=["vectors"],
    may_share=True,
    mistakes=[
        _tokens_mixed,
        _not_swapped,
        _dealt_out,
        _sizes_swapped,
        _sizes_swapped_alone,
        _head_transposed,
        _heads_first,
        _transposed_first,
        _batch_and_heads_in_one,
        _in_reverse,
        _whole_vectors,
        _the_same_piece,
        _overlapping,
        _last_numbers_missing,
        _squeezed,
    ],
)

# --- what it costs ----------------------------------------------------------------------------------------------------

CROSSOVER = NumberExercise(
    id="attention.crossover",
    title="Where the square overtakes",
    stars=2,
    minutes=5,
    task="Hidden size 384: at how many tokens do scores and mixing take as many operations as the four maps?",
    hints=[
        "Operations of one product (a, b) @ (b, c): 2abc. Each map is (n, h) @ (h, h).",
        "Scores are (n, h) @ (h, n), over all heads together; the mixing is (n, n) @ (n, h).",
        "8 n h² = 4 n² h.",
    ],
    solution=768,
    working="(4 * 2 * 384**2) / (2 * 2 * 384)",
    mistakes=[
        wrong_number(384, "That is n = h. There are four maps of n h², and only two products of n² h."),
        wrong_number(
            1536,
            "That is n = 4 h, as for one product of n² h. There are two that cost the same: scores and mixing.",
        ),
        wrong_number(576, "You left out the fourth map, the output map behind the heads."),
        wrong_number(1152, "That is n = 3 h, as for three maps and one product: there are four, and two products."),
        wrong_number(64, "The heads do not matter: 12 heads of 32 numbers take as many operations as one of 384."),
        wrong_number(2304, "That counts the feed-forward part of a whole layer too: right for it, but not asked here."),
        wrong_number(
            192, "That is n = h / 2: a fraction upside down, or one map alone. There are four, and two products."
        ),
        wrong_number(
            3072, "That is n = 8 h, as if n² h were all. Scores and mixing are two products, each with the 2 of 2abc."
        ),
        wrong_number(
            9216,
            "That is n = 24 h. Count the four maps alone, and both products for all heads together.",
        ),
        wrong_number(
            294912, "That is n = 2 h². Each of the n² scores is a sum of h products: the width counts on both sides."
        ),
        wrong_number(
            147456, "That is n = h². Each of the n² scores is a sum of h products: h² falls to h when you divide."
        ),
        wrong_number(
            589824,
            "That is 4 h², the multiplications of the maps for one token. Asked for is a number of tokens.",
        ),
        wrong_number(2, "You divided by h once too often: h² stands on one side, h on the other, so one h is left."),
        wrong_number(
            27.7128, "There is no root to take: n² stands on one side and n on the other, so one n is left.", 0.05
        ),
        wrong_number(
            769,
            "Close. Asked for is where both take equally many, not the first number behind it, or the last before.",
            2,
        ),
    ],
    remark="8nh² = 4n²h at n = 2h, whatever the number of heads.",
)

# --- three questions --------------------------------------------------------------------------------------------------

QUIZ_SHIFT = Quiz(
    id="attention.quiz_shift",
    title="The same vector on every key",
    task="You add one and the same vector c to all keys, before the dot products. What happens to the weights?",
    hints=["What does it add to the score of query q with each key?", "q · c, the same for all keys of this query."],
    options=[
        wrong("All queries now look at the key nearest to c.", "Every key moved by c; none of them gains on another."),
        right("Nothing.", "Each row of scores rises by the number q · c, and a softmax ignores a common shift."),
        wrong("They become more even.", "Evenness depends on the differences of scores, and none of them changed."),
        wrong("They change unless c is short.", "The length of c is no matter: q · c is the same for every key of q."),
    ],
    remark="This is why a key bias learns nothing, where the key goes into the dot product as it is.",
)

QUIZ_COUNT = Quiz(
    id="attention.quiz_count",
    title="One vote or a hundred",
    task="One attention layer, no positions, no special tokens. Can its output tell “yes” from “yes yes yes yes”?",
    hints=[
        "What are the weights when all keys are the same?",
        "They add up to 1. What is the mixture of equal values?",
    ],
    options=[
        wrong("Yes: four tokens give four times the value.", "The weights are ¼ each: four quarters of one value."),
        wrong("Yes, if it has enough heads.", "Every head gives a weighted average of equal values: that value."),
        right("No: an average of equal values is that value.", "Weights add up to 1: attention averages, not counts."),
        wrong("Only with a causal mask.", "Then each token averages over fewer equal values, with the same result."),
    ],
    remark="With another token beside them, such as [CLS], it can: the share of that token falls.",
)

QUIZ_QUADRATIC = Quiz(
    id="attention.quiz_quadratic",
    title="Sixteen times?",
    task="A whole layer of hidden size 384, feed-forward part included: texts of 64 tokens become texts of 256. "
    "How much more to compute for one?",
    hints=[
        "24 n h² + 4 n² h operations for one text, feed-forward included.",
        "Divide both by nh. At n = 64 that leaves 24 · 384 = 9,216 and 4 · 64 = 256.",
    ],
    options=[
        wrong("16 times as much: attention is quadratic.", "Only 3 % of the operations are quadratic at 64 tokens."),
        right("4.3 times as much.", "(24 h + 4 · 256) / (24 h + 4 · 64) × 4 = 4.3: nearly linear still."),
        wrong("4 times as much: only the linear maps count.", "Nearly. The quadratic part grew from 3 % to 10 %."),
        wrong(
            "8 times as much: half linear, half quadratic.", "The halves meet at n = 6 h = 2,304 tokens, far from here."
        ),
    ],
)
