from fractions import Fraction

import numpy as np

_sizes = [784, 512, 256, 10]

RIGHT = [
    784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10,
    535818.0,
    Fraction(535818),
    np.int64(sum((a + 1) * b for a, b in zip(_sizes, _sizes[1:]))),
]

WRONG = [
    (535040, "weights only, no biases: 784*512 + 512*256 + 256*10"),
    (535808, "biases of the hidden layers only, none for the 10 logits: 535040 + 512 + 256"),
    (536602, "a bias for the input units too: 535040 + 784 + 512 + 256 + 10"),
    (536592, "biases of the layer that feeds, not of the layer fed: 784*513 + 512*257 + 256*11"),
    (535043, "one bias per layer instead of one per unit: 535040 + 3"),
    (533248, "the last layer to the logits forgotten: 784*512 + 512 + 512*256 + 256"),
    (133898, "the first layer forgotten (inputs are not learned): 512*256 + 256 + 256*10 + 10"),
    (1562, "units counted instead of connections: 784 + 512 + 256 + 10"),
    (778, "only the biases: 512 + 256 + 10"),
    (610570, "one hidden layer of 512 + 256 = 768 units: 784*768 + 768 + 768*10 + 10"),
    (605450, "the second hidden layer fed by the 784 inputs: 784*512 + 512 + 784*256 + 256 + 256*10 + 10"),
    (1027604480, "all sizes multiplied: 784*512*256*10"),
]
