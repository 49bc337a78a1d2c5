"""Every notebook with its solutions in place is all correct, and as it is handed out all not attempted."""

from __future__ import annotations

import ast
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lessons import exercises
from lessons.commands import cli
from lessons.course import places
from lessons.course.errors import CourseError
from lessons.course.places import ROOT
from lessons.teaching import solve
from lessons.teaching.cells import is_python, stubs
from lessons.teaching.running import execute
from lessons.tutor import CodeExercise, Quiz, record
from lessons.tutor.text import stars
from tests.support.notebooks import exercises_only

SMALL = ROOT / "tests" / "teaching" / "exercises_01_02.ipynb"
NOTEBOOKS = [*sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")), SMALL]

each_notebook = pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


@pytest.fixture(scope="module")
def seen() -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """For each notebook the verdicts on its exercises as handed out, then with the solutions in place.

    All in one kernel, as a learner goes on: starting another one takes longer than the exercises of a notebook. nbval
    runs the rest of it; the next test says why that may be left out here.
    """
    parts: dict[str, tuple[list, list]] = {}
    cells = []
    for file in NOTEBOOKS:
        handed_out = exercises_only(nbformat.read(file, as_version=4))
        imports, *stubs_left = handed_out.cells
        solutions = [new_code_cell(cell.source) for cell in solve.solved(deepcopy(handed_out)).cells[1:]]
        parts[file.stem] = (stubs_left, solutions)
        cells += [new_code_cell("%reset -f"), imports, *stubs_left, *solutions]  # none lives on another one's names
    execute(new_notebook(cells=cells), places.NOTEBOOKS, allow_errors=True)
    return {
        name: tuple(dict(solve._shown(new_notebook(cells=cells))) for cells in both) for name, both in parts.items()
    }


@each_notebook
def test_every_verdict_is_not_attempted_and_with_the_solutions_correct(file: Path, seen: dict) -> None:
    before, after = seen[file.stem]
    wanted = [stub.exercise_id for cell in nbformat.read(file, as_version=4).cells for stub in stubs(cell)]
    assert before == dict.fromkeys(wanted, "not attempted")
    assert after == dict.fromkeys(wanted, "correct")
    assert len(wanted) > 4
    assert record.load() == {}  # it has a home of its own


@each_notebook
def test_a_solution_brings_no_name_that_means_something_else_in_the_rest(file: Path) -> None:
    notebook = nbformat.read(file, as_version=4)
    rest = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not any(stubs(cell))]
    solved = [cell.source for cell in solve.solved(deepcopy(notebook)).cells if any(stubs(cell))]
    elsewhere, stored = _imported(rest), _stored(rest)
    assert not stored & _stored(solved)
    for name, meaning in _imported(solved).items():
        assert name not in stored
        assert elsewhere.get(name, meaning) == meaning, name


def _statements(sources: list[str]) -> list[ast.stmt]:
    return [node for source in sources if is_python(source) for node in ast.parse(source).body]


def _imported(sources: list[str]) -> dict[str, str]:
    """Each name that the cells import, and from where."""
    found = {}
    for node in _statements(sources):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            found |= {each.asname or each.name: f"{module}{each.name}" for each in node.names}
    return found


