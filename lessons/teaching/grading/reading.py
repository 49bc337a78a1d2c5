"""Submitted notebooks: which exercises are in them, and which lines each exercise needs. Runs nothing.

An exercise is found by its id in `@exercise("id")` or `answer("id", ...)`, never by the place of its cell. If an id
occurs more than once, the last cell that was attempted counts. A name that an attempt uses leads to the last statement
above it that binds the name, or else to the first one below it, and so on for the names in that statement.
"""

from __future__ import annotations

import ast
import builtins
import dis
import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import CodeType
from typing import Any

from lessons.course.errors import CourseError
from lessons.teaching.cells import id_in, in_statement

LARGEST = 30_000_000  # bytes of a notebook
MOST_CODE = 1_000_000  # characters of code in one
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what `ast.parse` and `compile` say to odd code
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
USUAL = {  # imports that a learner who has deleted the first cell still gets
    "np": "import numpy as np",
    "math": "import math",
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "from torch.nn import functional as F",
    "Tensor": "from torch import Tensor",
}


@dataclass
class Submission:
    """One file: whose it is, the lesson its name tells ("" if none), and what is wrong with it ("" if nothing)."""

    file: Path
    place: str  # relative to the folder that is graded
    student: str
    lesson: str = ""
    number: str = ""  # what a learning platform or a copy adds to the name, "" if nothing
    problem: str = ""
    platform: str = ""  # the learning platform whose number that is
    late: bool = False  # whether the platform says so
    when: datetime | None = None  # when it was handed in, where that is known
    attempts: dict[str, Attempt] = field(default_factory=dict)
    mentions_torch: bool = False

    @property
    def topics(self) -> set[str]:
        """The lessons of the exercises in it."""
        return {name.partition(".")[0] for name in self.attempts}


# --- what is in it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell: its text, padded so that its lines keep their numbers."""

    file: str  # for tracebacks: "<code cell 3, line 5>"
    text: str
    binds: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Attempt:
    """What a student wrote for one exercise.

    `target` is the expression that gives the function or the answer, `setup` the statements that must run before.
    `literal` is a tuple with the answer if it could be read without running anything, `function` the parsed function,
    `problem` a sentence if the cell is no Python.
    """

    exercise_id: str
    code: str
    setup: tuple[Statement, ...] = ()
    target: str = ""
    literal: tuple[Any, ...] = ()
    function: ast.FunctionDef | None = None
    problem: str = ""
    future: bool = False  # whether annotations stay text

    @property
    def blank(self) -> bool:
        """Whether this is still the stub."""
        if self.function:
            return all(map(_is_placeholder, self.function.body))
        return self.literal == (...,)


