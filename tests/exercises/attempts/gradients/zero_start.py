from decimal import Decimal
from fractions import Fraction

import numpy as np
import torch

# All hidden neurons give 0, so the last weights get no gradient; the last weights are 0, so nothing passes them.
# Only the last bias moves, for 29 of the 60 points have the label 1, not 30.
RIGHT = [
    1,
    1.0,
    65 - 64,
    np.int64(1),
    np.count_nonzero([0.0] * 64 + [-0.0667]),
    Fraction(1),
    Decimal(1),
    torch.tensor(1),
    np.array(1),
    np.array([1]),
    len([-0.0667]),
    sum([0, 0, 0, 1]),
    np.float64(1.0),
    torch.tensor([0.0] * 16 + [-0.0667]).count_nonzero(),
    1 + 0,
]

WRONG = [
    (0, "at zero every derivative is zero, so nothing ever moves"),
    (0.0, "all stay 0, as a float"),
    (65, "every parameter is trained, so every one moves"),
    (65.0, "all of them, as a float"),
    (64, "how many are still 0, not how many are no longer 0 (or all but one)"),
    (17, "the output layer, 16 weights and its bias; only the hidden layer is thought to be dead"),
    (16, "the 16 weights of the output"),
    (32, "the weights of the first layer"),
    (48, "the first layer: 32 weights and 16 biases"),
    (49, "the first layer and the output bias"),
    (33, "16 hidden biases, 16 output weights, 1 output bias: all but the first weights"),
    (2, "the two arrays of biases, counted as one each"),
    (3, "one number for each parameter of a neuron: two weights and a bias, since all neurons are alike"),
    (4, "four arrays of parameters, all of which move"),
    (5, "the different values after a start at 0.5: two in the first weights, and one in each other array"),
    (20, "65 counted with the wrong start, guessed at a third"),
    (-0.0667, "the value of the output bias after 1,000 steps"),
    (-0.05, "the value of the output bias after one step"),
    (0.6926, "the loss after 1,000 steps"),
    (0.6931, "the loss of a coin, ln 2"),
    (1000, "the number of steps"),
    (60, "the number of points"),
    (1 / 65, "the share of the parameters that moved"),
    (1.5, "the share that moved, in percent, rounded"),
    (63, "all but two, the two inputs"),
    (13, "the different ones among 65, 65/5"),
    (8, "half of the 16 neurons are alive, as a ReLU is at random"),
    (6, "one neuron of each kind: two weights, a bias, a weight, a bias, and the loss"),
    (50, "16 output weights, 1 bias, 33 more, miscounted: 2 * 16 + 16 + 2"),
    (66, "65 and the loss"),
]
