from fractions import Fraction

import numpy as np

RIGHT = [3 * 4, 12.0, Fraction(12, 1), np.int64(12), np.prod((3.0, 4.0)), np.array([12])]

WRONG = [
    (7, "adds rows and columns: 3 + 4 (also the number that the task tells one to try)"),
    (3, "counts the rows only, as len(table) does"),
    (4, "counts the columns only"),
    (2, "counts the axes (ndim): the shape has two entries"),
    (14, "the perimeter 2 * (3 + 4) instead of the area"),
    (81, "3 ** 4 instead of 3 * 4"),
    (64, "4 ** 3 instead of 3 * 4"),
    (9, "takes the rows twice: 3 * 3"),
    (16, "takes the columns twice: 4 * 4"),
    (6, "thinks that the last index is left out on both axes: (3 - 1) * (4 - 1)"),
    (20, "thinks that indices 0..3 and 0..4 exist: (3 + 1) * (4 + 1)"),
    (11, "gives the index of the last number, counting from 0"),
    (13, "counts the end of the range as well: 12 + 1"),
    (96, "the size in bytes, 12 numbers of 8 bytes each (nbytes)"),
    (8, "leaves the first row out as a header: 2 * 4"),
    (34, "reads the two digits of the shape together"),
    (24, "doubles the product because there are two axes"),
    (0.75, "divides the rows by the columns"),
]
