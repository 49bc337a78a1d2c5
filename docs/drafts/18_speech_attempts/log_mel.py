"""Attempts at log_mel, written from the task's text alone."""

import math

import numpy as np
import torch


def right_in_order(power, filters):
    """Step by step as the text says."""
    bands = filters @ power
    logs = torch.log10(torch.clamp(bands, min=1e-10))
    logs = torch.maximum(logs, logs.max() - 8)
    return (logs + 4) / 4


def right_one_chain(power, filters):
    """A chain of methods, with a name for the largest."""
    x = filters.matmul(power).clamp_min(1e-10).log10()
    return x.clamp(min=float(x.max()) - 8.0).add(4.0).div(4.0)


def right_numpy(power, filters):
    """In NumPy; an array comes back."""
    bands = np.asarray(filters) @ np.asarray(power)
    logs = np.log10(np.maximum(bands, 1e-10))
    return (np.maximum(logs, logs.max() - 8.0) + 4.0) / 4.0


def right_einsum(power, filters):
    """With einsum and where."""
    bands = torch.einsum("bf,ft->bt", filters, power)
    logs = torch.where(bands < 1e-10, torch.full_like(bands, 1e-10), bands).log10()
    lowest = logs.max() - 8
    logs = torch.where(logs < lowest, lowest, logs)
    return 1 + logs / 4


def right_floor_before_the_logarithm(power, filters):
    """Lifts before the logarithm: eight powers of ten below the largest power."""
    bands = (filters @ power).clamp(min=1e-10)
    bands = bands.clamp(min=bands.max().item() * 1e-8)
    return (bands.log10() + 4) / 4


def right_divided_before_the_floor(power, filters):
    """Adds and divides first, so that the floor is 2 below the largest."""
    found = ((filters @ power).clamp(min=1e-10).log10() + 4) / 4
    return torch.maximum(found, found.amax() - 2)


def right_plain_lists(power, filters):
    """With lists of numbers; a list of lists comes back."""
    power, filters = power.tolist(), filters.tolist()
    logs = []
    for row in filters:
        line = []
        for t in range(len(power[0])):
            total = sum(row[f] * power[f][t] for f in range(len(row)))
            line.append(math.log10(max(total, 1e-10)))
        logs.append(line)
    largest = max(max(line) for line in logs)
    return [[(max(x, largest - 8) + 4) / 4 for x in line] for line in logs]


def right_natural_logarithm(power, filters):
    """The natural logarithm, divided by that of ten."""
    bands = torch.mm(filters, power)
    logs = torch.log(bands.clamp(min=1e-10)) / math.log(10)
    return (logs.clamp(min=(logs.max() - 8).item()) + 4) * 0.25


def right_frame_by_frame(power, filters):
    """One column after the other; the floor comes when all are there."""
    columns = []
    for t in range(power.shape[1]):
        column = filters @ power[:, t]
        columns.append(torch.log10(column.clamp(min=1e-10)))
    logs = torch.stack(columns, dim=1)
    floor = max(float(column.max()) for column in columns) - 8
    return (logs.clamp(min=floor) + 4) / 4


def right_band_by_band(power, filters):
    """A loop over the bands with an elementwise product."""
    logs = torch.stack([(band[:, None] * power).sum(dim=0) for band in filters])
    logs = logs.clamp(min=1e-10).log10()
    return (torch.max(logs, logs.max() - 8) + 4) / 4


def right_mask(power, filters):
    """Writes into its own tensor where a mask says so."""
    logs = filters @ power
    logs[logs < 1e-10] = 1e-10
    logs = logs.log10()
    lowest = logs.max() - 8
    logs[logs < lowest] = lowest
    return (logs + 4) / 4


