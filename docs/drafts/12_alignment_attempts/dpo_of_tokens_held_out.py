"""Held-out attempts at dpo_of_tokens, as a dozen other learners would hand them in."""

import torch
import torch.nn.functional as F


def right_as_in_the_text(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Four masked sums and the line of the text."""
    pi_w = (chosen * chosen_mask).sum(dim=1)
    pi_l = (rejected * rejected_mask).sum(dim=1)
    ref_w = (reference_chosen * chosen_mask).sum(dim=1)
    ref_l = (reference_rejected * rejected_mask).sum(dim=1)
    return -F.logsigmoid(beta * (pi_w - ref_w) - beta * (pi_l - ref_l)).mean()


def right_float_mask(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Masks as numbers."""
    c = chosen_mask.to(chosen.dtype)
    r = rejected_mask.to(rejected.dtype)
    chosen_reward = beta * torch.sum(c * (chosen - reference_chosen), dim=-1)
    rejected_reward = beta * torch.sum(r * (rejected - reference_rejected), dim=-1)
    return torch.mean(F.softplus(rejected_reward - chosen_reward))


def right_filled(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """masked_fill and the two ratios of the paper."""
    def total(x, mask):
        return x.masked_fill(~mask, 0.0).sum(-1)

    policy_ratio = total(chosen, chosen_mask) - total(rejected, rejected_mask)
    reference_ratio = total(reference_chosen, chosen_mask) - total(reference_rejected, rejected_mask)
    return -F.logsigmoid(beta * (policy_ratio - reference_ratio)).mean()


def right_where(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """torch.where, with zeros of the same kind."""
    w = torch.where(chosen_mask, chosen - reference_chosen, torch.zeros_like(chosen)).sum(1)
    l = torch.where(rejected_mask, rejected - reference_rejected, torch.zeros_like(rejected)).sum(1)
    margin = beta * (w - l)
    return torch.mean(-F.logsigmoid(margin))


def right_each_pair(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A loop over the pairs that adds up."""
    loss = 0
    for i in range(chosen.shape[0]):
        w = chosen[i, chosen_mask[i]].sum() - reference_chosen[i, chosen_mask[i]].sum()
        l = rejected[i, rejected_mask[i]].sum() - reference_rejected[i, rejected_mask[i]].sum()
        loss = loss - F.logsigmoid(beta * w - beta * l)
    return loss / chosen.shape[0]


def right_stacked(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A list of losses, stacked."""
    losses = []
    for c, r, rc, rr, cm, rm in zip(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask):
        reward_c = beta * (c[cm].sum() - rc[cm].sum())
        reward_r = beta * (r[rm].sum() - rr[rm].sum())
        losses.append(torch.logaddexp(reward_c, reward_r) - reward_c)
    return torch.stack(losses).mean()


def right_bce(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """BCEWithLogitsLoss with ones."""
    d = ((chosen - reference_chosen) * chosen_mask).sum(1) - ((rejected - reference_rejected) * rejected_mask).sum(1)
    return torch.nn.BCEWithLogitsLoss()(beta * d, torch.ones(len(d), dtype=d.dtype))


def right_softmax_of_two(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """log_softmax over the two rewards."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.log_softmax(beta * torch.stack((w, l)), dim=0)[0].mean()


def wrong_masks_forgotten(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Sums over everything."""
    w = (chosen - reference_chosen).sum(-1)
    l = (rejected - reference_rejected).sum(-1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_mean_per_answer(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Divides by the lengths."""
    def mean(x, mask):
        return (x * mask).sum(1) / mask.sum(1)

    w = mean(chosen, chosen_mask) - mean(reference_chosen, chosen_mask)
    l = mean(rejected, rejected_mask) - mean(reference_rejected, rejected_mask)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_straight_from_above(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The line of the cell above, token by token; the widths do not fit."""
    return -F.logsigmoid(beta * (chosen - reference_chosen) - beta * (rejected - reference_rejected)).mean()


def wrong_same_mask(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """A copied line: the reference of the rejected answer gets the chosen one's mask."""
    w = (chosen * chosen_mask).sum(1) - (reference_chosen * chosen_mask).sum(1)
    l = (rejected * rejected_mask).sum(1) - (reference_rejected * chosen_mask).sum(1)
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_minus_forgotten(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """No minus."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return F.logsigmoid(beta * w - beta * l).mean()


def wrong_beta_forgotten(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Without beta."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -F.logsigmoid(w - l).mean()


def wrong_reference_forgotten(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Without the reference."""
    return -F.logsigmoid(beta * ((chosen * chosen_mask).sum(1) - (rejected * rejected_mask).sum(1))).mean()


def wrong_log_forgotten(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Sigmoid, no logarithm."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return -torch.sigmoid(beta * (w - l)).mean()


def wrong_sum_without_axis(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Indexes with the mask, which flattens, and sums all."""
    w = chosen[chosen_mask].sum() - reference_chosen[chosen_mask].sum()
    l = rejected[rejected_mask].sum() - reference_rejected[rejected_mask].sum()
    return -F.logsigmoid(beta * (w - l))


def wrong_swapped(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """The loser is to win."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return F.softplus(beta * (w - l)).mean()


def wrong_summed_over_pairs(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Adds up in a loop and forgets to divide."""
    loss = 0
    for i in range(len(chosen)):
        w = (chosen[i] - reference_chosen[i])[chosen_mask[i]].sum()
        l = (rejected[i] - reference_rejected[i])[rejected_mask[i]].sum()
        loss -= F.logsigmoid(beta * (w - l))
    return loss


def wrong_exp_first(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """Sums probabilities of tokens, and takes the logarithm afterwards."""
    w = ((chosen.exp() * chosen_mask).sum(1) / (reference_chosen.exp() * chosen_mask).sum(1)).log()
    l = ((rejected.exp() * rejected_mask).sum(1) / (reference_rejected.exp() * rejected_mask).sum(1)).log()
    return -F.logsigmoid(beta * (w - l)).mean()


def wrong_to_a_number(chosen, rejected, reference_chosen, reference_rejected, chosen_mask, rejected_mask, beta):
    """item() at the end."""
    w = ((chosen - reference_chosen) * chosen_mask).sum(1)
    l = ((rejected - reference_rejected) * rejected_mask).sum(1)
    return (-F.logsigmoid(beta * (w - l))).mean().item()
