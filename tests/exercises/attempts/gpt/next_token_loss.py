"""Attempts at next_token_loss, written from the task's text alone."""

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F


def right_cross_entropy_flat(logits, token_ids):
    """Shifts, makes one long list of places and hands it to the library."""
    vocab_size = logits.shape[-1]
    return F.cross_entropy(logits[:, :-1].reshape(-1, vocab_size), token_ids[:, 1:].reshape(-1))


def right_cross_entropy_classes_second(logits, token_ids):
    """Moves the vocabulary to the second axis, as the library wants it for texts."""
    return F.cross_entropy(logits[:, :-1, :].permute(0, 2, 1), token_ids[:, 1:])


def right_log_softmax_gather(logits, token_ids):
    """Picks the log-probability of the token that came with gather."""
    log_probs = F.log_softmax(logits, dim=-1)[:, :-1]
    return -log_probs.gather(2, token_ids[:, 1:].unsqueeze(-1)).mean()


def right_one_hot(logits, token_ids):
    """Multiplies the log-probabilities with one-hot targets."""
    targets = F.one_hot(token_ids[:, 1:], logits.shape[2]).to(logits.dtype)
    log_probs = torch.log_softmax(logits[:, :-1], dim=2)
    return -(targets * log_probs).sum(dim=2).mean()


def right_two_loops(logits, token_ids):
    """Goes over every text and every place and counts."""
    total = 0.0
    count = 0
    for text, ids in zip(logits, token_ids):
        for t in range(len(ids) - 1):
            total = total + torch.logsumexp(text[t], dim=0) - text[t, ids[t + 1]]
            count += 1
    return total / count


def right_logsumexp_minus_chosen(logits, token_ids):
    """The logarithm of the sum less the logit of the token that came."""
    predictions = logits[:, :-1]
    chosen = torch.take_along_dim(predictions, token_ids[:, 1:, None], dim=-1)[..., 0]
    return (predictions.logsumexp(-1) - chosen).mean()


def right_softmax_then_log(logits, token_ids):
    """Follows the formula: softmax, the probability of what came, minus its logarithm."""
    probs = torch.softmax(logits[:, :-1], dim=-1)
    batch, places = token_ids[:, 1:].shape
    rows = torch.arange(batch)[:, None]
    columns = torch.arange(places)[None, :]
    return torch.mean(-torch.log(probs[rows, columns, token_ids[:, 1:]]))


def right_ignored_last_place(logits, token_ids):
    """Gives the last place a target that the library leaves out."""
    nothing = torch.full_like(token_ids[:, :1], -100)
    targets = torch.cat([token_ids[:, 1:], nothing], dim=1)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)


def right_nll_module(logits, token_ids):
    """Uses the modules LogSoftmax and NLLLoss."""
    log_probs = torch.nn.LogSoftmax(dim=2)(logits)
    losses = torch.nn.NLLLoss(reduction="none")(log_probs[:, :-1].mT, token_ids[:, 1:])
    return losses.mean()


def right_mean_of_text_means(logits, token_ids):
    """A loss for each text, and the mean of these; all texts are equally long."""
    losses = [F.cross_entropy(logits[b, :-1], token_ids[b, 1:]) for b in range(logits.shape[0])]
    return torch.stack(losses).mean()


def right_by_hand_stable(logits, token_ids):
    """Takes off the largest logit, then exponentials, sum, logarithm."""
    shifted = logits[:, :-1] - logits[:, :-1].max(dim=-1, keepdim=True).values
    log_probs = shifted - shifted.exp().sum(dim=-1, keepdim=True).log()
    mask = token_ids[:, 1:, None] == torch.arange(logits.shape[-1])
    return -log_probs[mask].mean()


def right_recursion(logits, token_ids):
    """The sum of the first place and of the rest of the text, by recursion."""

    def total(rest, ids):
        if ids.shape[1] < 2:
            return rest.new_zeros(())
        first = F.cross_entropy(rest[:, 0], ids[:, 1], reduction="sum")
        return first + total(rest[:, 1:], ids[:, 1:])

    return total(logits, token_ids) / (token_ids.shape[0] * (token_ids.shape[1] - 1))


def right_einsum(logits, token_ids):
    """Sums over texts, places and vocabulary with one einsum."""
    targets = torch.eye(logits.shape[-1], dtype=logits.dtype)[token_ids[:, 1:]]
    log_probs = logits[:, :-1].log_softmax(-1)
    n = targets.shape[0] * targets.shape[1]
    return torch.einsum("btv,btv->", targets, log_probs) / -n


def wrong_no_shift(logits, token_ids):
    """The logits of a place are held against the token at the same place."""
    return F.cross_entropy(logits.flatten(0, 1), token_ids.flatten())


def wrong_shift_backwards(logits, token_ids):
    """The shift goes the other way: the logits are held against the token before."""
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), token_ids[:, :-1].flatten())


def wrong_sum_for_mean(logits, token_ids):
    """The sum over all places, not the mean."""
    return F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:], reduction="sum")


