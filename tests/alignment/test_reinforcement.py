"""Each loss against the one before it and against what it should be on average, by going through all answers."""

from __future__ import annotations

import copy

import pytest
import torch
from torch.distributions import Categorical, kl_divergence

from lessons.alignment import digits
from lessons.alignment import reinforcement as r
from lessons.alignment.answers import log_probabilities
from tests.alignment import small

EXACT = {"rtol": 0, "atol": 1e-10}


def drawn(seed: int, batch: int = 6, tokens: int = 5) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    said, before, reference = -torch.rand(3, batch, tokens, dtype=torch.double, generator=generator) * 2
    mask = torch.arange(tokens) < torch.randint(1, tokens + 1, (batch, 1), generator=generator)
    return said, before, reference, torch.randn(batch, dtype=torch.double, generator=generator), mask


@pytest.mark.parametrize("seed", range(3))
def test_reinforce_is_the_gradient_of_the_mean_reward(seed) -> None:
    """The exact mean over all answers of one token, beside the loss on each weighted by its probability."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(4, dtype=torch.double, generator=generator).requires_grad_()
    rewards = torch.randn(4, dtype=torch.double, generator=generator)
    (wanted,) = torch.autograd.grad((logits.softmax(0) * rewards).sum(), logits)
    found = torch.zeros(4, dtype=torch.double)
    for baseline in (0.0, 3.0):  # what is subtracted from all rewards does not change the mean
        total = torch.zeros(4, dtype=torch.double)
        for action in range(4):
            said = logits.log_softmax(0)[action].reshape(1, 1)
            loss = r.reinforce_loss(said, rewards[action : action + 1] - baseline, torch.ones(1, 1, dtype=torch.bool))
            (gradient,) = torch.autograd.grad(loss, logits)
            total -= logits.detach().softmax(0)[action] * gradient
        torch.testing.assert_close(total, wanted, **EXACT)
        found = total
    assert found.abs().sum() > 0


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_has_moved_the_clip_has_reinforces_gradient(seed) -> None:
    said, _, _, worth, _ = drawn(seed)
    mask = torch.ones_like(said, dtype=torch.bool)
    first, second = said.clone().requires_grad_(), said.clone().requires_grad_()
    r.clipped_loss(first, said, worth, mask).backward()
    (r.reinforce_loss(second, worth, mask) / said.shape[1]).backward()
    torch.testing.assert_close(first.grad, second.grad, **EXACT)


@pytest.mark.parametrize("seed", range(4))
def test_the_clip_token_by_token(seed) -> None:
    said, before, _, worth, mask = drawn(seed)
    total = []
    for row in range(len(said)):
        parts = []
        for token in range(int(mask[row].sum())):
            ratio = (said[row, token] - before[row, token]).exp().item()
            kept = min(max(ratio, 0.8), 1.2)
            parts.append(-min(ratio * worth[row].item(), kept * worth[row].item()))
        total.append(sum(parts) / len(parts))
    assert r.clipped_loss(said, before, worth, mask).item() == pytest.approx(sum(total) / len(total), abs=1e-10)


def test_beyond_the_clip_nothing_is_learnt() -> None:
    said = torch.tensor([[0.5], [-0.5], [0.5], [-0.5]], dtype=torch.double).requires_grad_()
    worth = torch.tensor([1.0, -1.0, -1.0, 1.0], dtype=torch.double)
    r.clipped_loss(said, torch.zeros(4, 1, dtype=torch.double), worth, torch.ones(4, 1, dtype=torch.bool)).backward()
    assert said.grad[:2].abs().max() == 0  # already better by more than the clip allows
    assert said.grad[2:].abs().min() > 0  # worse than before: it is brought back


@pytest.mark.parametrize("seed", range(3))
def test_grpo_is_the_clip_and_the_divergence(seed) -> None:
    said, before, reference, worth, mask = drawn(seed)
    price = r.mean_of_answers(r.divergence(said, reference), mask)
    wanted = r.clipped_loss(said, before, worth, mask) + 0.3 * price
    torch.testing.assert_close(r.grpo_loss(said, before, reference, worth, mask, 0.2, 0.3), wanted, **EXACT)


@pytest.mark.parametrize("seed", range(3))
def test_the_divergence_is_kl_on_average(seed) -> None:
    generator = torch.Generator().manual_seed(seed)
    policy, reference = torch.randn(2, 7, dtype=torch.double, generator=generator).log_softmax(-1)
    each = r.divergence(policy, reference)
    assert (each >= 0).all()
    wanted = kl_divergence(Categorical(logits=policy), Categorical(logits=reference))
    torch.testing.assert_close((policy.exp() * each).sum(), wanted, **EXACT)


def test_advantages_by_hand() -> None:
    rewards = torch.tensor([[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    assert r.centred(rewards).tolist() == [[0.5, -0.5, -0.5, 0.5], [0, 0, 0, 0]]
    found = r.group_advantages(rewards, 0.0001)
    torch.testing.assert_close(found[0], torch.tensor([0.5, -0.5, -0.5, 0.5]) / (0.5 * (4 / 3) ** 0.5 + 0.0001))
    assert found[1].abs().max() == 0
    with pytest.raises(ValueError, match="two answers or more"):
        r.group_advantages(torch.ones(3, 1))


def test_a_rollout_is_what_the_model_wrote_itself() -> None:
    model = small.writer()
    batches = r.Rollouts(model, digits.in_order, 3, n_prompts=2, group=4, inner=2, most=8)
    first, again, other, *_ = list(batches)
    assert len(batches) == 6
    assert first is again
    assert not torch.equal(first.token_ids, other.token_ids)
    with torch.no_grad():
        torch.testing.assert_close(first.before, log_probabilities(model, first.token_ids))
    torch.testing.assert_close(first.before, first.reference)  # nothing has moved yet
    rewards = digits.in_order(first.token_ids[:, :6], first.token_ids[:, 6:]).reshape(-1, 4)
    torch.testing.assert_close(first.worth.reshape(-1, 4), r.group_advantages(rewards))
    assert torch.equal(first.token_ids[:4, :6], first.token_ids[:1, :6].expand(4, -1))


@pytest.mark.parametrize("way", r.WAYS)
def test_the_reward_rises(way) -> None:
    model = small.writer(1)
    before = copy.deepcopy(model)
    prompts = digits.draw(200, "validation")
    r.improve(model, digits.in_order, steps=25, learning_rate=1e-2, way=way, beta=0.0, seed=1)
    rewards = [digits.in_order(prompts, digits.sample(each, prompts)).mean() for each in (before, model)]
    assert rewards[1] > rewards[0] + 0.15


def test_a_model_is_compared_with_its_start() -> None:
    model, prompts = small.writer(), digits.draw(50)
    same = r.compared(model, model, prompts)
    assert same["kl"] == 0
    moved = copy.deepcopy(model)
    with torch.no_grad():
        for weight in moved.parameters():
            weight.add_(0.1 * torch.randn_like(weight, memory_format=torch.contiguous_format))
    found = r.compared(moved, model, prompts, digits.in_order, 8)
    answers = digits.sample(moved, prompts, 8)
    assert found["reward"] == pytest.approx(digits.in_order(prompts, answers).mean().item())
    assert found["length"] == digits.answer_mask(answers).sum(1).double().mean()
    ids = torch.cat([prompts, answers], 1)
    with torch.no_grad():
        spread = moved(ids)[:, 5:-1]
    entropy = Categorical(logits=spread).entropy()[digits.answer_mask(answers)].mean()
    assert found["entropy"] == pytest.approx(entropy.item(), rel=1e-4)


def test_rewards_are_mixed() -> None:
    prompts = digits.draw(9)
    answers = digits.sample(small.writer(), prompts)
    found = r.mixed(digits.exact, digits.in_order, 0.25)(prompts, answers)
    torch.testing.assert_close(found, 0.75 * digits.exact(prompts, answers) + 0.25 * digits.in_order(prompts, answers))
    with pytest.raises(ValueError, match="share"):
        r.mixed(digits.exact, digits.exact, 2)
