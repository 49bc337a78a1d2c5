"""Attempts at answer_cost, written from the task's text alone."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


# ---------------------------------------------------------------- right
def right_softmax_and_index(logits, token_ids, is_answer):
    """A softmax, an index and the mask, as the task says."""
    p = torch.softmax(logits[:-1], dim=-1)
    of_tokens = p[torch.arange(len(token_ids) - 1), token_ids[1:]]
    return -torch.log(of_tokens[is_answer[1:]]).mean()


def right_log_softmax_gather(logits, token_ids, is_answer):
    """log_softmax and gather, then only the answer's."""
    logp = F.log_softmax(logits[:-1], dim=-1)
    said = logp.gather(1, token_ids[1:].unsqueeze(1)).squeeze(1)
    return -said[is_answer[1:]].mean()


def right_logsumexp(logits, token_ids, is_answer):
    """-ln p is logsumexp less the token's own logit."""
    before = logits[:-1][is_answer[1:]]
    wanted = token_ids[is_answer]
    own = before[range(len(wanted)), wanted]
    return (before.logsumexp(-1) - own).mean()


def right_places(logits, token_ids, is_answer):
    """Finds the places of the answer's tokens, and looks one row up."""
    places = is_answer.nonzero()[:, 0]
    logp = logits.log_softmax(-1)
    return -logp[places - 1, token_ids[places]].mean()


def right_loop(logits, token_ids, is_answer):
    """Token by token, with a sum and a count."""
    total = 0
    count = 0
    for i in range(1, len(token_ids)):
        if is_answer[i]:
            probabilities = F.softmax(logits[i - 1], dim=0)
            total = total - torch.log(probabilities[token_ids[i]])
            count += 1
    return total / count


def right_comprehension(logits, token_ids, is_answer):
    """zip with the rows one further up."""
    costs = [-row.softmax(0)[token].log() for row, token, counts in zip(logits[:-1], token_ids[1:], is_answer[1:]) if counts]
    return torch.stack(costs).mean()


def right_one_hot(logits, token_ids, is_answer):
    """One-hot rows pick the probability, the mask as numbers picks the tokens."""
    one_hot = F.one_hot(token_ids[1:], logits.shape[-1]).to(logits.dtype)
    costs = -(logits[:-1].log_softmax(-1) * one_hot).sum(-1)
    mask = is_answer[1:].to(logits.dtype)
    return (costs * mask).sum() / mask.sum()


def right_where(logits, token_ids, is_answer):
    """torch.where puts 0 where nothing is judged."""
    logp = torch.log_softmax(logits, 1)[:-1]
    cost = -torch.take_along_dim(logp, token_ids[1:, None], dim=1)[:, 0]
    return torch.where(is_answer[1:], cost, 0.0).sum() / is_answer.sum()


def right_rolled(logits, token_ids, is_answer):
    """Rolls tokens and mask back by one; the first is never part of an answer, so the last row never counts."""
    next_ids = token_ids.roll(-1)
    counts = is_answer.roll(-1)
    p = logits.softmax(-1)[torch.arange(len(logits)), next_ids]
    return -p[counts].log().mean()


def right_rows_moved_down(logits, token_ids, is_answer):
    """Moves the logits down by one row instead, with any row on top."""
    said = torch.cat([logits[:1], logits[:-1]])
    logp = said.log_softmax(-1)
    return -logp[is_answer, token_ids[is_answer]].mean()


def right_by_hand(logits, token_ids, is_answer):
    """The softmax by hand, less the largest of each row."""
    x = logits[:-1] - logits[:-1].max(dim=-1, keepdim=True).values.detach()
    logp = x - x.exp().sum(-1, keepdim=True).log()
    n = token_ids.shape[0]
    picked = torch.stack([logp[i, token_ids[i + 1]] for i in range(n - 1) if is_answer[i + 1]])
    return picked.neg().mean()


def right_categorical(logits, token_ids, is_answer):
    """A distribution for each place, asked for its logarithm."""
    places = torch.where(is_answer)[0]
    said = torch.distributions.Categorical(logits=logits[places - 1])
    return -said.log_prob(token_ids[places]).mean()


def right_recursive(logits, token_ids, is_answer):
    """The costs as a list, first token by first token."""

    def costs(row, ids, mask):
        if len(ids) < 2:
            return []
        here = [row[0].logsumexp(0) - row[0][ids[1]]] if mask[1] else []
        return here + costs(row[1:], ids[1:], mask[1:])

    found = costs(logits, token_ids, is_answer)
    return sum(found) / len(found)


