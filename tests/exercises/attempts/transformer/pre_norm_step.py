import functools
import math
import operator
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# ---------------------------------------------------------------- right
def right_one_line(hidden: Tensor, norm: Callable, sub_layer: Callable) -> Tensor:
    """The formula in one line."""
    return hidden + sub_layer(norm(hidden))


def right_named_steps(hidden, norm, sub_layer):
    """Every step gets a name."""
    normed = norm(hidden)
    update = sub_layer(normed)
    result = hidden + update
    return result


def right_torch_add(hidden, norm, sub_layer):
    """torch.add with the update first."""
    return torch.add(sub_layer(norm(hidden)), hidden)


def right_residual_variable(hidden, norm, sub_layer):
    """The Hugging Face style: keeps the residual, reuses the name."""
    residual = hidden
    hidden = norm(hidden)
    hidden = sub_layer(hidden)
    hidden = residual + hidden
    return hidden


def right_reduce(hidden, norm, sub_layer):
    """A functional programmer folds the two functions."""
    return hidden + functools.reduce(lambda x, f: f(x), (norm, sub_layer), hidden)


def right_builtin_sum(hidden, norm, sub_layer):
    """Python's sum of a list with two tensors."""
    return sum([hidden, sub_layer(norm(hidden))])


def right_stack_sum(hidden, norm, sub_layer):
    """Stacks both streams and sums over the new axis."""
    return torch.stack([hidden, sub_layer(norm(hidden))]).sum(dim=0)


def right_inner_function(hidden, norm, sub_layer):
    """Writes the branch as an inner function."""

    def branch(x):
        return sub_layer(norm(x))

    return hidden + branch(hidden)


def right_compose_lambda(hidden, norm, sub_layer):
    """Composes with lambdas."""
    compose = lambda f, g: lambda x: f(g(x))
    residual = lambda f: lambda x: x + f(x)
    return residual(compose(sub_layer, norm))(hidden)


class _PreNorm(nn.Module):
    def __init__(self, norm, sub_layer):
        super().__init__()
        self.norm = norm
        self.sub_layer = sub_layer

    def forward(self, x):
        return x + self.sub_layer(self.norm(x))


def right_module(hidden, norm, sub_layer):
    """Makes a module of it, as in nanoGPT."""
    return _PreNorm(norm, sub_layer)(hidden)


def right_defensive(hidden, norm, sub_layer):
    """Checks the shape before it adds, lest something broadcasts."""
    update = sub_layer(norm(hidden))
    if update.shape != hidden.shape:
        raise ValueError(f"{tuple(update.shape)} cannot join {tuple(hidden.shape)}")
    return hidden + update


def right_minus_minus(hidden, norm, sub_layer):
    """Thinks of the residual as a difference: result - hidden = update."""
    minus_update = -sub_layer(norm(hidden))
    return hidden - minus_update


def right_loop_over_functions(hidden, norm, sub_layer):
    """Loops over the two functions."""
    x = hidden
    for function in [norm, sub_layer]:
        x = function(x)
    return x + hidden


def _apply_all(functions, x):
    if not functions:
        return x
    return _apply_all(functions[1:], functions[0](x))


def right_recursion(hidden, norm, sub_layer):
    """Applies the functions recursively."""
    return operator.add(hidden, _apply_all([norm, sub_layer], hidden))


def right_clone_and_add(hidden, norm, sub_layer):
    """Adds in place, but into a copy."""
    stream = hidden.clone()
    stream += sub_layer(norm(hidden))
    return stream


def right_einsum(hidden, norm, sub_layer):
    """Einsum over the two stacked streams."""
    both = torch.cat([hidden[None], sub_layer(norm(hidden))[None]], dim=0)
    return torch.einsum("kbth->bth", both)


def right_while_queue(hidden, norm, sub_layer):
    """A clumsy while loop over a queue of things to do."""
    todo = [norm, sub_layer]
    current = hidden
    while len(todo) > 0:
        step = todo.pop(0)
        current = step(current)
    return torch.add(hidden, current, alpha=1)


def right_ones_matrix(hidden, norm, sub_layer):
    """Multiplies with a gate of ones before adding."""
    update = sub_layer(norm(hidden))
    return torch.addcmul(hidden, torch.ones_like(update), update)


# ---------------------------------------------------------------- wrong
def wrong_post_norm(hidden, norm, sub_layer):
    """The post-norm step of the first paper."""
    return norm(hidden + sub_layer(hidden))


def wrong_residual_from_normed(hidden, norm, sub_layer):
    """Overwrites hidden with its norm, so the residual is the normed stream."""
    hidden = norm(hidden)
    return hidden + sub_layer(hidden)


def wrong_no_residual(hidden, norm, sub_layer):
    """Forgets the residual."""
    return sub_layer(norm(hidden))


def wrong_norm_on_update(hidden, norm, sub_layer):
    """Norm after the sub-layer: the two calls in the wrong order."""
    update = norm(sub_layer(hidden))
    return hidden + update


def wrong_no_norm(hidden, norm, sub_layer):
    """Forgets the norm."""
    return hidden + sub_layer(hidden)


def wrong_in_place(hidden, norm, sub_layer):
    """Right numbers, but the caller's stream is changed."""
    hidden += sub_layer(norm(hidden))
    return hidden


def wrong_norm_at_the_end_too(hidden, norm, sub_layer):
    """Norms before and once more after the sum."""
    x = hidden + sub_layer(norm(hidden))
    return norm(x)


def wrong_norm_on_stream_only(hidden, norm, sub_layer):
    """Norms the residual, and feeds the sub-layer the raw stream."""
    return norm(hidden) + sub_layer(hidden)


def wrong_minus(hidden, norm, sub_layer):
    """Thinks a residual is a difference."""
    return sub_layer(norm(hidden)) - hidden


def wrong_average(hidden, norm, sub_layer):
    """Takes the mean of both streams."""
    return torch.stack([hidden, sub_layer(norm(hidden))]).mean(0)


def wrong_adds_norm_also(hidden, norm, sub_layer):
    """Adds every intermediate result to the stream."""
    total = hidden
    x = hidden
    for f in (norm, sub_layer):
        x = f(x)
        total = total + x
    return total


def wrong_sandwich(hidden, norm, sub_layer):
    """Norms the input and the output of the sub-layer."""
    return hidden + norm(sub_layer(norm(hidden)))


def wrong_two_steps(hidden, norm, sub_layer):
    """Does the step twice, thinking of attention and feed-forward."""
    for _ in range(2):
        hidden = hidden + sub_layer(norm(hidden))
    return hidden


def wrong_relu_after(hidden, norm, sub_layer):
    """ReLU after the sum, as in a ResNet."""
    return torch.relu(hidden + sub_layer(norm(hidden)))


def wrong_own_norm(hidden, norm, sub_layer):
    """Uses torch's layer norm, not the norm that is given."""
    normed = F.layer_norm(hidden, hidden.shape[-1:])
    return hidden + sub_layer(normed)


def wrong_concatenates(hidden, norm, sub_layer):
    """Puts the streams side by side rather than adding them."""
    return torch.cat([hidden, sub_layer(norm(hidden))], dim=-1)


def wrong_first_sentence_only(hidden, norm, sub_layer):
    """Takes the first sentence only; its update is broadcast over the batch."""
    update = sub_layer(norm(hidden[:1]))
    return hidden + update


def wrong_scaled(hidden, norm, sub_layer):
    """Divides the update by the root of hidden_size, mixing it up with attention."""
    update = sub_layer(norm(hidden))
    return hidden + update / math.sqrt(hidden.shape[-1])