def _is_placeholder(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(ast.Constant()) | ast.Return(ast.Constant(value=builtins.Ellipsis)):
            return True
        case ast.Raise(exc=ast.Name("NotImplementedError") | ast.Call(func=ast.Name("NotImplementedError"))):
            return True
    return False


def read(submission: Submission, known: Iterable[str]) -> None:
    """Fill in a submission's attempts at the known exercises, or its problem. Never raises."""
    if submission.problem:
        return
    try:
        cells = _cells(submission.file.read_bytes())
    except OSError as error:
        submission.problem = f"It cannot be read ({error.strerror})."
        return
    except CourseError as error:
        submission.problem = str(error)
        return
    submission.mentions_torch = any("torch" in cell for cell in cells)
    submission.attempts = _attempts(cells, set(known))
    if not submission.attempts:
        submission.problem = "No exercise of the course is in it. Is it the right notebook?"
    elif submission.lesson and submission.lesson not in submission.topics:
        found = ", ".join(sorted(submission.topics))
        submission.problem = f"Its name says {submission.lesson}, and its exercises are those of {found}."


def _cells(content: bytes) -> list[str]:
    """The sources of the code cells. Raises CourseError with a sentence if this is no notebook."""
    if not content.strip():
        raise CourseError("The file is empty.")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CourseError("It is not a notebook: the file is not in UTF-8.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise CourseError(f"It is not a notebook: the file is not valid JSON ({str(error)[:100]}).") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise CourseError("It is not a notebook: it has no cells (or is of a version before 4).")
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    sources = [_source(cell.get("source", "")) for cell in cells]
    if sum(map(len, sources)) > MOST_CODE:
        raise CourseError(f"It holds more than {MOST_CODE:,} characters of code.")
    return sources


def _source(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _attempts(cells: list[str], known: set[str]) -> dict[str, Attempt]:
    """The attempt that counts for each exercise: the last that is more than the stub, else the last."""
    statements: list[Statement] = []
    found: list[tuple[int, Attempt]] = []
    for number, source in enumerate(cells, 1):
        parsed = _parse(source)
        if isinstance(parsed, str):
            ids = set(re.findall(r"""(?:exercise|answer)\(\s*["']([\w.]+)["']""", source)) & known
            found += [(0, Attempt(name, source, problem=f"The cell is not Python: {parsed}")) for name in sorted(ids)]
            continue
        tree, source = parsed
        for node in tree.body:
            found += [(len(statements), one) for one in _exercises_in(node, source, number) if one.exercise_id in known]
            statements.append(_statement(node, source, number))
    chosen: dict[str, tuple[int, Attempt]] = {}
    for place, attempt in found:
        if attempt.exercise_id not in chosen or not attempt.blank:
            chosen[attempt.exercise_id] = place, attempt
    return {name: _with_setup(attempt, place, statements) for name, (place, attempt) in chosen.items()}


def _parse(source: str) -> tuple[ast.Module, str] | str:
    """A cell's tree and the source it was made from, without lines for IPython; or why it is no Python."""
    plain = re.sub(r"^(\s*)[%!?].*$", r"\1pass", source, flags=re.MULTILINE)
    problem = ""
    for text in (source, plain):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text), text
        except SyntaxError as error:
            problem = f"{error.msg} (line {error.lineno})."
        except UNREADABLE as error:
            problem = f"it cannot be read ({type(error).__name__})."
    return problem


def _exercises_in(node: ast.stmt, source: str, number: int) -> Iterator[Attempt]:
    """The exercises in one statement at the top of a cell, also under an `if` or `with`."""
    for inner in _and_inside(node):
        for stub in in_statement(inner):
            if isinstance(stub.node, ast.FunctionDef):
                own = (_statement(stub.node, source, number),)
                yield Attempt(stub.exercise_id, _shown(stub.node, source), own, stub.node.name, (), stub.node)
            else:
                text = ast.get_source_segment(source, stub.node) or "..."
                code = ast.get_source_segment(source, inner) or ""
                yield Attempt(stub.exercise_id, code, (), f"({text}\n)", literal(stub.node))


def _and_inside(node: ast.stmt) -> Iterator[ast.stmt]:
    yield node
    if isinstance(node, ast.If | ast.With | ast.Try | ast.For | ast.While):
        for inner in [*node.body, *getattr(node, "orelse", [])]:
            yield from _and_inside(inner)


def literal(node: ast.expr) -> tuple[Any, ...]:
    """(value,) of a literal or of arithmetic on numbers, without running it; () for anything else."""
    try:
        return (_value(node),)
    except (TypeError, ValueError, ArithmeticError, RecursionError):
        return ()


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value):
            return value
        case ast.UnaryOp(ast.USub() | ast.UAdd() as sign, operand):
            number = _number(operand)
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left, operator, right):
            return _arithmetic(operator, _number(left), _number(right))
    raise ValueError("not a literal")


def _number(node: ast.expr) -> Any:
    value = _value(node)
    if type(value) not in (int, float) or (type(value) is int and value.bit_length() > 2_000):
        raise ValueError("not a number, or a very long one")
    return value


