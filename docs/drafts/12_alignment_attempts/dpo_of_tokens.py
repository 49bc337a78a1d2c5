"""Attempts at dpo_of_tokens, written from the task's text alone."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# ---------------------------------------------------------------- right
def right_four_sums(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Sums four times, then the formula of the text."""
    said_w = (chosen * chosen_mask).sum(1)
    said_l = (rejected * rejected_mask).sum(1)
    reference_w = (reference_chosen * chosen_mask).sum(1)
    reference_l = (reference_rejected * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (said_w - reference_w) - beta * (said_l - reference_l)).mean()


def right_gains_per_token(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """What each token has gained, summed over the answer."""
    won = torch.where(chosen_mask, chosen - reference_chosen, 0.0).sum(-1)
    lost = torch.where(rejected_mask, rejected - reference_rejected, 0.0).sum(-1)
    return F.softplus(-beta * (won - lost)).mean()


def right_masked_fill(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Fills the padding with 0, in a copy."""
    sums = []
    for logp, mask in ((chosen, chosen_mask), (rejected, rejected_mask), (reference_chosen, chosen_mask), (reference_rejected, rejected_mask)):
        sums.append(logp.masked_fill(~mask, 0).sum(dim=1))
    w, l, rw, rl = sums
    return F.logsigmoid(beta * ((w - l) - (rw - rl))).mul(-1).mean()


def right_helper(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The implicit reward as a function of its own."""

    def implicit_reward(said, reference, mask):
        return beta * ((said - reference) * mask).sum(1)

    difference = implicit_reward(chosen, reference_chosen, chosen_mask) - implicit_reward(rejected, reference_rejected, rejected_mask)
    return torch.mean(-F.logsigmoid(difference))


def right_loop_over_pairs(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Pair by pair, with a boolean index."""
    losses = []
    for i in range(len(chosen)):
        w, l = chosen_mask[i], rejected_mask[i]
        x = chosen[i][w].sum() - reference_chosen[i][w].sum()
        y = rejected[i][l].sum() - reference_rejected[i][l].sum()
        losses.append(-F.logsigmoid(beta * (x - y)))
    return torch.stack(losses).mean()


def right_number_by_number(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A beginner's loops down to single tokens, which stay tensors."""
    total = 0
    pairs = chosen.shape[0]
    for i in range(pairs):
        gain = chosen.new_zeros(())
        for j in range(chosen.shape[1]):
            if chosen_mask[i, j]:
                gain = gain + chosen[i, j] - reference_chosen[i, j]
        for j in range(rejected.shape[1]):
            if rejected_mask[i, j]:
                gain = gain - (rejected[i, j] - reference_rejected[i, j])
        total = total + F.softplus(-beta * gain)
    return total / pairs


def right_binary_cross_entropy(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A classification whose labels are all 1."""
    gain = ((chosen - reference_chosen) * chosen_mask).sum(1) - ((rejected - reference_rejected) * rejected_mask).sum(1)
    return F.binary_cross_entropy_with_logits(beta * gain, torch.ones_like(gain))


def right_two_columns(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The two rewards as logits of two classes; the first is right."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    rewards = beta * torch.stack([w, l], dim=1)
    return -rewards.log_softmax(dim=1)[:, 0].mean()


def right_cross_entropy(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """PyTorch's cross-entropy of the two rewards, with label 0."""
    w = (chosen * chosen_mask - reference_chosen * chosen_mask).sum(1)
    l = (rejected * rejected_mask - reference_rejected * rejected_mask).sum(1)
    return F.cross_entropy(torch.column_stack([w, l]) * beta, torch.zeros(len(w), dtype=torch.long))


def right_logaddexp(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """-ln sigmoid(w - l) is ln(e^w + e^l) - w."""
    w = beta * ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = beta * ((rejected - reference_rejected) * rejected_mask).sum(1)
    return (torch.logaddexp(w, l) - w).mean()


def right_einsum(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """einsum with masks as numbers."""
    w = torch.einsum("pt,pt->p", chosen - reference_chosen, chosen_mask.to(chosen.dtype))
    l = torch.einsum("pt,pt->p", rejected - reference_rejected, rejected_mask.to(rejected.dtype))
    return -nn.LogSigmoid()(beta * (w - l)).mean()


def right_matrix_product(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The diagonal of a matrix product."""
    w = ((chosen - reference_chosen) @ chosen_mask.to(chosen.dtype).T).diagonal()
    l = ((rejected - reference_rejected) @ rejected_mask.to(chosen.dtype).T).diagonal()
    return F.logsigmoid(beta * w - beta * l).neg().mean()


def right_concatenated(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Both answers side by side; the rejected one counts negatively."""
    gains = torch.cat([chosen - reference_chosen, reference_rejected - rejected], dim=1)
    mask = torch.cat([chosen_mask, rejected_mask], dim=1)
    return -F.logsigmoid(beta * (gains * mask).sum(1)).mean()


def right_by_hand(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """ln(1 + e^-x) by hand, in the form that does not overflow."""
    x = beta * (((chosen - reference_chosen) * chosen_mask).sum(1) - ((rejected - reference_rejected) * rejected_mask).sum(1))
    return (torch.relu(-x) + torch.log1p(torch.exp(-x.abs()))).mean()


def right_comprehension(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """zip over everything."""
    rows = zip(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask)
    return sum(-F.logsigmoid(beta * ((c - rc)[m].sum() - (r - rr)[n].sum())) for c, r, rc, rr, m, n in rows) / len(chosen)


def right_recursive(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The losses pair by pair, by recursion."""

    def losses(i):
        if i == len(chosen):
            return []
        w = (chosen[i] - reference_chosen[i])[chosen_mask[i]].sum()
        l = (rejected[i] - reference_rejected[i])[rejected_mask[i]].sum()
        return [F.softplus(beta * (l - w)), *losses(i + 1)]

    return torch.stack(losses(0)).mean()


def right_index_add(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Only the tokens that count, each added to its pair."""
    n = len(chosen)
    w = torch.zeros(n, dtype=chosen.dtype).index_add(0, chosen_mask.nonzero()[:, 0], (chosen - reference_chosen)[chosen_mask])
    l = torch.zeros(n, dtype=chosen.dtype).index_add(0, rejected_mask.nonzero()[:, 0], (rejected - reference_rejected)[rejected_mask])
    return -F.logsigmoid(beta * (w - l)).mean()


def right_vmap(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """For one pair, mapped over all."""

    def one(c, r, rc, rr, m, n):
        return F.softplus(beta * (((r - rr) * n).sum() - ((c - rc) * m).sum()))

    return torch.func.vmap(one)(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask).mean()


def right_mean_times_length(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A sum, then divided by the number of pairs."""
    gain_w = (chosen.mul(chosen_mask) - reference_chosen.mul(chosen_mask)).sum(dim=-1)
    gain_l = (rejected.mul(rejected_mask) - reference_rejected.mul(rejected_mask)).sum(dim=-1)
    loss = -torch.nn.functional.logsigmoid(beta * (gain_w - gain_l))
    return loss.sum() / loss.numel()


# ---------------------------------------------------------------- wrong
def wrong_no_mask(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Sums the padding as well."""
    w = chosen.sum(1) - reference_chosen.sum(1)
    l = rejected.sum(1) - reference_rejected.sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_mean_of_tokens(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The mean over an answer's tokens, not their sum."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1) / chosen_mask.sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1) / rejected_mask.sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_mean_over_width(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """mean(1) in place of sum(1)."""
    w = ((chosen - reference_chosen) * chosen_mask).mean(1)
    l = ((rejected - reference_rejected) * rejected_mask).mean(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_one_mask(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The chosen answer's mask for both."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * chosen_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_mask_turned_round(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Fills with 0 where the mask is True."""
    w = (chosen - reference_chosen).masked_fill(chosen_mask, 0).sum(1)
    l = (rejected - reference_rejected).masked_fill(rejected_mask, 0).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_reference_not_masked(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The reference's padding counts."""
    w = (chosen * chosen_mask).sum(1) - reference_chosen.sum(1)
    l = (rejected * rejected_mask).sum(1) - reference_rejected.sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_no_minus(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Forgets the minus before the logarithm."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return F.logsigmoid(beta * (w - l)).mean()


def wrong_loser_first(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Prefers the rejected answer."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (l - w)).mean()


def wrong_no_reference(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Leaves the reference out."""
    w = (chosen * chosen_mask).sum(1)
    l = (rejected * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_reference_added(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Adds the reference where it should subtract."""
    w = ((chosen + reference_chosen) * chosen_mask).sum(1)
    l = ((rejected + reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_reference_of_chosen_only(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Forgets the reference of the rejected answer."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = (rejected * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_sign_of_reference_rejected(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A bracket is missing: the rejected answer's reference is subtracted, too."""
    w, rw = (chosen * chosen_mask).sum(1), (reference_chosen * chosen_mask).sum(1)
    l, rl = (rejected * rejected_mask).sum(1), (reference_rejected * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - rw - l - rl)).mean()


def wrong_no_beta(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """beta is never used."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(w - l).mean()


def wrong_beta_of_the_text(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Writes 0.1, the example's, for beta."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(0.1 * (w - l)).mean()


def wrong_beta_outside(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """beta before the logarithm."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -beta * F.logsigmoid(w - l).mean()


def wrong_divided_by_beta(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Divides by beta, as in the tilt of the reference."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid((w - l) / beta).mean()


def wrong_beta_on_chosen_only(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A bracket is missing: beta meets the chosen answer alone."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * w - l).mean()


def wrong_sum_over_pairs(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The sum over the pairs."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).sum()


def wrong_per_pair(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The loss of each pair, without a mean."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l))


def wrong_mean_inside(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The mean of the differences before the sigmoid."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l).mean())


def wrong_log_of_mean(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The logarithm of the mean probability that the bet is won."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -torch.sigmoid(beta * (w - l)).mean().log()


def wrong_no_log(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The sigmoid without its logarithm."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -torch.sigmoid(beta * (w - l)).mean()


def wrong_no_sigmoid(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The difference of the rewards alone, without a bet."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -(beta * (w - l)).mean()


def wrong_everything_summed(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """sum() without an axis: all pairs in one bet."""
    w = ((chosen - reference_chosen) * chosen_mask).sum()
    l = ((rejected - reference_rejected) * rejected_mask).sum()
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_axis(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Sums over the pairs, and takes the mean over the places."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(0)
    l = ((rejected - reference_rejected) * rejected_mask).sum(0)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_bet_on_each_token(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A bet on each token, up to the narrower of both."""
    n = min(chosen.shape[1], rejected.shape[1])
    x = (chosen - reference_chosen)[:, :n] - (rejected - reference_rejected)[:, :n]
    mask = chosen_mask[:, :n] & rejected_mask[:, :n]
    return -F.logsigmoid(beta * x)[mask].mean()


def wrong_cut_to_the_narrower(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Cuts both answers to the same width."""
    n = min(chosen.shape[1], rejected.shape[1])
    w = ((chosen - reference_chosen) * chosen_mask)[:, :n].sum(1)
    l = ((rejected - reference_rejected) * rejected_mask)[:, :n].sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_probabilities(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Takes the logarithms for probabilities, and takes their logarithm."""
    w = ((chosen / reference_chosen).log() * chosen_mask).sum(1)
    l = ((rejected / reference_rejected).log() * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_ratio_of_sums(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A quotient of log-probabilities where their difference is due."""
    w = (chosen * chosen_mask).sum(1) / (reference_chosen * chosen_mask).sum(1)
    l = (rejected * rejected_mask).sum(1) / (reference_rejected * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_first_pair(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The return stands inside the loop."""
    for i in range(len(chosen)):
        w = (chosen[i] - reference_chosen[i])[chosen_mask[i]].sum()
        l = (rejected[i] - reference_rejected[i])[rejected_mask[i]].sum()
        return -F.logsigmoid(beta * (w - l))


def wrong_in_place(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Writes zeros into the caller's numbers."""
    for logp, mask in ((chosen, chosen_mask), (rejected, rejected_mask), (reference_chosen, chosen_mask), (reference_rejected, rejected_mask)):
        logp[~mask] = 0
    w = (chosen - reference_chosen).sum(1)
    l = (rejected - reference_rejected).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_library(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The course's own loss on four sums, which the task forbids."""
    from lessons.alignment import dpo_loss

    sums = (chosen * chosen_mask, rejected * rejected_mask, reference_chosen * chosen_mask, reference_rejected * rejected_mask)
    return dpo_loss(*(each.sum(1) for each in sums), beta)


def wrong_preference_loss(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The course's loss of two rewards, which the task forbids."""
    from lessons.alignment import preference_loss

    w = beta * ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = beta * ((rejected - reference_rejected) * rejected_mask).sum(1)
    return preference_loss(w, l)


def wrong_numpy(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """In NumPy: the number is right, and no gradient flows."""
    c, r, rc, rr, m, n = (x.detach().numpy() for x in (chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask))
    x = beta * (np.where(m, c - rc, 0).sum(1) - np.where(n, r - rr, 0).sum(1))
    return np.logaddexp(0, -x).mean()


def wrong_item(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Python numbers: no gradient flows."""
    total = 0.0
    for i in range(len(chosen)):
        w = (chosen[i] - reference_chosen[i])[chosen_mask[i]].sum().item()
        l = (rejected[i] - reference_rejected[i])[rejected_mask[i]].sum().item()
        total += math.log1p(math.exp(-beta * (w - l)))
    return total / len(chosen)


def wrong_rejected_detached(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """No gradient reaches the rejected answer."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    with torch.no_grad():
        l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_with_likelihood(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Adds the ordinary loss of the chosen answer, which comes further down in the text."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean() - chosen[chosen_mask].mean()


def wrong_share_won(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """How many pairs are won."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return (w > l).to(chosen.dtype).mean()


def wrong_two_sigmoids(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A sigmoid for each reward instead of one for their difference."""
    w = beta * ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = beta * ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -(F.logsigmoid(w) - F.logsigmoid(l)).mean()


def wrong_prints(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Prints where it should return."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    print(-F.logsigmoid(beta * (w - l)).mean())
