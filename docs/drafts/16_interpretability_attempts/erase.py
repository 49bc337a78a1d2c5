"""Attempts at erase, written from the task's text alone."""

import numpy as np
import torch
from sklearn.linear_model import LinearRegression


# ---------------------------------------------------------------- right
def right_formula(vectors, labels):
    """The formula, with solve."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    covariance = centred.T @ centred / len(vectors)
    sigma = centred.T @ (y - y.mean()) / len(vectors)
    reads = torch.linalg.solve(covariance, sigma)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def right_inverse(vectors, labels):
    """The inverse itself, and unsqueeze."""
    n = vectors.shape[0]
    mu = vectors.mean(dim=0, keepdim=True)
    x = vectors - mu
    inverse = torch.linalg.inv(x.T @ x / n)
    y = labels.to(x.dtype)
    sigma = (x * (y - y.mean()).unsqueeze(1)).mean(0)
    above = x @ inverse @ sigma
    below = sigma @ inverse @ sigma
    return vectors - sigma * (above / below).unsqueeze(1)


def right_row_by_row(vectors, labels):
    """A loop over the vectors."""
    y = labels.double()
    x = vectors.double()
    mu = x.mean(0)
    covariance = torch.zeros(x.shape[1], x.shape[1], dtype=torch.double)
    sigma = torch.zeros(x.shape[1], dtype=torch.double)
    for row, mark in zip(x, y):
        covariance += torch.outer(row - mu, row - mu) / len(x)
        sigma += (row - mu) * (mark - y.mean()) / len(x)
    inverse = torch.inverse(covariance)
    rows = []
    for row in x:
        share = (sigma @ inverse @ (row - mu)) / (sigma @ inverse @ sigma)
        rows.append(row - sigma * share)
    return torch.stack(rows).to(vectors.dtype)


def right_torch_cov(vectors, labels):
    """torch.cov divides by n - 1, which cancels in the fraction."""
    sigma = (vectors - vectors.mean(0)).T @ (labels.to(vectors.dtype) - labels.to(vectors.dtype).mean())
    w = torch.linalg.inv(torch.cov(vectors.T).reshape(len(sigma), -1)) @ sigma
    return vectors - ((vectors - vectors.mean(0)) @ w / (w @ sigma))[:, None] * sigma


def right_numpy(vectors, labels):
    """A NumPy person, back by from_numpy."""
    x, y = np.asarray(vectors, dtype=float), np.asarray(labels, dtype=float)
    c = x - x.mean(axis=0)
    sigma = c.T @ (y - y.mean()) / len(y)
    w = np.linalg.solve(c.T @ c / len(y), sigma)
    return torch.from_numpy(x - np.outer(c @ w / (w @ sigma), sigma)).to(vectors.dtype)


def right_difference_of_means(vectors, labels):
    """The two means' difference has the direction of sigma, and its length cancels."""
    delta = vectors[labels == 1].mean(0) - vectors[labels == 0].mean(0)
    centred = vectors - vectors.mean(0)
    w = torch.linalg.solve(centred.T @ centred / len(vectors), delta)
    return vectors - (centred @ w / (w @ delta)).unsqueeze(-1) * delta


def right_least_squares(vectors, labels):
    """The best line by lstsq, what it reads, and the direction."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    line = torch.linalg.lstsq(centred, (y - y.mean())[:, None]).solution[:, 0]
    sigma = centred.T @ y
    return vectors - torch.einsum("n,d->nd", centred @ line, sigma) / (line @ sigma)


def right_linear_regression(vectors, labels):
    """scikit-learn's line."""
    x, y = vectors.double().numpy(), labels.double().numpy()
    line = LinearRegression().fit(x, y).coef_
    sigma = np.mean((x - x.mean(0)) * y[:, None], axis=0)
    read = (x - x.mean(0)) @ line
    return torch.tensor(x - read[:, None] * sigma[None] / (sigma @ line)).to(vectors.dtype)


def right_whitening(vectors, labels):
    """Whitens, takes the direction out at right angles, and goes back."""
    mu = vectors.mean(0)
    centred = vectors - mu
    values, axes = torch.linalg.eigh(centred.T @ centred / len(vectors))
    white = axes @ torch.diag(values**-0.5) @ axes.T
    back = axes @ torch.diag(values**0.5) @ axes.T
    y = labels.to(vectors.dtype)
    direction = white @ (centred.T @ (y - y.mean()))
    direction = direction / direction.norm()
    z = centred @ white
    z = z - torch.outer(z @ direction, direction)
    return z @ back + mu


def right_projector(vectors, labels):
    """One matrix for all: 1 - sigma reads^T / (reads sigma)."""
    y = labels.to(vectors.dtype)
    mu = vectors.mean(0)
    centred = vectors - mu
    sigma = (centred * (y - y.mean())[:, None]).mean(0)
    reads = torch.linalg.pinv(centred.T @ centred / len(y), hermitian=True) @ sigma
    matrix = torch.eye(len(mu), dtype=vectors.dtype) - sigma[:, None] * reads[None] / (reads * sigma).sum()
    return centred @ matrix.T + mu


