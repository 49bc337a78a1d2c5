import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def _ones(x):
    return torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)


# ---------------------------------------------------------------- right
def right_as_told(vectors, labels, new_vectors):
    """As the text says, ones on the right."""
    x = torch.cat([vectors, torch.ones(len(vectors), 1, dtype=vectors.dtype)], dim=1)
    y = F.one_hot(labels).to(vectors.dtype)
    w = torch.linalg.lstsq(x, y).solution
    new = torch.cat([new_vectors, torch.ones(len(new_vectors), 1, dtype=vectors.dtype)], dim=1)
    return (new @ w).argmax(dim=1)


def right_ones_first(vectors: Tensor, labels: Tensor, new_vectors: Tensor) -> Tensor:
    """Ones on the left."""
    x = torch.hstack([torch.ones_like(vectors[:, :1]), vectors])
    w = torch.linalg.lstsq(x, F.one_hot(labels).type_as(x)).solution
    return torch.argmax(torch.hstack([torch.ones_like(new_vectors[:, :1]), new_vectors]) @ w, -1)


def right_pad(vectors, labels, new_vectors):
    """F.pad for the ones."""
    weights = torch.linalg.lstsq(F.pad(vectors, (0, 1), value=1), F.one_hot(labels).to(vectors)).solution
    return (F.pad(new_vectors, (0, 1), value=1) @ weights).max(1).indices


def right_pinv(vectors, labels, new_vectors):
    """The pseudo-inverse."""
    targets = torch.eye(int(labels.max()) + 1, dtype=vectors.dtype)[labels]
    return (_ones(new_vectors) @ torch.linalg.pinv(_ones(vectors)) @ targets).argmax(-1)


def right_normal_equations(vectors, labels, new_vectors):
    """X'X W = X'Y."""
    x = _ones(vectors.double())
    y = F.one_hot(labels).double()
    w = torch.linalg.solve(x.T @ x, x.T @ y)
    return (_ones(new_vectors.double()) @ w).argmax(1)


def right_numpy(vectors, labels, new_vectors):
    """NumPy throughout."""
    x, t, new = np.asarray(vectors), np.asarray(labels), np.asarray(new_vectors)
    y = np.eye(t.max() + 1)[t]
    w, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), y, rcond=None)
    return np.argmax(np.column_stack([new, np.ones(len(new))]) @ w, axis=1)


def right_class_by_class(vectors, labels, new_vectors):
    """One regression for each label."""
    x, new = _ones(vectors), _ones(new_vectors)
    scores = []
    for k in range(labels.max().item() + 1):
        y = (labels == k).to(vectors.dtype)
        w = torch.linalg.lstsq(x, y.unsqueeze(1)).solution.squeeze(1)
        scores.append(new @ w)
    return torch.stack(scores, dim=1).argmax(1)


def right_centred(vectors, labels, new_vectors):
    """Centres inputs and targets, so needs no column of ones."""
    y = F.one_hot(labels).to(vectors.dtype)
    mx, my = vectors.mean(0), y.mean(0)
    w = torch.linalg.lstsq(vectors - mx, y - my).solution
    return ((new_vectors - mx) @ w + my).argmax(1)


def right_centred_inputs_only(vectors, labels, new_vectors):
    """Centred inputs are orthogonal to the constant: targets may stay as they are, the bias is their mean."""
    y = F.one_hot(labels).double()
    x = vectors.double() - vectors.double().mean(0)
    w = torch.linalg.lstsq(x, y).solution
    return ((new_vectors.double() - vectors.double().mean(0)) @ w + y.mean(0)).argmax(1)


def right_qr(vectors, labels, new_vectors):
    """QR decomposition."""
    q, r = torch.linalg.qr(_ones(vectors))
    w = torch.linalg.solve_triangular(r, q.T @ F.one_hot(labels).to(q.dtype), upper=True)
    return (_ones(new_vectors) @ w).argmax(1)


