"""Bradley-Terry by hand and by logistic regression; DPO's gradient is the one that the paper derives."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch.nn import functional as F

from lessons.alignment import answers, digits
from lessons.alignment import preferences as p
from tests.alignment import small

EXACT = {"rtol": 0, "atol": 1e-10}


def numbers(n: int, seed: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [(3 * torch.randn(n, dtype=torch.double, generator=generator)).requires_grad_() for _ in range(4)]


def some_pairs(n: int = 12) -> p.Pairs:
    prompts = digits.draw(n)
    chosen = digits.right_answers(prompts)
    return p.Pairs(prompts, chosen, torch.cat([chosen[:, :5].flip(1), chosen[:, 5:]], 1))


def test_who_wins_by_hand() -> None:
    found = p.win_probability(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0 - math.log(3)]))
    torch.testing.assert_close(found, torch.tensor([0.5, 0.75]))


@pytest.mark.parametrize("seed", range(4))
def test_the_loss_is_a_cross_entropy(seed) -> None:
    chosen, rejected, *_ = numbers(7, seed)
    wanted = F.binary_cross_entropy_with_logits(chosen - rejected, torch.ones(7, dtype=torch.double))
    torch.testing.assert_close(p.preference_loss(chosen, rejected), wanted, **EXACT)
    both = torch.stack([chosen, rejected], 1)  # a choice between two is a softmax over both
    wanted = F.cross_entropy(both, torch.zeros(7, dtype=torch.long))
    torch.testing.assert_close(p.preference_loss(chosen, rejected), wanted, **EXACT)


@pytest.mark.parametrize("seed", range(4))
def test_dpos_gradient_is_the_papers(seed) -> None:
    """Rafailov et al. 2023, section 4: β σ(r(worse) − r(better)) times the two gradients."""
    chosen, rejected, first, second = numbers(5, seed)
    p.dpo_loss(chosen, rejected, first, second, 0.3).backward()
    with torch.no_grad():
        good, bad = (p.implicit_reward(a, b, 0.3) for a, b in ((chosen, first), (rejected, second)))
        weight = 0.3 * torch.sigmoid(bad - good) / 5
    torch.testing.assert_close(chosen.grad, -weight, **EXACT)
    torch.testing.assert_close(rejected.grad, weight, **EXACT)


def test_the_best_policy_has_the_rewards_that_dpo_reads_off_it() -> None:
    """π ∝ π_ref exp(r / β) maximises reward − β · KL; the differences of its implicit rewards are those of r."""
    generator = torch.Generator().manual_seed(0)
    reference = torch.randn(6, dtype=torch.double, generator=generator).log_softmax(0)
    reward, beta = torch.randn(6, dtype=torch.double, generator=generator), 0.7
    best = (reference + reward / beta).log_softmax(0)

    def worth(log_policy: torch.Tensor) -> torch.Tensor:
        return (log_policy.exp() * (reward - beta * (log_policy - reference))).sum()

    for seed in range(50):
        other = best + 0.3 * torch.randn(6, generator=torch.Generator().manual_seed(seed))
        assert worth(other.log_softmax(0)) < worth(best)
    implicit = p.implicit_reward(best, reference, beta)
    torch.testing.assert_close(implicit - implicit[0], reward - reward[0], **EXACT)


def test_a_margin_explains_part_of_a_preference() -> None:
    chosen, rejected, *_ = numbers(6, 0)
    torch.testing.assert_close(
        p.preference_loss(chosen, rejected, 0.5), p.preference_loss(chosen + 0.5, rejected), **EXACT
    )


def test_pairs_hold_a_higher_and_a_lower_score() -> None:
    prompts = digits.draw(40)
    found = digits.several(small.writer(), prompts, 4)
    found[:20, 1] = digits.right_answers(prompts[:20])
    scores = digits.exact(prompts.repeat_interleave(4, 0), found.flatten(0, 1)).reshape(-1, 4)
    pairs = p.pairs_of(prompts, found, scores)
    assert len(pairs.prompts) == 20
    assert digits.exact(pairs.prompts, pairs.chosen).all()
    assert not digits.exact(pairs.prompts, pairs.rejected).any()
    with pytest.raises(ValueError, match="nothing to prefer"):
        p.pairs_of(prompts, found, torch.zeros(40, 4))


def test_a_reward_model_reads_the_last_token_and_learns() -> None:
    model, pairs = small.writer(), some_pairs()
    rewards = p.RewardModel(model)
    assert rewards.of(pairs.prompts, pairs.chosen).abs().max() == 0
    learnt = p.reward_model(model, pairs, 40, 1e-2)
    assert (learnt.of(pairs.prompts, pairs.chosen) > learnt.of(pairs.prompts, pairs.rejected)).all()
    padded = torch.cat([pairs.chosen, torch.full((12, 3), digits.END)], 1)
    torch.testing.assert_close(learnt.of(pairs.prompts, padded), learnt.of(pairs.prompts, pairs.chosen))
    with torch.no_grad():  # the numbers of the stream are those of the language model
        batch = digits.answered(pairs.prompts, pairs.chosen)
        hidden = learnt.body.every_layer(batch.token_ids).hidden_states[-1][:, -1]
    torch.testing.assert_close(learnt.score(learnt.body.norm(hidden))[:, 0], learnt(batch))
    assert all(not p.requires_grad or p.grad is None for p in model.parameters())


def test_dpo_learns_which_answer_was_chosen() -> None:
    model, pairs = small.writer(), some_pairs()
    before = copy.deepcopy(model)
    history = p.train_dpo(model, pairs, steps=30, learning_rate=1e-2, likelihood=0.5)
    judged = p.judged_pairs(model, before, pairs)
    assert judged["agrees"] == 1
    assert judged["chosen_change"] > judged["rejected_change"]
    assert history.loss[-1] < history.loss[0]
    with torch.no_grad():
        start = answers.answer_loss(before, digits.answered(pairs.prompts, pairs.chosen)).item()
    assert history.loss[0] == pytest.approx(math.log(2) + 0.5 * start, rel=1e-4)  # the reference is the start


def test_lengths_and_bad_numbers() -> None:
    assert p.mean_length(torch.tensor([digits.encode("123456."), digits.encode("1......")])) == 4.5
    one = torch.ones(2)
    with pytest.raises(ValueError, match="as many of each kind"):
        p.preference_loss(one, torch.ones(3))
    with pytest.raises(ValueError, match="beta must be a number above 0"):
        p.dpo_loss(one, one, one, one, 0.0)
