from fractions import Fraction

import numpy as np

RIGHT = [
    19 / 68,
    Fraction(19, 68),
    0.2794,
    (0.95 * 0.02) / (0.95 * 0.02 + 0.05 * 0.98),
    np.float64(19) / (19 + 49),
    round(1 - 49 / 68, 6),
]

WRONG = [
    (0.95, "P(flagged | spam) = 19/20: the condition the wrong way round"),
    (0.02, "the base rate 20/1000, the flag ignored"),
    (0.05, "the false alarm rate 49/980"),
    (0.019, "P(flagged and spam) = 19/1000: not divided by the flagged"),
    (0.068, "the share of flagged messages, 68/1000"),
    (19 / 49, "spam against ham among the flagged, the odds 19 : 49 as 19/49"),
    (49 / 68, "probability that a flagged message is NOT spam"),
    (27.94, "the right one as a percentage"),
    (20 / 68, "all 20 spam messages over the flagged ones"),
    (19 / 69, "adds 20 and 49 in the denominator: 19/(20 + 49)"),
    (0.9, "hit rate minus false alarm rate, 0.95 - 0.05"),
    (0.5, "spam or not spam: two cases, so one half"),
    (0.98, "the share of messages that are not spam, 980/1000"),
    (19 / 980, "hits over the number of ham messages"),
    (19 / 999, "hits over hits plus all ham: 19/(19 + 980)"),
    (49 / 1000, "false alarms over all messages"),
    (68 / 19, "the fraction upside down"),
    (1 / 932, "spam among the messages that were not flagged: 1/(1 + 931)"),
]
