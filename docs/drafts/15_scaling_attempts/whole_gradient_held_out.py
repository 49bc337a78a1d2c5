"""Held-out attempts at whole_gradient, by another hand, written from the task's text alone."""

import itertools
import statistics

import numpy as np
import torch


def right_fmean(gradients, sizes):
    """The standard library has a weighted mean."""
    weights = [float(size) for size in sizes]
    return [statistics.fmean(map(float, column), weights=weights) for column in zip(*gradients)]


def right_lerp(gradients, sizes):
    """From the mean so far towards the next row, by the share of its examples."""
    rows = torch.as_tensor(gradients).double()
    mean, seen = rows[0], float(sizes[0])
    for row, size in zip(rows[1:], sizes[1:]):
        seen += float(size)
        mean = torch.lerp(mean, row, float(size) / seen)
    return mean


def right_while(gradients, sizes):
    """A while loop that takes the pieces from a copied list."""
    left = list(zip(gradients, sizes))
    result = [0.0] * len(gradients[0])
    number = 0
    while left:
        row, size = left.pop()
        for place in range(len(result)):
            result[place] += float(row[place]) * float(size)
        number += float(size)
    return tuple(value / number for value in result)


def right_index_of_each_example(gradients, sizes):
    """To which piece does each example belong? Look its row up and take the mean."""
    piece = [i for i, size in enumerate(sizes) for _ in range(int(size))]
    return torch.as_tensor(gradients)[piece].mean(dim=0)


def right_last_of_cumulated(gradients, sizes):
    """The last of the running sums."""
    sizes = np.asarray(sizes)
    sums = np.cumsum(np.asarray(gradients) * sizes.reshape(-1, 1), axis=0)
    return sums[-1] / np.cumsum(sizes)[-1]


def right_deviation_from_plain(gradients, sizes):
    """The plain mean, and what the unequal sizes add to it."""
    g = np.asarray(gradients, dtype=np.float64)
    share = np.asarray(sizes, dtype=np.float64) / sum(float(size) for size in sizes)
    return g.mean(axis=0) + (share - 1 / len(g)) @ g


def right_log_shares(gradients, sizes):
    """A softmax of logarithms is nothing but shares."""
    share = torch.softmax(torch.log(torch.as_tensor(sizes).double()), dim=0)
    return torch.einsum("i,ij->j", share, torch.as_tensor(gradients).double())


def wrong_padding_counts(gradients, sizes):
    """Divides as if all pieces were filled up to the largest: padding is counted."""
    total = sum(gradient * size for gradient, size in zip(gradients, sizes))
    return total / (len(sizes) * max(sizes))


def wrong_largest_piece(gradients, sizes):
    """The row of the largest piece, which is nearest to the whole."""
    return gradients[int(np.argmax(np.asarray(sizes)))]


def wrong_scaled_to_length_one(gradients, sizes):
    """Makes a direction of it: the result has length one."""
    result = np.asarray(sizes) @ np.asarray(gradients)
    return result / np.linalg.norm(result)


def wrong_weights_of_length_one(gradients, sizes):
    """The weights are normalised by their length, not by their sum."""
    sizes = np.asarray(sizes, dtype=float)
    return sizes / np.linalg.norm(sizes) @ np.asarray(gradients)


def wrong_root_of_sizes(gradients, sizes):
    """The weights are roots of the sizes, as for errors of a mean."""
    w = torch.as_tensor(sizes).double().sqrt()
    return w @ torch.as_tensor(gradients).double() / w.sum()


def wrong_running_count(gradients, sizes):
    """Divides in every round by what was counted so far, and again in the next round."""
    total, count = 0, 0
    for gradient, size in zip(gradients, sizes):
        count += size
        total = (total + gradient * size) / count
    return total


def wrong_absolute(gradients, sizes):
    """The sizes of the slopes without their signs."""
    return np.average(np.abs(np.asarray(gradients)), axis=0, weights=np.asarray(sizes))


def wrong_cumulated_sizes(gradients, sizes):
    """The sizes are taken for the ends of the pieces, or the ends for the sizes."""
    ends = list(itertools.accumulate(float(size) for size in sizes))
    return np.average(np.asarray(gradients), axis=0, weights=ends)


def wrong_minus(gradients, sizes):
    """Gives the step downhill, with a minus sign."""
    return -np.average(np.asarray(gradients), axis=0, weights=np.asarray(sizes))


def wrong_twice_divided(gradients, sizes):
    """The shares are right, but a mean is taken over the pieces where a sum belongs."""
    g, s = torch.as_tensor(gradients).double(), torch.as_tensor(sizes).double()
    return (g * (s / s.sum())[:, None]).mean(dim=0)


def wrong_rows_by_dim(gradients, sizes):
    """Divides by the number of places of a gradient."""
    g, s = np.asarray(gradients), np.asarray(sizes)
    return s @ g / g.shape[1]


def wrong_also_the_count(gradients, sizes):
    """The result and the number of examples."""
    s = np.asarray(sizes)
    return s @ np.asarray(gradients) / s.sum(), int(s.sum())


def wrong_first_two(gradients, sizes):
    """Puts together two pieces and forgets that there may be more."""
    (first, second), (n, m) = gradients[:2], sizes[:2]
    return (n * first + m * second) / (n + m)