def right_masked_select(logits, token_ids, is_answer):
    """masked_select of the costs of all tokens."""
    costs = logits[:-1].logsumexp(1) - logits[:-1].gather(1, token_ids[1:].view(-1, 1)).view(-1)
    return costs.masked_select(is_answer[1:]).mean()


def right_flat_index(logits, token_ids, is_answer):
    """One index into all the probabilities in a row."""
    vocabulary = logits.size(1)
    p = logits.softmax(dim=1).flatten()
    rows = torch.arange(len(token_ids))[is_answer] - 1
    return -p[rows * vocabulary + token_ids[is_answer]].log().mean()


def right_weights(logits, token_ids, is_answer):
    """The mean as a dot product with weights that sum to 1."""
    weights = is_answer[1:] / is_answer[1:].sum()
    logp = logits[:-1].log_softmax(-1)
    picked = logp[torch.arange(logp.shape[0]), token_ids[1:]]
    return -torch.dot(weights.to(picked.dtype), picked)


def right_diagonal(logits, token_ids, is_answer):
    """All tokens at all places, of which the diagonal is wanted."""
    rows = logits[:-1][is_answer[1:]].log_softmax(-1)
    return -rows[:, token_ids[is_answer]].diagonal().mean()


def right_running_mean(logits, token_ids, is_answer):
    """A running mean, token by token."""
    mean = logits.new_zeros(())
    n = 0
    for i, (token, counts) in enumerate(zip(token_ids.tolist(), is_answer.tolist())):
        if counts:
            n += 1
            cost = -logits[i - 1].log_softmax(-1)[token]
            mean = mean + (cost - mean) / n
    return mean


def right_vmap(logits, token_ids, is_answer):
    """The cost of one token, mapped over all."""

    def cost(row, token):
        return row.logsumexp(-1) - (row * (torch.arange(row.shape[0]) == token)).sum()

    costs = torch.func.vmap(cost)(logits[:-1], token_ids[1:])
    return (costs * is_answer[1:]).sum() / is_answer[1:].sum()


def right_einsum(logits, token_ids, is_answer):
    """einsum over one-hot rows of the answer's tokens alone."""
    kept = is_answer[1:]
    wanted = torch.eye(logits.shape[-1], dtype=logits.dtype)[token_ids[1:][kept]]
    return -torch.einsum("tv,tv->", F.log_softmax(logits[:-1][kept], -1), wanted) / kept.sum()


# ---------------------------------------------------------------- wrong
def wrong_not_shifted(logits, token_ids, is_answer):
    """Takes row i for token i."""
    p = logits.softmax(-1)[torch.arange(len(token_ids)), token_ids]
    return -p[is_answer].log().mean()


def wrong_mask_not_shifted(logits, token_ids, is_answer):
    """Shifts the tokens, but not the mask."""
    logp = logits[:-1].log_softmax(-1)
    said = logp.gather(1, token_ids[1:, None])[:, 0]
    return -said[is_answer[:-1]].mean()


def wrong_shifted_backwards(logits, token_ids, is_answer):
    """Shifts the wrong way: row i + 1 for token i."""
    logp = logits[1:].log_softmax(-1)
    said = logp[torch.arange(len(token_ids) - 1), token_ids[:-1]]
    return -said[is_answer[:-1]].mean()


def wrong_shifted_by_two(logits, token_ids, is_answer):
    """Takes the row two further up."""
    places = is_answer.nonzero()[:, 0]
    logp = logits.log_softmax(-1)
    return -logp[places - 2, token_ids[places]].mean()


def wrong_all_tokens(logits, token_ids, is_answer):
    """The mean over all tokens, the prompt's included."""
    logp = logits[:-1].log_softmax(-1)
    return -logp.gather(1, token_ids[1:, None]).mean()


def wrong_divided_by_all(logits, token_ids, is_answer):
    """Sums over the answer, but divides by all judged places."""
    logp = logits[:-1].log_softmax(-1)
    said = logp.gather(1, token_ids[1:, None])[:, 0]
    return -(said * is_answer[1:]).mean()


def wrong_divided_by_length(logits, token_ids, is_answer):
    """Sums over the answer, but divides by the number of tokens."""
    total = 0
    for i in range(1, len(token_ids)):
        if is_answer[i]:
            total = total - logits[i - 1].softmax(0)[token_ids[i]].log()
    return total / len(token_ids)


