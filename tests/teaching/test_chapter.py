"""The skeleton of a chapter: it works as it stands, and what keeps it from passing is marked as a place to fill."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest

from lessons.commands import cli
from lessons.course import assets, places, syllabus
from lessons.course.errors import CourseError
from lessons.teaching import chapter

LESSON = next(  # the first of which there is nothing: a module may be there before its notebook
    lesson for lesson in syllabus.LESSONS if not any((places.ROOT / "lessons").glob(f"{lesson.topic}*"))
)
TESTS = (  # every test that looks at a notebook, an exercise or a widget by its name, and the tests of the chapter
    "tests/test_notebooks.py",
    "tests/test_house.py",
    "tests/exercises/test_exercises.py",
    "tests/exercises/test_trust.py",
    f"tests/test_{LESSON.topic}.py",
    f"tests/widgets/test_{LESSON.topic}.py",
    "tests/teaching/test_slides.py",
)
UNFILLED = {"test_it_was_run_from_top_to_bottom_without_errors", "test_nothing_is_left_to_fill"}

SHORT = {"test_there_are_enough_slides_and_none_is_crowded"}  # the skeleton has two ideas; a chapter has more


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with the skeleton of that lesson."""
    root = tmp_path_factory.mktemp("course") / "a course"
    ignore = shutil.ignore_patterns("__pycache__", "assets", "*.png")
    for folder in ("lessons", "tests", "benchmarks", "notebooks", "data", "docs"):
        shutil.copytree(places.ROOT / folder, root / folder, ignore=ignore)
    shutil.copy(places.ROOT / "pyproject.toml", root)
    chapter.lay(LESSON, root)
    return root


def run(course: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of Python in the copy."""
    ours = {"PYTHONPATH": str(course), "LESSONS_ASSETS": str(assets.folder()), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=course, env={**os.environ, **ours}, capture_output=True, encoding="utf-8"
    )


def results(course: Path, files: tuple[str, ...], chosen: str) -> tuple[set[str], set[str]]:
    """The names of the tests that passed and that failed, without their parameters."""
    run(course, "pytest", "-p", "no:cacheprovider", "--junitxml=report.xml", "-k", chosen, *files)
    passed, failed = set(), set()
    for case in ET.parse(course / "report.xml").iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        (failed if bad else passed).add(case.get("name", "").partition("[")[0])
    return passed, failed


def skeleton(course: Path) -> list[Path]:
    """The files of the skeleton."""
    names = [place.replace("@NN@", LESSON.number).replace("@topic@", LESSON.topic) for place in chapter.FILES.values()]
    return [course / name for name in names]


def test_the_unfilled_skeleton_fails_for_its_marks_alone(course: Path) -> None:
    passed, failed = results(course, TESTS[:2], f"{LESSON.topic} or test_house")
    assert failed == UNFILLED
    assert {"test_it_opens_with_title_links_minutes_objectives_and_needs", "test_imports_run_one_way"} <= passed


def test_its_code_is_in_style_and_typed(course: Path) -> None:
    files = [str(file) for file in skeleton(course) if file.suffix in (".py", ".ipynb")]
    typed = [name for name in files if "/lessons/" in Path(name).as_posix()]
    for command in (
        ["ruff", "check", "--no-cache", "--force-exclude", *files],
        ["ruff", "format", "--no-cache", "--check", *files],
        ["mypy", "--follow-imports=skip", "--cache-dir", os.devnull, *typed],
    ):
        done = run(course, *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_says_what_to_fill(course: Path) -> None:
    assert all(f"{chapter.MARK}: " in file.read_text(encoding="utf-8") for file in skeleton(course))


def test_filled_and_run_it_passes_every_test_but_that_of_its_length(course: Path, tmp_path: Path) -> None:
    filled = tmp_path / "filled"
    shutil.copytree(course, filled)
    for file in skeleton(filled):
        text = re.sub(r"FILL(: |(?=\.))", "Filled in. " if file.suffix == ".ipynb" else "", file.read_text("utf-8"))
        file.write_text(text, encoding="utf-8")
    done = run(filled, "lessons.teaching.authoring", f"notebooks/{LESSON.file}")
    assert done.returncode == 0, done.stderr
    done = run(filled, "tests.support.trust", LESSON.topic)
    assert done.returncode == 0, done.stdout
    passed, failed = results(filled, TESTS, f"{LESSON.topic} or test_house")
    assert failed == SHORT
    assert {*UNFILLED, "test_the_solution_is_correct", "test_what_stays_in_a_notebook"} <= passed


@pytest.mark.parametrize("lesson", syllabus.LESSONS[9:], ids=lambda lesson: lesson.topic)
def test_every_lesson_can_be_laid(lesson: syllabus.Lesson, tmp_path: Path) -> None:
    files = chapter.lay(lesson, tmp_path)
    assert all(file.is_file() for file in files)
    left = [file for file in files if re.search(r"@\w+@", file.read_text(encoding="utf-8"))]
    assert left == []
    notebook = nbformat.read(tmp_path / "notebooks" / lesson.file, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith(f"# {lesson.number} · {lesson.title}")


def test_links_lead_to_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "10_gpt.ipynb").write_text("{}", encoding="utf-8")
    chapter.lay(chapter.find("9", "applications"), tmp_path)
    source = nbformat.read(tmp_path / "notebooks" / "09_applications.ipynb", as_version=4).cells[0].source
    assert "before: 08 Fine-tuning (being written) · [10 GPT →](10_gpt.ipynb)" in source


@pytest.mark.parametrize("taken", ["lessons/exercises/gpt.py", "lessons/gpt/__init__.py", "notebooks/10_gpt.ipynb"])
def test_nothing_is_written_over(taken: str, tmp_path: Path) -> None:
    (tmp_path / taken).parent.mkdir(parents=True)
    (tmp_path / taken).write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError, match="Nothing was written"):
        chapter.lay(chapter.find("10", "gpt"), tmp_path)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [Path(taken).name]
    assert (tmp_path / taken).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("number", "topic", "said"),
    [("10", "llama", "It has 10 gpt and 11 llama."), ("20", "robots", "syllabus.py"), ("09", "", "09 applications")],
)
def test_a_lesson_that_the_syllabus_does_not_know(
    number: str, topic: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["chapter", number, topic]) == 1
    assert said in capsys.readouterr().err


def test_the_command_names_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    assert cli.main(["chapter", "10", "gpt"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "notebooks/10_gpt.ipynb"
    assert all((tmp_path / name).is_file() for name in said[:-1])
    assert len(said) == len(chapter.FILES) + 1
