"""The exercises of notebook 12, alignment: in PyTorch, in float64."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from numpy.random import Generator
from torch import Tensor

from lessons.tutor import CodeExercise, NumberExercise, Quiz, mistake, right, wrong, wrong_number


def _normal(rng: Generator, *shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# --- what the answer costs --------------------------------------------------------------------------------------------


def _texts(rng: Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    ones = torch.tensor([[0.0, 0.0], [math.log(3), 0.0], [5.0, 0.0]], dtype=torch.double)
    yield ones, torch.tensor([1, 0, 0]), torch.tensor([False, False, True])  # -ln 3/4, to be read
    for tokens, words, answers in ((6, 5, [3, 4, 5]), (7, 4, [2, 3]), (5, 6, [1, 4]), (8, 3, [7])):
        mask = torch.zeros(tokens, dtype=torch.bool)
        mask[answers] = True
        yield 2 * _normal(rng, tokens, words), torch.from_numpy(rng.integers(0, words, tokens)), mask


def answer_cost(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    """The mean of −ln p over the tokens of the answer: (tokens, vocabulary), (tokens,), (tokens,) -> a number.

    `logits[i]` is what the model says of token i + 1. `is_answer` is boolean, False for the first token and True for
    one token or more. Only tokens of the answer count, and the mean is over as many as there are.
    """
    costs = -logits.log_softmax(-1)[:-1].gather(1, token_ids[1:, None])[:, 0]
    return costs[is_answer[1:]].mean()


@mistake("Your logits and tokens are not shifted: logits[i] is about token i + 1.")
def _unshifted(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    costs = -logits.log_softmax(-1).gather(1, token_ids[:, None])[:, 0]
    return costs[is_answer].mean()


@mistake("You shifted the other way: logits[i] is about token i + 1, not i − 1.")
def _shifted_back(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    costs = -logits.log_softmax(-1)[1:].gather(1, token_ids[:-1, None])[:, 0]
    return costs[is_answer[1:]].mean()


@mistake("The prompt costs as well. Only tokens of the answer count.")
def _whole_text(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return -logits.log_softmax(-1)[:-1].gather(1, token_ids[1:, None]).mean()


@mistake("The mask is one place off: is_answer[i + 1] belongs to logits[i], as token i + 1 does.")
def _mask_off(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    costs = -logits.log_softmax(-1)[:-1].gather(1, token_ids[1:, None])[:, 0]
    return (costs * is_answer[:-1]).sum() / is_answer.sum()


@mistake("You took the mean over all tokens. Divide by the number of tokens of the answer.")
def _over_all(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return answer_cost(logits, token_ids, is_answer) * is_answer.sum() / (len(token_ids) - 1)


@mistake("That divides by the number of all tokens, the first included. Divide by those of the answer.")
def _over_every(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return answer_cost(logits, token_ids, is_answer) * is_answer.sum() / len(token_ids)


@mistake("That is the sum. Take the mean over the tokens of the answer.")
def _sum(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return answer_cost(logits, token_ids, is_answer) * is_answer.sum()


@mistake("The sign is missing: a cost is −ln p, and so 0 or more.")
def _negative(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return -answer_cost(logits, token_ids, is_answer)


@mistake("These are logits as they came. Make probabilities of them first, by a softmax over the vocabulary.")
def _raw(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return -logits[:-1].gather(1, token_ids[1:, None])[:, 0][is_answer[1:]].mean()


@mistake("The logarithm is missing: the mean of −ln p is due, not of −p.")
def _probabilities(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return -logits.softmax(-1)[:-1].gather(1, token_ids[1:, None])[:, 0][is_answer[1:]].mean()


@mistake("Your softmax goes over the tokens. It goes over the vocabulary, the last axis.")
def _over_tokens(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return -logits.log_softmax(0)[:-1].gather(1, token_ids[1:, None])[:, 0][is_answer[1:]].mean()


@mistake("You took logarithms to base 2. Natural ones are due.")
def _in_bits(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return answer_cost(logits, token_ids, is_answer) / math.log(2)


@mistake("These are the tokens of the prompt. The others count.")
def _prompt_alone(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    costs = -logits.log_softmax(-1)[:-1].gather(1, token_ids[1:, None])[:, 0]
    kept = costs * ~is_answer[1:]
    return kept.sum() / (~is_answer[1:]).sum().clamp(min=1)


@mistake("The first token of the answer is missing: what the last token of the prompt says of it counts as well.")
def _first_lost(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    costs = -logits.log_softmax(-1)[:-1].gather(1, token_ids[1:, None])[:, 0]
    kept = is_answer[1:] & is_answer[:-1]
    return (costs * kept).sum() / kept.sum().clamp(min=1)


@mistake("Only the last token counts here. The mean over all tokens of the answer is due.")
def _last_alone(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    return -logits.log_softmax(-1)[:-1].gather(1, token_ids[1:, None])[-1, 0]


def _token_by_token(logits: Tensor, token_ids: Tensor, is_answer: Tensor) -> Tensor:
    costs = [
        torch.logsumexp(logits[place - 1], 0) - logits[place - 1, token_ids[place]]
        for place in range(1, len(token_ids))
        if is_answer[place]
    ]
    return torch.stack(costs).sum() / len(costs)


ANSWER_COST = CodeExercise(
    id="alignment.answer_cost",
    title="What the answer costs",
    stars=2,
    minutes=8,
    task="Write the loss of the answer's tokens with a softmax and an index.",
    hints=[
        "Of three tokens with the last one an answer, only logits[1] and token_ids[2] count.",
        "`said = logits[:-1].log_softmax(-1)` is about `token_ids[1:]`: row i belongs to entry i.",
        "Take from each row the number of its token with `gather`, keep those where `is_answer[1:]`, and take −mean.",
    ],
    solution=answer_cost,
    reference=_token_by_token,
    inputs=_texts,
    gradient=["logits"],
    forbidden=["cross_entropy", "nll_loss", "answer_loss", "loss_of_answers", "CrossEntropyLoss", "NLLLoss"],
    mistakes=[
        _unshifted, _shifted_back, _whole_text, _mask_off, _over_all, _over_every, _sum, _negative, _raw,
        _probabilities, _over_tokens, _in_bits, _prompt_alone, _first_lost, _last_alone,
    ],
)  # fmt: skip

# --- nine of ten ------------------------------------------------------------------------------------------------------

NINE = math.log(9)

NINE_OF_TEN = NumberExercise(
    id="alignment.nine_of_ten",
    title="Nine of ten",
    stars=1,
    minutes=4,
    task="Nine of ten raters prefer answer a to answer b. How large is r_a − r_b, if P(a ≻ b) = σ(r_a − r_b)?",
    hints=[
        "Which difference d has σ(d) = 0.9?",
        "σ(d) = 1 / (1 + e^−d), so e^−d = 1 / 0.9 − 1 = 1/9.",
        "d = ln 9.",
    ],
    solution=NINE,
    working="ln(0.9 / 0.1)",
    tolerance=0.01,
    mistakes=[
        wrong_number(0.9, "That is the probability. Which difference has that sigmoid?", 0.005),
        wrong_number(
            1 / (1 + math.exp(-0.9)), "That is the sigmoid of 0.9. Go the other way: whose sigmoid is 0.9?", 0.005
        ),
        wrong_number(-NINE, "That is r_b − r_a. The answer that is preferred has the higher reward.", 0.01),
        wrong_number(math.log(0.9), "That is ln 0.9. The sigmoid is 1 / (1 + e^−d); solve that for d.", 0.005),
        wrong_number(-math.log(0.9), "That is the loss of the bet, −ln 0.9. The difference itself is asked.", 0.005),
        wrong_number(9.0, "Nine to one are the odds, e^d. Take their logarithm.", 0.01),
        wrong_number(math.log(10), "That is ln 10. The odds are 0.9 to 0.1, so 9.", 0.005),
        wrong_number(math.log10(9), "That is the logarithm to base 10. The sigmoid has e in it.", 0.005),
        wrong_number(math.log2(9), "That is the logarithm to base 2. The sigmoid has e in it.", 0.005),
        wrong_number(0.8, "0.9 − 0.1 is a difference of probabilities. The difference of rewards is asked.", 0.005),
        wrong_number(math.log(8), "That is ln 8. The odds are 0.9 / 0.1.", 0.005),
        wrong_number(0.0, "With equal rewards each wins half of the time.", 0.01),
        wrong_number(1 / 9, "That is e^−d. Take its logarithm, and change the sign.", 0.005),
    ],
    remark="Ninety-nine of a hundred would be 4.6: each nine more adds about 2.3.",
)

# --- DPO --------------------------------------------------------------------------------------------------------------


def _pairs(rng: Generator) -> Iterator[tuple[Tensor, ...]]:
    def mask(*lengths: int, width: int) -> Tensor:
        return torch.arange(width) < torch.tensor(lengths)[:, None]

    one = torch.tensor([[-1.0, -1.0]], dtype=torch.double)
    yield one, 2 * one, 2 * one, one, mask(2, width=2), mask(1, width=2), 0.5  # (2 + 1) / 2, to be read
    for n, wide, narrow, beta in ((3, 4, 3, 0.1), (2, 3, 5, 0.7), (4, 4, 4, 2.0)):
        said = [-_normal(rng, n, width).abs() for width in (wide, narrow, wide, narrow)]
        lengths = [rng.integers(1, width + 1, n).tolist() for width in (wide, narrow)]
        yield *said, mask(*lengths[0], width=wide), mask(*lengths[1], width=narrow), beta


def dpo_of_tokens(
    chosen: Tensor, rejected: Tensor, reference_chosen: Tensor, reference_rejected: Tensor, chosen_mask: Tensor,
    rejected_mask: Tensor, beta: float,
) -> Tensor:  # fmt: skip
    """DPO's loss, mean over the pairs: log-probabilities of tokens (pairs, tokens) and boolean masks -> a number.

    The first two are the model's, the next two the reference's. A mask is True for the tokens of the answer; only
    they count. The answers of a pair may differ in length, and so may the two widths. An answer's log-probability is
    the sum over its tokens.
    """
    good = ((chosen - reference_chosen) * chosen_mask).sum(1)
    bad = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -torch.nn.functional.logsigmoid(beta * (good - bad)).mean()


def _loss(difference: Tensor) -> Tensor:
    return torch.nn.functional.softplus(-difference).mean()


def _gains(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor
) -> tuple[Tensor, Tensor]:
    return ((chosen - first) * high).sum(1), ((rejected - second) * low).sum(1)


@mistake("Padding counts here. Multiply by the masks before you sum.")
def _padding(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    return _loss(beta * ((chosen - first).sum(1) - (rejected - second).sum(1)))


@mistake("You took the mean over the tokens. An answer's log-probability is the sum.")
def _mean_of_tokens(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return _loss(beta * (good / high.sum(1) - bad / low.sum(1)))


@mistake("Chosen and rejected are exchanged: the chosen answer stands first in the difference.")
def _exchanged(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return _loss(beta * (bad - good))


@mistake("The reference is missing. The rewards are those of ln(π / π_ref).")
def _without_reference(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    return _loss(beta * ((chosen * high).sum(1) - (rejected * low).sum(1)))


@mistake("β is missing: the rewards are β · ln(π / π_ref).")
def _without_beta(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return _loss(good - bad)


@mistake("You divided by β. The rewards are β · ln(π / π_ref).")
def _over_beta(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return _loss((good - bad) / beta)


@mistake("The references are added. They are taken away: ln(π / π_ref) = ln π − ln π_ref.")
def _added(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, -first, -second, high, low)
    return _loss(beta * (good - bad))


@mistake("The pairs are added up. Take their mean.")
def _sum_of_pairs(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    return dpo_of_tokens(chosen, rejected, first, second, high, low, beta) * len(chosen)


@mistake("The sign is missing: the loss is −ln σ, and so above 0.")
def _no_sign(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    return -dpo_of_tokens(chosen, rejected, first, second, high, low, beta)


@mistake("The logarithm is missing: the loss is −ln σ of the difference.")
def _no_logarithm(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return -torch.sigmoid(beta * (good - bad)).mean()


@mistake("These are the losses of the pairs. Take their mean.")
def _each_pair(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return -torch.nn.functional.logsigmoid(beta * (good - bad))


@mistake("You took the mean before the sigmoid. Each pair is a bet of its own: the mean comes last.")
def _mean_first(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    good, bad = _gains(chosen, rejected, first, second, high, low)
    return _loss(beta * (good - bad).mean())


@mistake("Each token makes a bet of its own here. An answer is one: sum over its tokens first.")
def _token_bets(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    width = min(chosen.shape[1], rejected.shape[1])
    good, bad = ((chosen - first) * high)[:, :width], ((rejected - second) * low)[:, :width]
    return _loss(beta * (good - bad))


@mistake("Only the chosen answer is in your loss. The rejected one is taken away.")
def _chosen_alone(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    return _loss(beta * ((chosen - first) * high).sum(1))


@mistake("Your β is 0.1 always. It is the last argument.")
def _always_a_tenth(
    chosen: Tensor, rejected: Tensor, first: Tensor, second: Tensor, high: Tensor, low: Tensor, beta: float
) -> Tensor:
    return dpo_of_tokens(chosen, rejected, first, second, high, low, 0.1)


def _pair_by_pair(
    chosen: Tensor, rejected: Tensor, reference_chosen: Tensor, reference_rejected: Tensor, chosen_mask: Tensor,
    rejected_mask: Tensor, beta: float,
) -> Tensor:  # fmt: skip
    losses = []
    for pair in range(len(chosen)):
        good, bad = chosen_mask[pair], rejected_mask[pair]
        high = chosen[pair][good].sum() - reference_chosen[pair][good].sum()
        low = rejected[pair][bad].sum() - reference_rejected[pair][bad].sum()
        losses.append(torch.log1p(torch.exp(beta * (low - high))))
    return sum(losses[1:], losses[0]) / len(losses)


DPO_OF_TOKENS = CodeExercise(
    id="alignment.dpo_of_tokens",
    title="DPO from the tokens",
    stars=2,
    minutes=10,
    task="Write DPO's loss for log-probabilities of tokens, padded to one length.",
    hints=[
        "First make one number of each answer: the sum of its tokens' log-probabilities, padding left out.",
        "`good = ((chosen - reference_chosen) * chosen_mask).sum(1)`, and the same for the rejected ones.",
        "The loss is −ln σ(β · (good − bad)), for which there is `logsigmoid`, and its mean over the pairs.",
    ],
    solution=dpo_of_tokens,
    reference=_pair_by_pair,
    inputs=_pairs,
    gradient=["chosen", "rejected"],
    forbidden=["dpo_loss", "dpo", "preference_loss"],
    mistakes=[
        _padding, _mean_of_tokens, _exchanged, _without_reference, _without_beta, _over_beta, _added, _sum_of_pairs,
        _no_sign, _no_logarithm, _each_pair, _mean_first, _token_bets, _chosen_alone, _always_a_tenth,
    ],
)  # fmt: skip

# --- the clip, by hand ------------------------------------------------------------------------------------------------

CLIPPED_TOKEN = NumberExercise(
    id="alignment.clipped_token",
    title="One token, by hand",
    stars=1,
    minutes=5,
    task=(
        "A token had probability 0.2 when it was written, and has 0.3 now. Its answer has the advantage −2, and "
        "ε = 0.2. What does the token add to the loss, −min(ρA, clip(ρ)A)?"
    ),
    hints=[
        "The ratio ρ is 0.3 / 0.2. What is it after the clip?",
        "ρA = 1.5 · (−2) and clip(ρ)A = 1.2 · (−2). Which is the smaller?",
        "−3 is smaller than −2.4.",
    ],
    solution=3.0,
    working="-min(1.5 * -2, 1.2 * -2)",
    tolerance=0.01,
    mistakes=[
        wrong_number(2.4, "That is the clipped one. −3 is the smaller of both, and min takes it.", 0.01),
        wrong_number(-3.0, "The sign in front is missing: a loss is what one wants less of.", 0.01),
        wrong_number(-2.4, "That is the clipped one, without the sign in front. Which of both is the smaller?", 0.01),
        wrong_number(1.5, "That is the ratio. It is multiplied by the advantage.", 0.01),
        wrong_number(1.2, "That is the clipped ratio. It is multiplied by the advantage, and min chooses.", 0.01),
        wrong_number(2.0, "That is the advantage with a ratio of 1. The ratio is 0.3 / 0.2.", 0.01),
        wrong_number(1.6, "You clipped to 0.8. A ratio of 1.5 is clipped to 1.2, and min chooses.", 0.01),
        wrong_number(4 / 3, "Your ratio is upside down: it is now over before, 0.3 / 0.2.", 0.01),
        wrong_number(0.6, "You multiplied by the probability now. The ratio is 0.3 / 0.2.", 0.01),
        wrong_number(0.2, "You took the difference of the probabilities. It is their ratio that counts.", 0.005),
        wrong_number(0.0, "The gradient would be 0 beyond the clip of a *good* answer. Here the value is asked.", 0.01),
    ],
    remark="The token went the wrong way, so nothing stops the gradient that brings it back.",
)

# --- advantages -------------------------------------------------------------------------------------------------------


def _rewards(rng: Generator) -> Iterator[tuple[Tensor, int]]:
    yield torch.tensor([1.0, 0.0, 3.0, 5.0], dtype=torch.double), 2  # ±0.7, to be read
    for groups, group in ((2, 4), (3, 3), (1, 6)):
        yield _normal(rng, groups * group), group
    yield torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0, 1.0], dtype=torch.double), 3  # a group without a spread


def advantages(rewards: Tensor, group: int) -> Tensor:
    """Rewards (n · group,) -> what each answer is worth beside the others of its group, in the same order.

    The first `group` rewards are those of one prompt, the next those of another. From each its group's mean is taken,
    and the rest divided by (standard deviation + 0.0001), that of a sample: the sum of squares over group − 1. A group
    has two answers or more.
    """
    rows = rewards.reshape(-1, group)
    worth = (rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)
    return worth.reshape(-1)


@mistake("You took one mean and one spread for all. Each group has its own.")
def _all_together(rewards: Tensor, group: int) -> Tensor:
    return (rewards - rewards.mean()) / (rewards.std() + 1e-4)


@mistake("Your groups are interleaved. The first `group` rewards are one group.")
def _interleaved(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(group, -1)
    return ((rows - rows.mean(0)) / (rows.std(0) + 1e-4)).reshape(-1)


@mistake("The mean is not taken away.")
def _not_centred(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return (rows / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


@mistake("Nothing is divided: the rest is taken in units of the group's spread.")
def _not_scaled(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return (rows - rows.mean(1, keepdim=True)).reshape(-1)


@mistake("Your spread divides by the number of answers. That of a sample divides by one less.")
def _population(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.std(1, keepdim=True, correction=0) + 1e-4)).reshape(-1)


@mistake("You divided by the variance. Its root is the standard deviation.")
def _variance(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.var(1, keepdim=True) + 1e-4)).reshape(-1)


@mistake("A group in which all are alike gives NaN here. Add 0.0001 to the standard deviation.")
def _no_epsilon(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True)).reshape(-1)


@mistake("0.0001 stands inside the root. Add it to the standard deviation.")
def _epsilon_inside(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return ((rows - rows.mean(1, keepdim=True)) / (rows.var(1, keepdim=True) + 1e-4).sqrt()).reshape(-1)


@mistake("The sign is wrong: an answer above the mean is worth more than 0.")
def _upside_down(rewards: Tensor, group: int) -> Tensor:
    return -advantages(rewards, group)


@mistake("You took the best of the group away. It is the mean that is taken away.")
def _less_the_best(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return ((rows - rows.amax(1, keepdim=True)) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


@mistake("These are the groups as rows. One row in the order of the rewards is due.")
def _as_rows(rewards: Tensor, group: int) -> Tensor:
    return advantages(rewards, group).reshape(-1, group)


@mistake("You returned after the first group. All of them are due.")
def _first_group(rewards: Tensor, group: int) -> Tensor:
    return advantages(rewards, group)[:group]


@mistake("You took the median away. It is the mean that is taken away.")
def _median(rewards: Tensor, group: int) -> Tensor:
    rows = rewards.reshape(-1, group)
    return ((rows - rows.median(1, keepdim=True).values) / (rows.std(1, keepdim=True) + 1e-4)).reshape(-1)


def _one_by_one(rewards: Tensor, group: int) -> Tensor:
    found, values = [], rewards.tolist()
    for start in range(0, len(values), group):
        some = values[start : start + group]
        middle = sum(some) / group
        spread = math.sqrt(sum((x - middle) ** 2 for x in some) / (group - 1))
        found += [(x - middle) / (spread + 1e-4) for x in some]
    return torch.tensor(found, dtype=torch.double)


ADVANTAGES = CodeExercise(
    id="alignment.advantages",
    title="Better than the others",
    stars=2,
    minutes=8,
    task="Write advantages within groups, for groups that stand one after the other in one row.",
    hints=[
        "Of the group (3, 5) the mean is 4 and the spread √2: the advantages are about −0.71 and 0.71.",
        "`rows = rewards.reshape(-1, group)` puts each group into a row.",
        "`rows.mean(1, keepdim=True)` and `rows.std(1, keepdim=True)`, and `.reshape(-1)` in the end.",
    ],
    solution=advantages,
    reference=_one_by_one,
    inputs=_rewards,
    forbidden=["group_advantages", "centred"],
    mistakes=[
        _all_together, _interleaved, _not_centred, _not_scaled, _population, _variance, _no_epsilon, _epsilon_inside,
        _upside_down, _less_the_best, _as_rows, _first_group, _median,
    ],
)  # fmt: skip

# --- pass@k -----------------------------------------------------------------------------------------------------------


def _counts(rng: Generator) -> Iterator[tuple[int, int, int]]:
    yield 4, 1, 2  # 1/2, to be read
    for n, n_right, k in ((5, 0, 3), (5, 5, 1), (8, 3, 2), (16, 1, 8), (10, 4, 7), (200, 30, 10), (6, 4, 1)):
        yield n, n_right, k
    n = int(rng.integers(8, 30))
    yield n, int(rng.integers(1, n)), int(rng.integers(2, n))


def passed(n: int, n_right: int, k: int) -> float:
    """The share of all ways to take k of n answers that hold at least one of the n_right right ones: a number.

    Whole numbers with 1 <= k <= n and 0 <= n_right <= n, n at most 200. It is one less the share of ways that take
    wrong answers alone.
    """
    return 1 - math.comb(n - n_right, k) / math.comb(n, k)


@mistake("That draws with replacement. Taken answers do not come again: count ways to take k of n.")
def _with_replacement(n: int, n_right: int, k: int) -> float:
    return 1 - (1 - n_right / n) ** k


@mistake("That is the share of right answers. With k of them taken, one that is right suffices.")
def _share(n: int, n_right: int, k: int) -> float:
    return n_right / n


@mistake("That is the share of ways with wrong answers alone. Take it from 1.")
def _all_wrong(n: int, n_right: int, k: int) -> float:
    return math.comb(n - n_right, k) / math.comb(n, k)


@mistake("That asks that all taken answers are right. One suffices.")
def _all_right(n: int, n_right: int, k: int) -> float:
    return math.comb(n_right, k) / math.comb(n, k)


@mistake("You counted ways without any of the right ones wrongly: k are taken from the n − n_right wrong ones.")
def _from_the_right(n: int, n_right: int, k: int) -> float:
    return 1 - math.comb(n_right, k) / math.comb(n, k)


@mistake("That is the share of right answers times k, which may be above 1. Count the ways without a right one.")
def _times_k(n: int, n_right: int, k: int) -> float:
    return k * n_right / n


@mistake("That is capped at 1, but still the share times k. Two right answers in one draw count once.")
def _capped(n: int, n_right: int, k: int) -> float:
    return min(1.0, k * n_right / n)


@mistake("That is how likely exactly one is right. At least one is asked.")
def _exactly_one(n: int, n_right: int, k: int) -> float:
    return n_right * math.comb(n - n_right, k - 1) / math.comb(n, k)


@mistake("It is a share of ways here, not 0 or 1. Did `//` cut it off?")
def _yes_or_no(n: int, n_right: int, k: int) -> float:
    return float(n_right > 0)


@mistake("That is in percent. A share from 0 to 1 is due.")
def _percent(n: int, n_right: int, k: int) -> float:
    return 100 * passed(n, n_right, k)


@mistake("You took k from n − 1 answers below the line. There are n.")
def _one_less(n: int, n_right: int, k: int) -> float:
    return 1 - math.comb(n - n_right, k) / max(1, math.comb(n - 1, k))


def _one_after_the_other(n: int, n_right: int, k: int) -> float:
    none = 1.0
    for taken in range(k):
        none *= max(0, n - n_right - taken) / (n - taken)
    return 1 - none


PASSED = CodeExercise(
    id="alignment.passed",
    title="pass@k from n answers",
    stars=2,
    minutes=8,
    task="How likely do k of n answers hold a right one, if n_right of the n were right?",
    hints=[
        "Of 4 answers one is right, and 2 are taken: 3 of the 6 ways hold it.",
        "Count the ways that hold none: k answers from the n − n_right wrong ones, `math.comb(n - n_right, k)`.",
        "One less that number over `math.comb(n, k)`.",
    ],
    solution=passed,
    reference=_one_after_the_other,
    inputs=_counts,
    forbidden=["pass_at_k"],
    mistakes=[
        _with_replacement, _share, _all_wrong, _all_right, _from_the_right, _times_k, _capped, _exactly_one,
        _yes_or_no, _percent, _one_less,
    ],
)  # fmt: skip

# --- quiz -------------------------------------------------------------------------------------------------------------

QUIZ_PAIRS = Quiz(
    id="alignment.quiz_pairs",
    title="The pairs are won",
    task="A training with DPO wins every pair, and its loss is near 0. What follows for the model's answers?",
    hints=["What of the two probabilities does the loss see?", "Both may fall. Where does the rest go?"],
    options=[
        wrong(
            "They are like the chosen ones", "Chosen answers may have become less likely: only the difference counts."
        ),
        right(
            "Nothing yet: the probability may have gone to answers that are in no pair",
            "So let it write, and look at what it writes, greedy and drawn.",
        ),
        wrong("They are near the reference", "β holds back, but a loss near 0 needs large differences, far from it."),
        wrong(
            "They are longer than before",
            "That happens where raters like long answers. The loss alone does not say it.",
        ),
    ],
)

QUIZ_GROUP = Quiz(
    id="alignment.quiz_group",
    title="Eight right answers",
    task="With GRPO, all eight answers to a prompt are right. What does the model learn from them?",
    hints=["What is the mean of the group?", "What is each answer worth, less that mean?"],
    options=[
        wrong("To give them more often", "Each is compared with the others, and is worth no more than they are."),
        right("Nothing but to stay near its start", "Every advantage is 0, and only the price β is left."),
        wrong(
            "More than from any other prompt, since the reward is highest",
            "What counts is the reward less the mean of the group.",
        ),
        wrong("To give them less often", "That would need advantages below 0. They are 0."),
    ],
)

QUIZ_BETA = Quiz(
    id="alignment.quiz_beta",
    title="A flawed reward",
    task="A reward is being hacked. What does a larger β do?",
    hints=["What does the formula of the best policy hold besides β?", "What is the best policy for a very large β?"],
    options=[
        wrong("It makes the right answers win", "The best policy is tilted by the same flawed reward, at every price."),
        wrong("It repairs the reward", "The reward stays as it is. β only prices the way from the start."),
        right("It keeps the model nearer to its start", "There is less hacking, and less learning."),
        wrong("Nothing at all", "It does hold back; a very large one leaves the model as it was."),
    ],
)
