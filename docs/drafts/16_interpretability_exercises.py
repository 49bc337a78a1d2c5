"""The exercises of notebook 16, interpretability: in PyTorch and plain Python."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- a Shapley value by hand ------------------------------------------------------------------------------------------

# not, bad, film -> evidence for praise
VALUES = {"": 0, "n": -1, "b": -2, "f": 0, "nb": 1, "nf": -1, "bf": -2, "nbf": 1}


def _value(words: Sequence[str]) -> int:
    return VALUES["".join(letter for letter in "nbf" if letter in words)]


def _shapley(player: str) -> float:
    gains = []
    for order in itertools.permutations("nbf"):
        before = order[: order.index(player)]
        gains.append(_value([*before, player]) - _value(before))
    return sum(gains) / len(gains)


SHARE = _shapley("n")  # 1.0

SHARE_OF_NOT = NumberExercise(
    id="interpretability.share_of_not",
    title="Three shares",
    stars=1,
    minutes=6,
    task=(
        "The evidence for praise is 0 with nothing or with film alone, −1 with not or not film, −2 with bad or bad "
        "film, 1 with not bad or not bad film. What is the Shapley value of not?"
    ),
    hints=[
        "There are six orders of three words. What does not bring in each, when it comes?",
        "Where bad has come before, not brings 1 − (−2) = 3. Where it has not, not brings −1.",
        "Bad comes before not in three of the six orders.",
    ],
    solution=SHARE,
    working="(3 * 3 + 3 * (-1)) / 6",
    tolerance=0.01,
    mistakes=[
        wrong_number(-1.0, "That is what not brings when it comes first. Take the mean over all orders."),
        wrong_number(3.0, "That is what not brings where bad is there. In half of the orders bad comes later."),
        wrong_number(2.0, "You added 3 and −1. Take their mean: each happens in half of the orders."),
        wrong_number(6.0, "That is the sum over the six orders. The mean is asked for."),
        wrong_number(0.0, "That is the value of film, which never changes anything."),
        wrong_number(
            5 / 3, "You gave every subset the same weight, or left one order out. Three of six orders have bad first."
        ),
        wrong_number(1 / 3, "You divided 1 by the number of words. What not brings differs from order to order."),
        wrong_number(0.5, "That is half of it. The mean of 3 and −1 is (3 − 1) / 2."),
        wrong_number(12.0, "You added up only where it brings 3, or forgot to divide by six."),
    ],
    remark="Bad has 0 and film has 0, so the three add up to the evidence of the whole, 1.",
)

# --- integrated gradients ---------------------------------------------------------------------------------------------

Score = Callable[[Tensor], Tensor]


def _scores(rng: Generator) -> Iterator[tuple[Score, Tensor, Tensor, int]]:
    ramp = torch.tensor([2.0, 0.5], dtype=torch.double)
    yield (lambda x: x.clamp(max=1).sum()), ramp, torch.zeros(2, dtype=torch.double), 4
    for d, steps in ((3, 1), (4, 5), (5, 8)):
        weight, other = _normal(rng, d), _normal(rng, d)

        def curved(x: Tensor, weight: Tensor = weight, other: Tensor = other) -> Tensor:
            return torch.tanh(x @ weight) + (x**3 * other).sum()

        yield curved, _normal(rng, d), _normal(rng, d), steps


def integrated_gradients(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    """A share for each number of x (d,), from a base (d,): the mean gradient on the way, times x − base.

    The way is cut into equal pieces, and the gradient is taken in the middle of each. `score` takes a tensor (d,) and
    gives a tensor of one number; `torch.autograd.grad(score(point), point)[0]` is its gradient at a point that asks
    for one.
    """
    total = torch.zeros_like(x)
    for step in range(steps):
        point = (base + (step + 0.5) / steps * (x - base)).detach().requires_grad_()
        total = total + torch.autograd.grad(score(point), point)[0]
    return total / steps * (x - base)


def _slope(score: Score, point: Tensor) -> Tensor:
    point = point.detach().requires_grad_()
    return torch.autograd.grad(score(point), point)[0]


def _mean_slope(score: Score, x: Tensor, base: Tensor, shares: Sequence[float]) -> Tensor:
    return torch.stack([_slope(score, base + share * (x - base)) for share in shares]).mean(0)


@mistake("The mean gradient is right. Multiply it with x − base.")
def _without_the_way(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _mean_slope(score, x, base, [(k + 0.5) / steps for k in range(steps)])


@mistake("You multiplied with x. The way is x − base.")
def _times_input(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _mean_slope(score, x, base, [(k + 0.5) / steps for k in range(steps)]) * x


@mistake("Your points are the left ends of the pieces. Take their middles: (k + ½) / steps.")
def _left_ends(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _mean_slope(score, x, base, [k / steps for k in range(steps)]) * (x - base)


@mistake("Your points are the right ends of the pieces. Take their middles: (k + ½) / steps.")
def _right_ends(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _mean_slope(score, x, base, [(k + 1) / steps for k in range(steps)]) * (x - base)


@mistake("Your points are both ends and evenly between. Take the middles of the pieces.")
def _both_ends(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _mean_slope(score, x, base, np.linspace(0, 1, max(steps, 2)).tolist()) * (x - base)


@mistake("That is the gradient at x alone. Take the mean over the way from the base.")
def _at_the_end(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _slope(score, x) * (x - base)


@mistake("That is gradient × input. Take the mean gradient over the way, times x − base.")
def _gradient_times_input(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return _slope(score, x) * x


@mistake("You added the gradients up. Their mean is due: divide by the number of steps.")
def _not_divided(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return integrated_gradients(score, x, base, steps) * steps


@mistake("Your points do not begin at the base: base + share · (x − base).")
def _from_zero(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    shares = [(k + 0.5) / steps for k in range(steps)]
    return torch.stack([_slope(score, share * x) for share in shares]).mean(0) * (x - base)


@mistake("The sign is the other way round: x − base.")
def _backwards(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return -integrated_gradients(score, x, base, steps)


@mistake("The shares are added up. Return one for each number of x.")
def _summed(score: Score, x: Tensor, base: Tensor, steps: int) -> Tensor:
    return integrated_gradients(score, x, base, steps).sum()


def _at_once(score: Score, x: Tensor, base: Tensor, steps: int) -> list[float]:
    points = [base + (2 * k + 1) / (2 * steps) * (x - base) for k in range(steps)]
    slopes = [_slope(score, point) for point in points]
    return [sum(s[i].item() for s in slopes) / steps * (x[i] - base[i]).item() for i in range(len(x))]


INTEGRATED_GRADIENTS = CodeExercise(
    id="interpretability.integrated_gradients",
    title="Integrated gradients",
    stars=2,
    minutes=12,
    task="Write integrated gradients for any score.",
    hints=[
        "With four steps the points lie at 1/8, 3/8, 5/8 and 7/8 of the way.",
        "`point = (base + share * (x - base)).detach().requires_grad_()`, then `torch.autograd.grad(score(point), point)[0]`.",  # noqa: E501
        "The mean of these gradients, times (x − base), number by number.",
    ],
    solution=integrated_gradients,
    reference=_at_once,
    inputs=_scores,
    mistakes=[
        _without_the_way, _times_input, _left_ends, _right_ends, _both_ends, _at_the_end, _gradient_times_input,
        _not_divided, _from_zero, _backwards, _summed,
    ],
)  # fmt: skip

# --- a deletion curve -------------------------------------------------------------------------------------------------

Probability = Callable[[list[str]], float]


def _answers(rng: Generator) -> Iterator[tuple[Probability, list[str], list[float], str]]:
    yield (lambda words: {0: 0.9, 1: 0.3, 2: 0.2, 3: 0.1}[words.count("-")]), ["a", "b", "c"], [2.0, 3.0, 1.0], "-"
    for n in (1, 4, 6):
        words = [f"w{i}" for i in range(n)]
        weights = dict(zip(words, rng.normal(size=n).tolist(), strict=True))

        def probability(given: list[str], weights: dict[str, float] = weights) -> float:
            total = sum(weights.get(word, 0.1 * place) for place, word in enumerate(given))
            return float(1 / (1 + np.exp(-total)))

        yield probability, words, rng.normal(size=n).tolist(), "[MASK]"


def deletion_area(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    """The mean height of a deletion curve, a number from 0 to 1.

    `probability(list of tokens)` is that of the answer. `tokens` are n words, `scores` n numbers, all different. Mask
    the word with the largest score first, then the next as well, until all n are masked: n + 1 probabilities. Between
    neighbours the curve is a straight line, and each of the n pieces is equally wide.
    """
    left = list(tokens)
    heights = [probability(left)]
    for place in sorted(range(len(tokens)), key=lambda i: -scores[i]):
        left[place] = mask
        heights.append(probability(left))
    return sum((a + b) / 2 for a, b in itertools.pairwise(heights)) / len(tokens)


def _heights(probability: Probability, tokens: list[str], order: Sequence[int], mask: str) -> list[float]:
    left = list(tokens)
    heights = [probability(left)]
    for place in order:
        left[place] = mask
        heights.append(probability(left))
    return heights


def _area(heights: Sequence[float]) -> float:
    return sum((a + b) / 2 for a, b in itertools.pairwise(heights)) / (len(heights) - 1)


def _falling(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda i: -scores[i])


@mistake("You masked the word with the smallest score first. The largest comes first.")
def _rising(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    return _area(_heights(probability, tokens, _falling(scores)[::-1], mask))


@mistake("You masked by the size of the score. A large negative score speaks against the answer, and comes last.")
def _by_size(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    return _area(_heights(probability, tokens, _falling([abs(score) for score in scores]), mask))


@mistake("Each step masks one word alone, and brings the one before back. They stay masked.")
def _one_at_a_time(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    heights = [probability(list(tokens))]
    for place in _falling(scores):
        heights.append(probability([mask if i == place else token for i, token in enumerate(tokens)]))
    return _area(heights)


@mistake("That is the mean of the n + 1 probabilities. The two ends count half, for the curve has n pieces.")
def _plain_mean(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    heights = _heights(probability, tokens, _falling(scores), mask)
    return sum(heights) / len(heights)


@mistake("The curve begins with no word masked: that probability is missing.")
def _without_start(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    heights = _heights(probability, tokens, _falling(scores), mask)[1:]
    return sum(heights) / len(heights)


@mistake("You removed the words. Put the mask in their places.")
def _removed(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    order, heights = _falling(scores), [probability(list(tokens))]
    for k in range(1, len(tokens) + 1):
        heights.append(probability([token for i, token in enumerate(tokens) if i not in order[:k]]))
    return _area(heights)


@mistake("You went from left to right. The order is that of the scores.")
def _in_order(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    return _area(_heights(probability, tokens, range(len(tokens)), mask))


@mistake("You did not divide by the number of pieces: the mean height is asked for.")
def _sum_of_pieces(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    return _area(_heights(probability, tokens, _falling(scores), mask)) * len(tokens)


@mistake("That is how far the curve falls on average. Its mean height is asked for.")
def _drop(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    heights = _heights(probability, tokens, _falling(scores), mask)
    return heights[0] - _area(heights)


@mistake("That is the whole curve. Its mean height, one number, is asked for.")
def _curve_itself(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> list[float]:
    return _heights(probability, tokens, _falling(scores), mask)


def _by_numpy(probability: Probability, tokens: list[str], scores: list[float], mask: str) -> float:
    order = np.argsort(-np.asarray(scores))
    rank = np.argsort(order)
    heights = [probability([mask if rank[i] < k else t for i, t in enumerate(tokens)]) for k in range(len(tokens) + 1)]
    return float(np.trapezoid(heights, np.linspace(0, 1, len(heights))))


DELETION_AREA = CodeExercise(
    id="interpretability.deletion_area",
    title="A deletion curve",
    stars=2,
    minutes=10,
    task="Write the mean height of a deletion curve.",
    hints=[
        "In the example of the text the heights are 0.9, 0.3, 0.2 and 0.1. The three pieces have 0.6, 0.25 and 0.15.",
        "`sorted(range(n), key=lambda i: -scores[i])` gives the places, the largest score first.",
        "Mask one place more in each step and note the probability; then take the mean of (a + b) / 2 over neighbours.",
    ],
    solution=deletion_area,
    reference=_by_numpy,
    inputs=_answers,
    mistakes=[
        _rising, _by_size, _one_at_a_time, _plain_mean, _without_start, _removed, _in_order, _sum_of_pieces, _drop,
        _curve_itself,
    ],
)  # fmt: skip

# --- erasing ----------------------------------------------------------------------------------------------------------


def _labelled(rng: Generator) -> Iterator[tuple[Tensor, Tensor]]:
    yield torch.tensor([[0.0, 0.0], [2.0, 1.0], [0.0, 1.0], [2.0, 3.0]], dtype=torch.double), torch.tensor([0, 1, 0, 1])
    for n, d in ((12, 2), (20, 3), (30, 5)):
        labels = torch.from_numpy((rng.random(n) < 0.4).astype(int))
        labels[:2] = torch.tensor([0, 1])
        yield _normal(rng, n, d) @ _normal(rng, d, d) + labels[:, None] * _normal(rng, d) + 1, labels


def erase(vectors: Tensor, labels: Tensor) -> Tensor:
    """Vectors (n, d) without what a line reads of the labels (n,), which are 0 and 1: (n, d).

    With μ the mean of the vectors, Σ the mean of (x − μ)(x − μ)ᵀ, and σ the mean of (x − μ)(y − mean of y):
    x − σ · (σᵀ Σ⁻¹ (x − μ)) / (σᵀ Σ⁻¹ σ). Σ can be inverted.
    """
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - ((centred @ reads) / (reads @ sigma))[:, None] * sigma


def _parts(vectors: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    return centred, sigma, torch.linalg.solve(centred.T @ centred / len(y), sigma)


@mistake("You projected σ out. That removes what lies along σ, but the best line reads along Σ⁻¹σ.")
def _along_sigma(vectors: Tensor, labels: Tensor) -> Tensor:
    centred, sigma, _ = _parts(vectors, labels)
    return vectors - ((centred @ sigma) / (sigma @ sigma))[:, None] * sigma


@mistake("You moved the points along Σ⁻¹σ. What is read is along that; what is taken off lies along σ.")
def _along_reads(vectors: Tensor, labels: Tensor) -> Tensor:
    centred, _, reads = _parts(vectors, labels)
    return vectors - ((centred @ reads) / (reads @ reads))[:, None] * reads


@mistake("The mean is not taken off before reading: σᵀ Σ⁻¹ (x − μ).")
def _not_centred(vectors: Tensor, labels: Tensor) -> Tensor:
    _, sigma, reads = _parts(vectors, labels)
    return vectors - ((vectors @ reads) / (reads @ sigma))[:, None] * sigma


@mistake("The mean is gone from the result. It is taken off for reading only; what is changed is x.")
def _centred_result(vectors: Tensor, labels: Tensor) -> Tensor:
    return erase(vectors, labels) - vectors.mean(0)


@mistake("You did not divide by σᵀ Σ⁻¹ σ.")
def _not_scaled(vectors: Tensor, labels: Tensor) -> Tensor:
    centred, sigma, reads = _parts(vectors, labels)
    return vectors - (centred @ reads)[:, None] * sigma


@mistake("The sign is the other way round: the part that is read is taken off, not added.")
def _added(vectors: Tensor, labels: Tensor) -> Tensor:
    return 2 * vectors - erase(vectors, labels)


@mistake("That is what is taken off. Return the vectors without it.")
def _what_is_taken(vectors: Tensor, labels: Tensor) -> Tensor:
    return vectors - erase(vectors, labels)


@mistake("You multiplied with Σ where its inverse is due.")
def _not_inverted(vectors: Tensor, labels: Tensor) -> Tensor:
    centred, sigma, _ = _parts(vectors, labels)
    reads = (centred.T @ centred / len(labels)) @ sigma
    return vectors - ((centred @ reads) / (reads @ sigma))[:, None] * sigma


@mistake("The vectors came back as they were.")
def _unchanged(vectors: Tensor, labels: Tensor) -> Tensor:
    return vectors.clone()


@mistake("You moved each label's vectors to the common mean. New vectors have no label: move by what a line reads.")
def _by_label(vectors: Tensor, labels: Tensor) -> Tensor:
    means = torch.stack([vectors[labels == label].mean(0) for label in (0, 1)])
    return vectors - means[labels] + vectors.mean(0)


def _by_inverse(vectors: Tensor, labels: Tensor) -> np.ndarray:
    x, y = vectors.numpy(), labels.numpy().astype(float)
    centred = x - x.mean(0)
    sigma = (centred * (y - y.mean())[:, None]).mean(0)
    inverse = np.linalg.inv(np.cov(x.T, bias=True))
    return np.array(
        [row - sigma * (sigma @ inverse @ c) / (sigma @ inverse @ sigma) for row, c in zip(x, centred, strict=True)]
    )


ERASE = CodeExercise(
    id="interpretability.erase",
    title="Erase a label",
    stars=2,
    minutes=12,
    task="Take out of vectors what a line reads of a label.",
    hints=[
        "Afterwards the two labels have the same mean, and the mean of all vectors is as before.",
        "`torch.linalg.solve(Sigma, sigma)` is Σ⁻¹σ. It is the same for all vectors.",
        "`(centred @ reads) / (reads @ sigma)` is a number for each vector; take it times σ off.",
    ],
    solution=erase,
    reference=_by_inverse,
    inputs=_labelled,
    forbidden=["eraser"],
    mistakes=[
        _along_sigma, _along_reads, _not_centred, _centred_result, _not_scaled, _added, _what_is_taken, _not_inverted,
        _unchanged, _by_label,
    ],
)  # fmt: skip

# --- the induction score ----------------------------------------------------------------------------------------------


def _looks(rng: Generator) -> Iterator[tuple[Tensor, list[int]]]:
    exact = torch.zeros(5, 5, dtype=torch.double)
    exact[0, 0] = exact[1, 0] = exact[2, 1] = exact[3, 1] = exact[4, 2] = 1
    yield exact, [7, 3, 9, 7, 3]
    for ids in ([1, 2, 1, 2, 1], [4, 4, 4], [5, 6, 7, 8, 6, 7, 6], [2, 9, 2, 3, 2, 9]):
        n = len(ids)
        weights = torch.from_numpy(rng.random((n, n))).tril()
        yield weights / weights.sum(1, keepdim=True), ids


def induction_score(weights: Tensor, token_ids: list[int]) -> float:
    """How much of its weight a head puts on what followed the present token before, a number from 0 to 1.

    `weights` (n, n) has a row for each token that looks, a column for each that is looked at. `token_ids` are n whole
    numbers. Asked are the tokens that have occurred before. For each of them, add up its weights on the places right
    after its earlier occurrences, up to its own place; the score is the mean of these sums. At least one is asked.
    """
    sums = []
    for t, token in enumerate(token_ids):
        places = [j + 1 for j in range(t) if token_ids[j] == token]
        if places:
            sums.append(sum(weights[t, place].item() for place in places))
    return sum(sums) / len(sums)


def _score_by(
    weights: Tensor, ids: list[int], places: Callable[[int, int], int | None], over_all: bool = False
) -> float:
    """The mean over the tokens that have occurred before (or over all) of weights at a place for each occurrence."""
    sums = []
    for t, token in enumerate(ids):
        earlier = [j for j in range(t) if ids[j] == token]
        found = [places(j, t) for j in earlier]
        inside = [place for place in found if place is not None and 0 <= place < len(ids)]
        if earlier or over_all:
            sums.append(sum(weights[t, place].item() for place in inside))
    return sum(sums) / len(sums)


@mistake("You took the weight on the earlier occurrence itself. What *followed* it is one place further.")
def _the_same_token(weights: Tensor, token_ids: list[int]) -> float:
    return _score_by(weights, token_ids, lambda j, t: j)


@mistake("You took the place before the earlier occurrence. What followed it is one place *after*.")
def _one_before(weights: Tensor, token_ids: list[int]) -> float:
    return _score_by(weights, token_ids, lambda j, t: j - 1 if j else None)


@mistake("Rows and columns are exchanged: the row is who looks.")
def _exchanged(weights: Tensor, token_ids: list[int]) -> float:
    return induction_score(weights.T, token_ids)


@mistake("You divided by all tokens. Only those that have occurred before are asked.")
def _over_all(weights: Tensor, token_ids: list[int]) -> float:
    return _score_by(weights, token_ids, lambda j, t: j + 1, over_all=True)


@mistake("You took one earlier occurrence only. Add up over all of them.")
def _last_one(weights: Tensor, token_ids: list[int]) -> float:
    sums = []
    for t, token in enumerate(token_ids):
        earlier = [j for j in range(t) if token_ids[j] == token]
        if earlier:
            sums.append(weights[t, earlier[-1] + 1].item())
    return sum(sums) / len(sums)


@mistake("You took the first earlier occurrence only. Add up over all of them.")
def _first_one(weights: Tensor, token_ids: list[int]) -> float:
    sums = []
    for t, token in enumerate(token_ids):
        if token in token_ids[:t]:
            sums.append(weights[t, token_ids.index(token) + 1].item())
    return sum(sums) / len(sums)


@mistake("You took the mean over the occurrences of a token. Its weights are added up.")
def _mean_of_occurrences(weights: Tensor, token_ids: list[int]) -> float:
    sums = []
    for t, token in enumerate(token_ids):
        places = [j + 1 for j in range(t) if token_ids[j] == token]
        if places:
            sums.append(sum(weights[t, place].item() for place in places) / len(places))
    return sum(sums) / len(sums)


@mistake("You added the sums up. Their mean is asked for.")
def _not_averaged(weights: Tensor, token_ids: list[int]) -> float:
    asked = sum(token in token_ids[:t] for t, token in enumerate(token_ids))
    return induction_score(weights, token_ids) * asked


@mistake("That is the previous-token score: the weight on the place before.")
def _previous(weights: Tensor, token_ids: list[int]) -> float:
    return weights.diagonal(-1).mean().item()


def _with_mask(weights: Tensor, token_ids: list[int]) -> Tensor:
    ids = torch.tensor(token_ids)
    same = (ids[:, None] == ids).tril(-1)  # (n, n): who occurred before
    follows = torch.zeros_like(same)
    follows[:, 1:] = same[:, :-1]
    return (weights * follows).sum(1)[same.any(1)].mean()


INDUCTION_SCORE = CodeExercise(
    id="interpretability.induction_score",
    title="The induction score",
    stars=2,
    minutes=10,
    task="How much does a head look at what followed the present token before?",
    hints=[
        "In [7, 3, 9, 7, 3] the second 7 is asked about place 1, the second 3 about place 2.",
        "For the token at place t: all j < t with token_ids[j] == token_ids[t], and the places j + 1.",
        "Add weights[t, j + 1] up over these j, and take the mean over the t that have any.",
    ],
    solution=induction_score,
    reference=_with_mask,
    inputs=_looks,
    mistakes=[
        _the_same_token, _one_before, _exchanged, _over_all, _last_one, _first_one, _mean_of_occurrences,
        _not_averaged, _previous,
    ],
)  # fmt: skip

# --- what came back ---------------------------------------------------------------------------------------------------

HIGH, LOW, PATCHED = 14.0 - 6.5, 9.0 - 15.0, 12.5 - 11.0
BACK = (PATCHED - LOW) / (HIGH - LOW)  # 0.556

CAME_BACK = NumberExercise(
    id="interpretability.came_back",
    title="How much came back",
    stars=1,
    minutes=4,
    task=(
        "France: Paris 14.0, Rome 6.5. Italy: Paris 9.0, Rome 15.0. Patched: Paris 12.5, Rome 11.0. How much of the "
        "preference for Paris has come back, from 0 to 1?"
    ),
    hints=[
        "The preference is Paris minus Rome, in each of the three runs.",
        "They are 7.5, −6 and 1.5.",
        "From −6 to 7.5 it is 13.5 in all. How far has it come?",
    ],
    solution=BACK,
    working="(1.5 + 6) / (7.5 + 6)",
    tolerance=0.01,
    mistakes=[
        wrong_number(PATCHED / HIGH, "You compared with 0. Count from the preference of the Italy run, which is −6."),
        wrong_number((12.5 - 9.0) / (14.0 - 9.0), "You took Paris alone. The preference is Paris minus Rome."),
        wrong_number((15.0 - 11.0) / (15.0 - 6.5), "You took Rome alone. The preference is Paris minus Rome."),
        wrong_number(1 - BACK, "That is what has not come back."),
        wrong_number(PATCHED, "That is the preference with the vector patched. Where is it between −6 and 7.5?"),
        wrong_number(PATCHED - LOW, "That is how far it has come, in logits. Divide by the whole way, 13.5."),
        wrong_number(100 * BACK, "That is in percent. Give a number from 0 to 1.", 1),
        wrong_number((PATCHED - LOW) / HIGH, "The whole way is from −6 to 7.5, which is 13.5."),
        wrong_number(1 / BACK, "You divided the wrong way round."),
        wrong_number(0.5, "The preference is above 0 again, but half of the way would be 0.75."),
    ],
    remark="1.5 is above 0, so the model says Paris again, though little more than half has come back.",
)

# --- the filtered rank ------------------------------------------------------------------------------------------------


def _ranked(rng: Generator) -> Iterator[tuple[Tensor, int, list[int]]]:
    yield torch.tensor([5.0, 4.0, 3.0, 3.0, 1.0], dtype=torch.double), 2, [0]
    yield torch.tensor([1.0, 1.0, 1.0], dtype=torch.double), 1, []
    for n in (4, 7, 9):
        scores = torch.from_numpy(rng.integers(0, 5, n).astype(float))
        right_one = int(rng.integers(n))
        others = [int(i) for i in np.flatnonzero(rng.random(n) < 0.4)]
        yield scores, right_one, others  # the right one may be among them
    yield torch.tensor([2.0, 9.0, 7.0, 1.0], dtype=torch.double), 3, [1, 3]


def filtered_rank(scores: Tensor, right: int, also_right: list[int]) -> float:
    """The rank of the right entity, where 1 is best: scores (n,), a place, a list of other places that are right, too.

    Others that are right are not counted, whatever their score; `right` may stand in that list as well. An entity with
    the same score as the right one counts as half a place.
    """
    rank = 1.0
    for place, score in enumerate(scores.tolist()):
        if place != right and place not in also_right:
            rank += 1.0 if score > scores[right] else 0.5 if score == scores[right] else 0.0
    return rank


def _rank(scores: Tensor, right: int, left_out: Sequence[int], tie: float = 0.5) -> float:
    others = [score for i, score in enumerate(scores.tolist()) if i != right and i not in left_out]
    return 1 + sum(1.0 if s > scores[right] else tie if s == scores[right] else 0.0 for s in others)


@mistake("The other right entities are counted. Leave them out.")
def _raw(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(scores, right, [])


@mistake("An equal score counts as half a place, not as none.")
def _optimistic(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(scores, right, also_right, 0.0)


@mistake("An equal score counts as half a place, not as a whole one.")
def _pessimistic(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(scores, right, also_right, 1.0)


@mistake("You counted from 0. The best rank is 1.")
def _from_nought(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(scores, right, also_right) - 1


@mistake("You compared with itself: an entity is no rival of its own.")
def _with_itself(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(scores, right, also_right) + 0.5


@mistake("You counted those with a smaller score. Larger is better.")
def _upside_down(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(-scores, right, also_right)


@mistake("That is one over the rank. The rank itself is asked for.")
def _reciprocal(scores: Tensor, right: int, also_right: list[int]) -> float:
    return 1 / _rank(scores, right, also_right)


@mistake("You took those that are right off the rank, whatever their score. Only those above it would have counted.")
def _subtracted(scores: Tensor, right: int, also_right: list[int]) -> float:
    return _rank(scores, right, []) - len(set(also_right) - {right})


def _sorted_out(scores: Tensor, right: int, also_right: list[int]) -> float:
    keep = torch.ones(len(scores), dtype=torch.bool)
    keep[also_right] = False
    keep[right] = False
    rivals = scores[keep]
    return float(1 + (rivals > scores[right]).sum() + (rivals == scores[right]).sum() / 2)


FILTERED_RANK = CodeExercise(
    id="interpretability.filtered_rank",
    title="The filtered rank",
    stars=2,
    minutes=8,
    task="At which place does the right entity stand, if other right ones are left out?",
    hints=[
        "Scores 5, 4, 3, 3, 1; the third is asked for, the first is right as well. One is above, one is equal: 2.5.",
        "Go through all places but the right one and those in `also_right`.",
        "Begin with 1; add 1 for each larger score and ½ for each equal one.",
    ],
    solution=filtered_rank,
    reference=_sorted_out,
    inputs=_ranked,
    mistakes=[
        _raw, _optimistic, _pessimistic, _from_nought, _with_itself, _upside_down, _reciprocal, _subtracted,
    ],
)  # fmt: skip

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_COMPLETE = Quiz(
    id="interpretability.quiz_complete",
    title="What completeness promises",
    task="The shares of integrated gradients add up to the evidence minus that of the base. What follows?",
    hints=["What would happen if all shares were dealt anew among the words?", "Where does the base come in?"],
    options=[
        wrong("Each word has got the share that it deserves", "Any dealing of the shares has the same sum."),
        wrong("The words with large shares are those whose loss turns the answer", "That is measured by taking away."),
        right("Nothing of the evidence is lost or counted twice, against this base", "And no more than that."),
        wrong("Another base would give the same shares", "Shares are differences from the base, so they depend on it."),
    ],
)

QUIZ_PROBE = Quiz(
    id="interpretability.quiz_probe",
    title="A probe that works",
    task=(
        "A probe reads the length of a sentence from the last layer with 90 %, random labels with 55 %. After length "
        "is erased there, 99 % of the answers stay. What is true?"
    ),
    hints=["What do the controls speak of?", "What does the erasing speak of?"],
    options=[
        wrong("The layer does not hold the length", "The probe reads it far better than its control."),
        right("The layer holds the length, and the answers hardly depend on it there", "Both were measured."),
        wrong(
            "The model uses the length, but only a little", "The answers that change may be as many for any erasing."
        ),
        wrong("The probe has learnt the texts by heart", "Then random labels would be read as well."),
    ],
)

QUIZ_CIRCUIT = Quiz(
    id="interpretability.quiz_circuit",
    title="A head that may go",
    task="Silencing one head changes nothing in what a model can do. What does that show?",
    hints=["What happened with the two heads of layer 1?", "What would you silence next?"],
    options=[
        wrong("The head has no part in it", "Each of two heads may be enough, and then both have a part."),
        wrong("The ability is not made by heads", "Nobody has silenced the others yet."),
        right("The model can do without it as long as the others are there", "Silence them together to learn more."),
        wrong("The head's attention is uniform", "Where it looks was not measured."),
    ],
)
