from collections import Counter

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


def right_loops_b(labels, predictions, n_labels):
    """Beginner: three counters for each label, set to 0 each time."""
    total = 0.0
    for label in range(n_labels):
        tp = 0
        fp = 0
        fn = 0
        for truth, given in zip(labels.tolist(), predictions.tolist()):
            if truth == label and given == label:
                tp += 1
            elif given == label:
                fp += 1
            elif truth == label:
                fn += 1
        if tp > 0:
            total += 2 * tp / (2 * tp + fp + fn)
    return total / n_labels


def right_vectorised_b(labels: Tensor, predictions: Tensor, n_labels: int) -> float:
    """Comparison with arange by broadcasting; the denominator clamped to 1."""
    classes = torch.arange(n_labels)[:, None]
    is_true = labels[None, :] == classes
    is_given = predictions[None, :] == classes
    tp = (is_true & is_given).sum(dim=1).double()
    both = is_true.sum(dim=1).double() + is_given.sum(dim=1).double()
    return (2 * tp / both.clamp(min=1)).mean().item()


def right_sklearn_b(labels, predictions, n_labels):
    """scikit-learn, with all the labels named."""
    from sklearn.metrics import f1_score

    if len(labels) == 0:
        return 0.0
    return float(f1_score(labels.numpy(), predictions.numpy(), labels=list(range(n_labels)), average="macro", zero_division=0))


def right_confusion_b(labels, predictions, n_labels):
    """Confusion matrix by bincount; diagonal, rows and columns."""
    matrix = torch.bincount(labels.long() * n_labels + predictions.long(), minlength=n_labels * n_labels)
    matrix = matrix.reshape(n_labels, n_labels).double()
    tp = matrix.diagonal()
    fp = matrix.sum(0) - tp
    fn = matrix.sum(1) - tp
    f1 = torch.where(tp > 0, 2 * tp / (2 * tp + fp + fn), torch.zeros_like(tp))
    return float(f1.mean())


def right_sets_b(labels, predictions, n_labels):
    """Sets of positions: F1 is twice the intersection over the sum of the sizes."""
    scores = []
    for c in range(n_labels):
        a = {i for i, y in enumerate(labels.tolist()) if y == c}
        b = {i for i, y in enumerate(predictions.tolist()) if y == c}
        scores.append(2 * len(a & b) / (len(a) + len(b)) if a & b else 0.0)
    return sum(scores) / len(scores)


def right_precision_recall_b(labels, predictions, n_labels):
    """NumPy: precision and recall, then their harmonic mean; early continue without a hit."""
    y, g = np.asarray(labels), np.asarray(predictions)
    f1 = np.zeros(n_labels)
    for c in range(n_labels):
        hits = np.sum((y == c) & (g == c))
        if hits == 0:
            continue
        precision = hits / np.sum(g == c)
        recall = hits / np.sum(y == c)
        f1[c] = 2 / (1 / precision + 1 / recall)
    return float(np.mean(f1))


def right_counter_b(labels, predictions, n_labels):
    """Three Counters."""
    ys, gs = labels.tolist(), predictions.tolist()
    hits = Counter(y for y, g in zip(ys, gs) if y == g)
    have, got = Counter(ys), Counter(gs)
    return sum(2 * hits[c] / (have[c] + got[c]) for c in range(n_labels) if hits[c]) / n_labels


def wrong_accuracy_b(labels, predictions, n_labels):
    """Sums TP, FP and FN over the labels first (micro F1): that is the accuracy."""
    tp = fp = fn = 0
    for c in range(n_labels):
        tp += ((labels == c) & (predictions == c)).sum().item()
        fp += ((labels != c) & (predictions == c)).sum().item()
        fn += ((labels == c) & (predictions != c)).sum().item()
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def wrong_skips_labels_b(labels, predictions, n_labels):
    """Leaves labels without a true positive out of the mean."""
    scores = []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        if tp == 0:
            continue
        scores.append(2 * tp / (2 * tp + fp + fn))
    return sum(scores) / len(scores) if scores else 0.0


def wrong_sklearn_default_b(labels, predictions, n_labels):
    """scikit-learn without labels=: a label that occurs nowhere is not counted."""
    from sklearn.metrics import f1_score

    return float(f1_score(labels.numpy(), predictions.numpy(), average="macro", zero_division=0))


