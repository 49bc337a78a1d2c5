import numpy as np
import torch
from torch.nn import functional as F


def right_concat_b(vectors, labels, new_vectors):
    """new_ones, one_hot with the number of classes."""
    both = [torch.cat([v, v.new_ones(v.shape[0], 1)], dim=-1) for v in (vectors, new_vectors)]
    targets = F.one_hot(labels, num_classes=int(labels.max()) + 1).to(vectors.dtype)
    return torch.argmax(both[1] @ torch.linalg.lstsq(both[0], targets).solution, dim=-1)


def right_lstsq_together_b(vectors, labels, new_vectors):
    """Ones for both at once, then split."""
    n = len(vectors)
    everything = torch.cat([vectors, new_vectors])
    everything = torch.cat([everything, torch.ones(len(everything), 1, dtype=everything.dtype)], 1)
    w = torch.linalg.lstsq(everything[:n], F.one_hot(labels).to(everything.dtype)).solution
    return (everything[n:] @ w).argmax(1)


def right_inverse_b(vectors, labels, new_vectors):
    """(X'X)^-1 X'Y with NumPy's inverse."""
    x = np.c_[np.ones(len(vectors)), vectors.numpy().astype(float)]
    y = (labels.numpy()[:, None] == np.unique(labels.numpy())[None]).astype(float)
    w = np.linalg.inv(x.T @ x) @ x.T @ y
    return (np.c_[np.ones(len(new_vectors)), new_vectors.numpy().astype(float)] @ w).argmax(1)


def right_labels_loop_b(vectors, labels, new_vectors):
    """Targets filled in a loop."""
    y = torch.zeros(len(labels), int(labels.max()) + 1, dtype=torch.float64)
    for i, label in enumerate(labels):
        y[i, label] = 1
    add = lambda v: torch.column_stack([v.double(), torch.ones(len(v), dtype=torch.float64)])
    w = torch.linalg.lstsq(add(vectors), y).solution
    return torch.stack([(row @ w).argmax() for row in add(new_vectors)])


def right_larger_targets_b(vectors, labels, new_vectors):
    """Targets of 0 and 10: all outputs ten times as large."""
    x = F.pad(vectors, (1, 0), value=1.0)
    w = torch.linalg.pinv(x) @ (10 * F.one_hot(labels)).to(vectors.dtype)
    return (F.pad(new_vectors, (1, 0), value=1.0) @ w).argmax(dim=1)


def right_softmax_b(vectors, labels, new_vectors):
    """Softmax of the outputs before argmax, which keeps their order."""
    x = F.pad(vectors, (0, 1), value=1.0)
    w = torch.linalg.lstsq(x, F.one_hot(labels).to(x.dtype)).solution
    return torch.softmax(F.pad(new_vectors, (0, 1), value=1.0) @ w, dim=1).argmax(1)


def wrong_no_bias_b(vectors, labels, new_vectors):
    """No bias, by the normal equations."""
    y = F.one_hot(labels).to(vectors.dtype)
    w = torch.linalg.solve(vectors.T @ vectors, vectors.T @ y)
    return torch.argmax(new_vectors @ w, dim=1)


def wrong_zeros_for_ones_b(vectors, labels, new_vectors):
    """A column of zeros."""
    x = F.pad(vectors, (0, 1))
    w = torch.linalg.pinv(x) @ F.one_hot(labels).to(vectors.dtype)
    return (F.pad(new_vectors, (0, 1)) @ w).argmax(1)


def wrong_bias_from_residuals_b(vectors, labels, new_vectors):
    """Fits without a bias, and adds the mean residual afterwards."""
    y = F.one_hot(labels).to(vectors.dtype)
    w = torch.linalg.lstsq(vectors, y).solution
    bias = (y - vectors @ w).mean(0)
    return (new_vectors @ w + bias).argmax(1)


def wrong_balanced_b(vectors, labels, new_vectors):
    """Gives each label the same weight in the fit."""
    x, y = F.pad(vectors, (0, 1), value=1.0), F.one_hot(labels).to(vectors.dtype)
    root = (1 / y.sum(0)[labels]).sqrt()[:, None]
    w = torch.linalg.lstsq(root * x, root * y).solution
    return (F.pad(new_vectors, (0, 1), value=1.0) @ w).argmax(1)


def wrong_first_rows_b(vectors, labels, new_vectors):
    """Solves exactly with as many rows as weights."""
    x, y = F.pad(vectors, (0, 1), value=1.0), F.one_hot(labels).to(vectors.dtype)
    w = torch.linalg.solve(x[: x.shape[1]], y[: x.shape[1]])
    return (F.pad(new_vectors, (0, 1), value=1.0) @ w).argmax(1)


def wrong_label_as_number_b(vectors, labels, new_vectors):
    """The label itself as the target, cut off to whole numbers."""
    x = F.pad(vectors, (0, 1), value=1.0)
    w = torch.linalg.lstsq(x, labels.to(x.dtype).unsqueeze(1)).solution
    return (F.pad(new_vectors, (0, 1), value=1.0) @ w).squeeze(1).long()


def wrong_in_place_b(vectors, labels, new_vectors):
    """Centres the given vectors in place."""
    y = F.one_hot(labels).to(vectors.dtype)
    mean = vectors.mean(0)
    vectors -= mean
    new_vectors -= mean
    w = torch.linalg.lstsq(vectors, y).solution
    return (new_vectors @ w + y.mean(0)).argmax(1)


def wrong_rounded_b(vectors, labels, new_vectors):
    """Rounds the outputs to 0 and 1 before argmax."""
    x = F.pad(vectors, (0, 1), value=1.0)
    w = torch.linalg.lstsq(x, F.one_hot(labels).to(x.dtype)).solution
    return (F.pad(new_vectors, (0, 1), value=1.0) @ w).round().argmax(1)


def wrong_second_best_b(vectors, labels, new_vectors):
    """argsort, and takes the wrong end."""
    x = F.pad(vectors, (0, 1), value=1.0)
    w = torch.linalg.lstsq(x, F.one_hot(labels).to(x.dtype)).solution
    return (F.pad(new_vectors, (0, 1), value=1.0) @ w).argsort(1)[:, 0]


def wrong_one_hot_back_b(vectors, labels, new_vectors):
    """Gives back one-hot rows."""
    x = F.pad(vectors, (0, 1), value=1.0)
    w = torch.linalg.lstsq(x, F.one_hot(labels).to(x.dtype)).solution
    return F.one_hot((F.pad(new_vectors, (0, 1), value=1.0) @ w).argmax(1))
