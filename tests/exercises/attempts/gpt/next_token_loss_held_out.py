import math

import torch
import torch.nn.functional as F


def right_cross_entropy_flat(logits, token_ids):
    """Shift by one, flatten both, F.cross_entropy."""
    vocab_size = logits.shape[-1]
    return F.cross_entropy(logits[:, :-1].reshape(-1, vocab_size), token_ids[:, 1:].reshape(-1))


def right_cross_entropy_transposed(logits, token_ids):
    """F.cross_entropy with the classes moved to axis 1."""
    return F.cross_entropy(logits[:, :-1, :].transpose(1, 2), token_ids[:, 1:])


def right_log_softmax_gather(logits, token_ids):
    """log_softmax over the vocabulary, then gather the ids that follow."""
    log_probs = F.log_softmax(logits, dim=-1)[:, :-1]
    picked = log_probs.gather(-1, token_ids[:, 1:].unsqueeze(-1))
    return -picked.mean()


def right_logsumexp_one_hot(logits, token_ids):
    """logsumexp minus the logit of the right token, found with one-hot vectors."""
    before = logits[:, :-1]
    wanted = F.one_hot(token_ids[:, 1:], logits.shape[-1]).to(logits.dtype)
    return (torch.logsumexp(before, dim=-1) - (before * wanted).sum(-1)).mean()


def right_two_loops(logits, token_ids):
    """Two plain loops, sum of the surprises divided by their number."""
    total = 0.0
    count = 0
    for b in range(token_ids.shape[0]):
        for t in range(token_ids.shape[1] - 1):
            row = logits[b, t]
            total = total + torch.logsumexp(row, dim=0) - row[token_ids[b, t + 1]]
            count += 1
    return total / count


def right_mean_over_texts(logits, token_ids):
    """One F.cross_entropy for each text, then the mean, as all are equally long."""
    return torch.stack([F.cross_entropy(l[:-1], ids[1:]) for l, ids in zip(logits, token_ids)]).mean()


def wrong_no_shift(logits, token_ids):
    """Compares the logits at t with token t itself."""
    return F.cross_entropy(logits.flatten(0, 1), token_ids.flatten())


def wrong_shift_other_way(logits, token_ids):
    """Shifts the wrong way: the logits at t + 1 against token t."""
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), token_ids[:, :-1].flatten())


def wrong_both_cut_at_end(logits, token_ids):
    """Drops the last place of both, so nothing is shifted."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, :-1].flatten())


def wrong_not_flattened(logits, token_ids):
    """Gives F.cross_entropy (batch, tokens, vocab_size), where it takes axis 1 for the classes."""
    return F.cross_entropy(logits[:, :-1], token_ids[:, 1:])


def wrong_softmax_twice(logits, token_ids):
    """Gives F.cross_entropy probabilities instead of logits."""
    probs = torch.softmax(logits[:, :-1], dim=-1)
    return F.cross_entropy(probs.flatten(0, 1), token_ids[:, 1:].flatten())


def wrong_sum(logits, token_ids):
    """Sum instead of mean."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten(), reduction="sum")


def wrong_divided_by_all_tokens(logits, token_ids):
    """Divides the sum by the number of all tokens, not of the predicted ones."""
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten(), reduction="sum")
    return loss / token_ids.numel()


def wrong_sign(logits, token_ids):
    """Forgets the minus."""
    log_probs = F.log_softmax(logits[:, :-1], dim=-1)
    return log_probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_softmax_axis(logits, token_ids):
    """log_softmax over the tokens (dim=1) instead of the vocabulary."""
    log_probs = F.log_softmax(logits[:, :-1], dim=1)
    return -log_probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_roll(logits, token_ids):
    """Rolls the ids, so the last place is asked about the first token."""
    targets = torch.roll(token_ids, -1, dims=1)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def wrong_no_log(logits, token_ids):
    """One minus the mean probability: the logarithm is missing."""
    probs = F.softmax(logits[:, :-1], dim=-1)
    return 1 - probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_item(logits, token_ids):
    """Returns a Python number, through which no gradient flows."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten()).item()


def wrong_bits(logits, token_ids):
    """In bits instead of nats."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), token_ids[:, 1:].flatten()) / math.log(2)


def wrong_one_loss_per_text(logits, token_ids):
    """Mean over the tokens only: one loss for each text."""
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), token_ids[:, 1:], reduction="none").mean(dim=1)