def right_svd(vectors, labels, new_vectors):
    """Singular values."""
    u, s, vh = torch.linalg.svd(_ones(vectors), full_matrices=False)
    w = vh.T @ ((u.T @ F.one_hot(labels).to(u.dtype)) / s[:, None])
    return (_ones(new_vectors) @ w).argmax(1)


def right_cholesky(vectors, labels, new_vectors):
    """Cholesky of X'X, in double precision."""
    x = _ones(vectors.double())
    factor = torch.linalg.cholesky(x.T @ x)
    w = torch.cholesky_solve(x.T @ F.one_hot(labels).double(), factor)
    return (_ones(new_vectors.double()) @ w).argmax(1)


def right_plus_minus_one(vectors, labels, new_vectors):
    """Targets of +1 and -1: with a bias the same order of scores."""
    y = 2 * F.one_hot(labels).to(vectors.dtype) - 1
    w = torch.linalg.lstsq(_ones(vectors), y).solution
    return (_ones(new_vectors) @ w).argmax(1)


def right_last_column_from_the_others(vectors, labels, new_vectors):
    """The columns add up to one, so the last needs no regression."""
    y = F.one_hot(labels).to(vectors.dtype)[:, :-1]
    some = _ones(new_vectors) @ torch.linalg.lstsq(_ones(vectors), y).solution
    return torch.cat([some, 1 - some.sum(1, keepdim=True)], dim=1).argmax(1)


def right_scatter(vectors, labels, new_vectors):
    """scatter_ for the targets."""
    y = torch.zeros(len(labels), len(labels.unique()), dtype=vectors.dtype)
    y.scatter_(1, labels[:, None], 1)
    w = torch.linalg.lstsq(_ones(vectors), y).solution
    return torch.topk(_ones(new_vectors) @ w, 1, dim=1).indices[:, 0]


def right_broadcast(vectors, labels, new_vectors):
    """A comparison for the targets."""
    y = (labels[:, None] == torch.arange(labels.max() + 1)).to(vectors.dtype)
    w = torch.linalg.lstsq(_ones(vectors), y).solution
    return (_ones(new_vectors) @ w).sort(dim=1, descending=True).indices[:, 0]


def right_bias_apart(vectors, labels, new_vectors):
    """Weights and bias taken apart after the fit."""
    solution = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    weight, bias = solution[:-1], solution[-1]
    return torch.argmax(new_vectors @ weight + bias, dim=1)


def right_nearest_target(vectors, labels, new_vectors):
    """The nearest one-hot vector, which is that of the largest output."""
    classes = labels.unique().numel()
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels, classes).to(vectors.dtype)).solution
    return torch.cdist(_ones(new_vectors) @ w, torch.eye(classes, dtype=vectors.dtype)).argmin(1)


def right_list_loops(vectors, labels, new_vectors):
    """A loop over the new vectors, max by hand, a list of ints."""
    y = F.one_hot(labels).double()
    w = torch.linalg.lstsq(_ones(vectors.double()), y).solution
    answers = []
    for v in new_vectors.double():
        best, best_score = 0, -float("inf")
        for k in range(y.shape[1]):
            score = float(v @ w[:-1, k] + w[-1, k])
            if score > best_score:
                best, best_score = k, score
        answers.append(best)
    return torch.tensor(answers)


def right_python_elimination(vectors, labels, new_vectors):
    """Gauss–Jordan on the normal equations, in plain Python."""
    x = [[*row, 1.0] for row in vectors.tolist()]
    t = labels.tolist()
    classes, d = max(t) + 1, len(x[0])
    a = [[sum(r[i] * r[j] for r in x) for j in range(d)] for i in range(d)]
    b = [[sum(r[i] for r, label in zip(x, t) if label == k) for k in range(classes)] for i in range(d)]
    m = [ra + rb for ra, rb in zip(a, b)]
    for i in range(d):
        pivot = max(range(i, d), key=lambda r: abs(m[r][i]))
        m[i], m[pivot] = m[pivot], m[i]
        m[i] = [v / m[i][i] for v in m[i]]
        for r in range(d):
            if r != i:
                m[r] = [v - m[r][i] * p for v, p in zip(m[r], m[i])]
    w = [row[d:] for row in m]
    out = []
    for v in new_vectors.tolist():
        scores = [sum(p * w[i][k] for i, p in enumerate([*v, 1.0])) for k in range(classes)]
        out.append(scores.index(max(scores)))
    return out


