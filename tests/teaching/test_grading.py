"""Grading honest submissions: the whole catalogue over the wire, cells moved and split, whose it is, the table."""

from __future__ import annotations

import csv
import importlib
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lessons.commands import cli
from lessons.exercises import Exercise, Kind, Verdict, catalogue, find
from lessons.teaching.grading import grade, reading, report, sandbox, wire
from lessons.teaching.grading.checker import Checker, Task
from lessons.teaching.grading.reading import Attempt, Statement
from lessons.teaching.grading.report import Row
from lessons.teaching.grading.sandbox import Ended, Limits, OutOfTime, Walls, Worker
from lessons.tutor import CodeExercise, NumberExercise, Quiz
from lessons.tutor.values import identical

ALL = catalogue()
CODE = [item for item in ALL if isinstance(item, CodeExercise)]
PATIENT = Limits(seconds=60, setup_seconds=60, submission_seconds=600)


def named(item: Any) -> str:
    return item.id if isinstance(item, Exercise) else str(item)


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "metadata": {}} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def attempts(*cells: str) -> dict[str, Attempt]:
    return reading._attempts(list(cells), {item.id for item in ALL})


# --- the catalogue over the wire --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def walls() -> Iterator[Walls]:
    """The sandbox if there is one; what is sent and judged is the same without."""
    with sandbox.view() as view:
        yield sandbox.build(view, [], PATIENT)[0]


@pytest.fixture(scope="module")
def worker(walls: Walls) -> Iterator[Worker]:
    """One process for all that is honest."""
    process = Worker(walls, PATIENT, torch=True)
    process.ready()
    yield process
    process.end()


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(PATIENT, seed=12345)


def verdict_on(item: Exercise, attempt: Attempt, checker: Checker, worker: Worker) -> Verdict:
    told = checker.by_reading(item, attempt)
    if told is not None:
        return told
    task = checker.task(item, attempt)
    return checker.judge(task, worker.ask(task.unit, task.inputs, 120))


@pytest.mark.parametrize("item", ALL, ids=named)
def test_every_solution_is_correct_over_the_wire(item: Exercise, checker: Checker, worker: Worker) -> None:
    if isinstance(item, CodeExercise):
        cells = [item.imports, f'@exercise("{item.id}")\n{item.solution_text()}']
    else:
        cells = [f'answer("{item.id}", {item.solution_text()})']
    verdict = verdict_on(item, attempts(*cells)[item.id], checker, worker)
    assert verdict.kind is Kind.CORRECT, verdict
    assert verdict.sentence == item.check(item.solution, None).sentence


@pytest.mark.parametrize("item", ALL, ids=named)
def test_every_stub_is_not_attempted(item: Exercise, checker: Checker) -> None:
    cell = item.stub_text() if isinstance(item, CodeExercise) else f'answer("{item.id}", ...)'
    verdict = checker.by_reading(item, attempts(cell)[item.id])
    assert verdict is not None
    assert verdict.kind is Kind.NOT_ATTEMPTED


ENGINE = """
class Item:
    def __init__(self, *args, **fields): self.__dict__.update(fields)
CodeExercise = NumberExercise = Quiz = Option = Item
class Mistake:
    def __init__(self, attempt, sentence): self.attempt, self.sentence = attempt, sentence
mistake = lambda sentence: lambda function: Mistake(function, sentence)
right = wrong = wrong_number = Item
"""


def _mistaken_attempt(item: CodeExercise, index: int) -> Attempt:
    """The attempt of a known mistake: its whole module, run once in the student's process, beside a bare engine."""
    module = importlib.import_module(f"lessons.exercises.{item.topic}")
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    engine = source.index("from lessons.tutor import")
    end = source.index(")" if "(" in source[engine:].split("\n")[0] else "\n", engine) + 1
    source = f"{source[:engine]}{source[end:]}"
    name = next(name for name, value in vars(module).items() if value is item)
    text = (
        f"import sys, types\nif 'm_{item.topic}' not in sys.modules:\n"
        f"    made = sys.modules['m_{item.topic}'] = types.ModuleType('m_{item.topic}')\n"
        f"    exec({ENGINE!r}, made.__dict__)\n    exec({source!r}, made.__dict__)\n"
    )
    target = f"sys.modules['m_{item.topic}'].{name}.mistakes[{index}].attempt"
    function = reading.ast.parse("def f(*args): return 0").body[0]
    assert isinstance(function, reading.ast.FunctionDef)
    return Attempt(item.id, "", (Statement("<exercises>", text),), target, (), function)


