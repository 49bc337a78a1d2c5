"""Attempts at log_mel by another hand, written from the task's text alone."""

import functools

import numpy as np
import torch
from torch.nn import functional as F


def right_linear(power, filters):
    """F.linear, and the threshold of the library for both of the floors."""
    logs = F.linear(filters, power.T)
    logs = F.threshold(logs, 1e-10, 1e-10).log10()
    low = logs.max().item() - 8
    return (F.threshold(logs, low, low) + 4) / 4


def right_relu(power, filters):
    """What is above the floor by relu, and the floor added again."""
    logs = torch.log10((filters @ power).clamp(min=1e-10))
    floor = logs.max() - 8
    return (F.relu(logs - floor) + floor) / 4 + 1


def right_vectorised_numpy_function(power, filters):
    """A function of one number, made to one of arrays."""
    bands = np.dot(np.array(filters), np.array(power)).astype(float)
    log = np.vectorize(lambda x: np.log10(x) if x > 1e-10 else -10.0)
    logs = log(bands)
    lowest = np.max(logs) - 8
    return np.where(logs > lowest, logs, lowest) / 4 + 1


def right_sum_of_outer_products(power, filters):
    """Adds up what each frequency gives to each band and frame."""
    total = torch.zeros(filters.shape[0], power.shape[1], dtype=power.dtype)
    for f in range(power.shape[0]):
        total = total + torch.outer(filters[:, f], power[f])
    logs = total.clamp(min=1e-10).log10()
    logs = torch.clamp(logs, min=float(logs.max()) - 8)
    return logs.add(4).mul(0.25)


def right_ratio_to_the_loudest(power, filters):
    """Ratios to the loudest band, at least 1e-8, and its logarithm on top."""
    bands = torch.clamp(filters @ power, min=1e-10)
    loudest = bands.max()
    ratios = torch.clamp(bands / loudest, min=1e-8)
    return (torch.log10(ratios) + torch.log10(loudest) + 4) / 4


def right_largest_by_reduce(power, filters):
    """Looks for the largest number by hand and compares with it."""
    logs = torch.log10(torch.clip(filters.mm(power), 1e-10))
    largest = functools.reduce(max, logs.flatten().tolist())
    lowest = torch.tensor(largest - 8, dtype=logs.dtype)
    logs = logs.masked_fill(logs < lowest, lowest)
    return (4 + logs) / 4


def wrong_filters_averaged(power, filters):
    """Divides each band by the sum of its weights."""
    bands = filters @ power / filters.sum(dim=1, keepdim=True).clamp(min=1e-10)
    logs = bands.clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_least_in_wrong_unit(power, filters):
    """The least power is 10, the logarithm's -10 without its sign."""
    logs = (filters @ power).clamp(min=10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_floor_by_largest_power(power, filters):
    """Takes 8 away from the largest power, before the logarithm."""
    bands = (filters @ power).clamp(min=1e-10)
    bands = torch.maximum(bands, bands.max() - 8)
    return (bands.log10() + 4) / 4


def wrong_moved_to_zero(power, filters):
    """Moves the largest to 0 and leaves it there."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    logs = (logs - logs.max()).clamp(min=-8)
    return (logs + 4) / 4


def wrong_zeroed(power, filters):
    """What is too low becomes 0, not the floor."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    logs = logs * (logs >= logs.max() - 8)
    return (logs + 4) / 4


def wrong_standardised(power, filters):
    """Subtracts the mean and divides by the deviation, as notebook 03 does with inputs."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    logs = torch.maximum(logs, logs.max() - 8)
    return (logs - logs.mean()) / logs.std()


def wrong_hard_filters(power, filters):
    """A band takes each of its frequencies wholly, without the triangle's weights."""
    logs = ((filters > 0).to(power.dtype) @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_log1p(power, filters):
    """log1p, against the logarithm of zero."""
    logs = torch.log1p(filters @ power) / np.log(10)
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_root(power, filters):
    """Takes the root of the power before the logarithm."""
    logs = (filters @ power).sqrt().clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_floor_80(power, filters):
    """80 below the largest, as in decibels."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 80) + 4) / 4


def wrong_largest_of_the_powers(power, filters):
    """The largest is that of the frequencies' powers, not of the bands."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    largest = power.clamp(min=1e-10).max().log10()
    return (torch.maximum(logs, largest - 8) + 4) / 4


def wrong_floor_above_the_smallest(power, filters):
    """Lifts to 8 above the smallest."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.min() + 8) + 4) / 4


def wrong_returns_the_bands(power, filters):
    """Returns what it had before the logarithm."""
    bands = filters @ power
    logs = bands.clamp(min=1e-10).log10()
    logs = (torch.maximum(logs, logs.max() - 8) + 4) / 4
    return bands


def wrong_quiet_frames_thrown_away(power, filters):
    """Throws the frames away whose largest is more than 8 below."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    kept = logs.amax(dim=0) >= logs.max() - 8
    return (torch.maximum(logs, logs.max() - 8)[:, kept] + 4) / 4
