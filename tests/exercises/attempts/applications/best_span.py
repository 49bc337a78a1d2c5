import numpy as np
import torch
import torch.nn.functional as F


def _masked(start, end, allowed):
    """The table of sums, -inf where not allowed."""
    return (start[:, None] + end[None, :]).masked_fill(~allowed, float("-inf"))


# ---------------------------------------------------------------- right

def right_mask_divmod(start, end, max_tokens):
    """The table of sums, a mask from differences of places, argmax and divmod."""
    n = len(start)
    places = torch.arange(n)
    length = places[None, :] - places[:, None]
    scores = start[:, None] + end[None, :]
    scores = scores.masked_fill((length < 0) | (length >= max_tokens), -torch.inf)
    return divmod(scores.argmax().item(), n)


def right_triu_tril(start, end, max_tokens):
    """The mask is a band: triu and tril of ones."""
    n = start.shape[0]
    band = torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1)
    best = int(torch.where(band, start.unsqueeze(1) + end, -torch.inf).argmax())
    return best // n, best % n


def right_unravel(start, end, max_tokens):
    """unravel_index, then ints."""
    i = torch.arange(len(start)).view(-1, 1)
    j = torch.arange(len(start)).view(1, -1)
    best = _masked(start, end, (i <= j) & (j < i + max_tokens)).argmax()
    row, column = torch.unravel_index(best, (len(start), len(start)))
    return int(row), int(column)


def right_unfold(start, end, max_tokens):
    """Windows of the padded ends: the best end for each beginning, then the best beginning."""
    windows = F.pad(end, (0, max_tokens - 1), value=-torch.inf).unfold(0, max_tokens, 1)
    best_end, step = windows.max(dim=1)
    i = (start + best_end).argmax().item()
    return i, i + step[i].item()


def right_max_pool(start, end, max_tokens):
    """max_pool1d over the padded ends, with indices."""
    padded = F.pad(end, (0, max_tokens - 1), value=float("-inf"))
    best, where = F.max_pool1d(padded[None, None], max_tokens, stride=1, return_indices=True)
    i = int(torch.argmax(start + best[0, 0]))
    return i, int(where[0, 0, i])


def right_triu_indices(start, end, max_tokens):
    """A list of the pairs above the diagonal, of which the short ones are kept."""
    i, j = torch.triu_indices(len(start), len(start))
    short = j - i < max_tokens
    i, j = i[short], j[short]
    best = (start[i] + end[j]).argmax()
    return i[best].item(), j[best].item()


def right_combinations(start, end, max_tokens):
    """combinations with replacement are the pairs i <= j."""
    pairs = torch.combinations(torch.arange(len(start)), 2, with_replacement=True)
    pairs = pairs[pairs[:, 1] - pairs[:, 0] < max_tokens]
    scores = start[pairs[:, 0]] + end[pairs[:, 1]]
    return tuple(pairs[scores.argmax()].tolist())


def right_list_back(start, end, max_tokens):
    """cartesian_prod, a Boolean index; a list of two ints comes back."""
    places = torch.arange(end.numel())
    pairs = torch.cartesian_prod(places, places)
    pairs = pairs[(pairs[:, 0] <= pairs[:, 1]) & (pairs[:, 1] < pairs[:, 0] + max_tokens)]
    return pairs[(start[pairs[:, 0]] + end[pairs[:, 1]]).max(0).indices].tolist()


