"""What a grading run promises whatever is handed in: limits that hold, rows that stay, a run that goes on."""

from __future__ import annotations

import json
import os
import platform
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lessons.course.errors import CourseError
from lessons.exercises import Kind, find
from lessons.teaching.grading import cgroup, child, grade, journal, ours, reading, report, running, sandbox, seccomp
from lessons.teaching.grading.child import Bounds, Child, Ended, OutOfTime
from lessons.teaching.grading.graded import Graded
from lessons.teaching.grading.reading import Attempt, Statement, Submission
from lessons.teaching.grading.sandbox import Limits, Walls
from lessons.tutor import CodeExercise
from lessons.tutor.timer import Clock, call_within
from lessons.tutor.timer import OutOfTime as TimeIsUp
from lessons.tutor.verdict import Verdict

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="this is a part of Linux")
BOUNDS = Bounds(10**9, 20, 10**6)
QUIZ = "linear_models.quiz_leak"


def child_of(code: str, bounds: Bounds = BOUNDS) -> Child:
    return Child([sys.executable, "-c", code], dict(os.environ), bounds)


# --- one process ------------------------------------------------------------------------------------------------------


def test_a_loop_uses_up_the_processor_and_a_sleeper_the_wall() -> None:
    loop = child_of("while True: pass")
    try:
        with pytest.raises(OutOfTime):
            loop.receive(0.3, 600)
        assert loop.busy() > 0.3
    finally:
        loop.end()
    sleeper = child_of("import time; time.sleep(600)")
    try:
        with pytest.raises(OutOfTime):
            sleeper.receive(600, 0.3)
    finally:
        sleeper.end()
    assert sleeper.process.returncode is not None


@LINUX
def test_memory_that_processes_share_is_counted_once_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "OWN", 0)
    code = (
        "import mmap, os, time\nm = mmap.mmap(-1, 120_000_000)\nm.write(bytes(120_000_000))\n"
        "for _ in range(3):\n    if not os.fork(): break\nm[0]\ntime.sleep(600)"
    )
    held = child_of(code, Bounds(250_000_000, 20, 10**6))
    try:
        with pytest.raises(OutOfTime):
            held.receive(60, 2)  # 120 MB, four times over
    finally:
        held.end()
    held = child_of(code, Bounds(100_000_000, 20, 10**6))
    try:
        with pytest.raises(Ended, match="memory"):
            held.receive(60, 60)
    finally:
        held.end()


def test_a_clock_may_go_by_another_time() -> None:
    told = iter(range(1000))
    with pytest.raises(TimeIsUp):
        call_within(Clock(0.05, lambda: next(told) / 20 + time.monotonic() * 0), _loop, ())
    assert call_within(Clock(0.05, lambda: 0.0), time.sleep, (0.2,)) is None  # no time passes


def _loop() -> None:
    while True:
        pass


# --- calls of the system, groups --------------------------------------------------------------------------------------


