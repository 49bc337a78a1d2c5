"""Attempts at whole_gradient, written from the task's text alone."""

import functools
import math
from fractions import Fraction

import numpy as np
import torch
import torch.nn.functional as F


# ---------------------------------------------------------------- right
def right_loop(gradients, sizes):
    """Each row times its size, added up, over all examples."""
    total, examples = 0, 0
    for gradient, size in zip(gradients, sizes):
        total = total + gradient * size
        examples += size
    return total / examples


def right_numpy_broadcast(gradients, sizes):
    """The sizes as a column."""
    gradients, sizes = np.asarray(gradients), np.asarray(sizes)
    return (gradients * sizes[:, None]).sum(axis=0) / sizes.sum()


def right_average(gradients, sizes):
    """NumPy's weighted mean."""
    return np.average(np.asarray(gradients), axis=0, weights=np.asarray(sizes))


def right_torch(gradients, sizes):
    """Shares of the batch, then a sum over pieces."""
    gradients = torch.as_tensor(gradients)
    sizes = torch.as_tensor(sizes).to(gradients.dtype)
    share = sizes / sizes.sum()
    return (share.unsqueeze(1) * gradients).sum(0)


def right_matrix_product(gradients, sizes):
    """A row of shares times the matrix."""
    w = np.array(sizes, dtype=float)
    w /= w.sum()
    return (w[None, :] @ np.asarray(gradients))[0]


def right_einsum(gradients, sizes):
    """Einsum over the pieces."""
    g = np.asarray(gradients, dtype=np.float64)
    s = np.asarray(sizes, dtype=np.float64)
    return np.einsum("pd,p->d", g, s) / s.sum()


def right_tensordot(gradients, sizes):
    """Tensordot of the sizes with the first axis."""
    return np.tensordot(np.asarray(sizes), np.asarray(gradients), axes=1) / np.sum(np.asarray(sizes))


def right_columns(gradients, sizes):
    """Plain lists: one place of the gradient after the other."""
    n = sum(int(s) for s in sizes)
    result = []
    for d in range(len(gradients[0])):
        column = 0.0
        for i in range(len(gradients)):
            column += float(gradients[i][d]) * int(sizes[i])
        result.append(column / n)
    return result


def right_repeat_rows(gradients, sizes):
    """One row for each example, then the plain mean."""
    rows = np.repeat(np.asarray(gradients), np.asarray(sizes).astype(int), axis=0)
    return rows.mean(axis=0)


def right_repeat_interleave(gradients, sizes):
    """The same in torch."""
    gradients = torch.as_tensor(gradients)
    return gradients.repeat_interleave(torch.as_tensor(sizes).long(), dim=0).mean(0)


def right_recursion(gradients, sizes):
    """The first piece and all the others are two pieces."""
    g = [np.asarray(row, dtype=float) for row in gradients]
    n = [float(s) for s in sizes]

    def mean(i):
        if i == len(g) - 1:
            return g[i], n[i]
        rest, many = mean(i + 1)
        return (g[i] * n[i] + rest * many) / (n[i] + many), n[i] + many

    return mean(0)[0]


def right_running_mean(gradients, sizes):
    """A mean that is moved by each piece as far as its share of what was seen."""
    gradients = torch.as_tensor(gradients)
    mean, seen = torch.zeros(gradients.shape[1], dtype=gradients.dtype), 0
    for gradient, size in zip(gradients, sizes):
        seen += int(size)
        mean = mean + (gradient - mean) * (int(size) / seen)
    return mean


def right_reduce(gradients, sizes):
    """Pairs of a sum and a count, folded."""
    pairs = [(np.asarray(g, dtype=float) * float(n), float(n)) for g, n in zip(gradients, sizes)]
    total, count = functools.reduce(lambda x, y: (x[0] + y[0], x[1] + y[1]), pairs)
    return total / count


