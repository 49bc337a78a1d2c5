from collections import Counter
from fractions import Fraction

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


# ---------------------------------------------------------------- right

def right_plain_loops(labels, predictions, n_labels):
    """Beginner: three counters per label in plain loops."""
    y = labels.tolist()
    z = predictions.tolist()
    total = 0.0
    for label in range(n_labels):
        tp = 0
        fp = 0
        fn = 0
        for i in range(len(y)):
            if y[i] == label and z[i] == label:
                tp += 1
            elif z[i] == label:
                fp += 1
            elif y[i] == label:
                fn += 1
        if tp > 0:
            total += 2 * tp / (2 * tp + fp + fn)
    return total / n_labels


def right_boolean_masks(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    """Torch masks per label."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        scores.append(2 * tp / (2 * tp + fp + fn) if tp else 0.0)
    return sum(scores) / len(scores)


def right_sklearn(labels, predictions, n_labels):
    """scikit-learn user: f1_score with all labels named and zero_division 0."""
    from sklearn.metrics import f1_score
    if labels.numel() == 0:
        return 0.0
    return float(f1_score(labels.numpy(), predictions.numpy(), labels=list(range(n_labels)), average="macro", zero_division=0))


def right_bincount_matrix(labels, predictions, n_labels):
    """Confusion matrix by one bincount of labels * n + predictions."""
    cm = torch.bincount(labels.long() * n_labels + predictions.long(), minlength=n_labels * n_labels)
    cm = cm.reshape(n_labels, n_labels).double()
    tp = cm.diagonal()
    fn = cm.sum(1) - tp
    fp = cm.sum(0) - tp
    f1 = torch.where(tp > 0, 2 * tp / (2 * tp + fp + fn).clamp(min=1), torch.zeros_like(tp))
    return f1.mean().item()


def right_one_hot(labels, predictions, n_labels):
    """One-hot rows, products give TP, FP and FN for all labels at once."""
    y = F.one_hot(labels.long(), n_labels).double()
    z = F.one_hot(predictions.long(), n_labels).double()
    tp = (y * z).sum(0)
    fp = ((1 - y) * z).sum(0)
    fn = (y * (1 - z)).sum(0)
    return (2 * tp / (2 * tp + fp + fn).clamp(min=1)).mean().item()


def right_counts_of_both(labels, predictions, n_labels):
    """Different algebra: 2 TP + FP + FN is how often the label occurs in both together."""
    f1 = 0
    for c in range(n_labels):
        both = int((labels == c).sum()) + int((predictions == c).sum())
        hit = int(((labels == c) * (predictions == c)).sum())
        f1 += 0 if both == 0 else 2 * hit / both
    return f1 / n_labels


def right_harmonic_mean(labels, predictions, n_labels):
    """Precision and recall with guards, then their harmonic mean."""
    result = []
    for c in range(n_labels):
        given = predictions == c
        has = labels == c
        tp = (given & has).sum().item()
        if tp == 0:
            result.append(0.0)
            continue
        precision = tp / given.sum().item()
        recall = tp / has.sum().item()
        result.append(2 * precision * recall / (precision + recall))
    return float(np.mean(result))


def right_numpy_broadcast(labels, predictions, n_labels):
    """NumPy: compares with all labels by broadcasting."""
    classes = np.arange(n_labels)[:, None]
    y = labels.numpy()[None, :] == classes
    z = predictions.numpy()[None, :] == classes
    tp = (y & z).sum(axis=1)
    wrong = (y ^ z).sum(axis=1)
    return float(np.mean(2 * tp / np.maximum(2 * tp + wrong, 1)))


def right_counter(labels, predictions, n_labels):
    """Counters of pairs, labels and predictions."""
    y, z = labels.tolist(), predictions.tolist()
    hits = Counter(a for a, b in zip(y, z) if a == b)
    have, given = Counter(y), Counter(z)
    return sum(2 * hits[c] / (have[c] + given[c]) for c in hits if 0 <= c < n_labels) / n_labels


def _f1_sum(y, z, c):
    if c < 0:
        return 0.0
    tp = sum(1 for a, b in zip(y, z) if a == c == b)
    errors = sum(1 for a, b in zip(y, z) if (a == c) != (b == c))
    return (2 * tp / (2 * tp + errors) if tp else 0.0) + _f1_sum(y, z, c - 1)


def right_recursive(labels, predictions, n_labels):
    """Recursive over the labels, from the last to the first."""
    return _f1_sum(labels.tolist(), predictions.tolist(), n_labels - 1) / n_labels


def right_confusion_matrix(labels, predictions, n_labels):
    """scikit-learn's confusion matrix, F1 by hand."""
    from sklearn.metrics import confusion_matrix
    if len(labels) == 0:
        return 0.0
    cm = confusion_matrix(labels.tolist(), predictions.tolist(), labels=np.arange(n_labels)) \
        if bool((labels < n_labels).any()) else np.zeros((n_labels, n_labels))
    f1 = np.zeros(n_labels)
    for k in range(n_labels):
        if cm[k, k] > 0:
            f1[k] = 2 * cm[k, k] / (cm[k, :].sum() + cm[:, k].sum())
    return f1.mean()


def right_sets_dice(labels, predictions, n_labels):
    """Sets of text numbers: F1 is the Dice coefficient."""
    scores = []
    for c in range(n_labels):
        has = {i for i, y in enumerate(labels.tolist()) if y == c}
        got = {i for i, z in enumerate(predictions.tolist()) if z == c}
        common = has & got
        scores.append(2 * len(common) / (len(has) + len(got)) if common else 0)
    return sum(scores) / n_labels


def right_einsum(labels, predictions, n_labels):
    """Einsum makes the confusion matrix from two one-hot matrices."""
    classes = torch.arange(n_labels)
    y = (labels.unsqueeze(1) == classes).double()
    z = (predictions.unsqueeze(1) == classes).double()
    cm = torch.einsum("ni,nj->ij", y, z)
    tp = torch.einsum("ii->i", cm)
    below = cm.sum(0) + cm.sum(1)
    return float(torch.nan_to_num(2 * tp / below, nan=0.0).mean())


def right_comprehension(labels, predictions, n_labels):
    """One comprehension with or 1 against the division by 0."""
    pairs = list(zip(labels.tolist(), predictions.tolist()))
    return sum(2 * sum(y == z == c for y, z in pairs) / (sum((y == c) + (z == c) for y, z in pairs) or 1)
               for c in range(n_labels)) / n_labels


def right_try_except(labels, predictions, n_labels):
    """While-loops and a caught ZeroDivisionError."""
    label = 0
    f1s = []
    while label < n_labels:
        tp = fp = fn = 0
        i = 0
        while i < labels.shape[0]:
            if predictions[i] == label:
                if labels[i] == label:
                    tp = tp + 1
                else:
                    fp = fp + 1
            else:
                if labels[i] == label:
                    fn = fn + 1
            i = i + 1
        try:
            f1s.append((2 * tp) / (2 * tp + fp + fn))
        except ZeroDivisionError:
            f1s.append(0.0)
        label = label + 1
    return sum(f1s) / len(f1s)


def right_fractions(labels, predictions, n_labels):
    """Exact fractions, a float only at the end."""
    table = [[0] * n_labels for _ in range(n_labels)]
    for y, z in zip(labels.tolist(), predictions.tolist()):
        table[int(y)][int(z)] += 1
    total = Fraction(0)
    for c in range(n_labels):
        tp = table[c][c]
        row = sum(table[c])
        column = sum(r[c] for r in table)
        if tp != 0:
            total += Fraction(2 * tp, row + column)
    return float(total / n_labels)


def right_zero_dim_tensor(labels, predictions, n_labels):
    """Returns a 0-dimensional tensor instead of a float (lenient)."""
    f1 = torch.zeros(n_labels, dtype=torch.float64)
    for c in range(n_labels):
        tp = torch.logical_and(labels == c, predictions == c).sum()
        if tp == 0:
            continue
        errors = torch.logical_xor(labels == c, predictions == c).sum()
        f1[c] = 2 * tp.double() / (2 * tp + errors)
    return f1.mean()


def right_from_jaccard(labels, predictions, n_labels):
    """By way of the Jaccard index: F1 = 2 J / (1 + J); counts with np.add.at."""
    cm = np.zeros((n_labels, n_labels), dtype=np.int64)
    np.add.at(cm, (labels.numpy(), predictions.numpy()), 1)
    tp = np.diag(cm)
    union = cm.sum(0) + cm.sum(1) - tp
    jaccard = np.divide(tp, union, out=np.zeros(n_labels), where=union > 0)
    return float((2 * jaccard / (1 + jaccard)).mean())


# ---------------------------------------------------------------- wrong

def wrong_only_present_labels(labels, predictions, n_labels):
    """Mean over the labels that occur in the truth, not over all n_labels."""
    f1s = []
    for c in torch.unique(labels).tolist():
        tp = ((labels == c) & (predictions == c)).sum().item()
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        f1s.append(2 * tp / (2 * tp + fp + fn))
    return sum(f1s) / len(f1s)


def wrong_sklearn_weighted(labels, predictions, n_labels):
    """average='weighted': frequent labels count more."""
    from sklearn.metrics import f1_score
    return float(f1_score(labels.numpy(), predictions.numpy(), labels=list(range(n_labels)), average="weighted", zero_division=0))


def wrong_micro(labels, predictions, n_labels):
    """Adds up TP, FP and FN over the labels first: micro F1, the accuracy."""
    tp = fp = fn = 0
    for c in range(n_labels):
        tp += ((labels == c) & (predictions == c)).sum().item()
        fp += ((labels != c) & (predictions == c)).sum().item()
        fn += ((labels == c) & (predictions != c)).sum().item()
    return 2 * tp / (2 * tp + fp + fn) if tp > 0 else 0.0


def wrong_mean_recall(labels, predictions, n_labels):
    """Share of each label's texts that are found: recall, not F1."""
    total = 0.0
    for c in range(n_labels):
        has = labels == c
        if has.any():
            total += (predictions[has] == c).double().mean().item()
    return total / n_labels


def wrong_jaccard(labels, predictions, n_labels):
    """Both 2s forgotten: TP / (TP + FP + FN)."""
    y, z = labels.tolist(), predictions.tolist()
    total = 0
    for c in range(n_labels):
        tp = sum(a == c and b == c for a, b in zip(y, z))
        fp = sum(a != c and b == c for a, b in zip(y, z))
        fn = sum(a == c and b != c for a, b in zip(y, z))
        total += tp / (tp + fp + fn) if tp else 0
    return total / n_labels


def wrong_two_missing_below(labels, predictions, n_labels):
    """The 2 in the denominator forgotten: 2 TP / (TP + FP + FN)."""
    y = F.one_hot(labels, n_labels).double()
    z = F.one_hot(predictions, n_labels).double()
    tp = (y * z).sum(0)
    fp = ((1 - y) * z).sum(0)
    fn = (y * (1 - z)).sum(0)
    return (2 * tp / (tp + fp + fn).clamp(min=1)).mean().item()


def wrong_f1_of_means(labels, predictions, n_labels):
    """Averages precision and recall over the labels first, then takes F1 of the two means."""
    precisions, recalls = [], []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        precisions.append(tp / max(1, (predictions == c).sum().item()))
        recalls.append(tp / max(1, (labels == c).sum().item()))
    p, r = np.mean(precisions), np.mean(recalls)
    return float(2 * p * r / (p + r)) if p + r > 0 else 0.0


def wrong_absent_label_counts_one(labels, predictions, n_labels):
    """A label that neither occurs nor is given counts 1 (nothing to find, nothing wrong)."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        both = (labels == c).sum().item() + (predictions == c).sum().item()
        scores.append(2 * tp / both if both else 1.0)
    return sum(scores) / n_labels


def wrong_zeros_left_out(labels, predictions, n_labels):
    """Labels without a true positive are skipped and do not lower the mean."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        if tp == 0:
            continue
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        scores.append(2 * tp / (2 * tp + fp + fn))
    return sum(scores) / len(scores) if scores else 0.0


def wrong_label_zero_left_out(labels, predictions, n_labels):
    """range(1, n_labels): label 0 is never scored, yet the mean is over n_labels."""
    total = 0.0
    for c in range(1, n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        errors = ((labels == c) != (predictions == c)).sum().item()
        if tp > 0:
            total += 2 * tp / (2 * tp + errors)
    return total / n_labels


def wrong_nan_for_absent(labels, predictions, n_labels):
    """0 / 0 in tensors: one absent label makes the mean NaN."""
    classes = torch.arange(n_labels)
    y = labels[:, None] == classes
    z = predictions[:, None] == classes
    tp = (y & z).sum(0).double()
    fp = (~y & z).sum(0)
    fn = (y & ~z).sum(0)
    return (2 * tp / (2 * tp + fp + fn)).mean().item()


def wrong_counters_never_reset(labels, predictions, n_labels):
    """tp, fp, fn are set to 0 once, before the loop over labels."""
    tp = 0
    fp = 0
    fn = 0
    scores = []
    for label in range(n_labels):
        for y, z in zip(labels.tolist(), predictions.tolist()):
            if y == label and z == label:
                tp += 1
            elif z == label:
                fp += 1
            elif y == label:
                fn += 1
        scores.append(2 * tp / (2 * tp + fp + fn) if tp > 0 else 0.0)
    return sum(scores) / n_labels


def wrong_divided_by_examples(labels, predictions, n_labels):
    """Divides the sum by the number of examples, not of labels."""
    total = 0.0
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        if tp > 0:
            total += 2 * tp / (2 * tp + fp + fn)
    return total / len(labels)


def wrong_hits_counted_as_false_alarms(labels, predictions, n_labels):
    """FP is every time the label was given, the right times too."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        fp = (predictions == c).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        scores.append(2 * tp / (2 * tp + fp + fn) if tp else 0.0)
    return float(np.mean(scores))


def wrong_true_negatives_too(labels, predictions, n_labels):
    """TP counts all texts where truth and answer agree about the label, the true negatives too."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) == (predictions == c)).sum().item()
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        scores.append(2 * tp / (2 * tp + fp + fn) if tp > 0 else 0.0)
    return sum(scores) / n_labels


def wrong_division_by_zero(labels, predictions, n_labels):
    """No guard: an absent label raises ZeroDivisionError."""
    y, z = labels.tolist(), predictions.tolist()
    f1s = []
    for c in range(n_labels):
        tp = sum(1 for a, b in zip(y, z) if a == c and b == c)
        fp = sum(1 for a, b in zip(y, z) if a != c and b == c)
        fn = sum(1 for a, b in zip(y, z) if a == c and b != c)
        f1s.append(2 * tp / (2 * tp + fp + fn))
    return sum(f1s) / n_labels


def wrong_fp_used_twice(labels, predictions, n_labels):
    """Sums the confusion matrix over the same axis for FP and for FN."""
    cm = torch.zeros(n_labels, n_labels, dtype=torch.float64)
    for y, z in zip(labels.tolist(), predictions.tolist()):
        cm[y, z] += 1
    tp = cm.diag()
    fp = cm.sum(dim=0) - tp
    fn = cm.sum(dim=0) - tp
    return (2 * tp / (2 * tp + fp + fn).clamp(min=1)).mean().item()


def wrong_arithmetic_mean(labels, predictions, n_labels):
    """Plain mean of precision and recall instead of the harmonic one."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        if tp == 0:
            scores.append(0.0)
        else:
            precision = tp / (predictions == c).sum().item()
            recall = tp / (labels == c).sum().item()
            scores.append((precision + recall) / 2)
    return sum(scores) / n_labels
