import functools
import itertools
import math

import numpy as np
import torch


def right_while_then_for(gradient, shape):
    """Front axes one by one, then each axis of length 1."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.asarray(gradient)


def right_all_at_once(gradient, shape):
    """Pads the shape with ones in front, sums over all those axes, reshapes."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.sum(axis=axes).reshape(shape)


def right_keepdims_reshape(gradient, shape):
    """Compares sizes, sums with keepdims, reshapes to lose the front."""
    padded = [1] * (len(gradient.shape) - len(shape)) + list(shape)
    for axis in range(gradient.ndim):
        if gradient.shape[axis] != padded[axis]:
            gradient = np.sum(gradient, axis=axis, keepdims=True)
    return gradient.reshape(shape)


def right_two_sums(gradient, shape):
    """Two sums with tuples of axes."""
    front = gradient.ndim - len(shape)
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return np.array(gradient.sum(axis=tuple(range(front))).sum(axis=stretched, keepdims=True))


def right_recursive(gradient, shape):
    """Recursion over the axes, the first of them at each call."""
    if gradient.ndim > len(shape):
        return right_recursive(gradient.sum(0), shape)
    if len(shape) == 0:
        return np.array(gradient)
    if shape[0] == 1:
        return right_recursive(gradient.sum(0), shape[1:])[None]
    return np.stack([right_recursive(row, shape[1:]) for row in gradient])


def right_bincount(gradient, shape):
    """Numbers the entries, broadcasts the numbers, and counts with weights."""
    size = math.prod(shape)
    index = np.broadcast_to(np.arange(size).reshape(shape), gradient.shape)
    return np.bincount(index.ravel(), weights=gradient.ravel(), minlength=size).reshape(shape)


def right_add_at(gradient, shape):
    """np.add.at with the broadcast numbers of the entries."""
    result = np.zeros(math.prod(shape))
    index = np.broadcast_to(np.arange(result.size).reshape(shape), gradient.shape)
    np.add.at(result, index, gradient)
    return result.reshape(shape)


def right_index_loop(gradient, shape):
    """A loop over every copy: where does it come from?"""
    result = np.zeros(shape)
    front = gradient.ndim - len(shape)
    for where in np.ndindex(*gradient.shape):
        home = tuple(0 if size == 1 else i for i, size in zip(where[front:], shape))
        result[home] += gradient[where]
    return result


def right_torch_sum_to_size(gradient, shape):
    """PyTorch has a method for it."""
    return torch.tensor(gradient).sum_to_size(tuple(shape)).numpy()


def right_torch_autograd(gradient, shape):
    """Lets PyTorch go the way back."""
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    x.expand(gradient.shape).backward(torch.tensor(gradient, dtype=torch.float64))
    return x.grad.numpy()


def right_einsum(gradient, shape):
    """einsum, where the repeated axes have no letter on the right."""
    letters = "abcdefghij"[: gradient.ndim]
    front = gradient.ndim - len(shape)
    kept = "".join(letter for letter, size in zip(letters[front:], shape) if size != 1)
    return np.einsum(f"{letters}->{kept}", gradient).reshape(shape)


def right_add_reduce(gradient, shape):
    """np.add.reduce, in one call."""
    front = gradient.ndim - len(shape)
    axes = (*range(front), *(front + i for i, size in enumerate(shape) if size == 1))
    return np.reshape(np.add.reduce(gradient, axis=axes), shape)


def right_apply_over_axes(gradient, shape):
    """np.apply_over_axes, which keeps the axes."""
    front = gradient.ndim - len(shape)
    axes = list(range(front)) + [front + i for i, size in enumerate(shape) if size == 1]
    return np.apply_over_axes(np.sum, gradient, axes).reshape(shape)


def right_jacobian(gradient, shape):
    """The whole Jacobian of the broadcast, one column for each number, and its transpose times the gradient."""
    size = math.prod(shape)
    jacobian = np.stack([np.broadcast_to(row.reshape(shape), gradient.shape).ravel() for row in np.eye(size)], axis=1)
    return (jacobian.T @ gradient.ravel()).reshape(shape)


def right_unit_arrays(gradient, shape):
    """For each number: a 1 there, broadcast, times the gradient, summed."""
    result = np.zeros(shape)
    for where in np.ndindex(*shape):
        one = np.zeros(shape)
        one[where] = 1
        result[where] = (one * gradient).sum()
    return result


