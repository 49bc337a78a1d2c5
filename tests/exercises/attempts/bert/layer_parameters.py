from fractions import Fraction

import numpy as np

_d, _f = 768, 3072

RIGHT = [
    7087872,
    7087872.0,
    Fraction(7087872),
    4 * (_d * _d + _d) + (_d * _f + _f) + (_f * _d + _d) + 2 * (2 * _d),
    np.int64(7087872),
    12 * _d**2 + 13 * _d,
]

WRONG = [
    (12 * _d * _d, "only the weight matrices: 12 d^2, no biases and no LayerNorms"),
    (4 * (_d * _d + _d) + (_d * _f + _f) + (_f * _d + _d), "both LayerNorms forgotten"),
    (4 * (_d * _d + _d) + (_d * _f + _f) + (_f * _d + _d) + 2 * _d, "only one LayerNorm counted (or each with a scale but no shift)"),
    (3 * (_d * _d + _d) + (_d * _f + _f) + (_f * _d + _d) + 4 * _d, "attention.output forgotten: only query, key, value"),
    (4 * (_d * _d + _d) + 2 * (_d * _f + _d) + 4 * _d, "the bias of expand counted with 768 entries instead of 3,072"),
    (4 * (_d * _d + _d) + 2 * (_d * _f + _f) + 4 * _d, "the bias of contract counted with 3,072 entries instead of 768"),
    (12 * _d**2 + 13 * _d - _d, "the bias of attention.output forgotten: only query, key and value have one"),
    (12 * _d * _d + 4 * _d, "LayerNorms counted, but no bias at all"),
    (4 * (_d * _d + _d) + (_d * _f + _f) + 4 * _d, "only one of the two feed-forward maps"),
    ((_d * _f + _f) + (_f * _d + _d) + 4 * _d, "feed-forward and LayerNorms only; attention not counted"),
    (12 * (12 * _d**2 + 13 * _d), "all 12 layers instead of one"),
    (12 * (4 * (_d * _d + _d)) + (_d * _f + _f) + (_f * _d + _d) + 4 * _d, "each of 12 heads thought to have full 768 x 768 maps"),
    (3 * (_d * 64 + 64) + (_d * _d + _d) + (_d * _f + _f) + (_f * _d + _d) + 4 * _d, "query, key and value of a single head of size 64"),
    (12 * _d**2 + 13 * _d + 2 * _d, "three LayerNorms: the one of the embeddings counted too"),
    (4 * (_d * _d + _d) + (_d * _f + _f) + (_f * _d + _d) + 2 * _d + 2 * _f, "second LayerNorm thought to be as wide as the feed-forward"),
    (4 * (_d * _d + _d) + (_d * _f) * 2 + 4 * _d, "feed-forward maps counted without their biases"),
    (12 * _d**2 + 13 * _d + 30522 * _d, "the embedding of tokens added"),
    (109482240, "the whole model's number of parameters instead of one layer's"),
]
