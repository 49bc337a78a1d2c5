import functools
from collections.abc import Callable

import torch
from torch import Tensor


# ---------------------------------------------------------------- right

def right_one_line_b(hidden: Tensor, norm: Callable, sub_layer: Callable) -> Tensor:
    """The formula in one line."""
    return hidden + sub_layer(norm(hidden))


def right_named_steps_b(hidden, norm, sub_layer):
    """Beginner: every step has a name, the stream is set aside first."""
    residual = hidden
    x = norm(hidden)
    x = sub_layer(x)
    x = x + residual
    return x


def right_torch_add_b(hidden, norm, sub_layer):
    """Likes functions better than operators."""
    return torch.add(sub_layer(norm(hidden)), hidden)


def right_builtin_sum_b(hidden, norm, sub_layer):
    """Python's sum over the two contributions to the stream."""
    contributions = [hidden, sub_layer(norm(hidden))]
    return sum(contributions)


def right_clone_b(hidden, norm, sub_layer):
    """Defensive: adds in place, but onto a copy."""
    result = hidden.clone()
    result += sub_layer(norm(hidden))
    return result


def right_reduce_b(hidden, norm, sub_layer):
    """Functional style: composes the two callables with reduce."""
    update = functools.reduce(lambda value, function: function(value), (norm, sub_layer), hidden)
    return hidden + update


def right_loop_b(hidden, norm, sub_layer):
    """Clumsy: adds vector by vector into a tensor of zeros."""
    update = sub_layer(norm(hidden))
    result = torch.zeros_like(hidden)
    for b in range(hidden.shape[0]):
        for t in range(hidden.shape[1]):
            result[b, t] = hidden[b, t] + update[b, t]
    return result


# ---------------------------------------------------------------- wrong

def wrong_post_norm_b(hidden, norm, sub_layer):
    """The first instead of the second: post-norm, as in the paper."""
    return norm(hidden + sub_layer(hidden))


def wrong_overwritten_b(hidden, norm, sub_layer):
    """Overwrites hidden, so the normalised vectors are added and not the stream."""
    hidden = norm(hidden)
    return hidden + sub_layer(hidden)


def wrong_no_residual_b(hidden, norm, sub_layer):
    """Forgets the residual."""
    normed = norm(hidden)
    return sub_layer(normed)


def wrong_norm_of_output_b(hidden, norm, sub_layer):
    """Normalises what the sub-layer writes instead of what it reads."""
    return hidden + norm(sub_layer(hidden))


def wrong_norm_forgotten_b(hidden, norm, sub_layer):
    """A bare residual: norm is never called."""
    residual = hidden
    out = sub_layer(hidden)
    return residual + out


def wrong_norm_on_wrong_branch_b(hidden, norm, sub_layer):
    """Normalises the stream, and the sub-layer reads it raw."""
    return norm(hidden) + sub_layer(hidden)


def wrong_norm_also_last_b(hidden, norm, sub_layer):
    """Pre-norm and post-norm at once."""
    x = hidden + sub_layer(norm(hidden))
    return norm(x)


def wrong_in_place_b(hidden, norm, sub_layer):
    """Adds onto the caller's tensor."""
    hidden += sub_layer(norm(hidden))
    return hidden


def wrong_detached_stream_b(hidden, norm, sub_layer):
    """Copies the stream with detach 'to be safe': the straight path of the gradient is cut."""
    residual = hidden.detach().clone()
    return residual + sub_layer(norm(hidden))


def right_called_twice_b(hidden, norm, sub_layer):
    """Checks the shape with a call of its own: two calls of each, but the right values."""
    if sub_layer(norm(hidden)).shape != hidden.shape:
        raise ValueError("the sub-layer changes the shape")
    return hidden + sub_layer(norm(hidden))


def wrong_added_before_b(hidden, norm, sub_layer):
    """Adds before the sub-layer instead of after it."""
    x = norm(hidden)
    x = x + hidden
    return sub_layer(x)


def right_per_sentence_b(hidden, norm, sub_layer):
    """A loop over the sentences: one call of each per sentence, with two axes only, but the right values."""
    out = []
    for sentence in hidden:
        out.append(sentence + sub_layer(norm(sentence)))
    return torch.stack(out)
