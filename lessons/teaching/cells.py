"""Exercises in the cells of a notebook: where they are, and other code in their place.

A stub is found in a cell's parsed code by its exercise's id, so it does not matter where the cell stands or what else
is in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from lessons.course.errors import CourseError


@dataclass(frozen=True)
class Stub:
    """One exercise: its id, the code that a solution replaces, and the call around it if it is an answer."""

    exercise_id: str
    node: ast.FunctionDef | ast.expr
    call: ast.Call | None = None


def stubs(cell: NotebookNode) -> Iterator[Stub]:
    """The exercises at the top level of a cell, in their order. Raises CourseError for one that is not Python."""
    if cell.cell_type != "code":
        return
    if not is_python(cell.source):
        if "@exercise(" in cell.source:
            raise CourseError(f"A cell with an exercise is not plain Python:\n{cell.source}")
        return
    for statement in ast.parse(cell.source).body:
        yield from in_statement(statement)


def is_python(source: str) -> bool:
    """Whether it can be parsed; a magic, for example, cannot."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def in_statement(statement: ast.stmt) -> Iterator[Stub]:
    """The exercises that one statement holds: by decorators of a function, or as `answer("topic.name", ...)`."""
    if isinstance(statement, ast.FunctionDef):
        names = (id_in(decorator, "exercise") for decorator in statement.decorator_list)
        yield from (Stub(name, statement) for name in names if name)
    match statement:
        case ast.Expr(ast.Call(args=[_, value], keywords=[]) as call) if name := id_in(call, "answer"):
            yield Stub(name, value, call)


def id_in(node: ast.expr, function: str) -> str | None:
    """The id in a call such as `exercise("topic.name")`, or None."""
    match node:
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[ast.Constant(str(found)), *_]):
            return found if name == function else None
    return None


def replaced(source: str, node: ast.expr, new: str) -> str:
    """The source with other code in the place of one of its expressions."""
    lines, last = source.splitlines(), node.end_lineno or node.lineno
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode()  # ast counts bytes
    after = lines[last - 1].encode()[node.end_col_offset :].decode()
    return "\n".join([*lines[: node.lineno - 1], f"{before}{new}{after}", *lines[last:]])
