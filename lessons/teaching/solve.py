"""Solved notebooks: every stub replaced by its solution, the copy run, every verdict read: `lessons solve`.

A stub is found in a cell's parsed code by its exercise's id, so it does not matter where the cell stands or what else
is in it. Verdicts are read from the executed outputs. Cells tagged `long` are left out; what needs them may fail, for
only verdicts count here (`lessons run` is for the rest).
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from lessons import exercises
from lessons.course import places
from lessons.course.errors import CourseError
from lessons.teaching.running import own_home

SOLVED = places.ROOT / "build" / "solved"


@dataclass(frozen=True)
class Stub:
    """One exercise in a cell: its id and the code that the solution replaces."""

    exercise_id: str
    node: ast.FunctionDef | ast.expr


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
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=cell_timeout, allow_errors=True, kernel_name="python3", resources=place)
    with own_home(), suppress(CellTimeoutError, DeadKernelError):  # the exercises after that keep "no verdict"
        client.execute(env=dict(os.environ))
    expected = dict.fromkeys((stub.exercise_id for cell in notebook.cells for stub in stubs(cell)), "no verdict")
    return expected | dict(_shown(notebook))


def exercises_only(notebook: NotebookNode) -> NotebookNode:
    """A copy with the cells that hold exercises, after the import statements of all cells; it runs in seconds."""
    short = deepcopy(notebook)
    kept = [cell for cell in short.cells if any(stubs(cell))]
    trees = [ast.parse(cell.source) for cell in short.cells if cell.cell_type == "code" and _is_python(cell.source)]
    imports = [node for tree in trees for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    short.cells = [new_code_cell("\n".join(map(ast.unparse, imports))), *kept]
    return short


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:  # a magic, for example
        return False
    return True


def solved(notebook: NotebookNode) -> NotebookNode:
    """The notebook with each stub replaced by its solution. Raises UnknownExercise for an id that does not exist."""
    for cell in notebook.cells:
        for stub in reversed(list(stubs(cell))):
            cell.source = _replace(cell.source, stub)
    return notebook


def stubs(cell: NotebookNode) -> Iterator[Stub]:
    """The exercises at the top level of a cell, in their order."""
    if cell.cell_type != "code":
        return
    if not _is_python(cell.source):
        if "@exercise(" in cell.source:
            raise CourseError(f"A cell with an exercise is not plain Python:\n{cell.source}")
        return
    for node in ast.parse(cell.source).body:
        if isinstance(node, ast.FunctionDef):
            names = (_id_in(decorator, "exercise") for decorator in node.decorator_list)
            yield from (Stub(name, node) for name in names if name)
        match node:
            case ast.Expr(ast.Call(args=[_, value]) as call) if name := _id_in(call, "answer"):
                yield Stub(name, value)


def _id_in(node: ast.expr, function: str) -> str | None:
    """The id in a call such as `exercise("topic.name")`, or None."""
    match node:
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[ast.Constant(str(found)), *_]):
            return found if name == function else None
    return None


def _replace(source: str, stub: Stub) -> str:
    """The cell's source with the solution in the place of one stub."""
    lines, node = source.splitlines(), stub.node
    exercise = exercises.find(stub.exercise_id)
    first, last = node.lineno, node.end_lineno or node.lineno
    if isinstance(node, ast.FunctionDef):
        first = min(decorator.lineno for decorator in node.decorator_list)
        new = f'@exercise("{exercise.id}")\n{exercise.solution_text()}'
        if exercise.imports:
            new = f"{exercise.imports}\n\n\n{new}"
    else:
        before = lines[first - 1].encode()[: node.col_offset].decode()  # ast counts bytes
        after = lines[last - 1].encode()[node.end_col_offset :].decode()
        new = f"{before}{exercise.solution_text()}{after}"
    return "\n".join([*lines[: first - 1], new, *lines[last:]])


def _shown(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """(exercise id, verdict) of each verdict in the outputs, in their order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if shown := output.get("metadata", {}).get("lessons"):
                yield shown["exercise"], shown["verdict"]
