from fractions import Fraction

import numpy as np

RIGHT = [12, 12.0, Fraction(3 * 4), np.zeros((3, 4)).size]

WRONG = [
    (7, "adds rows and columns: 3 + 4 (or leaves the 7 that the text told to try)"),
    (3, "counts the rows only, as len(table) does"),
    (4, "counts the columns only"),
    (2, "counts the axes: the shape has two entries"),
    (81, "3 to the power 4"),
    (64, "4 to the power 3"),
    (14, "goes around the table: 2 * (3 + 4)"),
    (11, "the last number has the flat index 11, counting from 0"),
    (6, "thinks the last indices 2 and 3 are the sizes: 2 * 3"),
    (20, "thinks that the shape gives the last indices: (3 + 1) * (4 + 1)"),
    (96, "bytes: 12 numbers of 8 bytes each"),
    (1, "one table"),
]