def wrong_bits(logits, token_ids):
    """In bits, not in nats."""
    return F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:]) / math.log(2)


def wrong_sign(logits, token_ids):
    """The minus is missing: the mean log-probability."""
    log_probs = logits[:, :-1].log_softmax(-1)
    return log_probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_no_log(logits, token_ids):
    """Minus the probability itself, without its logarithm."""
    probs = logits[:, :-1].softmax(-1)
    return -probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_softmax_twice(logits, token_ids):
    """Probabilities go into cross_entropy, which makes a softmax once more."""
    probs = logits.softmax(-1)
    return F.cross_entropy(probs[:, :-1].mT, token_ids[:, 1:])


def wrong_softmax_over_places(logits, token_ids):
    """The softmax goes over the places of the text, not over the vocabulary."""
    log_probs = logits.log_softmax(1)[:, :-1]
    return -log_probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_divides_by_all_places(logits, token_ids):
    """The sum is divided by all tokens, the last ones too, that have no target."""
    total = F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:], reduction="sum")
    return total / token_ids.numel()


def wrong_roll_wraps_around(logits, token_ids):
    """The last place has to foretell the first token of its text."""
    targets = torch.roll(token_ids, -1, dims=1)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def wrong_shift_after_flatten(logits, token_ids):
    """The shift comes after the texts were joined, so that one text runs into the next."""
    flat_logits = logits.reshape(-1, logits.shape[-1])
    flat_ids = token_ids.reshape(-1)
    return F.cross_entropy(flat_logits[:-1], flat_ids[1:])


def wrong_last_prediction_only(logits, token_ids):
    """Only the last token of each text is asked for."""
    return F.cross_entropy(logits[:, -2], token_ids[:, -1])


def wrong_first_text_only(logits, token_ids):
    """Only the first text of the batch counts."""
    return F.cross_entropy(logits[0, :-1], token_ids[0, 1:])


def wrong_reshape_for_transpose(logits, token_ids):
    """A reshape where the axes should change places mixes places and vocabulary."""
    batch, tokens, vocab_size = logits.shape
    return F.cross_entropy(
        logits[:, :-1].reshape(batch, vocab_size, tokens - 1), token_ids[:, 1:]
    )


def wrong_log_of_mean(logits, token_ids):
    """The logarithm of the mean probability, not the mean of the logarithms."""
    probs = logits[:, :-1].softmax(-1)
    return -probs.gather(-1, token_ids[:, 1:, None]).mean().log()


def wrong_plain_number(logits, token_ids):
    """A plain number comes back, through which no gradient flows."""
    return F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:]).item()


def wrong_numpy_cuts_gradient(logits, token_ids):
    """Computed in NumPy and made a tensor again, which has lost the gradient."""
    z = logits.detach().numpy()[:, :-1]
    z = z - z.max(-1, keepdims=True)
    log_probs = z - np.log(np.exp(z).sum(-1, keepdims=True))
    ids = token_ids.numpy()[:, 1:, None]
    return torch.tensor(-np.take_along_axis(log_probs, ids, -1).mean())


def wrong_returns_nothing(logits, token_ids):
    """The return is missing."""
    loss = F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:])
    loss.mean()


def wrong_one_loss_per_text(logits, token_ids):
    """The mean over the places only: one number for each text."""
    losses = F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:], reduction="none")
    return losses.mean(dim=1)


def wrong_perplexity(logits, token_ids):
    """Returns the perplexity, the exponential of the loss."""
    return F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:]).exp()


def wrong_shifts_token_ids_in_place(logits, token_ids):
    """The loss is right, but the caller's token_ids are shifted for good."""
    token_ids[:, :-1] = token_ids[:, 1:].clone()
    token_ids[:, -1] = -100
    return F.cross_entropy(logits.flatten(0, 1), token_ids.flatten())


def right_categorical(logits, token_ids):
    """Asks a distribution of torch for the log-probability of what came."""
    distribution = torch.distributions.Categorical(logits=logits[:, :-1])
    return -distribution.log_prob(token_ids[:, 1:]).mean()


def right_numpy_with_own_gradient(logits, token_ids):
    """NumPy forwards, and the gradient softmax - one_hot written down by hand."""

    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx, z, ids):
            z = z.detach().numpy()
            e = np.exp(z - z.max(-1, keepdims=True))
            probs = e / e.sum(-1, keepdims=True)
            one_hot = np.eye(z.shape[-1])[ids.numpy()]
            count = ids.numel()
            ctx.grad = torch.from_numpy((probs - one_hot) / count)
            return torch.tensor(-np.log((probs * one_hot).sum(-1)).sum() / count)

        @staticmethod
        def backward(ctx, upstream):
            return upstream * ctx.grad, None

    return Loss.apply(logits[:, :-1], token_ids[:, 1:])


def right_roll_then_cut(logits, token_ids):
    """Rolls the text by one and throws the loss of the last place away."""
    losses = F.cross_entropy(logits.mT, token_ids.roll(-1, dims=1), reduction="none")
    return losses[:, :-1].mean()


