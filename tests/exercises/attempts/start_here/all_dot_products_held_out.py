import numpy as np


def right_einsum_b(a, b):
    """einsum, one line."""
    return np.einsum("bnd,bmd->bnm", a, b)


def right_matmul_b(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """@ with the last two axes of b swapped."""
    return a @ b.transpose(0, 2, 1)


def right_loops_b(a, b):
    """Beginner's four loops."""
    batch, n, dim = a.shape
    m = b.shape[1]
    result = np.zeros((batch, n, m))
    for s in range(batch):
        for i in range(n):
            for j in range(m):
                total = 0.0
                for k in range(dim):
                    total += float(a[s, i, k]) * float(b[s, j, k])
                result[s, i, j] = total
    return result


def right_broadcast_b(a, b):
    """Broadcasting with None, then the sum over the last axis."""
    return (a[:, :, None, :] * b[:, None, :, :]).sum(axis=-1)


def right_inner_per_batch_b(a, b):
    """One np.inner for each batch, collected in a list."""
    out = [np.inner(x, y) for x, y in zip(a, b)]
    return np.array(out).reshape(a.shape[0], a.shape[1], b.shape[1])


def right_torch_bmm_b(a, b):
    """The PyTorch user: bmm."""
    import torch
    ta = torch.tensor(np.asarray(a, dtype=np.float64))
    tb = torch.tensor(np.asarray(b, dtype=np.float64))
    return torch.bmm(ta, tb.transpose(1, 2)).numpy()


def right_lists_b(a, b):
    """Comprehension without NumPy, gives nested lists back."""
    return [[[sum(p * q for p, q in zip(u, v)) for v in vectors_b] for u in vectors_a]
            for vectors_a, vectors_b in zip(a.tolist(), b.tolist())]


def wrong_reshape_b(a, b):
    """reshape for transpose: the shape fits, the numbers are mixed up."""
    batch, m, dim = b.shape
    return a @ b.reshape(batch, dim, m)


def wrong_T_b(a, b):
    """.T turns all three axes around, mostly an error."""
    return a @ b.T


def wrong_order_mn_b(a, b):
    """Answer turned: (batch, m, n)."""
    return np.einsum("bnd,bmd->bmn", a, b)


def wrong_sum_over_batch_b(a, b):
    """The batch index is missing on the right, so the batches are added up."""
    return np.einsum("bnd,bmd->nm", a, b)


def wrong_paired_b(a, b):
    """Multiplies place by place: only vector i with vector i, and an error if n differs from m."""
    return (a * b).sum(axis=-1)


def wrong_np_dot_b(a, b):
    """np.dot on three axes pairs every batch with every batch: four axes."""
    return np.dot(a, np.swapaxes(b, 1, 2))


def wrong_first_batch_b(a, b):
    """Uses the first batch of b for all of them."""
    return np.stack([a[i] @ b[0].T for i in range(a.shape[0])])


def wrong_cosine_b(a, b):
    """Normalises the vectors first: cosines, not dot products."""
    a_unit = a / np.linalg.norm(a, axis=-1, keepdims=True)
    b_unit = b / np.linalg.norm(b, axis=-1, keepdims=True)
    return np.einsum("bid,bjd->bij", a_unit, b_unit)


def wrong_scaled_b(a, b):
    """Knows attention already: divides by the root of dim."""
    return a @ b.swapaxes(-1, -2) / np.sqrt(a.shape[-1])


def wrong_total_not_reset_b(a, b):
    """The total is not set back for each pair."""
    batch, n, dim = a.shape
    m = b.shape[1]
    out = np.zeros((batch, n, m))
    for s in range(batch):
        for i in range(n):
            total = 0
            for j in range(m):
                for k in range(dim):
                    total += a[s, i, k] * b[s, j, k]
                out[s, i, j] = total
    return out


def wrong_last_dim_missed_b(a, b):
    """Off by one: the last component is never added."""
    out = np.zeros((a.shape[0], a.shape[1], b.shape[1]))
    for k in range(a.shape[2] - 1):
        out += a[:, :, k][:, :, None] * b[:, :, k][:, None, :]
    return out


def wrong_mean_b(a, b):
    """mean for sum over the last axis."""
    return np.mean(a[:, :, None] * b[:, None], axis=-1)