def wrong_weighted_b(labels, predictions, n_labels):
    """Weights each label by how often it occurs."""
    total = 0.0
    for c in range(n_labels):
        tp = int(((labels == c) & (predictions == c)).sum())
        fp = int(((labels != c) & (predictions == c)).sum())
        fn = int(((labels == c) & (predictions != c)).sum())
        f1 = 2 * tp / (2 * tp + fp + fn) if tp else 0.0
        total += f1 * int((labels == c).sum()) / len(labels)
    return total


def wrong_nan_b(labels, predictions, n_labels):
    """0 / 0 of tensors: not a number for a label that occurs nowhere."""
    a = F.one_hot(labels, n_labels)
    b = F.one_hot(predictions, n_labels)
    tp = (a * b).sum(0)
    fp = ((1 - a) * b).sum(0)
    fn = (a * (1 - b)).sum(0)
    return (2 * tp / (2 * tp + fp + fn)).mean().item()


def wrong_absent_is_one_b(labels, predictions, n_labels):
    """A label that occurs nowhere counts as perfect."""
    scores = []
    for c in range(n_labels):
        tp = torch.sum((labels == c) * (predictions == c)).item()
        fp = torch.sum((labels != c) * (predictions == c)).item()
        fn = torch.sum((labels == c) * (predictions != c)).item()
        if tp + fp + fn == 0:
            scores.append(1.0)
        else:
            scores.append(2 * tp / (2 * tp + fp + fn))
    return float(np.mean(scores))


def wrong_jaccard_b(labels, predictions, n_labels):
    """The twos forgotten: TP / (TP + FP + FN)."""
    total = 0
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        wrong = ((labels == c) != (predictions == c)).sum().item()
        if tp > 0:
            total += tp / (tp + wrong)
    return total / n_labels


def wrong_f1_of_means_b(labels, predictions, n_labels):
    """Mean precision and mean recall first, then one F1 of both."""
    precisions, recalls = [], []
    for c in range(n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        given = (predictions == c).sum().item()
        have = (labels == c).sum().item()
        precisions.append(tp / given if given else 0.0)
        recalls.append(tp / have if have else 0.0)
    p = sum(precisions) / n_labels
    r = sum(recalls) / n_labels
    return 2 * p * r / (p + r) if p + r > 0 else 0.0


def wrong_never_reset_b(labels, predictions, n_labels):
    """The counters are set to 0 before the outer loop only."""
    scores = []
    tp, fp, fn = 0, 0, 0
    for c in range(n_labels):
        for y, g in zip(labels.tolist(), predictions.tolist()):
            if y == c and g == c:
                tp += 1
            elif g == c:
                fp += 1
            elif y == c:
                fn += 1
        scores.append(2 * tp / (2 * tp + fp + fn) if tp > 0 else 0.0)
    return sum(scores) / n_labels


def wrong_fp_all_given_b(labels, predictions, n_labels):
    """FP counts all texts that were given the label, FN all that have it, the right ones too."""
    scores = np.zeros(n_labels)
    y, g = labels.numpy(), predictions.numpy()
    for c in range(n_labels):
        tp = ((y == c) & (g == c)).sum()
        fp = (g == c).sum()
        fn = (y == c).sum()
        if tp > 0:
            scores[c] = 2 * tp / (2 * tp + fp + fn)
    return float(scores.mean())


def wrong_recall_b(labels, predictions, n_labels):
    """Mean recall over the labels (FP forgotten)."""
    scores = []
    for c in range(n_labels):
        has = labels == c
        tp = (has & (predictions == c)).sum().item()
        fn = (has & (predictions != c)).sum().item()
        scores.append(2 * tp / (2 * tp + 2 * fn) if tp else 0.0)
    return sum(scores) / len(scores)


def wrong_starts_at_one_b(labels, predictions, n_labels):
    """range(1, n_labels): label 0 is left out, the sum still divided by n_labels."""
    f1 = []
    for c in range(1, n_labels):
        tp = ((labels == c) & (predictions == c)).sum().item()
        fp = ((labels != c) & (predictions == c)).sum().item()
        fn = ((labels == c) & (predictions != c)).sum().item()
        f1.append(2 * tp / (2 * tp + fp + fn) if tp > 0 else 0)
    return sum(f1) / n_labels
