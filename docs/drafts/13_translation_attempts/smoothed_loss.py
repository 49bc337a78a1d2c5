"""Attempts at smoothed_loss, written from the task's text alone."""

import math

import torch
import torch.nn.functional as F


def right_the_formula(logits, targets, smoothing):
    """The target's part and the part that all get, as the chapter splits them."""
    logs = torch.log_softmax(logits, dim=-1)
    target_part = -logs.gather(1, targets[:, None]).mean()
    return (1 - smoothing) * target_part + smoothing * -logs.mean()


def right_one_hot(logits, targets, smoothing):
    """Wanted distribution from one-hot rows, then wanted share times surprise."""
    vocab_size = logits.shape[1]
    wanted = F.one_hot(targets, vocab_size).to(logits.dtype) * (1 - smoothing) + smoothing / vocab_size
    return -(wanted * logits.log_softmax(1)).sum(1).mean()


def right_full_and_scatter(logits, targets, smoothing):
    """Everybody's share first, then the target's is added on top."""
    wanted = torch.full_like(logits, smoothing / logits.size(-1))
    extra = torch.full_like(targets[:, None], 1, dtype=logits.dtype) * (1 - smoothing)
    wanted = wanted.scatter_add(1, targets[:, None], extra)
    return torch.mean(torch.sum(-wanted * F.log_softmax(logits, -1), dim=-1))


def right_nll_loss(logits, targets, smoothing):
    """The library's nll_loss for the target's part."""
    logs = F.log_softmax(logits, dim=1)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.mean(dim=1).mean()


def right_loop_over_places(logits, targets, smoothing):
    """Place by place, in a list, and the mean of the list."""
    losses = []
    for row, target in zip(logits, targets):
        logs = row.log_softmax(0)
        losses.append(-(1 - smoothing) * logs[target] - smoothing * logs.mean())
    return torch.stack(losses).mean()


def right_two_loops(logits, targets, smoothing):
    """Every place and every token, with an if for the target."""
    n, vocab_size = logits.shape
    total = 0.0
    for i in range(n):
        normaliser = torch.logsumexp(logits[i], 0)
        for v in range(vocab_size):
            share = smoothing / vocab_size
            if v == int(targets[i]):
                share += 1 - smoothing
            total = total + share * (normaliser - logits[i, v])
    return total / n


def right_logsumexp_less_wanted_logit(logits, targets, smoothing):
    """As all shares make 1: the logsumexp less the logit that is wanted on average."""
    picked = logits[torch.arange(len(targets)), targets]
    return (logits.logsumexp(-1) - (1 - smoothing) * picked - smoothing * logits.mean(-1)).mean()


def right_lerp(logits, targets, smoothing):
    """Goes from the plain surprise towards the mean surprise by the smoothing."""
    surprises = -logits.log_softmax(-1)
    plain = surprises.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return torch.lerp(plain, surprises.mean(-1), smoothing).mean()


def right_by_hand_stable(logits, targets, smoothing):
    """Takes the largest logit off and writes the log-softmax oneself."""
    shifted = logits - logits.max(dim=1, keepdim=True).values
    logs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
    n, vocab_size = logits.shape
    is_target = targets[:, None] == torch.arange(vocab_size)[None, :]
    return -(1 - smoothing) * logs[is_target].sum() / n - smoothing * logs.sum() / (n * vocab_size)


def right_where(logits, targets, smoothing):
    """Two shares only, chosen with where."""
    vocab_size = logits.shape[-1]
    others = smoothing / vocab_size
    is_target = torch.arange(vocab_size).eq(targets.view(-1, 1))
    surprise = -F.log_softmax(logits, dim=-1)
    return torch.where(is_target, surprise * (1 - smoothing + others), surprise * others).sum(-1).mean()


def right_einsum(logits, targets, smoothing):
    """An einsum over places and tokens."""
    n, vocab_size = logits.shape
    wanted = (1 - smoothing) * torch.eye(vocab_size, dtype=logits.dtype)[targets] + smoothing / vocab_size
    return torch.einsum("nv,nv->", wanted, logits.log_softmax(dim=1)) / -n


