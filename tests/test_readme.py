"""The README promises only what is there: every command is run by a test or by CI, every link leads somewhere."""

import re
import tomllib
from itertools import chain

import pytest

from lessons.commands import cli
from lessons.course.assets import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
WORKFLOW = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
COMMAND = r"(?:make|lessons|python setup_course\.py)(?: [A-Za-z0-9.-]+)+"
COMMANDS = sorted(set(re.findall(COMMAND, README)) - {"make it"})


def test_the_readme_has_commands():
    assert {"make course", "make test", "make run", "lessons doctor", "python setup_course.py lab"} <= set(COMMANDS)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make")])
def test_make_targets_exist_and_call_the_set_up(command):
    target = command.split()[1]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:\n\t@\$\(PYTHON\) setup_course\.py", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("lessons")])
def test_lessons_commands_are_understood(command):
    options = cli.parser().parse_args(command.split()[1:])
    assert callable(options.run)


def test_ci_runs_the_two_first_commands_and_runs_the_notebooks():
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in ("make run", "python setup_course.py"):
        assert command in WORKFLOW or ".ci/run" in WORKFLOW


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_links_and_pictures_lead_somewhere(target):
    assert (ROOT / target).exists()


def test_the_table_tells_which_notebooks_exist():
    linked = set(re.findall(r"notebooks/(\d\d_\w+)\.ipynb", README))
    assert linked == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_every_module_that_the_data_cards_name_exists():
    cards = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    from lessons.kit import datasets

    named = set(re.findall(r"datasets\.(\w+)\(\)", cards))
    labelled = {"film_sentences", "trec_questions", "mnist", "penguins"}
    other = {"shakespeare", "dialogue", "glove", "wikitext", "tweets", "translations", "papers", "countries"}
    assert named == labelled | other
    assert all(callable(getattr(datasets, name)) for name in named)


def test_every_asset_in_the_lock_has_a_card_and_a_licence():
    cards = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for line in (ROOT / "data" / "assets.txt").read_text(encoding="utf-8").splitlines():
        name, version = line.split(" ")[0].split("==")
        assert re.search(rf"`{name.replace('_', '[-_]')}` {re.escape(version)}", cards), name
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", line)


def test_constraints_hold_every_dependency_at_a_version_that_pyproject_allows():
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {r.name.lower(): r for r in map(Requirement, (line for line in lines if line and line[0] != "#"))}
    for text in chain(project["dependencies"], *project["optional-dependencies"].values()):
        wanted = Requirement(text)
        pinned = next(iter(pins[wanted.name.lower()].specifier)).version
        assert wanted.specifier.contains(pinned), text
    assert not [line for line in lines if "+" in line]
