"""Which global names a statement binds, uses and changes, told from its code without running it."""

from __future__ import annotations

import ast
import dis
import re
import warnings
from collections.abc import Iterator
from types import CodeType

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # what `ast.parse` and `compile` say to odd code
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
CHANGING = {  # methods that change what they are called on; so do those of PyTorch that end in _
    *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "discard", "clear"),
    *("sort", "reverse", "appendleft", "popleft", "rotate", "fill", "put", "resize", "setflags", "load_state_dict"),
    *("__setitem__", "__setattr__", "__delitem__", "register_buffer", "register_parameter", "add_module", "eval"),
}
OF_THE_FIRST = {  # functions that change what they are given first; so do those of torch.nn.init, which end in _
    *("setattr", "delattr", "shuffle", "heappush", "heappop", "heapify", "fill_diagonal", "put", "copyto", "place"),
}
SPACES = {"globals", "locals", "vars"}  # give the names of the notebook as a dictionary
CLOSED = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
COMPOUND = ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match


class Lines:
    """The lines of a source, split once; `ast.get_source_segment` would split them for each statement."""

    def __init__(self, source: str) -> None:
        self.all = re.split(r"\r\n|\r|\n", source)

    def segment(self, node: ast.AST) -> str:
        """The text of a node; "" for one without a place."""
        first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
        if first is None or last is None:
            return ""
        begin, end = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
        lines = [line.encode("utf-8", "surrogatepass") for line in self.all[first - 1 : last]]  # ast counts bytes
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][begin:]
        return "\n".join(line.decode("utf-8", "surrogatepass") for line in lines)


def names_of(text: str, file: str) -> tuple[set[str], set[str]]:
    """The global names that a piece of code binds and uses; none of one that cannot be compiled."""
    binds: set[str] = set()
    uses: set[str] = set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _collect(compile(text, file, "exec", FLAGS, dont_inherit=True), binds, uses)
    except UNREADABLE:
        return set(), set()
    return binds, uses


def _collect(code: CodeType, binds: set[str], uses: set[str]) -> None:
    """The names in compiled code. The compiler knows which names are local; we need not."""
    todo = [(code, True)]
    while todo:
        code, top = todo.pop()
        for step in dis.get_instructions(code):
            if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (top and step.opname == "STORE_NAME"):
                binds.add(step.argval)
            elif step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                uses.add(step.argval)
            elif (
                step.opname in ("IMPORT_STAR", "CALL_INTRINSIC_1") and "IMPORT_STAR" in f"{step.opname} {step.argrepr}"
            ):
                binds.add("*")
        todo += [(inner, False) for inner in code.co_consts if isinstance(inner, CodeType)]


def changed_by(statement: ast.stmt, binds: set[str], imported: set[str]) -> set[str]:
    """The names that a statement changes, so that it needs them too: it binds and uses them.

    `x[0] = 1`, `x.y = 1`, `x += 1`, `x.append(1)`, `setattr(x, ...)`, `globals()["x"] = 1`; what is bound under an `if`
    or in a loop may also stay as it was. "*" stands for any name. `imported` names are not changed: `np.append(...)`.
    """
    found = {name for node in outside_functions(statement) for name in _changed(node)} - imported
    return found | (binds if isinstance(statement, COMPOUND) else set())


def imported_by(statement: ast.stmt) -> set[str]:
    """The names that a statement imports."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return set()
    return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all in it that runs at once: not what stands in a function. Goes as deep as need be."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if not isinstance(one, CLOSED):
            todo += reversed(list(ast.iter_child_nodes(one)))
        elif one is not node or isinstance(one, ast.ClassDef):
            todo += reversed(one.body if isinstance(one, ast.ClassDef) else getattr(one, "decorator_list", []))


def _changed(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            yield from (name for target in targets for name in _target(target))
        case ast.AugAssign(target=ast.Name(name)):
            yield name
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target) | ast.For(target=target):
            yield from _target(target)
        case ast.Call(func=ast.Name("exec")):
            yield "*"
        case ast.Call(func=ast.Name(name), args=[first, *_]) if name in OF_THE_FIRST:
            yield from filter(None, [_root(first)])
        case ast.Call(func=ast.Attribute(value, method), args=given):
            in_place = re.fullmatch(r"[a-z]\w*_", method) is not None
            if in_place or method in CHANGING:
                yield from ["*"] if _is_space(value) else filter(None, [_root(value)])
            if given and (in_place or method in OF_THE_FIRST):
                yield from filter(None, [_root(given[0])])


def _target(target: ast.AST) -> Iterator[str]:
    """The name that an assignment to a part of it changes."""
    match target:
        case ast.Subscript(value, ast.Constant(str(key))) if _is_space(value):
            yield key
        case ast.Subscript(value) if _is_space(value):
            yield "*"
        case ast.Subscript() | ast.Attribute():
            yield from filter(None, [_root(target)])
        case ast.Tuple(parts) | ast.List(parts):
            yield from (name for part in parts for name in _target(part))


def _is_space(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(name), args=[]):
            return name in SPACES
    return False


def _root(node: ast.AST) -> str | None:
    """The name at the beginning of `x.y[0].z`."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
