"""Where a notebook hands something to the course: `exercise` and `answer` in every form that a notebook accepts.

Most forms can be told by reading: `@exercise("id")`, `@exercise(ID)` where the name stands for a text,
`exercise("id")(f)`, `answer("id", 3)`, `answer("id", value=3)`, `x = answer(...)`, under an `if`, by another name. What
cannot, such as `answer` inside a function or in a loop over ids, is *indirect*: it is found out by running it, beside a
course that only notes what it is given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from lessons.teaching.grading.names_used import COMPOUND, outside_functions

VERBS = ("exercise", "answer")


@dataclass(frozen=True)
class Found:
    """One exercise: its id, the function or the expression that is handed over, and the statement around it."""

    exercise_id: str
    node: ast.FunctionDef | ast.expr
    inside: ast.stmt


@dataclass
class There:
    """What is in a statement: what reading tells, and whether there is more that only shows when it runs."""

    direct: list[Found] = field(default_factory=list)
    indirect: bool = False


class Finder:
    """Goes through the statements of a notebook in their order, and remembers what names stand for."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.names = {verb: verb for verb in VERBS}  # what they are called here
        self.imported: set[str] = set()
        self.modules: set[str] = set()  # names of the course's modules
        self.texts: dict[str, str] = {}  # names that stand for a text
        self.carriers: set[str] = set()  # functions and classes that hand something over when they are called

    def in_statement(self, statement: ast.stmt, uses: frozenset[str], binds: frozenset[str]) -> There:
        """What one statement at the top of a cell hands over."""
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self._imported(statement)
            return There()
        there = There()
        told: set[int] = set()  # the places of `exercise` and `answer` that are accounted for
        for inside in _and_inside(statement):
            for found, verb in self._direct(inside):
                there.direct.append(found)
                told.add(id(verb))
        ids = [one.exercise_id for one in there.direct]
        several = isinstance(statement, COMPOUND) and len(set(ids)) < len(ids)  # which of them, only running shows
        left = [node for node in ast.walk(statement) if self._verb(node) and id(node) not in told]
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            at_once = {id(node) for one in statement.decorator_list for node in ast.walk(one)}
            later = any(id(node) not in at_once for node in left)
            there.indirect = any(id(node) in at_once for node in left)
            if later or uses & self.carriers:
                self.carriers.add(statement.name)
        else:
            there.indirect = bool(left) or several or bool(uses & self.carriers)
        if several:
            there.direct = []
        self._assigned(statement, binds)
        return there

    def is_exercise(self, decorator: ast.expr) -> bool:
        """Whether a decorator is the course's own."""
        return isinstance(decorator, ast.Call) and self._verb(decorator.func) == "exercise"

    def _direct(self, inside: ast.stmt) -> Iterator[tuple[Found, ast.AST]]:
        """What can be told by reading in one statement, with the node of `exercise` or `answer`."""
        if isinstance(inside, ast.FunctionDef):
            for decorator in inside.decorator_list:
                match decorator:
                    case ast.Call(verb, [first], []) if self._verb(verb) == "exercise" and (name := self._id(first)):
                        yield Found(name, inside, inside), verb
        elif not isinstance(inside, COMPOUND | ast.ClassDef | ast.AsyncFunctionDef):
            for node in outside_functions(inside):
                if isinstance(node, ast.Call) and (given := self._handed_over(node)):
                    yield Found(given[0], given[1], inside), given[2]

    def _handed_over(self, call: ast.Call) -> tuple[str, ast.expr, ast.AST] | None:
        """The id and the value in `answer("id", value)` or `exercise("id")(value)`."""
        match call:
            case ast.Call(verb, [first, value], []) | ast.Call(verb, [first], [ast.keyword(value=value)]):
                plain = not isinstance(value, ast.Starred) and all(word.arg for word in call.keywords)
                if plain and self._verb(verb) == "answer" and (name := self._id(first)):
                    return name, value, verb
            case ast.Call(verb, [], [ast.keyword("exercise_id", first), ast.keyword(str(), value)]):
                if self._verb(verb) == "answer" and (name := self._id(first)):
                    return name, value, verb
            case ast.Call(ast.Call(verb, [first], []), [value], []) if not isinstance(value, ast.Starred):
                if self._verb(verb) == "exercise" and (name := self._id(first)):
                    return name, value, verb
        return None

    def _verb(self, node: ast.AST) -> str:
        """ "exercise" or "answer" for a node that stands for one of them, else ""."""
        match node:
            case ast.Name(name):
                return self.names.get(name, "")
            case ast.Attribute(ast.Name("exercises"), name) if name in VERBS:
                return name
            case ast.Attribute(ast.Attribute(ast.Name("lessons"), "exercises"), name) if name in VERBS:
                return name
            case ast.Attribute(ast.Name(module), name) if module in self.modules and name in VERBS:
                return name
        return ""

    def _id(self, node: ast.expr) -> str:
        """The id of an exercise that there is, from a text or from a name that stands for one; else ""."""
        text = self._text(node)
        return text if text in self.known else ""

    def _text(self, node: ast.expr, depth: int = 0) -> str:
        match node:
            case ast.Constant(str(text)):
                return text
            case ast.Name(name):
                return self.texts.get(name, "")
            case ast.BinOp(left, ast.Add(), right) if depth < 10:
                return self._text(left, depth + 1) + self._text(right, depth + 1)
            case ast.JoinedStr(parts) if depth < 10:
                return "".join(self._text(part, depth + 1) for part in parts)
            case ast.FormattedValue(value, -1, None):
                return self._text(value, depth + 1)
        return ""

    def _imported(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            name = alias.asname or alias.name
            if isinstance(statement, ast.Import) and alias.asname and alias.name.startswith("lessons"):
                self.modules.add(name)
            elif isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("lessons"):
                if alias.name in VERBS:
                    self.names[name] = alias.name
                elif alias.name == "exercises":
                    self.modules.add(name)

    def _assigned(self, statement: ast.stmt, binds: frozenset[str]) -> None:
        """Remember what names stand for after a statement."""
        for name in binds & self.texts.keys():
            del self.texts[name]
        match statement:
            case ast.Assign([ast.Name(name)], value) | ast.AnnAssign(ast.Name(name), value=ast.expr() as value):
                if text := self._text(value):
                    self.texts[name] = text[:200]
                if isinstance(value, ast.Name | ast.Attribute) and (verb := self._verb(value)):
                    self.names[name] = verb


def _and_inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement and those under its `if`, `for`, `with` and the like, in their order."""
    todo = [statement]
    while todo:
        one = todo.pop()
        yield one
        if isinstance(one, COMPOUND):
            inner = [child for child in ast.iter_child_nodes(one) if isinstance(child, ast.stmt)]
            for block in (*getattr(one, "handlers", []), *getattr(one, "cases", [])):
                inner += block.body
            todo += reversed(inner)