def wrong_sum(logits, token_ids, is_answer):
    """Sums, and takes no mean."""
    places = is_answer.nonzero()[:, 0]
    return -logits.log_softmax(-1)[places - 1, token_ids[places]].sum()


def wrong_no_minus(logits, token_ids, is_answer):
    """Forgets the minus."""
    places = is_answer.nonzero()[:, 0]
    return logits.log_softmax(-1)[places - 1, token_ids[places]].mean()


def wrong_prompt_instead(logits, token_ids, is_answer):
    """Takes the mask for what is masked out."""
    logp = logits[:-1].log_softmax(-1)
    said = logp.gather(1, token_ids[1:, None])[:, 0]
    return -said[~is_answer[1:]].mean()


def wrong_softmax_over_tokens(logits, token_ids, is_answer):
    """The softmax goes down the tokens."""
    p = torch.softmax(logits[:-1], dim=0)
    return -p[torch.arange(len(p)), token_ids[1:]][is_answer[1:]].log().mean()


def wrong_log_of_mean(logits, token_ids, is_answer):
    """The logarithm of the mean probability."""
    p = logits[:-1].softmax(-1)[torch.arange(len(logits) - 1), token_ids[1:]]
    return -p[is_answer[1:]].mean().log()


def wrong_no_log(logits, token_ids, is_answer):
    """The mean of -p, without the logarithm."""
    p = logits[:-1].softmax(-1)[torch.arange(len(logits) - 1), token_ids[1:]]
    return -p[is_answer[1:]].mean()


def wrong_no_softmax(logits, token_ids, is_answer):
    """Picks the logits themselves."""
    said = logits[:-1].gather(1, token_ids[1:, None])[:, 0]
    return -said[is_answer[1:]].mean()


def wrong_log_of_logits(logits, token_ids, is_answer):
    """Takes logits for probabilities."""
    said = logits[:-1].gather(1, token_ids[1:, None])[:, 0]
    return -said[is_answer[1:]].log().mean()


def wrong_softmax_twice(logits, token_ids, is_answer):
    """log_softmax of what has been through the softmax."""
    p = logits[:-1].softmax(-1)
    logp = F.log_softmax(p, dim=-1)
    return -logp.gather(1, token_ids[1:, None])[:, 0][is_answer[1:]].mean()


def wrong_bits(logits, token_ids, is_answer):
    """In bits: log2."""
    p = logits[:-1].softmax(-1)[torch.arange(len(logits) - 1), token_ids[1:]]
    return -p[is_answer[1:]].log2().mean()


def wrong_perplexity(logits, token_ids, is_answer):
    """exp of it: the perplexity."""
    places = is_answer.nonzero()[:, 0]
    return torch.exp(-logits.log_softmax(-1)[places - 1, token_ids[places]].mean())


def wrong_inside_the_answer(logits, token_ids, is_answer):
    """Cuts the answer out first and shifts within it, so its first token is never judged."""
    said = logits[is_answer].log_softmax(-1)[:-1]
    wanted = token_ids[is_answer][1:]
    return -said[torch.arange(len(wanted)), wanted].mean()


def wrong_to_the_end(logits, token_ids, is_answer):
    """From the first token of the answer to the end, whatever the mask says behind it."""
    first = int(is_answer.nonzero()[0])
    logp = logits[first - 1 : -1].log_softmax(-1)
    return -logp.gather(1, token_ids[first:, None]).mean()


def wrong_first_only(logits, token_ids, is_answer):
    """Returns at the first token of the answer."""
    for i in range(1, len(token_ids)):
        if is_answer[i]:
            return -logits[i - 1].softmax(0)[token_ids[i]].log()


def wrong_count_of_mask_cut(logits, token_ids, is_answer):
    """Divides by the count of the mask without its last place."""
    logp = logits[:-1].log_softmax(-1).gather(1, token_ids[1:, None])[:, 0]
    return -(logp * is_answer[1:]).sum() / is_answer[:-1].sum()


def wrong_minus_hundred_as_index(logits, token_ids, is_answer):
    """Labels of -100 as in the cell above, and then an index with them."""
    labels = token_ids.masked_fill(~is_answer, -100)
    p = logits[:-1].softmax(-1)[torch.arange(len(labels) - 1), labels[1:]]
    return -p.log().mean()


