"""The judge's process: it reads notebooks and the replies of students' processes as data, and says what they are worth.

It runs no student code. It is a process of its own because what it reads may be made to cost all time and memory:
then it is ended, at the cost of one answer, and another one begins (see `running`). Messages are JSON and raw bytes.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lessons.course.errors import CourseError
from lessons.exercises import Exercise, Kind, Verdict, catalogue
from lessons.teaching.grading import own, wire
from lessons.teaching.grading.checker import TOO_LONG, Checker, Task
from lessons.teaching.grading.reading import Attempt, Notebook, notebook
from lessons.teaching.grading.sandbox import Limits
from lessons.tutor import CodeExercise

MOST_SHOWN = 20_000  # characters of one attempt's code that the student's page shows


def verdict_from(fields: dict[str, Any]) -> Verdict:
    """A verdict from its JSON form."""
    pairs = {name: tuple(map(tuple, fields[name])) for name in ("details", "notes")}
    return Verdict(**(fields | pairs | {"kind": Kind(fields["kind"])}))


def exercises(folder: str) -> dict[str, Exercise]:
    """Every exercise by its id; `folder` holds a teacher's own, "" if there are none."""
    return {item.id: item for item in [*catalogue(), *(own.load(Path(folder)) if folder else [])]}


class Judge:
    """Answers messages on one notebook after the other; each message names what it asks for."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.items = exercises(settings["exercises"])
        self.checker = Checker(Limits(**settings["limits"]), settings["seed"])
        self.book = Notebook()
        self.tasks: dict[str, Task] = {}

    def answer(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to one message; a CourseError or another exception becomes an answer, too."""
        try:
            return getattr(self, f"on_{asked['do']}")(asked, block)
        except CourseError as error:
            return {"problem": str(error)}, b""
        except Exception as error:
            return {"problem": f"It cannot be read ({type(error).__name__})."}, b""

    def on_read(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """Read a notebook."""
        self.book, self.tasks = Notebook(), {}
        self.book = notebook(block, set(self.items))
        return {"torch": self.book.mentions_torch, "discover": bool(self.book.indirect)}, b""

    def on_discover(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """What the student's process must run to show what it hands over."""
        return {}, self.checker.discovery(Attempt("", "", self.book.to_discover()[0], future=self.book.future))

    def on_discovered(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """Take in what the student's process has shown."""
        reply, chosen = wire.unpack(block), self.book.to_discover()[1]
        caught = reply.get("caught") if isinstance(reply, dict) else None
        for name, number in caught.items() if isinstance(caught, dict) else ():
            if name in self.items and type(number) is int and 0 <= number < len(chosen):
                self.book.discovered(name, chosen[number])
        return {}, b""

    def on_plan(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """The verdicts that reading gives, what must run, and what may be tried again with all lines."""
        if not self.book.attempts and not self.book.claims:
            raise CourseError("No exercise of the course is in it. Is it the right notebook?")
        verdicts: dict[str, dict[str, Any]] = {}
        run: list[str] = []
        topics = self.book.topics or {name.partition(".")[0] for name in self.book.claims}
        for item in self.items.values():
            if item.topic in topics:
                verdict = self.checker.by_reading(item, self.book.attempts.get(item.id))
                verdicts |= {item.id: asdict(verdict)} if verdict else {}
                run += [] if verdict else [item.id]
        again = [name for name, one in verdicts.items() if one["kind"] != Kind.CORRECT and self._claimed(name)]
        code = {name: attempt.code[:MOST_SHOWN] for name, attempt in self.book.attempts.items()}
        claims = [name for name in self.book.claims if self._claimed(name)]
        told = {"verdicts": verdicts, "run": run, "again": again, "code": code, "claims": claims}
        return told | {"topics": sorted(topics), "tensors": any(map(self._has_tensors, run + again))}, b""

    def _has_tensors(self, name: str) -> bool:
        item = self.items[name]
        return isinstance(item, CodeExercise) and self.checker.has_tensors(item)

    def _claimed(self, name: str) -> bool:
        return self.book.claims.get(name) == Kind.CORRECT.value

    def on_task(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """The unit and the inputs of one exercise, and how many seconds they may take."""
        item, all_lines = self.items[asked["id"]], asked["all"]
        attempt = self.book.all_above(item.id) if all_lines else self.book.attempts[item.id]
        try:
            task = self.checker.task(item, attempt, all_lines)
        except wire.WireError:
            return {"verdict": asdict(Verdict(Kind.RAISED, TOO_LONG))}, b""
        self.tasks = {item.id: task}
        self.checker.prepare(item)
        return {"seconds": task.seconds, "unit": len(task.unit)}, task.unit + task.inputs

    def on_judge(self, asked: dict[str, Any], block: bytes) -> tuple[dict[str, Any], bytes]:
        """The verdict on the reply of the student's process, and whether all lines may do better."""
        verdict = self.checker.judge(self.tasks[asked["id"]], block)
        missing = verdict.kind is Kind.RAISED and "NameError: " in verdict.sentence
        again = verdict.kind is not Kind.CORRECT and (missing or self._claimed(asked["id"]))
        return {"verdict": asdict(verdict), "again": again}, b""


def main(settings: dict[str, Any]) -> None:
    """Answer the messages that arrive on standard input until it ends."""
    receive, send = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    judge = Judge(settings)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wire.write(send, wire.message({"ready": True}))
    while (frame := wire.read(receive, settings["longest"])) is not None:
        wire.write(send, wire.message(*judge.answer(*wire.opened(frame))))
    os._exit(0)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