def right_kl_and_entropy(logits, targets, smoothing):
    """The divergence from the wanted distribution, and that distribution's entropy added again."""
    vocab_size = logits.shape[1]
    wanted = F.one_hot(targets, vocab_size).to(logits) * (1 - smoothing) + smoothing / vocab_size
    entropy = -torch.special.xlogy(wanted, wanted).sum(1).mean()
    return F.kl_div(logits.log_softmax(1), wanted, reduction="batchmean") + entropy


def right_mixture_of_losses(logits, targets, smoothing):
    """The loss for the target, and the losses for each token as if it were the target."""
    logs = logits.log_softmax(-1)
    each = [F.nll_loss(logs, torch.full_like(targets, v)) for v in range(logits.shape[-1])]
    return (1 - smoothing) * F.nll_loss(logs, targets) + smoothing * sum(each) / len(each)


def right_categorical(logits, targets, smoothing):
    """Asks a distribution of torch for its log-probabilities."""
    distribution = torch.distributions.Categorical(logits=logits)
    every = torch.arange(logits.shape[1])
    of_all = torch.stack([distribution.log_prob(v.expand(len(logits))) for v in every])
    return -((1 - smoothing) * distribution.log_prob(targets).mean() + smoothing * of_all.mean())


def right_halves(logits, targets, smoothing):
    """The sum of a half and the other half, by recursion."""

    def total(rows, wanted):
        if len(rows) == 1:
            logs = rows[0].log_softmax(0)
            return -(1 - smoothing) * logs[wanted[0]] - smoothing * logs.sum() / len(logs)
        middle = len(rows) // 2
        return total(rows[:middle], wanted[:middle]) + total(rows[middle:], wanted[middle:])

    return total(logits, targets) / len(targets)


def right_diagonal(logits, targets, smoothing):
    """Picks the columns of all targets, of which the diagonal is needed."""
    logs = logits.log_softmax(dim=-1)
    picked = logs[:, targets].diagonal()
    return (picked.mul(smoothing - 1) - logs.mean(dim=-1).mul(smoothing)).mean()


def wrong_no_smoothing(logits, targets, smoothing):
    """The plain cross-entropy: the smoothing is not used."""
    return F.nll_loss(logits.log_softmax(-1), targets)


def wrong_shared_among_the_others(logits, targets, smoothing):
    """The rest goes to the other tokens only, without the target."""
    n, vocab_size = logits.shape
    wanted = torch.full_like(logits, smoothing / (vocab_size - 1))
    wanted[torch.arange(n), targets] = 1 - smoothing
    return -(wanted * logits.log_softmax(-1)).sum(-1).mean()


def wrong_target_gets_no_share_of_the_rest(logits, targets, smoothing):
    """Divides by the whole vocabulary, but the target stays at 1 - smoothing: the shares are not 1 together."""
    wanted = torch.full_like(logits, smoothing / logits.shape[1])
    wanted.scatter_(1, targets[:, None], 1 - smoothing)
    return -(wanted * logits.log_softmax(1)).sum(1).mean()


def wrong_sum_over_the_vocabulary(logits, targets, smoothing):
    """Each token gets the whole smoothing: not divided by the size of the vocabulary."""
    logs = logits.log_softmax(-1)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.sum(-1).mean()


def wrong_shares_exchanged(logits, targets, smoothing):
    """The target gets the smoothing and all tokens the rest."""
    logs = logits.log_softmax(-1)
    return smoothing * F.nll_loss(logs, targets) - (1 - smoothing) * logs.mean()


def wrong_sign(logits, targets, smoothing):
    """The minus is missing."""
    logs = logits.log_softmax(-1)
    return (1 - smoothing) * logs.gather(1, targets[:, None]).mean() + smoothing * logs.mean()


def wrong_sign_of_the_second_part(logits, targets, smoothing):
    """The minus stands before the first part only."""
    logs = logits.log_softmax(-1)
    return -(1 - smoothing) * logs.gather(1, targets[:, None]).mean() + smoothing * logs.mean()