def right_diagonal(gradients, sizes):
    """A diagonal matrix of the sizes."""
    sizes = np.asarray(sizes)
    return (np.diag(sizes) @ np.asarray(gradients)).sum(0) / sizes.sum()


def right_exact(gradients, sizes):
    """Fractions, so that nothing is rounded on the way."""
    n = [Fraction(int(size)) for size in sizes]
    return [
        float(sum(Fraction(float(value)) * size for value, size in zip(column, n)) / sum(n))
        for column in zip(*gradients)
    ]


def right_fsum(gradients, sizes):
    """A comprehension over the columns of the transposed matrix."""
    columns = np.asarray(gradients).T
    whole = math.fsum(sizes)
    return np.array([math.fsum(float(x) * float(n) for x, n in zip(column, sizes)) / whole for column in columns])


def right_mv(gradients, sizes):
    """Matrix times vector, with the matrix turned."""
    gradients = torch.as_tensor(gradients).double()
    sizes = torch.as_tensor(sizes).double()
    return torch.mv(gradients.T, sizes / sizes.sum())


def right_linear(gradients, sizes):
    """A linear map whose input are the shares."""
    g, s = torch.as_tensor(gradients).double(), torch.as_tensor(sizes).double()
    return F.linear(s, g.T) / s.sum()


def right_backward_adds(gradients, sizes):
    """Lets backward add up: each piece's loss is linear, with its gradient as slope."""
    g = torch.as_tensor(gradients).detach().double()
    n = torch.as_tensor(sizes).double()
    weight = torch.zeros(g.shape[1], dtype=torch.float64, requires_grad=True)
    for i in range(len(g)):
        ((weight @ g[i]) * n[i] / n.sum()).backward()
    return weight.grad


def right_in_a_buffer(gradients, sizes):
    """Adds into a buffer of zeros, as an optimiser's gradient would."""
    g = np.asarray(gradients, dtype=np.float64)
    buffer = np.zeros(g.shape[1])
    n = float(sum(sizes))
    for i, row in enumerate(g):
        buffer += row * (float(sizes[i]) / n)
    return buffer


# ---------------------------------------------------------------- wrong
def wrong_mean_of_means(gradients, sizes):
    """The trap of the text: every piece counts alike."""
    return torch.as_tensor(gradients).mean(0)


def wrong_sum_of_rows(gradients, sizes):
    """backward adds, so the rows are added, and nothing else."""
    return np.asarray(gradients).sum(axis=0)


def wrong_not_divided(gradients, sizes):
    """Weighs by the sizes and forgets to divide."""
    return (np.asarray(gradients) * np.asarray(sizes)[:, None]).sum(0)


def wrong_divided_by_pieces(gradients, sizes):
    """Weighs by the sizes, then divides by the number of pieces."""
    total = 0
    for gradient, size in zip(gradients, sizes):
        total = total + gradient * size
    return total / len(sizes)


def wrong_axis(gradients, sizes):
    """Sums over the places of the gradient: one number for each piece."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return (g * s[:, None]).sum(axis=1) / s.sum()


def wrong_divided_by_own_size(gradients, sizes):
    """Takes the rows for sums over the examples and divides each by its size."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return (g / s[:, None]).mean(axis=0)


def wrong_sum_over_all_examples(gradients, sizes):
    """Takes the rows for sums over the examples: adds them and divides by all."""
    return np.asarray(gradients).sum(axis=0) / np.asarray(sizes).sum()


def wrong_inverse_weights(gradients, sizes):
    """Small pieces count more: the weights are 1 over the size."""
    w = 1 / np.asarray(sizes, dtype=float)
    return w @ np.asarray(gradients) / w.sum()


def wrong_softmax(gradients, sizes):
    """Makes the sizes into shares by a softmax."""
    g = torch.as_tensor(gradients).double()
    return torch.softmax(torch.as_tensor(sizes).double(), 0) @ g


def wrong_by_the_largest(gradients, sizes):
    """Divides the sizes by the largest, so that they do not sum to 1."""
    s = np.asarray(sizes, dtype=float)
    return (s / s.max()) @ np.asarray(gradients)


