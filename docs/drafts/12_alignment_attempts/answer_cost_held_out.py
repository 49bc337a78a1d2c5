"""Held-out attempts at answer_cost, as a dozen other learners would hand them in."""

import torch
import torch.nn.functional as F


def right_plain(logits, token_ids, is_answer):
    """Shift, softmax, index, mask, mean."""
    probs = F.softmax(logits[:-1], dim=-1)
    targets = token_ids[1:]
    mask = is_answer[1:]
    p = probs[torch.arange(len(targets)), targets]
    return -p.log()[mask].mean()


def right_log_softmax(logits, token_ids, is_answer):
    """log_softmax, and the mask first."""
    mask = is_answer[1:]
    logp = logits[:-1][mask].log_softmax(dim=-1)
    return -logp.gather(-1, token_ids[1:][mask].unsqueeze(-1)).mean()


def right_sum_over_count(logits, token_ids, is_answer):
    """Masked sum over the count."""
    logp = torch.log_softmax(logits[:-1], -1)
    nll = -logp[torch.arange(len(logits) - 1), token_ids[1:]]
    mask = is_answer[1:].float()
    return (nll * mask).sum() / mask.sum()


def right_for_loop(logits, token_ids, is_answer):
    """A list of costs, appended in a loop."""
    costs = []
    for i in range(len(token_ids) - 1):
        if is_answer[i + 1]:
            p = torch.softmax(logits[i], dim=0)
            costs.append(-torch.log(p[token_ids[i + 1]]))
    return sum(costs) / len(costs)


def right_nonzero(logits, token_ids, is_answer):
    """Places from nonzero."""
    (where,) = is_answer.nonzero(as_tuple=True)
    p = logits[where - 1].softmax(-1)
    return -p[torch.arange(len(where)), token_ids[where]].log().mean()


def right_logsumexp_in_steps(logits, token_ids, is_answer):
    """logsumexp minus the token's logit, row by row."""
    loss = 0.0
    for place in torch.nonzero(is_answer).flatten().tolist():
        row = logits[place - 1]
        loss = loss + torch.logsumexp(row, 0) - row[token_ids[place]]
    return loss / int(is_answer.sum())


def right_range_index(logits, token_ids, is_answer):
    """Indexed by range, then a stack."""
    rows = [i for i in range(1, len(is_answer)) if bool(is_answer[i])]
    return torch.stack([-logits[i - 1].log_softmax(0)[token_ids[i]] for i in rows]).mean()


def right_one_hot_bool(logits, token_ids, is_answer):
    """A boolean table of what was said picks the numbers."""
    said = token_ids[1:, None] == torch.arange(logits.shape[1])
    return -logits[:-1].log_softmax(1)[said & is_answer[1:, None]].mean()


def wrong_no_shift(logits, token_ids, is_answer):
    """The row of the token itself, as if logits[i] were about token i."""
    p = F.softmax(logits, dim=-1)
    p = p[torch.arange(len(token_ids)), token_ids]
    return -p[is_answer].log().mean()


def wrong_old_mask(logits, token_ids, is_answer):
    """The mask of the places, not of the tokens that they are about."""
    probs = F.softmax(logits[:-1], dim=-1)
    p = probs[torch.arange(len(token_ids) - 1), token_ids[1:]]
    return -p.log()[is_answer[:-1]].mean()


def wrong_mean_of_masked(logits, token_ids, is_answer):
    """Zeros out the prompt and takes the mean over everything."""
    logp = F.log_softmax(logits[:-1], dim=-1)
    nll = -logp[torch.arange(len(token_ids) - 1), token_ids[1:]]
    return (nll * is_answer[1:]).mean()


def wrong_everything_counts(logits, token_ids, is_answer):
    """Never uses the mask."""
    logp = F.log_softmax(logits[:-1], dim=-1)
    return -logp[torch.arange(len(token_ids) - 1), token_ids[1:]].mean()


def wrong_forgotten_minus(logits, token_ids, is_answer):
    """ln p, not -ln p."""
    logp = F.log_softmax(logits[:-1], dim=-1)
    return logp[torch.arange(len(token_ids) - 1), token_ids[1:]][is_answer[1:]].mean()


def wrong_added_up(logits, token_ids, is_answer):
    """The sum."""
    logp = F.log_softmax(logits[:-1], dim=-1)
    return -logp[torch.arange(len(token_ids) - 1), token_ids[1:]][is_answer[1:]].sum()


def wrong_shape(logits, token_ids, is_answer):
    """Shifts the logits only, so the sizes do not fit."""
    p = F.softmax(logits[:-1], dim=-1)
    p = p[torch.arange(len(token_ids)), token_ids]
    return -p[is_answer].log().mean()


def wrong_log_after_mean(logits, token_ids, is_answer):
    """-ln of the mean."""
    probs = F.softmax(logits[:-1], dim=-1)
    p = probs[torch.arange(len(token_ids) - 1), token_ids[1:]][is_answer[1:]]
    return -torch.log(p.mean())


def wrong_cross_entropy(logits, token_ids, is_answer):
    """cross_entropy of the answer's rows."""
    return F.cross_entropy(logits[:-1][is_answer[1:]], token_ids[1:][is_answer[1:]])


def wrong_answer_cut_first(logits, token_ids, is_answer):
    """Masks first, and then shifts what is left."""
    probs = F.softmax(logits[is_answer], dim=-1)[:-1]
    ids = token_ids[is_answer][1:]
    return -probs[torch.arange(len(ids)), ids].log().mean()


def wrong_dim_zero(logits, token_ids, is_answer):
    """dim=0."""
    probs = F.softmax(logits[:-1], dim=0)
    return -probs[torch.arange(len(token_ids) - 1), token_ids[1:]].log()[is_answer[1:]].mean()


def wrong_as_a_float(logits, token_ids, is_answer):
    """A Python number at the end: no gradient flows."""
    probs = F.softmax(logits[:-1], dim=-1)
    return float(-probs[torch.arange(len(token_ids) - 1), token_ids[1:]].log()[is_answer[1:]].mean())


def wrong_all_pairs(logits, token_ids, is_answer):
    """probs[:, ids] gives every token at every place."""
    probs = F.softmax(logits[:-1], dim=-1)
    return -probs[:, token_ids[1:]].log()[is_answer[1:]].mean()
