"""Held-out answers to clipped_token, as a dozen other learners would hand them in."""

import numpy as np
import torch

RIGHT = [
    3,
    3.0,
    -min(-3, -2.4),
    -min(1.5 * -2, 1.2 * -2),
    0.3 / 0.2 * 2,
    -np.minimum(-3.0, -2.4),
    -torch.min(torch.tensor([-3.0, -2.4])),
    max(1.5 * 2, 1.2 * 2),
]

WRONG = [
    (2.4, "the clipped value, as for a good answer"),
    (2.4, "min of 3 and 2.4: the minus was taken inside"),
    (-3, "no minus before the min"),
    (-2.4, "the larger of both, without the minus"),
    (1.6, "0.2 / 0.3, clipped to 0.8"),
    (1.333, "0.2 / 0.3 times 2"),
    (0, "nothing, since the ratio is beyond the clip"),
    (-2.4, "the advantage taken for +2"),
    (0.6, "0.3 times 2"),
    (2, "the clip sets the ratio to 1"),
    (0.2, "0.1 times 2"),
    (0.811, "ln 1.5 times 2"),
    (1.5, "the ratio"),
    (1.6, "clipped to 1 - epsilon, since the answer is bad"),
]
