"""The student's process: it gets code and inputs, runs them, and says what they did. Here student code runs.

It is started inside the sandbox, in a copy of the course without solutions (see `sandbox`), does the same as the check
in a notebook does (`observe`), and judges nothing: it knows no expected result. All that student code can do to it is
to send other arrays for its own row.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from lessons.teaching.grading import wire

PATIENCE = 5.0  # seconds on the wall for each second of the processor; less than whoever waits has


def main(settings: dict[str, Any]) -> None:
    """Serve the units that arrive on standard input until it ends."""
    receive, send = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):  # a gigabyte of prints goes nowhere; input() finds the end of a file
        os.dup2(nothing, descriptor)
    if settings["uid"]:
        os.setgroups([])
        os.setresgid(settings["uid"], settings["uid"], settings["uid"])
        os.setresuid(settings["uid"], settings["uid"], settings["uid"])
    import numpy  # noqa: F401  (before the limits, as torch: their libraries need address space)

    if settings["torch"]:
        import torch

        torch.set_num_threads(1)
    from lessons.tutor import observe  # noqa: F401

    _limit(settings)
    os.dup2(nothing, 2)  # until now the place for our own errors
    wire.write(send, wire.pack("ready"))
    while (frame := wire.read(receive)) is not None:
        inputs = wire.read(receive)
        assert inputs is not None
        reply = _perform(wire.unpack(frame), wire.unpack(inputs, functions=True))
        wire.write(send, reply)
    os._exit(0)


def _limit(settings: dict[str, Any]) -> None:
    """Limits of the operating system, where it has any: memory, processes, files, processor time."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        "AS": settings["memory"] + _mapped(),
        "NPROC": settings["processes"],
        "FSIZE": settings["file"],
        "CPU": settings["cpu"],
        "NOFILE": 128,
        "CORE": 0,
        "MSGQUEUE": 0,
    }
    if settings["plain"]:  # there it would count every process of whoever grades
        del limits["NPROC"]
    for name, limit in limits.items():
        number = getattr(resource, f"RLIMIT_{name}", None)
        if number is not None:
            with suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(number, (limit, limit))


def _mapped() -> int:
    """Bytes of address space in use."""
    with suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 4_000_000_000


def fair() -> float:
    """The seconds that count: those of the processor, or, for whoever sleeps, a part of those on the wall."""
    return max(time.process_time(), (time.monotonic() - BEGUN) / PATIENCE)


BEGUN = time.monotonic()


def _perform(unit: dict[str, Any], inputs: list[tuple]) -> bytes:
    """The reply on one unit: its preparation, then the function's outcomes or the expression's value."""
    from lessons.tutor.observe import observe, undisturbed
    from lessons.tutor.timer import Clock, OutOfTime, call_within

    where = [("", 0)]
    try:
        with undisturbed():
            value = call_within(Clock(unit["setup_seconds"], fair), _prepare, (unit, where))
    except OutOfTime:
        return wire.pack({"setup": "time"})
    except BaseException as error:  # sys.exit() too
        with suppress(BaseException):
            return wire.pack({"setup": _failure(error, where[0][0])})
        return wire.pack({"setup": (type(error).__name__, "", "")})
    if unit["target"] == "?":
        return wire.pack({"caught": value})
    if not unit["observe"]:
        return wire.pack({"value": value})
    if not callable(value):
        return wire.pack({"not callable": value})
    about = _about(value, unit["names"])
    if about["stub"] or about["signature"]:
        return wire.pack(about | {"outcomes": []})
    clock = Clock(unit["seconds"], fair)
    outcomes = observe(value, inputs, unit["names"], unit["gradient"], clock, unit["forbidden"])
    return wire.pack(about | {"outcomes": [_plain(outcome) for outcome in outcomes]})


