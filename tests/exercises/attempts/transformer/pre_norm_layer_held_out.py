import itertools

import torch
import torch.nn.functional as F


def right_residual_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Short names."""
    h = attention(attention_norm(hidden), mask) + hidden
    return feed_forward(feed_forward_norm(h)) + h


def right_accumulate_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """itertools.accumulate, the last stream."""
    branches = [lambda x: attention(attention_norm(x), mask), lambda x: feed_forward(feed_forward_norm(x))]
    *_, last = itertools.accumulate(branches, lambda x, branch: x + branch(x), initial=hidden)
    return last


def right_compose_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Two functions of the stream, one after the other."""

    def look(x):
        return x + attention(attention_norm(x), mask)

    def think(x):
        return x + feed_forward(feed_forward_norm(x))

    return think(look(hidden))


def right_stack_of_texts_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The attention branch text by text, the other at once."""
    found = [attention(attention_norm(text.unsqueeze(0)), mask).squeeze(0) for text in hidden]
    stream = hidden + torch.stack(found)
    return stream + feed_forward(feed_forward_norm(stream))


def right_out_of_place_add_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Method calls."""
    stream = hidden.add(attention(attention_norm(hidden), mask))
    return stream.add(feed_forward(feed_forward_norm(stream)))


def right_einsum_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """A weighted sum with ones."""
    ones = torch.ones(2, dtype=hidden.dtype)
    x = torch.einsum("k,kbth->bth", ones, torch.stack([hidden, attention(attention_norm(hidden), mask)]))
    return torch.einsum("k,kbth->bth", ones, torch.stack([x, feed_forward(feed_forward_norm(x))]))


def wrong_post_norm_loop_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Post-norm, in a loop."""
    for norm, f in [(attention_norm, lambda v: attention(v, mask)), (feed_forward_norm, feed_forward)]:
        hidden = norm(hidden + f(hidden))
    return hidden


def wrong_stale_residual_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The residual is kept once and used twice."""
    residual = hidden
    x = residual + attention(attention_norm(hidden), mask)
    x = residual + feed_forward(feed_forward_norm(x))
    return x


def wrong_stale_input_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """The net reads the layer's input."""
    stream = hidden + attention(attention_norm(hidden), mask)
    stream = stream + feed_forward(feed_forward_norm(hidden))
    return stream


def wrong_norm_of_sum_then_branch_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Pre-norm for attention, post-norm for the net."""
    x = hidden + attention(attention_norm(hidden), mask)
    return feed_forward_norm(x + feed_forward(x))


def wrong_dropout_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Dropout on the branches, always on."""
    x = hidden + F.dropout(attention(attention_norm(hidden), mask), 0.1)
    return x + F.dropout(feed_forward(feed_forward_norm(x)), 0.1)


def wrong_no_return_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Returns nothing."""
    x = hidden + attention(attention_norm(hidden), mask)
    x = x + feed_forward(feed_forward_norm(x))


def wrong_residual_twice_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Adds the input once more at the end."""
    x = hidden + attention(attention_norm(hidden), mask)
    return hidden + x + feed_forward(feed_forward_norm(x))


def wrong_relu_at_the_end_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """ReLU after the sum, as in a ResNet."""
    x = F.relu(hidden + attention(attention_norm(hidden), mask))
    return F.relu(x + feed_forward(feed_forward_norm(x)))


def wrong_branches_only_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Returns what the layer adds, without the stream."""
    a = attention(attention_norm(hidden), mask)
    return a + feed_forward(feed_forward_norm(hidden + a))


def wrong_mask_of_floats_inverted_b(hidden, mask, attention, feed_forward, attention_norm, feed_forward_norm):
    """Inverts the mask with logical_not, as for PyTorch's layer."""
    x = hidden + attention(attention_norm(hidden), torch.logical_not(mask))
    return x + feed_forward(feed_forward_norm(x))