def right_log_of_mask(start, end, max_tokens):
    """Adds the logarithm of the mask: 0 where allowed, -inf where not."""
    n = len(start)
    band = torch.ones(n, n, dtype=start.dtype).triu(0).tril(max_tokens - 1)
    scores = start[:, None] + end + band.log()
    flat = scores.flatten().argmax().item()
    return (flat // n, flat - flat // n * n)


def right_two_walls(start, end, max_tokens):
    """Two walls of -inf: below the diagonal and far to the right."""
    n = len(start)
    wall = torch.full((n, n), -torch.inf, dtype=start.dtype)
    scores = start.expand(n, n).T + end.expand(n, n) + wall.tril(-1) + wall.triu(max_tokens)
    row_best, columns = scores.max(dim=1)
    row = row_best.argmax()
    return row.item(), columns[row].item()


def right_masked_select(start, end, max_tokens):
    """Boolean index for the scores and nonzero for their places."""
    n = len(start)
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    allowed = (j >= i) & (j - i <= max_tokens - 1)
    values = (start.reshape(n, 1) + end.reshape(1, n))[allowed]
    a, b = allowed.nonzero()[values.argmax()]
    return int(a), int(b)


def right_offsets(start, end, max_tokens):
    """A table of beginnings and lengths; ends behind the last token are -inf."""
    n = len(start)
    j = torch.arange(n)[:, None] + torch.arange(max_tokens)
    ends = torch.where(j < n, end[j.clamp(max=n - 1)], torch.full((), -torch.inf, dtype=end.dtype))
    flat = int((start[:, None] + ends).argmax())
    i, length = divmod(flat, max_tokens)
    return i, i + length


def right_where_maximum(start, end, max_tokens):
    """Looks where the maximum stands in the masked table."""
    n = start.size(0)
    t = torch.arange(n)
    allowed = (t[:, None] <= t) & (t < t[:, None] + max_tokens)
    scores = _masked(start, end, allowed)
    i, j = (scores == scores.max()).nonzero()[0].tolist()
    return i, j


def right_topk(start, end, max_tokens):
    """topk with k = 1 of the flat table."""
    n = len(start)
    allowed = torch.ones((n, n)).triu().bool() & ~torch.ones((n, n)).triu(max_tokens).bool()
    index = _masked(start, end, allowed).view(-1).topk(1).indices[0].item()
    return index // n, index % n


def right_sort(start, end, max_tokens):
    """Sorts the flat table and takes the first."""
    n = len(start)
    difference = torch.arange(n) - torch.arange(n).unsqueeze(-1)
    scores = _masked(start, end, (0 <= difference) & (difference < max_tokens))
    index = scores.flatten().sort(descending=True).indices[0].item()
    return divmod(index, n)


def right_numpy(start, end, max_tokens):
    """In NumPy; whole numbers of NumPy come back."""
    a, b = start.detach().numpy(), end.detach().numpy()
    scores = np.add.outer(a, b)
    band = np.tril(np.triu(np.ones(scores.shape, dtype=bool)), max_tokens - 1)
    return np.unravel_index(np.where(band, scores, -np.inf).argmax(), scores.shape)


def right_log_probabilities(start, end, max_tokens):
    """log_softmax of each first, which takes a constant away from each."""
    start, end = start.double().log_softmax(0), end.double().log_softmax(0)
    n = len(start)
    band = torch.ones(n, n).triu() - torch.ones(n, n).triu(max_tokens)
    return divmod(_masked(start, end, band == 1).argmax().item(), n)


def right_copy_in_place(start, end, max_tokens):
    """Writes -inf into the table, which is a new tensor."""
    scores = start[:, None] + end
    n = scores.shape[0]
    rows, columns = torch.tril_indices(n, n, -1)
    scores[rows, columns] = -torch.inf
    far = torch.triu_indices(n, n, max_tokens)
    scores[far[0], far[1]] = -torch.inf
    best = scores.argmax().tolist()
    return best // n, best % n


# ---------------------------------------------------------------- wrong

def wrong_each_alone(start, end, max_tokens):
    """The best beginning and the best end, each alone."""
    return start.argmax().item(), end.argmax().item()


def wrong_no_length(start, end, max_tokens):
    """The length is forgotten."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu())
    return divmod(scores.argmax().item(), n)


def wrong_no_order(start, end, max_tokens):
    """j < i + max_tokens alone: a span may end before it begins."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).tril(max_tokens - 1))
    return divmod(scores.argmax().item(), n)


def wrong_one_too_long(start, end, max_tokens):
    """tril(max_tokens): spans of max_tokens + 1 tokens are allowed."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens))
    return divmod(scores.argmax().item(), n)


def wrong_one_too_short(start, end, max_tokens):
    """j - i < max_tokens - 1: the longest spans are left out."""
    i, j = torch.triu_indices(len(start), len(start))
    keep = (j - i < max_tokens - 1) | (j == i)
    i, j = i[keep], j[keep]
    best = (start[i] + end[j]).argmax()
    return i[best].item(), j[best].item()


def wrong_two_tokens_at_least(start, end, max_tokens):
    """triu(1): a span of one token is not allowed."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu(1).tril(max_tokens - 1))
    return divmod(scores.argmax().item(), n)


def wrong_swapped(start, end, max_tokens):
    """(j, i)."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    i, j = divmod(scores.argmax().item(), n)
    return j, i


def wrong_flat_index(start, end, max_tokens):
    """The index in the flat table."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    return scores.argmax().item()


def wrong_zeros(start, end, max_tokens):
    """triu and tril put zeros where -inf belongs; the best span may be negative."""
    n = len(start)
    scores = (start[:, None] + end).triu().tril(max_tokens - 1)
    return divmod(scores.argmax().item(), n)


def wrong_times_mask(start, end, max_tokens):
    """Multiplies with the mask: zeros, and nan where a score is -inf."""
    n = len(start)
    band = torch.ones(n, n, dtype=start.dtype).triu().tril(max_tokens - 1)
    return divmod(((start[:, None] + end) * band).argmax().item(), n)


def wrong_product(start, end, max_tokens):
    """The product of the scores."""
    n = len(start)
    band = torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1)
    scores = (start[:, None] * end).masked_fill(~band, -torch.inf)
    return divmod(scores.argmax().item(), n)