def _prepare(unit: dict[str, Any], where: list[tuple[str, int]]) -> Any:
    """Run the definitions that the target needs, in a namespace of their own; returns the target.

    A target of "" is what `exercise` or `answer` was last given for the unit's exercise, "?" all that they were given:
    for each exercise the number of the last statement that did so. Where all of the notebook runs, a line that fails is
    passed over, as whoever works in a notebook would.
    """
    import importlib

    exercises: Any = importlib.import_module("lessons.exercises")  # here it is the stand-in
    space: dict[str, Any] = {"__name__": "__main__"}
    if not unit["target"] or unit["target"] == "?":
        space |= {"exercise": exercises.exercise, "answer": exercises.answer}
    exercises.given.clear()
    caught: dict[str, int] = {}
    for place, (file, line, text) in enumerate(unit["setup"]):
        where[0] = (file, 0)
        before = len(exercises.given)
        try:
            _run_statement(file, line, text, unit["flags"], space)
        except Exception:
            if not unit["all"]:
                raise
        caught |= {str(name): place for name, _ in exercises.given[before:]}
    if unit["target"] == "?":
        return caught
    if not unit["target"]:
        return _given(exercises.given, unit["id"])
    where[0] = ("<the answer>", 0)
    return eval(compile(unit["target"], "<the answer>", "eval", dont_inherit=True), space)


def _run_statement(file: str, line: int, text: str, flags: int, space: dict[str, Any]) -> None:
    text = "\n" * (line - 1) + text
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec", flags, dont_inherit=True), space)


def _given(given: list[tuple[str, Any]], exercise_id: str) -> Any:
    """The last attempt at an exercise that is more than the stub, else the last. Raises LookupError."""
    from lessons.tutor.observe import is_stub

    found = [value for name, value in given if name == exercise_id]
    if not found:
        raise LookupError("no attempt was made")
    made = [value for value in found if not (value is ... or (callable(value) and is_stub(value)))]
    return (made or found)[-1]


def _about(function: Any, names: list[str]) -> dict[str, Any]:
    """Of a function: whether it is still the stub, its signature if it cannot be called so, what it uses of ours."""
    import inspect

    from lessons.tutor.observe import is_stub

    said: dict[str, Any] = {"stub": False, "signature": "", "ours": []}
    with suppress(Exception):  # an object whose own methods fail: its call will show that
        said["stub"] = is_stub(function)
        said["ours"] = sorted(set(_ours(function)))[:50]
    with suppress(Exception):
        found = inspect.signature(function)
        try:
            found.bind(*names)
        except TypeError:
            said["signature"] = str(found)[:300] or "()"
    return said


def _ours(function: Any, depth: int = 3) -> Iterator[str]:
    """The course's own functions that a function or its helpers name, such as "lessons.attention.attention"."""
    import inspect

    inner = inspect.unwrap(function)
    module = str(getattr(inner, "__module__", ""))
    if module.startswith("lessons."):
        yield f"{module}.{getattr(inner, '__qualname__', '')}"
    code, space = getattr(inner, "__code__", None), getattr(inner, "__globals__", {})
    if code is None or not depth or module.startswith("lessons."):
        return
    yield from _imported(code)
    parts = [space[name] for name in code.co_names if name in space]
    chapters = [part for part in parts if inspect.ismodule(part) and part.__name__.startswith("lessons.")]
    parts += [getattr(chapter, name) for chapter in chapters for name in code.co_names if hasattr(chapter, name)]
    with suppress(ValueError):  # a cell that is still empty
        parts += [cell.cell_contents for cell in inner.__closure__ or ()]
    for part in parts:
        if callable(part) and part is not function:
            yield from _ours(part, depth - 1)


def _imported(code: Any) -> Iterator[str]:
    """What code imports of the course when it runs."""
    import dis

    module = ""
    for step in dis.get_instructions(code):
        if step.opname == "IMPORT_NAME":
            module = str(step.argval)
        elif step.opname == "IMPORT_FROM" and module.startswith("lessons."):
            yield f"{module}.{step.argval}"


def _failure(error: BaseException, file: str) -> tuple[str, str, str]:
    """Type, message and the student's line of an error while preparing."""
    number, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            number = trace.tb_lineno
        trace = trace.tb_next
    return type(error).__name__, str(error)[:500], linecache.getline(file, number).strip()[:200] if number else ""


def _plain(outcome: Any) -> dict[str, Any]:
    raised = outcome.raised
    return {
        "value": outcome.value,
        "raised": (raised.type, raised.message, raised.line_number, raised.line) if raised else None,
        "stopped": outcome.stopped,
        "printed": outcome.printed,
        "faults": sorted(outcome.faults),
        "gradients": outcome.gradients,
    }


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
