import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# ---------------------------------------------------------------- right


def right_functional(hidden, pooler_weight, pooler_bias, weight, bias):
    """PyTorch's own linear layer, twice."""
    pooled = F.linear(hidden[:, 0, :], pooler_weight, pooler_bias).tanh()
    return F.linear(pooled, weight, bias)


def right_loops(hidden, pooler_weight, pooler_bias, weight, bias):
    """Sentence by sentence, label by label, plain numbers at the end."""
    rows = []
    for sentence in hidden:
        pooled = [float(torch.tanh(w @ sentence[0] + b)) for w, b in zip(pooler_weight, pooler_bias)]
        rows.append([sum(float(x) * y for x, y in zip(w, pooled)) + float(b) for w, b in zip(weight, bias)])
    return rows


def right_numpy(hidden, pooler_weight, pooler_bias, weight, bias):
    """NumPy from beginning to end."""
    first = hidden.numpy()[:, 0]
    pooled = np.tanh(first @ pooler_weight.numpy().T + pooler_bias.numpy())
    return pooled @ weight.numpy().T + bias.numpy()


def right_modules(hidden, pooler_weight, pooler_bias, weight, bias):
    """Two modules with the given weights."""
    pooler, head = nn.Linear(*pooler_weight.shape), nn.Linear(*weight.T.shape)
    pooler, head = pooler.double(), head.double()
    pooler.load_state_dict({"weight": pooler_weight, "bias": pooler_bias})
    head.load_state_dict({"weight": weight, "bias": bias})
    with torch.no_grad():
        return head(torch.tanh(pooler(hidden[:, 0])))


def right_einsum(hidden, pooler_weight, pooler_bias, weight, bias):
    """Axes by name."""
    pooled = torch.tanh(torch.einsum("bd,ed->be", hidden[:, 0], pooler_weight) + pooler_bias)
    return torch.einsum("be,le->bl", pooled, weight) + bias


def right_step_by_step(hidden, pooler_weight, pooler_bias, weight, bias):
    """One step a line."""
    first = hidden[:, 0, :]
    summed = first.matmul(pooler_weight.t()) + pooler_bias
    pooled = torch.tanh(summed)
    logits = pooled.matmul(weight.t()) + bias
    return logits


def right_select(hidden, pooler_weight, pooler_bias, weight, bias):
    """select in place of an index."""
    pooled = torch.addmm(pooler_bias, hidden.select(1, 0), pooler_weight.T).tanh()
    return torch.addmm(bias, pooled, weight.T)


def right_columns(hidden, pooler_weight, pooler_bias, weight, bias):
    """Columns in place of rows."""
    pooled = torch.tanh(pooler_weight @ hidden[:, 0].T + pooler_bias[:, None])
    return (weight @ pooled + bias[:, None]).T


# ---------------------------------------------------------------- wrong


def wrong_without_tanh(hidden, pooler_weight, pooler_bias, weight, bias):
    """The tanh is missing."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias), weight, bias)


def wrong_without_pooler(hidden, pooler_weight, pooler_bias, weight, bias):
    """The head on the vector of [CLS] itself."""
    return F.linear(hidden[:, 0], weight, bias)


def wrong_tanh_of_cls(hidden, pooler_weight, pooler_bias, weight, bias):
    """tanh before the pooler's linear layer."""
    return F.linear(F.linear(hidden[:, 0].tanh(), pooler_weight, pooler_bias), weight, bias)


def wrong_last_token(hidden, pooler_weight, pooler_bias, weight, bias):
    """The last token."""
    return F.linear(F.linear(hidden[:, -1], pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_mean(hidden, pooler_weight, pooler_bias, weight, bias):
    """The mean over the tokens."""
    return F.linear(F.linear(hidden.mean(1), pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_first_sentence(hidden, pooler_weight, pooler_bias, weight, bias):
    """hidden[0]: every token of the first sentence."""
    return F.linear(F.linear(hidden[0], pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_all_tokens(hidden, pooler_weight, pooler_bias, weight, bias):
    """Logits of every token."""
    return F.linear(F.linear(hidden, pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_pooler_not_transposed(hidden, pooler_weight, pooler_bias, weight, bias):
    """The pooler's weight without the transpose."""
    return F.linear(torch.tanh(hidden[:, 0] @ pooler_weight + pooler_bias), weight, bias)


def wrong_without_pooler_bias(hidden, pooler_weight, pooler_bias, weight, bias):
    """The pooler's bias is missing."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight).tanh(), weight, bias)


def wrong_without_bias(hidden, pooler_weight, pooler_bias, weight, bias):
    """The head's bias is missing."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh(), weight)


def wrong_softmax(hidden, pooler_weight, pooler_bias, weight, bias):
    """Probabilities."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh(), weight, bias).softmax(-1)


def wrong_tanh_at_the_end(hidden, pooler_weight, pooler_bias, weight, bias):
    """tanh on the logits, too."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh(), weight, bias).tanh()


def wrong_bias_outside_tanh(hidden, pooler_weight, pooler_bias, weight, bias):
    """The pooler's bias is added after the tanh."""
    return F.linear(torch.tanh(hidden[:, 0] @ pooler_weight.T) + pooler_bias, weight, bias)


def wrong_relu(hidden, pooler_weight, pooler_bias, weight, bias):
    """ReLU in place of tanh."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).relu(), weight, bias)


def wrong_sigmoid(hidden, pooler_weight, pooler_bias, weight, bias):
    """The sigmoid in place of tanh."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).sigmoid(), weight, bias)


def wrong_pooled(hidden, pooler_weight, pooler_bias, weight, bias):
    """What the pooler gives, without the head."""
    return F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh()


def wrong_second_token(hidden, pooler_weight, pooler_bias, weight, bias):
    """The token after [CLS]."""
    return F.linear(F.linear(hidden[:, min(1, hidden.shape[1] - 1)], pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_argmax(hidden, pooler_weight, pooler_bias, weight, bias):
    """The label."""
    return F.linear(F.linear(hidden[:, 0], pooler_weight, pooler_bias).tanh(), weight, bias).argmax(-1)


def wrong_max_pooled(hidden, pooler_weight, pooler_bias, weight, bias):
    """The largest number over the tokens."""
    return F.linear(F.linear(hidden.max(1).values, pooler_weight, pooler_bias).tanh(), weight, bias)


def wrong_kept_axis(hidden, pooler_weight, pooler_bias, weight, bias):
    """An axis of size 1 is left."""
    return F.linear(F.linear(hidden[:, :1], pooler_weight, pooler_bias).tanh(), weight, bias)
