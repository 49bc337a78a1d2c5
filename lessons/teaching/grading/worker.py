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
from contextlib import suppress
from typing import Any

from lessons.teaching.grading import wire


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


def _perform(unit: dict[str, Any], inputs: list[tuple]) -> bytes:
    """The reply on one unit: its preparation, then the function's outcomes or the expression's value."""
    from lessons.tutor.observe import observe, undisturbed
    from lessons.tutor.timer import OutOfTime, call_within

    where = [("", 0)]
    try:
        with undisturbed():
            value = call_within(unit["setup_seconds"], _prepare, (unit, where))
    except OutOfTime:
        return wire.pack({"setup": "time"})
    except BaseException as error:  # sys.exit() too
        with suppress(BaseException):
            return wire.pack({"setup": _failure(error, where[0][0])})
        return wire.pack({"setup": (type(error).__name__, "", "")})
    if not unit["observe"]:
        return wire.pack({"value": value})
    if not callable(value):
        return wire.pack({"not callable": value})
    outcomes = observe(value, inputs, unit["names"], unit["gradient"], unit["seconds"], unit["forbidden"])
    return wire.pack({"outcomes": [_plain(outcome) for outcome in outcomes]})


def _prepare(unit: dict[str, Any], where: list[tuple[str, int]]) -> Any:
    """Run the definitions that the target needs, in a namespace of their own; returns the target."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for file, text in unit["setup"]:
        where[0] = (file, 0)
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec", unit["flags"], dont_inherit=True), space)
    where[0] = ("<the answer>", 0)
    return eval(compile(unit["target"], "<the answer>", "eval", dont_inherit=True), space)


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