def wrong_mask_before_softmax(logits, token_ids, is_answer):
    """Sets the masked logits to 0: they still cost ln of the vocabulary."""
    masked = logits[:-1] * is_answer[1:, None]
    logp = masked.log_softmax(-1)
    return -logp.gather(1, token_ids[1:, None]).mean()


def wrong_outer_index(logits, token_ids, is_answer):
    """All tokens at all places."""
    p = logits[:-1].softmax(-1)[is_answer[1:]]
    return -p[:, token_ids[is_answer]].log().mean()


def wrong_mask_as_index(logits, token_ids, is_answer):
    """The mask as whole numbers: rows 0 and 1 again and again."""
    logp = logits[:-1].log_softmax(-1).gather(1, token_ids[1:, None])[:, 0]
    return -logp[is_answer[1:].long()].mean()


def wrong_mean_over_vocabulary(logits, token_ids, is_answer):
    """The mean of a table of one-hot products, zeros included."""
    kept = is_answer[1:]
    one_hot = F.one_hot(token_ids[1:][kept], logits.shape[-1])
    return -(logits[:-1][kept].log_softmax(-1) * one_hot).mean()


def wrong_library(logits, token_ids, is_answer):
    """The cell above once more, with the function that the task forbids."""
    labels = token_ids.masked_fill(~is_answer, -100)
    return F.cross_entropy(logits[:-1], labels[1:])


def wrong_nll_loss(logits, token_ids, is_answer):
    """nll_loss, which is forbidden as well."""
    kept = is_answer[1:]
    return F.nll_loss(logits[:-1][kept].log_softmax(-1), token_ids[1:][kept])


def wrong_numpy(logits, token_ids, is_answer):
    """In NumPy: the number is right, and no gradient flows."""
    x = logits.detach().numpy()
    x = x - x.max(-1, keepdims=True)
    logp = x - np.log(np.exp(x).sum(-1, keepdims=True))
    places = np.flatnonzero(is_answer.numpy())
    return -logp[places - 1, token_ids.numpy()[places]].mean()


def wrong_item(logits, token_ids, is_answer):
    """Python numbers: no gradient flows."""
    costs = []
    for i in range(1, len(token_ids)):
        if is_answer[i]:
            costs.append(-math.log(logits[i - 1].softmax(0)[token_ids[i]].item()))
    return sum(costs) / len(costs)


def wrong_no_grad(logits, token_ids, is_answer):
    """Gradients are switched off."""
    with torch.no_grad():
        places = is_answer.nonzero()[:, 0]
        return -logits.log_softmax(-1)[places - 1, token_ids[places]].mean()


def wrong_normaliser_detached(logits, token_ids, is_answer):
    """The sum of the softmax as a constant: right number, wrong gradient."""
    places = is_answer.nonzero()[:, 0]
    rows = logits[places - 1]
    return (rows.logsumexp(-1).detach() - rows[range(len(places)), token_ids[places]]).mean()


def wrong_list(logits, token_ids, is_answer):
    """The cost of each token, and no mean."""
    places = is_answer.nonzero()[:, 0]
    return -logits.log_softmax(-1)[places - 1, token_ids[places]]


def wrong_changes_ids(logits, token_ids, is_answer):
    """Writes -100 into the caller's tokens."""
    places = is_answer.nonzero()[:, 0]
    token_ids[~is_answer] = -100
    return -logits.log_softmax(-1)[places - 1, token_ids[places]].mean()


def wrong_prints(logits, token_ids, is_answer):
    """Prints where it should return."""
    places = is_answer.nonzero()[:, 0]
    print(-logits.log_softmax(-1)[places - 1, token_ids[places]].mean())


def wrong_likeliest(logits, token_ids, is_answer):
    """The cost of the likeliest token, not of the one that stands there."""
    return -logits[:-1].log_softmax(-1).max(-1).values[is_answer[1:]].mean()


def wrong_sigmoid(logits, token_ids, is_answer):
    """A sigmoid for the softmax."""
    said = logits[:-1].gather(1, token_ids[1:, None])[:, 0]
    return -F.logsigmoid(said[is_answer[1:]]).mean()


def wrong_softmax_over_everything(logits, token_ids, is_answer):
    """One softmax over all the logits."""
    p = nn.Softmax(dim=0)(logits[:-1].flatten()).view_as(logits[:-1])
    return -p.gather(1, token_ids[1:, None])[:, 0][is_answer[1:]].log().mean()
