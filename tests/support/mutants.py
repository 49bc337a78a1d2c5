"""Wrong answers made by machine: every small change of a solution, which the exercise has to notice.

`python -m tests.support.mutants tokens.merge` tries each of them and prints those that the exercise accepts. Such a one
is either as right as the solution, and stands with its reason in `tests/exercises/equivalent.toml`, or it shows that
the inputs of the exercise are too few. What is changed: operators, comparisons, constants, bounds, axes (the operators
of DeMillo, Lipton and Sayward 1978); terms, arguments, statements and conditions that are dropped; arguments,
parameters and results that are swapped; functions that are easily confused.
"""

from __future__ import annotations

import argparse
import ast
import copy
import difflib
import inspect
import random
import textwrap
import tomllib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lessons.course.places import ROOT
from lessons.exercises import catalogue
from lessons.tutor import CodeExercise
from lessons.tutor.verdict import Kind

EQUIVALENT = ROOT / "tests/exercises/equivalent.toml"
SECONDS = 1.0  # for all calls of one mutant: many never end
OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
CONFUSED = [
    {"sum", "mean"},
    {"max", "min", "mean"},
    {"maximum", "minimum"},
    {"any", "all"},
    {"argmax", "argmin"},
    {"zeros", "ones"},
    {"zeros_like", "ones_like"},
    {"std", "var"},
    {"log", "log2", "exp"},
    {"sqrt", "square"},
    {"sin", "cos"},
    {"floor", "ceil"},
    {"tril", "triu"},
    {"append", "extend"},
]


@dataclass(frozen=True)
class Mutant:
    """A solution with one change: its source, and the change as "old -> new"."""

    source: str
    change: str


