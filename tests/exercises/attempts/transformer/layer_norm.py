import math
import statistics

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


# ---------------------------------------------------------------- right
def right_textbook(hidden: Tensor, weight: Tensor, bias: Tensor, epsilon: float) -> Tensor:
    """The formula of the paper, line by line."""
    mean = hidden.mean(dim=-1, keepdim=True)
    variance = hidden.var(dim=-1, keepdim=True, unbiased=False)
    return (hidden - mean) / torch.sqrt(variance + epsilon) * weight + bias


def right_functional(hidden, weight, bias, epsilon):
    """Knows the library function."""
    return F.layer_norm(hidden, (hidden.shape[-1],), weight, bias, epsilon)


def right_module_functional_call(hidden, weight, bias, epsilon):
    """Uses the library's module, with the given weights put in."""
    module = nn.LayerNorm(hidden.shape[-1], eps=epsilon)
    return torch.func.functional_call(module, {"weight": weight, "bias": bias}, (hidden,))


def right_var_mean(hidden, weight, bias, epsilon):
    """Mean and variance in one call."""
    var, mean = torch.var_mean(hidden, dim=-1, correction=0, keepdim=True)
    return weight * ((hidden - mean) / (var + epsilon).sqrt()) + bias


def right_einsum(hidden, weight, bias, epsilon):
    """Einsum for the squares and for the scale."""
    size = hidden.shape[-1]
    centred = hidden - torch.einsum("bth->bt", hidden)[:, :, None] / size
    variance = torch.einsum("bth,bth->bt", centred, centred) / size
    return torch.einsum("bth,bt,h->bth", centred, 1 / torch.sqrt(variance + epsilon), weight) + bias


def right_rsqrt(hidden, weight, bias, epsilon):
    """Multiplies with the reciprocal root, as in the Llama code."""
    x = hidden - hidden.mean(-1, keepdim=True)
    x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + epsilon)
    return x * weight + bias


def right_centring_matrix(hidden, weight, bias, epsilon):
    """A mathematician: centres with the projection I - 11'/d, in double precision."""
    d = hidden.shape[-1]
    projection = torch.eye(d, dtype=torch.float64) - torch.full((d, d), 1 / d, dtype=torch.float64)
    centred = hidden.double() @ projection
    variance = (centred**2).sum(-1, keepdim=True) / d
    out = centred / (variance + epsilon) ** 0.5 * weight.double() + bias.double()
    return out.to(hidden.dtype)


def right_vector_length(hidden, weight, bias, epsilon):
    """Sees the standard deviation as length over root of d."""
    d = hidden.size(-1)
    centred = hidden - hidden.sum(-1, keepdim=True) / d
    length = torch.linalg.vector_norm(centred, dim=-1, keepdim=True)
    return bias + weight * centred * math.sqrt(d) / torch.sqrt(length**2 + d * epsilon)


def right_index_loops(hidden, weight, bias, epsilon):
    """Loops over batch and token, tensor arithmetic for each vector."""
    out = torch.empty_like(hidden)
    for b in range(hidden.shape[0]):
        for t in range(hidden.shape[1]):
            v = hidden[b, t]
            m = v.mean()
            s2 = ((v - m) ** 2).mean()
            out[b, t] = (v - m) / torch.sqrt(s2 + epsilon) * weight + bias
    return out


def right_flatten_tokens(hidden, weight, bias, epsilon):
    """Makes a matrix of all tokens first, then gives back the shape."""
    rows = hidden.reshape(-1, hidden.shape[-1])
    rows = rows - rows.mean(1).unsqueeze(1)
    rows = rows / (rows.square().mean(1) + epsilon).sqrt().unsqueeze(1)
    return (rows * weight[None, :] + bias[None, :]).reshape(hidden.shape)


def right_std_squared(hidden, weight, bias, epsilon):
    """Takes the library's standard deviation and squares it again."""
    mu = hidden.mean(2, keepdim=True)
    sigma = hidden.std(2, keepdim=True, correction=0)
    denominator = (sigma * sigma + epsilon) ** 0.5
    return torch.div(hidden - mu, denominator).mul(weight).add(bias)


def right_vmap(hidden, weight, bias, epsilon):
    """Writes it for one vector and maps twice."""

    def one(v):
        c = v - v.mean()
        return c / torch.sqrt((c * c).mean() + epsilon) * weight + bias

    return torch.vmap(torch.vmap(one))(hidden)


def right_unbiased_corrected(hidden, weight, bias, epsilon):
    """Takes the default variance (d - 1) and corrects it; a vector of one number is looked after."""
    d = hidden.shape[-1]
    mean = hidden.mean(-1, keepdim=True)
    if d == 1:
        variance = torch.zeros_like(mean)
    else:
        variance = hidden.var(-1, keepdim=True) * (d - 1) / d
    return (hidden - mean) / torch.sqrt(variance + epsilon) * weight + bias


