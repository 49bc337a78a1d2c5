import math

import numpy as np
import torch
from torch.nn import functional as F

# ---------------------------------------------------------------- right


def right_flatten(contexts, embedding, hidden, output):
    """Look up, flatten, two products."""
    vectors = embedding[contexts].flatten(1)
    return torch.tanh(vectors @ hidden) @ output


def right_functional(contexts, embedding, hidden, output):
    """PyTorch's own look-up and linear layers."""
    x = F.embedding(contexts, embedding).reshape(len(contexts), -1)
    return F.linear(F.linear(x, hidden.T).tanh(), output.T)


def right_loops(contexts, embedding, hidden, output):
    """Context by context."""
    rows = []
    for context in contexts:
        x = torch.cat([embedding[token] for token in context])
        rows.append(torch.tanh(x @ hidden) @ output)
    return torch.stack(rows)


def right_numpy(contexts, embedding, hidden, output):
    """NumPy from beginning to end."""
    e, h, o = embedding.numpy(), hidden.numpy(), output.numpy()
    x = e[contexts.numpy()].reshape(contexts.shape[0], -1)
    return np.tanh(x @ h) @ o


def right_one_hot(contexts, embedding, hidden, output):
    """The look-up as a product with one-hot rows."""
    one_hot = F.one_hot(contexts, embedding.shape[0]).to(embedding.dtype)
    x = (one_hot @ embedding).flatten(start_dim=1)
    return (x @ hidden).tanh().matmul(output)


def right_by_place(contexts, embedding, hidden, output):
    """Each place has its own part of the hidden table; the parts are added."""
    dim = embedding.shape[1]
    total = 0
    for place in range(contexts.shape[1]):
        total = total + embedding[contexts[:, place]] @ hidden[place * dim : (place + 1) * dim]
    return torch.tanh(total) @ output


def right_einsum(contexts, embedding, hidden, output):
    """Axes by name."""
    b, c = contexts.shape
    dim = embedding.shape[1]
    h = hidden.view(c, dim, -1)
    sums = torch.einsum("bcd,cds->bs", embedding[contexts], h)
    return torch.einsum("bs,sv->bv", sums.tanh(), output)


def right_tanh_by_exponentials(contexts, embedding, hidden, output):
    """tanh written out, without overflow."""
    x = embedding[contexts].flatten(1) @ hidden
    small = torch.exp(-2 * x.abs())
    return (torch.sign(x) * (1 - small) / (1 + small)) @ output


def right_plain_python(contexts, embedding, hidden, output):
    """Lists of floats."""
    result = []
    h, o = hidden.tolist(), output.tolist()
    for context in contexts.tolist():
        x = [number for token in context for number in embedding[token].tolist()]
        middle = [math.tanh(sum(a * row[j] for a, row in zip(x, h))) for j in range(len(h[0]))]
        result.append([sum(m * row[v] for m, row in zip(middle, o)) for v in range(len(o[0]))])
    return result


def right_index_select(contexts, embedding, hidden, output):
    """index_select on all ids at once."""
    flat = torch.index_select(embedding, 0, contexts.reshape(-1))
    return torch.mm(torch.tanh(torch.mm(flat.view(contexts.size(0), -1), hidden)), output)


def right_unfolded_names(contexts, embedding, hidden, output):
    """One step a line."""
    vectors = embedding[contexts]
    batch = vectors.shape[0]
    side_by_side = vectors.reshape(batch, vectors.shape[1] * vectors.shape[2])
    inside = side_by_side @ hidden
    bent = inside.tanh()
    logits = bent @ output
    return logits


def right_sequential(contexts, embedding, hidden, output):
    """Modules with the given weights."""
    first = torch.nn.Linear(hidden.shape[0], hidden.shape[1], bias=False).double()
    last = torch.nn.Linear(output.shape[0], output.shape[1], bias=False).double()
    with torch.no_grad():
        first.weight.copy_(hidden.T)
        last.weight.copy_(output.T)
        return torch.nn.Sequential(torch.nn.Flatten(), first, torch.nn.Tanh(), last)(embedding[contexts])


def right_hstack(contexts, embedding, hidden, output):
    """The columns of the context, stacked."""
    return torch.tanh(torch.hstack([embedding[column] for column in contexts.T]) @ hidden) @ output


def right_comprehension(contexts, embedding, hidden, output):
    """A list of rows."""
    return torch.stack([(embedding[c].ravel() @ hidden).tanh() @ output for c in contexts])