def _arithmetic(operator: ast.operator, left: Any, right: Any) -> Any:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.FloorDiv():
            return left // right
        case ast.Mod():
            return left % right
        case ast.Pow() if abs(right) <= 100:  # of at most 2,000 bits: the result stays short
            return left**right
    raise ValueError("not plain arithmetic")


# --- which lines it needs ---------------------------------------------------------------------------------------------


def _statement(node: ast.stmt, source: str, number: int) -> Statement:
    """A statement's text without the course's decorators, and the global names that it binds and uses."""
    kept = [one for one in getattr(node, "decorator_list", []) if not id_in(one, "exercise")]
    above = [f"@{ast.unparse(one)}" for one in kept]
    blank = max(node.lineno - 1 - len(above), 0)
    text = "\n" * blank + "\n".join([*above, ast.get_source_segment(source, node) or "pass"])
    file = f"<code cell {number}, line {node.lineno}>"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(text, file, "exec", FLAGS, dont_inherit=True)
        binds, uses = _names(code)
    except UNREADABLE:
        binds, uses = set(), set()
    changed = _changed(node)
    return Statement(file, text, frozenset(binds | changed), frozenset(uses | changed))


def _shown(node: ast.FunctionDef, source: str) -> str:
    """The source of a function with its decorators, as on the student's page."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _names(code: CodeType, top: bool = True) -> tuple[set[str], set[str]]:
    """The global names that compiled code binds and uses. The compiler knows which names are local; we need not."""
    binds: set[str] = set()
    uses: set[str] = set()
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (top and step.opname == "STORE_NAME"):
            binds.add(step.argval)
        elif step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            uses.add(step.argval)
        elif step.opname in ("IMPORT_STAR", "CALL_INTRINSIC_1") and "IMPORT_STAR" in f"{step.opname} {step.argrepr}":
            binds.add("*")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            more_binds, more_uses = _names(inner, top=False)
            binds, uses = binds | more_binds, uses | more_uses
    return binds, uses


def _changed(node: ast.stmt) -> set[str]:
    """The name that a statement such as `x[0] = 1`, `x.y = 1` or `x += 1` changes: it binds and uses it."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    found = set()
    for target in targets:
        inner = target
        while isinstance(inner, ast.Subscript | ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name) and (inner is not target or isinstance(node, ast.AugAssign)):
            found.add(inner.id)
    return found


def _with_setup(attempt: Attempt, place: int, statements: list[Statement]) -> Attempt:
    """The attempt with the statements that it needs, in the order of the notebook, its own function last."""
    own = attempt.setup
    names = own[0].uses if own else _uses(attempt.target)
    needed: set[int] = set()
    missing: set[str] = set()
    todo = [(name, place) for name in names]
    done = set(todo)
    while todo:
        name, before = todo.pop()
        index = _binding(name, before, statements)
        if index is None:
            missing.add(name)
        elif index not in needed and not (own and statements[index] == own[0]):
            needed.add(index)
            more = {(used, index) for used in statements[index].uses} - done
            done |= more
            todo += more
    stars = [s for i, s in enumerate(statements) if "*" in s.binds and i < max(place, 1)]
    usual = [Statement("<the usual imports>", USUAL[name]) for name in sorted(missing & set(USUAL))]
    future = any(statement.text.strip().startswith("from __future__") for statement in statements)
    setup = (*usual, *stars, *(statements[index] for index in sorted(needed)), *own)
    return replace(attempt, setup=setup, future=future)


def _uses(expression: str) -> frozenset[str]:
    try:
        return frozenset(_names(compile(expression, "<answer>", "eval", dont_inherit=True))[1])
    except UNREADABLE:
        return frozenset()


def _binding(name: str, before: int, statements: list[Statement]) -> int | None:
    """The last statement above this place that binds a name, or else the first one below it."""
    above = (index for index in range(min(before, len(statements)) - 1, -1, -1) if name in statements[index].binds)
    below = (index for index in range(before, len(statements)) if name in statements[index].binds)
    found = next(above, None)
    return next(below, None) if found is None else found