def right_cholesky(vectors, labels):
    """cholesky_solve."""
    y = labels.to(vectors.dtype) - labels.to(vectors.dtype).mean()
    x = vectors - vectors.mean(0)
    lower = torch.linalg.cholesky(x.T @ x / len(x))
    sigma = (x.T @ y / len(x))[:, None]
    reads = torch.cholesky_solve(sigma, lower)
    return vectors - (x @ reads) @ sigma.T / (sigma.T @ reads)


def right_plus_and_minus_one(vectors, labels):
    """Labels of -1 and 1 make sigma twice as long, which cancels."""
    y = 2 * labels.to(vectors.dtype) - 1
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - ((centred @ reads) / (reads @ sigma))[:, None] * sigma[None, :]


def right_one_centred_is_enough(vectors, labels):
    """Labels not centred: the vectors' mean is 0, so nothing changes."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = torch.einsum("nd,n->d", centred, y)
    reads = torch.linalg.solve(centred.T @ centred, sigma)
    return vectors - (centred @ reads)[:, None] * sigma / torch.dot(reads, sigma)


def right_joint_covariance(vectors, labels):
    """One covariance of vectors and label together, cut into its parts."""
    d = vectors.shape[1]
    both = torch.cov(torch.cat([vectors, labels.to(vectors.dtype)[:, None]], dim=1).T, correction=0)
    covariance, sigma = both[:d, :d], both[:d, d]
    reads = torch.linalg.solve(covariance, sigma)
    return vectors - torch.outer((vectors - vectors.mean(0)) @ reads, sigma) / (sigma @ reads)


def right_number_by_number(vectors, labels):
    """A beginner's loops, with one call of inv."""
    n, d = vectors.shape
    mu = [sum(vectors[i, j].item() for i in range(n)) / n for j in range(d)]
    ybar = sum(float(y) for y in labels) / n
    big = torch.zeros(d, d, dtype=torch.double)
    sigma = torch.zeros(d, dtype=torch.double)
    for i in range(n):
        for j in range(d):
            sigma[j] += (vectors[i, j].item() - mu[j]) * (float(labels[i]) - ybar) / n
            for k in range(d):
                big[j, k] += (vectors[i, j].item() - mu[j]) * (vectors[i, k].item() - mu[k]) / n
    inverse = torch.linalg.inv(big)
    below = sum(sigma[j] * inverse[j, k] * sigma[k] for j in range(d) for k in range(d))
    out = torch.zeros(n, d, dtype=torch.double)
    for i in range(n):
        above = sum(sigma[j] * inverse[j, k] * (vectors[i, k].item() - mu[k]) for j in range(d) for k in range(d))
        for j in range(d):
            out[i, j] = vectors[i, j].double() - sigma[j] * above / below
    return out.to(vectors.dtype)


def right_columns(vectors, labels):
    """Vectors as columns, as mathematicians write."""
    x = vectors.T
    y = labels.to(vectors.dtype)[None]
    c = x - x.mean(1, keepdim=True)
    s = c @ (y - y.mean()).T / x.shape[1]
    p = torch.linalg.inv(c @ c.T / x.shape[1])
    return (x - s @ (s.T @ p @ c) / (s.T @ p @ s)).T


def right_residual(vectors, labels):
    """What the label's reading explains in each number, subtracted."""
    y = labels.to(vectors.dtype) - labels.to(vectors.dtype).mean()
    x = vectors - vectors.mean(0)
    read = x @ torch.linalg.lstsq(x, y[:, None]).solution  # (n, 1)
    slopes = (x.T @ y) / (read[:, 0] @ read[:, 0])  # the mean square of the reading is sigma Σ⁻¹ sigma
    return vectors - read * slopes


# ---------------------------------------------------------------- wrong
def wrong_orthogonal(vectors, labels):
    """Takes sigma out at right angles, without the covariance."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    return vectors - torch.outer(centred @ sigma / (sigma @ sigma), sigma)


def wrong_takes_the_line_out(vectors, labels):
    """Moves along the line that reads, not along sigma."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(centred @ reads / (reads @ reads), reads)


def wrong_not_centred(vectors, labels):
    """x for x - mu in the fraction."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(vectors @ reads / (reads @ sigma), sigma)


def wrong_mean_lost(vectors, labels):
    """Gives the centred vectors back: the mean is lost."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return centred - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_covariance_times(vectors, labels):
    """The covariance where its inverse is due."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = centred.T @ centred / len(y) @ sigma
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_diagonal(vectors, labels):
    """Variances alone, each number by itself."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = sigma / centred.var(0, correction=0)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_inverse_of_each_number(vectors, labels):
    """1 / Σ, number by number."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = (1 / (centred.T @ centred / len(y))) @ sigma
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_not_divided(vectors, labels):
    """Forgets the number below the bar."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(centred @ reads, sigma)


