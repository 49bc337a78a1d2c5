"""Submitted notebooks: which exercises are in them, and which lines each exercise needs. Runs nothing.

An exercise is found by its id in `@exercise("id")` or `answer("id", ...)`, in every form that a notebook accepts (see
`finding`), never by the place of its cell. If an id occurs more than once, the last cell that was attempted counts. A
name that an attempt uses leads to the last statement above it that binds or changes the name, or else to the first one
below it, and so on for the names in that statement.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import warnings
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from lessons.course.errors import CourseError
from lessons.teaching.grading.finding import Finder, Found
from lessons.teaching.grading.names_used import UNREADABLE, Lines, changed_by, imported_by, names_of

LARGEST = 30_000_000  # bytes of a notebook
MOST_CODE = 1_000_000  # characters of code in one
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


# --- what is in it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell: its text from its line on, and the global names that it binds and uses.

    `whole` is the text with the course's own decorators, "" where there are none.
    """

    file: str  # for tracebacks: "<code cell 3, line 5>"
    text: str
    binds: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    line: int = 1
    whole: str = ""

    def as_it_stands(self) -> Statement:
        """The same with the course's decorators."""
        return replace(self, text=self.whole) if self.whole else self


@dataclass(frozen=True)
class Attempt:
    """What a student wrote for one exercise.

    `target` is the expression that gives the function or the answer ("": what the course was given when all of `setup`
    has run), `setup` the statements that must run before. `literal` is a tuple with the answer if it could be read
    without running anything, `function` the parsed function, `problem` a sentence if the cell is no Python.
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


@dataclass
class Notebook:
    """A notebook as it was read: its statements, and for each exercise the attempt and the number of its statement.

    `indirect` are statements that hand something to the course in a way that only shows when they run. `claims` are
    the verdicts that the notebook's saved outputs show.
    """

    statements: list[Statement] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    indirect: list[int] = field(default_factory=list)
    claims: dict[str, str] = field(default_factory=dict)
    mentions_torch: bool = False

    @property
    def future(self) -> bool:
        """Whether annotations stay text."""
        return any(one.text.startswith("from __future__") for one in self.statements)

    @property
    def topics(self) -> set[str]:
        """The lessons of the exercises in it."""
        return {name.partition(".")[0] for name in self.attempts}

    def to_discover(self) -> tuple[tuple[Statement, ...], list[int]]:
        """The indirect statements with all that they need, in order, and the number of each in the notebook."""
        index, needed = _Index(self.statements), set(self.indirect)
        for place in self.indirect:
            needed |= index.needed(self.statements[place].uses, place)[0]
        chosen = sorted(needed | set(index.stars(max(self.indirect, default=0))))
        return tuple(self.statements[place].as_it_stands() for place in chosen), chosen

    def discovered(self, exercise_id: str, place: int) -> None:
        """Enter an attempt that the statement of this number makes when it runs; the last that was attempted counts."""
        known = self.attempts.get(exercise_id)
        if known is not None and not known.blank and self.places[exercise_id] > place:
            return
        code = self.statements[place].as_it_stands().text
        self.attempts[exercise_id] = Attempt(exercise_id, code, self.to_discover()[0], future=self.future)
        self.places[exercise_id] = place

    def all_above(self, exercise_id: str) -> Attempt:
        """The attempt with everything that stands above it, as whoever has run the notebook from the top has run it."""
        known = self.attempts.get(exercise_id, Attempt(exercise_id, ""))
        last = len(self.statements) - 1 if known.problem else self.places.get(exercise_id, len(self.statements) - 1)
        setup = tuple(one.as_it_stands() for one in self.statements[: last + 1])
        return replace(known, setup=setup, target="", literal=(), function=None, problem="", future=self.future)


def notebook(content: bytes, known: set[str]) -> Notebook:
    """What is in the file of a notebook. Raises CourseError with a sentence if it is none."""
    cells = _cells(content)
    sources = [_source(cell.get("source", "")) for cell in cells]
    if sum(map(len, sources)) > MOST_CODE:
        raise CourseError(f"It holds more than {MOST_CODE:,} characters of code.")
    found = _read(sources, known)
    found.mentions_torch = any("torch" in source for source in sources)
    for cell in cells:
        found.claims |= {name: verdict for name, verdict in _claims(cell) if name in known}
    return found


def _cells(content: bytes) -> list[dict[str, Any]]:
    """The code cells. Raises CourseError with a sentence if this is no notebook."""
    if not content.strip():
        raise CourseError("The file is empty.")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CourseError("It is not a notebook: the file is not in UTF-8.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise CourseError(f"It is not a notebook: the file is not valid JSON ({str(error)[:100]}).") from None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise CourseError("It is not a notebook: it has no cells (or is of a version before 4).")
    return [cell for cell in found["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _source(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _claims(cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The exercises and verdicts that a cell's saved outputs show. They decide nothing, but are worth a look."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        match output:
            case {"metadata": {"lessons": {"exercise": str(name), "verdict": str(verdict)}}}:
                yield name, verdict


def _attempts(cells: list[str], known: set[str]) -> dict[str, Attempt]:
    """The attempt that counts for each exercise: the last that is more than the stub, else the last."""
    return _read(cells, known).attempts


def _read(sources: list[str], known: set[str]) -> Notebook:
    """The same with the statements of the notebook, and the attempts that only running shows."""
    made, finder = Notebook(), Finder(known)
    found: list[tuple[int, Attempt]] = []
    for number, source in enumerate(sources, 1):
        parsed = _parse(source)
        if isinstance(parsed, str):
            ids = set(re.findall(r"""(?:exercise|answer)\(\s*["']([\w.]+)["']""", source)) & known
            found += [(0, Attempt(name, source, problem=f"The cell is not Python: {parsed}")) for name in sorted(ids)]
            continue
        tree, text = parsed
        lines = Lines(text)
        for node in tree.body:
            place = len(made.statements)
            finder.imported |= imported_by(node)
            made.statements.append(_statement(node, lines, number, finder))
            there = finder.in_statement(node, made.statements[-1].uses, made.statements[-1].binds)
            found += [(place, _attempt(one, lines, number, finder)) for one in there.direct]
            made.indirect += [place] if there.indirect else []
    for place, attempt in found:
        if attempt.exercise_id not in made.attempts or not attempt.blank:
            made.attempts[attempt.exercise_id], made.places[attempt.exercise_id] = attempt, place
    index, future = _Index(made.statements), made.future
    for name, attempt in made.attempts.items():
        made.attempts[name] = _with_setup(attempt, made.places[name], index, future)
    return made


MAGIC = re.compile(r"^(\s*)%time(?:it)?[ \t]+(?=[^\s-])", re.MULTILINE)  # runs what stands behind it
COMMAND = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
RESULT = re.compile(r"^(\s*[\w, ]+=)[ \t]*[%!].*$", re.MULTILINE)


def _parse(source: str) -> tuple[ast.Module, str] | str:
    """A cell's tree and the source it was made from, without lines for IPython; or why it is no Python."""
    plain = RESULT.sub(r"\1 None", COMMAND.sub(r"\1pass", MAGIC.sub(r"\1", source)))
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


def _attempt(found: Found, lines: Lines, number: int, finder: Finder) -> Attempt:
    """The attempt at an exercise that was found in a statement."""
    if isinstance(found.node, ast.FunctionDef):
        own = (_statement(found.node, lines, number, finder),)
        return Attempt(found.exercise_id, _shown(found.node, lines), own, found.node.name, (), found.node)
    text, code = lines.segment(found.node) or "...", lines.segment(found.inside)
    return Attempt(found.exercise_id, code, (), f"({text}\n)", literal(found.node))


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


def _statement(node: ast.stmt, lines: Lines, number: int, finder: Finder) -> Statement:
    """A statement's text without the course's decorators, and the global names that it binds and uses."""
    decorators = getattr(node, "decorator_list", [])
    kept = [one for one in decorators if not finder.is_exercise(one)]
    body = lines.segment(node) or "pass"
    text = "\n".join([*(f"@{lines.segment(one)}" for one in kept), body])
    whole = "\n".join([*(f"@{lines.segment(one)}" for one in decorators), body]) if decorators != kept else ""
    file = f"<code cell {number}, line {node.lineno}>"
    binds, uses = names_of(text, file)
    changed = changed_by(node, binds, finder.imported)
    start = max(node.lineno - len(kept), 1)
    return Statement(file, text, frozenset(binds | changed), frozenset(uses | changed - {"*"}), start, whole)


def _shown(node: ast.FunctionDef, lines: Lines) -> str:
    """The source of a function with its decorators, as on the student's page."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return "\n".join(lines.all[first - 1 : node.end_lineno])


class _Index:
    """Where each name is bound, to be looked up without going through all statements for each."""

    def __init__(self, statements: list[Statement]) -> None:
        self.statements = statements
        self.bound: dict[str, list[int]] = {}
        sets: dict[str, frozenset[str]] = {}  # what a function sets outside itself, once it is called
        for place, statement in enumerate(statements):
            is_function = statement.text.startswith(("def ", "@"))
            called = set() if is_function else {name for use in statement.uses for name in sets.get(use, ())}
            for name in statement.binds | called:
                self.bound.setdefault(name, []).append(place)
            if is_function and len(statement.binds) > 1:
                sets |= {name: statement.binds - {name} for name in statement.binds}

    def stars(self, before: int) -> list[int]:
        """The statements above this place that may bind any name."""
        return [place for place in self.bound.get("*", []) if place < max(before, 1)]

    def binding(self, name: str, before: int) -> int | None:
        """The last statement above this place that binds a name, or else the first one below it."""
        places = self.bound.get(name, [])
        at = bisect_left(places, before)
        return places[at - 1] if at else next(iter(places), None)

    def needed(self, names: Iterable[str], before: int) -> tuple[set[int], set[str]]:
        """The statements that these names need, seen from this place, and the names that nothing binds."""
        needed: set[int] = set()
        missing: set[str] = set()
        todo = [(name, before) for name in names]
        done = set(todo)
        while todo:
            name, place = todo.pop()
            index = self.binding(name, place)
            if index is None:
                missing.add(name)
            elif index not in needed:
                needed.add(index)
                more = {(used, index) for used in self.statements[index].uses} - done
                done |= more
                todo += more
        return needed, missing


def _with_setup(attempt: Attempt, place: int, index: _Index, future: bool) -> Attempt:
    """The attempt with the statements that it needs, in the order of the notebook, its own function last."""
    if attempt.problem:
        return attempt
    own = attempt.setup
    needed, missing = index.needed(own[0].uses if own else names_of(attempt.target, "<answer>")[1], place)
    stars = set(index.stars(place))
    for star in stars:
        needed |= index.needed(index.statements[star].uses, star)[0]
    if own and index.statements[place].file == own[0].file:
        needed -= {place}
    usual = [Statement("<the usual imports>", USUAL[name]) for name in sorted(missing & set(USUAL))]
    chosen = sorted(needed | stars)
    return replace(attempt, setup=(*usual, *(index.statements[one] for one in chosen), *own), future=future)
