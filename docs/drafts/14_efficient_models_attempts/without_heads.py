"""Attempts at without_heads, written from the task's text alone."""

import numpy as np
import torch


def right_list_of_places(query, output, n_heads, removed):
    """The places that stay, as a list, index both matrices."""
    size = len(query) // n_heads
    stay = [h * size + i for h in range(n_heads) if h not in removed for i in range(size)]
    return query[stay], output[:, stay]


def right_delete(query, output, n_heads, removed):
    """np.delete, by place; arrays come back."""
    q, o = np.asarray(query), np.asarray(output)
    size = q.shape[0] // n_heads
    gone = [place for h in removed for place in range(h * size, (h + 1) * size)]
    gone = np.array(gone, dtype=int)
    return np.delete(q, gone, axis=0), np.delete(o, gone, axis=1)


def right_mask(query, output, n_heads, removed):
    """A mask of all places."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    d = q.shape[0]
    keep = torch.ones(d, dtype=torch.bool)
    for h in removed:
        keep[h * d // n_heads : (h + 1) * d // n_heads] = False
    return q[keep], o[:, keep]


def right_mask_of_heads(query, output, n_heads, removed):
    """A mask of heads, each repeated for its places."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    heads = torch.tensor([h not in removed for h in range(n_heads)])
    keep = heads.repeat_interleave(q.size(0) // n_heads)
    return q[keep, :], o[:, keep]


def right_index_select(query, output, n_heads, removed):
    """index_select along both axes."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    size = q.shape[0] // n_heads
    stay = [h for h in range(n_heads) if h not in set(removed)]
    places = torch.tensor([h * size + i for h in stay for i in range(size)], dtype=torch.long)
    return q.index_select(0, places), o.index_select(1, places)


def right_reshape(query, output, n_heads, removed):
    """An axis of heads in both matrices, from which some are taken."""
    q, o = np.asarray(query), np.asarray(output)
    d = q.shape[0]
    size = d // n_heads
    stay = np.array([h for h in range(n_heads) if h not in removed], dtype=int)
    rows = q.reshape(n_heads, size, d)[stay]
    columns = o.reshape(d, n_heads, size)[:, stay]
    return rows.reshape(len(stay) * size, d), columns.reshape(d, len(stay) * size)


def right_plain_lists(query, output, n_heads, removed):
    """With lists of numbers, turned to arrays at the end."""
    q, o = query.tolist(), output.tolist()
    d = len(q)
    size = d // n_heads
    rows = [row for i, row in enumerate(q) if i // size not in removed]
    columns = [[x for j, x in enumerate(row) if j // size not in removed] for row in o]
    return np.array(rows).reshape(-1, d), np.array(columns).reshape(d, -1)


def right_isin(query, output, n_heads, removed):
    """The owner of each place, and whether it is among the removed ones."""
    q, o = np.asarray(query), np.asarray(output)
    owner = np.arange(len(q)) // (len(q) // n_heads)
    keep = ~np.isin(owner, removed)
    return q[keep], o[:, keep]


def right_from_the_last(query, output, n_heads, removed):
    """One head after the other is cut out, from the last one on, so that places do not move."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    size = q.shape[0] // n_heads
    for h in sorted(set(removed), reverse=True):
        q = torch.cat([q[: h * size], q[(h + 1) * size :]], dim=0)
        o = torch.cat([o[:, : h * size], o[:, (h + 1) * size :]], dim=1)
    return q, o


def right_by_the_transpose(query, output, n_heads, removed):
    """Rows only: the output is transposed before and after. A list comes back."""
    size = query.shape[0] // n_heads

    def rows_that_stay(matrix):
        m = np.asarray(matrix)
        return m[[i for i in range(len(m)) if i // size not in removed]]

    return [rows_that_stay(query), rows_that_stay(np.asarray(output).T).T]


def right_set_difference(query, output, n_heads, removed):
    """The heads that stay as a difference of sets, sorted."""
    size = query.shape[0] // n_heads
    places = []
    for h in sorted(set(range(n_heads)) - set(removed)):
        places.extend(range(h * size, h * size + size))
    return query[places], output[:, places]


def right_split(query, output, n_heads, removed):
    """Split into heads, and put together without some."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    rows, columns = q.chunk(n_heads, dim=0), o.chunk(n_heads, dim=1)
    stay = [h for h in range(n_heads) if h not in removed]
    none = q[:0], o[:, :0]
    return (torch.cat([none[0], *[rows[h] for h in stay]]), torch.cat([none[1], *[columns[h] for h in stay]], dim=1))


def right_matrix_of_choice(query, output, n_heads, removed):
    """A matrix of ones and zeros chooses rows and columns."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    d = q.shape[0]
    size = d // n_heads
    stay = [i for i in range(d) if i // size not in removed]
    choice = torch.eye(d, dtype=q.dtype)[stay]
    return choice @ q, o @ choice.T


def right_compress(query, output, n_heads, removed):
    """np.compress with a condition along each axis."""
    size = len(query) // n_heads
    condition = [place // size not in removed for place in range(len(query))]
    return np.compress(condition, np.asarray(query), axis=0), np.compress(condition, np.asarray(output), axis=1)


def right_filled_in(query, output, n_heads, removed):
    """Empty matrices of the new size, filled in head by head."""
    q, o = np.asarray(query), np.asarray(output)
    d = q.shape[0]
    size = d // n_heads
    left = n_heads - len(set(removed))
    rows, columns = np.empty((left * size, d), q.dtype), np.empty((d, left * size), o.dtype)
    at = 0
    for h in range(n_heads):
        if h in removed:
            continue
        rows[at : at + size] = q[h * size : (h + 1) * size]
        columns[:, at : at + size] = o[:, h * size : (h + 1) * size]
        at += size
    return rows, columns


def right_nonzero(query, output, n_heads, removed):
    """Ones, of which the removed ones are set to 0; the places of the rest."""
    q, o = torch.as_tensor(query), torch.as_tensor(output)
    stays = torch.ones(n_heads, q.shape[0] // n_heads)
    for h in removed:
        stays[h] = 0
    places = stays.flatten().nonzero().squeeze(1)
    return torch.index_select(q, 0, places), torch.index_select(o, 1, places)


def right_ix(query, output, n_heads, removed):
    """np.ix_ with all columns of the one and all rows of the other."""
    q, o = np.asarray(query), np.asarray(output)
    d, everything = len(q), np.arange(len(q))
    stay = np.setdiff1d(everything, [h * (d // n_heads) + i for h in removed for i in range(d // n_heads)])
    return q[np.ix_(stay, everything)], o[np.ix_(everything, stay)]


def wrong_columns_and_rows(query, output, n_heads, removed):
    """Mixed up: the query loses columns and the output rows."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    return query[:, stay], output[stay]


def wrong_rows_of_both(query, output, n_heads, removed):
    """Both lose rows."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    return query[stay], output[stay]


def wrong_keeps_the_removed(query, output, n_heads, removed):
    """Keeps what should go."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size in removed]
    return query[stay], output[:, stay]


def wrong_sets_to_zero(query, output, n_heads, removed):
    """Sets them to 0, and nothing becomes smaller."""
    q, o = np.array(query), np.array(output)
    size = len(q) // n_heads
    for h in removed:
        q[h * size : (h + 1) * size] = 0
        o[:, h * size : (h + 1) * size] = 0
    return q, o


def wrong_every_nth(query, output, n_heads, removed):
    """Takes the rows h, h + n_heads, … for those of head h."""
    stay = [i for i in range(len(query)) if i % n_heads not in removed]
    return query[stay], output[:, stay]


def wrong_single_rows(query, output, n_heads, removed):
    """Takes one row and one column for a head."""
    stay = [i for i in range(len(query)) if i not in removed]
    return query[stay], output[:, stay]


def wrong_n_heads_as_size(query, output, n_heads, removed):
    """Takes the number of heads for the size of a head."""
    stay = [i for i in range(len(query)) if i // n_heads not in removed]
    return query[stay], output[:, stay]


def wrong_places_move(query, output, n_heads, removed):
    """Cuts out one head after the other, and forgets that the places behind it have moved."""
    q, o = np.asarray(query), np.asarray(output)
    size = len(q) // n_heads
    for h in removed:
        q = np.concatenate([q[: h * size], q[(h + 1) * size :]])
        o = np.concatenate([o[:, : h * size], o[:, (h + 1) * size :]], axis=1)
    return q, o


def wrong_first_removed_only(query, output, n_heads, removed):
    """Takes out the first head of the list only."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed[:1]]
    return query[stay], output[:, stay]


def wrong_query_only(query, output, n_heads, removed):
    """The output stays as it was."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    return query[stay], output


def wrong_returns_query(query, output, n_heads, removed):
    """Returns only one of the two."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    query, output = query[stay], output[:, stay]
    return query


def wrong_output_first(query, output, n_heads, removed):
    """Returns the output before the query."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    return output[:, stay], query[stay]


def wrong_counted_from_1(query, output, n_heads, removed):
    """Counts the heads from 1."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size + 1 not in removed]
    return query[stay], output[:, stay]


def wrong_one_row_too_many(query, output, n_heads, removed):
    """The end of a head is counted in."""
    size = len(query) // n_heads
    gone = [i for h in removed for i in range(h * size, (h + 1) * size + 1)]
    stay = [i for i in range(len(query)) if i not in gone]
    return query[stay], output[:, stay]


def wrong_one_row_too_few(query, output, n_heads, removed):
    """The last row of a head stays."""
    size = len(query) // n_heads
    gone = [i for h in removed for i in range(h * size, (h + 1) * size - 1)]
    stay = [i for i in range(len(query)) if i not in gone]
    return query[stay], output[:, stay]


def wrong_size_of_the_rest(query, output, n_heads, removed):
    """Computes the size of a head with the number of those that stay."""
    size = len(query) // max(n_heads - len(removed), 1)
    stay = [i for i in range(len(query)) if i // size not in removed]
    return query[stay], output[:, stay]


def wrong_the_last_ones(query, output, n_heads, removed):
    """Takes as many heads from the end as the list is long."""
    d = len(query)
    left = d - len(removed) * (d // n_heads)
    return query[:left], output[:, :left]


def wrong_rows_and_columns_of_both(query, output, n_heads, removed):
    """Both lose rows and columns."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    return query[stay][:, stay], output[stay][:, stay]


def wrong_transposed(query, output, n_heads, removed):
    """The output comes back transposed."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    return query[stay], output.T[stay]


def wrong_axis_of_heads_stays(query, output, n_heads, removed):
    """The axis of heads is not taken away again."""
    d = len(query)
    stay = [h for h in range(n_heads) if h not in removed]
    return query.reshape(n_heads, d // n_heads, d)[stay], output.reshape(d, n_heads, d // n_heads)[:, stay]


def wrong_reshaped_by_rows(query, output, n_heads, removed):
    """The output is cut along its rows and put together to the right shape."""
    d = len(query)
    stay = [h for h in range(n_heads) if h not in removed]
    rows = query.reshape(n_heads, d // n_heads, d)[stay].reshape(-1, d)
    columns = output.reshape(n_heads, d // n_heads, d)[stay].reshape(d, -1)
    return rows, columns


def wrong_in_another_order(query, output, n_heads, removed):
    """The heads that stay come in turned order."""
    size = len(query) // n_heads
    places = []
    for h in reversed(range(n_heads)):
        if h not in removed:
            places += range(h * size, (h + 1) * size)
    return query[places], output[:, places]


def wrong_changes_the_list(query, output, n_heads, removed):
    """The result is right, but the caller's list is empty afterwards."""
    q, o = np.asarray(query), np.asarray(output)
    size = len(q) // n_heads
    keep = np.ones(len(q), dtype=bool)
    while removed:
        h = removed.pop()
        keep[h * size : (h + 1) * size] = False
    return q[keep], o[:, keep]


def wrong_prints(query, output, n_heads, removed):
    """Prints both shapes and returns nothing."""
    size = len(query) // n_heads
    stay = [i for i in range(len(query)) if i // size not in removed]
    query, output = query[stay], output[:, stay]
    print(query.shape, output.shape)


def wrong_size_32(query, output, n_heads, removed):
    """The size of a head in the text, 32, for all matrices."""
    stay = [i for i in range(len(query)) if i // 32 not in removed]
    return query[stay], output[:, stay]