@pytest.mark.parametrize("item", CODE, ids=named)
def test_known_mistakes_draw_their_sentences_over_the_wire(
    item: CodeExercise, checker: Checker, worker: Worker
) -> None:
    """A seeded sample: that each one is known stands in tests/exercises, and the judge is the same."""
    for index in random.Random(item.id).sample(range(len(item.mistakes)), 3):
        verdict = verdict_on(item, _mistaken_attempt(item, index), checker, worker)
        assert (verdict.kind, verdict.sentence) == (Kind.KNOWN_MISTAKE, item.mistakes[index].sentence)


@pytest.mark.parametrize("item", [item for item in ALL if isinstance(item, NumberExercise | Quiz)], ids=named)
def test_every_wrong_answer_draws_its_sentence(item: Exercise, checker: Checker) -> None:
    for known in item.mistakes:
        verdict = checker.by_reading(item, attempts(f'answer("{item.id}", {known.attempt!r})')[item.id])
        assert verdict is not None
        assert (verdict.kind, verdict.sentence) == (Kind.KNOWN_MISTAKE, known.sentence)


JUNK = {
    "None": "args\n    return None",
    "a string": "return 'seven'",
    "a set": "return {1}",
    "a generator": "yield 1",
    "wrong shape": "return np.zeros((2, 3, 4, 5))",
    "a KeyError": "return {}['key']",
    "recursion": "return mse_gradient(*args)",
    "a blank": "x = ...\n    return x + 1",
    "changes its input": "args[1][:] = 0\n    return args[0] * 2",
    "prints": "print('hello')\n    return 0",
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_draws_the_same_verdict_as_in_a_notebook(name: str, checker: Checker, worker: Worker) -> None:
    item = find("linear_models.mse_gradient")
    source = f"def mse_gradient(*args):\n    {JUNK[name]}\n"
    space: dict[str, Any] = {"np": np}
    exec(source, space)
    there = item.check(space["mse_gradient"])
    here = verdict_on(item, attempts(f"@exercise('{item.id}')\n{source}")[item.id], checker, worker)
    assert (here.kind, here.sentence, here.printed) == (there.kind, there.sentence, there.printed)


@pytest.mark.parametrize("signature", ["weights", "a, b, c, d", "*, weights, inputs, targets", ""])
def test_other_parameters_are_told_as_in_a_notebook(signature: str, checker: Checker) -> None:
    item = find("linear_models.mse_gradient")
    source = f"def mse_gradient({signature}):\n    return 0"
    space: dict[str, Any] = {}
    exec(source, space)
    verdict = checker.by_reading(item, attempts(f"@exercise('{item.id}')\n{source}")[item.id])
    assert verdict == item.check(space["mse_gradient"])


def test_a_student_s_own_line_is_shown(checker: Checker, worker: Worker) -> None:
    item = find("linear_models.mse_gradient")
    cell = f"# mine\n@exercise('{item.id}')\ndef mse_gradient(weights, inputs, targets):\n    return weights / nothing"
    verdict = verdict_on(item, attempts(cell)[item.id], checker, worker)
    assert verdict.sentence.endswith("(Python says: NameError: name 'nothing' is not defined)")
    assert verdict.details[0] == ("your line", "line 4: return weights / nothing")


def test_an_answer_may_be_computed(checker: Checker, worker: Worker) -> None:
    item = find("attention.crossover")
    cells = ["import math", "def half(x):\n    return x / 2", f"value = half(2 * ({item.solution_text()}))"]
    cells += ["def half(x):\n    return 0", f"answer('{item.id}', math.fabs(value))"]
    verdict = verdict_on(item, attempts(*cells)[item.id], checker, worker)
    assert verdict.kind is Kind.CORRECT, verdict


def test_lines_that_fail_before_the_function_are_told(checker: Checker, worker: Worker) -> None:
    item = find("linear_models.mse_gradient")
    cells = ["scale = 1 / 0", f"@exercise('{item.id}')\ndef f(weights, inputs, targets):\n    return scale * weights"]
    verdict = verdict_on(item, attempts(*cells)[item.id], checker, worker)
    assert verdict.kind is Kind.RAISED
    assert "ZeroDivisionError" in verdict.sentence
    assert verdict.details == (("the line", "scale = 1 / 0"),)


@pytest.mark.parametrize("reply", [None, 3, "ready", [], {}, {"outcomes": None}, {"outcomes": [{}]}, {"outcomes": []}])
def test_an_odd_reply_is_never_correct(reply: Any, checker: Checker) -> None:
    item = find("linear_models.mse_gradient")
    cell = f"@exercise('{item.id}')\ndef f(weights, inputs, targets):\n    return weights"
    task: Task = checker.task(item, attempts(cell)[item.id])
    assert checker.judge(task, wire.pack(reply)).kind is not Kind.CORRECT


# --- the wire ---------------------------------------------------------------------------------------------------------

VALUES = [
    None, True, 3, -(2**70), 0.1, float("inf"), 1 + 2j, "é\ud800\x00", ..., [1, (2, [3.0])], {"a": 1, (1, "b"): [None]},
    np.arange(6).reshape(2, 3), np.zeros((0, 3)), np.float32(2.5), np.array(True), np.array([1 + 2j]),
    torch.ones(2, 3), torch.tensor([1, 2]), torch.zeros(2, dtype=torch.bfloat16), torch.tensor([True]),
    torch.arange(6.0).reshape(2, 3).T, torch.ones(2, dtype=torch.complex64).conj(),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_values_come_back_as_they_went(value: Any) -> None:
    back = wire.unpack(wire.pack(value))
    assert type(back) is type(value)
    assert identical(back, value)
    assert not isinstance(value, np.ndarray | torch.Tensor) or back.dtype == value.dtype


def test_what_does_not_travel_keeps_its_type_s_name() -> None:
    for value, name in (({1}, "set"), (object(), "object"), (range(3), "range"), (print, "builtin_function_or_method")):
        back = wire.unpack(wire.pack(value))
        assert isinstance(back, wire.Opaque)
        assert type(back).__name__ == name


def frame(tree: Any, block: bytes = b"") -> bytes:
    header = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return wire.LENGTHS.pack(len(header), len(block)) + header + block


ARRAY = {"t": "array", "code": "f8", "shape": [2], "at": 0}


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"short", frame(b"{"), frame(b"[" * 100_000), frame([1]),
        frame({"t": "what"}), frame({"t": "dict", "v": 3}),
        frame(ARRAY), frame(ARRAY | {"shape": [-1, -2]}, bytes(16)),
        frame(ARRAY | {"shape": [2**62, 2**62]}, bytes(16)),
        frame(ARRAY | {"code": "O"}, bytes(16)), frame(ARRAY | {"at": -8}, bytes(16)),
        frame(ARRAY | {"t": "tensor", "dtype": "float32", "grad": False}, bytes(16)),
        frame({"t": "list", "v": [ARRAY | {"shape": [1_000_000]}] * 3}, bytes(8_000_000)),
        frame({"t": "function", "name": "f", "source": "f = 1"}),
        frame({"t": "library", "module": "os", "name": "system"}),
        frame({"t": "dict", "v": [[{"t": "list", "v": []}, 1]]}),
    ],
)  # fmt: skip
def test_a_frame_against_the_rules_is_refused(sent: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(sent)


def test_a_frame_that_claims_too_much_is_not_read() -> None:
    out, into = os.pipe()
    os.write(into, wire.LENGTHS.pack(2**60, 0))
    with pytest.raises(wire.WireError, match="too long"):
        wire.read(out)
    os.write(into, wire.LENGTHS.pack(100, 0))
    os.close(into)
    with pytest.raises(wire.WireError, match="too early"):
        wire.read(out)
    os.close(out)


def test_functions_travel_one_way_only() -> None:
    from lessons.exercises.gradients import bowl

    sent = wire.pack([bowl, torch.tanh], functions=True)
    ours, library = wire.unpack(sent, functions=True)
    assert ours(np.array([1.0, 2.0])) == bowl(np.array([1.0, 2.0]))
    assert library is torch.tanh
    with pytest.raises(wire.WireError):
        wire.unpack(sent)
    with pytest.raises(wire.WireError, match="cannot be sent"):
        wire.pack(lambda x: x, functions=True)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_exercises_are_found_wherever_their_cells_are() -> None:
    found = attempts(
        "%matplotlib inline\n!ls\nimport numpy as np",
        "if True:\n    @exercise('linear_models.ridge')\n    def ridge(inputs, targets, l2):\n        return 1, 2",
        "x = 1; answer('linear_models.quiz_leak', 'b'); y = 2",
        "from lessons import exercises\nexercises.answer('linear_models.fastest_rate', 2 / 4 + 0.25)",
    )
    assert list(found) == ["linear_models.ridge", "linear_models.quiz_leak", "linear_models.fastest_rate"]
    assert found["linear_models.quiz_leak"].literal == ("b",)
    assert found["linear_models.fastest_rate"].literal == (0.75,)


def test_the_last_copy_that_was_attempted_counts() -> None:
    copies = [f"answer('linear_models.quiz_leak', {value})" for value in ("'a'", "'b'", "...")]
    assert attempts(*copies)["linear_models.quiz_leak"].literal == ("b",)
    assert attempts(copies[2])["linear_models.quiz_leak"].blank


def test_only_the_lines_that_are_needed_are_taken() -> None:
    found = attempts(
        "import numpy as np\nimport os, torch",
        "inputs = slow()\nrate = 0.1\nhalf = rate / 2",
        "for epoch in range(10**9): train()",
        "def helper(x):\n    return x * half",
        "@exercise('linear_models.mse_gradient')\n"
        "def f(weights, inputs, targets):\n    return later(helper(np.abs(inputs)))",
        "def later(x):\n    return x",
        "half = 7",
    )["linear_models.mse_gradient"]
    taken = [statement.text.strip() for statement in found.setup]
    assert taken[:3] == ["import numpy as np", "rate = 0.1", "half = rate / 2"]
    assert [text.split("(")[0] for text in taken[3:]] == ["def helper", "def later", "def f"]


def test_lines_that_change_a_name_are_taken_and_usual_imports_given() -> None:
    found = attempts(
        "table = {}",
        "table['a'] = 1",
        "count = 1\ncount += 1",
        "@exercise('linear_models.mse_gradient')\n"
        "def f(weights, inputs, targets):\n    return np.sum(table['a'] + count)",
    )["linear_models.mse_gradient"]
    taken = [statement.text.strip() for statement in found.setup[:-1]]
    assert taken == ["import numpy as np", "table = {}", "table['a'] = 1", "count = 1", "count += 1"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", (3,)), ("-2.5", (-2.5,)), ("'b'", ("b",)), ("2**10 * 3 // 4", (768,)), ("...", (...,)), ("None", (None,)),
     ("10**10**10", ()), ("9**99**9", ()), ("1 / 0", ()), ("f(1)", ()), ("'a' * 10**9", ()), ("[1]", ()), ("x", ()),
     ("(" * 20 + "1" + ")" * 20, (1,)), ("-True", ()), ("1e308 * 10 ** 100", (float("inf"),))],
)  # fmt: skip
def test_only_plain_arithmetic_is_read_as_a_literal(text: str, value: tuple) -> None:
    assert reading.literal(reading.ast.parse(text, mode="eval").body) == value


