"""Solved notebooks: every stub replaced by its solution, the copy run, every verdict read: `lessons solve`.

Verdicts are read from the executed outputs. Cells tagged `long` are left out; what needs them may fail, for only
verdicts count here (`lessons run` is for the rest).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from lessons import exercises
from lessons.course import places
from lessons.teaching.cells import Stub, replaced, stubs
from lessons.teaching.running import execute

SOLVED = places.ROOT / "build" / "solved"


def run(numbers: Sequence[str], cell_timeout: int = 600) -> int:
    """Write and run the solved copies; returns 1 unless every verdict is correct. Raises CourseError."""
    failed = False
    for file in places.find(numbers):
        found = solve(file, SOLVED / file.name, cell_timeout)
        wrong = {name: verdict for name, verdict in found.items() if verdict != "correct"}
        print(f"{file.stem}: {len(found) - len(wrong)} of {len(found)} exercises correct   {SOLVED / file.name}")
        for name, verdict in wrong.items():
            print(f"  {name}: {verdict}")
        failed = failed or bool(wrong)
    return int(failed)


def solve(source: Path, target: Path, cell_timeout: int = 600) -> dict[str, str]:
    """Write a solved, executed copy of a notebook; returns the verdict on each exercise."""
    notebook = solved(nbformat.read(source, as_version=4))
    found = verdicts(notebook, source.parent, cell_timeout)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return found


def verdicts(notebook: NotebookNode, folder: Path, cell_timeout: int = 600) -> dict[str, str]:
    """Run a notebook in place, without its cells tagged `long`; returns the verdict on every exercise in it.

    An exercise whose cell showed none, because it raised or the kernel died, is "no verdict".
    """
    left_out = [cell for cell in notebook.cells if "long" in cell.metadata.get("tags", [])]
    notebook.cells = [cell for cell in notebook.cells if cell not in left_out]
    with suppress(CellTimeoutError, DeadKernelError):  # the exercises after that keep "no verdict"
        execute(notebook, folder, cell_timeout, allow_errors=True)
    expected = dict.fromkeys((stub.exercise_id for cell in notebook.cells for stub in stubs(cell)), "no verdict")
    return expected | dict(_shown(notebook))


def solved(notebook: NotebookNode) -> NotebookNode:
    """The notebook with each stub replaced by its solution. Raises UnknownExercise for an id that does not exist."""
    for cell in notebook.cells:
        for stub in reversed(list(stubs(cell))):
            cell.source = _replace(cell.source, stub)
    return notebook


def _replace(source: str, stub: Stub) -> str:
    """The cell's source with the solution in the place of one stub."""
    exercise, node = exercises.find(stub.exercise_id), stub.node
    if not isinstance(node, ast.FunctionDef):
        return replaced(source, node, exercise.solution_text())
    new = f'@exercise("{exercise.id}")\n{exercise.solution_text()}'
    if exercise.imports:
        new = f"{exercise.imports}\n\n\n{new}"
    lines, first = source.splitlines(), min(decorator.lineno for decorator in node.decorator_list)
    return "\n".join([*lines[: first - 1], new, *lines[node.end_lineno or node.lineno :]])


def _shown(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """(exercise id, verdict) of each verdict in the outputs, in their order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if shown := output.get("metadata", {}).get("lessons"):
                yield shown["exercise"], shown["verdict"]
