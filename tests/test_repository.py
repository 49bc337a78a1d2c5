"""What stands beside the course for those who change it: the hook before a commit, how to cite it, the templates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook

from lessons.course.places import ROOT
from lessons.teaching import authoring, slides

HOOK = ROOT / ".githooks" / "pre-commit"
GOOD = '"""Good."""\n\nNUMBER = 1\n'
TEMPLATES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.md"))


class Clone:
    """A Git repository with the hook switched on, whose `.venv` is this Python with this course."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet")
        self.git("config", "core.hooksPath", ".githooks")
        (root / ".githooks").mkdir()
        shutil.copy(HOOK, root / ".githooks")
        shutil.copy(ROOT / "pyproject.toml", root)
        python = root / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call Git with a name to commit under, and with no settings but the repository's."""
        who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | own
        return subprocess.run(["git", *who, *arguments], cwd=self.root, env=env, capture_output=True, encoding="utf-8")

    def commit(self, name: str, text: str) -> subprocess.CompletedProcess[str]:
        """Write one file and commit it."""
        (self.root / name).parent.mkdir(exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")
        self.git("add", name)
        return self.git("commit", "--message", "one file")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    if not shutil.which("git") or os.name == "nt":
        pytest.skip("needs Git, and a shell script in the place of .venv's Python")
    root = tmp_path / "a clone"
    root.mkdir()
    return Clone(root)


def test_the_hook_lets_good_files_pass(clone: Clone) -> None:
    for name, text in (("good.py", GOOD), ("with a space.py", GOOD), ("notes.txt", "x  =  1")):
        done = clone.commit(name, text)
        assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [("import os\n", "imported but unused"), ("x  =  1\n", "reformatted"), ("x = (\n", "invalid-syntax")],
)
def test_the_hook_stops_files_out_of_style(clone: Clone, text: str, said: str) -> None:
    done = clone.commit("bad.py", text)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert clone.git("log").returncode != 0  # no commit was made


def test_the_hook_stops_a_notebook_that_is_not_stored_clean(clone: Clone) -> None:
    stored = slides.assign(authoring.clean(new_notebook(cells=[new_code_cell("1 + 1", execution_count=1)])))
    assert clone.commit("notebooks/00_sum.ipynb", nbformat.writes(stored)).returncode == 0
    stored.cells[0].execution_count = None
    done = clone.commit("notebooks/00_sum.ipynb", nbformat.writes(stored))
    assert done.returncode != 0
    assert "00_sum.ipynb is not stored clean" in done.stdout + done.stderr


def test_contributing_says_how_the_hook_is_switched_on() -> None:
    assert os.access(HOOK, os.X_OK)
    assert "`git config core.hooksPath .githooks`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_citation_says_what_the_package_says() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(citation)  # what the format requires
    assert citation["cff-version"] == "1.2.0"
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["authors"] == [{"name": "The authors of the course"}]
    title = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert citation["title"] == title


def test_there_are_templates_of_issues() -> None:
    assert len(TEMPLATES) >= 3


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_an_issue_template_has_a_name_and_asks_something(file: Path) -> None:
    _, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    assert {"name", "about"} == set(yaml.safe_load(head))
    assert body.count("**") >= 4
