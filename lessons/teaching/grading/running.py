"""Grading all submissions: for each job a judge's process, and for each submission a student's process, side by side.

This process opens nothing that a student has made: it hands bytes from one process to the other, within limits, and
writes down what comes out. Whatever goes wrong with a submission is said of that submission, and the next one begins.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass
from queue import SimpleQueue
from typing import Any

from lessons.course.errors import CourseError
from lessons.exercises import Kind, Verdict
from lessons.teaching.grading import wire
from lessons.teaching.grading.child import Bounds, Child, Ended, OutOfTime
from lessons.teaching.grading.graded import Graded
from lessons.teaching.grading.journal import Journal
from lessons.teaching.grading.judge import verdict_from
from lessons.teaching.grading.reading import LARGEST, Attempt, Submission
from lessons.teaching.grading.sandbox import PACKAGE, Limits, Walls, Worker

WALL = 3.0  # seconds on the wall that one notebook's code may take, for each of its seconds of the processor
LONGEST = 3 * LARGEST  # bytes of one message
KEPT = ("SYSTEMROOT", "PATH", "TEMP", "TMP", "HOME", "USERPROFILE", "LESSONS_ASSETS", "LESSONS_HOME")
NOT_YET = "It is not graded yet."
LOST = "The notebook shows {} as correct, and the grade does not."


@dataclass(frozen=True)
class Setting:
    """What is the same for all submissions; `exercises` is the folder of a teacher's own, "" without one."""

    walls: Walls
    limits: Limits
    seed: int
    exercises: str = ""


def grade_all(found: Sequence[Submission], setting: Setting, jobs: int, journal: Journal) -> Iterator[Graded]:
    """Every submission, as soon as it is graded; what the journal knows comes at once. Raises CourseError."""
    todo = []
    for submission in found:
        known = Graded(submission)
        if journal.restore(known):
            yield known
        else:
            todo.append(submission)
    desks: SimpleQueue[_Desk] = SimpleQueue()
    made = [_Desk(setting, core) for core in _cores(jobs)]
    for desk in made:
        desks.put(desk)
    pool = ThreadPoolExecutor(jobs)
    try:
        waiting = [pool.submit(_at_a_desk, desks, submission) for submission in todo]
        for future in as_completed(waiting):
            graded = future.result()
            journal.add(graded)
            yield graded
    finally:
        for desk in made:  # where we were interrupted, some are still at work
            desk.close()
        pool.shutdown(cancel_futures=True)
        for desk in made:
            desk.close()


def _cores(jobs: int) -> list[int | None]:
    """A core for each job, so that a submission that is busy with many processes takes no other's."""
    try:
        cores = sorted(os.sched_getaffinity(0))
    except AttributeError:  # Linux alone
        return [None] * jobs
    return [cores[job % len(cores)] for job in range(jobs)]


def _at_a_desk(desks: SimpleQueue[_Desk], submission: Submission) -> Graded:
    """Grade one submission at a desk that is free; never fails but for a judge that does not start."""
    desk = desks.get()
    graded, begun = Graded(submission), time.monotonic()
    try:
        desk.grade(graded)
    except CourseError:
        raise
    except Exception as error:  # a fault of ours: it is said where it happened, and costs nobody else
        graded.problem(f"It was not graded: the grader failed ({type(error).__name__}: {error}).")
        graded.sure = False
    finally:
        graded.processor = desk.clear()
        desks.put(desk)
    graded.seconds = time.monotonic() - begun
    return graded


