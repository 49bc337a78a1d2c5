"""Held-out attempts at log_mel, a sample of learners, written from the task's text alone."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def right_step_by_step(power, filters):
    """One line for each sentence of the task."""
    mel = filters @ power
    mel = mel.clamp(min=1e-10)
    logs = mel.log10()
    logs = torch.maximum(logs, logs.max() - 8)
    return (logs + 4) / 4


def right_einsum_where(power, filters):
    """einsum for the bands, where for both limits."""
    mel = torch.einsum("bf,ft->bt", filters, power)
    log = torch.log10(torch.where(mel < 1e-10, 1e-10, mel))
    lowest = log.max() - 8.0
    return (torch.where(log < lowest, lowest, log) + 4.0) / 4.0


def right_three_loops(power, filters):
    """Beginner: bands, frames and frequencies in loops, plain numbers, a tensor at the end."""
    bands, frames = filters.shape[0], power.shape[1]
    p, f = power.tolist(), filters.tolist()
    logs = []
    for b in range(bands):
        row = []
        for t in range(frames):
            total = 0.0
            for k in range(len(p)):
                total += f[b][k] * p[k][t]
            if total < 1e-10:
                total = 1e-10
            row.append(math.log10(total))
        logs.append(row)
    largest = max(max(row) for row in logs)
    result = [[(max(x, largest - 8) + 4) / 4 for x in row] for row in logs]
    return torch.tensor(result, dtype=power.dtype)


def right_numpy(power, filters):
    """Goes to NumPy and comes back."""
    mel = np.dot(filters.numpy(), power.numpy())
    log = np.log10(np.maximum(mel, 1e-10))
    log = np.maximum(log, log.max() - 8)
    return torch.from_numpy((log + 4) / 4).to(power.dtype)


def right_linear_natural_log(power, filters):
    """F.linear on the frames, and a natural logarithm that is divided by that of 10."""
    mel = F.linear(power.T.double(), filters.double()).T
    log = mel.clamp(1e-10).log() / math.log(10)
    log = log.clamp(min=log.max().item() - 8)
    return (1 + log / 4).to(power.dtype)


def right_indexed(power, filters):
    """Writes into the new tensor where a comparison is true."""
    features = torch.matmul(filters, power)
    features[features < 1e-10] = 1e-10
    features = torch.log10(features)
    threshold = torch.max(features) - 8
    features[features < threshold] = threshold
    features += 4
    features /= 4
    return features


def right_limit_before_the_log(power, filters):
    """Eight powers of ten are a factor of 1e-8, so both limits can be set on the power."""
    mel = torch.mm(filters, power).clamp_min(1e-10)
    mel = torch.maximum(mel, mel.amax() * 1e-8)
    return mel.log10().add(4).div(4)


def right_weighted_rows(power, filters):
    """Each band is a weighted sum of the rows."""
    rows = [(weights[:, None] * power).sum(dim=0) for weights in filters]
    mel = torch.log10(torch.clamp(torch.stack(rows), min=1e-10))
    return torch.clamp(mel, min=float(mel.max()) - 8) / 4 + 1


def wrong_natural_log(power, filters):
    """Takes torch.log for the logarithm to base 10."""
    mel = (filters @ power).clamp(min=1e-10)
    log = torch.log(mel)
    log = torch.maximum(log, log.max() - 8)
    return (log + 4) / 4


def wrong_loudest_of_each_frame(power, filters):
    """Each frame is compared with its own largest band."""
    log = (filters @ power).clamp(min=1e-10).log10()
    log = torch.maximum(log, log.max(dim=0, keepdim=True).values - 8)
    return (log + 4) / 4


def wrong_added_instead(power, filters):
    """Adds 1e-10 to every sum, so that none is zero."""
    log = torch.log10(filters @ power + 1e-10)
    log = torch.maximum(log, log.max() - 8)
    return (log + 4) / 4


def wrong_limit_before_the_filters(power, filters):
    """Raises the single powers to 1e-10 and not the sums."""
    mel = filters @ power.clamp(min=1e-10)
    log = mel.log10()
    log = torch.maximum(log, log.max() - 8)
    return (log + 4) / 4


def wrong_no_first_limit(power, filters):
    """Relies on the second limit to catch what is zero, which it does not in silence."""
    log = torch.log10(filters @ power)
    log = torch.clamp(log, min=log.max().item() - 8)
    return (log + 4) / 4


def wrong_no_second_limit(power, filters):
    """Leaves out the step with the largest."""
    return ((filters @ power).clamp(min=1e-10).log10() + 4) / 4


def wrong_only_the_four_divided(power, filters):
    """Forgets the brackets: a division comes before a sum."""
    log = (filters @ power).clamp(min=1e-10).log10()
    log = torch.maximum(log, log.max() - 8)
    return log + 4 / 4


def wrong_minus_eight(power, filters):
    """Raises all to -8, wherever the largest is."""
    log = (filters @ power).clamp(min=1e-10).log10()
    return (log.clamp(min=-8) + 4) / 4


def wrong_lying(power, filters):
    """Gets the product to fit by turning both, and gives (frames, bands)."""
    mel = (power.T @ filters.T).clamp(min=1e-10)
    log = mel.log10()
    log = torch.maximum(log, log.max() - 8)
    return (log + 4) / 4


def right_float32(power, filters):
    """Makes all of it float32."""
    mel = (filters.float() @ power.float()).clamp(min=1e-10)
    log = mel.log10()
    log = torch.maximum(log, log.max() - 8)
    return (log + 4) / 4


def wrong_eight_off_the_power(power, filters):
    """Takes the 8 away from the largest power, before the logarithm."""
    mel = (filters @ power).clamp(min=1e-10)
    mel = torch.maximum(mel, mel.max() - 8)
    return (mel.log10() + 4) / 4


def wrong_decibels(power, filters):
    """Ten times the logarithm, as for decibels, and the 8 stays."""
    db = 10 * (filters @ power).clamp(min=1e-10).log10()
    db = torch.maximum(db, db.max() - 8)
    return (db + 4) / 4
