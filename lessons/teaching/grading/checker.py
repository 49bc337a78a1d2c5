"""From attempts to verdicts: what can be told by reading, what a student's process must do, and the judgement on it.

The checker draws the inputs, sends them to the student's process and judges what comes back with the exercise's own
`judge`, so the sentences are those of the notebook. Besides the inputs of the notebook's check there are fresh ones,
drawn for this grading alone, so a function that knows the answers by heart is found out. No student code runs here.

Every exercise can be driven in this way: functions that an exercise hands over as arguments travel as their source,
gradients are taken beside the student's function and compared here. What a student's process says of *side effects*
(a changed input, shared memory) is believed; a forged "none" hides such a fault and nothing else.
"""

from __future__ import annotations
import __future__

import ast
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from secrets import randbits
from typing import Any

from lessons.exercises import Exercise, Kind, Verdict
from lessons.teaching.grading import ours, wire
from lessons.teaching.grading.reading import Attempt
from lessons.teaching.grading.sandbox import Limits
from lessons.teaching.grading.wire import WireError
from lessons.tutor import CodeExercise
from lessons.tutor.judge import agree, show_input
from lessons.tutor.observe import Outcome, Raised

SLACK = 3.0  # seconds that a reply may take beyond the limit that the process keeps itself
TOO_LONG = "The lines of the notebook that this exercise needs are too long to be run."
NO_CELL = "There is no cell with this exercise in the notebook."
BY_HEART = (
    "It is right on the inputs that the notebook's check uses, and wrong on others. A function must compute its result "
    "from its arguments alone; this one seems to know the answers of the check."
)


@dataclass(frozen=True)
class Task:
    """One attempt that must run: the exercise, the attempt, the unit and its inputs as frames, seconds it may take."""

    item: Exercise
    attempt: Attempt
    unit: bytes
    inputs: bytes
    seconds: float


