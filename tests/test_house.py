"""The house: which drawer may import which, how long functions are, and that a name is where it says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

from lessons.course import syllabus
from lessons.course.places import ROOT, notebooks

PACKAGE = ROOT / "lessons"
DRAWERS = {"commands", "course", "exercises", "kit", "teaching", "tutor", "widgets"}
LONGEST, MEDIAN = 40, 8  # lines of a function, without its docstring


def test_imports_run_one_way() -> None:
    """In a process of its own: the linter sets up logging, which closes what other libraries log to."""
    config = str(ROOT / "pyproject.toml")
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports"
    lint += f"(config_filename={config!r}, no_cache=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_whatever_is_no_drawer_is_named_like_a_notebook_of_the_syllabus() -> None:
    """A chapter's module may be there before its notebook, never the other way round."""
    chapters = {file.stem[3:] for file in notebooks()}
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert chapters <= found
    assert found - DRAWERS - {"__init__", "__main__"} <= {lesson.topic for lesson in syllabus.LESSONS}


def test_exercises_and_widgets_are_named_like_a_notebook() -> None:
    chapters = {file.stem[3:] for file in notebooks()}
    assert {file.stem for file in (PACKAGE / "exercises").glob("[a-z]*.py")} <= chapters
    widgets = {path.name for path in (PACKAGE / "widgets").iterdir() if (path / "__init__.py").is_file()}
    assert chapters <= widgets
    shared = {"base", "training"}  # what all share, and the monitor of every training
    assert widgets - shared <= {lesson.topic for lesson in syllabus.LESSONS}  # one may be there before its notebook


def test_every_package_says_what_is_in_it() -> None:
    for file in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), file


def test_nothing_is_left_to_fill() -> None:
    """A mark of `lessons chapter` is a mark of work that is not done."""
    files = [file for folder in ("lessons", "tests", "benchmarks") for file in (ROOT / folder).rglob("*.*")]
    sources = [file for file in files if file.suffix in (".py", ".js", ".css") and file.parent.name != "__pycache__"]
    left = [file.relative_to(ROOT) for file in sources if re.search(r"\bFILL: ", file.read_text(encoding="utf-8"))]
    assert left == []


def test_the_layers_of_chapters_are_the_syllabus_from_its_end() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    written = {file.stem[3:] for file in notebooks()}
    topics = [lesson.topic for lesson in syllabus.LESSONS]
    assert {f"({topic})" for topic in topics if topic not in written} <= set(layers)
    assert [layer.strip("()") for layer in layers if layer.strip("()") in topics] == topics[::-1]


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _functions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_functions_are_short() -> None:
    found = {
        f"{file.relative_to(ROOT)}: {node.name}": _lines(node)
        for file in PACKAGE.rglob("*.py")
        for node in _functions(file)
    }
    assert {name: lines for name, lines in found.items() if lines > LONGEST} == {}
    assert median(found.values()) < MEDIAN
