"""Grading of what was handed in: `lessons grade FOLDER --out grades.csv`.

Three kinds of processes. The command itself (`grade`, `running`) opens nothing that a student has made: it hands
bytes on, ends who takes too much (`child`), and writes table, pages and journal. A *judge* for each job (`judge`,
`checker`) reads the notebooks as data (`reading`, `finding`, `names_used`), draws the inputs of each exercise and
judges what comes back; it never runs student code. For each notebook a *student's process* (`worker`) runs, inside a
sandbox (`sandbox`, `seccomp`, `cgroup`), the exercise functions and the lines that they need, on inputs that it is
sent. Between them goes JSON with raw arrays (`wire`), never pickles. The student's process knows no expected result
and no solution, so it can at most send wrong arrays for its own row.

Around them stand the class and the term: who handed in what (`collect`, `names`, `roster`), what counts (`term`,
`marks`, `overrides`, `own`), and what a teacher gets (`rows`, `report`, `export`).
"""