class _Desk:
    """One job: a judge, and a student's process for the submission that is on the desk."""

    def __init__(self, setting: Setting, core: int | None) -> None:
        self.setting, self.core = setting, core
        self.judge: Child | None = None
        self.worker: Worker | None = None
        self.closed = False
        self.used, self.judged = 0.0, 0.0  # processor seconds: of this submission's processes, of the judge so far
        self.clear()

    def clear(self) -> float:
        """Take everything of a submission off the desk; the judge stays. Returns the processor seconds it took."""
        self._end_worker()
        judged = self.judge.busy() if self.judge else 0.0
        used, self.used, self.judged = self.used + max(judged - self.judged, 0.0), 0.0, judged
        self.content, self.shown = b"", b""
        self.spent, self.free, self.failures, self.torch = 0.0, 0.0, 0, False
        self.waited = 0.0  # seconds on the wall for student code
        return used

    def close(self) -> None:
        """End both processes, and start no other."""
        self.closed = True
        self._end_worker()
        self._end_judge()

    def grade(self, graded: Graded) -> None:
        """Grade one submission."""
        if graded.submission.problem:
            return
        try:
            self.content = graded.submission.file.read_bytes()
            told = self._read()
            if told.get("discover"):
                self._discover(graded)
            plan = self._ask("plan")[0]
        except OSError as error:
            graded.problem(f"It cannot be read ({error.strerror}).")
            return
        except OutOfTime:
            graded.problem("It takes too long to be read.")
            return
        except Ended as error:
            graded.problem(f"It cannot be read: {error}.")
            return
        if sentence := told.get("problem") or plan.get("problem"):
            graded.problem(sentence)
            return
        self._carry_out(graded, plan)

    # --- the judge ---

    def _read(self) -> dict[str, Any]:
        """Let the judge read the notebook. Raises Ended or OutOfTime."""
        told = self._ask("read", self.content, self.setting.limits.reading_seconds)[0]
        self.torch = bool(told.get("torch"))
        return told

    def _ask(
        self, what: str, block: bytes = b"", seconds: float | None = None, **more: Any
    ) -> tuple[dict[str, Any], bytes]:
        """The judge's answer. Raises Ended or OutOfTime; then the judge is gone, and another one begins when asked."""
        if self.closed:
            raise Ended("the grader was stopped")
        judge = self.judge = self.judge or self._start_judge()
        judge.send(wire.message({"do": what, **more}, block))
        try:
            return wire.opened(judge.receive(seconds or self.setting.limits.start_seconds))
        except (Ended, OutOfTime):
            self._end_judge()
            raise

    def _start_judge(self) -> Child:
        setting = self.setting
        settings = {"seed": setting.seed, "exercises": setting.exercises, "longest": LONGEST}
        command = [sys.executable, "-B", "-s", "-P", "-m", "lessons.teaching.grading.judge"]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "PYTHONPATH": str(PACKAGE.parent),
            "OMP_NUM_THREADS": "1",
            "CUDA_VISIBLE_DEVICES": "",
            "HF_HUB_OFFLINE": "1",
            "MPLBACKEND": "agg",
        }
        bounds = Bounds(setting.limits.memory, 8, sys.maxsize, LONGEST)
        judge = Child([*command, json.dumps(settings | {"limits": asdict(setting.limits)})], environment, bounds)
        try:
            judge.receive(setting.limits.start_seconds, setting.limits.start_seconds)
        except (Ended, OutOfTime) as error:
            judge.end()
            raise CourseError(f"The judge's process does not start: {error}") from error
        return judge

    def _end_judge(self) -> None:
        judge, self.judge = self.judge, None
        if judge is not None:
            judge.end()

    def _again(self) -> None:
        """A new judge that has read the notebook, where the last one was ended. Raises Ended or OutOfTime."""
        if self.judge is None:
            self._read()
            if self.shown:
                self._ask("discovered", self.shown)

    # --- the student's process ---

    def _discover(self, graded: Graded) -> None:
        """Run what hands something over in a way that cannot be read, and tell the judge what it was."""
        told, unit = self._ask("discover")
        if told.get("problem"):
            return
        limits = self.setting.limits
        reply = self._run(graded, unit, wire.pack([]), limits.setup_seconds)
        if isinstance(reply, bytes):
            self.shown = reply
            with suppress(OutOfTime, Ended):
                self._ask("discovered", reply, limits.judging_seconds)
            self._again()

    def _run(self, graded: Graded, unit: bytes, inputs: bytes, seconds: float) -> bytes | Verdict:
        """The reply of the student's process, or the verdict on its end."""
        left = self.setting.limits.submission_seconds - self._busy()
        wall = WALL * self.setting.limits.submission_seconds - self.waited
        if min(left, wall) <= 0:
            return Verdict(Kind.TOO_SLOW, "The time for this notebook was used up by other exercises.")
        try:
            self.worker = self.worker or self._start_worker()
        except (Ended, OutOfTime) as error:
            graded.sure = False
            return Verdict(Kind.RAISED, f"It was not graded: no process could be started for it ({error}).")
        begun = time.monotonic()
        try:
            return self.worker.ask(unit, inputs, min(left, seconds), wall)
        except OutOfTime:
            self._end_worker()
            return Verdict(Kind.TOO_SLOW, "Your code did not come to an end, and had to be stopped.")
        except Ended as reason:
            self._end_worker()
            return Verdict(Kind.RAISED, f"Your code ended its own process ({reason}).")
        finally:  # only while student code runs: what the grader itself takes is nobody's
            self.waited += time.monotonic() - begun

    def _start_worker(self) -> Worker:
        if self.closed:
            raise Ended("the grader was stopped")
        worker = Worker(self.setting.walls, self.setting.limits, self.torch, self.core)
        try:
            worker.ready()
        except (Ended, OutOfTime):
            worker.end()
            raise
        self.free = worker.busy()  # what the start has taken is nobody's
        return worker

    def _busy(self) -> float:
        """Processor seconds of student code on this submission."""
        return self.spent + (max(self.worker.busy() - self.free, 0.0) if self.worker else 0.0)

    def _end_worker(self) -> None:
        worker, self.worker = self.worker, None
        if worker is not None:
            busy = worker.busy()
            self.used += busy
            self.spent += max(busy - self.free, 0.0)
            worker.end()

    # --- both ---

    def _carry_out(self, graded: Graded, plan: dict[str, Any]) -> None:
        """Run what must run, and enter all verdicts and the code that was graded."""
        submission = graded.submission
        for name, code in plan["code"].items():
            submission.attempts[name] = Attempt(name, code)
        graded.verdicts = {name: verdict_from(fields) for name, fields in plan["verdicts"].items()}
        if plan["tensors"] and not self.torch:
            self._end_worker()
            self.torch = True
        again = list(plan["again"])
        for name in plan["run"]:
            graded.verdicts[name], more = self._verdict(graded, name, all_lines=False)
            again += [name] if more else []
        for name in again:
            verdict, _ = self._verdict(graded, name, all_lines=True)
            if verdict.kind is Kind.CORRECT:
                graded.verdicts[name] = verdict
        lost = [name for name in plan["claims"] if graded.verdicts[name].kind is not Kind.CORRECT]
        if submission.lesson and submission.lesson not in plan["topics"]:
            found = ", ".join(plan["topics"])
            graded.problem(f"Its name says {submission.lesson}, and its exercises are those of {found}.")
        if lost:
            graded.problem(LOST.format(", ".join(lost)))

    def _verdict(self, graded: Graded, name: str, all_lines: bool) -> tuple[Verdict, bool]:
        """The verdict on one exercise, and whether it may be better with all lines of the notebook."""
        if self.failures > 1:
            return Verdict(
                Kind.WRONG, "It was not judged: other results of this notebook could not be compared."
            ), False
        try:
            self._again()
            told, block = self._ask("task", id=name, all=all_lines)
            if sentence := told.get("problem"):
                return Verdict(Kind.RAISED, sentence), False
            if verdict := told.get("verdict"):
                return verdict_from(verdict), False
            unit, inputs = block[: told["unit"]], block[told["unit"] :]
            reply = self._run(graded, unit, inputs, told["seconds"])
            if isinstance(reply, Verdict):
                return reply, False
            judged = self._ask("judge", reply, self.setting.limits.judging_seconds, id=name)[0]
            if sentence := judged.get("problem"):
                return Verdict(Kind.WRONG, sentence), False
            return verdict_from(judged["verdict"]), bool(judged["again"])
        except (Ended, OutOfTime) as error:
            self.failures += 1
            slow = "it takes too long" if isinstance(error, OutOfTime) else str(error)
            return Verdict(Kind.WRONG, f"The result cannot be compared ({slow})."), False
