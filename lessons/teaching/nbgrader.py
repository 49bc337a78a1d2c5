"""Notebooks as assignments of nbgrader: `lessons nbgrader 01 --out my_course`.

Each exercise becomes a solution cell, with the catalogue's solution between nbgrader's marks, and below it a test cell
worth as many points as the exercise has stars. The test cell asks the package's own checker, so a wrong answer costs
its points and says why. While nbgrader grades, only cells run on which an attempt may build: exercises, imports,
definitions, and what these use. The others, and those tagged `long`, carry nbclient's tag `skip-execution`.
"""

from __future__ import annotations

import ast
import inspect
import re
import symtable
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from lessons import exercises
from lessons.course import places
from lessons.course.errors import CourseError
from lessons.teaching.cells import Stub, replaced, stubs
from lessons.tutor import Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SKIP = "skip-execution"  # nbclient, and so nbgrader, passes over cells with this tag
STUB_SETTING = 'c.ClearSolutions.code_stub = {"python": "..."}'
SETTINGS = f'''"""Settings of nbgrader for the course; add your own below."""

import os
import sys

from lessons.teaching.nbgrader_marks import Marked

os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]  # nbgrader calls `alembic`
c = get_config()  # noqa: F821 - nbgrader defines it
{STUB_SETTING}  # what the course takes for "not attempted"
c.Execute.timeout = 600  # seconds for one cell
c.Autograde.sanitize_preprocessors.insert(0, Marked)  # a copy without nbgrader's marks is refused, not given 0 points
'''


def run(numbers: Sequence[str], out: Path) -> int:
    """Export notebooks into `out/source/NN_topic/`; returns 0. Raises CourseError if that cannot be done."""
    files = places.find(numbers)
    try:
        out.mkdir(parents=True, exist_ok=True)
        settings = _settle(out)
        for file in files:
            assignment = exported(nbformat.read(file, as_version=4))
            target = out / "source" / file.stem / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(assignment, target)
            tests = points(assignment)
            print(f"{file.stem}: {len(tests)} exercises, {sum(tests.values())} points   {target}")
    except OSError as error:
        raise CourseError(f"{out} cannot be written ({error.strerror}). Name another folder: --out FOLDER.") from error
    print(f"Settings: {settings}")
    print(f"Next: cd {out} && nbgrader generate_assignment {files[0].stem}")
    return 0


def _settle(out: Path) -> Path:
    """The course's nbgrader_config.py, written if there is none. Raises CourseError if it lacks what we rely on."""
    file = out / "nbgrader_config.py"
    if not file.exists():
        file.write_text(SETTINGS, encoding="utf-8")
    elif "ClearSolutions.code_stub" not in file.read_text(encoding="utf-8", errors="replace"):
        raise CourseError(f"{file} lacks a line on which the stubs depend. Add this one:\n{STUB_SETTING}")
    return file


def exported(notebook: NotebookNode) -> NotebookNode:
    """The notebook in nbgrader's source format. Raises UnknownExercise for an id that does not exist."""
    known = _imported(notebook)
    cells: list[NotebookNode] = []
    for cell, needed in zip(notebook.cells, _needed(notebook.cells), strict=True):
        found = list(stubs(cell))
        fresh = _plain(cell)
        if found:
            for stub in reversed(found):
                fresh.source = _with_solution(fresh.source, stub, known)
            fresh.metadata.nbgrader = _mark(_grade_id(found[0].exercise_id), solution=True)
        elif cell.cell_type == "code" and ("long" in cell.metadata.get("tags", []) or not needed):
            fresh.metadata.tags = [*fresh.metadata.get("tags", []), SKIP]
        cells += [fresh, *(_test(stub.exercise_id) for stub in found)]
    result = nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata)
    nbformat.validate(result)
    return result


def points(assignment: NotebookNode) -> dict[str, int]:
    """The points of each test cell of an exported notebook, by its grade id."""
    marks = [cell.metadata.nbgrader for cell in assignment.cells if "nbgrader" in cell.metadata]
    return {mark.grade_id: mark.points for mark in marks if mark.grade}


