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
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .timer import OutOfTime, call_within
from .values import duplicate, identical, is_tensor, share_memory

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

    `faults` names side effects: "mutates x", "shares x", "no gradient". `gradients` are those of the result's sum with
    respect to the inputs for which the exercise asks.
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
    seconds: float | None = None,
) -> tuple[Outcome, ...]:
    """Call the function on a copy of every input, for so many seconds in all; ends early if it is stopped.

    `names` are the parameters' names, `gradient` those in which the result must be differentiable.
    """
    outcomes: list[Outcome] = []
    deadline = None if seconds is None else time.monotonic() + seconds
    with undisturbed():
        for args in inputs:
            left = None if deadline is None else deadline - time.monotonic()
            output = _Bounded()
            with redirect_stdout(output), redirect_stderr(output):
                outcome = _call_once(function, args, names, gradient, left)
            outcomes.append(replace(outcome, printed=output.text()))
            if outcome.stopped:
                break
    return tuple(outcomes)


def _call_once(
    function: Callable[..., Any], args: tuple, names: Sequence[str], gradient: Sequence[str], left: float | None
) -> Outcome:
    args = duplicate(args)
    leaves = [arg.requires_grad_() for name, arg in zip(names, args, strict=False) if name in gradient]
    before = duplicate(args)

    def run() -> Outcome:
        return _harvest(function(*args), args, before, names, leaves)

    try:
        return call_within(left, run, ())
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
        if share_memory(value, arg):
            faults.add(f"shares {name}")
    gradients: tuple[Any, ...] = ()
    if leaves and is_tensor(value) and value.requires_grad:
        found = sys.modules["torch"].autograd.grad(value.sum(), leaves, allow_unused=True, materialize_grads=True)
        gradients = duplicate(tuple(found))
    elif leaves:
        faults.add("no gradient")
    return Outcome(value=duplicate(value), faults=frozenset(faults), gradients=gradients)


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
def undisturbed() -> Iterator[None]:
    """Puts back what an attempt may change for everyone: random states, grad mode, default dtype, warnings, limits."""
    torch: Any = sys.modules.get("torch")
    python_state, numpy_state, limit, errors = (
        random.getstate(),
        np.random.get_state(),
        sys.getrecursionlimit(),
        np.geterr(),
    )
    if torch:
        torch_state, grad, dtype = torch.get_rng_state(), torch.is_grad_enabled(), torch.get_default_dtype()
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        np.seterr(**errors)
        sys.setrecursionlimit(limit)
        if torch:
            torch.set_rng_state(torch_state)
            torch.set_grad_enabled(grad)
            torch.set_default_dtype(dtype)


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
