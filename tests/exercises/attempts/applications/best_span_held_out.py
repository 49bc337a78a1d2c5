import torch
from torch import Tensor
from torch.nn import functional as F


def right_band_b(start: Tensor, end: Tensor, max_tokens: int) -> tuple[int, int]:
    """Forbidden spans are a Boolean tensor; the table is filled there."""
    position = torch.arange(start.numel(), device=start.device)
    gap = position.unsqueeze(0) - position.unsqueeze(1)
    forbidden = gap.lt(0).logical_or(gap.ge(max_tokens))
    table = torch.add(start.unsqueeze(1), end.unsqueeze(0)).masked_fill(forbidden, float("-inf"))
    where = int(table.argmax())
    return where // table.shape[1], where % table.shape[1]


def right_rows_then_columns_b(start, end, max_tokens):
    """amax over rows tells the beginning; its row tells the end."""
    count = len(start)
    keep = torch.ones(count, count).tril(max_tokens - 1).triu().bool()
    table = torch.where(keep, start.view(-1, 1) + end.view(1, -1), torch.tensor(-torch.inf, dtype=start.dtype))
    i = table.amax(dim=1).argmax()
    return i.item(), table[i].argmax().item()


def right_ends_decide_b(start, end, max_tokens):
    """From the ends' side: the best beginning within the window before each end."""
    before = F.pad(start, (max_tokens - 1, 0), value=float("-inf")).unfold(0, max_tokens, 1)
    value, step = before.max(-1)
    j = torch.argmax(value + end)
    return int(j - (max_tokens - 1) + step[j]), int(j)


def right_matrix_product_b(start, end, max_tokens):
    """The table of lengths picks the allowed places; index_select of both scores."""
    n = end.shape[0]
    pairs = torch.ones(n, n, dtype=torch.int).triu().tril(max_tokens - 1).nonzero()
    sums = start.index_select(0, pairs[:, 0]) + end.index_select(0, pairs[:, 1])
    return tuple(int(x) for x in pairs[sums.argmax()])


def right_vmap_b(start, end, max_tokens):
    """vmap over beginnings: each masks the ends that it cannot have."""
    places = torch.arange(len(end))

    def row(i, s):
        fine = torch.logical_and(places >= i, places < i + max_tokens)
        return torch.where(fine, s + end, -torch.inf)

    table = torch.vmap(row)(places, start)
    return divmod(int(table.reshape(-1).argmax()), len(end))


def right_clone_b(start, end, max_tokens):
    """Adds to a copy of the repeated ends."""
    n = len(start)
    table = end.repeat(n, 1)
    table += start[:, None]
    table[torch.ones(n, n).tril(-1) > 0] = -torch.inf
    table[torch.ones(n, n).triu(max_tokens) > 0] = -torch.inf
    i, j = torch.unravel_index(table.argmax(), table.shape)
    return i.item(), j.item()


def wrong_strictly_after_b(start, end, max_tokens):
    """Slip: i < j in place of i <= j."""
    t = torch.arange(len(start))
    gap = t[None] - t[:, None]
    table = (start[:, None] + end[None]).masked_fill((gap <= 0) | (gap >= max_tokens), -torch.inf)
    return divmod(table.argmax().item(), len(start))


def wrong_at_most_b(start, end, max_tokens):
    """Slip: j <= i + max_tokens."""
    t = torch.arange(len(start))
    gap = t[None] - t[:, None]
    table = (start[:, None] + end[None]).masked_fill((gap < 0) | (gap > max_tokens), -torch.inf)
    return divmod(table.argmax().item(), len(start))


def wrong_or_b(start, end, max_tokens):
    """Slip: & for |, so that nothing is forbidden."""
    t = torch.arange(len(start))
    gap = t[None] - t[:, None]
    table = (start[:, None] + end[None]).masked_fill((gap < 0) & (gap >= max_tokens), -torch.inf)
    return divmod(table.argmax().item(), len(start))


def wrong_sorted_pair_b(start, end, max_tokens):
    """Slip: both argmaxima, put in order if the end comes first."""
    i, j = sorted((start.argmax().item(), end.argmax().item()))
    return i, min(j, i + max_tokens - 1)


def wrong_clamped_b(start, end, max_tokens):
    """Slip: the best span of any length, cut to max_tokens."""
    n = len(start)
    table = (start[:, None] + end).masked_fill(torch.ones(n, n).tril(-1).bool(), -torch.inf)
    i, j = divmod(table.argmax().item(), n)
    return i, min(j, i + max_tokens - 1)


def wrong_minus_b(start, end, max_tokens):
    """Slip: the difference of the scores."""
    n = len(start)
    keep = torch.ones(n, n).triu().tril(max_tokens - 1).bool()
    table = (end - start[:, None]).masked_fill(~keep, -torch.inf)
    return divmod(table.argmax().item(), n)


def wrong_inverted_mask_b(start, end, max_tokens):
    """Slip: fills the allowed spans, and searches among the forbidden ones."""
    n = len(start)
    keep = torch.ones(n, n).triu().tril(max_tokens - 1).bool()
    table = (start[:, None] + end).masked_fill(keep, -torch.inf)
    return divmod(table.argmax().item(), n)


def wrong_masked_sum_b(start, end, max_tokens):
    """Slip: -inf times the mask is nan at every allowed span."""
    n = len(start)
    forbidden = 1 - torch.ones(n, n).triu().tril(max_tokens - 1)
    table = start[:, None] + end + forbidden * -torch.inf
    return divmod(table.argmax().item(), n)


def wrong_filled_zero_b(start, end, max_tokens):
    """Slip: masked_fill with 0."""
    n = len(start)
    keep = torch.ones(n, n).triu().tril(max_tokens - 1).bool()
    table = (start[:, None] + end).masked_fill(~keep, 0)
    return divmod(table.argmax().item(), n)


def wrong_the_span_of_tokens_b(start, end, max_tokens):
    """Slip: all the places of the span in place of its first and last."""
    n = len(start)
    keep = torch.ones(n, n).triu().tril(max_tokens - 1).bool()
    i, j = divmod((start[:, None] + end).masked_fill(~keep, -torch.inf).argmax().item(), n)
    return list(range(i, j + 1))


def wrong_added_up_b(start, end, max_tokens):
    """Slip: the score of a span is the sum of all its tokens, not of its ends."""
    n = len(start)
    both = (start + end).cumsum(0)
    table = both - F.pad(both, (1, 0))[:-1, None]
    keep = torch.ones(n, n).triu().tril(max_tokens - 1).bool()
    return divmod(table.masked_fill(~keep, -torch.inf).argmax().item(), n)
