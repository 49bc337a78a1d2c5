"""The pages for teachers promise only what is there: commands, links, sections, exercises, fifty minutes."""

from __future__ import annotations

import json
import re

import pytest

from lessons import exercises
from lessons.commands import cli
from lessons.course.places import ROOT, notebooks

PAGE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
PLANS = (ROOT / "docs" / "teaching" / "plans.md").read_text(encoding="utf-8")
TABLES = dict(re.findall(r"^## (\d\d) .*?\n(.*?)(?=^## |\Z)", PLANS, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"(?:`|\$ )lessons ([a-z]+)", PAGE))))
def test_every_command_exists(name: str) -> None:
    assert f"\n    {name} " in cli.parser().format_help()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / "docs" / target).is_file()


def test_every_notebook_has_a_plan() -> None:
    assert list(TABLES) == [file.name[:2] for file in notebooks()]


@pytest.mark.parametrize("number", sorted(TABLES))
def test_a_plan_takes_fifty_minutes_and_names_sections_that_exist(number: str) -> None:
    file = next(file for file in notebooks() if file.name.startswith(number))
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    headings = {
        line.lstrip("# ").strip()
        for cell in cells
        if cell["cell_type"] == "markdown"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("##")
    }
    rows = [row.strip("| ").split(" | ") for row in TABLES[number].splitlines() if re.match(r"\| \d", row)]
    assert sum(int(row[0]) for row in rows) == 50
    assert [row[1] for row in rows if row[1] not in headings] == []
    for name in re.findall(r"`([a-z_]+\.[a-z_0-9]+)`", TABLES[number]):
        assert exercises.find(name).id == name
