"""Other attempts at without_heads, of a different hand, from the task's text alone."""

from itertools import chain, filterfalse

import numpy as np
import torch


def right_filterfalse(query, output, n_heads, removed):
    """Filters the places with itertools."""
    dim = query.shape[0] // n_heads
    kept = list(filterfalse(lambda place: place // dim in removed, range(query.shape[0])))
    return query[kept, :], output[:, kept]


def right_gather_blocks(query, output, n_heads, removed):
    """Slices of the heads that stay, joined; if nothing stays, empty matrices."""
    q, o = np.asarray(query), np.asarray(output)
    dim = q.shape[0] // n_heads
    slices = [slice(h * dim, (h + 1) * dim) for h in range(n_heads) if h not in removed]
    if not slices:
        return q[:0], o[:, :0]
    return np.vstack([q[s] for s in slices]), np.hstack([o[:, s] for s in slices])


def right_flags(query, output, n_heads, removed):
    """np.repeat of a flag for each head."""
    flags = np.full(n_heads, True)
    flags[np.array(removed, dtype=int)] = False
    per_place = flags.repeat(query.shape[0] // n_heads)
    return np.asarray(query)[per_place], np.asarray(output)[:, per_place]


def right_recursion(query, output, n_heads, removed):
    """The last head in the list is cut out, then the rest by recursion."""
    dim = query.shape[0] // n_heads

    def cut(q, o, left):
        if not left:
            return q, o
        a, b = left[-1] * dim, (left[-1] + 1) * dim
        return cut(np.r_[q[:a], q[b:]], np.c_[o[:, :a], o[:, b:]], left[:-1])

    return cut(np.asarray(query), np.asarray(output), sorted(set(removed)))


def right_chain(query, output, n_heads, removed):
    """Ranges of the heads, chained; take along both axes."""
    dim = query.shape[0] // n_heads
    ranges = [range(h * dim, (h + 1) * dim) for h in range(n_heads) if h not in removed]
    kept = np.fromiter(chain.from_iterable(ranges), dtype=np.int64)
    return [np.take(np.asarray(query), kept, axis=0), np.take(np.asarray(output), kept, axis=1)]


def right_where(query, output, n_heads, removed):
    """torch.where on a mask that compares each owner with all that go."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    owner = torch.arange(q.shape[0]).div(q.shape[0] // n_heads, rounding_mode="floor")
    gone = (owner[:, None] == torch.tensor(removed, dtype=torch.long)[None, :]).any(1)
    (kept,) = torch.where(~gone)
    return q[kept], o.T[kept].T


def wrong_only_heads_in_a_row(query, output, n_heads, removed):
    """Takes out all from the first to the last of the list."""
    dim = query.shape[0] // n_heads
    a, b = min(removed, default=0) * dim, (max(removed, default=-1) + 1) * dim
    kept = [i for i in range(query.shape[0]) if not a <= i < b]
    return query[kept], output[:, kept]


def wrong_inner_axis_first(query, output, n_heads, removed):
    """The axis of heads comes last in the reshape, where it should come first."""
    d = query.shape[0]
    dim = d // n_heads
    kept = [h for h in range(n_heads) if h not in removed]
    rows = query.reshape(dim, n_heads, d)[:, kept].reshape(-1, d)
    columns = output.reshape(d, dim, n_heads)[:, :, kept].reshape(d, -1)
    return rows, columns


def wrong_one_column_a_head(query, output, n_heads, removed):
    """Takes the whole head out of the query, and only one column out of the output."""
    dim = query.shape[0] // n_heads
    kept = [i for i in range(query.shape[0]) if i // dim not in removed]
    other = [i for i in range(query.shape[0]) if i not in removed]
    return query[kept], output[:, other]


def wrong_output_keeps_the_removed(query, output, n_heads, removed):
    """The second mask is not negated."""
    dim = query.shape[0] // n_heads
    owner = np.arange(query.shape[0]) // dim
    gone = np.isin(owner, removed)
    return np.asarray(query)[~gone], np.asarray(output)[:, gone]


def wrong_output_unchanged(query, output, n_heads, removed):
    """Changes only the output."""
    dim = query.shape[0] // n_heads
    kept = [i for i in range(query.shape[0]) if i // dim not in removed]
    return query, output[:, kept]


def wrong_dictionary(query, output, n_heads, removed):
    """A dictionary of names, where two matrices are due."""
    dim = query.shape[0] // n_heads
    kept = [i for i in range(query.shape[0]) if i // dim not in removed]
    return {"query": query[kept], "output": output[:, kept]}


def wrong_product(query, output, n_heads, removed):
    """Returns the product of both, in which the heads can no longer be seen."""
    dim = query.shape[0] // n_heads
    kept = [i for i in range(query.shape[0]) if i // dim not in removed]
    return output[:, kept] @ query[kept]


def wrong_scaled_up(query, output, n_heads, removed):
    """What is left is made larger, as in dropout."""
    dim = query.shape[0] // n_heads
    kept = [i for i in range(query.shape[0]) if i // dim not in removed]
    left = max(len(kept), 1) / query.shape[0]
    return query[kept], output[:, kept] / left


def wrong_how_many(query, output, n_heads, removed):
    """Takes out the first so many heads as the list is long."""
    start = len(removed) * (query.shape[0] // n_heads)
    return query[start:], output[:, start:]


def wrong_a_head_of_two(query, output, n_heads, removed):
    """Heads of two rows, as in a small example."""
    kept = [i for i in range(query.shape[0]) if i // 2 not in removed]
    return query[kept], output[:, kept]


def wrong_input_set_to_zero(query, output, n_heads, removed):
    """The result is right, but in the caller's matrices the heads are 0 now."""
    dim = query.shape[0] // n_heads
    kept = [i for i in range(query.shape[0]) if i // dim not in removed]
    smaller = query[kept], output[:, kept]
    for h in removed:
        query[h * dim : (h + 1) * dim] = 0
        output[:, h * dim : (h + 1) * dim] = 0
    return smaller


def wrong_only_one_is_left(query, output, n_heads, removed):
    """Starts each time from the whole matrices, so only the last head of the list is gone."""
    dim = query.shape[0] // n_heads
    q, o = query, output
    for h in removed:
        kept = [i for i in range(query.shape[0]) if i // dim != h]
        q, o = query[kept], output[:, kept]
    return q, o


def wrong_next_head(query, output, n_heads, removed):
    """Takes out the head behind the one that is named."""
    dim = query.shape[0] // n_heads
    gone = [(h + 1) % n_heads for h in removed]
    kept = [i for i in range(query.shape[0]) if i // dim not in gone]
    return query[kept], output[:, kept]