# ---------------------------------------------------------------- wrong
def wrong_no_bias(vectors, labels, new_vectors):
    """No column of ones."""
    w = torch.linalg.lstsq(vectors, F.one_hot(labels).to(vectors.dtype)).solution
    return (new_vectors @ w).argmax(1)


def wrong_no_bias_numpy(vectors, labels, new_vectors):
    """No column of ones, in NumPy."""
    x, t = vectors.numpy(), labels.numpy()
    w = np.linalg.pinv(x) @ np.eye(t.max() + 1)[t]
    return (new_vectors.numpy() @ w).argmax(1)


def wrong_bias_dropped(vectors, labels, new_vectors):
    """Fitted with a bias, which is left away for the new vectors."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (new_vectors @ w[:-1]).argmax(1)


def wrong_ones_forgotten_for_new(vectors, labels, new_vectors):
    """No ones for the new vectors: the shapes do not fit."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (new_vectors @ w).argmax(1)


def wrong_ones_on_different_sides(vectors, labels, new_vectors):
    """Ones on the left for fitting, on the right for reading."""
    x = torch.cat([torch.ones(len(vectors), 1, dtype=vectors.dtype), vectors], 1)
    w = torch.linalg.lstsq(x, F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).argmax(1)


def wrong_argmax_axis(vectors, labels, new_vectors):
    """argmax along the new vectors."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).argmax(0)


def wrong_argmax_flat(vectors, labels, new_vectors):
    """argmax of the whole table: one number."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).argmax()


def wrong_argmin(vectors, labels, new_vectors):
    """The smallest output."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).argmin(1)


def wrong_scores(vectors, labels, new_vectors):
    """Gives back the outputs."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return _ones(new_vectors) @ w


def wrong_max_values(vectors, labels, new_vectors):
    """The largest output in place of where it is."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).max(1).values


def wrong_one_hot_of_integers(vectors, labels, new_vectors):
    """one_hot is not made a float."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels)).solution
    return (_ones(new_vectors) @ w).argmax(1)


def wrong_numbers_of_labels(vectors, labels, new_vectors):
    """Regression on the label as a number, rounded."""
    w = torch.linalg.lstsq(_ones(vectors), labels[:, None].to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).squeeze(1).round().long()


def wrong_numbers_of_labels_clamped(vectors, labels, new_vectors):
    """Regression on the label as a number, rounded and kept in range."""
    w = torch.linalg.lstsq(_ones(vectors), labels[:, None].to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w)[:, 0].round().clamp(0, labels.max()).long()


def wrong_nearest_mean(vectors, labels, new_vectors):
    """The nearest mean of a label."""
    means = torch.stack([vectors[labels == k].mean(0) for k in range(int(labels.max()) + 1)])
    return torch.cdist(new_vectors, means).argmin(1)


def wrong_nearest_neighbour(vectors, labels, new_vectors):
    """The label of the nearest vector."""
    return labels[torch.cdist(new_vectors, vectors).argmin(1)]


