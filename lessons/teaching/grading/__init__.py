"""Grading of submitted notebooks: `lessons grade FOLDER --out grades.csv`.

Two kinds of processes. The *checker* (`command`, `checker`) reads the notebooks as data, draws the inputs of each
exercise, judges what comes back and writes the report; it never runs student code. For each notebook a *student's
process* (`worker`) runs, inside a sandbox (`sandbox`), the exercise functions and the lines that they need (`reading`),
on inputs that it is sent. Between them goes JSON with raw arrays (`wire`), never pickles. The student's process knows
no expected result and no solution, so it can at most send wrong arrays for its own row.
"""