def right_from_the_right(gradient, shape):
    """Negative axes for the stretched ones, then the front flattened into one axis."""
    for i in range(1, len(shape) + 1):
        if shape[-i] == 1:
            gradient = gradient.sum(-i, keepdims=True)
    return gradient.reshape((-1, *shape)).sum(0).reshape(shape)


def right_reduce(gradient, shape):
    """functools.reduce over the axes."""
    front = gradient.ndim - len(shape)
    summed = functools.reduce(lambda g, _: g.sum(0), range(front), gradient)
    ones = [i for i in range(len(shape)) if shape[i] == 1]
    return functools.reduce(lambda g, i: g.sum(i, keepdims=True), ones, np.asarray(summed))


def right_ones_matrix(gradient, shape):
    """Sums as products with ones."""
    front = gradient.ndim - len(shape)
    for _ in range(front):
        gradient = np.tensordot(np.ones(gradient.shape[0]), gradient, 1)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = np.expand_dims(np.tensordot(gradient, np.ones(gradient.shape[axis]), (axis, 0)), axis)
    return np.array(gradient)


def right_early_return(gradient, shape):
    """If the shapes agree there is nothing to do; otherwise the first axis that does not fit."""
    if gradient.shape == tuple(shape):
        return gradient.copy()
    if gradient.ndim > len(shape):
        return right_early_return(np.asarray(gradient.sum(0)), shape)
    for axis, (have, want) in enumerate(zip(gradient.shape, shape)):
        if have != want:
            return right_early_return(gradient.sum(axis, keepdims=True), shape)


def right_moved_axes(gradient, shape):
    """Moves the repeated axes to the front, flattens them, sums."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    repeated = [i for i, size in enumerate(padded) if size == 1]
    kept = [i for i in range(gradient.ndim) if i not in repeated]
    count = math.prod(gradient.shape[i] for i in repeated)
    moved = gradient.transpose(repeated + kept).reshape(count, -1)
    return moved.sum(axis=0).reshape(shape)


def right_dictionary(gradient, shape):
    """A dictionary of places, with plain sums, filled in at the end."""
    front, sums = gradient.ndim - len(shape), {}
    for where in itertools.product(*map(range, gradient.shape)):
        home = tuple(min(i, size - 1) for i, size in zip(where[front:], shape))
        sums[home] = sums.get(home, 0.0) + float(gradient[where])
    result = np.empty(shape)
    for home, value in sums.items():
        result[home] = value
    return result


def right_pandas_like_loop(gradient, shape):
    """Adds the slices along the front with a plain +, then along the stretched axes with np.take."""
    front = gradient.ndim - len(shape)
    g = np.array(gradient, dtype=float)
    for _ in range(front):
        g = sum(g[i] for i in range(len(g)))
    for axis in range(len(shape)):
        if shape[axis] == 1:
            total = 0
            for i in range(g.shape[axis]):
                total = total + np.take(g, [i], axis=axis)
            g = total
    return np.array(g)


def wrong_mean(gradient, shape):
    """Mean over the copies."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.mean(axis=axes).reshape(shape)


