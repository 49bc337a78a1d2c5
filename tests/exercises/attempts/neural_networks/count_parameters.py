from fractions import Fraction

import numpy as np

RIGHT = [
    535818,
    535818.0,
    Fraction(535818),
    784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10,
    np.int64(535818),
    sum((a + 1) * b for a, b in zip([784, 512, 256], [512, 256, 10])),
]

WRONG = [
    (535040, "weights only, the biases forgotten"),
    (535808, "biases of the two hidden layers only, the ten of the output layer forgotten"),
    (536602, "one bias per unit, the 784 inputs counted as having a bias too"),
    (535043, "one bias per layer instead of one per unit: 535040 + 3"),
    (533248, "weights and biases of the two hidden layers only, the output layer forgotten: 401920 + 131328"),
    (778, "only the biases counted: 512 + 256 + 10"),
    (1562, "units counted instead of connections: 784 + 512 + 256 + 10"),
    (1027604480, "the layer sizes multiplied with each other: 784 * 512 * 256 * 10"),
    (401920, "the first layer only: 784 * 512 + 512"),
    (401408, "the first weight matrix only: 784 * 512"),
    (536592, "bias per unit on the wrong side, (512 + 1) ... : 784 * (512 + 1) + 512 * (256 + 1) + 256 * (10 + 1)"),
    (1071636, "twice the right number, as each parameter has a gradient too"),
    (203530, "the network of one hidden layer of 256 units: 784 * 256 + 256 + 256 * 10 + 10"),
    (407050, "the second hidden layer left out: 784 * 512 + 512 + 512 * 10 + 10"),
    (535, "in thousands, cut off"),
    (535818 * 4, "bytes in float32 instead of numbers"),
    (535562, "the biases of the second hidden layer forgotten: 535818 - 256"),
    (535306, "the biases of the first layer forgotten: 535818 - 512"),
]
