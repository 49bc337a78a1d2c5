"""Attempts at recurrent_unit, written from the task's text alone."""

import itertools
from functools import reduce

import torch
import torch.nn.functional as F


def right_loop_and_stack(keep, new):
    """Token by token, in a list."""
    state = torch.zeros_like(new[0])
    out = []
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
        out.append(torch.relu(state))
    return torch.stack(out)


def right_states_first(keep, new):
    """All states first, one ReLU at the end."""
    mixed = (1 - keep) * new
    states = [mixed[0]]
    for t in range(1, len(new)):
        states.append(keep[t] * states[-1] + mixed[t])
    return F.relu(torch.stack(states))


def right_accumulate(keep, new):
    """The library's accumulate."""
    steps = zip(keep, new)
    zero = torch.zeros(new.shape[1], dtype=new.dtype)
    states = itertools.accumulate(steps, lambda c, step: step[0] * c + (1 - step[0]) * step[1], initial=zero)
    return torch.stack(list(states)[1:]).relu()


def right_filled_in(keep, new):
    """An empty table that is filled row by row, while the state is kept apart."""
    out = torch.zeros_like(new)
    state = new.new_zeros(new.shape[-1])
    for t in range(new.shape[0]):
        state = keep[t] * state + (1 - keep[t]) * new[t]
        out[t] = state.relu()
    return out


def right_recursion(keep, new):
    """The states of a text are those without its last token, and one more."""

    def states(t):
        if t < 0:
            return [torch.zeros_like(new[0])]
        before = states(t - 1)
        return before + [keep[t] * before[-1] + (1 - keep[t]) * new[t]]

    return torch.relu(torch.stack(states(len(new) - 1)[1:]))


def right_lerp(keep, new):
    """From the candidate towards the old state by the share that stays."""
    state, out = torch.zeros_like(new[0]), []
    for t in range(len(keep)):
        state = torch.lerp(new[t], state, keep[t])
        out.append(state)
    return torch.relu(torch.stack(out, dim=0))


def right_every_number_alone(keep, new):
    """Column by column, and number by number within it."""
    columns = []
    for d in range(new.shape[1]):
        c, column = 0.0, []
        for t in range(new.shape[0]):
            c = keep[t, d] * c + (1 - keep[t, d]) * new[t, d]
            column.append(torch.where(c > 0, c, torch.zeros_like(c)))
        columns.append(torch.stack(column))
    return torch.stack(columns, dim=1)


def right_weights_of_all_before(keep, new):
    """For each token back through all before: what came in, times all that was kept since."""
    out = []
    for t in range(len(new)):
        total, kept = torch.zeros_like(new[0]), torch.ones_like(new[0])
        for s in range(t, -1, -1):
            total = total + kept * (1 - keep[s]) * new[s]
            kept = kept * keep[s]
        out.append(total)
    return torch.relu(torch.stack(out))


def right_products_in_a_table(keep, new):
    """The same weights as a table (token, source, dim), with one product over a fourth axis."""
    i = torch.arange(len(new))
    between = (i[None, None, :] > i[None, :, None]) & (i[None, None, :] <= i[:, None, None])
    factors = torch.where(between[..., None], keep[None, None], torch.ones_like(keep)[None, None])
    weights = factors.prod(dim=2) * (1 - keep)[None] * (i[None, :] <= i[:, None])[..., None]
    return torch.einsum("tsd,sd->td", weights, new).relu()


def right_doubling(keep, new):
    """A parallel scan: after each round a row holds twice as many tokens."""
    share, mixed = keep, (1 - keep) * new
    step = 1
    while step < len(new):
        mixed = torch.cat([mixed[:step], share[step:] * mixed[:-step] + mixed[step:]])
        share = torch.cat([share[:step], share[step:] * share[:-step]])
        step *= 2
    return mixed.relu()


def right_linear_system(keep, new):
    """The states solve a triangular system, one for each of the dim numbers."""
    tokens = len(new)
    below = torch.ones(tokens, tokens, dtype=new.dtype).tril(-1).triu(-1)
    matrix = torch.eye(tokens, dtype=new.dtype) - keep.T[:, :, None] * below
    right_side = ((1 - keep) * new).T[:, :, None]
    states = torch.linalg.solve_triangular(matrix, right_side, upper=False, unitriangular=True)
    return states[:, :, 0].T.relu()


def right_halves(keep, new):
    """The second half begins with the last state of the first."""

    def states(k, x, start):
        if len(x) == 1:
            return k * start + (1 - k) * x
        middle = len(x) // 2
        first = states(k[:middle], x[:middle], start)
        return torch.cat([first, states(k[middle:], x[middle:], first[-1])])

    return torch.nn.ReLU()(states(keep, new, torch.zeros_like(new[0])))


def right_module(keep, new):
    """A small module with a forward."""

    class Unit(torch.nn.Module):
        def forward(self, shares, candidates):
            c = torch.zeros(candidates.size(1), dtype=candidates.dtype)
            for f, x in zip(shares.unbind(0), candidates.unbind(0)):
                c = f * c + (1 - f) * x
                yield F.relu(c)

    return torch.stack(list(Unit()(keep, new)))


def right_reduce(keep, new):
    """Folds the tokens into a growing table."""

    def grow(states, t):
        following = keep[t] * states[-1:] + (1 - keep[t]) * new[t]
        return torch.cat([states, following])

    states = reduce(grow, range(len(new)), torch.zeros_like(new[:1]))
    return states[1:].relu()


def right_moves_towards_the_new(keep, new):
    """The state moves towards the candidate by what is not kept."""
    write = 1 - keep
    state = new.new_zeros(1, new.shape[1])
    rows = []
    for t in range(new.shape[0]):
        state = state + write[t : t + 1] * (new[t : t + 1] - state)
        rows.append(state * (state > 0))
    return torch.cat(rows)


