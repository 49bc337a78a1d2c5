"""Answers to receptive_field, written from the task's text alone."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

# Steps: 1, 1, 2, 2, 4. Each layer adds (3 - 1) of its steps to the first pixel.
RIGHT = [
    21,
    21.0,
    1 + 2 * 1 + 2 * 1 + 2 * 2 + 2 * 2 + 2 * 4,
    1 + 2 * (1 + 1 + 2 + 2 + 4),
    3 + 2 + 4 + 4 + 8,
    ((((1 + 2) - 1) * 2 + 3 + 2) - 1) * 2 + 3 + 2,
    1 + sum(2 * step for step in (1, 1, 2, 2, 4)),
    1 + int(np.dot([2, 2, 2, 2, 2], [1, 1, 2, 2, 4])),
    1 + 2 * np.cumprod([1, 1, 2, 1, 2]).sum(),
    len(range(-10, 11)),
    np.int64(21),
    np.float32(21),
    np.array(21),
    np.array([21]),
    torch.tensor(21),
    torch.tensor([21.0]),
    Fraction(42, 2),
    Decimal(21),
    441**0.5,
]

WRONG = [
    (11, "strides forgotten: five layers of 3 add 2 each"),
    (27, "a layer's own stride counts for itself already; or its filter made longer by it"),
    (17, "the second stride of 2 forgotten: the step stays 2"),
    (19, "the step is 3 after the fourth layer: strides added, not multiplied"),
    (13, "four layers: the last one forgotten"),
    (9, "three layers; or one filter of 3 times 3"),
    (20, "the first pixel forgotten: 2 + 2 + 4 + 4 + 8"),
    (30, "adds 3 steps for each layer, not 3 - 1"),
    (31, "1, and 3 steps for each layer"),
    (243, "3 to the power of 5"),
    (15, "five times 3; or strides at the third and the fifth layer"),
    (45, "the numbers of five filters"),
    (10, "the pixels to one side of the middle; or the steps added up"),
    (5, "two layers; or how many layers there are"),
    (7, "three layers of stride 1, the example of the text"),
    (44, "11 without strides, times the whole stride of 4"),
    (63, "every layer has stride 2"),
    (24, "from above: times the stride, plus 2, without taking 1 off first"),
    (23, "one layer of step 1 too many"),
    (22, "one pixel more"),
    (25, "the last two layers both with step 4"),
    (4, "the whole stride"),
    (3, "one layer: its filter"),
    (84, "21 times the whole stride"),
    (42, "both directions counted: twice 21"),
    (12, "five layers of 3 and a stride of 2, miscounted: 2 * 5 + 2"),
    (28, "the side of a digit: it sees everything"),
    (10.5, "half of it"),
    (-21, "a minus too many"),
    (0, "nothing but itself"),
]