def wrong_sum_over_places(logits, targets, smoothing):
    """The sum over places, not the mean."""
    logs = logits.log_softmax(-1)
    losses = -(1 - smoothing) * logs[torch.arange(len(targets)), targets] - smoothing * logs.mean(-1)
    return losses.sum()


def wrong_one_loss_for_each_place(logits, targets, smoothing):
    """Forgets the mean over places."""
    logs = logits.log_softmax(-1)
    return -(1 - smoothing) * logs.gather(1, targets[:, None])[:, 0] - smoothing * logs.mean(-1)


def wrong_bits(logits, targets, smoothing):
    """In bits, not in nats."""
    logs = logits.log_softmax(-1) / math.log(2)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.mean()


def wrong_no_softmax(logits, targets, smoothing):
    """Takes the logits for log-probabilities."""
    return (1 - smoothing) * F.nll_loss(logits, targets) - smoothing * logits.mean()


def wrong_softmax_over_places(logits, targets, smoothing):
    """The softmax goes over the places."""
    logs = logits.log_softmax(0)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.mean()


def wrong_smooths_the_prediction(logits, targets, smoothing):
    """Mixes the predicted probabilities with equal ones, not the wanted ones."""
    probs = (1 - smoothing) * logits.softmax(-1) + smoothing / logits.shape[-1]
    return F.nll_loss(probs.log(), targets)


def wrong_mean_probability(logits, targets, smoothing):
    """The second part uses probabilities without their logarithm, so it is the same for all logits."""
    logs = logits.log_softmax(-1)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.exp().mean()


def wrong_divergence(logits, targets, smoothing):
    """The divergence from the wanted distribution: its entropy is missing."""
    vocab_size = logits.shape[-1]
    wanted = F.one_hot(targets, vocab_size).to(logits) * (1 - smoothing) + smoothing / vocab_size
    return F.kl_div(logits.log_softmax(-1), wanted, reduction="batchmean")


def wrong_mean_over_all_cells(logits, targets, smoothing):
    """The mean over places and tokens: too small by the size of the vocabulary."""
    vocab_size = logits.shape[-1]
    wanted = F.one_hot(targets, vocab_size).to(logits) * (1 - smoothing) + smoothing / vocab_size
    return -(wanted * logits.log_softmax(-1)).mean()


def wrong_three_tokens(logits, targets, smoothing):
    """Shares the rest among three, as in the chapter's example."""
    logs = logits.log_softmax(-1)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing / 3 * logs.sum(-1).mean()


def wrong_smoothing_of_the_example(logits, targets, smoothing):
    """The smoothing of 0.3 is written into the code."""
    logs = logits.log_softmax(-1)
    return 0.7 * F.nll_loss(logs, targets) - 0.3 * logs.mean()


def wrong_second_part_detached(logits, targets, smoothing):
    """The number is right, but no gradient flows through the part that all get."""
    logs = logits.log_softmax(-1)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.detach().mean()


def wrong_plain_number(logits, targets, smoothing):
    """A plain number comes back, through which no gradient flows."""
    logs = logits.log_softmax(-1)
    return ((1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.mean()).item()


def wrong_first_place_only(logits, targets, smoothing):
    """The return stands within the loop."""
    for row, target in zip(logits, targets):
        logs = row.log_softmax(0)
        return -(1 - smoothing) * logs[target] - smoothing * logs.mean()


def wrong_changes_the_logits(logits, targets, smoothing):
    """Takes the maximum off the caller's own logits."""
    logits -= logits.max(dim=-1, keepdim=True).values
    logs = logits - logits.exp().sum(-1, keepdim=True).log()
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.mean()


def wrong_logsumexp_of_the_batch(logits, targets, smoothing):
    """One normaliser for all places."""
    logs = logits - logits.flatten().logsumexp(0)
    return (1 - smoothing) * F.nll_loss(logs, targets) - smoothing * logs.mean()


def wrong_library_loss(logits, targets, smoothing):
    """The library's cross_entropy with its own smoothing, which is forbidden."""
    return F.cross_entropy(logits, targets, label_smoothing=smoothing)
