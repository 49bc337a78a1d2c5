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