def _verdict_of_filter(program: bytes, architecture: int, number: int, first: int = 0) -> int:
    """What the kernel would do: the filter, run here on one call."""
    steps = list(struct.iter_unpack("=HBBI", program))
    data = struct.pack("=IIQ6Q", number, architecture, 0, first, 0, 0, 0, 0, 0)
    loaded, at = 0, 0
    while True:
        code, yes, no, value = steps[at]
        at += 1
        match code:
            case seccomp.LOAD:
                (loaded,) = struct.unpack_from("=I", data, value)
            case seccomp.RETURN:
                return value
            case seccomp.EQUAL:
                at += yes if loaded == value else no
            case seccomp.ABOVE:
                at += yes if loaded >= value else no
            case seccomp.BITS:
                at += yes if loaded & value else no


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_refuses_what_it_names_and_nothing_else(machine: str) -> None:
    program, (architecture, column, clone, socket) = seccomp.program(machine), seccomp.MACHINES[machine]
    refused = {numbers[column] for numbers in seccomp.REFUSED.values()}
    for number in set(range(460)) - {clone, socket, 435}:
        due = seccomp.ERRNO | seccomp.EPERM if number in refused else seccomp.ALLOW
        assert _verdict_of_filter(program, architecture, number) == due, number
    assert _verdict_of_filter(program, architecture, 435) == seccomp.ERRNO | seccomp.ENOSYS
    assert _verdict_of_filter(program, architecture, clone, 0x00010900) == seccomp.ALLOW  # a thread
    assert _verdict_of_filter(program, architecture, clone, 0x10000000) == seccomp.ERRNO | seccomp.EPERM
    for family, due in ((1, seccomp.ALLOW), (2, seccomp.ALLOW), (16, seccomp.ERRNO | seccomp.EAFNOSUPPORT)):
        assert _verdict_of_filter(program, architecture, socket, family) == due
    assert _verdict_of_filter(program, architecture, 0x40000000) == seccomp.ERRNO | seccomp.EPERM
    assert _verdict_of_filter(program, 3, 0) == seccomp.ERRNO | seccomp.EPERM  # another architecture's numbers


