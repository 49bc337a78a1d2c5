"""Runs an attempt on given inputs and writes down what it does; judges nothing, raises nothing.

This half needs the learner's function and the inputs, and no exercise, so grading can run it in a process of its own.
"""

from __future__ import annotations

import ast
import dis
import inspect
import io
import linecache
import random
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

import numpy as np

from .timer import Clock, OutOfTime, call_within
from .values import arrays, duplicate, identical, is_tensor, share_memory

PRINTED = 2_000  # characters of an attempt's output that are kept


@dataclass(frozen=True)
class Raised:
    """An exception of the attempt: its type, its message, and the learner's own line that led to it."""

    type: str
    message: str
    line_number: int | None = None
    line: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one call did: returned a value, raised, or was stopped ("time" or "interrupt").

    `faults` names what it should not do: "mutates x", "marks x", "shares x", "no gradient", "uses NAME". `gradients`
    are those of an uneven sum of the result with respect to the inputs for which the exercise asks.
    """

    value: Any = None
    raised: Raised | None = None
    stopped: str = ""
    printed: str = ""
    faults: frozenset[str] = frozenset()
    gradients: tuple[Any, ...] = ()


@dataclass
class _Bounded(io.TextIOBase):
    """A text stream that keeps the first characters and forgets the rest: a gigabyte of prints costs nothing."""

    kept: str = ""
    dropped: int = 0

    def write(self, text: str) -> int:
        room = PRINTED - len(self.kept)
        self.kept += text[:room]
        self.dropped += max(len(text) - room, 0)
        return len(text)

    def text(self) -> str:
        return self.kept + (f"\n… and {self.dropped:,} more characters" if self.dropped else "")


def observe(
    function: Callable[..., Any],
    inputs: Sequence[tuple],
    names: Sequence[str] = (),
    gradient: Sequence[str] = (),
    seconds: float | Clock | None = None,
    forbidden: Sequence[str] = (),
) -> tuple[Outcome, ...]:
    """Call the function on a copy of every input, for so many seconds in all; ends early if it is stopped.

    `names` are the parameters' names, `gradient` those in which the result must be differentiable, `forbidden` the
    functions that it must not use.
    """
    outcomes: list[Outcome] = []
    clock = Clock(seconds) if isinstance(seconds, int | float) else seconds
    used = frozenset(f"uses {name}" for name in forbidden if name in names_in(function))
    with undisturbed(), _known_by_its_name(function):
        for args in inputs:
            output = _Bounded()
            with redirect_stdout(output), redirect_stderr(output):
                outcome = _call_once(function, args, names, gradient, clock)
            outcomes.append(replace(outcome, printed=output.text(), faults=outcome.faults | used))
            if outcome.stopped:
                break
    return tuple(outcomes)


def _call_once(
    function: Callable[..., Any], args: tuple, names: Sequence[str], gradient: Sequence[str], clock: Clock | None
) -> Outcome:
    args = duplicate(args)
    leaves = [arg.requires_grad_() for name, arg in zip(names, args, strict=False) if name in gradient]
    before = duplicate(args)

    def run() -> Outcome:
        return _harvest(function(*args), args, before, names, leaves)

    try:
        return call_within(clock, run, ())
    except OutOfTime:
        return Outcome(stopped="time")
    except KeyboardInterrupt:
        return Outcome(stopped="interrupt")
    except BaseException as error:  # SystemExit too: nothing that a learner writes may end the notebook
        return Outcome(raised=_describe(error, function))


def _harvest(value: Any, args: tuple, before: tuple, names: Sequence[str], leaves: list[Any]) -> Outcome:
    """Everything that is to be known of a returned value; part of the timed call, for its methods may be anything."""
    faults = set()
    for index, (arg, old) in enumerate(zip(args, before, strict=True)):
        name = names[index] if index < len(names) else f"argument {index + 1}"
        if not identical(arg, old):
            faults.add(f"mutates {name}")
        elif is_tensor(arg) and (arg.grad is not None or arg.requires_grad != old.requires_grad):
            faults.add(f"marks {name}")
        if share_memory(value, arg):
            faults.add(f"shares {name}")
    gradients: tuple[Any, ...] = ()
    ends = [part for part in arrays(value) if is_tensor(part) and part.requires_grad] if leaves else []
    if ends:
        found = sys.modules["torch"].autograd.grad(_uneven_sum(ends), leaves, allow_unused=True, materialize_grads=True)
        gradients = duplicate(tuple(found))
    elif leaves:
        faults.add("no gradient")
    return Outcome(value=duplicate(value), faults=frozenset(faults), gradients=gradients)


def _uneven_sum(tensors: Sequence[Any]) -> Any:
    """The sum of all numbers, each with a weight of its own: the plain sum of a softmax is 1, whatever its inputs."""
    torch, total, begun = sys.modules["torch"], 0, 1
    for part in tensors:
        weights = torch.arange(begun, begun + part.numel()).view(part.shape).cos()
        total, begun = total + (part * weights).sum(), begun + part.numel()
    return total


def _describe(error: BaseException, function: Callable[..., Any]) -> Raised:
    """The error with the last line of the learner's own file on its way."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    try:
        message = str(error)[:500]
    except Exception:
        message = ""
    number, trace = None, error.__traceback__
    while trace is not None:
        if code is not None and trace.tb_frame.f_code.co_filename == code.co_filename:
            number = trace.tb_lineno
        trace = trace.tb_next
    if number is None or code is None:
        return Raised(type(error).__name__, message)
    line = linecache.getline(code.co_filename, number).strip()
    return Raised(type(error).__name__, message, number, line)