def right_weights(logits, token_ids):
    """A weighted mean in which the last place weighs nothing."""
    targets = torch.zeros_like(token_ids)
    targets[:, :-1] = token_ids[:, 1:]
    weights = torch.ones_like(logits[..., 0])
    weights[:, -1] = 0
    losses = -logits.log_softmax(-1).gather(-1, targets[..., None])[..., 0]
    return (weights * losses).sum() / weights.sum()


def right_place_by_place(logits, token_ids):
    """One loop over the places, all texts at once."""
    losses = []
    for now, following in zip(logits.unbind(1), token_ids.unbind(1)[1:]):
        losses.append(F.cross_entropy(now, following))
    return sum(losses) / len(losses)


def right_kl_div(logits, token_ids):
    """The distance from a one-hot target is the cross-entropy, as its own entropy is 0."""
    targets = F.one_hot(token_ids[:, 1:], logits.shape[-1]).to(logits.dtype)
    log_probs = logits[:, :-1].log_softmax(-1)
    return F.kl_div(log_probs.flatten(0, 1), targets.flatten(0, 1), reduction="batchmean")


def right_lists_of_numbers(logits, token_ids):
    """Every logit is handled as a single number, with logaddexp pair by pair."""
    losses = []
    for b, ids in enumerate(token_ids.tolist()):
        for t, following in enumerate(ids[1:]):
            normaliser = functools.reduce(torch.logaddexp, list(logits[b, t]))
            losses.append(normaliser - logits[b, t, following])
    return torch.stack(losses).sum() / len(losses)


def right_vmap(logits, token_ids):
    """Written for one place and mapped over places and texts."""

    def one(z, following):
        return z.logsumexp(0) - z.gather(0, following[None])[0]

    return torch.vmap(torch.vmap(one))(logits[:, :-1], token_ids[:, 1:]).mean()


def wrong_two_ahead(logits, token_ids):
    """Off by one: the logits at place t are held against token t + 2."""
    return F.cross_entropy(logits[:, :-2].mT, token_ids[:, 2:])


def wrong_drops_one_too_many(logits, token_ids):
    """The last place that does have a target is left out too."""
    return F.cross_entropy(logits[:, :-2].mT, token_ids[:, 1:-1])


def wrong_softmax_over_batch(logits, token_ids):
    """The softmax goes over the texts of the batch."""
    log_probs = F.log_softmax(logits, dim=0)[:, :-1]
    return -log_probs.gather(-1, token_ids[:, 1:, None]).mean()


def wrong_zero_after_the_end(logits, token_ids):
    """A token 0 is put after the end and asked for."""
    targets = F.pad(token_ids[:, 1:], (0, 1), value=0)
    return F.cross_entropy(logits.mT, targets)


def wrong_no_softmax(logits, token_ids):
    """Minus the logit of what came, never normalised."""
    return -logits[:, :-1].gather(-1, token_ids[:, 1:, None]).mean()


def wrong_constant_normaliser(logits, token_ids):
    """The normaliser is kept out of the gradient, which so lacks the softmax."""
    with torch.no_grad():
        normaliser = logits[:, :-1].logsumexp(-1)
    chosen = logits[:, :-1].gather(-1, token_ids[:, 1:, None])[..., 0]
    return (normaliser - chosen).mean()


def wrong_entropy(logits, token_ids):
    """The entropy of the predictions, whatever token came."""
    probs = logits[:, :-1].softmax(-1)
    return -(probs * probs.log()).sum(-1).mean()


def wrong_mean_over_vocabulary_too(logits, token_ids):
    """The mean runs over the vocabulary as well, so the loss is vocab_size times too small."""
    targets = F.one_hot(token_ids[:, 1:], logits.shape[-1])
    return -(targets * logits[:, :-1].log_softmax(-1)).mean()


def wrong_mean_over_texts_only(logits, token_ids):
    """Sums over the places of a text and takes the mean over the texts only."""
    losses = F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:], reduction="none")
    return losses.sum(dim=1).mean()


def wrong_error_rate(logits, token_ids):
    """The share of places where the likeliest token is not what came."""
    return (logits[:, :-1].argmax(-1) != token_ids[:, 1:]).double().mean()


def wrong_token_zero_is_padding(logits, token_ids):
    """Token 0 is taken for padding and left out, though it is a token as any other."""
    return F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:], ignore_index=0)


def wrong_label_smoothing(logits, token_ids):
    """A tenth of every target is spread over the vocabulary."""
    return F.cross_entropy(logits[:, :-1].mT, token_ids[:, 1:], label_smoothing=0.1)


def wrong_binary(logits, token_ids):
    """Each token of the vocabulary is a yes or no of its own, with sigmoid for softmax."""
    targets = F.one_hot(token_ids[:, 1:], logits.shape[-1]).to(logits.dtype)
    losses = F.binary_cross_entropy_with_logits(logits[:, :-1], targets, reduction="none")
    return losses.sum(-1).mean()
