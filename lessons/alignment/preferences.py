"""From pairs of answers, of which one was preferred, to a model: Bradley-Terry, a reward model, DPO.

Shapes: rewards and log-probabilities of whole answers are (batch,).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.alignment.answers import Answered, log_probabilities, of_answers
from lessons.alignment.digits import ALPHABET, answer_mask, answered, check_prompts
from lessons.attention import causal_mask
from lessons.gpt import GPT
from lessons.kit import checks
from lessons.kit.training import History, Listener, evaluating, fit

# --- who wins ---------------------------------------------------------------------------------------------------------


def win_probability(better: Tensor, worse: Tensor) -> Tensor:
    """How likely an answer is preferred, by the rewards of both: the sigmoid of their difference, (batch,).

    Bradley & Terry 1952. Raises ValueError for rewards that do not fit.
    """
    _check_same(better=better, worse=worse)
    return torch.sigmoid(better - worse)


def preference_loss(chosen: Tensor, rejected: Tensor, margin: Tensor | float = 0.0) -> Tensor:
    """−ln of the probability that the chosen answers win, mean over the pairs: rewards (batch,), (batch,) -> a number.

    `margin` is what is added to the difference: that part of a preference which something else explains. Raises
    ValueError for rewards that do not fit.
    """
    _check_same(chosen=chosen, rejected=rejected)
    return -F.logsigmoid(chosen - rejected + margin).mean()


def _check_same(**named: Tensor) -> None:
    shapes = {tuple(each.shape) for each in named.values()}
    if len(shapes) > 1 or any(each.ndim != 1 or not each.is_floating_point() for each in named.values()):
        found = ", ".join(f"{name} {checks.described(each)}" for name, each in named.items())
        raise ValueError(f"A fractional number for each pair is due, as many of each kind; these are {found}.")
    if not next(iter(shapes))[0]:
        raise ValueError("There is no pair.")


class Pairs(NamedTuple):
    """Prompts, and for each the answer that was chosen and the one that was rejected."""

    prompts: Tensor  # (pairs, 6)
    chosen: Tensor  # (pairs, tokens)
    rejected: Tensor  # (pairs, tokens)


def pairs_of(prompts: Tensor, answers: Tensor, scores: Tensor, seed: int = 0) -> Pairs:
    """One pair for each prompt that has answers of unequal score: (batch, 6), (batch, n, tokens), (batch, n) -> pairs.

    An answer is drawn at random, then one that scored differently; the higher is chosen. Raises ValueError for what
    does not fit, and if no two scores differ.
    """
    checks.whole(0, seed=seed)
    check_prompts(prompts)
    checks.token_ids("answers", answers, len(ALPHABET), "batch", "n", "tokens")
    if not scores.isfinite().all() or scores.shape != answers.shape[:2] or len(prompts) != len(answers):
        raise ValueError(f"For answers {tuple(answers.shape)} scores {tuple(answers.shape[:2])} are due, all finite.")
    generator, found = torch.Generator().manual_seed(seed), []
    for place, row in enumerate(scores):
        first = int(torch.randint(len(row), (1,), generator=generator))
        others = (row != row[first]).nonzero()[:, 0]
        if len(others):
            second = int(others[torch.randint(len(others), (1,), generator=generator)])
            found.append((place, *((first, second) if row[first] > row[second] else (second, first))))
    if not found:
        raise ValueError("No two answers to the same prompt have different scores: there is nothing to prefer.")
    place, high, low = torch.tensor(found).T
    return Pairs(prompts[place], answers[place, high], answers[place, low])


class PairBatches:
    """`steps` batches of pairs, drawn anew from all of them, with what the reference says of both: for `training.fit`.

    A batch is (chosen, rejected, reference of the chosen, of the rejected), the last two (batch,).
    """

    def __init__(self, pairs: Pairs, reference: nn.Module, steps: int, batch_size: int = 64, seed: int = 0) -> None:
        """Raises ValueError for sizes below 1, or no pair."""
        checks.sizes(steps=steps, batch_size=batch_size)
        checks.whole(0, seed=seed)
        self.steps, self.batch_size = steps, batch_size
        self.generator = torch.Generator().manual_seed(seed)
        self.sides = answered(pairs.prompts, pairs.chosen), answered(pairs.prompts, pairs.rejected)
        with torch.no_grad(), evaluating(reference):
            self.said = [of_answers(reference, side) for side in self.sides]

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Answered, Answered, Tensor, Tensor]]:
        n = len(self.said[0])
        for _ in range(self.steps):
            rows = torch.randperm(n, generator=self.generator)[: self.batch_size]
            chosen, rejected = (Answered(side.token_ids[rows], side.answer_mask[rows]) for side in self.sides)
            yield chosen, rejected, self.said[0][rows], self.said[1][rows]


# --- a model of rewards -----------------------------------------------------------------------------------------------


class RewardModel(nn.Module):
    """A copy of a language model whose last token says how good the whole text is: one number in place of logits.

    Ouyang et al. 2022, section 3.5, "Reward modeling".
    """

    def __init__(self, model: GPT) -> None:
        """Begins with the model's weights, and a reward of 0 for every text. Raises ValueError for another model."""
        super().__init__()
        if not isinstance(model, GPT):
            raise ValueError(f"A reward model is made of a GPT here, not of {type(model).__name__}.")
        self.body = copy.deepcopy(model).requires_grad_(True)
        self.score = nn.Linear(model.config.hidden_size, 1)
        nn.init.zeros_(self.score.weight)
        nn.init.zeros_(self.score.bias)

    def forward(self, batch: Answered) -> Tensor:
        """The reward of each text, read at the last token of its answer: (batch,)."""
        hidden = self.body.embed(batch.token_ids)
        mask = causal_mask(hidden.shape[1]).to(hidden.device)
        for layer in self.body.layers:
            hidden = layer(hidden, mask)
        last = batch.answer_mask.shape[1] - 1 - batch.answer_mask.flip(1).long().argmax(1)  # the place of the last True
        return self.score(self.body.norm(hidden[torch.arange(len(last)), last])).squeeze(-1)

    @torch.no_grad()
    def of(self, prompts: Tensor, answers: Tensor) -> Tensor:
        """The reward of each answer: (batch, 6), (batch, tokens) -> (batch,). Raises ValueError as `answered`."""
        with evaluating(self):
            return self(answered(prompts, answers))