def right_shifted_by_the_largest(power, filters):
    """Relative to the largest: at least -8, then the largest added again."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    largest = logs.max()
    return ((logs - largest).clamp(min=-8.0) + largest + 4) / 4


def right_decibels(power, filters):
    """In decibels: 80 below the largest, then by 10."""
    decibels = 10 * (filters @ power).clamp(min=1e-10).log10()
    decibels = decibels.clamp(min=decibels.max().item() - 80)
    return (decibels / 10 + 4) / 4


def right_transposed(power, filters):
    """The frames first, and turned back at the end."""
    bands = power.T @ filters.T
    logs = bands.clamp(min=1e-10).log10()
    return ((torch.fmax(logs, logs.max() - 8) + 4) / 4).T


def right_log2(power, filters):
    """With the logarithm to base 2, changed to base 10."""
    logs = (filters @ power).clamp(min=1e-10).log2() * math.log10(2)
    return (torch.maximum(logs, logs.flatten().max() - 8) + 4) / 4


def right_clip_after_the_logarithm(power, filters):
    """The logarithm first; what is below -10, and that of 0 too, becomes -10."""
    logs = (filters @ power).log10().clamp(min=-10.0)
    return (logs.clamp(min=float(logs.max()) - 8) + 4) / 4


def right_numpy_tensordot(power, filters):
    """tensordot, clip and two lines of arithmetic on an array, in double precision."""
    bands = np.tensordot(np.asarray(filters, np.float64), np.asarray(power, np.float64), axes=1)
    logs = np.log10(np.clip(bands, 1e-10, None))
    np.clip(logs, logs.max() - 8, None, out=logs)
    logs += 4
    logs /= 4
    return logs


def wrong_natural_logarithm(power, filters):
    """The natural logarithm."""
    logs = torch.log((filters @ power).clamp(min=1e-10))
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_in_decibels(power, filters):
    """Ten times the logarithm."""
    logs = 10 * (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_logarithm_before_the_sum(power, filters):
    """The logarithm is taken before the bands are summed."""
    logs = filters @ power.clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_largest_of_each_frame(power, filters):
    """The largest is that of each frame."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max(dim=0, keepdim=True).values - 8) + 4) / 4


def wrong_largest_of_each_band(power, filters):
    """The largest is that of each band."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.amax(dim=1, keepdim=True) - 8) + 4) / 4


def wrong_no_floor(power, filters):
    """What is far below the largest stays there."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (logs + 4) / 4


def wrong_floor_at_minus_8(power, filters):
    """Lifts to -8, whatever the largest is."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (logs.clamp(min=-8) + 4) / 4


def wrong_lifted_to_the_largest(power, filters):
    """What lies too low becomes the largest itself."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    largest = logs.max()
    logs = torch.where(logs < largest - 8, largest, logs)
    return (logs + 4) / 4


def wrong_minimum(power, filters):
    """Takes the smaller of the two, so that everything is cut from above."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.minimum(logs, logs.max() - 8) + 4) / 4


def wrong_floor_after_dividing(power, filters):
    """Takes 8 from the largest after the division by 4."""
    found = ((filters @ power).clamp(min=1e-10).log10() + 4) / 4
    return torch.maximum(found, found.max() - 8)


def wrong_added_after_dividing(power, filters):
    """Only the 4 is divided by 4."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return torch.maximum(logs, logs.max() - 8) + 4 / 4


def wrong_not_divided(power, filters):
    """Adds 4 and stops."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return torch.maximum(logs, logs.max() - 8) + 4


def wrong_minus_4(power, filters):
    """Takes 4 away."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) - 4) / 4


def wrong_added_instead_of_at_least(power, filters):
    """Adds 1e-10 to every power, where it should only be the least."""
    logs = torch.log10(filters @ power + 1e-10)
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_nothing_for_silence(power, filters):
    """No least power: in silence the logarithm of 0 is minus infinity."""
    logs = torch.log10(filters @ power)
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_clipped_before_the_bands(power, filters):
    """The least power is taken for each frequency, not for each band."""
    logs = (filters @ power.clamp(min=1e-10)).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_squared(power, filters):
    """Squares what is a power already."""
    logs = (filters @ power**2).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_transposed(power, filters):
    """The frames come first."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return ((torch.maximum(logs, logs.max() - 8) + 4) / 4).T


def wrong_mean_of_the_band(power, filters):
    """The mean of a band's frequencies, weighted, not the sum."""
    bands = filters @ power / filters.shape[1]
    logs = bands.clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_changes_the_power(power, filters):
    """The result is right, but the caller's powers are changed after use."""
    bands = filters @ power
    power.clamp_(min=1.0).log10_()
    logs = bands.clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4