class Checker:
    """Judges attempts; `seed` draws the fresh inputs."""

    def __init__(self, limits: Limits, seed: int | None = None) -> None:
        self.limits = limits
        self.seed = randbits(32) if seed is None else seed
        self.drawn: dict[str, _Drawn] = {}

    def by_reading(self, item: Exercise, attempt: Attempt | None) -> Verdict | None:
        """The verdict on an attempt that need not run, or None."""
        if attempt is None:
            return Verdict(Kind.NOT_ATTEMPTED, NO_CELL)
        if attempt.problem:
            return Verdict(Kind.RAISED, attempt.problem)
        if isinstance(item, CodeExercise):
            if attempt.function is None:
                if attempt.literal and not attempt.blank:
                    return Verdict(Kind.WRONG, "A function is due here.")
                return item.check(...) if attempt.blank else None
            return item.before_running(_same_signature(attempt))
        if attempt.function is not None:
            return Verdict(Kind.WRONG, f'This is no exercise for a function: write answer("{item.id}", ...).')
        return _safely(item.check, attempt.literal[0]) if attempt.literal else None

    def task(self, item: Exercise, attempt: Attempt, all_lines: bool = False) -> Task:
        """What the student's process is to do for an attempt. Raises WireError for one that is too large."""
        code = isinstance(item, CodeExercise)
        unit = self._unit(attempt, attempt.target, all_lines) | {
            "observe": code,
            "names": list(item.parameters) if isinstance(item, CodeExercise) else [],
            "gradient": list(item.gradient) if isinstance(item, CodeExercise) else [],
            "forbidden": list(item.forbidden) if isinstance(item, CodeExercise) else [],
        }
        seconds = self.limits.setup_seconds + self.limits.seconds * code + SLACK
        inputs = self._drawn(item).frame if isinstance(item, CodeExercise) else wire.pack([])
        return Task(item, attempt, wire.pack(unit), inputs, seconds)

    def discovery(self, attempt: Attempt) -> bytes:
        """The unit that runs lines to see what they hand over. Raises WireError for one that is too large."""
        return wire.pack(self._unit(attempt, "?", all_lines=True))

    def _unit(self, attempt: Attempt, target: str, all_lines: bool) -> dict[str, Any]:
        return {
            "id": attempt.exercise_id,
            "setup": [(statement.file, statement.line, statement.text) for statement in attempt.setup],
            "target": target,
            "all": all_lines,
            "flags": __future__.annotations.compiler_flag if attempt.future else 0,
            "seconds": self.limits.seconds,
            "setup_seconds": self.limits.setup_seconds,
        }

    def has_tensors(self, item: CodeExercise) -> bool:
        """Whether the inputs of an exercise are PyTorch's."""
        return b'"t": "tensor"' in self._drawn(item).frame

    def prepare(self, item: Exercise) -> None:
        """Compute what the judgement on an exercise takes, so that its time is nobody's."""
        if isinstance(item, CodeExercise):
            assert item.mistaken or item.expected
            assert self._drawn(item).expected

    def judge(self, task: Task, reply: bytes) -> Verdict:
        """The verdict on a reply of the student's process, whatever is in it."""
        try:
            return self._judge(task, wire.unpack(reply))
        except Exception as error:  # a forged reply has many ways to be odd
            return Verdict(Kind.WRONG, f"The result cannot be compared ({type(error).__name__}).")

    def _judge(self, task: Task, reply: Any) -> Verdict:
        if not isinstance(reply, dict) or not all(type(key) is str for key in reply):
            raise WireError("no reply")
        if "setup" in reply:
            return _not_prepared(reply["setup"])
        if "not callable" in reply:
            return Verdict(Kind.WRONG, "A function is due here, and the name stands for something else.")
        item = task.item
        if not isinstance(item, CodeExercise):
            return _safely(item.check, reply["value"])
        if reply["stub"] is True:
            return item.before_running(_stub) or Verdict(Kind.NOT_ATTEMPTED, NO_CELL)
        if said := str(reply["signature"])[:300]:
            return item.before_running(_with_parameters(said)) or Verdict(Kind.WRONG, f"Your function takes `{said}`.")
        drawn, seen = self._drawn(item), [_outcome(one) for one in reply["outcomes"]]
        verdict = item.judge(seen[: drawn.usual])
        if verdict.kind is not Kind.CORRECT:
            return replace(verdict, share=drawn.share(seen[drawn.usual :]))
        verdict = self._on_fresh_inputs(drawn, verdict, seen)
        return ours.unless_own(item, task.attempt, reply["ours"], verdict) if verdict.kind is Kind.CORRECT else verdict

    def _on_fresh_inputs(self, drawn: _Drawn, verdict: Verdict, seen: Sequence[Outcome]) -> Verdict:
        """The same verdict if the attempt is right on the fresh inputs, too."""
        item, fresh = drawn.item, seen[drawn.usual :]
        if fresh and fresh[-1].stopped:
            return Verdict(Kind.TOO_SLOW, "Your function had not finished when its time was up.")
        for args, want, got in zip(drawn.inputs[drawn.usual :], drawn.expected, fresh, strict=True):
            if not agree(want, got, item.may_share):
                return Verdict(Kind.WRONG, BY_HEART, show_input(args, item.parameters))
        return verdict

    def _drawn(self, item: CodeExercise) -> _Drawn:
        if item.id not in self.drawn:
            self.drawn[item.id] = _Drawn(item, self.seed)
        return self.drawn[item.id]


@dataclass(eq=False)
class _Drawn:
    """The inputs of one exercise: those of the notebook's check, then the fresh ones."""

    item: CodeExercise
    seed: int

    @cached_property
    def inputs(self) -> list[tuple]:
        return [*self.item.draw(), *self.item.draw([self.seed])]

    @cached_property
    def usual(self) -> int:
        return len(self.item.draw())

    @cached_property
    def frame(self) -> bytes:
        return wire.pack(self.inputs, functions=True)

    @cached_property
    def expected(self) -> list[Outcome]:
        from lessons.tutor.observe import observe

        item = self.item
        outcomes = observe(item.reference, self.inputs[self.usual :], item.parameters, item.gradient)
        return [replace(outcome, faults=frozenset()) for outcome in outcomes]

    def share(self, fresh: Sequence[Outcome]) -> float:
        """The share of the fresh inputs that come out right: those of the check may be known by heart."""
        right = sum(agree(want, got, self.item.may_share) for want, got in zip(self.expected, fresh, strict=False))
        return right / len(self.expected)