def right_features_first(hidden, weight, bias, epsilon):
    """Puts the features in front, so that no keepdim is needed."""
    h = hidden.permute(2, 0, 1)
    h = h - h.mean(0)
    h = h / torch.sqrt((h**2).mean(0) + epsilon)
    h = h * weight[:, None, None] + bias[:, None, None]
    return h.permute(1, 2, 0)


def right_welford(hidden, weight, bias, epsilon):
    """Welford's running mean and variance, feature after feature."""
    mean = torch.zeros_like(hidden[..., 0])
    m2 = torch.zeros_like(mean)
    k = 0
    while k < hidden.shape[-1]:
        delta = hidden[..., k] - mean
        k += 1
        mean = mean + delta / k
        m2 = m2 + delta * (hidden[..., k - 1] - mean)
    variance = m2 / k
    return torch.addcmul(bias, (hidden - mean[..., None]) / torch.sqrt(variance + epsilon)[..., None], weight)


def right_group_norm(hidden, weight, bias, epsilon):
    """Every token's vector is one group of the library's group norm."""
    rows = hidden.reshape(-1, hidden.shape[-1])
    return F.group_norm(rows, 1, weight, bias, epsilon).reshape(hidden.shape)


def right_batch_norm_sideways(hidden, weight, bias, epsilon):
    """Lies the tokens down as the channels of a batch norm."""
    columns = hidden.flatten(0, 1).T  # (hidden_size, batch * tokens)
    normed = F.batch_norm(columns, None, None, training=True, eps=epsilon).T
    return normed.unflatten(0, hidden.shape[:2]) * weight + bias


def right_all_pairs(hidden, weight, bias, epsilon):
    """The variance is half the mean squared distance of two numbers drawn from the vector."""
    differences = hidden[..., :, None] - hidden[..., None, :]  # (batch, tokens, size, size)
    variance = differences.square().mean((-2, -1))[..., None] / 2
    return differences.mean(-1) / (variance + epsilon).sqrt() * weight + bias


# ---------------------------------------------------------------- wrong
def wrong_unbiased(hidden, weight, bias, epsilon):
    """Takes torch's default variance, over d - 1."""
    mean = hidden.mean(-1, keepdim=True)
    return (hidden - mean) / torch.sqrt(hidden.var(-1, keepdim=True) + epsilon) * weight + bias


def wrong_epsilon_outside(hidden, weight, bias, epsilon):
    """Adds epsilon to the root, not inside it."""
    mean = hidden.mean(-1, keepdim=True)
    std = hidden.std(-1, keepdim=True, unbiased=False)
    return (hidden - mean) / (std + epsilon) * weight + bias


def wrong_divides_by_variance(hidden, weight, bias, epsilon):
    """Divides by the variance; forgets the root."""
    centred = hidden - hidden.mean(dim=-1, keepdim=True)
    variance = (centred**2).mean(dim=-1, keepdim=True)
    return weight * centred / (variance + epsilon) + bias


def wrong_no_epsilon(hidden, weight, bias, epsilon):
    """Never uses epsilon."""
    mean = hidden.mean(-1, keepdim=True)
    std = hidden.std(-1, keepdim=True, correction=0)
    return (hidden - mean) / std * weight + bias


def wrong_over_tokens(hidden, weight, bias, epsilon):
    """Normalises over the tokens (dim 1)."""
    mean = hidden.mean(1, keepdim=True)
    var = hidden.var(1, keepdim=True, unbiased=False)
    return (hidden - mean) / torch.sqrt(var + epsilon) * weight + bias


def wrong_over_everything(hidden, weight, bias, epsilon):
    """One mean and one variance for the whole tensor."""
    mean = hidden.mean()
    var = ((hidden - mean) ** 2).mean()
    return (hidden - mean) / (var + epsilon).sqrt() * weight + bias


def wrong_no_shift(hidden, weight, bias, epsilon):
    """Forgets the bias."""
    mean = hidden.mean(-1, keepdim=True)
    var = hidden.var(-1, keepdim=True, correction=0)
    return (hidden - mean) * torch.rsqrt(var + epsilon) * weight


def wrong_no_scale(hidden, weight, bias, epsilon):
    """Uses the library, but forgets the weight."""
    return F.layer_norm(hidden, hidden.shape[-1:], eps=epsilon) + bias


def wrong_shift_before_scale(hidden, weight, bias, epsilon):
    """Adds the shift first, then scales both."""
    x = F.layer_norm(hidden, hidden.shape[-1:], eps=epsilon)
    return (x + bias) * weight


def wrong_scale_before_norm(hidden, weight, bias, epsilon):
    """Scales and shifts first, normalises afterwards."""
    x = hidden * weight + bias
    mean = x.mean(-1, keepdim=True)
    var = x.var(-1, keepdim=True, unbiased=False)
    return (x - mean) / torch.sqrt(var + epsilon)