def right_numpy_take(contexts, embedding, hidden, output):
    """np.take and np.dot."""
    taken = np.take(np.array(embedding), np.array(contexts), axis=0)
    return np.dot(np.tanh(np.dot(np.concatenate(np.swapaxes(taken, 0, 1), axis=1), np.array(hidden))), np.array(output))


# ---------------------------------------------------------------- wrong


def wrong_without_tanh(contexts, embedding, hidden, output):
    """The bend is missing."""
    return embedding[contexts].flatten(1) @ hidden @ output


def wrong_relu(contexts, embedding, hidden, output):
    """ReLU in place of tanh."""
    return (embedding[contexts].flatten(1) @ hidden).relu() @ output


def wrong_gelu(contexts, embedding, hidden, output):
    """GELU in place of tanh."""
    return F.gelu(embedding[contexts].flatten(1) @ hidden) @ output


def wrong_sigmoid(contexts, embedding, hidden, output):
    """The sigmoid in place of tanh."""
    return torch.sigmoid(embedding[contexts].flatten(1) @ hidden) @ output


def wrong_tanh_of_logits(contexts, embedding, hidden, output):
    """tanh at the end, too."""
    return torch.tanh(torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output)


def wrong_tanh_at_the_end_only(contexts, embedding, hidden, output):
    """tanh after the second product instead of the first."""
    return torch.tanh(embedding[contexts].flatten(1) @ hidden @ output)


def wrong_tanh_of_vectors(contexts, embedding, hidden, output):
    """tanh on the vectors, before the first product."""
    return torch.tanh(embedding[contexts].flatten(1)) @ hidden @ output


def wrong_softmax(contexts, embedding, hidden, output):
    """Probabilities in place of logits."""
    return (torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output).softmax(-1)


def wrong_log_softmax(contexts, embedding, hidden, output):
    """Log-probabilities in place of logits."""
    return (torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output).log_softmax(-1)


def wrong_reversed(contexts, embedding, hidden, output):
    """The newest token first."""
    return torch.tanh(embedding[contexts.flip(1)].flatten(1) @ hidden) @ output


def wrong_sum_of_vectors(contexts, embedding, hidden, output):
    """The vectors are added, and the sum stands at every place."""
    together = embedding[contexts].sum(1).repeat(1, contexts.shape[1])
    return torch.tanh(together @ hidden) @ output


def wrong_mean_of_vectors(contexts, embedding, hidden, output):
    """The vectors are averaged, and the mean stands at every place."""
    together = embedding[contexts].mean(1).repeat(1, contexts.shape[1])
    return torch.tanh(together @ hidden) @ output


def wrong_interleaved(contexts, embedding, hidden, output):
    """Number by number instead of token by token."""
    return torch.tanh(embedding[contexts].transpose(1, 2).flatten(1) @ hidden) @ output


def wrong_last_token_only(contexts, embedding, hidden, output):
    """Only the last token's vector, with the last part of the table."""
    dim = embedding.shape[1]
    return torch.tanh(embedding[contexts[:, -1]] @ hidden[-dim:]) @ output


def wrong_first_row_only(contexts, embedding, hidden, output):
    """Only the first context."""
    return torch.tanh(embedding[contexts[0]].flatten() @ hidden) @ output


def wrong_middle(contexts, embedding, hidden, output):
    """The hidden layer instead of the logits."""
    return torch.tanh(embedding[contexts].flatten(1) @ hidden)


def wrong_ids_from_one(contexts, embedding, hidden, output):
    """As if tokens counted from 1."""
    return torch.tanh(embedding[contexts - 1].flatten(1) @ hidden) @ output


def wrong_argmax(contexts, embedding, hidden, output):
    """The likeliest token."""
    return (torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output).argmax(1)


def wrong_embedding_transposed(contexts, embedding, hidden, output):
    """Flattened across the batch."""
    return torch.tanh(embedding[contexts].transpose(0, 1).reshape(len(contexts), -1) @ hidden) @ output


def wrong_ids_times_hidden(contexts, embedding, hidden, output):
    """The ids themselves, scaled, in place of the vectors."""
    dim = embedding.shape[1]
    return torch.tanh(contexts.double().repeat_interleave(dim, 1) @ hidden) @ output


def wrong_tan(contexts, embedding, hidden, output):
    """tan in place of tanh."""
    return torch.tan(embedding[contexts].flatten(1) @ hidden) @ output


def wrong_tanh_by_overflowing(contexts, embedding, hidden, output):
    """(e^x - e^-x) / (e^x + e^-x) without the half: 1 - e^-x over 1 + e^-x."""
    x = embedding[contexts].flatten(1) @ hidden
    return ((1 - torch.exp(-x)) / (1 + torch.exp(-x))) @ output
