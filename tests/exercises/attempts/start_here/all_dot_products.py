import math
import itertools

import numpy as np
import torch
from scipy.spatial.distance import cdist


def right_matmul_swapaxes(a, b):
    """@ with the last two axes of b swapped."""
    return a @ b.swapaxes(1, 2)


def right_matmul_transpose(a, b):
    """@ with transpose(0, 2, 1)."""
    return a @ b.transpose(0, 2, 1)


def right_einsum(a, b):
    """The einsum one-liner."""
    return np.einsum("bnd,bmd->bnm", a, b)


def right_einsum_other_letters(a, b):
    """einsum with i, j, k, l and an ellipsis."""
    return np.einsum("...ik,...jk->...ij", a, b)


def right_np_matmul_moveaxis(a, b):
    """np.matmul and moveaxis."""
    return np.matmul(a, np.moveaxis(b, -1, -2))


def right_broadcast_none(a, b):
    """Broadcasting with None, then a sum."""
    return (a[:, :, None, :] * b[:, None, :, :]).sum(axis=-1)


def right_einsum_after_transpose(a, b):
    """einsum on a b that has been transposed first."""
    b_t = np.transpose(b, (0, 2, 1))
    return np.einsum("bnd,bdm->bnm", a, b_t)


def right_turned_round(a, b):
    """(b a^T)^T = a b^T."""
    return (b @ a.swapaxes(-1, -2)).swapaxes(-1, -2)


def right_comprehension(a, b):
    """One line with a list comprehension over the batch."""
    return np.array([x @ y.T for x, y in zip(a, b)]).reshape(len(a), a.shape[1], b.shape[1])


def right_plain_loops(a, b):
    """A beginner's four loops."""
    batch, n, dim = a.shape
    m = b.shape[1]
    result = np.zeros((batch, n, m))
    for i in range(batch):
        for j in range(n):
            for k in range(m):
                total = 0.0
                for d in range(dim):
                    total += a[i, j, d] * b[i, k, d]
                result[i, j, k] = total
    return result


def right_product_loop(a, b):
    """itertools.product over all positions, np.dot for each pair."""
    out = np.empty((a.shape[0], a.shape[1], b.shape[1]))
    for i, j, k in itertools.product(*map(range, out.shape)):
        out[i, j, k] = np.dot(a[i, j], b[i, k])
    return out


def right_sum_over_dim(a, b):
    """Adds up one outer product for each coordinate."""
    result = np.zeros((a.shape[0], a.shape[1], b.shape[1]))
    for d in range(a.shape[2]):
        result = result + a[:, :, d, None] * b[:, None, :, d]
    return result


def right_tensordot_diagonal(a, b):
    """All batches with all batches, then the diagonal: wasteful but right."""
    everything = np.tensordot(a, b, axes=([2], [2]))
    batch = np.arange(a.shape[0])
    return everything[batch, :, batch, :]


def right_inner_per_batch(a, b):
    """np.inner batch by batch into a ready array."""
    out = np.zeros((a.shape[0], a.shape[1], b.shape[1]))
    i = 0
    while i < a.shape[0]:
        out[i] = np.inner(a[i], b[i])
        i += 1
    return out


def right_torch_bmm(a, b):
    """PyTorch: bmm in double precision."""
    ta = torch.tensor(np.ascontiguousarray(a), dtype=torch.float64)
    tb = torch.tensor(np.ascontiguousarray(b), dtype=torch.float64)
    return torch.bmm(ta, tb.transpose(1, 2)).numpy()


def right_einsum_index_lists(a, b):
    """einsum with axis numbers instead of a string."""
    return np.einsum(a, [0, 1, 3], b, [0, 2, 3], [0, 1, 2])


def right_column_vectors(a, b):
    """Row vector times column vector for every pair, by a broadcast matmul."""
    rows = a[:, :, None, None, :]
    columns = b[:, None, :, :, None]
    return (rows @ columns)[..., 0, 0]


def right_nested_list(a, b):
    """Gives back nested lists of floats."""
    return [[[float(sum(p * q for p, q in zip(u, v))) for v in y] for u in x] for x, y in zip(a, b)]


def wrong_order_of_axes(a, b):
    """n and m in the wrong order in the output."""
    return np.einsum("bnd,bmd->bmn", a, b)


def wrong_dot_t(a, b):
    """.T turns all three axes round: raises, or mixes batches if all sizes agree."""
    return a @ b.T


def wrong_reshape_for_transpose(a, b):
    """reshape for transpose."""
    batch, m, dim = b.shape
    return a @ b.reshape(batch, dim, m)


def wrong_pairs_only(a, b):
    """Only the vector at the same place: elementwise product and sum."""
    k = min(a.shape[1], b.shape[1])
    return (a[:, :k] * b[:, :k]).sum(axis=-1)


def wrong_np_dot(a, b):
    """np.dot does not go batch by batch: a result with four axes."""
    return np.dot(a, b.transpose(0, 2, 1))


def wrong_summed_over_batch(a, b):
    """The batch letter is missing after the arrow."""
    return np.einsum("bnd,bmd->nm", a, b)


def wrong_scaled(a, b):
    """Divides by sqrt(dim), as in attention."""
    return a @ b.swapaxes(1, 2) / math.sqrt(a.shape[-1])


def wrong_cosine(a, b):
    """Cosine instead of the dot product."""
    na = np.linalg.norm(a, axis=-1, keepdims=True) + 1e-12
    nb = np.linalg.norm(b, axis=-1, keepdims=True) + 1e-12
    return (a / na) @ (b / nb).swapaxes(1, 2)


def wrong_tensordot(a, b):
    """Every batch with every batch."""
    return np.tensordot(a, b, axes=([2], [2]))


def wrong_first_batch(a, b):
    """Uses b of the first batch for all batches."""
    return a @ b[0].T


def wrong_last_coordinate_missing(a, b):
    """range(dim - 1): the last coordinate is left out."""
    batch, n, dim = a.shape
    out = np.zeros((batch, n, b.shape[1]))
    for d in range(dim - 1):
        out += a[:, :, d][:, :, None] * b[:, :, d][:, None, :]
    return out


def wrong_different_letters(a, b):
    """Different letters for the two dims: product of the sums."""
    return np.einsum("bnd,bme->bnm", a, b)


def wrong_distances(a, b):
    """Distances instead of dot products."""
    return np.array([cdist(x, y) for x, y in zip(a, b)])


def wrong_mean_over_dim(a, b):
    """Mean for sum."""
    return (a[:, :, None, :] * b[:, None, :, :]).mean(axis=-1)


def wrong_turned_and_reshaped(a, b):
    """b times a transposed, then reshaped to the shape wanted."""
    batch, n, _ = a.shape
    return (b @ a.transpose(0, 2, 1)).reshape(batch, n, b.shape[1])


def wrong_a_with_a(a, b):
    """Uses a twice."""
    return np.einsum("bnd,bmd->bnm", a, a)


def wrong_total_not_reset(a, b):
    """The running total is set to 0 once only."""
    batch, n, dim = a.shape
    m = b.shape[1]
    out = np.zeros((batch, n, m))
    total = 0.0
    for i in range(batch):
        for j in range(n):
            for k in range(m):
                for d in range(dim):
                    total += a[i, j, d] * b[i, k, d]
                out[i, j, k] = total
    return out


def wrong_integer_buffer(a, b):
    """The result is kept in an integer array."""
    out = np.zeros((a.shape[0], a.shape[1], b.shape[1]), dtype=int)
    for i in range(len(a)):
        out[i] = a[i] @ b[i].T
    return out
