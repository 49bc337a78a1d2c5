import bisect
import math
import statistics
from fractions import Fraction

import numpy as np
import torch


# ---------------------------------------------------------------- right

def right_if_elif(step, warmup_steps, total_steps, peak):
    """Beginner: three cases one after the other."""
    if step < warmup_steps:
        lr = peak * step / warmup_steps
    elif step < total_steps:
        lr = peak * (total_steps - step) / (total_steps - warmup_steps)
    else:
        lr = 0.0
    return lr


def right_huggingface(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    """In the style of the transformers library: a factor with max(1, ...)."""
    if step < warmup_steps:
        factor = float(step) / float(max(1, warmup_steps))
    else:
        factor = max(0.0, float(total_steps - step) / float(max(1, total_steps - warmup_steps)))
    return peak * factor


def right_min_of_two_lines(step, warmup_steps, total_steps, peak):
    """The lower of two straight lines, never below 0."""
    if step >= total_steps:
        return 0.0
    up = step / warmup_steps if warmup_steps > 0 else math.inf
    down = (total_steps - step) / (total_steps - warmup_steps) if total_steps > warmup_steps else math.inf
    return min(up, down) * peak


def right_np_interp(step, warmup_steps, total_steps, peak):
    """NumPy user: np.interp through the three corners."""
    if step >= total_steps:
        return 0.0
    if warmup_steps == 0:
        return float(np.interp(step, [0, total_steps], [peak, 0.0]))
    if warmup_steps >= total_steps:
        return float(np.interp(step, [0, warmup_steps], [0.0, peak]))
    return float(np.interp(step, [0, warmup_steps, total_steps], [0.0, peak, 0.0]))


def right_torch_lerp(step, warmup_steps, total_steps, peak):
    """Torch user: lerp between the ends of the segment, in float64."""
    zero = torch.tensor(0.0, dtype=torch.float64)
    top = torch.tensor(float(peak), dtype=torch.float64)
    if step >= total_steps:
        return zero.item()
    if step < warmup_steps:
        return torch.lerp(zero, top, step / warmup_steps).item()
    return torch.lerp(zero, top, (total_steps - step) / (total_steps - warmup_steps)).item()


def right_mirrored_recursion(step, warmup_steps, total_steps, peak):
    """Recursive: the way down is a way up, seen from the other end."""
    if step >= total_steps:
        return 0.0
    if step == warmup_steps:
        return peak
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    return right_mirrored_recursion(total_steps - step, total_steps - warmup_steps, total_steps, peak)


def right_table_of_all_steps(step, warmup_steps, total_steps, peak):
    """Builds the whole schedule as a list and looks the step up."""
    table = [peak * i / warmup_steps for i in range(warmup_steps)]
    table += [peak * (total_steps - i) / (total_steps - warmup_steps) for i in range(warmup_steps, total_steps)]
    return table[step] if step < total_steps else 0.0


def right_fractions(step, warmup_steps, total_steps, peak):
    """Exact: the share as a Fraction, a float only at the end."""
    if step >= total_steps:
        share = Fraction(0)
    elif step < warmup_steps:
        share = Fraction(step, warmup_steps)
    else:
        share = 1 - Fraction(step - warmup_steps, total_steps - warmup_steps)
    return float(share) * peak


def right_school_line(step, warmup_steps, total_steps, peak):
    """School algebra: y = m x + b for each part."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        m = peak / warmup_steps
        b = 0.0
        x = step
    else:
        m = -peak / (total_steps - warmup_steps)
        b = peak
        x = step - warmup_steps
    return m * x + b


def right_np_clip(step, warmup_steps, total_steps, peak):
    """NumPy: clip keeps both shares in 0 to 1; their product is the height."""
    if step >= total_steps:
        return 0.0
    up = np.clip(step / warmup_steps, 0.0, 1.0) if warmup_steps else 1.0
    down = np.clip((total_steps - step) / max(total_steps - warmup_steps, 1), 0.0, 1.0)
    return float(peak * up * down)


def right_np_select(step, warmup_steps, total_steps, peak):
    """np.select with denominators that cannot be 0."""
    conditions = [step < warmup_steps, step < total_steps]
    values = [step / max(warmup_steps, 1), (total_steps - step) / max(total_steps - warmup_steps, 1)]
    return float(np.select(conditions, values, default=0.0) * peak)


def right_one_expression(step, warmup_steps, total_steps, peak):
    """One nested conditional expression."""
    return (0.0 if step >= total_steps
            else peak * step / warmup_steps if step < warmup_steps
            else peak * (1 - (step - warmup_steps) / (total_steps - warmup_steps)))


def right_booleans_as_numbers(step, warmup_steps, total_steps, peak):
    """Indicator arithmetic: True counts 1, False 0."""
    warming = step < warmup_steps
    cooling = (not warming) and step < total_steps
    rise = step / (warmup_steps + (warmup_steps == 0))
    fall = (total_steps - step) / ((total_steps - warmup_steps) or 1)
    return peak * (warming * rise + cooling * fall)


def right_defensive(step, warmup_steps, total_steps, peak):
    """Defensive: checks, clamps the step, early returns."""
    step = max(0, int(step))
    if total_steps <= 0 or step >= total_steps:
        return 0.0
    if warmup_steps > 0 and step < warmup_steps:
        return float(peak) * step / warmup_steps
    cooldown = total_steps - warmup_steps
    done = step - warmup_steps
    return float(peak) * (cooldown - done) / cooldown


def right_median_of_three(step, warmup_steps, total_steps, peak):
    """The middle one of 0, the rising and the falling line."""
    if step >= total_steps:
        return 0
    rising = step / warmup_steps if warmup_steps != 0 else float("inf")
    falling = (total_steps - step) / (total_steps - warmup_steps) if total_steps != warmup_steps else float("inf")
    return peak * statistics.median([0.0, rising, falling])


def right_linspace(step, warmup_steps, total_steps, peak):
    """Two linspaces, one after the other; returns a NumPy float."""
    if step >= total_steps:
        return np.float64(0.0)
    up = np.linspace(0.0, peak, warmup_steps, endpoint=False)
    down = np.linspace(peak, 0.0, total_steps - warmup_steps + 1)
    return np.concatenate([up, down])[step]


def right_torch_where(step, warmup_steps, total_steps, peak):
    """torch.where on 0-dimensional float64 tensors."""
    s = torch.tensor(float(step), dtype=torch.float64)
    up = s / max(warmup_steps, 1)
    down = ((total_steps - s) / max(total_steps - warmup_steps, 1)).clamp(min=0.0)
    return (peak * torch.where(s < warmup_steps, up, down)).item()


def _between(x, x0, y0, x1, y1):
    t = (x - x0) / (x1 - x0)
    return y0 * (1 - t) + y1 * t


def right_bisect_segments(step, warmup_steps, total_steps, peak):
    """Finds the segment with bisect and mixes its two ends."""
    corners = [(0, 0.0), (warmup_steps, peak), (total_steps, 0.0)]
    k = bisect.bisect_right([x for x, _ in corners], step)
    if k == len(corners):
        return 0.0
    (x0, y0), (x1, y1) = corners[k - 1], corners[k]
    return _between(step, x0, y0, x1, y1)


# ---------------------------------------------------------------- wrong

def wrong_divides_by_zero(step, warmup_steps, total_steps, peak):
    """<= for <: with warmup_steps 0, step 0 divides by 0."""
    if step <= warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return 0.0
    return peak * (total_steps - step) / (total_steps - warmup_steps)


def wrong_zero_at_start_without_warmup(step, warmup_steps, total_steps, peak):
    """Avoids the division with max(1, ...), but starts at 0 without warm-up."""
    if step <= warmup_steps:
        return peak * step / max(1, warmup_steps)
    return peak * max(0.0, (total_steps - step) / (total_steps - warmup_steps))


def wrong_decay_over_all_steps(step, warmup_steps, total_steps, peak):
    """Falls by total_steps instead of by the steps left after warm-up: jumps at the peak."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * max(0.0, (total_steps - step) / total_steps)


def wrong_negative_after_end(step, warmup_steps, total_steps, peak):
    """Not cut off at 0: negative after total_steps."""
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    return peak * (1 - (step - warmup_steps) / (total_steps - warmup_steps))


def wrong_starts_at_one(step, warmup_steps, total_steps, peak):
    """step + 1 in the warm-up: step 0 is not 0."""
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    elif step < total_steps:
        return peak * (total_steps - step) / (total_steps - warmup_steps)
    return 0.0


def wrong_integer_division(step, warmup_steps, total_steps, peak):
    """// for /: shares are 0 or 1."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return step // warmup_steps * peak
    return (total_steps - step) // (total_steps - warmup_steps) * peak


def wrong_constant_after_warmup(step, warmup_steps, total_steps, peak):
    """Stays at the peak until the end instead of falling."""
    if warmup_steps == 0:
        share = 1.0
    else:
        share = min(1.0, step / warmup_steps)
    return share * peak if step < total_steps else 0.0


def wrong_falls_upwards(step, warmup_steps, total_steps, peak):
    """1 - forgotten: after warm-up it climbs from 0 to the peak again."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return 0.0
    return peak * (step - warmup_steps) / (total_steps - warmup_steps)


def wrong_cosine(step, warmup_steps, total_steps, peak):
    """Half a cosine for the way down, not a straight line."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return 0.0
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * progress))


def wrong_abs_after_end(step, warmup_steps, total_steps, peak):
    """abs against negative values: climbs again after total_steps."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * abs(total_steps - step) / (total_steps - warmup_steps)


def wrong_total_without_warmup(step, warmup_steps, total_steps, peak):
    """Takes total_steps as the length of the way down: reaches 0 too late."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    after = step - warmup_steps
    return max(0.0, peak * (1 - after / total_steps))


def wrong_inverse_square_root(step, warmup_steps, total_steps, peak):
    """The schedule of the Transformer paper: 1/sqrt after the warm-up."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * math.sqrt(max(warmup_steps, 1) / max(step, 1))


def wrong_factor_only(step, warmup_steps, total_steps, peak):
    """Returns the share between 0 and 1, forgets to multiply by the peak."""
    if step < warmup_steps:
        return step / warmup_steps
    return max(0.0, (total_steps - step) / max(1, total_steps - warmup_steps))


def wrong_max_for_min(step, warmup_steps, total_steps, peak):
    """The upper instead of the lower of the two lines."""
    up = step / warmup_steps if warmup_steps > 0 else 1.0
    down = (total_steps - step) / (total_steps - warmup_steps)
    return peak * float(np.clip(max(up, down), 0.0, 1.0)) if step < total_steps else 0.0


def wrong_last_step_is_zero(step, warmup_steps, total_steps, peak):
    """linspace without the end point counted: 0 already at total_steps - 1."""
    if step >= total_steps:
        return 0.0
    up = np.linspace(0.0, peak, warmup_steps, endpoint=False)
    down = np.linspace(peak, 0.0, total_steps - warmup_steps)
    return float(np.concatenate([up, down])[step])


def wrong_both_slopes_at_once(step, warmup_steps, total_steps, peak):
    """Multiplies warm-up by a decay that already falls from step 0."""
    up = min(1.0, step / warmup_steps) if warmup_steps > 0 else 1.0
    down = max(0.0, 1 - step / total_steps)
    return peak * up * down


def wrong_hole_at_the_peak(step, warmup_steps, total_steps, peak):
    """Strict signs on both sides: exactly at warmup_steps it gives 0."""
    lr = 0.0
    if step < warmup_steps:
        lr = peak * step / warmup_steps
    if warmup_steps < step < total_steps:
        lr = peak * (total_steps - step) / (total_steps - warmup_steps)
    return lr


def wrong_always_peak_without_warmup(step, warmup_steps, total_steps, peak):
    """The special case catches too much: without warm-up every step has the peak."""
    if warmup_steps == 0:
        return peak
    if step <= warmup_steps:
        return peak * step / warmup_steps
    return max(0.0, peak * (total_steps - step) / (total_steps - warmup_steps))
