import functools
import operator

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# ---------------------------------------------------------------- right
def right_two_lines(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The picture, line by line."""
    hidden = hidden + attention(attention_norm(hidden), mask)
    return hidden + feed_forward(feed_forward_norm(hidden))


def right_every_step_named(hidden: Tensor, mask, attention, feed_forward, attention_norm, feed_forward_norm) -> Tensor:
    """A beginner: a name for everything."""
    normed_1 = attention_norm(hidden)
    found = attention(normed_1, mask)
    stream = hidden + found
    normed_2 = feed_forward_norm(stream)
    worked = feed_forward(normed_2)
    result = stream + worked
    return result


def right_walrus(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """All in one expression."""
    return (x := hidden + attention(attention_norm(hidden), mask)) + feed_forward(feed_forward_norm(x))


def right_loop_over_branches(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A loop over (norm, sub-layer)."""
    branches = [(attention_norm, lambda v: attention(v, mask)), (feed_forward_norm, feed_forward)]
    for norm, sublayer in branches:
        hidden = hidden + sublayer(norm(hidden))
    return hidden


def right_reduce(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A fold over the branches."""
    steps = [lambda x: attention(attention_norm(x), mask), lambda x: feed_forward(feed_forward_norm(x))]
    return functools.reduce(lambda x, branch: x + branch(x), steps, hidden)


def right_helper(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A helper for one residual branch."""

    def residual(x, norm, f, *more):
        return x + f(norm(x), *more)

    x = residual(hidden, attention_norm, attention, mask)
    return residual(x, feed_forward_norm, feed_forward)


def right_module(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A module for the residual branch, as in many repositories."""

    class Residual(nn.Module):
        def __init__(self, branch):
            super().__init__()
            self.branch = branch

        def forward(self, x):
            return x + self.branch(x)

    layer = nn.Sequential(
        Residual(lambda x: attention(attention_norm(x), mask)),
        Residual(lambda x: feed_forward(feed_forward_norm(x))),
    )
    return layer(hidden)


def right_each_text_alone(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """One text at a time, as a batch of one."""
    texts = []
    for i in range(len(hidden)):
        x = hidden[i : i + 1]
        x = x + attention(attention_norm(x), mask)
        x = x + feed_forward(feed_forward_norm(x))
        texts.append(x)
    return torch.cat(texts)


def right_feed_forward_each_token(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The net works on each token alone, so a loop over the tokens."""
    stream = hidden + attention(attention_norm(hidden), mask)
    tokens = [stream[:, t : t + 1] for t in range(stream.shape[1])]
    return torch.cat([v + feed_forward(feed_forward_norm(v)) for v in tokens], dim=1)


def right_norm_each_token(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Layer norm looks at no other token."""
    normed = torch.stack([attention_norm(hidden[:, t]) for t in range(hidden.shape[1])], dim=1)
    stream = hidden + attention(normed, mask)
    normed = torch.stack([feed_forward_norm(stream[:, t]) for t in range(stream.shape[1])], dim=1)
    return stream + feed_forward(normed)


def right_torch_add(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """torch.add, branch first."""
    middle = torch.add(attention(attention_norm(hidden), mask), hidden)
    return torch.add(feed_forward(feed_forward_norm(middle)), middle)


def right_sum_of_three(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The output is the sum of what flowed in and both contributions."""
    a = attention(attention_norm(hidden), mask)
    f = feed_forward(feed_forward_norm(hidden + a))
    return sum([hidden, a, f])


def right_stack_and_sum(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The stream as a stack of contributions, like in interpretability."""
    parts = [hidden]
    parts.append(attention(attention_norm(torch.stack(parts).sum(0)), mask))
    parts.append(feed_forward(feed_forward_norm(torch.stack(parts).sum(0))))
    return torch.stack(parts).sum(dim=0)


def right_clone(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Careful: clones before adding in place."""
    stream = hidden.clone()
    stream += attention(attention_norm(hidden), mask)
    out = stream.clone()
    out += feed_forward(feed_forward_norm(stream))
    return out


def right_keyword(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The mask by its name, as in the notebook's class."""
    x = hidden + attention(attention_norm(hidden), mask=mask)
    return x + feed_forward(feed_forward_norm(x))


def right_partial(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """functools.partial and operator.add."""
    look = functools.partial(attention, mask=mask)
    residual = hidden
    hidden = operator.add(residual, look(attention_norm(hidden)))
    residual = hidden
    return operator.add(residual, feed_forward(feed_forward_norm(hidden)))


def right_recursive(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Recursion over the branches that are left."""

    def run(x, branches):
        if not branches:
            return x
        (norm, f, more), *rest = branches
        return run(x + f(norm(x), *more), rest)

    return run(hidden, [(attention_norm, attention, [mask]), (feed_forward_norm, feed_forward, [])])


def right_lerp(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A Hugging Face habit: residual kept first, branch reassigned."""
    residual = hidden
    hidden_states = attention_norm(hidden)
    hidden_states = attention(hidden_states, mask)
    hidden_states = residual + hidden_states
    residual = hidden_states
    hidden_states = feed_forward_norm(hidden_states)
    hidden_states = feed_forward(hidden_states)
    return residual + hidden_states


def right_minus_minus(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Takes away the negative."""
    x = hidden - (-attention(attention_norm(hidden), mask))
    return x - (-feed_forward(feed_forward_norm(x)))


def right_flattened_net(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """All tokens of all texts as rows of one matrix for the net."""
    x = hidden + attention(attention_norm(hidden), mask)
    rows = x.reshape(-1, x.shape[-1])
    return (rows + feed_forward(feed_forward_norm(rows))).reshape(x.shape)


# ---------------------------------------------------------------- wrong
def wrong_post_norm(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Post-norm, as in the first Transformer."""
    x = attention_norm(hidden + attention(hidden, mask))
    return feed_forward_norm(x + feed_forward(x))


def wrong_no_residual(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """No residual at all."""
    x = attention(attention_norm(hidden), mask)
    return feed_forward(feed_forward_norm(x))


def wrong_no_second_residual(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The net's result replaces the stream."""
    x = hidden + attention(attention_norm(hidden), mask)
    return feed_forward(feed_forward_norm(x))


def wrong_no_first_residual(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Attention's result replaces the stream."""
    x = attention(attention_norm(hidden), mask)
    return x + feed_forward(feed_forward_norm(x))


def wrong_skip_from_the_start(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The second residual starts at the layer's input."""
    x = hidden + attention(attention_norm(hidden), mask)
    return hidden + feed_forward(feed_forward_norm(x))


def wrong_parallel(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Both branches read the input, as in GPT-J."""
    return hidden + attention(attention_norm(hidden), mask) + feed_forward(feed_forward_norm(hidden))


def wrong_residual_from_normed(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Overwrites the stream with its norm, both times."""
    x = attention_norm(hidden)
    x = x + attention(x, mask)
    x = feed_forward_norm(x)
    return x + feed_forward(x)


def wrong_second_from_normed(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The second residual carries the normalised stream."""
    x = hidden + attention(attention_norm(hidden), mask)
    normed = feed_forward_norm(x)
    return normed + feed_forward(normed)


def wrong_first_from_normed(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The first residual carries the normalised input."""
    normed = attention_norm(hidden)
    x = normed + attention(normed, mask)
    return x + feed_forward(feed_forward_norm(x))


def wrong_norms_swapped(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The two norms are swapped."""
    x = hidden + attention(feed_forward_norm(hidden), mask)
    return x + feed_forward(attention_norm(x))


def wrong_one_norm_twice(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The first norm for both."""
    x = hidden + attention(attention_norm(hidden), mask)
    return x + feed_forward(attention_norm(x))


def wrong_second_norm_twice(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The second norm for both."""
    x = hidden + attention(feed_forward_norm(hidden), mask)
    return x + feed_forward(feed_forward_norm(x))


def wrong_no_first_norm(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Attention reads the stream as it is."""
    x = hidden + attention(hidden, mask)
    return x + feed_forward(feed_forward_norm(x))


def wrong_no_second_norm(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The net reads the stream as it is."""
    x = hidden + attention(attention_norm(hidden), mask)
    return x + feed_forward(x)


def wrong_no_norms(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Residuals only."""
    x = hidden + attention(hidden, mask)
    return x + feed_forward(x)


def wrong_norm_after_the_branch(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """OLMo 2: the norm on what the sub-layer gives back."""
    x = hidden + attention_norm(attention(hidden, mask))
    return x + feed_forward_norm(feed_forward(x))


def wrong_both_sides(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Gemma 2: before and after."""
    x = hidden + attention_norm(attention(attention_norm(hidden), mask))
    return x + feed_forward_norm(feed_forward(feed_forward_norm(x)))


def wrong_no_mask(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Everybody may look at everybody."""
    x = hidden + attention(attention_norm(hidden), None)
    return x + feed_forward(feed_forward_norm(x))


def wrong_mask_of_ones(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A mask of its own, all True."""
    x = hidden + attention(attention_norm(hidden), torch.ones_like(mask))
    return x + feed_forward(feed_forward_norm(x))


def wrong_mask_inverted(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """PyTorch's convention."""
    x = hidden + attention(attention_norm(hidden), ~mask)
    return x + feed_forward(feed_forward_norm(x))


def wrong_mask_transposed(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Who is looked at, by whom."""
    x = hidden + attention(attention_norm(hidden), mask.transpose(-1, -2))
    return x + feed_forward(feed_forward_norm(x))


def wrong_mask_to_the_net(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Gives the mask to the net too."""
    x = hidden + attention(attention_norm(hidden), mask)
    return x + feed_forward(feed_forward_norm(x), mask)


def wrong_mask_left_out(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Forgets that attention takes two arguments."""
    x = hidden + attention(attention_norm(hidden))
    return x + feed_forward(feed_forward_norm(x))


def wrong_order(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The net first, attention second."""
    x = hidden + feed_forward(feed_forward_norm(hidden))
    return x + attention(attention_norm(x), mask)


def wrong_in_place(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Adds into the tensor that it was given."""
    hidden += attention(attention_norm(hidden), mask)
    hidden += feed_forward(feed_forward_norm(hidden))
    return hidden


def wrong_detached(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Under no_grad."""
    with torch.no_grad():
        x = hidden + attention(attention_norm(hidden), mask)
        return x + feed_forward(feed_forward_norm(x))


def wrong_norm_at_the_end(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """One more norm on the stream at the end."""
    x = hidden + attention(attention_norm(hidden), mask)
    x = x + feed_forward(feed_forward_norm(x))
    return feed_forward_norm(x)


def wrong_attention_only(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Stops after attention."""
    return hidden + attention(attention_norm(hidden), mask)


def wrong_net_reads_attention(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The net reads what attention found, without the stream."""
    a = attention(attention_norm(hidden), mask)
    f = feed_forward(feed_forward_norm(a))
    return hidden + a + f


def wrong_mean_for_sum(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Means in place of sums."""
    x = (hidden + attention(attention_norm(hidden), mask)) / 2
    return (x + feed_forward(feed_forward_norm(x))) / 2