def _stub() -> None: ...


def _same_signature(attempt: Attempt) -> Callable[..., Any]:
    """A function with the student's parameters, or the stub; it never runs."""
    assert attempt.function is not None
    return _stub if attempt.blank else _stand_in(_signature(attempt.function.args))


def _stand_in(signature: inspect.Signature) -> Callable[..., Any]:
    def stand_in() -> None:
        return None

    stand_in.__signature__ = signature  # type: ignore[attr-defined]
    return stand_in


def _with_parameters(signature: str) -> Callable[..., Any]:
    """A function of a signature such as "(a, b=2)"; it never runs. Raises SyntaxError, ValueError."""
    made = ast.parse(f"def stand_in{signature}: ...").body[0]
    if not isinstance(made, ast.FunctionDef):
        raise ValueError("no signature")
    return _stand_in(_signature(made.args))


def _signature(arguments: ast.arguments) -> inspect.Signature:
    """The signature of a parsed function; no default and no annotation is evaluated."""
    kinds = inspect.Parameter
    plain = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    rows: list[tuple[ast.arg | None, Any, ast.expr | None]] = []
    for index, (argument, default) in enumerate(zip(plain, [*missing, *arguments.defaults], strict=True)):
        only = index < len(arguments.posonlyargs)
        rows.append((argument, kinds.POSITIONAL_ONLY if only else kinds.POSITIONAL_OR_KEYWORD, default))
    rows.append((arguments.vararg, kinds.VAR_POSITIONAL, None))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        rows.append((argument, kinds.KEYWORD_ONLY, default))
    rows.append((arguments.kwarg, kinds.VAR_KEYWORD, None))
    return inspect.Signature(
        [
            kinds(argument.arg, kind, default=wire.Opaque(ast.unparse(default)) if default else kinds.empty)
            for argument, kind, default in rows
            if argument
        ]
    )


def _safely(check: Callable[[Any], Verdict], value: Any) -> Verdict:
    try:
        return check(value)
    except Exception as error:  # an answer so odd that it cannot be compared
        return Verdict(Kind.WRONG, f"The answer cannot be compared ({type(error).__name__}).")


def _not_prepared(failed: Any) -> Verdict:
    """The verdict where the lines that an attempt needs did not run through. Raises ValueError for another reply."""
    if isinstance(failed, str) and failed == "time":
        return Verdict(Kind.TOO_SLOW, "The lines of the notebook that this exercise needs did not come to an end.")
    if not isinstance(failed, tuple) or len(failed) != 3 or not all(isinstance(part, str) for part in failed):
        raise WireError("no reply")
    name, message, line = (part[:500] for part in failed)
    if name == "LookupError" and message == "no attempt was made":
        return Verdict(Kind.NOT_ATTEMPTED, NO_CELL)
    sentence = f"The lines of the notebook that this exercise needs raised {name}{': ' if message else ''}{message}"
    return Verdict(Kind.RAISED, f"{sentence.rstrip('.')}.", (("the line", line),) if line else ())


def _outcome(fields: dict[str, Any]) -> Outcome:
    """An outcome from what the process sent; strict, for it may send anything. Raises ValueError or TypeError."""
    raised = None
    if fields["raised"] is not None:
        name, message, number, line = fields["raised"]
        raised = Raised(str(name)[:100], str(message)[:500], int(number) if number else None, str(line)[:300])
    stopped = fields["stopped"]
    if stopped not in ("", "time", "interrupt"):
        raise ValueError("an unknown end of a call")
    faults = frozenset(str(fault)[:100] for fault in fields["faults"])
    if any(fault.partition(" ")[0] not in ("mutates", "shares", "no", "uses") for fault in faults) or len(faults) > 100:
        raise ValueError("an unknown side effect")
    printed = str(fields["printed"])[:2_200]
    return Outcome(fields["value"], raised, stopped, printed, faults, tuple(fields["gradients"]))