def wrong_reads_old_vectors(vectors, labels, new_vectors):
    """Reads the vectors that it was fitted to."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(vectors) @ w).argmax(1)


def wrong_logistic(vectors, labels, new_vectors):
    """Softmax regression by gradient descent."""
    x = _ones(vectors)
    y = F.one_hot(labels).to(vectors.dtype)
    w = torch.zeros(x.shape[1], y.shape[1], dtype=vectors.dtype)
    for _ in range(300):
        w = w - 0.5 * x.T @ (torch.softmax(x @ w, 1) - y) / len(x)
    return (_ones(new_vectors) @ w).argmax(1)


def wrong_few_steps(vectors, labels, new_vectors):
    """Twenty steps of gradient descent on the squared error."""
    x = _ones(vectors)
    y = F.one_hot(labels).to(vectors.dtype)
    w = torch.zeros(x.shape[1], y.shape[1], dtype=vectors.dtype)
    for _ in range(20):
        w = w - 0.01 * 2 * x.T @ (x @ w - y) / len(x)
    return (_ones(new_vectors) @ w).argmax(1)


def wrong_ridge(vectors, labels, new_vectors):
    """Ridge with penalty 1."""
    x = _ones(vectors)
    a = x.T @ x + torch.eye(x.shape[1], dtype=x.dtype)
    w = torch.linalg.solve(a, x.T @ F.one_hot(labels).to(x.dtype))
    return (_ones(new_vectors) @ w).argmax(1)


def wrong_centred_without_bias(vectors, labels, new_vectors):
    """Centres the inputs, and forgets the targets' means."""
    y = F.one_hot(labels).to(vectors.dtype)
    mean = vectors.mean(0)
    w = torch.linalg.lstsq(vectors - mean, y - y.mean(0)).solution
    return ((new_vectors - mean) @ w).argmax(1)


def wrong_new_centred_by_itself(vectors, labels, new_vectors):
    """Centres the new vectors with their own mean."""
    y = F.one_hot(labels).to(vectors.dtype)
    w = torch.linalg.lstsq(vectors - vectors.mean(0), y - y.mean(0)).solution
    return ((new_vectors - new_vectors.mean(0)) @ w + y.mean(0)).argmax(1)


def wrong_standardised_apart(vectors, labels, new_vectors):
    """Standardises both sets, each with its own figures."""

    def standard(v):
        return _ones((v - v.mean(0)) / v.std(0))

    w = torch.linalg.lstsq(standard(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (standard(new_vectors) @ w).argmax(1)


def wrong_no_solution(vectors, labels, new_vectors):
    """Forgets .solution."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype))
    return (_ones(new_vectors) @ w).argmax(1)


def wrong_arguments_swapped(vectors, labels, new_vectors):
    """lstsq(targets, inputs)."""
    w = torch.linalg.lstsq(F.one_hot(labels).to(vectors.dtype), _ones(vectors)).solution
    return (_ones(new_vectors) @ w.T).argmax(1)


def wrong_one_too_many(vectors, labels, new_vectors):
    """Labels counted from 1."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).argmax(1) + 1


def wrong_label_zero_left_out(vectors, labels, new_vectors):
    """No column for label 0."""
    y = F.one_hot(labels).to(vectors.dtype)[:, 1:]
    w = torch.linalg.lstsq(_ones(vectors), y).solution
    return (_ones(new_vectors) @ w).argmax(1) + 1


def wrong_two_labels(vectors, labels, new_vectors):
    """Knows only two labels: above a half or below."""
    y = (labels > 0).to(vectors.dtype)[:, None]
    w = torch.linalg.lstsq(_ones(vectors), y).solution
    return ((_ones(new_vectors) @ w)[:, 0] > 0.5).long()


def wrong_absolute(vectors, labels, new_vectors):
    """The largest output in size."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(new_vectors) @ w).abs().argmax(1)


def wrong_unit_length(vectors, labels, new_vectors):
    """Makes the vectors as long as 1 first."""
    w = torch.linalg.lstsq(_ones(F.normalize(vectors, dim=1)), F.one_hot(labels).to(vectors.dtype)).solution
    return (_ones(F.normalize(new_vectors, dim=1)) @ w).argmax(1)


def wrong_nearest_weights(vectors, labels, new_vectors):
    """The label whose weights are nearest."""
    w = torch.linalg.lstsq(_ones(vectors), F.one_hot(labels).to(vectors.dtype)).solution
    return torch.cdist(_ones(new_vectors), w.T.contiguous()).argmin(1)