def right_addcmul(keep, new):
    """The library's addcmul."""
    gathered = new - keep * new
    state = torch.zeros_like(gathered[0])
    states = []
    for t in range(len(gathered)):
        state = torch.addcmul(gathered[t], keep[t], state)
        states.append(state)
    return torch.stack(states).relu()


def wrong_gate_the_other_way(keep, new):
    """Keep and 1 - keep exchanged."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = (1 - f) * state + f * x
        out.append(state)
    return torch.stack(out).relu()


def wrong_relu_in_the_state(keep, new):
    """The ReLU is carried on as the state."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = torch.relu(f * state + (1 - f) * x)
        out.append(state)
    return torch.stack(out)


def wrong_no_relu(keep, new):
    """Gives the states out as they are."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
        out.append(state)
    return torch.stack(out)


def wrong_relu_of_the_candidates(keep, new):
    """The ReLU comes before the mixing."""
    new = new.relu()
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
        out.append(state)
    return torch.stack(out)


def wrong_all_of_the_new(keep, new):
    """Adds the whole candidate: the 1 - keep is missing."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = f * state + x
        out.append(state)
    return torch.stack(out).relu()


def wrong_state_before(keep, new):
    """Gives out the state before each token."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        out.append(state)
        state = f * state + (1 - f) * x
    return torch.stack(out).relu()


def wrong_last_state_only(keep, new):
    """Gives out the last state only."""
    state = torch.zeros_like(new[0])
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
    return state.relu()


def wrong_begins_with_the_first(keep, new):
    """The state begins with the first candidate."""
    state, out = new[0], []
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
        out.append(state)
    return torch.stack(out).relu()


def wrong_begins_with_ones(keep, new):
    """The state begins with ones."""
    state, out = torch.ones_like(new[0]), []
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
        out.append(state)
    return torch.stack(out).relu()


def wrong_sigmoid_again(keep, new):
    """Takes keep for what is still to be put through a sigmoid."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep.sigmoid(), new):
        state = f * state + (1 - f) * x
        out.append(state)
    return torch.stack(out).relu()


def wrong_no_memory(keep, new):
    """No state is carried from token to token."""
    return ((1 - keep) * new).relu()


def wrong_only_one_before(keep, new):
    """Without a loop: mixes with the candidate before, not with the state."""
    before = torch.cat([torch.zeros_like(new[:1]), new[:-1]])
    return (keep * before + (1 - keep) * new).relu()


def wrong_gate_of_the_token_before(keep, new):
    """The old state is weighed with the gate of the token before."""
    state, out = torch.zeros_like(new[0]), []
    for t in range(len(new)):
        state = keep[t - 1] * state + (1 - keep[t]) * new[t]
        out.append(state)
    return torch.stack(out).relu()


def wrong_reads_its_own_output(keep, new):
    """Reads the state from the table that it is writing into: the numbers are right, the backward pass fails."""
    states = torch.zeros_like(new)
    states[0] = (1 - keep[0]) * new[0]
    for t in range(1, len(new)):
        states[t] = keep[t] * states[t - 1] + (1 - keep[t]) * new[t]
    return states.relu()


def wrong_detached_state(keep, new):
    """Each step forgets how its state came about, so the gradient ends after one token."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = f * state.detach() + (1 - f) * x
        out.append(state)
    return torch.stack(out).relu()


def wrong_numpy(keep, new):
    """In NumPy, and back to a tensor without a gradient."""
    k, x = keep.detach().numpy(), new.detach().numpy()
    state, out = 0 * x[0], []
    for t in range(len(x)):
        state = k[t] * state + (1 - k[t]) * x[t]
        out.append(torch.from_numpy(state.clip(min=0)))
    return torch.stack(out)


def wrong_running_product(keep, new):
    """Divides by the running product of the gates, which is 0 from the first gate on that is 0."""
    kept = keep.cumprod(0)
    return (kept * ((1 - keep) * new / kept).cumsum(0)).relu()


def wrong_tanh(keep, new):
    """Another function in place of the ReLU."""
    state, out = torch.zeros_like(new[0]), []
    for f, x in zip(keep, new):
        state = f * state + (1 - f) * x
        out.append(torch.tanh(state))
    return torch.stack(out)


def wrong_along_dim(keep, new):
    """The loop runs over the numbers of a vector, not over the tokens."""
    state, out = torch.zeros_like(new[:, 0]), []
    for f, x in zip(keep.T, new.T):
        state = f * state + (1 - f) * x
        out.append(state)
    return torch.stack(out, dim=1).relu()


def wrong_last_token_first(keep, new):
    """From the last token to the first."""
    state, out = torch.zeros_like(new[0]), []
    for t in reversed(range(len(new))):
        state = keep[t] * state + (1 - keep[t]) * new[t]
        out.insert(0, state)
    return torch.stack(out).relu()


def wrong_first_token_skipped(keep, new):
    """The loop begins at the second token, and the first row stays zero."""
    state, out = torch.zeros_like(new[0]), [torch.zeros_like(new[0])]
    for t in range(1, len(new)):
        state = keep[t] * state + (1 - keep[t]) * new[t]
        out.append(state)
    return torch.stack(out).relu()


def wrong_sum_without_forgetting(keep, new):
    """A running sum: what came in is never forgotten."""
    return ((1 - keep) * new).cumsum(0).relu()


def wrong_one_row_too_many(keep, new):
    """The zeros of the beginning are given out too, and the ReLU is carried on."""
    out = [torch.zeros_like(new[0])]
    for f, x in zip(keep, new):
        out.append(torch.relu(f * out[-1] + (1 - f) * x))
    return torch.stack(out)