def mutants(solution: Callable[..., Any]) -> list[Mutant]:
    """Every mutant of a function that differs in its source from all others, in the order of the source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(solution)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.decorator_list = []
    if ast.get_docstring(function):
        function.body = function.body[1:]
    original = ast.unparse(tree)
    found = {original: ""}
    for path in list(_paths(tree)):
        for new in _changes(_at(tree, path), function):
            source = _with(tree, path, new)
            if source is not None and source not in found:
                found[source] = _difference(original, source)
    return [Mutant(source, change) for source, change in found.items() if change]


Path = tuple[tuple[str, int | None], ...]  # the way from the root of a tree to a node: fields and positions


def _paths(node: ast.AST, way: Path = ()) -> Iterator[Path]:
    if isinstance(node, ast.keyword) and node.arg == "strict":
        return  # a safeguard of `zip`, for inputs that no exercise gives
    yield way
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "args") and isinstance(node, ast.FunctionDef | ast.AnnAssign | ast.arg):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST):
                yield from _paths(child, (*way, (field, index)))


def _at(tree: ast.AST, path: Path) -> ast.AST:
    for field, index in path:
        value = getattr(tree, field)
        tree = value if index is None else value[index]
    return tree


def _with(tree: ast.AST, path: Path, new: ast.AST | None) -> str | None:
    """The source with another node at that place (None: with none), or None where that is no Python."""
    changed = copy.deepcopy(tree)
    if not path:
        return None
    parent, (field, index) = _at(changed, path[:-1]), path[-1]
    if index is None:
        setattr(parent, field, new)
    elif new is None:
        del getattr(parent, field)[index]
    else:
        getattr(parent, field)[index] = new
    try:
        source = ast.unparse(ast.fix_missing_locations(changed))
        with warnings.catch_warnings(action="ignore"):
            compile(source, "<mutant>", "exec")
    except (SyntaxError, ValueError, AttributeError, TypeError):
        return None
    return source


def _changes(node: ast.AST, function: ast.FunctionDef) -> Iterator[ast.AST | None]:
    """What may stand in place of a node; None for nothing at all."""
    for kind in OPERATORS.get(type(node), ()):
        yield kind()
    match node:
        case ast.BinOp(left, _, right):
            yield from (left, right)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.BoolOp(op, values):
            for index in range(len(values)):
                rest = values[:index] + values[index + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.Compare():
            yield from (ast.Constant(True), ast.Constant(False))
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.Constant(value):
            yield from map(ast.Constant, _constants(value))
        case ast.Call():
            yield from _calls(node)
        case ast.Attribute(value, attribute, context):
            yield from (ast.Attribute(value, name, context) for name in _confused(attribute))
            if attribute in ("T", "mT"):
                yield value
        case ast.Name(name, ast.Load()):
            others = [arg.arg for arg in function.args.args]
            yield from (
                ast.Name(other, ast.Load()) for other in [*_confused(name), *(others if name in others else ())]
            )
        case ast.Subscript():
            yield from _subscripts(node)
        case ast.Tuple(elements, ast.Load()) if len(elements) > 1:
            yield ast.Tuple(elements[::-1], ast.Load())
        case ast.comprehension(target, values, ifs, asynchronous):
            for index in range(len(ifs)):
                yield ast.comprehension(target, values, ifs[:index] + ifs[index + 1 :], asynchronous)
    if isinstance(node, ast.stmt):
        yield from _statements(node)


def _constants(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float):
        yield from (value * 1.1, value / 2, 0.0) if value else (1.0,)
    elif isinstance(value, str):
        yield f"{value}x"
        if value:
            yield ""


def _confused(name: str) -> list[str]:
    return sorted(other for group in CONFUSED if name in group for other in group - {name})


def _calls(call: ast.Call) -> Iterator[ast.AST]:
    """An argument less, two arguments swapped, or the call left out."""
    for index in range(len(call.keywords)):
        if call.keywords[index].arg != "strict":
            yield ast.Call(call.func, call.args, call.keywords[:index] + call.keywords[index + 1 :])
    for index in range(len(call.args)):
        if len(call.args) + len(call.keywords) > 1:
            yield ast.Call(call.func, call.args[:index] + call.args[index + 1 :], call.keywords)
    for index in range(len(call.args) - 1):
        swapped = [*call.args[:index], call.args[index + 1], call.args[index], *call.args[index + 2 :]]
        yield ast.Call(call.func, swapped, call.keywords)
    yield from call.args[:1]
    if isinstance(call.func, ast.Attribute):
        yield call.func.value


def _subscripts(node: ast.Subscript) -> Iterator[ast.AST]:
    """Bounds that are left out or moved by one, or the whole in place of a part."""
    if isinstance(node.ctx, ast.Load):
        yield node.value
    for part in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        if not isinstance(part, ast.Slice):
            continue
        for name in ("lower", "upper", "step"):
            bound = getattr(part, name)
            moved = [None, _plus(bound, 1), _plus(bound, -1)] if bound and not isinstance(bound, ast.Constant) else []
            for value in moved or ([None] if bound else []):
                other = copy.deepcopy(node)
                wanted = ast.dump(part)
                inside = other.slice.elts if isinstance(other.slice, ast.Tuple) else [other.slice]
                setattr(next(each for each in inside if ast.dump(each) == wanted), name, value)
                yield other


def _plus(node: ast.expr, number: int) -> ast.expr:
    return ast.BinOp(node, ast.Add() if number > 0 else ast.Sub(), ast.Constant(abs(number)))


def _statements(node: ast.stmt) -> Iterator[ast.AST | None]:
    match node:
        case ast.AugAssign(target, op, value):
            yield ast.Assign([target], value)
            yield from (ast.AugAssign(target, kind(), value) for kind in OPERATORS.get(type(op), ()))
        case ast.If(test, body, orelse):
            yield from (ast.If(ast.Constant(truth), body, orelse) for truth in (True, False))
            if orelse:
                yield ast.If(test, body, [])
        case ast.For(target, values, body, orelse):
            for bounds in (ast.Slice(ast.Constant(1)), ast.Slice(None, ast.Constant(-1))):
                part = ast.Subscript(ast.Call(ast.Name("list", ast.Load()), [values], []), bounds, ast.Load())
                yield ast.For(target, part, body, orelse)
            last_first = ast.Call(ast.Name("list", ast.Load()), [values], [])
            yield ast.For(target, ast.Call(ast.Name("reversed", ast.Load()), [last_first], []), body, orelse)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
    if not isinstance(node, ast.FunctionDef):
        yield ast.Pass()


def _difference(old: str, new: str) -> str:
    """The lines that differ, as "old -> new"."""
    lines = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]
    sides = ("; ".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return " -> ".join(sides)


# --- tried --------------------------------------------------------------------------------------------------------


def equivalent() -> dict[str, dict[str, str]]:
    """For each exercise the changes that leave a solution right, each with its reason."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.is_file() else {}


def accepts(item: CodeExercise, mutant: Mutant) -> bool:
    """Whether an exercise calls a mutant correct."""
    space = dict(item.solution.__globals__)
    with warnings.catch_warnings(action="ignore"):
        exec(compile(mutant.source, "<mutant>", "exec"), space)
    return item.check(space[item.name], SECONDS).kind is Kind.CORRECT


def code_exercises(prefix: str = "") -> list[CodeExercise]:
    """The exercises that ask for a function, those of a topic, or one."""
    return [item for item in catalogue() if isinstance(item, CodeExercise) and item.id.startswith(prefix)]


def sample(item: CodeExercise, number: int, seed: int) -> list[Mutant]:
    """Some of the mutants of a solution."""
    everything = mutants(item.solution)
    return random.Random(f"{seed} {item.id}").sample(everything, min(number, len(everything)))


def main() -> None:
    """Try all mutants of the named exercises, or of all; print the numbers and what was accepted without a reason."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=[""], help="exercises or topics, such as tokens or tokens.merge")
    known = equivalent()
    left = 0
    for item in [item for name in parser.parse_args().names for item in code_exercises(name)]:
        everything = mutants(item.solution)
        accepted = [mutant.change for mutant in everything if accepts(item, mutant)]
        new = [change for change in accepted if change not in known.get(item.id, {})]
        print(f"{item.id:36} {len(everything):4} mutants, {len(accepted):3} accepted, {len(new):3} without a reason")
        for change in new:
            print(f"    {change}", flush=True)
        left += len(new)
    raise SystemExit(bool(left))


if __name__ == "__main__":
    main()