def wrong_not_centred(hidden, weight, bias, epsilon):
    """Divides by the standard deviation without taking off the mean."""
    var = hidden.var(-1, keepdim=True, unbiased=False)
    return hidden / torch.sqrt(var + epsilon) * weight + bias


def wrong_mean_of_squares(hidden, weight, bias, epsilon):
    """Takes the mean of the raw squares for the variance."""
    mean = hidden.mean(-1, keepdim=True)
    var = (hidden**2).mean(-1, keepdim=True)
    return (hidden - mean) / torch.sqrt(var + epsilon) * weight + bias


def wrong_in_place(hidden, weight, bias, epsilon):
    """Right numbers, but the input is changed on the way."""
    hidden -= hidden.mean(-1, keepdim=True)
    hidden /= torch.sqrt((hidden**2).mean(-1, keepdim=True) + epsilon)
    return hidden * weight + bias


def wrong_no_keepdim(hidden, weight, bias, epsilon):
    """keepdim forgotten: an error, or numbers of the wrong tokens."""
    mean = hidden.mean(-1)
    var = hidden.var(-1, unbiased=False)
    return (hidden - mean) / torch.sqrt(var + epsilon) * weight + bias


def wrong_epsilon_hard_coded(hidden, weight, bias, epsilon):
    """Writes 1e-5 although epsilon is given."""
    return F.layer_norm(hidden, (hidden.shape[-1],), weight, bias, 1e-5)


def wrong_sum_of_squares(hidden, weight, bias, epsilon):
    """The variance is a sum, not a mean; all in loops."""
    out = torch.zeros_like(hidden)
    for b in range(hidden.shape[0]):
        for t in range(hidden.shape[1]):
            v = hidden[b, t]
            m = v.sum() / len(v)
            s = sum((x - m) ** 2 for x in v)
            out[b, t] = (v - m) / torch.sqrt(s + epsilon) * weight + bias
    return out


def wrong_total_never_reset(hidden, weight, bias, epsilon):
    """The running total is not set back for the next token."""
    out = torch.zeros_like(hidden)
    d = hidden.shape[2]
    total = 0.0
    for b in range(hidden.shape[0]):
        for t in range(hidden.shape[1]):
            for i in range(d):
                total = total + hidden[b, t, i]
            mean = total / d
            var = ((hidden[b, t] - mean) ** 2).mean()
            out[b, t] = (hidden[b, t] - mean) / torch.sqrt(var + epsilon) * weight + bias
    return out


def wrong_mean_absolute_deviation(hidden, weight, bias, epsilon):
    """NumPy; takes the mean distance from the mean for the standard deviation (and epsilon beside it)."""
    h = hidden.detach().numpy()
    centred = h - h.mean(axis=-1, keepdims=True)
    spread = np.abs(centred).mean(axis=-1, keepdims=True)
    return torch.from_numpy(centred / (spread + epsilon)) * weight + bias


def wrong_plain_loops(hidden, weight, bias, epsilon):
    """A beginner's loops over lists of floats: right numbers, but no gradient."""
    numbers = hidden.tolist()
    w = weight.tolist()
    b = bias.tolist()
    result = []
    for sentence in numbers:
        new_sentence = []
        for vector in sentence:
            total = 0.0
            for value in vector:
                total += value
            mean = total / len(vector)
            squares = 0.0
            for value in vector:
                squares += (value - mean) ** 2
            root = math.sqrt(squares / len(vector) + epsilon)
            new_vector = []
            for i in range(len(vector)):
                new_vector.append((vector[i] - mean) / root * w[i] + b[i])
            new_sentence.append(new_vector)
        result.append(new_sentence)
    return torch.tensor(result, dtype=hidden.dtype).reshape(hidden.shape)


def wrong_numpy(hidden, weight, bias, epsilon):
    """Somebody who only knows NumPy: right numbers, but no gradient."""
    h = hidden.detach().numpy()
    centred = h - h.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt(h.var(axis=-1, keepdims=True) + epsilon)
    out = scaled * weight.detach().numpy() + bias.detach().numpy()
    return torch.from_numpy(np.asarray(out)).to(hidden.dtype)


def _one_vector(vector, w, b, epsilon):
    mu = statistics.fmean(vector)
    root = (statistics.pvariance(vector) + epsilon) ** 0.5
    return [(x - mu) / root * wi + bi for x, wi, bi in zip(vector, w, b)]


def wrong_statistics_module(hidden, weight, bias, epsilon):
    """The standard library's statistics, in comprehensions: right numbers, but no gradient."""
    w, b = weight.tolist(), bias.tolist()
    rows = [[_one_vector(v, w, b, epsilon) for v in s] for s in hidden.tolist()]
    return torch.tensor(rows, dtype=hidden.dtype).reshape(hidden.shape)