# --- the command ------------------------------------------------------------------------------------------------------

QUIZ = notebook("answer('linear_models.quiz_leak', 'B')")


def test_a_class_from_folder_to_table(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder, out = tmp_path / "in", tmp_path / "new" / "grades.csv"
    folder.mkdir()
    item = find("linear_models.mse_gradient")
    solved = notebook("import numpy as np", f"@exercise('{item.id}')\n{item.solution_text()}")
    (folder / "李雷_01_linear_models.ipynb").write_text(solved, encoding="utf-8")
    (folder / "=1+2_01_linear_models.ipynb").write_text(QUIZ)
    (folder / "=1+2_02_gradients.ipynb").write_text(notebook("answer('gradients.quiz_price', '<b>')"))
    (folder / "bo_02_gradients.ipynb").write_text(QUIZ)
    assert cli.main(["grade", str(folder), "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["student"] for row in rows] == ["'=1+2", "bo", "李雷"]
    assert rows[2][item.id] == "1"
    assert rows[2]["total"] == "1"
    assert rows[2]["verdict linear_models.ridge"] == "not attempted"
    assert rows[2]["gradients.quiz_price"] == ""
    assert rows[0]["gradients.quiz_price"] == "0"
    assert "Its name says gradients" in rows[1]["problems"]
    page = (out.parent / "grades-pages" / rows[2]["page"]).read_text(encoding="utf-8")
    assert "It agrees with the reference" in page
    assert "def mse_gradient" in page
    other = (out.parent / "grades-pages" / rows[0]["page"]).read_text(encoding="utf-8")
    assert "&lt;b&gt;" in other
    assert "<b>" not in other
    said = capsys.readouterr().out
    assert "4 notebooks of 3 students" in said
    assert "s each" in said


def test_two_students_of_one_name_get_a_row_each(tmp_path: Path) -> None:
    for place in ("li_01_linear_models.ipynb", "li/01_linear_models.ipynb", "li/02_gradients.ipynb"):
        (tmp_path / "in" / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / place).write_text(QUIZ if "01" in place else notebook("answer('gradients.quiz_price', 'a')"))
    rows = grade.grade(tmp_path / "in", tmp_path / "grades.csv")
    assert [row.student for row in rows] == ["li (li/01_linear_models.ipynb)", "li", "li (li_01_linear_models.ipynb)"]
    assert all("hold the same exercises" in row.problems[0] for row in (rows[0], rows[2]))


def test_no_folder_no_notebooks_and_no_place_for_the_table_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    folder = tmp_path / "in"
    assert cli.main(["grade", str(folder), "--out", str(tmp_path / "x.csv")]) == 1
    assert "is not a folder" in capsys.readouterr().err
    folder.mkdir()
    assert cli.main(["grade", str(folder), "--out", str(tmp_path / "x.csv")]) == 1
    assert "There is no notebook" in capsys.readouterr().err
    (folder / "a.ipynb").write_text(QUIZ)
    (tmp_path / "file").write_text("")
    for out in (folder, tmp_path / "file" / "x.csv"):
        assert cli.main(["grade", str(folder), "--out", str(out)]) == 1
        assert "lessons: " in capsys.readouterr().err
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("name", ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\n@x"])
def test_no_cell_is_a_formula(name: str) -> None:
    assert report.safe(name).startswith("'")
    assert report.safe("李雷 = 1") == "李雷 = 1"


def test_pages_of_similar_names_differ_and_hold_any_letter(tmp_path: Path) -> None:
    rows = [Row(name) for name in ("a/b", "a\\b", "../../x", "\ud800", "<script>", "")]
    assert len({report.page_name(row) for row in rows}) == len(rows)
    report.prepare(tmp_path / "grades.csv")
    report.write(tmp_path / "grades.csv", rows, [])
    assert len(list((tmp_path / "grades-pages").iterdir())) == len(rows)
    assert "<script" not in report.page(rows[4], [])


# --- the sandbox ------------------------------------------------------------------------------------------------------


def test_the_view_of_the_course_holds_no_solution() -> None:
    with sandbox.view() as view:
        seen = {path.relative_to(view / "lessons").as_posix() for path in (view / "lessons").rglob("*.py")}
        hidden = ("exercises/", "tutor/", "teaching/", "commands/")
        assert {path for path in seen if path.startswith(hidden)} == {
            "exercises/__init__.py",
            "tutor/__init__.py",
            *(f"tutor/{name}" for name in sandbox.TUTOR),
            "teaching/__init__.py",
            *(f"teaching/grading/{name}.py" for name in ("__init__", "wire", "worker")),
        }
        text = "".join(path.read_text(encoding="utf-8") for path in view.rglob("*.py"))
    assert "@mistake" not in text
    assert not view.exists()


def test_without_bubblewrap_the_reason_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    walls, reason = sandbox.build(tmp_path, [], Limits())
    assert walls.kind == "plain"
    assert "bubblewrap" in reason
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ipynb").write_text(QUIZ)
    with pytest.raises(grade.CourseError, match="There is no sandbox"):
        grade.grade(tmp_path / "in", tmp_path / "x.csv", wanted="required")


def test_the_end_of_a_process_is_told_where_pipes_cannot_be_opened_up(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delattr(sandbox.os, "set_blocking", raising=False)  # as on Windows before Python 3.12
    monkeypatch.setattr(sandbox.Walls, "command", lambda walls, *settings: [sys.executable, "-c", "1 / 0"])
    worker = sandbox.Worker(sandbox.Walls("plain", tmp_path), sandbox.Limits())
    try:
        with pytest.raises(sandbox.Ended, match="the process ended"):
            worker.ready()
    finally:
        worker.end()


def test_a_process_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises((Ended, OutOfTime), match="no process can be started"):
        Worker(Walls("plain", tmp_path), Limits())
