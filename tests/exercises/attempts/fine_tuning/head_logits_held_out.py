import torch
from torch.nn import functional as F


def right_vmap(hidden, pooler_weight, pooler_bias, weight, bias):
    """A function of one sentence."""
    return torch.vmap(lambda tokens: weight @ torch.tanh(pooler_weight @ tokens[0] + pooler_bias) + bias)(hidden)


def right_narrow(hidden, pooler_weight, pooler_bias, weight, bias):
    """narrow and squeeze."""
    first = hidden.narrow(1, 0, 1).squeeze(1)
    return (first @ pooler_weight.mT + pooler_bias).tanh() @ weight.mT + bias


def right_unbind(hidden, pooler_weight, pooler_bias, weight, bias):
    """The first of the tokens."""
    first, *_ = hidden.unbind(1)
    return F.linear(torch.tanh(F.linear(first, pooler_weight, pooler_bias)), weight, bias)


def wrong_gelu(hidden, pooler_weight, pooler_bias, weight, bias):
    """GELU in place of tanh."""
    return F.linear(F.gelu(F.linear(hidden[:, 0], pooler_weight, pooler_bias)), weight, bias)


def wrong_sum(hidden, pooler_weight, pooler_bias, weight, bias):
    """The sum over the tokens."""
    return F.linear(F.linear(hidden.sum(1), pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_both_biases_missing(hidden, pooler_weight, pooler_bias, weight, bias):
    """No bias at all."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight).tanh(), weight)


def wrong_residual(hidden, pooler_weight, pooler_bias, weight, bias):
    """[CLS] is added to what the pooler gives."""
    return F.linear(hidden[:, 0] + F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_pooled_then_mean(hidden, pooler_weight, pooler_bias, weight, bias):
    """The mean of the logits of all tokens."""
    return F.linear(F.linear(hidden, pooler_weight, pooler_bias).tanh(), weight, bias).mean(1)


def wrong_log_softmax(hidden, pooler_weight, pooler_bias, weight, bias):
    """Log-probabilities."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh(), weight, bias).log_softmax(1)


def wrong_forgotten_bend(hidden, pooler_weight, pooler_bias, weight, bias):
    """No tanh, sentence by sentence."""
    rows = []
    for sentence in hidden:
        pooled = pooler_weight @ sentence[0] + pooler_bias
        rows.append(weight @ pooled + bias)
    return torch.stack(rows)


def wrong_averaged_by_einsum(hidden, pooler_weight, pooler_bias, weight, bias):
    """The mean of the tokens, by einsum."""
    mean = torch.einsum("btd->bd", hidden) / hidden.shape[1]
    return torch.tanh(mean @ pooler_weight.T + pooler_bias) @ weight.T + bias


def wrong_newest_token(hidden, pooler_weight, pooler_bias, weight, bias):
    """The last token of each sentence, by a list."""
    last = torch.stack([sentence[len(sentence) - 1] for sentence in hidden])
    return torch.tanh(last @ pooler_weight.T + pooler_bias) @ weight.T + bias
