import numpy as np
import torch


def right_beginner(gradient, shape):
    """Axes counted by hand, sums one after the other."""
    result = gradient
    missing = len(gradient.shape) - len(shape)
    for _ in range(missing):
        result = np.sum(result, axis=0)
    position = 0
    for size in shape:
        if size == 1:
            result = np.sum(result, axis=position, keepdims=True)
        position += 1
    return np.array(result)


def right_reversed_axes(gradient, shape):
    """From the last axis to the first, without keepdims, and a reshape."""
    padded = [1] * (gradient.ndim - len(shape)) + [*shape]
    for axis in reversed(range(gradient.ndim)):
        if padded[axis] == 1:
            gradient = gradient.sum(axis)
    return np.reshape(gradient, shape)


def right_where(gradient, shape):
    """np.where finds the axes."""
    padded = np.concatenate([np.ones(gradient.ndim - len(shape), int), np.array(shape, int)])
    return gradient.sum(axis=tuple(int(i) for i in np.where(padded == 1)[0])).reshape(shape)


def right_expand_vjp(gradient, shape):
    """torch.func.vjp of expand."""
    g = torch.from_numpy(np.array(gradient, dtype=np.float64))
    _, back = torch.func.vjp(lambda x: x.expand(g.shape), torch.zeros(tuple(shape), dtype=torch.float64))
    return back(g)[0].numpy()


def right_grouped_loop(gradient, shape):
    """Adds every slice of the front to an array of zeros."""
    front = gradient.shape[: gradient.ndim - len(shape)]
    total = np.zeros(gradient.shape[len(front) :])
    for index in np.ndindex(*front):
        total = total + gradient[index]
    ones = tuple(np.flatnonzero(np.array(shape) == 1).tolist())
    return np.asarray(total.sum(ones, keepdims=True))


def right_negative_axes(gradient, shape):
    """Negative axes for all that is summed."""
    n = len(shape)
    axes = [-k for k in range(1, gradient.ndim + 1) if k > n or shape[-k] == 1]
    return np.sum(gradient, axis=tuple(axes)).reshape(shape)


def wrong_average(gradient, shape):
    """np.average for the front and the stretched axes."""
    while gradient.ndim > len(shape):
        gradient = np.average(gradient, axis=0)
    for axis in range(len(shape)):
        if shape[axis] == 1:
            gradient = gradient.mean(axis, keepdims=True)
    return np.array(gradient)


def wrong_one_sum(gradient, shape):
    """Always one sum over axis 0, as for a bias."""
    return gradient.sum(axis=0)


def wrong_as_bias(gradient, shape):
    """Sums over the rows if the shapes differ at all."""
    if gradient.shape == shape:
        return gradient.copy()
    return np.asarray(gradient.sum(axis=0))


def wrong_flattened(gradient, shape):
    """The first numbers of the flattened gradient."""
    return gradient.ravel()[: int(np.prod(shape))].reshape(shape)


def wrong_vanishing(gradient, shape):
    """Sums the stretched axes away from the right, without keepdims."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1:
            gradient = gradient.sum(axis)
    return np.array(gradient)


def wrong_front_kept(gradient, shape):
    """keepdims for the axes in front."""
    front = tuple(range(gradient.ndim - len(shape)))
    stretched = tuple(len(front) + i for i, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=front, keepdims=True).sum(axis=stretched, keepdims=True)


def wrong_last_copy(gradient, shape):
    """The last row overwrites the others: = in place of +=."""
    result = np.zeros(shape)
    front = gradient.ndim - len(shape)
    for where in np.ndindex(*gradient.shape):
        result[tuple(0 if size == 1 else i for i, size in zip(where[front:], shape))] = gradient[where]
    return result


def wrong_plus_equals_index(gradient, shape):
    """result[index] += gradient, which adds each place once only."""
    result = np.zeros(int(np.prod(shape)))
    index = np.broadcast_to(np.arange(result.size).reshape(shape), gradient.shape)
    result[index] += gradient
    return result.reshape(shape)


def wrong_last_stretched(gradient, shape):
    """Looks at the last axis alone for a 1."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(0)
    if shape and shape[-1] == 1:
        gradient = gradient.sum(-1, keepdims=True)
    return np.array(gradient)


def wrong_root(gradient, shape):
    """Sum divided by the root of the number of copies."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.sum(axis=axes).reshape(shape) / np.sqrt(gradient.size / max(1, np.prod(shape)))
