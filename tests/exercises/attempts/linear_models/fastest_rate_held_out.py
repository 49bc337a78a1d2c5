from fractions import Fraction

import numpy as np

RIGHT = [0.2, Fraction(1, 5), 2 / (8 + 2), np.float64(0.2)]

WRONG = [
    (0.125, "1 / 8: one step is enough on the steepest axis, the flat one is forgotten"),
    (0.5, "1 / 2: one step is enough on the flattest axis, the steep one blows up"),
    (0.25, "2 / 8: the limit at which the steep axis stops converging"),
    (1.0, "2 / 2: the limit for the flattest axis"),
    (0.1, "1 / (8 + 2), the 2 in the numerator lost (or the bowl taken as 8 x^2 + 2 y^2, whose curvatures are 16 and 4)"),
    ((1 / 8 + 1 / 2) / 2, "the mean of the two single best rates"),
    (0.4, "2 over the mean curvature 5"),
    (0.6, "the factor by which both axes shrink at the best rate, not the rate"),
    (4, "the ratio of the curvatures, 8 / 2"),
    (1 / 3, "2 / (8 - 2), a sign error when 1 - 2r = 8r - 1 is solved"),
    (0.24, "as large as possible: just below the limit 0.25"),
    (0.01, "the learning rate one always takes"),
]