def wrong_squares(gradients, sizes):
    """The size comes in twice: in the sum and in the share."""
    s = np.asarray(sizes, dtype=float)
    return np.average(np.asarray(gradients), axis=0, weights=s * s)


def wrong_last_piece(gradients, sizes):
    """Overwrites where it should add."""
    n = sum(sizes)
    for gradient, size in zip(gradients, sizes):
        result = gradient * size / n
    return result


def wrong_return_in_loop(gradients, sizes):
    """The return is indented too far."""
    total, n = 0, 0
    for gradient, size in zip(gradients, sizes):
        total = total + gradient * size
        n += size
        return total / n


def wrong_sizes_all_like_the_first(gradients, sizes):
    """Takes all pieces for as large as the first one when it divides."""
    total = sum(gradient * size for gradient, size in zip(gradients, sizes))
    return total / (sizes[0] * len(sizes))


def wrong_last_not_divided(gradients, sizes):
    """A missing bracket: only the last row is divided."""
    total = gradients[0] * 0
    for gradient, size in zip(gradients[:-1], sizes[:-1]):
        total = total + gradient * size
    return total + gradients[-1] * sizes[-1] / sum(sizes)


def wrong_drops_the_last(gradients, sizes):
    """Leaves out the last piece, as if it were not full."""
    g, s = np.asarray(gradients)[:-1], np.asarray(sizes)[:-1]
    return (g * s[:, None]).sum(0) / np.asarray(sizes).sum()


def wrong_starts_at_one(gradients, sizes):
    """The loop begins with the second piece."""
    total, n = np.zeros(len(gradients[0])), sum(sizes)
    for i in range(1, len(sizes)):
        total += np.asarray(gradients[i]) * sizes[i]
    return total / n


def wrong_three_and_one(gradients, sizes):
    """The numbers of the text's example: the first piece has three, the second one."""
    return (3 * np.asarray(gradients[0]) + np.asarray(gradients[1])) / 4


def wrong_one_number(gradients, sizes):
    """A mean over everything: one number."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return float((g * s[:, None]).sum() / s.sum() / g.shape[1])


def wrong_keeps_a_row(gradients, sizes):
    """The shape is (1, dim)."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return (g * s[:, None]).sum(0, keepdims=True) / s.sum()


def wrong_whole_shares(gradients, sizes):
    """// where / is meant: the shares are whole numbers."""
    n = int(sum(sizes))
    return sum(np.asarray(gradient) * (int(size) // n) for gradient, size in zip(gradients, sizes))


def wrong_pairwise_halves(gradients, sizes):
    """A running mean of two: the last rows count most."""
    mean = np.asarray(gradients[0], dtype=float)
    for gradient in gradients[1:]:
        mean = (mean + np.asarray(gradient)) / 2
    return mean


def wrong_sizes_backwards(gradients, sizes):
    """The sizes are read from the end."""
    s = np.asarray(sizes)[::-1]
    return np.average(np.asarray(gradients), axis=0, weights=s)


def wrong_sizes_sorted(gradients, sizes):
    """Sorts the sizes, and not the rows with them."""
    return np.average(np.asarray(gradients), axis=0, weights=sorted((int(s) for s in sizes), reverse=True))


def wrong_median(gradients, sizes):
    """The median of the examples' rows in place of their mean."""
    rows = np.repeat(np.asarray(gradients), np.asarray(sizes).astype(int), axis=0)
    return np.median(rows, axis=0)


def wrong_prints(gradients, sizes):
    """Prints the result."""
    print(np.average(np.asarray(gradients), axis=0, weights=np.asarray(sizes)))


def wrong_unnormalised_rows(gradients, sizes):
    """Returns the weighed rows, not summed yet."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return g * s[:, None] / s.sum()


def wrong_size_minus_one(gradients, sizes):
    """Divides by one less, as for a variance."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return s @ g / (s.sum() - 1)
