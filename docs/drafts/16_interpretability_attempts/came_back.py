"""Answers to came_back, written from the task's text alone."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

RIGHT = [
    5 / 9,
    0.5555555555555556,
    0.556,
    0.56,
    0.55,
    0.5556,
    0.555,
    Fraction(5, 9),
    Fraction(15, 27),
    (1.5 - (-6)) / (7.5 - (-6)),
    7.5 / 13.5,
    ((12.5 - 11.0) - (9.0 - 15.0)) / ((14.0 - 6.5) - (9.0 - 15.0)),
    1 - (7.5 - 1.5) / 13.5,
    1 - 6 / 13.5,
    np.float64(7.5 / 13.5),
    np.float32(0.5556),
    np.interp(1.5, [-6.0, 7.5], [0.0, 1.0]),
    np.subtract(1.5, -6) / np.ptp([-6.0, 7.5]),
    torch.tensor(7.5 / 13.5),
    torch.tensor(7.5).div(13.5).item(),
    round(7.5 / 13.5, 2),
    round(7.5 / 13.5, 3),
    float(Decimal("7.5") / Decimal("13.5")),
    55.6 / 100,
    0.5 + 1 / 18,
    0.56 - 0.004,
]

WRONG = [
    (0.2, "1.5 / 7.5: the Italy run is taken for 0"),
    (1.5, "the difference in the patched run"),
    (7.5, "what came back in logits, not as a share; or the difference in the France run"),
    (0.7, "the logit of Paris alone: 3.5 / 5"),
    (0.4706, "the logit of Rome alone: 4 / 8.5"),
    (0.5853, "the mean of the shares of Paris and of Rome"),
    (0.4444, "what is still missing"),
    (55.56, "in percent"),
    (56, "in percent, rounded"),
    (0.6, "rounded to one digit"),
    (0.5, "rounded roughly, or the answer half way"),
    (0.57, "rounded up one too many"),
    (-0.25, "1.5 / -6: a share of the Italy run"),
    (-5.0, "a sign lost below only: 7.5 / (6 - 7.5)"),
    (5.0, "the Italy run as +6 below: 7.5 / (7.5 - 6)"),
    (1.8, "upside down: 13.5 / 7.5"),
    (-4.5, "a sign lost: 1.5 - 6"),
    (-3.0, "a sign lost in both: (1.5 - 6) / (7.5 - 6)"),
    (1.0, "Paris is first again, so all came back; or (1.5 + 6) / 7.5: the Italy run is taken off above and not below"),
    (0.1111, "1.5 / 13.5: the Italy run is taken off below and not above"),
    (13.5, "the whole way"),
    (0.8929, "Paris over Paris: 12.5 / 14"),
    (0.8176, "the probability of Paris against Rome in the patched run: the sigmoid of 1.5"),
    (0.3333, "the logits 12.5 and 6.5 mixed up: (12.5 - 11) / (11 - 6.5)"),
    (0, "it still prefers Paris, so nothing is wrong"),
    (-0.5556, "Italy minus patched above, France minus Italy below"),
]
