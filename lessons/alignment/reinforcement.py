"""Learning from a reward: REINFORCE, a baseline, PPO's clip, GRPO, each the last plus a line.

Shapes: `said`, `before` and `reference` are ln of the probability of each token of an answer, (batch, tokens), under
the model that learns, the one that wrote the answers, and the one that it began as. `answer_mask` (batch, tokens) is
True for tokens of answers, `rewards` and `advantages` are (batch,): one for a whole answer.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from lessons.alignment.answers import log_probabilities
from lessons.alignment.digits import SHORT, answered, draw, exact, sample, several
from lessons.gpt import GPT, GREEDY
from lessons.kit import checks
from lessons.kit.training import History, Listener, Training, evaluating, fit

Reward = Callable[[Tensor, Tensor], Tensor]  # prompts (batch, 6), answers (batch, tokens) -> (batch,)
Way = Literal["reinforce", "baseline", "clip", "grpo"]
WAYS: tuple[Way, ...] = ("reinforce", "baseline", "clip", "grpo")

# --- one line after the other -----------------------------------------------------------------------------------------


def reinforce_loss(said: Tensor, rewards: Tensor, answer_mask: Tensor) -> Tensor:
    """−reward · ln π(answer), mean over the answers: its gradient is that of the mean reward, on average.

    Williams 1992, section 4. Raises ValueError for what does not fit.
    """
    _check(answer_mask, rewards, said=said)
    return -(rewards * (said * answer_mask).sum(1)).mean()


def centred(rewards: Tensor) -> Tensor:
    """Rewards less their mean in each group of answers to one prompt: (groups, answers) -> the same.

    Raises ValueError for what are no groups.
    """
    if rewards.ndim != 2 or not rewards.numel() or not rewards.is_floating_point():
        raise ValueError(f"Rewards (groups, answers) are due; these are {checks.described(rewards)}.")
    return rewards - rewards.mean(1, keepdim=True)


def group_advantages(rewards: Tensor, epsilon: float = 1e-4) -> Tensor:
    """`centred`, over the standard deviation of the group: (groups, answers) -> the same (Shao et al. 2024, 4.1.2).

    The deviation is that of a sample (divided by answers − 1); epsilon is added to it. Raises ValueError as `centred`,
    and for groups of one answer.
    """
    checks.not_negative(epsilon=epsilon)
    found = centred(rewards)
    if rewards.shape[1] < 2:
        raise ValueError("A group needs two answers or more, to be compared.")
    return found / (rewards.std(1, keepdim=True) + epsilon)


def clipped_loss(
    said: Tensor, before: Tensor, advantages: Tensor, answer_mask: Tensor, clip_range: float = 0.2
) -> Tensor:
    """−min(ratio · advantage, clipped ratio · advantage), mean over the tokens of each answer, then over answers.

    The ratio is π / π_before of each token, kept within 1 ± clip_range (Schulman et al. 2017, equation 7). Raises
    ValueError for what does not fit.
    """
    _check(answer_mask, advantages, said=said, before=before)
    return mean_of_answers(_clipped(said, before, advantages, clip_range), answer_mask)


def _clipped(said: Tensor, before: Tensor, advantages: Tensor, clip_range: float) -> Tensor:
    checks.not_negative(clip_range=clip_range)
    ratio = (said - before).exp()  # (batch, tokens)
    worth = advantages[:, None]
    return -torch.minimum(ratio * worth, ratio.clamp(1 - clip_range, 1 + clip_range) * worth)


def grpo_loss(
    said: Tensor, before: Tensor, reference: Tensor, advantages: Tensor, answer_mask: Tensor, clip_range: float = 0.2,
    beta: float = 0.02,
) -> Tensor:  # fmt: skip
    """The clipped loss plus β times the divergence from the reference (Shao et al. 2024, equation 3).

    Raises ValueError for what does not fit, and numbers below 0.
    """
    _check(answer_mask, advantages, said=said, before=before, reference=reference)
    checks.not_negative(beta=beta)
    return mean_of_answers(
        _clipped(said, before, advantages, clip_range) + beta * divergence(said, reference), answer_mask
    )


def divergence(said: Tensor, reference: Tensor) -> Tensor:
    """π_ref / π − ln(π_ref / π) − 1 of each token: never below 0, and on average the divergence KL(π ‖ π_ref).

    On average over tokens that π has drawn (Schulman 2020, "k3"). Raises ValueError for shapes that differ.
    """
    if said.shape != reference.shape or not said.is_floating_point():
        raise ValueError(f"These do not fit: {checks.described(said)} and {checks.described(reference)}.")
    log_ratio = reference - said
    return log_ratio.exp() - log_ratio - 1


def mean_of_answers(values: Tensor, answer_mask: Tensor) -> Tensor:
    """The mean over the tokens of each answer, then over the answers: (batch, tokens) -> a number.

    Raises ValueError for a mask of another shape.
    """
    if answer_mask.shape != values.shape or answer_mask.dtype != torch.bool or values.ndim != 2:
        raise ValueError(
            f"For values {tuple(values.shape)} a boolean mask is due, not {checks.described(answer_mask)}."
        )
    return ((values * answer_mask).sum(1) / answer_mask.sum(1).clamp(min=1)).mean()


def _check(answer_mask: Tensor, each: Tensor, **named: Tensor) -> None:
    for name, value in named.items():
        if value.shape != answer_mask.shape or value.ndim != 2 or not value.is_floating_point():
            raise ValueError(f"{name} must be fractions as large as the mask, not {checks.described(value)}.")
    if answer_mask.dtype != torch.bool or not answer_mask.numel():
        raise ValueError(f"A boolean mask (answers, tokens) is due, not {checks.described(answer_mask)}.")
    if each.shape != answer_mask.shape[:1] or not each.is_floating_point():
        raise ValueError(f"One fraction for each answer is due; these are {checks.described(each)}.")


# --- the loop ---------------------------------------------------------------------------------------------------------


class Rollout(NamedTuple):
    """Answers that a model wrote, what it and the reference said of their tokens, and what they are worth."""

    token_ids: Tensor  # (batch, tokens)
    answer_mask: Tensor  # (batch, tokens)
    before: Tensor  # (batch, tokens − 1)
    reference: Tensor  # (batch, tokens − 1)
    worth: Tensor  # (batch,)


class Rollouts:
    """Batches for `training.fit` that the model in training writes itself: each is given `inner` times.

    A step is `n_prompts` prompts with `group` answers each. Whoever goes through them trains the model in between, so
    the next answers are those of the trained model.
    """

    def __init__(
        self, model: GPT, reward: Reward, steps: int, *, n_prompts: int = 16, group: int = 8, inner: int = 2,
        most: int = SHORT, way: Way = "grpo", seed: int = 0,
    ) -> None:  # fmt: skip
        """Raises ValueError for sizes below 1, and another way."""
        checks.sizes(steps=steps, n_prompts=n_prompts, group=group, inner=inner, most=most)
        checks.whole(0, seed=seed)
        if way not in WAYS:
            raise ValueError(f"The ways are {', '.join(WAYS)}; there is no {way!r:.60}.")
        self.model, self.reward, self.steps, self.way = model, reward, steps, way
        self.n_prompts, self.group, self.inner, self.most = n_prompts, group, inner, most
        self.reference = copy.deepcopy(model).requires_grad_(False).eval()
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return self.steps * self.inner

    def __iter__(self) -> Iterator[Rollout]:
        for _ in range(self.steps):
            batch = self.written()
            for _ in range(self.inner):
                yield batch

    @torch.no_grad()
    def written(self) -> Rollout:
        """Fresh answers to fresh prompts, and what they are worth."""
        prompts = draw(self.n_prompts, "train", self.generator)
        answers = several(self.model, prompts, self.group, self.most, self.generator).flatten(0, 1)
        prompts = prompts.repeat_interleave(self.group, dim=0)
        worth = self.worth(self.reward(prompts, answers).reshape(-1, self.group)).flatten()
        token_ids, answer_mask = answered(prompts, answers)
        with evaluating(self.model):
            said = [log_probabilities(each, token_ids) for each in (self.model, self.reference)]
        return Rollout(token_ids, answer_mask, said[0], said[1], worth)

    def worth(self, rewards: Tensor) -> Tensor:
        """What an answer is worth, (groups, answers): its reward, less a baseline, or in terms of its group."""
        if self.way == "reinforce":
            return rewards
        return group_advantages(rewards) if self.way == "grpo" else centred(rewards)


def improve(
    model: GPT, reward: Reward = exact, *, steps: int = 70, beta: float = 0.02, clip_range: float = 0.2,
    learning_rate: float = 5e-4, way: Way = "grpo", inner: int = 2, n_prompts: int = 16, group: int = 8,
    most: int = SHORT, seed: int = 0, watch: Listener | None = None,
) -> History:  # fmt: skip
    """Train a model in place on rewards of what it writes itself; the learning rate falls to 0.

    "reinforce" and "baseline" have no clip, "clip" has no divergence. Raises ValueError as `fit` and `Rollouts`.
    """
    checks.not_negative(beta=beta, clip_range=clip_range)

    def loss(model: nn.Module, batch: Rollout) -> Tensor:
        said, answer_mask = log_probabilities(model, batch.token_ids), batch.answer_mask[:, 1:]
        if way in ("reinforce", "baseline"):
            return reinforce_loss(said, batch.worth, answer_mask)
        price = beta if way == "grpo" else 0.0
        return grpo_loss(said, batch.before, batch.reference, batch.worth, answer_mask, clip_range, price)

    batches = Rollouts(
        model, reward, steps, n_prompts=n_prompts, group=group, inner=inner, most=most, way=way, seed=seed
    )
    history = fit(model, batches, loss, learning_rate=learning_rate, warmup=0.0, progress=False, checkpoint=watch)
    model.eval()
    return history


class Watch(Listener):
    """What `look(model)` says before the first step and every so many steps: rows with their "step"."""

    def __init__(self, look: Callable[[GPT], dict[str, float]], every: int) -> None:
        """Raises ValueError for less than every step."""
        checks.sizes(every=every)
        self.look, self.every = look, every
        self.rows: list[dict[str, float]] = []

    def on_begin(self, run: Training) -> None:
        """The row of the start."""
        self.rows = [{"step": run.step, **self.look(run.model)}]  # type: ignore[arg-type]

    def on_step(self, run: Training) -> None:
        """A row, where one is due."""
        if run.step % self.every == 0:
            self.rows.append({"step": run.step, **self.look(run.model)})  # type: ignore[arg-type]


# --- what became of it ------------------------------------------------------------------------------------------------


@torch.no_grad()
def compared(
    model: GPT, reference: GPT, prompts: Tensor, reward: Reward = exact, most: int = SHORT, seed: int = 0
) -> dict[str, float]:
    """A model on one sampled answer to each prompt, beside the model that it began as.

    `exact`: right answers, sampled; `greedy`: the likeliest ones; `reward`; `length` in tokens; `kl`: ln(π / π_ref) of
    an answer, in nats, on average; `entropy` of a token, in nats. Raises ValueError as `sample`.
    """
    answers = sample(model, prompts, most, seed=seed)
    batch = answered(prompts, answers)
    with evaluating(model, reference):
        said, before = (log_probabilities(each, batch.token_ids) for each in (model, reference))
        spread = model(batch.token_ids[:, :-1]).log_softmax(-1)
    answer_mask = batch.answer_mask[:, 1:]
    entropy = -(spread.exp() * spread).sum(-1)
    greedy = sample(model, prompts, most, GREEDY)
    return {
        "exact": exact(prompts, answers).mean().item(),
        "greedy": exact(prompts, greedy).mean().item(),
        "reward": reward(prompts, answers).mean().item(),
        "length": batch.answer_mask.sum(1).double().mean().item(),
        "kl": ((said - before) * answer_mask).sum(1).mean().item(),
        "entropy": (entropy[answer_mask].mean()).item(),
    }


def mixed(first: Reward, second: Reward, share: float) -> Reward:
    """A reward that is a share of the second and the rest of the first. Raises ValueError for no share."""
    checks.shares(share=share)
    return lambda prompts, answers: (1 - share) * first(prompts, answers) + share * second(prompts, answers)