def wrong_divided_by_sigma_squared(vectors, labels):
    """sigma · sigma below the bar, the inverse forgotten there."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(centred @ reads / (sigma @ sigma), sigma)


def wrong_plus(vectors, labels):
    """Adds where it should subtract."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors + torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_class_means(vectors, labels):
    """Subtracts each label's own mean: no line reads it, but that needs the label, and moves otherwise."""
    out = vectors.clone()
    for label in (0, 1):
        out[labels == label] = vectors[labels == label] - vectors[labels == label].mean(0)
    return out


def wrong_means_on_one_place(vectors, labels):
    """Shifts those with label 1 so that the means lie on each other."""
    delta = vectors[labels == 1].mean(0) - vectors[labels == 0].mean(0)
    return vectors - labels.to(vectors.dtype)[:, None] * delta


def wrong_second_moment(vectors, labels):
    """Σ without subtracting the mean."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(vectors.T @ vectors / len(y), sigma)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_neither_centred(vectors, labels):
    """sigma from vectors and labels, neither of them centred."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = vectors.T @ y / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_one_mean(vectors, labels):
    """mean() without an axis."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean()
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_mean_of_each_vector(vectors, labels):
    """mean(1): the mean of each vector's own numbers."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(1, keepdim=True)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.pinv(centred.T @ centred / len(y)) @ sigma
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_mean_of_label_one(vectors, labels):
    """μ is the mean of those with label 1."""
    y = labels.to(vectors.dtype)
    mu = vectors[labels == 1].mean(0)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer((vectors - mu) @ reads / (reads @ sigma), sigma)


def wrong_only_label_one(vectors, labels):
    """Moves only those with label 1."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - torch.outer(y * (centred @ reads) / (reads @ sigma), sigma)


def wrong_two_numbers(vectors, labels):
    """The inverse by hand for two numbers, as in the picture."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = (centred.T @ (y - y.mean()) / len(y))[:2]
    a, b, d = (centred[:, 0] ** 2).mean(), (centred[:, 0] * centred[:, 1]).mean(), (centred[:, 1] ** 2).mean()
    reads = torch.stack([d * sigma[0] - b * sigma[1], a * sigma[1] - b * sigma[0]]) / (a * d - b * b)
    out = vectors.clone()
    out[:, :2] -= torch.outer(centred[:, :2] @ reads / (reads @ sigma), sigma)
    return out


def wrong_what_is_taken_out(vectors, labels):
    """Returns what has to be subtracted."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_twice(vectors, labels):
    """A factor of 2: a reflection, by which the means change places."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - 2 * torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_ridge(vectors, labels):
    """Adds the unit matrix to Σ, to be safe."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y) + torch.eye(len(sigma), dtype=vectors.dtype), sigma)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_n_in_one_place(vectors, labels):
    """σ and the number below are not of the same σ: one is divided by n, the other is not."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    total = centred.T @ (y - y.mean())
    reads = torch.linalg.solve(centred.T @ centred / len(y), total / len(y))
    return vectors - torch.outer(centred @ reads / (reads @ total), total / len(y))


def wrong_mean_of_whole_numbers(vectors, labels):
    """labels.mean() and labels as they are: an error for whole numbers."""
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (labels - labels.mean()) / len(labels)
    reads = torch.linalg.solve(centred.T @ centred / len(labels), sigma)
    return vectors - torch.outer(centred @ reads / (reads @ sigma), sigma)


def wrong_first_vector(vectors, labels):
    """The return stands in the loop."""
    y = labels.to(vectors.dtype)
    mu = vectors.mean(0)
    centred = vectors - mu
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    for x in vectors:
        return x - sigma * (reads @ (x - mu)) / (reads @ sigma)


def wrong_matrix_for_outer(vectors, labels):
    """* without a second axis: the shapes do not fit."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return vectors - sigma * (centred @ reads) / (reads @ sigma)


def wrong_eraser(vectors, labels):
    """The course's function that the task forbids."""
    from lessons.interpretability.erasing import eraser

    return eraser(vectors, labels, 0.0)(vectors)


def wrong_forbidden_by_module(vectors, labels):
    """The same, by the module's name."""
    from lessons.interpretability import erasing

    return erasing.eraser(vectors, labels, 0.0)(vectors)


def wrong_prints(vectors, labels):
    """Prints where it should return."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    print(vectors - torch.outer(centred @ reads / (reads @ sigma), sigma))


def wrong_read_not_erased(vectors, labels):
    """Returns what the line reads: (n,)."""
    y = labels.to(vectors.dtype)
    centred = vectors - vectors.mean(0)
    sigma = centred.T @ (y - y.mean()) / len(y)
    reads = torch.linalg.solve(centred.T @ centred / len(y), sigma)
    return centred @ reads / (reads @ sigma)
