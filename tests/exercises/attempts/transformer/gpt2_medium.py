from fractions import Fraction

import numpy as np

d, f, L, V, P = 1024, 4096, 24, 50257, 1024

attention = 4 * (d * d + d)
feed_forward = d * f + f + f * d + d
norms = 2 * 2 * d
block = attention + feed_forward + norms
total = V * d + P * d + L * block + 2 * d

RIGHT = [
    354823168,
    354823168.0,
    Fraction(354823168),
    V * d + P * d + L * (12 * d * d + 13 * d) + 2 * d,
    np.int64(354823168),
    np.float64(51_463_168 + 1_048_576 + 302_309_376 + 2_048),
]

WRONG = [
    (total + V * d, "counts the tied output layer again"),
    (total - 2 * d, "forgets the norm at the end"),
    (total - P * d, "forgets the position embeddings"),
    (total - V * d, "thinks that tied means: neither the embedding nor the output layer counts"),
    (V * d + P * d + L * 12 * d * d, "only the big matrices: no biases, no norms"),
    (total - L * (4 * d + f + d), "no biases in the linear layers, but the norms complete"),
    (total - L * norms - 2 * d, "forgets all layer norms"),
    (total - L * d - L * d - d, "gives each norm only its scale, no shift"),
    (total - L * 2 * d, "one norm in each layer instead of two"),
    (total - L * (d * d + d), "forgets the output projection of attention (three matrices instead of four)"),
    (total - L * (f * d + d), "forgets the second matrix of the feed-forward layer"),
    (V * d + P * d + block + 2 * d, "counts one layer only"),
    (V * d + P * d + 12 * block + 2 * d, "takes 12 layers, those of GPT-2 small"),
    (V * 768 + P * 768 + 12 * (12 * 768**2 + 13 * 768) + 2 * 768, "gives the number of GPT-2 small"),
    (V * d + P * d + L * (block + attention + 2 * d) + 2 * d, "adds cross-attention with its norm, as in a decoder of an encoder-decoder"),
    (total - L * (f - d), "gives the first feed-forward bias d numbers instead of f"),
    (total + V, "adds a bias of the output layer"),
    (345_000_000, "the number in the first announcement of the model (345M)"),
]
