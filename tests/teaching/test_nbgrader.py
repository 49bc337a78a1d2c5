"""The assignments: nbgrader itself validates, generates and grades them."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.validator import Validator
from traitlets.config import Config

from lessons import exercises
from lessons.commands import cli
from lessons.course import places
from lessons.course.places import ROOT
from lessons.exercises import assert_correct
from lessons.teaching import nbgrader
from lessons.teaching.cells import stubs
from tests.support.notebooks import exercises_only

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LESSON = "01_short"
SUM_INSTEAD_OF_MEAN = """
@exercise("linear_models.mse_gradient")
def mse_gradient(weights, inputs, targets):
    return 2 * inputs.T @ (inputs @ weights - targets)
"""


def read(file: Path) -> NotebookNode:
    return nbformat.read(file, as_version=4)


def marked(notebook: NotebookNode, kind: str) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get(kind)]


# What is exported, without running it


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_every_exercise_has_a_solution_and_a_test_worth_its_stars(file: Path) -> None:
    original = read(file)
    ids = [stub.exercise_id for cell in original.cells for stub in stubs(cell)]
    assignment = nbgrader.exported(original)
    MetadataValidator().validate_nb(assignment)
    nbformat.validate(assignment)
    assert nbgrader.points(assignment) == {f"test-{name.replace('.', '-')}": exercises.find(name).stars for name in ids}
    assert sum(cell.source.count(nbgrader.BEGIN) for cell in marked(assignment, "solution")) == len(ids)
    for cell in assignment.cells:
        assert cell.cell_type == "markdown" or isinstance(ast.parse(cell.source), ast.Module)
        assert not cell.get("outputs")
    assert not [cell for cell in marked(assignment, "solution") if nbgrader.SKIP in cell.metadata.get("tags", [])]
    for cell in assignment.cells:
        if "long" in cell.metadata.get("tags", []) and cell.cell_type == "code":
            assert nbgrader.SKIP in cell.metadata.tags


def test_what_no_attempt_can_build_on_is_passed_over_and_links_lead_to_the_neighbours() -> None:
    sources = [
        "import math",
        "unused = 3\nprint(unused)",
        "base = 2",
        "def double(x):\n    unused = base\n    return unused * x",
        "base = 7  # after the definition that uses it",
        "slow = double(4)",
        'answer("linear_models.fastest_rate", ...); later = slow',
    ]
    cells = [new_markdown_cell("[next](02_gradients.ipynb) and [a part](02_gradients.ipynb#part)")]
    notebook = new_notebook(cells=[*cells, *map(new_code_cell, sources)])
    notebook.cells[6].metadata.tags = ["long"]
    assignment = nbgrader.exported(notebook)
    skipped = [cell.source for cell in assignment.cells if nbgrader.SKIP in cell.metadata.get("tags", [])]
    assert skipped == [sources[1], sources[4], sources[5]]
    assert assignment.cells[0].source == (
        "[next](../02_gradients/02_gradients.ipynb) and [a part](../02_gradients/02_gradients.ipynb#part)"
    )
    assert notebook.cells[1].metadata == {}  # the original is left alone


def test_a_verdict_is_asserted_on_the_last_attempt(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(AssertionError, match=r"linear_models.ridge: no attempt. Its cell was deleted"):
        assert_correct("linear_models.ridge")
    exercises.answer("linear_models.fastest_rate", ...)
    with pytest.raises(AssertionError, match="not attempted"):
        assert_correct("linear_models.fastest_rate")
    exercises.answer("linear_models.fastest_rate", 0.25)
    with pytest.raises(AssertionError, match=r"known mistake. This is the edge"):
        assert_correct("linear_models.fastest_rate")
    exercises.answer("linear_models.fastest_rate", 0.2)
    capsys.readouterr()
    assert_correct("linear_models.fastest_rate")
    assert capsys.readouterr() == ("", "")  # nbgrader takes a line on stderr for a failure


def test_settings_that_are_there_are_kept_and_must_have_the_stub(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["nbgrader", "1", "--out", str(tmp_path)]) == 0
    assert "01_linear_models: 11 exercises, 15 points" in capsys.readouterr().out
    settings = tmp_path / "nbgrader_config.py"
    mine = settings.read_text() + "c.CourseDirectory.course_id = 'mine'\n"
    settings.write_text(mine)
    assert cli.main(["nbgrader", "01", "--out", str(tmp_path)]) == 0
    assert settings.read_text() == mine
    settings.write_text("c = get_config()\n")
    assert cli.main(["nbgrader", "01", "--out", str(tmp_path)]) == 1
    assert nbgrader.STUB_SETTING in capsys.readouterr().err
    (tmp_path / "a file").write_text("")
    assert cli.main(["nbgrader", "01", "--out", str(tmp_path / "a file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


# nbgrader at work: the exercises of notebook 01, without the cells between them


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, NbGraderAPI]]:
    """A course of nbgrader with one generated assignment."""
    place = tmp_path_factory.mktemp("school")
    short = exercises_only(read(next(file for file in NOTEBOOKS if file.stem == "01_linear_models")))
    (place / "notebooks").mkdir()
    nbformat.write(short, place / "notebooks" / f"{LESSON}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "NOTEBOOKS", place / "notebooks")
        patch.setenv("PATH", os.environ["PATH"])  # the settings add to it
        assert cli.main(["nbgrader", "01", "--out", str(place)]) == 0
        settings = Config()
        exec((place / "nbgrader_config.py").read_text(), {"get_config": lambda: settings})
        settings.CourseDirectory.root = str(place)
        api = NbGraderAPI(config=settings)
        made = api.generate_assignment(LESSON)
        assert made["success"], made
        yield place, api


def test_nbgrader_finds_the_solutions_correct(school: tuple[Path, NbGraderAPI]) -> None:
    results = Validator().validate(str(school[0] / "source" / LESSON / f"{LESSON}.ipynb"))
    assert results == {}


def test_handed_out_collected_and_graded(school: tuple[Path, NbGraderAPI]) -> None:
    place, api = school
    released = read(place / "release" / LESSON / f"{LESSON}.ipynb")
    assert "SOLUTION" not in nbformat.writes(released)
    assert all("..." in cell.source for cell in marked(released, "solution"))

    broken = read(place / "source" / LESSON / f"{LESSON}.ipynb")
    slips = [cell for cell in marked(broken, "solution") if "mse_gradient" in cell.source]
    slips[0].source = SUM_INSTEAD_OF_MEAN
    marked(broken, "solution")[0].source = "def least_squares(inputs, targets:\n    return"
    test = next(cell for cell in marked(broken, "grade") if "quiz_leak" in cell.source)
    test.source = "pass  # the test, made easy"
    answer = next(cell for cell in marked(broken, "solution") if "quiz_leak" in cell.source)
    answer.source = answer.source.replace('"d"', '"a"')

    handed_in = {"stub": released, "broken": broken}  # the test before this one has the one that is all correct
    for student, notebook in handed_in.items():
        folder = place / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        for cell, original in zip(notebook.cells, released.cells, strict=True):
            cell.metadata = original.metadata  # as a learner's copy has them
        nbformat.write(notebook, folder / f"{LESSON}.ipynb")
        graded = api.autograde(LESSON, student)
        assert graded["success"], graded

    without = deepcopy(broken)
    for cell in without.cells:
        cell.metadata = NotebookNode()  # as Colab stores it
    (place / "submitted" / "colab" / LESSON).mkdir(parents=True)
    nbformat.write(without, place / "submitted" / "colab" / LESSON / f"{LESSON}.ipynb")
    refused = api.autograde(LESSON, "colab")
    assert not refused["success"]
    assert f"The notebook {LESSON} of colab has lost nbgrader's marks" in refused["log"]
    assert not (place / "autograded" / "colab").exists() or not list((place / "autograded" / "colab").rglob("*.ipynb"))

    worth = nbgrader.points(released)
    with Gradebook(f"sqlite:///{place}/gradebook.db") as book:
        grades = {
            student: {grade.name: grade.score for grade in submission.notebooks[0].grades}
            for student in handed_in
            for submission in [book.find_submission(LESSON, student)]
        }
        assert book.find_assignment(LESSON).max_score == sum(worth.values()) == 15  # as docs/teaching.md has it
    missed = ("mse_gradient", "least_squares", "quiz_leak")
    assert grades["stub"] == dict.fromkeys(worth, 0)
    assert grades["broken"] == worth | {f"test-linear_models-{name}": 0 for name in missed}
    assert "You added up over the examples" in (place / "autograded" / "broken" / LESSON / f"{LESSON}.ipynb").read_text(
        encoding="utf-8"
    )