@contextmanager
def _known_by_its_name(function: Callable[..., Any]) -> Iterator[None]:
    """While it is called, the function's name means the function itself, so that it may call itself.

    A decorator runs before the name is bound: until then it stands for nothing, or for an attempt before this one.
    """
    inner = inspect.unwrap(function) if callable(function) else function
    space, name, code = (getattr(inner, key, None) for key in ("__globals__", "__name__", "__code__"))
    if space is None or code is None or name in code.co_freevars:
        with _cell_filled(inner, name):
            yield
        return
    absent = object()
    before = space.get(name, absent)
    space[name] = function
    try:
        yield
    finally:
        if space.get(name) is function:
            space.pop(name) if before is absent else space.update({name: before})


@contextmanager
def _cell_filled(function: Any, name: str | None) -> Iterator[None]:
    """The same for a function that was defined inside another one, whose name is a cell that is still empty."""
    free = getattr(getattr(function, "__code__", None), "co_freevars", ())
    cell = function.__closure__[free.index(name)] if name in free else None
    try:
        empty = cell is not None and cell.cell_contents is None
    except ValueError:
        empty = True
    if cell is None or not empty:
        yield
        return
    cell.cell_contents = function
    try:
        yield
    finally:
        del cell.cell_contents


def names_in(function: Callable[..., Any], depth: int = 3) -> set[str]:
    """The names of what a function uses, also in its inner functions and in the helpers that it calls.

    A helper that stands in the same notebook counts by what it uses, not by its name: anybody may call one's own
    function `log_softmax`.
    """
    inner = inspect.unwrap(function) if callable(function) else function
    code, space = getattr(inner, "__code__", None), getattr(inner, "__globals__", {})
    if code is None:
        return {str(getattr(inner, "__name__", ""))}
    variables, found = _names_in_code(code)
    for name in variables:
        helper = inspect.unwrap(space[name]) if callable(space.get(name)) else space.get(name)
        if not inspect.isfunction(helper) or helper.__globals__ is not space:
            found |= {name, str(getattr(helper, "__name__", name))}
        elif depth and helper is not inner:
            found |= names_in(helper, depth - 1)
    return found


def _names_in_code(code: CodeType) -> tuple[set[str], set[str]]:
    """The global variables that code reads; and the attributes that it takes, and what it imports."""
    variables, others = set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            variables.add(str(step.argval))
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_NAME", "IMPORT_FROM"):
            others.add(str(step.argval))
        elif isinstance(step.argval, CodeType):
            inside = _names_in_code(step.argval)
            variables, others = variables | inside[0], others | inside[1]
    return variables, others


@contextmanager
def undisturbed() -> Iterator[None]:
    """Neither does a learner's setting reach a check, nor what an attempt sets reach the notebook.

    Random states, grad mode, default dtype and device, print options, NumPy's errors, warnings, the recursion limit.
    """
    python_state, numpy_state, limit = random.getstate(), np.random.get_state(), sys.getrecursionlimit()
    errors, printing = np.geterr(), np.get_printoptions()
    try:
        with warnings.catch_warnings(), _torch_undisturbed():
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        np.seterr(**errors)
        np.set_printoptions(**printing)
        sys.setrecursionlimit(limit)


@contextmanager
def _torch_undisturbed() -> Iterator[None]:
    """The same for PyTorch, where it is loaded."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        yield
        return
    state, grad, dtype = torch.get_rng_state(), torch.is_grad_enabled(), torch.get_default_dtype()
    device, printing = torch.get_default_device(), dict(vars(torch._tensor_str.PRINT_OPTS))
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    try:
        with nullcontext() if device.type == "cpu" else torch.device("cpu"):  # stronger than what was set before
            yield
    finally:
        torch.set_rng_state(state)
        torch.set_grad_enabled(grad)
        torch.set_default_dtype(dtype)
        vars(torch._tensor_str.PRINT_OPTS).update(printing)
        if torch.get_default_device() != device:
            torch.set_default_device(None if device.type == "cpu" else device)


def is_stub(function: Callable[..., Any]) -> bool:
    """Whether a function still has the body that the course gave it: `...`, `pass`, or a NotImplementedError.

    The compiled code decides where it can, for a function need not have its source at hand.
    """
    body = _source_body(function)
    if body is not None:
        return all(map(_is_placeholder, body))
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or code.co_name == "<lambda>":
        return False
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("RESUME", "NOP", "COPY_FREE_VARS")]
    return not code.co_names and not code.co_freevars and all(step.argval is None for step in steps)


def _source_body(function: Callable[..., Any]) -> list[ast.stmt] | None:
    """The statements of a function, or None where its source cannot be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return tree.body[0].body


def _is_placeholder(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(ast.Constant()):
            return True
        case ast.Return(ast.Constant(value)):
            return value is ...
        case ast.Raise(exc=ast.Name("NotImplementedError") | ast.Call(func=ast.Name("NotImplementedError"))):
            return True
    return False