def reward_model(model: GPT, pairs: Pairs, steps: int = 150, learning_rate: float = 1e-3, seed: int = 0) -> RewardModel:
    """A reward model that has learnt from pairs, beginning as a copy of the model. Raises ValueError as `fit`."""
    found = RewardModel(model)

    def loss(model: nn.Module, batch: tuple[Answered, Answered, Tensor, Tensor]) -> Tensor:
        return preference_loss(model(batch[0]), model(batch[1]))

    batches = PairBatches(pairs, model, steps, seed=seed)
    fit(found, batches, loss, learning_rate=learning_rate, progress=False)
    return found.eval()


# --- DPO --------------------------------------------------------------------------------------------------------------


def implicit_reward(said: Tensor, reference: Tensor, beta: float) -> Tensor:
    """β times ln(π / π_ref) of whole answers: (batch,), (batch,) -> (batch,). Rafailov et al. 2023, section 4.

    Raises ValueError for numbers that do not fit, or a beta that is not above 0.
    """
    checks.positive(beta=beta)
    _check_same(said=said, reference=reference)
    return beta * (said - reference)


def dpo_loss(
    chosen: Tensor, rejected: Tensor, reference_chosen: Tensor, reference_rejected: Tensor, beta: float = 0.1,
    margin: Tensor | float = 0.0,
) -> Tensor:  # fmt: skip
    """Bradley-Terry's loss of the implicit rewards: log-probabilities of whole answers, (batch,) each -> a number.

    Rafailov et al. 2023, equation 7. Raises ValueError as `implicit_reward`.
    """
    good = implicit_reward(chosen, reference_chosen, beta)
    return preference_loss(good, implicit_reward(rejected, reference_rejected, beta), margin)


def train_dpo(
    model: GPT, pairs: Pairs, *, beta: float = 0.1, likelihood: float = 1.0, length: float = 0.0, steps: int = 80,
    learning_rate: float = 3e-4, batch_size: int = 64, seed: int = 0, watch: Listener | None = None,
) -> History:  # fmt: skip
    """Train a model in place on pairs, beside a frozen copy of itself as it was.

    `likelihood` is the weight of the chosen answers' own mean cross-entropy (Pang et al. 2024, equation 1); `length` is
    what a token more is worth to those who chose, which is not to be learnt (after Park et al. 2024, section 3). Raises
    ValueError as `fit`, and for weights below 0.
    """
    checks.not_negative(likelihood=likelihood, length=length)
    checks.positive(beta=beta)

    def loss(model: nn.Module, batch: tuple[Answered, Answered, Tensor, Tensor]) -> Tensor:
        good, bad, reference_good, reference_bad = batch
        said = [log_probabilities(model, side.token_ids) * side.answer_mask[:, 1:] for side in (good, bad)]
        chosen, rejected = (each.sum(1) for each in said)
        longer = (good.answer_mask.sum(1) - bad.answer_mask.sum(1)) * length
        found = dpo_loss(chosen, rejected, reference_good, reference_bad, beta, longer)
        return found - likelihood * said[0].sum() / good.answer_mask.sum()

    batches = PairBatches(pairs, model, steps, batch_size, seed)
    history = fit(model, batches, loss, learning_rate=learning_rate, progress=False, checkpoint=watch)
    model.eval()
    return history


@torch.no_grad()
def judged_pairs(model: nn.Module, reference: nn.Module, pairs: Pairs) -> dict[str, float]:
    """Mean log-probabilities of chosen and rejected answers under a model, their change, and how often it agrees."""
    sides = answered(pairs.prompts, pairs.chosen), answered(pairs.prompts, pairs.rejected)
    with evaluating(model, reference):
        now, before = ([of_answers(each, side) for side in sides] for each in (model, reference))
    change = [new - old for new, old in zip(now, before, strict=True)]
    return {
        "chosen": now[0].mean().item(),
        "rejected": now[1].mean().item(),
        "chosen_change": change[0].mean().item(),
        "rejected_change": change[1].mean().item(),
        "agrees": (change[0] > change[1]).double().mean().item(),
    }


def mean_length(answers: Tensor) -> float:
    """Tokens of an answer, its full stop included, on average: (batch, tokens) -> a number."""
    return answer_mask(answers).sum(1).double().mean().item()
