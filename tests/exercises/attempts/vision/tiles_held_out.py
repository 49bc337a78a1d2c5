"""More answers to tiles, of another hand, written from the task's text alone."""

from fractions import Fraction

import numpy as np
import torch

LAST = 7  # measured with a loop of another hand

RIGHT = [LAST, LAST * 1.0, np.int16(LAST), np.array([float(LAST)]), torch.tensor(LAST, dtype=torch.int32), Fraction(2 * LAST, 2)]

WRONG = [
    (value, about)
    for value, about in [
        (1, "only the whole picture"),
        (2, "four tiles"),
        (4, "sixteen tiles, as in the claim check"),
        (7, "the size of the network's last maps"),
        (8, "the other number of tiles in the claim check"),
        (14, "tiles of 16 pixels, as in a ViT"),
        (16, "a patch of 16 in place of 16 tiles"),
        (28, "all of them"),
        (0, "no size at all"),
        (LAST * LAST, "tiles counted over the whole picture"),
        (224 // LAST, "the side of a tile in pixels"),
        (LAST + 0.5, "half a tile more"),
        (LAST * 10, "ten times as many"),
        (283, "a Persian cat"),
        (3, "a size between those tried"),
        (1000, "the number of classes"),
        (-LAST, "a minus too many"),
        (9, "tiles of 3 x 3"),
    ]
    if value != LAST
]
