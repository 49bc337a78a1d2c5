from fractions import Fraction

import numpy as np

RIGHT = [0.2794, 0.28, Fraction(19, 68), np.float64(0.95 * 0.02 / (0.95 * 0.02 + 0.05 * 0.98))]

WRONG = [
    (0.95, "19 / 20: how probable a flag is for spam, the condition the wrong way round"),
    (0.02, "20 / 1000: the share of spam before anything was flagged"),
    (0.05, "49 / 980: the rate of false alarms"),
    (0.068, "68 / 1000: the share of messages that are flagged"),
    (0.019, "19 / 1000: spam and flagged, not divided by the flagged ones"),
    (19 / 49, "19 / 49: right flags over wrong flags, odds instead of a probability"),
    (49 / 68, "the share of the flagged messages that are not spam"),
    (20 / 68, "all spam over all flagged messages, the missed one counted in"),
    (27.94, "in percent instead of between 0 and 1"),
    (19 / 69, "divides by 20 + 49, all spam plus the false alarms"),
    (0.3, "rounded to one digit"),
    (0.95 * 0.02 / 0.05, "0.95 * 0.02 over the false-alarm rate alone, Bayes with the wrong denominator (0.38)"),
]
