"""Attempts at log_mel, written from the task's text alone."""

import functools
import math

import numpy as np
import torch
from torch.nn import functional as F


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


# --- of another hand ------------------------------------------------------------

import math

import torch
import torch.nn.functional as F


def right_sum_of_logarithms(power, filters):
    """Stays with logarithms from the start: logsumexp adds up what the filters weight."""
    terms = filters.log()[:, :, None] + power.log()[None]  # (bands, frequencies, frames), log 0 is -inf
    logs = (terms.logsumexp(1) / math.log(10)).clamp(min=-10)
    return (logs.clamp(min=logs.max().item() - 8) + 4) / 4


def right_sparse_filters(power, filters):
    """Most weights of a triangle are 0, so the filters are a sparse matrix; the loudest by sorting."""
    logs = torch.sparse.mm(filters.to_sparse(), power).clamp(min=1e-10).log10().flatten()
    loudest = logs.sort().values[-1]
    return torch.stack([logs, (loudest - 8).expand_as(logs)]).amax(0).reshape(len(filters), -1) / 4 + 1


def right_convolution_of_width_one(power, filters):
    """The bands as channels: a convolution that reads one frame at a time."""
    sums = F.conv1d(power[None], filters[:, :, None])[0]
    logs = torch.where(sums > 1e-10, sums, torch.full_like(sums, 1e-10)).log10()
    loudest = logs.max()
    return F.hardtanh(logs, float(loudest - 8), float(loudest) + 1).add(4).mul(0.25)


def right_in_its_own_memory(power, filters):
    """One new tensor, and everything else happens in it."""
    out = torch.empty(filters.shape[0], power.shape[1], dtype=power.dtype)
    torch.matmul(filters, power, out=out)
    out.clamp_(min=1e-10).log10_()
    out.clamp_(min=out.max().item() - 8)
    out += 4
    out /= 4
    return out


def right_mapped_over_frames(power, filters):
    """Written for one frame and mapped over all of them; the loudest is the first of topk."""
    logs = torch.vmap(lambda frame: filters.mv(frame).clamp(min=1e-10).log10(), in_dims=1, out_dims=1)(power)
    floor = logs.reshape(-1).topk(1).values - 8
    return 1 + 0.25 * torch.max(logs, floor)


def right_set_of_the_loud(power, filters):
    """Finds the places that are loud enough and writes only those over a picture of the floor."""
    sums = torch.tensordot(filters, power, dims=1)
    logs = torch.log10(torch.maximum(sums, torch.tensor(1e-10, dtype=sums.dtype)))
    picture = torch.full_like(logs, float(logs.max()) - 8)
    loud = (logs > picture).nonzero(as_tuple=True)
    picture[loud] = logs[loud]
    return (picture + 4) / 4


def wrong_lowered_from_above(power, filters):
    """Measures from the quietest: what is more than 8 above the smallest is lowered."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.minimum(logs, logs.min() + 8) + 4) / 4


def wrong_largest_size(power, filters):
    """Takes the largest size of the logarithms for the largest: -10 in silence makes it 10."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.abs().max() - 8) + 4) / 4


def wrong_only_zeros_replaced(power, filters):
    """Replaces a sum that is exactly 0; one of 1e-12 stays."""
    sums = filters @ power
    sums[sums == 0] = 1e-10
    logs = sums.log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_between_zero_and_one(power, filters):
    """Spreads the numbers from 0 to 1, as one does for a picture."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    logs = torch.maximum(logs, logs.max() - 8)
    return (logs - logs.min()) / (logs.max() - logs.min() + 1e-12)


def wrong_share_of_the_logarithm(power, filters):
    """Eight powers of ten below, taken from the logarithm: its hundred-millionth part."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() * 1e-8) + 4) / 4


def wrong_an_eighth_of_the_power(power, filters):
    """Takes 8 for a factor of power: raises what is below an eighth of the largest."""
    sums = (filters @ power).clamp(min=1e-10)
    return (torch.maximum(sums, sums.max() / 8).log10() + 4) / 4


def wrong_loudest_so_far(power, filters):
    """As a recorder would, it knows only the frames until now: the floor rises with time."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    loudest = logs.amax(0).cummax(0).values
    return (torch.maximum(logs, loudest - 8) + 4) / 4


def wrong_divided_by_eight(power, filters):
    """Divides by the width of the range, 8, in place of 4."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 8


def wrong_half_precision(power, filters):
    """Rounds to 16 bits at the end, since pictures do not need more: three digits are left."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return ((torch.maximum(logs, logs.max() - 8) + 4) / 4).half().to(power.dtype)


def wrong_total_goes_on(power, filters):
    """The total is set to 0 for each band and not for each frame: a frame holds those before it as well."""
    sums = torch.zeros(len(filters), power.shape[1], dtype=power.dtype)
    for band in range(len(filters)):
        total = 0
        for frame in range(power.shape[1]):
            for frequency in range(len(power)):
                total += filters[band, frequency] * power[frequency, frame]
            sums[band, frame] = total
    logs = sums.clamp(min=1e-10).log10()
    return (torch.maximum(logs, logs.max() - 8) + 4) / 4


def wrong_place_of_the_largest(power, filters):
    """argmax gives the place of the largest, not how large it is."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    return (logs.clamp(min=logs.argmax().item() - 8) + 4) / 4


def wrong_last_band_forgotten(power, filters):
    """The largest is looked for among all bands but the last, for a loop that ends too early."""
    logs = (filters @ power).clamp(min=1e-10).log10()
    loudest = logs[0].max()
    for band in range(1, len(logs) - 1):
        loudest = torch.maximum(loudest, logs[band].max())
    return (torch.maximum(logs, loudest - 8) + 4) / 4