def wrong_begin_first(start, end, max_tokens):
    """The best beginning first, then the best end that it allows."""
    i = start.argmax().item()
    return i, i + end[i:i + max_tokens].argmax().item()


def wrong_end_first(start, end, max_tokens):
    """The best end first, then the best beginning that it allows."""
    j = end.argmax().item()
    first = max(0, j - max_tokens + 1)
    return first + start[first:j + 1].argmax().item(), j


def wrong_absolute(start, end, max_tokens):
    """The absolute difference: short spans of both directions."""
    t = torch.arange(len(start))
    scores = _masked(start, end, (t[:, None] - t).abs() < max_tokens)
    return divmod(scores.argmax().item(), len(start))


def wrong_divides_by_length(start, end, max_tokens):
    """divmod by max_tokens in place of the number of tokens."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    return divmod(scores.argmax().item(), max_tokens)


def wrong_end_behind(start, end, max_tokens):
    """j + 1: the place behind the last token."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    i, j = divmod(scores.argmax().item(), n)
    return i, j + 1


def wrong_axes(start, end, max_tokens):
    """Beginnings along columns, ends along rows, under the mask for the other way."""
    n = len(start)
    scores = _masked(end, start, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    return divmod(scores.argmax().item(), n)


def wrong_mask_turned(start, end, max_tokens):
    """The mask of the transposed table: i - j, where j - i is asked."""
    t = torch.arange(len(start))
    difference = t[:, None] - t
    scores = _masked(start, end, (difference >= 0) & (difference < max_tokens))
    return divmod(scores.argmax().item(), len(start))


def wrong_probabilities(start, end, max_tokens):
    """Sums of softmax probabilities in place of sums of scores."""
    n = len(start)
    band = torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1)
    scores = _masked(start.softmax(0), end.softmax(0), band)
    return divmod(scores.argmax().item(), n)


def wrong_unfold_without_padding(start, end, max_tokens):
    """Windows without padding: no span begins within the last tokens, and long windows do not fit."""
    best, step = end.unfold(0, max_tokens, 1).max(dim=1)
    i = (start[:len(best)] + best).argmax().item()
    return i, i + step[i].item()


def wrong_four(start, end, max_tokens):
    """4 of the example in place of max_tokens."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(3))
    return divmod(scores.argmax().item(), n)


def wrong_eight(start, end, max_tokens):
    """The 8 tokens of the example in place of len(start)."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    return divmod(scores.argmax().item(), 8)


def wrong_score_too(start, end, max_tokens):
    """(i, j, score), as the loop of the text returns."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    return (*divmod(scores.argmax().item(), n), scores.max().item())


def wrong_prints(start, end, max_tokens):
    """Prints the pair."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    print(divmod(scores.argmax().item(), n))


def wrong_column_maxima(start, end, max_tokens):
    """max over the wrong axis: the best row of each column is read as the best column of each row."""
    n = len(start)
    scores = _masked(start, end, torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1))
    best, j = scores.max(dim=0)
    i = best.argmax().item()
    return i, j[i].item()


def wrong_smallest(start, end, max_tokens):
    """argmin, with +inf where nothing is allowed."""
    n = len(start)
    band = torch.ones(n, n, dtype=torch.bool).triu().tril(max_tokens - 1)
    return divmod((start[:, None] + end).masked_fill(~band, torch.inf).argmin().item(), n)


def wrong_changes_end(start, end, max_tokens):
    """From the best beginning, and writes -inf into the ends of the caller."""
    n = len(start)
    first = start.argmax().item()
    end[:first] = -torch.inf
    end[first + max_tokens:] = -torch.inf
    return first, end.argmax().item()


def wrong_length_for_end(start, end, max_tokens):
    """(i, step): the place within the window in place of the place in the text."""
    windows = F.pad(end, (0, max_tokens - 1), value=-torch.inf).unfold(0, max_tokens, 1)
    best_end, step = windows.max(dim=1)
    i = (start + best_end).argmax().item()
    return i, step[i].item()


def wrong_padded_with_zeros(start, end, max_tokens):
    """Windows padded with zeros: the best end may lie behind the text."""
    windows = F.pad(end, (0, max_tokens - 1)).unfold(0, max_tokens, 1)
    best_end, step = windows.max(dim=1)
    i = (start + best_end).argmax().item()
    return i, i + step[i].item()
