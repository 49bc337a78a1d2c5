"""Held-out attempts at erase, by another hand, written from the task's text alone."""

import numpy as np
import torch


def right_as_in_the_cell(vectors, labels):
    """The cell above, for any number of dimensions."""
    y = labels.double()
    n = len(vectors)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()).to(vectors.dtype) / n
    reads = torch.linalg.solve(centred.T @ centred / n, sigma)
    return vectors - ((centred @ reads) / (reads @ sigma))[:, None] * sigma


def right_loop_and_inverse(vectors, labels):
    """A loop over vectors with the inverse outside."""
    mu = vectors.mean(dim=0)
    y = labels.to(vectors.dtype)
    ybar = y.mean()
    S = sum(torch.outer(v - mu, v - mu) for v in vectors) / len(vectors)
    s = sum((v - mu) * (t - ybar) for v, t in zip(vectors, y)) / len(vectors)
    inverse = torch.linalg.inv(S)
    new = torch.empty_like(vectors)
    for i, v in enumerate(vectors):
        new[i] = v - s * (s @ inverse @ (v - mu)) / (s @ inverse @ s)
    return new


def right_numpy_cov(vectors, labels):
    """np.cov with bias, and np.linalg.inv."""
    x = vectors.double().numpy()
    y = labels.double().numpy()
    S = np.atleast_2d(np.cov(x, rowvar=False, bias=True))
    s = np.array([np.cov(x[:, j], y, bias=True)[0, 1] for j in range(x.shape[1])])
    P = np.linalg.inv(S)
    t = (x - x.mean(0)) @ P @ s / (s @ P @ s)
    return torch.tensor(x - t[:, None] * s).to(vectors.dtype)


def right_means_apart(vectors, labels):
    """The way from one mean to the other in place of sigma."""
    one, zero = vectors[labels == 1], vectors[labels == 0]
    way = one.mean(0) - zero.mean(0)
    c = vectors - vectors.mean(0)
    w = torch.linalg.inv(c.T @ c) @ way
    return vectors - torch.outer(c @ w, way) / (w @ way)


def right_qr(vectors, labels):
    """In the orthonormal coordinates of a QR the best line is a projection."""
    c = vectors - vectors.mean(0)
    q, r = torch.linalg.qr(c)
    t = q.T @ labels.to(vectors.dtype)
    t = t / t.norm()
    return vectors - torch.outer(q @ t, t @ r)


def right_einsums(vectors, labels):
    """einsum for everything."""
    n = vectors.shape[0]
    y = labels.to(vectors)
    c = vectors - torch.einsum("nd->d", vectors) / n
    S = torch.einsum("ni,nj->ij", c, c) / n
    s = torch.einsum("ni,n->i", c, y - y.mean()) / n
    P = torch.inverse(S)
    return vectors - torch.einsum("i,j,jk,nk->ni", s, s, P, c) / torch.einsum("i,ij,j->", s, P, s)


def right_column_vectors(vectors, labels):
    """sigma as a column."""
    y = labels.reshape(-1, 1).to(vectors.dtype)
    c = vectors - vectors.mean(0)
    s = (c * (y - y.mean())).mean(0).reshape(-1, 1)
    P = torch.linalg.inv((c.unsqueeze(2) @ c.unsqueeze(1)).mean(0))
    return vectors - c @ P @ s @ s.T / (s.T @ P @ s)


def right_n_minus_one(vectors, labels):
    """Divides both by n - 1, which cancels."""
    y = labels.to(vectors.dtype)
    c = vectors - vectors.mean(0)
    S, s = c.T @ c / (len(c) - 1), c.T @ (y - y.mean()) / (len(c) - 1)
    w = torch.linalg.solve(S, s)
    return vectors - (c @ w).outer(s).div(w.dot(s))


def _parts(vectors, labels):
    y = labels.to(vectors.dtype)
    c = vectors - vectors.mean(0)
    return c, c.T @ c / len(c), c.T @ (y - y.mean()) / len(c)


def wrong_no_covariance(vectors, labels):
    """A plain projection along sigma."""
    c, _, s = _parts(vectors, labels)
    return vectors - torch.outer(c @ s / (s @ s), s)


def wrong_mean_difference_projected(vectors, labels):
    """A plain projection along the difference of the means, and of x itself."""
    delta = vectors[labels == 1].mean(0) - vectors[labels == 0].mean(0)
    delta = delta / delta.norm()
    return vectors - torch.outer(vectors @ delta, delta)


def wrong_vectors_for_centred(vectors, labels):
    """x in place of x - mu."""
    _, S, s = _parts(vectors, labels)
    w = torch.linalg.solve(S, s)
    return vectors - torch.outer(vectors @ w / (w @ s), s)


def wrong_centred_returned(vectors, labels):
    """x - mu in place of x."""
    c, S, s = _parts(vectors, labels)
    w = torch.linalg.solve(S, s)
    return c - torch.outer(c @ w / (w @ s), s)


def wrong_no_denominator(vectors, labels):
    """The number below the bar forgotten."""
    c, S, s = _parts(vectors, labels)
    return vectors - torch.outer(c @ torch.linalg.inv(S) @ s, s)


def wrong_along_the_line(vectors, labels):
    """Subtracts along the line that reads."""
    c, S, s = _parts(vectors, labels)
    w = torch.linalg.inv(S) @ s
    return vectors - torch.outer(c @ w / (w @ s), w)


def wrong_no_inverse(vectors, labels):
    """Σ, not Σ⁻¹."""
    c, S, s = _parts(vectors, labels)
    return vectors - torch.outer(c @ S @ s / (s @ S @ s), s)


def wrong_labels_mean_axis(vectors, labels):
    """Centres with the mean over axis 1."""
    y = labels.to(vectors.dtype)
    c = vectors - vectors.mean(1)[:, None]
    S, s = c.T @ c / len(c), c.T @ (y - y.mean()) / len(c)
    w = torch.linalg.pinv(S) @ s
    return vectors - torch.outer(c @ w / (w @ s), s)


def wrong_uncentred_covariance(vectors, labels):
    """Σ as the mean of x xᵀ."""
    c, _, s = _parts(vectors, labels)
    w = torch.linalg.solve(vectors.T @ vectors / len(vectors), s)
    return vectors - torch.outer(c @ w / (w @ s), s)


def wrong_each_labels_mean(vectors, labels):
    """Subtracts the mean of each label."""
    y = labels.to(vectors.dtype)[:, None]
    one, zero = vectors[labels == 1].mean(0), vectors[labels == 0].mean(0)
    return vectors - y * one - (1 - y) * zero


def wrong_variances_only(vectors, labels):
    """The diagonal of Σ."""
    c, S, s = _parts(vectors, labels)
    w = s / S.diagonal()
    return vectors - torch.outer(c @ w / (w @ s), s)


def wrong_sign(vectors, labels):
    """Plus for minus."""
    c, S, s = _parts(vectors, labels)
    w = torch.linalg.solve(S, s)
    return vectors + torch.outer(c @ w / (w @ s), s)


def wrong_lost_axis(vectors, labels):
    """No second axis for the fraction: (n,) times (d,)."""
    c, S, s = _parts(vectors, labels)
    w = torch.linalg.solve(S, s)
    return vectors - (c @ w) / (w @ s) * s


def wrong_forbidden(vectors, labels):
    """The function of the cell above, which is forbidden."""
    from lessons.interpretability.erasing import eraser

    return eraser(vectors, labels, 0.0)(vectors)
