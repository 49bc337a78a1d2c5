import numpy as np
import torch
import torch.nn.functional as F


def right_sort_and_scatter(logits, p):
    """Keep a token if those before it hold less than p; back to the old places by index."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    before = sorted_probs.cumsum(0) - sorted_probs
    kept = torch.where(before < p, sorted_probs, torch.zeros_like(sorted_probs))
    result = torch.zeros_like(probs)
    result[order] = kept / kept.sum()
    return result


def right_loop(logits, p):
    """Takes one token after the other until they hold p."""
    probs = torch.softmax(logits, dim=0)
    result = torch.zeros_like(probs)
    total = 0.0
    for i in torch.argsort(probs, descending=True).tolist():
        result[i] = probs[i]
        total += probs[i].item()
        if total >= p:
            break
    return result / result.sum()


def right_masked_logits(logits, p):
    """Minus infinity for all outside the nucleus (in a copy), then softmax again."""
    order = logits.argsort(descending=True)
    cumulative = logits.softmax(0)[order].cumsum(0)
    remove = cumulative >= p
    remove[1:] = remove[:-1].clone()
    remove[0] = False
    masked = logits.clone()
    masked[order[remove]] = float("-inf")
    return masked.softmax(0)


def right_searchsorted(logits, p):
    """The size of the nucleus by searchsorted, its members by topk."""
    probs = torch.softmax(logits, -1)
    cumulative = torch.sort(probs, descending=True).values.cumsum(-1)
    k = min(int(torch.searchsorted(cumulative, p)) + 1, len(probs))
    values, places = torch.topk(probs, k)
    return torch.zeros_like(probs).scatter(0, places, values / values.sum())


def right_numpy(logits, p):
    """In NumPy, returns an array."""
    z = logits.detach().numpy()
    e = np.exp(z - z.max())
    probs = e / e.sum()
    order = np.argsort(-probs)
    size = 1
    while size < len(probs) and probs[order[:size]].sum() < p:
        size += 1
    result = np.zeros_like(probs)
    result[order[:size]] = probs[order[:size]]
    return result / result.sum()


def wrong_crossing_token_dropped(logits, p):
    """Keeps only while the sum is at most p: drops the token that crosses p (perhaps all)."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    keep = sorted_probs.cumsum(0) <= p
    result = torch.zeros_like(probs)
    result[order[keep]] = sorted_probs[keep]
    return result / result.sum()


def wrong_crossing_token_dropped_but_one(logits, p):
    """Drops the token that crosses p, but always keeps the likeliest."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    keep = sorted_probs.cumsum(0) <= p
    keep[0] = True
    result = torch.zeros_like(probs)
    result[order[keep]] = sorted_probs[keep]
    return result / result.sum()


def wrong_more_than_p(logits, p):
    """Goes on until the sum is more than p: one token too many if it is exactly p."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    keep = sorted_probs.cumsum(0) - sorted_probs <= p
    result = torch.zeros_like(probs)
    result[order[keep]] = sorted_probs[keep]
    return result / result.sum()


def wrong_one_too_many(logits, p):
    """Counts the tokens up to p and then adds two instead of one."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    n = int((sorted_probs.cumsum(0) < p).sum()) + 2
    result = torch.zeros_like(probs)
    result[order[:n]] = sorted_probs[:n]
    return result / result.sum()


def wrong_not_renormalised(logits, p):
    """Does not divide by the sum of the nucleus."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    keep = sorted_probs.cumsum(0) - sorted_probs < p
    result = torch.zeros_like(probs)
    result[order[keep]] = sorted_probs[keep]
    return result


def wrong_left_sorted(logits, p):
    """Returns the probabilities in sorted order, not at the tokens' places."""
    sorted_probs = F.softmax(logits, dim=-1).sort(descending=True).values
    kept = sorted_probs * (sorted_probs.cumsum(0) - sorted_probs < p)
    return kept / kept.sum()


def wrong_mask_not_put_back(logits, p):
    """Lays the mask of the sorted tokens over the unsorted ones."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs = probs.sort(descending=True).values
    kept = probs * (sorted_probs.cumsum(0) - sorted_probs < p)
    return kept / kept.sum()


def wrong_order_for_inverse(logits, p):
    """Puts back with [order], where the inverse of the order is needed."""
    sorted_probs, order = F.softmax(logits, dim=-1).sort(descending=True)
    kept = sorted_probs * (sorted_probs.cumsum(0) - sorted_probs < p)
    return (kept / kept.sum())[order]


def wrong_ascending(logits, p):
    """Forgets descending=True: gathers the unlikeliest tokens."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort()
    keep = sorted_probs.cumsum(0) - sorted_probs < p
    result = torch.zeros_like(probs)
    result[order[keep]] = sorted_probs[keep]
    return result / result.sum()


def wrong_not_sorted(logits, p):
    """Adds up in the order of the vocabulary, without sorting."""
    probs = F.softmax(logits, dim=-1)
    kept = probs * (probs.cumsum(0) - probs < p)
    return kept / kept.sum()


def wrong_threshold(logits, p):
    """Keeps the tokens that have a probability of p or more each."""
    probs = F.softmax(logits, dim=-1)
    kept = torch.where(probs >= p, probs, 0.0)
    return kept / kept.sum()


def wrong_all_ties_kept(logits, p):
    """Keeps all that are as likely as the last of the nucleus, so too many if there are ties."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs = probs.sort(descending=True).values
    smallest = sorted_probs[sorted_probs.cumsum(0) - sorted_probs < p][-1]
    kept = torch.where(probs >= smallest, probs, 0.0)
    return kept / kept.sum()


def wrong_softmax_of_probabilities(logits, p):
    """Renormalises with a softmax of the kept probabilities, zeros included."""
    probs = F.softmax(logits, dim=-1)
    sorted_probs, order = probs.sort(descending=True)
    keep = sorted_probs.cumsum(0) - sorted_probs < p
    result = torch.zeros_like(probs)
    result[order[keep]] = sorted_probs[keep]
    return F.softmax(result, dim=-1)


def wrong_changes_logits(logits, p):
    """Writes minus infinity into the logits it was given."""
    sorted_probs, order = F.softmax(logits, dim=-1).sort(descending=True)
    remove = sorted_probs.cumsum(0) - sorted_probs >= p
    logits[order[remove]] = float("-inf")
    return F.softmax(logits, dim=-1)
