import numpy as np
import torch


def right_vmap(contexts, embedding, hidden, output):
    """A function of one context, over all."""
    return torch.vmap(lambda context: torch.tanh(embedding[context].reshape(-1) @ hidden) @ output)(contexts)


def right_transposed(contexts, embedding, hidden, output):
    """Columns in place of rows."""
    columns = embedding[contexts].flatten(1).T
    return (output.T @ torch.tanh(hidden.T @ columns)).T


def right_numpy_einsum(contexts, embedding, hidden, output):
    """einsum of NumPy."""
    vectors = np.asarray(embedding)[np.asarray(contexts)]
    table = np.asarray(hidden).reshape(vectors.shape[1], vectors.shape[2], -1)
    return np.einsum("bs,sv->bv", np.tanh(np.einsum("bcd,cds->bs", vectors, table)), np.asarray(output))


def wrong_silu(contexts, embedding, hidden, output):
    """SiLU in place of tanh."""
    return torch.nn.functional.silu(embedding[contexts].flatten(1) @ hidden) @ output


def wrong_negative(contexts, embedding, hidden, output):
    """The sign is turned."""
    return -(torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output)


def wrong_sum_over_batch(contexts, embedding, hidden, output):
    """All contexts together."""
    return (torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output).sum(0)


def wrong_swapped_first_two(contexts, embedding, hidden, output):
    """The context rolled by one place."""
    return torch.tanh(embedding[contexts.roll(1, dims=1)].flatten(1) @ hidden) @ output


def wrong_normed_vectors(contexts, embedding, hidden, output):
    """Vectors of length 1."""
    vectors = torch.nn.functional.normalize(embedding[contexts], dim=-1)
    return torch.tanh(vectors.flatten(1) @ hidden) @ output


def wrong_max(contexts, embedding, hidden, output):
    """The largest logit."""
    return (torch.tanh(embedding[contexts].flatten(1) @ hidden) @ output).max(1).values
