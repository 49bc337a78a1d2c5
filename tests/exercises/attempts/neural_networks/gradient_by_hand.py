from fractions import Fraction

import numpy as np
import torch

RIGHT = [
    -3,
    -3.0,
    Fraction(-3),
    5 * (4 * (0.8 - 1) + 1 * (0.2 - 0)),
    (np.array([0.8, 0.2]) - np.array([1, 0])) @ np.array([4, 1]) * 5,
    torch.outer(torch.tensor([3.0, 5.0]), (torch.tensor([-0.2, 0.2]) @ torch.tensor([[4.0, -3], [1, 6]])))[1, 0],
]

WRONG = [
    (3, "truth minus probability: the sign"),
    (-1.8, "from the first input: -0.6 * 3"),
    (-0.6, "stops at the gradient in the sum of the first unit"),
    (0, "the second unit, which ReLU has shut"),
    (9, "the second unit, and ReLU forgotten: (-0.2 * -3 + 0.2 * 6) * 5"),
    (5.4, "the first input and the second unit, without ReLU: 1.8 * 3"),
    (17, "probabilities for probability minus truth: (0.8 * 4 + 0.2 * 1) * 5"),
    (12, "the second class taken as right: (0.8 * 4 - 0.8 * 1) * 5"),
    (-4, "the way through the first logit only: -0.2 * 4 * 5"),
    (1, "the way through the second logit only: 0.2 * 1 * 5"),
    (-7, "the weights into the first logit, 4 and -3: (-0.2 * 4 + 0.2 * -3) * 5"),
    (-6, "times H as well, as if that were ReLU's slope: -0.6 * 2 * 5"),
    (-0.4, "the gradient in the last layer's weight: H_1 D_1 = 2 * -0.2"),
    (-1.2, "times the hidden unit and not the input: -0.6 * 2"),
    (-1.5, "divided by two logits, as if they were a batch"),
    (-5, "minus 0.2 for both logits: (-0.2 * 4 - 0.2 * 1) * 5"),
    (5, "sizes without signs: (0.2 * 4 + 0.2 * 1) * 5"),
    (-1, "the weights forgotten: -0.2 * 5"),
    (25, "P - Y forgotten: (4 + 1) * 5"),
    (-4.8, "both inputs added: -0.6 * (3 + 5)"),
    (6, "both hidden units added, without ReLU: (-0.6 + 1.8) * 5"),
    (0.6, "stops at the sum, with the sign turned"),
]
