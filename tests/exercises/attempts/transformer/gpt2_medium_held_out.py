from fractions import Fraction

import numpy as np

_d, _f, _layers, _v, _p = 1024, 4096, 24, 50257, 1024
_attention = 4 * (_d * _d + _d)
_feed_forward = (_d * _f + _f) + (_f * _d + _d)
_layer = _attention + _feed_forward + 2 * 2 * _d
_total = _v * _d + _p * _d + _layers * _layer + 2 * _d

RIGHT = [
    354_823_168,
    float(_total),
    Fraction(354823168),
    np.int64(24 * (12 * 1024**2 + 13 * 1024) + (50257 + 1024 + 2) * 1024),
]

WRONG = [
    (_total + _v * _d, "output layer counted as a matrix of its own, although it is tied"),
    (_total - 2 * _d, "the last norm forgotten"),
    (_total - _p * _d, "position embeddings forgotten (as if they were sines)"),
    (_total - _layers * (4 * _d + _f + _d), "all biases of the linear maps forgotten"),
    (_total - _layers * 4 * _d, "biases of the four attention maps forgotten, those of the feed-forward kept"),
    (_layers * 12 * _d * _d + (_v + _p) * _d, "rule of thumb 12 d^2 per layer plus embeddings: no biases, no norms"),
    (_total - _layers * 2 * _d, "one norm per layer instead of two"),
    (_total - _layers * 2 * _d - _d, "each norm counted as d numbers: scale without shift"),
    (_layers * _layer, "the 24 layers only: no embeddings, no last norm"),
    (_total - _layers * (_d * _d + _d), "query, key and value only: the output map of the attention forgotten"),
    (_total + _v, "a bias of V numbers for the tied output layer"),
    (_total - _layers * (_f - _d), "both biases of the feed-forward counted with d, the first has f numbers"),
]
