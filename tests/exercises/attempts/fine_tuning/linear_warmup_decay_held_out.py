import math
from fractions import Fraction

import numpy as np


def right_if_b(step, warmup_steps, total_steps, peak):
    """Beginner: if, elif, else."""
    if step >= total_steps:
        return 0.0
    elif step < warmup_steps:
        return peak * step / warmup_steps
    else:
        return peak * (total_steps - step) / (total_steps - warmup_steps)


def right_min_b(step: int, warmup_steps: int, total_steps: int, peak: float) -> float:
    """The smaller of the two lines, with early returns for the borders."""
    if step >= total_steps:
        return 0.0
    down = (total_steps - step) / max(1, total_steps - warmup_steps)
    if warmup_steps == 0:
        return peak * down
    return peak * min(step / warmup_steps, down, 1.0)


def right_interp_b(step, warmup_steps, total_steps, peak):
    """np.interp, with the first corner left out when there is no warm-up."""
    if step >= total_steps:
        return 0.0
    if warmup_steps > 0:
        return float(np.interp(step, [0, warmup_steps, total_steps], [0.0, peak, 0.0]))
    return float(np.interp(step, [0, total_steps], [peak, 0.0]))


def right_slope_b(step, warmup_steps, total_steps, peak):
    """y = m x + b for both lines."""
    if step < warmup_steps and step < total_steps:
        m = peak / warmup_steps
        b = 0.0
    elif step < total_steps:
        m = -peak / (total_steps - warmup_steps)
        b = -m * total_steps
    else:
        return 0.0
    return m * step + b


def right_fraction_b(step, warmup_steps, total_steps, peak):
    """Exact fractions, rounded once at the end."""
    if step >= total_steps:
        share = Fraction(0)
    elif step < warmup_steps:
        share = Fraction(step, warmup_steps)
    else:
        share = 1 - Fraction(step - warmup_steps, total_steps - warmup_steps)
    return float(share) * peak


def _line(x, x0, y0, x1, y1):
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def right_helper_b(step, warmup_steps, total_steps, peak):
    """A helper for the straight line through two points."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return _line(step, 0, 0.0, warmup_steps, peak)
    return _line(step, warmup_steps, peak, total_steps, 0.0)


def right_torch_table_b(step, warmup_steps, total_steps, peak):
    """Two torch.linspace in double precision as a table, one look-up."""
    import torch

    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return torch.linspace(0, peak, warmup_steps + 1, dtype=torch.float64)[step].item()
    down = torch.linspace(peak, 0, total_steps - warmup_steps + 1, dtype=torch.float64)
    return down[step - warmup_steps].item()


def wrong_divide_by_zero_b(step, warmup_steps, total_steps, peak):
    """step <= warmup_steps: divides by 0 without warm-up (an error at step 0)."""
    if step <= warmup_steps:
        return peak * step / warmup_steps
    if step < total_steps:
        return peak * (total_steps - step) / (total_steps - warmup_steps)
    return 0.0


def wrong_zero_first_b(step, warmup_steps, total_steps, peak):
    """Step 0 is always 0, without warm-up too."""
    if step == 0 or step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (total_steps - step) / (total_steps - warmup_steps)


def wrong_max_one_b(step, warmup_steps, total_steps, peak):
    """max(1, warmup_steps) avoids the division by 0, but <= gives 0 at step 0."""
    if step <= warmup_steps:
        return peak * step / max(1, warmup_steps)
    return max(0.0, peak * (total_steps - step) / (total_steps - warmup_steps))


def wrong_total_for_rest_b(step, warmup_steps, total_steps, peak):
    """Cools down as if from step 0: divides by total_steps."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (total_steps - step) / total_steps


def wrong_not_to_zero_b(step, warmup_steps, total_steps, peak):
    """1 - (step - warmup) / total: does not arrive at 0, then jumps."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    return peak * (1 - (step - warmup_steps) / total_steps)


def wrong_negative_b(step, warmup_steps, total_steps, peak):
    """No end: negative after total_steps."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * (1 - progress)


def wrong_step_plus_one_b(step, warmup_steps, total_steps, peak):
    """Counts from 1: (step + 1) / warmup_steps."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak * (total_steps - step) / (total_steps - warmup_steps)


def wrong_constant_b(step, warmup_steps, total_steps, peak):
    """Stays at the peak until the end."""
    if step >= total_steps:
        return 0.0
    return peak if warmup_steps == 0 else peak * min(1.0, step / warmup_steps)


def wrong_cosine_b(step, warmup_steps, total_steps, peak):
    """Cosine instead of a straight line down."""
    if step < warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return 0.0
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * progress))


def wrong_integer_division_b(step, warmup_steps, total_steps, peak):
    """// for /."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * (step // warmup_steps)
    return peak * ((total_steps - step) // (total_steps - warmup_steps))


def wrong_factor_only_b(step, warmup_steps, total_steps, peak):
    """Returns the factor between 0 and 1, peak forgotten."""
    if step < warmup_steps:
        factor = step / warmup_steps
    elif step < total_steps:
        factor = (total_steps - step) / (total_steps - warmup_steps)
    else:
        factor = 0.0
    return factor


def wrong_rises_again_b(step, warmup_steps, total_steps, peak):
    """Uses the steps since the warm-up instead of the steps that are left: starts at 0 again and rises."""
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (step - warmup_steps) / (total_steps - warmup_steps)