def _plain(cell: NotebookNode) -> NotebookNode:
    """A copy without outputs, whose links lead to the neighbouring assignments."""
    fresh = NotebookNode(cell | {"metadata": NotebookNode(cell.metadata)})
    if cell.cell_type == "code":
        fresh |= {"outputs": [], "execution_count": None}
    else:
        fresh.source = re.sub(r"\]\((\d\d_\w+)\.ipynb", r"](../\1/\1.ipynb", cell.source)
    return NotebookNode(fresh)


def _needed(cells: Sequence[NotebookNode]) -> list[bool]:
    """Which cells an attempt may build on: those with exercises, imports or definitions, and what these use."""
    sources = [cell.source if cell.cell_type == "code" else "" for cell in cells]
    kept = [any(stubs(cell)) or _defines(source) for cell, source in zip(cells, sources, strict=True)]
    wanted: set[str] = set()
    for index in reversed(range(len(cells))):  # a name is bound above where it is used
        table = symtable.symtable(sources[index], "cell", "exec")
        bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
        kept[index] = kept[index] or bool(bound & wanted)
        if kept[index]:
            wanted = wanted - bound | _used(table)
    return kept


def _defines(source: str) -> bool:
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return any(isinstance(node, kinds) for node in ast.parse(source).body)


def _used(table: symtable.SymbolTable, top: bool = True) -> set[str]:
    """The names of the notebook that a cell refers to, also from inside its functions."""
    own = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and (top or symbol.is_global())
    }
    return own.union(*(_used(child, False) for child in table.get_children()))


def _imported(notebook: NotebookNode) -> set[str]:
    """The names that import statements at the top level of its cells bind."""
    trees = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return _bound(node for tree in trees for node in tree.body)


def _bound(nodes: Iterable[ast.stmt]) -> set[str]:
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).partition(".")[0] for node in imports for alias in node.names}


def _test(exercise_id: str) -> NotebookNode:
    source = (
        "from lessons.exercises import assert_correct\n\n"
        f'assert_correct("{exercise_id}")  # says what is wrong, if anything is'
    )
    mark = _mark(f"test-{_grade_id(exercise_id)}", points=exercises.find(exercise_id).stars)
    return new_code_cell(source, id=f"test-{_grade_id(exercise_id)}"[:64], metadata={"nbgrader": mark})


def _mark(grade_id: str, points: int | None = None, solution: bool = False) -> NotebookNode:
    """nbgrader's metadata of one cell, schema version 3: a solution, or a locked test worth some points."""
    grade = {} if points is None else {"points": points}
    kind = {"grade": points is not None, "locked": points is not None, "solution": solution, "task": False}
    return NotebookNode({"schema_version": 3, "grade_id": grade_id, **kind, **grade})


def _grade_id(exercise_id: str) -> str:
    return exercise_id.replace(".", "-")


def _with_solution(source: str, stub: Stub, known: set[str]) -> str:
    """The cell's source with the solution, between nbgrader's marks, in the place of one stub."""
    exercise, lines = exercises.find(stub.exercise_id), source.splitlines()
    if isinstance(stub.node, ast.FunctionDef):
        first, last = _body(stub.node)
        solution = textwrap.indent(_solution_body(exercise, known), "    ").splitlines()
        return "\n".join([*lines[:first], f"    {BEGIN}", *solution, f"    {END}", *lines[last:]])
    assert stub.call
    value = textwrap.indent(f"{BEGIN}\n{exercise.solution_text()},\n{END}", "    ")
    return replaced(source, stub.call, f'{ast.unparse(stub.call.func)}(\n    "{exercise.id}",\n{value}\n)')


def _body(function: ast.FunctionDef) -> tuple[int, int]:
    """The lines of a function below its signature and docstring: the first and the one after the last, from 0."""
    opening = function.body[0]
    begin = (opening.end_lineno or 0) if ast.get_docstring(function) else opening.lineno - 1
    return begin, function.end_lineno or begin


def _solution_body(exercise: Exercise, known: set[str]) -> str:
    """The solution's statements, after those of its imports that the notebook lacks."""
    source = textwrap.dedent(inspect.getsource(exercise.solution))
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    first, last = _body(function)
    used = {node.id for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Name)}
    imports = [(node, _bound([node])) for node in ast.parse(exercise.imports).body]
    missing = [ast.unparse(node) for node, names in imports if names & used and not names <= known]
    return "\n".join([*missing, textwrap.dedent("\n".join(source.splitlines()[first:last]))])
