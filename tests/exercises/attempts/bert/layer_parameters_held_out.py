from fractions import Fraction

import numpy as np

RIGHT = [
    7087872,
    7087872.0,
    4 * (768 * 768 + 768) + (768 * 3072 + 3072) + (3072 * 768 + 768) + 2 * (2 * 768),
    np.int64(12 * 768**2 + 13 * 768),
]

WRONG = [
    (7077888, "only the matrices, 12 * 768**2: no biases, no LayerNorms"),
    (7084800, "LayerNorms forgotten (or the four biases of the attention)"),
    (7086336, "one LayerNorm only (or two, each of one vector of 768)"),
    (7080960, "matrices and LayerNorms, the biases of all linear maps forgotten"),
    (7084032, "the biases of the two feed-forward maps forgotten"),
    (7085568, "the bias of the expansion counted with 768 instead of 3,072"),
    (7090176, "the bias of the contraction counted with 3,072 instead of 768"),
    (6497280, "query, key and value only: the output map of the attention forgotten"),
    (4725504, "the attention forgotten: feed-forward and LayerNorms only"),
    (4727808, "one feed-forward map of two"),
    (33073920, "each of the 12 heads counted with four full maps of 768 x 768"),
    (85054464, "all twelve layers instead of one"),
]