def test_a_group_of_version_2_is_made_where_its_folder_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "user.slice" / "app.scope"
    here.mkdir(parents=True)
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids")
    monkeypatch.setattr(cgroup, "MOUNT", tmp_path)
    monkeypatch.setattr(cgroup, "_own", lambda: {"": "/user.slice/app.scope"})
    assert cgroup.make(10**9, 10) is None  # no limits appear in these folders, so none can hold
    assert list(here.iterdir()) == []
    made = Path.mkdir

    def with_limits(folder: Path, *args: object, **named: object) -> None:
        made(folder)
        if folder.parent == tmp_path / "user.slice":
            for name in ("memory.max", "pids.max", "cpu.max", "cgroup.procs"):
                (folder / name).touch()

    monkeypatch.setattr(Path, "mkdir", with_limits)
    group = cgroup.make(10**9, 10)
    assert group is not None
    (folder,) = group.folders
    assert (folder / "memory.max").read_text() == "1000000000"
    assert (folder / "cpu.max").read_text() == "100000 100000"
    (folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    assert group.busy() == 2.5
    group.add(77)
    assert (folder / "cgroup.procs").read_text() == "77"


@LINUX
def test_the_kernel_counts_a_group_where_it_may() -> None:
    group = cgroup.make(80_000_000, 20)
    if group is None:
        pytest.skip("no control group can be made here")
    code = "import os, sys\nfor f in sys.argv[1:]: open(f + '/cgroup.procs', 'w').write(str(os.getpid()))\n"
    try:
        code += "import mmap\nm = mmap.mmap(-1, 200_000_000)\nfor at in range(0, 200_000_000, 4096): m[at] = 1"
        ended = subprocess.run([sys.executable, "-c", code, *map(str, group.folders)], capture_output=True, check=False)
        assert ended.returncode == -9
        assert (group.busy() or 0) > 0
    finally:
        group.end()
    assert not any(folder.exists() for folder in group.folders)


def test_what_holds_is_said() -> None:
    assert Walls("plain", Path()).said == "no sandbox"
    assert Walls("user", Path(), (), True, True).said == "bubblewrap, seccomp, cgroup"
    assert Walls("namespace", Path()).said == "bubblewrap, no seccomp, no cgroup"
    assert seccomp.known() == (platform.machine() in ("x86_64", "aarch64"))


def test_where_bwrap_is_there_and_does_not_start_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "build", lambda *args: (Walls("plain", tmp_path), "no namespaces"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(grade.shutil, "which", lambda name: "/usr/bin/bwrap")
    with pytest.raises(CourseError, match="--sandbox off"):
        grade.walls_for(tmp_path, (), Limits(), "auto")
    monkeypatch.setattr(grade.shutil, "which", lambda name: None)
    assert grade.walls_for(tmp_path, (), Limits(), "auto").kind == "plain"


# --- a run that goes on -----------------------------------------------------------------------------------------------


def submission(folder: Path, name: str, content: bytes) -> Submission:
    (folder / name).write_bytes(content)
    return Submission(folder / name, name, name)


def test_a_journal_knows_the_same_bytes_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    first = journal.Journal(file, "mark", 5)
    one = Graded(submission(tmp_path, "a", b"A"), {QUIZ: Verdict(Kind.CORRECT, "Yes.", (("x", "y"),))}, 2.0)
    one.submission.attempts, one.submission.problem = {QUIZ: Attempt(QUIZ, "answer()")}, "Odd."
    first.add(one)
    first.add(Graded(submission(tmp_path, "b", b"B"), sure=False))
    with file.open("a") as stream:
        stream.write('{"key": "cut o')  # the end of a run that was stopped
    again = journal.Journal(file, "mark")
    assert again.seed == 5
    known, other = Graded(Submission(tmp_path / "a", "a", "a")), Graded(Submission(tmp_path / "b", "b", "b"))
    assert again.restore(known)
    assert not again.restore(other)
    assert (known.verdicts, known.submission.problem) == (one.verdicts, "Odd.")
    assert known.submission.attempts[QUIZ].code == "answer()"
    (tmp_path / "a").write_bytes(b"AA")
    assert not again.restore(Graded(Submission(tmp_path / "a", "a", "a")))
    again.add(other)
    assert journal.Journal(file, "mark").restore(other)
    for changed in (journal.Journal(file, "mark", 6), journal.Journal(file, "other", 6)):
        assert not changed.restore(other)


def test_no_journal_is_kept_where_others_hand_in_files(tmp_path: Path) -> None:
    assert grade.journal_file(tmp_path / "in", tmp_path / "in" / "x" / "grades.csv") is None
    assert grade.journal_file(tmp_path / "in", tmp_path / "grades.csv") == tmp_path / "grades-journal.jsonl"


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def test_a_run_that_was_stopped_leaves_a_table_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    folder, out = tmp_path / "in", tmp_path / "grades.csv"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.ipynb").write_text(notebook(f"answer('{QUIZ}', '{name}')"))
    enter = grade._Sheet.enter

    def stopped(sheet: grade._Sheet, graded: Graded) -> None:
        enter(sheet, graded)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(grade._Sheet, "enter", stopped)
        with pytest.raises(KeyboardInterrupt):
            grade.grade(folder, out, jobs=1, wanted="off", seed=3)
    assert out.read_text(encoding="utf-8-sig").count(running.NOT_YET) == 2
    rows = grade.grade(folder, out, jobs=1, wanted="off")
    assert [row.student for row in rows] == ["a", "b", "c"]
    assert all(QUIZ in row.results for row in rows)
    assert running.NOT_YET not in out.read_text(encoding="utf-8-sig")
    assert "1 of them were graded in an earlier run" in capsys.readouterr().out
    assert journal.Journal(tmp_path / "grades-journal.jsonl", "another mark", anew=True).known == {}


def test_what_the_grader_takes_is_nobody_s_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Process:
        def busy(self) -> float:
            return 0.0

        def ask(self, unit: bytes, inputs: bytes, seconds: float, wall: float) -> bytes:
            return b"%d" % wall

        def end(self) -> None: ...

    now = iter(range(0, 100_000, 100))  # each look at the clock is 100 seconds later
    limits = Limits(submission_seconds=100)
    desk = running._Desk(running.Setting(Walls("plain", tmp_path), limits, 0), None)
    desk.worker = Process()  # type: ignore[assignment]
    monkeypatch.setattr(running.time, "monotonic", lambda: next(now))
    graded = Graded(Submission(tmp_path, "a", "a"))
    replies = [desk._run(graded, b"", b"", 10) for _ in range(4)]
    assert replies[:3] == [b"300", b"200", b"100"]
    assert "used up" in str(replies[3])


def test_a_fault_of_the_grader_names_its_student_and_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.ipynb").write_text(notebook(f"answer('{QUIZ}', 'a')"))
    plain = running._Desk.grade

    def failing(desk: running._Desk, graded: Graded) -> None:
        if graded.submission.student == "b":
            raise ZeroDivisionError("ours")
        plain(desk, graded)

    monkeypatch.setattr(running._Desk, "grade", failing)
    rows = {row.student: row for row in grade.grade(folder, tmp_path / "grades.csv", jobs=1, wanted="off")}
    assert "the grader failed (ZeroDivisionError: ours)" in rows["b"].problems[0]
    assert all(QUIZ in rows[name].results for name in "ac")


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_names_carry_no_control_characters() -> None:
    told = report.plain("ann\x1b[2J\r\nboss\u202egpj\x9b\u2028x\ud800")
    assert not any(not letter.isprintable() and letter != " " for letter in told)
    assert report.plain("李雷 Zoë नमस्\u200dते") == "李雷 Zoë नमस्\u200dते"


@pytest.mark.parametrize("name", ["ann;=1+2", "a\t=1", 'x";"=cmd', ";@a", "a\n=2", "a\u2028=3"])
def test_no_cell_is_two_where_semicolons_divide(name: str) -> None:
    cell = report.safe(name)
    assert not any(sign in cell for sign in ";\t\n\u2028")
    assert not cell.startswith(tuple(report.FORMULA))


def test_a_module_in_the_folder_one_is_in_is_not_imported(tmp_path: Path) -> None:
    for name in ("tqdm", "numpy", "argparse", "torch"):
        (tmp_path / f"{name}.py").write_text(f"open('{name} was here', 'w')\nraise SystemExit(3)")
    (tmp_path / "in").mkdir()
    environment = os.environ | {"PYTHONPATH": str(sandbox.PACKAGE.parent)}
    command = [sys.executable, "-m", "lessons", "grade", "in", "--out", "grades.csv"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    assert "There is no notebook" in ended.stderr
    assert not [file for file in tmp_path.iterdir() if file.name.endswith("was here")]


# --- whose result it is -----------------------------------------------------------------------------------------------


def softmax_attempt(*texts: str) -> Attempt:
    statements = []
    for text in texts:
        binds, uses = reading.names_of(text, "x")
        statements.append(Statement("x", text, frozenset(binds), frozenset(uses)))
    return Attempt("attention.masked_softmax", "", tuple(statements), "f")


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["from lessons.attention import masked_softmax as m", "def f(x): return m(x)"], {"masked_softmax"}),
        (["from lessons.attention import masked_softmax as m, causal_mask", "def f(x): return causal_mask(x)"],
         {"causal_mask"}),
        (["def f(x):\n    from lessons.attention import masked_softmax\n    return masked_softmax(x)"],
         {"masked_softmax"}),
        (["import lessons.attention", "def f(x): return lessons.attention.masked_softmax(x)"], {"masked_softmax"}),
        (["def f(x): return x"], set()),
    ],
)  # fmt: skip
def test_what_an_attempt_uses_of_the_course_is_found(texts: list[str], names: set[str]) -> None:
    assert set(ours.used_by(softmax_attempt(*texts))) == {f"lessons.attention.{name}" for name in names}


def test_only_what_gives_the_result_itself_is_an_exercise_s_own() -> None:
    item = find("attention.masked_softmax")
    assert isinstance(item, CodeExercise)
    assert ours.is_own(item, "lessons.attention.masked_softmax")
    for name in ("lessons.attention.causal_mask", "lessons.exercises.attention.masked_softmax", "os.system", "lessons"):
        assert not ours.is_own(item, name)
    right = Verdict(Kind.CORRECT, "Yes.")
    assert ours.unless_own(item, softmax_attempt(), ["lessons.attention.causal_mask", 3], right) is right
    told = ours.unless_own(item, softmax_attempt(), ("lessons.attention.masked_softmax",), right)
    assert (told.kind, "the course's own function" in told.sentence) == (Kind.WRONG, True)