def wrong_mean_of_front(gradient, shape):
    """Mean over the front axes, the batch, and sum over the stretched ones."""
    while gradient.ndim > len(shape):
        gradient = gradient.mean(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.asarray(gradient)


def wrong_front_only(gradient, shape):
    """Only the axes put in front; the stretched ones stay long."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return np.asarray(gradient)


def wrong_stretched_only(gradient, shape):
    """Only the axes of length 1; those in front stay."""
    for axis, size in enumerate(reversed(shape), start=1):
        if size == 1:
            gradient = gradient.sum(axis=-axis, keepdims=True)
    return gradient


def wrong_no_keepdims(gradient, shape):
    """The stretched axes vanish: keepdims forgotten."""
    front = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(front)))
    return np.asarray(gradient.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1)))


def wrong_no_keepdims_loop(gradient, shape):
    """keepdims forgotten in the loop, so that the axes move while it runs."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis)
    return gradient


def wrong_keepdims_everywhere(gradient, shape):
    """The axes in front stay too, with length 1."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.sum(axis=axes, keepdims=True)


def wrong_if_for_while(gradient, shape):
    """Only one axis in front is removed: if in place of while."""
    if gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.asarray(gradient)


def wrong_last_axes(gradient, shape):
    """Sums the last axes away, not the first."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=-1)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.asarray(gradient)


def wrong_reshape(gradient, shape):
    """Only reshapes."""
    return gradient.reshape(shape)


def wrong_first_copy(gradient, shape):
    """Takes the first copy of each number."""
    while gradient.ndim > len(shape):
        gradient = gradient[0]
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = np.take(gradient, [0], axis=axis)
    return np.array(gradient)


def wrong_resize(gradient, shape):
    """np.resize cuts off what is too many."""
    return np.resize(gradient, shape)


def wrong_broadcast_to(gradient, shape):
    """Broadcasts in the wrong direction."""
    return np.broadcast_to(gradient, shape)


def wrong_unchanged(gradient, shape):
    """Hands the gradient on as it is, NumPy will broadcast it."""
    return gradient


def wrong_one_stretched(gradient, shape):
    """Only the first axis of length 1."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    if 1 in shape:
        gradient = gradient.sum(axis=shape.index(1), keepdims=True)
    return np.asarray(gradient)


def wrong_stretched_before_front(gradient, shape):
    """Numbers the axes before those in front are gone."""
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return np.asarray(gradient)


def wrong_from_the_left(gradient, shape):
    """Compares the shapes from the left, as if new axes were put at the end."""
    padded = tuple(shape) + (1,) * (gradient.ndim - len(shape))
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.sum(axis=axes).reshape(shape)


def wrong_zip_left(gradient, shape):
    """zip from the left, then the front that is left over."""
    for axis, (have, want) in enumerate(zip(gradient.shape, shape)):
        if have != want:
            gradient = gradient.sum(axis=axis, keepdims=True)
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return np.asarray(gradient)


def wrong_elif(gradient, shape):
    """Either the front or the stretched axes, never both."""
    front = gradient.ndim - len(shape)
    if front > 0:
        gradient = gradient.sum(axis=tuple(range(front)))
    else:
        gradient = gradient.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)
    return np.asarray(gradient)


def wrong_moving_front(gradient, shape):
    """Sums axis 0, then axis 1 of what is left, and so on."""
    for axis in range(gradient.ndim - len(shape)):
        gradient = gradient.sum(axis=axis)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.asarray(gradient)


def wrong_squeeze(gradient, shape):
    """Right sums, but squeezed at the end."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.sum(axis=axes, keepdims=True).squeeze()


def wrong_over_batch(gradient, shape):
    """The sum, divided by the number of rows of the gradient."""
    total = right_all_at_once(gradient, shape)
    return total / (gradient.shape[0] if gradient.ndim else 1)


def wrong_repeated_back(gradient, shape):
    """The sum, broadcast to the shape of the gradient again."""
    return np.broadcast_to(right_all_at_once(gradient, shape), gradient.shape).copy()


def wrong_number_of_copies(gradient, shape):
    """How often each number was used, the gradient ignored."""
    return right_all_at_once(np.ones_like(gradient), shape)


def wrong_total(gradient, shape):
    """One sum over everything, in every place."""
    return np.full(shape, gradient.sum())


def wrong_scalar_left_out(gradient, shape):
    """For the shape () the gradient is handed on: `if not shape`."""
    if not shape:
        return gradient
    return right_all_at_once(gradient, shape)


def wrong_maximum(gradient, shape):
    """The largest copy's gradient, as in a pooling."""
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, size in enumerate(padded) if size == 1)
    return gradient.max(axis=axes).reshape(shape)


def wrong_forgot_return(gradient, shape):
    """Nothing is returned."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)


def wrong_in_place(gradient, shape):
    """Adds the copies up in the first one, inside the gradient."""
    while gradient.ndim > len(shape):
        for row in gradient[1:]:
            gradient[0] += row
        gradient = gradient[0]
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.array(gradient)


def wrong_gradient_ones(gradient, shape):
    """Looks for axes of length 1 in the gradient, not in the shape."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(gradient.shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return np.asarray(gradient)


def wrong_minus(gradient, shape):
    """Subtracts, as on the way back everything is turned round."""
    return -right_all_at_once(gradient, shape)
