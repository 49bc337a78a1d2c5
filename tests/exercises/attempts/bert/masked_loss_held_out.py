
import torch
from torch import Tensor
from torch.nn import functional as F


def right_flatten_b(logits, labels):
    """Flattens and lets PyTorch leave -100 out."""
    vocabulary = logits.shape[-1]
    return F.cross_entropy(logits.reshape(-1, vocabulary), labels.reshape(-1))


def right_transpose_b(logits: Tensor, labels: Tensor) -> Tensor:
    """Vocabulary on axis 1, ignore_index written out."""
    return F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100)


def right_select_b(logits, labels):
    """Selects the asked tokens first."""
    asked = labels != -100
    return F.cross_entropy(logits[asked], labels[asked])


def right_gather_b(logits, labels):
    """log_softmax and gather, with labels clamped so that the index is allowed."""
    mask = (labels != -100).to(logits.dtype)
    log_p = F.log_softmax(logits, dim=-1)
    picked = log_p.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return -(picked * mask).sum() / mask.sum()


def right_loops_b(logits, labels):
    """Beginner: two loops, subtracts the maximum by hand."""
    total = 0
    count = 0
    for b in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            label = labels[b, t].item()
            if label == -100:
                continue
            row = logits[b, t] - logits[b, t].max()
            total = total + torch.log(torch.exp(row).sum()) - row[label]
            count += 1
    return total / count


def right_one_hot_b(logits, labels):
    """One-hot targets and an einsum."""
    asked = labels.ne(-100)
    hot = F.one_hot(labels[asked], num_classes=logits.size(2)).to(logits.dtype)
    log_p = logits[asked].log_softmax(dim=1)
    return -torch.einsum("nv,nv->n", hot, log_p).mean()


def right_double_b(logits, labels):
    """log-sum-exp minus the label's logit, in double precision, and back."""
    rows, columns = torch.nonzero(labels != -100, as_tuple=True)
    x = logits[rows, columns].double()
    right = x[torch.arange(len(rows)), labels[rows, columns]]
    return (torch.logsumexp(x, dim=-1) - right).mean().to(logits.dtype)


def wrong_mean_over_all_b(logits, labels):
    """reduction none, then the mean over all places: zeros count."""
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    return losses.mean()


def wrong_mean_of_means_b(logits, labels):
    """Mean in each sentence, then the mean over sentences."""
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    counts = (labels != -100).sum(dim=1).clamp(min=1)
    return (losses.sum(dim=1) / counts).mean()


def wrong_sum_b(logits, labels):
    """Sum for mean."""
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")


def wrong_view_for_transpose_b(logits, labels):
    """reshape for transpose: the numbers are mixed up."""
    batch, tokens, vocabulary = logits.shape
    return F.cross_entropy(logits.reshape(batch, vocabulary, tokens), labels)


def wrong_softmax_then_log_b(logits, labels):
    """log of softmax: minus infinity for logits in the thousands."""
    asked = labels != -100
    p = torch.softmax(logits[asked], dim=-1)
    p_right = p[torch.arange(len(p)), labels[asked]]
    return -torch.log(p_right).mean()


def wrong_exp_overflow_b(logits, labels):
    """exp without subtracting the maximum: inf / inf."""
    total = 0.0
    n = 0
    for row_logits, row_labels in zip(logits, labels):
        for x, y in zip(row_logits, row_labels):
            if y != -100:
                total = total - torch.log(torch.exp(x[y]) / torch.exp(x).sum())
                n = n + 1
    return total / n


def wrong_label_zero_b(logits, labels):
    """Keeps labels > 0: label 0 is a token as well."""
    asked = labels > 0
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    return (losses * asked).sum() / asked.sum().clamp(min=1)


def wrong_clamped_labels_b(logits, labels):
    """Clamps -100 to 0 and then averages over all places."""
    log_p = F.log_softmax(logits, dim=-1)
    safe = labels.clamp(min=0)
    return -log_p.gather(2, safe[:, :, None]).mean()


def wrong_softmax_twice_b(logits, labels):
    """Softmax before F.cross_entropy, which does it again."""
    p = F.softmax(logits, dim=-1)
    return F.cross_entropy(p.reshape(-1, p.shape[-1]), labels.reshape(-1))


def wrong_item_b(logits, labels):
    """Returns a new tensor of .item(): no gradient."""
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), labels.reshape(-1))
    return torch.tensor(loss.item())


def wrong_in_place_labels_b(logits, labels):
    """Replaces -100 by 0 in the labels that it was given."""
    mask = labels != -100
    labels[labels == -100] = 0
    losses = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    return losses[mask].mean()


def wrong_sign_b(logits, labels):
    """Minus sign forgotten."""
    mask = labels != -100
    log_p = torch.log_softmax(logits, dim=-1)
    return log_p[mask].gather(1, labels[mask].unsqueeze(1)).mean()