def _stored(sources: list[str]) -> set[str]:
    """The names of values that the cells bind at their top level."""
    plain = [node for node in _statements(sources) if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    names = [part for node in plain for part in ast.walk(node) if isinstance(part, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def test_a_whole_notebook_solved_is_written_with_its_outputs(tmp_path: Path) -> None:
    notebook = nbformat.read(SMALL, as_version=4)
    notebook.cells.append(new_code_cell("1 + 1"))
    nbformat.write(notebook, tmp_path / "small.ipynb")
    found = solve.solve(tmp_path / "small.ipynb", tmp_path / "solved.ipynb")
    assert set(found.values()) == {"correct"}
    assert record.load() == {}
    written = nbformat.read(tmp_path / "solved.ipynb", as_version=4)
    nbformat.validate(written)
    assert sum(bool(cell.get("outputs")) for cell in written.cells) > len(found)


@each_notebook
def test_a_stub_is_the_solution_without_its_body(file: Path) -> None:
    """Name and parameters: what the notebook shows is what the catalogue checks."""
    for cell in nbformat.read(file, as_version=4).cells:
        for stub in stubs(cell):
            item = exercises.find(stub.exercise_id)
            if isinstance(item, CodeExercise):
                assert isinstance(stub.node, ast.FunctionDef)
                assert stub.node.name == item.name
                assert [argument.arg for argument in stub.node.args.args][: len(item.parameters)] == [*item.parameters]
                solution = ast.parse(item.solution_text()).body[0]
                assert isinstance(solution, ast.FunctionDef)
                assert ast.get_docstring(stub.node) == ast.get_docstring(solution)


@each_notebook
def test_the_line_above_an_exercise_says_its_stars_and_its_terms(file: Path) -> None:
    above = ""
    for cell in nbformat.read(file, as_version=4).cells if file != SMALL else []:
        if cell.cell_type == "markdown":
            above = next((line for line in cell.source.splitlines() if line.startswith("★")), above)
        for item in [exercises.find(stub.exercise_id) for stub in stubs(cell)]:
            if not isinstance(item, Quiz):
                assert above.startswith(f"{stars(item)} · {item.minutes} minute"), item.id
                assert f" · {item.terms}" in above, item.id


def _notebook(*sources: str) -> nbformat.NotebookNode:
    return new_notebook(cells=[new_markdown_cell("@exercise('not.code')"), *map(new_code_cell, sources)])


def test_solutions_take_the_place_of_stubs_wherever_they_are() -> None:
    notebook = _notebook(
        "x = 'über'  # before\n\n@exercise(\"fine_tuning.pad_batch\")\ndef pad_batch(a, b):\n"
        '    """Words."""\n    ...\n\n\ny = 2  # after',
        "z = 'ü'; answer(\"fine_tuning.quiz_buckets\", ...); w = 3\n"
        "exercises.answer('fine_tuning.padding_share',\n  ...)",
        "@other\ndef f(): ...\nanswer('no second')\nprint('answer')",
        "%matplotlib inline",
    )
    solve.solved(notebook)
    first, second, third, fourth = [cell.source for cell in notebook.cells[1:]]
    assert first.startswith("x = 'über'  # before\n\nimport torch\nfrom torch import Tensor\n\n\n@exercise")
    assert first.endswith("return torch.tensor(token_ids), torch.tensor(attention_mask)\n\n\ny = 2  # after")
    assert second.splitlines()[0] == 'z = \'ü\'; answer("fine_tuning.quiz_buckets", "c"); w = 3'
    assert second.splitlines()[2] == "  1 - (4 + 6 + 7 + 15) / (4 * 15))"
    assert third == "@other\ndef f(): ...\nanswer('no second')\nprint('answer')"
    assert fourth == "%matplotlib inline"


def test_a_stub_that_cannot_be_read_is_told() -> None:
    with pytest.raises(CourseError, match="not plain Python"):
        solve.solved(_notebook("%%time\n@exercise('fine_tuning.pad_batch')\ndef pad_batch(): ..."))
    with pytest.raises(exercises.UnknownExercise, match="Did you mean"):
        solve.solved(_notebook("@exercise('fine_tuning.pad')\ndef pad_batch(): ..."))


def test_long_cells_are_left_out_and_a_missing_verdict_is_noticed(tmp_path: Path) -> None:
    notebook = _notebook(
        "from lessons.exercises import answer",
        "import time; time.sleep(600)",
        "answer('fine_tuning.quiz_buckets', 'c')",
        "1 / 0; answer('fine_tuning.quiz_new_head', 'b')",
        "1 / 0\nanswer('fine_tuning.padding_share', 3)",
        "import os; os._exit(1)",
        "answer('fine_tuning.quiz_test_split', 'd')",
    )
    notebook.cells[2].metadata.tags = ["long"]
    found = solve.verdicts(notebook, tmp_path)
    assert found == {
        "fine_tuning.quiz_buckets": "correct",
        "fine_tuning.quiz_new_head": "no verdict",
        "fine_tuning.padding_share": "no verdict",
        "fine_tuning.quiz_test_split": "no verdict",
    }


def test_the_command_writes_the_copy_and_says_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(places, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(solve, "SOLVED", tmp_path / "build" / "solved")
    good = _notebook("from lessons.exercises import answer", "answer('fine_tuning.quiz_buckets', ...)")
    bad = _notebook("1 / 0\nfrom lessons.exercises import answer", "answer('fine_tuning.quiz_buckets', ...)")
    nbformat.write(good, tmp_path / "01_good.ipynb")
    nbformat.write(bad, tmp_path / "02_bad.ipynb")
    assert cli.main(["solve", "1"]) == 0
    assert "01_good: 1 of 1 exercises correct" in capsys.readouterr().out
    assert '"c"' in nbformat.read(tmp_path / "build" / "solved" / "01_good.ipynb", as_version=4).cells[2].source
    assert cli.main(["solve", "2"]) == 1
    assert "fine_tuning.quiz_buckets: no verdict" in capsys.readouterr().out
